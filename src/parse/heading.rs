//! What a document says of itself: council, body, date, edition.

use std::collections::HashMap;
use std::sync::LazyLock;

use regex::Regex;

use crate::model::{Council, Councils, DateSource, Edition, Kind, PartialDate, Reading, Warning};

use super::blocks::{Block, Page};
use super::date::{before_date, dates, in_file_name};
use super::kind::kind_of;

/// Builds a pattern that is written in this file.
fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("the patterns are constants that the tests build")
}

/// What a heading is read from.
pub struct Heading<'a> {
    /// The file as read.
    pub page: &'a Page,
    /// The blocks before the first item of the agenda.
    pub lines: &'a [Block],
    /// The name of the file, if it has one.
    pub file_name: Option<&'a str>,
}

/// Fills in what the heading and the file's name say, where nothing better is
/// known already.
pub fn describe(heading: &Heading, councils: &Councils, reading: &mut Reading) {
    let lines = first_lines(heading);
    if reading.date.is_none() {
        date(heading, &lines, reading);
    }
    if reading.council.is_none() {
        reading.council = named_council(&lines, councils)
            .or_else(|| imprinted_council(&heading.page.imprint, councils))
            .or_else(|| recurring_place(heading, councils, reading.date));
    }
    if reading.body.is_none() {
        reading.body = body(&lines, reading.date);
    }
    if reading.edition.is_none() {
        reading.edition = edition(heading, &lines);
    }
}

/// How many blocks of a document are taken for its heading.
const N_LINES: usize = 14;

/// The title and the first lines, each cut to a sensible length.
fn first_lines<'a>(heading: &'a Heading) -> Vec<&'a str> {
    const LONGEST: usize = 400;
    let title = Some(heading.page.title.as_str()).filter(|title| !title.is_empty());
    let texts = heading.lines.iter().take(N_LINES).map(|block| block.text.as_str());
    title.into_iter().chain(texts).map(|text| cut(text, LONGEST)).collect()
}

fn cut(text: &str, longest: usize) -> &str {
    let mut end = text.len().min(longest);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// Words that make the date beside them that of the meeting.
static MEETS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:held|meeting|requested to attend|minutes|agenda|mon|tues?|wed(?:nes)?|thur?s?|fri|sat(?:ur)?|sun|cyfarfod|cynhaliwyd)(?:day)?\b|\bdate\s*:",
    )
});

/// The date: as the system that publishes the page marks it; else as the
/// heading gives it; else as the file's other metadata or its name do.
///
/// A blog's `date` is often the day of publication, so that a day in the
/// heading is believed before it.
fn date(heading: &Heading, lines: &[&str], reading: &mut Reading) {
    let meta = |wanted: &[&str]| {
        let found = heading.page.metas.iter().find(|(name, _)| wanted.contains(&name.as_str()));
        found.and_then(|(_, value)| dates(value).first().and_then(|found| found.date))
    };
    let in_name = heading.file_name.and_then(in_file_name).map(|date| (date, DateSource::FileName));
    let in_heading = heading_date(lines, &mut reading.warnings);
    let is_day = |found: &(PartialDate, DateSource)| found.0.to_day().is_some();
    let published = meta(&["dc.date"]).map(|date| (date, DateSource::Metadata));
    let held = in_heading.held.map(|date| (date, DateSource::Heading));
    let page = meta(&["date", "time", "meeting_date", "datetime"]).map(|date| (date, DateSource::Metadata));
    // A date that stands alone may be that of a letter: a whole date in the
    // file's name is believed before it.
    let alone = in_heading.alone.map(|date| (date, DateSource::Heading));
    let found = published.or(held).or(page).or(in_name.filter(is_day)).or(alone).or(in_name);
    if let Some((date, source)) = found {
        reading.date = Some(date);
        reading.date_source = Some(source);
    }
}

/// Dates of a heading.
#[derive(Default)]
struct HeadingDates {
    /// The first day in a line that speaks of a meeting.
    held: Option<PartialDate>,
    /// The first day in a line that is hardly more than a date.
    alone: Option<PartialDate>,
}

