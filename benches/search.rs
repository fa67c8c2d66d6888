//! What indexing and answering cost, beside a minimal use of the engine on the
//! same passages.
//!
//! `cargo bench --bench search [-- --items 100000 --home DIR]`. The text is made:
//! words of the built-in sample's minutes first, then made-up ones, as often as
//! their rank says (Zipf), so that the figures can be had from a fresh checkout.
//! Read them as ratios to the probe, measured in the same run: it indexes the
//! same passages in two fields (as written, by stem), stores them, and answers
//! with the nearest query that the engine has. With `--home` the index is kept,
//! to time the whole command on it.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use rayon::prelude::*;
use rustix::time::{ClockId, clock_gettime};
use scrutineer::analyse::{Codebook, Dimension, Frequency, keywords};
use scrutineer::corpus::Home;
use scrutineer::index::{BuildSettings, Forms, Index, MatchSet, Unit, build_from};
use scrutineer::model::{
    Digest, Edition, Kind, Language, MeetingId, PartialDate, Passage, PassageId, SiteId,
};
use scrutineer::sample::data::Stage;
use scrutineer::sample::{Sample, minutes};
use scrutineer::search::{Filter, Terms, Tokens, parse, snippet, stem};
use tantivy::aggregation::AggregationCollector;
use tantivy::aggregation::agg_req::Aggregations;
use tantivy::collector::{Count, TopDocs};
use tantivy::query::{BooleanQuery, Occur, PhraseQuery, Query, TermQuery};
use tantivy::schema::{
    FAST, Field, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions,
};
use tantivy::snippet::SnippetGenerator;
use tantivy::tokenizer::{
    AsciiFoldingFilter, Language as StemLanguage, LowerCaser, RemoveLongFilter, SimpleTokenizer, Stemmer,
    TextAnalyzer,
};
use tantivy::{Searcher, SegmentReader, TantivyDocument, Term};

/// How often each query is asked, after one time that does not count.
const ROUNDS: usize = 20;

const N_COUNCILS: usize = 20;
const ITEMS_A_MEETING: usize = 12;
const PASSAGES_AN_ITEM: usize = 5;
const VOCABULARY: usize = 60_000;

fn main() {
    let argument = |name: &str| {
        let mut all = std::env::args().skip_while(|argument| argument != name);
        all.nth(1)
    };
    let n_items = argument("--items").map_or(100_000, |items| items.parse().expect("--items takes a number"));
    let kept = argument("--home");
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let home = kept.as_ref().map_or(folder.path().join("home"), Into::into);
    let words = vocabulary();
    let meetings = || (0..n_items / ITEMS_A_MEETING).map(|number| meeting(number, &words));

    let (mut n_passages, mut n_bytes) = (0, 0);
    for passage in meetings().flatten() {
        n_passages += 1;
        n_bytes += passage.text.len();
    }
    println!("{n_items} items, {n_passages} passages, {:.1} MB of text", n_bytes as f64 / 1e6);

    let settings = BuildSettings::default();
    let (ours, _) = cpu(|| build_from(&Home::new(&home), meetings(), &settings).expect("the index is built"));
    let probe_folder = folder.path().join("probe");
    let (probe, _) = cpu(|| build_probe(&probe_folder, meetings()));
    let making = cpu(|| meetings().flatten().map(|passage| passage.text.len()).sum::<usize>()).0;
    let seconds = |time: Duration| time.saturating_sub(making).as_secs_f64();
    println!("\n| indexing | ours | probe | ratio |\n| --- | --- | --- | --- |");
    row("CPU, s", seconds(ours), seconds(probe));
    let (ours, probe) = (folder_bytes(&home.join("index")), folder_bytes(&probe_folder));
    row("size / text", ours as f64 / n_bytes as f64, probe as f64 / n_bytes as f64);

    let index = Index::open(&Home::new(&home)).expect("the index opens");
    let probe = Probe::open(&probe_folder);
    println!(
        "\n| query | passages | ours p50, ms | probe p50, ms | ratio |\n| --- | --- | --- | --- | --- |"
    );
    let mut all: [Vec<f64>; 2] = Default::default();
    for (name, query, nearest) in queries(&words) {
        let nearest = probe.query(&nearest);
        let mut times: [Vec<f64>; 2] = Default::default();
        let n_found = answer(&index, &query);
        probe.answer(&*nearest);
        for _ in 0..ROUNDS {
            // By turns, so that whatever else the machine does falls on both.
            times[0].push(milliseconds(|| answer(&index, &query)));
            times[1].push(milliseconds(|| probe.answer(&*nearest)));
        }
        let [ours, theirs] = times.clone().map(|times| share(times, 0.5));
        println!("| {name} | {n_found} | {ours:.3} | {theirs:.3} | {:.2} |", ours / theirs);
        all.iter_mut().zip(times).for_each(|(all, times)| all.extend(times));
    }
    println!("\n| a full answer | ours | probe | ratio |\n| --- | --- | --- | --- |");
    for (name, at) in [("p50, ms", 0.5), ("p99, ms", 0.99)] {
        let [ours, theirs] = all.clone().map(|times| share(times, at));
        row(name, ours, theirs);
    }
    near(&index, &probe, &words);
    themes(&index, &probe, &words);
    keyness(&index, &probe);
}

