//! `add`: takes files that people have.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::add_passages::{Passages, is_of_passages};
use super::add_warc::Warc;
use super::index::document_reader;
use super::manifest::{Manifest, Said, absolute};
use super::search::plural;
use super::{Context, Outcome, files};
use crate::corpus::{AddedFile, Corpus, DocumentReader, Input, Unread, media_of};
use crate::model::{
    Councils, DateSource, Digest, Edition, Error, Meeting, MeetingId, MeetingStatus, PartialDate, Reading,
    Result, SiteId, slug,
};
use crate::parse::Media;
use crate::parse::date::in_file_name;
use crate::parse::links::file_name;
use crate::report::{Cell, Table};

/// The arguments of `add`.
#[derive(clap::Args)]
pub struct Args {
    /// Files, and folders of files. Of a web archive (`.warc`, `.warc.gz`; made by wget, Browsertrix
    /// and others) the meetings of `ModernGov` sites are taken as if they had been crawled; other pages
    /// if they say that they are minutes, an agenda or decisions, name a day, and either hold two
    /// passages that decide, note or say who came, or three numbered items; other files if they say
    /// what they are, and name a body or a date. The rest is counted. JSON Lines (`.jsonl`, `.ndjson`)
    /// hold passages, as `passages export` writes them: of each line only its text is needed, and the
    /// rest is kept as it is given.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// A CSV file that says what each file is: columns path, council, committee, date, kind; paths
    /// are relative to it.
    #[arg(long, value_name = "CSV")]
    manifest: Option<PathBuf>,
    /// The council that all files are of.
    #[arg(long, value_name = "S")]
    pub(super) council: Option<String>,
    /// The body that all files are of.
    #[arg(long, value_name = "B")]
    body: Option<String>,
    /// The date of the meeting that all files are of.
    #[arg(long, value_name = "DATE")]
    date: Option<PartialDate>,
}

/// A file as read, with what is known of it.
struct ReadFile {
    path: PathBuf,
    bytes: Vec<u8>,
    media: Option<Media>,
    reading: std::result::Result<Reading, Unread>,
}

/// Runs `add`.
pub fn run(context: &Context, args: Args) -> anyhow::Result<Outcome> {
    let manifest = args.manifest.as_deref().map(Manifest::read).transpose()?.unwrap_or_default();
    manifest.faults.iter().for_each(|fault| context.warn(fault));
    manifest.note.iter().for_each(|note| context.say(note));
    let mut failed = !manifest.faults.is_empty();
    let files::Found { files, errors, tables } = files::find(&args.paths);
    let (archives, files): (Vec<PathBuf>, Vec<PathBuf>) = files.into_iter().partition(|path| is_warc(path));
    let (of_passages, files): (Vec<PathBuf>, Vec<PathBuf>) =
        files.into_iter().partition(|path| is_of_passages(path));
    let is_manifest =
        |path: &PathBuf| args.manifest.as_ref().is_some_and(|it| absolute(it) == absolute(path));
    let tables: Vec<PathBuf> = tables.into_iter().filter(|path| !is_manifest(path)).collect();
    files::say_passed_over(context, &tables);
    for error in &errors {
        failed = true;
        context.warn(format!("{error}{}", cause(error)));
    }
    let reader = document_reader(context)?;
    let mut corpus = Corpus::open(&context.home)?;
    super::corpus::say_caught_up(context, &corpus);
    context.warn_of_sample(&corpus)?;
    let now = now();
    let bar = context.progress(files.len() as u64, "adding");
    let mut table = Table::new(&["path", "council", "meeting", "passages", "outcome"]);
    for batch in files::batches(&files) {
        let read: Vec<Result<ReadFile>> = batch.par_iter().map(|path| read_file(path, &reader)).collect();
        for (path, file) in batch.iter().zip(read) {
            bar.inc(1);
            let added = file.and_then(|file| add_file(&mut corpus, &reader, &args, &manifest, &now, file));
            match added {
                Ok(row) => {
                    if let Some(reason) = &row.failure {
                        failed = true;
                        context.warn(format!("cannot read `{}`: {reason}", path.display()));
                    }
                    table.push(row.cells);
                }
                Err(error) => {
                    failed = true;
                    let reason = format!("{error}{}", cause(&error));
                    context.warn(&reason);
                    let path = path.display().to_string();
                    table.push(vec![path.into(), Cell::Unknown, Cell::Unknown, Cell::Unknown, reason.into()]);
                }
            }
        }
    }
    for path in &of_passages {
        let (manifest, councils) = (&manifest, &reader.councils);
        let mut passages =
            Passages { context, corpus: &mut corpus, args: &args, manifest, councils, now: &now };
        failed |= !passages.add(path, &mut table)?;
    }
    for path in &archives {
        let mut warc = Warc { context, corpus: &mut corpus, args: &args, reader: &reader };
        failed |= !warc.add(path, &mut table)?;
    }
    corpus.close()?;
    bar.finish_and_clear();
    context.write(&table)?;
    context.say(tally(&table));
    if table.rows.is_empty() {
        return Ok(if failed { Outcome::Partial } else { Outcome::Nothing });
    }
    Ok(if failed { Outcome::Partial } else { Outcome::Done })
}

