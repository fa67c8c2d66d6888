//! Why a query is true of a passage, or why it is not: clause by clause.

use super::lexicon::{NearNode, Node, Occurrences, ReadyQuery};
use super::page::{Page, Wanted};
use super::query::{Clause, Field, Link, MAX_DISTANCE, Near, Phrase, Query, Shown, Slot};
use super::spans::{Context, Span, is_true};
use super::token::Tokens;

/// A passage of a unit, with its text.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// Its text.
    pub text: &'a str,
    /// The tokens of the text.
    pub tokens: &'a Tokens,
    /// What it inherits.
    pub context: Context<'a>,
}

/// What one clause of a query comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How deep the clause stands in the query; 0 for the query itself.
    pub depth: usize,
    /// The clause, as a query is printed; a mask as `MASK(…)`.
    pub clause: String,
    /// Whether it is true of the unit; of a mask, whether it hides anything.
    pub holds: bool,
    /// With which words it is true, and where; or what is missing.
    pub detail: String,
}

/// How many tokens more NEAR may leave between and just miss; three times as many, if
/// that is more.
const NEARLY: u32 = 10;

/// The most matches that are named one by one.
const N_NAMED: usize = 5;

/// Explains what each clause of a query comes to in the passage at `at` of a unit;
/// masks first.
pub fn explain(query: &Query, unit: &[Source], at: usize) -> Vec<Finding> {
    let ready = ReadyQuery::from(query);
    let full: Vec<Occurrences> =
        unit.iter().map(|source| ready.read(source.tokens, &source.context)).collect();
    let unmasked = ready.plan.unmasked(&full);
    let mut findings = Vec::new();
    for (mask, node) in query.masks.iter().zip(&ready.plan.masks) {
        let mut hidden: Vec<Vec<bool>> =
            full.iter().map(|passage| vec![false; passage.n_tokens as usize]).collect();
        super::spans::hide(node, &full, &mut hidden);
        let words = runs(&hidden[at]);
        findings.push(Finding {
            depth: 0,
            clause: format!("MASK({})", Shown(mask, query.terms)),
            holds: !words.is_empty(),
            detail: match words.is_empty() {
                true => "hides nothing here".to_owned(),
                false => format!("hides {}", named(&unit[at], &words)),
            },
        });
    }
    let passages = unmasked.as_deref().unwrap_or(&full);
    let explainer = Explainer { query, unit, at, passages, full: &full[at] };
    explainer.clause(&query.clause, &ready.plan.clause, 0, &mut findings);
    findings
}

struct Explainer<'a> {
    query: &'a Query,
    unit: &'a [Source<'a>],
    at: usize,
    /// The passages without what masks hide.
    passages: &'a [Occurrences],
    /// The passage as it is.
    full: &'a Occurrences,
}

