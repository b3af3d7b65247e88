//! Makes a private authority and one certificate per role.

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};
use std::fs::{DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use wire::link::Role;

/// Years that the certificates are valid.
pub const YEARS: i16 = 10;

/// Why no certificates were made.
#[derive(Debug, thiserror::Error)]
pub enum CertsError {
    /// One of the files is there.
    #[error("{path} exists and is not overwritten; give another folder, or move the old files away", path = .0.display())]
    Exists(PathBuf),
    /// The folder or a file cannot be written.
    #[error("cannot write {path}: {source}; give a folder that this user may write", path = path.display())]
    Unwritable {
        /// Which.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The system's cryptography refused.
    #[error("cannot make a certificate: {0}")]
    Crypto(#[from] rcgen::Error),
}

/// A file that was made, and who needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MadeFile {
    /// Where it lies.
    pub path: PathBuf,
    /// Where it goes.
    pub goes_to: String,
}

/// Makes an authority, and a certificate and key for each role, in files that their owner alone can read. `name` tells
/// installations apart in the certificates. Nothing is written when one of the files exists.
pub fn make(folder: &Path, name: &str) -> Result<Vec<MadeFile>, CertsError> {
    let (authority, roles) = issue(name)?;
    let mut files = vec![
        ("ca.pem".to_owned(), authority.pem(), "every role: whom to trust".to_owned()),
        (
            "ca.key".to_owned(),
            authority.key().serialize_pem(),
            "no role: keep it apart, it issues certificates".to_owned(),
        ),
    ];
    for (role, (certificate, key)) in Role::ALL.iter().zip(roles) {
        files.push((format!("{role}.pem"), certificate, format!("{role}: its certificate")));
        files.push((format!("{role}.key"), key, format!("{role} alone: its private key")));
    }
    let unwritable = |path: &Path, source| CertsError::Unwritable { path: path.to_owned(), source };
    if !folder.exists() {
        let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
        made.map_err(|source| unwritable(folder, source))?;
    }
    if let Some(there) = files.iter().map(|(file, ..)| folder.join(file)).find(|path| path.exists()) {
        return Err(CertsError::Exists(there));
    }
    let mut made = Vec::new();
    for (file, text, goes_to) in files {
        let path = folder.join(file);
        write_new(&path, &text).map_err(|source| unwritable(&path, source))?;
        made.push(MadeFile { path, goes_to });
    }
    Ok(made)
}

/// PEM of a certificate and of its key.
type Issued = (String, String);

fn issue(name: &str) -> Result<(CertifiedIssuer<'static, KeyPair>, Vec<Issued>), rcgen::Error> {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    describe(&mut params, &format!("{name} authority"));
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate()?)?;
    let roles = Role::ALL.iter().map(|role| {
        let mut params = CertificateParams::new(vec![role.certificate_name().to_owned()])?;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
        params.use_authority_key_identifier_extension = true;
        describe(&mut params, &format!("{name} {role}"));
        let key = KeyPair::generate()?;
        let certificate = params.signed_by(&key, &authority)?;
        Ok::<_, rcgen::Error>((certificate.pem(), key.serialize_pem()))
    });
    let roles = roles.collect::<Result<_, _>>()?;
    Ok((authority, roles))
}

fn describe(params: &mut CertificateParams, name: &str) {
    // Clocks of two machines differ: the certificate is valid from the day before.
    let today = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let from = today.yesterday().unwrap_or(today);
    let until = from.saturating_add(jiff::Span::new().years(i64::from(YEARS)));
    let [not_before, not_after] =
        [from, until].map(|day| date_time_ymd(day.year().into(), day.month().unsigned_abs(), day.day().unsigned_abs()));
    (params.not_before, params.not_after) = (not_before, not_after);
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
}

fn write_new(path: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::{CertificateFiles, Identity, IdentityError};
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn each_role_gets_a_certificate_that_speaks_for_it_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let made = make(folder.path(), "Test").expect("made");
        assert_eq!(made.len(), 8);
        for file in &made {
            let mode = std::fs::metadata(&file.path).expect("written").permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{}", file.path.display());
        }
        for (role, other) in [(Role::Engine, Role::Recorder), (Role::Recorder, Role::Signaling)] {
            let files = CertificateFiles::in_folder(folder.path(), role);
            assert!(Identity::load(&files, role).is_ok());
            assert!(matches!(Identity::load(&files, other), Err(IdentityError::OtherRole { .. })));
        }
        let mixed = CertificateFiles {
            key: folder.path().join("engine.key"),
            ..CertificateFiles::in_folder(folder.path(), Role::Recorder)
        };
        assert!(matches!(Identity::load(&mixed, Role::Recorder), Err(IdentityError::Unusable { .. })));
    }

    #[test]
    fn nothing_is_overwritten() {
        let folder = tempfile::tempdir().expect("a folder");
        let kept = folder.path().join("recorder.key");
        std::fs::write(&kept, "mine").expect("written");
        assert!(matches!(make(folder.path(), "Test"), Err(CertsError::Exists(path)) if path == kept));
        assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 1, "nothing was written");
    }
}
