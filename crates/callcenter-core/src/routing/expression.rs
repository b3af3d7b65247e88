//! Expressions of routing rules.
//!
//! `{"message.channel": {"$eq": "CALLS"}, "$or": [{"customer.country": {"$in": ["HR", "SI"]}}, …]}`: all members of an
//! object must hold; `$and` and `$or` join expressions, `$not` turns one round, and everything else names an operand
//! with what it is compared to. Instead of an operand, an operator may come first: `{"$eq": {"message.channel": "CALLS"}}`.

use super::operand::Operand;
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::cmp::Ordering;

/// Expressions within expressions.
const MAX_DEPTH: usize = 16;

/// What is asked of a call.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Expression {
    All(Vec<Self>),
    Any(Vec<Self>),
    Not(Box<Self>),
    Test { operand: Operand, operator: Operator, constants: Vec<Constant> },
}

/// What an operand is compared to: as a number where the call's value is one too.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Constant {
    text: String,
    number: Option<f64>,
}

/// How an operand is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    In,
    NotIn,
}

impl Operator {
    const NAMES: [(&str, Self); 8] = [
        ("$eq", Self::Equal),
        ("$neq", Self::NotEqual),
        ("$lt", Self::Less),
        ("$lte", Self::LessOrEqual),
        ("$gt", Self::Greater),
        ("$gte", Self::GreaterOrEqual),
        ("$in", Self::In),
        ("$nin", Self::NotIn),
    ];

    fn named(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(known, _)| *known == name).map(|(_, operator)| *operator)
    }
}

impl Expression {
    /// Reads an expression, or says what is wrong with it.
    pub(crate) fn read(value: &Value) -> Result<Self, String> {
        Self::read_within(value, 0)
    }

    fn read_within(value: &Value, depth: usize) -> Result<Self, String> {
        if depth > MAX_DEPTH {
            return Err(format!("at most {MAX_DEPTH} expressions may lie within each other"));
        }
        let Value::Object(members) = value else { return Err("an expression must be an object".to_owned()) };
        if members.is_empty() {
            return Err("an expression must ask for something".to_owned());
        }
        let mut parts: Vec<Self> = members
            .iter()
            .map(|(name, value)| Self::read_member(name, value, depth + 1))
            .collect::<Result<_, String>>()?;
        Ok(if parts.len() == 1 { parts.remove(0) } else { Self::All(parts) })
    }

    fn read_member(name: &str, value: &Value, depth: usize) -> Result<Self, String> {
        match name {
            "$and" => read_list(name, value, depth).map(Self::All),
            "$or" => read_list(name, value, depth).map(Self::Any),
            "$not" => Ok(Self::Not(Box::new(Self::read_within(value, depth)?))),
            _ => match (Operator::named(name), value) {
                (Some(operator), Value::Object(operands)) => {
                    let tests = operands.iter().map(|(operand, value)| test(operand, operator, value));
                    all_of(tests.collect::<Result<_, _>>()?)
                }
                (None, Value::Object(comparisons)) if !name.starts_with('$') => {
                    let tests = comparisons.iter().map(|(operator, value)| {
                        let operator = Operator::named(operator).ok_or_else(|| unknown_operator(operator))?;
                        test(name, operator, value)
                    });
                    all_of(tests.collect::<Result<_, _>>()?)
                }
                (None, value) if !name.starts_with('$') => test(name, Operator::Equal, value),
                (Some(_), _) => Err(format!("{name} must hold an object of operands")),
                (None, _) => Err(unknown_operator(name)),
            },
        }
    }

    /// Whether it holds for a call of which `known` tells the operands.
    pub(crate) fn holds<'c>(&self, known: &impl Fn(&Operand) -> Option<Cow<'c, str>>) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|part| part.holds(known)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(known)),
            Self::Not(part) => !part.holds(known),
            Self::Test { operand, operator, constants } => compare(known(operand).as_deref(), *operator, constants),
        }
    }
}

fn unknown_operator(name: &str) -> String {
    let names: Vec<&str> = Operator::NAMES.iter().map(|(name, _)| *name).collect();
    format!("{name} is no operator: use $and, $or, $not, {}", names.join(", "))
}

fn all_of(mut tests: Vec<Expression>) -> Result<Expression, String> {
    match tests.len() {
        0 => Err("an operand must be compared to something".to_owned()),
        1 => Ok(tests.remove(0)),
        _ => Ok(Expression::All(tests)),
    }
}

fn read_list(name: &str, value: &Value, depth: usize) -> Result<Vec<Expression>, String> {
    match value {
        Value::Array(items) if !items.is_empty() => {
            items.iter().map(|item| Expression::read_within(item, depth)).collect()
        }
        Value::Object(members) if !members.is_empty() => members
            .iter()
            .map(|(key, value)| {
                let one = Map::from_iter([(key.clone(), value.clone())]);
                Expression::read_within(&Value::Object(one), depth)
            })
            .collect(),
        _ => Err(format!("{name} must hold a list of expressions")),
    }
}

fn test(name: &str, operator: Operator, value: &Value) -> Result<Expression, String> {
    let operand = Operand::named(name)?;
    let is_list = matches!(operator, Operator::In | Operator::NotIn);
    let items = match value {
        Value::Array(items) if is_list => items.as_slice(),
        one if !is_list => std::slice::from_ref(one),
        _ => &[],
    };
    let constants: Option<Vec<Constant>> = items.iter().map(Constant::of).collect();
    let constants = constants.filter(|constants| !constants.is_empty()).ok_or_else(|| {
        format!("{name} must be compared to a text, number or truth value, and with $in and $nin to a list of them")
    })?;
    Ok(Expression::Test { operand, operator, constants })
}

