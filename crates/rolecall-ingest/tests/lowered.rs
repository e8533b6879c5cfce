//! What each dialect is lowered to, written out to be read and compared.

#![allow(clippy::expect_used, reason = "a test that cannot go on has failed")]

use rolecall_ingest::read;
use rolecall_model::{Directory, Divisions, Entity, Grant, Kind, List, Sym, Tenant};
use rolecall_source::SourceFile;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The tenant of all files below a folder of `fixtures/dialects`.
fn tenant(form: &str) -> Tenant {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/dialects").join(form);
    let mut files = Vec::new();
    collect(&root, &mut files);
    files.sort();
    let parts = (0..).zip(files).map(|(number, path)| {
        let bytes = fs::read(&path).expect("readable");
        let source = SourceFile::from_bytes(path.display().to_string(), bytes).expect("UTF-8");
        let mut part = Tenant::default();
        let document = read(&source, number, &mut part);
        assert_eq!(document.troubles, [], "{}", path.display());
        part
    });
    let mut tenant = Tenant::merge(parts);
    tenant.settle();
    tenant
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() { collect(&path, files) } else { files.push(path) }
    }
}

/// A tenant in words: names where they are known, so that ids make no difference.
struct Words<'t> {
    tenant: &'t Tenant,
    directory: Directory<'t>,
    lines: BTreeSet<String>,
}

impl Words<'_> {
    fn name(&self, kind: Kind, reference: Sym) -> Option<String> {
        let row = self.directory.rows(kind, reference).first().copied()?;
        Some(self.tenant.name(Entity { kind, row }).to_owned())
    }

    fn names(&self, kind: Kind, list: List) -> String {
        let of = |target: Sym| self.name(kind, target).unwrap_or_else(|| self.tenant.str(target).to_owned());
        let mut all: Vec<String> = self.tenant.refs(list).iter().map(|r| of(r.target)).collect();
        all.sort();
        all.join(", ")
    }

    fn grants(&mut self, of: &str, grants: &[Grant]) {
        for grant in grants {
            let permission = self.tenant.permissions.spelling(grant.permission);
            self.lines.insert(format!("{of} grants {permission} over {}", self.tenant.scope_phrase(grant)));
        }
    }

    fn principals(&mut self) {
        let tenant = self.tenant;
        for (entity, role) in tenant.entities(Kind::Role).zip(&tenant.roles) {
            let of = format!("role {}", tenant.name(entity));
            let system = if role.system { ", system" } else { "" };
            self.lines.insert(format!("{of}{system}, inherits [{}]", self.names(Kind::Role, role.inherits)));
            self.grants(&of, tenant.grants(role.grants));
        }
        for (entity, user) in tenant.entities(Kind::User).zip(&tenant.users) {
            let division = user.division.and_then(|d| self.name(Kind::Division, d.target)).unwrap_or_default();
            let state = user.state.map(|s| tenant.str(s)).unwrap_or_default();
            let (roles, groups) = (self.names(Kind::Role, user.roles), self.names(Kind::Group, user.groups));
            let (name, mail) = (tenant.name(entity), tenant.strings.text(user.email));
            self.lines
                .insert(format!("user {name} <{mail}> {state} in [{division}] roles [{roles}] groups [{groups}]"));
        }
        for (entity, account) in tenant.entities(Kind::ServiceAccount).zip(&tenant.service_accounts) {
            let of = format!("service account {}", tenant.name(entity));
            self.lines.insert(format!("{of} roles [{}]", self.names(Kind::Role, account.roles)));
            self.grants(&of, tenant.grants(account.grants));
        }
    }

    /// Members, whether the group or somebody else states them.
    fn members(&mut self) {
        let tenant = self.tenant;
        for (entity, group) in tenant.entities(Kind::Group).zip(&tenant.groups) {
            let of = tenant.name(entity);
            self.lines.insert(format!("group {of}"));
            for member in tenant.refs(group.members) {
                let member = self.name(Kind::User, member.target).unwrap_or_default();
                self.lines.insert(format!("{member} is a member of {of}"));
            }
        }
        for membership in &tenant.memberships {
            let member = self.name(Kind::User, membership.member.target).unwrap_or_default();
            let of = self.name(membership.kind, membership.of.target).unwrap_or_default();
            self.lines.insert(format!("{member} is a member of {of}"));
        }
    }

    fn objects(&mut self) {
        let tenant = self.tenant;
        for (entity, queue) in tenant.entities(Kind::Queue).zip(&tenant.queues) {
            let division = queue.division.and_then(|d| self.name(Kind::Division, d.target)).unwrap_or_default();
            let groups = self.names(Kind::Group, queue.groups);
            self.lines.insert(format!("queue {} in [{division}] groups [{groups}]", tenant.name(entity)));
        }
        for (entity, client) in tenant.entities(Kind::OauthClient).zip(&tenant.oauth_clients) {
            let kind = client.grant_type.map(|t| tenant.str(t)).unwrap_or_default();
            let state = client.state.map(|s| tenant.str(s)).unwrap_or_default();
            let seconds = client.token_seconds.unwrap_or_default();
            self.lines.insert(format!("OAuth client {} {kind} {state}, {seconds} s", tenant.name(entity)));
        }
        let rest = [Kind::View, Kind::Report, Kind::RecordingPolicy, Kind::Region, Kind::Division, Kind::Trustee];
        for kind in rest.into_iter().chain([Kind::Setting]) {
            self.lines.extend(tenant.entities(kind).map(|entity| format!("{} {}", kind.noun(), tenant.name(entity))));
        }
        self.lines.insert(format!("{} secrets", tenant.secrets.len()));
        self.lines.insert(format!("{} catalogued permissions", tenant.catalogue.len()));
    }

    fn assignments(&mut self) {
        let tenant = self.tenant;
        for assignment in &tenant.assignments {
            let kinds = [Kind::User, Kind::Group, Kind::ServiceAccount];
            let subject = kinds.into_iter().find_map(|kind| self.name(kind, assignment.subject.target));
            let divisions = match assignment.reach {
                Divisions::Home => tenant.home.and_then(|home| self.name(Kind::Division, home)).unwrap_or_default(),
                _ => self.names(Kind::Division, assignment.divisions),
            };
            let role = self.name(Kind::Role, assignment.role.target).unwrap_or_default();
            self.lines.insert(format!("{} holds {role} in [{divisions}]", subject.unwrap_or_default()));
        }
    }
}

