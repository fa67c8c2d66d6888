//! A paragraph cut where a decision begins and ends in it.
//!
//! Clerks write decisions into the text: “The hedge was discussed. It was agreed
//! to cut it. Mrs Bell thanked all.” What was decided is counted and quoted, so
//! it is a passage of its own.

use super::kind::{Act, act_of, kind_of_decision, loses};

/// Sentences of a paragraph that do one thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part<'a> {
    /// Their text.
    pub text: &'a str,
    /// What they do.
    pub act: Act,
    /// Whether they end with the word that the motion was carried, or was lost.
    pub carried: Option<bool>,
}

impl<'a> Part<'a> {
    /// A text that is not to be cut.
    pub fn whole(text: &'a str) -> Self {
        let (act, carried) = read(text);
        Self { text, act, carried }
    }

    /// A text that decides nothing, whatever its words.
    pub fn said(text: &'a str) -> Self {
        Self { text, act: Act::Says, carried: None }
    }

    /// A row of a table, decided where its last cell says so: “By-law 5 | To
    /// close the road | CARRIED”. That something was approved may be the word of
    /// another council's planners.
    pub fn row(text: &'a str) -> Self {
        let Some((before, last)) = text.rsplit_once(" | ") else { return Self::whole(text) };
        let fate = act_of(last);
        if fate == Act::Loses {
            return Self::said(text);
        }
        if fate != Act::Carries || last.trim().eq_ignore_ascii_case("approved") {
            return Self::whole(text);
        }
        Self { text, act: Act::Decides(kind_of_decision(before)), carried: None }
    }

    /// Whether it says that something was carried, and nothing else.
    pub fn is_bare_verdict(&self) -> bool {
        self.carried.is_some() && matches!(self.act, Act::Carries | Act::Loses)
    }
}

fn read(text: &str) -> (Act, Option<bool>) {
    let act = act_of(text);
    let carried = match act {
        Act::Carries => Some(true),
        Act::Loses => Some(false),
        _ => loses(text).then_some(false),
    };
    (act, carried)
}

/// Cuts a paragraph into parts; together they are its whole text.
///
/// Who moved and how the vote fell stays with what was voted on. A sentence
/// that nothing but such a vote follows is what was decided: “Clerk to write to
/// the school. All agreed.”
pub fn parts(text: &str) -> Vec<Part<'_>> {
    let mut found: Vec<Span> = Vec::new();
    for (start, end) in sentences(text) {
        let (act, carried) = read(&text[start..end]);
        let sentence = Span { start, last: start, end, act, carried };
        match found.last_mut() {
            None => found.push(sentence),
            Some(before) if is_mark(text[start..end].trim()) => before.end = end,
            Some(before) if before.act != Act::Says && says_who_abstained(&text[start..end]) => {
                before.end = end;
            }
            // “Refused” alone may be what planners said; behind a motion it is the vote.
            Some(before)
                if (before.act == Act::Moves || before.carried == Some(false))
                    && is_bare_refusal(&text[start..end]) =>
            {
                before.end = end;
                before.carried = Some(false);
            }
            Some(before) if before.act == Act::Says && is_bare_noting(&text[start..end]) => {
                *before = Span { last: start, end, act: Act::Notes, ..*before };
            }
            Some(before) => match act {
                Act::Carries | Act::Loses | Act::Names => {
                    close(&mut found, sentence);
                }
                // What is noted in the midst of a paragraph is told, not decided.
                Act::Says | Act::Notes
                    if matches!(before.act, Act::Says | Act::Notes | Act::Rules(_))
                        && before.carried.is_none() =>
                {
                    before.last = start;
                    before.end = end;
                }
                _ => found.push(sentence),
            },
        }
    }
    found
        .into_iter()
        .map(|span| Part { text: text[span.start..span.end].trim(), act: span.act, carried: span.carried })
        .collect()
}

/// Whether it is the mark of who is to act, which a column beside the text had:
/// initials, or “Clerk”.
fn is_mark(sentence: &str) -> bool {
    sentence.split([' ', '/', ',']).all(|word| {
        matches!(word, "Clerk" | "Clerc" | "All" | "Pawb" | "")
            || (word.len() <= 3 && word.bytes().all(|b| b.is_ascii_uppercase()))
    })
}

