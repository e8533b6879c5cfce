//! The rules run again after edits: those about permission entries only where the edits can make a difference.

use crate::check::{Draft, early, redraft, run};
use crate::focus::Focus;
use crate::mending::{Mending, kept};
use crate::{Finding, Judge, Policy, Rule, Rulebook, detector, vocabulary};
use hashbrown::HashSet;
use rayon::prelude::*;
use rolecall_model::Edit;
use std::borrow::Cow;

/// What each rule found by itself, before rules yield to each other.
#[derive(Clone, Debug, Default)]
pub struct Drafts(pub(crate) Vec<Draft>);

type Drafted<'d> = (Cow<'d, Finding>, Cow<'d, Mending>);

impl<'c, 't> Judge<'c, 't> {
    /// What the rules find on this ground, which is that of `before` less some edits.
    #[must_use]
    pub fn recheck<'d>(
        &mut self,
        (before, drafts): (&Judge<'_, '_>, &'d Drafts),
        policy: &Policy,
        rules: &Rulebook,
        edits: &[Edit],
    ) -> Vec<Cow<'d, Finding>> {
        // What is accepted is judged by all findings together.
        if !policy.allow.is_empty() {
            return run(&mut self.context, policy, rules).findings.into_iter().map(Cow::Owned).collect();
        }
        let focus = Focus::new(&before.context, &self.context, edits);
        let early = early(rules);
        let again = |(rule, known): (&&Rule, &'d Draft)| -> Vec<Drafted<'d>> {
            // What takes something to be there comes of no edit that takes away.
            if known.own.findings.is_empty() && detector::only_shrinks(&rule.spec.pattern) {
                return Vec::new();
            }
            let focus = focus.as_ref().filter(|_| vocabulary::is_local(&rule.spec.pattern));
            let spliced = focus.and_then(|focus| {
                let was = redraft(&before.context, policy, rule, Some(focus));
                spliced(known, &was, redraft(&self.context, policy, rule, Some(focus)))
            });
            spliced.unwrap_or_else(|| owned(redraft(&self.context, policy, rule, None)).collect())
        };
        let found: Vec<Vec<Drafted<'d>>> = early.par_iter().zip(&drafts.0).map(again).collect();
        let found: Vec<Drafted<'d>> = found.into_iter().flatten().collect();
        let is_kept =
            kept(found.iter().map(|(finding, mending)| (finding.as_ref(), mending.as_ref())), rules, &policy.reviewed);
        found.into_iter().zip(is_kept).filter(|(_, kept)| *kept).map(|((finding, _), _)| finding).collect()
    }
}

fn owned<'d>(draft: Draft) -> impl Iterator<Item = Drafted<'d>> {
    draft.own.findings.into_iter().map(Cow::Owned).zip(draft.mendings.into_iter().map(Cow::Owned))
}

/// What a rule found with what it found of a part put for what it had found of it. Nothing where that was not found
/// before, or what is found now is told from the rest by nothing: then the part is no part.
fn spliced<'d>(known: &'d Draft, was: &Draft, is: Draft) -> Option<Vec<Drafted<'d>>> {
    let prints = |draft: &'d Draft| draft.own.findings.iter().map(|finding| finding.fingerprint.as_str());
    let mut gone: HashSet<&str> = was.own.findings.iter().map(|finding| finding.fingerprint.as_str()).collect();
    let all: HashSet<&str> = prints(known).collect();
    let is_new = |finding: &Finding| {
        let print = finding.fingerprint.as_str();
        gone.contains(print) || !all.contains(print)
    };
    if !gone.is_subset(&all) || !is.own.findings.iter().all(is_new) {
        return None;
    }
    let rest = known.own.findings.iter().map(Cow::Borrowed).zip(known.mendings.iter().map(Cow::Borrowed));
    let mut found: Vec<Drafted<'d>> = rest.filter(|(finding, _)| !gone.remove(finding.fingerprint.as_str())).collect();
    found.extend(owned(is));
    Some(found)
}
