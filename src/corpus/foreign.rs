//! Reads WARC files that other tools made: WARC 1.0 and 1.1, with or without
//! gzip, whatever the members, and what such tools do to bodies.
//!
//! A file is read as a stream, a record at a time. Chunks of a transfer that
//! were left in a body are undone, digests are checked, and what is no answer
//! of a site says what it is.

use std::fs::File;
use std::io::{self, BufRead, BufReader, ErrorKind, Read};
use std::path::Path;

use bytes::Bytes;
use flate2::bufread::MultiGzDecoder;
use sha2::Digest as _;

use super::archive::Exchange;
use super::content;
use super::warc::{Fault, Headers, Record, header, named_fields};
use crate::model::{Error, Result};

/// The longest line of a header, and the most lines of one record.
const LINE_LIMIT: u64 = 64 * 1024;
const LINES: usize = 1_000;

/// The longest record that is read, in bytes; longer ones are passed over.
const RECORD_LIMIT: u64 = 300 * 1024 * 1024;

/// The records of a WARC file in their order. Ends after a fault behind which
/// no record can be told from another.
pub struct ForeignRecords {
    reader: Box<dyn BufRead>,
    ended: bool,
}

/// Reads the records of a WARC file.
pub fn foreign_records(path: &Path) -> Result<ForeignRecords> {
    let mut reader = BufReader::new(File::open(path).map_err(Error::io("open", path))?);
    let is_packed = reader.fill_buf().map_err(Error::io("read", path))?.starts_with(&[0x1f, 0x8b]);
    let reader: Box<dyn BufRead> =
        if is_packed { Box::new(BufReader::new(MultiGzDecoder::new(reader))) } else { Box::new(reader) };
    Ok(ForeignRecords { reader, ended: false })
}

impl Iterator for ForeignRecords {
    type Item = Result<Record, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let record = self.record().transpose()?;
        if record.is_err() {
            self.ended = true;
        }
        Some(record)
    }
}

impl ForeignRecords {
    fn record(&mut self) -> Result<Option<Record>, Fault> {
        let version = loop {
            match self.line()? {
                None => return Ok(None),
                Some(line) if line.is_empty() => {}
                Some(line) => break line,
            }
        };
        if !version.starts_with("WARC/") {
            return Err(Fault::Damaged("it does not begin with a WARC version".to_owned()));
        }
        let mut lines: Vec<String> = Vec::new();
        loop {
            match self.line()? {
                None => return Err(Fault::CutShort),
                Some(line) if line.is_empty() => break,
                // A line that begins with white space goes on with the last.
                Some(line) => match lines.last_mut().filter(|_| line.starts_with([' ', '\t'])) {
                    Some(last) => {
                        last.push(' ');
                        last.push_str(line.trim());
                    }
                    None => lines.push(line),
                },
            }
            if lines.len() > LINES {
                return Err(Fault::Damaged(format!("it has more than {LINES} fields")));
            }
        }
        let headers = named_fields(lines.iter().map(String::as_str));
        let length = header(&headers, "Content-Length").and_then(|length| length.parse::<u64>().ok());
        let length = length.ok_or_else(|| Fault::Damaged("it has no length".to_owned()))?;
        Ok(Some(Record { headers, block: self.block(length)? }))
    }

    /// The block, or nothing of one that is too long.
    fn block(&mut self, length: u64) -> Result<Vec<u8>, Fault> {
        let mut part = (&mut self.reader).take(length);
        if length > RECORD_LIMIT {
            let read = io::copy(&mut part, &mut io::sink()).map_err(fault)?;
            return if read < length { Err(Fault::CutShort) } else { Ok(Vec::new()) };
        }
        let mut block = Vec::new();
        part.read_to_end(&mut block).map_err(fault)?;
        if (block.len() as u64) < length {
            return Err(Fault::CutShort);
        }
        Ok(block)
    }

    /// The next line, without its end; `None` at the end of the file.
    fn line(&mut self) -> Result<Option<String>, Fault> {
        let mut line = Vec::new();
        let n_read = (&mut self.reader).take(LINE_LIMIT).read_until(b'\n', &mut line).map_err(fault)?;
        if n_read == 0 {
            return Ok(None);
        }
        if n_read as u64 == LINE_LIMIT && !line.ends_with(b"\n") {
            return Err(Fault::Damaged(format!("a line of it is longer than {LINE_LIMIT} bytes")));
        }
        Ok(Some(String::from_utf8_lossy(&line).trim_end_matches(['\r', '\n']).to_owned()))
    }
}

