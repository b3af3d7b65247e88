//! Two peers of the `webrtc` crate make a call through the documented messages.

use crate::{page::Page, server::Server, webrtc_peer::WebrtcPeer};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const CUSTOMER_HERTZ: f32 = 440.0;
const AGENT_HERTZ: f32 = 1_000.0;

/// A customer's token, as the call link's page gets it.
fn guest_token(server: &Server) -> String {
    let link = server.told("call_link").rsplit('/').next().expect("the link's id").to_owned();
    let guest: Value = ureq::post(server.url("/call-link/1/guest"))
        .send_json(json!({"link": link}))
        .expect("the demo link is active")
        .body_mut()
        .read_json()
        .expect("JSON");
    guest["token"].as_str().expect("a token").to_owned()
}

/// A token for the demo agent, by API key.
fn agent_token(server: &Server, agent: &str) -> String {
    let reply = server.api("POST", "/webrtc/1/token", Some(&json!({"identity": agent, "timeToLive": 3600})));
    reply["token"].as_str().expect("a token").to_owned()
}

async fn wait_for_tone(peer: &WebrtcPeer, hertz: f32, foreign: f32) {
    let started = Instant::now();
    loop {
        let heard = peer.heard.lock().await;
        if heard.seconds() > 2.0 && heard.share_of(hertz) > 0.8 {
            assert!(heard.share_of(foreign) < 0.05, "nobody hears their own tone");
            return;
        }
        assert!(started.elapsed() < Duration::from_secs(15), "{} s heard, no {hertz} Hz", heard.seconds());
        drop(heard);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_between_two_independent_clients_is_heard_both_ways() {
    let data = tempfile::tempdir().expect("a temporary folder");
    let server = Server::start(data.path(), &[]);
    let agent_id = server.login("agent")["agentId"].as_str().expect("an agent id").to_owned();
    let console = server.told("console").to_owned();

    let (mut agent, welcome) = Page::connect(&console, &agent_token(&server, &agent_id)).await;
    assert_eq!(welcome["participant"], "AGENT");
    server.api("PUT", &format!("/ccaas/1/agents/{agent_id}/status"), Some(&json!({"status": "ACTIVE"})));

    let (mut customer, welcome) = Page::connect(&console, &guest_token(&server)).await;
    assert_eq!(welcome["participant"], "CUSTOMER");
    let mut customer_peer = WebrtcPeer::new(0x1111_1111).await;
    let started = customer
        .request(json!({"type": "start_call", "media": "audio", "offer": customer_peer.offer().await}), "call_started")
        .await;
    customer_peer.connect(started["answer"].as_str().expect("an answer")).await;
    customer_peer.send_tone(CUSTOMER_HERTZ);

    let incoming = agent.expect("incoming_call").await;
    assert_eq!(incoming["call"], started["call"]);
    customer.expect("ringing").await;
    let mut agent_peer = WebrtcPeer::new(0x2222_2222).await;
    let answer = agent
        .request(json!({"type": "accept", "leg": incoming["leg"], "offer": agent_peer.offer().await}), "answer")
        .await;
    agent_peer.connect(answer["sdp"].as_str().expect("an answer")).await;
    agent_peer.send_tone(AGENT_HERTZ);

    let established = agent.expect("established").await;
    assert_eq!(established["remote"]["participant"], "CUSTOMER");
    assert_eq!(customer.expect("established").await["remote"]["participant"], "AGENT");
    wait_for_tone(&agent_peer, CUSTOMER_HERTZ, AGENT_HERTZ).await;
    wait_for_tone(&customer_peer, AGENT_HERTZ, CUSTOMER_HERTZ).await;

    let quality = agent
        .find("quality of both sides", |message| {
            message["type"] == "quality" && message["own"]["uplink"]["mos"].is_f64() && message["remote"].is_object()
        })
        .await;
    assert!(quality["own"]["uplink"]["mos"].as_f64() > Some(4.0), "loopback is a good connection: {quality}");

    customer.request(json!({"type": "hangup", "leg": started["leg"]}), "done").await;
    let hangup = agent.expect("hangup").await;
    assert_eq!((&hangup["code"]["name"], &hangup["ended_by"]), (&json!("NORMAL_HANGUP"), &json!("CUSTOMER")));
    agent.find("wrap-up", |message| message["type"] == "agent_state" && message["wrap_up"].is_object()).await;
}
