//! One meeting: its documents out of the archive, read into passages.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use bytes::Bytes;

use super::copies;
use super::readings::{Explained, PARSER, ReadingState, Readings};
use super::runs::runs;
use crate::corpus::{Corpus, DocumentReader, Input, Unread, media_of};
use crate::model::{
    AgendaItem, DateSource, Defect, Digest, Document, DocumentRole, Edition, ItemPassage, Kind, Language,
    Meeting, Passage, PassageId, Reading, Result, Warning,
};
use crate::parse::links::file_name;
use crate::parse::{
    Abbreviation, GivenPassage, LONGEST_VALUE, Media, abbreviations, cmis, decode, given, languages,
    moderngov, standing,
};
use crate::search::Tokens;

/// The share of a document's passages that must stand in another document of
/// the same meeting and edition, for the two to be taken as copies.
const COPY_SHARE: f64 = 0.5;

/// The share of a passage's runs that must stand in another document, for the
/// passage to stand there too: formats differ in a word here and there.
const SAME_SHARE: f64 = 0.8;

/// The key of a meeting that is to be read again next time: something was wrong
/// with this machine or the archive rather than with a document.
const TRY_AGAIN: &str = "";

/// A meeting and the bytes of its documents.
#[derive(Clone)]
pub struct Gathered {
    /// The meeting.
    pub meeting: Meeting,
    /// The latest version of each of its documents.
    documents: Vec<(Document, Bytes)>,
    /// What stood at their addresses before, the oldest first.
    earlier: Vec<Version>,
    /// Whether the archive could not give one of them.
    is_partial: bool,
    key: String,
}

/// A document that may hold minutes, as it once was: itself first, and then of a page
/// the pages of its items, as they were then.
type Version = Vec<(Document, Bytes)>;

impl Gathered {
    /// How many bytes it holds.
    pub fn n_bytes(&self) -> usize {
        self.documents.iter().chain(self.earlier.iter().flatten()).map(|(_, bytes)| bytes.len()).sum()
    }

    /// The meeting as it would be, were this still what stands at its addresses; `n_earlier`
    /// versions were before it.
    fn with(&self, version: &Version, n_earlier: usize) -> Self {
        let mut gathered = self.clone();
        gathered.earlier.truncate(n_earlier);
        for held in &mut gathered.documents {
            if let Some(then) = version.iter().find(|(then, _)| then.url == held.0.url) {
                held.clone_from(then);
            }
        }
        gathered
    }
}

/// A meeting as read.
pub struct ReadMeeting {
    /// Its passages in order.
    pub passages: Vec<Passage>,
    /// What was read, in numbers.
    pub state: ReadingState,
    /// Documents that could not be read, and why.
    pub unreadable: Vec<(String, String)>,
}

/// Fetches a meeting's latest documents out of the archive, unless it was read from
/// just these before, with the help that there is now. A document that the archive
/// cannot give is named in `unreadable`; the rest is read.
pub fn gather(
    corpus: &Corpus,
    meeting: &Meeting,
    documents: &[Document],
    readings: &Readings,
    reader: &DocumentReader,
    unreadable: &mut Vec<(String, String)>,
) -> Result<Option<Gathered>> {
    let key = key(meeting, documents);
    let is_read = |state: &ReadingState| state.key == key && is_as_good_as_can_be(state, reader);
    if readings.by_meeting.get(&meeting.id).is_some_and(is_read) {
        return Ok(None);
    }
    let mut lost = Vec::new();
    let mut read = |document: &Document| match corpus.read(document) {
        Ok(bytes) => Some((document.clone(), bytes)),
        Err(error) => {
            lost.push((document.url.clone(), error.to_string()));
            None
        }
    };
    let documents = documents.iter().filter_map(&mut read).collect();
    let earlier = earlier_versions(&corpus.all_versions(&meeting.id)?, &mut read);
    let is_partial = !lost.is_empty();
    unreadable.append(&mut lost);
    let key = if is_partial { TRY_AGAIN.to_owned() } else { key };
    Ok(Some(Gathered { meeting: meeting.clone(), documents, earlier, is_partial, key }))
}

