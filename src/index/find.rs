//! Answers: which passages match, with their spans; and of how many.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rayon::prelude::*;
use tantivy::{DocAddress, DocId, DocSet, ReloadPolicy, Searcher, TERMINATED, TantivyDocument};

use super::build;
use super::class::Class;
use super::contents::{Contents, IndexedMeeting};
use super::copies::Copies;
use super::engine::{self, Columns, Fields};
use super::readings::{Format, Readings};
use super::selection::Selection;
use super::span_query::{SpanQuery, Unit};
use super::vocabulary::Vocabulary;
use crate::analyse::{Dimension, GroupKey, Tally, TallyBuilder};
use crate::corpus::Home;
use crate::model::{Error, Passage, Result};
use crate::search::{Facts, Filter, Query, ReadyQuery, Span};

/// How long to wait before an index that another process completes is looked at
/// again.
const WAIT: Duration = Duration::from_millis(50);

/// An index opened for reading.
pub struct Index {
    folder: PathBuf,
    pub(super) searcher: Searcher,
    fields: Fields,
    format: Format,
    pub(super) contents: Arc<Contents>,
    pub(super) copies: Copies,
    vocabulary: Vocabulary,
    /// By segment.
    pub(super) columns: Vec<Columns>,
}

/// A passage by its place in an index: its meeting in the order of the corpus, and
/// its place in that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PassageKey(usize, u32);

/// A passage that matches.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    address: DocAddress,
    /// The place of its meeting in the contents.
    meeting: usize,
    /// The number of its item within the meeting.
    item: u32,
    /// Its place within the meeting.
    ordinal: u32,
    class: Class,
    /// Its matches, in order. Empty where the query gives none, such as a NOT
    /// alone.
    pub spans: Vec<Span>,
    /// How well it matches: more matches in less text score higher. No unit;
    /// comparable within one query only.
    pub score: f64,
}

/// What a query found: every hit, in the order of the corpus (council, date,
/// meeting, place in the meeting).
pub type Found = Vec<Hit>;

/// One query and the filter that goes with it.
pub struct MatchSet<'a> {
    /// The query.
    pub query: &'a Query,
    /// Which passages count.
    pub filter: &'a Filter,
}

/// Denominators of one group: what could have matched.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Total {
    /// Passages.
    pub passages: u64,
    /// Meetings with at least one of them.
    pub meetings: u64,
}

/// Denominators by group.
pub type Totals = BTreeMap<GroupKey, Total>;

/// The best hits, best first, at most so many; equals in the order of the corpus, so
/// that the order is the same in every run.
pub fn best(found: &[Hit], n: usize) -> Vec<&Hit> {
    let order = |a: &(usize, &Hit), b: &(usize, &Hit)| b.1.score.total_cmp(&a.1.score).then(a.0.cmp(&b.0));
    let mut hits: Vec<(usize, &Hit)> = found.iter().enumerate().collect();
    if n < hits.len() {
        hits.select_nth_unstable_by(n, order);
        hits.truncate(n);
    }
    hits.sort_unstable_by(order);
    hits.into_iter().map(|(_, hit)| hit).collect()
}

impl Index {
    /// Opens the index of a home. Waits for another process that is completing it.
    ///
    /// Fails when there is none, or one of another format, or one that was left
    /// incomplete.
    pub fn open(home: &Home) -> Result<Self> {
        let folder = home.index();
        let mut is_being_written = true;
        while is_being_written {
            if let Some(index) = Self::open_complete(&folder)? {
                return Ok(index);
            }
            std::thread::sleep(WAIT);
            is_being_written = build::is_being_written(&folder);
        }
        // It may have been completed just before that was asked.
        Self::open_complete(&folder)?.ok_or(Error::IndexIncomplete { folder })
    }

    /// Opens an index; `None` where what is beside the engine was not made of what
    /// is in it.
    fn open_complete(folder: &Path) -> Result<Option<Self>> {
        let format = Format::read(folder)?;
        let engine_folder = folder.join("engine");
        let fail = |source| engine::engine_error("open", &engine_folder, source);
        let index = tantivy::Index::open_in_dir(&engine_folder).map_err(fail)?;
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into().map_err(fail)?;
        let (_, fields) = engine::schema();
        let searcher: Searcher = reader.searcher();
        let contents = Contents::read(folder);
        let copies = Copies::read(folder);
        let vocabulary = Vocabulary::read(folder);
        // Asked for last: what was read before is of this commit as well.
        if engine::commit_of(&index).map_err(fail)? != format.commit {
            return Ok(None);
        }
        let (contents, copies, vocabulary) = (Arc::new(contents?), copies?, vocabulary?);
        let columns = searcher.segment_readers().iter().map(Columns::open);
        let columns = columns.collect::<tantivy::Result<_>>().map_err(fail)?;
        Ok(Some(Self {
            searcher,
            fields,
            format,
            contents,
            copies,
            vocabulary,
            columns,
            folder: engine_folder,
        }))
    }

