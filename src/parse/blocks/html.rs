//! HTML to blocks: pages, and fragments of pages.
//!
//! Drops what is not content (navigation, scripts, hidden elements), keeps
//! block elements apart and words whole. Hostile markup is noticed by a cheap
//! scan before a tree is built, and is then read by a linear tag stripper.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use scraper::node::Element;
use scraper::{ElementRef, Html, Node, Selector};

use crate::parse::label::{Series, counted};

use super::pieces::{paragraphs, wrap_width};
use super::table::{Part, Row, laid_out, nested};
use super::{Block, Page, Style, begins_block, fold, runs};

/// Bytes of markup that are made into a tree; a longer page is stripped of
/// its tags. The longest real page known is below 3 MB.
pub const MAX_TREE_BYTES: usize = 16 << 20;
/// Elements open at once. Building a tree is quadratic in its depth: 5,000
/// cost 65 ms, 60,000 cost 6 s. Real pages stay below 100.
pub const MAX_DEPTH: usize = 512;
/// Attributes of one tag; html5ever compares each with all before it.
pub const MAX_ATTRIBUTES: usize = 512;
/// Tags times formatting elements left open: html5ever opens the latter anew
/// in each paragraph.
pub const MAX_REOPENED: usize = 4_000_000;
/// Table cells within table cells; deeper tables are read as plain text.
const MAX_TABLES: usize = 8;

/// The blocks of a page, or of a fragment of one.
pub fn blocks(html: &str) -> Vec<Block> {
    read(html, false).blocks
}

/// Reads a page. With `keep_lines`, line breaks in the source end lines, as in
/// text that somebody sprinkled with tags.
pub fn read(html: &str, keep_lines: bool) -> Page {
    if let Some(warning) = hostility(html) {
        return stripped(html, warning);
    }
    let is_page = is_whole_page(html);
    let tree = Html::parse_document(html);
    let root = tree.root_element();
    let mut page = Page { metas: metas(root), ..Page::default() };
    if root.select(&MODGOV).next().is_some() {
        // The council's template writes the title around the system's part,
        // often with a name that nobody has changed: “Modern Council”.
        page.imprint = imprint(root);
    } else {
        page.title = title(root);
    }
    let prose = if is_page { Prose::count(root) } else { Prose::default() };
    let content = if is_page { content(root, &prose) } else { root };
    let width = keep_lines.then(|| wrap_width(html));
    let chrome = prose.chrome(content);
    let mut writer = Writer { keep_lines, width, drop_header: content == root, chrome, ..Writer::default() };
    writer.children(content, Inline::default(), 0);
    writer.flush();
    page.blocks = runs::apart(laid_out(writer.out));
    page
}

/// Whether a text holds tags enough to be HTML.
pub fn looks_like_html(text: &str) -> bool {
    const TAGS: [&str; 9] = ["</p>", "</div>", "<br", "</li>", "</h", "</strong>", "</a>", "</td>", "<html"];
    let head = text[..text.floor_char_boundary(200_000)].to_ascii_lowercase();
    TAGS.iter().any(|tag| head.contains(tag))
}

fn is_whole_page(html: &str) -> bool {
    let head = html[..html.floor_char_boundary(4_096)].to_ascii_lowercase();
    ["<html", "<body", "<!doctype", "<head"].iter().any(|tag| head.contains(tag))
}

/// Why a tree of this markup would cost too much; `None` when it would not.
pub(in crate::parse) fn hostility(html: &str) -> Option<String> {
    if html.len() > MAX_TREE_BYTES {
        return Some(format!("the page is longer than {MAX_TREE_BYTES} bytes"));
    }
    let (mut depth, mut deepest, mut formatting, mut most_formatting, mut n_tags) =
        (0usize, 0, 0usize, 0, 0usize);
    for tag in Tags::new(html) {
        n_tags += 1;
        if tag.n_attributes > MAX_ATTRIBUTES {
            return Some(format!("a tag has more than {MAX_ATTRIBUTES} attributes"));
        }
        if is_void(tag.name) || closes_itself(tag.name) {
            continue;
        }
        let formats = is_formatting(tag.name);
        if tag.closes {
            depth = depth.saturating_sub(1);
            formatting = formatting.saturating_sub(usize::from(formats));
        } else {
            depth += 1;
            formatting += usize::from(formats);
        }
        deepest = deepest.max(depth);
        most_formatting = most_formatting.max(formatting);
    }
    if deepest > MAX_DEPTH {
        return Some(format!("elements are nested deeper than {MAX_DEPTH}"));
    }
    if n_tags.saturating_mul(most_formatting) > MAX_REOPENED {
        return Some("too many formatting elements are left open".into());
    }
    None
}

