//! Shapes that graphs find hard: what is linear on a common tenant may not be on these.

use crate::{Folder, Json};
use std::fs::File;
use std::io::{self, BufWriter};

/// A shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Roles that inherit each from the next; the last one is the platform's own and may do everything.
    Chain,
    /// Groups that each have the same thousand members.
    Crowd,
    /// Accounts each of which may become everyone of a group that holds them all.
    Impersonation,
    /// Pairs of roles that inherit from each other.
    Cycles,
    /// One user in very many groups, each with a role of its own.
    Joiner,
    /// One role limited to very many views of the same queues, on which very many groups sit.
    Views,
    /// Partners whose people each hold other roles, some of them roles over another partner's people.
    Partners,
}

type Out = Json<BufWriter<File>>;

/// How many members each group of a crowd has.
const MEMBERS: u32 = 1000;

/// How many queues each view shows.
const QUEUES: u32 = 20;

/// How many partners there are, and roles of each.
const PARTNERS: u32 = 8;
const RANKS: u32 = 30;

pub(crate) fn write(shape: Shape, size: u32, folder: &Folder<'_>) -> io::Result<()> {
    folder.write("tenant.json", |json| {
        json.object(|json| match shape {
            Shape::Chain => chain(size, json),
            Shape::Crowd => crowd(size, json),
            Shape::Impersonation => impersonation(size, json),
            Shape::Cycles => cycles(size, json),
            Shape::Joiner => joiner(size, json),
            Shape::Views => views(size, json),
            Shape::Partners => partners(size, json),
        })
    })?;
    match shape {
        Shape::Partners => std::fs::write(folder.path.join("rolecall.toml"), settings()),
        _ => Ok(()),
    }
}

fn entities(json: &mut Out, key: &str, count: u32, entity: impl Fn(u32, &mut Out) -> io::Result<()>) -> io::Result<()> {
    json.key(key)?.array(|json| (0..count).try_for_each(|row| json.object(|json| entity(row, json))))
}

/// Id, name and one permission entry, or none.
fn role(json: &mut Out, id: &str, name: &str, permission: &str, scope: &str) -> io::Result<()> {
    json.say("id", id)?;
    json.say("name", name)?;
    json.key("rolePermissions")?.array(|json| {
        json.object(|json| {
            json.say("id", permission)?;
            json.say("scope", scope)
        })
    })
}

fn chain(size: u32, json: &mut Out) -> io::Result<()> {
    entities(json, "roles", size, |row, json| {
        role(json, &format!("r-{row}"), &format!("BPO Rank {row}"), &format!("quality:form{row}:view"), "All")?;
        let parent = if row + 1 == size { "Master Admin".to_owned() } else { format!("r-{}", row + 1) };
        json.say("inheritsFrom", &parent)
    })?;
    entities(json, "users", size, |row, json| {
        json.say("id", &format!("u-{row}"))?;
        json.say("email", &format!("u{row}@partner.example"))?;
        json.key("bpoUser")?.bare(true)?;
        json.list("userRoles", [format!("r-{row}")])
    })
}

fn crowd(size: u32, json: &mut Out) -> io::Result<()> {
    entities(json, "roles", 2, |row, json| {
        let name = if row == 0 { "Desk" } else { "BPO Desk" };
        role(json, &format!("r-{row}"), name, "reporting:reportingData:view", "All")
    })?;
    entities(json, "users", MEMBERS, |row, json| {
        json.say("id", &format!("u-{row}"))?;
        json.say("email", &format!("u{row}@partner.example"))?;
        json.key("bpoUser")?.bare(row % 2 == 0)
    })?;
    entities(json, "groups", size, |row, json| {
        json.say("id", &format!("g-{row}"))?;
        json.say("name", &if row % 2 == 0 { format!("BPO Floor {row}") } else { format!("Floor {row}") })?;
        json.list("userRoles", [format!("r-{}", row % 2)])?;
        json.list("members", (0..MEMBERS).map(|user| format!("u-{user}")))
    })
}

fn impersonation(size: u32, json: &mut Out) -> io::Result<()> {
    entities(json, "roles", 2, |row, json| {
        if row == 0 {
            return role(json, "r-admin", "Keeper", "authorization:grant:add", "All");
        }
        json.say("id", "r-become")?;
        json.say("name", "Stand-in")?;
        json.key("rolePermissions")?.array(|json| json.object(becomes))
    })?;
    entities(json, "serviceAccounts", size, |row, json| {
        json.say("id", &format!("s-{row}"))?;
        json.say("name", &format!("Link {row}"))?;
        json.key("scopes")?.array(|json| json.object(becomes))
    })?;
    entities(json, "users", size, |row, json| {
        json.say("id", &format!("u-{row}"))?;
        json.say("email", &format!("u{row}@westwind.example"))?;
        json.list("groups", ["g-all"])?;
        if row + 1 == size { json.list("userRoles", ["r-admin"]) } else { json.list("userRoles", ["r-become"]) }
    })?;
    entities(json, "groups", 1, |_, json| {
        json.say("id", "g-all")?;
        json.say("name", "BPO Everybody")
    })
}

