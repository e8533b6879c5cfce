//! The chain that proves a finding, in one line.

use rolecall_engine::{Named, Step};

/// `Ana Reis → group Planning → role Claims Analyst → reporting:reportingData:view over All`
pub(crate) fn chain(steps: &[Step]) -> String {
    let mut line = String::new();
    if let Some(first) = steps.first() {
        line.push_str(&node(&first.from));
    }
    for step in steps {
        // Belonging and holding are what an arrow means; other edges are named.
        match step.edge {
            "inherits" => line.push_str(" → inherits "),
            "impersonates" => line.push_str(" → impersonates "),
            _ => line.push_str(" → "),
        }
        line.push_str(&node(&step.to));
        if let Some(over) = &step.over {
            line.push_str(" over ");
            line.push_str(over);
        }
    }
    line
}

fn node(named: &Named) -> String {
    match named.kind {
        "user" | "permission" => named.name.clone(),
        kind => format!("{} {}", kind.replace('-', " "), named.name),
    }
}
