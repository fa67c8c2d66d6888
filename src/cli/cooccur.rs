//! `cooccur`: which themes stand together?

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::io;

use anyhow::ensure;
use rayon::prelude::*;

use super::compare::{Adjust, limit};
use super::filters::FilterArgs;
use super::groups::say_left_out;
use super::hits::{CHUNK, HIT_COLUMNS, hit_cells};
use super::search::{Limit, UnitArg, plural};
use super::theme::{ThemeArgs, codebook};
use super::validations::Validations;
use super::{Context, Outcome};
use crate::analyse::{CommonOddsRatio, Theme, Together, common_odds_ratio};
use crate::index::{Found, Hit, Index, ItemSize, MatchSet, item_of};
use crate::model::{Passage, Result};
use crate::report::{Cell, Format, Layout, Table, Writer};
use crate::search::{Clause, Query, Span};

/// How the figures come about, for `--help`.
const HELP: &str = "\
together, first and second are the units (agenda items, or what --unit says) with a passage of
both themes, of the one, of the other; of_units is how many have text that passes the filters.
expected is first × second / of_units, lift is together / expected: over all units, so that two
themes of one committee have a high lift for that alone. One theme named alone is held against
each other one of the codebook.

odds_ratio, its exact 95 % interval and p ask whether there is more to it: items are held
against the other items of their meeting, meetings against those of their body, passages against
those of their item. p is Fisher's exact test over these strata (as mantelhaen.test(exact =
TRUE) in R): the chance of a number no likelier than this if, within each meeting, it were all
the same which items have the other theme. No unit is taken to be like those of another meeting
(body, item), nor of another council. But a matter that comes back from meeting to meeting counts
each time: p tells of these minutes, and --passages how many matters there are. expected_within is
what the test expects; informative is how many strata could have come out otherwise; without any
there is no test. Rows stand with what is surest together first: by the end of the interval that
is nearer 1.

lift is a ratio of counts, odds_ratio one of odds (units with the other theme to units without it,
where the one stands and where it does not) within strata. Both are 1 by chance, but an odds_ratio
of 3 is not three times as often; and a lift above 1 beside an odds_ratio about 1 says that the
themes share meetings, not items. odds_ratio is inf where the themes stood together as often as
they could in every stratum, and high too: there is no upper end, and low is what is sure. It is 0
where they did as seldom as they could.

Every count can be counted again: first and second with `search QUERY --exact`, QUERY being the
whole query of `theme show`; together with --passages, which lists the passages of both themes in
each unit that has both (unit_id tells units apart), or, where a row has a query, with
`search QUERY --exact --unit item`.

Example: scrutineer cooccur csc01_sw_recruit_retain csc02_agency_staff csc03_caseloads

Exit code 1: no two themes stand together.";

const COLUMNS: [&str; 17] = [
    "first_theme",
    "second_theme",
    "together",
    "first",
    "second",
    "of_units",
    "expected",
    "lift",
    "expected_within",
    "odds_ratio",
    "low",
    "high",
    "p",
    "p_adjusted",
    "informative",
    "unit",
    "query",
];

/// What a terminal shows below the table.
const OF_ALL: [&str; 4] = ["of_units", "unit", "informative", "query"];

/// The columns of `--passages` in front of those of a hit.
const PASSAGE_COLUMNS: [&str; 4] = ["first_theme", "second_theme", "unit_id", "theme"];

/// How many rows a terminal's table shows unless told otherwise.
const N_SHOWN: usize = 20;

/// The arguments of `cooccur`.
#[derive(clap::Args)]
#[command(after_long_help = HELP)]
pub struct Args {
    #[command(flatten)]
    of: ThemeArgs,
    #[command(flatten)]
    filters: FilterArgs,
    /// What both themes stand in.
    #[arg(long, value_enum, default_value_t = UnitArg::Item)]
    unit: UnitArg,
    /// How p is adjusted for the number of pairs: after Benjamini and Yekutieli, which holds for
    /// themes that overlap, or after Benjamini and Hochberg.
    #[arg(long, value_enum, default_value_t = Adjust::By)]
    adjust: Adjust,
    /// List the passages of both themes in each unit that has both, pair by pair.
    #[arg(long)]
    passages: bool,
    /// How many rows: a number, or `all`. Default: 20 on a terminal's table, all in other formats
    /// and in a file.
    #[arg(long, value_name = "N|all", allow_negative_numbers = true)]
    limit: Option<Limit>,
}

/// A unit or what units are held against each other in: two numbers that tell it from
/// others of its size.
type Place = (usize, u32);

