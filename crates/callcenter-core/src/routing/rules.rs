//! Routing rules: the first one that holds gives a call its queue and priority; the default queue takes the rest.

use super::expression::Expression;
use super::operand::Operand;
use crate::call_center::{CallCenter, Turn};
use crate::check;
use crate::command::{CommandError, NewRule, Reply};
use crate::limits::{MAX_EXPRESSION, MAX_RULES};
use crate::row::{CallRow, Priority, RowChange, RuleRow};
use model::{Now, QueueId, RuleId};

/// A rule, with its expression ready to be asked.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    pub(crate) row: RuleRow,
    expression: Expression,
}

/// Where a call belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Route {
    pub(crate) queue: QueueId,
    /// Where a rule gives one.
    pub(crate) priority: Option<Priority>,
}

impl CallCenter {
    /// These are the rules from now on, in this order.
    pub(crate) fn replace_rules(&mut self, rules: Vec<NewRule>, turn: &mut Turn) -> Result<Reply, CommandError> {
        if rules.len() > MAX_RULES {
            return Err(CommandError::LimitReached { limit: format!("MAX_RULES ({MAX_RULES})") });
        }
        let expressions: Vec<Expression> =
            rules.iter().enumerate().map(|(place, rule)| self.check_rule(place, rule)).collect::<Result<_, _>>()?;
        for old in std::mem::take(&mut self.rules) {
            self.outbox.save(RowChange::RuleDeleted(old.row.id));
        }
        for (position, (rule, expression)) in (0..).zip(rules.into_iter().zip(expressions)) {
            let row = RuleRow {
                id: RuleId(turn.ids.next_id()),
                position,
                name: rule.name,
                queue: rule.queue,
                priority: rule.priority,
                enabled: rule.enabled,
                only_within_hours: rule.only_within_hours,
                expression: rule.expression,
                created_at: turn.now.wall,
                updated_at: turn.now.wall,
            };
            self.outbox.save(RowChange::Rule(row.clone()));
            self.rules.push(Rule { row, expression });
        }
        Ok(Reply::Done)
    }

    fn check_rule(&self, place: usize, rule: &NewRule) -> Result<Expression, CommandError> {
        if let Some(name) = &rule.name {
            check::name("name", name)?;
        }
        self.live_queue(rule.queue)?;
        check::at_most("expression", &rule.expression.to_string(), MAX_EXPRESSION)?;
        Expression::read(&rule.expression).map_err(|wrong| check::invalid("expression", format!("[{place}]: {wrong}")))
    }

    /// At a start; what is stored was checked before.
    pub(crate) fn take_up_rules(&mut self, mut rows: Vec<RuleRow>) {
        rows.sort_by_key(|row| row.position);
        let ready = |row: RuleRow| {
            let expression = Expression::read(&row.expression).expect("releases go on reading what they stored");
            Rule { row, expression }
        };
        self.rules = rows.into_iter().map(ready).collect();
    }

    /// Where a call with these properties belongs now.
    pub(crate) fn route(&self, call: &CallRow, now: Now) -> Route {
        let known = |operand: &Operand| self.operand(call, operand, now);
        let applies = |rule: &&Rule| {
            rule.row.enabled
                && self.live_queue(rule.row.queue).is_ok_and(|queue| {
                    // Outside of its hours such a rule is passed over, and a later one may take the call.
                    !rule.row.only_within_hours || self.is_within_hours(queue)
                })
                && rule.expression.holds(&known)
        };
        match self.rules.iter().find(applies) {
            Some(rule) => Route { queue: rule.row.queue, priority: Some(rule.row.priority) },
            None => Route { queue: self.default_queue, priority: None },
        }
    }
}
