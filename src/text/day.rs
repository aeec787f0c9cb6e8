use std::fmt;
use std::str::FromStr;
use std::time::{SystemTime, UNIX_EPOCH};

/// A day of the calendar, in UTC, written as `2024-05-31`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day {
    /// Days since 1970-01-01.
    number: i64,
}

/// A text that is no day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadDay;

const SECONDS: i64 = 86_400;

impl Day {
    /// The day of a time in seconds since 1970 UTC.
    pub const fn of_seconds(seconds: i64) -> Self {
        Self {
            number: seconds.div_euclid(SECONDS),
        }
    }

    /// The day it is. A clock that is set before 1970 counts as that day.
    pub fn today() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        let seconds = since.map_or(0, |since| since.as_secs());
        Self::of_seconds(i64::try_from(seconds).unwrap_or(i64::MAX))
    }

    /// Days from `earlier` to this one.
    pub const fn days_since(self, earlier: Self) -> i64 {
        self.number - earlier.number
    }

    /// The year, month and day of the month.
    pub const fn year_month_day(self) -> (i64, u8, u8) {
        // Days are counted from the first of March of year 0, so that the leap day ends a year (Howard Hinnant,
        // "chrono-compatible low-level date algorithms").
        let days = self.number + 719_468;
        let era = days.div_euclid(146_097);
        let day_of_era = days.rem_euclid(146_097);
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted_month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
        let month = if shifted_month < 10 {
            shifted_month + 3
        } else {
            shifted_month - 9
        };
        let year = year_of_era + era * 400 + if month <= 2 { 1 } else { 0 };
        // A month and a day of one are small.
        (year, month as u8, day as u8)
    }

    /// The day of these numbers, where the calendar has it.
    const fn new(year: i64, month: u8, day: u8) -> Option<Self> {
        if year < 0 || year > 9_999 || month == 0 || month > 12 || day == 0 || day > 31 {
            return None;
        }
        let shifted_year = if month <= 2 { year - 1 } else { year };
        let era = shifted_year.div_euclid(400);
        let year_of_era = shifted_year.rem_euclid(400);
        let shifted_month = (month as i64 + 9) % 12;
        let day_of_year = (153 * shifted_month + 2) / 5 + day as i64 - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        let found = Self {
            number: era * 146_097 + day_of_era - 719_468,
        };
        // The 31st of a short month is a day of the next one.
        match found.year_month_day() {
            (_, same, _) if same == month => Some(found),
            _ => None,
        }
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.year_month_day();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

impl fmt::Display for BadDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a day is written as `2024-05-31`")
    }
}

impl std::error::Error for BadDay {}

impl FromStr for Day {
    type Err = BadDay;

    fn from_str(text: &str) -> Result<Self, BadDay> {
        let part = |from: usize, to: usize| {
            let digits = text.get(from..to)?;
            let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
            is_number.then(|| digits.parse::<u16>().ok()).flatten()
        };
        let is_shaped =
            text.len() == 10 && text.get(4..5) == Some("-") && text.get(7..8) == Some("-");
        let parts = (part(0, 4), part(5, 7), part(8, 10));
        let (true, (Some(year), Some(month), Some(day))) = (is_shaped, parts) else {
            return Err(BadDay);
        };
        let small = |value: u16| u8::try_from(value).unwrap_or(0);
        Self::new(i64::from(year), small(month), small(day)).ok_or(BadDay)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_the_calendar() {
        for (seconds, expected) in [
            (0, "1970-01-01"),
            (-1, "1969-12-31"),
            (951_782_400, "2000-02-29"),
            (951_868_800, "2000-03-01"),
            (1_709_164_800, "2024-02-29"),
            (1_735_689_599, "2024-12-31"),
            (4_107_542_400, "2100-03-01"),
        ] {
            let day = Day::of_seconds(seconds);
            assert_eq!(day.to_string(), expected);
            assert_eq!(expected.parse(), Ok(day));
        }
    }

    #[test]
    fn what_is_no_day_is_refused() {
        for text in [
            "2023-02-29",
            "2024-04-31",
            "2024-13-01",
            "2024-00-10",
            "2024-1-01",
            "24-01-01",
            "2024-01-01T",
            "+024-01-01",
            "2024/01/01",
            "",
        ] {
            assert_eq!(text.parse::<Day>(), Err(BadDay), "{text}");
        }
        let days = |a: &str, b: &str| {
            let day = |text: &str| text.parse::<Day>().expect("a day");
            day(b).days_since(day(a))
        };
        assert_eq!(days("2024-02-28", "2024-03-01"), 2);
        assert_eq!(days("2023-12-31", "2024-12-31"), 366);
    }
}
