//! `trend`: does a theme rise or fall over the years, in each council and in all?

use std::collections::BTreeMap;

use super::compare::{Adjust, share};
use super::filters::FilterArgs;
use super::groups::{Denominators, LEAST_COVERAGE, say_left_out, say_undated};
use super::search::plural;
use super::theme::{ThemeArgs, codebook};
use super::trend_terms::{self, Term, drift_of, terms_of};
use super::validations::Validations;
use super::{Context, Outcome};
use crate::analyse::{
    Dimension, GroupKey, LEAST_MEETINGS_MIXED, Observation, PValue, Rate, RateTrend, Tally, TimedRate,
    drift_rules, mann_kendall, rate_trend, regional_kendall,
};
use crate::index::Unit;
use crate::report::{Cell, Format, Table};

/// The fewest years for a trend: with three, no order of them is rarer than one in
/// three.
const LEAST_YEARS: usize = 4;

/// What counts are grouped by.
pub const BY: [Dimension; 2] = [Dimension::Council, Dimension::Year];

/// What the figures are, for `--help`.
const FIGURES_HELP: &str = "\
Two trends are told of each theme in each council, and in all councils together. slope and p are
those of the share of readable meetings with the theme (Sen; Mann and Kendall). rate_ratio is by
what the rate of passages with the theme, of the passages that can be read, is multiplied from one
year to the next: 1.10 is 10 % more each year. It is of a quasi-Poisson model, each council with a
rate of its own; its interval and ratio_p allow for counts that differ more from year to year than
by chance (overdispersion). Each of the two p is adjusted over all rows that have one.

years are those that count, left_out those of which too little can be read. In the row of all
councils, years are council-years, of as many councils as series says: two councils with three
years each have six. Meetings of which no date is known are in no year.

drift warns that a trend may be one of words rather than of what they are about. A theme is found
by terms, the alternatives of the ORs in its query.
  `\"looked after\"` 0.90 → 0.10
      It found 90 % of the passages in the first half of the years, and 10 % in the second: was it
      renamed? Of all councils together, these are shares within councils.
  without `\"looked after\"` p 0.40
      The trend hangs on this term: without it, p is so large.
  without `\"looked after\"` turns to 1.05
      Without it the rate goes the other way.
  without `\"looked after\"` no trend is told: nothing was counted
      Without it there is no ratio, for that reason.
  none
      Looked for, and not found.
  blank
      A half has fewer than 10 meetings with the theme: too few to tell.
--terms shows what this rests on: what each term finds by year, and the trend without it.

  scrutineer trend hwy01_highways_maintenance --council kent
  scrutineer trend hwy01_highways_maintenance --terms --output terms.csv

In terms.csv, query finds the passages of a row, and query_without those that are left without its
term: `scrutineer count --exact QUERY --by council,year` counts them again, of the councils and
years that have enough to read.";

/// The arguments of `trend`.
#[derive(clap::Args)]
#[command(after_long_help = FIGURES_HELP)]
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
    /// Show the terms behind the trends, all councils together: how many passages each finds by year,
    /// and the trend without it.
    #[arg(long)]
    terms: bool,
}

const COLUMNS: [&str; 23] = [
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
    "passages",
    "of_passages",
    "rate_ratio",
    "low",
    "high",
    "overdispersion",
    "ratio_p",
    "ratio_p_adjusted",
    "no_ratio_because",
    "drift",
];

/// What a terminal does not show.
const HIDDEN: [&str; 9] = [
    "first_year",
    "last_year",
    "tau",
    "s",
    "p_from",
    "series",
    "of_passages",
    "overdispersion",
    "no_ratio_because",
];

/// Counts of passages, items, meetings and matches by [`BY`].
pub type Tallies = BTreeMap<GroupKey, Tally>;

/// What can be read of one council.
#[derive(Default)]
pub struct Series {
    /// Its years with enough to read, in order.
    pub years: Vec<ReadableYear>,
    /// Years in which too few of the held meetings can be read, or none.
    pub n_left_out: u64,
}

