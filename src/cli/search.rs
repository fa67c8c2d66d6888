//! `search`: hits.

use std::str::FromStr;

use super::abbreviations::offer;
use super::filters::{Asked, FilterArgs, QueryArgs};
use super::groups::say_left_out;
use super::{Context, Outcome};
use crate::index::{Found, Hit, Index, Unit, best};
use crate::model::{Edition, Result};
use crate::report::{Cell, Format, Layout, Table};
use crate::search::{Filter, Query, Tokens, snippet};

/// How many hits a terminal's table shows unless told otherwise.
const N_SHOWN: usize = 10;

/// The length of a snippet, in characters.
const SNIPPET_CHARS: usize = 300;

/// The columns of hits.
const COLUMNS: [&str; 12] = [
    "rank",
    "score",
    "council",
    "body",
    "date",
    "item",
    "title",
    "kind",
    "snippet",
    "matches",
    "url",
    "passage_id",
];

/// The arguments of `search`.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    query: QueryArgs,
    #[command(flatten)]
    filters: FilterArgs,
    /// The order: best first, or newest first.
    #[arg(long, value_enum, default_value_t = Sort::Score)]
    sort: Sort,
    /// How many hits: a number, or `all`. Default: 10 on a terminal's table, all in other formats
    /// and in a file.
    #[arg(long, value_name = "N|all")]
    limit: Option<Limit>,
}

#[derive(Debug, Clone, Copy, Default, clap::ValueEnum, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum UnitArg {
    #[default]
    Passage,
    Item,
    Meeting,
}

impl UnitArg {
    /// As it is typed.
    pub fn name(self) -> &'static str {
        match self {
            Self::Passage => "passage",
            Self::Item => "item",
            Self::Meeting => "meeting",
        }
    }
}

impl From<UnitArg> for Unit {
    fn from(unit: UnitArg) -> Self {
        match unit {
            UnitArg::Passage => Self::Passage,
            UnitArg::Item => Self::Item,
            UnitArg::Meeting => Self::Meeting,
        }
    }
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Sort {
    Score,
    Date,
}

/// How many rows.
#[derive(Clone, Copy)]
pub struct Limit(pub usize);

impl FromStr for Limit {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        if text == "all" {
            return Ok(Self(usize::MAX));
        }
        text.parse().map(Self).map_err(|_| format!("`{text}` is neither a number nor `all`"))
    }
}

/// Runs `search`.
pub fn run(context: &Context, args: Args) -> anyhow::Result<Outcome> {
    let Asked { text, query, filter, unit } = args.query.ask(context, &args.filters)?;
    let index = context.index()?;
    let mut found = index.find(&query, &filter, unit)?;
    let is_for_people = context.format == Format::Table && context.output.is_none();
    let limit = args.limit.map_or(if is_for_people { N_SHOWN } else { usize::MAX }, |limit| limit.0);
    let shown: Vec<&Hit> = match args.sort {
        Sort::Score => best(&found, limit),
        Sort::Date => {
            // The sort is stable: meetings of one day stay in the corpus' order.
            found.sort_by_key(|hit| std::cmp::Reverse(index.meeting_of(hit).date));
            found.iter().take(limit).collect()
        }
    };
    context.write(&table(&index, &shown)?)?;
    say_totals(context, &index, &query, &filter, &found, shown.len())?;
    say_left_out(context, &index, &filter)?;
    offer(context, &text)?;
    Ok(Outcome::found(!found.is_empty()))
}

/// Hits as a table, in the order given.
pub fn table(index: &Index, hits: &[&Hit]) -> Result<Table> {
    let mut table = Table::new(&COLUMNS);
    table.layout = Layout::Cards;
    for (at, hit) in hits.iter().enumerate() {
        let passage = index.load(hit)?;
        let tokens = Tokens::read(&passage.text);
        table.push(vec![
            (at + 1).into(),
            hit.score.into(),
            passage.council.as_str().into(),
            Cell::text_or_unknown(&passage.body),
            passage.date.map(|date| date.to_string()).into(),
            Cell::text_or_unknown(&passage.item),
            Cell::text_or_unknown(&passage.title),
            passage.kind.name().into(),
            Cell::Quote(snippet(&passage.text, &tokens, &hit.spans, SNIPPET_CHARS)),
            hit.spans.len().into(),
            passage.url.as_str().into(),
            passage.passage_id.0.as_str().into(),
        ]);
    }
    Ok(table)
}

/// Says what was found, and in how many meetings it was looked for.
fn say_totals(
    context: &Context,
    index: &Index,
    query: &Query,
    filter: &Filter,
    found: &Found,
    n_shown: usize,
) -> anyhow::Result<()> {
    let of = index.totals(&filter.for_meetings(), &[]);
    let n_meetings = of.values().next().map_or(0, |tally| tally.meetings);
    if n_meetings == 0 {
        context.say("nothing is known: no meeting with readable minutes passes the filters");
    } else {
        let tallies = index.tally(found, &[]);
        let tally = tallies.values().next().copied().unwrap_or_default();
        let shown = if n_shown < found.len() {
            format!("; {n_shown} shown, `--limit all` shows every one")
        } else {
            String::new()
        };
        context.say(format!(
            "{} in {}, {} and {}, of {n_meetings} with readable text{shown}",
            plural(tally.matches, "match", "matches"),
            plural(tally.passages, "passage", "passages"),
            plural(tally.items, "item", "items"),
            plural(tally.meetings, "meeting", "meetings"),
        ));
    }
    if found.is_empty() && filter.editions.is_empty() {
        let elsewhere = Filter { editions: Edition::ALL.into(), ..filter.clone() };
        let n = index.find(query, &elsewhere, Unit::Passage)?.len();
        if n > 0 {
            let passages = plural(n as u64, "passage matches", "passages match");
            context.say(format!("{passages} in agendas, decisions or reports: `--edition all` shows them"));
        }
    }
    Ok(())
}

/// `1 match`, `2 matches`.
pub fn plural(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
