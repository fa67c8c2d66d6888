//! Queries with names, out of files.

use std::fs;
use std::path::Path;

use super::Context;
use super::filters::{HomeNames, read_query};
use super::saved::{SavedQueries, SavedQuery};
use crate::model::{Error, Result};
use crate::search::{Query, Terms};

/// A query and what it is called.
pub struct NamedQuery {
    /// Its name; of one without, its text.
    pub name: String,
    /// It.
    pub query: Query,
}

/// Reads the queries of a file: one whose name ends in `.toml` has saved queries;
/// any other has one a line, but for lines that are blank or begin with `#`. `exact`
/// holds for all of them.
pub fn read_queries(context: &Context, path: &Path, exact: bool) -> Result<Vec<NamedQuery>> {
    let is_toml = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("toml"));
    let queries = if is_toml { SavedQueries::read(path)?.queries } else { of_lines(path)? };
    let names = HomeNames::new(context, Some(path));
    let named = |saved: SavedQuery| {
        let SavedQuery { name, query, .. } = &saved;
        let wrong = |reason: String| Error::Input(format!("`{name}` of `{}`: {reason}", path.display()));
        let filters = saved.filters_shown();
        if !filters.is_empty() {
            return Err(wrong(format!(
                "it has filters ({filters}), and `match` looks through all that it is given"
            )));
        }
        let terms = if exact { Terms::Exact } else { saved.terms() };
        let query = read_query(&names, query, terms).map_err(|error| wrong(error.to_string()))?;
        Ok(NamedQuery { name: name.clone(), query })
    };
    queries.into_iter().map(named).collect()
}

fn of_lines(path: &Path) -> Result<Vec<SavedQuery>> {
    let text = fs::read_to_string(path).map_err(Error::io("read", path))?;
    let lines = text.trim_start_matches('\u{feff}').lines().map(str::trim);
    let queries = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    let saved =
        |line: &str| SavedQuery { name: line.to_owned(), query: line.to_owned(), ..SavedQuery::default() };
    Ok(queries.map(saved).collect())
}
