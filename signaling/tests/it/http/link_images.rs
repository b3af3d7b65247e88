//! `/call-link/1/images`, and where pages show them.

use super::client::{Answer, As, Client, NOTHING, id};
use crate::support::House;
use model::Role;
use serde_json::{Value, json};

const IMAGES: &str = "/call-link/1/images";
const CONFIGS: &str = "/call-link/1/configs";
const JPEG: &[u8] = include_bytes!("../../../../crates/images/tests/grey.jpg");

/// Grey pixels.
fn png(width: u32, height: u32) -> Vec<u8> {
    let mut file = Vec::new();
    let mut writer = png::Encoder::new(&mut file, width, height).write_header().expect("a header");
    writer.write_image_data(&vec![128; (width * height) as usize]).expect("as many pixels");
    writer.finish().expect("an end");
    file
}

async fn upload(client: &Client, who: &As, kind: &str, name: &str, file: &[u8]) -> Answer {
    client.call("POST", &format!("{IMAGES}/upload/{kind}")).by(who).form_of("file", name, file).send().await
}

async fn uploaded(client: &Client, who: &As, kind: &str, name: &str, file: &[u8]) -> Value {
    let answer = upload(client, who, kind, name, file).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    answer.json()
}

pub(super) async fn logo(client: &Client, key: &As, name: &str) -> String {
    id(&uploaded(client, key, "LOGO", name, &png(10, 10)).await)
}

/// What a page is told of a link with this configuration.
async fn guest(client: &Client, key: &As, config: &Value) -> Value {
    let link = json!({"destination": {"type": "CONVERSATIONS"}, "callLinkConfigId": config["id"]});
    let link = client.done(key, "POST", "/call-link/1/links", link).await;
    let secret = link["url"].as_str().expect("a url").rsplit('/').next().expect("a secret").to_owned();
    client.done(&As::Nobody, "POST", "/call-link/1/guest", json!({"link": secret})).await
}

#[tokio::test]
async fn an_image_is_uploaded_listed_read_and_deleted() {
    let house = House::open().await;
    let client = Client::of(&house);
    let key = client.key().await;
    let file = png(100, 100);
    let made = uploaded(&client, &key, "LOGO", "C:\\pictures\\our logo.png", &file).await;
    let expected = json!({"id": made["id"], "name": "our logo.png", "type": "LOGO", "size": file.len()});
    assert_eq!(made, expected);
    let other = uploaded(&client, &key, "BACKGROUND", "night.jpg", JPEG).await;
    let list = client.read(&key, &format!("{IMAGES}?page=0&size=1")).await;
    assert_eq!((&list["results"], &list["paging"]["totalResults"]), (&json!([made]), &json!(2)));
    let path = format!("{IMAGES}/{}", id(&made));
    assert_eq!(client.read(&key, &path).await, made);
    let gone = client.call("DELETE", &path).by(&key).send().await;
    assert_eq!((gone.status.as_u16(), gone.json()), (200, made));
    client.call("GET", &path).by(&key).send().await.refused(404, "NOT_FOUND");
    client.call("DELETE", &path).by(&key).send().await.refused(404, "NOT_FOUND");
    assert_eq!(client.read(&key, IMAGES).await["results"], json!([other]));
}

