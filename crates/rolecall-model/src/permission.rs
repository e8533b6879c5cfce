//! Permissions: domain, entity, action, with wildcards, in every spelling.

use crate::wildcard;
use hashbrown::{DefaultHashBuilder, HashMap, HashTable};
use std::hash::BuildHasher;

/// A permission of the tenant's [`Permissions`], equal when the normalised parts are equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PermissionId(pub(crate) u32);

/// Domain, entity and action, in lower case and without spaces; each may be `*` or hold one.
///
/// A permission of two words, such as `user:impersonate`, has an empty entity; one
/// of a single word has an empty domain too. Where the first of two words holds a `*`, it
/// stands for whatever comes before the action, and the entity is `*`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Permission {
    domain: Box<str>,
    entity: Box<str>,
    action: Box<str>,
    /// Which of the three hold a `*`.
    starred: [bool; 3],
}

/// Actions that may stand second in a two-word permission. Any other second word
/// is an entity whose action was left out, which stands for every action.
const ACTIONS: &[&str] = &[
    "*",
    "access",
    "add",
    "admin",
    "all",
    "assign",
    "create",
    "delete",
    "download",
    "edit",
    "execute",
    "export",
    "impersonate",
    "join",
    "list",
    "manage",
    "publish",
    "read",
    "search",
    "update",
    "use",
    "view",
    "write",
];

/// Characters that stand in no permission.
const FOREIGN: [char; 8] = ['{', '}', '[', ']', '=', ';', '@', '"'];

impl PermissionId {
    /// The number of the permission, for tables indexed by permission.
    #[must_use]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

impl Permission {
    /// Reads `Reporting > Reporting Data` with a separate action, `reporting:reportingData:view`,
    /// `User > Impersonate`, `user:impersonate` or `*`. `None` when there is no word at all, or a character that
    /// stands in no permission: what some program made of a value that it could not write out.
    #[must_use]
    pub fn parse(id: &str, action: Option<&str>) -> Option<Self> {
        if [Some(id), action].into_iter().flatten().any(|part| part.contains(FOREIGN)) {
            return None;
        }
        let mut words: Vec<String> = id.split(['>', ':']).map(fold).filter(|w| !w.is_empty()).collect();
        let separate = action.into_iter().flat_map(|a| a.split(['>', ':'])).map(fold).filter(|w| !w.is_empty());
        let given = words.len();
        words.extend(separate);
        let is_action_left_out = words.len() == given;
        let mut words = words.into_iter();
        let (first, second) = (words.next()?, words.next());
        let (third, rest): (_, Vec<String>) = (words.next(), words.collect());
        let (domain, entity, action) = match (second, third) {
            (None, _) if first == "*" => (first.clone(), first.clone(), first),
            (None, _) => (String::new(), String::new(), first),
            (Some(second), None) if second == "*" => (first, second.clone(), second),
            (Some(second), None) if is_action_left_out && !ACTIONS.contains(&second.as_str()) => {
                (first, second, "*".into())
            }
            (Some(second), None) if first.contains('*') => (first, "*".into(), second),
            (Some(second), None) => (first, String::new(), second),
            (Some(second), Some(third)) => match rest.split_last() {
                None => (first, second, third),
                Some((last, between)) => {
                    let entity: Vec<&str> = [&second, &third].into_iter().chain(between).map(String::as_str).collect();
                    (first, entity.join(":"), last.clone())
                }
            },
        };
        let starred = [&domain, &entity, &action].map(|part| part.contains('*'));
        Some(Self { domain: domain.into(), entity: entity.into(), action: action.into(), starred })
    }

    /// The three parts.
    #[must_use]
    pub fn parts(&self) -> [&str; 3] {
        [&self.domain, &self.entity, &self.action]
    }

    /// Whether some one permission is covered by both.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        let [[mine, my_entity, my_action], [theirs, entity, action]] = [self.parts(), other.parts()];
        let [[a, b, c], [d, e, f]] = [self.starred, other.starred];
        wildcard::overlap(mine, theirs, (a, d))
            && ((wildcard::overlap(my_entity, entity, (b, e)) && wildcard::overlap(my_action, action, (c, f)))
                || (entity.is_empty() && my_action == "*" && wildcard::overlap(my_entity, action, (b, f)))
                || (my_entity.is_empty() && action == "*" && wildcard::overlap(my_action, entity, (c, e))))
    }

    /// Whether everything that `other` stands for is covered by it.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        self.covers_parts(other.parts())
    }

    /// The same of three parts as [`Self::parts`] has them.
    #[must_use]
    pub fn covers_parts(&self, [domain, entity, action]: [&str; 3]) -> bool {
        let [a, b, c] = self.starred;
        wildcard::covers(&self.domain, domain, a)
            && ((wildcard::covers(&self.entity, entity, b) && wildcard::covers(&self.action, action, c))
                // Who writes `user:impersonate:*` means `user:impersonate` as well.
                || (entity.is_empty() && &*self.action == "*" && wildcard::covers(&self.entity, action, b)))
    }

    /// Whether it stands for more than one permission.
    #[must_use]
    pub fn is_wildcard(&self) -> bool {
        self.starred.contains(&true)
    }
}

