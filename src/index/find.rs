//! Answers: which passages match, with their spans; and of how many.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashSet};
use std::fs::File;
use std::io::{Read, Seek};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use tantivy::{DocAddress, DocId, ReloadPolicy, Searcher, TantivyDocument};

use super::build;
use super::class::Class;
use super::contents::{Contents, GroupNumber, IndexedMeeting};
use super::copies::Copies;
use super::engine::{self, Columns, Fields};
use super::readings::{Format, READINGS, Readings, damaged};
use super::scorer::{Detail, Hit, Matches};
use super::selection::Selection;
use super::span_query::{SpanQuery, Unit};
use super::vocabulary::Vocabulary;
use crate::analyse::{Dimension, GroupKey, Tally};
use crate::corpus::Home;
use crate::model::{Error, MeetingId, Passage, Result};
use crate::search::{Facts, Filter, MIN_FUZZY, Query, ReadyQuery, Slot, Span, Word};

/// How long to wait before an index that another process completes is looked at
/// again.
const WAIT: Duration = Duration::from_millis(50);

/// Fewer passages than these are read one after another, and picked out of many one by
/// one.
const FEW: usize = 64;

/// For how many words that are not known near ones are looked for: each costs a look
/// at all words.
const N_LOOKED_UP: usize = 10;

/// How many near words are named for one that is not known.
const N_NEAR: usize = 3;

/// An index opened for reading.
pub struct Index {
    folder: PathBuf,
    pub(super) searcher: Searcher,
    pub(super) fields: Fields,
    format: Format,
    pub(super) contents: Arc<Contents>,
    pub(super) copies: Copies,
    pub(super) vocabulary: Vocabulary,
    /// By segment.
    pub(super) columns: Vec<Columns>,
    /// How meetings were read: few questions ask for it. What is open stays what it was
    /// when a writer puts another in its place.
    readings: Mutex<File>,
}

/// A passage by its place in an index: its meeting in the order of the corpus, and a
/// number that is greater the later the passage comes in that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PassageKey(pub usize, pub u32);

impl Hit {
    fn address(&self) -> DocAddress {
        DocAddress::new(self.segment, self.doc)
    }

    /// Which passage it is of.
    pub fn key(&self) -> PassageKey {
        PassageKey(self.meeting as usize, self.doc)
    }

    /// Which item it is in: its meeting, and its number there.
    pub fn item(&self) -> (usize, u32) {
        (self.meeting as usize, self.item)
    }
}

/// What a query found: every hit, those of a meeting together.
pub struct Found {
    query: SpanQuery,
    /// The hits.
    pub hits: Vec<Hit>,
}

impl Found {
    /// The best hits, best first, at most so many; equals in the order of the corpus,
    /// so that the order is the same in every run.
    pub fn best(&self, n: usize) -> Vec<Hit> {
        self.first(n, |a, b| b.score.total_cmp(&a.score).then_with(|| a.key().cmp(&b.key())))
    }

    /// The first hits by an order that leaves no two equal.
    pub fn first(&self, n: usize, order: impl Fn(&Hit, &Hit) -> Ordering) -> Vec<Hit> {
        if n > FEW {
            let mut hits = self.hits.clone();
            hits.sort_unstable_by(order);
            hits.truncate(n);
            return hits;
        }
        // Most hits come after the last of the first ones: one look at each.
        let mut hits: Vec<Hit> = Vec::new();
        for hit in &self.hits {
            if hits.len() == n && hits.last().is_none_or(|last| order(last, hit).is_lt()) {
                continue;
            }
            let place = hits.partition_point(|other| order(other, hit).is_lt());
            hits.insert(place, *hit);
            hits.truncate(n);
        }
        hits
    }
}

/// The passages that any of these found, each once, with no count of matches: those of
/// different queries can overlap.
pub fn passages_with_any(found: &[&Found]) -> Vec<Hit> {
    let all = found.iter().flat_map(|found| &found.hits);
    let mut hits: Vec<Hit> = all.map(|hit| Hit { n_matches: 0, ..*hit }).collect();
    hits.sort_unstable_by_key(Hit::key);
    hits.dedup_by_key(|hit| hit.key());
    hits
}

