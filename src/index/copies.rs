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
//! - and, unless both met on one day and no site lists both, [`WHOLE_SHARE`] of
//!   the runs of the shorter stand in the longer: minutes of another day that
//!   follow the same template differ in names, numbers and sums.
//!
//! Meetings are taken in one order: those that a site lists before added files,
//! then those whose minutes name their date, then those of a council of the
//! table, then those of which more of day, body and council is known, then by
//! their identifiers. Each is a copy of the
//! first before it that has the same minutes and is no copy itself, and stands
//! otherwise. So neither the order of adding nor the number of threads matters,
//! and a copy stands again as soon as its original goes or says something else.
//!
//! Signatures, kept with the readings, propose which meetings to compare; the
//! passages in the index decide. Only the minutes of a copy are left out: what
//! else is held of its meeting is not known to stand anywhere else.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fs;
use std::path::Path;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::readings::{Readings, write_whole};
use super::runs::runs;
use super::signature::Signature;
use crate::model::{Councils, Error, Meeting, MeetingId, Passage, Result};

/// How many different runs minutes have at least to be a copy or to have one:
/// about half a page. In fewer words, of which nearly all may be the wording of a
/// resolution to exclude the public, two meetings can say the same.
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

/// A meeting whose minutes stand under another, and count there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CopiedMeeting {
    /// The meeting that is left out.
    pub meeting: MeetingId,
    /// The one that counts. It is no copy itself.
    pub original: MeetingId,
    /// The share of the longer's runs that stand in the shorter, from 0 to 1.
    pub share: f64,
}

/// The copies among all meetings, by the meeting that is left out.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Copies(BTreeMap<MeetingId, CopiedMeeting>);

/// Gives the runs of a meeting's minutes.
type Load<'a> = dyn Fn(&MeetingId) -> Result<HashSet<u64>> + Sync + 'a;

/// The signature of a meeting's minutes; `None` where they are too short to be
/// a copy or to have one.
pub fn signature(passages: &[Passage]) -> Option<Signature> {
    let runs = runs_of_minutes(passages);
    (runs.len() >= FEWEST_RUNS).then(|| Signature::of(&runs))
}

/// The runs of a meeting's minutes, each once.
pub fn runs_of_minutes(passages: &[Passage]) -> HashSet<u64> {
    passages.iter().filter(|passage| passage.edition.is_minutes()).flat_map(runs).collect()
}

