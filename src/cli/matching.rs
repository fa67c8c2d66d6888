//! `match`: queries over passages that come as lines, without an index.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::filters::{HomeNames, read_query};
use super::lines::{Line, Lines};
use super::queries::{NamedQuery, read_queries};
use super::search::plural;
use super::theme::codebook;
use super::{Context, Outcome};
use crate::model::{Kind, Result};
use crate::parse::GivenPassage;
use crate::report::{Cell, Layout, Writer};
use crate::search::{self, Lexicon, Occurrences, Plan, Span, Terms, Tokens};

/// How many lines are in memory at once, and how many bytes of them unless one
/// alone has more.
const CHUNK_LINES: usize = 2_048;
const CHUNK_BYTES: usize = 4 * 1024 * 1024;

/// The columns of matches.
const COLUMNS: [&str; 7] = ["query", "passage_id", "first", "last", "start", "end", "text"];

/// What comes in and what goes out, for `--help`.
const LINE_HELP: &str = "\
A line that comes in is an object of JSON, as `passages export` writes it. Only its text is needed;
fields of a query look at title, body, item, council (and council_name), kind and date, and language
says whether words have English stems. A line that cannot be taken is named by its number on stderr,
and the rest is done.

A line that goes out is a match, as JSON unless --format says csv: query (its name, or the id of its
theme), passage_id, first and last (its tokens, counted from 0), start and end (its bytes in the
text) and text (what stands there). A query that is true without a match, such as a NOT alone, gives
no line.

Neither home nor index is read. Matches are those of search: AND, OR and NOT look over a passage.";

/// The arguments of `match`.
#[derive(clap::Args)]
#[command(after_long_help = LINE_HELP)]
pub struct Args {
    /// Queries, each named by its text.
    #[arg(value_name = "QUERY")]
    query: Vec<String>,
    /// A file of queries: TOML with a `[[query]]` for each (name, query, exact), or a text with one a
    /// line.
    #[arg(long, value_name = "FILE")]
    queries: Option<PathBuf>,
    /// A codebook, all of whose themes are matched, each word as written.
    #[arg(long, value_name = "FILE")]
    codebook: Option<PathBuf>,
    /// Match words as written, not by their stem.
    #[arg(long)]
    exact: bool,
    /// Files of passages, in place of stdin.
    #[arg(long, value_name = "FILE")]
    input: Vec<PathBuf>,
}

/// Matches passages, and counts what it met.
struct Matcher<'a> {
    context: &'a Context,
    queries: Queries,
    n_matches: u64,
    /// Passages of which a query is true that has no match in them.
    n_true: u64,
    failed: bool,
}

/// Queries made ready together, so that the words of all of them are looked up in
/// a passage at once.
struct Queries {
    lexicon: Lexicon,
    /// Each with its name.
    plans: Vec<(String, Plan)>,
}

/// What was found in a passage.
struct Found {
    rows: Vec<[Cell; COLUMNS.len()]>,
    /// Whether some query is true of it without a match.
    is_true: bool,
}

/// Runs `match`.
pub fn run(context: &Context, args: Args) -> anyhow::Result<Outcome> {
    let mut lexicon = Lexicon::default();
    let named = queries(context, &args)?;
    let plans = named.into_iter().map(|NamedQuery { name, query }| (name, lexicon.add(&query))).collect();
    let queries = Queries { lexicon, plans };
    let mut matcher = Matcher { context, queries, n_matches: 0, n_true: 0, failed: false };
    context.write_rows(context.format.of_lines(), &COLUMNS, Layout::Grid, |writer| {
        if args.input.is_empty() {
            return matcher.read(Path::new("stdin"), io::stdin().lock(), writer);
        }
        for path in &args.input {
            match File::open(path) {
                Ok(file) => matcher.read(path, BufReader::new(file), writer)?,
                Err(error) => matcher.cannot_read(path, &error),
            }
        }
        Ok(())
    })?;
    let Matcher { n_matches, n_true, failed, .. } = matcher;
    context.say(plural(n_matches, "match", "matches"));
    if n_true > 0 {
        let passages = plural(n_true, "passage", "passages");
        context.say(format!("a query is true of {passages} without a match there, and gives no line"));
    }
    Ok(if failed { Outcome::Partial } else { Outcome::found(n_matches + n_true > 0) })
}

