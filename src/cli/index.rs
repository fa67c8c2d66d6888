//! `index`: reads and indexes what changed.

use std::time::Instant;

use super::search::plural;
use super::{Context, Outcome};
use crate::corpus::{Corpus, DocumentReader};
use crate::index::{Built, build};
use crate::report::{Cell, Table};

/// The arguments of `index`.
#[derive(clap::Args)]
pub struct Args {
    /// Read and index everything anew.
    #[arg(long)]
    rebuild: bool,
}

/// Runs `index`.
pub fn run(context: &Context, args: Args) -> anyhow::Result<Outcome> {
    let start = Instant::now();
    let built = build_index(context, args.rebuild)?;
    let mut table = Table::new(&["documents", "items", "passages", "seconds"]);
    let seconds = (start.elapsed().as_secs_f64() * 100.0).round() / 100.0;
    table.push(vec![
        built.documents.into(),
        built.items.into(),
        built.passages.into(),
        Cell::Number(seconds),
    ]);
    context.write(&table)?;
    context.say(summary(&built));
    for (what, reason) in &built.unreadable {
        context.warn(format!("cannot read {what}: {reason}"));
    }
    Ok(if built.unreadable.is_empty() { Outcome::Done } else { Outcome::Partial })
}

/// What the index now holds, in one line.
pub fn summary(built: &Built) -> String {
    let meetings = plural(built.meetings, "meeting", "meetings");
    let changed = plural(built.meetings_read, "was", "were");
    let notes = match built.noted {
        0 => String::new(),
        n => format!(", {n} of them with notes on how they were read (`show` prints them)"),
    };
    format!(
        "{meetings}: {} with readable minutes{notes}, {} without; {changed} new or changed; \
         the index holds {}",
        built.readable,
        built.meetings - built.readable,
        plural(built.passages_in_index, "passage", "passages"),
    )
}

/// Builds the index of the home, with a progress bar.
pub fn build_index(context: &Context, rebuild: bool) -> anyhow::Result<Built> {
    let corpus = Corpus::open_read_only(&context.home)?;
    let reader = document_reader(context)?;
    let bar = context.progress(0, "reading");
    let built = build(&context.home, &corpus, &reader, rebuild, &|done, all| {
        bar.set_length(all);
        bar.set_position(done);
    })?;
    bar.finish_and_clear();
    Ok(built)
}

/// A reader of documents that keeps PDFs in child processes of this program.
pub fn document_reader(context: &Context) -> anyhow::Result<DocumentReader> {
    Ok(DocumentReader { councils: context.home.councils()?, program: Some(std::env::current_exe()?) })
}
