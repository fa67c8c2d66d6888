//! `themes`: theme × council × year.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::compare::share;
use super::filters::FilterArgs;
use super::groups::{
    Denominators, LEAST_COVERAGE, Row, dimensions, group_cells, say_left_out, say_unknown_groups,
};
use super::search::plural;
use super::theme::{ThemeArgs, codebook};
use super::validations::Validations;
use super::{Context, Outcome};
use crate::analyse::{Dimension, GroupKey, Rate, Tally, Theme, poisson_interval, wilson};
use crate::index::{Found, Hit, Index, MatchSet, Size, passages_with_any};
use crate::model::{Councils, Error, PartialDate, Result};
use crate::report::{Cell, Format, Table, least_width};
use crate::search::Filter;

/// The arguments of `themes`.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    of: ThemeArgs,
    #[command(flatten)]
    filters: FilterArgs,
    /// What to count by: council, body, year, quarter, kind, edition, nation, region.
    #[arg(long, value_delimiter = ',', value_name = "D,…", default_value = "council,year")]
    by: Vec<String>,
    /// What the rate is of: meetings, items or passages with the theme, or matches in words; of
    /// several, a row each. Intervals take what they are of as independent: that holds for
    /// meetings, while those of items, passages and words of one meeting are too narrow.
    #[arg(long, value_enum, value_delimiter = ',', value_name = "UNIT,…", default_values = ["meeting"])]
    per: Vec<Per>,
    /// Count the groups of the codebook in place of their themes: what has any theme of a group
    /// counts once. Matches of different themes can overlap and are not added up.
    #[arg(long)]
    groups: bool,
    /// The least share of the held meetings of a group that must be readable for a rate, from
    /// 0 to 1.
    #[arg(long, default_value_t = LEAST_COVERAGE, value_name = "SHARE", value_parser = share)]
    min_coverage: f64,
}

/// What a rate is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Per {
    /// The share of readable meetings with the theme.
    Meeting,
    /// The share of agenda items with the theme.
    Item,
    /// Passages with the theme, of a thousand.
    Passage,
    /// Matches, in a million words.
    Word,
}

impl Per {
    /// What the CSV calls it.
    fn name(self) -> &'static str {
        match self {
            Self::Meeting => "meeting",
            Self::Item => "item",
            Self::Passage => "1000 passages",
            Self::Word => "million words",
        }
    }
}

/// Runs `themes`.
pub fn run(context: &Context, args: Args) -> anyhow::Result<Outcome> {
    let codebook = codebook(args.of.codebook.as_deref())?;
    let themes = codebook.select(&args.of.themes)?;
    let validations = Validations::read(context, &codebook, &themes)?;
    let filter = args.filters.filter(context)?;
    if args.groups && !args.of.themes.is_empty() {
        let message =
            "groups are counted with all of their themes: leave the names of themes out, or `--groups`";
        return Err(Error::Input(message.into()).into());
    }
    if args.groups && args.per.contains(&Per::Word) {
        let message = "groups have no rate per word: matches of different themes can overlap; ask for meeting, item or passage";
        return Err(Error::Input(message.into()).into());
    }
    let n_without_group = themes.iter().filter(|theme| theme.groups().next().is_none()).count();
    let is_across = args.per == [Per::Meeting];
    let of = RateOf {
        per: args.per,
        least_coverage: args.min_coverage,
        is_of_groups: args.groups,
        is_of_named: !args.of.themes.is_empty(),
    };
    let counts = ThemeCounts::new(context, &themes, &filter, &dimensions(&args.by)?, of)?;
    if context.format == Format::Table && counts.by().last() == Some(&Dimension::Year) && is_across {
        counts.write_years_across(context, &validations)?;
    } else if context.format == Format::Table {
        let shown = counts.shown();
        let mut table = counts.table_of(|theme| shown.contains(theme));
        validations.add_to(&mut table, context.format);
        context.write(&table)?;
        let found = counts.found();
        counts.say_unknown(context, |theme| found.contains(theme));
        context.say(counts.absent());
    } else {
        let mut table = counts.table();
        validations.add_to(&mut table, context.format);
        context.write(&table)?;
        counts.say_unknown(context, |_| true);
    }
    if args.groups && n_without_group > 0 {
        let themes = plural(n_without_group as u64, "theme of no group is", "themes of no group are");
        context.say(format!("{themes} not counted"));
    }
    if !args.groups {
        validations.say(context);
    }
    say_left_out(context, &counts.index, &filter)?;
    if counts.denominators.n_meetings() == 0 {
        context.say("nothing is known: no meeting with readable minutes passes the filters");
    }
    Ok(Outcome::found(!counts.found().is_empty()))
}

