//! Answers: which passages match, with their spans; and of how many.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

use rayon::prelude::*;
use tantivy::columnar::Column;
use tantivy::query::EnableScoring;
use tantivy::{DocAddress, DocId, ReloadPolicy, Searcher, SegmentReader, TantivyDocument};

use super::build;
use super::copies::Copies;
use super::engine::{self, Fields, column};
use super::readings::{Format, Readings};
use super::repeated::{Marks, Repeated};
use crate::analyse::{Dimension, GroupKey, Tally, TallyBuilder};
use crate::corpus::Home;
use crate::model::{Edition, Error, Language, PartialDate, Passage, Result};
use crate::search::{Context, Filter, Query, Span, Text, Tokens, evaluate};

/// How long to wait before an index that another process completes is looked at
/// again.
const WAIT: Duration = Duration::from_millis(50);

/// How many documents one thread takes at a time.
const CHUNK: usize = 256;

/// An index opened for reading.
pub struct Index {
    folder: PathBuf,
    searcher: Searcher,
    fields: Fields,
    format: Format,
    repeated: Repeated,
    copies: Copies,
    /// What is boilerplate by repetition, for each segment; found when asked for.
    marks: Vec<OnceLock<Marks>>,
}

/// A passage that matches.
#[derive(Debug, Clone)]
pub struct Hit {
    /// The passage.
    pub passage: Passage,
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

/// What AND, OR and NOT look over; phrases and NEAR stay within a passage.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Unit {
    /// A passage.
    #[default]
    Passage,
    /// An agenda item.
    Item,
    /// A meeting.
    Meeting,
}

/// One query and the filter that goes with it.
pub struct MatchSet<'a> {
    /// The query.
    pub query: &'a Query,
    /// Which passages count.
    pub filter: &'a Filter,
}

