//! What was measured of themes, kept in `validations.toml` of the home, and what tables say of it.
//!
//! In the home, for it holds the passages that the figures were measured on, and as the codebook that
//! comes with the program has no folder. Entries are only ever added: a theme that is edited, and
//! later as it was again, is valid again.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::PathBuf;

use jiff::civil::Date;
use serde::Deserialize;

use super::Context;
use super::context::write_whole;
use super::councils::listed;
use crate::analyse::{Codebook, Estimate, Theme};
use crate::index;
use crate::model::{Error, Result};
use crate::report::{Cell, Format, Table};

/// The columns that stand at the end of a table with a row for each theme.
const COLUMNS: [&str; 7] =
    ["validation", "precision", "precision_low", "precision_high", "recall", "recall_low", "recall_high"];

/// One validation of a theme.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// The name of the codebook.
    pub codebook: String,
    /// Its version.
    pub version: String,
    /// The theme's id.
    pub theme: String,
    /// The digest of the query that the sample was drawn by, masks and context included.
    pub digest: String,
    /// When it was recorded.
    pub day: Date,
    /// How many passages were coded.
    pub coded: u64,
    /// How many passages the sample was drawn from.
    pub of_passages: u64,
    /// The filters that it was drawn with, as a [`Filter`](crate::search::Filter) prints; empty
    /// where there were none.
    #[serde(default)]
    pub filters: String,
    /// The digest of the corpus that it was drawn from, as [`index::Format::corpus_digest`]
    /// gives it; `None` of entries that do not say.
    pub corpus: Option<String>,
    /// The share of matched passages that are about the theme; `None` where it was not defined.
    pub precision: Option<Figure>,
    /// The share of passages about the theme that are matched; `None` where it was not defined.
    pub recall: Option<Figure>,
}

/// A figure with its 95 % interval, each from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Figure {
    /// The figure.
    pub value: f64,
    /// The lower end of its interval; `None` where it has none.
    pub low: Option<f64>,
    /// The upper end.
    pub high: Option<f64>,
}

impl From<Estimate> for Figure {
    fn from(Estimate { value, interval }: Estimate) -> Self {
        let (low, high) = interval.unzip();
        Self { value, low, high }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Records {
    #[serde(default, rename = "validation")]
    records: Vec<Record>,
}

/// Whether figures are those of a theme as it is and of all that is here; the better one first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Standing {
    /// They are.
    Valid,
    /// The corpus was another, as it grows by every crawl.
    Earlier,
    /// They are of what the filters of a sample let through.
    Filtered,
    /// Its query, masks or context were another when they were measured.
    Stale,
}

impl Standing {
    /// How a record stands to a theme whose query has that digest, and to a corpus; without an index
    /// there is no corpus that could be another.
    fn of(record: &Record, digest: &str, corpus: Option<&str>) -> Self {
        match record {
            _ if record.digest != digest => Self::Stale,
            _ if !record.filters.is_empty() => Self::Filtered,
            _ if corpus.is_some_and(|corpus| record.corpus.as_deref() != Some(corpus)) => Self::Earlier,
            _ => Self::Valid,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Earlier => "earlier",
            Self::Filtered => "filtered",
            Self::Stale => "stale",
        }
    }
}

/// What was measured of the themes of a codebook.
#[derive(Debug, Default)]
pub struct Validations {
    /// By theme; of one that was never validated, nothing.
    of_themes: BTreeMap<String, (Standing, Record)>,
}

impl Validations {
    /// Reads what is kept of themes of a codebook in the home; a home may have nothing.
    ///
    /// Fails where the file is not as it is written here.
    pub fn read(context: &Context, codebook: &Codebook, themes: &[&Theme]) -> Result<Self> {
        let path = file(context);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(Error::io("read", &path)(error)),
        };
        let records = read(&text)
            .map_err(|reason| Error::Input(format!("cannot read `{}`: {reason}", path.display())))?;
        let corpus = index::Format::read(&context.home.index()).ok().map(|made_of| made_of.corpus_digest());
        Ok(Self::of(&records, &codebook.name, corpus.as_deref(), themes))
    }

