//! RTF to blocks: paragraphs, headings, lists, rows of tables.
//!
//! After the Rich Text Format Specification 1.9.1. Pictures, objects, headers,
//! footers, notes and the instructions of fields are passed over; what a field
//! shows is text. Pure and total: a file cut short gives what came before.

use std::collections::HashMap;

use encoding_rs::{
    BIG5, EUC_KR, Encoding, GBK, MACINTOSH, SHIFT_JIS, WINDOWS_874, WINDOWS_1250, WINDOWS_1251, WINDOWS_1252,
    WINDOWS_1253, WINDOWS_1254, WINDOWS_1255, WINDOWS_1256, WINDOWS_1257, WINDOWS_1258,
};

use super::pieces::Paragraph;
use super::table::{Part, Row, laid_out};
use super::{Block, Style};

/// Groups that may stand in one another; Word itself writes below 50.
const MAX_DEPTH: usize = 1_000;

/// The blocks of an RTF file, or why it could not be read.
pub fn blocks(bytes: &[u8]) -> Result<Vec<Block>, String> {
    if !bytes.starts_with(b"{\\rtf") {
        return Err("not an RTF file".into());
    }
    let mut writer = Writer::new();
    let mut tokens = Tokens { bytes, at: 0 };
    while let Some(token) = tokens.next() {
        if writer.groups.len() > MAX_DEPTH {
            return Err(format!("its groups stand more than {MAX_DEPTH} deep in one another"));
        }
        match token {
            Token::Open => writer.open(),
            Token::Close => writer.close(),
            Token::Byte(byte) => writer.byte(byte),
            Token::Word("bin", length) => {
                tokens.at += usize::try_from(length.unwrap_or(0)).unwrap_or(0).min(bytes.len() - tokens.at);
            }
            Token::Word(name, value) => writer.word(name, value),
            Token::Symbol(symbol) => writer.symbol(symbol),
        }
    }
    writer.finish();
    let blocks = laid_out(writer.out);
    if blocks.is_empty() { Err("empty: it holds no text".into()) } else { Ok(blocks) }
}

/// What an RTF file is made of.
enum Token<'a> {
    Open,
    Close,
    /// A byte of text, as it stands or as `\'xx`.
    Byte(u8),
    /// A control word and its number.
    Word(&'a str, Option<i32>),
    /// A control symbol: one character that is no letter.
    Symbol(u8),
}

struct Tokens<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Tokens<'a> {
    fn next(&mut self) -> Option<Token<'a>> {
        loop {
            let byte = *self.bytes.get(self.at)?;
            self.at += 1;
            return Some(match byte {
                b'{' => Token::Open,
                b'}' => Token::Close,
                // Line ends are for whoever looks at the file.
                b'\r' | b'\n' => continue,
                b'\\' => self.control()?,
                byte => Token::Byte(byte),
            });
        }
    }

    fn control(&mut self) -> Option<Token<'a>> {
        let first = *self.bytes.get(self.at)?;
        if first == b'\'' {
            let digits = self.bytes.get(self.at + 1..self.at + 3);
            let value = digits.and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
            self.at += if value.is_some() { 3 } else { 1 };
            return Some(Token::Byte(value.unwrap_or(b'?')));
        }
        if !first.is_ascii_alphabetic() {
            self.at += 1;
            return Some(Token::Symbol(first));
        }
        let name = self.take_while(u8::is_ascii_alphabetic);
        let minus = self.bytes.get(self.at) == Some(&b'-');
        let has_number = self.bytes.get(self.at + usize::from(minus)).is_some_and(u8::is_ascii_digit);
        let mut value = None;
        if has_number {
            self.at += usize::from(minus);
            // A number too large for any of RTF's is none of RTF's.
            let number: i32 = self.take_while(u8::is_ascii_digit).parse().unwrap_or(0);
            value = Some(if minus { -number } else { number });
        }
        if self.bytes.get(self.at) == Some(&b' ') {
            self.at += 1;
        }
        Some(Token::Word(name, value))
    }

    fn take_while(&mut self, is_part: fn(&u8) -> bool) -> &'a str {
        let rest = &self.bytes[self.at..];
        let length = rest.iter().position(|byte| !is_part(byte)).unwrap_or(rest.len());
        self.at += length;
        std::str::from_utf8(&rest[..length]).unwrap_or_default()
    }
}

/// Where a group's text goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Text,
    Fonts,
    Styles,
    Nowhere,
}

