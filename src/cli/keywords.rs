//! `keywords`: the words that mark one side off from another.

use anyhow::ensure;

use super::filters::FilterArgs;
use super::groups::say_left_out;
use super::search::{Limit, plural};
use super::sides::side;
use super::{Context, Outcome};
use crate::analyse::{Frequency, Keyness, Keyword, keywords};
use crate::index::{Forms, WordCount};
use crate::model::Language;
use crate::report::{Cell, Format, Table};

const COLUMNS: [&str; 13] = [
    "word",
    "a_count",
    "b_count",
    "a_size",
    "b_size",
    "g2",
    "g2_two_term",
    "p",
    "p_adjusted",
    "log_ratio",
    "lrc",
    "a_meetings",
    "b_meetings",
];

/// With fewer meetings on a side than these, one of them can make a word a mark of it.
const FEW_MEETINGS: u64 = 5;

/// What the columns are, for `--help`.
const HELP: &str = "\
The columns, `a` for the side whose words are sought, `b` for the other:
  word                    as it is written; with --stems its most frequent form
  a_count, b_count        meetings that have the word; with --measure words, how often it stands
  a_size, b_size          of how many: all meetings with text; with --measure words, all words
  g2                      how surely the sides differ: log-likelihood of four terms (with the word
                          and without it, on both sides), 0 or more; 3.84 is p = 0.05 of one test
  g2_two_term             the same of the two terms with the word alone, as other tools give it
  p, p_adjusted           of g2; and adjusted for all words that were tested
  log_ratio               by how much they differ: log2 of (a_count/a_size) / (b_count/b_size), 1
                          for twice as frequent in A, -1 for half; a count of 0 is taken for 0.5
  lrc                     of the interval of that ratio the end nearer 0, at 95 % for all words
                          together; 0 where it spans 0. Words stand in this order
  a_meetings, b_meetings  meetings that have the word, whatever is counted
  forms                   with --stems: all forms that were counted

Example: scrutineer keywords kent essex --stems --output words.csv";

/// The arguments of `keywords`.
#[derive(clap::Args)]
#[command(after_long_help = HELP)]
pub struct Args {
    /// The side whose words are sought: a council, or several with commas between; `body:WORDS`; a
    /// period such as 2015..2018, 2019.. or 2020; or several of these with blanks between.
    #[arg(value_name = "A")]
    a: String,
    /// The side that it is held against. Default: all else that passes the filters. What is on both
    /// sides counts on the first.
    #[arg(value_name = "B")]
    b: Option<String>,
    #[command(flatten)]
    filters: FilterArgs,
    /// What is counted: meetings that have the word, or the word itself. A word that one long debate
    /// says fifty times comes out by words, but is no mark of a council.
    #[arg(long, value_enum, default_value_t = Measure::Meetings)]
    measure: Measure,
    /// Count the forms of a word together, by its English stem: school, schools, schooling. `count`
    /// of one of them, without --exact, counts the same. The column `word` has the form that stands in
    /// most passages of the index, `forms`, which a terminal does not show, has all.
    #[arg(long)]
    stems: bool,
    /// Test words with at least this count on both sides together.
    #[arg(long, default_value_t = 5, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    min: u64,
    /// How many words are shown: a number, or `all`.
    #[arg(long, default_value = "50", value_name = "N|all", allow_negative_numbers = true)]
    limit: Limit,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Measure {
    /// Meetings with the word, of all meetings.
    Meetings,
    /// The word, of all words.
    Words,
}

impl Measure {
    fn of(self, count: WordCount) -> u64 {
        match self {
            Self::Meetings => count.meetings,
            Self::Words => count.tokens,
        }
    }

    /// What the figures are of.
    fn name(self) -> &'static str {
        match self {
            Self::Meetings => "meetings that have the word",
            Self::Words => "occurrences of the word",
        }
    }
}

