//! What councils published, as published: the home, the archive, the catalogue.
//!
//! The archive holds the bytes (WARC files, never rewritten); the catalogue
//! (`SQLite`) says what was asked, what came, and where it lies. Nothing is
//! ever deleted from the archive. Times are arguments: no clock is read here.
//!
//! Whatever the catalogue is told (its entries) stands in the archive first, so
//! that it can be made again from there ([`rebuild`]).

pub mod home;

mod apply;
mod entry;

pub mod archive;
pub mod catalogue;
mod cause;
pub mod content;
pub mod foreign;
pub mod frontier;
mod gzip;
mod rests;
pub mod warc;

mod added;
mod check;
mod forgotten;
mod register;
mod replay;
mod store;
mod survey;

mod isolated;

use std::collections::{HashMap, HashSet};
use std::fs::{self, File, TryLockError};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

pub use added::AddedFile;
pub use archive::{Archive, Exchange, Place, Record, Written};
pub use catalogue::{Absent, Catalogue, HeldSite, LastAnswer, LostLists, LostMeeting, Outcome, Validators};
pub use cause::{Cause, Unfit};
pub use check::{Checked, CheckedSite, check};
pub use entry::Asked;
pub use foreign::{Archived, Kept, foreign_records, kept};
pub use frontier::{Conclusion, Due, PendingRequest, RequestState, Unasked};
pub use home::Home;
pub use isolated::{
    Answer, DocumentReader, INSTALL_OCR, Input, Limits, MEMORY_LIMIT, Ocr, TIME_LIMIT, Unread, extract_here,
    media_of,
};
pub use replay::{Rebuilt, Replayed, rebuild};
pub use store::{Absence, Capture, Held, Step, Stored};

use bytes::Bytes;

use crate::model::{Digest, Document, DocumentRole, Error, IssueLink, Meeting, MeetingId, Result, SiteId};

use archive::VOLUME_BYTES;
use catalogue::Mark;
use entry::Entry;

/// The largest document that is read back, in bytes after decompression. It is
/// above what the crawler accepts and bounds what a damaged or hostile archive
/// can unpack to.
pub const READ_LIMIT: u64 = 256 * 1024 * 1024;

/// How often the catalogue is written to before archive and catalogue are made
/// durable: some 250 requests, or 10 MB of the catalogue's log.
const DURABLE_EVERY: u32 = 500;

/// When a site was last asked of which nothing is left that was asked.
const NEVER: &str = "1970-01-01T00:00:00Z";

/// The archive and its catalogue, opened together.
#[derive(Debug)]
pub struct Corpus {
    archive: Archive,
    catalogue: Catalogue,
    /// Held for as long as the corpus is open for writing; the operating
    /// system gives it up when the process ends, however it ends.
    _lock: Option<WriterLock>,
    caught_up: Replayed,
    /// Whether the archive holds entries that the catalogue could not take.
    is_behind: bool,
    /// How often the catalogue was written to since both were made durable.
    n_written: u32,
}

impl Corpus {
    /// Opens the corpus of a home for writing, and makes it where there is none.
    /// What the archive holds and the catalogue does not know of, as a process
    /// was killed between writing the two, is entered first; what the catalogue
    /// knows of and the archive does not hold, as the power was cut, is taken out.
    /// Files that are missing from a site's row of numbers are named each time.
    ///
    /// Fails when another process is writing: the message names its pid; and
    /// when there is an archive without its catalogue.
    pub fn open(home: &Home) -> Result<Self> {
        let folder = home.corpus();
        fs::create_dir_all(&folder).map_err(Error::io("make the folder", &folder))?;
        let lock = lock(&folder)?;
        let archive = Archive::new(home.archive(), VOLUME_BYTES);
        let survey = archive.survey()?;
        if !home.catalogue().exists() && survey.has_files() {
            return Err(catalogue::missing(&home.catalogue()));
        }
        let mut catalogue = Catalogue::open(&home.catalogue())?;
        let shrunk = replay::set_back(&archive, &mut catalogue)?;
        let mut caught_up = replay::catch_up(&archive, &mut catalogue, &survey)?;
        caught_up.notes.splice(..0, shrunk.notes);
        caught_up.notes.extend(survey.notes(&shrunk.files));
        let mut corpus =
            Self { archive, catalogue, _lock: Some(lock), caught_up, is_behind: false, n_written: 0 };
        shrunk.sites.iter().try_for_each(|site| corpus.tell_again(site))?;
        Ok(corpus)
    }

    /// Writes into the archive what the catalogue knows of a site besides its
    /// captures, as the archive may have lost it.
    fn tell_again(&mut self, site: &SiteId) -> Result<()> {
        let entries = self.catalogue.entries_of(site)?;
        let at = self.catalogue.last_asked(site)?.unwrap_or_else(|| NEVER.to_owned());
        self.enter(site, "", &at, None, &entries)
    }

