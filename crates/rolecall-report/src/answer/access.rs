//! `access` and `compare`: what one may do, and where two differ.

use super::{Ink, Page, Shown, count, named, noun};
use rolecall_query::{AccessList, Compared, Held, Source};
use serde_json::{Value, json};

impl Shown for AccessList {
    fn schema(&self) -> &'static str {
        "rolecall/access/v1"
    }

    fn json(&self, ink: &Ink<'_>) -> Value {
        json!({ "who": named(&self.who), "tiers": self.tiers, "access": held_json(ink, &self.held), "open": self.open })
    }

    fn text(&self, page: &mut Page<'_>) {
        let tiers = if self.tiers.is_empty() { String::new() } else { format!(", of {}", self.tiers.join(" and ")) };
        page.headline(format!("{}{tiers}: {}", noun(&self.who), count(self.held.len(), "permission")));
        page.gap();
        self.held.iter().for_each(|held| show(page, held));
        page.gap();
        for open in &self.open {
            page.note(0, format!("{}, whatever roles say ({})", open.says, open.call));
        }
    }
}

impl Shown for Compared {
    fn schema(&self) -> &'static str {
        "rolecall/compare/v1"
    }

    fn json(&self, ink: &Ink<'_>) -> Value {
        let differing = self.differing.iter().map(|both| {
            json!({ "permission": both.permission, "left": held_json(ink, &both.left), "right": held_json(ink, &both.right) })
        });
        json!({
            "left": named(&self.left), "right": named(&self.right), "only-left": held_json(ink, &self.only_left),
            "only-right": held_json(ink, &self.only_right), "differing": differing.collect::<Vec<_>>(), "same": self.same,
        })
    }

    fn text(&self, page: &mut Page<'_>) {
        let (left, right) = (noun(&self.left), noun(&self.right));
        let both = count(self.same, "permission");
        if self.only_left.is_empty() && self.only_right.is_empty() && self.differing.is_empty() {
            page.headline(format!("{left} and {right} may do the same: {both}"));
            return;
        }
        page.headline(format!("{left} and {right} share {both} and differ in others"));
        for (who, list) in [(&left, &self.only_left), (&right, &self.only_right)] {
            if !list.is_empty() {
                page.title(format!("only {who} may"));
                list.iter().for_each(|held| show(page, held));
            }
        }
        if !self.differing.is_empty() {
            page.title("both may, but over different things");
        }
        for both in &self.differing {
            page.line(2, both.permission.clone());
            for (who, list) in [(&left, &both.left), (&right, &both.right)] {
                list.iter().for_each(|held| page.line(4, format!("{who}: over {}, {}", held.over, source(held))));
            }
        }
    }
}

fn show(page: &mut Page<'_>, held: &Held) {
    let denied = if held.is_denied { ", which an access policy takes away" } else { "" };
    page.line(2, format!("{} over {}: {}{denied}", held.permission, held.over, source(held)));
    if page.is_verbose() {
        if let Some(why) = held.sensitive {
            page.line(4, format!("sensitive: it {why}"));
        }
        page.chain(4, &held.witness);
    }
}

/// Whence access comes, in words.
fn source(held: &Held) -> String {
    let role = held.role.as_ref().map(noun).unwrap_or_default();
    let inherited = held.inherited.as_ref().map(|from| format!(", inherited from {}", noun(from))).unwrap_or_default();
    let more = if held.ways > 1 { format!(", and by {}", count(held.ways - 1, "other way")) } else { String::new() };
    match (held.source, &held.group, held.role.is_some()) {
        (Source::Group, Some(group), _) => format!("{role} of {}{inherited}{more}", noun(group)),
        (Source::Own, ..) => format!("stated there{more}"),
        (_, _, true) => format!("{role}{inherited}{more}"),
        (_, _, false) => format!("{}{more}", inherited.trim_start_matches(", ")),
    }
}

fn held_json(ink: &Ink<'_>, list: &[Held]) -> Value {
    let one = |held: &Held| {
        json!({
            "permission": held.permission, "over": held.over, "reach": held.breadth, "denied": held.is_denied,
            "source": held.source, "group": held.group.as_ref().map(named), "role": held.role.as_ref().map(named),
            "inherited": held.inherited.as_ref().map(named), "sensitive": held.sensitive, "ways": held.ways,
            "witness": ink.chain(&held.witness),
        })
    };
    list.iter().map(one).collect()
}
