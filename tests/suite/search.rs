//! The query language against a second, slow evaluator, the seed codebook, and
//! hostile input.
//!
//! The reference evaluator shares nothing with the library: it has its own
//! tree, its own printer and tokens for plain ASCII, and makes every pair.

use std::cell::Cell;
use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;
use std::time::Instant;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, TestRunner};
use scrutineer::search::{Context, Span, Terms, Text, Tokens, evaluate, kwic, parse, snippet};

// The reference: a tree, how it is written, and what it means.

#[derive(Debug, Clone)]
enum Reference {
    /// Slots of parts: `[["ab"], ["cd", "dd"]]` is `"ab cd-dd"`.
    Phrase {
        slots: Vec<Vec<String>>,
        is_exact: bool,
    },
    Pair(Box<Reference>, Link, Box<Reference>),
    Title(Box<Reference>),
    Date(Option<u8>, Option<u8>),
    Not(Box<Reference>),
    And(Vec<Reference>),
    Or(Vec<Reference>),
}

#[derive(Debug, Clone, Copy)]
enum Link {
    Near(usize),
    Pre(usize),
    Sentence,
    Passage,
}

impl Reference {
    /// Writes it with no more brackets than precedence asks for.
    fn write(&self, level: u8) -> String {
        let (own, text) = match self {
            Self::Phrase { slots, is_exact } => {
                let words: Vec<String> = slots.iter().map(|parts| parts.join("-")).collect();
                let text = words.join(" ");
                let text = match (is_exact, words.len()) {
                    (true, _) => format!("'{text}'"),
                    (false, 1) => text,
                    (false, _) => format!("\"{text}\""),
                };
                (5, text)
            }
            Self::Title(inner) => (4, format!("title:{}", inner.write(5))),
            Self::Date(from, to) => {
                let year = |year: &Option<u8>| year.map(|year| format!("20{year:02}")).unwrap_or_default();
                (4, format!("date:{}..{}", year(from), year(to)))
            }
            Self::Pair(left, link, right) => {
                let link = match link {
                    Link::Near(n) => format!("NEAR/{n}"),
                    Link::Pre(n) => format!("PRE/{n}"),
                    Link::Sentence => "/S".to_owned(),
                    Link::Passage => "/P".to_owned(),
                };
                (3, format!("{} {link} {}", left.write(3), right.write(4)))
            }
            Self::Not(inner) => (2, format!("NOT {}", inner.write(2))),
            Self::And(all) => (1, Self::list(all, 2, if all.len() == 2 { " AND " } else { " " })),
            Self::Or(all) => (0, Self::list(all, 1, " OR ")),
        };
        if own < level { format!("({text})") } else { text }
    }

    fn list(all: &[Self], level: u8, between: &str) -> String {
        all.iter().map(|inner| inner.write(level)).collect::<Vec<_>>().join(between)
    }
}

/// One passage of the reference.
struct Page {
    words: Vec<String>,
    /// First token, number of tokens, joined word.
    compounds: Vec<(usize, usize, String)>,
    sentence: Vec<usize>,
    hidden: BTreeSet<usize>,
    is_stemmed: bool,
}

impl Page {
    fn new(text: &str, is_stemmed: bool) -> Self {
        let is_word = |c: char| c.is_ascii_alphanumeric();
        let mut printed: Vec<String> = Vec::new();
        let mut gaps: Vec<String> = Vec::new();
        let mut was_word = false;
        for c in text.chars() {
            match (is_word(c), was_word) {
                (true, true) => printed.last_mut().unwrap().push(c),
                (true, false) => printed.push(c.to_string()),
                (false, true) => gaps.push(c.to_string()),
                (false, false) => gaps.last_mut().unwrap().push(c),
            }
            was_word = is_word(c);
        }
        let words: Vec<String> = printed.iter().map(|word| word.to_lowercase()).collect();
        let mut compounds = Vec::new();
        let mut from = 0;
        for at in 0..words.len() {
            if gaps.get(at).is_some_and(|gap| gap == "-") && at + 1 < words.len() {
                continue;
            }
            let joined = words[from..=at].concat();
            if at > from && joined.chars().any(|c| c.is_ascii_alphabetic()) {
                compounds.push((from, at + 1 - from, joined));
            }
            from = at + 1;
        }
        let mut sentence = vec![0];
        for at in 1..words.len() {
            let next = printed[at].chars().next().unwrap();
            let is_end = [". ", "? "].contains(&gaps[at - 1].as_str())
                && (next.is_ascii_uppercase() || next.is_ascii_digit())
                && !["12", "No", "Mr", "mr", "a", "A", "x"].contains(&printed[at - 1].as_str());
            sentence.push(sentence[at - 1] + usize::from(is_end));
        }
        Self { words, compounds, sentence, hidden: BTreeSet::new(), is_stemmed }
    }

