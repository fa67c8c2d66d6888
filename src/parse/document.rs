//! A whole document: bytes to a [`Reading`].

use serde::{Deserialize, Serialize};

use crate::model::{Councils, Edition, Kind, Reading, Warning};

use super::attendance::attendance;
use super::blocks::{Block, Page, html, markdown, office, pdf, rtf, text};
use super::charset::decode;
use super::heading::{Heading, describe};
use super::minutes::items;
use super::{moderngov, saved};

/// The format of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Media {
    /// HTML.
    Html,
    /// Markdown.
    Markdown,
    /// Plain text; HTML in it is noticed.
    Text,
    /// PDF.
    Pdf,
    /// Word since 2007.
    Docx,
    /// OpenDocument text.
    Odt,
    /// Rich Text Format.
    Rtf,
    /// Word before 2007, which is not read.
    Doc,
    /// JSON, which is not read.
    Json,
}

impl Media {
    /// The format that a file's name ends in. `None` for others.
    pub fn of_name(name: &str) -> Option<Self> {
        let ending = name.rsplit_once('.')?.1.to_ascii_lowercase();
        Some(match ending.as_str() {
            "html" | "htm" | "xhtml" | "aspx" => Self::Html,
            "md" | "markdown" => Self::Markdown,
            "txt" | "text" => Self::Text,
            "pdf" => Self::Pdf,
            "docx" => Self::Docx,
            "odt" => Self::Odt,
            "rtf" => Self::Rtf,
            "doc" => Self::Doc,
            "json" => Self::Json,
            _ => return None,
        })
    }

    /// The format of that media type, such as `text/html; charset=utf-8`.
    pub fn of_type(media_type: &str) -> Option<Self> {
        let essence = media_type.split(';').next()?.trim().to_ascii_lowercase();
        Some(match essence.as_str() {
            "text/html" | "application/xhtml+xml" => Self::Html,
            "text/markdown" => Self::Markdown,
            "text/plain" => Self::Text,
            "application/pdf" => Self::Pdf,
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document" => Self::Docx,
            "application/vnd.oasis.opendocument.text" => Self::Odt,
            "application/rtf" | "text/rtf" | "application/x-rtf" | "text/richtext" => Self::Rtf,
            "application/msword" => Self::Doc,
            "application/json" => Self::Json,
            _ => return None,
        })
    }
}

impl Media {
    /// Its media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Html => "text/html",
            Self::Markdown => "text/markdown",
            Self::Text => "text/plain",
            Self::Pdf => "application/pdf",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Odt => "application/vnd.oasis.opendocument.text",
            Self::Rtf => "application/rtf",
            Self::Doc => "application/msword",
            Self::Json => "application/json",
        }
    }
}

/// A document to be read.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// Its bytes.
    pub bytes: &'a [u8],
    /// Its format.
    pub media: Media,
    /// The character set that the server declared.
    pub charset: Option<&'a str>,
    /// The name of its file, without or with its folder.
    pub file_name: Option<&'a str>,
    /// The table in which its council is looked for.
    pub councils: &'a Councils,
}

/// Why a document could not be read, in plain words: lower case, without a
/// full stop.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unreadable(pub String);

/// The text of a document, out of its format.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Extract {
    /// Its content.
    pub page: Page,
    /// What was wrong with parts of it.
    pub faults: Vec<Warning>,
    /// What the markup alone tells, where it is a saved page of ModernGov.
    pub moderngov: Option<Box<Reading>>,
}

/// Reads a document into items and passages.
///
/// Never fails for what a text says: what cannot be placed stays as text of
/// the item before it. [`Unreadable`] is for files without any text to read.
/// The PDF library may panic; run this in a process of its own for PDF.
pub fn document(source: &Source) -> Result<Reading, Unreadable> {
    read(extract(source.bytes, source.media, source.charset)?, source.file_name, source.councils)
}