fn heading_date(lines: &[&str], warnings: &mut Vec<Warning>) -> HeadingDates {
    const HARDLY_MORE: usize = 60;
    let mut dated = HeadingDates::default();
    for line in lines {
        for found in dates(line) {
            let Some(date) = found.date else {
                let message =
                    format!("it gives a date that does not exist: “{}”", cut(&line[found.at..], 40));
                warnings.push(Warning { at: "heading".into(), message });
                continue;
            };
            if date.to_day().is_none() {
                continue;
            }
            if MEETS.is_match(line) {
                dated.held = Some(date);
                return dated;
            }
            if line.len() <= HARDLY_MORE {
                dated.alone.get_or_insert(date);
            }
        }
    }
    dated
}

static COUNCIL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:\b(?:City of |Royal Borough of |London Borough of |Royal |THE )?(?:[A-Z][\w’'.-]*|of|and|upon|the|with|on|le|in|cum|&|under|next)(?:,? (?:[A-Z][\w’'.-]*|of|and|upon|the|with|on|le|in|cum|&|under|next|y|a)){0,7} (?:Council|COUNCIL|Corporation|Combined Authority))\b",
    )
});
/// The Welsh name of a community, town, county or county borough council; the
/// first letter may be softened.
static CYNGOR: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:[CG]yngor|[CG]YNGOR) (?:(?i:cymuned|tref|sir|dinas|bwrdeistref)) [A-Z][\w’'-]*(?: (?:(?i:a|ac|y|yr|ar) )?[A-Z][\w’'-]*){0,3}",
    )
});
/// Words in front of a council's name that are no part of it.
static NOT_NAME: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:(?:the|each|every|all|member|draft|approved|unconfirmed|minutes?|notes?|agenda|meeting|meetings|monthly|annual|general|ordinary|extraordinary|extra-ordinary|special|full|virtual|a|an|of|for|at|to|and|in|on|summons|notice|proceedings|statutory|members|report|first|second|planning|zoom|online|remote|record|audit|finance|present)\b[\s,:-]*)+",
    )
});

/// Words in front of a body's name that are no part of it; unlike a council's,
/// it may begin with Audit, Planning or General.
static NOT_BODY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:(?:the|each|every|all|members? of|draft|approved|unconfirmed|minutes?|notes?|agenda|meetings?|monthly|annual|ordinary|extraordinary|extra-ordinary|special|full|virtual|a|an|of|for|at|to|and|in|on|summons|notice|proceedings|first|second|zoom|online|remote)\b[\s,:-]*)+",
    )
});

/// Words behind “Council” that make it part of another name.
const NOT_COUNCIL: [&str; 12] = [
    "chamber",
    "chambers",
    "offices",
    "office",
    "house",
    "tax",
    "buildings",
    "leader",
    "staff",
    "members",
    "member",
    "owned",
];

/// A line that breaks off in a name: “Draft Minutes of the May meeting of Stoke”.
static OPEN_NAME: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i: of)(?: (?i:the))? [A-Z][\w’'-]*$"));

/// A council's full name in the heading: a principal one's as the table has
/// it, any other's as printed.
fn named_council(lines: &[&str], councils: &Councils) -> Option<String> {
    let mut printed = None;
    for (at, line) in lines.iter().enumerate().filter(|(_, line)| kind_of(line) != Kind::Attendance) {
        let begins_above = at.checked_sub(1).is_some_and(|above| OPEN_NAME.is_match(lines[above]));
        for found in COUNCIL.find_iter(line) {
            let after = line[found.end()..].split_whitespace().next().unwrap_or_default().to_lowercase();
            if NOT_COUNCIL.contains(&after.trim_matches(|c: char| !c.is_alphanumeric()))
                || !is_prominent(line, found.start())
            {
                continue;
            }
            let name = NOT_NAME.replace(found.as_str(), "");
            let name = name.rsplit(" of the ").next().unwrap_or(&name).replace(" Annual ", " ");
            let name = name.trim();
            // “Parish Council” alone names nobody, nor does “President of Council”.
            if is_kind_only(name) || name.to_lowercase().ends_with(" of council") || name.contains(',') {
                continue;
            }
            if let Some(council) = councils.find(name) {
                return Some(council.name.clone());
            }
            // What is left of a name whose beginning is lost, or stands in the
            // line above, is a wrong name: none is better.
            let is_broken = !name.starts_with(char::is_uppercase) || (begins_above && found.start() == 0);
            if is_broken {
                continue;
            }
            printed.get_or_insert_with(|| in_title_case(name).replace(" & ", " and "));
        }
    }
    printed.or_else(|| {
        lines
            .iter()
            .find_map(|line| CYNGOR.find(line))
            .map(|found| in_title_case(&nominative(found.as_str())))
    })
}

/// The council that holds the copyright of a page: a principal one, with or
/// without the word “Council” in its name.
fn imprinted_council(imprint: &[String], councils: &Councils) -> Option<String> {
    static AROUND: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?i)©|\(c\)|\bcopyright\b|\ball rights reserved\b|\b(?:19|20)\d\d\b|[.,;:|]|(?:^|\s)[-–](?:\s|$)",
        )
    });
    imprint.iter().find_map(|line| {
        let name = AROUND.replace_all(line, " ").split_whitespace().collect::<Vec<_>>().join(" ");
        councils.find(&name).map(|council| council.name.clone())
    })
}

