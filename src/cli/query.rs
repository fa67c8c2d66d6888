//! `query`: how queries are read.

use super::filters::read_query;
use super::{Context, Outcome};
use crate::report::Table;
use crate::search::Terms;

/// The arguments of `query`.
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(clap::Subcommand)]
enum Action {
    /// Show how queries are read: with brackets and quotes only where they are needed, and
    /// abbreviations as what they stand for.
    Show {
        /// Queries.
        #[arg(required = true, value_name = "QUERY", allow_hyphen_values = true)]
        queries: Vec<String>,
        /// Match words as written, not by their stem.
        #[arg(long)]
        exact: bool,
    },
}

/// Runs `query`.
pub fn run(context: &Context, args: Args) -> anyhow::Result<Outcome> {
    let Action::Show { queries, exact } = args.action;
    let terms = if exact { Terms::Exact } else { Terms::Stemmed };
    let mut table = Table::new(&["query", "part", "text"]);
    for text in &queries {
        let query = read_query(context, text, terms)?;
        table.push(vec![text.as_str().into(), "read as".into(), query.to_string().into()]);
    }
    context.write(&table)?;
    Ok(Outcome::Done)
}