fn words(tenant: &Tenant) -> String {
    let mut words = Words { tenant, directory: Directory::new(tenant), lines: BTreeSet::new() };
    words.principals();
    words.members();
    words.assignments();
    words.objects();
    words.lines.into_iter().collect::<Vec<_>>().join("\n")
}

#[test]
fn the_guide_is_lowered_to_the_model() {
    insta::assert_snapshot!("guide", words(&tenant("guide")));
}

#[test]
fn the_platform_and_every_form_of_terraform_are_lowered_to_the_same_model() {
    let platform = words(&tenant("platform"));
    insta::assert_snapshot!("platform", platform);
    // These are not in CX as Code at all.
    let is_sayable = |line: &&str| {
        !line.starts_with("trustee ") && !line.ends_with("backfillEnabled") && !line.ends_with("DivisionAware")
    };
    let sayable: Vec<&str> = platform.lines().filter(is_sayable).collect();
    for form in ["cx-as-code/json", "cx-as-code/hcl", "cx-as-code/state"] {
        let lowered = words(&tenant(form));
        assert_eq!(lowered.lines().collect::<Vec<_>>(), sayable, "{form}");
    }
}

#[test]
fn a_catalogue_is_read_from_the_platform() {
    let catalogue = tenant("catalogue").catalogue;
    assert!(catalogue.iter().any(|known| known.division_aware) && catalogue.iter().any(|known| !known.division_aware));
}

