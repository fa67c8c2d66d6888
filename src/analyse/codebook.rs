//! Codebooks: versioned files of themes.

use std::collections::HashSet;

use serde::Deserialize;

use crate::model::{Error, Result};
use crate::search::{
    Clause, Context, Lexicon, Occurrences, Phrase, Plan, Query, Terms, Text, Tokens, evaluate, parse,
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
    /// The query, masks at its front. Every term is exact: a stem that is
    /// right for finding is too loose for counting.
    pub query: Query,
    /// The query as written in the file, without its masks.
    pub query_text: String,
    /// The masks as written in the file.
    pub masks: Vec<String>,
    /// Passages that must match.
    pub examples: Vec<String>,
    /// Passages that must not match.
    pub counter_examples: Vec<String>,
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

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    codebook: Head,
    #[serde(default, rename = "theme")]
    themes: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    name: String,
    version: String,
    title: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: String,
    name: String,
    #[serde(default)]
    group: String,
    definition: String,
    query: String,
    #[serde(default)]
    masks: Vec<String>,
    #[serde(default)]
    examples: Vec<String>,
    #[serde(default)]
    counter_examples: Vec<String>,
}

impl Codebook {
    /// Reads a codebook. `file` names it in errors.
    ///
    /// Fails with every fault named, one a line: a query or mask that does not
    /// parse (with its column), an id used twice.
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
        let mut whole = String::new();
        for mask in &entry.masks {
            parse(mask, Terms::Exact).map_err(|error| fault(format!("mask `{mask}`: {error}")))?;
            whole.push_str(&format!("MASK({mask}) "));
        }
        parse(&entry.query, Terms::Exact).map_err(|error| fault(format!("query: {error}")))?;
        whole.push_str(&entry.query);
        let query =
            parse(&whole, Terms::Exact).map_err(|error| fault(format!("query with masks: {error}")))?;
        Ok(Self {
            query,
            id: entry.id,
            name: entry.name,
            group: entry.group,
            definition: entry.definition,
            query_text: entry.query,
            masks: entry.masks,
            examples: entry.examples,
            counter_examples: entry.counter_examples,
        })
    }

    /// The groups that it belongs to.
    pub fn groups(&self) -> impl Iterator<Item = &str> {
        self.group.split(';').map(str::trim).filter(|name| !name.is_empty())
    }

    /// Whether a passage of this text, without any context, matches.
    pub fn matches(&self, text: &str) -> bool {
        is_true_of(&self.query, text)
    }

    /// Runs the examples: each must match, no counter-example may.
    pub fn test(&self) -> Vec<ThemeFault> {
        let fault = |message: String| ThemeFault { theme: self.id.clone(), message };
        let missed = self.examples.iter().filter(|text| !self.matches(text));
        let missed = missed.map(|text| fault(format!("an example does not match: {text}")));
        let caught = self.counter_examples.iter().filter(|text| self.matches(text));
        let caught = caught.map(|text| fault(format!("a counter-example matches: {text}")));
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
        let needs = |text: &&String| is_true_of(&query, text) && !self.matches(text);
        self.counter_examples.iter().filter(needs).count()
    }

    /// What a theme that is fit for counting has, and this one lacks.
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
        faults
    }
}

/// Whether a query is true of a passage of this text, without any context.
fn is_true_of(query: &Query, text: &str) -> bool {
    let text = Text { tokens: &Tokens::read(text), context: Context::default() };
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
}
