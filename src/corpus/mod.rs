//! What councils published, as published: the home, the archive, the catalogue.
//!
//! The archive holds the bytes (WARC files, never rewritten); the catalogue
//! (`SQLite`) says what was asked, what came, and where it lies. Nothing is
//! ever deleted from the archive. Times are arguments: no clock is read here.

pub mod home;

pub mod archive;
pub mod catalogue;
mod cause;
pub mod content;
pub mod frontier;

mod isolated;

use std::collections::HashSet;
use std::fs::{self, File, TryLockError};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

pub use archive::{Archive, Exchange, Place, Record, Written};
pub use catalogue::{Absent, Catalogue, LastAnswer, LostMeeting, Outcome, SilentSite, Validators};
pub use cause::Cause;
pub use frontier::{Conclusion, Due, PendingRequest, RequestState};
pub use home::Home;
pub use isolated::{
    Answer, DocumentReader, INSTALL_OCR, Input, Limits, MEMORY_LIMIT, Ocr, TIME_LIMIT, Unread, extract_here,
    media_of,
};

use crate::model::{
    Digest, Document, DocumentRole, Edition, Error, Meeting, MeetingId, Result, Site, SiteId,
};

use archive::VOLUME_BYTES;
use catalogue::{Latest, NewCapture};

/// The largest document that is read back, in bytes after decompression. It is
/// above what the crawler accepts and bounds what a damaged or hostile archive
/// can unpack to.
pub const READ_LIMIT: u64 = 256 * 1024 * 1024;

/// An answer to be stored: an exchange over HTTP, and what it was asked for.
#[derive(Debug)]
pub struct Capture<'a> {
    /// The site that was asked.
    pub site: &'a SiteId,
    /// The address that was asked for, under which the document is kept; the
    /// exchange may have been with another one, after redirects.
    pub url: &'a str,
    /// The meeting that the answer belongs to, if any.
    pub meeting: Option<&'a MeetingId>,
    /// What part the document plays.
    pub role: DocumentRole,
    /// The exchange as it went over the wire.
    pub exchange: &'a Exchange,
    /// The body with its `Content-Encoding` undone.
    pub payload: &'a [u8],
    /// The media type from the headers, without parameters; may be empty.
    pub media_type: &'a str,
    /// The `charset` from the headers, if any.
    pub charset: Option<&'a str>,
    /// The edition, where whoever asked knows it.
    pub edition: Option<Edition>,
    /// What tells this version from others where the bytes do not: a digest of
    /// what the page says, without counters and tokens. `None`: its bytes.
    pub content: Option<&'a str>,
}

/// Something that came on the way to an answer.
#[derive(Debug)]
pub struct Step<'a> {
    /// The site that was asked.
    pub site: &'a SiteId,
    /// The address that was asked for in the first place.
    pub url: &'a str,
    /// The meeting that the answer would belong to, if any.
    pub meeting: Option<&'a MeetingId>,
    /// What part the document would play.
    pub role: DocumentRole,
    /// The exchange as it went over the wire.
    pub exchange: &'a Exchange,
}

/// A file that somebody adds by hand.
#[derive(Debug)]
pub struct AddedFile<'a> {
    /// Its address: `file:///…`.
    pub url: &'a str,
    /// Its bytes.
    pub bytes: &'a [u8],
    /// Its media type, without parameters; may be empty.
    pub media_type: &'a str,
    /// Its `charset`, if it is known.
    pub charset: Option<&'a str>,
    /// What the person who adds it says that it is, if anything.
    pub edition: Option<Edition>,
    /// When it is added, in UTC, RFC 3339 to the second.
    pub added: &'a str,
}

/// What came of storing a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// The digest of the payload.
    pub digest: Digest,
    /// Whether the same bytes were already held as the latest version.
    pub unchanged: bool,
}