#[tokio::test]
async fn what_is_no_image_within_its_bounds_is_refused_with_its_reason() {
    let house = House::open().await;
    let client = Client::of(&house);
    let key = client.key().await;
    let refused = async |kind: &str, file: &[u8]| {
        let answer = upload(&client, &key, kind, "logo.png", file).await;
        answer.wrong_fields(&["file"]);
        answer.text()
    };
    assert!(refused("LOGO", b"GIF89a\x01\0\x01\0\0\0\0;").await.contains("a GIF image, whatever its name says"));
    assert!(refused("LOGO", b"<svg onload=\"alert(1)\"/>").await.contains("an SVG image"));
    assert!(refused("LOGO", &png(101, 100)).await.contains("has 101 × 100 pixels; 100 × 100 are allowed"));
    assert!(refused("BACKGROUND", &png(1, 2001)).await.contains("1 × 2001 pixels; 2000 × 2000 are allowed"));
    let whole = png(90, 90);
    assert!(refused("LOGO", &whole[..whole.len() - 20]).await.contains("cannot be decoded as PNG"));
    assert!(refused("LOGO", &JPEG[..JPEG.len() - 2]).await.contains("cannot be decoded as JPEG"));
    assert!(refused("LOGO", &vec![0; (1 << 20) + 1]).await.contains("has 1048577 bytes; 1048576 are allowed"));
    upload(&client, &key, "BACKGROUND", "a.png", &vec![0; 11 << 20]).await.refused(413, "BAD_REQUEST");
    assert!(upload(&client, &key, "LOGO", "", &whole).await.text().contains("needs a file name"));
    let path = format!("{IMAGES}/upload/LOGO");
    let other_field = client.call("POST", &path).by(&key).form_of("image", "a.png", &whole).send().await;
    other_field.wrong_fields(&["file"]);
    client.call("POST", &path).by(&key).json(&json!({})).send().await.refused(415, "BAD_REQUEST");
    let broken = client.call("POST", &path).by(&key).raw("multipart/form-data; boundary=limit", "nothing").send().await;
    broken.refused(400, "BAD_REQUEST");
    upload(&client, &key, "BANNER", "a.png", &whole).await.refused(404, "NOT_FOUND");
    assert_eq!(client.read(&key, IMAGES).await["results"], json!([]), "nothing is left behind");
}

#[tokio::test]
async fn an_account_has_so_many_images() {
    let house = House::open().await;
    let client = Client::of(&house);
    let key = client.key().await;
    let row = |id| store::LinkImageRow {
        account: house.account,
        id,
        name: "a.png".into(),
        kind: model::ImageType::Logo,
        media_type: "image/png".into(),
        width: 1,
        height: 1,
        bytes: 1,
        created_at: model::WallTime(1),
    };
    for number in 0..50 {
        let made = client.state.store.create_link_image(&row(model::LinkImageId::of(number)), &[0], 50).await;
        assert!(made.expect("written"));
    }
    let full = upload(&client, &key, "LOGO", "a.png", &png(1, 1)).await.refused(400, "BAD_REQUEST");
    assert!(full["text"].as_str().is_some_and(|text| text.contains("50 images already")), "{full}");
}

#[tokio::test]
async fn admins_upload_and_everybody_of_the_account_reads() {
    let house = House::open().await;
    let client = Client::of(&house);
    let agent = house.agent("Ada").await;
    let made = uploaded(&client, &client.person(Role::Admin, None).await, "LOGO", "a.png", &png(1, 1)).await;
    for (role, agent) in [(Role::Agent, Some(agent)), (Role::Supervisor, None)] {
        let person = client.person(role, agent).await;
        upload(&client, &person, "LOGO", "a.png", &png(1, 1)).await.refused(403, "FORBIDDEN");
        let path = format!("{IMAGES}/{}", id(&made));
        client.call("DELETE", &path).by(&person).send().await.refused(403, "FORBIDDEN");
        assert_eq!(client.read(&person, &path).await, made);
    }
}

