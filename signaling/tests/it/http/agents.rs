//! `/ccaas/1/agents`

use super::client::{Client, NOTHING, id};
use crate::support::House;
use model::Role;
use serde_json::{Value, json};

#[tokio::test]
async fn an_agent_is_made_read_changed_and_found() {
    let house = House::open().await;
    let client = Client::of(&house);
    let key = client.key().await;
    let body = json!({"displayName": "Ana Kovač", "status": "AWAY", "role": "SUPERVISOR", "email": "ana@example.com"});
    let made = client.done(&key, "POST", "/ccaas/1/agents", body).await;
    assert_eq!(made["status"], "AWAY");
    assert_eq!((&made["enabled"], &made["role"]), (&json!(true), &json!("SUPERVISOR")));
    assert_eq!(made.get("email"), None, "only reading one agent shows its address");
    let path = format!("/ccaas/1/agents/{}", id(&made));
    assert_eq!(client.read(&key, &path).await["email"], "ana@example.com");

    let body = json!({"displayName": "Ana Horvat", "status": "ACTIVE", "role": "AGENT", "enabled": false});
    let changed = client.done(&key, "PUT", &path, body).await;
    assert_eq!((&changed["displayName"], &changed["enabled"]), (&json!("Ana Horvat"), &json!(false)));
    let again = client.read(&key, &path).await;
    assert_eq!((&again["email"], &again["status"]), (&json!("ana@example.com"), &json!("ACTIVE")));

    let found = client.read(&key, "/ccaas/1/agents?displayName=HORV&enabled=false&role=AGENT").await;
    assert_eq!(found["agents"][0]["id"], made["id"]);
    assert_eq!(found["pagination"], json!({"totalItems": 1, "page": 0, "limit": 10, "orderBy": "id:asc"}));
    for nothing in ["displayName=zzz", "enabled=true", "agentIds=none", "createdAfter=2090-01-01T00:00:00.000%2B0000"] {
        let found = client.read(&key, &format!("/ccaas/1/agents?{nothing}")).await;
        assert_eq!(found["agents"], json!([]), "{nothing}");
    }
}

#[tokio::test]
async fn pages_are_cut_and_sorted_as_asked() {
    let house = House::open().await;
    let client = Client::of(&house);
    let key = client.key().await;
    for name in ["Cara", "Ada", "Bob"] {
        house.agent(name).await;
    }
    let names = async |query: &str| -> Vec<String> {
        let list = client.read(&key, &format!("/ccaas/1/agents?{query}")).await;
        let agents = list["agents"].as_array().expect("a list").clone();
        agents.iter().map(|agent| agent["displayName"].as_str().expect("a name").to_owned()).collect()
    };
    assert_eq!(names("orderBy=displayName:asc").await, ["Ada", "Bob", "Cara"]);
    assert_eq!(names("orderBy=displayName:desc&limit=2").await, ["Cara", "Bob"]);
    assert_eq!(names("orderBy=displayName:desc&limit=2&page=1").await, ["Ada"]);
    assert_eq!(names("page=7").await, [""; 0]);
    for (query, field) in [
        ("limit=0", "limit"),
        ("limit=1000", "limit"),
        ("page=-1", "page"),
        ("orderBy=password:asc", "orderBy"),
        ("orderBy=id", "orderBy"),
        ("status=ASLEEP", "status"),
        ("enabled=perhaps", "enabled"),
        ("createdAfter=yesterday", "createdAfter"),
    ] {
        let path = format!("/ccaas/1/agents?{query}");
        client.call("GET", &path).by(&key).send().await.wrong_fields(&[field]);
    }
}

#[tokio::test]
async fn wrong_fields_are_named_all_at_once() {
    let house = House::open().await;
    let client = Client::of(&house);
    let key = client.key().await;
    let post = |body: Value| client.call("POST", "/ccaas/1/agents").by(&key).json(&body);
    post(json!({})).send().await.wrong_fields(&["displayName", "role", "status"]);
    let bad = json!({"displayName": "x".repeat(256), "status": "IDLE", "role": "ADMIN", "enabled": 1, "email": "none"});
    post(bad).send().await.wrong_fields(&["displayName", "email", "enabled", "role", "status"]);
    let longest = json!({"displayName": "x".repeat(255), "status": "ACTIVE", "role": "AGENT"});
    assert_eq!(post(longest).send().await.status, 200);
}

