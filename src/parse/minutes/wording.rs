//! The words of titles: what may be one, and where one ends.

use std::sync::LazyLock;

use crate::parse::blocks::is_capitals;
use crate::parse::person::{AND_SECONDER, MOVER};
use crate::parse::standing::standing;
use crate::parse::{Pattern, pattern};

static PROSE: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:was|were|had|has|have|stated|said|reported|advised|informed|asked|noted|agreed|resolved|thanked|explained|would|will|proposed by|seconded|confirmed|attended|received|responded|he|she|they|it|is being|are being|provided|expressed|introduced|highlighted|considered|presented)\b",
    )
});

/// Whether a text has the words of a sentence. Participles that end it are
/// those of a title: “Correspondence received”.
pub fn is_prose(text: &str) -> bool {
    let bare = text.trim_end_matches(|c: char| !c.is_alphanumeric());
    PROSE.find_iter(bare).any(|found| found.end() < bare.len() || !found.as_str().ends_with("ed"))
}

/// Whether a text may be a title: short, begun like one, without the words
/// and marks of a sentence.
pub fn is_title(text: &str) -> bool {
    let text = text.trim();
    // An agenda's items say at length what is to be done.
    let is_task = text.starts_with("To ");
    let (longest, most_words) = if is_task { (350, 60) } else { (200, 28) };
    let bare = text.trim_end_matches(['.', ':', ' ']);
    let begins = text.starts_with(|c: char| {
        c.is_uppercase() || c.is_ascii_digit() || matches!(c, '“' | '"' | '‘' | '\'' | '(')
    });
    let has_letters = bare.chars().filter(|c| c.is_alphabetic()).take(3).count() >= 3;
    if !begins || !has_letters || bare.len() > longest {
        return false;
    }
    let n_words = bare.split_whitespace().count();
    if n_words > most_words || names_movers(text) {
        return false;
    }
    if text.ends_with([';', ',', '?', '!']) || bare.starts_with("That ") || bare.contains('£') && n_words > 12
    {
        return false;
    }
    let is_long_sentence = text.ends_with('.') && n_words > 10;
    !ends_sentence(bare) && (is_task || is_capitals(bare) || (!is_long_sentence && !is_prose(bare)))
}

/// Whether a sentence ends inside of a text.
pub fn ends_sentence(text: &str) -> bool {
    text.match_indices(". ").any(|(at, _)| {
        let word = text[..at].rsplit(' ').next().unwrap_or_default();
        // Initials and abbreviations do not end a sentence: they are short or without vowels.
        let has_vowel = word.contains(|c: char| !c.is_ascii() || "aeiouyAEIOUY0123456789)".contains(c));
        word.chars().count() > 3 && has_vowel && text[at + 2..].starts_with(char::is_uppercase)
    })
}

/// Whether a text begins with who moved and who seconded a motion, as it
/// stands behind the motion's number: “A. Brown, C. Bell:”.
pub fn names_movers(text: &str) -> bool {
    static MOVERS: LazyLock<Pattern> =
        LazyLock::new(|| pattern(&format!(r"^(?:(?i:moved by)\b|{MOVER}{AND_SECONDER}{MOVER}\s*:)")));
    MOVERS.is_match(text)
}

/// Whether a line records what was done, not what it is about: “Unanimously
/// carried”, “Approved by the Borough”.
pub fn is_outcome(text: &str) -> bool {
    static OUTCOME: LazyLock<Pattern> = LazyLock::new(|| {
        pattern(
            r"(?i)^(?:motion |unanimously |amendment )*(?:passed|approved|received|referred to|refused|granted|proposed|seconded|carried|agreed|resolved|noted|signed|lost|defeated)\b|\b(?:passed|approved|refused|granted|carried|agreed|resolved|noted|signed|lost|defeated)\W*$",
        )
    });
    OUTCOME.is_match(text)
}

/// Whether a line breaks off inside of a phrase, so that the next goes on.
pub fn is_open(text: &str) -> bool {
    let last = text.rsplit(' ').next().unwrap_or_default().to_lowercase();
    let is_initial = last.len() == 2 && last.ends_with('.');
    let is_bracket_open = text.rfind('(') > text.rfind(')');
    text.ends_with([',', '&'])
        || is_initial
        || is_bracket_open
        || matches!(
            last.as_str(),
            "or" | "and"
                | "of"
                | "the"
                | "for"
                | "to"
                | "in"
                | "on"
                | "with"
                | "by"
                | "from"
                | "at"
                | "a"
                | "an"
                | "other"
        )
}

static TITLE_FURNITURE: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\s*(?:\(pages? \d+(?: ?[-–] ?\d+)?\)|pdf icon\b.*|eicon pdf\b.*|pdf eicon\b.*|\bPDF \d+ [KM]B\b.*|\(item \d+\)|\(copy enclosed\))\s*$",
    )
});

/// A title without page ranges, icons of files, or a mark at its end.
pub fn clean_title(title: &str) -> String {
    let mut title = title.trim();
    while let Some(furniture) = TITLE_FURNITURE.find(title) {
        title = title[..furniture.start()].trim();
    }
    let is_abbreviated = title.ends_with("etc.") || title.ends_with(".M.");
    let title = if is_abbreviated { title } else { title.trim_end_matches(['.', ':', ';', '-', '–', ' ']) };
    title.trim_start_matches(['.', ':', '-', '–', ' ']).to_owned()
}

