//! References of Terraform: what they lead to.

/// The start of every type of the provider.
pub(crate) const PROVIDER: &str = "genesyscloud_";

/// The address (`genesyscloud_auth_role.agent`, `data.genesyscloud_user.kim`) that a text such
/// as `${genesyscloud_auth_role.agent.id}` refers to; `None` where it is no such reference.
pub(crate) fn address(text: &str) -> Option<String> {
    let inner = text.trim().strip_prefix("${")?.strip_suffix('}')?.trim();
    let (is_data, rest) = inner.strip_prefix("data.").map_or((false, inner), |rest| (true, rest));
    let (kind, rest) = rest.split_once('.')?;
    if !kind.starts_with(PROVIDER) || !is_word(kind) {
        return None;
    }
    // A resource with `count` or `for_each` is read as one, so which of them is meant makes no difference.
    let (label, rest) = match rest.find(['.', '[']) {
        Some(at) => rest.split_at_checked(at)?,
        None => (rest, ""),
    };
    let rest = match rest.strip_prefix('[') {
        Some(index) => index.split_once(']')?.1,
        None => rest,
    };
    let prefix = if is_data { "data." } else { "" };
    (is_word(label) && matches!(rest, "" | ".id")).then(|| format!("{prefix}{kind}.{label}"))
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'))
}

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn references_lead_to_addresses_and_everything_else_to_nothing() {
        let of = |text| address(text);
        assert_eq!(of("${genesyscloud_auth_role.agent.id}").as_deref(), Some("genesyscloud_auth_role.agent"));
        assert_eq!(of("${data.genesyscloud_user.kim-ode_22.id}").as_deref(), Some("data.genesyscloud_user.kim-ode_22"));
        assert_eq!(of("${genesyscloud_user.all[\"a.b\"].id}").as_deref(), Some("genesyscloud_user.all"));
        assert_eq!(of("${genesyscloud_user.all[0].id}").as_deref(), Some("genesyscloud_user.all"));
        for other in [
            "${var.role}",
            "${local.genesyscloud_user.kim.id}",
            "${genesyscloud_user.kim.name}",
            "1f0c",
            "*",
            "${each.value}",
            "${cond ? genesyscloud_user.a.id : genesyscloud_user.b.id}",
        ] {
            assert_eq!(of(other), None, "{other}");
        }
    }
}