    fn is_match(&self, wanted: &str, is_exact: bool, word: &str) -> bool {
        if let Some((wanted, distance)) = wanted.split_once('~') {
            return NEARBY[&(wanted.to_owned() + "~" + distance)].contains(word);
        }
        if let Some((head, tail)) = wanted.split_once('*') {
            return word.len() >= head.len() + tail.len() && word.starts_with(head) && word.ends_with(tail);
        }
        // The vocabulary has one word with another form.
        let stem = |word: &str| word.strip_suffix("ts").map_or(word.to_owned(), |stem| format!("{stem}t"));
        if self.is_stemmed && !is_exact { stem(wanted) == stem(word) } else { wanted == word }
    }

    fn word_ends(&self, wanted: &str, is_exact: bool, at: usize) -> Vec<usize> {
        let mut ends = Vec::new();
        if at < self.words.len() && self.is_match(wanted, is_exact, &self.words[at]) {
            ends.push(at + 1);
        }
        for (first, n_tokens, joined) in &self.compounds {
            if *first == at && self.is_match(wanted, is_exact, joined) {
                ends.push(at + n_tokens);
            }
        }
        ends.retain(|&end| (at..end).all(|at| !self.hidden.contains(&at)));
        ends
    }

    fn slot_ends(&self, parts: &[String], is_exact: bool, at: usize) -> BTreeSet<usize> {
        let mut ends: BTreeSet<usize> = self.word_ends(&parts.concat(), is_exact, at).into_iter().collect();
        let mut here = BTreeSet::from([at]);
        for part in parts {
            here = here.into_iter().flat_map(|at| self.word_ends(part, is_exact, at)).collect();
        }
        ends.extend(here);
        ends
    }
}

/// The words with `~` of the vocabulary.
const FUZZY: [&str; 3] = ["abdc~1", "budgte~2", "budges~1"];

/// What they stand for.
static NEARBY: LazyLock<HashMap<String, BTreeSet<String>>> = LazyLock::new(|| {
    let all = FUZZY.map(|fuzzy| {
        let (word, distance) = fuzzy.split_once('~').unwrap();
        (fuzzy.to_owned(), words_within(word, distance.parse().unwrap()))
    });
    all.into()
});

/// All words that are so many edits away, where no part is edited twice.
///
/// The words of the vocabulary are so short that one edit after another never
/// reaches a word that edits of parts of their own do not.
fn words_within(word: &str, distance: usize) -> BTreeSet<String> {
    let mut all = BTreeSet::from([word.to_owned()]);
    for _ in 0..distance {
        for word in all.clone() {
            for at in 0..=word.len() {
                let (before, after) = word.split_at(at);
                for letter in "abcdegnostu12".chars() {
                    all.insert(format!("{before}{letter}{after}"));
                    all.extend(after.get(1..).map(|rest| format!("{before}{letter}{rest}")));
                }
                all.extend(after.get(1..).map(|rest| format!("{before}{rest}")));
                all.extend(
                    after.get(2..).map(|rest| format!("{before}{}{}{rest}", &after[1..2], &after[..1])),
                );
            }
        }
    }
    all
}

/// A match: first and last token, and the tokens that make it up.
type Match = (usize, usize, BTreeSet<usize>);

