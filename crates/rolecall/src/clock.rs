//! The day of a run, which alone decides whether an acceptance still holds.

use crate::output::Stop;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use toml::value::{Date, Datetime};

/// Names the day of a run; the same input then gives the same report for ever.
pub(crate) const VARIABLE: &str = "ROLECALL_TODAY";

/// The variable of reproducible builds: seconds since 1970.
const EPOCH: &str = "SOURCE_DATE_EPOCH";

/// The day of a run in UTC: `given`, else what the environment says, else today.
pub(crate) fn today(given: Option<&str>) -> Result<Date, Stop> {
    let named = || std::env::var(VARIABLE).ok().filter(|text| !text.is_empty());
    if let Some(text) = given.map(str::to_owned).or_else(named) {
        return day(&text).ok_or_else(|| Stop::usage(format!("`{text}` is no date"), "write it as 2026-12-31"));
    }
    let Some(seconds) = std::env::var(EPOCH).ok().filter(|text| !text.is_empty()) else {
        return Ok(day_of(Timestamp::now()));
    };
    let instant = seconds.trim().parse().ok().and_then(|seconds| Timestamp::from_second(seconds).ok());
    instant.map(day_of).ok_or_else(|| Stop::usage(format!("{EPOCH} is `{seconds}`, which is no number of seconds"), ""))
}

fn day(text: &str) -> Option<Date> {
    let read: Datetime = text.trim().parse().ok()?;
    read.date.filter(|_| read.time.is_none())
}

fn day_of(instant: Timestamp) -> Date {
    let date = instant.to_zoned(TimeZone::UTC).date();
    let small = |number: i8| u8::try_from(number).unwrap_or_default();
    Date { year: u16::try_from(date.year()).unwrap_or_default(), month: small(date.month()), day: small(date.day()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_read_and_an_instant_has_one() {
        let leap = Date { year: 2028, month: 2, day: 29 };
        assert_eq!(day(" 2028-02-29 "), Some(leap));
        assert_eq!(Timestamp::from_second(1_835_481_599).ok().map(day_of), Some(leap));
        for wrong in ["2027-02-29", "2028-02-29T10:00:00", "10:00:00", "yesterday", ""] {
            assert_eq!(day(wrong), None, "{wrong}");
        }
    }
}