/// A tag as a scan sees it.
struct Tag<'a> {
    name: &'a str,
    closes: bool,
    n_attributes: usize,
    /// Where it begins and ends.
    from: usize,
    to: usize,
}

/// The tags of a text in order, in linear time; comments and the contents of
/// scripts and styles are skipped.
struct Tags<'a> {
    html: &'a str,
    at: usize,
}

impl<'a> Tags<'a> {
    fn new(html: &'a str) -> Self {
        Self { html, at: 0 }
    }
}

impl<'a> Iterator for Tags<'a> {
    type Item = Tag<'a>;

    fn next(&mut self) -> Option<Tag<'a>> {
        loop {
            let from = self.at + self.html[self.at..].find('<')?;
            let rest = &self.html[from + 1..];
            if rest.starts_with("!--") {
                let length = rest.find("-->").map_or(rest.len(), |end| end + 3);
                self.at = from + 1 + length;
                return Some(Tag { name: "!--", closes: false, n_attributes: 0, from, to: self.at });
            }
            let closes = rest.starts_with('/');
            let name_at = from + 1 + usize::from(closes);
            let name_rest = &self.html[name_at..];
            if !name_rest.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '!' | '?')) {
                self.at = from + 1;
                continue;
            }
            let name_length = name_rest
                .find(|c: char| c.is_whitespace() || matches!(c, '>' | '/'))
                .unwrap_or(name_rest.len());
            let name = &name_rest[..name_length];
            let (length, n_attributes) = attributes(&name_rest[name_length..]);
            let mut to = name_at + name_length + length;
            if !closes && (name.eq_ignore_ascii_case("script") || name.eq_ignore_ascii_case("style")) {
                to += raw_length(&self.html[to..], name);
            }
            self.at = to;
            return Some(Tag { name, closes, n_attributes, from, to });
        }
    }
}

/// The length of a tag's attributes with its `>`, and how many there are.
fn attributes(text: &str) -> (usize, usize) {
    let mut quote = None;
    let mut n_attributes = 0;
    let mut before = b' ';
    for (at, byte) in text.bytes().enumerate() {
        match quote {
            Some(open) if byte == open => quote = None,
            Some(_) => {}
            None if byte == b'>' => return (at + 1, n_attributes),
            None if matches!(byte, b'"' | b'\'') && before == b'=' => quote = Some(byte),
            None if before.is_ascii_whitespace() && !byte.is_ascii_whitespace() => n_attributes += 1,
            None => {}
        }
        before = byte;
    }
    (text.len(), n_attributes)
}

/// The length of what a script or style holds.
fn raw_length(text: &str, name: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(found) = text[at..].find("</") {
        let start = at + found + 2;
        let is_end =
            bytes.get(start..start + name.len()).is_some_and(|end| end.eq_ignore_ascii_case(name.as_bytes()));
        if is_end {
            return at + found;
        }
        at = start;
    }
    text.len()
}

fn is_void(name: &str) -> bool {
    const VOID: [&str; 16] = [
        "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr",
        "param", "!doctype", "!--",
    ];
    VOID.iter().any(|void| name.eq_ignore_ascii_case(void)) || name.starts_with(['!', '?'])
}

