//! `what-if` and `cut`: edits, the findings that go, and who would notice.

use super::{Ink, Page, Shown, count, named, noun, people, some_of};
use crate::witness;
use rolecall_engine::{Answer, Finding, Named, Severity};
use rolecall_query::{Cut, Loss, Lost, NoCut, Said, WhatIf};
use serde_json::{Value, json};

/// How many permissions a loss shows unless all are asked for.
const SHOWN: usize = 5;

/// Cuts of some findings, and findings that have none.
pub struct CutsAnswer {
    /// The cuts.
    pub cuts: Vec<Cut>,
    /// The findings without, and why.
    pub without: Vec<(Finding, NoCut)>,
}

impl Shown for WhatIf {
    fn schema(&self) -> &'static str {
        "rolecall/what-if/v1"
    }

    fn json(&self, ink: &Ink<'_>) -> Value {
        json!({
            "edits": self.edits.iter().map(|said| said_json(ink, said)).collect::<Vec<_>>(),
            "gone": self.gone.iter().map(|f| finding_json(ink, f)).collect::<Vec<_>>(),
            "come": self.come.iter().map(|f| finding_json(ink, f)).collect::<Vec<_>>(), "stay": self.stay,
            "changed": self.changed.iter().map(|(old, new)| json!({ "was": finding_json(ink, old), "is": finding_json(ink, new) }))
                .collect::<Vec<_>>(),
            "losses": self.losses.iter().map(|loss| loss_json(ink, loss)).collect::<Vec<_>>(),
        })
    }

    fn text(&self, page: &mut Page<'_>) {
        let (gone, come) = (count(self.gone.len(), "finding"), count(self.come.len(), "finding"));
        page.headline(match self.come.len() {
            0 => format!("{gone} would go, {} would stay", self.stay),
            _ => format!("{gone} would go, {} would stay, and {come} would come", self.stay),
        });
        page.title("without");
        self.edits.iter().for_each(|said| edit(page, said));
        findings(page, "what would go", &self.gone);
        findings(page, "what would come", &self.come);
        let changed: Vec<Finding> = self.changed.iter().map(|(_, new)| new.clone()).collect();
        findings(page, "what would stay, and read so", &changed);
        losses(page, &self.losses);
    }
}

impl Shown for CutsAnswer {
    fn schema(&self) -> &'static str {
        "rolecall/cuts/v1"
    }

    fn json(&self, ink: &Ink<'_>) -> Value {
        let without = |(finding, why): &(Finding, NoCut)| {
            let mut out = finding_json(ink, finding);
            if let Some(fields) = out.as_object_mut() {
                fields.insert("reason".to_owned(), reason(*why).into());
            }
            out
        };
        json!({
            "cuts": self.cuts.iter().map(|cut| cut_json(ink, cut)).collect::<Vec<_>>(),
            "without": self.without.iter().map(without).collect::<Vec<_>>(),
        })
    }

    fn text(&self, page: &mut Page<'_>) {
        for cut in &self.cuts {
            page.gap();
            page.verdict(Answer::Yes, format!("{} {}", cut.rule, cut.fingerprint));
            page.line(2, cut.message.clone());
            page.title("the fewest edits that break it, proven by running the rules again");
            cut.edits.iter().for_each(|said| edit(page, said));
            let also = cut.gone.len().saturating_sub(1);
            let also = if also > 0 { format!("; {} with it", count(also, "other finding")) } else { String::new() };
            page.line(2, format!("{}{also}", broken(cut)));
            if page.is_verbose() {
                findings(page, "what would go", &cut.gone);
            }
            findings(page, "what would come", &cut.come);
            losses(page, &cut.losses);
        }
        if self.without.is_empty() {
            return;
        }
        page.title(format!("{} without a cut", count(self.without.len(), "finding")));
        if !page.is_verbose() && !self.cuts.is_empty() {
            page.line(2, "-v shows them, and why");
            return;
        }
        for (finding, why) in &self.without {
            page.line(2, format!("{} {}: {}", finding.rule, finding.fingerprint, reason(*why)));
        }
    }
}

pub(super) fn reason(why: NoCut) -> &'static str {
    match why {
        NoCut::NoWays => "it is not about ways, and its help says what mends it",
        NoCut::Protected => "only edits of the platform's own roles, or of what the settings protect, would break it",
        NoCut::NotProven => "no set of edits that was tried makes the rules stop finding it",
    }
}

pub(super) fn edit(page: &mut Page<'_>, said: &Said) {
    page.line(2, command(said));
    page.places(4, &said.places);
}

/// An edit as a command.
pub(crate) fn command(said: &Said) -> String {
    let (from, to) = (noun(&said.from), said.to.iter().map(noun).collect::<Vec<_>>().join(", "));
    match said.edge {
        "member-of" => format!("take {from} out of {to}"),
        "holds" => {
            let place = said.over.as_ref().map(|place| format!(" in {}", place.replacen("division:", "division ", 1)));
            format!("take {to} from {from}{}", place.unwrap_or_default())
        }
        "inherits" => format!("stop {from} inheriting from {to}"),
        "on-queue" => format!("take {from} off {to}"),
        _ => {
            let over = said.over.as_ref().map(|over| format!(" over {over}")).unwrap_or_default();
            format!("take {to}{over} out of {from}")
        }
    }
}

