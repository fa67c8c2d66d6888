//! Dates in headings and file names.

use std::sync::LazyLock;

use regex::Captures;

use crate::model::PartialDate;
use crate::parse::{Pattern, Probe, pattern};

/// A date found in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    /// The date; `None` for one that does not exist, such as 31 February.
    pub date: Option<PartialDate>,
    /// Where it begins, in bytes.
    pub at: usize,
}

/// English and Welsh; an English name is known by its first letters. Welsh names
/// also stand with the first letter that “of” or “in” gives them, and short.
const MONTHS: [(&str, i8); 49] = [
    ("jan", 1),
    ("feb", 2),
    ("mar", 3),
    ("apr", 4),
    ("may", 5),
    ("jun", 6),
    ("jul", 7),
    ("aug", 8),
    ("sep", 9),
    ("oct", 10),
    ("nov", 11),
    ("dec", 12),
    ("ionawr", 1),
    ("chwefror", 2),
    ("mawrth", 3),
    ("ebrill", 4),
    ("mai", 5),
    ("mehefin", 6),
    ("gorffennaf", 7),
    ("awst", 8),
    ("medi", 9),
    ("hydref", 10),
    ("tachwedd", 11),
    ("rhagfyr", 12),
    ("sept", 9),
    ("fawrth", 3),
    ("fai", 5),
    ("fehefin", 6),
    ("orffennaf", 7),
    ("fedi", 9),
    ("dachwedd", 11),
    ("thachwedd", 11),
    ("ragfyr", 12),
    ("ion", 1),
    ("chw", 2),
    ("chwe", 2),
    ("chwef", 2),
    ("maw", 3),
    ("ebr", 4),
    ("meh", 6),
    ("gor", 7),
    ("gorff", 7),
    ("aws", 8),
    ("med", 9),
    ("hyd", 10),
    ("tac", 11),
    ("tach", 11),
    ("rha", 12),
    ("rhag", 12),
];

const MONTH: &str = r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?|ionawr|chwefror|mawrth|ebrill|mai|mehefin|gorffennaf|awst|medi|hydref|tachwedd|rhagfyr|fawrth|fai|fehefin|orffennaf|fedi|dachwedd|thachwedd|ragfyr)";

/// Short Welsh names: taken for months only between a day and a year, as some
/// are words of their own.
const SHORT_WELSH: &str = r"ion|chw(?:ef?)?|maw|ebr|meh|gor(?:ff)?|aws|med|hyd|tach?|rhag?";

/// What may stand behind the number of a day; machine-read scans make marks of
/// the letters: 9" November, 2017.
const ORDINAL: &str = r#"\s?(?:st|nd|rd|th|fed|ed|af|ain|ydd|eg|il|["”“’'*°º™®?]{1,2})?"#;

/// A day in words, up to the thirty-first.
const DAY_IN_WORDS: &str = r"(?P<words>(?:twenty|thirty)[ -](?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|thirteenth|fourteenth|fifteenth|sixteenth|seventeenth|eighteenth|nineteenth|twentieth|thirtieth)";

static FORMS: LazyLock<[Pattern; 7]> = LazyLock::new(|| {
    let month = MONTH.replacen("(?P<month>", &format!("(?P<month>{SHORT_WELSH}|"), 1);
    let other_month = month.replacen("(?P<month>", "(?:", 1);
    [
        // 28 February – 1 March 2021: the first day.
        pattern(&format!(
            r"(?i)\b(?P<day>\d{{1,2}}){ORDINAL}\s+(?:of\s+)?{month}\s*(?:-|–|—|to|and|&)\s*\d{{1,2}}{ORDINAL}\s+{other_month}\b,?\s*(?P<year>\d{{4}})\b"
        )),
        // 6th July 2021; 15th & 16th March 2021: the first day.
        pattern(&format!(
            r"(?i)\b(?P<day>\d{{1,2}})(?:(?:(?:st|nd|rd|th)\s*(?:-|–|to|and|&)|\s?[-–])\s*\d{{1,2}})?{ORDINAL}[,_]?\s*(?:day\s+)?(?:of\s+|o\s+)?{month}\b[.,]{{0,2}}\s*(?P<year>\d{{4}})\b"
        )),
        pattern(&format!(r"(?i)\b{MONTH}\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}})\b")),
        // the twenty-first day of May 2019
        pattern(&format!(r"(?i)\b{DAY_IN_WORDS}\s+(?:day\s+)?(?:of\s+)?{MONTH}\b,?\s+(?P<year>\d{{4}})\b")),
        pattern(r"\b(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})\b"),
        pattern(r"\b(?P<day>\d{1,2})(?:/|\.|-)(?P<month>\d{1,2})(?:/|\.|-)(?P<year>\d{4}|\d{2})\b"),
        pattern(&format!(r"(?i)\b{MONTH}\b,?\s+(?P<year>(?:19|20)\d{{2}})\b")),
    ]
});