/// Elements that HTML closes without being told.
fn closes_itself(name: &str) -> bool {
    const OPTIONAL_END: [&str; 12] =
        ["p", "li", "td", "th", "tr", "dt", "dd", "option", "thead", "tbody", "tfoot", "optgroup"];
    OPTIONAL_END.iter().any(|optional| name.eq_ignore_ascii_case(optional))
}

fn is_formatting(name: &str) -> bool {
    const FORMATTING: [&str; 14] =
        ["a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"];
    FORMATTING.iter().any(|formatting| name.eq_ignore_ascii_case(formatting))
}

/// Reads markup without a tree: tags out, block tags as line ends.
fn stripped(html: &str, warning: String) -> Page {
    let mut text = String::with_capacity(html.len().min(MAX_TREE_BYTES));
    let mut at = 0;
    for tag in Tags::new(html) {
        push_text(&mut text, &html[at..tag.from]);
        if !is_inline(tag.name) {
            text.push('\n');
        }
        at = tag.to;
    }
    push_text(&mut text, &html[at..]);
    // Without tags the tree is flat, and the parser only decodes references.
    let tree = Html::parse_fragment(&text);
    let decoded: String = tree.root_element().text().collect();
    let blocks = decoded.lines().filter_map(|line| Block::new(Style::Paragraph, line)).collect();
    Page { blocks, warning: Some(warning), ..Page::default() }
}

/// Text between tags; a stray `<` would make a tag of what follows it.
fn push_text(out: &mut String, text: &str) {
    for part in text.split('<') {
        out.push_str(part);
    }
}

fn is_inline(name: &str) -> bool {
    const INLINE: [&str; 10] = ["span", "sup", "sub", "abbr", "mark", "del", "ins", "q", "cite", "!--"];
    is_formatting(name) || INLINE.iter().any(|inline| name.eq_ignore_ascii_case(inline))
}

static MODGOV: LazyLock<Selector> = LazyLock::new(|| selector("#modgov"));
static TITLE: LazyLock<Selector> = LazyLock::new(|| selector("title"));
static METAS: LazyLock<Selector> = LazyLock::new(|| selector("meta[content], time[datetime]"));
static MAIN: LazyLock<Selector> = LazyLock::new(|| selector("main"));
static MAIN_BY_ROLE: LazyLock<Selector> = LazyLock::new(|| selector("[role=main]"));
static ARTICLE: LazyLock<Selector> = LazyLock::new(|| selector("article"));
static BODY: LazyLock<Selector> = LazyLock::new(|| selector("body"));

/// A selector that is written in this file.
fn selector(css: &'static str) -> Selector {
    Selector::parse(css).expect("the selectors are constants that the tests use")
}

fn title(root: ElementRef) -> String {
    root.select(&TITLE).next().map(|title| fold(&title.text().collect::<String>())).unwrap_or_default()
}

/// The lines of a page that speak of copyright, the shorter ones.
fn imprint(root: ElementRef) -> Vec<String> {
    const LONGEST: usize = 300;
    /// Lines looked at, which bounds the work on a hostile page.
    const MOST: usize = 16;
    let says = |text: &str| text.contains('©') || text.to_lowercase().contains("copyright");
    let texts = root.descendants().filter(|node| node.value().as_text().is_some_and(|text| says(text)));
    // A year or a name in an element of its own belongs to the line.
    let lines = texts.take(MOST).filter_map(|node| node.parent().and_then(ElementRef::wrap));
    let lines = lines.filter(|line| !matches!(line.value().name(), "script" | "style"));
    lines.map(|line| fold(&line.text().collect::<String>())).filter(|line| line.len() <= LONGEST).collect()
}

fn metas(root: ElementRef) -> Vec<(String, String)> {
    let read = |element: ElementRef| {
        if let Some(time) = element.attr("datetime") {
            return Some(("time".to_owned(), fold(time)));
        }
        let name = element.attr("name").or(element.attr("property"))?;
        Some((name.to_lowercase(), fold(element.attr("content")?)))
    };
    root.select(&METAS).filter_map(read).collect()
}