/// What can be read of a council in a year.
pub struct ReadableYear {
    /// The group that it is.
    pub group: GroupKey,
    /// The year.
    pub year: u16,
    meetings: u64,
    passages: u64,
}

impl Series {
    /// The share of its meetings with what was found, by year.
    fn shares(&self, tallies: &Tallies) -> Vec<Observation> {
        let share = |year: &ReadableYear| {
            let with = tallies.get(&year.group).map_or(0, |tally| tally.meetings);
            Observation { time: year.year.into(), value: with as f64 / year.meetings as f64 }
        };
        self.years.iter().map(share).collect()
    }

    /// The passages that were found, of those that can be read, by year.
    fn rates(&self, tallies: &Tallies) -> Vec<TimedRate> {
        let rate = |year: &ReadableYear| TimedRate {
            time: year.year.into(),
            rate: Rate {
                count: tallies.get(&year.group).map_or(0, |tally| tally.passages),
                exposure: year.passages as f64,
            },
        };
        self.years.iter().map(rate).collect()
    }

    /// Whether it has years enough for a trend.
    pub fn is_long(&self) -> bool {
        self.years.len() >= LEAST_YEARS
    }

    /// Whether something was found in any of its years.
    fn has(&self, tallies: &Tallies) -> bool {
        self.years.iter().any(|year| tallies.get(&year.group).is_some_and(|tally| tally.meetings > 0))
    }
}

/// By what ratio the rate of what was found changes a year in some councils, or why that
/// is not told.
pub fn ratio_of(councils: &[&Series], tallies: &Tallies) -> Result<RateTrend, String> {
    if !councils.iter().any(|series| series.is_long()) {
        return Err(format!("fewer than {LEAST_YEARS} years"));
    }
    let rates: Vec<Vec<TimedRate>> = councils.iter().map(|series| series.rates(tallies)).collect();
    let rates: Vec<&[TimedRate]> = rates.iter().map(Vec::as_slice).collect();
    rate_trend(&rates).map_err(|reason| reason.to_string())
}

/// The councils that have years enough, and the theme in one of them.
pub fn told<'a>(councils: &'a BTreeMap<String, Series>, tallies: &Tallies) -> Vec<&'a Series> {
    councils.values().filter(|series| series.is_long() && series.has(tallies)).collect()
}

