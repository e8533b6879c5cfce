//! One run: rules over a graph, and what comes of them.

use crate::allow::Ledger;
use crate::context::Context;
use crate::focus::Focus;
use crate::matching::{Match, TIER, key};
use crate::mending::{Mending, yield_to_others};
use crate::rule::spec::{DialectWord, Spec};
use crate::{Confidence, Finding, Label, Policy, Rule, RuleSettings, Rulebook, detector, vocabulary, wording};
use hashbrown::{HashMap, HashSet};
use rayon::prelude::*;
use rolecall_graph::AccessGraph;
use rolecall_model::{Entity, Place};
use siphasher::sip::SipHasher24;
use std::hash::Hasher;

/// A rule that could not be judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotEvaluated {
    /// The rule.
    pub rule: String,
    /// Why: what the input lacks.
    pub reason: String,
}

/// What the rules found.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// By rule and subject; not yet by place, which is not known here.
    pub findings: Vec<Finding>,
    /// Rules that could not be judged, by id.
    pub not_evaluated: Vec<NotEvaluated>,
    /// What is no fault, and still to be said.
    pub notes: Vec<String>,
    /// How many findings the settings hold back.
    pub suppressed: usize,
}

/// Judges a tenant by every rule of the book. Places in the settings have file numbers from `settings` on.
///
/// Rules about acceptances come last: they judge what became of the findings of the others.
#[must_use]
pub fn check(graph: &AccessGraph<'_>, policy: &Policy, rules: &Rulebook, settings: u32) -> Outcome {
    run(&mut Context::new(graph, policy, settings), policy, rules)
}

/// Ids by which entities of a tenant count instead of their own.
pub type Aliases = HashMap<Entity, String>;

/// What one rule finds by itself, and what would mend each of it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Draft {
    pub(crate) own: Outcome,
    pub(crate) mendings: Vec<Mending>,
    /// Whether it could be judged.
    is_judged: bool,
}

/// The rules that do not look at what others find.
pub(crate) fn early(rules: &Rulebook) -> Vec<&Rule> {
    rules.iter().filter(|rule| !detector::is_about_acceptances(&rule.spec.pattern)).collect()
}

/// What a rule finds by itself.
fn draft(context: &Context<'_, '_>, policy: &Policy, rule: &Rule) -> Draft {
    let mut draft = Draft::default();
    draft.is_judged = judge(context, policy, rule, (&mut draft.own, &mut draft.mendings));
    draft
}

/// The same after edits, without what the input lacks; of what edits touch alone where there is a focus.
pub(crate) fn redraft(context: &Context<'_, '_>, policy: &Policy, rule: &Rule, focus: Option<&Focus>) -> Draft {
    let mut draft = Draft::default();
    if is_asked(context, policy, rule) {
        find(context, policy, rule, focus, (&mut draft.own, &mut draft.mendings));
    }
    draft
}

/// What each rule finds by itself. Rules know nothing of each other, so they are judged side by side.
pub(crate) fn drafts(context: &Context<'_, '_>, policy: &Policy, rules: &Rulebook) -> Vec<Draft> {
    early(rules).par_iter().map(|rule| draft(context, policy, rule)).collect()
}

/// The same on ground that may be asked more.
pub(crate) fn run(context: &mut Context<'_, '_>, policy: &Policy, rules: &Rulebook) -> Outcome {
    let drafts = drafts(context, policy, rules);
    settle(context, policy, rules, drafts)
}

