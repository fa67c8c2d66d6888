//! `theme suggest`: terms that may be missing from the query of a theme, to be read.

use std::collections::HashSet;
use std::io;

use rayon::prelude::*;

use super::filters::FilterArgs;
use super::groups::say_left_out;
use super::hits::{CHUNK, HIT_COLUMNS, hit_cells};
use super::search::{Limit, lenient, plural};
use super::{Context, Outcome};
use crate::analyse::{
    Codebook, Frequency, ItemSide, Keyness, Keyword, TermCounts, TermPassage, TermTally, Theme, has_meaning,
    keywords,
};
use crate::index::{Found, Hit, Index, Unit, item_of};
use crate::model::{MeetingId, Passage, Result};
use crate::report::{Cell, Format, Layout, Table, Writer};
use crate::search::{Filter, Terms, Tokens, parse};

/// What is suggested and why, for `--help`.
const HELP: &str = "\
Words, and two words next to each other, that stand in more of the agenda items in which the
theme is found than of those it is held against: all other items, or with --against near-misses
those in which one clause of its query fails. A suggestion is to be read, and nothing is added
to a codebook.

theme_items of of_theme_items and other_items of of_other_items have the term; theme_councils is
how many councils have such an item of the theme. Terms stand by lrc, the conservative Log Ratio
(the end nearer 0 of its interval, at 95 % for all terms together), then by G². Items are taken
to be independent, which those of one body are not quite. Left out: terms all of whose words
stand in the query or a mask already; those that begin or end with a function word, a single
letter or a number.

passages is how many have the term, new_passages how many of these the theme does not find: what
would be added with it, the right with the wrong. `search '\"TERM\"' --exact` finds them (and
more where a word of the term also stands with a hyphen). --passages lists those in items of the
theme.

Example: scrutineer theme suggest csc02_agency_staff --against near-misses

Exit code 1: the theme is found nowhere, or no term marks its items.";

const COLUMNS: [&str; 15] = [
    "term",
    "theme_items",
    "of_theme_items",
    "theme_councils",
    "other_items",
    "of_other_items",
    "lrc",
    "log_ratio",
    "g2",
    "p",
    "p_adjusted",
    "passages",
    "new_passages",
    "url",
    "passage_id",
];

/// What a terminal does not show.
const OF_FILES: [&str; 4] = ["of_theme_items", "of_other_items", "p", "url"];

/// The columns of `--passages` in front of those of a hit.
const PASSAGE_COLUMNS: [&str; 2] = ["term", "has_theme"];

