//! PDF to blocks: glyphs with their places and weights to lines, lines to
//! paragraphs.
//!
//! The PDF library may panic or loop on a damaged file. The program runs this
//! reader in a process of its own for that reason.

mod furniture;
mod lines;
mod mend;
mod paragraphs;
mod repair;
mod weight;

use std::panic::{AssertUnwindSafe, catch_unwind};

use pdf_extract::{
    Dictionary, Document, MediaBox, Object, ObjectId, OutputDev, OutputError, Transform, output_doc_page,
};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::Block;
use super::office::{attribute, referred};
use crate::model::Defect;
use crate::parse::{Helper, Unreadable};
use furniture::drop_furniture;
use lines::{Line, lines};
use mend::mend;
use paragraphs::paragraphs;
use repair::repair;
use weight::weights;

pub use furniture::is_page_number;

/// Pages that are read of one file; the longest real pack has some 1,000.
pub const MAX_PAGES: usize = 5_000;
/// Characters that are read of one file.
pub const MAX_CHARACTERS: usize = 40_000_000;
/// Characters a page, on average, below which the pages are taken for
/// pictures of text.
pub const MIN_CHARACTERS_PER_PAGE: usize = 30;

/// The share of characters without a meaning, from which on a text is taken
/// for one whose fonts do not say what their glyphs mean.
const GARBLED: f64 = 0.25;

/// What a PDF gave: its blocks, and what was wrong with some of its pages.
#[derive(Debug, Clone, Default)]
pub struct PdfText {
    /// The blocks, each with its page.
    pub blocks: Vec<Block>,
    /// A page, or `None` for the whole file, and what was wrong with it.
    pub faults: Vec<(Option<u32>, String)>,
    /// Whether pages could not be read in full.
    pub is_partial: bool,
    /// Whether the file is damaged, so that parts of it may be missing.
    pub is_damaged: bool,
}

/// Reads a PDF, or says plainly why it cannot be read.
pub fn blocks(bytes: &[u8]) -> Result<PdfText, Unreadable> {
    let head = &bytes[..bytes.len().min(1_024)];
    if !head.windows(5).any(|window| window == b"%PDF-") {
        return Err(Unreadable::new(Defect::WrongContent, "not a PDF"));
    }
    let (mut document, is_mended) = load(bytes)?;
    let is_damaged = repair(&mut document);
    let pages = document.get_pages();
    if pages.is_empty() {
        return Err(but_for_second("damaged PDF: it has no pages"));
    }
    if pages.len() > MAX_PAGES {
        return Err(Unreadable::new(Defect::TooLong, format!("the PDF has more than {MAX_PAGES} pages")));
    }
    let mut faults = Vec::new();
    if is_mended {
        let message = "the file is damaged: its objects were searched for, and some may be missing";
        faults.push((None, message.to_owned()));
    }
    if is_damaged {
        let message = "the file lacks parts of its fonts: words may be wrong or missing";
        faults.push((None, message.to_owned()));
    }
    let mut glyphs = Glyphs::default();
    let mut is_partial = false;
    for (number, page) in &pages {
        glyphs.weights = weights(&document, *page).into_iter();
        if let Err(reason) = draw(&document, &mut glyphs, *number) {
            is_partial = true;
            faults.push((Some(*number), format!("could not be read in full: {reason}")));
        }
    }
    for (number, page) in &pages {
        let is_bare = glyphs.pages.iter().all(|sheet| sheet.number != *number || sheet.n_inked() == 0);
        if is_bare && has_pictures(&document, *page) {
            faults.push((Some(*number), "no text on it, but a picture, which may be of text".to_owned()));
        }
    }
    drop_weight_of_all(&mut glyphs.pages);
    check(&glyphs.pages, pages.len()).map_err(|unreadable| match (is_partial, is_mended) {
        (true, _) => but_for_second("damaged PDF: its pages cannot be read"),
        (_, true) => but_for_second("damaged PDF: what is left of it has no text"),
        _ => unreadable,
    })?;
    let mut pages: Vec<Vec<Line>> = glyphs.pages.into_iter().map(lines).collect();
    drop_furniture(&mut pages);
    let is_damaged = is_mended || is_damaged;
    Ok(PdfText { blocks: paragraphs(pages), faults, is_partial, is_damaged })
}

