//! The server's process: the floor or the engine, on the first processor, told what to do by lines on its input.

use crate::{
    floor::Floor,
    load::Load,
    protocol::{Order, Report},
};
use media_engine::{EngineConfig, EngineHandle, SendError};
use netio::Port;
use std::{
    error::Error,
    io::{BufRead, Write},
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};
use wire::engine::{Event, Request};

/// Name of the floor's thread; the engine names its own.
pub(crate) const FLOOR_THREAD: &str = "floor";
/// The engine's first thread.
pub(crate) const ENGINE_THREAD: &str = "media-0";

/// How the floor uses its socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Variant {
    /// Datagrams to one destination leave as one message.
    pub(crate) segment: bool,
    /// The longest wait for more datagrams, microseconds; 0 for none.
    pub(crate) coalesce_us: u64,
}

type Outcome = Result<(), Box<dyn Error + Send + Sync>>;

fn loopback() -> SocketAddr {
    SocketAddr::new(Ipv4Addr::LOCALHOST.into(), 0)
}

fn say(report: &Report) -> Outcome {
    let mut out = std::io::stdout().lock();
    serde_json::to_writer(&mut out, report)?;
    out.write_all(b"\n")?;
    Ok(out.flush()?)
}

/// Calls `obey` with each order until the input ends.
fn orders(mut obey: impl FnMut(Order) -> Outcome) -> Outcome {
    for line in std::io::stdin().lock().lines() {
        obey(serde_json::from_str(&line?)?)?;
    }
    Ok(())
}

/// Runs the floor until the input ends.
pub(crate) fn floor(variant: Variant) -> Outcome {
    let mut port = Some(Port::bind(loopback())?);
    let local = port.as_ref().map_or(loopback(), Port::local_addr);
    say(&Report::Listening(local))?;
    orders(|order| {
        if let (Order::Floor { load, port: callers }, Some(port)) = (order, port.take()) {
            let name = std::thread::Builder::new().name(FLOOR_THREAD.to_owned());
            name.spawn(move || run_floor(port, variant, load, callers))?;
        }
        Ok(())
    })
}

fn run_floor(mut port: Port, variant: Variant, load: Load, callers: u16) {
    if let Err(error) = netio::pin_current_thread(0) {
        eprintln!("the floor stays unpinned: {error}");
    }
    if let Err(error) = netio::make_current_thread_real_time() {
        eprintln!("other programs may delay the floor: {error}");
    }
    if variant.segment && !port.segment() {
        eprintln!("this kernel cannot cut messages into datagrams");
    }
    if variant.coalesce_us > 0 {
        port.coalesce(Duration::from_micros(variant.coalesce_us));
    }
    Floor::new(port, load, callers).run();
}

/// Runs an engine of one thread until the input ends. What it taps goes to a recorder that keeps nothing of it.
pub(crate) fn engine() -> Outcome {
    let folder = tempfile::tempdir()?;
    let recorder = recorder::start(recorder::RecorderConfig::new(folder.path()))?;
    let taps = recorder.taps.clone();
    let metrics = Arc::new(telemetry::Metrics::new("bench")?);
    let config = EngineConfig { pin: true, real_time: true, ..EngineConfig::new(loopback()) };
    let sink = Arc::new(move |frames| {
        // What does not fit is counted by the recorder.
        let _ = taps.try_send_all(frames);
    });
    let (engine, mut events) = media_engine::start(config, netio::Clock::new(), sink, Arc::clone(&metrics))?;
    say(&Report::Listening(engine.local_addrs()[0]))?;
    std::thread::spawn(move || {
        while let Some(event) = events.blocking_recv() {
            // Statistics are made, but nobody here reads them.
            if !matches!(event, Event::Stats { .. }) && say(&Report::Event(event)).is_err() {
                return;
            }
        }
    });
    orders(|order| match order {
        Order::Engine(request) => command(&engine, &request),
        Order::Metrics => say(&Report::Metrics(metrics.encode())),
        Order::Floor { .. } => Ok(()),
    })?;
    engine.shutdown();
    recorder.shutdown();
    Ok(())
}

fn command(engine: &EngineHandle, request: &Request) -> Outcome {
    loop {
        match engine.send(request.clone()) {
            Ok(()) => return Ok(()),
            Err(SendError::Busy) => std::thread::sleep(Duration::from_millis(1)),
            Err(error) => return Err(error.into()),
        }
    }
}
