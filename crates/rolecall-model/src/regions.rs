//! Regions, which are told apart by no letter case.

use crate::{Ref, Strings, Sym, Tenant, Text};
use hashbrown::HashMap;

/// A word for a region, as it is compared.
fn folded(word: &str) -> String {
    word.trim().to_lowercase()
}

/// What words lead to: to a region that is listed, by its id before its name.
struct Listed<'s> {
    strings: &'s Strings,
    by_word: HashMap<String, Sym>,
    exact: HashMap<Sym, Sym>,
}

impl Listed<'_> {
    /// The word that the listing has for what a reference means.
    fn word(&mut self, target: Sym) -> Sym {
        let (strings, by_word) = (self.strings, &self.by_word);
        let word = || by_word.get(&folded(strings.of(target))).copied().unwrap_or(target);
        *self.exact.entry(target).or_insert_with(word)
    }
}

impl Tenant {
    /// Lets references to regions lead to the listed one whose id or name differs from them by letter case alone.
    pub(crate) fn join_regions(&mut self) {
        let ids: Vec<Sym> = self.regions.iter().filter_map(|region| region.id).collect();
        let names: Vec<Text> = self.regions.iter().map(|region| region.name).collect();
        let names: Vec<String> = names.into_iter().map(|name| self.strings.text(name).to_owned()).collect();
        let names: Vec<Sym> =
            names.iter().filter(|name| !name.is_empty()).map(|name| self.strings.intern(name)).collect();
        if ids.is_empty() && names.is_empty() {
            return;
        }
        // What is an id or name as it stands leads there already; the first that is listed counts, and ids before names.
        let all = || ids.iter().chain(&names).copied();
        let strings = &self.strings;
        let by_word = all().rev().map(|word| (folded(strings.of(word)), word)).collect();
        let mut listed = Listed { strings, by_word, exact: all().map(|word| (word, word)).collect() };
        let of_users = self.users.iter_mut().filter_map(|user| user.region.as_mut());
        let of_queues = self.queues.iter_mut().filter_map(|queue| queue.region.as_mut());
        for Ref { target, .. } in of_users.chain(of_queues) {
            *target = listed.word(*target);
        }
        let is_of_region = |dimension: Sym| folded(strings.of(dimension)) == "region";
        for values in self.filters.iter().filter(|filter| is_of_region(filter.dimension)).map(|filter| filter.values) {
            let stretch = values.start as usize..(values.start + values.len) as usize;
            for Ref { target, .. } in self.refs.get_mut(stretch).into_iter().flatten() {
                *target = listed.word(*target);
            }
        }
    }
}
