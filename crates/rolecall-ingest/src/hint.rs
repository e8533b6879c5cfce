//! The kind that a file's or folder's name suggests.

use rolecall_model::Kind;

/// Words in names of files and folders; longer ones first, since `service-accounts` is no account.
const WORDS: &[(&str, Kind)] = &[
    ("recordingpolic", Kind::RecordingPolicy),
    ("serviceaccount", Kind::ServiceAccount),
    ("oauthclient", Kind::OauthClient),
    ("division", Kind::Division),
    ("region", Kind::Region),
    ("report", Kind::Report),
    ("group", Kind::Group),
    ("queue", Kind::Queue),
    ("role", Kind::Role),
    ("user", Kind::User),
    ("view", Kind::View),
];

/// The kind that the file's own name suggests, else its nearest folder's.
pub(crate) fn kind_of(path: &str) -> Option<Kind> {
    path.rsplit('/').find_map(of_name)
}

/// A name that suggests two kinds suggests neither.
fn of_name(name: &str) -> Option<Kind> {
    let stem = name.split_once('.').map_or(name, |(stem, _)| stem);
    let letters: String = stem.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    let mut found = WORDS.iter().filter(|(word, _)| letters.contains(word)).map(|(_, kind)| *kind);
    let first = found.next();
    if found.next().is_some() { None } else { first }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_decides_before_its_folder_and_two_kinds_are_none() {
        assert_eq!(kind_of("export/groups/planning.json"), Some(Kind::Group));
        assert_eq!(kind_of("groups/user-17.json"), Some(Kind::User));
        assert_eq!(kind_of("Service Accounts.json"), Some(Kind::ServiceAccount));
        assert_eq!(kind_of("users-and-groups.json"), None);
        assert_eq!(kind_of("tenant.json"), None);
    }
}
