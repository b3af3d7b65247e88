//! What every long-running process does: read the configuration, log, run until a signal ends it.

use crate::config::{self, Config, Flags, LogFormat};
use signaling::config::GivenSockets;
use std::{fmt, future::Future, io, sync::Arc};
use telemetry::{LogLevel, Metrics};
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Why the process does not start, in words that say what to do.
#[derive(Debug)]
pub(crate) struct ProcessError(pub(crate) String);

impl fmt::Display for ProcessError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl ProcessError {
    pub(crate) fn new(error: impl fmt::Display) -> Self {
        Self(error.to_string())
    }
}

/// How the build names itself to other roles and to clients.
pub(crate) const BUILD: &str = concat!("switchroom/", env!("CARGO_PKG_VERSION"));

/// What a process begins with.
pub(crate) struct Process {
    pub(crate) config: Config,
    pub(crate) level: LogLevel,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) sockets: GivenSockets,
}

/// Runs `serve` in a runtime, with logs and metrics.
pub(crate) fn run<T, F: Future<Output = Result<T, ProcessError>>>(
    flags: &impl Flags,
    serve: impl FnOnce(Process) -> F,
) -> Result<T, ProcessError> {
    let config = config::load(flags).map_err(ProcessError::new)?;
    let sockets = given_sockets().map_err(|error| ProcessError(format!("LISTEN_FDS: {error}")))?;
    let format = match config.log.format {
        LogFormat::Text => telemetry::LogFormat::Text,
        LogFormat::Json => telemetry::LogFormat::Json,
    };
    let level = telemetry::init_tracing(format, &config.log.level).map_err(ProcessError::new)?;
    if let Err(error) = netio::raise_open_files_limit() {
        tracing::warn!(%error, "the limit on open files stays as it was given: it bounds pages and calls");
    }
    let metrics = Arc::new(Metrics::new(env!("CARGO_PKG_VERSION")).map_err(ProcessError::new)?);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(ProcessError::new)?;
    runtime.block_on(serve(Process { config, level, metrics, sockets }))
}

/// What a service manager gave by systemd's protocol of socket activation: pages first, then metrics and health.
fn given_sockets() -> io::Result<GivenSockets> {
    let mut given = listenfd::ListenFd::from_env();
    let mut take = |number| Ok::<_, io::Error>(given.take_tcp_listener(number)?.map(Arc::new));
    Ok(GivenSockets { http: take(0)?, admin: take(1)? })
}

/// Signals from the operator.
pub(crate) struct Signals {
    hang_up: Signal,
    terminate: Signal,
}

/// What the operator wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wish {
    /// SIGINT: end now.
    Interrupt,
    /// SIGTERM: end.
    Terminate,
    /// SIGHUP: read again what can change.
    Reload,
}

impl Signals {
    pub(crate) fn new() -> Self {
        let listen = |kind| signal(kind).expect("signals can be handled");
        Self { hang_up: listen(SignalKind::hangup()), terminate: listen(SignalKind::terminate()) }
    }

    pub(crate) async fn next(&mut self) -> Wish {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => Wish::Interrupt,
            _ = self.terminate.recv() => Wish::Terminate,
            _ = self.hang_up.recv() => Wish::Reload,
        }
    }
}

/// Waits for the signal that ends the process; SIGHUP reads again what can change while it runs: the log level, and
/// what `reread` names beside it.
pub(crate) async fn until_stopped(
    flags: &impl Flags,
    level: &LogLevel,
    reread: impl Fn() -> Result<&'static str, ProcessError>,
) {
    let mut signals = Signals::new();
    while signals.next().await == Wish::Reload {
        reload(flags, level, &reread);
    }
}

/// Reads the configuration again, on SIGHUP.
pub(crate) fn reload(flags: &impl Flags, level: &LogLevel, reread: impl Fn() -> Result<&'static str, ProcessError>) {
    let outcome = config::load(flags)
        .map_err(ProcessError::new)
        .and_then(|config| level.set(&config.log.level).map_err(ProcessError::new))
        .and_then(|()| reread());
    match outcome {
        Ok(reread) => tracing::info!(reread, "read again; everything else needs a restart"),
        Err(error) => tracing::error!(%error, "nothing was changed by SIGHUP"),
    }
}