impl Explainer<'_> {
    fn clause(&self, clause: &Clause, node: &Node, depth: usize, findings: &mut Vec<Finding>) {
        let holds = self.holds(node);
        let detail = match (clause, node) {
            (Clause::Phrase(phrase), Node::Phrase(_)) => self.phrase(phrase, node),
            (Clause::Near(near), Node::Near(of)) => self.near(near, of, node),
            (Clause::Field(field, _), _) => self.field(*field),
            (Clause::Date(_), _) => {
                let date = self.unit[self.at].context.date;
                date.map_or("the date is not known".to_owned(), |date| format!("the date is {date}"))
            }
            _ => String::new(),
        };
        let clause_text = Shown(clause, self.query.terms).to_string();
        findings.push(Finding { depth, clause: clause_text, holds, detail });
        let mut inner = |clause, node| self.clause(clause, node, depth + 1, findings);
        match (clause, node) {
            (Clause::Not(clause), Node::Not(node)) => inner(clause, node),
            (Clause::And(clauses), Node::And(nodes)) | (Clause::Or(clauses), Node::Or(nodes)) => {
                clauses.iter().zip(nodes).for_each(|(clause, node)| inner(clause, node));
            }
            // Of a NEAR that is true its own matches say all.
            (Clause::Near(near), Node::Near(of)) if !holds => {
                inner(&near.left, &of.left);
                inner(&near.right, &of.right);
            }
            _ => {}
        }
    }

    fn holds(&self, node: &Node) -> bool {
        is_true(node, self.passages, &mut vec![Vec::new(); self.passages.len()])
    }

    fn spans(&self, node: &Node, wanted: Wanted) -> Vec<Span> {
        Page(&self.passages[self.at]).spans(node, wanted).into_owned()
    }

    fn phrase(&self, Phrase(slots): &Phrase, node: &Node) -> String {
        let spans = self.spans(node, Wanted::Shortest);
        let hidden = Page(self.full).spans(node, Wanted::Shortest);
        if spans.is_empty() && !hidden.is_empty() {
            return format!("hidden by a mask: {}", named(&self.unit[self.at], &hidden));
        }
        if !spans.is_empty() || slots.len() == 1 || self.holds(node) {
            return self.matches(node, &spans);
        }
        let Node::Phrase(places) = node else { return String::new() };
        let missing = slots.iter().zip(places).filter(|(_, place)| {
            self.spans(&Node::Phrase(vec![(*place).clone()]), Wanted::Shortest).is_empty()
        });
        let missing: Vec<String> = missing.map(|(slot, _)| self.slot(slot)).collect();
        match missing.is_empty() {
            true => "all its words are here, but not next to each other in this order".to_owned(),
            false => {
                format!("{} {} not here", missing.join(", "), if missing.len() == 1 { "is" } else { "are" })
            }
        }
    }

    fn slot(&self, slot: &Slot) -> String {
        format!("`{}`", Shown(&Clause::Phrase(Phrase(vec![slot.clone()])), self.query.terms))
    }

    fn near(&self, near: &Near, of: &NearNode, node: &Node) -> String {
        let spans = self.spans(node, Wanted::Shortest);
        if !spans.is_empty() || self.holds(node) {
            return self.matches(node, &spans);
        }
        let (left, right) = (self.spans(&of.left, Wanted::All), self.spans(&of.right, Wanted::All));
        if left.is_empty() || right.is_empty() {
            let sides = [(&left, &near.left), (&right, &near.right)];
            let missing = sides.iter().filter(|(spans, _)| spans.is_empty());
            let missing: Vec<String> =
                missing.map(|(_, side)| format!("`{}`", Shown(side, self.query.terms))).collect();
            return format!(
                "{} not here",
                missing.join(" and ") + if missing.len() == 1 { " is" } else { " are" }
            );
        }
        // The least number of tokens between two that share none, left first and
        // right first.
        let between = |before: &[Span], after: &[Span]| {
            let mut ends: Vec<u32> = before.iter().map(|span| span.last).collect();
            ends.sort_unstable();
            let gap = |span: &Span| {
                let nearest = ends.partition_point(|&end| end < span.first).checked_sub(1)?;
                Some(span.first - ends[nearest] - 1)
            };
            after.iter().filter_map(gap).min()
        };
        let (ahead, behind) = (between(&left, &right), between(&right, &left));
        let words = |n: u32| if n == 1 { "1 word".to_owned() } else { format!("{n} words") };
        match (near.link, ahead, behind) {
            (_, None, None) => "both sides are here, but only in the same words".to_owned(),
            (Link::Sentence, ..) => "both sides are here, but in different sentences".to_owned(),
            (Link::Pre(_), None, Some(_)) => "both sides are here, but in the other order".to_owned(),
            (Link::Pre(_), Some(n), _) => format!("the nearest in this order have {} between them", words(n)),
            (_, a, b) => {
                let least = a.into_iter().chain(b).min().unwrap_or_default();
                format!("the nearest have {} between them", words(least))
            }
        }
    }

    fn field(&self, field: Field) -> String {
        let context = &self.unit[self.at].context;
        let value = match field {
            Field::Title => context.title,
            Field::Body => context.body,
            Field::Item => context.item,
            Field::Council => context.council_name,
            Field::Kind => context.kind,
        };
        match value {
            "" => format!("the {} is not known", field.name()),
            value => format!("the {} is `{value}`", field.name()),
        }
    }

    /// The matches in this passage, and how many there are in others of the unit.
    fn matches(&self, node: &Node, spans: &[Span]) -> String {
        let elsewhere: usize = (self.passages.iter().enumerate().filter(|(at, _)| *at != self.at))
            .map(|(_, passage)| Page(passage).spans(node, Wanted::Shortest).len())
            .sum();
        let here = match spans.is_empty() {
            true if elsewhere > 0 => "not in this passage".to_owned(),
            true => "not here".to_owned(),
            false => named(&self.unit[self.at], spans),
        };
        if elsewhere > 0 { format!("{here}; {elsewhere} in other passages of the unit") } else { here }
    }
}