/// The element that holds a page's content.
fn content<'a>(root: ElementRef<'a>, prose: &Prose) -> ElementRef<'a> {
    for marked in [&MODGOV, &MAIN, &MAIN_BY_ROLE, &ARTICLE] {
        let mut found = root.select(marked);
        // Several articles are a list of them, none of which is the content.
        if let (Some(element), None) = (found.next(), found.next())
            && prose.of(element) >= 100
        {
            return densest(element, prose);
        }
    }
    root.select(&BODY).next().map_or(root, |body| densest(body, prose))
}

/// Goes down to the smallest element that holds nearly all of the prose, or to
/// an article that holds most of it.
fn densest<'a>(root: ElementRef<'a>, prose: &Prose) -> ElementRef<'a> {
    let whole = prose.of(root);
    let mut at = root;
    loop {
        let is_dense = |child: &ElementRef| {
            // Share of the prose, in hundredths, that may not be left behind.
            let kept = match child.value().name() {
                "article" | "main" => 80,
                "div" | "section" | "form" | "center" | "body" => 97,
                _ => return false,
            };
            whole > 0 && prose.of(*child) * 100 >= whole * kept
        };
        match at.children().filter_map(ElementRef::wrap).find(is_dense) {
            Some(child) => at = child,
            None => return at,
        }
    }
}

/// An element as a key: where it lies in its tree.
type Place = *const Element;

fn place(element: ElementRef) -> Place {
    std::ptr::from_ref(element.value())
}

/// How much prose each element of a page holds.
#[derive(Default)]
struct Prose {
    /// Characters of text outside of links and of what is not content.
    sizes: HashMap<Place, usize>,
    /// Elements that are named as what stands around the content.
    named: Vec<Place>,
}

impl Prose {
    fn count(root: ElementRef) -> Self {
        let mut prose = Self::default();
        // Elements to be entered, and to be left once all in them are.
        let mut open = vec![(root, true)];
        while let Some((element, is_entered)) = open.pop() {
            if !is_entered {
                let size = prose.of(element);
                let outer = element.parent().and_then(ElementRef::wrap);
                if let Some(outer) = outer.and_then(|outer| prose.sizes.get_mut(&place(outer))) {
                    *outer += size;
                }
                continue;
            }
            if is_named_as_chrome(element.value()) {
                prose.named.push(place(element));
            }
            open.push((element, false));
            let mut size = 0;
            for node in element.children() {
                if let Node::Text(text) = node.value() {
                    size += text.chars().filter(|c| !c.is_whitespace()).count();
                }
                let inner = ElementRef::wrap(node).filter(|inner| inner.value().name() != "a");
                open.extend(inner.filter(|inner| !is_chrome(*inner, true)).map(|inner| (inner, true)));
            }
            prose.sizes.insert(place(element), size);
        }
        prose
    }

    fn of(&self, element: ElementRef) -> usize {
        self.sizes.get(&place(element)).copied().unwrap_or(0)
    }

    /// The elements in `content` that stand around it by their names, and hold
    /// little of it: a class may as well say that a page has such parts.
    fn chrome(&self, content: ElementRef) -> HashSet<Place> {
        let most = self.of(content) / 5;
        let is_small = |place: &Place| self.sizes.get(place).is_some_and(|size| *size < most);
        self.named.iter().copied().filter(is_small).collect()
    }
}

/// Whether a class or the id of an element has a word for what stands around
/// the content of a page.
fn is_named_as_chrome(element: &Element) -> bool {
    const WORDS: [&str; 18] = [
        "aside",
        "banner",
        "breadcrumb",
        "breadcrumbs",
        "cookie",
        "cookies",
        "footer",
        "masthead",
        "menu",
        "nav",
        "navbar",
        "navigation",
        "pagination",
        "share",
        "sharing",
        "sidebar",
        "social",
        "widget",
    ];
    let names = element.classes().chain(element.id());
    let mut words = names.flat_map(|name| name.split(['-', '_']));
    words.any(|word| WORDS.iter().any(|wanted| word.eq_ignore_ascii_case(wanted)))
}