/// A softened `Gyngor` as it begins a name.
fn nominative(name: &str) -> String {
    name.replacen("Gyngor", "Cyngor", 1).replacen("GYNGOR", "CYNGOR", 1)
}

/// Whether a name at that place of a line may be the document's own: in a
/// short line or in front, and not in brackets behind a person.
fn is_prominent(line: &str, at: usize) -> bool {
    const SHORT: usize = 120;
    const FRONT: usize = 60;
    let is_in_brackets = line[..at].matches(['(', '[']).count() > line[..at].matches([')', ']']).count();
    !is_in_brackets && (line.len() <= SHORT || at <= FRONT)
}

fn is_kind_only(name: &str) -> bool {
    const KINDS: [&str; 20] = [
        "council",
        "county",
        "city",
        "borough",
        "district",
        "parish",
        "town",
        "community",
        "metropolitan",
        "the",
        "corporation",
        "combined",
        "authority",
        "and",
        "of",
        "full",
        "cabinet",
        "village",
        "municipal",
        "this",
    ];
    name.to_lowercase().split_whitespace().all(|word| KINDS.contains(&word))
}

/// A name in capitals as it is otherwise written; others as they are.
fn in_title_case(name: &str) -> String {
    if name.chars().any(char::is_lowercase) {
        return name.to_owned();
    }
    let word = |word: &str| {
        let word = word.to_lowercase();
        if matches!(
            word.as_str(),
            "of" | "and" | "the" | "upon" | "with" | "cum" | "on" | "le" | "in" | "a" | "ac" | "y" | "yr"
        ) {
            return word;
        }
        let mut letters = word.chars();
        letters
            .next()
            .map(|first| first.to_uppercase().chain(letters).collect::<String>())
            .unwrap_or_default()
    };
    let hyphened = |part: &str| part.split('-').map(word).collect::<Vec<String>>().join("-");
    name.split_whitespace().map(hyphened).collect::<Vec<String>>().join(" ")
}

/// The principal council whose place is named again and again in the text and
/// the file's name: three times or more, and twice as often as any other.
///
/// Streets do not count, nor other places of a longer name: Newcastle West. One passing mention never decides.
/// Nor do councils that did not exist on the date: Harrogate is a town of North Yorkshire Council.
fn recurring_place(heading: &Heading, councils: &Councils, date: Option<PartialDate>) -> Option<String> {
    const ENOUGH: usize = 3;
    /// Words of text for each mention, at the most: in a long text some place
    /// or other always comes again.
    const WORDS_A_MENTION: usize = 2_000;
    let texts = || heading.page.blocks.iter().map(|block| block.text.as_str());
    if texts().any(|text| LOCAL.is_match(text)) {
        return None;
    }
    let existed = |council: &Council| date.is_none_or(|date| council.existed(date));
    let places = councils.by_key(|council| existed(council).then(|| place(&council.name))?);
    let mut counts: HashMap<usize, Mentions> = HashMap::new();
    let mut n_words = 0;
    for text in texts().chain([heading.page.title.as_str()]) {
        n_words += count_places(text, &places, &mut counts);
    }
    if let Some(name) = heading.file_name {
        let name = format!("of {}", in_title_case(&name.replace(['-', '_', '.'], " ").to_uppercase()));
        count_places(&name, &places, &mut counts);
    }
    let (best, found) = counts.iter().max_by_key(|(at, found)| (found.n, usize::MAX - **at))?;
    let next = counts.iter().filter(|(at, _)| *at != best).map(|(_, found)| found.n).max().unwrap_or(0);
    let is_enough = found.n >= ENOUGH && found.n >= 2 * next && found.n * WORDS_A_MENTION >= n_words;
    (is_enough && found.is_place).then(|| councils.all()[*best].name.clone())
}