/// “Cllr Hill abstained.”, of the vote before.
fn says_who_abstained(sentence: &str) -> bool {
    const LONGEST: usize = 60;
    let sentence = sentence.trim().trim_end_matches('.');
    sentence.len() <= LONGEST && sentence.ends_with("abstained")
}

/// “Refused”, of the motion before.
fn is_bare_refusal(sentence: &str) -> bool {
    matches!(sentence.trim().trim_end_matches('.').to_lowercase().as_str(), "refused" | "rejected")
}

/// “Noted”, of what was said before.
fn is_bare_noting(sentence: &str) -> bool {
    matches!(sentence.trim().trim_end_matches('.'), "Noted" | "NOTED" | "Nodwyd" | "NODWYD")
}

/// A part by its place in the text.
#[derive(Debug, Clone, Copy)]
struct Span {
    start: usize,
    /// Where its last sentence begins.
    last: usize,
    end: usize,
    act: Act,
    carried: Option<bool>,
}

/// Adds a sentence that says who moved, or how the vote fell.
fn close(found: &mut Vec<Span>, sentence: Span) {
    let Some(mut before) = found.pop() else { return };
    let is_vote = sentence.carried.is_some();
    if before.act == Act::Says && is_vote && before.carried.is_none() {
        match found.last_mut() {
            // The vote is on the decision before, which these sentences explain.
            Some(decision) if decision.act != Act::Says && decision.carried.is_none() => {
                decision.end = sentence.end;
                decision.carried = sentence.carried;
                return;
            }
            _ if before.last > before.start => {
                found.push(Span { end: before.last, ..before });
                before.start = before.last;
            }
            _ => {}
        }
    }
    if before.act == Act::Says && !is_vote {
        found.push(before);
        found.push(sentence);
        return;
    }
    before.end = sentence.end;
    before.carried = before.carried.or(sentence.carried);
    found.push(before);
}

/// The sentences of a text, by where they begin and end.
fn sentences(text: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut start = 0;
    for (at, mark) in text.match_indices(['.', '!', '?', ';']) {
        let after = &text[at + mark.len()..];
        let quotes = after.len() - after.trim_start_matches(['"', '”', '’', '\'', ')', ']']).len();
        let rest = &after[quotes..];
        if at < start || !rest.starts_with(' ') {
            continue;
        }
        let next = rest.trim_start();
        let is_end = match mark {
            ";" => begins_motion(next),
            "." => begins_sentence(next) && !is_short_form(&text[start..at]),
            _ => begins_sentence(next),
        };
        if is_end {
            let end = text.len() - next.len();
            found.push((start, end));
            start = end;
        }
    }
    if start < text.len() {
        found.push((start, text.len()));
    }
    found
}

fn begins_sentence(text: &str) -> bool {
    let text = text.trim_start_matches(['"', '“', '‘', '\'', '(', '[']);
    text.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit())
}

/// “; AND THAT …” goes on with a further clause of a motion.
fn begins_motion(text: &str) -> bool {
    let words: Vec<String> = text.split_whitespace().take(3).map(str::to_ascii_lowercase).collect();
    let words: Vec<&str> = words.iter().map(|word| word.trim_end_matches(',')).collect();
    matches!(words[..], ["and", "that", ..] | ["and", "further", "that"] | ["now", "therefore", ..])
}

/// Whether a full stop is that of an initial or an abbreviation: `Cllr. J. Smith`.
fn is_short_form(before: &str) -> bool {
    let word =
        before.rsplit(|c: char| c.is_whitespace() || matches!(c, '(' | '/' | '.')).next().unwrap_or_default();
    // The last letter of “p.m.” is none.
    let ends_letters = before.len() > word.len() + 1 && before[..before.len() - word.len()].ends_with('.');
    let is_initial = word.chars().count() == 1 && (word.starts_with(char::is_uppercase) || !ends_letters);
    let is_known = [
        "cllr", "cllrs", "cyng", "mr", "mrs", "ms", "dr", "rev", "revd", "no", "nos", "st", "rd", "ave",
        "ref", "approx", "ch", "prop", "proposed", "seconded", "inc", "ltd", "co", "vs", "etc", "para",
        "sgt", "insp", "hon", "viz", "jan", "feb", "aug", "sept", "oct", "nov", "dec",
    ]
    .contains(&word.to_lowercase().as_str());
    is_initial || is_known
}

