//! `eval search`: search measured against information needs whose passages were
//! graded by hand.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::{Path, PathBuf};

use super::eval::{read_all, set_of};
use super::search::plural;
use super::{Context, Outcome};
use crate::eval::{
    GradedPassage, InformationNeed, judged_at, ndcg_at, precision_at, recall_at, reciprocal_rank,
};
use crate::index::{Index, PassageKey, Unit};
use crate::model::{Digest, Edition, Error, Language, Passage, PassageId, Result};
use crate::report::{Cell, Table};
use crate::search::{Context as Fields, Filter, Query, Terms, Text, Tokens, evaluate, parse};

/// How many hits somebody looks at first.
const FIRST: usize = 10;

/// How many hits somebody looks at who looks long.
const FURTHER: usize = 50;

/// What the columns are, for `--help`.
const HELP: &str = "\
The home's index answers: it must hold the documents that were judged. Each query of a need is
ranked by itself, best first, and a need's measures are the means over its queries; a group's are
the means over its needs.

  judged, relevant   passages that were graded for the needs; of these, of grade 1 or 2
  recall             of the relevant passages, the share among all hits
  recall_at_50       the same among the first 50
  precision_at_10    of the first 10 places, the share with a relevant passage; a hit that was not
                     judged counts as not relevant
  judged_at_10       of the first 10 hits, the share that was judged
  ndcg_at_10         the gain of the first 10 (grade over log2 of 1 + place), of the best possible
  reciprocal_rank    1 over the place of the first relevant hit

A third of the needs, by a digest of their ids, is the test set, whose misses are never shown.";

/// The arguments of `eval search`.
#[derive(clap::Args)]
#[command(after_long_help = HELP)]
pub struct Args {
    /// The folder of judgements, a TOML file a need.
    #[arg(default_value = "tests/judgements/search", value_name = "DIR")]
    judgements: PathBuf,
    /// The folder in which the documents lie.
    #[arg(long, value_name = "DIR")]
    documents: PathBuf,
    /// What to average by: set, need, query.
    #[arg(long, value_delimiter = ',', value_name = "D,…", default_value = "set")]
    by: Vec<By>,
    /// List relevant passages that are not among the first 10 hits, and hits among these that are
    /// not relevant or were not judged, in place of the measures; of the tuning set alone.
    #[arg(long)]
    misses: bool,
}

/// What measures are averaged by.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum By {
    Set,
    Need,
    Query,
}

impl By {
    fn name(self) -> &'static str {
        match self {
            Self::Set => "set",
            Self::Need => "need",
            Self::Query => "query",
        }
    }
}

/// The names of the measures, in the order of [`Run::measures`].
const MEASURES: [&str; 6] =
    ["recall", "recall_at_50", "precision_at_10", "judged_at_10", "ndcg_at_10", "reciprocal_rank"];

/// One query of a need, and what it found.
struct Run<'a> {
    need: &'a InformationNeed,
    query: &'a str,
    /// The judged passages, each with its place among the hits, from 0; `None`
    /// where it is not found.
    judged: Vec<(&'a GradedPassage, Option<usize>)>,
    /// The grade of each hit, best hit first.
    ranking: Vec<Option<u8>>,
    /// The first hits.
    first: Vec<PassageId>,
}

/// Runs `eval search`.
pub fn run(context: &Context, args: &Args) -> anyhow::Result<Outcome> {
    let needs = read_all(&args.judgements, InformationNeed::from_toml)?;
    let digests = digests(&needs, &args.documents)?;
    let is_present = |need: &&InformationNeed| {
        need.passages.iter().all(|passage| digests.contains_key(passage.document.as_str()))
    };
    let (present, absent): (Vec<&InformationNeed>, Vec<&InformationNeed>) =
        needs.iter().partition(is_present);
    let mut runs = Vec::new();
    if !present.is_empty() {
        let index = context.index()?;
        for need in &present {
            runs.extend(run_need(&index, need, &digests)?);
        }
    }
    context.write(&if args.misses { misses(&runs) } else { measures(&runs, &args.by) })?;
    let were = plural(present.len() as u64, "need was", "needs were");
    context.say(format!("{were} asked about in {}", plural(runs.len() as u64, "query", "queries")));
    if !absent.is_empty() {
        let were = plural(absent.len() as u64, "need was", "needs were");
        context.say(format!("{were} not run: documents are not in `{}`", args.documents.display()));
    }
    Ok(Outcome::found(!runs.is_empty()))
}

