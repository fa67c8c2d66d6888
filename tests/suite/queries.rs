//! Queries as a person types them: names in them, saved ones, and hostile ones.

use std::fs;
use std::path::Path;

use scrutineer::model::Language;
use scrutineer::search::{Context, Query, Terms, Text, Tokens, evaluate, parse};

use crate::support::{rows, scrutineer};

/// A home with one meeting of the Schools Forum a year, which minuted that.
fn forum(minuted: &[(u32, &str)]) -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    for (year, text) in minuted {
        let path = home.path().join(format!("{year}.txt"));
        let head = format!("Minutes of the Schools Forum held on 4 March {year}\n\n1. Children in care\n\n");
        fs::write(&path, format!("{head}{text}\n\n2. Budget\n\nIt was discussed.\n")).unwrap();
        let path = path.display().to_string();
        scrutineer(home.path(), &["-q", "add", &path, "--council", "Kent", "--body", "Schools Forum"]);
    }
    scrutineer(home.path(), &["-q", "index"]);
    home
}

/// The years of the meetings that a query finds.
#[track_caller]
fn years(home: &Path, args: &[&str]) -> Vec<String> {
    let mut all = vec!["search"];
    all.extend(args);
    let mut years: Vec<String> = rows(home, &all).iter().map(|row| row["date"][..4].to_owned()).collect();
    years.sort();
    years
}

#[test]
fn an_abbreviation_with_a_plus_also_finds_what_the_minutes_explain_it_as() {
    let home = forum(&[
        (2018, "The PEP is late."),
        (2019, "A personal education plan is due."),
        (2020, "Each child has a Personal Education Plan (PEP)."),
        (2021, "Few had Personal Education Plans (PEPs) by May."),
        (2022, "During the pre-election period (PEP) nothing is published."),
        (2023, "The pre-election period began."),
        (2024, "A plan for personal education is due. The Youth Council (YC) met."),
    ]);
    let home = home.path();
    // What one meeting says alone beside a common explanation is not looked for.
    assert_eq!(years(home, &["PEP+"]), ["2018", "2019", "2020", "2021", "2022"]);
    assert_eq!(years(home, &["pep+ NEAR/2 due"]), ["2019"]);
    assert_eq!(years(home, &["PEP+", "--exact"]), ["2018", "2019", "2020", "2021", "2022"]);
    assert_eq!(years(home, &["YC+"]), ["2024"]);
    let said = scrutineer(home, &["search", "PEP+"]).stderr;
    let expected = "PEP+ also looks for “personal education plan” (2 meetings); not for 1 more: \
                    `scrutineer abbreviations PEP` lists all\n";
    assert!(said.starts_with(expected), "{said}");
    assert!(!said.contains("explain it as"), "{said}");
    let none = scrutineer(home, &["count", "a OR XYZ+"]);
    assert_eq!((none.code, none.stdout.as_str()), (2, ""));
    assert!(none.stderr.contains("column 6: no minutes here explain `XYZ` in brackets"), "{}", none.stderr);
}

/// Checks how a query prints, and which of the texts it is true of.
#[track_caller]
fn check_marks(query: &str, canonical: &str, matches: &[&str], misses: &[&str]) {
    let query = parse(query, Terms::Stemmed).unwrap();
    assert_eq!(query.to_string(), canonical);
    for (text, expected) in
        matches.iter().map(|text| (text, true)).chain(misses.iter().map(|text| (text, false)))
    {
        assert_eq!(is_true(&query, &Tokens::read(text)), expected, "{query} of {text}");
    }
}

fn is_true(query: &Query, tokens: &Tokens) -> bool {
    evaluate(query, &[Text { tokens, context: Context::default() }]).is_some()
}

#[test]
fn numbers_and_marks_are_cut_in_a_query_as_in_a_text() {
    check_marks("£1.2m", "\"1 2m\"", &["a gap of £1.2m", "(1.2M)"], &["£12m", "£1.2 million", "2m of 1"]);
    check_marks("£1,200", "\"1 200\"", &["£1,200.50", "1 200"], &["£1200"]);
    check_marks(
        "s.47",
        "\"s 47\"",
        &["an S.47 enquiry", "s 47", "Children's 47 homes"],
        &["s47", "section 47"],
    );
    check_marks("s.114", "\"s 114\"", &["a s.114 notice", "S. 114"], &["114 s", "s.1145"]);
    check_marks("20%", "20", &["by 20%", "20 per cent", "2019/20"], &["120%", "20th"]);
    check_marks(
        "2019/20",
        "\"2019 20\"",
        &["in 2019/20", "2019-20", "2019–20"],
        &["2019/2020", "20/2019", "201920"],
    );
    check_marks(
        "R&D",
        "\"r d\"",
        &["R&D", "r & d", "R. D. Jones"],
        &["RD", "d&r", "research and development"],
    );
    check_marks("and/or", "\"and or\"", &["and/or"], &["and then or"]);
    check_marks(
        "children's",
        "\"children s\"",
        &["the Children’s home", "children\u{2bc}s"],
        &["childrens", "children"],
    );
}

#[test]
fn an_exact_word_beside_stemmed_ones_stays_exact() {
    let (matches, misses) =
        (["They looked after children", "looked, child, children"], ["looks after children"]);
    check_marks("'looked' children", "'looked' AND children", &matches, &misses);
    check_marks("meet 'meeting'", "meet AND 'meeting'", &["the meeting"], &["they met", "meetings"]);
    check_marks("'school' NEAR/2 place", "'school' NEAR/2 place", &["school places"], &["schools place"]);
    check_marks("'children's' home", "'children s' AND home", &["children's homes"], &["child's home"]);
}

#[test]
fn hyphens_do_not_matter_to_those_who_look() {
    let forms = ["a multi-agency hub", "a multiagency hub", "multi\u{2011}agency", "multi\u{ad}agency"];
    check_marks(
        "multi-agency",
        "multi-agency",
        &[&forms[..], &["multi agency"]].concat(),
        &["agency, multi"],
    );
    check_marks("multiagency", "multiagency", &forms, &["multi agency"]);
    check_marks("\"multi agency\"", "\"multi agency\"", &["multi-agency", "multi agency"], &["multiagency"]);
    check_marks(
        "well-being board",
        "well-being AND board",
        &["wellbeing boards", "well being board"],
        &["well board"],
    );
    check_marks("co-op*", "co-op*", &["the Co-operative", "cooperation", "co opted"], &["co and op"]);
}

#[test]
fn words_with_accents_match_those_without_and_welsh_words_match_as_written() {
    check_marks("Tŷ", "ty", &["y Tŷ", "TY", "ty\u{302}"], &["tai"]);
    check_marks("\"Ynys Môn\"", "\"ynys mon\"", &["Cyngor Ynys Môn", "ynys mon"], &["Môn, Ynys"]);
    check_marks("gŵyl*", "gwyl*", &["gwyliau", "GŴYL"], &["gwaith"]);
    check_marks("llŷn-ŵyl", "llyn-wyl", &["llŷnŵyl", "Llyn Wyl"], &["llyn"]);
    let welsh = |query: &str, text: &str| {
        is_true(&parse(query, Terms::Stemmed).unwrap(), &Tokens::read_in(text, Language::Welsh))
    };
    assert!(welsh("plant", "anghenion plant"));
    assert!(!welsh("plant", "y plants"));
    // Known to be wrong: the English stem of what was typed is a Welsh word.
    assert!(welsh("plants", "anghenion plant"));
    assert!(welsh("gwyl~1 OR ysgolion~1", "ysgolon yn y gŵyl"));
}
