//! Saved queries: `queries.toml` in the home, or a file of that form.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::search::UnitArg;
use crate::corpus::Home;
use crate::model::{Error, PartialDate, Result};
use crate::search::{Terms, Word};

/// A query under a name, and the filters that go with it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SavedQuery {
    /// Its name: letters, digits, `-`, `_` and `.`.
    pub name: String,
    /// Its text.
    pub query: String,
    /// What it is for; empty if nothing is said.
    #[serde(default)]
    pub note: String,
    /// Whether words match as written.
    #[serde(default)]
    pub exact: bool,
    /// As `--council`.
    #[serde(default)]
    pub council: Vec<String>,
    /// As `--body`.
    #[serde(default)]
    pub body: Option<String>,
    /// As `--from`.
    #[serde(default)]
    pub from: Option<PartialDate>,
    /// As `--to`.
    #[serde(default)]
    pub to: Option<PartialDate>,
    /// As `--year`.
    #[serde(default)]
    pub year: Vec<i16>,
    /// As `--kind`.
    #[serde(default)]
    pub kind: Vec<String>,
    /// As `--edition`.
    #[serde(default)]
    pub edition: Vec<String>,
    /// As `--language`.
    #[serde(default)]
    pub language: Vec<String>,
    /// As `--with-boilerplate`.
    #[serde(default)]
    pub with_boilerplate: bool,
    /// As `--with-copies`.
    #[serde(default)]
    pub with_copies: bool,
    /// As `--unit`.
    #[serde(default)]
    pub unit: Option<UnitArg>,
}

impl SavedQuery {
    /// How its terms match.
    pub fn terms(&self) -> Terms {
        if self.exact { Terms::Exact } else { Terms::Stemmed }
    }

    /// Its filters by name, each as it would be typed; the unit among them.
    pub fn filters(&self) -> Vec<(&'static str, String)> {
        let date = |date: Option<PartialDate>| date.map(|date| date.to_string()).unwrap_or_default();
        let years: Vec<String> = self.year.iter().map(i16::to_string).collect();
        let flag = |is_set: bool| if is_set { "yes".to_owned() } else { String::new() };
        let all = [
            ("council", self.council.join(",")),
            ("body", self.body.clone().unwrap_or_default()),
            ("from", date(self.from)),
            ("to", date(self.to)),
            ("year", years.join(",")),
            ("kind", self.kind.join(",")),
            ("edition", self.edition.join(",")),
            ("language", self.language.join(",")),
            ("with_boilerplate", flag(self.with_boilerplate)),
            ("with_copies", flag(self.with_copies)),
            ("unit", self.unit.map(UnitArg::name).unwrap_or_default().to_owned()),
        ];
        all.into_iter().filter(|(_, value)| !value.is_empty()).collect()
    }

    /// Its filters in one line; empty if it has none.
    pub fn filters_shown(&self) -> String {
        let filters = self.filters();
        filters.iter().map(|(name, value)| format!("{name} {value}")).collect::<Vec<_>>().join(", ")
    }
}

/// The saved queries of a file.
pub struct SavedQueries {
    /// In the order of the file.
    pub queries: Vec<SavedQuery>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default, rename = "query")]
    queries: Vec<SavedQuery>,
}

impl SavedQueries {
    /// The file that is named, or `queries.toml` of a home.
    pub fn file(home: &Home, named: Option<&Path>) -> PathBuf {
        named.map_or_else(|| home.root().join("queries.toml"), Path::to_owned)
    }

    /// Reads a file of saved queries. Whether the queries themselves are right is
    /// not looked at.
    ///
    /// Fails when there is none, at a key that has no meaning or is missing, and at
    /// a name that is used twice or cannot be called.
    pub fn read(file: &Path) -> Result<Self> {
        let text = fs::read_to_string(file).map_err(|error| match error.kind() {
            ErrorKind::NotFound => Error::Input(format!(
                "no query is saved: there is no `{}`; a table [[query]] with name and query in it saves one",
                file.display()
            )),
            _ => Error::io("read", file)(error),
        })?;
        let wrong = |what: String| Error::Input(format!("`{}` is not right: {what}", file.display()));
        let File { queries } = toml::from_str(&text).map_err(|error| {
            let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
            let line = before.matches('\n').count() + 1;
            wrong(format!("line {line}: {}", error.message().replace('\n', " ")))
        })?;
        for (at, query) in queries.iter().enumerate() {
            if !is_name(&query.name) {
                return Err(wrong(format!(
                    "the name `{}` cannot be called; a name has letters, digits, `-`, `_` and `.`, at most 30",
                    query.name
                )));
            }
            if queries[..at].iter().any(|before| before.name == query.name) {
                return Err(wrong(format!("the name `{}` is used twice", query.name)));
            }
        }
        Ok(Self { queries })
    }

    /// The query of that name; the error names those that are near.
    pub fn find(&self, name: &str) -> Result<&SavedQuery, String> {
        if let Some(found) = self.queries.iter().find(|query| query.name == name) {
            return Ok(found);
        }
        let names = self.queries.iter().map(|query| query.name.as_str());
        let near: Vec<String> =
            names.filter(|other| is_near(name, other)).map(|other| format!("`@{other}`")).collect();
        let hint = match near.as_slice() {
            [] => "`scrutineer query list` shows those that there are".to_owned(),
            near => format!("there is {}", near.join(", ")),
        };
        Err(format!("there is no saved query `@{name}`; {hint}"))
    }
}

/// Whether a saved query may have that name.
fn is_name(text: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || "-_.".contains(c);
    (1..=30).contains(&text.chars().count()) && text.chars().all(is_part)
}

/// The name, where a whole text calls one saved query.
pub fn called(text: &str) -> Option<&str> {
    text.trim().strip_prefix('@').filter(|name| is_name(name))
}

fn is_near(name: &str, other: &str) -> bool {
    let (name, other) = (name.to_lowercase(), other.to_lowercase());
    let fuzzy = Word::Fuzzy { word: name.clone(), distance: 2 };
    !name.is_empty() && (other.contains(&name) || name.contains(&other) || fuzzy.fits(&other, None))
}
