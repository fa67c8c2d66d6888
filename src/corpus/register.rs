//! The register: the sites, the meetings that they list, and what is known of
//! both.

use super::entry::{Entry, Registered};
use super::{Conclusion, Corpus, HeldSite, frontier, lines};
use crate::model::{Meeting, Result, Site, SiteId};

/// How many entries one record of the archive holds at most: a list may name a
/// hundred thousand meetings, and a record is made in memory.
const ENTRIES_A_RECORD: usize = 1_000;

impl Corpus {
    /// Enters a site, or brings its entry up to date; `at` is the time in UTC,
    /// RFC 3339 to the second.
    pub fn upsert_site(&mut self, site: &Site, at: &str) -> Result<()> {
        if self.catalogue.has_site(site)? {
            return Ok(());
        }
        self.enter(&site.id, &site.root, at, None, &[Entry::Site(site.clone())])
    }

    /// Whether a site of this name has been entered.
    pub fn knows_site(&self, site: &SiteId) -> Result<bool> {
        self.catalogue.knows_site(site)
    }

    /// As what a site is held; `None` when it is not.
    pub fn held_site(&self, site: &SiteId) -> Result<Option<HeldSite>> {
        self.catalogue.held_site(site)
    }

    /// Enters a meeting in the register, or brings its entry up to date. What
    /// is newly unknown (a body, a date) does not replace what was known, and
    /// minutes once published stay so: not every list tells of them.
    pub fn upsert_meeting(&mut self, meeting: &Meeting, at: &str) -> Result<()> {
        let entries = self.register(meeting)?;
        self.enter(&meeting.id.site, &meeting.url, at, None, &entries)
    }

    /// What a list's word of a meeting changes in the register.
    pub(super) fn register(&self, meeting: &Meeting) -> Result<Vec<Entry>> {
        let known = self.catalogue.registered(&meeting.id)?;
        let line = Registered::told(known.clone(), meeting);
        Ok(if known.as_ref() == Some(&line) { Vec::new() } else { vec![Entry::Meeting(line)] })
    }

    /// Concludes a request: what it found joins the register and the frontier,
    /// and it is not asked again: of a process that is killed meanwhile, the next
    /// finds the request waiting and reads the answer again. Returns how many
    /// requests are new.
    pub fn conclude(&mut self, site: &SiteId, conclusion: &Conclusion) -> Result<u64> {
        self.catch_up_after_failure()?;
        let Self { archive, catalogue, is_behind, .. } = self;
        let work = catalogue.begin()?;
        let n_new = work.with(|transaction| frontier::conclude(transaction, site, conclusion))?;
        let entries = work.with(|transaction| frontier::changes(transaction, site, conclusion))?;
        if entries.is_empty() {
            work.commit()?;
            self.written()?;
            return Ok(n_new);
        }
        // Until all of them are entered.
        *is_behind = true;
        for entries in entries.chunks(ENTRIES_A_RECORD) {
            archive.write_entries(site, conclusion.key, conclusion.at, None, lines(entries))?;
        }
        let mark = archive.end(site).map(|(file, length)| super::Mark { file, length });
        let entered = work.enter(&entries, mark.as_ref()).and_then(|()| work.commit());
        *is_behind = entered.is_err();
        entered?;
        self.written()?;
        Ok(n_new)
    }
}
