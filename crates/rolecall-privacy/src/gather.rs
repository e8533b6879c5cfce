//! Whom an export names, and by what pseudonyms they go.

use crate::Key;
use crate::lexer::is_word;
use crate::mail::mails;
use crate::person::TYPES;
use aho_corasick::{AhoCorasick, MatchKind};
use std::borrow::Cow;
use std::collections::{BTreeSet, HashSet};

/// The word before a person's name.
const USER: &str = "user ";

/// What reading the export told of its people.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// Their ids.
    pub ids: HashSet<String>,
    /// Their names.
    pub names: BTreeSet<String>,
    /// The names of roles, groups, queues and the like, which stay.
    pub kept: HashSet<String>,
}

/// Pseudonyms for the people of an export.
pub struct Names {
    pub(crate) key: Key,
    /// Whether the domains of addresses are replaced too.
    pub(crate) is_domain: bool,
    pub(crate) known: Known,
    /// Names of several words less what spellings of a name differ by.
    folded: HashSet<String>,
    /// Domains of addresses, in lower case.
    pub(crate) domains: HashSet<String>,
    inside: Option<AhoCorasick>,
    /// How many people keep their name, since something else has it too.
    shared: usize,
}

impl Names {
    /// Pseudonyms for those who are known, and for who else is named in the files, which are given by path and text.
    #[must_use]
    pub fn new(key: Key, is_domain: bool, known: Known, files: &[(&str, &str)]) -> Self {
        let (folded, domains) = (HashSet::new(), HashSet::new());
        let mut names = Self { key, is_domain, known, folded, domains, inside: None, shared: 0 };
        for (_, text) in files {
            names
                .domains
                .extend(mails(text).into_iter().filter_map(|mail| Some(text.get(mail.domain)?.to_lowercase())));
        }
        // Owners, managers and whoever made something are named where they are not listed.
        let others = files.iter().flat_map(|(path, text)| names.people(path, text));
        let others: Vec<String> = others.filter(|name| name.trim().contains(' ') && !name.contains('@')).collect();
        names.known.names.extend(others);
        names.settle();
        names
    }

