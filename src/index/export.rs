//! Every passage that a filter lets through, in the order of the corpus, a few
//! at a time.

use std::iter;

use rayon::prelude::*;
use tantivy::DocAddress;

use super::find::Index;
use crate::model::{Passage, Result};
use crate::search::Filter;

/// How many passages are in memory at once.
const CHUNK: usize = 4_096;

impl Index {
    /// The passages that a filter lets through, in the order of the corpus
    /// (council, date, meeting, place in the meeting), in chunks: as search sees
    /// them, boilerplate by repetition marked. What is in memory is a chunk, and a
    /// few numbers for each passage.
    pub fn passages(&self, filter: &Filter) -> impl Iterator<Item = Result<Vec<Passage>>> {
        let selection = self.selection(filter);
        let mut places: Vec<(u32, DocAddress)> = Vec::new();
        for (ord, segment) in self.searcher.segment_readers().iter().enumerate() {
            let columns = &self.columns[ord];
            for doc in segment.doc_ids_alive() {
                let place = self.contents.place_of(columns.number.get_val(doc) as u32);
                let class = columns.class.get_val(doc) as usize;
                let wording = || columns.wording(doc);
                let passes =
                    |place: &usize| selection.class_of(&self.contents, *place, class, wording).is_some();
                if let Some(place) = place.filter(passes) {
                    places.push((place as u32, DocAddress::new(ord as u32, doc)));
                }
            }
        }
        places.sort_unstable();
        let mut places = places.into_iter();
        iter::from_fn(move || {
            let chunk: Vec<(u32, DocAddress)> = places.by_ref().take(CHUNK).collect();
            let load = |(_, address): &(u32, DocAddress)| self.load_at(*address);
            (!chunk.is_empty()).then(|| chunk.par_iter().map(load).collect())
        })
    }
}
