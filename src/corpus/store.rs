//! Answers of sites: kept before anybody looks at them, and entered when
//! somebody has.

use bytes::Bytes;
use jiff::civil::Date;

use super::archive::Original;
use super::catalogue::{INSTEAD, Latest, Outcome, Validators};
use super::entry::{Asked, Captured, Entry};
use super::{Corpus, Exchange, Unfit};
use crate::model::{Digest, Document, Result};

/// An answer to be stored: an exchange over HTTP, and what it was asked for.
#[derive(Debug)]
pub struct Capture<'a> {
    /// What was asked for; the exchange may have been with another address,
    /// after redirects.
    pub asked: &'a Asked,
    /// The exchange as it went over the wire.
    pub exchange: &'a Exchange,
    /// The body with its `Content-Encoding` undone.
    pub payload: &'a [u8],
    /// The media type from the headers, without parameters; may be empty.
    pub media_type: &'a str,
    /// The `charset` from the headers, if any.
    pub charset: Option<&'a str>,
}

/// Something that came on the way to an answer.
#[derive(Debug)]
pub struct Step<'a> {
    /// What was asked for in the first place.
    pub asked: &'a Asked,
    /// The exchange as it went over the wire.
    pub exchange: &'a Exchange,
}

/// Something that was asked for and did not come.
#[derive(Debug)]
pub struct Absence<'a> {
    /// What was, or would have been, asked for.
    pub asked: &'a Asked,
    /// Why it did not come.
    pub unfit: &'a Unfit,
    /// When, in UTC, RFC 3339 to the second.
    pub at: &'a str,
}

/// What came of storing a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// The digest of the payload.
    pub digest: Digest,
    /// Whether the same was already held as the latest version, by its bytes or
    /// by what it says.
    pub unchanged: bool,
}

/// An answer that came before, out of the archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The address that it came from, after redirects.
    pub final_url: String,
    /// Its HTTP status.
    pub status: u16,
    /// Its media type, without parameters; may be empty.
    pub media_type: String,
    /// The `charset` it was served with, if any.
    pub charset: Option<String>,
    /// Its body with the `Content-Encoding` undone; of one that says that
    /// nothing has changed, that of the version it speaks of.
    pub body: Bytes,
    /// Whether it was as the version before.
    pub unchanged: bool,
}

impl Corpus {
    /// Stores an answer: its bytes in the archive, its entry in the catalogue.
    /// Bytes that are the same as the latest version at the same address
    /// become a `revisit` record.
    pub fn store(&mut self, capture: &Capture) -> Result<Stored> {
        let stored = self.store_checked(capture, |_| Ok(false))?;
        Ok(stored.expect("nothing was found unfit"))
    }

    /// Stores an answer, and looks whether it is what was asked for only when
    /// its bytes are in the archive, so that a fault in looking loses nothing.
    ///
    /// One that is not fit is kept in the archive, and entered as refused or
    /// failed: it never counts as a version of the document. Where other bytes are
    /// held, `check` is given them and tells whether they say the same: then what
    /// came is no new version either.
    pub fn store_checked(
        &mut self,
        capture: &Capture,
        check: impl FnOnce(Option<&Held>) -> Result<bool, Unfit>,
    ) -> Result<Result<Stored, Unfit>> {
        self.catch_up_after_failure()?;
        let Capture { asked, exchange, .. } = *capture;
        let digest = Digest::of(capture.payload);
        let is_as_sent = exchange.body == capture.payload;
        let wire_digest = if is_as_sent { digest.clone() } else { Digest::of(&exchange.body) };
        let is_same = |latest: &Latest| latest.digest == digest && latest.edition == asked.edition;
        let same = self.latest(asked)?.filter(is_same);
        // Where the archive's file is gone or damaged, what comes is kept whole
        // again.
        let same = same.and_then(|same| {
            let original = Original::of(&self.archive.read(&same.place).ok()?);
            Some((same, original))
        });
        let draft = Captured {
            asked: asked.clone(),
            status: Some(exchange.status),
            outcome: if same.is_some() { Outcome::Unchanged } else { Outcome::Stored },
            unfit: None,
            digest: Some(digest.clone()),
            wire_digest: Some(wire_digest.clone()),
            media_type: capture.media_type.to_owned(),
            charset: capture.charset.map(str::to_owned),
            retrieved: exchange.at.clone(),
            place: None,
            bytes: capture.payload.len() as u64,
            validators: validators(exchange),
        };
        let line = serde_json::to_string(&draft).expect("an entry is made of text and numbers");
        let written = match same.filter(|(same, _)| same.wire_digest == wire_digest) {
            Some((_, first)) => self.archive.write_revisit(&asked.site, exchange, &first, Some(&line))?,
            None => self.archive.write_exchange(&asked.site, exchange, Some(&line))?,
        };
        let draft = Captured { place: Some(written.place), ..draft };
        let judged = self.judge(draft, &written.id, &exchange.url, check)?;
        Ok(judged.map(|unchanged| Stored { digest, unchanged }))
    }

