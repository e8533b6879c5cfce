//! The commands, one file each.

pub(crate) mod access;
pub(crate) mod baseline;
pub(crate) mod can;
pub(crate) mod check;
pub(crate) mod completions;
pub(crate) mod config;
pub(crate) mod cut;
pub(crate) mod diff;
pub(crate) mod explain;
pub(crate) mod graph;
pub(crate) mod init;
pub(crate) mod isolation;
pub(crate) mod lock;
pub(crate) mod man;
pub(crate) mod new;
pub(crate) mod pseudonymize;
pub(crate) mod question;
pub(crate) mod reach;
pub(crate) mod report;
pub(crate) mod rules;
pub(crate) mod shell;
pub(crate) mod test;
pub(crate) mod verify;
pub(crate) mod what_if;
pub(crate) mod who_can;
