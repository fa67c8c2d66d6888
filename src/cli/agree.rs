//! `agree`: how far coders agree, from tables of what they coded.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::search::plural;
use super::{Context, Outcome, files};
use crate::analyse::{Metric, Undefined, cohen_kappa, krippendorff_alpha, raw_agreement};
use crate::model::{Error, Result};
use crate::report::{Cell, Table};

/// What files hold and columns mean, for `--help`.
const HELP: &str = "\
A file is CSV with a column `unit` and either the columns `coder` and `value`, or a column for each
coder: then every other column is one. An empty cell is a unit that the coder did not code. Files are
taken together.

units is how many were coded, compared how many of them by two coders or more, values how many values
these have. raw_agreement is the share of pairs of values of one unit that are the same. kappa
(Cohen 1960) is for two coders and takes values as names; prevalence is the share of each value beside
it. alpha (Krippendorff 2018) takes values as --metric says; 0.8 is the usual floor, 0.667 for
tentative conclusions. Intervals are 95 %, by 2,000 draws of units. What is not defined is empty, and
stderr says why.

Exit code 1: no unit was coded by two.";

/// The arguments of `agree`.
#[derive(clap::Args)]
#[command(after_long_help = HELP)]
pub struct Args {
    /// Tables of what was coded.
    #[arg(required = true, value_name = "FILE")]
    paths: Vec<PathBuf>,
    /// What the values are, and so how far two of them differ.
    #[arg(long, value_enum, default_value_t = Metric::Nominal)]
    metric: Metric,
    /// Where the random draws of the intervals begin.
    #[arg(long, default_value_t = 1, value_name = "N")]
    seed: u64,
}

/// What was coded: values by unit and coder.
type Codings = BTreeMap<String, BTreeMap<String, String>>;

/// Runs `agree`.
pub fn run(context: &Context, args: Args) -> anyhow::Result<Outcome> {
    let mut codings = Codings::new();
    let mut n_failed = 0;
    for path in &args.paths {
        match read(path, args.metric) {
            Ok(rows) => rows.into_iter().try_for_each(|row| take(&mut codings, row))?,
            Err(error) => {
                n_failed += 1;
                context.warn(format!("{:#}", anyhow::Error::from(error)));
            }
        }
    }
    if n_failed == args.paths.len() {
        return Err(Error::Input("no file could be read".into()).into());
    }
    let n_compared = codings.values().filter(|unit| unit.len() > 1).count();
    context.write(&table(context, &codings, args.metric, args.seed))?;
    let n_lone = codings.len() - n_compared;
    if n_lone > 0 {
        let units = plural(n_lone as u64, "unit was", "units were");
        context.say(format!("{units} coded by one coder only, and not compared"));
    }
    Ok(if n_failed > 0 { Outcome::Partial } else { Outcome::found(n_compared > 0) })
}

/// The table, of one row; says of what is not defined why.
fn table(context: &Context, codings: &Codings, metric: Metric, seed: u64) -> Table {
    let units: Vec<Vec<&str>> =
        codings.values().map(|unit| unit.values().map(String::as_str).collect()).collect();
    let compared: Vec<&Vec<&str>> = units.iter().filter(|unit| unit.len() > 1).collect();
    let n_values: usize = compared.iter().map(|unit| unit.len()).sum();
    let n_coders = codings.values().flat_map(BTreeMap::keys).collect::<BTreeSet<_>>().len();
    let mut cells = vec![
        Cell::from(units.len()),
        n_coders.into(),
        compared.len().into(),
        n_values.into(),
        raw_agreement(&units).into(),
    ];
    let pairs: Vec<(&str, &str)> = compared.iter().map(|unit| (unit[0], unit[1])).collect();
    let kappa = if n_coders == 2 { cohen_kappa(&pairs, seed).ok() } else { None };
    match &kappa {
        Some(kappa) => {
            let shares = kappa.prevalence.iter().map(|(value, share)| format!("{value}: {share:.4}"));
            cells.extend(figure(context, "kappa", kappa.kappa, kappa.interval));
            cells.push(Cell::List(shares.collect()));
        }
        None => cells.extend([const { Cell::Unknown }; 4]),
    }
    let alpha = krippendorff_alpha(&numbers(&units, metric), metric, seed);
    let interval = alpha.ok().and_then(|alpha| alpha.interval);
    cells.push(metric.name().into());
    cells.extend(figure(context, "alpha", alpha.map(|alpha| alpha.alpha), interval));
    cells.push(seed.into());
    let mut table = Table::new(&COLUMNS);
    table.push(cells);
    table
}

