//! References of Terraform: what they lead to.

/// The start of every type of the provider.
pub(crate) const PROVIDER: &str = "genesyscloud_";

/// The address (`genesyscloud_auth_role.agent`, `data.genesyscloud_user.kim`) that a text such
/// as `${genesyscloud_auth_role.agent.id}` refers to; `None` where it is no such reference.
pub(crate) fn address(text: &str) -> Option<&str> {
    if text.starts_with("${") { plain(text).or_else(|| evaluated(text)) } else { evaluated(text) }
}

/// The same of a text as nearly all are written, with nothing that need not be there.
fn plain(text: &str) -> Option<&str> {
    let inner = text.strip_prefix("${")?.strip_suffix(".id}")?;
    let (kind, label) = inner.split_once('.')?;
    (kind.starts_with(PROVIDER) && is_plain(kind) && is_plain(label)).then_some(inner)
}

/// The same of any text.
fn evaluated(text: &str) -> Option<&str> {
    let inner = text.trim().strip_prefix("${")?.strip_suffix('}')?.trim();
    let resource = inner.strip_prefix("data.").unwrap_or(inner);
    let (kind, rest) = resource.split_once('.')?;
    if !kind.starts_with(PROVIDER) || !is_word(kind) {
        return None;
    }
    // A resource with `count` or `for_each` is read as one, so which of them is meant makes no difference.
    let (label, rest) = match rest.bytes().position(|byte| matches!(byte, b'.' | b'[')) {
        Some(at) => rest.split_at_checked(at)?,
        None => (rest, ""),
    };
    let rest = match rest.strip_prefix('[') {
        Some(index) => index.split_once(']')?.1,
        None => rest,
    };
    let length = inner.len() - resource.len() + kind.len() + 1 + label.len();
    inner.get(..length).filter(|_| is_word(label) && matches!(rest, "" | ".id"))
}

fn is_word(text: &str) -> bool {
    is_plain(text) || (!text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-')))
}

/// Whether a text is a word of ASCII. Every byte is looked at, many at a time.
fn is_plain(text: &str) -> bool {
    let is_of_word = |byte: u8| byte.is_ascii_alphanumeric() | (byte == b'_') | (byte == b'-');
    !text.is_empty() & text.bytes().fold(true, |all, byte| all & is_of_word(byte))
}

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn references_lead_to_addresses_and_everything_else_to_nothing() {
        let of = |text| address(text);
        assert_eq!(of("${genesyscloud_auth_role.agent.id}"), Some("genesyscloud_auth_role.agent"));
        assert_eq!(of("${data.genesyscloud_user.kim-ode_22.id}"), Some("data.genesyscloud_user.kim-ode_22"));
        assert_eq!(of(" ${ genesyscloud_user.kim }\n"), Some("genesyscloud_user.kim"));
        assert_eq!(of("${genesyscloud_user.zoë.id}"), Some("genesyscloud_user.zoë"));
        assert_eq!(of("${genesyscloud_user.all[\"a.b\"].id}"), Some("genesyscloud_user.all"));
        assert_eq!(of("${genesyscloud_user.all[0].id}"), Some("genesyscloud_user.all"));
        for other in [
            "${var.role}",
            "${local.genesyscloud_user.kim.id}",
            "${genesyscloud_user.kim.name}",
            "${genesyscloud_user.kim.name.id}",
            "${genesyscloud_user..id}",
            "${genesyscloud_user.id}.id}",
            "${genesyscloud_us er.kim.id}",
            "genesyscloud_user.kim.id",
            "1f0c",
            "*",
            "${each.value}",
            "${cond ? genesyscloud_user.a.id : genesyscloud_user.b.id}",
        ] {
            assert_eq!(of(other), None, "{other}");
        }
    }
}
