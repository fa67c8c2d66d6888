//! Queries as a person types them: names in them, saved ones, and hostile ones.

use std::fs;
use std::path::Path;
use std::process::Command;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, TestRunner};
use scrutineer::model::{DateRange, Language, PartialDate};
use scrutineer::search::{
    Clause, Context, Field, Link, MAX_DISTANCE, Near, Phrase, Query, Slot, Terms, Text, Tokens, Word,
    evaluate, parse, stem,
};

use crate::support::{Run, quickstart, read_csv, rows, scrutineer};

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
    assert!(!welsh("plants", "anghenion plant"));
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
    let faults = read_csv(&check.stdout);
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

/// Words that stand everywhere, again and again: what they ask for is read, or
/// refused by its number, before it fills the memory.
#[test]
fn hundreds_of_common_words_and_prefixes_are_answered_or_refused() {
    let again = |word: &str, n: usize| vec![word; n].join(" OR ");
    for (query, code) in [
        (again("co*", 100), 0),
        (again("co*", 1_999), 2),
        (again("the", 100), 0),
        (again("the", 1_999), 2),
        (again("co* the", 50), 0),
    ] {
        let run = within_seconds(10, "2", &["count", &query]);
        assert_eq!(run.code, code, "{}", run.stderr);
        assert_eq!(run.stderr.contains("the limit is 10000000"), code == 2, "{}", run.stderr);
    }
    let near = within_seconds(10, "2", &["search", &vec!["co*"; 100].join(" AND "), "--near-misses"]);
    assert!(near.code == 2 && near.stderr.contains("the limit is 10000000"), "{}", near.stderr);
}

/// Runs the program with a limit of CPU seconds, over which it is killed.
fn within_seconds(seconds: u32, threads: &str, args: &[&str]) -> Run {
    let limited = format!("ulimit -t {seconds}; exec \"$0\" --home \"$@\"");
    let mut command = Command::new("sh");
    command.args(["-c", &limited, env!("CARGO_BIN_EXE_scrutineer")]).arg(quickstart().0.path()).args(args);
    command.env_remove("SCRUTINEER_HOME").env("RAYON_NUM_THREADS", threads);
    let output = command.output().unwrap();
    let shown: String = args.join(" ").chars().take(60).collect();
    Run {
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
        code: output.status.code().unwrap_or_else(|| panic!("over {seconds} s: {shown}")),
    }
}