/// Denominators by group: what could have matched.
pub type Totals = BTreeMap<GroupKey, Tally>;

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
        let searcher = reader.searcher();
        let beside = Repeated::read(folder).and_then(|repeated| Ok((repeated, Copies::read(folder)?)));
        // Asked for last: what was read before is of this commit as well.
        if engine::commit_of(&index).map_err(fail)? != format.commit {
            return Ok(None);
        }
        let (repeated, copies) = beside?;
        let marks = searcher.segment_readers().iter().map(|_| OnceLock::new()).collect();
        Ok(Some(Self { searcher, fields, format, repeated, copies, marks, folder: engine_folder }))
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

    /// Every passage that matches, with its spans.
    pub fn find(&self, query: &Query, filter: &Filter, unit: Unit) -> Result<Found> {
        if unit == Unit::Passage {
            let mut found = self.find_each(&[MatchSet { query, filter }])?;
            return Ok(found.pop().unwrap_or_default());
        }
        self.find_in_units(query, filter, unit)
    }

    /// Every passage that matches, for many queries at once; each passage is
    /// read from the store at most once. Answers in the order of `sets`.
    pub fn find_each(&self, sets: &[MatchSet]) -> Result<Vec<Found>> {
        let mut candidates = Vec::new();
        for (at, set) in sets.iter().enumerate() {
            candidates.extend(self.candidates(set.query, set.filter)?.into_iter().map(|doc| (doc, at)));
        }
        candidates.sort_unstable();
        let by_doc: Vec<&[(DocAddress, usize)]> = candidates.chunk_by(|a, b| a.0 == b.0).collect();
        let chunks: Vec<Vec<(usize, u64, Hit)>> = by_doc
            .par_chunks(CHUNK)
            .map(|docs| {
                let mut hits = Vec::new();
                for same_doc in docs {
                    let (passage, ordinal) = self.load(same_doc[0].0)?;
                    let tokens = Tokens::read_in(&passage.text, passage.language);
                    let text = Text { tokens: &tokens, context: Context::from(&passage) };
                    for &(_, at) in *same_doc {
                        if let Some(mut spans) = evaluate(sets[at].query, &[text]) {
                            let spans = spans.pop().unwrap_or_default();
                            let score = self.score(spans.len(), tokens.len());
                            hits.push((at, ordinal, Hit { passage: passage.clone(), spans, score }));
                        }
                    }
                }
                Ok(hits)
            })
            .collect::<Result<_>>()?;
        let mut found: Vec<Vec<(u64, Hit)>> = sets.iter().map(|_| Vec::new()).collect();
        for (at, ordinal, hit) in chunks.into_iter().flatten() {
            found[at].push((ordinal, hit));
        }
        Ok(found.into_iter().map(in_corpus_order).collect())
    }

    /// Matches of a query whose AND, OR and NOT look over whole items or
    /// meetings. A unit that is true without a match anywhere, such as one of a
    /// NOT alone, is answered with its first passage and no span.
    fn find_in_units(&self, query: &Query, filter: &Filter, unit: Unit) -> Result<Found> {
        let mut units: HashSet<(u32, u64)> = HashSet::new();
        let mut members: HashMap<(u32, u64), Vec<DocId>> = HashMap::new();
        let column_name = if unit == Unit::Item { column::ITEM } else { column::MEETING };
        let need = query.need_of_unit();
        for (at, segment) in self.searcher.segment_readers().iter().enumerate() {
            let ord = at as u32;
            let unit_of = self.str_column(segment, column_name)?;
            let passing = self.passing(at, segment, filter)?;
            let key = |doc: DocId| (ord, unit_of.first(doc).unwrap_or(u64::MAX));
            self.for_each_candidate(segment, &need, |doc| {
                if passing[doc as usize] {
                    units.insert(key(doc));
                }
            })?;
            for doc in segment.doc_ids_alive().filter(|&doc| passing[doc as usize]) {
                let key = key(doc);
                if units.contains(&key) {
                    members.entry(key).or_default().push(doc);
                }
            }
        }
        let members: Vec<((u32, u64), Vec<DocId>)> = members.into_iter().collect();
        let hits: Vec<Vec<(u64, Hit)>> = members
            .par_iter()
            .map(|((segment, _), docs)| {
                let mut passages = docs
                    .iter()
                    .map(|&doc| self.load(DocAddress::new(*segment, doc)))
                    .collect::<Result<Vec<_>>>()?;
                passages.sort_by_key(|(_, ordinal)| *ordinal);
                Ok(self.hits_of_unit(query, passages))
            })
            .collect::<Result<_>>()?;
        Ok(in_corpus_order(hits.into_iter().flatten().collect()))
    }

    fn hits_of_unit(&self, query: &Query, passages: Vec<(Passage, u64)>) -> Vec<(u64, Hit)> {
        let tokens: Vec<Tokens> =
            passages.iter().map(|(passage, _)| Tokens::read_in(&passage.text, passage.language)).collect();
        let with_tokens = passages.iter().zip(&tokens);
        let texts: Vec<Text> = with_tokens
            .map(|((passage, _), tokens)| Text { tokens, context: Context::from(passage) })
            .collect();
        let Some(spans) = evaluate(query, &texts) else { return Vec::new() };
        let has_match = spans.iter().any(|spans| !spans.is_empty());
        let lengths: Vec<usize> = tokens.iter().map(Tokens::len).collect();
        let answers = passages.into_iter().zip(spans).zip(lengths).enumerate();
        answers
            .filter(|(at, ((_, spans), _))| !spans.is_empty() || (!has_match && *at == 0))
            .map(|(_, (((passage, ordinal), spans), length))| {
                let score = self.score(spans.len(), length);
                (ordinal, Hit { passage, spans, score })
            })
            .collect()
    }

    /// Counts all passages that a filter lets through, by group.
    pub fn totals(&self, filter: &Filter, by: &[Dimension]) -> Result<Totals> {
        let mut totals = TallyBuilder::new();
        for (ord, segment) in self.searcher.segment_readers().iter().enumerate() {
            let passing = self.passing(ord, segment, filter)?;
            let (items, meetings) =
                (self.str_column(segment, column::ITEM)?, self.str_column(segment, column::MEETING)?);
            let groups = by
                .iter()
                .map(|dimension| Values::new(self, segment, *dimension))
                .collect::<Result<Vec<_>>>()?;
            for doc in segment.doc_ids_alive().filter(|&doc| passing[doc as usize]) {
                let group = groups.iter().map(|values| values.of(doc).to_owned()).collect();
                // All passages of a meeting are in one segment, so its number
                // there tells it from all others.
                let item = (ord, items.first(doc));
                totals.add(group, item, (ord, meetings.first(doc)), 0);
            }
        }
        Ok(totals.finish())
    }

    /// The passage of that identifier.
    pub fn passage(&self, id: &str) -> Result<Option<Passage>> {
        Ok(self.passages_with(self.fields.id, id)?.pop())
    }

    /// The passages of a meeting, in order, agendas and standing items too.
    pub fn meeting(&self, id: &str) -> Result<Vec<Passage>> {
        self.passages_with(self.fields.meeting, id)
    }

    fn passages_with(&self, field: tantivy::schema::Field, text: &str) -> Result<Vec<Passage>> {
        let found = engine::with_text(&self.searcher, field, text);
        let found = found.map_err(|source| self.error("search", source))?;
        let mut passages = found.into_iter().map(|address| self.load(address)).collect::<Result<Vec<_>>>()?;
        passages.sort_by_key(|(_, ordinal)| *ordinal);
        Ok(passages.into_iter().map(|(passage, _)| passage).collect())
    }

    /// Passages that may match and that the filter lets through.
    fn candidates(&self, query: &Query, filter: &Filter) -> Result<Vec<DocAddress>> {
        let need = query.need();
        let mut candidates = Vec::new();
        for (ord, segment) in self.searcher.segment_readers().iter().enumerate() {
            let passing = self.passing(ord, segment, filter)?;
            self.for_each_candidate(segment, &need, |doc| {
                if passing[doc as usize] {
                    candidates.push(DocAddress::new(ord as u32, doc));
                }
            })?;
        }
        Ok(candidates)
    }

    fn for_each_candidate(
        &self,
        segment: &SegmentReader,
        need: &crate::search::Need,
        mut each: impl FnMut(DocId),
    ) -> Result<()> {
        let mut run = || -> tantivy::Result<()> {
            let query = engine::candidates(&self.fields, need)?;
            let weight = query.weight(EnableScoring::disabled_from_searcher(&self.searcher))?;
            weight.for_each_no_score(segment, &mut |docs: &[DocId]| {
                docs.iter().copied().filter(|&doc| !segment.is_deleted(doc)).for_each(&mut each);
            })
        };
        run().map_err(|source| self.error("search", source))
    }

    /// For each document of a segment, whether the filter lets it through.
    fn passing(&self, ord: usize, segment: &SegmentReader, filter: &Filter) -> Result<Vec<bool>> {
        let mut passing = vec![true; segment.max_doc() as usize];
        let mut keep = |name, passes: &dyn Fn(&str) -> bool| -> Result<()> {
            let (ords, values) = self.str_values(segment, name)?;
            let passes: Vec<bool> = values.iter().map(|value| passes(value)).collect();
            for (doc, passing) in passing.iter_mut().enumerate() {
                let value = ords.first(doc as DocId).and_then(|ord| passes.get(ord as usize));
                *passing &= value.copied().unwrap_or(false);
            }
            Ok(())
        };
        keep(column::COUNCIL, &|council| filter.passes_council(council))?;
        keep(column::BODY, &|body| filter.passes_body(body))?;
        keep(column::DATE, &|date| filter.passes_date(date.parse::<PartialDate>().ok()))?;
        keep(column::KIND, &|name| kind_named(name).is_some_and(|kind| filter.passes_kind(kind)))?;
        keep(column::EDITION, &|name| {
            edition_named(name).is_some_and(|edition| filter.passes_edition(edition))
        })?;
        keep(column::LANGUAGE, &|name| {
            Language::ALL
                .into_iter()
                .any(|language| language.name() == name && filter.passes_language(language))
        })?;
        self.leave_out_copies(segment, filter, &mut passing)?;
        if !filter.includes_boilerplate() {
            let column = segment.fast_fields().bool(column::BOILERPLATE);
            let column = column.map_err(|source| self.error("read", source))?;
            for (doc, passing) in passing.iter_mut().enumerate() {
                *passing &= column.first(doc as DocId) != Some(true);
            }
            for (mark, passing) in self.repeated_in(ord)?.iter().zip(&mut passing) {
                *passing &= mark.is_none();
            }
        }
        Ok(passing)
    }

    /// Takes the minutes of copies out of what passes.
    fn leave_out_copies(&self, segment: &SegmentReader, filter: &Filter, passing: &mut [bool]) -> Result<()> {
        let meetings = self.str_values_lazy(segment, column::MEETING)?;
        let mut copies: HashSet<u64> = HashSet::new();
        for meeting in self.copies.left_out(filter).keys() {
            let ord = meetings.dictionary().term_ord(meeting.to_string());
            copies.extend(ord.map_err(|source| self.error("read", source.into()))?);
        }
        if copies.is_empty() {
            return Ok(());
        }
        let (editions, names) = self.str_values(segment, column::EDITION)?;
        let is_minutes: Vec<bool> =
            names.iter().map(|name| edition_named(name).is_some_and(Edition::is_minutes)).collect();
        for (doc, passing) in passing.iter_mut().enumerate().filter(|(_, passing)| **passing) {
            let of_minutes = editions.first(doc as DocId).is_some_and(|ord| is_minutes[ord as usize]);
            let of_copy = meetings.ords().first(doc as DocId).is_some_and(|ord| copies.contains(&ord));
            *passing = !(of_minutes && of_copy);
        }
        Ok(())
    }

    /// For each document of a segment, whether it is boilerplate by repetition.
    fn repeated_in(&self, ord: usize) -> Result<&[Option<(u32, u32)>]> {
        let cell = &self.marks[ord];
        if cell.get().is_none() {
            let marks = self.repeated.marks(self.searcher.segment_reader(ord as u32));
            let _first = cell.set(marks.map_err(|source| self.error("read", source))?);
        }
        Ok(cell.get().map_or(&[], Vec::as_slice))
    }

    fn str_column(&self, segment: &SegmentReader, name: &str) -> Result<Column<u64>> {
        Ok(self.str_values_lazy(segment, name)?.ords().clone())
    }

    fn str_values_lazy(&self, segment: &SegmentReader, name: &str) -> Result<tantivy::columnar::StrColumn> {
        let column = segment.fast_fields().str(name).map_err(|source| self.error("read", source))?;
        let missing = || tantivy::TantivyError::SchemaError(format!("the column `{name}` is missing"));
        column.ok_or_else(|| self.error("read", missing()))
    }

    /// A column of text: the number of the value for each document, and the
    /// values by number.
    fn str_values(&self, segment: &SegmentReader, name: &str) -> Result<(Column<u64>, Vec<String>)> {
        let column = self.str_values_lazy(segment, name)?;
        let value = |ord: u64| -> std::io::Result<String> {
            let mut value = String::new();
            column.ord_to_str(ord, &mut value)?;
            Ok(value)
        };
        let values = (0..column.num_terms() as u64).map(value).collect::<std::io::Result<Vec<_>>>();
        let values = values.map_err(|source| self.error("read", source.into()))?;
        Ok((column.ords().clone(), values))
    }

    fn load(&self, address: DocAddress) -> Result<(Passage, u64)> {
        let document: TantivyDocument =
            self.searcher.doc(address).map_err(|source| self.error("read", source))?;
        let damaged = || tantivy::TantivyError::InternalError("a stored passage is damaged".into());
        let passage = engine::from_document(&self.fields, &document);
        let mut passage = passage.ok_or_else(|| self.error("read", damaged()))?;
        let marks = self.repeated_in(address.segment_ord as usize)?;
        if let Some((n, of)) = marks.get(address.doc_id as usize).copied().flatten() {
            passage.boilerplate = true;
            passage.rule = Some(format!("the same wording in {n} of {of} meetings of the body"));
        }
        if let Some(copy) = self.copies.of(&passage.meeting).filter(|_| passage.edition.is_minutes()) {
            passage.rule = Some(format!("a copy of what stands under `{}`", copy.original));
        }
        let segment = self.searcher.segment_reader(address.segment_ord);
        let ordinal =
            segment.fast_fields().u64(column::ORDINAL).map_err(|source| self.error("read", source))?;
        Ok((passage, ordinal.first(address.doc_id).unwrap_or(0)))
    }

    /// BM25's saturation over the number of matches and the length of the
    /// passage, with the usual k = 1.2 and b = 0.75.
    fn score(&self, n_matches: usize, n_tokens: usize) -> f64 {
        const K: f64 = 1.2;
        const B: f64 = 0.75;
        let average = self.format.tokens as f64 / (self.format.passages as f64).max(1.0);
        let length = n_tokens as f64 / average.max(1.0);
        let n = n_matches as f64;
        n * (K + 1.0) / (n + K * (1.0 - B + B * length))
    }

    fn error(&self, action: &'static str, source: tantivy::TantivyError) -> Error {
        engine::engine_error(action, &self.folder, source)
    }
}

