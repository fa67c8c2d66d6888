//! The command line: a file a command.
//!
//! stdout is data, stderr is for people. Exit codes are a contract: see
//! [`Outcome`].

mod abbreviations;
mod add;
mod add_passages;
mod add_warc;
mod agree;
mod collocates;
mod compare;
mod compare_pairs;
mod context;
mod cooccur;
mod corpus;
mod councils;
mod count;
mod coverage;
mod crawl;
mod crawl_progress;
mod discover;
mod dispersion;
mod eval;
mod eval_search;
mod extract;
mod files;
mod filters;
mod groups;
mod hits;
mod index;
mod keywords;
mod kwic;
mod lines;
mod manifest;
mod matching;
mod ngrams;
mod parse;
mod passages;
mod queries;
mod query;
mod quickstart;
mod recurrence;
mod recycled;
mod sample;
mod saved;
mod search;
mod show;
mod sides;
mod theme;
mod theme_diff;
mod theme_masks;
mod theme_suggest;
mod themes;
mod trend;
mod trend_terms;
mod validate;
mod validations;
mod with_limits;

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::report::Format;
pub use context::Context;

/// Finds, counts and quotes what UK councils minuted.
#[derive(Parser)]
#[command(name = "scrutineer", version, about, max_term_width = 100)]
pub struct Cli {
    /// The folder that holds `corpus/` and `index/`.
    #[arg(long, global = true, env = "SCRUTINEER_HOME", default_value = ".", value_name = "DIR")]
    home: PathBuf,
    /// How results are written. Default: as the name of the --output file ends (.csv, .json, .jsonl,
    /// .txt), or a table.
    #[arg(long, global = true, value_enum)]
    format: Option<Format>,
    /// Write results to this file; it appears only when it is complete.
    #[arg(long, global = true, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Write CSV cells as they are, also where a spreadsheet would run them as a formula.
    #[arg(long, global = true)]
    raw_csv: bool,
    /// Say nothing on stderr but errors.
    #[arg(short, long, global = true)]
    quiet: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the whole way on the built-in sample: publish, crawl, read, index, count.
    Quickstart(quickstart::Args),
    /// Search the table of councils.
    Councils(councils::Args),
    /// Fetch what councils published that is new or changed.
    Crawl(crawl::Args),
    /// Take files (HTML, Markdown, text, PDF, DOCX, ODT, RTF, old Word), passages (JSON Lines) and
    /// web archives (WARC).
    Add(add::Args),
    /// Check the archive, or make the catalogue again from it.
    Corpus(corpus::Args),
    /// Read and index what changed.
    Index(index::Args),
    /// Show of how many meetings the minutes can be read.
    Coverage(coverage::Args),
    /// Find passages.
    Search(search::Args),
    /// Show every match on one line, with the words around it.
    Kwic(kwic::Args),
    /// Count passages, items, meetings and matches, with denominators.
    Count(count::Args),
    /// Count the themes of a codebook by council and year.
    Themes(themes::Args),
    /// Show how themes come back in the meetings of each body: runs, gaps, returns, class.
    Recurrence(recurrence::Args),
    /// Show what is said again, nearly word for word, at later meetings: restated assurances, rows
    /// carried forward, template.
    Recycled(recycled::Args),
    /// Show whether themes rise or fall over the years, in each council and in all.
    Trend(trend::Args),
    /// Compare two councils, bodies, groups or periods theme by theme.
    Compare(compare::Args),
    /// Show which themes stand together in agenda items, meetings or passages.
    Cooccur(cooccur::Args),
    /// List the words that stand beside the matches of a query.
    Collocates(collocates::Args),
    /// Measure how evenly matches are spread over councils, bodies, years and meetings.
    Dispersion(dispersion::Args),
    /// List the words that mark one council, body, group or period off from another.
    Keywords(keywords::Args),
    /// List the most frequent sequences of words.
    Ngrams(ngrams::Args),
    /// List phrases that recur in many councils and years and are no template.
    Discover(discover::Args),
    /// List, show, check, test and export the themes of a codebook.
    Theme(theme::Args),
    /// Draw a random sample of passages, matched, nearly and not, to be coded by hand.
    Sample(sample::Args),
    /// Measure how far coders agree: raw agreement, kappa, alpha.
    Agree(agree::Args),
    /// Measure how well queries find what people find, from a coded sample: precision, recall, F1 and
    /// corrected prevalence.
    Validate(validate::Args),
    /// Show a passage, item or meeting with its context and source.
    Show(show::Args),
    /// Show how queries are read, and those that are saved; `help query` explains their language.
    #[command(after_long_help = crate::search::reference())]
    Query(query::Args),
    /// List what abbreviations stand for, as the minutes say.
    Abbreviations(abbreviations::Args),
    /// Export passages, as JSON Lines or CSV.
    Passages(passages::Args),
    /// Match queries in passages that come as JSON Lines: stdin to stdout, without an index.
    Match(matching::Args),
    /// Print what is read in files, as JSON Lines.
    Parse(parse::Args),
    /// Measure reading against readings that were made by hand.
    Eval(eval::Args),
    /// Take the text out of one document: stdin to stdout, in this process alone.
    #[command(hide = true)]
    Extract(extract::Args),
    /// Set limits on time and memory, and become another program.
    #[command(hide = true)]
    WithLimits(with_limits::Args),
}

