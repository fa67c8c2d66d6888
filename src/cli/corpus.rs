//! `corpus`: care for what was collected.

use super::search::plural;
use super::{Context, Outcome};
use crate::corpus::{Corpus, Rebuilt, check, rebuild};
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
    /// new one is whole, and is kept under another name where it knew more.
    Rebuild,
    /// Read every WARC file of the archive from beginning to end, and say what is missing, damaged or
    /// not where the catalogue says. Changes nothing, and may run beside a crawl.
    Check,
}

/// Runs `corpus`.
pub fn run(context: &Context, args: Args) -> anyhow::Result<Outcome> {
    match args.command {
        Command::Rebuild => run_rebuild(context),
        Command::Check => run_check(context),
    }
}

fn run_check(context: &Context) -> anyhow::Result<Outcome> {
    let mut table = Table::new(&["site", "files", "records", "bytes", "captures", "beyond", "faults"]);
    let Some(checked) = check(&context.home)? else {
        context.write(&table)?;
        let folder = context.home.archive();
        context.say(format!("nothing to check: there is no archive in `{}`", folder.display()));
        return Ok(Outcome::Nothing);
    };
    for site in &checked.sites {
        table.push(vec![
            site.site.as_str().into(),
            site.files.into(),
            site.records.into(),
            site.bytes.into(),
            site.captures.into(),
            site.beyond.into(),
            site.faults.len().into(),
        ]);
    }
    context.write(&table)?;
    let mut n_faults = 0;
    for fault in checked.faults.iter().chain(checked.sites.iter().flat_map(|site| &site.faults)) {
        context.warn(fault);
        n_faults += 1;
    }
    let n_beyond: u64 = checked.sites.iter().filter_map(|site| site.beyond).sum();
    if n_beyond > 0 {
        let bytes = plural(n_beyond, "byte", "bytes");
        context.say(format!(
            "the catalogue does not know of {bytes} yet; the next `crawl` or `add` enters them"
        ));
    }
    let n_records = plural(checked.sites.iter().map(|site| site.records).sum(), "record", "records");
    if n_faults > 0 {
        context.say(format!("{}; {n_records} are as they were written", plural(n_faults, "fault", "faults")));
        return Ok(Outcome::Partial);
    }
    let n_files = plural(checked.sites.iter().map(|site| site.files).sum(), "file", "files");
    context.say(format!("the archive is whole: {n_records} in {n_files} are as they were written"));
    Ok(Outcome::Done)
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
    let knows_less = say_forgotten(context, &rebuilt);
    if rebuilt.unjudged > 0 {
        let answers = plural(rebuilt.unjudged, "answer", "answers");
        context.say(format!(
            "{answers} came as a crawl was killed, and will be looked at when the address is next wanted"
        ));
    }
    context.say("the catalogue is made; a crawl that had not come to its end begins anew");
    Ok(if replayed.notes.is_empty() && !knows_less { Outcome::Done } else { Outcome::Partial })
}

/// Names what the old catalogue knew and the new one does not, and where the old
/// one is kept. Says whether there is any such thing.
fn say_forgotten(context: &Context, rebuilt: &Rebuilt) -> bool {
    let kept = rebuilt.kept.as_ref().map(|kept| kept.display().to_string()).unwrap_or_default();
    let Some(forgotten) = &rebuilt.forgotten else {
        context.say(format!(
            "the old catalogue cannot be read, so that nobody can say whether it knew more; it is kept as `{kept}`"
        ));
        return false;
    };
    forgotten.iter().for_each(|line| context.warn(line));
    if !forgotten.is_empty() {
        context.warn(format!(
            "the old catalogue knew more and is kept as `{kept}`; put back from a copy what the archive has lost, then \
             run `scrutineer corpus rebuild` again"
        ));
    }
    !forgotten.is_empty()
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
