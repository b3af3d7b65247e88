//! The clicks of `clicks.rs` in real time: a server's process, recorded calls over the API, and sockets all the way.

use crate::{
    call::{agent_token, guest_token},
    clicks::{self, Clicker, LINK, STEP, Script},
    independent_client::finished_recordings,
    page::Page,
    relay::Relayed,
    server::Server,
    soak,
    tone::FRAME,
};
use serde_json::{Value, json};
use std::{
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

/// A short call unless counts are long.
const LENGTH_SECONDS: u32 = 54;

/// Clients, relay and what the clients send, on a thread of their own.
struct Street {
    relayed: Mutex<Relayed>,
    is_over: AtomicBool,
}

impl Street {
    fn relayed(&self) -> MutexGuard<'_, Relayed> {
        self.relayed.lock().expect("nothing panics with this lock")
    }

    /// Moves datagrams until it is over.
    fn run(&self) {
        while !self.is_over.load(Relaxed) {
            self.relayed().turn(Instant::now());
            std::thread::sleep(Duration::from_micros(500));
        }
    }

    /// Both send clicks as the script says; ends with the script.
    fn click(&self, script: &Script) {
        let mut clickers = [Clicker::new(), Clicker::new()];
        let begun = Instant::now();
        for step in 0..script.steps() {
            let due = begun + STEP * step;
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
            let mut relayed = self.relayed();
            relayed.cut(0, script.is_cut(step));
            for (leg, clicker) in clickers.iter_mut().enumerate() {
                let packet = clicker.next(step);
                if let Some(packet) = packet.filter(|_| !script.is_muted(leg, step)) {
                    let client = &mut relayed.callers[leg].client;
                    client.send(Instant::now(), model::TrackKind::Audio, step * FRAME as u32, false, 90, &packet);
                }
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clicks_through_a_relay_of_sockets_stand_within_20_ms_in_their_recordings() {
    let seed = soak::seed(20_261_125);
    println!("seed {seed}");
    let data = tempfile::tempdir().expect("a temporary folder");
    let mut relayed = Relayed::new(seed, LINK);
    let server = Server::start(data.path(), &["--announce-port", &relayed.port().to_string()]);
    relayed.lead_to(server.told("media").parse().expect("an address"));
    let street = Arc::new(Street { relayed: Mutex::new(relayed), is_over: AtomicBool::new(false) });
    let moving = Arc::clone(&street);
    let mover = std::thread::spawn(move || moving.run());

    let Talking { conversation, mut customer, mut agent, leg } = establish(&server, &street).await;
    let length = if soak::times() > 1 { clicks::LENGTH_SECONDS } else { LENGTH_SECONDS };
    let script = Script { seconds: length };
    let clicking = Arc::clone(&street);
    tokio::select! {
        sent = tokio::task::spawn_blocking(move || clicking.click(&script)) => sent.expect("the clicks are sent"),
        () = customer.stay() => panic!("the customer's call ended early"),
        () = agent.stay() => panic!("the agent's call ended early"),
    }
    agent.request(json!({"type": "hangup", "leg": leg}), "done").await;
    street.is_over.store(true, Relaxed);
    mover.join().expect("the relay ran to the end");

    let recordings = finished_recordings(&server, &conversation, 2).await;
    let files = ["CUSTOMER", "AGENT"].map(|participant| {
        let recording = recordings.iter().find(|one| one["participantType"] == participant).expect("one per leg");
        let file = data.path().join(participant);
        server.download(recording["url"].as_str().expect("finished"), &file);
        file
    });
    let worst = script.worst_distance([&files[0], &files[1]]);
    let what = format!("worst distance of a click in two recordings, {length} s through a relay of sockets");
    soak::figure(&what, &format!("{:.2} ms", worst * 1e3));
}

/// A call with its pages.
struct Talking {
    conversation: String,
    customer: Page,
    agent: Page,
    /// The agent's.
    leg: Value,
}

/// The demo link's customer calls, the demo agent answers.
async fn establish(server: &Server, street: &Street) -> Talking {
    let agent_id = server.login("agent")["agentId"].as_str().expect("an agent id").to_owned();
    let (mut agent, _) = Page::connect(server.told("console"), &agent_token(server, &agent_id)).await;
    server.api("PUT", &format!("/ccaas/1/agents/{agent_id}/status"), Some(&json!({"status": "ACTIVE"})));
    let (mut customer, _) = Page::connect(server.told("console"), &guest_token(server)).await;
    let offer = street.relayed().callers[0].client.offer();
    let start = json!({"type": "start_call", "media": "audio", "offer": offer});
    let started = customer.request(start, "call_started").await;
    street.relayed().callers[0].client.accept(started["answer"].as_str().expect("an answer"));

    let incoming = agent.expect("incoming_call").await;
    let offer = street.relayed().callers[1].client.offer();
    let accept = json!({"type": "accept", "leg": incoming["leg"], "offer": offer});
    let answer = agent.request(accept, "answer").await;
    street.relayed().callers[1].client.accept(answer["sdp"].as_str().expect("an answer"));
    agent.expect("established").await;
    customer.expect("established").await;
    let conversation = started["conversation"].as_str().expect("a conversation").to_owned();
    Talking { conversation, customer, agent, leg: incoming["leg"].clone() }
}
