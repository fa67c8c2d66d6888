//! `validate`: how well queries find what people find, from a coded sample.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use super::sample::Stratum;
use super::search::plural;
use super::theme::codebook;
use super::validations::{Figure, Record, record};
use super::{Context, Outcome, files};
use crate::analyse::{
    Codebook, Estimate, Stratum as Coded, TooFew, Undefined, Validation, too_few_for_recall, validate,
};
use crate::index::Index;
use crate::model::{Error, Result};
use crate::report::{Cell, Format, Table};

/// What the file holds and the figures mean, for `--help`.
const HELP: &str = "\
The file is what `sample` wrote as CSV, its column `code` filled: 1, yes or true where the
passage is about what the query is for; 0, no or false where it is not. Rows without a code are
left out; those that are coded should be the first ones, or a random part.

Of each stratum n is how many passages were coded, and about how many of these are about it.
precision is the share of matched passages that are about it, recall the share of passages about
it that are matched, f1 their harmonic mean: each stratum counts by its size. apparent is the
share of all passages that is matched, corrected the share that is about it, allowing for both
errors: (apparent + specificity − 1) / (recall + specificity − 1), after Rogan and Gladen
(1978). With --by the group's part of each stratum is estimated from the sample. low and high
are 95 % intervals: Wilson (1927) for precision, for the others the percentiles of 2,000 draws
within strata (Efron and Tibshirani 1993), each of which draws the share behind the coded rows
of a stratum from Beta(x + ½, n − x + ½) (Rubin 1981; Brown, Cai and DasGupta 2001). Where none
of a few coded rows of a large stratum is about it, the draws allow for what the sample may have
missed, and the figure does not: it can lie above all that is drawn. The interval is widened to
it and ends there; read it as a lower end alone. stderr says where so few rows were coded that as
much may be missed as is found. What is not defined is empty, and stderr says why.

--record keeps precision and recall of themes, with their intervals, in `validations.toml` of
the home: they are of the passages that this home holds. From then on `themes`, `recurrence`,
`trend`, `compare`, `cooccur` and `theme list` say so, in a column `validation`:

  valid     the theme's query, masks and context are those that the sample was drawn by, and the
            corpus is the one that it was drawn from
  earlier   the corpus has changed since, as it does by every crawl: what came since was not in
            the sample
  filtered  the sample was drawn with filters, and tells of what these let through only
  stale     query, masks or context were edited since; an edited definition changes nothing

Entries are added, none is replaced: of several the first in this order counts, of several alike
the latest. A sample of which more than one passage in ten is not in this home is refused: it was
drawn in another one.

Example: scrutineer validate coded.csv --record

Exit code 1: no row has a code.";

/// What a terminal shows, beside the query and its group.
const SHOWN: [&str; 11] = [
    "precision",
    "precision_low",
    "precision_high",
    "recall",
    "recall_low",
    "recall_high",
    "f1",
    "apparent",
    "corrected",
    "corrected_low",
    "corrected_high",
];

/// How the intervals come about.
const METHOD: &str = "95 %; precision: Wilson; others: bootstrap within strata, 2,000 draws";

/// The arguments of `validate`.
#[derive(clap::Args)]
#[command(after_long_help = HELP)]
pub struct Args {
    /// A sample whose column `code` is filled.
    #[arg(value_name = "FILE")]
    path: PathBuf,
    /// What the figures are told apart by, beside the query.
    #[arg(long, value_enum)]
    by: Option<By>,
    /// Where the random draws of the intervals begin.
    #[arg(long, default_value_t = 1, value_name = "N")]
    seed: u64,
    /// Keep precision and recall of the themes in the home, for tables to carry.
    #[arg(long, conflicts_with = "by")]
    record: bool,
    /// With --record: the codebook whose themes the sample is of, where it is your own.
    #[arg(long, value_name = "FILE", requires = "record")]
    codebook: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum By {
    Council,
    Year,
}

impl By {
    /// The name of its column.
    fn name(self) -> &'static str {
        match self {
            Self::Council => "council",
            Self::Year => "year",
        }
    }
}

/// What a sample was drawn by and from; each is empty where the file does not say.
#[derive(Debug, Default, PartialEq, Eq)]
struct Origin {
    /// The digest of the query.
    query_digest: String,
    /// The filters; empty also where there were none.
    filters: String,
    /// The digest of the corpus.
    corpus: String,
}

