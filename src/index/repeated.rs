//! Boilerplate that no title tells: the same wording in meeting after meeting
//! of a body, such as a notice about filming. `index/repeated.json`.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

use serde::{Deserialize, Serialize};
use tantivy::columnar::Column;
use tantivy::{Searcher, SegmentReader};

use super::engine::column;
use super::readings::write_whole;
use crate::model::{Edition, Error, Kind, Passage, Result};
use crate::search::Tokens;

/// How many words a wording has at least: what is shorter comes again by chance.
const FEWEST_WORDS: usize = 6;

/// In how many meetings of a body a wording stands at least, to be boilerplate.
const FEWEST_MEETINGS: u32 = 5;

/// In which share of the body's meetings it stands at least: one in three.
const ONE_IN: u32 = 3;

/// Wordings that are boilerplate.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repeated {
    /// The bodies that have any.
    bodies: Vec<Body>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Body {
    council: String,
    body: String,
    /// How many of its meetings have minutes that can be read.
    of_meetings: u32,
    /// Digests of wordings, and in how many of the meetings each stands.
    wordings: Vec<(u64, u32)>,
}

/// For each passage of a segment, in how many meetings of its body its wording
/// stands, of how many; `None` for one that is no boilerplate by repetition.
pub type Marks = Vec<Option<(u32, u32)>>;

/// The wordings of one body, with [`Marks`] for each.
type Wordings = HashMap<u64, (u32, u32)>;

/// The meetings of a body that have minutes, and those that have each wording.
#[derive(Default)]
struct Said {
    meetings: HashSet<u64>,
    wordings: HashMap<u64, HashSet<u64>>,
}

/// The wording of a passage as one number, for those that may be boilerplate:
/// narrative of [`FEWEST_WORDS`] or more in minutes, outside of their items. What
/// is said of a matter is never boilerplate, however often it comes again: that a
/// finding recurs is what users ask for.
pub fn wording(passage: &Passage, tokens: &Tokens) -> Option<u64> {
    let is_outside = passage.title.is_empty() && passage.item.is_empty();
    let may_be = is_outside && passage.kind == Kind::Narrative && passage.edition.is_minutes();
    if !may_be || tokens.len() < FEWEST_WORDS {
        return None;
    }
    let mut hasher = DefaultHasher::new();
    tokens.words().for_each(|word| word.hash(&mut hasher));
    // 0 stands for none.
    Some(hasher.finish().max(1))
}

impl Repeated {
    /// Finds them in all that is indexed.
    pub fn find(searcher: &Searcher) -> tantivy::Result<Self> {
        type BodyKey = (String, String);
        let mut meetings: HashMap<BodyKey, u32> = HashMap::new();
        let mut counts: HashMap<BodyKey, HashMap<u64, u32>> = HashMap::new();
        for segment in searcher.segment_readers() {
            // All passages of a meeting are in one segment.
            let columns = Columns::of(segment)?;
            let minutes: HashSet<u64> = columns.ords_of_minutes()?;
            let mut by_body: HashMap<(u64, u64), Said> = HashMap::new();
            for doc in segment.doc_ids_alive() {
                let first = |column: &Column<u64>| column.first(doc).unwrap_or(u64::MAX);
                if !minutes.contains(&first(columns.edition.ords())) {
                    continue;
                }
                let meeting = first(columns.meeting.ords());
                let body = (first(columns.council.ords()), first(columns.body.ords()));
                let said = by_body.entry(body).or_default();
                said.meetings.insert(meeting);
                if let Some(wording) = columns.wording.first(doc).filter(|wording| *wording != 0) {
                    said.wordings.entry(wording).or_default().insert(meeting);
                }
            }
            for ((council, body), said) in by_body {
                let key = (columns.text(&columns.council, council)?, columns.text(&columns.body, body)?);
                *meetings.entry(key.clone()).or_default() += said.meetings.len() as u32;
                let counts = counts.entry(key).or_default();
                for (wording, meetings) in said.wordings {
                    *counts.entry(wording).or_default() += meetings.len() as u32;
                }
            }
        }
        let mut bodies: Vec<Body> = counts
            .into_iter()
            // Of a body that is not known nothing can be said.
            .filter(|((_, body), _)| !body.is_empty())
            .map(|(key, wordings)| {
                let of_meetings = meetings.get(&key).copied().unwrap_or_default();
                let is_often = |n: u32| n >= FEWEST_MEETINGS && n * ONE_IN >= of_meetings;
                let mut wordings: Vec<(u64, u32)> =
                    wordings.into_iter().filter(|(_, n)| is_often(*n)).collect();
                wordings.sort_unstable();
                Body { council: key.0, body: key.1, of_meetings, wordings }
            })
            .filter(|body| !body.wordings.is_empty())
            .collect();
        bodies.sort_by(|a, b| (&a.council, &a.body).cmp(&(&b.council, &b.body)));
        Ok(Self { bodies })
    }

