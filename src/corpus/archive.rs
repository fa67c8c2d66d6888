//! The archive: WARC 1.1 files (ISO 28500), one gzip member a record, so that
//! any web-archive tool reads them.
//!
//! Files lie in a folder a site and are only ever appended to by the session
//! that made them; the next session begins a new one. So a record that was cut
//! short by a crash can only be the last of its file, and nothing follows it.
//! Bodies are kept as they came, `Content-Encoding` and all; only the chunks
//! of a transfer, which the HTTP library has undone, are not.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::bufread::GzDecoder;
use flate2::write::GzEncoder;

use super::content;
use crate::model::{Digest, Error, Result, SiteId};

/// How large a file grows before the next is begun, in bytes: what the WARC
/// guidelines recommend.
pub const VOLUME_BYTES: u64 = 1_000_000_000;

/// The longest record that is read back, in bytes: its headers, and a body
/// that never is longer than the crawler's own limit.
const RECORD_LIMIT: u64 = 300 * 1024 * 1024;

/// What a `revisit` record says of itself where the same bytes came again.
const SAME_BYTES: &str = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest";
/// The same, where the server said that nothing had changed (304).
const NOT_MODIFIED: &str = "http://netpreserve.org/warc/1.1/revisit/server-not-modified";

/// Names and values of headers, in order.
pub type Headers = Vec<(String, String)>;

/// A request and its answer, as they went over the wire.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Exchange {
    /// The address that was asked.
    pub url: String,
    /// When the answer came, in UTC, RFC 3339 to the second.
    pub at: String,
    /// The head of the request: request line and headers, with CR LF, and the
    /// empty line at the end.
    pub request: String,
    /// The status of the answer.
    pub status: u16,
    /// The headers of the answer in their order.
    pub headers: Headers,
    /// The body of the answer, its `Content-Encoding` not undone.
    pub body: Vec<u8>,
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file, from the archive's folder on, with `/`.
    pub file: String,
    /// Where its gzip member begins, in bytes.
    pub offset: u64,
}

/// An answer that has been written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Where its record lies.
    pub place: Place,
    /// The record's `WARC-Record-ID`, by which facts refer to it.
    id: String,
}

/// A record as read back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its named fields, in order.
    pub headers: Headers,
    /// Its block: for a response, the HTTP head and body.
    pub block: Vec<u8>,
}

impl Record {
    /// The first field of that name, whatever its case.
    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.headers, name)
    }

    /// Its `WARC-Type`; empty when it has none.
    pub fn kind(&self) -> &str {
        self.header("WARC-Type").unwrap_or_default()
    }

    /// The HTTP head and the body of a request or a response; `None` for a
    /// record that holds no HTTP message.
    pub fn http(&self) -> Option<(Headers, &[u8])> {
        let is_http = self.header("Content-Type")?.starts_with("application/http");
        let end = self.block.windows(4).position(|window| window == b"\r\n\r\n")?;
        let head = String::from_utf8_lossy(&self.block[..end]);
        is_http.then(|| (named_fields(head.split("\r\n").skip(1)), &self.block[end + 4..]))
    }

    /// The document itself: an HTTP body with its `Content-Encoding` undone,
    /// or the whole block of any other record. Says what is wrong otherwise.
    pub fn payload(&self, limit: u64) -> Result<Vec<u8>, String> {
        match self.http() {
            Some((headers, body)) => {
                let encoding = header(&headers, "content-encoding").unwrap_or_default();
                content::decode(encoding, body, limit).map_err(|undecoded| undecoded.to_string())
            }
            None if self.block.len() as u64 > limit => Err(format!("it is longer than {limit} bytes")),
            None => Ok(self.block.clone()),
        }
    }
}

/// The WARC files of a home.
#[derive(Debug)]
pub struct Archive {
    folder: PathBuf,
    volume_bytes: u64,
    open: HashMap<SiteId, Volume>,
}

/// A file that is being written.
#[derive(Debug)]
struct Volume {
    path: PathBuf,
    name: String,
    file: File,
    /// How long it is, in bytes: where the next record begins.
    length: u64,
}

