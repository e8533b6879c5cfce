//! A made-up tenant as files, and what the rules find in it.

use crate::RULES;
use crate::made::{Dice, guide, platform};
use rolecall_engine::{Finding, Label, Tiers, check};
use rolecall_graph::AccessGraph;
use rolecall_model::{Place, Tenant};
use rolecall_source::SourceFile;
use rolecall_testing::read_sources;
use serde_json::Value;
use std::collections::BTreeSet;

/// Files of settings are numbered from here.
const SETTINGS: u32 = 99;

/// A made-up tenant.
#[derive(Clone)]
pub(crate) struct Made {
    pub(crate) dialect: &'static str,
    pub(crate) files: Vec<Value>,
}

/// What came of one.
pub(crate) struct Run {
    pub(crate) sources: Vec<SourceFile>,
    pub(crate) tenant: Tenant,
    pub(crate) findings: Vec<Finding>,
}

impl Made {
    pub(crate) fn new(dialect: &'static str, dice: &mut Dice) -> Self {
        Self { dialect, files: if dialect == "guide" { guide(dice) } else { platform(dice) } }
    }

    pub(crate) fn run(&self) -> Run {
        let source = |file: &Value| SourceFile::from_text("a.json".to_owned(), file.to_string());
        let sources: Vec<SourceFile> = self.files.iter().map(source).collect();
        let tenant = read_sources(self.dialect, &sources);
        let findings = check(&AccessGraph::new(&tenant), &RULES.0, &RULES.1, SETTINGS).findings;
        Run { sources, tenant, findings }
    }

    pub(crate) fn found(&self) -> Vec<Finding> {
        self.run().findings
    }

    /// Every list of entities.
    fn lists(&mut self) -> impl Iterator<Item = &mut Vec<Value>> {
        let lists = self.files.iter_mut().filter_map(Value::as_object_mut).flat_map(|fields| fields.iter_mut());
        lists.filter(|(key, _)| *key != "grants").filter_map(|(_, list)| list.as_array_mut())
    }

    pub(crate) fn shuffle(&mut self, dice: &mut Dice) {
        self.lists().for_each(|list| dice.shuffle(list));
        dice.shuffle(&mut self.files);
    }
}

impl Run {
    /// The file and the pointer of a place.
    pub(crate) fn pointer(&self, place: Place) -> (usize, String) {
        let file = place.origin.file as usize;
        let found = rolecall_ingest::locate(&self.sources[file], &rolecall_ingest::Layout::default(), &[place]);
        (file, found[&place].pointer.clone())
    }

    /// Every place of a finding in the export, with what is said there.
    pub(crate) fn places(&self, finding: &Finding) -> BTreeSet<(usize, String, String)> {
        let labels = std::iter::once(&finding.primary).chain(&finding.related);
        let said = |Label { place, text }: &Label| {
            let (file, pointer) = self.pointer(*place);
            (file, pointer, text.clone())
        };
        labels.filter(|label| label.place.origin.file < SETTINGS).map(said).collect()
    }

    pub(crate) fn tiers(&self) -> Tiers {
        Tiers::new(&AccessGraph::new(&self.tenant), &RULES.0)
    }
}
