//! Patterns of words, and which of them a text cannot match.
//!
//! Some hundred patterns are tried on each sentence, and nearly all in vain: what
//! asks for “noted” need not be searched for where nobody wrote it. So before
//! a text is searched, three cheaper questions are asked, none of which ever
//! turns a match away:
//!
//! - whether a pattern that must match at the front can begin with its first byte;
//! - whether words that every match holds ([`Needs`]) can be in it, by the groups
//!   of three bytes that are ([`Grams`]);
//! - where the pattern counts (“within 400 letters”), which costs the engine a
//!   state for each count, whether it matches with the counts left out.

use std::borrow::Cow;

use regex::{Captures, Match, Regex, Replacer};
use regex_syntax::hir::{Capture, Class, Hir, HirKind, Look, Repetition};

/// Builds a pattern that is written in this program. Its letters are Latin ones,
/// its digits and word boundaries those of ASCII: what Unicode knows besides
/// makes a pattern slow to build, and its boundaries slow to search.
pub(super) fn pattern(text: &str) -> Pattern {
    const WORD: &str = "0-9A-Za-z_À-ÖØ-öø-ɏḀ-ỿ";
    let text = text
        .replace(r"\b", r"(?-u:\b)")
        .replace(r"\w", &format!("[{WORD}]"))
        .replace(r"\W", &format!("[^{WORD}]"))
        .replace(r"\d", "[0-9]");
    Pattern::new(&text)
}

/// A regular expression that knows when it cannot match. Several that are tried
/// on one text share a [`Probe`] of it.
pub(super) struct Pattern {
    regex: Regex,
    /// The same without counts, where it has any: it matches at least as much.
    wider: Option<Regex>,
    needs: Needs,
    /// The first bytes of its matches, where all stand at the front of a text.
    front: Option<Bytes>,
}

impl Pattern {
    fn new(text: &str) -> Self {
        let built = "the patterns are constants that the tests build";
        let hir = regex_syntax::parse(text).expect(built);
        let is_anchored = hir.properties().look_set_prefix().contains(Look::Start);
        let mut front = Bytes::default();
        let is_told = is_anchored && !front.take(&hir);
        Self {
            regex: Regex::new(text).expect(built),
            wider: counts(&hir).then(|| Regex::new(&without_counts(&hir).to_string()).expect(built)),
            needs: Needs::of(&hir),
            front: is_told.then_some(front),
        }
    }

    /// Whether this may match, by the first byte alone.
    fn may_begin(&self, text: &str) -> bool {
        self.front.as_ref().is_none_or(|front| text.bytes().next().is_some_and(|byte| front.has(byte)))
    }

    pub fn is_match(&self, text: &str) -> bool {
        Probe::for_one(text, self).matches(self)
    }

    pub fn find<'t>(&self, text: &'t str) -> Option<Match<'t>> {
        Probe::for_one(text, self).find(self)
    }

    pub fn captures<'t>(&self, text: &'t str) -> Option<Captures<'t>> {
        Probe::for_one(text, self).captures(self)
    }

    pub fn find_iter<'p, 't>(&'p self, text: &'t str) -> impl Iterator<Item = Match<'t>> + use<'p, 't> {
        Probe::for_one(text, self).find_iter(self)
    }

    pub fn captures_iter<'p, 't>(
        &'p self,
        text: &'t str,
    ) -> impl Iterator<Item = Captures<'t>> + use<'p, 't> {
        Probe::for_one(text, self).captures_iter(self)
    }

    pub fn replace<'t>(&self, text: &'t str, by: impl Replacer) -> Cow<'t, str> {
        if Probe::for_one(text, self).may_match(self) {
            self.regex.replace(text, by)
        } else {
            Cow::Borrowed(text)
        }
    }

    pub fn replace_all<'t>(&self, text: &'t str, by: impl Replacer) -> Cow<'t, str> {
        if Probe::for_one(text, self).may_match(self) {
            self.regex.replace_all(text, by)
        } else {
            Cow::Borrowed(text)
        }
    }
}

/// A text that several patterns are tried on.
pub(super) struct Probe<'t> {
    /// The text.
    pub text: &'t str,
    grams: Grams,
}

impl<'t> Probe<'t> {
    pub fn of(text: &'t str) -> Self {
        Self { text, grams: Grams::of(text) }
    }