/// The units that have text.
struct Units {
    unit: UnitArg,
    /// By place in the index: the body that met.
    body_of: HashMap<usize, usize>,
    /// How many there are in each stratum.
    sizes: BTreeMap<Place, u64>,
}

/// The units that have a theme, by stratum, in order.
type ThemeUnits = BTreeMap<Place, Vec<Place>>;

/// Two themes, by their places.
struct Pair {
    first: usize,
    second: usize,
    counts: Together,
    test: Option<CommonOddsRatio>,
}

/// Runs `cooccur`.
pub fn run(context: &Context, args: Args) -> anyhow::Result<Outcome> {
    let codebook = codebook(args.of.codebook.as_deref())?;
    let mut themes = codebook.select(&args.of.themes)?;
    // One alone is held against all others.
    let is_one_against_all = args.of.themes.len() == 1;
    if is_one_against_all {
        let others: Vec<&Theme> = codebook.themes.iter().filter(|theme| theme.id != themes[0].id).collect();
        themes.extend(others);
    }
    let validations = Validations::read(context, &codebook, &themes)?;
    let n_themes = themes.iter().map(|theme| &theme.id).collect::<HashSet<_>>().len();
    ensure!(
        n_themes > 1,
        "`{}` alone stands together with nothing: name another theme of the codebook, or none for all pairs",
        themes.first().map_or("one theme", |theme| &theme.id)
    );
    ensure!(n_themes == themes.len(), "a theme is named twice: each of them is named once");
    let filter = args.filters.filter(context)?;
    let index = context.index()?;
    let sets: Vec<MatchSet> =
        themes.iter().map(|theme| MatchSet { query: &theme.query, filter: &filter }).collect();
    let found = index.find_each(&sets)?;
    let units = Units::new(&index.items(&filter), args.unit);
    let with: Vec<ThemeUnits> = found.iter().map(|found| units.with(&found.hits)).collect();
    let n_first = if is_one_against_all { 1 } else { themes.len() };
    let places: Vec<(usize, usize)> =
        (0..n_first).flat_map(|first| (first + 1..themes.len()).map(move |second| (first, second))).collect();
    let mut pairs: Vec<Pair> = places
        .into_par_iter()
        .map(|(first, second)| {
            let (counts, test) = units.together(&with[first], &with[second]);
            Pair { first, second, counts, test }
        })
        .collect();
    let n_pairs = pairs.len();
    let n_together = pairs.iter().filter(|pair| pair.counts.both > 0).count();
    pairs.sort_by(by_strength);
    let p_values: Vec<f64> = pairs.iter().filter_map(|pair| Some(pair.test?.p.value)).collect();

    let is_for_people = context.format == Format::Table && context.output.is_none();
    let limit = args.limit.map_or(if is_for_people { N_SHOWN } else { usize::MAX }, |limit| limit.0);
    let (n_rows, n_shown, what) = if args.passages {
        let written = write_passages(context, &index, (&themes, &found), (&units, &pairs), limit)?;
        validations.say_standing(context);
        written
    } else {
        let mut adjusted = args.adjust.adjusted(&p_values).into_iter();
        let mut table = Table::new(&COLUMNS);
        for pair in &pairs {
            let p_adjusted = pair.test.and_then(|_| adjusted.next());
            // What never stands together and could not be tested is for files.
            if context.format != Format::Table || pair.counts.both > 0 || pair.test.is_some() {
                table.push(pair.row(&themes, args.unit, p_adjusted));
            }
        }
        let n_rows = table.rows.len();
        table.rows.truncate(limit);
        if context.format == Format::Table {
            table.keep_columns(|column| !OF_ALL.contains(&column));
        }
        validations.mark(&mut table, context.format, "first_theme", "first_validation");
        validations.mark(&mut table, context.format, "second_theme", "second_validation");
        context.write(&table)?;
        validations.say(context);
        (n_rows, table.rows.len(), ["pair", "pairs"])
    };
    say_method(context, &args, &units, p_values.len());
    let shown = plural(n_shown as u64, what[0], what[1]);
    let all = if n_shown < n_rows { ", `--limit all` shows every one" } else { "" };
    context.say(format!("{n_together} of {n_pairs} pairs stand together; {shown} shown{all}"));
    say_left_out(context, &index, &filter)?;
    Ok(Outcome::found(n_together > 0))
}

