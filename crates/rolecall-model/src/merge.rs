//! Making one tenant of the parts that several files yield.

use crate::{Filter, Grant, Head, List, Ref, ScopeWord, Sym, Tenant, Text};

/// How the numbers of one part change when it joins another.
struct Shift {
    text: u32,
    symbols: Vec<Sym>,
    refs: u32,
    grants: u32,
    filters: u32,
}

impl Shift {
    fn sym(&self, sym: Sym) -> Sym {
        self.symbols.get(sym.index()).copied().unwrap_or_default()
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

impl Tenant {
    /// One tenant of all parts, in their order. The first part is taken over as it is.
    #[must_use]
    pub fn merge(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut parts = parts.into_iter();
        let mut whole = parts.next().unwrap_or_default();
        for part in parts {
            whole.absorb(part);
        }
        whole
    }

    fn absorb(&mut self, mut part: Self) {
        let (text, symbols) = self.strings.absorb(&part.strings);
        let permissions = self.permissions.absorb(std::mem::take(&mut part.permissions));
        let size = |rows: usize| u32::try_from(rows).unwrap_or(u32::MAX);
        let shift = Shift {
            text,
            symbols,
            refs: size(self.refs.len()),
            grants: size(self.grants.len()),
            filters: size(self.filters.len()),
        };
        self.refs.extend(part.refs.iter().map(|r| Ref { target: shift.sym(r.target), at: r.at }));
        self.filters.extend(part.filters.iter().map(|f| {
            let mut filter = Filter { dimension: shift.sym(f.dimension), ..*f };
            shift.refs(&mut filter.values);
            filter
        }));
        self.grants.extend(part.grants.iter().map(|g| {
            let mut grant =
                Grant { permission: permissions.get(g.permission.0 as usize).copied().unwrap_or(g.permission), ..*g };
            shift.refs(&mut grant.targets);
            if let ScopeWord::Unknown(word) = &mut grant.scope {
                *word = shift.sym(*word);
            }
            grant
        }));
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
        self.denials.append(&mut part.denials);
        self.has_policies |= part.has_policies;
        self.assignments.append(&mut part.assignments);
        self.memberships.append(&mut part.memberships);
        self.catalogue.append(&mut part.catalogue);
        self.home = self.home.or(part.home.map(|home| shift.sym(home)));
        self.aliases.extend(part.aliases.iter().map(|(alias, id)| (shift.sym(*alias), shift.sym(*id))));
    }

    fn absorb_principals(&mut self, part: &mut Self, shift: &Shift) {
        for role in &mut part.roles {
            shift.head(&mut role.head);
            for list in [&mut role.inherits, &mut role.unused, &mut role.added] {
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
        self.roles.append(&mut part.roles);
        self.users.append(&mut part.users);
        self.service_accounts.append(&mut part.service_accounts);
        self.groups.append(&mut part.groups);
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
        for head in part.regions.iter_mut().chain(&mut part.divisions) {
            shift.head(head);
        }
        self.queues.append(&mut part.queues);
        self.views.append(&mut part.views);
        self.reports.append(&mut part.reports);
        self.oauth_clients.append(&mut part.oauth_clients);
        self.recording_policies.append(&mut part.recording_policies);
        self.regions.append(&mut part.regions);
        self.divisions.append(&mut part.divisions);
        self.trustees.append(&mut part.trustees);
        self.settings.append(&mut part.settings);
        self.secrets.append(&mut part.secrets);
        self.scheduled_exports.append(&mut part.scheduled_exports);
    }
}
