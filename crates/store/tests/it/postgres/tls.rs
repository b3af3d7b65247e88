//! Servers of other machines: passwords and TLS.

use super::{place::Place, support::create_account};
use model::AccountId;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use std::{
    fs,
    net::TcpListener,
    os::unix::fs::PermissionsExt,
    path::Path,
    time::{Duration, Instant},
};
use store::{Location, OpenError, Store, testing::PostgresServer};

/// How long a server may take to read its configuration again.
const PATIENCE: Duration = Duration::from_secs(20);

/// Makes the server show a certificate for `localhost`, and writes that of the authority that signed it.
fn give_a_certificate(server: &PostgresServer, authority_file: &Path) {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("a certificate");
    let key = KeyPair::generate().expect("a key");
    let params = CertificateParams::new(vec!["localhost".to_owned()]).expect("a name");
    let certificate = params.signed_by(&key, &authority).expect("a certificate");
    fs::write(authority_file, authority.pem()).expect("written");
    let file = |name: &str| server.folder().join(name).display().to_string();
    for (name, pem) in [("server.crt", certificate.pem()), ("server.key", key.serialize_pem())] {
        // Written by the server, whose files they must be.
        let lines = format!("SELECT regexp_split_to_table(rtrim('{pem}', E'\\r\\n'), E'\\r?\\n')");
        server.run("postgres", &format!("COPY ({lines}) TO '{}'", file(name)));
        fs::set_permissions(file(name), fs::Permissions::from_mode(0o600)).expect("ours, or we are root");
    }
    for (setting, value) in
        [("ssl_cert_file", file("server.crt")), ("ssl_key_file", file("server.key")), ("ssl", "on".to_owned())]
    {
        server.run("postgres", &format!("ALTER SYSTEM SET {setting} = '{value}'"));
    }
    server.run("postgres", "SELECT pg_reload_conf()");
    let started = Instant::now();
    while server.run("postgres", "SHOW ssl") != "on" {
        assert!(started.elapsed() < PATIENCE, "the server does not turn TLS on");
    }
}

fn location(text: &str) -> Location {
    text.parse().expect("an address")
}

#[tokio::test]
async fn a_password_and_a_certificate_are_checked() {
    let port = TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a free port").port();
    let server = PostgresServer::start(&std::env::temp_dir(), Some(port));
    let place = Place::on(&server);
    let name = place.name();
    server.run("postgres", &format!("ALTER ROLE {name} PASSWORD 'right and secret'"));
    let folder = tempfile::tempdir().expect("a folder");
    let authority = folder.path().join("ca.pem");
    give_a_certificate(&server, &authority);

    let verified =
        format!("postgres://{name}@localhost:{port}/{name}?sslmode=verify-full&sslrootcert={}", authority.display());
    let store = Store::open_at(&location(&verified).with_password("right and secret")).await.expect("let in");
    create_account(&store, AccountId::of(1)).await;
    let encrypted =
        "SELECT bool_and(ssl) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE usename LIKE 'test%'";
    assert_eq!(server.run("postgres", encrypted), "t", "every connection of the store's is");
    store.close().await;

    let refused = Store::open_at(&location(&verified).with_password("wrong and secret")).await.expect_err("wrong");
    assert!(matches!(refused, OpenError::Unreachable { .. }), "{refused:?}");
    assert!(refused.to_string().contains("password") && !refused.to_string().contains("secret"), "{refused}");
    // A name that the certificate does not have, and an authority that nobody named.
    let elsewhere = verified.replace("localhost", "127.0.0.1");
    let unknown = format!("postgres://{name}@localhost:{port}/{name}?sslmode=verify-full");
    for untrusted in [elsewhere, unknown] {
        let refused = Store::open_at(&location(&untrusted).with_password("right and secret")).await;
        assert!(matches!(refused, Err(OpenError::Unreachable { .. })), "{untrusted}: {refused:?}");
    }
}
