//! `/ccaas/1/routing`

use super::client::{Client, NOTHING, id};
use crate::support::House;
use serde_json::{Value, json};

const RULES: &str = "/ccaas/1/routing";

#[tokio::test]
async fn rules_are_replaced_as_a_whole_read_in_order_and_deleted() {
    let house = House::open().await;
    let client = Client::of(&house);
    let key = client.key().await;
    let queue = id(&client.done(&key, "POST", "/ccaas/1/queues", json!({"name": "Sales"})).await);
    let croatia = json!({"$and": [{"message.channel": {"$eq": "CALLS"}}, {"customer.country": {"$in": ["HR"]}}]});
    let rules = json!([
        {"name": "Croatia", "queueId": queue, "priority": "HIGH", "expression": croatia,
            "routeOnlyDuringWorkingHours": true},
        {"queueId": queue, "expression": {"message.channel": "CALLS"}, "enabled": false},
    ]);
    let done = client.done(&key, "PUT", RULES, rules).await;
    assert_eq!(done["statusCode"], "SUCCESS");
    let read = client.read(&key, RULES).await;
    assert_eq!(read["pagination"]["totalItems"], 2);
    let first = &read["routes"][0];
    assert_eq!((&first["name"], &first["queueName"]), (&json!("Croatia"), &json!("Sales")));
    assert_eq!((&first["order"], &first["priority"]), (&json!(0), &json!("HIGH")));
    assert_eq!((&first["enabled"], &first["routeOnlyDuringWorkingHours"]), (&json!(true), &json!(true)));
    assert_eq!(first["expression"], croatia, "as it was given");
    let second = &read["routes"][1];
    assert_eq!(
        (&second["order"], &second["priority"], &second["enabled"]),
        (&json!(1), &json!("NORMAL"), &json!(false))
    );
    let one = client.read(&key, &format!("{RULES}?ruleIds={}", id(second))).await;
    assert_eq!(one["routes"], json!([second]));
    assert_eq!(client.read(&key, &format!("{RULES}?enabled=true")).await["routes"], json!([first]));
    let counted = client.read(&key, &format!("/ccaas/1/queues?queueIds={queue}")).await;
    assert_eq!(counted["queues"][0]["enabledRoutesCount"], 1);

    let gone = client.call("DELETE", RULES).by(&key).send().await;
    assert_eq!(gone.json()["statusCode"], "SUCCESS");
    assert_eq!(client.read(&key, RULES).await["routes"], json!([]));
}

#[tokio::test]
async fn wrong_rules_are_refused_and_change_nothing() {
    let house = House::open().await;
    let client = Client::of(&house);
    let key = client.key().await;
    let queue = id(&client.done(&key, "POST", "/ccaas/1/queues", json!({"name": "Sales"})).await);
    let good = json!({"queueId": queue, "expression": {"message.channel": "CALLS"}});
    client.done(&key, "PUT", RULES, json!([good])).await;
    let put = async |body: &Value| client.call("PUT", RULES).by(&key).json(body).send().await;
    put(&json!([good, {"name": "", "priority": "FIRST"}])).await.wrong_fields(&[
        "[1].expression",
        "[1].name",
        "[1].priority",
        "[1].queueId",
    ]);
    put(&json!([{"queueId": queue, "expression": {"message.channel": {"$like": "C"}}}]))
        .await
        .wrong_fields(&["expression"]);
    put(&json!([{"queueId": NOTHING, "expression": {"message.channel": "CALLS"}}])).await.refused(400, "NOT_FOUND");
    put(&good).await.refused(400, "BAD_REQUEST");
    put(&json!(["rule"])).await.refused(400, "BAD_REQUEST");
    assert_eq!(client.read(&key, RULES).await["pagination"]["totalItems"], 1);
}
