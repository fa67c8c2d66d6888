//! `recycled`: which passages say again what was said before?

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::hash::{Hash, Hasher};

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet, FxHasher};

use super::filters::{FilterArgs, HomeNames, read_query};
use super::groups::say_left_out;
use super::recurrence::By;
use super::search::{Limit, plural, say_unknown};
use super::theme::codebook;
use super::{Context, Outcome};
use crate::analyse::{
    ChainFacts, Difference, FEWEST_WORDS, Fact, Link, MOST_OF_A_BAND, RecycledClass, Said, chains,
    differences, gives_assurance, is_log, is_notice, recycled_rules,
};
use crate::index::{Index, Unit};
use crate::model::{DateRange, Kind, MeetingId, PartialDate, Passage, PassageId, Result};
use crate::report::{Cell, Format, Table};
use crate::search::{Filter, Terms, Tokens, shown, snippet};

/// How many chains a terminal's table shows unless told otherwise.
const N_CHAINS: usize = 50;

/// The length of a snippet, in characters.
const SNIPPET_CHARS: usize = 160;

/// How many differences are quoted, and how many characters of each side.
const N_QUOTED: usize = 3;
const QUOTED_CHARS: usize = 40;

/// The arguments of `recycled`.
#[derive(clap::Args)]
#[command(after_long_help = help())]
pub struct Args {
    /// Themes of the codebook, by id, or queries: show only chains with a passage that one of them
    /// finds. All chains when none is named; `scrutineer help query` explains the language.
    #[arg(value_name = "THEME|QUERY")]
    of: Vec<String>,
    /// Match the words of queries as written, not by their stem.
    #[arg(long)]
    exact: bool,
    /// A codebook of your own.
    #[arg(long, value_name = "FILE")]
    codebook: Option<std::path::PathBuf>,
    #[command(flatten)]
    filters: FilterArgs,
    /// Whose meetings make a sequence: each body's, or those of all bodies of a council.
    #[arg(long, value_enum, default_value_t = By::Body)]
    by: By,
    /// Classes that are shown; `template` shows what is left out else.
    #[arg(
        long,
        value_enum,
        value_delimiter = ',',
        default_value = "restated,carried-forward,other",
        value_name = "C,…"
    )]
    class: Vec<ClassArg>,
    /// Write a row for each passage of each chain: what it repeats, how similar it is, what changed.
    #[arg(long)]
    chain: bool,
    /// How many chains, those of most meetings first: a number, or `all`. Default: 50 on a
    /// terminal's table, all in other formats and in a file.
    #[arg(long, value_name = "N|all", allow_negative_numbers = true)]
    limit: Option<Limit>,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum ClassArg {
    Restated,
    CarriedForward,
    Other,
    Template,
}

impl From<ClassArg> for RecycledClass {
    fn from(class: ClassArg) -> Self {
        match class {
            ClassArg::Restated => Self::Restated,
            ClassArg::CarriedForward => Self::CarriedForward,
            ClassArg::Other => Self::Other,
            ClassArg::Template => Self::Template,
        }
    }
}

/// What a class is and what is counted, for `--help`.
fn help() -> String {
    format!(
        "{}\n\
         times: meetings that a chain stands in; longest_gap: readable meetings between two of these, at most, and gap those since the passage before; \
         least_similarity: of a passage to the one that it repeats; changed: between the first passage and the last. \
         Case, accents and punctuation make no difference; sentences in another order do. Chains are of what passes \
         the filters alone; but for template it is asked in how many bodies a wording stands of all councils, bodies \
         and dates, whatever --council, --body, --from, --to and --year say.\n\
         \n\
         Examples:\n\
         \x20 scrutineer recycled recruit* --class restated\n\
         \x20 scrutineer recycled --council sefton --by council --chain --output chains.csv",
        recycled_rules()
    )
}

