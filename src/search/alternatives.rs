//! The alternatives that a query is made of: what each finds alone, and what is found
//! without it.

use super::query::{Clause, Near, Query, Shown};

/// One of the alternatives of an OR in a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alternative {
    /// The alternative itself, as a query is printed.
    pub term: String,
    /// The query with this alternative in place of its OR, and of every OR around that; with
    /// all masks.
    pub alone: Query,
    /// The query without this alternative; `None` where it has no other.
    pub without: Option<Query>,
}

/// The alternatives of every OR of a query, in order: also those on the sides of a NEAR and
/// within other alternatives, but not those within NOT, fields and masks, nor those of an OR
/// that asks for no word, such as one of fields. A query without an OR is its own only
/// alternative.
///
/// A passage may have several of them, and is found if it has one.
///
/// ```
/// # use scrutineer::search::{Terms, alternatives, parse};
/// let query = parse("damp OR (repairs NEAR/8 (backlog OR wait*))", Terms::Exact).unwrap();
/// let all = alternatives(&query);
/// let terms: Vec<&str> = all.iter().map(|one| one.term.as_str()).collect();
/// assert_eq!(terms, ["damp", "repairs NEAR/8 (backlog OR wait*)", "backlog", "wait*"]);
/// assert_eq!(all[2].alone.to_string(), "repairs NEAR/8 backlog");
/// assert_eq!(all[2].without.as_ref().unwrap().to_string(), "damp OR repairs NEAR/8 wait*");
/// ```
pub fn alternatives(query: &Query) -> Vec<Alternative> {
    let with = |clause| Query { clause, ..query.clone() };
    let shown = |clause: &Clause| Shown(clause, query.terms).to_string();
    let parts = parts(&query.clause);
    if parts.is_empty() {
        return vec![Alternative { term: shown(&query.clause), alone: query.clone(), without: None }];
    }
    let alternative = |part: Part| Alternative {
        term: shown(&part.term),
        alone: with(part.alone),
        without: Some(with(part.without)),
    };
    parts.into_iter().map(alternative).collect()
}

/// An alternative within a clause.
struct Part {
    term: Clause,
    /// The clause with this alternative alone.
    alone: Clause,
    /// The clause without it.
    without: Clause,
}

fn parts(clause: &Clause) -> Vec<Part> {
    match clause {
        Clause::Or(_) if !clause.asks_for_words() => Vec::new(),
        Clause::Or(all) => all.iter().enumerate().flat_map(|(at, one)| parts_of_or(all, at, one)).collect(),
        Clause::And(all) => {
            let and = |at: usize, inner: Clause| {
                let mut all = all.clone();
                all[at] = inner;
                Clause::And(all)
            };
            let inner =
                |(at, one)| parts(one).into_iter().map(move |part: Part| part.within(|inner| and(at, inner)));
            all.iter().enumerate().flat_map(inner).collect()
        }
        Clause::Near(near) => {
            let Near { left, right, link } = &**near;
            let near = |left: &Clause, right: &Clause| {
                Clause::Near(Box::new(Near { left: left.clone(), right: right.clone(), link: *link }))
            };
            let of_left = parts(left).into_iter().map(|part| part.within(|inner| near(&inner, right)));
            let of_right = parts(right).into_iter().map(|part| part.within(|inner| near(left, &inner)));
            of_left.chain(of_right).collect()
        }
        Clause::Phrase(_) | Clause::Field(..) | Clause::Date(_) | Clause::Not(_) => Vec::new(),
    }
}

/// The alternative of an OR at a place, and those within it.
fn parts_of_or(all: &[Clause], at: usize, one: &Clause) -> Vec<Part> {
    let mut others = all.to_vec();
    others.remove(at);
    let without = if others.len() == 1 { others.remove(0) } else { Clause::Or(others) };
    let mut found = vec![Part { term: one.clone(), alone: one.clone(), without }];
    for Part { term, alone, without } in parts(one) {
        let mut all = all.to_vec();
        all[at] = without;
        found.push(Part { term, alone, without: Clause::Or(all) });
    }
    found
}

impl Part {
    fn within(self, around: impl Fn(Clause) -> Clause) -> Self {
        Self { term: self.term, alone: around(self.alone), without: around(self.without) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::{Terms, parse};

    #[track_caller]
    fn check(query: &str, expected: &[(&str, &str, &str)]) {
        let query = parse(query, Terms::Exact).unwrap();
        let found = alternatives(&query);
        let shown = |query: &Option<Query>| query.as_ref().map(Query::to_string).unwrap_or_default();
        let found: Vec<(String, String, String)> =
            found.iter().map(|one| (one.term.clone(), one.alone.to_string(), shown(&one.without))).collect();
        let found: Vec<(&str, &str, &str)> = found.iter().map(|(a, b, c)| (&**a, &**b, &**c)).collect();
        assert_eq!(found, expected);
        for (_, alone, without) in expected {
            for text in [alone, without].into_iter().filter(|text| !text.is_empty()) {
                assert_eq!(parse(text, Terms::Exact).unwrap().to_string(), **text);
            }
        }
    }

    #[test]
    fn each_alternative_of_an_or_is_one() {
        check("a OR \"b c\"", &[("a", "a", "\"b c\""), ("\"b c\"", "\"b c\"", "a")]);
        check("a OR b OR c", &[("a", "a", "b OR c"), ("b", "b", "a OR c"), ("c", "c", "a OR b")]);
    }

    #[test]
    fn what_must_be_there_stays_there() {
        check(
            "MASK(m OR n) (a OR b) NEAR/3 c",
            &[
                ("a", "MASK(m OR n) a NEAR/3 c", "MASK(m OR n) b NEAR/3 c"),
                ("b", "MASK(m OR n) b NEAR/3 c", "MASK(m OR n) a NEAR/3 c"),
            ],
        );
        check(
            "(a OR b) AND title:(x OR y) AND NOT (c OR d)",
            &[
                ("a", "a AND title:(x OR y) AND NOT (c OR d)", "b AND title:(x OR y) AND NOT (c OR d)"),
                ("b", "b AND title:(x OR y) AND NOT (c OR d)", "a AND title:(x OR y) AND NOT (c OR d)"),
            ],
        );
    }

    #[test]
    fn an_or_of_fields_alone_has_no_alternatives() {
        check(
            "a OR (b AND (title:x OR body:x))",
            &[
                ("a", "a", "b AND (title:x OR body:x)"),
                ("b AND (title:x OR body:x)", "b AND (title:x OR body:x)", "a"),
            ],
        );
        check("title:x OR body:x", &[("title:x OR body:x", "title:x OR body:x", "")]);
        check("title:x OR b", &[("title:x", "title:x", "b"), ("b", "b", "title:x")]);
    }

    #[test]
    fn a_query_without_an_or_has_itself_alone() {
        check("\"looked after children\"", &[("\"looked after children\"", "\"looked after children\"", "")]);
        check("a NEAR/3 b", &[("a NEAR/3 b", "a NEAR/3 b", "")]);
    }
}
