//! The meetings of the index, and how many passages of which class each has:
//! what counts are counted against. `index/contents.json`.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tantivy::Searcher;

use super::class::Class;
use super::engine::{Columns, OfMeeting};
use super::readings::{Readings, damaged, write_whole};
use super::repeated::{Repeated, Wordings};
use crate::analyse::{Dimension, GroupKey};
use crate::model::{
    Council, Councils, Edition, Error, Kind, Meeting, MeetingId, PartialDate, Result, SiteId,
};

/// Stands for the place of a meeting that is not there.
const NO_PLACE: u32 = u32::MAX;

/// A group as one number; see [`Grouping`].
pub type GroupNumber = u64;

/// The meetings of the index that have passages.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Contents {
    /// Bodies, each of one council.
    pub bodies: Vec<Body>,
    /// In the order of the corpus: by council, date and identifier.
    pub meetings: Vec<IndexedMeeting>,
    /// By the number of a meeting, its place in `meetings`; `NO_PLACE` where there is
    /// none.
    places: Vec<u32>,
    /// By place: whether any wording is boilerplate by repetition in the body.
    have_repeated: Vec<bool>,
    /// By place: the values of a meeting, by dimension, as places in `values`; 0 where
    /// passages are told apart by it, not meetings.
    groups: Vec<[u32; Dimension::ALL.len()]>,
    /// By dimension: the values that there are, sorted; kinds and editions as all are
    /// listed.
    values: [Vec<Arc<str>>; Dimension::ALL.len()],
}

/// Values in order, each once.
fn distinct<T: Ord>(values: impl Iterator<Item = T>) -> Vec<T> {
    let mut values: Vec<T> = values.collect();
    values.sort_unstable();
    values.dedup();
    values
}

/// The place of a value among all there are.
fn place_among<T: PartialOrd<U>, U>(values: &[T], value: &U) -> u32 {
    values.partition_point(|other| other < value) as u32
}

/// Groups by some dimensions as numbers, in the order of the places of their values, the
/// first dimension in front; each dimension once.
pub struct Grouping<'a> {
    contents: &'a Contents,
    steps: Vec<Step>,
}

/// What a dimension adds to the number of a group.
struct Step {
    dimension: Dimension,
    /// For each value before that of the group.
    step: GroupNumber,
}

/// The groups of the passages of one meeting.
pub struct GroupsOfMeeting {
    of_meeting: GroupNumber,
    /// What a kind adds for each before it.
    kind: GroupNumber,
    /// What an edition adds for each before it.
    edition: GroupNumber,
}

impl GroupsOfMeeting {
    /// The group of those of a class.
    pub fn of(&self, class: Class) -> GroupNumber {
        self.of_meeting + self.kind * class.kind as GroupNumber + self.edition * class.edition as GroupNumber
    }
}

impl Grouping<'_> {
    /// The groups of the passages of the meeting at that place.
    pub fn of_meeting(&self, place: usize) -> GroupsOfMeeting {
        let of_meeting = &self.contents.groups[place];
        let mut groups = GroupsOfMeeting { of_meeting: 0, kind: 0, edition: 0 };
        for &Step { dimension, step } in &self.steps {
            match dimension {
                Dimension::Kind => groups.kind = step,
                Dimension::Edition => groups.edition = step,
                _ => groups.of_meeting += step * GroupNumber::from(of_meeting[dimension as usize]),
            }
        }
        groups
    }

    /// The values of a group.
    pub fn key(&self, group: GroupNumber) -> GroupKey {
        let mut rest = group;
        let value = |&Step { dimension, step }: &Step| {
            let place = rest / step;
            rest %= step;
            Arc::clone(&self.contents.values[dimension as usize][place as usize])
        };
        self.steps.iter().map(value).collect()
    }
}

