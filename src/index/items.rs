//! The items of which a filter lets passages through: units that counts are counted
//! against, with what each stands in.

use std::collections::BTreeMap;

use super::find::Index;
use crate::search::Filter;

/// What passes a filter of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ItemSize {
    /// The place of its meeting in the order of the corpus.
    pub meeting: usize,
    /// The place of the body that met among those of the index.
    pub body: usize,
    /// Its number within the meeting.
    pub item: u32,
    /// Passages that pass, 1 or more.
    pub passages: u64,
}

impl Index {
    /// The items of which a filter lets passages through, in the order of the corpus. One
    /// look at each passage of the index.
    pub fn items(&self, filter: &Filter) -> Vec<ItemSize> {
        let selection = self.selection(filter);
        let mut items: BTreeMap<(usize, u32), u64> = BTreeMap::new();
        for (columns, segment) in self.columns.iter().zip(self.searcher.segment_readers()) {
            for doc in segment.doc_ids_alive() {
                let Some(place) = self.contents.place_of(columns.number.get_val(doc) as u32) else {
                    continue;
                };
                let class = columns.class.get_val(doc) as usize;
                let wording = || columns.wording(doc);
                if selection.class_of(&self.contents, place, class, wording).is_some() {
                    *items.entry((place, columns.item.get_val(doc) as u32)).or_default() += 1;
                }
            }
        }
        let size = |((meeting, item), passages): ((usize, u32), u64)| {
            let body = self.contents.meetings[meeting].body;
            ItemSize { meeting, body, item, passages }
        };
        items.into_iter().map(size).collect()
    }
}
