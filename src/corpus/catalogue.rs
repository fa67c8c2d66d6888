//! The catalogue: an `SQLite` file that says what was asked, what came, and
//! where in the archive it lies; and the register of meetings. The frontier of
//! a crawl is in the same file, and so are the rests that hosts have asked for.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension, Row, Transaction, params};
use serde::{Deserialize, Serialize};
use sha2::Digest as _;

use super::apply::{apply, put_mark};
use super::archive::Place;
use super::entry::{Asked, Captured, Entry, Registered};
use super::{Cause, Unfit};
use crate::model::{
    Digest, Document, DocumentRole, Edition, Error, IssueLink, Meeting, MeetingId, MeetingStatus, Platform,
    Result, Site, SiteId,
};

/// The number of the tables' layout; another number is another program's.
const FORMAT: i64 = 3;

const TABLES: &str = "
CREATE TABLE IF NOT EXISTS sites (
    id TEXT PRIMARY KEY, platform TEXT NOT NULL, root TEXT NOT NULL,
    council TEXT NOT NULL, council_name TEXT NOT NULL,
    scope TEXT NOT NULL DEFAULT '',      -- of the crawl that is not finished
    concluded INTEGER NOT NULL DEFAULT 0 -- the last capture that its frontier knows of
) STRICT;
CREATE TABLE IF NOT EXISTS meetings (
    site TEXT NOT NULL, number TEXT NOT NULL, council TEXT NOT NULL, council_name TEXT NOT NULL,
    body TEXT NOT NULL, date TEXT, status TEXT NOT NULL, minutes_published INTEGER NOT NULL,
    url TEXT NOT NULL, agenda_published INTEGER NOT NULL,
    has_minutes INTEGER NOT NULL DEFAULT 0, -- a stored document holds its minutes, no draft
    complete INTEGER NOT NULL DEFAULT 0,    -- all asked of it was answered: 1 its minutes, 2 all documents; 3, 4 partly with a no
    PRIMARY KEY (site, number)
) STRICT;
CREATE TABLE IF NOT EXISTS learned (
    site TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, day TEXT NOT NULL,
    PRIMARY KEY (site, key)
) STRICT;
CREATE TABLE IF NOT EXISTS issue_links (
    site TEXT NOT NULL, issue TEXT NOT NULL, title TEXT NOT NULL, meeting TEXT NOT NULL, item TEXT NOT NULL,
    PRIMARY KEY (site, issue, meeting, item)
) STRICT;
CREATE INDEX IF NOT EXISTS issue_links_by_meeting ON issue_links (site, meeting);
CREATE TABLE IF NOT EXISTS captures (
    id INTEGER PRIMARY KEY, site TEXT NOT NULL, meeting TEXT, role TEXT NOT NULL, url TEXT NOT NULL,
    status INTEGER, outcome TEXT NOT NULL, cause TEXT, reason TEXT NOT NULL,
    digest TEXT, wire_digest TEXT, media_type TEXT NOT NULL, charset TEXT, retrieved TEXT NOT NULL,
    warc TEXT, offset INTEGER, same_as INTEGER, edition TEXT, bytes INTEGER NOT NULL,
    etag TEXT, last_modified TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS captures_by_url ON captures (site, url);
CREATE INDEX IF NOT EXISTS captures_by_meeting ON captures (site, meeting);
CREATE INDEX IF NOT EXISTS files_by_url ON captures (url) WHERE role = 'file';
CREATE INDEX IF NOT EXISTS files_by_digest ON captures (digest) WHERE role = 'file';
CREATE TABLE IF NOT EXISTS volumes ( -- how much of each file of the archive has been entered
    file TEXT PRIMARY KEY, length INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS unjudged ( -- answers at which nobody has looked: the process was killed
    file TEXT NOT NULL, offset INTEGER NOT NULL, site TEXT NOT NULL, record TEXT NOT NULL, entry TEXT NOT NULL,
    PRIMARY KEY (file, offset)
) STRICT;
CREATE TABLE IF NOT EXISTS frontier (
    id INTEGER PRIMARY KEY, site TEXT NOT NULL, key TEXT NOT NULL, meeting TEXT,
    begins_meeting INTEGER NOT NULL, request TEXT NOT NULL, state TEXT NOT NULL,
    UNIQUE (site, key)
) STRICT;
CREATE TABLE IF NOT EXISTS begun ( -- the day on which the frontier of a site began
    site TEXT PRIMARY KEY, day TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS rests ( -- when a host asked to be left alone, and until when: in milliseconds since 1970
    host TEXT PRIMARY KEY, asked INTEGER NOT NULL, until INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS frontier_by_state ON frontier (site, state, begins_meeting, id);
CREATE INDEX IF NOT EXISTS frontier_by_meeting ON frontier (site, meeting);
";

/// How many statements are kept ready: more than a crawl uses for one request,
/// so that none is read again for the next.
const STATEMENTS: usize = 64;

/// The latest capture of an address that holds bytes, and where they lie. The
/// `+` keeps `SQLite` from looking the address up among all captures of the same
/// meeting, or of none: then the time of a crawl would grow with its square.
const LATEST: &str = "
SELECT stored.id, stored.digest, stored.wire_digest, stored.edition,
       last.etag, last.last_modified, stored.warc, stored.offset
FROM captures AS last JOIN captures AS stored ON stored.id = coalesce(last.same_as, last.id)
WHERE last.site = ?1 AND last.url = ?2 AND +last.meeting IS ?3 AND last.digest IS NOT NULL
ORDER BY last.id DESC LIMIT 1";

/// How the keys begin under which the catalogue keeps, with what a site has
/// taught, in place of which list another was asked; that one's address follows.
pub(super) const INSTEAD: &str = "instead ";

/// The outcome of a list whose loss does not count.
pub(super) const REPLACED: &str = "replaced";

/// The columns of a document, in the order in which [`read_document`] reads them.
const DOCUMENT: &str = "site, meeting, role, url, digest, media_type, charset, retrieved, edition";

/// The latest of each address of the meetings from one to another. The `+` keeps
/// `SQLite` from grouping all captures of a site, of which one council's files are
/// thousands, to find those of a few meetings.
fn latest_documents() -> String {
    format!(
        "SELECT {DOCUMENT} FROM captures WHERE id IN (
             SELECT coalesce(same_as, id) FROM captures WHERE id IN (
                 SELECT max(id) FROM captures
                 WHERE (site, meeting) BETWEEN (?1, ?2) AND (?3, ?4) AND digest IS NOT NULL
                 GROUP BY site, meeting, +url))
         ORDER BY site, meeting, url"
    )
}

/// What came of asking for an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// New bytes were stored.
    Stored,
    /// The same bytes came as the time before.
    Unchanged,
    /// Somebody or something said no: robots.txt, a 403, a login, another host.
    Refused,
    /// It could not be had: no answer, a wrong one, or a broken one.
    Failed,
}

impl Outcome {
    /// The name used in the catalogue.
    pub fn name(self) -> &'static str {
        match self {
            Self::Stored => "stored",
            Self::Unchanged => "unchanged",
            Self::Refused => "refused",
            Self::Failed => "failed",
        }
    }
}

/// Something that was asked for and did not come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Absent {
    /// The site.
    pub site: SiteId,
    /// The meeting it belongs to, if any.
    pub meeting: Option<MeetingId>,
    /// What part the document would have played.
    pub role: DocumentRole,
    /// Its address.
    pub url: String,
    /// The HTTP status, where there was an answer.
    pub status: Option<u16>,
    /// Why.
    pub unfit: Unfit,
    /// When, in UTC, RFC 3339 to the second.
    pub at: String,
}

