//! `add` of web archives that other tools made.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use rayon::prelude::*;
use url::Url;

use super::Context;
use super::add::{self, Args};
use super::crawl::{installed_at, site};
use super::manifest::Said;
use crate::corpus::{
    AddedFile, Archived, Corpus, DocumentReader, HeldSite, Input, Kept, READ_LIMIT, Record, Unread,
    foreign_records, kept, media_of,
};
use crate::crawl::taken::{Taker, Took, site_of};
use crate::crawl::{is_same_root, site_id};
use crate::model::{
    Council, Councils, Digest, Edition, Kind, MeetingId, Platform, Reading, Result, Site, SiteId, slug,
};
use crate::parse::Media;
use crate::parse::links::file_name;
use crate::report::{Cell, Table};

/// How many bytes of documents are in memory at once, unless one alone has
/// more.
const BATCH_BYTES: usize = 64 * 1024 * 1024;

/// At how many other addresses a page is taken that came again there. A file of
/// a few kilobytes can name a large page at any number.
const ADDRESSES: usize = 1_000;

/// How often a file is read for pages that others lead to: a list leads to a
/// meeting, that to its items and documents, and any may stand before the other.
const PASSES: usize = 10;

/// How many passages that decide, note or say who came make a page minutes.
const DECIDING_PASSAGES: usize = 2;

/// Why a page is passed over that would change whose meetings a site's are.
const OF_ANOTHER: &str = "pages of sites that are held for another council";

/// How many numbered items make a page an agenda.
const NUMBERED_ITEMS: usize = 3;

/// What an archive is added with.
pub struct Warc<'a> {
    pub context: &'a Context,
    pub corpus: &'a mut Corpus,
    pub args: &'a Args,
    pub reader: &'a DocumentReader,
}

/// What has been made of an archive so far.
#[derive(Default)]
struct State {
    takers: BTreeMap<SiteId, Taker>,
    /// The sites that this home holds for another council, or as another system.
    refused: HashSet<SiteId>,
    /// The answers that are done with.
    done: HashSet<AnswerId>,
    /// What was passed over, by reason.
    passed: BTreeMap<&'static str, u64>,
    /// Addresses that an answer of the archive was found to be the same as.
    revisits: Revisits,
    /// The record that is taken for all addresses of a payload: the first, by
    /// digest.
    first: HashMap<String, u64>,
    /// When the archive is added, in UTC, RFC 3339 to the second.
    now: String,
    failed: bool,
}

/// A record's number in the file, and which of the addresses that it stands
/// for.
type AnswerId = (u64, usize);

/// An address, and a time in UTC, RFC 3339 to the second.
type Visit = (String, String);

/// Where and when a payload came again, by its digest.
type Revisits = HashMap<String, Arc<Vec<Visit>>>;

/// An answer, and one of the addresses that it stands for.
struct Candidate {
    archived: Arc<Archived>,
    url: String,
    at: String,
}

impl State {
    fn pass(&mut self, reason: &'static str) {
        *self.passed.entry(reason).or_default() += 1;
    }

    /// What a record holds. One of a time to come would pass for the newest of
    /// all versions.
    fn kept(&self, record: &Record) -> Kept {
        let kept = kept(record, READ_LIMIT);
        let (url, at) = match &kept {
            Kept::Answer(archived) => (&archived.exchange.url, &archived.exchange.at),
            Kept::Revisit { url, at, .. } => (url, at),
            Kept::Other(_) | Kept::Wrong { .. } => return kept,
        };
        if *at <= self.now {
            return kept;
        }
        Kept::Wrong { url: url.clone(), reason: format!("its date, {at}, has not come yet") }
    }

    /// The visits that the answer of a record stands for: its own, and each to
    /// another address at which it was found to be the same.
    fn visits(&mut self, n: u64, archived: &Archived) -> impl Iterator<Item = Visit> + use<> {
        let own = (archived.exchange.url.clone(), archived.exchange.at.clone());
        let digest = archived.named_digest.as_ref();
        let again = digest.and_then(|digest| {
            let first = *self.first.entry(digest.clone()).or_insert(n);
            self.revisits.get(digest).filter(|_| first == n).cloned()
        });
        let again = again.unwrap_or_default();
        let url = own.0.clone();
        let elsewhere = (0..again.len()).map(move |at| again[at].clone()).filter(move |other| other.0 != url);
        std::iter::once(own).chain(elsewhere)
    }
}

