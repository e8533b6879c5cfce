//! `cargo xtask fuzz`: every fuzz target for some time, one after the other.

use std::path::Path;
use std::process::Command;

/// The targets, the longest input of each, and the folders beside `fuzz/seeds` that seeds come from.
const TARGETS: [(&str, u32, &[&str]); 9] = [
    ("guide", 4096, &["fixtures/hostile", "fixtures/published", "fixtures/dialects/guide", "fixtures/guide"]),
    ("platform", 4096, &["fixtures/dialects/platform"]),
    ("terraform", 4096, &["fixtures/dialects/cx-as-code/json", "fixtures/dialects/cx-as-code/state"]),
    ("hcl", 4096, &["fixtures/dialects/cx-as-code/hcl"]),
    ("locator", 4096, &[]),
    ("rule", 4096, &["rules"]),
    ("settings", 4096, &[]),
    ("lock", 4096, &[]),
    ("check", 4096, &["rules"]),
];

/// Runs each target for some seconds. Stops at the first that finds something.
pub(crate) fn run(home: &Path, seconds: &str) -> Result<(), String> {
    let seconds: u32 = seconds.parse().map_err(|_| format!("`{seconds}` is no number of seconds"))?;
    for (target, length, folders) in TARGETS {
        std::fs::create_dir_all(home.join("fuzz/corpus").join(target)).map_err(|error| error.to_string())?;
        let mut command = Command::new("cargo");
        command.current_dir(home).args(["+nightly", "fuzz", "run", target]);
        command.args([format!("fuzz/corpus/{target}"), format!("fuzz/seeds/{target}")]).args(folders);
        command.args(["--", "-timeout=20", "-rss_limit_mb=3000", "-print_final_stats=1"]);
        command.args([format!("-max_total_time={seconds}"), format!("-max_len={length}")]);
        let status = command.status().map_err(|error| format!("cargo cannot be started: {error}"))?;
        if !status.success() {
            return Err(format!("{target} found something, or cargo-fuzz and a nightly compiler are not there"));
        }
    }
    Ok(())
}
