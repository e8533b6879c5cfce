//! What laws change in a tenant: an edge less, an edge more, other ids.

use crate::made::{Dice, division, entry, in_division, policy};
use crate::run::{Made, Run};
use rolecall_engine::Step;
use rolecall_testing::saved::given;
use serde_json::{Value, json};
use std::collections::BTreeMap;

impl Made {
    /// Takes out what states an edge, at the place that its step gives. Gives back what that was, and of what.
    pub(crate) fn cut(&mut self, run: &Run, step: &Step) -> String {
        let (file, pointer) = run.pointer(step.place);
        let whole = &mut self.files[file];
        let mut at = pointer.as_str();
        let cut = loop {
            let (list, last) = at.rsplit_once('/').expect("a list around what states an edge");
            let found = whole.pointer_mut(list).expect("a value");
            if let Some(items) = found.as_array_mut() {
                let cut = items.remove(last.parse().expect("a number"));
                let (entity, _) = list.rsplit_once('/').expect("what the list is of");
                let of = whole.pointer(entity).expect("an entity");
                break format!("{cut} {} {}", of["id"], of["selfUri"]);
            }
            at = list;
        };
        if whole.get("total").is_some() {
            whole["total"] = whole["entities"].as_array().map_or(0, Vec::len).into();
        }
        // Nothing tells what an empty page or an empty listing of grants is about.
        if whole["grants"] == json!([]) || whole["entities"] == json!([]) {
            self.files.remove(file);
        }
        cut
    }

    /// Adds an entry to a role, or gives somebody a role, or puts somebody into a group.
    pub(crate) fn grow(&mut self, dice: &mut Dice) {
        let (at, more) =
            if self.dialect == "guide" { self.more_of_the_guide(dice) } else { self.more_of_the_platform(dice) };
        let (file, pointer) = at;
        if let Some(list) = self.files[file].pointer_mut(&pointer).and_then(Value::as_array_mut) {
            list.push(more);
        }
    }

    fn more_of_the_guide(&self, dice: &mut Dice) -> ((usize, String), Value) {
        let count = |key: &str| self.files[0][key].as_array().map_or(0, Vec::len);
        let [role, other, user, group, account] =
            ["roles", "roles", "users", "groups", "serviceAccounts"].map(|key| dice.below(count(key)));
        let (at, more) = match dice.below(6) {
            0 => (format!("/roles/{role}/rolePermissions"), entry(dice)),
            1 => (format!("/users/{user}/userRoles"), json!(format!("r-{role}"))),
            2 => (format!("/groups/{group}/userRoles"), json!(format!("r-{role}"))),
            3 => (format!("/serviceAccounts/{account}/userRoles"), json!(format!("r-{role}"))),
            4 => (format!("/roles/{role}/inheritsFrom"), json!(format!("r-{other}"))),
            _ => (format!("/groups/{group}/members"), json!(format!("u-{user}"))),
        };
        ((0, at), more)
    }

    fn more_of_the_platform(&mut self, dice: &mut Dice) -> ((usize, String), Value) {
        let is_about = |file: &&Value, uri: &str| file["selfUri"].as_str().is_some_and(|own| own.ends_with(uri));
        let page = |uri: &str| self.files.iter().position(|file| is_about(&file, uri)).expect("the page");
        let count = |file: usize| self.files[file]["entities"].as_array().map_or(0, Vec::len);
        let (roles, users, clients) = (page("authorization/roles"), page("v2/users"), page("oauth/clients"));
        let (role, user, client) = (dice.below(count(roles)), dice.below(count(users)), dice.below(count(clients)));
        match dice.below(4) {
            0 => ((roles, format!("/entities/{role}/permissionPolicies")), policy(dice)),
            1 => ((clients, format!("/entities/{client}/roleDivisions")), in_division(role, dice)),
            2 => {
                let groups = self.files.iter().filter(|file| file["type"] == "official").count();
                let group = dice.below(groups);
                let subject = if groups > 0 { format!("g-{group}") } else { format!("u-{user}") };
                self.files.push(given(&subject, role, division(dice)));
                ((0, "/".to_owned()), Value::Null)
            }
            _ => {
                self.files.push(given(&format!("u-{user}"), role, division(dice)));
                ((0, "/".to_owned()), Value::Null)
            }
        }
    }
}

/// Whether what was cut says what an edge says.
pub(crate) fn is_stated(step: &Step, text: &str) -> bool {
    [&step.from.id, &step.to.id].into_iter().any(|id| id.split(':').all(|part| text.contains(part)))
}

/// Each text by another, wherever it stands whole or is a part of an address.
pub(crate) fn rename(value: &mut Value, names: &BTreeMap<String, String>) {
    match value {
        Value::String(text) => {
            let part = |part| names.get(part).map_or(part, String::as_str);
            *text = text.split('/').map(part).collect::<Vec<_>>().join("/");
        }
        Value::Array(items) => items.iter_mut().for_each(|item| rename(item, names)),
        Value::Object(fields) => fields.values_mut().for_each(|field| rename(field, names)),
        _ => {}
    }
}