/// Says what the figures are, and of how many tests p is adjusted.
fn say_method(context: &Context, args: &Args, units: &Units, n_tests: usize) {
    let of_units = units.sizes.values().sum();
    if of_units == 0 {
        context.say("nothing is known: no meeting with readable minutes passes the filters");
        return;
    }
    let (one, many, within) = match args.unit {
        UnitArg::Passage => ("passage", "passages", "item"),
        UnitArg::Item => ("item", "items", "meeting"),
        UnitArg::Meeting => ("meeting", "meetings", "body"),
    };
    context.say(format!(
        "of {} with readable text; lift is over all of them; odds_ratio, its exact 95 % interval and p hold each {one} \
         against those of its {within} alone (Fisher's exact test over strata). p adjusted for {} that could have come \
         out otherwise within its {within}, after {}",
        plural(of_units, one, many),
        plural(n_tests as u64, "pair", "pairs"),
        args.adjust.source(),
    ));
}

/// Surest together first, surest apart last: by the end of the interval that is nearer 1,
/// and 1 where it spans 1; then what could not be tested.
fn by_strength(one: &Pair, other: &Pair) -> Ordering {
    let surely = |pair: &Pair| pair.test.map_or(-1.0, |test| 1.0_f64.clamp(test.low, test.high));
    let by_figures = surely(other).total_cmp(&surely(one));
    let by_figures = by_figures.then_with(|| other.counts.both.cmp(&one.counts.both));
    by_figures.then_with(|| (one.first, one.second).cmp(&(other.first, other.second)))
}

impl Pair {
    fn row(&self, themes: &[&Theme], unit: UnitArg, p_adjusted: Option<f64>) -> Vec<Cell> {
        let (first, second) = (themes[self.first], themes[self.second]);
        let Together { both, first: n_first, second: n_second, units } = self.counts;
        let count = |count: u64| if units > 0 { Cell::Count(count) } else { Cell::Unknown };
        let p = |p: Option<f64>| p.map_or(Cell::Unknown, Cell::P);
        let mut cells: Vec<Cell> = vec![first.id.as_str().into(), second.id.as_str().into()];
        cells.extend([both, n_first, n_second, units].map(count));
        cells.extend([self.counts.expected(), self.counts.lift()].map(Cell::from));
        cells.push(self.test.map(|test| test.expected).into());
        cells.extend([
            limit(self.test.map(|test| test.ratio)),
            limit(self.test.map(|test| test.low)),
            limit(self.test.map(|test| test.high)),
        ]);
        cells.extend([p(self.test.map(|test| test.p.value)), p(p_adjusted)]);
        cells.push(self.test.map(|test| test.informative).into());
        let query = together_query(&first.query, &second.query, unit).map(|query| query.to_string());
        cells.extend([unit.name().into(), query.into()]);
        cells
    }
}

/// The one query that is true of the units with both; `None` where there is none: masks
/// of the one would hide words of the other, and AND and NOT within either look over the
/// whole unit.
fn together_query(first: &Query, second: &Query, unit: UnitArg) -> Option<Query> {
    let is_of_passages = |query: &Query| matches!(unit, UnitArg::Passage) || !looks_over_units(&query.clause);
    let is_exact = first.masks == second.masks && is_of_passages(first) && is_of_passages(second);
    let clause = Clause::And(vec![first.clause.clone(), second.clause.clone()]);
    is_exact.then(|| Query { clause, ..first.clone() })
}

fn looks_over_units(clause: &Clause) -> bool {
    match clause {
        Clause::And(_) | Clause::Not(_) => true,
        Clause::Or(all) => all.iter().any(looks_over_units),
        Clause::Phrase(_) | Clause::Near(_) | Clause::Field(..) | Clause::Date(_) => false,
    }
}

impl Units {
    fn new(items: &[ItemSize], unit: UnitArg) -> Self {
        let mut sizes: BTreeMap<Place, u64> = BTreeMap::new();
        let mut body_of: HashMap<usize, usize> = HashMap::new();
        for item in items {
            let is_first_of_meeting = body_of.insert(item.meeting, item.body).is_none();
            let (stratum, n) = match unit {
                UnitArg::Passage => ((item.meeting, item.item), item.passages),
                UnitArg::Item => ((item.meeting, 0), 1),
                UnitArg::Meeting => ((item.body, 0), u64::from(is_first_of_meeting)),
            };
            *sizes.entry(stratum).or_default() += n;
        }
        Self { unit, body_of, sizes }
    }

    /// The unit that a hit is in.
    fn of(&self, hit: &Hit) -> Place {
        match self.unit {
            UnitArg::Passage => (hit.key().0, hit.key().1),
            UnitArg::Item => hit.item(),
            UnitArg::Meeting => (hit.item().0, 0),
        }
    }

    /// What it is held against others in.
    fn stratum(&self, hit: &Hit) -> Place {
        match self.unit {
            UnitArg::Passage => hit.item(),
            UnitArg::Item => (hit.item().0, 0),
            UnitArg::Meeting => (self.body_of[&hit.item().0], 0),
        }
    }