    /// For one pattern alone: without groups where it asks for none.
    fn for_one(text: &'t str, pattern: &Pattern) -> Self {
        let asks = pattern.may_begin(text) && !pattern.needs.0.is_empty();
        if asks { Self::of(text) } else { Self { text, grams: Grams::NONE } }
    }

    fn may_match(&self, pattern: &Pattern) -> bool {
        pattern.may_begin(self.text)
            && pattern.needs.are_in(&self.grams)
            && pattern.wider.as_ref().is_none_or(|wider| wider.is_match(self.text))
    }

    pub fn matches(&self, pattern: &Pattern) -> bool {
        self.may_match(pattern) && pattern.regex.is_match(self.text)
    }

    pub fn matches_any(&self, patterns: &[Pattern]) -> bool {
        patterns.iter().any(|pattern| self.matches(pattern))
    }

    pub fn find(&self, pattern: &Pattern) -> Option<Match<'t>> {
        self.may_match(pattern).then(|| pattern.regex.find(self.text))?
    }

    pub fn captures(&self, pattern: &Pattern) -> Option<Captures<'t>> {
        self.may_match(pattern).then(|| pattern.regex.captures(self.text))?
    }

    pub fn find_iter<'p>(&self, pattern: &'p Pattern) -> impl Iterator<Item = Match<'t>> + use<'t, 'p> {
        self.may_match(pattern).then(|| pattern.regex.find_iter(self.text)).into_iter().flatten()
    }

    pub fn captures_iter<'p>(
        &self,
        pattern: &'p Pattern,
    ) -> impl Iterator<Item = Captures<'t>> + use<'t, 'p> {
        self.may_match(pattern).then(|| pattern.regex.captures_iter(self.text)).into_iter().flatten()
    }
}

/// A count up to which repeating costs little.
const FEW: u32 = 8;

fn is_counted(repetition: &Repetition) -> bool {
    repetition.min > FEW || repetition.max.is_some_and(|max| max > FEW)
}

fn counts(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Repetition(repetition) => is_counted(repetition) || counts(&repetition.sub),
        HirKind::Capture(capture) => counts(&capture.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().any(counts),
        _ => false,
    }
}

/// An expression with every count above [`FEW`] left out.
fn without_counts(hir: &Hir) -> Hir {
    let all = |parts: &[Hir]| parts.iter().map(without_counts).collect();
    match hir.kind() {
        HirKind::Concat(parts) => Hir::concat(all(parts)),
        HirKind::Alternation(branches) => Hir::alternation(all(branches)),
        HirKind::Capture(capture) => without_counts(&capture.sub),
        HirKind::Repetition(repetition) => {
            // In a group, as `(?:x+)?` would be printed as `x+?`.
            let sub = Capture { index: 0, name: None, sub: Box::new(without_counts(&repetition.sub)) };
            let sub = Box::new(Hir::capture(sub));
            let (min, max) = match is_counted(repetition) {
                true => (repetition.min.min(1), None),
                false => (repetition.min, repetition.max),
            };
            Hir::repetition(Repetition { min, max, greedy: repetition.greedy, sub })
        }
        _ => hir.clone(),
    }
}

/// A set of bytes.
#[derive(Default)]
struct Bytes([u64; 4]);

impl Bytes {
    fn has(&self, byte: u8) -> bool {
        self.0[usize::from(byte) / 64] >> (byte % 64) & 1 == 1
    }

    fn add(&mut self, from: u8, to: u8) {
        for byte in from..=to {
            self.0[usize::from(byte) / 64] |= 1 << (byte % 64);
        }
    }

    /// Adds the first bytes of what an expression matches, and tells whether it
    /// matches nothing at all as well.
    fn take(&mut self, hir: &Hir) -> bool {
        match hir.kind() {
            HirKind::Empty | HirKind::Look(_) => true,
            HirKind::Literal(literal) => {
                self.add(literal.0[0], literal.0[0]);
                false
            }
            HirKind::Class(Class::Unicode(class)) => {
                let first = |char: char| char.encode_utf8(&mut [0; 4]).as_bytes()[0];
                class.ranges().iter().for_each(|range| self.add(first(range.start()), first(range.end())));
                false
            }
            HirKind::Class(Class::Bytes(class)) => {
                class.ranges().iter().for_each(|range| self.add(range.start(), range.end()));
                false
            }
            HirKind::Capture(capture) => self.take(&capture.sub),
            HirKind::Repetition(repetition) => self.take(&repetition.sub) || repetition.min == 0,
            HirKind::Concat(parts) => parts.iter().all(|part| self.take(part)),
            // Every branch is taken, also once one may be empty.
            HirKind::Alternation(branches) => branches.iter().filter(|branch| self.take(branch)).count() > 0,
        }
    }
}

