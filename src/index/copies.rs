//! Copies: the same minutes under two meetings, of which one counts.
//! `index/copies.json`.
//!
//! Copies within a meeting are dropped as it is read; these here come from a
//! wrong or missing date, a second name of a council or a body, or a second site.
//!
//! The rule. Texts are compared as sets of runs of five words, over all passages
//! of the minutes: who was there tells meetings apart that follow one template.
//! The minutes of two meetings are the same when
//!
//! - each has at least [`FEWEST_RUNS`] runs;
//! - [`SAME_SHARE`] of the runs of the longer stand in the shorter. That all of
//!   the shorter stands in the longer proves nothing alone: a council's minutes
//!   repeat the reports of its committees word for word;
//! - and, unless one body met on one day and no site lists both, [`WHOLE_SHARE`]
//!   of the runs of the shorter stand in the longer: minutes of another day or of
//!   another committee that follow the same template differ in names, numbers and
//!   sums. Two names are of one body where what is telling in one of them stands
//!   in the other ("Council", "Full Council"), or one is not known.
//!
//! Minutes of fewer runs are the same where both have the same runs, are of one
//! body on one day, and of one council or of one that is not known, and no site
//! lists both. So short minutes under a wrong date, or under names of a body that
//! have nothing in common, count twice.
//!
//! Meetings are taken in one order: those with approved minutes before those with
//! drafts alone, those that a site lists before added files, then those whose
//! minutes name their date, then those of a council of the table, then those of
//! which more of day, body and council is known, then by their identifiers. Each is a copy of the first before it that has
//! the same minutes and is no copy itself, and stands otherwise. So neither the
//! order of adding nor the number of threads matters, and a copy stands again as
//! soon as its original goes or says something else.
//!
//! Of the meetings that have the same minutes the first that a question asks about
//! counts: minutes of a joint committee under two councils count for either alone,
//! and once for both.
//!
//! Signatures, kept with the readings, propose which meetings to compare; the
//! passages in the index decide. Only the minutes of a copy are left out: what
//! else is held of its meeting is not known to stand anywhere else.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::civil::Date;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::readings::{ReadingState, Readings, damaged, write_whole};
use super::runs::runs;
use super::signature::{Neighbours, Signature};
use crate::model::{Councils, Edition, Error, Meeting, MeetingId, PartialDate, Passage, Result, body_words};
use crate::search::Filter;

/// How many different runs minutes have at least to be the same as minutes that
/// differ from them: about half a page. In fewer words, of which nearly all may be
/// the wording of a resolution to exclude the public, two meetings can say the same.
const FEWEST_RUNS: usize = 100;

/// The share of the longer's runs that must stand in the shorter. Of 1,003 real
/// meetings, minutes that exist in two formats or editions share 0.79 or more,
/// and those of different meetings 0.61 or less.
const SAME_SHARE: f64 = 0.75;

/// The share of the shorter's runs that must stand in the longer where the day
/// does not tell that they are of one meeting: less than one fact in half a page
/// may differ. Minutes of one meeting under two dates share 0.999, and those of
/// different meetings at most 0.84.
const WHOLE_SHARE: f64 = 0.98;

/// Words that do not tell one body from another.
const UNTELLING: [&str; 22] = [
    "the",
    "of",
    "and",
    "for",
    "a",
    "full",
    "ordinary",
    "extraordinary",
    "special",
    "annual",
    "parish",
    "town",
    "community",
    "committee",
    "subcommittee",
    "sub",
    "board",
    "panel",
    "group",
    "working",
    "meeting",
    "minutes",
];

/// How many runs are kept in memory while meetings are compared.
const MOST_RUNS: usize = 4_000_000;

/// Where fewer than one meeting in so many is new, each new one is compared with all
/// others by its signature: to find neighbours first takes every signature apart, and
/// costs more.
const ONE_NEW_IN: usize = 20;