/// What a group inherits from the one around it.
#[derive(Clone, Copy)]
struct Group {
    place: Place,
    bold: bool,
    /// Hidden, or deleted under tracked changes.
    is_unseen: bool,
    /// How many characters behind `\u` stand in for it.
    n_stand_in: i32,
    font: i32,
    /// Whether `\*` came: the next word names a place that may be unknown.
    is_optional: bool,
    /// What the paragraph is that ends here.
    heading: Option<u8>,
    list_level: u8,
    is_in_list: bool,
    is_in_table: bool,
}

/// How bytes of a font are read.
#[derive(Clone, Copy)]
enum Letters {
    Of(&'static Encoding),
    /// The character set of DOS in western Europe, code page 850; 437 differs
    /// from it in what few minutes use.
    Dos,
    /// Symbols, which Unicode has in its private area.
    Symbols,
}

struct Writer {
    out: Vec<Part>,
    groups: Vec<Group>,
    here: Group,
    default: Letters,
    default_font: i32,
    fonts: HashMap<i32, Letters>,
    /// Levels of the styles that are headings.
    headings: HashMap<i32, u8>,
    /// The number and name of the style that is being defined.
    style: (i32, String),
    line: Paragraph,
    /// Bytes of one encoding that are not yet letters.
    bytes: Vec<u8>,
    /// The first half of a character that takes two `\u`.
    half: Option<u16>,
    /// Characters still to be passed over, which stand in for a `\u`.
    n_to_skip: i32,
    cell: Vec<Block>,
    row: Row,
    /// The rows of the open table.
    rows: Vec<Row>,
}

impl Writer {
    fn new() -> Self {
        let here = Group {
            place: Place::Text,
            bold: false,
            is_unseen: false,
            n_stand_in: 1,
            font: 0,
            is_optional: false,
            heading: None,
            list_level: 0,
            is_in_list: false,
            is_in_table: false,
        };
        Self {
            out: Vec::new(),
            groups: Vec::new(),
            here,
            default: Letters::Of(WINDOWS_1252),
            default_font: 0,
            fonts: HashMap::new(),
            headings: HashMap::new(),
            style: (0, String::new()),
            line: Paragraph::new(),
            bytes: Vec::new(),
            half: None,
            n_to_skip: 0,
            cell: Vec::new(),
            row: Vec::new(),
            rows: Vec::new(),
        }
    }

    fn open(&mut self) {
        self.flush_bytes();
        self.n_to_skip = 0;
        self.groups.push(self.here);
        self.here.is_optional = false;
    }

    fn close(&mut self) {
        self.flush_bytes();
        self.n_to_skip = 0;
        if let Some(outer) = self.groups.pop() {
            self.here = outer;
        }
    }

    fn byte(&mut self, byte: u8) {
        if self.n_to_skip > 0 {
            self.n_to_skip -= 1;
        } else {
            self.bytes.push(byte);
        }
    }

    fn symbol(&mut self, symbol: u8) {
        if self.n_to_skip > 0 && symbol != b'*' {
            self.n_to_skip -= 1;
            return;
        }
        if !matches!(symbol, b'\\' | b'{' | b'}') {
            self.flush_bytes();
        }
        match symbol {
            b'*' => self.here.is_optional = true,
            b'\\' | b'{' | b'}' => self.byte(symbol),
            b'~' => self.put("\u{a0}"),
            b'_' => self.put("-"),
            // A soft hyphen is not part of its word, nor is what else there is.
            b'\r' | b'\n' => self.end_paragraph(),
            _ => {}
        }
    }

