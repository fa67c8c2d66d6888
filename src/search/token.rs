//! Cuts text into tokens, the only units that a query sees.
//!
//! A token is a run of letters and digits, in lower case and without accents.
//! Everything else splits, but for what nobody sees: soft hyphens, zero-width
//! characters and the like are passed over as if they were not there. Total:
//! any text has tokens, if perhaps none.

use std::ops::Range;
use std::sync::OnceLock;

use crate::model::Language;
use frostem::{Algorithm, Stemmer};
use unicode_normalization::char::{decompose_compatible, is_combining_mark};

/// The tokens of one text, with their places in it.
#[derive(Debug, Clone, Default)]
pub struct Tokens {
    /// All words, one after another, so that a text costs one allocation.
    letters: String,
    places: Vec<Place>,
    compounds: Vec<Compound>,
    /// The last token of each sentence but the last one, ascending.
    sentence_ends: Vec<usize>,
    /// The language of the text, by which words have stems.
    language: Language,
    /// One cell a token, filled when its stem is first asked for.
    stems: OnceLock<Box<[OnceLock<Box<str>>]>>,
}

#[derive(Debug, Clone)]
struct Place {
    letters: Range<usize>,
    text: Range<usize>,
}

/// Two or more tokens joined by hyphens, such as multi-agency.
///
/// The hyphens (`-`, U+2010, U+2011) stand directly between letters or digits,
/// and the whole holds a letter: 2019-20 is a range of years, not a word. The
/// longest such run is one compound.
#[derive(Debug, Clone)]
pub struct Compound {
    /// The tokens written as one word: `multiagency`.
    pub word: String,
    /// The first token, from 0.
    pub first: usize,
    /// How many tokens it has, at least 2.
    pub n_tokens: usize,
    stem: OnceLock<Box<str>>,
}

impl Compound {
    /// The English stem of the joined word.
    fn stem(&self) -> &str {
        self.stem.get_or_init(|| stem(&self.word).into())
    }
}

/// The English (Snowball) stem of a lower-case word.
pub fn stem(word: &str) -> String {
    Stemmer::new(Algorithm::English).stem(word).into_owned()
}

impl Tokens {
    /// Cuts an English text into tokens.
    pub fn read(text: &str) -> Self {
        Reader::new(text, "").read()
    }

    /// Cuts a text in that language into tokens. Those of Welsh have no stems: a
    /// word is its own.
    pub fn read_in(text: &str, language: Language) -> Self {
        Self { language, ..Self::read(text) }
    }

    /// Cuts a piece of a query into tokens, where `*` and `~` count as letters.
    pub(super) fn read_query(text: &str) -> Self {
        Reader::new(text, "*~").read()
    }

    /// How many tokens there are.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether there is no token.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// A token: lower case, without accents. Panics unless `at < self.len()`,
    /// as indexing does; so do the other functions that take a token.
    pub fn word(&self, at: usize) -> &str {
        &self.letters[self.places[at].letters.clone()]
    }

    /// All tokens in order.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.places.iter().map(|place| &self.letters[place.letters.clone()])
    }

    /// The bytes of the text that a token was read from, accents and soft
    /// hyphens within it included.
    pub fn range(&self, at: usize) -> Range<usize> {
        self.places[at].text.clone()
    }

    /// The English stem of a token, computed when first asked for; `None` in a text
    /// in Welsh.
    pub fn stem(&self, at: usize) -> Option<&str> {
        if self.language == Language::Welsh {
            return None;
        }
        let stems = self.stems.get_or_init(|| (0..self.len()).map(|_| OnceLock::new()).collect());
        Some(stems[at].get_or_init(|| stem(self.word(at)).into()))
    }

    /// The stem of a compound of these tokens, by the same rule.
    pub fn stem_of<'a>(&self, compound: &'a Compound) -> Option<&'a str> {
        (self.language == Language::English).then(|| compound.stem())
    }

    /// The words joined by hyphens, in order; they do not overlap.
    pub fn compounds(&self) -> &[Compound] {
        &self.compounds
    }

    /// The compound that begins at a token.
    pub fn compound_at(&self, at: usize) -> Option<&Compound> {
        let found = self.compounds.binary_search_by_key(&at, |compound| compound.first).ok()?;
        Some(&self.compounds[found])
    }

    /// The last token of each sentence but the last one, ascending.
    ///
    /// A sentence ends at `.`, `?` or `!` followed by white space and a capital
    /// or digit, unless the mark stands directly after a single letter, a
    /// number or an abbreviation.
    pub fn sentence_ends(&self) -> &[usize] {
        &self.sentence_ends
    }
}

