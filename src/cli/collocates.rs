//! `collocates`: the words beside the matches of a query.

use std::collections::HashMap;
use std::ops::Range;

use super::abbreviations::offer;
use super::filters::{Asked, FilterArgs, QueryArgs};
use super::groups::say_left_out;
use super::hits::CHUNK;
use super::search::{Limit, plural, say_outside, say_own_fields, say_totals, say_unknown};
use super::{Context, Outcome};
use crate::analyse::{Collocation, PairCounts, collocation};
use crate::index::{Forms, Found, Index};
use crate::model::Result;
use crate::report::{Cell, Table};
use crate::search::{Span, Tokens};

const COLUMNS: [&str; 11] =
    ["word", "o", "f1", "f2", "n", "window", "expected", "mi", "mi3", "t", "log_dice"];

/// The arguments of `collocates`.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    query: QueryArgs,
    #[command(flatten)]
    filters: FilterArgs,
    /// How many words are looked at on each side of a match.
    #[arg(long, default_value_t = 5, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=100))]
    window: u16,
    /// What the window does not leave.
    #[arg(long, value_enum, default_value_t = Within::Passage)]
    within: Within,
    /// Show words that stand in the windows at least so often.
    #[arg(long, default_value_t = 3, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    min: u64,
    /// How many words are shown: a number, or `all`.
    #[arg(long, default_value = "50", value_name = "N|all", allow_negative_numbers = true)]
    limit: Limit,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Within {
    Passage,
    Sentence,
}

/// A word, and how it keeps company with the matches.
struct Collocate {
    word: String,
    counts: PairCounts,
    scores: Collocation,
}

/// Runs `collocates`.
pub fn run(context: &Context, args: Args) -> anyhow::Result<Outcome> {
    let Asked { text, query, filter, unit } = args.query.ask(context, &args.filters)?;
    let index = context.index()?;
    let found = index.find(&query, &filter, unit)?;
    let beside = beside(&index, &found, &args)?;
    let corpus = index.word_counts([&filter], Forms::Apart)?;

    let n_matches = found.hits.iter().map(|hit| u64::from(hit.n_matches)).sum();
    let score = |(word, together): (String, u64)| {
        let counts = PairCounts {
            together,
            node: n_matches,
            collocate: corpus.of(&word)?[0].tokens,
            tokens: corpus.sizes[0].tokens,
            span: 2 * u64::from(args.window),
        };
        Some(Collocate { word, counts, scores: collocation(counts)? })
    };
    let is_frequent = |(_, together): &(String, u64)| *together >= args.min;
    let mut collocates: Vec<Collocate> = beside.into_iter().filter(is_frequent).filter_map(score).collect();
    let log_dice = |of: &Collocate| of.scores.log_dice.unwrap_or(f64::NEG_INFINITY);
    collocates.sort_by(|one, other| {
        log_dice(other).total_cmp(&log_dice(one)).then_with(|| one.word.cmp(&other.word))
    });

    let mut table = Table::new(&COLUMNS);
    collocates.iter().take(args.limit.0).for_each(|of| table.push(of.row(args.window)));
    context.write(&table)?;
    let shown = format!("; {} shown", plural(table.rows.len() as u64, "word", "words"));
    say_totals(context, &index, &filter, &found, &shown);
    context.say(format!(
        "o: how often the word stands in the window of a match, up to {0} words before and after it within its {1}, \
         near the end of which there are fewer; f1: matches; f2: how often the word stands in all that passes the \
         filters; n: all words there; expected: f1 × f2 × {2} / n",
        args.window,
        match args.within {
            Within::Passage => "passage",
            Within::Sentence => "sentence",
        },
        2 * args.window,
    ));
    say_outside(context, &index, (&query, &filter, unit), found.hits.len())?;
    say_unknown(context, &index, &query)?;
    say_own_fields(context, &query);
    say_left_out(context, &index, &filter)?;
    offer(context, &index, &text)?;
    Ok(Outcome::found(!table.rows.is_empty()))
}

/// How often each word stands in the window of a match: once for each match that it
/// is near.
fn beside(index: &Index, found: &Found, args: &Args) -> Result<HashMap<String, u64>> {
    let mut beside: HashMap<String, u64> = HashMap::new();
    for hits in found.hits.chunks(CHUNK) {
        for (passage, spans) in index.load(found, hits)? {
            let tokens = Tokens::read(&passage.text);
            for span in spans {
                for at in windows(&tokens, span, args.window.into(), args.within).into_iter().flatten() {
                    let word = tokens.word(at);
                    match beside.get_mut(word) {
                        Some(n) => *n += 1,
                        None => drop(beside.insert(word.to_owned(), 1)),
                    }
                }
            }
        }
    }
    Ok(beside)
}

/// The tokens before a match and those after it.
fn windows(tokens: &Tokens, span: Span, window: usize, within: Within) -> [Range<usize>; 2] {
    let (first, last) = (span.first as usize, span.last as usize);
    let (start, end) = match within {
        Within::Passage => (0, tokens.len()),
        Within::Sentence => {
            let ends = tokens.sentence_ends();
            let before = ends[..ends.partition_point(|&end| end < first)].last();
            let after = ends.get(ends.partition_point(|&end| end < last));
            (before.map_or(0, |end| end + 1), after.map_or(tokens.len(), |end| end + 1))
        }
    };
    [first.saturating_sub(window).max(start)..first, last + 1..(last + 1 + window).min(end)]
}

impl Collocate {
    fn row(&self, window: u16) -> Vec<Cell> {
        let PairCounts { together, node, collocate, tokens, span: _ } = self.counts;
        let Collocation { expected, mi, mi3, t, log_dice, .. } = self.scores;
        let mut cells: Vec<Cell> = vec![self.word.as_str().into()];
        cells.extend([together, node, collocate, tokens, window.into()].map(Cell::from));
        cells.push(expected.into());
        cells.extend([mi, mi3, t, log_dice].map(Cell::from));
        cells
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks the words before and after the match of these tokens.
    #[track_caller]
    fn check((first, last): (u32, u32), within: Within, expected: [&str; 2]) {
        let tokens = Tokens::read("Two herons came. The grey heron ate a fish. It left.");
        let words = |range: Range<usize>| range.map(|at| tokens.word(at)).collect::<Vec<_>>().join(" ");
        assert_eq!(windows(&tokens, Span { first, last }, 3, within).map(words), expected);
    }

    #[test]
    fn a_window_ends_with_the_passage_or_the_sentence() {
        check((5, 5), Within::Passage, ["came the grey", "ate a fish"]);
        check((5, 5), Within::Sentence, ["the grey", "ate a fish"]);
        check((7, 7), Within::Passage, ["grey heron ate", "fish it left"]);
        check((7, 7), Within::Sentence, ["grey heron ate", "fish"]);
        check((8, 8), Within::Sentence, ["heron ate a", ""]);
        check((0, 1), Within::Sentence, ["", "came"]);
        check((9, 10), Within::Sentence, ["", ""]);
        // A match over the end of a sentence has both.
        check((2, 3), Within::Sentence, ["two herons", "grey heron ate"]);
    }
}
