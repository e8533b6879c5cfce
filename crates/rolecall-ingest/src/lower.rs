//! From values to rows: references, text and flags, with a place for each wrong type.

use crate::Trouble;
use crate::guide::UserField;
use crate::limit::{MAX_PERMISSION, MAX_PERMISSIONS, MAX_TEXT, Named, Troubles};
use crate::platform;
use crate::trouble::{NOT_EVALUATED, is_cut_off, misspelt, mistyped, no_permission};
use rolecall_model::{Head, Kind, List, Origin, Permission, PermissionId, Ref, Sym, Tenant, Text, User};
use rolecall_source::{Kind as Json, Node};
use std::borrow::Cow;

/// What the keys of an entity tell, which need not be looked at again for another with the same ones.
pub(crate) enum Told {
    /// One of the guide's.
    Guide(GuideTold),
    /// One of the platform's.
    Platform(platform::Told),
    /// Nothing but that they are spelled as they should be, or what is wrong with that: what it is depends on the values.
    Spelling,
}

impl Told {
    /// Whether they tell what it is.
    pub(crate) fn is_known(&self) -> bool {
        !matches!(self, Self::Spelling)
    }

    /// Whether a key is one that only the guide's have.
    pub(crate) fn is_guides(&self) -> bool {
        matches!(self, Self::Guide(told) if told.is_guides)
    }
}

/// What the keys of one of the guide's entities tell.
pub(crate) struct GuideTold {
    /// Its kind.
    pub(crate) kind: Kind,
    /// What its name is, on which the kind may depend.
    pub(crate) name: Option<Json>,
    /// Whether a key is one that only the guide's have.
    pub(crate) is_guides: bool,
    /// The fields of a user, in their order.
    pub(crate) fields: Vec<UserField>,
}

/// The parts of a name: the guide's words, and those of SCIM.
const PARTS: [[&str; 2]; 2] = [["firstName", "givenName"], ["lastName", "familyName"]];

/// What one file is lowered into.
pub struct Lower<'l> {
    /// What the entities of the file are added to.
    pub tenant: &'l mut Tenant,
    pub(crate) named: &'l mut Named,
    /// What was told of the entity before in its list, where that has the same keys.
    pub(crate) alike: Option<Told>,
    /// Whether a key of it is one that only the guide's have.
    pub(crate) is_guides: bool,
    /// What is told of it.
    pub(crate) told: Option<Told>,
    /// Whether it is a member or a grant that does not say of what.
    pub(crate) is_open: bool,
    /// Whether it lies in a page, whose address may tell more than the file's name.
    pub(crate) is_in_page: bool,
    /// What was wrong.
    pub(crate) troubles: &'l mut Troubles,
    file: u32,
}

impl<'l> Lower<'l> {
    pub(crate) fn new(tenant: &'l mut Tenant, named: &'l mut Named, troubles: &'l mut Troubles, file: u32) -> Self {
        let (is_guides, is_open, is_in_page) = (false, false, false);
        Self { tenant, named, alike: None, is_guides, told: None, is_open, is_in_page, troubles, file }
    }

    /// The origin of a value.
    pub(crate) fn origin(&self, node: Node<'_, '_>) -> Origin {
        Origin { file: self.file, offset: node.start() }
    }

    /// Says that a value is not what its field holds.
    pub(crate) fn wrong_type(&mut self, field: &str, expected: &str, node: Node<'_, '_>) {
        self.troubles.push(mistyped(field, expected, node));
    }

    /// Text; nothing for null.
    #[inline]
    pub(crate) fn text<'a>(&mut self, field: &str, node: Node<'_, 'a>) -> Option<Cow<'a, str>> {
        match node.plain() {
            Some(text) if text.len() <= MAX_TEXT && !is_cut_off(text) => Some(Cow::Borrowed(text)),
            _ => self.other_text(field, node),
        }
    }

