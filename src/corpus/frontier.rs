//! The frontier: what a crawl has still to ask for, kept in the catalogue so
//! that it goes on where it stopped.

use rusqlite::{OptionalExtension, Transaction, params};

use super::catalogue::{Catalogue, upsert_meeting};
use crate::model::{Meeting, MeetingId, PartialDate, Result, SiteId};

/// What has become of a request of the frontier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestState {
    /// It came, or need not be asked for.
    Done,
    /// It was refused.
    Refused,
    /// It failed.
    Failed,
}

impl RequestState {
    fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Refused => "refused",
            Self::Failed => "failed",
        }
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

/// What came of one request, for [`Catalogue::conclude`].
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
}

impl Catalogue {
    /// Begins a crawl of a site, or goes on with one that was not finished.
    ///
    /// Returns `true` when requests of a crawl of the same scope are waiting;
    /// otherwise the frontier is empty afterwards.
    pub fn begin_crawl(&mut self, site: &SiteId, scope: &str) -> Result<bool> {
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
            if same_scope > 0 && waiting > 0 {
                return Ok(true);
            }
            transaction.execute("DELETE FROM frontier WHERE site = ?1", [site.as_str()])?;
            transaction.execute("UPDATE sites SET scope = ?2 WHERE id = ?1", [site.as_str(), scope])?;
            Ok(false)
        })
    }

    /// The requests of a crawl that were refused or failed, by key.
    pub fn lost_requests(&self, site: &SiteId) -> Result<Vec<String>> {
        self.with("read", |connection| {
            let mut query = connection.prepare(
                "SELECT key FROM frontier WHERE site = ?1 AND state IN ('refused', 'failed') ORDER BY id",
            )?;
            query.query_map([site.as_str()], |row| row.get(0))?.collect()
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

    /// The meetings that wait to be begun.
    pub fn waiting_meetings(&self, site: &SiteId) -> Result<Vec<MeetingId>> {
        self.with("read", |connection| {
            let mut query = connection.prepare(
                "SELECT meeting FROM frontier
                 WHERE site = ?1 AND state = 'pending' AND begins_meeting AND meeting IS NOT NULL ORDER BY id",
            )?;
            let rows = query.query_map([site.as_str()], |row| {
                Ok(MeetingId { site: site.clone(), number: row.get(0)? })
            })?;
            rows.collect()
        })
    }

    /// The next request of the frontier: in the order in which they came, but
    /// those that begin a meeting last.
    pub fn next_request(&self, site: &SiteId) -> Result<Option<PendingRequest>> {
        self.with("read", |connection| {
            connection
                .prepare_cached(
                    "SELECT key, meeting, begins_meeting, request FROM frontier
                     WHERE site = ?1 AND state = 'pending' ORDER BY begins_meeting, id LIMIT 1",
                )?
                .query_row([site.as_str()], |row| {
                    let number: Option<String> = row.get(1)?;
                    Ok(PendingRequest {
                        key: row.get(0)?,
                        meeting: number.map(|number| MeetingId { site: site.clone(), number }),
                        begins_meeting: row.get(2)?,
                        request: row.get(3)?,
                    })
                })
                .optional()
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
    pub fn push_requests(&mut self, site: &SiteId, requests: &[PendingRequest]) -> Result<()> {
        self.transaction(|transaction| push_requests(transaction, site, requests))
    }

    /// Concludes a request: what it found joins the register and the frontier,
    /// and it is not asked again. All of it, or nothing.
    pub fn conclude(&mut self, site: &SiteId, conclusion: &Conclusion) -> Result<()> {
        self.transaction(|transaction| {
            for meeting in conclusion.meetings {
                upsert_meeting(transaction, meeting)?;
            }
            push_requests(transaction, site, conclusion.requests)?;
            transaction.execute(
                "UPDATE frontier SET state = ?3 WHERE site = ?1 AND key = ?2",
                params![site.as_str(), conclusion.key, conclusion.state.name()],
            )?;
            let Some(meeting) = conclusion.meeting else { return Ok(()) };
            if let Some(has_minutes) = conclusion.has_minutes {
                transaction.execute(
                    "UPDATE meetings SET has_minutes = ?3 WHERE site = ?1 AND number = ?2",
                    params![site.as_str(), meeting.number, has_minutes],
                )?;
            }
            transaction.execute(
                "UPDATE meetings SET complete = NOT EXISTS (
                     SELECT 1 FROM frontier WHERE site = ?1 AND meeting = ?2 AND state <> 'done')
                 WHERE site = ?1 AND number = ?2",
                params![site.as_str(), meeting.number],
            )?;
            Ok(())
        })
    }

    /// Whether the minutes of a meeting are stored, everything asked of it
    /// came, and it was held before `before`.
    pub fn is_settled(&self, meeting: &MeetingId, before: PartialDate) -> Result<bool> {
        self.with("read", |connection| {
            let date: Option<Option<String>> = connection
                .query_row(
                    "SELECT date FROM meetings
                     WHERE site = ?1 AND number = ?2 AND complete AND has_minutes",
                    params![meeting.site.as_str(), meeting.number],
                    |row| row.get(0),
                )
                .optional()?;
            let date = date.flatten().and_then(|date| date.parse::<PartialDate>().ok());
            Ok(date.is_some_and(|date| date.last_day() < before.first_day()))
        })
    }
}

fn push_requests(
    transaction: &Transaction,
    site: &SiteId,
    requests: &[PendingRequest],
) -> rusqlite::Result<()> {
    let mut insert = transaction.prepare_cached(
        "INSERT INTO frontier (site, key, meeting, begins_meeting, request, state)
         VALUES (?1, ?2, ?3, ?4, ?5, 'pending')
         ON CONFLICT (site, key) DO NOTHING",
    )?;
    for request in requests {
        insert.execute(params![
            site.as_str(),
            request.key,
            request.meeting.as_ref().map(|meeting| &meeting.number),
            request.begins_meeting,
            request.request
        ])?;
    }
    Ok(())
}
