//! Abbreviations that a text explains: `Personal Education Plans (PEP)`.

use crate::parse::person::has_word;
use crate::parse::{Pattern, pattern};
use std::sync::LazyLock;

/// An abbreviation and what it stands for, as a text says.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Abbreviation {
    /// The short form, in the singular: `PEP`.
    pub short: String,
    /// The long form as it is written: `Personal Education Plans`.
    pub long: String,
}

/// The abbreviations that a text explains, in its order, each once.
///
/// The letters of the short form must stand in the long one, in order, the first
/// of them at its beginning (A. Schwartz and M. Hearst, “A simple algorithm for
/// identifying abbreviation definitions in biomedical text”, PSB 2003); and here
/// most of them begin a word, as councils' abbreviations are made so, and nearly
/// all of its words have one: it is a name, no sentence. The long form may stand
/// before the brackets or in them.
pub fn abbreviations(text: &str) -> Vec<Abbreviation> {
    static BRACKETS: LazyLock<Pattern> = LazyLock::new(|| pattern(r"\(([^()]{2,120})\)"));
    let mut found: Vec<Abbreviation> = Vec::new();
    for captures in BRACKETS.captures_iter(text) {
        let (Some(whole), Some(inside)) = (captures.get(0), captures.get(1)) else { continue };
        let before = sentence_end(text[..whole.start()].trim_end());
        let inside = inside.as_str().trim().trim_matches(QUOTES).trim();
        let explained = match short_form(inside) {
            Some(short) => long_before(before, short).map(|long| (short, long)),
            None => {
                let word = before.rsplit(' ').next().unwrap_or_default();
                short_form(word).and_then(|short| Some((short, explains(inside, short)?)))
            }
        };
        let Some((short, long)) = explained else { continue };
        let explained = Abbreviation { short: short.to_owned(), long: long.to_owned() };
        if !found.contains(&explained) {
            found.push(explained);
        }
    }
    found
}

const QUOTES: [char; 6] = ['“', '”', '‘', '’', '"', '\''];

/// The end of a text behind the last mark that no long form crosses.
fn sentence_end(text: &str) -> &str {
    let from = text.rfind(['.', ';', ':', '(', ')', '|', '•']).map_or(0, |at| at + 1);
    let rest = text.get(from..).unwrap_or_default();
    rest.trim_start()
}

/// The short form that a word is, in the singular; `None` where it is none: two
/// to ten letters and digits, with two capitals at least.
fn short_form(word: &str) -> Option<&str> {
    let word = word.strip_prefix("the ").unwrap_or(word);
    let singular = match word.strip_suffix('s') {
        Some(singular) if singular.ends_with(|c: char| c.is_uppercase()) => singular.trim_end_matches('’'),
        _ => word,
    };
    let n_letters = singular.chars().count();
    let n_capitals = singular.chars().filter(|c| c.is_uppercase()).count();
    let is_made_of = |c: char| c.is_alphanumeric() || matches!(c, '&' | '/' | '-');
    ((2..=10).contains(&n_letters) && n_capitals >= 2 && singular.chars().all(is_made_of)).then_some(singular)
}

/// The words at the end of a text that a short form stands for.
fn long_before<'a>(text: &'a str, short: &str) -> Option<&'a str> {
    let n_letters = short.chars().count();
    let most_words = (n_letters + 5).min(2 * n_letters);
    let starts = text.char_indices().rev().filter(|(at, _)| begins_word(text, *at));
    let candidates = starts.take(2 * most_words).map(|(at, _)| &text[at..]);
    candidates.into_iter().find_map(|long| explains(long, short))
}

/// The text, where a short form stands for the whole of it.
fn explains<'a>(long: &'a str, short: &str) -> Option<&'a str> {
    const LONGEST: usize = 120;
    let letters: Vec<char> =
        short.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    let first = long.chars().next()?.to_lowercase().next()?;
    if long.len() > LONGEST || long.len() <= short.len() || Some(&first) != letters.first() {
        return None;
    }
    // From the end, each letter at the last place that is left for it; one that
    // begins a word is taken before one that does not.
    let (mut end, mut n_begin) = (long.len(), 0);
    let mut used = vec![0];
    for letter in letters.iter().skip(1).rev() {
        let places = || {
            long[..end]
                .char_indices()
                .rev()
                .filter(|(at, c)| *at > 0 && c.to_lowercase().next() == Some(*letter))
        };
        let at = places().find(|(at, _)| begins_word(long, *at)).or_else(|| places().next())?.0;
        n_begin += usize::from(begins_word(long, at));
        end = at;
        used.push(at);
    }
    // The first one begins a word always.
    let are_of_words = 2 * (n_begin + 1) > letters.len() && n_begin + 1 >= 2;
    (are_of_words && uses_words(long, &used)).then_some(long)
}

