// Writes two tenants to a folder: one with hostile names, one with 5,200 findings.
import { writeFileSync } from "node:fs";

const [folder] = process.argv.slice(2);
const hostile = ["<script>alert(1)</script>", '"><img src=x onerror=alert(2)>', "</style><script>alert(3)</script>",
  "</title><svg onload=alert(4)>", "\u202egnp.exe\u2066", "a`b`c", "x".repeat(400), "漢字".repeat(60), "\u001b[31mred",
  "<!--", "--></script><script>alert(5)</script>", "' onmouseover='alert(6)", "javascript:alert(7)"];
const reporting = { id: "reporting:reportingData:view", scope: "All" };
const tenant = (names, more) => ({
  roles: names.map((name, row) => ({ id: `r-${row}`, name: `BPO ${name}`, rolePermissions: [reporting, more(name)] })),
  users: names.map((name, row) => ({ id: `u-${row}`, name, email: `${name}@x.example`, bpoUser: true, userRoles: [`r-${row}`] })),
});
const write = (name, of) => writeFileSync(`${folder}/${name}.json`, JSON.stringify(of, null, 1));
write("hostile", tenant(hostile, (name) => ({ id: `${name}:b:c`, scope: name })));
const many = Array.from({ length: 2600 }, (_, row) => `Desk ${row}`);
write("large", tenant(many, () => ({ id: "routing:queue:view", scope: "All" })));
