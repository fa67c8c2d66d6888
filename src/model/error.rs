//! Faults of the world: what was tried, on what, and what to do.

use std::io;
use std::path::PathBuf;

/// The result of anything that touches the world.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong. Messages are lower case and leave the cause to `source`.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file or folder could not be read or written.
    #[error("cannot {action} `{}`", path.display())]
    Io {
        /// What was tried: `read`, `write`, `open` …
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The catalogue could not be read or written.
    #[error("cannot {action} the catalogue `{}`", path.display())]
    Catalogue {
        /// What was tried.
        action: &'static str,
        /// The catalogue's file.
        path: PathBuf,
        /// Why not.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The archive holds something that cannot be read back.
    #[error("cannot read record {offset} of `{}`: {reason}", path.display())]
    Archive {
        /// The WARC file.
        path: PathBuf,
        /// Where the record begins, in bytes.
        offset: u64,
        /// What is wrong with it.
        reason: String,
    },
    /// No host that was asked gave any answer.
    #[error(
        "none of {n_hosts} hosts gave any answer ({reason}): this machine seems to have no network; no failing \
         of theirs was recorded, and the same command tries again"
    )]
    NoNetwork {
        /// How many hosts were asked; at least two.
        n_hosts: usize,
        /// Why the first gave none.
        reason: String,
    },
    /// There is no index yet.
    #[error("there is no index in `{}`; make one with `scrutineer index`", folder.display())]
    NoIndex {
        /// Where it was looked for.
        folder: PathBuf,
    },
    /// A run of `index` ended before the index was complete.
    #[error(
        "the index in `{}` is not complete: the run that made it was ended; complete it with `scrutineer index`",
        folder.display()
    )]
    IndexIncomplete {
        /// The index's folder.
        folder: PathBuf,
    },
    /// The index was made by another version of the program.
    #[error("the index in `{}` has {found}, this program reads {expected}; make it anew with `scrutineer index --rebuild`", folder.display())]
    IndexFormat {
        /// The index's folder.
        folder: PathBuf,
        /// What it says it is.
        found: String,
        /// What was expected.
        expected: String,
    },
    /// The search engine failed.
    #[error("cannot {action} the index in `{}`", folder.display())]
    Engine {
        /// What was tried.
        action: &'static str,
        /// The index's folder.
        folder: PathBuf,
        /// Why not.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A query, a date, a setting or a file given by the user is not what it
    /// should be; the message says what is wrong and what to do.
    #[error("{0}")]
    Input(String),
    /// An address could not be fetched.
    #[error("cannot fetch {url}: {reason}")]
    Fetch {
        /// The address.
        url: String,
        /// Why not.
        reason: String,
    },
}

impl Error {
    /// An I/O fault on `path`, for `map_err`.
    pub fn io(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { action, path, source }
    }
}
