//! `trend --terms`: the terms that a theme is found by, and its trend without each.

use std::collections::{BTreeMap, BTreeSet};

use super::councils::listed;
use super::search::plural;
use super::trend::{BY, ReadableYear, Series, Tallies, ratio_of, told};
use super::{Context, Outcome};
use crate::analyse::{Lean, RateTrend, TermMix, TermYear, Theme, drift_rules, lean, term_mix};
use crate::index::{Index, MatchSet};
use crate::model::Result;
use crate::report::{Cell, Format, Table};
use crate::search::{Alternative, Filter, Query, alternatives};

/// How many terms that drift are named in a cell.
const N_NAMED: usize = 3;

const COLUMNS: [&str; 17] = [
    "theme",
    "term",
    "year",
    "passages",
    "of",
    "share",
    "share_early",
    "share_late",
    "rate_ratio",
    "ratio_p",
    "ratio_without",
    "low_without",
    "high_without",
    "p_without",
    "drift",
    "query",
    "query_without",
];

/// A term of a theme, and what is found of it.
pub struct Term {
    alternative: Alternative,
    /// What the theme's query finds with the term alone.
    alone: Tallies,
    /// What it finds without the term; empty where it has no other.
    without: Tallies,
}

/// The terms of a theme that finds `whole`, in the order of its query.
pub fn terms_of(index: &Index, filter: &Filter, theme: &Theme, whole: &Tallies) -> Result<Vec<Term>> {
    let all = alternatives(&theme.query);
    let tallies = |queries: Vec<&Query>| -> Result<Vec<Tallies>> {
        let sets: Vec<MatchSet> = queries.into_iter().map(|query| MatchSet { query, filter }).collect();
        Ok(index.find_each(&sets)?.iter().map(|found| index.tally(&found.hits, &BY)).collect())
    };
    let alone = tallies(all.iter().map(|one| &one.alone).collect())?;
    // Without a term that finds nothing all is found that is found with it.
    let is_found = |at: usize| !alone[at].is_empty();
    let rest =
        all.iter().enumerate().filter(|(at, _)| is_found(*at)).filter_map(|(_, one)| one.without.as_ref());
    let mut rest = tallies(rest.collect())?.into_iter();
    let without: Vec<Tallies> = (0..all.len())
        .map(|at| match all[at].without {
            Some(_) if !is_found(at) => whole.clone(),
            Some(_) => rest.next().unwrap_or_default(),
            None => Tallies::new(),
        })
        .collect();
    let term = |((alternative, alone), without)| Term { alternative, alone, without };
    Ok(all.into_iter().zip(alone).zip(without).map(term).collect())
}

/// How a term bears on a trend.
struct Bearing {
    years: Vec<TermYear>,
    without: Result<RateTrend, String>,
    mix: Option<TermMix>,
    lean: Option<Lean>,
}

impl Term {
    fn bearing(&self, councils: &[&Series], whole: &Tallies, ratio: Option<&RateTrend>) -> Bearing {
        let of_year = |of: &ReadableYear| {
            let tally = |tallies: &Tallies| tallies.get(&of.group).copied().unwrap_or_default();
            let (alone, whole) = (tally(&self.alone), tally(whole));
            TermYear {
                year: of.year,
                with_term: alone.passages,
                with_theme: whole.passages,
                meetings: whole.meetings,
                squares: whole.squares,
            }
        };
        let of_council = |series: &&Series| series.years.iter().map(of_year).collect();
        let by_council: Vec<Vec<TermYear>> = councils.iter().map(of_council).collect();
        let mix = term_mix(&by_council.iter().map(Vec::as_slice).collect::<Vec<_>>());
        let without = ratio_of(councils, &self.without);
        Bearing { mix, lean: lean(ratio, without.as_ref()), years: by_year(&by_council), without }
    }

    /// What drifts of it, in words.
    fn drifts(&self, bearing: &Bearing) -> Vec<String> {
        let term = &self.alternative.term;
        let shift = bearing.mix.filter(|mix| mix.is_shift);
        let shift = shift.map(|TermMix { from, to, .. }| format!("`{term}` {from:.2} → {to:.2}"));
        let lean = bearing.lean.as_ref().map(|lean| match lean {
            Lean::Turns(ratio) => format!("without `{term}` turns to {ratio:.2}"),
            Lean::Ends(p) => format!("without `{term}` p {}", Cell::P(*p).plain()),
            Lean::Untold(reason) => format!("without `{term}` no trend is told: {reason}"),
        });
        shift.into_iter().chain(lean).collect()
    }
}