/// Runs `trend`.
pub fn run(context: &Context, args: Args) -> anyhow::Result<Outcome> {
    let codebook = codebook(args.of.codebook.as_deref())?;
    let themes = codebook.select(&args.of.themes)?;
    let validations = Validations::read(context, &codebook, &themes)?;
    let filter = args.filters.filter(context)?;
    let index = context.index()?;
    let denominators = Denominators::new(context, &index, &filter, &BY)?;
    let (councils, n_undated) = readable(&denominators, args.min_coverage);
    if args.terms {
        let outcome = trend_terms::run(context, &index, &filter, (&themes, &councils))?;
        validations.say_standing(context);
        say_undated(context, n_undated);
        say_left_out(context, &index, &filter)?;
        return Ok(outcome);
    }

    let mut table = Table::new(&COLUMNS);
    let (mut of_shares, mut of_ratios) = (Vec::new(), Vec::new());
    let (mut n_without, mut n_nowhere) = (0, 0);
    for theme in &themes {
        let found = index.find(&theme.query, &filter, Unit::Passage)?;
        let tallies = index.tally(&found.hits, &BY);
        // Of a theme that stands nowhere there is no trend to be found.
        if tallies.is_empty() && context.format == Format::Table {
            n_nowhere += 1;
            continue;
        }
        let terms = terms_of(&index, &filter, theme, &tallies)?;
        let mut push = |row: Row| {
            let (share_p, ratio_p) =
                (row.share.map(|share| share.p), row.ratio.as_ref().ok().map(|ratio| ratio.p));
            of_shares.extend(share_p.map(|p| (table.rows.len(), p.value)));
            of_ratios.extend(ratio_p.map(|p| (table.rows.len(), p.value)));
            if context.format == Format::Table && row.share.is_none() && row.ratio.is_err() {
                n_without += 1;
            } else {
                table.push(row.cells(&theme.id, &tallies, &terms));
            }
        };
        for (name, series) in &councils {
            push(Row::of_one(name, series, &tallies));
        }
        let all = told(&councils, &tallies);
        if all.len() > 1 {
            push(Row::of_all(all, &tallies));
        }
    }
    for (column, p_values) in [("p_adjusted", &of_shares), ("ratio_p_adjusted", &of_ratios)] {
        let adjusted = args.adjust.adjusted(&p_values.iter().map(|(_, p)| *p).collect::<Vec<_>>());
        let at = table.columns.iter().position(|name| name == column).unwrap_or_default();
        for ((row, _), p) in p_values.iter().zip(adjusted) {
            table.rows[*row][at] = Cell::P(p);
        }
    }
    if context.format == Format::Table {
        table.keep_columns(|column| !HIDDEN.contains(&column));
    }
    validations.add_to(&mut table, context.format);
    context.write(&table)?;
    if of_shares.is_empty() && of_ratios.is_empty() {
        context.say(format!(
            "no theme has a trend in any council: that wants {LEAST_YEARS} years that can be read, and the theme in one"
        ));
    }
    if n_nowhere > 0 {
        let themes = plural(n_nowhere, "theme stands nowhere and is", "themes stand nowhere and are");
        context.say(format!("{themes} not shown"));
    }
    if n_without > 0 {
        let rows = plural(n_without, "row without a trend is", "rows without a trend are");
        context.say(format!("{rows} not shown; `--format csv` has them, and says why"));
    }
    validations.say(context);
    say_method(context, &args, of_shares.len(), of_ratios.len());
    say_undated(context, n_undated);
    say_left_out(context, &index, &filter)?;
    Ok(Outcome::found(!of_shares.is_empty() || !of_ratios.is_empty()))
}

/// Says what the figures are, and of how many tests each p is adjusted.
fn say_method(context: &Context, args: &Args, n_shares: usize, n_ratios: usize) {
    let tests = |n: usize| plural(n as u64, "test", "tests");
    context.say(format!(
        "slope: by how much the share of readable meetings with the theme changes a year (Sen 1968); p of Mann and \
         Kendall, exact for up to 10 years, of all councils together after Helsel and Frans (2006). Years below \
         {:.0} % of the held meetings readable are left out; fewer than {LEAST_YEARS} years, or none with the theme, \
         give no trend. \
         p adjusted for {} after {}",
        args.min_coverage * 100.0,
        tests(n_shares),
        args.adjust.source()
    ));
    context.say(format!(
        "rate_ratio: by what the rate of passages with the theme, of the passages that can be read, is multiplied each \
         year, with a 95 % interval: quasi-Poisson (Wedderburn 1974), by Student's t, each council with a rate of its \
         own; ratio_p adjusted for {} of its own, the same way",
        tests(n_ratios),
    ));
    context.say(format!(
        "drift: {}. `none`: none of these; blank: fewer than {LEAST_MEETINGS_MIXED} meetings with the theme in a \
         half. `--terms` shows each term",
        drift_rules()
    ));
}

/// The trends of a theme in one council, or in all.
struct Row<'a> {
    council: &'a str,
    councils: Vec<&'a Series>,
    share: Option<ShareTrend>,
    ratio: Result<RateTrend, String>,
}

/// The trend of the shares of meetings.
#[derive(Clone, Copy)]
struct ShareTrend {
    slope: f64,
    tau: f64,
    s: i64,
    p: PValue,
}

impl<'a> Row<'a> {
    fn of_one(council: &'a str, series: &'a Series, tallies: &Tallies) -> Self {
        // Of a theme that a council never minutes there is nothing to test.
        let is_told = series.is_long() && series.has(tallies);
        let share = mann_kendall(&series.shares(tallies)).filter(|_| is_told);
        let share =
            share.map(|found| ShareTrend { slope: found.slope, tau: found.tau, s: found.s, p: found.p });
        Self { council, councils: vec![series], share, ratio: ratio_of(&[series], tallies) }
    }

