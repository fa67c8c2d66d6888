//! What a passage does, told by its words.

use std::sync::LazyLock;

use regex::Regex;

use crate::model::Kind;

use super::blocks::{Block, Style};

/// Builds a pattern that is written in this file.
fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("the pattern is a constant that the tests build")
}

/// Who decides, at the front of a sentence: “the Committee”, “it was”, “Cabinet”.
const WHO: &str = r"(?:it was|(?:the |this )?(?:\w+ ){0,3}(?:committee|council|cabinet|board|panel|forum|members|councillors|executive)(?: members)?)";

/// Verdicts in capitals are reliable anywhere in a sentence; lower case only
/// where the sentence begins with it or names who decided.
static RESOLUTION: LazyLock<[Regex; 3]> = LazyLock::new(|| {
    [
        pattern(r"\b(?:RESOLVED|RESOLUTION|AGREED|DECIDED|CARRIED|PENDERFYNWYD|PENDERFYNIAD)\b"),
        pattern(&format!(
            r"(?i)^(?:and |that )?(?:{WHO}[, ]+)?(?:(?:therefore|then|also|unanimously|duly|proposed,? seconded and) )*(?:resolved|resolution|agreed|decided|decision|penderfynwyd|cytunwyd)(?: unanimously)?(?:\s*(?:$|[:;.–-])|,? (?:that|to|unanimously|as|on|by)\b)"
        )),
        pattern(r"(?i)\bit was (?:\w+ ){0,3}(?:resolved|agreed|decided)\b"),
    ]
});
static RECOMMENDATION: LazyLock<[Regex; 2]> = LazyLock::new(|| {
    [
        pattern(r"\b(?:RECOMMENDED|RECOMMENDATIONS?|RECOMMENDS?)\b"),
        pattern(&format!(r"(?i)^(?:{WHO}[, ]+)?(?:recommended|recommendations?|recommends?|to recommend)\b")),
    ]
});
static REQUEST: LazyLock<[Regex; 2]> = LazyLock::new(|| {
    [
        pattern(
            r"(?i)\b(?:asked|requested|requests|requesting|suggested)\b[^.?]{0,160}\b(?:be|could be|should be|to be)\s+(?:\w+ )?(?:provided|submitted|circulated|supplied|sent|shared|presented|reported|given|included|brought|added|arranged|made|invited|considered|forwarded|emailed)\b",
        ),
        pattern(r"(?i)^(?:action|actions|actions? required)\b\s*[:–-]"),
    ]
});
static NOTING: LazyLock<[Regex; 2]> = LazyLock::new(|| {
    [
        pattern(r"\bNOTED\b"),
        pattern(&format!(
            r"(?i)^(?:{WHO} noted\b|noted\b|(?:that )?[^.]{{0,200}}\b(?:be|was|were|is|are) (?:duly )?noted\.?$)"
        )),
    ]
});
static QUESTION: LazyLock<[Regex; 2]> = LazyLock::new(|| {
    [
        pattern(
            r"^(?:Q(?:uestion)?(?:\s?\d+)?\s?[:.–-]|(?:Supplementary )?[Qq]uestion(?:s)? (?:\d+|from|by|submitted|asked)\b|QUESTION\b)",
        ),
        pattern(
            r"(?i)\b(?:asked|queried|enquired|questioned|inquired)\s+(?:if|whether|what|how|why|when|who|where|which|about)\b",
        ),
    ]
});
static ANSWER: LazyLock<[Regex; 2]> = LazyLock::new(|| {
    [
        pattern(
            r"^(?:A(?:nswer)?(?:\s?\d+)?\s?(?:[:–-]|$)|ANSWER\b|Reply\b|REPLY\b|Response\s?[:–-]|RESPONSE\b)",
        ),
        pattern(r"(?i)^(?:in (?:response|reply|answer)\b|[^.,;:]{2,80}\b(?:replied|responded|answered)\b)"),
    ]
});
static ATTENDANCE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:(?:members|councillors|also|those|officers|officials|councillors?) (?:also )?(?:present|in attendance)|those attending|present|in attendance|attendance|attendees|apolog(?:y|ies)|members present|absent|presennol|ymddiheuriadau|hefyd yn bresennol)\b",
    )
});
static BOILERPLATE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:page \d+(?: of \d+)?$|\((?:agenda )?items? \d+[a-z]?\)$|\(?pages? \d+ ?[-–] ?\d+\)?$|supporting documents:?$|minutes:$|cofnodion:$|decision:$|additional documents:?$|dogfennau ychwanegol:?$|(?:the )?(?:meeting|chairman?|mayor|chairperson)\b.{0,80}\b(?:closed|ended|concluded|finished|terminated|adjourned)\b.{0,20}\bat\b|there being no (?:further|other|more) business|signed?\b.{0,12}[.…_]{3}|(?:chair|chairman|chairperson|mayor|date|dated)\W{0,4}[.…_]{3}|chair(?:man|person)?\W{1,4}date\b)",
    )
});