impl Warc<'_> {
    /// Adds what an archive holds; `false` when part of it could not be read.
    pub fn add(&mut self, path: &Path, table: &mut Table) -> Result<bool> {
        let mut state = State { now: add::now(), ..State::default() };
        self.survey(path, &mut state)?;
        // A page may stand before the one that tells what it belongs to.
        let mut n_passes = 0;
        while self.take_meetings(path, &mut state, table)? {
            n_passes += 1;
            if n_passes == PASSES {
                state.failed = true;
                let what = format!("`{}` was read {PASSES} times", path.display());
                self.context.warn(format!("{what} and is not again: some of its pages may be left out"));
                break;
            }
        }
        self.add_others(path, &mut state, table)?;
        if !state.passed.is_empty() {
            self.context.say(passed_over(path, &state.passed));
        }
        Ok(!state.failed)
    }

    /// Finds out what came again elsewhere.
    fn survey(&self, path: &Path, state: &mut State) -> Result<()> {
        let mut revisits: HashMap<String, Vec<Visit>> = HashMap::new();
        let mut n_over = 0;
        for record in foreign_records(path)?.map_while(std::result::Result::ok) {
            if !record.kind().eq_ignore_ascii_case("revisit") {
                continue;
            }
            let Kept::Revisit { url, at, digest } = state.kept(&record) else { continue };
            let visits = revisits.entry(digest).or_default();
            if visits.len() < ADDRESSES {
                visits.push((url, at));
            } else {
                n_over += 1;
            }
        }
        if n_over > 0 {
            state.failed = true;
            let what = format!("{} revisits of `{}` are left out", grouped(n_over), path.display());
            self.context
                .warn(format!("{what}: a page is taken at {} addresses at most", grouped(ADDRESSES as u64)));
        }
        state.revisits = revisits.into_iter().map(|(digest, visits)| (digest, Arc::new(visits))).collect();
        Ok(())
    }

    /// Takes the pages of sites whose meetings they show. `true` when there were
    /// any, so that others may follow from them.
    fn take_meetings(&mut self, path: &Path, state: &mut State, table: &mut Table) -> Result<bool> {
        let mut has_taken = false;
        for (n, record) in (0..).zip(foreign_records(path)?.map_while(std::result::Result::ok)) {
            let Kept::Answer(mut archived) = state.kept(&record) else { continue };
            for (number, (url, at)) in state.visits(n, &archived).enumerate() {
                let id = (n, number);
                if !state.done.contains(&id) && archived.exchange.status == 200 {
                    (archived.exchange.url, archived.exchange.at) = (url, at);
                    has_taken |= self.take(path, id, &archived, state, table)?;
                }
            }
        }
        Ok(has_taken)
    }

    fn take(
        &mut self,
        path: &Path,
        id: AnswerId,
        archived: &Archived,
        state: &mut State,
        table: &mut Table,
    ) -> Result<bool> {
        let url = &archived.exchange.url;
        let Some((platform, root)) = site_of(url) else { return Ok(false) };
        let site = self.site(&root, platform);
        if self.is_refused(path, &site, state)? {
            state.done.insert(id);
            state.pass(OF_ANOTHER);
            return Ok(false);
        }
        let today = jiff::Zoned::now().date();
        let taker = state.takers.entry(site.id.clone()).or_insert_with(|| Taker::new(site, today));
        let took = taker.take(self.corpus, archived)?;
        let (meeting, unchanged) = match took {
            Took::Document { meeting, unchanged } => (meeting, unchanged),
            Took::NotAskedFor => return Ok(false),
            Took::Older => {
                state.done.insert(id);
                state.pass("older than what is held");
                return Ok(false);
            }
            // It may be a document of another kind.
            Took::Unfit(_) => return Ok(false),
        };
        state.done.insert(id);
        if !self.corpus.knows_site(&taker.site().id)? {
            self.corpus.upsert_site(taker.site(), &archived.exchange.at)?;
        }
        if let Some(meeting) = meeting {
            table.push(row_of_meeting(path, url, taker.site(), &meeting, self.corpus, unchanged)?);
        }
        Ok(true)
    }

    /// Whether this home holds a site at another address, for another council, or
    /// as another system, than the one for which its pages would be taken: that would make its
    /// meetings those of the other. Says so, once a site.
    fn is_refused(&self, path: &Path, site: &Site, state: &mut State) -> Result<bool> {
        if state.refused.contains(&site.id) {
            return Ok(true);
        }
        let Some(held) = self.corpus.held_site(&site.id)? else { return Ok(false) };
        let HeldSite { platform, council, root } = held;
        let is_it = is_same_root(&root, &site.root);
        if is_it && platform == site.platform.name() && council == site.council {
            return Ok(false);
        }
        let reason = if is_it {
            format!(
                "this home holds it as the {platform} site of `{council}`, not as the {} site of `{}`; \
                 `--council {council}` takes them for that council",
                site.platform.name(),
                site.council,
            )
        } else {
            let name = &site.id;
            format!(
                "this home holds {root} under the name `{name}`, which they would have too; add them to a home of \
                 their own"
            )
        };
        let what = format!("the pages of {} in `{}`", site.root, path.display());
        self.context.warn(format!("cannot take {what}: {reason}"));
        state.failed = true;
        state.refused.insert(site.id.clone());
        Ok(true)
    }

    /// The site at this root: of the council that is named, or of those that
    /// publish there by the table.
    fn site(&self, root: &Url, platform: Platform) -> Site {
        let here = installed_at(&self.reader.councils, root);
        let Some(name) = &self.args.council else { return site(root, platform, &here) };
        let site = site(root, platform, &here);
        let named = self.reader.councils.find(name);
        if named.is_some_and(|named| here.iter().any(|council| council.slug == named.slug)) {
            return site;
        }
        let (council, council_name) = match named {
            Some(named) => (named.slug.clone(), named.name.clone()),
            None => (slug(name), name.clone()),
        };
        Site { council, council_name, shared_by: Vec::new(), ..site }
    }

    /// Adds what else reads as minutes or an agenda, and counts the rest.
    fn add_others(&mut self, path: &Path, state: &mut State, table: &mut Table) -> Result<()> {
        let (mut batch, mut bytes) = (Vec::new(), 0);
        for (n, record) in (0..).zip(foreign_records(path)?) {
            let record = match record {
                Ok(record) => record,
                Err(fault) => {
                    state.failed = true;
                    let what = format!("record {} of `{}`", n + 1, path.display());
                    self.context.warn(format!("cannot read {what} nor what follows it: {fault}"));
                    break;
                }
            };
            match state.kept(&record) {
                Kept::Answer(archived) => {
                    let archived = Arc::new(*archived);
                    for (number, (url, at)) in state.visits(n, &archived).enumerate() {
                        if state.done.contains(&(n, number)) {
                            continue;
                        }
                        if let Some(reason) = passed_for(&archived, &url, &state.takers) {
                            state.pass(reason);
                            continue;
                        }
                        // The bytes are shared; what is read out of them is not.
                        bytes += archived.payload.len();
                        batch.push(Candidate { archived: archived.clone(), url, at });
                        if bytes >= BATCH_BYTES {
                            self.add_batch(path, &std::mem::take(&mut batch), state, table)?;
                            bytes = 0;
                        }
                    }
                }
                Kept::Revisit { .. } => state.pass("revisits"),
                Kept::Other(what) => state.pass(what),
                Kept::Wrong { url, reason } => {
                    state.failed = true;
                    self.context.warn(format!("cannot take {url} out of `{}`: {reason}", path.display()));
                    state.pass("damaged or not readable");
                }
            }
        }
        self.add_batch(path, &batch, state, table)
    }

    fn add_batch(
        &mut self,
        path: &Path,
        batch: &[Candidate],
        state: &mut State,
        table: &mut Table,
    ) -> Result<()> {
        let reader = self.reader;
        let read: Vec<_> = batch.par_iter().map(|candidate| read(candidate, reader)).collect();
        for (candidate, (media, reading)) in batch.iter().zip(read) {
            match &reading {
                Err(unread) => {
                    let what = named(path, &candidate.url);
                    self.context.warn(format!("cannot read {what}: {unread}"));
                    // What is no document at all has not failed as one.
                    state.failed |= media.is_some();
                    state.pass("documents that cannot be read");
                }
                Ok(reading) if !is_of_a_meeting(reading, media) => state.pass("no minutes or agendas"),
                Ok(_) => {
                    let media_type = media.map_or("", Media::media_type);
                    self.add_document(path, candidate, media_type, &reading, state, table)?;
                }
            }
        }
        Ok(())
    }

    fn add_document(
        &mut self,
        path: &Path,
        candidate: &Candidate,
        media_type: &str,
        reading: &std::result::Result<Reading, Unread>,
        state: &mut State,
        table: &mut Table,
    ) -> Result<()> {
        let Candidate { archived, url, at } = candidate;
        if let Some(held) = self.corpus.meeting_of_file(url)? {
            let last = self.corpus.last_answer(&held.id.site, Some(&held.id), url)?;
            let is_older = |digest: &Digest| *digest != Digest::of(&archived.payload);
            if last.is_some_and(|last| last.at > *at && last.digest.as_ref().is_some_and(is_older)) {
                state.pass("older than what is held");
                return Ok(());
            }
        }
        let council = council_at(&self.reader.councils, url).map(|council| council.name.clone());
        let said = Said { council: council.unwrap_or_default(), ..Said::default() };
        let file = AddedFile {
            url,
            bytes: &archived.payload,
            media_type,
            charset: archived.charset.as_deref(),
            edition: None,
            added: at,
        };
        let name = named(path, url);
        let row = add::enter(self.corpus, self.reader, self.args, &said, &name, &file, reading)?;
        table.push(row.cells);
        Ok(())
    }
}

