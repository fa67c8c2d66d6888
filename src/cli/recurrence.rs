//! `recurrence`: does a theme come back in the meetings of a body?

use std::collections::{BTreeMap, HashSet};

use super::compare::{Adjust, share};
use super::filters::FilterArgs;
use super::groups::{LEAST_COVERAGE, is_asked_for, meeting_states, say_left_out};
use super::search::plural;
use super::theme::{ThemeArgs, codebook};
use super::validations::Validations;
use super::{Context, Outcome};
use crate::analyse::{
    MeetingState, RETURN_GAP, Recurrence, Sighting, Theme, recurrence, recurrence_rules, wilson,
};
use crate::index::MatchSet;
use crate::model::{MeetingId, MeetingStatus, PartialDate};
use crate::report::{Cell, Format, Table};

/// The arguments of `recurrence`.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    of: ThemeArgs,
    #[command(flatten)]
    filters: FilterArgs,
    /// After how many readable meetings without it a theme that is seen again has returned.
    #[arg(long, default_value_t = RETURN_GAP, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    gap: u64,
    /// Whose meetings make a sequence: each body's, or those of all bodies of a council.
    #[arg(long, value_enum, default_value_t = By::Body)]
    by: By,
    /// The least share of held meetings that must be readable, from 0 to 1; below it there is
    /// neither share nor class.
    #[arg(long, default_value_t = LEAST_COVERAGE, value_name = "SHARE", value_parser = share)]
    min_coverage: f64,
    /// How runs_p is adjusted for the number of rows that have it: after Benjamini and Yekutieli,
    /// which holds for themes that overlap, or after Benjamini and Hochberg.
    #[arg(long, value_enum, default_value_t = Adjust::By)]
    adjust: Adjust,
}

/// Whose meetings make a sequence.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum By {
    /// Those of each body.
    Body,
    /// Those of all bodies of a council.
    Council,
}

/// The meetings of one body or council that were held, in the order in which they were.
#[derive(Default)]
struct Sequence {
    /// When, which, and whether its minutes can be read.
    meetings: Vec<(PartialDate, MeetingId, bool)>,
}

const COLUMNS: [&str; 22] = [
    "council",
    "theme",
    "first",
    "last",
    "meetings",
    "share",
    "longest_run",
    "longest_gap",
    "returns",
    "class",
    "body",
    "of_meetings",
    "unreadable",
    "coverage",
    "low",
    "high",
    "since_last",
    "unsure_returns",
    "runs",
    "runs_p",
    "no_class_because",
    "runs_p_adjusted",
];

/// How many of the columns a terminal shows.
const N_SHOWN: usize = 13;

/// Runs `recurrence`.
pub fn run(context: &Context, args: Args) -> anyhow::Result<Outcome> {
    let codebook = codebook(args.of.codebook.as_deref())?;
    let themes = codebook.select(&args.of.themes)?;
    let validations = Validations::read(context, &codebook, &themes)?;
    let filter = args.filters.filter(context)?;
    let index = context.index()?;
    let sets: Vec<MatchSet> =
        themes.iter().map(|theme| MatchSet { query: &theme.query, filter: &filter }).collect();
    let found = index.find_each(&sets)?;

    let states = meeting_states(context, &index, &filter)?;
    // What is left out of the search, such as minutes in Welsh, tells nothing.
    let readable = index.meetings_with(&filter.for_meetings());
    let asked_for = states.into_iter().filter(|state| is_asked_for(&filter, state));
    let (sequences, n_undated) = sequences(asked_for, &readable, args.by);
    let is_for_people = context.format == Format::Table;
    let mut rows = Vec::new();
    let (mut n_unseen, mut n_unknown) = (0, 0);
    for (theme, found) in themes.iter().zip(&found) {
        let with_theme: HashSet<&MeetingId> =
            found.hits.iter().map(|hit| &index.meeting_of(hit).id).collect();
        for ((council, body), sequence) in &sequences {
            let sightings: Vec<Sighting> = sequence
                .meetings
                .iter()
                .map(|(date, id, is_readable)| Sighting {
                    date: *date,
                    has_theme: is_readable.then(|| with_theme.contains(id)),
                })
                .collect();
            let found = recurrence(&sightings, args.gap);
            if is_for_people && found.with_theme == 0 {
                *if found.readable > 0 { &mut n_unseen } else { &mut n_unknown } += 1;
                continue;
            }
            rows.push(((council.as_str(), body.as_str()), *theme, found));
        }
    }
    let tests: Vec<f64> = rows.iter().filter_map(|(_, _, found)| Some(found.runs?.p.value)).collect();
    let mut adjusted = args.adjust.adjusted(&tests).into_iter();
    let mut table = Table::new(&COLUMNS);
    for (of, theme, found) in &rows {
        let mut cells = row(*of, theme, found, args.min_coverage);
        cells.push(found.runs.and_then(|_| adjusted.next()).map_or(Cell::Unknown, Cell::P));
        table.push(cells);
    }
    if is_for_people {
        table.keep_columns(|column| COLUMNS[..N_SHOWN].contains(&column));
    }
    validations.add_to(&mut table, context.format);
    context.write(&table)?;
    validations.say(context);
    context.say(recurrence_rules(args.gap).trim_end());
    if !tests.is_empty() && !is_for_people {
        context.say(format!(
            "runs_p: whether meetings with the theme come in clusters; adjusted for {} here after {}",
            plural(tests.len() as u64, "such test", "such tests"),
            args.adjust.source(),
        ));
    }
    if n_unseen > 0 {
        let pairs = plural(n_unseen, "pair of theme and body was", "pairs of theme and body were");
        context.say(format!("{pairs} never seen and are not shown: a file has them"));
    }
    if n_unknown > 0 {
        let pairs = plural(n_unknown, "pair of theme and body", "pairs of theme and body");
        context.say(format!("of {pairs} nothing is known: no meeting of the body can be read"));
    }
    if n_undated > 0 {
        let meetings = plural(n_undated, "held meeting is", "held meetings are");
        context.say(format!("{meetings} left out, as no date of it is known"));
    }
    say_left_out(context, &index, &filter)?;
    Ok(Outcome::found(!table.rows.is_empty()))
}

