"""Reporting over All or Group by partners, partners without the flag, impersonation over All: typed structs, no collector."""

import gc
import sys
from pathlib import Path

import msgspec

gc.disable()


class Entry(msgspec.Struct):
    id: str
    permission: str = ""
    scope: str = ""


class Role(msgspec.Struct):
    id: str
    name: str
    rolePermissions: list[Entry] = []


class User(msgspec.Struct):
    bpoUser: bool = False
    licenses: list[str] = []
    userRoles: list[str] = []


class Account(msgspec.Struct):
    scopes: list[Entry] = []


def read(name, kind):
    return msgspec.json.decode((Path(sys.argv[1]) / name).read_bytes(), type=list[kind])


roles = read("roles.json", Role)
wide = {
    role.id
    for role in roles
    if any(
        entry.id == "Reporting > Reporting Data" and entry.permission == "View" and entry.scope in ("All", "Group")
        for entry in role.rolePermissions
    )
}
own = {role.id for role in roles if role.name.startswith("BPO")}
partners = [user for user in read("users.json", User) if any(name.startswith("BPO") for name in user.licenses)]
reached = {role for user in partners for role in user.userRoles if role in wide} | (wide & own)
unflagged = sum(not user.bpoUser for user in partners)
accounts = read("service-accounts.json", Account)
become = sum(any(e.id == "user:impersonate" and e.scope == "All" for e in account.scopes) for account in accounts)
print(f'{{"reporting": {len(reached)}, "unflagged": {unflagged}, "impersonation": {become}}}')