const COLUMNS: [&str; 21] = [
    "chain",
    "class",
    "council",
    "body",
    "times",
    "first",
    "last",
    "longest_gap",
    "least_similarity",
    "changed",
    "snippet",
    "of_meetings",
    "gap_days",
    "passages",
    "changed_facts",
    "kind",
    "title",
    "first_passage_id",
    "first_url",
    "last_passage_id",
    "last_url",
];

/// How many of the columns a terminal shows.
const N_SHOWN: usize = 11;

const PASSAGE_COLUMNS: [&str; 16] = [
    "chain",
    "class",
    "council",
    "body",
    "date",
    "similarity",
    "gap",
    "changed",
    "text",
    "changed_facts",
    "kind",
    "item",
    "title",
    "repeats",
    "passage_id",
    "url",
];

/// How many of these a terminal shows.
const N_PASSAGE_SHOWN: usize = 9;

/// What is kept of a passage.
struct Kept {
    /// The place of its meeting in the sequence.
    meeting: usize,
    /// The number of its body.
    body: u32,
    date: PartialDate,
    words: Box<[u32]>,
    kind: Kind,
    is_boilerplate: bool,
    item: String,
    title: String,
    text: String,
    passage_id: PassageId,
    url: String,
}

/// The readable meetings of a body or council, in the order in which they met.
#[derive(Default)]
struct Sequence {
    last_meeting: Option<MeetingId>,
    n_meetings: usize,
    passages: Vec<Kept>,
}

/// What is looked at for what.
struct Views {
    /// What is compared.
    asked: Filter,
    /// The same with standing items and furniture.
    with_standing: Filter,
    /// The meetings that chains are counted in.
    meetings: Filter,
    /// Where a wording may stand besides: in any council, body and year.
    everywhere: Filter,
}

impl Views {
    fn new(asked: &Filter) -> Self {
        let everywhere = Filter {
            councils: HashSet::new(),
            body: Vec::new(),
            dates: DateRange::default(),
            years: HashSet::new(),
            ..asked.clone()
        };
        let with_standing = Filter { with_boilerplate: true, ..asked.clone() };
        Self { asked: asked.clone(), with_standing, meetings: asked.for_meetings(), everywhere }
    }
}

/// All that passes a filter.
#[derive(Default)]
struct Read {
    /// By council and body; body empty where all of a council are one sequence.
    sequences: BTreeMap<(String, String), Sequence>,
    /// The names of bodies, by council and number.
    bodies: Vec<(String, String)>,
    /// Passages that are long enough, those of undated meetings left out.
    n_looked_at: u64,
    n_short: u64,
    /// What `--with-boilerplate` would look at besides.
    n_standing: u64,
    /// The bodies that each wording stands in, by their numbers, whatever councils, bodies and dates
    /// are asked for.
    bodies_with: FxHashMap<u64, Vec<u32>>,
    undated: HashSet<MeetingId>,
    numbers: FxHashMap<String, u32>,
    body_numbers: FxHashMap<(String, String), u32>,
}

impl Read {
    fn new(index: &Index, filter: &Filter, by: By) -> Result<Self> {
        let mut read = Self::default();
        let views = Views::new(filter);
        // With what the filter leaves out of meetings: a meeting without it was held all the same.
        for chunk in index.passages(&views.everywhere.for_meetings()) {
            let chunk = chunk?;
            let tokens: Vec<Tokens> = chunk.par_iter().map(|passage| Tokens::read(&passage.text)).collect();
            chunk
                .into_iter()
                .zip(&tokens)
                .for_each(|(passage, tokens)| read.push(passage, tokens, &views, by));
        }
        Ok(read)
    }

