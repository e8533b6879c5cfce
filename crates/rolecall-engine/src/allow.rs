//! What a team accepts: `[[allow]]` entries, held against findings.

use crate::fault::{nearest, suggestion};
use crate::matching::SETTLED;
use crate::over::Said;
use crate::{FileFault, Finding, Label, Named, Policy, wording};
use hashbrown::{HashMap, HashSet};
use rolecall_model::{Kind, Origin, Place};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::ops::Range;
use toml::Spanned;
use toml::value::{Date, Datetime};

/// Findings that a team accepts, with a reason: of one rule, on one entity.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Allow {
    /// The id of the rule.
    #[schemars(with = "String")]
    pub rule: Spanned<String>,
    /// The id or the name of the entity that the finding is about. A name that several have accepts none of them.
    #[schemars(with = "String")]
    pub entity: Spanned<String>,
    /// The kind of the entity: `role`, `group`, `user`, `service-account`, …, or `tier`.
    #[schemars(with = "Option<String>")]
    pub kind: Option<Spanned<String>>,
    /// The access that is accepted, such as `routing:queue:view over Assigned`. Where a finding is about
    /// more, the entry does not hold. Without it, all access by that rule and entity is accepted.
    #[schemars(with = "Option<Vec<String>>")]
    pub access: Option<Vec<Spanned<String>>>,
    /// Why.
    #[schemars(with = "String")]
    pub reason: Spanned<String>,
    /// Who answers for it.
    #[schemars(with = "String")]
    pub owner: Spanned<String>,
    /// Where it was decided.
    pub ticket: Option<String>,
    /// The day on which it was accepted, in UTC.
    #[schemars(with = "Option<String>")]
    pub since: Option<Spanned<Datetime>>,
    /// The last day on which it holds, in UTC.
    #[schemars(with = "Option<String>")]
    pub expires: Option<Spanned<Datetime>>,
    /// The number of the settings file that it stands in.
    #[serde(skip)]
    pub source: u32,
}

/// An entry that holds a finding back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acceptance {
    /// Why.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// Where it was decided.
    pub ticket: Option<String>,
    /// The day on which it was accepted, as `2026-01-31`.
    pub since: Option<String>,
    /// How many days ago that was, where the day of the run is known.
    pub age: Option<u32>,
    /// The last day on which it holds, as `2026-12-31`.
    pub expires: Option<String>,
    /// Where the entry stands.
    pub place: Place,
}

impl Allow {
    /// Checks what the types do not say.
    pub(crate) fn check(&self, path: &str, text: &str) -> Result<(), Box<FileFault>> {
        let fault = |at: Range<usize>, message: String, help: &str| {
            Err(Box::new(FileFault::new(path, text, at, message, help.to_owned())))
        };
        for (said, key) in [(&self.reason, "reason"), (&self.owner, "owner"), (&self.entity, "entity")] {
            if said.as_ref().trim().is_empty() {
                let help = "say why, and who answers for it; whoever reads it later has nothing else";
                return fault(said.span(), format!("`{key}` is empty"), help);
            }
        }
        let kinds = || Kind::ALL.into_iter().map(Kind::word).filter(|word| !SETTLED.contains(word)).chain(SETTLED);
        if let Some(kind) = self.kind.as_ref().filter(|kind| kinds().all(|known| known != kind.as_ref())) {
            let help = suggestion(kind.as_ref(), kinds());
            return fault(kind.span(), format!("`{}` is no kind of entity", kind.as_ref()), &help);
        }
        self.check_days().or_else(|(at, message, help)| fault(at, message, help))?;
        for line in self.access.iter().flatten() {
            if Said::read(line.as_ref()).is_none() {
                let help = "write `domain:entity:action over scope`, as `rolecall check --format allow` prints it";
                return fault(line.span(), format!("`{}` is no access", line.as_ref()), help);
            }
        }
        match &self.access {
            Some(none) if none.is_empty() => {
                let help = "name the access that is accepted, or leave `access` out";
                fault(self.entity.span(), "the entry accepts no access at all".to_owned(), help)
            }
            _ => Ok(()),
        }
    }

    /// Checks that days are days, in their order; gives where, what and the help.
    fn check_days(&self) -> Result<(), (Range<usize>, String, &'static str)> {
        let on = "write the day on which it was accepted, such as 2026-01-31";
        let until = "write the last day on which it holds, such as 2026-12-31";
        for (said, key, help) in [(&self.since, "since", on), (&self.expires, "expires", until)] {
            if let Some(said) =
                said.as_ref().filter(|said| said.as_ref().date.is_none() || said.as_ref().time.is_some())
            {
                return Err((said.span(), format!("`{key}` is no date"), help));
            }
        }
        match (&self.since, &self.expires) {
            (Some(since), Some(last)) if since.as_ref().date > last.as_ref().date => {
                Err((last.span(), "the entry ends before it was accepted".to_owned(), "correct `since` or `expires`"))
            }
            _ => Ok(()),
        }
    }

