//! The council whose document it is.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::model::{Council, Councils, Kind, PartialDate};
use crate::parse::blocks::is_capitals;
use crate::parse::kind::kind_of;

use super::{Heading, in_title_case, is_kind_only};
use crate::parse::{Pattern, pattern};

/// The council: as the heading names it; else as a page's copyright does; else
/// the principal council's place, or a municipality, that the text names again
/// and again.
pub fn read(
    heading: &Heading,
    lines: &[&str],
    councils: &Councils,
    date: Option<PartialDate>,
) -> Option<String> {
    named(lines, councils)
        .or_else(|| imprinted(&heading.page.imprint, councils))
        .or_else(|| lines.iter().find_map(|line| municipality_on_line(line)))
        .or_else(|| {
            let is_local = texts(heading).any(|text| LOCAL.is_match(text));
            if is_local { None } else { recurring_place(heading, councils, date) }
        })
        .or_else(|| recurring_municipality(heading))
}

/// Whether a council is that of a parish, a community, a town or a township:
/// one that is a single body, with committees at the most.
pub fn is_local(name: &str) -> bool {
    static KINDS: LazyLock<Pattern> = LazyLock::new(|| {
        pattern(
            r"(?i)\b(?:parish|town|community|village|township|neighbourhood) council$|^(?:township|town|village|municipality) of |^cyngor (?:cymuned|tref)\b",
        )
    });
    KINDS.is_match(name)
}

fn texts<'a>(heading: &'a Heading) -> impl Iterator<Item = &'a str> {
    heading.page.blocks.iter().map(|block| block.text.as_str())
}

static COUNCIL: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?:\b(?:City of |Royal Borough of |London Borough of |Royal |THE )?(?:[A-Z][\w’'.-]*|of|and|upon|the|with|on|le|in|cum|&|under|next)(?:,? (?:[A-Z][\w’'.-]*|of|and|upon|the|with|on|le|in|cum|&|under|next|y|a)){0,7} (?:Council|COUNCIL|Corporation|Combined Authority))\b",
    )
});
/// The Welsh name of a community, town, county or county borough council; the
/// first letter may be softened.
static CYNGOR: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"\b(?:[CG]yngor|[CG]YNGOR) (?:(?i:cymuned|tref|sir|dinas|bwrdeistref)) [A-Z][\w’'-]*(?: (?:(?i:a|ac|y|yr|ar) )?[A-Z][\w’'-]*){0,3}",
    )
});
/// Words in front of a council's name that are no part of it.
static NOT_NAME: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:(?:the|each|every|all|member|draft|approved|unconfirmed|minutes?|notes?|agenda|meeting|meetings|monthly|annual|general|ordinary|extraordinary|extra-ordinary|special|full|virtual|a|an|of|for|at|to|and|in|on|summons|notice|proceedings|statutory|members|report|first|second|planning|zoom|online|remote|record|audit|finance|present|held|adjourned)\b[\s,:-]*)+",
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

/// A name that says which kind of council it is.
static OF_KIND: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i) (?:parish|town|community|village|city|county|borough|district|municipal) council$|^(?:township|town|village|municipality|city) of ",
    )
});

/// A line that breaks off in a name: “Draft Minutes of the May meeting of Stoke”.
static OPEN_NAME: LazyLock<Pattern> = LazyLock::new(|| pattern(r"(?i: of)(?: (?i:the))? [A-Z][\w’'-]*$"));

/// A council's full name in the heading: one of the table, or one that says of
/// which kind it is; else what only ends in “Council”.
fn named(lines: &[&str], councils: &Councils) -> Option<String> {
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
            let name = full_name(found.as_str());
            // “Parish Council” alone names nobody, nor does “President of Council”.
            if is_kind_only(&name) || name.to_lowercase().ends_with(" of council") || name.contains(',') {
                continue;
            }
            let is_principal = councils.find(&name).is_some();
            // What is left of a name whose beginning is lost, or stands in the
            // line above, is a wrong name: none is better.
            let is_broken = !name.starts_with(char::is_uppercase) || (begins_above && found.start() == 0);
            if is_broken && !is_principal {
                continue;
            }
            let name = in_title_case(&name).replace(" & ", " and ");
            if is_principal {
                return Some(name);
            }
            let name = of_municipality(&name);
            if OF_KIND.is_match(&name) {
                return Some(name);
            }
            printed.get_or_insert(name);
        }
    }
    printed.or_else(|| {
        lines
            .iter()
            .find_map(|line| CYNGOR.find(line))
            .map(|found| in_title_case(&nominative(found.as_str())))
    })
}

