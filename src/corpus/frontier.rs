//! The frontier: what a crawl has still to ask for, kept in the catalogue so
//! that it goes on where it stopped.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rusqlite::{OptionalExtension, Row, Transaction, params};

use super::catalogue::{Catalogue, INSTEAD, MEETING, Outcome, cause_named, read_meeting, registered};
use super::entry::{Entry, Registered};
use crate::model::{IssueLink, Meeting, MeetingId, PartialDate, Result, SiteId};

/// How many days after its beginning a crawl that was not finished is gone on
/// with. Lists that were read earlier may miss what was published since.
pub const FRONTIER_DAYS: i32 = 1;

/// What has become of a request of the frontier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestState {
    /// It came, or another was asked in its place.
    Done,
    /// It was not asked for, as what is stored of the meeting is final.
    Settled,
    /// It was not asked for this time, though what is stored of the meeting is
    /// not final: it was asked for not long ago, for its age.
    PutOff,
    /// It was refused.
    Refused,
    /// It failed, and would again: it is not there, or something else is.
    Failed,
    /// It did not come for the moment: a fault, a time-out, an answer that broke
    /// off, a test for browsers.
    Unanswered,
}

impl RequestState {
    fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Settled => "settled",
            Self::PutOff => "put-off",
            Self::Refused => "refused",
            Self::Failed => "failed",
            Self::Unanswered => "unanswered",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        [Self::Done, Self::Settled, Self::PutOff, Self::Refused, Self::Failed, Self::Unanswered]
            .into_iter()
            .find(|state| state.name() == name)
    }
}

/// A request that waits in the frontier. What it holds is the crawler's affair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingRequest {
    /// What tells it from the other requests to the site: its canonical address.
    pub key: String,
    /// The meeting it belongs to, if any.
    pub meeting: Option<MeetingId>,
    /// Whether it is the first that is asked of its meeting. Such wait until
    /// nothing else does: a meeting that was begun is fetched whole before the
    /// next, and the register is known before any.
    pub begins_meeting: bool,
    /// The request itself, as JSON.
    pub request: String,
}

/// What came of one request, for [`super::Corpus::conclude`].
#[derive(Debug)]
pub struct Conclusion<'a> {
    /// The key of the request.
    pub key: &'a str,
    /// The meeting it belongs to, if any.
    pub meeting: Option<&'a MeetingId>,
    /// What has become of it.
    pub state: RequestState,
    /// Meetings that the answer lists.
    pub meetings: &'a [Meeting],
    /// Requests that follow from it.
    pub requests: &'a [PendingRequest],
    /// Whether the minutes of its meeting are stored now, and are no draft;
    /// `None` when the answer does not tell.
    pub has_minutes: Option<bool>,
    /// Whether the crawl asks for all documents, not for the minutes alone.
    pub asks_all_documents: bool,
    /// Items that belong to one issue.
    pub links: &'a [IssueLink],
    /// What the answer teaches of the site.
    pub learned: &'a BTreeMap<String, String>,
    /// The day on which it is learned.
    pub day: Date,
    /// When, in UTC, RFC 3339 to the second.
    pub at: &'a str,
}

/// What decides whether a meeting is asked for again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// When it met.
    pub date: Option<PartialDate>,
    /// Whether a stored document holds its minutes, and is no draft.
    pub has_minutes: bool,
    /// Whether everything that was asked of it for its minutes was answered, be
    /// it with a no, and no list has said anything new since.
    pub is_complete: bool,
    /// The same of all its documents.
    pub has_all_documents: bool,
    /// Whether some of the answers were a no: refused, or not there.
    pub has_losses: bool,
    /// The day on which it was last asked for; `None` when it never was.
    pub last_asked: Option<Date>,
}

impl Due {
    /// Whether its minutes are stored and no draft, and nothing of it was
    /// answered with a no.
    pub fn is_settled(&self) -> bool {
        self.has_minutes && !self.has_losses
    }
}

/// The meetings that a crawl listed and did not ask for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Unasked {
    /// Those of which what is stored is final.
    pub settled: u64,
    /// Those that were put off: they are asked for again by a later crawl.
    pub put_off: u64,
    /// Of those put off, the ones of which something was refused when it was
    /// last asked for.
    pub refused: u64,
    /// The same, where it could not be had. A meeting is one of these two at
    /// most, by what was lost last.
    pub failed: u64,
}

