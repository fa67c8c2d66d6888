//! A filter made ready: which meetings, and which classes of passages, pass it.

use super::class::Class;
use super::contents::{Contents, IndexedMeeting};
use super::copies::Copies;
use crate::search::Filter;

/// What a filter lets through, of the meetings of an index.
#[derive(Debug, Clone)]
pub struct Selection {
    /// By place in [`Contents::meetings`]: whether the meeting passes; `None` where
    /// all do.
    meetings: Option<Vec<bool>>,
    /// By place: whether its minutes count under another meeting; `None` where none's
    /// do.
    copies: Option<Vec<bool>>,
    /// By the number of a class.
    classes: Vec<bool>,
    /// By the number of a class: whether it is of minutes.
    minutes: Vec<bool>,
    /// Whether boilerplate by repetition passes.
    with_boilerplate: bool,
}

impl Selection {
    /// What a filter lets through.
    pub fn new(filter: &Filter, contents: &Contents, copies: &Copies) -> Self {
        let left_out = copies.left_out(filter);
        let passes = |meeting: &IndexedMeeting| {
            let body = &contents.bodies[meeting.body];
            filter.passes_council(&body.council)
                && filter.passes_body(&body.name)
                && filter.passes_date(meeting.date)
        };
        let is_copy = |meeting: &IndexedMeeting| left_out.contains_key(&meeting.id);
        let meetings = || contents.meetings.iter();
        let class = |number: usize| Class::from_number(number).expect("it is below Class::COUNT");
        Self {
            meetings: filter.is_of_meetings().then(|| meetings().map(passes).collect()),
            copies: (!left_out.is_empty()).then(|| meetings().map(is_copy).collect()),
            classes: (0..Class::COUNT).map(|number| class(number).passes(filter)).collect(),
            minutes: (0..Class::COUNT).map(|number| class(number).edition.is_minutes()).collect(),
            with_boilerplate: filter.includes_boilerplate(),
        }
    }

    /// Whether a passage of this class passes in the meeting at that place, if its
    /// wording is no boilerplate there by repetition.
    pub fn passes(&self, contents: &Contents, place: usize, class: usize, wording: impl Fn() -> u64) -> bool {
        self.passes_class(place, class)
            && (self.with_boilerplate
                || !contents.has_repeated(place)
                || contents.repeated(place, wording()).is_none())
    }

    /// Whether passages of this class pass in the meeting at that place.
    pub fn passes_class(&self, place: usize, class: usize) -> bool {
        self.classes.get(class) == Some(&true)
            && self.meetings.as_ref().is_none_or(|meetings| meetings[place])
            && !self.copies.as_ref().is_some_and(|copies| copies[place] && self.minutes[class])
    }
}