    /// An index in memory of these passages, by meeting, each batch committed by
    /// itself; a meeting that comes again replaces what was there.
    #[cfg(test)]
    pub(super) fn of(batches: &[Vec<Vec<Passage>>]) -> Self {
        use super::readings::ReadingState;
        use crate::model::Meeting;
        let (_, fields) = engine::schema();
        let index = engine::in_memory();
        let mut readings = Readings::default();
        let mut meetings: BTreeMap<crate::model::MeetingId, Meeting> = BTreeMap::new();
        let mut writer =
            build::Writer { writer: index.writer_with_num_threads(1, 15_000_000).unwrap(), fields };
        writer.writer.set_merge_policy(Box::new(tantivy::merge_policy::NoMergePolicy));
        for batch in batches {
            for passages in batch {
                let of = build::meeting_of(&passages[0]);
                let meeting = of.id.clone();
                let number =
                    readings.by_meeting.get(&meeting).map_or(readings.next_number(), |state| state.number);
                writer.replace(&meeting, number, passages).unwrap();
                let n_passages = passages.len() as u64;
                let state = ReadingState { number, passages: n_passages, ..ReadingState::default() };
                readings.by_meeting.insert(meeting.clone(), state);
                meetings.insert(meeting, of);
            }
            writer.writer.commit().unwrap();
        }
        let searcher = index.reader().unwrap().searcher();
        let meetings: Vec<Meeting> = meetings.into_values().collect();
        let contents = Arc::new(Contents::find(&searcher, &meetings, &readings).unwrap());
        let vocabulary = Vocabulary::find(&searcher, fields.words).unwrap();
        let columns =
            searcher.segment_readers().iter().map(|segment| Columns::open(segment).unwrap()).collect();
        let (format, copies, folder) = (Format::default(), Copies::default(), PathBuf::new());
        Self { folder, searcher, fields, format, contents, copies, vocabulary, columns }
    }

    /// What the index was made of.
    pub fn format(&self) -> &Format {
        &self.format
    }

    /// How each meeting was read.
    pub fn readings(home: &Home) -> Result<Readings> {
        Format::read(&home.index())?;
        Readings::read(&home.index())
    }

    /// The meetings whose minutes stand under another.
    pub fn copies(home: &Home) -> Result<Copies> {
        Format::read(&home.index())?;
        Copies::read(&home.index())
    }

    /// Every passage that matches, with its spans. AND, OR and NOT look over whole
    /// units; a unit that is true without a match anywhere, such as one of a NOT
    /// alone, is answered with its first passage and no span.
    ///
    /// Fails where a word of the query stands for too many words of the index.
    pub fn find(&self, query: &Query, filter: &Filter, unit: Unit) -> Result<Found> {
        let query = self.span_query(query, filter, unit)?;
        let segments: Vec<Vec<Hit>> = (0..self.columns.len())
            .into_par_iter()
            .map(|segment| self.find_in_segment(&query, segment))
            .collect::<tantivy::Result<_>>()
            .map_err(|source| self.error("search", source))?;
        let mut found: Found = segments.into_iter().flatten().collect();
        found.sort_unstable_by_key(|hit| (hit.meeting, hit.ordinal, hit.address));
        Ok(found)
    }

    /// Every passage that matches, for many queries at once, in the order of `sets`.
    pub fn find_each(&self, sets: &[MatchSet]) -> Result<Vec<Found>> {
        sets.par_iter().map(|set| self.find(set.query, set.filter, Unit::Passage)).collect()
    }

    fn find_in_segment(&self, query: &SpanQuery, segment: usize) -> tantivy::Result<Vec<Hit>> {
        let mut scorer = query.scorer(self.searcher.segment_reader(segment as u32))?;
        let mut hits = Vec::new();
        while scorer.doc() != TERMINATED {
            let doc = scorer.doc();
            let spans = scorer.take_spans();
            let score = scorer.score_of(doc, spans.len());
            hits.extend(self.hit(segment, doc, spans, score));
            scorer.advance();
        }
        Ok(hits)
    }

    fn hit(&self, segment: usize, doc: DocId, spans: Vec<Span>, score: f64) -> Option<Hit> {
        let columns = &self.columns[segment];
        let of = |column| Columns::value(column, doc) as u32;
        Some(Hit {
            address: DocAddress::new(segment as u32, doc),
            meeting: self.contents.place_of(of(&columns.number))?,
            item: of(&columns.item),
            ordinal: of(&columns.ordinal),
            class: Class::from_number(of(&columns.class) as usize)?,
            spans,
            score,
        })
    }

