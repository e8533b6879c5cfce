//! What nobody may know, noted by place and by the field that holds it.

use crate::lower::{Lower, is_template};
use rolecall_model::Head;
use rolecall_source::{Kind as Json, Node, SECRET_KEYS, is_secret_name};

impl Lower<'_> {
    /// Takes note of the fields of an object that hold secrets. What they say is never kept.
    pub(crate) fn secrets(&mut self, object: Node<'_, '_>, owner: Head) {
        for (key, value) in object.fields().filter(|(key, _)| is_secret_key(&key.text)) {
            if self.is_secret(&key.text, value) {
                self.secret(&key.text, value, owner);
            }
        }
    }

    /// Takes note of the headers that sign somebody in.
    pub(crate) fn secret_headers(&mut self, headers: Node<'_, '_>, owner: Head) {
        for (key, value) in headers.fields().filter(|(key, _)| is_secret_name(key.text.trim())) {
            self.secret_values(&key.text, value, owner);
        }
    }

    /// A secret is known by whose it is, so that of several each is one of its own.
    fn secret(&mut self, key: &str, value: Node<'_, '_>, owner: Head) {
        let strings = &mut self.tenant.strings;
        let of = owner.id.map_or_else(|| strings.text(owner.name), |id| strings.of(id));
        let id = format!("{of} {key}");
        let (id, name) = (Some(strings.intern(&id)), strings.keep(key));
        self.tenant.secrets.push(Head { id, name, origin: self.origin(value), embedded: false, planned: false });
    }

    /// Takes note of a value that is secret, or of each in it.
    pub(crate) fn secret_values(&mut self, key: &str, value: Node<'_, '_>, owner: Head) {
        match value.kind() {
            Json::Array => value.items().for_each(|item| self.secret_values(key, item, owner)),
            Json::Object => {
                value
                    .fields()
                    .for_each(|(part, value)| self.secret_values(&format!("{key}.{}", part.text), value, owner));
            }
            _ if self.is_secret(key, value) => self.secret(key, value, owner),
            _ => {}
        }
    }

    /// Takes note of a value that is said to be sensitive, or of what in it may be a secret.
    pub(crate) fn credential(&mut self, key: &str, value: Node<'_, '_>, owner: Head) {
        match value.kind() {
            Json::Array => value.items().for_each(|item| self.credential(key, item, owner)),
            Json::Object => {
                let own = value.fields().filter(|(part, _)| !is_in_sight(&part.text));
                own.for_each(|(part, value)| self.credential(&format!("{key}.{}", part.text), value, owner));
            }
            _ if self.is_secret(key, value) => self.secret(key, value, owner),
            _ => {}
        }
    }

    /// Takes note of the texts of a credential's fields, which may go by any name.
    pub(crate) fn credentials(&mut self, fields: Node<'_, '_>, owner: Head) {
        for (key, value) in fields.fields().filter(|(key, _)| !is_in_sight(&key.text)) {
            if self.is_secret(&key.text, value) {
                self.secret(&key.text, value, owner);
            }
        }
    }

    /// Whether a value may be a secret; one that may hold several, nobody knows which, is said.
    fn is_secret(&mut self, key: &str, value: Node<'_, '_>) -> bool {
        if matches!(value.kind(), Json::Array | Json::Object) && !value.is_empty() {
            self.wrong_type(key, "a string", value);
        }
        match value.kind() {
            Json::Number => true,
            _ => value.text().is_some_and(|text| is_secret(&text)),
        }
    }
}

/// Whether a field of a credential says who signs in and where, which is no secret.
fn is_in_sight(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    ["id", "url", "uri", "name", "host", "domain", "region", "email", "scope", "type"].iter().any(|e| key.ends_with(e))
}

/// Names of tokens that only say where a listing goes on.
const PAGES: [&str; 4] = ["pagetoken", "nexttoken", "continuationtoken", "synctoken"];

/// Whether text that is called so is a secret.
pub(crate) fn is_named_secret_text(name: &str) -> bool {
    let bare: String = name.chars().filter(|c| !matches!(c, '_' | '-')).collect::<String>().to_ascii_lowercase();
    is_named_secret(name) || (bare.ends_with("token") && !PAGES.iter().any(|page| bare.ends_with(page)))
}

/// Whether a field of that name holds a secret.
pub(crate) fn is_secret_key(key: &str) -> bool {
    SECRET_KEYS.iter().any(|secret| secret.eq_ignore_ascii_case(key))
}

/// Whether what is called so is a secret: its name ends as that of such a field.
pub(crate) fn is_named_secret(name: &str) -> bool {
    SECRET_KEYS.iter().any(|secret| {
        let start = name.len().checked_sub(secret.len());
        start.and_then(|start| name.get(start..)).is_some_and(|end| end.eq_ignore_ascii_case(secret))
    })
}

/// Whether text may be a secret: not empty, not masked, not a reference to where one is kept.
fn is_secret(text: &str) -> bool {
    let is_masked = text.chars().all(|c| matches!(c, '*' | '•' | 'x' | 'X' | '.'));
    !text.trim().is_empty() && !is_masked && !is_template(text)
}
