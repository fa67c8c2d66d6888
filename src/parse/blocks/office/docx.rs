//! DOCX, after ISO/IEC 29500-1 (WordprocessingML).

use std::collections::{HashMap, HashSet};

use quick_xml::events::BytesStart;

use super::lists::{Counters, Counting, LEVELS, Level};
use super::{Mark, Open, Token, Writer, attribute, name, number, tokens, unpacked};
use crate::parse::blocks::Block;
use crate::parse::label::Series;

/// The blocks of a DOCX file, or why it could not be read.
pub fn docx(bytes: &[u8]) -> Result<Vec<Block>, String> {
    let parts = ["word/document.xml", "word/styles.xml", "word/numbering.xml"];
    let [document, styles, numbering] = unpacked(bytes, parts, "DOCX")?;
    blocks(&document, &styles, &numbering)
}

fn blocks(document: &str, styles: &str, numbering: &str) -> Result<Vec<Block>, String> {
    let styles = Styles::read(styles);
    let mut reader = Body { lists: Lists::read(numbering, &styles), styles, ..Body::default() };
    tokens(document, &DROPPED, |token| match token {
        Token::Start(tag) => reader.start(&tag),
        Token::End(name) => reader.end(&name),
        Token::Text(text) => reader.text(&text),
    });
    reader.writer.finish()
}

/// What a style, or a paragraph by itself, says of paragraphs.
#[derive(Debug, Clone, Default)]
struct Look {
    /// The level of a heading, from 1; 0 takes back what a style says.
    heading: Option<u8>,
    bold: Option<bool>,
    list: Option<String>,
    level: Option<usize>,
}

impl Look {
    /// What this says, and what `other` says where this is silent.
    fn or(self, other: &Self) -> Self {
        Self {
            heading: self.heading.or(other.heading),
            bold: self.bold.or(other.bold),
            list: self.list.or_else(|| other.list.clone()),
            level: self.level.or(other.level),
        }
    }

    /// Notes what a property of a paragraph or of its text says.
    fn note(&mut self, tag: &BytesStart) {
        match name(tag) {
            // Level 9 is that of text.
            "outlineLvl" => {
                self.heading = number(tag, "val").map(|level: u8| if level < 6 { level + 1 } else { 0 })
            }
            "numId" => self.list = attribute(tag, "val"),
            "ilvl" => self.level = number(tag, "val"),
            "b" => self.bold = Some(is_on(tag)),
            _ => {}
        }
    }
}

/// Whether a property that may be switched off is on.
fn is_on(tag: &BytesStart) -> bool {
    !matches!(attribute(tag, "val").as_deref(), Some("0" | "false" | "off"))
}

/// The styles, each with what it takes from others.
#[derive(Debug, Default)]
struct Styles(HashMap<String, Look>);

impl Styles {
    fn read(xml: &str) -> Self {
        /// Styles that one may be based on, one on the other.
        const MOST_BASES: usize = 12;
        let mut own: HashMap<String, (Look, String)> = HashMap::new();
        let mut id = String::new();
        tokens(xml, &[], |token| {
            let Token::Start(tag) = token else { return };
            match name(&tag) {
                "style" => {
                    id = attribute(&tag, "styleId").unwrap_or_default();
                    own.insert(
                        id.clone(),
                        (Look { heading: heading_level(&id), ..Look::default() }, String::new()),
                    );
                }
                other => {
                    let Some((look, base)) = own.get_mut(&id) else { return };
                    match other {
                        // The name is the same in every language; the id is not.
                        "name" => {
                            let level = attribute(&tag, "val").and_then(|name| heading_level(&name));
                            look.heading = look.heading.or(level);
                        }
                        "basedOn" => *base = attribute(&tag, "val").unwrap_or_default(),
                        _ => look.note(&tag),
                    }
                }
            }
        });
        let whole = |id: &String| {
            let mut look = Look::default();
            let mut at = id;
            for _ in 0..MOST_BASES {
                let Some((own, base)) = own.get(at) else { break };
                look = look.or(own);
                at = base;
            }
            (id.clone(), look)
        };
        Self(own.keys().map(whole).collect())
    }

    /// A style by its id; a file without its styles still names its headings.
    fn get(&self, id: &str) -> Look {
        let unknown = || Look { heading: heading_level(id), ..Look::default() };
        self.0.get(id).cloned().unwrap_or_else(unknown)
    }
}

/// The level of a heading by its style's name or id: `heading 1`, `Heading1`.
fn heading_level(style: &str) -> Option<u8> {
    let style = style.to_ascii_lowercase();
    if style == "title" {
        return Some(1);
    }
    style.strip_prefix("heading")?.trim().parse().ok().filter(|level| (1..=6).contains(level))
}