/// Whether a reading need not be done again as long as the meeting is as it was: all
/// could be had, and nothing that was missing is there now.
pub fn is_as_good_as_can_be(state: &ReadingState, reader: &DocumentReader) -> bool {
    state.key != TRY_AGAIN && !state.without.iter().any(|helper| reader.has(*helper))
}

/// The versions of a meeting's documents that others have followed at their
/// addresses, the oldest first. Before one that cannot be had nothing is known of its
/// address: what stood there earlier still is not taken in its place.
fn earlier_versions(
    versions: &[Document],
    mut read: impl FnMut(&Document) -> Option<(Document, Bytes)>,
) -> Vec<Version> {
    let mut earlier: Vec<Version> = Vec::new();
    for (at, version) in versions.iter().enumerate().filter(|(_, version)| may_hold_minutes(version)) {
        let is_next = |later: &Document| later.url == version.url;
        let Some(n_between) = versions[at + 1..].iter().position(is_next) else { continue };
        let mut documents = vec![version];
        if version.role == DocumentRole::MeetingPage {
            let until_next = versions[..=at + n_between].iter();
            let of_items = until_next.filter(|document| document.role == DocumentRole::ItemPage);
            // Of each address the last.
            let of_items: BTreeMap<&str, &Document> =
                of_items.map(|document| (document.url.as_str(), document)).collect();
            documents.extend(of_items.into_values());
        }
        match documents.into_iter().map(&mut read).collect() {
            Some(version) => earlier.push(version),
            None => earlier.retain(|older| older[0].0.url != version.url),
        }
    }
    earlier
}

/// Everything that a reading depends on, as one digest: what stood at an address
/// before changes only when something else comes to stand there.
fn key(meeting: &Meeting, documents: &[Document]) -> String {
    let meeting = serde_json::to_string(meeting).expect("a meeting is made of text and dates");
    let mut facts = format!("{PARSER}\n{meeting}\n");
    for document in documents {
        let edition = document.edition.map(Edition::name).unwrap_or_default();
        facts.push_str(&format!("{} {} {edition}\n", document.url, document.digest));
    }
    Digest::of(facts.as_bytes()).0
}

/// Reads a meeting. Never fails: what cannot be read is named.
pub fn read_meeting(gathered: &Gathered, reader: &DocumentReader) -> ReadMeeting {
    let read = read_documents(gathered, reader);
    read_taken_back(gathered, &read, reader).unwrap_or(read)
}

fn read_documents(gathered: &Gathered, reader: &DocumentReader) -> ReadMeeting {
    let meeting = &gathered.meeting;
    let mut key = gathered.key.clone();
    let mut unreadable = Vec::new();
    let mut not_read = Vec::new();
    let holders: HashSet<&str> = gathered
        .documents
        .iter()
        .filter(|(document, bytes)| ought_to_hold_minutes(meeting, document, bytes))
        .map(|(document, _)| document.url.as_str())
        .collect();
    // Of what ought to hold the minutes, what was wrong with it.
    let mut defects = BTreeSet::new();
    let mut sources = Vec::new();
    for (url, source) in sources_of(gathered, reader) {
        match source {
            Ok(source) => {
                if holders.contains(url.as_str()) && is_of_something_else(&source.reading) {
                    defects.insert(Defect::WrongContent);
                }
                sources.push(source);
            }
            Err(unread) => {
                if holders.contains(url.as_str()) {
                    defects.insert(unread.defect());
                }
                unreadable.push((url, unread.to_string()));
                not_read.push(unread);
            }
        }
    }
    sources.sort_by_key(SourceReading::rank);
    let (mut passages, repeated) = passages_in_force(meeting, &sources);
    for (url, unread) in add_replaced_drafts(gathered, &sources, reader, &mut passages) {
        unreadable.push((url, unread.to_string()));
        not_read.push(unread);
    }
    let mut without = BTreeSet::new();
    for unread in &not_read {
        match unread {
            Unread::Machine(_) => key = TRY_AGAIN.to_owned(),
            Unread::Without(helpers, ..) => without.extend(helpers),
            Unread::Document(..) => {}
        }
    }
    let mut warnings: Vec<String> = sources.iter().flat_map(SourceReading::warnings).collect();
    warnings.extend(unreadable.iter().map(|(url, reason)| format!("{url}: {reason}")));
    let minutes = passages.iter().filter(|passage| passage.edition.is_minutes()).count() as u64;
    let defect = match defects.first() {
        _ if minutes > 0 => None,
        // What could not be looked at may be the minutes.
        _ if gathered.is_partial => Some(Defect::NotRead),
        Some(defect) => Some(*defect),
        None => (!holders.is_empty()).then_some(Defect::NoMinutes),
    };
    let says_date =
        |source: &&SourceReading| source.reading.date.is_some() && source.reading.date == meeting.date;
    // What a site says of its meeting is sure, wherever it says it.
    let is_sure = |source: &SourceReading| {
        !meeting.id.site.is_of_files() || source.reading.date_source == Some(DateSource::Heading)
    };
    let date_source =
        [DateSource::Heading, DateSource::Metadata, DateSource::FileName].into_iter().find(|place| {
            sources.iter().filter(says_date).any(|source| source.reading.date_source == Some(*place))
        });
    let items: HashSet<String> = passages.iter().map(super::item_of).collect();
    let state = ReadingState {
        // Given when it is written.
        number: 0,
        key,
        documents: gathered.documents.len() as u64,
        items: items.len() as u64,
        passages: passages.len() as u64,
        minutes,
        tokens: passages.iter().map(|passage| Tokens::read(&passage.text).len() as u64).sum(),
        fetched: !holders.is_empty(),
        defect,
        withdrawn: false,
        abbreviations: explained(&passages),
        bears_date: sources
            .iter()
            .filter(says_date)
            .any(|source| source.edition.is_minutes() && is_sure(source)),
        date_source,
        draft: minutes > 0 && passages.iter().all(|passage| passage.edition != Edition::Minutes),
        signature: copies::signature(&passages),
        repeated,
        warnings,
        without,
    };
    ReadMeeting { passages, state, unreadable }
}