fn named(path: &Path, url: &str) -> String {
    format!("{}: {url}", path.display())
}

fn row_of_meeting(
    path: &Path,
    url: &str,
    site: &Site,
    meeting: &MeetingId,
    corpus: &Corpus,
    unchanged: bool,
) -> Result<Vec<Cell>> {
    let council = corpus.meeting(meeting)?.map_or(site.council.clone(), |meeting| meeting.council);
    Ok(vec![
        named(path, url).into(),
        council.into(),
        meeting.to_string().into(),
        Cell::Unknown,
        if unchanged { "unchanged".into() } else { "added".into() },
    ])
}

/// Why an answer is not looked at, where that shows without reading it.
fn passed_for(archived: &Archived, url: &str, takers: &BTreeMap<SiteId, Taker>) -> Option<&'static str> {
    if archived.exchange.status != 200 {
        return Some("redirects and errors");
    }
    let (kind, rest) = archived.media_type.split_once('/').unwrap_or_default();
    let is_of_page = matches!(kind, "image" | "font" | "audio" | "video")
        || ["css", "javascript", "json", "ecmascript"].iter().any(|part| rest.contains(part));
    if is_of_page {
        return Some("images, styles and scripts");
    }
    let root = site_of(url).map(|(_, root)| site_id(&root));
    if root.and_then(|site| takers.get(&site)).is_some_and(Taker::has_meetings) {
        return Some("other pages of sites whose meetings were taken");
    }
    None
}

