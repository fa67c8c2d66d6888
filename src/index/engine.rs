//! The engine's schema, and passages as its documents.

use std::path::Path;

use tantivy::collector::DocSetCollector;
use tantivy::query::{AllQuery, BooleanQuery, Occur, Query as EngineQuery, RegexQuery, TermQuery};
use tantivy::schema::{
    BytesOptions, FAST, Field, IndexRecordOption, STRING, Schema, TextFieldIndexing, TextOptions, Value,
};
use tantivy::tokenizer::{PreTokenizedString, Token};
use tantivy::{DocAddress, IndexSettings, Searcher, TantivyDocument, Term};

use super::repeated::wording;
use crate::model::{Error, Passage, Result};
use crate::search::{Need, Tokens};

/// The longest term that is indexed whole, in bytes; a longer word is cut, and
/// its passage marked, so that it is still proposed.
const MAX_TERM: usize = 200;

/// Stands in `words` of every passage that has a cut word; no word holds it.
const CUT_WORD: &str = "\u{0}cut";

/// The fields of a passage in the engine.
#[derive(Debug, Clone)]
pub struct Fields {
    /// The passage's identifier.
    pub id: Field,
    /// The meeting's identifier.
    pub meeting: Field,
    /// The item, by meeting, key and document.
    pub item: Field,
    /// Every word as written, and hyphen compounds joined.
    pub words: Field,
    /// The stems of the same.
    pub stems: Field,
    /// The passage, as JSON.
    pub record: Field,
    /// What filters and denominators look at, by column.
    pub council: Field,
    /// The body's name.
    pub body: Field,
    /// The date as printed; empty when not known.
    pub date: Field,
    /// The kind's name.
    pub kind: Field,
    /// The edition's name.
    pub edition: Field,
    /// The language's name.
    pub language: Field,
    /// Whether it is furniture.
    pub boilerplate: Field,
    /// The wording as a number, where it may be boilerplate by repetition; else 0.
    pub wording: Field,
    /// The place of the passage in its meeting, from 0.
    pub ordinal: Field,
}

/// The names of the columns that a filter reads.
pub mod column {
    pub const MEETING: &str = "meeting";
    pub const ITEM: &str = "item";
    pub const COUNCIL: &str = "council";
    pub const BODY: &str = "body";
    pub const DATE: &str = "date";
    pub const KIND: &str = "kind";
    pub const EDITION: &str = "edition";
    pub const LANGUAGE: &str = "language";
    pub const BOILERPLATE: &str = "boilerplate";
    pub const WORDING: &str = "wording";
    pub const ORDINAL: &str = "ordinal";
}

/// The schema, and its fields by name.
pub fn schema() -> (Schema, Fields) {
    let mut builder = Schema::builder();
    // Candidates only need to know where a word stands at all; the spans are
    // decided on the text.
    let indexing = TextFieldIndexing::default()
        .set_tokenizer("raw")
        .set_fieldnorms(false)
        .set_index_option(IndexRecordOption::Basic);
    let tokens = TextOptions::default().set_indexing_options(indexing);
    let column_only = TextOptions::default().set_fast("raw");
    let fields = Fields {
        id: builder.add_text_field("id", STRING),
        meeting: builder.add_text_field(column::MEETING, STRING.set_fast("raw")),
        item: builder.add_text_field(column::ITEM, STRING.set_fast("raw")),
        words: builder.add_text_field("words", tokens.clone()),
        stems: builder.add_text_field("stems", tokens),
        record: builder.add_bytes_field("record", BytesOptions::default().set_stored()),
        council: builder.add_text_field(column::COUNCIL, column_only.clone()),
        body: builder.add_text_field(column::BODY, column_only.clone()),
        date: builder.add_text_field(column::DATE, column_only.clone()),
        kind: builder.add_text_field(column::KIND, column_only.clone()),
        edition: builder.add_text_field(column::EDITION, column_only.clone()),
        language: builder.add_text_field(column::LANGUAGE, column_only),
        boilerplate: builder.add_bool_field(column::BOILERPLATE, FAST),
        wording: builder.add_u64_field(column::WORDING, FAST),
        ordinal: builder.add_u64_field(column::ORDINAL, FAST),
    };
    (builder.build(), fields)
}

/// Makes an empty index, or opens the one that is there.
pub fn open_or_create(folder: &Path) -> Result<tantivy::Index> {
    std::fs::create_dir_all(folder).map_err(Error::io("make", folder))?;
    let fail = |source: tantivy::TantivyError| engine_error("open", folder, source);
    let directory = tantivy::directory::MmapDirectory::open(folder).map_err(|error| fail(error.into()))?;
    let builder = tantivy::Index::builder().schema(schema().0).settings(IndexSettings::default());
    builder.open_or_create(directory).map_err(fail)
}

/// An engine fault as an error of ours.
pub fn engine_error(action: &'static str, folder: &Path, source: tantivy::TantivyError) -> Error {
    Error::Engine { action, folder: folder.to_owned(), source: Box::new(source) }
}

