//! What the engine lends to those who ask questions of an export: who is who, and who can do what.

use crate::check::{drafts, settle};
use crate::context::Context;
use crate::detector::{Known, Shown};
use crate::matching::{grant_step, named, steps};
use crate::standing::{self, Wanted};
use crate::vocabulary::divisions;
use crate::vocabulary::reach::{self, Answer, Judgement};
use crate::vocabulary::select::is_all;
use crate::vocabulary::targets::Targets;
use crate::{Aliases, Drafts, Entry, Named, Outcome, Policy, Rulebook, Sensitive, Step, Tiers};
use rolecall_graph::{Access, AccessGraph, Spread};
use rolecall_model::{Assignment, Divisions, Entity, Grant, Kind, Permission, PermissionId, ScopeWord, Sym};
use std::cmp::Ordering;
use std::collections::BTreeMap;
use toml::Spanned;

/// How many of those who stand alike are put in order.
const FIRST: usize = 3;

/// The ground that questions are asked on: the same that rules are judged on.
pub struct Judge<'c, 't> {
    pub(crate) context: Context<'c, 't>,
}

impl<'c, 't> Judge<'c, 't> {
    /// Classifies everybody. Cost: linear in entities and references, times the tiers.
    #[must_use]
    pub fn new(graph: &'c AccessGraph<'t>, policy: &'c Policy) -> Self {
        // No place in the settings is ever shown, so that their file needs no number.
        Self { context: Context::new(graph, policy, u32::MAX) }
    }

    /// The same where places in the settings are shown, and have file numbers from `settings` on.
    #[must_use]
    pub fn at(graph: &'c AccessGraph<'t>, policy: &'c Policy, settings: u32) -> Self {
        Self { context: Context::new(graph, policy, settings) }
    }

    /// The same, with ids for entities that count as what has these in another export.
    #[must_use]
    pub fn with_aliases(mut self, aliases: &'c Aliases) -> Self {
        self.context.aliases = Some(aliases);
        self
    }

    /// The ground of an edited tenant; `before` is that of the one that it was made from, by the same settings.
    #[must_use]
    pub fn edited(graph: &'c AccessGraph<'t>, policy: &'c Policy, settings: u32, before: &Judge<'_, '_>) -> Self {
        Self { context: Context::again(graph, policy, settings, Some(&before.context)) }
    }

    /// Works out what most questions need, so that the first need not wait for it.
    pub fn prepare(&self) {
        self.context.division_class(None);
        self.context.name_start(Entity { kind: Kind::User, row: 0 });
    }

    /// What the rules find on it, and what each found by itself.
    #[must_use]
    pub fn check(&mut self, policy: &Policy, rules: &Rulebook) -> (Outcome, Drafts) {
        let drafts = drafts(&self.context, policy, rules);
        (settle(&mut self.context, policy, rules, drafts.clone()), Drafts(drafts))
    }

    /// What is left of what each rule found by itself, where others were reviewed than before.
    #[must_use]
    pub fn settled(&mut self, policy: &Policy, rules: &Rulebook, drafts: Drafts) -> Outcome {
        settle(&mut self.context, policy, rules, drafts.0)
    }

    /// The graph.
    #[must_use]
    pub fn graph(&self) -> &'c AccessGraph<'t> {
        self.context.graph
    }

    /// Who is of which tier.
    #[must_use]
    pub fn tiers(&self) -> &Tiers {
        &self.context.tiers
    }

    /// The names of the tiers that the settings know.
    pub fn tier_names(&self) -> impl Iterator<Item = &str> {
        self.context.tiers.iter().map(|(name, _)| name)
    }

    /// The names of the partners that the settings declare; each is a tier.
    #[must_use]
    pub fn partners(&self) -> &[&'c str] {
        &self.context.partners
    }