/// What last came of asking for an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastAnswer {
    /// What came of it.
    pub outcome: Outcome,
    /// Why nothing fit came, where none did.
    pub unfit: Option<Unfit>,
    /// The HTTP status, where there was an answer.
    pub status: Option<u16>,
    /// How long the document is, in bytes after decompression.
    pub bytes: u64,
    /// When, in UTC, RFC 3339 to the second.
    pub at: String,
    /// The digest of the document, where one came.
    pub digest: Option<Digest>,
    /// Where its record lies.
    pub place: Option<Place>,
}

/// Why a meeting's minutes did not come when they were last asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LostMeeting {
    /// The meeting.
    pub meeting: MeetingId,
    /// The cause of what was asked for last, of all that did not come.
    pub cause: Cause,
    /// Whether the meeting itself came since, another way: then the site did
    /// answer, and may have said that there are no minutes.
    pub is_answered: bool,
}

/// The lists of meetings of a site that did not come when they were last asked
/// for, and that no other list was asked in place of: what they name is not
/// known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LostLists {
    /// The site.
    pub site: SiteId,
    /// The slug of the council, or of those that share the site.
    pub council: String,
    /// Why, with the number of addresses.
    pub causes: Vec<(Cause, u64)>,
    /// Whether no list of the site ever came, so that nothing is known of what
    /// its council held.
    pub is_silent: bool,
}

impl LostLists {
    /// How many addresses of lists did not come.
    pub fn n_lists(&self) -> u64 {
        self.causes.iter().map(|(_, n)| n).sum()
    }
}

/// As what a site is held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldSite {
    /// The name of its platform.
    pub platform: String,
    /// The slug of its council.
    pub council: String,
    /// Its root address.
    pub root: String,
}

/// What a site gave with a document, to be asked by whether it has changed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validators {
    /// Its `ETag`.
    pub etag: Option<String>,
    /// Its `Last-Modified`.
    pub last_modified: Option<String>,
}

/// What last came of asking for a list.
struct List {
    id: i64,
    site: String,
    url: String,
    /// Why it did not come; `None` where it did.
    cause: Option<Cause>,
    /// Whether its loss does not count.
    is_replaced: bool,
}

/// How far a file of the archive has been entered, in bytes from its beginning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mark {
    pub file: String,
    pub length: u64,
}

/// What was entered of a file of the archive.
#[derive(Debug, Default)]
pub(super) struct KnownFile {
    /// How much of it, in bytes from its beginning.
    pub length: u64,
    /// The answers and files in it, in the order of their places.
    pub references: Vec<Reference>,
}

/// That an answer or a file lies at a place.
#[derive(Debug)]
pub(super) struct Reference {
    pub offset: u64,
    /// The digest of its body as it came; `None` of one that was not fit.
    pub wire_digest: Option<String>,
    pub url: String,
}

/// An answer in the archive that nobody has looked at yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unjudged {
    /// Its record's `WARC-Record-ID`.
    pub record: String,
    /// Its entry, if it is what was asked for.
    pub draft: Captured,
}

/// The latest stored version of an address.
pub(super) struct Latest {
    /// The capture that holds the bytes.
    pub id: i64,
    pub digest: Digest,
    pub wire_digest: Digest,
    pub edition: Option<Edition>,
    pub place: Place,
    pub validators: Validators,
}

/// A transaction of several steps.
pub(super) struct Work<'a> {
    transaction: Transaction<'a>,
    path: &'a Path,
}

impl Work<'_> {
    /// Runs a step.
    pub fn with<T>(&self, step: impl FnOnce(&Transaction) -> rusqlite::Result<T>) -> Result<T> {
        step(&self.transaction).map_err(fault("write", self.path))
    }

    /// Enters what has been written into the archive, up to the mark.
    pub fn enter(&self, entries: &[Entry], mark: Option<&Mark>) -> Result<()> {
        self.with(|transaction| {
            entries.iter().try_for_each(|entry| apply(transaction, entry))?;
            mark.map_or(Ok(()), |mark| put_mark(transaction, mark))
        })
    }

    /// Keeps all that was done.
    pub fn commit(self) -> Result<()> {
        self.transaction.commit().map_err(fault("write", self.path))
    }
}

/// What to do about a catalogue that cannot be used.
const ADVICE: &str = "`scrutineer corpus rebuild` makes it again from the archive";

/// The open catalogue.
#[derive(Debug)]
pub struct Catalogue {
    connection: Connection,
    path: PathBuf,
}

impl Catalogue {
    /// Opens the catalogue for writing, and makes it where there is none.
    pub fn open(path: &Path) -> Result<Self> {
        let connection = Connection::open(path).map_err(fault("open", path))?;
        let catalogue = Self { connection, path: path.to_owned() };
        let set_up = |connection: &Connection| -> rusqlite::Result<()> {
            connection.set_prepared_statement_cache_capacity(STATEMENTS);
            connection.busy_timeout(std::time::Duration::from_secs(10))?;
            connection.pragma_update(None, "journal_mode", "WAL")?;
            // A checkpoint makes the catalogue durable, which may not happen
            // before the archive is.
            connection.pragma_update(None, "wal_autocheckpoint", 0)?;
            connection.pragma_update(None, "synchronous", "NORMAL")
        };
        set_up(&catalogue.connection).map_err(fault("open", path))?;
        let is_new = catalogue.format()? == 0;
        if !is_new {
            catalogue.check_format()?;
        }
        let make = |connection: &Connection| -> rusqlite::Result<()> {
            // A catalogue of this format may lack a table that was added since
            // without changing what the others hold.
            connection.execute_batch(TABLES)?;
            if is_new { connection.pragma_update(None, "user_version", FORMAT) } else { Ok(()) }
        };
        make(&catalogue.connection).map_err(fault("make", path))?;
        Ok(catalogue)
    }

