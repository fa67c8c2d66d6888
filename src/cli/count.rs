//! `count`: exact counts with denominators.

use super::filters::{Asked, FilterArgs, QueryArgs};
use super::groups::{Denominators, dimensions, group_cells, say_left_out, say_unknown_groups};
use super::search::{say_outside, say_own_fields, say_unknown};
use super::{Context, Outcome};
use crate::report::{Cell, Table};

/// The arguments of `count`.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    query: QueryArgs,
    #[command(flatten)]
    filters: FilterArgs,
    /// What to count by: council, body, year, quarter, kind, edition, nation, region.
    #[arg(long, value_delimiter = ',', value_name = "D,…")]
    by: Vec<String>,
}

/// Runs `count`.
pub fn run(context: &Context, args: Args) -> anyhow::Result<Outcome> {
    let Asked { query, filter, unit, .. } = args.query.ask(context, &args.filters)?;
    let by = dimensions(&args.by)?;
    let index = context.index()?;
    let found = index.find(&query, &filter, unit)?;
    let tallies = index.tally(&found.hits, &by);
    let denominators = Denominators::new(context, &index, &filter, &by)?;
    let mut columns: Vec<&str> = by.iter().map(|dimension| dimension.name()).collect();
    columns.extend(["passages", "items", "meetings", "matches", "of_passages", "of_meetings"]);
    columns.extend(["rate", "low", "high"]);
    let mut table = Table::new(&columns);
    let mut groups = denominators.groups();
    let whole = Vec::new();
    if by.is_empty() {
        // One row, blank where nothing is readable.
        groups.insert(&whole);
    }
    for group in &groups {
        let row = denominators.row(group, &tallies);
        let counts = [row.tally.passages, row.tally.items, row.tally.meetings, row.tally.matches];
        let mut cells: Vec<Cell> = group_cells(group).collect();
        cells.extend(counts.map(|count| row.count(count)));
        cells.extend([row.count(row.of_passages), row.of_meetings.into()]);
        cells.extend(row.rate_cells());
        table.push(cells);
    }
    context.write(&table)?;
    say_unknown_groups(context, &by, groups.iter().map(|group| group.as_slice()));
    say_unknown(context, &index, &query)?;
    say_own_fields(context, &query);
    say_outside(context, &index, (&query, &filter, unit), found.hits.len())?;
    say_left_out(context, &index, &filter)?;
    if table.rows.is_empty() || denominators.n_meetings() == 0 {
        context.say("nothing is known: no meeting with readable minutes passes the filters");
    }
    Ok(Outcome::found(!found.hits.is_empty()))
}
