//! `compare`: two sides, theme by theme: is the difference real?

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::ensure;
use rayon::prelude::*;

use super::compare_pairs::{self, MOST};
use super::councils::listed;
use super::filters::{FilterArgs, HomeNames, read_query};
use super::groups::{Denominators, LEAST_COVERAGE, Row, say_left_out};
use super::search::{Limit, plural, say_own_fields, say_unknown};
use super::sides::side;
use super::theme::codebook;
use super::validations::Validations;
use super::{Context, Outcome};
use crate::analyse::{
    Rate, Theme, benjamini_hochberg, benjamini_yekutieli, design_effect, exchange_p, pairing_rules,
    rate_ratio, share_difference,
};
use crate::index::{Found, Index, Unit};
use crate::model::Result;
use crate::report::{Cell, Format, Table};
use crate::search::{Filter, Query, Terms, Tokens, snippet};

/// Rates are of so many passages.
const PER: f64 = 1_000.0;

/// What a terminal shows, beside quotations.
const SHOWN: [&str; 13] = [
    "theme",
    "a_rate",
    "b_rate",
    "rate_ratio",
    "low",
    "high",
    "p",
    "p_adjusted",
    "only_in",
    "a_meetings",
    "a_of_meetings",
    "b_meetings",
    "b_of_meetings",
];

/// What divides meetings by chance begins with, so that a p value is the same in every run.
const SEED: u64 = 1;

/// The length of a quotation, in characters.
const QUOTE_CHARS: usize = 300;

/// What the figures are and how passages are paired, for `--help`.
fn help() -> String {
    format!(
        "rate_ratio is a_rate / b_rate, with a 95 % interval; `inf` where B has none. The interval is widened by the \
         design effect of each side: by how much more its passages with the theme cluster in meetings than by \
         chance (Rao and Scott 1999; 1 is not at all). p is the larger of that of the ratio and of one that asks \
         how often as large a difference comes about when the same meetings are put on the two sides by chance \
         (19,999 times, so that it is not below 0.00005): what one meeting says often is one meeting. Where the \
         interval leaves out 1 and p is large, the theme stands in too few meetings to tell. only_in is `a` or `b`, the \
         side that alone has the theme in what can be read of both; it is blank where both have it, neither has, or too \
         little can be read to say.\n\
         \n\
         --pairs: the same questions asked in both. {}\n\
         \n\
         Examples:\n\
         \x20 scrutineer compare kent essex --themes csc03_caseloads\n\
         \x20 scrutineer compare kent essex --pairs 5\n\
         \x20 scrutineer compare kent essex --query 'pothole* NEAR/9 repair*' --pairs all --output pairs.csv",
        pairing_rules(MOST)
    )
}

/// The arguments of `compare`.
#[derive(clap::Args)]
#[command(after_long_help = help())]
pub struct Args {
    /// One side: a council, or several with commas between; `body:WORDS`; a period such as
    /// 2015..2018, 2019.. or 2020; or several of these with blanks between, as in `kent 2015..2018`.
    #[arg(value_name = "A")]
    a: String,
    /// The other side.
    #[arg(value_name = "B")]
    b: String,
    /// Themes, by id; all of the codebook when neither a theme nor a query is named.
    #[arg(long, value_delimiter = ',', value_name = "THEME,…")]
    themes: Vec<String>,
    /// A query, compared as a theme is; may be given several times. `scrutineer help query` explains
    /// the language.
    #[arg(long, value_name = "QUERY", allow_hyphen_values = true)]
    query: Vec<String>,
    /// Match the words of queries as written, not by their stem.
    #[arg(long, requires = "query")]
    exact: bool,
    /// A codebook of your own.
    #[arg(long, value_name = "FILE")]
    codebook: Option<PathBuf>,
    #[command(flatten)]
    filters: FilterArgs,
    /// How p is adjusted for the number of themes: after Benjamini and Yekutieli, which holds for
    /// themes that overlap, or after Benjamini and Hochberg.
    #[arg(long, value_enum, default_value_t = Adjust::By)]
    adjust: Adjust,
    /// The least share of held meetings that must be readable on a side, from 0 to 1; below it the
    /// figures are blank.
    #[arg(long, default_value_t = LEAST_COVERAGE, value_name = "SHARE", value_parser = share)]
    min_coverage: f64,
    /// Quote the best passage of each side.
    #[arg(long)]
    quotes: bool,
    /// Show no figures, but passages of the two sides that ask the same, side by side: of each theme
    /// this many pairs, or `all`.
    #[arg(
        long,
        value_name = "N|all",
        conflicts_with_all = ["quotes", "adjust", "min_coverage"]
    )]
    pairs: Option<Limit>,
}