/// The contents as `contents.json` has them: meetings as arrays, as names would take more
/// room, and time to read, than most values.
#[derive(Serialize, Deserialize)]
struct Stored<'a> {
    bodies: Cow<'a, [Body]>,
    sites: Vec<SiteId>,
    meetings: Vec<StoredMeeting<'a>>,
}

/// The place of its site, what tells it from others of that, its number in this index,
/// the place of its body, its date, and its passages by class.
type StoredMeeting<'a> = (usize, Cow<'a, str>, u32, usize, Option<PartialDate>, Cow<'a, [(usize, u64)]>);

impl<'a> Stored<'a> {
    fn of(contents: &'a Contents) -> Self {
        let mut sites: Vec<SiteId> =
            contents.meetings.iter().map(|meeting| meeting.id.site.clone()).collect();
        sites.sort_unstable();
        sites.dedup();
        let stored = |IndexedMeeting { id, number, body, date, classes }: &'a IndexedMeeting| {
            let site = sites.partition_point(|site| *site < id.site);
            (site, Cow::from(&id.number), *number, *body, *date, Cow::from(classes))
        };
        let meetings = contents.meetings.iter().map(stored).collect();
        Self { bodies: Cow::from(&contents.bodies), sites, meetings }
    }

    /// `None` where a meeting has a site or a body that is not there.
    fn into_contents(self) -> Option<Contents> {
        let bodies = self.bodies.into_owned();
        let indexed = |(site, in_site, number, body, date, classes): StoredMeeting| {
            let id = MeetingId { site: self.sites.get(site)?.clone(), number: in_site.into_owned() };
            let is_of_body = body < bodies.len();
            is_of_body.then(|| IndexedMeeting { id, number, body, date, classes: classes.into_owned() })
        };
        let meetings = self.meetings.into_iter().map(indexed).collect::<Option<_>>()?;
        Some(Contents { bodies, meetings, ..Contents::default() })
    }
}

/// A body of one council.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Body {
    /// The slug of the council.
    pub council: String,
    /// The name of the council.
    pub council_name: String,
    /// The name of the body; empty when it is not known.
    pub name: String,
    /// Its wordings that are boilerplate.
    #[serde(default, skip_serializing_if = "Wordings::is_empty")]
    pub repeated: Wordings,
}

/// A meeting of the index.
#[derive(Debug, Clone, PartialEq)]
pub struct IndexedMeeting {
    /// Its identifier.
    pub id: MeetingId,
    /// Its number in this index, by which passages name it.
    pub number: u32,
    /// The place of its body among those of the index.
    pub body: usize,
    /// When it was held; `None` when it is not known.
    pub date: Option<PartialDate>,
    /// How many of its passages are of which class, by the number of the class;
    /// those that are boilerplate by repetition are of the class of boilerplate.
    pub classes: Vec<(usize, u64)>,
}

impl Contents {
    /// Counts all that is indexed.
    pub fn find(searcher: &Searcher, meetings: &[Meeting], readings: &Readings) -> tantivy::Result<Self> {
        let mut contents = Self::of_meetings(meetings, readings);
        let columns: Vec<(Columns, Vec<u32>)> = searcher
            .segment_readers()
            .iter()
            .map(|segment| Ok((Columns::open(segment)?, segment.doc_ids_alive().collect())))
            .collect::<tantivy::Result<_>>()?;
        let passages = || {
            columns.iter().flat_map(|(columns, docs)| {
                docs.iter().map(|&doc| {
                    let (number, class) = (columns.number.get_val(doc), columns.class.get_val(doc));
                    (number as u32, class as usize, columns.wording(doc))
                })
            })
        };
        let mut repeated = Repeated::default();
        for (number, class, wording) in passages() {
            if let Some((meeting, class)) = contents.place_of(number).zip(Class::from_number(class)) {
                repeated.add(contents.meetings[meeting].body, number, class, wording);
            }
        }
        for (body, wordings) in repeated.finish() {
            // Of a body that is not known nothing can be said.
            if !contents.bodies[body].name.is_empty() {
                contents.bodies[body].repeated = wordings;
            }
        }
        contents.note_repeated();
        let mut counts: Vec<BTreeMap<usize, u64>> = vec![BTreeMap::new(); contents.meetings.len()];
        for (number, class, wording) in passages() {
            let Some((place, mut class)) = contents.place_of(number).zip(Class::from_number(class)) else {
                continue;
            };
            class.boilerplate |= contents.repeated(place, wording).is_some();
            *counts[place].entry(class.number()).or_default() += 1;
        }
        for (meeting, counts) in contents.meetings.iter_mut().zip(counts) {
            meeting.classes = counts.into_iter().collect();
        }
        Ok(contents)
    }