    fn of(records: &[Record], codebook: &str, corpus: Option<&str>, themes: &[&Theme]) -> Self {
        let of_theme = |theme: &&Theme| {
            let digest = theme.query.digest();
            let of_it = records.iter().filter(|of| of.codebook == codebook && of.theme == theme.id);
            let standing = |record: &Record| Standing::of(record, &digest, corpus);
            // Of several that stand alike, the latest.
            let (standing, record) =
                of_it.rev().map(|record| (standing(record), record)).min_by_key(|(standing, _)| *standing)?;
            Some((theme.id.clone(), (standing, record.clone())))
        };
        Self { of_themes: themes.iter().filter_map(of_theme).collect() }
    }

    /// Adds what is known of the theme of each row, which stands in a column `theme`: to a table for
    /// people one column, and only where there is something to tell.
    pub fn add_to(&self, table: &mut Table, format: Format) {
        if let Some(themes) = column(table, "theme") {
            self.add_of(table, format, &themes);
        }
    }

    /// The same of rows that need not be of themes: `themes` has an id for each row, or `None`.
    pub fn add_of(&self, table: &mut Table, format: Format, themes: &[Option<String>]) {
        self.mark_of(table, format, themes, COLUMNS[0]);
        if format == Format::Table {
            return;
        }
        table.columns.extend(COLUMNS[1..].iter().map(|&name| name.to_owned()));
        for (row, theme) in table.rows.iter_mut().zip(themes) {
            let record = self.known(theme).map(|(_, record)| record);
            for figure in [record.and_then(|of| of.precision), record.and_then(|of| of.recall)] {
                row.push(figure.map(|figure| figure.value).into());
                row.extend([figure.and_then(|of| of.low), figure.and_then(|of| of.high)].map(Cell::from));
            }
        }
    }

    /// Adds a column that says how the theme in another column stands; to a table for people
    /// only where there is something to tell.
    pub fn mark(&self, table: &mut Table, format: Format, theme_column: &str, name: &str) {
        if let Some(themes) = column(table, theme_column) {
            self.mark_of(table, format, &themes, name);
        }
    }

    fn mark_of(&self, table: &mut Table, format: Format, themes: &[Option<String>], name: &str) {
        if format == Format::Table && !themes.iter().any(|theme| self.known(theme).is_some()) {
            return;
        }
        let cell = |theme| match (self.known(theme), format) {
            (Some((Standing::Valid, record)), Format::Table) => record.in_short().into(),
            (Some((Standing::Earlier, record)), Format::Table) => {
                format!("{} {}", record.in_short(), Standing::Earlier.name()).into()
            }
            (Some((standing, _)), _) => standing.name().into(),
            (None, _) => Cell::Unknown,
        };
        table.columns.push(name.to_owned());
        table.rows.iter_mut().zip(themes).for_each(|(row, theme)| row.push(cell(theme)));
    }

    fn known(&self, theme: &Option<String>) -> Option<&(Standing, Record)> {
        self.of_themes.get(theme.as_ref()?)
    }

    /// How many characters the column for people takes, with the space beside it.
    pub fn width(&self) -> usize {
        const COLUMN: usize = "P 0.00 >0.00 R 0.00 >0.00 earlier".len() + 3;
        if self.of_themes.is_empty() { 0 } else { COLUMN }
    }

    /// What is known of a theme, in a sentence; `None` where it was never validated.
    pub fn in_words(&self, theme: &str) -> Option<String> {
        let (standing, record) = self.of_themes.get(theme)?;
        Some(format!("{}: {}", standing.name(), record.in_words()))
    }

    /// Says what the figures in a table are, and which are not plainly valid.
    pub fn say(&self, context: &Context) {
        let has_figures = |(standing, _): &(Standing, Record)| *standing <= Standing::Earlier;
        if context.format == Format::Table && self.of_themes.values().any(has_figures) {
            context.say(
                "validation: P precision, R recall of the theme's query, as `validate --record` kept them, ≥ the lower \
                 end of the 95 % interval; `theme show` has all of it",
            );
        }
        self.say_standing(context);
    }

