//! The archive: WARC 1.1 files (ISO 28500), one gzip member a record, so that
//! any web-archive tool reads them.
//!
//! Files lie in a folder a site and are only ever appended to by the session
//! that made them; the next session begins a new one. So a record that was cut
//! short by a crash can only be the last of its file, and nothing follows it.
//! Each file carries a number, so that their order does not hang on the clock;
//! and a random one in each of its records, which no site can know, so that
//! nothing a site sent is ever taken for a record.
//! Bodies are kept as they came, `Content-Encoding` and all; only the chunks
//! of a transfer, which the HTTP library has undone, are not.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::fs::{self, File};
use std::hash::BuildHasher;
use std::io::{BufReader, ErrorKind, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::gzip::Gzip;
pub use super::warc::{Fault, Headers, Record, Records, records};
use super::warc::{header, own_head, read_record};
use crate::model::{Digest, Error, Result, SiteId};

/// How large a file grows before the next is begun, in bytes: what the WARC
/// guidelines recommend.
pub const VOLUME_BYTES: u64 = 1_000_000_000;

/// What a `revisit` record says of itself where the same bytes came again.
const SAME_BYTES: &str = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest";
/// The same, where the server said that nothing had changed (304).
const NOT_MODIFIED: &str = "http://netpreserve.org/warc/1.1/revisit/server-not-modified";

/// The media type of a record that holds entries, one a line.
pub(super) const ENTRIES: &str = "application/x-ndjson";

/// The field of an answer that holds its entry, as it is if the answer is what
/// was asked for. A process that is killed before it has looked leaves it so.
pub(super) const DRAFT: &str = "Scrutineer-Entry";

/// A request and its answer, as they went over the wire.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Exchange {
    /// The address that was asked.
    pub url: String,
    /// When the answer came, in UTC, RFC 3339 to the second.
    pub at: String,
    /// The head of the request: request line and headers, with CR LF, and the
    /// empty line at the end. Empty where it is not known.
    pub request: String,
    /// The status of the answer.
    pub status: u16,
    /// The headers of the answer in their order.
    pub headers: Headers,
    /// The body of the answer, its `Content-Encoding` not undone.
    pub body: Bytes,
}

impl Exchange {
    /// The first header of that name, whatever its case.
    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.headers, name)
    }

    /// The head of the answer as it is archived.
    ///
    /// The body is stored without the chunks of its transfer, so the header
    /// that announces them is kept under another name.
    fn response_head(&self) -> String {
        let reason = reason_phrase(self.status);
        let mut head = format!("HTTP/1.1 {} {reason}\r\n", self.status);
        for (name, value) in &self.headers {
            if name.eq_ignore_ascii_case("transfer-encoding") {
                head.push_str("X-Archive-Orig-");
            }
            // A line break inside a value would end the header.
            let value = value.replace(['\r', '\n'], " ");
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        head
    }
}

/// Where a record lies.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Place {
    /// The file, from the archive's folder on, with `/`.
    pub file: String,
    /// Where its gzip member begins, in bytes.
    pub offset: u64,
}

impl Place {
    /// Whether it is in a file of this site.
    pub(super) fn is_of(&self, site: &SiteId) -> bool {
        let name = self.file.strip_prefix(site.as_str()).and_then(|rest| rest.strip_prefix('/'));
        name.and_then(|name| volume_number(site, name)).is_some()
    }

    /// Whether it is in a file of the archive, not elsewhere on the machine.
    fn is_in_archive(&self) -> bool {
        let Some((folder, _)) = self.file.split_once('/') else { return false };
        let site = SiteId::new(folder);
        site.as_str() == folder && self.is_of(&site)
    }
}

/// An answer that has been written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Where its record lies.
    pub place: Place,
    /// The record's `WARC-Record-ID`, by which its entry refers to it.
    pub(super) id: String,
}

/// What a `revisit` record refers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Original {
    pub url: String,
    pub at: String,
    pub id: String,
}

impl Original {
    /// The record at which a later answer was found to be the same.
    pub fn of(record: &Record) -> Self {
        let field = |name: &str| record.header(name).unwrap_or_default().to_owned();
        Self { url: field("WARC-Target-URI"), at: field("WARC-Date"), id: field("WARC-Record-ID") }
    }
}

