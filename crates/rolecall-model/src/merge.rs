//! Making one tenant of the parts that several files yield.

use crate::{Head, List, Ref, ScopeWord, Sym, Tenant, Text};

/// How the numbers of one part change when it joins another.
struct Shift {
    text: u32,
    /// The new symbol of each; none where all stay.
    symbols: Option<Vec<Sym>>,
    refs: u32,
    grants: u32,
    filters: u32,
}

impl Shift {
    #[inline]
    fn sym(&self, sym: Sym) -> Sym {
        self.symbols.as_ref().map_or(sym, |symbols| symbols.get(sym.index()).copied().unwrap_or_default())
    }

    fn text(&self, text: &mut Text) {
        if !text.is_empty() {
            text.start += self.text;
        }
    }

    fn refs(&self, list: &mut List) {
        list.start += self.refs;
    }

    fn one(&self, reference: &mut Option<Ref>) {
        if let Some(reference) = reference {
            reference.target = self.sym(reference.target);
        }
    }

    fn head(&self, head: &mut Head) {
        head.id = head.id.map(|id| self.sym(id));
        self.text(&mut head.name);
    }
}

/// Adds the rows of a part; the first are taken over as they are.
fn join<T>(rows: &mut Vec<T>, part: &mut Vec<T>) {
    if rows.is_empty() {
        std::mem::swap(rows, part);
    } else {
        rows.append(part);
    }
}

impl Tenant {
    /// One tenant of all parts, in their order.
    #[must_use]
    pub fn merge(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut parts: Vec<Self> = parts.into_iter().collect();
        if parts.len() == 1 {
            return parts.pop().unwrap_or_default();
        }
        // The symbols of the part that has the most of them stay as they are; those of the others are looked up.
        let symbols = |part: &Self| part.strings.symbol_count();
        let most = (0..parts.len()).max_by_key(|number| parts.get(*number).map(symbols));
        let mut whole = Self::default();
        if let Some(base) = most.and_then(|most| parts.get_mut(most)) {
            whole.strings = std::mem::take(&mut base.strings);
        }
        for (number, mut part) in parts.into_iter().enumerate() {
            let (text, symbols) = if Some(number) == most {
                (0, None)
            } else {
                let (text, symbols) = whole.strings.absorb(&std::mem::take(&mut part.strings));
                (text, Some(symbols))
            };
            whole.absorb(part, text, symbols);
        }
        whole
    }

    fn absorb(&mut self, mut part: Self, text: u32, symbols: Option<Vec<Sym>>) {
        let permissions = self.permissions.absorb(std::mem::take(&mut part.permissions));
        let size = |rows: usize| u32::try_from(rows).unwrap_or(u32::MAX);
        let shift = Shift {
            text,
            symbols,
            refs: size(self.refs.len()),
            grants: size(self.grants.len()),
            filters: size(self.filters.len()),
        };
        for reference in &mut part.refs {
            reference.target = shift.sym(reference.target);
        }
        for filter in &mut part.filters {
            filter.dimension = shift.sym(filter.dimension);
            shift.refs(&mut filter.values);
        }
        for grant in &mut part.grants {
            grant.permission = permissions.get(grant.permission.0 as usize).copied().unwrap_or(grant.permission);
            shift.refs(&mut grant.targets);
            if let ScopeWord::Unknown(word) = &mut grant.scope {
                *word = shift.sym(*word);
            }
        }
        join(&mut self.refs, &mut part.refs);
        join(&mut self.filters, &mut part.filters);
        join(&mut self.grants, &mut part.grants);
        self.absorb_links(&mut part, &shift, &permissions);
        self.absorb_principals(&mut part, &shift);
        self.absorb_objects(&mut part, &shift);
    }

