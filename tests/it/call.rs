//! A call between two peers of the `webrtc` crate, made through the documented messages.

use crate::{page::Page, server::Server, webrtc_peer::WebrtcPeer};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

pub(crate) const CUSTOMER_HERTZ: f32 = 440.0;
pub(crate) const AGENT_HERTZ: f32 = 1_000.0;

/// One side of a call.
pub(crate) struct Party {
    pub(crate) token: String,
    pub(crate) page: Page,
    pub(crate) peer: WebrtcPeer,
    pub(crate) leg: Value,
}

/// An established call.
pub(crate) struct Call {
    pub(crate) conversation: String,
    pub(crate) customer: Party,
    pub(crate) agent: Party,
}

impl Call {
    /// The demo link's customer calls, the demo agent answers, both send their tone.
    pub(crate) async fn establish(server: &Server) -> Self {
        let agent_id = server.login("agent")["agentId"].as_str().expect("an agent id").to_owned();
        let token = agent_token(server, &agent_id);
        let (mut page, welcome) = Page::connect(server.told("console"), &token).await;
        assert_eq!(welcome["participant"], "AGENT");
        server.api("PUT", &format!("/ccaas/1/agents/{agent_id}/status"), Some(&json!({"status": "ACTIVE"})));
        let (customer, started) = start_call(server).await;

        let incoming = page.expect("incoming_call").await;
        assert_eq!(incoming["call"], started["call"]);
        let mut peer = WebrtcPeer::new(0x2222_2222).await;
        let accept = json!({"type": "accept", "leg": incoming["leg"], "offer": peer.offer().await});
        let answer = page.request(accept, "answer").await;
        peer.connect(answer["sdp"].as_str().expect("an answer")).await;
        peer.send_tone(AGENT_HERTZ);
        let agent = Party { token, page, peer, leg: incoming["leg"].clone() };
        let conversation = started["conversation"].as_str().expect("a conversation").to_owned();
        let mut call = Self { conversation, customer, agent };
        assert_eq!(call.agent.page.expect("established").await["remote"]["participant"], "CUSTOMER");
        assert_eq!(call.customer.page.expect("established").await["remote"]["participant"], "AGENT");
        call
    }

    /// Waits until each hears the other, and only the other.
    pub(crate) async fn is_heard_both_ways(&self) {
        wait_for_tone(&self.agent.peer, CUSTOMER_HERTZ, AGENT_HERTZ).await;
        wait_for_tone(&self.customer.peer, AGENT_HERTZ, CUSTOMER_HERTZ).await;
    }
}

async fn start_call(server: &Server) -> (Party, Value) {
    let token = guest_token(server);
    let (mut page, welcome) = Page::connect(server.told("console"), &token).await;
    assert_eq!(welcome["participant"], "CUSTOMER");
    let mut peer = WebrtcPeer::new(0x1111_1111).await;
    let start = json!({"type": "start_call", "media": "audio", "offer": peer.offer().await});
    let started = page.request(start, "call_started").await;
    peer.connect(started["answer"].as_str().expect("an answer")).await;
    peer.send_tone(CUSTOMER_HERTZ);
    page.expect("ringing").await;
    (Party { token, page, peer, leg: started["leg"].clone() }, started)
}

/// A customer's token, as the call link's page gets it.
pub(crate) fn guest_token(server: &Server) -> String {
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
pub(crate) fn agent_token(server: &Server, agent: &str) -> String {
    let reply = server.api("POST", "/webrtc/1/token", Some(&json!({"identity": agent, "timeToLive": 3600})));
    reply["token"].as_str().expect("a token").to_owned()
}

/// Waits until this peer hears one tone, and not the other.
pub(crate) async fn wait_for_tone(peer: &WebrtcPeer, hertz: f32, foreign: f32) {
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
