//! `corpus`: care for what was collected.

use super::search::plural;
use super::{Context, Outcome};
use crate::corpus::{Corpus, rebuild};
use crate::report::Table;

/// The arguments of `corpus`.
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Make the catalogue again from the WARC files of the archive alone. The old one stays until the
    /// new one is whole.
    Rebuild,
}

/// Runs `corpus`.
pub fn run(context: &Context, args: Args) -> anyhow::Result<Outcome> {
    match args.command {
        Command::Rebuild => run_rebuild(context),
    }
}

fn run_rebuild(context: &Context) -> anyhow::Result<Outcome> {
    let rebuilt = rebuild(&context.home)?;
    let replayed = &rebuilt.replayed;
    let mut table = Table::new(&["files", "entries", "sites", "meetings", "captures"]);
    table.push(vec![
        replayed.volumes.into(),
        replayed.entries.into(),
        rebuilt.sites.into(),
        rebuilt.meetings.into(),
        rebuilt.captures.into(),
    ]);
    context.write(&table)?;
    replayed.notes.iter().for_each(|note| context.warn(note));
    if rebuilt.unjudged > 0 {
        let answers = plural(rebuilt.unjudged, "answer", "answers");
        context.say(format!("{answers} came as a crawl was killed, and will be asked for again"));
    }
    context.say("the catalogue is made; a crawl that had not come to its end begins anew");
    Ok(if replayed.notes.is_empty() { Outcome::Done } else { Outcome::Partial })
}

/// Says what was found in the archive when the corpus was opened, as a process
/// was killed before the catalogue knew of it.
pub fn say_caught_up(context: &Context, corpus: &Corpus) {
    let caught_up = corpus.caught_up();
    caught_up.notes.iter().for_each(|note| context.warn(note));
    if caught_up.entries > 0 {
        let entries = plural(caught_up.entries, "entry", "entries");
        context.say(format!("{entries} of the archive had not come into the catalogue, and did now"));
    }
}
