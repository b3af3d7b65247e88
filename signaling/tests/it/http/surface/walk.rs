//! Asks a group's operations of a server and notes what is not as described.

use super::super::client::{Answer, As, Client, NOTHING};
use super::bad::{self, Bad};
use super::group::{Good, Group};
use super::schema::Description;
use serde_json::{Value, json};
use std::collections::BTreeMap;

pub(super) struct Walk<'a> {
    client: Client,
    description: &'a Description,
    group: &'a Group,
    manage: As,
    read: As,
    things: BTreeMap<String, String>,
    faults: Vec<String>,
}

/// Who asks.
#[derive(Clone, Copy)]
enum Who {
    /// Nobody that is known.
    Stranger,
    /// A key that may only read.
    Reader,
    /// A key that may do anything.
    Manager,
}

/// An operation of the description.
struct Operation<'a> {
    method: String,
    path: &'a str,
    item: &'a Value,
}

impl<'a> Walk<'a> {
    /// With things that are there already, and what the group wants besides.
    pub(super) async fn begin(
        client: Client,
        things: BTreeMap<String, String>,
        description: &'a Description,
        group: &'a Group,
    ) -> Walk<'a> {
        let manage = client.key().await;
        let read = client.key_with(client.account, &["conversations:read"]).await;
        let mut walk = Self { client, description, group, manage, read, things, faults: Vec::new() };
        for given in &group.given {
            let (method, path) = given.send.split_once(' ').expect("a method and a path");
            let body = walk.filled_body(&given.body);
            let answer = walk.client.done(&walk.manage, method, &walk.filled(path), body).await;
            walk.take(&answer, &given.take);
        }
        walk
    }

    pub(super) fn into_faults(self) -> Vec<String> {
        self.faults
    }

    pub(super) async fn all(&mut self) {
        self.check_nothing_is_left_out();
        for good in &self.group.operations {
            let operation = self.operation(&good.operation);
            self.strangers(&operation, good).await;
            self.unknown_things(&operation, good).await;
            self.wrong_queries(&operation, good).await;
            self.wrong_bodies(&operation, good).await;
            self.good(&operation, good).await;
        }
        self.refused().await;
    }

    fn check_nothing_is_left_out(&mut self) {
        let listed: Vec<&str> = self.group.operations.iter().map(|good| good.operation.as_str()).collect();
        for (path, methods) in self.description.0["paths"].as_object().expect("paths") {
            for item in methods.as_object().into_iter().flatten().map(|(_, item)| item) {
                let id = item["operationId"].as_str().expect("an operation has an id");
                if self.group.covers(path) != listed.contains(&id) {
                    self.faults.push(format!("{id} ({path}) belongs to the group's paths, or is listed, but not both"));
                }
            }
        }
    }

    fn operation(&self, id: &str) -> Operation<'a> {
        for (path, methods) in self.description.0["paths"].as_object().expect("paths") {
            for (method, item) in methods.as_object().into_iter().flatten() {
                if item["operationId"] == id {
                    return Operation { method: method.to_uppercase(), path, item };
                }
            }
        }
        panic!("the description has no operation {id}")
    }

    /// Without a credential, and for writing with one that may only read.
    async fn strangers(&mut self, operation: &Operation<'_>, good: &Good) {
        let path = self.path(operation, good);
        let body = self.filled_body(&good.body);
        let answer = self.send(operation, Who::Stranger, &path, &body).await;
        self.expect_long(operation, "without credentials", &answer, 401, "UNAUTHORIZED");
        let answer = self.send(operation, Who::Reader, &path, &body).await;
        if operation.method != "GET" {
            self.expect_long(operation, "with a key that may only read", &answer, 403, "FORBIDDEN");
        } else if !answer.status.is_success() {
            self.fault(operation, "with a key that may read", &answer);
        }
    }

    async fn unknown_things(&mut self, operation: &Operation<'_>, good: &Good) {
        let body = self.filled_body(&good.body);
        for place in places(operation.path).filter(|place| !good.free.iter().any(|free| free == place)) {
            for unknown in [NOTHING, "x", "%ff"] {
                let mut other = good.path.clone();
                other.insert(place.to_owned(), unknown.to_owned());
                let path = self.path_with(operation, &other, &good.query);
                let answer = self.send(operation, Who::Manager, &path, &body).await;
                let (path, own) = (operation.path, "/ccaas/1/working-hours");
                let status = if path.starts_with("/ccaas/1/") && !path.starts_with(own) { 400 } else { 404 };
                self.expect_refusal(operation, &format!("with an unknown {place}"), &answer, status, "NOT_FOUND");
            }
        }
    }

    async fn wrong_queries(&mut self, operation: &Operation<'_>, good: &Good) {
        for Bad { field, sent, why } in bad::queries(&operation.item["parameters"]) {
            if !good.differs.contains_key(&field) {
                let query = sent.as_str().expect("a query");
                let path = self.path_with(operation, &good.path, query);
                let answer = self.send(operation, Who::Manager, &path, &Value::Null).await;
                self.expect_wrong_field(operation, &format!("{field}: {why}"), &answer, &field);
            }
        }
    }

    async fn wrong_bodies(&mut self, operation: &Operation<'_>, good: &Good) {
        let schema = &operation.item["requestBody"]["content"]["application/json"]["schema"];
        if schema.is_null() {
            return;
        }
        let path = self.path(operation, good);
        let other = if good.body.is_array() { "{}" } else { "[]" };
        for (kind, text, status) in
            [("application/json", "{", 400), ("application/json", other, 400), ("text/plain", "{}", 415)]
        {
            let call = self.client.call(&operation.method, &path).by(&self.manage).raw(kind, text);
            let answer = call.send().await;
            self.expect_refusal(operation, &format!("with {text:?} as {kind}"), &answer, status, "BAD_REQUEST");
        }
        let body = self.filled_body(&good.body);
        for Bad { field, sent, why } in bad::bodies(self.description, schema, &body) {
            if !good.differs.contains_key(&field) {
                let answer = self.send(operation, Who::Manager, &path, &sent).await;
                self.expect_wrong_field(operation, &format!("{field}: {why}"), &answer, &field);
            }
        }
    }

    async fn good(&mut self, operation: &Operation<'_>, good: &Good) {
        let path = self.path(operation, good);
        let answer = self.send(operation, Who::Manager, &path, &self.filled_body(&good.body)).await;
        let described = &operation.item["responses"][answer.status.as_str()];
        if !answer.status.is_success() || described.is_null() {
            return self.fault(operation, "as described", &answer);
        }
        let schema = &described["content"]["application/json"]["schema"];
        if schema.is_null() {
            return;
        }
        let value = answer.json();
        if let Some(name) = ["Status", "statusCode"].iter().find(|name| self.description.has(schema, name)) {
            // The description calls it `Status`, all its examples `status`.
            let name = if *name == "Status" { "status" } else { *name };
            if value[name] != "SUCCESS" || !value["message"].is_string() {
                self.fault(operation, "should say SUCCESS, but", &answer);
            }
        }
        if !good.differs.contains_key("answer") {
            let faults = self.description.faults(schema, &value, "");
            self.faults.extend(faults.into_iter().map(|fault| format!("{}: answer{fault}", good.operation)));
        }
        self.take(&value, &good.take);
    }

    async fn refused(&mut self) {
        for one in &self.group.refused {
            let operation = self.operation(&one.operation);
            let path = self.path_with(&operation, &one.path, "");
            let answer = self.send(&operation, Who::Manager, &path, &self.filled_body(&one.body)).await;
            let id = one.message_id.as_deref().unwrap_or("BAD_REQUEST");
            self.expect_refusal(&operation, "in this state", &answer, one.status, id);
            let wanted = one.text.as_deref().map(|text| self.filled(text));
            if wanted.is_some_and(|text| !answer.text().contains(&text)) {
                self.fault(&operation, "in this state has other words", &answer);
            }
        }
    }

    fn path(&self, operation: &Operation<'_>, good: &Good) -> String {
        self.path_with(operation, &good.path, &good.query)
    }

    fn path_with(&self, operation: &Operation<'_>, places: &BTreeMap<String, String>, query: &str) -> String {
        let chosen = |path: String, (place, thing): (&String, &String)| path.replace(&format!("{{{place}}}"), thing);
        let path = places.iter().fold(operation.path.to_owned(), chosen);
        let path = if query.is_empty() { path } else { format!("{path}?{query}") };
        self.filled(&path)
    }

    /// The text with things instead of their names.
    fn filled(&self, text: &str) -> String {
        let put = |text: String, (name, thing): (&String, &String)| text.replace(&format!("{{{name}}}"), thing);
        self.things.iter().fold(text.to_owned(), put)
    }

    fn filled_body(&self, body: &Value) -> Value {
        serde_json::from_str(&self.filled(&body.to_string())).expect("things fit into JSON")
    }

    fn take(&mut self, answer: &Value, take: &BTreeMap<String, String>) {
        for (name, pointer) in take {
            let thing = answer.pointer(pointer).and_then(Value::as_str);
            let thing = thing.unwrap_or_else(|| panic!("{answer} has no {pointer}"));
            self.things.insert(name.clone(), thing.to_owned());
        }
    }

    /// A key that has used up its allowance gives way to a new one.
    async fn send(&mut self, operation: &Operation<'_>, who: Who, path: &str, body: &Value) -> Answer {
        let answer = self.send_once(operation, who, path, body).await;
        if answer.status != 429 {
            return answer;
        }
        if answer.header("retry-after") != "1" {
            self.fault(operation, "too often should say when to come back, but", &answer);
        }
        self.expect_long(operation, "too often", &answer, 429, "TOO_MANY_REQUESTS");
        self.manage = self.client.key().await;
        self.send_once(operation, who, path, body).await
    }

    async fn send_once(&self, operation: &Operation<'_>, who: Who, path: &str, body: &Value) -> Answer {
        let who = match who {
            Who::Stranger => &As::Nobody,
            Who::Reader => &self.read,
            Who::Manager => &self.manage,
        };
        let call = self.client.call(&operation.method, path).by(who);
        let call = match body {
            Value::Null => call,
            body if takes_form(operation.item) => call.form(form_file(body)),
            body => call.json(body),
        };
        call.send().await
    }

    fn expect_long(&mut self, operation: &Operation<'_>, how: &str, answer: &Answer, status: u16, id: &str) {
        let details = &parsed(answer)["requestError"]["serviceException"];
        let is_told = details["messageId"] == id && details["text"].as_str().is_some_and(|text| !text.is_empty());
        if answer.status != status || !is_told {
            self.fault(operation, &format!("{how} should be {status} {id}, but"), answer);
        }
    }

    /// In the form that the description has for this status.
    fn expect_refusal(&mut self, operation: &Operation<'_>, how: &str, answer: &Answer, status: u16, id: &str) {
        if !self.is_short(operation, status) {
            return self.expect_long(operation, how, answer, status, id);
        }
        let body = parsed(answer);
        let is_told = body["status"] == "ERROR" && body["message"].as_str().is_some_and(|text| !text.is_empty());
        if answer.status != status || !is_told {
            self.fault(operation, &format!("{how} should be a short {status}, but"), answer);
        }
    }

    /// Whether refusals with this status have the short form: as described, and where the description has no 400, as all
    /// of their group.
    fn is_short(&self, operation: &Operation<'_>, status: u16) -> bool {
        let schema = &operation.item["responses"][status.to_string()]["content"]["application/json"]["schema"];
        if schema.is_null() {
            return status == 400
                && ["/ccaas/voice/2/", "/ccca/1/"].iter().any(|group| operation.path.starts_with(group));
        }
        self.description.has(schema, "Status")
    }

    fn expect_wrong_field(&mut self, operation: &Operation<'_>, how: &str, answer: &Answer, field: &str) {
        let before = self.faults.len();
        self.expect_refusal(operation, how, answer, 400, "BAD_REQUEST");
        let body = parsed(answer);
        let is_named = if self.is_short(operation, 400) {
            body["message"].as_str().is_some_and(|text| text.contains(&format!("{field}: ")))
        } else {
            let named = body["requestError"]["serviceException"]["validationErrors"].as_object();
            named.is_some_and(|fields| fields.keys().any(|name| name == field))
        };
        if before == self.faults.len() && !is_named {
            self.fault(operation, &format!("{how} should name {field}, but"), answer);
        }
    }

    fn fault(&mut self, operation: &Operation<'_>, how: &str, answer: &Answer) {
        let Operation { method, path, .. } = operation;
        let text: String = answer.text().chars().take(300).collect();
        self.faults.push(format!("{method} {path} {how} is {} {text}", answer.status.as_u16()));
    }
}

fn parsed(answer: &Answer) -> Value {
    serde_json::from_slice(&answer.body).unwrap_or(json!(null))
}

/// The body is a form with one file, of which the group has the bytes in hex.
fn takes_form(item: &Value) -> bool {
    !item["requestBody"]["content"]["multipart/form-data"].is_null()
}

fn form_file(body: &Value) -> Vec<u8> {
    let hex = body["file"].as_str().expect("a file in hex").as_bytes();
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).expect("ASCII"), 16).expect("hex");
    hex.chunks(2).map(byte).collect()
}

/// Names of the places in a path pattern.
fn places(pattern: &str) -> impl Iterator<Item = &str> {
    pattern.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name)
}