/// Which rates are given, of what, and where.
#[derive(Debug, Clone)]
pub struct RateOf {
    /// What they are per.
    pub per: Vec<Per>,
    /// The least share of held meetings that must be readable.
    pub least_coverage: f64,
    /// Whether groups of themes are counted.
    pub is_of_groups: bool,
    /// Whether the themes were named, so that a terminal shows those that were found nowhere too.
    pub is_of_named: bool,
}

impl Default for RateOf {
    fn default() -> Self {
        Self {
            per: vec![Per::Meeting],
            least_coverage: LEAST_COVERAGE,
            is_of_groups: false,
            is_of_named: false,
        }
    }
}

/// Themes counted by group, with denominators.
pub struct ThemeCounts {
    index: Index,
    denominators: Denominators,
    /// Items and words by group, where a rate is of these.
    sizes: BTreeMap<GroupKey, Size>,
    of: RateOf,
    rows: Vec<ThemeRow>,
}

struct ThemeRow {
    theme: String,
    group: GroupKey,
    row: Row,
}

impl ThemeCounts {
    /// Counts each theme in every group that is known of.
    pub fn new(
        context: &Context,
        themes: &[&Theme],
        filter: &Filter,
        by: &[Dimension],
        of: RateOf,
    ) -> Result<Self> {
        let index = context.index()?;
        let sets: Vec<MatchSet> =
            themes.iter().map(|theme| MatchSet { query: &theme.query, filter }).collect();
        let found = index.find_each(&sets)?;
        let denominators = Denominators::new(context, &index, filter, by)?;
        let needs_sizes = of.per.iter().any(|per| matches!(per, Per::Item | Per::Word));
        let sizes = if needs_sizes { index.sizes(filter, by) } else { BTreeMap::new() };
        let counted: Vec<(&str, Vec<Hit>)> = if of.is_of_groups {
            let mut groups: Vec<(&str, Vec<&Found>)> = Vec::new();
            for (theme, found) in themes.iter().zip(&found) {
                for name in theme.groups() {
                    match groups.iter_mut().find(|(group, _)| *group == name) {
                        Some((_, of_group)) => of_group.push(found),
                        None => groups.push((name, vec![found])),
                    }
                }
            }
            groups.into_iter().map(|(group, found)| (group, passages_with_any(&found))).collect()
        } else {
            themes.iter().zip(found).map(|(theme, found)| (theme.id.as_str(), found.hits)).collect()
        };
        let tallied = counted.into_par_iter().map(|(theme, hits)| (theme, index.tally(&hits, by)));
        let tallied: Vec<_> = tallied.collect();
        let mut rows = Vec::new();
        for (theme, tallies) in tallied {
            for group in denominators.groups() {
                let row = denominators.row(group, &tallies);
                rows.push(ThemeRow { theme: theme.to_owned(), group: group.clone(), row });
            }
        }
        Ok(Self { index, denominators, sizes, of, rows })
    }

