//! Writes a made-up tenant: `generate DIR --users 1000000`.

use clap::{Parser, ValueEnum};
use rolecall_bench::{Dialect, Shape, Size, Tenant};
use std::io;
use std::path::PathBuf;

/// Write a made-up tenant. The same numbers give the same bytes
#[derive(Parser)]
struct Options {
    /// The folder to write into
    folder: PathBuf,
    /// The dialect, or a shape that graphs find hard
    #[arg(long, value_enum, default_value_t = Form::Guide)]
    form: Form,
    /// How many users
    #[arg(long, default_value_t = 1000)]
    users: u32,
    /// How many roles
    #[arg(long, default_value_t = 100)]
    roles: u32,
    /// How many groups
    #[arg(long, default_value_t = 40)]
    groups: u32,
    /// How many queues
    #[arg(long, default_value_t = 40)]
    queues: u32,
    /// How many permission entries each role of the house has
    #[arg(long, default_value_t = 24)]
    entries: u32,
    /// Of a thousand users and roles of partners, how many are at fault
    #[arg(long, default_value_t = 20)]
    faults: u32,
    /// Another seed is another tenant
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many files the users are in, where the dialect leaves a choice
    #[arg(long, default_value_t = 1)]
    files: u32,
    /// No role inherits from another
    #[arg(long)]
    flat: bool,
    /// Without white space
    #[arg(long)]
    compact: bool,
    /// How many roles, groups, accounts, pairs or views a hard shape has
    #[arg(long, default_value_t = 1000)]
    size: u32,
}

#[derive(Clone, Copy, ValueEnum)]
enum Form {
    Guide,
    Platform,
    CxAsCode,
    Chain,
    Crowd,
    Impersonation,
    Cycles,
    Joiner,
    Views,
    Partners,
}

fn main() -> io::Result<()> {
    let options = Options::parse();
    let dialect = |dialect| {
        let Options { users, roles, groups, queues, entries, faults, seed, .. } = options;
        let inherits = !options.flat;
        let tenant = Tenant::new(Size { users, roles, groups, queues, entries, faults, inherits, seed });
        rolecall_bench::write(&tenant, dialect, &options.folder, !options.compact, options.files)
    };
    let shape = |shape| rolecall_bench::write_shape(shape, options.size, &options.folder);
    match options.form {
        Form::Guide => dialect(Dialect::Guide),
        Form::Platform => dialect(Dialect::Platform),
        Form::CxAsCode => dialect(Dialect::CxAsCode),
        Form::Chain => shape(Shape::Chain),
        Form::Crowd => shape(Shape::Crowd),
        Form::Impersonation => shape(Shape::Impersonation),
        Form::Cycles => shape(Shape::Cycles),
        Form::Joiner => shape(Shape::Joiner),
        Form::Views => shape(Shape::Views),
        Form::Partners => shape(Shape::Partners),
    }
}
