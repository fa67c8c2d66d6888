//! `sample`: passages drawn by chance, to be coded by hand.

use std::collections::HashSet;
use std::path::PathBuf;

use anyhow::{bail, ensure};

use super::abbreviations::offer;
use super::filters::{Asked, FilterArgs, QueryArgs};
use super::groups::say_left_out;
use super::search::{lenient, plural, say_own_fields, say_unknown};
use super::theme::codebook;
use super::{Context, Outcome};
use crate::analyse::{Random, Theme};
use crate::index::{Hit, Index, Unit};
use crate::model::{Passage, Result};
use crate::report::{Cell, Format, Layout, Table};
use crate::search::{Clause, Filter, Piece, Query, shown};

/// What is drawn, and how it is coded, for `--help`.
const HELP: &str = "\
Passages that pass the filters are of three strata: matched; near-miss, of which one clause of
the query fails, as `search --near-misses` shows them; and unmatched. A random sample is drawn
of each, and all of it where there is no more. stratum_size is how many passages the stratum
has, of_passages how many there are in all: `validate` weights by them. Rows stand in a random
order, so that the first of them are a sample too, and the place of a row says nothing about its
stratum; hide that column while you code. query_digest tells the query as it was from what it
may become: `validate --record` compares it with the codebook. filters are those that the sample was
drawn with, blank where there were none, and corpus tells what it was drawn from: a sample of a
part, or of another home, says little of what is here, and `validate --record` looks at both.

Write to a file with --output sample.csv, fill in `code` (1 or 0, yes or no, true or false), and
give it to `validate`. The same seed draws the same passages from the same corpus.

Exit code 1: no passage passes the filters.";

/// What can be asked.
const WHAT: &str = "A theme of the codebook, by its id; or a query, or `@name` for a saved one; `scrutineer help \
                    query` explains the language";

const COLUMNS: [&str; 16] = [
    "query",
    "stratum",
    "stratum_size",
    "of_passages",
    "passage_id",
    "council",
    "body",
    "date",
    "title",
    "text",
    "url",
    "code",
    "note",
    "query_digest",
    "filters",
    "corpus",
];

/// What is the same in every row, or in every row of a stratum; a terminal shows it below.
const OF_ALL: [&str; 6] = ["query", "stratum_size", "of_passages", "query_digest", "filters", "corpus"];

/// The arguments of `sample`.
#[derive(clap::Args)]
#[command(after_long_help = HELP, mut_arg("query", |query| {
    query.value_name("THEME|QUERY").help(WHAT).long_help(WHAT)
}))]
pub struct Args {
    #[command(flatten)]
    query: QueryArgs,
    #[command(flatten)]
    filters: FilterArgs,
    /// How many passages are drawn, from all strata together.
    #[arg(long, default_value_t = 90, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    size: u32,
    /// How the sample is split among matched, near misses and unmatched: three numbers, which are
    /// parts of their sum.
    #[arg(long, value_delimiter = ',', default_value = "1,1,1", value_name = "M,N,U")]
    split: Vec<u16>,
    /// Where the random draws begin.
    #[arg(long, default_value_t = 1, value_name = "K")]
    seed: u64,
    /// A codebook of your own.
    #[arg(long, value_name = "FILE")]
    codebook: Option<PathBuf>,
}

/// How a passage stands to a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stratum {
    /// The query is true of it.
    Matched,
    /// One clause of the query fails.
    NearMiss,
    /// More than that fails.
    Unmatched,
}

impl Stratum {
    /// All three, in the order of the enum.
    pub const ALL: [Self; 3] = [Self::Matched, Self::NearMiss, Self::Unmatched];

    /// The name used in tables and files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Matched => "matched",
            Self::NearMiss => "near-miss",
            Self::Unmatched => "unmatched",
        }
    }
}

