//! A filter made ready: which meetings, and which classes of passages, pass it.

use tantivy::DocId;

use super::class::Class;
use super::contents::Contents;
use super::copies::Copies;
use super::engine::Columns;
use crate::search::Filter;

/// What a filter lets through, of the meetings of an index.
#[derive(Debug, Clone)]
pub struct Selection {
    /// By place in [`Contents::meetings`]: whether the meeting passes.
    meetings: Vec<bool>,
    /// By place: whether its minutes count under another meeting.
    copies: Vec<bool>,
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
        let passes = |meeting: &super::contents::IndexedMeeting| {
            let body = &contents.bodies[meeting.body];
            filter.passes_council(&body.council)
                && filter.passes_body(&body.name)
                && filter.passes_date(meeting.date)
        };
        let class = |number: usize| Class::from_number(number).expect("it is below Class::COUNT");
        Self {
            meetings: contents.meetings.iter().map(passes).collect(),
            copies: contents.meetings.iter().map(|meeting| left_out.contains_key(&meeting.id)).collect(),
            classes: (0..Class::COUNT).map(|number| class(number).passes(filter)).collect(),
            minutes: (0..Class::COUNT).map(|number| class(number).edition.is_minutes()).collect(),
            with_boilerplate: filter.includes_boilerplate(),
        }
    }

    /// Whether a document passes.
    pub fn passes(&self, contents: &Contents, columns: &Columns, doc: DocId) -> bool {
        let Some(place) = contents.place_of(Columns::value(&columns.number, doc) as u32) else {
            return false;
        };
        self.passes_class(place, Columns::value(&columns.class, doc) as usize)
            && (self.with_boilerplate
                || contents.repeated(place, Columns::value(&columns.wording, doc)).is_none())
    }

    /// Whether passages of this class pass in the meeting at that place.
    pub fn passes_class(&self, place: usize, class: usize) -> bool {
        self.meetings[place]
            && self.classes.get(class) == Some(&true)
            && !(self.copies[place] && self.minutes[class])
    }
}