/// What is asked of both sides: a theme, or a query.
pub struct Subject {
    /// The theme's id, or the query as typed.
    pub name: String,
    /// What finds its passages.
    pub query: Query,
    /// Whether it is a theme: a query that is typed may read as the id of one.
    is_theme: bool,
}

impl Args {
    /// The themes that are named and the queries; all themes where none of either is. With
    /// what is known of how well the themes find.
    fn subjects(&self, context: &Context, index: &Index) -> anyhow::Result<(Vec<Subject>, Validations)> {
        let codebook = codebook(self.codebook.as_deref())?;
        let themes = match self.themes.is_empty() && !self.query.is_empty() {
            true => Vec::new(),
            false => codebook.select(&self.themes)?,
        };
        let validations = Validations::read(context, &codebook, &themes)?;
        let of_theme =
            |theme: &Theme| Subject { name: theme.id.clone(), query: theme.query.clone(), is_theme: true };
        let mut subjects: Vec<Subject> = themes.into_iter().map(of_theme).collect();
        let names = HomeNames::new(context, None);
        let terms = if self.exact { Terms::Exact } else { Terms::Stemmed };
        for text in &self.query {
            let query = read_query(&names, text, terms)?;
            say_unknown(context, index, &query)?;
            say_own_fields(context, &query);
            subjects.push(Subject { name: text.clone(), query, is_theme: false });
        }
        Ok((subjects, validations))
    }
}

/// How p values are adjusted for the number of tests.
#[derive(Clone, Copy, clap::ValueEnum)]
pub enum Adjust {
    /// Benjamini and Yekutieli (2001).
    By,
    /// Benjamini and Hochberg (1995).
    Bh,
}

impl Adjust {
    /// The adjusted values, in the order of those given.
    pub fn adjusted(self, p_values: &[f64]) -> Vec<f64> {
        let adjusted = match self {
            Self::By => benjamini_yekutieli(p_values),
            Self::Bh => benjamini_hochberg(p_values),
        };
        adjusted.unwrap_or_default()
    }

    /// The source, and when it holds.
    pub fn source(self) -> &'static str {
        match self {
            Self::By => "Benjamini and Yekutieli (2001), for themes may overlap",
            Self::Bh => "Benjamini and Hochberg (1995)",
        }
    }
}

/// A share from 0 to 1.
pub fn share(text: &str) -> std::result::Result<f64, String> {
    text.parse()
        .ok()
        .filter(|share| (0.0..=1.0).contains(share))
        .ok_or("it is a number from 0 to 1".to_owned())
}

/// One side: what counts on it, and of how much.
struct Side {
    filter: Filter,
    denominators: Denominators,
    /// By place of a meeting: its passages that count.
    passages: BTreeMap<usize, u64>,
}

/// What was found of a theme on a side.
struct OfTheme {
    row: Row,
    /// A rate for each meeting: the independent units.
    meetings: Vec<Rate>,
}