/// Whether an element is not content.
fn is_chrome(element: ElementRef, drop_header: bool) -> bool {
    let value = element.value();
    match value.name() {
        "script" | "style" | "noscript" | "template" | "svg" | "math" | "head" | "iframe" | "object"
        | "nav" | "footer" | "aside" | "button" | "select" | "textarea" | "input" | "canvas" | "video"
        | "audio" => {
            return true;
        }
        "header" if drop_header => return true,
        // A short form is a search box; ASP.NET wraps whole pages in one.
        "form" if element.text().map(str::len).sum::<usize>() < 400 => return true,
        _ => {}
    }
    let hidden_style = value.attr("style").is_some_and(|style| {
        let style: String =
            style.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_lowercase();
        style.contains("display:none") || style.contains("visibility:hidden")
    });
    let hidden_class = value.classes().any(|class| {
        matches!(
            class,
            "mgHide" | "mgFileSize" | "mgActionList" | "mgHelpLine" | "sr-only" | "visually-hidden"
        )
    });
    let is_navigation = value
        .attr("role")
        .is_some_and(|role| matches!(role, "navigation" | "banner" | "contentinfo" | "search"));
    hidden_style || hidden_class || is_navigation || value.attr("hidden").is_some()
}

/// What inline elements around a text say of it.
#[derive(Debug, Clone, Copy, Default)]
struct Inline {
    bold: bool,
    keep_lines: bool,
}

/// A piece of the line being written. A line end of the source is `\n`.
#[derive(Default)]
struct Writer {
    out: Vec<Part>,
    /// The blocks of the open cells of tables, outermost first.
    cells: Vec<Vec<Block>>,
    line: Vec<(String, bool)>,
    style: Option<Style>,
    depth: u8,
    keep_lines: bool,
    /// The width at which the source's lines are wrapped, where they count.
    width: Option<usize>,
    drop_header: bool,
    /// What is named as standing around the content.
    chrome: HashSet<Place>,
}

impl Writer {
    fn children(&mut self, element: ElementRef, inline: Inline, level: usize) {
        // The tree may be deeper than the scan could see; the program's stack is not endless.
        if level > 2 * MAX_DEPTH {
            self.push(&element.text().collect::<String>(), inline);
            return;
        }
        for child in element.children() {
            match child.value() {
                Node::Text(text) => self.push(text, inline),
                Node::Element(_) => {
                    if let Some(child) = ElementRef::wrap(child) {
                        self.element(child, inline, level + 1);
                    }
                }
                _ => {}
            }
        }
    }

