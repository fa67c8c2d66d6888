//! `coverage`: the register of meetings, and how many can be read.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::filters::MeetingFilterArgs;
use super::groups::{
    dimensions, is_asked_for, meeting_states, say_copies, say_listed_twice, say_unknown_groups,
};
use super::search::plural;
use super::{Context, Outcome};
use crate::analyse::{Causes, Coverage, Dimension, GroupKey, MeetingState, causes_named, coverage};
use crate::corpus::{Corpus, LostLists};
use crate::index::CopiedMeeting;
use crate::model::{Council, Councils, Error, Meeting, MeetingId, PartialDate};
use crate::report::{Cell, Format, Table};
use crate::search::Filter;

/// What the columns count, for `--help`.
const COLUMNS_HELP: &str = "\
The columns, after the groups:
  held       listed, not cancelled, and the day has passed
  cancelled  called off
  published  held, with minutes on the site, as far as its lists or the meetings themselves
             told; empty where no list told, and none of the meetings was asked for
  fetched    held, with a document in the archive that ought to hold the minutes
  readable   held, with minutes that could be read
  refused    held, with nothing readable; what was last asked for was refused: robots,
             forbidden, challenge (a test for browsers), login, out-of-bounds, untrusted,
             withdrawn
  listed     all meetings of the register, cancelled and scheduled ones too
  agenda     held, with an agenda on the site; empty where published is
  failed     held, with nothing readable; what was last asked for failed: missing, time-out,
             fault, broken, too-long, wrong-content
  why        the causes of refused and failed, most frequent first, each meeting once. What
             is readable here and gone from its site stays readable, and is named as withdrawn.
             Then not-asked, as many as the next column counts; then those of unreadable
  not_asked  held, and its minutes never asked for: with --documents none or --limit, or as the
             crawl was stopped. Whether they have minutes is not known unless a list told
  unreadable
             held, with something in the archive out of which no minutes were read:
             no-text-layer (a scan: `index --ocr`), damaged, encrypted, empty, wrong-content,
             format (not read here), too-long, not-read (the next `index` tries again),
             no-minutes (what came holds none), not-indexed (run `index`), copy (they are
             read under another meeting)
  unpublished
             held and asked for, and its site has no minutes of it
  copies     meetings whose minutes stand under another meeting that is asked about as well,
             and count there; `--copies` lists them. One that a site lists, or of which an
             agenda is held, is unreadable for the cause copy; others are in no other column
Of files that were added, a meeting without a file that ought to hold its minutes is not_asked. A
report or an appendix alone shows no meeting, and is in no column.

Each meeting that was held is in one of six columns:
  held = readable + refused + failed + not_asked + unreadable + unpublished

A list of meetings that its site did not give when it was last asked for, and that no other list
was asked in place of, may name meetings that are not counted here: `lists: forbidden 2` in why
says so. It stands in the council's row, or, by year and by body, in a row of the council with
nothing but why.";

/// The arguments of `coverage`.
#[derive(clap::Args)]
#[command(after_long_help = COLUMNS_HELP)]
pub struct Args {
    #[command(flatten)]
    filters: MeetingFilterArgs,
    /// What to count by: council, year, body.
    #[arg(long, value_delimiter = ',', value_name = "D,…", default_value = "council,year")]
    by: Vec<String>,
    /// List the meetings whose minutes are copies instead, each with the one under which they count
    /// and the share of the longer text that stands in the other.
    #[arg(long)]
    copies: bool,
}

/// The columns of the contract, in its order; new ones stand at the end.
const COLUMNS: [&str; 17] = [
    "council",
    "year",
    "body",
    "held",
    "cancelled",
    "published",
    "fetched",
    "readable",
    "refused",
    "listed",
    "agenda",
    "failed",
    "why",
    "not_asked",
    "unreadable",
    "unpublished",
    "copies",
];