/// A meeting whose minutes stand under another, and count there.
#[derive(Debug, Clone, PartialEq)]
pub struct CopiedMeeting {
    /// The meeting that is left out.
    pub meeting: MeetingId,
    /// The one that counts.
    pub original: MeetingId,
    /// The share of the longer's runs that stand in the shorter, from 0 to 1: of
    /// this meeting and the first of all that have these minutes.
    pub share: f64,
}

/// One of several meetings that have the same minutes, with what filters ask of
/// it. The runs it shares with the first of them are `share` of the longer's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Member {
    meeting: MeetingId,
    council: String,
    body: String,
    date: Option<PartialDate>,
    edition: Edition,
    share: f64,
}

/// The meetings that have the same minutes as others.
#[derive(Debug, Clone, Default)]
pub struct Copies {
    /// Those that have the same, the first of which is no copy: two or more, in
    /// the order in which meetings are taken.
    groups: Vec<Vec<Member>>,
    /// Where in these each is.
    places: HashMap<MeetingId, (usize, usize)>,
}

/// What an earlier run found.
pub(super) struct Known {
    /// The groups that hold no meeting that changed since.
    copies: Copies,
    /// The meetings that changed since, and those that were of one group with any.
    changed: HashSet<MeetingId>,
}

/// Gives the runs of a meeting's minutes.
type Load<'a> = dyn Fn(&MeetingId) -> Result<HashSet<u64>> + Sync + 'a;

/// The signature of a meeting's minutes; `None` where there are none.
pub fn signature(passages: &[Passage]) -> Option<Signature> {
    let runs = runs_of_minutes(passages);
    (!runs.is_empty()).then(|| Signature::of(&runs))
}

/// The runs of a meeting's minutes, each once.
pub fn runs_of_minutes(passages: &[Passage]) -> HashSet<u64> {
    passages.iter().filter(|passage| passage.edition.is_minutes()).flat_map(runs).collect()
}

impl Copies {
    /// Finds the copies among meetings as they were read. `known` is what an
    /// earlier run found among all of them but those that changed since; `councils`
    /// is the table, `load` gives the runs of a meeting's minutes.
    pub(super) fn find(
        meetings: &[Meeting],
        readings: &Readings,
        councils: &Councils,
        known: Option<&Known>,
        load: &Load,
    ) -> Result<Self> {
        let texts = Texts::new(meetings, readings, councils);
        let loaded = Loaded { load, kept: Mutex::default() };
        let mut found = Self::default();
        let is_new = |text: &Text| known.is_none_or(|known| known.changed.contains(&text.meeting.id));
        let mut new: BTreeSet<usize> = (0..texts.all.len()).filter(|at| is_new(&texts.all[*at])).collect();
        let neighbours = (new.len() * ONE_NEW_IN >= texts.all.len()).then(|| texts.neighbours());
        for (at, original) in texts.all.iter().enumerate() {
            if found.places.contains_key(&original.meeting.id) {
                continue;
            }
            let copies_before = |at: usize| {
                let copies = known.map_or(&[][..], |known| known.copies_of(&texts.all[at].meeting.id));
                copies.iter().filter_map(|copy| texts.places.get(&copy.meeting).copied())
            };
            let others: Vec<usize> = match &neighbours {
                Some(neighbours) => texts.proposed(at, neighbours),
                None if new.contains(&at) => (at + 1..texts.all.len()).collect(),
                None => copies_before(at)
                    .chain(new.range(at + 1..).copied())
                    .collect::<BTreeSet<_>>()
                    .into_iter()
                    .collect(),
            };
            let is_free = |other: &&usize| !found.places.contains_key(&texts.all[**other].meeting.id);
            let may_be_same = |other: &&usize| least_if_alike(original, &texts.all[**other]).is_some();
            let others: Vec<usize> = others.iter().filter(is_free).filter(may_be_same).copied().collect();
            if others.is_empty() {
                continue;
            }
            let shares: Vec<Option<f64>> = others
                .par_iter()
                .map(|other| match known.and_then(|known| known.share(&texts, at, *other)) {
                    Some(share) => Ok(share),
                    None => share_if_same(original, &texts.all[*other], &loaded),
                })
                .collect::<Result<_>>()?;
            let copies: Vec<(usize, f64)> =
                others.iter().zip(shares).filter_map(|(other, share)| Some((*other, share?))).collect();
            // What was a copy of one that is a copy itself now is compared with all again.
            new.extend(copies.iter().flat_map(|(copy, _)| copies_before(*copy)));
            let copies = copies.into_iter().map(|(copy, share)| texts.all[copy].member(share));
            let group: Vec<Member> = [original.member(1.0)].into_iter().chain(copies).collect();
            if group.len() > 1 {
                found.add(group);
            }
        }
        Ok(found)
    }

