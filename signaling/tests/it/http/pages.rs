//! Pages and their files.

use super::client::Client;
use crate::support::House;

#[tokio::test]
async fn every_page_is_html_and_asked_for_again_each_time() {
    let house = House::open().await;
    let client = Client::of(&house);
    for path in ["/", "/console", "/console/conversations/1", "/c/a-secret", "/docs"] {
        let answer = client.call("GET", path).send().await;
        assert!(answer.header("content-type").starts_with("text/html"), "{path}");
        // Where the pages are not built, a page says how to build them.
        let built = answer.status == 200 && answer.header("cache-control") == "no-cache";
        let not_built = answer.status == 503 && answer.text().contains("cargo xtask web");
        assert!(built || not_built, "{path}: {}", answer.status);
    }
}

#[tokio::test]
async fn files_that_do_not_exist_are_not_found() {
    let house = House::open().await;
    let client = Client::of(&house);
    for path in
        ["/assets/none.js", "/assets/../Cargo.toml", "/assets/%2e%2e/%2e%2e/Cargo.toml", "/assets/call/index.html"]
    {
        client.call("GET", path).send().await.refused(404, "NOT_FOUND");
    }
}
