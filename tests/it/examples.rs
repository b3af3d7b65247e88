//! The examples of docs/examples, run as a program's author runs them.

use crate::{
    call::{AGENT_HERTZ, CUSTOMER_HERTZ, Call, Party, agent_token, wait_for_tone},
    page::Page,
    server::Server,
    webrtc_peer::WebrtcPeer,
};
use serde_json::{Value, json};
use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Command, Output},
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// It needs care in a shell and in JSON.
const NAME: &str = "Ada \"Countess\" Lovelace's $HOME";
/// Whom an agent calls.
const CUSTOMER: &str = "customer-4711";
const SECOND_AGENT_HERTZ: f32 = 1_500.0;
/// Stands before curl in the search path, and notes what others on the machine could read of its arguments.
const WITNESS: &str = "#!/bin/sh\nprintf '%s\\n' \"$@\" >>\"$WITNESSED\"\nPATH=$FORMER_PATH\nexec curl \"$@\"\n";

/// A server, and what is needed to run the examples against it.
struct Desk {
    folder: TempDir,
    server: Server,
}

impl Desk {
    fn open() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let server = Server::start(&folder.path().join("data"), &[]);
        let programs = folder.path().join("programs");
        fs::create_dir(&programs).expect("the folder is ours");
        fs::write(programs.join("curl"), WITNESS).expect("written");
        fs::set_permissions(programs.join("curl"), fs::Permissions::from_mode(0o700)).expect("it is ours");
        Self { folder, server }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn run(&self, example: &str, arguments: &[&str]) -> Output {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/examples").join(example);
        let former = std::env::var("PATH").expect("there is a search path");
        let output = Command::new(file)
            .args(arguments)
            .env("SWITCHROOM_URL", self.server.told("console"))
            .env("SWITCHROOM_KEY", self.server.told("api_key"))
            .env("PATH", format!("{}:{former}", self.path("programs").display()))
            .env("FORMER_PATH", &former)
            .env("WITNESSED", self.path("witnessed"))
            .output()
            .expect("it can be executed");
        let witnessed = fs::read_to_string(self.path("witnessed")).expect("it has called curl");
        assert!(witnessed.contains(self.server.told("console")), "{witnessed}");
        assert!(!witnessed.contains(self.server.told("api_key")), "{example} shows its key to all: {witnessed}");
        output
    }

    /// What it prints; it must succeed.
    fn told_by(&self, example: &str, arguments: &[&str]) -> String {
        let output = self.run(example, arguments);
        let (told, error) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{example} {arguments:?}: {told}{error}");
        told.trim_end().to_owned()
    }

    /// What it writes to standard error; it must fail.
    fn refused_by(&self, example: &str, arguments: &[&str]) -> String {
        let output = self.run(example, arguments);
        assert!(!output.status.success(), "{example} {arguments:?} succeeds: {output:?}");
        String::from_utf8_lossy(&output.stderr).into_owned()
    }

    fn agent_id(&self, username: &str) -> &str {
        self.server.login(username)["agentId"].as_str().expect("an agent id")
    }

    fn agent(&self, username: &str) -> Value {
        self.server.api("GET", &format!("/ccaas/1/agents/{}", self.agent_id(username)), None)
    }
}