/// The held meetings by council and body, body empty where all of a council are one
/// sequence; and how many have no date.
fn sequences(
    states: impl Iterator<Item = MeetingState>,
    readable: &HashSet<&MeetingId>,
    by: By,
) -> (BTreeMap<(String, String), Sequence>, u64) {
    let mut sequences: BTreeMap<(String, String), Sequence> = BTreeMap::new();
    let mut n_undated = 0;
    // What counts under another meeting counts there.
    for state in states.filter(|state| state.meeting.status == MeetingStatus::Held && state.copy_of.is_none())
    {
        let meeting = state.meeting;
        let is_readable = readable.contains(&meeting.id);
        let Some(date) = meeting.date else {
            n_undated += 1;
            continue;
        };
        let body = if by == By::Body { meeting.body } else { String::new() };
        let sequence = sequences.entry((meeting.council, body)).or_default();
        sequence.meetings.push((date, meeting.id, is_readable));
    }
    sequences.values_mut().for_each(|sequence| sequence.meetings.sort());
    (sequences, n_undated)
}

fn row((council, body): (&str, &str), theme: &Theme, found: &Recurrence, min_coverage: f64) -> Vec<Cell> {
    let held = found.readable + found.unreadable;
    let coverage = (held > 0).then(|| found.readable as f64 / held as f64);
    let is_known = coverage.is_some_and(|coverage| coverage >= min_coverage);
    let count = |count: u64| if found.readable > 0 { Cell::Count(count) } else { Cell::Unknown };
    let date = |date: Option<PartialDate>| date.map(|date| date.to_string()).into();
    let interval = wilson(found.with_theme, found.readable).filter(|_| is_known);
    let class = found.class.map(|class| class.name()).map_err(|reason| reason.name());
    let (class, why) = match class {
        _ if !is_known => (None, Some("too few of the held meetings can be read")),
        Ok(class) => (Some(class), None),
        Err(reason) => (None, Some(reason)),
    };
    vec![
        council.into(),
        theme.id.as_str().into(),
        date(found.first),
        date(found.last),
        count(found.with_theme),
        found.share.filter(|_| is_known).into(),
        count(found.longest_run.map_or(0, |run| run.meetings)),
        found.longest_gap.map(|gap| gap.meetings).into(),
        count(found.returns),
        class.into(),
        Cell::text_or_unknown(body),
        found.readable.into(),
        found.unreadable.into(),
        coverage.into(),
        interval.map(|(low, _)| low).into(),
        interval.map(|(_, high)| high).into(),
        found.since_last.map(|since| since.meetings).into(),
        count(found.unsure_returns),
        found.runs.map(|runs| runs.runs).into(),
        found.runs.map_or(Cell::Unknown, |runs| Cell::P(runs.p.value)),
        why.into(),
    ]
}
