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

const SAVED: &str = r#"
    [[query]]
    name = "agency"
    query = "agencies OR 'locum'"
    note = "Staff who are hired by the day."

    [[query]]
    name = "agency-staff"
    query = "@agency NEAR/2 staff"

    [[query]]
    name = "early"
    query = "agency"
    exact = true
    to = "2020"
    body = "schools forum"

    [[query]]
    name = "both"
    query = "agency AND discussed"
    unit = "meeting"
"#;

#[test]
fn a_saved_query_is_asked_by_its_name() {
    let home = forum(&[
        (2019, "Agency teachers were hired."),
        (2020, "Agencies sent staff."),
        (2021, "The agency was paid. Locum staff came."),
        (2022, "Locums came."),
    ]);
    let home = home.path();
    fs::write(home.join("queries.toml"), SAVED).unwrap();
    assert_eq!(years(home, &["@agency"]), ["2019", "2020", "2021"]);
    assert_eq!(years(home, &["@agency NOT teacher"]), ["2020", "2021"]);
    assert_eq!(years(home, &["@agency-staff"]), ["2020", "2021"]);
    assert_eq!(years(home, &["@early"]), ["2019"]);
    // What is typed goes before what is saved, filter by filter.
    assert_eq!(years(home, &["@early", "--to", "2021"]), ["2019", "2021"]);
    assert_eq!(years(home, &["@early", "--year", "2021"]), Vec::<String>::new());
    assert_eq!(rows(home, &["count", "@both"])[0]["meetings"], "3");
    assert_eq!(rows(home, &["count", "@both", "--unit", "passage"])[0]["meetings"], "0");
    assert_eq!(rows(home, &["kwic", "@agency"]).len(), 4);

    let said = scrutineer(home, &["search", "@early", "--to", "2021"]).stderr;
    assert!(said.starts_with("@early: agency; words as written; body schools forum\n"), "{said}");
    let said = scrutineer(home, &["count", "@agency-staff"]).stderr;
    assert!(said.starts_with("@agency-staff: (agencies OR 'locum') NEAR/2 staff\n"), "{said}");

    let check = |query: &str, expected: &str| {
        let run = scrutineer(home, &["search", query]);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{query}");
        assert_eq!(run.stderr.lines().next().unwrap(), format!("scrutineer: {expected}"));
    };
    check(
        "@agnecy",
        "the query is not right: column 1: there is no saved query `@agnecy`; there is `@agency`",
    );
    check(
        "a @x",
        "the query is not right: column 3: there is no saved query `@x`; `scrutineer query list` shows those \
         that there are",
    );
    check(
        "a @early",
        "the query is not right: column 3: `@early` has filters (body schools forum, to 2020), and stands within \
         no other query; run it by itself",
    );
}

#[test]
fn saved_queries_are_listed_shown_and_checked() {
    let home = forum(&[(2020, "Agencies sent staff.")]);
    let home = home.path();
    let file = home.join("mine.toml");
    let wrong = "
        [[query]]
        name = \"wrong\"
        query = \"a AND\"
        kind = [\"anwser\"]
        [[query]]
        name = \"loop\"
        query = \"b OR @loop\"
    ";
    fs::write(&file, SAVED.to_owned() + wrong).unwrap();
    let file = file.to_str().unwrap();
    let listed = rows(home, &["query", "list", "--queries", file]);
    let names: Vec<&str> = listed.iter().map(|row| row["name"].as_str()).collect();
    assert_eq!(names, ["agency", "agency-staff", "early", "both", "wrong", "loop"]);
    assert_eq!(
        (listed[2]["exact"].as_str(), listed[2]["filters"].as_str()),
        ("yes", "body schools forum, to 2020")
    );

    let shown = rows(home, &["query", "show", "@early", "a b", "both", "--queries", file]);
    let shown: Vec<[&str; 3]> =
        shown.iter().map(|row| ["query", "part", "text"].map(|name| row[name].as_str())).collect();
    let expected = [
        ["'@early", "query", "agency"],
        ["'@early", "read as", "agency"],
        ["'@early", "exact", "yes"],
        ["'@early", "body", "schools forum"],
        ["'@early", "to", "2020"],
        ["a b", "read as", "a AND b"],
        ["both", "query", "agency AND discussed"],
        ["both", "read as", "agency AND discussed"],
        ["both", "exact", "no"],
        ["both", "unit", "meeting"],
    ];
    assert_eq!(shown, expected);

    let check = scrutineer(home, &["--format", "csv", "query", "check", "--queries", file]);
    assert_eq!(check.code, 3);
    let faults = crate::support::read_csv(&check.stdout);
    let faults: Vec<(&str, &str)> =
        faults.iter().map(|row| (row["query"].as_str(), row["fault"].split(';').next().unwrap())).collect();
    let expected = [
        ("wrong", "column 6: expected a word, a phrase, a field or a bracket, found the end of the query"),
        ("wrong", "there is no kind `anwser`"),
        (
            "loop",
            "column 6: the saved query `@loop` is not right: column 6: saved queries call each other without \
             end: @loop → @loop",
        ),
    ];
    assert_eq!(faults, expected);
    assert_eq!(check.stderr, "4 of 6 saved queries can be read\n");
}

#[test]
fn a_file_of_saved_queries_that_is_wrong_names_itself_and_the_key() {
    let home = forum(&[(2020, "Agencies sent staff.")]);
    let home = home.path();
    let check = |toml: &str, expected: &str| {
        fs::write(home.join("queries.toml"), toml).unwrap();
        for args in [&["query", "list"][..], &["query", "check"], &["search", "@a"]] {
            let run = scrutineer(home, args);
            assert_eq!((run.code, run.stdout.as_str()), (2, ""));
            assert!(
                run.stderr.contains("queries.toml` is not right: ") && run.stderr.contains(expected),
                "{}",
                run.stderr
            );
            assert!(run.stderr.matches("scrutineer:").count() == 1, "{}", run.stderr);
        }
    };
    let entry = |more: &str| format!("[[query]]\nname = \"a\"\nquery = \"b\"\n{more}\n");
    check(&entry("bdy = \"cabinet\""), "line 4: unknown field `bdy`");
    check(&entry("from = \"2019-31\""), "line 4: ");
    check(&entry("year = [\"2019\"]"), "line 4: invalid type: string \"2019\"");
    check(&entry("unit = \"page\""), "line 4: unknown variant `page`");
    check("[[query]]\nname = \"a\"\n", "missing field `query`");
    check("[[quer]]\nname = \"a\"\n", "line 1: unknown field `quer`");
    check("[[query]]\nname = \"a b\"\nquery = \"c\"\n", "the name `a b` cannot be called");
    check(&(entry("") + &entry("")), "the name `a` is used twice");
    check("a = ", "line 1: ");
    fs::remove_file(home.join("queries.toml")).unwrap();
    let none = scrutineer(home, &["search", "x OR @a"]).stderr;
    assert!(none.contains("column 6: no query is saved: there is no `"), "{none}");
    assert_eq!(years(home, &["agencies"]), ["2020"]);
}