/// Runs `sample`.
pub fn run(context: &Context, args: Args) -> anyhow::Result<Outcome> {
    let shares = shares(args.size, &args.split)?;
    let codebook = codebook(args.codebook.as_deref())?;
    let theme = codebook.themes.into_iter().find(|theme| theme.id == args.query.text());
    let is_theme = theme.is_some();
    let Asked { text, query, filter, unit } = match theme {
        Some(Theme { id, query, .. }) => {
            Asked { text: id, query, filter: args.filters.filter(context)?, unit: Unit::Passage }
        }
        None => args.query.ask(context, &args.filters)?,
    };
    ensure!(unit == Unit::Passage, "a sample is of passages; leave `--unit` out");
    let index = context.index()?;
    let strata = strata(&index, &query, &filter)?;
    let n_passages: usize = strata.iter().map(Vec::len).sum();

    let mut random = Random::new(args.seed);
    let mut drawn: Vec<(Stratum, Hit)> = Vec::new();
    for ((stratum, hits), share) in Stratum::ALL.into_iter().zip(&strata).zip(shares) {
        let places = random.sample(hits.len(), share);
        drawn.extend(places.into_iter().map(|at| (stratum, hits[at])));
    }
    random.shuffle(&mut drawn);

    let (of_strata, hits): (Vec<Stratum>, Vec<Hit>) = drawn.into_iter().unzip();
    let drawn = Drawn {
        query: text,
        query_digest: query.digest(),
        n_passages,
        filters: filter.to_string(),
        corpus: index.format().corpus_digest(),
    };
    let mut table = Table::new(&COLUMNS);
    for (stratum, passage) in of_strata.iter().zip(index.passages_of(&hits)?) {
        let size = strata[*stratum as usize].len();
        table.push(drawn.row(*stratum, size, passage));
    }
    if context.format == Format::Table {
        table.layout = Layout::Cards;
        table.keep_columns(|column| !OF_ALL.contains(&column));
    }
    context.write(&table)?;
    for ((stratum, hits), share) in Stratum::ALL.into_iter().zip(&strata).zip(shares) {
        let n_drawn = hits.len().min(share);
        let fewer = if n_drawn < share { format!("; {share} were asked for") } else { String::new() };
        let of = plural(hits.len() as u64, "passage", "passages");
        context.say(format!("{}: {n_drawn} of {of}{fewer}", stratum.name()));
    }
    if query.near_misses().is_empty() {
        context.say("nothing can just miss this query: it has neither AND, NEAR, phrases nor masks");
    }
    let Drawn { query: text, query_digest, filters, corpus, .. } = drawn;
    let filters = if filters.is_empty() { filters } else { format!("; filters {filters}") };
    context.say(format!(
        "seed {}; query {query_digest}{filters}; corpus {corpus}; rows in a random order",
        args.seed
    ));
    // A theme has every word that may be used; a query is typed, and may be typed wrong.
    if !is_theme {
        say_unknown(context, &index, &query)?;
        say_own_fields(context, &query);
        offer(context, &index, &text)?;
    }
    say_left_out(context, &index, &filter)?;
    Ok(Outcome::found(n_passages > 0))
}

/// How many passages are drawn from each stratum: whole numbers that add up to `size`.
///
/// Fails unless there are three parts, each of which comes to a passage: without one
/// from every stratum nothing can be said of recall.
fn shares(size: u32, split: &[u16]) -> anyhow::Result<[usize; 3]> {
    let &[matched, near, unmatched] = split else {
        bail!("--split is three numbers, as in 1,1,1: for matched, near misses and unmatched");
    };
    let parts = [matched, near, unmatched].map(u64::from);
    let sum = parts.iter().sum::<u64>().max(1);
    let mut before = 0;
    let shares = parts.map(|part| {
        let up_to = |parts: u64| (parts * u64::from(size) / sum) as usize;
        before += part;
        up_to(before) - up_to(before - part)
    });
    ensure!(
        !shares.contains(&0),
        "each stratum needs a passage; of {size} the split gives {} matched, {} near misses, {} unmatched",
        shares[0],
        shares[1],
        shares[2]
    );
    Ok(shares)
}

/// All passages that pass the filter, by stratum, in the order of the corpus.
fn strata(index: &Index, query: &Query, filter: &Filter) -> Result<[Vec<Hit>; 3]> {
    let find = |query: &Query| -> Result<Vec<Hit>> {
        let mut hits = index.find(query, filter, Unit::Passage)?.hits;
        hits.sort_unstable_by_key(Hit::key);
        Ok(hits)
    };
    let untrue = Query { clause: Clause::Not(Box::new(query.clause.clone())), ..query.clone() };
    let mut is_near = HashSet::new();
    for lenient in lenient(query)? {
        is_near.extend(find(&lenient)?.iter().map(Hit::key));
    }
    let (near, unmatched) = find(&untrue)?.into_iter().partition(|hit| is_near.contains(&hit.key()));
    Ok([find(query)?, near, unmatched])
}

/// What is the same in every row.
struct Drawn {
    query: String,
    query_digest: String,
    n_passages: usize,
    filters: String,
    corpus: String,
}

impl Drawn {
    fn row(&self, stratum: Stratum, size: usize, passage: Passage) -> Vec<Cell> {
        vec![
            self.query.as_str().into(),
            stratum.name().into(),
            size.into(),
            self.n_passages.into(),
            passage.passage_id.0.into(),
            passage.council.into(),
            Cell::text_or_unknown(passage.body),
            passage.date.map(|date| date.to_string()).into(),
            Cell::text_or_unknown(passage.title),
            Cell::Quote(vec![Piece { text: shown(&passage.text), highlighted: false }]),
            passage.url.into(),
            Cell::Unknown,
            Cell::Unknown,
            self.query_digest.as_str().into(),
            Cell::text_or_unknown(&self.filters),
            self.corpus.as_str().into(),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_is_split_into_whole_numbers_that_add_up() {
        let check = |size, split: &[u16], expected| assert_eq!(shares(size, split).unwrap(), expected);
        check(90, &[1, 1, 1], [30, 30, 30]);
        check(100, &[1, 1, 1], [33, 33, 34]);
        check(100, &[2, 1, 1], [50, 25, 25]);
        check(3, &[1, 1, 1], [1, 1, 1]);
        for (size, split) in [(2, &[1, 1, 1][..]), (90, &[1, 0, 1]), (90, &[1, 1]), (90, &[0, 0, 0])] {
            assert!(shares(size, split).is_err(), "{size} {split:?}");
        }
    }
}