    /// Opens the catalogue for reading; fails where there is none.
    pub fn open_read_only(path: &Path) -> Result<Self> {
        if !path.exists() {
            return Err(missing(path));
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags).map_err(fault("open", path))?;
        let mut catalogue = Self { connection, path: path.to_owned() };
        if catalogue.format().is_err() {
            // In a folder that may not be written, SQLite cannot set up the
            // shared memory of its log. Nobody else can write there either, so
            // the file may be read as one that does not change.
            let url = immutable_url(path);
            let flags = flags | OpenFlags::SQLITE_OPEN_URI;
            catalogue.connection = Connection::open_with_flags(url, flags).map_err(fault("open", path))?;
        }
        catalogue.connection.busy_timeout(std::time::Duration::from_secs(10)).map_err(fault("open", path))?;
        catalogue.check_format()?;
        Ok(catalogue)
    }

    fn format(&self) -> Result<i64> {
        self.connection
            .pragma_query_value(None, "user_version", |row| row.get(0))
            .map_err(fault("read", &self.path))
    }

    fn check_format(&self) -> Result<()> {
        let found = self.format()?;
        if found == FORMAT {
            return Ok(());
        }
        Err(Error::Input(format!(
            "the catalogue `{}` has format {found}, this program reads {FORMAT}; {ADVICE}",
            self.path.display()
        )))
    }

    /// Runs `work` on the connection and names the file if it fails.
    pub(super) fn with<T>(
        &self,
        action: &'static str,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T> {
        work(&self.connection).map_err(fault(action, &self.path))
    }

    /// Runs `work` in a transaction: all of it, or nothing.
    pub(super) fn transaction<T>(
        &mut self,
        work: impl FnOnce(&Transaction) -> rusqlite::Result<T>,
    ) -> Result<T> {
        let run = |connection: &mut Connection| -> rusqlite::Result<T> {
            let transaction = connection.transaction()?;
            let value = work(&transaction)?;
            transaction.commit()?;
            Ok(value)
        };
        run(&mut self.connection).map_err(fault("write", &self.path))
    }

