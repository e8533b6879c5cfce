//! `reach`: how far somebody gets who has stolen an account, and the one edit that shrinks that most.

use crate::becoming::{Becoming, edits_of, is_on};
use crate::edit::{Said, say};
use hashbrown::{HashMap, HashSet};
use rolecall_engine::{Answer, Entry, Judge, Named, Sensitive, Step};
use rolecall_graph::{Access, AccessGraph, EdgeKind};
use rolecall_model::{Edit, Entity, Kind, Place, ScopeWord};
use std::collections::BTreeSet;

/// The tier of everybody who works for a partner.
const PARTNERS: &str = "bpo";

/// How many permissions are named for each.
const NAMED: usize = 3;

/// How many edits are tried.
const TRIED: usize = 200;

/// How far an account reaches.
#[derive(Clone, Debug)]
pub struct Reach {
    /// The account.
    pub who: Named,
    /// The worst that it may do itself.
    pub own: Vec<Power>,
    /// Whether it may become everybody.
    pub is_everyone: bool,
    /// How many people it may become by impersonation.
    pub people: usize,
    /// The permissions by which it may take over accounts or make some, beyond that.
    pub takeover: Vec<String>,
    /// How many of them are a partner's.
    pub partners: usize,
    /// How many sensitive permissions are within reach, its own and those of all whom it may become.
    pub sensitive: usize,
    /// The most powerful of those whom it may become, with the chain to each.
    pub victims: Vec<Victim>,
    /// How long a stolen token is good for.
    pub tokens: Vec<Token>,
    /// The single edit that shrinks it most.
    pub shrink: Option<Shrink>,
}

/// A sensitive permission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Power {
    /// The permission.
    pub permission: String,
    /// What it is good for in the wrong hands.
    pub why: &'static str,
    /// The chain to it.
    pub witness: Vec<Step>,
}

/// Somebody whom an account may become.
#[derive(Clone, Debug)]
pub struct Victim {
    /// Who.
    pub who: Named,
    /// The worst that they may do.
    pub powers: Vec<Power>,
    /// The chain.
    pub witness: Vec<Step>,
}

/// The client with which an account signs in.
#[derive(Clone, Debug)]
pub struct Token {
    /// The client.
    pub client: Named,
    /// For how many seconds a token is good; nothing where the export does not say.
    pub seconds: Option<u64>,
    /// Whether log-out ends it; nothing where the export does not say.
    pub ends_on_logout: Option<bool>,
    /// Where the export says so.
    pub place: Place,
}

/// An edit and what would be left.
#[derive(Clone, Debug)]
pub struct Shrink {
    /// The edit.
    pub edit: Said,
    /// How many people would be left within reach.
    pub people: usize,
    /// How many sensitive permissions.
    pub sensitive: usize,
}

/// How far `who` reaches. `names` says how many of those within reach are named.
#[must_use]
pub fn reach(judge: &Judge<'_, '_>, who: Entity, names: usize) -> Reach {
    let graph = judge.graph();
    let powers = Powers::new(judge, who);
    let becoming = Becoming::of(judge, who, None);
    let people = becoming.people(judge);
    let mut ranked: Vec<(usize, Entity)> =
        people.iter().filter_map(|person| Some((powers.worst(*person)?, *person))).collect();
    let limit = names.min(ranked.len());
    let key = |(rank, person): &(usize, Entity)| (*rank, graph.order_key(*person));
    if limit > 0 && limit < ranked.len() {
        ranked.select_nth_unstable_by(limit, |a, b| key(a).cmp(&key(b)));
        ranked.truncate(limit);
    }
    ranked.sort_by_cached_key(|one| key(one));
    let victim = |(_, person): &(usize, Entity)| Victim {
        who: judge.named(*person),
        powers: powers.named(*person),
        witness: becoming.chain(judge, *person),
    };
    Reach {
        who: judge.named(who),
        own: powers.named(who),
        is_everyone: becoming.is_everyone(),
        people: people.len(),
        takeover: takeover(judge, who),
        partners: people.iter().filter(|person| judge.is_of(PARTNERS, **person)).count(),
        sensitive: powers.all(who, &becoming, &people, None).len(),
        victims: ranked.iter().take(limit).map(victim).collect(),
        tokens: tokens(judge, who),
        shrink: shrink(judge, who, (&becoming, &people), &powers),
    }
}