    /// Where the day of acceptance stands, where that is after `today`.
    pub(crate) fn is_ahead(&self, today: Date) -> Option<Range<usize>> {
        let since = self.since.as_ref()?;
        since.as_ref().date.filter(|since| *since > today).map(|_| since.span())
    }

    /// The values that a report may point to.
    pub(crate) fn spans(&self) -> impl Iterator<Item = Range<usize>> + '_ {
        std::iter::once(self.rule.span()).chain(self.expires.as_ref().map(Spanned::span))
    }

    /// Where the entry stands, as files are numbered from `settings` on.
    pub(crate) fn place(&self, settings: u32) -> Place {
        self.place_of(settings, &self.rule.span())
    }

    /// Where its last day stands; the entry itself where it has none.
    pub(crate) fn place_of_end(&self, settings: u32) -> Place {
        self.place_of(settings, &self.expires.as_ref().map_or_else(|| self.rule.span(), Spanned::span))
    }

    fn place_of(&self, settings: u32, span: &Range<usize>) -> Place {
        let offset = u32::try_from(span.start).unwrap_or(u32::MAX);
        Place::whole(Origin { file: settings.saturating_add(self.source), offset })
    }

    /// The last day, in words.
    pub(crate) fn end(&self) -> Option<String> {
        self.expires.as_ref().map(|day| day.as_ref().to_string())
    }

    /// Whether the last day is over. Without a clock it counts as over: what is not known to hold does not.
    fn is_over(&self, today: Option<Date>) -> bool {
        let last = self.expires.as_ref().and_then(|day| day.as_ref().date);
        last.is_some_and(|last| today.is_none_or(|today| today > last))
    }

    fn acceptance(&self, place: Place, today: Option<Date>) -> Acceptance {
        let since = self.since.as_ref().and_then(|day| day.as_ref().date);
        Acceptance {
            reason: self.reason.as_ref().clone(),
            owner: self.owner.as_ref().clone(),
            ticket: self.ticket.clone(),
            since: since.map(|day| day.to_string()),
            age: since.zip(today).and_then(|(since, today)| days(since, today)),
            expires: self.end(),
            place,
        }
    }

    fn fits(&self, subject: &Named) -> bool {
        self.kind.as_ref().is_none_or(|kind| kind.as_ref() == subject.kind)
    }

    /// Why the entry does not hold for a finding that it fits.
    fn objection(&self, finding: &Finding, is_one: bool, today: Option<Date>) -> Option<String> {
        let owner = self.owner.as_ref();
        let beyond = self.beyond(finding);
        if !is_one {
            return Some("not accepted here: several go by this name; write the id or the kind".to_owned());
        }
        if self.access.is_some() && finding.access.is_empty() {
            return Some("not accepted here: the finding states no access to compare with".to_owned());
        }
        if !beyond.is_empty() {
            return Some(format!("accepted here by `{owner}`, but not {}", wording::some_of(beyond)));
        }
        self.end().filter(|_| self.is_over(today)).map(|end| format!("accepted here by `{owner}` until {end}"))
    }

    /// The access of a finding that the entry does not accept.
    fn beyond<'f>(&self, finding: &'f Finding) -> Vec<&'f str> {
        let Some(lines) = &self.access else { return Vec::new() };
        let accepted: Vec<Said<'_>> = lines.iter().filter_map(|line| Said::read(line.as_ref())).collect();
        let is_accepted = |line: &&String| {
            let stated = Said::read(line);
            stated.is_some_and(|stated| accepted.iter().any(|accepted| accepted.covers(&stated)))
        };
        finding.access.iter().filter(|line| !is_accepted(line)).map(String::as_str).collect()
    }
}

/// How many days lie between two.
fn days(from: Date, to: Date) -> Option<u32> {
    let read = |day: Date| {
        let [month, date] = [day.month, day.day].map(i8::try_from);
        jiff::civil::Date::new(i16::try_from(day.year).ok()?, month.ok()?, date.ok()?).ok()
    };
    u32::try_from((read(to)? - read(from)?).get_days()).ok()
}

/// What became of one entry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Fate {
    /// Its rule was not judged, or nothing may be accepted.
    #[default]
    Unjudged,
    /// It fits no finding; with the nearest name that would have fitted.
    Unused(Option<String>),
    /// It fits, and its last day is over: on what, and how many findings.
    Expired(Named, usize),
    /// It fits. Whether it holds depends on the access.
    Used,
}