fn matches_of(query: &Reference, page: &Page) -> Vec<Match> {
    match query {
        Reference::Phrase { slots, is_exact } => {
            let mut found = Vec::new();
            for first in 0..page.words.len() {
                let mut ends = BTreeSet::from([first]);
                for parts in slots {
                    ends = ends.into_iter().flat_map(|at| page.slot_ends(parts, *is_exact, at)).collect();
                }
                found.extend(ends.into_iter().map(|end| (first, end - 1, (first..end).collect())));
            }
            found
        }
        Reference::Or(all) => all.iter().flat_map(|inner| matches_of(inner, page)).collect(),
        Reference::Pair(left, link, right) => {
            let mut found = BTreeSet::new();
            for a in matches_of(left, page) {
                for b in matches_of(right, page) {
                    if stand(&a, &b, *link, page) {
                        found.insert((a.0.min(b.0), a.1.max(b.1), a.2.union(&b.2).copied().collect()));
                    }
                }
            }
            found.into_iter().collect()
        }
        _ => panic!("not a side of NEAR"),
    }
}

fn stand(a: &Match, b: &Match, link: Link, page: &Page) -> bool {
    let between = |a: &Match, b: &Match| b.0.checked_sub(a.1 + 1);
    match link {
        Link::Pre(n) => between(a, b).is_some_and(|between| between <= n),
        Link::Near(n) => between(a, b).or(between(b, a)).is_some_and(|between| between <= n),
        Link::Passage => between(a, b).or(between(b, a)).is_some(),
        Link::Sentence => {
            let one = page.sentence[a.0];
            between(a, b).or(between(b, a)).is_some()
                && [a.1, b.0, b.1].iter().all(|&at| page.sentence[at] == one)
        }
    }
}

/// The passages of a unit, and those of its titles.
struct Unit {
    pages: Vec<Page>,
    titles: Vec<Page>,
    years: Vec<Option<u8>>,
}

/// `None` if not true, else the matches of each passage.
fn reference(query: &Reference, unit: &Unit) -> Option<Vec<Vec<Match>>> {
    let nothing = || vec![Vec::new(); unit.pages.len()];
    let is_true = match query {
        Reference::Phrase { .. } | Reference::Pair(..) => {
            let found: Vec<_> = unit.pages.iter().map(|page| matches_of(query, page)).collect();
            return found.iter().any(|found| !found.is_empty()).then_some(found);
        }
        Reference::Or(all) => {
            let found: Vec<_> = all.iter().filter_map(|inner| reference(inner, unit)).collect();
            return (!found.is_empty()).then(|| found.into_iter().fold(nothing(), join));
        }
        Reference::And(all) => {
            let found: Option<Vec<_>> = all.iter().map(|inner| reference(inner, unit)).collect();
            return found.map(|found| found.into_iter().fold(nothing(), join));
        }
        Reference::Not(inner) => reference(inner, unit).is_none(),
        Reference::Title(inner) => unit.titles.iter().any(|title| {
            let title = Page {
                words: title.words.clone(),
                compounds: title.compounds.clone(),
                sentence: title.sentence.clone(),
                hidden: BTreeSet::new(),
                is_stemmed: title.is_stemmed,
            };
            let alone = Unit { pages: vec![title], titles: Vec::new(), years: Vec::new() };
            reference(inner, &alone).is_some()
        }),
        Reference::Date(from, to) => unit.years.iter().any(|year| {
            year.is_some_and(|year| from.is_none_or(|from| from <= year) && to.is_none_or(|to| year <= to))
        }),
    };
    is_true.then(nothing)
}

fn join(mut all: Vec<Vec<Match>>, more: Vec<Vec<Match>>) -> Vec<Vec<Match>> {
    all.iter_mut().zip(more).for_each(|(all, more)| all.extend(more));
    all
}

/// The spans that are left when equal ones and those that contain another go.
fn shortest(found: &[Match]) -> Vec<(usize, usize)> {
    let spans: BTreeSet<(usize, usize)> = found.iter().map(|&(first, last, _)| (first, last)).collect();
    let contains_another = |a: &(usize, usize)| spans.iter().any(|b| a != b && a.0 <= b.0 && b.1 <= a.1);
    spans.iter().filter(|span| !contains_another(span)).copied().collect()
}

// Random texts and queries over a small vocabulary.

const WORDS: [&str; 9] = ["ab", "abc", "cd", "a", "abcd", "12", "no", "budget", "budgets"];

