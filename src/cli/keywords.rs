//! `keywords`: the words that mark one side off from another.

use std::cmp::Ordering;

use anyhow::ensure;
use rayon::prelude::*;

use super::filters::FilterArgs;
use super::groups::say_left_out;
use super::search::{Limit, plural};
use super::sides::side;
use super::{Context, Outcome};
use crate::analyse::{Frequency, Keyness, benjamini_hochberg, keyness};
use crate::index::WordCount;
use crate::report::{Cell, Table};

const COLUMNS: [&str; 13] = [
    "word",
    "a_count",
    "b_count",
    "a_size",
    "b_size",
    "g2",
    "g2_two_term",
    "p",
    "p_adjusted",
    "log_ratio",
    "lrc",
    "a_meetings",
    "b_meetings",
];

/// The arguments of `keywords`.
#[derive(clap::Args)]
pub struct Args {
    /// The side whose words are sought: a council, or several with commas between; `body:WORDS`; a
    /// period such as 2015..2018, 2019.. or 2020; or several of these with blanks between.
    #[arg(value_name = "A")]
    a: String,
    /// The side that it is held against. Default: all else that passes the filters. What is on both
    /// sides counts on the first.
    #[arg(value_name = "B")]
    b: Option<String>,
    #[command(flatten)]
    filters: FilterArgs,
    /// What is counted: meetings that have the word, or the word itself. A word that one long debate
    /// says fifty times comes out by words, but is no mark of a council.
    #[arg(long, value_enum, default_value_t = Measure::Meetings)]
    measure: Measure,
    /// Test words with at least this count on both sides together.
    #[arg(long, default_value_t = 5, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    min: u64,
    /// How many words are shown: a number, or `all`.
    #[arg(long, default_value = "50", value_name = "N|all", allow_negative_numbers = true)]
    limit: Limit,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Measure {
    /// Meetings with the word, of all meetings.
    Meetings,
    /// The word, of all words.
    Words,
}

impl Measure {
    fn of(self, count: WordCount) -> u64 {
        match self {
            Self::Meetings => count.meetings,
            Self::Words => count.tokens,
        }
    }

    /// What the figures are of.
    fn name(self) -> &'static str {
        match self {
            Self::Meetings => "meetings that have the word",
            Self::Words => "occurrences of the word",
        }
    }
}

/// A word that was tested.
struct Tested {
    word: String,
    /// On each side.
    frequencies: [Frequency; 2],
    meetings: [u64; 2],
    keyness: Keyness,
    /// Over all words that were tested.
    p_adjusted: f64,
}

/// Runs `keywords`.
pub fn run(context: &Context, args: Args) -> anyhow::Result<Outcome> {
    let common = args.filters.filter(context)?;
    let a = side(context, &args.a, &common)?;
    let b = args.b.as_ref().map(|text| side(context, text, &common)).transpose()?;
    let b = b.unwrap_or_else(|| common.clone());
    let name_b = args.b.as_deref().unwrap_or("all else");
    ensure!(a != b, "`{}` and {name_b} are the same", args.a);
    let index = context.index()?;
    let counts = index.word_counts(&[&a, &b])?;

    let sizes = [counts.sizes[0], counts.sizes[1]];
    let frequencies = |of_word: &[WordCount]| {
        [0, 1].map(|side| Frequency {
            count: args.measure.of(of_word[side]),
            size: args.measure.of(sizes[side]),
        })
    };
    let is_frequent = |[a, b]: [Frequency; 2]| a.count + b.count >= args.min;
    let family = counts.words.values().filter(|of_word| is_frequent(frequencies(of_word))).count() as u64;
    let test = |(word, of_word): (String, Vec<WordCount>)| {
        let [here, there] = Some(frequencies(&of_word)).filter(|both| is_frequent(*both))?;
        Some(Tested {
            word,
            frequencies: [here, there],
            meetings: [of_word[0].meetings, of_word[1].meetings],
            keyness: keyness(here, there, family)?,
            p_adjusted: 1.0,
        })
    };
    let mut tested: Vec<Tested> = counts.words.into_par_iter().filter_map(test).collect();
    let p_values: Vec<f64> = tested.iter().map(|word| word.keyness.four_term.p).collect();
    for (word, p) in tested.iter_mut().zip(benjamini_hochberg(&p_values).unwrap_or_default()) {
        word.p_adjusted = p;
    }
    tested.sort_by(by_keyness);

    let mut table = Table::new(&COLUMNS);
    tested.iter().take(args.limit.0).for_each(|word| table.push(word.row()));
    context.write(&table)?;
    for (name, size) in [(args.a.as_str(), sizes[0]), (name_b, sizes[1])] {
        context.say(match size.tokens {
            0 => format!("{name}: nothing is known, there is no text"),
            _ => format!(
                "{name}: {} in {}",
                plural(size.tokens, "word", "words"),
                plural(size.meetings, "meeting", "meetings")
            ),
        });
    }
    context.say(format!(
        "counts are {}; {} with {} or more tested, {} shown; p adjusted over all of these after Benjamini and Hochberg \
         (1995); lrc is the end nearer 0 of the interval of log_ratio, at 95 % for all of these together (Bonferroni), \
         below 0 for words of the other side",
        args.measure.name(),
        plural(tested.len() as u64, "word", "words"),
        args.min,
        table.rows.len(),
    ));
    say_left_out(context, &index, &common)?;
    Ok(Outcome::found(!tested.is_empty()))
}

/// The words that mark the first side most surely first.
fn by_keyness(one: &Tested, other: &Tested) -> Ordering {
    let lrc = |word: &Tested| word.keyness.lrc;
    let g2 = |word: &Tested| word.keyness.four_term.signed_g2;
    let by_figures = lrc(other).total_cmp(&lrc(one)).then_with(|| g2(other).total_cmp(&g2(one)));
    by_figures.then_with(|| one.word.cmp(&other.word))
}

impl Tested {
    fn row(&self) -> Vec<Cell> {
        let Keyness { four_term, two_term, log_ratio_hardie, lrc, .. } = self.keyness;
        let mut cells: Vec<Cell> = vec![self.word.as_str().into()];
        cells.extend(self.frequencies.map(|frequency| Cell::from(frequency.count)));
        cells.extend(self.frequencies.map(|frequency| Cell::from(frequency.size)));
        cells.extend([
            four_term.g2.into(),
            two_term.g2.into(),
            Cell::P(four_term.p),
            Cell::P(self.p_adjusted),
            log_ratio_hardie.into(),
            lrc.into(),
        ]);
        cells.extend(self.meetings.map(Cell::from));
        cells
    }
}