/// What becomes of the numbers below `n`, in order: of the first here, while other threads
/// begin with the rest.
fn on_threads<T: Send>(n: u32, of: impl Fn(u32) -> T + Sync) -> impl Iterator<Item = T> {
    let mut all: Vec<Option<T>> = (0..n).map(|_| None).collect();
    rayon::in_place_scope(|scope| {
        let mut places = (0..).zip(&mut all);
        let first = places.next();
        for (number, place) in places {
            let of = &of;
            scope.spawn(move |_| *place = Some(of(number)));
        }
        if let Some((number, place)) = first {
            *place = Some(of(number));
        }
    });
    all.into_iter().map(|one| one.expect("the scope ends when all are done"))
}

/// One query and the filter that goes with it.
pub struct MatchSet<'a> {
    /// The query.
    pub query: &'a Query,
    /// Which passages count.
    pub filter: &'a Filter,
}

/// A word of a query that stands in no passage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownWord {
    /// The word, as the query has it.
    pub word: String,
    /// Near words, nearest first and of these those of most passages, with how many these are.
    pub near: Vec<(String, u64)>,
}

/// Denominators of one group: what could have matched.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Total {
    /// Passages.
    pub passages: u64,
    /// Meetings with at least one of them.
    pub meetings: u64,
}

/// How much text a group has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Size {
    /// Agenda items.
    pub items: u64,
    /// Words: tokens, as NEAR counts them.
    pub words: u64,
}

/// Denominators by group.
pub type Totals = BTreeMap<GroupKey, Total>;

impl Index {
    /// Opens the index of a home. Waits for another process that is completing it.
    ///
    /// Fails when there is none, or one of another format, or one that was left
    /// incomplete.
    pub fn open(home: &Home) -> Result<Self> {
        let folder = home.index();
        let mut is_being_written = true;
        while is_being_written {
            if let Some(index) = Self::open_complete(home)? {
                return Ok(index);
            }
            std::thread::sleep(WAIT);
            is_being_written = build::is_being_written(&folder);
        }
        // It may have been completed just before that was asked.
        Self::open_complete(home)?.ok_or(Error::IndexIncomplete { folder })
    }

