//! TLS by certificate files, read again when they change.

use crate::config::TlsFiles;
use crate::http::limits::CERTIFICATE_CHECK;
use rustls::ServerConfig;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::SystemTime;
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;

/// Why a certificate cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// Missing or unreadable.
    #[error("cannot read {what} {path}: {source}; check the path and that the user running switchroom may read it", path = path.display())]
    Unreadable {
        /// Certificate or key.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Not PEM, or not of that kind.
    #[error("{path} holds no {what} in PEM form: {reason}; {way_out}", path = path.display())]
    Malformed {
        /// Certificate or key.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
        /// What to do.
        way_out: &'static str,
    },
    /// They do not belong together, or are of a kind that TLS does not use.
    #[error(
        "the certificate {cert} cannot be used with the key {key}: {reason}; give the files that were issued together",
        cert = cert.display(), key = key.display()
    )]
    Unusable {
        /// The certificate.
        cert: PathBuf,
        /// The key.
        key: PathBuf,
        /// What is wrong.
        reason: String,
    },
}

/// The certificate in use.
#[derive(Debug)]
pub struct Tls {
    files: TlsFiles,
    loaded: RwLock<Loaded>,
}

#[derive(Debug, Clone)]
struct Loaded {
    config: Arc<ServerConfig>,
    changed: [Option<SystemTime>; 2],
}

impl Tls {
    /// Reads the files.
    pub fn load(files: &TlsFiles) -> Result<Self, TlsError> {
        Ok(Self { files: files.clone(), loaded: RwLock::new(read(files)?) })
    }

    /// Reads the files again. If they cannot be used, the old certificate stays.
    pub fn reload(&self) -> Result<(), TlsError> {
        let fresh = read(&self.files)?;
        *self.loaded.write().unwrap_or_else(PoisonError::into_inner) = fresh;
        tracing::info!(cert = %self.files.cert.display(), "the certificate was read again");
        Ok(())
    }

    /// Greets a client with the certificate of this moment.
    pub fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(self.loaded.read().unwrap_or_else(PoisonError::into_inner).config.clone())
    }

    /// Reads the files again if they are others than those in use.
    pub fn reload_if_changed(&self) -> Result<(), TlsError> {
        let known = self.loaded.read().unwrap_or_else(PoisonError::into_inner).changed;
        if changed(&self.files) == known { Ok(()) } else { self.reload() }
    }
}

/// Looks after the files until `shutdown` turns true.
pub(super) async fn watch(tls: Arc<Tls>, mut shutdown: watch::Receiver<bool>) {
    let mut told: Option<String> = None;
    loop {
        tokio::select! {
            _ = shutdown.wait_for(|stop| *stop) => return,
            () = tokio::time::sleep(CERTIFICATE_CHECK) => {}
        }
        let error = tls.reload_if_changed().err().map(|error| error.to_string());
        if let Some(error) = error.as_deref().filter(|error| told.as_deref() != Some(error)) {
            tracing::warn!(%error, "the certificate's files have changed and cannot be used: the old one stays");
        }
        told = error;
    }
}

fn read(files: &TlsFiles) -> Result<Loaded, TlsError> {
    // Before reading: a change in between is found at the next look.
    let changed = changed(files);
    let chain = certificates(&files.cert)?;
    let key = private_key(&files.key)?;
    let unusable = |error: rustls::Error| TlsError::Unusable {
        cert: files.cert.clone(),
        key: files.key.clone(),
        reason: error.to_string(),
    };
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(unusable)?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(unusable)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Loaded { config: Arc::new(config), changed })
}

fn changed(files: &TlsFiles) -> [Option<SystemTime>; 2] {
    let of = |path: &Path| std::fs::metadata(path).and_then(|file| file.modified()).ok();
    [of(&files.cert), of(&files.key)]
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let bytes = read_file("the certificate", path)?;
    let malformed = |reason: String| TlsError::Malformed {
        what: "certificate",
        path: path.to_owned(),
        reason,
        way_out: "give the full chain that the certificate authority issued",
    };
    let chain = CertificateDer::pem_slice_iter(&bytes)
        .collect::<Result<Vec<_>, pem::Error>>()
        .map_err(|error| malformed(error.to_string()))?;
    if chain.is_empty() { Err(malformed("there is no CERTIFICATE section".to_owned())) } else { Ok(chain) }
}

fn private_key(path: &Path) -> Result<PrivateKeyDer<'static>, TlsError> {
    let bytes = read_file("the private key", path)?;
    PrivateKeyDer::from_pem_slice(&bytes).map_err(|error| TlsError::Malformed {
        what: "private key",
        path: path.to_owned(),
        reason: error.to_string(),
        way_out: "give an unencrypted PKCS#8, EC or RSA key",
    })
}

fn read_file(what: &'static str, path: &Path) -> Result<Vec<u8>, TlsError> {
    std::fs::read(path).map_err(|source| TlsError::Unreadable { what, path: path.to_owned(), source })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rcgen::{CertifiedKey, generate_simple_self_signed};

    fn issue(folder: &Path, name: &str) -> TlsFiles {
        let CertifiedKey { cert, signing_key } =
            generate_simple_self_signed(vec!["localhost".to_owned()]).expect("a certificate");
        let files = TlsFiles { cert: folder.join(format!("{name}.crt")), key: folder.join(format!("{name}.key")) };
        std::fs::write(&files.cert, cert.pem()).expect("written");
        std::fs::write(&files.key, signing_key.serialize_pem()).expect("written");
        files
    }

    fn error_of(files: &TlsFiles) -> String {
        Tls::load(files).expect_err("refused").to_string()
    }

    #[test]
    fn files_that_cannot_be_used_are_named_with_what_to_do() {
        let folder = tempfile::tempdir().expect("a folder");
        let good = issue(folder.path(), "good");
        let other = issue(folder.path(), "other");
        let missing = TlsFiles { cert: folder.path().join("none.crt"), ..good.clone() };
        assert!(error_of(&missing).contains("none.crt") && error_of(&missing).contains("check the path"));
        let swapped = TlsFiles { cert: good.key.clone(), key: good.cert.clone() };
        assert!(error_of(&swapped).contains("good.key holds no certificate"), "{}", error_of(&swapped));
        let mixed = TlsFiles { cert: good.cert.clone(), key: other.key.clone() };
        assert!(error_of(&mixed).contains("issued together"), "{}", error_of(&mixed));
        assert!(Tls::load(&good).is_ok());
    }

    #[test]
    fn a_bad_new_certificate_leaves_the_old_one_in_use() {
        let folder = tempfile::tempdir().expect("a folder");
        let files = issue(folder.path(), "a");
        let tls = Tls::load(&files).expect("loaded");
        let before = tls.loaded.read().expect("not poisoned").config.clone();
        std::fs::write(&files.cert, "rubbish").expect("written");
        assert!(tls.reload().is_err());
        assert!(Arc::ptr_eq(&before, &tls.loaded.read().expect("not poisoned").config));
        issue(folder.path(), "a");
        assert!(tls.reload().is_ok());
        assert!(!Arc::ptr_eq(&before, &tls.loaded.read().expect("not poisoned").config));
    }
}