/// The dates of a text, in order.
pub fn dates(text: &str) -> Vec<Found> {
    let mut found: Vec<(usize, usize, Found)> = Vec::new();
    let probe = Probe::of(text);
    for form in FORMS.iter() {
        for captures in probe.captures_iter(form) {
            let Some(whole) = captures.get(0) else { continue };
            // An earlier form says more of the same words than a later one.
            let is_known = found.iter().any(|(from, to, _)| whole.start() < *to && *from < whole.end());
            if !is_known {
                let date = Found { date: date(&captures), at: whole.start() };
                found.push((whole.start(), whole.end(), date));
            }
        }
    }
    found.sort_by_key(|(from, _, _)| *from);
    found.into_iter().map(|(_, _, date)| date).collect()
}

/// What stands before the first date of a line, without the weekday and the
/// marks between: `Cabinet` of `Cabinet, Tuesday, 4th October 2022`. The whole
/// line where it has no date.
pub fn before_date(line: &str) -> &str {
    static WEEKDAY: LazyLock<Pattern> = LazyLock::new(|| {
        pattern(r"(?i)(?:^|[\s,–-])(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|dydd \w+)$")
    });
    const MARKS: [char; 5] = [' ', ',', '-', '–', '—'];
    let Some(found) = dates(line).into_iter().next() else { return line };
    let before = line[..found.at].trim_end_matches(MARKS);
    let end = WEEKDAY.find(before).map_or(before.len(), |weekday| weekday.start());
    before[..end].trim_end_matches(MARKS)
}

fn date(captures: &Captures) -> Option<PartialDate> {
    let year: i16 = captures.name("year")?.as_str().parse().ok()?;
    let year = if year < 100 { 2_000 + year } else { year };
    let month = month(captures.name("month")?.as_str())?;
    match (captures.name("day"), captures.name("words")) {
        (Some(day), _) => PartialDate::day(year, month, day.as_str().parse().ok()?),
        (None, Some(words)) => PartialDate::day(year, month, day_in_words(words.as_str())?),
        (None, None) => PartialDate::month(year, month),
    }
}

/// `21` of `Twenty-first`.
fn day_in_words(words: &str) -> Option<i8> {
    const ORDINALS: [&str; 20] = [
        "first",
        "second",
        "third",
        "fourth",
        "fifth",
        "sixth",
        "seventh",
        "eighth",
        "ninth",
        "tenth",
        "eleventh",
        "twelfth",
        "thirteenth",
        "fourteenth",
        "fifteenth",
        "sixteenth",
        "seventeenth",
        "eighteenth",
        "nineteenth",
        "twentieth",
    ];
    let words = words.to_lowercase();
    let number = |word: &str| ORDINALS.iter().zip(1..).find(|(name, _)| **name == word).map(|(_, n)| n);
    match words.split_once([' ', '-']) {
        Some(("twenty", unit)) => Some(20 + number(unit)?),
        Some((_, unit)) => Some(30 + number(unit)?),
        None if words == "thirtieth" => Some(30),
        None => number(&words),
    }
}

/// The first day that a text gives without its year, with its place in bytes:
/// month, day, place.
pub fn day_and_month(text: &str) -> Option<(i8, i8, usize)> {
    static FORM: LazyLock<[Pattern; 2]> = LazyLock::new(|| {
        [
            pattern(&format!(
                r"(?i)\b(?P<day>\d{{1,2}})(?:st|nd|rd|th|fed|ed|af|ain|ydd|eg|il)?\s+(?:of\s+|o\s+)?{MONTH}\b"
            )),
            pattern(&format!(r"(?i)\b{MONTH}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b")),
        ]
    });
    let found = FORM.iter().find_map(|form| form.captures(text))?;
    Some((month(&found["month"])?, found["day"].parse().ok()?, found.get(0)?.start()))
}

fn month(text: &str) -> Option<i8> {
    if let Ok(number) = text.parse() {
        return Some(number);
    }
    let text = text.to_lowercase();
    let exact = MONTHS.iter().find(|(name, _)| *name == text);
    let begun = || MONTHS[..12].iter().find(|(name, _)| text.starts_with(name));
    exact.or_else(begun).map(|(_, month)| *month)
}

/// The date that a file's name gives: a day, a month, or the only year in it.
pub fn in_file_name(name: &str) -> Option<PartialDate> {
    let stem = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let stem = stem.rsplit_once('.').map_or(stem, |(stem, _)| stem);
    if let Some(date) = leading_day(stem) {
        return Some(date);
    }
    let spaced = stem.replace(['_', '-'], " ");
    let whole = dates(stem).into_iter().chain(dates(&spaced)).find_map(|found| found.date);
    if whole.is_some() {
        return whole;
    }
    let parts: Vec<&str> =
        stem.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).collect();
    let mut years: Vec<i16> =
        parts.iter().filter(|part| part.len() == 4).filter_map(|part| part.parse().ok()).collect();
    years.retain(|year| (1850..2100).contains(year));
    years.dedup();
    let [year] = years[..] else { return None };
    let begins_so = stem.starts_with(&format!("{year}-")) || stem.starts_with(&format!("{year}_"));
    let month = parts.get(1).filter(|part| begins_so && part.len() == 2).and_then(|part| part.parse().ok());
    let is_month = begins_so && stem[5..].starts_with(|c: char| c.is_ascii_digit());
    month
        .filter(|_| is_month)
        .and_then(|month| PartialDate::month(year, month))
        .or(Some(PartialDate::year_only(year)))
}

