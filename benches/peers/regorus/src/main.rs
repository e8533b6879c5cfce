//! The same three checks as Rego.

use regorus::{Engine, Value};
use std::{env, fs};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = env::args().nth(1).ok_or("give a folder")?;
    let read = |name: &str| fs::read_to_string(format!("{folder}/{name}.json"));
    let (roles, users, accounts) = (read("roles")?, read("users")?, read("service-accounts")?);
    let mut engine = Engine::new();
    engine.add_policy("checks.rego".to_owned(), include_str!("checks.rego").to_owned())?;
    engine.set_input(Value::from_json_str(&format!(
        "{{\"roles\": {roles}, \"users\": {users}, \"accounts\": {accounts}}}"
    ))?);
    println!("{}", engine.eval_rule("data.checks.totals".to_owned())?.to_json_str()?);
    Ok(())
}
