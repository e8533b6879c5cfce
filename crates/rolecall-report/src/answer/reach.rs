//! `reach` and `path`: how far an account gets, and the shortest way to something.

use super::cut::{edit, said_json};
use super::{Ink, Page, Shown, count, named, noun};
use rolecall_engine::Answer;
use rolecall_query::{Path, Power, Reach, Token};
use serde_json::{Value, json};

impl Shown for Reach {
    fn schema(&self) -> &'static str {
        "rolecall/reach/v1"
    }

    fn json(&self, ink: &Ink<'_>) -> Value {
        let victims = self.victims.iter().map(|victim| {
            json!({ "who": named(&victim.who), "powers": powers_json(ink, &victim.powers), "witness": ink.chain(&victim.witness) })
        });
        let tokens = self.tokens.iter().map(|token| {
            json!({ "client": named(&token.client), "seconds": token.seconds, "ends-on-logout": token.ends_on_logout,
                    "location": ink.place(token.place) })
        });
        let shrink = self.shrink.as_ref().map(|shrink| {
            json!({ "edit": said_json(ink, &shrink.edit), "people": shrink.people, "sensitive": shrink.sensitive })
        });
        json!({
            "who": named(&self.who), "everyone": self.is_everyone, "people": self.people, "partners": self.partners,
            "takeover": self.takeover, "sensitive": self.sensitive, "own": powers_json(ink, &self.own), "victims": victims.collect::<Vec<_>>(),
            "tokens": tokens.collect::<Vec<_>>(), "shrink": shrink,
        })
    }

    fn text(&self, page: &mut Page<'_>) {
        let whom = match (self.people, self.is_everyone) {
            (0, _) => "nobody".to_owned(),
            (people, true) => format!("everybody, {}", count(people, "user")),
            (people, false) => count(people, "user"),
        };
        let partners = if self.partners > 0 { format!(" ({} of a partner)", self.partners) } else { String::new() };
        let answer = if self.people > 0 || self.sensitive > 0 { Answer::Yes } else { Answer::No };
        let sensitive = count(self.sensitive, "sensitive permission");
        let takeover = match self.takeover.as_slice() {
            [first, more @ ..] if !(self.is_everyone && self.people > 0) => {
                let and = if self.people > 0 { "and" } else { "but" };
                let more = if more.is_empty() { String::new() } else { format!(" and {} more", more.len()) };
                format!(" by impersonation, {and} take over accounts by `{first}`{more}")
            }
            _ => String::new(),
        };
        let who = noun(&self.who);
        page.verdict(answer, format!("{who} may become {whom}{partners}{takeover}; within reach: {sensitive}"));
        if !self.own.is_empty() {
            page.title("the worst that it may do itself");
        }
        for same in self.own.chunk_by(|a, b| a.witness == b.witness) {
            same.iter().for_each(|power| show(page, power));
            same.iter().take(1).for_each(|power| page.chain(6, &power.witness));
        }
        if !self.victims.is_empty() {
            page.title("the most powerful whom it may become");
        }
        for victim in &self.victims {
            page.line(2, noun(&victim.who));
            victim.powers.iter().for_each(|power| show(page, power));
            page.chain(4, &victim.witness);
        }
        page.title(if self.tokens.is_empty() {
            "the export does not show how long a stolen token lives"
        } else {
            "how long a stolen token lives"
        });
        for token in &self.tokens {
            page.line(2, format!("{}: {}", noun(&token.client), life(token)));
            page.places(4, &[token.place]);
        }
        match &self.shrink {
            None if self.people == 0 && self.sensitive == 0 => {}
            None => page.title("no single edit shrinks that"),
            Some(shrink) => {
                page.title("the single edit that shrinks it most");
                edit(page, &shrink.edit);
                let left = count(shrink.people, "user");
                page.line(
                    2,
                    format!("leaves {left} and {} within reach", count(shrink.sensitive, "sensitive permission")),
                );
            }
        }
    }
}

impl Shown for Path {
    fn schema(&self) -> &'static str {
        "rolecall/path/v1"
    }

    fn json(&self, ink: &Ink<'_>) -> Value {
        json!({ "from": named(&self.from), "to": named(&self.to), "steps": self.steps.as_ref().map(|steps| ink.chain(steps)) })
    }

    fn text(&self, page: &mut Page<'_>) {
        let (from, to) = (noun(&self.from), noun(&self.to));
        match &self.steps {
            None => page.verdict(Answer::No, format!("no chain of edges leads from {from} to {to}")),
            Some(steps) => {
                page.verdict(Answer::Yes, format!("{from} gets to {to} in {}", count(steps.len(), "step")));
                page.chain(2, steps);
            }
        }
    }
}

fn show(page: &mut Page<'_>, power: &Power) {
    page.line(4, format!("`{}` {}", power.permission, power.why));
}

fn powers_json(ink: &Ink<'_>, powers: &[Power]) -> Value {
    let power = |power: &Power| json!({ "permission": power.permission, "why": power.why, "witness": ink.chain(&power.witness) });
    powers.iter().map(power).collect()
}

fn life(token: &Token) -> String {
    let ends = match token.ends_on_logout {
        Some(true) => ", or until log-out",
        Some(false) => ", log-out or not",
        None => "",
    };
    match token.seconds {
        None => "the export does not say".to_owned(),
        Some(seconds) if seconds % 3600 == 0 => {
            format!("{}{ends}", count(usize::try_from(seconds / 3600).unwrap_or(0), "hour"))
        }
        Some(seconds) if seconds % 60 == 0 => {
            format!("{}{ends}", count(usize::try_from(seconds / 60).unwrap_or(0), "minute"))
        }
        Some(seconds) => format!("{seconds} seconds{ends}"),
    }
}
