//! What has become of every address that a crawl knows of.

use super::platform::Request;
use crate::corpus::{Corpus, LastAnswer, Outcome, RequestState};
use crate::model::{Result, SiteId};

/// One address of a crawl, and what has become of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Account {
    /// The request.
    pub request: Request,
    /// What has become of it.
    pub fate: Fate,
    /// What last came of asking for it, in this crawl or an earlier one; `None`
    /// when it was never asked for.
    pub answer: Option<LastAnswer>,
}

/// What has become of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// New bytes were stored.
    Stored,
    /// The same came as the time before.
    Unchanged,
    /// It was not asked for: what is stored of the meeting is final.
    Settled,
    /// It was not asked for this time, though what is stored of the meeting is
    /// not final: it was asked for not long ago, for its age.
    PutOff,
    /// It gave nothing, and another address was asked in its place.
    Replaced,
    /// Somebody or something said no.
    Refused,
    /// It could not be had.
    Failed,
    /// It has not been asked for yet.
    Waiting,
}

impl Fate {
    /// The name used in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Stored => "stored",
            Self::Unchanged => "unchanged",
            Self::Settled => "settled",
            Self::PutOff => "put-off",
            Self::Replaced => "replaced",
            Self::Refused => "refused",
            Self::Failed => "failed",
            Self::Waiting => "waiting",
        }
    }
}

/// Accounts for every address that the latest crawl of a site has come to know
/// of, in the order in which it did.
pub fn accounts(corpus: &mut Corpus, site: &SiteId) -> Result<Vec<Account>> {
    let mut accounts = Vec::new();
    for (state, pending) in corpus.catalogue().frontier(site)? {
        // What another version of the program left is found anew.
        let Ok(request) = serde_json::from_str::<Request>(&pending.request) else { continue };
        let answer = corpus.last_answer(site, request.meeting.as_ref(), &request.url)?;
        accounts.push(Account { fate: fate(state, answer.as_ref()), request, answer });
    }
    Ok(accounts)
}

fn fate(state: Option<RequestState>, answer: Option<&LastAnswer>) -> Fate {
    match (state, answer.map(|answer| answer.outcome)) {
        (None, _) => Fate::Waiting,
        (Some(RequestState::Settled), _) => Fate::Settled,
        (Some(RequestState::PutOff), _) => Fate::PutOff,
        (Some(RequestState::Refused), _) => Fate::Refused,
        (Some(RequestState::Unanswered), Some(Outcome::Refused)) => Fate::Refused,
        (Some(RequestState::Failed | RequestState::Unanswered), _) => Fate::Failed,
        (Some(RequestState::Done), Some(Outcome::Stored)) => Fate::Stored,
        (Some(RequestState::Done), Some(Outcome::Unchanged) | None) => Fate::Unchanged,
        (Some(RequestState::Done), Some(Outcome::Refused | Outcome::Failed)) => Fate::Replaced,
    }
}
