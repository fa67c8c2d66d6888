//! What a document says of itself: council, body, date, edition.

mod body;
mod council;
mod day;
mod edition;

use std::sync::LazyLock;

use crate::model::{Councils, Edition, Kind, Reading};

use super::blocks::{Block, Page, is_capitals};
use super::date;
use super::kind::kind_of;
use crate::parse::{Pattern, pattern};

pub use edition::other_page;

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
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    if reading.date.is_none() {
        day::read(heading, &lines, reading);
    }
    if reading.council.is_none() {
        reading.council = council::read(heading, &lines, councils, reading.date);
    }
    if reading.edition.is_none() {
        reading.edition = edition::read(heading, &lines);
    }
    if reading.body.is_none() {
        let is_of_meeting = reading.edition.is_some_and(|edition| edition != Edition::Report);
        reading.body = body::read(&lines, reading.date, reading.council.as_deref(), is_of_meeting);
    }
}

/// The title and the first lines, each cut to a sensible length; a sentence
/// that says which meeting it was is one line, however it is printed.
fn first_lines(heading: &Heading) -> Vec<String> {
    /// How many blocks of a document are taken for its heading: a letter that
    /// calls to a meeting comes to its business late.
    const N_LINES: usize = 24;
    const LONGEST: usize = 400;
    let title = Some(heading.page.title.as_str()).filter(|title| !title.is_empty());
    let mut lines: Vec<String> = title.map(|title| cut(title, LONGEST).to_owned()).into_iter().collect();
    let n_titles = lines.len();
    for block in heading.lines.iter().take(N_LINES) {
        let text = cut(&block.text, LONGEST);
        match lines[n_titles..].last_mut().filter(|line| goes_on(line, text)) {
            Some(line) => *line = format!("{line} {text}"),
            None => lines.push(text.to_owned()),
        }
    }
    lines
}

/// Whether a line breaks off in the sentence that says which meeting it was,
/// and the next one takes it up.
fn goes_on(line: &str, next: &str) -> bool {
    const LONGEST: usize = 300;
    static SPEAKS: LazyLock<Pattern> =
        LazyLock::new(|| pattern(r"(?i)\b(?:meeting|minutes|proceedings|held)\b"));
    static OPEN: LazyLock<Pattern> = LazyLock::new(|| {
        pattern(r"(?i)(?:(?:^|\s)(?:of|the|at|in|on|held|and|for)|,|\d(?:st|nd|rd|th)|day|\w-)$")
    });
    static TAKES_UP: LazyLock<Pattern> = LazyLock::new(|| pattern(r"^(?i:held|on|at) "));
    // “A meeting of the Health and Social” / “Care Panel will be held in”.
    static MEETING_OF: LazyLock<Pattern> = LazyLock::new(|| pattern(r"(?i)\bmeeting of\b"));
    static HELD: LazyLock<Pattern> = LazyLock::new(|| pattern(r"(?i)\bheld\b"));
    let is_held_below = || {
        let is_waiting = MEETING_OF.is_match(line) && !HELD.is_match(line);
        is_waiting && HELD.is_match(next) && !MEETING_OF.is_match(next)
    };
    // “MEETING OF ANYTOWN CITY” / “COUNCIL” / “HELD IN”.
    static UNNAMED: LazyLock<Pattern> =
        LazyLock::new(|| pattern(r"MEETING OF (?:THE )?(?P<name>(?:[\w&,’'-]+ ){0,8}[\w&,’'-]+)$"));
    let is_named_below = || {
        let name = UNNAMED.captures(line).map(|found| found["name"].to_owned());
        is_capitals(line) && is_capitals(next) && name.is_some_and(|name| !body::names_one(&name))
    };
    // “HELD IN THE COUNCIL” / “CHAMBER, ON MONDAY, 22ND”.
    let is_dated_below = || {
        let is_printed = is_capitals(line) && is_capitals(next) && HELD.is_match(line);
        is_printed
            && next.contains(|c: char| c == ',' || c.is_ascii_digit())
            && kind_of(next) != Kind::Attendance
    };
    line.len() + next.len() <= LONGEST
        && SPEAKS.is_match(line)
        && (OPEN.is_match(line)
            || TAKES_UP.is_match(next)
            || is_held_below()
            || is_named_below()
            || is_dated_below())
        && !date::dates(line).iter().any(|found| found.date.is_some_and(|date| date.to_day().is_some()))
}

fn cut(text: &str, longest: usize) -> &str {
    &text[..text.floor_char_boundary(longest)]
}

