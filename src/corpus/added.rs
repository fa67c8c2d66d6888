//! Files that somebody adds by hand.

use super::archive::Place;
use super::catalogue::{Outcome, Validators};
use super::entry::{Asked, Captured, Entry};
use super::{Corpus, Stored};
use crate::model::{Digest, Document, DocumentRole, Edition, Meeting, MeetingId, Result, SiteId};

/// A file that somebody adds by hand.
#[derive(Debug)]
pub struct AddedFile<'a> {
    /// Its address: `file:///…`, or where it was published.
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

impl Corpus {
    /// Adds a file to a meeting, which joins the register. A file that was taken
    /// for another meeting before now belongs to this one alone. The same bytes for
    /// the same meeting and of the same edition change nothing, from whatever
    /// address they come.
    pub fn add_file(&mut self, meeting: &Meeting, file: &AddedFile) -> Result<Stored> {
        let digest = Digest::of(file.bytes);
        let site = &meeting.id.site;
        let mut entries = self.register(meeting)?;
        let is_it = |held: &Document| held.digest == digest && held.edition == file.edition;
        let held = self.latest_documents(&meeting.id)?.into_iter().find(is_it);
        let held = held.filter(|held| self.read(held).is_ok());
        let is_held = held.is_some();
        let record = match held {
            // The bytes stand at another address too: they stay when the first
            // one moves.
            Some(held) if self.catalogue.latest(site, Some(&meeting.id), file.url)?.is_none() => {
                let place = self.catalogue.place(&held)?;
                entries.push(Entry::Capture(Box::new(captured(&meeting.id, file, &digest, place))));
                None
            }
            Some(_) => None,
            None => {
                self.catch_up_after_failure()?;
                let written =
                    self.archive.write_resource(site, file.url, file.media_type, file.bytes, file.added)?;
                entries.push(Entry::Capture(Box::new(captured(&meeting.id, file, &digest, written.place))));
                Some(written.id)
            }
        };
        self.enter(site, file.url, file.added, record.as_deref(), &entries)?;
        self.take_from_others(&meeting.id, file)?;
        Ok(Stored { digest, unchanged: is_held })
    }

    /// Takes a file away from the meetings that it was taken for before, and
    /// those out of the register that nothing else speaks of. Each site's own
    /// part of the archive says so.
    fn take_from_others(&mut self, meeting: &MeetingId, file: &AddedFile) -> Result<()> {
        for from in self.catalogue.meetings_of_file(file.url, meeting)? {
            let site = from.site.clone();
            let taken = Entry::Taken { from, url: file.url.to_owned() };
            self.enter(&site, file.url, file.added, None, &[taken])?;
        }
        Ok(())
    }

    /// The meeting that a file at this address was last added to.
    pub fn meeting_of_file(&self, url: &str) -> Result<Option<Meeting>> {
        self.catalogue.meeting_of_file(url)
    }

    /// A meeting of the site to which a file of these bytes was added, at another
    /// address than `but`.
    pub fn meeting_of_bytes(&self, site: &SiteId, digest: &Digest, but: &str) -> Result<Option<Meeting>> {
        self.catalogue.meeting_of_bytes(site, digest, but)
    }
}

/// The entry of a file whose bytes lie at `place`.
fn captured(meeting: &MeetingId, file: &AddedFile, digest: &Digest, place: Place) -> Captured {
    Captured {
        asked: Asked {
            site: meeting.site.clone(),
            url: file.url.to_owned(),
            meeting: Some(meeting.clone()),
            role: DocumentRole::File,
            edition: file.edition,
        },
        status: None,
        outcome: Outcome::Stored,
        unfit: None,
        digest: Some(digest.clone()),
        wire_digest: Some(digest.clone()),
        media_type: file.media_type.to_owned(),
        charset: file.charset.map(str::to_owned),
        retrieved: file.added.to_owned(),
        place: Some(place),
        bytes: file.bytes.len() as u64,
        validators: Validators::default(),
    }
}
