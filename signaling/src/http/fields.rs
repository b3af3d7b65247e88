//! Reads JSON bodies and tells every field that is wrong at once.

use super::errors::ApiError;
use super::limits::{BODY_MAX_BYTES, CUSTOM_DATA_MAX_CHARS};
use super::times;
use axum::body::to_bytes;
use axum::extract::{FromRequest, Request};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use model::WallTime;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::str::FromStr;

/// What is wrong, by field.
pub(crate) type FieldErrors = BTreeMap<String, Vec<String>>;

/// A JSON object that is being read. `null` counts as absent. Fields that nobody reads are ignored.
#[derive(Debug)]
pub(crate) struct Fields {
    map: Map<String, Value>,
    prefix: String,
    errors: FieldErrors,
}

impl Fields {
    /// Reads this object.
    pub(crate) fn new(map: Map<String, Value>) -> Self {
        Self { map, prefix: String::new(), errors: FieldErrors::new() }
    }

    /// Ends the reading: refuses if a field was wrong.
    pub(crate) fn done(self) -> Result<(), ApiError> {
        if self.errors.is_empty() { Ok(()) } else { Err(ApiError::invalid_fields(self.errors)) }
    }

    /// Notes that a field is wrong.
    pub(crate) fn reject(&mut self, name: &str, why: impl Into<String>) {
        self.errors.entry(format!("{}{name}", self.prefix)).or_default().push(why.into());
    }

    /// Whether the field is there, be it `null`.
    pub(crate) fn mentions(&self, name: &str) -> bool {
        self.map.contains_key(name)
    }

    /// The value as it came, unless `null`.
    pub(crate) fn raw(&mut self, name: &str) -> Option<Value> {
        self.map.get(name).filter(|value| !value.is_null()).cloned()
    }

    /// All of them as they came, for an object whose names are free.
    pub(crate) fn all(self) -> Map<String, Value> {
        self.map
    }

    /// A text with so many characters.
    pub(crate) fn text(&mut self, name: &str, chars: RangeInclusive<usize>) -> Option<String> {
        let Value::String(text) = self.raw(name)? else {
            self.reject(name, "must be a string");
            return None;
        };
        if !chars.contains(&text.chars().count()) {
            self.reject(name, format!("size must be between {} and {}", chars.start(), chars.end()));
            return None;
        }
        Some(text)
    }

    /// A text that must be there and not blank.
    pub(crate) fn required_text(&mut self, name: &str, max_chars: usize) -> String {
        let before = self.errors.len();
        let text = self.text(name, 0..=max_chars).unwrap_or_default();
        if self.errors.len() == before && text.trim().is_empty() {
            self.reject(name, "must not be blank");
        }
        text
    }

    /// One of the names of an enum; `names` lists them for people.
    pub(crate) fn one_of<T: DeserializeOwned>(&mut self, name: &str, names: &str) -> Option<T> {
        let value = self.raw(name)?;
        let read = serde_json::from_value(value).ok();
        if read.is_none() {
            self.reject(name, format!("must be one of {names}"));
        }
        read
    }

    /// One of the names of an enum that must be there.
    pub(crate) fn required_one_of<T: DeserializeOwned + Default>(&mut self, name: &str, names: &str) -> T {
        self.require(name);
        self.one_of(name, names).unwrap_or_default()
    }

    /// Notes that a field is missing.
    pub(crate) fn require(&mut self, name: &str) {
        if self.raw(name).is_none() {
            self.reject(name, "must not be null");
        }
    }

    /// True or false.
    pub(crate) fn flag(&mut self, name: &str) -> Option<bool> {
        let value = self.raw(name)?;
        let read = value.as_bool();
        if read.is_none() {
            self.reject(name, "must be true or false");
        }
        read
    }