fn text(max_words: usize) -> impl Strategy<Value = String> {
    let gap = select(vec![" ", " ", " ", " ", "-", "-", ". ", "? ", ".", "- ", ", "]);
    let word = (select(&WORDS[..]), any::<bool>()).prop_map(|(word, is_capital)| {
        let (head, tail) = word.split_at(1);
        if is_capital { head.to_uppercase() + tail } else { word.to_owned() }
    });
    vec((word, gap), 0..=max_words)
        .prop_map(|all| all.into_iter().map(|(word, gap)| word + gap).collect::<String>())
}

fn phrase() -> impl Strategy<Value = Reference> {
    let word = prop_oneof![
        6 => select(&WORDS[..]).prop_map(str::to_owned),
        1 => select(vec!["ab*", "*cd", "a*d", "bud*s", "abc*"]).prop_map(str::to_owned),
    ];
    let slot = prop_oneof![
        8 => word.clone().prop_map(|word| vec![word]),
        1 => select(&FUZZY[..]).prop_map(|word| vec![word.to_owned()]),
        1 => vec(word, 2..=3).prop_filter("digits and stars alone make no compound", |parts| {
            parts.concat().contains(|c: char| c.is_ascii_alphabetic()) && parts.concat().matches('*').count() < 2
        }),
    ];
    let slots = prop_oneof![3 => vec(slot.clone(), 1), 1 => vec(slot, 2..=3)];
    (slots, any::<bool>()).prop_map(|(slots, is_exact)| Reference::Phrase { slots, is_exact })
}

fn side() -> impl Strategy<Value = Reference> {
    phrase().prop_recursive(3, 8, 3, |inner| {
        let link = prop_oneof![
            (0..5usize).prop_map(Link::Near),
            (0..5usize).prop_map(Link::Pre),
            Just(Link::Sentence),
            Just(Link::Passage)
        ];
        prop_oneof![
            2 => (inner.clone(), link, inner.clone())
                .prop_map(|(left, link, right)| Reference::Pair(Box::new(left), link, Box::new(right))),
            1 => vec(inner, 2..=3).prop_map(Reference::Or),
        ]
    })
}

/// A clause, with fields or without.
fn clause(has_fields: bool) -> BoxedStrategy<Reference> {
    let year = || proptest::option::of(18..22u8);
    let date = (year(), year())
        .prop_filter("a range has an end, and they are in order", |ends| match ends {
            (Some(from), Some(to)) => from <= to,
            (None, None) => false,
            _ => true,
        })
        .prop_map(|(from, to)| Reference::Date(from, to));
    let leaf = if has_fields {
        let title = clause(false).prop_map(|inner| Reference::Title(Box::new(inner)));
        prop_oneof![8 => side(), 1 => title, 1 => date].boxed()
    } else {
        side().boxed()
    };
    leaf.prop_recursive(3, 10, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 2..=3).prop_map(Reference::And),
            vec(inner.clone(), 2..=3).prop_map(Reference::Or),
            inner.prop_map(|inner| Reference::Not(Box::new(inner))),
        ]
    })
    .boxed()
}

/// A passage: its text, its title and its year.
type Written = (String, String, Option<u8>);

fn passages() -> impl Strategy<Value = Vec<Written>> {
    vec((text(14), text(4), proptest::option::of(18..22u8)), 1..=3)
}

fn runner(cases: u32) -> TestRunner {
    TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() })
}

#[test]
fn two_evaluators_agree_on_truth_and_spans_and_no_need_excludes_a_match() {
    let (n_true, n_spans) = (Cell::new(0), Cell::new(0));
    let cases = (vec(clause(true), 0..=2), clause(true), passages(), any::<bool>());
    runner(2_000)
        .run(&cases, |(masks, query, passages, is_stemmed)| {
            let mut text: String = masks.iter().map(|mask| format!("MASK({}) ", mask.write(0))).collect();
            text += &query.write(0);
            let found = compare(&masks, &query, &text, &passages, is_stemmed)?;
            n_true.set(n_true.get() + u32::from(found.is_some()));
            n_spans.set(n_spans.get() + found.map_or(0, |found| found.iter().map(Vec::len).sum::<usize>()));
            Ok(())
        })
        .unwrap();
    println!("{} of 2000 cases true, {} spans", n_true.get(), n_spans.get());
    assert!(n_true.get() > 400 && n_spans.get() > 500, "the cases are too easy");
}

