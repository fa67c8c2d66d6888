//! A small writer of PDF files: lines of Helvetica on numbered A4 pages.
//!
//! Written after ISO 32000-1, sections 7.5 (file structure), 9.4 (text) and
//! annex D.2 (WinAnsiEncoding); widths are those of the standard Helvetica.

use jiff::civil::Date;

use super::data::{MeetingPlan, Sample, Stage, long, weekday};
use super::minutes::{Block, attendance, items};

/// The size of the text, in points.
const SIZE: f32 = 11.0;
/// From one line to the next, in points.
const LEADING: f32 = 14.0;
/// The gap after a paragraph, in points.
const GAP: f32 = 8.0;
/// The empty border of a page, in points.
const MARGIN: f32 = 64.0;
/// The width of an A4 page, in points.
const WIDTH: f32 = 595.0;
/// The height of an A4 page, in points.
const HEIGHT: f32 = 842.0;

/// The minutes of a meeting as a printed file.
pub fn minutes(sample: &Sample, meeting: &MeetingPlan, stage: Stage) -> Vec<u8> {
    let (council, body) = (sample.council(meeting), sample.body(meeting));
    let mut layout = Layout::new();
    layout.paragraph(&council.name.to_uppercase(), Face::Bold, 0.0, None);
    let title = match stage {
        Stage::Approved => format!("Minutes of the {}", body.name),
        Stage::Draft => format!("Draft minutes of the {}", body.name),
    };
    layout.paragraph(&title, Face::Bold, 0.0, None);
    let when = format!("{} {}, {}", weekday(meeting.date), long(meeting.date), council.style.time);
    layout.paragraph(&when, Face::Bold, 0.0, None);
    let names = |is_there: bool| -> String {
        let names: Vec<String> = attendance(sample, meeting)
            .into_iter()
            .enumerate()
            .filter(|(_, (_, was_there))| *was_there == is_there)
            .map(
                |(seat, (name, _))| {
                    if seat == 0 { format!("{name} ({})", council.style.chair) } else { name.to_owned() }
                },
            )
            .collect();
        names.join(", ")
    };
    layout.paragraph(&format!("PRESENT: Councillors {}", names(true)), Face::Roman, 0.0, None);
    if !names(false).is_empty() {
        layout.paragraph(&format!("APOLOGIES: Councillors {}", names(false)), Face::Roman, 0.0, None);
    }
    for item in items(sample, meeting, stage) {
        let number = format!("{}.", item.number);
        layout.paragraph(&item.title.to_uppercase(), Face::Bold, 36.0, Some(&number));
        let blocks = if item.restricted { &[][..] } else { &item.minutes };
        for block in blocks {
            layout.block(block);
        }
    }
    file(&layout.pages, &format!("{} - {}", body.name, long(meeting.date)), meeting.date)
}

/// The front sheet of the agenda as a printed file.
pub fn agenda(sample: &Sample, meeting: &MeetingPlan) -> Vec<u8> {
    let (council, body) = (sample.council(meeting), sample.body(meeting));
    let mut layout = Layout::new();
    layout.paragraph(&council.name.to_uppercase(), Face::Bold, 0.0, None);
    layout.paragraph(&format!("{} - Agenda", body.name), Face::Bold, 0.0, None);
    layout.paragraph(&format!("{} {}", weekday(meeting.date), long(meeting.date)), Face::Bold, 0.0, None);
    for item in items(sample, meeting, Stage::Approved) {
        layout.paragraph(&item.title, Face::Bold, 36.0, Some(&format!("{}.", item.number)));
        if !item.agenda.is_empty() {
            layout.paragraph(&item.agenda, Face::Roman, 36.0, None);
        }
    }
    file(&layout.pages, &format!("{} - {}", body.name, long(meeting.date)), meeting.date)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Face {
    Roman,
    Bold,
}

struct Line {
    x: f32,
    y: f32,
    face: Face,
    text: String,
}

struct Layout {
    pages: Vec<Vec<Line>>,
    y: f32,
}

impl Layout {
    fn new() -> Self {
        Self { pages: vec![Vec::new()], y: HEIGHT - MARGIN }
    }

    fn block(&mut self, block: &Block) {
        // Depth is small: three levels at most.
        let depth = u8::try_from(block.depth).map_or(0.0, f32::from);
        let indent = match block.label {
            Some(_) => 36.0 + depth * 28.0,
            None => 0.0,
        };
        self.paragraph(&block.text, Face::Roman, indent, block.label.as_deref());
    }

    /// Sets a paragraph, wrapped; a label hangs to the left of its first line.
    fn paragraph(&mut self, text: &str, face: Face, indent: f32, label: Option<&str>) {
        let lines = wrap(text, WIDTH - 2.0 * MARGIN - indent);
        for (at, text) in lines.into_iter().enumerate() {
            if self.y < MARGIN + LEADING {
                self.pages.push(Vec::new());
                self.y = HEIGHT - MARGIN;
            }
            let y = self.y;
            if let Some(label) = label.filter(|_| at == 0) {
                self.put(Line { x: MARGIN + indent - 28.0, y, face, text: label.into() });
            }
            self.put(Line { x: MARGIN + indent, y, face, text });
            self.y -= LEADING;
        }
        self.y -= GAP;
    }

    fn put(&mut self, line: Line) {
        if let Some(page) = self.pages.last_mut() {
            page.push(line);
        }
    }
}

/// Breaks text into lines no wider than `width` points. A word that is wider
/// stands alone.
fn wrap(text: &str, width: f32) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
        if measure(&longer) > width && !line.is_empty() {
            lines.push(std::mem::replace(&mut line, word.to_owned()));
        } else {
            line = longer;
        }
    }
    lines.push(line);
    lines
}

