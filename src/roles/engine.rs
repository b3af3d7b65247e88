//! `switchroom engine`: media without anything else. Its calls go on while signaling or the recorder is away.

use super::{drain::Drain, node, problem};
use crate::{
    admin::{self, Admin},
    announce::{self, Media},
    cli::EngineArgs,
    config::Config,
    join,
    process::{self, Process, ProcessError},
    settings::{self, TurnSecret},
};
use link::{Control, ControlSettings, Listener, TapSender, WhenFull, control, dial, send_taps};
use media_engine::{EngineConfig, EngineHandle, Ledger, StartError};
use model::CommandId;
use serde_json::Value;
use std::{
    process::ExitCode,
    sync::{Arc, Mutex},
    time::Duration,
};
use telemetry::Metrics;
use tokio::{sync::mpsc, time::sleep};
use wire::{
    engine::{Event, Refusal, Request},
    link::Role,
    tap::TapFrame,
};

/// How long pages that are told to go elsewhere may still send and hear.
const FAREWELL: Duration = Duration::from_millis(500);

/// Runs until a signal ends it and its calls have had their time.
pub(crate) fn run(args: &EngineArgs) -> Result<ExitCode, ProcessError> {
    process::run(args, |process| serve(args, process))
}

async fn serve(args: &EngineArgs, process: Process) -> Result<ExitCode, ProcessError> {
    let Process { config, level, metrics, .. } = process;
    let token = settings::metrics_token(&config)?;
    let node = node(&config, Role::Engine)?;
    let listener = Listener::bind(&node, config.engine.link, "engine.link").map_err(ProcessError::new)?;
    let recorder = dial(&node, Role::Recorder, config.recorder.address.clone());
    let recorder_state = recorder.state();
    let taps = send_taps(recorder);
    let turn_secret = TurnSecret::open(&config, false)?;
    let (engine, events) = start(&config, turn_secret.as_ref(), &taps, &metrics)?;
    let ledger = Arc::new(Mutex::new(Ledger::default()));
    let drain = Drain::new(Arc::clone(&ledger));
    let link = listener.local_addr();
    let ([line], listening) = listener.serve([Role::Signaling]);
    let signaling_state = line.state();
    let draining = drain.clone();
    let problems = move || {
        let roles = [(Role::Signaling, &signaling_state), (Role::Recorder, &recorder_state)];
        let drained = draining.is_on().then(|| "no new calls are taken: it is being drained".to_owned());
        roles.into_iter().filter_map(|(role, state)| problem(role, state)).chain(drained).collect()
    };
    let admin =
        Admin { metrics: Arc::clone(&metrics), token, problems: Arc::new(problems), drain: Some(drain.clone()) };
    let admin = admin::serve(config.engine.admin, "--admin or engine.admin", admin).await?;
    let messages = obey(line, engine.clone(), events, Arc::clone(&ledger), drain.clone());
    tokio::spawn(report_taps(taps, metrics));
    announce::print_role("engine", link, admin, Some(Media::of(&engine)), args.common.print_json);

    let usual = Duration::from_secs(config.engine.drain_seconds.into());
    let drained = drain.until_ended(usual, || process::reload(args, &level, || reread(turn_secret.as_ref()))).await;
    if drained.left > 0 && drain.is_on() {
        send_away(&ledger, &messages).await;
    }
    listening.close().await;
    engine.shutdown();
    Ok(drained.exit_code())
}

fn reread(turn_secret: Option<&TurnSecret>) -> Result<&'static str, ProcessError> {
    turn_secret.map_or(Ok(()), TurnSecret::reread).map(|()| "log level and TURN secret")
}

/// Opens the first media port that is free, beside an engine that is being drained.
fn start(
    config: &Config,
    turn_secret: Option<&TurnSecret>,
    taps: &TapSender,
    metrics: &Arc<Metrics>,
) -> Result<(EngineHandle, mpsc::Receiver<Event>), ProcessError> {
    let turn = settings::turn_config(config, turn_secret)?;
    let first = EngineConfig { turn, ..settings::engine_config(config, None) };
    let mut refused = None;
    for choice in 0..config.engine.media_ports {
        let Some(engine_config) = settings::with_ports(&first, choice) else { break };
        let taps = taps.clone();
        let sink = Arc::new(move |frames: Vec<TapFrame>| {
            // What does not fit is counted and told to the recorder, which states the gap.
            for frame in frames {
                taps.send(frame);
            }
        });
        match media_engine::start(engine_config, netio::Clock::new(), sink, Arc::clone(metrics)) {
            Err(error @ StartError::Bind { .. }) => refused = Some(error),
            started => return started.map_err(ProcessError::new),
        }
    }
    let no_ports = || ProcessError("media.bind and engine.media_ports name ports beyond 65535".to_owned());
    Err(refused.map_or_else(no_ports, ProcessError::new))
}

