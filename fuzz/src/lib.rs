//! What must hold of every reading, whatever the bytes.

use std::collections::{HashMap, HashSet};
use std::fmt::Debug;
use std::sync::LazyLock;
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};
use scrutineer::model::{AgendaItem, Councils, Reading};
use scrutineer::parse::blocks::fold;
use scrutineer::parse::{
    Block, Extract, Media, Source, Style, abbreviations, document, extract, interests, languages, motions,
    read,
};

/// The longest input for which the time is measured, in bytes.
const SHORT: usize = 4_096;
/// What a reader may take for a short input in a fuzzer's build, which is several
/// times as slow as a release.
const LONGEST: Duration = Duration::from_millis(100);

static COUNCILS: LazyLock<Councils> = LazyLock::new(|| {
    Councils::from_csv(include_bytes!("../../corpus/councils.csv")).expect("the table is sound")
});

/// Reads twice, the second time against the clock of the thread, as the
/// patterns are built the first time; both must give the same.
pub fn twice<T: PartialEq + Debug>(what: &str, length: usize, read: impl Fn() -> T) -> T {
    let first = read();
    let start = clock_gettime(ClockId::ThreadCPUTime);
    let second = read();
    let end = clock_gettime(ClockId::ThreadCPUTime);
    let nanoseconds = (end.tv_sec - start.tv_sec) * 1_000_000_000 + i64::from(end.tv_nsec - start.tv_nsec);
    let took = Duration::from_nanos(nanoseconds.unsigned_abs());
    assert!(length > SHORT || took < LONGEST, "{what}: {length} bytes took {took:?}");
    assert_eq!(first, second, "{what}: it is not read the same twice");
    first
}

/// Reads a document of that format.
pub fn check_document(bytes: &[u8], media: Media) {
    let source = Source { bytes, media, charset: None, file_name: Some("minutes"), councils: &COUNCILS };
    let reading = twice("document", bytes.len(), || document(&source));
    let Ok(reading) = reading else { return };
    check_reading(&reading);
    let extract = extract(bytes, media, None).expect("it was read");
    check_blocks(&extract.page.blocks);
    if extract.moderngov.is_none() && !is_saved(&reading) {
        check_kept(&extract.page.blocks, &reading);
    }
}

/// Reads a text that another program took out of a document.
pub fn check_printed(text: &str) {
    let reading = twice("printed", text.len(), || read(Extract::of_plain(text), None, &COUNCILS));
    if let Ok(reading) = reading {
        check_reading(&reading);
    }
}

/// A page of an issue repeats its title for each meeting.
fn is_saved(reading: &Reading) -> bool {
    reading.items.first().is_some_and(|item| item.key != "0") && {
        let mut titles = HashSet::new();
        reading.items.iter().any(|item| !item.title.is_empty() && !titles.insert(&item.title))
    }
}

fn check_blocks(blocks: &[Block]) {
    for block in blocks {
        assert_eq!(fold(&block.text), block.text, "the text of a block is not folded");
        assert!(!block.text.is_empty(), "a block is empty");
        assert!(block.lead <= block.text.len() && block.text.is_char_boundary(block.lead), "{block:?}");
    }
}

/// Checks that a reading holds together.
pub fn check_reading(reading: &Reading) {
    let mut keys = HashSet::new();
    for item in &reading.items {
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        assert!(!item.key.is_empty() && item.key.chars().all(fits), "the key {:?}", item.key);
        assert!(keys.insert(&item.key), "the key {:?} is there twice", item.key);
        let named = item.exempt.iter().flatten();
        assert!(named.clone().all(|paragraph| (1..=7).contains(paragraph)), "{:?}", item.exempt);
        for passage in &item.passages {
            // A label alone says something: `1. *`.
            let is_labelled = passage.number.is_some() || !passage.clause.is_empty();
            let says_something = is_labelled || passage.text.chars().any(char::is_alphanumeric);
            assert!(says_something && !passage.text.is_empty(), "a passage says nothing: {passage:?}");
            assert_eq!(fold(&passage.text), passage.text, "the text of a passage is not folded");
            assert!(passage.clause.iter().all(|label| !label.is_empty()), "{passage:?}");
            let _ = abbreviations(&passage.text);
        }
    }
    let people = &reading.attendance;
    for person in
        [&people.present, &people.apologies, &people.substitutes, &people.officers].into_iter().flatten()
    {
        assert!(!person.name.trim().is_empty(), "somebody without a name: {person:?}");
    }
    check_acts(&reading.items);
}

/// What was found in passages points at passages that are there.
fn check_acts(items: &[AgendaItem]) {
    let is_there =
        |item: usize, passage: usize| items.get(item).is_some_and(|item| passage < item.passages.len());
    for motion in motions(items) {
        assert!(is_there(motion.item, motion.passage), "{motion:?}");
        assert!([motion.mover, motion.seconder].iter().flatten().all(|name| !name.is_empty()));
    }
    for interest in interests(items) {
        assert!(is_there(interest.item, interest.passage) && !interest.name.is_empty(), "{interest:?}");
    }
    let languages = languages(items);
    assert!(languages.iter().zip(items).all(|(languages, item)| languages.len() == item.passages.len()));
    assert_eq!(languages.len(), items.len());
}

/// Checks that no letter of a text was lost, and none is there twice.
fn check_kept(blocks: &[Block], reading: &Reading) {
    let said = blocks.iter().filter(|block| block.says_something());
    let printed = letters(said.clone().map(|block| block.text.as_str()));
    let labels = said.filter_map(|block| match &block.style {
        Style::Numbered(label) => Some(label.as_str()),
        _ => None,
    });
    let by_markup = letters(labels);
    let passages = || reading.items.iter().flat_map(|item| &item.passages);
    let texts = reading.items.iter().map(|item| item.title.as_str());
    let texts = letters(texts.chain(passages().map(|passage| passage.text.as_str())));
    let numbers = passages().flat_map(|passage| passage.number.iter().chain(&passage.clause));
    let numbers = letters(reading.items.iter().map(|item| &item.number).chain(numbers).map(String::as_str));
    let count = |counts: &HashMap<char, usize>, letter| counts.get(letter).copied().unwrap_or_default();
    let has_furniture = said_furniture(blocks);
    for (letter, n_printed) in printed.iter().filter(|_| !has_furniture) {
        let n_read = count(&texts, letter) + count(&numbers, letter);
        assert!(n_read >= *n_printed, "{letter:?} was printed {n_printed} times and read {n_read} times");
    }
    for (letter, n_read) in &texts {
        let n_printed = count(&printed, letter) + count(&by_markup, letter);
        assert!(*n_read <= n_printed, "{letter:?} was printed {n_printed} times and read {n_read} times");
    }
}

/// Whether a text has words that are left out of titles, such as `(pages 3-4)`,
/// and of numbers, such as `Item 3`.
fn said_furniture(blocks: &[Block]) -> bool {
    const FURNITURE: [&str; 4] = ["pdf", "(page", "item", "(copy enclosed)"];
    let is_furniture = |text: String| FURNITURE.iter().any(|words| text.contains(words));
    blocks.iter().any(|block| is_furniture(block.text.to_lowercase()))
}

fn letters<'a>(texts: impl Iterator<Item = &'a str>) -> HashMap<char, usize> {
    let mut counts = HashMap::new();
    for letter in texts.flat_map(str::chars).filter(|c| c.is_alphabetic()) {
        *counts.entry(letter).or_default() += 1;
    }
    counts
}
