//! `rolecall completions`

use crate::cli::Cli;
use crate::output::{self, Stop};
use crate::rulebook;
use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Arg, Args, Command, CommandFactory};
use clap_complete::Shell;
use rolecall_engine::Policy;

#[derive(Debug, Args)]
#[command(after_long_help = PLACES)]
pub(crate) struct CompletionsOptions {
    /// The shell
    #[arg(value_enum)]
    pub(crate) shell: Shell,
}

/// Where each shell looks.
const PLACES: &str = "\
Where they belong:
  bash        rolecall completions bash > ~/.local/share/bash-completion/completions/rolecall
  zsh         rolecall completions zsh > ~/.zfunc/_rolecall, with ~/.zfunc in fpath before compinit
  fish        rolecall completions fish > ~/.config/fish/completions/rolecall.fish
  powershell  rolecall completions powershell >> $PROFILE";

/// Writes the completions, with the ids of the built-in rules wherever one may be named.
pub(crate) fn run(options: &CompletionsOptions) -> Result<u8, Stop> {
    let rules = rule_values()?;
    let mut command = with_rules(Cli::command(), &rules);
    let mut script = Vec::new();
    clap_complete::generate(options.shell, &mut command, "rolecall", &mut script);
    if options.shell == Shell::Fish {
        script.extend(rules.iter().flat_map(|rule| for_fish(rule).into_bytes()));
    }
    output::print(&script)?;
    Ok(0)
}

/// What clap writes for fish offers nothing for an argument without a flag.
fn for_fish(rule: &PossibleValue) -> String {
    let title = rule.get_help().map(ToString::to_string).unwrap_or_default();
    let title = title.replace('\\', r"\\").replace('\'', r"\'");
    let name = rule.get_name();
    format!("complete -c rolecall -n '__fish_rolecall_using_subcommand explain' -f -a {name} -d '{title}'\n")
}

fn rule_values() -> Result<Vec<PossibleValue>, Stop> {
    let rules = rulebook::load(&[], &Policy::built_in())?;
    Ok(rules.iter().map(|rule| PossibleValue::new(rule.id.clone()).help(rule.title.clone())).collect())
}

/// Arguments that name a rule are read as any text, since users have rules of their own; only the
/// completions offer the built-in ones.
fn with_rules(command: Command, rules: &[PossibleValue]) -> Command {
    let command = command.mut_args(|argument| if names_a_rule(&argument) { offer(argument, rules) } else { argument });
    let names: Vec<String> = command.get_subcommands().map(|inner| inner.get_name().to_owned()).collect();
    names.iter().fold(command, |command, name| command.mut_subcommand(name, |inner| with_rules(inner, rules)))
}

fn names_a_rule(argument: &Arg) -> bool {
    let is_rule = argument.get_value_names().is_some_and(|names| names.iter().any(|name| name.as_str() == "RULE"));
    is_rule || argument.get_id() == "topic"
}

fn offer(argument: Arg, rules: &[PossibleValue]) -> Arg {
    argument.value_parser(PossibleValuesParser::new(rules.to_vec()))
}