fn row(name: &str, ours: f64, probe: f64) {
    println!("| {name} | {ours:.3} | {probe:.3} | {:.2} |", ours / probe);
}

/// CPU time of all threads.
fn cpu<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let now = || {
        let time = clock_gettime(ClockId::ProcessCPUTime);
        Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
    };
    let before = now();
    let done = work();
    (now() - before, done)
}

fn milliseconds<T>(work: impl FnOnce() -> T) -> f64 {
    let start = Instant::now();
    std::hint::black_box(work());
    start.elapsed().as_secs_f64() * 1e3
}

fn share(mut times: Vec<f64>, share: f64) -> f64 {
    times.sort_by(f64::total_cmp);
    times[((times.len() - 1) as f64 * share).round() as usize]
}

fn folder_bytes(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).expect("the folder is there");
    let of = |entry: std::fs::DirEntry| match entry.metadata() {
        Ok(metadata) if metadata.is_dir() => folder_bytes(&entry.path()),
        Ok(metadata) => metadata.len(),
        Err(_) => 0,
    };
    entries.flatten().map(of).sum()
}

// The passages.

/// SplitMix64: the same numbers in every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    /// A rank by Zipf's law: the n-th word stands about 1/n as often as the first.
    fn rank(&mut self, n: usize) -> usize {
        let uniform = (self.next() >> 11) as f64 / (1_u64 << 53) as f64;
        ((n as f64).powf(uniform) - 1.0) as usize
    }
}

/// Words by rank: those of the sample's minutes, then made-up ones with the endings
/// of English.
fn vocabulary() -> Vec<String> {
    let sample = Sample::load();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for meeting in &sample.meetings {
        for block in
            minutes::items(&sample, meeting, Stage::Approved).into_iter().flat_map(|item| item.minutes)
        {
            for word in Tokens::read(&block.text).words() {
                *counts.entry(word.to_owned()).or_default() += 1;
            }
        }
    }
    let mut words: Vec<(usize, String)> = counts.into_iter().map(|(word, count)| (count, word)).collect();
    words.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    let mut words: Vec<String> = words.into_iter().map(|(_, word)| word).collect();
    let mut random = Random(1);
    let syllables =
        ["ba", "con", "der", "fi", "gra", "hol", "in", "ker", "lo", "mun", "pro", "ser", "ti", "ver"];
    while words.len() < VOCABULARY {
        let root: String =
            (0..2 + random.below(3)).map(|_| syllables[random.below(syllables.len())]).collect();
        words.extend(["", "s", "ed", "ing", "ation"].iter().map(|ending| format!("{root}{ending}")));
    }
    words
}