    fn column(&self) -> &'static str {
        if self.of.is_of_groups { "group" } else { "theme" }
    }

    /// Says how many rows of some themes are of no known group.
    fn say_unknown(&self, context: &Context, is_shown: impl Fn(&str) -> bool) {
        let shown: Vec<&ThemeRow> = self.rows.iter().filter(|row| is_shown(&row.theme)).collect();
        say_unknown_groups(context, self.by(), shown.iter().map(|row| row.group.as_slice()));
    }

    fn by(&self) -> &[Dimension] {
        &self.denominators.by
    }

    /// One row for each theme and group.
    pub fn table(&self) -> Table {
        self.table_of(|_| true)
    }

    fn table_of(&self, is_wanted: impl Fn(&str) -> bool) -> Table {
        let mut columns = vec![self.column()];
        columns.extend(self.by().iter().map(|dimension| dimension.name()));
        columns.extend(["meetings", "meetings_with_theme", "passages", "matches"]);
        columns.extend(["rate", "low", "high", "coverage", "per", "of", "no_rate_because"]);
        let mut table = Table::new(&columns);
        for ThemeRow { theme, group, row } in self.rows.iter().filter(|row| is_wanted(&row.theme)) {
            for &per in &self.of.per {
                let mut cells: Vec<Cell> = vec![Cell::text_or_unknown(theme)];
                cells.extend(group_cells(group));
                cells.push(row.of_meetings.into());
                cells.extend([row.tally.meetings, row.tally.passages].map(|count| row.count(count)));
                let matches = Some(row.count(row.tally.matches)).filter(|_| !self.of.is_of_groups);
                cells.push(matches.unwrap_or(Cell::Unknown));
                let (of, rate) = self.rate(per, group, row);
                cells.extend(rate.map_or([const { Cell::Unknown }; 3], |rate| rate.map(Cell::Number)));
                cells.push(row.coverage.into());
                cells.extend([per.name().into(), of.into(), self.no_rate_because(row).into()]);
                table.push(cells);
            }
        }
        table
    }

    /// What a rate of a group is of, and the rate with the ends of its 95 % interval: of
    /// shares Wilson's, of matches Poisson's. None where the group is not known well enough.
    fn rate(&self, per: Per, group: &GroupKey, row: &Row) -> (Option<u64>, Option<[f64; 3]>) {
        let size = self.sizes.get(group).copied().unwrap_or_default();
        let Tally { meetings, items, passages, matches, .. } = row.tally;
        let of_share = |count: u64, of: u64, times: f64| {
            let (low, high) = wilson(count, of)?;
            Some([count as f64 / of as f64, low, high].map(|share| share * times))
        };
        let of_matches = |exposure: f64| {
            let rate = Rate { count: matches, exposure };
            let (low, high) = poisson_interval(rate)?;
            Some([rate.value()?, low, high])
        };
        let n_meetings = row.of_meetings.unwrap_or_default();
        let (of, rate) = match per {
            Per::Meeting => (n_meetings, of_share(meetings, n_meetings, 1.0)),
            Per::Item => (size.items, of_share(items, size.items, 1.0)),
            Per::Passage => (row.of_passages, of_share(passages, row.of_passages, 1e3)),
            Per::Word => (size.words, of_matches(size.words as f64 / 1e6)),
        };
        (row.of_meetings.map(|_| of), rate.filter(|_| self.no_rate_because(row).is_empty()))
    }

    /// Why a group has no rate; empty where it has one.
    fn no_rate_because(&self, row: &Row) -> &'static str {
        match row.of_meetings {
            None => "no readable minutes",
            Some(_) if row.is_thin(self.of.least_coverage) => "too few of the held meetings can be read",
            Some(_) => "",
        }
    }

    /// What was found and in how many meetings, without rates: the table of
    /// `quickstart`.
    pub fn counts_alone(&self) -> Table {
        let mut table = self.table();
        let n_kept = 1 + self.by().len() + 4;
        table.columns.truncate(n_kept);
        table.rows.iter_mut().for_each(|row| row.truncate(n_kept));
        table
    }

    /// For a terminal: years side by side, each cell `meetings with the theme /
    /// meetings with readable minutes`, blank where none is readable, and `–`
    /// where that is so because the council did not exist. As many years as fit, then the next ones below. Themes that were found nowhere
    /// are left to the legend, but those that were named.
    pub fn write_years_across(&self, context: &Context, validations: &Validations) -> Result<()> {
        let councils = context.home.councils()?;
        let n_before = self.by().len() - 1;
        let themes = self.shown();
        let shown: Vec<&ThemeRow> =
            self.rows.iter().filter(|row| themes.contains(row.theme.as_str())).collect();
        let width = |name: &str, of: &dyn Fn(&ThemeRow) -> usize| {
            least_width(shown.iter().map(|row| of(row)).max().unwrap_or(0), name.len())
        };
        let labels: usize = (0..n_before)
            .map(|at| width(self.by()[at].name(), &|row| row.group[at].chars().count()))
            .chain([width(self.column(), &|row| row.theme.len())])
            .sum();
        let labels_width = labels + validations.width();
        let n_digits = |n: u64| n.to_string().len();
        // Such as `12/34*`.
        let cell = width("2021", &|row| {
            row.row.of_meetings.map_or(0, |of| n_digits(row.row.tally.meetings) + n_digits(of) + 2)
        });
        let room = context.width().map_or(usize::MAX, |width| width.saturating_sub(labels_width));
        let years: BTreeSet<&str> = shown.iter().map(|row| &*row.group[n_before]).collect();
        let years: Vec<&str> = years.into_iter().collect();
        if years.is_empty() {
            context.write(&self.years_table(&councils, &shown, &[], n_before))?;
        }
        for years in years.chunks((room / cell).max(1)) {
            let mut table = self.years_table(&councils, &shown, years, n_before);
            validations.add_to(&mut table, context.format);
            context.write(&table)?;
        }
        let rows = shown.chunk_by(|a, b| a.theme == b.theme && a.group[..n_before] == b.group[..n_before]);
        say_unknown_groups(context, &self.by()[..n_before], rows.map(|same| &same[0].group[..n_before]));
        let has_absent =
            years.iter().any(|year| shown.iter().any(|row| !self.existed(&councils, &row.group, year)));
        context.say(self.legend(has_absent));
        Ok(())
    }

    /// Whether the council of a group existed in a year; so of every group that
    /// is of no council of the table, and where no year is known.
    fn existed(&self, councils: &Councils, group: &GroupKey, year: &str) -> bool {
        let at = self.by().iter().position(|dimension| *dimension == Dimension::Council);
        let council = at.and_then(|at| councils.all().iter().find(|council| *council.slug == *group[at]));
        let year = year.parse().ok().map(PartialDate::year_only);
        council.zip(year).is_none_or(|(council, year)| council.existed(year))
    }

    fn years_table(
        &self,
        councils: &Councils,
        shown: &[&ThemeRow],
        years: &[&str],
        n_before: usize,
    ) -> Table {
        let mut columns = vec![self.column().to_owned()];
        columns.extend(self.by()[..n_before].iter().map(|dimension| dimension.name().to_owned()));
        columns.extend(
            years.iter().map(|year| if year.is_empty() { "undated".into() } else { (*year).to_owned() }),
        );
        let mut table = Table::new(&columns);
        for same in shown.chunk_by(|a, b| a.theme == b.theme && a.group[..n_before] == b.group[..n_before]) {
            let mut cells: Vec<Cell> = vec![same[0].theme.as_str().into()];
            cells.extend(group_cells(&same[0].group[..n_before]));
            let of_year = |year: &&str| {
                let row = same.iter().find(|row| *row.group[n_before] == **year).map(|row| &row.row);
                row.and_then(|row| {
                    let mark = if row.is_thin(self.of.least_coverage) { "*" } else { "" };
                    Some((row.tally.meetings, row.of_meetings?, mark))
                })
            };
            cells.extend(years.iter().map(|year| match of_year(year) {
                Some((with, of, mark)) => format!("{with}/{of}{mark}").into(),
                None if !self.existed(councils, &same[0].group, year) => "–".into(),
                None => Cell::Unknown,
            }));
            table.push(cells);
        }
        table
    }

    /// What the cells of [`ThemeCounts::write_years_across`] mean, and what is
    /// not shown.
    fn legend(&self, has_absent: bool) -> String {
        let absent = self.absent();
        let none = if has_absent { "; –: the council did not exist" } else { "" };
        let is_thin =
            |row: &ThemeRow| row.row.of_meetings.is_some() && row.row.is_thin(self.of.least_coverage);
        let thin = match self.rows.iter().any(is_thin) {
            true => format!(
                "; *: less than {:.0} % of the held meetings readable",
                self.of.least_coverage * 100.0
            ),
            false => String::new(),
        };
        let legend = format!(
            "2/4: in 2 of 4 meetings with readable minutes; blank: no readable minutes{thin}{none}. {absent}"
        );
        legend.trim_end().to_owned()
    }

    /// How many themes a terminal is not shown.
    fn absent(&self) -> String {
        let what = self.column();
        // Of what cannot be read that is not known.
        if self.denominators.n_meetings() == 0 {
            return String::new();
        }
        match self.all().len() - self.shown().len() {
            0 => String::new(),
            1 => format!("1 {what} matched nowhere and is not shown: a file has it."),
            n => format!("{n} {what}s matched nowhere and are not shown: a file has them."),
        }
    }

    fn all(&self) -> BTreeSet<&str> {
        self.rows.iter().map(|row| row.theme.as_str()).collect()
    }

    /// The themes that a terminal shows.
    fn shown(&self) -> BTreeSet<&str> {
        if self.of.is_of_named { self.all() } else { self.found() }
    }

    fn found(&self) -> BTreeSet<&str> {
        let found = self.rows.iter().filter(|row| row.row.tally.passages > 0);
        found.map(|row| row.theme.as_str()).collect()
    }
}
