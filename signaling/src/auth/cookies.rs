//! The console's session cookie.

use super::limits::SESSION_LIFE;
use axum::http::header::COOKIE;
use axum::http::{HeaderMap, HeaderValue};

/// Name of the cookie. The prefix binds it to this very host, over TLS or on the machine itself.
pub const SESSION_COOKIE: &str = "__Host-switchroom";

/// Sets the cookie to a session's secret.
pub fn set(secret: &str) -> HeaderValue {
    let life = SESSION_LIFE.as_secs();
    let text = format!("{SESSION_COOKIE}={secret}; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age={life}");
    HeaderValue::from_str(&text).expect("a secret has URL-safe characters")
}

/// Takes the cookie away.
pub fn clear() -> HeaderValue {
    HeaderValue::from_static("__Host-switchroom=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0")
}

/// The session's secret, if the request carries one.
pub fn secret(headers: &HeaderMap) -> Option<&str> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(name, value)| (name == SESSION_COOKIE && !value.is_empty()).then_some(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_secret_is_found_among_other_cookies() {
        let mut headers = HeaderMap::new();
        headers.append(COOKIE, HeaderValue::from_static("a=b; __Host-switchroomx=no"));
        assert_eq!(secret(&headers), None);
        headers.append(COOKIE, HeaderValue::from_static("c=d; __Host-switchroom=s3cret; e=f"));
        assert_eq!(secret(&headers), Some("s3cret"));
    }
}