    /// What permissions are good for: lists of patterns by name.
    #[must_use]
    pub fn capabilities(&self) -> &'c BTreeMap<String, Vec<Spanned<String>>> {
        self.context.capabilities
    }

    /// What is meant by the name of a permission, of a capability, or several of them.
    #[must_use]
    pub fn wanted(&self, text: &str) -> Option<Wanted> {
        let trimmed = text.trim();
        let patterns = match self.context.capabilities.get(trimmed) {
            Some(list) => list.iter().filter_map(|pattern| Permission::parse(pattern.as_ref(), None)).collect(),
            None => vec![Permission::parse(trimmed, None)?],
        };
        Some(Wanted::new(&self.context, trimmed, patterns))
    }

    /// What several capabilities name together.
    #[must_use]
    pub fn wanted_of(&self, text: &str, capabilities: &[&str]) -> Wanted {
        let named = capabilities.iter().filter_map(|name| self.context.capabilities.get(*name)).flatten();
        let patterns = named.filter_map(|pattern| Permission::parse(pattern.as_ref(), None)).collect();
        Wanted::new(&self.context, text, patterns)
    }

    /// The known permission that the one asked for may be a slip for, where nobody knows that one.
    #[must_use]
    pub fn slip(&self, wanted: &Wanted) -> Option<&'static str> {
        let [one] = wanted.patterns.as_slice() else { return None };
        let known = Known::new(self.context.graph.tenant);
        (!known.fits(one)).then(|| known.nearest(one)).flatten()
    }

    /// Every way by which somebody has an entry that gives any of what is asked for, shortest first.
    #[must_use]
    pub fn ways(&self, who: Entity, wanted: &Wanted) -> Vec<Access> {
        standing::ways(&self.context, who, wanted)
    }

    /// The same, where it is known which roles lead to any of it: a spread from those that state some.
    #[must_use]
    pub fn ways_by(&self, who: Entity, wanted: &Wanted, leading: &Spread) -> Vec<Access> {
        standing::ways_by(&self.context, who, wanted, |role| leading.hop(role).is_some())
    }

    /// Whether a way reaches what is asked for; `None` where its entry is none of it.
    #[must_use]
    pub fn judge(&self, who: Entity, access: &Access, wanted: &Wanted, targets: Option<&Targets>) -> Option<Judgement> {
        wanted.judge(&self.context, who, access, targets)
    }

    /// What an entry reaches of several things for whoever has it, its role being given by an assignment; where that
    /// depends on who it is, the scope that says so, for [`Self::answer_own`]. What policies deny is not looked at.
    pub fn judge_shared(
        &self,
        grant: &Grant,
        assignment: Option<u32>,
        wanted: &Wanted,
        targets: &Targets,
    ) -> Result<Answer, ScopeWord> {
        wanted.judge_shared(&self.context, grant, assignment, targets)
    }

    /// What an entry reaches of several things whose scope is what its holder is, or else works on.
    #[must_use]
    pub fn answer_own(&self, who: Entity, scope: ScopeWord, targets: &Targets) -> Answer {
        reach::answer_own(&self.context, who, scope, targets)
    }

    /// Which of two comes first by name, or else by what all is put in order by.
    #[inline]
    #[must_use]
    pub fn by_name(&self, a: Entity, b: Entity) -> Ordering {
        self.context.by_name(a, b)
    }

    /// Those who stand alike because they have the same roles in the same divisions, groups and seats. Of each sort
    /// the first three by name come first; sorting all would take longer than most questions.
    #[must_use]
    pub fn sorts(&self, people: impl IntoIterator<Item = Entity>) -> Vec<Vec<Entity>> {
        standing::alike(&self.context, people, FIRST)
    }

    /// A number that two assignments share when they give their roles in the same divisions.
    #[must_use]
    pub fn division_class(&self, assignment: Option<u32>) -> u32 {
        self.context.division_class(assignment)
    }

    /// How far a way reaches, in words: the entry's scope, and the divisions in which its role is given where these count.
    #[must_use]
    pub fn over(&self, who: Entity, access: &Access) -> String {
        let Some(grant) = self.grant(access) else { return String::new() };
        let words = self.context.scope_words(grant);
        let holding = if grant.scope.is_divided() { reach::holding(&self.context, who, access) } else { None };
        match holding.filter(|holding| !holding.rows.is_empty()) {
            Some(holding) => grant.scope.in_division(&words, holding.over(self.context.graph)),
            None => words,
        }
    }

    /// Whether the role by which a way starts is given in every division.
    #[must_use]
    pub fn is_every_division(&self, who: Entity, access: &Access) -> bool {
        let given = reach::assignments(&self.context, who, access);
        given.into_iter().flatten().any(|assignment| assignment.reach == Divisions::Every)
    }

    /// The divisions in which an assignment gives its role, in words: one phrase each.
    #[must_use]
    pub fn divisions(&self, assignment: Option<&Assignment>) -> Vec<String> {
        divisions::words(self.context.graph, assignment)
    }

    /// One division that something lies in, in the same words.
    #[must_use]
    pub fn division(&self, target: Sym) -> String {
        let graph = self.context.graph;
        divisions::one(graph, target, |division| graph.tenant.name(division))
    }

    /// Whether an entry reaches everything by what it says itself.
    #[must_use]
    pub fn is_all(&self, grant: &Grant) -> bool {
        is_all(&self.context, grant)
    }

    /// Whether the catalogue says that divisions do not limit what a permission shares with what is asked for; all that
    /// it stands for, where nothing in particular is.
    #[must_use]
    pub fn is_undivided(&self, permission: PermissionId, wanted: Option<&Wanted>) -> bool {
        match wanted {
            Some(wanted) => wanted.is_aware(permission) == Some(false),
            None => self.context.awareness().is_undivided(permission),
        }
    }

    /// The chain that proves a way, to the permission entry.
    #[must_use]
    pub fn witness(&self, who: Entity, access: &Access) -> Vec<Step> {
        let mut chain = steps(&self.context, who, &access.via);
        let owner = access.via.last().map_or(who, |via| via.to);
        chain.extend(grant_step(&self.context, owner, access.grant).map(|mut step| {
            step.over = Some(self.over(who, access));
            step
        }));
        chain
    }

    /// The sensitive permissions that one stands for, the worst first.
    #[must_use]
    pub fn sensitive(&self, permission: PermissionId) -> &[(&'static Entry, Sensitive)] {
        self.context.sensitive(permission)
    }

    /// An entity as shown to people and machines.
    #[must_use]
    pub fn named(&self, entity: Entity) -> Named {
        named(&self.context, entity)
    }

    /// Those of some people who hold roles, by themselves or by a group, of which the input does not show what they grant, so
    /// that they may have anything. Cost: linear in references to roles.
    pub fn unknown<'j>(&'j self, people: impl IntoIterator<Item = Entity> + 'j) -> impl Iterator<Item = Entity> + 'j {
        let shown = Shown::of(&self.context);
        people.into_iter().filter(move |who| shown.unknown_role(&self.context, *who).is_some())
    }

    /// Whether an entity is of a tier; a division is by the tier's patterns for divisions or names.
    #[must_use]
    pub fn is_of(&self, tier: &str, entity: Entity) -> bool {
        self.of(tier)(entity)
    }

    /// What tells whether one of many entities is of a tier, which is looked up once.
    pub fn of(&self, tier: &str) -> impl Fn(Entity) -> bool + '_ {
        let graph = self.context.graph;
        let tier = self.context.tiers.get(tier);
        move |entity| {
            tier.is_some_and(|tier| match entity.kind {
                Kind::Division => {
                    let is_listed = graph.tenant.head(entity).id.is_some_and(|id| tier.is_division(graph, id));
                    is_listed || tier.is_name(graph.tenant.name(entity))
                }
                _ => tier.contains(entity),
            })
        }
    }

    /// Whether a queue of partners that is none's alone is one on which a partner's people work.
    #[must_use]
    pub fn is_joint(&self, partner: &str, queue: Entity) -> bool {
        let joint = if queue.kind == Kind::Queue { self.context.joint(queue) } else { &[] };
        joint.iter().any(|number| self.context.partners.get(*number) == Some(&partner))
    }

    fn grant(&self, access: &Access) -> Option<&'t Grant> {
        self.context.graph.tenant.grants.get(access.grant as usize)
    }
}
