//! Whom an export names, and by what pseudonyms they go.

use crate::Key;
use crate::lexer::is_word;
use crate::mail::mails;
use crate::person::TYPES;
use aho_corasick::{AhoCorasick, MatchKind};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashSet};

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
    /// Domains of addresses, in lower case.
    pub(crate) domains: HashSet<String>,
    inside: Option<AhoCorasick>,
    replacements: Vec<String>,
}

impl Names {
    /// Pseudonyms for those who are known, and for who else is named in the files.
    #[must_use]
    pub fn new(key: Key, is_domain: bool, known: Known, texts: &[&str]) -> Self {
        let mut names = Self { key, is_domain, known, domains: HashSet::new(), inside: None, replacements: Vec::new() };
        for text in texts {
            names
                .domains
                .extend(mails(text).into_iter().filter_map(|mail| Some(text.get(mail.domain)?.to_lowercase())));
        }
        // Owners, managers and whoever made something are named where they are not listed.
        let others = texts.iter().filter_map(|text| names.json(text)).flat_map(|found| found.people);
        let others: Vec<String> = others.filter(|name| name.trim().contains(' ') && !name.contains('@')).collect();
        let kept = &names.known.kept;
        names.known.names.extend(others.into_iter().filter(|name| !kept.contains(name)));
        names.compile();
        names
    }

    /// What is looked for within longer texts: names of several words.
    fn compile(&mut self) {
        let mut wanted: BTreeMap<String, String> = BTreeMap::new();
        for name in self.known.names.iter().filter(|name| name.trim().contains(' ')) {
            wanted.insert(name.trim().to_owned(), self.person(name));
        }
        let (patterns, replacements): (Vec<String>, Vec<String>) = wanted.into_iter().unzip();
        // Without patterns, or with more than memory holds, nothing is found.
        self.inside = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(&patterns).ok();
        self.replacements = replacements;
    }

    /// The pseudonym of a person's name, in two words as names are.
    pub(crate) fn person(&self, name: &str) -> String {
        format!("Person {}", self.key.code("name", name.trim()))
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
        if self.known.names.contains(text) {
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
        match found.find(|at| *at == 0 || self.known.names.contains(tail(*at))) {
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
            match (self.known.kept.contains(stem), self.known.names.contains(stem)) {
                (true, _) => part.to_owned(),
                (_, true) => self.person(stem) + end,
                _ => self.addresses(&self.within(stem)) + end,
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
        let Some(inside) = &self.inside else { return text.to_owned() };
        let mut shown = String::new();
        let mut at = 0;
        for found in inside.find_iter(text) {
            let is_part = |c: Option<char>| c.is_some_and(is_word);
            let before = text.get(..found.start()).and_then(|text| text.chars().next_back());
            let after = text.get(found.end()..).and_then(|text| text.chars().next());
            if is_part(before) || is_part(after) {
                continue;
            }
            shown.push_str(text.get(at..found.start()).unwrap_or_default());
            shown.push_str(self.replacements.get(found.pattern().as_usize()).map_or("", String::as_str));
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
