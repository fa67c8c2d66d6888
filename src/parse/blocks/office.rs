//! DOCX and ODT to blocks: paragraphs, headings, lists, tables.

use std::io::{Cursor, Read};

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::pieces::{Paragraph, table_row};
use super::{Block, Style, begins_block};

/// Bytes that the text of a file may unpack to; a real one is below 5 MB.
pub const MAX_UNPACKED: u64 = 64 << 20;

/// The blocks of a DOCX file, or why it could not be read.
pub fn docx(bytes: &[u8]) -> Result<Vec<Block>, String> {
    read(bytes, "word/document.xml", "DOCX")
}

/// The blocks of an ODT file, or why it could not be read.
pub fn odt(bytes: &[u8]) -> Result<Vec<Block>, String> {
    read(bytes, "content.xml", "ODT")
}

fn read(bytes: &[u8], part: &str, format: &str) -> Result<Vec<Block>, String> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| format!("not a {format} file"))?;
    let file = archive.by_name(part).map_err(|_| format!("not a {format} file: it has no `{part}`"))?;
    let mut xml = Vec::new();
    file.take(MAX_UNPACKED + 1).read_to_end(&mut xml).map_err(|_| format!("damaged {format} file"))?;
    if xml.len() as u64 > MAX_UNPACKED {
        return Err(format!("its text unpacks to more than {MAX_UNPACKED} bytes"));
    }
    let blocks = blocks(&String::from_utf8_lossy(&xml), format == "DOCX");
    if blocks.is_empty() { Err("empty: it holds no text".into()) } else { Ok(blocks) }
}

/// The blocks of the XML of either format; the names of their elements differ,
/// so that one reader serves both. Of DOCX only runs of text count: places of
/// pictures stand in its paragraphs too. Stops at the first fault in the XML and
/// keeps what came before.
fn blocks(xml: &str, in_runs: bool) -> Vec<Block> {
    let mut reader = Reader::from_str(xml);
    let mut writer = Writer { in_runs, ..Writer::default() };
    loop {
        match reader.read_event() {
            Ok(Event::Start(tag)) => writer.start(&tag),
            Ok(Event::Empty(tag)) => {
                writer.start(&tag);
                writer.end(name(&tag));
            }
            Ok(Event::End(tag)) => writer.end(tag.local_name().as_ref()),
            Ok(Event::Text(text)) => writer.text(&text.xml10_content()),
            Ok(Event::CData(text)) => writer.text(&text.xml10_content()),
            Ok(Event::GeneralRef(reference)) => writer.text(&referred(&reference)),
            Ok(Event::Eof) | Err(_) => break,
            Ok(_) => {}
        }
    }
    writer.flush();
    writer.out
}

fn name<'a>(tag: &'a BytesStart) -> &'a str {
    tag.local_name().into_inner()
}