/// Why an answer is not the document that was asked for, or why there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfit {
    /// What kind of reason it is.
    pub cause: Cause,
    /// The reason in plain words.
    pub reason: String,
}

impl Unfit {
    /// [`Outcome::Refused`] or [`Outcome::Failed`].
    pub fn outcome(&self) -> Outcome {
        self.cause.outcome()
    }

    /// The same of something that is held: what is missing now was withdrawn.
    fn of_held(self, is_held: bool) -> Self {
        match self.cause {
            Cause::Missing | Cause::Login if is_held => Self { cause: Cause::Withdrawn, ..self },
            _ => self,
        }
    }
}

/// Something that was asked for and did not come.
#[derive(Debug)]
pub struct Absence<'a> {
    /// The site that was, or would have been, asked.
    pub site: &'a SiteId,
    /// The meeting it belongs to, if any.
    pub meeting: Option<&'a MeetingId>,
    /// What part the document would have played.
    pub role: DocumentRole,
    /// Its address.
    pub url: &'a str,
    /// Why.
    pub unfit: &'a Unfit,
    /// When, in UTC, RFC 3339 to the second.
    pub at: &'a str,
}

/// The archive and its catalogue, opened together.
#[derive(Debug)]
pub struct Corpus {
    archive: Archive,
    catalogue: Catalogue,
    /// Held for as long as the corpus is open for writing; the operating
    /// system gives it up when the process ends, however it ends.
    _lock: Option<WriterLock>,
}

impl Corpus {
    /// Opens the corpus of a home for writing, and makes it where there is none.
    ///
    /// Fails when another process is writing: the message names its pid.
    pub fn open(home: &Home) -> Result<Self> {
        let folder = home.corpus();
        fs::create_dir_all(&folder).map_err(Error::io("make the folder", &folder))?;
        let lock = lock(&folder)?;
        let catalogue = Catalogue::open(&home.catalogue())?;
        Ok(Self { archive: Archive::new(home.archive(), VOLUME_BYTES), catalogue, _lock: Some(lock) })
    }

    /// Opens the corpus of a home for reading. Takes no lock.
    ///
    /// Fails when there is none: nothing collected is not the same as nothing
    /// found.
    pub fn open_read_only(home: &Home) -> Result<Self> {
        let catalogue = Catalogue::open_read_only(&home.catalogue())?;
        Ok(Self { archive: Archive::new(home.archive(), VOLUME_BYTES), catalogue, _lock: None })
    }

    /// Stores an answer: its bytes in the archive, its entry in the catalogue.
    /// Bytes that are the same as the latest version at the same address
    /// become a `revisit` record.
    pub fn store(&mut self, capture: &Capture) -> Result<Stored> {
        let stored = self.store_checked(capture, || Ok(()))?;
        Ok(stored.expect("nothing was found unfit"))
    }

