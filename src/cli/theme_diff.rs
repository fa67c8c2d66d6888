//! `theme diff`: what a new version of a codebook finds that the old one does not.

use std::collections::HashSet;
use std::io;
use std::path::PathBuf;

use super::filters::FilterArgs;
use super::groups::say_left_out;
use super::hits::{CHUNK, HIT_COLUMNS, hit_cells};
use super::search::{Limit, plural};
use super::theme::codebook_called;
use super::{Context, Outcome};
use crate::analyse::{Codebook, Theme};
use crate::index::{Found, Hit, Index, MatchSet, PassageKey};
use crate::model::Result;
use crate::report::{Cell, Format, Layout, Table, Writer};
use crate::search::{Filter, Query};

/// What the columns are, for `--help`.
const HELP: &str = "\
A theme, told by its id, is added, removed, or changed: in its query, masks or context (query), or in its
words alone (text: name, group, definition, examples), which changes no count. Themes that are
the same are not listed. before and after are the passages that the one version and the other
find; gained are those of the new one alone, lost those of the old one alone. Blank where a
version does not have the theme.

--passages lists what was gained and lost, passage by passage, with its address: read them
before you count with the new version. before and after are `search QUERY --exact`, QUERY being
the whole query of `theme show` with the codebook of each.

Example: scrutineer theme diff built-in my-codebook.toml --passages

Exit code 1: no theme differs.";

const COLUMNS: [&str; 8] =
    ["theme", "change", "before", "after", "gained", "lost", "old_version", "new_version"];

/// The columns of `--passages` in front of those of a hit.
const PASSAGE_COLUMNS: [&str; 2] = ["theme", "passage_is"];

/// The arguments of `theme diff`.
#[derive(clap::Args)]
#[command(after_long_help = HELP)]
pub struct Args {
    /// The old codebook: a file, or `built-in` for the one that comes with the program.
    #[arg(value_name = "OLD")]
    old: PathBuf,
    /// The new one.
    #[arg(value_name = "NEW")]
    new: PathBuf,
    /// Themes, by id; all when none is named.
    #[arg(long, value_delimiter = ',', value_name = "THEME,…")]
    themes: Vec<String>,
    /// List the passages that are gained and lost.
    #[arg(long)]
    passages: bool,
    /// With --passages: how many are listed of a theme, of those gained and of those lost: a number,
    /// or `all`.
    #[arg(long, default_value = "all", value_name = "N|all", allow_negative_numbers = true)]
    limit: Limit,
    #[command(flatten)]
    filters: FilterArgs,
}

/// How a theme differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    Added,
    Removed,
    /// The query, the masks or the context.
    Query,
    /// What is said of it, and nothing that is counted.
    Text,
}

impl Change {
    /// How a theme of two versions differs; `None` where it does not.
    fn of(old: Option<&Theme>, new: Option<&Theme>) -> Option<Self> {
        match (old, new) {
            (None, None) => None,
            (None, Some(_)) => Some(Self::Added),
            (Some(_), None) => Some(Self::Removed),
            (Some(old), Some(new)) if old.query != new.query => Some(Self::Query),
            (Some(old), Some(new)) => (old != new).then_some(Self::Text),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Query => "query",
            Self::Text => "text",
        }
    }
}

/// A theme that differs, and what each version finds.
struct Difference {
    theme: String,
    change: Change,
    old: Option<Found>,
    new: Option<Found>,
}

impl Difference {
    /// The hits of the new version alone, or of the old one alone, in the order of the corpus.
    fn of_one(here: Option<&Found>, there: Option<&Found>) -> Vec<Hit> {
        let hits = |found: Option<&Found>| found.map(|found| found.hits.clone()).unwrap_or_default();
        let known: HashSet<PassageKey> = hits(there).iter().map(Hit::key).collect();
        let mut alone = hits(here);
        alone.retain(|hit| !known.contains(&hit.key()));
        alone.sort_unstable_by_key(Hit::key);
        alone
    }

    fn gained(&self) -> Vec<Hit> {
        Self::of_one(self.new.as_ref(), self.old.as_ref())
    }

    fn lost(&self) -> Vec<Hit> {
        Self::of_one(self.old.as_ref(), self.new.as_ref())
    }
}

