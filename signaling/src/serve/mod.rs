//! Listens on the public and the admin address, with TLS by certificate files or behind a proxy.

pub mod tls;

use crate::config::Config;
use crate::http::limits::{CONNECTIONS, FIRST_REQUEST_GRACE, HANDSHAKE_TIMEOUT, HEADER_TIMEOUT, SHUTDOWN_GRACE};
use axum::Router;
use axum::body::Body;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tls::{Tls, TlsError};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;
use tower::ServiceExt;

/// Why the server does not start.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// Browsers would give pages no microphone.
    #[error(
        "refusing to serve plain HTTP on {0}: browsers give pages that came without HTTPS no microphone. Give \
         --tls-cert FILE and --tls-key FILE, or --behind-proxy CIDR with a proxy that ends HTTPS, or bind to 127.0.0.1"
    )]
    PlainHttp(SocketAddr),
    /// Demo passwords are for the machine alone.
    #[error("--demo works on loopback alone: bind to 127.0.0.1 instead of {0}, or start without --demo")]
    DemoOffLoopback(SocketAddr),
    /// The port is taken, or the address is not this machine's.
    #[error("cannot listen on {address}: {source}; is another server running there? Choose another with {flag}")]
    Bind {
        /// Which address.
        address: SocketAddr,
        /// Flag to choose another.
        flag: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// A socket that was given cannot be used.
    #[error("the socket that the service manager gave for {address} cannot be used: {source}")]
    Given {
        /// Its address.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// The certificate cannot be used.
    #[error(transparent)]
    Tls(#[from] TlsError),
}

/// Refuses addresses where calls could not work or would not be safe.
pub fn check(config: &Config) -> Result<(), ServeError> {
    let local = config.http.ip().to_canonical().is_loopback();
    if !local && config.tls.is_none() && config.behind_proxy.is_empty() {
        return Err(ServeError::PlainHttp(config.http));
    }
    Ok(())
}

/// Refuses demo data where strangers could sign in.
pub fn check_demo(config: &Config) -> Result<(), ServeError> {
    if config.http.ip().to_canonical().is_loopback() { Ok(()) } else { Err(ServeError::DemoOffLoopback(config.http)) }
}

/// The two bound addresses.
#[derive(Debug)]
pub struct Listeners {
    public: TcpListener,
    admin: TcpListener,
    tls: Option<Arc<Tls>>,
    public_addr: SocketAddr,
    admin_addr: SocketAddr,
}

/// Who is at the other end of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer {
    /// Its address: a client's or a proxy's.
    pub address: SocketAddr,
    /// The connection is encrypted.
    pub tls: bool,
}

/// Checks the configuration, reads the certificate and binds both addresses, unless sockets were given.
pub async fn bind(config: &Config) -> Result<Listeners, ServeError> {
    check(config)?;
    let tls = config.tls.as_ref().map(Tls::load).transpose()?.map(Arc::new);
    let (public, public_addr) = listen(config.http, config.sockets.http.as_deref(), "--http").await?;
    let (admin, admin_addr) = listen(config.admin, config.sockets.admin.as_deref(), "--admin").await?;
    Ok(Listeners { public, admin, tls, public_addr, admin_addr })
}

async fn listen(
    address: SocketAddr,
    given: Option<&std::net::TcpListener>,
    flag: &'static str,
) -> Result<(TcpListener, SocketAddr), ServeError> {
    if let Some(given) = given {
        let listener = take_over(given).map_err(|source| ServeError::Given { address, source })?;
        return Ok((listener, address));
    }
    let failed = |source| ServeError::Bind { address, flag, source };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    Ok((listener, bound))
}

fn take_over(given: &std::net::TcpListener) -> io::Result<TcpListener> {
    let listener = given.try_clone()?;
    listener.set_nonblocking(true)?;
    TcpListener::from_std(listener)
}

impl Listeners {
    /// Address of pages, API and signaling, with the port that was picked.
    pub fn public_addr(&self) -> SocketAddr {
        self.public_addr
    }

    /// Address of metrics and health, with the port that was picked.
    pub fn admin_addr(&self) -> SocketAddr {
        self.admin_addr
    }

    /// Where the console is reached on this machine.
    pub fn base_url(&self) -> String {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        format!("{scheme}://{}", self.public_addr)
    }

    /// The certificate, to be read again on SIGHUP.
    pub fn tls(&self) -> Option<Arc<Tls>> {
        self.tls.clone()
    }

    /// Serves until `shutdown` turns true, then lets open requests end within a grace period.
    pub async fn run(self, public: Router, admin: Router, shutdown: watch::Receiver<bool>) {
        let Self { public: public_listener, admin: admin_listener, tls, .. } = self;
        let watch = tls.clone().map(|tls| tokio::spawn(tls::watch(tls, shutdown.clone())));
        tokio::join!(
            serve(public_listener, tls, public, shutdown.clone()),
            serve(admin_listener, None, admin, shutdown),
        );
        if let Some(watch) = watch {
            watch.abort();
        }
    }
}

async fn serve(listener: TcpListener, tls: Option<Arc<Tls>>, router: Router, shutdown: watch::Receiver<bool>) {
    let slots = Arc::new(Semaphore::new(CONNECTIONS));
    let mut connections = JoinSet::new();
    let mut stop = shutdown.clone();
    let mut stopped = pin!(stop.wait_for(|stop| *stop));
    loop {
        let accepted = tokio::select! {
            _ = &mut stopped => break,
            accepted = accept(&listener, &slots) => accepted,
        };
        while connections.try_join_next().is_some() {}
        match accepted {
            Ok((stream, address, slot)) => {
                let connection = connection(stream, address, tls.clone(), router.clone(), shutdown.clone());
                connections.spawn(async move {
                    connection.await;
                    drop(slot);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                // Out of file descriptors, most likely: connections that end make room.
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
    drop(listener);
    let ended = tokio::time::timeout(SHUTDOWN_GRACE, async { while connections.join_next().await.is_some() {} });
    if ended.await.is_err() {
        connections.shutdown().await;
    }
}

async fn accept(
    listener: &TcpListener,
    slots: &Arc<Semaphore>,
) -> io::Result<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let slot = Arc::clone(slots).acquire_owned().await.expect("the semaphore is never closed");
    let (stream, address) = listener.accept().await?;
    Ok((stream, address, slot))
}

async fn connection(
    stream: TcpStream,
    address: SocketAddr,
    tls: Option<Arc<Tls>>,
    router: Router,
    shutdown: watch::Receiver<bool>,
) {
    // Small signaling messages must not wait for each other's acknowledgement.
    let _ = stream.set_nodelay(true);
    let peer = Peer { address, tls: tls.is_some() };
    match tls {
        None => talk(stream, peer, router, shutdown).await,
        Some(tls) => match tokio::time::timeout(HANDSHAKE_TIMEOUT, tls.acceptor().accept(stream)).await {
            Ok(Ok(stream)) => talk(stream, peer, router, shutdown).await,
            Ok(Err(error)) => tracing::debug!(%error, "a TLS handshake failed"),
            Err(_) => tracing::debug!("a TLS handshake took too long"),
        },
    }
}

async fn talk(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    peer: Peer,
    router: Router,
    mut shutdown: watch::Receiver<bool>,
) {
    let asked = Arc::new(Notify::new());
    let asks = Arc::clone(&asked);
    let service = router.map_request(move |request: Request<Incoming>| {
        asks.notify_one();
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(peer);
        request
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIMEOUT)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service))
        .with_upgrades();
    let mut connection = pin!(connection);
    // A graceful shutdown closes a connection whose first request is still on its way: it gets the time to come.
    let to_close = async {
        let _ = shutdown.wait_for(|stop| *stop).await;
        let _ = tokio::time::timeout(FIRST_REQUEST_GRACE, asked.notified()).await;
    };
    let ended = tokio::select! {
        result = connection.as_mut() => Some(result),
        () = to_close => None,
    };
    let result = match ended {
        Some(result) => result,
        None => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = result {
        tracing::debug!(%error, "a connection ended early");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::for_tests as config;

    #[test]
    fn plain_http_stays_on_the_machine() {
        assert!(check(&config("127.0.0.1:8080")).is_ok());
        assert!(check(&config("[::1]:8080")).is_ok());
        let error = check(&config("0.0.0.0:8080")).expect_err("refused").to_string();
        for way_out in ["--tls-cert", "--behind-proxy", "127.0.0.1"] {
            assert!(error.contains(way_out), "{error}");
        }
        let behind = Config { behind_proxy: vec!["10.0.0.0/8".parse().expect("a network")], ..config("0.0.0.0:80") };
        assert!(check(&behind).is_ok());
    }

    #[test]
    fn demo_data_stays_on_the_machine_whatever_the_tls() {
        assert!(check_demo(&config("127.0.0.1:8080")).is_ok());
        assert!(check_demo(&config("192.0.2.1:8080")).is_err());
    }

    #[tokio::test]
    async fn a_taken_port_is_named_with_the_flag_to_choose_another() {
        let taken = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = taken.local_addr().expect("bound").to_string();
        let error = bind(&config(&address)).await.expect_err("taken").to_string();
        assert!(error.contains(&address) && error.contains("--http"), "{error}");
    }
}