/// Whether what a line says at that place is of another meeting: one whose
/// minutes are approved here, or the next.
fn is_of_another_meeting(line: &str, at: usize) -> bool {
    static OWN: LazyLock<Pattern> = LazyLock::new(|| {
        pattern(
            r"(?i)^\W*(?:(?:draft|un-?approved|approved|un-?confirmed|confirmed|adopted|agreed|signed)\W+)*(?:minutes|notes)\b",
        )
    });
    // What is approved, or the meeting that the date belongs to.
    static APPROVED: LazyLock<Pattern> = LazyLock::new(|| {
        pattern(
            r"(?i)\b(?:confirm|approv|adopt|agree|accept|receiv|consider|circulat|sign|cop(?:y|ies))\w*\b[^;)]{0,60}\b(?:minutes|of the following meetings?)\b|^(?:\d+\W+)?dates? of (?:the )?(?:next|future)\b|\bcofnodion y cyfarfod (?:diwethaf|blaenorol)\b",
        )
    });
    static MEETING: LazyLock<Pattern> = LazyLock::new(|| pattern(r"(?i)\b(?:meetings?|minutes)\b"));
    static OTHER: LazyLock<Pattern> =
        LazyLock::new(|| pattern(r"(?i)\b(?:last|previous|preceding|next|following|future)(?: \w+){0,3} $"));
    static AFTER: LazyLock<Pattern> = LazyLock::new(|| {
        pattern(
            r"(?i)^[\d./-]*[^.;]{0,100}\b(?:were|was|be|having been|had been|as a)\W+(?:\w+\W+){0,4}(?:confirmed|approved|agreed|accepted|adopted|signed|correct|true|read|received|taken|circulated)\b",
        )
    });
    let own = OWN.find(line).map_or(0, |own| own.end().min(at));
    let before = &line[own..at];
    let is_other = || {
        // “at the next Meeting. Ordinary Meeting of”: the last one counts.
        let meetings: Vec<_> = MEETING.find_iter(before).collect();
        let Some((last, earlier)) = meetings.split_last() else { return false };
        let from = earlier.last().map_or(0, |earlier| earlier.end());
        OTHER.is_match(&before[from..last.start()])
    };
    APPROVED.is_match(before)
        || is_other()
        || (AFTER.is_match(&line[at..]) && line[..at].to_lowercase().contains("minutes"))
}