/// The abbreviations that passages explain, each where it is first explained so in
/// minutes, and where it is in other documents; what a replaced draft says does not
/// count.
fn explained(passages: &[Passage]) -> Vec<Explained> {
    let mut known: HashSet<(Abbreviation, bool)> = HashSet::new();
    let mut found = Vec::new();
    for passage in passages.iter().filter(|passage| passage.edition != Edition::ReplacedDraft) {
        for abbreviation in abbreviations(&passage.text) {
            let in_minutes = passage.edition.is_minutes();
            if known.insert((abbreviation.clone(), in_minutes)) {
                let Abbreviation { short, long } = abbreviation;
                found.push(Explained { short, long, passage: passage.passage_id.0.clone(), in_minutes });
            }
        }
    }
    found
}

/// Reads a meeting of which nothing that is published now holds minutes from
/// the latest version that did: what a site takes back stays readable. `None`
/// where there is none, or where what is published now could not be read, so
/// that it is not known to hold none.
fn read_taken_back(gathered: &Gathered, read: &ReadMeeting, reader: &DocumentReader) -> Option<ReadMeeting> {
    if read.state.minutes > 0 || read.state.key == TRY_AGAIN {
        return None;
    }
    for (at, version) in gathered.earlier.iter().enumerate().rev() {
        let document = &version[0].0;
        let is_latest =
            |(latest, _): &(Document, Bytes)| latest.url == document.url && latest.digest == document.digest;
        let is_unreadable = read.unreadable.iter().any(|(url, _)| *url == document.url);
        if !is_of_site(document) || is_unreadable || gathered.documents.iter().any(is_latest) {
            continue;
        }
        let mut found = read_documents(&gathered.with(version, at), reader);
        if found.state.minutes > 0 {
            let (url, at) = (&document.url, &document.retrieved);
            found.state.warnings.push(format!(
                "{url}: the site has taken the minutes back; they are read from the version of {at}"
            ));
            found.state.withdrawn = true;
            found.state.fetched = true;
            return Some(found);
        }
    }
    None
}

/// Whether a page turned out to be something else than its site was asked for:
/// its reader then says so, and gives no items.
fn is_of_something_else(reading: &Reading) -> bool {
    reading.items.is_empty() && reading.warnings.iter().any(|warning| warning.at == "document")
}

