//! Random texts and queries: the engine, the evaluator and the reference find the
//! same spans.

use proptest::prelude::*;
use proptest::sample::select;

use super::{Index, Unit, item_of};
use crate::model::{Digest, Edition, Kind, Language, MeetingId, Passage, PassageId, SiteId};
use crate::search::{Context, Filter, Query, Span, Terms, Text, Tokens, contract, evaluate, parse};

/// Words that share stems, beginnings and parts of compounds.
const WORDS: [&str; 18] = [
    "budget",
    "budgets",
    "budgeting",
    "cut",
    "cuts",
    "care",
    "cared",
    "caring",
    "agency",
    "agencies",
    "multi",
    "multiagency",
    "a",
    "s",
    "cllr",
    "47",
    "polic",
    "police",
];

const BETWEEN: [&str; 8] = [" ", " ", " ", "-", ". ", ", ", "’", " - "];

fn text() -> impl Strategy<Value = String> {
    let word = (select(&WORDS[..]), any::<bool>()).prop_map(|(word, is_capital)| {
        if is_capital { word[..1].to_uppercase() + &word[1..] } else { word.to_owned() }
    });
    prop::collection::vec((word, select(&BETWEEN[..])), 1..16)
        .prop_map(|words| words.into_iter().map(|(word, between)| word + between).collect())
}

/// A passage of nothing yet.
fn plain() -> Passage {
    Passage {
        passage_id: PassageId(String::new()),
        meeting: MeetingId { site: SiteId::new("x"), number: String::new() },
        council: String::new(),
        council_name: String::new(),
        body: String::new(),
        date: None,
        item_key: String::new(),
        item: String::new(),
        title: String::new(),
        edition: Edition::Minutes,
        kind: Kind::Narrative,
        language: Language::English,
        boilerplate: false,
        rule: None,
        number: None,
        clause: Vec::new(),
        page: None,
        text: String::new(),
        url: String::new(),
        document: Digest("d".into()),
    }
}

fn passage() -> impl Strategy<Value = Passage> {
    let title = select(&["", "Budget cuts", "Care"][..]);
    let kind = select(&[Kind::Narrative, Kind::Narrative, Kind::Resolution, Kind::Heading][..]);
    let boilerplate = prop::bool::weighted(0.2);
    let language = prop_oneof![4 => Just(Language::English), 1 => Just(Language::Welsh)];
    let edition = prop_oneof![4 => Just(Edition::Minutes), 1 => Just(Edition::Agenda)];
    let facts = (kind, language, edition, boilerplate);
    (text(), title, facts).prop_map(|(text, title, (kind, language, edition, boilerplate))| Passage {
        item_key: title.len().to_string(),
        item: format!("{}a", title.len()),
        title: title.to_owned(),
        edition,
        kind,
        language,
        boilerplate,
        text,
        ..plain()
    })
}

/// Meetings of some councils and bodies, the passages of each with its facts.
fn meetings() -> impl Strategy<Value = Vec<Vec<Passage>>> {
    let dates = ["2019-04", "2021-07-06", "2021"].map(|date| date.parse().ok());
    let body = select(&["Budget Panel", "Cabinet", ""][..]);
    let meeting = (prop::collection::vec(passage(), 1..6), body, select(dates.to_vec()), any::<bool>());
    prop::collection::vec(meeting, 1..5).prop_map(|meetings| {
        let with_facts = |(at, (passages, body, date, is_kent)): (usize, (Vec<Passage>, &str, _, bool))| {
            let council = if is_kent { "kent" } else { "derry-strabane" };
            let meeting = MeetingId { site: SiteId::new("x"), number: at.to_string() };
            let passage = |(ordinal, passage): (usize, Passage)| Passage {
                passage_id: PassageId(format!("{meeting}/{ordinal}")),
                meeting: meeting.clone(),
                council: council.into(),
                council_name: council.replace('-', " and "),
                body: body.into(),
                date,
                ..passage
            };
            passages.into_iter().enumerate().map(passage).collect()
        };
        meetings.into_iter().enumerate().map(with_facts).collect()
    })
}

