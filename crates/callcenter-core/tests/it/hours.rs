//! Working hours: outside of them calls wait.

use crate::center::{Center, queue_fields, seconds};
use callcenter_core::command::{Command, CommandError, NewQueue, Reply};
use callcenter_core::row::{CallState, DayHours, Holiday, WorkingHoursRow};
use model::{HolidayId, QueueId, WallTime, WorkingHoursId};
use std::time::Duration;

/// UTC, around the clock on all days.
fn hours(center: &Center, number: u128) -> WorkingHoursRow {
    WorkingHoursRow {
        id: WorkingHoursId::of(number),
        name: format!("Hours {number}"),
        timezone: "Etc/UTC".to_owned(),
        message: "We are away.".to_owned(),
        week: [DayHours { start_minute: 0, end_minute: 1440, enabled: true }; 7],
        enabled: true,
        is_default: false,
        close_conversations: false,
        away_message_every_period: false,
        holidays: Vec::new(),
        created_at: center.now.wall,
        updated_at: center.now.wall,
    }
}

fn holiday(start: WallTime, end: WallTime) -> Holiday {
    Holiday { id: HolidayId::of(1), name: "Off".to_owned(), start, end, enabled: true }
}

/// Hours that begin so many minutes from now and last for an hour.
fn hours_in(center: &Center, number: u128, minutes: i64) -> WorkingHoursRow {
    let minute = center.now.wall.0.div_euclid(60_000).rem_euclid(1440) + minutes;
    let start_minute = u16::try_from(minute.rem_euclid(1440)).expect("a minute");
    let end_minute = (start_minute + 60) % 1440;
    WorkingHoursRow { week: [DayHours { start_minute, end_minute, enabled: true }; 7], ..hours(center, number) }
}

fn set_hours(center: &mut Center, working_hours: Option<WorkingHoursId>, assign_outside_hours: bool) {
    let fields =
        NewQueue { is_default: true, working_hours, assign_outside_hours, ..queue_fields("Default Queue", true) };
    center.must(Command::UpdateQueue { queue: center.core.default_queue(), fields });
}

#[test]
fn a_call_outside_of_the_hours_waits_until_they_begin() {
    let mut center = Center::new();
    let row = hours_in(&center, 1, 30);
    center.must(Command::PutWorkingHours(row.clone()));
    set_hours(&mut center, Some(row.id), false);
    let agent = center.free_agent("ann");
    let (call, leg) = center.call("customer-1");
    assert_eq!(center.state(call), CallState::Waiting);
    center.pass(Duration::from_secs(28 * 60));
    assert_eq!(center.state(call), CallState::Waiting);
    center.pass(Duration::from_secs(2 * 60));
    assert!(center.rings(agent), "nothing but the time brought it about");
    center.must(Command::Hangup { leg });
    center.pass(Duration::from_secs(60 * 60));
    let (call, _) = center.call("customer-2");
    assert_eq!(center.state(call), CallState::Waiting, "they are over again");
    assert_eq!(center.core.is_queue_open(center.core.default_queue()), Some(false));
}

#[test]
fn hours_that_begin_while_no_process_runs_are_known_at_its_start() {
    let mut center = Center::new();
    let row = hours_in(&center, 1, 30);
    center.must(Command::PutWorkingHours(row.clone()));
    set_hours(&mut center, Some(row.id), false);
    center.now = center.now.after(Duration::from_secs(40 * 60));
    center.restart();
    let agent = center.free_agent("ann");
    center.call("customer-1");
    assert!(center.rings(agent));
}

#[test]
fn a_queue_may_assign_outside_of_its_hours_and_disabled_hours_do_not_count() {
    let mut center = Center::new();
    let row = hours_in(&center, 1, 30);
    center.must(Command::PutWorkingHours(row.clone()));
    set_hours(&mut center, Some(row.id), false);
    let agent = center.free_agent("ann");
    let (call, leg) = center.call("customer-1");
    assert_eq!(center.state(call), CallState::Waiting);
    set_hours(&mut center, Some(row.id), true);
    assert!(center.rings(agent));
    center.must(Command::Hangup { leg });
    set_hours(&mut center, Some(row.id), false);
    let (call, _) = center.call("customer-2");
    assert_eq!(center.state(call), CallState::Waiting);
    center.must(Command::PutWorkingHours(WorkingHoursRow { enabled: false, ..row }));
    assert!(center.rings(agent));
}

