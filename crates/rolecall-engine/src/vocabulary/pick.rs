//! A selector made ready: its names are looked up and its patterns compiled once, and not for each entity.

use super::select::{holds, kind};
use crate::Tier;
use crate::context::Context;
use crate::rule::spec::{Condition, Selector};
use rolecall_model::{Entity, Kind};
use wildmatch::WildMatch;

/// Tells which entities a selector means.
pub(crate) struct Picker<'p, 'c, 't> {
    context: &'p Context<'c, 't>,
    kinds: Vec<Kind>,
    /// The tier to be of; `None` within where there is no such tier.
    tier: Option<Option<&'p Tier>>,
    except: Vec<&'p Tier>,
    conditions: Vec<(&'p Condition, Vec<WildMatch>)>,
}

impl<'p, 'c, 't> Picker<'p, 'c, 't> {
    pub(crate) fn new(context: &'p Context<'c, 't>, selector: &'p Selector) -> Self {
        let tier = |name: &str| context.tiers.get(name);
        let compiled = |condition: &'p Condition| {
            let patterns = condition.matches.iter().flatten();
            (condition, patterns.map(|p| WildMatch::new_case_insensitive(p)).collect())
        };
        Self {
            context,
            kinds: selector.kind.iter().map(|word| kind(*word)).collect(),
            tier: selector.tier.as_ref().map(|name| tier(name.as_ref())),
            except: selector.except.iter().filter_map(|name| tier(name.as_ref())).collect(),
            conditions: selector.conditions.iter().map(compiled).collect(),
        }
    }

    /// Whether an entity is meant.
    pub(crate) fn picks(&self, entity: Entity) -> bool {
        self.kinds.contains(&entity.kind)
            && self.tier.is_none_or(|tier| tier.is_some_and(|tier| tier.contains(entity)))
            && !self.except.iter().any(|tier| tier.contains(entity))
            && self.conditions.iter().all(|(condition, patterns)| holds(self.context, condition, patterns, entity))
    }

    /// The entities that are meant, in order of kind and row.
    pub(crate) fn all(&self) -> Vec<Entity> {
        let tenant = self.context.graph.tenant;
        let all = self.kinds.iter().flat_map(|kind| tenant.entities(*kind));
        all.filter(|entity| self.picks(*entity)).collect()
    }
}
