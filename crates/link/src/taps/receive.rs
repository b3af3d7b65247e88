use crate::frame::{self, FrameError};
use crate::limits;
use crate::line::{Line, Opened};
use quinn::{Connection, RecvStream};
use std::sync::Arc;
use tokio::sync::Semaphore;
use wire::link::TapOpening;
use wire::tap::{TapError, TapPacket};

/// Where tapped packets go. It must not wait.
type Deliver = Arc<dyn Fn(TapPacket) + Send + Sync>;

/// Receives the taps of every engine that connects.
pub fn receive_taps(mut line: Line, deliver: Deliver) {
    tokio::spawn(async move {
        let places = Arc::new(Semaphore::new(limits::TAP_CONNECTIONS));
        while let Some(opened) = line.openings.recv().await {
            let Ok(place) = Arc::clone(&places).try_acquire_owned() else {
                tracing::warn!(limit = limits::TAP_CONNECTIONS, "too many engines are connected");
                continue;
            };
            let deliver = Arc::clone(&deliver);
            tokio::spawn(async move {
                receive(opened, deliver).await;
                drop(place);
            });
        }
    });
}

async fn receive(opened: Opened, deliver: Deliver) {
    let Opened { connection, send: _greeting, .. } = opened;
    while let Ok(stream) = connection.accept_uni().await {
        tokio::spawn(read_track(connection.clone(), stream, Arc::clone(&deliver)));
    }
}

async fn read_track(connection: Connection, mut stream: RecvStream, deliver: Deliver) {
    if let Err(error) = read_packets(&mut stream, &deliver).await
        && connection.close_reason().is_none()
    {
        tracing::warn!(%error, "a tap cannot be read");
    }
}

async fn read_packets(stream: &mut RecvStream, deliver: &Deliver) -> Result<(), FrameError> {
    let TapOpening { leg, track } = frame::read_json(stream, limits::OPENING_BYTES).await?;
    let mut told = false;
    while let Some(packet) = frame::read(stream, limits::TAP_BYTES).await? {
        match TapPacket::decode(leg, track, &packet) {
            Ok(packet) => deliver(packet),
            Err(error @ (TapError::Short | TapError::Codec(_))) if !told => {
                told = true;
                tracing::warn!(%error, %leg, ?track, "a track cannot be recorded");
            }
            Err(_) => {}
        }
    }
    Ok(())
}
