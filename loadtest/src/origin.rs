//! Where the server is, and byte streams to it, with TLS where its address says so.

use crate::limits::CONNECT_TIMEOUT;
use hyper::http::Uri;
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, ServerName, pem::PemObject as _},
};
use std::{
    io,
    net::{IpAddr, SocketAddr, UdpSocket},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::{TlsConnector, client::TlsStream};

/// Where Debian and its like keep the certificates that the system trusts.
const SYSTEM_CERTIFICATES: &str = "/etc/ssl/certs/ca-certificates.crt";

/// Why the server cannot be spoken to.
#[derive(Debug, thiserror::Error)]
pub enum OriginError {
    /// The address is none.
    #[error("{0:?} is no address of a server; it must be like http://127.0.0.1:8080 or https://calls.example.com")]
    Address(String),
    /// Certificates to trust cannot be read.
    #[error("cannot read certificates to trust from {file}: {reason}; name a PEM file with server.ca_file")]
    Certificates {
        /// The file.
        file: String,
        /// What is wrong.
        reason: String,
    },
    /// Nobody answers there.
    #[error("cannot reach the server at {origin}: {reason}")]
    Unreachable {
        /// Host and port.
        origin: String,
        /// What the system says.
        reason: String,
    },
}

/// A server's address.
#[derive(Clone)]
pub(crate) struct Origin {
    host: String,
    port: u16,
    tls: Option<(TlsConnector, ServerName<'static>)>,
}

impl Origin {
    /// Reads `http://HOST[:PORT]` or `https://HOST[:PORT]`; `ca_file` may be empty.
    pub(crate) fn parse(url: &str, ca_file: &str) -> Result<Self, OriginError> {
        let wrong = || OriginError::Address(url.to_owned());
        let uri: Uri = url.trim_end_matches('/').parse().map_err(|_| wrong())?;
        let host = uri.host().ok_or_else(wrong)?.trim_start_matches('[').trim_end_matches(']').to_owned();
        let is_secure = match uri.scheme_str() {
            Some("http") => false,
            Some("https") => true,
            _ => return Err(wrong()),
        };
        if !matches!(uri.path(), "" | "/") || uri.query().is_some() {
            return Err(wrong());
        }
        let port = uri.port_u16().unwrap_or(if is_secure { 443 } else { 80 });
        let tls = if is_secure {
            let name = ServerName::try_from(host.clone()).map_err(|_| wrong())?;
            Some((connector(ca_file)?, name))
        } else {
            None
        };
        Ok(Self { host, port, tls })
    }

    /// Host and port as a request's `Host` says them.
    pub(crate) fn authority(&self) -> String {
        let Self { host, port, .. } = self;
        if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") }
    }

    /// The address of the signaling WebSocket.
    pub(crate) fn websocket(&self) -> String {
        let scheme = if self.tls.is_some() { "wss" } else { "ws" };
        format!("{scheme}://{}/signaling/1/ws", self.authority())
    }

    /// A new connection.
    pub(crate) async fn connect(&self) -> Result<Stream, OriginError> {
        let unreachable = |reason: String| OriginError::Unreachable { origin: self.authority(), reason };
        let connecting = async {
            let tcp = TcpStream::connect((self.host.as_str(), self.port)).await?;
            tcp.set_nodelay(true)?;
            Ok::<_, io::Error>(match &self.tls {
                None => Stream::Plain(tcp),
                Some((connector, name)) => Stream::Tls(Box::new(connector.connect(name.clone(), tcp).await?)),
            })
        };
        let done = timeout(CONNECT_TIMEOUT, connecting).await;
        let done = done.map_err(|_| unreachable(format!("no answer for {} s", CONNECT_TIMEOUT.as_secs())))?;
        done.map_err(|error| unreachable(error.to_string()))
    }

    /// The server's address, and the one of this machine that faces it.
    pub(crate) async fn route(&self) -> Result<(SocketAddr, IpAddr), OriginError> {
        let unreachable = |reason: String| OriginError::Unreachable { origin: self.authority(), reason };
        let found = tokio::net::lookup_host((self.host.as_str(), self.port)).await;
        let server = found.map_err(|error| unreachable(error.to_string()))?.next();
        let server = server.ok_or_else(|| unreachable("its name has no address".to_owned()))?;
        let any: IpAddr = if server.is_ipv4() { [0, 0, 0, 0].into() } else { [0_u16; 8].into() };
        // Connecting a UDP socket sends nothing; it makes the system choose the address.
        let local = UdpSocket::bind((any, 0)).and_then(|socket| {
            socket.connect(server)?;
            socket.local_addr()
        });
        Ok((server, local.map_err(|error| unreachable(error.to_string()))?.ip()))
    }
}

fn connector(ca_file: &str) -> Result<TlsConnector, OriginError> {
    let file = if ca_file.is_empty() { SYSTEM_CERTIFICATES } else { ca_file };
    let wrong = |reason: String| OriginError::Certificates { file: file.to_owned(), reason };
    let mut roots = RootCertStore::empty();
    let certificates = CertificateDer::pem_file_iter(file).map_err(|error| wrong(error.to_string()))?;
    roots.add_parsable_certificates(certificates.filter_map(Result::ok));
    if roots.is_empty() {
        return Err(wrong("it holds none".to_owned()));
    }
    let config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

/// Bytes to and from the server.
pub(crate) enum Stream {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

impl AsyncRead for Stream {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_read(context, buffer),
            Self::Tls(stream) => Pin::new(stream).poll_read(context, buffer),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_write(context, bytes),
            Self::Tls(stream) => Pin::new(stream).poll_write(context, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_flush(context),
            Self::Tls(stream) => Pin::new(stream).poll_flush(context),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_shutdown(context),
            Self::Tls(stream) => Pin::new(stream).poll_shutdown(context),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_people_write_them() {
        let of = |url: &str| Origin::parse(url, "").map(|origin| origin.websocket()).ok();
        assert_eq!(of("http://127.0.0.1:8080/").as_deref(), Some("ws://127.0.0.1:8080/signaling/1/ws"));
        assert_eq!(of("http://[::1]:81").as_deref(), Some("ws://[::1]:81/signaling/1/ws"));
        assert_eq!(of("http://host").as_deref(), Some("ws://host:80/signaling/1/ws"));
        for wrong in ["", "host", "127.0.0.1:8080", "ftp://host", "http://host/path", "http://host/?a=b"] {
            assert_eq!(of(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn certificates_that_cannot_be_read_are_named() {
        let error = Origin::parse("https://host", "/nowhere/ca.pem").err().expect("refused").to_string();
        assert!(error.contains("/nowhere/ca.pem") && error.contains("server.ca_file"), "{error}");
    }
}
