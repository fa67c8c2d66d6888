//! What a document is: minutes, an agenda, a report.

use std::sync::LazyLock;

use crate::model::{Edition, Kind};
use crate::parse::challenge_in_title;
use crate::parse::kind::kind_of;

use super::{Heading, is_of_another_meeting};
use crate::parse::{Pattern, pattern};

static MINUTES: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\bminutes?\b(?: of|:|$| \(|,| -| –)|^(?:draft |approved |unconfirmed )*minutes\b|\bcofnodion\b|\bcynhaliwyd\b|\bmeeting\b.{0,100}\bwas held\b|\bheld (?:their|its) (?:\w+ ){0,3}meeting\b|\bnotes? of (?:a|the) (?:\w+ ){0,3}meeting\b|^meeting notes?\b|\bproceedings\b",
    )
});
static AGENDA: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)^agenda\b|^a g e n d a$|\bsummon(?:s|ed)\b|\bnotice of (?:a |the )?meeting\b|\byou are (?:hereby )?(?:requested|invited) to attend\b|\bmeeting\b.{0,300}\b(?:will|to) be held\b|\bagenda for\b|\bagenda frontsheet\b",
    )
});
static DECISIONS: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:record of |list of |notice of |printed |statement of )?(?:executive )?decisions?(?: (?:list|notice|sheet|record|statement|taken|made|summary|details).*)?$|\bdecision (?:notice|record|list)\b|^decision[- ](?:maker|status)\s*:|^disposition of items$",
    )
});
static REPORT: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:from|by|report to|report of|report by|subject|to)\s*:\s*\S|^report (?:to|of|by)\b|^appendix\b",
    )
});
static DRAFT: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\bdraft\b(?: \([^)]*\))?.{0,20}\bminutes\b|\bminutes\b.{0,30}\b(?:draft|unconfirmed|unapproved|subject to (?:approval|confirmation))\b|\b(?:unconfirmed|unapproved|un-confirmed|un-approved) minutes\b|^\W*draft\W*$|^\W*(?-i:DRAFT)\b.{0,80}\bminutes\b|\bdraft (?:until|till|pending|awaiting|not yet)\b|\bheld (?:on|at) draft\b|\bsubject to (?:approval|confirmation) (?:at|by)\b",
    )
});

/// Among how many lines a report says from whom it comes and to whom it goes.
const N_OF_REPORT: usize = 12;

/// What the document is, by its heading, else by the name of its file, else by
/// a list of those present.
pub fn read(heading: &Heading, lines: &[&str]) -> Option<Edition> {
    let name =
        heading.file_name.map(|name| name.replace(['-', '_', '.'], " ").to_lowercase()).unwrap_or_default();
    let is_draft = lines.iter().any(|line| is_of_this(&DRAFT, line))
        || (name.contains("draft") && name.contains("minutes"));
    let minutes = if is_draft { Edition::DraftMinutes } else { Edition::Minutes };
    let n_report = lines.iter().take(N_OF_REPORT).filter(|line| REPORT.is_match(line)).count();
    if n_report >= 2 {
        return Some(Edition::Report);
    }
    for line in lines {
        // An agenda lists “Minutes of the last meeting”; it says first what it is.
        let found = [
            (AGENDA.is_match(line) && !line.to_lowercase().contains("agenda and minutes"), Edition::Agenda),
            (is_of_this(&MINUTES, line), minutes),
            (DECISIONS.is_match(line), Edition::Decisions),
        ];
        if let Some((_, edition)) = found.into_iter().find(|(is_so, _)| *is_so) {
            return Some(edition);
        }
    }
    let words: Vec<&str> = name.split_whitespace().collect();
    let has = |wanted: &[&str]| words.iter().any(|word| wanted.contains(word));
    if has(&["agenda", "agendas"]) && !has(&["minutes"]) {
        return Some(Edition::Agenda);
    }
    if has(&["minutes", "mins", "cofnodion"]) {
        return Some(minutes);
    }
    if has(&["decisions", "disposition"]) {
        return Some(Edition::Decisions);
    }
    if n_report > 0 || has(&["report", "appendix"]) {
        return Some(Edition::Report);
    }
    lines.iter().any(|line| kind_of(line) == Kind::Attendance).then_some(minutes)
}

/// Whether a line says so of this document, and not of the minutes of another
/// meeting.
fn is_of_this(words: &Pattern, line: &str) -> bool {
    words.find(line).is_some_and(|found| !is_of_another_meeting(line, found.end()))
}

/// What a page is that holds no document of a meeting; `None` where it may
/// hold one. Told by a part of its title, or by what it begins with.
pub fn other_page(title: &str, lines: &[&str]) -> Option<&'static str> {
    static PAGES: LazyLock<[(Pattern, &str); 2]> = LazyLock::new(|| {
        [
            (
                pattern(
                    r"(?i)^(?:search results?\b.*|search (?:form|mode)|no (?:search )?results (?:were )?found.*)$",
                ),
                "a page of search results, not a document of a meeting",
            ),
            (
                pattern(
                    r"(?i)^(?:(?:error\W{0,3})?(?:[45]\d\d\W{0,3})?(?:error|(?:page|file|document) not found|not found|forbidden|unauthori[sz]ed|bad request|(?:internal )?server error(?: in .*)?|runtime error|service (?:temporarily )?unavailable|bad gateway|access (?:is )?denied)|[45]\d\d|(?:the|this|sorry, (?:the|this)) (?:page|file|resource|document)(?: that)?(?: you (?:requested|are looking for|were looking for))? (?:can ?not be|could not be|was not|does not|doesn[’']t|can[’']t be) (?:found|exist).*|sorry, something went wrong|an? (?:unexpected |unhandled )?error (?:has )?occurred.*)\W*$",
                ),
                "a page that says that something went wrong, not a document of a meeting",
            ),
        ]
    });
    /// A page may have such a line in its menu, so that only its title counts.
    static LOGIN: LazyLock<Pattern> = LazyLock::new(|| {
        pattern(
            r"(?i)^(?:(?:please )?(?:log|sign)[ -]?(?:in|on)(?: to .*| required| page)?|session (?:has )?(?:expired|timed out))\W*$",
        )
    });
    let parts: Vec<&str> =
        title.split(['|', '–', '—']).flat_map(|part| part.split(" - ")).map(str::trim).collect();
    if parts.iter().any(|part| LOGIN.is_match(part)) {
        return Some("a page that asks for a password, not a document of a meeting");
    }
    if challenge_in_title(title).is_some() {
        return Some("a page that tests whether a person asks, not a document of a meeting");
    }
    let says = |regex: &Pattern| parts.iter().chain(lines.iter().take(2)).any(|part| regex.is_match(part));
    PAGES.iter().find(|(regex, _)| says(regex)).map(|(_, what)| *what)
}
