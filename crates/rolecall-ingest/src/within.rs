//! Divisions that are shown within what is in them, or given in them.

use crate::intake::note_spelling;
use crate::lower::Lower;
use rolecall_model::{Head, List, Ref};
use rolecall_source::{Kind as Json, Node};

impl Lower<'_> {
    /// Takes a division that is shown with its name for seen in passing. Of hundreds of thousands of users nearly all show
    /// one that others showed before, which is asked first.
    #[inline]
    pub(crate) fn show_division(&mut self, shown: Node<'_, '_>, reference: Option<Ref>) {
        if let Some(reference) = reference.filter(|reference| !self.named.has_division(reference.target))
            && shown.kind() == Json::Object
        {
            self.show_new_division(shown, reference);
        }
    }

    /// The same for one or a list of them.
    pub(crate) fn show_divisions(&mut self, shown: Node<'_, '_>, references: List) {
        if shown.kind() == Json::Object {
            self.show_division(shown, self.tenant.refs(references).first().copied());
        } else if shown.items().any(|item| item.kind() == Json::Object) {
            let references = self.tenant.refs(references).to_vec();
            // What is no reference was left out, so that places tell which is which.
            let of = |item: &Node<'_, '_>| references.iter().find(|reference| reference.at == item.start()).copied();
            shown.items().for_each(|item| self.show_division(item, of(&item)));
        }
    }

    #[cold]
    fn show_new_division(&mut self, shown: Node<'_, '_>, reference: Ref) {
        let [id, name, is_home] = shown.gets(["id", "name", "homeDivision"]).map(|part| part.filter(|p| !p.is_null()));
        // Without an id its name is what refers to it, and `*` is no division but all of them.
        let is_one = id.is_some() && !["", "*"].contains(&self.tenant.str(reference.target));
        let name =
            name.filter(|_| is_one).and_then(|name| self.text("name", name)).filter(|name| !name.trim().is_empty());
        let Some(name) = name else { return };
        self.named.add_division(reference.target);
        note_spelling(shown, self.troubles);
        if is_home.and_then(|node| self.flag("homeDivision", node)) == Some(true) {
            self.tenant.note_home(reference.target);
        }
        let (name, origin) = (self.tenant.strings.keep(&name), self.origin(shown));
        let id = Some(reference.target);
        self.tenant.shown_divisions.push(Head { id, name, origin, embedded: true, ..Head::default() });
    }
}
