# A handful of the core rules once more, in Rego, over an export in the guide's form as it is read by the program.
# The answers are the subjects of findings, each as "kind id".
package core

import rego.v1

# --- who is who -------------------------------------------------------------------------------------------

role_id(ref) := ref if is_string(ref)

role_id(ref) := role.id if {
	is_object(ref)
	some role in input.roles
	role.name == ref.name
}

role_ids := {role.id | some role in input.roles}

parents[role.id] := above if {
	some role in input.roles
	above := {role_id(ref) | some ref in role.inheritsFrom}
}

held[user.id] := roles if {
	some user in input.users
	roles := {role_id(ref) | some ref in user.userRoles}
}

passed[group.id] := roles if {
	some group in input.groups
	roles := {role_id(ref) | some ref in group.userRoles}
}

members[group.id] := people if {
	some group in input.groups
	people := {user.id | some user in input.users; is_in(user, group)}
}

is_in(user, group) if group.id in user.groups

is_in(user, group) if user.id in group.members

bpo_roles := {role.id | some role in input.roles; startswith(role.name, "BPO ")}

bpo_groups := {group.id | some group in input.groups; startswith(group.name, "BPO ")}

bpo_users contains user.id if {
	some user in input.users
	user.bpoUser == true
}

bpo_users contains user.id if {
	some user in input.users
	some licence in user.licenses
	startswith(licence, "BPO")
}

bpo_users contains user.id if {
	some user in input.users
	count(held[user.id] & bpo_roles) > 0
}

bpo_users contains id if {
	some group in bpo_groups
	some id in members[group]
}

system_roles := {role.id | some role in input.roles; role.system == true}

# --- where an entry lands ---------------------------------------------------------------------------------

states(permissions, scopes) := {role.id |
	some role in input.roles
	some entry in role.rolePermissions
	entry.id in permissions
	object.get(entry, "scope", "none") in scopes
}

# Roles that come to one of `targets` by inheritance; what lies behind one of `walls` is not gone into.
coming_to(targets, walls) := {role |
	some role in role_ids
	count(graph.reachable(open_to(walls), {role}) & targets) > 0
}

open_to(walls) := {role: up |
	some role in role_ids
	up := parents[role] - walls
}

# Whose edit mends it: the partner's own role, else the group that passes it on, else whoever holds it.
landed(targets) := (own | by_group(reached)) | directly(reached) if {
	coming := coming_to(targets, bpo_roles)
	own := {sprintf("role %s", [role]) | some role in coming & bpo_roles}
	reached := coming - bpo_roles
}

by_group(roles) := {subject |
	some group in input.groups
	count(passed[group.id] & roles) > 0
	some subject in blamed(group.id)
}

blamed(group) := {sprintf("group %s", [group])} if group in bpo_groups

blamed(group) := one_or(members[group] & bpo_users, sprintf("group %s", [group])) if not group in bpo_groups

directly(roles) := {subject |
	some role in roles
	holders := {user | some user in bpo_users; role in held[user]}
	some subject in one_or(holders, sprintf("role %s", [role]))
}

# One is named, of several what they have in common is.
one_or(people, many) := blame if {
	named := {sprintf("user %s", [person]) | some person in people}
	blame := pick(named, many)
}

pick(named, _) := named if count(named) < 2

pick(named, many) := {many} if count(named) > 1

# --- rules ------------------------------------------------------------------------------------------------

reporting := {"reporting:reportingData:view", "reporting:*", "reporting:reportingData:export", "*"}

all_scopes := {"none", "All", "Everything"}

all_scoped_reporting := landed(states(reporting, all_scopes))

group_scoped_reporting := landed(states(reporting, {"Group"}))

all_scoped_queue_view := landed(states({"routing:queue:view", "*"}, all_scopes))

profile_beyond_self := landed(states({"user:profile:view", "*"}, (all_scopes | {"Group"}) | {"Assigned"}))

system_role_inheritance := subjects if {
	walls := bpo_roles - system_roles
	plain := coming_to(system_roles, walls) & walls
	both := {role |
		some role in bpo_roles & system_roles
		others := system_roles - {role}
		count(graph.reachable(open_to(set()), {role}) & others) > 0
	}
	subjects := {sprintf("role %s", [role]) | some role in plain | both}
}

# What inherits from one passes it on, but for the partner's own roles, of which another rule speaks.
system_role_assigned := by_group(passing) | directly(passing) if {
	walls := bpo_roles - system_roles
	passing := coming_to(system_roles, walls) - walls
}

undeclared_scope := {sprintf("role %s", [role.id]) |
	some role in input.roles
	role.id in bpo_roles
	some entry in role.rolePermissions
	not entry.scope
}

unknown_scope := {sprintf("role %s", [role.id]) |
	some role in input.roles
	some entry in role.rolePermissions
	entry.scope == "Everything"
}

missing_bpo_flag := {sprintf("user %s", [user.id]) |
	some user in input.users
	user.id in bpo_users
	not user.bpoUser == true
}

missing_region := {sprintf("user %s", [user.id]) |
	some user in input.users
	user.id in bpo_users
	user.region == null
	some other in input.users
	other.region != null
}

unused_role := {sprintf("role %s", [role]) |
	some role in role_ids - system_roles
	not is_used(role)
	is_any_held
}

is_any_held if {
	some user in input.users
	count(held[user.id]) > 0
}

is_any_held if {
	some group in input.groups
	count(passed[group.id]) > 0
}

is_used(role) if {
	some user in input.users
	role in held[user.id]
}

is_used(role) if {
	some group in input.groups
	role in passed[group.id]
}

is_used(role) if {
	some heir in role_ids
	role in parents[heir]
}

found := {
	"all-scoped-reporting": all_scoped_reporting,
	"group-scoped-reporting": group_scoped_reporting,
	"all-scoped-queue-view": all_scoped_queue_view,
	"profile-beyond-self": profile_beyond_self,
	"system-role-inheritance": system_role_inheritance,
	"system-role-assigned": system_role_assigned,
	"undeclared-scope": undeclared_scope,
	"unknown-scope": unknown_scope,
	"missing-bpo-flag": missing_bpo_flag,
	"missing-region": missing_region,
	"unused-role": unused_role,
}