    /// Says which figures are not plainly valid, and why.
    pub fn say_standing(&self, context: &Context) {
        let (mut earlier, mut unsaid) = (Vec::new(), Vec::new());
        for (theme, (standing, Record { day, codebook, version, filters, corpus, .. })) in &self.of_themes {
            match standing {
                Standing::Valid => {}
                Standing::Earlier if corpus.is_some() => earlier.push(theme.clone()),
                Standing::Earlier => unsaid.push(theme.clone()),
                Standing::Filtered => context.say(format!(
                    "{theme} was validated with filters ({filters}): the figures are of what these let through, and not \
                     of all"
                )),
                Standing::Stale => context.say(format!(
                    "{theme} was edited after it was validated on {day} ({codebook} {version}): validate it again"
                )),
            }
        }
        if !earlier.is_empty() {
            context.say(format!(
                "earlier: the corpus has changed since the validation of {}; what came since was not in the sample",
                listed(&earlier)
            ));
        }
        if !unsaid.is_empty() {
            context.say(format!(
                "earlier: of {} it was not kept which corpus the sample was drawn from",
                listed(&unsaid)
            ));
        }
    }
}

/// The cells of a column of themes, row by row; `None` where the table has no such column.
fn column(table: &Table, name: &str) -> Option<Vec<Option<String>>> {
    let at = table.columns.iter().position(|column| column == name)?;
    Some(table.rows.iter().map(|row| Some(row[at].plain())).collect())
}

impl Record {
    /// `P 0.80 ≥0.38 R 0.89 ≥0.31`: with the lower end of each interval, without which a few coded
    /// passages would look like many; a figure that was not defined is left out.
    fn in_short(&self) -> String {
        let short = |name: &str, figure: Option<Figure>| {
            let Figure { value, low, .. } = figure?;
            let low = low.map(|low| format!(" ≥{low:.2}")).unwrap_or_default();
            Some(format!("{name} {value:.2}{low}"))
        };
        let figures = [short("P", self.precision), short("R", self.recall)];
        figures.into_iter().flatten().collect::<Vec<_>>().join(" ")
    }

    fn in_words(&self) -> String {
        let words = |name: &str, figure: Option<Figure>| match figure {
            None => format!("{name} not defined"),
            Some(Figure { value, low: Some(low), high: Some(high) }) => {
                format!("{name} {value:.4} ({low:.4} to {high:.4})")
            }
            Some(Figure { value, .. }) => format!("{name} {value:.4}, without an interval"),
        };
        format!(
            "{}, {}; 95 % intervals; {} of {} passages coded{}; recorded on {}, of {} {}, query {}, {}",
            words("precision", self.precision),
            words("recall", self.recall),
            self.coded,
            self.of_passages,
            if self.filters.is_empty() {
                String::new()
            } else {
                format!(", of those that pass {}", self.filters)
            },
            self.day,
            self.codebook,
            self.version,
            self.digest,
            match &self.corpus {
                Some(corpus) => format!("corpus {corpus}"),
                None => "of a corpus that was not kept".to_owned(),
            },
        )
    }

    /// The entry in the file.
    fn to_toml(&self) -> String {
        let text = |text: &str| toml::Value::from(text).to_string();
        let mut entry = String::from("\n[[validation]]\n");
        let mut line = |key: &str, value: String| entry.push_str(&format!("{key} = {value}\n"));
        line("codebook", text(&self.codebook));
        line("version", text(&self.version));
        line("theme", text(&self.theme));
        line("digest", text(&self.digest));
        line("day", text(&self.day.to_string()));
        line("coded", self.coded.to_string());
        line("of_passages", self.of_passages.to_string());
        line("filters", text(&self.filters));
        if let Some(corpus) = &self.corpus {
            line("corpus", text(corpus));
        }
        for (key, figure) in [("precision", self.precision), ("recall", self.recall)] {
            let Some(Figure { value, low, high }) = figure else { continue };
            let limits = [("low", low), ("high", high)];
            let limits = limits.map(|(name, limit)| limit.map(|limit| format!(", {name} = {limit:.4}")));
            line(key, format!("{{ value = {value:.4}{} }}", limits.map(Option::unwrap_or_default).concat()));
        }
        entry
    }
}

