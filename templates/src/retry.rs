//! When a call to a peer may be sent again, and how soon.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use http::HeaderMap;
use serde::Deserialize;
use smart_default::SmartDefault;
use tonic::Code;

/// The header in which a server says when to try again; a negative time means never.
const PUSHBACK: &str = "grpc-retry-pushback-ms";

/// How calls are sent again.
#[derive(Clone, Debug, SmartDefault, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Policy {
    /// How often a call is sent at most.
    #[default(4)]
    pub attempts: u32,
    /// Longest wait before the second attempt; it doubles with every further one.
    #[serde(with = "humantime_serde")]
    #[default(Duration::from_millis(50))]
    pub first_wait: Duration,
    /// Longest wait of all.
    #[serde(with = "humantime_serde")]
    #[default(Duration::from_secs(1))]
    pub max_wait: Duration,
}

impl Policy {
    /// How long to wait before the next attempt, after `attempts` of them; none when the failure
    /// stands. Only UNAVAILABLE is worth another attempt.
    #[must_use]
    pub fn wait(&self, attempts: u32, code: Code, trailers: &HeaderMap) -> Option<Duration> {
        if code != Code::Unavailable || attempts >= self.attempts {
            return None;
        }
        if let Some(pushback) = trailers.get(PUSHBACK) {
            return pushback
                .to_str()
                .ok()?
                .parse()
                .ok()
                .map(Duration::from_millis);
        }
        let doubled = self
            .first_wait
            .saturating_mul(1 << attempts.saturating_sub(1).min(16));
        // Full jitter, so that callers that failed together do not come back together.
        Some(
            doubled
                .min(self.max_wait)
                .mul_f64(rand::random_range(0.0..=1.0)),
        )
    }
}

/// Keeps attempts to a share of the calls, as gRFC A6 describes: a failure costs a token, a success
/// gives back a tenth, and nothing is sent again while less than half of the tokens are left.
#[derive(Debug)]
pub struct Budget(Mutex<u32>);

impl Budget {
    const TENTHS: u32 = 1000;

    /// Takes note of how a call has ended.
    pub fn record(&self, worked: bool) {
        let mut tenths = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *tenths = if worked {
            (*tenths + 1).min(Self::TENTHS)
        } else {
            tenths.saturating_sub(10)
        };
    }

    /// Whether a call may be sent again.
    #[must_use]
    pub fn allows(&self) -> bool {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) > Self::TENTHS / 2
    }
}

impl Default for Budget {
    fn default() -> Self {
        Self(Mutex::new(Self::TENTHS))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_end() {
        let policy = Policy::default();
        let none = HeaderMap::new();
        for attempt in 1..4 {
            let wait = policy
                .wait(attempt, Code::Unavailable, &none)
                .expect("attempts are left");
            assert!(wait <= policy.first_wait * (1 << (attempt - 1)));
        }
        assert_eq!(policy.wait(4, Code::Unavailable, &none), None);
        assert_eq!(policy.wait(1, Code::Internal, &none), None);
    }

    #[test]
    fn the_server_is_obeyed() {
        let policy = Policy::default();
        let mut trailers = HeaderMap::new();
        trailers.insert(PUSHBACK, "250".parse().expect("a header"));
        let wait = policy.wait(1, Code::Unavailable, &trailers);
        assert_eq!(wait, Some(Duration::from_millis(250)));
        trailers.insert(PUSHBACK, "-1".parse().expect("a header"));
        assert_eq!(policy.wait(1, Code::Unavailable, &trailers), None);
    }

    #[test]
    fn the_budget_runs_out_and_comes_back() {
        let budget = Budget::default();
        for _ in 0..50 {
            assert!(budget.allows());
            budget.record(false);
        }
        assert!(!budget.allows());
        budget.record(true);
        assert!(budget.allows());
    }
}
