//! A manifest: a table that says what each file is.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::councils::listed;
use crate::model::{Edition, Error, PartialDate, Result};
use crate::parse::date::dates;

/// What a manifest says, by file, and what is wrong with its rows.
#[derive(Debug, Default)]
pub struct Manifest {
    /// By absolute path.
    pub by_path: HashMap<PathBuf, Said>,
    /// What is wrong, each with its row.
    pub faults: Vec<String>,
    /// Which columns are not read, in a line, if there are any.
    pub note: Option<String>,
}

/// What is said of a file; empty where it is not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Said {
    /// The council's name.
    pub council: String,
    /// The body's name.
    pub body: String,
    /// When it met.
    pub date: Option<PartialDate>,
    /// What the file is.
    pub edition: Option<Edition>,
}

impl Said {
    /// This, and where it says nothing the other.
    pub fn or(self, other: Self) -> Self {
        let first = |one: String, other: String| if one.trim().is_empty() { other } else { one };
        Self {
            council: first(self.council, other.council),
            body: first(self.body, other.body),
            date: self.date.or(other.date),
            edition: self.edition.or(other.edition),
        }
    }
}

/// The columns that are read; others are passed over.
struct Columns {
    path: usize,
    council: Option<usize>,
    body: Option<usize>,
    date: Option<usize>,
    kind: Option<usize>,
}

impl Manifest {
    /// Reads a manifest: CSV with the columns path, council, committee (or
    /// body), date, kind (or edition), in any order and case. Paths are
    /// relative to it. A row with a date or a kind that is none is used without
    /// it; one with too many or too few cells, of which nobody knows what stands
    /// where, is not used. Both are named in `faults`.
    ///
    /// Fails where a column's name is a slip of one that is read and not there.
    pub fn read(path: &Path) -> Result<Self> {
        let bytes = fs::read(path).map_err(Error::io("read", path))?;
        let name = path.display().to_string();
        let wrong = |reason: String| Error::Input(format!("the manifest `{name}` cannot be read: {reason}"));
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(bytes.as_slice());
        let headers = reader.headers().map_err(|error| wrong(error.to_string()))?;
        let columns = Columns::find(headers).map_err(wrong)?;
        let unknown = Columns::unknown(headers);
        let n_columns = headers.len();
        let folder = path.parent().unwrap_or(Path::new(""));
        let mut manifest = Self::default();
        if !unknown.is_empty() {
            let (unknown, known) = (listed(&unknown), KNOWN_COLUMNS);
            manifest.note = Some(format!("of `{name}` these columns are not read: {unknown}; {known} are"));
        }
        for (at, record) in reader.records().enumerate() {
            let record = record.map_err(|error| wrong(error.to_string()))?;
            let line = at + 2;
            if record.len() != n_columns {
                let n_cells = record.len();
                manifest.faults.push(format!(
                    "row {line} of `{name}` is not used: it has {n_cells} cells, the header has {n_columns}"
                ));
                continue;
            }
            let cell = |column: Option<usize>| column.and_then(|at| record.get(at)).unwrap_or("").trim();
            let (said, mut faults) = said(&cell, &columns);
            let path = cell(Some(columns.path));
            let file = folder.join(path);
            if path.is_empty() {
                faults.push("it names no path".into());
            } else if !file.exists() {
                faults.push(format!("there is no file `{}`", file.display()));
            } else if let Some(before) = manifest.by_path.insert(absolute(&file), said.clone())
                && before != said
            {
                faults.push(format!("`{path}` was named before; what this row says of it is used"));
            }
            let faults = faults.into_iter().map(|fault| format!("row {line} of `{name}`: {fault}"));
            manifest.faults.extend(faults);
        }
        Ok(manifest)
    }
}

/// The columns, each with its names.
const NAMES: [&[&str]; 5] =
    [&["path", "file"], &["council"], &["committee", "body"], &["date"], &["kind", "edition"]];

