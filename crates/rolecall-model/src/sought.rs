//! What is only looked up by its name, and found elsewhere in the input or not.

use crate::names::Names;
use crate::{Beyond, Group, Head, Kind, Limit, OauthClient, Queue, Role, Sym, Tenant, Text, User};
use hashbrown::{HashMap, HashSet};
use std::rc::Rc;

/// A thing that Terraform looks up: there is one of that name.
#[derive(Clone, Copy, Debug)]
pub struct Sought {
    /// What it is.
    pub kind: Kind,
    /// Its address or real id, and the name that it is looked up by; that is empty where there is none.
    pub head: Head,
    /// The address that a user is looked up by; empty where there is none.
    pub email: Text,
}

/// How many of one name are meant at most by whoever looks for it; more are told.
pub const MAX_NAMESAKES: usize = 100;

/// What is looked up, by address in small letters and by name.
#[derive(Default)]
struct Asked<'s> {
    mails: HashMap<String, One>,
    called: HashMap<&'s str, One>,
}

/// What is looked up by one word, as often as that is, and what it may be.
#[derive(Default)]
struct One {
    numbers: Vec<usize>,
    found: Vec<(Sym, bool)>,
    known: HashSet<Sym>,
    /// Whether there are more than are meant.
    is_beyond: bool,
}

/// The words that lead to what is meant, and whether these are its id.
#[derive(Clone, Default)]
struct Found {
    words: Rc<[(Sym, bool)]>,
    is_beyond: bool,
}

impl One {
    fn may_be(&mut self, words: (Sym, bool), names: &mut Names) {
        if self.is_beyond || !self.known.insert(names.root(words.0)) {
            return;
        }
        if self.found.len() < MAX_NAMESAKES {
            self.found.push(words);
        } else {
            self.is_beyond = true;
        }
    }
}

impl Tenant {
    /// Finds what is looked up: by its id, else by its name. What is not in the input is something of which no more is
    /// known.
    pub(crate) fn find_sought(&mut self, names: &mut Names) {
        let all = std::mem::take(&mut self.sought);
        let known = self.known_of(&all, names);
        let found = self.found(&all, names);
        // What is looked up twice and is nowhere else is one thing.
        let mut added: HashMap<(Kind, String), Sym> = HashMap::new();
        for (sought, found) in all.into_iter().zip(found) {
            let is_known = |id: Sym, names: &mut Names| known.contains(&names.root(id)) || names.many.contains_key(&id);
            let Some(id) = sought.head.id.filter(|id| !is_known(*id, names)) else { continue };
            if found.is_beyond {
                self.beyond.push(Beyond { limit: Limit::Namesakes, name: id, origin: sought.head.origin });
            }
            match &*found.words {
                [] => {
                    let first = self.word(&sought).map(|word| *added.entry((sought.kind, word)).or_insert(id));
                    match first.filter(|first| *first != id) {
                        Some(first) => names.join(id, first),
                        None => self.add(sought),
                    }
                }
                [(one, true)] => names.join(id, *one),
                several => {
                    names.many.insert(id, several.iter().map(|(name, _)| *name).collect());
                }
            }
        }
    }

    /// What it is looked up by, addresses in small letters; nothing where it says nothing or needs an evaluation.
    fn word(&self, sought: &Sought) -> Option<String> {
        let word = match (self.strings.text(sought.email), self.strings.text(sought.head.name)) {
            ("", name) => name.to_owned(),
            (mail, _) => mail.to_ascii_lowercase(),
        };
        Some(word).filter(|word| !word.is_empty() && !word.contains("${"))
    }

    /// The things that the input has by an id of something that is looked up.
    fn known_of(&self, all: &[Sought], names: &mut Names) -> HashSet<Sym> {
        let ids: HashSet<Sym> = all.iter().filter_map(|sought| sought.head.id).collect();
        let is_asked = |names: &Names, id: Sym| names.has(id) || ids.contains(&id);
        let mut known = HashSet::new();
        for kind in kinds(all) {
            for id in self.heads(kind).filter_map(|head| head.id) {
                if is_asked(names, id) {
                    known.insert(names.root(id));
                }
            }
        }
        known
    }

    /// For each what it may be.
    fn found(&self, all: &[Sought], names: &mut Names) -> Vec<Found> {
        let mut found = vec![Found::default(); all.len()];
        for kind in kinds(all) {
            let mut asked = self.asked(all, kind);
            for entity in self.entities(kind) {
                let head = self.head(entity);
                let name = self.strings.text(head.name);
                let words = head.id.map(|id| (id, true)).or_else(|| Some((self.strings.lookup(name)?, false)));
                let Some(words) = words else { continue };
                let user =
                    self.users.get(entity.row as usize).filter(|_| kind == Kind::User && !asked.mails.is_empty());
                let mail = user.map(|user| self.strings.text(user.email).to_ascii_lowercase());
                let by_mail = mail.and_then(|mail| asked.mails.get_mut(&mail));
                for one in asked.called.get_mut(name).into_iter().chain(by_mail) {
                    one.may_be(words, names);
                }
            }
            // Each goes to numbers of its own, so their order shows nowhere.
            for one in asked.called.into_values().chain(asked.mails.into_values()) {
                let same = Found { words: one.found.into(), is_beyond: one.is_beyond };
                for number in one.numbers {
                    found.get_mut(number).into_iter().for_each(|found| *found = same.clone());
                }
            }
        }
        found
    }

    /// What is asked for of a kind.
    fn asked(&self, all: &[Sought], kind: Kind) -> Asked<'_> {
        let mut asked = Asked::default();
        for (number, sought) in all.iter().enumerate().filter(|(_, sought)| sought.kind == kind) {
            let one = match (self.strings.text(sought.email), self.strings.text(sought.head.name)) {
                ("", "") => continue,
                ("", name) => asked.called.entry(name).or_default(),
                (mail, _) => asked.mails.entry(mail.to_ascii_lowercase()).or_default(),
            };
            one.numbers.push(number);
        }
        asked
    }

    /// What is in no other place of the input.
    fn add(&mut self, Sought { kind, head, email }: Sought) {
        match kind {
            Kind::Role => self.roles.push(Role { head, unshown: true, ..Role::default() }),
            Kind::User => self.users.push(User { head, email, ..User::default() }),
            Kind::Group => self.groups.push(Group { head, unshown: true, ..Group::default() }),
            Kind::Queue => self.queues.push(Queue { head, ..Queue::default() }),
            Kind::OauthClient => self.oauth_clients.push(OauthClient { head, ..OauthClient::default() }),
            Kind::Division => self.divisions.push(head),
            _ => {}
        }
    }
}

/// The kinds of what is looked up.
fn kinds(all: &[Sought]) -> impl Iterator<Item = Kind> + '_ {
    Kind::ALL.into_iter().filter(|kind| all.iter().any(|sought| sought.kind == *kind))
}
