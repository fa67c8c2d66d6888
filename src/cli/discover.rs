//! `discover`: phrases that recur in many councils and years and are no template.

use std::cmp::{Ordering, Reverse};
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;

use rustc_hash::FxHashMap;

use super::filters::FilterArgs;
use super::groups::say_left_out;
use super::ngrams::{Lengths, Read, count_cells};
use super::search::{Limit, plural};
use super::theme::codebook_called;
use super::{Context, Outcome};
use crate::analyse::{
    Codebook, FOLDED_SHARE, ITEMS_BEFOREHAND, ItemCounts, Least, NAME_SHARE, Opening, ROUTINE_MEETINGS,
    ROUTINE_SHARE, SURROUNDINGS, Sequence, SequenceCounts, TEMPLATE_SHARE, VERB_SHARE, WordForm,
    is_procedure, sequences, unfolded,
};
use crate::index::{Hit, Index, MatchSet, PassageKey};
use crate::model::{PassageId, Result};
use crate::report::{Cell, Format, Table};
use crate::search::{Filter, Query, Terms, parse, stem};

/// What is left out, and how phrases are ranked, for `--help`.
fn help() -> String {
    format!(
        "A phrase may be a subject that recurs where it has the form of one. Left out are, by the first rule that \
         holds:\n\
         \x20 procedure: its head (the last word, or the one before the first preposition) is a word such as \
         committee, officer, motion\n\
         \x20 verb: of the function words directly before it, or before its first or last word anywhere, more than \
         {verb} % are auxiliaries, pronouns or `to`, and not articles or prepositions\n\
         \x20 name: more than {name} % of its matches have the last word with a capital\n\
         \x20 chance: its words stand together no more often than by chance\n\
         \x20 template: more than {template} % of its matches stand in a body that has it in {routine} % or more of \
         its meetings (of {ROUTINE_MEETINGS} or more), or between the same {SURROUNDINGS} words on either side as \
         another match\n\
         A phrase begins and ends with a word that is no function word, number, time, title of a person or single \
         letter; within, only `and` and prepositions may join such words (Justeson and Katz 1995).\n\
         \n\
         Folded: into the most frequent one, phrases whose words have the same stems; into a longer phrase, those of \
         which it has more than {folded} % of the matches.\n\
         \n\
         score: (1 - dp_norm) × ln(1 + g2) × (items_repeating + 1) / (items + {ITEMS_BEFOREHAND})\n\
         dp_norm: over councils, 0 where the phrase is spread evenly over their words (Lijffijt and Gries \
         2012); blank where there is one council, and 0 in the score\n\
         g2: how much more often the words stand together than by chance (Dunning 1993), split after the first word \
         or before the last one, the lesser of both\n\
         items_repeating: items that have it twice or more: a subject is talked about, a way of speaking is not \
         (adaptation, Church 2000)\n\
         \n\
         --codebook: theme is the one that has more than {named} % of the passages with the phrase, blank where none \
         has: nobody has named it; theme_passages is how many of them a theme has at most\n\
         \n\
         Each count can be counted again with `count '\"PHRASE\"' --exact`. No test is made, so there is no p.\n\
         \n\
         Example: scrutineer discover --councils 5 --limit 100 --codebook built-in --output phrases.csv",
        verb = (100.0 * VERB_SHARE).round(),
        name = 100.0 * NAME_SHARE,
        template = 100.0 * TEMPLATE_SHARE,
        routine = 100.0 * ROUTINE_SHARE,
        folded = 100.0 * FOLDED_SHARE,
        named = 100.0 * NAMED_SHARE,
    )
}

const COLUMNS: [&str; 16] = [
    "phrase",
    "length",
    "matches",
    "passages",
    "meetings",
    "councils",
    "years",
    "dp_norm",
    "g2",
    "score",
    "template_share",
    "example",
    "items",
    "items_repeating",
    "verb_share",
    "capital_share",
];