/// Whether a document holds minutes where a site publishes them, and so can be
/// taken back by it.
fn is_of_site(document: &Document) -> bool {
    matches!(
        document.role,
        DocumentRole::MeetingXml | DocumentRole::MeetingPage | DocumentRole::PrintedMinutes
    )
}

/// Whether a document may hold minutes, wherever it came from.
fn may_hold_minutes(document: &Document) -> bool {
    is_of_site(document) || document.role == DocumentRole::File
}

fn ought_to_hold_minutes(meeting: &Meeting, document: &Document, bytes: &[u8]) -> bool {
    match document.role {
        DocumentRole::PrintedMinutes => true,
        DocumentRole::MeetingXml => meeting.minutes_published,
        // The minutes that a page of CMIS speaks of are in files as a rule.
        DocumentRole::MeetingPage => {
            let text = text_of(document, bytes);
            let is_here =
                !cmis::is_page(&text) || cmis::page_reading(&text).edition == Some(Edition::Minutes);
            meeting.minutes_published && is_here
        }
        DocumentRole::File => document.edition.is_none_or(Edition::is_minutes),
        DocumentRole::ItemPage
        | DocumentRole::Attachment
        | DocumentRole::DecisionPage
        | DocumentRole::IssuePage
        | DocumentRole::Register
        | DocumentRole::Robots => false,
    }
}

/// A document, or several that belong together, as read.
struct SourceReading {
    /// Where it came from, for people.
    url: String,
    reading: Reading,
    /// Passages that were read already; then the reading has none.
    given: Vec<GivenPassage>,
    /// The edition of passages that do not name their own.
    edition: Edition,
    /// The document of each item, by key, where it is not `document`.
    item_documents: HashMap<String, Digest>,
    document: Digest,
    /// Where a reader finds it: the meeting's page, or the file.
    public_url: String,
    /// Whether other documents of the meeting may stand beside it: files do,
    /// the answers of one site about one meeting replace one another.
    stands_alone: bool,
}

impl SourceReading {
    /// The order in which sources are taken: final minutes before drafts, then
    /// as listed: web service, page, printed file. When each came does not
    /// matter, so that asking for more of a meeting changes nothing of what was
    /// read before.
    fn rank(&self) -> bool {
        self.edition == Edition::DraftMinutes
    }

    /// The edition of each of its passages.
    fn editions(&self) -> impl Iterator<Item = Edition> {
        let read = self.reading.items.iter().flat_map(|item| &item.passages);
        let read = read.map(|passage| passage.edition);
        let given = self.given.iter().map(|passage| passage.edition);
        read.chain(given).map(|edition| edition.unwrap_or(self.edition))
    }

    fn warnings(&self) -> impl Iterator<Item = String> {
        self.reading
            .warnings
            .iter()
            .map(|warning| format!("{} {}: {}", self.url, warning.at, warning.message))
    }
}

/// What was read of a document, by its address.
type Sourced = (String, Result<SourceReading, Unread>);

/// The documents of a meeting as read: web service, page, printed file, files
/// that were added, and what stands beside the minutes.
fn sources_of(gathered: &Gathered, reader: &DocumentReader) -> Vec<Sourced> {
    let of_role = |role| gathered.documents.iter().filter(move |(document, _)| document.role == role);
    let item_pages: Vec<&(Document, Bytes)> = of_role(DocumentRole::ItemPage).collect();
    let mut sources: Vec<Sourced> = Vec::new();
    for (document, bytes) in of_role(DocumentRole::MeetingXml) {
        sources.push((document.url.clone(), Ok(xml_source(gathered, document, bytes))));
    }
    let printed = printed_minutes(gathered, reader);
    let is_in_files = printed.iter().any(|(_, source)| source.as_ref().is_ok_and(is_file_of_minutes));
    for (document, bytes) in of_role(DocumentRole::MeetingPage) {
        let mut source = page_source(gathered, document, bytes, &item_pages);
        if is_in_files {
            // The files are the record; what their page prints besides is a copy.
            for item in &mut source.reading.items {
                item.passages.retain(|passage| passage.edition == Some(Edition::Agenda));
            }
        }
        sources.push((document.url.clone(), Ok(source)));
    }
    sources.extend(printed);
    for (document, bytes) in of_role(DocumentRole::File) {
        if Media::of_type(&document.media_type) == Some(Media::Passages) {
            sources.push((document.url.clone(), Ok(given_source(gathered, document, bytes))));
            continue;
        }
        let source = read_file(document, bytes, reader).map(|reading| SourceReading {
            // A paper of which nothing tells that it is minutes is not counted as minutes.
            edition: document.edition.or(reading.edition).unwrap_or(Edition::Report),
            public_url: document.url.clone(),
            stands_alone: true,
            ..from_site(gathered, document, reading)
        });
        sources.push((document.url.clone(), source));
    }
    sources.extend(beside_minutes(gathered, reader));
    sources
}

