//! Cuts the text of a query into signs: brackets, operators, terms, phrases,
//! names, fields and dates, each with its column.
//!
//! Whatever might be read in two ways is an error that says what to write: a
//! query that is read differently from how it was meant gives numbers that
//! look right.

use super::parser::{self, Names};
use super::query::{
    Clause, Field, Link, MAX_DEPTH, MAX_DISTANCE, MAX_FUZZY, MAX_LENGTH, MAX_WORD, MAX_WORDS, MIN_FUZZY,
    Phrase, QueryError, Slot, Terms, Word,
};
use super::token::{Tokens, is_invisible};
use crate::model::{DateRange, PartialDate};

/// One sign of a query and the column that it begins at.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Lexeme {
    pub sign: Sign,
    pub column: usize,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Sign {
    /// What a name stands for, as if it stood here in brackets, and how many
    /// levels it has.
    Named(Clause, usize),
    Open,
    Close,
    And,
    Or,
    Not,
    Mask,
    Link(Link),
    Field(Field),
    Date(DateRange),
    Phrase(Phrase),
    /// The end of the query; always the last sign, and only there.
    End,
}

/// What a query is cut into.
pub(super) struct Signs {
    /// Its signs, in order.
    pub lexemes: Vec<Lexeme>,
    /// Its words, those that names stand for included.
    pub words: Count,
}

/// How many words a query has.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Count {
    all: usize,
    /// Those with `~`.
    fuzzy: usize,
}

/// Cuts a query into its signs. It stands within the saved queries of these
/// names, the outermost first.
pub(super) fn read(
    text: &str,
    terms: Terms,
    names: &dyn Names,
    within: &[String],
) -> Result<Signs, QueryError> {
    let n_characters = text.chars().count();
    if n_characters > MAX_LENGTH {
        let message = format!("the query has {n_characters} characters; the limit is {MAX_LENGTH}");
        return Err(QueryError { column: MAX_LENGTH + 1, message });
    }
    let characters = text.chars().zip(1..).filter(|&(c, _)| !is_invisible(c)).collect();
    let mut lexer =
        Lexer { characters, at: 0, terms, names, within, words: Count::default(), lexemes: Vec::new() };
    lexer.run()?;
    lexer.put(Sign::End, n_characters + 1);
    Ok(Signs { lexemes: lexer.lexemes, words: lexer.words })
}

struct Lexer<'a> {
    /// The characters that can be seen, with their columns.
    characters: Vec<(char, usize)>,
    at: usize,
    terms: Terms,
    names: &'a dyn Names,
    within: &'a [String],
    words: Count,
    lexemes: Vec<Lexeme>,
}

fn is_double_quote(c: char) -> bool {
    matches!(c, '"' | '“' | '”' | '„')
}

fn is_single_quote(c: char) -> bool {
    matches!(c, '\'' | '‘' | '’')
}

fn is_bare(c: char) -> bool {
    !c.is_whitespace() && !is_double_quote(c) && !matches!(c, '(' | ')')
}