/// How many files came to which outcome.
fn tally(table: &Table) -> String {
    let n_with = |beginning: &str| {
        table.rows.iter().filter(|row| row[4].plain().starts_with(beginning)).count() as u64
    };
    let (added, unchanged) = (n_with("added"), n_with("unchanged"));
    let what_next = if added > 0 { "; `scrutineer index` makes them searchable" } else { "" };
    format!(
        "{}: {added} added, {unchanged} unchanged, {} not readable{what_next}",
        plural(table.rows.len() as u64, "file", "files"),
        table.rows.len() as u64 - added - unchanged,
    )
}

/// What came of a file.
pub(super) struct Row {
    pub cells: Vec<Cell>,
    /// Why it cannot be read.
    pub failure: Option<String>,
}

fn is_warc(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    name.ends_with(".warc") || name.ends_with(".warc.gz")
}

fn cause(error: &Error) -> String {
    std::error::Error::source(error).map(|cause| format!(": {cause}")).unwrap_or_default()
}

/// The time, in UTC to the second.
pub fn now() -> String {
    jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn read_file(path: &Path, reader: &DocumentReader) -> Result<ReadFile> {
    let bytes = files::read(path)?;
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let media = media_of("", &name, &bytes);
    let input = Input { bytes: &bytes, media, charset: None, file_name: Some(&name) };
    let reading = reader.read(&input);
    Ok(ReadFile { path: path.to_owned(), bytes, media, reading })
}

/// The address of a file.
pub(super) fn address_of(path: &Path) -> String {
    let path = absolute(path);
    url::Url::from_file_path(&path).map(String::from).unwrap_or_else(|()| path.display().to_string())
}

fn add_file(
    corpus: &mut Corpus,
    reader: &DocumentReader,
    args: &Args,
    manifest: &Manifest,
    now: &str,
    file: ReadFile,
) -> Result<Row> {
    let path = absolute(&file.path);
    let said = manifest.by_path.get(&path).cloned().unwrap_or_default();
    let url = address_of(&path);
    let media_type = file.media.map_or("", Media::media_type);
    let name = file.path.display().to_string();
    let added =
        AddedFile { url: &url, bytes: &file.bytes, media_type, charset: None, edition: None, added: now };
    enter(corpus, reader, args, &said, &name, &added, &file.reading)
}

/// Enters a file of which this has been read, called so for people; its edition
/// is told here.
pub(super) fn enter(
    corpus: &mut Corpus,
    reader: &DocumentReader,
    args: &Args,
    said: &Said,
    name: &str,
    file: &AddedFile,
    reading: &std::result::Result<Reading, Unread>,
) -> Result<Row> {
    let read = read_or_named(reading, &file_name(file.url));
    let said = said.clone().or(still_known(corpus, reader, file, &read)?);
    let known = Known::new(&reader.councils, args, &said, &read);
    let meeting = meeting_of(corpus, &known, file, reading.is_ok())?;
    let stored = corpus.add_file(&meeting, &AddedFile { edition: known.edition, ..*file })?;
    let n_passages = read.n_passages();
    let failure = match reading {
        Err(unread) => Some(unread.to_string()),
        Ok(_) if n_passages == 0 => Some("there is no text in it".to_owned()),
        Ok(_) => None,
    };
    let outcome = match (&failure, stored.unchanged) {
        (Some(reason), _) => format!("kept, not readable: {reason}"),
        (None, true) => "unchanged".into(),
        (None, false) => known.added(file.added, read.is_partial),
    };
    let cells = vec![
        name.into(),
        Cell::text_or_unknown(meeting.council.trim_start_matches(Meeting::COUNCIL_NOT_KNOWN)),
        meeting.id.to_string().into(),
        n_passages.into(),
        outcome.into(),
    ];
    Ok(Row { cells, failure })
}

/// What a file says of itself: what was read in it, or, of one that cannot be
/// read, the date in its name.
fn read_or_named<'a>(reading: &'a std::result::Result<Reading, Unread>, name: &str) -> Cow<'a, Reading> {
    let by_name = |_: &Unread| {
        let date = in_file_name(name);
        let date_source = date.map(|_| DateSource::FileName);
        Cow::Owned(Reading { date, date_source, ..Reading::default() })
    };
    reading.as_ref().map_or_else(by_name, Cow::Borrowed)
}