/// What stands beside the minutes: files of the meeting and the pages of its
/// decisions. Each is what its list says it is: a report that quotes earlier
/// minutes is a report still.
fn beside_minutes(gathered: &Gathered, reader: &DocumentReader) -> Vec<Sourced> {
    let mut sources: Vec<Sourced> = Vec::new();
    let mut seen: HashSet<&Digest> = HashSet::new();
    for (document, bytes) in &gathered.documents {
        let reading = match document.role {
            DocumentRole::Attachment => read_file(document, bytes, reader),
            DocumentRole::DecisionPage => Ok(moderngov::decision_reading(&text_of(document, bytes))),
            _ => continue,
        };
        // The same file may hang on a meeting under two addresses.
        if !seen.insert(&document.digest) {
            continue;
        }
        let edition = document.edition.unwrap_or(Edition::Report);
        let source = reading.map(|mut reading| {
            for passage in reading.items.iter_mut().flat_map(|item| &mut item.passages) {
                passage.edition = None;
            }
            SourceReading {
                edition,
                public_url: document.url.clone(),
                stands_alone: true,
                ..from_site(gathered, document, reading)
            }
        });
        sources.push((document.url.clone(), source));
    }
    sources
}

/// Passages that were added as such, a line each.
fn given_source(gathered: &Gathered, document: &Document, bytes: &[u8]) -> SourceReading {
    let mut reading = Reading { date: gathered.meeting.date, ..Reading::default() };
    let mut passages = Vec::new();
    for (at, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
        match given(line) {
            _ if line.trim_ascii().is_empty() => {}
            Ok(passage) => passages.push(passage),
            Err(message) => reading.warnings.push(Warning { at: format!("line {}", at + 1), message }),
        }
    }
    SourceReading {
        given: passages,
        edition: document.edition.unwrap_or(Edition::Report),
        public_url: document.url.clone(),
        stands_alone: true,
        ..from_site(gathered, document, reading)
    }
}

fn xml_source(gathered: &Gathered, document: &Document, bytes: &[u8]) -> SourceReading {
    let mut source = from_site(gathered, document, moderngov::xml_reading(&text_of(document, bytes)));
    // The page that shows the same items marks each with its number.
    for item in &mut source.reading.items {
        item.url = Some(format!("{}#AI{}", gathered.meeting.url, item.key));
    }
    source
}

/// The printed minutes of a meeting.
fn printed_minutes(gathered: &Gathered, reader: &DocumentReader) -> Vec<Sourced> {
    let listed = minutes_of_page(gathered);
    let is_replaced = |document: &Document| match &listed {
        Some(listed) => !listed.is_empty() && !is_among(listed, document),
        None => false,
    };
    // Where a site publishes nothing but files, one meeting may have several that
    // say different things: a first and a second part, a correction.
    let is_text = |role| matches!(role, DocumentRole::MeetingXml | DocumentRole::MeetingPage);
    let are_all_there_is = !gathered.documents.iter().any(|(document, _)| is_text(document.role));
    let files = gathered
        .documents
        .iter()
        .filter(|(document, _)| document.role == DocumentRole::PrintedMinutes && !is_replaced(document));
    let source = |(document, bytes): &(Document, Bytes)| {
        let source = read_file(document, bytes, reader).map(|reading| SourceReading {
            edition: document.edition.unwrap_or(Edition::Minutes),
            public_url: document.url.clone(),
            stands_alone: listed.is_some() || are_all_there_is,
            ..from_site(gathered, document, reading)
        });
        (document.url.clone(), source)
    };
    files.map(source).collect()
}

