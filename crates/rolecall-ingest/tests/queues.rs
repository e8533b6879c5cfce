//! The groups that queues ask, whichever turn they come in.

#![allow(clippy::expect_used, reason = "a test that cannot go on has failed")]

use rolecall_ingest::read;
use rolecall_model::Tenant;
use rolecall_source::SourceFile;

const PLATFORM: &str = r#"{"id": "q", "name": "Q", "mediaSettings": {}, "memberGroups": [
      {"id": "plain", "type": "GROUP"}, {"id": "untyped"}, {"id": "t", "name": "A", "type": "TEAM"}, {"id": "s", "type": "SKILLGROUP"}],
    "bullseye": {"rings": [{"expansionCriteria": []}, {"memberGroups": [{"id": "ring", "type": "GROUP"}, {"id": "plain"}]}]},
    "conditionalGroupRouting": {"rules": [{"groups": [{"id": "routed", "type": "GROUP"}, {"id": "s", "type": "SKILLGROUP"}]}]},
    "conditionalGroupActivation": {"pilotRule": {"timeoutSeconds": 2}, "rules": [{"groups": [{"id": "active"}]}]}}"#;

const TERRAFORM: &str = r#"{"resource": {"genesyscloud_routing_queue": {"q": {"name": "Q",
    "groups": ["plain", "untyped"], "teams": ["t"], "skill_groups": ["s"],
    "bullseye_rings": [{"expansion_timeout_seconds": 5}, {"member_groups": [
      {"member_group_id": "ring", "member_group_type": "GROUP"}, {"member_group_id": "plain", "member_group_type": "GROUP"}]}],
    "conditional_group_routing_rules": {"groups": [{"member_group_id": "routed", "member_group_type": "GROUP"},
      {"member_group_id": "s", "member_group_type": "SKILLGROUP"}]},
    "conditional_group_activation": {"pilot_rule": {}, "rules": [{"groups": [{"member_group_id": "active"}]}]}}}}}"#;

#[test]
fn groups_of_every_turn_are_on_a_queue_once_and_teams_are_none() {
    for (name, text) in [("queues.json", PLATFORM), ("main.tf.json", TERRAFORM)] {
        let mut tenant = Tenant::default();
        let document = read(&SourceFile::from_text(name.to_owned(), text.to_owned()), 0, &mut tenant);
        assert_eq!(document.troubles, [], "{name}");
        let queue = tenant.queues.first().expect("the queue");
        let groups: Vec<&str> = tenant.refs(queue.groups).iter().map(|group| tenant.str(group.target)).collect();
        assert_eq!(groups, ["plain", "untyped", "ring", "routed", "active"], "{name}");
        let mut notes: Vec<&str> = document.notes.iter().map(|note| note.message.as_str()).collect();
        notes.sort_unstable();
        let [skill, team] =
            ["a group by skill", "a team"].map(|what| format!("{what} is on the queue, and who is in it is not known"));
        assert_eq!(notes, [&skill, &skill, &team], "{name}");
    }
}

#[test]
fn what_is_no_list_of_turns_is_said() {
    for (from, to) in [
        ("\"rings\": [", "\"rings\": 7, \"x\": ["),
        ("\"bullseye\": {", "\"bullseye\": 7, \"y\": {"),
        ("\"groups\": [{\"id\": \"active\"}]", "\"groups\": {\"id\": \"active\"}"),
        ("{\"id\": \"active\"}", "null"),
    ] {
        let text = PLATFORM.replacen(from, to, 1);
        assert_ne!(text, PLATFORM);
        let document = read(&SourceFile::from_text("queues.json".to_owned(), text), 0, &mut Tenant::default());
        let kinds: Vec<&str> = document.troubles.iter().map(|trouble| trouble.kind).collect();
        assert_eq!(kinds, ["wrong-type"], "{to}");
    }
}
