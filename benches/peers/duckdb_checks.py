"""The same three checks as SQL over the files."""

import sys

import duckdb

base = duckdb.connect()
file = lambda name: f"read_json('{sys.argv[1]}/{name}.json', maximum_object_size = 1000000000)"
base.sql(f"""
create temp table roles as select id, name, rolePermissions as entries from {file('roles')};
create temp table partners as
  select bpoUser, userRoles from {file('users')} where len(list_filter(licenses, lambda x: x like 'BPO%')) > 0;
create temp table wide as
  select id, name from (select id, name, unnest(entries) as e from roles)
  where e.id = 'Reporting > Reporting Data' and e.permission = 'View' and e.scope in ('All', 'Group');
""")
one = lambda query: base.sql(query).fetchall()[0][0]
reporting = one("""
select count(distinct id) from wide
where name like 'BPO%' or id in (select unnest(userRoles) from partners)""")
unflagged = one("select count(*) from partners where not bpoUser")
become = one(f"""
select count(distinct id) from (select id, unnest(scopes) as s from {file('service-accounts')})
where s.id = 'user:impersonate' and s.scope = 'All'""")
print(f'{{"reporting": {reporting}, "unflagged": {unflagged}, "impersonation": {become}}}')