/// The values of one dimension in a segment.
struct Values {
    ords: Column<u64>,
    values: Vec<String>,
}

impl Values {
    fn new(index: &Index, segment: &SegmentReader, dimension: Dimension) -> Result<Self> {
        let name = match dimension {
            Dimension::Council => column::COUNCIL,
            Dimension::Body => column::BODY,
            Dimension::Year => column::DATE,
            Dimension::Kind => column::KIND,
            Dimension::Edition => column::EDITION,
        };
        let (ords, mut values) = index.str_values(segment, name)?;
        if dimension == Dimension::Year {
            for value in &mut values {
                // The year stands first in a date; an unknown one is empty.
                value.truncate(4);
            }
        }
        Ok(Self { ords, values })
    }

    fn of(&self, doc: DocId) -> &str {
        self.ords.first(doc).and_then(|ord| self.values.get(ord as usize)).map_or("", String::as_str)
    }
}

fn in_corpus_order(mut hits: Vec<(u64, Hit)>) -> Found {
    hits.sort_by(|(a_ordinal, a), (b_ordinal, b)| {
        let key = |ordinal, passage: &'_ Passage| (passage.date, ordinal);
        a.passage
            .council
            .cmp(&b.passage.council)
            .then_with(|| a.passage.date.cmp(&b.passage.date))
            .then_with(|| a.passage.meeting.cmp(&b.passage.meeting))
            .then_with(|| key(*a_ordinal, &a.passage).cmp(&key(*b_ordinal, &b.passage)))
            .then_with(|| a.passage.passage_id.cmp(&b.passage.passage_id))
    });
    hits.into_iter().map(|(_, hit)| hit).collect()
}

fn kind_named(name: &str) -> Option<crate::model::Kind> {
    crate::model::Kind::ALL.into_iter().find(|kind| kind.name() == name)
}

fn edition_named(name: &str) -> Option<crate::model::Edition> {
    crate::model::Edition::ALL.into_iter().find(|edition| edition.name() == name)
}