#[tokio::test]
async fn a_links_page_is_told_where_its_images_are_and_anybody_sees_them() {
    let house = House::open().await;
    let client = Client::of(&house);
    let key = client.key().await;
    let file = png(20, 10);
    let logo = uploaded(&client, &key, "LOGO", "logo.png", &file).await;
    let background = uploaded(&client, &key, "BACKGROUND", "night.png", JPEG).await;
    let chosen = json!({"logoImageId": logo["id"], "backgroundImageId": background["id"]});
    let config = client.done(&key, "POST", CONFIGS, json!({"name": "Shop", "theme": {"images": chosen}})).await;
    assert_eq!(config["theme"]["images"], chosen);
    let images = guest(&client, &key, &config).await["images"].clone();
    let show = async |name: &str| {
        let answer = client.call("GET", images[name].as_str().expect("an address")).send().await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer
    };
    let shown = show("logoUrl").await;
    assert_eq!((shown.header("content-type"), &shown.body), ("image/png", &file));
    assert_eq!(shown.header("cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(shown.header("x-content-type-options"), "nosniff");
    assert!(shown.header("content-security-policy").contains("img-src 'self'"));
    let shown = show("backgroundUrl").await;
    assert_eq!((shown.header("content-type"), shown.body.as_slice()), ("image/jpeg", JPEG), "not by its name");
    // Under another account's name it is nobody's.
    let neighbour = client.neighbour().await;
    let strange = format!("/call-link/1/guest/images/{neighbour}/{}", id(&logo));
    client.call("GET", &strange).send().await.refused(404, "NOT_FOUND");
    client.call("GET", "/call-link/1/guest/images/x/y").send().await.refused(404, "NOT_FOUND");
}

#[tokio::test]
async fn a_configuration_whose_image_was_deleted_has_none_and_can_be_saved_again() {
    let house = House::open().await;
    let client = Client::of(&house);
    let key = client.key().await;
    let logo = logo(&client, &key, "logo.png").await;
    let body = json!({"name": "Shop", "theme": {"images": {"logoImageId": logo}}});
    let config = client.done(&key, "POST", CONFIGS, body).await;
    let path = format!("{CONFIGS}/{}", id(&config));
    let address = guest(&client, &key, &config).await["images"]["logoUrl"].as_str().expect("an address").to_owned();
    client.done(&key, "DELETE", &format!("{IMAGES}/{logo}"), json!({})).await;
    client.call("GET", &address).send().await.refused(404, "NOT_FOUND");
    assert_eq!(guest(&client, &key, &config).await["images"], json!({}));
    let read = client.read(&key, &path).await;
    assert_eq!(read["theme"]["images"], json!({}));
    assert_eq!(client.read(&key, CONFIGS).await["results"], json!([read]));
    assert_eq!(client.done(&key, "PUT", &path, read.clone()).await, read, "what was read can be written");
    let patched = client.done(&key, "PATCH", &path, json!({"name": "Shop 2"})).await;
    assert_eq!(patched["theme"]["images"], json!({}));
}

#[tokio::test]
async fn images_are_chosen_of_the_right_type_and_account_and_taken_away_again() {
    let house = House::open().await;
    let client = Client::of(&house);
    let key = client.key().await;
    let logo = logo(&client, &key, "logo.png").await;
    let stranger = client.key_with(client.neighbour().await, &["conversations:manage"]).await;
    let with = |images: Value| json!({"name": "Shop", "theme": {"images": images}});
    let refused = async |who: &As, images: Value, field: &str| {
        client.call("POST", CONFIGS).by(who).json(&with(images)).send().await.wrong_fields(&[field]);
    };
    refused(&key, json!({"backgroundImageId": logo}), "theme.images.backgroundImageId").await;
    refused(&key, json!({"logoImageId": NOTHING}), "theme.images.logoImageId").await;
    refused(&key, json!({"logoImageId": "x"}), "theme.images.logoImageId").await;
    refused(&stranger, json!({"logoImageId": logo}), "theme.images.logoImageId").await;
    let path =
        format!("{CONFIGS}/{}", id(&client.done(&key, "POST", CONFIGS, with(json!({"logoImageId": logo}))).await));
    let patch = async |images: Value| {
        let theme = json!({"theme": {"images": images}});
        client.done(&key, "PATCH", &path, theme).await["theme"]["images"].clone()
    };
    assert_eq!(patch(json!({})).await, json!({"logoImageId": logo}), "what is left out stays");
    assert_eq!(patch(json!({"logoImageId": null})).await, json!({}));
    assert_eq!(patch(json!({"logoImageId": logo})).await, json!({"logoImageId": logo}));
    let replaced = client.done(&key, "PUT", &path, json!({"name": "Shop"})).await;
    assert_eq!(replaced["theme"]["images"], json!({}));
}
