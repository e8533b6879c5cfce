//! Rewriting what is not JSON, by its words and quotes: HCL, settings, and JSON that is broken.

use crate::Names;
use crate::edit::Found;
use crate::lexer::{Lexer, Piece};
use crate::person::{Field, TYPES, field, is_own, is_somebody, is_stated};
use std::ops::Range;

/// What a text that is not read value by value is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    Hcl,
    Toml,
    /// JSON with a fault. Nobody knows whose fields these are, so that each may be a person's.
    Broken,
}

/// Where a piece stands.
#[derive(Clone, Copy, Default)]
struct Frame<'t> {
    /// Whether its fields are a person's.
    is_person: bool,
    /// Whether it is somebody, or has people under keys of their own.
    is_somebody: bool,
    /// Whether it is a list, whose items are all of the key before it.
    is_list: bool,
    key: Option<&'t str>,
    /// The key that led here.
    outer: Option<&'t str>,
    /// How many colons are to come that no key stands before: of conditions, and of what goes through a list.
    colons: usize,
}

/// Goes through a text.
struct Walk<'n, 't> {
    names: &'n Names,
    text: &'t str,
    language: Language,
    frames: Vec<Frame<'t>>,
    frame: Frame<'t>,
    /// The word or string before, where only spaces or a full stop stand between.
    before: Option<&'t str>,
    is_dotted: bool,
    /// Whether the block that opens next is a person.
    is_labelled: bool,
    found: Found,
}

impl Names {
    /// What changes in a text. Comments lose what they say, since nothing tells whom they name.
    pub(crate) fn code(&self, text: &str, language: Language) -> Found {
        let frame = Frame { is_person: language == Language::Broken, ..Frame::default() };
        let (frames, found) = (Vec::new(), Found::default());
        let mut walk = Walk {
            names: self,
            text,
            language,
            frames,
            frame,
            before: None,
            is_dotted: false,
            is_labelled: false,
            found,
        };
        Lexer::new(text, language == Language::Toml).for_each(|piece| walk.piece(piece));
        walk.found
    }
}

impl<'t> Walk<'_, 't> {
    fn at(&self, range: &Range<usize>) -> &'t str {
        self.text.get(range.clone()).unwrap_or_default()
    }

    fn replace(&mut self, range: Range<usize>, new: String) {
        if self.at(&range) != new {
            self.found.edits.push((range, new));
        }
    }

    fn piece(&mut self, piece: Piece) {
        match piece {
            Piece::Comment(range) => {
                let shown = emptied(self.at(&range));
                self.replace(range, shown);
            }
            Piece::Text(range) => {
                let shown = self.names.text(self.at(&range));
                self.replace(range, shown);
                self.before = None;
            }
            Piece::Word(range) => {
                let word = self.at(&range);
                let is_number = word.bytes().all(|byte| byte.is_ascii_digit());
                if self.is_label() {
                    self.replace(range, self.names.label(word));
                } else if is_number && self.own_field() == Some(Field::Other) {
                    self.replace(range, self.names.key.number(word));
                }
                self.frame.colons += usize::from(word == "for" && self.before.is_none());
                self.follow(word);
            }
            Piece::Quoted(range, quote) => {
                let raw = self.at(&range);
                let shown = self.quoted(raw, quote);
                self.replace(range, shown);
                self.follow(raw);
            }
            Piece::Mark(c) => self.mark(c),
        }
    }

    /// Whether what stands here is the label that follows a type of people.
    fn is_label(&mut self) -> bool {
        let is_label = self.before.is_some_and(|before| TYPES.contains(&before));
        self.is_labelled |= is_label && !self.is_dotted;
        is_label
    }

    fn follow(&mut self, text: &'t str) {
        (self.before, self.is_dotted) = (Some(text), false);
    }

    fn mark(&mut self, c: char) {
        match c {
            '.' => {
                self.is_dotted = true;
                return;
            }
            '?' => self.frame.colons += 1,
            ':' if self.frame.colons > 0 && self.language == Language::Hcl => self.frame.colons -= 1,
            '=' | ':' => self.frame.key = self.key().or(self.frame.key),
            ',' | '\n' if !self.frame.is_list => self.frame.key = None,
            '{' | '[' | '(' => self.open(c == '{'),
            '}' | ']' | ')' => self.frame = self.frames.pop().unwrap_or(self.frame),
            _ => {}
        }
        self.before = None;
    }

    /// The key that stands before its mark. What a variable or an output stands for is what that is called.
    fn key(&self) -> Option<&'t str> {
        self.frame.outer.filter(|outer| self.before.is_some_and(is_stated) && is_somebody(outer)).or(self.before)
    }

    fn open(&mut self, is_object: bool) {
        self.frames.push(self.frame);
        let outer = self.frame;
        (self.frame.is_list, self.frame.colons) = (!is_object, 0);
        if is_object {
            let name = outer.key.or(self.before).unwrap_or_default();
            let is_within = outer.is_person && (self.language == Language::Broken || is_own(name));
            self.frame.is_somebody = is_somebody(name);
            self.frame.is_person = is_within || self.is_labelled || outer.is_somebody || self.frame.is_somebody;
            (self.frame.key, self.frame.outer) = (None, Some(name));
        }
        self.is_labelled = false;
    }

    /// The text between quotes anew, as it is written there.
    fn quoted(&mut self, raw: &str, quote: char) -> String {
        let plain = Some(raw).filter(|raw| quote == '"' && raw.contains('\\'));
        let plain = plain.and_then(|raw| serde_json::from_str::<String>(&format!("\"{raw}\"")).ok());
        let Some(plain) = plain else { return self.shown(raw) };
        let shown = self.shown(&plain);
        if shown == plain {
            return raw.to_owned();
        }
        let written = serde_json::Value::String(shown).to_string();
        written.get(1..written.len() - 1).unwrap_or_default().to_owned()
    }

    /// What a value here says of a person.
    fn own_field(&self) -> Option<Field> {
        self.frame.key.and_then(field).filter(|_| self.frame.is_person)
    }

    fn shown(&mut self, plain: &str) -> String {
        if self.is_label() {
            return self.names.label(plain);
        }
        if self.names.known.kept.contains(plain) {
            return plain.to_owned();
        }
        match self.own_field() {
            Some(Field::First | Field::Last | Field::Other) => return self.names.other(plain),
            Some(Field::Name) => {}
            None if self.is_named() && plain.trim().contains(' ') => {}
            None => return self.names.text(plain),
        }
        if !self.names.known.names.contains(plain) {
            self.found.people.insert(plain.to_owned());
        }
        self.names.person(plain)
    }

    /// Whether a text here is somebody's name, where it is of several words.
    fn is_named(&self) -> bool {
        let is_asked = |key: &str| self.language == Language::Toml && matches!(key, "who" | "entity");
        self.frame.key.is_some_and(|key| is_somebody(key) || is_asked(key))
    }
}