    /// A whole number in a range.
    pub(crate) fn number(&mut self, name: &str, range: RangeInclusive<i64>) -> Option<i64> {
        let value = self.raw(name)?;
        match value.as_i64() {
            Some(number) if range.contains(&number) => Some(number),
            Some(_) => {
                self.reject(name, format!("must be between {} and {}", range.start(), range.end()));
                None
            }
            None => {
                self.reject(name, "must be a whole number");
                None
            }
        }
    }

    /// An id of ours.
    pub(crate) fn id<T: FromStr>(&mut self, name: &str) -> Option<T> {
        let text = self.text(name, 0..=255).filter(|text| !text.is_empty())?;
        let read = text.parse().ok();
        if read.is_none() {
            self.reject(name, format!("Invalid id '{text}' given! No such entity exists."));
        }
        read
    }

    /// A point in time.
    pub(crate) fn time(&mut self, name: &str) -> Option<WallTime> {
        let text = self.text(name, 0..=64)?;
        let read = times::parse(&text);
        if read.is_none() {
            self.reject(name, times::EXPECTED);
        }
        read
    }

    /// A list of texts.
    pub(crate) fn list(&mut self, name: &str, max_items: usize) -> Option<Vec<Value>> {
        match self.raw(name)? {
            Value::Array(items) if items.len() <= max_items => Some(items),
            Value::Array(_) => {
                self.reject(name, format!("must have at most {max_items} items"));
                None
            }
            _ => {
                self.reject(name, "must be a list");
                None
            }
        }
    }

    /// A list of objects, each read by `read`; what is wrong in one is named with its place.
    pub(crate) fn objects<T>(
        &mut self,
        name: &str,
        max_items: usize,
        read: impl FnMut(&mut Fields) -> T,
    ) -> Option<Vec<T>> {
        let mut items = Vec::new();
        for (place, item) in self.list(name, max_items)?.into_iter().enumerate() {
            let Value::Object(map) = item else {
                self.reject(name, "must be a list of objects");
                return None;
            };
            items.push(Fields { prefix: format!("{}{name}[{place}].", self.prefix), ..Fields::new(map) });
        }
        Some(read_each(items, read, &mut self.errors))
    }

    /// Free text values by key.
    pub(crate) fn custom_data(&mut self, name: &str) -> Option<BTreeMap<String, String>> {
        let value = self.raw(name)?;
        let Ok(map) = serde_json::from_value::<BTreeMap<String, String>>(value.clone()) else {
            self.reject(name, "must be an object whose values are strings");
            return None;
        };
        if value.to_string().chars().count() > CUSTOM_DATA_MAX_CHARS {
            self.reject(name, format!("size cannot be longer than {CUSTOM_DATA_MAX_CHARS} characters."));
            return None;
        }
        Some(map)
    }

    /// An object within, read by `read`; what is wrong in it is named with the path.
    pub(crate) fn object<T>(&mut self, name: &str, read: impl FnOnce(&mut Fields) -> T) -> Option<T> {
        let Value::Object(map) = self.raw(name)? else {
            self.reject(name, "must be an object");
            return None;
        };
        let mut inner = Fields { map, prefix: format!("{}{name}.", self.prefix), errors: FieldErrors::new() };
        let result = read(&mut inner);
        for (field, mut why) in inner.errors {
            self.errors.entry(field).or_default().append(&mut why);
        }
        Some(result)
    }
}

/// The body, which must be a list of JSON objects.
#[derive(Debug)]
pub(crate) struct FieldsList(Vec<Fields>);

impl FieldsList {
    /// Reads each object; what is wrong in one is named with its place.
    pub(crate) fn read<T>(self, read: impl FnMut(&mut Fields) -> T) -> Result<Vec<T>, ApiError> {
        let mut errors = FieldErrors::new();
        let all = read_each(self.0, read, &mut errors);
        if errors.is_empty() { Ok(all) } else { Err(ApiError::invalid_fields(errors)) }
    }
}

fn read_each<T>(items: Vec<Fields>, mut read: impl FnMut(&mut Fields) -> T, errors: &mut FieldErrors) -> Vec<T> {
    let mut all = Vec::new();
    for mut item in items {
        all.push(read(&mut item));
        for (field, mut why) in item.errors {
            errors.entry(field).or_default().append(&mut why);
        }
    }
    all
}

