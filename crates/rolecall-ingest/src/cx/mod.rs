//! The dialect of CX as Code: Terraform configuration in JSON and HCL, and state.
//!
//! Facts on types, attributes and file layouts: the provider `mypurecloud/genesyscloud`
//! 1.84.1 (MIT), documentation and exporter, as of 2026; the state format is version 4.

mod address;
pub(crate) mod hcl;
mod outside;
mod queue;
mod resource;
mod sensitive;
mod spelling;
mod value;

use crate::dialect::{Dialect, Lone, Shape};
use crate::lower::Lower;
use crate::top::is_of_bundle;
use crate::trouble::beside_blocks;
use address::PROVIDER;
use resource::{Instance, Resource, Seen};
use rolecall_model::Kind;
use rolecall_source::{Fault, Feed, Kind as Json, Landmarks, Node, Tape};
use std::borrow::Cow;
use value::field;

/// Terraform configuration and state of the provider `genesyscloud`.
pub(crate) struct CxAsCode;

impl Dialect for CxAsCode {
    fn name(&self) -> &'static str {
        "cx-as-code"
    }

    fn blind(&self) -> &'static str {
        "CX as Code holds no trustees, access policies, role settings or licences, and an export holds only the \
         divisions that the exporting client may see"
    }

    fn bundle_key(&self, _: &str) -> Option<(Kind, Lone)> {
        None
    }

    // Its entities stand under their types and labels, and are read by `configuration` and `state`.
    fn read(&self, _: Node<'_, '_>, _: Option<Kind>, _: Option<Kind>, _: &mut Lower<'_>) -> Shape {
        Shape::Unknown
    }
}

/// What a file of Terraform is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum File {
    /// Blocks: resources, data sources, variables.
    Configuration,
    /// What the last run left.
    State,
}

/// What an object at the top of a file is, by one of its keys.
pub(crate) fn of_key(key: &str, value: Json) -> Option<File> {
    match key {
        "terraform_version" | "lineage" if value == Json::String => Some(File::State),
        "resource" | "data" | "terraform" | "provider" | "variable" | "locals" | "module" | "output"
            if matches!(value, Json::Object | Json::Array) =>
        {
            Some(File::Configuration)
        }
        _ => None,
    }
}

/// Reads a configuration. Says whether it may be one of the provider: it is none where
/// everything in it belongs to others.
pub(crate) fn configuration(feed: &mut Feed<'_>, into: &mut Lower<'_>, lain: Lain<'_>) -> Result<bool, Fault> {
    let mut found = Found::default();
    let secrets = into.tenant.secrets.len();
    feed.begin_object()?;
    while let Some(key) = feed.object_next()? {
        match &*key.text {
            "variable" | "output" | "locals" | "provider" => {
                feed.read(|tape| outside::secrets(&key.text, tape.root(), into))?;
            }
            "resource" | "data" => {
                let lain = Lain { top: lain.top, landmarks: &mut *lain.landmarks };
                let mut blocks =
                    Blocks { is_data: key.text == "data", is_listed: false, feed, into, found: &mut found, lain };
                blocks.read(&mut Vec::new())?;
            }
            // What a reference to a local stands for is asked where it is used.
            "module" => {
                feed.read(|tape| {
                    if !tape.root().is_empty() {
                        into.unread(&format!("`{}`", key.text), tape.root());
                        outside::secrets(&key.text, tape.root(), into);
                    }
                })?;
            }
            _ => {
                let is_list = feed.peek()? == Json::Array;
                if is_list && feed.ahead(|text, base, at| is_of_bundle(&key.text, text, base, at))? {
                    into.troubles.push(beside_blocks(&key));
                }
                feed.skip_value()?;
            }
        }
    }
    Ok(found.is_read(secrets, into))
}

/// How many blocks belong to the provider, and how many to others.
#[derive(Default)]
struct Found {
    own: usize,
    others: usize,
}

impl Found {
    /// Counts a block of a type, and says whether it belongs to the provider.
    fn owns(&mut self, kind: &str) -> bool {
        let is_own = kind.starts_with(PROVIDER);
        *if is_own { &mut self.own } else { &mut self.others } += 1;
        is_own
    }

    /// Whether a file is read: it is none of ours where everything in it belongs to others, and neither are the secrets in
    /// it, of which there were so many before.
    fn is_read(&self, secrets: usize, into: &mut Lower<'_>) -> bool {
        let is_read = self.own > 0 || self.others == 0;
        if !is_read {
            into.tenant.secrets.truncate(secrets);
        }
        is_read
    }
}

