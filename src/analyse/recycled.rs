//! Recycled wording: template, carried forward or restated.

use std::collections::BTreeSet;
use std::ops::Range;

use super::alignment::{Change, align};
use super::chains::{ALIKE_PERCENT, FEWEST_WORDS};
use crate::model::Kind;
use crate::search::Tokens;

/// In how many bodies a wording stands, word for word, where it is template: an
/// assurance may be given in a panel, the cabinet and the council.
const MANY_BODIES: u64 = 5;

/// In how many councils it stands then.
const MANY_COUNCILS: u64 = 3;

/// In how many meetings of a body a chain stands, where it is template.
const MANY_MEETINGS: u64 = 10;

/// In how many meetings of a body a chain stands at least, where it is template for
/// standing in one of [`ONE_IN`].
const SOME_MEETINGS: u64 = 5;

/// See [`SOME_MEETINGS`].
const ONE_IN: u64 = 3;

/// How many meetings in a row a row of a log may be missing from: one that was not
/// reached.
const MISSED: u64 = 1;

/// After how many days two meetings next to each other are apart.
const APART_DAYS: i64 = 180;

/// Words of an assurance: that something goes on, or will come.
const ASSURING: &str = "assured awaited awaiting commitment committed confirmed continue continued continues \
    continuing endeavour ensure expected hoped intended intends monitor monitored monitoring \
    ongoing outstanding pending planned pledged priorities priority progressing promised \
    reassured remain remains shortly soon undertake undertaking undertook underway will \
    would";

/// Words of the business of meetings itself: who proposed, who was chosen, what was
/// referred. A decision with one of them says nothing of a matter.
const FORMAL: &str = "accept accepted accounts adjourned adopted agenda amended appoint appointed approval \
    approve approved authorised authorized bylaw carried chair chairman cheque cllrs convene \
    correspondence defer deferred delegate deputation donation elect elected execute hands \
    invoice item items matters minutes motion motions nominate nominated nomination \
    nominations payment payments permission permitted proposed reading refer referred \
    seconded signed thank thanks vote votes";

/// What a line of an agenda begins with, after `to`.
const AGENDA: &str = "agree approve consider discuss note receive resolve review";

const MONTHS: &str = "april august december february january july june march may november october september \
    apr aug dec feb jan jul jun mar nov oct sep sept";

const WEEKDAYS: &str = "friday monday saturday sunday thursday tuesday wednesday";

/// What a chain of passages is; see [`recycled_rules`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RecycledClass {
    /// An assurance, an answer or a decision given again at meetings apart.
    Restated,
    /// A row of a log of actions, or what was asked for, that goes from meeting to meeting.
    CarriedForward,
    /// Anything else that is said again.
    Other,
    /// Wording that belongs to the form of minutes.
    Template,
}

impl RecycledClass {
    /// All of them, in the order of the enum.
    pub const ALL: [Self; 4] = [Self::Restated, Self::CarriedForward, Self::Other, Self::Template];

    /// The name used in filters and tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Restated => "restated",
            Self::CarriedForward => "carried-forward",
            Self::Other => "other",
            Self::Template => "template",
        }
    }
}

/// What is known of a chain.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ChainFacts {
    /// In how many meetings it stands.
    pub meetings: u64,
    /// How many readable meetings the body has.
    pub of_meetings: u64,
    /// How many readable meetings without it lie between two with it at most.
    pub longest_gap: u64,
    /// The most days from one of its meetings to the next; `None` where no two of
    /// these dates are known to the day.
    pub longest_days: Option<i64>,
    /// In how many bodies of all councils of the index one of its wordings stands at most,
    /// word for word.
    pub bodies: u64,
    /// In how many councils, likewise.
    pub councils: u64,
    /// Its passages.
    pub passages: u64,
    /// Those that are furniture, or boilerplate by their item or by repetition.
    pub furniture: u64,
    /// Those that repeat an earlier one with another name, number or date.
    pub filled_in: u64,
    /// Of these, those with another name or number.
    pub filled_in_but_for_dates: u64,
    /// Those of an item whose title is that of a log ([`is_log`]).
    pub in_log: u64,
    /// Those that recommend, ask somebody for a future act, or give notice of business
    /// ([`is_notice`]).
    pub asking: u64,
    /// Those that assure of something ([`gives_assurance`]).
    pub assuring: u64,
}

