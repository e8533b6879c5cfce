//! What kept a file from being read in full.

use crate::own::Seen;
use rolecall_model::Kind;
use rolecall_source::{Fault, FaultKind, Key, Kind as Json, Node};

/// Something wrong in a file, by byte range of its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// `truncated`, `duplicate-key`, `wrong-type`, `unknown-shape`, …
    pub kind: &'static str,
    /// What is wrong.
    pub message: String,
    /// How to go on.
    pub help: &'static str,
    /// The first byte at fault.
    pub at: u32,
    /// The byte after the last one at fault.
    pub end: u32,
    /// A second place that explains it.
    pub related: Option<(u32, u32, String)>,
}

impl Trouble {
    /// Whether the file is simply no export, so that a walk may pass it over.
    #[must_use]
    pub fn is_unknown_shape(&self) -> bool {
        self.kind == UNKNOWN_SHAPE
    }
}

/// Not wrong, and still to be said.
pub(crate) const NOT_EVALUATED: &str = "not-evaluated";

pub(crate) const UNKNOWN_SHAPE: &str = "unknown-shape";

impl From<Fault> for Trouble {
    fn from(fault: Fault) -> Self {
        let help = match fault.kind {
            FaultKind::NotUtf8 => "export or convert the file as UTF-8",
            FaultKind::Packed => "unpack it, and check what is in it",
            FaultKind::Empty | FaultKind::Truncated => "export the file again: part of it is missing",
            FaultKind::Syntax => "export the file again, or mend the JSON here",
            FaultKind::DuplicateKey => "keep one of the two: JSON readers differ on which one wins",
            FaultKind::TooDeep => "no export is nested so deep; check where the file comes from",
            FaultKind::TooLong => "no export has such keys; check where the file comes from",
            FaultKind::TooLarge => "split the export into several files",
            FaultKind::Unreadable => "see that the file can be read, and run again",
        };
        Self {
            kind: fault.kind.name(),
            message: fault.message,
            help,
            at: fault.at,
            end: fault.end,
            related: fault.related,
        }
    }
}

/// Why the reading of a text ended early, whether before anything was read, and before which text.
pub(crate) fn ended(fault: Fault, is_first: bool, rest: &str) -> Trouble {
    let help = match (fault.kind, is_first) {
        (FaultKind::Syntax, true) if rest.starts_with('<') => {
            Some("this is a web page, such as one to sign in, or XML: export it again as JSON")
        }
        // Whatever is whole before it is a JSON text of its own.
        (FaultKind::Syntax, false)
            if fault.message.starts_with("expected nothing more") && rest.starts_with(['{', '[']) =>
        {
            Some("several JSON texts stand one after the other: name the file .jsonl, or put them into a list")
        }
        _ => None,
    };
    let trouble = Trouble::from(fault);
    Trouble { help: help.unwrap_or(trouble.help), ..trouble }
}

/// An entity or page that lies where none is read.
pub(crate) fn wrapped(inside: Node<'_, '_>) -> Trouble {
    Trouble {
        kind: "wrapped",
        message: "this is part of an export, and lies where none is read".to_owned(),
        help: "take it out of what is around it: an export is an entity, a list of entities, a page of a listing, or a \
               bundle of lists by kind",
        at: inside.start(),
        end: inside.end(),
        related: None,
    }
}

/// A list of entities beside what only Terraform has.
pub(crate) fn beside_blocks(key: &Key<'_>) -> Trouble {
    Trouble {
        kind: "ambiguous",
        message: format!("the list `{}` stands beside blocks of Terraform, and was not read", key.text),
        help: "put it into a file of its own, or take away what is no part of the export",
        at: key.start,
        end: key.end,
        related: None,
    }
}

/// What is no export, as far as can be told.
pub(crate) fn unknown(at: u32, end: u32) -> Trouble {
    Trouble {
        kind: UNKNOWN_SHAPE,
        message: "this is no export that rolecall knows".to_owned(),
        help: "give an entity, a list of entities, a page of a listing, or a bundle of lists by kind",
        at,
        end,
        related: None,
    }
}

/// An entity whose fields fit several kinds.
pub(crate) fn ambiguous(kinds: &[Kind], at: u32, end: u32) -> Trouble {
    let kinds: Vec<&str> = kinds.iter().map(|kind| kind.noun()).collect();
    Trouble {
        kind: "ambiguous",
        message: format!(
            "the fields fit a {}, and neither the file's nor the folder's name decides",
            kinds.join(" or a ")
        ),
        help: "name the file or its folder after the kind, such as groups/planning.json",
        at,
        end,
        related: None,
    }
}

/// A bundle with a key of an entity, whose own fields nobody read if it is one.
pub(crate) fn doubtful((key, at, end): Seen) -> Trouble {
    Trouble {
        kind: "ambiguous",
        message: format!("with `{key}` this may be an entity, and it was read as a bundle of the lists in it"),
        help: "put an entity into a list, or under the key of its kind; leave `id` and `name` out of a bundle",
        at,
        end,
        related: None,
    }
}