/// Runs `coverage`.
pub fn run(context: &Context, args: Args) -> anyhow::Result<Outcome> {
    let corpus = Corpus::open_read_only(&context.home)?;
    let (lost, untold) = (corpus.lost_lists()?, corpus.waiting_untold()?);
    drop(corpus);
    let filter = args.filters.filter_of_register(context, &lost)?;
    // Refused where it is not complete. It also says so where the corpus has changed
    // since: what is readable is known as of then.
    let index = context.index()?;
    let copies = index.copies().left_out(&filter);
    let states = meeting_states(context, &index, &filter)?;
    if args.copies {
        context.write(&table_of_copies(copies.values(), &states))?;
        return Ok(Outcome::found(!copies.is_empty()));
    }
    let by = dimensions(&args.by)?;
    let is_column = |dimension: &Dimension| COLUMNS.contains(&dimension.name());
    if let Some(dimension) = by.iter().find(|dimension| !is_column(dimension)) {
        let name = dimension.name();
        let message = format!("coverage is not counted by {name}; count by council, year or body");
        return Err(Error::Input(message).into());
    }
    let (states, reports): (Vec<&MeetingState>, Vec<&MeetingState>) = states
        .iter()
        .filter(|state| is_asked_for(&filter, state))
        .partition(|state| state.n_reports_alone == 0);
    let groups = coverage(states.iter().copied(), &by);
    let lost: Vec<&LostLists> = lost.iter().filter(|lost| filter.passes_council(&lost.council)).collect();
    let mut table = table(&groups, &by, &lost);
    if context.format == Format::Table {
        // The contract's columns that were not asked for would be empty.
        let is_empty = |name: &str| match name {
            "council" => lost.is_empty() && by.iter().all(|dimension| dimension.name() != name),
            "year" | "body" => by.iter().all(|dimension| dimension.name() != name),
            "copies" => copies.is_empty(),
            "why" => lost.is_empty() && groups.values().all(|counts| why_not(counts).is_empty()),
            _ => false,
        };
        table.keep_columns(|name| !is_empty(name));
    }
    context.write(&table)?;
    say_unknown_groups(context, &by, groups.keys().map(Vec::as_slice));
    if table.rows.is_empty() {
        context.say("no meeting of the register passes these filters");
    }
    for lost in &lost {
        context.say(said_of(lost));
    }
    if let Some(line) = said_of_reports(&reports) {
        context.say(line);
    }
    for (council, n_documents) in untold.iter().filter(|(council, _)| filter.passes_council(council)) {
        let wait = plural(*n_documents, "document waits", "documents wait");
        context.say(format!(
            "{council}: {wait} to be asked for, of meetings that no list has dated: no row counts them until \
             `scrutineer crawl` has gone on"
        ));
    }
    let counted = states.iter().filter(|state| state.copy_of.is_none());
    say_listed_twice(context, counted.map(|state| &state.meeting));
    say_copies(context, &copies, "none of them is in the column `readable`");
    // Of a council that gave no list, it is not known that it has no meeting.
    let mut told = filter;
    told.councils.retain(|slug| lost.iter().all(|lost| lost.council != *slug));
    for line in outside_its_days(&context.home.councils()?, &told, &states) {
        context.say(line);
    }
    Ok(Outcome::found(!table.rows.is_empty()))
}

fn table(groups: &BTreeMap<GroupKey, Coverage>, by: &[Dimension], lost: &[&LostLists]) -> Table {
    let mut table = Table::new(&COLUMNS);
    // A list is of no year and of no body, and counts once.
    let (in_rows, by_themselves): (Vec<&LostLists>, Vec<&LostLists>) = lost.iter().partition(|lost| {
        by == [Dimension::Council] && groups.contains_key(&[lost.council.as_str().into()][..])
    });
    for (group, counts) in groups {
        let of = |wanted: Dimension| {
            let at = by.iter().position(|dimension| *dimension == wanted);
            Cell::text_or_unknown(at.map_or("", |at| &*group[at]))
        };
        let mut cells = vec![of(Dimension::Council), of(Dimension::Year), of(Dimension::Body)];
        let known = |count: u64| match counts.is_published_known() {
            true => Cell::Count(count),
            false => Cell::Unknown,
        };
        cells.extend([
            Cell::Count(counts.held),
            Cell::Count(counts.cancelled),
            known(counts.published),
            Cell::Count(counts.fetched),
            Cell::Count(counts.readable),
            Cell::Count(counts.refused),
            Cell::Count(counts.listed),
            known(counts.agenda),
            Cell::Count(counts.failed),
        ]);
        let lists =
            in_rows.iter().filter(|lost| *group == [lost.council.as_str().into()]).map(|lost| why(lost));
        let reasons: Vec<String> = why_not(counts).into_iter().chain(lists).collect();
        cells.push(Cell::text_or_unknown(reasons.join("; ")));
        cells.extend(
            [counts.not_asked, counts.unreadable, counts.unpublished, counts.copies].map(Cell::Count),
        );
        table.push(cells);
    }
    for lost in by_themselves {
        let of = |column: &&str| match *column {
            "council" => lost.council.as_str().into(),
            "why" => why(lost).into(),
            _ => Cell::Unknown,
        };
        table.push(COLUMNS.iter().map(of).collect());
    }
    table
}

