//! Repairs what the PDF library trips over, before it draws.
//!
//! All of it is in files of real councils, and no viewer minds it.

use std::collections::HashSet;
use std::sync::LazyLock;

use pdf_extract::content::{Content, Operation};
use pdf_extract::{Dictionary, Document, Object, ObjectId, Stream};
use regex::bytes::Regex;

/// Repairs a document. Says whether parts of its fonts are lost, so that words
/// may be wrong.
pub fn repair(document: &mut Document) -> bool {
    let is_damaged = drop_dangling(document) | add_missing_fonts(document);
    add_usual_maps(document);
    spell_out_widths(document);
    spell_out_shows(document);
    is_damaged
}

/// Takes out references to objects that the file does not hold. They mean
/// “nothing” (ISO 32000-1, 7.3.10), but the PDF library panics at them; some
/// councils' files have them for the character maps of their fonts. Says
/// whether a font lost its map so.
fn drop_dangling(document: &mut Document) -> bool {
    let known: HashSet<ObjectId> = document.objects.keys().copied().collect();
    let mut lost = HashSet::new();
    for object in document.objects.values_mut() {
        let dictionary = match object {
            Object::Dictionary(dictionary) => dictionary,
            Object::Stream(stream) => &mut stream.dict,
            _ => continue,
        };
        drop_from(dictionary, &known, 0, &mut lost);
    }
    lost.iter().any(|name| name == b"ToUnicode")
}

fn drop_from(
    dictionary: &mut Dictionary,
    known: &HashSet<ObjectId>,
    level: usize,
    lost: &mut HashSet<Vec<u8>>,
) {
    const DEEPEST: usize = 16;
    let is_dangling = |object: &Object| matches!(object, Object::Reference(id) if !known.contains(id));
    let names: Vec<Vec<u8>> =
        dictionary.iter().filter(|(_, object)| is_dangling(object)).map(|(name, _)| name.clone()).collect();
    for name in names {
        dictionary.remove(&name);
        lost.insert(name);
    }
    if level < DEEPEST {
        for (_, object) in dictionary.iter_mut() {
            if let Object::Dictionary(inner) = object {
                drop_from(inner, known, level + 1, lost);
            }
        }
    }
}

/// Gives fonts that lost the map of their glyphs to letters the usual one.
///
/// Arial and Times New Roman have their glyphs in one order, which files keep
/// when they hold only some of them; without a map their words are lost.
fn add_usual_maps(document: &mut Document) {
    let is_name = |font: &Dictionary, key: &[u8], wanted: &[u8]| {
        font.get(key).and_then(Object::as_name).is_ok_and(|name| name == wanted)
    };
    let has_usual_order = |font: &Dictionary| {
        let name = font.get(b"BaseFont").and_then(Object::as_name).unwrap_or_default();
        let name = String::from_utf8_lossy(name);
        let family = name.split_once('+').map_or(&*name, |(_, family)| family);
        ["Arial", "TimesNewRoman"].iter().any(|known| family.starts_with(known)) && !family.contains("Narrow")
    };
    let fonts = document.objects.iter().filter_map(|(id, object)| {
        let font = object.as_dict().ok()?;
        let is_bare = is_name(font, b"Subtype", b"Type0")
            && is_name(font, b"Encoding", b"Identity-H")
            && font.get(b"ToUnicode").is_err();
        (is_bare && has_usual_order(font)).then_some(*id)
    });
    let fonts: Vec<ObjectId> = fonts.collect();
    if fonts.is_empty() {
        return;
    }
    let map = document.add_object(Stream::new(Dictionary::new(), USUAL_MAP.as_bytes().to_vec()));
    for id in fonts {
        if let Ok(font) = document.get_object_mut(id).and_then(Object::as_dict_mut) {
            font.set("ToUnicode", Object::Reference(map));
        }
    }
}

/// The order of glyphs in Arial and Times New Roman: ASCII from the third on,
/// and what else English minutes need: £ • … – — “ ” ‘ ’.
const USUAL_MAP: &str = "/CIDInit /ProcSet findresource begin 12 dict begin begincmap
1 begincodespacerange <0000> <FFFF> endcodespacerange
1 beginbfrange <0003> <0061> <0020> endbfrange
9 beginbfchar <0085> <00A3> <0087> <2022> <00AB> <2026> <00B1> <2013> <00B2> <2014> <00B3> <201C>
<00B4> <201D> <00B5> <2018> <00B6> <2019> endbfchar
endcmap CMapName currentdict /CMap defineresource pop end end
";