fn meeting(number: usize, words: &[String]) -> Vec<Passage> {
    let mut random = Random(number as u64);
    let council = number % N_COUNCILS;
    let date = PartialDate::day(2010 + (number / N_COUNCILS % 15) as i16, 1 + random.below(12) as i8, 9);
    let meeting = MeetingId { site: SiteId::new(&format!("council-{council}")), number: number.to_string() };
    let digest = Digest::of(number.to_string().as_bytes());
    let mut passages = Vec::new();
    for item in 1..=ITEMS_A_MEETING {
        let title = sentence(&mut random, words, 5);
        for ordinal in 1..=PASSAGES_AN_ITEM {
            let length = 12 + random.below(60);
            passages.push(Passage {
                passage_id: PassageId::new(&meeting, &item.to_string(), ordinal, &digest),
                meeting: meeting.clone(),
                council: format!("council-{council}"),
                council_name: format!("Council {council}"),
                body: format!("Committee {}", number % 7),
                date,
                item_key: item.to_string(),
                item: item.to_string(),
                title: title.clone(),
                edition: Edition::Minutes,
                kind: if ordinal == PASSAGES_AN_ITEM { Kind::Resolution } else { Kind::Narrative },
                language: Language::English,
                boilerplate: false,
                rule: None,
                number: None,
                clause: Vec::new(),
                page: None,
                text: sentence(&mut random, words, length),
                url: format!("https://democracy.council-{council}.example/ieListDocuments.aspx?MId={number}"),
                document: digest.clone(),
            });
        }
    }
    passages
}

/// So many words, in sentences of fifteen.
fn sentence(random: &mut Random, words: &[String], length: usize) -> String {
    let mut text = String::new();
    for at in 0..length {
        let word = &words[random.rank(words.len())];
        match at % 15 {
            0 if at > 0 => text.push_str(". "),
            0 => {}
            _ => text.push(' '),
        }
        if at % 15 == 0 {
            text.extend(word.chars().take(1).flat_map(char::to_uppercase));
            text.extend(word.chars().skip(1));
        } else {
            text.push_str(word);
        }
    }
    text + "."
}

// The probe.

struct Probe {
    searcher: Searcher,
    fields: ProbeFields,
}

#[derive(Clone, Copy)]
struct ProbeFields {
    stems: Field,
    exact: Field,
    id: Field,
    council: Field,
    body: Field,
    title: Field,
    url: Field,
    year: Field,
}

fn probe_schema() -> (Schema, ProbeFields) {
    let mut builder = Schema::builder();
    let text = |tokenizer: &str| {
        let indexing = TextFieldIndexing::default()
            .set_tokenizer(tokenizer)
            .set_index_option(IndexRecordOption::WithFreqsAndPositions);
        TextOptions::default().set_indexing_options(indexing)
    };
    let column = (STRING | STORED).set_fast("raw");
    let fields = ProbeFields {
        stems: builder.add_text_field("stems", text("stems") | STORED),
        exact: builder.add_text_field("exact", text("exact")),
        id: builder.add_text_field("id", STRING | STORED),
        council: builder.add_text_field("council", column.clone()),
        body: builder.add_text_field("body", column),
        title: builder.add_text_field("title", STORED),
        url: builder.add_text_field("url", STORED),
        year: builder.add_u64_field("year", FAST),
    };
    (builder.build(), fields)
}

fn register(index: &tantivy::Index) {
    let plain = || {
        TextAnalyzer::builder(SimpleTokenizer::default())
            .filter(RemoveLongFilter::limit(255))
            .filter(LowerCaser)
            .filter(AsciiFoldingFilter)
    };
    index.tokenizers().register("exact", plain().build());
    index.tokenizers().register("stems", plain().filter(Stemmer::new(StemLanguage::English)).build());
}

fn build_probe(folder: &Path, meetings: impl Iterator<Item = Vec<Passage>>) {
    std::fs::create_dir_all(folder).expect("a folder can be made");
    let (schema, fields) = probe_schema();
    let index = tantivy::Index::create_in_dir(folder, schema).expect("the probe is made");
    register(&index);
    let budget = BuildSettings::default().memory_mb * 1_000_000;
    let mut writer = index.writer(budget).expect("the probe is written");
    for passage in meetings.flatten() {
        let mut document = TantivyDocument::default();
        document.add_text(fields.stems, &passage.text);
        document.add_text(fields.exact, &passage.text);
        document.add_text(fields.id, &passage.passage_id.0);
        document.add_text(fields.council, &passage.council);
        document.add_text(fields.body, &passage.body);
        document.add_text(fields.title, &passage.title);
        document.add_text(fields.url, &passage.url);
        document.add_u64(fields.year, passage.date.map_or(0, |date| date.year() as u64));
        writer.add_document(document).expect("the probe takes a passage");
    }
    writer.commit().expect("the probe is written");
    writer.wait_merging_threads().expect("the probe is written");
}

