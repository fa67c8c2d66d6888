//! Lays a table out: for a terminal, or in any format.

use std::io::{self, Write};
use std::path::Path;

use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, LineStyle, TableStyle, Width};

use super::cards::cards;
use super::entries::entries;
use super::rows::{Object, Writer};
use super::{Cell, Layout, Table};
use crate::model::{Error, Result};

/// The widest column that a terminal shows whole, in characters.
const UNBROKEN: usize = 40;

/// The least width of a column that is broken, in characters.
const LEAST: u16 = 24;

/// How a table is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For people, on a terminal.
    #[default]
    Table,
    /// RFC 4180, with a header; rows end in CR LF.
    Csv,
    /// One JSON object a row.
    Jsonl,
    /// One JSON array of objects.
    Json,
}

impl Format {
    /// The format that the ending of a file's name stands for; a table where it has none.
    ///
    /// Fails where the ending stands for something else, such as `.xlsx`.
    pub fn of_file(path: &Path) -> Result<Self> {
        let ending = path.extension().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
        match ending.as_str() {
            "csv" => Ok(Self::Csv),
            "jsonl" | "ndjson" => Ok(Self::Jsonl),
            "json" => Ok(Self::Json),
            "" | "txt" => Ok(Self::Table),
            _ => Err(Error::Input(format!(
                "`{}`: no format ends in `.{ending}`; there are .csv, .json, .jsonl (or .ndjson), and .txt for a \
                 table; `--format` sets one whatever the name",
                path.display()
            ))),
        }
    }

    /// The format of what is for other programs, a line a thing, and too long to
    /// be laid out for people: JSON Lines in place of a table.
    pub fn of_lines(self) -> Self {
        if self == Self::Table { Self::Jsonl } else { self }
    }
}

/// What the terminal can show.
#[derive(Debug, Clone, Copy, Default)]
pub struct Style {
    /// Whether matches are shown in bold.
    pub colour: bool,
    /// The width in columns, where it is known.
    pub width: Option<u16>,
    /// CSV cells are written as they are, also where a spreadsheet would take
    /// them for a formula.
    pub raw_csv: bool,
}

/// Writes a table in a format.
pub fn write(table: &Table, format: Format, style: Style, out: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Table if table.layout == Layout::Cards => cards(table, style, out),
        Format::Table if table.layout == Layout::Lines => lines(table, style, out),
        Format::Table if fits(table, Names::Whole, style) => grid(table, Names::Whole, style, out),
        Format::Table if fits(table, Names::Broken, style) => grid(table, Names::Broken, style, out),
        Format::Table => entries(table, style, out),
        Format::Json => json(table, out),
        Format::Csv | Format::Jsonl => {
            let mut writer = Writer::new(&table.columns, table.layout, format, style, out)?;
            table.rows.iter().try_for_each(|row| writer.row(row))?;
            writer.finish()
        }
    }
}

fn json(table: &Table, out: &mut dyn Write) -> io::Result<()> {
    let rows: Vec<Object> = table.rows.iter().map(|row| Object { columns: &table.columns, row }).collect();
    serde_json::to_writer_pretty(&mut *out, &rows)?;
    out.write_all(b"\n")
}

/// How the names of columns are laid out.
#[derive(Clone, Copy)]
enum Names {
    Whole,
    /// Each word on a line.
    Broken,
}

/// What stands between two columns.
const BETWEEN: usize = 3;

/// What a column takes of a terminal at least, with the space beside it: of its widest cell
/// and of its name, in characters. Long text is broken.
pub fn least_width(cell: usize, name: usize) -> usize {
    name.max(if cell > UNBROKEN { LEAST.into() } else { cell }) + BETWEEN
}

/// The widest cell of a column, in characters.
fn widest(table: &Table, at: usize) -> usize {
    table.rows.iter().map(|row| row[at].plain().chars().count()).max().unwrap_or(0)
}

/// Whether a grid fits the terminal, long text broken.
fn fits(table: &Table, names: Names, style: Style) -> bool {
    let column = |(at, name): (usize, &String)| {
        let name = match names {
            Names::Whole => name.chars().count(),
            Names::Broken => name.split('_').map(|word| word.chars().count()).max().unwrap_or(0),
        };
        least_width(widest(table, at), name)
    };
    style
        .width
        .is_none_or(|width| table.columns.iter().enumerate().map(column).sum::<usize>() <= width.into())
}

