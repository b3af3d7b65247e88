//! The side that is connected to: lets in who has a certificate of one of the roles that it expects.

use crate::error::{DONE, Ends, LinkError, ListenError, NO_PROTOCOL, REFUSED};
use crate::identity::speaks_for;
use crate::line::{Line, LinkState, Opened};
use crate::node::Node;
use crate::{frame, limits};
use quinn::{Connection, Endpoint, Incoming, default_runtime};
use rustls::pki_types::CertificateDer;
use std::net::{SocketAddr, UdpSocket};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::sync::{Semaphore, mpsc, watch};
use tokio::time::timeout;
use wire::link::{Hello, Role};

/// A bound address on which other roles are let in.
pub struct Listener {
    endpoint: Endpoint,
    node: Node,
    address: SocketAddr,
}

/// Keeps listening until it is closed or dropped.
pub struct Listening {
    endpoint: Endpoint,
}

impl Listener {
    /// Binds the address; port 0 picks a free one. `key` is the configuration's name for it.
    pub fn bind(node: &Node, address: SocketAddr, key: &'static str) -> Result<Self, ListenError> {
        let failed = |source| ListenError { address, key, source };
        let socket = UdpSocket::bind(address).map_err(failed)?;
        let bound = socket.local_addr().map_err(failed)?;
        let runtime = default_runtime().expect("a link works within Tokio");
        let endpoint = Endpoint::new(node.endpoint_config(), Some(node.server_config()), socket, runtime);
        Ok(Self { endpoint: endpoint.map_err(failed)?, node: node.clone(), address: bound })
    }

    /// Where it listens, with the port that was picked.
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// Lets these roles in, each on its line, and nobody else.
    pub fn serve<const N: usize>(self, roles: [Role; N]) -> ([Line; N], Listening) {
        let mut doors = Vec::with_capacity(N);
        let lines = roles.map(|role| {
            let (open, state, line) = Line::new();
            doors.push(Door { role, open, state, connections: Arc::default() });
            line
        });
        let listening = Listening { endpoint: self.endpoint.clone() };
        let hall = Arc::new(Hall { node: self.node, doors, told: Mutex::new(None) });
        tokio::spawn(accept(self.endpoint, hall));
        (lines, listening)
    }
}

impl Listening {
    /// Tells all who are connected that the role ends.
    pub async fn close(self) {
        self.endpoint.close(DONE, b"the role ends");
        // The farewell leaves at once; who does not hear it finds out by the silence.
        let _ = timeout(limits::KEEP_ALIVE, self.endpoint.wait_idle()).await;
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.endpoint.close(DONE, b"the role ends");
    }
}

struct Hall {
    node: Node,
    doors: Vec<Door>,
    /// When a refused connection was last told to the operator.
    told: Mutex<Option<Instant>>,
}

struct Door {
    role: Role,
    open: mpsc::Sender<Opened>,
    state: watch::Sender<LinkState>,
    connections: Arc<AtomicUsize>,
}

async fn accept(endpoint: Endpoint, hall: Arc<Hall>) {
    let greetings = Arc::new(Semaphore::new(limits::GREETINGS));
    while let Some(incoming) = endpoint.accept().await {
        let Ok(permit) = Arc::clone(&greetings).try_acquire_owned() else {
            incoming.refuse();
            continue;
        };
        let hall = Arc::clone(&hall);
        tokio::spawn(async move {
            let greeted = hall.greet(incoming).await;
            drop(permit);
            match greeted {
                Ok(opened) => hall.hand_over(opened).await,
                Err(error) => hall.tell(&error),
            }
        });
    }
}

impl Hall {
    async fn greet(&self, incoming: Incoming) -> Result<Opened, LinkError> {
        // Until it says who it is, it is taken for the first that may come.
        let other = self.doors.first().map_or(self.node.role(), |door| door.role);
        let ends = Ends { own: self.node.role(), other, address: incoming.remote_address().to_string() };
        let greeted = timeout(limits::HELLO_TIME, self.let_in(incoming, &ends)).await;
        greeted.unwrap_or_else(|_| Err(ends.nonsense("it does not say hello in time")))
    }

    async fn let_in(&self, incoming: Incoming, ends: &Ends) -> Result<Opened, LinkError> {
        let broken = |error: quinn::ConnectionError| ends.of_connection(&error);
        let connection = incoming.await.map_err(broken)?;
        let (mut send, mut receive) = connection.accept_bi().await.map_err(broken)?;
        let hello: Hello = match frame::read_json(&mut receive, limits::OPENING_BYTES).await {
            Ok(hello) => hello,
            Err(error) => return Err(ends.of_frame(&error, &connection)),
        };
        let build = hello.build.chars().take(limits::STRANGERS_CHARS).collect();
        let hello = Hello { build, ..hello };
        let ends = Ends { other: hello.role, ..ends.clone() };
        if let Err(reason) = self.check_role(&connection, hello.role) {
            connection.close(REFUSED, reason.as_bytes());
            let Ends { own, other, address } = ends;
            return Err(LinkError::Untrusted { own, other, address, reason });
        }
        if let Err(error) = self.node.hello.agree(&hello) {
            connection.close(NO_PROTOCOL, error.to_string().as_bytes());
            return Err(error.into());
        }
        // A write that fails shows at the first read.
        let _ = frame::write_json(&mut send, &self.node.hello).await;
        Ok(Opened { connection, send, receive, hello, ends })
    }

    /// The authority was checked by TLS; here it is checked what the certificate is for.
    fn check_role(&self, connection: &Connection, role: Role) -> Result<(), String> {
        let own = self.node.role();
        if !self.doors.iter().any(|door| door.role == role) {
            return Err(format!("the {own} has nothing to say to a role {role}"));
        }
        let chain = connection.peer_identity().and_then(|any| any.downcast::<Vec<CertificateDer<'static>>>().ok());
        if chain.is_some_and(|chain| speaks_for(&chain, role)) {
            return Ok(());
        }
        Err(format!(
            "the certificate shown is not one of the role {role}: it lacks the name {}",
            role.certificate_name()
        ))
    }

    async fn hand_over(&self, opened: Opened) {
        let Some(door) = self.doors.iter().find(|door| door.role == opened.hello.role) else { return };
        let Ends { other, address, .. } = &opened.ends;
        tracing::info!(role = %other, address, build = opened.hello.build, "connected");
        let (connection, ends) = (opened.connection.clone(), opened.ends.clone());
        door.connections.fetch_add(1, Relaxed);
        door.state.send_replace(LinkState::Up { build: opened.hello.build.clone() });
        if door.open.send(opened).await.is_err() {
            connection.close(DONE, b"the role ends");
        }
        let reason = ends.of_connection(&connection.closed().await);
        tracing::info!(role = %ends.other, address = ends.address, %reason, "not connected any more");
        if door.connections.fetch_sub(1, Relaxed) == 1 {
            door.state.send_replace(LinkState::Down { reason: Some(reason) });
        }
    }

    /// Strangers must not fill the log.
    fn tell(&self, error: &LinkError) {
        const AT_MOST_EVERY: Duration = Duration::from_secs(1);
        let now = Instant::now();
        let mut told = self.told.lock().expect("nothing panics with this lock");
        if told.is_some_and(|last| now - last < AT_MOST_EVERY) {
            tracing::debug!(%error, "a connection was refused");
        } else {
            *told = Some(now);
            tracing::warn!(%error, "a connection was refused");
        }
    }
}