    fn add(&mut self, group: Vec<Member>) {
        let at = self.groups.len();
        self.places.extend(group.iter().enumerate().map(|(n, member)| (member.meeting.clone(), (at, n))));
        self.groups.push(group);
    }

    /// What a meeting is a copy of; `None` for one that counts whatever is asked.
    pub fn of(&self, meeting: &MeetingId) -> Option<CopiedMeeting> {
        let (group, at) = *self.places.get(meeting)?;
        let group = &self.groups[group];
        (at > 0).then(|| group[at].copy_of(&group[0]))
    }

    /// The meetings whose minutes are left out where a filter asks, as the same
    /// count under another that it asks about; by the meeting that is left out.
    pub fn left_out(&self, filter: &Filter) -> BTreeMap<MeetingId, CopiedMeeting> {
        let mut left_out = BTreeMap::new();
        if filter.with_copies {
            return left_out;
        }
        for group in &self.groups {
            let mut asked_for = group.iter().filter(|member| member.is_asked_for(filter));
            let Some(first) = asked_for.next() else { continue };
            left_out.extend(asked_for.map(|member| (member.meeting.clone(), member.copy_of(first))));
        }
        left_out
    }

    /// Takes what holds no meeting that changed as known.
    pub(super) fn known(self, mut changed: HashSet<MeetingId>) -> Known {
        let mut copies = Self::default();
        let (touched, kept): (Vec<_>, Vec<_>) = self
            .groups
            .into_iter()
            .partition(|group| group.iter().any(|member| changed.contains(&member.meeting)));
        changed.extend(touched.into_iter().flatten().map(|member| member.meeting));
        kept.into_iter().for_each(|group| copies.add(group));
        Known { copies, changed }
    }

    /// Reads them from an index's folder.
    pub(super) fn read(folder: &Path) -> Result<Self> {
        let path = folder.join("copies.json");
        let bytes = fs::read(&path).map_err(Error::io("read", &path))?;
        let groups: Vec<Vec<Member>> = serde_json::from_slice(&bytes).map_err(|_| damaged(&path))?;
        let mut read = Self::default();
        groups.into_iter().for_each(|group| read.add(group));
        Ok(read)
    }

    /// Writes them there, whole or not at all.
    pub(super) fn write(&self, folder: &Path) -> Result<()> {
        let json = serde_json::to_vec(&self.groups).expect("names and shares are JSON");
        write_whole(&folder.join("copies.json"), &json)
    }
}

impl Member {
    fn copy_of(&self, original: &Self) -> CopiedMeeting {
        let (meeting, original) = (self.meeting.clone(), original.meeting.clone());
        CopiedMeeting { meeting, original, share: self.share }
    }

    fn is_asked_for(&self, filter: &Filter) -> bool {
        filter.passes_council(&self.council)
            && filter.passes_body(&self.body)
            && filter.passes_date(self.date)
            && filter.passes_edition(self.edition)
    }
}

impl Known {
    /// The copies of a meeting; none where it is a copy itself.
    fn copies_of(&self, meeting: &MeetingId) -> &[Member] {
        match self.copies.places.get(meeting) {
            Some((group, 0)) => &self.copies.groups[*group][1..],
            _ => &[],
        }
    }

