//! `extract`: the child process that takes the text out of one document.

use std::io::{self, Read, Write};

use anyhow::Context as _;

use super::Outcome;
use crate::corpus::extract_here;
use crate::parse::Media;

/// The arguments of `extract`.
#[derive(clap::Args)]
pub struct Args {
    /// The ending of names of its format: `pdf`, `docx`, `odt` or `rtf`.
    ending: String,
}

/// Runs `extract`: a document on stdin, an [`Answer`](crate::corpus::Answer) as JSON on stdout. The
/// limits are set by whoever runs it (`with-limits`).
pub fn run(args: &Args) -> anyhow::Result<Outcome> {
    let media = Media::of_name(&format!("document.{}", args.ending)).context("no format that is read")?;
    let mut bytes = Vec::new();
    io::stdin().lock().read_to_end(&mut bytes)?;
    let answer = extract_here(&bytes, media, None);
    let mut stdout = io::stdout().lock();
    serde_json::to_writer(&mut stdout, &answer)?;
    stdout.flush()?;
    Ok(Outcome::Done)
}
