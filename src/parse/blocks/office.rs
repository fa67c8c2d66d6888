//! Files of word processors, which are archives of XML, to blocks.
//!
//! Both formats keep the text in one part, and in others what its paragraphs
//! look like and how its lists count. What a reader of the printed page sees
//! is read: the numbers of lists are written out, hidden text is not.

mod docx;
mod lists;
mod odt;

use std::io::{Cursor, Read};

use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};

use super::pieces::paragraphs;
use super::table::{Part, Row, laid_out, nested};
use super::{Block, Style, begins_block};
use crate::parse::label::{split_label, split_number};

pub use docx::docx;
pub use odt::odt;

/// Bytes that one part of a file may unpack to; a real one is below 5 MB.
pub const MAX_UNPACKED: u64 = 64 << 20;

/// Takes parts out of a file, the first of which it must have: `Err` says why
/// it could not be read. Parts that are missing or damaged are empty.
fn unpacked<const N: usize>(bytes: &[u8], parts: [&str; N], format: &str) -> Result<[String; N], String> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| format!("not a {format} file"))?;
    let mut read = |part: &str| {
        let file = archive.by_name(part).map_err(|_| format!("not a {format} file: it has no `{part}`"))?;
        let mut xml = Vec::new();
        file.take(MAX_UNPACKED + 1).read_to_end(&mut xml).map_err(|_| format!("damaged {format} file"))?;
        if xml.len() as u64 > MAX_UNPACKED {
            return Err(format!("its text unpacks to more than {MAX_UNPACKED} bytes"));
        }
        Ok(String::from_utf8_lossy(&xml).into_owned())
    };
    let first = read(parts[0])?;
    let mut rest =
        parts.map(|part| if part == parts[0] { String::new() } else { read(part).unwrap_or_default() });
    rest[0] = first;
    Ok(rest)
}

/// What stands in XML, in order: an element's beginning, its end, or text.
enum Token<'a> {
    Start(BytesStart<'a>),
    End(String),
    Text(String),
}

/// Reads XML up to its end, or to the first fault in it; without what stands in
/// elements of the names that are `dropped`.
fn tokens(xml: &str, dropped: &[&str], mut take: impl FnMut(Token)) {
    let mut n_dropped = 0_usize;
    let mut take = |token: Token| {
        let is_dropped = |name: &str| dropped.contains(&name);
        match &token {
            Token::Start(tag) if is_dropped(name(tag)) => n_dropped += 1,
            Token::End(name) if is_dropped(name) => n_dropped = n_dropped.saturating_sub(1),
            _ if n_dropped == 0 => take(token),
            _ => {}
        }
    };
    let mut reader = Reader::from_str(xml);
    loop {
        match reader.read_event() {
            Ok(Event::Start(tag)) => take(Token::Start(tag)),
            Ok(Event::Empty(tag)) => {
                let name = name(&tag).to_owned();
                take(Token::Start(tag));
                take(Token::End(name));
            }
            Ok(Event::End(tag)) => take(Token::End(tag.local_name().as_ref().to_owned())),
            Ok(Event::Text(text)) => take(Token::Text(text.xml10_content().into_owned())),
            Ok(Event::CData(text)) => take(Token::Text(text.xml10_content().into_owned())),
            Ok(Event::GeneralRef(reference)) => take(Token::Text(referred(&reference))),
            Ok(Event::Eof) | Err(_) => return,
            Ok(_) => {}
        }
    }
}

fn name<'a>(tag: &'a BytesStart) -> &'a str {
    tag.local_name().into_inner()
}

/// The text that a reference to a character stands for; U+FFFD for an unknown one.
pub fn referred(reference: &BytesRef) -> String {
    if let Ok(Some(c)) = reference.resolve_char_ref() {
        return c.to_string();
    }
    let named = match &*reference.xml10_content() {
        "amp" => "&",
        "lt" => "<",
        "gt" => ">",
        "quot" => "\"",
        "apos" => "'",
        _ => "\u{fffd}",
    };
    named.to_owned()
}

/// The value of an element's attribute, by its name without a prefix.
pub fn attribute(tag: &BytesStart, wanted: &str) -> Option<String> {
    let mut all = tag.attributes().filter_map(Result::ok);
    let found = all.find(|attribute| attribute.key.local_name().into_inner() == wanted)?;
    Some(String::from_utf8_lossy(found.value.as_bytes()).into_owned())
}

/// The value of an element's attribute as a number.
fn number<T: std::str::FromStr>(tag: &BytesStart, wanted: &str) -> Option<T> {
    attribute(tag, wanted)?.parse().ok()
}