/// The queries that are asked for, by whatever way; no two of one name.
fn queries(context: &Context, args: &Args) -> anyhow::Result<Vec<NamedQuery>> {
    let names = HomeNames::new(context, args.queries.as_deref());
    let terms = if args.exact { Terms::Exact } else { Terms::Stemmed };
    let typed = |text: &String| {
        let query = read_query(&names, text, terms)?;
        Ok(NamedQuery { name: text.clone(), query })
    };
    let mut queries: Vec<NamedQuery> = args.query.iter().map(typed).collect::<Result<_>>()?;
    if let Some(path) = &args.queries {
        queries.extend(read_queries(context, path, args.exact)?);
    }
    if let Some(path) = &args.codebook {
        let themes = codebook(Some(path))?.themes;
        queries.extend(themes.into_iter().map(|theme| NamedQuery { name: theme.id, query: theme.query }));
    }
    anyhow::ensure!(!queries.is_empty(), "there is no query: type one, or name `--queries` or `--codebook`");
    let mut names = HashSet::new();
    if let Some(twice) = queries.iter().find(|query| !names.insert(query.name.as_str())) {
        anyhow::bail!("two queries are called `{}`: their matches could not be told apart", twice.name);
    }
    Ok(queries)
}

impl Matcher<'_> {
    /// Writes the matches in the lines of an input, in their order.
    fn read(&mut self, path: &Path, input: impl BufRead, writer: &mut Writer) -> io::Result<()> {
        let mut lines = Lines::new(input);
        loop {
            let chunk = match lines.chunk(CHUNK_LINES, CHUNK_BYTES) {
                Ok(chunk) if chunk.is_empty() => return Ok(()),
                Ok(chunk) => chunk,
                Err(error) => {
                    self.cannot_read(path, &error);
                    return Ok(());
                }
            };
            let look = |occurrences: &mut Occurrences, line: &Line| {
                line.passage().map(|passage| self.queries.find(&passage, occurrences))
            };
            let found: Vec<std::result::Result<Found, String>> =
                chunk.par_iter().map_init(Occurrences::default, look).collect();
            for (line, found) in chunk.iter().zip(found) {
                match found {
                    Ok(Found { rows, is_true }) => {
                        self.n_true += u64::from(is_true);
                        self.n_matches += rows.len() as u64;
                        rows.iter().try_for_each(|row| writer.row(row))?;
                    }
                    Err(reason) => {
                        self.failed = true;
                        self.context.warn(format!("line {} of `{}`: {reason}", line.number, path.display()));
                    }
                }
            }
        }
    }

    fn cannot_read(&mut self, path: &Path, error: &io::Error) {
        self.failed = true;
        self.context.warn(format!("cannot read `{}`: {error}", path.display()));
    }
}

impl Queries {
    /// The matches of each query in a passage, by the order of the queries.
    fn find(&self, passage: &GivenPassage, occurrences: &mut Occurrences) -> Found {
        let tokens = Tokens::read_in(&passage.text, passage.language);
        self.lexicon.read(&tokens, &context_of(passage), occurrences);
        let mut found = Found { rows: Vec::new(), is_true: false };
        for (name, plan) in &self.plans {
            let Some(spans) = plan.evaluate_one(occurrences) else { continue };
            found.is_true |= spans.is_empty();
            for Span { first, last } in spans {
                let start = tokens.range(first as usize).start;
                let end = tokens.range(last as usize).end;
                found.rows.push([
                    name.as_str().into(),
                    Cell::text_or_unknown(&passage.passage_id),
                    u64::from(first).into(),
                    u64::from(last).into(),
                    start.into(),
                    end.into(),
                    passage.text[start..end].into(),
                ]);
            }
        }
        found
    }
}

/// What the fields of a query look at.
fn context_of(passage: &GivenPassage) -> search::Context<'_> {
    search::Context {
        title: &passage.title,
        body: &passage.body,
        item: &passage.item,
        council: &passage.council,
        council_name: &passage.council_name,
        kind: passage.kind.map_or("", Kind::name),
        date: passage.date,
    }
}
