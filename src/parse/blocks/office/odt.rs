//! ODT, after OpenDocument 1.3.

use std::collections::HashMap;

use quick_xml::events::BytesStart;

use super::lists::{Counters, Counting, LEVELS, Level};
use super::{Mark, Open, Token, Writer, attribute, name, number, tokens, unpacked};
use crate::parse::blocks::Block;
use crate::parse::label::Series;

/// The blocks of an ODT file, or why it could not be read.
pub fn odt(bytes: &[u8]) -> Result<Vec<Block>, String> {
    let [content, styles] = unpacked(bytes, ["content.xml", "styles.xml"], "ODT")?;
    blocks(&content, &styles)
}

fn blocks(content: &str, styles: &str) -> Result<Vec<Block>, String> {
    let mut reader = Body::default();
    reader.styles.read(styles);
    reader.styles.read(content);
    tokens(content, &DROPPED, |token| match token {
        Token::Start(tag) => reader.start(&tag),
        Token::End(name) => reader.end(&name),
        Token::Text(text) => reader.text(&text),
    });
    reader.writer.finish()
}

/// What a style says of text.
#[derive(Debug, Clone, Default)]
struct Look {
    base: String,
    bold: Option<bool>,
    is_hidden: bool,
}

/// The styles of text, and those of lists; that of the headings has no name.
#[derive(Debug, Default)]
struct Styles {
    looks: HashMap<String, Look>,
    lists: HashMap<String, Vec<Level>>,
}

impl Styles {
    fn read(&mut self, xml: &str) {
        let (mut style, mut list) = (String::new(), String::new());
        tokens(xml, &[], |token| {
            let Token::Start(tag) = token else { return };
            let named = |wanted: &str| attribute(&tag, wanted).unwrap_or_default();
            match name(&tag) {
                "style" => {
                    style = named("name");
                    let look = Look { base: named("parent-style-name"), ..Look::default() };
                    self.looks.insert(style.clone(), look);
                }
                "text-properties" => {
                    let Some(look) = self.looks.get_mut(&style) else { return };
                    look.bold = attribute(&tag, "font-weight").map(|weight| is_bold(&weight));
                    look.is_hidden = named("display") == "none";
                }
                "list-style" | "outline-style" => {
                    list = if name(&tag) == "list-style" { named("name") } else { String::new() };
                    self.lists.insert(list.clone(), vec![Level::default(); LEVELS]);
                }
                "list-level-style-number" | "list-level-style-bullet" | "outline-level-style" => {
                    let at = number::<usize>(&tag, "level").unwrap_or(1).wrapping_sub(1);
                    if let Some(here) = self.lists.get_mut(&list).and_then(|levels| levels.get_mut(at)) {
                        *here = level(&tag, at);
                    }
                }
                _ => {}
            }
        });
    }

    /// Whether text of a style is bold: `None` where it does not say.
    fn bold(&self, style: &str) -> Option<bool> {
        /// Styles that one may be based on, one on the other.
        const MOST_BASES: usize = 12;
        let mut at = style;
        for _ in 0..MOST_BASES {
            let look = self.looks.get(at)?;
            if look.bold.is_some() {
                return look.bold;
            }
            at = &look.base;
        }
        None
    }
}

/// Weights go from 100 to 900; 700 is bold.
fn is_bold(weight: &str) -> bool {
    weight == "bold" || weight.parse().is_ok_and(|weight: u32| weight >= 600)
}

/// A level of a list, by its place from 0.
fn level(tag: &BytesStart, at: usize) -> Level {
    let named = |wanted: &str| attribute(tag, wanted).unwrap_or_default();
    let counting = match named("num-format").as_str() {
        _ if name(tag) == "list-level-style-bullet" => Counting::Bullet,
        "" => Counting::Nothing,
        "a" => Counting::By(Series::Letter),
        "A" => Counting::By(Series::Capital),
        "i" => Counting::By(Series::Roman),
        "I" => Counting::By(Series::RomanCapital),
        _ => Counting::By(Series::Decimal),
    };
    let n_shown = number::<usize>(tag, "display-levels").unwrap_or(1).clamp(1, at + 1);
    let numbers: Vec<String> = (at + 1 - n_shown..=at).map(|level| format!("%{}", level + 1)).collect();
    let pattern = format!("{}{}{}", named("num-prefix"), numbers.join("."), named("num-suffix"));
    Level { counting, first: number(tag, "start-value").unwrap_or(1), pattern }
}

/// Elements whose text is not the document's.
const DROPPED: [&str; 4] = ["tracked-changes", "annotation", "note", "forms"];

#[derive(Debug, Default)]
struct Body {
    writer: Writer,
    styles: Styles,
    /// The styles of the open lists, outermost first.
    lists: Vec<String>,
    /// How far each style of lists has counted.
    counters: HashMap<String, Counters>,
    /// The mark of an entry that has begun, for its first paragraph.
    mark: Option<Mark>,
    /// What the open paragraphs and spans say of bold, outermost first, and
    /// whether they are hidden.
    looks: Vec<(bool, bool)>,
}