    /// What was found of two meetings: how much they share where they are the same,
    /// `None` within where they are not; `None` where it is not known.
    fn share(&self, texts: &Texts, original: usize, other: usize) -> Option<Option<f64>> {
        let [a, b] = [original, other].map(|at| &texts.all[at].meeting.id);
        let is_changed = self.changed.contains(a) || self.changed.contains(b);
        // A copy was compared with none behind it.
        if is_changed || self.copies.of(a).is_some() {
            return None;
        }
        match self.copies.of(b) {
            None => Some(None),
            Some(copy) if copy.original == *a => Some(Some(copy.share)),
            Some(copy) => texts.places.get(&copy.original).is_some_and(|at| *at > original).then_some(None),
        }
    }
}

/// A meeting with minutes, and what they are known by.
struct Text<'a> {
    meeting: &'a Meeting,
    reading: &'a ReadingState,
    signature: &'a Signature,
    /// The words of its body's name that tell it from others.
    body: HashSet<String>,
}

/// All of them, in the order in which they are taken.
struct Texts<'a> {
    all: Vec<Text<'a>>,
    places: HashMap<&'a MeetingId, usize>,
    by_day: HashMap<Date, Vec<usize>>,
    /// Those that are long enough to be the same as others of another day.
    long: Vec<usize>,
}

impl<'a> Texts<'a> {
    fn new(meetings: &'a [Meeting], readings: &'a Readings, councils: &Councils) -> Self {
        let in_table: HashSet<&str> = councils.all().iter().map(|council| council.slug.as_str()).collect();
        let with_text = |meeting: &'a Meeting| {
            let reading = readings.by_meeting.get(&meeting.id)?;
            let signature = reading.signature.as_ref()?;
            Some(Text { meeting, reading, signature, body: telling_words(&meeting.body) })
        };
        let mut all: Vec<Text> = meetings.iter().filter_map(with_text).collect();
        let is_of_table = |meeting: &Meeting| in_table.contains(meeting.council.as_str());
        all.sort_by(|one, other| {
            let place = |text: &Text<'a>| standing(text.meeting, text.reading, is_of_table(text.meeting));
            place(one).cmp(&place(other))
        });
        let places = all.iter().enumerate().map(|(at, text)| (&text.meeting.id, at)).collect();
        let mut by_day: HashMap<Date, Vec<usize>> = HashMap::new();
        for (at, text) in all.iter().enumerate() {
            if let Some(day) = day(text.meeting) {
                by_day.entry(day).or_default().push(at);
            }
        }
        let long: Vec<usize> = (0..all.len()).filter(|at| all[*at].n_runs() >= FEWEST_RUNS).collect();
        Self { places, by_day, long, all }
    }

    /// Which may be the same whatever their days, by their places in `long`.
    fn neighbours(&self) -> Neighbours {
        let signatures: Vec<&Signature> = self.long.iter().map(|at| self.all[*at].signature).collect();
        let of_longer = |ratio: f64| (ratio >= SAME_SHARE).then(|| f64::max(SAME_SHARE, WHOLE_SHARE * ratio));
        Neighbours::new(&signatures, of_longer)
    }

    /// Those behind one that may be the same, by their places, in order.
    fn proposed(&self, at: usize, neighbours: &Neighbours) -> Vec<usize> {
        let of_day = day(self.all[at].meeting).and_then(|day| self.by_day.get(&day));
        let mut proposed: Vec<usize> = of_day.into_iter().flatten().copied().collect();
        if let Ok(place) = self.long.binary_search(&at) {
            proposed.extend(neighbours.behind(place).into_iter().map(|place| self.long[place]));
        }
        proposed.retain(|other| *other > at);
        proposed.sort_unstable();
        proposed.dedup();
        proposed
    }
}

impl Text<'_> {
    fn n_runs(&self) -> usize {
        self.signature.n_runs as usize
    }

    fn member(&self, share: f64) -> Member {
        Member {
            meeting: self.meeting.id.clone(),
            council: self.meeting.council.clone(),
            body: self.meeting.body.clone(),
            date: self.meeting.date,
            edition: if self.reading.draft { Edition::DraftMinutes } else { Edition::Minutes },
            share,
        }
    }
}

/// Loads the runs of meetings, and keeps some.
struct Loaded<'a> {
    load: &'a Load<'a>,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    runs: HashMap<MeetingId, Arc<HashSet<u64>>>,
    n_runs: usize,
}