#[test]
fn a_page_of_nothing_is_an_export_where_the_platform_or_a_name_says_of_what() {
    let of = |path: &str, text: &str| {
        let source = SourceFile::from_bytes(path.into(), text.into()).expect("text");
        let document = read(&source, 0, &mut Tenant::default());
        let kinds: Vec<&str> = document.troubles.iter().map(|trouble| trouble.kind).collect();
        (document.dialect.map(|dialect| dialect.name()), kinds.join(" "))
    };
    let known = (Some("platform"), String::new());
    let foreign = (None, "unknown-shape".to_owned());
    let page = r#"{"entities": [], "total": 0, "selfUri": "/api/v2/oauth/clients?pageSize=25"}"#;
    assert_eq!(of("page.json", page), known);
    assert_eq!(of("page.json", &page.replace("/api/v2/", "https://api.mypurecloud.de/api/v2/")), known);
    assert_eq!(of("page.json", &page.replace("/api/v2/", "/other/")), foreign);
    let scim =
        r#"{"totalResults": 0, "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"], "Resources": []}"#;
    assert_eq!(of("page.json", scim), known);
    assert_eq!(of("page.json", r#"{"entities": []}"#), foreign);
    assert_eq!(of("users.json", r#"{"entities": []}"#), known);
    assert_eq!((of("page.json", "[]"), of("users.json", "[]")), (foreign, known));
    // A page that says that there are some, and holds none, is not whole.
    assert_eq!(of("page.json", &page.replace("0,", "7,")).0, Some("platform"));
}

#[test]
fn pages_and_bundles_in_a_list_are_read_as_they_are_by_themselves() {
    let of = |path: &str, text: &str| {
        let mut tenant = Tenant::default();
        let source = SourceFile::from_bytes(path.into(), text.into()).expect("text");
        let document = read(&source, 0, &mut tenant);
        let kinds: Vec<&str> = document.troubles.iter().map(|trouble| trouble.kind).collect();
        (document.entities.iter().map(|(kind, count)| format!("{} {count}", kind.word())).collect::<Vec<_>>(), kinds)
    };
    let user = |id: &str| format!(r#"{{"id": "{id}", "name": "N{id}", "username": "{id}@x.example"}}"#);
    let page = |number: u32, users: &str| {
        format!(
            r#"{{"entities": [{users}], "pageNumber": {number}, "pageCount": 2, "total": 3, "selfUri": "/api/v2/users"}}"#
        )
    };
    let (first, second) = (page(1, &format!("{}, {}", user("a"), user("b"))), page(2, &user("c")));
    assert_eq!(of("x.json", &format!("[{first}, {second}]")), (vec!["user 3".to_owned()], vec![]));
    assert_eq!(of("x.json", &format!("[{first}]")).0, ["user 2"]);
    let members = r#"{"entities": [{"id": "a", "selfUri": "/api/v2/users/a"}], "selfUri": "/api/v2/groups/g/members"}"#;
    assert_eq!(of("x.json", &format!("[{members}, {first}]")), (vec!["user 3".to_owned()], vec![]));
    // A search gives its users another name.
    let found = format!(r#"{{"results": [{}], "total": 1, "pageCount": 1, "pageNumber": 1}}"#, user("a"));
    assert_eq!(of("x.json", &found), (vec!["user 1".to_owned()], vec![]));
    let bundle = r#"{"regions": [{"id": "eu", "name": "EU"}]}"#;
    assert_eq!(of("x.json", &format!("[{bundle}, {bundle}]")).0, ["region 2"]);
}

#[test]
fn what_has_an_address_and_is_no_thing_is_no_export() {
    let of = |text: &str| {
        let source = SourceFile::from_bytes("x.json".into(), text.into()).expect("text");
        read(&source, 0, &mut Tenant::default()).troubles.iter().map(|trouble| trouble.kind).collect::<Vec<_>>()
    };
    let skill = r#"{"id": "s", "name": "French", "selfUri": "/api/v2/routing/skills/s"}"#;
    assert_eq!(of(skill), Vec::<&str>::new());
    for text in [
        r#"{"users": {"a": {"id": "a"}}, "selfUri": "/api/v2/users"}"#,
        r#"{"entities": {"a": {"id": "a"}}, "selfUri": "/api/v2/users"}"#,
        r#"{"entities": null, "selfUri": "/api/v2/users"}"#,
        r#"[{"message": "denied", "code": "missing.permissions", "status": 403, "selfUri": "/api/v2/users"}]"#,
        r#"[{"pages": [{"entities": [{"id": "a"}]}], "selfUri": "/api/v2/users"}]"#,
        r#"[{"entities": [{"entities": [{"id": "a"}], "selfUri": "/api/v2/users"}]}]"#,
        r#"[{"terraform_version": "1.9.0", "version": 4, "results": [], "resources": []}]"#,
    ] {
        assert!(!of(text).is_empty(), "{text}");
    }
}

#[test]
fn the_answer_to_a_request_that_failed_is_told_also_among_others() {
    let of = |text: &str| {
        let source = SourceFile::from_bytes("roles.json".into(), text.into()).expect("text");
        let troubles = read(&source, 0, &mut Tenant::default()).troubles;
        troubles.iter().map(|trouble| (trouble.kind, trouble.at)).collect::<Vec<_>>()
    };
    let answer =
        r#"{"message": "denied", "code": "missing.permissions", "status": 403, "contextId": "c", "details": []}"#;
    assert_eq!(of(answer), [("failed-request", 0)]);
    let role = r#"{"id": "r", "name": "R", "permissionPolicies": []}"#;
    let at = u32::try_from(role.len() + 3).expect("few");
    assert_eq!(of(&format!("[{role}, {answer}]")), [("failed-request", at)]);
    assert_eq!(of(&answer.replace("403", "200")), [("unknown-shape", 0)]);
}

#[test]
fn a_field_that_nobody_reads_for_its_spelling_is_told() {
    let of = |path: &str, text: &str| {
        let source = SourceFile::from_bytes(path.into(), text.into()).expect("text");
        let document = read(&source, 0, &mut Tenant::default());
        let said = document.troubles.iter().chain(&document.notes);
        said.map(|t| (t.kind, text[t.at as usize..t.end as usize].to_owned())).collect::<Vec<_>>()
    };
    let told = |at: &str| vec![("misspelt-key", at.to_owned())];
    let role = |key: &str| format!(r#"[{{"id": "r", "name": "R", "{key}": [{{"id": "a:b:view", "scope": "All"}}]}}]"#);
    assert_eq!(of("roles.json", &role("rolePermissions")), []);
    assert_eq!(of("roles.json", &role("RolePermissions")), told(r#""RolePermissions""#));
    assert_eq!(of("roles.json", &role("role_permissions")), told(r#""role_permissions""#));
    let list = r#"[{"id": "a:b:view", "scope": "All"}]"#;
    assert_eq!(of("roles.json", &role("permissions")), told(list));
    assert_eq!(of("roles.json", r#"[{"id": "r", "name": "R", "permissions": [], "system": false}]"#), []);
    for (kind, key, meant) in [
        ("roles", "parents", "inheritsFrom"),
        ("users", "roles", "userRoles"),
        ("users", "roleIds", "userRoles"),
        ("users", "groupIds", "groups"),
        ("groups", "memberIds", "members"),
        ("queues", "groups", "memberGroups"),
        ("views", "queueIds", "queues"),
        ("views", "userIds", "users"),
        ("groups", "roles", "userRoles"),
        ("groups", "users", "members"),
        ("queues", "users", "members"),
        ("serviceAccounts", "roles", "userRoles"),
        ("serviceAccounts", "permissions", "scopes"),
    ] {
        // The first says nothing under the key, and the second, which has the same keys, does.
        let entities = |more: &str, also: &str| {
            let entity = |id: &str, list: &str| format!(r#"{{"id": "{id}", "name": "N", "{key}": {list}{also}}}"#);
            format!(r#"{{"{kind}": [{}, {}]}}"#, entity("a", "[]"), entity("b", more))
        };
        assert_eq!(of("x.json", &entities(r#"["x:y:view"]"#, "")), told(r#"["x:y:view"]"#), "{kind} {key}");
        assert_eq!(of("x.json", &entities("[]", "")), []);
        assert_eq!(of("x.json", &entities(r#"["x:y:view"]"#, &format!(r#", "{meant}": []"#))), []);
    }
    // On the platform.
    let of_user = |field: &str| of("x.json", &format!(r#"[{{"id": "u", "name": "N", "username": "u@x", {field}}}]"#));
    assert_eq!(of_user(r#""roles": ["r"]"#), told(r#"["r"]"#));
    assert_eq!(of_user(r#""authorization": {"roles": ["r"]}, "roles": ["r"], "employerInfo": null"#), []);
    assert_eq!(of_user(r#""authorization": {"Roles": ["r"], "permissions": []}"#), told(r#""Roles""#));
    let subject = r#"{"id": "u", "grant": [], "selfUri": "/api/v2/authorization/subjects/u"}"#;
    assert_eq!(of("x.json", subject), [("not-evaluated", subject.to_owned())]);
    for field in ["authorization", "employerInfo"] {
        assert_eq!(of_user(&format!(r#""{field}": ["r"]"#)), [("wrong-type", r#"["r"]"#.to_owned())]);
        assert_eq!(of_user(&format!(r#""{field}": null"#)), []);
    }
    let client = r#"[{"id": "c", "name": "C", "authorizedGrantType": "CLIENT-CREDENTIALS", "roleIds": ["r"]}]"#;
    assert_eq!(of("x.json", client), told(r#"["r"]"#));
    assert_eq!(of("x.json", &client.replace(r#"["r"]"#, r#"["r"], "roleDivisions": []"#)), []);
    // Beside the field that is meant it hides nothing.
    let both = r#"[{"id": "u", "email": "u@x.example", "userRoles": [], "user_roles": ["r"]}]"#;
    assert_eq!(of("users.json", both), []);
    // One that comes late in a list of others is told as well.
    let users = r#"[{"id": "u", "email": "u@x", "userRoles": []}, {"id": "v", "email": "v@x", "UserRoles": ["r"]}]"#;
    assert_eq!(of("users.json", users), told(r#""UserRoles""#));
    assert_eq!(of("x.json", r#"{"users": [], "Roles": [{"id": "r"}]}"#), told(r#""Roles""#));
    assert_eq!(
        of("x.json", r#"{"users": [], "skills": [{"id": "s"}]}"#),
        [("not-evaluated", r#""skills""#.to_owned())]
    );
    // What the platform's kits for Python write.
    let kit = r#"[{"id": "r", "name": "R", "permission_policies": [], "self_uri": "/api/v2/authorization/roles/r"}]"#;
    assert!(of("x.json", kit).contains(&("misspelt-key", r#""permission_policies""#.to_owned())));
    assert_eq!(of("package.json", r#"{"Name": "x", "version": "1"}"#).len(), 1);
}

/// `terraform show -json` prints what a state holds in another form.
#[test]
fn a_state_that_is_printed_says_what_its_file_says() {
    let of = |text: &str| {
        let mut tenant = Tenant::default();
        let source = SourceFile::from_bytes("state.json".into(), text.into()).expect("text");
        let troubles = read(&source, 0, &mut tenant).troubles;
        let mut tenant = Tenant::merge([tenant]);
        tenant.settle();
        (words(&tenant), troubles.iter().map(|trouble| trouble.kind).collect::<Vec<_>>())
    };
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/dialects/cx-as-code/state/terraform.tfstate");
    let text = fs::read_to_string(path).expect("the fixture");
    let mut state: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    // Some of it in a module, under a key.
    for resource in state["resources"].as_array_mut().expect("a list").iter_mut().step_by(3) {
        resource["module"] = "module.desk".into();
        resource["instances"][0]["index_key"] = "a b".into();
    }
    let text = state.to_string();
    let (mut own, mut modules) = (Vec::new(), BTreeMap::<String, Vec<serde_json::Value>>::new());
    for resource in state["resources"].as_array().expect("a list") {
        for instance in resource["instances"].as_array().expect("a list") {
            let mut shown = resource.clone();
            let fields = shown.as_object_mut().expect("an object");
            fields.remove("instances");
            fields.insert("values".to_owned(), instance["attributes"].clone());
            if let Some(key) = instance.get("index_key") {
                fields.insert("index".to_owned(), key.clone());
            }
            match fields.remove("module") {
                Some(module) => modules.entry(module.as_str().expect("text").to_owned()).or_default().push(shown),
                None => own.push(shown),
            }
        }
    }
    let children: Vec<serde_json::Value> = modules
        .into_iter()
        .map(|(address, resources)| serde_json::json!({ "address": address, "resources": resources }))
        .collect();
    let shown = serde_json::json!({
        "format_version": "1.0", "terraform_version": "1.9.0",
        "values": { "outputs": {}, "root_module": { "resources": own, "child_modules": children } },
    });
    assert_eq!(of(&shown.to_string()), of(&text));
    let mut plan = shown.clone();
    plan["planned_values"] = plan.as_object_mut().and_then(|plan| plan.remove("values")).expect("values");
    // What was there before is not what will be.
    plan["prior_state"] = serde_json::json!({ "terraform_version": "1.9.0", "values": { "root_module": {} } });
    assert_eq!(of(&plan.to_string()), of(&text));
    assert!(of(&text).0.lines().count() > 50);
    let empty = r#"{"format_version": "1.0", "terraform_version": "1.9.0"}"#;
    assert_eq!(of(empty).1, ["unknown-shape"]);
    assert_eq!(of(r#"{"terraform_version": "1.9.0", "resources": {"a": {}}}"#).1, ["wrong-type"]);
    assert_eq!(of(r#"{"terraform_version": "1.9.0", "version": 4, "resources": []}"#).1, Vec::<&str>::new());
}
