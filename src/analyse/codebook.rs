//! Codebooks: versioned files of themes.

use std::collections::HashSet;
use std::fmt::{self, Display, Formatter};

use serde::{Deserialize, Serialize};

use crate::model::{Error, Result};
use crate::search::{
    Clause, Context, Lexicon, Occurrences, Phrase, Plan, Query, QueryError, Terms, Text, Tokens, evaluate,
    parse,
};

/// A versioned set of themes.
#[derive(Debug, Clone)]
pub struct Codebook {
    /// Its short name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its title.
    pub title: String,
    /// Its themes, in the order of the file.
    pub themes: Vec<Theme>,
}

/// A named query with masks and a definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Theme {
    /// Its short name, such as `csc06_missing_episodes`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The groups that it belongs to, with a semicolon between.
    pub group: String,
    /// What is coded, what is left out.
    pub definition: String,
    /// The query whole: masks at its front, what counts in the heading context at its end.
    /// Every term is exact: a stem that is right for finding is too loose for counting.
    pub query: Query,
    /// The query as written in the file, without masks and context.
    pub query_text: String,
    /// The masks as written in the file.
    pub masks: Vec<String>,
    /// What counts under certain headings only.
    pub context: Option<HeadingContext>,
    /// Passages that must match.
    pub examples: Vec<Example>,
    /// Passages that must not match.
    pub counter_examples: Vec<Example>,
}

/// A query that counts only where a heading names the subject, which the paragraphs below it
/// often do not say again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeadingContext {
    /// What must be true of the title of the item or of the name of the body, of one of them
    /// whole; as written in the file.
    pub heading: String,
    /// What may be true of neither; as written in the file. `None` where nothing rules a passage out.
    pub not_heading: Option<String>,
    /// What counts there, as written in the file.
    pub query_text: String,
}

impl HeadingContext {
    /// What must be true of title and body, as a query.
    fn condition(&self) -> String {
        let of_either = |heading: &str| format!("(title:({heading}) OR body:({heading}))");
        let without = self.not_heading.as_deref().map(|heading| format!(" AND NOT {}", of_either(heading)));
        format!("{}{}", of_either(&self.heading), without.unwrap_or_default())
    }
}

/// A passage to test a theme on. In a codebook, a text, or a table of `text`, `title`, `body`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Example {
    /// Its text.
    pub text: String,
    /// The title of its item; empty when it has none.
    pub title: String,
    /// The name of the body; empty when it is not known.
    pub body: String,
}

impl Display for Example {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { text, title, body } = self;
        match (title.as_str(), body.as_str()) {
            ("", "") => f.write_str(text),
            (title, "") => write!(f, "(title: {title}) {text}"),
            ("", body) => write!(f, "(body: {body}) {text}"),
            (title, body) => write!(f, "(title: {title}; body: {body}) {text}"),
        }
    }
}

/// The words of a theme's query and masks.
pub struct KnownWords {
    lexicon: Lexicon,
    /// True of any of them; `None` where there are none.
    plan: Option<Plan>,
}

impl KnownWords {
    /// Whether a word is one of them, or fits one that has `*`.
    pub fn has(&self, word: &str) -> bool {
        let mut occurrences = Occurrences::default();
        self.lexicon.read(&Tokens::read(word), &Context::default(), &mut occurrences);
        self.plan.as_ref().is_some_and(|plan| plan.evaluate_one(&occurrences).is_some())
    }
}

