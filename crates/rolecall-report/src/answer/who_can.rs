//! `who-can`: everybody who can do something.

use super::cut::{edit, findings, losses, reason as no_cut};
use super::matrix::reason;
use super::{Ink, Page, Shown, count, gap_json, gap_words, named, noun, people, some_of};
use rolecall_engine::Answer;
use rolecall_query::{Cause, NoCut, WhatIf, WhoCan};
use serde_json::{Value, json};

/// Who can, and the fewest edits after which none of them can, where these are asked for.
pub struct WhoCanAnswer {
    /// Who can.
    pub found: WhoCan,
    /// What would come of the edits; or why there are none.
    pub cut: Option<Result<WhatIf, NoCut>>,
}

impl Shown for WhoCanAnswer {
    fn schema(&self) -> &'static str {
        self.found.schema()
    }

    fn json(&self, ink: &Ink<'_>) -> Value {
        let mut out = self.found.json(ink);
        if let (Some(fields), Some(cut)) = (out.as_object_mut(), &self.cut) {
            let cut = match cut {
                Ok(cut) => cut.json(ink),
                Err(why) => json!({ "reason": no_cut(*why) }),
            };
            fields.insert("cut".to_owned(), cut);
        }
        out
    }

    fn text(&self, page: &mut Page<'_>) {
        self.found.text(page);
        match &self.cut {
            None => {}
            Some(Err(why)) => page.title(format!("no cut: {}", no_cut(*why))),
            Some(Ok(cut)) => {
                page.title("the fewest edits after which none of them can, proven by asking again");
                cut.edits.iter().for_each(|said| edit(page, said));
                findings(page, "findings that would go with it", &cut.gone);
                losses(page, &cut.losses);
            }
        }
    }
}

impl Shown for WhoCan {
    fn schema(&self) -> &'static str {
        "rolecall/who-can/v1"
    }

    fn json(&self, ink: &Ink<'_>) -> Value {
        let cause = |cause: &Cause| {
            json!({
                "answer": cause.answer, "why": cause.why, "group": cause.group.as_ref().map(named),
                "role": cause.role.as_ref().map(named), "over": cause.over, "permissions": cause.permissions,
                "users": cause.users, "service-accounts": cause.accounts, "partners": cause.partners,
                "names": cause.names.iter().map(named).collect::<Vec<_>>(), "witness": ink.chain(&cause.witness),
            })
        };
        json!({
            "permission": self.wanted, "on": self.on.as_ref().map(named), "users": self.users,
            "service-accounts": self.accounts, "partners": self.partners, "perhaps": self.perhaps,
            "causes": self.causes.iter().map(cause).collect::<Vec<_>>(), "open": self.open,
            "gaps": self.gaps.iter().map(gap_json).collect::<Vec<_>>(),
        })
    }

    fn text(&self, page: &mut Page<'_>) {
        let on = self.on.as_ref().map(|on| format!(" on {}", noun(on))).unwrap_or_default();
        let who = people(self.users, self.accounts);
        page.headline(format!("{who} can `{}`{on}{}", self.wanted, partners(self.partners)));
        let of = |answer: Answer| self.causes.iter().filter(|cause| cause.answer == answer).collect::<Vec<&Cause>>();
        of(Answer::Yes).into_iter().for_each(|cause| show(page, cause));
        more(page, self.more);
        let unsure = of(Answer::Maybe);
        if !unsure.is_empty() {
            let more =
                if self.perhaps > 0 { format!(" of {} more", count(self.perhaps, "principal")) } else { String::new() };
            page.title(format!("cannot tell from this export{more}"));
        }
        for cause in unsure {
            page.note(2, reason(cause.why));
            show(page, cause);
        }
        more(page, self.more_perhaps);
        page.gap();
        self.gaps.iter().for_each(|gap| page.note(0, gap_words(gap)));
        for open in &self.open {
            page.note(0, format!("{}, whatever roles say ({})", open.says, open.call));
        }
    }
}

/// How many causes are not shown.
fn more(page: &mut Page<'_>, number: usize) {
    if number > 0 {
        page.gap();
        page.line(2, format!("and by {} more, which -v shows", count(number, "way")));
    }
}

fn show(page: &mut Page<'_>, cause: &Cause) {
    page.gap();
    let through = match (&cause.role, &cause.group) {
        (Some(role), Some(group)) => format!("{}, which holds {}", noun(group), noun(role)),
        (Some(role), None) => format!("{}, held directly", noun(role)),
        (None, _) => "what they state themselves".to_owned(),
    };
    let size = cause.users + cause.accounts;
    let who = people(cause.users, cause.accounts);
    page.line(2, format!("{who} through {through}{}", partners(cause.partners)));
    if !page.is_quiet() {
        page.line(4, some_of(&cause.names, size));
        page.chain(4, &cause.witness);
        if cause.permissions.len() > 1 {
            let all: Vec<String> = cause.permissions.iter().map(|name| format!("`{name}`")).collect();
            page.line(4, format!("gives {}", all.join(", ")));
        }
    }
}

/// ` (2 of a partner)`; nothing where there is none.
fn partners(number: usize) -> String {
    if number > 0 { format!(" ({number} of a partner)") } else { String::new() }
}
