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
    /// By their numbers: the classes that pass, and which of their passages do.
    classes: Vec<Option<(Class, Wording)>>,
}

/// Passages of which wording pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wording {
    Any,
    /// What is no boilerplate by repetition.
    New,
    /// What is boilerplate by repetition.
    Repeated,
}

impl Selection {
    /// What a filter lets through.
    pub fn new(filter: &Filter, contents: &Contents, copies: &Copies) -> Self {
        let wording = if filter.includes_boilerplate() { Wording::Any } else { Wording::New };
        Self::of(filter, contents, copies, |class| class.passes(filter).then_some(wording))
    }

    /// What a filter leaves out for being a standing item, a heading or boilerplate, and
    /// for nothing else.
    pub fn beside(filter: &Filter, contents: &Contents, copies: &Copies) -> Self {
        let all = Filter { with_boilerplate: true, ..filter.clone() };
        Self::of(filter, contents, copies, |class| match (class.passes(filter), class.passes(&all)) {
            (true, _) if filter.includes_boilerplate() => None,
            (true, _) => Some(Wording::Repeated),
            (false, true) => Some(Wording::Any),
            (false, false) => None,
        })
    }

    fn of(
        filter: &Filter,
        contents: &Contents,
        copies: &Copies,
        wording: impl Fn(Class) -> Option<Wording>,
    ) -> Self {
        let left_out = copies.left_out(filter);
        let passes = |meeting: &IndexedMeeting| {
            let body = &contents.bodies[meeting.body];
            filter.passes_council(&body.council)
                && filter.passes_body(&body.name)
                && filter.passes_date(meeting.date)
        };
        let is_copy = |meeting: &IndexedMeeting| left_out.contains_key(&meeting.id);
        let meetings = || contents.meetings.iter();
        let class = |number| {
            let class = Class::from_number(number)?;
            Some((class, wording(class)?))
        };
        Self {
            meetings: filter.is_of_meetings().then(|| meetings().map(passes).collect()),
            copies: (!left_out.is_empty()).then(|| meetings().map(is_copy).collect()),
            classes: (0..Class::COUNT).map(class).collect(),
        }
    }

    /// The class of that number, if a passage of it passes in the meeting at that place;
    /// `wording` is that of the passage.
    #[inline]
    pub fn class_of(
        &self,
        contents: &Contents,
        place: usize,
        class: usize,
        wording: impl Fn() -> u64,
    ) -> Option<Class> {
        let (class, passing) = self.passing(place, class)?;
        let is_repeated = || contents.has_repeated(place) && contents.repeated(place, wording()).is_some();
        let passes = match passing {
            Wording::Any => true,
            Wording::New => !is_repeated(),
            Wording::Repeated => is_repeated(),
        };
        passes.then_some(*class)
    }

    /// The class of that number, if passages of it pass in the meeting at that place, as
    /// far as their wording is no boilerplate there by repetition.
    pub fn class(&self, place: usize, class: usize) -> Option<Class> {
        self.passing(place, class).map(|(class, _)| *class)
    }

    #[inline]
    fn passing(&self, place: usize, class: usize) -> Option<&(Class, Wording)> {
        let passing @ (class, _) = self.classes.get(class)?.as_ref()?;
        let passes = self.meetings.as_ref().is_none_or(|meetings| meetings[place])
            && !self.copies.as_ref().is_some_and(|copies| copies[place] && class.edition.is_minutes());
        passes.then_some(passing)
    }
}
