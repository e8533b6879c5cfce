//! What limits a permission entry: views, groups, or what a condition names.

use crate::context::Context;
use crate::held::NAMED;
use crate::vocabulary::select;
use crate::wording;
use rolecall_model::{Entity, Grant, List, ScopeWord, Sym};

impl Context<'_, '_> {
    /// How far a permission entry reaches, in words. Of many views or groups a few are named.
    pub(crate) fn scope_words(&self, grant: &Grant) -> String {
        if grant.scope == ScopeWord::Condition && grant.targets.len > 0 {
            return format!("what its condition names: {}", wording::some_of(self.limit_names(grant)));
        }
        let named = u32::try_from(NAMED).unwrap_or(u32::MAX);
        let some = List { len: grant.targets.len.min(named), ..grant.targets };
        let phrase = self.graph.tenant.scope_phrase(&Grant { targets: some, ..*grant });
        let phrase = match grant.targets.len.saturating_sub(named) {
            0 => phrase,
            more => format!("{phrase} and {} more", wording::thousands(more as usize)),
        };
        let is_every_queue = grant.scope == ScopeWord::View && select::is_all(self, grant);
        if is_every_queue { format!("All ({phrase} holds every queue)") } else { phrase }
    }

    /// What limits an entry: views, groups, or what a condition names. What is not found is left out.
    pub(crate) fn limits(&self, grant: &Grant) -> Vec<Entity> {
        let directory = &self.graph.directory;
        let found = |target: Sym| {
            let rows = grant
                .scope
                .limiting()
                .iter()
                .flat_map(move |kind| directory.each(*kind, target).map(|row| (*kind, row)));
            rows.map(|(kind, row)| Entity { kind, row })
        };
        self.graph.tenant.refs(grant.targets).iter().flat_map(|r| found(r.target)).collect()
    }

    /// The same by id, each once and in order, however the entry refers to it and in whatever order; what is not found
    /// as it is written.
    pub(crate) fn limit_ids(&self, grant: &Grant) -> Vec<&str> {
        let (tenant, directory) = (self.graph.tenant, &self.graph.directory);
        let mut ids: Vec<&str> = Vec::new();
        for reference in tenant.refs(grant.targets) {
            let before = ids.len();
            for kind in grant.scope.limiting() {
                let rows = directory.each(*kind, reference.target).map(|row| Entity { kind: *kind, row });
                ids.extend(rows.map(|limit| self.id(limit)));
            }
            if ids.len() == before {
                ids.push(tenant.str(reference.target));
            }
        }
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    /// How far an entry reaches, and the ids of what limits it, to be compared: what counts as All is All.
    pub(crate) fn reach(&self, grant: &Grant) -> (String, Vec<String>) {
        if grant.scope == ScopeWord::Undeclared || select::is_all(self, grant) {
            return ("All".to_owned(), Vec::new());
        }
        let limits: Vec<String> = self.limit_ids(grant).into_iter().map(str::to_owned).collect();
        let over = match grant.scope {
            ScopeWord::View => "View".to_owned(),
            ScopeWord::Group => "Group".to_owned(),
            ScopeWord::Condition if !limits.is_empty() => "what its condition names:".to_owned(),
            scope => self.graph.tenant.scope_words(scope, &[]),
        };
        (over, limits)
    }

    /// The id by which an entity is told from others; the name where the export gives none.
    pub(crate) fn id(&self, entity: Entity) -> &str {
        let tenant = self.graph.tenant;
        let alias = self.aliases.and_then(|aliases| aliases.get(&entity));
        let id = alias.map_or_else(|| tenant.id(entity), String::as_str);
        if id.is_empty() { tenant.name(entity) } else { id }
    }

    /// The same by name; what is not found as it is written.
    pub(crate) fn limit_names(&self, grant: &Grant) -> Vec<&str> {
        let graph = self.graph;
        let name = |target: Sym| {
            let mut found =
                grant.scope.limiting().iter().filter_map(|kind| {
                    graph.directory.each(*kind, target).next().map(|row| Entity { kind: *kind, row })
                });
            found.next().map_or_else(|| graph.tenant.str(target), |limit| graph.tenant.name(limit))
        };
        graph.tenant.refs(grant.targets).iter().map(|r| name(r.target)).collect()
    }

    /// What entries of one permission are sorted by: how far they reach in words, with what limits them by name and not
    /// as the entry refers to it.
    pub(crate) fn reach_order(&self, grant: &Grant) -> (String, Vec<&str>) {
        let bare = Grant { targets: List::default(), ..*grant };
        (self.graph.tenant.scope_phrase(&bare), self.limit_names(grant))
    }
}