/// The width of text in points.
fn measure(text: &str) -> f32 {
    let thousandths: u32 = text.chars().map(|c| u32::from(width(c))).sum();
    // A line holds some hundred characters, which f32 counts exactly.
    thousandths as f32 * SIZE / 1000.0
}

/// The width of a character in thousandths of the size (Helvetica).
fn width(c: char) -> u16 {
    const WIDTHS: [u16; 95] = [
        278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556,
        556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778,
        722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278,
        278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556,
        556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
    ];
    let at = (c as usize).checked_sub(32);
    at.and_then(|at| WIDTHS.get(at)).copied().unwrap_or(556)
}

/// The bytes of text in WinAnsiEncoding inside a string of PDF.
fn literal(text: &str) -> Vec<u8> {
    let mut bytes = vec![b'('];
    for c in text.chars() {
        match c {
            '(' | ')' | '\\' => bytes.extend([b'\\', c as u8]),
            '’' => bytes.push(0x92),
            '•' => bytes.push(0x95),
            '–' => bytes.push(0x96),
            // The rest of the encoding is Latin 1.
            c => bytes.push(u8::try_from(u32::from(c)).unwrap_or(b'?')),
        }
    }
    bytes.push(b')');
    bytes
}

fn content(lines: &[Line], page: usize, n_pages: usize) -> Vec<u8> {
    let mut content = Vec::new();
    let footer = format!("Page {} of {n_pages}", page + 1);
    let x = (WIDTH - measure(&footer)) / 2.0;
    let footer = Line { x, y: MARGIN / 2.0, face: Face::Roman, text: footer };
    for line in lines.iter().chain([&footer]) {
        let font = if line.face == Face::Bold { "F2" } else { "F1" };
        content.extend(format!("BT /{font} {SIZE} Tf {:.1} {:.1} Td ", line.x, line.y).bytes());
        content.extend(literal(&line.text));
        content.extend(b" Tj ET\n");
    }
    content
}

/// Puts a file together: objects 1 to 5 are the catalogue, the tree of pages,
/// two fonts and the information; each page is two objects after them.
fn file(pages: &[Vec<Line>], title: &str, date: Date) -> Vec<u8> {
    const FIRST_PAGE: usize = 6;
    let kids: String = (0..pages.len()).map(|page| format!("{} 0 R ", FIRST_PAGE + 2 * page)).collect();
    let font = |face: &str| {
        format!("<< /Type /Font /Subtype /Type1 /BaseFont /{face} /Encoding /WinAnsiEncoding >>").into_bytes()
    };
    let mut information = b"<< /Title ".to_vec();
    information.extend(literal(title));
    information.extend(
        format!(" /CreationDate (D:{:04}{:02}{:02}) >>", date.year(), date.month(), date.day()).bytes(),
    );
    let mut objects = vec![
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        format!("<< /Type /Pages /Kids [{kids}] /Count {} >>", pages.len()).into_bytes(),
        font("Helvetica"),
        font("Helvetica-Bold"),
        information,
    ];
    for (page, lines) in pages.iter().enumerate() {
        objects.push(
            format!(
                "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {WIDTH} {HEIGHT}] /Contents {} 0 R \
                 /Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> >>",
                FIRST_PAGE + 2 * page + 1
            )
            .into_bytes(),
        );
        let content = content(lines, page, pages.len());
        let mut stream = format!("<< /Length {} >>\nstream\n", content.len()).into_bytes();
        stream.extend(content);
        stream.extend(b"endstream");
        objects.push(stream);
    }
    let mut file = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n".to_vec();
    let mut offsets = Vec::new();
    for (at, object) in objects.iter().enumerate() {
        offsets.push(file.len());
        file.extend(format!("{} 0 obj\n", at + 1).bytes());
        file.extend(object);
        file.extend(b"\nendobj\n");
    }
    let start = file.len();
    file.extend(format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).bytes());
    for offset in offsets {
        file.extend(format!("{offset:010} 00000 n \n").bytes());
    }
    file.extend(
        format!(
            "trailer\n<< /Size {} /Root 1 0 R /Info 5 0 R >>\nstartxref\n{start}\n%%EOF\n",
            objects.len() + 1
        )
        .bytes(),
    );
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_keep_all_words_and_stay_within_the_width() {
        let text = "The Committee considered the report and heard from the officers present. ".repeat(4);
        let lines = wrap(&text, 200.0);
        assert!(lines.len() > 6);
        assert!(lines.iter().all(|line| measure(line) <= 200.0));
        assert_eq!(lines.join(" "), text.trim());
    }

    #[test]
    fn brackets_are_escaped_and_dashes_encoded() {
        assert_eq!(literal("(a) – £"), b"(\\(a\\) \x96 \xa3)");
    }

    #[test]
    fn long_text_runs_over_several_pages() {
        let mut layout = Layout::new();
        for _ in 0..60 {
            layout.paragraph("A paragraph of one line.", Face::Roman, 0.0, None);
        }
        assert_eq!(layout.pages.len(), 2);
    }
}
