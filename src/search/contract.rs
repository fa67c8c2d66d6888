//! The query language as the contract states it, with no thought of speed: what
//! the evaluator, and the engine, must agree with.
//!
//! Shares nothing with them but the syntax tree and the tokens: every match is
//! made, as the set of its tokens, and every pair of matches is looked at.

use std::collections::BTreeSet;

use super::fuzzy;
use super::query::{Clause, Field, Link, Phrase, Query, Slot, Word};
use super::spans::{Span, Text};
use super::token::Tokens;

/// A match before anything is dropped: its first and last token, and the tokens
/// that a mask of it hides.
type Match = (usize, usize, BTreeSet<usize>);

/// The tokens that are hidden, of each passage.
type Hidden = Vec<BTreeSet<usize>>;

/// What [`super::evaluate`] must return.
pub fn evaluate(query: &Query, unit: &[Text]) -> Option<Vec<Vec<Span>>> {
    let nothing: Hidden = vec![BTreeSet::new(); unit.len()];
    let mut hidden = nothing.clone();
    for mask in &query.masks {
        hide(mask, unit, &nothing, &mut hidden);
    }
    if !is_true(&query.clause, unit, &hidden) {
        return None;
    }
    let of_passage = |at: usize| {
        let all: BTreeSet<(usize, usize)> = counted(&query.clause, unit, &hidden, at)
            .into_iter()
            .map(|(first, last, _)| (first, last))
            .collect();
        let contains = |outer: &(usize, usize), inner: &(usize, usize)| {
            outer != inner && outer.0 <= inner.0 && inner.1 <= outer.1
        };
        let kept = all.iter().filter(|span| !all.iter().any(|other| contains(span, other)));
        let mut spans: Vec<Span> =
            kept.map(|&(first, last)| Span { first: first as u32, last: last as u32 }).collect();
        spans.sort();
        spans
    };
    Some((0..unit.len()).map(of_passage).collect())
}

fn is_true(clause: &Clause, unit: &[Text], hidden: &Hidden) -> bool {
    match clause {
        Clause::Phrase(_) | Clause::Near(_) => {
            (0..unit.len()).any(|at| !matches(clause, unit[at].tokens, &hidden[at]).is_empty())
        }
        Clause::Field(field, inner) => unit.iter().any(|text| field_holds(*field, inner, text)),
        Clause::Date(range) => {
            unit.iter().any(|text| text.context.date.is_some_and(|date| range.contains(date)))
        }
        Clause::Not(inner) => !is_true(inner, unit, hidden),
        Clause::And(all) => all.iter().all(|inner| is_true(inner, unit, hidden)),
        Clause::Or(any) => any.iter().any(|inner| is_true(inner, unit, hidden)),
    }
}

/// The matches of a clause in one passage of the unit.
fn counted(clause: &Clause, unit: &[Text], hidden: &Hidden, at: usize) -> BTreeSet<Match> {
    match clause {
        Clause::Phrase(_) | Clause::Near(_) => matches(clause, unit[at].tokens, &hidden[at]),
        Clause::Not(_) | Clause::Field(..) | Clause::Date(_) => BTreeSet::new(),
        Clause::And(_) if !is_true(clause, unit, hidden) => BTreeSet::new(),
        Clause::And(all) | Clause::Or(all) => {
            all.iter().flat_map(|inner| counted(inner, unit, hidden, at)).collect()
        }
    }
}

fn hide(mask: &Clause, unit: &[Text], nothing: &Hidden, hidden: &mut Hidden) {
    for (at, hidden) in hidden.iter_mut().enumerate() {
        hidden.extend(counted(mask, unit, nothing, at).into_iter().flat_map(|(.., tokens)| tokens));
    }
}

fn field_holds(field: Field, inner: &Clause, text: &Text) -> bool {
    let context = &text.context;
    let values = match field {
        Field::Title => vec![context.title],
        Field::Body => vec![context.body],
        Field::Item => vec![context.item],
        Field::Council => vec![context.council_name, context.council],
        Field::Kind => vec![context.kind],
    };
    let tokens: Vec<Tokens> = values.into_iter().map(Tokens::read).collect();
    let unit: Vec<Text> = tokens.iter().map(|tokens| Text { tokens, ..*text }).collect();
    is_true(inner, &unit, &vec![BTreeSet::new(); unit.len()])
}