    /// Opens the corpus of a home for reading. Takes no lock.
    ///
    /// Fails when there is none: nothing collected is not the same as nothing
    /// found.
    pub fn open_read_only(home: &Home) -> Result<Self> {
        let catalogue = Catalogue::open_read_only(&home.catalogue())?;
        let archive = Archive::new(home.archive(), VOLUME_BYTES);
        Ok(Self {
            archive,
            catalogue,
            _lock: None,
            caught_up: Replayed::default(),
            is_behind: false,
            n_written: 0,
        })
    }

    /// What was found in the archive when the corpus was opened that the
    /// catalogue did not know of yet.
    pub fn caught_up(&self) -> &Replayed {
        &self.caught_up
    }

    /// Writes entries into a site's part of the archive, and then into the
    /// catalogue. `of` is the record that they speak of, if any.
    fn enter(
        &mut self,
        site: &SiteId,
        url: &str,
        at: &str,
        of: Option<&str>,
        entries: &[Entry],
    ) -> Result<()> {
        if entries.is_empty() {
            return Ok(());
        }
        self.catch_up_after_failure()?;
        self.archive.write_entries(site, url, at, of, lines(entries))?;
        let mark = self.mark_of(site);
        let entered = self.catalogue.begin().and_then(|work| {
            work.enter(entries, mark.as_ref())?;
            work.commit()
        });
        self.is_behind = entered.is_err();
        entered?;
        self.written()
    }

    /// Makes what was written durable from time to time: first the archive, then
    /// the catalogue, which must not know of what a power cut can take.
    fn written(&mut self) -> Result<()> {
        self.n_written += 1;
        if self.n_written < DURABLE_EVERY {
            return Ok(());
        }
        self.n_written = 0;
        self.archive.sync()?;
        self.catalogue.checkpoint_in_passing()
    }

    /// What could not be entered when it was written, as the disk was full, is
    /// entered before anything that follows it.
    fn catch_up_after_failure(&mut self) -> Result<()> {
        if self.is_behind {
            let survey = self.archive.survey()?;
            replay::catch_up(&self.archive, &mut self.catalogue, &survey)?;
            self.is_behind = false;
        }
        Ok(())
    }

    /// How far the site's open file has been written.
    fn mark_of(&self, site: &SiteId) -> Option<Mark> {
        self.archive.end(site).map(|(file, length)| Mark { file, length })
    }

    /// The register of meetings, by site and number.
    pub fn meetings(&self) -> Result<Vec<Meeting>> {
        self.catalogue.meetings()
    }

    /// One meeting of the register.
    pub fn meeting(&self, id: &MeetingId) -> Result<Option<Meeting>> {
        self.catalogue.meeting(id)
    }

    /// The latest version of each document of a meeting, by address; of added
    /// files with the same bytes, one. What was
    /// refused or failed is not among them; what was stored before it was
    /// refused stays.
    pub fn latest_documents(&self, meeting: &MeetingId) -> Result<Vec<Document>> {
        let mut documents = self.catalogue.latest_documents(meeting, meeting)?;
        keep_one_of_each_file(&mut documents);
        Ok(documents)
    }

    /// The same of meetings that follow each other in the register, by meeting: of
    /// many at once it costs less. A meeting without documents is not among them.
    pub fn latest_documents_of(&self, meetings: &[Meeting]) -> Result<HashMap<MeetingId, Vec<Document>>> {
        let mut by_meeting: HashMap<MeetingId, Vec<Document>> = HashMap::new();
        let (Some(first), Some(last)) = (meetings.first(), meetings.last()) else { return Ok(by_meeting) };
        for document in self.catalogue.latest_documents(&first.id, &last.id)? {
            let Some(meeting) = &document.meeting else { continue };
            by_meeting.entry(meeting.clone()).or_default().push(document);
        }
        by_meeting.values_mut().for_each(keep_one_of_each_file);
        Ok(by_meeting)
    }

    /// Every version of every document of a meeting, the oldest first.
    pub fn all_versions(&self, meeting: &MeetingId) -> Result<Vec<Document>> {
        self.catalogue.all_versions(meeting)
    }

    /// What was last refused or failed, by meeting; the address has never come
    /// since.
    pub fn absences(&self) -> Result<Vec<Absent>> {
        self.catalogue.absences()
    }

    /// What was ever asked for of a meeting, an address once, in the order of the
    /// last answers.
    pub fn asked_of(&self, meeting: &MeetingId) -> Result<Vec<Asked>> {
        self.catalogue.asked_of(meeting)
    }

    /// What last came of asking for an address, for one meeting or for none.
    pub fn last_answer(
        &self,
        site: &SiteId,
        meeting: Option<&MeetingId>,
        url: &str,
    ) -> Result<Option<LastAnswer>> {
        self.catalogue.last_answer(site, meeting, url)
    }

    /// Why minutes did not come, by meeting: each once, under the cause of what
    /// was asked for last.
    pub fn lost_meetings(&self) -> Result<Vec<LostMeeting>> {
        self.catalogue.lost_meetings()
    }

