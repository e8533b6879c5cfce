//! Settings: which tiers there are and what tells them.

mod expect;
mod stated;
mod tier;

pub use expect::Expect;
pub(crate) use stated::{Selects, Stated};
pub use tier::{RuleSettings, TierPolicy};

use crate::fault::{nearest, suggestion};
use crate::{Allow, FileFault, Lock, Reviewed, Rulebook};
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
    #[schemars(with = "BTreeMap<String, Vec<String>>")]
    pub capabilities: BTreeMap<String, Vec<Spanned<String>>>,
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
    /// What the team's own file selects by.
    #[serde(skip)]
    pub(crate) stated: Vec<Stated>,
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
    /// What is known of findings beside those that `allow` accepts.
    #[serde(skip)]
    pub reviewed: Reviewed,
}

impl Policy {
    /// The built-in settings.
    #[must_use]
    pub fn built_in() -> Self {
        let mut policy: Self = toml::from_str(DEFAULT_POLICY).unwrap_or_default();
        policy.tiers.values_mut().for_each(|tier| tier.is_guides = tier.allowed.is_some());
        Self { capabilities: toml::from_str(CAPABILITIES).unwrap_or_default(), ..policy }
    }

    /// The same settings, where so much is known of findings.
    #[must_use]
    pub fn reviewed_as(&self, reviewed: Reviewed) -> Self {
        Self { reviewed, ..self.clone() }
    }

    /// The built-in settings with those of a `rolecall.toml` over them.
    ///
    /// # Errors
    /// When `text` is not TOML or holds a key that means nothing here.
    pub fn read(path: &str, text: &str) -> Result<Self, Box<FileFault>> {
        let (mut policy, given) = (Self::built_in(), Self::given(path, text)?);
        policy.stated = stated::stated(text, &given, &policy);
        policy.over(path, text, given)
    }

    /// These settings with those of another file over them.
    ///
    /// # Errors
    /// When `text` is not TOML or holds a key that means nothing here.
    pub fn with(self, path: &str, text: &str) -> Result<Self, Box<FileFault>> {
        self.over(path, text, Self::given(path, text)?)
    }

    /// What one file says.
    fn given(path: &str, text: &str) -> Result<Self, Box<FileFault>> {
        let given: Self = toml::from_str(text).map_err(|e| Box::new(FileFault::of_toml(path, text, 0, &e)))?;
        stated::check(path, text, &given)?;
        Ok(given)
    }