/// Words of parish, town and community councils: their minutes name the
/// principal council as somebody else.
static LOCAL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)\b(?:parish|town|community|city and county) councils?\b|\bparish clerk\b|\btownship\b")
});

/// How often a place is named.
#[derive(Debug, Clone, Copy, Default)]
struct Mentions {
    n: usize,
    /// Whether it is once named as a place is, “in Reading”: “Second Reading”
    /// is none.
    is_place: bool,
}

/// `Sefton` of Sefton Metropolitan Borough Council, as words; `None` where it
/// is named for no place.
fn place(name: &str) -> Option<Vec<String>> {
    const KINDS: [&str; 8] =
        ["Council", "City", "County", "Borough", "District", "Metropolitan", "Corporation", "MBC"];
    // “London” alone is not the City of London Corporation.
    if !name.contains("Council") {
        return None;
    }
    let bare = ["London Borough of ", "Royal Borough of ", "City of "]
        .iter()
        .find_map(|front| name.strip_prefix(front))
        .unwrap_or(name);
    let mut words: Vec<&str> = bare.split_whitespace().collect();
    while words.last().is_some_and(|word| KINDS.contains(word)) {
        words.pop();
    }
    (!words.is_empty()).then(|| words.into_iter().map(str::to_owned).collect())
}

/// Counts the places that a text names; gives back how many words it has.
fn count_places(
    text: &str,
    places: &HashMap<Vec<String>, Option<usize>>,
    counts: &mut HashMap<usize, Mentions>,
) -> usize {
    const OTHER_PLACE: [&str; 20] = [
        "Street", "Road", "Avenue", "Lane", "Drive", "Close", "Way", "St", "Rd", "Crescent", "Court",
        "Place", "Park", "Terrace", "West", "East", "North", "South", "Upon", "Under",
    ];
    const IN: [&str; 8] = ["in", "of", "across", "within", "throughout", "around", "near", "from"];
    /// “Bath and North East Somerset” has five words.
    const LONGEST: usize = 5;
    let words: Vec<&str> = text
        .split(|c: char| !c.is_alphanumeric() && c != '-' && c != '&')
        .filter(|word| !word.is_empty())
        .collect();
    let mut at = 0;
    while at < words.len() {
        if !words[at].starts_with(char::is_uppercase) {
            at += 1;
            continue;
        }
        let longest = LONGEST.min(words.len() - at);
        let found = (1..=longest).rev().find_map(|n| {
            let name: Vec<String> = words[at..at + n].iter().map(|word| (*word).to_owned()).collect();
            places.get(&name).map(|place| (n, *place))
        });
        let Some((n, place)) = found else {
            at += 1;
            continue;
        };
        let before = at.checked_sub(1).map_or("", |before| words[before]);
        at += n;
        let is_other = words.get(at).is_some_and(|word| OTHER_PLACE.contains(word));
        if let Some(place) = place.filter(|_| !is_other) {
            let found = counts.entry(place).or_default();
            found.n += 1;
            found.is_place |= IN.contains(&before);
        }
    }
    words.len()
}

const BODY_KINDS: &str = r"(?:[Ss]ub-?\s?[Cc]ommittee|SUB-?\s?COMMITTEE|Committee|COMMITTEE|Cabinet|CABINET|Panel|PANEL|Board|BOARD|Forum|FORUM|Executive|EXECUTIVE|Commission|COMMISSION|Working Group|WORKING GROUP|Working Party|WORKING PARTY|Council|COUNCIL|Municipal District|MUNICIPAL DISTRICT|Partnership|Group)";
static BODY_OF: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?i:meeting(?:s)? of (?:the )?)((?:[\w’'&,()/-]+ ){{0,12}}?{BODY_KINDS}(?: (?i:of) [A-Z][\w’'-]{{2,30}}(?: [A-Z][\w’'-]{{2,30}})?)?(?: \([^)]{{1,60}}\))?)\b"
    ))
});
static BODY_LINE: LazyLock<Regex> =
    LazyLock::new(|| pattern(&format!(r"^(?:[\w’'&,()/-]+ ){{0,12}}{BODY_KINDS}(?: \([^)]{{1,60}}\))?$")));
