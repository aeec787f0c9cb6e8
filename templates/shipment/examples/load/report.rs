//! The outcome as a table, or as JSON.

use std::{fmt, fs, time::Duration};

use crate::{
    drive::Run,
    options::{Options, Work},
};

/// What the process of the service has used.
#[derive(Clone, Copy, Debug, Default)]
pub struct Usage {
    pub processor: Duration,
    pub memory: u64,
}

impl Usage {
    /// Reads it from Linux's `/proc`.
    pub fn of(pid: Option<u32>) -> Option<Self> {
        /// Ticks of `/proc/PID/stat` in a second, on every Linux of today.
        const TICKS: f64 = 100.0;
        let stat = fs::read_to_string(format!("/proc/{}/stat", pid?)).ok()?;
        // The name of the program, between parentheses, may contain anything.
        let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
        let ticks: f64 =
            fields.get(11)?.parse::<f64>().ok()? + fields.get(12)?.parse::<f64>().ok()?;
        let status = fs::read_to_string(format!("/proc/{}/status", pid?)).ok()?;
        let memory = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))?;
        let memory = memory.split_whitespace().next()?.parse::<u64>().ok()? * 1_024;
        Some(Self {
            processor: Duration::from_secs_f64(ticks / TICKS),
            memory,
        })
    }

    /// What was used since `before`; the memory is that of now.
    pub fn since(self, before: Option<Self>) -> Self {
        let processor = self
            .processor
            .saturating_sub(before.unwrap_or_default().processor);
        Self {
            processor,
            memory: self.memory,
        }
    }
}

/// The outcome of a run.
pub struct Report {
    pub title: String,
    /// In ascending order.
    pub latencies: Vec<Duration>,
    run: Run,
    usage: Option<Usage>,
}

impl Report {
    pub fn new(options: &Options, mut run: Run, usage: Option<Usage>) -> Self {
        let mut latencies = std::mem::take(&mut run.latencies);
        latencies.sort_unstable();
        let work = match options.work {
            Work::Update => "UpdateStatus",
            Work::Get => "GetShipment",
            Work::Bulk => "BulkIngest",
            Work::Stream => "StreamUpdates",
        };
        let how = match (options.work, options.callers) {
            (Work::Bulk, _) => format!("{} streams", options.streams),
            (Work::Stream, _) => format!("{} readers, {} updates/s", options.readers, options.rate),
            (_, Some(callers)) => format!("{callers} callers"),
            (_, None) => format!("{} calls/s", options.rate),
        };
        Self {
            title: format!("{work}, {how}"),
            latencies,
            run,
            usage,
        }
    }

    /// The latency that `percent` of the calls kept to.
    pub fn percentile(&self, percent: f64) -> Option<Duration> {
        let index = (self.latencies.len() as f64 * percent / 100.0).ceil() as usize;
        self.latencies.get(index.saturating_sub(1)).copied()
    }

    fn rate(&self) -> f64 {
        self.run.done as f64 / self.run.elapsed.as_secs_f64()
    }

    fn microseconds_each(&self) -> Option<f64> {
        let usage = self.usage.filter(|_| self.run.done > 0)?;
        Some(usage.processor.as_secs_f64() * 1e6 / self.run.done as f64)
    }

    /// One line for programs: times in milliseconds, memory in bytes.
    pub fn json(&self) -> String {
        let at = |percent| {
            self.percentile(percent)
                .map(|time| time.as_secs_f64() * 1e3)
        };
        let usage = self
            .usage
            .map(|usage| usage.processor.as_secs_f64() / self.run.elapsed.as_secs_f64());
        serde_json::json!({
            "title": self.title,
            "done": self.run.done,
            "failed": self.run.failed,
            "per_second": self.rate(),
            "p50": at(50.0), "p95": at(95.0), "p99": at(99.0), "max": at(100.0),
            "processor": usage,
            "microseconds_each": self.microseconds_each(),
            "memory": self.usage.map(|usage| usage.memory),
        })
        .to_string()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.title)?;
        writeln!(f, "  {:<22}{:>12}", "done", self.run.done)?;
        writeln!(f, "  {:<22}{:>12}", "failed", self.run.failed)?;
        writeln!(f, "  {:<22}{:>12.0}", "per second", self.rate())?;
        for percent in [50.0, 90.0, 95.0, 99.0, 99.9, 100.0] {
            if let Some(latency) = self.percentile(percent) {
                let name = format!("{percent} %");
                writeln!(f, "  {name:<22}{:>9.3} ms", latency.as_secs_f64() * 1e3)?;
            }
        }
        if let Some(usage) = self.usage {
            let share = usage.processor.as_secs_f64() / self.run.elapsed.as_secs_f64() * 100.0;
            writeln!(f, "  {:<22}{share:>9.0} %", "processor")?;
            writeln!(f, "  {:<22}{:>9.0} MB", "memory", usage.memory as f64 / 1e6)?;
        }
        if let Some(each) = self.microseconds_each() {
            writeln!(f, "  {:<22}{each:>9.1} µs", "processor time each")?;
        }
        Ok(())
    }
}