    /// Stores an answer, and looks whether it is what was asked for only when
    /// its bytes are in the archive, so that a fault in looking loses nothing.
    ///
    /// One that is not fit is kept in the archive, and entered as refused or
    /// failed: it never counts as a version of the document.
    pub fn store_checked(
        &mut self,
        capture: &Capture,
        check: impl FnOnce() -> Result<(), Unfit>,
    ) -> Result<Result<Stored, Unfit>> {
        let exchange = capture.exchange;
        let digest = Digest::of(capture.payload);
        let wire_digest = Digest::of(&exchange.body);
        let latest = self.catalogue.latest(capture.site, capture.meeting, capture.url)?;
        // Where the archive's file is gone or damaged, what comes is kept whole
        // again.
        let is_same = |latest: &&Latest| {
            (latest.digest == digest
                || (capture.content.is_some() && latest.content.as_deref() == capture.content))
                && latest.edition == capture.edition
                && self.archive.is_intact(&latest.place)
        };
        let same = latest.as_ref().filter(is_same);
        let written = match same.filter(|same| same.wire_digest == wire_digest) {
            Some(first) => self.archive.write_revisit(capture.site, exchange, &first.retrieved)?,
            None => self.archive.write_exchange(capture.site, exchange)?,
        };
        let unfit = check().err().map(|unfit| unfit.of_held(latest.is_some()));
        let outcome = match &unfit {
            Some(unfit) => unfit.outcome(),
            None if same.is_some() => Outcome::Unchanged,
            None => Outcome::Stored,
        };
        let facts = capture_facts(capture, outcome, unfit.as_ref());
        self.archive.write_facts(capture.site, exchange, &written, &facts)?;
        let is_fit = unfit.is_none();
        self.catalogue.add_capture(&NewCapture {
            site: capture.site,
            meeting: capture.meeting,
            role: capture.role,
            url: capture.url,
            status: Some(exchange.status),
            outcome,
            unfit: unfit.as_ref(),
            digest: Some(&digest).filter(|_| is_fit),
            wire_digest: Some(&wire_digest).filter(|_| is_fit),
            media_type: capture.media_type,
            charset: capture.charset,
            retrieved: &exchange.at,
            place: Some(&written.place),
            same_as: same.map(|same| same.id).filter(|_| is_fit),
            edition: capture.edition,
            content: capture.content,
            bytes: capture.payload.len(),
            validators: &validators(exchange),
        })?;
        Ok(match unfit {
            Some(unfit) => Err(unfit),
            None => Ok(Stored { digest, unchanged: same.is_some() }),
        })
    }

    /// What to ask a site with, so that it need not send again what is held:
    /// `None` when nothing is held at the address, or the site gave nothing to
    /// ask by, or what is held is damaged or of another edition.
    pub fn validators(
        &self,
        site: &SiteId,
        meeting: Option<&MeetingId>,
        url: &str,
        edition: Option<Edition>,
    ) -> Result<Option<Validators>> {
        let latest = self.catalogue.latest(site, meeting, url)?;
        let held = latest.filter(|latest| latest.edition == edition && self.archive.is_intact(&latest.place));
        Ok(held.map(|held| held.validators).filter(|held| *held != Validators::default()))
    }

    /// Stores that the site said that nothing had changed (304). Returns the
    /// document that is held; `None` when none is, so that the answer is wrong.
    pub fn store_not_modified(&mut self, capture: &Capture) -> Result<Option<Document>> {
        let Some(latest) = self.catalogue.latest(capture.site, capture.meeting, capture.url)? else {
            return Ok(None);
        };
        let document = self.catalogue.document(latest.id)?;
        let written = self.archive.write_revisit(capture.site, capture.exchange, &latest.retrieved)?;
        let facts = capture_facts(capture, Outcome::Unchanged, None);
        self.archive.write_facts(capture.site, capture.exchange, &written, &facts)?;
        self.catalogue.add_capture(&NewCapture {
            site: capture.site,
            meeting: capture.meeting,
            role: capture.role,
            url: capture.url,
            status: Some(capture.exchange.status),
            outcome: Outcome::Unchanged,
            unfit: None,
            digest: Some(&latest.digest),
            wire_digest: Some(&latest.wire_digest),
            media_type: &document.media_type,
            charset: document.charset.as_deref(),
            retrieved: &capture.exchange.at,
            place: Some(&written.place),
            same_as: Some(latest.id),
            edition: latest.edition,
            content: latest.content.as_deref(),
            bytes: 0,
            validators: &latest.validators,
        })?;
        Ok(Some(document))
    }

    /// Keeps in the archive what came on the way to an answer, or in place of
    /// one: a redirect, an error that was tried again, a body that cannot be
    /// decoded. It is no version of any document.
    pub fn keep_step(&mut self, step: &Step) -> Result<()> {
        let written = self.archive.write_exchange(step.site, step.exchange)?;
        let mut facts = facts(step.site, step.meeting, step.role, step.url);
        facts.push(("outcome", "step".to_owned()));
        self.archive.write_facts(step.site, step.exchange, &written, &facts)
    }