/// The columns of `--codebook` at the end.
const THEME_COLUMNS: [&str; 2] = ["theme", "theme_passages"];

/// A theme has named a phrase where it has more than this share of its passages.
const NAMED_SHARE: f64 = 0.5;

/// What a terminal does not show.
const HIDDEN: [&str; 4] = ["items", "items_repeating", "verb_share", "capital_share"];

/// The arguments of `discover`.
#[derive(clap::Args)]
#[command(after_long_help = help())]
pub struct Args {
    #[command(flatten)]
    filters: FilterArgs,
    /// In how many councils a phrase stands at least.
    #[arg(long, default_value_t = 3, value_name = "K", value_parser = clap::value_parser!(u64).range(1..))]
    councils: u64,
    /// In how many years a phrase stands at least.
    #[arg(long, default_value_t = 3, value_name = "M", value_parser = clap::value_parser!(u64).range(1..))]
    years: u64,
    /// How many words a phrase has: a number from 2 to 5, or a range.
    #[arg(long, default_value = "2..4", value_name = "N..N")]
    length: Lengths,
    /// Show phrases that stand within sentences at least so often.
    #[arg(long, default_value_t = 5, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    min_count: u64,
    /// How many phrases are shown: a number, or `all`.
    #[arg(long, default_value = "50", value_name = "N|all", allow_negative_numbers = true)]
    limit: Limit,
    /// Name beside each phrase the theme of a codebook that has more than half of its passages: of a
    /// file, or of `built-in`, which comes with the program.
    #[arg(long, value_name = "FILE|built-in")]
    codebook: Option<PathBuf>,
}

/// Why a phrase is no subject; see [`help`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum NoSubject {
    Procedure,
    Verb,
    Name,
    Chance,
    Template,
}

impl NoSubject {
    fn name(self) -> &'static str {
        match self {
            Self::Procedure => "procedure",
            Self::Verb => "verb",
            Self::Name => "name",
            Self::Chance => "chance",
            Self::Template => "template",
        }
    }
}

/// What words can be, by their numbers.
struct Words {
    forms: Vec<WordForm>,
    opens: Vec<Option<Opening>>,
    /// Whether a word is a verb's.
    is_verb: Vec<bool>,
}

impl Words {
    fn of(read: &Read) -> Self {
        let words = || (0..read.n_words()).map(|word| read.word(word as u32));
        let opens: Vec<Option<Opening>> = words().map(Opening::of).collect();
        let openings = read.text.openings(&opens);
        Self {
            forms: words().map(WordForm::of).collect(),
            is_verb: openings.iter().map(|openings| openings.verb_share() > VERB_SHARE).collect(),
            opens,
        }
    }

    /// What becomes of a sequence; `None` for one that ends or breaks off within a phrase.
    fn judge(&self, sequence: &Sequence) -> Option<Result<Phrase, NoSubject>> {
        let words = sequence.words();
        let forms: Vec<WordForm> = words.iter().map(|&word| self.forms[word as usize]).collect();
        let (Some((first, rest)), Some(last)) = (forms.split_first(), forms.last()) else { return None };
        let is_phrase = first.is_edge && last.is_edge && rest.iter().all(|form| form.is_inner);
        if !is_phrase {
            return None;
        }
        if is_procedure(&forms) {
            return Some(Err(NoSubject::Procedure));
        }
        let verb_share = sequence.openings(&self.opens).verb_share();
        let has_verb =
            [words.first(), words.last()].into_iter().flatten().any(|&word| self.is_verb[word as usize]);
        if has_verb || verb_share > VERB_SHARE {
            return Some(Err(NoSubject::Verb));
        }
        let capital_share = sequence.capital_share();
        if capital_share > NAME_SHARE {
            return Some(Err(NoSubject::Name));
        }
        // Without one, there is nothing to hold the phrase against: a text of a few words.
        let signed_g2 = sequence.signed_g2()?;
        if signed_g2 <= 0.0 {
            return Some(Err(NoSubject::Chance));
        }
        let template_share = sequence.template_share();
        if template_share > TEMPLATE_SHARE {
            return Some(Err(NoSubject::Template));
        }
        Some(Ok(Phrase {
            words: words.to_vec(),
            counts: sequence.counts(),
            items: sequence.item_counts(),
            dp_norm: sequence.dispersion()?.dp_norm,
            signed_g2,
            template_share,
            verb_share,
            capital_share,
            example: sequence.first_passage(),
        }))
    }
}