fn fault(error: io::Error) -> Fault {
    match error.kind() {
        ErrorKind::UnexpectedEof => Fault::CutShort,
        ErrorKind::InvalidInput | ErrorKind::InvalidData => Fault::Damaged(error.to_string()),
        _ => Fault::Io(error),
    }
}

/// An answer of a site, out of an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Archived {
    /// The answer; the request is not known.
    pub exchange: Exchange,
    /// Its body with the `Content-Encoding` undone.
    pub payload: Bytes,
    /// Its media type in lower case, without parameters; may be empty.
    pub media_type: String,
    /// The `charset` it was served with, if any.
    pub charset: Option<String>,
    /// The digest of the payload as the record gives it, for revisits that
    /// refer to it.
    pub named_digest: Option<String>,
}

/// What a record is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kept {
    /// An answer, or a file without one.
    Answer(Box<Archived>),
    /// That an answer was the same as another, which is not given here.
    Revisit {
        /// The address.
        url: String,
        /// When, in UTC, RFC 3339 to the second.
        at: String,
        /// The digest of the payload that it had.
        digest: String,
    },
    /// Nothing that a site answered; what it is, in the plural.
    Other(&'static str),
    /// An answer that cannot be trusted or read, and why.
    Wrong {
        /// Its address.
        url: String,
        /// Why.
        reason: String,
    },
}

/// What a record of any tool holds. Bodies are never unpacked to more than
/// `limit` bytes.
pub fn kept(record: &Record, limit: u64) -> Kept {
    let url = record.header("WARC-Target-URI").unwrap_or_default();
    // Early tools wrote the address in angle brackets.
    let url = url.trim().trim_start_matches('<').trim_end_matches('>').to_owned();
    let is_web = url.starts_with("http://") || url.starts_with("https://");
    let is_http = record.header("Content-Type").is_some_and(|kind| kind.starts_with("application/http"));
    match record.kind().to_ascii_lowercase().as_str() {
        "response" | "resource" if !is_web => Kept::Other("records of the tool that made the file"),
        "response" if !is_http => Kept::Other("records of the tool that made the file"),
        "response" | "resource" => match archived(record, &url, limit) {
            Ok(archived) => Kept::Answer(Box::new(archived)),
            Err(reason) => Kept::Wrong { url, reason },
        },
        "revisit" if is_web => match (record.header("WARC-Payload-Digest"), time(record)) {
            (Some(digest), Some(at)) => Kept::Revisit { url, at, digest: digest_name(digest) },
            _ => Kept::Other("revisits"),
        },
        "revisit" => Kept::Other("revisits"),
        "request" => Kept::Other("requests"),
        "conversion" => Kept::Other("conversions"),
        "continuation" => Kept::Other("continuations"),
        _ => Kept::Other("records about records"),
    }
}