fn matches(clause: &Clause, tokens: &Tokens, hidden: &BTreeSet<usize>) -> BTreeSet<Match> {
    match clause {
        Clause::Phrase(Phrase(slots)) => {
            let ends = |from| ends_of(slots, from, tokens, hidden);
            let of = |first| ends(first).into_iter().map(move |end| (first, end - 1, (first..end).collect()));
            (0..tokens.len()).flat_map(of).collect()
        }
        Clause::Or(any) => any.iter().flat_map(|inner| matches(inner, tokens, hidden)).collect(),
        Clause::Near(near) => {
            let (left, right) = (matches(&near.left, tokens, hidden), matches(&near.right, tokens, hidden));
            let mut pairs = BTreeSet::new();
            for a in &left {
                for b in &right {
                    if is_near(near.link, a, b, tokens) {
                        let both = a.2.union(&b.2).copied().collect();
                        pairs.insert((a.0.min(b.0), a.1.max(b.1), both));
                    }
                }
            }
            pairs
        }
        Clause::Field(..) | Clause::Date(_) | Clause::Not(_) | Clause::And(_) => unreachable!(),
    }
}

fn is_near(link: Link, a: &Match, b: &Match, tokens: &Tokens) -> bool {
    let gap = |before: &Match, after: &Match| after.0.checked_sub(before.1 + 1);
    let is_within = |gap: Option<usize>, most: u32| gap.is_some_and(|gap| gap <= most as usize);
    let is_apart = gap(a, b).is_some() || gap(b, a).is_some();
    match link {
        Link::Near(most) => is_within(gap(a, b), most) || is_within(gap(b, a), most),
        Link::Pre(most) => is_within(gap(a, b), most),
        Link::Passage => is_apart,
        Link::Sentence => {
            let sentence = |at: usize| tokens.sentence_ends().iter().filter(|&&end| end < at).count();
            let all = [a.0, a.1, b.0, b.1].map(sentence);
            is_apart && all.iter().all(|one| *one == all[0])
        }
    }
}

/// The tokens after each match of the slots that begins at a token.
fn ends_of(slots: &[Slot], from: usize, tokens: &Tokens, hidden: &BTreeSet<usize>) -> BTreeSet<usize> {
    let Some((slot, rest)) = slots.split_first() else { return BTreeSet::from([from]) };
    let here = match slot {
        Slot::Word(word) => ends_of_word(word, from, tokens, hidden),
        Slot::Hyphened { parts, joined } => {
            let parts: Vec<Slot> = parts.iter().cloned().map(Slot::Word).collect();
            let mut ends = ends_of(&parts, from, tokens, hidden);
            ends.extend(ends_of_word(joined, from, tokens, hidden));
            ends
        }
    };
    here.into_iter().flat_map(|end| ends_of(rest, end, tokens, hidden)).collect()
}

fn ends_of_word(word: &Word, at: usize, tokens: &Tokens, hidden: &BTreeSet<usize>) -> BTreeSet<usize> {
    let mut ends = BTreeSet::new();
    if at < tokens.len() && fits(word, tokens.word(at), tokens.stem(at)) {
        ends.insert(at + 1);
    }
    for compound in tokens.compounds().iter().filter(|compound| compound.first == at) {
        if fits(word, &compound.word, tokens.stem_of(compound)) {
            ends.insert(at + compound.n_tokens);
        }
    }
    ends.retain(|&end| (at..end).all(|token| !hidden.contains(&token)));
    ends
}

fn fits(word: &Word, text: &str, stem_of_text: Option<&str>) -> bool {
    match word {
        Word::Exact(wanted) => wanted == text,
        Word::Stem { word, stem } => word == text || Some(stem.as_str()) == stem_of_text,
        Word::Pattern(pattern) => fits_pattern(pattern, text),
        Word::Fuzzy { word, distance } => fuzzy::distance(word, text) <= usize::from(*distance),
    }
}

fn fits_pattern(pattern: &str, text: &str) -> bool {
    match pattern.chars().next() {
        None => text.is_empty(),
        Some('*') => {
            (0..=text.len()).any(|at| text.get(at..).is_some_and(|text| fits_pattern(&pattern[1..], text)))
        }
        Some(c) => text.starts_with(c) && fits_pattern(&pattern[c.len_utf8()..], &text[c.len_utf8()..]),
    }
}