/// A list as a paragraph names it.
#[derive(Debug, Clone, Default)]
struct List {
    /// The definition that it counts by, together with others.
    definition: String,
    /// The numbers at which its levels begin anew.
    restarts: HashMap<usize, u32>,
}

/// The lists, and how far each has counted.
#[derive(Debug, Default)]
struct Lists {
    definitions: HashMap<String, Vec<Level>>,
    lists: HashMap<String, List>,
    counters: HashMap<String, Counters>,
    /// Lists and levels that have begun.
    begun: HashSet<(String, usize)>,
}

impl Lists {
    fn read(xml: &str, styles: &Styles) -> Self {
        let mut read = Self::default();
        let (mut definition, mut list, mut level) = (String::new(), String::new(), 0_usize);
        // A definition may stand in a style that names a list.
        let mut by_style: HashMap<String, String> = HashMap::new();
        tokens(xml, &[], |token| {
            let Token::Start(tag) = token else { return };
            let value = || attribute(&tag, "val").unwrap_or_default();
            let levels = read.definitions.get_mut(&definition);
            let here = levels.and_then(|levels| levels.get_mut(level));
            match (name(&tag), here) {
                ("abstractNum", _) => {
                    definition = attribute(&tag, "abstractNumId").unwrap_or_default();
                    list = String::new();
                    read.definitions
                        .insert(definition.clone(), vec![Level { first: 1, ..Level::default() }; LEVELS]);
                }
                ("num", _) => {
                    list = attribute(&tag, "numId").unwrap_or_default();
                    definition = String::new();
                    read.lists.insert(list.clone(), List::default());
                }
                ("numStyleLink", _) => {
                    by_style.insert(definition.clone(), value());
                }
                ("lvl" | "lvlOverride", _) => level = number(&tag, "ilvl").unwrap_or(0),
                ("start", Some(here)) => here.first = number(&tag, "val").unwrap_or(1),
                ("numFmt", Some(here)) => here.counting = counting(&value()),
                ("lvlText", Some(here)) => here.pattern = value(),
                ("abstractNumId", _) => {
                    if let Some(list) = read.lists.get_mut(&list) {
                        list.definition = value();
                    }
                }
                ("startOverride", _) => {
                    if let Some(list) = read.lists.get_mut(&list) {
                        list.restarts.insert(level, number(&tag, "val").unwrap_or(1));
                    }
                }
                _ => {}
            }
        });
        for (definition, style) in by_style {
            let list = styles.get(&style).list.unwrap_or_default();
            let other = read.lists.get(&list).map(|list| list.definition.clone()).unwrap_or_default();
            if let Some(levels) = read.definitions.get(&other).cloned() {
                read.definitions.insert(definition, levels);
            }
        }
        read
    }

    /// The mark of the next entry of a list.
    fn next(&mut self, list: &str, level: usize) -> Option<Mark> {
        let List { definition, restarts } = self.lists.get(list)?;
        let levels = self.definitions.get(definition)?;
        let own = levels.get(level)?;
        if own.counting == Counting::Bullet {
            return Some(Mark::Bullet);
        }
        let counters = self.counters.entry(definition.clone()).or_default();
        let begins = self.begun.insert((list.to_owned(), level));
        let restart = restarts.get(&level).copied().filter(|_| begins);
        if restart.is_some() {
            counters.forget(level);
        }
        counters.next(level, restart.unwrap_or(own.first));
        counters.label(levels, level).map(Mark::Label)
    }
}

fn counting(format: &str) -> Counting {
    Counting::By(match format {
        "bullet" => return Counting::Bullet,
        "none" => return Counting::Nothing,
        "lowerLetter" => Series::Letter,
        "upperLetter" => Series::Capital,
        "lowerRoman" => Series::Roman,
        "upperRoman" => Series::RomanCapital,
        _ => Series::Decimal,
    })
}

/// Elements whose text is not the document's: what was deleted, moved away or
/// is an instruction, former looks, and what stands in for newer elements.
const DROPPED: [&str; 8] =
    ["instrText", "delText", "del", "moveFrom", "Fallback", "pPrChange", "rPrChange", "sectPr"];

#[derive(Debug, Default)]
struct Body {
    writer: Writer,
    styles: Styles,
    lists: Lists,
    /// What the open paragraphs say, outermost first.
    looks: Vec<Look>,
    /// Whether the properties are those of a paragraph: what they say of its
    /// mark is not of its text.
    in_paragraph_properties: bool,
    /// Whether the run is bold, by itself or by its style.
    bold: Option<bool>,
    is_hidden: bool,
    is_text: bool,
}