/// The rows of one query.
#[derive(Debug, Default)]
struct Sample {
    /// What it was drawn by and from.
    origin: Origin,
    /// Its passages, coded or not.
    passages: Vec<String>,
    /// How many passages the strata have in all.
    of_passages: u64,
    /// Those strata of which the file has rows.
    strata: BTreeMap<Stratum, Rows>,
}

/// The rows of one stratum.
#[derive(Debug, Default)]
struct Rows {
    /// How many passages it has.
    size: u64,
    /// By group: rows with a code, and those of them that are about the thing.
    /// A group that is not known is empty.
    by_group: BTreeMap<String, (u64, u64)>,
}

/// A file as it was read.
#[derive(Debug, Default)]
struct CodedFile {
    samples: BTreeMap<String, Sample>,
    /// Rows without a code.
    n_uncoded: u64,
}

/// Runs `validate`.
pub fn run(context: &Context, args: Args) -> anyhow::Result<Outcome> {
    let bytes = files::read(&args.path)?;
    let CodedFile { samples, n_uncoded } = read(&args.path, &bytes, args.by)?;
    let codebook = args.record.then(|| codebook(args.codebook.as_deref())).transpose()?;
    if let Some(codebook) = &codebook {
        check_recordable(context, codebook, &samples)?;
    }
    let mut records = Vec::new();
    let mut columns = vec!["query"];
    columns.extend(args.by.map(By::name));
    columns.extend(["matched_n", "matched_about", "near_miss_n", "near_miss_about"]);
    columns.extend(["unmatched_n", "unmatched_about"]);
    columns.extend(["precision", "precision_low", "precision_high", "recall", "recall_low", "recall_high"]);
    columns.extend(["f1", "f1_low", "f1_high", "apparent", "apparent_low", "apparent_high"]);
    columns.extend(["corrected", "corrected_low", "corrected_high", "method", "seed"]);
    let mut table = Table::new(&columns);
    let mut n_coded = 0;
    for (query, sample) in &samples {
        for group in sample.groups() {
            let counts = Stratum::ALL.map(|stratum| sample.counts(stratum, group));
            let n_of_group = counts.iter().map(|(n, _)| n).sum::<u64>();
            n_coded += n_of_group;
            let coded = sample.coded(group);
            let found = validate(&coded, args.seed);
            records.extend(codebook.as_ref().and_then(|of| record_of(of, query, sample, n_of_group, &found)));
            say_undefined(context, query, group, &found);
            say_too_few(context, query, group, &sample.strata, &coded);
            let mut cells: Vec<Cell> = vec![query.as_str().into()];
            cells.extend(args.by.map(|_| Cell::text_or_unknown(group)));
            cells.extend(counts.into_iter().flat_map(|(n, about)| [n.into(), about.into()]));
            cells.extend(figures(&found).into_iter().flat_map(|(_, figure)| figure_cells(figure)));
            cells.extend([METHOD.into(), args.seed.into()]);
            table.push(cells);
        }
    }
    if context.format == Format::Table {
        table.keep_columns(|column| {
            column == "query"
                || args.by.is_some_and(|by| by.name() == column)
                || column.ends_with("_n")
                || SHOWN.contains(&column)
        });
    }
    context.write(&table)?;
    for (query, Sample { origin: Origin { filters, .. }, .. }) in &samples {
        if !filters.is_empty() {
            context.say(format!(
                "`{query}` was drawn with filters ({filters}): its figures are of what these let through"
            ));
        }
    }
    if n_uncoded > 0 {
        let rows = plural(n_uncoded, "row has no code and is", "rows have no code and are");
        context.say(format!("{rows} left out"));
    }
    context.say(format!("intervals: {METHOD}; seed {}; corrected after Rogan and Gladen (1978)", args.seed));
    if args.record && records.is_empty() {
        context.say("nothing was recorded: no figure of a theme is defined");
    } else if args.record {
        let path = record(context, &records)?;
        let themes: Vec<&str> = records.iter().map(|record| record.theme.as_str()).collect();
        context.say(format!("recorded in `{}`: {}", path.display(), themes.join(", ")));
    }
    Ok(Outcome::found(n_coded > 0))
}

