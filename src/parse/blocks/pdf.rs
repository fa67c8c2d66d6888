//! PDF to blocks: glyphs with their places to lines, lines to paragraphs.
//!
//! The PDF library may panic or loop on a damaged file. The program runs this
//! reader in a process of its own for that reason.

mod mend;
mod repair;
mod weight;

use std::collections::{HashMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};

use pdf_extract::{
    Dictionary, Document, MediaBox, Object, ObjectId, OutputDev, OutputError, Transform, output_doc_page,
};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::office::{attribute, referred};
use super::pieces::Paragraph;
use super::{Block, Style, begins_block, fold, is_capitals};
use crate::model::Defect;
use crate::parse::{Helper, Unreadable};
use mend::mend;
use repair::repair;
use weight::weights;

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
    check(&glyphs.pages, pages.len()).map_err(|unreadable| match (is_partial, is_mended) {
        (true, _) => but_for_second("damaged PDF: its pages cannot be read"),
        (_, true) => but_for_second("damaged PDF: what is left of it has no text"),
        _ => unreadable,
    })?;
    let mut pages: Vec<Vec<Line>> = glyphs.pages.into_iter().map(lines).collect();
    drop_furniture(&mut pages);
    Ok(PdfText { blocks: paragraphs(&pages), faults, is_partial })
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
    Ok(PdfText { blocks: paragraphs(&pages), ..PdfText::default() })
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

/// A line of a page.
#[derive(Debug, Clone)]
struct Line {
    page: u32,
    /// Where it begins and ends, and its base, in points.
    x: f64,
    end: f64,
    y: f64,
    size: f64,
    /// Its place on the page: 0 at the top, 1 at the bottom.
    height: f64,
    text: String,
    /// Its parts, where wide gaps part it.
    cells: Vec<String>,
    /// How many bytes of `text` at its beginning are bold.
    lead: usize,
    /// Whether all its letters are bold.
    bold: bool,
}

/// Puts a page's glyphs into lines.
///
/// From top to bottom, where the places can be trusted. The PDF library loses
/// the place in some files, and lines then lie over one another; the order of
/// drawing is still right, and is kept.
fn lines(sheet: Sheet) -> Vec<Line> {
    let (number, height) = (sheet.number, sheet.height);
    let runs = runs(sheet.glyphs);
    let rows = if collide(&runs) { in_drawing_order(runs) } else { from_top(runs) };
    rows.into_iter().filter_map(|row| line(row, number, height)).collect()
}

/// Glyphs drawn one after the other on one base line.
fn runs(glyphs: Vec<Glyph>) -> Vec<Vec<Glyph>> {
    let mut runs: Vec<Vec<Glyph>> = Vec::new();
    for glyph in glyphs {
        let goes_on = runs.last().and_then(|run| run.last()).is_some_and(|last| {
            let size = glyph.size.max(1.0);
            (glyph.y - last.y).abs() <= 0.1 * size && glyph.x > last.x - 2.0 * size
        });
        match runs.last_mut() {
            Some(run) if goes_on => run.push(glyph),
            _ => runs.push(vec![glyph]),
        }
    }
    runs
}

/// Where the ink of a run stands, in points.
#[derive(Clone, Copy)]
struct Extent {
    x: f64,
    end: f64,
    y: f64,
    size: f64,
}

/// The extent of a run; `None` of one without ink.
fn extent(run: &[Glyph]) -> Option<Extent> {
    let inked = || run.iter().filter(|glyph| !glyph.text.trim().is_empty());
    let first = inked().next()?;
    let x = inked().map(|glyph| glyph.x).fold(f64::MAX, f64::min);
    let end = inked().map(|glyph| glyph.end).fold(f64::MIN, f64::max);
    let size = inked().map(|glyph| glyph.size).fold(1.0, f64::max);
    Some(Extent { x, end, y: first.y, size })
}

