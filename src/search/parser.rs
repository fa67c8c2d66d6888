//! Reads the text of a query, and what it calls by name.
//!
//! From what binds least to what binds most: masks, OR, AND, NOT, the chains
//! of NEAR PRE /S /P, fields. Reads the whole text or fails: never a part of it.

use super::lexer::{self, Count, Lexeme, Sign, Signs};
use super::query::{Clause, MAX_DEPTH, Near, Query, QueryError, Terms};

/// What a query may call by a name. A name that is not known is an error, one
/// line that says what to do.
pub trait Names {
    /// The long forms of an abbreviation that is written as `short` in the
    /// query, at least one, the commonest first. Under [`Terms::Stemmed`] one
    /// stands for all of the same stems.
    fn long_forms(&self, short: &str, terms: Terms) -> Result<Vec<String>, String>;

    /// The text of a saved query, and how its terms match within a query of
    /// these terms. One that is not only a text, but has filters, is an error.
    fn saved(&self, name: &str, terms: Terms) -> Result<(String, Terms), String>;
}

/// Knows no names: for codebooks, which mean the same wherever they are read.
struct NoNames;

impl Names for NoNames {
    fn long_forms(&self, short: &str, _: Terms) -> Result<Vec<String>, String> {
        Err(format!(
            "`{0}+` stands for what the minutes of an index explain, and none are at hand here; write \
             {0} OR \"its long form\"",
            lexer::shorten(short)
        ))
    }

    fn saved(&self, name: &str, _: Terms) -> Result<(String, Terms), String> {
        Err(format!("`@{name}` calls a saved query, and none are at hand here; write out what it says"))
    }
}

/// Reads a query that calls nothing by name.
///
/// Fails if anything in it cannot be read, or goes over a limit ([`MAX_DEPTH`]
/// and its neighbours); the error names the place and what was expected.
pub fn parse(text: &str, terms: Terms) -> Result<Query, QueryError> {
    parse_with(text, terms, &NoNames)
}

/// Reads a query, and what its names stand for. Fails as [`parse`] does.
///
/// The query prints without names: as what they stood for.
pub fn parse_with(text: &str, terms: Terms, names: &dyn Names) -> Result<Query, QueryError> {
    Ok(read(text, terms, names, &[])?.query)
}

/// A query that was read.
pub(super) struct Read {
    pub query: Query,
    /// Its words, and how many levels it has below its masks.
    pub words: Count,
    pub height: usize,
}

/// Reads a query that stands within the saved queries of these names.
pub(super) fn read(
    text: &str,
    terms: Terms,
    names: &dyn Names,
    within: &[String],
) -> Result<Read, QueryError> {
    let Signs { lexemes, words } = lexer::read(text, terms, names, within)?;
    let mut parser = Parser { lexemes, at: 0, depth: 0 };
    let masks = parser.masks()?;
    let Parsed { clause, height } = parser.or()?;
    match parser.sign() {
        Sign::End => Ok(Read { query: Query { terms, masks, clause }, words, height }),
        Sign::Close => parser.error("this bracket closes nothing; expected the end of the query"),
        _ => parser.error(format!("expected the end of the query, found {}", parser.found())),
    }
}

struct Parser {
    /// Ends with [`Sign::End`], which is never passed.
    lexemes: Vec<Lexeme>,
    at: usize,
    /// How many brackets and NOTs are open.
    depth: usize,
}

/// A clause and how many levels it has: a chain of NEAR is as deep as it is
/// long, though no bracket is open.
struct Parsed {
    clause: Clause,
    height: usize,
}

impl Parser {
    fn sign(&self) -> &Sign {
        &self.lexemes[self.at].sign
    }

    fn column(&self) -> usize {
        self.lexemes[self.at].column
    }

    fn next(&mut self) {
        if *self.sign() != Sign::End {
            self.at += 1;
        }
    }

    fn error<T>(&self, message: impl Into<String>) -> Result<T, QueryError> {
        Err(QueryError { column: self.column(), message: message.into() })
    }