    fn other_text<'a>(&mut self, field: &str, node: Node<'_, 'a>) -> Option<Cow<'a, str>> {
        if node.kind() != Json::String {
            if !node.is_null() {
                self.wrong_type(field, "a string", node);
            }
            return None;
        }
        if node.plain().is_some_and(is_cut_off) {
            self.wrong_type(field, "a text", node);
            return None;
        }
        self.short(field, node)
    }

    /// The text of a string; nothing where it is too long for a name.
    pub(crate) fn short<'a>(&mut self, field: &str, node: Node<'_, 'a>) -> Option<Cow<'a, str>> {
        if node.raw().len() <= MAX_TEXT + 2 {
            return node.text();
        }
        self.too_long(field, node.raw().len() - 2, MAX_TEXT, node);
        None
    }

    fn too_long(&mut self, field: &str, length: usize, limit: usize, node: Node<'_, '_>) {
        self.troubles.push(Trouble {
            kind: "too-long",
            message: format!("`{field}` has {length} bytes, more than the {limit} that are read"),
            help: "no name, id or permission is so long; check where the file comes from",
            at: node.start(),
            end: node.start() + 1,
            related: None,
        });
    }

    /// The number of a permission; nothing where it names none, which is said. Beyond a limit new ones are refused.
    pub(crate) fn permission(&mut self, id: &str, action: Option<&str>, node: Node<'_, '_>) -> Option<PermissionId> {
        let length = id.len() + action.map_or(0, str::len);
        if length > MAX_PERMISSION {
            self.too_long("permission", length, MAX_PERMISSION, node);
            return None;
        }
        if self.named.has_room() {
            let named = self.tenant.permissions.intern(id, action);
            match named {
                Some(named) => self.named.add(named),
                None => self.troubles.push(no_permission(id, action, node)),
            }
            return named;
        }
        let known = Permission::parse(id, action).and_then(|permission| self.tenant.permissions.find(&permission));
        let known = known.filter(|known| self.named.has(*known));
        if known.is_none() {
            self.troubles.push(Trouble {
                kind: "too-many",
                message: format!("the file names more than {MAX_PERMISSIONS} permissions, and no more are read"),
                help: "no organisation has so many; check where the file comes from",
                at: node.start(),
                end: node.end(),
                related: None,
            });
        }
        known
    }

    /// Says of a list that it is not read, and what the one is called that is, unless that is there as well.
    pub(crate) fn not_read(&mut self, field: &str, name: &str, list: Node<'_, '_>, entity: Node<'_, '_>) {
        if !list.is_empty() && entity.get(name).is_none() {
            self.troubles.push(misspelt(field, name, list.start(), list.end()));
        }
    }

    /// True or false; nothing for null.
    pub(crate) fn flag(&mut self, field: &str, node: Node<'_, '_>) -> Option<bool> {
        let flag = node.bool();
        if flag.is_none() && !node.is_null() {
            self.wrong_type(field, "true or false", node);
        }
        flag
    }

    /// A whole number that is not negative; nothing for null.
    pub(crate) fn number(&mut self, field: &str, node: Node<'_, '_>) -> Option<u64> {
        let number = node.u64();
        if number.is_none() && !node.is_null() {
            self.wrong_type(field, "a whole number", node);
        }
        number
    }

    /// A reference: an id or name, or an object with one.
    #[inline]
    pub(crate) fn reference(&mut self, field: &str, node: Node<'_, '_>) -> Option<Ref> {
        if let Some(text) = node.plain().filter(|text| text.len() <= MAX_TEXT && !is_cut_off(text)) {
            return Some(Ref { target: self.tenant.strings.intern(text), at: node.start() });
        }
        self.other_reference(field, node)
    }

