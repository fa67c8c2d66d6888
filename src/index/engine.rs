//! The engine's schema, and passages as its documents.

use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tantivy::collector::DocSetCollector;
use tantivy::columnar::{Column, ColumnIndex, ColumnValues, StrColumn};
use tantivy::query::TermQuery;
use tantivy::schema::{
    BytesOptions, FAST, Field, IndexRecordOption, Schema, TextFieldIndexing, TextOptions, Value,
};
use tantivy::store::{Compressor, ZstdCompressor};
use tantivy::{DocAddress, DocId, IndexSettings, Searcher, SegmentReader, TantivyDocument, Term};

use super::class::Class;
use super::repeated::wording;
use super::tokens::PassageTokenizer;
use crate::model::{Digest, Error, MeetingId, PartialDate, Passage, PassageId, Result};
use crate::search::Tokens;

/// The name under which the engine knows [`PassageTokenizer`].
const TOKENIZER: &str = "passage";

/// The fields of a passage in the engine.
#[derive(Debug, Clone, Copy)]
pub struct Fields {
    /// The meeting's identifier.
    pub meeting: Field,
    /// Its words as written, with their positions; see [`PassageTokenizer`].
    pub words: Field,
    /// The passage, as JSON.
    record: Field,
    /// The number of its meeting in this index.
    number: Field,
    /// The number of its item within the meeting, from 0.
    item: Field,
    /// Its [`Class`], as a number.
    class: Field,
    /// How many tokens it has.
    n_tokens: Field,
    /// The wording as a number, where it may be boilerplate by repetition; else 0.
    wording: Field,
    /// The title of its item.
    title: Field,
    /// The number of its item as printed.
    label: Field,
    /// Where it comes from; see [`origin_of`].
    origin: Field,
}

/// A column that has one value for each document.
pub type Values = Arc<dyn ColumnValues<u64>>;

/// The columns of a segment.
#[derive(Clone)]
pub struct Columns {
    /// The number of its meeting in this index.
    pub number: Values,
    /// The number of its item within the meeting, from 0.
    pub item: Values,
    /// Its [`Class`], as a number.
    pub class: Values,
    /// How many tokens it has.
    pub n_tokens: Values,
    /// The wording as a number, where it may be boilerplate by repetition.
    wording: Column<u64>,
    /// The title of its item.
    pub title: StrColumn,
    /// The number of its item as printed.
    pub label: StrColumn,
    /// Where it comes from; see [`origin_of`].
    origin: StrColumn,
}

impl Columns {
    /// Opens the columns of a segment.
    ///
    /// Fails where one is missing, or has no value for some document.
    pub fn open(segment: &SegmentReader) -> tantivy::Result<Self> {
        let fast = segment.fast_fields();
        let missing =
            |name: &str| tantivy::TantivyError::SchemaError(format!("the column `{name}` is missing"));
        let full = |name: &str| {
            let column = fast.u64(name)?;
            match column.index {
                ColumnIndex::Full => Ok(column.values),
                _ => Err(missing(name)),
            }
        };
        let text = |name: &str| fast.str(name)?.ok_or_else(|| missing(name));
        Ok(Self {
            number: full("number")?,
            item: full("item")?,
            class: full("class")?,
            n_tokens: full("n_tokens")?,
            wording: fast.u64("wording")?,
            title: text("title")?,
            label: text("label")?,
            origin: text("origin")?,
        })
    }

    /// The wording of a document as a number; 0 where it cannot be boilerplate by
    /// repetition.
    pub fn wording(&self, doc: DocId) -> u64 {
        self.wording.first(doc).unwrap_or_default()
    }
}

