//! The process is killed in the middle of a recorded call and started again: both parties come back into the call, and
//! the recordings miss at most a second.

use crate::{
    call::{AGENT_HERTZ, CUSTOMER_HERTZ, Call, Party},
    independent_client::finished_recordings,
    page::Page,
    server::{self, Server},
    soak,
    webrtc_peer::WebrtcPeer,
};
use serde_json::json;
use std::time::{Duration, Instant};

/// Every page is back in its call so soon after the server is.
const BACK_WITHIN: Duration = Duration::from_secs(3);
/// What a kill may cost a recording, and what the test's own clock may be off.
const LOST_MS: u64 = 1_000 + 300;

impl Party {
    /// As a page does after it lost the server: the same token, a new PeerConnection, the same leg.
    async fn come_back(&mut self, server: &Server, ssrc: u32, hertz: f32) {
        let (page, welcome) = Page::connect(server.told("console"), &self.token).await;
        assert_eq!(welcome["leg"]["leg"], self.leg, "the server knows the call: {welcome}");
        assert_eq!(welcome["leg"]["media_alive"], false);
        self.page = page;
        self.rejoin(ssrc, hertz).await;
    }

    /// A new PeerConnection for the same leg.
    pub(crate) async fn rejoin(&mut self, ssrc: u32, hertz: f32) {
        self.peer = WebrtcPeer::new(ssrc).await;
        let sdp = self.peer.offer().await;
        let offer = json!({"type": "offer", "leg": self.leg, "reason": "rejoin", "sdp": sdp});
        let answer = self.page.request(offer, "answer").await;
        self.peer.connect(answer["sdp"].as_str().expect("an answer")).await;
        self.peer.send_tone(hertz);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_server_comes_back_with_its_call_and_recordings() {
    let kills = 2 * soak::times();
    let data = tempfile::tempdir().expect("a temporary folder");
    let mut server = Server::start(data.path(), &[]);
    let mut call = Call::establish(&server).await;
    let established = Instant::now();
    call.is_heard_both_ways().await;
    // How long the call had lasted at each end of a file.
    let mut ends = Vec::new();
    let mut slowest_return = Duration::ZERO;
    let mut most_missing = 0;
    for round in 1..=kills {
        // Not at the same point of the writer's second each time.
        tokio::time::sleep(Duration::from_millis(1_100 + 370 * (round % 5))).await;
        ends.push(established.elapsed());
        server.kill();
        server = Server::start(data.path(), &[]);
        let started = Instant::now();
        let ssrc = 0x3000_0000 + round as u32;
        tokio::join!(
            call.customer.come_back(&server, ssrc, CUSTOMER_HERTZ),
            call.agent.come_back(&server, ssrc + 0x1000, AGENT_HERTZ),
        );
        slowest_return = slowest_return.max(started.elapsed());
        assert!(started.elapsed() < BACK_WITHIN, "back after {:?}", started.elapsed());
        call.is_heard_both_ways().await;
    }
    ends.push(established.elapsed());
    call.agent.page.request(json!({"type": "hangup", "leg": call.agent.leg}), "done").await;

    let files = finished_recordings(&server, &call.conversation, 2 * ends.len()).await;
    for participant in ["CUSTOMER", "AGENT"] {
        let own = files.iter().filter(|file| file["participantType"] == participant);
        let mut lengths: Vec<u64> = own.map(|file| file["durationMs"].as_u64().expect("finished")).collect();
        lengths.sort_unstable();
        for (length, end) in lengths.iter().zip(&ends) {
            let missing = (end.as_millis() as u64).saturating_sub(*length);
            most_missing = most_missing.max(missing);
            assert!(missing <= LOST_MS, "{participant}: a file of {length} ms misses {missing} ms of {end:?}");
        }
    }
    soak::figure("kills in one call", &kills.to_string());
    soak::figure("slowest return of both parties after a start", &format!("{slowest_return:?}"));
    soak::figure("most that a kill cost a recording", &format!("{most_missing} ms"));
    server.kill();
    server::recordings_are_clean(data.path());
}
