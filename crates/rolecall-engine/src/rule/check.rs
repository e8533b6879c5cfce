//! From the text of a rule file to a rule, or to everything that is wrong with it.

use super::spec::{
    CrossingPattern, DetectorPattern, ExpectationPattern, GrantPattern, KindWord, LacksPattern, LeakingGroupPattern,
    OutsideMembersPattern, PathPattern, Pattern, Selector, Spec, TierParams,
};
use super::{Rule, RuleFile, fit, page};
use crate::fault::suggestion;
use crate::{FileFault, Policy, vocabulary, wording};
use rolecall_model::Permission;
use std::ops::Range;
use toml::Spanned;

/// The sections that every page has after its fence.
const SECTIONS: [&str; 2] = ["Why", "Fix"];

pub(super) fn rule(file: &RuleFile, policy: &Policy) -> Result<Rule, Vec<FileFault>> {
    let fail =
        |at: Range<usize>, message: String, help: String| FileFault::new(&file.path, &file.text, at, message, help);
    if !is_kebab(&file.id) {
        let help = "name the folder in lower case, words joined by hyphens".to_owned();
        return Err(vec![fail(0..0, format!("`{}` is no rule id", file.id), help)]);
    }
    let page =
        page::read(&file.text).map_err(|(at, message, help)| vec![fail(at, message.to_owned(), help.to_owned())])?;
    let fence = file.text.get(page.fence.clone()).unwrap_or_default();
    let spec: Spec = toml::from_str(fence)
        .map_err(|error| vec![FileFault::of_toml(&file.path, &file.text, page.fence.start, &error)])?;
    let mut check = Check { policy, found: Vec::new() };
    check.pattern(&spec.pattern, false);
    check.words(&spec);
    check.found.extend(fit::slips(fence));
    let mut faults: Vec<FileFault> = check
        .found
        .into_iter()
        .map(|(at, message, help)| fail(at.start + page.fence.start..at.end + page.fence.start, message, help))
        .collect();
    for name in SECTIONS.iter().filter(|name| !page.sections.contains(name)) {
        let help = format!("add `## {name}` and a sentence or two");
        faults.push(fail(0..0, format!("no section `{name}`"), help));
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    Ok(Rule {
        id: file.id.clone(),
        title: page.title.to_owned(),
        docs: file.docs.clone(),
        page: file.text.clone(),
        spec,
    })
}

fn is_kebab(id: &str) -> bool {
    !id.is_empty()
        && id.split('-').all(|w| !w.is_empty() && w.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()))
}

struct Check<'p> {
    policy: &'p Policy,
    found: Vec<(Range<usize>, String, String)>,
}

impl Check<'_> {
    fn pattern(&mut self, pattern: &Pattern, is_in_all: bool) {
        match pattern {
            Pattern::Grant(grant) => self.grant(grant),
            Pattern::Entity(selector) => self.selector(selector),
            Pattern::Path(PathPattern { from, to, .. }) => {
                [from, to].into_iter().for_each(|s| self.selector(s));
                if to.kind != [KindWord::Role] {
                    self.found.push((
                        0..0,
                        "a path leads to something else than roles".into(),
                        "write `kind = [\"role\"]` in `to`".into(),
                    ));
                }
            }
            Pattern::Lacks(LacksPattern { who, permission, .. }) => {
                self.selector(who);
                self.permissions(permission);
            }
            Pattern::All(parts) | Pattern::Any(parts) => {
                let is_all = matches!(pattern, Pattern::All(_));
                if !parts.iter().any(|p| !matches!(p, Pattern::Not(_))) {
                    self.found.push((
                        0..0,
                        "nothing is matched".into(),
                        "give `all` and `any` a part that is no `not`".into(),
                    ));
                }
                parts.iter().for_each(|p| self.pattern(p, is_all));
            }
            Pattern::Not(part) => {
                if !is_in_all {
                    self.found.push((
                        0..0,
                        "`not` stands alone".into(),
                        "put it into `all`, beside what to match".into(),
                    ));
                }
                self.pattern(part, false);
            }
            Pattern::Detector(DetectorPattern::OutsideMembers(OutsideMembersPattern { permission, tier })) => {
                self.permissions(permission);
                self.tier(tier);
            }
            Pattern::Detector(DetectorPattern::LeakingGroup(LeakingGroupPattern { permission, tier, .. })) => {
                self.permissions(permission);
                self.tier(tier);
            }
            Pattern::Detector(DetectorPattern::Expectation(ExpectationPattern { permission, .. })) => {
                self.permissions(permission.as_deref().unwrap_or_default());
            }
            Pattern::Detector(DetectorPattern::PartnerCrossing(CrossingPattern { sees })) => {
                sees.iter().for_each(|part| self.capabilities(&part.capability));
            }
            Pattern::Detector(
                DetectorPattern::MixedQueue(TierParams { tier })
                | DetectorPattern::ConditionBypassed(TierParams { tier })
                | DetectorPattern::GroupOnQueue(TierParams { tier })
                | DetectorPattern::ViewExposes(TierParams { tier })
                | DetectorPattern::ViewCrossesRegion(TierParams { tier }),
            ) => self.tier(tier),
            Pattern::Detector(_) => {}
        }
    }

    fn grant(&mut self, grant: &GrantPattern) {
        self.permissions(grant.permission.as_deref().unwrap_or_default());
        self.capabilities(grant.capability.as_deref().unwrap_or_default());
        grant.tier.iter().chain(&grant.except).chain(&grant.unheld).for_each(|t| self.tier(t));
    }

    fn capabilities(&mut self, names: &[Spanned<String>]) {
        for name in names.iter().filter(|name| !self.policy.capabilities.contains_key(name.as_ref().as_str())) {
            let help = suggestion(name.as_ref(), self.policy.capabilities.keys().map(String::as_str));
            self.found.push((name.span(), format!("there is no capability `{}`", name.as_ref()), help));
        }
    }

    fn selector(&mut self, selector: &Selector) {
        selector.tier.iter().chain(&selector.except).for_each(|t| self.tier(t));
    }

    fn permissions(&mut self, permissions: &[Spanned<String>]) {
        for permission in permissions {
            if Permission::parse(permission.as_ref(), None).is_none() {
                let help = "write `domain:entity:action`, with `*` for any".to_owned();
                self.found.push((permission.span(), format!("`{}` is no permission", permission.as_ref()), help));
            }
        }
    }

    fn tier(&mut self, tier: &Spanned<String>) {
        if !self.policy.tiers.contains_key(tier.as_ref()) {
            let help = suggestion(tier.as_ref(), self.policy.tiers.keys().map(String::as_str));
            self.found.push((tier.span(), format!("there is no tier `{}`", tier.as_ref()), help));
        }
    }

    fn words(&mut self, spec: &Spec) {
        let facts = vocabulary::facts(&spec.pattern);
        for text in [&spec.message, &spec.label, &spec.help] {
            for name in wording::placeholders(text.as_ref()) {
                if !facts.contains(&name) {
                    let help = suggestion(name, facts.iter().copied());
                    self.found.push((text.span(), format!("`{{{name}}}` is no fact of this match"), help));
                }
            }
        }
        let message: &str = spec.message.as_ref();
        let starts_low = message.chars().next().is_some_and(|c| !c.is_uppercase());
        if !starts_low || message.ends_with('.') {
            let help = "begin in lower case and leave out the final stop".to_owned();
            self.found.push((spec.message.span(), "the message reads as a sentence".into(), help));
        }
    }
}