/// What the probe is asked.
enum Nearest {
    Term(String),
    Phrase(Vec<String>),
    All(Vec<String>),
    Any(Vec<String>),
}

impl Probe {
    fn open(folder: &Path) -> Self {
        let index = tantivy::Index::open_in_dir(folder).expect("the probe opens");
        register(&index);
        let searcher = index.reader().expect("the probe is read").searcher();
        Self { searcher, fields: probe_schema().1 }
    }

    fn query(&self, nearest: &Nearest) -> Box<dyn Query> {
        let term = |word: &String| Term::from_field_text(self.fields.stems, &stem(word));
        let one = |word: &String| -> Box<dyn Query> {
            Box::new(TermQuery::new(term(word), IndexRecordOption::WithFreqsAndPositions))
        };
        match nearest {
            Nearest::Term(word) => one(word),
            Nearest::Phrase(words) => Box::new(PhraseQuery::new(words.iter().map(term).collect())),
            Nearest::All(words) => {
                Box::new(BooleanQuery::new(words.iter().map(|word| (Occur::Must, one(word))).collect()))
            }
            Nearest::Any(words) => {
                Box::new(BooleanQuery::new(words.iter().map(|word| (Occur::Should, one(word))).collect()))
            }
        }
    }

    /// Counts by council and year.
    fn cube() -> AggregationCollector {
        let aggregations: Aggregations = serde_json::from_str(
            r#"{"council": {"terms": {"field": "council", "size": 1000},
                "aggs": {"year": {"terms": {"field": "year", "size": 1000}}}}}"#,
        )
        .expect("the request is right");
        AggregationCollector::from_aggs(aggregations, Default::default())
    }

    /// Walks over all postings of words as written, and adds up how often each word stands
    /// by council; on all cores, a segment each. How many postings there are.
    fn walk(&self) -> usize {
        let of_segment = |segment: &SegmentReader| {
            let column = segment.fast_fields().str("council").expect("the probe has councils");
            let column = column.expect("the probe has councils");
            let of_doc = |doc| column.ords().first(doc).expect("a passage has a council") as usize;
            let councils: Vec<usize> = (0..segment.max_doc()).map(of_doc).collect();
            let inverted = segment.inverted_index(self.fields.exact).expect("the probe has words");
            let mut terms = inverted.terms().stream().expect("the probe has words");
            let mut n_postings = 0;
            while let Some((_, info)) = terms.next() {
                let mut sums = vec![0_u64; column.num_terms()];
                let blocks = inverted.read_block_postings_from_terminfo(info, IndexRecordOption::WithFreqs);
                let mut blocks = blocks.expect("the probe has postings");
                while !blocks.docs().is_empty() {
                    for (&doc, &n) in blocks.docs().iter().zip(blocks.freqs()) {
                        sums[councils[doc as usize]] += u64::from(n);
                    }
                    n_postings += blocks.docs().len();
                    blocks.advance();
                }
                std::hint::black_box(sums);
            }
            n_postings
        };
        self.searcher.segment_readers().par_iter().map(of_segment).sum()
    }

    /// Ten hits with snippets, the count, and counts by council and year.
    fn answer(&self, query: &dyn Query) -> usize {
        let cube = Self::cube();
        let top = TopDocs::with_limit(10).order_by_score();
        let (count, top, _cube) =
            self.searcher.search(query, &(Count, top, cube)).expect("the probe answers");
        let snippets = SnippetGenerator::create(&self.searcher, query, self.fields.stems);
        let mut snippets = snippets.expect("the probe makes snippets");
        snippets.set_max_num_chars(300);
        for (_, address) in top {
            let document: TantivyDocument = self.searcher.doc(address).expect("the probe has the passage");
            std::hint::black_box(snippets.snippet_from_doc(&document));
        }
        count
    }
}