#[tokio::test]
async fn an_unknown_agent_is_a_bad_request_as_in_the_public_api() {
    let house = House::open().await;
    let client = Client::of(&house);
    let key = client.key().await;
    for unknown in [NOTHING, "not-an-id"] {
        let refused = client.call("GET", &format!("/ccaas/1/agents/{unknown}")).by(&key).send().await;
        let details = refused.refused(400, "NOT_FOUND");
        assert_eq!(details["text"], format!("Invalid agent id given '{unknown}'"));
    }
}

#[tokio::test]
async fn status_heartbeat_and_queues_of_an_agent() {
    let house = House::open().await;
    let client = Client::of(&house);
    let agent = house.agent("Ada").await;
    let page = client.person(Role::Agent, Some(agent)).await;
    let key = client.key().await;
    let own = |part: &str| format!("/ccaas/1/agents/{agent}{part}");
    let set = client.done(&page, "PUT", &own("/status"), json!({"status": "BUSY"})).await;
    assert_eq!(set["status"], "BUSY");
    client.call("PUT", &own("/status")).by(&page).json(&json!({})).send().await.wrong_fields(&["status"]);
    let beat = client.call("PUT", &own("/heartbeat")).by(&page).send().await;
    assert_eq!(beat.json(), json!({"statusCode": "SUCCESS", "message": "Heartbeat received."}));

    let queue = id(&client.done(&key, "POST", "/ccaas/1/queues", json!({"name": "Sales"})).await);
    let linked = client.done(&key, "POST", &own("/queues"), json!({"queueId": queue})).await;
    assert_eq!(linked["statusCode"], "SUCCESS");
    let of_queue = client.read(&key, &format!("/ccaas/1/agents?queueIds={queue}")).await;
    assert_eq!(of_queue["agents"][0]["id"], agent.to_string());
    assert_eq!(client.read(&key, &format!("/ccaas/1/queues?agentId={agent}&name=sal")).await["queues"][0]["id"], queue);
    let unlinked = client.call("DELETE", &own(&format!("/queues/{queue}"))).by(&key).send().await;
    assert_eq!(unlinked.status, 200, "{}", unlinked.text());
    assert_eq!(client.read(&key, &format!("/ccaas/1/agents?queueIds={queue}")).await["agents"], json!([]));
    let unknown = client.call("POST", &own("/queues")).by(&key).json(&json!({"queueId": NOTHING})).send().await;
    unknown.refused(400, "NOT_FOUND");
}

#[tokio::test]
async fn availability_is_what_the_system_finds() {
    let house = House::open().await;
    let client = Client::of(&house);
    let agent = house.agent("Ada").await;
    let key = client.key().await;
    let path = format!("/ccaas/1/agents/{agent}");
    let seen = client.read(&key, &path).await;
    assert_eq!(seen["status"], "ACTIVE");
    assert_ne!(seen["availability"], "ACTIVE", "no page of it is there");
    let _page = house.agent_page(agent).await;
    assert_eq!(client.read(&key, &path).await["availability"], "ACTIVE");
}

