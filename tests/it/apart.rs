//! The roles as three processes: a call works as in one, and what one of them loses the others keep.

use crate::{
    call::{AGENT_HERTZ, CUSTOMER_HERTZ, Call},
    independent_client::finished_recordings,
    page::Page,
    recorded,
    server::{self, Process, Server},
    tone,
};
use recording_core::segment::Manifest;
use serde_json::{Value, json};
use std::{
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// Media that goes on has no longer pause than this, beside what the machine itself was late.
const PAUSE: Duration = Duration::from_millis(200);
/// After the engine's restart both parties are back so soon.
const BACK_WITHIN: Duration = Duration::from_secs(3);
/// What a kill may cost a recording, and what the test's own clock may be off.
const LOST: Duration = Duration::from_millis(1_300);

/// Three processes over folders of their own.
pub(crate) struct House {
    folder: TempDir,
    recorder: Option<Process>,
    engine: Option<Process>,
    /// Beside the engine, for calls that it gives up.
    second_engine: Option<Process>,
    server: Option<Server>,
    recorder_link: String,
    engine_link: String,
    media: String,
    http: String,
}

impl House {
    pub(crate) fn open() -> Self {
        Self::open_with("")
    }

    /// With this in the configuration file of all three.
    fn open_with(configuration: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        std::fs::write(folder.path().join("switchroom.toml"), configuration).expect("written");
        let certs = Command::new(env!("CARGO_BIN_EXE_switchroom"))
            .args(["certs", "--name", "Test"])
            .arg(folder.path().join("certs"))
            .output()
            .expect("the binary starts");
        assert!(certs.status.success(), "{}", String::from_utf8_lossy(&certs.stderr));
        let free = || "127.0.0.1:0".to_owned();
        let mut house = Self {
            folder,
            recorder: None,
            engine: None,
            second_engine: None,
            server: None,
            recorder_link: free(),
            engine_link: free(),
            media: free(),
            http: free(),
        };
        house.start_recorder();
        house.start_engine();
        house.start_signaling();
        house
    }

    /// With a second engine, of which signaling knows from its start on. It is given the same media port, and takes
    /// another of the range.
    fn open_with_two_engines() -> Self {
        let mut house = Self::open_with("[engine]\nmedia_ports = 50\n");
        let recorder = house.recorder_link.clone();
        let second =
            house.start(&["engine", "--link", "127.0.0.1:0", "--recorder", &recorder, "--media", &house.media]);
        assert_ne!(second.told("media"), house.media);
        house.engine_link = format!("{},{}", house.engine_link, second.told("link"));
        house.second_engine = Some(second);
        house.kill_signaling();
        house.start_signaling();
        house
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn start(&self, arguments: &[&str]) -> Process {
        let [certs, config] = ["certs", "switchroom.toml"].map(|name| self.path(name).display().to_string());
        let common = ["--admin", "127.0.0.1:0", "--certs", &certs, "--config", &config];
        Process::start(arguments.iter().chain(&common))
    }

    fn start_recorder(&mut self) {
        let data = self.path("recorder");
        let process = self.start(&["recorder", "--link", &self.recorder_link, "--data", data.to_str().expect("UTF-8")]);
        process.told("link").clone_into(&mut self.recorder_link);
        self.recorder = Some(process);
    }

    fn start_engine(&mut self) {
        let process = self.start(&[
            "engine",
            "--link",
            &self.engine_link,
            "--recorder",
            &self.recorder_link,
            "--media",
            &self.media,
        ]);
        process.told("link").clone_into(&mut self.engine_link);
        process.told("media").clone_into(&mut self.media);
        self.engine = Some(process);
    }

    /// On the port that it had before, as pages look for it there.
    pub(crate) fn start_signaling(&mut self) {
        let data = self.path("signaling");
        let process = self.start(&[
            "signaling",
            "--demo",
            "--http",
            &self.http,
            "--engine",
            &self.engine_link,
            "--recorder",
            &self.recorder_link,
            "--data",
            data.to_str().expect("UTF-8"),
        ]);
        let address = process.told("console").trim_start_matches("http://").trim_end_matches('/');
        address.clone_into(&mut self.http);
        self.server = Some(Server::of(process));
    }

    pub(crate) fn kill_signaling(&mut self) {
        self.server.take().expect("it runs").kill();
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn server(&self) -> &Server {
        self.server.as_ref().expect("it runs")
    }

    fn manifests(&self) -> Vec<Manifest> {
        let mut found = Vec::new();
        let mut folders = vec![self.path("recorder").join("recordings")];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
                if entry.is_dir() {
                    folders.push(entry);
                } else if entry.extension().is_some_and(|extension| extension == "json") {
                    found.push(Manifest::parse(&std::fs::read(entry).expect("readable")).expect("a manifest"));
                }
            }
        }
        found
    }

    /// Ends the recorder, and looks through its files as an operator would.
    fn recordings_are_clean(mut self) {
        self.recorder.take().expect("it runs").kill();
        server::recordings_are_clean(&self.path("recorder"));
    }
}

impl Call {
    fn forget_pauses(&self) {
        for party in [&self.customer, &self.agent] {
            party.peer.longest_pauses();
        }
    }

    fn was_never_interrupted(&self) {
        for (who, party, other) in [("customer", &self.customer, &self.agent), ("agent", &self.agent, &self.customer)] {
            let (arrivals, _) = party.peer.longest_pauses();
            let (_, departures) = other.peer.longest_pauses();
            assert!(
                arrivals < PAUSE + departures,
                "the {who} heard nothing for {arrivals:?} ({departures:?} sent late)"
            );
        }
    }

    async fn hang_up(&mut self) {
        self.agent.page.request(json!({"type": "hangup", "leg": self.agent.leg}), "done").await;
    }
}

fn of<'a>(files: &'a [Value], participant: &str) -> Vec<&'a Value> {
    files.iter().filter(|file| file["participantType"] == participant).collect()
}