/// The schema, and its fields by name.
pub fn schema() -> (Schema, Fields) {
    let mut builder = Schema::builder();
    let indexing = TextFieldIndexing::default()
        .set_tokenizer(TOKENIZER)
        .set_fieldnorms(false)
        .set_index_option(IndexRecordOption::WithFreqsAndPositions);
    let whole = TextFieldIndexing::default()
        .set_tokenizer("raw")
        .set_fieldnorms(false)
        .set_index_option(IndexRecordOption::Basic);
    let column = TextOptions::default().set_fast("raw");
    let fields = Fields {
        meeting: builder.add_text_field("meeting", TextOptions::default().set_indexing_options(whole)),
        words: builder.add_text_field("words", TextOptions::default().set_indexing_options(indexing)),
        record: builder.add_bytes_field("record", BytesOptions::default().set_stored()),
        number: builder.add_u64_field("number", FAST),
        item: builder.add_u64_field("item", FAST),
        class: builder.add_u64_field("class", FAST),
        n_tokens: builder.add_u64_field("n_tokens", FAST),
        wording: builder.add_u64_field("wording", FAST),
        title: builder.add_text_field("title", column.clone()),
        label: builder.add_text_field("label", column.clone()),
        origin: builder.add_text_field("origin", column),
    };
    (builder.build(), fields)
}

/// Makes an empty index, or opens the one that is there.
pub fn open_or_create(folder: &Path) -> Result<tantivy::Index> {
    std::fs::create_dir_all(folder).map_err(Error::io("make", folder))?;
    let fail = |source: tantivy::TantivyError| engine_error("open", folder, source);
    let directory = tantivy::directory::MmapDirectory::open(folder).map_err(|error| fail(error.into()))?;
    let builder = tantivy::Index::builder().schema(schema().0).settings(settings());
    let index = builder.open_or_create(directory).map_err(fail)?;
    index.tokenizers().register(TOKENIZER, PassageTokenizer::default());
    Ok(index)
}

/// Texts of one meeting stand together, and share most of what is said of them:
/// larger blocks take less room.
fn settings() -> IndexSettings {
    let compression = ZstdCompressor { compression_level: Some(9) };
    IndexSettings {
        docstore_compression: Compressor::Zstd(compression),
        docstore_blocksize: 32 * 1024,
        ..IndexSettings::default()
    }
}

/// An empty index in memory.
#[cfg(test)]
pub fn in_memory() -> tantivy::Index {
    let index = tantivy::Index::create_in_ram(schema().0);
    index.tokenizers().register(TOKENIZER, PassageTokenizer::default());
    index
}

/// An engine fault as an error of ours.
pub fn engine_error(action: &'static str, folder: &Path, source: tantivy::TantivyError) -> Error {
    Error::Engine { action, folder: folder.to_owned(), source: Box::new(source) }
}

/// The number of the engine's last commit.
pub fn commit_of(index: &tantivy::Index) -> tantivy::Result<u64> {
    Ok(index.load_metas()?.opstamp)
}

/// Where a passage stands in the index.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// The number of its meeting in this index.
    pub number: u32,
    /// The number of its item within the meeting, from 0.
    pub item: usize,
}

/// The passage as a document of the engine.
pub fn to_document(fields: &Fields, passage: &Passage, place: Place) -> TantivyDocument {
    let mut document = TantivyDocument::default();
    document.add_text(fields.meeting, passage.meeting.to_string());
    document.add_text(fields.words, &passage.text);
    document.add_bytes(fields.record, &Record::of(passage).to_bytes());
    let tokens = Tokens::read(&passage.text);
    document.add_u64(fields.number, place.number.into());
    document.add_u64(fields.item, place.item as u64);
    document.add_u64(fields.class, Class::of(passage).number() as u64);
    document.add_u64(fields.n_tokens, tokens.len() as u64);
    if let Some(wording) = wording(passage, &tokens) {
        document.add_u64(fields.wording, wording);
    }
    document.add_text(fields.title, &passage.title);
    document.add_text(fields.label, &passage.item);
    document.add_text(fields.origin, origin_of(passage, place.number));
    document
}

/// Where a passage comes from: the number of its meeting, the digest of its document and
/// its address. Values that are sorted as their passages are take least room in a column.
fn origin_of(passage: &Passage, number: u32) -> String {
    format!("{number:08x} {} {}", passage.document, passage.url)
}

/// What a passage has of its meeting.
pub struct OfMeeting<'a> {
    /// The meeting.
    pub meeting: &'a MeetingId,
    /// The slug of the council.
    pub council: &'a str,
    /// The name of the council.
    pub council_name: &'a str,
    /// The name of the body.
    pub body: &'a str,
    /// When it met.
    pub date: Option<PartialDate>,
}