/// `2014-11-05-…` or `20141105…` at the front of a name.
fn leading_day(stem: &str) -> Option<PartialDate> {
    let digits: String = stem.chars().take(10).filter(|c| c.is_ascii_digit()).collect();
    let is_plain = stem.chars().take(8).all(|c| c.is_ascii_digit());
    let is_dashed = stem.get(..10).is_some_and(|front| {
        front
            .bytes()
            .enumerate()
            .all(|(at, b)| if matches!(at, 4 | 7) { matches!(b, b'-' | b'_') } else { b.is_ascii_digit() })
    });
    if !is_plain && !is_dashed {
        return None;
    }
    let number = |range: std::ops::Range<usize>| digits.get(range)?.parse::<i16>().ok();
    let (year, month, day) = (number(0..4)?, number(4..6)?, number(6..8)?);
    PartialDate::day(year, month as i8, day as i8).filter(|_| (1850..2100).contains(&year))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let found: Vec<String> = dates(text)
            .into_iter()
            .map(|found| found.date.map_or("none".into(), |date| date.to_string()))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_date_is_read_as_written() {
        check("held on Thursday, 30 January 2025.", &["2025-01-30"]);
        check("6th July 2021 and the 1st day of June, 2010", &["2021-07-06", "2010-06-01"]);
        check("Meeting: 06/07/2021 - Cabinet", &["2021-07-06"]);
        check("January 6, 2025, at 1:00 PM", &["2025-01-06"]);
        check("MONDAY, 24TH OCTOBER, 2016 AT 5.00 P.M.", &["2016-10-24"]);
        check("9\" November, 2017", &["2017-11-09"]);
        check("8fed Ionawr 2020", &["2020-01-08"]);
        check("Dydd Iau, 9fed Hydref, 2014 2.00 o'r gloch", &["2014-10-09"]);
        check(
            "Dydd Mawrth 5ed Mawrth 2019 a Dydd Llun, 21ain o Orffennaf 2025",
            &["2019-03-05", "2025-07-21"],
        );
        check("Dydd Gwener, 1af Fai, 2026", &["2026-05-01"]);
        check(
            "15 Ion 2026 7:30 pm, 3 Chwef 2026, 2 Gorff 2025, 30 Rhag 2024",
            &["2026-01-15", "2026-02-03", "2025-07-02", "2024-12-30"],
        );
        check("ion 2019; med 2020", &[]);
        check("Inspection - July 2019", &["2019-07"]);
        check("Meeting 29-10-24", &["2024-10-29"]);
    }

    #[test]
    fn a_day_may_be_in_words_or_the_first_of_several() {
        check("this twenty-first day of May 2019", &["2019-05-21"]);
        check("the First of March, 2020; Thirty First December 2020", &["2020-03-01", "2020-12-31"]);
        check("15-16 March 2021", &["2021-03-15"]);
        check("15th and 16th March 2021", &["2021-03-15"]);
        check("28 February – 1 March 2021", &["2021-02-28"]);
        check("items 3 and 6 May 2021", &["2021-05-06"]);
        check("10™ February, 2015; 22\"? September, 2014", &["2015-02-10", "2014-09-22"]);
    }

    #[test]
    fn a_day_without_its_year_is_found_apart() {
        assert_eq!(day_and_month("Tuesday 5th March at 7pm"), Some((3, 5, 8)));
        assert_eq!(day_and_month("March 5"), Some((3, 5, 0)));
        assert_eq!(day_and_month("5 apples"), None);
    }

    #[test]
    fn a_day_that_does_not_exist_is_found_and_is_no_date() {
        check("held on 31 February 2021", &["none"]);
        check("31/02/2021", &["none"]);
    }

    #[test]
    fn a_weekday_is_no_part_of_what_stands_before_a_date() {
        for line in ["Cabinet, Tuesday, 4th October 2022", "Cabinet - Dydd Mawrth, 4ydd Hydref, 2022"] {
            assert_eq!(before_date(line), "Cabinet", "{line}");
        }
    }

    #[test]
    fn a_file_name_gives_what_it_says_and_no_more() {
        let read = |name: &str| in_file_name(name).map(|date| date.to_string());
        assert_eq!(read("2014-11-05-minutes.pdf").as_deref(), Some("2014-11-05"));
        assert_eq!(read("20150306_minutes.pdf").as_deref(), Some("2015-03-06"));
        assert_eq!(read("2012-03-panel-minutes.odt").as_deref(), Some("2012-03"));
        assert_eq!(read("sheffield-ofsted-2019.txt").as_deref(), Some("2019"));
        assert_eq!(read("minutes-6th-july-2021.txt").as_deref(), Some("2021-07-06"));
        assert_eq!(read("budget-2019-2020.txt"), None);
        assert_eq!(read("minutes.txt"), None);
    }
}
