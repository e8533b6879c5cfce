//! A tenant in the founding guide's payloads.

use crate::tenant::{Entry, REGIONS};
use crate::{Folder, Json, Tenant};
use std::io::{self, Write};

/// `roles.json`, `groups.json`, `queues.json`, `regions.json`, `service-accounts.json`, and `users.json` or, of
/// several files, `users/0000.json` and so on.
pub(crate) fn write(tenant: &Tenant, folder: &Folder<'_>, files: u32) -> io::Result<()> {
    let size = tenant.size;
    folder
        .write("roles.json", |json| json.array(|json| (0..size.roles).try_for_each(|row| role(tenant, row, json))))?;
    folder.write("groups.json", |json| {
        json.array(|json| (0..size.groups).try_for_each(|row| group(tenant, row, json)))
    })?;
    folder.write("queues.json", |json| {
        json.array(|json| (0..size.queues).try_for_each(|row| queue(tenant, row, json)))
    })?;
    folder.write("regions.json", |json| {
        json.array(|json| REGIONS.iter().try_for_each(|region| json.object(|json| json.say("id", region))))
    })?;
    folder.write("service-accounts.json", |json| {
        json.array(|json| (0..size.groups.min(size.roles)).try_for_each(|row| account(tenant, row, json)))
    })?;
    for file in 0..files {
        let share = |file: u32| u32::try_from(u64::from(size.users) * u64::from(file) / u64::from(files)).unwrap_or(0);
        let name = if files == 1 { "users.json".to_owned() } else { format!("users/{file:04}.json") };
        folder.write(&name, |json| {
            json.array(|json| (share(file)..share(file + 1)).try_for_each(|row| user(tenant, row, json)))
        })?;
    }
    Ok(())
}

fn role<W: Write>(tenant: &Tenant, row: u32, json: &mut Json<W>) -> io::Result<()> {
    json.object(|json| {
        json.say("id", &format!("r-{row}"))?;
        json.say("name", &tenant.role_name(row))?;
        if let Some(parent) = tenant.parent_of(row) {
            json.say("inheritsFrom", &format!("r-{parent}"))?;
        }
        json.key("rolePermissions")?
            .array(|json| tenant.entries_of(row).iter().try_for_each(|entry| entry_of(entry, json)))
    })
}

fn entry_of<W: Write>(entry: &Entry, json: &mut Json<W>) -> io::Result<()> {
    let [domain, entity, action] = entry.words;
    json.object(|json| {
        json.say("id", &format!("{domain} > {entity}"))?;
        json.say("permission", action)?;
        match entry.scope {
            None => Ok(()),
            Some(scope) => {
                json.say("scope", scope)?;
                if scope == "Group" { json.list("groups", ["g-3"]) } else { Ok(()) }
            }
        }
    })
}

fn group<W: Write>(tenant: &Tenant, row: u32, json: &mut Json<W>) -> io::Result<()> {
    json.object(|json| {
        json.say("id", &format!("g-{row}"))?;
        json.say("name", &tenant.group_name(row))
    })
}

fn queue<W: Write>(tenant: &Tenant, row: u32, json: &mut Json<W>) -> io::Result<()> {
    json.object(|json| {
        json.say("id", &format!("q-{row}"))?;
        json.say("name", &format!("Queue {row}"))?;
        json.list("members", tenant.members_of(row).iter().map(|user| format!("u-{user}")))?;
        json.say("region", tenant.region(row))
    })
}

/// A service account of the house, which may become whom it answers for.
fn account<W: Write>(tenant: &Tenant, row: u32, json: &mut Json<W>) -> io::Result<()> {
    json.object(|json| {
        json.say("id", &format!("s-{row}"))?;
        json.say("name", &format!("Desk Link {row}"))?;
        json.key("scopes")?.array(|json| {
            json.object(|json| {
                json.say("id", "user:impersonate")?;
                if tenant.is_faulty(row) {
                    return json.say("scope", "All");
                }
                json.say("scope", "Group")?;
                json.list("groups", [format!("g-{}", row / 4 * 4 + 3)])
            })
        })?;
        json.list("headers", ["gen-usersubject"])
    })
}

fn user<W: Write>(tenant: &Tenant, row: u32, json: &mut Json<W>) -> io::Result<()> {
    let is_partner = tenant.is_partner(row);
    json.object(|json| {
        json.say("id", &format!("u-{row}"))?;
        json.say("name", &tenant.person(row).join(" "))?;
        json.say("email", &tenant.email(row))?;
        json.key("bpoUser")?.bare(is_partner && !tenant.is_faulty(row))?;
        json.list("licenses", [if is_partner { "BPO Voice" } else { "Engage 3" }])?;
        json.list("userRoles", tenant.roles_of(row).iter().map(|role| format!("r-{role}")))?;
        json.list("groups", tenant.groups_of(row).iter().map(|group| format!("g-{group}")))?;
        json.say("region", tenant.region(row))?;
        json.say("state", "active")?;
        // What no rule reads has to be gone over as well.
        json.say("title", if is_partner { "Agent" } else { "Claims Handler" })?;
        json.key("acdAutoAnswer")?.bare(false)?;
        json.key("version")?.bare(row % 40)
    })
}