impl Catalogue {
    /// Begins a crawl of a site, or goes on with one that was not finished.
    ///
    /// Returns `true` when requests of a crawl of the same scope are waiting that
    /// began at most [`FRONTIER_DAYS`] days before `today`. One that began
    /// earlier is begun anew, as its lists are out of date: what waited goes on
    /// waiting beside them, and what was lost may be found again. After a crawl
    /// of another scope the frontier is empty. With `recheck`, what the crawl that
    /// is gone on with had not asked for, as its meetings were not due, waits too.
    pub fn begin_crawl(&mut self, site: &SiteId, scope: &str, today: Date, recheck: bool) -> Result<bool> {
        self.transaction(|transaction| {
            let same_scope: i64 = transaction.query_row(
                "SELECT count(*) FROM sites WHERE id = ?1 AND scope = ?2",
                params![site.as_str(), scope],
                |row| row.get(0),
            )?;
            let waiting: i64 = transaction.query_row(
                "SELECT count(*) FROM frontier WHERE site = ?1 AND state = 'pending'",
                [site.as_str()],
                |row| row.get(0),
            )?;
            let goes_on = same_scope > 0 && waiting > 0;
            if goes_on && is_recent(begun(transaction, site)?, today) {
                if recheck {
                    transaction.execute(
                        "UPDATE frontier SET state = 'pending'
                         WHERE site = ?1 AND state IN ('settled', 'put-off')",
                        [site.as_str()],
                    )?;
                }
                return Ok(true);
            }
            let gone = if goes_on { "AND state <> 'pending'" } else { "" };
            transaction.execute(&format!("DELETE FROM frontier WHERE site = ?1 {gone}"), [site.as_str()])?;
            transaction.execute(
                "UPDATE sites SET scope = ?2, concluded = (SELECT coalesce(max(id), 0) FROM captures)
                 WHERE id = ?1",
                [site.as_str(), scope],
            )?;
            transaction.execute(
                "INSERT INTO begun (site, day) VALUES (?1, ?2)
                 ON CONFLICT (site) DO UPDATE SET day = excluded.day",
                params![site.as_str(), today.to_string()],
            )?;
            Ok(false)
        })
    }

    /// The requests of a crawl that were refused or failed, by key.
    pub fn lost_requests(&self, site: &SiteId) -> Result<Vec<String>> {
        self.with("read", |connection| {
            let mut query = connection.prepare(
                "SELECT key FROM frontier WHERE site = ?1 AND state IN ('refused', 'failed', 'unanswered')
                 ORDER BY id",
            )?;
            query.query_map([site.as_str()], |row| row.get(0))?.collect()
        })
    }

