//! HTTPS by certificate files.

use crate::support::{House, PATIENCE};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use signaling::config::TlsFiles;
use signaling::{Config, http, serve};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

/// Writes a new self-signed certificate into the folder.
fn issue(folder: &Path) -> (TlsFiles, CertificateDer<'static>) {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(vec!["localhost".into()]).expect("a certificate");
    let files = TlsFiles { cert: folder.join("server.crt"), key: folder.join("server.key") };
    std::fs::write(&files.cert, cert.pem()).expect("written");
    std::fs::write(&files.key, signing_key.serialize_pem()).expect("written");
    (files, cert.der().clone())
}

/// Asks for a path over TLS, trusting this certificate alone.
async fn get(address: SocketAddr, trusted: &CertificateDer<'static>, path: &str) -> std::io::Result<String> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone()).expect("a certificate");
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from("localhost").expect("a name");
    let stream = TcpStream::connect(address).await?;
    let mut stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

fn config(house: &House, tls: TlsFiles) -> Config {
    Config { tls: Some(tls), ..(*house.server.state.config).clone() }
}

#[tokio::test]
async fn https_serves_with_the_certificate_of_the_moment() {
    let house = House::open().await;
    let folder = tempfile::tempdir().expect("a folder");
    let (files, first) = issue(folder.path());
    let listeners = serve::bind(&config(&house, files)).await.expect("bound");
    let (address, tls) = (listeners.public_addr(), listeners.tls().expect("a certificate"));
    assert_eq!(listeners.base_url(), format!("https://{address}"));
    let (stop, stopping) = watch::channel(false);
    let state = house.server.state.clone();
    let serving = tokio::spawn(listeners.run(http::router(state.clone()), http::admin_router(state), stopping));

    let answer = get(address, &first, "/healthz").await.expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.to_lowercase().contains("strict-transport-security: max-age="), "{answer}");

    let (_, second) = issue(folder.path());
    tls.reload().expect("the new certificate is good");
    assert!(get(address, &first, "/healthz").await.is_err(), "the old certificate is still served");
    assert!(get(address, &second, "/healthz").await.expect("an answer").starts_with("HTTP/1.1 200"));

    let mut plain = TcpStream::connect(address).await.expect("a connection");
    plain.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").await.expect("sent");
    let mut answer = Vec::new();
    let _ = plain.read_to_end(&mut answer).await;
    assert!(!answer.starts_with(b"HTTP"), "plain HTTP is not answered on the TLS port");

    stop.send_replace(true);
    timeout(PATIENCE, serving).await.expect("serving ends").expect("without a panic");
    assert!(TcpStream::connect(address).await.is_err(), "the port is free again");
}

#[tokio::test]
async fn a_missing_certificate_stops_the_start_with_a_way_out() {
    let house = House::open().await;
    let folder = tempfile::tempdir().expect("a folder");
    let files = TlsFiles { cert: folder.path().join("none.crt"), key: folder.path().join("none.key") };
    let error = serve::bind(&config(&house, files)).await.expect_err("refused").to_string();
    assert!(error.contains("none.crt") && error.contains("check the path"), "{error}");
}
