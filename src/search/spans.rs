//! Decides whether a query is true of a unit, and which spans it matches.
//!
//! A unit is one passage, or all passages of an item or a meeting. AND, OR and
//! NOT look over the whole unit; phrases, NEAR, PRE, /S and /P stay within one
//! passage.

use super::lexicon::{Leaf, Node, Occurrences, Place, Plan, ReadyQuery};
use super::page::{Page, Wanted};
use super::query::Query;
use super::token::Tokens;
use crate::model::{PartialDate, Passage};

/// A match: from its first to its last token, both included, counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// The first token.
    pub first: u32,
    /// The last token; never before the first.
    pub last: u32,
}

/// What a passage inherits, for the fields of a query.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Context<'a> {
    /// The title of its item; empty when it has none.
    pub title: &'a str,
    /// The name of the body; empty when it is not known.
    pub body: &'a str,
    /// The number of its item as printed; empty when it has none.
    pub item: &'a str,
    /// The slug of the council.
    pub council: &'a str,
    /// The name of the council.
    pub council_name: &'a str,
    /// The name of its kind, such as `resolution`.
    pub kind: &'a str,
    /// When the body met. A date that is not known lies in no range.
    pub date: Option<PartialDate>,
}

impl<'a> From<&'a Passage> for Context<'a> {
    fn from(passage: &'a Passage) -> Self {
        Self {
            title: &passage.title,
            body: &passage.body,
            item: &passage.item,
            council: &passage.council,
            council_name: &passage.council_name,
            kind: passage.kind.name(),
            date: passage.date,
        }
    }
}

/// One passage as the evaluator sees it.
#[derive(Debug, Clone, Copy)]
pub struct Text<'a> {
    /// The tokens of its text.
    pub tokens: &'a Tokens,
    /// What it inherits.
    pub context: Context<'a>,
}