/// A comment that says nothing, of as many lines.
fn emptied(comment: &str) -> String {
    let lines = || "\n".repeat(comment.matches('\n').count());
    match comment.strip_prefix("/*") {
        Some(rest) => format!("/*{}{}", lines(), if rest.ends_with("*/") { "*/" } else { "" }),
        None => comment.chars().take_while(|c| matches!(c, '#' | '/')).take(2).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Key, Known};

    fn names() -> Names {
        let of = |text: &str| text.to_owned();
        let (names, kept) = ([of("Ana Reis")].into(), [of("BPO Agent")].into());
        Names::new(Key::of(b"key"), false, Known { names, kept, ..Known::default() }, &[])
    }

    #[test]
    fn people_who_are_only_spoken_of_are_people_in_hcl_too() {
        let text = "locals {\n  users = [{ name = \"Ana Ito\", phone = \"+351 1\" }]\n  owners = [\"Marta Lopes\", \"BPO Agent\"]\n}\n\
                    variable \"members\" {\n  default = [\"Tia Faria\"]\n}\nlocals {\n  users = {\n    jo = { name = \"Jo Silva\" }\n  }\n}\n\
                    resource \"genesyscloud_user\" \"zed\" {\n  name = var.x ? \"Ivo Matos\" : \"Lia Nunes\"\n  manager = \"Zed Alpha\"\n}\n\
                    resource \"genesyscloud_auth_role\" \"r\" {\n  name = \"Plain Role\"\n  description = \"for Tia Faria and Jo Silva\"\n}\n";
        let names = Names::new(names().key, false, names().known, &[("main.tf", text)]);
        let shown = names.rewrite("main.tf", text);
        for said in ["Ana", "Ito", "351", "Marta", "Tia", "Jo Silva", "Ivo", "Lia", "Zed"] {
            assert!(!shown.contains(said), "{said} {shown}");
        }
        assert!(shown.contains("BPO Agent") && shown.contains("Plain Role") && shown.contains("jo = {"), "{shown}");
    }

    #[test]
    fn what_only_joins_names_and_what_a_list_is_gone_through_for_stay() {
        let text = "name = join(\" \", [\"BPO Agent\"])\nx = { for user in local.a : user => \"Desk Two\" }\n";
        let text = format!("resource \"genesyscloud_user\" \"x\" {{\n{text}}}\n");
        let shown = names().rewrite("main.tf", &text);
        assert!(shown.contains("join(\" \", [\"BPO Agent\"])"), "{shown}");
    }

    #[test]
    fn settings_name_nobody_who_left() {
        let text = "who = \"Kim Ode\"\nentity = 'BPO Agent'\nrule = \"two words\"\n";
        let shown = names().rewrite_settings(text);
        assert_eq!(shown, text.replace("Kim Ode", &names().person("Kim Ode")));
    }

    #[test]
    fn a_label_is_renamed_wherever_it_is_referred_to_and_nothing_else_is() {
        let names = names();
        let label = names.label("ana");
        let text = "resource \"genesyscloud_user\" \"ana\" {\n  x = genesyscloud_group.ana.id\n}\n\
                    resource genesyscloud_user_roles ana {\n  user_id = genesyscloud_user.ana.id\n}\n\
                    y = [genesyscloud_user.ana.id, \"${data.genesyscloud_user.ana.id}\", other_genesyscloud_user.ana]\n\
                    z = ana ? \"${genesyscloud_user.ana[\"b\"].name} ana\" : <<END\n${genesyscloud_user.ana.id} ana\nEND\n";
        let shown = text
            .replace("user.ana", &format!("user.{label}"))
            .replace(&format!("other_genesyscloud_user.{label}"), "other_genesyscloud_user.ana")
            .replace("user\" \"ana", &format!("user\" \"{label}"))
            .replace("roles ana", &format!("roles {label}"));
        assert_eq!(names.rewrite("main.tf", text), shown);
        let json = r#"{"genesyscloud_user": {"ana": {"division_id": "${genesyscloud_user.ana.id}"}}, "ana": "ana"}"#;
        assert_eq!(names.rewrite("main.tf.json", json).matches(&label).count(), 2);
    }

    #[test]
    fn a_field_of_a_person_is_one_in_hcl_as_it_is_in_json() {
        let text = "resource \"genesyscloud_user\" \"ana\" {\n  name = \"Ana\"\n  addresses {\n    phone_numbers {\n      \
                    number = \"+351 1\"\n    }\n  }\n  routing_skills {\n    name = \"Dutch\"\n  }\n}\n\
                    resource \"genesyscloud_auth_role\" \"r\" {\n  name = \"Ana\"\n  number = \"+351 1\"\n}\n";
        let names = names();
        let shown = names.rewrite("main.tf", text);
        assert_eq!((shown.matches("Ana").count(), shown.matches("+351").count()), (1, 1), "{shown}");
        assert!(shown.contains(&names.person("Ana")) && shown.contains("Dutch"), "{shown}");
    }

    #[test]
    fn comments_say_nothing_any_more_and_keep_their_lines() {
        let text = "# Jo\na = 1 // Jo\n/* Jo\nLi */ b = \"# 'Ana Reis'\"\n";
        let shown = names().rewrite("main.tf", text);
        assert_eq!(shown.replace(&names().person("Ana Reis"), "_"), "#\na = 1 //\n/*\n*/ b = \"# '_'\"\n");
    }

    #[test]
    fn settings_are_rewritten_in_strings_of_every_kind() {
        let text =
            "a = 'Ana Reis' # Ana Reis\nb = \"\"\"\nto Ana Reis\"\"\"\n\"Ana Reis\" = 'genesyscloud_user.ana' // x\n";
        let shown = names().rewrite_settings(text);
        assert!(!shown.contains("Ana") && !shown.contains(".ana") && shown.ends_with("// x\n"), "{shown}");
        assert!(shown.starts_with(&format!("a = '{}' #\n", names().person("Ana Reis"))), "{shown}");
    }

    #[test]
    fn a_path_names_nobody_and_ends_as_it_did() {
        let names = names();
        let person = names.person("Ana Reis");
        for (path, shown) in [
            ("x/Ana Reis/for Ana Reis.tf.json", format!("x/{person}/for {person}.tf.json")),
            ("Ana_Reis-1/ana-reis.json", format!("{person}-1/{}.json", names.person("ana reis"))),
            ("Ana_Reisen.json", "Ana_Reisen.json".to_owned()),
            ("../BPO Agent/genesyscloud_user.tf", "../BPO Agent/genesyscloud_user.tf".to_owned()),
        ] {
            assert_eq!(names.rewrite_path(path), shown);
        }
        let mail = names.rewrite_path("ana.reis@x.example.json");
        assert!(!mail.contains("ana") && mail.ends_with("@x.example.json"), "{mail}");
    }

    #[test]
    fn in_json_that_is_broken_everybody_may_be_a_person() {
        let text = r#"[{"name": "Jo", "phone": "1", "x": {"employeeId": "2"}}, {"name": "BPO Agent", "id": "r-1"}, "#;
        let shown = names().rewrite("users.json", text);
        assert!(!shown.contains("Jo") && !shown.contains("\"1\"") && !shown.contains("\"2\""), "{shown}");
        assert!(shown.contains("BPO Agent") && shown.contains("r-1"), "{shown}");
    }
}
