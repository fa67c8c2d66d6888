//! What a meeting's file is, by its title and the heading above it.
//!
//! CMIS says it nowhere else, and a meeting's page also holds the minutes of
//! the meeting before, as a paper of its agenda.

use std::sync::LazyLock;

use jiff::civil::Date;

use super::DocumentLink;
use crate::model::{Edition, PartialDate, body_words};
use crate::parse::date::dates;
use crate::parse::{Pattern, pattern};

/// What a file of a meeting is, given the meeting's body and date.
///
/// Its minutes are what a title or a heading calls minutes, unless they are
/// those of another meeting: “previous”, an earlier date, another body, or a
/// paper of the agenda that names no date. These are reports here. A later date
/// is that of publication or of approval.
pub fn edition(file: &DocumentLink, body: &str, date: Option<PartialDate>) -> Edition {
    let (title, heading) = (file.title.to_lowercase(), file.category.to_lowercase());
    let speaks_of_minutes = says(&title, &MINUTES) || (says(&heading, &MINUTES) && !says(&heading, &AGENDA));
    if speaks_of_minutes {
        let is_draft = says(&title, &DRAFT) || says(&heading, &DRAFT);
        return match is_of_another_meeting(file, &heading, body, date) {
            true => Edition::Report,
            false if is_draft => Edition::DraftMinutes,
            false => Edition::Minutes,
        };
    }
    let is_pack = says(&title, &PACK) || (says(&title, &AGENDA) && says(&title, &REPORTS));
    match () {
        () if is_pack => Edition::Pack,
        () if says(&title, &AGENDA) => Edition::Agenda,
        () if says(&title, &REPORTS) => Edition::Report,
        () if says(&title, &DECISIONS) || says(&heading, &DECISIONS) => Edition::Decisions,
        // An agenda stands under its heading with papers of its own; one by
        // itself is called so.
        () => Edition::Report,
    }
}

fn says(text: &str, words: &Pattern) -> bool {
    words.is_match(text)
}

fn is_of_another_meeting(file: &DocumentLink, heading: &str, body: &str, date: Option<PartialDate>) -> bool {
    if says(&file.title.to_lowercase(), &EARLIER) {
        return true;
    }
    let day = date.and_then(PartialDate::to_day);
    let named = dates_of(&file.title, day);
    match day {
        Some(day) if !named.is_empty() => named.iter().all(|date| date.last_day() < day),
        _ => says(heading, &AGENDA) || says(heading, &REPORTS) || names_another_body(&file.title, body),
    }
}

/// The dates that a title names: written out, as eight digits (`16042026`), or
/// without a year, which is then the meeting's.
fn dates_of(title: &str, meeting: Option<Date>) -> Vec<PartialDate> {
    let found: Vec<PartialDate> = dates(title).into_iter().filter_map(|found| found.date).collect();
    if !found.is_empty() {
        return found;
    }
    let number = |text: &str| text.parse::<i16>().ok();
    let whole = |parts: regex::Captures| {
        let (day, month) = (number(&parts[1])?, number(&parts[2])?);
        PartialDate::day(number(&parts[3])?, i8::try_from(month).ok()?, i8::try_from(day).ok()?)
    };
    let found: Vec<PartialDate> = EIGHT_DIGITS.captures_iter(title).filter_map(whole).collect();
    let (true, Some(meeting)) = (found.is_empty(), meeting) else { return found };
    let in_its_year = |parts: regex::Captures| {
        let text = format!("{} {} {}", &parts[1], &parts[2], meeting.year());
        dates(&text).first().and_then(|found| found.date)
    };
    DAY_AND_MONTH.captures_iter(title).filter_map(in_its_year).collect()
}

/// Whether a title names a committee by words of which the body has none.
/// Abbreviations may stand for any body.
fn names_another_body(title: &str, body: &str) -> bool {
    const PLAIN: [&str; 24] = [
        "minutes",
        "draft",
        "final",
        "public",
        "signed",
        "approved",
        "unapproved",
        "confirmed",
        "unconfirmed",
        "printed",
        "published",
        "the",
        "of",
        "and",
        "for",
        "meeting",
        "held",
        "on",
        "committee",
        "panel",
        "board",
        "sub",
        "pdf",
        "version",
    ];
    if body.is_empty() || !says(&title.to_lowercase(), &KIND_OF_BODY) || says(title, &ABBREVIATION) {
        return false;
    }
    let of_body = body_words(body);
    let mut own = body_words(title).into_iter().filter(|word| {
        word.len() > 2 && !PLAIN.contains(&word.as_str()) && !word.starts_with(|c: char| c.is_ascii_digit())
    });
    let mut names_any = false;
    let shares_none = own.all(|word| {
        names_any = true;
        !of_body.contains(&word)
    });
    names_any && shares_none
}

