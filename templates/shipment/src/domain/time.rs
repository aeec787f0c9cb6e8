//! Moments, as the stores keep them.

use std::time::SystemTime;

use prost_types::Timestamp;

/// A moment in microseconds since 1970. Microseconds, because PostgreSQL and JSON clients keep no more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(pub i64);

impl Instant {
    /// This moment by the clock of the machine.
    #[must_use]
    pub fn now() -> Self {
        let since_epoch = SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default();
        Self(i64::try_from(since_epoch.as_micros()).unwrap_or(i64::MAX))
    }

    /// Takes a timestamp that lies within the years the format allows (1 to 9999).
    #[must_use]
    pub fn from_timestamp(timestamp: &Timestamp) -> Option<Self> {
        let years = -62_135_596_800..=253_402_300_799;
        let valid =
            years.contains(&timestamp.seconds) && (0..1_000_000_000).contains(&timestamp.nanos);
        valid.then(|| Self(timestamp.seconds * 1_000_000 + i64::from(timestamp.nanos / 1_000)))
    }

    /// The moment as the contract writes it.
    #[must_use]
    pub fn to_timestamp(self) -> Timestamp {
        let nanos = self.0.rem_euclid(1_000_000) * 1_000;
        Timestamp {
            seconds: self.0.div_euclid(1_000_000),
            nanos: i32::try_from(nanos).unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_survives_the_contract() {
        for micros in [0, 1, -1, 1_763_000_000_123_456, -62_135_596_800_000_000] {
            assert_eq!(
                Instant::from_timestamp(&Instant(micros).to_timestamp()),
                Some(Instant(micros))
            );
        }
        for (seconds, nanos) in [
            (0, -1),
            (0, 1_000_000_000),
            (253_402_300_800, 0),
            (i64::MIN, 0),
        ] {
            assert_eq!(Instant::from_timestamp(&Timestamp { seconds, nanos }), None);
        }
    }
}
