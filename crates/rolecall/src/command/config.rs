//! `rolecall config`

use crate::cli::{Cli, JudgeOptions, ListFormat};
use crate::effective::{self, Said, Setting};
use crate::output::{self, Stop};
use crate::{settings, toml_text};
use clap::parser::ValueSource;
use clap::{ArgMatches, Args, CommandFactory};
use rolecall_engine::Policy;
use rolecall_source::visible;
use serde::{Serialize, Serializer};
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(crate) struct ConfigOptions {
    /// Files and folders of the export, above which settings are looked for
    #[arg(default_value = ".")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    judge: JudgeOptions,
    /// How it is written; the text is TOML, and can be kept as settings
    // `check` has a `format` of its own, which this one does not give.
    #[arg(id = "list-format", long = "format", value_enum, default_value_t = ListFormat::Text)]
    format: ListFormat,
}

/// Everything that a check would go by.
#[derive(Serialize)]
struct Effective {
    schema: &'static str,
    options: Vec<OptionInForce>,
    values: Vec<ValueInForce>,
}

/// An option of `check`.
#[derive(Serialize)]
struct OptionInForce {
    name: String,
    value: String,
    from: Origin,
}

#[derive(Serialize)]
struct ValueInForce {
    key: Vec<String>,
    /// Which one it is, in a list of tables.
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<usize>,
    #[serde(serialize_with = "plain")]
    value: toml::Value,
    from: Vec<Origin>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "source", rename_all = "kebab-case")]
enum Origin {
    BuiltIn,
    Argument,
    Environment { variable: String },
    Found,
    File { path: String, line: usize },
}

/// Writes a value with its days as text, as the schema of the settings has them.
fn plain<S: Serializer>(value: &toml::Value, out: S) -> Result<S::Ok, S::Error> {
    fn without_days(value: &toml::Value) -> toml::Value {
        match value {
            toml::Value::Datetime(day) => toml::Value::String(day.to_string()),
            toml::Value::Array(list) => toml::Value::Array(list.iter().map(without_days).collect()),
            toml::Value::Table(table) => {
                let pairs = table.iter().map(|(key, value)| (key.clone(), without_days(value)));
                toml::Value::Table(pairs.collect())
            }
            other => other.clone(),
        }
    }
    without_days(value).serialize(out)
}

/// Shows the settings and options that a check would go by; the arguments tell what was given how.
pub(crate) fn run(options: &ConfigOptions, arguments: &ArgMatches) -> Result<u8, Stop> {
    let policy = settings::policy(options.judge.rules.config.as_deref(), &options.paths)?;
    let policy = settings::under(policy, options.judge.rules.policy.as_deref())?;
    let effective = Effective {
        schema: "rolecall/config/v1",
        options: options_in_force(options, &policy, arguments),
        values: effective::settings(&policy)
            .map_err(|error| Stop::usage(format!("cannot show the settings: {error}"), ""))?
            .into_iter()
            .map(|setting| value_in_force(setting, &policy))
            .collect(),
    };
    let shown = match options.format {
        ListFormat::Text => text(&effective),
        ListFormat::Json => {
            serde_json::to_string_pretty(&effective).map_err(|error| Stop::usage(error.to_string(), ""))? + "\n"
        }
    };
    output::print(shown.as_bytes())?;
    Ok(0)
}

fn value_in_force(setting: Setting, policy: &Policy) -> ValueInForce {
    let path = |number: usize| policy.sources.get(number).map(|(path, _)| path.clone()).unwrap_or_default();
    let origin = |said: Said| match said {
        Said::BuiltIn => Origin::BuiltIn,
        Said::Line(number, line) => Origin::File { path: path(number), line },
    };
    let Setting { key, number, value, from } = setting;
    ValueInForce { key, number, value, from: from.into_iter().map(origin).collect() }
}

/// The options of `check` that have a value: given here, by a variable, built in, or found.
fn options_in_force(options: &ConfigOptions, policy: &Policy, arguments: &ArgMatches) -> Vec<OptionInForce> {
    let program = Cli::command();
    let Some(check) = program.find_subcommand("check") else { return Vec::new() };
    let lock = settings::lock_path(options.judge.lock.as_deref(), policy);
    let found = [
        ("config", policy.sources.first().map(|(path, _)| path.clone())),
        ("lock", lock.map(|path| path.display().to_string())),
    ];
    let mut shown = Vec::new();
    for argument in check.get_arguments().filter(|a| !a.is_positional() && a.get_action().takes_values()) {
        let name = argument.get_id().as_str();
        let given = arguments.try_get_raw(name).ok().flatten().map(|values| {
            let words: Vec<String> = values.map(|value| value.to_string_lossy().into_owned()).collect();
            words.join(", ")
        });
        let variable = argument.get_env().map(|name| name.to_string_lossy().into_owned());
        let said = variable.as_ref().and_then(std::env::var_os).map(|value| value.to_string_lossy().into_owned());
        let default = argument.get_default_values().first().map(|value| value.to_string_lossy().into_owned());
        let found = found.iter().find(|(known, _)| *known == name).and_then(|(_, path)| path.clone());
        let is_argument = arguments.try_contains_id(name).unwrap_or(false)
            && arguments.value_source(name) == Some(ValueSource::CommandLine);
        let (value, from) = match (given.filter(|_| is_argument), said, variable, found, default) {
            (Some(value), ..) => (value, Origin::Argument),
            (None, Some(value), Some(variable), ..) => (value, Origin::Environment { variable }),
            (None, _, _, Some(value), _) => (value, Origin::Found),
            (None, _, _, None, Some(value)) => (value, Origin::BuiltIn),
            (None, _, _, None, None) => continue,
        };
        let name = argument.get_long().map(|long| format!("--{long}")).unwrap_or_default();
        shown.push(OptionInForce { name, value, from });
    }
    shown
}

fn text(effective: &Effective) -> String {
    let mut text = "# Options of `rolecall check`\n".to_owned();
    let pairs: Vec<String> =
        effective.options.iter().map(|option| format!("{} {}", option.name, visible(&option.value))).collect();
    let width = pairs.iter().map(|pair| pair.chars().count()).max().unwrap_or(0);
    for (pair, option) in pairs.iter().zip(&effective.options) {
        text.push_str(&format!("#   {pair:width$}  {}\n", words(&option.from)));
    }
    let mut table = None;
    for value in &effective.values {
        let from = value.from.iter().map(words).collect::<Vec<_>>().join(" and ");
        let Some((last, way)) = value.key.split_last() else { continue };
        if let (Some(_), toml::Value::Table(inner)) = (value.number, &value.value) {
            table = None;
            text.push_str(&format!("\n[[{}]]  # {from}\n", toml_text::path(&value.key)));
            inner.iter().for_each(|(key, value)| text.push_str(&toml_text::pair(key, value, "")));
        } else {
            if !way.is_empty() && table != Some(way) {
                text.push_str(&format!("\n[{}]\n", toml_text::path(way)));
            }
            table = Some(way);
            text.push_str(&toml_text::pair(last, &value.value, &from));
        }
    }
    text
}

fn words(origin: &Origin) -> String {
    match origin {
        Origin::BuiltIn => "built in".to_owned(),
        Origin::Argument => "argument".to_owned(),
        Origin::Environment { variable } => format!("variable {variable}"),
        Origin::Found => "found".to_owned(),
        Origin::File { path, line } => format!("{}:{line}", visible(path)),
    }
}
