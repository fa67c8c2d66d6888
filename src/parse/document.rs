//! A whole document: bytes to a [`Reading`].

use serde::{Deserialize, Serialize};

use crate::model::{Attendance, Councils, Defect, Edition, ItemPassage, Kind, Reading, Warning};

use super::acts::mark_exempt;
use super::attendance::attendance;
use super::blocks::{Block, Page, html, markdown, office, pdf, rtf, text};
use super::charset::decode;
use super::heading::{Heading, describe, other_page};
use super::kind::{Act, act_of};
use super::minutes::items;
use super::{cmis, moderngov, saved};

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
    /// Word before 2007, which needs a program that converts it.
    Doc,
    /// XML: a meeting as the web service of ModernGov gives it.
    Xml,
    /// JSON, which is not read.
    Json,
    /// JSON Lines: passages, read already.
    Passages,
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
            "doc" | "dot" => Self::Doc,
            "xml" => Self::Xml,
            "json" => Self::Json,
            "jsonl" | "ndjson" => Self::Passages,
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
            "text/xml" | "application/xml" => Self::Xml,
            "application/json" => Self::Json,
            "application/jsonl" | "application/x-ndjson" => Self::Passages,
            _ => return None,
        })
    }

    /// The format that bytes show by how they begin. `None` when they do not:
    /// text has no mark, and a ZIP archive may be anything.
    pub fn of_bytes(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [b'%', b'P', b'D', b'F', b'-', ..] => Some(Self::Pdf),
            [b'{', b'\\', b'r', b't', b'f', ..] => Some(Self::Rtf),
            // The compound file that Word wrote before 2007.
            [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, ..] => Some(Self::Doc),
            _ => None,
        }
    }

    /// What a file of a word processor is, whatever it is called: RTF, pages
    /// and DOCX are saved under the name `.doc`, and the other way round.
    pub fn seen_in(self, bytes: &[u8]) -> Self {
        let is_of_words = matches!(self, Self::Docx | Self::Odt | Self::Rtf | Self::Doc);
        if !is_of_words {
            return self;
        }
        if let Some(seen) = Self::of_bytes(bytes) {
            return seen;
        }
        let is_zip = bytes.starts_with(b"PK\x03\x04");
        match self {
            Self::Doc | Self::Rtf if is_zip => Self::Docx,
            Self::Doc | Self::Rtf if begins_like_html(bytes) => Self::Html,
            Self::Doc if !is_binary(bytes) => Self::Text,
            _ => self,
        }
    }

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
            Self::Xml => "text/xml",
            Self::Json => "application/json",
            Self::Passages => "application/jsonl",
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

/// Why a document could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{reason}")]
pub struct Unreadable {
    /// What kind of reason it is.
    pub defect: Defect,
    /// In plain words: lower case, without a full stop.
    pub reason: String,
    /// What may read it all the same; `None` when nothing will.
    pub helper: Option<Helper>,
}

impl Unreadable {
    /// A document that nothing will read.
    pub fn new(defect: Defect, reason: impl Into<String>) -> Self {
        Self { defect, reason: reason.into(), helper: None }
    }

    /// A document that something else may read.
    pub fn but_for(helper: Helper, defect: Defect, reason: impl Into<String>) -> Self {
        Self { defect, reason: reason.into(), helper: Some(helper) }
    }
}

/// What may read a document that this module cannot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Helper {
    /// Another reader of PDF.
    SecondReader,
    /// The recognition of text in pictures.
    Ocr,
    /// A program that converts old Word files.
    Converter,
}

/// The text of a document, out of its format.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Extract {
    /// Its content.
    pub page: Page,
    /// What was wrong with parts of it.
    pub faults: Vec<Warning>,
    /// What the markup alone tells, where it is a saved page of ModernGov or CMIS.
    pub moderngov: Option<Box<Reading>>,
    /// Whether pages could not be read that another reader may read.
    pub is_partial: bool,
    /// Whether it is damaged, so that parts of it may be missing.
    pub is_damaged: bool,
}

impl Extract {
    /// A page, of which nothing more is known.
    fn of(page: Page) -> Self {
        Self { page, faults: Vec::new(), moderngov: None, is_partial: false, is_damaged: false }
    }

    /// The text that another program made of a document, form feeds between
    /// its pages; never taken for HTML.
    pub fn of_plain(text: &str) -> Self {
        Self::of(Page { blocks: text::printed(text), ..Page::default() })
    }

    /// The words of a PDF and their places, as `pdftotext -bbox` gives them.
    pub fn of_words(xhtml: &str) -> Result<Self, Unreadable> {
        pdf::from_words(xhtml).map(Self::from)
    }

    /// The same, with a note on how the document was read.
    pub fn noting(mut self, message: impl Into<String>) -> Self {
        self.faults.push(Warning { at: "document".into(), message: message.into() });
        self
    }
}

