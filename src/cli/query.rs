//! `query`: how queries are read, and those that are saved.

use std::path::PathBuf;

use super::filters::{FilterArgs, HomeNames, read_query};
use super::saved::{SavedQueries, SavedQuery, called};
use super::{Context, Outcome};
use crate::model::{Error, Result};
use crate::report::{Cell, Table};
use crate::search::{Terms, parse_with};

/// The arguments of `query`.
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
    /// The file of saved queries; default: `queries.toml` in the home.
    #[arg(long, global = true, value_name = "FILE")]
    queries: Option<PathBuf>,
}

#[derive(clap::Subcommand)]
enum Action {
    /// List the saved queries.
    List,
    /// Show how queries are read: with brackets and quotes only where they are needed, and names as
    /// what they stand for; of saved ones, their notes and filters too.
    Show {
        /// Queries, or names of saved ones, with `@` or without.
        #[arg(required = true, value_name = "NAME-or-QUERY")]
        texts: Vec<String>,
        /// Match words as written, not by their stem.
        #[arg(long)]
        exact: bool,
    },
    /// Check that every saved query and its filters can be read.
    Check,
}

/// Runs `query`.
pub fn run(context: &Context, args: Args) -> anyhow::Result<Outcome> {
    let names = HomeNames::new(context, args.queries.as_deref());
    match args.action {
        Action::Show { texts, exact } => {
            let terms = if exact { Terms::Exact } else { Terms::Stemmed };
            show(context, &names, &texts, terms)
        }
        Action::List => list(context, &saved(context, &args.queries)?),
        Action::Check => check(context, &names, &saved(context, &args.queries)?),
    }
}

fn saved(context: &Context, queries: &Option<PathBuf>) -> Result<SavedQueries> {
    SavedQueries::read(&SavedQueries::file(&context.home, queries.as_deref()))
}

fn list(context: &Context, saved: &SavedQueries) -> anyhow::Result<Outcome> {
    let mut table = Table::new(&["name", "query", "note", "exact", "filters"]);
    for query in &saved.queries {
        table.push(vec![
            query.name.as_str().into(),
            query.query.as_str().into(),
            Cell::text_or_unknown(&query.note),
            yes_or_no(query.exact).into(),
            Cell::text_or_unknown(query.filters_shown()),
        ]);
    }
    context.write(&table)?;
    Ok(Outcome::found(!saved.queries.is_empty()))
}

fn yes_or_no(is_so: bool) -> &'static str {
    if is_so { "yes" } else { "no" }
}

fn show(context: &Context, names: &HomeNames, texts: &[String], terms: Terms) -> anyhow::Result<Outcome> {
    let mut table = Table::new(&["query", "part", "text"]);
    for text in texts {
        let mut part = |part: &str, shown: &str| {
            table.push(vec![text.as_str().into(), part.into(), shown.into()]);
        };
        let saved = match called(text) {
            Some(name) => Some(names.find(name).map_err(Error::Input)?),
            None => names.find(text).ok(),
        };
        let Some(saved) = saved else {
            part("read as", &read_query(names, text, terms)?.to_string());
            continue;
        };
        let terms = if terms == Terms::Exact { terms } else { saved.terms() };
        part("query", &saved.query);
        part("read as", &read_query(names, &saved.query, terms)?.to_string());
        if !saved.note.is_empty() {
            part("note", &saved.note);
        }
        part("exact", yes_or_no(saved.exact));
        saved.filters().iter().for_each(|(name, value)| part(name, value));
    }
    context.write(&table)?;
    Ok(Outcome::Done)
}

fn check(context: &Context, names: &HomeNames, saved: &SavedQueries) -> anyhow::Result<Outcome> {
    let mut table = Table::new(&["query", "fault"]);
    let mut n_right = 0;
    for query in &saved.queries {
        let faults = faults(context, names, query);
        n_right += usize::from(faults.is_empty());
        for fault in faults {
            table.push(vec![query.name.as_str().into(), fault.into()]);
        }
    }
    context.write(&table)?;
    context.say(format!("{n_right} of {} saved queries can be read", saved.queries.len()));
    Ok(if table.rows.is_empty() { Outcome::Done } else { Outcome::Partial })
}

/// What is wrong with a saved query, and with its filters.
fn faults(context: &Context, names: &HomeNames, query: &SavedQuery) -> Vec<String> {
    let of_query = parse_with(&query.query, query.terms(), names).err().map(|error| error.to_string());
    let filters = FilterArgs::default().with(query).filter(context);
    of_query.into_iter().chain(filters.err().map(|error| error.to_string())).collect()
}