/// How an entry of a list is marked.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Mark {
    Bullet,
    /// As printed, such as `3.` or `(a)`.
    Label(String),
}

/// A paragraph that is being read.
#[derive(Debug, Default)]
struct Open {
    pieces: Vec<(String, bool)>,
    heading: Option<u8>,
    mark: Option<Mark>,
    /// How many lists it stands in.
    depth: u8,
}

impl Open {
    fn push(&mut self, text: &str, bold: bool) {
        self.pieces.push((text.to_owned(), bold));
    }

    fn blocks(self) -> Vec<Block> {
        let Self { pieces, heading, mut mark, depth } = self;
        let mut blocks = Vec::new();
        for mut line in paragraphs(pieces, None) {
            let (style, depth) = match (heading, mark.take()) {
                // A label that somebody wrote is the one that is meant.
                (None, Some(_)) if begins_block(&line.text) => (Style::Paragraph, depth),
                (None, Some(Mark::Bullet)) => (Style::Bullet, depth),
                (None, Some(Mark::Label(label))) if is_clause(&label) => (Style::Numbered(label), depth),
                (_, Some(Mark::Label(label))) => {
                    line.number(&label);
                    (heading.map_or(Style::Paragraph, Style::Heading), 0)
                }
                (Some(level), _) => (Style::Heading(level), depth),
                (None, None) => (Style::Paragraph, depth),
            };
            blocks.extend(line.block(style, depth));
        }
        blocks
    }
}

/// Whether a label is one of clauses, and no number of several parts, which
/// stands in its paragraph's text.
fn is_clause(label: &str) -> bool {
    split_number(label).is_none() && split_label(label).is_some_and(|(_, rest)| rest.is_empty())
}

/// Tables within tables; what is in deeper ones stands in the cell around them.
const MAX_TABLES: usize = 8;

/// Puts paragraphs and tables together.
#[derive(Debug, Default)]
struct Writer {
    parts: Vec<Part>,
    /// The open tables, outermost first.
    tables: Vec<Vec<Row>>,
    /// How many more are open in the innermost of them.
    n_deeper: usize,
    /// Paragraphs that have begun and not ended: one may hold a box of text
    /// with others.
    open: Vec<Open>,
}

impl Writer {
    fn begin(&mut self, paragraph: Open) {
        self.open.push(paragraph);
    }

    fn push(&mut self, text: &str, bold: bool) {
        if let Some(paragraph) = self.open.last_mut() {
            paragraph.push(text, bold);
        }
    }

    fn end(&mut self) {
        let blocks = self.open.pop().map(Open::blocks).unwrap_or_default();
        blocks.into_iter().for_each(|block| self.put(block));
    }

    fn put(&mut self, block: Block) {
        match self.tables.last_mut() {
            Some(rows) => {
                if rows.is_empty() {
                    rows.push(Row::new());
                }
                let row = rows.last_mut().expect("one was pushed where there was none");
                if row.is_empty() {
                    row.push(Vec::new());
                }
                row.last_mut().expect("one was pushed where there was none").push(block);
            }
            None => self.parts.push(Part::Block(block)),
        }
    }

    fn begin_table(&mut self) {
        match self.tables.len() < MAX_TABLES {
            true => self.tables.push(Vec::new()),
            false => self.n_deeper += 1,
        }
    }

    fn begin_row(&mut self) {
        if let (0, Some(rows)) = (self.n_deeper, self.tables.last_mut()) {
            rows.push(Row::new());
        }
    }

    fn begin_cell(&mut self) {
        let row = self.tables.last_mut().and_then(|rows| rows.last_mut());
        if let (0, Some(row)) = (self.n_deeper, row) {
            row.push(Vec::new());
        }
    }

    fn end_table(&mut self) {
        if self.n_deeper > 0 {
            self.n_deeper -= 1;
            return;
        }
        let Some(rows) = self.tables.pop() else { return };
        match self.tables.is_empty() {
            true => self.parts.push(Part::Table(rows)),
            false => nested(rows).into_iter().for_each(|block| self.put(block)),
        }
    }

    /// The blocks of all that was read, also of what never ended.
    fn finish(mut self) -> Result<Vec<Block>, String> {
        while !self.open.is_empty() {
            self.end();
        }
        self.n_deeper = 0;
        while !self.tables.is_empty() {
            self.end_table();
        }
        let blocks = laid_out(self.parts);
        if blocks.is_empty() { Err("empty: it holds no text".into()) } else { Ok(blocks) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_archive_is_refused_with_a_reason() {
        assert_eq!(docx(b"hello").unwrap_err(), "not a DOCX file");
        assert_eq!(odt(b"hello").unwrap_err(), "not a ODT file");
    }
}
