//! A circuit breaker: leaves a peer alone that does not work.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// Opens after failures in a row, lets one call try again after a while, and closes when it works.
#[derive(Debug)]
pub struct Breaker {
    failures: u32,
    pause: Duration,
    state: Mutex<State>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Calls go through; counts failures in a row.
    Closed(u32),
    /// Calls are refused until the moment.
    Open(Instant),
    /// One call tries, until the moment the others are refused.
    HalfOpen(Instant),
}

impl Breaker {
    /// Opens after `failures` in a row, for `pause`.
    #[must_use]
    pub fn new(failures: u32, pause: Duration) -> Self {
        Self {
            failures,
            pause,
            state: Mutex::new(State::Closed(0)),
        }
    }

    /// Whether a call may be made now.
    pub fn allows(&self, now: Instant) -> bool {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match *state {
            State::Closed(_) => true,
            State::Open(until) | State::HalfOpen(until) if now < until => false,
            // A try that has not ended after the pause is taken as lost, and another may begin.
            State::Open(_) | State::HalfOpen(_) => {
                *state = State::HalfOpen(now + self.pause);
                true
            }
        }
    }

    /// Takes note of how a call has ended.
    pub fn record(&self, worked: bool, now: Instant) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        *state = match *state {
            _ if worked => State::Closed(0),
            State::Closed(failures) if failures + 1 < self.failures => State::Closed(failures + 1),
            // A call from before the opening does not prolong it.
            State::Open(until) => State::Open(until),
            State::Closed(_) | State::HalfOpen(_) => State::Open(now + self.pause),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opens_tries_once_and_closes() {
        let pause = Duration::from_secs(1);
        let breaker = Breaker::new(3, pause);
        let start = Instant::now();
        for _ in 0..2 {
            breaker.record(false, start);
        }
        assert!(breaker.allows(start));
        breaker.record(false, start);
        assert!(!breaker.allows(start));

        let later = start + pause;
        assert!(breaker.allows(later), "one call tries");
        assert!(!breaker.allows(later), "and only one");
        breaker.record(false, later);
        assert!(!breaker.allows(later), "it failed");

        let later = later + pause;
        assert!(breaker.allows(later));
        breaker.record(true, later);
        assert!(breaker.allows(later) && breaker.allows(later), "it worked");
    }

    #[test]
    fn failures_count_only_in_a_row() {
        let breaker = Breaker::new(2, Duration::from_secs(1));
        let now = Instant::now();
        for _ in 0..5 {
            breaker.record(false, now);
            breaker.record(true, now);
        }
        assert!(breaker.allows(now));
    }
}
