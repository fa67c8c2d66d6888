//! Counts with their denominators, for the groups that a person asked for.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use super::Context;
use super::councils::listed;
use super::search::plural;
use crate::analyse::{
    Coverage, Dimension, GroupKey, ListedTwice, Lost, MeetingState, Tally, coverage, listed_twice, wilson,
};
use crate::corpus::{Cause, Corpus, LostMeeting, Outcome};
use crate::index::{CopiedMeeting, Index, ReadingState, Totals};
use crate::model::{
    Council, DateRange, Defect, Error, Language, Meeting, MeetingId, MeetingStatus, Result, SiteId,
};
use crate::report::Cell;
use crate::search::Filter;

/// The least share of the held meetings of a group that must be readable for a figure of
/// it, unless another is asked for.
pub const LEAST_COVERAGE: f64 = 0.5;

/// How many copies are named one by one.
const N_NAMED: usize = 3;

/// What hits are counted against: the passages and meetings that a filter lets
/// through, and the register of meetings.
pub struct Denominators {
    /// The dimensions of the groups.
    pub by: Vec<Dimension>,
    of_passages: Totals,
    of_meetings: Totals,
    coverage: BTreeMap<GroupKey, Coverage>,
}

/// One group's counts and what they are of.
pub struct Row {
    /// What was found; zeros where the group was readable and nothing was.
    pub tally: Tally,
    /// Passages that could have matched.
    pub of_passages: u64,
    /// Meetings with readable text, of a group by edition in that edition; `None`
    /// when there is none, and so nothing is known of the group.
    pub of_meetings: Option<u64>,
    /// The share of held meetings that can be read; `None` when it is not
    /// known, as for groups that are not of whole meetings.
    pub coverage: Option<f64>,
}

impl Denominators {
    /// Counts what could match.
    pub fn new(context: &Context, index: &Index, filter: &Filter, by: &[Dimension]) -> Result<Self> {
        let of_whole_meetings = by.iter().all(|dimension| dimension.is_of_meetings());
        let coverage = if of_whole_meetings {
            let states = meeting_states(context, index, filter)?;
            // What is only scheduled has nothing to be read yet, and no share.
            let is_past = |state: &&MeetingState| state.meeting.status != MeetingStatus::Scheduled;
            coverage(states.iter().filter(is_past).filter(|state| is_asked_for(filter, state)), by)
        } else {
            BTreeMap::new()
        };
        let of_meetings: Vec<Dimension> = by.iter().copied().filter(is_of_denominators).collect();
        Ok(Self {
            by: by.to_vec(),
            of_passages: index.totals(filter, by),
            of_meetings: index.totals(&filter.for_meetings(), &of_meetings),
            coverage,
        })
    }

    /// Every group that is known of: read, or only listed in the register.
    /// Of kinds and editions, those that the filter lets through.
    pub fn groups(&self) -> BTreeSet<&GroupKey> {
        if self.by.iter().all(|dimension| dimension.is_of_meetings()) {
            return self.of_meetings.keys().chain(self.coverage.keys()).collect();
        }
        self.of_passages.keys().collect()
    }

    /// The group of meetings that a group is counted against.
    fn meetings_of(&self, group: &GroupKey) -> GroupKey {
        let dimensions = self.by.iter().zip(group);
        dimensions
            .filter(|(dimension, _)| is_of_denominators(dimension))
            .map(|(_, value)| value.clone())
            .collect()
    }

    /// How many meetings have something to be read, over all groups.
    pub fn n_meetings(&self) -> u64 {
        self.of_meetings.values().map(|tally| tally.meetings).sum()
    }

    /// The counts of one group.
    pub fn row(&self, group: &GroupKey, tallies: &BTreeMap<GroupKey, Tally>) -> Row {
        let of_meetings =
            self.of_meetings.get(&self.meetings_of(group)).map(|tally| tally.meetings).filter(|&n| n > 0);
        Row {
            tally: tallies.get(group).copied().unwrap_or_default(),
            of_passages: self.of_passages.get(group).map_or(0, |tally| tally.passages),
            of_meetings,
            coverage: self.coverage.get(group).and_then(|coverage| coverage.share()),
        }
    }
}

/// Whether meetings are told apart by it where they are counted against: any meeting
/// could have had a question, but only one with an agenda has something in that.
fn is_of_denominators(dimension: &Dimension) -> bool {
    *dimension != Dimension::Kind
}

impl Row {
    /// The share of readable meetings with a hit, and its 95 % interval: the
    /// cells rate, low, high. Unknown where no meeting is readable.
    pub fn rate_cells(&self) -> [Cell; 3] {
        let interval = self.of_meetings.and_then(|n| Some((n, wilson(self.tally.meetings, n)?)));
        match interval {
            Some((n, (low, high))) => {
                let rate = self.tally.meetings as f64 / n as f64;
                [Cell::Number(rate), Cell::Number(low), Cell::Number(high)]
            }
            None => [Cell::Unknown, Cell::Unknown, Cell::Unknown],
        }
    }

