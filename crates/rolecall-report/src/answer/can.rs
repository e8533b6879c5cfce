//! `can`, `why` and `why-not`: one principal and one thing.

use super::matrix::reason;
use super::{Ink, Page, Shown, count, gap_json, gap_words, named, noun};
use rolecall_engine::{Answer, Why};
use rolecall_query::{Can, Giver, Way};
use serde_json::{Value, json};

/// What of the answer is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CanMode {
    /// Yes, no or not to be told, with the best reason.
    Can,
    /// Every way.
    Why,
    /// What is missing.
    WhyNot,
}

/// The answer to one of the three.
pub struct CanAnswer {
    /// Which.
    pub mode: CanMode,
    /// The facts.
    pub can: Can,
}

impl Shown for CanAnswer {
    fn schema(&self) -> &'static str {
        match self.mode {
            CanMode::Can => "rolecall/can/v1",
            CanMode::Why => "rolecall/why/v1",
            CanMode::WhyNot => "rolecall/why-not/v1",
        }
    }

    fn json(&self, ink: &Ink<'_>) -> Value {
        let can = &self.can;
        let way = |way: &Way| {
            json!({ "answer": way.answer, "why": way.why, "permission": way.permission, "over": way.over,
                    "witness": ink.chain(&way.witness) })
        };
        let giver = |giver: &Giver| {
            json!({ "role": named(&giver.role), "answer": giver.answer, "why": giver.why, "over": giver.over,
                    "entries": giver.entries, "groups": giver.groups.iter().map(named).collect::<Vec<_>>(),
                    "witness": ink.chain(&giver.witness) })
        };
        json!({
            "who": named(&can.who), "permission": can.wanted, "on": can.on.as_ref().map(named),
            "answer": can.answer, "ways": can.ways.iter().map(way).collect::<Vec<_>>(), "more-ways": can.has_more,
            "gaps": can.gaps.iter().map(gap_json).collect::<Vec<_>>(), "open": can.open,
            "would-give": can.givers.iter().map(giver).collect::<Vec<_>>(),
        })
    }

    fn text(&self, page: &mut Page<'_>) {
        let can = &self.can;
        let on = can.on.as_ref().map(|on| format!(" on {}", noun(on))).unwrap_or_default();
        let (who, what) = (noun(&can.who), format!("`{}`{on}", can.wanted));
        page.verdict(
            can.answer,
            match can.answer {
                Answer::Yes => format!("yes: {who} can {what}"),
                Answer::No => format!("no: {who} cannot {what}"),
                Answer::Maybe => format!("cannot tell from this export whether {who} can {what}"),
            },
        );
        match self.mode {
            CanMode::Can => self.best(page),
            CanMode::Why => self.ways(page),
            CanMode::WhyNot => self.missing(page),
        }
        can.gaps.iter().for_each(|gap| page.note(0, gap_words(gap)));
        for open in &can.open {
            page.note(0, format!("{}, whatever roles say ({})", open.says, open.call));
        }
    }
}

impl CanAnswer {
    fn best(&self, page: &mut Page<'_>) {
        let ways = &self.can.ways;
        let Some(best) = ways.first().filter(|_| !page.is_quiet()) else {
            if !page.is_quiet() && self.can.gaps.is_empty() {
                page.line(2, "nothing that they have gives it");
            }
            return;
        };
        if best.why != Why::Given {
            page.line(2, reason(best.why));
        }
        page.chain(2, &best.witness);
        let alike = ways.iter().filter(|way| way.answer == best.answer).count() - 1;
        if alike > 0 {
            page.line(2, format!("and by {}, which `rolecall why` shows", count(alike, "other way")));
        }
    }

    fn ways(&self, page: &mut Page<'_>) {
        for (answer, title) in [
            (Answer::Yes, "every way, shortest first"),
            (Answer::Maybe, "ways of which this export does not tell"),
            (Answer::No, "what gives it elsewhere only"),
        ] {
            let mut ways = self.can.ways.iter().filter(|way| way.answer == answer).peekable();
            if ways.peek().is_some() {
                page.title(title);
            }
            for way in ways {
                page.chain(2, &way.witness);
                if way.why != Why::Given {
                    page.line(4, reason(way.why));
                }
            }
        }
        if self.can.has_more {
            page.note(0, "there are more chains of parents than these");
        }
        if self.can.ways.is_empty() {
            page.line(2, "nothing that they have gives it");
        }
    }

    fn missing(&self, page: &mut Page<'_>) {
        if self.can.answer == Answer::Yes {
            page.line(2, "nothing is missing; `rolecall why` shows every way");
            return;
        }
        let mut narrow = self.can.ways.iter().peekable();
        if narrow.peek().is_some() {
            page.title("what they have of it, and why that is not enough");
        }
        for way in narrow {
            page.chain(2, &way.witness);
            page.line(4, reason(way.why));
        }
        page.title(if self.can.givers.is_empty() {
            "no role in the input would give it"
        } else {
            "what would give it, the least powerful first"
        });
        for giver in &self.can.givers {
            let groups: Vec<String> = giver.groups.iter().map(noun).collect();
            let by =
                if groups.is_empty() { String::new() } else { format!(", as has who is in {}", groups.join(" or ")) };
            let perhaps = match giver.answer {
                Answer::Maybe => format!(" ({})", giver_reason(giver)),
                _ => String::new(),
            };
            page.line(
                2,
                format!(
                    "{}{perhaps}{by}; {} in all",
                    noun(&giver.role),
                    count(giver.entries, "entrie").replace("1 entrie", "1 entry")
                ),
            );
            page.chain(4, &giver.witness);
        }
        page.gap();
    }
}

/// What decides whether a role that is yet to be given would do.
fn giver_reason(giver: &Giver) -> &'static str {
    match giver.why {
        Why::DivisionsNotShown => "in the right division",
        why => reason(why),
    }
}
