//! As much of JSON Schema as the public API's description uses.

use serde_json::Value;

/// The public API's description.
pub(super) struct Description(pub(super) Value);

impl Description {
    pub(super) fn read() -> Self {
        Self(serde_json::from_str(include_str!("public-api.json")).expect("the description is JSON"))
    }

    /// The schema that a reference leads to, or the schema itself.
    pub(super) fn resolved<'a>(&'a self, schema: &'a Value) -> &'a Value {
        match schema.get("$ref").and_then(Value::as_str) {
            Some(target) => {
                let pointer = target.strip_prefix('#').expect("references stay within the file");
                self.resolved(self.0.pointer(pointer).unwrap_or_else(|| panic!("{target} leads nowhere")))
            }
            None => schema,
        }
    }

    /// Whether a schema has a property of this name.
    pub(super) fn has(&self, schema: &Value, name: &str) -> bool {
        self.resolved(schema)["properties"].get(name).is_some()
    }

    /// What is wrong with a value, by its place.
    pub(super) fn faults(&self, schema: &Value, value: &Value, place: &str) -> Vec<String> {
        let schema = self.resolved(schema);
        let mut faults = Vec::new();
        if !types(schema).is_empty() && !types(schema).iter().any(|name| is_of_type(value, name)) {
            return vec![format!("{place} is {value}, not {:?}", types(schema))];
        }
        if let Some(names) = schema["enum"].as_array().filter(|names| !names.contains(value)) {
            faults.push(format!("{place} is {value}, none of {names:?}"));
        }
        if let Value::String(text) = value {
            faults.extend(text_faults(schema, text, place));
        }
        if let Value::Array(items) = value {
            let items = items.iter().enumerate();
            faults.extend(items.flat_map(|(at, item)| self.faults(&schema["items"], item, &format!("{place}/{at}"))));
        }
        if let Value::Object(_) = value {
            faults.extend(self.object_faults(schema, value, place));
        }
        for all in schema["allOf"].as_array().into_iter().flatten() {
            faults.extend(self.faults(all, value, place));
        }
        for name in ["oneOf", "anyOf"] {
            let some = schema[name].as_array();
            if some.is_some_and(|some| !some.iter().any(|one| self.faults(one, value, place).is_empty())) {
                faults.push(format!("{place} is {value}, which fits none of {name}"));
            }
        }
        faults
    }

    fn object_faults(&self, schema: &Value, value: &Value, place: &str) -> Vec<String> {
        let mut faults = Vec::new();
        for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            if value.get(name).is_none() {
                faults.push(format!("{place}/{name} is missing"));
            }
        }
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            if let Some(inner) = value.get(name) {
                faults.extend(self.faults(property, inner, &format!("{place}/{name}")));
            }
        }
        if let Some(schema) = schema.get("additionalProperties").filter(|schema| schema.is_object()) {
            for (name, inner) in value.as_object().into_iter().flatten() {
                faults.extend(self.faults(schema, inner, &format!("{place}/{name}")));
            }
        }
        faults
    }
}

/// Names of the types that a schema allows; none when it does not say.
pub(super) fn types(schema: &Value) -> Vec<&str> {
    match &schema["type"] {
        Value::String(name) => vec![name],
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

fn is_of_type(value: &Value, name: &str) -> bool {
    match name {
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        "null" => value.is_null(),
        other => panic!("{other} is no type"),
    }
}

fn text_faults(schema: &Value, text: &str, place: &str) -> Option<String> {
    let length = text.chars().count() as u64;
    if schema["maxLength"].as_u64().is_some_and(|most| length > most) {
        return Some(format!("{place} has {length} characters"));
    }
    if schema["minLength"].as_u64().is_some_and(|least| length < least) {
        return Some(format!("{place} has {length} characters"));
    }
    let is_time = || text.parse::<jiff::Timestamp>().is_ok();
    (schema["format"] == "date-time" && !is_time()).then(|| format!("{place} is {text:?}, no time with an offset"))
}

#[test]
fn what_is_not_as_described_is_found() {
    let description = Description(serde_json::json!({"components": {"schemas": {
        "Status": {"type": "string", "enum": ["OPEN"]},
        "One": {
            "type": "object", "required": ["id"],
            "properties": {
                "id": {"type": "string", "maxLength": 2}, "status": {"$ref": "#/components/schemas/Status"},
                "at": {"type": "string", "format": "date-time"}, "all": {"type": "array", "items": {"type": "integer"}},
            },
        },
    }}}));
    let schema = serde_json::json!({"$ref": "#/components/schemas/One"});
    let faults = |value: Value| description.faults(&schema, &value, "").len();
    assert_eq!(faults(serde_json::json!({"id": "ab", "status": "OPEN", "at": "2026-01-01T00:00:00Z", "all": [1]})), 0);
    for wrong in [
        serde_json::json!([]),
        serde_json::json!({}),
        serde_json::json!({"id": "abc"}),
        serde_json::json!({"id": "a", "status": "CLOSED"}),
        serde_json::json!({"id": "a", "at": "yesterday"}),
        serde_json::json!({"id": "a", "all": [1, "2"]}),
        serde_json::json!({"id": null}),
    ] {
        assert_eq!(faults(wrong.clone()), 1, "{wrong}");
    }
}