impl Loaded<'_> {
    fn of(&self, text: &Text) -> Result<Arc<HashSet<u64>>> {
        let kept = || self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(runs) = kept().runs.get(&text.meeting.id) {
            return Ok(runs.clone());
        }
        let runs = Arc::new((self.load)(&text.meeting.id)?);
        let mut kept = kept();
        if kept.n_runs + runs.len() > MOST_RUNS {
            *kept = Kept::default();
        }
        if kept.runs.insert(text.meeting.id.clone(), runs.clone()).is_none() {
            kept.n_runs += runs.len();
        }
        Ok(runs)
    }
}

/// The place of a meeting in the order in which they are taken.
type Standing<'a> = (bool, bool, bool, bool, Reverse<usize>, &'a MeetingId);

/// The order in which meetings are taken, so that the one of which most is known
/// stands: a total order.
fn standing<'a>(meeting: &'a Meeting, reading: &ReadingState, is_of_table: bool) -> Standing<'a> {
    let is_known =
        [day(meeting).is_some(), !meeting.body.is_empty(), meeting.council != Meeting::COUNCIL_NOT_KNOWN];
    let n_known = is_known.into_iter().filter(|is_known| *is_known).count();
    let (is_added, is_undated) = (meeting.id.site.is_of_files(), !reading.bears_date);
    (reading.draft, is_added, is_undated, !is_of_table, Reverse(n_known), &meeting.id)
}

fn day(meeting: &Meeting) -> Option<Date> {
    meeting.date.and_then(|date| date.to_day())
}

fn telling_words(body: &str) -> HashSet<String> {
    body_words(body).into_iter().filter(|word| !UNTELLING.contains(&word.as_str())).collect()
}

/// How many runs two meetings must share at least for their minutes to be the
/// same by the rule of this module; `None` where they cannot be.
fn least_shared(a: &Text, b: &Text) -> Option<f64> {
    let (shorter, longer) = (a.n_runs().min(b.n_runs()), a.n_runs().max(b.n_runs()));
    let are_listed_as_two = a.meeting.id.site == b.meeting.id.site && !a.meeting.id.site.is_of_files();
    let is_of_one_body = a.body.is_subset(&b.body) || b.body.is_subset(&a.body);
    let is_of_one_day = day(a.meeting).is_some() && day(a.meeting) == day(b.meeting);
    let may_be_one = is_of_one_day && is_of_one_body && !are_listed_as_two;
    if shorter < FEWEST_RUNS {
        let councils = [&a.meeting.council, &b.meeting.council];
        let is_of_one_council = councils[0] == councils[1]
            || councils.iter().any(|council| *council == Meeting::COUNCIL_NOT_KNOWN);
        return (may_be_one && is_of_one_council && shorter == longer).then_some(longer as f64);
    }
    let whole = if may_be_one { SAME_SHARE } else { WHOLE_SHARE };
    Some(f64::max(SAME_SHARE * longer as f64, whole * shorter as f64))
}

/// The same, where by their signatures they may share so many.
fn least_if_alike(a: &Text, b: &Text) -> Option<f64> {
    // As much is asked of any two, and nearly all pairs are far from it: what their
    // meetings are is looked at afterwards.
    let least_of_all = SAME_SHARE * a.n_runs().max(b.n_runs()) as f64;
    if !a.signature.may_share(b.signature, least_of_all) {
        return None;
    }
    least_shared(a, b).filter(|least| a.signature.may_share(b.signature, *least))
}

/// The share of the longer's runs that stand in the shorter, where the minutes of
/// two meetings are the same.
fn share_if_same(a: &Text, b: &Text, loaded: &Loaded) -> Result<Option<f64>> {
    let Some(least) = least_if_alike(a, b) else { return Ok(None) };
    let n_shared = loaded.of(a)?.intersection(&*loaded.of(b)?).count() as f64;
    Ok((n_shared >= least).then(|| n_shared / a.n_runs().max(b.n_runs()) as f64))
}

