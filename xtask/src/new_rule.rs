//! `cargo xtask new-rule`

use std::fs;
use std::path::Path;

const PAGE: &str = "# What the rule finds, in a few words

```toml
severity = \"medium\"
confidence = \"high\"
since = \"VERSION\"
message = \"{subject} reaches {permission} over {scope}\"
label = \"{permission} over {scope}\"
help = \"{mend}\"

[match.grant]
permission = [\"domain:entity:action\"]
scope = [\"all\"]
tier = \"bpo\"
```

## Why

Who is harmed, and how.

## Fix

What to change.
";

const EXAMPLE: &str = "[\n  { \"name\": \"NAME\", \"rolePermissions\": [{ \"id\": \"domain:entity:action\", \"scope\": \"SCOPE\" }] }\n]\n";

/// Makes the three files of a rule; nothing that is there is touched.
pub(crate) fn run(home: &Path, id: &str) -> Result<(), String> {
    let folder = home.join("rules").join(id);
    if folder.exists() {
        return Err(format!("{} is there already", folder.display()));
    }
    let write =
        |name: &str, text: String| fs::write(folder.join(name), text).map_err(|error| format!("{name}: {error}"));
    fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    write("rule.md", PAGE.replace("VERSION", env!("CARGO_PKG_VERSION")))?;
    write("fail.json", EXAMPLE.replace("NAME", "BPO Agent").replace("SCOPE", "All"))?;
    write("pass.json", EXAMPLE.replace("NAME", "BPO Agent").replace("SCOPE", "Assigned"))?;
    crate::say(&format!("wrote rules/{id}; now: cargo run -- rules test rules/{id} --update"));
    Ok(())
}
