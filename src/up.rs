//! `switchroom up`: every role in this process, joined by in-process channels.

use crate::{
    announce,
    cli::UpArgs,
    config::{self, Config, LogFormat},
};
use media_engine::{EngineConfig, EngineHandle, SendError};
use signaling::{EngineChannels, RecorderChannels, config::TlsFiles};
use std::{fmt, fs, sync::Arc, time::Duration};
use store::Store;
use telemetry::{LogLevel, Metrics};
use tokio::{
    signal::unix::{SignalKind, signal},
    sync::mpsc,
    time::sleep,
};
use wire::engine::Request;

/// Commands that wait for a role in this process.
const QUEUE: usize = 1_024;
/// How soon a full role is asked again.
const BUSY_PAUSE: Duration = Duration::from_millis(5);
const REPORT_INTERVAL: Duration = Duration::from_secs(1);

/// Why the process does not start, in words that say what to do.
#[derive(Debug)]
pub(crate) struct UpError(String);

impl fmt::Display for UpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl UpError {
    fn new(error: impl fmt::Display) -> Self {
        Self(error.to_string())
    }
}

/// Runs until a signal ends it.
pub(crate) fn run(args: &UpArgs) -> Result<(), UpError> {
    let config = config::load(args).map_err(UpError::new)?;
    let format = match config.log.format {
        LogFormat::Text => telemetry::LogFormat::Text,
        LogFormat::Json => telemetry::LogFormat::Json,
    };
    let level = telemetry::init_tracing(format, &config.log.level).map_err(UpError::new)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(UpError::new)?;
    runtime.block_on(serve(args, config, &level))
}

async fn serve(args: &UpArgs, config: Config, level: &LogLevel) -> Result<(), UpError> {
    let data = config.data.dir.clone();
    let cannot_use = |error| {
        UpError(format!("cannot use {} as data folder: {error}; choose another with --data DIR", data.display()))
    };
    fs::create_dir_all(&data).map_err(cannot_use)?;
    let mut signaling_config = signaling_config(&config, args)?;
    signaling::serve::check(&signaling_config).map_err(UpError::new)?;
    if args.demo {
        signaling::serve::check_demo(&signaling_config).map_err(UpError::new)?;
    }
    let metrics = Arc::new(Metrics::new(env!("CARGO_PKG_VERSION")).map_err(UpError::new)?);
    // The recorder takes the folder's lock, so that a second process stops here.
    let recorder = recorder::start(recorder::RecorderConfig { dir: data.clone() }).map_err(UpError::new)?;
    let store = Store::open(&data.join("switchroom.db")).await.map_err(UpError::new)?;
    let taps = recorder.taps.clone();
    let (engine, engine_events) = media_engine::start(
        engine_config(&config),
        netio::Clock::new(),
        Arc::new(move |frames| {
            // What does not fit is counted by the recorder and becomes a stated gap.
            let _ = taps.try_send_all(frames);
        }),
        Arc::clone(&metrics),
    )
    .map_err(UpError::new)?;
    signaling_config.announced = engine.announced().iter().map(ToString::to_string).collect();
    let recorder_stats = recorder.stats_reader();
    let (recorder_shutdown, recorder_channels) = join_recorder(recorder);
    let server = signaling::start(
        signaling_config,
        EngineChannels { requests: join_engine(engine.clone()), events: engine_events },
        recorder_channels,
        store,
        Arc::clone(&metrics),
        signaling::Clock,
    )
    .await
    .map_err(UpError::new)?;
    tokio::spawn(report_recorder(recorder_stats, metrics));

    let demo = match args.demo {
        true => Some(signaling::demo::seed(&server.state, &server.base_url).await.map_err(UpError::new)?),
        false => None,
    };
    announce::print(&server, &engine, &data, demo.as_ref(), args.print_json);

    until_stopped(level, args, &server).await;
    server.stop().await;
    engine.shutdown();
    recorder_shutdown.await.map_err(UpError::new)
}

/// Waits for the signal that ends the process; SIGHUP reads again what can change while it runs.
async fn until_stopped(level: &LogLevel, args: &UpArgs, server: &signaling::Server) {
    let mut hang_up = signal(SignalKind::hangup()).expect("signals can be handled");
    let mut terminate = signal(SignalKind::terminate()).expect("signals can be handled");
    loop {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => return,
            _ = terminate.recv() => return,
            _ = hang_up.recv() => reload(level, args, server),
        }
    }
}

