//! The spans of terms, phrases and NEARs within one passage.
//!
//! NEAR could give a span for every pair of its sides, which grows with the
//! square of a long passage. A span that contains another is dropped at the
//! end, so of a NEAR that stands alone only the closest pairs are made. Of one
//! within another NEAR the longer spans count as well, for they may reach
//! where the shorter do not; [`Wanted`] says which are needed.

use std::borrow::Cow;
use std::collections::VecDeque;

use super::lexicon::{NearNode, Node, Occurrences, Place};
use super::query::Link;
use super::spans::Span;

/// Which spans of a clause are needed.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Wanted {
    /// At least those that contain no other span of the clause.
    Shortest,
    /// At least, for each first token, the span that ends first, and for each
    /// last token, the span that begins last.
    ///
    /// That is all that a NEAR needs of its sides for its own shortest: of two
    /// sides that end at one token, the one that begins later reaches as far
    /// to the right and gives the shorter span.
    Nearest,
    /// All of them.
    All,
}

/// One passage: where the words of the query occur in it.
pub(super) struct Page<'a>(pub &'a Occurrences);

impl<'a> Page<'a> {
    /// The spans of a term, a phrase, a NEAR or an OR of these, by first and
    /// then last token, each once.
    pub fn spans(&self, node: &Node, wanted: Wanted) -> Cow<'a, [Span]> {
        match node {
            Node::Phrase(places) => self.phrase(places),
            Node::Near(near) => self.near(near, wanted).into(),
            Node::Or(all) => {
                let mut all =
                    all.iter().map(|inner| self.spans(inner, wanted)).filter(|spans| !spans.is_empty());
                let first = all.next().unwrap_or_default();
                let Some(second) = all.next() else { return first };
                let mut spans = first.into_owned();
                spans.extend_from_slice(&second);
                all.for_each(|others| spans.extend_from_slice(&others));
                sorted(spans).into()
            }
            // The parser lets nothing else stand here.
            Node::Field(_) | Node::Not(_) | Node::And(_) => Cow::Borrowed(&[]),
        }
    }

    /// The spans of a phrase of these places.
    pub fn phrase(&self, places: &[Place]) -> Cow<'a, [Span]> {
        if let [place] = places {
            return self.place(place);
        }
        if places.iter().any(|place| self.place_is_empty(place)) {
            return Cow::Borrowed(&[]);
        }
        // Words that are joined by hyphens may lead to one token in many ways;
        // each is followed once.
        let mut places = places.iter();
        let mut spans = places.next().map(|place| self.place(place)).unwrap_or_default();
        for place in places {
            if spans.is_empty() {
                break;
            }
            spans = joined(&spans, &self.place(place)).into();
        }
        spans
    }

    fn place_is_empty(&self, place: &Place) -> bool {
        place.parts.is_empty() && self.0.of(place.leaf).is_empty()
    }

    /// The spans of one place of a phrase, sorted.
    fn place(&self, place: &Place) -> Cow<'a, [Span]> {
        let spans = self.0.of(place.leaf);
        let Some((first, others)) = place.parts.split_first() else { return spans.into() };
        let mut of_parts = Cow::Borrowed(self.0.of(*first));
        for part in others {
            of_parts = joined(&of_parts, self.0.of(*part)).into();
        }
        sorted([spans, &of_parts].concat()).into()
    }

    fn near(&self, near: &NearNode, wanted: Wanted) -> Vec<Span> {
        let of_sides = if wanted == Wanted::Shortest { Wanted::Nearest } else { Wanted::All };
        let left = self.side(&near.left, near.link, of_sides);
        if left.is_empty() {
            return Vec::new();
        }
        let right = self.side(&near.right, near.link, of_sides);
        if right.is_empty() {
            return Vec::new();
        }
        let mut spans = Vec::new();
        let mut add = |before: &[Span], after: &[Span]| match wanted {
            Wanted::All => self.all_pairs(before, after, near.link, &mut spans),
            Wanted::Shortest | Wanted::Nearest => self.nearest_pairs(before, after, near.link, &mut spans),
        };
        add(&left, &right);
        if !matches!(near.link, Link::Pre(_)) {
            add(&right, &left);
        }
        sorted(spans)
    }

    /// The spans of a side of NEAR that can take part in a pair at all.
    fn side(&self, side: &Node, link: Link, wanted: Wanted) -> Cow<'a, [Span]> {
        if link != Link::Sentence {
            return self.spans(side, wanted);
        }
        // Where one span from a token ends within its sentence, so does the
        // nearest: none is lost by looking only at those.
        let mut spans = self.spans(side, wanted).into_owned();
        spans.retain(|span| self.0.sentence(span.first) == self.0.sentence(span.last));
        spans.into()
    }

    /// The last token at which what comes after `last` may begin.
    fn reach(&self, link: Link, last: u32) -> u32 {
        match link {
            Link::Near(distance) | Link::Pre(distance) => last.saturating_add(distance).saturating_add(1),
            Link::Sentence => self.0.sentence_last(last),
            Link::Passage => self.0.n_tokens.saturating_sub(1),
        }
    }

    /// The first token at which what comes before `first` may end.
    fn reach_back(&self, link: Link, first: u32) -> u32 {
        match link {
            Link::Near(distance) | Link::Pre(distance) => first.saturating_sub(distance).saturating_sub(1),
            Link::Sentence => self.0.sentence_first(first),
            Link::Passage => 0,
        }
    }

    /// Adds the span of every pair, in time proportional to their number.
    fn all_pairs(&self, before: &[Span], after: &[Span], link: Link, spans: &mut Vec<Span>) {
        // By last token, for the first token that already has a span to it.
        let mut made_from = vec![u32::MAX; self.0.n_tokens as usize];
        for group in before.chunk_by(|a, b| a.first == b.first) {
            let first = group[0].first;
            let mut tried_to = None;
            for one in group {
                let reach = self.reach(link, one.last);
                let from = tried_to.map_or(one.last, |tried: u32| tried.max(one.last));
                let start = after.partition_point(|other| other.first <= from);
                for other in after[start..].iter().take_while(|other| other.first <= reach) {
                    let made = &mut made_from[other.last as usize];
                    if *made != first {
                        *made = first;
                        spans.push(Span { first, last: other.last });
                    }
                }
                tried_to = Some(reach);
            }
        }
    }

    /// Adds, for each span on either side, the pair that is shortest with it.
    ///
    /// Takes time proportional to the spans, not the pairs: a window slides
    /// over those on the other side that are in reach, the best one in front.
    fn nearest_pairs(&self, before: &[Span], after: &[Span], link: Link, spans: &mut Vec<Span>) {
        let mut by_last = before.to_vec();
        by_last.sort_unstable_by_key(|span| (span.last, span.first));

        let mut window: VecDeque<Span> = VecDeque::new();
        let mut others = after.iter().peekable();
        for one in &by_last {
            let reach = self.reach(link, one.last);
            while let Some(other) = others.next_if(|other| other.first <= reach) {
                while window.back().is_some_and(|back| back.last >= other.last) {
                    window.pop_back();
                }
                window.push_back(*other);
            }
            while window.front().is_some_and(|front| front.first <= one.last) {
                window.pop_front();
            }
            spans.extend(window.front().map(|best| Span { first: one.first, last: best.last }));
        }

        window.clear();
        let mut others = by_last.iter().rev().peekable();
        for one in after.iter().rev() {
            let reach = self.reach_back(link, one.first);
            while let Some(other) = others.next_if(|other| other.last >= reach) {
                while window.back().is_some_and(|back| back.first <= other.first) {
                    window.pop_back();
                }
                window.push_back(*other);
            }
            while window.front().is_some_and(|front| front.last >= one.first) {
                window.pop_front();
            }
            spans.extend(window.front().map(|best| Span { first: best.first, last: one.last }));
        }
    }

    /// Hides the tokens that make up these spans of a clause, or all of its
    /// spans: of a phrase all tokens, of a NEAR those of its two sides, not the
    /// words between.
    pub fn hide(&self, node: &Node, only: Option<&[Span]>, hidden: &mut [bool]) {
        match node {
            Node::Phrase(places) => {
                let all = self.phrase(places);
                for span in all.iter().filter(|span| is_among(span, only)) {
                    hidden[span.first as usize..=span.last as usize].fill(true);
                }
            }
            Node::Or(all) => all.iter().for_each(|inner| self.hide(inner, only, hidden)),
            Node::Near(near) => {
                let left = self.side(&near.left, near.link, Wanted::All);
                let right = self.side(&near.right, near.link, Wanted::All);
                let (mut of_left, mut of_right) = self.partners(&left, &right, near.link, only);
                if !matches!(near.link, Link::Pre(_)) {
                    let (of_before, of_after) = self.partners(&right, &left, near.link, only);
                    of_right.extend(of_before);
                    of_left.extend(of_after);
                }
                self.hide(&near.left, Some(&sorted(of_left)), hidden);
                self.hide(&near.right, Some(&sorted(of_right)), hidden);
            }
            Node::Field(_) | Node::Not(_) | Node::And(_) => {}
        }
    }

    /// The spans of each side that take part in a pair; if `only` is given, in
    /// one whose span is among those.
    fn partners(
        &self,
        before: &[Span],
        after: &[Span],
        link: Link,
        only: Option<&[Span]>,
    ) -> (Vec<Span>, Vec<Span>) {
        let mut of_before = Vec::new();
        let mut is_partner = vec![false; after.len()];
        for one in before {
            let reach = self.reach(link, one.last);
            let start = after.partition_point(|other| other.first <= one.last);
            let end = after.partition_point(|other| other.first <= reach);
            let mut has_partner = false;
            match only {
                None => {
                    has_partner = start < end;
                    is_partner[start..end.max(start)].fill(true);
                }
                Some(_) => {
                    for at in start..end {
                        let pair = Span { first: one.first, last: after[at].last };
                        if is_among(&pair, only) {
                            has_partner = true;
                            is_partner[at] = true;
                        }
                    }
                }
            }
            if has_partner {
                of_before.push(*one);
            }
        }
        let of_after = after.iter().zip(is_partner).filter(|(_, is)| *is).map(|(span, _)| *span).collect();
        (of_before, of_after)
    }
}

/// Whether a span is among sorted ones, or any will do.
fn is_among(span: &Span, only: Option<&[Span]>) -> bool {
    only.is_none_or(|only| only.binary_search(span).is_ok())
}

fn sorted(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_unstable();
    spans.dedup();
    spans
}

/// Each of the spans with each of those that begin after its end, sorted.
fn joined(spans: &[Span], next: &[Span]) -> Vec<Span> {
    let mut longer = Vec::new();
    for &span in spans {
        let start = next.partition_point(|other| other.first <= span.last);
        let follows = |other: &&Span| other.first == span.last + 1;
        longer
            .extend(next[start..].iter().take_while(follows).map(|other| Span { last: other.last, ..span }));
    }
    sorted(longer)
}
