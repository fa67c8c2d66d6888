//! `coverage`: the register of meetings, and how many can be read.

use super::filters::MeetingFilterArgs;
use super::groups::{dimensions, is_asked_for, meeting_states};
use super::{Context, Outcome};
use crate::analyse::{Dimension, coverage};
use crate::model::Error;
use crate::report::{Cell, Format, Table};

/// The arguments of `coverage`.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    filters: MeetingFilterArgs,
    /// What to count by: council, year, body.
    #[arg(long, value_delimiter = ',', value_name = "D,…", default_value = "council,year")]
    by: Vec<String>,
}

/// Runs `coverage`.
pub fn run(context: &Context, args: Args) -> anyhow::Result<Outcome> {
    let filter = args.filters.filter(context)?;
    let by = dimensions(&args.by)?;
    if let Some(dimension) = by.iter().find(|dimension| !dimension.is_of_meetings()) {
        let name = dimension.name();
        return Err(Error::Input(format!("meetings have no {name}; count by council, year or body")).into());
    }
    let states = meeting_states(context)?;
    let groups = coverage(states.iter().filter(|state| is_asked_for(&filter, state)), &by);
    let mut table = Table::new(&[
        "council",
        "year",
        "body",
        "held",
        "cancelled",
        "published",
        "fetched",
        "readable",
        "refused",
    ]);
    for (group, counts) in &groups {
        let of = |wanted: Dimension| {
            let at = by.iter().position(|dimension| *dimension == wanted);
            Cell::text_or_unknown(at.map(|at| group[at].clone()).unwrap_or_default())
        };
        let mut cells = vec![of(Dimension::Council), of(Dimension::Year), of(Dimension::Body)];
        let counts = [
            counts.held,
            counts.cancelled,
            counts.published,
            counts.fetched,
            counts.readable,
            counts.refused,
        ];
        cells.extend(counts.map(Cell::Count));
        table.push(cells);
    }
    if context.format == Format::Table {
        // The contract's columns that were not asked for would be empty.
        table.keep_columns(|name| {
            !["council", "year", "body"].contains(&name) || args.by.iter().any(|by| by == name)
        });
    }
    context.write(&table)?;
    if groups.is_empty() {
        context.say("no meeting that was held or cancelled passes these filters");
    }
    Ok(Outcome::found(!groups.is_empty()))
}