/// The addresses of the minutes that a meeting's page of CMIS lists now; `None`
/// where there is no such page.
///
/// There a file that replaces another has another address, and minutes in parts
/// are several files: those that are listed count, beside each other, and one
/// that was listed once and was replaced does not.
fn minutes_of_page(gathered: &Gathered) -> Option<Vec<String>> {
    let pages = gathered.documents.iter().filter(|(document, _)| document.role == DocumentRole::MeetingPage);
    let mut pages = pages.filter_map(|(document, bytes)| {
        let text = text_of(document, bytes);
        let page = cmis::meeting_page(&text).ok().filter(|_| cmis::is_page(&text))?;
        Some((document, page))
    });
    let (document, page) = pages.next()?;
    let (body, date) = (&gathered.meeting.body, page.date.or(gathered.meeting.date));
    let minutes = page.files.iter().filter(|file| cmis::edition(file, body, date).is_minutes());
    Some(minutes.filter_map(|file| cmis::address::resolve(&document.url, &file.link)).collect())
}

/// Whether minutes were read from this file, beside which others may stand.
fn is_file_of_minutes(source: &SourceReading) -> bool {
    source.stands_alone && source.edition.is_minutes() && source.reading.n_passages() > 0
}

fn is_among(addresses: &[String], document: &Document) -> bool {
    addresses.iter().any(|address| cmis::address::same(address, &document.url))
}

fn page_source(
    gathered: &Gathered,
    document: &Document,
    bytes: &[u8],
    item_pages: &[&(Document, Bytes)],
) -> SourceReading {
    let text = text_of(document, bytes);
    if cmis::is_page(&text) {
        return from_site(gathered, document, cmis::page_reading(&text));
    }
    let texts: Vec<(String, String)> =
        item_pages.iter().map(|(page, bytes)| (page.url.clone(), text_of(page, bytes))).collect();
    let reading = moderngov::page_reading(&text, &document.url, &texts);
    let page_of = |item: &AgendaItem| {
        let url = item.url.as_deref()?;
        let page = item_pages.iter().find(|(page, _)| moderngov::address::same(url, &page.url));
        page.map(|(page, _)| (item.key.clone(), page.digest.clone()))
    };
    SourceReading {
        item_documents: reading.items.iter().filter_map(page_of).collect(),
        ..from_site(gathered, document, reading)
    }
}

fn from_site(gathered: &Gathered, document: &Document, reading: Reading) -> SourceReading {
    SourceReading {
        url: document.url.clone(),
        edition: reading.edition.unwrap_or(Edition::Minutes),
        reading,
        given: Vec::new(),
        item_documents: HashMap::new(),
        document: document.digest.clone(),
        public_url: gathered.meeting.url.clone(),
        stands_alone: false,
    }
}

fn text_of(document: &Document, bytes: &[u8]) -> String {
    decode(bytes, document.charset.as_deref()).into_owned()
}

fn read_file(document: &Document, bytes: &[u8], reader: &DocumentReader) -> Result<Reading, Unread> {
    let name = file_name(&document.url);
    let input = Input {
        bytes,
        media: media_of(&document.media_type, &name, bytes),
        charset: document.charset.as_deref(),
        file_name: Some(&name),
    };
    reader.read(&input)
}

/// The passages that count, and how many were left out because they stand in
/// another document of the meeting.
///
/// Of what one site says about one meeting, the minutes are taken from the
/// first source that has any, and so is each other edition. Files stand beside
/// each other; a file most of whose passages stand in an earlier one of the
/// same edition is a copy of it (the same minutes as a page and as a PDF), and
/// only what is new in it counts.
fn passages_in_force(meeting: &Meeting, sources: &[SourceReading]) -> (Vec<Passage>, u64) {
    let mut taken: HashSet<Edition> = HashSet::new();
    let mut passages: Vec<Passage> = Vec::new();
    let mut repeated = 0;
    for source in sources {
        let mut read = passages_of(meeting, source);
        if source.stands_alone {
            let whole = read.clone();
            let n_repeated = drop_copies(&passages, &mut read);
            if n_repeated > 0 && source.edition == Edition::DraftMinutes {
                // Approved minutes stand before it: what they say otherwise is
                // a correction, not a second record.
                repeated += read.len() as u64;
                read = whole;
                read.iter_mut().for_each(replace);
            }
            repeated += n_repeated;
        } else {
            if passages.iter().any(|passage| passage.edition == Edition::Minutes) {
                read.iter_mut().filter(|passage| passage.edition == Edition::DraftMinutes).for_each(replace);
            }
            let here: HashSet<Edition> = read.iter().map(|passage| in_view(passage.edition)).collect();
            read.retain(|passage| !taken.contains(&in_view(passage.edition)));
            taken.extend(here);
        }
        passages.extend(read);
    }
    (passages, repeated)
}

