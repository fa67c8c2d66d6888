//! Writes blocks as the markup that word processors leave in minutes.

use super::data::{Bullet, CouncilPlan};
use super::minutes::{Block, surname};

/// Where a line of Word's markup is wrapped, in characters.
const WRAP_AT: usize = 66;

/// How many visible characters of an item's minutes the meeting page shows.
///
/// Real pages cut between 3,100 and 3,400; the rule behind it is not known.
pub const SHOWN: usize = 3200;

/// Escapes text for HTML: ASCII with named entities, as the system writes it.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '’' => escaped.push_str("&rsquo;"),
            '–' => escaped.push_str("&ndash;"),
            '•' => escaped.push_str("&bull;"),
            '£' => escaped.push_str("&pound;"),
            '\u{a0}' => escaped.push_str("&nbsp;"),
            _ => escaped.push(c),
        }
    }
    escaped
}

/// Writes text as the site does: what Word made is ASCII with entities, the
/// rest is UTF-8 as typed.
fn written(council: &CouncilPlan, text: &str) -> String {
    if council.style.word {
        return escape(text);
    }
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Escapes a title: apostrophes as numbered entities.
pub fn escape_title(text: &str) -> String {
    escape(text).replace('\'', "&#39;").replace("&rsquo;", "&#8217;")
}

/// Escapes the value of an attribute, in which spaces are entities too.
pub fn escape_attribute(text: &str) -> String {
    escape_title(text)
        .replace("&amp;", "&#38;")
        .replace(' ', "&#32;")
        .replace('/', "&#47;")
        .replace(':', "&#58;")
}

/// The markup of a text that an agenda prints: one paragraph.
pub fn agenda(council: &CouncilPlan, text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    body(council, &[Block { label: None, depth: 0, resolves: false, text: text.into() }], "")
}

/// The markup of blocks, with `tail` (markup) at the end of the last one.
/// Empty when there are no blocks.
pub fn body(council: &CouncilPlan, blocks: &[Block], tail: &str) -> String {
    if blocks.is_empty() {
        return String::new();
    }
    let mut html =
        String::from(if council.style.word { "<div class=\"WordSection1\">\n" } else { "<div>\n" });
    let mut list_is_open = false;
    for (at, block) in blocks.iter().enumerate() {
        let is_listed = council.style.bullet == Bullet::List && block.label.as_deref() == Some("•");
        if is_listed && !list_is_open {
            html.push_str("<ul style=\"margin-top:0cm\" type=\"disc\">\n");
        }
        if !is_listed && list_is_open {
            html.push_str("</ul>\n");
        }
        list_is_open = is_listed;
        let tail = if at + 1 == blocks.len() { tail } else { "" };
        html.push_str(&element(council, block, is_listed, tail));
        if council.style.word && !is_listed && at + 1 < blocks.len() {
            html.push_str("<p class=\"MsoNormal\">&nbsp;</p>\n");
        }
    }
    if list_is_open {
        html.push_str("</ul>\n");
    }
    html.push_str("</div>\n");
    html
}

fn element(council: &CouncilPlan, block: &Block, is_listed: bool, tail: &str) -> String {
    let text = running(council, block);
    let spaces = "&nbsp;&nbsp;&nbsp;&nbsp;";
    if !council.style.word {
        let label = block.label.as_deref().filter(|_| !is_listed);
        let label = label.map(|label| format!("{}{spaces}", written(council, label))).unwrap_or_default();
        let name = if is_listed { "li" } else { "p" };
        return format!("<{name}>{label}{text}{tail}</{name}>\n");
    }
    if is_listed {
        return format!("<li class=\"MsoNormal\" style=\"\">{text}{tail}</li>\n");
    }
    let margin = 36 * (block.depth + 1);
    match block.label.as_deref() {
        None => format!("<p class=\"MsoNormal\">{text}{tail}</p>\n"),
        Some("•") => format!(
            "<p class=\"MsoListParagraphCxSpMiddle\" style=\n\"margin-left:{margin}.0pt;text-indent:-18.0pt\">\n\
             <span style=\"font-family:Symbol\"><span style=\"\">&middot;<span style=\n\
             \"font:7.0pt &quot;Times New Roman&quot;\">{spaces}</span></span></span>{text}{tail}</p>\n"
        ),
        Some(label) => format!(
            "<p class=\"MsoNormal\" style=\n\"margin-left:{margin}.0pt;text-indent:-36.0pt\">{}<span style=\n\
             \"font:7.0pt &quot;Times New Roman&quot;\">{spaces}</span>{text}{tail}</p>\n",
            escape(label)
        ),
    }
}

/// The text of a block, wrapped and marked up.
fn running(council: &CouncilPlan, block: &Block) -> String {
    let mut html = String::new();
    let mut column = 0;
    let mut words: Vec<String> = block.text.split(' ').map(|word| mark_name(council, word)).collect();
    if let Some(first) = words.first_mut().filter(|first| block.resolves && is_verdict(first)) {
        *first = format!("<b style=\"\">{first}</b>");
    }
    for word in &words {
        if column > 0 {
            let wraps = council.style.word && column + word.len() > WRAP_AT;
            html.push(if wraps { '\n' } else { ' ' });
            column = if wraps { 0 } else { column + 1 };
        }
        column += word.len();
        html.push_str(word);
    }
    html
}

/// Word marks names that its dictionary does not know.
fn mark_name(council: &CouncilPlan, word: &str) -> String {
    let bare = word.trim_end_matches([',', '.', ';', ':']);
    let is_name = council.members.iter().any(|name| surname(name) == bare);
    if !council.style.word || !is_name {
        return written(council, word);
    }
    format!("<span class=\n\"SpellE\">{bare}</span>{}", &word[bare.len()..])
}

fn is_verdict(word: &str) -> bool {
    word.len() > 3 && word.trim_end_matches(':').chars().all(|c| c.is_ascii_uppercase())
}

/// The part of the blocks that the meeting page shows, where it does not show
/// all of them. Cuts at a space, in the middle of a sentence.
pub fn cut(blocks: &[Block]) -> Option<Vec<Block>> {
    let length = |block: &Block| {
        block.text.chars().count() + block.label.as_ref().map_or(0, |label| label.chars().count())
    };
    if blocks.iter().map(length).sum::<usize>() <= SHOWN {
        return None;
    }
    let mut shown = Vec::new();
    let mut n_left = SHOWN;
    for block in blocks {
        if length(block) <= n_left {
            n_left -= length(block);
            shown.push(block.clone());
            continue;
        }
        let kept: String = block.text.chars().take(n_left).collect();
        let kept = kept.rsplit_once(' ').map_or("", |(kept, _)| kept);
        shown.push(Block { text: kept.into(), ..block.clone() });
        break;
    }
    Some(shown)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::Sample;

    fn block(label: Option<&str>, text: &str) -> Block {
        Block { label: label.map(Into::into), depth: 0, resolves: false, text: text.into() }
    }

    #[test]
    fn a_short_item_is_shown_whole_and_a_long_one_is_cut_inside_a_sentence() {
        assert_eq!(cut(&[block(None, "The report was noted.")]), None);
        let long = vec![block(None, &"words and more words ".repeat(80)); 3];
        let shown = cut(&long).unwrap();
        assert_eq!(shown.len(), 2);
        let n_shown: usize = shown.iter().map(|block| block.text.chars().count()).sum();
        assert!((SHOWN - 10..=SHOWN).contains(&n_shown), "{n_shown}");
    }

    #[test]
    fn bullets_are_a_list_or_a_dot_in_a_paragraph() {
        let sample = Sample::load();
        let markup = |slug: &str| {
            let council = sample.councils.iter().find(|council| council.slug == slug).unwrap();
            body(council, &[block(None, "Heard:"), block(Some("•"), "one"), block(Some("•"), "two")], "")
        };
        assert!(markup("coldharrow").contains("type=\"disc\">\n<li>one</li>\n<li>two</li>\n</ul>"));
        assert!(markup("fenwater").contains("&middot;"));
        assert!(!markup("fenwater").contains("<li"));
    }

    #[test]
    fn curly_quotes_are_entities_out_of_word_and_plain_text_elsewhere() {
        let sample = Sample::load();
        let markup = |slug: &str| {
            let council = sample.councils.iter().find(|council| council.slug == slug).unwrap();
            body(council, &[block(None, "the Panel’s view – noted")], "")
        };
        assert!(markup("ambermere").contains("Panel&rsquo;s view &ndash; noted"));
        assert!(markup("coldharrow").contains("Panel’s view – noted"));
    }

    #[test]
    fn titles_hold_entities_and_attributes_hold_no_spaces() {
        assert_eq!(escape_title("Children's & Schools"), "Children&#39;s &amp; Schools");
        assert_eq!(escape_attribute("7:30 pm"), "7&#58;30&#32;pm");
    }
}
