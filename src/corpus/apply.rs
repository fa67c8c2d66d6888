//! Entries to rows of the catalogue: the one way in which anything but the
//! frontier and the rests of hosts comes there, when it happens and when it is read out of the archive
//! again.

use rusqlite::{Connection, params};

use super::catalogue::{Mark, Outcome, REPLACED, Unjudged, latest};
use super::entry::{Asked, Captured, Entry, Registered};
use crate::model::{Edition, MeetingId, Site};

/// Enters what an entry says. The same entries in the same order, those of
/// each site for themselves, make the same catalogue.
pub(super) fn apply(connection: &Connection, entry: &Entry) -> rusqlite::Result<()> {
    match entry {
        Entry::Site(site) => put_site(connection, site),
        Entry::Meeting(line) => put_meeting(connection, line),
        Entry::Capture(captured) => put_capture(connection, captured),
        Entry::Step(_) => Ok(()),
        Entry::Replaced(asked) => put_replaced(connection, asked),
        Entry::Taken { from, url } => take_file(connection, from, url),
        Entry::Learned { site, key, value, day } => connection
            .prepare_cached(
                "INSERT INTO learned (site, key, value, day) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (site, key) DO UPDATE SET value = ?3, day = ?4",
            )?
            .execute(params![site.as_str(), key, value, day])
            .map(drop),
        Entry::Issue(link) => connection
            .prepare_cached(
                "INSERT INTO issue_links (site, issue, title, meeting, item) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (site, issue, meeting, item) DO UPDATE SET
                     title = CASE WHEN ?3 = '' THEN title ELSE ?3 END",
            )?
            .execute(params![
                link.meeting.site.as_str(),
                link.issue,
                link.title,
                link.meeting.number,
                link.item
            ])
            .map(drop),
    }
}

/// Remembers how far a file of the archive has been entered.
pub(super) fn put_mark(connection: &Connection, mark: &Mark) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO volumes (file, length) VALUES (?1, ?2) ON CONFLICT (file) DO UPDATE SET length = ?2",
        )?
        .execute(params![mark.file, mark.length as i64])
        .map(drop)
}

/// Forgets what lies in a file of the archive from `end` on, as the file, now
/// of this length, does not hold it: what is stored there, and what was found to
/// be the same as that. Their meetings are asked for again, and a crawl that had
/// not come to its end begins anew. Returns how many captures are forgotten.
pub(super) fn forget_beyond(
    connection: &Connection,
    file: &str,
    end: u64,
    length: u64,
) -> rusqlite::Result<usize> {
    connection.execute_batch("CREATE TEMP TABLE lost (id INTEGER PRIMARY KEY, site TEXT, meeting TEXT)")?;
    connection.execute(
        "INSERT INTO lost SELECT id, site, meeting FROM captures WHERE warc = ?1 AND offset >= ?2",
        params![file, end as i64],
    )?;
    connection.execute_batch(
        "INSERT OR IGNORE INTO lost SELECT id, site, meeting FROM captures
             WHERE same_as IN (SELECT id FROM lost);
         UPDATE meetings SET complete = 0, has_minutes = 0
             WHERE (site, number) IN (SELECT site, meeting FROM lost);
         DELETE FROM frontier WHERE site IN (SELECT site FROM lost);",
    )?;
    let n_lost = connection.execute("DELETE FROM captures WHERE id IN (SELECT id FROM lost)", [])?;
    connection.execute("DELETE FROM unjudged WHERE file = ?1 AND offset >= ?2", params![file, end as i64])?;
    connection.execute_batch("DROP TABLE lost")?;
    if length == 0 {
        connection.execute("DELETE FROM volumes WHERE file = ?1", [file])?;
    } else {
        put_mark(connection, &Mark { file: file.to_owned(), length })?;
    }
    Ok(n_lost)
}

/// Remembers an answer at which nobody has looked. It is forgotten when its
/// entry comes.
pub(super) fn put_unjudged(connection: &Connection, unjudged: &Unjudged) -> rusqlite::Result<()> {
    let Unjudged { record, draft } = unjudged;
    let (Some(place), Ok(entry)) = (&draft.place, serde_json::to_string(draft)) else { return Ok(()) };
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO unjudged (file, offset, site, record, entry) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![place.file, place.offset as i64, draft.asked.site.as_str(), record, entry])
        .map(drop)
}