/// Adds entries to those of the home. All that stands in the file stays as it is; a link stays one.
///
/// Fails where the file cannot be read, as it is or with the entries at its end, so that nothing is
/// added to what has another form, or cannot be written; then it is as it was.
pub fn record(context: &Context, records: &[Record]) -> Result<PathBuf> {
    let (home, path) = (context.home.root(), file(context));
    // Whoever records at the same time waits: else the later one would lose what the earlier one wrote.
    let folder = File::open(home).map_err(Error::io("open", home))?;
    folder.lock().map_err(Error::io("lock", home))?;
    let target = match fs::canonicalize(&path) {
        Err(error) if error.kind() == ErrorKind::NotFound && !path.is_symlink() => path.clone(),
        target => target.map_err(Error::io("read", &path))?,
    };
    let before = match fs::read_to_string(&target) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => HEAD.to_owned(),
        Err(error) => return Err(Error::io("read", &path)(error)),
    };
    read(&before).map_err(|reason| Error::Input(format!("cannot read `{}`: {reason}", path.display())))?;
    let entries: String = records.iter().map(Record::to_toml).collect();
    let text = format!("{}\n{entries}", before.trim_end());
    read(&text).map_err(|reason| {
        Error::Input(format!(
            "cannot add to `{}`, which is left as it was: entries are tables `[[validation]]` at its end, and with \
             them it would not read: {reason}",
            path.display()
        ))
    })?;
    write_whole(&target, |out| out.write_all(text.as_bytes()))?;
    Ok(path)
}

/// What stands at the head of a new file.
const HEAD: &str =
    "# Written by `scrutineer validate --record`: precision and recall of themes, as measured here.";

fn file(context: &Context) -> PathBuf {
    context.home.root().join("validations.toml")
}