/// A file of the archive.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct VolumeFile {
    /// Its number within the site.
    pub number: u64,
    /// Its name, from the archive's folder on, with `/`.
    pub name: String,
    /// How long it is, in bytes.
    pub length: u64,
}

/// The WARC files of a home.
#[derive(Debug)]
pub struct Archive {
    folder: PathBuf,
    volume_bytes: u64,
    open: HashMap<SiteId, Volume>,
    gzip: Gzip,
}

/// A file that is being written.
#[derive(Debug)]
struct Volume {
    path: PathBuf,
    name: String,
    /// The name of its `warcinfo`, a random number that all its records bear.
    number: String,
    file: File,
    /// How long it is, in bytes: where the next record begins.
    length: u64,
    /// How much of it is on the disk for certain.
    durable: u64,
}

impl Archive {
    /// The archive in this folder, which need not exist yet; a file that has
    /// grown to `volume_bytes` ([`VOLUME_BYTES`]) is followed by the next.
    pub fn new(folder: PathBuf, volume_bytes: u64) -> Self {
        Self { folder, volume_bytes, open: HashMap::new(), gzip: Gzip::new() }
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The file that holds a record.
    pub fn path(&self, place: &Place) -> PathBuf {
        self.folder.join(&place.file)
    }

    /// Writes an answer and its request, and with it the draft of its entry
    /// where the answer is still to be looked at.
    pub fn write_exchange(
        &mut self,
        site: &SiteId,
        exchange: &Exchange,
        draft: Option<&str>,
    ) -> Result<Written> {
        let mut block = exchange.response_head().into_bytes();
        block.extend_from_slice(&exchange.body);
        let response = NewRecord::new("response", &exchange.url, &exchange.at, block)
            .content_type("application/http;msgtype=response")
            .field("WARC-Payload-Digest", digest_field(&exchange.body));
        self.write_with_request(site, exchange, response, draft)
    }

    /// Writes that the answer was the same as `first`, with its headers but
    /// without its body.
    pub(super) fn write_revisit(
        &mut self,
        site: &SiteId,
        exchange: &Exchange,
        first: &Original,
        draft: Option<&str>,
    ) -> Result<Written> {
        let block = exchange.response_head().into_bytes();
        let mut revisit = NewRecord::new("revisit", &exchange.url, &exchange.at, block)
            .content_type("application/http;msgtype=response");
        if exchange.status == 304 {
            revisit = revisit.field("WARC-Profile", NOT_MODIFIED.to_owned());
        } else {
            revisit = revisit
                .field("WARC-Profile", SAME_BYTES.to_owned())
                .field("WARC-Payload-Digest", digest_field(&exchange.body));
        }
        let revisit = revisit
            .field("WARC-Refers-To", first.id.clone())
            .field("WARC-Refers-To-Target-URI", first.url.clone())
            .field("WARC-Refers-To-Date", first.at.clone());
        self.write_with_request(site, exchange, revisit, draft)
    }

    fn write_with_request(
        &mut self,
        site: &SiteId,
        exchange: &Exchange,
        answer: NewRecord,
        draft: Option<&str>,
    ) -> Result<Written> {
        self.close_if_full(site)?;
        let id = answer.id.clone();
        let answer = match draft {
            Some(draft) => answer.field(DRAFT, draft.to_owned()),
            None => answer,
        };
        if exchange.request.is_empty() {
            // It came out of an archive that others made.
            let place = self.append(site, &exchange.at, &[answer])?;
            return Ok(Written { place, id });
        }
        let request =
            NewRecord::new("request", &exchange.url, &exchange.at, exchange.request.clone().into_bytes())
                .content_type("application/http;msgtype=request")
                .field("WARC-Concurrent-To", id.clone());
        let place = self.append(site, &exchange.at, &[answer, request])?;
        Ok(Written { place, id })
    }

    /// Writes a file that did not come over HTTP. The lines of its entries,
    /// which name its place, are made when that is known.
    pub(super) fn write_resource(
        &mut self,
        site: &SiteId,
        url: &str,
        media_type: &str,
        bytes: &[u8],
        at: &str,
    ) -> Result<Written> {
        self.close_if_full(site)?;
        let media_type = if media_type.is_empty() { "application/octet-stream" } else { media_type };
        let resource = NewRecord::new("resource", url, at, bytes.to_vec())
            .content_type(media_type)
            .field("WARC-Payload-Digest", digest_field(bytes));
        let id = resource.id.clone();
        Ok(Written { place: self.append(site, at, &[resource])?, id })
    }

    /// Writes entries, one a line: about the answer or the file `of` which they
    /// speak, where they speak of one.
    pub(super) fn write_entries(
        &mut self,
        site: &SiteId,
        url: &str,
        at: &str,
        of: Option<&str>,
        lines: String,
    ) -> Result<()> {
        let mut metadata = NewRecord::new("metadata", url, at, lines.into_bytes()).content_type(ENTRIES);
        if let Some(id) = of {
            metadata = metadata.field("WARC-Concurrent-To", id.to_owned());
        }
        self.append(site, at, &[metadata]).map(drop)
    }

    /// The file that is being written for a site, and how long it is by now.
    pub(super) fn end(&self, site: &SiteId) -> Option<(String, u64)> {
        self.open.get(site).map(|volume| (volume.name.clone(), volume.length))
    }

    /// Closes a site's file that is full. Entries stand in the file of the answer
    /// of which they speak, so that all of a file is entered before the next is
    /// begun.
    fn close_if_full(&mut self, site: &SiteId) -> Result<()> {
        let is_full = self.open.get(site).is_some_and(|volume| volume.length >= self.volume_bytes);
        if is_full { self.close_site(site) } else { Ok(()) }
    }

    /// Appends records that belong together; returns the place of the first.
    fn append(&mut self, site: &SiteId, at: &str, records: &[NewRecord]) -> Result<Place> {
        if !self.open.contains_key(site) {
            let volume = begin_volume(&self.folder, site, at, &mut self.gzip)?;
            self.open.insert(site.clone(), volume);
        }
        let volume = self.open.get_mut(site).expect("the volume has just been opened");
        let place = Place { file: volume.name.clone(), offset: volume.length };
        let written = volume.write(&mut self.gzip, records);
        if written.is_err() {
            // What is half-written may not be followed by anything: it is cut
            // off if that is still possible, and the file is done with.
            let _ = volume.file.set_len(place.offset);
            let _ = volume.file.sync_all();
            self.open.remove(site);
        }
        written.map(|()| place)
    }

    /// Whether the record at a place is there and as it was written.
    pub fn is_intact(&self, place: &Place) -> bool {
        self.read(place).is_ok()
    }

    /// Reads the record at a place.
    ///
    /// Fails where the place is none of the archive.
    pub fn read(&self, place: &Place) -> Result<Record> {
        let path = self.path(place);
        if !place.is_in_archive() {
            let fault = Fault::Damaged("it is not in a file of the archive".to_owned());
            return Err(fault.into_error(&path, place.offset));
        }
        let file = File::open(&path).map_err(Error::io("open", &path))?;
        let mut reader = BufReader::new(file);
        reader.seek(SeekFrom::Start(place.offset)).map_err(Error::io("read", &path))?;
        read_record(&mut reader)
            .map_err(|fault| fault.into_error(&path, place.offset))?
            .ok_or_else(|| Fault::Damaged("there is no record".to_owned()).into_error(&path, place.offset))
    }

    /// Makes durable what has been written so far.
    pub(super) fn sync(&mut self) -> Result<()> {
        for volume in self.open.values_mut().filter(|volume| volume.durable < volume.length) {
            volume.file.sync_data().map_err(Error::io("write", &volume.path))?;
            volume.durable = volume.length;
        }
        Ok(())
    }

    /// Makes the open files durable and closes them.
    pub fn close(&mut self) -> Result<()> {
        let sites: Vec<SiteId> = self.open.keys().cloned().collect();
        sites.iter().try_for_each(|site| self.close_site(site))
    }

    fn close_site(&mut self, site: &SiteId) -> Result<()> {
        let Some(volume) = self.open.remove(site) else { return Ok(()) };
        volume.file.sync_all().map_err(Error::io("write", volume.path))
    }
}

impl Drop for Archive {
    fn drop(&mut self) {
        // Whoever needs to know of a failure calls `close` first.
        let _ = self.close();
    }
}

/// The files of a site in its folder, in the order in which they were written.
pub(super) fn volumes(folder: &Path, site: &SiteId) -> Result<Vec<VolumeFile>> {
    let mut volumes = Vec::new();
    for (name, path) in entries(folder)? {
        let Some(number) = volume_number(site, &name) else { continue };
        // A link to a file that lies elsewhere is as good as the file.
        let metadata = match fs::metadata(&path) {
            Ok(metadata) => metadata,
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            Err(error) => return Err(Error::io("read", path)(error)),
        };
        if metadata.is_file() {
            volumes.push(VolumeFile { number, name: format!("{site}/{name}"), length: metadata.len() });
        }
    }
    volumes.sort();
    Ok(volumes)
}

/// What lies in a folder, by name; nothing where there is no folder.
pub(super) fn entries(folder: &Path) -> Result<Vec<(String, PathBuf)>> {
    let read = match fs::read_dir(folder) {
        Ok(read) => read,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(Error::io("read", folder)(error)),
    };
    let mut entries = Vec::new();
    for entry in read {
        let entry = entry.map_err(Error::io("read", folder))?;
        entries.push((entry.file_name().to_string_lossy().into_owned(), entry.path()));
    }
    entries.sort();
    Ok(entries)
}

/// The number in the name of a site's file, `<site>-<number>-<time>.warc.gz`.
pub(super) fn volume_number(site: &SiteId, name: &str) -> Option<u64> {
    let rest = name.strip_suffix(".warc.gz")?.strip_prefix(site.as_str())?.strip_prefix('-')?;
    let (number, time) = rest.split_once('-')?;
    if !time.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    (5..=9).contains(&number.len()).then(|| number.parse().ok())?
}

/// Begins a file of its own for this session, with a `warcinfo` at its head.
fn begin_volume(archive: &Path, site: &SiteId, at: &str, gzip: &mut Gzip) -> Result<Volume> {
    let folder = archive.join(site.as_str());
    fs::create_dir_all(&folder).map_err(Error::io("make the folder", &folder))?;
    let stamp: String = at.chars().filter(char::is_ascii_digit).take(14).collect();
    let number = volumes(&folder, site)?.last().map_or(1, |last| last.number + 1);
    let name = format!("{site}-{number:05}-{stamp}.warc.gz");
    let path = folder.join(&name);
    let file = File::options().write(true).create_new(true).open(&path).map_err(Error::io("make", &path))?;
    sync_folder(&folder)?;
    sync_folder(archive)?;
    let info = format!(
        "software: Scrutineer/{}\r\nformat: WARC File Format 1.1\r\n\
         conformsTo: http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/\r\n",
        env!("CARGO_PKG_VERSION")
    );
    let number = random_id();
    let digest = Digest::of(info.as_bytes());
    let head = NewRecord::named(number.clone(), digest, "warcinfo", "", at, info.into_bytes())
        .content_type("application/warc-fields")
        .field("WARC-Filename", name.clone());
    let mut volume = Volume { path, name: format!("{site}/{name}"), number, file, length: 0, durable: 0 };
    volume.write(gzip, &[head])?;
    Ok(volume)
}

/// Makes the names in a folder durable: a file that is on the disk and has no
/// name there is lost all the same.
#[cfg(unix)]
fn sync_folder(folder: &Path) -> Result<()> {
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(Error::io("write", folder))
}

/// Other systems do not open folders; they look after names themselves.
#[cfg(not(unix))]
fn sync_folder(_folder: &Path) -> Result<()> {
    Ok(())
}

impl Volume {
    /// Writes records that belong together, all at once.
    fn write(&mut self, gzip: &mut Gzip, records: &[NewRecord]) -> Result<()> {
        let mut bytes = Vec::new();
        // Only the `warcinfo` that bears the number itself stands at the head.
        let head = if self.length == 0 { "WARC/1.1\r\n".to_owned() } else { own_head(&self.number) };
        for record in records {
            record
                .to_gzip(&head, gzip, &mut bytes)
                .map_err(Error::io("compress a record for", &self.path))?;
        }
        self.file.write_all(&bytes).map_err(Error::io("write", &self.path))?;
        self.length += bytes.len() as u64;
        Ok(())
    }
}

/// A record to be written.
struct NewRecord {
    id: String,
    /// Of the block.
    digest: Digest,
    fields: Vec<(&'static str, String)>,
    block: Vec<u8>,
}

impl NewRecord {
    fn new(kind: &str, url: &str, at: &str, block: Vec<u8>) -> Self {
        let digest = Digest::of(&block);
        let id = record_id(kind, url, at, &digest);
        Self::named(id, digest, kind, url, at, block)
    }