/// The arguments of `theme suggest`.
#[derive(clap::Args)]
#[command(after_long_help = HELP)]
pub struct Args {
    /// The theme, by its id.
    #[arg(value_name = "THEME")]
    theme: String,
    /// What the items of the theme are held against.
    #[arg(long, value_enum, default_value_t = Against::Rest)]
    against: Against,
    /// Test terms that stand in at least so many items on both sides together.
    #[arg(long, default_value_t = 3, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    min: u64,
    /// In the theme's items of how many councils a term stands at least, or of all that have the
    /// theme, where these are fewer: names of places are of one.
    #[arg(long, default_value_t = 2, value_name = "K", value_parser = clap::value_parser!(u64).range(1..))]
    councils: u64,
    /// How many terms are shown: a number, or `all`.
    #[arg(long, default_value = "30", value_name = "N|all", allow_negative_numbers = true)]
    limit: Limit,
    /// List the passages of the theme's items that have each of these terms.
    #[arg(long)]
    passages: bool,
    #[command(flatten)]
    filters: FilterArgs,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Against {
    /// All other items.
    Rest,
    /// Items in which one clause of the query fails.
    NearMisses,
}

/// The passages and items in which a theme is found, and the items it is held against.
struct Sides {
    found: Found,
    passages: HashSet<String>,
    items: HashSet<String>,
    /// Where not all others are.
    others: Option<HashSet<String>>,
}

/// A term that was tested.
struct Tested {
    term: String,
    counts: TermCounts,
    keyness: Keyness,
    /// Over all terms that were tested.
    p_adjusted: f64,
}

/// Runs `theme suggest`.
pub fn run(context: &Context, codebook: &Codebook, args: &Args) -> anyhow::Result<Outcome> {
    let theme = codebook.select(std::slice::from_ref(&args.theme))?[0];
    let filter = args.filters.filter(context)?;
    let index = context.index()?;
    let sides = Sides::find(&index, theme, &filter, args.against)?;
    let (tally, passages) = sides.tally(&index, &filter)?;
    let tested = tested(&tally, theme, args.min);
    let n_councils = args.councils.min(tally.n_theme_councils());
    let is_mark =
        |term: &&Tested| term.keyness.four_term.signed_g2 > 0.0 && term.counts.theme_councils >= n_councils;
    let mut marks: Vec<&Tested> = tested.iter().filter(is_mark).collect();
    let n_marks = marks.len();
    marks.truncate(args.limit.0);
    if args.passages {
        let columns = [&PASSAGE_COLUMNS[..], &HIT_COLUMNS].concat();
        context.write_rows(context.format, &columns, Layout::Cards, |writer| {
            marks.iter().try_for_each(|mark| sides.write(writer, &index, &filter, &mark.term))
        })?;
    } else {
        let mut table = Table::new(&COLUMNS);
        marks.iter().for_each(|mark| table.push(mark.row(tally.sizes(), &passages)));
        if context.format == Format::Table {
            table.keep_columns(|column| !OF_FILES.contains(&column));
        }
        context.write(&table)?;
    }
    let [n_theme, n_other] = tally.sizes();
    let against = match args.against {
        Against::Rest => "other",
        Against::NearMisses => "near-miss",
    };
    context.say(format!(
        "{}: {} with it, against {}; {} in {} items or more tested, {n_marks} in a greater share of the theme's items, in those of \
         {}; {} shown; \
         p adjusted over all of these after Benjamini and Hochberg (1995)",
        theme.id,
        plural(n_theme, "item", "items"),
        plural(n_other, &format!("{against} item"), &format!("{against} items")),
        plural(tested.len() as u64, "term", "terms"),
        args.min,
        plural(n_councils, "council or more", "councils or more"),
        marks.len(),
    ));
    if n_other == 0 && n_theme > 0 {
        context.say(
            "there are no items to hold these against: where nothing just misses, leave `--against` out",
        );
    }
    context.say("suggestions, to be read in their passages: nothing is added to the codebook");
    say_left_out(context, &index, &filter)?;
    Ok(Outcome::found(n_marks > 0))
}

/// Tests each term that stands in enough items and is not in the query already; those that mark
/// the theme's items most surely come first.
fn tested(tally: &TermTally, theme: &Theme, min: u64) -> Vec<Tested> {
    let known = theme.known_words();
    let known: HashSet<&str> = tally.words().filter(|word| known.has(word)).collect();
    let [n_theme, n_other] = tally.sizes();
    let is_candidate = |(words, counts): &(Vec<&str>, TermCounts)| {
        counts.theme_items + counts.other_items >= min && !words.iter().all(|word| known.contains(word))
    };
    let candidates = tally.terms().filter(is_candidate).map(|(words, counts)| (words.join(" "), counts));
    let mut candidates: Vec<(String, TermCounts)> = candidates.collect();
    candidates.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
    let frequencies = |(_, counts): &(String, TermCounts)| {
        let here = Frequency { count: counts.theme_items, size: n_theme };
        [here, Frequency { count: counts.other_items, size: n_other }]
    };
    let of_terms: Vec<[Frequency; 2]> = candidates.iter().map(frequencies).collect();
    let tested = |Keyword { place, keyness, p_adjusted, .. }: Keyword| {
        let (term, counts) = &candidates[place];
        Tested { term: term.clone(), counts: *counts, keyness, p_adjusted }
    };
    keywords(&of_terms, 0).into_iter().map(tested).collect()
}

impl Tested {
    fn row(&self, [n_theme, n_other]: [u64; 2], passages: &[(String, String)]) -> Vec<Cell> {
        let Keyness { four_term, log_ratio_hardie, lrc, .. } = self.keyness;
        let TermCounts {
            theme_items,
            theme_councils,
            other_items,
            passages: n_passages,
            new_passages,
            example,
        } = self.counts;
        let mut cells: Vec<Cell> = vec![self.term.as_str().into()];
        cells.extend([theme_items, n_theme, theme_councils, other_items, n_other].map(Cell::from));
        cells.extend([lrc, log_ratio_hardie, four_term.g2].map(Cell::from));
        cells.extend([Cell::P(four_term.p), Cell::P(self.p_adjusted)]);
        cells.extend([n_passages, new_passages].map(Cell::from));
        let example = example.map(|example| &passages[example]);
        cells.extend(
            [example.map(|(url, _)| url.as_str()), example.map(|(_, id)| id.as_str())].map(Cell::from),
        );
        cells
    }
}

impl Sides {
    fn find(index: &Index, theme: &Theme, filter: &Filter, against: Against) -> Result<Self> {
        let found = index.find(&theme.query, filter, Unit::Passage)?;
        let matched = index.passages_of(&found.hits)?;
        let others = match against {
            Against::Rest => None,
            Against::NearMisses => {
                let mut others = HashSet::new();
                for near in lenient(&theme.query)? {
                    let near = index.find(&near, filter, Unit::Passage)?;
                    others.extend(index.passages_of(&near.hits)?.iter().map(item_of));
                }
                Some(others)
            }
        };
        let items = matched.iter().map(item_of).collect();
        let passages = matched.into_iter().map(|passage| passage.passage_id.0).collect();
        Ok(Self { found, passages, items, others })
    }

