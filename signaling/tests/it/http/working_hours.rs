//! `/ccaas/1/working-hours`

use super::client::{As, Client, NOTHING, id};
use crate::support::House;
use serde_json::{Value, json};

const ALL: &str = "/ccaas/1/working-hours";

fn office() -> Value {
    let day = json!({"startTime": 540, "endTime": 1020, "enabled": true});
    json!({
        "name": "Office", "timezone": "Europe/Zagreb", "message": "We are away until tomorrow.",
        "workWeek": {"MONDAY": day, "FRIDAY": {"startTime": 540, "endTime": 900}},
    })
}

#[tokio::test]
async fn working_hours_are_made_read_replaced_patched_and_deleted() {
    let house = House::open().await;
    let client = Client::of(&house);
    let key = client.key().await;
    let made = client.done(&key, "POST", ALL, office()).await;
    assert_eq!((&made["enabled"], &made["isDefault"], &made["holidays"]), (&json!(true), &json!(false), &json!([])));
    assert_eq!(made["workWeek"]["MONDAY"], json!({"startTime": 540, "endTime": 1020, "enabled": true}));
    assert_eq!(made["workWeek"]["FRIDAY"]["enabled"], true);
    assert_eq!(made["workWeek"]["SUNDAY"]["enabled"], false, "days that are left out have no hours");
    let one = format!("{ALL}/{}", id(&made));
    assert_eq!(client.read(&key, &one).await, made);

    let some = json!({"isDefault": true, "workWeek": {"SUNDAY": {"startTime": 0, "endTime": 1440}}});
    let patched = client.done(&key, "PATCH", &one, some).await;
    assert_eq!((&patched["isDefault"], &patched["name"]), (&json!(true), &json!("Office")));
    assert_eq!(patched["workWeek"]["MONDAY"], made["workWeek"]["MONDAY"]);
    assert_eq!(patched["workWeek"]["SUNDAY"]["endTime"], 1440);
    let replaced = client.done(&key, "PUT", &one, office()).await;
    assert_eq!(replaced, made, "what is left out has its default again");

    let gone = client.call("DELETE", &one).by(&key).send().await;
    assert_eq!(gone.json()["statusCode"], "SUCCESS");
    for (method, body) in [("GET", None), ("PUT", Some(office())), ("PATCH", Some(json!({}))), ("DELETE", None)] {
        let call = client.call(method, &one).by(&key);
        let call = if let Some(body) = &body { call.json(body) } else { call };
        call.send().await.refused(404, "NOT_FOUND");
    }
}

#[tokio::test]
async fn a_list_of_working_hours_is_filtered_and_paged() {
    let house = House::open().await;
    let client = Client::of(&house);
    let key = client.key().await;
    for (name, enabled, default) in [("Office", true, false), ("Night office", false, false), ("Shop", true, true)] {
        let mut body = office();
        (body["name"], body["enabled"], body["isDefault"]) = (json!(name), json!(enabled), json!(default));
        client.done(&key, "POST", ALL, body).await;
    }
    let names = async |query: &str| -> Vec<String> {
        let list = client.read(&key, &format!("{ALL}?{query}")).await;
        let rows = list["workingHours"].as_array().expect("a list").clone();
        rows.iter().map(|row| row["name"].as_str().expect("a name").to_owned()).collect()
    };
    assert_eq!(names("name=OFFICE&orderBy=name:asc").await, ["Night office", "Office"]);
    assert_eq!(names("enabled=false").await, ["Night office"]);
    assert_eq!(names("isDefault=true").await, ["Shop"]);
    assert_eq!(names("orderBy=name:desc&limit=1&page=1").await, ["Office"]);
    assert_eq!(names("createdAfter=2090-01-01T00:00:00.000%2B0000").await, [""; 0]);
}

