//! Takes in pages that others archived, as if they had been crawled.
//!
//! Nothing is asked of anybody: an adaptor tells by a page's address what it
//! shows, and what else belongs to it; that is taken when it comes.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::civil::Date;
use url::Url;

use super::ModernGov;
use super::platform::{Documents, Found, Ground, Learned, Page, Platform, Request, Scope};
use super::run::says_the_same;
use crate::corpus::{Archived, Asked, Capture, Conclusion, Corpus, Held, RequestState};
use crate::model::{Digest, Meeting, MeetingId, Platform as System, Result, Site};

/// The system and the root address of the site that a page belongs to, by the
/// page's address; `None` where that does not tell.
pub fn site_of(url: &str) -> Option<(System, Url)> {
    Some((System::ModernGov, ModernGov::root_of(url)?))
}

/// What became of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Took {
    /// It is a document of this meeting, or a list of the register.
    Document {
        /// The meeting; `None` for a list.
        meeting: Option<MeetingId>,
        /// Whether it was held already.
        unchanged: bool,
    },
    /// A newer version is held.
    Older,
    /// It is not what its address says, or shows nothing of a meeting; the
    /// reason.
    Unfit(String),
    /// Nothing has told of it yet that it belongs to a meeting.
    NotAskedFor,
}

/// A site whose pages are taken in.
pub struct Taker {
    site: Site,
    platform: Box<dyn Platform>,
    scope: Scope,
    learned: Learned,
    /// What the pages so far lead to, by address: a file may hang on several
    /// meetings.
    wanted: HashMap<String, Vec<Request>>,
    /// The meetings of which a page was taken.
    meetings: BTreeSet<String>,
}

impl Taker {
    /// Takes in pages of this site; `today` tells the meetings that were held.
    pub fn new(site: Site, today: Date) -> Self {
        Self {
            site,
            platform: Box::new(ModernGov),
            scope: Scope { documents: Documents::All, ..Scope::all(today) },
            learned: Learned::new(),
            wanted: HashMap::new(),
            meetings: BTreeSet::new(),
        }
    }

    /// The site.
    pub fn site(&self) -> &Site {
        &self.site
    }

    /// Whether any meeting was taken.
    pub fn has_meetings(&self) -> bool {
        !self.meetings.is_empty()
    }

    /// Takes in a page that was answered with status 200. A page of which
    /// nothing tells yet may be offered again when others have been.
    pub fn take(&mut self, corpus: &mut Corpus, archived: &Archived) -> Result<Took> {
        let mut took = Took::NotAskedFor;
        for request in self.requests(corpus, &archived.exchange.url)? {
            let of_this = self.take_for(corpus, request, archived)?;
            if !matches!(took, Took::Document { .. }) {
                took = of_this;
            }
        }
        Ok(took)
    }

    fn take_for(&mut self, corpus: &mut Corpus, request: Request, archived: &Archived) -> Result<Took> {
        let exchange = &archived.exchange;
        let page = Page {
            final_url: exchange.url.clone(),
            media_type: archived.media_type.clone(),
            charset: archived.charset.clone(),
            body: archived.payload.clone(),
        };
        let read = {
            let ground = Ground { site: &self.site, scope: &self.scope, learned: &self.learned };
            self.platform.read(&ground, &request, &page)
        };
        let found = match read {
            Ok(found) => found,
            Err(unfit) => return Ok(Took::Unfit(unfit.reason)),
        };
        let Some(unchanged) = self.store(corpus, &request, archived, &page)? else {
            return Ok(Took::Older);
        };
        self.register(corpus, &found, &exchange.at)?;
        self.meetings.extend(request.meeting.iter().map(|meeting| meeting.number.clone()));
        for request in found.requests {
            let wanted = self.wanted.entry(self.key(&request.url)).or_default();
            wanted.retain(|other| other.meeting != request.meeting || other.role != request.role);
            wanted.push(request);
        }
        Ok(Took::Document { meeting: request.meeting, unchanged })
    }

    /// The same for all addresses of a page.
    fn key(&self, url: &str) -> String {
        self.platform.key(&ModernGov::probe(url))
    }

    /// The requests that a crawl would have made for this page.
    fn requests(&self, corpus: &Corpus, url: &str) -> Result<Vec<Request>> {
        let ground = Ground { site: &self.site, scope: &self.scope, learned: &self.learned };
        let Some(shown) = ModernGov::shown_at(url) else {
            return Ok(self.wanted.get(&self.key(url)).cloned().unwrap_or_default());
        };
        let known: Option<Meeting> = match shown.meeting(&self.site.id) {
            Some(id) => corpus.meeting(&id)?,
            None => None,
        };
        Ok(vec![shown.request(&ground, url, known.as_ref())])
    }

    /// Stores an answer; `None` where a newer one is held.
    fn store(
        &self,
        corpus: &mut Corpus,
        request: &Request,
        archived: &Archived,
        page: &Page,
    ) -> Result<Option<bool>> {
        let exchange = &archived.exchange;
        let asked = Asked {
            site: self.site.id.clone(),
            url: self.held_at(corpus, request)?,
            meeting: request.meeting.clone(),
            role: request.role,
            edition: request.edition,
        };
        let held = corpus.last_answer(&asked.site, asked.meeting.as_ref(), &asked.url)?;
        if let Some((digest, at)) = held.and_then(|held| Some((held.digest?, held.at)))
            && at >= exchange.at
        {
            let is_same = digest == Digest::of(&archived.payload);
            if is_same || at > exchange.at {
                return Ok(is_same.then_some(true));
            }
        }
        let capture = Capture {
            asked: &asked,
            exchange,
            payload: &archived.payload,
            media_type: &archived.media_type,
            charset: archived.charset.as_deref(),
        };
        let says_the_same = |held: Option<&Held>| Ok(says_the_same(&*self.platform, request, held, page));
        Ok(Some(corpus.store_checked(&capture, says_the_same)?.is_ok_and(|stored| stored.unchanged)))
    }

    /// The address under which the page is held: one page has many.
    fn held_at(&self, corpus: &Corpus, request: &Request) -> Result<String> {
        let Some(meeting) = &request.meeting else { return Ok(request.url.clone()) };
        let own = self.key(&request.url);
        let held = corpus.latest_documents(meeting)?;
        let held = held.into_iter().find(|held| held.role == request.role && self.key(&held.url) == own);
        Ok(held.map_or_else(|| request.url.clone(), |held| held.url))
    }

    /// Enters what a page tells of meetings. Whether all of a meeting came is not
    /// known, so that a later crawl asks for it all the same.
    fn register(&self, corpus: &mut Corpus, found: &Found, at: &str) -> Result<()> {
        let conclusion = Conclusion {
            // Requests that wait in the frontier are not answered by this.
            key: "",
            meeting: None,
            state: RequestState::Done,
            meetings: &found.meetings,
            requests: &[],
            has_minutes: None,
            asks_all_documents: false,
            links: &found.links,
            learned: &BTreeMap::new(),
            day: self.scope.today,
            at,
        };
        corpus.conclude(&self.site.id, &conclusion).map(drop)
    }
}