/// A phrase that may be a theme.
struct Phrase {
    words: Vec<u32>,
    counts: SequenceCounts,
    items: ItemCounts,
    /// Over the councils: 0 is even, 1 all in the smallest; `None` where there is one council.
    dp_norm: Option<f64>,
    signed_g2: f64,
    template_share: f64,
    verb_share: f64,
    capital_share: f64,
    /// The first passage that has it.
    example: usize,
}

impl Phrase {
    /// The more evenly it is spread, the more surely its words keep together, and the more
    /// it is talked about where it stands at all, the higher; the logarithm keeps a few very
    /// frequent phrases from standing before all.
    fn score(&self) -> f64 {
        (1.0 - self.dp_norm.unwrap_or(0.0)) * self.signed_g2.ln_1p() * self.items.adaptation()
    }

    fn row(&self, phrase: &str, passages: &[PassageId]) -> Vec<Cell> {
        let mut cells: Vec<Cell> = vec![phrase.into(), self.words.len().into()];
        cells.extend(count_cells(self.counts));
        cells.push(self.dp_norm.into());
        cells.extend([self.signed_g2, self.score(), self.template_share].map(Cell::from));
        cells.push(passages[self.example].0.as_str().into());
        cells.extend([self.items.items, self.items.repeating].map(Cell::from));
        cells.extend([self.verb_share, self.capital_share].map(Cell::from));
        cells
    }
}

/// Runs `discover`.
pub fn run(context: &Context, args: Args) -> anyhow::Result<Outcome> {
    let filter = args.filters.filter(context)?;
    let index = context.index()?;
    let read = Read::new(&index, &filter)?;
    let words = Words::of(&read);
    let least = Least { matches: args.min_count, councils: args.councils, years: args.years };
    let judged = sequences(&read.text, args.length.0, least, |sequence| words.judge(sequence));
    let n_phrases = judged.len();
    let mut left_out: BTreeMap<NoSubject, u64> = BTreeMap::new();
    let mut found = Vec::new();
    for judged in judged {
        match judged {
            Ok(phrase) => found.push(phrase),
            Err(why) => *left_out.entry(why).or_default() += 1,
        }
    }
    let n_candidates = found.len();
    let mut found = with_one_of_each_stem(found, &read);
    let given: Vec<(&[u32], u64)> =
        found.iter().map(|phrase| (phrase.words.as_slice(), phrase.counts.matches)).collect();
    let mut remains = unfolded(&given).into_iter();
    found.retain(|_| remains.next().unwrap_or_default());
    let n_remaining = found.len();
    found.sort_by(|one, other| {
        by_score(one, other).then_with(|| read.phrase(&one.words).cmp(&read.phrase(&other.words)))
    });
    found.truncate(args.limit.0);

    let phrases: Vec<String> = found.iter().map(|phrase| read.phrase(&phrase.words)).collect();
    let mut rows: Vec<Vec<Cell>> =
        found.iter().zip(&phrases).map(|(phrase, text)| phrase.row(text, &read.passages)).collect();
    let mut columns = COLUMNS.to_vec();
    if let Some(name) = &args.codebook {
        columns.extend(THEME_COLUMNS);
        let themes = themes_of(&index, &filter, &codebook_called(name)?, &phrases)?;
        rows.iter_mut().zip(themes).for_each(|(row, theme)| row.extend(theme));
    }
    let mut table = Table::new(&columns);
    rows.into_iter().for_each(|row| table.push(row));
    if context.format == Format::Table {
        table.keep_columns(|column| !HIDDEN.contains(&column));
    }
    context.write(&table)?;
    let left_out: Vec<String> = left_out.iter().map(|(why, n)| format!("{n} {}", why.name())).collect();
    context.say(format!(
        "{} in {} or more, {} or more, with {} or more matches within sentences; left out as no subject: {}",
        plural(n_phrases as u64, "phrase", "phrases"),
        plural(args.councils, "council", "councils"),
        plural(args.years, "year", "years"),
        args.min_count,
        if left_out.is_empty() { "none".to_owned() } else { left_out.join(", ") },
    ));
    context.say(format!(
        "{n_candidates} may be subjects; {n_remaining} remain when those with the same stems, and parts of longer ones, \
         are folded; {} shown, by score: (1 - dp_norm) × ln(1 + g2) × (items_repeating + 1) / (items + \
         {ITEMS_BEFOREHAND}); `discover --help` explains each rule",
        found.len(),
    ));
    read.say(context, &phrases);
    say_left_out(context, &index, &filter)?;
    Ok(Outcome::found(!found.is_empty()))
}

