//! What a publishing system is to the crawl: an adaptor that only decides.

use std::borrow::Cow;
use std::collections::BTreeMap;

use bytes::Bytes;
use jiff::civil::Date;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use crate::corpus::{Cause, RequestState, Unfit};
use crate::model::{
    DocumentRole, Edition, IssueLink, Meeting, MeetingId, PartialDate, Site, body_words, is_body_named,
};
use crate::parse::challenge;

/// Which documents are fetched for a meeting.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Documents {
    /// What holds the minutes: the first form of them that can be had.
    #[default]
    Minutes,
    /// Every form of them, also printed where the text is there, and what hangs
    /// on a meeting: reports, agendas, decisions, issues.
    All,
    /// None: the register only.
    None,
}

/// What is asked of a site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    /// The first day of the meetings that are asked for.
    pub from: Option<Date>,
    /// The last day of the meetings that are asked for.
    pub to: Option<Date>,
    /// Words that all stand in the name of the body, as whole words, in any
    /// order or case; empty: any body.
    pub body: String,
    /// Which documents are fetched.
    pub documents: Documents,
    /// The day on which it is asked: a meeting before it was held.
    pub today: Date,
}

impl Scope {
    /// Everything, as of this day.
    pub fn all(today: Date) -> Self {
        Self { from: None, to: None, body: String::new(), documents: Documents::Minutes, today }
    }

    /// Whether a meeting of this date is asked for. One without a date is.
    pub fn wants_date(&self, date: Option<PartialDate>) -> bool {
        let Some(date) = date else { return true };
        self.from.is_none_or(|from| date.last_day() >= from)
            && self.to.is_none_or(|to| date.first_day() <= to)
    }

    /// Whether a body of this name is asked for.
    pub fn wants_body(&self, name: &str) -> bool {
        is_body_named(name, &body_words(&self.body))
    }

    /// What tells this scope from others when a crawl is taken up again: all
    /// but the day.
    pub(super) fn key(&self) -> String {
        format!("{:?} {:?} {:?} {:?}", self.from, self.to, body_words(&self.body), self.documents)
    }
}

/// Something to ask for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// The address.
    pub url: String,
    /// What part the document plays.
    pub role: DocumentRole,
    /// The meeting it belongs to, if any.
    pub meeting: Option<MeetingId>,
    /// The edition, where the adaptor knows it.
    pub edition: Option<Edition>,
    /// Whether it is the first that is asked of its meeting: it need not be
    /// asked once the meeting is settled.
    pub begins_meeting: bool,
    /// What the adaptor needs to know when the answer comes.
    pub data: Data,
}

/// What an adaptor keeps with a request, as JSON. A list may lead to a hundred
/// thousand requests at once: the text takes a tenth of what its tree would.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Data(Box<str>);

impl Data {
    /// Nothing.
    pub fn none() -> Self {
        Self("null".into())
    }

    /// A step of an adaptor's own.
    ///
    /// Panics for what JSON cannot hold; steps are made of text, numbers and
    /// dates.
    pub fn of(step: &impl Serialize) -> Self {
        Self(serde_json::to_string(step).expect("a step is made of text, numbers and dates").into())
    }

    /// The step; `None` where it is not one of these, as another version of the
    /// program kept it.
    pub fn step<S: DeserializeOwned>(&self) -> Option<S> {
        serde_json::from_str(&self.0).ok()
    }
}

impl Serialize for Data {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let raw: &RawValue = serde_json::from_str(&self.0).expect("it was made of JSON");
        raw.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Data {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw: Box<RawValue> = Deserialize::deserialize(deserializer)?;
        Ok(Self(raw.get().into()))
    }
}

/// A document that came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// The address that it came from, after redirects.
    pub final_url: String,
    /// Its media type, without parameters; may be empty.
    pub media_type: String,
    /// The `charset` it was served with, if any.
    pub charset: Option<String>,
    /// Its bytes, decompressed.
    pub body: Bytes,
}

impl Page {
    /// Its text, whatever its encoding.
    pub fn text(&self) -> Cow<'_, str> {
        crate::parse::decode(&self.body, self.charset.as_deref())
    }
}

/// What a site has taught of itself, such as which of its ways work: words of
/// the adaptor's own. Kept for as long as [`Platform::keeps`] says.
pub type Learned = BTreeMap<String, String>;

/// What an adaptor stands on: whom it asks, for what, and what is known of it.
#[derive(Debug, Clone, Copy)]
pub struct Ground<'a> {
    /// The site.
    pub site: &'a Site,
    /// What is asked of it.
    pub scope: &'a Scope,
    /// What it has taught so far.
    pub learned: &'a Learned,
}

