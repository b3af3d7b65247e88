//! Signed tokens: for WebRTC clients and call-link customers, and as OAuth2 access tokens for programs.

use super::key_file::KEY_BYTES;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use model::{AccountId, AgentId, LinkId, ParticipantType, Role, UserId, WallTime};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

/// Audience of tokens that open a WebSocket.
const WEBRTC: &str = "webrtc";
/// Audience of tokens that open the HTTP API.
const API: &str = "api";

/// Signs and checks tokens (JWT, HS256) with a key that never leaves the data folder.
#[derive(Clone)]
pub struct Tokens {
    keys: Arc<Keys>,
}

struct Keys {
    encoding: EncodingKey,
    decoding: DecodingKey,
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tokens")
    }
}

/// Who may open a WebSocket with the token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenClaims {
    /// The account.
    pub account: AccountId,
    /// Agents: their id.
    #[serde(rename = "sub")]
    pub identity: String,
    /// Name to show.
    #[serde(rename = "name")]
    pub display_name: String,
    /// Customer or agent.
    pub participant: ParticipantType,
    /// The agent, if it is one.
    pub agent: Option<AgentId>,
    /// The agent's role.
    pub role: Option<Role>,
    /// The call link that the customer opened.
    pub link: Option<LinkId>,
    /// The person who asked for it; absent for a program's and a guest's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonClaim>,
    /// Names this token.
    pub jti: Uuid,
}

/// Who asked for a token. It is good for as long as that person's sign-in is what it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonClaim {
    /// The person.
    pub user: UserId,
    /// Last change of the sign-in.
    pub as_of: WallTime,
}

/// Which API key an access token stands for. Revoking the key ends its tokens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessClaims {
    /// The account.
    pub account: AccountId,
    /// The API key.
    pub key: Uuid,
}

/// Why a token is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Not a token of ours, or one for another purpose.
    #[error("the token is not valid here")]
    Invalid,
    /// It was one.
    #[error("the token has expired; get a new one")]
    Expired,
}

#[derive(Serialize, Deserialize)]
struct Signed<T> {
    aud: String,
    /// Seconds since 1970 (RFC 7519 §4.1.4).
    exp: i64,
    #[serde(flatten)]
    claims: T,
}

impl Tokens {
    /// Tokens signed with this key.
    pub fn new(key: &[u8; KEY_BYTES]) -> Self {
        let keys = Keys { encoding: EncodingKey::from_secret(key), decoding: DecodingKey::from_secret(key) };
        Self { keys: Arc::new(keys) }
    }

    /// A WebRTC token that ends `life` after `now`, and its end.
    pub fn mint(&self, claims: &TokenClaims, now: WallTime, life: Duration) -> (String, WallTime) {
        self.sign(WEBRTC, claims, now, life)
    }

    /// Checks a WebRTC token.
    pub fn verify(&self, token: &str, now: WallTime) -> Result<TokenClaims, TokenError> {
        self.check(WEBRTC, token, now)
    }

    /// An access token that ends `life` after `now`, and its end.
    pub fn mint_access(&self, claims: &AccessClaims, now: WallTime, life: Duration) -> (String, WallTime) {
        self.sign(API, claims, now, life)
    }

    /// Checks an access token.
    pub fn verify_access(&self, token: &str, now: WallTime) -> Result<AccessClaims, TokenError> {
        self.check(API, token, now)
    }

    fn sign<T: Serialize>(&self, audience: &str, claims: &T, now: WallTime, life: Duration) -> (String, WallTime) {
        let exp = now.after(life).0 / 1000;
        let signed = Signed { aud: audience.to_owned(), exp, claims };
        let token = encode(&Header::new(Algorithm::HS256), &signed, &self.keys.encoding)
            .expect("claims are plain JSON and the key fits HS256");
        (token, WallTime(exp * 1000))
    }

    fn check<T: DeserializeOwned>(&self, audience: &str, token: &str, now: WallTime) -> Result<T, TokenError> {
        let mut rules = Validation::new(Algorithm::HS256);
        rules.set_audience(&[audience]);
        rules.set_required_spec_claims(&["exp", "aud"]);
        // Compared below with the clock that is given.
        rules.validate_exp = false;
        let signed = decode::<Signed<T>>(token, &self.keys.decoding, &rules).map_err(|_| TokenError::Invalid)?.claims;
        if signed.exp.saturating_mul(1000) <= now.0 {
            return Err(TokenError::Expired);
        }
        Ok(signed.claims)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims() -> TokenClaims {
        TokenClaims {
            account: AccountId::of(1),
            identity: "someone".into(),
            display_name: "Some One".into(),
            participant: ParticipantType::Customer,
            agent: None,
            role: None,
            link: Some(LinkId::of(3)),
            person: None,
            jti: Uuid::from_u128(4),
        }
    }

    #[test]
    fn a_token_says_the_same_until_it_ends() {
        let tokens = Tokens::new(&[1; 32]);
        let now = WallTime(1_700_000_000_000);
        let (token, end) = tokens.mint(&claims(), now, Duration::from_secs(60));
        assert_eq!(end, WallTime(1_700_000_060_000));
        assert_eq!(tokens.verify(&token, WallTime(end.0 - 1)), Ok(claims()));
        assert_eq!(tokens.verify(&token, end), Err(TokenError::Expired));
    }

    #[test]
    fn other_keys_purposes_and_algorithms_are_refused() {
        let tokens = Tokens::new(&[1; 32]);
        let now = WallTime(0);
        let (token, _) = tokens.mint(&claims(), now, Duration::from_secs(60));
        assert_eq!(Tokens::new(&[2; 32]).verify(&token, now), Err(TokenError::Invalid));
        assert_eq!(tokens.verify_access(&token, now), Err(TokenError::Invalid));
        let access = AccessClaims { account: AccountId::of(1), key: Uuid::from_u128(5) };
        let (access_token, _) = tokens.mint_access(&access, now, Duration::from_secs(60));
        assert_eq!(tokens.verify_access(&access_token, now), Ok(access));
        assert_eq!(tokens.verify(&access_token, now), Err(TokenError::Invalid));
        // {"alg":"none"} with the same claims and no signature.
        let claims_part = token.split('.').nth(1).expect("three parts");
        let unsigned = format!("eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{claims_part}.");
        assert_eq!(tokens.verify(&unsigned, now), Err(TokenError::Invalid));
        assert_eq!(tokens.verify("nonsense", now), Err(TokenError::Invalid));
    }
}