/// Writes `first last width` in the widths of fonts as `first [width width …]`.
///
/// Both mean the same (ISO 32000-1, 9.7.4.3), but the PDF library takes the
/// number of the first glyph for the width in the first form. Lines then run
/// over themselves: words lose their gaps, and letters their order.
fn spell_out_widths(document: &mut Document) {
    let fonts = document.objects.iter().filter_map(|(id, object)| {
        let widths = document.dereference(object.as_dict().ok()?.get(b"W").ok()?).ok()?.1.as_array().ok()?;
        Some((*id, spelt_out_widths(document, widths)?))
    });
    let fonts: Vec<(ObjectId, Vec<Object>)> = fonts.collect();
    for (id, widths) in fonts {
        if let Ok(font) = document.get_object_mut(id).and_then(Object::as_dict_mut) {
            font.set("W", Object::Array(widths));
        }
    }
}

/// The widths without ranges; `None` when they have none, or are no widths.
fn spelt_out_widths(document: &Document, widths: &[Object]) -> Option<Vec<Object>> {
    /// Glyphs that a font can have.
    const MAX_GLYPHS: i64 = 65_536;
    let mut spelt: Vec<Object> = Vec::new();
    let (mut at, mut n_ranges, mut n_left) = (0, 0, MAX_GLYPHS);
    while let [first, second, ..] = &widths[at..] {
        let (_, second) = document.dereference(second).ok()?;
        if second.as_array().is_ok() {
            spelt.extend([first.clone(), second.clone()]);
            at += 2;
            continue;
        }
        let (_, width) = document.dereference(widths.get(at + 2)?).ok()?;
        width.as_float().ok()?;
        let n_glyphs = second.as_i64().ok()?.checked_sub(first.as_i64().ok()?)?.checked_add(1)?;
        n_left = n_left.checked_sub(n_glyphs.max(0)).filter(|left| *left >= 0)?;
        let n_glyphs = usize::try_from(n_glyphs).ok()?;
        spelt.extend([first.clone(), Object::Array(vec![width.clone(); n_glyphs])]);
        (at, n_ranges) = (at + 3, n_ranges + 1);
    }
    (n_ranges > 0).then_some(spelt)
}

/// Where a content sets a font, `/F1 12 Tf`; also where a text looks so.
static FONT_SET: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?-u)/([^\s\x00()<>\[\]{}/%]+)[\s\x00]+[-+.0-9]+[\s\x00]+Tf").expect("the pattern is sound")
});

/// Gives the pages the fonts that their contents use and their resources
/// lack. Viewers take any font for those; the PDF library panics. Says whether
/// there were any.
fn add_missing_fonts(document: &mut Document) -> bool {
    let mut is_any = false;
    let pages: Vec<ObjectId> = document.get_pages().into_values().collect();
    for page in pages {
        let Ok(content) = document.get_page_content(page) else { continue };
        let Ok(known) = document.get_page_fonts(page) else { continue };
        // Decoding is slow, and few files need it.
        let is_known = |found: regex::bytes::Captures| known.contains_key(&found[1]);
        if FONT_SET.captures_iter(&content).all(is_known) {
            continue;
        }
        let Ok(content) = Content::decode(&content) else { continue };
        let used: HashSet<&[u8]> = content
            .operations
            .iter()
            .filter(|operation| operation.operator == "Tf")
            .filter_map(|operation| operation.operands.first()?.as_name().ok())
            .collect();
        let missing: Vec<Vec<u8>> =
            used.into_iter().filter(|name| !known.contains_key(*name)).map(<[u8]>::to_vec).collect();
        if !missing.is_empty() {
            is_any = true;
            add_fonts(document, page, &missing);
        }
    }
    is_any
}