/// Whether runs of different text lie over one another.
fn collide(runs: &[Vec<Glyph>]) -> bool {
    /// Runs looked back at, which bounds the work on a page of single letters.
    const LOOK_BACK: usize = 60;
    let mut placed: Vec<(Extent, &Vec<Glyph>)> =
        runs.iter().filter_map(|run| Some((extent(run)?, run))).collect();
    placed.sort_by(|a, b| a.0.y.total_cmp(&b.0.y));
    let text = |run: &[Glyph]| run.iter().map(|glyph| glyph.text.trim()).collect::<String>();
    (1..placed.len()).any(|at| {
        let (here, run) = placed[at];
        placed[at.saturating_sub(LOOK_BACK)..at].iter().rev().any(|(other, other_run)| {
            let is_near = here.y - other.y < 0.4 * here.size;
            let is_alike = here.size.min(other.size) >= 0.8 * here.size.max(other.size);
            let overlap = here.end.min(other.end) - here.x.max(other.x);
            is_near && is_alike && overlap > 1.5 * here.size && text(run) != text(other_run)
        })
    })
}

/// Rows from top to bottom.
fn from_top(runs: Vec<Vec<Glyph>>) -> Vec<Vec<Glyph>> {
    let mut glyphs: Vec<Glyph> = runs.into_iter().flatten().collect();
    glyphs.sort_by(|a, b| a.y.total_cmp(&b.y));
    let mut rows: Vec<Vec<Glyph>> = Vec::new();
    for glyph in glyphs {
        let is_same = |row: &Vec<Glyph>| {
            let last = &row[row.len() - 1];
            // Cells of a row may stand a little higher or lower.
            (glyph.y - last.y).abs() <= 0.45 * last.size.min(glyph.size).max(1.0)
        };
        match rows.last_mut() {
            Some(row) if is_same(row) => row.push(glyph),
            _ => rows.push(vec![glyph]),
        }
    }
    with_raised(rows)
}

/// Rows in the order of drawing: a run goes on with the row before when it
/// stands to its right on the same base line.
fn in_drawing_order(runs: Vec<Vec<Glyph>>) -> Vec<Vec<Glyph>> {
    let mut rows: Vec<Vec<Glyph>> = Vec::new();
    for run in runs {
        let goes_on = rows.last().and_then(|row| {
            let (before, own) = (extent(row)?, extent(&run)?);
            let size = before.size.max(own.size);
            let is_small = before.size.min(own.size) < 0.8 * size;
            let reach = if is_small { 0.6 } else { 0.2 };
            Some((own.y - before.y).abs() < reach * size && own.x > before.end - 0.5 * before.size)
        });
        match rows.last_mut() {
            Some(row) if goes_on == Some(true) => row.extend(run),
            _ => rows.push(run),
        }
    }
    rows
}

/// Puts raised and lowered small letters, as in 30th, into the lines they belong to.
fn with_raised(rows: Vec<Vec<Glyph>>) -> Vec<Vec<Glyph>> {
    let size = |row: &[Glyph]| row.iter().map(|glyph| glyph.size).fold(0.0, f64::max);
    let base = |row: &[Glyph]| row.iter().map(|glyph| glyph.y).fold(f64::MIN, f64::max);
    let mut found: Vec<Vec<Glyph>> = Vec::new();
    for row in rows {
        let Some(before) = found.last_mut() else {
            found.push(row);
            continue;
        };
        let (small, large) = (size(before).min(size(&row)), size(before).max(size(&row)));
        let is_raised = small < 0.8 * large && (base(&row) - base(before)).abs() < 0.6 * large;
        if is_raised { before.extend(row) } else { found.push(row) }
    }
    found
}