impl Copies {
    /// Finds the copies among meetings as they were read. `before` are those that
    /// were found already, without those of meetings that were read anew since;
    /// `councils` is the table, `load` gives the runs of a meeting's minutes.
    pub(super) fn find<'a>(
        meetings: &'a [Meeting],
        readings: &'a Readings,
        councils: &Councils,
        before: &Self,
        load: &Load,
    ) -> Result<Self> {
        let in_table: HashSet<&str> = councils.all().iter().map(|council| council.slug.as_str()).collect();
        let with_text = |meeting: &'a Meeting| {
            let reading = readings.by_meeting.get(&meeting.id)?;
            let is_of_table = in_table.contains(meeting.council.as_str());
            let standing = standing(meeting, reading.bears_date, is_of_table);
            Some((standing, meeting, reading.signature.as_ref()?))
        };
        let mut texts: Vec<(Standing, &Meeting, &Signature)> =
            meetings.iter().filter_map(with_text).collect();
        texts.sort_by_key(|(standing, ..)| *standing);
        let mut by_band: HashMap<(usize, &[u16]), Vec<usize>> = HashMap::new();
        for (at, (.., signature)) in texts.iter().enumerate() {
            for band in signature.bands() {
                by_band.entry(band).or_default().push(at);
            }
        }
        let mut found = Self::default();
        for (at, (_, original, signature)) in texts.iter().enumerate() {
            if found.of(&original.id).is_some() {
                continue;
            }
            let sharing = signature.bands().flat_map(|band| &by_band[&band]);
            let others: BTreeSet<usize> = sharing.copied().filter(|other| *other > at).collect();
            let others: Vec<&Meeting> = others
                .into_iter()
                .map(|other| (texts[other].1, texts[other].2))
                .filter(|(meeting, other)| {
                    let least =
                        least_shared(original, meeting, signature.n_runs as usize, other.n_runs as usize);
                    found.of(&meeting.id).is_none() && signature.may_share(other, least)
                })
                .map(|(meeting, _)| meeting)
                .collect();
            found.add_copies_of(original, &others, before, load)?;
        }
        Ok(found)
    }

    /// Adds those of `others` that have the minutes of `original`.
    fn add_copies_of(
        &mut self,
        original: &Meeting,
        others: &[&Meeting],
        before: &Self,
        load: &Load,
    ) -> Result<()> {
        let mut new = Vec::new();
        for other in others {
            match before.of(&other.id).filter(|copy| copy.original == original.id) {
                Some(copy) => self.add(copy.clone()),
                None => new.push(other),
            }
        }
        if new.is_empty() {
            return Ok(());
        }
        let of_original = load(&original.id)?;
        let compared: Vec<Option<CopiedMeeting>> = new
            .par_iter()
            .map(|other| {
                let share = share_if_same(original, &of_original, other, &load(&other.id)?);
                let (meeting, original) = (other.id.clone(), original.id.clone());
                Ok(share.map(|share| CopiedMeeting { meeting, original, share }))
            })
            .collect::<Result<_>>()?;
        compared.into_iter().flatten().for_each(|copy| self.add(copy));
        Ok(())
    }

    fn add(&mut self, copy: CopiedMeeting) {
        self.0.insert(copy.meeting.clone(), copy);
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All of them, by the meeting that is left out.
    pub fn all(&self) -> impl Iterator<Item = &CopiedMeeting> {
        self.0.values()
    }

    /// What a meeting is a copy of; `None` for one that counts.
    pub fn of(&self, meeting: &MeetingId) -> Option<&CopiedMeeting> {
        self.0.get(meeting)
    }

    /// Leaves out those of which either meeting is among these.
    pub(super) fn forget(&mut self, meetings: &HashSet<MeetingId>) {
        self.0.retain(|meeting, copy| !meetings.contains(meeting) && !meetings.contains(&copy.original));
    }

    /// Reads them from an index's folder; `None` where the file is not there.
    pub(super) fn read(folder: &Path) -> Result<Option<Self>> {
        let path = folder.join("copies.json");
        if !path.exists() {
            return Ok(None);
        }
        let bytes = fs::read(&path).map_err(Error::io("read", &path))?;
        let copies: Vec<CopiedMeeting> =
            serde_json::from_slice(&bytes).map_err(|error| Error::io("read", &path)(error.into()))?;
        let mut read = Self::default();
        copies.into_iter().for_each(|copy| read.add(copy));
        Ok(Some(read))
    }

    /// Writes them there, whole or not at all.
    pub(super) fn write(&self, folder: &Path) -> Result<()> {
        let copies: Vec<&CopiedMeeting> = self.all().collect();
        let json = serde_json::to_vec(&copies).expect("names and shares are JSON");
        write_whole(&folder.join("copies.json"), &json)
    }
}

/// The place of a meeting in the order in which they are taken.
type Standing<'a> = (bool, bool, bool, Reverse<usize>, &'a MeetingId);

/// The order in which meetings are taken, so that the one of which most is known
/// stands: a total order.
fn standing(meeting: &Meeting, bears_date: bool, is_of_table: bool) -> Standing<'_> {
    let is_known =
        [day(meeting).is_some(), !meeting.body.is_empty(), meeting.council != Meeting::COUNCIL_NOT_KNOWN];
    let n_known = is_known.into_iter().filter(|is_known| *is_known).count();
    (meeting.id.site.is_of_files(), !bears_date, !is_of_table, Reverse(n_known), &meeting.id)
}

