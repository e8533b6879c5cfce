//! Fields whose values nobody may see, found in text that may not even parse.

use std::ops::Range;

/// The fields that hold what nobody else may know, in either spelling.
pub const SECRET_KEYS: [&str; 10] = [
    "secret",
    "clientSecret",
    "client_secret",
    "password",
    "apiKey",
    "api_key",
    "accessToken",
    "access_token",
    "privateKey",
    "private_key",
];

/// The bytes of what stands in quotes after the name of such a field and a colon or an
/// equals sign. What has no closing quote goes to the end of the line.
#[must_use]
pub fn secret_values(text: &str) -> Vec<Range<usize>> {
    let lower = text.to_ascii_lowercase();
    let mut found = Vec::new();
    for key in SECRET_KEYS {
        let key = key.to_ascii_lowercase();
        for (at, _) in lower.match_indices(&key) {
            found.extend(value_after(text, at + key.len()));
        }
    }
    found
}

fn value_after(text: &str, at: usize) -> Option<Range<usize>> {
    let rest = text.get(at..)?;
    let rest = rest.strip_prefix('"').unwrap_or(rest).trim_start();
    let rest = rest.strip_prefix([':', '='])?.trim_start();
    let value = rest.strip_prefix('"')?;
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
        assert_eq!(found(r#"{"secret": true, "secretary": "Kim"}"#), [""; 0]);
    }
}