/// Spans as they stand in the text, each with its tokens, counted from 0 as exports
/// have them.
fn named(source: &Source, spans: &[Span]) -> String {
    let one = |span: &Span| {
        let (first, last) = (span.first as usize, span.last as usize);
        let range = source.tokens.range(first).start..source.tokens.range(last).end;
        let (_, text, _) = super::quote::kwic(source.text, source.tokens, *span, 0);
        let text =
            if range.len() > 80 { format!("{}…", text.chars().take(80).collect::<String>()) } else { text };
        if first == last {
            format!("“{text}” (token {first})")
        } else {
            format!("“{text}” (tokens {first}–{last})")
        }
    };
    let mut named: Vec<String> = spans.iter().take(N_NAMED).map(one).collect();
    if spans.len() > N_NAMED {
        named.push(format!("{} more", spans.len() - N_NAMED));
    }
    named.join(", ")
}

/// The longest runs of hidden tokens.
fn runs(hidden: &[bool]) -> Vec<Span> {
    let mut runs: Vec<Span> = Vec::new();
    for (at, _) in hidden.iter().enumerate().filter(|(_, is_hidden)| **is_hidden) {
        let at = at as u32;
        match runs.last_mut() {
            Some(run) if run.last + 1 == at => run.last = at,
            _ => runs.push(Span { first: at, last: at }),
        }
    }
    runs
}

impl Query {
    /// Queries that are true where just one clause of this one fails: of an AND
    /// one operand, of a NEAR the distance or the order, of a phrase that its words
    /// stand together; or where a mask hides what it asks for. They may be true where
    /// this one is as well. Empty where there is nothing to be lenient with.
    pub fn near_misses(&self) -> Vec<Query> {
        let mut lenient = Vec::new();
        let variants = variants(&self.clause);
        if !variants.is_empty() {
            lenient.push(Query { clause: any_of(variants), ..self.clone() });
        }
        if !self.masks.is_empty() {
            lenient.push(Query { masks: Vec::new(), ..self.clone() });
        }
        lenient
    }
}

/// The clause with one condition less, in every way.
fn variants(clause: &Clause) -> Vec<Clause> {
    match clause {
        Clause::Phrase(Phrase(slots)) if slots.len() > 1 => {
            vec![all_of(slots.iter().map(|slot| Clause::Phrase(Phrase(vec![slot.clone()]))).collect())]
        }
        Clause::Near(near) => {
            let link = match near.link {
                Link::Near(n) | Link::Pre(n) => Link::Near((n * 3).max(n + NEARLY).min(MAX_DISTANCE)),
                Link::Sentence | Link::Passage => Link::Passage,
            };
            vec![Clause::Near(Box::new(Near { link, ..(**near).clone() }))]
        }
        Clause::Or(any) => any.iter().flat_map(variants).collect(),
        Clause::And(all) => {
            let mut found = Vec::new();
            for at in 0..all.len() {
                let others = all.iter().enumerate().filter(|(other, _)| *other != at);
                let others: Vec<Clause> = others.map(|(_, clause)| clause.clone()).collect();
                found.extend(
                    variants(&all[at])
                        .into_iter()
                        .map(|variant| all_of(others.iter().cloned().chain([variant]).collect())),
                );
                // What holds nothing that was asked for misses by more than a clause.
                if others.iter().any(Clause::asks_for_words) {
                    found.push(all_of(others));
                }
            }
            found
        }
        Clause::Phrase(_) | Clause::Field(..) | Clause::Date(_) | Clause::Not(_) => Vec::new(),
    }
}

