//! `index`: reads and indexes what changed.

use std::time::{Duration, Instant};

use anyhow::ensure;

use super::groups::{say_copies, say_listed_twice};
use super::search::plural;
use super::{Context, Outcome};
use crate::corpus::{Corpus, DocumentReader, INSTALL_OCR, Ocr};
use crate::index::{BuildSettings, Built, MEMORY_MB, build};
use crate::parse::Helper;
use crate::report::{Cell, Table};
use crate::search::Filter;

/// The arguments of `index`.
#[derive(clap::Args)]
pub struct Args {
    /// Read and index everything anew.
    #[arg(long)]
    rebuild: bool,
    /// How much memory passages may take before they are written, in MB.
    #[arg(long, default_value_t = BuildSettings::default().memory_mb, value_name = "MB", value_parser = memory_mb)]
    memory: usize,
    /// Read the text of PDFs whose pages are pictures; slow, some seconds a page. Each is read once.
    #[arg(long)]
    ocr: bool,
    /// How long OCR may take for one document, in seconds.
    #[arg(long, requires = "ocr", value_name = "N", default_value_t = 900)]
    ocr_seconds: u64,
    /// The languages of the pictures as tesseract names them, such as `eng+cym`.
    #[arg(long, requires = "ocr", value_name = "L", default_value = "eng", value_parser = language)]
    ocr_language: String,
}

fn memory_mb(text: &str) -> Result<usize, String> {
    let (least, most) = (MEMORY_MB.start(), MEMORY_MB.end());
    text.parse().ok().filter(|mb| MEMORY_MB.contains(mb)).ok_or(format!("it takes {least} to {most} MB"))
}

/// Languages for tesseract: letters, digits and what joins them, so that none
/// is taken for an option or a path.
fn language(text: &str) -> Result<String, String> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '+';
    match text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.chars().all(is_part) {
        true => Ok(text.to_owned()),
        false => Err("languages are named like `eng` or `eng+cym`".to_owned()),
    }
}

/// Runs `index`.
pub fn run(context: &Context, args: Args) -> anyhow::Result<Outcome> {
    let start = Instant::now();
    let mut reader = document_reader(context)?;
    if args.ocr {
        let time = Duration::from_secs(args.ocr_seconds);
        reader.ocr = Some(Ocr { time, language: args.ocr_language });
        ensure!(reader.has(Helper::Ocr), "--ocr needs a program that is not installed: {INSTALL_OCR}");
    }
    let built =
        build_with(context, &reader, &BuildSettings { rebuild: args.rebuild, memory_mb: args.memory })?;
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
    let meetings = Corpus::open_read_only(&context.home)?.meetings()?;
    say_listed_twice(context, meetings.iter().filter(|meeting| built.copies.of(&meeting.id).is_none()));
    let copies = built.copies.left_out(&Filter::default());
    say_copies(context, &copies, "they are left out unless a question has `--with-copies`");
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
pub fn build_index(context: &Context) -> anyhow::Result<Built> {
    build_with(context, &document_reader(context)?, &BuildSettings::default())
}

fn build_with(context: &Context, reader: &DocumentReader, settings: &BuildSettings) -> anyhow::Result<Built> {
    let corpus = Corpus::open_read_only(&context.home)?;
    let bar = context.progress(0, "reading");
    let built = build(&context.home, &corpus, reader, settings, &|done, all| {
        bar.set_length(all);
        bar.set_position(done);
    })?;
    bar.finish_and_clear();
    Ok(built)
}

/// A reader of documents that keeps PDFs in child processes of this program.
pub fn document_reader(context: &Context) -> anyhow::Result<DocumentReader> {
    Ok(DocumentReader::new(context.home.councils()?, std::env::current_exe()?, context.home.index()))
}
