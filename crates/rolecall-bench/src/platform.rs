//! A tenant as the platform's API answers.

use crate::tenant::Entry;
use crate::{Folder, Json, Tenant};
use std::io::{self, Write};

/// The pages of each listing, the members of each group, and who was given which role where.
pub(crate) fn write(tenant: &Tenant, folder: &Folder<'_>) -> io::Result<()> {
    let size = tenant.size;
    let division = |row, json: &mut Json<_>| {
        json.object(|json| {
            json.say("id", &id("d", row))?;
            json.say("name", if row == 0 { "Home" } else { "Partner" })?;
            json.key("homeDivision")?.bare(row == 0)
        })
    };
    folder.write("divisions.json", |json| page(json, "authorization/divisions", 5, division))?;
    folder.write("roles.json", |json| {
        page(json, "authorization/roles", size.roles, |row, json| role(tenant, row, json))
    })?;
    folder.write("users.json", |json| page(json, "users", size.users, |row, json| user(tenant, row, json)))?;
    folder.write("groups.json", |json| {
        page(json, "groups", size.groups, |row, json| named(json, &id("g", row), &tenant.group_name(row), "groups"))
    })?;
    folder.write("queues.json", |json| {
        page(json, "routing/queues", size.queues, |row, json| {
            json.object(|json| {
                json.say("id", &id("q", row))?;
                json.say("name", &format!("Queue {row}"))?;
                json.key("division")?.object(|json| json.say("id", &division_of(tenant, row)))?;
                json.say("selfUri", &format!("/api/v2/routing/queues/{}", id("q", row)))
            })
        })
    })?;
    // A line for each user, whatever the form of the rest.
    let lines = Folder { path: folder.path, is_indented: false };
    lines.write("subjects.jsonl", |json| (0..size.users).try_for_each(|row| subject(tenant, row, json)))
}

/// An id of the platform's form.
fn id(sort: &str, row: u32) -> String {
    let sort = sort.bytes().next().unwrap_or_default();
    format!("{:08x}-{sort:04x}-4000-8000-{:012x}", row.wrapping_mul(0x9E37_79B9), u64::from(row))
}

fn division_of(tenant: &Tenant, row: u32) -> String {
    id("d", if tenant.is_partner(row) { 1 + tenant.partner(row) } else { 0 })
}

/// All of a listing on one page.
fn page<W: Write>(
    json: &mut Json<W>,
    address: &str,
    count: u32,
    mut entity: impl FnMut(u32, &mut Json<W>) -> io::Result<()>,
) -> io::Result<()> {
    json.object(|json| {
        json.key("entities")?.array(|json| (0..count).try_for_each(|row| entity(row, json)))?;
        json.key("pageSize")?.bare(count)?;
        json.key("pageNumber")?.bare(1)?;
        json.key("total")?.bare(count)?;
        json.key("pageCount")?.bare(1)?;
        json.say("selfUri", &format!("/api/v2/{address}?pageSize={count}&pageNumber=1"))
    })
}

fn named<W: Write>(json: &mut Json<W>, id: &str, name: &str, address: &str) -> io::Result<()> {
    json.object(|json| {
        json.say("id", id)?;
        json.say("name", name)?;
        json.say("state", "active")?;
        json.say("selfUri", &format!("/api/v2/{address}/{id}"))
    })
}

/// A word as the API spells it: `Contact List` is `contactList`.
fn camel(words: &str) -> String {
    let mut letters = words.chars().filter(|letter| !letter.is_whitespace());
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

fn role<W: Write>(tenant: &Tenant, row: u32, json: &mut Json<W>) -> io::Result<()> {
    json.object(|json| {
        json.say("id", &id("r", row))?;
        json.say("name", &tenant.role_name(row))?;
        json.list("permissions", ["employee"])?;
        json.key("permissionPolicies")?
            .array(|json| tenant.entries_of(row).iter().try_for_each(|entry| policy(entry, json)))?;
        json.key("default")?.bare(false)?;
        json.say("selfUri", &format!("/api/v2/authorization/roles/{}", id("r", row)))
    })
}

fn policy<W: Write>(entry: &Entry, json: &mut Json<W>) -> io::Result<()> {
    let [domain, entity, action] = entry.words.map(camel);
    json.object(|json| {
        json.say("domain", &domain)?;
        json.say("entityName", &entity)?;
        json.list("actionSet", [action])?;
        json.key("allowConditions")?.bare(false)
    })
}

fn user<W: Write>(tenant: &Tenant, row: u32, json: &mut Json<W>) -> io::Result<()> {
    json.object(|json| {
        json.say("id", &id("u", row))?;
        json.say("name", &tenant.person(row).join(" "))?;
        json.say("email", &tenant.email(row))?;
        json.say("username", &tenant.email(row))?;
        json.say("state", "active")?;
        json.key("division")?.object(|json| json.say("id", &division_of(tenant, row)))?;
        json.key("groups")?.array(|json| {
            tenant.groups_of(row).iter().try_for_each(|group| json.object(|json| json.say("id", &id("g", *group))))
        })?;
        json.key("acdAutoAnswer")?.bare(false)?;
        json.key("version")?.bare(3)?;
        json.say("selfUri", &format!("/api/v2/users/{}", id("u", row)))
    })
}

fn subject<W: Write>(tenant: &Tenant, row: u32, json: &mut Json<W>) -> io::Result<()> {
    json.object(|json| {
        json.say("id", &id("u", row))?;
        json.key("grants")?.array(|json| {
            tenant.roles_of(row).iter().try_for_each(|role| {
                json.object(|json| {
                    json.say("subjectId", &id("u", row))?;
                    let division = if tenant.is_faulty(row) { "*".to_owned() } else { division_of(tenant, row) };
                    json.key("division")?.object(|json| json.say("id", &division))?;
                    json.key("role")?.object(|json| json.say("id", &id("r", *role)))?;
                    json.say("grantMadeAt", "2026-02-03T09:00:00.000Z")
                })
            })
        })
    })?;
    json.next_line()
}
