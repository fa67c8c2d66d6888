//! Reads documents that others made: PDFs and those of word processors in a
//! child process, with limits.
//!
//! Their readers can panic, hang or eat memory on a damaged file. A child
//! process does so alone: the run goes on, and the file has a reason. What this
//! program cannot read, others may that are installed: `pdftotext` a PDF on
//! which the first reader failed, a converter an old Word file, and OCR, if it
//! is asked for, the pictures of pages.

mod child;
mod convert;
mod kept;
mod ocr;
mod working;

use std::ffi::OsStr;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::model::{Councils, Defect, Digest, Reading};
use crate::parse::{self, Extract, Helper, Media, Unreadable};

pub use child::Limits;
use child::{Failure, Run, installed};
use kept::Kept;
pub use ocr::{INSTALL as INSTALL_OCR, Ocr};

/// How long one document may take to be read.
pub const TIME_LIMIT: Duration = Duration::from_secs(60);

/// The address space of a child, in bytes.
pub const MEMORY_LIMIT: u64 = 2 * 1024 * 1024 * 1024;

/// Reads documents, each kind where it is safe to.
#[derive(Debug)]
pub struct DocumentReader {
    /// The table that councils' names are looked up in.
    pub councils: Councils,
    /// This program: its `extract` takes the text out of a document, its
    /// `with-limits` sets limits.
    pub program: PathBuf,
    /// What the reading of one document may use.
    pub limits: Limits,
    /// The folder of the index: texts that other programs made are kept under
    /// it, and such programs work there.
    pub index: PathBuf,
    /// How pictures of text are read; `None` reads them only where that was
    /// done before.
    pub ocr: Option<Ocr>,
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
    /// It is the document: `empty file`, `encrypted` …
    #[error("{1}")]
    Document(Defect, String),
    /// It is this machine: another time it may be read.
    #[error("{0}")]
    Machine(String),
    /// It needs help that is not there, any of these: a program that is not
    /// installed, or OCR, which was not asked for.
    #[error("{2}")]
    Without(Vec<Helper>, Defect, String),
}

impl Unread {
    /// What kind of reason it is.
    pub fn defect(&self) -> Defect {
        match self {
            Self::Document(defect, _) | Self::Without(_, defect, _) => *defect,
            Self::Machine(_) => Defect::NotRead,
        }
    }
}

impl From<Unreadable> for Unread {
    fn from(Unreadable { defect, reason, helper }: Unreadable) -> Self {
        match helper {
            Some(helper) => Self::Without(vec![helper], defect, reason),
            None => Self::Document(defect, reason),
        }
    }
}

/// The format of a document, by the media type it was served with, else by
/// its name, else by how it begins.
pub fn media_of(media_type: &str, name: &str, bytes: &[u8]) -> Option<Media> {
    let by_start = || Media::of_bytes(bytes);
    Media::of_type(media_type).or_else(|| Media::of_name(name)).or_else(by_start)
}

/// What a child answers.
#[derive(Serialize, Deserialize)]
pub enum Answer {
    /// The text that it took out.
    Extract(Extract),
    /// Why there is none.
    Unreadable(Unreadable),
}

/// Takes the text out of a document in this process.
pub fn extract_here(bytes: &[u8], media: Media, charset: Option<&str>) -> Answer {
    match parse::extract(bytes, media, charset) {
        Ok(extract) => Answer::Extract(extract),
        Err(unreadable) => Answer::Unreadable(unreadable),
    }
}

impl DocumentReader {
    /// A reader that uses `program`, which is this program, and keeps what
    /// other programs made under `index`.
    pub fn new(councils: Councils, program: PathBuf, index: PathBuf) -> Self {
        let limits = Limits { time: TIME_LIMIT, memory: MEMORY_LIMIT };
        Self { councils, program, limits, index, ocr: None }
    }

    /// Whether this reader has that help, so that what was not read for want
    /// of it can be.
    pub fn has(&self, helper: Helper) -> bool {
        match helper {
            Helper::SecondReader => installed(PDFTOTEXT).is_some(),
            Helper::Converter => convert::is_there(),
            Helper::Ocr => self.ocr.is_some() && ocr::is_there(),
        }
    }