/// Reads what [`extract`] took out of a document into items and passages.
pub fn read(extract: Extract, file_name: Option<&str>, councils: &Councils) -> Result<Reading, Unreadable> {
    let Extract { page, faults, moderngov } = extract;
    if moderngov.is_none() && !page.blocks.iter().any(Block::says_something) {
        return Err(Unreadable("empty: it holds no text".into()));
    }
    let is_marked = moderngov.is_some();
    let mut reading = moderngov.map_or_else(Reading::default, |reading| *reading);
    let heading = match is_marked || saved::read(&page.blocks, &mut reading) {
        // Such a page's first lines are of an item, not of a meeting.
        true => Heading { page: &page, lines: &[], file_name },
        false => {
            let (items, n_before) = items(&page.blocks);
            reading.items = items;
            Heading { page: &page, lines: &page.blocks[..n_before.max(1)], file_name }
        }
    };
    describe(&heading, councils, &mut reading);
    if reading.edition.is_none() && has_decisions(&reading) {
        reading.edition = Some(Edition::Minutes);
    }
    reading.attendance = attendance(&reading.items);
    reading.warnings.extend(page.warning.map(|message| Warning { at: "document".into(), message }));
    reading.warnings.extend(faults);
    Ok(reading)
}

/// Whether a text records what was decided, so that it is minutes even if it
/// does not say so.
fn has_decisions(reading: &Reading) -> bool {
    let kinds = reading.items.iter().flat_map(|item| &item.passages).map(|passage| passage.kind);
    kinds.filter(|kind| matches!(kind, Kind::Resolution | Kind::Attendance)).count() >= 2
}

/// Takes the text of a document out of its format.
///
/// The PDF library may panic, or take long: run this in a process of its own
/// for PDF.
pub fn extract(bytes: &[u8], media: Media, charset: Option<&str>) -> Result<Extract, Unreadable> {
    if bytes.is_empty() {
        return Err(Unreadable("empty file".into()));
    }
    let whole = |page: Page| Extract { page, faults: Vec::new(), moderngov: None };
    let blocks = |found: Result<Vec<Block>, String>| {
        found.map(|blocks| whole(Page { blocks, ..Page::default() })).map_err(Unreadable)
    };
    match media {
        Media::Pdf => {
            let found = pdf::blocks(bytes).map_err(Unreadable)?;
            let at = |page: Option<u32>| page.map_or("document".to_owned(), |page| format!("page {page}"));
            let warning = |(page, message)| Warning { at: at(page), message };
            let faults = found.faults.into_iter().map(warning).collect();
            Ok(Extract { faults, ..whole(Page { blocks: found.blocks, ..Page::default() }) })
        }
        Media::Docx => blocks(office::docx(bytes)),
        Media::Odt => blocks(office::odt(bytes)),
        Media::Rtf => blocks(rtf::blocks(bytes)),
        Media::Doc => Err(Unreadable("old Word format: convert it to DOCX first".into())),
        Media::Json => Err(Unreadable("JSON is not read: convert it to text or HTML first".into())),
        Media::Html | Media::Markdown | Media::Text => {
            if is_binary(bytes) {
                return Err(Unreadable("not a text: it holds binary data".into()));
            }
            let text = decode(bytes, charset);
            let is_html = media == Media::Html || (media == Media::Text && html::looks_like_html(&text));
            let saved = if is_html { moderngov::saved_page(&text) } else { None };
            let moderngov = saved.transpose().map_err(|reason| Unreadable(reason.into()))?.map(Box::new);
            Ok(Extract { moderngov, ..whole(text_page(&text, media)) })
        }
    }
}

fn text_page(text: &str, media: Media) -> Page {
    match media {
        Media::Html => html::read(text, false),
        Media::Markdown => markdown::read(text),
        _ if html::looks_like_html(text) => html::read(text, true),
        _ => Page { blocks: text::blocks(text), ..Page::default() },
    }
}

/// Whether bytes are no text: many control characters, and no mark of UTF-16.
fn is_binary(bytes: &[u8]) -> bool {
    const HEAD: usize = 8_192;
    let head = &bytes[..bytes.len().min(HEAD)];
    if head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff") {
        return false;
    }
    let is_control = |b: &&u8| **b < 0x20 && !matches!(**b, b'\n' | b'\r' | b'\t' | 0x0c | 0x1b | 0);
    head.iter().filter(is_control).count() * 20 > head.len()
        || head.starts_with(b"%PDF-")
        || head.starts_with(b"PK\x03\x04")
}
