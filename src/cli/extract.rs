//! `extract-pdf`: the child process that takes the text out of one PDF.

use std::io::{self, Read, Write};

use super::Outcome;
use crate::corpus::extract_here;
use crate::parse::Media;

/// Runs `extract-pdf`: a PDF on stdin, an [`Answer`](crate::corpus::Answer) as JSON on stdout. The
/// limits are set by whoever runs it (`with-limits`).
pub fn run() -> anyhow::Result<Outcome> {
    let mut bytes = Vec::new();
    io::stdin().lock().read_to_end(&mut bytes)?;
    let answer = extract_here(&bytes, Media::Pdf, None);
    let mut stdout = io::stdout().lock();
    serde_json::to_writer(&mut stdout, &answer)?;
    stdout.flush()?;
    Ok(Outcome::Done)
}
