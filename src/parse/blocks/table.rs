//! Tables to blocks.
//!
//! Word processors and pages lay minutes out in tables: a number, a title and
//! a text in one row, who is to act beside it. Such rows become paragraphs; a
//! row of data stays one block.

use std::sync::LazyLock;

use super::{Block, Style, is_capitals};
use crate::parse::label::{split_label, split_number};
use crate::parse::{Pattern, pattern};

/// The cells of a row, each with its blocks; an empty cell has none.
pub type Row = Vec<Vec<Block>>;

/// What a document is made of, in order.
#[derive(Debug)]
pub enum Part {
    /// A block outside of any table.
    Block(Block),
    /// The rows of a table.
    Table(Vec<Row>),
}

/// The blocks of a whole document.
///
/// Where most of the text, data aside, stands in rows with a number and a
/// title, as in a list of what became of each item, these rows are the
/// document's items, and their titles its headings; numbers may begin anew in
/// each table.
pub fn laid_out(parts: Vec<Part>) -> Vec<Block> {
    let (mut whole, mut of_items, mut n_items, mut n_titled) = (0, 0, 0, 0);
    for part in &parts {
        match part {
            Part::Block(block) => whole += block.text.len(),
            Part::Table(rows) => {
                let layout = Layout::of(rows);
                for row in rows.iter().filter(|_| layout != Layout::Data) {
                    let size: usize = row.iter().flatten().map(|block| block.text.len()).sum();
                    whole += size;
                    if let Some(first) = layout.numbered(row).and_then(|(_, rest)| rest.first()?.first()) {
                        of_items += size;
                        n_items += 1;
                        n_titled += usize::from(is_title(first));
                    }
                }
            }
        }
    }
    // A title may end with an abbreviation, and look like a sentence.
    let are_heads = n_items >= 3 && n_titled * 5 >= n_items * 4 && of_items * 2 >= whole;
    let mut blocks = Vec::new();
    for part in parts {
        match part {
            Part::Block(block) => blocks.push(block),
            Part::Table(rows) => put_rows(rows, are_heads, &mut blocks),
        }
    }
    blocks
}

/// The blocks of a table inside of another one.
pub fn nested(rows: Vec<Row>) -> Vec<Block> {
    let mut blocks = Vec::new();
    put_rows(rows, false, &mut blocks);
    blocks
}

fn put_rows(rows: Vec<Row>, are_heads: bool, blocks: &mut Vec<Block>) {
    let layout = Layout::of(&rows);
    if layout == Layout::Columns {
        let mut columns: Vec<Vec<Block>> = Vec::new();
        for row in rows {
            for (at, cell) in row.into_iter().enumerate() {
                if columns.len() == at {
                    columns.push(Vec::new());
                }
                columns[at].extend(cell);
            }
        }
        return blocks.extend(columns.into_iter().flatten());
    }
    let title =
        rows.first().filter(|_| are_heads).and_then(|first| title_of_table(first, rows.get(1)?, layout));
    let is_titled = title.is_some();
    blocks.extend(title);
    for row in rows.into_iter().skip(usize::from(is_titled)) {
        let number = layout.numbered(&row).map(|(number, _)| number);
        let mut cells: Row = row.into_iter().filter(|cell| !cell.is_empty()).collect();
        if let Some(number) = number {
            cells.remove(0);
            if are_heads && cells.len() > 1 {
                // The title and what became of it each fill a cell, in how many lines it may be.
                let in_lines = cells.iter_mut().filter(|cell| is_one_text(cell));
                in_lines.for_each(|cell| *cell = words(cell).into_iter().collect());
            }
            let first = cells[0].remove(0);
            let style = if are_heads { Style::Heading(ITEM_RANK) } else { Style::Paragraph };
            blocks.push(with_number(first, &number, style));
            blocks.extend(cells.into_iter().flatten());
        } else if let [label, text] = &mut cells[..]
            && is_label(label)
        {
            let first = text.remove(0);
            blocks.push(with_label(label.remove(0), first));
            blocks.append(text);
        } else if layout.is_row(&cells) || (are_heads && layout == Layout::Data && cells.len() > 1) {
            blocks.extend(joined(&cells));
        } else {
            blocks.extend(cells.into_iter().flatten());
        }
    }
}