/// A document as read, and its format.
type Read = (Option<Media>, std::result::Result<Reading, Unread>);

fn read(candidate: &Candidate, reader: &DocumentReader) -> Read {
    let Candidate { archived, url, .. } = candidate;
    let name = file_name(url);
    let bytes = &archived.payload;
    let media = media_of(&archived.media_type, &name, bytes);
    let input = Input { bytes, media, charset: archived.charset.as_deref(), file_name: Some(&name) };
    (media, reader.read(&input))
}

/// Whether a document is minutes, an agenda or decisions of a meeting. A home
/// page or a list of links may speak of minutes and of dates as well, so a page
/// has to hold what only they hold.
fn is_of_a_meeting(reading: &Reading, media: Option<Media>) -> bool {
    let Some(edition) = reading.edition else { return false };
    if media != Some(Media::Html) {
        return reading.body.is_some() || reading.date.is_some();
    }
    let passages = || reading.items.iter().flat_map(|item| &item.passages);
    let decides = |kind: Kind| {
        matches!(
            kind,
            Kind::Resolution | Kind::Recommendation | Kind::Request | Kind::Noting | Kind::Attendance
        )
    };
    let n_deciding = passages().filter(|passage| decides(passage.kind)).count();
    let n_numbered = reading.items.iter().filter(|item| !item.number.is_empty()).count();
    let has_day = reading.date.is_some_and(|date| date.to_day().is_some());
    has_day
        && (n_deciding >= DECIDING_PASSAGES || (edition == Edition::Agenda && n_numbered >= NUMBERED_ITEMS))
}