    /// Makes of the names what they are looked up by. Whoever is called as something else is keeps the name: rules go
    /// by that, and whoever refers to it by name may mean either.
    fn settle(&mut self) {
        let Known { names, kept, .. } = &mut self.known;
        let folded: HashSet<String> = kept.iter().map(|name| fold(name)).collect();
        let (shared, own): (BTreeSet<String>, _) =
            std::mem::take(names).into_iter().partition(|name| folded.contains(&fold(name)));
        self.shared = shared.len();
        kept.extend(shared);
        *names = own;
        let several = || names.iter().filter(|name| name.trim().contains(' '));
        self.folded = several().map(|name| fold(name)).collect();
        let patterns: BTreeSet<&str> = several().map(|name| name.trim()).collect();
        // Without patterns, or with more than memory holds, nothing is found.
        let builder =
            AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).ascii_case_insensitive(true).build(patterns);
        self.inside = builder.ok();
    }

    /// How many names of people stay, since a role, a group or the like has them too.
    #[must_use]
    pub fn shared(&self) -> usize {
        self.shared
    }

    /// Whether a text is somebody's name, one of several words in any spelling.
    pub(crate) fn is_name(&self, text: &str) -> bool {
        self.known.names.contains(text) || (text.contains(' ') && self.folded.contains(&fold(text)))
    }

    /// The pseudonym of a person's name, in two words as names are. Names that differ by letter case and space have ones
    /// that differ so too: what is compared by either finds with pseudonyms what it finds without.
    pub(crate) fn person(&self, name: &str) -> String {
        let bare = name.trim();
        if bare.is_empty() {
            return name.to_owned();
        }
        let start = name.len() - name.trim_start().len();
        let (lead, tail) = (name.get(..start).unwrap_or_default(), name.get(start + bare.len()..).unwrap_or_default());
        let gap: String = bare.chars().skip_while(|c| !c.is_whitespace()).take_while(|c| c.is_whitespace()).collect();
        let gap = if gap.is_empty() { " " } else { &gap };
        let code = self.key.code("name", &fold(bare));
        let code = if is_capitalised(bare) { code } else { self.key.cased(bare, &code) };
        format!("{lead}Person{gap}{code}{tail}")
    }

    pub(crate) fn label(&self, label: &str) -> String {
        format!("person_{}", self.key.code("label", label))
    }

    /// Whatever else says who somebody is: an address keeps its form, anything else becomes a code.
    pub(crate) fn other(&self, text: &str) -> String {
        let shown = self.addresses(text);
        if shown != text || text.is_empty() { shown } else { format!("x{}", self.key.code("other", text)) }
    }

    /// A text that may name people.
    #[must_use]
    pub fn text(&self, text: &str) -> String {
        if self.known.kept.contains(text) {
            return text.to_owned();
        }
        if self.is_name(text) {
            return self.person(text);
        }
        let bare = text.strip_prefix('@').unwrap_or(text);
        if self.is_domain && self.domains.contains(&bare.to_lowercase()) {
            return format!("{}{}", if bare.len() < text.len() { "@" } else { "" }, self.domain(bare));
        }
        self.addresses(&self.within(&self.references(text)))
    }

    /// A line of what the program itself wrote, such as a lock: a name stands in back-ticks or ends it after its kind.
    #[must_use]
    pub fn rewrite_line(&self, line: &str) -> String {
        if line.contains('`') {
            return line.split('`').map(|part| self.text(part)).collect::<Vec<_>>().join("`");
        }
        let tail = |at: usize| line.get(at + USER.len()..).unwrap_or_default();
        let is_user = |at: usize| at == 0 || line.get(..at).is_some_and(|before| before.ends_with(' '));
        let mut found = line.match_indices(USER).map(|(at, _)| at).filter(|at| is_user(*at));
        match found.find(|at| *at == 0 || self.is_name(tail(*at))) {
            // Whoever a line is about may have left since, and has a name all the same.
            Some(at) => {
                let name = self.text(tail(at));
                let name = if name == tail(at) { self.person(&name) } else { name };
                format!("{}{USER}{name}", self.text(line.get(..at).unwrap_or_default()))
            }
            None => self.text(line),
        }
    }

    /// A path by folders and files that name nobody.
    #[must_use]
    pub fn rewrite_path(&self, path: &str) -> String {
        let shown = |part: &str| {
            // What a file is stays to be seen by its end.
            let at = part.rfind('.').unwrap_or(part.len());
            let (stem, end) = part.split_at_checked(at).unwrap_or((part, ""));
            match (self.known.kept.contains(stem), self.is_name(stem)) {
                (true, _) => part.to_owned(),
                (_, true) => self.person(stem) + end,
                _ => self.addresses(&self.spaced(&self.within(stem))) + end,
            }
        };
        path.split('/').map(shown).collect::<Vec<_>>().join("/")
    }

    /// The labels of people in references of Terraform's, which stand in strings of JSON and in templates.
    fn references<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut shown = String::new();
        let mut at = 0;
        for (found, kind) in text.match_indices(TYPES[0]) {
            let rest = text.get(found + kind.len()..).unwrap_or_default();
            let rest = rest.strip_prefix("_roles").unwrap_or(rest);
            let is_whole = !text.get(..found).is_some_and(|before| before.ends_with(is_word));
            let Some(label) = rest.strip_prefix('.').filter(|_| is_whole) else { continue };
            let label = label.get(..label.find(|c| !is_word(c)).unwrap_or(label.len())).unwrap_or_default();
            if !label.is_empty() {
                let start = text.len() - rest.len() + 1;
                shown.push_str(text.get(at..start).unwrap_or_default());
                shown.push_str(&self.label(label));
                at = start + label.len();
            }
        }
        if at == 0 {
            return Cow::Borrowed(text);
        }
        shown.push_str(text.get(at..).unwrap_or_default());
        Cow::Owned(shown)
    }

    /// The names within a text, where they stand as words.
    fn within(&self, text: &str) -> String {
        self.replaced(text, text)
    }

    /// The names within a file's name, where something else stands for the space between their words.
    fn spaced(&self, stem: &str) -> String {
        let looked_at = stem.replace(['_', '-', '.', '+'], " ");
        self.replaced(stem, &looked_at)
    }

    /// A text less the names that are found in it, or in what is looked at for it: a text of as many bytes.
    fn replaced(&self, text: &str, looked_at: &str) -> String {
        let Some(inside) = &self.inside else { return text.to_owned() };
        let mut shown = String::new();
        let mut at = 0;
        for found in inside.find_iter(looked_at) {
            let is_part = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
            let before = looked_at.get(..found.start()).and_then(|text| text.chars().next_back());
            let after = looked_at.get(found.end()..).and_then(|text| text.chars().next());
            if is_part(before) || is_part(after) {
                continue;
            }
            shown.push_str(text.get(at..found.start()).unwrap_or_default());
            shown.push_str(&self.person(looked_at.get(found.range()).unwrap_or_default()));
            at = found.end();
        }
        shown.push_str(text.get(at..).unwrap_or_default());
        shown
    }

    fn addresses(&self, text: &str) -> String {
        let mut shown = String::new();
        let mut at = 0;
        for mail in mails(text) {
            let part = |range: std::ops::Range<usize>| text.get(range).unwrap_or_default();
            let whole = format!("{}@{}", part(mail.local.clone()), part(mail.domain.clone())).to_lowercase();
            if mail.local.start < at {
                continue;
            }
            shown.push_str(part(at..mail.local.start));
            shown.push_str(&format!("p{}@", self.key.code("mail", &whole)));
            let domain = part(mail.domain.clone());
            shown.push_str(&if self.is_domain { self.domain(domain) } else { domain.to_owned() });
            at = mail.domain.end;
        }
        shown.push_str(text.get(at..).unwrap_or_default());
        shown
    }

    fn domain(&self, domain: &str) -> String {
        format!("d{}.example", self.key.code("domain", &domain.to_lowercase()))
    }
}

/// A name less what spellings of it differ by: letter case, and space.
fn fold(name: &str) -> String {
    let words: Vec<&str> = name.split_whitespace().collect();
    words.join(" ").to_lowercase()
}

/// Whether every word begins with a capital and has no other, as names mostly are written. Where a script has none,
/// it is so.
fn is_capitalised(name: &str) -> bool {
    let mut words = name.split(|c: char| !c.is_alphanumeric());
    words.all(|word| !word.starts_with(char::is_lowercase) && !word.chars().skip(1).any(char::is_uppercase))
}
