//! Facts on permission entries that do not depend on how they were found.

use crate::context::Context;
use crate::matching::Facts;
use rolecall_model::{Entity, Grant, Kind, Permission};

/// `opens`, `why` and `worst` of the entries of one cause, `tokens` of the one who has them, and
/// `strongest`, the role that there is most to gain from.
pub(super) fn of_grants<'g>(
    context: &Context<'_, '_>,
    subject: Entity,
    grants: impl IntoIterator<Item = &'g Grant>,
) -> Facts {
    let permissions = &context.graph.tenant.permissions;
    let mut worst = Vec::new();
    let (mut is_broad, mut first, mut is_several) = (false, None, false);
    for grant in grants {
        is_several |= *first.get_or_insert(grant.permission) != grant.permission;
        is_broad |= permissions.get(grant.permission).is_some_and(Permission::is_wildcard);
        worst.extend_from_slice(context.sensitive(grant.permission));
    }
    worst.sort_by_key(|(_, sensitive)| sensitive.rank);
    worst.dedup_by_key(|(_, sensitive)| sensitive.rank);
    let open = if is_several { "open" } else { "opens" };
    let opens = match worst.len() {
        0 => String::new(),
        _ if !is_broad => String::new(),
        1 => format!(", which {open} 1 sensitive permission"),
        more => format!(", which {open} {more} sensitive permissions"),
    };
    let why = worst.first().map(|(entry, sensitive)| {
        let call = sensitive.call.map(|call| format!(" ({call})")).unwrap_or_default();
        if is_broad || is_several {
            format!("; `{}`{call} {}", entry.name(), sensitive.why)
        } else {
            format!("; it {}{call}", sensitive.why)
        }
    });
    let why = why.unwrap_or_default();
    let worst = if is_broad { why.clone() } else { String::new() };
    vec![
        ("opens", opens),
        ("why", why),
        ("worst", worst),
        ("tokens", tokens(context, subject)),
        ("strongest", strongest(context, subject)),
    ]
}

/// `, with tokens good for 24 hours`: how long a stolen token of a service account serves.
fn tokens(context: &Context<'_, '_>, subject: Entity) -> String {
    let graph = context.graph;
    let tenant = graph.tenant;
    let account = tenant.service_accounts.get(subject.row as usize).filter(|_| subject.kind == Kind::ServiceAccount);
    let clients = account.and_then(|a| a.client).map(|c| graph.directory.rows(Kind::OauthClient, c.target));
    let mut seconds =
        clients.into_iter().flatten().filter_map(|row| tenant.oauth_clients.get(row as usize)?.token_seconds);
    seconds.next().map(|seconds| format!(", with tokens good for {}", duration(seconds))).unwrap_or_default()
}

/// `; the strongest role within reach is role `Admin``; nothing where that is the subject itself.
fn strongest(context: &Context<'_, '_>, subject: Entity) -> String {
    match context.strongest_role() {
        Some(role) if role != subject => {
            format!("; the strongest role within reach is {}", crate::wording::entity(context, role))
        }
        _ => String::new(),
    }
}

/// In the largest unit that gives a whole number.
fn duration(seconds: u64) -> String {
    let units = [(86_400, "day"), (3_600, "hour"), (60, "minute")];
    let fits = units.into_iter().find(|(length, _)| seconds > 0 && seconds.is_multiple_of(*length));
    let (length, unit) = fits.unwrap_or((1, "second"));
    crate::wording::count(usize::try_from(seconds / length).unwrap_or(usize::MAX), unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_told_in_whole_units() {
        let told = [300, 3_600, 86_400, 90_000, 90_001].map(duration);
        assert_eq!(told, ["5 minutes", "1 hour", "1 day", "25 hours", "90,001 seconds"]);
    }
}
