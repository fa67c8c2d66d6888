//! Reads WARC files as this program writes them: a gzip member a record.

use std::fs::File;
use std::io::{BufRead, BufReader, ErrorKind, Read, Seek, SeekFrom};
use std::path::Path;

use bytes::Bytes;
use flate2::bufread::GzDecoder;

use super::content;
use crate::model::{Digest, Error, Result};

/// The longest record that is read back, in bytes: its headers, and a body
/// that never is longer than the crawler's own limit.
const RECORD_LIMIT: u64 = 300 * 1024 * 1024;

/// How a gzip member of ours begins: deflate, no fields.
const MEMBER: [u8; 4] = [0x1f, 0x8b, 0x08, 0];

/// Names and values of headers, in order.
pub type Headers = Vec<(String, String)>;

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
    pub fn payload(&self, limit: u64) -> Result<Bytes, String> {
        match self.http() {
            Some((headers, body)) => {
                let encoding = header(&headers, "content-encoding").unwrap_or_default();
                content::decode(encoding, Bytes::copy_from_slice(body), limit)
                    .map_err(|undecoded| undecoded.to_string())
            }
            None if self.block.len() as u64 > limit => Err(format!("it is longer than {limit} bytes")),
            None => Ok(Bytes::copy_from_slice(&self.block)),
        }
    }
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
    pub(super) fn into_error(self, path: &Path, offset: u64) -> Error {
        let reason = match self {
            Self::CutShort => "the file ends in the middle of it".to_owned(),
            Self::Damaged(reason) => reason,
            Self::Io(source) => return Error::io("read", path)(source),
        };
        Error::Archive { path: path.to_owned(), offset, reason }
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::CutShort => f.write_str("the file ends in the middle of it"),
            Self::Damaged(reason) => f.write_str(reason),
            Self::Io(source) => write!(f, "{source}"),
        }
    }
}

/// The records of a WARC file (gzip, a member a record), each with the offset
/// at which it begins.
///
/// After a fault it goes on with the next record that bears the file's own
/// random number. A body that cannot be compressed lies in the file as it came,
/// so a site can put a whole record there; that number it cannot know. A file
/// without one ends with its first fault.
pub struct Records<R> {
    reader: R,
    ended: bool,
}

/// Reads the records of a WARC file from its beginning.
pub fn records(path: &Path) -> Result<Records<BufReader<File>>> {
    records_from(path, 0)
}

/// The same from an offset on, at which a record begins.
pub(super) fn records_from(path: &Path, offset: u64) -> Result<Records<BufReader<File>>> {
    let file = File::open(path).map_err(Error::io("open", path))?;
    let mut reader = BufReader::new(file);
    reader.seek(SeekFrom::Start(offset)).map_err(Error::io("read", path))?;
    Ok(Records { reader, ended: false })
}

impl<R: BufRead + Seek> Iterator for Records<R> {
    type Item = (u64, Result<Record, Fault>);

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let offset = match self.reader.stream_position() {
            Ok(offset) => offset,
            Err(error) => {
                self.ended = true;
                return Some((0, Err(Fault::Io(error))));
            }
        };
        let record = read_record(&mut self.reader).transpose()?;
        Some((offset, record.map_err(|fault| self.pass_over(offset, fault))))
    }
}

impl<R: BufRead + Seek> Records<R> {
    /// Looks for the next record after a damaged one.
    fn pass_over(&mut self, offset: u64, fault: Fault) -> Fault {
        let reason = match fault {
            Fault::Io(_) => {
                self.ended = true;
                return fault;
            }
            Fault::CutShort => None,
            Fault::Damaged(reason) => Some(reason),
        };
        let next = self.next_own(offset + 1).and_then(|next| match next {
            Some(next) => Ok((true, next)),
            None => self.reader.seek(SeekFrom::End(0)).map(|end| (false, end)),
        });
        let (goes_on, next) = match next {
            Ok(next) => next,
            Err(error) => {
                self.ended = true;
                return Fault::Io(error);
            }
        };
        self.ended = !goes_on;
        let n_bytes = next - offset;
        match reason {
            None if !goes_on => Fault::CutShort,
            reason => {
                // What follows shows that no kill was the cause.
                let reason = reason.unwrap_or_else(|| "its bytes are damaged".to_owned());
                let rest = if goes_on { "" } else { ", the rest of the file" };
                Fault::Damaged(format!("{reason} ({n_bytes} bytes{rest})"))
            }
        }
    }