impl Lexer<'_> {
    fn run(&mut self) -> Result<(), QueryError> {
        let control = self.characters.iter().find(|(c, _)| c.is_control() && !c.is_whitespace());
        if let Some(&(c, column)) = control {
            let message = format!("the control character U+{:04X} cannot be searched for", u32::from(c));
            return Err(QueryError { column, message });
        }
        while let Some(&(c, column)) = self.characters.get(self.at) {
            match c {
                _ if c.is_whitespace() => self.at += 1,
                '(' => self.bracket(Sign::Open, column),
                ')' => self.bracket(Sign::Close, column),
                _ if is_double_quote(c) => self.quoted(column)?,
                _ if is_single_quote(c) => self.exact(column)?,
                _ => self.bare(column)?,
            }
        }
        Ok(())
    }

    fn put(&mut self, sign: Sign, column: usize) {
        self.lexemes.push(Lexeme { sign, column });
    }

    fn bracket(&mut self, sign: Sign, column: usize) {
        self.put(sign, column);
        self.at += 1;
    }

    fn text(&self, from: usize, to: usize) -> String {
        self.characters[from..to].iter().map(|&(c, _)| c).collect()
    }

    /// The first place from `from` on with such a character, or the end.
    fn find(&self, from: usize, is_wanted: impl Fn(char) -> bool) -> usize {
        let found = self.characters[from..].iter().position(|&(c, _)| is_wanted(c));
        found.map_or(self.characters.len(), |length| from + length)
    }

    /// Reads a phrase in double quotes, straight or curly.
    fn quoted(&mut self, column: usize) -> Result<(), QueryError> {
        let from = self.at + 1;
        let length = self.characters[from..].iter().position(|&(c, _)| is_double_quote(c));
        let Some(length) = length else {
            return error(column, "this quote is not closed; expected another `\"`");
        };
        self.at = from + length + 1;
        let phrase = self.phrase(&self.text(from, from + length), self.terms, column)?;
        self.put(Sign::Phrase(phrase), column);
        self.expect_gap()
    }

    /// Reads an exact term in single quotes. An apostrophe within a word does
    /// not close them: `'children's'` is one term.
    fn exact(&mut self, column: usize) -> Result<(), QueryError> {
        let from = self.at + 1;
        let is_end = |at: usize| {
            let next = self.characters.get(at + 1);
            is_single_quote(self.characters[at].0) && next.is_none_or(|&(c, _)| c.is_whitespace() || c == ')')
        };
        let Some(end) = (from..self.characters.len()).find(|&at| is_end(at)) else {
            return error(
                column,
                "this single quote is not closed; it begins an exact term, such as 'word', and a space or bracket follows its end",
            );
        };
        self.at = end + 1;
        let phrase = self.phrase(&self.text(from, end), Terms::Exact, column)?;
        self.put(Sign::Phrase(phrase), column);
        Ok(())
    }

    /// Checks that nothing is glued to the end of a quote.
    fn expect_gap(&self) -> Result<(), QueryError> {
        match self.characters.get(self.at) {
            Some(&(c, column)) if !c.is_whitespace() && !matches!(c, '(' | ')') => {
                error(column, "expected a space or a bracket after the quote")
            }
            _ => Ok(()),
        }
    }

    /// Reads what is neither bracketed nor quoted, up to the next space.
    fn bare(&mut self, column: usize) -> Result<(), QueryError> {
        let from = self.at;
        // A field takes only its name: what follows may be a quote.
        let end = self.find(from, |c| !is_bare(c) || c == ':');
        if self.characters.get(end).is_some_and(|&(c, _)| c == ':') {
            return self.field(from, end, column);
        }
        let text = self.text(from, end);
        self.at = end;
        if let Some(&(c, column)) = self.characters.get(end)
            && is_double_quote(c)
        {
            return error(column, "expected a space or a bracket before the quote");
        }
        if let Some(sign) = operator(&text, column)? {
            self.put(sign, column);
            return Ok(());
        }
        if text.eq_ignore_ascii_case("mask") && self.characters.get(end).is_some_and(|&(c, _)| c == '(') {
            return error(column, "operators are in upper case; write MASK(…)");
        }
        check_signs(&text, column)?;
        if let Some(name) = text.strip_prefix('@') {
            return self.saved(name, column);
        }
        if let Some(short) = text.strip_suffix('+') {
            return self.abbreviation(short, column);
        }
        let phrase = self.phrase(&text, self.terms, column)?;
        self.put(Sign::Phrase(phrase), column);
        Ok(())
    }

    /// Counts words that were read.
    fn count(&mut self, words: Count, column: usize) -> Result<(), QueryError> {
        self.words.all += words.all;
        self.words.fuzzy += words.fuzzy;
        if self.words.all > MAX_WORDS {
            return error(column, format!("the query has too many words; the limit is {MAX_WORDS}"));
        }
        if self.words.fuzzy > MAX_FUZZY {
            return error(column, format!("the query has too many words with `~`; the limit is {MAX_FUZZY}"));
        }
        Ok(())
    }

    /// Reads a saved query as what it says.
    fn saved(&mut self, name: &str, column: usize) -> Result<(), QueryError> {
        let name = shorten(name);
        if self.within.contains(&name) || self.within.len() == MAX_DEPTH {
            let way: Vec<String> = self.within.iter().chain([&name]).map(|name| format!("@{name}")).collect();
            return error(column, format!("saved queries call each other without end: {}", way.join(" → ")));
        }
        let saved = self.names.saved(&name, self.terms);
        let (text, terms) = saved.map_err(|message| QueryError { column, message })?;
        let within = [self.within, std::slice::from_ref(&name)].concat();
        let read = parser::read(&text, terms, self.names, &within).map_err(|error| {
            let message = format!("the saved query `@{name}` is not right: {error}");
            QueryError { column, message }
        })?;
        if !read.query.masks.is_empty() {
            let message = format!("`@{name}` begins with MASK, which stands only at the front of a query");
            return error(column, message);
        }
        self.count(read.words, column)?;
        self.put(Sign::Named(read.query.clause, read.height), column);
        Ok(())
    }

    /// Reads an abbreviation as itself or one of its long forms.
    fn abbreviation(&mut self, short: &str, column: usize) -> Result<(), QueryError> {
        // No abbreviation is as long as what `shorten` cuts, and a message may show it.
        let long_forms = self.names.long_forms(&shorten(short), self.terms);
        let long_forms = long_forms.map_err(|message| QueryError { column, message })?;
        let mut any = vec![Clause::Phrase(self.phrase(short, self.terms, column)?)];
        for long in long_forms {
            any.push(Clause::Phrase(self.phrase(&long, self.terms, column)?));
        }
        self.put(Sign::Named(Clause::Or(any), 2), column);
        Ok(())
    }

    /// Reads the name of a field, or a date with its field.
    fn field(&mut self, from: usize, colon: usize, column: usize) -> Result<(), QueryError> {
        let name = self.text(from, colon);
        if name == "date" {
            let end = self.find(colon, |c| !is_bare(c));
            let range = self.text(colon + 1, end);
            self.at = end;
            self.put(Sign::Date(date_range(&range, column)?), column);
            return Ok(());
        }
        let Some(field) = Field::ALL.into_iter().find(|field| field.name() == name) else {
            let names = Field::ALL.map(Field::name).join(", ");
            return error(
                column,
                format!(
                    "`{}` is no field; the fields are {names} and date; quotes around text with a colon search for its words",
                    shorten(&name)
                ),
            );
        };
        self.at = colon + 1;
        self.put(Sign::Field(field), column);
        Ok(())
    }

    /// Cuts text into the words of a phrase.
    fn phrase(&mut self, text: &str, terms: Terms, column: usize) -> Result<Phrase, QueryError> {
        let n_fuzzy = check_tildes(text, column)?;
        let tokens = Tokens::read_query(text);
        if tokens.is_empty() {
            return error(
                column,
                format!("expected a word; there is no letter or digit in `{}`", shorten(text)),
            );
        }
        self.count(Count { all: tokens.len(), fuzzy: n_fuzzy }, column)?;
        let mut words = Vec::new();
        for text in tokens.words() {
            words.push(word(text, terms, column)?);
        }
        let mut slots = Vec::new();
        let mut at = 0;
        while at < words.len() {
            let Some(compound) = tokens.compound_at(at) else {
                slots.push(Slot::Word(words[at].clone()));
                at += 1;
                continue;
            };
            let parts = words[at..at + compound.n_tokens].to_vec();
            slots.push(Slot::Hyphened { parts, joined: word(&compound.word, terms, column)? });
            at += compound.n_tokens;
        }
        Ok(Phrase(slots))
    }
}

