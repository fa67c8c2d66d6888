//! What each form of the query language means, with an example: the text of
//! `scrutineer help query`.

use super::query::{Field, MAX_DEPTH, MAX_DISTANCE, MAX_FUZZY, MAX_LENGTH, MAX_WORD, MAX_WORDS, MIN_FUZZY};

/// One form of the language, and a query of that form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Example {
    /// How it is written: `A NEAR/n B`.
    pub form: &'static str,
    /// When it is true.
    pub meaning: &'static str,
    /// A query of that form.
    pub query: &'static str,
    /// What the two texts below are of.
    pub of: Subject,
    /// A text of which the query is true.
    pub matches: &'static str,
    /// One of which it is not, though somebody might think so.
    pub misses: &'static str,
}

/// What an example is tested on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// The text of a passage.
    Text,
    /// A field that the passage inherits.
    Field(Field),
    /// The date of the meeting.
    Date,
}

/// Examples that belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Section {
    /// Its heading.
    pub title: &'static str,
    /// Its examples, the plainest first.
    pub examples: &'static [Example],
}

/// All forms of the language, each with an example.
pub const SECTIONS: [Section; 4] = [
    Section { title: "Words", examples: &WORDS },
    Section { title: "Words together", examples: &TOGETHER },
    Section { title: "Both, either, not", examples: &LOGIC },
    Section { title: "Fields", examples: &FIELDS },
];

const WORDS: [Example; 8] = [
    Example {
        form: "word",
        meaning: "The word, in any form of the same English stem. With --exact, and always in codebooks, as \
                  it is written. Capitals and accents never matter.",
        query: "caseload",
        of: Subject::Text,
        matches: "Caseloads had risen.",
        misses: "The load of each case was high.",
    },
    Example {
        form: "'word'",
        meaning: "The word as it is written, also beside words that match by their stem.",
        query: "'meeting'",
        of: Subject::Text,
        matches: "The meeting was long.",
        misses: "Two meetings were held.",
    },
    Example {
        form: "wor*  w*rd",
        meaning: "`*` stands for any number of letters or digits, none included. At least two others are \
                  given.",
        query: "wom*n",
        of: Subject::Text,
        matches: "Three women spoke.",
        misses: "A womanly figure.",
    },
    Example {
        form: "word~1  word~2",
        meaning: "The word as written, or one that is one or two edits away: a letter more, less or other, or \
                  two neighbours swapped. For what scans and typists get wrong.",
        query: "'social' NEAR/0 wroker~1",
        of: Subject::Text,
        matches: "A social worker came.",
        misses: "A social walker came.",
    },
    Example {
        form: "ABC+",
        meaning: "An abbreviation, or what the indexed minutes explain it as in brackets, at most five \
                  phrases; stderr says which. Not in codebooks.",
        query: "PEP+",
        of: Subject::Text,
        matches: "Each has a personal education plan.",
        misses: "The plan for education is personal.",
    },
    Example {
        form: "multi-agency",
        meaning: "With and without the hyphen.",
        query: "multi-agency",
        of: Subject::Text,
        matches: "A multiagency hub opened.",
        misses: "An agency of multi-storey car parks.",
    },
    Example {
        form: "£1.2m  s.47  R&D",
        meaning: "A mark within a word splits it, in the query as in the text; what is left is a phrase.",
        query: "£1.2m",
        of: Subject::Text,
        matches: "There is a gap of £1.2m.",
        misses: "There is a gap of £12m.",
    },
    Example {
        form: "@name",
        meaning: "A saved query, as if it stood here in brackets (see below).",
        query: "@agency NEAR/2 staff",
        of: Subject::Text,
        matches: "Locum staff were hired.",
        misses: "The staff met, and so did an agency.",
    },
];