/// The text that a reference to a character stands for; U+FFFD for an unknown one.
pub fn referred(reference: &quick_xml::events::BytesRef) -> String {
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

#[derive(Default)]
struct Writer {
    out: Vec<Block>,
    line: Option<Paragraph>,
    heading: Option<u8>,
    bold: bool,
    /// List level of the paragraph (DOCX) or of the open lists (ODT).
    depth: u8,
    n_lists: u8,
    /// Elements open whose text is not the document's: deleted text, notes.
    n_dropped: usize,
    in_text: usize,
    /// Whether text is only in the elements that hold a run's text.
    in_runs: bool,
    is_run: bool,
    /// The blocks of each cell of the open row, by table.
    rows: Vec<Vec<Vec<Block>>>,
}

impl Writer {
    fn start(&mut self, tag: &BytesStart) {
        match name(tag) {
            "p" | "h" => {
                self.flush();
                self.line = Some(Paragraph::new());
                self.depth = self.n_lists;
                self.in_text += 1;
                if name(tag) == "h" {
                    let level = attribute(tag, "outline-level").and_then(|level| level.parse().ok());
                    self.heading = Some(level.unwrap_or(1).clamp(1, 6));
                }
            }
            "pStyle" => self.heading = attribute(tag, "val").and_then(|style| heading_level(&style)),
            "ilvl" => {
                let level: u8 = attribute(tag, "val").and_then(|level| level.parse().ok()).unwrap_or(0);
                self.depth = level.saturating_add(1);
            }
            "numPr" => self.depth = self.depth.max(1),
            "list" => self.n_lists = self.n_lists.saturating_add(1),
            "r" => self.bold = false,
            "t" => self.is_run = true,
            "b" => self.bold = !matches!(attribute(tag, "val").as_deref(), Some("0" | "false")),
            "tab" | "s" => self.push(" "),
            "br" | "cr" | "line-break" => self.push(" "),
            "noBreakHyphen" => self.push("-"),
            "tr" | "table-row" => self.rows.push(Vec::new()),
            "tc" | "table-cell" => {
                self.flush();
                if let Some(row) = self.rows.last_mut() {
                    row.push(Vec::new());
                }
            }
            "instrText" | "delText" | "tracked-changes" | "annotation" | "note" | "forms" => {
                self.n_dropped += 1
            }
            _ => {}
        }
    }

    fn end(&mut self, name: &str) {
        match name {
            "p" | "h" => {
                self.flush();
                self.in_text = self.in_text.saturating_sub(1);
            }
            "list" => self.n_lists = self.n_lists.saturating_sub(1),
            "r" => self.bold = false,
            "t" => self.is_run = false,
            "tc" | "table-cell" => self.flush(),
            "tr" | "table-row" => self.end_row(),
            "instrText" | "delText" | "tracked-changes" | "annotation" | "note" | "forms" => {
                self.n_dropped = self.n_dropped.saturating_sub(1);
            }
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        if self.in_text > 0 && (self.is_run || !self.in_runs) {
            self.push(text);
        }
    }

    fn push(&mut self, text: &str) {
        if self.n_dropped == 0
            && let Some(line) = &mut self.line
        {
            line.push(text, self.bold);
        }
    }

    fn flush(&mut self) {
        let heading = self.heading.take();
        let Some(line) = self.line.take() else { return };
        let style = match heading {
            Some(level) => Style::Heading(level),
            // Word counts its lists itself; a literal label is better known.
            None if self.depth > 0 && !begins_block(&line.text) => Style::Bullet,
            None => Style::Paragraph,
        };
        if let Some(block) = line.block(style, self.depth) {
            self.put(block);
        }
    }

    fn put(&mut self, block: Block) {
        match self.rows.last_mut().and_then(|row| row.last_mut()) {
            Some(cell) => cell.push(block),
            None => self.out.push(block),
        }
    }

    fn end_row(&mut self) {
        self.flush();
        let Some(cells) = self.rows.pop() else { return };
        for block in table_row(cells) {
            self.put(block);
        }
    }
}

fn heading_level(style: &str) -> Option<u8> {
    let style = style.to_ascii_lowercase();
    if style == "title" {
        return Some(1);
    }
    style.strip_prefix("heading")?.trim().parse().ok().filter(|level| (1..=6).contains(level))
}

/// The value of an element's attribute, by its name without a prefix.
pub fn attribute(tag: &BytesStart, wanted: &str) -> Option<String> {
    let mut all = tag.attributes().filter_map(Result::ok);
    let found = all.find(|attribute| attribute.key.local_name().into_inner() == wanted)?;
    Some(String::from_utf8_lossy(found.value.as_bytes()).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_lists_and_tables_are_told_apart() {
        let xml = r#"<w:document xmlns:w="w"><w:body>
            <w:p><w:pPr><w:pStyle w:val="Heading1"/></w:pPr><w:r><w:t>Minutes</w:t></w:r></w:p>
            <w:p><w:r><w:rPr><w:b/></w:rPr><w:t>1.</w:t><w:tab/><w:t>Fees &amp; charges</w:t></w:r></w:p>
            <w:p><w:pPr><w:numPr><w:ilvl w:val="1"/></w:numPr></w:pPr><w:r><w:t>a point</w:t></w:r></w:p>
            <w:tbl><w:tr><w:tc><w:p><w:r><w:t>Smith</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>Here</w:t></w:r></w:p></w:tc></w:tr></w:tbl>
            </w:body></w:document>"#;
        let found: Vec<(Style, String, bool, u8)> = blocks(xml, true)
            .into_iter()
            .map(|block| (block.style, block.text, block.bold, block.depth))
            .collect();
        assert_eq!(
            found,
            [
                (Style::Heading(1), "Minutes".into(), false, 0),
                (Style::Paragraph, "1. Fees & charges".into(), true, 0),
                (Style::Bullet, "a point".into(), false, 2),
                (Style::Row, "Smith | Here".into(), false, 0),
            ]
        );
    }

    #[test]
    fn what_is_no_archive_is_refused_with_a_reason() {
        assert_eq!(docx(b"hello").unwrap_err(), "not a DOCX file");
    }
}