fn is_kind_only(name: &str) -> bool {
    const KINDS: [&str; 24] = [
        "&",
        "above",
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
        "township",
        "principal",
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::DateSource;
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
        check_body("Minutes of Stoke Ferry Parish Council held on 3 May 2022", Some("Council"));
        check_body("Minutes of the Parish Council, 3 May 2022", Some("Council"));
        check_body("Minutes of the last Cabinet", None);
        check_body("Minutes of the Committee, 3 May 2022", None);
        check_body("Minutes of the Cabinet's decisions", None);
    }

    #[test]
    fn a_local_council_that_names_no_other_body_met_itself() {
        check_body("ANYTOWN COMMUNITY COUNCIL\nMinutes of Meeting held on 3 May 2022", Some("Council"));
        check_body("Minutes of a meeting of the above Council held on 3 May 2022", Some("Council"));
        check_body("COUNCIL MEETING\nWEDNESDAY, MAY 4, 2022", Some("Council"));
        check_body("Cynhaliwyd cyfarfod o Gyngor Cymuned Dre Wen ar y 3ydd Mai 2022", Some("Council"));
        check_body(
            "ANYTOWN PARISH COUNCIL\nPlanning Committee meeting held on 3 May 2022",
            Some("Planning Committee"),
        );
        check_body(
            "Minutes of Anytown Parish Council Planning Committee held on 3 May 2022",
            Some("Planning Committee"),
        );
        check_body("Anytown Parish Council\nReport of the footpath warden", None);
        check_body("Anyshire County Council\nReport of the Leader", None);
    }

    #[test]
    fn the_meeting_of_all_electors_is_none_of_the_council() {
        check_body("Anytown Annual Parish Meeting held on 3 May 2022", Some("Annual Parish Meeting"));
        check_body("Annual Meeting of the Parish held on 3 May 2022", Some("Annual Parish Meeting"));
        check_body("Annual Meeting of Anytown Parish Council held on 3 May 2022", Some("Council"));
        check_body(
            "ANYTOWN PARISH COUNCIL\nMinutes of the meeting held on 8 July 2014\n\
             To confirm the minutes of the Annual Parish Meeting held on 3 May 2014",
            Some("Council"),
        );
    }

    #[test]
    fn a_body_is_named_by_what_a_document_is_addressed_to() {
        check_body("From: The Director\nTo: Cabinet – 4 March 2025\nSubject: Schools", Some("Cabinet"));
        check_body("To: | Health Scrutiny Committee | 4 March 2025", Some("Health Scrutiny Committee"));
        check_body("To: All Members of the Audit Committee", Some("Audit Committee"));
        check_body("To: All Members of the Council", None);
        check_body("Decision maker: Director of Housing\nDecision:", Some("Director of Housing"));
        check_body(
            "Meeting to consider the budget for the Municipal District of Anyplace East to be held in May",
            Some("Municipal District of Anyplace East"),
        );
        check_body(
            "Meeting of the Task Group on Climate Change held on 3 May 2022",
            Some("Task Group on Climate Change"),
        );
        check_body("Meeting of the Parish Council for Anytown on 3 May 2022", Some("Council"));
        check_body("Planning Committee on Monday 3 May 2022", Some("Planning Committee"));
        check_body("Meeting of Anytown Town Council, the Chairman of the Roads Committee", Some("Council"));
        check_body("Transport Panel – eighth meeting 23rd March 2011", Some("Transport Panel"));
    }

    #[track_caller]
    fn check_council(text: &str, expected: Option<&str>) {
        assert_eq!(describe_text(text, None).council.as_deref(), expected, "{text}");
    }

    #[test]
    fn a_municipality_is_a_council_with_or_without_the_word() {
        check_council(
            "A regular meeting of the Township of Anyplace Council was held",
            Some("Township of Anyplace"),
        );
        check_council(
            "MINUTES\nTOWNSHIP OF NEW ANYPLACE\nTuesday, May 8, 2018",
            Some("Township of New Anyplace"),
        );
        check_council(
            "Roads of the City of Anyplace\nBy-laws of the City of Anyplace\nThe City of Anyplace sells land",
            Some("City of Anyplace"),
        );
        check_council("Roads of the City of Anyplace\nA city of culture", None);
        check_council("City of Culture 2029\nThe City of Culture bid\nA City of Culture", None);
        check_council("City of Wells Parish Council", Some("City of Wells Parish Council"));
    }

    #[test]
    fn a_councils_name_is_told_from_what_stands_before_it() {
        check_council(
            "CITY & COUNTY Anyplace City and County Council,",
            Some("Anyplace City and County Council"),
        );
        check_council("Transport Committee of Anytown Town Council", Some("Anytown Town Council"));
        check_council("Minutes of Anytown Annual Parish Council", Some("Anytown Parish Council"));
        check_council("St. Any Parish Council", Some("St. Any Parish Council"));
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

    #[track_caller]
    fn check_date(text: &str, expected: Option<&str>) {
        let date = describe_text(text, None).date.map(|date| date.to_string());
        assert_eq!(date.as_deref(), expected, "{text}");
    }

    #[test]
    fn the_day_of_the_meeting_is_told_from_other_days() {
        check_date("2 July 2014\nMeeting to be held on Monday, 7 July 2014", Some("2014-07-07"));
        check_date("Tuesday, 31 December 2024\nA meeting will be held on 9 January 2025", Some("2025-01-09"));
        check_date("Published: Friday 3 May 2019\nThursday 9 May 2019", Some("2019-05-09"));
        check_date("Minutes of the Ordinary Meeting\n8th July 2014 at 7.30pm", Some("2014-07-08"));
        check_date(
            "9 July 2014\nTo confirm the minutes of the meeting held on 13 May 2014",
            Some("2014-07-09"),
        );
        check_date("The minutes of the meeting held on 13 May 2014 were approved.", None);
        check_date("The Minutes of the meeting held on 06.03.17 were agreed as a true record.", None);
        check_date("To: | Cabinet – 4 March 2025\n5 March 2025", Some("2025-03-04"));
        check_date("Report of 3 March 2025\nTo: Cabinet – 4 March 2025", Some("2025-03-04"));
        check_date("Minutes of the previous meeting (12/4/05)", None);
        check_date("Approved minutes of the meeting held on 13 May 2014", Some("2014-05-13"));
        check_date("Meeting of 3 June 2014\nDate of next meeting: 8 July 2014", Some("2014-06-03"));
        check_date("MINUTES 2019\nMeeting held on Tuesday 5th March", Some("2019-03-05"));
    }

    #[test]
    fn a_sentence_that_names_the_meeting_is_read_over_its_lines() {
        let reading = describe_text(
            "MINUTES OF THE MEETING OF ANYTOWN TOWN\nCOUNCIL\nHELD IN THE TOWN\nHALL, ANYTOWN, ON MONDAY, 22ND\n\
             SEPTEMBER, 2014, AT 3 P.M.\nPresent: Cllr A\n\
             Draft minutes of these meetings:\nMeeting held on 22nd April, 2014",
            None,
        );
        assert_eq!(reading.council.as_deref(), Some("Anytown Town Council"));
        assert_eq!(reading.body.as_deref(), Some("Council"));
        assert_eq!(reading.date.map(|date| date.to_string()).as_deref(), Some("2014-09-22"));
        check_body(
            "A meeting of the Health and Social\nCare Panel will be held in the Hall",
            Some("Health and Social Care Panel"),
        );
        check_body(
            "MINUTES OF PROCEEDINGS AT MEETING OF THE\nROADS COMMITTEE HELD IN\nTHE HALL",
            Some("Roads Committee"),
        );
    }

    #[test]
    fn two_sentences_that_name_the_meeting_are_two_lines() {
        check_council(
            "Minutes of the September meeting of Anytown PC\n\
             Minutes of the meeting of the Anytown Parish Council held on 14 September 2004 in the Village Hall, all being there",
            Some("Anytown Parish Council"),
        );
    }

    #[test]
    fn a_day_above_the_list_of_those_present_goes_before_one_below() {
        check_date(
            "Anytown\nTuesday 30 September 2014\nPresent: Cllr A\nA meeting was held on 22 September 2014",
            Some("2014-09-30"),
        );
        check_date("Present: Cllr A\nThe meeting was held on 22 September 2014", Some("2014-09-22"));
        check_date(
            "You are requested to attend a Meeting to be held in the Hall at\n\
             New Road on Tuesday, 13 September 2016 at 9\nMinutes of the meeting held on 12 July 2016",
            Some("2016-09-13"),
        );
        check_date(
            "Draft Minutes Subject to Approval at the next Meeting Ordinary Meeting of Wednesday 5 September 2018\n\
             The meeting was told of 11 November 2018",
            Some("2018-09-05"),
        );
        check_date(
            "Draft, subject to approval at the next Meeting. Ordinary Meeting of Wednesday 5 September 2018",
            Some("2018-09-05"),
        );
    }

    #[test]
    fn the_first_council_named_is_the_documents_own() {
        check_council(
            "Anytown Parish Council\nThose there: Cllr Doe Kent County Council",
            Some("Anytown Parish Council"),
        );
    }

    #[test]
    fn the_day_on_which_a_page_was_put_up_comes_last() {
        let front_matter = |body: &str, file_name| {
            let blocks: Vec<Block> =
                body.lines().filter_map(|line| Block::new(Style::Paragraph, line)).collect();
            let metas = vec![("date".to_owned(), "2020-05-01".to_owned())];
            let page = Page { blocks: blocks.clone(), metas, ..Page::default() };
            let mut reading = Reading::default();
            describe(&Heading { page: &page, lines: &blocks, file_name }, &councils(), &mut reading);
            reading.date.map(|date| date.to_string()).unwrap_or_default()
        };
        assert_eq!(front_matter("Minutes of the meeting on 3 March 2020", None), "2020-03-03");
        assert_eq!(front_matter("Parish notes", Some("2020-03-03-notes.md")), "2020-03-03");
        assert_eq!(front_matter("Parish notes", None), "2020-05-01");
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
            ("Meeting note", Edition::Minutes),
            ("Anytown Council held their meeting at 7.30pm", Edition::Minutes),
            ("Panel\nPresent: A, B and C", Edition::Minutes),
            ("MINUTES\nTo adopt the draft minutes of the last meeting", Edition::Minutes),
            ("Draft (until approved at the next meeting) Minutes of the Meeting", Edition::DraftMinutes),
            ("MINUTES (subject to approval at the next meeting)", Edition::DraftMinutes),
            (
                "MILL PARISH COUNCIL (Draft until approved at the next Council meeting) Minutes of the Meeting",
                Edition::DraftMinutes,
            ),
            ("DRAFT MILL PARISH COUNCIL Minutes of the Meeting", Edition::DraftMinutes),
            ("Minutes of the Meeting held on Draft Monday 2 May", Edition::DraftMinutes),
            ("Minutes of the meeting to consider the DRAFT BUDGET", Edition::Minutes),
            ("Decision maker: Director of Housing\nDecision status: Approved", Edition::Decisions),
        ] {
            assert_eq!(describe_text(text, None).edition, Some(expected), "{text}");
        }
    }

    #[test]
    fn pages_that_hold_no_document_are_told_by_their_titles() {
        let is_other = |title: &str, first: &str| other_page(title, &[first]).is_some();
        for title in [
            "Search results for roads - Anytown Council",
            "404 - Page not found | Anytown Council",
            "Error",
            "Anytown Council – Log in",
            "Sign in to your account",
            "Just a moment...",
            "500 Internal Server Error",
        ] {
            assert!(is_other(title, ""), "{title}");
        }
        assert!(is_other("", "Search Results (22 Documents Found)"));
        assert!(is_other("Anytown", "Sorry, the page you requested could not be found"));
        for (title, first) in [
            ("Cabinet, 3 May 2022", "Log in"),
            ("Minutes: error in the accounts", "Minutes"),
            ("", "4"),
            ("Agenda for Cabinet | Anytown Council", "Search"),
        ] {
            assert!(!is_other(title, first), "{title}");
        }
    }
}