/// A file that another reader may read.
fn but_for_second(reason: &str) -> Unreadable {
    Unreadable::but_for(Helper::SecondReader, Defect::Damaged, reason)
}

/// Loads a PDF, also one whose end or table of objects is lost. Says whether
/// it had to be mended.
fn load(bytes: &[u8]) -> Result<(Document, bool), Unreadable> {
    let (mut document, is_mended) = match Document::load_mem(bytes) {
        Ok(document) if !document.get_pages().is_empty() || document.is_encrypted() => (document, false),
        loaded => match mend(bytes) {
            Some(document) => (document, true),
            None => {
                let reason = loaded.err().map_or("it has no pages".to_owned(), |error| error.to_string());
                return Err(but_for_second(&format!("damaged PDF: {reason}")));
            }
        },
    };
    if document.is_encrypted() && document.decrypt("").is_err() {
        return Err(Unreadable::new(Defect::Encrypted, "encrypted PDF: it needs a password"));
    }
    Ok((document, is_mended))
}

/// Draws a page. The PDF library panics at much that viewers let pass; the
/// other pages are read all the same.
fn draw(document: &Document, glyphs: &mut Glyphs, number: u32) -> Result<(), String> {
    // What a panic leaves behind is the glyphs drawn so far, which are sound.
    let drawing = AssertUnwindSafe(|| output_doc_page(document, glyphs, number));
    match catch_unwind(drawing) {
        Ok(drawn) => drawn.map_err(|error| error.to_string()),
        Err(_) => Err("the PDF library failed on it".to_owned()),
    }
}

/// Takes the weight off a document that is bold nearly throughout, in which it
/// says nothing.
fn drop_weight_of_all(pages: &mut [Sheet]) {
    let glyphs = || pages.iter().flat_map(|page| &page.glyphs);
    if glyphs().filter(|glyph| glyph.bold).count() * 10 > glyphs().count() * 7 {
        pages.iter_mut().flat_map(|page| &mut page.glyphs).for_each(|glyph| glyph.bold = false);
    }
}

/// Whether a page holds pictures.
fn has_pictures(document: &Document, page: ObjectId) -> bool {
    let Ok((inline, referred)) = document.get_page_resources(page) else { return false };
    let referred = referred.into_iter().filter_map(|id| document.get_dictionary(id).ok());
    let resources = inline.into_iter().chain(referred);
    let drawn =
        resources.filter_map(|resources| resources.get_deref(b"XObject", document).ok()?.as_dict().ok());
    drawn.flat_map(Dictionary::iter).any(|(_, object)| {
        let stream = document.dereference(object).ok().and_then(|(_, object)| object.as_stream().ok());
        let kind = stream.and_then(|stream| stream.dict.get(b"Subtype").and_then(Object::as_name).ok());
        kind.is_some_and(|kind| kind == b"Image")
    })
}