impl Cli {
    /// Whether what is written is a codebook file, and no table.
    fn writes_codebook(&self) -> bool {
        matches!(&self.command, Command::Theme(args) if args.writes_codebook())
    }
}

/// How a command ended, as its exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// 0: done, or found.
    Done,
    /// 1: nothing was found.
    Nothing,
    /// 3: done, but some inputs failed; each is named on stderr.
    Partial,
    /// 130: interrupted; what was done is kept.
    Interrupted,
}

impl Outcome {
    /// The exit code.
    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Nothing => 1,
            Self::Partial => 3,
            Self::Interrupted => 130,
        }
    }

    /// [`Outcome::Done`] if something was found.
    pub fn found(any: bool) -> Self {
        if any { Self::Done } else { Self::Nothing }
    }
}

/// Runs the command that was typed.
pub fn run(cli: Cli) -> anyhow::Result<Outcome> {
    let context = Context::new(&cli)?;
    match cli.command {
        Command::Quickstart(args) => quickstart::run(&context, args),
        Command::Councils(args) => councils::run(&context, args),
        Command::Crawl(args) => crawl::run(&context, args),
        Command::Add(args) => add::run(&context, args),
        Command::Corpus(args) => corpus::run(&context, args),
        Command::Index(args) => index::run(&context, args),
        Command::Coverage(args) => coverage::run(&context, args),
        Command::Search(args) => search::run(&context, args),
        Command::Kwic(args) => kwic::run(&context, args),
        Command::Count(args) => count::run(&context, args),
        Command::Themes(args) => themes::run(&context, args),
        Command::Recurrence(args) => recurrence::run(&context, args),
        Command::Recycled(args) => recycled::run(&context, args),
        Command::Trend(args) => trend::run(&context, args),
        Command::Compare(args) => compare::run(&context, args),
        Command::Cooccur(args) => cooccur::run(&context, args),
        Command::Collocates(args) => collocates::run(&context, args),
        Command::Dispersion(args) => dispersion::run(&context, args),
        Command::Keywords(args) => keywords::run(&context, args),
        Command::Ngrams(args) => ngrams::run(&context, args),
        Command::Discover(args) => discover::run(&context, args),
        Command::Theme(args) => theme::run(&context, args),
        Command::Sample(args) => sample::run(&context, args),
        Command::Agree(args) => agree::run(&context, args),
        Command::Validate(args) => validate::run(&context, args),
        Command::Show(args) => show::run(&context, args),
        Command::Query(args) => query::run(&context, args),
        Command::Abbreviations(args) => abbreviations::run(&context, args),
        Command::Passages(args) => passages::run(&context, args),
        Command::Match(args) => matching::run(&context, args),
        Command::Parse(args) => parse::run(&context, args),
        Command::Eval(args) => eval::run(&context, args),
        Command::Extract(args) => extract::run(&args),
        Command::WithLimits(args) => with_limits::run(args),
    }
}