/// The years of all councils together.
fn by_year(councils: &[Vec<TermYear>]) -> Vec<TermYear> {
    let mut years: BTreeMap<u16, TermYear> = BTreeMap::new();
    for of in councils.iter().flatten() {
        let year = years.entry(of.year).or_insert(TermYear { year: of.year, ..TermYear::default() });
        year.with_term += of.with_term;
        year.with_theme += of.with_theme;
        year.meetings += of.meetings;
        year.squares += of.squares;
    }
    years.into_values().collect()
}

/// What drifts behind the trend of a theme in some councils: `none` where nothing does,
/// unknown where too little was found to tell, or there is no ratio that could lean on one.
pub fn drift_of(councils: &[&Series], whole: &Tallies, terms: &[Term], ratio: Option<&RateTrend>) -> Cell {
    let bearings: Vec<Bearing> = terms.iter().map(|term| term.bearing(councils, whole, ratio)).collect();
    let mut drifts: Vec<String> =
        terms.iter().zip(&bearings).flat_map(|(term, bearing)| term.drifts(bearing)).collect();
    if drifts.is_empty() {
        return if ratio.is_some() && bearings.iter().all(|bearing| bearing.mix.is_some()) {
            "none".into()
        } else {
            Cell::Unknown
        };
    }
    let n_more = drifts.len().saturating_sub(N_NAMED);
    drifts.truncate(N_NAMED);
    if n_more > 0 {
        drifts.push(format!("{n_more} more"));
    }
    drifts.join("; ").into()
}

/// Runs `trend --terms`: the terms of themes in all councils together.
pub fn run(
    context: &Context,
    index: &Index,
    filter: &Filter,
    (themes, councils): (&[&Theme], &BTreeMap<String, Series>),
) -> anyhow::Result<Outcome> {
    let (mut rows, mut n_untold) = (Vec::new(), 0);
    for theme in themes {
        let sets = [MatchSet { query: &theme.query, filter }];
        let whole =
            index.find_each(&sets)?.first().map(|found| index.tally(&found.hits, &BY)).unwrap_or_default();
        let told = told(councils, &whole);
        if told.is_empty() {
            n_untold += 1;
            continue;
        }
        let ratio = ratio_of(&told, &whole);
        for term in terms_of(index, filter, theme, &whole)? {
            let bearing = term.bearing(&told, &whole, ratio.as_ref().ok());
            rows.push(TermRow { theme: &theme.id, ratio: ratio.clone().ok(), term, bearing });
        }
    }
    match context.format {
        Format::Table => context.write(&across(&rows))?,
        _ => context.write(&along(&rows))?,
    }
    let n_found = rows.iter().filter(|row| row.is_found()).count();
    context.say(format!(
        "passages that each term finds, of those with the theme, a passage with several terms counting for each; and \
         the ratio a year of the theme without the term. Councils with 4 years or more, and the theme in one, all \
         together. p as it is, not adjusted, beside that of the whole theme. drift: {}",
        drift_rules()
    ));
    say_years(context, councils);
    if n_found < rows.len() && context.format == Format::Table {
        let terms = plural((rows.len() - n_found) as u64, "term finds", "terms find");
        context.say(format!("{terms} nothing and are not shown"));
    }
    if n_untold > 0 {
        let (themes, their) =
            (plural(n_untold, "theme stands", "themes stand"), if n_untold == 1 { "its" } else { "their" });
        context.say(format!(
            "{themes} in no council with 4 readable years or more: nothing is told of {their} terms"
        ));
    }
    Ok(Outcome::found(n_found > 0))
}

/// Says which years of which councils count.
fn say_years(context: &Context, councils: &BTreeMap<String, Series>) {
    let (long, short): (Vec<_>, Vec<_>) = councils.iter().partition(|(_, series)| series.is_long());
    let years = |(council, series): &(&String, &Series)| {
        let left_out = match series.n_left_out {
            0 => String::new(),
            n => format!(" ({n} left out)"),
        };
        format!("{council} {}{left_out}", spans(&series.years))
    };
    let mut line = match long.as_slice() {
        [] => "no council has 4 years with enough to read".to_owned(),
        long => {
            format!("years with enough to read: {}", long.iter().map(years).collect::<Vec<_>>().join("; "))
        }
    };
    if !short.is_empty() {
        let short: Vec<String> = short.into_iter().map(|(council, _)| council.clone()).collect();
        line.push_str(&format!("; not in, with fewer than 4 of them: {}", listed(&short)));
    }
    context.say(line);
}