/// Each leg that is left is told to go elsewhere. The ledger forgets them first, so that none is let in again.
async fn send_away(ledger: &Mutex<Ledger>, messages: &mpsc::Sender<Event>) {
    let events: Vec<Event> = {
        let mut ledger = ledger.lock().expect("the ledger does not panic");
        let rooms = ledger.holds();
        let legs = rooms.iter().flat_map(|room| &room.legs).map(|held| held.leg);
        let closed = |leg| Event::LegClosed { leg, reason: "the media engine was drained".to_owned() };
        let events: Vec<Event> = legs.map(closed).collect();
        events.iter().for_each(|event| ledger.note_event(event));
        events
    };
    for event in events {
        if messages.send(event).await.is_err() {
            return;
        }
    }
    sleep(FAREWELL).await;
}

/// Joins signaling's line to the engine, and keeps the ledger from which a signaling that was away learns. Gives the way
/// to signaling.
fn obey(
    line: link::Line,
    engine: EngineHandle,
    mut events: mpsc::Receiver<Event>,
    ledger: Arc<Mutex<Ledger>>,
    drain: Drain,
) -> mpsc::Sender<Event> {
    let held = Arc::clone(&ledger);
    let holds = move || {
        let ledger = held.lock().expect("the ledger does not panic");
        Event::Holds { rooms: ledger.holds(), prompts: ledger.prompts().iter().copied().collect() }
    };
    let settings = ControlSettings {
        when_full: WhenFull::Wait,
        is_passing: |event| matches!(event, Event::Stats { .. }),
        greeting: Some(Box::new(holds)),
        unsupported,
        files: None,
    };
    let Control { messages, mut incoming, .. } = control::<Event, Request>(line, settings);
    let (noted, answers, to_signaling) = (Arc::clone(&ledger), messages.clone(), messages.clone());
    tokio::spawn(async move {
        while let Some(request) = incoming.recv().await {
            if let Some(reason) = drain.refuses(&request) {
                // Nobody waits where signaling is gone.
                let _ = answers.send(Event::Refused { id: request.id, reason }).await;
                continue;
            }
            noted.lock().expect("the ledger does not panic").note_request(&request);
            join::order_engine(&engine, request).await;
        }
    });
    tokio::spawn(async move {
        while let Some(event) = events.recv().await {
            ledger.lock().expect("the ledger does not panic").note_event(&event);
            if messages.send(event).await.is_err() {
                return;
            }
        }
    });
    to_signaling
}

/// A command of a later release.
fn unsupported(request: &Value) -> Option<Event> {
    let id: CommandId = serde_json::from_value(request.get("id")?.clone()).ok()?;
    let command = request["command"]["type"].as_str().unwrap_or("without a type").chars().take(64).collect();
    Some(Event::Refused { id, reason: Refusal::Unsupported { command } })
}

/// Puts the taps' numbers into the metrics once a second.
async fn report_taps(taps: TapSender, metrics: Arc<Metrics>) {
    let mut before = 0;
    loop {
        let dropped = taps.dropped();
        metrics.tap_frames_dropped(dropped - before);
        before = dropped;
        metrics.set_taps_behind(taps.waiting());
        sleep(join::REPORT_INTERVAL).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_command_of_a_later_release_is_refused_by_its_name() {
        let id = CommandId::of(7);
        let request = json!({"id": id, "command": {"type": "dance", "leg": 3}});
        let reason = Refusal::Unsupported { command: "dance".into() };
        assert_eq!(unsupported(&request), Some(Event::Refused { id, reason }));
        assert_eq!(unsupported(&json!({"type": "greeting"})), None, "nobody waits for an answer");
    }
}