/// NEARs within NEARs, where all depends on which spans go on to the next.
#[test]
fn two_evaluators_agree_on_chains_of_near() {
    let word = |word: &str| Reference::Phrase { slots: vec![vec![word.to_owned()]], is_exact: false };
    let leaf = prop_oneof![
        6 => select(vec!["ab", "cd", "a", "no"]).prop_map(word),
        1 => Just(Reference::Or(vec![word("a"), word("cd")])),
    ];
    let link = prop_oneof![
        4 => select(vec![0, 1, 9]).prop_map(Link::Near),
        1 => select(vec![0, 1, 9]).prop_map(Link::Pre),
        1 => Just(Link::Sentence),
    ];
    let chain = leaf.prop_recursive(4, 6, 2, move |inner| {
        (inner.clone(), link.clone(), inner)
            .prop_map(|(left, link, right)| Reference::Pair(Box::new(left), link, Box::new(right)))
    });
    let gap = select(vec![" ", " ", " ", " ", " ", ". "]);
    let words = vec((select(vec!["Ab", "cd", "A", "No", "x"]), gap), 4..=12)
        .prop_map(|all| all.into_iter().map(|(word, gap)| word.to_owned() + gap).collect::<String>());
    let n_true = Cell::new(0);
    runner(10_000)
        .run(&(chain, words, any::<bool>()), |(query, words, is_mask)| {
            let passages = [(words, String::new(), None)];
            let any = Reference::Or(["ab", "cd", "a", "no", "x"].map(word).to_vec());
            let (masks, query) = if is_mask { (vec![query], any) } else { (Vec::new(), query) };
            let mut text: String = masks.iter().map(|mask| format!("MASK({}) ", mask.write(0))).collect();
            text += &query.write(0);
            let found = compare(&masks, &query, &text, &passages, false)?;
            n_true.set(n_true.get() + u32::from(found.is_some() && !is_mask));
            Ok(())
        })
        .unwrap();
    println!("{} of about 5000 chains true", n_true.get());
    assert!(n_true.get() > 1_000, "the cases are too easy");
}

fn compare(
    masks: &[Reference],
    query: &Reference,
    text: &str,
    passages: &[Written],
    is_stemmed: bool,
) -> Result<Option<Vec<Vec<Span>>>, TestCaseError> {
    let terms = if is_stemmed { Terms::Stemmed } else { Terms::Exact };
    let parsed = parse(text, terms).map_err(|error| TestCaseError::fail(format!("{text}: {error}")))?;
    let again = parse(&parsed.to_string(), terms);
    prop_assert_eq!(again.as_ref(), Ok(&parsed), "{} as {}", text, parsed);

    let mut unit = Unit {
        pages: passages.iter().map(|(text, ..)| Page::new(text, is_stemmed)).collect(),
        titles: passages.iter().map(|(_, title, _)| Page::new(title, is_stemmed)).collect(),
        years: passages.iter().map(|(.., year)| *year).collect(),
    };
    let hiding: Vec<_> = masks.iter().filter_map(|mask| reference(mask, &unit)).collect();
    for found in hiding {
        for (page, found) in unit.pages.iter_mut().zip(found) {
            page.hidden.extend(found.into_iter().flat_map(|(_, _, tokens)| tokens));
        }
    }
    let expected: Option<Vec<_>> =
        reference(query, &unit).map(|found| found.iter().map(|found| shortest(found)).collect());

    let tokens: Vec<Tokens> = passages.iter().map(|(text, ..)| Tokens::read(text)).collect();
    let found = evaluate(&parsed, &texts(passages, &tokens));
    let plain = found.as_ref().map(|found| {
        found
            .iter()
            .map(|spans| spans.iter().map(|span| (span.first as usize, span.last as usize)).collect())
            .collect()
    });
    prop_assert_eq!(plain, expected, "{} in {:?}", text, passages);
    Ok(found)
}

