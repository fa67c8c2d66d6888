//! The filters that every question takes.

use clap::Args;

use super::Context;
use crate::model::{DateRange, Edition, Error, Kind, PartialDate, Result};
use crate::search::{Filter, Query, Terms, parse};

/// Which passages count.
#[derive(Args, Debug, Default)]
#[command(next_help_heading = "Filters")]
pub struct FilterArgs {
    /// Councils, by slug or name.
    #[arg(long, value_delimiter = ',', value_name = "S,…")]
    council: Vec<String>,
    /// Words that all stand in the body's name.
    #[arg(long, value_name = "WORDS")]
    body: Option<String>,
    /// The earliest date: 2019, 2019-04 or 2019-04-01.
    #[arg(long, value_name = "DATE")]
    from: Option<PartialDate>,
    /// The latest date, included.
    #[arg(long, value_name = "DATE")]
    to: Option<PartialDate>,
    /// Years.
    #[arg(long, value_delimiter = ',', value_name = "Y,…")]
    year: Vec<i16>,
    /// Kinds of passage: narrative, question, answer, resolution, recommendation, request,
    /// noting, attendance, heading, boilerplate.
    #[arg(long, value_delimiter = ',', value_name = "K,…")]
    kind: Vec<String>,
    /// Editions: minutes, draft-minutes, agenda, decisions, report, pack, or all. Default: minutes
    /// and draft-minutes.
    #[arg(long, value_delimiter = ',', value_name = "E,…")]
    edition: Vec<String>,
    /// Count standing items (apologies, declarations, minutes of the last meeting) too.
    #[arg(long)]
    with_boilerplate: bool,
}

impl FilterArgs {
    /// The filter, checked.
    pub fn filter(&self, context: &Context) -> Result<Filter> {
        let councils = context.home.councils()?;
        let mut filter = Filter {
            councils: self.council.iter().map(|name| councils.slug_for(name)).collect(),
            body: self.body.as_deref().map(Filter::body_words).unwrap_or_default(),
            dates: DateRange { from: self.from, to: self.to },
            years: self.year.iter().copied().collect(),
            with_boilerplate: self.with_boilerplate,
            ..Filter::default()
        };
        for name in &self.kind {
            let kind = Kind::ALL.into_iter().find(|kind| kind.name() == name);
            filter.kinds.insert(kind.ok_or_else(|| no_such("kind", name, &Kind::ALL.map(Kind::name)))?);
        }
        for name in &self.edition {
            if name == "all" {
                filter.editions.extend(Edition::ALL);
                continue;
            }
            let edition = Edition::ALL.into_iter().find(|edition| edition.name() == name);
            let edition =
                edition.ok_or_else(|| no_such("edition", name, &Edition::ALL.map(Edition::name)))?;
            filter.editions.insert(edition);
        }
        Ok(filter)
    }
}

fn no_such(what: &str, name: &str, names: &[&str]) -> Error {
    Error::Input(format!("there is no {what} `{name}`; there are {}", names.join(", ")))
}

/// A query as typed, and how its terms match.
#[derive(Args, Debug)]
pub struct QueryArgs {
    /// The query; see the README for the language.
    #[arg(value_name = "QUERY", allow_hyphen_values = true)]
    query: String,
    /// Match words as written, not by their stem.
    #[arg(long)]
    exact: bool,
}

impl QueryArgs {
    /// The query, parsed. An error points at its column.
    pub fn query(&self) -> Result<Query> {
        let terms = if self.exact { Terms::Exact } else { Terms::Stemmed };
        parse(&self.query, terms).map_err(|error| {
            let arrow = format!("{}^", " ".repeat(error.column.saturating_sub(1)));
            let shown: String = self.query.chars().take(200).collect();
            let pointer = if error.column <= 200 && !shown.contains('\n') {
                format!("\n  {shown}\n  {arrow}")
            } else {
                String::new()
            };
            Error::Input(format!("the query is not right: {error}{pointer}"))
        })
    }
}
