//! The names that one thing goes by: its address, its real id, what it was looked up by, the block that it is made by.

use crate::{Common, Head, Kind, Sym, Tenant};
use hashbrown::{HashMap, HashSet};

/// What names mean.
#[derive(Default)]
pub(crate) struct Names {
    /// For each name another of the same thing that is nearer to the one that all lead to, which leads to itself.
    next: HashMap<Sym, Sym>,
    /// The names, in the order in which they were met.
    all: Vec<Sym>,
    /// Names of several things.
    pub(crate) many: HashMap<Sym, Vec<Sym>>,
}

impl Names {
    /// Takes two names for names of one thing.
    pub(crate) fn join(&mut self, a: Sym, b: Sym) {
        for name in [a, b] {
            self.next.entry(name).or_insert_with(|| {
                self.all.push(name);
                name
            });
        }
        let (a, b) = (self.root(a), self.root(b));
        self.next.insert(a, b);
    }

    /// The name that all of one thing lead to. Each is led there at once from now on, so that no way stays long.
    pub(crate) fn root(&mut self, name: Sym) -> Sym {
        let next = |next: &HashMap<Sym, Sym>, at: Sym| next.get(&at).copied().filter(|next| *next != at);
        let mut root = name;
        while let Some(nearer) = next(&self.next, root) {
            root = nearer;
        }
        let mut at = name;
        while let Some(nearer) = next(&self.next, at) {
            self.next.insert(at, root);
            at = nearer;
        }
        root
    }

    pub(crate) fn has(&self, name: Sym) -> bool {
        self.next.contains_key(&name)
    }
}

impl Tenant {
    /// Makes one id of the several that an entity goes by: the one under which it is listed, the configuration's before
    /// that of others, else its address.
    pub(crate) fn resolve_names(&mut self) {
        if self.aliases.is_empty() && self.sought.is_empty() && self.instances.is_empty() {
            return;
        }
        let mut names = Names::default();
        let aliases = std::mem::take(&mut self.aliases);
        let several = self.join_aliases(&aliases, &mut names);
        self.find_instances(&aliases, &mut names);
        self.tell_apart(several, &mut names);
        self.find_sought(&mut names);
        let meaning = self.meaning(&mut names);
        let mean = |name: Sym| meaning.get(&name).copied().unwrap_or(name);
        let mut real: Vec<(Sym, Sym)> = meaning.iter().map(|(name, meant)| (*meant, *name)).collect();
        real.retain(|(_, name)| Sort::of(self.str(*name)) == Sort::Real);
        real.sort_unstable_by_key(|(meant, name)| (meant.index(), name.index()));
        self.real_ids = Common::Own(real);
        self.replace(&mean);
        self.each_head(&mut |head| {
            if let Some(id) = head.id.map(mean).filter(|id| Some(*id) != head.id) {
                (head.id, head.embedded) = (Some(id), true);
            }
        });
        let mut many: HashMap<Sym, Vec<Sym>> = HashMap::new();
        for (name, all) in names.many {
            many.entry(mean(name)).or_default().extend(all.into_iter().map(mean));
        }
        for all in many.values_mut() {
            all.sort_unstable_by_key(|name| self.str(*name));
            all.dedup();
        }
        self.expand(&many);
        self.beyond.sort_by_key(|beyond| beyond.origin);
    }

    /// Joins names of one thing. What is left are the addresses with several real ids: an address need be unique within
    /// its folder alone, and what has an id of its own is a thing of its own.
    fn join_aliases(&self, aliases: &[(Sym, Sym)], names: &mut Names) -> Vec<(Sym, Vec<Sym>)> {
        let mut aliases = aliases.to_vec();
        aliases.sort_unstable_by_key(|(name, id)| (name.index(), id.index()));
        aliases.dedup();
        let mut several: Vec<&[(Sym, Sym)]> = Vec::new();
        for of_one in aliases.chunk_by(|a, b| a.0 == b.0) {
            match of_one {
                [(name, id)] => names.join(*name, *id),
                _ => several.push(of_one),
            }
        }
        // Ids may be those of one thing by another name of it.
        several.retain(|of_one| {
            let roots: HashSet<Sym> = of_one.iter().map(|(_, id)| names.root(*id)).collect();
            let is_one = roots.len() == 1;
            of_one.iter().filter(|_| is_one).for_each(|(name, id)| names.join(*name, *id));
            !is_one
        });
        several.iter().filter_map(|all| Some((all.first()?.0, all.iter().map(|(_, id)| *id).collect()))).collect()
    }

    /// Lets an address with several real ids mean all that these are of, and what the configuration has by it.
    fn tell_apart(&self, several: Vec<(Sym, Vec<Sym>)>, names: &mut Names) {
        if several.is_empty() {
            return;
        }
        let roots: HashSet<Sym> = several.iter().map(|(name, _)| names.root(*name)).collect();
        let ids = Kind::ALL.into_iter().flat_map(|kind| self.heads(kind)).filter_map(|head| head.id);
        let known: HashSet<Sym> = ids.map(|id| names.root(id)).filter(|root| roots.contains(root)).collect();
        let several: HashMap<Sym, Vec<Sym>> = several.into_iter().collect();
        // Instances of a block are among what the block means.
        for all in names.many.values_mut() {
            *all = all.iter().flat_map(|name| several.get(name).cloned().unwrap_or_else(|| vec![*name])).collect();
        }
        for (name, mut all) in several {
            all.extend(known.contains(&names.root(name)).then_some(name));
            names.many.insert(name, all);
        }
    }

