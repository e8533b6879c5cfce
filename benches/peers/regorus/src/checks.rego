package checks

import rego.v1

wide contains role.id if {
	some role in input.roles
	some entry in role.rolePermissions
	entry.id == "Reporting > Reporting Data"
	entry.permission == "View"
	entry.scope in {"All", "Group"}
}

own contains role.id if {
	some role in input.roles
	startswith(role.name, "BPO")
}

partners contains i if {
	some i, user in input.users
	some name in user.licenses
	startswith(name, "BPO")
}

reached contains role if some role in wide & own

reached contains role if {
	some i in partners
	some role in input.users[i].userRoles
	role in wide
}

unflagged contains i if {
	some i in partners
	not input.users[i].bpoUser
}

become contains i if {
	some i, account in input.accounts
	some entry in account.scopes
	entry.id == "user:impersonate"
	entry.scope == "All"
}

totals := {"reporting": count(reached), "unflagged": count(unflagged), "impersonation": count(become)}
