//! The words of an element that a reader of the page sees.

use scraper::ElementRef;

use super::blocks::fold;

/// The beginning of an element's text, without scripts, styles and what
/// `is_hidden` names. At most `most` nodes and, beside them, bytes are looked
/// at: for what stands around a part, which may be the whole page.
pub(super) fn visible_start(element: ElementRef, most: usize, is_hidden: fn(ElementRef) -> bool) -> String {
    let (mut text, mut left) = (String::new(), most);
    collect(element, is_hidden, &mut text, &mut left);
    fold(&text)
}

fn collect(element: ElementRef, is_hidden: fn(ElementRef) -> bool, text: &mut String, left: &mut usize) {
    for node in element.children() {
        if *left == 0 {
            return;
        }
        *left -= 1;
        if let Some(more) = node.value().as_text() {
            let more = &more[..more.floor_char_boundary(*left)];
            *left -= more.len();
            text.push_str(more);
        }
        let Some(child) = ElementRef::wrap(node) else { continue };
        if !is_hidden(child) && !matches!(child.value().name(), "script" | "style") {
            collect(child, is_hidden, text, left);
        }
    }
}