/// The number of the engine's last commit.
pub fn commit_of(index: &tantivy::Index) -> tantivy::Result<u64> {
    Ok(index.load_metas()?.opstamp)
}

/// The passage as a document of the engine.
pub fn to_document(fields: &Fields, passage: &Passage, ordinal: usize) -> TantivyDocument {
    let mut document = TantivyDocument::default();
    document.add_text(fields.id, &passage.passage_id.0);
    document.add_text(fields.meeting, passage.meeting.to_string());
    document.add_text(fields.item, item_of(passage));
    let tokens = Tokens::read_in(&passage.text, passage.language);
    let compounds = tokens.compounds().iter().map(|compound| compound.word.as_str());
    document.add_pre_tokenized_text(fields.words, pre_tokenized(tokens.words().chain(compounds)));
    document.add_pre_tokenized_text(fields.stems, pre_tokenized(tokens.stems()));
    let record = serde_json::to_vec(passage).expect("a passage holds nothing that JSON cannot");
    document.add_bytes(fields.record, &record);
    document.add_text(fields.council, &passage.council);
    document.add_text(fields.body, &passage.body);
    document.add_text(fields.date, passage.date.map(|date| date.to_string()).unwrap_or_default());
    document.add_text(fields.kind, passage.kind.name());
    document.add_text(fields.edition, passage.edition.name());
    document.add_text(fields.language, passage.language.name());
    document.add_bool(fields.boilerplate, passage.boilerplate);
    document.add_u64(fields.wording, wording(passage, &tokens).unwrap_or(0));
    document.add_u64(fields.ordinal, ordinal as u64);
    document
}

/// The passage in a document of the engine; `None` when it is damaged.
pub fn from_document(fields: &Fields, document: &TantivyDocument) -> Option<Passage> {
    serde_json::from_slice(document.get_first(fields.record)?.as_bytes()?).ok()
}

/// Where the passages are that have this text in this field, in no order.
pub fn with_text(searcher: &Searcher, field: Field, text: &str) -> tantivy::Result<Vec<DocAddress>> {
    let query = TermQuery::new(Term::from_field_text(field, text), IndexRecordOption::Basic);
    Ok(searcher.search(&query, &DocSetCollector)?.into_iter().collect())
}

/// What tells an item from all others: the same number may stand in the agenda
/// and in the minutes of one meeting, which are two documents.
pub fn item_of(passage: &Passage) -> String {
    format!("{}/{}@{}", passage.meeting, passage.item_key, passage.document.short())
}

/// Terms for the engine. Each is listed once: only where it stands matters.
fn pre_tokenized<'a>(words: impl Iterator<Item = &'a str>) -> PreTokenizedString {
    let mut terms: Vec<&str> = words.collect();
    terms.sort_unstable();
    terms.dedup();
    let has_cut = terms.iter().any(|term| term.len() > MAX_TERM);
    let terms = terms.into_iter().map(cut).chain(has_cut.then_some(CUT_WORD));
    let token =
        |(position, text): (usize, &str)| Token { position, text: text.to_owned(), ..Token::default() };
    PreTokenizedString { text: String::new(), tokens: terms.enumerate().map(token).collect() }
}

fn cut(word: &str) -> &str {
    &word[..word.floor_char_boundary(MAX_TERM)]
}

/// The engine's query for what a query needs of a passage. It never leaves out
/// a passage that the query is true of.
pub fn candidates(fields: &Fields, need: &Need) -> tantivy::Result<Box<dyn EngineQuery>> {
    let term = |field, text: &str| -> Box<dyn EngineQuery> {
        Box::new(TermQuery::new(Term::from_field_text(field, cut(text)), IndexRecordOption::Basic))
    };
    Ok(match need {
        Need::All => Box::new(AllQuery),
        Need::Word(word) => term(fields.words, word),
        Need::Stem(stem) => term(fields.stems, stem),
        Need::Pattern(pattern) => {
            // Words hold letters and digits only: nothing else needs escaping.
            let regex = pattern.replace('*', ".*");
            match RegexQuery::from_pattern(&regex, fields.words) {
                Ok(matching) => any(vec![Box::new(matching), term(fields.words, CUT_WORD)]),
                // Too many stars for the engine: the evaluator decides alone.
                Err(_) => Box::new(AllQuery),
            }
        }
        Need::And(needs) => {
            let needs = needs.iter().map(|need| Ok((Occur::Must, candidates(fields, need)?)));
            Box::new(BooleanQuery::new(needs.collect::<tantivy::Result<_>>()?))
        }
        Need::Or(needs) => {
            any(needs.iter().map(|need| candidates(fields, need)).collect::<tantivy::Result<_>>()?)
        }
    })
}

fn any(queries: Vec<Box<dyn EngineQuery>>) -> Box<dyn EngineQuery> {
    Box::new(BooleanQuery::new(queries.into_iter().map(|query| (Occur::Should, query)).collect()))
}
