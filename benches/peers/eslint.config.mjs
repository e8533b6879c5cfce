// The checks that need no join, as one rule of one's own over ESLint's JSON plugin.
import json from "@eslint/json";

const field = (object, name) => object.members.find((member) => member.name.value === name)?.value;
const checks = {
  create: (context) => ({
    Object(node) {
      const name = field(node, "name")?.value;
      for (const entry of field(node, "rolePermissions")?.elements ?? []) {
        const scope = field(entry.value, "scope");
        const isReporting = field(entry.value, "id")?.value === "Reporting > Reporting Data";
        if (isReporting && /^BPO/.test(name) && /^(All|Group)$/.test(scope?.value)) {
          context.report({ node: scope, message: "wide reporting" });
        }
      }
      const flag = field(node, "bpoUser");
      const isPartner = field(node, "licenses")?.elements.some((element) => /^BPO/.test(element.value.value));
      if (flag && isPartner && !flag.value) context.report({ node: flag, message: "unflagged" });
      for (const entry of field(node, "scopes")?.elements ?? []) {
        const scope = field(entry.value, "scope");
        if (scope?.value === "All") context.report({ node: scope, message: "impersonation" });
      }
    },
  }),
};

export default [
  {
    files: ["**/*.json"],
    plugins: { json, own: { rules: { checks } } },
    language: "json/json",
    rules: { "own/checks": "error" },
  },
];
