//! How often a program or person may call an operation, as the public API states it.

use super::access::Operation;
use super::limits::TRACKED_CALLERS;
use axum::http::Method;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use uuid::Uuid;

/// A token bucket for each caller and operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Allowance {
    per_second: u32,
    burst: u32,
}

struct Line {
    /// The one method that the line is for; all when absent.
    method: Option<Method>,
    /// Beginning of the path pattern.
    route: &'static str,
    allowance: Allowance,
}

const fn line(method: Option<Method>, route: &'static str, per_second: u32, burst: u32) -> Line {
    Line { method, route, allowance: Allowance { per_second, burst } }
}

/// The first line that fits counts; what no line names has no limit.
static LINES: [Line; 18] = [
    line(Some(Method::DELETE), "/ccaas/voice/2/waiting-strategies/", 10, 100),
    line(None, "/ccaas/voice/2/waiting-strategies", 10, 20),
    line(None, "/ccaas/voice/2/transfer/queues", 10, 100),
    line(None, "/ccaas/voice/2/transfer-configs/", 10, 20),
    line(None, "/ccaas/voice/2/hold-configs-per-queue", 10, 20),
    line(None, "/ccaas/voice/2/call-timeouts", 10, 20),
    line(None, "/ccaas/voice/2/account-wrap-up-config", 10, 20),
    line(None, "/ccaas/voice/2/account-recording-config", 10, 20),
    line(None, "/ccaas/voice/2/agent-recording-configs", 10, 20),
    line(None, "/ccaas/voice/2/recording/metadata", 10, 20),
    line(None, "/ccaas/voice/2/recording/download/", 100, 100),
    line(None, "/ccaas/voice/2/tts/", 10, 20),
    line(None, "/ccaas/voice/2/away-audio-message/", 10, 20),
    line(None, "/recordings/1/files/", 100, 100),
    line(None, "/calls/1/recordings/files/", 100, 100),
    line(None, "/webrtc/1/recordings/{id}/download", 100, 100),
    line(Some(Method::POST), "/call-link/1/links", 200, 200),
    line(None, "/call-link/1/", 50, 50),
];

impl Allowance {
    /// What the operation at this path pattern allows.
    pub(crate) fn of(method: &Method, route: &str) -> Option<Self> {
        let fits = |line: &&Line| line.method.as_ref().is_none_or(|one| one == method) && route.starts_with(line.route);
        LINES.iter().find(fits).map(|line| line.allowance)
    }
}

/// Counts requests. A bucket is kept as the time at which it is full again.
#[derive(Debug, Default)]
pub(crate) struct Throttle {
    full_at: Mutex<HashMap<(Uuid, Operation), Instant>>,
}

impl Throttle {
    /// Counts a request of this key or person. `Err` says how long to wait; a refused request is not counted.
    pub(crate) fn admit(
        &self,
        who: Uuid,
        operation: Operation,
        allowance: Allowance,
        now: Instant,
    ) -> Result<(), Duration> {
        let mut full_at = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        if full_at.len() >= TRACKED_CALLERS {
            full_at.retain(|_, at| *at > now);
        }
        let token = Duration::from_secs(1) / allowance.per_second;
        let is_new = !full_at.contains_key(&(who, operation));
        if is_new && full_at.len() >= TRACKED_CALLERS {
            return Err(token);
        }
        let bucket = full_at.entry((who, operation)).or_insert(now);
        let full = (*bucket).max(now) + token;
        let most = token * allowance.burst;
        match full.duration_since(now).checked_sub(most) {
            Some(excess) if !excess.is_zero() => Err(excess),
            _ => {
                *bucket = full;
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_let_in_and_then_one_for_each_token() {
        let throttle = Throttle::default();
        let allowance = Allowance { per_second: 10, burst: 20 };
        let start = Instant::now();
        let admit = |who: u128, after_ms: u64| {
            let now = start + Duration::from_millis(after_ms);
            throttle.admit(Uuid::from_u128(who), Operation::ListQueues, allowance, now)
        };
        for _ in 0..20 {
            assert_eq!(admit(1, 0), Ok(()));
        }
        assert_eq!(admit(1, 0), Err(Duration::from_millis(100)));
        assert_eq!(admit(1, 40), Err(Duration::from_millis(60)));
        assert_eq!(admit(2, 40), Ok(()), "another caller");
        assert_eq!(admit(1, 100), Ok(()));
        assert_eq!(admit(1, 100), Err(Duration::from_millis(100)));
        let later = (0..30).filter(|_| admit(1, 10_000).is_ok()).count();
        assert_eq!(later, 20, "a bucket holds no more than its burst");
    }

    #[test]
    fn memory_is_bounded() {
        let throttle = Throttle::default();
        let allowance = Allowance { per_second: 1, burst: 1 };
        let now = Instant::now();
        let admit =
            |who: usize, now| throttle.admit(Uuid::from_u128(who as u128), Operation::ListQueues, allowance, now);
        assert!((0..TRACKED_CALLERS).all(|who| admit(who, now).is_ok()));
        assert!(admit(TRACKED_CALLERS, now).is_err());
        assert!(admit(TRACKED_CALLERS, now + Duration::from_secs(2)).is_ok(), "full buckets are forgotten");
    }

    #[test]
    fn each_operation_has_its_line() {
        let of = |method: Method, route: &str| Allowance::of(&method, route).map(|one| (one.per_second, one.burst));
        assert_eq!(of(Method::DELETE, "/ccaas/voice/2/waiting-strategies/{id}"), Some((10, 100)));
        assert_eq!(of(Method::PUT, "/ccaas/voice/2/waiting-strategies/{id}"), Some((10, 20)));
        assert_eq!(of(Method::POST, "/call-link/1/links"), Some((200, 200)));
        assert_eq!(of(Method::GET, "/call-link/1/links"), Some((50, 50)));
        assert_eq!(of(Method::PATCH, "/ccaas/voice/2/{conversationId}/hold"), None);
        assert_eq!(of(Method::GET, "/ccaas/1/agents"), None);
    }
}