/// Runs `compare`.
pub fn run(context: &Context, args: Args) -> anyhow::Result<Outcome> {
    let common = args.filters.filter(context)?;
    let index = context.index()?;
    let (subjects, validations) = args.subjects(context, &index)?;
    let sides = [&args.a, &args.b].map(|text| Side::new(context, &index, text, &common));
    let [a, b] = sides;
    let (a, b) = (a?, b?);
    ensure!(a.filter != b.filter, "`{}` and `{}` are the same", args.a, args.b);
    let n_shared = a.passages.keys().filter(|meeting| b.passages.contains_key(meeting)).count();
    ensure!(
        n_shared == 0,
        "`{}` and `{}` share {}: a comparison needs sides without any in common",
        args.a,
        args.b,
        plural(n_shared as u64, "meeting", "meetings")
    );
    let (found_a, found_b) = (a.find(&index, &subjects)?, b.find(&index, &subjects)?);
    if let Some(Limit(limit)) = args.pairs {
        let outcome = compare_pairs::run(
            context,
            &index,
            &subjects,
            [(&args.a, &found_a), (&args.b, &found_b)],
            [&a, &b].iter().all(|side| side.row().is_known(LEAST_COVERAGE)),
            limit,
        )?;
        for (name, side) in [(&args.a, &a), (&args.b, &b)] {
            side.say_coverage(context, name, LEAST_COVERAGE, "what is not found may stand in the rest");
        }
        say_left_out(context, &index, &common)?;
        return Ok(outcome);
    }

    let test = |(of_a, of_b): (&Found, &Found)| {
        let (of_a, of_b) = (a.of_theme(&index, of_a), b.of_theme(&index, of_b));
        let is_known = |of: &OfTheme| of.row.is_known(args.min_coverage);
        let test = (is_known(&of_a) && is_known(&of_b)).then(|| Test::new(&of_a, &of_b));
        (of_a, of_b, test)
    };
    let tests: Vec<(OfTheme, OfTheme, Option<Test>)> = found_a.par_iter().zip(&found_b).map(test).collect();
    // Of a theme that neither side has, nothing was tested.
    let p_values: Vec<f64> = tests.iter().filter_map(|(.., test)| test.as_ref()?.p).collect();
    let mut adjusted = args.adjust.adjusted(&p_values).into_iter();

    let mut columns = vec!["theme", "a_rate", "b_rate", "rate_ratio", "low", "high", "p", "p_adjusted"];
    columns.extend([
        "a_design_effect",
        "b_design_effect",
        "a_share",
        "b_share",
        "difference",
        "h",
        "only_in",
    ]);
    columns.extend(["a_passages", "a_of_passages", "a_meetings", "a_of_meetings", "a_coverage"]);
    columns.extend(["b_passages", "b_of_passages", "b_meetings", "b_of_meetings", "b_coverage"]);
    if args.quotes {
        columns.extend(["a_quote", "a_passage_id", "b_quote", "b_passage_id"]);
    }
    let is_for_people = context.format == Format::Table;
    let mut table = Table::new(&columns);
    let mut n_nowhere = 0;
    let mut themes = Vec::new();
    for (at, (subject, (of_a, of_b, test))) in subjects.iter().zip(&tests).enumerate() {
        let mut cells: Vec<Cell> = vec![subject.name.as_str().into()];
        match test {
            Some(test) => {
                let p_adjusted = test.p.and_then(|_| adjusted.next());
                cells.extend(test.rates.map(Cell::from));
                cells.extend([test.ratio, test.low, test.high].map(limit));
                cells.extend([test.p, p_adjusted].map(|p| p.map_or(Cell::Unknown, Cell::P)));
                cells.extend(test.design_effects.map(Cell::from));
                cells.extend(test.shares.map(Cell::from));
                cells.extend([test.difference, test.h].map(Cell::from));
                cells.push(Cell::text_or_unknown(test.only_in));
            }
            None => cells.extend(std::iter::repeat_n(Cell::Unknown, 14)),
        }
        for of in [of_a, of_b] {
            let Row { tally, of_passages, of_meetings, coverage } = &of.row;
            cells.extend([of.row.count(tally.passages), of.row.count(*of_passages)]);
            cells.extend([of.row.count(tally.meetings), (*of_meetings).into(), (*coverage).into()]);
        }
        if args.quotes {
            cells.extend(quote(&index, &found_a[at])?);
            cells.extend(quote(&index, &found_b[at])?);
        }
        let is_anywhere = of_a.row.tally.passages + of_b.row.tally.passages > 0;
        if is_for_people && !is_anywhere {
            n_nowhere += 1;
            continue;
        }
        table.push(cells);
        themes.push(subject.is_theme.then(|| subject.name.clone()));
    }
    if is_for_people {
        table.keep_columns(|column| SHOWN.contains(&column) || column.contains("quote"));
    }
    validations.add_of(&mut table, context.format, &themes);
    context.write(&table)?;
    if n_nowhere > 0 {
        let themes = plural(n_nowhere, "theme is", "themes are");
        context.say(match tests.iter().any(|(.., test)| test.is_some()) {
            true => format!("{themes} in neither and not shown"),
            false => format!("{themes} found on neither side and not shown; {TOO_LITTLE}"),
        });
    }
    let only_in = ["a", "b"].map(|side| {
        let is_only = |test: &Option<Test>| test.as_ref().is_some_and(|test| test.only_in == side);
        let of_side = subjects.iter().zip(&tests).filter(|(_, (.., test))| is_only(test));
        of_side.map(|(subject, _)| subject.name.clone()).collect()
    });
    say_only_in(context, [&args.a, &args.b], only_in);
    validations.say(context);
    say_method(context, &args, p_values.len());
    for (name, side) in [(&args.a, &a), (&args.b, &b)] {
        side.say_coverage(context, name, args.min_coverage, "no figures (`--min-coverage` sets the limit)");
    }
    say_left_out(context, &index, &common)?;
    Ok(Outcome::found(tests.iter().any(|(.., test)| test.is_some())))
}

