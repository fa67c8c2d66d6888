//! Blocks: what every format is turned into before it is read.
//!
//! A reader of a format knows its markup and nothing of minutes; what reads
//! minutes knows blocks and nothing of formats.

pub mod html;
pub mod markdown;
pub mod office;
pub mod pdf;
mod pieces;
pub mod rtf;
mod runs;
mod table;
pub mod text;

pub use pieces::begins_block;

use serde::{Deserialize, Serialize};
use unicode_normalization::{UnicodeNormalization, is_nfc};

/// One paragraph, bullet or table row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// The text, white space folded, never empty.
    pub text: String,
    /// What the format says it is.
    pub style: Style,
    /// The page of a printed file, from 1.
    pub page: Option<u32>,
    /// Whether the whole of it is bold or in capitals.
    pub bold: bool,
    /// How many bytes of `text` at its beginning are bold; 0 when none or
    /// when the format does not tell. A title often runs into its text so.
    pub lead: usize,
    /// How many lists it stands in; 0 outside of any.
    pub depth: u8,
}

/// A file as its format's reader gives it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Page {
    /// Its content.
    pub blocks: Vec<Block>,
    /// Its title, where the format has one beside the text.
    pub title: String,
    /// Names (lower case) and values of its own metadata. A `time` element's
    /// `datetime` has the name `time`.
    pub metas: Vec<(String, String)>,
    /// The copyright lines of a page of ModernGov, which say whose site it is.
    /// Empty for other pages, which often name their host there.
    pub imprint: Vec<String>,
    /// What was wrong with it.
    pub warning: Option<String>,
}

/// What the markup says of a block.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Style {
    /// A heading of that level, 1 to 6.
    Heading(u8),
    /// A paragraph.
    Paragraph,
    /// A bullet; the marker is not in the text.
    Bullet,
    /// An entry of a numbered list, with the label that markup gives it, such
    /// as `3.`; the label is not in the text.
    Numbered(String),
    /// A row of a table, its cells joined by ` | `.
    Row,
}

impl Block {
    /// A block of that style, its white space folded. `None` when nothing is left of the text.
    pub fn new(style: Style, text: &str) -> Option<Self> {
        let text = fold(text);
        if text.is_empty() {
            return None;
        }
        let bold = is_capitals(&text);
        Some(Self { text, style, page: None, bold, lead: 0, depth: 0 })
    }

    /// Whether it has a letter or a digit: a full stop, a bullet or a rule that
    /// stands alone has none.
    pub fn says_something(&self) -> bool {
        self.text.chars().any(char::is_alphanumeric)
    }

    /// The same block, on that page.
    pub fn on_page(mut self, page: Option<u32>) -> Self {
        self.page = page;
        self
    }
}

/// The text with runs of white space as one space, what nobody sees left out,
/// and letters composed, so that `e` + accent is the letter that a reader sees.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let mut space = false;
    for c in text.chars() {
        if is_unseen(c) {
            continue;
        }
        if c.is_whitespace() || c.is_control() {
            space = true;
            continue;
        }
        if space && !folded.is_empty() {
            folded.push(' ');
        }
        space = false;
        folded.push(c);
    }
    if is_nfc(&folded) { folded } else { folded.nfc().collect() }
}

/// Characters without width: soft hyphens, joiners, byte-order marks.
fn is_unseen(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}' | '\u{0}')
}

/// Whether a text is written in capitals: three letters or more and no small one.
pub fn is_capitals(text: &str) -> bool {
    text.chars().filter(|c| c.is_uppercase()).count() >= 3 && !text.chars().any(char::is_lowercase)
}

/// Splits a bullet's marker off, when the text begins with one.
///
/// Takes the text before its white space is folded: Word's second-level marker
/// is the letter `o`, known only by the run of spaces behind it.
pub fn strip_bullet(text: &str) -> Option<&str> {
    let text = text.trim_start();
    let marker = text.chars().next()?;
    let rest = &text[marker.len_utf8()..];
    let gap = rest.chars().take_while(|c| c.is_whitespace()).count();
    let is_marker = match marker {
        '•' | '·' | '▪' | '◦' | '●' | '○' | '■' | '□' | '‣' | '∙' | '➢' | '►' | '❖' | '✓' | '\u{f0b7}'
        | '\u{f0a7}' | '\u{f0d8}' | '\u{f076}' | '\u{f0fc}' => true,
        '§' => gap >= 2,
        '-' | '–' | '—' | '*' => gap >= 1,
        'o' => gap >= 2 || rest.starts_with(['\u{a0}', '\t']),
        _ => false,
    };
    (is_marker && !rest.trim().is_empty()).then(|| rest.trim_start())
}