    /// Reads a document.
    pub fn read(&self, input: &Input) -> Result<Reading, Unread> {
        let Some(media) = input.media else {
            let reason =
                "its format is not known; HTML, Markdown, text, PDF, DOCX, ODT, RTF and DOC are read";
            return Err(Unread::Document(Defect::Format, reason.into()));
        };
        let extract = match media.seen_in(input.bytes) {
            Media::Pdf if !input.bytes.is_empty() => self.pdf(input.bytes)?,
            Media::Docx if !input.bytes.is_empty() => self.of_words(input.bytes, "docx")?,
            Media::Odt if !input.bytes.is_empty() => self.of_words(input.bytes, "odt")?,
            Media::Rtf if !input.bytes.is_empty() => self.of_words(input.bytes, "rtf")?,
            media => match parse::extract(input.bytes, media, input.charset) {
                Err(Unreadable { helper: Some(Helper::Converter), reason, .. }) => {
                    self.old_word(input.bytes, &reason)?
                }
                extract => extract?,
            },
        };
        Ok(parse::read(extract, input.file_name, &self.councils)?)
    }

    /// Reads a PDF by the first reader, else by the second, else by OCR.
    fn pdf(&self, bytes: &[u8]) -> Result<Extract, Unread> {
        let (partial, unread) = match self.first_reader(bytes) {
            Ok(extract) if extract.is_partial => {
                (Some(extract), Unread::Document(Defect::Damaged, "it cannot read all pages".into()))
            }
            Ok(extract) => return Ok(extract),
            Err(unread @ Unread::Document(..)) => return Err(unread),
            Err(unread) => (None, unread),
        };
        let second = self.second_reader(bytes, &unread);
        if let Some(extract) = second.as_ref().and_then(|second| second.as_ref().ok()).cloned().or(partial) {
            return Ok(extract);
        }
        let needs_ocr = |unread: &Unread| matches!(unread, Unread::Without(helpers, ..) if helpers.contains(&Helper::Ocr));
        let is_of_pictures = needs_ocr(&unread) || matches!(&second, Some(Err(unread)) if needs_ocr(unread));
        match (unread, second) {
            (_, Some(Err(unread))) if needs_ocr(&unread) => self.pictures(bytes, unread, true),
            (unread, second) if is_of_pictures => self.pictures(bytes, unread, second.is_some()),
            // Nothing more can help with that.
            (Unread::Without(_, defect, reason), Some(_)) => Err(Unread::Document(defect, reason)),
            (unread @ Unread::Without(..), None) => {
                let reason = format!("{unread}; {INSTALL_SECOND_READER}");
                Err(Unread::Without(vec![Helper::SecondReader], unread.defect(), reason))
            }
            (unread, _) => Err(unread),
        }
    }

    /// Runs this program's own reader of PDFs.
    fn first_reader(&self, pdf: &[u8]) -> Result<Extract, Unread> {
        self.own_reader(pdf, "pdf", too_complex)
    }

    /// Reads a document of a word processor.
    fn of_words(&self, bytes: &[u8], format: &str) -> Result<Extract, Unread> {
        let failed = || {
            let format = format.to_uppercase();
            let reason = format!("the reader of {format} failed on it; the file is damaged or too complex");
            Unread::Document(Defect::Damaged, reason)
        };
        self.own_reader(bytes, format, failed)
    }

    /// Runs this program's own reader of that format; `failed` says why there is
    /// no text when it does not end well.
    fn own_reader(&self, bytes: &[u8], format: &str, failed: impl Fn() -> Unread) -> Result<Extract, Unread> {
        let run = Run {
            guard: Some(&self.program),
            program: &self.program,
            arguments: vec![OsStr::new("extract"), OsStr::new(format)],
            folder: None,
            limits: self.limits,
        };
        let said = run.output(bytes).map_err(|failure| match failure {
            Failure::Machine(reason) => Unread::Machine(reason),
            Failure::Time => self.too_long(),
            Failure::Fault(_) => failed(),
        })?;
        match serde_json::from_slice(&said.out) {
            Ok(Answer::Extract(extract)) => Ok(extract),
            Ok(Answer::Unreadable(unreadable)) => Err(unreadable.into()),
            Err(_) => Err(failed()),
        }
    }

