//! What a passage costs on its way: tokens, stems, the codebook, a meeting's XML.
//!
//! `cargo bench --bench pipeline`. The text is the built-in sample's own, so
//! that the figures can be had from a fresh checkout. Read them as ratios to
//! `whitespace`, the yardstick: parting the same text at white space.

use std::sync::LazyLock;

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use scrutineer::analyse::Codebook;
use scrutineer::parse::moderngov::xml_reading;
use scrutineer::sample::data::Stage;
use scrutineer::sample::{self, Sample, minutes, xml};
use scrutineer::search::{Context, Text, Tokens, evaluate};

static SAMPLE: LazyLock<Sample> = LazyLock::new(Sample::load);

/// Every paragraph of the sample's minutes.
static PASSAGES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let items = SAMPLE.meetings.iter().flat_map(|meeting| minutes::items(&SAMPLE, meeting, Stage::Approved));
    items.flat_map(|item| item.minutes).map(|block| block.text).collect()
});

fn main() {
    divan::main();
}

fn n_bytes() -> BytesCount {
    BytesCount::new(PASSAGES.iter().map(String::len).sum::<usize>())
}

#[divan::bench]
fn whitespace(bencher: Bencher) {
    let words = || PASSAGES.iter().map(|text| black_box(text).split_whitespace().count()).sum::<usize>();
    bencher.counter(n_bytes()).bench(words);
}

#[divan::bench]
fn tokens(bencher: Bencher) {
    let tokens = || PASSAGES.iter().map(|text| Tokens::read(black_box(text)).len()).sum::<usize>();
    bencher.counter(n_bytes()).bench(tokens);
}

#[divan::bench]
fn stems(bencher: Bencher) {
    let stems = |text: &String| {
        let tokens = Tokens::read(black_box(text));
        (0..tokens.len()).map(|at| tokens.stem(at).len()).sum::<usize>()
    };
    bencher.counter(n_bytes()).bench(|| PASSAGES.iter().map(stems).sum::<usize>());
}

/// All 47 themes on every passage, without an index to propose candidates.
#[divan::bench(sample_count = 10)]
fn codebook(bencher: Bencher) {
    let toml = include_str!("../codebooks/children-and-scrutiny.toml");
    let codebook = Codebook::from_toml("children-and-scrutiny.toml", toml).expect("the codebook is right");
    let matches = |text: &String| {
        let tokens = Tokens::read(text);
        let text = Text { tokens: &tokens, context: Context::default() };
        codebook.themes.iter().filter(|theme| evaluate(&theme.query, &[text]).is_some()).count()
    };
    bencher.counter(n_bytes()).bench(|| PASSAGES.iter().map(matches).sum::<usize>());
}

/// Reading a meeting's answer of the web service into items and passages.
#[divan::bench(sample_count = 10)]
fn meeting_xml(bencher: Bencher) {
    let answers: Vec<String> =
        SAMPLE.meetings.iter().map(|meeting| xml::meeting(&SAMPLE, meeting, sample::TODAY)).collect();
    let bytes = BytesCount::new(answers.iter().map(String::len).sum::<usize>());
    let read = || answers.iter().map(|answer| xml_reading(black_box(answer)).n_passages()).sum::<usize>();
    bencher.counter(bytes).bench(read);
}
