//! Builds the index: reads the meetings that changed, and replaces their
//! passages.

use std::collections::{HashMap, HashSet};
use std::fs::{self, File, TryLockError};
use std::path::Path;

use rayon::prelude::*;
use tantivy::{DocAddress, IndexWriter, Searcher, TantivyDocument, Term};

use super::contents::Contents;
use super::copies::{Copies, runs_of_minutes};
use super::engine::{self, Columns, Fields, OfMeeting, Place};
use super::meeting::{Gathered, ReadMeeting, gather, is_as_good_as_can_be, read_meeting};
use super::readings::{BESIDE, FORMAT, Format, PARSER, READINGS, ReadingState, Readings};
use super::vocabulary::Vocabulary;
use crate::corpus::{Corpus, DocumentReader, Home};
use crate::model::{Error, Meeting, MeetingId, MeetingStatus, Passage, Result};
use crate::search::Tokens;

/// The least memory that the engine can do with, in MB; and the most.
pub const MEMORY_MB: std::ops::RangeInclusive<usize> = 32..=3_900;

/// How many meetings are looked up and read at once, and how many bytes of their
/// documents unless one alone has more: bounds what is in memory.
const BATCH_MEETINGS: usize = 256;
const BATCH_BYTES: usize = 128 * 1024 * 1024;

/// How to build.
#[derive(Debug, Clone, Copy)]
pub struct BuildSettings {
    /// Whether to read and index everything anew.
    pub rebuild: bool,
    /// How much memory passages may take that the engine has not written yet, in
    /// MB; in [`MEMORY_MB`].
    pub memory_mb: usize,
}

impl Default for BuildSettings {
    fn default() -> Self {
        Self { rebuild: false, memory_mb: 512 }
    }
}

/// What building did.
#[derive(Debug, Clone, Default)]
pub struct Built {
    /// Documents read in this run.
    pub documents: u64,
    /// Agenda items read in this run.
    pub items: u64,
    /// Passages read in this run.
    pub passages: u64,
    /// Meetings read in this run.
    pub meetings_read: u64,
    /// Meetings in the register.
    pub meetings: u64,
    /// Meetings with minutes that could be read.
    pub readable: u64,
    /// Meetings that something is to be said of: text cut short, or read off
    /// pictures, or missing.
    pub noted: u64,
    /// Passages that the index now holds.
    pub passages_in_index: u64,
    /// Meetings with readable minutes that stand under another meeting.
    pub copies: Copies,
    /// Documents that could not be read in this run, and why.
    pub unreadable: Vec<(String, String)>,
}

