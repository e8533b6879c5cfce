//! The settings in force, value by value, and where each was said.

use rolecall_engine::{PARTNERS, Policy};
use std::collections::BTreeMap;
use toml::de::{DeTable, DeValue};
use toml::{Table, Value};

/// What a partner says for itself alone: the tier of all partners does not take it over.
const OWN: [&str; 6] = ["flag", "trustees", "regions", "allowed", "service", "rules"];

/// A value that is in force.
#[derive(Debug)]
pub(crate) struct Setting {
    /// The tables that it is in, and its own key.
    pub(crate) key: Vec<String>,
    /// Which one it is, in a list of tables.
    pub(crate) number: Option<usize>,
    pub(crate) value: Value,
    pub(crate) from: Vec<Said>,
}

/// Where something was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Said {
    BuiltIn,
    /// On a line of a settings file, by the number of the file.
    Line(usize, usize),
}

/// Every value of a policy, in order of key. What was merged from several places names each of them.
pub(crate) fn settings(policy: &Policy) -> Result<Vec<Setting>, String> {
    let mut policy = policy.clone();
    // A partner is a tier too, but was declared as a partner.
    let partners = std::mem::take(&mut policy.partners);
    policy.tiers.retain(|name, _| !partners.contains_key(name));
    policy.partners = partners;
    // What the files there say is shown itself.
    policy.expect_in.clear();
    let files: Vec<File<'_>> =
        policy.sources.iter().enumerate().map(|(number, (_, text))| File::new(number, text)).collect();
    let built_in = table(&Policy::built_in())?;
    let mut found = Vec::new();
    flatten(&table(&policy)?, &mut Vec::new(), &mut |key, number, value| {
        let mut from = Vec::new();
        if let Some(said) = files.iter().find_map(|file| file.ban(key)) {
            return found.push(Setting { key: key.to_vec(), number, value: value.clone(), from: vec![said] });
        }
        // What a file says of a tier replaces what is built in and said below; of capabilities, it adds.
        let adds = key.first().is_some_and(|name| name == "capabilities");
        let given = given(&files, key, number, adds);
        let added: Vec<Said> = files.iter().flat_map(|file| file.partners(key)).collect();
        let is_given = !given.is_empty() || (!added.is_empty() && !has(&built_in, key));
        if !is_given || (adds && has(&built_in, key)) {
            from.push(Said::BuiltIn);
        }
        from.extend(given);
        from.extend(added);
        found.push(Setting { key: key.to_vec(), number, value: value.clone(), from });
    });
    Ok(found)
}

/// Settings as they stand in a file: by way of text, since a day has no other way into a table.
fn table(policy: &Policy) -> Result<Table, String> {
    let text = toml::to_string(policy).map_err(|error| error.to_string())?;
    text.parse().map_err(|error: toml::de::Error| error.to_string())
}