impl Archive {
    /// The archive in this folder, which need not exist yet; a file that has
    /// grown to `volume_bytes` ([`VOLUME_BYTES`]) is followed by the next.
    pub fn new(folder: PathBuf, volume_bytes: u64) -> Self {
        Self { folder, volume_bytes, open: HashMap::new() }
    }

    /// The file that holds a record.
    pub fn path(&self, place: &Place) -> PathBuf {
        self.folder.join(&place.file)
    }

    /// Writes an answer and its request.
    pub fn write_exchange(&mut self, site: &SiteId, exchange: &Exchange) -> Result<Written> {
        let mut block = exchange.response_head().into_bytes();
        block.extend_from_slice(&exchange.body);
        let response = NewRecord::new("response", &exchange.url, &exchange.at, block)
            .content_type("application/http;msgtype=response")
            .field("WARC-Payload-Digest", digest_field(&exchange.body));
        self.write_with_request(site, exchange, response)
    }

    /// Writes that the answer was the same as the one that came on `first`,
    /// with its headers but without its body.
    pub fn write_revisit(&mut self, site: &SiteId, exchange: &Exchange, first: &str) -> Result<Written> {
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
            .field("WARC-Refers-To-Target-URI", exchange.url.clone())
            .field("WARC-Refers-To-Date", first.to_owned());
        self.write_with_request(site, exchange, revisit)
    }

    fn write_with_request(
        &mut self,
        site: &SiteId,
        exchange: &Exchange,
        answer: NewRecord,
    ) -> Result<Written> {
        let id = answer.id.clone();
        let request =
            NewRecord::new("request", &exchange.url, &exchange.at, exchange.request.clone().into_bytes())
                .content_type("application/http;msgtype=request")
                .field("WARC-Concurrent-To", id.clone());
        let place = self.append(site, &exchange.at, &[answer, request])?;
        Ok(Written { place, id })
    }

    /// Writes facts about an answer that has been written: what it was asked
    /// for, and what was made of it.
    pub fn write_facts(
        &mut self,
        site: &SiteId,
        exchange: &Exchange,
        written: &Written,
        facts: &[(&str, String)],
    ) -> Result<()> {
        let metadata =
            metadata(&exchange.url, &exchange.at, facts).field("WARC-Concurrent-To", written.id.clone());
        self.append(site, &exchange.at, &[metadata]).map(drop)
    }

    /// Writes a file that did not come over HTTP, and facts about it.
    pub fn write_resource(
        &mut self,
        site: &SiteId,
        url: &str,
        media_type: &str,
        bytes: &[u8],
        at: &str,
        facts: &[(&str, String)],
    ) -> Result<Place> {
        let media_type = if media_type.is_empty() { "application/octet-stream" } else { media_type };
        let resource = NewRecord::new("resource", url, at, bytes.to_vec())
            .content_type(media_type)
            .field("WARC-Payload-Digest", digest_field(bytes));
        let metadata = metadata(url, at, facts).field("WARC-Concurrent-To", resource.id.clone());
        self.append(site, at, &[resource, metadata])
    }

    /// Writes facts about an address from which nothing came.
    pub fn write_metadata(
        &mut self,
        site: &SiteId,
        url: &str,
        at: &str,
        facts: &[(&str, String)],
    ) -> Result<Place> {
        self.append(site, at, &[metadata(url, at, facts)])
    }

    /// Appends records that belong together; returns the place of the first.
    fn append(&mut self, site: &SiteId, at: &str, records: &[NewRecord]) -> Result<Place> {
        if self.open.get(site).is_some_and(|volume| volume.length >= self.volume_bytes) {
            self.close_site(site)?;
        }
        if !self.open.contains_key(site) {
            let volume = begin_volume(&self.folder, site, at)?;
            self.open.insert(site.clone(), volume);
        }
        let volume = self.open.get_mut(site).expect("the volume has just been opened");
        let place = Place { file: volume.name.clone(), offset: volume.length };
        let written = records.iter().try_for_each(|record| volume.write(record));
        if written.is_err() {
            // What is half-written may not be followed by anything: it is cut
            // off if that is still possible, and the file is done with.
            let _ = volume.file.set_len(place.offset);
            self.open.remove(site);
        }
        written.map(|()| place)
    }