#[test]
fn default_hours_are_those_of_queues_without_their_own() {
    let mut center = Center::new();
    let agent = center.free_agent("ann");
    let closed = WorkingHoursRow { is_default: true, ..hours_in(&center, 1, 30) };
    center.must(Command::PutWorkingHours(closed.clone()));
    let (call, leg) = center.call("customer-1");
    assert_eq!(center.state(call), CallState::Waiting);
    let open = hours(&center, 2);
    center.must(Command::PutWorkingHours(open.clone()));
    set_hours(&mut center, Some(open.id), false);
    assert!(center.rings(agent), "its own come first");
    center.must(Command::Hangup { leg });
    center.must(Command::DeleteWorkingHours(open.id));
    assert_eq!(center.core.queue(center.core.default_queue()).and_then(|row| row.working_hours), None);
    let (call, _) = center.call("customer-2");
    assert_eq!(center.state(call), CallState::Waiting);
    center.must(Command::PutWorkingHours(WorkingHoursRow { is_default: true, ..hours(&center, 3) }));
    assert!(center.rings(agent), "another has become the default");
    assert_eq!(center.core.working_hours(closed.id).map(|row| row.is_default), Some(false));
}

#[test]
fn a_call_to_an_agents_own_link_rings_whatever_the_hours() {
    let mut center = Center::new();
    center.must(Command::PutWorkingHours(WorkingHoursRow { is_default: true, ..hours_in(&center, 1, 30) }));
    let agent = center.free_agent("ann");
    let identity = agent.to_string();
    let destination = callcenter_core::row::LinkDestination::Webrtc { identity, display_name: None };
    let link = center.link(5, destination, false);
    center.call_by(link, "customer-1");
    assert!(center.rings(agent));
}

#[test]
fn a_holiday_closes_in_the_middle_of_the_hours() {
    let mut center = Center::new();
    let agent = center.free_agent("ann");
    let (start, end) = (center.now.wall.after(seconds(60)), center.now.wall.after(seconds(120)));
    let row = WorkingHoursRow { is_default: true, holidays: vec![holiday(start, end)], ..hours(&center, 1) };
    center.must(Command::PutWorkingHours(row));
    center.pass(seconds(70));
    let (call, _) = center.call("customer-1");
    assert_eq!(center.state(call), CallState::Waiting);
    center.pass(seconds(50));
    assert!(center.rings(agent));
}

#[test]
fn a_clock_that_is_set_is_noticed_within_minutes() {
    let mut center = Center::new();
    let row = hours_in(&center, 1, 12 * 60);
    center.must(Command::PutWorkingHours(row.clone()));
    set_hours(&mut center, Some(row.id), false);
    let agent = center.free_agent("ann");
    center.now.wall = center.now.wall.after(Duration::from_secs(12 * 3600 + 60));
    center.call("customer-1");
    center.pass(callcenter_core::limits::HOURS_LOOK);
    assert!(center.rings(agent));
}

#[test]
fn fields_of_working_hours_are_checked() {
    let mut center = Center::new();
    let good = hours(&center, 1);
    let now = center.now.wall;
    let bad = [
        ("name", WorkingHoursRow { name: " ".to_owned(), ..good.clone() }),
        ("timezone", WorkingHoursRow { timezone: "Mars/Olympus".to_owned(), ..good.clone() }),
        ("message", WorkingHoursRow { message: "x".repeat(4001), ..good.clone() }),
        ("holidays.endDate", WorkingHoursRow { holidays: vec![holiday(now, now)], ..good.clone() }),
    ];
    for (field, row) in bad {
        let refused = center.try_command(Command::PutWorkingHours(row));
        assert!(matches!(refused, Err(CommandError::Invalid { field: named, .. }) if named == field), "{refused:?}");
    }
    center.must(Command::PutWorkingHours(good.clone()));
    let twin = WorkingHoursRow { id: WorkingHoursId::of(9), ..good };
    let refused = center.try_command(Command::PutWorkingHours(twin));
    assert!(matches!(refused, Err(CommandError::Conflict(_))), "{refused:?}");
    let unknown = WorkingHoursId::of(7);
    let refused = center.try_command(Command::DeleteWorkingHours(unknown));
    assert_eq!(refused, Err(CommandError::UnknownWorkingHours(unknown)));
    let fields = NewQueue { working_hours: Some(unknown), ..queue_fields("Sales", true) };
    let refused = center.try_command(Command::CreateQueue(fields));
    assert_eq!(refused, Err(CommandError::UnknownWorkingHours(unknown)));
    let made = center.must(Command::CreateQueue(queue_fields("Sales", true)));
    let Reply::Queue(row) = made else { panic!("{made:?}") };
    assert_eq!(center.core.is_queue_open(row.id), Some(true), "without hours a queue is always open");
    assert_eq!(center.core.is_queue_open(QueueId::of(1)), None);
}