impl From<pdf::PdfText> for Extract {
    fn from(found: pdf::PdfText) -> Self {
        let at = |page: Option<u32>| page.map_or("document".to_owned(), |page| format!("page {page}"));
        let warning = |(page, message)| Warning { at: at(page), message };
        Self {
            faults: found.faults.into_iter().map(warning).collect(),
            is_partial: found.is_partial,
            is_damaged: found.is_damaged,
            ..Self::of(Page { blocks: found.blocks, ..Page::default() })
        }
    }
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
    let Extract { page, faults, moderngov, is_partial, is_damaged } = extract;
    if moderngov.is_none() && !page.blocks.iter().any(Block::says_something) {
        return Err(Unreadable::new(Defect::Empty, "empty: it holds no text"));
    }
    let is_marked = moderngov.is_some();
    if !is_marked && let Some(what) = other_page(&page.title, &first_texts(&page)) {
        return Err(Unreadable::new(Defect::WrongContent, what));
    }
    let mut reading = moderngov.map_or_else(Reading::default, |reading| *reading);
    let heading = match is_marked || saved::read(&page.blocks, &mut reading) {
        // Such a page's first lines are of an item, not of a meeting.
        true => Heading { page: &page, lines: &[], file_name },
        false => {
            let (items, n_before) = items(&page.blocks);
            reading.items = items;
            Heading {
                page: &page,
                lines: &page.blocks[..n_before.max(N_HEADING).min(page.blocks.len())],
                file_name,
            }
        }
    };
    describe(&heading, councils, &mut reading);
    if reading.edition.is_none() && has_decisions(&reading) {
        reading.edition = Some(Edition::Minutes);
    }
    // An agenda may list who is on the body: that is no attendance.
    if reading.attendance == Attendance::default() && reading.edition != Some(Edition::Agenda) {
        reading.attendance = attendance(&reading.items);
    }
    mark_exempt(&mut reading.items);
    reading.warnings.extend(page.warning.map(|message| Warning { at: "document".into(), message }));
    reading.warnings.extend(faults);
    reading.is_partial = is_partial || is_damaged;
    Ok(reading)
}

/// How many blocks may be of a document's heading in any case: its lines in
/// capitals are easily taken for items.
const N_HEADING: usize = 5;

/// What a page begins with.
fn first_texts(page: &Page) -> Vec<&str> {
    page.blocks.iter().take(2).map(|block| block.text.as_str()).collect()
}

/// Whether a text records who was there or what was decided, in the words that
/// clerks use for it, so that it is minutes even if it does not say so. A report
/// tells in other words that something was agreed.
fn has_decisions(reading: &Reading) -> bool {
    let passages = reading.items.iter().flat_map(|item| &item.passages);
    let is_record = |passage: &&ItemPassage| match passage.kind {
        Kind::Attendance => true,
        Kind::Resolution => matches!(act_of(&passage.text), Act::Rules(_)),
        _ => false,
    };
    passages.filter(is_record).count() > 0
}

/// Takes the text of a document out of its format.
///
/// The PDF library may panic, or take long: run this in a process of its own
/// for PDF.
pub fn extract(bytes: &[u8], media: Media, charset: Option<&str>) -> Result<Extract, Unreadable> {
    if bytes.is_empty() {
        return Err(Unreadable::new(Defect::Empty, "empty file"));
    }
    let blocks = |found: Result<Vec<Block>, String>| {
        let damaged = |reason| Unreadable::new(Defect::Damaged, reason);
        found.map(|blocks| Extract::of(Page { blocks, ..Page::default() })).map_err(damaged)
    };
    match media.seen_in(bytes) {
        Media::Pdf => pdf::blocks(bytes).map(Extract::from),
        Media::Docx => blocks(office::docx(bytes)),
        Media::Odt => blocks(office::odt(bytes)),
        Media::Rtf => blocks(rtf::blocks(bytes)),
        Media::Doc => Err(Unreadable::but_for(Helper::Converter, Defect::Format, "old Word format")),
        Media::Json => {
            let reason = "JSON is not read: convert it to text or HTML first";
            Err(Unreadable::new(Defect::Format, reason))
        }
        Media::Passages => {
            let reason = "its passages are read already: `scrutineer add` takes them";
            Err(Unreadable::new(Defect::Format, reason))
        }
        Media::Xml => xml_extract(bytes, charset),
        media @ (Media::Html | Media::Markdown | Media::Text) => text_extract(bytes, media, charset),
    }
}

fn xml_extract(bytes: &[u8], charset: Option<&str>) -> Result<Extract, Unreadable> {
    let other = |wrong: moderngov::Wrong| Unreadable::new(Defect::WrongContent, wrong.to_string());
    let reading = moderngov::meeting_reading(&decode(bytes, charset)).map_err(other)?;
    Ok(Extract { moderngov: Some(Box::new(reading)), ..Extract::of(Page::default()) })
}

fn text_extract(bytes: &[u8], media: Media, charset: Option<&str>) -> Result<Extract, Unreadable> {
    if is_binary(bytes) {
        return Err(Unreadable::new(Defect::WrongContent, "not a text: it holds binary data"));
    }
    let text = decode(bytes, charset);
    let is_html = media == Media::Html || (media == Media::Text && html::looks_like_html(&text));
    let by_marks = || moderngov::saved_page(&text).or_else(|| cmis::saved_page(&text));
    let saved = if is_html { by_marks() } else { None };
    let other = |reason| Unreadable::new(Defect::WrongContent, reason);
    let moderngov = saved.transpose().map_err(other)?.map(Box::new);
    Ok(Extract { moderngov, ..Extract::of(text_page(&text, media)) })
}

fn text_page(text: &str, media: Media) -> Page {
    match media {
        Media::Html => html::read(text, false),
        Media::Markdown => markdown::read(text),
        _ if html::looks_like_html(text) => html::read(text, true),
        _ => Page { blocks: text::blocks(text), ..Page::default() },
    }
}

/// Whether bytes begin as a page does, after white space and a mark of UTF-8.
fn begins_like_html(bytes: &[u8]) -> bool {
    let head = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    let head = head[..head.len().min(16)].to_ascii_lowercase();
    [b"<html".as_slice(), b"<!doctype html", b"<?xml", b"<head", b"<body"]
        .iter()
        .any(|mark| head.starts_with(mark))
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
        || Media::of_bytes(head).is_some()
        || head.starts_with(b"PK\x03\x04")
}