static MINUTES: LazyLock<Pattern> = LazyLock::new(|| pattern(r"\bminutes?\b"));
static DRAFT: LazyLock<Pattern> =
    LazyLock::new(|| pattern(r"\b(?:draft|unconfirmed|unapproved|subject to (?:approval|confirmation))\b"));
static AGENDA: LazyLock<Pattern> = LazyLock::new(|| pattern(r"\bagendas?\b|\bsummons\b"));
static REPORTS: LazyLock<Pattern> = LazyLock::new(|| pattern(r"\breports?\b"));
static PACK: LazyLock<Pattern> = LazyLock::new(|| pattern(r"\bpack\b"));
static DECISIONS: LazyLock<Pattern> =
    LazyLock::new(|| pattern(r"\bdecisions?\b|\bresolutions?\b|\bactions?\b"));
static EARLIER: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"\b(?:previous|last|preceding|prior|former)\b|\b(?:matters|issues) arising\b|\bminutes to (?:be )?approved?\b",
    )
});
static KIND_OF_BODY: LazyLock<Pattern> =
    LazyLock::new(|| pattern(r"\b(?:committee|board|panel|forum|cabinet|executive|commission)\b"));
static ABBREVIATION: LazyLock<Pattern> = LazyLock::new(|| pattern(r"\b[A-Z]{2,5}\b"));
static EIGHT_DIGITS: LazyLock<Pattern> =
    LazyLock::new(|| pattern(r"(?:^|\D)(\d{2})(\d{2})((?:19|20)\d{2})(?:\D|$)"));
static DAY_AND_MONTH: LazyLock<Pattern> =
    LazyLock::new(|| pattern(r"(?i)\b(\d{1,2})(?:st|nd|rd|th)?\s+(?:of\s+)?([a-z]{3,9})\b"));

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(title: &str, category: &str, expected: Edition) {
        let file = DocumentLink { title: title.into(), category: category.into(), ..DocumentLink::default() };
        assert_eq!(edition(&file, "Planning Committee", "2026-04-16".parse().ok()), expected, "{title}");
    }

    #[test]
    fn the_minutes_of_the_meeting_are_told_from_those_of_another() {
        check("Minutes", "", Edition::Minutes);
        check("Final Planning Minutes 16042026", "", Edition::Minutes);
        check("Final Planning Minutes 12032026", "", Edition::Report);
        check("Minutes of the previous meeting", "", Edition::Report);
        check("Minutes - Last Meeting", "Minutes", Edition::Report);
        check("Draft minutes of the meeting held on 16th April 2026", "", Edition::DraftMinutes);
        check("Draft minutes of the meeting held on 12th March 2026", "", Edition::Report);
        check("Minutes 16 April", "", Edition::Minutes);
        check("Minutes 12 March", "", Edition::Report);
        check("Minutes April 2026", "", Edition::Minutes);
        check("Minutes published 30/04/2026", "", Edition::Minutes);
        check("Minute of Meeting", "", Edition::Minutes);
        check("Previous Minute", "", Edition::Report);
        check("pdf m16042026", "Minutes", Edition::Minutes);
        check("Planning Committee", "Draft Minutes", Edition::DraftMinutes);
    }

    #[test]
    fn a_paper_of_the_agenda_is_not_the_minutes_unless_it_names_the_day() {
        check("Minutes", "Public Agenda", Edition::Report);
        check("Minutes 16 April 2026", "Public Agenda", Edition::Minutes);
        check("Minutes", "Agenda and Minutes", Edition::Report);
    }

    #[test]
    fn minutes_of_another_body_are_a_paper() {
        check("Audit Committee Minutes", "", Edition::Report);
        check("Planning Committee Minutes", "", Edition::Minutes);
        check("PC Committee Minutes", "", Edition::Minutes);
        check("Minutes of the Committee", "", Edition::Minutes);
    }

    #[test]
    fn other_files_are_called_what_they_are() {
        check("Final Agenda Reports - 9th July 2026", "", Edition::Pack);
        check("Agenda Pack", "", Edition::Pack);
        check("Public Agenda", "", Edition::Agenda);
        check("Decision Sheet", "", Edition::Decisions);
        check("12 May", "Resolutions/Actions", Edition::Decisions);
        check("Budget Monitoring Report", "Reports", Edition::Report);
        check("Appendix 2", "Agendas", Edition::Report);
    }
}