/// The one council that publishes on the host of an address, or elsewhere below
/// the same name of `.gov.uk`, by the table.
fn council_at<'a>(councils: &'a Councils, url: &str) -> Option<&'a Council> {
    let host = |url: &str| Url::parse(url).ok()?.host_str().map(str::to_owned);
    let own = host(url)?;
    let by = |same: &dyn Fn(&str) -> bool| -> Option<&Council> {
        let mut here =
            councils.all().iter().filter(|council| host(&council.address).is_some_and(|host| same(&host)));
        here.next().filter(|_| here.next().is_none())
    };
    by(&|host| host == own).or_else(|| {
        let domain = domain(&own)?;
        by(&|host| self::domain(host) == Some(domain))
    })
}

/// The part of a council's host that is its own: `sefton.gov.uk`.
fn domain(host: &str) -> Option<&str> {
    let name = host.strip_suffix(".gov.uk")?;
    let start = name.rfind('.').map_or(0, |at| at + 1);
    Some(&host[start..])
}

/// What was passed over, in one line.
fn passed_over(path: &Path, passed: &BTreeMap<&'static str, u64>) -> String {
    let n_passed: u64 = passed.values().sum();
    let mut reasons: Vec<(&&str, &u64)> = passed.iter().collect();
    reasons.sort_by_key(|(reason, n)| (std::cmp::Reverse(**n), **reason));
    let reasons: Vec<String> =
        reasons.into_iter().map(|(reason, n)| format!("{} {reason}", grouped(*n))).collect();
    let records = if n_passed == 1 { "record" } else { "records" };
    format!("{}: {} {records} passed over: {}", path.display(), grouped(n_passed), reasons.join(", "))
}

/// A number with commas between its thousands.
fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_passed_over_is_said_in_one_line() {
        let passed = BTreeMap::from([("images, styles and scripts", 1_104), ("requests", 100)]);
        assert_eq!(
            passed_over(Path::new("x.warc.gz"), &passed),
            "x.warc.gz: 1,204 records passed over: 1,104 images, styles and scripts, 100 requests"
        );
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_000_000), "1,000,000");
    }

    #[test]
    fn a_host_tells_the_council_where_it_is_one_councils_alone() {
        let councils = Councils::from_csv(
            b"slug,name,gss_code,nation,platform,base_url\n\
              sefton,Sefton Council,E1,England,moderngov,https://modgov.sefton.gov.uk\n\
              adur,Adur Council,E2,England,moderngov,https://democracy.adur-worthing.gov.uk\n\
              worthing,Worthing Council,E3,England,moderngov,https://democracy.adur-worthing.gov.uk\n",
        )
        .unwrap();
        let check = |url: &str, slug: Option<&str>| {
            assert_eq!(council_at(&councils, url).map(|council| council.slug.as_str()), slug, "{url}");
        };
        check("https://modgov.sefton.gov.uk/a.pdf", Some("sefton"));
        check("https://www.sefton.gov.uk/media/a.pdf", Some("sefton"));
        check("https://www.adur-worthing.gov.uk/a.pdf", None);
        check("https://www.gov.uk/a.pdf", None);
        check("https://www.example.org/a.pdf", None);
    }

    fn reading(text: &str) -> Reading {
        let source = crate::parse::Source {
            bytes: text.as_bytes(),
            media: Media::Html,
            charset: None,
            file_name: None,
            councils: &Councils::default(),
        };
        crate::parse::document(&source).unwrap()
    }

    #[test]
    fn pages_that_only_speak_of_minutes_are_none() {
        let minutes = "<h1>Minutes of the Cabinet held on 6 July 2021</h1><p>Present: Councillor A</p>\
                       <h2>1. Budget</h2><p>RESOLVED that the report be noted.</p><p>It was agreed to meet.</p>";
        let agenda = "<h1>Agenda of the Cabinet, 6 July 2021</h1><h2>1. Apologies</h2><p>To receive any.</p>\
                      <h2>2. Budget</h2><p>To consider a report.</p><h2>3. Roads</h2><p>To consider a report.</p>";
        let list = "<h1>Council minutes</h1><ul><li><a href=a>Minutes of the Cabinet, 6 July 2021</a></li>\
                    <li><a href=b>Minutes of the Cabinet, 13 July 2021</a></li><li>Agenda of 20 July 2021</li></ul>";
        let home = "<h1>Welcome to the council</h1><p>Council tax bands are agreed for 2021.</p>\
                    <p>Pay a bill. Report a pothole. Minutes and agendas.</p>";
        for (text, expected) in [(minutes, true), (agenda, true), (list, false), (home, false)] {
            assert_eq!(is_of_a_meeting(&reading(text), Some(Media::Html)), expected, "{:?}", reading(text));
        }
    }
}