/// Where the landmarks of long lists go.
pub(crate) struct Lain<'b> {
    /// The number of the value at the top that is read.
    pub(crate) top: usize,
    pub(crate) landmarks: &'b mut Vec<Landmarks>,
}

struct Blocks<'b, 'r, 'l> {
    is_data: bool,
    /// Whether a list holds what is read.
    is_listed: bool,
    feed: &'b mut Feed<'r>,
    into: &'b mut Lower<'l>,
    found: &'b mut Found,
    lain: Lain<'b>,
}

impl Blocks<'_, '_, '_> {
    /// Types, labels and bodies; each may also stand in a list.
    fn read(&mut self, path: &mut Vec<String>) -> Result<(), Fault> {
        match self.feed.peek()? {
            Json::Array => {
                self.feed.begin_array()?;
                let was_listed = std::mem::replace(&mut self.is_listed, true);
                while self.feed.array_next()? {
                    self.read(path)?;
                }
                self.is_listed = was_listed;
            }
            Json::Object if path.len() < 2 => {
                self.feed.begin_object()?;
                let keys = [if self.is_data { "data" } else { "resource" }, path.first().map_or("", String::as_str)];
                let mut landmarks = Landmarks::of_object(self.lain.top, &keys);
                while let Some(key) = self.feed.object_next()? {
                    landmarks.pass(key.start);
                    path.push(key.text.into_owned());
                    self.read(path)?;
                    path.pop();
                }
                landmarks.close(self.feed.offset());
                // Of a type with few blocks as well: without them, all that is before would be gone over.
                if path.len() == 1 && !self.is_listed {
                    self.lain.landmarks.push(landmarks);
                }
            }
            _ => self.body(path)?,
        }
        Ok(())
    }

    fn body(&mut self, path: &[String]) -> Result<(), Fault> {
        let Self { is_data, into, found, .. } = self;
        self.feed.read(|tape| {
            let body = tape.root();
            let [kind, label] = path else {
                if !body.is_null() {
                    into.wrong_type("resource", "blocks by type and label", body);
                }
                return;
            };
            if !found.owns(kind) {
                return;
            }
            if body.kind() != Json::Object {
                into.wrong_type(label, "a block", body);
                return;
            }
            let seen = if *is_data { Seen::Data } else { Seen::Configured };
            resource::read(&Resource { kind, label, place: Instance::default(), body, seen }, into);
        })
    }
}

/// Reads a state, as it lies in its file or as `terraform show -json` prints it, or what a plan so printed leaves of it.
/// Says whether it holds anything of the provider, or nothing at all. Source: Terraform's documentation of its JSON output
/// format 1.2.
pub(crate) fn state(feed: &mut Feed<'_>, into: &mut Lower<'_>, lain: Lain<'_>) -> Result<bool, Fault> {
    let mut found = Found::default();
    let mut is_stated = false;
    let secrets = into.tenant.secrets.len();
    feed.begin_object()?;
    while let Some(key) = feed.object_next()? {
        match &*key.text {
            "resources" if feed.peek()? != Json::Array => {
                is_stated = true;
                feed.read(|tape| into.is_list("resources", tape.root()))?;
            }
            "resources" => {
                is_stated = true;
                feed.begin_array()?;
                let mut landmarks = Landmarks::new(lain.top, Some(&key.text));
                while feed.array_next()? {
                    feed.read(|tape| {
                        landmarks.pass(tape.root().start());
                        of_state(tape.root(), into, &mut found);
                    })?;
                }
                landmarks.close(feed.offset());
                lain.landmarks.push(landmarks);
            }
            "outputs" | "variables" => {
                feed.read(|tape| outside::secrets(&key.text, tape.root(), into))?;
            }
            "values" => {
                feed.read(|tape| is_stated |= printed(tape.root(), Seen::State, into, &mut found))?;
            }
            "planned_values" => {
                feed.read(|tape| is_stated |= printed(tape.root(), Seen::Planned, into, &mut found))?;
            }
            // A state within the plan: what it was made from.
            "prior_state" => {
                feed.read(|tape| {
                    if let Some(values) = field(tape.root(), "values") {
                        printed(values, Seen::DataState, into, &mut found);
                    }
                })?;
            }
            "version" => {
                feed.read(|tape| {
                    let version = tape.root();
                    if version.u64() != Some(4) {
                        // What is wrong is said here already.
                        is_stated = true;
                        into.wrong_type("version", "4, the only version of state that is known", version);
                    }
                })?;
            }
            _ => {
                feed.skip_value()?;
            }
        }
    }
    if !is_stated {
        into.tenant.secrets.truncate(secrets);
    }
    Ok(found.is_read(secrets, into) && is_stated)
}