fn reload(level: &LogLevel, args: &UpArgs, server: &signaling::Server) {
    let outcome = config::load(args)
        .map_err(UpError::new)
        .and_then(|config| level.set(&config.log.level).map_err(UpError::new))
        .and_then(|()| server.reload_certificate().map_err(UpError::new));
    match outcome {
        Ok(()) => tracing::info!("log level and certificate were read again; everything else needs a restart"),
        Err(error) => tracing::error!(%error, "nothing was changed by SIGHUP"),
    }
}

fn signaling_config(config: &Config, args: &UpArgs) -> Result<signaling::Config, UpError> {
    let http = &config.http;
    let tls = match (&http.tls_cert, &http.tls_key) {
        (Some(cert), Some(key)) => Some(TlsFiles { cert: cert.into(), key: key.into() }),
        _ => None,
    };
    let network =
        |text: &String| text.parse().map_err(|error| UpError(format!("http.behind_proxy: {text:?} is {error}")));
    let behind_proxy = http.behind_proxy.iter().map(network).collect::<Result<_, _>>()?;
    let metrics_token = http.metrics_token_file.as_deref().map(read_token).transpose()?;
    Ok(signaling::Config {
        data: config.data.dir.clone(),
        recordings: config.data.dir.clone(),
        http: http.bind,
        admin: http.admin,
        tls,
        behind_proxy,
        allowed_origins: http.allowed_origins.clone(),
        public_url: http.public_url.as_ref().map(|url| url.trim_end_matches('/').to_owned()),
        metrics_token,
        connections: config.limits.connections,
        announced: Vec::new(),
        demo: args.demo,
    })
}

fn read_token(file: &str) -> Result<String, UpError> {
    let token = fs::read_to_string(file)
        .map_err(|error| UpError(format!("http.metrics_token_file: cannot read {file}: {error}")))?;
    let token = token.trim();
    if token.len() < 16 {
        return Err(UpError(format!("http.metrics_token_file: {file} must hold a token of at least 16 characters")));
    }
    Ok(token.to_owned())
}

fn engine_config(config: &Config) -> EngineConfig {
    let media = &config.media;
    let announce = if media.announce.is_empty() && config.http.bind.ip().is_loopback() {
        vec![config.http.bind.ip()]
    } else {
        media.announce.clone()
    };
    EngineConfig {
        announce,
        announce_port: (media.announce_port != 0).then_some(media.announce_port),
        shards: media.shards,
        pin: media.pin_to_cores,
        video_codecs: media.video_codecs.clone(),
        ..EngineConfig::new(media.bind)
    }
}

/// Carries requests to the engine; one that is busy is asked again, so that none is lost or overtaken.
fn join_engine(engine: EngineHandle) -> mpsc::Sender<Request> {
    let (requests, mut waiting) = mpsc::channel::<Request>(QUEUE);
    tokio::spawn(async move {
        while let Some(request) = waiting.recv().await {
            while engine.send(request.clone()) == Err(SendError::Busy) {
                sleep(BUSY_PAUSE).await;
            }
        }
    });
    requests
}

/// Carries commands to the recorder. The future completes open files; it is awaited at the end.
fn join_recorder(
    mut recorder: recorder::RecorderHandle,
) -> (impl Future<Output = Result<(), tokio::task::JoinError>>, RecorderChannels) {
    let (commands, mut waiting) = mpsc::channel::<wire::recorder::Command>(QUEUE);
    let (_, no_events) = mpsc::channel(1);
    let events = std::mem::replace(&mut recorder.events, no_events);
    let sender = recorder.commands.clone();
    tokio::spawn(async move {
        while let Some(mut command) = waiting.recv().await {
            while let Err(refused) = sender.send(command) {
                command = refused;
                sleep(BUSY_PAUSE).await;
            }
        }
    });
    let shutdown = async { tokio::task::spawn_blocking(|| recorder.shutdown()).await };
    (shutdown, RecorderChannels { commands, events })
}

/// Puts the recorder's numbers into the metrics once a second, as long as the process runs.
async fn report_recorder(stats: impl Fn() -> recorder::Stats, metrics: Arc<Metrics>) {
    let count = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    loop {
        let now = stats();
        metrics.set_taps_behind(count(now.frames_waiting));
        metrics.set_recordings("recording", count(now.recording));
        metrics.set_recordings("finishing", count(now.finishing));
        metrics.set_recordings("finished", count(now.finished));
        metrics.set_recordings("recovered", count(now.recovered));
        metrics.set_recordings("failed", count(now.failed));
        sleep(REPORT_INTERVAL).await;
    }
}
