//! Documents of a segment as a set.

use tantivy::{DocId, TERMINATED};

/// A set of documents, a bit for each document of the segment.
pub struct DocBits {
    /// By 64 documents.
    words: Vec<u64>,
    /// By 64 documents: how many of the set come before these; only once it is
    /// [ranked](Self::ranked).
    before: Vec<u32>,
}

impl DocBits {
    /// An empty set of a segment with so many documents.
    pub fn new(max_doc: DocId) -> Self {
        Self { words: vec![0; max_doc.div_ceil(64) as usize], before: Vec::new() }
    }

    /// The set of these documents, ready to be asked for ranks.
    pub fn ranked(max_doc: DocId, docs: &[DocId]) -> Self {
        let mut set = Self::new(max_doc);
        docs.iter().for_each(|&doc| set.insert(doc));
        let mut n = 0;
        for word in &set.words {
            set.before.push(n);
            n += word.count_ones();
        }
        set
    }

    /// Puts a document into the set.
    pub fn insert(&mut self, doc: DocId) {
        self.words[doc as usize / 64] |= 1 << (doc % 64);
    }

    /// How many of a ranked set come before this document; `None` if it is not in
    /// the set.
    pub fn rank(&self, doc: DocId) -> Option<u32> {
        let at = doc as usize / 64;
        let (bit, word) = (1 << (doc % 64), self.words[at]);
        (word & bit != 0).then(|| self.before[at] + (word & (bit - 1)).count_ones())
    }

    /// The first document of the set from `target` on.
    pub fn next_from(&self, target: DocId) -> DocId {
        let mut at = target as usize / 64;
        let Some(&word) = self.words.get(at) else { return TERMINATED };
        let mut word = word & (u64::MAX << (target % 64));
        while word == 0 {
            at += 1;
            let Some(&next) = self.words.get(at) else { return TERMINATED };
            word = next;
        }
        at as DocId * 64 + word.trailing_zeros()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_gives_its_documents_and_their_ranks() {
        let docs = [0, 63, 64, 190, 191];
        let set = DocBits::ranked(192, &docs);
        for (rank, doc) in (0..).zip(docs) {
            assert_eq!(set.rank(doc), Some(rank));
            assert_eq!(set.next_from(doc), doc);
        }
        assert_eq!((set.rank(1), set.rank(189)), (None, None));
        let next = [1, 65, 191, 192, 1_000, TERMINATED].map(|target| set.next_from(target));
        assert_eq!(next, [63, 190, 191, TERMINATED, TERMINATED, TERMINATED]);
        assert_eq!(DocBits::new(0).next_from(0), TERMINATED);
    }
}
