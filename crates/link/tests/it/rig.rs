//! Certificates, nodes, and a network between them that can be cut.

use link::{
    CertificateFiles, Control, ControlSettings, Line, LinkError, LinkState, Listener, Listening, Node, WhenFull,
    control,
};
use serde::{Deserialize, Serialize};
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;
use tempfile::TempDir;
use tokio::net::UdpSocket;
use tokio::sync::watch;
use wire::link::Role;

/// Far longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(20);

/// A message of the tests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum Note {
    Number { value: u32 },
    Greeting,
    Passing,
    Unsupported { name: String },
}

pub(crate) fn number(value: u32) -> Note {
    Note::Number { value }
}

pub(crate) type Talk = Control<Note, Note>;

/// Certificates of one authority.
pub(crate) struct Authority(TempDir);

impl Authority {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        link::make_certs(folder.path(), "Test").expect("certificates");
        Self(folder)
    }

    pub(crate) fn file(&self, name: &str) -> std::path::PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn node(&self, role: Role) -> Node {
        Node::new(role, "test/1", &CertificateFiles::in_folder(self.0.path(), role)).expect("certificates")
    }
}

pub(crate) fn settings() -> ControlSettings<Note> {
    ControlSettings {
        when_full: WhenFull::Wait,
        is_passing: |note| *note == Note::Passing,
        greeting: None,
        unsupported: |value| Some(Note::Unsupported { name: value["type"].to_string() }),
        files: None,
    }
}

pub(crate) fn listen(node: &Node, at: SocketAddr) -> Listener {
    Listener::bind(node, at, "engine.link").expect("a free port")
}

pub(crate) fn anywhere() -> SocketAddr {
    ([127, 0, 0, 1], 0).into()
}

/// An engine that lets signaling in.
pub(crate) fn engine(node: &Node, at: SocketAddr, settings: ControlSettings<Note>) -> (Talk, Listening, SocketAddr) {
    let listener = listen(node, at);
    let address = listener.local_addr();
    let ([line], listening) = listener.serve([Role::Signaling]);
    (control(line, settings), listening, address)
}

pub(crate) fn dial(node: &Node, role: Role, to: SocketAddr) -> Line {
    link::dial(node, role, to.to_string().parse().expect("an address"))
}

pub(crate) async fn soon<T>(what: &str, future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future).await.unwrap_or_else(|_| panic!("waited too long for {what}"))
}

/// Waits until a listener that was closed has given its port back.
pub(crate) async fn until_free(address: SocketAddr) {
    let free = async {
        while std::net::UdpSocket::bind(address).is_err() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    soon("the port to be free", free).await;
}

pub(crate) async fn until_up(state: &mut watch::Receiver<LinkState>) {
    soon("a connection", state.wait_for(LinkState::is_up)).await.expect("the line lives");
}

/// Waits until the line says why there is no connection.
pub(crate) async fn why_down(mut state: watch::Receiver<LinkState>) -> LinkError {
    let why = |state: &LinkState| match state {
        LinkState::Down { reason: Some(reason) } => Some(reason.clone()),
        _ => None,
    };
    let down = soon("a refusal", state.wait_for(|state| why(state).is_some())).await.expect("the line lives");
    why(&down).expect("it was waited for")
}

/// Reads on until a number comes.
pub(crate) async fn next_number(talk: &mut Talk) -> u32 {
    loop {
        match soon("a message", talk.incoming.recv()).await.expect("the line lives") {
            Note::Number { value } => return value,
            _ => continue,
        }
    }
}

/// Carries datagrams between one client after the other and a server; cut, it loses all of them.
pub(crate) struct Relay {
    pub(crate) address: SocketAddr,
    cut: Arc<AtomicBool>,
}

impl Relay {
    pub(crate) async fn open(server: SocketAddr) -> Self {
        let front = Arc::new(UdpSocket::bind(anywhere()).await.expect("a port"));
        let address = front.local_addr().expect("bound");
        let cut = Arc::new(AtomicBool::new(false));
        let is_cut = Arc::clone(&cut);
        tokio::spawn(async move {
            let mut backs: std::collections::HashMap<SocketAddr, Arc<UdpSocket>> = Default::default();
            let mut datagram = vec![0; 65_536];
            loop {
                let Ok((length, client)) = front.recv_from(&mut datagram).await else { continue };
                if is_cut.load(Relaxed) {
                    continue;
                }
                let back = match backs.get(&client) {
                    Some(back) => Arc::clone(back),
                    None => {
                        let back = Arc::new(UdpSocket::bind(anywhere()).await.expect("a port"));
                        back.connect(server).await.expect("loopback");
                        backs.insert(client, Arc::clone(&back));
                        tokio::spawn(carry_back(Arc::clone(&back), Arc::clone(&front), client, Arc::clone(&is_cut)));
                        back
                    }
                };
                // A server that is gone is a lost datagram.
                let _ = back.send(&datagram[..length]).await;
            }
        });
        Self { address, cut }
    }

    pub(crate) fn cut(&self, cut: bool) {
        self.cut.store(cut, Relaxed);
    }
}

async fn carry_back(back: Arc<UdpSocket>, front: Arc<UdpSocket>, client: SocketAddr, is_cut: Arc<AtomicBool>) {
    let mut datagram = vec![0; 65_536];
    loop {
        let Ok(length) = back.recv(&mut datagram).await else { continue };
        if !is_cut.load(Relaxed) {
            let _ = front.send_to(&datagram[..length], client).await;
        }
    }
}