    /// Begins a transaction of several steps; it is undone unless it is
    /// committed.
    pub(super) fn begin(&mut self) -> Result<Work<'_>> {
        let path = &self.path;
        let transaction = self.connection.transaction().map_err(fault("write", path))?;
        Ok(Work { transaction, path })
    }

    /// Whether there is an entry of a site.
    pub(super) fn knows_site(&self, site: &SiteId) -> Result<bool> {
        self.with("read", |connection| {
            connection.prepare_cached("SELECT 1 FROM sites WHERE id = ?1")?.exists([site.as_str()])
        })
    }

    /// As what a site is held.
    pub(super) fn held_site(&self, site: &SiteId) -> Result<Option<HeldSite>> {
        self.with("read", |connection| {
            connection
                .prepare_cached("SELECT platform, council, root FROM sites WHERE id = ?1")?
                .query_row([site.as_str()], |row| {
                    Ok(HeldSite { platform: row.get(0)?, council: row.get(1)?, root: row.get(2)? })
                })
                .optional()
        })
    }

    /// Whether the entry of a site says this.
    pub(super) fn has_site(&self, site: &Site) -> Result<bool> {
        self.with("read", |connection| {
            connection.query_row(
                "SELECT EXISTS (SELECT 1 FROM sites WHERE id = ?1 AND platform = ?2 AND root = ?3
                 AND council = ?4 AND council_name = ?5)",
                params![site.id.as_str(), site.platform.name(), site.root, site.council, site.council_name],
                |row| row.get(0),
            )
        })
    }

    /// The meetings that an added file is taken for, but for this one.
    pub(super) fn meetings_of_file(&self, url: &str, but: &MeetingId) -> Result<Vec<MeetingId>> {
        self.with("read", |connection| {
            let mut query = connection.prepare_cached(
                "SELECT DISTINCT site, meeting FROM captures
                 WHERE url = ?1 AND role = 'file' AND meeting IS NOT NULL AND (site <> ?2 OR meeting <> ?3)
                 ORDER BY site, meeting",
            )?;
            let rows = query.query_map(params![url, but.site.as_str(), but.number], |row| {
                Ok(MeetingId { site: SiteId::new(&row.get::<_, String>(0)?), number: row.get(1)? })
            })?;
            rows.collect()
        })
    }

    /// The files of the archive, and how much of each has been entered.
    pub(super) fn marks(&self) -> Result<HashMap<String, u64>> {
        self.with("read", |connection| {
            let mut query = connection.prepare("SELECT file, length FROM volumes")?;
            let rows = query.query_map([], |row| Ok((row.get(0)?, row.get::<_, i64>(1)?.unsigned_abs())))?;
            rows.collect()
        })
    }

    /// The sites of whose files something was entered.
    pub(super) fn sites_with_files(&self) -> Result<BTreeSet<SiteId>> {
        self.with("read", |connection| {
            let mut query = connection.prepare(
                "SELECT site FROM captures WHERE warc IS NOT NULL UNION SELECT site FROM unjudged
                 UNION SELECT substr(file, 1, instr(file, '/') - 1) FROM volumes",
            )?;
            let rows = query.query_map([], |row| Ok(SiteId::new(&row.get::<_, String>(0)?)))?;
            rows.collect()
        })
    }

    /// What was entered of each file of a site, by its name.
    pub(super) fn known_files(&self, site: &SiteId) -> Result<BTreeMap<String, KnownFile>> {
        self.with("read", |connection| {
            let mut files: BTreeMap<String, KnownFile> = BTreeMap::new();
            let mut query = connection
                .prepare_cached("SELECT file, length FROM volumes WHERE instr(file, ?1 || '/') = 1")?;
            let mut rows = query.query([site.as_str()])?;
            while let Some(row) = rows.next()? {
                let length = row.get::<_, i64>(1)?.unsigned_abs();
                files.insert(row.get(0)?, KnownFile { length, references: Vec::new() });
            }
            let mut query = connection.prepare_cached(
                "SELECT warc, offset, wire_digest, url FROM captures WHERE site = ?1 AND warc IS NOT NULL
                 UNION ALL
                 SELECT file, offset, json_extract(entry, '$.wire_digest'), json_extract(entry, '$.url')
                 FROM unjudged WHERE site = ?1
                 ORDER BY 1, 2",
            )?;
            let mut rows = query.query([site.as_str()])?;
            while let Some(row) = rows.next()? {
                let offset = row.get::<_, i64>(1)?.unsigned_abs();
                let reference = Reference { offset, wire_digest: row.get(2)?, url: row.get(3)? };
                files.entry(row.get(0)?).or_default().references.push(reference);
            }
            Ok(files)
        })
    }

    /// The answer to a request at which nobody has looked; `None` also where one
    /// that came later has been entered, as it would pass for what is newer.
    pub(super) fn unjudged(&self, asked: &Asked) -> Result<Option<Unjudged>> {
        let all: Vec<(String, String)> = self.with("read", |connection| {
            let mut query = connection.prepare_cached(
                "SELECT record, entry FROM unjudged
                 WHERE site = ?1 AND NOT EXISTS (
                     SELECT 1 FROM captures
                     WHERE site = ?1 AND url = ?2 AND +meeting IS ?3
                       AND (warc, offset) > (unjudged.file, unjudged.offset))
                 ORDER BY file DESC, offset DESC",
            )?;
            let number = asked.meeting.as_ref().map(|meeting| &meeting.number);
            let at = params![asked.site.as_str(), asked.url, number];
            let rows = query.query_map(at, |row| Ok((row.get(0)?, row.get(1)?)))?;
            rows.collect()
        })?;
        let read = |(record, entry): (String, String)| {
            let draft: Captured = serde_json::from_str(&entry).ok()?;
            (draft.asked == *asked).then_some(Unjudged { record, draft })
        };
        Ok(all.into_iter().find_map(read))
    }

    /// What came for a request since a day and has not been concluded: the
    /// process was stopped before. A fault of the site is none.
    pub(super) fn unconcluded(&self, asked: &Asked, since: Date) -> Result<Option<Captured>> {
        self.with("read", |connection| {
            let mut query = connection.prepare_cached(
                "SELECT status, outcome, cause, reason, digest, wire_digest, media_type, charset, retrieved,
                        warc, offset, bytes, etag, last_modified
                 FROM captures
                 WHERE site = ?1 AND url = ?2 AND +meeting IS ?3 AND role = ?4 AND edition IS ?5
                   AND status IS NOT NULL AND cause IS NOT 'fault'
                   AND id > (SELECT concluded FROM sites WHERE id = ?1) AND retrieved >= ?6
                 ORDER BY id DESC LIMIT 1",
            )?;
            let number = asked.meeting.as_ref().map(|meeting| &meeting.number);
            let edition = asked.edition.map(Edition::name);
            query
                .query_row(
                    params![
                        asked.site.as_str(),
                        asked.url,
                        number,
                        asked.role.name(),
                        edition,
                        since.to_string()
                    ],
                    |row| read_captured(row, asked),
                )
                .optional()
        })
    }

    /// How many sites, meetings, captures and unjudged answers there are.
    pub(super) fn counts(&self) -> Result<[u64; 4]> {
        self.with("read", |connection| {
            let count = |table: &str| {
                let sql = format!("SELECT count(*) FROM {table}");
                connection.query_row(&sql, [], |row| row.get::<_, i64>(0)).map(i64::unsigned_abs)
            };
            Ok([count("sites")?, count("meetings")?, count("captures")?, count("unjudged")?])
        })
    }

    /// The entry of a meeting in the register.
    pub(super) fn registered(&self, id: &MeetingId) -> Result<Option<Registered>> {
        self.with("read", |connection| registered(connection, id))
    }

    /// The meeting that an added file at this address is taken for.
    pub(super) fn meeting_of_file(&self, url: &str) -> Result<Option<Meeting>> {
        self.with("read", |connection| {
            // The order of captures counts within a site only.
            let mut query = connection.prepare_cached(&format!(
                "SELECT {MEETING} FROM meetings WHERE (site, number) =
                 (SELECT site, meeting FROM captures WHERE url = ?1 AND role = 'file' AND meeting IS NOT NULL
                  ORDER BY retrieved DESC, site, id DESC LIMIT 1)"
            ))?;
            query.query_row(params![url], read_meeting).optional()
        })
    }

    /// The meeting of a site that a file of these bytes was last added to, at
    /// another address than `but`.
    pub(super) fn meeting_of_bytes(
        &self,
        site: &SiteId,
        digest: &Digest,
        but: &str,
    ) -> Result<Option<Meeting>> {
        self.with("read", |connection| {
            let mut query = connection.prepare_cached(&format!(
                "SELECT {MEETING} FROM meetings WHERE (site, number) =
                 (SELECT site, meeting FROM captures
                  WHERE digest = ?1 AND site = ?2 AND url <> ?3 AND role = 'file' AND meeting IS NOT NULL
                  ORDER BY id DESC LIMIT 1)"
            ))?;
            query.query_row(params![digest.0, site.as_str(), but], read_meeting).optional()
        })
    }

    pub(super) fn meetings(&self) -> Result<Vec<Meeting>> {
        self.with("read", |connection| {
            let mut query =
                connection.prepare(&format!("SELECT {MEETING} FROM meetings ORDER BY site, number"))?;
            let rows = query.query_map([], read_meeting)?;
            rows.collect()
        })
    }

    pub(super) fn meeting(&self, id: &MeetingId) -> Result<Option<Meeting>> {
        self.with("read", |connection| {
            connection
                .query_row(
                    &format!("SELECT {MEETING} FROM meetings WHERE site = ?1 AND number = ?2"),
                    params![id.site.as_str(), id.number],
                    read_meeting,
                )
                .optional()
        })
    }

    /// The latest stored version of an address, for one meeting or for none.
    pub(super) fn latest(
        &self,
        site: &SiteId,
        meeting: Option<&MeetingId>,
        url: &str,
    ) -> Result<Option<Latest>> {
        self.with("read", |connection| latest(connection, site, meeting, url))
    }

    pub(super) fn last_answer(
        &self,
        site: &SiteId,
        meeting: Option<&MeetingId>,
        url: &str,
    ) -> Result<Option<LastAnswer>> {
        self.with("read", |connection| {
            connection
                .prepare_cached(
                    "SELECT outcome, cause, reason, status, bytes, retrieved, digest, warc, offset FROM captures
                     WHERE site = ?1 AND url = ?2 AND +meeting IS ?3 ORDER BY id DESC LIMIT 1",
                )?
                .query_row(params![site.as_str(), url, meeting.map(|meeting| &meeting.number)], read_answer)
                .optional()
        })
    }

    /// The document of a capture.
    pub(super) fn document(&self, id: i64) -> Result<Document> {
        self.with("read", |connection| {
            let sql = format!("SELECT {DOCUMENT} FROM captures WHERE id = ?1");
            connection.query_row(&sql, [id], read_document)
        })
    }

    /// The latest of each address of the meetings from one to another, by meeting
    /// and address.
    pub(super) fn latest_documents(&self, first: &MeetingId, last: &MeetingId) -> Result<Vec<Document>> {
        self.with("read", |connection| {
            let mut query = connection.prepare_cached(&latest_documents())?;
            let range = params![first.site.as_str(), first.number, last.site.as_str(), last.number];
            let rows = query.query_map(range, read_document)?;
            rows.collect()
        })
    }

    /// What was ever asked for of a meeting, an address once, in the order of the
    /// last answers.
    pub(super) fn asked_of(&self, meeting: &MeetingId) -> Result<Vec<Asked>> {
        self.with("read", |connection| {
            let mut query = connection.prepare_cached(
                "SELECT url, role, edition FROM captures
                 WHERE id IN (SELECT max(id) FROM captures WHERE site = ?1 AND meeting = ?2 GROUP BY +url)
                 ORDER BY id",
            )?;
            let rows = query.query_map(params![meeting.site.as_str(), meeting.number], |row| {
                Ok(Asked {
                    site: meeting.site.clone(),
                    url: row.get(0)?,
                    meeting: Some(meeting.clone()),
                    role: role_named(&row.get::<_, String>(1)?),
                    edition: edition_named(row.get(2)?),
                })
            })?;
            rows.collect()
        })
    }

    pub(super) fn all_versions(&self, meeting: &MeetingId) -> Result<Vec<Document>> {
        self.with("read", |connection| {
            let mut query = connection.prepare_cached(&format!(
                "SELECT {DOCUMENT} FROM captures
                 WHERE site = ?1 AND meeting = ?2 AND outcome = 'stored' ORDER BY id"
            ))?;
            let rows = query.query_map(params![meeting.site.as_str(), meeting.number], read_document)?;
            rows.collect()
        })
    }

    /// The addresses that were last refused or failed and of which nothing has
    /// come since.
    pub(super) fn absences(&self) -> Result<Vec<Absent>> {
        self.with("read", |connection| {
            let mut query = connection.prepare(
                "SELECT site, meeting, role, url, status, reason, retrieved, cause FROM captures
                 WHERE cause IS NOT NULL
                   AND id IN (SELECT max(id) FROM captures GROUP BY site, coalesce(meeting, ''), url)
                 ORDER BY site, meeting, url",
            )?;
            let rows = query.query_map([], |row| {
                let site = SiteId::new(&row.get::<_, String>(0)?);
                let number: Option<String> = row.get(1)?;
                let cause = cause_named(&row.get::<_, String>(7)?);
                Ok(Absent {
                    meeting: number.map(|number| MeetingId { site: site.clone(), number }),
                    site,
                    role: role_named(&row.get::<_, String>(2)?),
                    url: row.get(3)?,
                    status: row.get(4)?,
                    unfit: Unfit { cause, reason: row.get(5)? },
                    at: row.get(6)?,
                })
            })?;
            rows.collect()
        })
    }

    /// The meetings of whose minutes something did not come, when each of its
    /// addresses was last asked for; a meeting once. Reports and other
    /// attachments are passed over.
    pub(super) fn lost_meetings(&self) -> Result<Vec<LostMeeting>> {
        self.with("read", |connection| {
            let mut query = connection.prepare(
                "SELECT lost.site, lost.meeting, lost.cause, EXISTS (
                     SELECT 1 FROM captures AS came
                     WHERE came.site = lost.site AND came.meeting = lost.meeting AND came.id > lost.id
                       AND came.cause IS NULL AND came.role IN ('meeting-xml', 'meeting-page'))
                 FROM captures AS lost
                 WHERE lost.cause IS NOT NULL
                   AND lost.role IN ('meeting-xml', 'meeting-page', 'item-page', 'printed-minutes')
                   AND lost.id IN (SELECT max(id) FROM captures WHERE meeting IS NOT NULL
                                   GROUP BY site, meeting, url)
                 ORDER BY lost.site, lost.meeting, lost.id",
            )?;
            let rows = query.query_map([], |row| {
                let site = SiteId::new(&row.get::<_, String>(0)?);
                Ok(LostMeeting {
                    meeting: MeetingId { site, number: row.get(1)? },
                    cause: cause_named(&row.get::<_, String>(2)?),
                    is_answered: row.get(3)?,
                })
            })?;
            let mut lost: Vec<LostMeeting> = Vec::new();
            for row in rows {
                let row = row?;
                // The later stands for the meeting.
                lost.pop_if(|last| last.meeting == row.meeting);
                lost.push(row);
            }
            Ok(lost)
        })
    }

    /// The meetings of which any document was ever asked for, or added, with the
    /// number of documents that are held; of added files with the same bytes, one,
    /// as in `Corpus::latest_documents`.
    pub(super) fn asked_meetings(&self) -> Result<HashMap<MeetingId, u64>> {
        self.counts_by_meeting(
            "SELECT site, meeting, count(DISTINCT CASE WHEN digest IS NOT NULL THEN
                 CASE role WHEN 'file' THEN digest || ' ' || coalesce(edition, '') ELSE url END END)
             FROM captures
             WHERE meeting IS NOT NULL GROUP BY site, meeting",
        )
    }

    /// The meetings of added files of which nothing but reports is held, with how
    /// many.
    pub(super) fn reports_alone(&self) -> Result<HashMap<MeetingId, u64>> {
        self.counts_by_meeting(
            "SELECT site, meeting, count(DISTINCT digest) FROM captures
             WHERE role = 'file' AND meeting IS NOT NULL GROUP BY site, meeting
             HAVING min(coalesce(edition, '') = 'report')",
        )
    }

    /// What a query counts, by its first two columns: site and number.
    fn counts_by_meeting(&self, sql: &str) -> Result<HashMap<MeetingId, u64>> {
        self.with("read", |connection| {
            let mut query = connection.prepare(sql)?;
            let rows = query.query_map([], |row| {
                let site = SiteId::new(&row.get::<_, String>(0)?);
                Ok((MeetingId { site, number: row.get(1)? }, row.get::<_, i64>(2)?.unsigned_abs()))
            })?;
            rows.collect()
        })
    }

    /// The councils of whose sites anything was ever asked for, or added.
    pub(super) fn asked_councils(&self) -> Result<Vec<String>> {
        self.with("read", |connection| {
            let mut query = connection.prepare(
                "SELECT DISTINCT council FROM sites WHERE EXISTS (SELECT 1 FROM captures WHERE site = sites.id)
                 ORDER BY council",
            )?;
            query.query_map([], |row| row.get(0))?.collect()
        })
    }

    /// How many documents wait to be asked for whose meetings no list has told
    /// of, by the council of their site.
    pub(super) fn waiting_untold(&self) -> Result<Vec<(String, u64)>> {
        self.with("read", |connection| {
            let mut query = connection.prepare(
                "SELECT sites.council, count(*) FROM frontier JOIN sites ON sites.id = frontier.site
                 WHERE frontier.state = 'pending' AND frontier.meeting IS NOT NULL AND NOT EXISTS
                     (SELECT 1 FROM meetings WHERE site = frontier.site AND number = frontier.meeting)
                 GROUP BY sites.council ORDER BY sites.council",
            )?;
            query.query_map([], |row| Ok((row.get(0)?, row.get::<_, i64>(1)?.unsigned_abs())))?.collect()
        })
    }

    /// The lists that were asked for in vain, by site.
    pub(super) fn lost_lists(&self) -> Result<Vec<LostLists>> {
        let lists = self.lists()?;
        let came: HashMap<(&str, &str), i64> = lists
            .iter()
            .filter(|list| list.cause.is_none())
            .map(|list| ((list.site.as_str(), list.url.as_str()), list.id))
            .collect();
        let instead = self.instead()?;
        // What a list was asked in place of may have come since.
        let is_made_good = |list: &List| {
            let mut url = &list.url;
            for _ in 0..=instead.len() {
                let Some(first) = instead.get(&(list.site.clone(), url.clone())) else { return false };
                if came.get(&(list.site.as_str(), first.as_str())).is_some_and(|id| *id > list.id) {
                    return true;
                }
                url = first;
            }
            false
        };
        let mut lost: BTreeMap<&str, BTreeMap<Cause, u64>> = BTreeMap::new();
        for list in lists.iter().filter(|list| !list.is_replaced && !is_made_good(list)) {
            let Some(cause) = list.cause else { continue };
            *lost.entry(&list.site).or_default().entry(cause).or_default() += 1;
        }
        let mut sites = Vec::new();
        for (site, causes) in lost {
            let site = SiteId::new(site);
            if let Some((council, is_silent)) = self.known_of(&site)? {
                sites.push(LostLists { site, council, causes: causes.into_iter().collect(), is_silent });
            }
        }
        sites.sort_by(|a, b| a.council.cmp(&b.council));
        Ok(sites)
    }

    /// The last answer of each list, by site.
    fn lists(&self) -> Result<Vec<List>> {
        self.with("read", |connection| {
            let mut query = connection.prepare(
                "SELECT id, site, url, cause, outcome FROM captures
                 WHERE id IN (SELECT max(id) FROM captures WHERE role = 'register' GROUP BY site, url)
                 ORDER BY id",
            )?;
            let rows = query.query_map([], |row| {
                let cause: Option<String> = row.get(3)?;
                Ok(List {
                    id: row.get(0)?,
                    site: row.get(1)?,
                    url: row.get(2)?,
                    cause: cause.map(|cause| cause_named(&cause)),
                    is_replaced: row.get::<_, String>(4)? == REPLACED,
                })
            })?;
            rows.collect()
        })
    }

    /// In place of which list another of its site was asked.
    fn instead(&self) -> Result<HashMap<(String, String), String>> {
        self.with("read", |connection| {
            let mut query = connection.prepare(
                "SELECT site, substr(key, length(?1) + 1), value FROM learned WHERE instr(key, ?1) = 1",
            )?;
            let rows = query.query_map([INSTEAD], |row| Ok(((row.get(0)?, row.get(1)?), row.get(2)?)))?;
            rows.collect()
        })
    }

    /// The council of a site, and whether no list of it ever came.
    fn known_of(&self, site: &SiteId) -> Result<Option<(String, bool)>> {
        self.with("read", |connection| {
            let known = connection.query_row(
                "SELECT council,
                     NOT EXISTS (SELECT 1 FROM captures
                                 WHERE site = ?1 AND role = 'register' AND cause IS NULL)
                     AND NOT EXISTS (SELECT 1 FROM meetings WHERE site = ?1)
                 FROM sites WHERE id = ?1",
                [site.as_str()],
                |row| Ok((row.get(0)?, row.get(1)?)),
            );
            known.optional()
        })
    }

    /// Where the bytes of a document lie.
    pub(super) fn place(&self, document: &Document) -> Result<Place> {
        let found = self.with("read", |connection| {
            connection
                .prepare_cached(
                    "SELECT warc, offset FROM captures
                     WHERE site = ?1 AND url = ?2 AND digest = ?3 AND outcome = 'stored'
                     ORDER BY id DESC LIMIT 1",
                )?
                .query_row(params![document.site.as_str(), document.url, document.digest.0], |row| {
                    Ok(Place { file: row.get(0)?, offset: row.get::<_, i64>(1)?.unsigned_abs() })
                })
                .optional()
        })?;
        found.ok_or_else(|| {
            Error::Input(format!(
                "the catalogue does not list {} with digest {}",
                document.url, document.digest
            ))
        })
    }

    pub(super) fn mark(&self) -> String {
        let mut log = self.path.as_os_str().to_owned();
        log.push("-wal");
        let mark = |path: &Path| {
            let metadata = std::fs::metadata(path).ok().filter(|metadata| metadata.len() > 0)?;
            let since = metadata.modified().ok()?.duration_since(std::time::UNIX_EPOCH).ok()?;
            Some(format!("{}-{}", metadata.len(), since.as_nanos()))
        };
        [self.path.as_path(), Path::new(&log)].map(|path| mark(path).unwrap_or_default()).join("/")
    }

    pub(super) fn fingerprint(&self) -> Result<String> {
        let mut hash = sha2::Sha256::new();
        self.with("read", |connection| {
            let mut feed = |sql: &str| -> rusqlite::Result<()> {
                let mut query = connection.prepare(sql)?;
                let mut rows = query.query([])?;
                while let Some(row) = rows.next()? {
                    let line: String = row.get(0)?;
                    // The length keeps two rows from reading as another two.
                    hash.update(line.len().to_le_bytes());
                    hash.update(line.as_bytes());
                }
                Ok(())
            };
            feed("SELECT json_array(site, number, council, council_name, body, date, status, minutes_published, url, agenda_published)
                  FROM meetings ORDER BY site, number")?;
            feed(
                "SELECT json_array(site, meeting, role, url, digest, media_type, charset, retrieved, edition)
                 FROM captures WHERE id IN (
                     SELECT coalesce(same_as, id) FROM captures WHERE id IN (
                         SELECT max(id) FROM captures
                         WHERE meeting IS NOT NULL AND digest IS NOT NULL GROUP BY site, meeting, url))
                 ORDER BY site, meeting, url, id",
            )
        })?;
        let mut hex = String::new();
        for byte in hash.finalize() {
            hex.push_str(&format!("{byte:02x}"));
        }
        Ok(hex)
    }

    /// Makes durable what can be without waiting for readers; the archive has
    /// been made durable before.
    pub(super) fn checkpoint_in_passing(&self) -> Result<()> {
        self.with("write", |connection| connection.pragma(None, "wal_checkpoint", "PASSIVE", |_| Ok(())))
    }

    /// The last place before `end` in a file of the archive at which a capture
    /// lies.
    pub(super) fn last_place(&self, file: &str, end: u64) -> Result<Option<Place>> {
        let offset: Option<i64> = self.with("read", |connection| {
            let sql = "SELECT max(offset) FROM captures WHERE warc = ?1 AND offset < ?2";
            connection.query_row(sql, params![file, end as i64], |row| row.get(0))
        })?;
        Ok(offset.map(|offset| Place { file: file.to_owned(), offset: offset.unsigned_abs() }))
    }

    /// When something was last asked of a site, in UTC, RFC 3339 to the second;
    /// `None` when nothing was.
    pub(super) fn last_asked(&self, site: &SiteId) -> Result<Option<String>> {
        self.with("read", |connection| {
            let sql = "SELECT max(retrieved) FROM captures WHERE site = ?1";
            connection.query_row(sql, [site.as_str()], |row| row.get(0))
        })
    }

    /// All that is known of a site but its captures, as entries.
    pub(super) fn entries_of(&self, site: &SiteId) -> Result<Vec<Entry>> {
        self.with("read", |connection| {
            let mut entries = Vec::new();
            let sql = "SELECT platform, root, council, council_name FROM sites WHERE id = ?1";
            let mut query = connection.prepare(sql)?;
            let rows = query.query_map([site.as_str()], |row| {
                let platform: String = row.get(0)?;
                let (root, council, council_name) = (row.get(1)?, row.get(2)?, row.get(3)?);
                let platform: Option<Platform> = platform.parse().ok();
                let make = |platform| Site {
                    id: site.clone(),
                    platform,
                    root,
                    council,
                    council_name,
                    shared_by: Vec::new(),
                    rules: None,
                };
                Ok(platform.map(make))
            })?;
            for row in rows {
                entries.extend(row?.map(Entry::Site));
            }
            let sql = format!(
                "SELECT {MEETING}, has_minutes, complete FROM meetings WHERE site = ?1 ORDER BY number"
            );
            let mut query = connection.prepare(&sql)?;
            for row in query.query_map([site.as_str()], read_registered)? {
                entries.push(Entry::Meeting(row?));
            }
            let mut query = connection.prepare("SELECT key, value, day FROM learned WHERE site = ?1")?;
            let rows = query.query_map([site.as_str()], |row| {
                Ok(Entry::Learned {
                    site: site.clone(),
                    key: row.get(0)?,
                    value: row.get(1)?,
                    day: row.get(2)?,
                })
            })?;
            for row in rows {
                entries.push(row?);
            }
            let sql = "SELECT issue, title, meeting, item FROM issue_links WHERE site = ?1";
            let mut query = connection.prepare(sql)?;
            let rows = query.query_map([site.as_str()], |row| {
                let meeting = MeetingId { site: site.clone(), number: row.get(2)? };
                Ok(Entry::Issue(IssueLink {
                    issue: row.get(0)?,
                    title: row.get(1)?,
                    meeting,
                    item: row.get(3)?,
                }))
            })?;
            for row in rows {
                entries.push(row?);
            }
            Ok(entries)
        })
    }

    pub(super) fn checkpoint(&self) -> Result<()> {
        self.with("write", |connection| {
            // A reader may keep the log from being emptied; it is emptied later.
            connection.pragma(None, "wal_checkpoint", "TRUNCATE", |_| Ok(()))
        })
    }
}