#[cfg(test)]
mod tests {
    use super::super::readings::ReadingState;
    use super::*;
    use crate::model::{MeetingStatus, SiteId};

    fn meeting(site: &str, number: &str, body: &str, date: &str) -> Meeting {
        Meeting {
            id: MeetingId { site: SiteId::new(site), number: number.into() },
            council: "aldmere".into(),
            council_name: "Aldmere Council".into(),
            body: body.into(),
            date: date.parse().ok(),
            status: MeetingStatus::Held,
            agenda_published: false,
            minutes_published: true,
            url: String::new(),
        }
    }

    #[test]
    fn the_meeting_of_which_most_is_known_stands() {
        let unknown = Meeting::COUNCIL_NOT_KNOWN;
        let in_order = [
            meeting("aldmere", "9", "", ""),
            meeting("files-aldmere", "z", "Cabinet", "2020-03-02"),
            Meeting { council: "kent".into(), ..meeting("files-kent", "y", "", "") },
            meeting("files-aldmere", "b", "Cabinet", "2020-03-02"),
            meeting("files-aldmere", "c", "Cabinet", "2020-03-02"),
            Meeting { council: unknown.into(), ..meeting("files-unknown", "a", "Cabinet", "2020-03-02") },
            // A month is no day.
            meeting("files-aldmere", "a", "", "2020-03"),
            // A draft, though a site lists it.
            meeting("aldmere", "0", "Cabinet", "2020-03-02"),
        ];
        let reading = |meeting: &Meeting| ReadingState {
            bears_date: meeting.id.number == "z",
            draft: meeting.id.number == "0",
            ..Default::default()
        };
        let is_of_table = |meeting: &Meeting| meeting.council == "kent";
        let place = |meeting| standing(meeting, &reading(meeting), is_of_table(meeting));
        let places: Vec<_> = in_order.iter().map(|meeting| format!("{:?}", place(meeting))).collect();
        assert!(in_order.is_sorted_by(|one, other| place(one) <= place(other)), "{places:?}");
    }

    #[test]
    fn a_copy_names_a_meeting_that_stands() {
        // Each of the first three shares 160 of its 200 runs with the next.
        let meetings = ["a", "b", "c", "d"].map(|n| meeting("files-aldmere", n, "Cabinet", "2020-03-02"));
        let runs = |first: u64| (first..first + 200).collect::<HashSet<u64>>();
        let ids = meetings.iter().map(|meeting| &meeting.id);
        let texts: HashMap<&MeetingId, HashSet<u64>> = ids.zip([0, 40, 80, 0].map(runs)).collect();
        let mut readings = Readings::default();
        for (meeting, runs) in &texts {
            let signature = Some(Signature::of(runs));
            readings.by_meeting.insert((*meeting).clone(), ReadingState { signature, ..Default::default() });
        }
        let load = |meeting: &MeetingId| Ok(texts[meeting].clone());
        let find = |meetings: &[Meeting]| {
            Copies::find(meetings, &readings, &Councils::default(), None, &load).unwrap()
        };
        let found = find(&meetings);
        let named = |copies: &Copies| -> Vec<(String, String)> {
            let left_out = copies.left_out(&Filter::default()).into_values();
            left_out.map(|copy| (copy.meeting.number, copy.original.number)).collect()
        };
        // C is like B, but B is a copy and counts nowhere.
        let expected = [("b", "a"), ("d", "a")].map(|(copy, of)| (copy.to_owned(), of.to_owned()));
        assert_eq!(named(&found), expected);
        let backwards: Vec<Meeting> = meetings.iter().rev().cloned().collect();
        assert_eq!(find(&backwards).groups, found.groups);
        // What is known already is not compared again.
        let never = |_: &MeetingId| -> Result<HashSet<u64>> { panic!("a meeting was loaded") };
        let again = |changed: HashSet<MeetingId>, readings: &Readings, load: &Load| {
            Copies::find(&meetings, readings, &Councils::default(), Some(&found.clone().known(changed)), load)
                .unwrap()
        };
        assert_eq!(again(HashSet::new(), &readings, &never).groups, found.groups);
        // Without A, what was a copy is compared with what it never was.
        let mut but_a = readings.clone();
        but_a.by_meeting.remove(&meetings[0].id);
        let found = again(HashSet::from([meetings[0].id.clone()]), &but_a, &load);
        assert_eq!(
            named(&found),
            [("c", "b"), ("d", "b")].map(|(copy, of)| (copy.to_owned(), of.to_owned()))
        );
    }

