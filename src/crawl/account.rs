//! What has become of every address that a crawl knows of.

use std::collections::HashSet;

use super::platform::Request;
use crate::corpus::{Asked, Corpus, LastAnswer, Outcome, RequestState};
use crate::model::{Result, SiteId};

/// One address of a crawl, and what has become of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Account {
    /// What was, or would be, asked for.
    pub asked: Asked,
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
/// of, in the order in which it did. Of a meeting that it did not ask for, every
/// other address that an earlier crawl asked for follows the first, with the
/// fate of that, in the order of their last answers.
pub fn accounts(corpus: &mut Corpus, site: &SiteId) -> Result<Vec<Account>> {
    let mut waiting = Vec::new();
    for (state, pending) in corpus.catalogue().frontier(site)? {
        // What another version of the program left is found anew.
        let Ok(request) = serde_json::from_str::<Request>(&pending.request) else { continue };
        let Request { url, meeting, role, edition, .. } = request;
        waiting.push((state, Asked { site: site.clone(), url, meeting, role, edition }));
    }
    let address = |asked: &Asked| (asked.meeting.clone(), asked.url.clone());
    let mut known: HashSet<_> = waiting.iter().map(|(_, asked)| address(asked)).collect();
    let mut accounts = Vec::new();
    for (state, asked) in waiting {
        let unasked = matches!(state, Some(RequestState::Settled | RequestState::PutOff));
        let meeting = asked.meeting.clone().filter(|_| unasked);
        let answer = corpus.last_answer(site, asked.meeting.as_ref(), &asked.url)?;
        accounts.push(Account { fate: fate(state, answer.as_ref()), asked, answer });
        let before = meeting.map(|meeting| corpus.asked_of(&meeting)).transpose()?.unwrap_or_default();
        for asked in before.into_iter().filter(|asked| known.insert(address(asked))) {
            let answer = corpus.last_answer(site, asked.meeting.as_ref(), &asked.url)?;
            accounts.push(Account { fate: fate(state, answer.as_ref()), asked, answer });
        }
    }
    Ok(accounts)
}

fn fate(state: Option<RequestState>, answer: Option<&LastAnswer>) -> Fate {
    match (state, answer.map(|answer| answer.outcome)) {
        (None, _) => Fate::Waiting,
        (Some(RequestState::Settled), _) => Fate::Settled,
        (Some(RequestState::PutOff), _) => Fate::PutOff,
        (Some(RequestState::Refused), _) => Fate::Refused,
        (Some(RequestState::Failed), _) => Fate::Failed,
        (Some(RequestState::Unanswered), Some(Outcome::Refused)) => Fate::Refused,
        (Some(RequestState::Unanswered), Some(Outcome::Failed)) => Fate::Failed,
        // Its host was left alone.
        (Some(RequestState::Unanswered), _) => Fate::Waiting,
        (Some(RequestState::Done), Some(Outcome::Stored)) => Fate::Stored,
        (Some(RequestState::Done), Some(Outcome::Unchanged) | None) => Fate::Unchanged,
        (Some(RequestState::Done), Some(Outcome::Refused | Outcome::Failed)) => Fate::Replaced,
    }
}