/// How many bits hold the groups of a text. A long paragraph has a thousand.
const N_BITS: usize = 4096;

/// The groups of three bytes of a text, ASCII letters taken as small ones, as a
/// Bloom filter of one hash.
struct Grams([u64; N_BITS / 64]);

impl Grams {
    const NONE: Self = Self([0; N_BITS / 64]);

    fn of(text: &str) -> Self {
        let mut grams = Self::NONE;
        // Two letters outside of ASCII are taken as `s` and `k` where case does not matter.
        if !text.is_ascii() && text.contains(['ſ', '\u{212A}']) {
            return Self([u64::MAX; N_BITS / 64]);
        }
        for bit in bits(text.as_bytes()) {
            grams.0[usize::from(bit) / 64] |= 1 << (bit % 64);
        }
        grams
    }

    fn has(&self, bit: u16) -> bool {
        self.0[usize::from(bit) / 64] >> (bit % 64) & 1 == 1
    }
}

/// The bit of each group of three bytes.
fn bits(text: &[u8]) -> impl Iterator<Item = u16> {
    let mut group = 0u32;
    let of_byte = move |byte: &u8| {
        group = (group << 8 | u32::from(byte.to_ascii_lowercase())) & 0xFF_FFFF;
        (group.wrapping_mul(0x9E37_79B1) >> (u32::BITS - N_BITS.ilog2())) as u16
    };
    text.iter().map(of_byte).skip(2)
}

/// What a text must hold for a pattern to match: one word of each clause.
struct Needs(Vec<Clause>);

/// Words, each as the bits of its groups.
type Clause = Vec<Vec<u16>>;

/// Clauses that are kept; more tell hardly more.
const MOST_CLAUSES: usize = 3;
/// Words of a clause; one of so many stands in most texts.
const MOST_WORDS: usize = 64;
/// Ways to write what is written in few ways.
const MOST_WAYS: usize = 32;

impl Needs {
    fn of(hir: &Hir) -> Self {
        let mut clauses = Reader::read(hir);
        clauses.sort_by_key(|words| std::cmp::Reverse(worth(words)));
        clauses.truncate(MOST_CLAUSES);
        // The cheapest question first.
        clauses.sort_by_key(Vec::len);
        let of_word = |word: &Vec<u8>| {
            let mut word: Vec<u16> = bits(word).collect();
            word.sort_unstable();
            word.dedup();
            word
        };
        Self(clauses.iter().map(|words| words.iter().map(of_word).collect()).collect())
    }

    fn are_in(&self, grams: &Grams) -> bool {
        let is_in = |word: &Vec<u16>| word.iter().all(|bit| grams.has(*bit));
        self.0.iter().all(|words| words.iter().any(is_in))
    }
}

/// How much a clause tells: long words and few of them.
fn worth(words: &[Vec<u8>]) -> (usize, usize) {
    (words.iter().map(Vec::len).min().unwrap_or(0), MOST_WORDS.saturating_sub(words.len()))
}

/// Reads the clauses of an expression.
struct Reader {
    /// All ways to write what was read since the last part that may be anything.
    run: Vec<Vec<u8>>,
    clauses: Vec<Vec<Vec<u8>>>,
}

impl Reader {
    fn read(hir: &Hir) -> Vec<Vec<Vec<u8>>> {
        let mut reader = Self { run: vec![Vec::new()], clauses: Vec::new() };
        reader.take(hir);
        reader.end_run();
        reader.clauses
    }

