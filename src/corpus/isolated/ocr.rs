//! The recognition of text in pictures, through the programs that are installed.
//!
//! Either `pdftoppm` makes a picture of each page and `tesseract` reads it, or
//! `ocrmypdf` does both.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::child::{Failure, Limits, Run, installed, read_written};
use super::kept::Kept;
use super::working::working_folder;

/// What to install, for whoever asks for OCR and has none.
pub const INSTALL: &str =
    "install `ocrmypdf`, or `tesseract` with poppler's `pdftoppm` (Debian: tesseract-ocr and poppler-utils)";

/// The longer side of a page's picture, in pixels: A4 at 300 dots an inch, at
/// which `tesseract` reads best. It bounds what a huge page costs.
const PIXELS: &str = "3508";

/// How OCR is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ocr {
    /// How long one document may take.
    pub time: Duration,
    /// The languages of the text as `tesseract` names them, such as `eng` or
    /// `eng+cym`.
    pub language: String,
}

/// The programs that are installed.
enum Tools {
    Pages { pdfinfo: PathBuf, pdftoppm: PathBuf, tesseract: PathBuf },
    Whole { ocrmypdf: PathBuf },
}

fn tools() -> Option<Tools> {
    let pages = || {
        Some(Tools::Pages {
            pdfinfo: installed("pdfinfo")?,
            pdftoppm: installed("pdftoppm")?,
            tesseract: installed("tesseract")?,
        })
    };
    pages().or_else(|| Some(Tools::Whole { ocrmypdf: installed("ocrmypdf")? }))
}

/// Whether what OCR needs is installed.
pub fn is_there() -> bool {
    tools().is_some()
}

/// Reads the pictures of a PDF's pages; `None` when nothing is installed.
/// It works under the folder of the index.
pub fn read(guard: &Path, index: &Path, memory: u64, ocr: &Ocr, pdf: &[u8]) -> Option<Result<Kept, Failure>> {
    let tools = tools()?;
    Some(Work::new(guard, index, memory, ocr, pdf).and_then(|work| {
        let (by, text) = match &tools {
            Tools::Pages { pdfinfo, pdftoppm, tesseract } => work.by_pages(pdfinfo, pdftoppm, tesseract),
            Tools::Whole { ocrmypdf } => work.as_a_whole(ocrmypdf),
        }?;
        Ok(Kept { by, language: Some(ocr.language.clone()), text })
    }))
}

/// Our names for the document and what is made of it, whatever its own is.
const INPUT: &str = "document.pdf";
const PICTURE: &str = "page";
const TEXT: &str = "text.txt";

/// One document in a folder of its own.
struct Work<'a> {
    guard: &'a Path,
    memory: u64,
    language: &'a str,
    folder: tempfile::TempDir,
    deadline: Instant,
}

impl<'a> Work<'a> {
    fn new(guard: &'a Path, index: &Path, memory: u64, ocr: &'a Ocr, pdf: &[u8]) -> Result<Self, Failure> {
        let machine = |error: std::io::Error| Failure::Machine(format!("no temporary file: {error}"));
        let folder = working_folder(index).map_err(machine)?;
        fs::write(folder.path().join(INPUT), pdf).map_err(machine)?;
        Ok(Self { guard, memory, language: &ocr.language, folder, deadline: Instant::now() + ocr.time })
    }

    /// Runs a program for as long as is left, and returns its stdout and stderr.
    fn run(&self, program: &Path, arguments: &[&str]) -> Result<(Vec<u8>, Vec<u8>), Failure> {
        let time = self.deadline.saturating_duration_since(Instant::now());
        if time.is_zero() {
            return Err(Failure::Time);
        }
        let run = Run {
            guard: Some(self.guard),
            program,
            arguments: arguments.iter().map(OsStr::new).collect(),
            folder: Some(self.folder.path()),
            limits: Limits { time, memory: self.memory },
        };
        run.output(b"").map(|said| (said.out, said.err))
    }

    /// A picture at a time, so that little lies on the disk.
    fn by_pages(
        &self,
        pdfinfo: &Path,
        pdftoppm: &Path,
        tesseract: &Path,
    ) -> Result<(String, String), Failure> {
        let (facts, _) = self.run(pdfinfo, &[INPUT])?;
        let facts = String::from_utf8_lossy(&facts).into_owned();
        let n_pages: Option<u32> =
            facts.lines().find_map(|line| line.strip_prefix("Pages:")?.trim().parse().ok());
        let n_pages = n_pages.ok_or_else(|| Failure::Fault("`pdfinfo` counts no pages".to_owned()))?;
        let picture = format!("{PICTURE}.png");
        let mut pages = Vec::new();
        for page in 1..=n_pages {
            let page = page.to_string();
            let draw = [
                "-f",
                &page,
                "-l",
                &page,
                "-singlefile",
                "-scale-to",
                PIXELS,
                "-gray",
                "-png",
                INPUT,
                PICTURE,
            ];
            self.run(pdftoppm, &draw)?;
            let (text, _) = self.run(tesseract, &[&picture, "stdout", "-l", self.language])?;
            pages.push(String::from_utf8_lossy(&text).replace('\u{c}', "\n"));
        }
        Ok((self.version("tesseract", tesseract)?, pages.join("\u{c}")))
    }

    fn as_a_whole(&self, ocrmypdf: &Path) -> Result<(String, String), Failure> {
        let arguments = [
            "--quiet",
            "--force-ocr",
            "--jobs",
            "1",
            "--output-type",
            "pdf",
            "--optimize",
            "0",
            "-l",
            self.language,
            "--sidecar",
            TEXT,
            INPUT,
            "with-text.pdf",
        ];
        self.run(ocrmypdf, &arguments)?;
        let text = read_written(&self.folder.path().join(TEXT), "ocrmypdf")?;
        Ok((self.version("ocrmypdf", ocrmypdf)?, String::from_utf8_lossy(&text).into_owned()))
    }

    /// The program's name and version: the last word of the first line that it
    /// says of itself, on stdout or, in older versions, on stderr.
    fn version(&self, name: &str, program: &Path) -> Result<String, Failure> {
        let (out, err) = self.run(program, &["--version"])?;
        let said = if out.is_empty() { err } else { out };
        let said = String::from_utf8_lossy(&said).into_owned();
        let version = said.lines().next().unwrap_or_default().split_whitespace().last().unwrap_or_default();
        Ok(format!("{name} {version}").trim_end().to_owned())
    }
}
