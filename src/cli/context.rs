//! What every command is given: where to read, how and where to write.

use std::fs;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};

use indicatif::{ProgressBar, ProgressStyle};

use super::Cli;
use crate::corpus::{Corpus, Home};
use crate::index::Index;
use crate::model::{Error, Result};
use crate::report::{self, Format, Layout, Style, Table, Writer};
use crate::sample;

/// The settings that all commands share.
pub struct Context {
    /// The home.
    pub home: Home,
    /// How results are written.
    pub format: Format,
    /// Where results go; stdout when there is none.
    pub output: Option<PathBuf>,
    /// Whether stderr is for errors only.
    pub quiet: bool,
    raw_csv: bool,
}

impl Context {
    /// Fails where no format is given and the name of the file ends as none does.
    pub(super) fn new(cli: &Cli) -> Result<Self> {
        let format = match (cli.format, &cli.output) {
            (Some(format), _) => format,
            (None, Some(path)) if !cli.writes_codebook() => Format::of_file(path)?,
            (None, _) => Format::default(),
        };
        Ok(Self {
            home: Home::new(&cli.home),
            format,
            output: cli.output.clone(),
            quiet: cli.quiet,
            raw_csv: cli.raw_csv,
        })
    }

    /// Writes a table where results go.
    pub fn write(&self, table: &Table) -> Result<()> {
        self.write_in(self.format, table)
    }

    /// Writes a table where results go, in a format of its own.
    pub fn write_in(&self, format: Format, table: &Table) -> Result<()> {
        let style = self.style(self.output.is_none() && io::stdout().is_terminal());
        self.write_with(|out| report::write(table, format, style, out))
    }

    /// Writes rows where results go: in CSV and JSON Lines each as it comes,
    /// without the table in memory. An error of ours stops it as
    /// [`io::Error::other`], and is given back as it was.
    pub fn write_rows(
        &self,
        format: Format,
        columns: &[&str],
        layout: Layout,
        rows: impl FnOnce(&mut Writer) -> io::Result<()>,
    ) -> Result<()> {
        let style = self.style(self.output.is_none() && io::stdout().is_terminal());
        self.write_with(|out| {
            let mut writer = Writer::new(columns, layout, format, style, out)?;
            rows(&mut writer)?;
            writer.finish()
        })
    }

    /// Writes what is no table where results go.
    pub fn write_with(&self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<()> {
        let Some(path) = &self.output else {
            let mut out = BufWriter::new(io::stdout().lock());
            return write(&mut out).and_then(|()| out.flush()).map_err(not_written(Path::new("stdout")));
        };
        write_whole(path, write)
    }

    /// Writes rows as CSV to a file, which appears only when it is complete.
    pub fn write_rows_to(
        &self,
        path: &Path,
        columns: &[&str],
        rows: impl FnOnce(&mut Writer) -> io::Result<()>,
    ) -> Result<()> {
        write_whole(path, |out| {
            let mut writer = Writer::new(columns, Layout::Grid, Format::Csv, self.style(false), out)?;
            rows(&mut writer)?;
            writer.finish()
        })
    }

    fn style(&self, is_terminal: bool) -> Style {
        let colour = is_terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        let width = is_terminal.then(terminal_width).flatten();
        Style { colour, width, raw_csv: self.raw_csv }
    }

    /// The width of the terminal that results go to, in columns; `None` where
    /// they go elsewhere.
    pub fn width(&self) -> Option<usize> {
        let is_terminal = self.output.is_none() && io::stdout().is_terminal();
        is_terminal.then(terminal_width).flatten().map(usize::from)
    }

    /// Opens the index, and says so when the corpus has changed since it was
    /// made: then it does not answer for all that is there.
    pub fn index(&self) -> Result<Index> {
        let index = Index::open(&self.home)?;
        let made_of = index.format();
        let is_stale = Corpus::open_read_only(&self.home).is_ok_and(|corpus| {
            corpus.mark() != made_of.catalogue
                && corpus.fingerprint().is_ok_and(|fingerprint| fingerprint != made_of.corpus)
        });
        if is_stale {
            self.say("the corpus has changed since it was indexed: run `scrutineer index`");
        }
        Ok(index)
    }

    /// Notes that the home holds the built-in sample, whose invented councils
    /// would be counted among those that are now added.
    pub fn warn_of_sample(&self, corpus: &Corpus) -> Result<()> {
        let sites = sample::sites();
        if corpus.meetings()?.iter().any(|meeting| sites.iter().any(|site| site.id == meeting.id.site)) {
            self.say("this home holds the built-in sample; its invented councils will be counted too");
        }
        Ok(())
    }

    /// Says something to the person, on stderr.
    pub fn say(&self, words: impl AsRef<str>) {
        if !self.quiet {
            words.as_ref().lines().for_each(|line| eprintln!("{}", report::printable(line)));
        }
    }

    /// Names an input that failed, on stderr, also where it is quiet.
    pub fn warn(&self, words: impl AsRef<str>) {
        eprintln!("scrutineer: {}", report::printable(words.as_ref()));
    }

    /// A progress bar on stderr; it draws nothing unless that is a terminal.
    pub fn progress(&self, length: u64, what: &'static str) -> ProgressBar {
        if self.quiet || !io::stderr().is_terminal() {
            return ProgressBar::hidden();
        }
        let style = ProgressStyle::with_template("{msg:9} [{bar:40}] {pos}/{len} {elapsed}");
        let bar = ProgressBar::new(length);
        bar.set_style(style.expect("the template is right"));
        bar.set_message(what);
        bar
    }
}

/// Writes a file, which appears only when it is complete.
pub fn write_whole(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".part");
    let beside = PathBuf::from(beside);
    let written = || -> io::Result<()> {
        let mut out = BufWriter::new(fs::File::create(&beside)?);
        write(&mut out)?;
        out.into_inner()?.sync_all()?;
        fs::rename(&beside, path)
    };
    written().map_err(|source| {
        // Nothing that looks complete is left behind; that it cannot be
        // removed either adds nothing to the error.
        let _ = fs::remove_file(&beside);
        not_written(path)(source)
    })
}

/// Why something was not written: an error of ours that stopped it, or what was
/// wrong with the file.
fn not_written(path: &Path) -> impl FnOnce(io::Error) -> Error {
    move |source| source.downcast().unwrap_or_else(Error::io("write", path))
}

/// The terminal's width in columns, where it says so.
fn terminal_width() -> Option<u16> {
    let columns = rustix::termios::tcgetwinsize(io::stdout()).ok()?.ws_col;
    (columns > 0).then_some(columns)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_of_ours_that_stops_the_writing_is_given_back_as_it_was() {
        let check = |source: io::Error, expected: &str| {
            assert_eq!(not_written(Path::new("x.csv"))(source).to_string(), expected);
        };
        check(io::Error::other(Error::Input("the index is gone".into())), "the index is gone");
        check(io::Error::from(io::ErrorKind::StorageFull), "cannot write `x.csv`");
    }
}