/// The same, for people.
const KNOWN_COLUMNS: &str = "path, council, committee (or body), date and kind (or edition)";

impl Columns {
    fn names(headers: &csv::StringRecord) -> Vec<String> {
        headers.iter().map(|name| name.trim_start_matches('\u{feff}').trim().to_lowercase()).collect()
    }

    /// The columns that are not read.
    fn unknown(headers: &csv::StringRecord) -> Vec<String> {
        let is_known = |name: &String| name.is_empty() || NAMES.concat().contains(&name.as_str());
        Self::names(headers).into_iter().filter(|name| !is_known(name)).collect()
    }

    fn find(headers: &csv::StringRecord) -> std::result::Result<Self, String> {
        let names = Self::names(headers);
        let find = |wanted: &[&str]| names.iter().position(|name| wanted.contains(&name.as_str()));
        let missing = NAMES.iter().filter(|names| find(names).is_none());
        let missing: Vec<&str> = missing.flat_map(|names| names.iter().copied()).collect();
        for name in Self::unknown(headers) {
            if let Some(meant) = missing.iter().find(|meant| is_slip_of(&name, meant)) {
                return Err(format!(
                    "its column `{name}` is not known (`{meant}` is meant?); there are {KNOWN_COLUMNS}"
                ));
            }
        }
        let Some(path) = find(&["path", "file"]) else {
            let found = names.join(", ");
            let hint =
                if found.contains(';') { "; its cells must be parted by commas, not semicolons" } else { "" };
            return Err(format!("it has no column `path` (found: {found}){hint}"));
        };
        Ok(Self {
            path,
            council: find(&["council"]),
            body: find(&["committee", "body"]),
            date: find(&["date"]),
            kind: find(&["kind", "edition"]),
        })
    }
}

/// Whether a word is another with a letter or two, of a short one a letter,
/// wrong, missing or too many.
fn is_slip_of(word: &str, meant: &str) -> bool {
    let meant: Vec<char> = meant.chars().collect();
    // How many letters differ between what was seen of the word and each
    // beginning of the other.
    let mut row: Vec<usize> = (0..=meant.len()).collect();
    for (at, letter) in word.chars().enumerate() {
        let mut next = vec![at + 1];
        for (place, other) in meant.iter().enumerate() {
            let replaced = row[place] + usize::from(letter != *other);
            next.push(replaced.min(row[place + 1] + 1).min(next[place] + 1));
        }
        row = next;
    }
    row[meant.len()] <= if meant.len() > 5 { 2 } else { 1 }
}

/// What a row says, and what is wrong with it.
fn said<'a>(cell: &impl Fn(Option<usize>) -> &'a str, columns: &Columns) -> (Said, Vec<String>) {
    let mut faults = Vec::new();
    let text = cell(columns.date);
    let date = date_of(text);
    if date.is_none() && !text.is_empty() {
        faults.push(format!("`{text}` is no date, so it is read out of the file; write 2021-07-06"));
    }
    let kind = cell(columns.kind).to_lowercase();
    let edition = Edition::ALL.into_iter().find(|edition| edition.name() == kind);
    // A page of one item may hold minutes or not: that is read out of it.
    if edition.is_none() && !["", "item"].contains(&kind.as_str()) {
        let kinds = Edition::ALL.map(Edition::name).join(", ");
        faults.push(format!("`{kind}` is no kind, so it is read out of the file; there are {kinds}, item"));
    }
    let (council, body) = (cell(columns.council).to_owned(), cell(columns.body).to_owned());
    (Said { council, body, date, edition }, faults)
}

/// A date as people write it in a table: 2021-07-06, 2021, 06/07/2021 (the day
/// first), 6 July 2021.
fn date_of(text: &str) -> Option<PartialDate> {
    if let Ok(date) = text.parse() {
        return Some(date);
    }
    match dates(text).as_slice() {
        [only] => only.date,
        _ => None,
    }
}