/// Reads and indexes the meetings that changed since the index was built, or
/// all of them. `progress` is told how many meetings are done, of how many.
///
/// Before the engine's commit the old index answers. What stands beside the engine
/// is found in what was committed; `format.json`, written last, names the commit.
/// A question in between waits, and where the run is killed there, is refused
/// until the next run has completed the index.
pub fn build(
    home: &Home,
    corpus: &Corpus,
    reader: &DocumentReader,
    settings: &BuildSettings,
    progress: &dyn Fn(u64, u64),
) -> Result<Built> {
    let rebuild = settings.rebuild;
    let folder = home.index();
    let engine_folder = folder.join("engine");
    let _lock = lock(&folder)?;
    let format = match Format::read(&folder) {
        Ok(format) => Some(format),
        // Another version's index is not replaced unasked.
        Err(error @ Error::IndexFormat { .. }) if !rebuild => return Err(error),
        Err(_) => None,
    };
    if let Some(format) = &format
        && !rebuild
        && let Some(built) = unchanged(&folder, format, corpus, reader)?
    {
        return Ok(built);
    }
    if format.is_none() {
        remove_index(&folder)?;
    }
    let fail = |source| engine::engine_error("write", &engine_folder, source);
    let (writer, committed) = match open_engine(&engine_folder, settings.memory_mb) {
        Err(_) if rebuild => {
            // It is damaged; all of it can be made again.
            remove_index(&folder)?;
            open_engine(&engine_folder, settings.memory_mb)?
        }
        opened => opened?,
    };
    // What is beside the engine must speak of what is in it: a run that was
    // killed between the two is done again, and nothing is made of what is damaged.
    let is_whole = format.is_some_and(|format| {
        format.parser == PARSER && format.commit == committed && format.check_sums(&folder).is_ok()
    });
    let kept = if is_whole && !rebuild { Readings::read(&folder).ok() } else { None };
    if kept.is_none() {
        // Gone with the commit, not before: until then the old index answers.
        writer.delete_all_documents().map_err(fail)?;
    }
    // Without them they are all found again.
    let copies_before = Copies::read(&folder).ok().filter(|_| kept.is_some());
    let mut readings = kept.unwrap_or_default();
    let (_, fields) = engine::schema();
    let mut writer = Writer { writer, fields };

    // Of the corpus as it is now: what comes while this runs is for the next.
    let (mark, fingerprint) = (corpus.mark(), corpus.fingerprint()?);
    let meetings = corpus.meetings()?;
    let mut built = Built { meetings: meetings.len() as u64, ..Built::default() };
    let mut changed: HashSet<MeetingId> = HashSet::new();
    let mut next_number = readings.next_number();
    let mut gathered = Vec::new();
    let mut bytes = 0;
    let mut documents = HashMap::new();
    for (done, meeting) in meetings.iter().enumerate() {
        if done % BATCH_MEETINGS == 0 {
            let next = &meetings[done..meetings.len().min(done + BATCH_MEETINGS)];
            documents = corpus.latest_documents_of(next)?;
        }
        let latest = documents.remove(&meeting.id).unwrap_or_default();
        let found = gather(corpus, meeting, &latest, &readings, reader, &mut built.unreadable)?;
        if let Some(found) = found {
            bytes += found.n_bytes();
            gathered.push(found);
        }
        let is_last = done + 1 == meetings.len();
        if is_last || gathered.len() >= BATCH_MEETINGS || bytes >= BATCH_BYTES {
            for (found, mut read) in read_all(&gathered, reader) {
                let meeting = &found.meeting.id;
                read.state.number =
                    readings.by_meeting.get(meeting).map_or(next_number, |state| state.number);
                next_number = next_number.max(read.state.number + 1);
                writer.replace(meeting, read.state.number, &read.passages).map_err(fail)?;
                built.count(&read);
                readings.by_meeting.insert(meeting.clone(), read.state);
                changed.insert(meeting.clone());
            }
            gathered.clear();
            bytes = 0;
            progress(done as u64 + 1, built.meetings);
        }
    }
    let listed: HashSet<&MeetingId> = meetings.iter().map(|meeting| &meeting.id).collect();
    let gone: Vec<MeetingId> =
        readings.by_meeting.keys().filter(|meeting| !listed.contains(meeting)).cloned().collect();
    for meeting in gone {
        writer.replace(&meeting, 0, &[]).map_err(fail)?;
        readings.by_meeting.remove(&meeting);
        changed.insert(meeting);
    }
    let commit = writer.finish(&fingerprint).map_err(fail)?;
    let searcher = open_searcher(&engine_folder)?;
    let fail = |source| engine::engine_error("read", &engine_folder, source);
    built.copies = match copies_before {
        Some(copies) if changed.is_empty() => copies,
        copies => {
            let known = copies.map(|copies| copies.known(changed));
            let load = |meeting: &MeetingId| {
                let passages = passages_of(&searcher, &fields, meeting).map_err(fail)?;
                Ok(runs_of_minutes(&passages))
            };
            let copies = Copies::find(&meetings, &readings, &reader.councils, known.as_ref(), &load)?;
            copies.write(&folder)?;
            copies
        }
    };
    write_beside(&folder, &searcher, &meetings, &readings).map_err(fail)??;
    built.hold(&readings);
    format_of(commit, &fingerprint, &mark, &readings).with_sums(&folder)?.write(&folder)?;
    Ok(built)
}

/// What building would do where all of the corpus stands in the index already, and
/// nothing could be read better than it was: nothing. `None` where there is something
/// to do.
fn unchanged(
    folder: &Path,
    format: &Format,
    corpus: &Corpus,
    reader: &DocumentReader,
) -> Result<Option<Built>> {
    let mark = corpus.mark();
    let is_corpus = || Ok(format.catalogue == mark || format.corpus == corpus.fingerprint()?);
    if format.parser != PARSER || !is_committed(folder, format) || !is_corpus()? {
        return Ok(None);
    }
    let Ok(readings) = Readings::read(folder) else { return Ok(None) };
    if !readings.by_meeting.values().all(|state| is_as_good_as_can_be(state, reader)) {
        return Ok(None);
    }
    let Ok(copies) = Copies::read(folder) else { return Ok(None) };
    let meetings = format.meetings;
    let mut built = Built { meetings, copies, ..Built::default() };
    built.hold(&readings);
    if format.catalogue != mark {
        Format { catalogue: mark, ..format.clone() }.write(folder)?;
    }
    Ok(Some(built))
}