/// The entry that makes everybody of the one group.
fn becomes(json: &mut Out) -> io::Result<()> {
    json.say("id", "user:impersonate")?;
    json.say("scope", "Group")?;
    json.list("groups", ["g-all"])
}

fn cycles(size: u32, json: &mut Out) -> io::Result<()> {
    entities(json, "roles", size * 2, |row, json| {
        role(json, &format!("r-{row}"), &format!("BPO Pair {row}"), "routing:queue:view", "All")?;
        json.say("inheritsFrom", &format!("r-{}", row ^ 1))
    })
}

fn joiner(size: u32, json: &mut Out) -> io::Result<()> {
    entities(json, "roles", size, |row, json| {
        role(json, &format!("r-{row}"), &format!("Desk {row}"), "reporting:reportingData:view", "All")
    })?;
    entities(json, "groups", size, |row, json| {
        json.say("id", &format!("g-{row}"))?;
        json.say("name", &format!("Floor {row}"))?;
        json.list("userRoles", [format!("r-{row}")])
    })?;
    entities(json, "users", 1, |_, json| {
        json.say("id", "u-0")?;
        json.say("email", "u0@partner.example")?;
        json.key("bpoUser")?.bare(true)?;
        json.list("groups", (0..size).map(|group| format!("g-{group}")))
    })
}

fn views(size: u32, json: &mut Out) -> io::Result<()> {
    let queues = || (0..QUEUES).map(|queue| format!("q-{queue}"));
    entities(json, "roles", 2, |row, json| {
        json.say("id", &format!("r-{row}"))?;
        json.say("name", if row == 0 { "BPO Window" } else { "BPO Floors" })?;
        json.key("rolePermissions")?.array(|json| {
            json.object(|json| {
                json.say("id", "reporting:reportingData:view")?;
                json.say("scope", if row == 0 { "View" } else { "Group" })?;
                let (key, letter) = if row == 0 { ("views", 'v') } else { ("groups", 'g') };
                json.list(key, (0..size).map(|limit| format!("{letter}-{limit}")))
            })
        })
    })?;
    entities(json, "views", size, |row, json| {
        json.say("id", &format!("v-{row}"))?;
        json.say("name", &format!("BPO View {row}"))?;
        json.list("queues", queues())
    })?;
    entities(json, "queues", QUEUES, |row, json| {
        json.say("id", &format!("q-{row}"))?;
        json.say("name", &format!("Queue {row}"))?;
        json.say("region", if row % 2 == 0 { "north" } else { "south" })?;
        json.list("memberGroups", (0..size).map(|group| format!("g-{group}")))
    })?;
    entities(json, "groups", size, |row, json| {
        json.say("id", &format!("g-{row}"))?;
        json.say("name", &format!("Floor {row}"))?;
        json.list("members", [format!("u-{row}")])
    })?;
    entities(json, "users", size, |row, json| {
        json.say("id", &format!("u-{row}"))?;
        json.say("email", &format!("u{row}@partner.example"))?;
        json.say("region", "north")?;
        json.key("bpoUser")?.bare(row % 2 == 0)?;
        json.list("userRoles", [format!("r-{}", row % 2)])
    })
}

fn partners(size: u32, json: &mut Out) -> io::Result<()> {
    entities(json, "roles", PARTNERS * RANKS, |row, json| {
        json.say("id", &format!("r-{row}"))?;
        json.say("name", &format!("Rank {row}"))?;
        json.key("rolePermissions")?.array(|json| {
            json.object(|json| {
                json.say("id", "directory:user:view")?;
                json.say("scope", "Group")?;
                json.list("groups", [format!("g-{}", row % PARTNERS)])
            })
        })
    })?;
    entities(json, "groups", PARTNERS, |row, json| {
        json.say("id", &format!("g-{row}"))?;
        json.say("name", &format!("Floor {row}"))
    })?;
    entities(json, "users", size, |row, json| {
        let (partner, nth) = (row % PARTNERS, row / PARTNERS);
        // One in ten holds a role over the next partner's people.
        let over = |partner: u32, nth: u32| format!("r-{}", partner % PARTNERS + PARTNERS * (nth % RANKS));
        let second = over(partner + u32::from(nth.is_multiple_of(10)), nth / RANKS);
        json.say("id", &format!("u-{row}"))?;
        json.say("email", &format!("u{row}@p{partner}.example"))?;
        json.key("bpoUser")?.bare(true)?;
        json.list("groups", [format!("g-{partner}")])?;
        json.list("userRoles", [over(partner, nth), second])
    })
}

fn settings() -> String {
    (0..PARTNERS).map(|row| format!("[partners.p{row}]\ndomains = [\"p{row}.example\"]\n\n")).collect()
}