    /// Looks at an answer that is in the archive, and enters it. Says whether it
    /// is unchanged, or why it is not fit.
    fn judge(
        &mut self,
        draft: Captured,
        record: &str,
        url: &str,
        check: impl FnOnce(Option<&Held>) -> Result<bool, Unfit>,
    ) -> Result<Result<bool, Unfit>> {
        let other = match draft.outcome {
            Outcome::Stored => self.latest_version(&draft.asked)?,
            _ => None,
        };
        let verdict = match check(other.as_ref()) {
            Ok(says_the_same) => Ok(says_the_same && other.is_some()),
            Err(unfit) => Err(unfit.of_held(self.latest(&draft.asked)?.is_some())),
        };
        let (site, at) = (draft.asked.site.clone(), draft.retrieved.clone());
        let entry = draft.judged(verdict.clone());
        let unchanged = entry.outcome == Outcome::Unchanged;
        self.enter(&site, url, &at, Some(record), &[Entry::Capture(Box::new(entry))])?;
        Ok(verdict.map(|_| unchanged))
    }

    /// The latest version that is held of a document of this edition; `None` where there
    /// is none, or the archive cannot give it.
    pub fn latest_version(&self, asked: &Asked) -> Result<Option<Held>> {
        let Some(latest) = self.latest(asked)?.filter(|latest| latest.edition == asked.edition) else {
            return Ok(None);
        };
        let Document { media_type, charset, .. } = self.catalogue.document(latest.id)?;
        let Ok(record) = self.archive.read(&latest.place) else { return Ok(None) };
        let final_url = record.header("WARC-Target-URI").unwrap_or(&asked.url).to_owned();
        let body = self.payload(&latest.place, &latest.digest);
        Ok(body.ok().map(|body| Held { final_url, status: 200, media_type, charset, body, unchanged: false }))
    }

    fn latest(&self, asked: &Asked) -> Result<Option<Latest>> {
        self.catalogue.latest(&asked.site, asked.meeting.as_ref(), &asked.url)
    }

    /// What to ask a site with, so that it need not send again what is held:
    /// `None` when nothing is held at the address, or the site gave nothing to
    /// ask by, or what is held is damaged or of another edition.
    pub fn validators(&self, asked: &Asked) -> Result<Option<Validators>> {
        let is_it =
            |latest: &Latest| latest.edition == asked.edition && self.archive.is_intact(&latest.place);
        let held = self.latest(asked)?.filter(|latest| latest.validators != Validators::default());
        Ok(held.filter(is_it).map(|held| held.validators))
    }

    /// Stores that the site said that nothing had changed (304). Returns the
    /// document that is held; `None` when none is, so that the answer is wrong.
    pub fn store_not_modified(&mut self, capture: &Capture) -> Result<Option<Document>> {
        self.catch_up_after_failure()?;
        let Capture { asked, exchange, .. } = *capture;
        let Some(latest) = self.latest(asked)? else {
            return Ok(None);
        };
        let Ok(original) = self.archive.read(&latest.place) else {
            return Ok(None);
        };
        let document = self.catalogue.document(latest.id)?;
        let first = Original::of(&original);
        let written = self.archive.write_revisit(&asked.site, exchange, &first, None)?;
        let entry = Captured {
            asked: Asked { edition: latest.edition, ..asked.clone() },
            status: Some(exchange.status),
            outcome: Outcome::Unchanged,
            unfit: None,
            digest: Some(latest.digest),
            wire_digest: Some(latest.wire_digest),
            media_type: document.media_type.clone(),
            charset: document.charset.clone(),
            retrieved: exchange.at.clone(),
            place: Some(written.place),
            bytes: 0,
            validators: latest.validators,
        };
        let entries = [Entry::Capture(Box::new(entry))];
        self.enter(&asked.site, &exchange.url, &exchange.at, Some(&written.id), &entries)?;
        Ok(Some(document))
    }