/// Whether the pages have text that can be read; else why not.
fn check(pages: &[Sheet], n_pages: usize) -> Result<(), Unreadable> {
    let n_inked: usize = pages.iter().map(Sheet::n_inked).sum();
    if n_inked < MIN_CHARACTERS_PER_PAGE * n_pages {
        return Err(Unreadable::but_for(
            Helper::Ocr,
            Defect::NoTextLayer,
            "no text layer: the pages are pictures, or nearly empty; `scrutineer index --ocr` may read them",
        ));
    }
    let texts = pages.iter().flat_map(|page| &page.glyphs).flat_map(|glyph| glyph.text.chars());
    // U+FFFD, control characters, and the private area, which fonts of symbols
    // use for bullets.
    let is_odd = |c: &char| matches!(c, '\u{fffd}' | '\u{e000}'..='\u{f8ff}') || c.is_control();
    let n_odd = texts.filter(is_odd).count();
    if n_odd as f64 > GARBLED * n_inked as f64 {
        return Err(Unreadable::but_for(
            Helper::Ocr,
            Defect::NoTextLayer,
            "no text layer that can be read: its fonts do not say which letters they draw; \
             `scrutineer index --ocr` may read them",
        ));
    }
    Ok(())
}

/// Reads the words of a PDF and their places, as `pdftotext -bbox` gives them.
///
/// Each word is taken for one glyph, so that lines, rows and paragraphs are
/// made as from the glyphs that this module reads itself.
pub fn from_words(xhtml: &str) -> Result<PdfText, Unreadable> {
    let mut reader = Reader::from_str(xhtml);
    reader.config_mut().check_end_names = false;
    let mut pages: Vec<Sheet> = Vec::new();
    let mut word: Option<Glyph> = None;
    loop {
        match reader.read_event() {
            Ok(Event::Start(tag)) => match tag.local_name().as_ref() {
                "page" => {
                    let height = number_of(&tag, "height").unwrap_or(1.0);
                    pages.push(Sheet { number: pages.len() as u32 + 1, height, glyphs: Vec::new() });
                }
                "word" => word = placed(&tag),
                _ => {}
            },
            Ok(Event::Text(text)) => {
                if let Some(word) = &mut word {
                    word.text.push_str(&spelt_out(&text.xml10_content()));
                }
            }
            Ok(Event::GeneralRef(reference)) => {
                if let Some(word) = &mut word {
                    word.text.push_str(&referred(&reference));
                }
            }
            Ok(Event::End(tag)) if tag.local_name().as_ref() == "word" => {
                if let (Some(page), Some(word)) = (pages.last_mut(), word.take()) {
                    page.glyphs.push(word);
                }
            }
            Ok(Event::Eof) | Err(_) => break,
            Ok(_) => {}
        }
    }
    if pages.is_empty() || pages.len() > MAX_PAGES {
        let reason = format!("damaged PDF: it has no pages, or more than {MAX_PAGES}");
        return Err(Unreadable::new(Defect::Damaged, reason));
    }
    check(&pages, pages.len())?;
    let mut pages: Vec<Vec<Line>> = pages.into_iter().map(lines).collect();
    drop_furniture(&mut pages);
    Ok(PdfText { blocks: paragraphs(pages), ..PdfText::default() })
}

/// A word without its text, by the box around it.
fn placed(tag: &BytesStart) -> Option<Glyph> {
    /// The part of a line's box that is above the base line, in most fonts.
    const ABOVE: f64 = 0.8;
    let (x, end) = (number_of(tag, "xMin")?, number_of(tag, "xMax")?);
    let (top, bottom) = (number_of(tag, "yMin")?, number_of(tag, "yMax")?);
    // A line's box is a little higher than its type.
    let size = (bottom - top) / 1.15;
    let y = top + ABOVE * (bottom - top);
    Some(Glyph { x, y, end, size, bold: false, text: String::new() })
}

fn number_of(tag: &BytesStart, name: &str) -> Option<f64> {
    attribute(tag, name)?.parse().ok().filter(|number: &f64| number.is_finite())
}

/// A character or ligature and where it stands, in points from the top left.
struct Glyph {
    x: f64,
    y: f64,
    end: f64,
    size: f64,
    bold: bool,
    text: String,
}

struct Sheet {
    number: u32,
    height: f64,
    glyphs: Vec<Glyph>,
}

impl Sheet {
    /// How many characters leave ink.
    fn n_inked(&self) -> usize {
        let letters = self.glyphs.iter().flat_map(|glyph| glyph.text.chars());
        letters.filter(|c| !c.is_whitespace()).count()
    }
}