/// The most bytes of a word that are looked at: a run of a million letters is no
/// word of any language, and would fill the dictionary of an engine.
const LONGEST: usize = 255;

/// Whether a character takes no room: soft hyphen, zero-width characters, byte
/// order mark, word joiner, and the controls of writing direction.
pub fn is_invisible(c: char) -> bool {
    !c.is_ascii()
        && matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

fn is_hyphen(c: char) -> bool {
    matches!(c, '-' | '\u{2010}' | '\u{2011}')
}

/// Whether a character belongs to a token.
///
/// Unicode counts the modifier letter apostrophe as a letter; people type it
/// for an apostrophe, which splits.
fn is_letter_or_digit(c: char) -> bool {
    c.is_alphanumeric() && c != '\u{2bc}'
}

/// Gives the letters that a character of a token becomes.
fn fold(c: char, mut emit: impl FnMut(char)) {
    decompose_compatible(c, |part| {
        for lower in part.to_lowercase() {
            // Lower case may bring new marks, as that of İ does.
            decompose_compatible(lower, |part| {
                if is_combining_mark(part) {
                    return;
                }
                match plain_letters(part) {
                    Some(letters) => letters.chars().for_each(&mut emit),
                    None => emit(part),
                }
            });
        }
    });
}

/// The plain letters for a letter that Unicode does not take apart.
fn plain_letters(c: char) -> Option<&'static str> {
    Some(match c {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ø' => "o",
        'ł' => "l",
        'đ' | 'ð' => "d",
        'þ' => "th",
        'ħ' => "h",
        'ı' => "i",
        'ŋ' => "n",
        'ŧ' => "t",
        'ς' => "σ",
        _ => return None,
    })
}

/// What stands between the last token and the place that is being read.
#[derive(Clone, Copy, PartialEq)]
enum Gap {
    /// Nothing but one hyphen, directly after the token.
    Hyphen,
    Other,
}

/// A mark that ends a sentence if white space and a capital or digit follow.
struct Mark {
    after: usize,
    space_seen: bool,
}