/// The columns of the table.
const COLUMNS: [&str; 14] = [
    "units",
    "coders",
    "compared",
    "values",
    "raw_agreement",
    "kappa",
    "kappa_low",
    "kappa_high",
    "prevalence",
    "metric",
    "alpha",
    "low",
    "high",
    "seed",
];

/// The cells of a figure and its limits; says why one is empty.
fn figure(
    context: &Context,
    name: &str,
    value: std::result::Result<f64, Undefined>,
    interval: Option<(f64, f64)>,
) -> [Cell; 3] {
    match (value, interval) {
        (Ok(_), Some(_)) => {}
        (Ok(_), None) => {
            context.say(format!("{name} has no interval: in more than one draw in 20 it is not defined"));
        }
        (Err(why), _) => context.say(format!("{name} is not defined: {why}")),
    }
    let (low, high) = interval.unzip();
    [value.ok().into(), low.into(), high.into()]
}

/// A value that a coder gave to a unit, and where it stands.
struct Coding {
    unit: String,
    coder: String,
    value: String,
    place: String,
}

/// Reads a table; cells without a value are left out. Numbers are brought into
/// one form, so that 1 and 1.0 are one value.
fn read(path: &Path, metric: Metric) -> Result<Vec<Coding>> {
    let name = path.display().to_string();
    let bytes = files::read(path)?;
    let wrong = |reason: String| Error::Input(format!("`{name}` cannot be read: {reason}"));
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(bytes.as_slice());
    let headers = reader.headers().map_err(|error| wrong(error.to_string()))?;
    let headers: Vec<String> =
        headers.iter().map(|header| header.trim_start_matches('\u{feff}').to_owned()).collect();
    let column = |name: &str| headers.iter().position(|header| header.eq_ignore_ascii_case(name));
    let unit_at = column("unit").ok_or_else(|| wrong("it has no column `unit`".into()))?;
    let long = column("coder").zip(column("value"));
    let mut codings = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| wrong(error.to_string()))?;
        let row = record.position().map_or(0, |position| position.line());
        let cell = |at: usize| record.get(at).unwrap_or_default().to_owned();
        let given: Vec<(String, String)> = match long {
            Some((coder, value)) => vec![(cell(coder), cell(value))],
            None => (0..headers.len())
                .filter(|at| *at != unit_at)
                .map(|at| (headers[at].clone(), cell(at)))
                .collect(),
        };
        for (coder, value) in given.into_iter().filter(|(_, value)| !value.is_empty()) {
            let (unit, place) = (cell(unit_at), format!("row {row} of `{name}`"));
            if unit.is_empty() || coder.is_empty() {
                return Err(wrong(format!(
                    "row {row} names no {}",
                    if unit.is_empty() { "unit" } else { "coder" }
                )));
            }
            let value = in_one_form(&value, metric).ok_or_else(|| {
                let metric = metric.name();
                wrong(format!("row {row}: `{value}` is no number that --metric {metric} can take"))
            })?;
            codings.push(Coding { unit, coder, value, place });
        }
    }
    Ok(codings)
}

fn in_one_form(value: &str, metric: Metric) -> Option<String> {
    if metric == Metric::Nominal {
        return Some(value.to_owned());
    }
    let number: f64 = value.parse().ok()?;
    let fits = number.is_finite() && (metric != Metric::Ratio || number >= 0.0);
    fits.then(|| number.to_string())
}

/// Takes a coding. Fails where the coder gave the unit another value before.
fn take(codings: &mut Codings, coding: Coding) -> Result<()> {
    let Coding { unit, coder, value, place } = coding;
    let of_unit = codings.entry(unit.clone()).or_default();
    if let Some(before) = of_unit.insert(coder.clone(), value.clone())
        && before != value
    {
        let both = format!("`{before}` and `{value}`");
        return Err(Error::Input(format!("{place}: {coder} gave unit {unit} two values, {both}; leave one")));
    }
    Ok(())
}

/// The values as numbers; names as their places among all names.
fn numbers(units: &[Vec<&str>], metric: Metric) -> Vec<Vec<f64>> {
    let names: BTreeSet<&str> = units.iter().flatten().copied().collect();
    let places: BTreeMap<&str, f64> =
        names.into_iter().zip(0_u32..).map(|(name, at)| (name, at.into())).collect();
    let number = |value: &&str| match metric {
        Metric::Nominal => places[value],
        _ => value.parse().expect("it was a number when it was read"),
    };
    units.iter().map(|unit| unit.iter().map(number).collect()).collect()
}
