//! `eval`: reading and search measured against what was judged by hand; of
//! reading, here.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fs, io};

use rayon::prelude::*;

use super::parse::{passing_reader, read_file};
use super::search::plural;
use super::{Context, Outcome, eval_search, files};
use crate::eval::{Counts, Judgement, Label, Scores, score};
use crate::model::{Error, Result};
use crate::report::{Cell, Table};

/// The arguments of `eval`.
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Measure how documents are read: precision, recall and F1 by label.
    Reading(ReadingArgs),
    /// Measure how passages are found: recall, precision and gain of judged needs.
    Search(eval_search::Args),
}

/// What the rows count, for `--help`.
const READING_HELP: &str = "\
Labels:
  council, body, date, edition   as the document tells them
  items         number and title, in order
  item-text     an item's text begins and ends where it should
  resolutions   each clause of a decision, with its item and its labels
  kinds         what a passage does
  present, apologies, substitutes, officers   names
  movers        who moved and who seconded the decisions of an item
  votes         for, against, abstentions
  interests     who declared an interest, by item
  exempt        items not open to the public, with the paragraphs of Schedule 12A

judged is how many the hand-made readings have, found how many the program has, matched how many
of these agree; precision = matched / found, recall = matched / judged. A third of the documents,
by a digest of their names, is the test set, whose misses are never shown.";

#[derive(clap::Args)]
#[command(after_long_help = READING_HELP)]
struct ReadingArgs {
    /// The folder of judgements, a TOML file a document.
    #[arg(default_value = "tests/judgements/reading", value_name = "DIR")]
    judgements: PathBuf,
    /// The folder in which the documents lie.
    #[arg(long, value_name = "DIR")]
    documents: PathBuf,
    /// What to count by: set, label, format, source.
    #[arg(long, value_delimiter = ',', value_name = "D,…", default_value = "set,label,format")]
    by: Vec<By>,
    /// List where judgement and reading differ, in place of the counts; of the tuning set alone.
    #[arg(long)]
    misses: bool,
}

/// What scores are counted by.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum By {
    Set,
    Label,
    Format,
    Source,
}

/// What the rows of a table have in common: names, and of a label its place
/// among the labels.
type Group<'a> = Vec<(Option<Label>, &'a str)>;

/// A judgement, and how the reading of its document scores.
struct Case {
    judgement: Judgement,
    scores: Scores,
}

/// Runs `eval`.
pub fn run(context: &Context, args: Args) -> anyhow::Result<Outcome> {
    match args.command {
        Command::Reading(args) => run_reading(context, &args),
        Command::Search(args) => eval_search::run(context, &args),
    }
}

fn run_reading(context: &Context, args: &ReadingArgs) -> anyhow::Result<Outcome> {
    let judgements = read_all(&args.judgements, Judgement::from_toml)?;
    let (reader, _working) = passing_reader(context)?;
    let (present, absent): (Vec<Judgement>, Vec<Judgement>) =
        judgements.into_iter().partition(|judgement| args.documents.join(&judgement.document).exists());
    let cases: Vec<(Case, Option<String>)> = present
        .into_par_iter()
        .map(|judgement| {
            let read = read_file(&reader, &args.documents.join(&judgement.document));
            let scores = score(&judgement, read.as_ref().ok());
            (Case { judgement, scores }, read.err())
        })
        .collect();
    let mut n_unread = 0;
    for (case, reason) in &cases {
        if let Some(reason) = reason {
            n_unread += 1;
            context.warn(format!("cannot read `{}`: {reason}", case.judgement.document));
        }
    }
    let cases: Vec<Case> = cases.into_iter().map(|(case, _)| case).collect();
    let table = if args.misses { misses(&cases) } else { counts(&cases, &args.by) };
    context.write(&table)?;
    let (n_run, n_absent) = (cases.len() as u64, absent.len() as u64);
    let are = plural(n_run, "document was", "documents were");
    context.say(format!("{are} read, {n_unread} of them with nothing in it"));
    if n_absent > 0 {
        let are = plural(n_absent, "judgement was", "judgements were");
        context.say(format!("{are} not run: the document is not in `{}`", args.documents.display()));
    }
    Ok(Outcome::found(n_run > 0))
}

/// Reads every judgement of a folder; one that holds none is an error.
pub(super) fn read_all<T>(folder: &Path, from_toml: fn(&str, &str) -> Result<T>) -> Result<Vec<T>> {
    let files::Found { files: paths, errors, .. } = files::find(&[folder.to_owned()]);
    if let Some(error) = errors.into_iter().next() {
        return Err(error);
    }
    let is_judgement = |path: &&PathBuf| path.extension().is_some_and(|ending| ending == "toml");
    let mut judgements = Vec::new();
    for path in paths.iter().filter(is_judgement) {
        let text = fs::read_to_string(path).map_err(Error::io("read", path))?;
        judgements.push(from_toml(&text, &path.display().to_string())?);
    }
    if judgements.is_empty() {
        return Err(Error::io("read", folder)(io::Error::other("it holds no judgement (*.toml)")));
    }
    Ok(judgements)
}

/// The name of the set that a judgement belongs to.
pub(super) fn set_of(is_test: bool) -> &'static str {
    if is_test { "test" } else { "tuning" }
}

fn counts(cases: &[Case], by: &[By]) -> Table {
    let name = |by: &By| match by {
        By::Set => "set",
        By::Label => "label",
        By::Format => "format",
        By::Source => "source",
    };
    let mut columns: Vec<&str> = by.iter().map(name).collect();
    columns.extend(["documents", "judged", "found", "matched", "precision", "recall", "f1"]);
    let mut groups: BTreeMap<Group, (u64, Counts)> = BTreeMap::new();
    for Case { judgement, scores } in cases {
        let mut of_document: BTreeMap<Group, Counts> = BTreeMap::new();
        for (label, counts) in &scores.counts {
            let of = |by: &By| match by {
                By::Set => (None, set_of(judgement.is_test())),
                // In the order of the labels, not of their names.
                By::Label => (Some(*label), label.name()),
                By::Format => (None, judgement.format.as_str()),
                By::Source => (None, judgement.source.as_str()),
            };
            of_document.entry(by.iter().map(of).collect()).or_default().add(*counts);
        }
        for (group, counts) in of_document {
            let (n_documents, sum) = groups.entry(group).or_default();
            *n_documents += 1;
            sum.add(counts);
        }
    }
    let mut table = Table::new(&columns);
    for (group, (n_documents, counts)) in groups {
        let mut cells: Vec<Cell> = group.iter().map(|(_, name)| (*name).into()).collect();
        cells.extend([n_documents, counts.judged, counts.found, counts.matched].map(Cell::Count));
        cells.extend(
            [counts.precision(), counts.recall(), counts.f1()]
                .map(|share| share.map_or(Cell::Unknown, Cell::Number)),
        );
        table.push(cells);
    }
    table
}

fn misses(cases: &[Case]) -> Table {
    let mut table = Table::new(&["document", "label", "judged", "found"]);
    for Case { judgement, scores } in cases.iter().filter(|case| !case.judgement.is_test()) {
        for miss in &scores.misses {
            table.push(vec![
                judgement.document.as_str().into(),
                miss.label.name().into(),
                Cell::text_or_unknown(miss.judged.clone()),
                Cell::text_or_unknown(miss.found.clone()),
            ]);
        }
    }
    table
}