/// Collects what the PDF library draws.
#[derive(Default)]
struct Glyphs {
    pages: Vec<Sheet>,
    top: f64,
    n: usize,
    /// Of the page that is drawn, which of the texts to come are bold.
    weights: std::vec::IntoIter<bool>,
    is_bold: bool,
}

impl OutputDev for Glyphs {
    fn begin_page(
        &mut self,
        number: u32,
        media: &MediaBox,
        _art: Option<(f64, f64, f64, f64)>,
    ) -> Result<(), OutputError> {
        self.top = media.ury;
        self.pages.push(Sheet { number, height: media.ury - media.lly, glyphs: Vec::new() });
        Ok(())
    }

    fn end_page(&mut self) -> Result<(), OutputError> {
        Ok(())
    }

    fn output_character(
        &mut self,
        place: &Transform,
        width: f64,
        _spacing: f64,
        font_size: f64,
        text: &str,
    ) -> Result<(), OutputError> {
        self.n += 1;
        let Some(page) = self.pages.last_mut() else { return Ok(()) };
        let size = font_size * (place.m11 * place.m22 - place.m12 * place.m21).abs().sqrt();
        let across = font_size * place.m11.hypot(place.m12);
        let is_sound = [size, across, place.m31, place.m32, width].iter().all(|value| value.is_finite());
        if self.n > MAX_CHARACTERS || !is_sound {
            return Ok(());
        }
        let x = place.m31;
        let y = self.top - place.m32;
        let (end, bold) = (x + width * across, self.is_bold);
        page.glyphs.push(Glyph { x, y, end, size, bold, text: spelt_out(text) });
        Ok(())
    }

    fn begin_word(&mut self) -> Result<(), OutputError> {
        self.is_bold = self.weights.next().unwrap_or(false);
        Ok(())
    }

    fn end_word(&mut self) -> Result<(), OutputError> {
        Ok(())
    }

    fn end_line(&mut self) -> Result<(), OutputError> {
        Ok(())
    }
}

/// Ligatures as letters, so that `ﬁnance` is found as finance.
fn spelt_out(text: &str) -> String {
    text.chars().fold(String::new(), |mut spelt, c| {
        match c {
            'ﬀ' => spelt.push_str("ff"),
            'ﬁ' => spelt.push_str("fi"),
            'ﬂ' => spelt.push_str("fl"),
            'ﬃ' => spelt.push_str("ffi"),
            'ﬄ' => spelt.push_str("ffl"),
            'ﬅ' | 'ﬆ' => spelt.push_str("st"),
            _ => spelt.push(c),
        }
        spelt
    })
}

/// The value that this share of the others does not pass; `None` of none.
fn quantile(mut values: Vec<f64>, share: f64) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get((values.len() as f64 * share) as usize).copied()
}

/// A page typed on a grid, twelve points to a line and five to a letter; what
/// stands between stars is bold.
#[cfg(test)]
fn typed(number: u32, text: &str) -> Sheet {
    let mut glyphs = Vec::new();
    for (row, line) in text.lines().enumerate() {
        let (mut x, mut bold, y) = (0.0, false, 40.0 + 12.0 * row as f64);
        for c in line.chars() {
            if c == '*' {
                bold = !bold;
                continue;
            }
            if c != ' ' {
                glyphs.push(Glyph { x, y, end: x + 5.0, size: 10.0, bold, text: c.to_string() });
            }
            x += 5.0;
        }
    }
    Sheet { number, height: 800.0, glyphs }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_pdf_is_refused_with_a_reason() {
        assert_eq!(blocks(b"<html>").unwrap_err().reason, "not a PDF");
        assert!(blocks(b"%PDF-1.4 and nothing").unwrap_err().reason.starts_with("damaged PDF"));
    }
}