/// A term, a phrase, or whatever else stands where these may.
fn term() -> impl Strategy<Value = String> {
    let word = || select(&WORDS[..]);
    prop_oneof![
        4 => word().prop_map(str::to_owned),
        2 => prop::collection::vec(word(), 2..4).prop_map(|words| format!("\"{}\"", words.join(" "))),
        1 => (word(), word()).prop_map(|(a, b)| format!("{a}-{b}")),
        1 => (word(), word()).prop_map(|(a, b)| format!("\"{a} ag*s {b}*y\"").replace("a*y", "ag*y").replace("s*y", "ag*y")),
        1 => word().prop_map(|word| format!("'{word}'")),
        1 => select(&["bud*", "c*t*", "mult*", "*ing", "ca*d", "\"multi ag*\"", "multi-ag*", "budegt~1", "\"agencis~2 care\"", "poilce~1"][..]).prop_map(str::to_owned),
    ]
}

/// What may be a side of NEAR.
fn side() -> impl Strategy<Value = String> {
    let link = || {
        prop_oneof![
            3 => (0_u32..5).prop_map(|distance| format!("NEAR/{distance}")),
            2 => (0_u32..5).prop_map(|distance| format!("PRE/{distance}")),
            1 => Just("/S".to_owned()),
            1 => Just("/P".to_owned()),
        ]
    };
    term().prop_recursive(3, 8, 3, move |inner| {
        prop_oneof![
            (inner.clone(), link(), inner.clone()).prop_map(|(a, link, b)| format!("({a} {link} {b})")),
            (inner.clone(), link(), inner.clone(), link(), inner.clone())
                .prop_map(|(a, link, b, other, c)| format!("({a} {link} {b} {other} {c})")),
            prop::collection::vec(inner, 2..4).prop_map(|any| format!("({})", any.join(" OR "))),
        ]
    })
}

fn clause() -> impl Strategy<Value = String> {
    let field = select(
        &[
            "title:budget",
            "title:(cut NOT care)",
            "body:\"budget panel\"",
            "item:6a",
            "kind:resolution",
            "council:kent",
            "council:derry",
            "date:2021",
            "date:2021-07..",
            "title:(budget NEAR/2 cuts)",
        ][..],
    );
    prop_oneof![5 => side(), 1 => field.prop_map(str::to_owned)].prop_recursive(3, 10, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(|inner| format!("(NOT {inner})")),
            prop::collection::vec(inner.clone(), 2..4).prop_map(|all| format!("({})", all.join(" AND "))),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} {b})")),
            prop::collection::vec(inner, 2..4).prop_map(|any| format!("({})", any.join(" OR "))),
        ]
    })
}

fn query() -> impl Strategy<Value = String> {
    (prop::collection::vec(clause(), 0..3), clause()).prop_map(|(masks, clause)| {
        masks.into_iter().map(|mask| format!("MASK({mask}) ")).collect::<String>() + &clause
    })
}

/// The default view, one of all languages and editions, or one of everything.
fn view() -> impl Strategy<Value = Filter> {
    let all = Filter { languages: Language::ALL.into(), editions: Edition::ALL.into(), ..Filter::default() };
    select(vec![Filter::default(), all.clone(), Filter { with_boilerplate: true, ..all }])
}

fn unit() -> impl Strategy<Value = Unit> {
    select(vec![Unit::Passage, Unit::Item, Unit::Meeting])
}

type Evaluator = fn(&Query, &[Text]) -> Option<Vec<Vec<Span>>>;

/// Every passage that matches, with its spans, by the given evaluator; as
/// [`Index::find`] does it.
fn expected(
    query: &Query,
    meetings: &[Vec<Passage>],
    filter: &Filter,
    unit: Unit,
    evaluate: Evaluator,
) -> Vec<(String, Vec<Span>)> {
    let mut found = Vec::new();
    for passages in meetings {
        let passing: Vec<&Passage> =
            passages.iter().filter(|passage| filter.passes(&(*passage).into())).collect();
        let key = |passage: &Passage| match unit {
            Unit::Passage => passage.passage_id.0.clone(),
            Unit::Item => item_of(passage),
            Unit::Meeting => passage.meeting.to_string(),
        };
        let mut keys: Vec<String> = passing.iter().map(|passage| key(passage)).collect();
        keys.sort();
        keys.dedup();
        for of_unit in keys {
            let members: Vec<&&Passage> = passing.iter().filter(|passage| key(passage) == of_unit).collect();
            let tokens: Vec<Tokens> =
                members.iter().map(|passage| Tokens::read_in(&passage.text, passage.language)).collect();
            let texts: Vec<Text> = members
                .iter()
                .zip(&tokens)
                .map(|(passage, tokens)| Text { tokens, context: Context::from(**passage) })
                .collect();
            let Some(spans) = evaluate(query, &texts) else { continue };
            let has_match = spans.iter().any(|spans| !spans.is_empty());
            for (at, (passage, spans)) in members.iter().zip(spans).enumerate() {
                if !spans.is_empty() || (!has_match && at == 0) {
                    found.push((passage.passage_id.0.clone(), spans));
                }
            }
        }
    }
    found.sort();
    found
}

