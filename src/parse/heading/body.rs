//! The body that met, as a heading names it.

use std::sync::LazyLock;

use crate::model::PartialDate;
use crate::parse::date::{before_date, dates};

use super::council::is_local;
use super::{in_title_case, is_kind_only, is_of_another_meeting};
use crate::parse::{Pattern, pattern};

/// The words that a body's name ends with.
const KINDS: &str = r"(?:[Ss]ub-?\s?[Cc]ommittee|SUB-?\s?COMMITTEE|[Cc]ommittee|COMMITTEE|Cabinet|CABINET|Panel|PANEL|Board|BOARD|Forum|FORUM|Executive|EXECUTIVE|Commission|COMMISSION|[Ww]orking [Gg]roup|WORKING GROUP|[Ww]orking [Pp]arty|WORKING PARTY|[Cc]ouncil|COUNCIL|Partnership|PARTNERSHIP|Assembly|ASSEMBLY|Group|GROUP|(?:Municipal|Metropolitan) District|(?:MUNICIPAL|METROPOLITAN) DISTRICT)";
/// What may stand behind these words: a district's place, a committee's field
/// or part.
const TAIL: &str = r"(?: (?i:(?:of|on|for) (?:the )?)[A-Z][\w’'-]{2,30}(?: ?- ?[A-Z][\w’'-]{2,30}| [A-Z][\w’'-]{2,30})?)?(?: \([^)]{1,60}\))?";
/// Up to twelve words in front.
const WORDS: &str = r"(?:[\w’'&,()/-]+ ){0,12}?";

static MEETING_OF: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(&format!(
        r"(?i:\b(?:meetings?|cyfarfod) (?:of|for|o) (?:the )?)({WORDS}{KINDS}{TAIL})(?:$|[^\w’'-])"
    ))
});
/// “A meeting to consider the budget for the Municipal District of …”.
static MEETING_FOR: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(&format!(r"(?i:\bmeeting to [^.;]{{1,80}} (?:of|for) the )({WORDS}{KINDS}{TAIL})(?:$|[^\w’'-])"))
});
static MINUTES_OF: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(&format!(
        r"(?i:\b(?:minutes|agenda|decisions) (?:of|for) (?:the )?)({WORDS}{KINDS}{TAIL})(?:$|[^\w’'-])"
    ))
});
/// “Parish Council Meeting”, “Cabinet – 5th meeting”: at the front of a line.
static ITS_MEETING: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(&format!(
        r"^({WORDS}{KINDS}(?: \([^)]{{1,60}}\))?)(?:[’']s)?[\s:,–—-]+(?i:(?:(?:\d+\w\w|\w+(?:st|nd|rd|th)|annual|general|ordinary|extra-?ordinary|special|monthly|statutory|inaugural|budget) ){{0,3}}meeting)\b"
    ))
});
/// “To: Cabinet”, “Decision maker: …”: a line that says what it names.
static LABELLED: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?P<label>(?:report )?to|meeting(?: of)?|committee|body|decision[- ]maker|name of (?:committee|meeting|body))\s*[:|][\s|]*(?:the )?(?P<name>[^|]+)",
    )
});
/// “To each member of the Audit Committee”: those who are called to a meeting.
static MEMBERS_OF: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(&format!(r"(?i:^\W*(?:to\W+.*\b)?members? of (?:the )?)({WORDS}{KINDS}{TAIL})(?:$|[^\w’'-])"))
});
static LINE: LazyLock<Pattern> =
    LazyLock::new(|| pattern(&format!(r"^(?:[\w’'&,()/-]+ ){{0,12}}{KINDS}{TAIL}$")));
/// Words in front of a body's name that are no part of it; unlike a council's,
/// it may begin with Audit, Planning or General.
static NOT_BODY: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:(?:the|each|every|all|members? of|draft|approved|unconfirmed|minutes?|notes?|agenda|meetings?|monthly|annual|ordinary|extraordinary|extra-ordinary|special|full|virtual|a|an|of|for|at|to|and|in|on|summons|notice|proceedings|first|second|zoom|online|remote|january|february|march|april|may|june|july|august|september|october|november|december)\b[\s,:-]*)+",
    )
});
static HELD: LazyLock<Pattern> = LazyLock::new(|| pattern(r"(?i)\b(?:to be |was |will be )?held\b"));
/// The meeting of all electors of a parish, which is none of its council.
static OF_ELECTORS: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\bannual (?:(?P<kind>parish|town|community|village) (?P<what>meeting|assembly)|meeting of (?:the )?(?P<of>parish|town|community|village) *(?:$|meeting|held|on\b|[–,:-]))",
    )
});

/// Whether words name a body already, and not the beginning of its name.
pub fn names_one(words: &str) -> bool {
    static NAME: LazyLock<Pattern> = LazyLock::new(|| pattern(&format!(r"\b{KINDS}\b")));
    NAME.is_match(words)
}