/// Adds the passages of drafts that stood where approved minutes stand now: of each
/// address the last draft before them, and of the answers of one site about one
/// meeting that of the first which has any. What was a draft is told as it is of what
/// stands there now. A passage whose identifier is there already, as the draft's very
/// bytes stand elsewhere in the meeting or its identifiers were given, is not added.
/// Returns the versions that could not be read: what stood there before one of these is
/// not taken in its place.
fn add_replaced_drafts(
    gathered: &Gathered,
    sources: &[SourceReading],
    reader: &DocumentReader,
    passages: &mut Vec<Passage>,
) -> Vec<(String, Unread)> {
    let mut not_read = Vec::new();
    let mut known: HashSet<PassageId> = passages.iter().map(|passage| passage.passage_id.clone()).collect();
    let mut is_taken = passages.iter().any(|passage| passage.edition == Edition::ReplacedDraft);
    for source in sources {
        let is_approved = source.editions().any(|edition| edition == Edition::Minutes);
        // What one site says of one meeting it says once.
        if !is_approved || (is_taken && !source.stands_alone) {
            continue;
        }
        for version in gathered.earlier.iter().rev().filter(|version| version[0].0.url == source.url) {
            let alone = Gathered { documents: version.clone(), earlier: Vec::new(), ..gathered.clone() };
            let mut draft = Vec::new();
            let n_before = not_read.len();
            for (url, read) in sources_of(&alone, reader) {
                match read {
                    Ok(read) => draft.extend(passages_of(&gathered.meeting, &read)),
                    Err(unread) => not_read.push((url, unread)),
                }
            }
            draft.retain(|passage: &Passage| {
                passage.edition == Edition::DraftMinutes && known.insert(passage.passage_id.clone())
            });
            if !draft.is_empty() {
                draft.iter_mut().for_each(replace);
                passages.extend(draft);
                is_taken |= !source.stands_alone;
                break;
            }
            if not_read.len() > n_before {
                break;
            }
        }
    }
    not_read
}

/// Makes a passage of a draft one of a draft that approved minutes replace: it can be
/// found, and counts nowhere.
fn replace(passage: &mut Passage) {
    passage.edition = Edition::ReplacedDraft;
}

/// Drafts and minutes are read in place of each other.
fn in_view(edition: Edition) -> Edition {
    if edition.is_minutes() { Edition::Minutes } else { edition }
}

/// Leaves out of `read` what stands in `before`, when `read` is a copy.
///
/// Formats cut paragraphs differently, so a passage stands in another document
/// when nearly all runs of a few of its words do.
fn drop_copies(before: &[Passage], read: &mut Vec<Passage>) -> u64 {
    let in_edition = |passage: &Passage| {
        let edition = in_view(passage.edition);
        runs(passage).into_iter().map(move |run| (edition, run))
    };
    let known: HashSet<(Edition, u64)> = before.iter().flat_map(in_edition).collect();
    let stands = |passage: &Passage| {
        let runs: Vec<(Edition, u64)> = in_edition(passage).collect();
        let n_known = runs.iter().filter(|run| known.contains(run)).count();
        !runs.is_empty() && n_known as f64 >= SAME_SHARE * runs.len() as f64
    };
    let stands: Vec<bool> = read.iter().map(stands).collect();
    let n_standing = stands.iter().filter(|stands| **stands).count();
    if n_standing == 0 || (n_standing as f64) < COPY_SHARE * read.len() as f64 {
        return 0;
    }
    let mut stands = stands.into_iter();
    read.retain(|_| !stands.next().unwrap_or(false));
    n_standing as u64
}

