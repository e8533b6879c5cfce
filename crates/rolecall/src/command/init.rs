//! `rolecall init`

mod partners;

use crate::output::{self, HALF, Stop};
use crate::privacy::RedactOptions;
use crate::progress::Progress;
use crate::{inputs, pipeline, spared};
use clap::Args;
use rolecall_engine::{DEFAULT_POLICY, PARTNERS, Policy, Tiers};
use rolecall_graph::AccessGraph;
use rolecall_model::{Entity, Kind, Tenant, User};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(crate) struct InitOptions {
    /// An export to guess the tiers from
    pub(crate) paths: Vec<PathBuf>,
    /// The file to write
    #[arg(long, short, value_name = "FILE", default_value = "rolecall.toml")]
    pub(crate) output: PathBuf,
    /// Replace the file if it is there
    #[arg(long)]
    pub(crate) force: bool,
    #[command(flatten)]
    pub(crate) redact: RedactOptions,
}

/// How many names a comment lists.
const NAMED: usize = 8;

/// Writes the settings. Settings that are there stay there, unless told otherwise.
pub(crate) fn run(options: &InitOptions) -> Result<u8, Stop> {
    if options.output.exists() && !options.force {
        return Err(Stop::usage(format!("{} is there already", options.output.display()), "--force replaces it"));
    }
    let mut text = format!(
        "#:schema {}/blob/main/docs/rolecall.schema.json\n\
         # Settings of rolecall. What is not set here keeps its built-in value.\n\n",
        env!("CARGO_PKG_REPOSITORY")
    );
    let mut is_whole = true;
    if options.paths.is_empty() {
        text.push_str(DEFAULT_POLICY);
    } else {
        let ([found], _) = options.redact.apply([inputs::find(&options.paths)], &mut Policy::built_in())?;
        let export = pipeline::read(found, false, &Progress::new(0));
        is_whole = export.is_whole();
        spared::spare([options.output.as_path()], &[&export], options.redact.key.redact_key.clone())?;
        if export.tenant.roles.is_empty() && export.tenant.users.is_empty() {
            return Err(if !is_whole {
                Stop::half()
            } else {
                Stop::usage(
                    "there are no roles or users to guess tiers from",
                    "`rolecall check` says what is wrong with the input",
                )
            });
        }
        if !is_whole {
            output::warn(
                "the input could not be read in full, so tiers are guessed from the rest (`rolecall check` shows where)",
            );
        }
        text.push_str(&guess(&export.tenant));
    }
    output::save(&options.output, text.as_bytes())?;
    output::print(format!("wrote {}\n", options.output.display()).as_bytes())?;
    Ok(if is_whole { 0 } else { HALF })
}

/// The built-in settings with what the export adds, and with what they find in it as comments.
fn guess(tenant: &Tenant) -> String {
    let graph = AccessGraph::new(tenant);
    let tiers = Tiers::new(&graph, &Policy::built_in());
    let mut text = String::new();
    for line in DEFAULT_POLICY.lines() {
        text.push_str(line);
        text.push('\n');
        if let Some(name) = line.strip_prefix("[tiers.").and_then(|rest| rest.strip_suffix(']')) {
            text.push_str(&members(tenant, &tiers, name));
            if name == PARTNERS {
                text.push_str(&marks(&graph, &tiers));
            }
        }
    }
    text.push_str(&partners::guessed(&graph, &tiers));
    text
}

fn members(tenant: &Tenant, tiers: &Tiers, tier: &str) -> String {
    let mut text = String::new();
    for kind in [Kind::Role, Kind::Group, Kind::ServiceAccount, Kind::User] {
        let names: BTreeSet<&str> =
            tenant.entities(kind).filter(|e| tiers.contains(tier, *e)).map(|e| tenant.name(e)).collect();
        let mut shown: Vec<String> = names.iter().take(NAMED).map(|name| comment(name)).collect();
        if names.len() > shown.len() {
            shown.push(format!("and {} more", names.len() - shown.len()));
        }
        let words = if names.is_empty() { "none in the export".to_owned() } else { shown.join(", ") };
        text.push_str(&format!("# {}s of the tier: {words}\n", kind.noun()));
    }
    text
}

/// A key of a tier, and what a user has for it.
type Mark = (&'static str, fn(&AccessGraph<'_>, &User) -> Option<String>);

/// What tells the people of one side from those of the other.
const MARKS: [Mark; 4] =
    [("domains", domain), ("divisions", division), ("departments", department), ("employers", employer)];

/// For each mark the values that only the partners' people have, as settings; where they have
/// none of their own, what values there are, as a comment.
fn marks(graph: &AccessGraph<'_>, tiers: &Tiers) -> String {
    let tenant = graph.tenant;
    let mut text = String::new();
    for (key, value) in MARKS {
        let mut counts: BTreeMap<String, (usize, usize)> = BTreeMap::new();
        for (row, user) in (0..).zip(&tenant.users) {
            let Some(value) = value(graph, user).filter(|value| !value.is_empty()) else { continue };
            let (inside, outside) = counts.entry(value).or_default();
            let is_partner = tiers.contains(PARTNERS, Entity { kind: Kind::User, row });
            if is_partner { *inside += 1 } else { *outside += 1 }
        }
        let is_own = |(inside, outside): &(usize, usize)| *inside > 0 && *outside == 0;
        let own: Vec<String> = counts
            .iter()
            .filter(|(_, count)| is_own(count))
            .map(|(value, _)| toml::Value::String(value.clone()).to_string())
            .collect();
        if !own.is_empty() {
            text.push_str(&format!("# Guessed: only users of the tier have these.\n{key} = [{}]\n", own.join(", ")));
        } else if !counts.is_empty() {
            let mut all: Vec<(&String, usize)> = counts.iter().map(|(value, (i, o))| (value, i + o)).collect();
            all.sort_by_key(|(value, count)| (std::cmp::Reverse(*count), *value));
            let mut shown: Vec<String> =
                all.iter().take(NAMED).map(|(value, count)| format!("{} ({count})", comment(value))).collect();
            if all.len() > shown.len() {
                shown.push(format!("and {} more", all.len() - shown.len()));
            }
            text.push_str(&format!("# {key} of users, with their number: {}\n", shown.join(", ")));
        }
    }
    text
}

fn domain(graph: &AccessGraph<'_>, user: &User) -> Option<String> {
    graph.tenant.strings.text(user.email).rsplit_once('@').map(|(_, domain)| domain.to_lowercase())
}

/// The name of the division; nobody is told by the home division.
fn division(graph: &AccessGraph<'_>, user: &User) -> Option<String> {
    let (tenant, directory) = (graph.tenant, &graph.directory);
    let division = user.division?.target;
    let is_home = tenant.home.is_some_and(|home| directory.is_same(Kind::Division, home, division));
    let row = directory.each(Kind::Division, division).next();
    let name = row.map_or(tenant.str(division), |row| tenant.name(Entity { kind: Kind::Division, row }));
    (!is_home).then(|| name.to_owned())
}

fn department(graph: &AccessGraph<'_>, user: &User) -> Option<String> {
    user.department.map(|department| graph.tenant.str(department).to_owned())
}

fn employer(graph: &AccessGraph<'_>, user: &User) -> Option<String> {
    user.employer.map(|employer| graph.tenant.str(employer).to_owned())
}

/// A name on one line of a comment.
fn comment(name: &str) -> String {
    rolecall_source::visible(name).into_owned()
}