/// Fails, in one line, at an entry that is not one and at a figure that is no share.
fn read(text: &str) -> std::result::Result<Vec<Record>, String> {
    let Records { records } = toml::from_str(text).map_err(|error| {
        let before = &text[..error.span().map_or(0, |span| span.start)];
        format!("line {}: {}", before.matches('\n').count() + 1, error.message())
    })?;
    let is_share = |figure: &Figure| {
        [Some(figure.value), figure.low, figure.high]
            .into_iter()
            .flatten()
            .all(|share| (0.0..=1.0).contains(&share))
    };
    let is_right = |record: &Record| [record.precision, record.recall].iter().flatten().all(is_share);
    match records.iter().find(|record| !is_right(record)) {
        Some(record) => Err(format!("a figure of `{}` is no share from 0 to 1", record.theme)),
        None => Ok(records),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOOK: &str = r#"
        [codebook]
        name = "small"
        version = "2"
        title = "Two themes"
        [[theme]]
        id = "staff"
        name = "Staff"
        definition = "Staff."
        query = 'staff*'
        [[theme]]
        id = "hall"
        name = "Hall"
        definition = "The hall."
        query = 'hall'
    "#;

    const CORPUS: &str = "sha256:1";

    fn record_of(theme: &str, digest: &str, day: &str, precision: f64) -> Record {
        Record {
            codebook: "small".into(),
            version: "1".into(),
            theme: theme.into(),
            digest: digest.into(),
            day: day.parse().unwrap(),
            coded: 14,
            of_passages: 100,
            filters: String::new(),
            corpus: Some(CORPUS.into()),
            precision: Some(Figure { value: precision, low: Some(0.3755), high: Some(0.9638) }),
            recall: Some(Figure { value: 0.8889, low: None, high: None }),
        }
    }

    fn standing(records: &[Record], toml: &str) -> Option<(Standing, f64)> {
        let codebook = Codebook::from_toml("small.toml", toml).unwrap();
        let themes = codebook.select(&[]).unwrap();
        let found = Validations::of(records, &codebook.name, Some(CORPUS), &themes);
        found.of_themes.get("staff").map(|(standing, record)| (*standing, record.precision.unwrap().value))
    }

    #[test]
    fn figures_are_valid_as_long_as_the_query_is_the_same() {
        let codebook = Codebook::from_toml("small.toml", BOOK).unwrap();
        let digest = codebook.themes[0].query.digest();
        let records = [
            record_of("staff", &digest, "2026-03-04", 0.8),
            record_of("hall", &digest, "2026-03-05", 0.7),
            record_of("staff", "sha256:0", "2026-03-06", 0.6),
        ];
        // The later one is of another query.
        assert_eq!(standing(&records, BOOK), Some((Standing::Valid, 0.8)));
        assert_eq!(standing(&records[1..], BOOK), Some((Standing::Stale, 0.6)));
        assert_eq!(standing(&records[1..2], BOOK), None);
        // Of two of one query, the later.
        let twice = [records[0].clone(), record_of("staff", &digest, "2026-03-07", 0.9)];
        assert_eq!(standing(&twice, BOOK), Some((Standing::Valid, 0.9)));
        let edited = |from: &str, to: &str| standing(&records[..1], &BOOK.replace(from, to));
        for (from, to) in [
            ("'staff*'", "'staff* OR posts'"),
            ("query = 'staff*'", "query = 'staff*'\nmasks = ['\"staff room\"']"),
            ("query = 'staff*'", "query = 'staff*'\ncontext = 'care'\nin_context = 'posts'"),
        ] {
            assert_eq!(edited(from, to), Some((Standing::Stale, 0.8)), "{to}");
        }
        // Words about it, and blanks in the query, are no other query.
        for (from, to) in [("\"Staff.\"", "\"All staff.\""), ("'staff*'", "' staff* '"), ("\"2\"", "\"3\"")] {
            assert_eq!(edited(from, to), Some((Standing::Valid, 0.8)), "{to}");
        }
        assert_eq!(edited("\"small\"", "\"other\""), None);
    }

    /// Of records of one query the one that says most of what is here counts, of those the latest.
    #[test]
    fn figures_of_a_part_or_of_another_corpus_are_not_plainly_valid() {
        let codebook = Codebook::from_toml("small.toml", BOOK).unwrap();
        let digest = codebook.themes[0].query.digest();
        let valid = record_of("staff", &digest, "2026-03-04", 0.5);
        let with = |precision: f64, filters: &str, corpus: Option<&str>| Record {
            filters: filters.into(),
            corpus: corpus.map(str::to_owned),
            ..record_of("staff", &digest, "2026-03-05", precision)
        };
        let filtered = with(0.6, "council=moorby", Some(CORPUS));
        let (earlier, unsaid) = (with(0.7, "", Some("sha256:0")), with(0.8, "", None));
        let stale = record_of("staff", "sha256:0", "2026-03-06", 0.9);
        let all = [valid, earlier, unsaid, filtered, stale];
        assert_eq!(standing(&all, BOOK), Some((Standing::Valid, 0.5)));
        assert_eq!(standing(&all[1..], BOOK), Some((Standing::Earlier, 0.8)));
        assert_eq!(standing(&all[3..], BOOK), Some((Standing::Filtered, 0.6)));
        assert_eq!(standing(&all[4..], BOOK), Some((Standing::Stale, 0.9)));
        // Where nothing is indexed, there is no other corpus.
        let themes = codebook.select(&[]).unwrap();
        let found = Validations::of(&all[1..2], "small", None, &themes);
        assert_eq!(found.of_themes["staff"].0, Standing::Valid);
        assert!(all[3].in_words().contains("of those that pass council=moorby; "), "{}", all[3].in_words());
    }

    #[test]
    fn an_entry_reads_back_as_it_was() {
        let mut records = vec![record_of("a \"b\" \\", "sha256:0", "2026-03-04", 0.8)];
        records.push(Record { recall: None, precision: None, corpus: None, ..records[0].clone() });
        records.push(Record { filters: "body=\"parks\"".into(), ..records[0].clone() });
        let text: String = records.iter().map(Record::to_toml).collect();
        assert_eq!(read(&text).unwrap(), records);
        assert_eq!(read(HEAD).unwrap(), []);
    }

    #[test]
    fn what_is_not_right_is_named_by_its_line() {
        let text = record_of("staff", "sha256:0", "2026-03-04", 0.8).to_toml();
        assert_eq!(
            read(&text.replace("0.8000", "8.0")).unwrap_err(),
            "a figure of `staff` is no share from 0 to 1"
        );
        assert!(read(&text.replace("2026-03-04", "4 March")).unwrap_err().starts_with("line 7: "));
        assert!(read(&text.replace("coded", "codes")).unwrap_err().starts_with("line 8: "));
    }
}