/// Of the phrases whose words have the same stems, the one with the most matches; of several
/// the first by letters.
fn with_one_of_each_stem(phrases: Vec<Phrase>, read: &Read) -> Vec<Phrase> {
    let mut kept: FxHashMap<Vec<String>, Phrase> = FxHashMap::default();
    for phrase in phrases {
        let stems = phrase.words.iter().map(|&word| stem(read.word(word))).collect();
        let rank = |phrase: &Phrase| (Reverse(phrase.counts.matches), read.phrase(&phrase.words));
        match kept.entry(stems) {
            Entry::Vacant(entry) => {
                entry.insert(phrase);
            }
            Entry::Occupied(mut entry) if rank(&phrase) < rank(entry.get()) => {
                entry.insert(phrase);
            }
            Entry::Occupied(_) => (),
        }
    }
    kept.into_values().collect()
}

/// Of each phrase, the theme that has more than [`NAMED_SHARE`] of its passages, blank where
/// none has; and how many the theme has that has the most, the first of several.
fn themes_of(
    index: &Index,
    filter: &Filter,
    codebook: &Codebook,
    phrases: &[String],
) -> anyhow::Result<Vec<[Cell; 2]>> {
    let passages = |queries: &[&Query]| -> Result<Vec<HashSet<PassageKey>>> {
        let sets: Vec<MatchSet> = queries.iter().map(|query| MatchSet { query, filter }).collect();
        let found = index.find_each(&sets)?;
        Ok(found.iter().map(|found| found.hits.iter().map(Hit::key).collect()).collect())
    };
    let of_themes = passages(&codebook.themes.iter().map(|theme| &theme.query).collect::<Vec<_>>())?;
    let queries = phrases.iter().map(|phrase| parse(&format!("\"{phrase}\""), Terms::Exact));
    let queries: Vec<Query> = queries.collect::<Result<_, _>>()?;
    let of_phrases = passages(&queries.iter().collect::<Vec<_>>())?;
    let cells = |of_phrase: &HashSet<PassageKey>| {
        let common = of_themes.iter().map(|of_theme| of_phrase.intersection(of_theme).count());
        // Of equals `max_by_key` gives the last.
        let Some((most, theme)) = common.zip(&codebook.themes).rev().max_by_key(|(n, _)| *n) else {
            return [Cell::Unknown, Cell::Count(0)];
        };
        let is_named = most as f64 > NAMED_SHARE * of_phrase.len() as f64;
        [if is_named { theme.id.as_str().into() } else { Cell::Unknown }, most.into()]
    };
    Ok(of_phrases.iter().map(cells).collect())
}

fn by_score(one: &Phrase, other: &Phrase) -> Ordering {
    other.score().total_cmp(&one.score())
}
