//! Rules of durations and timestamps.

use super::bounds;
use super::ruled::Ruled;
use super::rules::Rules;
use crate::checks::Cx;
use crate::schema::options::{OptionMessage, OptionValue, Value};

/// The seconds and nanoseconds of a duration or timestamp.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Moment {
    pub(super) seconds: i64,
    pub(super) nanos: i64,
}

/// The rules that hold a duration or timestamp.
const MOMENTS: [&str; 5] = ["const", "lt", "lte", "gt", "gte"];

const NANOS_PER_SECOND: i64 = 1_000_000_000;

/// The most seconds that validators in Go can hold: 2^63 - 1 nanoseconds.
const MOST_SECONDS: i64 = i64::MAX / NANOS_PER_SECOND;
const MOST_NANOS: i64 = 854_775_428;

/// 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z, which bound `google.protobuf.Timestamp`.
const FIRST_SECOND: i64 = -62_135_596_800;
const LAST_SECOND: i64 = 253_402_300_799;

impl Moment {
    /// Reads a `google.protobuf.Duration` or `Timestamp`.
    pub(super) fn read(message: &OptionMessage<'_>) -> Self {
        let number = |field| match message.get(field) {
            Some(OptionValue::Scalar(Value::Signed(number))) => number,
            _ => 0,
        };
        Self {
            seconds: number("seconds"),
            nanos: number("nanos"),
        }
    }

    /// What is wrong with it as a duration.
    fn wrong_duration(self) -> Option<&'static str> {
        let range =
            i128::from(MOST_SECONDS) * i128::from(NANOS_PER_SECOND) + i128::from(MOST_NANOS);
        let total =
            i128::from(self.seconds) * i128::from(NANOS_PER_SECOND) + i128::from(self.nanos);
        if self.nanos.abs() >= NANOS_PER_SECOND {
            Some("its `nanos` are a second or more")
        } else if self.seconds.signum() * self.nanos.signum() < 0 {
            Some("its `seconds` and `nanos` have different signs")
        } else if total.abs() > range {
            Some("it is longer than 292 years, the most that validators can hold")
        } else {
            None
        }
    }

    /// What is wrong with it as a timestamp.
    fn wrong_timestamp(self) -> Option<&'static str> {
        if self.seconds < FIRST_SECOND {
            Some("it is before the year 1")
        } else if self.seconds > LAST_SECOND {
            Some("it is after the year 9999")
        } else if !(0..NANOS_PER_SECOND).contains(&self.nanos) {
            Some("its `nanos` are negative, or a second or more")
        } else {
            None
        }
    }
}

/// Rules of durations.
pub(super) fn duration(rules: &Rules<'_, '_>, ruled: Ruled<'_>, cx: &mut Cx<'_>) {
    moments(rules, ruled, Moment::wrong_duration, cx);
}

/// Rules of timestamps.
pub(super) fn timestamp(rules: &Rules<'_, '_>, ruled: Ruled<'_>, cx: &mut Cx<'_>) {
    moments(rules, ruled, Moment::wrong_timestamp, cx);
    if rules.is_true("lt_now") && rules.is_true("gt_now") {
        for rule in ["gt_now", "lt_now"] {
            let message = format!(
                "{} has both `{}` and `{}`, which no moment fits",
                ruled.owner(),
                rules.named("gt_now"),
                rules.named("lt_now")
            );
            rules.report(
                cx,
                rule,
                message,
                "remove one of the two; every message is refused otherwise",
            );
        }
    }
    let Some(within) = rules.message("within").as_ref().map(Moment::read) else {
        return;
    };
    if let Some(reason) = within.wrong_duration() {
        invalid(rules, ruled, "within", reason, cx);
    } else if (within.seconds, within.nanos) <= (0, 0) {
        let message = format!(
            "`{}` of {} is not positive",
            rules.named("within"),
            ruled.owner()
        );
        rules.report(
            cx,
            "within",
            message,
            "give the longest distance from now that is still right",
        );
    }
}

fn moments(
    rules: &Rules<'_, '_>,
    ruled: Ruled<'_>,
    wrong: fn(Moment) -> Option<&'static str>,
    cx: &mut Cx<'_>,
) {
    bounds::constant(rules, ruled, cx);
    let read = |rule: &str| rules.message(rule).as_ref().map(Moment::read);
    for rule in MOMENTS {
        if let Some(reason) = read(rule).and_then(wrong) {
            invalid(rules, ruled, rule, reason, cx);
        }
    }
    let valid = |rule: &str| read(rule).filter(|&moment| wrong(moment).is_none());
    bounds::equal(
        rules,
        ruled,
        |lower, upper| Some(valid(lower)? == valid(upper)?),
        cx,
    );
}

fn invalid(rules: &Rules<'_, '_>, ruled: Ruled<'_>, rule: &str, reason: &str, cx: &mut Cx<'_>) {
    let message = format!(
        "`{}` of {} is not valid: {reason}",
        rules.named(rule),
        ruled.owner()
    );
    rules.report(
        cx,
        rule,
        message,
        "correct it; validators refuse to check the message otherwise",
    );
}