impl Body {
    fn start(&mut self, tag: &BytesStart) {
        let name = name(tag);
        match name {
            "p" => {
                self.writer.begin(Open::default());
                self.looks.push(Look::default());
            }
            "pPr" => self.in_paragraph_properties = true,
            "pStyle" => self.style(tag),
            // A list without a level is of the first, whatever the style says.
            "numPr" => self.look(|look| look.level = None),
            "outlineLvl" | "numId" | "ilvl" => self.look(|look| look.note(tag)),
            "r" => (self.bold, self.is_hidden) = (None, false),
            "rStyle" if !self.in_paragraph_properties => {
                let style = self.styles.get(&attribute(tag, "val").unwrap_or_default());
                self.bold = self.bold.or(style.bold);
            }
            "b" if !self.in_paragraph_properties => self.bold = Some(is_on(tag)),
            "vanish" if !self.in_paragraph_properties => self.is_hidden = is_on(tag),
            "t" => self.is_text = true,
            "tab" if !self.in_paragraph_properties => self.push("\t"),
            "br" | "cr" => self.push("\n"),
            "noBreakHyphen" => self.push("-"),
            "sym" => {
                let code = attribute(tag, "char").and_then(|code| u32::from_str_radix(&code, 16).ok());
                self.push(&code.and_then(char::from_u32).map(String::from).unwrap_or_default());
            }
            "tbl" => self.writer.begin_table(),
            "tr" => self.writer.begin_row(),
            "tc" => self.writer.begin_cell(),
            _ => {}
        }
    }