    /// Adds a file to a meeting, which joins the register. A file that was taken
    /// for another meeting before now belongs to this one alone. The same bytes for
    /// the same meeting and of the same edition change nothing, from whatever
    /// address they come.
    pub fn add_file(&mut self, meeting: &Meeting, file: &AddedFile) -> Result<Stored> {
        let digest = Digest::of(file.bytes);
        let site = &meeting.id.site;
        self.catalogue.move_file(file.url, &meeting.id)?;
        self.catalogue.upsert_meeting(meeting)?;
        let is_it = |held: &Document| held.digest == digest && held.edition == file.edition;
        let held = self.latest_documents(&meeting.id)?.into_iter().find(is_it);
        if let Some(held) = held.filter(|held| self.read(held).is_ok()) {
            self.note_copy(&held, file)?;
            return Ok(Stored { digest, unchanged: true });
        }
        let mut facts = facts(site, Some(&meeting.id), DocumentRole::File, file.url);
        facts.push(("council", meeting.council_name.clone()));
        facts.push(("body", meeting.body.clone()));
        facts.push(("date", meeting.date.map(|date| date.to_string()).unwrap_or_default()));
        facts.push(("edition", file.edition.map(Edition::name).unwrap_or_default().to_owned()));
        let place =
            self.archive.write_resource(site, file.url, file.media_type, file.bytes, file.added, &facts)?;
        self.catalogue.add_capture(&NewCapture {
            site,
            meeting: Some(&meeting.id),
            role: DocumentRole::File,
            url: file.url,
            status: None,
            outcome: Outcome::Stored,
            unfit: None,
            digest: Some(&digest),
            wire_digest: Some(&digest),
            media_type: file.media_type,
            charset: file.charset,
            retrieved: file.added,
            place: Some(&place),
            same_as: None,
            edition: file.edition,
            content: None,
            bytes: file.bytes.len(),
            validators: &Validators::default(),
        })?;
        Ok(Stored { digest, unchanged: false })
    }

    /// Notes that a document's bytes stand at another address too, so that they
    /// stay when the first one moves.
    fn note_copy(&mut self, held: &Document, file: &AddedFile) -> Result<()> {
        let meeting = held.meeting.as_ref();
        if self.catalogue.latest(&held.site, meeting, file.url)?.is_some() {
            return Ok(());
        }
        let place = self.catalogue.place(held)?;
        self.catalogue.add_capture(&NewCapture {
            site: &held.site,
            meeting,
            role: DocumentRole::File,
            url: file.url,
            status: None,
            outcome: Outcome::Stored,
            unfit: None,
            digest: Some(&held.digest),
            wire_digest: Some(&held.digest),
            media_type: file.media_type,
            charset: file.charset,
            retrieved: file.added,
            place: Some(&place),
            same_as: None,
            edition: file.edition,
            content: None,
            bytes: file.bytes.len(),
            validators: &Validators::default(),
        })
    }

    /// The meeting that a file at this address was last added to.
    pub fn meeting_of_file(&self, url: &str) -> Result<Option<Meeting>> {
        self.catalogue.meeting_of_file("url", url)
    }

    /// A meeting to which a file of these bytes was added.
    pub fn meeting_of_bytes(&self, digest: &Digest) -> Result<Option<Meeting>> {
        self.catalogue.meeting_of_file("digest", &digest.0)
    }

