//! Call links.

use crate::center::{Center, NOON, link_row, new_call, seconds};
use callcenter_core::LinkState;
use callcenter_core::command::{Command, CommandError, Reply};
use callcenter_core::event::Event;
use callcenter_core::row::{LinkConfigRow, LinkDestination, LinkHours, LinkRow};
use model::{AgentId, LinkConfigId, LinkId};
use std::collections::BTreeMap;

fn general() -> LinkDestination {
    LinkDestination::Conversations { display_name: None }
}

fn config(number: u128, is_default: bool) -> LinkConfigRow {
    LinkConfigRow {
        id: LinkConfigId::of(number),
        name: format!("looks {number}"),
        is_default,
        body: serde_json::json!({"theme": {}}),
        created_at: NOON,
        updated_at: NOON,
    }
}

#[test]
fn clk_05_and_13_a_time_frame_link_opens_and_expires() {
    let mut center = Center::new();
    let start = center.now.wall.after(seconds(60));
    let row = LinkRow { end: start.after(seconds(60)), ..link_row(3, general(), false, start) };
    let link = row.id;
    center.must(Command::CreateLink(row));
    assert_eq!(center.link_state(link), LinkState::Inactive);
    let early = center.try_command(Command::StartCall(new_call(link, "customer-1")));
    assert_eq!(early, Err(CommandError::LinkInactive));
    center.pass(seconds(60));
    assert_eq!(center.link_state(link), LinkState::Active);
    center.call_by(link, "customer-1");
    center.pass(seconds(60));
    assert_eq!(center.link_state(link), LinkState::Expired);
    let late = center.try_command(Command::StartCall(new_call(link, "customer-2")));
    assert_eq!(late, Err(CommandError::LinkExpired), "CLK-14");
}

#[test]
fn clk_05_a_link_is_inactive_outside_of_its_hours() {
    let mut center = Center::new();
    let minute = u16::try_from(NOON.0 / 60_000 % 1440).expect("a minute of the day");
    let hours = LinkHours { start_minute: minute + 1, end_minute: minute + 1, days: Vec::new() };
    let row = LinkRow { open_hours: Some(hours), ..link_row(3, general(), false, NOON) };
    let link = row.id;
    center.must(Command::CreateLink(row));
    assert_eq!(center.link_state(link), LinkState::Inactive);
    center.pass(seconds(60));
    assert_eq!(center.link_state(link), LinkState::Active);
}

#[test]
fn clk_05_and_14_a_one_time_link_is_spent_by_an_established_call() {
    let mut center = Center::new();
    let agent = center.free_agent("ann");
    let link = center.link(3, general(), true);
    let (_, leg) = center.call_by(link, "customer-1");
    let second = center.try_command(Command::StartCall(new_call(link, "customer-2")));
    assert_eq!(second, Err(CommandError::CallExists), "one call at a time");
    center.must(Command::Hangup { leg });
    assert_eq!(center.link_state(link), LinkState::Active, "nobody answered: it can be used again");
    let (_, leg) = center.call_by(link, "customer-1");
    center.connect(leg);
    let own = center.accept(agent);
    center.connect(own);
    assert_eq!(center.link_state(link), LinkState::Expired);
    assert!(center.logged().contains(&Event::LinkUsed { link }));
    center.must(Command::Hangup { leg });
    let again = center.try_command(Command::StartCall(new_call(link, "customer-1")));
    assert_eq!(again, Err(CommandError::LinkExpired));
}

#[test]
fn clk_22_the_links_identity_and_data_reach_the_agent() {
    let mut center = Center::new();
    let data = BTreeMap::from([("order".to_owned(), "17".to_owned())]);
    let row = LinkRow { custom_data: data, ..link_row(3, general(), false, NOON) };
    let link = row.id;
    center.must(Command::CreateLink(row));
    let mut call = new_call(link, "+385911234567");
    call.custom_data = BTreeMap::from([("order".into(), "forged".into()), ("page".into(), "roofs".into())]);
    let Reply::CallStarted { call, leg } = center.must(Command::StartCall(call)) else { panic!() };
    assert_eq!(call.custom_data["order"], "17", "what the link says counts");
    assert_eq!(call.custom_data["page"], "roofs");
    assert_eq!(center.core.leg(leg).expect("live").identity, "+385911234567");
    assert_eq!(center.core.leg_of_identity("+385911234567"), Some(leg));
}

#[test]
fn a_customer_has_one_live_call() {
    let mut center = Center::new();
    let (_, leg) = center.call("customer-1");
    let link = center.general_link();
    let second = center.try_command(Command::StartCall(new_call(link, "customer-1")));
    assert_eq!(second, Err(CommandError::CallExists));
    center.must(Command::Hangup { leg });
    center.call("customer-1");
}

#[test]
fn links_are_checked_found_and_deleted() {
    let mut center = Center::new();
    let link = center.link(3, general(), false);
    let unknown_agent = AgentId::of(77);
    let to = |identity: &str| LinkDestination::Webrtc { identity: identity.to_owned(), display_name: None };
    let wrong = [
        LinkRow { end: NOON, ..link_row(4, general(), false, NOON) },
        LinkRow { identity: Some("ab".to_owned()), ..link_row(4, general(), false, NOON) },
        LinkRow { config: Some(LinkConfigId::of(1)), ..link_row(4, general(), false, NOON) },
        LinkRow { created_by: Some(unknown_agent), ..link_row(4, general(), false, NOON) },
        link_row(4, to("not-an-id"), false, NOON),
        link_row(4, to(&unknown_agent.to_string()), false, NOON),
        link_row(3, general(), false, NOON),
        LinkRow { custom_data: [("k".into(), "v".repeat(921))].into(), ..link_row(4, general(), false, NOON) },
    ];
    for row in wrong {
        let told = format!("{row:?}");
        assert!(center.try_command(Command::CreateLink(row)).is_err(), "{told}");
    }
    let found = center.core.link_by_hash(&format!("{:064x}", 3)).map(|row| row.id);
    assert_eq!(found, Some(link));
    let (call, _) = center.call_by(link, "customer-1");
    center.must(Command::DeleteLink(link));
    assert!(center.core.call(call).is_some(), "a call that came by it goes on");
    assert_eq!(center.core.link_by_hash(&format!("{:064x}", 3)), None);
    assert_eq!(center.try_command(Command::DeleteLink(link)), Err(CommandError::UnknownLink));
    let gone = center.try_command(Command::StartCall(new_call(LinkId::of(3), "customer-2")));
    assert_eq!(gone, Err(CommandError::UnknownLink));
}

#[test]
fn one_configuration_is_the_default_one() {
    let mut center = Center::new();
    center.must(Command::PutLinkConfig(config(1, true)));
    center.must(Command::PutLinkConfig(config(2, true)));
    let default = center.core.link_config(None).map(|row| row.id);
    assert_eq!(default, Some(LinkConfigId::of(2)));
    assert_eq!(center.core.link_configs().filter(|row| row.is_default).count(), 1);
    let row = LinkRow { config: Some(LinkConfigId::of(1)), ..link_row(3, general(), false, NOON) };
    center.must(Command::CreateLink(row));
    center.must(Command::DeleteLinkConfig(LinkConfigId::of(1)));
    assert_eq!(center.core.link(LinkId::of(3)).expect("exists").config, None);
    let gone = center.try_command(Command::DeleteLinkConfig(LinkConfigId::of(1)));
    assert_eq!(gone, Err(CommandError::UnknownLinkConfig(LinkConfigId::of(1))));
}