/// Joins the glyphs of one line, with spaces where there are gaps.
fn line(mut row: Vec<Glyph>, page: u32, page_height: f64) -> Option<Line> {
    /// Gap between words, between cells and behind a label, in parts of the size of the type.
    const WORD_GAP: f64 = 0.17;
    const CELL_GAP: f64 = 1.8;
    const MARKER_GAP: f64 = 0.7;
    row.sort_by(|a, b| a.x.total_cmp(&b.x));
    let row = drawn_once(row);
    let inked = |glyph: &&Glyph| !glyph.text.trim().is_empty();
    let (first, last) = (row.iter().find(inked)?, row.iter().rev().find(inked)?);
    let (x, end) = (first.x, last.end);
    let size = row.iter().filter(inked).map(|glyph| glyph.size).fold(0.0, f64::max).max(1.0);
    let y = row
        .iter()
        .filter(inked)
        .filter(|glyph| glyph.size > 0.8 * size)
        .map(|glyph| glyph.y)
        .fold(0.0, f64::max);
    let mut cells: Vec<String> = vec![String::new()];
    // The end of the last glyph with ink: spaces may overlap what follows.
    let mut inked_end = x;
    for glyph in &row {
        let is_space = glyph.text.trim().is_empty();
        let gap = glyph.x - inked_end;
        if is_space {
            // A space drawn under a letter is left over from a tab.
            let is_under = glyph.x < inked_end - 0.15 * size;
            if let Some(cell) = cells.last_mut().filter(|_| !is_under) {
                cell.push(' ');
            }
            continue;
        }
        let follows_marker = cells.len() == 1 && is_marker(cells[0].trim());
        let cell_gap = if follows_marker { MARKER_GAP } else { CELL_GAP };
        if gap > cell_gap * size && !cells.iter().all(String::is_empty) {
            cells.push(String::new());
        }
        if let Some(cell) = cells.last_mut() {
            if gap > WORD_GAP * size && !cell.is_empty() && !cell.ends_with(' ') {
                cell.push(' ');
            }
            cell.push_str(&glyph.text);
        }
        inked_end = glyph.end.max(inked_end.min(glyph.x + 0.2 * size));
    }
    let mut cells: Vec<String> =
        cells.iter().map(|cell| fold(cell)).filter(|cell| !cell.is_empty()).collect();
    // A label or marker before a tab is no cell of its own; a figure before
    // figures is.
    let is_of_figures = cells.iter().all(|cell| !cell.contains(char::is_alphabetic));
    if cells.len() > 1 && is_marker(&cells[0]) && !is_of_figures {
        let marker = cells.remove(0);
        cells[0] = format!("{marker}  {}", cells[0]);
    }
    let text = cells.join(" ");
    let (n_lead, bold) = boldness(&row);
    let lead = behind_inked(&text, n_lead);
    Some(Line { page, x, end, y, size, height: y / page_height.max(1.0), text, cells, lead, bold })
}

/// The glyphs of a row without those drawn twice, by which bold is sometimes made.
fn drawn_once(row: Vec<Glyph>) -> Vec<Glyph> {
    let mut once: Vec<Glyph> = Vec::with_capacity(row.len());
    let mut drawn: Option<usize> = None;
    for glyph in row {
        let is_space = glyph.text.trim().is_empty();
        let before = drawn.map(|at| &mut once[at]);
        if let Some(before) = before.filter(|_| !is_space)
            && (glyph.x - before.x).abs() < 0.1 * glyph.size.max(before.size)
            && glyph.text == before.text
        {
            before.bold = true;
            continue;
        }
        if !is_space {
            drawn = Some(once.len());
        }
        once.push(glyph);
    }
    once
}