    fn word(&mut self, name: &str, value: Option<i32>) {
        if name != "u" {
            self.flush_bytes();
        }
        // Only characters stand in for a character, whatever the count says:
        // some writers leave them out, and a paragraph's end must not go.
        let stands_in = std::mem::take(&mut self.n_to_skip) > 0 && !named_character(name).is_empty();
        if stands_in {
            return;
        }
        if std::mem::take(&mut self.here.is_optional) && !matches!(name, "shpinst" | "shptxt") {
            self.here.place = Place::Nowhere;
        }
        let is_on = value != Some(0);
        match name {
            "u" => self.unicode(value.unwrap_or(0)),
            "uc" => self.here.n_stand_in = value.unwrap_or(1).clamp(0, 16),
            "par" | "sect" | "page" | "softpage" => self.end_paragraph(),
            "line" | "tab" | "column" | "emspace" | "enspace" | "qmspace" => self.put(" "),
            "cell" => self.end_cell(),
            "row" => self.end_row(),
            "nestcell" | "nestrow" => self.end_line(),
            "intbl" => self.here.is_in_table = true,
            "pard" => self.forget_paragraph(),
            "s" if self.here.place == Place::Styles => self.style.0 = value.unwrap_or(0),
            "s" => self.here.heading = self.headings.get(&value.unwrap_or(0)).copied(),
            "outlinelevel" => self.here.heading = value.and_then(level_of),
            "ls" => self.here.is_in_list = true,
            "ilvl" => self.here.list_level = value.and_then(|level| u8::try_from(level).ok()).unwrap_or(0),
            "b" => self.here.bold = is_on,
            "v" | "deleted" => self.here.is_unseen = is_on,
            "plain" => {
                (self.here.bold, self.here.is_unseen, self.here.font) = (false, false, self.default_font);
            }
            "f" => self.here.font = value.unwrap_or(0),
            "deff" => (self.default_font, self.here.font) = (value.unwrap_or(0), value.unwrap_or(0)),
            "fcharset" => self.font(charset_letters(value.unwrap_or(0))),
            "cpg" => self.font(page_letters(value.unwrap_or(0))),
            "ansicpg" => self.default = page_letters(value.unwrap_or(0)).unwrap_or(self.default),
            "mac" => self.default = Letters::Of(MACINTOSH),
            "pc" | "pca" => self.default = Letters::Dos,
            "fonttbl" => self.go_to(Place::Fonts),
            "stylesheet" => self.go_to(Place::Styles),
            // Of what stands twice, once: for readers that know a thing, and
            // for those that do not.
            "shprslt" | "nonshppict" | "nonesttables" => self.go_to(Place::Nowhere),
            "colortbl" | "info" | "pict" | "sp" | "header" | "headerl" | "headerr" | "headerf" | "footer"
            | "footerl" | "footerr" | "footerf" | "footnote" | "tc" | "xe" | "ftnsep" | "ftnsepc"
            | "aftnsep" | "aftnsepc" | "filetbl" | "private" => self.go_to(Place::Nowhere),
            name => self.put(named_character(name)),
        }
    }

    /// Turns to another place, unless the group around goes nowhere.
    fn go_to(&mut self, place: Place) {
        if self.here.place != Place::Nowhere {
            self.here.place = place;
        }
    }

    /// Notes how the font that is being defined is read.
    fn font(&mut self, letters: Option<Letters>) {
        if let (Place::Fonts, Some(letters)) = (self.here.place, letters) {
            self.fonts.insert(self.here.font, letters);
        }
    }

    fn unicode(&mut self, value: i32) {
        self.flush_bytes();
        // Numbers above 32,767 are written as negative ones, or as they are.
        let unit = (value & 0xffff) as u16;
        self.n_to_skip = self.here.n_stand_in;
        let units = match (self.half.take(), unit) {
            (None, 0xd800..0xdc00) => {
                self.half = Some(unit);
                return;
            }
            (Some(first), second) => vec![first, second],
            (None, unit) => vec![unit],
        };
        let text: String = char::decode_utf16(units).map(|c| c.unwrap_or('\u{fffd}')).collect();
        self.put(&text);
    }

    fn flush_bytes(&mut self) {
        if self.bytes.is_empty() {
            return;
        }
        let bytes = std::mem::take(&mut self.bytes);
        let text = match self.fonts.get(&self.here.font).copied().unwrap_or(self.default) {
            Letters::Of(encoding) => encoding.decode_without_bom_handling(&bytes).0.into_owned(),
            Letters::Dos => bytes.iter().map(|byte| dos_letter(*byte)).collect(),
            Letters::Symbols => bytes.iter().map(|byte| symbol_letter(*byte)).collect(),
        };
        self.put(&text);
    }

    /// Adds text where this group's text goes.
    fn put(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        let lost = if self.half.take().is_some() { "\u{fffd}" } else { "" };
        match self.here.place {
            Place::Text if !self.here.is_unseen => {
                self.line.push(lost, self.here.bold);
                self.line.push(text, self.here.bold);
            }
            Place::Styles => self.name_style(text),
            _ => {}
        }
    }

    /// Takes a part of a style's name; a semicolon ends it.
    fn name_style(&mut self, text: &str) {
        self.style.1.push_str(text);
        // What came before has none: a name may come in any number of pieces.
        if !text.contains(';') {
            return;
        }
        let (number, name) = std::mem::take(&mut self.style);
        let level = name.trim().to_ascii_lowercase().strip_prefix("heading ").and_then(|level| {
            let digits: String = level.chars().take_while(char::is_ascii_digit).collect();
            digits.parse().ok().filter(|level| (1..=6).contains(level))
        });
        if let Some(level) = level {
            self.headings.insert(number, level);
        }
    }