    fn take(&mut self, hir: &Hir) {
        match hir.kind() {
            HirKind::Concat(parts) => parts.iter().for_each(|part| self.take(part)),
            HirKind::Capture(capture) => self.take(&capture.sub),
            _ => match ways(hir) {
                Some(ways) if ways.len() * self.run.len() <= MOST_WAYS => {
                    self.run = products(&self.run, &ways);
                }
                _ => {
                    self.end_run();
                    self.take_open(hir);
                }
            },
        }
    }

    /// A part that can be written in too many ways to name them.
    fn take_open(&mut self, hir: &Hir) {
        match hir.kind() {
            HirKind::Alternation(branches) => {
                let best = |branch| Self::read(branch).into_iter().max_by_key(|words| worth(words));
                if let Some(clauses) = branches.iter().map(best).collect::<Option<Vec<_>>>() {
                    self.keep(clauses.concat());
                }
            }
            HirKind::Repetition(repetition) if repetition.min > 0 => {
                self.clauses.extend(Self::read(&repetition.sub));
            }
            _ => {}
        }
    }

    fn end_run(&mut self) {
        let words = std::mem::replace(&mut self.run, vec![Vec::new()]);
        self.keep(words);
    }

    fn keep(&mut self, words: Vec<Vec<u8>>) {
        if words.len() <= MOST_WORDS && words.iter().all(|word| word.len() >= 3) {
            self.clauses.push(words);
        }
    }
}

/// All ways to write what matches, in small letters; `None` where there are too many.
fn ways(hir: &Hir) -> Option<Vec<Vec<u8>>> {
    let found = match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => vec![Vec::new()],
        HirKind::Literal(literal) => vec![literal.0.to_ascii_lowercase()],
        HirKind::Class(class) => letters(class)?.into_iter().map(|letter| vec![letter]).collect(),
        HirKind::Capture(capture) => ways(&capture.sub)?,
        HirKind::Repetition(repetition) if repetition.max == Some(1) => {
            let mut once = ways(&repetition.sub)?;
            if repetition.min == 0 {
                once.push(Vec::new());
            }
            once
        }
        HirKind::Repetition(_) => return None,
        HirKind::Concat(parts) => {
            let mut all = vec![Vec::new()];
            for part in parts {
                let part = ways(part)?;
                if part.len() * all.len() > MOST_WAYS {
                    return None;
                }
                all = products(&all, &part);
            }
            all
        }
        HirKind::Alternation(branches) => {
            let mut all = Vec::new();
            for branch in branches {
                all.extend(ways(branch)?);
                if all.len() > MOST_WAYS {
                    return None;
                }
            }
            all
        }
    };
    Some(found)
}

fn products(fronts: &[Vec<u8>], ends: &[Vec<u8>]) -> Vec<Vec<u8>> {
    fronts.iter().flat_map(|front| ends.iter().map(|end| [&front[..], end].concat())).collect()
}

