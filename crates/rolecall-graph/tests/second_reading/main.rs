//! The graph against sets and loops over the JSON itself, on random tenants.

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "a test that cannot go on has failed")]

mod naive;
mod platform;

use naive::{Dice, Naive, ROLES, written};
use rolecall_graph::{AccessGraph, Cycle, EdgeKind, Hop, Span, Via};
use rolecall_model::{Entity, Kind, Tenant};
use rolecall_source::SourceFile;
use std::collections::{BTreeMap, BTreeSet};

fn entity(id: &str) -> Entity {
    let kind = match &id[..1] {
        "r" => Kind::Role,
        "g" => Kind::Group,
        "u" => Kind::User,
        "s" => Kind::ServiceAccount,
        _ => Kind::View,
    };
    Entity { kind, row: id[1..].parse().expect("a number") }
}

fn id(tenant: &Tenant, entity: Entity) -> String {
    tenant.id(entity).to_owned()
}

fn ids(tenant: &Tenant, entities: impl IntoIterator<Item = Entity>) -> BTreeSet<String> {
    entities.into_iter().map(|entity| id(tenant, entity)).collect()
}

/// Runs a check on many random tenants.
fn on_tenants(check: impl Fn(&AccessGraph<'_>, &Naive<'_>, &str)) {
    for seed in 0..60 {
        let value = written(&mut Dice(seed));
        let text = value.to_string();
        let source = SourceFile::from_text("tenant.json".to_owned(), text.clone());
        let mut tenant = Tenant::default();
        let document = rolecall_ingest::read(&source, 0, &mut tenant);
        assert!(document.troubles.is_empty(), "{:?}", document.troubles);
        tenant.settle();
        check(&AccessGraph::new(&tenant), &Naive(&value), &text);
    }
}

/// Every edge of a way is there, and its place is the reference that states it.
fn is_stated(graph: &AccessGraph<'_>, from: Entity, way: &[Via], text: &str) {
    let mut at = from;
    for via in way {
        assert!(graph.entities_from(at, via.kind).any(|edge| edge == (via.to, via.origin)), "{via:?}");
        assert!(graph.entities_into(via.to, via.kind).any(|edge| edge == (at, via.origin)), "{via:?}");
        let said = &text[via.origin.offset as usize..][..4];
        let (there, here) = (format!("\"{}\"", id(graph.tenant, via.to)), format!("\"{}\"", id(graph.tenant, at)));
        // A membership may be stated by either side.
        assert!(said == there || (via.kind == EdgeKind::MemberOf && said == here), "{said} for {via:?}");
        at = via.to;
    }
}

#[test]
fn everybody_has_what_they_reach_by_the_shortest_way() {
    on_tenants(|graph, naive, text| {
        let everybody = ["users", "groups", "serviceAccounts", "roles"].into_iter().flat_map(|field| naive.ids(field));
        for who in everybody {
            let mut expected = BTreeMap::new();
            for (owner, edges) in naive.owners(&who) {
                expected.extend((0..naive.grants(&owner).len()).map(|place| ((owner.clone(), place), edges)));
            }
            let mut found = BTreeMap::new();
            for access in graph.access(entity(&who)) {
                let owner = graph.owner(access.grant).expect("an owner");
                let place = (access.grant - graph.tenant.grants_of(owner).start) as usize;
                is_stated(graph, entity(&who), &access.via, text);
                assert_eq!(access.via.last().map_or(entity(&who), |via| via.to), owner);
                assert!(found.insert((id(graph.tenant, owner), place), access.via.len()).is_none(), "each entry once");
            }
            assert_eq!(found, expected, "{who}");
            let roles: BTreeSet<String> = naive.held(&who).into_keys().collect();
            if !who.starts_with('r') {
                assert_eq!(graph.roles_held(entity(&who)), roles.len(), "{who}");
            }
            ways(graph, &who, text);
        }
    });
}

/// All ways: by each group and each role held, with the shortest chain of parents; the shortest first.
fn ways(graph: &AccessGraph<'_>, who: &str, text: &str) {
    let of = entity(who);
    let all = graph.ways(of, |_| true);
    for access in &all {
        is_stated(graph, of, &access.via, text);
    }
    let grants: BTreeSet<u32> = graph.access(of).iter().map(|access| access.grant).collect();
    assert_eq!(all.iter().map(|access| access.grant).collect::<BTreeSet<_>>(), grants, "{who}");
    assert!(all.windows(2).all(|pair| pair[0].via.len() <= pair[1].via.len()), "{who}");
    let shortest = |grant: u32| all.iter().filter(|a| a.grant == grant).map(|a| a.via.len()).min();
    for access in graph.access(of) {
        assert_eq!(shortest(access.grant), Some(access.via.len()));
    }
    if let Some(&asked) = grants.first() {
        let some = graph.ways(of, |grant| grant == asked);
        assert_eq!(some.len(), all.iter().filter(|access| access.grant == asked).count());
    }
}