    /// Takes in a passage. Those of a council come in the order of its meetings.
    fn push(&mut self, passage: Passage, tokens: &Tokens, views: &Views, by: By) {
        let [passes, with_standing, is_of_meeting, is_compared] =
            [&views.asked, &views.with_standing, &views.meetings, &views.everywhere]
                .map(|view| view.passes(&(&passage).into()));
        let Some(date) = passage.date else {
            if is_of_meeting {
                self.undated.insert(passage.meeting);
            }
            return;
        };
        let name = (passage.council, passage.body);
        let body = match self.body_numbers.get(&name) {
            Some(body) => *body,
            None => {
                let body = self.bodies.len() as u32;
                self.bodies.push(name.clone());
                self.body_numbers.insert(name.clone(), body);
                body
            }
        };
        let words = (is_compared && tokens.len() >= FEWEST_WORDS)
            .then(|| tokens.words().map(|word| number(&mut self.numbers, word)).collect::<Box<[u32]>>());
        if let Some(words) = &words {
            let bodies = self.bodies_with.entry(wording(words)).or_default();
            if !bodies.contains(&body) {
                bodies.push(body);
            }
        }
        if !is_of_meeting {
            return;
        }
        let key = (name.0, if by == By::Body { name.1 } else { String::new() });
        let sequence = self.sequences.entry(key).or_default();
        if sequence.last_meeting.as_ref() != Some(&passage.meeting) {
            sequence.last_meeting = Some(passage.meeting);
            sequence.n_meetings += 1;
        }
        if !passes {
            self.n_standing += u64::from(with_standing);
            return;
        }
        let Some(words) = words else {
            self.n_short += 1;
            return;
        };
        self.n_looked_at += 1;
        sequence.passages.push(Kept {
            meeting: sequence.n_meetings - 1,
            body,
            date,
            words,
            kind: passage.kind,
            is_boilerplate: passage.boilerplate,
            item: passage.item,
            title: passage.title,
            text: passage.text,
            passage_id: passage.passage_id,
            url: passage.url,
        });
    }

    fn n_meetings(&self) -> usize {
        self.sequences.values().map(|sequence| sequence.n_meetings).sum()
    }

    /// How far a wording is spread.
    fn spread(&self, words: &[u32]) -> Spread {
        let bodies = self.bodies_with.get(&wording(words)).map_or(&[][..], Vec::as_slice);
        let councils: HashSet<&str> =
            bodies.iter().map(|body| self.bodies[*body as usize].0.as_str()).collect();
        Spread { bodies: bodies.len() as u64, councils: councils.len() as u64 }
    }

    /// All chains, those of most meetings first, and how many wordings were not held against
    /// all others of their form.
    fn chains(&self) -> (Vec<Chain<'_>>, u64) {
        let (mut all, mut n_limited) = (Vec::new(), 0);
        for ((council, _), sequence) in &self.sequences {
            let said: Vec<Said> = sequence
                .passages
                .iter()
                .map(|passage| Said { meeting: passage.meeting, words: &passage.words })
                .collect();
            let found = chains(&said);
            n_limited += found.n_limited as u64;
            let chain = |links: Vec<Link>| Chain::new(council, sequence, links, self);
            all.par_extend(found.chains.into_par_iter().map(chain));
        }
        all.sort_by_key(|chain: &Chain| Reverse(chain.facts.meetings));
        (all, n_limited)
    }
}

fn number(numbers: &mut FxHashMap<String, u32>, word: &str) -> u32 {
    if let Some(&number) = numbers.get(word) {
        return number;
    }
    let number = numbers.len() as u32;
    numbers.insert(word.to_owned(), number);
    number
}

fn wording(words: &[u32]) -> u64 {
    let mut hasher = FxHasher::default();
    words.hash(&mut hasher);
    hasher.finish()
}

/// In how many bodies and councils a wording stands, word for word.
struct Spread {
    bodies: u64,
    councils: u64,
}

/// Passages that say nearly the same, in the order in which they were said.
struct Chain<'a> {
    council: &'a str,
    steps: Vec<Step<'a>>,
    facts: ChainFacts,
}

/// A passage of a chain.
struct Step<'a> {
    passage: &'a Kept,
    /// What it repeats; `None` for the first.
    repeats: Option<&'a Kept>,
    similarity: f64,
    /// How it differs from what it repeats.
    differences: Vec<Difference>,
}