/// Lower case, without spaces: `Reporting Data` and `reportingData` are one word.
fn fold(word: &str) -> String {
    if word.bytes().all(|b| b.is_ascii_lowercase() || b == b'*') {
        return word.to_owned();
    }
    let kept = word.chars().filter(|c| !c.is_whitespace() && *c != '_');
    if word.is_ascii() {
        return kept.map(|c| c.to_ascii_lowercase()).collect();
    }
    kept.flat_map(char::to_lowercase).collect()
}

/// The permissions that a tenant's grants name, each once, with the spelling to show.
#[derive(Clone, Debug, Default)]
pub struct Permissions {
    rows: Vec<(Permission, Box<str>)>,
    index: HashMap<Permission, PermissionId>,
    /// What was read before, as it was written: few spellings stand for many entries.
    written: HashTable<Written>,
    hasher: DefaultHashBuilder,
}

/// A permission as an entry writes it, and what that came to.
#[derive(Clone, Debug)]
struct Written {
    id: Box<str>,
    action: Option<Box<str>>,
    meant: Option<PermissionId>,
}

impl Permissions {
    /// The id of a permission as spelled, or `None` when there is no word in it.
    pub fn intern(&mut self, id: &str, action: Option<&str>) -> Option<PermissionId> {
        let hash = self.hasher.hash_one((id, action));
        let is_same = |known: &Written| *known.id == *id && known.action.as_deref() == action;
        if let Some(known) = self.written.find(hash, is_same) {
            return known.meant;
        }
        let meant = Permission::parse(id, action).map(|permission| {
            let spelling = spell(&permission, id, action);
            self.add(permission, spelling)
        });
        let written = Written { id: id.into(), action: action.map(Into::into), meant };
        let hasher = &self.hasher;
        self.written.insert_unique(hash, written, |w| hasher.hash_one((&*w.id, w.action.as_deref())));
        meant
    }

    fn add(&mut self, permission: Permission, spelling: Box<str>) -> PermissionId {
        if let Some(&known) = self.index.get(&permission) {
            if let Some((_, kept)) = self.rows.get_mut(known.0 as usize) {
                prefer(kept, spelling);
            }
            return known;
        }
        let id = PermissionId(u32::try_from(self.rows.len()).unwrap_or(u32::MAX));
        self.index.insert(permission.clone(), id);
        self.rows.push((permission, spelling));
        id
    }

    /// The permission of an id.
    #[must_use]
    pub fn get(&self, id: PermissionId) -> Option<&Permission> {
        self.rows.get(id.0 as usize).map(|(permission, _)| permission)
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.rows.len()
    }

    /// The id of a permission that a grant or the catalogue names.
    #[must_use]
    pub fn find(&self, permission: &Permission) -> Option<PermissionId> {
        self.index.get(permission).copied()
    }

    /// The spelling to show, such as `reporting:reportingData:view`.
    #[must_use]
    pub fn spelling(&self, id: PermissionId) -> &str {
        self.rows.get(id.0 as usize).map_or("", |(_, spelling)| spelling)
    }

    /// Every permission, in order of first mention.
    pub fn iter(&self) -> impl Iterator<Item = (PermissionId, &Permission)> {
        (0..).map(PermissionId).zip(self.rows.iter().map(|(permission, _)| permission))
    }

    /// Takes over another table; gives back the new id of each of its rows.
    pub(crate) fn absorb(&mut self, other: Self) -> Vec<PermissionId> {
        other.rows.into_iter().map(|(permission, spelling)| self.add(permission, spelling)).collect()
    }
}

/// The spelling must not depend on which entry came first: the one with more
/// capitals (camel case over flat), then the lesser text.
fn prefer(kept: &mut Box<str>, other: Box<str>) {
    let key = |s: &str| (usize::MAX - s.chars().filter(char::is_ascii_uppercase).count(), s.to_owned());
    if key(&other) < key(kept) {
        *kept = other;
    }
}

fn spell(permission: &Permission, id: &str, action: Option<&str>) -> Box<str> {
    let written = id.split(['>', ':']).chain(action.into_iter().flat_map(|a| a.split(['>', ':'])));
    let mut words: Vec<String> = written.map(camel).filter(|w| !w.is_empty()).collect();
    // What the reading added (a wildcard for a part left out) is shown as well.
    let parts = permission.parts().iter().filter(|p| !p.is_empty()).count();
    while words.len() < parts {
        let [.., action] = permission.parts();
        let place = if action == "*" { words.len() } else { words.len().min(1) };
        words.insert(place, "*".into());
    }
    words.join(":").into()
}