    fn of_all(councils: Vec<&'a Series>, tallies: &Tallies) -> Self {
        let shares: Vec<Vec<Observation>> = councils.iter().map(|series| series.shares(tallies)).collect();
        let shares: Vec<&[Observation]> = shares.iter().map(Vec::as_slice).collect();
        let share = regional_kendall(&shares);
        let share =
            share.map(|found| ShareTrend { slope: found.slope, tau: found.tau, s: found.s, p: found.p });
        let ratio = ratio_of(&councils, tallies);
        Self { council: "all councils", councils, share, ratio }
    }

    /// The cells of the row; p values are adjusted when all are known.
    fn cells(&self, theme: &str, tallies: &Tallies, terms: &[Term]) -> Vec<Cell> {
        let n_years: usize = self.councils.iter().map(|series| series.years.len()).sum();
        let mut cells = vec![theme.into(), Cell::text_or_unknown(self.council), n_years.into()];
        match self.councils.as_slice() {
            [series] => {
                let year = |year: Option<&ReadableYear>| year.map(|year| year.year.to_string()).into();
                cells.extend([
                    year(series.years.first()),
                    year(series.years.last()),
                    series.n_left_out.into(),
                ]);
            }
            _ => cells.extend([Cell::Unknown, Cell::Unknown, Cell::Unknown]),
        }
        match self.share {
            Some(ShareTrend { slope, tau, s, p }) => {
                cells.extend([slope.into(), tau.into(), signed(s), Cell::P(p.value), p.from.name().into()]);
            }
            None => cells.extend(std::iter::repeat_n(Cell::Unknown, 5)),
        }
        cells.extend([Cell::Unknown, self.councils.len().into()]);
        cells.extend(self.count_cells(tallies));
        match &self.ratio {
            Ok(RateTrend { ratio, low, high, p, overdispersion, .. }) => {
                cells.extend([(*ratio).into(), (*low).into(), (*high).into(), (*overdispersion).into()]);
                cells.extend([Cell::P(p.value), Cell::Unknown, Cell::Unknown]);
            }
            Err(reason) => {
                cells.extend(std::iter::repeat_n(Cell::Unknown, 6));
                cells.push(reason.as_str().into());
            }
        }
        cells.push(drift_of(&self.councils, tallies, terms, self.ratio.as_ref().ok()));
        cells
    }

    /// Passages with the theme, and passages that can be read, in the years that count;
    /// unknown where there is none.
    fn count_cells(&self, tallies: &Tallies) -> [Cell; 2] {
        let years = || self.councils.iter().flat_map(|series| &series.years);
        if years().next().is_none() {
            return [Cell::Unknown, Cell::Unknown];
        }
        let with = years().filter_map(|year| tallies.get(&year.group)).map(|tally| tally.passages);
        [with.sum::<u64>().into(), years().map(|year| year.passages).sum::<u64>().into()]
    }
}

fn signed(s: i64) -> Cell {
    match u64::try_from(s) {
        Ok(s) => s.into(),
        Err(_) => s.to_string().into(),
    }
}

/// What can be read of each council, in order of the years; and how many meetings that can be
/// read are of no year, as their date is not known.
fn readable(denominators: &Denominators, min_coverage: f64) -> (BTreeMap<String, Series>, u64) {
    let mut all: BTreeMap<String, Series> = BTreeMap::new();
    let mut n_undated = 0;
    for group in denominators.groups() {
        let [council, year] = group.as_slice() else { continue };
        let row = denominators.row(group, &BTreeMap::new());
        let Ok(year) = year.parse::<u16>() else {
            n_undated += row.of_meetings.unwrap_or_default();
            continue;
        };
        let series = all.entry(council.to_string()).or_default();
        match row.of_meetings.filter(|_| !row.is_thin(min_coverage)) {
            Some(meetings) => {
                let (group, passages) = (group.clone(), row.of_passages);
                series.years.push(ReadableYear { group, year, meetings, passages });
            }
            None => series.n_left_out += 1,
        }
    }
    (all, n_undated)
}