    fn with(&self, hits: &[Hit]) -> ThemeUnits {
        let mut with = ThemeUnits::new();
        hits.iter().for_each(|hit| with.entry(self.stratum(hit)).or_default().push(self.of(hit)));
        for units in with.values_mut() {
            units.sort_unstable();
            units.dedup();
        }
        with
    }

    /// The counts of two themes over all units, and what they come to within strata.
    fn together(&self, first: &ThemeUnits, second: &ThemeUnits) -> (Together, Option<CommonOddsRatio>) {
        let n_units = |with: &ThemeUnits| with.values().map(|units| units.len() as u64).sum();
        let mut all = Together {
            both: 0,
            first: n_units(first),
            second: n_units(second),
            units: self.sizes.values().sum(),
        };
        let mut strata = Vec::new();
        for (stratum, with_first) in first {
            let Some(with_second) = second.get(stratum) else { continue };
            let is_both = |unit: &&Place| with_second.binary_search(unit).is_ok();
            let of_stratum = Together {
                both: with_first.iter().filter(is_both).count() as u64,
                first: with_first.len() as u64,
                second: with_second.len() as u64,
                units: self.sizes[stratum],
            };
            all.both += of_stratum.both;
            strata.push(of_stratum);
        }
        (all, common_odds_ratio(&strata))
    }
}

/// Lists the passages of both themes in the units that have both. Returns how many there
/// are, how many were listed, and what they are.
fn write_passages(
    context: &Context,
    index: &Index,
    (themes, found): (&[&Theme], &[Found]),
    (units, pairs): (&Units, &[Pair]),
    limit: usize,
) -> Result<(usize, usize, [&'static str; 2])> {
    let columns = [&PASSAGE_COLUMNS[..], &HIT_COLUMNS].concat();
    let units_of = |found: &Found| found.hits.iter().map(|hit| units.of(hit)).collect::<HashSet<Place>>();
    let with: Vec<HashSet<Place>> = found.iter().map(units_of).collect();
    let (mut n_rows, mut n_shown) = (0, 0);
    let write = |writer: &mut Writer| -> io::Result<()> {
        for pair in pairs.iter().filter(|pair| pair.counts.both > 0) {
            let mut hits: Vec<(usize, Hit)> = Vec::new();
            for (theme, other) in [(pair.first, pair.second), (pair.second, pair.first)] {
                let of_both = found[theme].hits.iter().filter(|hit| with[other].contains(&units.of(hit)));
                hits.extend(of_both.map(|hit| (theme, *hit)));
            }
            // Unit by unit, the passages of each in their order.
            hits.sort_by_key(|(theme, hit)| (units.of(hit), hit.key(), *theme));
            n_rows += hits.len();
            hits.truncate(limit - n_shown);
            n_shown += hits.len();
            for chunk in hits.chunks(CHUNK) {
                for ((theme, _), (passage, spans)) in chunk.iter().zip(load(index, found, chunk)?) {
                    let unit_id = match units.unit {
                        UnitArg::Passage => passage.passage_id.0.clone(),
                        UnitArg::Item => item_of(&passage),
                        UnitArg::Meeting => passage.meeting.to_string(),
                    };
                    let [first, second, of] =
                        [pair.first, pair.second, *theme].map(|theme| themes[theme].id.as_str().into());
                    let mut row: Vec<Cell> = vec![first, second, unit_id.into(), of];
                    row.extend(hit_cells(&passage, &spans, false));
                    writer.row(&row)?;
                }
            }
        }
        Ok(())
    };
    context.write_rows(context.format, &columns, Layout::Cards, write)?;
    Ok((n_rows, n_shown, ["passage", "passages"]))
}

/// The passages of hits of several themes, each with its matches, in their order.
fn load(index: &Index, found: &[Found], hits: &[(usize, Hit)]) -> io::Result<Vec<(Passage, Vec<Span>)>> {
    let mut loaded: BTreeMap<usize, (Passage, Vec<Span>)> = BTreeMap::new();
    let themes: BTreeSet<usize> = hits.iter().map(|(theme, _)| *theme).collect();
    for theme in themes {
        let of_theme = hits.iter().enumerate().filter(|(_, (of, _))| *of == theme);
        let (places, hits): (Vec<usize>, Vec<Hit>) = of_theme.map(|(at, (_, hit))| (at, *hit)).unzip();
        let passages = index.load(&found[theme], &hits).map_err(io::Error::other)?;
        loaded.extend(places.into_iter().zip(passages));
    }
    Ok(loaded.into_values().collect())
}