impl<'a> Chain<'a> {
    fn new(council: &'a str, sequence: &'a Sequence, links: Vec<Link>, read: &Read) -> Self {
        let step = |link: Link| {
            let passage = &sequence.passages[link.passage];
            let repeats = link.repeats.map(|at| &sequence.passages[at]);
            let differences =
                repeats.map_or(Vec::new(), |repeated| differences(&repeated.text, &passage.text));
            Step { passage, repeats, similarity: link.similarity, differences }
        };
        let steps: Vec<Step> = links.into_iter().map(step).collect();
        let count = |is: &dyn Fn(&Step) -> bool| steps.iter().filter(|step| is(step)).count() as u64;
        let puts_in = |step: &Step, facts: &[Fact]| {
            step.differences.iter().any(|difference| facts.iter().any(|fact| difference.facts.contains(fact)))
        };
        let mut meetings: Vec<&Kept> = steps.iter().map(|step| step.passage).collect();
        meetings.dedup_by_key(|passage| passage.meeting);
        let pairs = || meetings.windows(2);
        let days = |pair: &[&Kept]| days(pair[0].date, pair[1].date);
        let spreads: Vec<Spread> = steps.iter().map(|step| read.spread(&step.passage.words)).collect();
        let facts = ChainFacts {
            meetings: meetings.len() as u64,
            of_meetings: sequence.n_meetings as u64,
            longest_gap: pairs().map(|pair| gap(pair[0], pair[1])).max().unwrap_or_default(),
            longest_days: pairs().filter_map(days).max(),
            bodies: spreads.iter().map(|spread| spread.bodies).max().unwrap_or_default(),
            councils: spreads.iter().map(|spread| spread.councils).max().unwrap_or_default(),
            passages: steps.len() as u64,
            furniture: count(&|step| step.passage.is_boilerplate || step.passage.kind == Kind::Heading),
            filled_in: count(&|step| puts_in(step, &[Fact::Names, Fact::Numbers, Fact::Dates])),
            filled_in_but_for_dates: count(&|step| puts_in(step, &[Fact::Names, Fact::Numbers])),
            in_log: count(&|step| is_log(&step.passage.title)),
            asking: count(&|step| {
                matches!(step.passage.kind, Kind::Request | Kind::Recommendation)
                    || is_notice(&step.passage.text)
            }),
            assuring: count(&|step| gives_assurance(step.passage.kind, &step.passage.text)),
        };
        Self { council, steps, facts }
    }

    fn first(&self) -> &Kept {
        self.steps[0].passage
    }

    fn last(&self) -> &Kept {
        self.steps[self.steps.len() - 1].passage
    }

    fn row(&self, number: usize, read: &Read) -> Vec<Cell> {
        let (first, last) = (self.first(), self.last());
        let bodies: BTreeSet<&str> =
            self.steps.iter().map(|step| read.bodies[step.passage.body as usize].1.as_str()).collect();
        let least = self.steps.iter().map(|step| step.similarity).fold(1.0, f64::min);
        let differences = differences(&first.text, &last.text);
        vec![
            number.into(),
            self.facts.class().name().into(),
            self.council.into(),
            Cell::text_or_unknown(Vec::from_iter(bodies).join("; ")),
            self.facts.meetings.into(),
            first.date.to_string().into(),
            last.date.to_string().into(),
            self.facts.longest_gap.into(),
            least.into(),
            quoted(&differences).into(),
            Cell::Quote(snippet(&last.text, &Tokens::read(&last.text), &[], SNIPPET_CHARS)),
            self.facts.of_meetings.into(),
            self.facts.longest_days.and_then(|days| u64::try_from(days).ok()).into(),
            self.facts.passages.into(),
            facts(&differences),
            last.kind.name().into(),
            Cell::text_or_unknown(last.title.as_str()),
            first.passage_id.0.as_str().into(),
            first.url.as_str().into(),
            last.passage_id.0.as_str().into(),
            last.url.as_str().into(),
        ]
    }
}