/// The path as the operating system knows it; as given where it cannot tell.
pub fn absolute(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_date(text: &str, expected: Option<&str>) {
        assert_eq!(date_of(text).map(|date| date.to_string()).as_deref(), expected);
    }

    #[test]
    fn dates_are_read_as_british_people_write_them() {
        check_date("2021-07-06", Some("2021-07-06"));
        check_date("2021", Some("2021"));
        check_date("06/07/2021", Some("2021-07-06"));
        check_date("6 July 2021", Some("2021-07-06"));
        check_date("2019-02-30", None);
        check_date("soon", None);
    }

    fn read(csv: &str) -> Result<Manifest> {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.txt"), "x").unwrap();
        let path = folder.path().join("manifest.csv");
        fs::write(&path, csv).unwrap();
        Manifest::read(&path)
    }

    #[test]
    fn a_row_that_is_wrong_in_part_is_named_and_used_as_far_as_it_is_right() {
        // The third has a cell too few, and the last a quote that is not closed.
        let rows = [
            "a.txt,Sefton,31/02/2021,minuets",
            "b.txt,,,",
            "a.txt,Leeds,",
            ",,,",
            "a.txt,Kent,,Minutes",
            "a.txt,\"Tintern,2019-08-19,minutes",
        ];
        let manifest = read(&format!("\u{feff}Path,Council,Date,Kind\n{}\n", rows.join("\n"))).unwrap();
        let faults: Vec<&str> =
            manifest.faults.iter().map(|fault| fault.split(": ").nth(1).unwrap()).collect();
        assert_eq!(faults.len(), 7, "{faults:?}");
        assert!(faults[3].contains("3 cells"), "{faults:?}");
        assert!(faults[4].contains("names no path"), "{faults:?}");
        assert!(faults[5].contains("named before"), "{faults:?}");
        assert!(faults[0].starts_with("`31/02/2021` is no date"), "{faults:?}");
        assert!(faults[1].starts_with("`minuets` is no kind"), "{faults:?}");
        assert!(faults[2].starts_with("there is no file"), "{faults:?}");
        assert!(manifest.faults[0].starts_with("row 2 of"), "{:?}", manifest.faults);
        assert!(faults[6].contains("2 cells"), "{faults:?}");
        let said: Vec<_> = manifest.by_path.values().collect();
        assert_eq!((said.len(), said[0].council.as_str()), (1, "Kent"));
        assert_eq!(said[0].edition, Some(Edition::Minutes));
    }

    #[test]
    fn a_header_that_is_wrong_is_said_to_be() {
        let error = read("path;council\na.txt;x\n").unwrap_err().to_string();
        assert!(error.contains("no column `path`") && error.contains("commas"), "{error}");
    }

    #[test]
    fn a_column_that_is_a_slip_is_refused_and_another_is_named() {
        let check = |header: &str, expected: Option<(&str, &str)>| {
            let error = read(&format!("{header}\n")).err().map(|error| error.to_string());
            let said = expected
                .map(|(name, meant)| format!("its column `{name}` is not known (`{meant}` is meant?)"));
            match (&error, said) {
                (Some(error), Some(said)) => assert!(error.contains(&said), "{header}: {error}"),
                (error, said) => assert_eq!((error.is_some(), said), (false, None), "{header}: {error:?}"),
            }
        };
        check("path,comittee", Some(("comittee", "committee")));
        check("path,Comitee,date", Some(("comitee", "committee")));
        check("pth,date", Some(("pth", "path")));
        check("path,dates", Some(("dates", "date")));
        // The column that is meant is there, or none is like it.
        check("path,committee,comittee", None);
        check("path,bytes,note,name,licence", None);
        let note = read("path,note,bytes\n").unwrap().note.unwrap();
        assert!(note.contains("not read: note and bytes"), "{note}");
        assert_eq!(read("path,body\n").unwrap().note, None);
    }
}