    /// The meetings of the latest crawl of a site that it did not ask for.
    pub fn unasked(&self, site: &SiteId) -> Result<Unasked> {
        self.with("read", |connection| {
            let mut query = connection.prepare(
                "SELECT min(unasked.state), EXISTS (
                     SELECT 1 FROM meetings
                     WHERE site = ?1 AND number = unasked.meeting AND complete >= 3)
                   AND NOT EXISTS (
                     SELECT 1 FROM frontier
                     WHERE site = ?1 AND meeting = unasked.meeting
                       AND state IN ('refused', 'failed', 'unanswered')), (
                     SELECT cause FROM captures
                     WHERE cause IS NOT NULL AND id IN (
                         SELECT max(id) FROM captures
                         WHERE site = ?1 AND meeting = unasked.meeting GROUP BY +url)
                     ORDER BY id DESC LIMIT 1)
                 FROM frontier AS unasked
                 WHERE site = ?1 AND state IN ('settled', 'put-off') GROUP BY meeting",
            )?;
            let mut rows = query.query([site.as_str()])?;
            let mut unasked = Unasked::default();
            while let Some(row) = rows.next()? {
                if row.get::<_, String>(0)? == RequestState::Settled.name() {
                    unasked.settled += 1;
                    continue;
                }
                unasked.put_off += 1;
                let (is_lost, cause): (bool, Option<String>) = (row.get(1)?, row.get(2)?);
                match cause.filter(|_| is_lost).map(|cause| cause_named(&cause).outcome()) {
                    Some(Outcome::Refused) => unasked.refused += 1,
                    Some(_) => unasked.failed += 1,
                    None => {}
                }
            }
            Ok(unasked)
        })
    }

    /// Lets requests that have been concluded wait again.
    pub fn ask_again(&mut self, site: &SiteId, keys: &[String]) -> Result<()> {
        self.transaction(|transaction| {
            let mut update = transaction
                .prepare_cached("UPDATE frontier SET state = 'pending' WHERE site = ?1 AND key = ?2")?;
            for key in keys {
                update.execute([site.as_str(), key])?;
            }
            Ok(())
        })
    }

    /// The meetings that wait to be begun, in the order in which they will be,
    /// with the number of requests that begin each: several where a meeting has
    /// no page of its own, but documents.
    pub fn waiting_meetings(&self, site: &SiteId) -> Result<Vec<(MeetingId, u64)>> {
        self.with("read", |connection| {
            let mut query = connection.prepare(
                "SELECT meeting, count(*) FROM frontier
                 WHERE site = ?1 AND state = 'pending' AND begins_meeting AND meeting IS NOT NULL
                 GROUP BY meeting ORDER BY min(id)",
            )?;
            let rows = query.query_map([site.as_str()], |row| {
                let meeting = MeetingId { site: site.clone(), number: row.get(0)? };
                Ok((meeting, row.get::<_, i64>(1)?.unsigned_abs()))
            })?;
            rows.collect()
        })
    }

    /// The next request of the frontier: in the order in which they came, but
    /// those that begin a meeting last, and of these first what else begins the
    /// meeting that was begun `latest`, so that its documents come together.
    pub fn next_request(&self, site: &SiteId, latest: Option<&MeetingId>) -> Result<Option<PendingRequest>> {
        self.with("read", |connection| {
            let next = connection
                .prepare_cached(
                    "SELECT key, meeting, begins_meeting, request FROM frontier
                     WHERE site = ?1 AND state = 'pending' ORDER BY begins_meeting, id LIMIT 1",
                )?
                .query_row([site.as_str()], |row| read_pending(row, site))
                .optional()?;
            let (Some(next), Some(latest)) = (&next, latest) else { return Ok(next) };
            if !next.begins_meeting || next.meeting.as_ref() == Some(latest) {
                return Ok(Some(next.clone()));
            }
            let of_latest = connection
                .prepare_cached(
                    "SELECT key, meeting, begins_meeting, request FROM frontier
                     WHERE site = ?1 AND meeting = ?2 AND state = 'pending' ORDER BY +id LIMIT 1",
                )?
                .query_row([site.as_str(), &latest.number], |row| read_pending(row, site))
                .optional()?;
            Ok(of_latest.or_else(|| Some(next.clone())))
        })
    }

    /// All requests of the latest crawl of a site, in the order in which they
    /// came; those that wait have no state.
    pub fn frontier(&self, site: &SiteId) -> Result<Vec<(Option<RequestState>, PendingRequest)>> {
        self.with("read", |connection| {
            let mut query = connection.prepare(
                "SELECT key, meeting, begins_meeting, request, state FROM frontier WHERE site = ?1 ORDER BY id",
            )?;
            let rows = query.query_map([site.as_str()], |row| {
                Ok((RequestState::from_name(&row.get::<_, String>(4)?), read_pending(row, site)?))
            })?;
            rows.collect()
        })
    }

    /// How many addresses have been asked for each meeting of the site in the
    /// mean, of those that were asked for whole: for their minutes, or for
    /// `all_documents`; `None` where there are none such.
    pub fn requests_per_meeting(&self, site: &SiteId, all_documents: bool) -> Result<Option<f64>> {
        self.with("read", |connection| {
            connection.query_row(
                "SELECT count(DISTINCT meeting || ' ' || url) * 1.0 / nullif(count(DISTINCT meeting), 0)
                 FROM captures WHERE site = ?1 AND meeting IN (
                     SELECT number FROM meetings
                     WHERE site = ?1 AND complete IN (2, 4, iif(?2, 2, 1), iif(?2, 4, 3)))",
                params![site.as_str(), all_documents],
                |row| row.get(0),
            )
        })
    }

    /// Whether any list of meetings of the site has ever come.
    pub fn has_lists(&self, site: &SiteId) -> Result<bool> {
        self.with("read", |connection| {
            connection.query_row(
                "SELECT EXISTS (SELECT 1 FROM captures
                     WHERE site = ?1 AND role = 'register' AND cause IS NULL)
                   OR EXISTS (SELECT 1 FROM meetings WHERE site = ?1)",
                [site.as_str()],
                |row| row.get(0),
            )
        })
    }

    /// How many requests of the site have been taken up, and how many wait.
    pub fn frontier_size(&self, site: &SiteId) -> Result<(u64, u64)> {
        self.with("read", |connection| {
            connection.query_row(
                "SELECT count(*) FILTER (WHERE state <> 'pending'), count(*) FILTER (WHERE state = 'pending')
                 FROM frontier WHERE site = ?1",
                [site.as_str()],
                |row| Ok((row.get::<_, i64>(0)?.unsigned_abs(), row.get::<_, i64>(1)?.unsigned_abs())),
            )
        })
    }

    /// Adds requests to the frontier; those already there stay as they are.
    /// Returns how many are new.
    pub fn push_requests(&mut self, site: &SiteId, requests: &[PendingRequest]) -> Result<u64> {
        self.transaction(|transaction| push_requests(transaction, site, requests))
    }

    /// What a site has taught, each on the day that `since` gives for its name, or
    /// later, and not after `until`: a day to come was noted while the clock was
    /// ahead, and its lesson may be of any age. `None` for any day.
    pub fn learned(
        &self,
        site: &SiteId,
        since: impl Fn(&str) -> Option<Date>,
        until: Date,
    ) -> Result<BTreeMap<String, String>> {
        self.with("read", |connection| {
            let mut query = connection
                .prepare("SELECT key, value, day FROM learned WHERE site = ?1 AND instr(key, ?2) <> 1")?;
            let mut rows = query.query([site.as_str(), INSTEAD])?;
            let mut learned = BTreeMap::new();
            while let Some(row) = rows.next()? {
                let (key, day): (String, String) = (row.get(0)?, row.get(2)?);
                let is_known = |since: Date| (since.to_string()..=until.to_string()).contains(&day);
                if since(&key).is_none_or(is_known) {
                    learned.insert(key, row.get(1)?);
                }
            }
            Ok(learned)
        })
    }

    /// The meetings of a site, with what decides whether each is asked for again.
    pub fn meetings_of(&self, site: &SiteId) -> Result<Vec<(Meeting, Due)>> {
        self.with("read", |connection| {
            let mut query = connection
                .prepare(&format!("SELECT {MEETING}, {DUE} FROM meetings WHERE site = ?1 ORDER BY number"))?;
            let rows = query.query_map([site.as_str()], |row| Ok((read_meeting(row)?, read_due(row)?)))?;
            rows.collect()
        })
    }

    /// The same of one meeting; `None` when the register does not list it.
    pub fn due(&self, meeting: &MeetingId) -> Result<Option<Due>> {
        self.with("read", |connection| {
            connection
                .prepare_cached(&format!(
                    "SELECT {MEETING}, {DUE} FROM meetings WHERE site = ?1 AND number = ?2"
                ))?
                .query_row([meeting.site.as_str(), &meeting.number], read_due)
                .optional()
        })
    }

    /// The items that share an issue with an item of this meeting, its own among
    /// them, by issue.
    pub fn issue_links(&self, meeting: &MeetingId) -> Result<Vec<IssueLink>> {
        self.with("read", |connection| {
            let mut query = connection.prepare(
                "SELECT issue, title, meeting, item FROM issue_links
                 WHERE site = ?1 AND issue IN (SELECT issue FROM issue_links WHERE site = ?1 AND meeting = ?2)
                 ORDER BY issue, meeting, item",
            )?;
            let rows = query.query_map([meeting.site.as_str(), &meeting.number], |row| {
                Ok(IssueLink {
                    issue: row.get(0)?,
                    title: row.get(1)?,
                    meeting: MeetingId { site: meeting.site.clone(), number: row.get(2)? },
                    item: row.get(3)?,
                })
            })?;
            rows.collect()
        })
    }
}