    /// Whether the record at a place is there and as it was written.
    pub fn is_intact(&self, place: &Place) -> bool {
        self.read(place).is_ok()
    }

    /// Reads the record at a place.
    pub fn read(&self, place: &Place) -> Result<Record> {
        let path = self.path(place);
        let file = File::open(&path).map_err(Error::io("open", &path))?;
        let mut reader = BufReader::new(file);
        reader.seek(SeekFrom::Start(place.offset)).map_err(Error::io("read", &path))?;
        read_record(&mut reader)
            .map_err(|fault| fault.into_error(&path, place.offset))?
            .ok_or_else(|| Fault::Damaged("there is no record".to_owned()).into_error(&path, place.offset))
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

/// Begins a file of its own for this session, with a `warcinfo` at its head.
fn begin_volume(folder: &Path, site: &SiteId, at: &str) -> Result<Volume> {
    let folder = folder.join(site.as_str());
    fs::create_dir_all(&folder).map_err(Error::io("make the folder", &folder))?;
    let stamp: String = at.chars().filter(char::is_ascii_digit).take(14).collect();
    for n in 0_u32.. {
        let name = format!("{site}-{stamp}-{n:04}.warc.gz");
        let path = folder.join(&name);
        let file = match File::options().write(true).create_new(true).open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::AlreadyExists => continue,
            Err(error) => return Err(Error::io("make", path)(error)),
        };
        let info = format!(
            "software: Scrutineer/{}\r\nformat: WARC File Format 1.1\r\n\
             conformsTo: http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/\r\n",
            env!("CARGO_PKG_VERSION")
        );
        let head = NewRecord::new("warcinfo", "", at, info.into_bytes())
            .content_type("application/warc-fields")
            .field("WARC-Filename", name.clone());
        let mut volume = Volume { path, name: format!("{site}/{name}"), file, length: 0 };
        volume.write(&head)?;
        return Ok(volume);
    }
    unreachable!("a folder cannot hold four thousand million files of one second")
}

impl Volume {
    fn write(&mut self, record: &NewRecord) -> Result<()> {
        let member = record.to_gzip().map_err(Error::io("compress a record for", &self.path))?;
        self.file.write_all(&member).map_err(Error::io("write", &self.path))?;
        self.length += member.len() as u64;
        Ok(())
    }
}

/// A record to be written.
struct NewRecord {
    id: String,
    fields: Vec<(&'static str, String)>,
    block: Vec<u8>,
}

impl NewRecord {
    fn new(kind: &str, url: &str, at: &str, block: Vec<u8>) -> Self {
        let id = record_id(kind, url, at, &block);
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
        Self { id, fields, block }
    }

    fn content_type(self, media_type: &str) -> Self {
        self.field("Content-Type", media_type.replace(['\r', '\n'], " "))
    }

    fn field(mut self, name: &'static str, value: String) -> Self {
        self.fields.push((name, value));
        self
    }