/// Splits a title off the text that runs on from it: `Updates: the road…`.
pub fn run_in(text: &str) -> Option<(String, &str)> {
    run_in_at(text, &[":- ", ":-", ": ", " – ", " - ", ". "])
}

/// The same, with a colon alone.
pub fn run_in_at_colon(text: &str) -> Option<(String, &str)> {
    run_in_at(text, &[":- ", ": "])
}

fn run_in_at<'a>(text: &'a str, marks: &[&str]) -> Option<(String, &'a str)> {
    const MOST_WORDS: usize = 9;
    for mark in marks {
        let tight = || if *mark == ": " { tight_colon(text) } else { None };
        let Some((title, rest)) = text.split_once(mark).or_else(tight) else { continue };
        let n_words = title.split_whitespace().count();
        // An agenda's task is said at more length.
        let most_before_stop = if text.starts_with("To ") { 2 * MOST_WORDS } else { 6 };
        let is_short = n_words <= if *mark == ". " { most_before_stop } else { MOST_WORDS };
        // “To discuss: the budget” says in front only what is to be done.
        let is_bare_task = n_words <= 3 && title.starts_with("To ");
        // A full stop may stand behind the label of the first clause.
        let (title, rest) = match title.rsplit_once(' ') {
            Some((before, label))
                if *mark == ". " && label.len() == 1 && label.starts_with(char::is_lowercase) =>
            {
                (before, &text[before.len()..])
            }
            _ => (title, rest),
        };
        let title = clean_title(title);
        if is_short && !is_bare_task && is_title(&title) && !rest.trim().is_empty() {
            return Some((title, rest.trim()));
        }
    }
    None
}

/// The place of the first colon that a space was forgotten behind:
/// `Apologies:None`.
pub fn tight_colon(text: &str) -> Option<(&str, &str)> {
    let (title, rest) = text.split_once(':')?;
    (title.ends_with(char::is_lowercase) && rest.starts_with(char::is_uppercase)).then_some((title, rest))
}

/// Splits a title off the sentence that runs on from it without any mark:
/// `Apologies and Welcome There were apologies from…` of a standing item,
/// `Bridge repairs Councillors considered…` of any.
pub fn unmarked_lead(text: &str) -> Option<(String, &str)> {
    /// Words that begin a sentence and hardly stand inside of a title.
    static OPENER: LazyLock<Pattern> = LazyLock::new(|| {
        pattern(
            r" (?:There (?:were|was)|The|Apologies (?:were|had|for)|None|No|It was|Cllrs?|Councillors?|Mr|Mrs|Ms|All)\b",
        )
    });
    /// Somebody who does something: no title has both.
    static SUBJECT_AND_VERB: LazyLock<Pattern> = LazyLock::new(|| {
        pattern(
            r"[a-z0-9)’'] (?:Apologies (?:were|had been) |(?:Councillors |Members |The (?:\w+ ){1,5}?|Cllrs?\.? (?:[\w-]+ ){1,6}?|Councillor (?:[\w-]+ ){1,3}?|M(?:r|rs|s)\.? (?:[\w-]+ ){1,3}?)(?:was|were|had|has|have|gave|spoke|said|read|[a-z]+ed)|It (?:was|is)|There (?:was|were|is|are|being)|That (?:the|this|these|a|an|we)|Agreed (?:to|that)|R(?:ESOLVED|esolved)|AGREED)\b",
        )
    });
    const MOST_WORDS: usize = 14;
    /// A sentence opens early, or not at all.
    const FRONT: usize = 250;
    let front = &text[..text.floor_char_boundary(FRONT)];
    let is_short = |title: &str| title.split(' ').count() <= MOST_WORDS;
    if let Some(opener) = OPENER.find(front) {
        let title = &text[..opener.start()];
        if standing(title).is_some() && !title.contains(['.', ':', ';']) && is_short(title) {
            return Some((clean_title(title), text[opener.start()..].trim_start()));
        }
    }
    let opener = SUBJECT_AND_VERB.find(front)?;
    let at = opener.start() + opener.as_str().find(' ')?;
    let title = &text[..at];
    let is_marked = title.contains(';') || (title.contains(':') && !title.starts_with("To "));
    (is_short(title) && is_title(title) && !is_marked && !is_open(title))
        .then(|| (clean_title(title), text[at..].trim_start()))
}

/// Titles of usual business, which minutes of every sort have.
pub fn is_usual(title: &str) -> bool {
    static USUAL: LazyLock<Pattern> = LazyLock::new(|| {
        pattern(
            r"(?i)^(?:matters arising|planning|finance|correspondence|any other business|a\.?o\.?b|highways|payments|accounts|reports?|public participation|police|cemetery|clerk'?s report)\b",
        )
    });
    USUAL.is_match(title)
}

/// Titles of the sections that reports to a committee have.
pub fn is_usual_in_reports(title: &str) -> bool {
    static SECTION: LazyLock<Pattern> = LazyLock::new(|| {
        pattern(
            r"(?i)^(?:(?:purpose|summary|reasons?)(?: of| for)?(?: the)?(?: report| recommendations?| decision)?|introduction|(?:executive |key )?summary|background(?: (?:papers|documents|information))?|recommendations?(?:\(s\))?|conclusions?|(?:\w+,? (?:and |& )?){1,4}implications?|implications|key (?:points|issues)|consultations?|options(?: considered)?|timescales?|next steps|contact (?:details|officers?)|(?:list of )?appendi(?:x|ces)|attached documents|risks?(?: (?:assessment|management))?|proposals?)(?: - .*)?:?$",
        )
    });
    SECTION.is_match(title)
}
