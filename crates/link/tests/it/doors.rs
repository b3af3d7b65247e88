//! Who is not let in, and what both sides say of it.

use crate::rig::{Authority, Note, anywhere, dial, engine, listen, settings, until_up, why_down};
use link::{LinkError, Node, control};
use wire::link::{Hello, Role};

fn speaking(node: Node, min_protocol: u16, protocol: u16) -> Node {
    let hello = Hello { protocol, min_protocol, ..Hello::of(node.role(), "other/2") };
    node.saying(hello)
}

#[tokio::test]
async fn a_certificate_of_an_unknown_authority_is_refused_by_both() {
    let (own, foreign) = (Authority::new(), Authority::new());
    let (_engine, _listening, address) = engine(&own.node(Role::Engine), anywhere(), settings());
    let error = why_down(dial(&foreign.node(Role::Signaling), Role::Engine, address).state()).await;
    assert!(matches!(error, LinkError::Untrusted { .. }), "{error}");
    assert!(error.to_string().contains("switchroom certs"), "it says what to do: {error}");
    assert!(error.is_refusal());
}

#[tokio::test]
async fn the_listening_side_does_not_trust_a_stranger_either() {
    use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
    // A client that trusts everybody and shows a certificate of its own authority.
    let (own, foreign) = (Authority::new(), Authority::new());
    let (_engine, _listening, address) = engine(&own.node(Role::Engine), anywhere(), settings());
    let mut roots = rustls::RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(own.file("ca.pem")).expect("PEM")).expect("an authority");
    let provider = std::sync::Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])
        .expect("TLS 1.3")
        .with_root_certificates(roots)
        .with_client_auth_cert(
            vec![CertificateDer::from_pem_file(foreign.file("signaling.pem")).expect("PEM")],
            PrivateKeyDer::from_pem_file(foreign.file("signaling.key")).expect("PEM"),
        )
        .expect("a certificate with its key");
    tls.alpn_protocols = vec![b"switchroom".to_vec()];
    let tls = quinn::crypto::rustls::QuicClientConfig::try_from(tls).expect("suites");
    let endpoint = quinn::Endpoint::client(anywhere()).expect("a port");
    let config = quinn::ClientConfig::new(std::sync::Arc::new(tls));
    let connecting = endpoint.connect_with(config, address, Role::Engine.certificate_name()).expect("valid");
    let error = match connecting.await {
        Ok(connection) => connection.closed().await,
        Err(error) => error,
    };
    assert!(matches!(error, quinn::ConnectionError::ConnectionClosed(_)), "refused by TLS: {error}");
}

#[tokio::test]
async fn a_recorder_s_certificate_does_not_pass_as_signaling_s() {
    let authority = Authority::new();
    let (_engine, _listening, address) = engine(&authority.node(Role::Engine), anywhere(), settings());
    let impostor = authority.node(Role::Recorder).saying(Hello::of(Role::Signaling, "impostor/1"));
    let error = why_down(dial(&impostor, Role::Engine, address).state()).await;
    assert!(matches!(error, LinkError::Refused { .. }), "{error}");
    assert!(error.to_string().contains("signaling.switchroom.internal"), "it names what lacks: {error}");
}

#[tokio::test]
async fn a_role_that_nobody_expects_is_refused() {
    let authority = Authority::new();
    let (_engine, _listening, address) = engine(&authority.node(Role::Engine), anywhere(), settings());
    let error = why_down(dial(&authority.node(Role::Recorder), Role::Engine, address).state()).await.to_string();
    assert!(error.contains("the engine has nothing to say to a role recorder"), "{error}");
}

#[tokio::test]
async fn another_role_behind_the_address_is_not_taken_for_the_right_one() {
    let authority = Authority::new();
    let listener = listen(&authority.node(Role::Recorder), anywhere());
    let address = listener.local_addr();
    let ([_line], _listening) = listener.serve([Role::Signaling]);
    let error = why_down(dial(&authority.node(Role::Signaling), Role::Engine, address).state()).await;
    assert!(matches!(error, LinkError::Untrusted { other: Role::Engine, .. }), "{error}");
}

#[tokio::test]
async fn releases_too_far_apart_say_so_on_both_sides() {
    let authority = Authority::new();
    let node = speaking(authority.node(Role::Engine), 5, 6);
    let (_engine, _listening, address) = engine(&node, anywhere(), settings());
    let error = why_down(dial(&authority.node(Role::Signaling), Role::Engine, address).state()).await;
    assert!(error.is_refusal());
    let error = error.to_string();
    assert!(error.contains("no common protocol") && error.contains("update the older one"), "{error}");
}

#[tokio::test]
async fn neighbouring_releases_understand_each_other() {
    let authority = Authority::new();
    let node = speaking(authority.node(Role::Engine), wire::PROTOCOL, wire::PROTOCOL + 1);
    let (_engine, _listening, address) = engine(&node, anywhere(), settings());
    let line = dial(&authority.node(Role::Signaling), Role::Engine, address);
    let mut signaling = control::<Note, Note>(line, settings());
    until_up(&mut signaling.state).await;
}

#[tokio::test]
async fn a_taken_port_is_named_with_its_key() {
    let authority = Authority::new();
    let held = std::net::UdpSocket::bind(anywhere()).expect("a port");
    let taken = held.local_addr().expect("bound");
    let error = link::Listener::bind(&authority.node(Role::Engine), taken, "engine.link").err().expect("taken");
    let error = error.to_string();
    assert!(error.contains(&taken.to_string()) && error.contains("engine.link"), "{error}");
}