/// Evaluates a query over a unit of one or more passages.
///
/// Returns `None` if it is not true. Otherwise the matches of each passage, in
/// the order of `unit`: sorted, without equal spans, and without spans that
/// contain another. All may be empty, as of a NOT alone.
pub fn evaluate(query: &Query, unit: &[Text<'_>]) -> Option<Vec<Vec<Span>>> {
    let ready = ReadyQuery::from(query);
    let unit: Vec<Occurrences> = unit.iter().map(|text| ready.read(text.tokens, &text.context)).collect();
    ready.plan.evaluate(&unit)
}

impl Plan {
    /// Evaluates the query over a unit of one or more passages, as [`evaluate`].
    pub fn evaluate(&self, unit: &[Occurrences]) -> Option<Vec<Vec<Span>>> {
        let mut found = vec![Vec::new(); unit.len()];
        let is_true = match self.unmasked(unit) {
            Some(unmasked) => is_true(&self.clause, &unmasked, &mut found),
            None => is_true(&self.clause, unit, &mut found),
        };
        if !is_true {
            return None;
        }
        found.iter_mut().for_each(drop_containing);
        Some(found)
    }

    /// Evaluates the query over one passage, as [`evaluate`].
    pub fn evaluate_one(&self, passage: &Occurrences) -> Option<Vec<Span>> {
        if !self.masks.is_empty() {
            return self.evaluate(std::slice::from_ref(passage))?.pop();
        }
        let mut found = [Vec::new()];
        let is_true = is_true(&self.clause, std::slice::from_ref(passage), &mut found);
        let [mut spans] = found;
        drop_containing(&mut spans);
        is_true.then_some(spans)
    }

    /// Adds how often each of its [phrases](Plan::phrases) stands in a passage of a unit
    /// that it is true of, its masks left out of account: 0 for those of an AND or a
    /// NEAR that is not true of the passage. Over a unit of several, an AND is true
    /// where any of its operands is.
    pub fn n_phrases(&self, passage: &Occurrences, is_whole_unit: bool, counts: &mut Vec<f64>) {
        let page = Page(passage);
        let holds = |node: &Node| match node {
            Node::And(_) if !is_whole_unit => true,
            node => is_true(node, std::slice::from_ref(passage), &mut [Vec::new()]),
        };
        let n_of = |places: &[Place]| page.phrase(places).len() as f64;
        add_counts(&self.clause, is_whole_unit, &holds, &n_of, counts);
    }

    /// The same, where [`count`](Self::count) tells how many matches the passage has.
    pub fn n_words(&self, occurrences: &[u32], fields: &[bool], counts: &mut Vec<f64>) {
        let holds = |node: &Node| count(node, occurrences, fields).is_some_and(|(is_true, _)| is_true);
        let n_of = |places: &[Place]| count_phrase(places, occurrences).map_or(0.0, f64::from);
        add_counts(&self.clause, true, &holds, &n_of, counts);
    }

    /// Whether it takes the places of its words to tell how many matches any passage has
    /// that may have one.
    pub fn needs_places(&self) -> bool {
        needs_places(&self.clause)
    }

    /// The leaves that are terms by themselves, not words of a phrase: [`count`](Self::count)
    /// tells a number only if no two of them ever occur at one token.
    pub fn single_leaves(&self) -> impl Iterator<Item = Leaf> + '_ {
        self.phrases.iter().filter_map(|places| match places.as_slice() {
            [place] => Some(place.leaf),
            _ => None,
        })
    }

    /// How many matches it has in a passage whose leaves occur so often; 0 where it is
    /// true without one, `Some(None)` where it is not true. `None` where that depends on
    /// where they occur: all words of a phrase or a NEAR, or of a mask, are there.
    pub fn count(&self, occurrences: &[u32], fields: &[bool]) -> Option<Option<u32>> {
        let hides = |mask: &Node| count(mask, occurrences, fields).is_none_or(|(is_true, _)| is_true);
        let (is_true, n_matches) = count(&self.clause, occurrences, fields)?;
        // What is hidden takes matches away, and may make a NOT true.
        let is_sure = !self.masks.iter().any(hides);
        is_sure.then_some(is_true.then_some(n_matches))
    }

    /// The unit without what its masks hide, each tested on the full text;
    /// `None` where they hide nothing.
    pub(super) fn unmasked(&self, unit: &[Occurrences]) -> Option<Vec<Occurrences>> {
        let hidden = self.hidden(unit)?;
        Some(unit.iter().zip(&hidden).map(|(passage, hidden)| passage.without(hidden)).collect())
    }

    /// For each passage, which of its tokens the masks hide; `None` where they
    /// hide nothing.
    fn hidden(&self, unit: &[Occurrences]) -> Option<Vec<Vec<bool>>> {
        if self.masks.is_empty() {
            return None;
        }
        let mut hidden: Vec<Vec<bool>> =
            unit.iter().map(|passage| vec![false; passage.n_tokens as usize]).collect();
        self.masks.iter().for_each(|mask| hide(mask, unit, &mut hidden));
        hidden.iter().flatten().any(|&is_hidden| is_hidden).then_some(hidden)
    }
}

/// Sorts spans and drops those that equal or contain another.
fn drop_containing(spans: &mut Vec<Span>) {
    // Of spans with one end, the shortest comes first; a later one contains an
    // earlier one exactly if it does not begin after all of them.
    spans.sort_unstable_by_key(|span| (span.last, u32::MAX - span.first));
    let mut latest_first = None;
    spans.retain(|span| {
        let is_kept = latest_first.is_none_or(|latest| span.first > latest);
        if is_kept {
            latest_first = Some(span.first);
        }
        is_kept
    });
}

/// Whether a clause is true; if it is, its spans are added to `found`.
pub(super) fn is_true(node: &Node, unit: &[Occurrences], found: &mut [Vec<Span>]) -> bool {
    match node {
        Node::Phrase(_) | Node::Near(_) => {
            let mut is_true = false;
            for (passage, found) in unit.iter().zip(found) {
                let spans = Page(passage).spans(node, Wanted::Shortest);
                is_true |= !spans.is_empty();
                found.extend_from_slice(&spans);
            }
            is_true
        }
        Node::Field(field) => unit.iter().any(|passage| passage.fields[*field]),
        Node::Not(inner) => !is_true(inner, unit, &mut vec![Vec::new(); found.len()]),
        Node::And(all) => {
            let before: Vec<usize> = found.iter().map(Vec::len).collect();
            let are_true = all.iter().all(|inner| is_true(inner, unit, found));
            if !are_true {
                found.iter_mut().zip(before).for_each(|(found, before)| found.truncate(before));
            }
            are_true
        }
        Node::Or(all) => {
            // Not `any`, which stops: the spans of all operands count.
            let n_true = all.iter().filter(|inner| is_true(inner, unit, found)).count();
            n_true > 0
        }
    }
}