impl<S: Send + Sync> FromRequest<S> for FieldsList {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        const EXPECTED: &str = "The body must be a list of JSON objects.";
        let Value::Array(items) = json_body(request).await? else { return Err(ApiError::bad_request(EXPECTED)) };
        let object = |(place, item): (usize, Value)| match item {
            Value::Object(map) => Ok(Fields { prefix: format!("[{place}]."), ..Fields::new(map) }),
            _ => Err(ApiError::bad_request(EXPECTED)),
        };
        items.into_iter().enumerate().map(object).collect::<Result<_, _>>().map(Self)
    }
}

async fn json_body(request: Request) -> Result<Value, ApiError> {
    if !is_json(request.headers()) {
        return Err(ApiError::unsupported_media_type("application/json"));
    }
    let bytes = to_bytes(request.into_body(), BODY_MAX_BYTES).await.map_err(|_| ApiError::too_large(BODY_MAX_BYTES))?;
    serde_json::from_slice(&bytes).map_err(|error| ApiError::bad_request(format!("The body is not JSON: {error}.")))
}

/// The body, which must be a JSON object.
impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        match json_body(request).await? {
            Value::Object(map) => Ok(Self::new(map)),
            _ => Err(ApiError::bad_request("The body must be a JSON object.")),
        }
    }
}

/// A body that may be left out.
#[derive(Debug)]
pub(crate) struct OptionalBody(pub(crate) Option<Fields>);

impl<S: Send + Sync> FromRequest<S> for OptionalBody {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        if request.headers().contains_key(CONTENT_TYPE) {
            return Fields::from_request(request, state).await.map(|fields| Self(Some(fields)));
        }
        match to_bytes(request.into_body(), 0).await {
            Ok(_) => Ok(Self(None)),
            Err(_) => Err(ApiError::unsupported_media_type("application/json")),
        }
    }
}

/// A form that is posted across sites cannot have this type, so it is required.
fn is_json(headers: &HeaderMap) -> bool {
    let Some(Ok(kind)) = headers.get(CONTENT_TYPE).map(|value| value.to_str()) else { return false };
    let kind = kind.split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/json")
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::AgentStatus;
    use serde_json::json;

    fn of(value: Value) -> Fields {
        match value {
            Value::Object(map) => Fields::new(map),
            other => panic!("{other} is no object"),
        }
    }

    #[test]
    fn all_wrong_fields_are_told_at_once_with_their_paths() {
        let mut fields = of(json!({"name": " ", "status": "ASLEEP", "limit": 5, "window": {"oneTime": "yes"}}));
        fields.required_text("name", 10);
        fields.one_of::<AgentStatus>("status", "ACTIVE, BUSY, AWAY, INVISIBLE");
        fields.number("limit", 10..=20);
        fields.object("window", |window| window.flag("oneTime"));
        fields.require("missing");
        assert_eq!(fields.errors.keys().collect::<Vec<_>>(), ["limit", "missing", "name", "status", "window.oneTime"]);
        assert_eq!(fields.errors["name"], ["must not be blank"]);
        assert!(fields.done().is_err());
    }

    #[test]
    fn null_is_absent_and_right_fields_pass() {
        let mut fields = of(json!({"topic": null, "on": true, "data": {"a": "b"}}));
        assert_eq!(fields.text("topic", 0..=10), None);
        assert!(fields.mentions("topic"));
        assert_eq!(fields.flag("on"), Some(true));
        assert_eq!(fields.custom_data("data").map(|map| map.len()), Some(1));
        assert_eq!(fields.done(), Ok(()));
    }

    #[test]
    fn lengths_count_characters() {
        let mut fields = of(json!({"name": "Kovač"}));
        assert_eq!(fields.text("name", 0..=5).as_deref(), Some("Kovač"));
        assert_eq!(fields.text("name", 0..=4), None);
    }
}