    #[test]
    fn what_is_found_beside_what_is_known_is_what_is_found_anew() {
        // Each meeting has 200 runs of a few hundred, so that many are copies.
        let meetings: Vec<Meeting> =
            (0..200).map(|n| meeting("files-aldmere", &format!("{n:03}"), "Cabinet", "2020-03-02")).collect();
        let runs_from = |first: u64| (first..first + 200).collect::<HashSet<u64>>();
        let state = |runs: &HashSet<u64>, n: u64| ReadingState {
            signature: Some(Signature::of(runs)),
            // Some come before the others whatever they are called.
            bears_date: n.is_multiple_of(3),
            ..Default::default()
        };
        let mut texts: HashMap<MeetingId, HashSet<u64>> = HashMap::new();
        let mut readings = Readings::default();
        let put = |texts: &mut HashMap<_, _>, readings: &mut Readings, at: usize, n: u64| {
            let runs = runs_from(n * 17 % 4500);
            readings.by_meeting.insert(meetings[at].id.clone(), state(&runs, n));
            texts.insert(meetings[at].id.clone(), runs);
        };
        (0..200).for_each(|at| put(&mut texts, &mut readings, at, at as u64 * 7));
        let find = |texts: &HashMap<MeetingId, HashSet<u64>>, readings: &Readings, known: Option<&Known>| {
            let load = |meeting: &MeetingId| Ok(texts[meeting].clone());
            Copies::find(&meetings, readings, &Councils::default(), known, &load).unwrap()
        };
        let mut found = find(&texts, &readings, None);
        assert!(found.groups.len() > 5, "{}", found.groups.len());
        for step in 0..100u64 {
            let at = (step * 37 % 200) as usize;
            put(&mut texts, &mut readings, at, step * 11);
            let known = found.known(HashSet::from([meetings[at].id.clone()]));
            found = find(&texts, &readings, Some(&known));
            assert_eq!(found.groups, find(&texts, &readings, None).groups, "{step}");
        }
    }

    #[test]
    fn the_first_that_is_asked_about_counts() {
        let member = |number: &str, council: &str| Member {
            meeting: MeetingId { site: SiteId::new("files"), number: number.into() },
            council: council.into(),
            body: "Joint Committee".into(),
            date: "2020-03-02".parse().ok(),
            edition: Edition::Minutes,
            share: 1.0,
        };
        let mut copies = Copies::default();
        let draft = Member { edition: Edition::DraftMinutes, ..member("4", "cranby") };
        copies.add(vec![member("9", "aldmere"), member("2", "birchford"), member("3", "cranby"), draft]);
        let check = |filter: Filter, expected: &[(&str, &str)]| {
            let left_out = copies.left_out(&filter);
            let left_out: Vec<(&str, &str)> =
                left_out.values().map(|copy| (&*copy.meeting.number, &*copy.original.number)).collect();
            assert_eq!(left_out, expected);
        };
        let of = |councils: &[&str]| Filter {
            councils: councils.iter().map(|council| (*council).to_owned()).collect(),
            ..Filter::default()
        };
        check(of(&[]), &[("2", "9"), ("3", "9"), ("4", "9")]);
        check(of(&["aldmere"]), &[]);
        check(of(&["birchford"]), &[]);
        check(of(&["birchford", "cranby"]), &[("3", "2"), ("4", "2")]);
        check(of(&["cranby"]), &[("4", "3")]);
        check(Filter { editions: [Edition::DraftMinutes].into(), ..of(&[]) }, &[]);
        check(Filter { years: [2021].into(), ..of(&[]) }, &[]);
        check(Filter { with_copies: true, ..of(&[]) }, &[]);
    }

