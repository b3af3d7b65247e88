//! What can be asked of a thing once it is made: links from the answer that brings its id to the operations that take it.

use utoipa::openapi::link::{Link, LinkBuilder};
use utoipa::openapi::{OpenApi, RefOr};

/// Names of places in paths, with where the thing is made, if that is not the path before the place.
const MADE_AT: [(&str, &str); 3] = [
    ("agentId", "/ccaas/1/agents"),
    ("conversationId", "/ccaas/1/conversations"),
    ("workingHoursConfigId", "/ccaas/1/working-hours"),
];
/// What is made at a path beside its own.
const MADE_BESIDE: (&str, &str) = ("/call-link/1/images", "/call-link/1/images/upload/{type}");

/// Links each operation that names one thing from the POST that makes such a thing.
pub(super) fn describe(openapi: &mut OpenApi) {
    let mut all: Vec<(String, Link)> = Vec::new();
    for (pattern, item) in &openapi.paths.paths {
        let Some((maker, place)) = maker_of(pattern) else { continue };
        for operation in [&item.get, &item.put, &item.post, &item.patch, &item.delete].into_iter().flatten() {
            let Some(id) = &operation.operation_id else { continue };
            let value = if place == "tagName" { "$response.body#/name" } else { "$response.body#/id" };
            all.push((maker.to_owned(), LinkBuilder::new().operation_id(id).parameter(place, value).build()));
        }
    }
    for (maker, link) in all {
        let post = openapi.paths.paths.get_mut(&maker).and_then(|item| item.post.as_mut());
        let responses = post.map(|post| &mut post.responses.responses);
        let made = responses.and_then(|all| all.iter_mut().find(|(status, _)| status.starts_with('2')));
        if let Some((_, RefOr::T(made))) = made {
            made.links.insert(link.operation_id.clone(), RefOr::T(link));
        }
    }
}

/// Where the one thing that a path names is made, and how the path calls it.
fn maker_of(pattern: &str) -> Option<(&str, &str)> {
    let (before, rest) = pattern.split_once("/{")?;
    let (place, after) = rest.split_once('}')?;
    let elsewhere = MADE_AT.iter().find(|(name, _)| *name == place).map(|(_, maker)| *maker);
    let maker = elsewhere.unwrap_or(if before == MADE_BESIDE.0 { MADE_BESIDE.1 } else { before });
    (!after.contains('{')).then_some((maker, place))
}

#[cfg(test)]
mod tests {
    use super::maker_of;

    #[test]
    fn a_thing_is_made_before_its_place_or_where_its_name_says() {
        assert_eq!(maker_of("/call-link/1/links/{id}"), Some(("/call-link/1/links", "id")));
        let hold = maker_of("/ccaas/voice/2/{conversationId}/hold");
        assert_eq!(hold, Some(("/ccaas/1/conversations", "conversationId")));
        assert_eq!(maker_of("/ccaas/1/agents/{agentId}/queues/{queueId}"), None);
        assert_eq!(maker_of("/ccaas/1/agents"), None);
        assert_eq!(maker_of("/call-link/1/images/{id}"), Some(("/call-link/1/images/upload/{type}", "id")));
    }
}