impl Fate {
    /// A finding fits.
    fn count(&mut self, finding: &Finding, is_over: bool) {
        *self = match std::mem::take(self) {
            Self::Expired(subject, findings) => Self::Expired(subject, findings + 1),
            _ if is_over => Self::Expired(finding.subject.clone(), 1),
            _ => Self::Used,
        };
    }
}

/// What became of every entry, in order of the settings.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    pub(crate) fates: Vec<Fate>,
}

impl Ledger {
    /// Holds the entries against findings and marks those that are accepted. Of entries that do not hold,
    /// the finding says why. Cost: linear in findings and entries.
    pub(crate) fn close(
        policy: &Policy,
        settings: u32,
        findings: &mut [Finding],
        is_judged: &dyn Fn(&str) -> bool,
    ) -> Self {
        let mut ledger = Self { fates: vec![Fate::Unjudged; policy.allow.len()] };
        if policy.banned_by.is_some() || policy.allow.is_empty() {
            return ledger;
        }
        let mut by_name: ByName<'_> = HashMap::new();
        for (number, entry) in policy.allow.iter().enumerate() {
            let key = (entry.rule.as_ref().as_str(), entry.entity.as_ref().to_lowercase());
            by_name.entry(key).or_default().push(number);
        }
        let meant = meant(policy, &by_name, findings);
        for finding in findings.iter_mut() {
            let mut remarks = Vec::new();
            for number in candidates(policy, &by_name, finding) {
                let (Some(entry), Some(fate)) = (policy.allow.get(number), ledger.fates.get_mut(number)) else {
                    continue;
                };
                let only = meant.get(&number).and_then(Meant::only);
                if only.is_some_and(|subject| *subject != finding.subject) {
                    continue;
                }
                fate.count(finding, entry.is_over(policy.today));
                let place = entry.place(settings);
                match entry.objection(finding, only.is_some(), policy.today) {
                    Some(text) => remarks.push(Label { place, text }),
                    None => {
                        finding.allowed = finding.allowed.take().or_else(|| Some(entry.acceptance(place, policy.today)))
                    }
                }
            }
            if finding.allowed.is_none() {
                finding.related.extend(remarks);
            }
        }
        ledger.find_unused(policy, findings, is_judged);
        ledger
    }

    fn find_unused(&mut self, policy: &Policy, findings: &[Finding], is_judged: &dyn Fn(&str) -> bool) {
        for (fate, entry) in self.fates.iter_mut().zip(&policy.allow) {
            if *fate != Fate::Unjudged || !is_judged(entry.rule.as_ref()) {
                continue;
            }
            let of_rule = findings.iter().filter(|f| f.rule == *entry.rule.as_ref());
            let near = nearest(entry.entity.as_ref(), of_rule.map(|f| f.subject.name.as_str()));
            *fate = Fate::Unused(near.map(str::to_owned));
        }
    }
}

/// Entries by rule and entity as written, in lower case.
type ByName<'p> = HashMap<(&'p str, String), Vec<usize>>;

/// The entries that name the rule and the subject of a finding, in order of the settings.
fn candidates(policy: &Policy, by_name: &ByName<'_>, finding: &Finding) -> Vec<usize> {
    let Named { id, name, .. } = &finding.subject;
    let of = |text: &str| by_name.get(&(finding.rule.as_str(), text.to_lowercase())).into_iter().flatten().copied();
    let is_meant = |number: &usize| {
        policy.allow.get(*number).is_some_and(|entry| {
            // Ids are exact, names are not.
            let said = entry.entity.as_ref();
            entry.fits(&finding.subject) && (said == id || said.to_lowercase() == name.to_lowercase())
        })
    };
    let mut found: Vec<usize> = of(id).chain(of(name)).filter(is_meant).collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// The subjects that one entry fits.
#[derive(Default)]
struct Meant {
    by_id: HashSet<Named>,
    by_name: HashSet<Named>,
}

impl Meant {
    /// The one that is meant: by its id, else by a name that no other has.
    fn only(&self) -> Option<&Named> {
        let meant = if self.by_id.is_empty() { &self.by_name } else { &self.by_id };
        meant.iter().next().filter(|_| meant.len() == 1)
    }
}

fn meant(policy: &Policy, by_name: &ByName<'_>, findings: &[Finding]) -> HashMap<usize, Meant> {
    let mut meant: HashMap<usize, Meant> = HashMap::new();
    for finding in findings {
        for number in candidates(policy, by_name, finding) {
            let is_id = policy.allow.get(number).is_some_and(|entry| *entry.entity.as_ref() == finding.subject.id);
            let known = meant.entry(number).or_default();
            let list = if is_id { &mut known.by_id } else { &mut known.by_name };
            list.insert(finding.subject.clone());
        }
    }
    meant
}
