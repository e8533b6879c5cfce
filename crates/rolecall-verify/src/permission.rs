//! What a raw permission entry states: permissions and a scope.

use crate::raw::Cited;
use serde_json::Value;

/// Whether an entry states a permission, however either is spelled.
pub(crate) fn states(entry: &Value, permission: &str) -> bool {
    let wanted = canonical(permission);
    // What is left out at the end stands for everything: `user:*` is `user:*:*`.
    spelled(entry).iter().any(|one| {
        *one == wanted || wanted.strip_prefix(one.as_str()).is_some_and(|rest| matches!(rest, ":*" | ":*:*"))
    })
}

/// Whether a citation is of a part of a permission entry.
pub(crate) fn is_entry(cited: &Cited, pointer: &str) -> bool {
    let is_around = cited.around.last().is_some_and(|fields| {
        let text = |key: &str| fields.get(key).and_then(Value::as_str);
        text("id").is_some_and(|id| id.contains([':', '>'])) || text("entityName").is_some()
    });
    // Of HCL only the block at the top is read.
    is_around || pointer.split('/').any(|key| key == "permission_policies" || key == "permissions")
}

/// Every permission of an entry.
fn spelled(entry: &Value) -> Vec<String> {
    let text = |keys: &[&str]| keys.iter().find_map(|key| entry.get(*key)?.as_str()).map(str::to_owned);
    let list = |keys: &[&str]| -> Vec<String> {
        let found = keys.iter().find_map(|key| entry.get(*key));
        match found {
            Some(Value::String(word)) => vec![word.clone()],
            Some(Value::Array(words)) => words.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            _ => Vec::new(),
        }
    };
    if let Some(word) = entry.as_str() {
        return vec![canonical(word)];
    }
    if let (Some(domain), Some(name)) = (text(&["domain"]), text(&["entityName", "entity_name"])) {
        let actions = list(&["actionSet", "action_set", "actions"]);
        return actions.iter().map(|action| canonical(&format!("{domain}:{name}:{action}"))).collect();
    }
    let Some(id) = text(&["id"]) else { return Vec::new() };
    let actions = list(&["permission", "permissions"]);
    if actions.is_empty() {
        return vec![canonical(&id)];
    }
    actions.iter().map(|action| canonical(&format!("{id}:{action}"))).collect()
}

/// One spelling of the several: `Reporting > Reporting Data` is `reporting:reportingdata`.
fn canonical(text: &str) -> String {
    let parts = text.split([':', '>']).map(|part| {
        part.chars().filter(|c| c.is_alphanumeric() || *c == '*').flat_map(char::to_lowercase).collect::<String>()
    });
    parts.collect::<Vec<_>>().join(":")
}

/// How a report words the reach of an entry that says nothing of a scope: what the assignment decides.
const WIDE: [&str; 6] = [
    "all",
    "what may be all",
    "every division",
    "the home division",
    "the divisions it is given in",
    "divisions that the export does not",
];

/// Whether an entry has the scope that a report gives it in words. What the report says of divisions is decided by
/// the assignment, not by the entry; the entry must then say nothing narrower.
pub(crate) fn has_scope(entry: &Value, over: &str, names: &dyn Fn(&Value) -> Vec<String>) -> Result<(), String> {
    let scope = entry.get("scope").and_then(Value::as_str).map(|word| word.trim().to_lowercase());
    let scope = scope.filter(|word| !word.is_empty());
    let said = over.to_lowercase();
    let targets = || {
        let lists = ["views", "view", "groups", "group"].iter().filter_map(|key| entry.get(*key));
        lists.flat_map(|list| list.as_array().cloned().unwrap_or_else(|| vec![list.clone()])).collect::<Vec<Value>>()
    };
    let is_condition = ["resourceConditionNode", "conditions", "condition"]
        .iter()
        .any(|key| entry.get(*key).is_some_and(|node| !node.is_null() && *node != Value::Array(Vec::new())));
    let holds = match &scope {
        None => {
            let is_narrow =
                matches!(said.as_str(), "self" | "assigned") || said.starts_with("what its condition names");
            (is_narrow && is_condition) || WIDE.iter().any(|words| said.starts_with(words))
        }
        Some(word) if word == "view" || word == "group" => {
            let is_said = said.starts_with(word.as_str()) || said.starts_with(&format!("all ({word}"));
            let named = |target: &Value| names(target).iter().any(|name| said.contains(&name.to_lowercase()));
            is_said && targets().iter().all(named)
        }
        Some(word) => said == *word || said.starts_with(&format!("all (`{word}`")),
    };
    if holds {
        Ok(())
    } else {
        Err(format!("the entry's scope is {}, not {over}", scope.unwrap_or_else(|| "not given".to_owned())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn one_permission_is_found_in_every_spelling() {
        for entry in [
            json!("reporting:reportingData:view"),
            json!({"id": "Reporting > Reporting Data", "permission": "View"}),
            json!({"domain": "reporting", "entityName": "reportingData", "actionSet": ["add", "view"]}),
            json!({"domain": "reporting", "entity_name": "reportingData", "action_set": ["view"]}),
        ] {
            assert!(states(&entry, "reporting:reportingData:view"), "{entry}");
            assert!(!states(&entry, "reporting:reportingData:edit"), "{entry}");
        }
        assert!(states(&json!("user:*"), "user:*:*") && states(&json!("*"), "*:*:*"));
        assert!(!states(&json!("user:view"), "user:*:*") && !states(&json!("user"), "user:view"));
    }

    #[test]
    fn a_scope_is_that_of_the_entry() {
        let holds = |entry: Value, over: &str| {
            has_scope(&entry, over, &|v| v.as_str().map(str::to_owned).into_iter().collect()).is_ok()
        };
        assert!(holds(json!({"scope": " ALL "}), "All") && !holds(json!({"scope": "Self"}), "All"));
        assert!(holds(json!({}), "All (no scope is declared)") && !holds(json!({}), "View v-1"));
        assert!(holds(json!({"scope": "Everywhere"}), "All (`everywhere` is no scope)"));
        assert!(holds(json!({"scope": "Group", "groups": ["g-1"]}), "Group g-1"));
        assert!(!holds(json!({"scope": "Group", "groups": ["g-2"]}), "Group g-1"));
        assert!(holds(json!({"scope": "View", "views": ["v"]}), "All (View v holds every queue)"));
        for over in ["Group g-1", "division D", "nothing at all"] {
            assert!(!holds(json!({"resourceConditionNode": {"a": 1}}), over) && !holds(json!({}), over), "{over}");
        }
        assert!(!holds(json!({"domain": "a"}), "Self") && holds(json!({"resourceConditionNode": {"a": 1}}), "Self"));
    }
}