/// By what somebody logs in as others without impersonating them, or lets others do so.
fn takeover(judge: &Judge<'_, '_>, who: Entity) -> Vec<String> {
    let tenant = judge.graph().tenant;
    let wanted = judge.wanted_of("identity-takeover", &["identity-takeover"]);
    let mut ways = judge.ways(who, &wanted);
    ways.retain(|access| judge.judge(who, access, &wanted, None).is_some_and(|judged| judged.answer != Answer::No));
    let grants = ways.iter().filter_map(|access| tenant.grants.get(access.grant as usize));
    // To change one's own record is to take over nobody.
    let grants = grants.filter(|grant| grant.scope != ScopeWord::Own);
    let names: BTreeSet<&str> = grants.map(|grant| tenant.permissions.spelling(grant.permission)).collect();
    names.into_iter().map(str::to_owned).collect()
}

/// The sensitive permissions that each role brings, worked out once a role.
struct Powers<'j, 'c, 't> {
    judge: &'j Judge<'c, 't>,
    /// The account's own ways to them.
    own: Vec<Access>,
    roles: Vec<std::cell::OnceCell<Vec<usize>>>,
    /// What somebody at all may do.
    everyone: std::cell::OnceCell<HashSet<usize>>,
}

impl<'j, 'c, 't> Powers<'j, 'c, 't> {
    fn new(judge: &'j Judge<'c, 't>, who: Entity) -> Self {
        let roles = judge.graph().tenant.roles.iter().map(|_| std::cell::OnceCell::new()).collect();
        Self { judge, own: sensitive_ways(judge, who), roles, everyone: std::cell::OnceCell::new() }
    }

    fn of_entries(&self, grants: impl Iterator<Item = u32>) -> Vec<usize> {
        let tenant = self.judge.graph().tenant;
        let grants = grants.filter_map(|row| tenant.grants.get(row as usize));
        let ranks = grants.flat_map(|grant| self.judge.sensitive(grant.permission)).map(|(_, s)| s.rank);
        let all: HashSet<usize> = ranks.collect();
        let mut all: Vec<usize> = all.into_iter().collect();
        all.sort_unstable();
        all
    }

    fn of_role(&self, row: u32) -> &[usize] {
        let graph = self.judge.graph();
        let find = || self.of_entries(graph.grants_had(Entity { kind: Kind::Role, row }).into_iter());
        self.roles.get(row as usize).map_or(&[], |cell| cell.get_or_init(find))
    }

    /// The same without what an edit takes from it.
    fn left_of_role(&self, row: u32, removed: Option<&Edit>) -> Vec<usize> {
        let graph = self.judge.graph();
        let Some(Edit::Entries { owner, grants }) = removed.filter(|_| !self.of_role(row).is_empty()) else {
            return self.of_role(row).to_vec();
        };
        if owner.kind != Kind::Role || !graph.heirs(owner.row).contains(&row) {
            return self.of_role(row).to_vec();
        }
        let all = graph.grants_had(Entity { kind: Kind::Role, row }).into_iter();
        self.of_entries(all.filter(|grant| !grants.contains(grant)))
    }