/// Joins what the rules found, in their order.
pub(crate) fn settle(context: &mut Context<'_, '_>, policy: &Policy, rules: &Rulebook, drafts: Vec<Draft>) -> Outcome {
    let settings = context.settings;
    let mut outcome = Outcome::default();
    let mut judged: HashSet<&str> = HashSet::new();
    let mut mendings: Vec<Mending> = Vec::new();
    for (rule, draft) in early(rules).into_iter().zip(drafts) {
        mendings.extend(draft.mendings);
        outcome.findings.extend(draft.own.findings);
        outcome.not_evaluated.extend(draft.own.not_evaluated);
        outcome.suppressed += draft.own.suppressed;
        if draft.is_judged {
            judged.insert(&rule.id);
        }
    }
    // Others yield to what is accepted for the same access alone.
    context.ledger = Ledger::close(policy, settings, &mut outcome.findings, &|rule| judged.contains(rule));
    yield_to_others(&mut outcome.findings, &mendings, rules, &policy.reviewed);
    for rule in rules.iter().filter(|rule| detector::is_about_acceptances(&rule.spec.pattern)) {
        judge(context, policy, rule, (&mut outcome, &mut Vec::new()));
    }
    outcome.notes = detector::lost(context);
    outcome.notes.extend(banned(policy));
    outcome.notes.extend(detector::strangers(context));
    outcome
}

/// Whether a rule is about what the input speaks, and on.
fn is_asked(context: &Context<'_, '_>, policy: &Policy, rule: &Rule) -> bool {
    rule.spec.dialects.as_ref().is_none_or(|all| is_spoken(context.graph, all))
        && !policy.rules.get(&rule.id).is_some_and(|settings| settings.off)
}

/// Adds what one rule finds, and what would mend each of it; gives back whether it could be judged.
fn judge(
    context: &Context<'_, '_>,
    policy: &Policy,
    rule: &Rule,
    (outcome, mendings): (&mut Outcome, &mut Vec<Mending>),
) -> bool {
    // A dialect that lacks the very notion is judged by other rules; nothing is missing from it.
    if rule.spec.dialects.as_ref().is_some_and(|all| !is_spoken(context.graph, all)) {
        return false;
    }
    if !is_asked(context, policy, rule) {
        let reason = "the settings switch it off".to_owned();
        outcome.not_evaluated.push(NotEvaluated { rule: rule.id.clone(), reason });
        return false;
    }
    let lacking = vocabulary::lacking(context, &rule.spec.pattern);
    let is_judged = lacking.is_none();
    outcome.not_evaluated.extend(lacking.map(|reason| NotEvaluated { rule: rule.id.clone(), reason }));
    find(context, policy, rule, None, (outcome, mendings));
    is_judged
}

/// Adds what a rule finds as the settings have it.
fn find(
    context: &Context<'_, '_>,
    policy: &Policy,
    rule: &Rule,
    focus: Option<&Focus>,
    (outcome, mendings): (&mut Outcome, &mut Vec<Mending>),
) {
    for (print, mut found) in distinct(context, rule, focus) {
        let settings = settings_for(context, policy, rule, &found);
        if settings.off {
            outcome.suppressed += 1;
            continue;
        }
        mendings.push(std::mem::take(&mut found.mending));
        let mut finding = speak(context, rule, found, print);
        finding.severity = settings.severity.unwrap_or(finding.severity);
        finding.confidence = settings.confidence.unwrap_or(finding.confidence);
        outcome.findings.push(finding);
    }
}

/// What a rule matches, each with its fingerprint; what shares one is the same.
fn distinct(context: &Context<'_, '_>, rule: &Rule, focus: Option<&Focus>) -> Vec<(String, Match)> {
    let mut known: HashMap<String, usize> = HashMap::new();
    let mut all: Vec<(String, Match)> = Vec::new();
    let found = match focus {
        Some(focus) => vocabulary::matches_near(context, &rule.spec.pattern, focus),
        None => vocabulary::matches(context, &rule.spec.pattern),
    };
    for found in found {
        let print = fingerprint(context, rule, &found);
        if let Some((_, first)) = known.get(&print).and_then(|at| all.get_mut(*at)) {
            first.join(found);
            continue;
        }
        known.insert(print.clone(), all.len());
        all.push((print, found));
    }
    all
}