/// The time of a record in UTC, to the second.
fn time(record: &Record) -> Option<String> {
    let at: jiff::Timestamp = record.header("WARC-Date")?.parse().ok()?;
    Some(at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
}

fn archived(record: &Record, url: &str, limit: u64) -> Result<Archived, String> {
    let at = time(record).ok_or("it has no date")?;
    if record.header("WARC-Truncated").is_some() {
        return Err("it was cut off by the tool that made the file".to_owned());
    }
    let length = record.header("Content-Length").and_then(|length| length.parse().ok()).unwrap_or(0_u64);
    if length != record.block.len() as u64 {
        return Err(format!("it is longer than {RECORD_LIMIT} bytes"));
    }
    check_digest(record.header("WARC-Block-Digest"), &[&record.block])
        .map_err(|()| "its bytes are not those of its block's digest")?;
    let (status, headers, wire) = match record.http() {
        Some((headers, body)) => (status(&record.block).ok_or("it has no status")?, headers, body),
        None => {
            let kind = record.header("Content-Type").unwrap_or_default().to_owned();
            (200, vec![("Content-Type".to_owned(), kind)], record.block.as_slice())
        }
    };
    let is_chunked =
        header(&headers, "transfer-encoding").is_some_and(|coding| coding.to_lowercase().contains("chunked"));
    // Many tools undo the chunks and leave the header.
    let unchunked = if is_chunked { unchunked(wire) } else { None };
    let body = Bytes::from(unchunked.unwrap_or_else(|| wire.to_vec()));
    let encoding = header(&headers, "content-encoding").unwrap_or_default();
    let payload = match content::decode(encoding, body.clone(), limit) {
        Ok(payload) => payload,
        // Others unpack the body and leave the header.
        Err(content::Undecoded::Damaged(_)) if !body.starts_with(&[0x1f, 0x8b]) => body.clone(),
        Err(undecoded) => return Err(undecoded.to_string()),
    };
    let named = record.header("WARC-Payload-Digest");
    // Tools differ in which form of the body they take the digest of.
    check_digest(named, &[wire, &body, &payload]).map_err(|()| "its bytes are not those of its digest")?;
    let content_type = header(&headers, "content-type").unwrap_or_default().to_owned();
    Ok(Archived {
        exchange: Exchange {
            url: url.to_owned(),
            at,
            request: String::new(),
            status,
            headers: as_sent(headers, &body, &payload),
            body,
        },
        payload,
        media_type: content_type.split(';').next().unwrap_or_default().trim().to_lowercase(),
        charset: charset(&content_type),
        named_digest: named.map(digest_name),
    })
}

/// The headers, without a `Content-Encoding` that the body does not have.
fn as_sent(headers: Headers, body: &[u8], payload: &[u8]) -> Headers {
    let is_plain = body == payload;
    let is_left = |name: &str| !(is_plain && name.eq_ignore_ascii_case("content-encoding"));
    headers.into_iter().filter(|(name, _)| is_left(name)).collect()
}

/// The status of an HTTP answer.
fn status(block: &[u8]) -> Option<u16> {
    let line = block.split(|byte| *byte == b'\n').next()?;
    let line = String::from_utf8_lossy(line);
    line.starts_with("HTTP/").then(|| line.split_whitespace().nth(1)?.parse().ok())?
}

fn charset(content_type: &str) -> Option<String> {
    content_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        let value = value.trim().trim_matches(['"', '\'']).to_lowercase();
        (name.trim().eq_ignore_ascii_case("charset") && !value.is_empty()).then_some(value)
    })
}

/// A body without the chunks of its transfer; `None` where it has none.
fn unchunked(wire: &[u8]) -> Option<Vec<u8>> {
    let (mut body, mut rest) = (Vec::new(), wire);
    loop {
        let end = rest.windows(2).position(|pair| pair == b"\r\n")?;
        let size = std::str::from_utf8(&rest[..end]).ok()?;
        let size = usize::from_str_radix(size.split(';').next()?.trim(), 16).ok()?;
        rest = &rest[end + 2..];
        if size == 0 {
            return Some(body);
        }
        body.extend_from_slice(rest.get(..size)?);
        rest = rest.get(size..)?.strip_prefix(b"\r\n")?;
    }
}

/// Whether a digest, where one is given that we know how to make, is that of
/// any of these.
fn check_digest(named: Option<&str>, of: &[&[u8]]) -> Result<(), ()> {
    let Some((algorithm, value)) = named.and_then(|named| named.split_once(':')) else { return Ok(()) };
    let made: fn(&[u8]) -> Vec<u8> = match algorithm.trim().to_lowercase().replace('-', "").as_str() {
        "sha1" => |bytes| sha1::Sha1::digest(bytes).to_vec(),
        "sha256" => |bytes| sha2::Sha256::digest(bytes).to_vec(),
        _ => return Ok(()),
    };
    let Some(value) = digest_bytes(value.trim(), made(b"").len()) else { return Ok(()) };
    if of.iter().any(|bytes| made(bytes) == value) { Ok(()) } else { Err(()) }
}