const TOGETHER: [Example; 5] = [
    Example {
        form: "\"a phrase\"",
        meaning: "Its words next to each other, in order. `*` and `~` may stand in them; every word counts.",
        query: "\"looked after child*\"",
        of: Subject::Text,
        matches: "Looked-after children did well.",
        misses: "She looked after the children.",
    },
    Example {
        form: "A NEAR/n B",
        meaning: "Both, in either order, with at most n words between; NEAR/0 are neighbours. They share no \
                  word.",
        query: "budget NEAR/3 cut",
        of: Subject::Text,
        matches: "A cut to the budget was noted.",
        misses: "The budget was set and then much of it was cut.",
    },
    Example {
        form: "A PRE/n B",
        meaning: "The same, A first.",
        query: "budget PRE/3 cut",
        of: Subject::Text,
        matches: "The budget was cut.",
        misses: "A cut to the budget was noted.",
    },
    Example {
        form: "A /S B",
        meaning: "Both in one sentence, in either order.",
        query: "budget /S school",
        of: Subject::Text,
        matches: "The school, it was said, had no budget.",
        misses: "The budget was set. A school was closed.",
    },
    Example {
        form: "A /P B",
        meaning: "Both in one passage (a paragraph, bullet or clause), in either order, also where --unit is \
                  wider.",
        query: "budget /P school",
        of: Subject::Text,
        matches: "The budget was set. A school was closed.",
        misses: "The budget was set.",
    },
];

const LOGIC: [Example; 5] = [
    Example {
        form: "A AND B  A B",
        meaning: "Both, anywhere in the unit: the passage, or with --unit the item or meeting.",
        query: "budget AND school",
        of: Subject::Text,
        matches: "The budget was set. A school was closed.",
        misses: "The school was closed.",
    },
    Example {
        form: "A OR B",
        meaning: "At least one of them.",
        query: "agency OR locum",
        of: Subject::Text,
        matches: "Locums were hired.",
        misses: "Staff were hired.",
    },
    Example {
        form: "NOT A",
        meaning: "A is not true. It may stand alone, and gives no match of its own.",
        query: "agency NOT \"multi agency\"",
        of: Subject::Text,
        matches: "Agency staff were hired.",
        misses: "A multi-agency team and an agency met.",
    },
    Example {
        form: "( )",
        meaning: "Brackets, as in sums.",
        query: "(agency OR locum) NEAR/1 staff",
        of: Subject::Text,
        matches: "Locum staff were hired.",
        misses: "A locum was hired, as staff were ill.",
    },
    Example {
        form: "MASK(A) B",
        meaning: "B, where the words that A matches do not count. At the front only, any number of them.",
        query: "MASK(\"multi agency\") agency",
        of: Subject::Text,
        matches: "A multi-agency team and an agency met.",
        misses: "A multi-agency team met.",
    },
];

const FIELDS: [Example; 6] = [
    Example {
        form: "title:A",
        meaning: "A is true of the title of the agenda item. A is a word, a phrase or a bracket; as of every \
                  field, it gives no match of its own.",
        query: "title:(parking OR permit)",
        of: Subject::Field(Field::Title),
        matches: "Residents' parking",
        misses: "Traffic wardens",
    },
    Example {
        form: "body:A",
        meaning: "A is true of the name of the committee, board or council that met.",
        query: "body:\"scrutiny committee\"",
        of: Subject::Field(Field::Body),
        matches: "Children's Scrutiny Committee",
        misses: "Committee on Scrutiny",
    },
    Example {
        form: "item:A",
        meaning: "A is true of the number of the item, as it is printed.",
        query: "item:7a",
        of: Subject::Field(Field::Item),
        matches: "7a",
        misses: "7",
    },
    Example {
        form: "council:A",
        meaning: "A is true of the council's name, or of its short name with hyphens.",
        query: "council:north-moorby",
        of: Subject::Field(Field::Council),
        matches: "North Moorby Council",
        misses: "Moorby Council, north ward",
    },
    Example {
        form: "kind:A",
        meaning: "The kind of the passage: narrative, question, answer, resolution, recommendation, request, \
                  noting, attendance, heading, boilerplate.",
        query: "kind:resolution",
        of: Subject::Field(Field::Kind),
        matches: "resolution",
        misses: "recommendation",
    },
    Example {
        form: "date:D  date:D..D",
        meaning: "The day of the meeting lies in a year, a month, a day, or from one to another, both \
                  included. Either end may be left out.",
        query: "date:2019-01..2021-06",
        of: Subject::Date,
        matches: "2021-06-30",
        misses: "2021-07-01",
    },
];