/// A key that nobody reads, and that is the name of a field but for its spelling.
pub(crate) fn misspelt(key: &str, name: &str, at: u32, end: u32) -> Trouble {
    Trouble {
        kind: "misspelt-key",
        message: format!("`{key}` is read by nobody: the field is called `{name}`"),
        help: "export it as the API gives it, or write the key so: what it holds was not looked at",
        at,
        end,
        related: None,
    }
}

/// An entity of the platform that nothing can refer to.
pub(crate) fn without_id(kind: Kind, entity: Node<'_, '_>) -> Trouble {
    Trouble {
        kind: "without-id",
        message: format!("this {} has no `id`, so that nothing can refer to it", kind.noun()),
        help: "export it again with its id: roles, members and divisions are given by id",
        at: entity.start(),
        end: entity.end(),
        related: None,
    }
}

/// A role of the platform that is listed without what it grants.
pub(crate) fn without_policies(at: u32, end: u32) -> Trouble {
    Trouble {
        kind: NOT_EVALUATED,
        message: "the role shows no `permissionPolicies`: what it grants is not known".to_owned(),
        help: "export it again with its permissions",
        at,
        end,
        related: None,
    }
}

/// A list of a bundle that is of no kind that rules are about.
pub(crate) fn unread(key: &Key<'_>) -> Trouble {
    Trouble {
        kind: NOT_EVALUATED,
        message: format!("the list `{}` is of no kind that is read: it was passed over", key.text),
        help: "",
        at: key.start,
        end: key.end,
        related: None,
    }
}

/// What the platform answers to a request that failed, in place of what was asked for (`ErrorBody` of its public API).
pub(crate) fn failed(answer: Node<'_, '_>) -> Option<Trouble> {
    let status = answer.get("status")?.u64().filter(|status| *status >= 400)?;
    let code = answer.get("code")?.text()?;
    answer.get("contextId")?;
    Some(Trouble {
        kind: "failed-request",
        message: format!("this is the answer to a request that failed, and no export: {status}, `{code}`"),
        help: "export it again, as somebody who may read it: what should stand here is missing",
        at: answer.start(),
        end: answer.end(),
        related: None,
    })
}

/// A page that says which it is of how many, and has nothing in it, not even an empty list.
pub(crate) fn hollow(page: Node<'_, '_>) -> Option<Trouble> {
    let is_number = |key: &str| page.get(key).is_some_and(|value| value.u64().is_some());
    let is_page = is_number("pageNumber")
        && ["pageSize", "pageCount", "total"].into_iter().filter(|key| is_number(key)).count() > 1;
    is_page.then(|| Trouble {
        kind: "wrong-type",
        message: "a page without its list of `entities`".to_owned(),
        help: "export the page again: what should stand in it is missing",
        at: page.start(),
        end: page.end(),
        related: None,
    })
}

/// A value of another type than its field holds.
pub(crate) fn mistyped(field: &str, expected: &str, node: Node<'_, '_>) -> Trouble {
    let (not, help) = if node.plain().is_some_and(is_cut_off) {
        ("what is left of it".to_owned(), CUT_OFF)
    } else {
        let not = match node.kind() {
            // Of the right type, and still not what is held.
            Json::Number if expected.contains("number") => format!("`{}`", node.raw().get(..40).unwrap_or(node.raw())),
            Json::Object if expected.contains("an object with") => "an object that lacks such a text".to_owned(),
            _ => noun(node).to_owned(),
        };
        (not, "a field that cannot be read may hide access: mend it or export again")
    };
    let message = format!("`{field}` should be {expected}, not {not}");
    Trouble { kind: "wrong-type", message, help, at: node.start(), end: node.end(), related: None }
}

/// An entry that names no permission, and so may hide any.
pub(crate) fn no_permission(id: &str, action: Option<&str>, node: Node<'_, '_>) -> Trouble {
    let help = match action.unwrap_or(id) {
        text if is_cut_off(text) => CUT_OFF,
        _ => "a permission is `Domain > Entity` with an action, or `domain:entity:action`: mend it or export again",
    };
    let said: String = [id, action.unwrap_or_default()].join(" ").trim().chars().take(80).collect();
    let message = format!("`{said}` names no permission");
    Trouble { kind: "wrong-type", message, help, at: node.start(), end: node.end(), related: None }
}

/// What `ConvertTo-Json` of PowerShell writes in place of what lies deeper than it was told to go, 2 if nothing was said.
/// Source: Microsoft's documentation of that command, of its parameter `-Depth`.
#[inline]
pub(crate) fn is_cut_off(text: &str) -> bool {
    matches!(text.as_bytes(), [b'@', b'{', .., b'}']) || (text.starts_with("System.") && is_type(text))
}

/// Whether a text is a name of a type that holds others.
fn is_type(text: &str) -> bool {
    text == "System.Object[]"
        || ["System.Collections.", "System.Management.Automation."].iter().any(|of| text.starts_with(of))
}

/// How to export again what was cut off.
const CUT_OFF: &str = "PowerShell cut it off, as what lies too deep: export again with `ConvertTo-Json -Depth 20`";

/// What a value is, for a sentence.
fn noun(node: Node<'_, '_>) -> &'static str {
    match node.kind() {
        Json::Null => "null",
        Json::Bool => "true or false",
        Json::Number => "a number",
        Json::String => "a string",
        Json::Array => "a list",
        Json::Object => "an object",
    }
}