/// The few ASCII characters that a class takes, letters as small ones.
fn letters(class: &Class) -> Option<Vec<u8>> {
    const MOST: usize = 4;
    let Class::Unicode(class) = class else { return None };
    let n_chars: usize = class.ranges().iter().map(|range| range.len()).sum();
    if n_chars > 3 * MOST {
        return None;
    }
    let mut found = Vec::new();
    for char in class.ranges().iter().flat_map(|range| range.start()..=range.end()) {
        let small = match char {
            'ſ' => b's',
            '\u{212A}' => b'k',
            _ => u8::try_from(char).ok().filter(u8::is_ascii)?.to_ascii_lowercase(),
        };
        if !found.contains(&small) {
            found.push(small);
        }
    }
    (!found.is_empty() && found.len() <= MOST).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The clauses of a pattern, each as its words.
    fn clauses(text: &str) -> Vec<Vec<String>> {
        let of_word = |word: Vec<u8>| String::from_utf8(word).expect("the words are text");
        let read = Reader::read(&regex_syntax::parse(text).expect("the pattern is valid"));
        read.into_iter().map(|words| words.into_iter().map(of_word).collect()).collect()
    }

    #[test]
    fn words_that_each_match_holds_are_read_out_of_a_pattern() {
        assert_eq!(clauses(r"(?i)\bnoted\b"), [["noted"]]);
        assert_eq!(clauses(r"^(?P<who>.{2,9}) (?:was|were) seen"), [[" was seen", " were seen"]]);
        assert_eq!(
            clauses(r"(?i)(?:moved|proposed).{0,60}seconded"),
            [vec!["moved", "proposed"], vec!["seconded"]]
        );
        assert_eq!(clauses(r"authori[sz]ed?"), [["authorised", "authorise", "authorized", "authorize"]]);
        assert_eq!(clauses(r"^\d+ votes|nobody at (?:all){2}"), [[" votes", "nobody at "]]);
        assert_eq!(clauses(r"(?:motion )+was lost"), [["motion "], ["was lost"]]);
    }

    #[test]
    fn what_may_be_left_out_or_be_anything_is_not_needed() {
        assert_eq!(clauses(r"(?:carried)?"), Vec::<Vec<String>>::new());
        assert_eq!(clauses(r"\w+|carried"), Vec::<Vec<String>>::new());
        assert_eq!(clauses(r"a.b.cd"), Vec::<Vec<String>>::new());
        assert_eq!(clauses(r"(?:was not )*carried"), [["carried"]]);
    }

    #[test]
    fn counts_are_left_out_and_first_bytes_are_told() {
        let pattern = |text: &str| Pattern::new(text);
        assert!(pattern(r"a{0,3}b").wider.is_none());
        let wider = pattern(r"^a.{9,40}b").wider.expect("it counts");
        assert!(wider.is_match("a-b") && wider.is_match(&format!("a{}b", "-".repeat(50))));
        assert!(!wider.is_match("ab"));
        let front = pattern(r"(?i)^\W?(?:é|[x-z]|no )").front.unwrap();
        let told: String = (0..128)
            .filter(|byte| front.has(*byte))
            .map(char::from)
            .filter(char::is_ascii_alphanumeric)
            .collect();
        assert_eq!(told, "NXYZnxyz");
        assert!(front.has("é".as_bytes()[0]));
        assert!(pattern(r"^x?").front.is_none());
        assert!(pattern(r"^x|y").front.is_none());
        assert!(pattern(r"^x|^y").front.is_some());
    }

    #[test]
    fn a_text_without_the_words_is_not_searched_and_one_with_them_is() {
        let pattern = pattern(r"(?i)(?:moved|proposed)\b.{0,60}seconded\b");
        for (text, is_possible, matches) in [
            ("Mr A PROPOSED and Mrs B Seconded it", true, true),
            ("Mr A proposed it", false, false),
            ("seconded, but first moved", true, false),
            ("ſeconded: moved and ſeconded", true, true),
            ("", false, false),
        ] {
            let probe = Probe::of(text);
            assert_eq!(pattern.needs.are_in(&probe.grams), is_possible, "{text}");
            assert_eq!(probe.matches(&pattern), matches, "{text}");
            assert_eq!(probe.find(&pattern).is_some(), matches, "{text}");
            assert_eq!(probe.captures(&pattern).is_some(), matches, "{text}");
            assert_eq!(probe.find_iter(&pattern).count(), usize::from(matches), "{text}");
            assert_eq!(probe.captures_iter(&pattern).count(), usize::from(matches), "{text}");
        }
    }

    const PARTS: &[&str] = &[
        "a",
        "abc",
        "B",
        "Ck",
        "ſ",
        "s",
        "sa",
        "(?:ab|ca)",
        "(?:abk|ABCs)",
        "(?:bcs|k)?",
        "(?:abc|ska)+",
        "b?",
        "s*",
        "[ab]",
        "[^b]",
        ".",
        "^",
        "(?:^a|b)",
        "(?:^b|^sk)",
        ".{1,9}",
        "[a-cſ]{0,12}",
        r"\b",
        r"\W*",
        "$",
    ];

    proptest::proptest! {
        /// Whatever the pattern and the text: a probe finds what a search finds.
        #[test]
        fn a_probe_misses_nothing(
            parts in proptest::collection::vec(proptest::sample::select(PARTS), 1..6),
            text in "[a-cA-CkKſs\u{212A} ]{0,24}",
            folds in proptest::bool::ANY,
        ) {
            let text_of = format!("{}{}", if folds { "(?i)" } else { "" }, parts.concat());
            let pattern = pattern(&text_of);
            proptest::prop_assert_eq!(Probe::of(&text).matches(&pattern), pattern.regex.is_match(&text), "{}", text_of);
        }
    }
}
