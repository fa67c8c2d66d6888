//! The conditions of a query on what passages inherit, each asked once for a value.

use tantivy::columnar::StrColumn;

use super::class::Class;
use super::contents::Contents;
use super::engine::Columns;
use super::gather::Selected;
use crate::search::{Context, Field, FieldTest};

/// For which of the values that documents have a condition on the context holds,
/// as far as it was asked for.
pub struct FieldMemo {
    by: By,
    known: Vec<Option<bool>>,
}

/// What a condition looks at: documents that have one value of it hold it alike.
enum By {
    Meeting,
    Body,
    Class,
    Title,
    Label,
}

impl FieldMemo {
    /// A condition that was not asked for yet.
    pub fn new(test: &FieldTest, contents: &Contents, columns: &Columns) -> Self {
        let (by, n_values) = match test {
            FieldTest::Date(_) => (By::Meeting, contents.meetings.len()),
            FieldTest::Words { field: Field::Body | Field::Council, .. } => (By::Body, contents.bodies.len()),
            FieldTest::Words { field: Field::Kind, .. } => (By::Class, Class::COUNT),
            FieldTest::Words { field: Field::Title, .. } => (By::Title, columns.title.num_terms()),
            FieldTest::Words { field: Field::Item, .. } => (By::Label, columns.label.num_terms()),
        };
        Self { by, known: vec![None; n_values] }
    }

    /// Whether it holds for a passage.
    pub fn holds(&mut self, test: &FieldTest, contents: &Contents, columns: &Columns, of: Selected) -> bool {
        let meeting = &contents.meetings[of.place as usize];
        let value = match self.by {
            By::Meeting => of.place as usize,
            By::Body => meeting.body,
            By::Class => of.class.number(),
            By::Title => columns.title.ords().first(of.doc).unwrap_or_default() as usize,
            By::Label => columns.label.ords().first(of.doc).unwrap_or_default() as usize,
        };
        if let Some(known) = self.known.get(value).copied().flatten() {
            return known;
        }
        let text = |column: &StrColumn| {
            let mut text = String::new();
            // Of a value that is not there nothing holds.
            let _is_there = column.ord_to_str(value as u64, &mut text);
            text
        };
        let (title, item) = match self.by {
            By::Title => (text(&columns.title), String::new()),
            By::Label => (String::new(), text(&columns.label)),
            By::Meeting | By::Body | By::Class => Default::default(),
        };
        let body = &contents.bodies[meeting.body];
        let holds = test.holds(&Context {
            title: &title,
            item: &item,
            body: &body.name,
            council: &body.council,
            council_name: &body.council_name,
            kind: of.class.kind.name(),
            date: meeting.date,
        });
        if let Some(known) = self.known.get_mut(value) {
            *known = Some(holds);
        }
        holds
    }
}
