//! What a text must hold for a query to be true: the part of a query that an
//! engine without positions of our kind can answer.
//!
//! An engine proposes the passages for which the need holds; the evaluator
//! decides. A need never excludes a passage that is true: where it cannot tell
//! it is [`Need::All`].

use std::collections::HashSet;

use super::pattern;
use super::query::{Clause, Phrase, Query, Slot, Word};
use super::token::Tokens;

/// A necessary condition on the words of one passage.
///
/// “The words” are its tokens and its compounds, written as one word: an
/// engine must index both.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Need {
    /// Nothing is needed: any passage may be true.
    All,
    /// One of the words is this one.
    Word(String),
    /// One of the words has this English stem.
    Stem(String),
    /// One of the words fits, where each `*` is any number of letters or digits.
    Pattern(String),
    /// All of these; two or more, none of them `All` or `And`.
    And(Vec<Need>),
    /// At least one of these; two or more, none of them `All` or `Or`.
    Or(Vec<Need>),
}

impl Query {
    /// What a passage must hold for the query to be true of it alone.
    ///
    /// Never excludes a passage of which the query is true.
    pub fn need(&self) -> Need {
        of_clause(&self.clause, all_of)
    }

    /// What at least one passage must hold for the query to be true of a unit
    /// of several.
    ///
    /// The words of an AND may stand in different passages, so any one of its
    /// operands will do. Never excludes a unit of which the query is true.
    pub fn need_of_unit(&self) -> Need {
        of_clause(&self.clause, |needs| {
            let positive: Vec<Need> = needs.into_iter().filter(|need| *need != Need::All).collect();
            if positive.is_empty() { Need::All } else { any_of(positive) }
        })
    }
}

impl Need {
    /// Whether it holds for a text: what it means, in terms of tokens.
    pub fn holds(&self, tokens: &Tokens) -> bool {
        match self {
            Self::All => true,
            Self::And(all) => all.iter().all(|need| need.holds(tokens)),
            Self::Or(all) => all.iter().any(|need| need.holds(tokens)),
            Self::Word(wanted) => {
                tokens.words().any(|word| word == wanted)
                    || tokens.compounds().iter().any(|compound| compound.word == *wanted)
            }
            Self::Stem(wanted) => {
                (0..tokens.len()).any(|at| tokens.stem(at) == wanted)
                    || tokens.compounds().iter().any(|compound| tokens.stem_of(compound) == wanted)
            }
            Self::Pattern(wanted) => {
                tokens.words().any(|word| pattern::fits(wanted, word))
                    || tokens.compounds().iter().any(|compound| pattern::fits(wanted, &compound.word))
            }
        }
    }
}

/// Masks are passed over: they only take matches away, and where that could
/// make a query true, under NOT, everything is let through.
fn of_clause(clause: &Clause, of_and: fn(Vec<Need>) -> Need) -> Need {
    match clause {
        Clause::Phrase(phrase) => of_phrase(phrase),
        Clause::Near(near) => all_of(vec![of_clause(&near.left, of_and), of_clause(&near.right, of_and)]),
        Clause::Not(_) | Clause::Field(..) | Clause::Date(_) => Need::All,
        Clause::And(all) => of_and(all.iter().map(|clause| of_clause(clause, of_and)).collect()),
        Clause::Or(all) => any_of(all.iter().map(|clause| of_clause(clause, of_and)).collect()),
    }
}

fn of_phrase(Phrase(slots): &Phrase) -> Need {
    all_of(slots.iter().map(of_slot).collect())
}

fn of_slot(slot: &Slot) -> Need {
    match slot {
        Slot::Word(word) => of_word(word),
        Slot::Hyphened { parts, joined } => {
            any_of(vec![of_word(joined), all_of(parts.iter().map(of_word).collect())])
        }
    }
}

fn of_word(word: &Word) -> Need {
    match word {
        Word::Exact(word) => Need::Word(word.clone()),
        Word::Stem { word, stem } if word == stem => Need::Stem(stem.clone()),
        // What is not English has no stems.
        Word::Stem { word, stem } => Need::Or(vec![Need::Stem(stem.clone()), Need::Word(word.clone())]),
        Word::Pattern(pattern) => Need::Pattern(pattern.clone()),
    }
}

fn all_of(needs: Vec<Need>) -> Need {
    let mut all: Vec<Need> = Vec::new();
    for need in needs {
        match need {
            Need::All => {}
            Need::And(inner) => all.extend(inner),
            other => all.push(other),
        }
    }
    only(&mut all).unwrap_or(if all.is_empty() { Need::All } else { Need::And(all) })
}

fn any_of(needs: Vec<Need>) -> Need {
    let mut any: Vec<Need> = Vec::new();
    for need in needs {
        match need {
            Need::All => return Need::All,
            Need::Or(inner) => any.extend(inner),
            other => any.push(other),
        }
    }
    only(&mut any).unwrap_or(Need::Or(any))
}

/// Takes out equal ones; gives what is left if it is one.
fn only(needs: &mut Vec<Need>) -> Option<Need> {
    let mut seen = HashSet::new();
    needs.retain(|need| seen.insert(need.clone()));
    if needs.len() == 1 { needs.pop() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::{Terms, parse};

    fn word(word: &str) -> Need {
        Need::Word(word.to_owned())
    }

    #[track_caller]
    fn check(query: &str, need: Need, of_unit: Need) {
        let query = parse(query, Terms::Exact).unwrap();
        assert_eq!((query.need(), query.need_of_unit()), (need, of_unit), "{query}");
    }

    #[test]
    fn a_phrase_needs_all_of_its_words() {
        let need = Need::And(vec![word("annual"), word("report")]);
        check("\"annual report\"", need.clone(), need.clone());
        check("annual NEAR/3 report", need.clone(), need);
        check("a", word("a"), word("a"));
    }

    #[test]
    fn the_words_of_an_and_may_stand_in_different_passages() {
        check("a AND b", Need::And(vec![word("a"), word("b")]), Need::Or(vec![word("a"), word("b")]));
        check("a AND NOT b", word("a"), word("a"));
        check("a AND title:b", word("a"), word("a"));
    }

    #[test]
    fn what_cannot_be_told_needs_nothing() {
        check("NOT a", Need::All, Need::All);
        check("a OR NOT b", Need::All, Need::All);
        check("title:a date:2019", Need::All, Need::All);
        check("MASK(a) NOT b", Need::All, Need::All);
    }

    #[test]
    fn a_hyphened_word_has_two_ways_to_be_found() {
        let parts = Need::And(vec![word("multi"), word("agency")]);
        let need = Need::Or(vec![word("multiagency"), parts]);
        check("multi-agency", need.clone(), need);
        assert!(parse("multiagency", Terms::Exact).unwrap().need().holds(&Tokens::read("multi-agency")));
    }

    #[test]
    fn stems_and_patterns_are_passed_on() {
        let query = parse("budgets work*", Terms::Stemmed).unwrap();
        assert_eq!(
            query.need(),
            Need::And(vec![
                Need::Or(vec![Need::Stem("budget".to_owned()), Need::Word("budgets".to_owned())]),
                Need::Pattern("work*".to_owned()),
            ])
        );
    }
}