// The questions.

/// Ten hits with snippets, the count, and counts by council and year.
fn answer(index: &Index, query: &str) -> usize {
    let query = parse(query, Terms::Stemmed).expect("the query is right");
    let found = index.find(&query, &Filter::default(), Unit::Passage).expect("the index answers");
    std::hint::black_box(index.tally(&found.hits, &[Dimension::Council, Dimension::Year]));
    for (passage, spans) in index.load(&found, &found.best(10)).expect("the index has the passages") {
        std::hint::black_box(snippet(&passage.text, &Tokens::read(&passage.text), &spans, 300));
    }
    found.hits.len()
}

/// Names, our queries, and the nearest that the probe can be asked; words by rank.
fn queries(words: &[String]) -> Vec<(String, String, Nearest)> {
    let word = |rank: usize| words[rank].clone();
    let mut queries = Vec::new();
    for rank in [100, 300, 1_000, 3_000, 10_000, 30_000] {
        queries.push((format!("word {rank}"), word(rank), Nearest::Term(word(rank))));
    }
    for (a, b) in [(3, 40), (20, 200), (100, 500), (1_000, 2_000)] {
        let both = vec![word(a), word(b)];
        queries.push((format!("phrase {a} {b}"), format!("\"{}\"", both.join(" ")), Nearest::Phrase(both)));
    }
    for (a, b) in [(60, 200), (200, 900), (500, 5_000)] {
        let both = vec![word(a), word(b)];
        queries.push((format!("AND {a} {b}"), both.join(" AND "), Nearest::All(both)));
    }
    for (a, b) in [(500, 900), (2_000, 4_000)] {
        let both = vec![word(a), word(b)];
        queries.push((format!("OR {a} {b}"), both.join(" OR "), Nearest::Any(both)));
    }
    queries
}

/// NEAR over alternatives with wildcards, beside a phrase of two words that stand
/// as often as these.
fn near(index: &Index, probe: &Probe, words: &[String]) {
    let count = |query: &str| answer(index, query);
    let side = |from: usize, n: usize| {
        let all: Vec<String> = (from..from + n).map(|rank| format!("{}*", words[rank])).collect();
        format!("({})", all.join(" OR "))
    };
    println!(
        "\n| NEAR over alternatives | passages of its sides | of the phrase's words | ours, ms | probe, ms | ratio |"
    );
    println!("| --- | --- | --- | --- | --- | --- |");
    for (from, n) in [(1_000, 4), (4_000, 4)] {
        let (left, right) = (side(from, n), side(from + 100, n));
        let (n_left, n_right) = (count(&left), count(&right));
        let of_frequency = |wanted: usize, skip: usize| {
            let found = (1..words.len()).skip(skip).step_by(7).find(|&rank| count(&words[rank]) <= wanted);
            words[found.expect("some word is rarer")].clone()
        };
        let (a, b) = (of_frequency(n_left, 0), of_frequency(n_right, 3));
        let phrase = probe.query(&Nearest::Phrase(vec![a.clone(), b.clone()]));
        let query = format!("{left} NEAR/8 {right}");
        let mut times: [Vec<f64>; 2] = Default::default();
        for _ in 0..ROUNDS {
            times[0].push(milliseconds(|| count(&query)));
            times[1].push(milliseconds(|| probe.answer(&*phrase)));
        }
        let [ours, theirs] = times.map(|times| share(times, 0.5));
        println!(
            "| {n} words with `*` a side, {} matching | {n_left}, {n_right} | {}, {} | {ours:.3} | {theirs:.3} | {:.2} |",
            count(&query),
            count(&a),
            count(&b),
            ours / theirs
        );
    }
}