    fn other_reference(&mut self, field: &str, node: Node<'_, '_>) -> Option<Ref> {
        let named = match node.kind() {
            Json::Null => return None,
            Json::String if node.plain().is_some_and(is_cut_off) => None,
            Json::String => Some(node),
            Json::Object => {
                let part = |key| node.get(key).filter(|n| !n.is_null());
                part("id").or_else(|| part("name"))
            }
            _ => None,
        };
        let Some(named) = named.filter(|n| n.kind() == Json::String) else {
            self.wrong_type(field, "a reference (an id, a name, or an object with `id`)", node);
            return None;
        };
        let target = match named.plain() {
            Some(text) if text.len() <= MAX_TEXT => self.tenant.strings.intern(text),
            _ => {
                let text = self.short(field, named)?;
                self.tenant.strings.intern(&text)
            }
        };
        Some(Ref { target, at: node.start() })
    }

    /// A list of references; nothing for null.
    pub(crate) fn references(&mut self, field: &str, node: Node<'_, '_>) -> List {
        if !self.is_list(field, node) {
            return List::default();
        }
        let start = self.tenant.refs.len();
        for item in node.items() {
            if item.is_null() {
                self.wrong_type(field, "a list of references", item);
            }
            if let Some(reference) = self.reference(field, item) {
                self.tenant.refs.push(reference);
            }
        }
        self.list_from(start)
    }

    /// One reference or a list of them; nothing for null.
    pub(crate) fn one_or_more(&mut self, field: &str, node: Node<'_, '_>) -> List {
        if node.kind() == Json::Array {
            return self.references(field, node);
        }
        let start = self.tenant.refs.len();
        if let Some(reference) = self.reference(field, node) {
            self.tenant.refs.push(reference);
        }
        self.list_from(start)
    }

    /// Whether a value is an object; null is as good as absent, anything else is a wrong type.
    pub(crate) fn is_object(&mut self, field: &str, node: Node<'_, '_>) -> bool {
        let is_object = node.kind() == Json::Object;
        if !is_object && !node.is_null() {
            self.wrong_type(field, "an object", node);
        }
        is_object
    }

    /// The elements of a list of objects; whatever is none is said.
    pub(crate) fn objects<'t, 'a>(
        &mut self,
        field: &str,
        list: Node<'t, 'a>,
    ) -> impl Iterator<Item = Node<'t, 'a>> + use<'t, 'a> {
        let is_object = |item: &Node<'t, 'a>| item.kind() == Json::Object;
        if self.is_list(field, list) {
            let others = list.items().filter(|item| !is_object(item));
            others.for_each(|item| self.wrong_type(field, "a list of objects", item));
        }
        // What is no list has no elements.
        list.items().filter(is_object)
    }

    /// Whether a value is a list; null is as good as absent, anything else is a wrong type.
    pub(crate) fn is_list(&mut self, field: &str, node: Node<'_, '_>) -> bool {
        let is_list = node.kind() == Json::Array;
        if !is_list && !node.is_null() {
            self.wrong_type(field, "a list", node);
        }
        is_list
    }

    /// The references added since there were `start` of them.
    pub(crate) fn list_from(&self, start: usize) -> List {
        let (start, end) = (row(start), row(self.tenant.refs.len()));
        List { start, len: end - start }
    }

    /// Id, name and origin. An entity that has only a name is known by it.
    pub(crate) fn head(&mut self, kind: Kind, entity: Node<'_, '_>) -> Head {
        self.head_of(kind, entity, entity.get("id"), entity.get("name"))
    }

    /// The same of an entity whose `id` and `name` were found.
    pub(crate) fn head_of(
        &mut self,
        kind: Kind,
        entity: Node<'_, '_>,
        id: Option<Node<'_, '_>>,
        name: Option<Node<'_, '_>>,
    ) -> Head {
        let (head, id) = self.named(kind, entity, id, name);
        Head { id: id.map(|id| self.tenant.strings.intern(&id)), ..head }
    }

