//! `extract-pdf`: the child process that takes the text out of one PDF.

use std::io::{self, Read, Write};

use rustix::process::{Resource, Rlimit, setrlimit};

use super::Outcome;
use crate::corpus::{Answer, MEMORY_LIMIT, extract_here};
use crate::parse::Media;

/// Runs `extract-pdf`: a PDF on stdin, an [`Answer`] as JSON on stdout.
pub fn run() -> anyhow::Result<Outcome> {
    let limit = Rlimit { current: Some(MEMORY_LIMIT), maximum: Some(MEMORY_LIMIT) };
    setrlimit(Resource::As, limit)?;
    let mut bytes = Vec::new();
    io::stdin().lock().read_to_end(&mut bytes)?;
    let answer = match extract_here(&bytes, Media::Pdf, None) {
        Ok(extract) => Answer::Extract(extract),
        Err(reason) => Answer::Unreadable(reason),
    };
    let mut stdout = io::stdout().lock();
    serde_json::to_writer(&mut stdout, &answer)?;
    stdout.flush()?;
    Ok(Outcome::Done)
}
