//! Deliveries are signed, so that a receiver knows them from forgeries and old ones.

use aws_lc_rs::hmac;
use model::WallTime;
use std::fmt::Write;

/// The signature's header: `t=<seconds since 1970>,v1=<hex>`, with one `v1` for each secret that is valid.
///
/// Signed with HMAC-SHA256 (RFC 2104) are the seconds, a dot and the body.
pub(super) fn signature(secrets: &[String], at: WallTime, body: &[u8]) -> String {
    let seconds = at.0 / 1000;
    let mut text = format!("t={seconds}");
    for secret in secrets {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
        let mut signed = hmac::Context::with_key(&key);
        signed.update(format!("{seconds}.").as_bytes());
        signed.update(body);
        text.push_str(",v1=");
        for byte in signed.sign().as_ref() {
            write!(text, "{byte:02x}").expect("a string grows");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `printf '1700000000.{}' | openssl dgst -sha256 -hmac secret`
    #[test]
    fn the_signature_is_hmac_sha256_over_time_and_body() {
        let made = signature(&["secret".to_owned()], WallTime(1_700_000_000_999), b"{}");
        assert_eq!(made, "t=1700000000,v1=b8569b78799ff9e3cbff0fc2d63a33a2b57f3282abd07c37ae5e8e7d79a5f163");
        let both = signature(&["secret".to_owned(), "old".to_owned()], WallTime(1_700_000_000_000), b"{}");
        assert!(both.starts_with(&made) && both.matches("v1=").count() == 2, "{both}");
    }
}