    /// These settings with what a file gives over them.
    fn over(mut self, path: &str, text: &str, given: Self) -> Result<Self, Box<FileFault>> {
        let number = u32::try_from(self.sources.len()).unwrap_or(u32::MAX);
        if given.allow_suppressions == Some(false) {
            self.ban(path);
        }
        if self.allow_suppressions != Some(false) {
            self.allow_suppressions = given.allow_suppressions.or(self.allow_suppressions);
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
            permissions.iter().try_for_each(|permission| is_permission(path, text, permission))?;
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
                let at = stated::head(text, "partners", &name).unwrap_or(0..0);
                let help = "give the partner another name".to_owned();
                return Err(Box::new(FileFault::new(path, text, at, message, help)));
            }
            self.partners.entry(name).or_default().override_with(partner);
        }
        // A list of the tier that this file replaces still holds the people of all partners.
        let tier = self.tiers.entry(PARTNERS.to_owned()).or_default();
        self.partners.values().for_each(|partner| tier.add(partner.clone()));
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

/// Finds what is no permission.
fn is_permission(path: &str, text: &str, permission: &Spanned<String>) -> Result<(), Box<FileFault>> {
    if Permission::parse(permission.as_ref(), None).is_some() {
        return Ok(());
    }
    let message = format!("`{}` is no permission", permission.as_ref());
    let help = "write `domain:entity:action`, with `*` for any".to_owned();
    Err(Box::new(FileFault::new(path, text, permission.span(), message, help)))
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
        let stated = self.stated.iter().filter(move |_| number == 0).map(|stated| stated.pattern.span());
        permissions.chain(accepted.flat_map(Allow::spans)).chain(stated)
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

    /// The first tier or partner of the settings that nothing tells, as a fault. Those that are built in may be emptied.
    #[must_use]
    pub fn untold(&self) -> Option<FileFault> {
        let mut untold = self.tiers.keys().filter(|name| !self.is_told(name)).peekable();
        untold.peek()?;
        let built_in = Self::built_in().tiers;
        let name = untold.find(|name| !built_in.contains_key(*name))?;
        let known = self.tiers.keys().filter(|name| built_in.contains_key(*name) || self.is_told(name));
        let (table, word) = if self.partners.contains_key(name) { ("partners", "partner") } else { ("tiers", "tier") };
        let mut files = self.sources.iter();
        let (path, text, at) = files.find_map(|(path, text)| Some((path, text, stated::head(text, table, name)?)))?;
        let message = format!("nothing says who is of the {word} `{name}`");
        let near = nearest(name, known.map(String::as_str)).map(|near| format!("; or did you mean `{near}`?"));
        let help = format!(
            "select people by `names`, `groups`, `roles`, `domains` or another key{}",
            near.unwrap_or_default()
        );
        Some(FileFault::new(path, text, at, message, help))
    }

    fn is_told(&self, tier: &str) -> bool {
        self.tiers.get(tier).is_some_and(TierPolicy::is_told)
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

    fn texts(patterns: Option<&[Spanned<String>]>) -> Vec<&str> {
        patterns.into_iter().flatten().map(|pattern| pattern.as_ref().as_str()).collect()
    }

    #[test]
    fn the_built_in_settings_are_read_and_a_file_overrides_one_key_at_a_time() {
        let built_in = Policy::built_in();
        assert_eq!(built_in.tiers.keys().collect::<Vec<_>>(), ["bpo", "service", "supervisor"]);
        let policy =
            Policy::read("rolecall.toml", "[tiers.bpo]\ndomains = ['brightline.example']\n").expect("good settings");
        let bpo = policy.tiers.get("bpo").expect("the tier");
        assert_eq!(texts(bpo.domains.as_deref()), ["brightline.example"]);
        assert_eq!(texts(bpo.names.as_deref()), texts(built_in.tiers.get("bpo").and_then(|t| t.names.as_deref())));
    }

    #[test]
    fn capabilities_are_permissions_and_a_file_adds_to_them() {
        let built_in = Policy::built_in();
        assert!(built_in.capabilities.values().flatten().all(|p| Permission::parse(p.as_ref(), None).is_some()));
        let policy = Policy::read("x", "[capabilities]\ntranscripts = ['x:y:z']\nown = ['a:b:c']").expect("good");
        let count = |p: &Policy| p.capabilities.get("transcripts").map_or(0, Vec::len);
        assert_eq!(count(&policy), count(&built_in) + 1);
        assert!(policy.capabilities.contains_key("own"));
        let text = "[capabilities]\nown = [' : ']\n";
        assert_eq!(Policy::read("x", text).expect_err("a fault").message, "` : ` is no permission");
    }

    #[test]
    fn whoever_a_mark_makes_a_partner_s_is_of_all_partners_too() {
        let settings = "[tiers.bpo]\nflag = false\ntrustees = false\n\
                        [partners.alpha]\nflag = true\n[partners.beta]\nflag = false\ntrustees = true\nservice = true\n";
        let policy = Policy::read("rolecall.toml", settings).expect("good");
        let marks = |tier: &str| policy.tiers.get(tier).map(|tier| (tier.flag, tier.trustees, tier.service));
        assert_eq!(marks(PARTNERS), Some((Some(true), Some(true), Some(true))));
        assert_eq!(marks("alpha"), Some((Some(true), None, None)));
        let none = Policy::read("rolecall.toml", "[tiers.bpo]\nflag = false\n[partners.alpha]\nflag = false\n");
        assert_eq!(none.expect("good").tiers.get(PARTNERS).map(|tier| tier.flag), Some(Some(false)));
    }

    #[test]
    fn a_list_above_leaves_the_people_of_partners_in_the_tier() {
        let team = Policy::read("rolecall.toml", "[partners.alpha]\ndomains = ['alpha.example']\n").expect("good");
        let both = team.with("policy.toml", "[tiers.bpo]\ndomains = ['brightline.example']\n").expect("good");
        let domains = both.tiers.get("bpo").and_then(|tier| tier.domains.clone()).unwrap_or_default();
        assert_eq!(texts(Some(&domains)), ["brightline.example", "alpha.example"]);
    }

    #[test]
    fn an_unknown_key_is_an_error_with_a_place_and_a_suggestion() {
        let text = "[tiers.bpo]\nnmaes = ['x']\n";
        let fault = Policy::read("rolecall.toml", text).expect_err("a fault");
        assert_eq!(text.get(fault.at.clone()), Some("nmaes"));
        assert_eq!(fault.help, "did you mean `names`?");
    }
}
