//! Queries: read, printed, explained, and asked of two short passages.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use scrutineer::search::{Context, Query, Source, Span, Terms, Text, Tokens, evaluate, explain, parse};
use scrutineer_fuzz::twice;

/// What the queries are asked of: compounds, sentences, accents and numbers.
const TEXTS: [&str; 2] = [
    "The multi-agency budget was cut by £1.2m. Cllr A. Smith's report on co-operation, the annual report of \
     2019/20, was noted; budgets and cuts, cuts and budgets.",
    "Cyngor Ynys Môn: a multiagency report? No. 5 of the wellbeing board.",
];

static TOKENS: LazyLock<[Tokens; 2]> = LazyLock::new(|| TEXTS.map(Tokens::read));

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    for terms in [Terms::Stemmed, Terms::Exact] {
        let Ok(query) = twice("parse", text.len(), || parse(&text, terms)) else { continue };
        assert_eq!(parse(&query.to_string(), terms).as_ref(), Ok(&query), "{query}");
        check_matches(&query, text.len());
    }
});

/// Checks what a query finds in the passages, as one unit.
fn check_matches(query: &Query, length: usize) {
    let context =
        Context { title: "Annual report", body: "Cabinet", council: "moorby", ..Context::default() };
    let unit = TOKENS.each_ref().map(|tokens| Text { tokens, context });
    let found = twice("evaluate", length, || evaluate(query, &unit));
    for (spans, tokens) in found.iter().flatten().zip(TOKENS.iter()) {
        let is_within = |span: &Span| span.first <= span.last && (span.last as usize) < tokens.len();
        assert!(spans.iter().all(is_within), "{query}: {spans:?}");
        // In order, and none contains another.
        let is_after = |a: &Span, b: &Span| a.first < b.first && a.last < b.last;
        assert!(spans.is_sorted_by(is_after), "{query}: {spans:?}");
    }
    let sources = TEXTS.iter().zip(TOKENS.iter()).map(|(text, tokens)| Source { text, tokens, context });
    let sources: Vec<Source> = sources.collect();
    let findings = twice("explain", length, || explain(query, &sources, 0));
    // Masks stand before what the whole query comes to.
    assert_eq!(findings[query.masks.len()].holds, found.is_some(), "{query}: {findings:?}");
}