    /// The same, and the id beside it, which is not interned yet.
    pub(crate) fn named<'a>(
        &mut self,
        kind: Kind,
        entity: Node<'_, 'a>,
        id: Option<Node<'_, 'a>>,
        name: Option<Node<'_, 'a>>,
    ) -> (Head, Option<Cow<'a, str>>) {
        let id = id.and_then(|id| self.text("id", id)).filter(|id| !id.is_empty());
        let name = match name {
            Some(name) if kind == Kind::User && name.kind() == Json::Object => self.full_name(name),
            Some(name) => self.text("name", name).map(|n| self.tenant.strings.keep(&n)),
            None => None,
        };
        let name = name.unwrap_or_default();
        if id.is_none() {
            self.intern_name(name, entity, kind);
        }
        (Head { id: None, name, origin: self.origin(entity), embedded: false, planned: false }, id)
    }

    /// Adds a user, of whom there are the most, and gives the symbol of the id. That is new and waits for memory, so it is
    /// found last: what was just written beside it need not be read again before it is there.
    pub(crate) fn add_user(&mut self, user: User, id: Option<&str>) -> Option<Sym> {
        self.tenant.users.push(user);
        let id = id.map(|id| self.tenant.strings.intern(id));
        if let Some(user) = self.tenant.users.last_mut() {
            user.head.id = id;
        }
        id
    }

    /// The organisation behind a trustee names it; the trustee has an id of its own.
    pub(crate) fn trustee_head(&mut self, entity: Node<'_, '_>) -> Head {
        let organisation = entity.get("organization").filter(|o| self.is_object("organization", *o));
        let id = entity.get("id").or_else(|| organisation.and_then(|o| o.get("id")));
        let id = id.and_then(|id| self.text("id", id)).map(|id| self.tenant.strings.intern(&id));
        let name = organisation.and_then(|o| o.get("name")).and_then(|name| self.text("name", name));
        let name = name.map(|name| self.tenant.strings.keep(&name)).unwrap_or_default();
        Head { id, name, origin: self.origin(entity), embedded: false, planned: false }
    }

    /// Says that something needs an evaluation that is not made here.
    pub(crate) fn unread(&mut self, what: &str, node: Node<'_, '_>) {
        let help = "give the state of the last run as well, which has what came of it";
        self.not_evaluated(format!("{what} is not evaluated: it is read as it is written"), help, node);
    }

    /// Says what was left out of account.
    pub(crate) fn not_evaluated(&mut self, message: String, help: &'static str, node: Node<'_, '_>) {
        let (at, end) = (node.start(), node.end());
        self.troubles.push(Trouble { kind: NOT_EVALUATED, message, help, at, end, related: None });
    }

    fn full_name(&mut self, name: Node<'_, '_>) -> Option<Text> {
        let mut part = |keys: [&str; 2]| {
            let (key, value) = keys.into_iter().find_map(|key| Some((key, name.get(key)?)))?;
            self.text(key, value)
        };
        let [first, last] = PARTS.map(&mut part).map(Option::unwrap_or_default);
        if PARTS.iter().flatten().all(|key| name.get(key).is_none()) {
            self.wrong_type("name", "a string, or an object with `firstName` and `lastName`", name);
        }
        Some(self.tenant.strings.keep_pair(&first, &last))
    }

    fn intern_name(&mut self, name: Text, entity: Node<'_, '_>, kind: Kind) {
        let text = self.tenant.strings.text(name).to_owned();
        let has_mail = kind == Kind::User && entity.get("email").is_some_and(|n| n.text().is_some());
        if text.is_empty() && !has_mail {
            self.troubles.push(Trouble {
                kind: "nameless",
                message: format!("this {} has neither `id` nor `name`", kind.noun()),
                help: "nothing can refer to it, and no report can name it: export it again with its id",
                at: entity.start(),
                end: entity.end(),
                related: None,
            });
        }
        self.tenant.strings.intern(&text);
    }
}

/// Whether a text has a part that Terraform evaluates.
pub(crate) fn is_template(text: &str) -> bool {
    // Nearly no text has a dollar, and one byte is looked for faster than two.
    text.as_bytes().contains(&b'$') && text.contains("${")
}

/// A file is below 4 GiB, and every row takes more than a byte of it.
pub(crate) fn row(rows: usize) -> u32 {
    u32::try_from(rows).unwrap_or(u32::MAX)
}