/// The rank of a heading that a row's title is.
const ITEM_RANK: u8 = 3;

/// What stands alone in the first row of a table of items, or beside such
/// tables: above rows that are items it heads them all, above other rows it is
/// an item itself.
fn title_of_table(first: &Row, second: &Row, layout: Layout) -> Option<Block> {
    let mut filled = first.iter().filter(|cell| !cell.is_empty());
    let (cell, None) = (filled.next()?, filled.next()) else { return None };
    let title = words(cell).filter(is_title)?;
    let rank = if layout.numbered(second).is_some() { ITEM_RANK - 1 } else { ITEM_RANK };
    Some(Block { style: Style::Heading(rank), ..title })
}

/// Whether the blocks of a cell are the lines of one short text: no sentence
/// ends before the last.
fn is_one_text(cell: &[Block]) -> bool {
    const LONGEST: usize = 250;
    let size: usize = cell.iter().map(|block| block.text.len()).sum();
    let ends = |block: &Block| block.text.ends_with(['.', ';', ':', '?', '!']);
    size <= LONGEST && cell.split_last().is_some_and(|(_, before)| !before.iter().any(ends))
}

/// What a table is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Layout {
    /// Its columns have names that are not those of minutes.
    Data,
    /// Its columns are named `Item`, `Minute`, `Action` or the like.
    Minutes,
    /// Its columns list people: those present, those who sent apologies.
    Columns,
    /// Its columns have no names.
    Unnamed,
}

impl Layout {
    /// By the first row with more than one cell: the names of columns are bold
    /// or in capitals, and none is a number.
    fn of(rows: &[Row]) -> Self {
        static OF_MINUTES: LazyLock<Pattern> = LazyLock::new(|| {
            let words = "items?|agenda|minutes?|discussions?|actions?|decisions?|matters?|resolutions?";
            pattern(&format!("(?i)\\b(?:{words})\\b"))
        });
        static OF_PEOPLE: LazyLock<Pattern> = LazyLock::new(|| {
            let words =
                "present|attendance|attending|attendees|apologies|regrets|absent|presennol|ymddiheuriadau";
            pattern(&format!("(?i)\\b(?:{words})\\b"))
        });
        let is_filled = |cell: &&Vec<Block>| !cell.is_empty();
        let Some(first) = rows.iter().find(|row| row.iter().filter(is_filled).count() > 1) else {
            return Self::Unnamed;
        };
        let names: Vec<&Block> = first.iter().flatten().collect();
        let is_name = |block: &&Block| {
            (block.bold || is_capitals(&block.text))
                && block.text.len() <= 60
                && number_of(&block.text).is_none()
        };
        let n_cells = first.iter().filter(is_filled).count();
        if rows.len() < 2 || names.len() > 2 * n_cells || !names.iter().all(is_name) {
            return Self::Unnamed;
        }
        let is_name = |block: &Block| has_words(block) && block.text.len() <= 100;
        let lists_people = OF_PEOPLE.is_match(&names[0].text) && rows.iter().flatten().flatten().all(is_name);
        match () {
            () if lists_people => Self::Columns,
            () if names.iter().any(|block| OF_MINUTES.is_match(&block.text)) => Self::Minutes,
            () => Self::Data,
        }
    }

    /// The number that a row begins with, and the cells behind it, when they
    /// are an item or a numbered paragraph and not figures.
    fn numbered(self, row: &Row) -> Option<(String, &[Vec<Block>])> {
        if matches!(self, Self::Data | Self::Columns) {
            return None;
        }
        let at = row.iter().position(|cell| !cell.is_empty())?;
        let [alone] = &row[at][..] else { return None };
        let number = number_of(&alone.text)?;
        let behind = &row[at + 1..];
        let rest = &behind[behind.iter().position(|cell| !cell.is_empty())?..];
        let is_text = rest.iter().flatten().all(has_words)
            && matches!(rest[0][0].style, Style::Paragraph | Style::Heading(_));
        is_text.then_some((number, rest))
    }