    /// Whether minutes of so many runs, of which so many are shared, are the same.
    #[track_caller]
    fn check(a: &Meeting, b: &Meeting, lengths: (u64, u64), n_shared: u64, expected: bool) {
        let start = lengths.0 - n_shared;
        let texts = [(a, 0..lengths.0), (b, start..start + lengths.1)];
        let runs: HashMap<&MeetingId, HashSet<u64>> =
            texts.into_iter().map(|(meeting, runs)| (&meeting.id, runs.collect())).collect();
        let mut readings = Readings::default();
        for (meeting, runs) in &runs {
            let signature = Some(Signature::of(runs));
            readings.by_meeting.insert((*meeting).clone(), ReadingState { signature, ..Default::default() });
        }
        let load = |meeting: &MeetingId| Ok(runs[meeting].clone());
        let found =
            Copies::find(&[a.clone(), b.clone()], &readings, &Councils::default(), None, &load).unwrap();
        assert_eq!(!found.groups.is_empty(), expected);
    }

    #[test]
    fn on_one_day_three_quarters_are_enough_for_one_body() {
        let a = meeting("files-aldmere", "a", "Cabinet", "2020-03-02");
        let b = meeting("aldmere", "7", "The Cabinet", "2020-03-02");
        check(&a, &b, (1000, 1000), 750, true);
        check(&a, &b, (1000, 1000), 749, false);
        check(&a, &b, (750, 1000), 750, true);
        check(&a, &b, (500, 1000), 500, false);
        check(&a, &b, (100, 100), 100, true);
        check(&a, &meeting("aldmere", "7", "", "2020-03-02"), (1000, 1000), 750, true);
        let finance = meeting("files-aldmere", "b", "Finance Committee", "2020-03-02");
        let planning = meeting("files-aldmere", "c", "Planning Committee", "2020-03-02");
        check(&finance, &planning, (1000, 1000), 979, false);
        check(&finance, &planning, (1000, 1000), 980, true);
    }

    #[test]
    fn few_words_are_the_same_on_one_day_of_one_council_where_all_are() {
        let a = meeting("files-aldmere", "a", "Cabinet", "2020-03-02");
        let b = meeting("files-aldmere", "b", "The Cabinet", "2020-03-02");
        check(&a, &b, (99, 99), 99, true);
        check(&a, &meeting("files-aldmere", "b", "Executive", "2020-03-02"), (99, 99), 99, false);
        check(&a, &b, (99, 99), 98, false);
        check(&a, &b, (99, 100), 99, false);
        check(&a, &Meeting { council: "birchford".into(), ..b.clone() }, (99, 99), 99, false);
        check(&a, &meeting("files-aldmere", "b", "Cabinet", "2020-03-03"), (99, 99), 99, false);
        let [first, second] = ["7", "8"].map(|number| meeting("aldmere", number, "Cabinet", "2020-03-02"));
        check(&first, &second, (99, 99), 99, false);
    }

    #[test]
    fn where_no_day_tells_that_they_are_one_the_shorter_stands_in_the_longer_whole() {
        let a = meeting("files-aldmere", "a", "Cabinet", "2020-03-02");
        let undated = meeting("files-aldmere", "b", "Cabinet", "");
        for other in [&meeting("files-aldmere", "b", "Cabinet", "2020-03-03"), &undated] {
            check(&a, other, (1000, 1000), 980, true);
            check(&a, other, (1000, 1000), 979, false);
            check(&a, other, (800, 1000), 800, true);
            check(&a, other, (740, 1000), 740, false);
        }
        check(&undated, &meeting("files-aldmere", "c", "Cabinet", ""), (1000, 1000), 979, false);
        // One site lists two meetings on one day: a first and a second hearing.
        let first = meeting("aldmere", "7", "Hearings", "2020-03-02");
        let second = meeting("aldmere", "8", "Hearings", "2020-03-02");
        check(&first, &second, (1000, 1000), 979, false);
        check(&first, &second, (1000, 1000), 980, true);
    }
}