impl Body {
    fn start(&mut self, tag: &BytesStart) {
        let name = name(tag);
        match name {
            "p" | "h" => self.paragraph(tag, name == "h"),
            "span" => self.look(tag),
            "list" => self.list(tag),
            "list-item" => self.entry(number(tag, "start-value")),
            "list-header" => self.mark = None,
            "tab" => self.push("\t"),
            "s" => self.push(" "),
            "line-break" => self.push("\n"),
            "table" => self.writer.begin_table(),
            "table-row" => self.writer.begin_row(),
            "table-cell" => self.writer.begin_cell(),
            _ => {}
        }
    }

    fn end(&mut self, name: &str) {
        match name {
            "p" | "h" => {
                self.writer.end();
                self.looks.pop();
            }
            "span" => {
                self.looks.pop();
            }
            "list" => {
                self.lists.pop();
                self.mark = None;
            }
            "table" => self.writer.end_table(),
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        self.push(text);
    }

    fn push(&mut self, text: &str) {
        let (bold, is_hidden) = self.looks.last().copied().unwrap_or_default();
        if !is_hidden {
            self.writer.push(text, bold);
        }
    }

    fn look(&mut self, tag: &BytesStart) {
        let style = attribute(tag, "style-name").unwrap_or_default();
        let (bold, is_hidden) = self.looks.last().copied().unwrap_or_default();
        let hides = self.styles.looks.get(&style).is_some_and(|look| look.is_hidden);
        self.looks.push((self.styles.bold(&style).unwrap_or(bold), is_hidden || hides));
    }

    fn paragraph(&mut self, tag: &BytesStart, is_heading: bool) {
        let mut paragraph = Open {
            mark: self.mark.take(),
            depth: u8::try_from(self.lists.len()).unwrap_or(u8::MAX),
            ..Open::default()
        };
        if is_heading {
            let level: usize = number(tag, "outline-level").unwrap_or(1).max(1);
            paragraph.heading = u8::try_from(level).ok().map(|level| level.min(6)).or(Some(6));
            if paragraph.mark.is_none() && self.lists.is_empty() {
                paragraph.mark = self.next("", level - 1, None);
            }
        }
        self.look(tag);
        self.writer.begin(paragraph);
    }

    fn list(&mut self, tag: &BytesStart) {
        let named = attribute(tag, "style-name");
        let style = named.or_else(|| self.lists.last().cloned()).unwrap_or_default();
        let goes_on = attribute(tag, "continue-numbering").as_deref() == Some("true")
            || attribute(tag, "continue-list").is_some();
        if self.lists.is_empty() && !goes_on {
            self.counters.remove(&style);
        }
        self.lists.push(style);
    }

    fn entry(&mut self, first: Option<u32>) {
        let Some(style) = self.lists.last().cloned() else { return };
        self.mark = self.next(&style, self.lists.len() - 1, first);
    }

    /// The mark of the next entry of a list; a `first` number begins it anew.
    fn next(&mut self, style: &str, level: usize, first: Option<u32>) -> Option<Mark> {
        let levels = self.styles.lists.get(style)?;
        let own = levels.get(level)?;
        if own.counting == Counting::Bullet {
            return Some(Mark::Bullet);
        }
        let counters = self.counters.entry(style.to_owned()).or_default();
        if first.is_some() {
            counters.forget(level);
        }
        counters.next(level, first.unwrap_or(own.first));
        counters.label(levels, level).map(Mark::Label)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::blocks::Style;

    #[test]
    fn lists_headings_tables_and_bold_are_read() {
        let styles = r#"<s><style:style style:name="Base"><style:text-properties fo:font-weight="bold"/></style:style>
            <text:outline-style><text:outline-level-style text:level="1" style:num-format="1" style:num-suffix="."/></text:outline-style></s>"#;
        let content = r#"<d><style:style style:name="T1" style:parent-style-name="Base"/>
            <text:list-style style:name="L1"><text:list-level-style-number text:level="1" style:num-format="a" style:num-prefix="(" style:num-suffix=")"/>
            <text:list-level-style-bullet text:level="2"/></text:list-style>
            <text:h text:outline-level="1">Roads</text:h><text:p><text:span text:style-name="T1">Agreed</text:span></text:p>
            <text:list text:style-name="L1"><text:list-item><text:p>one</text:p><text:list><text:list-item><text:p>point</text:p></text:list-item></text:list></text:list-item>
            <text:list-item><text:p>two</text:p><text:p>more of it</text:p></text:list-item></text:list>
            <table:table><table:table-row><table:table-cell><text:p>Smith</text:p></table:table-cell><table:table-cell><text:p>Here</text:p></table:table-cell></table:table-row></table:table></d>"#;
        let found = blocks(content, styles).unwrap();
        assert!(found[1].bold);
        let found: Vec<(Style, &str, u8)> =
            found.iter().map(|block| (block.style.clone(), block.text.as_str(), block.depth)).collect();
        assert_eq!(
            found,
            [
                (Style::Heading(1), "1. Roads", 0),
                (Style::Paragraph, "Agreed", 0),
                (Style::Numbered("(a)".into()), "one", 1),
                (Style::Bullet, "point", 2),
                (Style::Numbered("(b)".into()), "two", 1),
                (Style::Paragraph, "more of it", 1),
                (Style::Row, "Smith | Here", 0),
            ]
        );
    }
}
