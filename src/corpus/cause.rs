//! Why a document did not come.

use serde::{Deserialize, Serialize};

use super::Outcome;

/// Why something that was asked for did not come, or was not asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// The site's robots.txt disallows it.
    Robots,
    /// The site refuses it (401, 403, 451).
    Forbidden,
    /// The site sends a test that only a person in a browser can pass.
    Challenge,
    /// The site sends a login.
    Login,
    /// It lies where the crawl does not go: another host, a private address, a
    /// scheme that is not HTTP.
    OutOfBounds,
    /// The site's certificate is not good: expired, of another host, of nobody
    /// known.
    Untrusted,
    /// It was there once and is not public any more. What was stored stays.
    Withdrawn,
    /// It is not there (404, 410).
    Missing,
    /// It took longer than the deadline.
    TimeOut,
    /// The site has a fault, or asks for fewer requests (5xx, 429).
    Fault,
    /// No connection, or an answer that broke off or cannot be unpacked.
    Broken,
    /// It is larger than a limit of ours.
    TooLong,
    /// Something else came in its place.
    WrongContent,
}

impl Cause {
    /// All causes, refusals first.
    pub const ALL: [Self; 13] = [
        Self::Robots,
        Self::Forbidden,
        Self::Challenge,
        Self::Login,
        Self::OutOfBounds,
        Self::Untrusted,
        Self::Withdrawn,
        Self::Missing,
        Self::TimeOut,
        Self::Fault,
        Self::Broken,
        Self::TooLong,
        Self::WrongContent,
    ];

    /// Whether somebody said no, or it could not be had.
    pub fn outcome(self) -> Outcome {
        match self {
            Self::Robots
            | Self::Forbidden
            | Self::Challenge
            | Self::Login
            | Self::OutOfBounds
            | Self::Untrusted
            | Self::Withdrawn => Outcome::Refused,
            Self::Missing
            | Self::TimeOut
            | Self::Fault
            | Self::Broken
            | Self::TooLong
            | Self::WrongContent => Outcome::Failed,
        }
    }

    /// Whether it is of the moment, so that the next crawl may well be given what
    /// this one was not. A site that tests for browsers does so for some days.
    pub fn is_passing(self) -> bool {
        matches!(self, Self::TimeOut | Self::Fault | Self::Broken | Self::Challenge)
    }

    /// The name used in the catalogue and in tables, such as `time-out`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Robots => "robots",
            Self::Forbidden => "forbidden",
            Self::Challenge => "challenge",
            Self::Login => "login",
            Self::OutOfBounds => "out-of-bounds",
            Self::Untrusted => "untrusted",
            Self::Withdrawn => "withdrawn",
            Self::Missing => "missing",
            Self::TimeOut => "time-out",
            Self::Fault => "fault",
            Self::Broken => "broken",
            Self::TooLong => "too-long",
            Self::WrongContent => "wrong-content",
        }
    }

    /// The cause of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cause| cause.name() == name)
    }
}

/// Why an answer is not the document that was asked for, or why there is none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unfit {
    /// What kind of reason it is.
    pub cause: Cause,
    /// The reason in plain words.
    pub reason: String,
}

impl Unfit {
    /// [`Outcome::Refused`] or [`Outcome::Failed`].
    pub fn outcome(&self) -> Outcome {
        self.cause.outcome()
    }

    /// The same of something that is held: what is missing now was withdrawn.
    pub(super) fn of_held(self, is_held: bool) -> Self {
        match self.cause {
            Cause::Missing | Cause::Login if is_held => Self { cause: Cause::Withdrawn, ..self },
            _ => self,
        }
    }
}
