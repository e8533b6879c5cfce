//! What settings that cannot be read are told.

use rolecall_engine::Policy;

fn help(text: &str) -> String {
    Policy::read("rolecall.toml", text).expect_err("a fault").help
}

#[test]
fn the_longer_a_word_the_more_slips_it_may_hold() {
    assert_eq!(help("[tiers.bpo]\ndivisones = ['x']\n"), "did you mean `divisions`?");
    assert_eq!(help("[tiers.bpo]\ndapertmants = ['x']\n"), "did you mean `departments`?");
    assert_eq!(help("[tiers.bpo]\nflug = true\n"), "did you mean `flag`?");
    let far = help("[tiers.bpo]\nunlikely = true\n");
    assert!(far.starts_with("one of `allowed`, `departments`, "), "{far}");
}