pub(super) const MEETING: &str =
    "site, number, council, council_name, body, date, status, minutes_published, url,
    agenda_published";

pub(super) fn read_meeting(row: &Row) -> rusqlite::Result<Meeting> {
    let date: Option<String> = row.get(5)?;
    let status: String = row.get(6)?;
    Ok(Meeting {
        id: MeetingId { site: SiteId::new(&row.get::<_, String>(0)?), number: row.get(1)? },
        council: row.get(2)?,
        council_name: row.get(3)?,
        body: row.get(4)?,
        date: date.and_then(|date| date.parse().ok()),
        status: status_named(&status),
        minutes_published: row.get(7)?,
        url: row.get(8)?,
        agenda_published: row.get(9)?,
    })
}

/// A capture of what was asked, by the columns that [`Catalogue::unconcluded`]
/// reads.
fn read_captured(row: &Row, asked: &Asked) -> rusqlite::Result<Captured> {
    let outcome: String = row.get(1)?;
    let cause: Option<String> = row.get(2)?;
    let reason = row.get(3)?;
    let unfit =
        cause.map(|cause| Unfit { cause: Cause::from_name(&cause).unwrap_or(Cause::WrongContent), reason });
    let outcome = match &unfit {
        Some(unfit) => unfit.outcome(),
        None if outcome == Outcome::Unchanged.name() => Outcome::Unchanged,
        None => Outcome::Stored,
    };
    let file: Option<String> = row.get(9)?;
    let offset: Option<i64> = row.get(10)?;
    Ok(Captured {
        asked: asked.clone(),
        status: row.get(0)?,
        outcome,
        unfit,
        digest: row.get::<_, Option<String>>(4)?.map(Digest),
        wire_digest: row.get::<_, Option<String>>(5)?.map(Digest),
        media_type: row.get(6)?,
        charset: row.get(7)?,
        retrieved: row.get(8)?,
        place: file.zip(offset).map(|(file, offset)| Place { file, offset: offset.unsigned_abs() }),
        bytes: row.get::<_, i64>(11)?.unsigned_abs(),
        validators: Validators { etag: row.get(12)?, last_modified: row.get(13)? },
    })
}