    /// Whether the filled cells of a row stay together in one block.
    fn is_row(self, cells: &[Vec<Block>]) -> bool {
        /// A longer text is told, not listed.
        const LONGEST: usize = 250;
        let is_short = |cell: &Vec<Block>| cell.iter().all(|block| block.text.len() <= LONGEST);
        let are_single = cells.iter().all(|cell| cell.len() == 1);
        match self {
            _ if cells.len() < 2 => false,
            Self::Data | Self::Columns => are_single || cells.iter().all(is_short),
            Self::Minutes => cells.iter().all(|cell| cell.iter().all(|block| block.bold)),
            Self::Unnamed => are_single && (cells.len() > 3 || cells.iter().all(is_short)),
        }
    }
}

/// A number or a label that stands alone in its cell, as a reader of text
/// knows it: a bare number has a full stop behind it.
fn number_of(text: &str) -> Option<String> {
    static REFERENCE: LazyLock<Pattern> =
        LazyLock::new(|| pattern(r"^(?:[A-Z]{1,5}[-/. ]?)?\d{1,4}(?:[-/]\d{1,4}){0,2}[a-z]?$"));
    const LONGEST: usize = 12;
    if text.len() > LONGEST {
        return None;
    }
    let bare = text.trim_end_matches(['.', ':']);
    let is_label = split_label(text).is_some_and(|(_, rest)| rest.is_empty());
    if is_label || split_number(text).is_some_and(|(_, rest)| rest.is_empty()) {
        return Some(text.to_owned());
    }
    let is_plain = bare.starts_with(|c: char| c.is_ascii_digit()) && !bare.contains(['/', '-']);
    REFERENCE.is_match(bare).then(|| if is_plain { format!("{bare}.") } else { bare.to_owned() })
}

fn has_words(block: &Block) -> bool {
    block.text.chars().filter(|c| c.is_alphabetic()).count() >= 2
}

/// Whether a cell says what stands beside it: `Present:`.
fn is_label(cell: &[Block]) -> bool {
    const LONGEST: usize = 40;
    matches!(cell, [only] if only.text.ends_with(':') && only.text.len() <= LONGEST)
}

/// A block with what says what it is in front of it.
fn with_label(label: Block, block: Block) -> Block {
    let lead = if label.bold { label.text.len() } else { 0 };
    let bold = label.bold && block.bold;
    Block { text: format!("{} {}", label.text, block.text), style: Style::Paragraph, bold, lead, ..block }
}

fn is_title(block: &Block) -> bool {
    let text = block.text.as_str();
    let is_short = text.len() <= 250 && !text.ends_with(['.', ';', ',', '?']);
    is_short && !text.starts_with(char::is_lowercase)
}

/// A block with a number in front of its text.
fn with_number(block: Block, number: &str, style: Style) -> Block {
    let shift = number.len() + 1;
    let lead = if block.lead > 0 { block.lead + shift } else { 0 };
    let style = if matches!(block.style, Style::Heading(_)) { block.style.clone() } else { style };
    Block { text: format!("{number} {}", block.text), style, lead, ..block }
}

/// The words of a cell in one block.
fn words(cell: &[Block]) -> Option<Block> {
    let text = cell.iter().map(|block| block.text.as_str()).collect::<Vec<_>>().join(" ");
    let bold = cell.iter().all(|block| block.bold);
    Block::new(Style::Paragraph, &text).map(|block| Block { bold, ..block })
}