/// A digest written in base 16 or base 32; `None` where it is neither.
fn digest_bytes(text: &str, length: usize) -> Option<Vec<u8>> {
    if text.len() == 2 * length {
        let pair = |at: usize| u8::from_str_radix(text.get(at..at + 2)?, 16).ok();
        return (0..text.len()).step_by(2).map(pair).collect();
    }
    let (mut bytes, mut bits, mut n_bits) = (Vec::new(), 0_u32, 0);
    for c in text.trim_end_matches('=').chars() {
        let value = match c.to_ascii_uppercase() {
            c @ 'A'..='Z' => c as u32 - 'A' as u32,
            c @ '2'..='7' => c as u32 - '2' as u32 + 26,
            _ => return None,
        };
        bits = (bits << 5 | value) & 0xffff;
        n_bits += 5;
        if n_bits >= 8 {
            n_bits -= 8;
            bytes.push((bits >> n_bits & 0xff) as u8);
        }
    }
    (bytes.len() == length).then_some(bytes)
}

/// The same for all ways to write a digest in one base.
fn digest_name(digest: &str) -> String {
    digest.trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_are_undone_where_there_are_any() {
        assert_eq!(unchunked(b"4;x=1\r\nwiki\r\n3\r\nped\r\n0\r\n\r\n").as_deref(), Some(&b"wikiped"[..]));
        assert_eq!(unchunked(b"<html>"), None);
        assert_eq!(unchunked(b"ffffffffffffffff\r\nx"), None);
        assert_eq!(unchunked(b"4\r\nwi"), None);
    }

    /// The digests are those of RFC 3174 and RFC 4648, in either base.
    #[test]
    fn digests_are_known_in_both_bases() {
        let check = |named: &str, bytes: &[u8], expected: bool| {
            assert_eq!(check_digest(Some(named), &[bytes]).is_ok(), expected, "{named}");
        };
        check("sha1:a9993e364706816aba3e25717850c26c9cd0d89d", b"abc", true);
        check("SHA-1:VGMT4NSHA2AWVOR6EVYXQUGCNSONBWE5", b"abc", true);
        check("sha1:VGMT4NSHA2AWVOR6EVYXQUGCNSONBWE5", b"abd", false);
        check("sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", b"abc", true);
        check("sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", b"", false);
        check("blake3:0000", b"abc", true);
        check("no digest at all", b"abc", true);
    }

    fn record(headers: &[(&str, &str)], block: &[u8]) -> Record {
        let mut all: Headers =
            headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        all.push(("Content-Length".to_owned(), block.len().to_string()));
        Record { headers: all, block: block.to_vec() }
    }

    const ANSWER: [(&str, &str); 4] = [
        ("WARC-Type", "response"),
        ("WARC-Target-URI", "<http://a.example/x>"),
        ("WARC-Date", "2024-01-01T12:30:00.250Z"),
        ("Content-Type", "application/http; msgtype=response"),
    ];

    #[test]
    fn an_answer_is_read_as_other_tools_keep_it() {
        let chunked =
            b"HTTP/1.1 200 OK\r\nContent-Type: Text/HTML; charset=\"UTF-8\"\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npage\r\n0\r\n\r\n";
        let Kept::Answer(answer) = kept(&record(&ANSWER, chunked), 100) else { panic!() };
        assert_eq!(answer.payload, b"page"[..]);
        assert_eq!((answer.media_type.as_str(), answer.charset.as_deref()), ("text/html", Some("utf-8")));
        assert_eq!(answer.exchange.url, "http://a.example/x");
        assert_eq!(answer.exchange.at, "2024-01-01T12:30:00Z");

        // Unpacked, and the headers left as they were.
        let unpacked = b"HTTP/2 404\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\nplain";
        let Kept::Answer(answer) = kept(&record(&ANSWER, unpacked), 100) else { panic!() };
        assert_eq!((answer.exchange.status, &*answer.payload), (404, &b"plain"[..]));
        assert!(answer.exchange.header("content-encoding").is_none());

        let digest = [ANSWER.as_slice(), &[("WARC-Payload-Digest", "sha1:VGMT4NSHA2AWVOR6EVYXQUGCNSONBWE5")]];
        let wrong = kept(&record(&digest.concat(), unpacked), 100);
        assert!(matches!(&wrong, Kept::Wrong { reason, .. } if reason.contains("digest")), "{wrong:?}");
        let brotli = b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\n\r\nplain";
        assert!(matches!(kept(&record(&ANSWER, brotli), 100), Kept::Wrong { .. }));
        let urn = [("WARC-Type", "resource"), ("WARC-Target-URI", "urn:pageinfo:http://a.example/x")];
        assert!(matches!(kept(&record(&urn, b"{}"), 100), Kept::Other(_)));
    }
}