/// A line of the register.
pub(super) fn registered(connection: &Connection, id: &MeetingId) -> rusqlite::Result<Option<Registered>> {
    connection
        .prepare_cached(&format!(
            "SELECT {MEETING}, has_minutes, complete FROM meetings WHERE site = ?1 AND number = ?2"
        ))?
        .query_row(params![id.site.as_str(), id.number], read_registered)
        .optional()
}

fn read_registered(row: &Row) -> rusqlite::Result<Registered> {
    Ok(Registered { meeting: read_meeting(row)?, has_minutes: row.get(10)?, complete: row.get(11)? })
}

/// The latest stored version of an address, for one meeting or for none.
pub(super) fn latest(
    connection: &Connection,
    site: &SiteId,
    meeting: Option<&MeetingId>,
    url: &str,
) -> rusqlite::Result<Option<Latest>> {
    connection
        .prepare_cached(LATEST)?
        .query_row(params![site.as_str(), url, meeting.map(|meeting| &meeting.number)], |row| {
            Ok(Latest {
                id: row.get(0)?,
                digest: Digest(row.get(1)?),
                wire_digest: Digest(row.get(2)?),
                edition: edition_named(row.get(3)?),
                validators: Validators { etag: row.get(4)?, last_modified: row.get(5)? },
                place: Place { file: row.get(6)?, offset: row.get::<_, i64>(7)?.unsigned_abs() },
            })
        })
        .optional()
}