    /// The present sign in words.
    fn found(&self) -> &'static str {
        match self.sign() {
            Sign::Open => "`(`",
            Sign::Close => "`)`",
            Sign::And => "AND",
            Sign::Or => "OR",
            Sign::Not => "NOT",
            Sign::Mask => "MASK",
            Sign::Link(_) => "NEAR, PRE, /S or /P",
            Sign::Field(_) | Sign::Date(_) => "a field",
            Sign::Phrase(_) | Sign::Named(..) => "a word",
            Sign::End => "the end of the query",
        }
    }

    fn masks(&mut self) -> Result<Vec<Clause>, QueryError> {
        let mut masks = Vec::new();
        while *self.sign() == Sign::Mask {
            self.next();
            if *self.sign() != Sign::Open {
                return self.error("expected a bracket after MASK, as in MASK(\"blood pressure\")");
            }
            masks.push(self.bracket()?.clause);
        }
        if !masks.is_empty() && *self.sign() == Sign::End {
            return self.error("expected a query after MASK(…)");
        }
        Ok(masks)
    }

    fn or(&mut self) -> Result<Parsed, QueryError> {
        let mut operands = vec![self.and()?];
        while *self.sign() == Sign::Or {
            self.next();
            operands.push(self.and()?);
        }
        self.list(operands, Clause::Or)
    }

    fn and(&mut self) -> Result<Parsed, QueryError> {
        let mut operands = vec![self.not()?];
        loop {
            match self.sign() {
                Sign::And => self.next(),
                Sign::Open
                | Sign::Not
                | Sign::Field(_)
                | Sign::Date(_)
                | Sign::Phrase(_)
                | Sign::Named(..) => {}
                Sign::Mask => return self.error("MASK stands only at the front of a query"),
                Sign::Close | Sign::Or | Sign::Link(_) | Sign::End => break,
            }
            operands.push(self.not()?);
        }
        self.list(operands, Clause::And)
    }

    fn list(&self, mut operands: Vec<Parsed>, make: fn(Vec<Clause>) -> Clause) -> Result<Parsed, QueryError> {
        if operands.len() == 1
            && let Some(only) = operands.pop()
        {
            return Ok(only);
        }
        let height = operands.iter().map(|operand| operand.height).max().unwrap_or(0) + 1;
        self.check_depth(height)?;
        let clauses = operands.into_iter().map(|operand| operand.clause).collect();
        Ok(Parsed { clause: make(clauses), height })
    }

    fn not(&mut self) -> Result<Parsed, QueryError> {
        if *self.sign() != Sign::Not {
            return self.near();
        }
        self.enter()?;
        self.next();
        let inner = self.not()?;
        self.depth -= 1;
        self.raise(inner.height, Clause::Not(Box::new(inner.clause)))
    }

    fn near(&mut self) -> Result<Parsed, QueryError> {
        let mut left_column = self.column();
        let mut left = self.field()?;
        while let Sign::Link(link) = *self.sign() {
            check_side(&left.clause, left_column)?;
            self.next();
            left_column = self.column();
            let right = self.field()?;
            check_side(&right.clause, left_column)?;
            let height = left.height.max(right.height);
            let near = Near { left: left.clause, right: right.clause, link };
            left = self.raise(height, Clause::Near(Box::new(near)))?;
        }
        Ok(left)
    }

    fn field(&mut self) -> Result<Parsed, QueryError> {
        let column = self.column();
        match self.sign().clone() {
            Sign::Phrase(phrase) => {
                self.next();
                Ok(Parsed { clause: Clause::Phrase(phrase), height: 1 })
            }
            Sign::Named(clause, height) => {
                self.next();
                self.check_depth(self.depth + height)?;
                Ok(Parsed { clause, height })
            }
            Sign::Date(range) => {
                self.next();
                Ok(Parsed { clause: Clause::Date(range), height: 1 })
            }
            Sign::Open => self.bracket(),
            Sign::Field(field) => {
                self.next();
                if !matches!(self.sign(), Sign::Phrase(_) | Sign::Named(..) | Sign::Open) {
                    return self.error(format!(
                        "expected a word, a phrase or a bracket after `{}:`, found {}",
                        field.name(),
                        self.found()
                    ));
                }
                let inner = self.field()?;
                if holds_field(&inner.clause) {
                    let message = "a field cannot stand within a field".to_owned();
                    return Err(QueryError { column, message });
                }
                self.raise(inner.height, Clause::Field(field, Box::new(inner.clause)))
            }
            Sign::Mask => self.error("MASK stands only at the front of a query"),
            _ => {
                self.error(format!("expected a word, a phrase, a field or a bracket, found {}", self.found()))
            }
        }
    }

    /// Reads a bracket; the present sign is its beginning.
    fn bracket(&mut self) -> Result<Parsed, QueryError> {
        let column = self.column();
        self.enter()?;
        self.next();
        let inner = self.or()?;
        match self.sign() {
            Sign::Close => self.next(),
            Sign::End => {
                let message = "this bracket is not closed; expected `)`".to_owned();
                return Err(QueryError { column, message });
            }
            _ => return self.error(format!("expected `)`, found {}", self.found())),
        }
        self.depth -= 1;
        Ok(inner)
    }

    fn enter(&mut self) -> Result<(), QueryError> {
        self.depth += 1;
        self.check_depth(self.depth)
    }

    /// A clause over others of that height.
    fn raise(&self, height: usize, clause: Clause) -> Result<Parsed, QueryError> {
        self.check_depth(height + 1)?;
        Ok(Parsed { clause, height: height + 1 })
    }

    fn check_depth(&self, depth: usize) -> Result<(), QueryError> {
        if depth > MAX_DEPTH {
            return self.error(format!(
                "brackets, NOTs or chains of NEAR go too deep; the limit is {MAX_DEPTH} levels"
            ));
        }
        Ok(())
    }
}

