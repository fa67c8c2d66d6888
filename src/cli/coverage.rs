//! `coverage`: the register of meetings, and how many can be read.

use std::collections::BTreeMap;

use super::filters::MeetingFilterArgs;
use super::groups::{dimensions, is_asked_for, meeting_states};
use super::{Context, Outcome};
use crate::analyse::{Causes, Coverage, Dimension, GroupKey, MeetingState, causes_named, coverage};
use crate::corpus::{Corpus, SilentSite};
use crate::model::Error;
use crate::report::{Cell, Format, Table};

/// What the columns count, for `--help`.
const COLUMNS_HELP: &str = "\
The columns, after the groups:
  held       listed, not cancelled, and the day has passed
  cancelled  called off
  published  held, with minutes on the site
  fetched    held, with a document in the archive that ought to hold the minutes
  readable   held, with minutes that could be read
  refused    held, with nothing readable; what was last asked for was refused: robots,
             forbidden, challenge (a test for browsers), login, out-of-bounds, withdrawn
  listed     all meetings of the register, cancelled and scheduled ones too
  agenda     held, with an agenda on the site
  failed     held, with nothing readable; what was last asked for failed: missing, time-out,
             fault, broken, too-long, wrong-content
  why        the causes of refused and failed, most frequent first, each meeting once. What
             is readable here and gone from its site stays readable, and is named as withdrawn

A council whose site was asked for its lists of meetings and never gave one has a row with
nothing but why.";

/// The arguments of `coverage`.
#[derive(clap::Args)]
#[command(after_long_help = COLUMNS_HELP)]
pub struct Args {
    #[command(flatten)]
    filters: MeetingFilterArgs,
    /// What to count by: council, year, body.
    #[arg(long, value_delimiter = ',', value_name = "D,…", default_value = "council,year")]
    by: Vec<String>,
}

/// The columns of the contract, in its order; new ones stand at the end.
const COLUMNS: [&str; 13] = [
    "council",
    "year",
    "body",
    "held",
    "cancelled",
    "published",
    "fetched",
    "readable",
    "refused",
    "listed",
    "agenda",
    "failed",
    "why",
];

/// Runs `coverage`.
pub fn run(context: &Context, args: Args) -> anyhow::Result<Outcome> {
    let filter = args.filters.filter(context)?;
    let by = dimensions(&args.by)?;
    if let Some(dimension) = by.iter().find(|dimension| !dimension.is_of_meetings()) {
        let name = dimension.name();
        return Err(Error::Input(format!("meetings have no {name}; count by council, year or body")).into());
    }
    let states = meeting_states(context)?;
    let states: Vec<&MeetingState> = states.iter().filter(|state| is_asked_for(&filter, state)).collect();
    let groups = coverage(states.iter().copied(), &by);
    let silent = Corpus::open_read_only(&context.home)?.silent_sites()?;
    let silent: Vec<&SilentSite> =
        silent.iter().filter(|silent| filter.passes_council(&silent.council)).collect();
    let mut table = table(&groups, &by, &silent);
    if context.format == Format::Table {
        // The contract's columns that were not asked for would be empty.
        let is_empty = |name: &str| match name {
            "council" => silent.is_empty() && by.iter().all(|dimension| dimension.name() != name),
            "year" | "body" => by.iter().all(|dimension| dimension.name() != name),
            "why" => silent.is_empty() && groups.values().all(|counts| counts.causes.is_empty()),
            _ => false,
        };
        table.keep_columns(|name| !is_empty(name));
    }
    context.write(&table)?;
    if table.rows.is_empty() {
        context.say("no meeting of the register passes these filters");
    }
    for silent in &silent {
        let causes = causes_of(silent);
        context.say(format!(
            "{}: no list of meetings ever came, so that nothing is known of it ({causes})",
            silent.council
        ));
    }
    Ok(Outcome::found(!table.rows.is_empty()))
}

fn table(groups: &BTreeMap<GroupKey, Coverage>, by: &[Dimension], silent: &[&SilentSite]) -> Table {
    let mut table = Table::new(&COLUMNS);
    for (group, counts) in groups {
        let of = |wanted: Dimension| {
            let at = by.iter().position(|dimension| *dimension == wanted);
            Cell::text_or_unknown(at.map(|at| group[at].clone()).unwrap_or_default())
        };
        let mut cells = vec![of(Dimension::Council), of(Dimension::Year), of(Dimension::Body)];
        let counted = [
            counts.held,
            counts.cancelled,
            counts.published,
            counts.fetched,
            counts.readable,
            counts.refused,
            counts.listed,
            counts.agenda,
            counts.failed,
        ];
        cells.extend(counted.map(Cell::Count));
        cells.push(Cell::text_or_unknown(causes_named(&counts.causes)));
        table.push(cells);
    }
    for silent in silent {
        let mut cells = vec![Cell::Unknown; COLUMNS.len()];
        cells[0] = silent.council.as_str().into();
        cells[COLUMNS.len() - 1] = format!("lists: {}", causes_of(silent)).into();
        table.push(cells);
    }
    table
}

/// Why the lists of a site did not come, with the number of addresses.
fn causes_of(silent: &SilentSite) -> String {
    let causes: Causes = silent.causes.iter().map(|(cause, n)| (cause.name(), *n)).collect();
    causes_named(&causes)
}
