//! Entities of a page that no field of theirs tells: what they are, the page's own address says.

use crate::dialect::Dialect;
use crate::guide::Guide;
use crate::intake::Intake;
use crate::limit::Troubles;
use crate::listing::{Mark, api_words};
use crate::platform::Platform;
use crate::trouble::{Trouble, without_policies};
use rolecall_model::{Flag, Group, Kind, Queue, Role, User};
use rolecall_source::{Kind as Json, Node};

/// Fields that say something of what no other field tells, for one of the guide's that the file's name tells.
const STRAYS: [&str; 10] = [
    "groupIds",
    "inherits",
    "memberIds",
    "parentRoles",
    "parents",
    "permissions",
    "queueIds",
    "roleIds",
    "roles",
    "userIds",
];

/// What the platform lists at an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Listed {
    /// Entities of a kind of which an id and a name say something by themselves.
    Of(Kind),
    /// What is read, and says nothing by these.
    More,
    /// What no rule reads.
    Nothing,
}

/// What a page of an address lists; none where it is no address of the platform's.
pub(crate) fn listed(path: &str) -> Option<Listed> {
    use Listed::{More, Nothing, Of};
    Some(match api_words(path).as_slice() {
        ["users"]
        | ["users", "search"]
        | ["groups", _, "members" | "individuals"]
        | ["routing", "queues", _, "members" | "users"]
        | ["authorization", "roles", _, "users"]
        | ["orgauthorization", "trustees", _, "users"] => Of(Kind::User),
        ["groups"] | ["groups", "search"] | ["orgauthorization", "trustees", _, "groups"] => Of(Kind::Group),
        ["authorization", "roles"] => Of(Kind::Role),
        ["authorization", "divisions"] => Of(Kind::Division),
        ["routing", "queues"] => Of(Kind::Queue),
        ["authorization", "roles", _, "subjectgrants"]
        | ["authorization", "divisions", _, "grants"]
        | ["authorization", "policies" | "subjects", ..]
        | ["authorization", "permissions"]
        | ["oauth", "clients"]
        | ["orgauthorization", "trustees"]
        | ["recording", "mediaretentionpolicies"]
        | ["analytics", "reporting", "exports"]
        | ["license", "users"] => More,
        _ if path.contains("/api/v2/") => Nothing,
        _ => return None,
    })
}

/// Whether an entity that the file's name tells, and no field, is one of which the address of its page may say otherwise.
pub(crate) fn is_bare(entity: Node<'_, '_>, hint: Kind) -> bool {
    let is_listed = matches!(hint, Kind::User | Kind::Group | Kind::Role | Kind::Queue | Kind::Division);
    let id = entity.get("id").filter(|id| is_listed && id.kind() == Json::String);
    id.is_some() && !entity.fields().any(|(key, _)| STRAYS.contains(&&*key.text))
}

/// What the entities of one page show, as far as no field of theirs says what they are.
#[derive(Default)]
pub(crate) struct Bare {
    /// They, as users, who have all that is read of any of them; and where each ends.
    pub(crate) users: Vec<(User, u32)>,
    /// What is wrong in them, if they are entities.
    pub(crate) wrong: Troubles,
    /// What is wrong if they are none.
    pub(crate) unknown: Troubles,
    /// Whether another entity of the page has a key that only the guide's have.
    pub(crate) has_guides: bool,
    /// The dialect of the file before the page.
    pub(crate) before: Option<&'static dyn Dialect>,
}

impl Bare {
    /// Makes of what was read since `mark` what the address of its page says of it, or else the name of the file.
    pub(crate) fn settle(self, path: &str, mark: Mark, intake: &mut Intake<'_>, range: (u32, u32)) {
        let is_empty = self.users.is_empty();
        match (listed(path), intake.hint) {
            (Some(Listed::Of(kind)), _) => {
                add(self.users, kind, Flag::Unknown, intake);
                intake.troubles.append(self.wrong);
            }
            (Some(Listed::More), _) if !is_empty => intake.troubles.push(too_little(path, range)),
            (Some(Listed::Nothing), _) if is_empty => return,
            (Some(_), _) => {}
            (None, Some(hint)) if !is_empty => {
                intake.dialect = intake.dialect.or(Some(&Guide));
                add(self.users, hint, Flag::Absent, intake);
                return intake.troubles.append(self.wrong);
            }
            (None, _) => return intake.troubles.append(self.unknown),
        }
        if !self.has_guides {
            intake.dialect = self.before.or(Some(&Platform));
            // The platform knows no flag of people.
            let users = mark.users(intake.tenant).filter(|user| user.flag == Flag::Absent);
            users.for_each(|user| user.flag = Flag::Unknown);
        }
    }
}

/// Adds what was read as users as what it is, with the flag that its dialect has of people.
fn add(bare: Vec<(User, u32)>, kind: Kind, flag: Flag, intake: &mut Intake<'_>) {
    let is_platforms = flag == Flag::Unknown;
    for (user, end) in bare {
        let (head, tenant) = (user.head, &mut *intake.tenant);
        match kind {
            Kind::Group => tenant.groups.push(Group { head, ..Group::default() }),
            Kind::Division => tenant.divisions.push(head),
            Kind::Queue => {
                let division = user.division.filter(|_| is_platforms);
                tenant.queues.push(Queue { head, division, ..Queue::default() });
            }
            Kind::Role => {
                tenant.roles.push(Role { head, unshown: is_platforms, ..Role::default() });
                if is_platforms {
                    intake.troubles.push(without_policies(head.origin.offset, end));
                }
            }
            _ => tenant.users.push(User { flag, ..user }),
        }
    }
}

/// A page of what says nothing by an id and a name.
fn too_little(path: &str, (at, end): (u32, u32)) -> Trouble {
    let path: String = path.chars().take(80).collect();
    Trouble {
        kind: "wrong-type",
        message: format!("the page of `{path}` shows too little of what it lists to be read"),
        help: "export the page again as the API gives it: what is left out may be what matters",
        at,
        end,
        related: None,
    }
}
