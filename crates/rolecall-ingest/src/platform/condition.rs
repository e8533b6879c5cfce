//! How far a policy's condition lets it reach, before divisions are looked at.

use super::field;
use crate::lower::{Lower, is_template};
use rolecall_model::{List, Ref, ScopeWord};
use rolecall_source::{Kind as Json, Node};

/// What a condition leaves.
#[derive(Debug)]
struct Reach<'t, 'a> {
    word: ScopeWord,
    /// The queues and users that it names, where that is all there is to it.
    names: Option<Vec<Node<'t, 'a>>>,
}

/// What of a user's own a term may be about.
const WORK: [&str; 5] = [
    "Conversation.agents",
    "Conversation.queues",
    "Evaluation.agentId",
    "Evaluation.evaluatorId",
    "Evaluation.assigneeId",
];

/// How conditions narrow an entry together, and the queues and users that are left. `reference` reads a name.
pub(crate) fn narrowed<'t, 'a: 't>(
    conditions: impl IntoIterator<Item = Node<'t, 'a>>,
    into: &mut Lower<'_>,
    reference: impl Fn(Node<'_, '_>, &mut Lower<'_>) -> Option<Ref>,
) -> (ScopeWord, List) {
    // What cannot be read narrows nothing.
    let sound: Vec<Node<'t, 'a>> = conditions.into_iter().filter(|condition| is_sound(*condition, into)).collect();
    let Some(reach) = all(sound.into_iter().filter_map(reach).collect()) else {
        return (ScopeWord::Granted, List::default());
    };
    let start = into.tenant.refs.len();
    for node in reach.names.into_iter().flatten() {
        let target = reference(node, into);
        into.tenant.refs.extend(target);
    }
    (reach.word, into.list_from(start))
}

/// Whether everything in a condition is of its type and known; what is not is said.
fn is_sound(node: Node<'_, '_>, into: &mut Lower<'_>) -> bool {
    let before = into.troubles.count();
    if into.is_object("condition", node) {
        for key in ["variableName", "variable_name", "conjunction", "operator"] {
            let Some(word) = field(node, key) else { continue };
            // A variable of Terraform may stand for any.
            if into.text(key, word).is_some_and(|text| is_template(&text)) {
                into.unread(&format!("`{key}` of a condition"), word);
            }
        }
        for term in parts(node, "terms", into) {
            is_sound(term, into);
        }
        for operand in parts(node, "operands", into) {
            for key in ["type", "value"] {
                field(operand, key).and_then(|word| into.text(key, word));
            }
            for key in ["queue", "user", "queue_id", "user_id"] {
                let is_named = |named: &Node<'_, '_>| matches!(named.kind(), Json::String | Json::Object);
                if let Some(other) = field(operand, key).filter(|named| !is_named(named)) {
                    into.wrong_type(key, "a reference (an id, or an object with `id`)", other);
                }
            }
        }
    }
    into.troubles.count() == before
}

/// The objects of a list; one may stand alone.
fn parts<'t, 'a>(node: Node<'t, 'a>, key: &str, into: &mut Lower<'_>) -> Vec<Node<'t, 'a>> {
    match field(node, key) {
        Some(one) if one.kind() == Json::Object => vec![one],
        Some(list) => into.objects(key, list).collect(),
        None => Vec::new(),
    }
}

/// Terms joined by AND narrow, those joined by OR, or by a word that is not known, widen.
fn reach<'t, 'a>(node: Node<'t, 'a>) -> Option<Reach<'t, 'a>> {
    let inner = many(node, "terms").into_iter().filter_map(reach);
    let terms: Vec<Reach<'t, 'a>> = inner.chain(term(node)).collect();
    let is_and = node.get("conjunction").and_then(Node::text).is_none_or(|c| c.trim().eq_ignore_ascii_case("AND"));
    if is_and { all(terms) } else { any(terms) }
}

/// A term that names the user is Self, one on what the user works on is Assigned, any other names a set; so does one
/// that compares in another way.
fn term<'t, 'a>(node: Node<'t, 'a>) -> Option<Reach<'t, 'a>> {
    let variable = node.get("variableName").or_else(|| node.get("variable_name")).and_then(Node::text)?;
    let operands = many(node, "operands");
    let is_user = |o: &Node<'_, '_>| o.get("value").and_then(Node::text).is_some_and(|value| value == "User.id");
    let operator = node.get("operator").and_then(Node::text);
    let is_among =
        operator.is_none_or(|word| ["EQ", "IN"].into_iter().any(|own| word.trim().eq_ignore_ascii_case(own)));
    if is_among && !operands.is_empty() && operands.iter().all(is_user) {
        let word = if WORK.contains(&&*variable) { ScopeWord::Assigned } else { ScopeWord::Own };
        return Some(Reach { word, names: None });
    }
    let names = operands.into_iter().map(named).collect::<Option<Vec<_>>>();
    Some(Reach { word: ScopeWord::Condition, names: names.filter(|names| is_among && !names.is_empty()) })
}

/// The queue or user that an operand names.
fn named<'t, 'a>(operand: Node<'t, 'a>) -> Option<Node<'t, 'a>> {
    let is_said = |node: &Node<'_, '_>| node.kind() == Json::Object || node.text().is_some_and(|text| !text.is_empty());
    let part = |key: &str| field(operand, key).filter(is_said);
    let kind = operand.get("type").and_then(Node::text)?;
    match &*kind {
        "QUEUE" => part("queue").or_else(|| part("queue_id")).or_else(|| part("value")),
        "USER" => part("user").or_else(|| part("user_id")).or_else(|| part("value")),
        _ => None,
    }
}

/// What is within all; two sets of names leave what only an evaluation finds.
fn all<'t, 'a>(terms: Vec<Reach<'t, 'a>>) -> Option<Reach<'t, 'a>> {
    let is_alone = terms.len() == 1;
    let narrowest = terms.into_iter().min_by_key(|term| rank(term.word))?;
    Some(Reach { names: narrowest.names.filter(|_| is_alone), ..narrowest })
}

/// What is within any.
fn any<'t, 'a>(terms: Vec<Reach<'t, 'a>>) -> Option<Reach<'t, 'a>> {
    let word = terms.iter().map(|term| term.word).max_by_key(|word| rank(*word))?;
    let names = terms.into_iter().map(|term| term.names).collect::<Option<Vec<_>>>();
    Some(Reach { word, names: names.map(|names| names.into_iter().flatten().collect()) })
}

/// How far a condition reaches, the narrowest first.
fn rank(word: ScopeWord) -> u8 {
    match word {
        ScopeWord::Own => 0,
        ScopeWord::Assigned => 1,
        _ => 2,
    }
}

/// The elements of a list; a lone value is a list of one.
fn many<'t, 'a>(node: Node<'t, 'a>, key: &str) -> Vec<Node<'t, 'a>> {
    match field(node, key) {
        Some(list) if list.kind() == Json::Array => list.items().collect(),
        other => other.into_iter().collect(),
    }
}