/// How many characters with ink a row's bold beginning has, and whether all of
/// its letters are bold. Of what stands before the first letter, such as a
/// bullet or a number, the weight does not matter: it is often set apart.
fn boldness(row: &[Glyph]) -> (usize, bool) {
    let is_letter = |glyph: &&Glyph| glyph.text.contains(char::is_alphabetic);
    let is_sign = |glyph: &&Glyph| !glyph.text.contains(char::is_alphanumeric);
    let first = row.iter().position(|glyph| is_letter(&glyph)).unwrap_or(0);
    let goes_on = |glyph: &&Glyph| glyph.bold || is_sign(glyph);
    let lead: Vec<&Glyph> = row[first..].iter().take_while(goes_on).collect();
    let Some(last) = lead.iter().rposition(|glyph| glyph.bold).filter(|_| lead[0].bold) else {
        return (0, false);
    };
    let end = first + last + 1;
    let inked = row[..end].iter().flat_map(|glyph| glyph.text.chars());
    let n_inked = inked.filter(|c| !c.is_whitespace()).count();
    (n_inked, row[end..].iter().all(|glyph| is_sign(&glyph)))
}

/// The place in a text behind that many characters with ink.
fn behind_inked(text: &str, n: usize) -> usize {
    let inked = text.char_indices().filter(|(_, c)| !c.is_whitespace());
    n.checked_sub(1).and_then(|last| inked.map(|(at, c)| at + c.len_utf8()).nth(last)).unwrap_or(match n {
        0 => 0,
        _ => text.len(),
    })
}

/// Whether a text is only a bullet, a label or a number.
fn is_marker(text: &str) -> bool {
    text.chars().count() <= 8
        && !text.contains(' ')
        && (text.ends_with(['.', ')'])
            || text.chars().all(|c| !c.is_alphabetic())
            || text == "o"
            || text == "§")
}

/// Drops running heads and page numbers: a text that comes again at the same
/// end of many pages, or a number that stands alone there.
fn drop_furniture(pages: &mut [Vec<Line>]) {
    /// Lines looked at from either end of a page.
    const EDGE: usize = 2;
    let mut seen: HashMap<(bool, String), usize> = HashMap::new();
    for page in pages.iter() {
        for (is_top, line) in edges(page, EDGE) {
            *seen.entry((is_top, shape(&line.text))).or_default() += 1;
        }
    }
    let n_pages = pages.len();
    let all = pages.to_vec();
    for page in pages.iter_mut() {
        let gone: HashSet<usize> = {
            let is_repeated = |is_top: bool, line: &Line| {
                let n = seen.get(&(is_top, shape(&line.text))).copied().unwrap_or(0);
                n >= 3 && n * 2 >= n_pages
            };
            let n = page.len();
            (0..n)
                .filter(|at| {
                    let (is_top, is_bottom) = (*at < EDGE, *at + EDGE >= n);
                    let line = &page[*at];
                    let is_number = is_page_number(&line.text) && (line.height < 0.12 || line.height > 0.88);
                    ((is_top || is_bottom) && is_number)
                        || (is_top && is_repeated(true, line))
                        || (is_bottom && is_repeated(false, line))
                })
                .collect()
        };
        let mut at = 0;
        page.retain(|_| {
            at += 1;
            !gone.contains(&(at - 1))
        });
    }
    // Pages that say nothing else are not made of furniture alone.
    if pages.iter().all(Vec::is_empty) {
        pages.clone_from_slice(&all);
    }
}

fn edges(page: &[Line], n: usize) -> impl Iterator<Item = (bool, &Line)> {
    let top = page.iter().take(n).map(|line| (true, line));
    let bottom = page.iter().rev().take(n).map(|line| (false, line));
    top.chain(bottom)
}

/// A text with all its digits made alike, so that page numbers do not count.
fn shape(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_digit() { '#' } else { c }).collect()
}

/// Whether a line is only the number of its page.
pub fn is_page_number(text: &str) -> bool {
    let bare: String = text
        .to_ascii_lowercase()
        .replace("page", "")
        .replace("of", "")
        .chars()
        .filter(|c| c.is_alphanumeric())
        .collect();
    !bare.is_empty() && bare.len() <= 6 && bare.bytes().all(|b| b.is_ascii_digit())
}

/// What is usual in a document, against which a line is judged.
struct Usual {
    /// The gap from base to base, in parts of the size of the type.
    gap: f64,
    size: f64,
    /// The right margin, in points.
    right: f64,
    left: f64,
    words: HashSet<String>,
}

