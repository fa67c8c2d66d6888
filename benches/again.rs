//! What indexing again costs where little or nothing changed, as shares of indexing
//! all.
//!
//! `cargo bench --bench again [-- --documents 10000]`. The documents are made: a
//! meeting each, of text, in sections of made-up words.

use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};
use scrutineer::corpus::{AddedFile, Corpus, DocumentReader, Home};
use scrutineer::index::{BuildSettings, build};
use scrutineer::model::{Meeting, MeetingId, MeetingStatus, PartialDate, SiteId};

const COUNCIL: &str = "moorby";
const ITEMS: usize = 5;
const SENTENCES_AN_ITEM: usize = 4;
const WORDS: [&str; 24] = [
    "heron", "weir", "mill", "lane", "hedge", "ditch", "lamp", "bridge", "orchard", "warden", "clerk",
    "ledger", "permit", "meadow", "culvert", "stile", "fence", "bench", "pond", "well", "barn", "gate",
    "path", "road",
];

fn main() {
    let mut arguments = std::env::args().skip_while(|argument| argument != "--documents");
    let n: usize = arguments.nth(1).map_or(10_000, |n| n.parse().expect("--documents takes a number"));
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let home = Home::new(folder.path());
    add(&home, 0..n);
    let all = index(&home);
    println!(
        "{n} documents of {ITEMS} items\n\n| indexing | s | CPU, s | share of all, CPU |\n| --- | --- | --- | --- |"
    );
    let row = |name: &str, (time, cpu): (Duration, Duration)| {
        let share = cpu.as_secs_f64() / all.1.as_secs_f64();
        println!("| {name} | {:.2} | {:.2} | {share:.3} |", time.as_secs_f64(), cpu.as_secs_f64());
    };
    row("all", all);
    row("nothing changed", index(&home));
    for round in 0..3 {
        let n_new = (n / 100).max(1);
        let first = n + round * n_new;
        add(&home, first..first + n_new);
        row("1 % new", index(&home));
    }
}

/// Wall and processor time of indexing what changed.
fn index(home: &Home) -> (Duration, Duration) {
    let cpu = || {
        let time = clock_gettime(ClockId::ProcessCPUTime);
        Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
    };
    let (start, before) = (Instant::now(), cpu());
    let councils = home.councils().expect("the list of councils is right");
    let program = std::env::current_exe().expect("the program knows where it is");
    let reader = DocumentReader::new(councils, program, home.index());
    let corpus = Corpus::open_read_only(home).expect("the corpus opens");
    build(home, &corpus, &reader, &BuildSettings::default(), &|_, _| {}).expect("the index is built");
    (start.elapsed(), cpu() - before)
}

/// Adds the documents of these numbers.
fn add(home: &Home, numbers: std::ops::Range<usize>) {
    let mut corpus = Corpus::open(home).expect("the corpus opens");
    for number in numbers {
        let date = PartialDate::day(
            2000 + (number / 336 % 25) as i16,
            1 + (number / 28 % 12) as i8,
            1 + (number % 28) as i8,
        );
        let url = format!("https://moorby.example/minutes/{number}.txt");
        let meeting = Meeting {
            id: MeetingId { site: SiteId::of_files(COUNCIL), number: number.to_string() },
            council: COUNCIL.to_owned(),
            council_name: "Moorby Council".to_owned(),
            body: format!("Committee {}", number / 336),
            date,
            status: MeetingStatus::Held,
            agenda_published: false,
            minutes_published: true,
            url: url.clone(),
        };
        let text = minutes(number);
        let file = AddedFile {
            url: &url,
            bytes: text.as_bytes(),
            media_type: "text/plain",
            charset: Some("utf-8"),
            edition: None,
            added: "2026-01-01T00:00:00Z",
        };
        corpus.add_file(&meeting, &file).expect("a document is added");
    }
}

fn minutes(number: usize) -> String {
    let mut state = number as u64;
    let mut word = || {
        // Knuth's linear congruential generator.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        WORDS[(state >> 33) as usize % WORDS.len()]
    };
    let mut words = |n: usize| (0..n).map(|_| word()).collect::<Vec<_>>().join(" ");
    let mut text = format!("Minutes of Committee {}\n\n", number / 336);
    for item in 1..=ITEMS {
        text += &format!("{item}. The {}\n\n", words(3));
        for _ in 1..SENTENCES_AN_ITEM {
            text += &format!("Members were told of the {}.\n\n", words(25));
        }
        text += &format!("RESOLVED: That the {} be mended.\n\n", words(6));
    }
    text
}
