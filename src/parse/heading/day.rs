//! The day on which a meeting was held, among the dates of a heading.

use std::sync::LazyLock;

use crate::model::{DateSource, Kind, PartialDate, Reading, Warning};
use crate::parse::date::{dates, day_and_month, in_file_name};
use crate::parse::kind::kind_of;

use super::{Heading, cut, is_of_another_meeting};
use crate::parse::{Pattern, pattern};

/// The date: as the system that publishes the page marks it; else as the
/// heading gives it; else as the file's other metadata or its name do.
///
/// A blog's `date` is the day of publication as a rule, so that it comes last.
/// A date that stands alone in a heading may be that of a letter: a whole date
/// in the file's name is believed before it.
pub fn read(heading: &Heading, lines: &[&str], reading: &mut Reading) {
    let meta = |wanted: &[&str]| {
        let found = heading.page.metas.iter().find(|(name, _)| wanted.contains(&name.as_str()));
        let date = found.and_then(|(_, value)| dates(value).first().and_then(|found| found.date));
        date.map(|date| (date, DateSource::Metadata))
    };
    let in_name = heading.file_name.and_then(in_file_name).map(|date| (date, DateSource::FileName));
    let of_name = |is_day: bool| in_name.filter(|(date, _)| date.to_day().is_some() == is_day);
    let in_heading = best(lines, &mut reading.warnings);
    let of_heading = |is_told: bool| {
        let found = in_heading.filter(|(sign, _)| (*sign > Sign::Alone) == is_told);
        found.map(|(_, date)| (date, DateSource::Heading))
    };
    let found = meta(&["dc.date", "meeting_date", "meeting-date", "datetime"])
        .or(of_heading(true))
        .or(of_name(true))
        .or(of_heading(false))
        .or(meta(&["date", "time"]))
        .or(of_name(false));
    let Some((date, source)) = found else { return };
    reading.date = Some(date);
    reading.date_source = Some(source);
    for (other, where_) in [of_heading(true), of_name(true)].into_iter().flatten() {
        if other != date && other.to_day().is_some() {
            let told = |source| if source == DateSource::Heading { "heading" } else { "file's name" };
            let message =
                format!("its {} tells another day than its date: {other}, not {date}", told(where_));
            reading.warnings.push(Warning { at: "heading".into(), message });
        }
    }
}

/// What makes a date that of the meeting, the weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Sign {
    /// It stands in a line that is hardly more than a date.
    Alone,
    /// It has its weekday, or its line begins with “Date:” or, of a report to a
    /// meeting, with “To:”.
    Weekday,
    /// Its line, or the line above one that is hardly more than a date, speaks
    /// of a meeting.
    Meeting,
}

/// Words that make the date beside them that of the meeting.
static MEETS: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:held|meetings?|requested to attend|minutes|agenda|assembly|summoned|disposition|date of decision|cyfarfod|cynhaliwyd|gynhaliwyd)\b",
    )
});
/// What stands in front of the day of a letter, of its publication and the like.
static OTHER_DAY: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:publish\w*|publication|issued?|dated|des?patch\w*|signed|posted|uploaded|updated|modified|created|printed|deadline|received|expir\w*|effective|created|(?:dated|signed) this)[^\w]{0,3}(?:(?:on|date|the|this|of|is|day)\W+){0,3}(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day\W+)?$",
    )
});
static SAYS_FOR_WHEN: LazyLock<Pattern> =
    LazyLock::new(|| pattern(r"(?i)^\W*(?:date|dyddiad|(?:report )?to)\s*[:|]"));
static WEEKDAY: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:mon|tues?|wed(?:nes)?|thur?s?|fri|sat(?:ur)?|sun)(?:day)?\W+(?:the\W+)?$|\bdydd\s+\w+\W+$",
    )
});

/// The best sign among the dates of a heading, with its date. Below the list of
/// those present is business, where a day is of the meeting only if none above
/// is told to be.
fn best(lines: &[&str], warnings: &mut Vec<Warning>) -> Option<(Sign, PartialDate)> {
    let n_above = lines.iter().position(|line| kind_of(line) == Kind::Attendance).unwrap_or(lines.len());
    let above = best_of(&lines[..n_above], warnings);
    if above.is_some_and(|(sign, _)| sign > Sign::Alone) {
        return above;
    }
    best_of(&lines[n_above..], warnings)
        .filter(|(sign, _)| above.is_none() || *sign == Sign::Meeting)
        .or(above)
}

/// The first day of those that have the best sign.
fn best_of(lines: &[&str], warnings: &mut Vec<Warning>) -> Option<(Sign, PartialDate)> {
    let mut best: Option<(Sign, PartialDate)> = None;
    let mut without_year = None;
    for (at, line) in lines.iter().enumerate() {
        let above = at.checked_sub(1).map(|above| lines[above]).unwrap_or_default();
        let found = dates(line);
        for found in &found {
            let Some(date) = found.date else {
                let message =
                    format!("it gives a date that does not exist: “{}”", cut(&line[found.at..], 40));
                warnings.push(Warning { at: "heading".into(), message });
                continue;
            };
            let sign = sign_of(line, found.at, above).filter(|_| date.to_day().is_some());
            if let Some(sign) = sign.filter(|sign| best.is_none_or(|(best, _)| *sign > best)) {
                best = Some((sign, date));
            }
        }
        if let Some((month, day, place)) = day_and_month(line).filter(|_| found.is_empty()) {
            let is_told = sign_of(line, place, above).is_some_and(|sign| sign > Sign::Alone);
            without_year = without_year.or(is_told.then_some((month, day)));
        }
        if best.is_some_and(|(sign, _)| sign == Sign::Meeting) {
            return best;
        }
    }
    let is_told = best.is_some_and(|(sign, _)| sign > Sign::Alone);
    let with_year = || {
        let (month, day) = without_year?;
        Some((Sign::Weekday, PartialDate::day(only_year(lines)?, month, day)?))
    };
    if is_told { best } else { with_year().or(best) }
}

/// The sign of a date at that place of a line; `None` for a date of something
/// else.
fn sign_of(line: &str, at: usize, above: &str) -> Option<Sign> {
    const HARDLY_MORE: usize = 60;
    let before = &line[..at];
    if OTHER_DAY.is_match(before) || is_of_another_meeting(line, at) {
        return None;
    }
    let is_short = line.len() <= HARDLY_MORE;
    let has_weekday = WEEKDAY.is_match(before);
    let is_below = || {
        let speaks = MEETS.is_match(above) && !is_of_another_meeting(above, above.len());
        (is_short || has_weekday) && speaks && dates(above).is_empty()
    };
    if MEETS.is_match(line) || is_below() {
        return Some(Sign::Meeting);
    }
    if has_weekday || SAYS_FOR_WHEN.is_match(line) {
        return Some(Sign::Weekday);
    }
    is_short.then_some(Sign::Alone)
}

/// The year that a heading names, where it names one alone.
fn only_year(lines: &[&str]) -> Option<i16> {
    static YEAR: LazyLock<Pattern> = LazyLock::new(|| pattern(r"(?:^|[^\d/.-])((?:19|20)\d\d)(?:$|[^\d/-])"));
    let years = |line: &&str| YEAR.captures(line).and_then(|found| found[1].parse::<i16>().ok());
    let mut years: Vec<i16> = lines.iter().filter_map(years).collect();
    years.dedup();
    let [year] = years[..] else { return None };
    Some(year)
}
