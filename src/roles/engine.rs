//! `switchroom engine`: media without anything else. Its calls go on while signaling or the recorder is away.

use super::{node, problem};
use crate::{
    admin::{self, Admin},
    announce::{self, Media},
    cli::EngineArgs,
    join,
    process::{self, Process, ProcessError},
    settings,
};
use link::{Control, ControlSettings, Listener, TapSender, WhenFull, control, dial, send_taps};
use media_engine::{EngineHandle, Ledger};
use model::CommandId;
use serde_json::Value;
use std::sync::{Arc, Mutex};
use telemetry::Metrics;
use tokio::{sync::mpsc, time::sleep};
use wire::{
    engine::{Event, Refusal, Request},
    link::Role,
};

/// Runs until a signal ends it.
pub(crate) fn run(args: &EngineArgs) -> Result<(), ProcessError> {
    process::run(args, |process| serve(args, process))
}

async fn serve(args: &EngineArgs, process: Process) -> Result<(), ProcessError> {
    let Process { config, level, metrics } = process;
    let token = settings::metrics_token(&config)?;
    let node = node(&config, Role::Engine)?;
    let listener = Listener::bind(&node, config.engine.link, "engine.link").map_err(ProcessError::new)?;
    let recorder = dial(&node, Role::Recorder, config.recorder.address.clone());
    let recorder_state = recorder.state();
    let taps = send_taps(recorder);
    let to_recorder = taps.clone();
    let (engine, events) = media_engine::start(
        settings::engine_config(&config, None),
        netio::Clock::new(),
        Arc::new(move |frame| {
            // What does not fit is counted and told to the recorder, which states the gap.
            let _ = to_recorder.send(frame);
        }),
        Arc::clone(&metrics),
    )
    .map_err(ProcessError::new)?;
    let link = listener.local_addr();
    let ([line], listening) = listener.serve([Role::Signaling]);
    let signaling_state = line.state();
    let problems = move || {
        let roles = [(Role::Signaling, &signaling_state), (Role::Recorder, &recorder_state)];
        roles.into_iter().filter_map(|(role, state)| problem(role, state)).collect()
    };
    let admin = Admin { metrics: Arc::clone(&metrics), token, problems: Arc::new(problems) };
    let admin = admin::serve(config.engine.admin, "--admin or engine.admin", admin).await?;
    obey(line, engine.clone(), events);
    tokio::spawn(report_taps(taps, metrics));
    announce::print_role("engine", link, admin, Some(Media::of(&engine)), args.common.print_json);

    process::until_stopped(args, &level, || Ok(())).await;
    listening.close().await;
    engine.shutdown();
    Ok(())
}

/// Joins signaling's line to the engine, and keeps the ledger from which a signaling that was away learns.
fn obey(line: link::Line, engine: EngineHandle, mut events: mpsc::Receiver<Event>) {
    let ledger = Arc::new(Mutex::new(Ledger::default()));
    let held = Arc::clone(&ledger);
    let holds = move || Event::Holds { rooms: held.lock().expect("the ledger does not panic").holds() };
    let settings = ControlSettings {
        when_full: WhenFull::Wait,
        is_passing: |event| matches!(event, Event::Stats { .. }),
        greeting: Some(Box::new(holds)),
        unsupported,
        files: None,
    };
    let Control { messages, mut incoming, .. } = control::<Event, Request>(line, settings);
    let noted = Arc::clone(&ledger);
    tokio::spawn(async move {
        while let Some(request) = incoming.recv().await {
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