    /// Keeps in the archive what came on the way to an answer, or in place of
    /// one: a redirect, an error that was tried again, a body that cannot be
    /// decoded. It is no version of any document.
    pub fn keep_step(&mut self, step: &Step) -> Result<()> {
        self.catch_up_after_failure()?;
        let Step { asked, exchange } = *step;
        let written = self.archive.write_exchange(&asked.site, exchange, None)?;
        let entries = [Entry::Step(asked.clone())];
        self.enter(&asked.site, &exchange.url, &exchange.at, Some(&written.id), &entries)
    }

    /// Records that something asked for did not come, and why.
    pub fn note_absence(&mut self, absence: &Absence) -> Result<()> {
        let asked = absence.asked;
        let unfit = absence.unfit.clone().of_held(self.latest(asked)?.is_some());
        let entry = Captured {
            asked: Asked { edition: None, ..asked.clone() },
            status: None,
            outcome: unfit.outcome(),
            unfit: Some(unfit),
            digest: None,
            wire_digest: None,
            media_type: String::new(),
            charset: None,
            retrieved: absence.at.to_owned(),
            place: None,
            bytes: 0,
            validators: Validators::default(),
        };
        self.enter(&asked.site, &asked.url, absence.at, None, &[Entry::Capture(Box::new(entry))])
    }

    /// Records that a list did not come, and that no loss of its own follows:
    /// other lists are asked in its place, or none is needed; `at` is the time in
    /// UTC, RFC 3339 to the second.
    pub fn note_replaced(&mut self, asked: &Asked, instead: &[&str], at: &str) -> Result<()> {
        let learned = instead.iter().map(|url| Entry::Learned {
            site: asked.site.clone(),
            key: format!("{INSTEAD}{url}"),
            value: asked.url.clone(),
            day: at.get(..10).unwrap_or(at).to_owned(),
        });
        let entries: Vec<Entry> = [Entry::Replaced(asked.clone())].into_iter().chain(learned).collect();
        self.enter(&asked.site, &asked.url, at, None, &entries)
    }

    /// The answer to a request, where one came since the request was first made
    /// and the process was stopped before it was concluded: it need not be asked
    /// for again. One that came before the day `since` is not given, as the site
    /// may say something else by now. `check` is asked where nobody has looked at
    /// the answer yet, which is entered whatever its age.
    ///
    /// A fault of the site is no answer; nor is what the archive cannot give.
    pub fn answered(
        &mut self,
        asked: &Asked,
        since: Date,
        check: impl FnOnce(&Held, Option<&Held>) -> Result<bool, Unfit>,
    ) -> Result<Option<Result<Held, Unfit>>> {
        if let Some(unjudged) = self.catalogue.unjudged(asked)?
            && let Some(held) = self.held(&unjudged.draft)?
        {
            let url = held.final_url.clone();
            let is_old = unjudged.draft.retrieved < since.to_string();
            let judged = self.judge(unjudged.draft, &unjudged.record, &url, |other| check(&held, other))?;
            return Ok((!is_old).then(|| judged.map(|unchanged| Held { unchanged, ..held })));
        }
        let Some(found) = self.catalogue.unconcluded(asked, since)? else {
            return Ok(None);
        };
        match found.unfit {
            Some(unfit) => Ok(Some(Err(unfit))),
            None => Ok(self.held(&found)?.map(Ok)),
        }
    }

    /// What an entry speaks of, out of the archive; `None` where it cannot be
    /// had.
    fn held(&self, entry: &Captured) -> Result<Option<Held>> {
        let (Some(place), Some(digest)) = (&entry.place, &entry.digest) else { return Ok(None) };
        let Ok(record) = self.archive.read(place) else { return Ok(None) };
        let body = match record.kind() {
            "revisit" => match self.latest(&entry.asked)? {
                Some(latest) => self.payload(&latest.place, &latest.digest),
                None => return Ok(None),
            },
            _ => self.payload(place, digest),
        };
        Ok(body.ok().map(|body| Held {
            final_url: record.header("WARC-Target-URI").unwrap_or(&entry.asked.url).to_owned(),
            status: entry.status.unwrap_or_default(),
            media_type: entry.media_type.clone(),
            charset: entry.charset.clone(),
            body,
            unchanged: entry.outcome == Outcome::Unchanged,
        }))
    }
}

/// What the answer gives to ask by the next time.
fn validators(exchange: &Exchange) -> Validators {
    let header = |name: &str| exchange.header(name).map(str::to_owned);
    Validators { etag: header("etag"), last_modified: header("last-modified") }
}
