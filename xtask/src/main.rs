//! Chores: `cargo xtask ready`, `gen`, `fuzz`, `miri`, `package`, `tidy`.

mod fuzz;
mod miri;
mod package;
mod tidy;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

const HELP: &str = "\
cargo xtask <chore>
  ready         everything that has to hold before a change is accepted; what CI runs
  gen           write the generated pages of docs/ anew
  fuzz SECONDS  every fuzz target for that long; needs cargo-fuzz and a nightly compiler
  miri          unit tests of the lower crates by an interpreter; needs a nightly compiler with `miri` and `rust-src`
  package       make what is handed out (crates, binary, wheel), and try each; takes minutes. With --quick unoptimized,
                and crates are not built from their packages; what CI runs
  tidy          length of files, links in docs, left-over notes, names of paths";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match words.as_slice() {
        ["ready"] => ready(),
        ["gen"] => generate(),
        ["fuzz", seconds] => fuzz::run(&home(), seconds),
        ["miri"] => miri::run(&home()),
        ["package"] => package::run(false),
        ["package", "--quick"] => package::run(true),
        ["tidy"] => tidy::run(&home()),
        _ => Err(HELP.to_owned()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            say(&message);
            ExitCode::FAILURE
        }
    }
}

/// Everything that has to hold, cheapest first.
fn ready() -> Result<(), String> {
    cargo(&["fmt", "--all", "--check"])?;
    tidy::run(&home())?;
    cargo(&["clippy", "--workspace", "--all-targets", "--locked", "--", "--deny", "warnings"])?;
    cargo(&["doc", "--workspace", "--no-deps", "--locked"])?;
    cargo(&["test", "--workspace", "--locked"])?;
    // The README's main job, in the profile that is built already.
    cargo(&["run", "--locked", "--quiet", "--", "check", "fixtures/guide", "--fail-on", "never", "--quiet"])
}

/// The tests that check the generated pages write them when they are asked to.
fn generate() -> Result<(), String> {
    let mut command = Command::new(env!("CARGO"));
    command.current_dir(home()).env("ROLECALL_GEN", "1").args([
        "test",
        "--package",
        "rolecall",
        "--test",
        "cli",
        "generated",
    ]);
    finish(&mut command)
}

fn cargo(arguments: &[&str]) -> Result<(), String> {
    say(&format!("cargo {}", arguments.join(" ")));
    let mut command = Command::new(env!("CARGO"));
    command.current_dir(home()).args(arguments);
    if arguments.first() == Some(&"doc") {
        command.env("RUSTDOCFLAGS", "--deny warnings");
    }
    finish(&mut command)
}

fn finish(command: &mut Command) -> Result<(), String> {
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{command:?} failed: {status}")),
        Err(error) => Err(format!("{command:?} cannot be started: {error}")),
    }
}

/// The folder of the project.
fn home() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_owned).unwrap_or_default()
}

/// A chore talks to whoever started it.
#[allow(clippy::print_stderr)]
fn say(message: &str) {
    eprintln!("{message}");
}
