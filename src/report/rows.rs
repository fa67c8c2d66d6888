//! Rows that are written as they come, without the table in memory.

use std::io::{self, Write};

use serde::ser::{Serialize, Serializer};

use super::{Cell, Format, Layout, Style, Table, write};

/// Writes rows in a format: those of CSV and JSON Lines each as it comes, those
/// of the others when all are there, as they are laid out together.
pub struct Writer<'a>(Sink<'a>);

enum Sink<'a> {
    Csv { writer: Box<csv::Writer<&'a mut dyn Write>>, raw: bool },
    Jsonl { columns: Vec<String>, out: &'a mut dyn Write },
    Whole { table: Table, format: Format, style: Style, out: &'a mut dyn Write },
}

impl<'a> Writer<'a> {
    /// Begins with the header, where the format has one. The layout is for a
    /// terminal.
    pub fn new<S: AsRef<str>>(
        columns: &[S],
        layout: Layout,
        format: Format,
        style: Style,
        out: &'a mut dyn Write,
    ) -> io::Result<Self> {
        let table = Table { layout, ..Table::new(columns) };
        Ok(Self(match format {
            Format::Csv => {
                let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
                writer.write_record(&table.columns).map_err(io_error)?;
                Sink::Csv { writer: Box::new(writer), raw: style.raw_csv }
            }
            Format::Jsonl => Sink::Jsonl { columns: table.columns, out },
            Format::Table | Format::Json => Sink::Whole { table, format, style, out },
        }))
    }

    /// Writes a row, which has a cell for each column.
    pub fn row(&mut self, row: &[Cell]) -> io::Result<()> {
        match &mut self.0 {
            Sink::Csv { writer, raw } => {
                writer.write_record(row.iter().map(|cell| csv_cell(cell, *raw))).map_err(io_error)
            }
            Sink::Jsonl { columns, out } => {
                assert_eq!(row.len(), columns.len(), "a row has a cell for each column");
                serde_json::to_writer(&mut **out, &Object { columns, row })?;
                out.write_all(b"\n")
            }
            Sink::Whole { table, .. } => {
                table.push(row.to_vec());
                Ok(())
            }
        }
    }

    /// Writes what has been kept back.
    pub fn finish(self) -> io::Result<()> {
        match self.0 {
            Sink::Csv { mut writer, .. } => writer.flush(),
            Sink::Jsonl { .. } => Ok(()),
            Sink::Whole { table, format, style, out } => write(&table, format, style, out),
        }
    }
}

/// A row as an object of JSON, its keys in the order of the columns.
pub(super) struct Object<'a> {
    pub columns: &'a [String],
    pub row: &'a [Cell],
}

impl Serialize for Object<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.columns.iter().zip(self.row))
    }
}

impl Serialize for Cell {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Unknown => serializer.serialize_none(),
            Self::Count(count) => serializer.serialize_u64(*count),
            // Rounded as printed, so that every format shows the same number.
            Self::Number(number) => serializer.serialize_f64((number * 10_000.0).round() / 10_000.0),
            Self::P(p) => serializer.serialize_f64(self.plain().parse().unwrap_or(*p)),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Truth(truth) => serializer.serialize_bool(*truth),
            Self::List(list) => serializer.collect_seq(list),
            Self::Quote(_) => serializer.serialize_str(&self.plain()),
        }
    }
}

/// The fault below a fault of CSV, so that a closed pipe is known as one.
fn io_error(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
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
    let is_text = matches!(cell, Cell::Text(_) | Cell::List(_) | Cell::Quote(_));
    if raw || !is_text || text.parse::<f64>().is_ok() {
        return text;
    }
    let opens_formula =
        |c: char| matches!(c, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠' | '\t' | '\r');
    let begins = text.starts_with(['\t', '\r']) || text.trim_start().starts_with(opens_formula);
    if begins { format!("'{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

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

    #[track_caller]
    fn check(format: Format, after_a_row: &str, at_the_end: &str) {
        for (is_finished, expected) in [(false, after_a_row), (true, at_the_end)] {
            let mut out = Vec::new();
            let columns = ["a", "b", "c"];
            let mut writer = Writer::new(&columns, Layout::Grid, format, Style::default(), &mut out).unwrap();
            let list = Cell::List(vec!["(b)".into(), "(v)".into()]);
            writer.row(&["x".into(), Cell::Truth(true), list]).unwrap();
            if is_finished {
                writer.finish().unwrap()
            } else {
                drop(writer)
            }
            assert_eq!(String::from_utf8(out).unwrap(), expected);
        }
    }

    #[test]
    fn a_row_is_written_when_it_comes_where_the_format_lets_it() {
        let line = "{\"a\":\"x\",\"b\":true,\"c\":[\"(b)\",\"(v)\"]}\n";
        check(Format::Jsonl, line, line);
        let csv = "a,b,c\r\nx,true,(b) (v)\r\n";
        check(Format::Csv, csv, csv);
        let list = "[\n      \"(b)\",\n      \"(v)\"\n    ]";
        check(
            Format::Json,
            "",
            &format!("[\n  {{\n    \"a\": \"x\",\n    \"b\": true,\n    \"c\": {list}\n  }}\n]\n"),
        );
    }
}