impl ChainFacts {
    /// The class, by [`recycled_rules`].
    pub fn class(&self) -> RecycledClass {
        let is_of_most = |n: u64, of: u64| 2 * n > of;
        let n_steps = self.passages.saturating_sub(1);
        let is_log = is_of_most(self.in_log, self.passages);
        let is_assuring = is_of_most(self.assuring, self.passages);
        // What is put off has another date each time.
        let filled_in = if is_log || is_assuring { self.filled_in_but_for_dates } else { self.filled_in };
        let is_form = is_of_most(filled_in, n_steps) && n_steps > 0;
        let is_widespread = self.bodies >= MANY_BODIES || self.councils >= MANY_COUNCILS;
        if is_of_most(self.furniture, self.passages) || is_widespread || is_form {
            return RecycledClass::Template;
        }
        let is_consecutive = self.longest_gap <= MISSED;
        if is_log && is_consecutive {
            return RecycledClass::CarriedForward;
        }
        let is_regular = self.meetings >= SOME_MEETINGS && self.meetings * ONE_IN >= self.of_meetings;
        if self.meetings >= MANY_MEETINGS || is_regular {
            return RecycledClass::Template;
        }
        let is_long_apart = self.longest_days.is_some_and(|days| days > APART_DAYS);
        if is_of_most(self.asking, self.passages) && is_consecutive && !is_long_apart {
            return RecycledClass::CarriedForward;
        }
        let is_apart = self.longest_gap > 0 || is_long_apart;
        match is_apart && is_assuring {
            true => RecycledClass::Restated,
            false => RecycledClass::Other,
        }
    }
}

/// The rules by which wording that comes again is told apart, for people to read.
///
/// They are conventions of this program, stated so that a reader can judge them, and
/// do not come from the literature.
pub fn recycled_rules() -> String {
    format!(
        "A passage of {FEWEST_WORDS} words or more repeats the most similar one of an earlier meeting, where {ALIKE_PERCENT} % \
         of the words of the longer stand in the other in the same order; passages that repeat one another are a chain. \
         The first of these that holds gives its class:\n\
         template: most of it is standing items or furniture; or a wording of it stands word for word in {MANY_BODIES} or \
         more bodies or {MANY_COUNCILS} or more councils of the whole index; or most of its steps put in another name, number or date (in a log, or \
         where it assures as a restated one does, another name or number)\n\
         carried-forward: most of it stands in items of matters arising, actions, outstanding matters or progress on \
         recommendations, and never more than {MISSED} readable meeting in a row is without it\n\
         template: it stands in {MANY_MEETINGS} or more meetings, or in {SOME_MEETINGS} or more that are 1 in {ONE_IN} of the \
         readable ones\n\
         carried-forward: most of it recommends, asks for a future act or gives notice of business (I will move …, To receive …), and neither more than {MISSED} readable meeting in a \
         row nor more than {APART_DAYS} days lie between two with it\n\
         restated: most of it answers, has a word of assurance (will, would, remains, ongoing, priority …), or decides, \
         recommends or asks without a number or a word of formal business (proposed, appointed, referred, motion …); and a meeting without it, or more than {APART_DAYS} days, lies between two with it\n\
         other: anything else\n"
    )
}

/// Whether the title of an item is that of a log, whose rows go from meeting to meeting.
pub fn is_log(title: &str) -> bool {
    let tokens = Tokens::read(title);
    let words: Vec<&str> = tokens.words().collect();
    let has = |word: &str| words.contains(&word);
    let has_any = |any: &[&str]| any.iter().any(|word| has(word));
    (has("arising") && has_any(&["matter", "matters"]))
        || has("tracker")
        || (has("outstanding") && has_any(&["matters", "actions", "items", "issues", "business"]))
        || (has("actions")
            && has_any(&["log", "list", "report", "update", "progress", "previous", "minutes"]))
        || (has("action") && has_any(&["log", "list", "points", "sheet", "items", "tracking"]))
        || (has("recommendations") && has_any(&["progress", "previous", "monitoring", "tracking"]))
}

/// Whether a passage gives notice of business, as a motion or a line of an agenda: it
/// asks for something, and assures of nothing.
pub fn is_notice(text: &str) -> bool {
    let tokens = Tokens::read(text);
    let words: Vec<&str> = tokens.words().collect();
    let is_line_of_agenda = words.len() > 1 && words[0] == "to" && is_one_of(words[1], AGENDA);
    is_line_of_agenda || words.windows(2).any(|pair| pair == ["will", "move"])
}