/// What a ban on suppressions undoes, in words.
fn banned(policy: &Policy) -> Option<String> {
    let path = policy.banned_by.as_ref()?;
    let entries = (!policy.allow.is_empty()).then(|| match policy.allow.len() {
        1 => "1 entry of `[[allow]]` hides nothing".to_owned(),
        number => format!("{number} entries of `[[allow]]` hide nothing"),
    });
    let rules = (policy.overruled > 0).then(|| format!("{} on again", wording::count(policy.overruled, "rule")));
    let undone: Vec<String> = entries.into_iter().chain(rules).collect();
    (!undone.is_empty()).then(|| format!("{path} forbids suppressions: {}", undone.join(", ")))
}

/// What a team makes of a rule's findings on a subject: what the subject's tiers say of it, by
/// name, before what holds for everybody.
fn settings_for(context: &Context<'_, '_>, policy: &Policy, rule: &Rule, found: &Match) -> RuleSettings {
    let is_of = |name: &str| match &found.about {
        Some(about) => about.kind == TIER && about.id == name,
        None => context.tiers.contains(name, found.subject),
    };
    let of_tiers = policy.tiers.iter().filter(|(name, tier)| tier.rules.contains_key(&rule.id) && is_of(name));
    let said = of_tiers.filter_map(|(_, tier)| tier.rules.get(&rule.id)).chain(policy.rules.get(&rule.id));
    said.fold(RuleSettings::default(), |known, next| RuleSettings {
        severity: known.severity.or(next.severity),
        confidence: known.confidence.or(next.confidence),
        off: known.off || next.off,
    })
}

fn is_spoken(graph: &AccessGraph<'_>, dialects: &[DialectWord]) -> bool {
    dialects.iter().any(|dialect| graph.tenant.dialects.contains(&dialect.name()))
}

/// Puts a match into the words of its rule.
fn speak(context: &Context<'_, '_>, rule: &Rule, mut found: Match, fingerprint: String) -> Finding {
    let about = found.take_about(about_whom(context, &found));
    let Spec { severity, confidence, message, label, help, .. } = &rule.spec;
    let nothing = Vec::new();
    let label_of = |more| wording::fill(label.as_ref(), &found.facts, more);
    let also: Vec<Label> =
        found.also.iter().map(|(place, facts)| Label { place: *place, text: label_of(facts) }).collect();
    let mut known: HashSet<(Place, &str)> = also.iter().map(|label| (label.place, label.text.as_str())).collect();
    let mut more: Vec<&Label> = found.related.iter().collect();
    more.retain(|label| label.place != found.primary && known.insert((label.place, label.text.as_str())));
    let related = also.iter().chain(more).cloned().collect();
    let subject = found.named(context);
    Finding {
        rule: rule.id.clone(),
        severity: found.severity.unwrap_or(*severity),
        confidence: if found.is_assumed { Confidence::Low } else { *confidence },
        message: wording::fill(message.as_ref(), &found.facts, &nothing),
        help: wording::fill(help.as_ref(), &found.facts, &nothing),
        docs: rule.docs.clone(),
        fingerprint,
        subject,
        primary: Label { place: found.primary, text: label_of(&nothing) },
        related,
        access: if found.access.is_empty() { shown_access(&found) } else { found.access },
        witness: found.witness,
        allowed: None,
        ends: found.ends,
        files: found.files,
        about,
    }
}

/// The access that a witness ends in.
fn shown_access(found: &Match) -> Vec<String> {
    let last = found.witness.last().and_then(|step| Some(format!("{} over {}", step.to.name, step.over.as_ref()?)));
    last.into_iter().collect()
}

/// Depends on the rule, the subject and the access, and on nothing that moves when a file is edited elsewhere.
fn fingerprint(context: &Context<'_, '_>, rule: &Rule, found: &Match) -> String {
    let mut hasher = SipHasher24::new();
    let subject = about_whom(context, found);
    for part in [&rule.id, &subject].into_iter().chain(&found.identity).chain(found.crowd.iter()) {
        hasher.write(part.as_bytes());
        hasher.write_u8(0);
    }
    format!("{:016x}", hasher.finish())
}

fn about_whom(context: &Context<'_, '_>, found: &Match) -> String {
    match &found.about {
        Some(about) => format!("{} {}", about.kind, about.id),
        None => key(context, found.subject),
    }
}