fn day(meeting: &Meeting) -> Option<jiff::civil::Date> {
    meeting.date.and_then(|date| date.to_day())
}

/// How many runs two meetings must share at least for their minutes to be the
/// same by the rule of this module, of so many that each has.
fn least_shared(a: &Meeting, b: &Meeting, n_a: usize, n_b: usize) -> f64 {
    let is_of_one_day = day(a).is_some() && day(a) == day(b);
    let are_listed_as_two = a.id.site == b.id.site && !a.id.site.is_of_files();
    let whole = if is_of_one_day && !are_listed_as_two { SAME_SHARE } else { WHOLE_SHARE };
    f64::max(SAME_SHARE * n_a.max(n_b) as f64, whole * n_a.min(n_b) as f64)
}

/// The share of the longer's runs that stand in the shorter, where the minutes of
/// two meetings are the same.
fn share_if_same(a: &Meeting, of_a: &HashSet<u64>, b: &Meeting, of_b: &HashSet<u64>) -> Option<f64> {
    let (shorter, longer) = if of_a.len() <= of_b.len() { (of_a, of_b) } else { (of_b, of_a) };
    let n_shared = shorter.intersection(longer).count() as f64;
    let is_same = shorter.len() >= FEWEST_RUNS && n_shared >= least_shared(a, b, of_a.len(), of_b.len());
    is_same.then(|| n_shared / longer.len() as f64)
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
        ];
        let bears_date = |meeting: &Meeting| meeting.id.number == "z";
        let is_of_table = |meeting: &Meeting| meeting.council == "kent";
        let place = |meeting| standing(meeting, bears_date(meeting), is_of_table(meeting));
        let places: Vec<Standing> = in_order.iter().map(place).collect();
        assert!(places.is_sorted(), "{places:?}");
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
        let found =
            Copies::find(&meetings, &readings, &Councils::default(), &Copies::default(), &load).unwrap();
        let named: Vec<(&str, &str)> =
            found.all().map(|copy| (&*copy.meeting.number, &*copy.original.number)).collect();
        // C is like B, but B is a copy and counts nowhere.
        assert_eq!(named, [("b", "a"), ("d", "a")]);
        let backwards: Vec<Meeting> = meetings.iter().rev().cloned().collect();
        assert_eq!(
            Copies::find(&backwards, &readings, &Councils::default(), &Copies::default(), &load).unwrap(),
            found
        );
        // What is known already is not compared again.
        let never = |_: &MeetingId| -> Result<HashSet<u64>> { panic!("a meeting was loaded") };
        let mut but_c = readings.clone();
        but_c.by_meeting.remove(&meetings[2].id);
        assert_eq!(Copies::find(&meetings, &but_c, &Councils::default(), &found, &never).unwrap(), found);
    }

    /// Whether minutes of so many runs, of which so many are shared, are the same.
    #[track_caller]
    fn check(a: &Meeting, b: &Meeting, lengths: (u64, u64), n_shared: u64, expected: bool) {
        let of_a: HashSet<u64> = (0..lengths.0).collect();
        let start = lengths.0 - n_shared;
        let of_b: HashSet<u64> = (start..start + lengths.1).collect();
        assert_eq!(share_if_same(a, &of_a, b, &of_b).is_some(), expected);
        assert_eq!(share_if_same(b, &of_b, a, &of_a).is_some(), expected);
    }

    #[test]
    fn on_one_day_three_quarters_are_enough() {
        let a = meeting("files-aldmere", "a", "Cabinet", "2020-03-02");
        let b = meeting("aldmere", "7", "The Cabinet", "2020-03-02");
        check(&a, &b, (1000, 1000), 750, true);
        check(&a, &b, (1000, 1000), 749, false);
        check(&a, &b, (750, 1000), 750, true);
        check(&a, &b, (500, 1000), 500, false);
        check(&a, &b, (100, 100), 100, true);
        check(&a, &b, (99, 100), 99, false);
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