/// What becomes of a hostile query.
enum Fate {
    /// Read as this, and answered.
    Reads(&'static str),
    /// Answered.
    Answered,
    /// An error at that column, with these words.
    Wrong(usize, &'static str),
}

fn hostile() -> Vec<(String, Fate)> {
    use Fate::{Answered, Reads, Wrong};
    let n_words = |n: usize, ending: &str, between: &str| {
        let word = |at: usize| format!("{}{at}{ending}", ["ab", "cd", "ef"][at % 3]);
        (100..100 + n).map(word).collect::<Vec<_>>().join(between)
    };
    let mut all: Vec<(String, Fate)> = [
        // Q01-Q13: unbalanced.
        ("", Wrong(1, "expected a word")),
        (" \t ", Wrong(4, "expected a word")),
        ("(", Wrong(2, "expected a word")),
        (")", Wrong(1, "expected a word")),
        ("(budget", Wrong(1, "this bracket is not closed")),
        ("budget)", Wrong(7, "this bracket closes nothing")),
        ("()", Wrong(2, "expected a word")),
        ("\"budget", Wrong(1, "this quote is not closed")),
        ("\"\"", Wrong(1, "no letter or digit")),
        ("\"budget\"cut", Wrong(9, "a space or a bracket")),
        ("'budget", Wrong(1, "this single quote is not closed")),
        ("budget '", Wrong(8, "this single quote is not closed")),
        ("“budget", Wrong(1, "this quote is not closed")),
        // Q14-Q27: operators alone, or out of place.
        ("AND", Wrong(1, "found AND")),
        ("OR OR", Wrong(1, "found OR")),
        ("NOT", Wrong(4, "found the end of the query")),
        ("NEAR/3", Wrong(1, "found NEAR")),
        ("budget NEAR/3", Wrong(14, "found the end of the query")),
        ("budget AND", Wrong(11, "found the end of the query")),
        ("budget NEAR cut", Wrong(8, "expected a distance")),
        ("budget NEAR/-1 cut", Wrong(8, "expected a distance")),
        ("budget NEAR/4294967296 cut", Wrong(8, "the limit is 1000")),
        ("budget /P NOT cut", Wrong(11, "found NOT")),
        ("budget /S (a AND b)", Wrong(11, "as a side of NEAR")),
        ("MASK(budget)", Wrong(13, "expected a query after MASK")),
        ("budget MASK(cut)", Wrong(8, "only at the front")),
        ("- -- – ---", Wrong(1, "write NOT")),
        // Q28-Q38: fields and ranges.
        ("title:", Wrong(7, "after `title:`")),
        ("title:title:budget", Wrong(7, "after `title:`")),
        ("author:smith", Wrong(1, "`author` is no field")),
        ("https://council.example/?q=1", Wrong(1, "`https` is no field")),
        ("title:(body:cabinet)", Wrong(1, "a field cannot stand within a field")),
        ("date:", Wrong(1, "expected a date")),
        ("date:2021..2019", Wrong(1, "2021 is after 2019")),
        ("date:2021-02-30", Wrong(1, "is no date")),
        ("date:[2019 TO 2021]", Wrong(1, "is no date")),
        ("date:99999..", Wrong(1, "is no date")),
        ("budget:[* TO *]", Wrong(1, "`budget` is no field")),
        // Q39-Q50: wildcards, regular expressions, the signs of other languages.
        ("*", Wrong(1, "at least two letters")),
        ("budget OR b*", Wrong(11, "at least two letters")),
        (".*", Wrong(1, "at least two letters")),
        ("(a+)+$", Wrong(2, "no minutes here explain `a`")),
        ("/(a+)+$/", Wrong(1, "`/` cannot begin a word")),
        ("[a-z]{9999}", Wrong(1, "`[` has no meaning")),
        ("bud?et", Wrong(1, "`?` does not stand for a letter")),
        ("budget^9", Wrong(1, "`^` has no meaning")),
        ("budget~", Wrong(1, "expected 1 or 2")),
        ("budget~0.5", Wrong(1, "expected 1 or 2")),
        ("\"budget cut\"~5", Wrong(13, "a space or a bracket")),
        ("+budget", Wrong(1, "`+` cannot begin a word")),
        // Q51-Q57: control characters, and what looks like options.
        ("budget\u{7}cut", Wrong(7, "control character U+0007")),
        ("\u{1b}[2Jbudget", Wrong(1, "control character U+001B")),
        ("\u{202e}budget\u{200b}s\u{ad}", Reads("budgets")),
        ("--help", Wrong(1, "write NOT")),
        ("-x", Wrong(1, "write NOT")),
        ("@x", Wrong(1, "no query is saved")),
        ("@/etc/passwd", Wrong(1, "no query is saved")),
    ]
    .map(|(query, fate)| (query.to_owned(), fate))
    .into();
    // Q58-Q70: size.
    all.extend([
        ("a".repeat(100_000), Wrong(50_001, "the limit is 50000")),
        ("a".repeat(300), Wrong(1, "the limit is 255")),
        ("a ".repeat(20_000), Wrong(4_001, "the limit is 2000")),
        (vec!["a"; 5_000].join(" OR "), Wrong(10_001, "the limit is 2000")),
        (n_words(500, "*", " OR "), Answered),
        (n_words(100, "~1", " OR "), Answered),
        (n_words(500, "~1", " OR "), Wrong(1_101, "the limit is 100")),
        (format!("\"{}\"", n_words(1_999, "", " ")), Answered),
        ("w*".repeat(120), Answered),
        ("(".repeat(5_000), Wrong(51, "the limit is 50 levels")),
        (format!("{}a{}", "(".repeat(5_000), ")".repeat(5_000)), Wrong(51, "the limit is 50 levels")),
        ("NOT ".repeat(5_000) + "a", Wrong(201, "the limit is 50 levels")),
        ("title:".repeat(5_000), Wrong(7, "after `title:`")),
    ]);
    all
}

/// Reliability's cases Q01-Q66, and four more.
#[test]
fn a_hostile_query_is_answered_or_is_an_error_of_one_line_in_two_seconds() {
    for (at, (query, fate)) in hostile().into_iter().enumerate() {
        let short: String = query.chars().take(60).collect();
        let number = format!("Q{:02} {short:?}", at + 1);
        let run = within_seconds(2, "2", &["count", "--", &query]);
        assert!(!run.stderr.contains("panicked"), "{number}: {}", run.stderr);
        let Fate::Wrong(column, words) = fate else {
            assert!(run.code < 2 && !run.stdout.is_empty(), "{number}: {}", run.stderr);
            if let Fate::Reads(canonical) = fate {
                assert_eq!(parse(&query, Terms::Stemmed).unwrap().to_string(), canonical, "{number}");
            }
            continue;
        };
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{number}: {}", run.stderr);
        let first = run.stderr.lines().next().unwrap();
        let expected = format!("scrutineer: the query is not right: column {column}: ");
        assert!(first.starts_with(&expected) && first.contains(words), "{number}: {first}");
        assert!(first.chars().count() < 400, "{number}: {first}");
        // A pointer below it, or nothing.
        assert!(matches!(run.stderr.lines().count(), 1 | 3), "{number}: {}", run.stderr);
        assert!(!run.stderr.contains(|c: char| c.is_control() && c != '\n'), "{number}");
    }
}

/// Q67: what is true nearly everywhere.
#[test]
fn a_query_of_everything_is_bounded_and_whole() {
    let of = |query: &str| {
        let run = within_seconds(2, "2", &["--format", "csv", "-q", "count", query]);
        assert_eq!(run.code, 0, "{query}: {}", run.stderr);
        let row = read_csv(&run.stdout).pop().unwrap();
        (row["passages"].parse::<u64>().unwrap(), row["of_passages"].parse::<u64>().unwrap())
    };
    let (n_without, n_all) = of("NOT zeppelin");
    assert_eq!(n_without, n_all);
    assert_eq!(of("NOT the").0 + of("the").0, n_all);
    assert_eq!(of("the NEAR/1000 the").0, of("the /P the").0);
    assert!(of("the NEAR/1000 of NEAR/1000 and").0 > 0);
    assert!(of("th* OR an* OR *ed OR *in*").0 > n_all / 2);
}

/// What just misses an AND of many words is an OR of as many ANDs.
#[test]
fn near_misses_of_many_words_are_answered_in_two_seconds() {
    let words: Vec<String> = (0..200).map(|at| format!("report{at}")).collect();
    let run = within_seconds(2, "2", &["search", &words.join(" "), "--near-misses"]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert!(run.stderr.contains("0 passages just miss; 0 shown"), "{}", run.stderr);
    let more = within_seconds(2, "2", &["search", &(words.join(" ") + " report"), "--near-misses"]);
    assert!(more.code == 2 && more.stderr.contains("the limit of --near-misses is 200"), "{}", more.stderr);
}

/// Q68: counts add up, and nothing depends on the run or on how many threads there are.
#[test]
fn groups_add_up_to_the_whole_and_the_order_is_the_same_in_every_run() {
    let csv = |threads: &str, args: &[&str]| {
        let run = within_seconds(2, threads, &[&["--format", "csv", "-q"], args].concat());
        assert_eq!(run.code, 0, "{args:?}: {}", run.stderr);
        run.stdout
    };
    for query in ["budget OR child*", "the /P of", "NOT the", "councl~1 OR chidlren~2"] {
        let sum = |args: &[&str]| {
            let rows = read_csv(&csv("2", &[&["count", query], args].concat()));
            let columns = ["passages", "items", "meetings", "matches", "of_passages", "of_meetings"];
            columns.map(|name| rows.iter().map(|row| row[name].parse().unwrap_or(0)).sum::<u64>())
        };
        assert_eq!(sum(&["--by", "council,year"]), sum(&[]), "{query}");
        let args = ["search", query, "--limit", "all"];
        let all = csv("1", &args);
        for threads in ["1", "2", "2"] {
            assert_eq!(csv(threads, &args), all, "{query}");
        }
        let first: String = all.split_inclusive("\r\n").take(6).collect();
        assert_eq!(csv("2", &["search", query, "--limit", "5"]), first, "{query}");
    }
}

// Random trees over the whole grammar.

fn word(terms: Terms) -> BoxedStrategy<Word> {
    let plain = "[a-z0-9γ]{1,6}".prop_map(move |text| match terms {
        Terms::Exact => Word::Exact(text),
        Terms::Stemmed => Word::Stem { stem: stem(&text), word: text },
    });
    let pattern =
        select(vec!["ab*", "*ab", "a*b", "a*b*c", "*12*"]).prop_map(|word| Word::Pattern(word.into()));
    let fuzzy = ("[a-z]{6,9}", 1..=2u8).prop_map(|(word, distance)| Word::Fuzzy { word, distance });
    prop_oneof![6 => plain, 1 => pattern, 1 => fuzzy].boxed()
}

fn phrase(terms: Terms) -> BoxedStrategy<Clause> {
    let parts = (word(terms), word(terms)).prop_filter("no compound is made of these", |(a, b)| {
        let is_fuzzy = |word: &Word| matches!(word, Word::Fuzzy { .. });
        let text = a.text().to_owned() + b.text();
        !is_fuzzy(a) && !is_fuzzy(b) && text.contains(char::is_alphabetic) && !text.contains("**")
    });
    let hyphened = parts.prop_map(move |(a, b)| {
        let text = a.text().to_owned() + b.text();
        let joined = match terms {
            _ if text.contains('*') => Word::Pattern(text),
            Terms::Exact => Word::Exact(text),
            Terms::Stemmed => Word::Stem { stem: stem(&text), word: text },
        };
        Slot::Hyphened { parts: vec![a, b], joined }
    });
    let slot = prop_oneof![8 => word(terms).prop_map(Slot::Word), 1 => hyphened];
    vec(slot, 1..=3).prop_map(|slots| Clause::Phrase(Phrase(slots))).boxed()
}

/// A side of NEAR.
fn side(terms: Terms) -> BoxedStrategy<Clause> {
    // Within one query some words stand in single quotes.
    let quoted = if terms == Terms::Stemmed { 1 } else { 0 };
    let leaf = prop_oneof![4 => phrase(terms), quoted => phrase(Terms::Exact)];
    leaf.prop_recursive(4, 12, 3, |inner| {
        let link = prop_oneof![
            (0..=MAX_DISTANCE).prop_map(Link::Near),
            (0..=MAX_DISTANCE).prop_map(Link::Pre),
            Just(Link::Sentence),
            Just(Link::Passage)
        ];
        prop_oneof![
            2 => (inner.clone(), inner.clone(), link)
                .prop_map(|(left, right, link)| Clause::Near(Box::new(Near { left, right, link }))),
            1 => vec(inner, 2..=3).prop_map(Clause::Or),
        ]
    })
    .boxed()
}

fn tree(terms: Terms, has_fields: bool) -> BoxedStrategy<Clause> {
    let leaf = if has_fields {
        let date = select(vec!["2019", "2019-02", "2020-12-31"])
            .prop_map(|date| date.parse::<PartialDate>().unwrap());
        let dates = (date, 0..4).prop_map(|(date, form)| {
            Clause::Date(match form {
                0 => DateRange { from: Some(date), to: None },
                1 => DateRange { from: None, to: Some(date) },
                2 => DateRange { from: "2018-03".parse().ok(), to: Some(date) },
                _ => DateRange { from: Some(date), to: Some(date) },
            })
        });
        let field = (select(Field::ALL.to_vec()), tree(terms, false))
            .prop_map(|(field, inner)| Clause::Field(field, Box::new(inner)));
        prop_oneof![4 => side(terms), 1 => dates, 1 => field].boxed()
    } else {
        side(terms)
    };
    leaf.prop_recursive(4, 16, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 2..=3).prop_map(Clause::And),
            vec(inner.clone(), 2..=3).prop_map(Clause::Or),
            inner.prop_map(|inner| Clause::Not(Box::new(inner))),
        ]
    })
    .boxed()
}

#[test]
fn every_tree_prints_to_text_that_reads_back_as_itself() {
    let query = select(vec![Terms::Exact, Terms::Stemmed]).prop_flat_map(|terms| {
        let parts = (vec(tree(terms, true), 0..=2), tree(terms, true));
        parts.prop_map(move |(masks, clause)| Query { terms, masks, clause })
    });
    let config = Config { cases: 2_000, failure_persistence: None, ..Config::default() };
    TestRunner::new(config)
        .run(&query, |query| {
            prop_assert_eq!(parse(&query.to_string(), query.terms), Ok(query));
            Ok(())
        })
        .unwrap();
}