#[cfg(test)]
mod tests {
    use crate::model::Kind;

    use super::*;

    fn cut(text: &str) -> Vec<&str> {
        parts(text).into_iter().map(|part| part.text).collect()
    }

    #[test]
    fn what_was_decided_is_cut_out_of_what_was_said() {
        assert_eq!(
            cut("The hedge was long. It was agreed to cut it. Mrs Bell thanked all. She left."),
            ["The hedge was long.", "It was agreed to cut it.", "Mrs Bell thanked all. She left."]
        );
    }

    #[test]
    fn movers_and_votes_stay_with_what_was_voted_on() {
        assert_eq!(
            cut(
                "The gate is broken. It was agreed to mend it. Proposed by Mr A, seconded by Mrs B. All in favour. Mr C spoke."
            ),
            [
                "The gate is broken.",
                "It was agreed to mend it. Proposed by Mr A, seconded by Mrs B. All in favour.",
                "Mr C spoke.",
            ]
        );
    }

    #[test]
    fn who_abstained_stays_with_what_was_voted_on() {
        assert_eq!(cut("The gate is old. It was agreed to sell it. Mr C abstained. Mr D spoke.").len(), 3);
    }

    #[test]
    fn a_sentence_that_is_voted_on_is_what_was_decided() {
        let found = parts("The pond is full. Clerk to ask for quotes. Prop. AB, 2nd CD, all agreed.");
        assert_eq!(found[0].text, "The pond is full.");
        assert_eq!(found[1].text, "Clerk to ask for quotes. Prop. AB, 2nd CD, all agreed.");
        assert_eq!(found[1].carried, Some(true));
        assert_eq!(cut("The Council agreed to pay. This would help. All agreed.").len(), 1);
    }

    #[test]
    fn a_motion_that_was_lost_is_one_part_with_its_vote() {
        for text in [
            "Mr A proposed a seat, seconded by Mrs B. 2 for, 3 against, 1 abstention. Refused",
            "Mr A proposed a seat, seconded by Mrs B - 2 for, 3 against.",
            "Mr A proposed a seat, seconded by Mrs B. Proposal lost.",
            "Mr A proposed a seat, seconded by Mrs Bell. Refused.",
        ] {
            let found = parts(text);
            assert_eq!((found.len(), found[0].carried), (1, Some(false)), "{text}");
        }
    }

    #[test]
    fn a_formula_rules_to_the_end_of_its_paragraph() {
        let found = parts("Mr A spoke. RESOLVED: That the wall be mended. The cost is not to exceed £20.");
        assert_eq!(found.len(), 2);
        assert_eq!(found[1].act, Act::Rules(Kind::Resolution));
    }

    #[test]
    fn the_last_cell_of_a_row_may_decide() {
        assert_eq!(Part::row("5/19 | To close the road | CARRIED").act, Act::Decides(Kind::Resolution));
        assert_eq!(Part::row("5/19 | That it was agreed to wait | LOST").act, Act::Says);
        assert_eq!(Part::row("5/19 | A shed at Mill Farm | Approved").act, Act::Says);
    }

    #[test]
    fn abbreviations_and_initials_end_no_sentence() {
        assert_eq!(cut("It was agreed by Cllr. J. Smith and Mr. B. Lee at 7 p.m. that it be so.").len(), 1);
    }

    #[test]
    fn nothing_of_a_text_is_lost() {
        for text in ["", ".", "a. B", "It was agreed. A! B? (C.) d", "Carried. Lost. é. É", "; and that x"]
        {
            let joined: String = parts(text).iter().flat_map(|part| part.text.split_whitespace()).collect();
            assert_eq!(joined, text.split_whitespace().collect::<String>());
        }
    }
}
