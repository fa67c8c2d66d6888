//! What a passage must hold for a query to be true: the part of a query that
//! tells an engine where not to look.
//!
//! A need never excludes a passage that is true: where it cannot tell it is
//! [`Need::All`].

use super::lexicon::{Leaf, Node, Place, Plan};

/// A necessary condition on where leaves occur.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Need {
    /// Nothing is needed: any passage may be true.
    All,
    /// Any of these leaves occurs; each leaf stands in one need only.
    Any(Vec<Leaf>),
    /// All of these; two or more, none of them `All` or `And`.
    And(Vec<Need>),
    /// At least one of these; two or more, none of them `All` or `Or`, and at most
    /// one `Any`.
    Or(Vec<Need>),
}

impl Plan {
    /// What a passage must hold for the query to be true of it alone.
    ///
    /// Never excludes a passage of which the query is true.
    pub fn need(&self) -> Need {
        of_node(&self.clause, all_of)
    }

    /// What at least one passage must hold for the query to be true of a unit
    /// of several.
    ///
    /// The words of an AND may stand in different passages, so any one of its
    /// operands will do. Never excludes a unit of which the query is true.
    pub fn need_of_unit(&self) -> Need {
        of_node(&self.clause, |needs| {
            let positive: Vec<Need> = needs.into_iter().filter(|need| *need != Need::All).collect();
            if positive.is_empty() { Need::All } else { any_of(positive) }
        })
    }
}

/// Masks are passed over: they only take matches away, and where that could
/// make a query true, under NOT, everything is let through.
fn of_node(node: &Node, of_and: fn(Vec<Need>) -> Need) -> Need {
    match node {
        Node::Phrase(places) => all_of(places.iter().map(of_place).collect()),
        Node::Near(near) => all_of(vec![of_node(&near.left, of_and), of_node(&near.right, of_and)]),
        Node::Not(_) | Node::Field(_) => Need::All,
        Node::And(all) => of_and(all.iter().map(|inner| of_node(inner, of_and)).collect()),
        Node::Or(all) => any_of(all.iter().map(|inner| of_node(inner, of_and)).collect()),
    }
}

fn of_place(Place { leaf, parts }: &Place) -> Need {
    if parts.is_empty() {
        return Need::Any(vec![*leaf]);
    }
    any_of(vec![Need::Any(vec![*leaf]), all_of(parts.iter().map(|part| Need::Any(vec![*part])).collect())])
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
    match all.len() {
        0 => Need::All,
        1 => all.swap_remove(0),
        _ => Need::And(all),
    }
}

fn any_of(needs: Vec<Need>) -> Need {
    let (mut any, mut leaves) = (Vec::new(), Vec::new());
    let flat = needs.into_iter().flat_map(|need| match need {
        Need::Or(inner) => inner,
        other => vec![other],
    });
    for need in flat {
        match need {
            Need::All => return Need::All,
            Need::Any(of_need) => leaves.extend(of_need),
            other => any.push(other),
        }
    }
    if !leaves.is_empty() {
        any.insert(0, Need::Any(leaves));
    }
    if any.len() == 1 { any.swap_remove(0) } else { Need::Or(any) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::{ReadyQuery, Terms, parse};

    /// Checks both needs, written as in `(2 or 3 OR (0 AND 1))`, with `*` for all.
    #[track_caller]
    fn check(query: &str, need: &str, of_unit: &str) {
        fn show(need: &Need) -> String {
            let list = |all: &[Need], between: &str| {
                format!("({})", all.iter().map(show).collect::<Vec<_>>().join(between))
            };
            match need {
                Need::All => "*".to_owned(),
                Need::Any(leaves) => {
                    let leaves: Vec<String> = leaves.iter().map(ToString::to_string).collect();
                    leaves.join(" or ")
                }
                Need::And(all) => list(all, " AND "),
                Need::Or(all) => list(all, " OR "),
            }
        }
        let plan = ReadyQuery::from(&parse(query, Terms::Exact).unwrap()).plan;
        assert_eq!((show(&plan.need()).as_str(), show(&plan.need_of_unit()).as_str()), (need, of_unit));
    }

    #[test]
    fn a_phrase_needs_all_of_its_words() {
        check("\"annual report\"", "(0 AND 1)", "(0 AND 1)");
        check("annual NEAR/3 report", "(0 AND 1)", "(0 AND 1)");
        check("a", "0", "0");
    }

    #[test]
    fn the_words_of_an_and_may_stand_in_different_passages() {
        check("a AND b", "(0 AND 1)", "0 or 1");
        check("a AND NOT b", "0", "0");
        check("a AND title:b", "0", "0");
        check("(a OR b) c", "(0 or 1 AND 2)", "0 or 1 or 2");
        check("a OR \"b c\" OR d", "(0 or 3 OR (1 AND 2))", "(0 or 3 OR (1 AND 2))");
    }

    #[test]
    fn what_cannot_be_told_needs_nothing() {
        check("NOT a", "*", "*");
        check("a OR NOT b", "*", "*");
        check("title:a date:2019", "*", "*");
        check("MASK(a) NOT b", "*", "*");
    }

    #[test]
    fn a_hyphened_word_has_two_ways_to_be_found() {
        check("multi-agency", "(0 OR (1 AND 2))", "(0 OR (1 AND 2))");
        check("MASK(x) \"a multi-agency\"", "(1 AND (2 OR (3 AND 4)))", "(1 AND (2 OR (3 AND 4)))");
    }
}