/// Runs `theme diff`.
pub fn run(context: &Context, args: &Args) -> anyhow::Result<Outcome> {
    let (old, new) = (codebook_called(&args.old)?, codebook_called(&args.new)?);
    let filter = args.filters.filter(context)?;
    let index = context.index()?;
    let ids = ids(&old, &new, &args.themes)?;
    let n_themes = ids.len();
    let differences = differences(&index, &filter, (&old, &new), ids)?;
    let n_passages = index.totals(&filter, &[]).values().map(|total| total.passages).sum();
    if args.passages {
        let columns = [&PASSAGE_COLUMNS[..], &HIT_COLUMNS].concat();
        context.write_rows(context.format, &columns, Layout::Cards, |writer| {
            differences.iter().try_for_each(|of| write_passages(writer, &index, of, args.limit.0))
        })?;
    } else {
        let mut table = Table::new(&COLUMNS);
        for of in &differences {
            let count = |n: usize| if n_passages > 0 { n.into() } else { Cell::Unknown };
            let found = |found: &Option<Found>| found.as_ref().map(|found| found.hits.len());
            let of_both =
                |n: usize| if of.old.is_some() && of.new.is_some() { count(n) } else { Cell::Unknown };
            table.push(vec![
                of.theme.as_str().into(),
                of.change.name().into(),
                found(&of.old).map_or(Cell::Unknown, count),
                found(&of.new).map_or(Cell::Unknown, count),
                of_both(of.gained().len()),
                of_both(of.lost().len()),
                old.version.as_str().into(),
                new.version.as_str().into(),
            ]);
        }
        if context.format == Format::Table {
            table.keep_columns(|column| !column.ends_with("_version"));
        }
        context.write(&table)?;
    }
    let changes = [Change::Added, Change::Removed, Change::Query, Change::Text];
    let n_of = |change: Change| differences.iter().filter(|of| of.change == change).count();
    let [added, removed, query, text] = changes.map(n_of);
    context.say(format!(
        "{} {} to {} {}: {added} added, {removed} removed, {query} with another query, {text} with other words alone, {} \
         the same",
        old.name,
        old.version,
        new.name,
        new.version,
        n_themes - differences.len(),
    ));
    context.say(match n_passages {
        0 => "nothing is known: no meeting with readable minutes passes the filters".to_owned(),
        n => format!("{} looked through", plural(n, "passage", "passages")),
    });
    say_left_out(context, &index, &filter)?;
    Ok(Outcome::found(!differences.is_empty()))
}

/// The ids of the themes of both codebooks, or those that are asked for, in the order of
/// the new one, then of the old one.
///
/// Fails where neither has a theme that is asked for.
fn ids<'a>(old: &'a Codebook, new: &'a Codebook, asked: &'a [String]) -> Result<Vec<&'a str>> {
    let is_new = |id: &str| new.themes.iter().any(|theme| theme.id == id);
    if asked.is_empty() {
        let of_old = old.themes.iter().filter(|theme| !is_new(&theme.id));
        return Ok(new.themes.iter().chain(of_old).map(|theme| theme.id.as_str()).collect());
    }
    let of_old: Vec<String> = asked.iter().filter(|id| !is_new(id)).cloned().collect();
    if !of_old.is_empty() {
        old.select(&of_old)?;
    }
    Ok(asked.iter().map(String::as_str).collect())
}

/// The themes that differ, with what each version finds.
fn differences(
    index: &Index,
    filter: &Filter,
    (old, new): (&Codebook, &Codebook),
    ids: Vec<&str>,
) -> Result<Vec<Difference>> {
    let mut differences = Vec::new();
    for id in ids {
        let [old, new] = [old, new].map(|of| of.themes.iter().find(|theme| theme.id == id));
        let Some(change) = Change::of(old, new) else { continue };
        let queries: Vec<&Query> = [old, new].into_iter().flatten().map(|theme| &theme.query).collect();
        let sets: Vec<MatchSet> = queries.into_iter().map(|query| MatchSet { query, filter }).collect();
        let mut found = index.find_each(&sets)?.into_iter();
        let old = old.and_then(|_| found.next());
        let new = new.and_then(|_| found.next());
        differences.push(Difference { theme: id.to_owned(), change, old, new });
    }
    Ok(differences)
}

/// Lists what a theme gained and lost. All that an added theme finds is gained, all that a
/// removed one found is lost.
fn write_passages(writer: &mut Writer, index: &Index, of: &Difference, limit: usize) -> io::Result<()> {
    for (name, found, mut hits) in [("gained", &of.new, of.gained()), ("lost", &of.old, of.lost())] {
        let Some(found) = found else { continue };
        hits.truncate(limit);
        for chunk in hits.chunks(CHUNK) {
            for (passage, spans) in index.load(found, chunk).map_err(io::Error::other)? {
                let mut row: Vec<Cell> = vec![of.theme.as_str().into(), name.into()];
                row.extend(hit_cells(&passage, &spans, false));
                writer.row(&row)?;
            }
        }
    }
    Ok(())
}