/// Queries a case.
const QUERIES: usize = 20;

/// 100 cases, 2,000 queries; or as many as `PROPTEST_CASES` says.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(100)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), ..ProptestConfig::default() })]

    #[test]
    fn the_engine_the_evaluator_and_the_reference_find_the_same(
        meetings in meetings(),
        older in meetings(),
        queries in prop::collection::vec((query(), any::<bool>(), view(), unit()), QUERIES),
    ) {
        // The older meetings stand in a segment of their own; those that come
        // again replace them.
        let index = Index::of(&[older.clone(), meetings.clone()]);
        let mut all = meetings.clone();
        all.extend(older.into_iter().skip(meetings.len()));
        let together = Index::of(&[all.clone()]);
        let apart = Index::of(&all.iter().rev().map(|meeting| vec![meeting.clone()]).collect::<Vec<_>>());
        for (text, is_exact, filter, unit) in queries {
            let query = parse(&text, if is_exact { Terms::Exact } else { Terms::Stemmed }).unwrap();
            let by_reference = expected(&query, &all, &filter, unit, contract::evaluate);
            let by_evaluator = expected(&query, &all, &filter, unit, evaluate);
            prop_assert_eq!(&by_evaluator, &by_reference, "evaluator, {}, {:?}", text, unit);
            let mut by_engine = Vec::new();
            let found = index.find(&query, &filter, unit).unwrap();
            let hits = found.best(usize::MAX);
            for (hit, (passage, spans)) in hits.iter().zip(index.load(&found, &hits).unwrap()) {
                prop_assert_eq!(hit.n_matches as usize, spans.len(), "count, {}, {:?}", text, unit);
                by_engine.push((passage.passage_id.0, spans));
            }
            by_engine.sort();
            prop_assert_eq!(&by_engine, &by_reference, "engine, {}, {:?}", text, unit);
            if unit == Unit::Passage {
                let whole = Filter { with_boilerplate: true, ..filter.clone() };
                let n_left_out = expected(&query, &all, &whole, unit, evaluate).len() - by_reference.len();
                prop_assert_eq!(index.find_beside(&query, &filter).unwrap().hits.len(), n_left_out, "beside, {}", text);
            }
            // However the passages lie in segments, their scores and order are the same.
            let order = |index: &Index| {
                let found = index.find(&query, &filter, unit).unwrap();
                let hits = found.best(usize::MAX);
                let loaded = index.load(&found, &hits).unwrap().into_iter();
                let ids: Vec<String> = loaded.map(|(passage, _)| passage.passage_id.0).collect();
                ids.into_iter().zip(hits.iter().map(|hit| hit.score)).collect::<Vec<_>>()
            };
            prop_assert_eq!(order(&apart), order(&together), "order, {}, {:?}", text, unit);
        }
    }
}

#[test]
fn collectors_of_the_engine_find_what_we_find() {
    use tantivy::collector::{Count, TopDocs};
    let texts = ["Budget cuts.", "The care budget, a budget.", "Caring agencies."];
    let meetings: Vec<Vec<Passage>> = (0..6)
        .map(|meeting| {
            let passage = |(ordinal, text): (usize, &&str)| Passage {
                passage_id: PassageId(format!("x/{meeting}/{ordinal}")),
                meeting: MeetingId { site: SiteId::new("x"), number: meeting.to_string() },
                text: (*text).to_owned(),
                ..plain()
            };
            texts.iter().enumerate().map(passage).collect()
        })
        .collect();
    let index = Index::of(&[meetings[..2].to_vec(), meetings[2..].to_vec()]);
    for (text, n_passages) in [("budget", 12), ("budget NEAR/3 care", 6), ("NOT budget", 6), ("zebra", 0)] {
        let query = parse(text, Terms::Stemmed).unwrap();
        let found = index.find(&query, &Filter::default(), Unit::Passage).unwrap();
        let collectors = (Count, TopDocs::with_limit(100).order_by_score());
        let (count, top) = index.collect(&query, &Filter::default(), &collectors);
        assert_eq!((found.hits.len(), count, top.len()), (n_passages, n_passages, n_passages), "{text}");
        let scores: Vec<f32> = found.best(usize::MAX).iter().map(|hit| hit.score as f32).collect();
        assert_eq!(top.iter().map(|(score, _)| *score).collect::<Vec<_>>(), scores, "{text}");
    }
}