    fn forget_paragraph(&mut self) {
        (self.here.heading, self.here.list_level) = (None, 0);
        (self.here.is_in_list, self.here.is_in_table) = (false, false);
    }

    /// Makes a block of the line, and keeps what the paragraph is.
    fn end_line(&mut self) {
        if self.here.place != Place::Text {
            return;
        }
        let line = std::mem::replace(&mut self.line, Paragraph::new());
        let style = self.here.heading.map_or(Style::Paragraph, Style::Heading);
        let depth = if self.here.is_in_list { self.here.list_level.saturating_add(1) } else { 0 };
        self.cell.extend(line.block(style, depth));
    }

    fn end_paragraph(&mut self) {
        self.end_line();
        if !self.here.is_in_table && self.here.place == Place::Text {
            self.end_table();
        }
    }

    fn end_cell(&mut self) {
        self.end_line();
        if self.here.place == Place::Text {
            self.row.push(std::mem::take(&mut self.cell));
        }
    }

    fn end_row(&mut self) {
        if self.here.place == Place::Text {
            // Of a row without its last cell's end, nothing is lost.
            let rest = std::mem::take(&mut self.cell);
            if !rest.is_empty() {
                self.row.push(rest);
            }
            self.rows.push(std::mem::take(&mut self.row));
        }
    }

    /// What stands outside of tables goes out as it is; so do cells whose row
    /// never ended.
    fn end_table(&mut self) {
        if !self.rows.is_empty() {
            self.out.push(Part::Table(std::mem::take(&mut self.rows)));
        }
        let cells = std::mem::take(&mut self.row).into_iter().flatten();
        self.out.extend(cells.chain(std::mem::take(&mut self.cell)).map(Part::Block));
    }

    fn finish(&mut self) {
        self.flush_bytes();
        // A file cut short may end inside of what goes nowhere.
        self.here.place = Place::Text;
        self.end_line();
        self.end_table();
    }
}

/// The level of a heading by its outline level, which counts from 0.
fn level_of(outline: i32) -> Option<u8> {
    u8::try_from(outline).ok().filter(|level| *level < 6).map(|level| level + 1)
}

fn named_character(name: &str) -> &'static str {
    match name {
        "emdash" => "—",
        "endash" => "–",
        "lquote" => "‘",
        "rquote" => "’",
        "ldblquote" => "“",
        "rdblquote" => "”",
        "bullet" => "•",
        _ => "",
    }
}

/// How the bytes of a font with that `\fcharset` are read; `None`: as the
/// document's own.
fn charset_letters(charset: i32) -> Option<Letters> {
    Some(match charset {
        2 => Letters::Symbols,
        77 => Letters::Of(MACINTOSH),
        128 => Letters::Of(SHIFT_JIS),
        129 => Letters::Of(EUC_KR),
        134 => Letters::Of(GBK),
        136 => Letters::Of(BIG5),
        161 => Letters::Of(WINDOWS_1253),
        162 => Letters::Of(WINDOWS_1254),
        163 => Letters::Of(WINDOWS_1258),
        177 => Letters::Of(WINDOWS_1255),
        178 => Letters::Of(WINDOWS_1256),
        186 => Letters::Of(WINDOWS_1257),
        204 => Letters::Of(WINDOWS_1251),
        222 => Letters::Of(WINDOWS_874),
        238 => Letters::Of(WINDOWS_1250),
        254 | 255 => Letters::Dos,
        _ => return None,
    })
}

/// How the bytes of a code page are read; `None` for one that is not known.
fn page_letters(page: i32) -> Option<Letters> {
    let label = match page {
        437 | 850 => return Some(Letters::Dos),
        10_000 => return Some(Letters::Of(MACINTOSH)),
        65_001 => "utf-8".to_owned(),
        932 => "shift_jis".to_owned(),
        936 => "gbk".to_owned(),
        949 => "euc-kr".to_owned(),
        950 => "big5".to_owned(),
        page => format!("windows-{page}"),
    };
    Encoding::for_label_no_replacement(label.as_bytes()).map(Letters::Of)
}

fn symbol_letter(byte: u8) -> char {
    if byte < 0x20 { ' ' } else { char::from_u32(0xf000 + u32::from(byte)).unwrap_or('\u{fffd}') }
}

