//! `abbreviations`: what short forms stand for, as the minutes themselves say.

use std::collections::{BTreeMap, BTreeSet};

use super::filters::MeetingFilterArgs;
use super::groups::{is_asked_for, meeting_states};
use super::{Context, Outcome};
use crate::index::{Explained, Index, ReadingState};
use crate::model::{MeetingId, PartialDate, Result};
use crate::report::{Cell, Table};
use crate::search::Filter;

/// The arguments of `abbreviations`.
#[derive(clap::Args)]
pub struct Args {
    /// Short forms, such as PEP, in any case; none: all of them.
    #[arg(value_name = "SHORT")]
    short: Vec<String>,
    #[command(flatten)]
    filters: MeetingFilterArgs,
}

/// Where a short form is explained so.
struct Explanations {
    meetings: BTreeSet<MeetingId>,
    first: Option<PartialDate>,
    last: Option<PartialDate>,
    /// A passage that explains it: of the earliest meeting.
    passage: String,
}

/// Runs `abbreviations`.
pub fn run(context: &Context, args: Args) -> anyhow::Result<Outcome> {
    let filter = args.filters.filter(context)?;
    context.index()?;
    let wanted: BTreeSet<String> = args.short.iter().map(|short| short.to_lowercase()).collect();
    let states = meeting_states(context, &filter)?;
    let asked_for = states.iter().filter(|state| is_asked_for(&filter, state));
    let mut found: BTreeMap<(String, String, String), Explanations> = BTreeMap::new();
    let readings = Index::readings(&context.home)?;
    for state in asked_for {
        let (meeting, date) = (&state.meeting, state.meeting.date);
        let Some(reading) = readings.by_meeting.get(&meeting.id) else { continue };
        for Explained { short, long, passage, .. } in counted(reading, state.copy_of.is_some()) {
            if !wanted.is_empty() && !wanted.contains(&short.to_lowercase()) {
                continue;
            }
            let group = (short.clone(), long_key(long), meeting.council.clone());
            let all = found.entry(group).or_insert_with(|| Explanations {
                meetings: BTreeSet::new(),
                first: date,
                last: date,
                passage: passage.clone(),
            });
            all.meetings.insert(meeting.id.clone());
            if date.is_some() && (all.first.is_none() || date < all.first) {
                (all.first, all.passage) = (date, passage.clone());
            }
            all.last = all.last.max(date);
        }
    }
    let mut table = Table::new(&["short", "long", "council", "meetings", "first", "last", "passage_id"]);
    let day = |date: Option<PartialDate>| {
        Cell::text_or_unknown(date.map(|date| date.to_string()).unwrap_or_default())
    };
    for ((short, long, council), all) in &found {
        table.push(vec![
            short.as_str().into(),
            long.as_str().into(),
            council.as_str().into(),
            (all.meetings.len() as u64).into(),
            day(all.first),
            day(all.last),
            all.passage.as_str().into(),
        ]);
    }
    context.write(&table)?;
    if table.rows.is_empty() {
        context.say("no passage here explains it in brackets, as in “Personal Education Plan (PEP)”");
    }
    Ok(Outcome::found(!table.rows.is_empty()))
}

/// What a meeting explains; of one whose minutes count under another, what else is
/// held of it does.
fn counted(reading: &ReadingState, is_copy: bool) -> impl Iterator<Item = &Explained> {
    reading.abbreviations.iter().filter(move |explained| !(is_copy && explained.in_minutes))
}

/// A long form in small letters, in which two that differ in case are one.
fn long_key(long: &str) -> String {
    long.to_lowercase()
}

/// Says what the short forms of a query stand for, so that it may be asked for as well.
pub fn offer(context: &Context, query: &str) -> Result<()> {
    let is_short = |word: &&str| word.chars().filter(|c| c.is_uppercase()).count() >= 2;
    let is_operator = |word: &&str| ["AND", "OR", "NOT", "NEAR", "PRE", "MASK"].contains(word);
    let words = query.split(|c: char| !c.is_alphanumeric()).filter(is_short);
    let words: BTreeSet<&str> = words.filter(|word| !is_operator(word)).collect();
    if words.is_empty() {
        return Ok(());
    }
    let readings = Index::readings(&context.home)?;
    let copies = Index::copies(&context.home)?.left_out(&Filter::default());
    for word in words {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for (meeting, reading) in &readings.by_meeting {
            let here: BTreeSet<String> = counted(reading, copies.contains_key(meeting))
                .filter(|explained| explained.short == word)
                .map(|explained| long_key(&explained.long))
                .collect();
            here.into_iter().for_each(|long| *counts.entry(long).or_default() += 1);
        }
        if let Some((long, n)) = counts.iter().max_by_key(|(_, n)| **n) {
            let meetings = super::search::plural(*n as u64, "meeting", "meetings");
            context.say(format!(
                "{word}: {meetings} explain it as “{long}”; `{word} OR \"{long}\"` finds both, `scrutineer \
                 abbreviations {word}` shows where"
            ));
        }
    }
    Ok(())
}