    /// Whether too few of the held meetings can be read for a rate.
    pub fn is_thin(&self, least_coverage: f64) -> bool {
        self.coverage.is_some_and(|coverage| coverage < least_coverage)
    }

    /// Whether enough can be read to say that something is not there.
    pub fn is_known(&self, least_coverage: f64) -> bool {
        self.of_meetings.is_some() && !self.is_thin(least_coverage)
    }

    /// A count of what was found; unknown where nothing is readable.
    pub fn count(&self, count: u64) -> Cell {
        if self.of_meetings.is_some() { Cell::Count(count) } else { Cell::Unknown }
    }
}

/// The cells of a group's values; unknown where empty.
pub fn group_cells(group: &[Arc<str>]) -> impl Iterator<Item = Cell> + '_ {
    group.iter().map(|value| Cell::text_or_unknown(&**value))
}

/// Says how many rows have no value of what they are counted by, and why: a blank cell is
/// no group like others.
pub fn say_unknown_groups<'a>(
    context: &Context,
    by: &[Dimension],
    rows: impl Iterator<Item = &'a [Arc<str>]> + Clone,
) {
    for (at, dimension) in by.iter().enumerate() {
        let n_unknown = rows.clone().filter(|group| group[at].is_empty()).count();
        if n_unknown == 0 {
            continue;
        }
        let why = match dimension {
            Dimension::Nation | Dimension::Region => "the table of councils has none for their council",
            Dimension::Year => "no date of their meetings is known",
            Dimension::Quarter => "no month of their meetings is known",
            Dimension::Council | Dimension::Body | Dimension::Kind | Dimension::Edition => "none is known",
        };
        let rows = plural(n_unknown as u64, "row has", "rows have");
        context.say(format!("{rows} a blank {}: {why}", dimension.name()));
    }
}

/// Reads `council,year` and the like.
///
/// Fails where one is not known, or is named twice: two columns would have one name.
pub fn dimensions(names: &[String]) -> Result<Vec<Dimension>> {
    let mut by: Vec<Dimension> = Vec::new();
    for name in names {
        let dimension = name.parse().map_err(Error::Input)?;
        if by.contains(&dimension) {
            return Err(Error::Input(format!("`{name}` is named twice; groups are by each of them once")));
        }
        by.push(dimension);
    }
    Ok(by)
}

/// Every meeting of the register, and how far its minutes got. Copies are those
/// that the filter leaves out.
pub fn meeting_states(context: &Context, index: &Index, filter: &Filter) -> Result<Vec<MeetingState>> {
    let corpus = Corpus::open_read_only(&context.home)?;
    let readings = index.readings()?;
    let lost = corpus.lost_meetings()?.into_iter().map(|lost| (lost.meeting.clone(), lost));
    let lost: HashMap<MeetingId, LostMeeting> = lost.collect();
    let asked = corpus.asked_meetings()?;
    let copies = index.copies().left_out(filter);
    let reports_alone = corpus.reports_alone()?;
    let councils = context.home.councils()?;
    let of_council: HashMap<&str, &Council> =
        councils.all().iter().map(|council| (council.slug.as_str(), council)).collect();
    let state = |meeting: Meeting| {
        let council = of_council.get(meeting.council.as_str());
        let reading = readings.by_meeting.get(&meeting.id);
        let readable = reading.is_some_and(|reading| reading.minutes > 0);
        let defect = defect(reading, asked.get(&meeting.id).copied().unwrap_or_default());
        let lost = lost.get(&meeting.id).filter(|lost| match readable {
            // What is held of it is public no more.
            true => lost.cause == Cause::Withdrawn && !lost.is_answered,
            false => is_loss(lost, &meeting, defect),
        });
        let taken_back = reading.is_some_and(|reading| reading.withdrawn).then_some(Cause::Withdrawn);
        let cause = lost.map(|lost| lost.cause).or(taken_back);
        let fetched = reading.is_some_and(|reading| reading.fetched);
        MeetingState {
            // That somebody added its agenda says nothing of its minutes.
            asked: asked.contains_key(&meeting.id) && (fetched || !meeting.id.site.is_of_files()),
            fetched,
            readable,
            lost: cause
                .map(|cause| Lost { cause: cause.name(), is_refused: cause.outcome() == Outcome::Refused }),
            // Where something was lost, that is why.
            defect: defect.filter(|_| !readable && cause.is_none()),
            copy_of: copies.get(&meeting.id).map(|copy| copy.original.clone()),
            n_reports_alone: reports_alone.get(&meeting.id).copied().unwrap_or_default(),
            nation: council.map(|council| council.nation.clone()).unwrap_or_default(),
            region: council.map(|council| council.region.clone()).unwrap_or_default(),
            meeting,
        }
    };
    Ok(corpus.meetings()?.into_iter().map(state).collect())
}

