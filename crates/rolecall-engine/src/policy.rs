//! Settings: which tiers there are and what tells them.

mod expect;

pub use expect::Expect;

use crate::fault::suggestion;
use crate::{Allow, Confidence, FileFault, Lock, Rulebook, Severity};
use rolecall_model::Permission;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::ops::Range;
use toml::Spanned;
use toml::value::Date;

/// The settings that hold where a `rolecall.toml` says nothing.
pub const DEFAULT_POLICY: &str = include_str!("../data/policy.toml");

/// The tier that every partner's people are of.
pub const PARTNERS: &str = "bpo";

/// The built-in capabilities.
const CAPABILITIES: &str = include_str!("../data/capabilities.toml");

/// What tells the members of a tier.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TierPolicy {
    /// Patterns for the names of roles, groups and service accounts.
    pub names: Option<Vec<String>>,
    /// Names or ids of further roles.
    pub roles: Option<Vec<String>>,
    /// Names or ids of further groups.
    pub groups: Option<Vec<String>>,
    /// Patterns for users' licences.
    #[serde(alias = "licenses")]
    pub licences: Option<Vec<String>>,
    /// E-mail domains of users.
    pub domains: Option<Vec<String>>,
    /// Patterns for the names or ids of users' divisions.
    pub divisions: Option<Vec<String>>,
    /// Patterns for the names or ids of queues.
    pub queues: Option<Vec<String>>,
    /// Patterns for users' departments.
    pub departments: Option<Vec<String>>,
    /// Patterns for the names of users' employers.
    pub employers: Option<Vec<String>>,
    /// Whether the flag of outsourced users puts them into the tier.
    pub flag: Option<bool>,
    /// Whether people whom a trustee organisation sends are of the tier.
    pub trustees: Option<bool>,
    /// The ids of the regions that users of the tier may work in.
    pub regions: Option<Vec<String>>,
    /// The permissions that roles of the tier may hold; others are too much.
    pub allowed: Option<Vec<String>>,
    /// Whether a role that only service accounts hold belongs to the tier.
    pub service: Option<bool>,
    /// Whether `allowed` is the guide's list, which no team has written for its own export.
    #[serde(skip)]
    pub is_guides: bool,
    /// What holds for findings on those of the tier, by rule.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub rules: BTreeMap<String, RuleSettings>,
}

/// What a team makes of a rule.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleSettings {
    /// How bad a finding is, instead of what the rule says.
    pub severity: Option<Severity>,
    /// How sure a finding is, instead of what the rule says.
    pub confidence: Option<Confidence>,
    /// Whether the rule is not used.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub off: bool,
}

impl RuleSettings {
    /// Takes over what `over` gives.
    fn override_with(&mut self, over: &Self) {
        self.severity = over.severity.or(self.severity);
        self.confidence = over.confidence.or(self.confidence);
        self.off |= over.off;
    }
}

impl TierPolicy {
    /// Takes over every setting that `over` gives.
    fn override_with(&mut self, over: Self) {
        fn set<T>(kept: &mut Option<T>, given: Option<T>) {
            if given.is_some() {
                *kept = given;
            }
        }
        set(&mut self.names, over.names);
        set(&mut self.roles, over.roles);
        set(&mut self.groups, over.groups);
        set(&mut self.licences, over.licences);
        set(&mut self.domains, over.domains);
        set(&mut self.divisions, over.divisions);
        set(&mut self.queues, over.queues);
        set(&mut self.departments, over.departments);
        set(&mut self.employers, over.employers);
        set(&mut self.flag, over.flag);
        set(&mut self.trustees, over.trustees);
        set(&mut self.regions, over.regions);
        self.is_guides &= over.allowed.is_none();
        set(&mut self.allowed, over.allowed);
        set(&mut self.service, over.service);
        self.rules.extend(over.rules);
    }

    /// Adds the patterns of a partner: its people are of the tier too.
    fn add(&mut self, partner: &Self) {
        fn add(kept: &mut Option<Vec<String>>, more: Option<&Vec<String>>) {
            if let Some(more) = more {
                kept.get_or_insert_default().extend(more.iter().cloned());
            }
        }
        add(&mut self.names, partner.names.as_ref());
        add(&mut self.roles, partner.roles.as_ref());
        add(&mut self.groups, partner.groups.as_ref());
        add(&mut self.licences, partner.licences.as_ref());
        add(&mut self.domains, partner.domains.as_ref());
        add(&mut self.divisions, partner.divisions.as_ref());
        add(&mut self.queues, partner.queues.as_ref());
        add(&mut self.departments, partner.departments.as_ref());
        add(&mut self.employers, partner.employers.as_ref());
    }
}