/// `Reporting Data` as `reportingData`; `VIEW` as `view`; `reportingData` as it is.
fn camel(part: &str) -> String {
    let mut out = String::new();
    for word in part.split(|c: char| c.is_whitespace() || c == '_').filter(|w| !w.is_empty()) {
        let is_shouted = word.chars().all(|c| !c.is_lowercase());
        let word = if is_shouted { word.to_lowercase() } else { word.to_owned() };
        let mut chars = word.chars();
        let Some(first) = chars.next() else { continue };
        if out.is_empty() {
            out.extend(first.to_lowercase());
        } else {
            out.extend(first.to_uppercase());
        }
        out.push_str(chars.as_str());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(id: &str, action: Option<&str>) -> [String; 3] {
        Permission::parse(id, action).expect("a permission").parts().map(str::to_owned)
    }

    #[test]
    fn every_spelling_of_one_permission_is_one() {
        let reporting = ["reporting", "reportingdata", "view"];
        assert_eq!(parsed("Reporting > Reporting Data", Some("View")), reporting);
        assert_eq!(parsed("reporting:reportingData:view", None), reporting);
        assert_eq!(parsed(" REPORTING>reporting data ", Some(" view ")), reporting);
        let impersonate = ["user", "", "impersonate"];
        assert_eq!(parsed("User > Impersonate", None), impersonate);
        assert_eq!(parsed("User", Some("Impersonate")), impersonate);
        assert_eq!(parsed("user:impersonate", Some("")), impersonate);
    }

    #[test]
    fn what_is_left_out_is_everything() {
        assert_eq!(parsed("*", None), ["*", "*", "*"]);
        assert_eq!(parsed("reporting:*", None), ["reporting", "*", "*"]);
        assert_eq!(parsed("Reporting > Reporting Data", None), ["reporting", "reportingdata", "*"]);
        assert_eq!(Permission::parse(" > ", None), None);
        for text in ["@{domain=routing; entityName=queue}", "System.Object[]", "a:b:\"c\""] {
            assert_eq!(Permission::parse(text, None), None);
            assert_eq!(Permission::parse("routing:queue", Some(text)), None);
        }
    }

    #[test]
    fn wildcards_cover_what_they_match_and_no_more() {
        let rule = Permission::parse("reporting:reportingData:view", None).expect("a permission");
        let covers = |id: &str| Permission::parse(id, None).expect("a permission").overlaps(&rule);
        assert!(
            covers("*")
                && covers("reporting:*:view")
                && covers("*:reportingData:*")
                && covers("reporting:report*:view")
        );
        assert!(!covers("reporting:queue:view") && !covers("routing:*") && !covers("reporting:rep*x:view"));
        let impersonate = Permission::parse("user:impersonate", None).expect("a permission");
        assert!(Permission::parse("user:*", None).expect("a permission").overlaps(&impersonate));
    }

    #[test]
    fn a_wildcard_before_an_action_stands_for_domain_and_entity() {
        for (id, action) in [("*", Some("View")), ("*:view", None), ("* > *", Some("View"))] {
            assert_eq!(parsed(id, action), ["*", "*", "view"], "{id}");
        }
        let spelled = |id: &str, action| {
            let mut table = Permissions::default();
            let id = table.intern(id, action).expect("a permission");
            table.spelling(id).to_owned()
        };
        assert_eq!([spelled("*", Some("View")), spelled("rep*:view", None)], ["*:*:view", "rep*:*:view"]);
        assert_eq!(spelled("reporting:*", None), "reporting:*:*");
    }

    #[test]
    fn what_covers_the_second_of_two_words_covers_them() {
        let of = |id: &str| Permission::parse(id, None).expect("a permission");
        let impersonate = of("user:impersonate");
        for id in ["user:impersonate:*", "user:imp*", "*:impersonate", "us*:impersonate", "user:*", "*", "*:imp*:*"] {
            let wide = of(id);
            assert!(wide.overlaps(&impersonate) && impersonate.overlaps(&wide) && wide.covers(&impersonate), "{id}");
        }
        for id in ["user:impersonate:view", "user:profile:*", "user:read", "*:view", "role:impersonate:*", "user:i*x:*"]
        {
            let other = of(id);
            assert!(!other.overlaps(&impersonate) && !impersonate.overlaps(&other), "{id}");
            assert!(!other.covers(&impersonate), "{id}");
        }
        assert!(!impersonate.covers(&of("user:impersonate:*")));
    }

    #[test]
    fn the_spelling_does_not_depend_on_order() {
        let spell = |ids: [&str; 2]| {
            let mut table = Permissions::default();
            let id = ids.map(|id| table.intern(id, None))[0].expect("a permission");
            table.spelling(id).to_owned()
        };
        assert_eq!(
            spell(["reporting:reportingdata:view", "Reporting > Reporting Data > View"]),
            "reporting:reportingData:view"
        );
        assert_eq!(
            spell(["Reporting > Reporting Data > View", "reporting:reportingdata:view"]),
            "reporting:reportingData:view"
        );
    }
}
