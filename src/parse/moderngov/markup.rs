//! What all pages of the system share: the part that it made itself, and how a
//! reader sees it.

use std::sync::LazyLock;

use scraper::{ElementRef, Html, Selector};

use super::Wrong;
use crate::model::PartialDate;
use crate::parse::blocks::{fold, html};
use crate::parse::visible;

/// The page as a tree. Fails for what the system did not make, and for what
/// would cost too much.
pub(super) fn tree(text: &str) -> Result<Html, Wrong> {
    // What the system did not make need not be read at all.
    if !text.contains("modgov") {
        return Err(Wrong::NotModernGov);
    }
    match html::hostility(text) {
        Some(reason) => Err(Wrong::Hostile(reason)),
        None => Ok(Html::parse_document(text)),
    }
}

/// The part of the page that the system made; the rest is the council's own.
pub(super) fn modgov(tree: &Html) -> Result<ElementRef<'_>, Wrong> {
    tree.select(&MODGOV).next().ok_or(Wrong::NotModernGov)
}

/// What the page is called, in lower case: `agenda, decisions and minutes`.
pub(super) fn heading(modgov: ElementRef) -> String {
    modgov.select(&MAIN_TITLE).next().map(visible_text).unwrap_or_default().to_lowercase()
}

/// What the page is about: a committee, a meeting, a decision. Empty where it
/// does not say.
pub(super) fn subject(modgov: ElementRef) -> String {
    modgov.select(&SUBTITLE).next().map(visible_text).unwrap_or_default()
}

/// The date in a `meta` of the page's head.
pub(super) fn meta(tree: &Html, name: &str) -> Option<PartialDate> {
    let meta =
        tree.select(&METAS).find(|meta| meta.attr("name").unwrap_or_default().eq_ignore_ascii_case(name))?;
    meta.attr("content")?.trim().get(..10)?.parse().ok()
}

/// The text behind a link up to the next element.
pub(super) fn text_behind(link: ElementRef) -> String {
    let mut text = String::new();
    for node in link.next_siblings() {
        match node.value().as_text() {
            Some(more) => text.push_str(more),
            None => break,
        }
    }
    fold(&text)
}

/// The text that a reader sees: without the sizes of files and the words for
/// screen readers.
pub(super) fn visible_text(element: ElementRef) -> String {
    visible_start(element, usize::MAX)
}

/// The beginning of that text: at most so many nodes and bytes are looked at.
pub(super) fn visible_start(element: ElementRef, most: usize) -> String {
    visible::visible_start(element, most, |child| {
        child.value().classes().any(|class| matches!(class, "mgFileSize" | "mgHide"))
    })
}

/// Whether an element lies inside one of these classes.
pub(super) fn lies_in(element: ElementRef, classes: &[&str]) -> bool {
    let ancestors = element.ancestors().filter_map(ElementRef::wrap);
    ancestors.into_iter().any(|ancestor| ancestor.value().classes().any(|class| classes.contains(&class)))
}

/// The links of an element, as they are written.
pub(super) fn hrefs<'a>(element: ElementRef<'a>) -> impl Iterator<Item = (ElementRef<'a>, &'a str)> {
    element.select(&LINKS).filter_map(|link| Some((link, link.value().attr("href")?)))
}

/// A selector that stands in the code.
pub(super) fn selector(css: &'static str) -> Selector {
    Selector::parse(css).expect("the selector is valid")
}

static MODGOV: LazyLock<Selector> = LazyLock::new(|| selector("#modgov"));
static METAS: LazyLock<Selector> = LazyLock::new(|| selector("meta"));
static LINKS: LazyLock<Selector> = LazyLock::new(|| selector("a[href]"));
static MAIN_TITLE: LazyLock<Selector> = LazyLock::new(|| selector("h1"));
static SUBTITLE: LazyLock<Selector> = LazyLock::new(|| selector("h2.mgSubTitleTxt"));