fn needs_places(node: &Node) -> bool {
    match node {
        Node::Phrase(places) => places.len() > 1,
        Node::Near(_) => true,
        Node::Field(_) | Node::Not(_) => false,
        Node::And(all) => all.iter().any(needs_places),
        Node::Or(all) => all.iter().all(needs_places),
    }
}

/// Whether a clause is true, and how many spans it has if it is; `None` where that depends
/// on where the leaves occur.
fn count(node: &Node, occurrences: &[u32], fields: &[bool]) -> Option<(bool, u32)> {
    let of = |inner: &Node| count(inner, occurrences, fields);
    let is_false = |inner: &Node| matches!(of(inner), Some((false, _)));
    match node {
        Node::Phrase(places) => count_phrase(places, occurrences).map(|n| (n > 0, n)),
        Node::Near(near) => (is_false(&near.left) || is_false(&near.right)).then_some((false, 0)),
        Node::Field(field) => Some((fields[*field], 0)),
        Node::Not(inner) => of(inner).map(|(is_true, _)| (!is_true, 0)),
        Node::And(all) => {
            let mut sum = Some(0);
            for inner in all {
                match of(inner) {
                    Some((false, _)) => return Some((false, 0)),
                    Some((true, n)) => sum = sum.map(|sum| sum + n),
                    None => sum = None,
                }
            }
            sum.map(|sum| (true, sum))
        }
        Node::Or(any) => {
            let (mut is_true, mut sum) = (false, 0);
            for inner in any {
                let (is_inner_true, n) = match inner {
                    // Most operands: not by another call.
                    Node::Phrase(places) => count_phrase(places, occurrences).map(|n| (n > 0, n))?,
                    inner => of(inner)?,
                };
                is_true |= is_inner_true;
                sum += n;
            }
            Some((is_true, sum))
        }
    }
}

/// How many spans a phrase has; `None` where that depends on where its leaves occur.
#[inline]
fn count_phrase(places: &[Place], occurrences: &[u32]) -> Option<u32> {
    let has_parts =
        |place: &Place| !place.parts.is_empty() && place.parts.iter().all(|&part| occurrences[part] > 0);
    match places {
        [place] if has_parts(place) => None,
        [place] => Some(occurrences[place.leaf]),
        places => {
            let is_missing = |place: &Place| occurrences[place.leaf] == 0 && !has_parts(place);
            places.iter().any(is_missing).then_some(0)
        }
    }
}

/// Adds how often each phrase of a clause stands, in their order; `is_known` where the
/// clause is known to be true.
fn add_counts(
    node: &Node,
    is_known: bool,
    holds: &dyn Fn(&Node) -> bool,
    n_of: &dyn Fn(&[Place]) -> f64,
    counts: &mut Vec<f64>,
) {
    match node {
        Node::Phrase(places) => counts.push(n_of(places)),
        Node::Or(any) => any.iter().for_each(|inner| add_counts(inner, false, holds, n_of, counts)),
        Node::And(all) if is_known || holds(node) => {
            all.iter().for_each(|inner| add_counts(inner, true, holds, n_of, counts));
        }
        Node::Near(near) if is_known || holds(node) => {
            [&near.left, &near.right]
                .into_iter()
                .for_each(|side| add_counts(side, true, holds, n_of, counts));
        }
        Node::And(_) | Node::Near(_) => counts.resize(counts.len() + super::lexicon::n_phrases(node), 0.0),
        Node::Not(_) | Node::Field(_) => {}
    }
}