impl Usual {
    fn of(pages: &[Vec<Line>]) -> Self {
        let all: Vec<&Line> = pages.iter().flatten().collect();
        let gaps = pages.iter().flat_map(|page| page.windows(2)).filter_map(|pair| {
            let gap = (pair[1].y - pair[0].y) / pair[1].size.max(pair[0].size);
            (0.8..2.5).contains(&gap).then_some(gap)
        });
        let words = all.iter().flat_map(|line| line.text.split_whitespace()).map(bare).collect();
        Self {
            gap: line_gap(gaps.collect()).unwrap_or(1.2),
            size: quantile(all.iter().map(|line| line.size).collect(), 0.5).unwrap_or(10.0),
            right: quantile(all.iter().map(|line| line.end).collect(), 0.93).unwrap_or(500.0),
            left: quantile(all.iter().map(|line| line.x).collect(), 0.1).unwrap_or(0.0),
            words,
        }
    }
}

/// The gap between two lines of one paragraph: the smallest that is common.
///
/// Gaps between paragraphs are larger. In minutes of short paragraphs they are
/// the most, so that no share of all gaps tells the two apart.
fn line_gap(mut gaps: Vec<f64>) -> Option<f64> {
    /// The least share of gaps that are alike, within [`ALIKE`], to be common.
    const COMMON: f64 = 0.08;
    const ALIKE: f64 = 1.05;
    gaps.sort_by(f64::total_cmp);
    let mut end = 0;
    for (start, gap) in gaps.iter().enumerate() {
        while gaps.get(end).is_some_and(|other| *other <= gap * ALIKE) {
            end += 1;
        }
        let n_alike = end - start;
        if n_alike >= 2 && n_alike as f64 >= COMMON * gaps.len() as f64 {
            return Some(*gap);
        }
    }
    gaps.first().copied()
}

fn quantile(mut values: Vec<f64>, share: f64) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get((values.len() as f64 * share) as usize).copied()
}

/// A word without its punctuation, in small letters.
fn bare(word: &str) -> String {
    word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase()
}

/// Joins lines to paragraphs, over page ends as well.
fn paragraphs(pages: &[Vec<Line>]) -> Vec<Block> {
    let usual = Usual::of(pages);
    let mut found = Vec::new();
    let mut open: Vec<&Line> = Vec::new();
    let all: Vec<&Line> = pages.iter().flatten().collect();
    for (at, line) in all.iter().enumerate() {
        let neighbours = [at.checked_sub(1).and_then(|at| all.get(at)), all.get(at + 1)];
        if is_table_row(line, neighbours.into_iter().flatten()) {
            close(&mut open, &usual, &mut found);
            found.extend(
                Block::new(Style::Row, &line.cells.join(" | ")).map(|block| block.on_page(Some(line.page))),
            );
            continue;
        }
        if !goes_on(&open, line, &usual) {
            close(&mut open, &usual, &mut found);
        }
        open.push(line);
    }
    close(&mut open, &usual, &mut found);
    found
}

/// A line of cells is a row of a table when one beside it has cells too.
fn is_table_row<'a>(line: &Line, neighbours: impl Iterator<Item = &'a &'a Line>) -> bool {
    if line.cells.len() < 2 {
        return false;
    }
    line.cells.len() > 2
        || neighbours.filter(|other| other.page == line.page).any(|other| other.cells.len() > 1)
}

