//! Paragraphs that have run together.
//!
//! Text that was copied out of a printed file often comes without the ends of
//! its lines: all that a page says stands in one paragraph. Its numbers, which
//! go up one by one, still tell where its parts begin.

use std::collections::HashMap;

use super::{Block, Style};

/// Cuts paragraphs at the numbers and bullets in them that part them.
pub fn apart(blocks: Vec<Block>) -> Vec<Block> {
    blocks.into_iter().flat_map(cut).collect()
}

fn cut(block: Block) -> Vec<Block> {
    let is_text = matches!(block.style, Style::Paragraph | Style::Numbered(_) | Style::Bullet);
    let cuts = if is_text { cuts(&block.text) } else { Vec::new() };
    if cuts.is_empty() {
        return vec![block];
    }
    let ends = cuts.iter().copied().chain([block.text.len()]);
    let starts = [0].into_iter().chain(cuts.iter().copied());
    let piece = |(start, end): (usize, usize)| {
        let text = block.text[start..end].trim();
        let style = match () {
            () if start == 0 => block.style.clone(),
            () if text.starts_with(BULLETS) => Style::Bullet,
            () => Style::Paragraph,
        };
        let text = if style == Style::Bullet { text.trim_start_matches(BULLETS) } else { text };
        let piece = Block::new(style, text)?.on_page(block.page);
        let lead = if start == 0 { block.lead.min(piece.text.len()) } else { 0 };
        Some(Block { lead, depth: block.depth, ..piece })
    };
    starts.zip(ends).filter_map(piece).collect()
}

const BULLETS: [char; 4] = ['•', '▪', '●', '\u{f0b7}'];

/// Where a text is to be cut: at the numbers of a sequence of three or more,
/// or of two that the text begins with, and at bullets that come again.
fn cuts(text: &str) -> Vec<usize> {
    // The places of a sequence, by how its numbers are written and its last one.
    let mut sequences: HashMap<(String, u32), Vec<usize>> = HashMap::new();
    let mut bullets = Vec::new();
    let mut words = words(text).peekable();
    while let Some((at, word)) = words.next() {
        if word.starts_with(BULLETS) {
            bullets.push(at);
        }
        let opens =
            |next: &&str| next.starts_with(|c: char| c.is_uppercase() || matches!(c, '“' | '"' | '‘'));
        if words.peek().is_none_or(|(_, next)| !opens(next)) {
            continue;
        }
        for (form, value) in readings(word) {
            let before = value.checked_sub(1).and_then(|before| sequences.remove(&(form.clone(), before)));
            let mut sequence = before.unwrap_or_default();
            sequence.push(at);
            // Text may speak of a number before its own place comes.
            let known = sequences.entry((form, value)).or_default();
            if known.len() < sequence.len() {
                *known = sequence;
            }
        }
    }
    let is_sequence = |places: &Vec<usize>| places.len() >= 3 || (places.len() == 2 && places[0] == 0);
    let mut cuts: Vec<usize> = sequences.into_values().filter(is_sequence).flatten().collect();
    if bullets.len() >= 2 {
        cuts.extend(bullets);
    }
    cuts.retain(|at| *at > 0);
    cuts.sort_unstable();
    cuts.dedup();
    cuts
}

/// The words of a text and where they begin.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split(' ').scan(0, |at, word| {
        let start = *at;
        *at += word.len() + 1;
        Some((start, word))
    })
}

/// How a number is written, without what counts in it, and what counts: `6.2`
/// is the second of `6.`, `3.0` and `3.` the third, `151/20` the 151st of `/20`.
fn readings(word: &str) -> Vec<(String, u32)> {
    const LONGEST: usize = 10;
    let value = |digits: &str| digits.parse::<u32>().ok().filter(|_| digits.len() <= 4);
    let is_number = word.starts_with(|c: char| c.is_ascii_digit()) && word.len() <= LONGEST;
    if !is_number {
        return Vec::new();
    }
    if let Some((first, second)) = word.trim_end_matches(['.', ':']).split_once('/') {
        let (Some(one), Some(other)) = (value(first), value(second)) else { return Vec::new() };
        return vec![(format!("/{second}"), one), (format!("{first}/"), other)];
    }
    let bare = word.trim_end_matches(['.', ')']);
    let of_whole =
        |digits: &str, form: &str| value(digits).filter(|n| *n < 1_000).map(|n| (form.to_owned(), n));
    match bare.rsplit_once('.') {
        Some((whole, "0")) => of_whole(whole, ".0").into_iter().chain([(format!("{whole}."), 0)]).collect(),
        Some((outer, last)) if last.len() <= 2 => {
            value(last).map(|value| (format!("{outer}."), value)).into_iter().collect()
        }
        None if bare.len() < word.len() => of_whole(bare, ".").into_iter().collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let found: Vec<String> = apart(Block::new(Style::Paragraph, text).into_iter().collect())
            .into_iter()
            .map(|block| block.text)
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn text_is_cut_at_numbers_that_go_up() {
        check(
            "Hill Council 41/31 Welcome All were welcomed. 42/31 Apologies None. 43/31 Roads See 42/31 and 7/31. Item 45/31. Cllr Hill spoke. 44/31 Pond None. 45/31 Close",
            &[
                "Hill Council",
                "41/31 Welcome All were welcomed.",
                "42/31 Apologies None.",
                "43/31 Roads See 42/31 and 7/31. Item 45/31. Cllr Hill spoke.",
                "44/31 Pond None.",
                "45/31 Close",
            ],
        );
        check(
            "6.1 The trees were cut. 6.2 The pond, as in 6.1 above, is dry. CB 7.0 Police",
            &["6.1 The trees were cut.", "6.2 The pond, as in 6.1 above, is dry. CB 7.0 Police"],
        );
        check("7.0 Police 7.1 Cllr Dale reported.", &["7.0 Police", "7.1 Cllr Dale reported."]);
        check("Agenda 1. Welcome 2. Roads 3. Close", &["Agenda", "1. Welcome", "2. Roads", "3. Close"]);
        check("Noted: • the gate • the fence", &["Noted:", "the gate", "the fence"]);
    }

    #[test]
    fn a_paragraph_of_numbers_is_cut_in_linear_time() {
        let text: String = (0..200_000).map(|n| format!("{}/{} A ", n % 1_000, n % 7)).collect();
        assert!(apart(Block::new(Style::Paragraph, &text).into_iter().collect()).len() > 1_000);
    }

    #[test]
    fn numbers_in_a_sentence_do_not_part_it() {
        for text in [
            "The bus leaves at 7.15 Monday and 7.16 Tuesday.",
            "Items 1. and 2. were taken together.",
            "On 12/05 Mr Hill and on 14/05 Mr Dale spoke.",
            "It cost £1. Cllr Moor paid.",
        ] {
            check(text, &[text]);
        }
    }
}