    /// The meetings of which any document was ever asked for, whatever came of
    /// it, or added; each with the number of documents that are held of it.
    pub fn asked_meetings(&self) -> Result<HashMap<MeetingId, u64>> {
        self.catalogue.asked_meetings()
    }

    /// The meetings of added files of which nothing but reports is held, and how
    /// many: that there is a report shows no meeting.
    pub fn reports_alone(&self) -> Result<HashMap<MeetingId, u64>> {
        self.catalogue.reports_alone()
    }

    /// The councils of whose sites anything was ever asked for, or added, by slug.
    pub fn asked_councils(&self) -> Result<Vec<String>> {
        self.catalogue.asked_councils()
    }

    /// The lists of meetings that did not come when they were last asked for,
    /// and that no other was asked in place of; by site.
    pub fn lost_lists(&self) -> Result<Vec<LostLists>> {
        self.catalogue.lost_lists()
    }

    /// How many documents wait to be asked for whose meetings no list has told
    /// of, so that they are not in the register; by the slug of their council.
    pub fn waiting_untold(&self) -> Result<Vec<(String, u64)>> {
        self.catalogue.waiting_untold()
    }

    /// The bytes of a document, with their `Content-Encoding` undone.
    ///
    /// Fails when the archive does not hold them, or holds others than the
    /// digest says.
    pub fn read(&self, document: &Document) -> Result<Bytes> {
        self.payload(&self.catalogue.place(document)?, &document.digest)
    }

    /// The payload of the record at a place, which has this digest.
    fn payload(&self, place: &Place, digest: &Digest) -> Result<Bytes> {
        let record = self.archive.read(place)?;
        let damaged =
            |reason: String| Error::Archive { path: self.archive.path(place), offset: place.offset, reason };
        let payload = record.payload(READ_LIMIT).map_err(&damaged)?;
        if Digest::of(&payload) != *digest {
            return Err(damaged("its bytes are not those of its digest".to_owned()));
        }
        Ok(payload)
    }

    /// A digest of everything that an index is made of: the register, and the
    /// latest version of each document. It changes when any of it changes, and
    /// a refetch that finds nothing new leaves it as it is.
    pub fn fingerprint(&self) -> Result<String> {
        self.catalogue.fingerprint()
    }

    /// Tells cheaply that nothing was written since: the catalogue's files, by
    /// size and time. The same mark means the same fingerprint; another mark
    /// means that the fingerprint has to be asked.
    pub fn mark(&self) -> String {
        self.catalogue.mark()
    }

    /// The items that share an issue with an item of this meeting, its own among
    /// them, by issue.
    pub fn issue_links(&self, meeting: &MeetingId) -> Result<Vec<IssueLink>> {
        self.catalogue.issue_links(meeting)
    }

    /// The catalogue, for what belongs to a crawl alone: its frontier, and the
    /// rests that hosts have asked for.
    pub fn catalogue(&mut self) -> &mut Catalogue {
        &mut self.catalogue
    }

    /// Makes everything durable and closes the archive's open files; the next
    /// record begins a new file.
    pub fn close(&mut self) -> Result<()> {
        self.archive.close()?;
        self.catalogue.checkpoint()
    }
}

/// Of added files with the same bytes, of the same edition, leaves the first.
fn keep_one_of_each_file(documents: &mut Vec<Document>) {
    let mut seen = HashSet::new();
    documents.retain(|document| {
        document.role != DocumentRole::File || seen.insert((document.digest.clone(), document.edition))
    });
}

/// Entries as the archive holds them: one a line.
fn lines(entries: &[Entry]) -> String {
    let mut lines = String::new();
    for entry in entries {
        lines.push_str(&serde_json::to_string(entry).expect("an entry is made of text and numbers"));
        lines.push('\n');
    }
    lines
}

/// Takes the writer's lock, or says who holds it.
///
/// The lock is the operating system's, not the file: a file left behind by a
/// process that was killed locks nobody out.
fn lock(folder: &Path) -> Result<WriterLock> {
    let path: PathBuf = folder.join("writer.lock");
    let mut file = File::options()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(&path)
        .map_err(Error::io("open", &path))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut holder = String::new();
            // The pid is a courtesy; the lock holds with or without it.
            let _ = file.read_to_string(&mut holder);
            let holder = if holder.trim().is_empty() { "another process" } else { holder.trim() };
            return Err(Error::Input(format!(
                "the corpus in `{}` is being written by process {holder}; wait until it has ended",
                folder.display()
            )));
        }
        Err(TryLockError::Error(error)) => return Err(Error::io("lock", &path)(error)),
    }
    file.set_len(0).map_err(Error::io("write", &path))?;
    write!(file, "{}", std::process::id()).map_err(Error::io("write", &path))?;
    Ok(WriterLock(file))
}

/// The writer's lock, as long as it is held.
#[derive(Debug)]
struct WriterLock(File);

impl Drop for WriterLock {
    fn drop(&mut self) {
        // To close the file is not enough: a child process that another thread
        // starts at that moment has a copy of it, and would go on holding the
        // lock. A failure leaves just that.
        let _ = self.0.unlock();
    }
}
