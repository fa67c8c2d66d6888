//! `discover`: phrases that recur in many councils and years and are no template.

use std::cmp::Ordering;

use super::filters::FilterArgs;
use super::groups::say_left_out;
use super::ngrams::{Lengths, Read, count_cells};
use super::search::{Limit, plural};
use super::{Context, Outcome};
use crate::analyse::{
    FOLDED_SHARE, Least, ROUTINE_MEETINGS, ROUTINE_SHARE, SURROUNDINGS, Sequence, SequenceCounts,
    TEMPLATE_SHARE, sequences, unfolded,
};
use crate::model::PassageId;
use crate::report::{Cell, Table};

const COLUMNS: [&str; 12] = [
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
];

/// Words that no phrase begins or ends with, nor single letters.
const FUNCTION_WORDS: &str = "a about after all also an and any anyone are as at be been before being between both but \
    by can could did do does during each everyone for from further had has have he her him his how i if in into is it its many \
    may more most much must no not of on one only or other our out over she should so some such than that the their them then there \
    these they this those through to under until up upon very was we were what when where whether which while who \
    why will with within would you your";

/// The arguments of `discover`.
#[derive(clap::Args)]
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
}

/// A phrase that may be a theme.
struct Phrase {
    words: Vec<u32>,
    counts: SequenceCounts,
    /// Over the councils: 0 is even, 1 all in the smallest.
    dp_norm: f64,
    signed_g2: f64,
    template_share: f64,
    /// The first passage that has it.
    example: usize,
}

impl Phrase {
    /// `None` where there is nothing to hold the phrase against: one council, or a few words.
    fn of(sequence: &Sequence) -> Option<Self> {
        Some(Self {
            words: sequence.words().to_vec(),
            counts: sequence.counts(),
            dp_norm: sequence.dispersion()?.dp_norm.unwrap_or(0.0),
            signed_g2: sequence.signed_g2()?,
            template_share: sequence.template_share(),
            example: sequence.first_passage(),
        })
    }

    fn is_candidate(&self) -> bool {
        self.signed_g2 > 0.0 && self.template_share <= TEMPLATE_SHARE
    }

    /// The more evenly it is spread, and the more surely its words keep together, the
    /// higher; the logarithm keeps a few very frequent phrases from standing before all.
    fn score(&self) -> f64 {
        (1.0 - self.dp_norm) * self.signed_g2.ln_1p()
    }

    fn row(&self, phrase: &str, passages: &[PassageId]) -> Vec<Cell> {
        let mut cells: Vec<Cell> = vec![phrase.into(), self.words.len().into()];
        cells.extend(count_cells(self.counts));
        cells.extend([self.dp_norm, self.signed_g2, self.score(), self.template_share].map(Cell::from));
        cells.push(passages[self.example].0.as_str().into());
        cells
    }
}

/// Runs `discover`.
pub fn run(context: &Context, args: Args) -> anyhow::Result<Outcome> {
    let filter = args.filters.filter(context)?;
    let index = context.index()?;
    let read = Read::new(&index, &filter)?;
    let has_meaning: Vec<bool> =
        (0..read.n_words()).map(|word| has_meaning(read.word(word as u32))).collect();
    let least = Least { matches: args.min_count, councils: args.councils, years: args.years };
    let mut found = sequences(&read.text, args.length.0, least, |sequence| {
        let words = sequence.words();
        let is_bounded =
            [words.first(), words.last()].into_iter().flatten().all(|&word| has_meaning[word as usize]);
        if !is_bounded {
            return None;
        }
        Phrase::of(sequence).filter(Phrase::is_candidate)
    });
    let n_candidates = found.len();
    let given: Vec<(&[u32], u64)> =
        found.iter().map(|phrase| (phrase.words.as_slice(), phrase.counts.matches)).collect();
    let mut remains = unfolded(&given).into_iter();
    found.retain(|_| remains.next().unwrap_or_default());
    let n_remaining = found.len();
    found.sort_by(|one, other| {
        by_score(one, other).then_with(|| read.phrase(&one.words).cmp(&read.phrase(&other.words)))
    });
    found.truncate(args.limit.0);

    let mut table = Table::new(&COLUMNS);
    let phrases: Vec<String> = found.iter().map(|phrase| read.phrase(&phrase.words)).collect();
    for (phrase, text) in found.iter().zip(&phrases) {
        table.push(phrase.row(text, &read.passages));
    }
    context.write(&table)?;
    context.say(format!(
        "{} in {} or more, {} or more, with {} or more matches within sentences; {} remain when those are folded into a \
         longer one that has more than {} % of their matches; {} shown",
        plural(n_candidates as u64, "phrase", "phrases"),
        plural(args.councils, "council", "councils"),
        plural(args.years, "year", "years"),
        args.min_count,
        n_remaining,
        100.0 * FOLDED_SHARE,
        found.len(),
    ));
    context.say(format!(
        "left out: phrases that begin or end with a function word, a single letter or a number; and template, where more \
         than {} % of the matches (template_share is their share) stand in a body that has the phrase in {} % or more of \
         its meetings (of {ROUTINE_MEETINGS} or more), or between the same {SURROUNDINGS} words on either side as another match",
        100.0 * TEMPLATE_SHARE,
        100.0 * ROUTINE_SHARE,
    ));
    context.say(
        "dp_norm: over councils, 0 where the phrase is spread evenly over their words; g2: how much more often the words \
         stand together than by chance (Dunning 1993), split after the first word or before the last one, the lesser of \
         both; score: (1 - dp_norm) × ln(1 + g2)",
    );
    read.say(context, &phrases);
    say_left_out(context, &index, &filter)?;
    Ok(Outcome::found(!found.is_empty()))
}

fn by_score(one: &Phrase, other: &Phrase) -> Ordering {
    other.score().total_cmp(&one.score())
}

/// Whether a word means something by itself: a phrase may begin or end with it, and passages be
/// alike by it.
pub fn has_meaning(word: &str) -> bool {
    let is_number = word.chars().all(char::is_numeric);
    let is_letter = word.chars().count() == 1;
    !is_number && !is_letter && !FUNCTION_WORDS.split(' ').any(|other| other == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_begin_and_end_with_words_that_mean_something() {
        for (word, expected) in [
            ("housing", true),
            ("20mph", true),
            ("the", false),
            ("s", false),
            ("2019", false),
            ("your", false),
        ] {
            assert_eq!(has_meaning(word), expected, "{word}");
        }
        assert!(FUNCTION_WORDS.split(' ').is_sorted());
    }
}
