//! Reads documents that others made: a PDF in a child process, with limits.
//!
//! A reader of PDFs can panic, hang or eat memory on a damaged file. A child
//! process does so alone: the run goes on, and the file has a reason.

use std::io::{self, Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::model::{Councils, Reading};
use crate::parse::{self, Extract, Media};

/// How long one document may take to be read.
pub const TIME_LIMIT: Duration = Duration::from_secs(60);

/// The address space of a child, in bytes.
pub const MEMORY_LIMIT: u64 = 2 * 1024 * 1024 * 1024;

/// The longest answer of a child, in bytes.
const ANSWER_LIMIT: u64 = 256 * 1024 * 1024;

/// Reads documents, each kind where it is safe to.
#[derive(Debug)]
pub struct DocumentReader {
    /// The table that councils' names are looked up in.
    pub councils: Councils,
    /// The program whose `extract-pdf` takes the text out of PDFs; `None` does
    /// so in this process, which is for tests.
    pub program: Option<PathBuf>,
}

/// A document to be read.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// Its bytes.
    pub bytes: &'a [u8],
    /// What it is; `None` when that cannot be told.
    pub media: Option<Media>,
    /// The `charset` it was served with.
    pub charset: Option<&'a str>,
    /// Its name, without folders.
    pub file_name: Option<&'a str>,
}

/// Why a document was not read, in plain words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unread {
    /// It is the document: `no text layer`, `encrypted` …
    #[error("{0}")]
    Document(String),
    /// It is this machine: another time it may be read.
    #[error("{0}")]
    Machine(String),
}

/// The format of a document, by the media type it was served with, else by
/// its name, else by how it begins.
pub fn media_of(media_type: &str, name: &str, bytes: &[u8]) -> Option<Media> {
    let by_start = || bytes.starts_with(b"%PDF-").then_some(Media::Pdf);
    Media::of_type(media_type).or_else(|| Media::of_name(name)).or_else(by_start)
}

/// What a child answers.
#[derive(Serialize, Deserialize)]
pub enum Answer {
    /// The text that it took out.
    Extract(Extract),
    /// Why there is none.
    Unreadable(String),
}

impl DocumentReader {
    /// Reads a document.
    pub fn read(&self, input: &Input) -> Result<Reading, Unread> {
        let Some(media) = input.media else {
            let reason = "its format is not known; HTML, Markdown, text, PDF, DOCX and ODT are read";
            return Err(Unread::Document(reason.into()));
        };
        let extract = match &self.program {
            Some(program) if media == Media::Pdf && !input.bytes.is_empty() => {
                extract_in_child(program, input.bytes)?
            }
            _ => extract_here(input.bytes, media, input.charset).map_err(Unread::Document)?,
        };
        let reading = parse::read(extract, input.file_name, &self.councils);
        reading.map_err(|unreadable| Unread::Document(unreadable.to_string()))
    }
}

/// Takes the text out of a document in this process.
pub fn extract_here(bytes: &[u8], media: Media, charset: Option<&str>) -> Result<Extract, String> {
    parse::extract(bytes, media, charset).map_err(|unreadable| unreadable.to_string())
}

fn extract_in_child(program: &Path, pdf: &[u8]) -> Result<Extract, Unread> {
    let mut command = Command::new(program);
    command.arg("extract-pdf");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command
        .spawn()
        .map_err(|error| Unread::Machine(format!("the reader of PDFs does not start: {error}")))?;
    let mut stdin = child.stdin.take().expect("stdin is piped");
    let stdout = child.stdout.take().expect("stdout is piped");
    let (answer, ended) = thread::scope(|scope| {
        // Written and read beside each other, or both would wait when a pipe
        // is full. A child that died early closes the pipe: no fault of ours.
        scope.spawn(move || drop(stdin.write_all(pdf)));
        let reading = scope.spawn(move || {
            let mut answer = Vec::new();
            stdout.take(ANSWER_LIMIT).read_to_end(&mut answer).map(|_| answer)
        });
        let ended = wait(&mut child);
        (reading.join().unwrap_or_else(|_| Err(io::Error::other("the reader's thread died"))), ended)
    });
    let Some(status) = ended else {
        return Err(Unread::Machine(format!("reading it took longer than {} s", TIME_LIMIT.as_secs())));
    };
    match serde_json::from_slice(&answer.map_err(|error| Unread::Machine(error.to_string()))?) {
        Ok(Answer::Extract(extract)) => Ok(extract),
        Ok(Answer::Unreadable(reason)) => Err(Unread::Document(reason)),
        Err(_) if status.signal() == Some(SIGKILL) => Err(Unread::Machine(
            "the reader of PDFs was killed; there may have been too little memory".into(),
        )),
        Err(_) => {
            let reason = "the reader of PDFs failed on it; the file is damaged or too complex";
            Err(Unread::Document(reason.into()))
        }
    }
}

/// The signal by which a system short of memory ends a process.
const SIGKILL: i32 = 9;

/// Waits for the child to end; `None` when its time was up first.
fn wait(child: &mut Child) -> Option<ExitStatus> {
    let deadline = Instant::now() + TIME_LIMIT;
    let mut pause = Duration::from_millis(1);
    loop {
        if let Ok(Some(status)) = child.try_wait() {
            return Some(status);
        }
        if Instant::now() > deadline {
            // A child that cannot be ended or waited for has ended already.
            let _ = child.kill();
            let _ = child.wait();
            return None;
        }
        thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(20));
    }
}