impl Step<'_> {
    fn row(&self, number: usize, chain: &Chain, before: Option<&Kept>, read: &Read) -> Vec<Cell> {
        let passage = self.passage;
        let of_repeat = |cell: Cell| if self.repeats.is_some() { cell } else { Cell::Unknown };
        vec![
            number.into(),
            chain.facts.class().name().into(),
            chain.council.into(),
            Cell::text_or_unknown(read.bodies[passage.body as usize].1.as_str()),
            passage.date.to_string().into(),
            of_repeat(self.similarity.into()),
            before.map(|before| gap(before, passage)).into(),
            of_repeat(quoted(&self.differences).into()),
            shown(&passage.text).into(),
            of_repeat(facts(&self.differences)),
            passage.kind.name().into(),
            Cell::text_or_unknown(passage.item.as_str()),
            Cell::text_or_unknown(passage.title.as_str()),
            self.repeats.map(|repeated| repeated.passage_id.0.as_str()).into(),
            passage.passage_id.0.as_str().into(),
            passage.url.as_str().into(),
        ]
    }
}

/// How many readable meetings lie between those of two passages.
fn gap(before: &Kept, after: &Kept) -> u64 {
    (after.meeting - before.meeting).saturating_sub(1) as u64
}

/// How many days lie between two dates, where both are known to the day.
fn days(from: PartialDate, to: PartialDate) -> Option<i64> {
    Some((to.to_day()? - from.to_day()?).get_days().into())
}

/// The first differences, as people write them.
fn quoted(differences: &[Difference]) -> String {
    let cut = |text: &str| match text.char_indices().nth(QUOTED_CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None if text.is_empty() => "(none)".to_owned(),
        None => text.to_owned(),
    };
    let quote = |one: &Difference| format!("{} → {}", cut(&one.before), cut(&one.after));
    let mut quotes: Vec<String> = differences.iter().take(N_QUOTED).map(quote).collect();
    match differences.len() {
        0 => quotes.push("nothing".to_owned()),
        n if n > N_QUOTED => quotes.push(format!("{} more", n - N_QUOTED)),
        _ => {}
    }
    quotes.join("; ")
}

/// The kinds of thing that differ.
fn facts(differences: &[Difference]) -> Cell {
    let facts: BTreeSet<Fact> = differences.iter().flat_map(|one| one.facts.iter().copied()).collect();
    match facts.is_empty() {
        true => "nothing".into(),
        false => Cell::List(facts.into_iter().map(|fact| fact.name().to_owned()).collect()),
    }
}