/// What is wrong with a theme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThemeFault {
    /// The theme's id.
    pub theme: String,
    /// What is wrong, in one line.
    pub message: String,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct File {
    codebook: Head,
    #[serde(default, rename = "theme")]
    themes: Vec<Entry>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Head {
    name: String,
    version: String,
    title: String,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: String,
    name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    group: String,
    definition: String,
    query: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    masks: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    context: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    not_context: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    in_context: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    examples: Vec<ExampleEntry>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    counter_examples: Vec<ExampleEntry>,
}

#[derive(Deserialize, Serialize)]
#[serde(untagged, expecting = "an example is a text, or a table of `text`, `title` and `body`")]
enum ExampleEntry {
    Text(String),
    InContext(InContext),
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct InContext {
    text: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    title: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    body: String,
}

impl From<ExampleEntry> for Example {
    fn from(entry: ExampleEntry) -> Self {
        match entry {
            ExampleEntry::Text(text) => Self { text, ..Self::default() },
            ExampleEntry::InContext(InContext { text, title, body }) => Self { text, title, body },
        }
    }
}

impl From<&Example> for ExampleEntry {
    fn from(example: &Example) -> Self {
        let Example { text, title, body } = example.clone();
        match title.is_empty() && body.is_empty() {
            true => Self::Text(text),
            false => Self::InContext(InContext { text, title, body }),
        }
    }
}

impl From<&Theme> for Entry {
    fn from(theme: &Theme) -> Self {
        let context = theme.context.as_ref();
        Self {
            id: theme.id.clone(),
            name: theme.name.clone(),
            group: theme.group.clone(),
            definition: theme.definition.clone(),
            query: theme.query_text.clone(),
            masks: theme.masks.clone(),
            context: context.map(|of| of.heading.clone()),
            not_context: context.and_then(|of| of.not_heading.clone()),
            in_context: context.map(|of| of.query_text.clone()),
            examples: theme.examples.iter().map(ExampleEntry::from).collect(),
            counter_examples: theme.counter_examples.iter().map(ExampleEntry::from).collect(),
        }
    }
}

impl Codebook {
    /// The text of a file with some of its themes, which reads back to the same.
    pub fn to_toml(&self, themes: &[&Theme]) -> String {
        let head = Head { name: self.name.clone(), version: self.version.clone(), title: self.title.clone() };
        let file = File { codebook: head, themes: themes.iter().map(|theme| Entry::from(*theme)).collect() };
        toml::to_string_pretty(&file).expect("a codebook is tables, lists and texts, which TOML has")
    }

    /// Reads a codebook. `file` names it in errors.
    ///
    /// Fails with every fault named: a query, mask or context that does not parse (with its
    /// column), a context without what counts there, an id used twice.
    pub fn from_toml(file: &str, toml: &str) -> Result<Self> {
        let parsed: File =
            toml::from_str(toml).map_err(|error| Error::Input(format!("cannot read `{file}`: {error}")))?;
        let mut faults = Vec::new();
        let mut ids = HashSet::new();
        let mut themes = Vec::new();
        for entry in parsed.themes {
            if !ids.insert(entry.id.clone()) {
                faults.push(format!("theme {}: the id is used twice", entry.id));
            }
            match Theme::from_entry(entry) {
                Ok(theme) => themes.push(theme),
                Err(fault) => faults.push(format!("theme {}: {}", fault.theme, fault.message)),
            }
        }
        if !faults.is_empty() {
            return Err(Error::Input(format!("`{file}` is not right: {}", faults.join("; "))));
        }
        let Head { name, version, title } = parsed.codebook;
        Ok(Self { name, version, title, themes })
    }

    /// The themes of these ids, or all when none is named.
    pub fn select(&self, ids: &[String]) -> Result<Vec<&Theme>> {
        if ids.is_empty() {
            return Ok(self.themes.iter().collect());
        }
        let theme = |id: &String| {
            self.themes.iter().find(|theme| theme.id == *id).ok_or_else(|| {
                let near: Vec<&str> = self
                    .themes
                    .iter()
                    .map(|theme| theme.id.as_str())
                    .filter(|name| name.contains(id.as_str()))
                    .collect();
                let hint =
                    if near.is_empty() { "see `scrutineer theme list`".into() } else { near.join(" or ") };
                Error::Input(format!("the codebook `{}` has no theme `{id}`; {hint}", self.name))
            })
        };
        ids.iter().map(theme).collect()
    }
}

impl Theme {
    fn from_entry(entry: Entry) -> std::result::Result<Self, ThemeFault> {
        let fault = |message: String| ThemeFault { theme: entry.id.clone(), message };
        let check = |name: &str, text: &str| {
            parse(text, Terms::Exact).map_err(|error| fault(format!("{name}: {error}")))
        };
        let mut whole = String::new();
        for mask in &entry.masks {
            check(&format!("mask `{mask}`"), mask)?;
            whole.push_str(&format!("MASK({mask}) "));
        }
        check("query", &entry.query)?;
        whole.push_str(&entry.query);
        let context = match (entry.context, entry.in_context, entry.not_context) {
            (Some(heading), Some(query_text), not_heading) => {
                Some(HeadingContext { heading, not_heading, query_text })
            }
            (None, None, None) => None,
            (Some(_), None, _) => {
                let message = "`context` says under which headings `in_context` counts, which is missing";
                return Err(fault(message.into()));
            }
            (None, Some(_), _) => {
                let message = "`in_context` counts under the headings of `context`, which is missing";
                return Err(fault(message.into()));
            }
            (None, None, Some(_)) => {
                let message = "`not_context` rules out headings of `context`, which is missing";
                return Err(fault(message.into()));
            }
        };
        if let Some(context) = &context {
            let HeadingContext { heading, not_heading, query_text } = context;
            for (name, heading) in [("context", Some(heading)), ("not_context", not_heading.as_ref())] {
                let Some(heading) = heading else { continue };
                // Of the title and of the body, one alone would have to lack the words.
                if check(name, heading)?.clause.has_not() {
                    let message = "NOT of one heading would leave the other to let a passage in: what title and body \
                                   must both lack stands in `not_context`, without NOT";
                    return Err(fault(format!("{name}: {message}")));
                }
                check_in_brackets("title:", heading).map_err(|error| fault(format!("{name}: {error}")))?;
            }
            if !check("in_context", query_text)?.clause.rests_on_words() {
                let message = "in_context: it can be true without a word of the text, and then nothing could be quoted: \
                               each of its alternatives needs a word or a phrase";
                return Err(fault(message.into()));
            }
            check_in_brackets("", query_text).map_err(|error| fault(format!("in_context: {error}")))?;
            // OR binds least, so that the query needs no brackets.
            whole.push_str(&format!(" OR (({query_text}) AND {})", context.condition()));
        }
        let query = check("query with masks and context", &whole)?;
        Ok(Self {
            query,
            id: entry.id,
            name: entry.name,
            group: entry.group,
            definition: entry.definition,
            query_text: entry.query,
            masks: entry.masks,
            context,
            examples: entry.examples.into_iter().map(Example::from).collect(),
            counter_examples: entry.counter_examples.into_iter().map(Example::from).collect(),
        })
    }

    /// The groups that it belongs to.
    pub fn groups(&self) -> impl Iterator<Item = &str> {
        self.group.split(';').map(str::trim).filter(|name| !name.is_empty())
    }

    /// Whether a passage matches.
    pub fn matches(&self, example: &Example) -> bool {
        is_true_of(&self.query, example)
    }

    /// Runs the examples: each must match, no counter-example may.
    pub fn test(&self) -> Vec<ThemeFault> {
        let fault = |message: String| ThemeFault { theme: self.id.clone(), message };
        let missed = self.examples.iter().filter(|example| !self.matches(example));
        let missed = missed.map(|example| fault(format!("an example does not match: {example}")));
        let caught = self.counter_examples.iter().filter(|example| self.matches(example));
        let caught = caught.map(|example| fault(format!("a counter-example matches: {example}")));
        missed.chain(caught).collect()
    }

    /// The words of the query and the masks, whatever they stand beside.
    pub fn known_words(&self) -> KnownWords {
        let mut lexicon = Lexicon::default();
        let slots = self.query.slots().into_iter();
        let words: Vec<Clause> = slots.map(|slot| Clause::Phrase(Phrase(vec![slot.clone()]))).collect();
        let query = Query { masks: Vec::new(), clause: Clause::Or(words), ..self.query.clone() };
        let plan = (!self.query.slots().is_empty()).then(|| lexicon.add(&query));
        KnownWords { lexicon, plan }
    }

    /// The query without one of the masks, by its place among [`Theme::masks`].
    ///
    /// # Panics
    ///
    /// Where there is no such mask.
    pub fn without_mask(&self, at: usize) -> Query {
        let mut query = self.query.clone();
        query.masks.remove(at);
        query
    }

    /// How many counter-examples need a mask: without it they would match. None need it
    /// where other masks hide the same words.
    ///
    /// # Panics
    ///
    /// Where there is no such mask.
    pub fn n_needing_mask(&self, at: usize) -> usize {
        let query = self.without_mask(at);
        let needs = |example: &&Example| is_true_of(&query, example) && !self.matches(example);
        self.counter_examples.iter().filter(needs).count()
    }

    /// What keeps a theme from being fit for counting: what it lacks, and examples that do not hold
    /// (see [`Theme::test`]).
    pub fn check(&self) -> Vec<ThemeFault> {
        let fault = |message: &str| ThemeFault { theme: self.id.clone(), message: message.into() };
        let mut faults = Vec::new();
        if self.definition.trim().is_empty() {
            faults.push(fault("it has no definition"));
        }
        if self.examples.is_empty() {
            faults.push(fault("it has no example"));
        }
        if self.counter_examples.is_empty() {
            faults.push(fault("it has no counter-example"));
        }
        let without_heading =
            |example: &Example| Example { text: example.text.clone(), ..Example::default() };
        let needs_context =
            |example: &Example| self.matches(example) && !self.matches(&without_heading(example));
        if self.context.is_some() && !self.examples.iter().any(needs_context) {
            faults.push(fault("no example needs its context, so that none would tell if it were lost: add one with a title or \
                 a body, and a text that the query alone does not match"));
        }
        faults.extend(self.test());
        faults
    }
}

/// Checks what reads well by itself in the brackets that it will stand in, with what stands
/// in front of these: in a field no other field may stand, in brackets no mask. What is wrong
/// with the whole is so at its first column.
fn check_in_brackets(before: &str, text: &str) -> std::result::Result<(), QueryError> {
    let in_brackets = parse(&format!("{before}({text})"), Terms::Exact);
    let n_before = before.chars().count() + 1;
    in_brackets
        .map(drop)
        .map_err(|error| QueryError { column: error.column.saturating_sub(n_before).max(1), ..error })
}

/// Whether a query is true of a passage.
fn is_true_of(query: &Query, Example { text, title, body }: &Example) -> bool {
    let context = Context { title, body, ..Context::default() };
    let text = Text { tokens: &Tokens::read(text), context };
    evaluate(query, &[text]).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    const AGENCY: &str = r#"
        [codebook]
        name = "small"
        version = "1"
        title = "One theme"
        [[theme]]
        id = "agency"
        name = "Agency staff"
        definition = "Staff hired through an agency."
        query = '(agency OR locum*) NEAR/6 staff*'
        masks = ['"multi agency"']
        examples = ["Agency staff were costly."]
        counter_examples = ["Multi-agency staff met."]
    "#;

    #[test]
    fn a_theme_tests_its_examples_and_its_masks() {
        let codebook = Codebook::from_toml("small.toml", AGENCY).unwrap();
        assert_eq!(codebook.themes[0].test(), []);
        let unmasked = AGENCY.replace(r#"masks = ['"multi agency"']"#, "");
        let faults = Codebook::from_toml("small.toml", &unmasked).unwrap().themes[0].test();
        assert_eq!(faults[0].message, "a counter-example matches: Multi-agency staff met.");
    }

    #[test]
    fn a_mask_is_needed_by_what_would_match_without_it() {
        let masks =
            r#"masks = ['"multi agency"', '"estate agency"', 'agenc* NEAR/2 estate*', 'locum tenens']"#;
        let counter_examples =
            r#"counter_examples = ["Multi-agency staff met.", "Estate agency staff came.", "Staff met."]"#;
        let toml = AGENCY.replace(r#"masks = ['"multi agency"']"#, masks);
        let toml = toml.replace(r#"counter_examples = ["Multi-agency staff met."]"#, counter_examples);
        let theme = &Codebook::from_toml("small.toml", &toml).unwrap().themes[0];
        assert_eq!(theme.test(), []);
        // Of two that hide the same, either can go.
        assert_eq!([0, 1, 2, 3].map(|mask| theme.n_needing_mask(mask)), [1, 0, 0, 0]);
        assert_eq!(theme.without_mask(0).masks, theme.query.masks[1..]);
    }

    #[test]
    fn the_words_of_a_theme_are_known_one_by_one() {
        let known = Codebook::from_toml("small.toml", AGENCY).unwrap().themes[0].known_words();
        for word in ["agency", "locums", "staffing", "multi"] {
            assert!(known.has(word), "{word}");
        }
        for word in ["agencies", "worker", "near"] {
            assert!(!known.has(word), "{word}");
        }
    }

    #[test]
    fn a_query_that_does_not_parse_names_its_theme_and_column() {
        let error =
            Codebook::from_toml("small.toml", &AGENCY.replace("NEAR/6 staff*", "NEAR/6")).unwrap_err();
        let message = error.to_string();
        assert!(message.contains("theme agency") && message.contains("column"), "{message}");
    }

    const POSTS: &str = r#"
        [codebook]
        name = "small"
        version = "1"
        title = "One theme"
        [[theme]]
        id = "posts"
        name = "Posts"
        definition = "Posts of social workers that are empty."
        query = 'asye OR "social worker*" NEAR/9 vacanc*'
        masks = ['vacanc* PRE/3 governor*']
        context = '"social care" OR famil*'
        in_context = 'vacanc* OR "empty posts"'
        examples = [
            "Vacancies among social workers rose.",
            { title = "Children's Social Care", text = "There was only one vacancy, and two empty posts." },
            { text = "Two vacancies were left.", body = "Families Scrutiny Panel" },
        ]
        counter_examples = [
            "There was only one vacancy.",
            { title = "Social events; care of the park", text = "There was one vacancy." },
            { title = "Social care", text = "A vacancy for a governor was filled." },
            { title = "Social care", text = "The report was noted." },
        ]
    "#;

    #[test]
    fn under_its_headings_a_theme_has_a_wider_query() {
        let theme = &Codebook::from_toml("small.toml", POSTS).unwrap().themes[0];
        assert_eq!(theme.test(), []);
        assert_eq!(theme.check(), []);
        assert_eq!(theme.n_needing_mask(0), 1);
        let whole = r#"MASK(vacanc* PRE/3 governor*) asye OR "social worker*" NEAR/9 vacanc* OR ((vacanc* OR "empty posts") AND (title:("social care" OR famil*) OR body:("social care" OR famil*)))"#;
        assert_eq!(theme.query, parse(whole, Terms::Exact).unwrap());
        assert_eq!(parse(&theme.query.to_string(), Terms::Exact).unwrap(), theme.query);
        // What counts stands in the text, never in the heading.
        let text = "There was only one vacancy, and two empty posts.";
        let tokens = Tokens::read(text);
        let context = Context { title: "Vacancies in social care", ..Context::default() };
        let spans = evaluate(&theme.query, &[Text { tokens: &tokens, context }]).unwrap();
        let found: Vec<(u32, u32)> = spans[0].iter().map(|span| (span.first, span.last)).collect();
        assert_eq!(found, [(4, 4), (7, 8)]);
    }

    /// Of title and body one may name the subject, but neither what rules it out.
    #[test]
    fn what_rules_a_heading_out_does_so_in_title_and_body() {
        let context = r#"context = '"social care" OR famil*'"#;
        let toml = POSTS.replace(context, &format!("{context}\nnot_context = 'adult*'"));
        let theme = &Codebook::from_toml("small.toml", &toml).unwrap().themes[0];
        assert_eq!((theme.test(), theme.check()), (vec![], vec![]));
        let matches = |title: &str, body: &str| {
            let [text, title, body] = ["There was one vacancy.", title, body].map(str::to_owned);
            theme.matches(&Example { text, title, body })
        };
        assert!(matches("Social care workforce", "Families Panel"));
        assert!(!matches("Social care workforce", "Adult Social Care and Health Committee"));
        assert!(!matches("Adult social care", "Families Panel"));
        assert!(!matches("Parks", "Works Committee"));
        let whole = theme.query.to_string();
        assert!(whole.ends_with(" AND NOT (title:adult* OR body:adult*)"), "{whole}");
        assert_eq!(parse(&whole, Terms::Exact).unwrap(), theme.query);
    }

    #[test]
    fn a_context_that_no_example_needs_is_a_fault() {
        let toml = POSTS.replace("There was only one vacancy, and two empty posts.", "Asye staff came.");
        let toml = toml.replace("Two vacancies were left.", "Asye staff left.");
        let theme = &Codebook::from_toml("small.toml", &toml).unwrap().themes[0];
        assert!(theme.check()[0].message.starts_with("no example needs its context"), "{:?}", theme.check());
    }

    #[test]
    fn a_context_that_is_not_right_is_one_line() {
        let check = |from: &str, to: &str, expected: &str| {
            let error = Codebook::from_toml("small.toml", &POSTS.replace(from, to)).unwrap_err().to_string();
            assert!(error.contains("theme posts: ") && error.contains(expected), "{error}");
            assert!(!error.contains('\n'), "{error}");
        };
        let context = r#"'"social care" OR famil*'"#;
        check(context, "'social OR'", "context: column 10: ");
        check(context, "'famil* OR title:social'", "context: column 1: a field");
        check(context, "'MASK(a) famil*'", "context: column 1: ");
        check("'vacanc* OR \"empty posts\"'", "'vacanc* OR ('", "in_context: column 13: ");
        check("'vacanc* OR \"empty posts\"'", "'MASK(a) vacanc*'", "in_context: column 1: ");
        check(context, "'famil* AND NOT adult*'", "context: NOT of one heading");
        check(context, "'famil*'\nnot_context = 'NOT child*'", "not_context: NOT of one heading");
        check(context, "'famil*'\nnot_context = 'adult* OR ('", "not_context: column 12: ");
        check("'vacanc* OR \"empty posts\"'", "'vacanc* OR date:2020'", "in_context: it can be true without");
        check("'vacanc* OR \"empty posts\"'", "'body:famil* AND NOT vacanc*'", "in_context: it can be true");
        check("in_context = 'vacanc* OR \"empty posts\"'", "", "`in_context` counts, which is missing");
        check(&format!("context = {context}"), "", "which is missing");
        let headings = format!("context = {context}\n        in_context = 'vacanc* OR \"empty posts\"'");
        check(&headings, "not_context = 'adult*'", "`not_context` rules out headings");
    }

    #[test]
    fn a_theme_whose_examples_do_not_hold_is_not_fit_for_counting() {
        let wrong = AGENCY.replace("Multi-agency staff met.", "The agency sent staff.");
        let theme = &Codebook::from_toml("small.toml", &wrong).unwrap().themes[0];
        let faults: Vec<String> = theme.check().into_iter().map(|fault| fault.message).collect();
        assert_eq!(faults, ["a counter-example matches: The agency sent staff."]);
    }

    #[test]
    fn a_codebook_is_written_as_it_is_read() {
        let toml =
            POSTS.replace("context = '\"social care\"", "not_context = 'adult*'\ncontext = '\"social care\"");
        for toml in [AGENCY, &toml] {
            let codebook = Codebook::from_toml("small.toml", toml).unwrap();
            let themes: Vec<&Theme> = codebook.themes.iter().collect();
            let written = Codebook::from_toml("written.toml", &codebook.to_toml(&themes)).unwrap();
            let head = |of: &Codebook| [of.name.clone(), of.version.clone(), of.title.clone()];
            assert_eq!((&written.themes, head(&written)), (&codebook.themes, head(&codebook)));
        }
    }

    #[test]
    fn an_example_is_a_text_or_a_table() {
        let wrong = POSTS.replace("{ text = \"Two", "{ words = \"Two");
        let error = Codebook::from_toml("small.toml", &wrong).unwrap_err().to_string();
        assert!(error.contains("an example is a text, or a table of `text`, `title` and `body`"), "{error}");
        let theme = &Codebook::from_toml("small.toml", POSTS).unwrap().themes[0];
        let shown: Vec<String> = theme.examples.iter().map(Example::to_string).collect();
        assert_eq!(shown[0], "Vacancies among social workers rose.");
        assert_eq!(shown[2], "(body: Families Scrutiny Panel) Two vacancies were left.");
    }
}