/// The digest of each judged document that is there.
fn digests<'a>(needs: &'a [InformationNeed], folder: &Path) -> Result<HashMap<&'a str, Digest>> {
    let mut digests = HashMap::new();
    for GradedPassage { document, .. } in needs.iter().flat_map(|need| &need.passages) {
        let path = folder.join(document);
        if digests.contains_key(document.as_str()) || !path.exists() {
            continue;
        }
        let bytes = fs::read(&path).map_err(Error::io("read", &path))?;
        digests.insert(document.as_str(), Digest::of(&bytes));
    }
    Ok(digests)
}

fn run_need<'a>(
    index: &Index,
    need: &'a InformationNeed,
    digests: &HashMap<&str, Digest>,
) -> anyhow::Result<Vec<Run<'a>>> {
    let passages = judged_passages(index, need, digests)?;
    let mut runs = Vec::new();
    for query in &need.queries {
        let found = index.find(&parse(query, Terms::Stemmed)?, &Filter::default(), Unit::Passage)?;
        let hits = found.best(usize::MAX);
        let place_of: HashMap<PassageKey, usize> =
            hits.iter().enumerate().map(|(at, hit)| (hit.key(), at)).collect();
        let judged: Vec<(&GradedPassage, Option<usize>)> =
            passages.iter().map(|(key, passage)| (*passage, place_of.get(key).copied())).collect();
        let mut ranking = vec![None; hits.len()];
        for (passage, place) in &judged {
            if let Some(place) = *place {
                ranking[place] = Some(passage.grade);
            }
        }
        let first = index.load(&found, &hits[..hits.len().min(FIRST)])?;
        let first = first.into_iter().map(|(passage, _)| passage.passage_id).collect();
        runs.push(Run { need, query, judged, ranking, first });
    }
    Ok(runs)
}

/// The judged passages of a need, as the index has them.
///
/// Fails where an anchor stands in no passage of its document, or a passage has
/// two grades.
fn judged_passages<'a>(
    index: &Index,
    need: &'a InformationNeed,
    digests: &HashMap<&str, Digest>,
) -> Result<BTreeMap<PassageKey, &'a GradedPassage>> {
    let anchors = need.passages.iter().map(|passage| phrase(need, passage)).collect::<Result<Vec<_>>>()?;
    let any = query(need, &anchors.join(" OR "))?;
    let mut by_document: HashMap<Digest, Vec<(PassageKey, Passage)>> = HashMap::new();
    let found = index.find(&any, &everything(), Unit::Passage)?;
    for (hit, (passage, _)) in found.hits.iter().zip(index.load(&found, &found.hits)?) {
        by_document.entry(passage.document.clone()).or_default().push((hit.key(), passage));
    }
    let mut judged: BTreeMap<PassageKey, &GradedPassage> = BTreeMap::new();
    for (passage, anchor) in need.passages.iter().zip(&anchors) {
        let of_document = by_document.get(&digests[passage.document.as_str()]).map_or(&[][..], Vec::as_slice);
        let keys = with_anchor(of_document, &query(need, anchor)?);
        if keys.is_empty() {
            return Err(fault(need, passage, "stands in no passage of the index"));
        }
        for key in keys {
            let before = judged.insert(key, passage);
            if before.is_some_and(|before| before.grade != passage.grade) {
                return Err(fault(need, passage, "stands in a passage that has another grade already"));
            }
        }
    }
    Ok(judged)
}

/// Those that an anchor is the whole of; where there are none, those that it
/// stands in.
fn with_anchor(passages: &[(PassageKey, Passage)], anchor: &Query) -> Vec<PassageKey> {
    let (mut whole, mut part) = (Vec::new(), Vec::new());
    for (key, passage) in passages {
        let tokens = Tokens::read_in(&passage.text, passage.language);
        let text = Text { tokens: &tokens, context: Fields::from(passage) };
        let spans = evaluate(anchor, &[text]).and_then(|mut spans| spans.pop()).unwrap_or_default();
        let Some(span) = spans.first() else { continue };
        let is_whole = span.last - span.first + 1 == tokens.len() as u32;
        if is_whole { &mut whole } else { &mut part }.push(*key);
    }
    if whole.is_empty() { part } else { whole }
}

/// The words of an anchor as a phrase of the query language.
fn phrase(need: &InformationNeed, passage: &GradedPassage) -> Result<String> {
    let tokens = Tokens::read(&passage.anchor);
    if tokens.is_empty() {
        return Err(fault(need, passage, "holds no word"));
    }
    Ok(format!("\"{}\"", tokens.words().collect::<Vec<_>>().join(" ")))
}