static MINUTES_OF: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?i:\b(?:minutes|agenda|decisions) (?:of|for) (?:the )?)((?:[\w’'&,()/-]+ ){{0,12}}?{BODY_KINDS}(?: \([^)]{{1,60}}\))?)(?:$|[^\w’'-])"
    ))
});

static HELD: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\b(?:to be |was |will be )?held\b"));

/// The body that met, as the heading names it: where it speaks of its meeting,
/// else of its minutes, else on a line of its own, alone or with the meeting's
/// date; with another date it stands for another meeting.
fn body(lines: &[&str], date: Option<PartialDate>) -> Option<String> {
    // What comes after “held” says where.
    let before_held = |line: &&'_ str| HELD.find(line).map_or(line.len(), |held| held.start());
    let fronts: Vec<&str> = lines.iter().map(|line| &line[..before_held(line)]).collect();
    let named = |regex: &Regex, line: &str| {
        let name = NOT_BODY.replace(regex.captures(line)?.get(1)?.as_str(), "").trim().to_owned();
        (!name.is_empty() && !name.eq_ignore_ascii_case("above council")).then_some(name)
    };
    let of_meeting = fronts.iter().find_map(|line| named(&BODY_OF, line));
    let of_minutes = || {
        let names = fronts.iter().filter_map(|line| named(&MINUTES_OF, line));
        names.into_iter().find(|name| is_own_body(name))
    };
    let line = || {
        let is_of_date =
            |line: &&&str| dates(line).first().is_none_or(|found| date.is_none() || found.date == date);
        let lines = lines.iter().filter(is_of_date).map(|line| before_date(line));
        let is_body =
            |line: &&str| BODY_LINE.is_match(line) && is_no_council(line) && !OF_OTHERS.is_match(line);
        let line = lines.into_iter().find(is_body)?;
        Some(NOT_BODY.replace(line, "").trim().to_owned())
            .filter(|name| !name.is_empty() && !name.eq_ignore_ascii_case("committee"))
    };
    of_meeting.or_else(of_minutes).or_else(line).map(|name| in_title_case(&name))
}

/// Words for minutes that are not these.
static OF_OTHERS: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\b(?:last|previous)\b"));

/// Whether a line may name a body of a council, and not the council itself.
fn is_no_council(line: &str) -> bool {
    let line = line.to_lowercase();
    !line.ends_with("council") && !line.contains("members of")
}

/// Whether what minutes are said to be of is the body that met: a body of a
/// council, or the whole of a principal one (“Minutes of the County Council”).
/// “Minutes of Stoke Ferry Parish Council” names the council, “minutes of the
/// last Cabinet” are other minutes, and “the Committee” may be any.
fn is_own_body(name: &str) -> bool {
    static LOCAL_KIND: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"(?i)\b(?:parish|town|community|village)\b"));
    let is_body = is_no_council(name) || (is_kind_only(name) && !LOCAL_KIND.is_match(name));
    let is_named = name.starts_with(char::is_uppercase) && !name.eq_ignore_ascii_case("committee");
    is_body && is_named && !OF_OTHERS.is_match(name) && !name.contains("eeting")
}