fn texts<'a>(passages: &'a [Written], tokens: &'a [Tokens]) -> Vec<Text<'a>> {
    let text = |((_, title, year), tokens): (&'a Written, &'a Tokens)| {
        let date = year.and_then(|year| format!("20{year:02}-03-04").parse().ok());
        Text { tokens, context: Context { title, date, ..Context::default() } }
    };
    passages.iter().zip(tokens).map(text).collect()
}

// Arbitrary and hostile input.

#[test]
fn any_text_is_a_query_or_one_line_that_says_where_it_is_wrong() {
    let signs = vec![
        "(",
        ")",
        "AND",
        "OR",
        "NOT",
        "NEAR/3",
        "PRE/0",
        "NEAR",
        "/S",
        "/P",
        "~1",
        "~",
        "+",
        "@",
        "wroker",
        "MASK(",
        "\"",
        "'",
        "“",
        "’",
        "ab",
        "A",
        "title:",
        "date:",
        "2019",
        "2019-02..",
        ":",
        "*",
        "-",
        "\u{ad}",
        "é",
        "ß",
        " ",
        " ",
        " ",
        "½",
        "\u{301}",
    ];
    let made_of_signs = vec(select(signs), 0..24).prop_map(|signs| signs.concat());
    let n_read = Cell::new(0);
    runner(20_000)
        .run(&prop_oneof![made_of_signs, any::<String>()], |text| {
            for terms in [Terms::Stemmed, Terms::Exact] {
                match parse(&text, terms) {
                    Ok(query) => {
                        n_read.set(n_read.get() + 1);
                        prop_assert_eq!(parse(&query.to_string(), terms), Ok(query), "{:?}", text);
                    }
                    Err(error) => {
                        prop_assert!((1..=text.chars().count() + 1).contains(&error.column), "{:?}", text);
                        prop_assert!(!error.to_string().contains(char::is_control), "{:?}", text);
                    }
                }
            }
            Ok(())
        })
        .unwrap();
    println!("{} of 40000 could be read", n_read.get());
    assert!(n_read.get() > 500);
}

#[test]
fn any_text_has_tokens_in_order_and_can_be_quoted() {
    let signs = vec![
        "ab",
        "ﬁ",
        "é",
        "e\u{301}",
        "½",
        "\u{ad}",
        "\u{202e}",
        "-",
        " ",
        "\n",
        "\0",
        "İ",
        "漢",
        "\u{1f600}",
    ];
    let made_of_signs = vec(select(signs), 0..40).prop_map(|signs| signs.concat());
    let cases = (prop_oneof![made_of_signs, any::<String>()], 0..60usize);
    runner(5_000)
        .run(&cases, |(text, n_chars)| {
            let tokens = Tokens::read(&text);
            let mut end = 0;
            for at in 0..tokens.len() {
                let range = tokens.range(at);
                prop_assert!(text.get(range.clone()).is_some_and(|source| !source.is_empty()), "{:?}", text);
                prop_assert!(range.start >= end || range == tokens.range(at - 1), "{:?}", text);
                prop_assert!(!tokens.word(at).is_empty());
                end = range.end;
            }
            let last = u32::try_from(tokens.len()).unwrap();
            let spans: Vec<Span> =
                (0..last).step_by(3).map(|first| Span { first, last: first + 1 }).collect();
            let pieces = snippet(&text, &tokens, &spans, n_chars);
            let shown: String = pieces.iter().map(|piece| piece.text.as_str()).collect();
            prop_assert!(shown.chars().count() <= n_chars, "{:?} as {:?}", text, shown);
            prop_assert!(!shown.contains(char::is_control), "{:?} as {:?}", text, shown);
            for span in spans {
                let (left, found, right) = kwic(&text, &tokens, span, n_chars);
                prop_assert!(left.chars().count() <= n_chars && right.chars().count() <= n_chars);
                prop_assert_eq!(found.is_empty(), span.last >= last, "{:?}", text);
            }
            Ok(())
        })
        .unwrap();
}