/// The most characters of a line of [`reference`].
const WIDTH: usize = 96;

/// The reference of the language, for a reader: lines of at most 96 characters.
pub fn reference() -> String {
    let mut text = "The query language\n\n".to_owned();
    for Section { title, examples } in SECTIONS {
        text += &format!("{title}:\n\n");
        for example in examples {
            text += &format!("  {}\n", example.form);
            text += &wrapped(example.meaning, 6);
            text += &format!("      query:  {}\n", example.query);
            let of = match example.of {
                Subject::Text => String::new(),
                Subject::Field(field) => format!("{} ", field.name()),
                Subject::Date => "date ".to_owned(),
            };
            text += &format!(
                "      finds:  {of}{}\n      not:    {of}{}\n\n",
                quoted(example.matches, example.of),
                quoted(example.misses, example.of)
            );
        }
    }
    for (title, lines) in notes() {
        text += &format!("{title}:\n\n");
        for line in lines {
            text += &wrapped(&line, 2);
        }
        text.push('\n');
    }
    text.trim_end().to_owned()
}

fn quoted(text: &str, of: Subject) -> String {
    if of == Subject::Text { text.to_owned() } else { format!("“{text}”") }
}

/// What is said beside the examples: of each part its heading and paragraphs.
fn notes() -> [(&'static str, Vec<String>); 4] {
    let [near, far] = MIN_FUZZY;
    [
        (
            "What binds first",
            vec![
                "From the tightest: fields; NEAR, PRE, /S and /P; NOT; AND; OR. So `a OR b AND NOT c` is \
                 `a OR (b AND (NOT c))`. A chain reads from the left: `a NEAR/3 b NEAR/3 c` is `(a NEAR/3 b) \
                 NEAR/3 c`. Operators are in upper case; `and`, `or` and `not` are words."
                    .to_owned(),
                "The sides of NEAR, PRE, /S and /P are words, phrases, others of these four, and brackets of \
                 OR over them."
                    .to_owned(),
            ],
        ),
        (
            "What counts as a match",
            vec![
                "Of a word or phrase each place where it stands; of NEAR, PRE, /S and /P each pair, from the \
                 first word to the last; of AND and OR those of their operands; of NOT and fields none. Equal \
                 matches count once, and one that contains another does not count."
                    .to_owned(),
            ],
        ),
        (
            "Saved queries",
            vec![
                "`queries.toml` in the home (or --queries FILE) holds tables [[query]] with name and query, \
                 and if you like note, exact, unit, council, body, from, to, year, kind, edition, language, \
                 with_boilerplate and with_copies. `scrutineer search @name` runs one; a filter that is typed \
                 goes before the saved one of the same name. One without filters may stand within another \
                 query. `scrutineer query show` prints how a query is read, `scrutineer query check` tries \
                 all."
                    .to_owned(),
            ],
        ),
        (
            "Limits",
            vec![format!(
                "A query has at most {MAX_LENGTH} characters, {MAX_WORDS} words and {MAX_DEPTH} levels of \
                 brackets, NOTs and chains of NEAR; a word {MAX_WORD} characters; a distance {MAX_DISTANCE} \
                 words. Before ~1 stand at least {near} letters, before ~2 at least {far}; at most {MAX_FUZZY} words \
                 have a `~`."
            )],
        ),
    ]
}

/// A paragraph, each line after so many blanks.
fn wrapped(text: &str, indent: usize) -> String {
    let mut lines = String::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() && indent + line.chars().count() + 1 + word.chars().count() > WIDTH {
            lines += &format!("{:indent$}{line}\n", "");
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line += word;
    }
    lines + &format!("{:indent$}{line}\n", "")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::search::lexer::{self, Sign};
    use crate::search::query::{Link, Phrase, Slot, Word};
    use crate::search::{Context, Names, Terms, Text, Tokens, evaluate, parse_with};

    /// Knows the names of the examples.
    struct Known;

    impl Names for Known {
        fn long_forms(&self, _: &str, _: Terms) -> Result<Vec<String>, String> {
            Ok(vec!["personal education plan".to_owned()])
        }

        fn saved(&self, _: &str, terms: Terms) -> Result<(String, Terms), String> {
            Ok(("agency OR locum".to_owned(), terms))
        }
    }

    fn examples() -> impl Iterator<Item = &'static Example> {
        SECTIONS.iter().flat_map(|section| section.examples)
    }

    fn is_true(example: &Example, shown: &str) -> bool {
        let query = parse_with(example.query, Terms::Stemmed, &Known).unwrap();
        let mut context = Context::default();
        let mut text = "";
        match example.of {
            Subject::Text => text = shown,
            Subject::Field(Field::Title) => context.title = shown,
            Subject::Field(Field::Body) => context.body = shown,
            Subject::Field(Field::Item) => context.item = shown,
            Subject::Field(Field::Council) => context.council_name = shown,
            Subject::Field(Field::Kind) => context.kind = shown,
            Subject::Date => context.date = shown.parse().ok(),
        }
        evaluate(&query, &[Text { tokens: &Tokens::read(text), context }]).is_some()
    }

    #[test]
    fn each_example_matches_its_text_and_not_the_other() {
        for example in examples() {
            assert!(is_true(example, example.matches), "{}: {}", example.query, example.matches);
            assert!(!is_true(example, example.misses), "{}: {}", example.query, example.misses);
        }
    }

    /// The parts of the language that a sign shows. A part that is new does not
    /// compile until it is named here, and is not found until it has an example.
    fn parts(sign: &Sign) -> Vec<&'static str> {
        match sign {
            Sign::Named(..) => vec!["a name"],
            Sign::Open | Sign::Close => vec!["a bracket"],
            Sign::And => vec!["AND"],
            Sign::Or => vec!["OR"],
            Sign::Not => vec!["NOT"],
            Sign::Mask => vec!["MASK"],
            Sign::Link(Link::Near(_)) => vec!["NEAR"],
            Sign::Link(Link::Pre(_)) => vec!["PRE"],
            Sign::Link(Link::Sentence) => vec!["/S"],
            Sign::Link(Link::Passage) => vec!["/P"],
            Sign::Field(field) => vec![field.name()],
            Sign::Date(_) => vec!["date"],
            Sign::Phrase(Phrase(slots)) => slots.iter().flat_map(parts_of_slot).collect(),
            Sign::End => Vec::new(),
        }
    }

    fn parts_of_slot(slot: &Slot) -> Vec<&'static str> {
        match slot {
            Slot::Word(Word::Exact(_)) => vec!["'word'"],
            Slot::Word(Word::Stem { .. }) => vec!["word"],
            Slot::Word(Word::Pattern(_)) => vec!["*"],
            Slot::Word(Word::Fuzzy { .. }) => vec!["~"],
            Slot::Hyphened { .. } => vec!["a hyphen"],
        }
    }

    #[test]
    fn each_part_of_the_language_has_its_example() {
        let mut seen = BTreeSet::new();
        for example in examples() {
            let lexemes = lexer::read(example.query, Terms::Stemmed, &Known, &[]).unwrap().lexemes;
            seen.extend(lexemes.iter().flat_map(|lexeme| parts(&lexeme.sign)));
        }
        let expected = [
            "'word'",
            "*",
            "/P",
            "/S",
            "AND",
            "MASK",
            "NEAR",
            "NOT",
            "OR",
            "PRE",
            "a bracket",
            "a hyphen",
            "a name",
            "body",
            "council",
            "date",
            "item",
            "kind",
            "title",
            "word",
            "~",
        ];
        assert_eq!(seen.into_iter().collect::<Vec<_>>(), expected);
        for field in Field::ALL {
            assert!(examples().any(|example| example.of == Subject::Field(field)), "{}", field.name());
        }
    }

    #[test]
    fn the_reference_fits_a_page_of_100_columns() {
        let text = reference();
        for line in text.lines() {
            assert!(line.chars().count() <= WIDTH && line.trim_end() == line, "{line}");
        }
        for example in examples() {
            assert!(text.contains(example.form) && text.contains(example.query), "{}", example.form);
        }
    }
}
