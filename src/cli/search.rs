//! `search`: hits.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::str::FromStr;

use super::abbreviations::offer;
use super::councils::listed;
use super::filters::{Asked, FilterArgs, QueryArgs};
use super::groups::{dimensions, say_left_out};
use super::hits::{Extra, Hits};
use super::theme::codebook;
use super::{Context, Outcome};
use crate::analyse::{Dimension, Theme};
use crate::index::{Found, Hit, Index, Unit, UnknownWord};
use crate::model::{Edition, Error, Language, Result};
use crate::report::{Format, Layout};
use crate::search::{Clause, Field, Filter, Query};

/// How many hits a terminal's table shows unless told otherwise.
const N_SHOWN: usize = 10;

/// The most words of a query that is just missed: there are as many ways to miss an
/// AND as it has operands, each a query of its own.
const MOST_WORDS: usize = 200;

/// How many fields of a query are looked up by themselves: each costs as much as a
/// query.
const N_FIELDS: usize = 20;

/// How many near values of a field are named.
const N_NEAR: usize = 3;

/// How many values of a facet are named.
const N_FACETS: usize = 8;

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
    #[arg(long, value_name = "N|all", allow_negative_numbers = true)]
    limit: Option<Limit>,
    /// How many hits to pass over first.
    #[arg(long, default_value_t = 0, value_name = "N", allow_negative_numbers = true)]
    offset: usize,
    /// Show the first hit of each item or meeting alone, with how many passages and matches it has.
    #[arg(long, value_enum)]
    group: Option<GroupArg>,
    /// Say how the hits fall into these: council, body, year, quarter, kind, edition, nation,
    /// region. The values of most passages are named; `count --by` gives all, in any format.
    #[arg(long, value_delimiter = ',', value_name = "D,…")]
    facets: Vec<String>,
    /// Say of each hit which clause of the query is true with which words.
    #[arg(long)]
    explain: bool,
    /// Show in place of the hits what just misses, and which clause fails: an operand of AND, the
    /// distance of NEAR, the words of a phrase apart, or what a mask hides.
    #[arg(long, conflicts_with_all = ["group", "facets"])]
    near_misses: bool,
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

/// What hits are grouped by.
#[derive(Clone, Copy, clap::ValueEnum)]
enum GroupArg {
    Item,
    Meeting,
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
    let by = dimensions(&args.facets)?;
    let Asked { text, query, filter, unit } = args.query.ask(context, &args.filters)?;
    let index = context.index()?;
    let found = index.find(&query, &filter, unit)?;
    let is_for_people = context.format == Format::Table && context.output.is_none();
    let limit = args.limit.map_or(if is_for_people { N_SHOWN } else { usize::MAX }, |limit| limit.0);
    let n_wanted = limit.saturating_add(args.offset);
    let words_of = query.clone();
    let is_any = if args.near_misses {
        let asked = Asked { text: text.clone(), query, filter: filter.clone(), unit };
        near_misses(context, &index, &asked, &found, args.sort, args.offset..n_wanted)?
    } else {
        let (hits, behind) = match args.group {
            None => (sorted(&index, &found, args.sort, n_wanted), Vec::new()),
            Some(group) => grouped(sorted(&index, &found, args.sort, usize::MAX), group),
        };
        let start = args.offset.min(hits.len());
        let extra = Extra {
            explain: args.explain.then_some((&query, &filter, unit)),
            behind: args.group.map(|_| &behind[start..n_wanted.min(behind.len())]),
            with_text: context.format != Format::Table,
            ..Extra::default()
        };
        let n_all = if args.group.is_some() { hits.len() } else { found.hits.len() };
        let (index, found, hits) = (&index, &found, &hits[start..n_wanted.min(hits.len())]);
        Hits { index, found, hits, n_before: start, extra }.write(context)?;
        let shown = match args.group {
            _ if hits.is_empty() => "none shown".to_owned(),
            None => format!("{} shown", hits.len()),
            Some(GroupArg::Item) => format!("{} of {n_all} items shown", hits.len()),
            Some(GroupArg::Meeting) => format!("{} of {n_all} meetings shown", hits.len()),
        };
        let shown = match args.offset {
            _ if hits.len() == n_all => String::new(),
            0 => format!("; {shown}, `--limit all` shows every one"),
            offset => format!("; {shown} after the first {offset}"),
        };
        say_totals(context, index, &filter, found, &shown);
        say_outside(context, index, (&query, &filter, unit), found.hits.len())?;
        say_facets(context, index, found, &by);
        if found.hits.is_empty() && !query.near_misses().is_empty() {
            context.say("`--near-misses` shows what just misses");
        }
        !found.hits.is_empty()
    };
    say_unknown(context, &index, &words_of)?;
    say_own_fields(context, &words_of);
    say_left_out(context, &index, &filter)?;
    offer(context, &index, &text)?;
    Ok(Outcome::found(is_any))
}