/// Whether nearly all words of a long form have a letter at one of these
/// places, small words aside, and none of them makes a sentence of it.
fn uses_words(long: &str, used: &[usize]) -> bool {
    const SMALL: &str = " of and the for in on to a an at by with from or s y yr i o ar ac am gan a'r and/or er mewn yn dros ";
    const OF_SENTENCES: &str =
        " is are was were be been has have had will would that which who it he she they said how ";
    /// Of how many words one may have no letter.
    const ONE_OF: usize = 4;
    let starts = long.char_indices().filter(|(at, _)| begins_word(long, *at)).map(|(at, _)| at);
    let starts: Vec<usize> = starts.chain([long.len()]).collect();
    let (mut n_words, mut n_unused) = (0, 0);
    for bounds in starts.windows(2) {
        let (start, end) = (bounds[0], bounds[1]);
        let word = long[start..end].trim_end_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
        if has_word(OF_SENTENCES, &word) {
            return false;
        }
        let is_used = used.iter().any(|at| (start..end).contains(at));
        if is_used || !has_word(SMALL, &word) {
            n_words += 1;
            n_unused += usize::from(!is_used);
        }
    }
    n_unused * ONE_OF <= n_words
}

/// Whether a letter begins at this place, with none before it.
fn begins_word(text: &str, at: usize) -> bool {
    let is_letter = |c: char| c.is_alphanumeric();
    text[at..].starts_with(is_letter)
        && !text[..at].ends_with(|c: char| is_letter(c) || matches!(c, '’' | '\''))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[(&str, &str)]) {
        let found = abbreviations(text);
        let found: Vec<(&str, &str)> =
            found.iter().map(|found| (found.short.as_str(), found.long.as_str())).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_short_form_in_brackets_stands_for_the_words_before_it() {
        check(
            "Each child has a Personal Education Plan (PEP) of its own.",
            &[("PEP", "Personal Education Plan")],
        );
        check("reviews of Personal Education Plans (PEPs)", &[("PEP", "Personal Education Plans")]);
        check("The Multi-Agency Support Team (MAST) met.", &[("MAST", "Multi-Agency Support Team")]);
        check(
            "the Special Educational Needs and Disabilities (SEND) plan",
            &[("SEND", "Special Educational Needs and Disabilities")],
        );
        check("the Health and Wellbeing Board (“HWB”)", &[("HWB", "Health and Wellbeing Board")]);
        check("Kent County Council (the KCC)", &[("KCC", "Kent County Council")]);
    }

    #[test]
    fn the_long_form_may_stand_in_the_brackets() {
        check(
            "The LADO (Local Authority Designated Officer) said so.",
            &[("LADO", "Local Authority Designated Officer")],
        );
    }

    #[test]
    fn welsh_is_explained_the_same_way() {
        check("Cynllun Datblygu Lleol (CDLl)", &[("CDLl", "Cynllun Datblygu Lleol")]);
        check("Bwrdd Gwasanaethau Cyhoeddus (BGC)", &[("BGC", "Bwrdd Gwasanaethau Cyhoeddus")]);
    }

    #[test]
    fn what_explains_nothing_is_no_abbreviation() {
        check("Mr Brown (Chairman), Mrs Lee (Vice-Chairman)", &[]);
        check("the plan was agreed. It said (PEP) so", &[]);
        check("the road (A257) and the bridge (page 4)", &[]);
        check("Councillor Smith (LAB) and Councillor Jones (CON)", &[]);
        check("It came (see the MP) later", &[]);
        check("Cllr Hill told how the plan had included information about a (CIL) levy", &[]);
        check("Children were in lessons (CIL)", &[]);
        check("the Community Infrastructure Levy (CIL)", &[("CIL", "Community Infrastructure Levy")]);
        check(
            "the Borough Council of King's Lynn and West Norfolk (BCKLWN)",
            &[("BCKLWN", "Borough Council of King's Lynn and West Norfolk")],
        );
    }

    #[test]
    fn each_is_told_once() {
        check("Key Stage (KS) one and Key Stage (KS) two", &[("KS", "Key Stage")]);
    }
}