fn table_of_copies<'a>(copies: impl Iterator<Item = &'a CopiedMeeting>, states: &[MeetingState]) -> Table {
    let mut table = Table::new(&[
        "meeting",
        "council",
        "body",
        "date",
        "copy_of",
        "copy_of_council",
        "copy_of_body",
        "copy_of_date",
        "share",
    ]);
    let by_id: HashMap<&MeetingId, &Meeting> =
        states.iter().map(|state| (&state.meeting.id, &state.meeting)).collect();
    let cells = |id: &MeetingId| {
        let meeting = by_id.get(id);
        let date = meeting.and_then(|meeting| meeting.date).map(|date| date.to_string());
        [
            Cell::from(id.to_string()),
            Cell::text_or_unknown(meeting.map_or("", |meeting| &meeting.council)),
            Cell::text_or_unknown(meeting.map_or("", |meeting| &meeting.body)),
            date.into(),
        ]
    };
    for copy in copies {
        let both = cells(&copy.meeting).into_iter().chain(cells(&copy.original));
        table.push(both.chain([Cell::Number(copy.share)]).collect());
    }
    table
}

/// Why meetings of a group cannot be read, such as `robots 2, not-asked 3` and
/// `unreadable: no-text-layer 3`; nothing where there is nothing to say.
fn why_not(counts: &Coverage) -> Vec<String> {
    let mut reasons = vec![causes_named(&counts.causes)];
    if counts.not_asked > 0 {
        reasons.push(format!("not-asked {}", counts.not_asked));
    }
    reasons.retain(|reason| !reason.is_empty());
    let mut reasons = vec![reasons.join(", ")];
    if counts.unreadable > 0 {
        reasons.push(format!("unreadable: {}", causes_named(&counts.defects)));
    }
    reasons.retain(|reason| !reason.is_empty());
    reasons
}

/// `lists: forbidden 2`.
fn why(lost: &LostLists) -> String {
    format!("lists: {}", causes_of(lost))
}

/// Why the lists of a site did not come, with the number of addresses.
fn causes_of(lost: &LostLists) -> String {
    let causes: Causes = lost.causes.iter().map(|(cause, n)| (cause.name(), *n)).collect();
    causes_named(&causes)
}

/// What became of reports that nothing shows a meeting of.
fn said_of_reports(reports: &[&MeetingState]) -> Option<String> {
    let n_reports: u64 = reports.iter().map(|state| state.n_reports_alone).sum();
    let belong = plural(n_reports, "report or appendix belongs", "reports and appendices belong");
    (n_reports > 0).then(|| {
        format!("{belong} to no meeting that is known here otherwise: no meeting is counted for them")
    })
}

/// What the lists that did not come mean for the table.
fn said_of(lost: &LostLists) -> String {
    let (council, causes) = (&lost.council, causes_of(lost));
    if lost.is_silent {
        return format!(
            "{council}: no list of meetings ever came, so that nothing is known of it ({causes})"
        );
    }
    let n_lists = plural(lost.n_lists(), "list of meetings", "lists of meetings");
    format!("{council}: {n_lists} did not come, so that meetings may be missing here ({causes})")
}

