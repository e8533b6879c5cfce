//! A tenant as CX as Code exports it, in Terraform's JSON.

use crate::tenant::Entry;
use crate::{Folder, Json, Tenant};
use std::io::{self, Write};

/// `genesyscloud.tf.json`.
pub(crate) fn write(tenant: &Tenant, folder: &Folder<'_>) -> io::Result<()> {
    let size = tenant.size;
    folder.write("genesyscloud.tf.json", |json| {
        json.object(|json| {
            json.key("resource")?.object(|json| {
                blocks(json, "auth_division", 5, |row, json| {
                    json.say("name", if row == 0 { "Home" } else { "Partner" })?;
                    json.key("home")?.bare(row == 0)
                })?;
                blocks(json, "auth_role", size.roles, |row, json| role(tenant, row, json))?;
                blocks(json, "group", size.groups, |row, json| json.say("name", &tenant.group_name(row)))?;
                blocks(json, "routing_queue", size.queues, |row, json| {
                    json.say("name", &format!("Queue {row}"))?;
                    json.say("division_id", &division_of(tenant, row))
                })?;
                blocks(json, "user", size.users, |row, json| user(tenant, row, json))?;
                blocks(json, "user_roles", size.users, |row, json| user_roles(tenant, row, json))
            })
        })
    })
}

fn address(sort: &str, row: u32) -> String {
    format!("${{genesyscloud_{sort}.{sort}_{row}.id}}")
}

fn division_of(tenant: &Tenant, row: u32) -> String {
    address("auth_division", if tenant.is_partner(row) { 1 + tenant.partner(row) } else { 0 })
}

/// The resources of one sort.
fn blocks<W: Write>(
    json: &mut Json<W>,
    sort: &str,
    count: u32,
    mut fields: impl FnMut(u32, &mut Json<W>) -> io::Result<()>,
) -> io::Result<()> {
    json.key(&format!("genesyscloud_{sort}"))?.object(|json| {
        (0..count).try_for_each(|row| json.key(&format!("{sort}_{row}"))?.object(|json| fields(row, json)))
    })
}

/// A word as Terraform's blocks spell it: `Contact List` is `contactList`.
fn camel(words: &str) -> String {
    let mut letters = words.chars().filter(|letter| !letter.is_whitespace());
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

fn role<W: Write>(tenant: &Tenant, row: u32, json: &mut Json<W>) -> io::Result<()> {
    json.say("name", &tenant.role_name(row))?;
    json.key("permission_policies")?
        .array(|json| tenant.entries_of(row).iter().try_for_each(|entry| policy(entry, json)))
}

fn policy<W: Write>(entry: &Entry, json: &mut Json<W>) -> io::Result<()> {
    let [domain, entity, action] = entry.words.map(camel);
    json.object(|json| {
        json.say("domain", &domain)?;
        json.say("entity_name", &entity)?;
        json.list("action_set", [action])
    })
}

fn user<W: Write>(tenant: &Tenant, row: u32, json: &mut Json<W>) -> io::Result<()> {
    json.say("name", &tenant.person(row).join(" "))?;
    json.say("email", &tenant.email(row))?;
    json.say("state", "active")?;
    json.say("division_id", &division_of(tenant, row))
}

fn user_roles<W: Write>(tenant: &Tenant, row: u32, json: &mut Json<W>) -> io::Result<()> {
    json.say("user_id", &address("user", row))?;
    json.key("roles")?.array(|json| {
        tenant.roles_of(row).iter().try_for_each(|role| {
            json.object(|json| {
                json.say("role_id", &address("auth_role", *role))?;
                let division = if tenant.is_faulty(row) { "*".to_owned() } else { division_of(tenant, row) };
                json.list("division_ids", [division])
            })
        })
    })
}