/// Where somebody signs: nothing but the words that stand there and the line
/// to write on, or a name behind “Signed:”.
static SIGNATURE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:(?:signed|signature|dated?|chair(?:man|woman|person)?|mayor|clerk)\b[\W_]*){1,5}$|^(?:signed|signature)\s*[:;].{0,60}$",
    )
});
static COPYRIGHT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:©|all rights reserved\b|(?:all )?copyright\b\W{0,3}(?:©|\(c\)|remains\b|belongs\b|is held\b|held\b|notice\b|reserved\b|(?:19|20)\d\d\b)|copyright\b.{0,80}\ball rights reserved\b)",
    )
});

/// Whether a passage is furniture wherever it stands, in bold or below a
/// resolution: a line to sign on, a line of copyright.
pub fn is_furniture(text: &str) -> bool {
    let text = front(text);
    SIGNATURE.is_match(text) || COPYRIGHT.is_match(text)
}

/// What the passage does by its own words; [`Kind::Narrative`] when nothing tells.
///
/// Order matters: a decision that mentions a question is a decision.
pub fn kind_of(text: &str) -> Kind {
    let question = text.ends_with('?');
    let text = front(text);
    if BOILERPLATE.is_match(text) || is_furniture(text) {
        return Kind::Boilerplate;
    }
    if ATTENDANCE.is_match(text) && !question {
        return Kind::Attendance;
    }
    let rules: [(Kind, &[Regex]); 5] = [
        (Kind::Resolution, &*RESOLUTION),
        (Kind::Recommendation, &*RECOMMENDATION),
        (Kind::Request, &*REQUEST),
        (Kind::Answer, &*ANSWER),
        (Kind::Question, &*QUESTION),
    ];
    for (kind, patterns) in rules {
        if patterns.iter().any(|pattern| pattern.is_match(text)) {
            return kind;
        }
    }
    if question {
        return Kind::Question;
    }
    if NOTING.iter().any(|pattern| pattern.is_match(text)) {
        return Kind::Noting;
    }
    Kind::Narrative
}

/// The front of a text: what a passage does shows early, and a text of
/// megabytes should not take seconds.
fn front(text: &str) -> &str {
    const LONGEST: usize = 6_000;
    let mut end = text.len().min(LONGEST);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// Whether a block heads what follows it rather than saying something.
pub fn is_heading(block: &Block) -> bool {
    const MAX_HEADING: usize = 120;
    let text = block.text.as_str();
    match block.style {
        Style::Heading(_) => text.len() <= 2 * MAX_HEADING,
        Style::Paragraph => {
            block.bold && text.len() <= MAX_HEADING && !text.ends_with(['.', ';', ',', '?', '!'])
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_passage_is_known_by_its_words() {
        for (text, expected) in [
            ("RESOLVED: That", Kind::Resolution),
            ("RESOLVED that the minutes were a correct record", Kind::Resolution),
            ("It was unanimously agreed to accept the quotation.", Kind::Resolution),
            ("Resolved – that the report be accepted", Kind::Resolution),
            ("The Committee agreed to write to the Minister.", Kind::Resolution),
            ("Mr Smith agreed with the point made.", Kind::Narrative),
            ("RECOMMENDED to Council that the plan be adopted", Kind::Recommendation),
            ("Members asked that figures on staff turnover be provided.", Kind::Request),
            ("The report was noted.", Kind::Noting),
            ("The Committee noted the position.", Kind::Noting),
            ("Councillor Jones asked whether the road would be closed.", Kind::Question),
            ("When will the bridge be open?", Kind::Question),
            ("In response, the officer explained the delay.", Kind::Answer),
            ("PRESENT: Mr A Brown (Chairman)", Kind::Attendance),
            ("Apologies were received from Mrs Bell.", Kind::Attendance),
            ("The meeting closed at 8.40 pm", Kind::Boilerplate),
            ("Supporting documents:", Kind::Boilerplate),
            ("Signed:", Kind::Boilerplate),
            ("Signed ……", Kind::Boilerplate),
            ("Signed: _______ Date: _______", Kind::Boilerplate),
            ("Signed: A. Murphy", Kind::Boilerplate),
            ("Chairman", Kind::Boilerplate),
            ("Date ……", Kind::Boilerplate),
            ("Signed copies of the plan were handed in.", Kind::Narrative),
            ("Chairman's Report", Kind::Narrative),
            ("Date of the fete", Kind::Narrative),
            ("Copyright remains with independent content providers", Kind::Boilerplate),
            ("© 2024 Mill Parish Council", Kind::Boilerplate),
            ("Copyright © Mill District Council. All Rights Reserved.", Kind::Boilerplate),
            ("Copyright of the photographs was discussed.", Kind::Narrative),
            ("The road was resurfaced in March.", Kind::Narrative),
        ] {
            assert_eq!(kind_of(text), expected, "{text}");
        }
    }
}