/// Postings are read in blocks of 128 documents, some of which are passed over.
#[test]
fn words_are_found_in_documents_far_apart() {
    // The number of a passage is a multiple of which, by word, in the order of the text.
    const WORDS: [(&str, usize); 5] =
        [("two", 2), ("three", 3), ("seven", 7), ("rare", 401), ("rarest", 1_237)];
    const PASSAGES: usize = 4_000;
    // By how many words a passage may end: more than are read side by side.
    const N_LAST: usize = 97;
    let passage = |number: usize| {
        let words =
            WORDS.iter().filter(|(_, of)| number.is_multiple_of(*of)).map(|(word, _)| format!("{word} "));
        Passage {
            passage_id: PassageId(number.to_string()),
            meeting: MeetingId { site: SiteId::new("x"), number: (number / 80).to_string() },
            text: "so ".repeat(number % 5) + &words.collect::<String>() + &format!("wo{}", number % N_LAST),
            ..plain()
        }
    };
    let numbers: Vec<usize> = (0..PASSAGES).collect();
    let meetings: Vec<Vec<Passage>> =
        numbers.chunks(80).map(|numbers| numbers.iter().map(|&number| passage(number)).collect()).collect();
    let index = Index::of(&[meetings]);
    type Holds = fn(usize) -> bool;
    let queries: [(&str, Holds); 15] = [
        ("rarest", |n| n % 1_237 == 0),
        ("two AND rarest", |n| n % 2_474 == 0),
        ("two AND three AND seven", |n| n % 42 == 0),
        ("rare AND NOT two", |n| n % 401 == 0 && n % 2 != 0),
        ("two OR three OR seven", |n| n % 2 == 0 || n % 3 == 0 || n % 7 == 0),
        ("rarest OR (rare AND seven) OR (rare AND two)", |n| {
            n % 1_237 == 0 || (n % 401 == 0 && (n % 7 == 0 || n % 2 == 0))
        }),
        ("(two OR rarest) AND (seven OR rare) AND three", |n| {
            (n % 2 == 0 || n % 1_237 == 0) && (n % 7 == 0 || n % 401 == 0) && n % 3 == 0
        }),
        ("\"two three\"", |n| n % 6 == 0),
        ("\"three rare\"", |n| n % 1_203 == 0 && n % 7 != 0),
        ("\"so two\"", |n| n % 2 == 0 && n % 5 != 0),
        ("two PRE/1 seven", |n| n % 14 == 0),
        ("wo* AND rare", |n| n % 401 == 0),
        ("\"rare wo*\"", |n| n % 401 == 0 && n % 1_237 != 0),
        ("two AND (rarest OR \"seven wo*\")", |n| {
            n % 2 == 0 && (n % 1_237 == 0 || (n % 7 == 0 && n % 401 != 0))
        }),
        ("rare NEAR/1 two", |n| n % 802 == 0 && !(n % 3 == 0 && n % 7 == 0)),
    ];
    for (text, holds) in queries {
        let query = parse(text, Terms::Exact).unwrap();
        let found = index.find(&query, &Filter::default(), Unit::Passage).unwrap();
        for (hit, (passage, spans)) in found.hits.iter().zip(index.load(&found, &found.hits).unwrap()) {
            let tokens = Tokens::read(&passage.text);
            let expected = evaluate(&query, &[Text { tokens: &tokens, context: (&passage).into() }]);
            assert_eq!(Some(vec![spans.clone()]), expected, "{text}, {}", passage.passage_id.0);
            assert_eq!(hit.n_matches as usize, spans.len(), "{text}, {}", passage.passage_id.0);
        }
        let loaded = index.load(&found, &found.hits).unwrap();
        let mut ids: Vec<usize> =
            loaded.iter().map(|(passage, _)| passage.passage_id.0.parse().unwrap()).collect();
        ids.sort_unstable();
        let expected: Vec<usize> = (0..PASSAGES).filter(|&number| holds(number)).collect();
        assert_eq!(ids, expected, "{text}");
    }
}
