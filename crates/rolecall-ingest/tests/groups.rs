//! Whether what groups are given counts.

use rolecall_ingest::read;
use rolecall_model::Tenant;
use rolecall_source::SourceFile;

#[test]
fn a_group_whose_roles_are_switched_off_says_so_in_every_dialect() {
    let platform = |flag: &str| format!(r#"{{"id": "g", "name": "G", "visibility": "public"{flag}}}"#);
    let json = |flag: &str| format!(r#"{{"resource": {{"genesyscloud_group": {{"g": {{"name": "G"{flag}}}}}}}}}"#);
    let hcl = |flag: &str| format!("resource \"genesyscloud_group\" \"g\" {{\n  name = \"G\"\n  {flag}\n}}\n");
    for (name, text, is_off) in [
        ("groups.json", platform(r#", "rolesEnabled": false"#), true),
        ("groups.json", platform(r#", "rolesEnabled": true"#), false),
        ("groups.json", platform(""), false),
        ("main.tf.json", json(r#", "roles_enabled": false"#), true),
        ("main.tf.json", json(r#", "roles_enabled": "false""#), true),
        ("main.tf.json", json(r#", "roles_enabled": true"#), false),
        ("main.tf.json", json(""), false),
        ("main.tf", hcl("roles_enabled = false"), true),
        ("main.tf", hcl("roles_enabled = var.on"), false),
    ] {
        let mut tenant = Tenant::default();
        read(&SourceFile::from_text(name.to_owned(), text.clone()), 0, &mut tenant);
        assert_eq!(tenant.groups.iter().map(|group| group.roles_off).collect::<Vec<_>>(), [is_off], "{text}");
    }
}
