//! Roles in this process: their handles as channels, and their numbers as metrics.

use media_engine::{EngineHandle, SendError};
use std::{io, sync::Arc, time::Duration};
use telemetry::Metrics;
use tokio::{sync::mpsc, time::sleep};
use wire::engine::Request;

/// Commands that wait for a role in this process.
const QUEUE: usize = 1_024;
/// How soon a full role is asked again.
const BUSY_PAUSE: Duration = Duration::from_millis(5);
/// How often numbers become metrics.
pub(crate) const REPORT_INTERVAL: Duration = Duration::from_secs(1);

/// Carries requests to the engine.
pub(crate) fn engine_requests(engine: EngineHandle) -> mpsc::Sender<Request> {
    let (requests, mut waiting) = mpsc::channel::<Request>(QUEUE);
    tokio::spawn(async move {
        while let Some(request) = waiting.recv().await {
            order_engine(&engine, request).await;
        }
    });
    requests
}

/// Hands a request to the engine; one that is busy is asked again, so that none is lost or overtaken.
pub(crate) async fn order_engine(engine: &EngineHandle, request: Request) {
    while engine.send(request.clone()) == Err(SendError::Busy) {
        sleep(BUSY_PAUSE).await;
    }
}

/// Carries commands to the recorder.
pub(crate) fn recorder_commands(recorder: recorder::CommandSender) -> mpsc::Sender<wire::recorder::Command> {
    let (commands, mut waiting) = mpsc::channel(QUEUE);
    tokio::spawn(async move {
        while let Some(command) = waiting.recv().await {
            order_recorder(&recorder, command).await;
        }
    });
    commands
}

/// Hands a command to the recorder; one that is overwhelmed is asked again.
pub(crate) async fn order_recorder(recorder: &recorder::CommandSender, command: wire::recorder::Command) {
    let mut next = Some(command);
    while let Some(command) = next.take() {
        if let Err(refused) = recorder.send(command) {
            next = Some(refused);
            sleep(BUSY_PAUSE).await;
        }
    }
}

/// Opens the recorder's files for whoever serves them.
pub(crate) fn recorded_files(
    open: impl Fn(&str) -> io::Result<recorder::RecordingFile> + Send + Sync + 'static,
) -> link::OpenFile {
    Arc::new(move |path| {
        let mut file = open(path)?;
        Ok(link::OpenedFile::new(file.length(), Box::new(move |at, buffer| file.read_at(at, buffer))))
    })
}

/// Puts the recorder's numbers into the metrics once a second, as long as the process runs.
pub(crate) async fn report_recorder(stats: impl Fn() -> recorder::Stats, metrics: Arc<Metrics>) {
    let count = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    loop {
        let now = stats();
        metrics.set_taps_behind(count(now.frames_waiting));
        metrics.set_recording_write_errors(now.write_errors);
        metrics.set_recordings("recording", count(now.recording));
        metrics.set_recordings("finishing", count(now.finishing));
        metrics.set_recordings("finished", count(now.finished));
        metrics.set_recordings("recovered", count(now.recovered));
        metrics.set_recordings("failed", count(now.failed));
        sleep(REPORT_INTERVAL).await;
    }
}