/// Says which words of a query stand nowhere in the index, which of its fields hold
/// for nothing there, and what is near them.
pub fn say_unknown(context: &Context, index: &Index, query: &Query) -> Result<()> {
    let hint = |near: &[(String, u64)]| {
        let near: Vec<String> = near
            .iter()
            .map(|(near, n)| format!("`{near}` ({})", plural(*n, "passage", "passages")))
            .collect();
        if near.is_empty() { String::new() } else { format!("; near it: {}", listed(&near)) }
    };
    let unknown = index.unknown_words(query)?;
    let themes = if unknown.is_empty() { Vec::new() } else { codebook(None)?.themes };
    for UnknownWord { word, near } in unknown {
        context.say(format!("`{word}` stands in no passage of the index{}", hint(&near)));
        say_theme(context, &themes, &word);
    }
    say_empty_fields(context, index, query, hint)
}

/// Says which theme has an id that begins with this word, as the words of `csc03_caseloads` are
/// `csc03` and `caseloads`.
fn say_theme(context: &Context, themes: &[Theme], word: &str) {
    let is_of = |theme: &&Theme| theme.id.split('_').next().is_some_and(|first| first == word);
    if let Some(Theme { id, .. }) = themes.iter().find(is_of) {
        context.say(format!(
            "`{id}` is a theme of the codebook: `scrutineer themes {id}` counts it, and `scrutineer theme show {id}` \
             gives its whole query, for `search --exact`"
        ));
    }
}

/// Says which fields of a query hold for no passage at all, with near values.
fn say_empty_fields(
    context: &Context,
    index: &Index,
    query: &Query,
    hint: impl Fn(&[(String, u64)]) -> String,
) -> Result<()> {
    if context.quiet {
        return Ok(());
    }
    let everything = Filter {
        editions: Edition::ALL.into(),
        languages: Language::ALL.into(),
        with_boilerplate: true,
        with_copies: true,
        ..Filter::default()
    };
    let query_of = |clause: Clause| Query { terms: query.terms, masks: Vec::new(), clause };
    let find = |query: &Query| index.find(query, &everything, Unit::Passage);
    let mut seen = HashSet::new();
    for clause in query.fields().into_iter().take(N_FIELDS) {
        let alone = query_of(clause.clone());
        let field = alone.to_string();
        if !seen.insert(field.clone()) || !find(&alone)?.hits.is_empty() {
            continue;
        }
        // The values of titles and numbers of items are as many as there are items.
        let dimension = match clause {
            Clause::Field(Field::Council, _) => Some(Dimension::Council),
            Clause::Field(Field::Body, _) => Some(Dimension::Body),
            Clause::Field(Field::Kind, _) => Some(Dimension::Kind),
            _ => None,
        };
        let mut near = match dimension {
            Some(dimension) => by_group(index, &find(&query_of(clause.nearly()))?, dimension),
            None => Vec::new(),
        };
        near.truncate(N_NEAR);
        context.say(format!("`{field}` holds for no passage of the index{}", hint(&near)));
    }
    Ok(())
}

fn sorted(index: &Index, found: &Found, sort: Sort, n: usize) -> Vec<Hit> {
    match sort {
        Sort::Score => found.best(n),
        Sort::Date => {
            let key = |hit: &Hit| (Reverse(index.meeting_of(hit).date), hit.key());
            found.first(n, |a, b| key(a).cmp(&key(b)))
        }
    }
}