/// Whether a passage answers, has a word of assurance, or decides, recommends or asks
/// something else than what every meeting does, and without a number.
pub fn gives_assurance(kind: Kind, text: &str) -> bool {
    let tokens = Tokens::read(text);
    let has_any = |list: &str| tokens.words().any(|word| is_one_of(word, list));
    match kind {
        _ if is_notice(text) => false,
        Kind::Answer => true,
        Kind::Resolution | Kind::Recommendation | Kind::Request => {
            // A sum or a number is of one case.
            let has_number = text.contains(|c: char| c.is_ascii_digit());
            has_any(ASSURING) || !(has_any(FORMAL) || has_number)
        }
        Kind::Narrative | Kind::Noting => has_any(ASSURING),
        Kind::Question | Kind::Attendance | Kind::Heading | Kind::Boilerplate => false,
    }
}

/// What kind of thing differs between two passages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Fact {
    /// Days, months and years.
    Dates,
    /// Other words with a digit.
    Numbers,
    /// Words with a capital that begin no sentence, one put in the place of another.
    Names,
    /// Any other words.
    Words,
}

impl Fact {
    /// The name used as a cell of a table.
    pub fn name(self) -> &'static str {
        match self {
            Self::Dates => "dates",
            Self::Numbers => "numbers",
            Self::Names => "names",
            Self::Words => "words",
        }
    }
}

/// Where two passages differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The kinds of thing.
    pub facts: BTreeSet<Fact>,
    /// The words of the first passage, as it writes them; empty where it has none.
    pub before: String,
    /// Those of the second.
    pub after: String,
}

/// Where two passages differ, in order. Case, accents, punctuation and white space make
/// no difference.
pub fn differences(before: &str, after: &str) -> Vec<Difference> {
    let texts = [before, after].map(|text| (text, Tokens::read(text)));
    let [one, other] = [&texts[0], &texts[1]].map(|(_, tokens)| tokens.words().collect::<Vec<_>>());
    let changes = align(&one, &other, 0).map_or(Vec::new(), |alignment| alignment.changes);
    let difference = |Change { before, after }: Change| {
        let [here, there] = [(&texts[0], &before), (&texts[1], &after)].map(|((text, tokens), range)| {
            range.clone().map(|at| fact(text, tokens, at)).collect::<BTreeSet<Fact>>()
        });
        let mut facts: BTreeSet<Fact> = &here | &there;
        // A name put in or left out is a word more or less: "the Mayor", "the Mayor, Councillor Lee".
        if facts.contains(&Fact::Names) && !(here.contains(&Fact::Names) && there.contains(&Fact::Names)) {
            facts.remove(&Fact::Names);
            facts.insert(Fact::Words);
        }
        let [before, after] = [(&texts[0], before), (&texts[1], after)]
            .map(|((text, tokens), range)| quoted(text, tokens, range));
        Difference { facts, before, after }
    };
    changes.into_iter().map(difference).collect()
}

/// What kind of thing a word is.
fn fact(text: &str, tokens: &Tokens, at: usize) -> Fact {
    let word = tokens.word(at);
    if is_month(text, tokens, at) || is_one_of(word, WEEKDAYS) || is_year(word) || is_ordinal(word) {
        return Fact::Dates;
    }
    if word.contains(|c: char| c.is_ascii_digit()) {
        let is_beside_month = [at.checked_sub(1), Some(at + 1)]
            .into_iter()
            .flatten()
            .any(|beside| is_month(text, tokens, beside));
        return if is_beside_month || is_of_date_in_figures(text, tokens, at) {
            Fact::Dates
        } else {
            Fact::Numbers
        };
    }
    let begins_sentence = at == 0 || tokens.sentence_ends().binary_search(&(at - 1)).is_ok();
    let is_capital = text[tokens.range(at)].starts_with(char::is_uppercase);
    if is_capital && !begins_sentence { Fact::Names } else { Fact::Words }
}

/// Whether a word is the name of a month; `may` and `march` only with a capital.
fn is_month(text: &str, tokens: &Tokens, at: usize) -> bool {
    at < tokens.len()
        && is_one_of(tokens.word(at), MONTHS)
        && text[tokens.range(at)].starts_with(char::is_uppercase)
}

fn is_year(word: &str) -> bool {
    word.len() == 4 && word.parse::<u16>().is_ok_and(|year| (1900..2100).contains(&year))
}

fn is_ordinal(word: &str) -> bool {
    let number = ["st", "nd", "rd", "th"].iter().find_map(|ending| word.strip_suffix(ending));
    number.is_some_and(|number| number.parse::<u8>().is_ok_and(|day| (1..=31).contains(&day)))
}

