# The same three checks: jq -n --slurpfile roles … --slurpfile users … --slurpfile accounts … -f checks.jq
def is_wide: any(.rolePermissions[];
  .id == "Reporting > Reporting Data" and .permission == "View" and (.scope == "All" or .scope == "Group"));
[$users[0][] | select(any(.licenses[]; startswith("BPO")))] as $partners
| ([$partners[].userRoles[] | {(.): true}] | add) as $held
| {
    reporting: [$roles[0][] | select(is_wide) | select((.name | startswith("BPO")) or $held[.id])] | length,
    unflagged: [$partners[] | select(.bpoUser | not)] | length,
    impersonation: [$accounts[0][] | select(any(.scopes[]; .id == "user:impersonate" and .scope == "All"))] | length
  }