#[test]
fn the_example_of_a_call_link_prints_what_a_customer_can_open() {
    let desk = Desk::open();
    let url = desk.told_by("make-call-link.sh", &[NAME, "order=4711"]);
    let secret = url.rsplit('/').next().expect("it has parts");
    let mut guest = ureq::post(desk.server.url("/call-link/1/guest"))
        .send_json(json!({"link": secret}))
        .unwrap_or_else(|error| panic!("{url}: {error}"));
    let guest: Value = guest.body_mut().read_json().expect("JSON");
    assert_eq!((&guest["state"], &guest["identity"]["displayName"]), (&json!("ACTIVE"), &json!(NAME)));
    let links = desk.server.api("GET", "/call-link/1/links", None);
    let own = links["results"].as_array().expect("a list").iter().find(|link| link["displayName"] == NAME);
    let own = own.unwrap_or_else(|| panic!("{NAME} in {links}"));
    assert_eq!((&own["customData"], &own["validityWindow"]["oneTime"]), (&json!({"order": "4711"}), &json!(true)));
    let error = desk.refused_by("make-call-link.sh", &[&"long".repeat(100)]);
    assert!(error.contains("displayName"), "the server's reason is told: {error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_example_of_receiving_makes_an_agent_active_and_shows_live_calls_alone() {
    let desk = Desk::open();
    let agent = desk.agent_id("agent");
    assert_ne!(desk.agent("agent")["status"], "ACTIVE");
    assert_eq!(desk.told_by("receive-calls.sh", &[agent]), "");
    assert_eq!(desk.agent("agent")["status"], "ACTIVE");

    let mut call = Call::establish(&desk.server).await;
    let told = desk.told_by("receive-calls.sh", &[agent]);
    let [conversation, customer, since] = told.split('\t').collect::<Vec<_>>()[..] else { panic!("{told}") };
    let shown = desk.server.api("GET", &format!("/ccaas/1/conversations/{}", call.conversation), None);
    assert_eq!(conversation, call.conversation);
    assert_eq!(json!(customer), shown["customer"]["displayName"]);
    let timeline = desk.server.api("GET", &format!("/ccaas/1/conversations/{conversation}/timeline"), None);
    let answered = timeline["events"].as_array().expect("a list").iter().find(|one| one["type"] == "CALL_ANSWERED");
    assert_eq!(json!(since), answered.expect("it was answered")["at"]);

    call.agent.page.request(json!({"type": "hangup", "leg": call.agent.leg}), "done").await;
    let after = desk.server.api("GET", &format!("/ccaas/1/conversations/{}", call.conversation), None);
    assert_eq!((&after["status"], &after["agentId"]), (&json!("OPEN"), &json!(agent)));
    assert_eq!(desk.told_by("receive-calls.sh", &[agent]), "", "the conversation is open, its call is over");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_example_of_making_a_call_prepares_one_that_both_hear() {
    let desk = Desk::open();
    let id = desk.agent_id("agent");
    let [token, customers_token] = [id, CUSTOMER].map(|identity| agent_token(&desk.server, identity));
    let (mut page, _) = Page::connect(desk.server.told("console"), &token).await;
    let (mut customers_page, _) = Page::connect(desk.server.told("console"), &customers_token).await;
    desk.told_by("receive-calls.sh", &[id]);
    let conversation = desk.told_by("make-call.sh", &[id, CUSTOMER]);

    let mut peer = WebrtcPeer::new(0x2222_2222).await;
    let data = json!({"conversationId": conversation});
    let start = json!({"type": "start_call", "media": "audio", "offer": peer.offer().await, "custom_data": data});
    let started = page.request(start, "call_started").await;
    assert_eq!(started["conversation"], conversation.as_str());
    peer.connect(started["answer"].as_str().expect("an answer")).await;
    peer.send_tone(AGENT_HERTZ);
    let incoming = customers_page.expect("incoming_call").await;
    assert_eq!(incoming["from"]["display_name"], desk.server.login("agent")["displayName"]);
    let mut customers_peer = WebrtcPeer::new(0x1111_1111).await;
    let accept = json!({"type": "accept", "leg": incoming["leg"], "offer": customers_peer.offer().await});
    let answer = customers_page.request(accept, "answer").await;
    customers_peer.connect(answer["sdp"].as_str().expect("an answer")).await;
    customers_peer.send_tone(CUSTOMER_HERTZ);
    tokio::join!(page.expect("established"), customers_page.expect("established"));
    let leg = incoming["leg"].clone();
    let customer = Party { token: customers_token, page: customers_page, peer: customers_peer, leg };
    let agent = Party { token, page, peer, leg: started["leg"].clone() };
    Call { conversation, customer, agent }.is_heard_both_ways().await;

    let error = desk.refused_by("make-call.sh", &["nobody", CUSTOMER]);
    assert!(error.contains("No agent found"), "the server's reason is told: {error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_example_of_hold_and_transfer_does_both_with_a_live_call() {
    let desk = Desk::open();
    let example = |arguments: &[&str]| desk.told_by("hold-and-transfer.sh", arguments);
    let mut call = Call::establish(&desk.server).await;
    call.is_heard_both_ways().await;
    let conversation = call.conversation.clone();

    example(&["hold", &conversation]);
    tokio::join!(call.customer.page.expect("held"), call.agent.page.expect("held"));
    hears_nothing_of(&call.customer.peer, AGENT_HERTZ).await;
    show_signs_of_life(&mut call).await;
    assert_eq!(desk.agent("agent")["foundStatus"], "ON_HOLD");
    example(&["resume", &conversation]);
    tokio::join!(call.customer.page.expect("resumed"), call.agent.page.expect("resumed"));
    hears_a_second_more(&call.agent.peer).await;
    call.is_heard_both_ways().await;
    show_signs_of_life(&mut call).await;

    let id = desk.agent_id("agent2");
    assert_eq!(example(&["agents", &conversation]), "", "nobody else is there");
    let token = agent_token(&desk.server, id);
    let (mut page, _) = Page::connect(desk.server.told("console"), &token).await;
    desk.told_by("receive-calls.sh", &[id]);
    let name = desk.server.login("agent2")["displayName"].as_str().expect("a name");
    assert_eq!(example(&["agents", &conversation]), format!("{id}\t{name}"));
    example(&["to-agent", &conversation, id]);
    let incoming = page.expect("incoming_call").await;
    assert_eq!(incoming["kind"], "TRANSFERRED");
    let mut peer = WebrtcPeer::new(0x3333_3333).await;
    let accept = json!({"type": "accept", "leg": incoming["leg"], "offer": peer.offer().await});
    let answer = page.request(accept, "answer").await;
    peer.connect(answer["sdp"].as_str().expect("an answer")).await;
    peer.send_tone(SECOND_AGENT_HERTZ);
    show_signs_of_life(&mut call).await;
    call.agent.page.expect("hangup").await;
    assert_eq!(call.customer.page.expect("established").await["remote"]["identity"], id);
    wait_for_tone(&peer, CUSTOMER_HERTZ, SECOND_AGENT_HERTZ).await;
    wait_for_tone(&call.customer.peer, SECOND_AGENT_HERTZ, AGENT_HERTZ).await;

    example(&["to-queue", &conversation]);
    page.expect("hangup").await;
    assert_eq!(call.customer.page.expect("waiting").await["position"], 1);
    let error = desk.refused_by("hold-and-transfer.sh", &["hold", &conversation]);
    assert!(error.contains("Hold action failed"), "the server's reason is told: {error}");
}

/// As open pages do, so that the server does not take them for gone.
async fn show_signs_of_life(call: &mut Call) {
    for party in [&mut call.customer, &mut call.agent] {
        party.page.send(json!({"type": "ping", "sequence": 1})).await;
    }
}

async fn hears_nothing_of(peer: &WebrtcPeer, hertz: f32) {
    let started = Instant::now();
    while peer.heard.lock().await.share_of(hertz) > 0.05 {
        assert!(started.elapsed() < Duration::from_secs(15), "{hertz} Hz is still heard");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// What is heard from now on is judged alone then.
async fn hears_a_second_more(peer: &WebrtcPeer) {
    let (before, started) = (peer.heard.lock().await.seconds(), Instant::now());
    while peer.heard.lock().await.seconds() < before + 1.0 {
        assert!(started.elapsed() < Duration::from_secs(15), "nothing is heard");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
