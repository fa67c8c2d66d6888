//! How the votes fell, where they were counted.

use std::sync::LazyLock;

use crate::parse::{Pattern, Probe, pattern};

/// The votes that a text counts; `None` for a side of which it does not tell.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Where it begins and ends in the text.
    pub at: usize,
    pub end: usize,
    pub in_favour: Option<u32>,
    pub against: Option<u32>,
    pub abstained: Option<u32>,
}

impl Tally {
    /// Whether both sides are told, and more were against it than for it.
    pub fn is_lost(&self) -> bool {
        self.in_favour.is_some() && self.against > self.in_favour
    }
}

/// The votes that a text counts, of those who met: what residents said in a
/// survey, or by a show of hands, decides nothing.
pub fn tally(probe: &Probe) -> Option<Tally> {
    counted(probe).filter(|tally| !is_of_others(probe.text, tally))
}

fn counted(probe: &Probe) -> Option<Tally> {
    static COUNTED: LazyLock<Pattern> = LazyLock::new(|| {
        pattern(
            r"(?i)\b(?:passed|carried|lost|failed|defeated|approved|agreed|resolved),? (?:by )?\(?(?P<yes>\d{1,3}) (?:votes? )?(?:to|[-–]) (?P<no>\d{1,3})\)?\b?",
        )
    });
    static COUNT: LazyLock<Pattern> = LazyLock::new(|| {
        const NUMBER: &str =
            r"\d{1,3}|none|nil|no|zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve";
        const SIDE: &str = r"in favou?r|for|yeas?|ayes?|against|nays?|noes|absten(?:tions?|sions?)|abstentions?|abstain(?:ed|ing)?|abst";
        pattern(&format!(
            r"(?i)\b(?P<number>{NUMBER}) (?:(?:members?|councillors?|cllrs?|votes?|voted|voting|were|cast|had|further|dissenting)\s)*(?P<side>{SIDE})\b|\b(?P<label>{SIDE})(?: of the [^.:–-]{{1,30}}?)?\s?(?:[:–-]\s?|\()(?P<behind>{NUMBER})\b"
        ))
    });
    static NAMED: LazyLock<Pattern> = LazyLock::new(|| pattern(r"(?P<name>[A-Z][\w’'-]+) abstained\b"));
    /// Bytes between the sides of one vote.
    const BETWEEN: usize = 80;
    if let Some(captures) = probe.captures(&COUNTED) {
        let number = |name: &str| captures[name].parse().ok();
        let whole = captures.get(0)?;
        let (in_favour, against) = (number("yes"), number("no"));
        return Some(Tally { at: whole.start(), end: whole.end(), in_favour, against, abstained: None });
    }
    let mut found = Tally::default();
    let (mut n_sides, mut n_digits) = (0, 0);
    for captures in probe.captures_iter(&COUNT) {
        let whole = captures.get(0)?;
        // “£150 for materials”
        if probe.text[..whole.start()].ends_with(['£', '€', '$', ',', '.']) {
            continue;
        }
        if n_sides > 0 && whole.start() > found.end + BETWEEN {
            if n_sides >= 2 {
                break;
            }
            (found, n_sides, n_digits) = (Tally::default(), 0, 0);
        }
        let said = |one: &str, other: &str| {
            captures
                .name(one)
                .or_else(|| captures.name(other))
                .map_or("", |said| said.as_str())
                .to_lowercase()
        };
        let (side, number) = (said("side", "label"), said("number", "behind"));
        let votes = match side.as_bytes() {
            [b'i' | b'f' | b'y', ..] | [b'a', b'y', ..] => &mut found.in_favour,
            [b'a', b'b', ..] => &mut found.abstained,
            _ => &mut found.against,
        };
        if votes.is_none() {
            *votes = count(&number);
            if n_sides == 0 {
                found.at = whole.start();
            }
            found.end = whole.end();
            n_sides += 1;
            n_digits += usize::from(number.starts_with(|c: char| c.is_ascii_digit()));
        }
    }
    if found.in_favour.is_some() && found.abstained.is_none() && probe.matches(&NAMED) {
        found.abstained = u32::try_from(probe.find_iter(&NAMED).count()).ok();
        n_sides += 1;
    }
    // One number alone may be of anything, unless it is all that the passage says.
    const SHORT: usize = 20;
    let is_vote = n_sides >= 2 || (n_sides == 1 && n_digits == 1 && probe.text.len() <= SHORT);
    is_vote.then_some(found)
}

/// Whether a vote was one of others than those who met, by the words around it
/// in its sentence.
fn is_of_others(text: &str, tally: &Tally) -> bool {
    static OTHERS: LazyLock<Pattern> = LazyLock::new(|| {
        pattern(
            r"(?i)\b(?:public|residents?|parishioners|villagers|surveys?|questionnaires?|respondents|responses|replies|comments|letters|emails|e-mails|representations|objectors|(?:on|were|was|been) received)\b",
        )
    });
    /// What stands before these words is what was moved.
    const MOVED: [&str; 4] = ["econded", "2nd", "roposed", "moved"];
    const FAR: usize = 100;
    let from = text.ceil_char_boundary(tally.at.saturating_sub(FAR));
    let to = text.floor_char_boundary(tally.end + FAR / 2);
    let before = text[from..tally.at].rsplit(['.', ';']).next().unwrap_or_default();
    let before = MOVED.iter().filter_map(|word| before.rfind(word)).max().map_or(before, |at| &before[at..]);
    let after = text[tally.end..to].split(['.', ';']).next().unwrap_or_default();
    OTHERS.is_match(before) || OTHERS.is_match(after)
}

fn count(said: &str) -> Option<u32> {
    const WORDS: [&str; 13] = [
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
        "twelve",
    ];
    if matches!(said, "none" | "nil" | "no") {
        return Some(0);
    }
    said.parse()
        .ok()
        .or_else(|| WORDS.iter().position(|word| *word == said).and_then(|at| u32::try_from(at).ok()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<[Option<u32>; 3]>) {
        let found = tally(&Probe::of(text));
        assert_eq!(found.map(|found| [found.in_favour, found.against, found.abstained]), expected, "{text}");
    }

    #[test]
    fn sides_stand_before_or_behind_their_numbers() {
        check("6 for, 2 against and 1 abstention", Some([Some(6), Some(2), Some(1)]));
        check("Four against, three for; rejected.", Some([Some(3), Some(4), None]));
        check("One voted in favour and 4 Councillors voted against.", Some([Some(1), Some(4), None]));
        check("Against (45)", Some([None, Some(45), None]));
        check("Motion Failed (1 to 3)", Some([Some(1), Some(3), None]));
        check("The road is open for 3 months.", None);
        check(
            "It was agreed to spend £150 for paint. 4 in favour, 2 against.",
            Some([Some(4), Some(2), None]),
        );
    }

    #[test]
    fn sides_far_apart_are_of_no_one_vote() {
        let between = "The pond was cleared in May and the hedge was cut by the owner of the field, whom the Clerk had asked.";
        check(&format!("It is shut for one for all. {between} They were 2 against."), None);
    }

    #[test]
    fn what_residents_said_is_no_vote() {
        check("A vote was taken amongst the public: eight against, one for.", None);
        check("On the new name, two votes for and three against were received.", None);
        check("In the survey 40 were for it and 12 against.", None);
        check(
            "Cllr Hill proposed to hear the public, seconded by Cllr Dale, 3 for, 1 abstention.",
            Some([Some(3), None, Some(1)]),
        );
        check("The residents left. 4 for, 2 against.", Some([Some(4), Some(2), None]));
    }
}