struct Reader<'a> {
    text: &'a str,
    /// The signs that count as letters, all of ASCII.
    letter_signs: &'static str,
    tokens: Tokens,
    /// Where the open word begins in the text and in `letters`, and where it
    /// ends so far in the text.
    open: Option<Place>,
    gap: Gap,
    /// The first token of the run of hyphens that the last token belongs to.
    run: usize,
    mark: Option<Mark>,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str, letter_signs: &'static str) -> Self {
        let mut tokens = Tokens::default();
        tokens.letters.reserve(text.len());
        tokens.places.reserve(text.len() / 6);
        Self { text, letter_signs, tokens, open: None, gap: Gap::Other, run: 0, mark: None }
    }

    fn read(mut self) -> Tokens {
        let bytes = self.text.as_bytes();
        let mut at = 0;
        while let Some(c) = self.text[at..].chars().next() {
            let mut place = at..at + c.len_utf8();
            if self.is_plain(bytes[at]) {
                place.end =
                    bytes[at..].iter().position(|&byte| !self.is_plain(byte)).map_or(bytes.len(), |n| at + n);
                self.begin(&place, c);
                self.push_plain(&self.text[place.clone()]);
            } else if c.is_ascii() {
                self.split(c);
            } else if is_invisible(c) {
            } else if is_combining_mark(c) {
                if let Some(open) = &mut self.open {
                    open.text.end = place.end;
                }
            } else if is_letter_or_digit(c) {
                self.letter(&place, c);
            } else {
                self.split(c);
            }
            at = place.end;
        }
        self.close();
        self.end_run();
        self.tokens.letters.shrink_to_fit();
        self.tokens
    }

    /// Whether a byte is a letter or digit of ASCII, or a sign that counts as one.
    fn is_plain(&self, byte: u8) -> bool {
        byte.is_ascii_alphanumeric() || self.letter_signs.as_bytes().contains(&byte)
    }

    /// Reads a letter or digit beyond ASCII.
    fn letter(&mut self, place: &Range<usize>, c: char) {
        let mut stands_apart = false;
        fold(c, |part| stands_apart |= !is_letter_or_digit(part));
        if !stands_apart {
            self.begin(place, c);
            fold(c, |part| self.push(part));
            return;
        }
        // Such as ½, which is 1⁄2: were it joined to what stands before it, 4½
        // would become 41 and 2.
        self.split(c);
        let mut parts = Vec::new();
        fold(c, |part| parts.push(part));
        for part in parts {
            if is_letter_or_digit(part) {
                self.begin(place, c);
                self.push(part);
            } else {
                self.split(part);
            }
        }
        self.close();
        self.gap = Gap::Other;
    }

    /// Begins a word, or goes on with the open one.
    fn begin(&mut self, place: &Range<usize>, c: char) {
        if let Some(open) = &mut self.open {
            open.text.end = place.end;
            return;
        }
        if let Some(mark) = self.mark.take()
            && mark.space_seen
            && (c.is_uppercase() || c.is_numeric())
        {
            self.tokens.sentence_ends.push(mark.after);
        }
        if self.gap == Gap::Other {
            self.end_run();
        }
        let start = self.tokens.letters.len();
        self.open = Some(Place { letters: start..start, text: place.clone() });
    }

    fn push(&mut self, letter: char) {
        if letter.len_utf8() <= self.room() {
            self.tokens.letters.push(letter);
        }
    }

    /// Adds letters that are all plain, as far as they fit.
    fn push_plain(&mut self, letters: &str) {
        let begin = self.tokens.letters.len();
        self.tokens.letters.push_str(&letters[..letters.len().min(self.room())]);
        self.tokens.letters[begin..].make_ascii_lowercase();
    }

    /// How many bytes the open word may still take.
    fn room(&self) -> usize {
        let begin = self.open.as_ref().map_or(0, |open| open.letters.start);
        let longest = if self.letter_signs.is_empty() { LONGEST } else { usize::MAX };
        longest.saturating_sub(self.tokens.letters.len() - begin)
    }

    fn close(&mut self) -> bool {
        let Some(mut open) = self.open.take() else {
            return false;
        };
        open.letters.end = self.tokens.letters.len();
        if open.letters.is_empty() {
            return false;
        }
        self.tokens.places.push(open);
        true
    }

    /// Reads a character that is part of no token.
    fn split(&mut self, c: char) {
        let is_after_word = self.close();
        self.gap = if is_after_word && is_hyphen(c) { Gap::Hyphen } else { Gap::Other };
        if c.is_whitespace() {
            if let Some(mark) = &mut self.mark {
                mark.space_seen = true;
            }
            return;
        }
        self.mark = None;
        let Some(after) = self.tokens.len().checked_sub(1) else {
            return;
        };
        if matches!(c, '.' | '?' | '!')
            && !(is_after_word && self.goes_on(after))
            && self.tokens.sentence_ends.last().is_none_or(|&end| end < after)
        {
            self.mark = Some(Mark { after, space_seen: false });
        }
    }

    /// Whether a full stop after this token does not end the sentence.
    fn goes_on(&self, at: usize) -> bool {
        let word = self.tokens.word(at);
        let is_single_letter = word.chars().count() == 1 && word.chars().all(char::is_alphabetic);
        let is_number = word.chars().all(char::is_numeric);
        let begins_with_capital =
            self.text[self.tokens.range(at)].chars().next().is_some_and(char::is_uppercase);
        is_single_letter
            || is_number
            || ABBREVIATIONS.contains(&word)
            || (begins_with_capital && CAPITAL_ABBREVIATIONS.contains(&word))
    }

    /// Ends the run of tokens joined by hyphens.
    fn end_run(&mut self) {
        let (first, end) = (self.run, self.tokens.len());
        self.run = end;
        if end - first < 2 {
            return;
        }
        let letters = self.tokens.places[first].letters.start..self.tokens.places[end - 1].letters.end;
        let word = &self.tokens.letters[letters];
        if word.chars().any(char::is_alphabetic) {
            let longest = if self.letter_signs.is_empty() { LONGEST } else { word.len() };
            let word = &word[..word.floor_char_boundary(longest)];
            self.tokens.compounds.push(Compound {
                word: word.to_owned(),
                first,
                n_tokens: end - first,
                stem: OnceLock::new(),
            });
        }
    }
}

