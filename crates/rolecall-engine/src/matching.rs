//! What a word of the match language finds: facts and places, without wording.

use crate::context::Context;
use crate::landing::SHOWN;
use crate::mending::Mending;
use crate::vocabulary::denial;
use crate::{About, Claim, Ends, Label, Named, Piece, Severity, Step, wording};
use hashbrown::HashSet;
use rolecall_graph::{AccessGraph, EdgeKind, Via};
use rolecall_model::{Entity, Kind, Origin, Place};
use std::sync::Arc;

/// The kind of what is about a whole tier.
pub(crate) const TIER: &str = "tier";

/// The word for what a finding on a setting is about.
pub(crate) const SETTING: &str = "setting";

/// The kind of what settings name and no input has.
pub(crate) const UNKNOWN: &str = "entity";

/// The kinds of what only settings know.
pub(crate) const SETTLED: [&str; 3] = [TIER, SETTING, UNKNOWN];

/// Words for the placeholders of a rule's texts.
pub(crate) type Facts = Vec<(&'static str, String)>;

/// One cause of one trap, before it is put into words.
#[derive(Clone, Debug)]
pub(crate) struct Match {
    /// The entity whose edit mends it.
    pub(crate) subject: Entity,
    pub(crate) primary: Place,
    /// Further places that the rule's label fits, with their own facts.
    pub(crate) also: Vec<(Place, Facts)>,
    /// Places that explain it.
    pub(crate) related: Vec<Label>,
    pub(crate) witness: Vec<Step>,
    pub(crate) facts: Facts,
    /// What tells this cause from others of the rule, apart from the subject.
    pub(crate) identity: Vec<String>,
    /// Entities that tell it from others too, where many matches have the same.
    pub(crate) crowd: Arc<[String]>,
    /// What it is about, where that is not just what its identity says.
    pub(crate) pieces: Vec<Piece>,
    /// The files in which people are stated whom it is about too, and no label points to.
    pub(crate) files: Vec<u32>,
    /// What lets the subject in, where that may let in others, and these.
    pub(crate) door: Option<String>,
    pub(crate) let_in: Vec<String>,
    /// The access that it is about, each as `permission over scope`. Where it is left empty, the witness says it.
    pub(crate) access: Vec<String>,
    /// What it is about, where that is nothing of the input; then `subject` means nothing.
    pub(crate) about: Option<Named>,
    /// Roles by which it is borne; their holders bear it too. None where it is somebody's alone.
    pub(crate) roles: Vec<u32>,
    /// Who bears it of all that have the roles, where it is not all of them.
    pub(crate) people: Vec<Entity>,
    /// Whether it rests on what the export does not show.
    pub(crate) is_assumed: bool,
    /// How bad it is, where that is not what the rule says.
    pub(crate) severity: Option<Severity>,
    /// The ends of the ways that it is about.
    pub(crate) ends: Option<Ends>,
    /// What would mend it.
    pub(crate) mending: Mending,
}

impl Match {
    /// A match about one entity alone.
    pub(crate) fn of(context: &Context<'_, '_>, subject: Entity, primary: Place) -> Self {
        Self {
            subject,
            primary,
            also: Vec::new(),
            related: Vec::new(),
            witness: Vec::new(),
            facts: vec![("subject", wording::entity(context, subject))],
            identity: Vec::new(),
            crowd: Arc::default(),
            pieces: Vec::new(),
            files: Vec::new(),
            door: None,
            let_in: Vec::new(),
            access: Vec::new(),
            about: None,
            people: Vec::new(),
            roles: if subject.kind == Kind::Role { vec![subject.row] } else { Vec::new() },
            is_assumed: false,
            severity: None,
            ends: None,
            mending: Mending::default(),
        }
    }

    /// A match about something that need not be in the input.
    pub(crate) fn about(context: &Context<'_, '_>, about: Named, primary: Place) -> Self {
        let nothing = Entity { kind: Kind::Role, row: u32::MAX };
        Self { about: Some(about), facts: Vec::new(), roles: Vec::new(), ..Self::of(context, nothing, primary) }
    }

    /// Takes in another match of the same: what is stated twice is one fault at two places.
    pub(crate) fn join(&mut self, other: Self) {
        self.mending.join(other.mending, other.primary.origin);
        self.also.push((other.primary, other.facts));
        self.also.extend(other.also);
        self.related.extend(other.related);
        self.files.extend(other.files);
        if let (Some(ends), Some(more)) = (&mut self.ends, other.ends) {
            ends.join(more);
        }
    }

    /// Takes in another match that says no more, of others maybe: whoever bears it bears this.
    pub(crate) fn take_in(&mut self, other: Self) {
        self.related.extend(other.related);
        self.files.extend(other.files);
        if let (Some(ends), Some(more)) = (&mut self.ends, other.ends) {
            ends.join(more);
        }
        self.let_in.extend(other.let_in);
        // One that names nobody is about all who have its roles.
        if other.people.is_empty() {
            self.people.clear();
        } else if !self.people.is_empty() {
            self.people.extend(other.people);
        }
    }

    /// What it is about: what it says of that, else what its identity says beside the door, or of that alone.
    pub(crate) fn pieces(&self) -> Vec<Piece> {
        if !self.pieces.is_empty() {
            return self.pieces.clone();
        }
        let is_door = |text: &&String| self.door.as_ref() == Some(*text);
        let is_all_door = self.identity.iter().all(|text| is_door(&text));
        self.identity.iter().filter(|text| is_all_door || !is_door(text)).cloned().map(Piece::Thing).collect()
    }

    /// What it is about, to be compared with what others are about; it is taken out of the match, which is done with.
    pub(crate) fn take_about(&mut self, subject: String) -> About {
        let pieces = if self.pieces.is_empty() { self.pieces() } else { std::mem::take(&mut self.pieces) };
        let (door, people) = (self.door.take(), std::mem::take(&mut self.let_in));
        About { subject, door, pieces, people, crowd: Arc::clone(&self.crowd) }
    }

    /// Says what access it is about besides.
    pub(crate) fn tell_claims(&mut self, claims: Vec<Claim>) {
        for piece in claims.into_iter().map(Piece::Access) {
            self.identity.push(piece.text());
            self.pieces.push(piece);
        }
    }

    /// Says who is let in by what: of one of them alone it is told that this may let in others, and of what lets in a few
    /// who these are.
    pub(crate) fn let_in(
        &mut self,
        context: &Context<'_, '_>,
        people: impl ExactSizeIterator<Item = Entity>,
        by: Entity,
    ) {
        let mut people = people.peekable();
        // A group may be left of several who hold a role.
        let is_left = people.len() == 1 && people.peek() == Some(&self.subject);
        if is_left || matches!(self.subject.kind, Kind::User | Kind::ServiceAccount) {
            self.door = Some(key(context, by)).filter(|_| by != self.subject);
        } else if people.len() <= SHOWN {
            self.let_in = people.map(|who| key(context, who)).collect();
        }
    }

    /// What it is about, as shown.
    pub(crate) fn named(&self, context: &Context<'_, '_>) -> Named {
        self.about.clone().unwrap_or_else(|| named(context, self.subject))
    }

    /// The principals, groups and roles that a combination compares by, in no order; those from whom policies take away
    /// all that it is about do not bear it.
    pub(crate) fn bearers(&self, context: &Context<'_, '_>) -> Vec<Entity> {
        let mut bearers = self.named_bearers(context);
        let entries = self.ends.as_ref().map(|ends| ends.grants.as_slice());
        denial::keep_undenied(context, entries.unwrap_or_default(), &mut bearers);
        bearers
    }

    /// The same, whatever policies deny them.
    fn named_bearers(&self, context: &Context<'_, '_>) -> Vec<Entity> {
        if !self.people.is_empty() {
            return self.people.clone();
        }
        let graph = context.graph;
        let mut bearers = holders(graph, &self.roles);
        bearers.push(self.subject);
        if self.subject.kind == Kind::Group {
            let people = graph.sources(self.subject, EdgeKind::MemberOf);
            bearers.extend(people.filter(|member| member.kind == Kind::User));
        }
        bearers
    }
}

/// Everybody who has what some roles give: these, the roles that inherit from them, and the groups and principals that hold
/// any of them.
pub(crate) fn holders(graph: &AccessGraph<'_>, roles: &[u32]) -> Vec<Entity> {
    let heirs = graph.spread(roles.iter().copied(), |_| false);
    let role = |row: &u32| Entity { kind: Kind::Role, row: *row };
    let mut all: HashSet<Entity> = graph.principals(heirs.roles());
    for heir in heirs.roles() {
        all.extend(graph.sources(role(heir), EdgeKind::Holds).filter(|holder| holder.kind == Kind::Group));
    }
    heirs.roles().iter().map(role).chain(all).collect()
}

/// An entity as shown to people and machines.
pub(crate) fn named(context: &Context<'_, '_>, entity: Entity) -> Named {
    Named::of(context.graph.tenant, entity)
}

/// What tells an entity from others in a fingerprint: its id, and where several share that, its name too.
pub(crate) fn key(context: &Context<'_, '_>, entity: Entity) -> String {
    let graph = context.graph;
    let (kind, id) = (entity.kind.word(), context.id(entity));
    let own = graph.tenant.head(entity).id;
    let is_shared = own.is_some_and(|id| graph.directory.each(entity.kind, id).nth(1).is_some());
    if is_shared { [kind, " ", id, " ", graph.tenant.name(entity)].concat() } else { [kind, " ", id].concat() }
}

/// The steps of a way that starts at `start`.
pub(crate) fn steps(context: &Context<'_, '_>, start: Entity, way: &[Via]) -> Vec<Step> {
    let mut from = named(context, start);
    let step = |via: &Via| {
        let to = named(context, via.to);
        let from = std::mem::replace(&mut from, to.clone());
        Step { edge: via.kind.word(), from, to, over: None, place: Place::reference(via.origin) }
    };
    way.iter().map(step).collect()
}

/// The last step of an access: the permission entry.
pub(crate) fn grant_step(context: &Context<'_, '_>, owner: Entity, row: u32) -> Option<Step> {
    let tenant = context.graph.tenant;
    let grant = tenant.grants.get(row as usize)?;
    let permission = tenant.permissions.spelling(grant.permission).to_owned();
    Some(Step {
        edge: EdgeKind::Grants.word(),
        from: named(context, owner),
        to: Named { kind: "permission", id: permission.clone(), name: permission },
        over: Some(context.scope_words(grant)),
        place: Place::whole(grant.origin),
    })
}

/// The labels that explain a way: what each edge says, at its own place.
pub(crate) fn edge_labels(context: &Context<'_, '_>, start: Entity, way: &[Via]) -> Vec<Label> {
    let mut from = start;
    let label = |via: &Via| {
        let from = std::mem::replace(&mut from, via.to);
        edge_label(context, from, via.kind, via.to, via.origin)
    };
    way.iter().map(label).collect()
}

/// What one edge says.
pub(crate) fn edge_label(context: &Context<'_, '_>, from: Entity, kind: EdgeKind, to: Entity, origin: Origin) -> Label {
    let (from, to) = (wording::entity(context, from), wording::entity(context, to));
    let verb = match kind {
        EdgeKind::MemberOf => "is a member of",
        EdgeKind::Holds => "holds",
        EdgeKind::Inherits => "inherits from",
        EdgeKind::Grants => "grants",
        EdgeKind::Impersonates => "may become",
        EdgeKind::OnQueue => "is on",
        EdgeKind::InView => "is in",
        EdgeKind::LimitedTo => "is limited to",
    };
    Label { place: Place::reference(origin), text: [&from, " ", verb, " ", &to].concat() }
}