/// Checks that a file has themes, that each is as it was when its sample was drawn, and that this was
/// in this home.
fn check_recordable(
    context: &Context,
    codebook: &Codebook,
    samples: &BTreeMap<String, Sample>,
) -> Result<()> {
    let index = Index::open(&context.home)?;
    let corpus = index.format().corpus_digest();
    let mut n_themes = 0;
    for theme in &codebook.themes {
        let Some(Sample { origin, passages, .. }) = samples.get(&theme.id) else { continue };
        n_themes += 1;
        let (id, digest, now) = (&theme.id, &origin.query_digest, theme.query.digest());
        if digest.is_empty() {
            return Err(Error::Input(format!(
                "the sample of `{id}` does not say by which query it was drawn: if it was the theme as it is, write \
                 `{now}` into a column `query_digest`"
            )));
        }
        if *digest != now {
            return Err(Error::Input(format!(
                "`{id}` was edited after its sample was drawn (by {digest}; it is {now}): name the codebook of then \
                 with `--codebook`, or draw and code a sample of it as it is"
            )));
        }
        if origin.corpus.is_empty() {
            return Err(Error::Input(format!(
                "the sample of `{id}` does not say what it was drawn from: if it was this home as it is indexed, write \
                 `{corpus}` into a column `corpus`, and the filters, if there were any, into a column `filters`"
            )));
        }
        if origin.corpus != corpus {
            check_drawn_here(context, &index, id, passages)?;
        }
    }
    if n_themes == 0 {
        return Err(Error::Input(format!(
            "nothing can be recorded: no query in the file is a theme of the codebook `{}`",
            codebook.name
        )));
    }
    Ok(())
}

/// Checks that a sample of another state of the corpus was drawn in this home all the same.
///
/// Passages keep their identifiers as a corpus grows; those of a document that is published anew get
/// others. So most of a sample is still there, and hardly any of it in another home.
fn check_drawn_here(context: &Context, index: &Index, theme: &str, passages: &[String]) -> Result<()> {
    let mut n_missing = 0;
    for id in passages {
        n_missing += usize::from(index.passage(id)?.is_none());
    }
    let of = plural(passages.len() as u64, "passage", "passages");
    if n_missing * 10 > passages.len() {
        return Err(Error::Input(format!(
            "the sample of `{theme}` was not drawn here: {n_missing} of its {of} are not in this home; record it in the \
             home that it was drawn in"
        )));
    }
    context.say(format!(
        "the corpus has changed since the sample of `{theme}` was drawn; {n_missing} of its {of} are no longer here"
    ));
    Ok(())
}

/// What is kept of a query that is a theme; `None` where it is none, or nothing is defined.
fn record_of(
    codebook: &Codebook,
    query: &str,
    sample: &Sample,
    coded: u64,
    found: &Validation,
) -> Option<Record> {
    let theme = codebook.themes.iter().find(|theme| theme.id == query)?;
    let [precision, recall] = [found.precision, found.recall].map(|figure| figure.ok().map(Figure::from));
    precision.or(recall)?;
    Some(Record {
        codebook: codebook.name.clone(),
        version: codebook.version.clone(),
        theme: theme.id.clone(),
        digest: theme.query.digest(),
        day: jiff::Zoned::now().date(),
        coded,
        of_passages: sample.of_passages,
        filters: sample.origin.filters.clone(),
        corpus: Some(sample.origin.corpus.clone()),
        precision,
        recall,
    })
}

impl Origin {
    /// The first thing that another row says otherwise: its column, what it is here and there.
    fn difference<'a>(&'a self, other: &'a Self) -> Option<(&'static str, &'a str, &'a str)> {
        let pairs = [
            ("query_digest", &self.query_digest, &other.query_digest),
            ("filters", &self.filters, &other.filters),
            ("corpus", &self.corpus, &other.corpus),
        ];
        let (name, here, there) = pairs.into_iter().find(|(_, here, there)| here != there)?;
        Some((name, here, there))
    }
}

impl Sample {
    /// The groups that rows with a code are in; one without a name where none has.
    fn groups(&self) -> Vec<&str> {
        let of_strata = self.strata.values().flat_map(|rows| rows.by_group.keys());
        let mut groups: Vec<&str> = of_strata.map(String::as_str).collect();
        groups.sort_unstable();
        groups.dedup();
        if groups.is_empty() { vec![""] } else { groups }
    }

    /// How many of a group were coded in a stratum, and how many of these are about
    /// the thing.
    fn counts(&self, stratum: Stratum, group: &str) -> (u64, u64) {
        self.strata.get(&stratum).and_then(|rows| rows.by_group.get(group)).copied().unwrap_or_default()
    }

    /// The strata as far as they are of a group.
    fn coded(&self, group: &str) -> Vec<Coded> {
        let coded = |(stratum, rows): (&Stratum, &Rows)| {
            let (in_group, positive) = self.counts(*stratum, group);
            Coded {
                is_matched: *stratum == Stratum::Matched,
                population: rows.size,
                sampled: rows.by_group.values().map(|(n, _)| n).sum(),
                in_group,
                positive,
            }
        };
        self.strata.iter().map(coded).collect()
    }
}