fn passages_of(meeting: &Meeting, source: &SourceReading) -> Vec<Passage> {
    let mut passages = given_passages(meeting, source);
    let languages = languages(&source.reading.items);
    for (item, languages) in source.reading.items.iter().zip(languages) {
        for (at, (passage, language)) in item.passages.iter().zip(languages).enumerate() {
            let passage = passage_in_context(meeting, source, item, at + 1, passage);
            passages.push(Passage { language, ..passage });
        }
    }
    passages
}

fn passage_in_context(
    meeting: &Meeting,
    source: &SourceReading,
    item: &AgendaItem,
    ordinal: usize,
    passage: &ItemPassage,
) -> Passage {
    let document = source.item_documents.get(&item.key).unwrap_or(&source.document).clone();
    let rule = rule_of(item.standing.as_deref(), passage.kind);
    let in_file = || match passage.page {
        Some(page) => format!("{}#page={page}", source.public_url),
        None => source.public_url.clone(),
    };
    Passage {
        passage_id: PassageId::new(&meeting.id, &item.key, ordinal, &document),
        meeting: meeting.id.clone(),
        council: meeting.council.clone(),
        council_name: meeting.council_name.clone(),
        body: meeting.body.clone(),
        date: meeting.date,
        item_key: item.key.clone(),
        item: item.number.clone(),
        // A page without an end to its heading has all of itself for a title.
        title: item.title[..item.title.floor_char_boundary(LONGEST_VALUE)].to_owned(),
        edition: passage.edition.unwrap_or(source.edition),
        kind: passage.kind,
        language: Language::default(),
        boilerplate: rule.is_some(),
        rule,
        number: passage.number.clone(),
        clause: passage.clause.clone(),
        page: passage.page,
        text: passage.text.clone(),
        url: item.url.clone().unwrap_or_else(in_file),
        document,
    }
}

/// The rule by which a passage is boilerplate.
fn rule_of(standing: Option<&str>, kind: Kind) -> Option<String> {
    match (standing, kind) {
        (Some(standing), _) => Some(format!("a standing item by its title ({standing})")),
        (None, Kind::Attendance | Kind::Boilerplate) => Some(format!("its kind ({})", kind.name())),
        _ => None,
    }
}

/// Passages that were read already, as they were given; what they do not tell is
/// found as for others.
fn given_passages(meeting: &Meeting, source: &SourceReading) -> Vec<Passage> {
    let mut passages = Vec::new();
    let is_of_same_item = |a: &GivenPassage, b: &GivenPassage| {
        (&a.item_key, &a.item, &a.title) == (&b.item_key, &b.item, &b.title)
    };
    for (at, of_item) in source.given.chunk_by(is_of_same_item).enumerate() {
        let key = (at + 1).to_string();
        let of_item = of_item.iter().enumerate();
        passages.extend(of_item.map(|(at, given)| given_in_context(meeting, source, &key, at + 1, given)));
    }
    passages
}

fn given_in_context(
    meeting: &Meeting,
    source: &SourceReading,
    item_key: &str,
    ordinal: usize,
    given: &GivenPassage,
) -> Passage {
    let or = |text: &String, other: &str| if text.is_empty() { other.to_owned() } else { text.clone() };
    let item_key = or(&given.item_key, item_key);
    let document = given.document.clone().unwrap_or_else(|| source.document.clone());
    let kind = given.kind.unwrap_or(Kind::Narrative);
    let rule = match given.boilerplate {
        Some(_) => given.rule.clone(),
        None => given.rule.clone().or_else(|| rule_of(standing(&given.title), kind)),
    };
    Passage {
        passage_id: match given.passage_id.as_str() {
            "" => PassageId::new(&meeting.id, &item_key, ordinal, &document),
            id => PassageId(id.to_owned()),
        },
        meeting: meeting.id.clone(),
        council: meeting.council.clone(),
        council_name: meeting.council_name.clone(),
        body: meeting.body.clone(),
        date: meeting.date,
        item_key,
        item: given.item.clone(),
        title: given.title.clone(),
        edition: given.edition.unwrap_or(source.edition),
        kind,
        language: given.language,
        boilerplate: given.boilerplate.unwrap_or(rule.is_some()),
        rule,
        number: given.number.clone(),
        clause: given.clause.clone(),
        page: given.page,
        text: given.text.clone(),
        url: or(&given.url, &source.public_url),
        document,
    }
}