/// The name of what is wrong with what is held of a meeting, of which so many
/// documents are held.
fn defect(reading: Option<&ReadingState>, n_held: u64) -> Option<&'static str> {
    let read = reading.and_then(|reading| reading.defect).map(Defect::name);
    let n_read = reading.map_or(0, |reading| reading.documents);
    // What came since may be the minutes.
    read.or((n_read < n_held).then_some("not-indexed"))
}

/// Whether that something did not come is why a meeting cannot be read.
fn is_loss(lost: &LostMeeting, meeting: &Meeting, defect: Option<&str>) -> bool {
    // Where the site answered another way that there are no minutes, nothing was
    // lost; nor where it gave a document that cannot be read.
    let is_otherwise = !meeting.minutes_published || defect.is_some_and(|defect| defect != "no-minutes");
    !(lost.is_answered && is_otherwise)
}

/// Says what the filters leave out unasked: copies, and text in Welsh.
pub fn say_left_out(context: &Context, index: &Index, filter: &Filter) -> Result<()> {
    let copies = index.copies().left_out(filter);
    say_copies(context, &copies, "`--with-copies` looks through both and counts both");
    say_dates_asked_for(context, index, filter);
    say_in_welsh(context, index, filter)
}

/// Says how many meetings a filter of dates does not let through, as their date is not known.
fn say_dates_asked_for(context: &Context, index: &Index, filter: &Filter) {
    if filter.dates.is_open() && filter.years.is_empty() {
        return;
    }
    let any_date = Filter { dates: DateRange::default(), years: HashSet::new(), ..filter.for_meetings() };
    let by_year = index.totals(&any_date, &[Dimension::Year]);
    say_undated(context, by_year.get(&["".into()][..]).map_or(0, |undated| undated.meetings));
}

/// Says how many meetings with readable text are left out, as their date is not known.
pub fn say_undated(context: &Context, n_meetings: u64) {
    let (meetings, is) = match n_meetings {
        0 => return,
        1 => ("1 meeting".to_owned(), "its date is"),
        n => (format!("{n} meetings"), "their dates are"),
    };
    context.say(format!("{meetings} with readable text left out, as {is} not known"));
}

/// Says how many meetings are copies and of which others, and what follows.
pub fn say_copies(context: &Context, copies: &BTreeMap<MeetingId, CopiedMeeting>, so: &str) {
    if copies.is_empty() {
        return;
    }
    let named = copies.values().take(N_NAMED);
    let mut names: Vec<String> =
        named.map(|copy| format!("`{}` of `{}`", copy.meeting, copy.original)).collect();
    if copies.len() > N_NAMED {
        let n_others = plural((copies.len() - N_NAMED) as u64, "other", "others");
        names.push(format!("{n_others}, which `scrutineer coverage --copies` lists"));
    }
    let (hold, copies) = match copies.len() {
        1 => ("1 meeting holds".to_owned(), "a copy"),
        n => (format!("{n} meetings hold"), "copies"),
    };
    context.say(format!("{hold} {copies} of minutes that count under another ({}); {so}", listed(&names)));
}

/// Says how much text in Welsh the filters leave out, where they name no language.
fn say_in_welsh(context: &Context, index: &Index, filter: &Filter) -> Result<()> {
    if !filter.languages.is_empty() {
        return Ok(());
    }
    let in_welsh = Filter { languages: [Language::Welsh].into(), ..filter.clone() };
    let left_out = index.totals(&in_welsh, &[]).into_values().next().unwrap_or_default();
    if left_out.passages > 0 {
        let passages = plural(left_out.passages, "passage", "passages");
        let meetings = plural(left_out.meetings, "meeting", "meetings");
        context.say(format!(
            "{passages} in Welsh, of {meetings}, are neither looked through nor counted: `--language all` or `welsh` does"
        ));
    }
    Ok(())
}

/// Says which meetings count more than once, as several sites of their council
/// list them; none of these is a copy.
pub fn say_listed_twice<'a>(context: &Context, meetings: impl IntoIterator<Item = &'a Meeting>) {
    for ListedTwice { council, sites, meetings } in listed_twice(meetings) {
        let names: Vec<String> = sites.iter().map(SiteId::to_string).collect();
        let (n_sites, often) = match sites.len() {
            2 => ("two".to_owned(), "twice".to_owned()),
            n => (n.to_string(), format!("{n} times")),
        };
        let (stand, count) = if meetings == 1 { ("stands", "it counts") } else { ("stand", "they count") };
        let meetings = plural(meetings, "meeting", "meetings");
        let names = listed(&names);
        context.say(format!("{council}: {meetings} {stand} on {n_sites} sites, {names}; {count} {often}"));
    }
}

/// Whether the register's meeting is one that the filter asks about.
pub fn is_asked_for(filter: &Filter, state: &MeetingState) -> bool {
    let meeting = &state.meeting;
    filter.passes_council(&meeting.council)
        && filter.passes_body(&meeting.body)
        && filter.passes_date(meeting.date)
}