/// Checks that a clause may be a side of NEAR.
fn check_side(side: &Clause, column: usize) -> Result<(), QueryError> {
    if is_side(side) {
        return Ok(());
    }
    let message = "expected a word, a phrase, a NEAR or PRE, or a bracket of OR over these as a side of NEAR, PRE, /S or /P";
    Err(QueryError { column, message: message.to_owned() })
}

fn is_side(clause: &Clause) -> bool {
    match clause {
        Clause::Phrase(_) | Clause::Near(_) => true,
        Clause::Or(all) => all.iter().all(is_side),
        Clause::Field(..) | Clause::Date(_) | Clause::Not(_) | Clause::And(_) => false,
    }
}

fn holds_field(clause: &Clause) -> bool {
    match clause {
        Clause::Field(..) | Clause::Date(_) => true,
        Clause::Phrase(_) | Clause::Near(_) => false,
        Clause::Not(inner) => holds_field(inner),
        Clause::And(all) | Clause::Or(all) => all.iter().any(holds_field),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks the canonical text, and that it reads back as the same tree.
    #[track_caller]
    fn check(text: &str, canonical: &str) {
        for terms in [Terms::Exact, Terms::Stemmed] {
            let query = parse(text, terms).unwrap();
            assert_eq!(query.to_string(), canonical, "{text}");
            assert_eq!(parse(canonical, terms), Ok(query), "{text}");
        }
    }

    #[track_caller]
    fn check_error(text: &str, column: usize, expected: &str) {
        let error = parse(text, Terms::Stemmed).expect_err(text);
        let line = error.to_string();
        assert!(line.contains(expected) && error.column == column, "{text}: {line}");
        assert!(!line.contains(['\n', '\r', '\u{1b}']), "{text}: {line}");
    }

    #[test]
    fn a_query_prints_as_it_reads() {
        check("a b", "a AND b");
        check("A  and\tB", "a AND and AND b");
        check("a OR b AND NOT c", "a OR b AND NOT c");
        check("(a OR b) (c)", "(a OR b) AND c");
        check("((a AND b) AND c)", "(a AND b) AND c");
        check("a NEAR/3 b PRE/0 c /S d /P e", "a NEAR/3 b PRE/0 c /S d /P e");
        check("a NEAR/3 (b NEAR/3 c)", "a NEAR/3 (b NEAR/3 c)");
        check("(a OR \"b c\") NEAR/03 d", "(a OR \"b c\") NEAR/3 d");
        check("NOT NOT (a b)", "NOT NOT (a AND b)");
        check("NOT (a NEAR/1 b)", "NOT a NEAR/1 b");
        check("title:(a OR b) body: \"c d\"", "title:(a OR b) AND body:\"c d\"");
        check("children's", "\"children s\"");
        check("s.114", "\"s 114\"");
        check("multi-agency 2019-20", "multi-agency AND \"2019 20\"");
        check("\"budget\" work** Wom*n", "budget AND work* AND wom*n");
        check("“looked after” „x y”", "\"looked after\" AND \"x y\"");
        check("MASK(a)MASK (b OR c) d", "MASK(a) MASK(b OR c) d");
        check("date:2019-1..2021-06", "date:2019-01..2021-06");
        check("date:2019..2019 date:2019..", "date:2019 AND date:2019..");
        check("NOT(a) NEAR/2(b)", "NOT a NEAR/2 b");
        check("\u{feff}Caf\u{e9}\u{ad}s", "cafes");
        check("£5m R&D", "5m AND \"r d\"");
        check("Wroker~1 \"sócial wroker~2\"", "wroker~1 AND \"social wroker~2\"");
        check("title:wroker~1", "title:wroker~1");
    }

    /// Knows one abbreviation and some saved queries.
    struct Known;

    impl Names for Known {
        fn long_forms(&self, short: &str, _: Terms) -> Result<Vec<String>, String> {
            match short {
                "PEP" => Ok(vec!["Personal Education Plan".to_owned(), "pre-election period".to_owned()]),
                _ => Err(format!("{short} is not explained")),
            }
        }

        fn saved(&self, name: &str, terms: Terms) -> Result<(String, Terms), String> {
            let (text, terms) = match name {
                "agency" => ("agencies OR 'locum'", terms),
                "exact" => ("agencies", Terms::Exact),
                "staff" => ("@agency NEAR/2 staff", terms),
                "wrong" => ("a AND", terms),
                "unbalanced" => ("a) OR (b", terms),
                "masked" => ("MASK(a) b", terms),
                "loop" => ("x OR @pool", terms),
                "pool" => ("@loop", terms),
                "b1" => ("@b2 @b2 @b2 @b2", terms),
                "b2" => ("@b3 @b3 @b3 @b3", terms),
                "b3" => ("@b4 @b4 @b4 @b4", terms),
                "b4" => ("@b5 @b5 @b5 @b5", terms),
                "b5" => ("@b6 @b6 @b6 @b6", terms),
                "b6" => ("a b c d", terms),
                _ => return Err(format!("{name} is not saved")),
            };
            Ok((text.to_owned(), terms))
        }
    }

    #[test]
    fn an_abbreviation_with_a_plus_is_itself_or_one_of_its_long_forms() {
        let check = |text: &str, canonical: &str| {
            let query = parse_with(text, Terms::Stemmed, &Known).unwrap();
            assert_eq!(query.to_string(), canonical);
            assert_eq!(parse(canonical, Terms::Stemmed), Ok(query));
        };
        check("PEP+", r#"pep OR "personal education plan" OR "pre-election period""#);
        check(
            "PEP+ NEAR/5 late NOT x",
            r#"(pep OR "personal education plan" OR "pre-election period") NEAR/5 late AND NOT x"#,
        );
        check("title:PEP+", r#"title:(pep OR "personal education plan" OR "pre-election period")"#);
        check("(PEP+)", r#"pep OR "personal education plan" OR "pre-election period""#);
        check("\"PEP+ R&D\"", r#""pep r d""#);
        let error = parse_with("a XYZ+", Terms::Exact, &Known).unwrap_err();
        assert_eq!(error.to_string(), "column 3: XYZ is not explained");
        check_error("a PEP+", 3, "`PEP+` stands for what the minutes of an index explain");
        check_error("50+", 1, "write 50 OR");
    }

    #[test]
    fn a_saved_query_stands_as_in_brackets() {
        let check = |text: &str, canonical: &str| {
            let query = parse_with(text, Terms::Stemmed, &Known).unwrap();
            assert_eq!(query.to_string(), canonical);
            assert_eq!(parse(canonical, Terms::Stemmed), Ok(query));
        };
        check("@agency", "agencies OR 'locum'");
        check("a @agency", "a AND (agencies OR 'locum')");
        check("NOT @staff", "NOT (agencies OR 'locum') NEAR/2 staff");
        check("title:@agency (@exact)", "title:(agencies OR 'locum') AND 'agencies'");
    }

    #[test]
    fn a_saved_query_that_cannot_stand_there_is_an_error_of_one_line() {
        let check = |text: &str, expected: &str| {
            let error = parse_with(text, Terms::Stemmed, &Known).unwrap_err();
            assert_eq!(error.to_string(), expected);
        };
        check("a @none", "column 3: none is not saved");
        check("a @", "column 3:  is not saved");
        check(
            "@wrong",
            "column 1: the saved query `@wrong` is not right: column 6: expected a word, a phrase, a field or a bracket, found the end of the query",
        );
        check(
            "x @unbalanced",
            "column 3: the saved query `@unbalanced` is not right: column 2: this bracket closes nothing; expected the end of the query",
        );
        check("x @masked", "column 3: `@masked` begins with MASK, which stands only at the front of a query");
        check(
            "a @loop",
            "column 3: the saved query `@loop` is not right: column 6: the saved query `@pool` is not right: column 1: saved queries call each other without end: @loop → @pool → @loop",
        );
        check(
            "@b1",
            "column 1: the saved query `@b1` is not right: column 5: the query has too many words; the limit is 2000",
        );
        check_error("a @b", 3, "`@b` calls a saved query, and none are at hand here");
    }

    #[test]
    fn an_exact_term_keeps_its_quotes_where_others_match_by_stem() {
        let query = parse("'Budget' ‘children’s’ 'a-bc*'", Terms::Stemmed).unwrap();
        assert_eq!(query.to_string(), "'budget' AND 'children s' AND 'a-bc*'");
        assert_eq!(parse(&query.to_string(), Terms::Stemmed), Ok(query));
        assert_eq!(parse("'budget'", Terms::Exact), parse("budget", Terms::Exact));
        assert_ne!(parse("'budget'", Terms::Stemmed), parse("budget", Terms::Stemmed));
    }

    #[test]
    fn a_wrong_query_is_an_error_that_says_where_and_what_was_expected() {
        check_error("", 1, "expected a word");
        check_error("  ", 3, "expected a word");
        check_error("(", 2, "expected a word");
        check_error("(a OR b", 1, "this bracket is not closed");
        check_error("a)", 2, "this bracket closes nothing");
        check_error("()", 2, "expected a word");
        check_error("AND", 1, "found AND");
        check_error("a AND", 6, "found the end of the query");
        check_error("a OR OR b", 6, "found OR");
        check_error("NOT", 4, "expected a word");
        check_error("é \"b c", 3, "this quote is not closed");
        check_error("a 'b", 3, "single quote is not closed");
        check_error("\"a\"b", 4, "a space or a bracket");
        check_error("a\"b\"", 2, "a space or a bracket");
        check_error("\"\"", 1, "no letter or digit");
        check_error("health & care", 8, "no letter or digit in `&`");
        check_error("a*", 1, "at least two letters");
        check_error("\"work b*\"", 1, "at least two letters");
        check_error("*", 1, "at least two letters");
    }

    #[test]
    fn a_wrong_operator_says_what_to_write() {
        check_error("a NEAR b", 3, "expected a distance after NEAR");
        check_error("a NEAR/ b", 3, "expected a distance after NEAR");
        check_error("a PRE/x b", 3, "expected a distance after PRE");
        check_error("a NEAR/-1 b", 3, "expected a distance after NEAR");
        check_error("a near/3 b", 3, "write NEAR/3");
        check_error("a pre/x b", 3, "write PRE/5");
        check_error("a NEAR/1001 b", 3, "the limit is 1000");
        check_error("a NEAR/99999999999999999999 b", 3, "the limit is 1000");
        check_error("NEAR/3 b", 1, "found NEAR");
        check_error("a NEAR/3 (b AND c)", 10, "as a side of NEAR");
        check_error("title:a NEAR/3 b", 1, "as a side of NEAR");
        check_error("a NEAR/3 NOT b", 10, "found NOT");
        check_error("a /s b", 3, "write /S");
        check_error("a /p b", 3, "write /P");
        check_error("a /x b", 3, "`/` cannot begin a word");
        check_error("mask(a) b", 1, "write MASK(…)");
        check_error("MASK a", 6, "expected a bracket after MASK");
        check_error("MASK(a)", 8, "expected a query after MASK");
        check_error("a MASK(b)", 3, "only at the front");
        check_error("MASK(MASK(a) b) c", 6, "only at the front");
    }

    #[test]
    fn a_wrong_tilde_says_where_it_stands() {
        check_error("worker~", 1, "expected 1 or 2 directly after `~`");
        check_error("worker~0", 1, "expected 1 or 2");
        check_error("worker~3", 1, "expected 1 or 2");
        check_error("worker~0.8", 1, "expected 1 or 2");
        check_error("worker~1.5", 1, "expected 1 or 2");
        check_error("worker~12", 1, "expected 1 or 2");
        check_error("worker~1~1", 1, "expected 1 or 2");
        check_error("worker~\u{661}", 1, "expected 1 or 2");
        check_error("\"worker~1, social\"", 1, "expected 1 or 2");
        check_error("\"social worker\"~5", 16, "a space or a bracket after the quote");
        check_error("~", 1, "`~` stands after a word");
        check_error("a ~1", 3, "`~` stands after a word");
        check_error("\"a ~ b\"", 1, "`~` stands after a word");
        check_error("work*~1", 1, "do not go together");
        check_error("multi-agency~1", 1, "`multi-agency` is several");
        check_error("'children's~1'", 1, "`children's` is several");
        check_error("cab~1", 1, "at least 4 letters before ~1");
        check_error("labour wards~2", 8, "at least 6 letters before ~2");
    }

    #[test]
    fn a_wrong_field_or_date_says_what_there_is() {
        check_error("http://x", 1, "the fields are title, body, item, council, kind and date");
        check_error("titel:x", 1, "`titel` is no field");
        check_error(":x", 1, "`` is no field");
        check_error("title:", 7, "after `title:`");
        check_error("title:x:y", 7, "`x` is no field");
        check_error("title:(body:x)", 1, "a field cannot stand within a field");
        check_error("date:", 1, "expected a date");
        check_error("date:..", 1, "expected a date");
        check_error("date:2021-02-31", 1, "`2021-02-31` is no date");
        check_error("date:+201", 1, "is no date");
        check_error("date:2021..2019", 1, "2021 is after 2019");
    }

    #[test]
    fn the_signs_of_other_query_languages_are_not_passed_over() {
        check_error("-agency", 1, "write NOT");
        check_error("--help", 1, "write NOT");
        check_error("+agency", 1, "cannot begin a word");
        check_error("[a TO b]", 1, "`[` has no meaning");
        check_error("wom?n", 1, "`?` does not stand for a letter");
        check_error("a\u{7}b", 2, "control character U+0007");
        check_error("\"a\u{1b}[2Jb\"", 3, "control character U+001B");
    }

    #[test]
    fn what_is_over_a_limit_is_an_error_that_names_it() {
        check_error(&"(".repeat(5_000), 51, "the limit is 50 levels");
        check_error(&format!("{}a", "NOT ".repeat(5_000)), 201, "the limit is 50 levels");
        check_error(&vec!["a"; 100].join(" NEAR/1 "), 453, "the limit is 50 levels");
        check_error(&vec!["a"; 5_000].join(" OR "), 10_001, "the limit is 2000");
        check_error(&"a ".repeat(20_000), 4_001, "the limit is 2000");
        check_error(&"\"b worker~1\" ".repeat(101), 1_301, "words with `~`; the limit is 100");
        check_error(&"a".repeat(100_000), 50_001, "the limit is 50000");
        check_error(&"a".repeat(300), 1, "300 characters; the limit is 255");
        assert!(parse(&format!("{}a{}", "(".repeat(50), ")".repeat(50)), Terms::Exact).is_ok());
    }
}
