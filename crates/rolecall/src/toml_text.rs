//! Values as TOML on one line where it is short, with nothing in it that a terminal would obey.

use rolecall_source::needs_escape;
use toml::Value;

/// Columns that a list may take before it is broken.
const WIDTH: usize = 100;

/// A dotted path of keys, each quoted where it must be.
pub(crate) fn path(keys: &[String]) -> String {
    keys.iter().map(|name| key(name)).collect::<Vec<_>>().join(".")
}

/// A line `key = value  # comment`; a long list gets a line for each element.
pub(crate) fn pair(name: &str, of: &Value, comment: &str) -> String {
    let comment = if comment.is_empty() { String::new() } else { format!("  # {comment}") };
    let line = format!("{} = {}", key(name), value(of));
    match of {
        Value::Array(list) if line.chars().count() > WIDTH => {
            let elements: String = list.iter().map(|element| format!("    {},\n", value(element))).collect();
            format!("{} = [{comment}\n{elements}]\n", key(name))
        }
        _ => format!("{line}{comment}\n"),
    }
}

fn key(name: &str) -> String {
    let is_bare = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
    if is_bare { name.to_owned() } else { string(name) }
}

fn value(of: &Value) -> String {
    match of {
        Value::String(text) => string(text),
        Value::Array(list) => format!("[{}]", list.iter().map(value).collect::<Vec<_>>().join(", ")),
        Value::Table(table) => {
            let pairs: Vec<String> =
                table.iter().map(|(name, inner)| format!("{} = {}", key(name), value(inner))).collect();
            format!("{{ {} }}", pairs.join(", "))
        }
        plain => plain.to_string(),
    }
}

fn string(text: &str) -> String {
    let mut quoted = String::from('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            c if needs_escape(c) => quoted.push_str(&format!("\\U{:08X}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use toml::Table;

    proptest! {
        #[test]
        fn what_is_written_is_read_back_as_it_was(name in ".*", texts in proptest::collection::vec(".*", 0..9), number: i64) {
            let mut table = Table::new();
            table.insert("n".to_owned(), Value::Integer(number));
            let list = Value::Array(texts.into_iter().map(Value::String).chain([Value::Table(table)]).collect());
            let text = pair(&name, &list, "why");
            let read: Table = text.parse().expect("TOML");
            prop_assert_eq!(read.get(&name), Some(&list));
            prop_assert!(!text.contains(|c| needs_escape(c) && c != '\n'));
        }
    }
}