/// Whether the engine opens, and what is beside it is as it was written, of its commit.
fn is_committed(folder: &Path, format: &Format) -> bool {
    let (_, fields) = engine::schema();
    let opens = |searcher: &Searcher| {
        searcher
            .segment_readers()
            .iter()
            .all(|segment| Columns::open(segment).is_ok() && segment.inverted_index(fields.words).is_ok())
    };
    let commit =
        tantivy::Index::open_in_dir(folder.join("engine")).and_then(|index| engine::commit_of(&index));
    commit.is_ok_and(|commit| commit == format.commit)
        && format.check_sums(folder).is_ok()
        && open_searcher(&folder.join("engine")).is_ok_and(|searcher| opens(&searcher))
}

/// Makes an index of passages that were read already, meeting by meeting, in place
/// of what the home's folder holds: for measuring it without a corpus.
pub fn build_from(
    home: &Home,
    meetings: impl Iterator<Item = Vec<Passage>>,
    settings: &BuildSettings,
) -> Result<()> {
    let folder = home.index();
    let engine_folder = folder.join("engine");
    let _lock = lock(&folder)?;
    remove_index(&folder)?;
    let fail = |source| engine::engine_error("write", &engine_folder, source);
    let (writer, _) = open_engine(&engine_folder, settings.memory_mb)?;
    let (_, fields) = engine::schema();
    let mut writer = Writer { writer, fields };
    let mut readings = Readings::default();
    let mut register = Vec::new();
    for (passages, number) in meetings.zip(0..) {
        let Some(meeting) = passages.first().map(meeting_of) else { continue };
        writer.replace(&meeting.id, number, &passages).map_err(fail)?;
        let tokens = passages.iter().map(|passage| Tokens::read(&passage.text).len() as u64).sum();
        let n_passages = passages.len() as u64;
        let state = ReadingState { number, passages: n_passages, tokens, ..ReadingState::default() };
        readings.by_meeting.insert(meeting.id.clone(), state);
        register.push(meeting);
    }
    let commit = writer.finish("").map_err(fail)?;
    let searcher = open_searcher(&engine_folder)?;
    Copies::default().write(&folder)?;
    write_beside(&folder, &searcher, &register, &readings).map_err(fail)??;
    format_of(commit, "", "", &readings).with_sums(&folder)?.write(&folder)
}

/// The meeting of a passage, as far as the passage tells.
pub(super) fn meeting_of(passage: &Passage) -> Meeting {
    let Passage { meeting, council, council_name, body, date, url, .. } = passage.clone();
    Meeting {
        id: meeting,
        council,
        council_name,
        body,
        date,
        status: MeetingStatus::Held,
        agenda_published: false,
        minutes_published: true,
        url,
    }
}

/// Writes what stands beside the engine and is found in all that it holds.
fn write_beside(
    folder: &Path,
    searcher: &Searcher,
    meetings: &[Meeting],
    readings: &Readings,
) -> tantivy::Result<Result<()>> {
    let (_, fields) = engine::schema();
    let contents = Contents::find(searcher, meetings, readings)?;
    let vocabulary = Vocabulary::find(searcher, fields.words)?;
    Ok(readings.write(folder).and_then(|()| contents.write(folder)).and_then(|()| vocabulary.write(folder)))
}

fn format_of(commit: u64, corpus: &str, catalogue: &str, readings: &Readings) -> Format {
    Format {
        format: FORMAT,
        parser: PARSER,
        commit,
        corpus: corpus.to_owned(),
        catalogue: catalogue.to_owned(),
        meetings: readings.by_meeting.len() as u64,
        documents: readings.sum(|state| state.documents),
        items: readings.sum(|state| state.items),
        passages: readings.sum(|state| state.passages),
        tokens: readings.sum(|state| state.tokens),
        ..Format::default()
    }
}

/// Reads meetings on all cores, in their order.
fn read_all<'a>(gathered: &'a [Gathered], reader: &DocumentReader) -> Vec<(&'a Gathered, ReadMeeting)> {
    gathered.par_iter().map(|found| (found, read_meeting(found, reader))).collect()
}

impl Built {
    /// Takes note of what the index holds.
    fn hold(&mut self, readings: &Readings) {
        self.passages_in_index = readings.sum(|state| state.passages);
        self.readable = readings.sum(|state| u64::from(state.minutes > 0));
        self.noted = readings.sum(|state| u64::from(state.passages > 0 && !state.warnings.is_empty()));
    }

    fn count(&mut self, read: &ReadMeeting) {
        self.meetings_read += 1;
        self.documents += read.state.documents;
        self.items += read.state.items;
        self.passages += read.state.passages;
        self.unreadable.extend(read.unreadable.iter().cloned());
    }
}

/// Whether another process writes the index.
pub(super) fn is_being_written(folder: &Path) -> bool {
    let lock = File::open(folder.join("writer.lock"));
    lock.is_ok_and(|lock| matches!(lock.try_lock_shared(), Err(TryLockError::WouldBlock)))
}