    fn named(id: String, digest: Digest, kind: &str, url: &str, at: &str, block: Vec<u8>) -> Self {
        let mut fields = vec![
            ("WARC-Type", kind.to_owned()),
            ("WARC-Record-ID", id.clone()),
            ("WARC-Date", at.to_owned()),
        ];
        if !url.is_empty() {
            // White space and control characters may not stand in the field.
            let url = url.replace(|c: char| c.is_whitespace() || c.is_control(), "%20");
            fields.push(("WARC-Target-URI", url));
        }
        Self { id, digest, fields, block }
    }

    fn content_type(self, media_type: &str) -> Self {
        self.field("Content-Type", media_type.replace(['\r', '\n'], " "))
    }

    fn field(mut self, name: &'static str, value: String) -> Self {
        self.fields.push((name, value));
        self
    }

    /// Appends the record, which begins with `head`, as a gzip member.
    fn to_gzip(&self, head: &str, gzip: &mut Gzip, bytes: &mut Vec<u8>) -> std::io::Result<()> {
        let mut head = head.to_owned();
        for (name, value) in &self.fields {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str(&format!("WARC-Block-Digest: sha256:{}\r\n", self.digest));
        head.push_str(&format!("Content-Length: {}\r\n\r\n", self.block.len()));
        gzip.member(&[head.as_bytes(), &self.block, b"\r\n\r\n"], bytes)
    }
}

/// A name of its own for a record: a UUID of version 8 made of what it holds.
///
/// The time counts only to the second, so a counter tells apart what is asked
/// twice within one.
fn record_id(kind: &str, url: &str, at: &str, block: &Digest) -> String {
    use std::sync::atomic::{AtomicU64, Ordering};
    static WRITTEN: AtomicU64 = AtomicU64::new(0);
    let count = WRITTEN.fetch_add(1, Ordering::Relaxed);
    let seed = format!("{kind}\n{url}\n{at}\n{count}\n{}\n{}", std::process::id(), block);
    let hex = Digest::of(seed.as_bytes()).0;
    format!("<urn:uuid:{}-{}-8{}-8{}-{}>", &hex[..8], &hex[8..12], &hex[13..16], &hex[17..20], &hex[20..32])
}

/// A name for a file's `warcinfo` that nobody can guess: a UUID of version 4.
fn random_id() -> String {
    // The keys of a `RandomState` come from the operating system.
    let random = RandomState::new();
    let (high, low) = (random.hash_one(0_u8), random.hash_one(1_u8));
    let hex = format!("{high:016x}{low:016x}");
    format!("<urn:uuid:{}-{}-4{}-8{}-{}>", &hex[..8], &hex[8..12], &hex[13..16], &hex[17..20], &hex[20..32])
}

pub(super) fn digest_field(bytes: &[u8]) -> String {
    format!("sha256:{}", Digest::of(bytes))
}

/// The usual words for a status. HTTP/2 sends none, so all are given the same.
fn reason_phrase(status: u16) -> &'static str {
    match status {
        200 => "OK",
        301 => "Moved Permanently",
        302 => "Found",
        304 => "Not Modified",
        403 => "Forbidden",
        404 => "Not Found",
        500 => "Internal Server Error",
        503 => "Service Unavailable",
        _ => "Status",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_stand_in_the_file_of_the_answer_of_which_they_speak() {
        let folder = tempfile::tempdir().unwrap();
        let site = SiteId::new("alderbrook");
        // Every file is full with its first answer.
        let mut archive = Archive::new(folder.path().to_owned(), 1);
        let at = "2024-03-01T00:00:00Z";
        for number in 1..=2 {
            let exchange = Exchange { at: at.to_owned(), status: 200, ..Exchange::default() };
            let written = archive.write_exchange(&site, &exchange, None).unwrap();
            archive.write_entries(&site, "", at, Some(&written.id), "{}\n".to_owned()).unwrap();
            let file = format!("alderbrook/alderbrook-0000{number}-20240301000000.warc.gz");
            assert_eq!(written.place.file, file);
            assert_eq!(archive.end(&site).unwrap().0, file);
        }
    }
}