fn read_answer(row: &Row) -> rusqlite::Result<LastAnswer> {
    let cause = row.get::<_, Option<String>>(1)?.and_then(|name| Cause::from_name(&name));
    let reason = row.get(2)?;
    let place = row.get::<_, Option<String>>(7)?.zip(row.get::<_, Option<i64>>(8)?);
    let outcome = outcome_named(&row.get::<_, String>(0)?);
    Ok(LastAnswer {
        // One that was replaced was refused or failed as well.
        outcome: cause.map_or(outcome, Cause::outcome),
        unfit: cause.map(|cause| Unfit { cause, reason }),
        status: row.get(3)?,
        bytes: row.get::<_, i64>(4)?.unsigned_abs(),
        at: row.get(5)?,
        digest: row.get::<_, Option<String>>(6)?.map(Digest),
        place: place.map(|(file, offset)| Place { file, offset: offset.unsigned_abs() }),
    })
}

fn read_document(row: &Row) -> rusqlite::Result<Document> {
    let site = SiteId::new(&row.get::<_, String>(0)?);
    let number: Option<String> = row.get(1)?;
    Ok(Document {
        meeting: number.map(|number| MeetingId { site: site.clone(), number }),
        site,
        role: role_named(&row.get::<_, String>(2)?),
        url: row.get(3)?,
        digest: Digest(row.get(4)?),
        media_type: row.get(5)?,
        charset: row.get(6)?,
        retrieved: row.get(7)?,
        edition: edition_named(row.get(8)?),
    })
}

