//! Whom queues ask whole: groups, and what is none.

use crate::lower::Lower;
use rolecall_model::{List, Sym};
use rolecall_source::Node;
use std::collections::HashSet;

/// What may stand among the groups of a queue and is none (`type` of `MemberGroup` in the platform's public API), in words.
const OTHERS: [(&str, &str); 2] = [("TEAM", "a team"), ("SKILLGROUP", "a group by skill")];

impl Lower<'_> {
    /// Whether what a queue asks is of a type that is no group of users; that is said, since nothing that is read says
    /// who is in it.
    pub(crate) fn is_other_seat(&mut self, kind: Option<&str>, seat: Node<'_, '_>) -> bool {
        let kind = kind.unwrap_or_default();
        let other = OTHERS.iter().find(|(other, _)| kind.eq_ignore_ascii_case(other));
        if let Some((_, what)) = other {
            self.not_evaluated(format!("{what} is on the queue, and who is in it is not known"), "", seat);
        }
        other.is_some()
    }

    /// The references added since there were `start` of them, each once: a queue may ask one group in several turns.
    pub(crate) fn distinct_from(&mut self, start: usize) -> List {
        self.distinct(start, &mut HashSet::new());
        self.list_from(start)
    }

    /// Leaves of the references added since there were `start` of them those to what is not known yet, each once.
    pub(crate) fn distinct(&mut self, start: usize, known: &mut HashSet<Sym>) {
        let added = self.tenant.refs.split_off(start);
        self.tenant.refs.extend(added.into_iter().filter(|reference| known.insert(reference.target)));
    }
}