    /// The roles that somebody holds, alone or by a group, without what an edit takes from them.
    fn roles(&self, who: Entity, removed: Option<&Edit>) -> Vec<u32> {
        let graph = self.judge.graph();
        let groups = graph.entities_from(who, EdgeKind::MemberOf).map(|(group, _)| group);
        let is_member = |group: &Entity| removed != Some(&Edit::Membership { member: who, group: *group });
        let held = std::iter::once(who).chain(groups.filter(is_member)).flat_map(|holder| {
            let of = move |(row, ..): (u32, _, _)| (holder, Entity { kind: Kind::Role, row });
            graph.holdings(holder).map(of)
        });
        let is_held = |(holder, role): &(Entity, Entity)| match removed {
            Some(Edit::Holding { holder: known, role: taken }) => (holder, role) != (known, taken),
            _ => true,
        };
        held.filter(is_held).map(|(_, role)| role.row).collect()
    }

    /// The rank of the worst that somebody may do.
    fn worst(&self, who: Entity) -> Option<usize> {
        let of_roles = self.roles(who, None).into_iter().filter_map(|row| self.of_role(row).first().copied());
        let list = self.judge.graph().tenant.grants_of(who);
        let own = self.of_entries(list.start..list.start + list.len).first().copied();
        of_roles.chain(own).min()
    }

    /// The worst that somebody may do, by name.
    fn named(&self, who: Entity) -> Vec<Power> {
        let graph = self.judge.graph();
        let ways = sensitive_ways(self.judge, who);
        let mut found = Vec::new();
        for access in &ways {
            let Some(grant) = graph.tenant.grants.get(access.grant as usize) else { continue };
            found.extend(self.judge.sensitive(grant.permission).iter().map(|known| (known, access)));
        }
        // Of several ways to one the shortest stays, which comes first.
        found.sort_by_key(|((_, sensitive), _)| sensitive.rank);
        found.dedup_by_key(|((_, sensitive), _)| sensitive.rank);
        let power = |((entry, sensitive), access): (&(&Entry, Sensitive), &Access)| Power {
            permission: entry.name().to_owned(),
            why: sensitive.why,
            witness: self.judge.witness(who, access),
        };
        found.into_iter().take(NAMED).map(power).collect()
    }

    /// All that an account and those whom it may become may do, without what an edit takes away. Where these are
    /// everybody, what they may do is worked out once, whatever is taken from some.
    fn all(&self, who: Entity, becoming: &Becoming, people: &[Entity], removed: Option<&Edit>) -> HashSet<usize> {
        let mut all = match becoming.is_everyone() {
            true => self.everyone.get_or_init(|| self.of_people(people, None)).clone(),
            false => self.of_people(people, removed),
        };
        all.extend(self.own(who, removed));
        all
    }

    fn own(&self, who: Entity, removed: Option<&Edit>) -> Vec<usize> {
        let own = self.own.iter().filter(|access| removed.is_none_or(|edit| !is_on(edit, who, access)));
        self.of_entries(own.map(|access| access.grant))
    }

    fn of_people(&self, people: &[Entity], removed: Option<&Edit>) -> HashSet<usize> {
        let mut roles: Vec<u32> = people.iter().flat_map(|person| self.roles(*person, removed)).collect();
        roles.sort_unstable();
        roles.dedup();
        roles.iter().flat_map(|row| self.left_of_role(*row, removed)).collect()
    }
}

/// Every way of somebody to an entry that gives something sensitive, shortest first.
fn sensitive_ways(judge: &Judge<'_, '_>, who: Entity) -> Vec<Access> {
    let graph = judge.graph();
    graph.ways(who, |row| {
        let grant = graph.tenant.grants.get(row as usize);
        grant.is_some_and(|grant| !judge.sensitive(grant.permission).is_empty())
    })
}