pub(super) fn findings(page: &mut Page<'_>, title: &str, all: &[Finding]) {
    // What is only worth knowing is for those who ask for everything.
    let is_shown = |finding: &&Finding| page.is_verbose() || finding.severity > Severity::Info;
    let shown: Vec<&Finding> = all.iter().filter(is_shown).collect();
    if all.is_empty() || page.is_quiet() {
        return;
    }
    page.title(title);
    for finding in &shown {
        page.line(2, format!("{}: {}: {}", finding.severity.word(), finding.rule, finding.message));
    }
    match all.len() - shown.len() {
        0 => {}
        1 => page.line(2, "1 that is only worth knowing; -v shows it"),
        more => page.line(2, format!("{more} that are only worth knowing; -v shows them")),
    }
}

pub(super) fn losses(page: &mut Page<'_>, all: &[Loss]) {
    page.title(if all.is_empty() { "nobody would notice: nobody loses a permission" } else { "who would notice" });
    for loss in all {
        page.line(2, format!("{} would lose", loser(loss)));
        let shown = if page.is_verbose() { loss.lost.len() } else { SHOWN };
        loss.lost.iter().take(shown).for_each(|lost| page.line(4, lost_words(loss, lost)));
        if loss.lost.len() > shown {
            page.line(4, format!("and {} more", loss.lost.len() - shown));
        }
    }
}

/// Those who lose the same.
pub(crate) fn loser(loss: &Loss) -> String {
    let size = loss.users + loss.accounts;
    let who = some_of(&loss.names, size);
    if size > 1 { format!("{} ({who})", people(loss.users, loss.accounts)) } else { who }
}

/// What they lose, and what of it they keep.
pub(crate) fn lost_words(loss: &Loss, lost: &Lost) -> String {
    let is_one = loss.users + loss.accounts == 1;
    let keeps = match lost.keeps.as_slice() {
        [] => format!(", and {} it by no other way", if is_one { "has" } else { "have" }),
        chain => format!(", and {} it through {}", if is_one { "keeps" } else { "keep" }, witness::chain(chain)),
    };
    format!("`{}` over {}{keeps}", lost.permission, lost.over)
}

/// A cut in one sentence.
pub(crate) fn cut_words(cut: &Cut) -> String {
    let edits: Vec<String> = cut.edits.iter().map(command).collect();
    let kept = cut.losses.iter().flat_map(|loss| loss.lost.iter().map(move |lost| (loss, lost)));
    let kept = kept.filter(|(_, lost)| !lost.keeps.is_empty()).map(|(loss, lost)| {
        let who = some_of(&loss.names, loss.users + loss.accounts);
        format!("; {who} would keep `{}` through {}", lost.permission, witness::chain(&lost.keeps))
    });
    let kept: Vec<String> = kept.take(1).collect();
    format!("{}: {}{}", edits.join(", and "), broken(cut), kept.concat())
}

/// How many ways a cut breaks. Without it the rule no longer finds what it found, so that what is left is none of its
/// business: other findings are about that, or no rule is.
fn broken(cut: &Cut) -> String {
    let left = cut.left.min(cut.paths);
    let rest = if left > 0 { format!("; this finding is not about the other {left}") } else { String::new() };
    format!("breaks {} of {}{rest}", cut.paths - left, count(cut.paths, "path"))
}

/// A cut in JSON.
pub(crate) fn cut_json(ink: &Ink<'_>, cut: &Cut) -> Value {
    json!({
        "fingerprint": cut.fingerprint, "rule": cut.rule, "subject": named(&cut.subject), "message": cut.message,
        "edits": cut.edits.iter().map(|said| said_json(ink, said)).collect::<Vec<_>>(),
        "paths": cut.paths, "left": cut.left,
        "gone": cut.gone.iter().map(|f| finding_json(ink, f)).collect::<Vec<_>>(),
        "come": cut.come.iter().map(|f| finding_json(ink, f)).collect::<Vec<_>>(),
        "losses": cut.losses.iter().map(|loss| loss_json(ink, loss)).collect::<Vec<_>>(),
    })
}

pub(super) fn said_json(ink: &Ink<'_>, said: &Said) -> Value {
    let places: Vec<Value> = said.places.iter().map(|place| ink.place(*place)).collect();
    json!({ "edge": said.edge, "from": named(&said.from), "to": said.to.iter().map(named).collect::<Vec<_>>(),
            "over": said.over, "does": command(said), "revoke": said.revoke, "locations": places })
}

fn finding_json(ink: &Ink<'_>, finding: &Finding) -> Value {
    json!({ "fingerprint": finding.fingerprint, "rule": finding.rule, "severity": finding.severity,
            "subject": named(&finding.subject), "message": finding.message,
            "location": ink.place(finding.primary.place), "witness": ink.chain(&finding.witness) })
}

fn loss_json(ink: &Ink<'_>, loss: &Loss) -> Value {
    let lost =
        |lost: &Lost| json!({ "permission": lost.permission, "over": lost.over, "keeps": ink.chain(&lost.keeps) });
    let names: Vec<Value> = loss.names.iter().map(|name: &Named| named(name)).collect();
    json!({ "users": loss.users, "service-accounts": loss.accounts, "names": names,
            "lost": loss.lost.iter().map(lost).collect::<Vec<_>>() })
}
