//! The divisions in which a role is given, in words.

use rolecall_graph::AccessGraph;
use rolecall_model::{Assignment, Divisions, Entity, Kind, Sym};

/// One phrase for each division, or one for what is not a list of them.
pub(crate) fn words(graph: &AccessGraph<'_>, assignment: Option<&Assignment>) -> Vec<String> {
    each(graph, assignment, |division| graph.tenant.name(division))
}

/// The same with divisions by what is theirs, such as a name or an id; of one that the export has not, what is written.
pub(crate) fn each<'g>(
    graph: &'g AccessGraph<'_>,
    assignment: Option<&Assignment>,
    called: impl Fn(Entity) -> &'g str,
) -> Vec<String> {
    let tenant = graph.tenant;
    let Some(assignment) = assignment else { return vec!["divisions that are not shown".to_owned()] };
    match assignment.reach {
        Divisions::Every => vec!["every division".to_owned()],
        Divisions::Home => vec!["the home division".to_owned()],
        Divisions::Unresolved => vec!["divisions that are not resolved".to_owned()],
        Divisions::Unstated => vec!["divisions that are not shown".to_owned()],
        Divisions::Named => {
            let targets = tenant.refs(assignment.divisions).iter().map(|reference| reference.target);
            targets.map(|target| one(graph, target, &called)).collect()
        }
    }
}

/// One division that is referred to.
pub(crate) fn one<'g>(graph: &'g AccessGraph<'_>, target: Sym, called: impl Fn(Entity) -> &'g str) -> String {
    let tenant = graph.tenant;
    let is_same = |home| graph.directory.is_same(Kind::Division, home, target);
    if tenant.home.is_some_and(is_same) {
        return "the home division".to_owned();
    }
    let row = graph.directory.each(Kind::Division, target).next();
    let name = row.map(|row| called(Entity { kind: Kind::Division, row }));
    format!("division {}", name.unwrap_or_else(|| tenant.str(target)))
}