/// The day on which the frontier of a site began, where it is known.
fn begun(transaction: &Transaction, site: &SiteId) -> rusqlite::Result<Option<Date>> {
    let day: Option<String> = transaction
        .query_row("SELECT day FROM begun WHERE site = ?1", [site.as_str()], |row| row.get(0))
        .optional()?;
    Ok(day.and_then(|day| day.parse().ok()))
}

/// Whether a frontier that began on this day is still gone on with. One of a day
/// to come was begun while the clock was ahead: how old it is nobody knows.
fn is_recent(begun: Option<Date>, today: Date) -> bool {
    begun.is_some_and(|day| (0..=FRONTIER_DAYS).contains(&(today - day).get_days()))
}

fn read_pending(row: &Row, site: &SiteId) -> rusqlite::Result<PendingRequest> {
    let number: Option<String> = row.get(1)?;
    Ok(PendingRequest {
        key: row.get(0)?,
        meeting: number.map(|number| MeetingId { site: site.clone(), number }),
        begins_meeting: row.get(2)?,
        request: row.get(3)?,
    })
}

/// The columns of [`Due`], after those of a meeting.
/// The latest capture is the one that was entered last: a clock that was ahead
/// once gives an earlier one the later time.
const DUE: &str = "has_minutes, complete, (SELECT retrieved FROM captures
    WHERE captures.site = meetings.site AND captures.meeting = meetings.number ORDER BY id DESC LIMIT 1)";

