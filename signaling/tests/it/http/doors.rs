//! What every request passes.

use super::client::{As, Client, HOST, ORIGIN};
use crate::support::House;
use model::Role;
use serde_json::json;

#[tokio::test]
async fn a_cookie_works_for_pages_of_our_own_origin_alone() {
    let house = House::open().await;
    let client = Client::of(&house);
    let agent = house.agent("Ada").await;
    let As::Cookie(secret) = client.person(Role::Agent, Some(agent)).await else { unreachable!() };
    let cookie = format!("__Host-switchroom={secret}");
    let path = format!("/ccaas/1/agents/{agent}/status");
    let put = || client.call("PUT", &path).header("cookie", &cookie).json(&json!({"status": "AWAY"}));
    assert_eq!(put().header("origin", ORIGIN).send().await.status, 200);
    for strange in ["http://evil.example", "null", "https://calls.example:8080", "http://calls.example"] {
        put().header("origin", strange).send().await.refused(403, "FORBIDDEN");
    }
    put().send().await.refused(403, "FORBIDDEN");
    let read = client.call("GET", "/auth/1/session").header("cookie", &cookie);
    assert_eq!(read.send().await.status, 200, "reading needs no origin");
}

#[tokio::test]
async fn a_websocket_of_a_strangers_page_is_refused() {
    let house = House::open().await;
    let client = Client::of(&house);
    let open = || {
        let call = client.call("GET", "/signaling/1/ws").header("connection", "upgrade").header("upgrade", "websocket");
        call.header("sec-websocket-version", "13").header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==")
    };
    open().header("origin", "http://evil.example").send().await.refused(403, "FORBIDDEN");
    assert_ne!(open().header("origin", ORIGIN).send().await.status, 403);
    assert_ne!(open().send().await.status, 403, "clients that are no browsers send no origin");
}

#[tokio::test]
async fn every_answer_carries_the_headers_that_keep_pages_apart() {
    let house = House::open().await;
    let client = Client::of(&house);
    for path in ["/", "/c/a-secret", "/auth/1/session", "/nothing/here", "/healthz"] {
        let answer = client.call("GET", path).send().await;
        let policy = answer.header("content-security-policy");
        for part in [
            "default-src 'self'",
            "script-src 'self'",
            "frame-ancestors 'none'",
            &format!("connect-src 'self' ws://{HOST} wss://{HOST}"),
        ] {
            assert!(policy.contains(part), "{path}: {part} is not in {policy}");
        }
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert!(answer.header("permissions-policy").contains("microphone=(self)"), "{path}");
        assert_eq!(answer.header("strict-transport-security"), "", "{path} came without TLS");
        assert!(!answer.header("cache-control").is_empty(), "{path}");
    }
    let secure = client.call("GET", "/").over_tls().send().await;
    assert!(secure.header("strict-transport-security").starts_with("max-age="));
}

#[tokio::test]
async fn unknown_paths_and_methods_are_told_in_the_apis_form() {
    let house = House::open().await;
    let client = Client::of(&house);
    client.call("GET", "/ccaas/1/nothing").send().await.refused(404, "NOT_FOUND");
    client.call("PATCH", "/ccaas/1/agents").send().await.refused(405, "METHOD_NOT_ALLOWED");
}

#[tokio::test]
async fn a_links_secret_gets_into_no_metric() {
    let house = House::open().await;
    let client = Client::of(&house);
    let key = client.key().await;
    client.call("GET", "/c/VERY-SECRET-0123456789").send().await;
    client.call("GET", "/elsewhere/VERY-SECRET-0123456789").send().await;
    client.call("BREW", "/VERY-SECRET-0123456789").send().await;
    client.read(&key, "/ccaas/1/agents").await;
    let metrics = client.admin("/metrics").send().await;
    assert_eq!(metrics.status, 200);
    let text = metrics.text();
    assert!(!text.contains("VERY-SECRET") && !text.contains("BREW"), "{text}");
    for line in [
        r#"http_requests_total{method="GET",route="/c/{link}""#,
        r#"http_requests_total{method="GET",route="/ccaas/1/agents",status="200"} 1"#,
    ] {
        assert!(text.contains(line), "{line} is not in {text}");
    }
}

#[tokio::test]
async fn without_the_database_requests_are_told_to_come_again() {
    let house = House::open().await;
    let client = Client::of(&house);
    let key = client.key().await;
    client.state.store.close().await;
    let refused = client.call("GET", "/ccaas/1/agents").by(&key).send().await;
    refused.refused(503, "SERVICE_UNAVAILABLE");
    assert!(refused.header("retry-after").parse::<u64>().is_ok());
    let ready = client.admin("/readyz").send().await;
    assert_eq!((ready.status.as_u16(), &ready.json()["ready"]), (503, &json!(false)));
    assert_eq!(client.admin("/healthz").send().await.status, 200, "the process lives");
}

#[tokio::test]
async fn metrics_are_for_this_machine_and_health_is_for_all() {
    let house = House::open().await;
    let client = Client::of(&house);
    client.admin("/metrics").from("192.0.2.1").send().await.refused(401, "UNAUTHORIZED");
    let guess = client.admin("/metrics").from("192.0.2.1").header("authorization", "Bearer ").send().await;
    guess.refused(401, "UNAUTHORIZED");
    assert_eq!(client.admin("/metrics").from("127.0.0.1").send().await.status, 200);
    client.call("GET", "/metrics").send().await.refused(404, "NOT_FOUND");
    for call in [client.admin("/healthz"), client.call("GET", "/healthz")] {
        assert_eq!(call.send().await.status, 200);
    }
    for call in [client.admin("/readyz"), client.call("GET", "/readyz")] {
        let answer = call.send().await;
        assert_eq!((answer.status.as_u16(), &answer.json()["ready"]), (200, &json!(true)), "{}", answer.text());
        assert_eq!(answer.json()["announced"], json!(["127.0.0.1:8090"]));
    }
}