    fn side_of(&self, item: &str) -> ItemSide {
        let is_other = || self.others.as_ref().is_none_or(|others| others.contains(item));
        match () {
            () if self.items.contains(item) => ItemSide::Theme,
            () if is_other() => ItemSide::Other,
            () => ItemSide::Neither,
        }
    }

    /// Counts the terms of all that passes the filter; with the address and the identifier
    /// of each passage, in order.
    fn tally(&self, index: &Index, filter: &Filter) -> Result<(TermTally, Vec<(String, String)>)> {
        let mut tally = TermTally::new(has_meaning);
        let mut passages = Vec::new();
        let mut meeting: Option<(MeetingId, String)> = None;
        for chunk in index.passages(filter) {
            let chunk: Vec<Passage> = chunk?;
            let tokens: Vec<Tokens> = chunk.par_iter().map(|passage| Tokens::read(&passage.text)).collect();
            for (passage, tokens) in chunk.into_iter().zip(&tokens) {
                if let Some((_, council)) = meeting.take_if(|(of, _)| *of != passage.meeting) {
                    tally.end_meeting(&council);
                }
                meeting.get_or_insert_with(|| (passage.meeting.clone(), passage.council.clone()));
                let item = item_of(&passage);
                let is_matched = self.passages.contains(&passage.passage_id.0);
                let of = TermPassage { item: &item, side: self.side_of(&item), is_matched };
                tally.push(of, tokens.words());
                passages.push((passage.url, passage.passage_id.0));
            }
        }
        if let Some((_, council)) = meeting {
            tally.end_meeting(&council);
        }
        Ok((tally, passages))
    }

    /// Lists the passages of the theme's items that have a term.
    fn write(&self, writer: &mut Writer, index: &Index, filter: &Filter, term: &str) -> io::Result<()> {
        let query = parse(&format!("\"{term}\""), Terms::Exact).map_err(io::Error::other)?;
        let with_term = index.find(&query, filter, Unit::Passage).map_err(io::Error::other)?;
        let items: HashSet<(usize, u32)> = self.found.hits.iter().map(Hit::item).collect();
        let mut hits = with_term.hits.clone();
        hits.retain(|hit| items.contains(&hit.item()));
        hits.sort_unstable_by_key(Hit::key);
        for chunk in hits.chunks(CHUNK) {
            for (passage, spans) in index.load(&with_term, chunk).map_err(io::Error::other)? {
                let has_theme = self.passages.contains(&passage.passage_id.0);
                let mut row: Vec<Cell> = vec![term.into(), Cell::Truth(has_theme)];
                row.extend(hit_cells(&passage, &spans, false));
                writer.row(&row)?;
            }
        }
        Ok(())
    }
}