/// What stays known of a file that was added before, whatever is read in it
/// now: what somebody told then, which is what is held of it and was not read in
/// it, and what is not to be read in it any more.
fn still_known(corpus: &Corpus, reader: &DocumentReader, file: &AddedFile, read: &Reading) -> Result<Said> {
    let Some(held) = corpus.meeting_of_file(file.url)? else { return Ok(Said::default()) };
    let documents = corpus.latest_documents(&held.id)?;
    let Some(document) = documents.iter().find(|document| document.url == file.url) else {
        return Ok(Said::default());
    };
    let name = file_name(file.url);
    let reading = match corpus.read(document) {
        _ if document.digest == Digest::of(file.bytes) => Ok(read.clone()),
        Ok(bytes) => {
            let media = media_of(&document.media_type, &name, &bytes);
            let charset = document.charset.as_deref();
            reader.read(&Input { bytes: &bytes, media, charset, file_name: Some(&name) })
        }
        // What the archive no longer gives may have said anything.
        Err(_) => Ok(Reading::default()),
    };
    let before = read_or_named(&reading, &name);
    let slug_of = |name: &String| reader.councils.slug_for(name);
    let is_read_council = before.council.as_ref().map(slug_of).as_ref() == Some(&held.council);
    let is_known = held.council != Meeting::COUNCIL_NOT_KNOWN;
    let stays = |is_read: bool, is_read_now: bool| !(is_read && is_read_now);
    let council = is_known && stays(is_read_council, read.council.is_some());
    let body = stays(before.body.as_ref() == Some(&held.body), read.body.is_some());
    let date = stays(before.date == held.date, read.date.is_some());
    let edition = stays(before.edition == document.edition, read.edition.is_some());
    Ok(Said {
        council: if council { held.council_name } else { String::new() },
        body: if body { held.body } else { String::new() },
        date: held.date.filter(|_| date),
        edition: document.edition.filter(|_| edition),
    })
}

/// The meeting that a file belongs to.
///
/// What is known of it decides. Where that is too little to tell meetings apart,
/// it joins the one that already holds the same bytes at another address, unless
/// more is known of it than of that one.
fn meeting_of(corpus: &Corpus, known: &Known, file: &AddedFile, is_readable: bool) -> Result<Meeting> {
    let meeting = known.meeting(file.url, !file.media_type.is_empty(), is_readable, file.added);
    if known.tells_meetings_apart() {
        return Ok(meeting);
    }
    let held = corpus.meeting_of_bytes(&meeting.id.site, &Digest::of(file.bytes), file.url)?;
    Ok(held.filter(|held| known.says_no_more_than(held)).unwrap_or(meeting))
}

/// Whether a meeting of that date is still to be held, as of this time.
fn is_yet_to_come(date: PartialDate, now: &str) -> bool {
    let today: Option<PartialDate> = now.get(..10).and_then(|day| day.parse().ok());
    Some(date) >= today
}

/// What is known of a file: from flags, else from the manifest, else told before,
/// else read out of the file.
pub(super) struct Known {
    pub slug: String,
    pub council: String,
    body: String,
    date: Option<PartialDate>,
    /// Where the date was read; `None` where somebody told it.
    date_source: Option<DateSource>,
    pub edition: Option<Edition>,
}