    fn element(&mut self, element: ElementRef, mut inline: Inline, level: usize) {
        if is_chrome(element, self.drop_header) || self.chrome.contains(&place(element)) {
            return;
        }
        let name = element.value().name();
        match name {
            "br" => self.line.push(("\n".into(), inline.bold)),
            _ if is_word_marker(element) => {
                // A bullet may be any letter there, in a font of pictures.
                let text = fold(&element.text().collect::<String>());
                let is_label = begins_block(&text) || text.chars().all(|c| c.is_ascii_digit());
                self.push(if is_label { &text } else { "•" }, inline);
                self.push(" ", inline);
            }
            "b" | "strong" => {
                inline.bold = true;
                self.children(element, inline, level);
            }
            "a" | "abbr" | "acronym" | "big" | "cite" | "code" | "del" | "dfn" | "em" | "font" | "i"
            | "ins" | "kbd" | "label" | "mark" | "nobr" | "q" | "s" | "samp" | "small" | "span"
            | "strike" | "sub" | "sup" | "time" | "tt" | "u" | "var" | "bdi" | "bdo" | "wbr" | "img" => {
                inline.bold |= element.attr("style").is_some_and(|style| {
                    let style = style.to_ascii_lowercase();
                    style.contains("font-weight:bold") || style.contains("font-weight: bold")
                });
                self.children(element, inline, level);
            }
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                self.flush();
                let rank = name.as_bytes()[1] - b'0';
                // A heading that opens an entry of a numbered list has its number.
                let outer = self.style.replace(Style::Heading(rank));
                if let Some(Style::Numbered(label)) = &outer {
                    self.push(&format!("{label} "), Inline { bold: true, ..inline });
                }
                self.children(element, inline, level);
                self.flush();
                self.style = outer.filter(|style| matches!(style, Style::Row));
            }
            "ul" | "ol" | "menu" | "dir" => self.list(element, inline, level),
            "table" => self.table(element, inline, level),
            "pre" => {
                self.flush();
                inline.keep_lines = true;
                self.children(element, inline, level);
                self.flush();
            }
            _ => {
                self.flush();
                let outer = self.depth;
                self.depth = word_list_level(element).unwrap_or(outer);
                self.children(element, inline, level);
                self.flush();
                self.depth = outer;
            }
        }
    }

    fn list(&mut self, list: ElementRef, inline: Inline, level: usize) {
        self.flush();
        let outer = self.style.take();
        self.depth = self.depth.saturating_add(1);
        let is_ordered = list.value().name() == "ol";
        let mut value: u32 = list.attr("start").and_then(|start| start.trim().parse().ok()).unwrap_or(1);
        for child in list.children() {
            let Some(entry) = ElementRef::wrap(child) else {
                if let Node::Text(text) = child.value() {
                    self.push(text, inline);
                }
                continue;
            };
            if entry.value().name() != "li" {
                self.element(entry, inline, level + 1);
                continue;
            }
            self.flush();
            if let Some(own) = entry.attr("value").and_then(|value| value.trim().parse().ok()) {
                value = own;
            }
            let style = if is_ordered { Style::Numbered(marker(list, value)) } else { Style::Bullet };
            self.style = Some(style);
            self.children(entry, inline, level + 1);
            self.flush();
            self.style = None;
            value = value.saturating_add(1);
        }
        self.flush();
        self.depth = self.depth.saturating_sub(1);
        self.style = outer;
    }

    fn table(&mut self, table: ElementRef, inline: Inline, level: usize) {
        self.flush();
        let outer = self.style.take();
        if self.cells.len() >= MAX_TABLES {
            self.push(&table.text().collect::<Vec<_>>().join(" "), inline);
            self.flush();
            self.style = outer;
            return;
        }
        let mut rows = Vec::new();
        for part in table.children().filter_map(ElementRef::wrap) {
            match part.value().name() {
                "tr" => rows.extend(self.row(part, inline, level + 1)),
                "thead" | "tbody" | "tfoot" => {
                    for row in part.children().filter_map(ElementRef::wrap) {
                        rows.extend(self.row(row, inline, level + 2));
                    }
                }
                _ => self.element(part, inline, level + 1),
            }
            self.flush();
        }
        match self.cells.last_mut() {
            Some(cell) => cell.extend(nested(rows)),
            None => self.out.push(Part::Table(rows)),
        }
        self.style = outer;
    }

    fn row(&mut self, row: ElementRef, inline: Inline, level: usize) -> Option<Row> {
        if is_chrome(row, self.drop_header) {
            return None;
        }
        let mut cells = Row::new();
        for cell in row.children().filter_map(ElementRef::wrap) {
            if is_chrome(cell, self.drop_header) {
                continue;
            }
            let bold = inline.bold || cell.value().name() == "th";
            self.cells.push(Vec::new());
            self.children(cell, Inline { bold, ..inline }, level + 1);
            self.flush();
            cells.extend(self.cells.pop());
        }
        Some(cells)
    }

    fn push(&mut self, text: &str, inline: Inline) {
        if self.keep_lines || inline.keep_lines {
            self.line.push((text.to_owned(), inline.bold));
            return;
        }
        // A line end of the source is a space; those of `br` are kept apart.
        let text = text.replace(['\n', '\r'], " ");
        self.line.push((text, inline.bold));
    }

    /// Ends the block being written.
    fn flush(&mut self) {
        let pieces = std::mem::take(&mut self.line);
        if pieces.iter().all(|(text, _)| text.trim().is_empty()) {
            return;
        }
        let style = match self.style.take() {
            Some(Style::Heading(rank)) => {
                self.style = Some(Style::Heading(rank));
                Style::Heading(rank)
            }
            Some(style) => style,
            None => Style::Paragraph,
        };
        let pieces = match style {
            // A heading is one phrase, however many lines it takes.
            Style::Heading(_) => {
                pieces.into_iter().map(|(text, bold)| (text.replace('\n', " "), bold)).collect()
            }
            _ => pieces,
        };
        let mut first = true;
        for part in paragraphs(pieces, self.width) {
            let part_style = if first { style.clone() } else { Style::Paragraph };
            if let Some(block) = part.block(part_style, self.depth) {
                self.put(block);
                first = false;
            }
        }
    }

    fn put(&mut self, block: Block) {
        match self.cells.last_mut() {
            Some(cell) => cell.push(block),
            None => self.out.push(Part::Block(block)),
        }
    }
}