/// Abbreviations after which a sentence goes on.
const ABBREVIATIONS: [&str; 26] = [
    "approx", "cf", "cllr", "cllrs", "cncllr", "dept", "dr", "fig", "messrs", "mr", "mrs", "ms", "mx", "nos",
    "para", "paras", "pp", "prof", "ref", "refs", "revd", "rt", "viz", "vol", "vs", "govt",
];

/// Those that are words of their own unless written with a capital.
const CAPITAL_ABBREVIATIONS: [&str; 10] = ["ald", "ave", "gt", "hon", "no", "rd", "rev", "sgt", "st", "supt"];

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(Tokens::read(text).words().collect::<Vec<_>>().join(" "), expected, "{text:?}");
    }

    #[track_caller]
    fn check_sources(text: &str, expected: &[&str]) {
        let tokens = Tokens::read(text);
        let sources: Vec<&str> = (0..tokens.len()).map(|at| &text[tokens.range(at)]).collect();
        assert_eq!(sources, expected);
    }

    #[track_caller]
    fn check_compounds(text: &str, expected: &[(&str, usize, usize)]) {
        let tokens = Tokens::read(text);
        let found: Vec<_> = tokens
            .compounds()
            .iter()
            .map(|found| (found.word.as_str(), found.first, found.n_tokens))
            .collect();
        assert_eq!(found, expected, "{text:?}");
    }

    /// Checks the number of tokens in each sentence.
    #[track_caller]
    fn check_sentences(text: &str, expected: &[usize]) {
        let tokens = Tokens::read(text);
        let mut sizes = Vec::new();
        for at in 0..tokens.len() {
            let sentence = tokens.sentence_ends().iter().filter(|&&end| end < at).count();
            sizes.resize(sentence + 1, 0);
            sizes[sentence] += 1;
        }
        assert_eq!(sizes, expected, "{text:?}");
    }

    #[test]
    fn tokens_are_runs_of_letters_and_digits_in_lower_case() {
        check("The COUNCIL met.", "the council met");
        check(
            "children's s.114 multi-agency a_b 1,000 and/or R&D",
            "children s s 114 multi agency a b 1 000 and or r d",
        );
        check("", "");
        check(" - ' . ", "");
    }

    #[test]
    fn accents_are_folded_and_letters_beyond_ascii_are_spelled_out() {
        check(
            "Café cafe\u{301} Straße Ærø Łódź Œuvre Þór Đð İstanbul ısı",
            "cafe cafe strasse aero lodz oeuvre thor dd istanbul isi",
        );
        check("ﬁnance 1ﬀ m² CO₂ Ⅳ", "finance 1ff m2 co2 iv");
        check("Tŷ Gŵyl Ynys Môn", "ty gwyl ynys mon");
    }

    #[test]
    fn what_nobody_sees_never_splits_a_word() {
        check(
            "coun\u{ad}cil \u{feff}tax zero\u{200b}width bi\u{202e}di word\u{2060}joiner",
            "council tax zerowidth bidi wordjoiner",
        );
        check("a\u{301}\u{301}\u{301}b", "ab");
    }

    #[test]
    fn fractions_stand_apart_and_signs_split() {
        check("4½ hours", "4 1 2 hours");
        check("Brand™ £5m 20% children\u{2bc}s a\0b", "brand 5m 20 children s a b");
    }

    #[test]
    fn a_range_gives_the_characters_as_they_stand_in_the_text() {
        check_sources("“Cafe\u{301}” ﬁnal coun\u{ad}cil,", &["Cafe\u{301}", "ﬁnal", "coun\u{ad}cil"]);
        check_sources("a½b", &["a", "½", "½", "b"]);
    }

    #[test]
    fn folding_a_token_again_changes_nothing() {
        for c in ('\0'..=char::MAX).filter(|&c| is_letter_or_digit(c)) {
            let once = Tokens::read(&c.to_string());
            for word in once.words() {
                assert_eq!(Tokens::read(word).words().collect::<Vec<_>>(), [word], "{c:?}");
            }
        }
    }

    #[test]
    fn a_hyphen_directly_between_letters_makes_a_compound() {
        check_compounds("a multi-agency hub", &[("multiagency", 1, 2)]);
        check_compounds("Child\u{2011}in\u{2010}Need, co-op", &[("childinneed", 0, 3), ("coop", 3, 2)]);
        check_compounds("multi- agency multi -agency multi--agency multi – agency multi-'agency'", &[]);
        check_compounds("covid-19 in 2019-20", &[("covid19", 0, 2)]);
        check_compounds("multi-\u{ad}agency", &[("multiagency", 0, 2)]);
    }

    #[test]
    fn a_sentence_ends_at_a_mark_before_a_capital_or_digit() {
        check_sentences("The road is shut. Why? Because! 12 cones", &[4, 1, 1, 2]);
        check_sentences("It rose. but not much", &[5]);
        check_sentences("It rose.Then fell", &[4]);
        check_sentences("It rose... Then fell", &[2, 2]);
        check_sentences("", &[]);
    }

    #[test]
    fn a_sentence_goes_on_after_a_letter_a_number_or_an_abbreviation() {
        check_sentences("Cllr. Smith, Mr. J. Jones and Dr. Who of St. Ives met", &[12]);
        check_sentences("see item No. 5 at 6 p.m. Monday", &[9]);
        check_sentences("The answer was no. The Chair left", &[4, 3]);
        check_sentences("It was 12. The rest was 12th. The end", &[7, 2]);
    }

    /// A lexicon asks no further for the stems of words that begin otherwise.
    #[test]
    fn a_stem_begins_as_its_word_does() {
        let endings = ["", "s", "ies", "ied", "ying", "ly", "edly", "ational", "fulness", "e", "y", "ss"];
        for beginning in
            ["a", "e", "y", "sk", "d", "t", "gener", "inn", "out", "éc", "1", "x", "ug", "on", "yy"]
        {
            for ending in endings {
                let word = format!("{beginning}{ending}");
                assert_eq!(stem(&word).chars().next(), word.chars().next(), "{word}");
            }
        }
        for word in "skis skies sky dying lying tying news innings outing exceed proceed idly gently ugly early only singly".split(' ') {
            assert_eq!(stem(word).chars().next(), word.chars().next(), "{word}");
        }
    }

    #[test]
    fn of_what_is_longer_than_any_word_the_beginning_is_looked_at() {
        let tokens = Tokens::read(&format!("{} a", "é".repeat(25_000)));
        assert_eq!(tokens.words().map(str::len).collect::<Vec<_>>(), [255, 1]);
        assert_eq!(tokens.range(0), 0..50_000);
        let tokens = Tokens::read(&"ab-".repeat(6_000));
        assert_eq!((tokens.len(), tokens.compounds()[0].n_tokens), (6_000, 6_000));
        assert_eq!(tokens.compounds()[0].word.len(), 255);
    }

    #[test]
    fn stems_are_english() {
        let tokens = Tokens::read("budgets agencies children");
        assert_eq!(
            (tokens.stem(0), tokens.stem(1), tokens.stem(2)),
            (Some("budget"), Some("agenc"), Some("children"))
        );
        assert_eq!(Tokens::read("multi-agencies").compounds()[0].stem(), stem("multiagency"));
    }
}