impl Known {
    pub fn new(councils: &Councils, args: &Args, said: &Said, reading: &Reading) -> Self {
        let first = |flag: &Option<String>, said: &str, read: &Option<String>| {
            let said = Some(said.trim().to_owned()).filter(|said| !said.is_empty());
            flag.clone().or(said).or_else(|| read.clone()).unwrap_or_default()
        };
        let named = first(&args.council, &said.council, &reading.council);
        let table = councils.find(&named);
        let told = args.date.or(said.date);
        let is_told = [&args.council, &args.body].iter().any(|told| told.is_some())
            || told.is_some()
            || [&said.council, &said.body].iter().any(|told| !told.trim().is_empty());
        Self {
            slug: if named.is_empty() {
                Meeting::COUNCIL_NOT_KNOWN.into()
            } else {
                councils.slug_for(&named)
            },
            council: table.map_or(named, |council| council.name.clone()),
            body: first(&args.body, &said.body, &reading.body),
            date: told.or(reading.date),
            date_source: reading.date_source.filter(|_| told.is_none()),
            // Whoever says of which meeting a file is adds its minutes, unless it
            // says that it is something else.
            edition: said.edition.or(reading.edition).or(is_told.then_some(Edition::Minutes)),
        }
    }

    /// The outcome of adding it, with what is still not known, or not for certain.
    pub fn added(&self, now: &str, is_partial: bool) -> String {
        let mut unknown = Vec::new();
        unknown.extend(self.council.is_empty().then_some("council (--council)"));
        unknown.extend(self.body.is_empty().then_some("body (--body)"));
        unknown.extend(self.date.is_none().then_some("date (--date)"));
        unknown.extend(self.edition.is_none().then_some("whether it is minutes (`kind` of a manifest)"));
        let mut outcome = String::from("added");
        if is_partial {
            outcome.push_str("; parts could not be read");
        }
        if !unknown.is_empty() {
            outcome.push_str(&format!("; not known: {}", unknown.join(", ")));
        }
        if let Some(date) = self.date.filter(|date| is_yet_to_come(*date, now)) {
            outcome.push_str(&format!("; its date {date} is yet to come (--date)"));
        }
        outcome.push_str(match self.date_source {
            Some(DateSource::FileName) => "; date only from its file name",
            Some(DateSource::Metadata) => "; date only from its metadata",
            Some(DateSource::Heading) | None => "",
        });
        outcome
    }

    /// Whether that meeting has the body and the date, where they are known.
    fn says_no_more_than(&self, held: &Meeting) -> bool {
        (self.body.is_empty() || self.body == held.body) && (self.date.is_none() || self.date == held.date)
    }

    /// Whether council, body and day are known.
    fn tells_meetings_apart(&self) -> bool {
        let has_day = self.date.is_some_and(|date| date.to_day().is_some());
        !self.council.is_empty() && !self.body.is_empty() && has_day
    }

    /// The meeting that the file belongs to: one of that council and body on
    /// that day. A file of which these are not known is a meeting of its own,
    /// called after its address, so that it stays the same when it is edited.
    pub fn meeting(&self, url: &str, is_document: bool, is_readable: bool, now: &str) -> Meeting {
        let address = Digest::of(url.as_bytes());
        let file = address.short();
        let body = if self.body.is_empty() { "meeting".into() } else { slug(&self.body) };
        let number = match self.date {
            Some(date) if self.tells_meetings_apart() => format!("{body}-{date}"),
            Some(date) => format!("{body}-{date}-{file}"),
            None => format!("{body}-undated-{file}"),
        };
        // Of a document that cannot be read, nobody knows that it holds no minutes. A
        // picture or an archive is no sign that a meeting was held, unless it is said
        // of which.
        let is_of_a_meeting = is_readable || is_document || self.tells_meetings_apart();
        let has_minutes = is_of_a_meeting && self.edition.map_or(!is_readable, Edition::is_minutes);
        // What has minutes to read was held, whatever day a slip of the pen names.
        let is_past = is_of_a_meeting && self.date.is_none_or(|date| !is_yet_to_come(date, now));
        let was_held = is_past || (has_minutes && is_readable);
        Meeting {
            id: MeetingId { site: SiteId::of_files(&self.slug), number },
            council: self.slug.clone(),
            council_name: if self.council.is_empty() {
                "council not known".into()
            } else {
                self.council.clone()
            },
            body: self.body.clone(),
            date: self.date,
            status: if was_held { MeetingStatus::Held } else { MeetingStatus::Scheduled },
            agenda_published: self.edition == Some(Edition::Agenda),
            minutes_published: has_minutes,
            url: url.to_owned(),
        }
    }
}
