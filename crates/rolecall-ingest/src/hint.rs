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

/// What names of files and folders call users who are listed for what they are in.
const MEMBERS: [&str; 3] = ["member", "members", "individuals"];

/// The kind that the file's own name suggests, else its nearest folder's.
pub(crate) fn kind_of(path: &str) -> Option<Kind> {
    path.rsplit('/').take_while(|name| !is_of_members(name)).find_map(of_name)
}

/// Whether the file's own name or its folder's suggests, before any kind, that it lists members of something.
pub(crate) fn lists_members(path: &str) -> bool {
    let mut near = path.rsplit('/').take(2);
    near.find(|name| is_of_members(name) || of_name(name).is_some()).is_some_and(is_of_members)
}

fn is_of_members(name: &str) -> bool {
    let stem = stem(name).to_ascii_lowercase();
    stem.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| MEMBERS.contains(&word))
}

fn stem(name: &str) -> &str {
    name.split_once('.').map_or(name, |(stem, _)| stem)
}

/// A name that suggests two kinds suggests neither.
fn of_name(name: &str) -> Option<Kind> {
    let stem = stem(name);
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
        // What is in a group is none.
        assert_eq!(kind_of("groups/Planning/members.json"), None);
    }

    #[test]
    fn members_are_told_by_a_name_unless_a_nearer_one_tells_a_kind() {
        for path in ["groups/Planning/members.json", "g-1_members.jsonl", "group-members/g-1.json", "Individuals.json"]
        {
            assert!(lists_members(path), "{path}");
        }
        for path in
            ["members/users.json", "members/2024/export/g-1.json", "remembers.json", "groups/members-of/x/y.json"]
        {
            assert!(!lists_members(path), "{path}");
        }
    }
}