/// Where the files say a value: the last that does, all of them where they add to each other, and for one of a
/// list of tables the one that it stands in.
fn given(files: &[File<'_>], key: &[String], number: Option<usize>, adds: bool) -> Vec<Said> {
    let Some(mut number) = number else {
        let mut said: Vec<Said> = files.iter().flat_map(|file| file.lines(key, None)).collect();
        let last = said.len().saturating_sub(1);
        return if adds { said } else { said.split_off(last) };
    };
    for file in files {
        let length = file.length(key);
        if number < length {
            return file.lines(key, Some(number));
        }
        number -= length;
    }
    Vec::new()
}

/// Takes a value by its key and, in a list of tables, its number.
type Each<'a> = dyn FnMut(&[String], Option<usize>, &Value) + 'a;

/// Calls `each` for every value that is no table, and for every table in a list. As in a file, what is no
/// table comes first: below the head of a table it would belong to that.
fn flatten(table: &Table, at: &mut Vec<String>, each: &mut Each<'_>) {
    let is_table = |value: &Value| match value {
        Value::Table(inner) => !inner.is_empty(),
        Value::Array(list) => !list.is_empty() && list.iter().all(Value::is_table),
        _ => false,
    };
    let is_nothing = |value: &Value| match value {
        Value::Table(inner) => inner.is_empty(),
        Value::Array(list) => list.is_empty(),
        _ => false,
    };
    for (key, value) in table.iter().filter(|(_, value)| !is_table(value)) {
        if !(at.is_empty() && is_nothing(value)) {
            at.push(key.clone());
            each(at, None, value);
            at.pop();
        }
    }
    for (key, value) in table.iter().filter(|(_, value)| is_table(value)) {
        at.push(key.clone());
        match value {
            Value::Table(inner) => flatten(inner, at, each),
            Value::Array(list) => {
                list.iter().enumerate().for_each(|(number, element)| each(at, Some(number), element));
            }
            _ => {}
        }
        at.pop();
    }
}

fn has(table: &Table, key: &[String]) -> bool {
    let Some((first, rest)) = key.split_first() else { return true };
    table.get(first).is_some_and(|value| rest.is_empty() || value.as_table().is_some_and(|inner| has(inner, rest)))
}

/// A settings file, with the places of its keys.
struct File<'a> {
    number: usize,
    text: &'a str,
    table: DeTable<'a>,
}

impl<'a> File<'a> {
    fn new(number: usize, text: &'a str) -> Self {
        let table = DeTable::parse(text).map(toml::Spanned::into_inner).unwrap_or_default();
        Self { number, text, table }
    }

    /// How many tables a list of the file has.
    fn length(&self, key: &[String]) -> usize {
        let list = key.first().filter(|_| key.len() == 1).and_then(|name| self.table.get(name.as_str()));
        list.and_then(|list| list.get_ref().as_array()).map_or(0, |list| list.len())
    }

    /// The line on which a key, or one table of a list, stands; none where it is not in the file.
    fn lines(&self, key: &[String], number: Option<usize>) -> Vec<Said> {
        self.offset(key, number).map(|offset| self.line(offset)).into_iter().collect()
    }

    fn line(&self, offset: usize) -> Said {
        Said::Line(self.number, 1 + self.text.bytes().take(offset).filter(|byte| *byte == b'\n').count())
    }

    fn offset(&self, key: &[String], number: Option<usize>) -> Option<usize> {
        let (last, way) = key.split_last()?;
        let mut table = &self.table;
        for name in way {
            table = table.get(name.as_str())?.get_ref().as_table()?;
        }
        // The key that may be spelt in two ways.
        let other = if last == "licences" { "licenses" } else { last };
        let (at, value) = table.get_key_value(last.as_str()).or_else(|| table.get_key_value(other))?;
        match (number, value.get_ref()) {
            (Some(number), DeValue::Array(list)) => list.get(number).map(|element| element.span().start),
            _ => Some(at.span().start),
        }
    }

    /// The line that forbids what no file below or above can allow again.
    fn ban(&self, key: &[String]) -> Option<Said> {
        let [name] = key else { return None };
        let value = self.table.get(name.as_str()).filter(|_| name == "allow-suppressions")?;
        (value.get_ref().as_bool() == Some(false)).then(|| self.lines(key, None).pop())?
    }

