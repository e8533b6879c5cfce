//! Fields whose values nobody may see, found in text that may not even parse.

use std::ops::Range;

/// The fields that hold what nobody else may know, in either spelling.
pub const SECRET_KEYS: [&str; 22] = [
    "secret",
    "clientSecret",
    "client_secret",
    "oauthclient_secret",
    "password",
    "apiKey",
    "api_key",
    "accessToken",
    "access_token",
    "privateKey",
    "private_key",
    "secretKey",
    "secret_key",
    "secretAccessKey",
    "secret_access_key",
    "refreshToken",
    "refresh_token",
    "authToken",
    "auth_token",
    "bearerToken",
    "bearer_token",
    "passphrase",
];

/// What else names end in whose values are shown to nobody, such as those of headers. Elsewhere a field of such a name may
/// hold what is no secret.
const SHOWN_TO_NOBODY: [&str; 6] = ["authorization", "bearer", "token", "cookie", "api-key", "passwd"];

/// Whether a name ends as that of what holds a secret.
#[must_use]
pub fn is_secret_name(name: &str) -> bool {
    let name = name.as_bytes();
    SECRET_KEYS.iter().chain(&SHOWN_TO_NOBODY).any(|key| {
        let end = name.len().checked_sub(key.len()).and_then(|start| name.get(start..));
        end.is_some_and(|end| end.eq_ignore_ascii_case(key.as_bytes()))
    })
}

/// The bytes of what stands in quotes after the name of such a field and a colon or an
/// equals sign. What has no closing quote goes to the end of the line.
#[must_use]
pub fn secret_values(text: &str) -> Vec<Range<usize>> {
    // From each sign back to the name before it: there are far fewer signs than places where a name may start.
    let signs = memchr::memchr2_iter(b':', b'=', text.as_bytes());
    let is_named =
        |sign: &usize| text.get(..*sign).is_some_and(|before| may_end_so(before) && ends_in_secret_key(before));
    signs.filter(is_named).filter_map(|sign| value_after(text, sign + 1)).collect()
}

/// Whether text may end in the name of such a field. Hardly any does by its last two letters, which are at
/// hand where the name stands by its sign, as nearly all do.
#[inline]
fn may_end_so(text: &str) -> bool {
    let name = text.as_bytes();
    match name.strip_suffix(b"\"").unwrap_or(name) {
        [.., one, last] if last.is_ascii_alphanumeric() => {
            matches!(
                &[one.to_ascii_lowercase(), last.to_ascii_lowercase()],
                b"et" | b"rd" | b"ey" | b"en" | b"on" | b"er" | b"ie" | b"wd" | b"se"
            )
        }
        _ => true,
    }
}

/// Whether text ends in the name of such a field, in quotes or not.
fn ends_in_secret_key(text: &str) -> bool {
    let text = text.trim_end();
    is_secret_name(text.strip_suffix('"').unwrap_or(text))
}

/// What stands in quotes next.
fn value_after(text: &str, at: usize) -> Option<Range<usize>> {
    let value = text.get(at..)?.trim_start().strip_prefix('"')?;
    let start = text.len() - value.len();
    let mut is_escaped = false;
    let end = value.find(|c: char| {
        let is_end = c == '\n' || (c == '"' && !is_escaped);
        is_escaped = c == '\\' && !is_escaped;
        is_end
    });
    Some(start..start + end.unwrap_or(value.len()))
}

#[cfg(test)]
mod tests {
    use super::secret_values;

    #[test]
    fn values_of_secrets_are_found_in_json_hcl_and_what_is_broken() {
        let found = |text: &str| -> Vec<String> {
            let mut values: Vec<String> = secret_values(text).into_iter().map(|at| text[at].to_owned()).collect();
            values.sort();
            values.dedup();
            values
        };
        assert_eq!(found(r#"{"clientSecret": "a\"b", "name": "x""#), [r#"a\"b"#]);
        assert_eq!(found("  client_secret = \"hunter2\"\n  name = \"x\""), ["hunter2"]);
        assert_eq!(found("{\"password\" : \"open\n"), ["open"]);
        for key in super::SECRET_KEYS.iter().chain(&super::SHOWN_TO_NOBODY) {
            assert_eq!(found(&format!(r#"{{"{}": "x"}}"#, key.to_uppercase())), ["x"]);
        }
        assert_eq!(found(r#"{"secret": true, "secretary": "Kim"}"#), [""; 0]);
        assert_eq!(
            found(r#"{"headers": {"Proxy-Authorization": "Basic a", "X-Api-Key": "b", "Accept": "c"}}"#),
            ["Basic a", "b"]
        );
        assert_eq!(found(r#"{"authorization": {"roles": [{"id": "r"}]}, "version": "1", "owner": "Kim"}"#), [""; 0]);
    }
}