/// The figures that are shown, by name.
fn figures(found: &Validation) -> [(&'static str, std::result::Result<Estimate, Undefined>); 5] {
    [
        ("precision", found.precision),
        ("recall", found.recall),
        ("f1", found.f1),
        ("apparent", found.apparent),
        ("corrected", found.corrected),
    ]
}

/// The cells of a figure and its limits.
fn figure_cells(figure: std::result::Result<Estimate, Undefined>) -> [Cell; 3] {
    let figure = figure.ok();
    let (low, high) = figure.and_then(|figure| figure.interval).unzip();
    [figure.map(|figure| figure.value).into(), low.into(), high.into()]
}

/// A query and its group, as notes name them.
fn named(query: &str, group: &str) -> String {
    if group.is_empty() { format!("`{query}`") } else { format!("`{query}`, {group}") }
}

/// Says why figures or their intervals are empty, those with one reason together.
fn say_undefined(context: &Context, query: &str, group: &str, found: &Validation) {
    let mut names: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for (name, figure) in figures(found) {
        let reason = match figure {
            Err(why) => format!("not defined: {why}"),
            Ok(Estimate { interval: None, .. }) => {
                "without an interval: in more than one draw in 20 it is not defined".to_owned()
            }
            Ok(_) => continue,
        };
        names.entry(reason).or_default().push(name);
    }
    let of = named(query, group);
    for (reason, names) in names {
        context.say(format!("{of}: {}: {reason}", names.join(", ")));
    }
}

/// Says of which strata too few rows were coded to tell recall.
fn say_too_few(
    context: &Context,
    query: &str,
    group: &str,
    strata: &BTreeMap<Stratum, Rows>,
    coded: &[Coded],
) {
    let of = named(query, group);
    for TooFew { at, most, found } in too_few_for_recall(coded) {
        let (Some(stratum), Coded { population, in_group, positive, .. }) =
            (strata.keys().nth(at), coded[at])
        else {
            continue;
        };
        let are = if positive == 1 { "is" } else { "are" };
        context.say(format!(
            "{of}: {in_group} coded of {population} {} passages cannot tell recall: {positive} of them {are} about it, \
             but up to {most:.0} in the stratum may be (95 %, Wilson), where {found:.0} are found",
            stratum.name()
        ));
    }
}

/// Reads a sample that was coded.
///
/// Fails, with the line, at what is no code, at numbers that are none or contradict
/// each other, and at a passage that is coded twice for one query; and where the rows
/// of a stratum are missing, for then nothing can be said of recall.
fn read(path: &Path, bytes: &[u8], by: Option<By>) -> Result<CodedFile> {
    let wrong = |reason: String| Error::Input(format!("`{}` cannot be read: {reason}", path.display()));
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(bytes);
    let headers = reader.byte_headers().map_err(|error| wrong(error.to_string()))?;
    let headers: Vec<String> = headers.iter().map(cell_text).collect();
    let column = |name: &str| {
        let is_it = |header: &String| header.trim_start_matches('\u{feff}').eq_ignore_ascii_case(name);
        let at = headers.iter().position(is_it);
        at.ok_or_else(|| wrong(format!("it has no column `{name}`, as `scrutineer sample` writes it")))
    };
    let names = ["query", "stratum", "stratum_size", "of_passages", "passage_id", "code"];
    let [query_at, stratum_at, size_at, passages_at, id_at, code_at] = names.map(column);
    let (query_at, stratum_at, size_at) = (query_at?, stratum_at?, size_at?);
    let (passages_at, id_at, code_at) = (passages_at?, id_at?, code_at?);
    let origin_at = ["query_digest", "filters", "corpus"].map(|name| column(name).ok());
    let group_at = match by {
        None => None,
        Some(By::Council) => Some(column("council")?),
        Some(By::Year) => Some(column("date")?),
    };

    let mut file = CodedFile::default();
    let mut lines: HashMap<(String, String), u64> = HashMap::new();
    for record in reader.byte_records() {
        let record = record.map_err(|error| wrong(error.to_string()))?;
        // A spreadsheet may leave empty rows at the end.
        if record.iter().all(<[u8]>::is_empty) {
            continue;
        }
        let line = record.position().map_or(0, |position| position.line());
        let wrong = |reason: String| wrong(format!("line {line}: {reason}"));
        let cell = |at: usize| record.get(at).map(cell_text).unwrap_or_default();
        let number = |at: usize, name: &str| {
            let text = cell(at);
            text.parse::<u64>().map_err(|_| wrong(format!("`{text}` in `{name}` is no number")))
        };
        let name = cell(stratum_at);
        let stratum = Stratum::ALL.into_iter().find(|stratum| stratum.name() == name);
        let stratum = stratum.ok_or_else(|| {
            wrong(format!(
                "there is no stratum `{name}`; there are {}",
                Stratum::ALL.map(Stratum::name).join(", ")
            ))
        })?;
        let (size, of_passages) = (number(size_at, "stratum_size")?, number(passages_at, "of_passages")?);
        let (query, id) = (cell(query_at), cell(id_at));
        if let Some(before) = lines.insert((query.clone(), id.clone()), line) {
            return Err(wrong(format!("passage `{id}` stands in line {before} already, for the same query")));
        }

        let [query_digest, filters, corpus] = origin_at.map(|at| at.map(cell).unwrap_or_default());
        let origin = Origin { query_digest, filters, corpus };
        let sample = file.samples.entry(query).or_default();
        if sample.passages.is_empty() {
            (sample.origin, sample.of_passages) = (origin, of_passages);
        } else if let Some((name, here, before)) = origin.difference(&sample.origin) {
            let said = |value: &str| if value.is_empty() { "blank".to_owned() } else { format!("`{value}`") };
            let (here, before) = (said(here), said(before));
            return Err(wrong(format!(
                "`{name}` is {here} here, and {before} before: these are two samples"
            )));
        }
        sample.passages.push(id);
        let rows = sample.strata.entry(stratum).or_insert(Rows { size, ..Rows::default() });
        if (sample.of_passages, rows.size) != (of_passages, size) {
            return Err(wrong(format!(
                "{name} has {size} of {of_passages} passages here, and {} of {} before: these are two samples",
                rows.size, sample.of_passages
            )));
        }
        let Some(is_about) = code(&cell(code_at)).map_err(wrong)? else {
            file.n_uncoded += 1;
            continue;
        };
        let group = match (by, group_at.map(cell)) {
            (Some(By::Year), Some(date)) => year(&date).map_err(wrong)?,
            (_, group) => group.unwrap_or_default(),
        };
        let counts = rows.by_group.entry(group).or_default();
        counts.0 += 1;
        counts.1 += u64::from(is_about);
    }
    for (query, Sample { of_passages, strata, .. }) in &file.samples {
        let n_passages: u64 = strata.values().map(|rows| rows.size).sum();
        if n_passages != *of_passages {
            return Err(wrong(format!(
                "the strata of `{query}` in it have {n_passages} of {of_passages} passages: the rows of a stratum \
                 are missing"
            )));
        }
    }
    Ok(file)
}

/// The text of a cell. Spreadsheets also write other character sets than UTF-8: what
/// is read here is plain letters in all of them, and a quotation need not be right.
fn cell_text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Whether a code says that the passage is about the thing; `None` where there is none.
fn code(text: &str) -> std::result::Result<Option<bool>, String> {
    match text.to_lowercase().as_str() {
        "" => Ok(None),
        "1" | "yes" | "true" => Ok(Some(true)),
        "0" | "no" | "false" => Ok(Some(false)),
        _ => Err(format!("`{text}` is no code; write 1 or 0, yes or no, true or false")),
    }
}

/// The year of a date, empty where none is known. A spreadsheet may have written
/// 2021-07-06 as 06/07/2021.
fn year(date: &str) -> std::result::Result<String, String> {
    let mut numbers = date.split(|c: char| !c.is_ascii_digit());
    match numbers.find(|number| number.len() == 4) {
        None if !date.is_empty() => Err(format!("`{date}` in `date` names no year")),
        year => Ok(year.unwrap_or_default().to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_yes_or_no_in_any_case() {
        for (text, expected) in [("1", true), ("YES", true), ("True", true), ("0", false), ("No", false)] {
            assert_eq!(code(text), Ok(Some(expected)), "{text}");
        }
        assert_eq!(code(""), Ok(None));
        assert!(code("2").is_err() && code("maybe").is_err());
    }

    #[test]
    fn a_year_is_found_however_a_spreadsheet_wrote_the_date() {
        let check = |date, expected: &str| assert_eq!(year(date).as_deref(), Ok(expected), "{date}");
        check("2021-07-06", "2021");
        check("06/07/2021", "2021");
        check("2021", "2021");
        check("", "");
        assert!(year("6 July").is_err());
    }
}
