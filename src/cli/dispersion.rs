//! `dispersion`: how evenly the matches of a query are spread.

use std::collections::BTreeMap;

use super::abbreviations::offer;
use super::filters::{Asked, FilterArgs, QueryArgs};
use super::groups::say_left_out;
use super::search::{plural, say_outside, say_own_fields, say_totals, say_unknown};
use super::{Context, Outcome};
use crate::analyse::{Part, dispersion};
use crate::index::MeetingWords;
use crate::report::{Cell, Table};

const COLUMNS: [&str; 9] =
    ["by", "parts", "parts_with", "matches", "words", "dp", "dp_norm", "dp_egbert", "juilland_d"];

/// The arguments of `dispersion`.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    query: QueryArgs,
    #[command(flatten)]
    filters: FilterArgs,
    /// What the parts are that matches are spread over; a body is one of one council.
    #[arg(
        long,
        value_enum,
        value_delimiter = ',',
        default_value = "council,body,year,meeting",
        value_name = "P,…"
    )]
    by: Vec<Parts>,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Parts {
    Council,
    Body,
    Year,
    Meeting,
}

impl Parts {
    fn name(self) -> &'static str {
        match self {
            Self::Council => "council",
            Self::Body => "body",
            Self::Year => "year",
            Self::Meeting => "meeting",
        }
    }

    /// What tells the part of a meeting from all others; `None` where it is not known.
    fn key(self, place: usize, of: &MeetingWords) -> Option<String> {
        match self {
            Self::Council => Some(of.council.to_owned()),
            Self::Body => Some(of.meeting.body.to_string()),
            Self::Year => Some(of.meeting.date?.year().to_string()),
            Self::Meeting => Some(place.to_string()),
        }
    }
}

/// Runs `dispersion`.
pub fn run(context: &Context, args: Args) -> anyhow::Result<Outcome> {
    let Asked { text, query, filter, unit } = args.query.ask(context, &args.filters)?;
    let index = context.index()?;
    let found = index.find(&query, &filter, unit)?;
    let meetings = index.words_by_meeting(&filter);
    let mut matches: BTreeMap<usize, u64> = BTreeMap::new();
    for hit in &found.hits {
        *matches.entry(hit.key().0).or_default() += u64::from(hit.n_matches);
    }

    let mut table = Table::new(&COLUMNS);
    let mut n_undated = 0;
    for by in &args.by {
        let mut parts: BTreeMap<String, Part> = BTreeMap::new();
        for (place, of) in &meetings {
            let Some(key) = by.key(*place, of) else {
                n_undated += 1;
                continue;
            };
            let part = parts.entry(key).or_insert(Part { size: 0, count: 0 });
            part.size += of.tokens;
            part.count += matches.get(place).copied().unwrap_or_default();
        }
        table.push(row(*by, &parts.into_values().filter(|part| part.size > 0).collect::<Vec<_>>()));
    }
    context.write(&table)?;
    say_totals(context, &index, &filter, &found, "");
    context.say(
        "sizes of parts are in words; dp and dp_norm: 0 is even, near 1 all in a small part; dp_egbert and juilland_d: 1 is \
         even, 0 in one part alone; with many parts juilland_d is near 1 for all but rare words",
    );
    if n_undated > 0 {
        let meetings = plural(n_undated, "meeting is", "meetings are");
        context.say(format!("by year {meetings} left out, of a date that is not known"));
    }
    say_outside(context, &index, (&query, &filter, unit), found.hits.len())?;
    say_unknown(context, &index, &query)?;
    say_own_fields(context, &query);
    say_left_out(context, &index, &filter)?;
    offer(context, &index, &text)?;
    Ok(Outcome::found(matches.values().any(|&n| n > 0)))
}

/// The figures of some parts; blank where there is nothing to be spread, or only one
/// part to spread it over.
fn row(by: Parts, parts: &[Part]) -> Vec<Cell> {
    let found = dispersion(parts);
    let n_with = parts.iter().filter(|part| part.count > 0).count();
    let count = |of: fn(&Part) -> u64| parts.iter().map(of).sum::<u64>();
    let is_parted = parts.len() > 1;
    let mut cells: Vec<Cell> = vec![by.name().into(), parts.len().into(), n_with.into()];
    cells.extend([count(|part| part.count), count(|part| part.size)].map(Cell::from));
    cells.push(found.filter(|_| is_parted).map(|found| found.dp).into());
    cells.push(found.and_then(|found| found.dp_norm).into());
    cells.push(found.and_then(|found| found.dp_egbert).into());
    cells.push(found.and_then(|found| found.juilland_d).into());
    cells
}
