//! `/call-link/1/configs`

use super::client::{Client, NOTHING, id};
use crate::support::House;
use serde_json::{Value, json};

const CONFIGS: &str = "/call-link/1/configs";

#[tokio::test]
async fn a_configuration_is_made_patched_replaced_and_deleted() {
    let house = House::open().await;
    let client = Client::of(&house);
    let key = client.key().await;
    let body = json!({"name": "Shop", "theme": {"colors": {"primary": "FF0000"}}, "callOptions": {"camera": false}});
    let answer = client.call("POST", CONFIGS).by(&key).json(&body).send().await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    let made = answer.json();
    assert_eq!(made["theme"]["colors"], json!({"primary": "FF0000", "primaryText": "242424", "background": "F9F9F9"}));
    assert_eq!(made["theme"]["messages"]["inactiveText"], "This link is not active.");
    assert_eq!((&made["callOptions"]["camera"], &made["callOptions"]["mute"]), (&json!(false), &json!(true)));
    let path = format!("{CONFIGS}/{}", id(&made));
    assert_eq!(client.read(&key, &path).await, made);

    let welcome = json!({"theme": {"messages": {"welcomeText": "Hello"}}});
    let patched = client.done(&key, "PATCH", &path, welcome).await;
    assert_eq!((&patched["name"], &patched["theme"]["colors"]["primary"]), (&json!("Shop"), &json!("FF0000")));
    let replaced = client.done(&key, "PUT", &path, json!({"name": "Shop 2"})).await;
    assert_eq!(replaced["theme"]["colors"]["primary"], "148997", "what is left out has its default again");
    assert_eq!(client.read(&key, CONFIGS).await["paging"]["totalResults"], 1);
    assert_eq!(client.call("DELETE", &path).by(&key).send().await.json()["name"], "Shop 2");
    client.call("GET", &path).by(&key).send().await.refused(404, "NOT_FOUND");
}

#[tokio::test]
async fn one_configuration_is_the_default() {
    let house = House::open().await;
    let client = Client::of(&house);
    let key = client.key().await;
    let make =
        async |name: &str| id(&client.done(&key, "POST", CONFIGS, json!({"name": name, "isDefault": true})).await);
    let (first, second) = (make("A").await, make("B").await);
    assert_eq!(client.read(&key, &format!("{CONFIGS}/{first}")).await["isDefault"], false);
    assert_eq!(client.read(&key, &format!("{CONFIGS}/{second}")).await["isDefault"], true);
}

#[tokio::test]
async fn wrong_looks_are_named_with_their_paths() {
    let house = House::open().await;
    let client = Client::of(&house);
    let key = client.key().await;
    let post = |body: Value| client.call("POST", CONFIGS).by(&key).json(&body);
    post(json!({})).send().await.wrong_fields(&["name"]);
    let theme = json!({"colors": {"primary": "red"}, "layouts": ["CIRCLE"], "localization": {"type": "PRESET"}});
    post(json!({"name": "x", "theme": theme, "initialOptions": {"audio": 1}})).send().await.wrong_fields(&[
        "initialOptions.audio",
        "theme.colors.primary",
        "theme.layouts",
        "theme.localization.languageCode",
    ]);
    let webhook = json!({"name": "x", "webhook": {"url": "https://example.com"}});
    post(webhook).send().await.wrong_fields(&["webhook"]);
    client
        .call("PUT", &format!("{CONFIGS}/{NOTHING}"))
        .by(&key)
        .json(&json!({}))
        .send()
        .await
        .refused(404, "NOT_FOUND");
}
