//! `kwic`: one line a match, with the words around it.

use std::rc::Rc;

use super::filters::{Asked, FilterArgs, QueryArgs};
use super::groups::say_left_out;
use super::search::Limit;
use super::{Context, Outcome};
use crate::report::{Cell, Layout, Table};
use crate::search::{Tokens, kwic};

/// The arguments of `kwic`.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    query: QueryArgs,
    #[command(flatten)]
    filters: FilterArgs,
    /// The order of lines: by the words before the match, by those after it, or by date.
    #[arg(long, value_enum, default_value_t = Sort::Date)]
    sort: Sort,
    /// How many characters are shown on each side.
    #[arg(long, default_value_t = 60, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1000))]
    window: u16,
    /// How many lines: a number, or `all`.
    #[arg(long, default_value = "all", value_name = "N|all")]
    limit: Limit,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Sort {
    Left,
    Right,
    Date,
}

/// Runs `kwic`.
pub fn run(context: &Context, args: Args) -> anyhow::Result<Outcome> {
    let Asked { query, filter, unit, .. } = args.query.ask(context, &args.filters)?;
    let index = context.index()?;
    let mut found = index.find(&query, &filter, unit)?;
    found.sort_by_key(|hit| index.meeting_of(hit).date);
    let mut lines = Vec::new();
    for hit in &found {
        let passage = Rc::new(index.load(hit)?);
        let tokens = Tokens::read(&passage.text);
        for &span in &hit.spans {
            lines.push((Rc::clone(&passage), kwic(&passage.text, &tokens, span, args.window.into())));
        }
    }
    match args.sort {
        Sort::Date => {}
        // Read from the match outwards, as concordances are sorted.
        Sort::Left => lines.sort_by_cached_key(|(_, line)| {
            line.0.to_lowercase().split_whitespace().rev().map(str::to_owned).collect::<Vec<_>>()
        }),
        Sort::Right => lines.sort_by_cached_key(|(_, line)| line.2.trim().to_lowercase()),
    }
    let mut table =
        Table::new(&["council", "date", "body", "item", "left", "match", "right", "url", "passage_id"]);
    table.layout = Layout::Lines;
    for (passage, line) in lines.iter().take(args.limit.0) {
        table.push(vec![
            passage.council.as_str().into(),
            passage.date.map(|date| date.to_string()).into(),
            Cell::text_or_unknown(&passage.body),
            Cell::text_or_unknown(&passage.item),
            line.0.as_str().into(),
            line.1.as_str().into(),
            line.2.as_str().into(),
            passage.url.as_str().into(),
            passage.passage_id.0.as_str().into(),
        ]);
    }
    context.write(&table)?;
    say_left_out(context, &index, &filter)?;
    Ok(Outcome::found(!lines.is_empty()))
}