fn put_site(connection: &Connection, site: &Site) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO sites (id, platform, root, council, council_name) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (id) DO UPDATE SET platform = ?2, root = ?3, council = ?4, council_name = ?5",
        )?
        .execute(params![site.id.as_str(), site.platform.name(), site.root, site.council, site.council_name])
        .map(drop)
}

fn put_meeting(connection: &Connection, line: &Registered) -> rusqlite::Result<()> {
    let meeting = &line.meeting;
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO meetings (site, number, council, council_name, body, date, status,
                 minutes_published, url, agenda_published, has_minutes, complete)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        )?
        .execute(params![
            meeting.id.site.as_str(),
            meeting.id.number,
            meeting.council,
            meeting.council_name,
            meeting.body,
            meeting.date.map(|date| date.to_string()),
            meeting.status.name(),
            meeting.minutes_published,
            meeting.url,
            meeting.agenda_published,
            line.has_minutes,
            line.complete,
        ])
        .map(drop)
}

fn put_capture(connection: &Connection, new: &Captured) -> rusqlite::Result<()> {
    let asked = &new.asked;
    let meeting = asked.meeting.as_ref();
    let same_as = match new.outcome {
        Outcome::Unchanged => latest(connection, &asked.site, meeting, &asked.url)?.map(|same| same.id),
        _ => None,
    };
    connection
        .prepare_cached(
            "INSERT INTO captures (site, meeting, role, url, status, outcome, reason, digest, wire_digest,
                media_type, charset, retrieved, warc, offset, same_as, edition, bytes, etag, last_modified,
                cause)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19,
                ?20)",
        )?
        .execute(params![
            asked.site.as_str(),
            meeting.map(|meeting| &meeting.number),
            asked.role.name(),
            asked.url,
            new.status,
            new.outcome.name(),
            new.unfit.as_ref().map_or("", |unfit| &unfit.reason),
            new.digest.as_ref().map(|digest| &digest.0),
            new.wire_digest.as_ref().map(|digest| &digest.0),
            new.media_type,
            new.charset,
            new.retrieved,
            new.place.as_ref().map(|place| &place.file),
            new.place.as_ref().map(|place| place.offset as i64),
            same_as,
            asked.edition.map(Edition::name),
            new.bytes as i64,
            new.validators.etag,
            new.validators.last_modified,
            new.unfit.as_ref().map(|unfit| unfit.cause.name()),
        ])?;
    if let Some(place) = &new.place {
        connection
            .prepare_cached("DELETE FROM unjudged WHERE file = ?1 AND offset = ?2")?
            .execute(params![place.file, place.offset as i64])?;
    }
    Ok(())
}

/// Marks the last answer of an address, which was a loss, as replaced.
fn put_replaced(connection: &Connection, asked: &Asked) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "UPDATE captures SET outcome = ?4 WHERE cause IS NOT NULL AND id =
             (SELECT max(id) FROM captures WHERE site = ?1 AND url = ?2 AND +meeting IS ?3)",
        )?
        .execute(params![
            asked.site.as_str(),
            asked.url,
            asked.meeting.as_ref().map(|meeting| &meeting.number),
            REPLACED
        ])
        .map(drop)
}

/// Takes an added file away from a meeting, and the meeting out of the register
/// when nothing else speaks of it.
fn take_file(connection: &Connection, from: &MeetingId, url: &str) -> rusqlite::Result<()> {
    connection.execute(
        "UPDATE captures SET meeting = NULL WHERE site = ?1 AND meeting = ?2 AND url = ?3 AND role = 'file'",
        params![from.site.as_str(), from.number, url],
    )?;
    connection.execute(
        "DELETE FROM meetings WHERE site = ?1 AND number = ?2 AND NOT EXISTS
         (SELECT 1 FROM captures WHERE site = ?1 AND meeting = ?2)",
        params![from.site.as_str(), from.number],
    )?;
    // What published its minutes may have been this file.
    connection.execute(
        "UPDATE meetings SET minutes_published = EXISTS
             (SELECT 1 FROM captures WHERE site = ?1 AND meeting = ?2
                  AND coalesce(edition, 'minutes') IN ('minutes', 'draft-minutes'))
         WHERE site = ?1 AND number = ?2",
        params![from.site.as_str(), from.number],
    )?;
    Ok(())
}