fn error<T>(column: usize, message: impl Into<String>) -> Result<T, QueryError> {
    Err(QueryError { column, message: message.into() })
}

/// The beginning of what was typed, for a message of one line.
pub(super) fn shorten(text: &str) -> String {
    const LENGTH: usize = 30;
    let mut short: String = text
        .chars()
        .take(LENGTH)
        .map(|c| if c.is_whitespace() || c.is_control() { ' ' } else { c })
        .collect();
    if text.chars().count() > LENGTH {
        short.push('…');
    }
    short
}

fn word(text: &str, terms: Terms, column: usize) -> Result<Word, QueryError> {
    let n_characters = text.chars().count();
    if n_characters > MAX_WORD {
        return error(column, format!("this word has {n_characters} characters; the limit is {MAX_WORD}"));
    }
    let n_stars = text.matches('*').count();
    if n_stars > 0 && n_characters - n_stars < 2 {
        return error(
            column,
            format!("`{text}` matches too much; expected at least two letters or digits besides `*`"),
        );
    }
    if let Some((word, distance)) = text.split_once('~') {
        return fuzzy(word, distance, column);
    }
    let mut text = text.to_owned();
    while text.contains("**") {
        text = text.replace("**", "*");
    }
    Ok(Word::new(&text, terms))
}

/// Checks that each `~` stands between one plain word and a number; gives how
/// many there are.
fn check_tildes(text: &str, column: usize) -> Result<usize, QueryError> {
    let mut n_fuzzy = 0;
    for piece in text.split_whitespace() {
        let Some((word, distance)) = piece.split_once('~') else { continue };
        let tokens = Tokens::read_query(word);
        if tokens.is_empty() {
            return error(column, "`~` stands after a word, as in worker~1");
        }
        if word.contains('*') {
            return error(column, "`~` and `*` do not go together in one word");
        }
        if tokens.len() > 1 {
            let message = format!("`~` stands after one plain word, and `{}` is several", shorten(word));
            return error(column, message);
        }
        if !["1", "2"].contains(&distance) {
            return error(column, "expected 1 or 2 directly after `~`, the most edits, as in worker~1");
        }
        n_fuzzy += 1;
    }
    Ok(n_fuzzy)
}