/// Years as people write them: `2015–2018, 2020`.
fn spans(years: &[ReadableYear]) -> String {
    let span = |years: &[ReadableYear]| match years {
        [only] => only.year.to_string(),
        [first, .., last] => format!("{}–{}", first.year, last.year),
        [] => String::new(),
    };
    let spans = years.chunk_by(|one, next| one.year + 1 == next.year).map(span);
    spans.collect::<Vec<_>>().join(", ")
}

/// A term of a theme, and how it bears on the trend of that.
struct TermRow<'a> {
    theme: &'a str,
    ratio: Option<RateTrend>,
    term: Term,
    bearing: Bearing,
}

impl TermRow<'_> {
    fn is_found(&self) -> bool {
        self.bearing.years.iter().any(|year| year.with_term > 0)
    }

    fn drift(&self) -> Cell {
        match self.term.drifts(&self.bearing).join("; ") {
            none if none.is_empty() && self.bearing.mix.is_some() => "none".into(),
            drifts => Cell::text_or_unknown(drifts),
        }
    }
}

/// A row for each year.
fn along(rows: &[TermRow]) -> Table {
    let mut table = Table::new(&COLUMNS);
    for row in rows {
        let Alternative { term, alone, without } = &row.term.alternative;
        let of_trend = |trend: Option<&RateTrend>| match trend {
            Some(RateTrend { ratio, low, high, p, .. }) => {
                [(*ratio).into(), (*low).into(), (*high).into(), Cell::P(p.value)]
            }
            None => [Cell::Unknown, Cell::Unknown, Cell::Unknown, Cell::Unknown],
        };
        let [ratio, _, _, p] = of_trend(row.ratio.as_ref());
        for TermYear { year, with_term, with_theme, .. } in &row.bearing.years {
            let share = (*with_theme > 0).then(|| *with_term as f64 / *with_theme as f64);
            let mut cells: Vec<Cell> = vec![row.theme.into(), term.as_str().into(), year.to_string().into()];
            cells.extend([(*with_term).into(), (*with_theme).into(), share.into()]);
            cells.extend([
                row.bearing.mix.map(|mix| mix.from).into(),
                row.bearing.mix.map(|mix| mix.to).into(),
            ]);
            cells.extend([ratio.clone(), p.clone()]);
            cells.extend(of_trend(row.bearing.without.as_ref().ok()));
            cells.extend([row.drift(), alone.to_string().into()]);
            cells.push(without.as_ref().map(Query::to_string).into());
            table.push(cells);
        }
    }
    table
}

/// A row for each term that finds something, years across: for people.
fn across(rows: &[TermRow]) -> Table {
    let years: BTreeSet<u16> =
        rows.iter().flat_map(|row| row.bearing.years.iter().map(|year| year.year)).collect();
    let mut columns: Vec<String> = vec!["theme".to_owned(), "term".to_owned()];
    columns.extend(years.iter().map(u16::to_string));
    columns.extend(["ratio_p", "ratio_without", "p_without", "drift"].map(str::to_owned));
    let mut table = Table::new(&columns);
    for row in rows.iter().filter(|row| row.is_found()) {
        let mut cells: Vec<Cell> = vec![row.theme.into(), row.term.alternative.term.as_str().into()];
        cells.extend(years.iter().map(|year| {
            let of = row.bearing.years.iter().find(|of| of.year == *year);
            Cell::from(of.map(|of| format!("{}/{}", of.with_term, of.with_theme)))
        }));
        let without = row.bearing.without.as_ref().ok();
        let p = |trend: Option<&RateTrend>| trend.map_or(Cell::Unknown, |trend| Cell::P(trend.p.value));
        cells.extend([
            p(row.ratio.as_ref()),
            without.map(|trend| trend.ratio).into(),
            p(without),
            row.drift(),
        ]);
        table.push(cells);
    }
    table
}