fn dos_letter(byte: u8) -> char {
    /// Code page 850 from 128 on.
    const UPPER: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u{ad}±‗¾¶§÷¸°¨·¹³²■\u{a0}";
    if byte < 0x80 {
        return char::from(byte);
    }
    UPPER.chars().nth(usize::from(byte - 0x80)).unwrap_or('\u{fffd}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(rtf: &str, expected: &[&str]) {
        let found: Vec<String> =
            blocks(rtf.as_bytes()).unwrap_or_default().into_iter().map(|block| block.text).collect();
        assert_eq!(found, expected, "{rtf}");
    }

    #[test]
    fn letters_are_read_in_the_code_page_of_their_font() {
        check(r"{\rtf1\ansi\ansicpg1252 \'a35 it\'92s}", &["£5 it’s"]);
        check(r"{\rtf1\ansi\ansicpg1250 \'b9}", &["ą"]);
        check(r"{\rtf1\mac \'a3 it\'d5s}", &["£ it’s"]);
        check(r"{\rtf1\pc \'9c caf\'82}", &["£ café"]);
        check(r"{\rtf1\ansi{\fonttbl{\f0\fcharset0 A;}{\f1\fcharset204 B;}}\f1 \'c4\f0 \'c4}", &["ДÄ"]);
        check(r"{\rtf1\ansi{\fonttbl{\f3\fcharset2 Symbol;}}{\f3\'b7\tab}a point\par}", &["a point"]);
    }

    #[test]
    fn unicode_replaces_what_stands_in_for_it() {
        check(r"{\rtf1 \u8217\'92s \u163?5 {\uc0\u8211 }x \uc2\u8364\'80\'80y}", &["’s £5 –x €y"]);
        check(r"{\rtf1 \u-10179?\u-8704? \u-10179?x}", &["😀 \u{fffd}x"]);
    }

    #[test]
    fn words_that_name_characters_are_those() {
        check(
            r"{\rtf1 \ldblquote a\rdblquote \endash b\emdash c\~d \{e\} co\_op co\-op\'zz}",
            &["“a”–b—c d {e} co-op coop?zz"],
        );
    }

    #[test]
    fn paragraphs_headings_lists_and_rows_are_told_apart() {
        let rtf = r"{\rtf1{\stylesheet{\s0 Normal;}{\s1\b heading 1;}}\pard\s1 Minutes\par
            \pard\plain {\b 1.\tab Fees} and\line charges\par
            {\listtext\'b7\tab}\pard\ls1\ilvl1 a point\par
            \trowd\pard\intbl Smith\cell Here\cell\row
            \pard\outlinelevel1 Next\par\pard end}";
        let found: Vec<(Style, String, u8)> = blocks(rtf.as_bytes())
            .unwrap()
            .into_iter()
            .map(|block| (block.style, block.text, block.depth))
            .collect();
        assert_eq!(
            found,
            [
                (Style::Heading(1), "Minutes".into(), 0),
                (Style::Paragraph, "1. Fees and charges".into(), 0),
                (Style::Bullet, "a point".into(), 2),
                (Style::Row, "Smith | Here".into(), 0),
                (Style::Heading(2), "Next".into(), 0),
                (Style::Paragraph, "end".into(), 0),
            ]
        );
    }

    #[test]
    fn what_no_reader_sees_is_no_text() {
        check(
            r"{\rtf1{\info{\title T}}{\header H\par}{\*\generator G;}{\pict\bin3 }{}}a {\field{\*\fldinst HYPERLINK x}{\fldrslt link}}{\v hidden}{\deleted gone}{\footnote note} b\par}",
            &["a link b"],
        );
        check(
            r"{\rtf1{\shp{\*\shpinst{\sp{\sn a}{\sv 1}}{\shptxt\pard In a box\par}}{\shprslt In a box\par}}}",
            &["In a box"],
        );
    }

    #[test]
    fn a_file_cut_short_gives_what_came_before() {
        check(r"{\rtf1 Whole\par Half a", &["Whole", "Half a"]);
        check(r"{\rtf1 \trowd\intbl Smith\cell Here", &["Smith", "Here"]);
        check(r"{\rtf1 a\", &["a"]);
        check(r"{\rtf1 a\'f", &["a?f"]);
        check(r"{\rtf1}}}a", &["a"]);
        check(r"{\rtf1 a\bin99999999999 b", &["ab"]);
    }

    #[test]
    fn depth_is_bounded() {
        let deep = format!("{{\\rtf1 {}", "{".repeat(5_000_000));
        assert!(blocks(deep.as_bytes()).unwrap_err().contains("deep in one another"));
        assert_eq!(blocks(b"Minutes").unwrap_err(), "not an RTF file");
        assert_eq!(blocks(b"{\\rtf1}").unwrap_err(), "empty: it holds no text");
    }
}
