//! `cargo xtask package`: everything that is handed out, made and tried as its users would; `--quick` in the profile that
//! tests have built already, and without building each crate from its package.

use crate::{cargo, finish, home, say};
use std::fs;
use std::path::Path;
use std::process::Command;

/// What is not published.
const OWN: [&str; 4] = ["rolecall-hook", "rolecall-bench", "rolecall-testing", "xtask"];

/// Packages each crate and builds it from its package, installs the binary, and builds and installs the wheel.
pub(crate) fn run(is_quick: bool) -> Result<(), String> {
    let mut arguments = vec!["package", "--workspace", "--locked", "--allow-dirty"];
    arguments.extend(is_quick.then_some("--no-verify"));
    OWN.iter().for_each(|name| arguments.extend(["--exclude", name]));
    cargo(&arguments)?;

    let made = home().join("target").join("handed-out");
    match fs::remove_dir_all(&made) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(format!("{}: {error}", made.display()));
        }
        _ => {}
    }
    let root = made.display().to_string();
    let profile = if is_quick { "dev" } else { "dist" };
    cargo(&["install", "--path", "crates/rolecall", "--locked", "--profile", profile, "--root", &root])?;
    tried(&made.join("bin/rolecall"))?;

    let python = made.join("python/bin/python");
    let wheels = made.join("wheels").display().to_string();
    start("python3", &["-m", "venv", &made.join("python").display().to_string()])?;
    pip(&python, &["install", "--quiet", "maturin>=1.9,<2"])?;
    start(
        &python.display().to_string(),
        &["-m", "maturin", "build", "--quiet", "--profile", profile, "--out", &wheels],
    )?;
    // A fresh environment: what the wheel needs, it has to bring.
    let fresh = made.join("fresh");
    start("python3", &["-m", "venv", &fresh.display().to_string()])?;
    pip(&fresh.join("bin/python"), &["install", "--quiet", "--no-index", "--find-links", &wheels, "rolecall"])?;
    tried(&fresh.join("bin/rolecall"))
}

/// The binary says its version, finds the traps of one fixture and none in the other.
fn tried(program: &Path) -> Result<(), String> {
    let size = fs::metadata(program).map_err(|error| format!("{}: {error}", program.display()))?.len();
    say(&format!("{}: {size} bytes", program.display()));
    let code = |arguments: &[&str]| {
        let mut command = Command::new(program);
        let output = command.current_dir(home()).args(arguments).output();
        output.map(|output| (output.status.code(), output.stdout)).map_err(|error| format!("{command:?}: {error}"))
    };
    let (_, version) = code(&["--version"])?;
    let expected = format!("rolecall {}\n", env!("CARGO_PKG_VERSION"));
    if version != expected.as_bytes() {
        return Err(format!("{} does not say {expected}", program.display()));
    }
    for (folder, expected) in [("fixtures/guide", 1), ("fixtures/clean", 0)] {
        let (code, _) = code(&["check", folder, "--quiet"])?;
        if code != Some(expected) {
            return Err(format!("{} gives {code:?} for {folder}", program.display()));
        }
    }
    Ok(())
}

fn pip(python: &Path, arguments: &[&str]) -> Result<(), String> {
    start(&python.display().to_string(), &[&["-m", "pip", "--disable-pip-version-check"], arguments].concat())
}

fn start(program: &str, arguments: &[&str]) -> Result<(), String> {
    say(&format!("{program} {}", arguments.join(" ")));
    let mut command = Command::new(program);
    command.current_dir(home()).args(arguments);
    finish(&mut command)
}
