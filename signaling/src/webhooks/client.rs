//! One request to a receiver: no redirects, bounded in time.

use super::limits::{ANSWER_TIME, CONNECT_TIME};
use super::target::Target;
use crate::config::Cidr;
use axum::body::Bytes;
use axum::http::header::{CONTENT_TYPE, HOST, USER_AGENT};
use axum::http::{HeaderName, Method, Request, StatusCode};
use http_body_util::Full;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio_rustls::TlsConnector;

/// Where systems keep the authorities that they trust: Debian and its kin, Red Hat's, SUSE's, others.
const SYSTEM_AUTHORITIES: [&str; 4] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
];
/// Carries the signature.
const SIGNATURE: HeaderName = HeaderName::from_static("switchroom-signature");

/// Sends events.
#[derive(Clone)]
pub(crate) struct Client {
    tls: TlsConnector,
}

/// The file of authorities cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("webhooks.ca: cannot read certificates of authorities from {path}: {reason}", path = path.display())]
pub struct ClientError {
    path: PathBuf,
    reason: String,
}

/// What is sent.
pub(super) struct Post<'a> {
    pub(super) target: &'a Target,
    pub(super) signature: String,
    pub(super) body: Vec<u8>,
}

impl Client {
    /// Trusts the authorities in this file, or those of the system.
    pub(crate) fn new(authorities: Option<&Path>) -> Result<Self, ClientError> {
        let mut roots = RootCertStore::empty();
        match authorities {
            Some(path) => add(&mut roots, path)?,
            None => {
                let system = SYSTEM_AUTHORITIES.iter().map(Path::new).find(|path| path.exists());
                if let Some(Err(error)) = system.map(|path| add(&mut roots, path)) {
                    tracing::warn!(%error, "receivers of webhooks cannot be reached by https");
                }
            }
        }
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("the provider knows the versions that this build has")
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self { tls: TlsConnector::from(Arc::new(config)) })
    }

    /// Sends it. The error is for the webhook's owner.
    pub(super) async fn send(&self, post: Post<'_>, allowed: &[Cidr]) -> Result<(), String> {
        let target = post.target;
        let stream = tokio::time::timeout(CONNECT_TIME, async {
            let addresses = target.resolve(allowed).await.map_err(|error| error.to_string())?;
            TcpStream::connect(addresses.as_slice()).await.map_err(|error| format!("cannot connect: {error}"))
        });
        let stream = stream.await.map_err(|_| late("connecting", CONNECT_TIME.as_secs()))??;
        let answer = async {
            if !target.secure {
                return exchange(stream, post).await;
            }
            let name = ServerName::try_from(target.host.clone()).map_err(|error| error.to_string())?;
            let stream = self.tls.connect(name, stream).await.map_err(|error| format!("TLS failed: {error}"))?;
            exchange(stream, post).await
        };
        let status = tokio::time::timeout(ANSWER_TIME, answer)
            .await
            .map_err(|_| late("its answer", ANSWER_TIME.as_secs()))??;
        match status {
            status if status.is_success() => Ok(()),
            status if status.is_redirection() => Err(format!("it answered {status}; redirects are not followed")),
            status => Err(format!("it answered {status}")),
        }
    }
}

fn late(what: &str, seconds: u64) -> String {
    format!("{what} took longer than {seconds} s")
}

fn add(roots: &mut RootCertStore, path: &Path) -> Result<(), ClientError> {
    let failed = |reason: String| ClientError { path: path.to_owned(), reason };
    let read = CertificateDer::pem_file_iter(path).map_err(|error| failed(error.to_string()))?;
    let certificates = read.collect::<Result<Vec<_>, _>>().map_err(|error| failed(error.to_string()))?;
    // A system's list may hold some of a kind that TLS does not use.
    let (added, _) = roots.add_parsable_certificates(certificates);
    if added == 0 { Err(failed("it holds none".to_owned())) } else { Ok(()) }
}

async fn exchange(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    post: Post<'_>,
) -> Result<StatusCode, String> {
    let request = Request::builder()
        .method(Method::POST)
        .uri(post.target.path.as_str())
        .header(HOST, post.target.authority.as_str())
        .header(USER_AGENT, concat!("Switchroom/", env!("CARGO_PKG_VERSION")))
        .header(CONTENT_TYPE, "application/json")
        .header(SIGNATURE, post.signature)
        .body(Full::new(Bytes::from(post.body)))
        .map_err(|error| error.to_string())?;
    let (mut sender, connection) =
        http1::handshake(TokioIo::new(stream)).await.map_err(|error| format!("the connection broke: {error}"))?;
    // Ends with this function: the answer's body is not read.
    let mut connections = JoinSet::new();
    connections.spawn(connection);
    let answer = sender.send_request(request).await.map_err(|error| format!("no answer: {error}"))?;
    Ok(answer.status())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rcgen::{CertifiedKey, generate_simple_self_signed};
    use rustls::ServerConfig;
    use rustls::pki_types::PrivateKeyDer;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;
    use tokio_rustls::TlsAcceptor;

    /// Answers one request over TLS with 204.
    async fn receiver(certificate: &CertifiedKey<rcgen::KeyPair>) -> u16 {
        let key = PrivateKeyDer::try_from(certificate.signing_key.serialize_der()).expect("a key");
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(vec![certificate.cert.der().clone()], key)
            .expect("a certificate with its key");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        tokio::spawn(async move {
            let (stream, _) = listener.accept().await?;
            let mut stream = TlsAcceptor::from(Arc::new(config)).accept(stream).await?;
            let mut request = Vec::new();
            while !request.ends_with(b"{}") {
                stream.read_buf(&mut request).await?;
            }
            stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await?;
            stream.flush().await
        });
        port
    }

    async fn send(client: &Client, port: u16) -> Result<(), String> {
        let allowed = ["127.0.0.0/8", "::1"].map(|network| network.parse().expect("a network"));
        let target = Target::parse(&format!("https://localhost:{port}/in"), &allowed).expect("an address");
        let post = Post { target: &target, signature: "t=1,v1=00".to_owned(), body: b"{}".to_vec() };
        client.send(post, &allowed).await
    }

    #[tokio::test]
    async fn receivers_prove_themselves_by_a_certificate_of_a_trusted_authority() {
        let certificate = generate_simple_self_signed(vec!["localhost".into()]).expect("a certificate");
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("ca.pem");
        std::fs::write(&file, certificate.cert.pem()).expect("written");
        let trusting = Client::new(Some(&file)).expect("an authority");
        assert_eq!(send(&trusting, receiver(&certificate).await).await, Ok(()));
        let stranger = Client::new(None).expect("the system's authorities");
        let refused = send(&stranger, receiver(&certificate).await).await;
        assert!(refused.as_ref().is_err_and(|error| error.contains("TLS failed")), "{refused:?}");
    }

    #[test]
    fn a_file_without_certificates_is_named() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("ca.pem");
        for text in [None, Some("nothing")] {
            if let Some(text) = text {
                std::fs::write(&file, text).expect("written");
            }
            let refused = Client::new(Some(&file)).err().expect("refused").to_string();
            assert!(refused.contains("webhooks.ca") && refused.contains("ca.pem"), "{refused}");
        }
    }
}