/// Hides the tokens that a mask matches.
pub(super) fn hide(mask: &Node, unit: &[Occurrences], hidden: &mut [Vec<bool>]) {
    match mask {
        Node::Phrase(_) | Node::Near(_) => {
            for (passage, hidden) in unit.iter().zip(hidden) {
                Page(passage).hide(mask, None, hidden);
            }
        }
        Node::And(all) => {
            if is_true(mask, unit, &mut vec![Vec::new(); hidden.len()]) {
                all.iter().for_each(|inner| hide(inner, unit, hidden));
            }
        }
        Node::Or(all) => all.iter().for_each(|inner| hide(inner, unit, hidden)),
        Node::Not(_) | Node::Field(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::{Terms, parse};

    fn matches_of(query: &str, terms: Terms, texts: &[&str]) -> Option<Vec<Vec<(u32, u32)>>> {
        let query = parse(query, terms).unwrap();
        let tokens: Vec<Tokens> = texts.iter().map(|text| Tokens::read(text)).collect();
        let context = Context {
            title: "Parking charges",
            body: "Children’s Services Scrutiny Board",
            item: "7a",
            council: "derry-strabane",
            council_name: "Derry City and Strabane District Council",
            kind: "resolution",
            date: "2021-07".parse().ok(),
        };
        let unit: Vec<Text> = tokens.iter().map(|tokens| Text { tokens, context }).collect();
        let found = evaluate(&query, &unit)?;
        Some(found.iter().map(|spans| spans.iter().map(|span| (span.first, span.last)).collect()).collect())
    }

    /// Checks the matches in one passage, all words as written.
    #[track_caller]
    fn check(query: &str, text: &str, expected: Option<&[(u32, u32)]>) {
        let expected = expected.map(|spans| vec![spans.to_vec()]);
        assert_eq!(matches_of(query, Terms::Exact, &[text]), expected, "{query} in {text}");
    }

    #[track_caller]
    fn check_stemmed(query: &str, text: &str, expected: Option<&[(u32, u32)]>) {
        let expected = expected.map(|spans| vec![spans.to_vec()]);
        assert_eq!(matches_of(query, Terms::Stemmed, &[text]), expected, "{query} in {text}");
    }

    #[track_caller]
    fn check_unit(query: &str, texts: &[&str], expected: Option<&[&[(u32, u32)]]>) {
        let expected = expected.map(|unit| unit.iter().map(|spans| spans.to_vec()).collect());
        assert_eq!(matches_of(query, Terms::Exact, texts), expected, "{query} in {texts:?}");
    }

    #[test]
    fn counts_tell_matches_unless_all_words_of_a_phrase_or_a_mask_are_there() {
        // The leaves in the order of the query, those of masks first.
        let check = |query: &str, occurrences: &[u32], expected: Option<Option<u32>>| {
            let ready = ReadyQuery::from(&parse(query, Terms::Exact).unwrap());
            assert_eq!(ready.plan.count(occurrences, &[]), expected, "{query} with {occurrences:?}");
        };
        check("a OR \"b c\"", &[2, 1, 0], Some(Some(2)));
        check("a OR \"b c\"", &[0, 1, 0], Some(None));
        check("a OR \"b c\"", &[2, 1, 1], None);
        check("a OR b NEAR/2 c", &[1, 0, 3], Some(Some(1)));
        check("a OR b NEAR/2 c", &[1, 1, 3], None);
        check("MASK(a) b", &[0, 3], Some(Some(3)));
        check("MASK(a) b", &[1, 3], None);
        check("MASK(\"a b\") c", &[1, 0, 2], Some(Some(2)));
        check("a AND \"b c\"", &[0, 1, 1], Some(None));
        check("a AND NOT \"b c\"", &[2, 1, 0], Some(Some(2)));
        check("a AND NOT \"b c\"", &[2, 1, 1], None);
        check("multi-agency OR a", &[1, 1, 0, 2], Some(Some(3)));
        check("multi-agency OR a", &[1, 1, 1, 2], None);
    }

    #[test]
    fn a_word_is_true_where_its_token_occurs() {
        check("council", "The Council and the council.", Some(&[(1, 1), (4, 4)]));
        check("council", "The councils", None);
        check("children's", "the children’s home", Some(&[(1, 2)]));
        check("children's", "children and s", None);
        check("s.114", "a s 114 notice, S.114", Some(&[(1, 2), (4, 5)]));
        check("café", "CAFE cafe\u{301}", Some(&[(0, 0), (1, 1)]));
        check("final", "ﬁnal fi\u{ad}nal", Some(&[(0, 0), (1, 1)]));
        check("not", "not yet", Some(&[(0, 0)]));
    }

    #[test]
    fn a_star_stands_for_any_number_of_letters_or_digits() {
        check("work*", "work worker rework", Some(&[(0, 0), (1, 1)]));
        check("wom*n", "woman women womens", Some(&[(0, 0), (1, 1)]));
        check("\"social work* team*\"", "Social workers team", Some(&[(0, 2)]));
    }

    #[test]
    fn a_phrase_is_its_tokens_next_to_each_other_in_order() {
        check("\"state of the art\"", "the state of the art", Some(&[(1, 4)]));
        check("\"state art\"", "the state of the art", None);
        check("\"art state\"", "state art", None);
        check("“a a”", "a a a", Some(&[(0, 1), (1, 2)]));
    }

    #[test]
    fn hyphens_do_not_matter_to_those_who_look() {
        for query in ["multiagency", "multi-agency"] {
            check(query, "a multi-agency hub", Some(&[(1, 2)]));
            check(query, "a multiagency hub", Some(&[(1, 1)]));
        }
        check("multi-agency", "a multi agency hub", Some(&[(1, 2)]));
        check("multiagency", "a multi agency hub", None);
        check("\"multi agency\"", "multiagency", None);
        check("\"the multiagency hub\"", "the multi-agency hub", Some(&[(0, 3)]));
        check("\"the multi-agency hub\"", "the multiagency hub", Some(&[(0, 2)]));
        check("multiag*", "multi-agency", Some(&[(0, 1)]));
        check("multi-ag*", "multiagency", Some(&[(0, 0)]));
        check("multi*", "multi-agency", Some(&[(0, 0)]));
        check("covid19", "covid-19", Some(&[(0, 1)]));
        check_stemmed("multiagencies", "multi-agency", Some(&[(0, 1)]));
    }

    #[test]
    fn stems_match_unless_the_word_is_exact_or_has_a_star() {
        check_stemmed("budget", "budgets", Some(&[(0, 0)]));
        check_stemmed("budgets", "the budget", Some(&[(1, 1)]));
        check_stemmed("\"budget cuts\"", "budgets cut", Some(&[(0, 1)]));
        check_stemmed("'budget'", "budgets budget", Some(&[(1, 1)]));
        check_stemmed("'looked after'", "looks after looked after", Some(&[(2, 3)]));
        check_stemmed("budget*", "budgeting", Some(&[(0, 0)]));
        check_stemmed("budge*s", "budget", None);
        check("budget", "budgets", None);
    }

    #[test]
    fn near_counts_the_tokens_between() {
        check("a NEAR/1 b", "a x b", Some(&[(0, 2)]));
        check("a NEAR/1 b", "a x x b", None);
        check("a NEAR/0 b", "b a", Some(&[(0, 1)]));
        check("a NEAR/0 b", "b x a", None);
        check("\"x a\" NEAR/1 \"b x\"", "b x x x a", Some(&[(0, 4)]));
        check("a NEAR/5 a", "a", None);
        check("a NEAR/5 \"a b\"", "a b", None);
        check("a NEAR/5 \"a b\"", "a b a", Some(&[(0, 2)]));
        check("a PRE/1 b", "a x b", Some(&[(0, 2)]));
        check("a PRE/1 b", "b x a", None);
        check("(a OR b) NEAR/0 c", "a c b", Some(&[(0, 1), (1, 2)]));
    }

    #[test]
    fn a_chain_reads_from_the_left() {
        check("a NEAR/1 b NEAR/0 c", "a x b c", Some(&[(0, 3)]));
        check("(a NEAR/1 b) NEAR/0 c", "a x b c", Some(&[(0, 3)]));
        check("a NEAR/1 (b NEAR/0 c)", "a x c b", Some(&[(0, 3)]));
        check("a NEAR/0 (b NEAR/0 c)", "a x c b", None);
        // C stands within the span of A NEAR B: they share that token.
        check("a NEAR/5 b NEAR/5 c", "a c b", None);
        // The shorter span of a NEAR/9 b ends too early to reach c.
        check("a NEAR/1 b NEAR/0 c", "a b b c", Some(&[(0, 3)]));
        check("a NEAR/0 b NEAR/0 c", "a b b c", None);
        // Neither the shortest span of the first a, nor the latest that ends
        // at the last b, but the one from the first to the last goes on.
        check("a NEAR/9 b NEAR/0 c NEAR/0 d", "d a a b x b c", Some(&[(0, 6)]));
        check("(a NEAR/9 b) NEAR/9 d NEAR/0 c", "a b d x d c", Some(&[(0, 5)]));
    }

    #[test]
    fn a_sentence_holds_both_sides() {
        check("a /S b", "a x x b. C", Some(&[(0, 3)]));
        check("a /S b", "B x a. X", Some(&[(0, 2)]));
        check("aa /S b", "aa. B", None);
        check("\"aa b\" /S c", "aa. B c", None);
        check("cllr /S spoke", "Cllr. Smith spoke", Some(&[(0, 2)]));
        check("aa /S aa", "aa", None);
    }

    #[test]
    fn and_or_not_look_over_the_whole_unit() {
        check("a AND b", "b a", Some(&[(0, 0), (1, 1)]));
        check("a b", "b a", Some(&[(0, 0), (1, 1)]));
        check("a b", "a", None);
        check("a OR b", "b", Some(&[(0, 0)]));
        check("NOT a", "b", Some(&[]));
        check("NOT a", "a", None);
        check("a NOT b", "a c", Some(&[(0, 0)]));
        check("(a AND b) OR c", "a c", Some(&[(1, 1)]));
        check_unit("a AND b", &["a", "x b"], Some(&[&[(0, 0)], &[(1, 1)]]));
        check_unit("a NOT b", &["a", "b"], None);
        check_unit("\"a b\"", &["a", "b"], None);
        check_unit("a NEAR/5 b", &["a", "b"], None);
        check_unit("a", &["a", "b"], Some(&[&[(0, 0)], &[]]));
    }

    #[test]
    fn a_tilde_also_finds_what_is_spelled_otherwise() {
        check("worker~1", "wroker workers Worked walker worker's", Some(&[(0, 0), (1, 1), (2, 2), (4, 4)]));
        check("walker~2", "worker talks welder", Some(&[(0, 0), (2, 2)]));
        check_stemmed("workers~1", "worker workings", Some(&[(0, 0)]));
        check("\"social wroker~1\"", "a social worker, social work", Some(&[(1, 2)]));
        check("wroker~1 NEAR/2 social", "the worker is social", Some(&[(1, 3)]));
        check("multagency~1", "multi-agency", Some(&[(0, 1)]));
        check("title:praking~1", "x", Some(&[]));
        check("MASK(wroker~1) work*", "worker works", Some(&[(1, 1)]));
    }

    #[test]
    fn p_asks_for_one_passage_whatever_the_unit() {
        check("a /P b", "b. Then a", Some(&[(0, 2)]));
        check("a /P b", "a x a x b", Some(&[(2, 4)]));
        check("a /P a", "a", None);
        check("\"a b\" /P b", "a b", None);
        check("a /P b NEAR/0 c", "a x b c", Some(&[(0, 3)]));
        check("MASK(a /P b) a OR c OR b", "a c b", Some(&[(1, 1)]));
        check_unit("a /P b", &["a", "b"], None);
        check_unit("a /P b", &["x", "a. b"], Some(&[&[], &[(0, 1)]]));
        check_unit("c AND a /P b", &["c", "a b"], Some(&[&[(0, 0)], &[(0, 1)]]));
    }

    #[test]
    fn precedence_is_field_near_not_and_or() {
        check("a OR b AND c", "a", Some(&[(0, 0)]));
        check("NOT a NEAR/0 b", "a x b", Some(&[]));
        check("NOT a b", "b", Some(&[(0, 0)]));
        check("title:parking b", "b", Some(&[(0, 0)]));
    }

    #[test]
    fn a_span_that_contains_another_is_dropped_at_the_end() {
        check("budget NEAR/9 cut", "budget budget cut", Some(&[(1, 2)]));
        check("report AND \"annual report\"", "annual report", Some(&[(1, 1)]));
        check("a OR a", "a", Some(&[(0, 0)]));
        check("\"a b\" OR \"b c\"", "a b c", Some(&[(0, 1), (1, 2)]));
    }

    #[test]
    fn nothing_is_dropped_before_the_end() {
        check("aa NEAR/0 (bb OR \"bb cc\") NEAR/0 dd", "aa bb cc dd", Some(&[(0, 3)]));
        check("(aa NEAR/0 bb) OR (aa NEAR/0 \"cc dd\")", "bb aa cc dd", Some(&[(0, 1), (1, 3)]));
        check("aa NEAR/0 (bb OR \"cc dd\")", "bb aa cc dd", Some(&[(0, 1), (1, 3)]));
    }

    #[test]
    fn a_mask_hides_tokens_and_their_places_stay() {
        check("MASK(\"blood pressure\") pressure", "blood pressure", None);
        check("MASK(\"blood pressure\") pressure", "blood pressure, pressure", Some(&[(2, 2)]));
        check("MASK(x) \"a b\"", "a x b", None);
        check("MASK(x) a NEAR/0 b", "a x b", None);
        check("MASK(a) NOT a", "a", Some(&[]));
    }

    #[test]
    fn the_mask_of_a_near_hides_its_two_sides_only() {
        check("MASK(a NEAR/3 b) c", "a c b", Some(&[(1, 1)]));
        check("MASK(a NEAR/3 b) a OR b", "a c b", None);
        check("MASK(a NEAR/1 b) a", "a b x x a", Some(&[(4, 4)]));
        check("MASK(a NEAR/0 b NEAR/0 c) a OR b OR c", "a b x b c a b c", Some(&[(0, 0), (1, 1), (3, 3)]));
        // All pairs hide, also those whose span contains another.
        check("MASK(budget NEAR/9 cut) budget", "budget budget cut", None);
    }

    #[test]
    fn all_masks_are_tested_on_the_full_text() {
        check("MASK(\"a b\") MASK(\"b c\") c", "a b c", None);
        check("MASK(a AND z) a", "a", Some(&[(0, 0)]));
        check("MASK(a AND z) a", "a z", None);
        check("MASK(NOT z) a", "a", Some(&[(0, 0)]));
        check("MASK(agency) multiagency", "multi-agency", None);
    }

    #[test]
    fn a_field_holds_and_gives_no_match_of_its_own() {
        check("title:parking", "x", Some(&[]));
        check("title:parking x", "x", Some(&[(0, 0)]));
        check("title:park", "park", None);
        check_stemmed("title:charge", "x", Some(&[]));
        check("body:\"children's services\"", "x", Some(&[]));
        check("body:(scrutiny NEAR/3 children AND NOT cabinet)", "x", Some(&[]));
        check("item:7a kind:resolution", "x", Some(&[]));
        check("kind:request", "x", None);
        check("council:derry-strabane council:city", "x", Some(&[]));
        check("council:(NOT city)", "x", None);
        check("MASK(parking) title:parking", "parking", Some(&[]));
        check("MASK(title:parking) parking", "parking", Some(&[(0, 0)]));
    }

    #[test]
    fn a_date_must_lie_wholly_in_the_range() {
        check("date:2021", "x", Some(&[]));
        check("date:2019-01..2021-06", "x", None);
        check("date:2021-07..", "x", Some(&[]));
        check("date:..2021-07", "x", Some(&[]));
        check("date:2021-07-01", "x", None);
        let tokens = Tokens::read("x");
        let undated = Text { tokens: &tokens, context: Context::default() };
        assert_eq!(evaluate(&parse("date:2021", Terms::Exact).unwrap(), &[undated]), None);
        assert_eq!(evaluate(&parse("NOT date:2021", Terms::Exact).unwrap(), &[undated]), Some(vec![vec![]]));
    }

    #[test]
    fn a_unit_without_passages_has_nothing() {
        check_unit("a", &[], None);
        check_unit("NOT a", &[], Some(&[]));
    }

    #[test]
    fn a_long_passage_of_one_word_comes_to_an_end() {
        let text = "a ".repeat(10_000);
        for query in [
            "a NEAR/9 a",
            "a NEAR/1000 a",
            "a /S a",
            "a NEAR/1000 a NEAR/1000 a",
            "a /S a /S a",
            "a /P a /P a",
            "a NEAR/9 a NEAR/9 a NEAR/9 a",
            "MASK(a NEAR/9 a) a",
            "MASK(a /S a) a",
            "\"a a a\" NEAR/9 (a OR \"a a\")",
        ] {
            let found = matches_of(query, Terms::Exact, &[&text]);
            assert_eq!(found.is_none(), query.starts_with("MASK"), "{query}");
        }
    }
}