fn tokens(judge: &Judge<'_, '_>, who: Entity) -> Vec<Token> {
    let graph = judge.graph();
    let tenant = graph.tenant;
    let account = tenant.service_accounts.get(who.row as usize).filter(|_| who.kind == Kind::ServiceAccount);
    let reference = account.and_then(|account| account.client);
    let rows = reference.map(|r| graph.directory.rows(Kind::OauthClient, r.target)).unwrap_or_default();
    let token = |row: u32| {
        let client = tenant.oauth_clients.get(row as usize)?;
        let entity = Entity { kind: Kind::OauthClient, row };
        let place = Place { origin: client.head.origin, part: rolecall_model::Part::TokenLife };
        Some(Token {
            client: judge.named(entity),
            seconds: client.token_seconds,
            ends_on_logout: client.ends_on_logout,
            place,
        })
    };
    rows.into_iter().filter_map(token).collect()
}

/// Tries the edges of the account's own ways to whom it becomes and to what is sensitive, and takes the one that
/// leaves fewest people, then fewest sensitive permissions.
fn shrink(
    judge: &Judge<'_, '_>,
    who: Entity,
    (becoming, people): (&Becoming, &[Entity]),
    powers: &Powers<'_, '_, '_>,
) -> Option<Shrink> {
    let graph = judge.graph();
    let mut edits = becoming.edits(judge);
    edits.extend(powers.own.iter().flat_map(|access| edits_of(judge, who, access)));
    edits.sort();
    edits.dedup();
    let mut sizes: HashMap<Edit, (usize, usize)> = HashMap::new();
    for edit in edits.iter().take(TRIED) {
        let becoming = Becoming::of(judge, who, Some(edit));
        let left = becoming.people(judge);
        sizes.insert(edit.clone(), (left.len(), powers.all(who, &becoming, &left, Some(edit)).len()));
    }
    let now = (people.len(), powers.all(who, becoming, people, None).len());
    // Of edits that do the same the least one: an entry before a role before a group.
    let rank = |edit: &Edit| match edit {
        Edit::Entries { .. } => 0,
        Edit::Inheritance { .. } => 1,
        Edit::Holding { .. } | Edit::Given { .. } => 2,
        Edit::Membership { .. } | Edit::Seat { .. } => 3,
    };
    let mut tried: Vec<_> = edits.iter().filter_map(|edit| Some((*sizes.get(edit)?, rank(edit), edit))).collect();
    tried.sort_unstable();
    let mut best: Option<((usize, usize), &Edit)> = None;
    for (size, _, edit) in tried {
        // What is left is at least as much as it seems.
        if best.is_some_and(|(known, _)| known <= size) || size >= now {
            break;
        }
        // Another chain of parents may lead to the same, which only the edited model shows.
        let true_size = match edit {
            Edit::Inheritance { .. } => {
                let tenant = graph.tenant.without(std::slice::from_ref(edit));
                sizes_of(judge, &AccessGraph::new(&tenant), who).unwrap_or(size)
            }
            _ => {
                let becoming = Becoming::of(judge, who, Some(edit));
                let mut left = powers.of_people(&becoming.people(judge), Some(edit));
                left.extend(powers.own(who, Some(edit)));
                (size.0, left.len())
            }
        };
        if true_size < now && best.is_none_or(|(known, _)| true_size < known) {
            best = Some((true_size, edit));
        }
    }
    best.map(|((people, sensitive), edit)| Shrink { edit: say(judge, edit), people, sensitive })
}

/// How many people and sensitive permissions are within reach in an edited model.
fn sizes_of(judge: &Judge<'_, '_>, edited: &AccessGraph<'_>, who: Entity) -> Option<(usize, usize)> {
    let mut people = edited.becomes(who);
    people.remove(&who);
    let mut ranks: HashSet<usize> = HashSet::new();
    let mut known: HashSet<u32> = HashSet::new();
    for person in std::iter::once(who).chain(edited.tenant.entities(Kind::User).filter(|user| people.contains(user))) {
        for row in edited.grants_had(person) {
            let grant = edited.tenant.grants.get(row as usize)?;
            if known.insert(row) {
                ranks.extend(judge.sensitive(grant.permission).iter().map(|(_, sensitive)| sensitive.rank));
            }
        }
    }
    Some((people.len(), ranks.len()))
}