/// What follows from an answer.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Found {
    /// Meetings for the register.
    pub meetings: Vec<Meeting>,
    /// What to ask for next.
    pub requests: Vec<Request>,
    /// Whether the minutes of the request's meeting are stored now, and are no
    /// draft; `None` when the answer does not tell.
    pub has_minutes: Option<bool>,
    /// Whether `requests` ask elsewhere for what did not come here, so that
    /// this address is no loss.
    pub is_replaced: bool,
    /// What the answer teaches of the site.
    pub learned: Learned,
    /// Items of meetings that belong to one issue.
    pub links: Vec<IssueLink>,
}

/// One publishing system, such as ModernGov. Does no I/O, and is total: what
/// it cannot read leads nowhere.
pub trait Platform {
    /// Where to begin.
    fn start(&self, ground: &Ground) -> Vec<Request>;

    /// Takes note of what is known when the crawl begins: the lists that one which
    /// it goes on with has asked for, or left to wait (no state). `page` gives
    /// what came for one that is done; `None` where the archive cannot.
    fn take_up(
        &self,
        _ground: &Ground,
        _lists: &[(Option<RequestState>, Request)],
        _page: &dyn Fn(&Request) -> Option<Page>,
    ) {
    }

    /// How to ask for a meeting of the register again: the same request by which
    /// a list leads to it. `None` where the platform cannot ask for one by
    /// itself.
    fn meeting(&self, ground: &Ground, meeting: &Meeting) -> Option<Request>;

    /// Reads a document: what follows from it, or why it is not what the request
    /// asked for. Sites answer with errors, logins and challenges under a status
    /// of 200.
    fn read(&self, ground: &Ground, request: &Request, page: &Page) -> Result<Found, Unfit>;

    /// What follows when a document did not come: where else the same may be
    /// had, and what its absence teaches.
    fn without(&self, ground: &Ground, request: &Request, unfit: &Unfit) -> Found;

    /// What tells a request from others: the same for all addresses of a page.
    fn key(&self, request: &Request) -> String;

    /// What tells versions of a page apart where its bytes do not, as they hold
    /// counters, tokens or the time: a digest of what it says. `None`: its bytes.
    /// Asked only where the bytes are others than before.
    fn content(&self, request: &Request, page: &Page) -> Option<String>;

    /// Whether a request need not be made any more, as what came since has told
    /// of the same document.
    fn is_needless(&self, _ground: &Ground, _request: &Request) -> bool {
        false
    }

    /// For how many days what was learned under this name is kept; `None`: until
    /// it is learned otherwise. What did not work should be tried again.
    fn keeps(&self, _key: &str) -> Option<i32> {
        Some(super::LEARNED_DAYS)
    }

    /// Why no meeting was found, where that is not for the site to answer for; in
    /// plain words. Asked where none was.
    fn why_none(&self) -> Option<String> {
        None
    }

    /// What else a person should know when the crawl has ended, such as bounds
    /// that kept links from being followed; in plain words, a line each.
    fn remarks(&self, _ground: &Ground) -> Vec<String> {
        Vec::new()
    }
}

/// That a file is one: sites answer with a page where the file is gone, or with
/// a test for browsers. A file that is called a page may be one.
pub(super) fn check_file(request: &Request, page: &Page) -> Result<(), Unfit> {
    let wrong = |reason: &str| Unfit { cause: Cause::WrongContent, reason: reason.to_owned() };
    let address = request.url.split(['?', '#']).next().unwrap_or_default().to_lowercase();
    let is_markup = [".htm", ".html", ".xml", ".mht"].iter().any(|end| address.ends_with(end));
    match page.body.iter().find(|byte| !byte.is_ascii_whitespace()) {
        None => Err(wrong("the file is empty")),
        Some(b'<') => match challenge(&page.text()) {
            Some(sender) => Err(challenged(sender)),
            None if is_markup => Ok(()),
            None => Err(wrong("a page came in place of the file")),
        },
        Some(_) => Ok(()),
    }
}

/// That a test for browsers came.
pub(super) fn challenged(sender: &str) -> Unfit {
    let reason = format!("a test for browsers came in its place ({sender})");
    Unfit { cause: Cause::Challenge, reason }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_asked_for_by_its_words() {
        let scope = Scope { body: "children scrutiny".into(), ..Scope::all(jiff::civil::date(2024, 1, 1)) };
        assert!(scope.wants_body("Scrutiny Committee (Children's Services)"));
        assert!(!scope.wants_body("Scrutiny Board"));
        let part = Scope { body: "child".into(), ..scope.clone() };
        assert!(!part.wants_body("Children's Services Committee"), "whole words, as in a search");
        let typed = Scope { body: "Children's (scrutiny)".into(), ..scope.clone() };
        assert!(typed.wants_body("Scrutiny Committee (Children’s Services)"));
        assert!(Scope::all(scope.today).wants_body(""));
    }
}