#[tokio::test]
async fn an_accounts_own_statuses_are_made_set_changed_and_deleted() {
    let house = House::open().await;
    let client = Client::of(&house);
    let agent = house.agent("Ada").await;
    let key = client.key().await;
    let all = "/ccaas/1/agent-statuses";
    let lunch = client.done(&key, "POST", all, json!({"name": "Lunch", "group": "AWAY"})).await;
    client.done(&key, "POST", all, json!({"name": "Training", "group": "BUSY"})).await;
    let one = format!("{all}/{}", id(&lunch));
    assert_eq!(client.read(&key, &one).await, lunch);
    let listed = client.read(&key, &format!("{all}?orderBy=name:desc")).await;
    let names = |list: &Value| -> Vec<String> {
        let statuses = list["statuses"].as_array().expect("a list").iter();
        statuses.map(|status| status["name"].as_str().expect("a name").to_owned()).collect()
    };
    assert_eq!(names(&listed), ["Training", "Lunch"]);
    assert_eq!(names(&client.read(&key, &format!("{all}?name=lun&group=AWAY")).await), ["Lunch"]);

    let page = client.person(Role::Agent, Some(agent)).await;
    let path = format!("/ccaas/1/agents/{agent}/status");
    let set = client.done(&page, "PUT", &path, json!({"statusId": id(&lunch)})).await;
    assert_eq!((&set["status"], &set["statusId"], &set["statusName"]), (&json!("AWAY"), &lunch["id"], &json!("Lunch")));
    assert_eq!(set["foundStatus"], "OFFLINE", "no page of it is there");
    let other_group = json!({"status": "BUSY", "statusId": id(&lunch)});
    client.call("PUT", &path).by(&page).json(&other_group).send().await.wrong_fields(&["status"]);
    client.call("PUT", &path).by(&page).json(&json!({"statusId": NOTHING})).send().await.refused(400, "NOT_FOUND");
    client
        .call("POST", all)
        .by(&page)
        .json(&json!({"name": "Tea", "group": "AWAY"}))
        .send()
        .await
        .refused(403, "FORBIDDEN");

    let changed = client.done(&key, "PUT", &one, json!({"name": "Lunch break", "group": "BUSY"})).await;
    assert_eq!(changed["group"], "BUSY");
    assert_eq!(client.read(&key, &format!("/ccaas/1/agents/{agent}")).await["statusName"], "Lunch break");
    let twice = client.call("POST", all).by(&key).json(&json!({"name": "Training", "group": "AWAY"})).send().await;
    twice.refused(400, "BAD_REQUEST");
    client.call("POST", all).by(&key).json(&json!({})).send().await.wrong_fields(&["group", "name"]);
    let gone = client.call("DELETE", &one).by(&key).send().await;
    assert_eq!(gone.json()["statusCode"], "SUCCESS");
    client.call("GET", &one).by(&key).send().await.refused(400, "NOT_FOUND");
    let left = client.read(&key, &format!("/ccaas/1/agents/{agent}")).await;
    assert_eq!((&left["status"], left.get("statusId")), (&json!("BUSY"), None));
}

#[tokio::test]
async fn an_agent_at_capacity_shows_as_full() {
    let house = House::open().await;
    let client = Client::of(&house);
    let agent = house.agent("Ada").await;
    let _page = house.agent_page(agent).await;
    let key = client.key().await;
    let path = format!("/ccaas/1/agents/{agent}/capacity");
    let unset = json!({"capacity": null, "effectiveCapacity": 5, "conversationsCount": 0, "isFull": false});
    assert_eq!(client.read(&key, &path).await, unset);
    assert_eq!(client.done(&key, "PUT", "/ccaas/1/capacity-config", json!({"capacity": 7})).await["capacity"], 7);
    assert_eq!(client.read(&key, "/ccaas/1/capacity-config").await["capacity"], 7);
    let set = client.done(&key, "PUT", &path, json!({"capacity": 1})).await;
    assert_eq!((&set["capacity"], &set["effectiveCapacity"]), (&json!(1), &json!(1)));
    client.done(&key, "POST", "/ccaas/1/conversations", json!({"agentId": agent.to_string()})).await;
    assert_eq!(client.read(&key, &path).await["isFull"], true);
    let shown = client.read(&key, &format!("/ccaas/1/agents/{agent}")).await;
    assert_eq!((&shown["status"], &shown["availability"]), (&json!("ACTIVE"), &json!("BUSY")));
    assert_eq!(shown["foundStatus"], "FULL_CAPACITY");
    assert_eq!(client.done(&key, "PUT", &path, json!({"capacity": null})).await["effectiveCapacity"], 7);
    for wrong in [json!({}), json!({"capacity": 0}), json!({"capacity": 1001}), json!({"capacity": "many"})] {
        client.call("PUT", &path).by(&key).json(&wrong).send().await.wrong_fields(&["capacity"]);
    }
    client.call("PUT", "/ccaas/1/capacity-config").by(&key).json(&json!({})).send().await.wrong_fields(&["capacity"]);
}