/// The settings of a run.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// The tiers by name. A setting of a tier replaces the built-in one of the same name.
    #[serde(default)]
    pub tiers: BTreeMap<String, TierPolicy>,
    /// The partners by name, each with what tells its people, queues and divisions. Each is a tier
    /// of that name, and all of them are of the tier `bpo`.
    #[serde(default)]
    pub partners: BTreeMap<String, TierPolicy>,
    /// What permissions are good for: lists of permission patterns by name. A list in a
    /// file adds to the built-in one of the same name.
    #[serde(default)]
    pub capabilities: BTreeMap<String, Vec<String>>,
    /// What holds for the findings of a rule, by its id. What a tier says of it comes before.
    #[serde(default)]
    pub rules: BTreeMap<String, RuleSettings>,
    /// What must hold and what must not, whatever the rules say.
    #[serde(default)]
    pub expect: Vec<Expect>,
    /// Folders, as seen from this file, whose `.toml` files hold further `[[expect]]` and nothing else.
    #[serde(default, rename = "expect-in", skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<String>")]
    pub expect_in: Vec<Spanned<String>>,
    /// Findings that are accepted, each with a reason.
    #[serde(default)]
    pub allow: Vec<Allow>,
    /// Whether findings may be accepted at all: by `allow`, by a baseline, or by switching a rule off in
    /// settings below these. A file that says `false` is not overruled by another.
    #[serde(rename = "allow-suppressions")]
    pub allow_suppressions: Option<bool>,
    /// The access that was reviewed, where there is a lock.
    #[serde(skip)]
    pub lock: Option<Lock>,
    /// The path and the text of each file that was read, the team's before the organisation's.
    #[serde(skip)]
    pub sources: Vec<(String, String)>,
    /// The file that forbids suppressions, if one does.
    #[serde(skip)]
    pub banned_by: Option<String>,
    /// How many rules were switched off in files below the one that forbids it.
    #[serde(skip)]
    pub overruled: usize,
    /// The day that ends of acceptances are compared with.
    #[serde(skip)]
    pub today: Option<Date>,
}

impl Policy {
    /// The built-in settings.
    #[must_use]
    pub fn built_in() -> Self {
        let mut policy: Self = toml::from_str(DEFAULT_POLICY).unwrap_or_default();
        policy.tiers.values_mut().for_each(|tier| tier.is_guides = tier.allowed.is_some());
        Self { capabilities: toml::from_str(CAPABILITIES).unwrap_or_default(), ..policy }
    }

    /// The built-in settings with those of a `rolecall.toml` over them.
    ///
    /// # Errors
    /// When `text` is not TOML or holds a key that means nothing here.
    pub fn read(path: &str, text: &str) -> Result<Self, Box<FileFault>> {
        Self::built_in().with(path, text)
    }

    /// These settings with those of another file over them.
    ///
    /// # Errors
    /// When `text` is not TOML or holds a key that means nothing here.
    pub fn with(mut self, path: &str, text: &str) -> Result<Self, Box<FileFault>> {
        let given: Self = toml::from_str(text).map_err(|e| Box::new(FileFault::of_toml(path, text, 0, &e)))?;
        let number = u32::try_from(self.sources.len()).unwrap_or(u32::MAX);
        if given.allow_suppressions == Some(false) {
            self.ban(path);
        }
        for (name, tier) in given.tiers {
            self.tiers.entry(name).or_default().override_with(tier);
        }
        self.add_partners(path, text, given.partners)?;
        for (id, settings) in given.rules {
            self.rules.entry(id).or_default().override_with(&settings);
        }
        self.add_expectations(path, text, given.expect)?;
        self.expect_in = given.expect_in;
        given.allow.iter().try_for_each(|entry| entry.check(path, text))?;
        self.allow.extend(given.allow.into_iter().map(|entry| Allow { source: number, ..entry }));
        self.sources.push((path.to_owned(), text.to_owned()));
        for (name, permissions) in given.capabilities {
            if let Some(wrong) = permissions.iter().find(|p| Permission::parse(p, None).is_none()) {
                let at =
                    text.find(wrong.as_str()).filter(|_| !wrong.is_empty()).map_or(0..0, |at| at..at + wrong.len());
                let (message, help) =
                    (format!("`{wrong}` is no permission"), "write `domain:entity:action`, with `*` for any");
                return Err(Box::new(FileFault::new(path, text, at, message, help.to_owned())));
            }
            self.capabilities.entry(name).or_default().extend(permissions);
        }
        Ok(self)
    }

    fn add_partners(
        &mut self,
        path: &str,
        text: &str,
        partners: BTreeMap<String, TierPolicy>,
    ) -> Result<(), Box<FileFault>> {
        for (name, partner) in partners {
            if self.tiers.contains_key(&name) && !self.partners.contains_key(&name) {
                let message = format!("`{name}` is a tier already, and cannot be a partner too");
                let at =
                    text.find(&format!("partners.{name}")).map_or(0..0, |at| at..at + "partners.".len() + name.len());
                let help = "give the partner another name".to_owned();
                return Err(Box::new(FileFault::new(path, text, at, message, help)));
            }
            self.partners.entry(name).or_default().override_with(partner);
        }
        // A list of the tier that this file replaces still holds the people of all partners.
        let tier = self.tiers.entry(PARTNERS.to_owned()).or_default();
        self.partners.values().for_each(|partner| tier.add(partner));
        self.tiers.extend(self.partners.clone());
        Ok(())
    }

