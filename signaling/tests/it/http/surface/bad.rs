//! Bad requests, derived from what the public API's description says of good ones.

use super::schema::{Description, types};
use serde_json::{Map, Value, json};

/// A request that must be refused for one field.
pub(super) struct Bad {
    /// Path of the field, as refusals name it.
    pub(super) field: String,
    /// The whole body, or the whole query without its question mark.
    pub(super) sent: Value,
    /// For people.
    pub(super) why: String,
}

/// Bodies that differ from a good one in one field.
pub(super) fn bodies(description: &Description, schema: &Value, good: &Value) -> Vec<Bad> {
    if let Value::Array(items) = good {
        let first = items.first().expect("a good list has an item");
        let of_first = bodies(description, &description.resolved(schema)["items"], first);
        let in_list = |bad: Bad| Bad { field: format!("[0].{}", bad.field), sent: json!([bad.sent]), why: bad.why };
        return of_first.into_iter().map(in_list).collect();
    }
    let mut all = Vec::new();
    let found = fields(description, schema, good, "");
    for (field, schema, required) in found {
        let mut with = |value: Value, why: String| {
            let mut sent = good.clone();
            put(&mut sent, &field, value);
            all.push(Bad { field: field.clone(), sent, why });
        };
        for (value, why) in wrong_values(description, schema) {
            with(value, why);
        }
        if required {
            with(Value::Null, "missing".to_owned());
        }
    }
    all
}

/// Fields of an object and of the objects in it that the good body has: path, schema, and whether it must be there.
fn fields<'a>(
    description: &'a Description,
    schema: &'a Value,
    good: &Value,
    under: &str,
) -> Vec<(String, &'a Value, bool)> {
    let schema = description.resolved(schema);
    let required: Vec<&str> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let mut all = Vec::new();
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let property = description.resolved(property);
        if property["readOnly"] == json!(true) {
            continue;
        }
        let path = format!("{under}{name}");
        all.push((path.clone(), property, required.contains(&name.as_str())));
        if let Some(inner @ Value::Object(_)) = good.get(name) {
            all.extend(fields(description, property, inner, &format!("{path}.")));
        }
    }
    all
}

fn put(body: &mut Value, path: &str, value: Value) {
    let mut place = body;
    for name in path.split('.') {
        if !place.is_object() {
            *place = Value::Object(Map::new());
        }
        place = &mut place[name];
    }
    *place = value;
}

fn wrong_values(description: &Description, schema: &Value) -> Vec<(Value, String)> {
    let schema = description.resolved(schema);
    let mut all = Vec::new();
    let names = types(schema);
    if schema["enum"].is_array() {
        all.push((json!("NO_SUCH_VALUE"), "not in its list".to_owned()));
    } else if let Some(most) = schema["maxLength"].as_u64() {
        let most = usize::try_from(most).expect("small");
        all.push((json!("x".repeat(most + 1)), format!("longer than {most}")));
    }
    if let Some(least @ 1..) = schema["minLength"].as_u64() {
        let least = usize::try_from(least).expect("small");
        all.push((json!("x".repeat(least - 1)), format!("shorter than {least}")));
    }
    if schema["pattern"].is_string() {
        all.push((json!("a? b!"), "not of its pattern".to_owned()));
    }
    if let Some(most) = schema["maximum"].as_i64() {
        all.push((json!(most + 1), format!("more than {most}")));
    }
    if let Some(least) = schema["minimum"].as_i64() {
        all.push((json!(least - 1), format!("less than {least}")));
    }
    if schema["format"] == "date-time" {
        all.push((json!("yesterday"), "no time".to_owned()));
    }
    let other = match names.as_slice() {
        ["string"] | ["object"] | ["array"] => Some(json!(5)),
        ["integer" | "number" | "boolean"] => Some(json!("x")),
        _ => None,
    };
    all.extend(other.map(|value| (value, format!("no {}", names.join(" or ")))));
    all
}

/// Queries with one wrong parameter.
pub(super) fn queries(parameters: &Value) -> Vec<Bad> {
    let mut all = Vec::new();
    for parameter in parameters.as_array().into_iter().flatten().filter(|one| one["in"] == "query") {
        let name = parameter["name"].as_str().expect("a name");
        let schema = &parameter["schema"];
        let mut with = |value: &str, why: &str| {
            let sent = json!(format!("{name}={value}"));
            all.push(Bad { field: name.to_owned(), sent, why: why.to_owned() });
        };
        if schema["enum"].is_array() {
            with("NO_SUCH_VALUE", "not in its list");
        }
        if schema["format"] == "date-time" {
            with("yesterday", "no time");
        }
        match name {
            "orderBy" => with("nonsense:asc", "no field to sort by"),
            "sortBy" | "sortDirection" => with("NONSENSE", "nothing to sort by"),
            _ => {}
        }
        if parameter["required"] == json!(true) {
            with("", "missing");
        }
        if types(schema) == ["boolean"] {
            with("perhaps", "neither true nor false");
        }
        if types(schema) == ["integer"] {
            with("x", "no number");
            with("-1", "negative");
        }
        if let Some(most) = schema["maximum"].as_i64() {
            with(&(most + 1).to_string(), "too large");
        }
    }
    all
}

#[test]
fn every_rule_of_a_body_is_broken_once() {
    let description = Description(json!({}));
    let schema = json!({
        "required": ["name"],
        "properties": {
            "id": {"type": "string", "readOnly": true},
            "name": {"type": "string", "maxLength": 3},
            "window": {"type": "object", "properties": {"seconds": {"type": "integer", "minimum": 1}}},
        },
    });
    let all = bodies(&description, &schema, &json!({"name": "a", "window": {"seconds": 5}}));
    let told: Vec<(String, Value)> = all.into_iter().map(|bad| (bad.field, bad.sent)).collect();
    let window = json!({"seconds": 5});
    let expected = [
        ("name", json!({"name": "xxxx", "window": window})),
        ("name", json!({"name": 5, "window": window})),
        ("name", json!({"name": null, "window": window})),
        ("window", json!({"name": "a", "window": 5})),
        ("window.seconds", json!({"name": "a", "window": {"seconds": 0}})),
        ("window.seconds", json!({"name": "a", "window": {"seconds": "x"}})),
    ];
    assert_eq!(told, expected.map(|(field, sent)| (field.to_owned(), sent)));
}
