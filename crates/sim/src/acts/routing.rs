//! Working hours and routing rules change while calls wait.

use super::team::PRIORITIES;
use crate::model::Rule;
use crate::world::World;
use callcenter_core::command::{Command, NewRule};
use callcenter_core::row::{DayHours, Holiday, WorkingHoursRow};
use model::{HolidayId, WallTime, WorkingHoursId};
use serde_json::json;
use std::collections::BTreeSet;
use std::time::Duration;

pub(super) const HOURS: WorkingHoursId = WorkingHoursId::of(1);
const MOST_RULES: u64 = 4;
/// Times off begin within so many milliseconds, and last as long at most.
const SOON: u64 = 30_000;

impl World {
    /// The account's hours go round the clock, with times off in the next minute.
    pub(super) fn hours_change(&mut self) {
        let mut off = Vec::new();
        for _ in 0..self.random.below(3) {
            let start = self.now.wall.after(Duration::from_millis(self.random.below(SOON)));
            off.push((start, start.after(Duration::from_millis(1 + self.random.below(SOON)))));
        }
        self.count("times off");
        let holiday = |(number, (start, end)): (u128, &(WallTime, WallTime))| Holiday {
            id: HolidayId::of(number),
            name: "off".to_owned(),
            start: *start,
            end: *end,
            enabled: true,
        };
        let row = WorkingHoursRow {
            id: HOURS,
            name: "Round the clock".to_owned(),
            timezone: "UTC".to_owned(),
            message: String::new(),
            week: [DayHours { start_minute: 0, end_minute: 1440, enabled: true }; 7],
            enabled: true,
            is_default: true,
            close_conversations: false,
            away_message_every_period: false,
            holidays: (1..).zip(&off).map(holiday).collect(),
            created_at: self.now.wall,
            updated_at: self.now.wall,
        };
        self.command(Command::PutWorkingHours(row), |model| {
            model.off = off.iter().map(|(start, end)| (start.0, end.0)).collect();
            model.has_hours = true;
            model.look_at_hours();
            true
        });
    }

    /// Some customers' calls go elsewhere from now on.
    pub(super) fn rules_change(&mut self) {
        let all: Vec<String> = self.customers.iter().map(|page| page.identity.clone()).collect();
        let mut plain = Vec::new();
        let mut rules = Vec::new();
        for _ in 0..self.random.below(MOST_RULES) {
            let customers: BTreeSet<String> = all.iter().filter(|_| self.random.chance(40)).cloned().collect();
            if customers.is_empty() {
                continue;
            }
            let (priority, rank) = self.random.pick(&PRIORITIES).expect("there are priorities");
            let (queue, enabled) = (self.a_queue(), self.random.chance(80));
            let within_hours = self.random.chance(30);
            rules.push(NewRule {
                name: None,
                queue,
                priority,
                enabled,
                only_within_hours: within_hours,
                expression: json!({"customer.identity": {"$in": customers}}),
            });
            plain.push(Rule { customers, queue, priority: rank, enabled, within_hours });
        }
        self.command(Command::ReplaceRules(rules), |model| {
            model.rules = plain;
            true
        });
    }

    /// The rules decide anew where a conversation belongs, unless an agent has its call.
    pub(super) fn conversation_is_routed(&mut self) {
        let Some(conversation) = self.a_conversation() else { return };
        let calls = &mut self.model.calls.values();
        let customer = calls.find(|call| call.conversation == conversation).map(|call| call.customer.id);
        let identity = customer.and_then(|leg| self.core.leg(leg)).map(|row| row.identity.clone());
        let mut ranked = None;
        let is_routed = self.command(Command::RouteConversation(conversation), |model| {
            let route = identity.map_or((model.default_queue, None), |identity| model.route(&identity));
            ranked = route.1;
            model.route_anew(conversation, route)
        });
        self.priorities.extend(ranked.filter(|_| is_routed).map(|rank| (conversation, rank)));
    }
}