/// Why what was not found is not said to be missing.
pub const TOO_LITTLE: &str = "too little can be read to say what is not there";

/// Says what one side has and the other lacks, by the names of both.
pub fn say_only_in(context: &Context, names: [&str; 2], only_in: [Vec<String>; 2]) {
    for (name, themes) in names.iter().zip(only_in) {
        if !themes.is_empty() {
            context.say(format!("of what can be read, only {name} has: {}", listed(&themes)));
        }
    }
}

/// Says what the figures are, and of how many tests p is adjusted.
fn say_method(context: &Context, args: &Args, n_tests: usize) {
    context.say(format!(
        "a: {}; b: {}. Rates are passages with the theme of 1,000 that can be read; the ratio has a 95 % interval, \
         widened by how much more the meetings of a side differ than by chance (design effects, Rao and Scott 1999); p \
         is the larger of that of the ratio and the share of divisions of the same meetings by chance that are as \
         uneven; neither where a side is a single meeting. Shares are of readable meetings. p adjusted for {} after {}",
        args.a,
        args.b,
        plural(n_tests as u64, "theme that either side has", "themes that either side has"),
        args.adjust.source(),
    ));
}

/// A ratio, or a limit of one: `inf` where it has no end, which is not unknown.
pub fn limit(limit: Option<f64>) -> Cell {
    match limit {
        Some(limit) if limit.is_infinite() => "inf".into(),
        limit => limit.into(),
    }
}

/// The best passage, and its identifier.
fn quote(index: &Index, found: &Found) -> Result<[Cell; 2]> {
    let Some((passage, spans)) = index.load(found, &found.best(1))?.pop() else {
        return Ok([Cell::Unknown, Cell::Unknown]);
    };
    let pieces = snippet(&passage.text, &Tokens::read(&passage.text), &spans, QUOTE_CHARS);
    Ok([Cell::Quote(pieces), passage.passage_id.0.into()])
}

impl Side {
    fn new(context: &Context, index: &Index, text: &str, common: &Filter) -> anyhow::Result<Self> {
        let filter = side(context, text, common)?;
        let denominators = Denominators::new(context, index, &filter, &[])?;
        let passages = index.passages_by_meeting(&filter);
        Ok(Self { filter, denominators, passages })
    }

    /// What is found of each, with scores: quotations and pairs are of the best.
    fn find(&self, index: &Index, subjects: &[Subject]) -> Result<Vec<Found>> {
        let find = |subject: &Subject| index.find(&subject.query, &self.filter, Unit::Passage);
        subjects.par_iter().map(find).collect()
    }