fn all_of(clauses: Vec<Clause>) -> Clause {
    let flat = |clause| match clause {
        Clause::And(all) => all,
        other => vec![other],
    };
    let mut clauses: Vec<Clause> = clauses.into_iter().flat_map(flat).collect();
    if clauses.len() == 1 { clauses.swap_remove(0) } else { Clause::And(clauses) }
}

fn any_of(mut clauses: Vec<Clause>) -> Clause {
    if clauses.len() == 1 { clauses.swap_remove(0) } else { Clause::Or(clauses) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::{Terms, parse};

    /// Checks the findings of a query in a text: `+` or `-`, clause, detail.
    #[track_caller]
    fn check(query: &str, text: &str, expected: &[&str]) {
        let tokens = Tokens::read(text);
        let context = Context { title: "Parking", ..Context::default() };
        let source = Source { text, tokens: &tokens, context };
        let findings = explain(&parse(query, Terms::Stemmed).unwrap(), &[source], 0);
        let line = |finding: &Finding| {
            let sign = if finding.holds { '+' } else { '-' };
            let indent = "  ".repeat(finding.depth);
            format!("{indent}{sign} {}: {}", finding.clause, finding.detail).trim_end_matches(": ").to_owned()
        };
        assert_eq!(findings.iter().map(line).collect::<Vec<_>>(), expected, "{query} in {text}");
    }

    #[test]
    fn a_clause_names_the_words_that_make_it_true() {
        check("budget", "Budgets and the budget", &["+ budget: “Budgets” (token 0), “budget” (token 3)"]);
        check(
            "agency NEAR/2 staff",
            "Agency and other staff",
            &["+ agency NEAR/2 staff: “Agency and other staff” (tokens 0–3)"],
        );
        check(
            "a AND NOT b",
            "x a",
            &["+ a AND NOT b", "  + a: “a” (token 1)", "  + NOT b", "    - b: not here"],
        );
        check("title:parking", "x", &["+ title:parking: the title is `Parking`"]);
    }

    #[test]
    fn a_clause_that_fails_says_what_is_missing() {
        check(
            "agency NEAR/1 staff",
            "agency and other staff",
            &[
                "- agency NEAR/1 staff: the nearest have 2 words between them",
                "  + agency: “agency” (token 0)",
                "  + staff: “staff” (token 3)",
            ],
        );
        check(
            "agency PRE/9 staff",
            "staff of an agency",
            &[
                "- agency PRE/9 staff: both sides are here, but in the other order",
                "  + agency: “agency” (token 3)",
                "  + staff: “staff” (token 0)",
            ],
        );
        check("\"annual report\"", "an annual\u{a0}summary", &["- \"annual report\": `report` is not here"]);
        check(
            "\"annual report\"",
            "a report, annual",
            &["- \"annual report\": all its words are here, but not next to each other in this order"],
        );
        check(
            "agency /S staff",
            "An agency came. Staff left.",
            &[
                "- agency /S staff: both sides are here, but in different sentences",
                "  + agency: “agency” (token 1)",
                "  + staff: “Staff” (token 3)",
            ],
        );
    }

    #[test]
    fn a_mask_says_what_it_hides() {
        check(
            "MASK(\"multi agency\") agency",
            "multi-agency staff",
            &[
                "+ MASK(\"multi agency\"): hides “multi-agency” (tokens 0–1)",
                "- agency: hidden by a mask: “agency” (token 1)",
            ],
        );
    }

    #[test]
    fn a_near_miss_fails_in_one_clause() {
        let lenient = |query: &str| {
            let query = parse(query, Terms::Exact).unwrap();
            query.near_misses().iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(lenient("a"), [""; 0]);
        assert_eq!(lenient("a AND b"), ["b OR a"]);
        assert_eq!(lenient("a AND b NEAR/3 c"), ["b NEAR/3 c OR a AND b NEAR/13 c OR a"]);
        assert_eq!(lenient("NOT a AND b"), ["b"]);
        assert_eq!(lenient("a AND title:b"), ["a"]);
        assert_eq!(lenient("a AND (title:b OR body:b)"), ["a"]);
        assert_eq!(lenient("MASK(x) \"a b\""), ["MASK(x) a AND b", "\"a b\""]);
    }
}