/// The body that met: where a heading speaks of its meeting, else of its
/// minutes, else where it says whom it is for, else on a line of its own, alone
/// or with the meeting's date; else the council itself, where it speaks of a
/// meeting and names no other.
pub fn read(
    lines: &[&str],
    date: Option<PartialDate>,
    council: Option<&str>,
    is_of_meeting: bool,
) -> Option<String> {
    // What comes after “held” says where.
    let fronts: Vec<&str> = lines
        .iter()
        .map(|line| &line[..HELD.find(line).map_or(line.len(), |held| held.start())])
        .filter(|line| !is_of_another_meeting(line, line.len()))
        .collect();
    let find = |regex: &Pattern| fronts.iter().find_map(|line| after(regex, line));
    let own_line = || lines.iter().find_map(|line| on_own_line(line, date));
    let itself = || {
        let is_its_own = council.is_some_and(is_local) && is_of_meeting;
        is_its_own.then(|| "Council".to_owned())
    };
    of_electors(&fronts)
        .or_else(|| find(&MEETING_OF))
        .or_else(|| find(&MEETING_FOR))
        .or_else(|| find(&MINUTES_OF))
        .or_else(|| find(&ITS_MEETING))
        .or_else(|| lines.iter().find_map(|line| labelled(line)))
        .or_else(own_line)
        .or_else(|| find(&MEMBERS_OF).filter(|name| !name.ends_with("Council")))
        .or_else(itself)
}

/// The Annual Parish Meeting, as it is named.
fn of_electors(lines: &[&str]) -> Option<String> {
    let found = lines.iter().find_map(|line| OF_ELECTORS.captures(line))?;
    let part = |name: &str| found.name(name).map(|part| part.as_str().to_uppercase());
    let (kind, what) = match (part("kind"), part("of")) {
        (Some(kind), _) => (kind, part("what")?),
        (None, of) => (of?, "MEETING".to_owned()),
    };
    Some(in_title_case(&format!("ANNUAL {kind} {what}")))
}

/// The name behind the words that a pattern begins with.
fn after(regex: &Pattern, line: &str) -> Option<String> {
    let found = regex.captures(line)?.get(1)?;
    // A council's name may stand in front of that of its committee.
    let rest = &line[found.end()..];
    let own = found.as_str();
    if own.to_lowercase().ends_with("council") {
        static BEHIND: LazyLock<Pattern> = LazyLock::new(|| {
            pattern(&format!(
                r"^(?:[’']s?)?[\s,–—-]+(?:the )?((?:[A-Z&][\w’'&,()/-]* |and |of |for |the ){{0,10}}?{KINDS}{TAIL})(?:$|[^\w’'-])"
            ))
        });
        if let Some(name) = BEHIND.captures(rest).and_then(|found| named(&found[1])) {
            return Some(name);
        }
    }
    named(own)
}

/// A name as a body's: without what is no part of it, and a council's own name
/// as “Council”. `None` for one that may mean any body, or another meeting.
fn named(name: &str) -> Option<String> {
    static OF_OTHERS: LazyLock<Pattern> = LazyLock::new(|| {
        pattern(
            r"(?i)\b(?:last|previous|next)\b|eeting|^(?:vice\W*)?(?:chair|mayor|leader|clerk|member|councillor|cllr|cathaoirleach)",
        )
    });
    static OF_COUNCIL: LazyLock<Pattern> = LazyLock::new(|| pattern(r"^(.{3,}?) of .*(?i:council)$"));
    // “Cabinet on Monday”, “Parish Council for Anytown”.
    static NO_FIELD: LazyLock<Pattern> = LazyLock::new(|| {
        pattern(
            r"(?i)(?: (?:on|for|of) (?:the )?(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|january|february|march|april|may|june|july|august|september|october|november|december)\b.*| on|(?P<council> council) (?:of|on|for) .*)$",
        )
    });
    let name = NOT_BODY.replace(name, "");
    let name = NO_FIELD.replace(&name, "$council");
    // “Planning Committee of Anytown Council” is named by its first words.
    let name = OF_COUNCIL
        .captures(&name)
        .map(|found| found.get(1).map_or("", |part| part.as_str()))
        .filter(|first| LINE.is_match(first))
        .unwrap_or(&name);
    let name = name.trim();
    if name.is_empty() || OF_OTHERS.is_match(name) {
        return None;
    }
    if name.to_lowercase().ends_with("council") {
        return Some(of_council(name));
    }
    let is_any =
        ["committee", "group", "board", "panel", "working group"].contains(&name.to_lowercase().as_str());
    (name.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit()) && !is_any)
        .then(|| in_title_case(name).replace("- ", "-"))
}

/// The whole of a council: “County Council” as it is called, any other, or one
/// that is called by its full name, as “Council”.
fn of_council(name: &str) -> String {
    let is_above = name.to_lowercase().starts_with("above");
    let is_principal = is_kind_only(name) && !is_local(name) && !is_above && name.contains(' ');
    if is_principal { in_title_case(&name.to_uppercase()) } else { "Council".to_owned() }
}

/// The body that a labelled line names; a decision may also be one person's.
fn labelled(line: &str) -> Option<String> {
    let found = LABELLED.captures(line)?;
    let name = before_date(found["name"].trim()).trim().trim_end_matches(['.', ',']);
    if found["label"].to_lowercase().starts_with("decision") {
        return Some(name.to_owned()).filter(|name| !name.is_empty());
    }
    let is_body = LINE.is_match(name) && !name.to_lowercase().contains("members");
    if is_body { named(name) } else { None }
}

/// A body on a line of its own, alone or with the meeting's date; with another
/// date it stands for another meeting. A council's name there is a letterhead.
fn on_own_line(line: &str, date: Option<PartialDate>) -> Option<String> {
    let is_of_date = dates(line).first().is_none_or(|found| date.is_none() || found.date == date);
    let name = before_date(line).trim_end_matches(" on");
    let is_letterhead = name.to_lowercase().ends_with("council");
    let is_body =
        is_of_date && !is_letterhead && LINE.is_match(name) && !name.to_lowercase().contains("members of");
    if is_body { named(name) } else { None }
}