/// Takes the lock of whoever writes the index; the operating system gives it up
/// when the process ends, however it ends.
fn lock(folder: &Path) -> Result<File> {
    fs::create_dir_all(folder).map_err(Error::io("make", folder))?;
    let path = folder.join("writer.lock");
    let lock = File::options().create(true).append(true).open(&path).map_err(Error::io("open", &path))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => {
            let folder = folder.display();
            let message = format!(
                "the index in `{folder}` is being written by another process; wait until it has ended"
            );
            Err(Error::Input(message))
        }
        Err(TryLockError::Error(source)) => Err(Error::io("lock", &path)(source)),
    }
}

/// The engine opened for writing, and the number of its last commit.
fn open_engine(folder: &Path, memory_mb: usize) -> Result<(IndexWriter, u64)> {
    let fail = |source| engine::engine_error("write", folder, source);
    let index = engine::open_or_create(folder)?;
    let committed = engine::commit_of(&index).map_err(fail)?;
    Ok((index.writer(memory_mb * 1_000_000).map_err(fail)?, committed))
}

/// What has been committed, for reading.
fn open_searcher(engine_folder: &Path) -> Result<Searcher> {
    let index = engine::open_or_create(engine_folder)?;
    let reader = index.reader().map_err(|source| engine::engine_error("read", engine_folder, source))?;
    Ok(reader.searcher())
}

/// The passages of a meeting in what has been committed, in no order, and without what
/// they have of the meeting but its identifier.
fn passages_of(searcher: &Searcher, fields: &Fields, meeting: &MeetingId) -> tantivy::Result<Vec<Passage>> {
    let addresses = engine::of_meeting(searcher, fields, &meeting.to_string())?;
    let damaged = || tantivy::TantivyError::InternalError("a stored passage is damaged".into());
    let passage = |address: DocAddress| {
        let columns = Columns::open(searcher.segment_reader(address.segment_ord))?;
        let document: TantivyDocument = searcher.doc(address)?;
        let of_meeting = OfMeeting { meeting, council: "", council_name: "", body: "", date: None };
        let of_doc = (address.doc_id, &document);
        engine::from_document(fields, &columns, of_doc, of_meeting).ok_or_else(damaged)
    };
    addresses.into_iter().map(passage).collect()
}

/// Removes an index that cannot be read. What says that there is one goes
/// first: a run that is killed in between leaves no index, rather than one that
/// seems complete.
fn remove_index(folder: &Path) -> Result<()> {
    // The last is what format 3 called how meetings were read.
    for name in ["format.json", READINGS].into_iter().chain(BESIDE).chain(["readings.jsonl"]) {
        let path = folder.join(name);
        if path.exists() {
            fs::remove_file(&path).map_err(Error::io("remove", &path))?;
        }
    }
    let engine_folder = folder.join("engine");
    if engine_folder.exists() {
        fs::remove_dir_all(&engine_folder).map_err(Error::io("remove", &engine_folder))?;
    }
    Ok(())
}

/// The engine's writer, with what it writes.
pub(super) struct Writer {
    pub writer: IndexWriter,
    pub fields: Fields,
}

impl Writer {
    /// Replaces the passages of a meeting. They go in as one group, so that
    /// all of them end up in one segment, one after the other.
    pub fn replace(&mut self, meeting: &MeetingId, number: u32, passages: &[Passage]) -> tantivy::Result<()> {
        use tantivy::indexer::UserOperation;
        let term = Term::from_field_text(self.fields.meeting, &meeting.to_string());
        let mut items: HashMap<String, usize> = HashMap::new();
        let place = |passage| {
            let n_items = items.len();
            Place { number, item: *items.entry(engine::item_of(passage)).or_insert(n_items) }
        };
        let places: Vec<Place> = passages.iter().map(place).collect();
        let documents: Vec<TantivyDocument> = passages
            .par_iter()
            .zip(places)
            .map(|(passage, place)| engine::to_document(&self.fields, passage, place))
            .collect();
        let mut operations = vec![UserOperation::Delete(term)];
        operations.extend(documents.into_iter().map(UserOperation::Add));
        self.writer.run(operations)?;
        Ok(())
    }

    /// Commits with the fingerprint of the corpus, and gives the number of the commit.
    fn finish(mut self, corpus: &str) -> tantivy::Result<u64> {
        let mut commit = self.writer.prepare_commit()?;
        commit.set_payload(corpus);
        let commit = commit.commit()?;
        self.writer.wait_merging_threads()?;
        Ok(commit)
    }
}