/// What `terraform show -json` prints of a state or plan; says whether there is anything.
fn printed(values: Node<'_, '_>, seen: Seen, into: &mut Lower<'_>, found: &mut Found) -> bool {
    if let Some(outputs) = field(values, "outputs") {
        outside::secrets("outputs", outputs, into);
    }
    if seen == Seen::Planned {
        let message = "a plan leaves out what is only known when it is carried out, ids of new things for instance: \
                       who is given a new role is not read";
        let help = "check the configuration or the state as well";
        into.not_evaluated(message.to_owned(), help, values);
    }
    let Some(module) = field(values, "root_module") else { return false };
    if into.is_object("root_module", module) {
        of_module(module, seen, into, found);
    }
    true
}

fn of_state(node: Node<'_, '_>, into: &mut Lower<'_>, found: &mut Found) {
    let module = node.get("module").and_then(Node::text).map(|module| format!("{module}.")).unwrap_or_default();
    let Some(block) = Block::of(node, module, into, found) else { return };
    let instances = node.get("instances").map(|list| into.objects("instances", list));
    for instance in instances.into_iter().flatten() {
        let key = instance.get("index_key");
        // Terraform leaves them so where it has made a state of this version of an older one, as the exporter has it do.
        let flat = field(instance, "attributes_flat");
        match (field(instance, "attributes"), flat.filter(|flat| into.is_object("attributes_flat", *flat))) {
            (None, Some(flat)) => {
                let texts = flat.values().filter(|value| matches!(value.kind(), Json::Array | Json::Object));
                texts.for_each(|value| into.wrong_type("attributes_flat", "an object of texts", value));
                block.read(key, Tape::nested(flat).root(), Seen::State, instance, into);
            }
            (Some(body), _) => block.read(key, body, Seen::State, instance, into),
            (None, None) if flat.is_none() => {
                into.wrong_type("instances", "a list of instances with `attributes`", instance);
            }
            (None, None) => {}
        }
    }
}

/// A module as it is printed, and those within it.
fn of_module(module: Node<'_, '_>, seen: Seen, into: &mut Lower<'_>, found: &mut Found) {
    let address = module.get("address").and_then(Node::text).map(|address| format!("{address}.")).unwrap_or_default();
    let resources = field(module, "resources").map(|list| into.objects("resources", list));
    for node in resources.into_iter().flatten() {
        if let Some(block) = Block::of(node, address.clone(), into, found)
            && let Some(values) = node.get("values")
            // What a plan was made from tells what it has looked up; the rest is what the plan comes to.
            && (seen != Seen::DataState || block.is_looked_up)
        {
            block.read(node.get("index"), values, seen, node, into);
        }
    }
    let children = field(module, "child_modules").map(|list| into.objects("child_modules", list));
    children.into_iter().flatten().for_each(|child| of_module(child, seen, into, found));
}

/// A resource of a state, of which there may be several instances.
struct Block<'a> {
    module: String,
    kind: Cow<'a, str>,
    label: Cow<'a, str>,
    is_looked_up: bool,
}

impl<'a> Block<'a> {
    /// What a resource is; nothing where it belongs to others.
    fn of(node: Node<'_, 'a>, module: String, into: &mut Lower<'_>, found: &mut Found) -> Option<Self> {
        let text = |key: &str| node.get(key).and_then(Node::text);
        let (Some(kind), Some(label)) = (text("type"), text("name")) else {
            into.wrong_type("resources", "a list of resources with `type` and `name`", node);
            return None;
        };
        let is_looked_up = text("mode").as_deref() == Some("data");
        found.owns(&kind).then_some(Self { module, kind, label, is_looked_up })
    }

    /// Reads an instance, which has a key where there are several. What stands `beside` its values says which are sensitive.
    fn read(
        &self,
        key: Option<Node<'_, '_>>,
        body: Node<'_, '_>,
        seen: Seen,
        beside: Node<'_, '_>,
        into: &mut Lower<'_>,
    ) {
        let index = key.map(|key| format!("[{}]", key.raw())).unwrap_or_default();
        if into.is_object("attributes", body) {
            let place = Instance { module: &self.module, index: &index };
            let seen = if self.is_looked_up { Seen::DataState } else { seen };
            let known = into.tenant.secrets.len();
            let resource = Resource { kind: &self.kind, label: &self.label, place, body, seen };
            resource::read(&resource, into);
            sensitive::read(beside, &resource, known, into);
        }
    }
}