fn query(need: &InformationNeed, text: &str) -> Result<Query> {
    parse(text, Terms::Exact).map_err(|error| Error::Input(format!("the anchors of `{}`: {error}", need.id)))
}

fn fault(need: &InformationNeed, passage: &GradedPassage, what: &str) -> Error {
    let GradedPassage { document, anchor, .. } = passage;
    Error::Input(format!("the need `{}`, `{document}`: the anchor “{anchor}” {what}", need.id))
}

/// Lets every passage through, standing items, copies and headings too.
fn everything() -> Filter {
    Filter {
        editions: Edition::ALL.into(),
        languages: Language::ALL.into(),
        with_boilerplate: true,
        with_copies: true,
        ..Filter::default()
    }
}

impl Run<'_> {
    /// The measures, in the order of [`MEASURES`].
    fn measures(&self) -> [Option<f64>; MEASURES.len()] {
        let judged: Vec<u8> = self.judged.iter().map(|(passage, _)| passage.grade).collect();
        let ranking = &self.ranking;
        [
            recall_at(ranking, &judged, usize::MAX),
            recall_at(ranking, &judged, FURTHER),
            Some(precision_at(ranking, FIRST)),
            judged_at(ranking, FIRST),
            ndcg_at(ranking, &judged, FIRST),
            Some(reciprocal_rank(ranking)),
        ]
    }
}

fn measures(runs: &[Run], by: &[By]) -> Table {
    let mut columns: Vec<&str> = by.iter().map(|by| by.name()).collect();
    columns.extend(["needs", "queries", "judged", "relevant"]);
    columns.extend(MEASURES);
    let mut table = Table::new(&columns);
    // Of each group, the runs of each need.
    let mut groups: BTreeMap<Vec<&str>, BTreeMap<&str, Vec<&Run>>> = BTreeMap::new();
    for run in runs {
        let of = |by: &By| match by {
            By::Set => set_of(run.need.is_test()),
            By::Need => run.need.id.as_str(),
            By::Query => run.query,
        };
        let group = groups.entry(by.iter().map(of).collect()).or_default();
        group.entry(&run.need.id).or_default().push(run);
    }
    for (group, needs) in groups {
        let n_queries: usize = needs.values().map(Vec::len).sum();
        let grades = || needs.values().flat_map(|runs| &runs[0].judged).map(|(passage, _)| passage.grade);
        let n_relevant = grades().filter(|&grade| grade > 0).count();
        let mut cells: Vec<Cell> = group.into_iter().map(Cell::from).collect();
        cells.extend([needs.len(), n_queries, grades().count(), n_relevant].map(Cell::from));
        let of_needs: Vec<_> =
            needs.values().map(|runs| means(runs.iter().map(|run| run.measures()))).collect();
        cells.extend(means(of_needs.into_iter()).map(|mean| mean.map_or(Cell::Unknown, Cell::Number)));
        table.push(cells);
    }
    table
}

/// The mean of each measure, over those that have it.
fn means<const N: usize>(rows: impl Iterator<Item = [Option<f64>; N]> + Clone) -> [Option<f64>; N] {
    std::array::from_fn(|at| {
        let known = rows.clone().filter_map(|row| row[at]);
        let n = known.clone().count();
        (n > 0).then(|| known.sum::<f64>() / n as f64)
    })
}

fn misses(runs: &[Run]) -> Table {
    let mut table = Table::new(&["need", "query", "grade", "rank", "passage_id", "document", "anchor"]);
    for run in runs.iter().filter(|run| !run.need.is_test()) {
        let mut push = |grade: Option<u8>, place: Option<usize>, passage: Option<&GradedPassage>| {
            let id = place.and_then(|place| run.first.get(place)).map(|id| id.0.clone());
            table.push(vec![
                run.need.id.as_str().into(),
                run.query.into(),
                grade.map(|grade| grade.to_string()).into(),
                place.map(|place| (place + 1).to_string()).into(),
                id.into(),
                passage.map(|passage| passage.document.clone()).into(),
                passage.map(|passage| passage.anchor.clone()).into(),
            ]);
        };
        for &(passage, place) in &run.judged {
            let is_first = place.is_some_and(|place| place < FIRST);
            if (passage.grade > 0) != is_first {
                push(Some(passage.grade), place, Some(passage));
            }
        }
        for (place, grade) in run.ranking.iter().enumerate().take(FIRST) {
            if grade.is_none() {
                push(None, Some(place), None);
            }
        }
    }
    table
}
