//! `kwic`: one line a match, with the words around it.

use std::io;

use super::abbreviations::offer;
use super::filters::{Asked, FilterArgs, QueryArgs};
use super::groups::say_left_out;
use super::hits::CHUNK;
use super::search::{Limit, say_outside, say_own_fields, say_totals, say_unknown};
use super::{Context, Outcome};
use crate::index::{Found, Hit, Index};
use crate::model::{Passage, Result};
use crate::report::{Cell, Layout};
use crate::search::{Tokens, kwic};

const COLUMNS: [&str; 9] = ["council", "date", "body", "item", "left", "match", "right", "url", "passage_id"];

/// The arguments of `kwic`.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    query: QueryArgs,
    #[command(flatten)]
    filters: FilterArgs,
    /// The order of lines, by one column after another: the words before the match, those after it,
    /// the match itself, the date, the council or the body.
    #[arg(long, value_enum, value_delimiter = ',', default_value = "date", value_name = "C,…")]
    sort: Vec<Sort>,
    /// How many characters are shown on each side.
    #[arg(long, default_value_t = 60, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1000))]
    window: u16,
    /// How many lines: a number, or `all`.
    #[arg(long, default_value = "all", value_name = "N|all", allow_negative_numbers = true)]
    limit: Limit,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Sort {
    Left,
    Right,
    Match,
    Date,
    Council,
    Body,
}

/// A line, and its cells of left, match and right.
struct Line {
    row: Vec<Cell>,
    parts: [String; 3],
}

/// Runs `kwic`.
pub fn run(context: &Context, args: Args) -> anyhow::Result<Outcome> {
    let Asked { text, query, filter, unit } = args.query.ask(context, &args.filters)?;
    let index = context.index()?;
    let found = index.find(&query, &filter, unit)?;
    let hits = by_facts(&index, &found, &args.sort);
    let is_of_words = |sort: &Sort| matches!(sort, Sort::Left | Sort::Right | Sort::Match);
    let mut n_lines = 0;
    context.write_rows(context.format, &COLUMNS, Layout::Lines, |writer| {
        let mut write = |line: Line| {
            n_lines += 1;
            writer.row(&line.row)
        };
        if !args.sort.iter().any(is_of_words) {
            // Each as it is read: no more than a chunk is in memory.
            let mut n_left = args.limit.0;
            for hits in hits.chunks(CHUNK) {
                let lines = lines(&index, &found, hits, args.window).map_err(io::Error::other)?;
                lines.into_iter().take(n_left).try_for_each(|line| {
                    n_left -= 1;
                    write(line)
                })?;
            }
            return Ok(());
        }
        let mut all = lines(&index, &found, &hits, args.window).map_err(io::Error::other)?;
        // Stable, so that lines with the same words stay in the order of their facts.
        all.sort_by_cached_key(|line| keys(line, &args.sort));
        all.into_iter().take(args.limit.0).try_for_each(write)
    })?;
    let n_matches: u64 = found.hits.iter().map(|hit| u64::from(hit.n_matches)).sum();
    let shown = if n_lines < n_matches { format!("; {n_lines} shown") } else { String::new() };
    say_totals(context, &index, &filter, &found, &shown);
    say_outside(context, &index, (&query, &filter, unit), found.hits.len())?;
    say_unknown(context, &index, &query)?;
    say_own_fields(context, &query);
    say_left_out(context, &index, &filter)?;
    offer(context, &index, &text)?;
    Ok(Outcome::found(!found.hits.is_empty()))
}

/// The hits by the columns that need no text; what is equal in all of them, in the
/// order of the corpus.
fn by_facts(index: &Index, found: &Found, sort: &[Sort]) -> Vec<Hit> {
    found.first(usize::MAX, |a, b| {
        let (of_a, of_b) = (index.facts(a), index.facts(b));
        let by_column = sort.iter().map(|column| match column {
            Sort::Date => of_a.date.cmp(&of_b.date),
            Sort::Council => of_a.council.cmp(of_b.council),
            Sort::Body => of_a.body.cmp(of_b.body),
            Sort::Left | Sort::Right | Sort::Match => std::cmp::Ordering::Equal,
        });
        by_column.fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then).then(a.key().cmp(&b.key()))
    })
}

fn lines(index: &Index, found: &Found, hits: &[Hit], window: u16) -> Result<Vec<Line>> {
    let mut lines = Vec::new();
    for (passage, spans) in index.load(found, hits)? {
        let tokens = Tokens::read(&passage.text);
        for span in spans {
            lines.push(line(&passage, kwic(&passage.text, &tokens, span, window.into())));
        }
    }
    Ok(lines)
}

fn line(passage: &Passage, (left, found, right): (String, String, String)) -> Line {
    let row = vec![
        passage.council.as_str().into(),
        passage.date.map(|date| date.to_string()).into(),
        Cell::text_or_unknown(&passage.body),
        Cell::text_or_unknown(&passage.item),
        left.as_str().into(),
        found.as_str().into(),
        right.as_str().into(),
        passage.url.as_str().into(),
        passage.passage_id.0.as_str().into(),
    ];
    Line { row, parts: [left, found, right] }
}

/// What a line is sorted by: the words of each column from the match outwards, as
/// concordances are sorted.
fn keys(line: &Line, sort: &[Sort]) -> Vec<Vec<String>> {
    let words = |text: &str| Tokens::read(text).words().map(str::to_owned).collect::<Vec<_>>();
    let [left, found, right] = &line.parts;
    let key = |column: &Sort| match column {
        Sort::Left => words(left).into_iter().rev().collect(),
        Sort::Match => words(found),
        Sort::Right => words(right),
        Sort::Council => vec![line.row[0].plain()],
        Sort::Date => vec![line.row[1].plain()],
        Sort::Body => vec![line.row[2].plain()],
    };
    sort.iter().map(key).collect()
}