#[test]
fn a_hostile_query_is_answered_or_refused_at_once() {
    let word = |at: usize| format!("{}{at}", char::from(b'a' + (at % 26) as u8));
    let words = |n: usize, between: &str| (0..n).map(word).collect::<Vec<_>>().join(between);
    let queries = [
        "(".repeat(5_000),
        ")".repeat(5_000),
        format!("{}a{}", "(".repeat(5_000), ")".repeat(5_000)),
        "\"".repeat(5_001),
        "'".repeat(5_000),
        "a".repeat(100_000),
        "*".repeat(100_000),
        words(20_000, " "),
        words(5_000, " OR "),
        words(1_999, " OR "),
        words(1_999, " NEAR/3 "),
        format!("\"{}\"", words(1_999, " ")),
        (10..510).map(|at| word(at) + "*").collect::<Vec<_>>().join(" OR "),
        "NOT ".repeat(5_000),
        "MASK(a) ".repeat(1_900) + "b",
        "title:".repeat(5_000),
        "AND OR NOT".to_owned(),
        "NEAR/3".to_owned(),
        "title:".to_owned(),
        "date:9999-99-99..".to_owned(),
        "[1 TO 5] {a b} /(a+)+$/ a~2 b^3".to_owned(),
        "(a+)+$".to_owned(),
        "--help".to_owned(),
        "-e".to_owned(),
        "a\0b\u{1b}[31m".to_owned(),
        "w*".repeat(120),
        vec!["ab-cd"; 900].join("-"),
    ];
    let tokens = Tokens::read(&words(3_000, " "));
    for query in queries {
        let begin = Instant::now();
        let line = match parse(&query, Terms::Stemmed) {
            Ok(query) => {
                let found = evaluate(&query, &[Text { tokens: &tokens, context: Context::default() }]);
                format!("read, {} matches", found.map_or(0, |found| found[0].len()))
            }
            Err(error) => error.to_string(),
        };
        let seconds = begin.elapsed().as_secs_f64();
        let start: String = query.chars().take(20).filter(|c| !c.is_control()).collect();
        println!("{seconds:.3} s: {start}: {line}");
        assert!(seconds < 2.0, "{seconds} s for {start}");
        assert!(!line.contains(char::is_control), "{line}");
    }
}

// The seed codebook.

/// A theme as the codebook prints it.
struct Theme {
    id: String,
    query: String,
    example: String,
    counter_example: String,
}

fn themes(codebook: &str) -> Vec<Theme> {
    let between = |text: &str, from: &str| -> String {
        let text = text.split_once(from).unwrap_or_else(|| panic!("no {from}")).1;
        text.split_once('"').unwrap().0.to_owned()
    };
    let mut themes = Vec::new();
    for part in codebook.split("\nq: ").skip(1) {
        let before = &codebook[..codebook.find(&format!("\nq: {part}")).unwrap()];
        let id = before.rsplit_once("\n**").unwrap().1.split_once(':').unwrap().0.to_owned();
        let query = part.lines().next().unwrap();
        let masks = part.lines().nth(1).unwrap().strip_prefix("mask: ").unwrap_or_default();
        let mut text = String::new();
        for mask in masks.split(" ; ").filter(|mask| !mask.is_empty()) {
            text += &format!("MASK({mask}) ");
        }
        let (example, counter_example) = (between(part, "Match: \""), between(part, "No match: \""));
        themes.push(Theme { id, query: text + query, example, counter_example });
    }
    themes
}

#[test]
fn every_theme_of_the_seed_codebook_matches_its_example_and_not_its_counter_example() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/reference/codebook.md");
    let Ok(codebook) = std::fs::read_to_string(path) else {
        println!("not run: there is no codebook beside this folder");
        return;
    };
    let themes = themes(&codebook);
    assert_eq!(themes.len(), 47);
    for theme in themes {
        let query = parse(&theme.query, Terms::Exact).unwrap_or_else(|error| panic!("{}: {error}", theme.id));
        assert_eq!(parse(&query.to_string(), Terms::Exact).as_ref(), Ok(&query), "{}", theme.id);
        let is_true = |text: &str| {
            let tokens = Tokens::read(text);
            let found = evaluate(&query, &[Text { tokens: &tokens, context: Context::default() }]);
            found.is_some_and(|found| !found[0].is_empty())
        };
        assert!(is_true(&theme.example), "{}: {}", theme.id, theme.example);
        assert!(!is_true(&theme.counter_example), "{}: {}", theme.id, theme.counter_example);
    }
}