    fn absorb_links(&mut self, part: &mut Self, shift: &Shift, permissions: &[crate::PermissionId]) {
        for assignment in &mut part.assignments {
            for reference in [&mut assignment.subject, &mut assignment.role] {
                reference.target = shift.sym(reference.target);
            }
            shift.one(&mut assignment.shown_for);
            shift.refs(&mut assignment.divisions);
        }
        for membership in &mut part.memberships {
            for reference in [&mut membership.of, &mut membership.member] {
                reference.target = shift.sym(reference.target);
            }
        }
        for known in &mut part.catalogue {
            known.permission = permissions.get(known.permission.0 as usize).copied().unwrap_or(known.permission);
        }
        for denial in &mut part.denials {
            denial.permission = permissions.get(denial.permission.0 as usize).copied().unwrap_or(denial.permission);
            shift.one(&mut denial.subject);
        }
        join(&mut self.denials, &mut part.denials);
        self.has_policies |= part.has_policies;
        join(&mut self.assignments, &mut part.assignments);
        join(&mut self.memberships, &mut part.memberships);
        join(&mut self.catalogue, &mut part.catalogue);
        if let Some(home) = part.home {
            self.note_home(shift.sym(home));
        }
        let both = |(name, other): &(Sym, Sym)| (shift.sym(*name), shift.sym(*other));
        self.aliases.extend(part.aliases.iter().map(both));
        self.instances.extend(part.instances.iter().map(both));
        for sought in &mut part.sought {
            shift.head(&mut sought.head);
            shift.text(&mut sought.email);
        }
        join(&mut self.sought, &mut part.sought);
    }

    fn absorb_principals(&mut self, part: &mut Self, shift: &Shift) {
        for role in &mut part.roles {
            shift.head(&mut role.head);
            for list in [Some(&mut role.inherits), role.unused.as_mut(), role.added.as_mut()].into_iter().flatten() {
                shift.refs(list);
            }
            role.grants.start += shift.grants;
        }
        for user in &mut part.users {
            shift.head(&mut user.head);
            shift.text(&mut user.email);
            for list in [&mut user.licences, &mut user.roles, &mut user.groups] {
                shift.refs(list);
            }
            shift.one(&mut user.region);
            shift.one(&mut user.division);
            for symbol in [&mut user.state, &mut user.department, &mut user.employer] {
                *symbol = symbol.map(|s| shift.sym(s));
            }
        }
        for account in &mut part.service_accounts {
            shift.head(&mut account.head);
            shift.refs(&mut account.roles);
            account.grants.start += shift.grants;
            shift.one(&mut account.client);
            if let Some(headers) = &mut account.headers {
                shift.refs(headers);
            }
        }
        for group in &mut part.groups {
            shift.head(&mut group.head);
            shift.refs(&mut group.members);
            shift.refs(&mut group.roles);
        }
        join(&mut self.roles, &mut part.roles);
        join(&mut self.users, &mut part.users);
        join(&mut self.service_accounts, &mut part.service_accounts);
        join(&mut self.groups, &mut part.groups);
    }

    fn absorb_objects(&mut self, part: &mut Self, shift: &Shift) {
        for queue in &mut part.queues {
            shift.head(&mut queue.head);
            shift.refs(&mut queue.members);
            shift.refs(&mut queue.groups);
            shift.one(&mut queue.region);
            shift.one(&mut queue.division);
        }
        for view in &mut part.views {
            shift.head(&mut view.head);
            shift.refs(&mut view.queues);
            shift.refs(&mut view.users);
        }
        for report in &mut part.reports {
            shift.head(&mut report.head);
            shift.refs(&mut report.roles);
            shift.refs(&mut report.sources);
            report.filters.start += shift.filters;
        }
        for client in &mut part.oauth_clients {
            shift.head(&mut client.head);
            for symbol in [&mut client.grant_type, &mut client.state] {
                *symbol = symbol.map(|s| shift.sym(s));
            }
        }
        for trustee in &mut part.trustees {
            shift.head(&mut trustee.head);
        }
        for setting in &mut part.settings {
            shift.head(&mut setting.head);
        }
        for export in &mut part.scheduled_exports {
            shift.head(&mut export.head);
            shift.refs(&mut export.recipients);
        }
        part.secrets.iter_mut().for_each(|secret| shift.head(secret));
        for policy in &mut part.recording_policies {
            shift.head(&mut policy.head);
            shift.refs(&mut policy.groups);
        }
        for head in part.regions.iter_mut().chain(&mut part.divisions).chain(&mut part.shown_divisions) {
            shift.head(head);
        }
        join(&mut self.queues, &mut part.queues);
        join(&mut self.views, &mut part.views);
        join(&mut self.reports, &mut part.reports);
        join(&mut self.oauth_clients, &mut part.oauth_clients);
        join(&mut self.recording_policies, &mut part.recording_policies);
        join(&mut self.regions, &mut part.regions);
        join(&mut self.divisions, &mut part.divisions);
        join(&mut self.shown_divisions, &mut part.shown_divisions);
        join(&mut self.trustees, &mut part.trustees);
        join(&mut self.settings, &mut part.settings);
        join(&mut self.secrets, &mut part.secrets);
        join(&mut self.scheduled_exports, &mut part.scheduled_exports);
    }
}