    fn of_theme(&self, index: &Index, found: &Found) -> OfTheme {
        let row = self.denominators.row(&Vec::new(), &index.tally(&found.hits, &[]));
        let mut counts: BTreeMap<usize, u64> = BTreeMap::new();
        found.hits.iter().for_each(|hit| *counts.entry(hit.key().0).or_default() += 1);
        let rate = |(place, of): (&usize, &u64)| Rate {
            count: counts.get(place).copied().unwrap_or_default(),
            exposure: *of as f64 / PER,
        };
        OfTheme { row, meetings: self.passages.iter().map(rate).collect() }
    }

    /// What can be read of it.
    fn row(&self) -> Row {
        self.denominators.row(&Vec::new(), &BTreeMap::new())
    }

    /// Says where nothing is known of a side, or less than the share `least` of its held meetings;
    /// and what follows from that.
    fn say_coverage(&self, context: &Context, name: &str, least: f64, so: &str) {
        let row = self.row();
        if row.of_meetings.is_none() {
            context.say(format!("{name}: nothing is known, no meeting has readable minutes"));
        } else if let Some(coverage) = row.coverage.filter(|_| row.is_thin(least)) {
            context.say(format!(
                "{name}: {:.0} % of the held meetings can be read, less than {:.0} %: {so}",
                coverage * 100.0,
                least * 100.0
            ));
        }
    }
}

/// What a theme's figures on two sides come to.
struct Test {
    /// Passages with the theme of 1,000.
    rates: [Option<f64>; 2],
    /// The first rate over the second, infinite where the second is 0; `None` where
    /// neither side has the theme.
    ratio: Option<f64>,
    /// The lower end of its 95 % interval.
    low: Option<f64>,
    /// The upper end, which may be infinite.
    high: Option<f64>,
    /// The larger of two: that of the ratio, and that of which meetings are on which side.
    /// `None` where neither side has the theme, or where a side is a single meeting, which
    /// cannot tell by how much its meetings differ.
    p: Option<f64>,
    /// By how much the passages with the theme vary more than by chance from meeting to
    /// meeting; `None` where neither side has it, or of a side of one meeting.
    design_effects: [Option<f64>; 2],
    /// Readable meetings with the theme, from 0 to 1.
    shares: [Option<f64>; 2],
    difference: Option<f64>,
    h: Option<f64>,
    /// The side that alone has it.
    only_in: &'static str,
}

impl Test {
    fn new(a: &OfTheme, b: &OfTheme) -> Self {
        let rate =
            |of: &OfTheme| Rate { count: of.row.tally.passages, exposure: of.row.of_passages as f64 / PER };
        let (rate_a, rate_b) = (rate(a), rate(b));
        let is_found = rate_a.count + rate_b.count > 0;
        let design_effects = [a, b].map(|side| design_effect(&side.meetings).filter(|_| is_found));
        let ratio = rate_ratio(rate_a, rate_b, design_effects.map(|effect| effect.unwrap_or(1.0)));
        let ratio = ratio.filter(|_| is_found);
        let with_interval = ratio.filter(|_| design_effects.iter().all(Option::is_some));
        let exchanged = || exchange_p(&a.meetings, &b.meetings, SEED);
        let meetings = |of: &OfTheme| (of.row.tally.meetings, of.row.of_meetings.unwrap_or_default());
        let (meetings_a, meetings_b) = (meetings(a), meetings(b));
        let share = |(with, of): (u64, u64)| (of > 0).then(|| with as f64 / of as f64);
        let difference = share_difference(meetings_a, meetings_b);
        Self {
            rates: [rate_a.value(), rate_b.value()],
            ratio: ratio.map(|ratio| ratio.ratio.unwrap_or(f64::INFINITY)),
            low: with_interval.map(|ratio| ratio.low),
            high: with_interval.map(|ratio| ratio.high.unwrap_or(f64::INFINITY)),
            p: with_interval.and_then(|ratio| Some(ratio.p.value.max(exchanged()?))),
            design_effects,
            shares: [share(meetings_a), share(meetings_b)],
            difference: difference.map(|difference| difference.difference),
            h: difference.map(|difference| difference.h),
            only_in: match (rate_a.count, rate_b.count) {
                (1.., 0) => "a",
                (0, 1..) => "b",
                _ => "",
            },
        }
    }
}