fn read_due(row: &Row) -> rusqlite::Result<Due> {
    let complete: i64 = row.get(11)?;
    let last_asked: Option<String> = row.get(12)?;
    Ok(Due {
        date: read_meeting(row)?.date,
        has_minutes: row.get(10)?,
        is_complete: complete >= 1,
        has_all_documents: matches!(complete, 2 | 4),
        has_losses: complete >= 3,
        last_asked: last_asked.and_then(|at| at.get(..10)?.parse().ok()),
    })
}

/// Concludes a request in the frontier: it is not asked again, and what
/// follows from it waits. Returns how many requests are new.
pub(super) fn conclude(
    transaction: &Transaction,
    site: &SiteId,
    conclusion: &Conclusion,
) -> rusqlite::Result<u64> {
    let n_new = push_requests(transaction, site, conclusion.requests)?;
    transaction.execute(
        "UPDATE frontier SET state = ?3 WHERE site = ?1 AND key = ?2",
        params![site.as_str(), conclusion.key, conclusion.state.name()],
    )?;
    transaction
        .prepare_cached(
            "UPDATE sites SET concluded = (SELECT coalesce(max(id), 0) FROM captures) WHERE id = ?1",
        )?
        .execute([site.as_str()])?;
    Ok(n_new)
}

/// What a conclusion changes in the register and in what is known of the site;
/// the frontier has been brought up to date before.
pub(super) fn changes(
    transaction: &Transaction,
    site: &SiteId,
    conclusion: &Conclusion,
) -> rusqlite::Result<Vec<Entry>> {
    // Each meeting's line as it stood, and as it stands now, of those that a list
    // has changed: a list of all meetings may name a hundred thousand.
    let mut lines: BTreeMap<MeetingId, (Option<Registered>, Registered)> = BTreeMap::new();
    for meeting in conclusion.meetings {
        let (known, line) = match lines.remove(&meeting.id) {
            Some((known, line)) => (known, Some(line)),
            None => {
                let known = registered(transaction, &meeting.id)?;
                (known.clone(), known)
            }
        };
        let told = Registered::told(line, meeting);
        if known.as_ref() != Some(&told) {
            lines.insert(meeting.id.clone(), (known, told));
        }
    }
    if let Some(meeting) = conclusion.meeting {
        if !lines.contains_key(meeting)
            && let Some(known) = registered(transaction, meeting)?
        {
            lines.insert(meeting.clone(), (Some(known.clone()), known));
        }
        if let Some((_, line)) = lines.get_mut(meeting) {
            let asked = if conclusion.asks_all_documents { 2 } else { 1 };
            let day = conclusion.at.get(..10).unwrap_or_default();
            line.complete = complete(transaction, meeting, line.complete, asked, day)?;
            line.has_minutes = conclusion.has_minutes.unwrap_or(line.has_minutes);
        }
    }
    let changed = lines.into_values().filter(|(known, line)| known.as_ref() != Some(line));
    let mut entries: Vec<Entry> = changed.map(|(_, line)| Entry::Meeting(line)).collect();
    entries.extend(learned(transaction, site, conclusion)?);
    entries.extend(links(transaction, conclusion)?);
    Ok(entries)
}