/// Whether a number is part of a date such as `3/11/2019`, `03.11.19` or `2019-20`.
fn is_of_date_in_figures(text: &str, tokens: &Tokens, at: usize) -> bool {
    let is_number = |at: usize| tokens.word(at).parse::<u16>().is_ok();
    // Whether the number at a place and the next one are written with one sign between.
    let is_joined = |at: usize, signs: &[&str]| {
        let last = at + 1;
        last < tokens.len()
            && is_number(at)
            && is_number(last)
            && signs.contains(&&text[tokens.range(at).end..tokens.range(last).start])
    };
    let signs = ["/", ".", "-"];
    (at.saturating_sub(2)..=at).any(|first| {
        let is_triple = is_joined(first, &signs) && is_joined(first + 1, &signs) && first + 2 >= at;
        let is_years = is_year(tokens.word(first)) && is_joined(first, &["/", "-"]) && first + 1 >= at;
        is_triple || is_years
    })
}

fn is_one_of(word: &str, list: &str) -> bool {
    list.split(' ').any(|other| other == word)
}

/// The text from the first of some words to the last.
fn quoted(text: &str, tokens: &Tokens, range: Range<usize>) -> String {
    if range.is_empty() {
        return String::new();
    }
    text[tokens.range(range.start).start..tokens.range(range.end - 1).end].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(before: &str, after: &str, expected: &[(&str, &str, &str)]) {
        let found = differences(before, after);
        let found: Vec<(String, &str, &str)> = found
            .iter()
            .map(|difference| {
                let facts: Vec<&str> = difference.facts.iter().map(|fact| fact.name()).collect();
                (facts.join(" "), difference.before.as_str(), difference.after.as_str())
            })
            .collect();
        let found: Vec<(&str, &str, &str)> =
            found.iter().map(|(facts, a, b)| (facts.as_str(), *a, *b)).collect();
        assert_eq!(found, expected, "{before} | {after}");
    }

    #[test]
    fn what_differs_is_a_date_a_number_a_name_or_words() {
        check("An update will come.", "an UPDATE will come", &[]);
        check("Due in May 2019.", "Due in June 2020.", &[("dates", "May 2019", "June 2020")]);
        check("Met on 3 March.", "Met on 14th April.", &[("dates", "3 March", "14th April")]);
        check("Raised 3/11/2019 here", "Raised 4/12/2019 here", &[("dates", "3/11", "4/12")]);
        check("The plan of 2019-20 holds", "The plan of 2019-21 holds", &[("dates", "20", "21")]);
        check("There are 12 posts.", "There are 15 posts.", &[("numbers", "12", "15")]);
        check("It cost £2.50 then", "It cost £2.75 then", &[("numbers", "50", "75")]);
        check("It is for Mr Lee now", "It is for Mr Poole now", &[("names", "Lee", "Poole")]);
        check("The Mayor spoke", "The Mayor, Ann Lee, spoke", &[("words", "", "Ann Lee")]);
        check("It is open", "It is closed", &[("words", "open", "closed")]);
        check("They may come", "They can come", &[("words", "may", "can")]);
        // What begins a sentence has a capital, whatever it is.
        check("It rained. Lanes flood.", "It rained. Drains flood.", &[("words", "Lanes", "Drains")]);
        check(
            "See Mr Lee on 3 May 2019",
            "See Mr Poole on 4 May 2019",
            &[("names", "Lee", "Poole"), ("dates", "3", "4")],
        );
    }

    #[test]
    fn titles_of_logs_are_known() {
        for (title, expected) in [
            ("Matters arising from the minutes", true),
            ("Action Log", true),
            ("Actions report", true),
            ("Minutes / Actions", true),
            ("Outstanding matters", true),
            ("Progress on previous recommendations", true),
            ("Recommendation tracker", true),
            ("Climate action plan", false),
            ("Recommendations of the Cabinet", false),
            ("Footpaths", false),
            ("", false),
        ] {
            assert_eq!(is_log(title), expected, "{title}");
        }
    }

    #[test]
    fn assurances_answer_decide_or_say_what_goes_on() {
        assert!(gives_assurance(Kind::Narrative, "Recruitment remains a priority."));
        assert!(gives_assurance(Kind::Answer, "No."));
        assert!(!gives_assurance(Kind::Narrative, "The stile was mended."));
        assert!(!gives_assurance(Kind::Question, "Will it be mended?"));
        assert!(gives_assurance(Kind::Resolution, "That the Leader write to the Minister."));
        assert!(!gives_assurance(Kind::Resolution, "That the motion be referred to the Cabinet."));
        assert!(!gives_assurance(Kind::Resolution, "That £50 be given to the hall."));
        assert!(gives_assurance(Kind::Resolution, "That the motion be monitored."));
        assert!(!gives_assurance(Kind::Narrative, "I will move that the stile be mended."));
        assert!(!gives_assurance(Kind::Narrative, "To receive what remains of the report."));
        assert!(ASSURING.split(' ').is_sorted() && FORMAL.split(' ').is_sorted());
    }

    /// A chain of three passages in three of twenty meetings, two of which lie apart.
    fn three() -> ChainFacts {
        ChainFacts {
            meetings: 3,
            of_meetings: 20,
            longest_gap: 4,
            longest_days: Some(300),
            bodies: 1,
            councils: 1,
            passages: 3,
            assuring: 3,
            ..ChainFacts::default()
        }
    }

    #[track_caller]
    fn check_class(facts: ChainFacts, expected: RecycledClass) {
        assert_eq!(facts.class(), expected, "{facts:?}");
    }

    #[test]
    fn an_assurance_at_meetings_apart_is_restated() {
        check_class(three(), RecycledClass::Restated);
        check_class(ChainFacts { assuring: 1, ..three() }, RecycledClass::Other);
        // At consecutive meetings it is, where a long time lies between them.
        let consecutive = ChainFacts { longest_gap: 0, ..three() };
        check_class(consecutive, RecycledClass::Restated);
        check_class(ChainFacts { longest_days: Some(180), ..consecutive }, RecycledClass::Other);
        check_class(ChainFacts { longest_days: None, ..consecutive }, RecycledClass::Other);
    }

    #[test]
    fn rows_of_logs_in_consecutive_meetings_are_carried_forward() {
        let row = ChainFacts { in_log: 3, longest_gap: 0, ..three() };
        check_class(row, RecycledClass::CarriedForward);
        check_class(ChainFacts { longest_gap: 1, ..row }, RecycledClass::CarriedForward);
        check_class(ChainFacts { longest_gap: 2, ..row }, RecycledClass::Restated);
        // However often, and with new dates, but not with new numbers.
        let long = ChainFacts { meetings: 12, passages: 12, in_log: 12, ..row };
        check_class(long, RecycledClass::CarriedForward);
        let dated = ChainFacts { filled_in: 2, ..row };
        check_class(dated, RecycledClass::CarriedForward);
        check_class(ChainFacts { filled_in_but_for_dates: 2, ..dated }, RecycledClass::Template);
        // What is asked for is carried forward as well, but not for ever.
        let asked = ChainFacts { asking: 2, longest_gap: 0, longest_days: Some(180), ..three() };
        check_class(asked, RecycledClass::CarriedForward);
        check_class(ChainFacts { longest_days: Some(181), ..asked }, RecycledClass::Restated);
        check_class(ChainFacts { meetings: 10, passages: 10, asking: 10, ..asked }, RecycledClass::Template);
    }

    #[test]
    fn what_stands_in_many_meetings_or_bodies_or_is_filled_in_is_template() {
        check_class(ChainFacts { furniture: 2, ..three() }, RecycledClass::Template);
        check_class(ChainFacts { furniture: 1, ..three() }, RecycledClass::Restated);
        check_class(ChainFacts { bodies: 5, ..three() }, RecycledClass::Template);
        check_class(ChainFacts { councils: 3, ..three() }, RecycledClass::Template);
        check_class(ChainFacts { bodies: 4, councils: 2, ..three() }, RecycledClass::Restated);
        let form = ChainFacts { filled_in: 2, filled_in_but_for_dates: 2, ..three() };
        check_class(form, RecycledClass::Template);
        check_class(ChainFacts { filled_in_but_for_dates: 1, ..form }, RecycledClass::Restated);
        check_class(ChainFacts { filled_in_but_for_dates: 1, assuring: 0, ..form }, RecycledClass::Template);
        check_class(
            ChainFacts { filled_in: 1, filled_in_but_for_dates: 1, assuring: 0, ..three() },
            RecycledClass::Other,
        );
        check_class(ChainFacts { meetings: 10, of_meetings: 99, ..three() }, RecycledClass::Template);
        check_class(ChainFacts { meetings: 9, of_meetings: 99, ..three() }, RecycledClass::Restated);
        check_class(ChainFacts { meetings: 5, of_meetings: 15, ..three() }, RecycledClass::Template);
        check_class(ChainFacts { meetings: 5, of_meetings: 16, ..three() }, RecycledClass::Restated);
    }
}