fn share_of_tone(server: &Server, file: &Value, to: &Path, hertz: f32) -> f32 {
    server.download(file["url"].as_str().expect("finished"), to);
    let pcm = recorded::pcm(to);
    tone::share(&pcm[pcm.len() / 2..], hertz)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_through_three_processes_is_heard_and_recorded() {
    let house = House::open();
    let mut call = Call::establish(house.server()).await;
    call.is_heard_both_ways().await;
    call.hang_up().await;
    let files = finished_recordings(house.server(), &call.conversation, 2).await;
    for (participant, hertz) in [("CUSTOMER", CUSTOMER_HERTZ), ("AGENT", AGENT_HERTZ)] {
        let own = of(&files, participant);
        assert_eq!(own.len(), 1);
        let share = share_of_tone(house.server(), own[0], &house.path(participant), hertz);
        assert!(share > 0.8, "the file that came over the link holds {participant}'s tone: {share}");
        assert_eq!(own[0]["gapsMs"], 0, "{files:?}");
    }
    house.recordings_are_clean();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn signaling_that_is_killed_takes_its_calls_up_and_media_never_stops() {
    let mut house = House::open();
    let mut call = Call::establish(house.server()).await;
    call.is_heard_both_ways().await;
    call.forget_pauses();
    house.kill_signaling();
    // Long enough that the engine has noticed.
    tokio::time::sleep(Duration::from_secs(1)).await;
    house.start_signaling();
    for party in [&mut call.customer, &mut call.agent] {
        let (page, welcome) = Page::connect(house.server().told("console"), &party.token).await;
        assert_eq!(welcome["leg"]["leg"], party.leg, "{welcome}");
        assert_eq!(welcome["leg"]["phase"], "established", "{welcome}");
        assert_eq!(welcome["leg"]["media_alive"], true, "nobody has to rejoin: {welcome}");
        party.page = page;
    }
    // Statistics come by the new connection of signaling with the engine.
    call.agent.page.expect("quality").await;
    call.is_heard_both_ways().await;
    call.was_never_interrupted();
    call.hang_up().await;
    call.customer.page.expect("hangup").await;
    let files = finished_recordings(house.server(), &call.conversation, 2).await;
    assert!(files.iter().all(|file| file["gapsMs"] == 0), "recording went on: {files:?}");
    house.recordings_are_clean();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_recorder_that_is_killed_costs_no_call_and_its_gap_is_stated() {
    let mut house = House::open();
    let mut call = Call::establish(house.server()).await;
    let established = Instant::now();
    call.is_heard_both_ways().await;
    call.forget_pauses();
    let killed = established.elapsed();
    house.recorder.take().expect("it runs").kill();
    tokio::time::sleep(Duration::from_secs(1)).await;
    house.start_recorder();
    let restarted = established.elapsed();
    // The files of before are complete, and the call is being recorded again.
    let recording_again = async {
        let path = format!("/ccaas/1/conversations/{}/recordings", call.conversation);
        loop {
            let files = house.server().api("GET", &path, None);
            let open = |file: &&Value| file["status"] == "RECORDING";
            let files = files["recordings"].as_array().expect("a list").clone();
            if files.len() == 4 && files.iter().filter(open).count() == 2 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(15), recording_again).await.expect("it is recorded again");
    tokio::time::sleep(Duration::from_secs(2)).await;
    call.is_heard_both_ways().await;
    call.was_never_interrupted();
    call.hang_up().await;

    finished_recordings(house.server(), &call.conversation, 4).await;
    let manifests = house.manifests();
    for leg in [&call.customer.leg, &call.agent.leg] {
        let own = manifests.iter().filter(|manifest| manifest.start.leg.to_string() == leg.as_str().expect("an id"));
        let mut own: Vec<&Manifest> = own.collect();
        own.sort_by_key(|manifest| manifest.finished.as_ref().map(|file| file.duration_ms));
        let [before, after] = own[..] else { panic!("two files for a leg: {own:?}") };
        let end = Duration::from_millis(before.finished.as_ref().expect("complete").duration_ms);
        assert!(end + LOST > killed, "the first file of {end:?} misses more than a second of {killed:?}");
        let gap = after.gaps.first().expect("a stated gap");
        let until = Duration::from_millis(gap.duration_ms);
        assert_eq!(gap.start_ms, 0);
        assert!(until > end && until + LOST > restarted && until < restarted + Duration::from_secs(10), "{gap:?}");
    }
    house.recordings_are_clean();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_engine_that_is_killed_has_its_calls_back_within_three_seconds() {
    let mut house = House::open();
    let mut call = Call::establish(house.server()).await;
    call.is_heard_both_ways().await;
    house.engine.take().expect("it runs").kill();
    house.start_engine();
    let started = Instant::now();
    let told = |message: &Value| message["type"] == "media_path" && message["rejoin"] == true;
    tokio::join!(
        async {
            call.customer.page.find("a wish to rejoin", told).await;
            call.customer.rejoin(0x4444_0001, CUSTOMER_HERTZ).await;
        },
        async {
            call.agent.page.find("a wish to rejoin", told).await;
            call.agent.rejoin(0x4444_0002, AGENT_HERTZ).await;
        },
    );
    let back = started.elapsed();
    println!("back {back:?} after the engine's start");
    assert!(back < BACK_WITHIN, "back after {back:?}");
    call.is_heard_both_ways().await;
    call.hang_up().await;
    finished_recordings(house.server(), &call.conversation, 4).await;
    house.recordings_are_clean();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_engine_that_is_drained_hands_its_calls_to_another_at_the_end_of_their_time() {
    let mut house = House::open_with_two_engines();
    let mut call = Call::establish(house.server()).await;
    call.is_heard_both_ways().await;
    let engine = house.engine.take().expect("it runs");
    let wish = json!({"deadline_seconds": 2});
    let drain = format!("{}admin/drain", engine.told("admin"));
    let mut left = ureq::post(&drain).send_json(&wish).expect("it is drained");
    let left: Value = left.body_mut().read_json().expect("JSON");
    assert_eq!(left, json!({"deadline_seconds": 2, "rooms": 1, "legs": 2}));
    let drained = Instant::now();
    let told = |message: &Value| message["type"] == "media_path" && message["rejoin"] == true;
    tokio::join!(call.customer.page.find("a wish to rejoin", told), call.agent.page.find("a wish to rejoin", told));
    assert!(drained.elapsed() > Duration::from_millis(1_900), "the call had its time");
    tokio::join!(call.customer.rejoin(0x5555_0001, CUSTOMER_HERTZ), call.agent.rejoin(0x5555_0002, AGENT_HERTZ));
    let status = tokio::task::spawn_blocking(|| engine.ended()).await.expect("it ends");
    assert_eq!(status, Some(3), "calls were left");
    call.is_heard_both_ways().await;
    call.hang_up().await;
    let unwanted = ureq::post(&drain).send_json(&wish);
    assert!(unwanted.is_err(), "the drained engine is gone");
    let engine = house.second_engine.take().expect("it runs");
    let no_calls = format!("{}admin/drain", engine.told("admin"));
    ureq::post(&no_calls).send_json(&wish).expect("it is drained");
    let status = tokio::task::spawn_blocking(|| engine.ended()).await.expect("it ends");
    assert_eq!(status, Some(0), "nothing was left");
    house.recordings_are_clean();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sigterm_lets_calls_end_and_a_second_one_does_not_wait() {
    let mut house = House::open_with("[engine]\ndrain_seconds = 600\n");
    let call = Call::establish(house.server()).await;
    let engine = house.engine.take().expect("it runs");
    engine.terminate();
    let ready = format!("{}readyz", engine.told("admin"));
    let drains = async {
        // A role that cannot take calls answers with 503 and its reasons.
        let agent = ureq::Agent::config_builder().http_status_as_error(false).build().new_agent();
        loop {
            let mut reply = agent.get(&ready).call().expect("the engine lives");
            if reply.body_mut().read_to_string().expect("text").contains("drained") {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(15), drains).await.expect("it is drained");
    call.is_heard_both_ways().await;
    engine.terminate();
    let status = tokio::task::spawn_blocking(|| engine.ended()).await.expect("it ends");
    assert_eq!(status, Some(3), "a call was left");
}

#[test]
fn a_role_without_its_certificates_says_where_they_come_from() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let refused = Command::new(env!("CARGO_BIN_EXE_switchroom"))
        .args(["engine", "--link", "127.0.0.1:0", "--media", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--certs"])
        .arg(folder.path())
        .output()
        .expect("the binary starts");
    assert!(!refused.status.success());
    let error = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(error.contains("ca.pem") && error.contains("switchroom certs"), "{error}");
}