    /// Goes to the next place at which a record of this file's own begins.
    fn next_own(&mut self, mut from: u64) -> std::io::Result<Option<u64>> {
        let Some(number) = self.number()? else { return Ok(None) };
        let head = own_head(&number);
        while let Some(at) = self.next_member(from)? {
            self.reader.seek(SeekFrom::Start(at))?;
            let is_own = self.unpacks_to(head.as_bytes())?;
            if is_own {
                self.reader.seek(SeekFrom::Start(at))?;
                return Ok(Some(at));
            }
            from = at + 1;
        }
        Ok(None)
    }

    /// The random number of the file, out of the `warcinfo` at its head; `None`
    /// where it cannot be read, or is one that could be guessed.
    fn number(&mut self) -> std::io::Result<Option<String>> {
        self.reader.seek(SeekFrom::Start(0))?;
        let info = match read_record(&mut self.reader) {
            Ok(Some(info)) if info.kind() == "warcinfo" => info,
            Err(Fault::Io(error)) => return Err(error),
            _ => return Ok(None),
        };
        let id = info.header("WARC-Record-ID").filter(|id| is_random(id));
        Ok(id.map(str::to_owned))
    }

    /// Whether the gzip member that begins here begins with these bytes.
    fn unpacks_to(&mut self, head: &[u8]) -> std::io::Result<bool> {
        let mut begin = vec![0; head.len()];
        match GzDecoder::new(&mut self.reader).read_exact(&mut begin) {
            Ok(()) => Ok(begin == head),
            Err(error) => match error.kind() {
                ErrorKind::UnexpectedEof | ErrorKind::InvalidInput | ErrorKind::InvalidData => Ok(false),
                _ => Err(error),
            },
        }
    }

    /// The next place at which bytes stand that begin a gzip member.
    fn next_member(&mut self, from: u64) -> std::io::Result<Option<u64>> {
        self.reader.seek(SeekFrom::Start(from))?;
        let (mut at, mut last) = (from, [0; 4]);
        loop {
            let bytes = self.reader.fill_buf()?;
            if bytes.is_empty() {
                return Ok(None);
            }
            let length = bytes.len();
            for byte in bytes {
                last = [last[1], last[2], last[3], *byte];
                at += 1;
                if last == MEMBER {
                    return Ok(Some(at - MEMBER.len() as u64));
                }
            }
            self.reader.consume(length);
        }
    }
}

/// How each record but the first of a file begins: with the number of the file.
pub(super) fn own_head(number: &str) -> String {
    format!("WARC/1.1\r\nWARC-Warcinfo-ID: {number}\r\n")
}

/// Whether a record's name is a UUID made of random bits (version 4), as
/// opposed to one made of what the record holds.
fn is_random(id: &str) -> bool {
    let digits = id.strip_prefix("<urn:uuid:").unwrap_or_default();
    digits.len() == 37 && digits.as_bytes()[14] == b'4'
}

/// Reads one gzip member; `None` at the end of the file.
pub(super) fn read_record(reader: &mut impl BufRead) -> Result<Option<Record>, Fault> {
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
    parse_record(bytes).map(Some)
}

fn parse_record(mut bytes: Vec<u8>) -> Result<Record, Fault> {
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
    if bytes.len() - (end + 4) < length {
        return Err(damaged("its block is shorter than it says"));
    }
    // In its place: a large record is in memory once.
    bytes.truncate(end + 4 + length);
    bytes.drain(..end + 4);
    let block = bytes;
    if let Some(digest) = header(&headers, "WARC-Block-Digest").filter(|digest| digest.starts_with("sha256:"))
        && digest.len() == "sha256:".len() + 64
        && !digest.eq_ignore_ascii_case(&format!("sha256:{}", Digest::of(&block)))
    {
        return Err(damaged("its bytes are not those of its digest"));
    }
    Ok(Record { headers, block })
}

pub(super) fn named_fields<'a>(lines: impl Iterator<Item = &'a str>) -> Headers {
    lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()))
        .collect()
}

pub(super) fn header<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}