    /// Records that something asked for did not come, and why.
    pub fn note_absence(&mut self, absence: &Absence) -> Result<()> {
        let is_held = self.catalogue.latest(absence.site, absence.meeting, absence.url)?.is_some();
        let unfit = absence.unfit.clone().of_held(is_held);
        let mut facts = facts(absence.site, absence.meeting, absence.role, absence.url);
        push_unfit(&mut facts, unfit.outcome(), Some(&unfit));
        let place = self.archive.write_metadata(absence.site, absence.url, absence.at, &facts)?;
        self.catalogue.add_capture(&NewCapture {
            site: absence.site,
            meeting: absence.meeting,
            role: absence.role,
            url: absence.url,
            status: None,
            outcome: unfit.outcome(),
            unfit: Some(&unfit),
            digest: None,
            wire_digest: None,
            media_type: "",
            charset: None,
            retrieved: absence.at,
            place: Some(&place),
            same_as: None,
            edition: None,
            content: None,
            bytes: 0,
            validators: &Validators::default(),
        })
    }

    /// Enters a site, or brings its entry up to date.
    pub fn upsert_site(&mut self, site: &Site) -> Result<()> {
        self.catalogue.upsert_site(site)
    }

    /// Enters a meeting in the register, or brings its entry up to date. What
    /// is newly unknown (a body, a date) does not replace what was known, and
    /// minutes once published stay so: not every list tells of them.
    pub fn upsert_meeting(&mut self, meeting: &Meeting) -> Result<()> {
        self.catalogue.upsert_meeting(meeting)
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
        let mut documents = self.catalogue.latest_documents(meeting)?;
        let mut seen = HashSet::new();
        documents.retain(|document| {
            document.role != DocumentRole::File || seen.insert((document.digest.clone(), document.edition))
        });
        Ok(documents)
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

    /// The sites of which no list of meetings ever came.
    pub fn silent_sites(&self) -> Result<Vec<SilentSite>> {
        self.catalogue.silent_sites()
    }

    /// The bytes of a document, with their `Content-Encoding` undone.
    ///
    /// Fails when the archive does not hold them, or holds others than the
    /// digest says.
    pub fn read(&self, document: &Document) -> Result<Vec<u8>> {
        let place = self.catalogue.place(document)?;
        let record = self.archive.read(&place)?;
        let damaged =
            |reason: String| Error::Archive { path: self.archive.path(&place), offset: place.offset, reason };
        let payload = record.payload(READ_LIMIT).map_err(&damaged)?;
        if Digest::of(&payload) != document.digest {
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

    /// The catalogue, for what belongs to a crawl alone: its frontier.
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

/// What the catalogue needs, beside the answer itself, to be made again from
/// the archive: `asked` is the address before redirects.
fn facts(
    site: &SiteId,
    meeting: Option<&MeetingId>,
    role: DocumentRole,
    asked: &str,
) -> Vec<(&'static str, String)> {
    let mut facts =
        vec![("site", site.to_string()), ("role", role.name().to_owned()), ("asked", asked.to_owned())];
    if let Some(meeting) = meeting {
        facts.push(("meeting", meeting.number.clone()));
    }
    facts
}

/// The facts of an answer, with what was made of it.
fn capture_facts(capture: &Capture, outcome: Outcome, unfit: Option<&Unfit>) -> Vec<(&'static str, String)> {
    let mut facts = facts(capture.site, capture.meeting, capture.role, capture.url);
    if let Some(edition) = capture.edition {
        facts.push(("edition", edition.name().to_owned()));
    }
    if let Some(content) = capture.content {
        facts.push(("content", content.to_owned()));
    }
    push_unfit(&mut facts, outcome, unfit);
    facts
}

fn push_unfit(facts: &mut Vec<(&'static str, String)>, outcome: Outcome, unfit: Option<&Unfit>) {
    facts.push(("outcome", outcome.name().to_owned()));
    if let Some(unfit) = unfit {
        facts.push(("cause", unfit.cause.name().to_owned()));
        facts.push(("reason", unfit.reason.clone()));
    }
}

/// What the answer gives to ask by the next time.
fn validators(exchange: &Exchange) -> Validators {
    let header = |name: &str| exchange.header(name).map(str::to_owned);
    Validators { etag: header("etag"), last_modified: header("last-modified") }
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