/// Runs `recycled`.
pub fn run(context: &Context, args: Args) -> anyhow::Result<Outcome> {
    let filter = args.filters.filter(context)?;
    let index = context.index()?;
    let asked_for = passages_of(context, &index, &filter, &args)?;
    let read = Read::new(&index, &filter, args.by)?;
    let (mut all, n_limited) = read.chains();
    if let Some(asked_for) = &asked_for {
        all.retain(|chain| chain.steps.iter().any(|step| asked_for.contains(&step.passage.passage_id)));
    }
    let classes: Vec<RecycledClass> = args.class.iter().map(|class| (*class).into()).collect();
    let by_class = RecycledClass::ALL.map(|class| {
        let n_chains = all.iter().filter(|chain| chain.facts.class() == class).count();
        (class, n_chains)
    });
    all.retain(|chain| classes.contains(&chain.facts.class()));
    let n_chains = all.len();
    let is_for_people = context.format == Format::Table && context.output.is_none();
    all.truncate(args.limit.map_or(if is_for_people { N_CHAINS } else { usize::MAX }, |limit| limit.0));

    let (columns, n_shown) = match args.chain {
        true => (&PASSAGE_COLUMNS[..], N_PASSAGE_SHOWN),
        false => (&COLUMNS[..], N_SHOWN),
    };
    let mut table = Table::new(columns);
    for (chain, number) in all.iter().zip(1..) {
        match args.chain {
            true => {
                let mut before = None;
                for step in &chain.steps {
                    table.push(step.row(number, chain, before, &read));
                    before = Some(step.passage);
                }
            }
            false => table.push(chain.row(number, &read)),
        }
    }
    if context.format == Format::Table {
        table.keep_columns(|column| columns[..n_shown].contains(&column));
    }
    context.write(&table)?;
    context.say(recycled_rules().trim_end());
    let matching = if asked_for.is_some() { " with a passage that was asked for" } else { "" };
    let counted: Vec<String> =
        by_class.iter().map(|(class, n_chains)| format!("{n_chains} {}", class.name())).collect();
    context.say(format!(
        "{}{matching}: {}; {} shown",
        plural(by_class.iter().map(|(_, n_chains)| *n_chains as u64).sum(), "chain", "chains"),
        counted.join(", "),
        match all.len() == n_chains {
            true => format!("{n_chains}"),
            false => format!("{} of {n_chains}, `--limit all` shows every one", all.len()),
        },
    ));
    let template = by_class.iter().find(|(class, _)| *class == RecycledClass::Template);
    if let Some((class, n_chains)) = template.filter(|(class, n)| *n > 0 && !classes.contains(class)) {
        let (chains, them) = match *n_chains {
            1 => ("1 chain".to_owned(), "it"),
            n => (format!("{n} chains"), "them"),
        };
        context.say(format!("{chains} of {0} left out: `--class {0}` shows {them}", class.name()));
    }
    context.say(format!(
        "{} looked at, in {}; {} of fewer than {FEWEST_WORDS} words not",
        plural(read.n_looked_at, "passage", "passages"),
        plural(read.n_meetings() as u64, "readable meeting", "readable meetings"),
        plural(read.n_short, "passage", "passages"),
    ));
    if read.n_standing > 0 {
        let passages = plural(read.n_standing, "passage", "passages");
        context.say(format!(
            "{passages} of standing items or furniture are not looked at: `--with-boilerplate` does"
        ));
    }
    if n_limited > 0 {
        context.say(format!(
            "{} some words or a form with more than {MOST_OF_A_BAND} earlier ones, of which the latest {MOST_OF_A_BAND} are \
             looked at: one before these may be more similar, or the only one that is alike",
            plural(n_limited, "wording shares", "wordings share"),
        ));
    }
    if !read.undated.is_empty() {
        let meetings = plural(read.undated.len() as u64, "meeting", "meetings");
        context.say(format!("{meetings} with readable text left out, as no date of it is known"));
    }
    say_left_out(context, &index, &filter)?;
    Ok(Outcome::found(!all.is_empty()))
}

/// The passages that the themes and queries find; `None` where none is named.
fn passages_of(
    context: &Context,
    index: &Index,
    filter: &Filter,
    args: &Args,
) -> anyhow::Result<Option<FxHashSet<PassageId>>> {
    if args.of.is_empty() {
        return Ok(None);
    }
    let themes = codebook(args.codebook.as_deref())?.themes;
    let names = HomeNames::new(context, None);
    let terms = if args.exact { Terms::Exact } else { Terms::Stemmed };
    let mut found = FxHashSet::default();
    for of in &args.of {
        let theme = themes.iter().find(|theme| theme.id == *of);
        let query = match theme {
            Some(theme) => theme.query.clone(),
            None => read_query(&names, of, terms)?,
        };
        if theme.is_none() {
            say_unknown(context, index, &query)?;
        }
        let hits = index.find(&query, filter, Unit::Passage)?.hits;
        found.extend(index.passages_of(&hits)?.into_iter().map(|passage| passage.passage_id));
    }
    Ok(Some(found))
}