/// Thirty themes of three words and a phrase each by council and year, beside the probe's
/// counting of the same words and phrases; and the whole built-in codebook.
fn themes(index: &Index, probe: &Probe, words: &[String]) {
    const N_THEMES: usize = 30;
    const ROUNDS: usize = 5;
    let by = [Dimension::Council, Dimension::Year];
    let filter = Filter::default();
    let count = |queries: &[scrutineer::search::Query]| {
        let sets: Vec<MatchSet> = queries.iter().map(|query| MatchSet { query, filter: &filter }).collect();
        let found = index.find_each(&sets).expect("the index answers");
        let tallies: Vec<_> = found.par_iter().map(|found| index.tally(&found.hits, &by)).collect();
        std::hint::black_box(tallies);
    };
    let of_theme = |theme: usize| [100, 500, 1_500, 3_000, 200].map(|rank| words[rank + theme].clone());
    let ours: Vec<_> = (0..N_THEMES)
        .map(|theme| {
            let [a, b, c, d, e] = of_theme(theme);
            parse(&format!("{a} OR {b} OR {c} OR \"{d} {e}\""), Terms::Exact).expect("the query is right")
        })
        .collect();
    let exact = |word: &String| Term::from_field_text(probe.fields.exact, word);
    let theirs: Vec<BooleanQuery> = (0..N_THEMES)
        .map(|theme| {
            let [a, b, c, d, e] = of_theme(theme);
            let one = |word: &String| -> Box<dyn Query> {
                Box::new(TermQuery::new(exact(word), IndexRecordOption::Basic))
            };
            let phrase: Box<dyn Query> = Box::new(PhraseQuery::new(vec![exact(&d), exact(&e)]));
            BooleanQuery::union(vec![one(&a), one(&b), one(&c), phrase])
        })
        .collect();
    let probe_count = || {
        for query in &theirs {
            std::hint::black_box(probe.searcher.search(query, &Probe::cube()).expect("the probe answers"));
        }
    };
    let codebook = Codebook::from_toml("codebook", include_str!("../codebooks/children-and-scrutiny.toml"));
    let codebook: Vec<_> =
        codebook.expect("the codebook is right").themes.into_iter().map(|theme| theme.query).collect();
    let mut times: [Vec<f64>; 3] = Default::default();
    for _ in 0..ROUNDS {
        times[0].push(milliseconds(|| count(&ours)));
        times[1].push(milliseconds(probe_count));
        times[2].push(milliseconds(|| count(&codebook)));
    }
    let [ours, theirs, whole] = times.map(|times| share(times, 0.5));
    println!("\n| counts by council and year | ours, ms | probe, ms | ratio |\n| --- | --- | --- | --- |");
    println!("| {N_THEMES} themes | {ours:.1} | {theirs:.1} | {:.2} |", ours / theirs);
    println!("| the built-in codebook, {} themes | {whole:.1} | | |", codebook.len());
}

/// What marks a council off from all others, over the whole vocabulary, beside a bare walk over
/// all postings of the probe.
fn keyness(index: &Index, probe: &Probe) {
    const ROUNDS: usize = 9;
    let council = Filter { councils: ["council-3".to_owned()].into(), ..Filter::default() };
    let mut n_words = 0;
    let mut ours = || {
        let counts =
            index.word_counts([&council, &Filter::default()], Forms::Apart).expect("the index answers");
        let sizes = [counts.sizes[0].meetings, counts.sizes[1].meetings];
        let frequencies: Vec<[Frequency; 2]> = counts
            .words
            .iter()
            .map(|(_, of)| [0, 1].map(|side| Frequency { count: of[side].meetings, size: sizes[side] }))
            .collect();
        n_words = frequencies.len();
        keywords(&frequencies, 5)
    };
    let mut times: [Vec<f64>; 4] = Default::default();
    for _ in 0..ROUNDS {
        let mut wall = 0.0;
        times[2].push(cpu(|| wall = milliseconds(&mut ours)).0.as_secs_f64() * 1e3);
        times[0].push(wall);
        times[3].push(cpu(|| wall = milliseconds(|| probe.walk())).0.as_secs_f64() * 1e3);
        times[1].push(wall);
    }
    let n_postings = probe.walk();
    let [ours, walk, ours_cpu, walk_cpu] = times.map(|times| share(times, 0.5));
    println!(
        "\n| keyness, {n_words} words, {n_postings} postings | ours | bare walk | ratio |\n| --- | --- | --- | --- |"
    );
    row("p50, ms", ours, walk);
    row("p50, CPU, ms", ours_cpu, walk_cpu);
}
