//! Limits of signing in.

use std::time::Duration;

/// Sign-in tries a minute for one name from one address.
pub const SIGN_INS_PER_MINUTE: usize = 5;
/// Failed sign-ins a minute from one address: an office is one address, so this is generous.
pub const FAILED_SIGN_INS_PER_ADDRESS_PER_MINUTE: usize = 30;
/// Unknown call links a minute from one address.
pub const UNKNOWN_LINKS_PER_MINUTE: usize = 10;
/// Names or addresses that one counter remembers at once.
pub const TRACKED_ATTEMPTS: usize = 100_000;
/// Runs of argon2 at once: each takes 19 MiB and a core for some 30 ms.
pub const ARGON2_AT_ONCE: usize = 2;
/// How long a sign-in waits for its turn at argon2.
pub const ARGON2_WAIT: Duration = Duration::from_secs(5);
/// Shortest password that can be set, in characters.
pub const PASSWORD_MIN_CHARS: usize = 8;
/// Uses of one API key a minute that are noted.
pub const NOTED_KEY_USES_PER_MINUTE: usize = 1;
/// Longest password, in bytes.
pub const PASSWORD_MAX_BYTES: usize = 1024;
/// Longest sign-in name, in characters.
pub const LOGIN_MAX_CHARS: usize = 255;
/// Life of a console session.
pub const SESSION_LIFE: Duration = Duration::from_hours(12);
/// Life of an OAuth2 access token.
pub const ACCESS_TOKEN_LIFE: Duration = Duration::from_hours(1);
/// Life of a WebRTC token that asks for none.
pub const WEBRTC_TOKEN_LIFE: Duration = Duration::from_hours(8);
/// Longest life of a WebRTC token.
pub const WEBRTC_TOKEN_MAX_LIFE: Duration = Duration::from_hours(24);
/// Life of a call-link customer's token: a call and its reconnections, not more.
pub const GUEST_TOKEN_LIFE: Duration = Duration::from_hours(8);
/// Connections that are remembered of one identity.
pub const ACTIVITIES_PER_IDENTITY: usize = 100;
/// Identities whose connections are remembered.
pub const ACTIVITY_IDENTITIES: usize = 10_000;