/// Whether an element holds the label of a list's entry, as Word writes lists
/// to pages: as paragraphs, with the label in a part that Word itself ignores.
fn is_word_marker(element: ElementRef) -> bool {
    element.attr("style").is_some_and(|style| style.replace(' ', "").eq_ignore_ascii_case("mso-list:Ignore"))
}

/// The level of such an entry, from 1: `mso-list:l0 level2 lfo1`.
fn word_list_level(element: ElementRef) -> Option<u8> {
    let (_, list) = element.attr("style")?.split_once("mso-list:")?;
    let list = list.split(';').next()?;
    list.split_whitespace().find_map(|word| word.strip_prefix("level")?.parse().ok())
}

/// The label of an entry of an ordered list.
fn marker(list: ElementRef, value: u32) -> String {
    let style = list.attr("style").unwrap_or_default();
    let kind =
        list.attr("type").unwrap_or(if style.contains("lower-alpha") || style.contains("lower-latin") {
            "a"
        } else if style.contains("lower-roman") {
            "i"
        } else if style.contains("upper-alpha") || style.contains("upper-latin") {
            "A"
        } else if style.contains("upper-roman") {
            "I"
        } else {
            "1"
        });
    let series = match kind {
        "a" => Series::Letter,
        "A" => Series::Capital,
        "i" => Series::Roman,
        "I" => Series::RomanCapital,
        _ => Series::Decimal,
    };
    format!("{}.", counted(series, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(html: &str, expected: &[(Style, &str)]) {
        let found: Vec<(Style, String)> =
            blocks(html).into_iter().map(|block| (block.style, block.text)).collect();
        let expected: Vec<(Style, String)> =
            expected.iter().map(|(style, text)| (style.clone(), (*text).to_owned())).collect();
        assert_eq!(found, expected);
    }

    use Style::{Bullet, Heading, Numbered, Paragraph, Row};

    #[test]
    fn block_elements_part_words_and_inline_elements_do_not() {
        check(
            "<p>The <b>Comm</b>ittee&nbsp;&nbsp; met\r\n again</p><ul><li>one<li>two</ul>",
            &[(Paragraph, "The Committee met again"), (Bullet, "one"), (Bullet, "two")],
        );
    }

    #[test]
    fn a_single_break_is_a_space_and_a_double_one_ends_a_paragraph() {
        check("missing<br>children<br><br>Next", &[(Paragraph, "missing children"), (Paragraph, "Next")]);
        check(
            "Agreed<br>(a) one<br>(b) two",
            &[(Paragraph, "Agreed"), (Paragraph, "(a) one"), (Paragraph, "(b) two")],
        );
    }

    #[test]
    fn what_is_hidden_or_chrome_is_dropped() {
        check(
            "<html><body><nav>Home</nav><script>var x = '<p>no</p>';</script><div><h1>Minutes <span class=\"mgHide\">, item 3.</span></h1>\
             <p style=\"display: none\">secret</p><p>Text of the minutes.</p></div><footer>Foot</footer></body></html>",
            &[(Heading(1), "Minutes"), (Paragraph, "Text of the minutes.")],
        );
    }

    #[test]
    fn word_bullets_are_known_by_their_marker() {
        check(
            "<p>·&nbsp;&nbsp;&nbsp;&nbsp; Numbers of cases</p><p>o&nbsp;&nbsp; inner</p><p>o brave</p><p>(1)&nbsp; x</p>",
            &[(Bullet, "Numbers of cases"), (Bullet, "inner"), (Paragraph, "o brave"), (Paragraph, "(1) x")],
        );
    }

    #[test]
    fn ordered_lists_give_their_labels() {
        check(
            "<ol start=9><li>x</li><li>y<ol type=a><li>z</li></ol></li></ol>",
            &[(Numbered("9.".into()), "x"), (Numbered("10.".into()), "y"), (Numbered("a.".into()), "z")],
        );
    }

    #[test]
    fn a_row_of_data_is_one_block_and_a_row_for_layout_is_not() {
        check("<table><tr><td>Smith<td>Present</tr></table>", &[(Row, "Smith | Present")]);
        check("<table><tr><td><p>6.1</p><td><p>The report.</p></table>", &[(Paragraph, "6.1 The report.")]);
    }

    #[test]
    fn lists_of_word_have_levels_and_bullets() {
        let entry = |level: u8, marker: &str, text: &str| {
            format!(
                "<p class=MsoListParagraph style='margin-left:1cm;mso-list:l0 level{level} lfo1'><![if !supportLists]>\
                 <span style='mso-list:Ignore'>{marker}<span style='font:7.0pt'>&nbsp;&nbsp; </span></span><![endif]>{text}</p>"
            )
        };
        let found =
            blocks(&[entry(1, "1.", "one"), entry(2, "v", "point"), entry(2, "(a)", "clause")].concat());
        let found: Vec<(Style, &str, u8)> =
            found.iter().map(|block| (block.style.clone(), block.text.as_str(), block.depth)).collect();
        assert_eq!(found, [(Paragraph, "1. one", 1), (Bullet, "point", 2), (Paragraph, "(a) clause", 2)]);
    }

    #[test]
    fn what_stands_around_the_content_is_known_by_its_share_and_its_names() {
        let prose = "The Council met and spoke of the pond at great length. ".repeat(8);
        let page = |inside: &str| format!("<html><body class='has-sidebar'>{inside}</body></html>");
        let kept = prose.trim();
        check(
            &page(&format!(
                "<div class='site-menu'>Home</div><div><p>{prose}</p></div><div id='page_footer'>Made in Hill</div>"
            )),
            &[(Paragraph, kept)],
        );
        check(
            &page(&format!("<main><article><p>{prose}</p></article><p>All rights reserved.</p></main>")),
            &[(Paragraph, kept)],
        );
        check(&page(&format!("<div class='menu'><p>{prose}</p></div>")), &[(Paragraph, kept)]);
    }

    #[test]
    fn hostile_markup_is_read_without_a_tree() {
        let deep = format!("{}<p>Text &amp; more</p>", "<div>".repeat(200_000));
        let page = read(&deep, false);
        assert_eq!(page.blocks[0].text, "Text & more");
        assert!(page.warning.is_some());
        let attributes = format!("<p {}>x</p>", "a=1 ".repeat(100_000));
        assert!(read(&attributes, false).warning.is_some());
        let open: String = (0..3_000).map(|n| format!("<b id={n}><p>x")).collect();
        assert!(read(&open, false).warning.is_some());
    }

    #[test]
    fn unfinished_markup_keeps_its_text() {
        check("<p>before</p><!-- never ends", &[(Paragraph, "before")]);
        check("<p>before</p><script>x", &[(Paragraph, "before")]);
        check("a < b", &[(Paragraph, "a < b")]);
    }

    #[test]
    fn bold_is_told_whole_and_in_front() {
        let found = blocks("<p><b>1. Welcome</b>. The Chair spoke.</p><p><strong>Planning</strong></p>");
        assert_eq!((found[0].bold, found[0].lead), (false, "1. Welcome".len()));
        assert!(found[1].bold);
    }
}
