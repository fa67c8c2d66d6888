//! The engine's tokens: those of [`Tokens`], so that a query sees the same words
//! in the index as in a text.

use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

use crate::search::Tokens;

/// Stands between the word of a compound and the number of its tokens, as in
/// `multiagency\0` and `2`; no word holds it.
pub const COMPOUND: char = '\0';

/// Stands at the last token of each sentence but the last one; no word begins so.
pub const SENTENCE_END: &str = "\0.";

/// Gives the engine, for each token of a passage, its word at its position; the
/// word of a compound at the position of its first token; and where sentences end.
#[derive(Clone, Default)]
pub struct PassageTokenizer {
    token: Token,
}

/// What the engine takes the tokens of one passage from.
pub struct PassageStream<'a> {
    tokens: Tokens,
    /// How many words, compounds and sentence ends have been given.
    n_words: usize,
    n_compounds: usize,
    n_sentences: usize,
    token: &'a mut Token,
}

impl Tokenizer for PassageTokenizer {
    type TokenStream<'a> = PassageStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> PassageStream<'a> {
        self.token.reset();
        let tokens = Tokens::read(text);
        PassageStream { tokens, n_words: 0, n_compounds: 0, n_sentences: 0, token: &mut self.token }
    }
}

impl TokenStream for PassageStream<'_> {
    fn advance(&mut self) -> bool {
        let Self { tokens, n_words, n_compounds, n_sentences, token } = self;
        token.text.clear();
        if *n_words < tokens.len() {
            token.text.push_str(tokens.word(*n_words));
            token.position = *n_words;
            *n_words += 1;
        } else if let Some(compound) = tokens.compounds().get(*n_compounds) {
            token.text.push_str(&compound_term(&compound.word, compound.n_tokens));
            token.position = compound.first;
            *n_compounds += 1;
        } else if let Some(end) = tokens.sentence_ends().get(*n_sentences) {
            token.text.push_str(SENTENCE_END);
            token.position = *end;
            *n_sentences += 1;
        } else {
            return false;
        }
        true
    }

    fn token(&self) -> &Token {
        self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        self.token
    }
}

/// The term for a compound of so many tokens.
fn compound_term(word: &str, n_tokens: usize) -> String {
    format!("{word}{COMPOUND}{n_tokens}")
}

/// The word of a term, and how many tokens it stands for; `None` for what is no
/// word.
pub fn word_of(term: &str) -> Option<(&str, u32)> {
    match term.split_once(COMPOUND) {
        None => Some((term, 1)),
        Some(("", _)) => None,
        Some((word, n_tokens)) => Some((word, n_tokens.parse().ok()?)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_compounds_and_sentence_ends_have_their_positions() {
        let mut tokenizer = PassageTokenizer::default();
        let mut stream = tokenizer.token_stream("A multi-agency hub. It met.");
        let mut given = Vec::new();
        while stream.advance() {
            given.push((stream.token().text.clone(), stream.token().position));
        }
        let expected = [
            ("a", 0),
            ("multi", 1),
            ("agency", 2),
            ("hub", 3),
            ("it", 4),
            ("met", 5),
            ("multiagency\u{0}2", 1),
            ("\u{0}.", 3),
        ];
        assert_eq!(given, expected.map(|(text, position)| (text.to_owned(), position)));
        assert_eq!(word_of("multiagency\u{0}2"), Some(("multiagency", 2)));
        assert_eq!((word_of("hub"), word_of(SENTENCE_END)), (Some(("hub", 1)), None));
    }
}
