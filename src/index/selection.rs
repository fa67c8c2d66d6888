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
    /// By their numbers: the classes that pass.
    classes: Vec<Option<Class>>,
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
        let class = |number| Class::from_number(number).filter(|class| class.passes(filter));
        Self {
            meetings: filter.is_of_meetings().then(|| meetings().map(passes).collect()),
            copies: (!left_out.is_empty()).then(|| meetings().map(is_copy).collect()),
            classes: (0..Class::COUNT).map(class).collect(),
            with_boilerplate: filter.includes_boilerplate(),
        }
    }

    /// The class of that number, if a passage of it passes in the meeting at that place;
    /// `wording` is that of the passage.
    pub fn class_of(
        &self,
        contents: &Contents,
        place: usize,
        class: usize,
        wording: impl Fn() -> u64,
    ) -> Option<Class> {
        self.class(place, class).filter(|_| {
            self.with_boilerplate
                || !contents.has_repeated(place)
                || contents.repeated(place, wording()).is_none()
        })
    }

    /// The class of that number, if passages of it pass in the meeting at that place, as
    /// far as their wording is no boilerplate there by repetition.
    pub fn class(&self, place: usize, class: usize) -> Option<Class> {
        let class = (*self.classes.get(class)?)?;
        let passes = self.meetings.as_ref().is_none_or(|meetings| meetings[place])
            && !self.copies.as_ref().is_some_and(|copies| copies[place] && class.edition.is_minutes());
        passes.then_some(class)
    }
}