    /// The lines of partners that add to a key of the tier of all partners.
    fn partners(&self, key: &[String]) -> Vec<Said> {
        let [tiers, tier, name] = key else { return Vec::new() };
        if tiers != "tiers" || tier != PARTNERS || OWN.contains(&name.as_str()) {
            return Vec::new();
        }
        let partners = self.table.get("partners").and_then(|partners| partners.get_ref().as_table());
        let names: BTreeMap<&str, ()> =
            partners.into_iter().flat_map(|table| table.keys().map(|key| (key.get_ref().as_ref(), ()))).collect();
        names
            .into_keys()
            .flat_map(|partner| self.lines(&["partners".to_owned(), partner.to_owned(), name.clone()], None))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origins(text: &str, key: &str) -> Vec<Said> {
        let policy = Policy::read("rolecall.toml", text).expect("settings");
        let settings = settings(&policy).expect("values");
        let found = settings.into_iter().find(|s| s.key.join(".") == key && s.number.is_none_or(|n| n == 1));
        found.expect("the value").from
    }

    #[test]
    fn each_value_comes_from_where_it_was_said() {
        let text = "[tiers.bpo]\nlicenses = ['x']\n[capabilities]\ntranscripts = ['x:y:z']\nown = ['a:b:c']\n\n\
                    [[expect]]\nwho = 'a'\ncan = ['x:y:z']\n[[expect]]\nwho = 'b'\ncan = ['x:y:z']\n";
        assert_eq!(origins(text, "tiers.bpo.licences"), [Said::Line(0, 2)]);
        assert_eq!(origins(text, "tiers.bpo.flag"), [Said::BuiltIn]);
        assert_eq!(origins(text, "capabilities.transcripts"), [Said::BuiltIn, Said::Line(0, 4)]);
        assert_eq!(origins(text, "capabilities.own"), [Said::Line(0, 5)]);
        assert_eq!(origins(text, "expect"), [Said::Line(0, 10)]);
    }

    /// Whatever a partner adds to the tier of all partners is said to come from the partner, and nothing else.
    #[test]
    fn what_a_partner_adds_is_said_to_be_the_partners() {
        let lists =
            ["names", "roles", "groups", "licences", "domains", "divisions", "queues", "departments", "employers"];
        for key in lists.into_iter().chain(["allowed", "regions"]) {
            let text = format!("[partners.alpha]\n{key} = ['alpha']\n");
            let policy = Policy::read("rolecall.toml", &text).expect("settings");
            let values = settings(&policy).expect("values");
            let of_all = values.iter().find(|s| s.key == ["tiers", PARTNERS, key]);
            let is_added = of_all.is_some_and(|s| s.value.to_string().contains("alpha"));
            let is_said = of_all.is_some_and(|s| s.from.contains(&Said::Line(0, 2)));
            assert_eq!((is_added, is_said), (lists.contains(&key), lists.contains(&key)), "{key}");
        }
        assert_eq!(origins("[partners.a]\ndomains = ['a']\n", "tiers.bpo.domains"), [Said::Line(0, 2)]);
        assert_eq!(origins("[partners.a]\nnames = ['a']\n", "tiers.bpo.names"), [Said::BuiltIn, Said::Line(0, 2)]);
    }

    #[test]
    fn of_several_files_the_one_that_holds_is_named() {
        let team = "[tiers.bpo]\nnames = ['x']\ngroups = ['y']\n\n[[expect]]\nwho = 'a'\ncan = ['x:y:z']\n\
                    [[expect]]\nwho = 'b'\ncan = ['x:y:z']\n";
        let above = "[[expect]]\nwho = 'c'\ncan = ['x:y:z']\n\n[tiers.bpo]\nnames = ['z']\n";
        let policy = Policy::read("rolecall.toml", team).and_then(|policy| policy.with("policy.toml", above));
        let settings = settings(&policy.expect("settings")).expect("values");
        let from = |key: &str, number: Option<usize>| {
            settings.iter().find(|s| s.key.join(".") == key && s.number == number).map(|s| s.from.clone())
        };
        assert_eq!(from("tiers.bpo.names", None), Some(vec![Said::Line(1, 6)]));
        assert_eq!(from("tiers.bpo.groups", None), Some(vec![Said::Line(0, 3)]));
        assert_eq!(from("expect", Some(1)), Some(vec![Said::Line(0, 8)]));
        assert_eq!(from("expect", Some(2)), Some(vec![Said::Line(1, 1)]));
    }
}