/// Whether a line goes on with the open paragraph.
fn goes_on(open: &[&Line], line: &Line, usual: &Usual) -> bool {
    let (Some(first), Some(before)) = (open.first(), open.last()) else { return false };
    // A number set off by a gap, as before an item's title.
    let is_set_off = line.text.split_once("  ").is_some_and(|(marker, _)| is_marker(marker));
    if is_set_off {
        return false;
    }
    if begins_block(&line.text)
        || line.text.starts_with("(Item ")
        || (line.size - before.size).abs() > 0.12 * before.size
    {
        return false;
    }
    let is_full = before.end >= usual.right - 0.2 * (usual.right - usual.left);
    let is_open = !before.text.ends_with(['.', ':', ';', '?', '!']);
    let begins_small = line.text.starts_with(char::is_lowercase);
    if line.page != before.page {
        return begins_small || (is_open && is_full);
    }
    let gap = (line.y - before.y) / line.size.max(before.size);
    if gap > 1.3 * usual.gap || gap < 0.0 {
        return begins_small && is_open && is_full && gap < 2.2 * usual.gap;
    }
    // The first line of a list's entry hangs out to the left of the others.
    let hangs = open.len() == 1 && begins_block(&first.text);
    let is_indented = line.x > before.x + 0.8 * line.size && !hangs;
    let is_outdented = open.len() > 1 && line.x < before.x - 0.8 * line.size;
    if (is_indented || is_outdented) && !begins_small {
        return false;
    }
    if is_capitals(&before.text) != is_capitals(&line.text) && !is_full {
        return false;
    }
    begins_small || is_full
}

/// Makes a block of the open lines.
fn close(open: &mut Vec<&Line>, usual: &Usual, found: &mut Vec<Block>) {
    let Some(first) = open.first() else { return };
    let mut paragraph = Paragraph::new();
    for line in open.iter() {
        join(&mut paragraph, line, &usual.words);
    }
    let is_large = first.size > 1.2 * usual.size && paragraph.text.len() < 200;
    let style = if is_large { Style::Heading(2) } else { Style::Paragraph };
    found.extend(paragraph.block(style, 0).map(|block| block.on_page(Some(first.page))));
    open.clear();
}

/// Adds a line to a paragraph. A word cut by a hyphen is joined when the whole
/// word stands elsewhere in the document; a compound keeps its hyphen.
fn join(paragraph: &mut Paragraph, line: &Line, words: &HashSet<String>) {
    let text = &paragraph.text;
    let is_cut = text.ends_with('-') && !text.ends_with(" -") && line.text.starts_with(char::is_lowercase);
    if is_cut {
        let head = text.rsplit(' ').next().unwrap_or_default().trim_end_matches('-');
        let tail = line.text.split(' ').next().unwrap_or_default();
        if words.contains(&bare(&format!("{head}{tail}"))) {
            paragraph.pop();
        }
    } else if !text.is_empty() {
        paragraph.text.push(' ');
    }
    let (lead, rest) = line.text.split_at(if line.bold { line.text.len() } else { line.lead });
    paragraph.push(lead, true);
    paragraph.push(rest, false);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A line of that text at the top left.
    fn plain(text: &str) -> Line {
        let (text, cells) = (text.to_owned(), vec![text.to_owned()]);
        Line { page: 1, x: 0.0, end: 100.0, y: 0.0, size: 10.0, height: 0.0, text, cells, lead: 0, bold: false }
    }

    #[test]
    fn a_cut_word_is_joined_only_when_it_stands_elsewhere() {
        let words = HashSet::from(["committee".to_owned()]);
        let mut paragraph = Paragraph::new();
        for text in ["the Commit-", "tee met a father-", "inclusive group"] {
            join(&mut paragraph, &plain(text), &words);
        }
        assert_eq!(paragraph.text, "the Committee met a father-inclusive group");
    }

    #[test]
    fn page_numbers_are_known_by_their_form() {
        for (text, expected) in
            [("3", true), ("Page 3 of 12", true), ("- 4 -", true), ("2019 budget", false), ("", false)]
        {
            assert_eq!(is_page_number(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_pdf_is_refused_with_a_reason() {
        assert_eq!(blocks(b"<html>").unwrap_err().reason, "not a PDF");
        assert!(blocks(b"%PDF-1.4 and nothing").unwrap_err().reason.starts_with("damaged PDF"));
    }
}
