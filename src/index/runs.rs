//! Runs of a few words, by which a text is known again: formats cut paragraphs
//! differently, and differ in a word here and there.

use std::hash::{DefaultHasher, Hash, Hasher};

use crate::model::Passage;
use crate::search::Tokens;

/// How many words make a run.
const RUN_WORDS: usize = 5;

/// The runs of [`RUN_WORDS`] words of a passage, hashed; one run of all its
/// words where it has fewer.
pub fn runs(passage: &Passage) -> Vec<u64> {
    let tokens = Tokens::read(&passage.text);
    let words: Vec<&str> = tokens.words().collect();
    let hash = |run: &[&str]| {
        let mut hasher = DefaultHasher::new();
        run.hash(&mut hasher);
        hasher.finish()
    };
    let length = words.len().clamp(1, RUN_WORDS);
    words.windows(length).map(hash).collect()
}