#[tokio::test]
async fn the_status_follows_the_hours_and_holidays_close() {
    let house = House::open().await;
    let client = Client::of(&house);
    let key = client.key().await;
    let mut body = office();
    let round_the_clock = json!({"startTime": 0, "endTime": 1440});
    for day in ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"] {
        body["workWeek"][day] = round_the_clock.clone();
    }
    let made = client.done(&key, "POST", ALL, body).await;
    let one = format!("{ALL}/{}", id(&made));
    let status = async || client.read(&key, &format!("{one}/status")).await["status"].clone();
    assert_eq!(status().await, "INSIDE_OF_WORKING_HOURS");
    let holiday = json!({
        "name": "Forever", "startDate": "2020-01-01T00:00:00.000+0100", "endDate": "2090-01-01T00:00:00.000+0100"
    });
    let with = client.done(&key, "POST", &format!("{one}/holiday"), holiday).await;
    assert_eq!(with["holidays"][0]["startDate"], "2019-12-31T23:00:00.000+00:00");
    assert_eq!(status().await, "OUTSIDE_OF_WORKING_HOURS");
    let path = format!("{one}/holiday/{}", id(&with["holidays"][0]));
    assert_eq!(client.call("DELETE", &path).by(&key).send().await.json()["statusCode"], "SUCCESS");
    assert_eq!(status().await, "INSIDE_OF_WORKING_HOURS");
    client.call("DELETE", &path).by(&key).send().await.refused(404, "NOT_FOUND");
    client.call("GET", &format!("{ALL}/{NOTHING}/status")).by(&key).send().await.refused(404, "NOT_FOUND");
}

#[tokio::test]
async fn wrong_fields_of_working_hours_are_named_with_their_place() {
    let house = House::open().await;
    let client = Client::of(&house);
    let key = client.key().await;
    let post = async |body: &Value| client.call("POST", ALL).by(&key).json(body).send().await;
    post(&json!({})).await.wrong_fields(&["message", "name", "timezone", "workWeek"]);
    let mut body = office();
    body["workWeek"]["MONDAY"] = json!({"startTime": 1441, "endTime": "noon"});
    body["holidays"] = json!([{"name": "x", "startDate": "2027-01-01T00:00:00Z", "endDate": "tomorrow"}, {}]);
    post(&body).await.wrong_fields(&[
        "holidays[0].endDate",
        "holidays[1].endDate",
        "holidays[1].name",
        "holidays[1].startDate",
        "workWeek.MONDAY.endTime",
        "workWeek.MONDAY.startTime",
    ]);
    let mut body = office();
    body["timezone"] = json!("Europe/Atlantis");
    post(&body).await.wrong_fields(&["timezone"]);
    let mut body = office();
    let day = "2027-01-01T00:00:00Z";
    body["holidays"] = json!([{"name": "x", "startDate": day, "endDate": day}]);
    post(&body).await.wrong_fields(&["holidays.endDate"]);
}

#[tokio::test]
async fn a_queue_has_working_hours() {
    let house = House::open().await;
    let client = Client::of(&house);
    let key = client.key().await;
    let hours = id(&client.done(&key, "POST", ALL, office()).await);
    let queues = "/ccaas/1/queues";
    let made = client.done(&key, "POST", queues, json!({"name": "Sales", "workingHoursId": hours})).await;
    assert_eq!(made["workingHoursId"], hours.as_str());
    let one = format!("{queues}/{}", id(&made));
    let fields = json!({"isAutoAssignmentOutsideOfWorkingHoursEnabled": true});
    let changed = client.done(&key, "PUT", &one, fields).await;
    assert_eq!(changed["workingHoursId"], hours.as_str(), "left out, it stays");
    assert_eq!(changed["isAutoAssignmentOutsideOfWorkingHoursEnabled"], true);
    let found = client.read(&key, &format!("{queues}?workingHoursId={hours}")).await;
    assert_eq!(found["pagination"]["totalItems"], 1);
    assert_eq!(client.done(&key, "PUT", &one, json!({"workingHoursId": null})).await.get("workingHoursId"), None);
    assert_eq!(client.read(&key, &format!("{queues}?workingHoursId={hours}")).await["queues"], json!([]));
    let unknown = json!({"name": "Other", "workingHoursId": NOTHING});
    client.call("POST", queues).by(&key).json(&unknown).send().await.refused(400, "NOT_FOUND");
}

#[tokio::test]
async fn hours_of_another_account_do_not_exist() {
    let house = House::open().await;
    let client = Client::of(&house);
    let key = client.key().await;
    let hours = id(&client.done(&key, "POST", ALL, office()).await);
    let neighbour = client.neighbour().await;
    let stranger: As = client.key_with(neighbour, &["conversations:manage"]).await;
    client.call("GET", &format!("{ALL}/{hours}")).by(&stranger).send().await.refused(404, "NOT_FOUND");
    assert_eq!(client.read(&stranger, ALL).await["workingHours"], json!([]));
}
