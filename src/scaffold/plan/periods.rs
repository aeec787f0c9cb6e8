//! The periods of a shutdown.

/// The periods of a shutdown, all made from one number, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Periods {
    /// How long calls are still served after the signal.
    pub drain: u32,
    /// How long calls may take, also after the drain.
    pub deadline: u32,
}

impl Periods {
    /// How long a probe may take.
    pub const PROBE_TIMEOUT: u32 = 1;

    /// Probes that must fail before a server is left alone.
    pub const PROBES: u32 = 3;

    /// Time between probes: as long as can be while all of them fit into the drain.
    pub fn probe_interval(self) -> u32 {
        (self.drain.saturating_sub(Self::PROBE_TIMEOUT) / Self::PROBES).max(1)
    }

    /// How long the platform must wait before it kills the process.
    pub fn grace(self) -> u32 {
        self.drain + self.deadline + 5
    }
}

impl Default for Periods {
    fn default() -> Self {
        Self {
            drain: 10,
            deadline: 10,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_periods_come_from_the_drain() {
        for drain in 4..60 {
            let periods = Periods {
                drain,
                deadline: 10,
            };
            let window = periods.probe_interval() * Periods::PROBES + Periods::PROBE_TIMEOUT;
            assert!(
                window <= drain,
                "{window} s of probes do not fit into {drain} s"
            );
            assert!(periods.grace() > drain + periods.deadline);
        }
    }
}
