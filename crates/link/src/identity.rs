//! Who a role is: certificate, key, and the authority that both sides trust.

use aws_lc_rs::digest::{Context, SHA256};
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::server::{ParsedCertificate, WebPkiClientVerifier};
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use wire::link::Role;

/// Names the protocol in TLS, so that nothing else is taken for it.
const ALPN: &[u8] = b"switchroom";

/// PEM files of a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateFiles {
    /// Certificate of the authority.
    pub ca: PathBuf,
    /// The role's own certificate chain, its own first.
    pub cert: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

impl CertificateFiles {
    /// The files of a role as `switchroom certs` names them.
    pub fn in_folder(folder: &Path, role: Role) -> Self {
        Self {
            ca: folder.join("ca.pem"),
            cert: folder.join(format!("{role}.pem")),
            key: folder.join(format!("{role}.key")),
        }
    }
}

/// Why a role's certificate cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// Missing, unreadable, or not PEM.
    #[error(
        "cannot read {what} from {path}: {reason}; `switchroom certs DIR` makes the files, and link.certs or --certs \
         names their folder", path = path.display()
    )]
    Unreadable {
        /// Which file.
        what: &'static str,
        /// Where.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The files do not belong together.
    #[error("the certificate {cert} cannot be used: {reason}; give the files that were issued together", cert = cert.display())]
    Unusable {
        /// The certificate.
        cert: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// It was issued for something else.
    #[error(
        "the certificate {cert} is not one of the role {role}: it must carry the DNS name {name}",
        cert = cert.display(), name = role.certificate_name()
    )]
    OtherRole {
        /// The certificate.
        cert: PathBuf,
        /// The role that was to be started.
        role: Role,
    },
}

/// What a role shows, and whom it trusts.
#[derive(Clone)]
pub(crate) struct Identity {
    pub(crate) server: Arc<ServerConfig>,
    pub(crate) client: Arc<ClientConfig>,
    /// From the private key: the same after a restart, and nobody else's.
    pub(crate) reset_seed: [u8; 32],
}

impl Identity {
    pub(crate) fn load(files: &CertificateFiles, role: Role) -> Result<Self, IdentityError> {
        let unusable = |reason: String| IdentityError::Unusable { cert: files.cert.clone(), reason };
        let mut roots = RootCertStore::empty();
        for authority in certificates("the authority's certificate", &files.ca)? {
            roots.add(authority).map_err(|error| unusable(format!("its authority: {error}")))?;
        }
        let chain = certificates("the role's certificate", &files.cert)?;
        let key = PrivateKeyDer::from_pem_file(&files.key)
            .map_err(|error| unreadable("the role's private key", &files.key, &error))?;
        if !speaks_for(&chain, role) {
            return Err(IdentityError::OtherRole { cert: files.cert.clone(), role });
        }
        let reset_seed = reset_seed(key.secret_der());
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let roots = Arc::new(roots);
        let verifier = WebPkiClientVerifier::builder_with_provider(Arc::clone(&roots), Arc::clone(&provider))
            .build()
            .map_err(|error| unusable(error.to_string()))?;
        let versions = &[&rustls::version::TLS13];
        let mut server = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(versions)
            .map_err(|error| unusable(error.to_string()))?
            .with_client_cert_verifier(verifier)
            .with_single_cert(chain.clone(), key.clone_key())
            .map_err(|error| unusable(error.to_string()))?;
        server.alpn_protocols = vec![ALPN.to_vec()];
        let mut client = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(versions)
            .map_err(|error| unusable(error.to_string()))?
            .with_root_certificates(roots)
            .with_client_auth_cert(chain, key)
            .map_err(|error| unusable(error.to_string()))?;
        client.alpn_protocols = vec![ALPN.to_vec()];
        // A role that starts anew has forgotten its tickets; a refused one would cost a round trip.
        client.resumption = rustls::client::Resumption::disabled();
        Ok(Self { server: Arc::new(server), client: Arc::new(client), reset_seed })
    }
}

/// Whether a verified chain's certificate carries the role's name.
pub(crate) fn speaks_for(chain: &[CertificateDer<'_>], role: Role) -> bool {
    let name = ServerName::try_from(role.certificate_name()).expect("roles have valid DNS names");
    let Some(own) = chain.first() else { return false };
    ParsedCertificate::try_from(own).is_ok_and(|parsed| rustls::client::verify_server_name(&parsed, &name).is_ok())
}

fn certificates(what: &'static str, path: &Path) -> Result<Vec<CertificateDer<'static>>, IdentityError> {
    let all: Result<Vec<_>, _> =
        CertificateDer::pem_file_iter(path).map_err(|error| unreadable(what, path, &error))?.collect();
    let all = all.map_err(|error| unreadable(what, path, &error))?;
    if all.is_empty() { Err(unreadable(what, path, &pem::Error::NoItemsFound)) } else { Ok(all) }
}

fn unreadable(what: &'static str, path: &Path, error: &pem::Error) -> IdentityError {
    IdentityError::Unreadable { what, path: path.to_owned(), reason: error.to_string() }
}

/// Tells nothing of the key.
fn reset_seed(key: &[u8]) -> [u8; 32] {
    let mut context = Context::new(&SHA256);
    context.update(b"switchroom stateless reset");
    context.update(key);
    context.finish().as_ref().try_into().expect("SHA-256 has 32 bytes")
}