    /// The meetings that have passages, none of which is counted yet.
    fn of_meetings(meetings: &[Meeting], readings: &Readings) -> Self {
        let mut contents = Self::default();
        let mut bodies: HashMap<(&str, &str), usize> = HashMap::new();
        for meeting in meetings {
            let Some(state) = readings.by_meeting.get(&meeting.id).filter(|state| state.passages > 0) else {
                continue;
            };
            let body = *bodies.entry((&meeting.council, &meeting.body)).or_insert_with(|| {
                contents.bodies.push(Body {
                    council: meeting.council.clone(),
                    council_name: meeting.council_name.clone(),
                    name: meeting.body.clone(),
                    repeated: Wordings::new(),
                });
                contents.bodies.len() - 1
            });
            contents.meetings.push(IndexedMeeting {
                id: meeting.id.clone(),
                number: state.number,
                body,
                date: meeting.date,
                classes: Vec::new(),
            });
        }
        let bodies = &contents.bodies;
        contents.meetings.sort_by(|a, b| {
            let by_council = bodies[a.body].council.cmp(&bodies[b.body].council);
            by_council.then_with(|| a.date.cmp(&b.date)).then_with(|| a.id.cmp(&b.id))
        });
        contents.find_places(&Councils::default());
        contents
    }

    /// Notes where each meeting belongs; the table of councils tells nations and regions.
    fn find_places(&mut self, councils: &Councils) {
        let n_numbers = self.meetings.iter().map(|meeting| meeting.number as usize + 1).max().unwrap_or(0);
        self.places = vec![NO_PLACE; n_numbers];
        for (place, meeting) in (0..).zip(&self.meetings) {
            self.places[meeting.number as usize] = place;
        }
        let by_slug: HashMap<&str, &Council> =
            councils.all().iter().map(|council| (council.slug.as_str(), council)).collect();
        let of_body = |body: &Body, dimension: Dimension| {
            let council = by_slug.get(body.council.as_str());
            match dimension {
                Dimension::Council => body.council.clone(),
                Dimension::Body => body.name.clone(),
                Dimension::Nation => council.map(|council| council.nation.clone()).unwrap_or_default(),
                Dimension::Region => council.map(|council| council.region.clone()).unwrap_or_default(),
                Dimension::Year | Dimension::Quarter | Dimension::Kind | Dimension::Edition => String::new(),
            }
        };
        // What is not known comes first.
        let year = |meeting: &IndexedMeeting| meeting.date.map(PartialDate::year);
        let quarter =
            |meeting: &IndexedMeeting| meeting.date.and_then(|date| Some((date.year(), date.quarter()?)));
        let (years, quarters) =
            (distinct(self.meetings.iter().map(year)), distinct(self.meetings.iter().map(quarter)));
        let names = |dimension: Dimension| -> Vec<String> {
            match dimension {
                Dimension::Year => {
                    years.iter().map(|year| year.map_or_else(String::new, |year| year.to_string())).collect()
                }
                Dimension::Quarter => {
                    let name = |(year, quarter)| format!("{year}-Q{quarter}");
                    quarters.iter().map(|quarter| quarter.map_or_else(String::new, name)).collect()
                }
                Dimension::Kind => Kind::ALL.map(|kind| kind.name().to_owned()).to_vec(),
                Dimension::Edition => Edition::ALL.map(|edition| edition.name().to_owned()).to_vec(),
                Dimension::Council | Dimension::Body | Dimension::Nation | Dimension::Region => {
                    distinct(self.bodies.iter().map(|body| of_body(body, dimension)))
                }
            }
        };
        let names = Dimension::ALL.map(names);
        let of_bodies: Vec<_> = self
            .bodies
            .iter()
            .map(|body| {
                Dimension::ALL
                    .map(|dimension| place_among(&names[dimension as usize], &of_body(body, dimension)))
            })
            .collect();
        let groups = |meeting: &IndexedMeeting| {
            let mut groups = of_bodies[meeting.body];
            groups[Dimension::Year as usize] = place_among(&years, &year(meeting));
            groups[Dimension::Quarter as usize] = place_among(&quarters, &quarter(meeting));
            groups
        };
        self.groups = self.meetings.iter().map(groups).collect();
        self.values = names.map(|names| names.into_iter().map(Arc::from).collect());
    }