    /// Forbids suppressions: what is switched off so far counts as on.
    fn ban(&mut self, path: &str) {
        self.banned_by.get_or_insert_with(|| path.to_owned());
        let of_tiers = self.tiers.values_mut().flat_map(|tier| tier.rules.values_mut());
        for settings in self.rules.values_mut().chain(of_tiers).filter(|settings| settings.off) {
            settings.off = false;
            self.overruled += 1;
        }
        for partner in self.partners.values_mut() {
            partner.rules.values_mut().for_each(|settings| settings.off = false);
        }
    }
}

/// The JSON Schema of `rolecall.toml`, for editors.
#[must_use]
pub fn policy_schema() -> String {
    let schema = schemars::schema_for!(Policy);
    serde_json::to_string_pretty(&schema).unwrap_or_default() + "\n"
}

impl Policy {
    /// The ids of the rules that the settings speak of.
    pub fn rules_named(&self) -> impl Iterator<Item = &str> {
        let of_tiers = self.tiers.values().flat_map(|tier| tier.rules.keys());
        self.rules.keys().chain(of_tiers).map(String::as_str)
    }

    /// The values that findings point to in the settings file of a number, as bytes of its text.
    pub fn values(&self, number: u32) -> impl Iterator<Item = Range<usize>> + '_ {
        let expected = self.expect.iter().filter(move |expect| expect.source == number);
        let permissions = expected.flat_map(|expect| expect.can.iter().chain(&expect.cannot)).map(Spanned::span);
        let accepted = self.allow.iter().filter(move |entry| entry.source == number);
        permissions.chain(accepted.flat_map(Allow::spans))
    }

    /// The first entry of `[[allow]]` whose rule is none of the book's, as a fault.
    #[must_use]
    pub fn unknown_allowed(&self, rules: &Rulebook) -> Option<FileFault> {
        let entry = self.allow.iter().find(|entry| rules.get(entry.rule.as_ref()).is_none())?;
        let (path, text) = self.sources.get(entry.source as usize)?;
        let id = entry.rule.as_ref();
        let help = suggestion(id, rules.iter().map(|rule| rule.id.as_str()));
        Some(FileFault::new(path, text, entry.rule.span(), format!("there is no rule `{id}`"), help))
    }

    /// The first entry of `[[allow]]` that was accepted on a day still to come, as a fault. Without a clock there is none.
    #[must_use]
    pub fn accepted_later(&self) -> Option<FileFault> {
        let today = self.today?;
        let (entry, at) = self.allow.iter().find_map(|entry| Some((entry, entry.is_ahead(today)?)))?;
        let (path, text) = self.sources.get(entry.source as usize)?;
        let help = format!("today is {today}; write the day on which it was accepted");
        Some(FileFault::new(path, text, at, "`since` is a day still to come".to_owned(), help))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_settings_are_read_and_a_file_overrides_one_key_at_a_time() {
        let built_in = Policy::built_in();
        assert_eq!(built_in.tiers.keys().collect::<Vec<_>>(), ["bpo", "service", "supervisor"]);
        let policy =
            Policy::read("rolecall.toml", "[tiers.bpo]\ndomains = ['brightline.example']\n").expect("good settings");
        let bpo = policy.tiers.get("bpo").expect("the tier");
        assert_eq!(bpo.domains.as_deref(), Some(&["brightline.example".to_owned()][..]));
        assert_eq!(bpo.names, built_in.tiers.get("bpo").and_then(|t| t.names.clone()));
    }

    #[test]
    fn capabilities_are_permissions_and_a_file_adds_to_them() {
        let built_in = Policy::built_in();
        assert!(built_in.capabilities.values().flatten().all(|p| Permission::parse(p, None).is_some()));
        let policy = Policy::read("x", "[capabilities]\ntranscripts = ['x:y:z']\nown = ['a:b:c']").expect("good");
        let count = |p: &Policy| p.capabilities.get("transcripts").map_or(0, Vec::len);
        assert_eq!(count(&policy), count(&built_in) + 1);
        assert!(policy.capabilities.contains_key("own"));
        let text = "[capabilities]\nown = [' : ']\n";
        assert_eq!(Policy::read("x", text).expect_err("a fault").message, "` : ` is no permission");
    }

    #[test]
    fn a_list_above_leaves_the_people_of_partners_in_the_tier() {
        let team = Policy::read("rolecall.toml", "[partners.alpha]\ndomains = ['alpha.example']\n").expect("good");
        let both = team.with("policy.toml", "[tiers.bpo]\ndomains = ['brightline.example']\n").expect("good");
        let domains = both.tiers.get("bpo").and_then(|tier| tier.domains.clone()).unwrap_or_default();
        assert_eq!(domains, ["brightline.example", "alpha.example"]);
    }

    #[test]
    fn an_unknown_key_is_an_error_with_a_place_and_a_suggestion() {
        let text = "[tiers.bpo]\nnmaes = ['x']\n";
        let fault = Policy::read("rolecall.toml", text).expect_err("a fault");
        assert_eq!(text.get(fault.at.clone()), Some("nmaes"));
        assert_eq!(fault.help, "did you mean `names`?");
    }
}