    /// The heads of all entities.
    pub(crate) fn heads(&self, kind: Kind) -> impl Iterator<Item = Head> + '_ {
        self.entities(kind).map(|entity| self.head(entity))
    }

    /// Takes what the state has of a block for what the configuration says of it. One instance is the same thing. Of
    /// several the configuration is but a pattern, which is dropped, and whoever means it means all of them.
    fn find_instances(&mut self, aliases: &[(Sym, Sym)], names: &mut Names) {
        let mut instances = std::mem::take(&mut self.instances);
        instances.sort_unstable_by_key(|(instance, block)| (block.index(), instance.index()));
        instances.dedup();
        let blocks: HashSet<Sym> = instances.iter().map(|(_, block)| *block).collect();
        let (mut configured, mut stated) = (HashSet::new(), HashSet::new());
        if !blocks.is_empty() {
            stated.extend(aliases.iter().map(|(address, _)| *address).filter(|address| blocks.contains(address)));
            let looked_up = self.sought.iter().map(|sought| sought.head);
            for head in Kind::ALL.into_iter().flat_map(|kind| self.heads(kind)) {
                if let Some(id) = head.id.filter(|id| blocks.contains(id)) {
                    if head.embedded { &mut stated } else { &mut configured }.insert(id);
                }
            }
            configured.extend(looked_up.filter_map(|head| head.id).filter(|id| blocks.contains(id)));
        }
        for of_one in instances.chunk_by(|a, b| a.1 == b.1) {
            // What the state has at that very address is what the configuration says; it has more of them elsewhere.
            match of_one {
                [(_, block), ..] if !configured.contains(block) || stated.contains(block) => {}
                [(instance, block)] => names.join(*instance, *block),
                [(_, block), ..] => {
                    names.many.insert(*block, of_one.iter().map(|(instance, _)| *instance).collect());
                }
                [] => {}
            }
        }
        if !names.many.is_empty() {
            self.sought.retain(|sought| sought.head.id.is_none_or(|id| !names.many.contains_key(&id)));
            self.drop_heads(&|head| head.id.is_some_and(|id| names.many.contains_key(&id)));
        }
    }

    /// The name that each of several is to be replaced by.
    fn meaning(&self, names: &mut Names) -> HashMap<Sym, Sym> {
        let mut listed: HashSet<Sym> = HashSet::new();
        for kind in Kind::ALL {
            let ids = self.heads(kind).filter(|head| !head.embedded).filter_map(|head| head.id);
            listed.extend(ids.filter(|id| names.has(*id)));
        }
        let all = std::mem::take(&mut names.all);
        let rank = |name: Sym| (!listed.contains(&name), Sort::of(self.str(name)), self.str(name));
        let mut best: HashMap<Sym, Sym> = HashMap::new();
        for &name in &all {
            let known = best.entry(names.root(name)).or_insert(name);
            if rank(name) < rank(*known) {
                *known = name;
            }
        }
        let mean = |name: Sym| Some((name, *best.get(&names.root(name))?));
        all.into_iter().filter_map(mean).filter(|(name, meant)| name != meant).collect()
    }

    fn each_head(&mut self, change: &mut dyn FnMut(&mut Head)) {
        self.roles.iter_mut().for_each(|role| change(&mut role.head));
        self.users.iter_mut().for_each(|user| change(&mut user.head));
        self.service_accounts.iter_mut().for_each(|account| change(&mut account.head));
        self.groups.iter_mut().for_each(|group| change(&mut group.head));
        self.queues.iter_mut().for_each(|queue| change(&mut queue.head));
        self.oauth_clients.iter_mut().for_each(|client| change(&mut client.head));
        self.recording_policies.iter_mut().for_each(|policy| change(&mut policy.head));
        self.divisions.iter_mut().for_each(change);
    }

    fn drop_heads(&mut self, is_gone: &dyn Fn(&Head) -> bool) {
        self.roles.retain(|role| !is_gone(&role.head));
        self.users.retain(|user| !is_gone(&user.head));
        self.service_accounts.retain(|account| !is_gone(&account.head));
        self.groups.retain(|group| !is_gone(&group.head));
        self.queues.retain(|queue| !is_gone(&queue.head));
        self.oauth_clients.retain(|client| !is_gone(&client.head));
        self.recording_policies.retain(|policy| !is_gone(&policy.head));
        self.divisions.retain(|division| !is_gone(division));
    }
}

/// What sort of name one is, the better first.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Sort {
    /// The address of a resource.
    Address,
    /// A real id.
    Real,
    /// The address of a data source.
    LookedUp,
}

impl Sort {
    fn of(name: &str) -> Self {
        match name.contains("genesyscloud_") {
            true if name.starts_with("data.") || name.contains(".data.") => Self::LookedUp,
            true => Self::Address,
            false => Self::Real,
        }
    }
}
