//! What a team says must hold, in its settings or in files of their own.

use super::{Policy, is_permission};
use crate::FileFault;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toml::Spanned;

/// What must hold or must not: who can, or cannot, do what on what.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    /// A tier, or the name or id of a role, group, user or service account; of several with the name all are meant.
    #[schemars(with = "String")]
    pub who: Spanned<String>,
    /// Permissions that every one of them must have.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<String>")]
    pub can: Vec<Spanned<String>>,
    /// Permissions that none of them may have.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<String>")]
    pub cannot: Vec<Spanned<String>>,
    /// The name or id of a queue, group, user or division, of several all; anything where it is left out.
    pub on: Option<String>,
    /// Why, for whoever reads the finding.
    pub reason: Option<String>,
    /// The number of the settings file that it stands in.
    #[serde(skip)]
    pub source: u32,
}

/// A file in a folder of expectations.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expectations {
    #[serde(default)]
    expect: Vec<Expect>,
}

impl Policy {
    /// These settings with what a file in a folder of expectations expects.
    ///
    /// # Errors
    /// When `text` is not TOML or holds anything but `[[expect]]`.
    pub fn expecting(mut self, path: &str, text: &str) -> Result<Self, Box<FileFault>> {
        let given: Expectations = toml::from_str(text).map_err(|e| Box::new(FileFault::of_toml(path, text, 0, &e)))?;
        self.add_expectations(path, text, given.expect)?;
        self.sources.push((path.to_owned(), text.to_owned()));
        Ok(self)
    }

    /// Adds what a settings file expects, once it is known to say something.
    pub(super) fn add_expectations(
        &mut self,
        path: &str,
        text: &str,
        given: Vec<Expect>,
    ) -> Result<(), Box<FileFault>> {
        let number = u32::try_from(self.sources.len()).unwrap_or(u32::MAX);
        let empty = |at: &Spanned<String>, message: &str, help: &str| {
            Err(Box::new(FileFault::new(path, text, at.span(), message.to_owned(), help.to_owned())))
        };
        for expect in &given {
            expect.can.iter().chain(&expect.cannot).try_for_each(|permission| is_permission(path, text, permission))?;
            if expect.who.as_ref().trim().is_empty() || expect.on.as_ref().is_some_and(|on| on.trim().is_empty()) {
                return empty(
                    &expect.who,
                    "an empty name means nobody",
                    "write a name or an id; leave `on` out for anything",
                );
            }
            if expect.can.is_empty() && expect.cannot.is_empty() {
                return empty(
                    &expect.who,
                    "nothing is expected",
                    "say what they `can` or `cannot` do: a list of permissions",
                );
            }
        }
        self.expect.extend(given.into_iter().map(|expect| Expect { source: number, ..expect }));
        Ok(())
    }
}