#[test]
fn chains_of_parents_are_all_found() {
    on_tenants(|graph, naive, text| {
        for (from, to) in (0..ROLES).flat_map(|from| (0..ROLES).map(move |to| (from, to))) {
            let (chains, is_more) = graph.chains(from, to);
            let expected = naive.chains(&format!("r{from}"), &format!("r{to}"));
            chains.iter().for_each(|chain| is_stated(graph, entity(&format!("r{from}")), chain, text));
            let found: BTreeSet<Vec<String>> =
                chains.iter().map(|chain| chain.iter().map(|via| id(graph.tenant, via.to)).collect()).collect();
            assert_eq!((found, is_more), (expected, false), "r{from} to r{to}");
            assert!(chains.windows(2).all(|pair| pair[0].len() <= pair[1].len()));
        }
    });
}

#[test]
fn holders_are_those_who_hold_and_holding_directly_is_preferred() {
    on_tenants(|graph, naive, text| {
        for roles in [vec![0], vec![1, 3], vec![5, 2, 4]] {
            let names: Vec<String> = roles.iter().map(|role| format!("r{role}")).collect();
            let principals = naive.ids("users").into_iter().chain(naive.ids("serviceAccounts"));
            let expected: BTreeMap<String, usize> = principals
                .filter_map(|who| {
                    let held = naive.held(&who);
                    let edges = names.iter().filter_map(|role| held.get(role)).min()?;
                    Some((who, *edges))
                })
                .collect();
            let holders = graph.holders(&roles);
            let found: BTreeMap<String, usize> =
                holders.iter().map(|h| (id(graph.tenant, h.principal), 1 + usize::from(h.group.is_some()))).collect();
            assert_eq!(found, expected, "{names:?}");
            assert!(holders.windows(2).all(|p| graph.order_key(p[0].principal) < graph.order_key(p[1].principal)));
            let unsorted = graph.holders_unsorted(&roles);
            assert!(unsorted.len() == holders.len() && unsorted.iter().all(|holding| holders.contains(holding)));
            assert_eq!(ids(graph.tenant, graph.principals(&roles)), expected.into_keys().collect());
            for holding in holders {
                let way = holding.way(graph);
                is_stated(graph, holding.principal, &way, text);
                assert_eq!(way.last().map(|via| via.to.row), Some(holding.role));
            }
        }
        for role in 0..ROLES {
            let everybody = ["users", "groups", "serviceAccounts"].into_iter().flat_map(|field| naive.ids(field));
            let expected: BTreeSet<String> =
                everybody.filter(|who| naive.list(who, "userRoles").contains(&format!("r{role}"))).collect();
            assert_eq!(ids(graph.tenant, graph.holders_of(role).map(|(who, ..)| who)), expected);
            for who in expected {
                assert!(graph.holdings(entity(&who)).any(|(held, ..)| held == role), "{who} holds r{role}");
            }
        }
    });
}

#[test]
fn an_edge_is_found_from_both_ends_and_looked_up_where_it_is_asked_for() {
    let is_even = |entity: Entity| entity.row.is_multiple_of(2);
    on_tenants(|graph, _, _| {
        for kind in [EdgeKind::Holds, EdgeKind::MemberOf, EdgeKind::Inherits, EdgeKind::InView, EdgeKind::OnQueue] {
            for to in Kind::ALL.into_iter().flat_map(|kind| graph.tenant.entities(kind)) {
                let all: Vec<_> = graph.entities_into(to, kind).collect();
                assert_eq!(graph.sources(to, kind).collect::<Vec<_>>(), all.iter().map(|e| e.0).collect::<Vec<_>>());
                let some = all.iter().copied().filter(|(from, _)| is_even(*from));
                assert_eq!(graph.entities_into_of(to, kind, is_even).collect::<Vec<_>>(), some.collect::<Vec<_>>());
                for (from, _) in &all {
                    let first = all.iter().find(|(other, _)| other == from).map(|(_, origin)| *origin);
                    assert_eq!(graph.stated(*from, kind, to), first);
                    let leaving = graph.entities_from(*from, kind).find(|(other, _)| *other == to);
                    assert_eq!(leaving.map(|(_, origin)| origin), first);
                }
                let stranger = graph.tenant.entities(Kind::User).find(|user| all.iter().all(|(from, _)| from != user));
                assert_eq!(stranger.and_then(|user| graph.stated(user, kind, to)), None);
            }
        }
    });
}

