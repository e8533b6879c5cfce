//! `rolecall init`

use crate::cli::InitOptions;
use crate::output::{self, Stop};
use crate::progress::Progress;
use crate::{inputs, pipeline};
use rolecall_engine::{DEFAULT_POLICY, Policy, Tiers};
use rolecall_graph::AccessGraph;
use rolecall_model::{Entity, Kind, Tenant};
use std::collections::{BTreeMap, BTreeSet};

/// The tier of partners' people.
const PARTNERS: &str = "bpo";

/// How many names a comment lists.
const NAMED: usize = 8;

/// Writes the settings. Settings that are there stay there, unless told otherwise.
pub(crate) fn run(options: &InitOptions) -> Result<u8, Stop> {
    if options.output.exists() && !options.force {
        return Err(Stop::usage(format!("{} is there already", options.output.display()), "--force replaces it"));
    }
    let mut text = String::from("# Settings of rolecall. What is not set here keeps its built-in value.\n\n");
    if options.paths.is_empty() {
        text.push_str(DEFAULT_POLICY);
    } else {
        let export = pipeline::read(inputs::find(&options.paths), false, &Progress::new(0));
        if export.tenant.roles.is_empty() && export.tenant.users.is_empty() {
            return Err(Stop::usage(
                "there are no roles or users to guess tiers from",
                "`rolecall check` says what is wrong with the input",
            ));
        }
        text.push_str(&guess(&export.tenant));
    }
    output::save(&options.output, text.as_bytes())?;
    output::print(format!("wrote {}\n", options.output.display()).as_bytes())?;
    Ok(0)
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
                text.push_str(&domains(tenant, &tiers));
            }
        }
    }
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

/// E-mail domains that only the partners' people have.
fn domains(tenant: &Tenant, tiers: &Tiers) -> String {
    let mut partners: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for (row, user) in (0..).zip(&tenant.users) {
        if let Some((_, domain)) = tenant.strings.text(user.email).rsplit_once('@') {
            let counts = partners.entry(domain.to_lowercase()).or_default();
            let is_partner = tiers.contains(PARTNERS, Entity { kind: Kind::User, row });
            if is_partner { counts.0 += 1 } else { counts.1 += 1 }
        }
    }
    let own: Vec<String> = partners
        .into_iter()
        .filter(|(_, (inside, outside))| *inside > 0 && *outside == 0)
        .map(|(domain, _)| toml::Value::String(domain).to_string())
        .collect();
    if own.is_empty() {
        return "# domains = [\"partner.example\"]\n".to_owned();
    }
    format!("# Guessed: only users of the tier have these.\ndomains = [{}]\n", own.join(", "))
}

/// A name on one line of a comment.
fn comment(name: &str) -> String {
    rolecall_source::visible(name).into_owned()
}
