//! By which assignments somebody holds a role. An administrator may hold hundreds, each in dozens of divisions, and is
//! asked about once for every entry of theirs.

use crate::vocabulary::divisions;
use hashbrown::HashMap;
use rolecall_graph::AccessGraph;
use rolecall_model::Entity;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// Of fewer edges to roles none is looked up: they are gone over as soon.
const FEW: usize = 16;

/// A role as somebody holds it.
#[derive(Debug, Default)]
pub(crate) struct Holding {
    /// The rows of the assignments that give it; `None` for one that the export does not show.
    pub(crate) rows: Vec<Option<u32>>,
    over: OnceLock<String>,
}

impl Holding {
    /// The divisions in which it is given, in words.
    pub(crate) fn over(&self, graph: &AccessGraph<'_>) -> &str {
        self.over.get_or_init(|| {
            let assignment = |row: u32| graph.tenant.assignments.get(row as usize);
            let rows = self.rows.iter().map(|row| row.and_then(assignment));
            let mut words: Vec<String> = rows.flat_map(|assignment| divisions::words(graph, assignment)).collect();
            words.sort();
            words.dedup();
            match words.iter().find(|words| *words == "every division") {
                Some(every) => every.clone(),
                None => words.join(", "),
            }
        })
    }
}

type ByRole = HashMap<u32, Arc<Holding>>;

/// What was asked of those who hold many roles, or one in many divisions.
#[derive(Debug, Default)]
pub(crate) struct Holdings(Mutex<HashMap<Entity, Arc<ByRole>>>);

impl Holdings {
    /// How a holder has a role; none of it where they do not.
    pub(crate) fn of(&self, graph: &AccessGraph<'_>, holder: Entity, role: u32) -> Arc<Holding> {
        let held = || graph.holdings(holder).map(|(role, _, row)| (role, row));
        if held().nth(FEW).is_none() {
            let rows = held().filter(|(held, _)| *held == role).map(|(_, row)| row).collect();
            return Arc::new(Holding { rows, over: OnceLock::new() });
        }
        let known = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = known().get(&holder).map(Arc::clone);
        let all = found.unwrap_or_else(|| {
            let mut all: HashMap<u32, Holding> = HashMap::new();
            held().for_each(|(role, row)| all.entry(role).or_default().rows.push(row));
            let all: ByRole = all.into_iter().map(|(role, holding)| (role, Arc::new(holding))).collect();
            Arc::clone(known().entry(holder).or_insert(Arc::new(all)))
        });
        all.get(&role).map(Arc::clone).unwrap_or_default()
    }
}
