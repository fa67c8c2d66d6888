//! PDFs whose end or table of objects is lost, as when a download broke off.
//!
//! Objects say themselves where they begin (ISO 32000-1, 7.3.10). They are
//! searched for, and a new table of them is put behind the bytes that there are.

use std::collections::{BTreeMap, HashSet};
use std::sync::LazyLock;

use pdf_extract::{Dictionary, Document, Object, ObjectId};
use regex::bytes::Regex;

/// Objects that are searched for; packs of 1,000 pages have some 50,000.
const MAX_OBJECTS: usize = 1_000_000;

/// The document that the objects of damaged bytes make; `None` when they show
/// no page, or are encrypted: how is told by what is lost.
pub fn mend(bytes: &[u8]) -> Option<Document> {
    let places = places(bytes);
    let root = last_reference(bytes, &ROOT);
    let is_encrypted = ENCRYPT.is_match(bytes);
    if places.is_empty() || is_encrypted {
        return None;
    }
    let mut document = Document::load_mem(&with_table(bytes, &places, root)).ok()?;
    if document.get_pages().is_empty() {
        gather_pages(&mut document);
    }
    (!document.get_pages().is_empty()).then_some(document)
}

static OBJECT: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?-u)(?:^|[\r\n \t>])(\d{1,7})\s+(\d{1,5})\s+obj\b"));
static ROOT: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?-u)/Root\s+(\d{1,7})\s+(\d{1,5})\s+R\b"));
static ENCRYPT: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?-u)/Encrypt\s+(?:\d{1,7}\s+\d{1,5}\s+R\b|<<)"));

fn pattern(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the pattern is sound")
}

/// Where each object begins; of one that stands there twice, the later.
fn places(bytes: &[u8]) -> BTreeMap<u32, (u16, usize)> {
    let mut places = BTreeMap::new();
    for found in OBJECT.captures_iter(bytes).take(MAX_OBJECTS) {
        if let (Some(number), Some(generation), Some(start)) = (int(&found[1]), int(&found[2]), found.get(1))
        {
            places.insert(number, (u16::try_from(generation).unwrap_or(0), start.start()));
        }
    }
    places
}

fn last_reference(bytes: &[u8], pattern: &Regex) -> Option<ObjectId> {
    let found = pattern.captures_iter(bytes).last()?;
    Some((int(&found[1])?, u16::try_from(int(&found[2])?).ok()?))
}

fn int(digits: &[u8]) -> Option<u32> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

/// The bytes with a table of their objects and a trailer behind them.
fn with_table(bytes: &[u8], places: &BTreeMap<u32, (u16, usize)>, root: Option<ObjectId>) -> Vec<u8> {
    let mut mended = bytes.to_vec();
    // What was cut off in the middle of an object must not take the table in.
    mended.extend_from_slice(b"\nendstream\nendobj\n");
    let start = mended.len();
    let mut table = String::from("xref\n0 1\n0000000000 65535 f \n");
    for (number, (generation, place)) in places {
        table.push_str(&format!("{number} 1\n{place:010} {generation:05} n \n"));
    }
    let size = places.keys().last().map_or(1, |last| last + 1);
    let root = root.map(|(number, generation)| format!("/Root {number} {generation} R")).unwrap_or_default();
    table.push_str(&format!("trailer\n<</Size {size} {root}>>\nstartxref\n{start}\n%%EOF\n"));
    mended.extend_from_slice(table.as_bytes());
    mended
}

/// Makes a list of the pages that there are, in the order of their numbers,
/// where the document's own was lost.
fn gather_pages(document: &mut Document) {
    let is_page = |object: &Object| {
        let kind = object.as_dict().and_then(|object| object.get(b"Type")).and_then(Object::as_name);
        kind.is_ok_and(|kind| kind == b"Page")
    };
    let pages: Vec<ObjectId> =
        document.objects.iter().filter(|(_, object)| is_page(object)).map(|(id, _)| *id).collect();
    let mut list = Dictionary::new();
    list.set("Type", Object::Name(b"Pages".to_vec()));
    list.set("Count", Object::Integer(pages.len() as i64));
    list.set("Kids", Object::Array(pages.iter().map(|id| Object::Reference(*id)).collect()));
    let list = document.add_object(list);
    let known: HashSet<ObjectId> = document.objects.keys().copied().collect();
    for id in pages {
        if let Ok(page) = document.get_object_mut(id).and_then(Object::as_dict_mut) {
            let parent = page.get(b"Parent").and_then(Object::as_reference).ok();
            // From its parent a page inherits; of one that is lost, nothing.
            if parent.is_none_or(|parent| !known.contains(&parent)) {
                page.set("Parent", Object::Reference(list));
            }
            if !page.has(b"MediaBox") && parent.is_none_or(|parent| !known.contains(&parent)) {
                // A4, in points.
                let a4 = [0, 0, 595, 842].map(Object::Integer);
                page.set("MediaBox", Object::Array(a4.to_vec()));
            }
        }
    }
    let mut root = Dictionary::new();
    root.set("Type", Object::Name(b"Catalog".to_vec()));
    root.set("Pages", Object::Reference(list));
    let root = document.add_object(root);
    document.trailer.set("Root", Object::Reference(root));
}