    /// Reads them from an index's folder; none where the file is not there.
    pub fn read(folder: &Path) -> Result<Self> {
        let path = folder.join("repeated.json");
        if !path.exists() {
            return Ok(Self::default());
        }
        let bytes = fs::read(&path).map_err(Error::io("read", &path))?;
        serde_json::from_slice(&bytes).map_err(|error| Error::io("read", &path)(error.into()))
    }

    /// Writes them there, whole or not at all.
    pub fn write(&self, folder: &Path) -> Result<()> {
        let json = serde_json::to_vec(self).expect("numbers and names are JSON");
        write_whole(&folder.join("repeated.json"), &json)
    }

    /// The marks of a segment.
    pub fn marks(&self, segment: &SegmentReader) -> tantivy::Result<Marks> {
        let mut marks = vec![None; segment.max_doc() as usize];
        if self.bodies.is_empty() {
            return Ok(marks);
        }
        let columns = Columns::of(segment)?;
        let known: HashMap<(String, String), Wordings> = self
            .bodies
            .iter()
            .map(|body| {
                let wordings = body.wordings.iter().map(|(wording, n)| (*wording, (*n, body.of_meetings)));
                ((body.council.clone(), body.body.clone()), wordings.collect())
            })
            .collect();
        let mut by_ords: HashMap<(u64, u64), Option<&Wordings>> = HashMap::new();
        for doc in segment.doc_ids_alive() {
            let Some(wording) = columns.wording.first(doc).filter(|wording| *wording != 0) else { continue };
            let first = |column: &Column<u64>| column.first(doc).unwrap_or(u64::MAX);
            let ords = (first(columns.council.ords()), first(columns.body.ords()));
            let of_body = match by_ords.get(&ords) {
                Some(of_body) => *of_body,
                None => {
                    let council = columns.text(&columns.council, ords.0)?;
                    let body = columns.text(&columns.body, ords.1)?;
                    let of_body = known.get(&(council, body));
                    by_ords.insert(ords, of_body);
                    of_body
                }
            };
            marks[doc as usize] = of_body.and_then(|wordings| wordings.get(&wording)).copied();
        }
        Ok(marks)
    }
}

/// The columns of a segment by which wordings are counted.
struct Columns {
    council: tantivy::columnar::StrColumn,
    body: tantivy::columnar::StrColumn,
    meeting: tantivy::columnar::StrColumn,
    edition: tantivy::columnar::StrColumn,
    wording: Column<u64>,
}

impl Columns {
    fn of(segment: &SegmentReader) -> tantivy::Result<Self> {
        let text = |name: &str| {
            let column = segment.fast_fields().str(name)?;
            column
                .ok_or_else(|| tantivy::TantivyError::SchemaError(format!("the column `{name}` is missing")))
        };
        Ok(Self {
            council: text(column::COUNCIL)?,
            body: text(column::BODY)?,
            meeting: text(column::MEETING)?,
            edition: text(column::EDITION)?,
            wording: segment.fast_fields().u64(column::WORDING)?,
        })
    }

    fn text(&self, column: &tantivy::columnar::StrColumn, ord: u64) -> tantivy::Result<String> {
        let mut text = String::new();
        if ord != u64::MAX {
            column.ord_to_str(ord, &mut text)?;
        }
        Ok(text)
    }

    /// The numbers that stand for editions of minutes.
    fn ords_of_minutes(&self) -> tantivy::Result<HashSet<u64>> {
        let mut ords = HashSet::new();
        for ord in 0..self.edition.num_terms() as u64 {
            let name = self.text(&self.edition, ord)?;
            if Edition::ALL.into_iter().any(|edition| edition.name() == name && edition.is_minutes()) {
                ords.insert(ord);
            }
        }
        Ok(ords)
    }
}
