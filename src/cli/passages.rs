//! `passages`: the passages themselves, for other programs.

use std::io;

use super::filters::FilterArgs;
use super::groups::say_left_out;
use super::search::plural;
use super::{Context, Outcome};
use crate::model::Passage;
use crate::report::{Cell, Layout};

/// What a passage is exported with, in this order; `add` takes the same back.
const COLUMNS: [&str; 20] = [
    "passage_id",
    "council",
    "body",
    "date",
    "item",
    "title",
    "kind",
    "edition",
    "boilerplate",
    "text",
    "meeting",
    "council_name",
    "item_key",
    "language",
    "number",
    "clause",
    "page",
    "url",
    "document",
    "rule",
];

/// The arguments of `passages`.
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Write all that search looks through under these filters, a passage a line, in the order of
    /// council, date, meeting and place in it: as JSON Lines, unless `--format` names another. To have
    /// everything: `--edition all --with-boilerplate --language all --with-copies`.
    Export(ExportArgs),
}

/// The arguments of `passages export`.
#[derive(clap::Args)]
struct ExportArgs {
    #[command(flatten)]
    filters: FilterArgs,
}

/// Runs `passages`.
pub fn run(context: &Context, args: Args) -> anyhow::Result<Outcome> {
    let Command::Export(args) = args.command;
    let filter = args.filters.filter(context)?;
    let index = context.index()?;
    let chunks = index.passages(&filter);
    let mut n_passages = 0;
    context.write_rows(context.format.of_lines(), &COLUMNS, Layout::Grid, |writer| {
        for chunk in chunks {
            for passage in chunk.map_err(io::Error::other)? {
                n_passages += 1;
                writer.row(&row(passage))?;
            }
        }
        Ok(())
    })?;
    context.say(plural(n_passages, "passage", "passages"));
    say_left_out(context, &index, &filter)?;
    Ok(Outcome::found(n_passages > 0))
}

fn row(passage: Passage) -> [Cell; COLUMNS.len()] {
    [
        passage.passage_id.0.into(),
        passage.council.into(),
        Cell::text_or_unknown(passage.body),
        passage.date.map(|date| date.to_string()).into(),
        Cell::text_or_unknown(passage.item),
        Cell::text_or_unknown(passage.title),
        passage.kind.name().into(),
        passage.edition.name().into(),
        Cell::Truth(passage.boilerplate),
        passage.text.into(),
        passage.meeting.to_string().into(),
        passage.council_name.into(),
        passage.item_key.into(),
        passage.language.name().into(),
        passage.number.into(),
        Cell::List(passage.clause),
        passage.page.map(u64::from).into(),
        passage.url.into(),
        passage.document.0.into(),
        passage.rule.into(),
    ]
}