    fn note_repeated(&mut self) {
        let has_repeated = |meeting: &IndexedMeeting| !self.bodies[meeting.body].repeated.is_empty();
        self.have_repeated = self.meetings.iter().map(has_repeated).collect();
    }

    /// How passages are put into groups.
    pub fn grouping(&self, by: &[Dimension]) -> Grouping<'_> {
        let mut step = 1;
        let mut steps = Vec::new();
        for &dimension in by.iter().rev() {
            steps.push(Step { dimension, step });
            step *= self.values[dimension as usize].len() as GroupNumber;
        }
        steps.reverse();
        Grouping { contents: self, steps }
    }

    /// The place in `meetings` of the meeting with a number.
    pub fn place_of(&self, number: u32) -> Option<usize> {
        let place = *self.places.get(number as usize)?;
        (place != NO_PLACE).then_some(place as usize)
    }

    /// What the passages of a meeting have of it.
    pub fn of_meeting(&self, place: usize) -> OfMeeting<'_> {
        let IndexedMeeting { id, body, date, .. } = &self.meetings[place];
        let Body { council, council_name, name, .. } = &self.bodies[*body];
        OfMeeting { meeting: id, council, council_name, body: name, date: *date }
    }

    /// Whether any wording is boilerplate by repetition in the body of a meeting.
    pub fn has_repeated(&self, place: usize) -> bool {
        self.have_repeated[place]
    }

    /// In how many meetings of its body the wording of a passage stands, of how
    /// many; `None` for one that is no boilerplate by repetition.
    pub fn repeated(&self, place: usize, wording: u64) -> Option<(u32, u32)> {
        if wording == 0 {
            return None;
        }
        let wordings = &self.bodies[self.meetings[place].body].repeated;
        let found = wordings.binary_search_by_key(&wording, |(wording, ..)| *wording).ok()?;
        let (_, n, of) = wordings[found];
        Some((n, of))
    }

    /// Reads them from an index's folder; the table of councils tells nations and regions.
    pub fn read(folder: &Path, councils: &Councils) -> Result<Self> {
        let path = folder.join("contents.json");
        let bytes = fs::read(&path).map_err(Error::io("read", &path))?;
        let stored: Stored = serde_json::from_slice(&bytes).map_err(|_| damaged(&path))?;
        let mut contents = stored.into_contents().ok_or_else(|| damaged(&path))?;
        contents.find_places(councils);
        contents.note_repeated();
        Ok(contents)
    }

    /// Writes them there, whole or not at all.
    pub fn write(&self, folder: &Path) -> Result<()> {
        let json = serde_json::to_vec(&Stored::of(self)).expect("numbers and names are JSON");
        write_whole(&folder.join("contents.json"), &json)
    }
}
