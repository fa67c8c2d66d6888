//! Which of the texts that a page shows are bold.
//!
//! The PDF library draws glyphs and does not tell of which font. It draws a
//! page's texts in the order of the page's operators, though, so that the same
//! walk over these tells the font of each.

use std::collections::HashMap;

use pdf_extract::content::Content;
use pdf_extract::{Dictionary, Document, Object, ObjectId, Stream};

/// For each text that a page shows, in the order of drawing, whether it is bold.
pub fn weights(document: &Document, page: ObjectId) -> Vec<bool> {
    let mut walk = Walk { document, shown: Vec::new(), n_left: MAX_OPERATIONS };
    let Ok(content) = document.get_page_content(page) else { return Vec::new() };
    if let Some(resources) = inherited_resources(document, page) {
        walk.content(&content, resources, 0);
    }
    walk.shown
}

/// Operators that are looked at of one page, which bounds the work where forms
/// show forms that show forms.
const MAX_OPERATIONS: usize = 4_000_000;

struct Walk<'a> {
    document: &'a Document,
    shown: Vec<bool>,
    n_left: usize,
}

impl<'a> Walk<'a> {
    fn content(&mut self, content: &[u8], resources: &'a Dictionary, level: usize) {
        /// How deep forms show other forms.
        const DEEPEST: usize = 8;
        let Ok(content) = Content::decode(content) else { return };
        self.n_left = self.n_left.saturating_sub(content.operations.len());
        if self.n_left == 0 {
            return;
        }
        let fonts = dictionary(self.document, resources, b"Font");
        let forms = dictionary(self.document, resources, b"XObject");
        let mut known: HashMap<&[u8], bool> = HashMap::new();
        let (mut state, mut saved) = (State::default(), Vec::new());
        for operation in &content.operations {
            match (operation.operator.as_str(), operation.operands.first()) {
                ("Tf", Some(Object::Name(name))) => {
                    let font = || dictionary(self.document, fonts?, name);
                    state.is_bold_font = *known
                        .entry(name)
                        .or_insert_with(|| font().is_some_and(|font| is_bold(self.document, font)));
                }
                // Letters filled and outlined as well are bold without a bold font.
                ("Tr", Some(mode)) => state.is_outlined = mode.as_i64().is_ok_and(|mode| mode == 2),
                ("q", _) => saved.push(state),
                ("Q", _) => state = saved.pop().unwrap_or(state),
                ("Tj", Some(Object::String(..))) => self.shown.push(state.is_bold()),
                ("TJ", Some(Object::Array(texts))) => {
                    let n_texts = texts.iter().filter(|text| matches!(text, Object::String(..))).count();
                    self.shown.extend(std::iter::repeat_n(state.is_bold(), n_texts));
                }
                ("Do", Some(Object::Name(name))) if level < DEEPEST => {
                    if let Some(form) = forms.and_then(|forms| form(self.document, forms, name)) {
                        let own = dictionary(self.document, &form.dict, b"Resources");
                        let content = form.get_plain_content().unwrap_or_default();
                        self.content(&content, own.unwrap_or(resources), level + 1);
                    }
                }
                _ => {}
            }
        }
    }
}

/// What makes a text bold, as far as it is kept from one text to the next.
#[derive(Clone, Copy, Default)]
struct State {
    is_bold_font: bool,
    is_outlined: bool,
}

impl State {
    fn is_bold(self) -> bool {
        self.is_bold_font || self.is_outlined
    }
}

/// A dictionary in another one, or referred to from it.
fn dictionary<'a>(document: &'a Document, of: &'a Dictionary, name: &[u8]) -> Option<&'a Dictionary> {
    of.get_deref(name, document).ok()?.as_dict().ok()
}

/// The form of that name; pictures are none.
fn form<'a>(document: &'a Document, forms: &'a Dictionary, name: &[u8]) -> Option<&'a Stream> {
    let stream = forms.get_deref(name, document).ok()?.as_stream().ok()?;
    let is_form = stream.dict.get(b"Subtype").and_then(Object::as_name).is_ok_and(|kind| kind == b"Form");
    is_form.then_some(stream)
}

fn inherited_resources(document: &Document, page: ObjectId) -> Option<&Dictionary> {
    /// Levels of the tree of pages.
    const DEEPEST: usize = 64;
    let mut node = document.get_dictionary(page).ok()?;
    for _ in 0..DEEPEST {
        if let Some(resources) = dictionary(document, node, b"Resources") {
            return Some(resources);
        }
        node = dictionary(document, node, b"Parent")?;
    }
    None
}

/// Whether a font is bold by its name, or by what describes it.
fn is_bold(document: &Document, font: &Dictionary) -> bool {
    let descriptor = dictionary(document, font, b"FontDescriptor");
    says_bold(document, font) || descriptor.is_some_and(|descriptor| says_bold(document, descriptor))
}

fn says_bold(document: &Document, font: &Dictionary) -> bool {
    /// From where on a font's weight (100 to 900) is bold: semi-bold is.
    const BOLD: f32 = 600.0;
    let is_named_so = [b"BaseFont".as_slice(), b"FontName"].iter().any(|key| {
        let name = font.get_deref(key, document).and_then(Object::as_name);
        name.is_ok_and(|name| names_bold(&String::from_utf8_lossy(name)))
    });
    let weight = font.get_deref(b"FontWeight", document).and_then(Object::as_float);
    is_named_so || weight.is_ok_and(|weight| weight >= BOLD)
}

/// Whether a font's name says that it is bold: `ABCDEF+Arial-BoldMT`.
fn names_bold(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["bold", "black", "heavy", "demi"].iter().any(|word| name.contains(word))
}

#[cfg(test)]
mod tests {
    use pdf_extract::dictionary;

    use super::*;

    #[test]
    fn a_font_is_bold_by_its_name() {
        for (name, expected) in [
            ("ABCDEF+Arial-BoldMT", true),
            ("Times,BoldItalic", true),
            ("Franklin-Demi", true),
            ("Helvetica", false),
        ] {
            assert_eq!(names_bold(name), expected, "{name}");
        }
    }

    #[test]
    fn each_text_has_the_weight_of_its_font() {
        let mut document = Document::new();
        let font = |name: &str| Object::Dictionary(dictionary! { "BaseFont" => name });
        let fonts = dictionary! { "B" => font("Mill-Bold"), "R" => font("Mill") };
        let form = Stream::new(
            dictionary! { "Subtype" => "Form", "Resources" => dictionary! { "Font" => fonts.clone() } },
            b"/B 9 Tf (in a form) Tj".to_vec(),
        );
        let form = document.add_object(form);
        let resources = dictionary! { "Font" => fonts, "XObject" => dictionary! { "F" => form } };
        let content = b"/R 9 Tf (a) Tj q /B 9 Tf [(b) 2 (c)] TJ Q (d) Tj /F Do 2 Tr (e) Tj".to_vec();
        let content = document.add_object(Stream::new(Dictionary::new(), content));
        let page = document.add_object(dictionary! { "Contents" => content, "Resources" => resources });
        assert_eq!(weights(&document, page), [false, true, true, false, true, true]);
    }
}