fn grid(table: &Table, names: Names, style: Style, out: &mut dyn Write) -> io::Result<()> {
    if table.rows.is_empty() {
        return Ok(());
    }
    let mut grid = comfy_table::Table::new();
    let under_header = LineStyle::none().fill('─').junction('─');
    grid.load_style(TableStyle::new().header_separator(under_header));
    grid.set_content_arrangement(ContentArrangement::Dynamic);
    // Without a terminal nothing is wrapped, so that lines can be searched.
    grid.set_width(style.width.unwrap_or(u16::MAX));
    let between_words = match names {
        Names::Whole => " ",
        Names::Broken => "\n",
    };
    grid.set_header(table.columns.iter().map(|name| name.replace('_', between_words)));
    for row in &table.rows {
        grid.add_row(row.iter().map(|cell| {
            let is_number = matches!(cell, Cell::Count(_) | Cell::Number(_) | Cell::P(_));
            let align = if is_number { CellAlignment::Right } else { CellAlignment::Left };
            comfy_table::Cell::new(printable(&cell.plain())).set_alignment(align)
        }));
    }
    // Names, numbers and identifiers are not broken; long text is.
    for at in 0..table.columns.len() {
        let constraint = match widest(table, at) {
            0..=UNBROKEN => ColumnConstraint::ContentWidth,
            _ => ColumnConstraint::LowerBoundary(Width::Fixed(LEAST)),
        };
        if let Some(column) = grid.column_mut(at) {
            column.set_constraint(constraint);
        }
    }
    for line in grid.lines() {
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

/// A concordance: the matches stand under each other, and behind each line
/// where it is from. The address is left to the other formats. Between a match
/// and what stands beside it is what was published there: a blank or none.
fn lines(table: &Table, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let at = |name: &str| table.columns.iter().position(|column| column == name);
    let cell = |row: &[Cell], name: &str| at(name).map(|at| printable(&row[at].plain())).unwrap_or_default();
    let width = |row: &[Cell], name: &str| cell(row, name).chars().count();
    let widest = |name: &str| table.rows.iter().map(|row| width(row, name)).max().unwrap_or(0);
    let (left_width, right_width) = (widest("left"), widest("right") + widest("match"));
    for row in &table.rows {
        let [left, matched, right] = ["left", "match", "right"].map(|name| cell(row, name));
        let shown = if style.colour { format!("\x1b[1m{matched}\x1b[0m") } else { format!("[{matched}]") };
        let padding = right_width.saturating_sub(matched.chars().count() + right.chars().count());
        let from = ["date", "council", "passage_id"].map(|name| cell(row, name)).join("  ");
        writeln!(out, "{left:>left_width$}{shown}{right}{}  {from}", " ".repeat(padding))?;
    }
    Ok(())
}

/// The text without what could steer a terminal: control characters and marks
/// that reverse the direction of writing become `�`, white space one blank.
pub fn printable(text: &str) -> String {
    let shown = |c: char| match c {
        '\t' | '\n' | '\r' => ' ',
        c if c.is_control() => '\u{fffd}',
        '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
        c => c,
    };
    text.chars().map(shown).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(table: &Table, format: Format) -> String {
        let mut out = Vec::new();
        write(table, format, Style::default(), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn table(cells: Vec<Cell>) -> Table {
        let columns: Vec<String> = (1..=cells.len()).map(|n| format!("c{n}")).collect();
        let mut table = Table::new(&columns);
        table.push(cells);
        table
    }

    #[test]
    fn the_unknown_is_empty_and_null_and_zero_is_zero() {
        let table = table(vec![Cell::Unknown, Cell::Count(0), Cell::Number(0.5)]);
        assert_eq!(written(&table, Format::Csv), "c1,c2,c3\r\n,0,0.5000\r\n");
        assert_eq!(written(&table, Format::Jsonl), "{\"c1\":null,\"c2\":0,\"c3\":0.5}\n");
    }

    #[test]
    fn a_table_wider_than_the_terminal_breaks_its_names_and_then_its_rows() {
        let mut table = Table::new(&["council", "of_meetings", "readable"]);
        table.push(vec!["moorby".into(), Cell::Count(12), Cell::Count(9)]);
        let lines = |width| {
            let mut out = Vec::new();
            write(&table, Format::Table, Style { width: Some(width), ..Style::default() }, &mut out).unwrap();
            String::from_utf8(out).unwrap()
        };
        assert_eq!(lines(40).lines().next(), Some(" council   of meetings   readable"));
        assert_eq!(
            lines(34).lines().take(2).collect::<Vec<_>>(),
            [" council   of         readable", "           meetings"]
        );
        // Of 60 characters 24 stand on a line.
        assert_eq!([least_width(60, 7), least_width(40, 7), least_width(4, 7)], [27, 43, 10]);
        assert_eq!(lines(31), "moorby\n   of meetings 12 · readable 9\n");
    }

    #[test]
    fn escape_codes_in_a_page_never_reach_the_terminal() {
        assert_eq!(printable("a\x1b[31mb\u{202e}c\nd"), "a\u{fffd}[31mb\u{fffd}c d");
    }

    #[test]
    fn matches_of_a_concordance_stand_under_each_other() {
        let mut table = Table::new(&["date", "council", "left", "match", "right", "passage_id"]);
        table.layout = Layout::Lines;
        table.push(["2020", "a", "one ", "two", " three", "x"].map(Cell::from).to_vec());
        table.push(["2021", "b", "longer one ", "2", " 3", "y"].map(Cell::from).to_vec());
        table.push(["2022", "c", "a multi-", "agency", ", at", "z"].map(Cell::from).to_vec());
        assert_eq!(
            written(&table, Format::Table),
            "       one [two] three     2020  a  x\n\
             longer one [2] 3           2021  b  y\n   a multi-[agency], at    2022  c  z\n"
        );
    }
}