    /// Opens an index; `None` where what is beside the engine was not made of what
    /// is in it.
    fn open_complete(home: &Home) -> Result<Option<Self>> {
        let folder = &home.index();
        let format = Format::read(folder)?;
        let engine_folder = folder.join("engine");
        let fail = |source| engine::engine_error("open", &engine_folder, source);
        let index = tantivy::Index::open_in_dir(&engine_folder).map_err(fail)?;
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into().map_err(fail)?;
        let (_, fields) = engine::schema();
        let searcher: Searcher = reader.searcher();
        let councils = home.councils()?;
        let beside = format.check_sums(folder).and_then(|()| {
            let readings = File::open(folder.join(READINGS)).map_err(|_| damaged(&folder.join(READINGS)))?;
            let (contents, copies) = (Contents::read(folder, &councils)?, Copies::read(folder)?);
            Ok((contents, copies, Vocabulary::read(folder)?, Mutex::new(readings)))
        });
        // Asked for last: what was read before is of this commit as well.
        if engine::commit_of(&index).map_err(fail)? != format.commit {
            return Ok(None);
        }
        let (contents, copies, vocabulary, readings) = beside?;
        let columns = searcher.segment_readers().iter().map(Columns::open);
        let columns = columns.collect::<tantivy::Result<_>>().map_err(fail)?;
        Ok(Some(Self {
            searcher,
            fields,
            format,
            contents: Arc::new(contents),
            copies,
            vocabulary,
            columns,
            readings,
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
        let readings = Mutex::new(tempfile::tempfile().unwrap());
        Self { folder, searcher, fields, format, contents, copies, vocabulary, columns, readings }
    }

    /// What a collector of the engine's makes of the hits of a query.
    #[cfg(test)]
    pub(super) fn collect<C: tantivy::collector::Collector>(
        &self,
        query: &Query,
        filter: &Filter,
        collector: &C,
    ) -> C::Fruit {
        let selection = self.selection(filter);
        let query = self.span_query(query, selection, Unit::Passage).unwrap();
        self.searcher.search(&query, collector).unwrap()
    }

    /// What the index was made of.
    pub fn format(&self) -> &Format {
        &self.format
    }

    /// How each meeting was read, whatever a writer has made of the index since.
    pub fn readings(&self) -> Result<Readings> {
        let path = self.folder.with_file_name(READINGS);
        let mut packed = Vec::new();
        // Whoever panicked while reading it changed nothing.
        let mut file = self.readings.lock().unwrap_or_else(PoisonError::into_inner);
        let read = file.rewind().and_then(|()| file.read_to_end(&mut packed));
        read.map_err(Error::io("read", &path))?;
        Readings::unpack(&packed, &path)
    }

    /// The meetings whose minutes stand under another.
    pub fn copies(&self) -> &Copies {
        &self.copies
    }

    /// Every passage that matches. AND, OR and NOT look over whole units; a unit that
    /// is true without a match anywhere, such as one of a NOT alone, is answered with
    /// its first passage and no match.
    ///
    /// Fails where a word of the query stands for too many words of the index.
    pub fn find(&self, query: &Query, filter: &Filter, unit: Unit) -> Result<Found> {
        let selection = self.selection(filter);
        self.find_among(query, selection, unit, Detail::Rank)
    }

    /// Every passage that matches and that a filter leaves out for being a standing item,
    /// a heading or boilerplate, and for nothing else: to be counted, so that none has a score. Fails as [`find`](Self::find).
    pub fn find_beside(&self, query: &Query, filter: &Filter) -> Result<Found> {
        let selection = Selection::beside(filter, &self.contents, &self.copies);
        self.find_among(query, selection, Unit::Passage, Detail::Count)
    }

    /// What a filter lets through.
    pub(super) fn selection(&self, filter: &Filter) -> Selection {
        Selection::new(filter, &self.contents, &self.copies)
    }

    fn find_among(&self, query: &Query, selection: Selection, unit: Unit, detail: Detail) -> Result<Found> {
        let query = self.span_query(query, selection, unit)?;
        let find = |segment| self.matches(&query, segment, detail, None);
        let n_segments = self.columns.len() as u32;
        let segments: tantivy::Result<Vec<Matches>> = match query.is_light() {
            // Little work is sooner done than shared out.
            true => (0..n_segments).map(find).collect(),
            false => on_threads(n_segments, find).collect(),
        };
        let segments = segments.map_err(|source| self.error("search", source))?;
        let mut segments = segments.into_iter().map(|matches| matches.hits);
        let mut hits = segments.next().unwrap_or_default();
        segments.for_each(|others| hits.extend(others));
        Ok(Found { query, hits })
    }

    /// Every passage that matches, for many queries at once, in the order of `sets`: to be
    /// counted, so that none has a score. Fails as [`find`](Self::find).
    pub fn find_each(&self, sets: &[MatchSet]) -> Result<Vec<Found>> {
        let find = |set: &MatchSet| {
            let selection = self.selection(set.filter);
            self.find_among(set.query, selection, Unit::Passage, Detail::Count)
        };
        sets.par_iter().map(find).collect()
    }

    fn matches(
        &self,
        query: &SpanQuery,
        number: u32,
        detail: Detail,
        only: Option<&[DocId]>,
    ) -> tantivy::Result<Matches> {
        let reader = self.searcher.segment_reader(number);
        query.matches((number, reader, &self.columns[number as usize]), detail, only)
    }

    /// The words of a query that stand in no passage, each once, with near words and in
    /// how many passages these stand.
    pub fn unknown_words(&self, query: &Query) -> Result<Vec<UnknownWord>> {
        let mut unknown: Vec<UnknownWord> = Vec::new();
        let mut words: Vec<&Word> = Vec::new();
        for slot in query.slots() {
            match slot {
                Slot::Word(word) => words.push(word),
                Slot::Hyphened { joined, .. } if self.is_known(joined)? => {}
                Slot::Hyphened { parts, .. } => words.extend(parts),
            }
        }
        for word in words {
            let text = word.to_string();
            if self.is_known(word)? || unknown.iter().any(|other| other.word == text) {
                continue;
            }
            let near: Vec<(&str, u64)> = match word {
                Word::Exact(word) | Word::Stem { word, .. }
                    if word.chars().count() >= MIN_FUZZY[0] && unknown.len() < N_LOOKED_UP =>
                {
                    self.vocabulary.near(word)
                }
                _ => Vec::new(),
            };
            let near = near.into_iter().take(N_NEAR).map(|(near, n)| (near.to_owned(), n)).collect();
            unknown.push(UnknownWord { word: text, near });
        }
        Ok(unknown)
    }

    /// In how many passages of the index a word of a query stands, whatever these are: added
    /// up over the words that it stands for, so that a passage with two of them counts twice.
    ///
    /// Fails where the word stands for too many.
    pub fn passages_with(&self, word: &Word) -> Result<u64> {
        Ok(self.vocabulary.terms_of(word)?.iter().map(|term| term.n_passages).sum())
    }

    fn is_known(&self, word: &Word) -> Result<bool> {
        Ok(!self.vocabulary.terms_of(word)?.is_empty())
    }

    /// The passages of some hits, each with its matches, in the order of `hits`.
    pub fn load(&self, found: &Found, hits: &[Hit]) -> Result<Vec<(Passage, Vec<Span>)>> {
        let mut spans: Vec<Vec<Span>> = vec![Vec::new(); hits.len()];
        let mut by_doc: Vec<(DocAddress, usize)> = hits
            .iter()
            .enumerate()
            .filter(|(_, hit)| hit.n_matches > 0)
            .map(|(at, hit)| (hit.address(), at))
            .collect();
        by_doc.sort_unstable();
        for of_segment in by_doc.chunk_by(|a, b| a.0.segment_ord == b.0.segment_ord) {
            let ord = of_segment[0].0.segment_ord;
            let docs: Vec<DocId> = of_segment.iter().map(|(address, _)| address.doc_id).collect();
            let matches = self.matches(&found.query, ord, Detail::Spans, Some(&docs));
            let mut matches = matches.map_err(|source| self.error("search", source))?;
            for (address, at) in of_segment {
                spans[*at] = matches.spans.remove(&address.doc_id).unwrap_or_default();
            }
        }
        Ok(self.passages_of(hits)?.into_iter().zip(spans).collect())
    }

    /// The passages of some hits, in the order of `hits`, whatever found them.
    pub fn passages_of(&self, hits: &[Hit]) -> Result<Vec<Passage>> {
        let load = |hit: &Hit| self.load_at(hit.address());
        match hits.len() {
            // Few are sooner read than shared out.
            0..FEW => hits.iter().map(load).collect(),
            _ => hits.par_iter().map(load).collect(),
        }
    }

    /// The query as one of the engine's.
    fn span_query(&self, query: &Query, selection: Selection, unit: Unit) -> Result<SpanQuery> {
        let words = (self.fields.words, &self.vocabulary);
        let contents = Arc::clone(&self.contents);
        SpanQuery::new(ReadyQuery::from(query), unit, words, contents, selection, &self.format)
    }

    /// The meeting of a hit.
    pub fn meeting_of(&self, hit: &Hit) -> &IndexedMeeting {
        &self.contents.meetings[hit.meeting as usize]
    }

    /// What groups and filters look at, of a hit.
    pub fn facts(&self, hit: &Hit) -> Facts<'_> {
        let meeting = self.meeting_of(hit);
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

    /// Adds hits up by group; those of a meeting stand together.
    pub fn tally(&self, hits: &[Hit], by: &[Dimension]) -> BTreeMap<GroupKey, Tally> {
        let grouping = self.contents.grouping(by);
        let mut tallies: FxHashMap<GroupNumber, Tally> = FxHashMap::default();
        let mut in_order: Vec<Hit> = Vec::new();
        for mut hits in hits.chunk_by(|a, b| a.meeting == b.meeting) {
            let groups = grouping.of_meeting(hits[0].meeting as usize);
            let place = |hit: &Hit| (groups.of(hit.class), hit.item);
            if !hits.is_sorted_by_key(place) {
                in_order.clear();
                in_order.extend(hits);
                in_order.sort_unstable_by_key(place);
                hits = &in_order;
            }
            let mut hits = hits.iter().peekable();
            while let Some(first) = hits.next() {
                let (group, mut item) = place(first);
                let (mut n_items, mut n_passages, mut n_matches) = (1, 1, u64::from(first.n_matches));
                while let Some(hit) = hits.next_if(|hit| groups.of(hit.class) == group) {
                    n_items += usize::from(hit.item != item);
                    item = hit.item;
                    n_passages += 1;
                    n_matches += u64::from(hit.n_matches);
                }
                tallies.entry(group).or_default().add(n_items, n_passages, n_matches);
            }
        }
        // In the order of the keys, but for kinds and editions: keys are dearer to compare.
        let mut tallies: Vec<(GroupNumber, Tally)> = tallies.into_iter().collect();
        tallies.sort_unstable_by_key(|(group, _)| *group);
        tallies.into_iter().map(|(group, tally)| (grouping.key(group), tally)).collect()
    }

    /// Counts all passages that a filter lets through, by group.
    pub fn totals(&self, filter: &Filter, by: &[Dimension]) -> Totals {
        let selection = self.selection(filter);
        let grouping = self.contents.grouping(by);
        let mut totals: FxHashMap<GroupNumber, (Total, usize)> = FxHashMap::default();
        for (place, meeting) in self.contents.meetings.iter().enumerate() {
            let groups = grouping.of_meeting(place);
            for &(number, n_passages) in &meeting.classes {
                let Some(class) = selection.class(place, number) else { continue };
                let group = groups.of(class);
                let (total, last) = totals.entry(group).or_insert((Total::default(), usize::MAX));
                total.passages += n_passages;
                total.meetings += u64::from(*last != place);
                *last = place;
            }
        }
        totals.into_iter().map(|(group, (total, _))| (grouping.key(group), total)).collect()
    }

    /// How much text a filter lets through, by group: items and words. One look at each
    /// passage of the index.
    pub fn sizes(&self, filter: &Filter, by: &[Dimension]) -> BTreeMap<GroupKey, Size> {
        let selection = self.selection(filter);
        let grouping = self.contents.grouping(by);
        let mut sizes: FxHashMap<GroupNumber, Size> = FxHashMap::default();
        let mut items: FxHashSet<(GroupNumber, u64)> = FxHashSet::default();
        for (columns, segment) in self.columns.iter().zip(self.searcher.segment_readers()) {
            let mut last = None;
            for doc in segment.doc_ids_alive() {
                let Some(place) = self.contents.place_of(columns.number.get_val(doc) as u32) else {
                    continue;
                };
                // All passages of a meeting stand next to each other.
                if last.replace(place) != Some(place) {
                    items.clear();
                }
                let class = columns.class.get_val(doc) as usize;
                let class = selection.class_of(&self.contents, place, class, || columns.wording(doc));
                let Some(class) = class else { continue };
                let group = grouping.of_meeting(place).of(class);
                let size = sizes.entry(group).or_default();
                size.items += u64::from(items.insert((group, columns.item.get_val(doc))));
                size.words += columns.n_tokens.get_val(doc);
            }
        }
        sizes.into_iter().map(|(group, size)| (grouping.key(group), size)).collect()
    }

    /// The meetings in which a filter lets any passage through.
    pub fn meetings_with(&self, filter: &Filter) -> HashSet<&MeetingId> {
        self.passages_by_meeting(filter).into_keys().map(|place| &self.contents.meetings[place].id).collect()
    }

    /// How many passages a filter lets through in each meeting, by its place in the
    /// order of the corpus; meetings without any are left out.
    pub fn passages_by_meeting(&self, filter: &Filter) -> BTreeMap<usize, u64> {
        let selection = self.selection(filter);
        let of_meeting = |(place, meeting): (usize, &IndexedMeeting)| {
            let passing =
                meeting.classes.iter().filter(|(class, _)| selection.class(place, *class).is_some());
            (place, passing.map(|(_, n_passages)| n_passages).sum::<u64>())
        };
        self.contents.meetings.iter().enumerate().map(of_meeting).filter(|(_, n)| *n > 0).collect()
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
        // They are all in one segment, in order.
        found.sort_unstable();
        found.into_iter().map(|address| self.load_at(address)).collect()
    }

    pub(super) fn load_at(&self, address: DocAddress) -> Result<Passage> {
        let document: TantivyDocument =
            self.searcher.doc(address).map_err(|source| self.error("read", source))?;
        let damaged = || tantivy::TantivyError::InternalError("a stored passage is damaged".into());
        let columns = &self.columns[address.segment_ord as usize];
        let place = self.contents.place_of(columns.number.get_val(address.doc_id) as u32);
        let place = place.ok_or_else(|| self.error("read", damaged()))?;
        let of_meeting = self.contents.of_meeting(place);
        let passage = engine::from_document(&self.fields, columns, (address.doc_id, &document), of_meeting);
        let mut passage = passage.ok_or_else(|| self.error("read", damaged()))?;
        if let Some((n, of)) = self.contents.repeated(place, columns.wording(address.doc_id)) {
            passage.boilerplate = true;
            passage.rule = Some(format!("the same wording in {n} of {of} meetings of the body"));
        }
        if let Some(copy) = self.copies.of(&passage.meeting).filter(|_| passage.edition.is_minutes()) {
            passage.rule = Some(format!("a copy of what stands under `{}`", copy.original));
        }
        Ok(passage)
    }

    pub(super) fn error(&self, action: &'static str, source: tantivy::TantivyError) -> Error {
        engine::engine_error(action, &self.folder, source)
    }
}