static MINUTES: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\bminutes?\b(?: of|:|$| \(|,| -| –)|^(?:draft |approved |unconfirmed )*minutes\b|\bcofnodion\b|\bminutes of\b|\bcynhaliwyd\b|\bmeeting\b.{0,100}\bwas held\b|\bnotes of (?:a|the) meeting\b|\bproceedings\b",
    )
});
static AGENDA: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^agenda\b|\bsummon(?:s|ed)\b|\bnotice of (?:a |the )?meeting\b|\byou are (?:hereby )?(?:requested|invited) to attend\b|\b(?:will|to) be held\b|\bagenda for\b|\bagenda frontsheet\b",
    )
});
static DECISIONS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:record of |list of |notice of |printed |statement of )?(?:executive )?decisions?(?: (?:list|notice|sheet|record|statement|taken|made|summary).*)?$|\bdecision (?:notice|record|list)\b",
    )
});
static REPORT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:from|by|report to|report of|report by|subject|to)\s*:\s*\S|^report (?:to|of|by)\b|^appendix\b",
    )
});
static DRAFT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\bdraft\b.{0,20}\bminutes\b|\bminutes\b.{0,30}\b(?:draft|unconfirmed|unapproved|subject to (?:approval|confirmation))\b|\b(?:unconfirmed|unapproved|un-confirmed|un-approved) minutes\b|^\W*draft\W*$",
    )
});

