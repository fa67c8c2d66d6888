//! `abbreviations`: what short forms stand for, as the minutes themselves say.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::filters::MeetingFilterArgs;
use super::groups::{is_asked_for, meeting_states};
use super::search::plural;
use super::{Context, Outcome};
use crate::index::{Explained, Index, ReadingState, Readings};
use crate::model::{MeetingId, PartialDate, Result};
use crate::report::{Cell, Table};
use crate::search::{Filter, Terms, Tokens, stem};

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
struct Where {
    meetings: BTreeSet<MeetingId>,
    first: Option<PartialDate>,
    last: Option<PartialDate>,
    /// A passage that explains it: of the earliest meeting.
    passage: String,
}

/// Runs `abbreviations`.
pub fn run(context: &Context, args: Args) -> anyhow::Result<Outcome> {
    let filter = args.filters.filter(context)?;
    let index = context.index()?;
    let wanted: BTreeSet<String> = args.short.iter().map(|short| short.to_lowercase()).collect();
    let states = meeting_states(context, &index, &filter)?;
    let asked_for = states.iter().filter(|state| is_asked_for(&filter, state));
    let mut found: BTreeMap<(String, String, String), Where> = BTreeMap::new();
    let readings = index.readings()?;
    for state in asked_for {
        let (meeting, date) = (&state.meeting, state.meeting.date);
        let Some(reading) = readings.by_meeting.get(&meeting.id) else { continue };
        for Explained { short, long, passage, .. } in counted(reading, state.copy_of.is_some()) {
            if !wanted.is_empty() && !wanted.contains(&short.to_lowercase()) {
                continue;
            }
            let group = (short.clone(), long_key(long), meeting.council.clone());
            let all = found.entry(group).or_insert_with(|| Where {
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
pub fn offer(context: &Context, index: &Index, query: &str) -> Result<()> {
    let is_short = |word: &&str| word.chars().filter(|c| c.is_uppercase()).count() >= 2;
    let is_operator = |word: &&str| ["AND", "OR", "NOT", "NEAR", "PRE", "MASK"].contains(word);
    let words = query.split(|c: char| !c.is_alphanumeric() && c != '+').filter(is_short);
    let words: BTreeSet<&str> = words.filter(|word| !is_operator(word) && !word.contains('+')).collect();
    if words.is_empty() {
        return Ok(());
    }
    let explanations = Explanations::read(index)?;
    for word in words {
        if let Some(meaning) = explanations.of(word).first() {
            let meetings = plural(meaning.n_meetings(), "meeting explains", "meetings explain");
            context.say(format!(
                "{word}: {meetings} it as “{}”; `{word}+` finds both, `scrutineer abbreviations {word}` \
                 shows where",
                meaning.long()
            ));
        }
    }
    Ok(())
}

/// The most meanings of one short form that are looked for, and the most
/// wordings of each.
const MOST_ADDED: usize = 5;

/// The long forms that `PEP+` stands for, the commonest first; says which. An
/// error tells why there are none.
pub fn long_forms(context: &Context, short: &str, terms: Terms) -> Result<Vec<String>, String> {
    let explanations = Index::open(&context.home).and_then(|index| Explanations::read(&index));
    let explanations = explanations.map_err(|error| error.to_string())?;
    let all = explanations.of(short);
    // One meeting's own explanation beside common ones is mostly something else,
    // or a slip; where there is nothing else it is what the minutes say.
    let n_common = all.iter().filter(|meaning| meaning.n_meetings() > 1).count();
    let n_added = if n_common > 0 { n_common } else { all.len() }.min(MOST_ADDED);
    if n_added == 0 {
        return Err(format!(
            "no minutes here explain `{short}` in brackets; write {short} OR \"its long form\", or \"{short}+\" \
             in quotes for the word alone"
        ));
    }
    let (added, left_out) = all.split_at(n_added);
    let shown = |meaning: &Meaning| {
        format!("“{}” ({})", meaning.long(), plural(meaning.n_meetings(), "meeting", "meetings"))
    };
    let added_shown: Vec<String> = added.iter().map(shown).collect();
    let left_out = match left_out.len() {
        0 => String::new(),
        n => format!("; not for {n} more: `scrutineer abbreviations {short}` lists all"),
    };
    context.say(format!("{short}+ also looks for {}{left_out}", added_shown.join(", ")));
    let n_wordings = match terms {
        Terms::Stemmed => 1,
        Terms::Exact => MOST_ADDED,
    };
    Ok(added.iter().flat_map(|meaning| meaning.wordings.iter().take(n_wordings).cloned()).collect())
}

/// What the minutes of the whole index explain.
struct Explanations {
    readings: Readings,
    /// Meetings whose minutes count under another.
    copies: BTreeSet<MeetingId>,
}

impl Explanations {
    fn read(index: &Index) -> Result<Self> {
        let copies = index.copies().left_out(&Filter::default());
        Ok(Self { readings: index.readings()?, copies: copies.into_keys().collect() })
    }

    /// What a short form, in any case, stands for; the commonest first.
    fn of(&self, short: &str) -> Vec<Meaning<'_>> {
        let short = short.to_lowercase();
        let mut wordings: BTreeMap<String, BTreeSet<&MeetingId>> = BTreeMap::new();
        for (meeting, reading) in &self.readings.by_meeting {
            for explained in counted(reading, self.copies.contains(meeting)) {
                if explained.short.to_lowercase() == short {
                    // Signs that mean something in a query are none of its words.
                    let wording = long_key(&explained.long).replace(['*', '~'], " ");
                    wordings.entry(wording).or_default().insert(meeting);
                }
            }
        }
        let mut wordings: Vec<(String, BTreeSet<&MeetingId>)> = wordings.into_iter().collect();
        wordings.sort_by_key(|(_, meetings)| Reverse(meetings.len()));
        let mut meanings: Vec<Meaning> = Vec::new();
        for (wording, meetings) in wordings {
            let tokens = Tokens::read(&wording);
            let stems: Vec<String> = tokens.words().map(stem).collect();
            match meanings.iter_mut().find(|meaning| meaning.stems == stems) {
                Some(meaning) => {
                    meaning.wordings.push(wording);
                    meaning.meetings.extend(meetings);
                }
                None => meanings.push(Meaning { stems, wordings: vec![wording], meetings }),
            }
        }
        meanings.sort_by_key(|meaning| Reverse(meaning.meetings.len()));
        meanings
    }
}

/// What a short form stands for.
struct Meaning<'a> {
    stems: Vec<String>,
    /// How it is written out, all of the same stems; the commonest first.
    wordings: Vec<String>,
    /// The meetings that explain it so.
    meetings: BTreeSet<&'a MeetingId>,
}

impl Meaning<'_> {
    fn long(&self) -> &str {
        &self.wordings[0]
    }

    fn n_meetings(&self) -> u64 {
        self.meetings.len() as u64
    }
}
