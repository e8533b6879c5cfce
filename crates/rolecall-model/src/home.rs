//! The home division, which the platform knows by an id and Terraform by a word.

use crate::{Head, Queue, Ref, Sym, Tenant, User};

/// The id that the home division goes by where nothing tells the platform's own.
pub const HOME: &str = "genesyscloud_auth_division_home";

impl Tenant {
    /// Takes note of an id of the home division. There is one: the platform's id is what it goes by, and the word that
    /// stands for it another name of that.
    pub fn note_home(&mut self, id: Sym) {
        let Some(known) = self.home.filter(|known| *known != id) else {
            self.home = Some(id);
            return;
        };
        let (word, id) = if self.str(id) == HOME { (id, known) } else { (known, id) };
        if self.str(word) == HOME {
            self.aliases.push((word, id));
            self.home = Some(id);
        } else {
            // Two organisations, it seems; whichever file comes first makes no difference.
            self.home = if self.str(word) < self.str(id) { Some(word) } else { Some(id) };
        }
    }

    /// Puts users and queues in the home division that are nowhere else.
    pub(crate) fn place_at_home(&mut self) {
        // Of most exports nobody is, and nobody need be asked.
        if self.strings.lookup(HOME).is_none() {
            return;
        }
        let is_placed = |user: &User| user.home_by_default && user.division.is_none();
        let is_put = |queue: &Queue| queue.home_by_default && queue.division.is_none();
        let users = self.users.iter().filter(|user| is_placed(user)).map(|user| user.head.origin);
        let queues = self.queues.iter().filter(|queue| is_put(queue)).map(|queue| queue.head.origin);
        let Some(origin) = users.chain(queues).min() else { return };
        let home = self.home.unwrap_or_else(|| {
            let (id, name) = (self.strings.intern(HOME), self.strings.keep("Home"));
            self.divisions.push(Head { id: Some(id), name, origin, embedded: true, planned: false });
            id
        });
        self.home = Some(home);
        for user in self.users.iter_mut().filter(|user| is_placed(user)) {
            user.division = Some(Ref { target: home, at: user.head.origin.offset });
        }
        for queue in self.queues.iter_mut().filter(|queue| is_put(queue)) {
            queue.division = Some(Ref { target: home, at: queue.head.origin.offset });
        }
    }
}