/// A row of data.
fn joined(cells: &[Vec<Block>]) -> Option<Block> {
    let bold = cells.iter().flatten().all(|block| block.bold);
    let cells: Vec<String> = cells.iter().filter_map(|cell| Some(words(cell)?.text)).collect();
    Block::new(Style::Row, &cells.join(" | ")).map(|block| Block { bold, ..block })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows by lines, cells parted by `|`, blocks by `/`; `*` marks bold.
    fn rows(text: &str) -> Vec<Row> {
        let block = |text: &str| {
            let block = Block::new(Style::Paragraph, text.trim().trim_start_matches('*'))?;
            Some(Block { bold: block.bold || text.trim().starts_with('*'), ..block })
        };
        let cell = |text: &str| text.split(" / ").filter_map(block).collect();
        text.lines().map(|line| line.split('|').map(cell).collect()).collect()
    }

    #[track_caller]
    fn check(text: &str, expected: &[(Style, &str)]) {
        let found: Vec<(Style, String)> = laid_out(vec![Part::Table(rows(text))])
            .into_iter()
            .map(|block| (block.style, block.text))
            .collect();
        let expected: Vec<(Style, String)> =
            expected.iter().map(|(style, text)| (style.clone(), (*text).to_owned())).collect();
        assert_eq!(found, expected, "{text}");
    }

    use Style::{Heading, Paragraph, Row as Data};

    #[test]
    fn a_row_of_data_is_one_block() {
        check("Smith | Present", &[(Data, "Smith | Present")]);
        check("1379 | Power company | £39.40", &[(Data, "1379 | Power company | £39.40")]);
        check(
            "*Motion | *For | *Against\n1 | Hill / Dale | Moor / Fenn",
            &[(Data, "Motion | For | Against"), (Data, "1 | Hill Dale | Moor Fenn")],
        );
    }

    #[test]
    fn a_number_before_a_text_is_its_number() {
        check("6.1 | The report was read.", &[(Paragraph, "6.1 The report was read.")]);
        check(
            "7 | *Roads / Mill Road was mended. | Clerk",
            &[(Paragraph, "7. Roads"), (Paragraph, "Mill Road was mended."), (Paragraph, "Clerk")],
        );
        check("23/45 | Apologies", &[(Paragraph, "23/45 Apologies")]);
    }

    #[test]
    fn columns_named_as_those_of_minutes_lay_text_out() {
        check(
            "*Minute | *Action\nThe lamp was mended. | Clerk",
            &[(Data, "Minute | Action"), (Paragraph, "The lamp was mended."), (Paragraph, "Clerk")],
        );
    }

    #[test]
    fn lists_of_people_are_read_by_columns_and_a_label_belongs_to_what_is_beside_it() {
        check(
            "*Present | *Officers\nCllr Hill | Ms Dale\nCllr Moor |",
            &[
                (Paragraph, "Present"),
                (Paragraph, "Cllr Hill"),
                (Paragraph, "Cllr Moor"),
                (Paragraph, "Officers"),
                (Paragraph, "Ms Dale"),
            ],
        );
        check(
            "*Apologies: | Cllr Fenn\nVenue: | Hall / Mill Road",
            &[(Paragraph, "Apologies: Cllr Fenn"), (Paragraph, "Venue: Hall"), (Paragraph, "Mill Road")],
        );
    }

    #[test]
    fn rows_that_are_most_of_a_document_are_its_items() {
        check(
            "Report of the Finance Committee\n1 | Budget / for 2031 | Adopted\n2 | Fees | Lost\n1 | Roads | Adopted",
            &[
                (Heading(2), "Report of the Finance Committee"),
                (Heading(3), "1. Budget for 2031"),
                (Paragraph, "Adopted"),
                (Heading(3), "2. Fees"),
                (Paragraph, "Lost"),
                (Heading(3), "1. Roads"),
                (Paragraph, "Adopted"),
            ],
        );
    }

    #[test]
    fn what_stands_alone_above_the_rows_of_items_heads_them_or_is_an_item() {
        let tables = [
            "Report dated 3 May\n1 | Budget / of Mill & Sons Ltd. | Adopted / (see below)\n2 | Fees | Lost\n3 | Roads | Adopted",
            "*MOTIONS\n*MOTION | *SUBJECT | *FATE\n1 | That: / it be so | CARRIED",
        ];
        let found: Vec<(Style, String)> =
            laid_out(tables.into_iter().map(|text| Part::Table(rows(text))).collect())
                .into_iter()
                .map(|block| (block.style, block.text))
                .collect();
        let found: Vec<(Style, &str)> =
            found.iter().map(|(style, text)| (style.clone(), text.as_str())).collect();
        assert_eq!(
            found,
            [
                (Heading(2), "Report dated 3 May"),
                (Heading(3), "1. Budget of Mill & Sons Ltd."),
                (Paragraph, "Adopted (see below)"),
                (Heading(3), "2. Fees"),
                (Paragraph, "Lost"),
                (Heading(3), "3. Roads"),
                (Paragraph, "Adopted"),
                (Heading(3), "MOTIONS"),
                (Data, "MOTION | SUBJECT | FATE"),
                (Data, "1 | That: it be so | CARRIED"),
            ]
        );
    }
}