    /// The query as one of the engine's.
    fn span_query(&self, query: &Query, filter: &Filter, unit: Unit) -> Result<SpanQuery> {
        let selection = Selection::new(filter, &self.contents, &self.copies);
        let mean_length = self.format.tokens as f64 / (self.format.passages as f64).max(1.0);
        let words = (self.fields.words, &self.vocabulary);
        let contents = Arc::clone(&self.contents);
        SpanQuery::new(ReadyQuery::from(query), unit, words, contents, selection, mean_length)
    }

    /// Which passage a hit is of.
    pub fn key(&self, hit: &Hit) -> PassageKey {
        PassageKey(hit.meeting, hit.ordinal)
    }

    /// The meeting of a hit.
    pub fn meeting_of(&self, hit: &Hit) -> &IndexedMeeting {
        &self.contents.meetings[hit.meeting]
    }

    /// What groups and filters look at, of a hit.
    pub fn facts(&self, hit: &Hit) -> Facts<'_> {
        let meeting = &self.contents.meetings[hit.meeting];
        let body = &self.contents.bodies[meeting.body];
        let Class { edition, kind, language, boilerplate } = hit.class;
        Facts {
            council: &body.council,
            body: &body.name,
            date: meeting.date,
            kind,
            edition,
            language,
            boilerplate,
        }
    }

    /// Adds hits up by group.
    pub fn tally(&self, hits: &[Hit], by: &[Dimension]) -> BTreeMap<GroupKey, Tally> {
        // Groups are told apart by numbers first: most hits fall into few groups.
        let mut tallies = TallyBuilder::new();
        for hit in hits {
            let group = self.contents.group(by, hit.meeting, hit.class);
            tallies.add(group, (hit.meeting, hit.item), hit.meeting, hit.spans.len() as u64);
        }
        let named = |(group, tally): (Vec<i64>, Tally)| (self.contents.group_key(by, &group), tally);
        tallies.finish().into_iter().map(named).collect()
    }

    /// Counts all passages that a filter lets through, by group.
    pub fn totals(&self, filter: &Filter, by: &[Dimension]) -> Totals {
        let selection = Selection::new(filter, &self.contents, &self.copies);
        let mut totals: BTreeMap<Vec<i64>, (Total, usize)> = BTreeMap::new();
        for (place, meeting) in self.contents.meetings.iter().enumerate() {
            for &(number, n_passages) in &meeting.classes {
                let Some(class) = Class::from_number(number) else { continue };
                if !selection.passes_class(place, number) {
                    continue;
                }
                let group = self.contents.group(by, place, class);
                let (total, last) = totals.entry(group).or_insert((Total::default(), usize::MAX));
                total.passages += n_passages;
                total.meetings += u64::from(*last != place);
                *last = place;
            }
        }
        totals.into_iter().map(|(group, (total, _))| (self.contents.group_key(by, &group), total)).collect()
    }

    /// The passage of that identifier, `meeting/item/ordinal@digest`.
    pub fn passage(&self, id: &str) -> Result<Option<Passage>> {
        let meeting: Vec<&str> = id.split('/').take(2).collect();
        let passages = self.meeting(&meeting.join("/"))?;
        Ok(passages.into_iter().find(|passage| passage.passage_id.0 == id))
    }

    /// The passages of a meeting, in order, agendas and standing items too.
    pub fn meeting(&self, id: &str) -> Result<Vec<Passage>> {
        let found = engine::of_meeting(&self.searcher, &self.fields, id);
        let mut found = found.map_err(|source| self.error("search", source))?;
        found.sort_by_key(|address| {
            Columns::value(&self.columns[address.segment_ord as usize].ordinal, address.doc_id)
        });
        found.into_iter().map(|address| self.load_at(address)).collect()
    }

    /// The passage of a hit.
    pub fn load(&self, hit: &Hit) -> Result<Passage> {
        self.load_at(hit.address)
    }

    pub(super) fn load_at(&self, address: DocAddress) -> Result<Passage> {
        let document: TantivyDocument =
            self.searcher.doc(address).map_err(|source| self.error("read", source))?;
        let damaged = || tantivy::TantivyError::InternalError("a stored passage is damaged".into());
        let passage = engine::from_document(&self.fields, &document);
        let mut passage = passage.ok_or_else(|| self.error("read", damaged()))?;
        let columns = &self.columns[address.segment_ord as usize];
        let of = |column| Columns::value(column, address.doc_id);
        let place = self.contents.place_of(of(&columns.number) as u32);
        if let Some((n, of)) = place.and_then(|place| self.contents.repeated(place, of(&columns.wording))) {
            passage.boilerplate = true;
            passage.rule = Some(format!("the same wording in {n} of {of} meetings of the body"));
        }
        if let Some(copy) = self.copies.of(&passage.meeting).filter(|_| passage.edition.is_minutes()) {
            passage.rule = Some(format!("a copy of what stands under `{}`", copy.original));
        }
        Ok(passage)
    }

    fn error(&self, action: &'static str, source: tantivy::TantivyError) -> Error {
        engine::engine_error(action, &self.folder, source)
    }
}