/// The first hit of each group, in their order, and how many passages and matches
/// the group has.
fn grouped(hits: Vec<Hit>, group: GroupArg) -> (Vec<Hit>, Vec<(u64, u64)>) {
    let mut places = HashMap::new();
    let (mut firsts, mut behind): (Vec<Hit>, Vec<(u64, u64)>) = Default::default();
    for hit in hits {
        let key = match group {
            GroupArg::Item => hit.item(),
            GroupArg::Meeting => (hit.item().0, u32::MAX),
        };
        let place = *places.entry(key).or_insert_with(|| {
            firsts.push(hit);
            behind.push((0, 0));
            firsts.len() - 1
        });
        behind[place].0 += 1;
        behind[place].1 += u64::from(hit.n_matches);
    }
    (firsts, behind)
}

/// The queries that are true of what just misses this one.
///
/// Fails where it has too many words for that.
pub fn lenient(query: &Query) -> Result<Vec<Query>> {
    let n_words = query.slots().len();
    if n_words > MOST_WORDS {
        return Err(Error::Input(format!(
            "what just misses a query of {n_words} words is too much to look for; the limit of --near-misses is \
             {MOST_WORDS} words"
        )));
    }
    Ok(query.near_misses())
}

/// Shows what just misses, those at the places of `page`. Returns whether there is any.
fn near_misses(
    context: &Context,
    index: &Index,
    asked: &Asked,
    found: &Found,
    sort: Sort,
    page: Range<usize>,
) -> Result<bool> {
    let Asked { query, filter, unit, .. } = asked;
    let lenient = lenient(query)?;
    if lenient.is_empty() {
        context.say("nothing can just miss this query: it has neither AND, NEAR, phrases nor masks");
        return Ok(false);
    }
    // A unit of which the query is true misses nothing, in none of its passages.
    let unit_of = |hit: &Hit| match unit {
        Unit::Passage => (hit.key().0, hit.key().1),
        Unit::Item => hit.item(),
        Unit::Meeting => (hit.key().0, 0),
    };
    let is_true_of: HashSet<_> = found.hits.iter().map(unit_of).collect();
    let mut seen = HashSet::new();
    let (mut n_shown, mut n_all) = (0, 0);
    let mut all = Vec::new();
    for lenient in lenient {
        let near = index.find(&lenient, filter, *unit)?;
        let mut hits = sorted(index, &near, sort, usize::MAX);
        hits.retain(|hit| !is_true_of.contains(&unit_of(hit)) && seen.insert(hit.key()));
        let place = |of_all: usize| of_all.saturating_sub(n_all).min(hits.len());
        let (start, end) = (place(page.start), place(page.end));
        let shown = hits[start..end].to_vec();
        n_shown += shown.len();
        all.push((near, shown, n_all + start));
        n_all += hits.len();
    }
    let extra = Extra {
        explain: Some((query, filter, *unit)),
        behind: None,
        is_near_miss: true,
        with_text: context.format != Format::Table,
    };
    context.write_rows(context.format, &extra.columns(), Layout::Cards, |writer| {
        all.iter().try_for_each(|(found, hits, n_before)| {
            Hits { index, found, hits, n_before: *n_before, extra: extra.clone() }.rows(writer)
        })
    })?;
    context.say(format!(
        "{} just {}; {n_shown} shown",
        plural(n_all as u64, "passage", "passages"),
        if n_all == 1 { "misses" } else { "miss" },
    ));
    Ok(n_all > 0)
}

/// How many passages are in each group: years one after another, other groups with
/// the most first.
fn by_group(index: &Index, found: &Found, dimension: Dimension) -> Vec<(String, u64)> {
    let tallies = index.tally(&found.hits, &[dimension]).into_iter();
    let mut groups: Vec<(String, u64)> =
        tallies.map(|(group, tally)| (group.concat(), tally.passages)).collect();
    if dimension != Dimension::Year {
        groups.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    }
    groups
}