    /// Runs `pdftotext`; `None` when it is not installed.
    fn second_reader(&self, pdf: &[u8], first: &Unread) -> Option<Result<Extract, Unread>> {
        let program = installed(PDFTOTEXT)?;
        let run = |arguments: &[&'static str], input| {
            let arguments = arguments.iter().map(OsStr::new).collect();
            Run {
                guard: Some(&self.program),
                program: &program,
                arguments,
                folder: None,
                limits: self.limits,
            }
            .output(input)
        };
        Some(match run(&["-bbox", "-enc", "UTF-8", "-", "-"], pdf) {
            Ok(said) => match Extract::of_words(&String::from_utf8_lossy(&said.out)) {
                Ok(extract) => {
                    let version = run(&["-v"], b"").map(|said| said.err).unwrap_or_default();
                    let version = String::from_utf8_lossy(&version).into_owned();
                    let version = version.lines().next().unwrap_or(PDFTOTEXT);
                    Ok(extract.noting(format!("text by {version}: the first reader failed: {first}")))
                }
                Err(unreadable) => Err(unreadable.into()),
            },
            Err(Failure::Machine(reason)) => Err(Unread::Machine(reason)),
            Err(Failure::Time) => Err(self.too_long()),
            Err(Failure::Fault(said)) => {
                let reason = format!("`{PDFTOTEXT}` cannot read it: {said}");
                Err(Unread::Document(Defect::Damaged, reason))
            }
        })
    }

    /// The text of pages that are pictures: as it was recognised before, or
    /// now, if that is asked for.
    fn pictures(&self, pdf: &[u8], unread: Unread, has_second: bool) -> Result<Extract, Unread> {
        let without = |reason: String| {
            let second = if has_second { None } else { Some(Helper::SecondReader) };
            let helpers = [Some(Helper::Ocr), second].into_iter().flatten().collect();
            Err(Unread::Without(helpers, Defect::NoTextLayer, reason))
        };
        let (folder, digest) = (self.index.join("ocr"), Digest::of(pdf));
        let is_wanted = |kept: &Kept| match &self.ocr {
            Some(ocr) => kept.language.as_deref() == Some(ocr.language.as_str()),
            None => true,
        };
        if let Some(kept) = Kept::read(&folder, &digest).filter(is_wanted) {
            return recognised(&kept);
        }
        let Some(ocr) = &self.ocr else { return without(unread.to_string()) };
        let Some(read) = ocr::read(&self.program, &self.index, self.limits.memory, ocr, pdf) else {
            return without(format!("no text layer: {INSTALL_OCR}"));
        };
        match read {
            Ok(kept) => {
                kept.write(&folder, &digest);
                recognised(&kept)
            }
            Err(Failure::Machine(reason)) => Err(Unread::Machine(reason)),
            Err(Failure::Time) => Err(Unread::Machine(format!(
                "no text layer, and OCR took longer than {} s",
                ocr.time.as_secs()
            ))),
            Err(Failure::Fault(said)) => without(format!("no text layer, and OCR failed: {said}")),
        }
    }

    /// The text of an old Word file, as it was converted before, or now.
    fn old_word(&self, doc: &[u8], reason: &str) -> Result<Extract, Unread> {
        let (folder, digest) = (self.index.join("converted"), Digest::of(doc));
        let kept = match Kept::read(&folder, &digest) {
            Some(kept) => kept,
            None => {
                let Some(converted) = convert::convert(&self.program, &self.index, self.limits, doc) else {
                    let reason = format!("{reason}: {}", convert::INSTALL);
                    return Err(Unread::Without(vec![Helper::Converter], Defect::Format, reason));
                };
                let kept = converted.map_err(|failure| match failure {
                    Failure::Machine(reason) => Unread::Machine(reason),
                    Failure::Time => self.too_long(),
                    Failure::Fault(said) => Unread::Document(Defect::Damaged, format!("{reason}: {said}")),
                })?;
                kept.write(&folder, &digest);
                kept
            }
        };
        Ok(Extract::of_plain(&kept.text).noting(format!("text by {}, from the old Word format", kept.by)))
    }

    fn too_long(&self) -> Unread {
        Unread::Machine(format!("reading it took longer than {} s", self.limits.time.as_secs()))
    }
}

/// The second reader of PDFs: poppler's.
const PDFTOTEXT: &str = "pdftotext";

/// What to install, for whoever has no second reader.
const INSTALL_SECOND_READER: &str = "`pdftotext` may read it (Debian: poppler-utils)";

fn too_complex() -> Unread {
    let reason = "the reader of PDFs failed on it; the file is damaged or too complex";
    Unread::Without(vec![Helper::SecondReader], Defect::Damaged, reason.into())
}

fn recognised(kept: &Kept) -> Result<Extract, Unread> {
    if !kept.text.chars().any(char::is_alphanumeric) {
        let reason = format!("no text layer, and OCR ({}) found no text", kept.by);
        return Err(Unread::Document(Defect::NoTextLayer, reason));
    }
    Ok(Extract::of_plain(&kept.text).noting(format!("text by OCR ({})", kept.by)))
}