/// A council's name without what stood in front of it: other words of its
/// sentence, its committee, a letterhead in capitals.
fn full_name(found: &str) -> String {
    static BETWEEN: LazyLock<Pattern> =
        LazyLock::new(|| pattern(r"(?i) (?:annual|general|ordinary|extra-?ordinary|special|monthly) "));
    static IN_FRONT: LazyLock<Pattern> = LazyLock::new(|| {
        pattern(
            r"(?i)^.*(?:(?:committee|panel|board|group|meeting|minutes|minuted) of (?:the )?| of the |[a-z]{3,}\. |(?-i:Council) )",
        )
    });
    let name = NOT_NAME.replace(found, "");
    let name = IN_FRONT.replace(&name, "");
    let name = BETWEEN.replace_all(&name, " ");
    let words: Vec<&str> = name.split_whitespace().collect();
    let is_written_small = words.last().is_some_and(|last| *last == "Council");
    let is_letterhead = |word: &&&str| is_capitals(word) || matches!(**word, "and" | "of" | "&");
    let n_letterhead = words.iter().take_while(is_letterhead).count();
    let from = if is_written_small { n_letterhead } else { 0 };
    let without = words[from..].join(" ");
    if is_kind_only(&without) { words.join(" ") } else { without }
}

/// “Township of Anyplace Council” is the council of that municipality, which
/// is what others call it by.
fn of_municipality(name: &str) -> String {
    let is_so = ["Township of ", "Town of ", "City of ", "Village of ", "Municipality of "]
        .iter()
        .any(|front| name.starts_with(front));
    let has_kind = |bare: &&str| ["Parish", "Town", "Community"].iter().any(|kind| bare.ends_with(kind));
    let bare = name.strip_suffix(" Council").filter(|bare| is_so && !has_kind(bare));
    bare.unwrap_or(name).to_owned()
}

/// A municipality's name as it is written overseas, with the first word of its
/// place and what belongs to that.
const MUNICIPALITY: &str = r"(?:City|Township|Municipality|CITY|TOWNSHIP|MUNICIPALITY) (?:of|OF) (?:(?:St\.?|Saint|New|North|South|East|West|Great|Upper|Lower|Fort|Port|ST\.?|NEW|NORTH|SOUTH|EAST|WEST) )?[A-Z][\w-]+";

/// A municipality on a line of its own, perhaps behind the word for what the
/// document is.
fn municipality_on_line(line: &str) -> Option<String> {
    static LINE: LazyLock<Pattern> = LazyLock::new(|| {
        pattern(&format!(
            r"^(?i:(?:(?:minutes|agenda)(?: of)?(?: the)? |the )?(?:corporation of the )?)({MUNICIPALITY})$"
        ))
    });
    LINE.captures(line).map(|found| in_title_case(&found[1]))
}

/// The municipality that a text names again and again, and no other.
fn recurring_municipality(heading: &Heading) -> Option<String> {
    const ENOUGH: usize = 3;
    /// Titles that a city may bear.
    const TITLES: [&str; 6] = ["Culture", "Sanctuary", "Science", "Sport", "Literature", "Learning"];
    static NAME: LazyLock<Pattern> = LazyLock::new(|| pattern(MUNICIPALITY));
    let is_title = |name: &str| TITLES.iter().any(|title| name.ends_with(title));
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for text in texts(heading) {
        for found in NAME.find_iter(text).filter(|found| !is_title(found.as_str())) {
            *counts.entry(found.as_str()).or_default() += 1;
        }
    }
    let (name, n) = counts.iter().max_by_key(|(name, n)| (**n, **name))?;
    let next = counts.iter().filter(|(other, _)| *other != name).map(|(_, n)| *n).max().unwrap_or(0);
    (*n >= ENOUGH && *n >= 2 * next).then(|| in_title_case(name))
}

/// The council that holds the copyright of a page: a principal one, with or
/// without the word “Council” in its name.
fn imprinted(imprint: &[String], councils: &Councils) -> Option<String> {
    static AROUND: LazyLock<Pattern> = LazyLock::new(|| {
        pattern(
            r"(?i)©|\(c\)|\bcopyright\b|\ball rights reserved\b|\b(?:19|20)\d\d\b|[.,;:|]|(?:^|\s)[-–](?:\s|$)",
        )
    });
    imprint.iter().find_map(|line| {
        let name = AROUND.replace_all(line, " ").split_whitespace().collect::<Vec<_>>().join(" ");
        councils.find(&name).map(|_| in_title_case(&name))
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
    let existed = |council: &Council| date.is_none_or(|date| council.existed(date));
    let places = councils.by_key(|council| existed(council).then(|| place(&council.name))?);
    let mut counts: HashMap<usize, Mentions> = HashMap::new();
    let mut n_words = 0;
    for text in texts(heading).chain([heading.page.title.as_str()]) {
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
static LOCAL: LazyLock<Pattern> = LazyLock::new(|| {
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