/// The passage in a document of the engine; `None` when it is damaged.
pub fn from_document(
    fields: &Fields,
    columns: &Columns,
    (doc, document): (DocId, &TantivyDocument),
    of_meeting: OfMeeting,
) -> Option<Passage> {
    let record = Record::from_bytes(document.get_first(fields.record)?.as_bytes()?)?;
    let class = Class::from_number(columns.class.get_val(doc) as usize)?;
    let text = |column: &StrColumn| {
        let mut text = String::new();
        column.ord_to_str(column.ords().first(doc)?, &mut text).ok()?.then_some(text)
    };
    let origin = text(&columns.origin)?;
    let (digest, url) = origin.split_once(' ')?.1.split_once(' ')?;
    let digest = Digest(digest.to_owned());
    let OfMeeting { meeting, council, council_name, body, date } = of_meeting;
    Some(Passage {
        passage_id: match record.id {
            RecordId::Ordinal(ordinal) => PassageId::new(meeting, &record.item_key, ordinal, &digest),
            RecordId::Other(id) => PassageId(id),
        },
        meeting: meeting.clone(),
        council: council.to_owned(),
        council_name: council_name.to_owned(),
        body: body.to_owned(),
        date,
        item_key: record.item_key,
        item: text(&columns.label)?,
        title: text(&columns.title)?,
        edition: class.edition,
        kind: class.kind,
        language: class.language,
        boilerplate: class.boilerplate,
        rule: record.rule,
        number: record.number,
        clause: record.clause,
        page: record.page,
        text: record.text,
        url: url.to_owned(),
        document: digest,
    })
}

/// What the store holds of a passage; the rest stands in columns and with its
/// meeting.
struct Record {
    id: RecordId,
    item_key: String,
    rule: Option<String>,
    number: Option<String>,
    clause: Vec<String>,
    page: Option<u32>,
    text: String,
}

/// The identifier of a passage.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum RecordId {
    /// That of the passage at this place of its item, from 1.
    Ordinal(usize),
    /// Any other, whole.
    Other(String),
}

impl RecordId {
    fn of(passage: &Passage) -> Self {
        let Passage { passage_id, meeting, item_key, document, .. } = passage;
        let ordinal =
            passage_id.0.rsplit_once('/').and_then(|(_, last)| last.split_once('@')?.0.parse().ok());
        let made = ordinal.map(|ordinal| (ordinal, PassageId::new(meeting, item_key, ordinal, document)));
        match made {
            Some((ordinal, made)) if made == *passage_id => Self::Ordinal(ordinal),
            _ => Self::Other(passage_id.0.clone()),
        }
    }
}

/// A record as JSON has it: an array, as names would take more room than most values.
type Row = (RecordId, String, Option<String>, Option<String>, Vec<String>, Option<u32>, String);

impl Record {
    fn of(passage: &Passage) -> Self {
        let id = RecordId::of(passage);
        let Passage { item_key, rule, number, clause, page, text, .. } = passage.clone();
        Self { id, item_key, rule, number, clause, page, text }
    }

    fn to_bytes(&self) -> Vec<u8> {
        let Self { id, item_key, rule, number, clause, page, text } = self;
        let row = (id, item_key, rule, number, clause, page, text);
        serde_json::to_vec(&row).expect("a passage holds nothing that JSON cannot")
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let row: Row = serde_json::from_slice(bytes).ok()?;
        let (id, item_key, rule, number, clause, page, text) = row;
        Some(Self { id, item_key, rule, number, clause, page, text })
    }
}

/// Where the passages of a meeting are, in no order.
pub fn of_meeting(searcher: &Searcher, fields: &Fields, meeting: &str) -> tantivy::Result<Vec<DocAddress>> {
    let query = TermQuery::new(Term::from_field_text(fields.meeting, meeting), IndexRecordOption::Basic);
    Ok(searcher.search(&query, &DocSetCollector)?.into_iter().collect())
}

/// What tells an item from all others: the same number may stand in the agenda
/// and in the minutes of one meeting, which are two documents.
pub fn item_of(passage: &Passage) -> String {
    format!("{}/{}@{}", passage.meeting, passage.item_key, passage.document.short())
}