/// What a reader might take for a gap, or for meetings of a council that did
/// not exist: of each council that was asked for by name and has none, whether
/// it existed then; of each that has some, how many lie outside its days.
fn outside_its_days(councils: &Councils, filter: &Filter, states: &[&MeetingState]) -> Vec<String> {
    let mut lines = Vec::new();
    let with_meetings: BTreeSet<&str> = states.iter().map(|state| state.meeting.council.as_str()).collect();
    let mut without: Vec<&String> =
        filter.councils.iter().filter(|slug| !with_meetings.contains(slug.as_str())).collect();
    without.sort();
    for slug in without {
        let council = councils.all().iter().find(|council| council.slug == *slug);
        lines.push(match council.filter(|council| !may_have_met(council, filter)) {
            Some(council) => format!("`{slug}` did not exist then ({})", days(council)),
            None => format!("`{slug}`: no meeting of these dates and bodies is listed"),
        });
    }
    for slug in with_meetings {
        let Some(council) = councils.all().iter().find(|council| council.slug == slug) else { continue };
        let dates =
            states.iter().filter(|state| state.meeting.council == slug).map(|state| state.meeting.date);
        let n_outside = dates.flatten().filter(|date| !council.existed(*date)).count();
        if n_outside > 0 {
            let meetings =
                if n_outside == 1 { "1 meeting lies" } else { &format!("{n_outside} meetings lie") };
            lines.push(format!(
                "`{slug}` ({}): {meetings} outside its days (of a shadow council, or of one before or after it)",
                days(council)
            ));
        }
    }
    lines
}

/// Whether a council existed on some day that the filter lets through.
fn may_have_met(council: &Council, filter: &Filter) -> bool {
    let latest = |a: Option<PartialDate>, b: Option<PartialDate>| match (a, b) {
        (Some(a), Some(b)) if a.first_day() < b.first_day() => Some(b),
        (a, b) => a.or(b),
    };
    let earliest = |a: Option<PartialDate>, b: Option<PartialDate>| match (a, b) {
        (Some(a), Some(b)) if b.last_day() < a.last_day() => Some(b),
        (a, b) => a.or(b),
    };
    let from = latest(council.from, filter.dates.from);
    let until = earliest(council.until, filter.dates.to);
    let is_some_day = |from: Option<PartialDate>, until: Option<PartialDate>| {
        from.zip(until).is_none_or(|(from, until)| from.first_day() <= until.last_day())
    };
    if filter.years.is_empty() {
        return is_some_day(from, until);
    }
    filter
        .years
        .iter()
        .map(|year| PartialDate::year_only(*year))
        .any(|year| is_some_day(latest(from, Some(year)), earliest(until, Some(year))))
}

/// “from 2019-04-01 to 2023-03-31”.
fn days(council: &Council) -> String {
    let from = council.from.map(|from| format!("from {from}"));
    let until = council.until.map(|until| format!("to {until}"));
    let days: Vec<String> = from.into_iter().chain(until).collect();
    days.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::DateRange;

    #[test]
    fn a_council_may_have_met_on_its_own_days_alone() {
        let council = Council {
            from: "2019-04-01".parse().ok(),
            until: "2023-03-31".parse().ok(),
            ..Council::default()
        };
        let check = |from: &str, to: &str, years: &[i16], expected: bool| {
            let filter = Filter {
                dates: DateRange { from: from.parse().ok(), to: to.parse().ok() },
                years: years.iter().copied().collect(),
                ..Filter::default()
            };
            assert_eq!(may_have_met(&council, &filter), expected, "{from} {to} {years:?}");
        };
        check("", "", &[], true);
        check("2018", "2018-12", &[], false);
        check("2018", "2019", &[], true);
        check("2023-04-01", "", &[], false);
        check("2023-03-31", "", &[], true);
        check("", "", &[2018, 2024], false);
        check("", "", &[2018, 2023], true);
        // The year 2023, but only from May.
        check("2023-05", "", &[2023], false);
        assert!(may_have_met(&Council::default(), &Filter::default()));
    }
}