impl Constant {
    fn of(value: &Value) -> Option<Self> {
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Number(_) | Value::Bool(_) => value.to_string(),
            _ => return None,
        };
        Some(Self { number: text.parse().ok(), text })
    }

    /// Where the call's value stands to this one: as numbers if both are, otherwise letter by letter.
    fn order_of(&self, known: &str) -> Ordering {
        let number: Option<f64> = self.number.and_then(|_| known.parse().ok());
        match (number, self.number) {
            (Some(known), Some(own)) => known.total_cmp(&own),
            _ => known.cmp(&self.text),
        }
    }
}

fn compare(known: Option<&str>, operator: Operator, constants: &[Constant]) -> bool {
    let any = |fits: fn(Ordering) -> bool| {
        known.is_some_and(|known| constants.iter().any(|constant| fits(constant.order_of(known))))
    };
    match operator {
        Operator::Equal | Operator::In => any(Ordering::is_eq),
        Operator::NotEqual | Operator::NotIn => !any(Ordering::is_eq),
        Operator::Less => any(Ordering::is_lt),
        Operator::LessOrEqual => any(Ordering::is_le),
        Operator::Greater => any(Ordering::is_gt),
        Operator::GreaterOrEqual => any(Ordering::is_ge),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn holds(expression: &Value) -> bool {
        let call = |operand: &Operand| match operand {
            Operand::Channel => Some("CALLS".into()),
            Operand::CustomData(key) if key == "country" => Some("HR".into()),
            Operand::CustomData(key) if key == "age" => Some("9".into()),
            _ => None,
        };
        Expression::read(expression).unwrap_or_else(|wrong| panic!("{expression}: {wrong}")).holds(&call)
    }

    #[test]
    fn every_operator_does_what_its_name_says() {
        for (expression, expected) in [
            (json!({"message.channel": {"$eq": "CALLS"}}), true),
            (json!({"message.channel": {"$eq": "calls"}}), false),
            (json!({"message.channel": "CALLS"}), true),
            (json!({"$eq": {"message.channel": "CALLS"}}), true),
            (json!({"message.channel": {"$neq": "SMS"}}), true),
            (json!({"message.channel": {"$neq": "CALLS"}}), false),
            (json!({"customer.country": {"$in": ["SI", "HR"]}}), true),
            (json!({"customer.country": {"$nin": ["SI", "HR"]}}), false),
            (json!({"customer.age": {"$lt": 10}}), true),
            (json!({"customer.age": {"$lt": 9}}), false),
            (json!({"customer.age": {"$lte": 9}}), true),
            (json!({"customer.age": {"$gt": "8.5"}}), true),
            (json!({"customer.age": {"$gte": 10}}), false),
            (json!({"customer.age": {"$gte": 5, "$lt": 9}}), false),
            (json!({"customer.country": {"$lt": "IT"}}), true),
            (json!({"$not": {"customer.country": "HR"}}), false),
        ] {
            assert_eq!(holds(&expression), expected, "{expression}");
        }
    }

    #[test]
    fn what_a_call_does_not_know_is_equal_to_nothing() {
        for (expression, expected) in [
            (json!({"company.name": "Acme"}), false),
            (json!({"company.name": {"$neq": "Acme"}}), true),
            (json!({"company.name": {"$in": ["Acme"]}}), false),
            (json!({"company.name": {"$nin": ["Acme"]}}), true),
            (json!({"company.size": {"$lt": 10}}), false),
            (json!({"company.size": {"$gte": 0}}), false),
        ] {
            assert_eq!(holds(&expression), expected, "{expression}");
        }
    }

    #[test]
    fn expressions_are_joined() {
        let (yes, no) = (json!({"message.channel": "CALLS"}), json!({"message.channel": "SMS"}));
        for (expression, expected) in [
            (json!({"$and": [yes, yes]}), true),
            (json!({"$and": [yes, no]}), false),
            (json!({"$or": [no, yes]}), true),
            (json!({"$or": [no, no]}), false),
            (json!({"$or": {"message.channel": "SMS", "customer.country": "HR"}}), true),
            (json!({"message.channel": "CALLS", "customer.country": "SI"}), false),
            (json!({"$and": [{"$or": [no, yes]}, {"$not": no}]}), true),
        ] {
            assert_eq!(holds(&expression), expected, "{expression}");
        }
    }

    #[test]
    fn what_is_no_expression_is_refused_with_the_reason() {
        let deep = (0..20).fold(json!({"message.channel": "CALLS"}), |inner, _| json!({"$not": inner}));
        for (expression, reason) in [
            (json!([]), "must be an object"),
            (json!({}), "must ask for something"),
            (json!({"$and": []}), "list of expressions"),
            (json!({"$or": "x"}), "list of expressions"),
            (json!({"$xor": [{"message.channel": "CALLS"}]}), "$xor is no operator"),
            (json!({"message.channel": {"$like": "C"}}), "$like is no operator"),
            (json!({"message.channel": {}}), "compared to something"),
            (json!({"message.channel": null}), "must be compared to"),
            (json!({"message.channel": {"$in": "CALLS"}}), "with $in and $nin to a list"),
            (json!({"message.channel": {"$in": [{}]}}), "with $in and $nin to a list"),
            (json!({"channel": "CALLS"}), "channel is no operand"),
            (json!({"customer.": "x"}), "is no operand"),
            (json!({"weather.today": "rain"}), "is no operand"),
            (json!({"$eq": "CALLS"}), "object of operands"),
            (deep, "within each other"),
        ] {
            let wrong = Expression::read(&expression).expect_err("no expression");
            assert!(wrong.contains(reason), "{expression}: {wrong}");
        }
    }
}