/// Says how the hits fall into groups, most first.
fn say_facets(context: &Context, index: &Index, found: &Found, by: &[Dimension]) {
    for dimension in by {
        let groups = by_group(index, found, *dimension);
        let named =
            |(name, n): &(String, u64)| format!("{} {n}", if name.is_empty() { "not known" } else { name });
        // Years one after another; of other values those of most passages.
        let n_named = if *dimension == Dimension::Year { groups.len() } else { groups.len().min(N_FACETS) };
        let (first, others) = groups.split_at(n_named);
        let mut named: Vec<String> = first.iter().map(named).collect();
        if !others.is_empty() {
            let n_rest: u64 = others.iter().map(|(_, n)| n).sum();
            named.push(format!("{} {n_rest}", plural(others.len() as u64, "other", "others")));
        }
        context.say(format!("passages by {}: {}", dimension.name(), named.join(", ")));
    }
}

/// Says what was found, and in how many meetings it was looked for.
pub fn say_totals(context: &Context, index: &Index, filter: &Filter, found: &Found, shown: &str) {
    let of = index.totals(&filter.for_meetings(), &[]);
    let n_meetings = of.values().next().map_or(0, |tally| tally.meetings);
    if n_meetings == 0 {
        context.say("nothing is known: no meeting with readable minutes passes the filters");
    } else {
        let tallies = index.tally(&found.hits, &[]);
        let tally = tallies.values().next().copied().unwrap_or_default();
        context.say(format!(
            "{} in {}, {} and {}, of {n_meetings} with readable text{shown}",
            plural(tally.matches, "match", "matches"),
            plural(tally.passages, "passage", "passages"),
            plural(tally.items, "item", "items"),
            plural(tally.meetings, "meeting", "meetings"),
        ));
    }
}

/// Says what matches outside of the view: in other editions, where nothing was found,
/// and in standing items and headings.
pub fn say_outside(
    context: &Context,
    index: &Index,
    (query, filter, unit): (&Query, &Filter, Unit),
    n_found: usize,
) -> Result<()> {
    if context.quiet {
        return Ok(());
    }
    let passages = |n: usize| plural(n as u64, "passage matches", "passages match");
    let elsewhere = Filter { editions: Edition::ALL.into(), ..filter.clone() };
    let is_elsewhere_asked_for = n_found == 0 && filter.editions.is_empty();
    let mut is_any = n_found > 0;
    if is_elsewhere_asked_for {
        let n = index.find(query, &elsewhere, unit)?.hits.len();
        is_any |= n > 0;
        if n > 0 && unit == Unit::Passage {
            let passages = passages(n);
            context.say(format!("{passages} in agendas, decisions or reports: `--edition all` shows them"));
        } else if n > 0 {
            context.say("agendas, decisions or reports match: `--edition all` shows them");
        }
    }
    if unit == Unit::Passage {
        let n = index.find_beside(query, filter)?.hits.len();
        is_any |= n > 0;
        if n > 0 {
            let passages = passages(n);
            context.say(format!(
                "{passages} in standing items and headings, which are left out: `--with-boilerplate` shows them"
            ));
        }
    } else if !filter.includes_boilerplate() {
        let all = Filter { with_boilerplate: true, ..filter.clone() };
        if index.find(query, &all, unit)?.hits.len() > n_found {
            is_any = true;
            context.say(
                "more would match with standing items and headings, which are left out: `--with-boilerplate` \
                 looks through them",
            );
        }
    }
    // Where neither alone finds anything, both together may.
    if !is_any && is_elsewhere_asked_for && !filter.includes_boilerplate() {
        let everywhere = Filter { with_boilerplate: true, ..elsewhere };
        let n = index.find(query, &everywhere, unit)?.hits.len();
        let elsewhere = "standing items and headings of agendas, decisions or reports";
        let matching = match unit {
            Unit::Passage => format!("{} in {elsewhere}", passages(n)),
            _ => format!("{elsewhere} match"),
        };
        if n > 0 {
            context.say(format!("{matching}: `--edition all --with-boilerplate` shows them"));
        }
    }
    Ok(())
}

/// Says where a query itself narrows by council, body or date, which counts are not
/// counted against.
pub fn say_own_fields(context: &Context, query: &Query) {
    let fields = query.meeting_fields();
    if !fields.is_empty() {
        context.say(format!(
            "{} in the query narrows what is found, not what it is counted against: the filters ({}) do both",
            listed(&fields.iter().map(|field| format!("`{field}:`")).collect::<Vec<_>>()),
            "--council, --body, --from, --to, --year",
        ));
    }
}

/// `1 match`, `2 matches`.
pub fn plural(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
