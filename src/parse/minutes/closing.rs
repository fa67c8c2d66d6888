//! What stands behind the last item: that the meeting closed, where somebody
//! signs, when the next meeting is, whom to write to.

use std::sync::LazyLock;

use super::unnumbered::dates_only;
use crate::parse::blocks::Block;
use crate::parse::kind::is_furniture;
use crate::parse::standing::standing;
use crate::parse::{Pattern, pattern};

/// Where the closing lines of a document begin among the blocks of its last
/// item, whose title is given; their number when there are none.
pub fn closing(blocks: &[Block], title: &str) -> usize {
    /// Closing lines are few: past these, what follows is an annex.
    const MOST: usize = 20;
    let first = blocks.len().saturating_sub(MOST);
    let rule = standing(title);
    // Under such a title the line is what the item says.
    let is_own = |text: &str| match rule {
        Some("close") => ends_meeting(text),
        Some("next-meeting") => names_next(text),
        _ => is_adjournment(title) && ends_meeting(text),
    };
    let begins = |at: &usize| {
        let text = blocks[*at].text.as_str();
        let closes = ends_meeting(text) || names_next(text);
        (closes && !is_own(text)) || (signs(text) && blocks[*at..].iter().all(|block| may_close(&block.text)))
    };
    // Such an item is a list of whom to write to.
    if title.to_lowercase().contains("contact") {
        return blocks.len();
    }
    let Some(mut at) = (first..blocks.len()).find(begins) else { return blocks.len() };
    // A name stands above the way to reach its bearer, a day above an office.
    while at > 0 && stands_above(&blocks[at - 1].text, &blocks[at].text) {
        at -= 1;
    }
    at
}

/// Where the line that ends the meeting stands among the last blocks of an
/// item, which a notice of the next meeting follows; their number without one.
pub fn ending(blocks: &[Block]) -> usize {
    const MOST: usize = 2;
    let first = blocks.len().saturating_sub(MOST).max(1);
    (first..blocks.len()).find(|at| ends_meeting(&blocks[*at].text)).unwrap_or(blocks.len())
}

fn is_adjournment(title: &str) -> bool {
    let title = title.to_lowercase();
    ["adjourn", "close", "closure", "terminat"].iter().any(|word| title.contains(word))
}

fn ends_meeting(text: &str) -> bool {
    static ENDS: LazyLock<Pattern> = LazyLock::new(|| {
        pattern(
            r"(?i)^(?:there being no (?:further|other|more) business|(?:the )?meeting (?:was )?(?:then )?(?:formally )?(?:declared )?(?:closed|ended|concluded|finished|terminated|adjourned)\b)",
        )
    });
    ENDS.is_match(text)
}

/// Whether a line that is no item of its own says when the next meeting is.
fn names_next(text: &str) -> bool {
    static NEXT: LazyLock<Pattern> = LazyLock::new(|| {
        pattern(
            r"(?i)^(?:(?:dates?|time|details)(?:,? (?:and|&) (?:time|venue|place))? of (?:the )?)?(?:next|future|forthcoming) meetings?(?: dates?)?\b",
        )
    });
    const LONGEST: usize = 160;
    text.len() <= LONGEST && NEXT.is_match(text)
}

/// Whether a line is one to sign on, an office that signs, or a way to reach
/// somebody.
fn signs(text: &str) -> bool {
    static OFFICE: LazyLock<Pattern> = LazyLock::new(|| {
        pattern(
            r"(?i)^(?:(?:signed|signature|dated?|by|the|parish|town|municipal|deputy|vice|assistant|c\.?a\.?o)\b[\s:.-]*)*(?:chair(?:man|woman|person)?|mayor|clerk|proper officer|secretary|administrator|cathaoirleach|cadeirydd|clerc)\b(?: (?:to|of) the (?:\w+ )?(?:meeting|council))?(?:[ .…_:(,–-]*$|\s*[:.…_(,–-]\s*(?:[\p{Lu}\d.…_(:,–-]\S*\s*|(?:of|to|the|for) ){1,8}$| dated?\b.{0,40}$)",
        )
    });
    static LINE: LazyLock<Pattern> = LazyLock::new(|| pattern(r"^[.…_ ]{6,}.{0,40}$"));
    is_furniture(text) || LINE.is_match(text) || is_contact(text) || OFFICE.is_match(text)
}

fn is_contact(text: &str) -> bool {
    static CONTACT: LazyLock<Pattern> = LazyLock::new(|| {
        pattern(
            r"(?i)^(?:(?:e-?mail|tel|telephone|phone|mobile|fax|web|website)\W|\(?0\d{2,5}\)?[ \d]{5,9}$|\S+@\S+$|.{0,40}\((?:parish |town )?clerk\)$)",
        )
    });
    const LONGEST: usize = 100;
    text.len() <= LONGEST && CONTACT.is_match(text)
}

/// Whether a line may stand among closing lines: it is short.
fn may_close(text: &str) -> bool {
    const LONGEST: usize = 160;
    text.len() <= LONGEST || signs(text)
}

fn stands_above(text: &str, below: &str) -> bool {
    (is_contact(below) && is_name(text)) || (signs(below) && dates_only(text))
}

fn is_name(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    (2..=5).contains(&words.len())
        && words.iter().all(|word| word.starts_with(char::is_uppercase) && !word.contains(['.', ':', ',']))
}