    fn to_gzip(&self) -> std::io::Result<Vec<u8>> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(b"WARC/1.1\r\n")?;
        for (name, value) in &self.fields {
            write!(encoder, "{name}: {value}\r\n")?;
        }
        write!(encoder, "WARC-Block-Digest: {}\r\n", digest_field(&self.block))?;
        write!(encoder, "Content-Length: {}\r\n\r\n", self.block.len())?;
        encoder.write_all(&self.block)?;
        encoder.write_all(b"\r\n\r\n")?;
        encoder.finish()
    }
}

fn metadata(url: &str, at: &str, facts: &[(&str, String)]) -> NewRecord {
    let mut block = String::new();
    for (name, value) in facts {
        let value = value.replace(['\r', '\n'], " ");
        block.push_str(&format!("{name}: {value}\r\n"));
    }
    NewRecord::new("metadata", url, at, block.into_bytes()).content_type("application/warc-fields")
}

/// A name of its own for a record: a UUID of version 8 made of what it holds.
///
/// The time counts only to the second, so a counter tells apart what is asked
/// twice within one.
fn record_id(kind: &str, url: &str, at: &str, block: &[u8]) -> String {
    use std::sync::atomic::{AtomicU64, Ordering};
    static WRITTEN: AtomicU64 = AtomicU64::new(0);
    let count = WRITTEN.fetch_add(1, Ordering::Relaxed);
    let seed = format!("{kind}\n{url}\n{at}\n{count}\n{}\n{}", std::process::id(), Digest::of(block));
    let hex = Digest::of(seed.as_bytes()).0;
    format!("<urn:uuid:{}-{}-8{}-8{}-{}>", &hex[..8], &hex[8..12], &hex[13..16], &hex[17..20], &hex[20..32])
}

fn digest_field(bytes: &[u8]) -> String {
    format!("sha256:{}", Digest::of(bytes))
}

/// What stands in the way of reading a record.
#[derive(Debug)]
pub enum Fault {
    /// The file ends in the middle of it: the session that wrote it was killed.
    CutShort,
    /// It is not a record.
    Damaged(String),
    /// The file could not be read.
    Io(std::io::Error),
}

impl Fault {
    fn into_error(self, path: &Path, offset: u64) -> Error {
        let reason = match self {
            Self::CutShort => "the file ends in the middle of it".to_owned(),
            Self::Damaged(reason) => reason,
            Self::Io(source) => return Error::io("read", path)(source),
        };
        Error::Archive { path: path.to_owned(), offset, reason }
    }
}

/// The records of a WARC file (gzip, a member a record), each with the offset
/// at which it begins. Ends after the first fault.
pub struct Records<R> {
    reader: R,
    ended: bool,
}

/// Reads the records of a WARC file from its beginning.
pub fn records(path: &Path) -> Result<Records<BufReader<File>>> {
    let file = File::open(path).map_err(Error::io("open", path))?;
    Ok(Records { reader: BufReader::new(file), ended: false })
}

impl<R: BufRead + Seek> Iterator for Records<R> {
    type Item = (u64, Result<Record, Fault>);

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let offset = self.reader.stream_position().unwrap_or_default();
        let record = read_record(&mut self.reader).transpose()?;
        self.ended = record.is_err();
        Some((offset, record))
    }
}

/// Reads one gzip member; `None` at the end of the file.
fn read_record(reader: &mut impl BufRead) -> Result<Option<Record>, Fault> {
    if reader.fill_buf().map_err(Fault::Io)?.is_empty() {
        return Ok(None);
    }
    let mut bytes = Vec::new();
    let mut decoder = GzDecoder::new(reader).take(RECORD_LIMIT + 1);
    decoder.read_to_end(&mut bytes).map_err(|error| match error.kind() {
        ErrorKind::UnexpectedEof => Fault::CutShort,
        ErrorKind::InvalidInput | ErrorKind::InvalidData => Fault::Damaged(error.to_string()),
        _ => Fault::Io(error),
    })?;
    if bytes.len() as u64 > RECORD_LIMIT {
        return Err(Fault::Damaged(format!("it is longer than {RECORD_LIMIT} bytes")));
    }
    parse_record(&bytes).map(Some)
}

fn parse_record(bytes: &[u8]) -> Result<Record, Fault> {
    let damaged = |reason: &str| Fault::Damaged(reason.to_owned());
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n");
    let end = end.ok_or_else(|| damaged("it has no end of its headers"))?;
    let head = String::from_utf8_lossy(&bytes[..end]);
    let mut lines = head.split("\r\n");
    if !lines.next().is_some_and(|version| version.starts_with("WARC/1.")) {
        return Err(damaged("it does not begin with a WARC version"));
    }
    let headers = named_fields(lines);
    let length = header(&headers, "Content-Length").and_then(|length| length.parse::<usize>().ok());
    let length = length.ok_or_else(|| damaged("it has no length"))?;
    let block = &bytes[end + 4..];
    if block.len() < length {
        return Err(damaged("its block is shorter than it says"));
    }
    let block = block[..length].to_vec();
    if let Some(digest) = header(&headers, "WARC-Block-Digest").filter(|digest| digest.starts_with("sha256:"))
        && digest.len() == "sha256:".len() + 64
        && !digest.eq_ignore_ascii_case(&digest_field(&block))
    {
        return Err(damaged("its bytes are not those of its digest"));
    }
    Ok(Record { headers, block })
}

fn named_fields<'a>(lines: impl Iterator<Item = &'a str>) -> Headers {
    lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()))
        .collect()
}

fn header<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
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
