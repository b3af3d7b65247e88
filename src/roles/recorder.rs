//! `switchroom recorder`: recordings without anything else.

use super::{node, problem};
use crate::{
    admin::{self, Admin},
    announce,
    cli::RecorderArgs,
    join,
    process::{self, Process, ProcessError},
    settings, up,
};
use link::{Control, ControlSettings, Line, Listener, OpenFile, WhenFull, control, receive_taps};
use recorder::{CommandSender, Ledger, TapSender};
use serde_json::Value;
use std::sync::{Arc, Mutex};
use tokio::sync::mpsc;
use wire::{
    link::Role,
    recorder::{Command, Event},
};

/// Runs until a signal ends it.
pub(crate) fn run(args: &RecorderArgs) -> Result<(), ProcessError> {
    process::run(args, |process| serve(args, process))
}

async fn serve(args: &RecorderArgs, process: Process) -> Result<(), ProcessError> {
    let Process { config, level, metrics, .. } = process;
    let token = settings::metrics_token(&config)?;
    let node = node(&config, Role::Recorder)?;
    up::make_data_folder(&config.data.dir)?;
    let listener = Listener::bind(&node, config.recorder.link, "recorder.link").map_err(ProcessError::new)?;
    let mut recorder = recorder::start(settings::recorder_config(&config)).map_err(ProcessError::new)?;
    let link = listener.local_addr();
    let ([control_line, taps_line], listening) = listener.serve([Role::Signaling, Role::Engine]);
    let states = [(Role::Signaling, control_line.state()), (Role::Engine, taps_line.state())];
    let problems = move || states.iter().filter_map(|(role, state)| problem(*role, state)).collect();
    let admin = Admin { metrics: Arc::clone(&metrics), token, problems: Arc::new(problems), drain: None };
    let admin = admin::serve(config.recorder.admin, "--admin or recorder.admin", admin).await?;
    take_taps(taps_line, recorder.taps.clone());
    let (_, no_events) = mpsc::channel(1);
    let events = std::mem::replace(&mut recorder.events, no_events);
    obey(control_line, recorder.commands.clone(), events, join::recorded_files(recorder.opener()));
    tokio::spawn(join::report_recorder(recorder.stats_reader(), metrics));
    announce::print_role("recorder", link, admin, None, args.common.print_json);

    process::until_stopped(args, &level, || Ok("log level")).await;
    listening.close().await;
    tokio::task::spawn_blocking(move || recorder.shutdown()).await.map_err(ProcessError::new)
}

fn take_taps(line: Line, taps: TapSender) {
    receive_taps(
        line,
        Arc::new(move |packet| {
            if packet.dropped > 0 {
                taps.note_dropped(packet.frame.leg, packet.frame.track, packet.dropped.into());
            }
            // What does not fit is counted by the recorder and becomes a stated gap.
            let _ = taps.try_send(packet.frame);
        }),
    );
}

/// Joins signaling's line to the recorder, and keeps the ledger from which a signaling that was away learns.
fn obey(line: Line, recorder: CommandSender, mut events: mpsc::Receiver<Event>, files: OpenFile) {
    let ledger = Arc::new(Mutex::new(Ledger::default()));
    let held = Arc::clone(&ledger);
    let holds = move || Event::Holds { segments: held.lock().expect("the ledger does not panic").segments() };
    let settings = ControlSettings {
        // Facts are told once: they wait with the recorder, which has its own bounds.
        when_full: WhenFull::Wait,
        is_passing: |event| matches!(event, Event::KeyframeNeeded { .. }),
        greeting: Some(Box::new(holds)),
        unsupported,
        files: Some(files),
    };
    let Control { messages, mut incoming, .. } = control::<Event, Command>(line, settings);
    let noted = Arc::clone(&ledger);
    tokio::spawn(async move {
        while let Some(command) = incoming.recv().await {
            noted.lock().expect("the ledger does not panic").note_command(&command);
            join::order_recorder(&recorder, command).await;
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
fn unsupported(command: &Value) -> Option<Event> {
    let command = command["type"].as_str().unwrap_or("without a type").chars().take(64).collect();
    Some(Event::Unsupported { command })
}