    fn end(&mut self, name: &str) {
        match name {
            "pPr" => self.end_properties(),
            "t" => self.is_text = false,
            "p" => {
                self.writer.end();
                self.looks.pop();
            }
            "tbl" => self.writer.end_table(),
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        if self.is_text {
            self.push(text);
        }
    }

    fn push(&mut self, text: &str) {
        if !self.is_hidden {
            let bold = self.bold.or(self.looks.last().and_then(|look| look.bold)).unwrap_or(false);
            self.writer.push(text, bold);
        }
    }

    fn look(&mut self, note: impl FnOnce(&mut Look)) {
        if let Some(look) = self.looks.last_mut() {
            note(look);
        }
    }

    fn style(&mut self, tag: &BytesStart) {
        let style = self.styles.get(&attribute(tag, "val").unwrap_or_default());
        self.look(|look| *look = std::mem::take(look).or(&style));
    }

    /// Gives the paragraph what its properties say.
    fn end_properties(&mut self) {
        self.in_paragraph_properties = false;
        let (Some(look), Some(paragraph)) = (self.looks.last(), self.writer.open.last_mut()) else { return };
        paragraph.heading = look.heading.filter(|level| *level > 0);
        // List 0 takes a paragraph out of its style's list.
        let Some(list) = look.list.as_deref().filter(|list| *list != "0") else { return };
        let level = look.level.unwrap_or(0);
        paragraph.mark = self.lists.next(list, level);
        paragraph.depth = u8::try_from(level).unwrap_or(u8::MAX).saturating_add(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::blocks::Style;

    fn read(body: &str, styles: &str, numbering: &str) -> Vec<Block> {
        blocks(&format!("<w:document><w:body>{body}</w:body></w:document>"), styles, numbering)
            .unwrap_or_default()
    }

    #[track_caller]
    fn check(found: Vec<Block>, expected: &[(Style, &str)]) {
        let found: Vec<(Style, String)> = found.into_iter().map(|block| (block.style, block.text)).collect();
        let expected: Vec<(Style, String)> =
            expected.iter().map(|(style, text)| (style.clone(), (*text).to_owned())).collect();
        assert_eq!(found, expected);
    }

    use Style::{Bullet, Heading, Numbered, Paragraph, Row};

    fn entry(list: u8, level: u8, text: &str) -> String {
        format!(
            "<w:p><w:pPr><w:numPr><w:ilvl w:val=\"{level}\"/><w:numId w:val=\"{list}\"/></w:numPr></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"
        )
    }

    fn level(level: u8, format: &str, pattern: &str) -> String {
        format!(
            "<w:lvl w:ilvl=\"{level}\"><w:start w:val=\"1\"/><w:numFmt w:val=\"{format}\"/><w:lvlText w:val=\"{pattern}\"/></w:lvl>"
        )
    }

    #[test]
    fn paragraphs_and_tables_are_told_apart() {
        let found = read(
            r#"<w:p><w:pPr><w:pStyle w:val="Heading1"/></w:pPr><w:r><w:t>Minutes</w:t></w:r></w:p>
            <w:p><w:r><w:rPr><w:b/></w:rPr><w:t>1.</w:t><w:tab/><w:t>Fees &amp; charges</w:t></w:r></w:p>
            <w:tbl><w:tr><w:tc><w:p><w:r><w:t>Smith</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>Here</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"#,
            "",
            "",
        );
        assert!(found[1].bold);
        check(found, &[(Heading(1), "Minutes"), (Paragraph, "1. Fees & charges"), (Row, "Smith | Here")]);
    }

    #[test]
    fn lists_are_numbered_as_their_definitions_say() {
        let numbering = format!(
            "<w:numbering><w:abstractNum w:abstractNumId=\"7\">{}{}{}</w:abstractNum>\
             <w:abstractNum w:abstractNumId=\"8\">{}</w:abstractNum>\
             <w:num w:numId=\"1\"><w:abstractNumId w:val=\"7\"/></w:num>\
             <w:num w:numId=\"2\"><w:abstractNumId w:val=\"7\"/><w:lvlOverride w:ilvl=\"0\"><w:startOverride w:val=\"5\"/></w:lvlOverride></w:num>\
             <w:num w:numId=\"3\"><w:abstractNumId w:val=\"8\"/></w:num></w:numbering>",
            level(0, "decimal", "%1."),
            level(1, "decimal", "%1.%2"),
            level(2, "lowerLetter", "(%3)"),
            level(0, "bullet", "·"),
        );
        let body = [
            entry(1, 0, "Roads"),
            entry(1, 1, "The report."),
            entry(1, 2, "a clause"),
            entry(3, 0, "a point"),
            entry(1, 0, "Parks"),
            entry(2, 0, "Trees"),
            entry(2, 0, "Ponds"),
            entry(0, 0, "No entry"),
        ];
        check(
            read(&body.concat(), "", &numbering),
            &[
                (Numbered("1.".into()), "Roads"),
                (Paragraph, "1.1 The report."),
                (Numbered("(a)".into()), "a clause"),
                (Bullet, "a point"),
                (Numbered("2.".into()), "Parks"),
                (Numbered("5.".into()), "Trees"),
                (Numbered("6.".into()), "Ponds"),
                (Paragraph, "No entry"),
            ],
        );
    }

    #[test]
    fn a_style_may_make_headings_lists_and_bold_text() {
        let styles = "<w:styles><w:style w:styleId=\"Kop1\"><w:name w:val=\"heading 1\"/></w:style>\
            <w:style w:styleId=\"Item\"><w:basedOn w:val=\"Kop1\"/><w:pPr><w:numPr><w:numId w:val=\"1\"/></w:numPr></w:pPr></w:style>\
            <w:style w:styleId=\"Strong\"><w:rPr><w:b/></w:rPr></w:style></w:styles>";
        let numbering = format!(
            "<w:numbering><w:abstractNum w:abstractNumId=\"7\">{}</w:abstractNum><w:num w:numId=\"1\"><w:abstractNumId w:val=\"7\"/></w:num></w:numbering>",
            level(0, "decimal", "%1"),
        );
        let found = read(
            "<w:p><w:pPr><w:pStyle w:val=\"Item\"/></w:pPr><w:r><w:t>Roads</w:t></w:r></w:p>\
             <w:p><w:r><w:rPr><w:rStyle w:val=\"Strong\"/></w:rPr><w:t>Agreed</w:t></w:r></w:p>",
            styles,
            &numbering,
        );
        assert!(found[1].bold);
        check(found, &[(Heading(1), "1. Roads"), (Paragraph, "Agreed")]);
    }

    #[test]
    fn what_no_reader_sees_is_no_text_and_a_box_is_read_once() {
        check(
            read(
                "<w:p><w:r><w:t>a</w:t></w:r><w:del><w:r><w:delText>x</w:delText></w:r></w:del>\
                 <w:r><w:rPr><w:vanish/></w:rPr><w:t>x</w:t></w:r><w:r><w:AlternateContent><w:Choice><w:txbxContent>\
                 <w:p><w:r><w:t>In a box</w:t></w:r></w:p></w:txbxContent></w:Choice><w:Fallback><w:p><w:r><w:t>x</w:t></w:r></w:p>\
                 </w:Fallback></w:AlternateContent></w:r><w:r><w:t>b</w:t></w:r></w:p>",
                "",
                "",
            ),
            &[(Paragraph, "In a box"), (Paragraph, "ab")],
        );
    }

    #[test]
    fn tables_in_one_another_without_end_are_read_in_linear_time() {
        let deep = "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>x</w:t></w:r></w:p>".repeat(60_000);
        assert_eq!(read(&deep, "", "").len(), 60_000);
        assert_eq!(read(&"<w:p><w:r><w:t>x</w:t>".repeat(60_000), "", "").len(), 60_000);
    }

    #[test]
    fn xml_cut_short_keeps_what_came_before() {
        check(
            blocks("<w:p><w:r><w:t>Whole</w:t></w:r></w:p><w:tbl><w:tr><w:tc><w:p><w:r><w:t>Half", "", "")
                .unwrap(),
            &[(Paragraph, "Whole"), (Paragraph, "Half")],
        );
    }
}