/// Reads a word and what stands after its `~`.
fn fuzzy(word: &str, distance: &str, column: usize) -> Result<Word, QueryError> {
    let distance = if distance == "1" { 1 } else { 2 };
    let fewest = MIN_FUZZY[usize::from(distance) - 1];
    if word.chars().count() < fewest {
        let message = format!(
            "`{word}~{distance}` matches too much; expected at least {fewest} letters before ~{distance}"
        );
        return error(column, message);
    }
    Ok(Word::Fuzzy { word: word.to_owned(), distance })
}

/// Reads an operator; `None` if the text is a word.
fn operator(text: &str, column: usize) -> Result<Option<Sign>, QueryError> {
    Ok(Some(match text {
        "AND" => Sign::And,
        "OR" => Sign::Or,
        "NOT" => Sign::Not,
        "MASK" => Sign::Mask,
        "/S" => Sign::Link(Link::Sentence),
        "/P" => Sign::Link(Link::Passage),
        "/s" | "/p" => {
            let message = format!("operators are in upper case; write {}", text.to_uppercase());
            return error(column, message);
        }
        _ => {
            let (name, distance) = text.split_once('/').map_or((text, None), |(name, n)| (name, Some(n)));
            let is_link = ["NEAR", "PRE"].contains(&name)
                || distance.is_some() && ["NEAR", "PRE"].contains(&name.to_uppercase().as_str());
            if ["W", "N", "ADJ", "WITHIN"].contains(&name) && distance.is_some_and(is_number) {
                let n = distance.unwrap_or_default();
                return error(
                    column,
                    format!("`{name}/{n}` is no operator here; write NEAR/{n}, or PRE/{n} in order"),
                );
            }
            if !is_link {
                return Ok(None);
            }
            Sign::Link(link(name, distance.unwrap_or_default(), column)?)
        }
    }))
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn link(name: &str, distance: &str, column: usize) -> Result<Link, QueryError> {
    let upper = name.to_uppercase();
    if name != upper {
        let distance = if is_number(distance) { distance } else { "5" };
        return error(column, format!("operators are in upper case; write {upper}/{distance}"));
    }
    if !is_number(distance) {
        return error(column, format!("expected a distance after {name}, as in {name}/5"));
    }
    match distance.parse() {
        Ok(distance) if distance <= MAX_DISTANCE && name == "NEAR" => Ok(Link::Near(distance)),
        Ok(distance) if distance <= MAX_DISTANCE => Ok(Link::Pre(distance)),
        _ => error(column, format!("the distance of {name} is too great; the limit is {MAX_DISTANCE}")),
    }
}

/// Refuses signs that other query languages give a meaning: to pass over them
/// would be to search for something else than was asked.
fn check_signs(text: &str, column: usize) -> Result<(), QueryError> {
    let advice = "; quotes around the text search for its words";
    match text.chars().next() {
        Some('-') => {
            return error(column, "`-` does not leave out; write NOT, or quotes to search for the words");
        }
        Some(c @ ('+' | '!' | '/')) => {
            return error(column, format!("`{c}` cannot begin a word{advice}"));
        }
        _ => {}
    }
    if let Some(c) = text.chars().find(|c| "^[]{}\\|".contains(*c)) {
        return error(column, format!("`{c}` has no meaning in a query{advice}"));
    }
    let parts: Vec<&str> = text.split('?').collect();
    if parts
        .windows(2)
        .any(|pair| pair[0].ends_with(char::is_alphanumeric) && pair[1].starts_with(char::is_alphanumeric))
    {
        return error(column, "`?` does not stand for a letter; write `*` for any number of them");
    }
    Ok(())
}

/// Reads `2019`, `2019-01..2021-06`, `2019..` or `..2021-06-30`.
fn date_range(text: &str, column: usize) -> Result<DateRange, QueryError> {
    let (from, to) = text.split_once("..").unwrap_or((text, text));
    let range = DateRange { from: date(from, column)?, to: date(to, column)? };
    if range.is_open() {
        return error(column, "expected a date, as in date:2019 or date:2019-01..2021-06");
    }
    if let (Some(from), Some(to)) = (range.from, range.to)
        && from.first_day() > to.last_day()
    {
        return error(column, format!("the dates end before they begin: {from} is after {to}"));
    }
    Ok(range)
}

fn date(text: &str, column: usize) -> Result<Option<PartialDate>, QueryError> {
    if text.is_empty() {
        return Ok(None);
    }
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    match text.parse() {
        Ok(date) if is_plain => Ok(Some(date)),
        _ => error(
            column,
            format!(
                "`{}` is no date; expected 2019, 2019-01, 2019-01-31, or a range such as 2019-01..2021-06",
                shorten(text)
            ),
        ),
    }
}