/// The names in the tables are written by this program only; one that it does
/// not know is taken for the least telling.
fn role_named(name: &str) -> DocumentRole {
    DocumentRole::from_name(name).unwrap_or(DocumentRole::File)
}

pub(super) fn cause_named(name: &str) -> Cause {
    Cause::from_name(name).unwrap_or(Cause::WrongContent)
}

fn edition_named(name: Option<String>) -> Option<Edition> {
    Edition::ALL.into_iter().find(|edition| Some(edition.name()) == name.as_deref())
}

fn outcome_named(name: &str) -> Outcome {
    [Outcome::Stored, Outcome::Unchanged, Outcome::Refused]
        .into_iter()
        .find(|outcome| outcome.name() == name)
        .unwrap_or(Outcome::Failed)
}

fn status_named(name: &str) -> MeetingStatus {
    [MeetingStatus::Cancelled, MeetingStatus::Held]
        .into_iter()
        .find(|status| status.name() == name)
        .unwrap_or(MeetingStatus::Scheduled)
}

fn immutable_url(path: &Path) -> String {
    let mut url = String::from("file:");
    for byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'/' | b'-' | b'_' | b'.' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => url.push(*byte as char),
            _ => url.push_str(&format!("%{byte:02X}")),
        }
    }
    url + "?immutable=1"
}

/// That there is no catalogue: where there is an archive, it can be made again.
pub(super) fn missing(path: &Path) -> Error {
    let archive = path.with_file_name("archive");
    let has_archive = std::fs::read_dir(archive).is_ok_and(|mut entries| entries.next().is_some());
    Error::Input(if has_archive {
        format!("there is an archive here but no catalogue (no `{}`); {ADVICE}", path.display())
    } else {
        format!(
            "there is no corpus here (no `{}`); collect one with `scrutineer crawl` or `scrutineer add`",
            path.display()
        )
    })
}

fn fault(action: &'static str, path: &Path) -> impl FnOnce(rusqlite::Error) -> Error {
    let path = path.to_owned();
    move |source| match source.sqlite_error_code() {
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => {
            Error::Input(format!("the catalogue `{}` is damaged ({source}); {ADVICE}", path.display()))
        }
        _ => Error::Catalogue { action, path, source: Box::new(source) },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How the catalogue looks something up, step by step.
    fn plan(query: &str, asked: &[Option<&str>]) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        let catalogue = Catalogue::open(&folder.path().join("catalogue.sqlite")).unwrap();
        catalogue
            .with("read", |connection| {
                let mut query = connection.prepare(&format!("EXPLAIN QUERY PLAN {query}"))?;
                query.query_map(rusqlite::params_from_iter(asked), |row| row.get(3))?.collect()
            })
            .unwrap()
    }

    #[test]
    fn an_address_is_looked_up_by_itself_however_many_belong_to_no_meeting() {
        let plan = plan(LATEST, &[Some("a-site"), Some("https://a.example/"), None]);
        assert!(plan[0].contains("captures_by_url (site=? AND url=?)"), "{plan:?}");
    }

    #[test]
    fn documents_are_looked_up_by_their_meetings_however_many_the_site_has() {
        let plan = plan(&latest_documents(), &[Some("a-site"), Some("1"), Some("a-site"), Some("2")]);
        let by_meeting = "captures_by_meeting ((site,meeting)>(?,?) AND (site,meeting)<(?,?))";
        assert!(plan.iter().any(|step| step.contains(by_meeting)), "{plan:?}");
        assert!(plan.iter().all(|step| !step.starts_with("SCAN")), "{plan:?}");
    }
}
