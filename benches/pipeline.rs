//! What a passage costs on its way: tokens, stems, the codebook, a meeting's XML
//! and its page.
//!
//! `cargo bench --bench pipeline`. The text is the built-in sample's own, so
//! that the figures can be had from a fresh checkout. Read them as ratios to
//! `whitespace`, the yardstick: parting the same text at white space; those of
//! pages to `html_parser`, the bare parser on the same bytes.

use std::sync::LazyLock;

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use scrutineer::analyse::Codebook;
use scrutineer::model::Councils;
use scrutineer::parse::moderngov::{page_reading, xml_reading};
use scrutineer::parse::{Media, Source, document};
use scrutineer::sample::data::Stage;
use scrutineer::sample::{self, Sample, minutes, page, xml};
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
        (0..tokens.len()).map(|at| tokens.stem(at).map_or(0, str::len)).sum::<usize>()
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

/// The pages of the sample's meetings, as ModernGov publishes them.
static PAGES: LazyLock<Vec<String>> = LazyLock::new(|| {
    SAMPLE.meetings.iter().map(|meeting| page::meeting(&SAMPLE, meeting, sample::TODAY)).collect()
});

/// The same minutes as pages of no known system.
static FREE_PAGES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let of_meeting = |meeting| {
        let items = minutes::items(&SAMPLE, meeting, Stage::Approved).into_iter().map(|item| {
            let paragraphs: String = item
                .minutes
                .iter()
                .map(|block| format!("<p class=\"MsoNormal\">{}</p>\n", block.text))
                .collect();
            format!("<h2>{}</h2>\n{paragraphs}", item.title)
        });
        let menu = "<li><a href=\"/x\">A page of the site</a></li>".repeat(40);
        format!(
            "<!DOCTYPE html><html><head><title>Minutes</title></head><body><nav><ul>{menu}</ul></nav><main>{}</main></body></html>",
            items.collect::<String>()
        )
    };
    SAMPLE.meetings.iter().map(of_meeting).collect()
});

fn n_bytes_of(pages: &[String]) -> BytesCount {
    BytesCount::new(pages.iter().map(String::len).sum::<usize>())
}

/// The bare HTML parser, on pages of ModernGov and of no known system.
#[divan::bench(sample_count = 10, args = ["moderngov", "free"])]
fn html_parser(bencher: Bencher, kind: &str) {
    let pages = if kind == "free" { &*FREE_PAGES } else { &*PAGES };
    let parse =
        || pages.iter().map(|page| scraper::Html::parse_document(black_box(page)).tree.nodes().count());
    bencher.counter(n_bytes_of(pages)).bench(|| parse().sum::<usize>());
}

/// Reading the same pages into items and passages.
#[divan::bench(sample_count = 10, args = ["moderngov", "free"])]
fn html_reading(bencher: Bencher, kind: &str) {
    let councils = Councils::default();
    let read = |page: &String| match kind {
        "free" => {
            let (bytes, charset, file_name) = (page.as_bytes(), Some("utf-8"), None);
            let source = Source { bytes, media: Media::Html, charset, file_name, councils: &councils };
            document(&source).map_or(0, |reading| reading.n_passages())
        }
        _ => page_reading(page, "https://democracy.example/ieListDocuments.aspx?MId=1", &[]).n_passages(),
    };
    let pages = if kind == "free" { &*FREE_PAGES } else { &*PAGES };
    bencher
        .counter(n_bytes_of(pages))
        .bench(|| pages.iter().map(|page| read(black_box(page))).sum::<usize>());
}
