//! The nouns: council, site, meeting, document, agenda item, passage.
//!
//! Plain data, no I/O, no engine. Every other module speaks in these.

mod council;
mod date;
mod document;
mod error;
mod meeting;
mod passage;
mod reading;
mod rules;

pub use council::{Council, Councils, slug};
pub use date::{DateRange, PartialDate};
pub use document::{Digest, Document, DocumentRole, Edition};
pub use error::{Error, Result};
pub use meeting::{
    IssueLink, Meeting, MeetingId, MeetingStatus, Platform, Site, SiteId, body_words, is_body_named,
};
pub use passage::{Kind, Language, Passage, PassageId};
pub use reading::{
    AgendaItem, Attendance, DateSource, Defect, Interest, ItemPassage, Motion, Person, Reading, Votes,
    Warning,
};
pub use rules::{LinkRule, PageRules, Pattern, RuledSite};
