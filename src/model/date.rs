//! Dates as minutes give them: a day, a month, or only a year.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A day, a month or a year of the Gregorian calendar; always one that exists.
///
/// Written `2021-07-06`, `2021-07` or `2021`. Ordered by first day, then the
/// vaguer first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PartialDate {
    year: i16,
    month: Option<i8>,
    day: Option<i8>,
}

impl PartialDate {
    /// A whole date. `None` for one that does not exist, such as 31 February.
    pub fn day(year: i16, month: i8, day: i8) -> Option<Self> {
        Date::new(year, month, day).ok()?;
        Some(Self { year, month: Some(month), day: Some(day) })
    }

    /// A month of a year. `None` unless `month` is 1 to 12.
    pub fn month(year: i16, month: i8) -> Option<Self> {
        Date::new(year, month, 1).ok()?;
        Some(Self { year, month: Some(month), day: None })
    }

    /// A year.
    pub fn year_only(year: i16) -> Self {
        Self { year, month: None, day: None }
    }

    /// The calendar year.
    pub fn year(self) -> i16 {
        self.year
    }

    /// The quarter of the calendar year, from 1, when the month is known.
    pub fn quarter(self) -> Option<u8> {
        self.month.map(|month| (month as u8 - 1) / 3 + 1)
    }

    /// The day, when the date is known to the day.
    pub fn to_day(self) -> Option<Date> {
        Date::new(self.year, self.month?, self.day?).ok()
    }

    /// The first day that the date may mean.
    pub fn first_day(self) -> Date {
        Date::new(self.year, self.month.unwrap_or(1), self.day.unwrap_or(1))
            .expect("a PartialDate is checked when it is made")
    }

    /// The last day that the date may mean.
    pub fn last_day(self) -> Date {
        match (self.month, self.day) {
            (_, Some(_)) => self.first_day(),
            (Some(_), None) => self.first_day().last_of_month(),
            (None, None) => self.first_day().last_of_year(),
        }
    }
}

impl From<Date> for PartialDate {
    fn from(date: Date) -> Self {
        Self { year: date.year(), month: Some(date.month()), day: Some(date.day()) }
    }
}

impl fmt::Display for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.year)?;
        if let Some(month) = self.month {
            write!(f, "-{month:02}")?;
        }
        if let Some(day) = self.day {
            write!(f, "-{day:02}")?;
        }
        Ok(())
    }
}

impl FromStr for PartialDate {
    type Err = String;

    /// Reads `2021`, `2021-07` or `2021-07-06`.
    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is no date; write 2021, 2021-07 or 2021-07-06");
        let mut parts = text.trim().split('-');
        let year = parts.next().filter(|year| year.len() == 4).and_then(|year| year.parse().ok());
        let year: i16 = year.ok_or_else(wrong)?;
        let month = parts.next().map(|month| month.parse::<i8>().map_err(|_| wrong())).transpose()?;
        let day = parts.next().map(|day| day.parse::<i8>().map_err(|_| wrong())).transpose()?;
        if parts.next().is_some() {
            return Err(wrong());
        }
        match (month, day) {
            (Some(month), Some(day)) => Self::day(year, month, day),
            (Some(month), None) => Self::month(year, month),
            _ => Some(Self::year_only(year)),
        }
        .ok_or_else(wrong)
    }
}

impl TryFrom<String> for PartialDate {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<PartialDate> for String {
    fn from(date: PartialDate) -> Self {
        date.to_string()
    }
}

/// The days from one date to another, both included; either end may be open.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct DateRange {
    /// The earliest date that counts.
    pub from: Option<PartialDate>,
    /// The latest date that counts.
    pub to: Option<PartialDate>,
}

impl DateRange {
    /// Whether the whole of `date` lies in the range. A year or a month whose
    /// days lie only partly inside does not: it may be outside.
    pub fn contains(self, date: PartialDate) -> bool {
        self.from.is_none_or(|from| from.first_day() <= date.first_day())
            && self.to.is_none_or(|to| date.last_day() <= to.last_day())
    }

    /// Whether nothing is asked of a date.
    pub fn is_open(self) -> bool {
        self.from.is_none() && self.to.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_prints_as_it_was_read() {
        for text in ["2021-07-06", "2021-07", "2019"] {
            assert_eq!(text.parse::<PartialDate>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn a_day_that_does_not_exist_is_no_date() {
        for text in ["2021-02-31", "2021-13", "21", "2021-07-06-1", "soon", ""] {
            assert!(text.parse::<PartialDate>().is_err(), "{text}");
        }
    }

    #[test]
    fn both_ends_of_a_range_count_and_a_vague_date_must_lie_wholly_inside() {
        let range = DateRange { from: "2019-01".parse().ok(), to: "2021-06".parse().ok() };
        let inside = |text: &str| range.contains(text.parse().unwrap());
        assert!(inside("2019-01-01") && inside("2021-06-30") && inside("2020") && inside("2019"));
        assert!(!inside("2018-12-31") && !inside("2021-07-01") && !inside("2021"));
    }
}