#[test]
fn a_spread_reaches_the_heirs_by_the_shortest_way_and_stops_at_walls() {
    on_tenants(|graph, naive, _| {
        for (targets, wall) in [(vec![0], 9), (vec![1, 4], 2), (vec![3], 3), (vec![5, 0], 1)] {
            let spread = graph.spread(targets.iter().copied(), |role| role == wall);
            let mut distances: BTreeMap<u32, u32> = targets.iter().map(|target| (*target, 0)).collect();
            for distance in 0..ROLES {
                let level: Vec<u32> =
                    distances.iter().filter(|(_, d)| **d == distance).map(|(role, _)| *role).collect();
                for parent in level.into_iter().filter(|role| *role != wall) {
                    let is_child =
                        |child: &u32| naive.list(&format!("r{child}"), "inheritsFrom").contains(&format!("r{parent}"));
                    for child in (0..ROLES).filter(is_child) {
                        distances.entry(child).or_insert(distance + 1);
                    }
                }
            }
            let found: BTreeMap<u32, u32> = spread.roles().iter().map(|role| (*role, spread.distance(*role))).collect();
            assert_eq!(found, distances, "from {targets:?}, wall {wall}");
            assert!(spread.roles().windows(2).all(|pair| found[&pair[0]] <= found[&pair[1]]), "nearest first");
            for role in 0..ROLES {
                let chain = spread.chain(role);
                assert_eq!(chain.len(), found.get(&role).copied().unwrap_or_default() as usize);
                assert_eq!(spread.hop(role).is_some(), found.contains_key(&role));
                assert_eq!(spread.hop(role) == Some(Hop::Here), targets.contains(&role));
                assert!(!found.contains_key(&role) || targets.contains(&spread.end(role)));
                let mut at = role;
                for (parent, origin) in chain {
                    assert!(
                        graph
                            .entities_from(Entity { kind: Kind::Role, row: at }, EdgeKind::Inherits)
                            .any(|(to, o)| to.row == parent && o == origin)
                    );
                    at = parent;
                }
            }
        }
        let heirs: BTreeSet<u32> = graph.heirs(2).into_iter().collect();
        let expected = (0..ROLES).filter(|role| naive.closure(&format!("r{role}")).contains_key("r2"));
        assert_eq!(heirs, expected.collect());
    });
}

#[test]
fn cycles_are_shortest_and_start_with_the_first_of_their_roles() {
    on_tenants(|graph, naive, text| {
        let reaches = |from: u32, to: u32| {
            let parents = naive.list(&format!("r{from}"), "inheritsFrom");
            parents.iter().filter_map(|parent| naive.closure(parent).get(&format!("r{to}")).map(|d| d + 1)).min()
        };
        let firsts = (0..ROLES).filter(|role| reaches(*role, *role).is_some());
        let firsts = firsts
            .filter(|role| !(0..*role).any(|other| reaches(*role, other).is_some() && reaches(other, *role).is_some()));
        let expected: Vec<(u32, usize)> = firsts.map(|role| (role, reaches(role, role).expect("a cycle"))).collect();
        let cycles = graph.inheritance_cycles();
        assert_eq!(cycles.iter().map(|cycle| (cycle.way[0].0, cycle.way.len())).collect::<Vec<_>>(), expected);
        for Cycle { way: cycle, roles } in cycles {
            let first = roles[0];
            let is_of_it = |role: &u32| reaches(first, *role).is_some() && reaches(*role, first).is_some();
            assert_eq!(roles.iter().copied().collect::<BTreeSet<u32>>(), (0..ROLES).filter(is_of_it).collect());
            for (place, (role, origin)) in cycle.iter().enumerate() {
                let next = cycle[(place + 1) % cycle.len()].0;
                assert_eq!(&text[origin.offset as usize..][..4], format!("\"r{next}\""), "{role} in {cycle:?}");
            }
        }
    });
}

#[test]
fn impersonation_reaches_whom_it_says_and_on_from_there() {
    on_tenants(|graph, naive, _| {
        for owner in naive.ids("roles").into_iter().chain(naive.ids("serviceAccounts")) {
            let start = graph.tenant.grants_of(entity(&owner)).start;
            for (row, grant) in (start..).zip(naive.grants(&owner)) {
                let is_limited = ["views", "groups"].iter().any(|f| grant[f].as_array().is_some_and(|l| !l.is_empty()));
                let expected = match is_limited {
                    _ if naive.is_everybody(&grant) => Some(Span::Everyone),
                    true => Some(Span::Limited(Vec::new())),
                    false => None,
                };
                let found = graph.impersonation(row);
                assert_eq!(found.is_some(), expected.is_some(), "{grant}");
                assert_eq!(found == Some(Span::Everyone), expected == Some(Span::Everyone), "{grant}");
                if let Some(Span::Limited(limits)) = found {
                    let people = limits.iter().flat_map(|(limit, _)| graph.people_of(*limit)).map(|(user, _)| user);
                    assert_eq!(Some(ids(graph.tenant, people)), naive.becomes_by(&grant), "{grant}");
                    assert!(limits.windows(2).all(|p| graph.order_key(p[0].0) < graph.order_key(p[1].0)));
                }
            }
        }
        for group in naive.ids("groups") {
            let people: Vec<String> =
                graph.people_of(entity(&group)).iter().map(|(user, _)| id(graph.tenant, *user)).collect();
            assert_eq!(people, naive.members(&group).into_iter().collect::<Vec<_>>(), "in order, each once");
        }
        for who in naive.ids("users").into_iter().chain(naive.ids("serviceAccounts")) {
            assert_eq!(ids(graph.tenant, graph.becomes(entity(&who))), naive.becomes(&who), "{who}");
        }
    });
}