/// Puts a plain font of each of these names into a page's resources.
fn add_fonts(document: &mut Document, page: ObjectId, names: &[Vec<u8>]) {
    let fonts = document.get_page_resources(page).ok().and_then(|(inline, referred)| {
        let referred = referred.first().and_then(|id| document.get_dictionary(*id).ok());
        inline.or(referred).cloned()
    });
    // The page gets resources of its own, so that no other page changes.
    let mut resources = fonts.unwrap_or_default();
    let mut fonts = match resources.get(b"Font") {
        Ok(Object::Dictionary(fonts)) => fonts.clone(),
        Ok(Object::Reference(id)) => document.get_dictionary(*id).cloned().unwrap_or_default(),
        _ => Dictionary::new(),
    };
    for name in names {
        let mut font = Dictionary::new();
        font.set("Type", Object::Name(b"Font".to_vec()));
        font.set("Subtype", Object::Name(b"Type1".to_vec()));
        font.set("BaseFont", Object::Name(b"Helvetica".to_vec()));
        font.set("Encoding", Object::Name(b"WinAnsiEncoding".to_vec()));
        fonts.set(name.clone(), Object::Dictionary(font));
    }
    resources.set("Font", Object::Dictionary(fonts));
    if let Ok(page) = document.get_object_mut(page).and_then(Object::as_dict_mut) {
        page.set("Resources", Object::Dictionary(resources));
    }
}

/// Writes the operators `'` and `"` as those that they stand for.
///
/// They go to the next line and show a text (ISO 32000-1, 9.4.3). The PDF
/// library passes them over: files whose writer uses them seem to have no text.
fn spell_out_shows(document: &mut Document) {
    let pages: Vec<ObjectId> = document.get_pages().into_values().collect();
    for page in pages {
        let spelt = document.get_page_content(page).ok().and_then(|content| spelt_out_shows(&content));
        let Some(content) = spelt else { continue };
        // A stream of its own: others may share the one there is.
        let content = document.add_object(Stream::new(Dictionary::new(), content));
        if let Ok(page) = document.get_object_mut(page).and_then(Object::as_dict_mut) {
            page.set("Contents", Object::Reference(content));
        }
    }
    for object in document.objects.values_mut() {
        let Object::Stream(stream) = object else { continue };
        let kind = stream.dict.get(b"Subtype").and_then(Object::as_name);
        if !kind.is_ok_and(|kind| kind == b"Form") {
            continue;
        }
        let content = stream.decompressed_content().unwrap_or_else(|_| stream.content.clone());
        if let Some(content) = spelt_out_shows(&content) {
            stream.set_plain_content(content);
        }
    }
}

/// A content without the two operators; `None` when it has none.
fn spelt_out_shows(content: &[u8]) -> Option<Vec<u8>> {
    // Decoding is slow, and few files need it.
    static LIKELY: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r#"(?-u)[)>]\s*['"]"#).expect("the pattern is sound"));
    if !LIKELY.is_match(content) {
        return None;
    }
    let content = Content::decode(content).ok()?;
    let operations = content.operations.into_iter().flat_map(|operation| {
        let next_line = Operation::new("T*", Vec::new());
        match (operation.operator.as_str(), operation.operands.as_slice()) {
            ("'", [text]) => vec![next_line, Operation::new("Tj", vec![text.clone()])],
            ("\"", [words, letters, text]) => vec![
                Operation::new("Tw", vec![words.clone()]),
                Operation::new("Tc", vec![letters.clone()]),
                next_line,
                Operation::new("Tj", vec![text.clone()]),
            ],
            _ => vec![operation],
        }
    });
    Content { operations: operations.collect::<Vec<_>>() }.encode().ok()
}

#[cfg(test)]
mod tests {
    use pdf_extract::dictionary;

    use super::*;

    #[test]
    fn a_font_of_the_usual_order_gets_the_map_it_lost() {
        let mut document = Document::new();
        let font =
            |name: &str| dictionary! { "Subtype" => "Type0", "Encoding" => "Identity-H", "BaseFont" => name };
        let names = ["ABCDEF+ArialMT", "TimesNewRomanPS-BoldMT", "ABCDEF+ArialNarrow", "ABCDEF+Calibri"];
        let fonts = names.map(|name| document.add_object(font(name)));
        add_usual_maps(&mut document);
        let has_map = |id| document.get_dictionary(id).is_ok_and(|font| font.has(b"ToUnicode"));
        assert_eq!(fonts.map(has_map), [true, true, false, false]);
    }
}
