//! `trend`: does a theme rise or fall over the years, in each council and in all?

use std::collections::BTreeMap;

use super::compare::{Adjust, share};
use super::filters::FilterArgs;
use super::groups::{Denominators, LEAST_COVERAGE, say_left_out};
use super::search::plural;
use super::theme::{ThemeArgs, codebook};
use super::{Context, Outcome};
use crate::analyse::{Dimension, GroupKey, Observation, Tally, mann_kendall, regional_kendall};
use crate::index::MatchSet;
use crate::report::{Cell, Format, Table};

/// The fewest years for a trend: with three, no order of them is rarer than one in
/// three.
const LEAST_YEARS: usize = 4;

/// The arguments of `trend`.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    of: ThemeArgs,
    #[command(flatten)]
    filters: FilterArgs,
    /// How p is adjusted for the number of tests: after Benjamini and Yekutieli, which holds for
    /// themes that overlap, or after Benjamini and Hochberg.
    #[arg(long, value_enum, default_value_t = Adjust::By)]
    adjust: Adjust,
    /// The least share of the held meetings of a year that must be readable, from 0 to 1; years
    /// below it are left out.
    #[arg(long, default_value_t = LEAST_COVERAGE, value_name = "SHARE", value_parser = share)]
    min_coverage: f64,
}

const COLUMNS: [&str; 13] = [
    "theme",
    "council",
    "years",
    "first_year",
    "last_year",
    "left_out",
    "slope",
    "tau",
    "s",
    "p",
    "p_from",
    "p_adjusted",
    "series",
];

/// The yearly shares of one council, those of years with enough to read.
#[derive(Default)]
struct Series {
    years: Vec<Observation>,
    /// Years in which too few of the held meetings can be read, or none.
    n_left_out: u64,
}

/// Runs `trend`.
pub fn run(context: &Context, args: Args) -> anyhow::Result<Outcome> {
    let codebook = codebook(args.of.codebook.as_deref())?;
    let themes = codebook.select(&args.of.themes)?;
    let filter = args.filters.filter(context)?;
    let index = context.index()?;
    let by = [Dimension::Council, Dimension::Year];
    let denominators = Denominators::new(context, &index, &filter, &by)?;
    let sets: Vec<MatchSet> =
        themes.iter().map(|theme| MatchSet { query: &theme.query, filter: &filter }).collect();
    let found = index.find_each(&sets)?;

    let mut table = Table::new(&COLUMNS);
    let mut p_values = Vec::new();
    for (theme, found) in themes.iter().zip(&found) {
        let tallies = index.tally(&found.hits, &by);
        // Of a theme that stands nowhere there is no trend to be found.
        if tallies.is_empty() && context.format == Format::Table {
            continue;
        }
        let series = series(&denominators, &tallies, args.min_coverage);
        let all: Vec<&[Observation]> = series
            .values()
            .map(|series| series.years.as_slice())
            .filter(|years| years.len() >= LEAST_YEARS && years.iter().any(|year| year.value > 0.0))
            .collect();
        for (council, series) in &series {
            let trend = mann_kendall(&series.years).filter(|_| series.years.len() >= LEAST_YEARS);
            // Of a theme that a council never minutes there is nothing to test.
            let trend = trend.filter(|_| series.years.iter().any(|year| year.value > 0.0));
            let year = |observation: Option<&Observation>| {
                observation.map(|year| (year.time as u64).to_string()).into()
            };
            let mut cells = vec![theme.id.as_str().into(), Cell::text_or_unknown(council.as_str())];
            cells.extend([series.years.len().into(), year(series.years.first()), year(series.years.last())]);
            cells.push(series.n_left_out.into());
            match trend {
                Some(trend) => {
                    p_values.push((table.rows.len(), trend.p.value));
                    cells.extend([trend.slope.into(), trend.tau.into(), signed(trend.s)]);
                    cells.extend([Cell::P(trend.p.value), trend.p.from.name().into()]);
                }
                None => cells.extend(std::iter::repeat_n(Cell::Unknown, 5)),
            }
            cells.extend([Cell::Unknown, 1_u64.into()]);
            table.push(cells);
        }
        if let Some(trend) = regional_kendall(&all).filter(|_| all.len() > 1) {
            p_values.push((table.rows.len(), trend.p.value));
            let n_years: usize = all.iter().map(|years| years.len()).sum();
            let mut cells = vec![theme.id.as_str().into(), "all councils".into(), n_years.into()];
            cells.extend([Cell::Unknown, Cell::Unknown, Cell::Unknown]);
            cells.extend([trend.slope.into(), trend.tau.into(), signed(trend.s)]);
            cells.extend([
                Cell::P(trend.p.value),
                trend.p.from.name().into(),
                Cell::Unknown,
                trend.series.into(),
            ]);
            table.push(cells);
        }
    }
    let p_adjusted = args.adjust.adjusted(&p_values.iter().map(|(_, p)| *p).collect::<Vec<_>>());
    let at = table.columns.iter().position(|column| column == "p_adjusted").unwrap_or_default();
    for ((row, _), p) in p_values.iter().zip(p_adjusted) {
        table.rows[*row][at] = Cell::P(p);
    }
    context.write(&table)?;
    context.say(format!(
        "slope: by how much the share of readable meetings with the theme changes a year (Sen 1968); p of Mann and \
         Kendall, exact for up to 10 years, of all councils together after Helsel and Frans (2006). Years below \
         {:.0} % of the held meetings readable are left out; fewer than {LEAST_YEARS} years, or none with the theme, \
         give no trend. \
         p adjusted for {} after {}",
        args.min_coverage * 100.0,
        plural(p_values.len() as u64, "test", "tests"),
        args.adjust.source()
    ));
    say_left_out(context, &index, &filter)?;
    Ok(Outcome::found(!p_values.is_empty()))
}

fn signed(s: i64) -> Cell {
    match u64::try_from(s) {
        Ok(s) => s.into(),
        Err(_) => s.to_string().into(),
    }
}

/// The yearly shares of each council, in order of the years.
fn series(
    denominators: &Denominators,
    tallies: &BTreeMap<GroupKey, Tally>,
    min_coverage: f64,
) -> BTreeMap<String, Series> {
    let mut all: BTreeMap<String, Series> = BTreeMap::new();
    for group in denominators.groups() {
        let [council, year] = group.as_slice() else { continue };
        let Ok(year) = year.parse::<u16>() else { continue };
        let row = denominators.row(group, tallies);
        let series = all.entry(council.to_string()).or_default();
        match row.of_meetings.filter(|_| !row.is_thin(min_coverage)) {
            Some(of) => {
                let value = row.tally.meetings as f64 / of as f64;
                series.years.push(Observation { time: year.into(), value });
            }
            None => series.n_left_out += 1,
        }
    }
    all
}