/// What the document is, by its heading, else by the name of its file.
fn edition(heading: &Heading, lines: &[&str]) -> Option<Edition> {
    let name =
        heading.file_name.map(|name| name.replace(['-', '_', '.'], " ").to_lowercase()).unwrap_or_default();
    let is_draft =
        lines.iter().any(|line| DRAFT.is_match(line)) || (name.contains("draft") && name.contains("minutes"));
    let minutes = if is_draft { Edition::DraftMinutes } else { Edition::Minutes };
    let n_report = lines.iter().filter(|line| REPORT.is_match(line)).count();
    if n_report >= 2 {
        return Some(Edition::Report);
    }
    for line in lines {
        // An agenda lists “Minutes of the last meeting”; it says first what it is.
        let found = [
            (AGENDA.is_match(line) && !line.to_lowercase().contains("agenda and minutes"), Edition::Agenda),
            (MINUTES.is_match(line), minutes),
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
    (n_report > 0 || has(&["report", "appendix"])).then_some(Edition::Report)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::blocks::Style;

    fn councils() -> Councils {
        Councils::from_csv(
            b"slug,name,gss_code,nation,platform,base_url\n\
              sefton,Sefton Metropolitan Borough Council,E08000014,England,moderngov,\n\
              kent,Kent County Council,E10000016,England,moderngov,\n\
              oxford,Oxford City Council,E07000178,England,moderngov,\n",
        )
        .unwrap()
    }

    fn describe_text(text: &str, file_name: Option<&str>) -> Reading {
        let blocks: Vec<Block> = text.lines().filter_map(|line| Block::new(Style::Paragraph, line)).collect();
        let page = Page { blocks: blocks.clone(), ..Page::default() };
        let mut reading = Reading::default();
        describe(&Heading { page: &page, lines: &blocks, file_name }, &councils(), &mut reading);
        reading
    }

    #[test]
    fn a_heading_names_council_body_date_and_edition() {
        let reading = describe_text(
            "KENT COUNTY COUNCIL\nCABINET\nMINUTES of a meeting of the Cabinet held in the Council Chamber on Thursday, 30 January 2025.",
            None,
        );
        assert_eq!(reading.council.as_deref(), Some("Kent County Council"));
        assert_eq!(reading.body.as_deref(), Some("Cabinet"));
        assert_eq!(reading.date.map(|date| date.to_string()).as_deref(), Some("2025-01-30"));
        assert_eq!(reading.date_source, Some(DateSource::Heading));
        assert_eq!(reading.edition, Some(Edition::Minutes));
    }

    #[track_caller]
    fn check_body(text: &str, expected: Option<&str>) {
        assert_eq!(describe_text(text, None).body.as_deref(), expected, "{text}");
    }

    #[test]
    fn a_body_is_named_by_its_minutes_or_on_a_line_with_a_date() {
        check_body(
            "Minutes of the Children's Scrutiny Committee held on 6 July 2021",
            Some("Children's Scrutiny Committee"),
        );
        check_body(
            "Minutes of the Education Committee held on 3 May 2022 at Sefton Council",
            Some("Education Committee"),
        );
        check_body("Minutes of a meeting of the Audit Committee", Some("Audit Committee"));
        check_body("Minutes of the General Purposes Committee", Some("General Purposes Committee"));
        check_body("DRAFT PLANNING COMMITTEE", Some("Planning Committee"));
        check_body("Minutes of the Cabinet, Tuesday, 4th October 2022", Some("Cabinet"));
        check_body("Minutes of the County Council, 4 October 2022", Some("County Council"));
        check_body(
            "CORPORATE PARENTING PANEL– 29 October 2024\nMINUTES of the meeting held in the Darent Room",
            Some("Corporate Parenting Panel"),
        );
        check_body("Cabinet - Tuesday, 4th October 2022", Some("Cabinet"));
        check_body("Meeting on 30 January 2025\nEducation Cabinet Committee, 16 January 2025", None);
        check_body(
            "CORPORATE PARENTING PANEL\nMINUTES of a meeting of the Corporate Parenting Panel held in the Hall",
            Some("Corporate Parenting Panel"),
        );
        check_body("Minutes of Stoke Ferry Parish Council held on 3 May 2022", None);
        check_body("Minutes of the Parish Council, 3 May 2022", None);
        check_body("Minutes of the last Cabinet", None);
        check_body("Minutes of the Committee, 3 May 2022", None);
        check_body("Minutes of the Cabinet's decisions", None);
    }

    #[test]
    fn a_parish_keeps_its_printed_name() {
        let reading =
            describe_text("Minutes of Stoke Ferry Parish Council Meeting held on 12 February 2014", None);
        assert_eq!(reading.council.as_deref(), Some("Stoke Ferry Parish Council"));
    }

    #[test]
    fn a_name_that_is_broken_or_misspelt_is_not_guessed() {
        let council = |text: &str| describe_text(text, None).council;
        assert_eq!(council("Draft Minutes of the meeting of Stoke\nFferry Parish Council"), None);
        assert_eq!(council("Stoke Ferry Parish Coucnil meeting"), None);
        assert_eq!(council("Minutes of fferry Parish Council"), None);
        assert_eq!(council("Minutes of upon Tyne Parish Council"), None);
        let again = "Minutes of Stoke\nFferry Parish Council\nMinutes of Stoke Ferry Parish Council Meeting";
        assert_eq!(council(again).as_deref(), Some("Stoke Ferry Parish Council"));
        // A principal council's name is known as it stands.
        assert_eq!(council("MINUTES OF\nKENT COUNTY COUNCIL").as_deref(), Some("Kent County Council"));
    }

    #[test]
    fn a_place_must_recur_and_be_no_street() {
        let thrice = "Care in Sefton\nSefton’s improvement\nSefton Children";
        assert_eq!(
            describe_text(thrice, None).council.as_deref(),
            Some("Sefton Metropolitan Borough Council")
        );
        assert_eq!(describe_text("Care in Sefton\nSefton again", Some("notes.txt")).council, None);
        assert_eq!(
            describe_text("Care in Sefton\nSefton again", Some("sefton-2021.txt")).council.as_deref(),
            Some("Sefton Metropolitan Borough Council")
        );
        assert_eq!(
            describe_text("Oxford Street\nOxford Road\nOxford Street\nOxford Lane", None).council,
            None
        );
    }

    #[test]
    fn a_day_that_does_not_exist_is_no_date_but_a_warning() {
        let reading = describe_text("Minutes of the meeting held on 31 February 2021", None);
        assert_eq!((reading.date, reading.warnings.len()), (None, 1));
    }

    #[test]
    fn a_month_in_a_title_is_not_the_meetings_date() {
        let reading = describe_text("Report of Inspection of Services - July 2019", Some("ofsted-2019.txt"));
        assert_eq!(reading.date.map(|date| date.to_string()).as_deref(), Some("2019"));
        assert_eq!(reading.date_source, Some(DateSource::FileName));
    }

    #[test]
    fn agendas_and_reports_are_not_minutes() {
        for (text, expected) in [
            (
                "AGENDA\nCABINET\nThursday, 30th January, 2025\n3. Minutes of the last meeting",
                Edition::Agenda,
            ),
            ("Summons to and Agenda for a Meeting", Edition::Agenda),
            ("From: The Director\nTo: Cabinet\nSubject: Schools", Edition::Report),
            ("DRAFT MINUTES of the meeting", Edition::DraftMinutes),
            ("Minutes of the meeting", Edition::Minutes),
        ] {
            assert_eq!(describe_text(text, None).edition, Some(expected), "{text}");
        }
    }
}