/// Runs `keywords`.
pub fn run(context: &Context, args: Args) -> anyhow::Result<Outcome> {
    let common = args.filters.filter(context)?;
    let a = side(context, &args.a, &common)?;
    let b = args.b.as_ref().map(|text| side(context, text, &common)).transpose()?;
    let b = b.unwrap_or_else(|| common.clone());
    let name_b = args.b.as_deref().unwrap_or("all else");
    ensure!(a != b, "`{}` and {name_b} are the same", args.a);
    let index = context.index()?;
    let speaks_english = common.languages.iter().all(|language| *language == Language::English);
    ensure!(
        !args.stems || speaks_english,
        "`--stems` is for text in English alone: words in Welsh have no stems here; leave out `--language`"
    );
    let forms = if args.stems { Forms::Together } else { Forms::Apart };
    let counts = index.word_counts([&a, &b], forms)?;

    let sizes = counts.sizes;
    let frequencies = |(_, of_word): &(String, [WordCount; 2])| {
        [0, 1].map(|side| Frequency {
            count: args.measure.of(of_word[side]),
            size: args.measure.of(sizes[side]),
        })
    };
    let of_words: Vec<[Frequency; 2]> = counts.words.iter().map(frequencies).collect();
    let tested = keywords(&of_words, args.min);

    let mut columns = COLUMNS.to_vec();
    columns.extend(args.stems.then_some("forms"));
    let mut table = Table::new(&columns);
    for keyword in tested.iter().take(args.limit.0) {
        let (word, counts) = &counts.words[keyword.place];
        let all = match forms {
            Forms::Apart => Vec::new(),
            Forms::Together => index.forms_of(word)?,
        };
        let mut cells = row(all.first().unwrap_or(word), keyword, *counts);
        cells.extend(args.stems.then_some(Cell::List(all)));
        table.push(cells);
    }
    if context.format == Format::Table {
        table.keep_columns(|column| column != "forms");
    }
    context.write(&table)?;
    for (name, size) in [(args.a.as_str(), sizes[0]), (name_b, sizes[1])] {
        context.say(match size.tokens {
            0 => format!("{name}: nothing is known, there is no text"),
            _ => format!(
                "{name}: {} in {}",
                plural(size.tokens, "word", "words"),
                plural(size.meetings, "meeting", "meetings")
            ),
        });
        if (1..FEW_MEETINGS).contains(&size.meetings) {
            context.say(format!(
                "{name} has fewer than {FEW_MEETINGS} meetings: what marks it off may be the business of one of them"
            ));
        }
    }
    context.say(format!(
        "counts are {}; {} with {} or more tested, {} shown; p adjusted over all of these after Benjamini and Hochberg \
         (1995); lrc is the end nearer 0 of the interval of log_ratio, at 95 % for all of these together (Bonferroni), \
         below 0 for words of the other side",
        args.measure.name(),
        plural(tested.len() as u64, "word", "words"),
        args.min,
        table.rows.len(),
    ));
    say_left_out(context, &index, &common)?;
    Ok(Outcome::found(!tested.is_empty()))
}

/// A word that was tested, and where it stands on each side.
fn row(word: &str, keyword: &Keyword, counts: [WordCount; 2]) -> Vec<Cell> {
    let Keyness { four_term, two_term, log_ratio_hardie, lrc, .. } = keyword.keyness;
    let mut cells: Vec<Cell> = vec![word.into()];
    cells.extend(keyword.frequencies.map(|frequency| Cell::from(frequency.count)));
    cells.extend(keyword.frequencies.map(|frequency| Cell::from(frequency.size)));
    cells.extend([
        four_term.g2.into(),
        two_term.g2.into(),
        Cell::P(four_term.p),
        Cell::P(keyword.p_adjusted),
        log_ratio_hardie.into(),
        lrc.into(),
    ]);
    cells.extend(counts.map(|count| Cell::from(count.meetings)));
    cells
}
