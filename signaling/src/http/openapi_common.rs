//! What the description says of every operation alike.

use super::idempotency::{self, KEY_MAX_CHARS};
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{Content, HeaderBuilder, OpenApi, Ref, RefOr, Required, Response, ResponseBuilder};

/// Refusals that any operation may answer with, and the headers that POST and changes take.
pub(super) fn describe(openapi: &mut OpenApi) {
    for path in openapi.paths.paths.values_mut() {
        for operation in operations(path) {
            refusals(operation);
        }
        if let Some(post) = path.post.as_mut().filter(|post| !is_public(post)) {
            takes_idempotency_key(post);
        }
        describe_preconditions(path);
    }
}

/// What can be read where it is changed can be changed as it was read.
fn describe_preconditions(path: &mut PathItem) {
    let changes = [&mut path.put, &mut path.patch, &mut path.delete].into_iter().flatten();
    let mut changes = changes.filter(|change| !is_public(change)).peekable();
    let (Some(read), Some(_)) = (&mut path.get, changes.peek()) else { return };
    for change in changes {
        change.parameters.get_or_insert_default().push(RefOr::T(if_match_parameter()));
        refusal(change, 412, "It was changed after it was read: If-Match names another ETag.");
    }
    if let Some(RefOr::T(answer)) = read.responses.responses.get_mut("200") {
        let text = ObjectBuilder::new().schema_type(Type::String);
        let tag =
            HeaderBuilder::new().schema(Some(text)).description(Some("For If-Match: stands for all that it says."));
        answer.headers.insert("ETag".to_owned(), RefOr::T(tag.build()));
    }
}

fn if_match_parameter() -> Parameter {
    ParameterBuilder::new()
        .name("If-Match")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some("The ETag with which it was read: nothing is changed if it has another by now."))
        .schema(Some(ObjectBuilder::new().schema_type(Type::String)))
        .build()
}

fn operations(path: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut path.get, &mut path.put, &mut path.post, &mut path.patch, &mut path.delete].into_iter().flatten()
}

/// Open to all, as its own line in the description says.
fn is_public(operation: &Operation) -> bool {
    operation.security.is_some()
}

fn refusals(operation: &mut Operation) {
    if !is_public(operation) {
        refusal(operation, 401, "No valid credentials.");
        refusal(operation, 403, "The key's scope, the person's role or the page's origin does not allow this.");
    }
    if operation.request_body.is_some() {
        refusal(operation, 400, "The body cannot be read, or a field is wrong.");
        refusal(operation, 413, "The body is too large.");
        refusal(operation, 415, "The body is of another type.");
    }
    if has_query(operation) {
        refusal(operation, 400, "A parameter is wrong.");
    }
    refusal(operation, 429, "Too many requests; Retry-After says how many seconds to wait.");
    refusal(operation, 500, "A bug; the operator's log says more.");
    refusal(operation, 503, "Nothing was done; try again after the seconds in Retry-After.");
}

fn has_query(operation: &Operation) -> bool {
    let in_query = |one: &RefOr<Parameter>| matches!(one, RefOr::T(one) if one.parameter_in == ParameterIn::Query);
    operation.parameters.iter().flatten().any(in_query)
}

fn refusal(operation: &mut Operation, status: u16, description: &str) {
    let responses = &mut operation.responses.responses;
    responses.entry(status.to_string()).or_insert_with(|| RefOr::T(exception(description)));
}

fn exception(description: &str) -> Response {
    let content = Content::new(Some(Ref::from_schema_name("ApiException")));
    ResponseBuilder::new().description(description).content("application/json", content).build()
}

fn takes_idempotency_key(post: &mut Operation) {
    post.parameters.get_or_insert_default().push(RefOr::T(key_parameter()));
    refusal(post, 409, "A request with this Idempotency-Key is being carried out, or was interrupted.");
    refusal(post, 422, "This Idempotency-Key was used for another request.");
}

fn key_parameter() -> Parameter {
    let schema = ObjectBuilder::new().schema_type(Type::String).min_length(Some(1)).max_length(Some(KEY_MAX_CHARS));
    ParameterBuilder::new()
        .name(idempotency::HEADER.as_str())
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(
            "Carried out once: for a day, a repeat with the same key and body is answered as the first was, with the \
             header Idempotency-Replayed.",
        ))
        .schema(Some(schema))
        .build()
}
