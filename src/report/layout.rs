//! Lays a table out for a terminal, as CSV, JSON or JSON Lines.

use std::io::{self, Write};

use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, LineStyle, TableStyle, Width};
use serde_json::{Map, Value};

use super::cards::cards;
use super::{Cell, Layout, Table};

/// The widest column that a terminal shows whole, in characters, also where
/// the table then runs over its edge.
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
        Format::Table => grid(table, style, out),
        Format::Csv => csv(table, style, out),
        Format::Jsonl => jsonl(table, out),
        Format::Json => json(table, out),
    }
}

fn csv(table: &Table, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let mut writer = ::csv::WriterBuilder::new().terminator(::csv::Terminator::CRLF).from_writer(out);
    writer.write_record(&table.columns).map_err(io_error)?;
    for row in &table.rows {
        writer.write_record(row.iter().map(|cell| csv_cell(cell, style.raw_csv))).map_err(io_error)?;
    }
    writer.flush()
}

/// The fault below a fault of CSV, so that a closed pipe is known as one.
fn io_error(error: ::csv::Error) -> io::Error {
    match error.into_kind() {
        ::csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

/// The text of a cell, with `'` before what a spreadsheet would run as a
/// formula: text that begins with `= + - @`, their full-width twins, a tab or
/// a carriage return. Source: OWASP, CSV injection. Other control characters,
/// which could steer a terminal, are left out.
fn csv_cell(cell: &Cell, raw: bool) -> String {
    let is_kept = |c: &char| !c.is_control() || matches!(c, '\t' | '\r' | '\n');
    let text: String = cell.plain().chars().filter(is_kept).collect();
    let is_text = matches!(cell, Cell::Text(_) | Cell::Quote(_));
    if raw || !is_text || text.parse::<f64>().is_ok() {
        return text;
    }
    let opens_formula =
        |c: char| matches!(c, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠' | '\t' | '\r');
    let begins = text.starts_with(['\t', '\r']) || text.trim_start().starts_with(opens_formula);
    if begins { format!("'{text}") } else { text }
}

fn jsonl(table: &Table, out: &mut dyn Write) -> io::Result<()> {
    for row in &table.rows {
        serde_json::to_writer(&mut *out, &object(table, row))?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

fn json(table: &Table, out: &mut dyn Write) -> io::Result<()> {
    let rows: Vec<Value> = table.rows.iter().map(|row| object(table, row)).collect();
    serde_json::to_writer_pretty(&mut *out, &rows)?;
    out.write_all(b"\n")
}

fn object(table: &Table, row: &[Cell]) -> Value {
    let cells = table.columns.iter().cloned().zip(row.iter().map(|cell| match cell {
        Cell::Unknown => Value::Null,
        Cell::Count(count) => Value::from(*count),
        // Rounded as printed, so that every format shows the same number.
        Cell::Number(number) => Value::from((number * 10_000.0).round() / 10_000.0),
        Cell::Text(_) | Cell::Quote(_) => Value::from(cell.plain()),
    }));
    Value::Object(cells.collect::<Map<_, _>>())
}

fn grid(table: &Table, style: Style, out: &mut dyn Write) -> io::Result<()> {
    if table.rows.is_empty() {
        return Ok(());
    }
    let mut grid = comfy_table::Table::new();
    let under_header = LineStyle::none().fill('─').junction('─');
    grid.load_style(TableStyle::new().header_separator(under_header));
    grid.set_content_arrangement(ContentArrangement::Dynamic);
    // Without a terminal nothing is wrapped, so that lines can be searched.
    grid.set_width(style.width.unwrap_or(u16::MAX));
    grid.set_header(table.columns.iter().map(|name| name.replace('_', " ")));
    for row in &table.rows {
        grid.add_row(row.iter().map(|cell| {
            let is_number = matches!(cell, Cell::Count(_) | Cell::Number(_));
            let align = if is_number { CellAlignment::Right } else { CellAlignment::Left };
            comfy_table::Cell::new(printable(&cell.plain())).set_alignment(align)
        }));
    }
    // Names, numbers and identifiers are not broken; long text is.
    for (at, name) in table.columns.iter().enumerate() {
        let widest = table.rows.iter().map(|row| row[at].plain().chars().count()).max().unwrap_or(0);
        let constraint = match widest.max(name.chars().count()) {
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
/// where it is from. The address is left to the other formats.
fn lines(table: &Table, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let at = |name: &str| table.columns.iter().position(|column| column == name);
    let cell = |row: &[Cell], name: &str| at(name).map(|at| printable(&row[at].plain())).unwrap_or_default();
    let width = |row: &[Cell], name: &str| cell(row, name).trim().chars().count();
    let widest = |name: &str| table.rows.iter().map(|row| width(row, name)).max().unwrap_or(0);
    let (left_width, right_width) = (widest("left"), widest("right") + widest("match"));
    for row in &table.rows {
        let (matched, right) = (cell(row, "match"), cell(row, "right").trim().to_owned());
        let shown = if style.colour { format!("\x1b[1m{matched}\x1b[0m") } else { format!("[{matched}]") };
        let padding = right_width.saturating_sub(matched.chars().count() + right.chars().count());
        let from = ["date", "council", "passage_id"].map(|name| cell(row, name)).join("  ");
        let left = cell(row, "left");
        let left = left.trim();
        writeln!(out, "{left:>left_width$} {shown} {right}{}  {from}", " ".repeat(padding))?;
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

    #[track_caller]
    fn check_csv(text: &str, expected: &str) {
        assert_eq!(csv_cell(&Cell::from(text), false), expected);
    }

    #[test]
    fn no_cell_becomes_a_formula() {
        check_csv("=1+1", "'=1+1");
        check_csv("  @SUM(A1)", "'  @SUM(A1)");
        check_csv("＝HYPERLINK()", "'＝HYPERLINK()");
        check_csv("\tx", "'\tx");
        check_csv("-4", "-4");
        check_csv("- noted", "'- noted");
        check_csv("7 = seven", "7 = seven");
        check_csv("a\u{1b}[31mb", "a[31mb");
    }

    #[test]
    fn escape_codes_in_a_page_never_reach_the_terminal() {
        assert_eq!(printable("a\x1b[31mb\u{202e}c\nd"), "a\u{fffd}[31mb\u{fffd}c d");
    }

    #[test]
    fn matches_of_a_concordance_stand_under_each_other() {
        let mut table = Table::new(&["date", "council", "left", "match", "right", "passage_id"]);
        table.layout = Layout::Lines;
        table.push(["2020", "a", "one", "two", "three", "x"].map(Cell::from).to_vec());
        table.push(["2021", "b", "longer one", "2", "3", "y"].map(Cell::from).to_vec());
        assert_eq!(
            written(&table, Format::Table),
            "       one [two] three  2020  a  x\nlonger one [2] 3        2021  b  y\n"
        );
    }
}