/// What is known of a meeting ([`Registered::complete`]) when another of its
/// requests is concluded by a crawl that `asked` for its minutes (1) or for all
/// its documents (2) on this `day`, and `before` was known.
fn complete(
    transaction: &Transaction,
    meeting: &MeetingId,
    before: u8,
    asked: u8,
    day: &str,
) -> rusqlite::Result<u8> {
    let has = |states: &str| -> rusqlite::Result<bool> {
        transaction
            .prepare_cached(&format!(
                "SELECT EXISTS (SELECT 1 FROM frontier WHERE site = ?1 AND meeting = ?2 AND state IN ({states}))"
            ))?
            .query_row(params![meeting.site.as_str(), meeting.number], |row| row.get(0))
    };
    // What did not come for the moment is to be tried again by the next crawl.
    if has("'pending', 'unanswered'")? {
        return Ok(0);
    }
    let had_all = matches!(before, 2 | 4);
    // What was lost before, and not asked for this time, is lost still.
    let stays_lost = before >= 3 && ((had_all && asked == 1) || has("'settled', 'put-off'")?);
    let is_lost = stays_lost || has("'refused', 'failed'")?;
    if is_lost && was_put_off(transaction, meeting, day)? {
        return Ok(0);
    }
    let all = if had_all { 2 } else { asked };
    Ok(if is_lost { all + 2 } else { all })
}

/// Whether an address of a meeting did not come for the moment on this day, nor
/// since. Another may have been asked in its place, but where that was lost
/// too the first is worth another try.
fn was_put_off(transaction: &Transaction, meeting: &MeetingId, day: &str) -> rusqlite::Result<bool> {
    transaction
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM captures AS put_off
             WHERE site = ?1 AND meeting = ?2 AND retrieved >= ?3 AND cause IN ('time-out', 'fault', 'broken', 'challenge')
             AND NOT EXISTS (SELECT 1 FROM captures AS later
                WHERE later.site = ?1 AND later.meeting = ?2 AND later.url = put_off.url
                AND later.id > put_off.id))",
        )?
        .query_row(params![meeting.site.as_str(), meeting.number, day], |row| row.get(0))
}

/// What an answer teaches of the site that was not known on the same day.
fn learned(
    transaction: &Transaction,
    site: &SiteId,
    conclusion: &Conclusion,
) -> rusqlite::Result<Vec<Entry>> {
    let mut known = transaction
        .prepare_cached("SELECT 1 FROM learned WHERE site = ?1 AND key = ?2 AND value = ?3 AND day = ?4")?;
    let day = conclusion.day.to_string();
    let mut entries = Vec::new();
    for (key, value) in conclusion.learned {
        if !known.exists(params![site.as_str(), key, value, day])? {
            let (site, key, value, day) = (site.clone(), key.clone(), value.clone(), day.clone());
            entries.push(Entry::Learned { site, key, value, day });
        }
    }
    Ok(entries)
}

/// The links of items to issues that are new, or whose issue has a new title.
fn links(transaction: &Transaction, conclusion: &Conclusion) -> rusqlite::Result<Vec<Entry>> {
    let mut known = transaction.prepare_cached(
        "SELECT title FROM issue_links WHERE site = ?1 AND issue = ?2 AND meeting = ?3 AND item = ?4",
    )?;
    let mut entries = Vec::new();
    for link in conclusion.links {
        let at = params![link.meeting.site.as_str(), link.issue, link.meeting.number, link.item];
        let title: Option<String> = known.query_row(at, |row| row.get(0)).optional()?;
        if title.is_none_or(|title| !link.title.is_empty() && title != link.title) {
            entries.push(Entry::Issue(link.clone()));
        }
    }
    Ok(entries)
}

fn push_requests(
    transaction: &Transaction,
    site: &SiteId,
    requests: &[PendingRequest],
) -> rusqlite::Result<u64> {
    let mut insert = transaction.prepare_cached(
        "INSERT INTO frontier (site, key, meeting, begins_meeting, request, state)
         VALUES (?1, ?2, ?3, ?4, ?5, 'pending')
         ON CONFLICT (site, key) DO NOTHING",
    )?;
    let mut n_new = 0;
    for request in requests {
        n_new += insert.execute(params![
            site.as_str(),
            request.key,
            request.meeting.as_ref().map(|meeting| &meeting.number),
            request.begins_meeting,
            request.request
        ])? as u64;
    }
    Ok(n_new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crawl_is_gone_on_with_for_a_day() {
        let day = |day| jiff::civil::date(2024, 3, day);
        let is_recent = |begun| is_recent(begun, day(10));
        assert!(is_recent(Some(day(10))) && is_recent(Some(day(9))));
        assert!(!is_recent(Some(day(8))));
        assert!(!is_recent(Some(day(11))), "the clock was ahead");
        assert!(!is_recent(None), "another version of the program began it");
    }
}
