//! Samples to be coded by hand, and what coded ones say of a query.

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::{Run, quickstart, read_csv, rows, scrutineer};

type Row = HashMap<String, String>;

/// Matches 100 passages of the built-in sample, by its truth (`corpus/sample/truth/search.csv`).
const QUERY: &str = r#"("social worker*" NEAR/8 (retention OR retain* OR recruit*))"#;

fn home() -> &'static Path {
    quickstart().0.path()
}

fn ids(rows: &[Row]) -> BTreeSet<String> {
    rows.iter().map(|row| row["passage_id"].clone()).collect()
}

fn of_stratum(rows: &[Row], stratum: &str) -> Vec<Row> {
    rows.iter().filter(|row| row["stratum"] == stratum).cloned().collect()
}

#[test]
fn a_seed_repeats_a_sample_on_any_number_of_threads() {
    let args = |seed| ["--format", "csv", "sample", "csc06_missing_episodes", "--size", "30", "--seed", seed];
    let first = scrutineer(home(), &args("7"));
    assert_eq!(first.code, 0, "{}", first.stderr);
    let header = "query,stratum,stratum_size,of_passages,passage_id,council,body,date,title,text,url,code,note,query_digest,filters,corpus";
    assert_eq!(first.stdout.lines().next(), Some(header));
    assert_eq!(scrutineer(home(), &args("7")).stdout, first.stdout);
    let mut on_one = Command::new(env!("CARGO_BIN_EXE_scrutineer"));
    on_one.env("RAYON_NUM_THREADS", "1").arg("--home").arg(home()).args(args("7"));
    assert_eq!(String::from_utf8(on_one.output().unwrap().stdout).unwrap(), first.stdout);
    let first_said = &first.stderr;
    let (first, other) = (read_csv(&first.stdout), read_csv(&scrutineer(home(), &args("8")).stdout));
    assert_ne!(ids(&first), ids(&other));
    assert!(first.iter().all(|row| row["query"] == "csc06_missing_episodes" && row["code"].is_empty()));
    // What a theme has words for need not be said anywhere.
    assert!(!first_said.contains("stands in no passage"), "{first_said}");
    // The place of a row says nothing about its stratum.
    let strata: Vec<&str> = first.iter().map(|row| row["stratum"].as_str()).collect();
    assert!(!strata.is_sorted(), "{strata:?}");
}

#[test]
fn strata_are_what_their_names_say_and_share_no_passage() {
    let drawn = rows(home(), &["sample", QUERY, "--size", "90"]);
    assert_eq!(ids(&drawn).len(), drawn.len());
    let matched = ids(&rows(home(), &["search", QUERY]));
    let near = ids(&rows(home(), &["search", QUERY, "--near-misses"]));
    let all = rows(home(), &["count", QUERY]).remove(0)["of_passages"].clone();
    let sizes = [100, near.len(), all.parse::<usize>().unwrap() - 100 - near.len()];
    for (stratum, size) in ["matched", "near-miss", "unmatched"].into_iter().zip(sizes) {
        let of_it = of_stratum(&drawn, stratum);
        assert_eq!(of_it.len(), size.min(30), "{stratum}");
        for row in of_it {
            let id = &row["passage_id"];
            assert_eq!(
                (matched.contains(id), near.contains(id)),
                match stratum {
                    "matched" => (true, false),
                    "near-miss" => (false, true),
                    _ => (false, false),
                }
            );
            assert_eq!((&row["stratum_size"], &row["of_passages"]), (&size.to_string(), &all));
        }
    }
}

#[test]
fn a_stratum_with_fewer_passages_than_asked_gives_all_and_says_so() {
    let run = scrutineer(home(), &["--format", "csv", "sample", QUERY, "--size", "400", "--split", "2,1,1"]);
    let matched = of_stratum(&read_csv(&run.stdout), "matched");
    assert_eq!(ids(&matched), ids(&rows(home(), &["search", QUERY])));
    assert!(run.stderr.contains("matched: 100 of 100 passages; 200 were asked for"), "{}", run.stderr);
    // A single word can be missed by nothing less.
    let run = scrutineer(home(), &["--format", "csv", "sample", "budget", "--size", "9"]);
    assert!(run.stderr.contains("near-miss: 0 of 0 passages; 3 were asked for"), "{}", run.stderr);
    assert!(run.stderr.contains("nothing can just miss this query"), "{}", run.stderr);
    assert_eq!(read_csv(&run.stdout).len(), 6);
}

#[test]
fn a_sample_that_cannot_be_drawn_is_an_error_in_one_line() {
    for (args, said) in [
        (&["sample", QUERY, "--size", "2"][..], "each stratum needs a passage"),
        (&["sample", QUERY, "--split", "1,1"], "--split is three numbers"),
        (&["sample", QUERY, "--unit", "item"], "a sample is of passages"),
        (&["sample", "csc06_missing_episodes", "--codebook", "nowhere.toml"], "nowhere.toml"),
    ] {
        let run = scrutineer(home(), args);
        assert_eq!((run.code, run.stderr.trim_end().lines().count()), (2, 1), "{args:?}: {}", run.stderr);
        assert!(run.stderr.contains(said), "{}", run.stderr);
    }
    assert_eq!(scrutineer(home(), &["sample", QUERY, "--year", "1999"]).code, 1);
}

/// Runs `validate` on a file with this text.
fn validate(text: &[u8], options: &[&str]) -> Run {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("coded.csv");
    fs::write(&path, text).unwrap();
    scrutineer(folder.path(), &[&["--format", "csv", "validate", path.to_str().unwrap()], options].concat())
}

#[track_caller]
fn check(row: &Row, expected: &[(&str, &str)]) {
    for (column, value) in expected {
        assert_eq!(row[*column], *value, "{column} of {row:?}");
    }
}

const HEADER: &str = "query,stratum,stratum_size,of_passages,passage_id,council,date,code\n";

/// Matched: 4 of 5 stand for 32 of 40. Near misses: 2 of 5 for 4 of 10. Unmatched: none of 5
/// for none of 50. At Kent: 2 of 3, 1 of 2 and none of 1; in Essex 2 of 2, 1 of 3 and none of 4.
fn coded() -> String {
    let mut text = HEADER.to_owned();
    let mut row = |stratum: &str, size: u64, id: u64, council: &str, date: &str, code: &str| {
        text.push_str(&format!("heron,{stratum},{size},100,{stratum}{id},{council},{date},{code}\n"));
    };
    for (id, council, date, code) in [
        (1, "kent", "2020-01-07", "1"),
        (2, "kent", "07/01/2020", "YES"),
        (3, "kent", "2020-01-07", "0"),
        (4, "essex", "2021-03-02", "True"),
        (5, "essex", "2021-03-02", "1"),
        (6, "essex", "2021-03-02", ""),
    ] {
        row("matched", 40, id, council, date, code);
    }
    for (id, council, code) in
        [(1, "kent", "yes"), (2, "kent", "no"), (3, "essex", "1"), (4, "essex", "0"), (5, "essex", "false")]
    {
        row("near-miss", 10, id, council, if council == "kent" { "2020" } else { "2021" }, code);
    }
    for id in 1..=5 {
        row("unmatched", 50, id, if id == 1 { "kent" } else { "essex" }, "", "0");
    }
    text
}

#[test]
fn a_coded_sample_gives_figures_weighted_by_its_strata() {
    let run = validate(coded().as_bytes(), &[]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let found = read_csv(&run.stdout).remove(0);
    check(&found, &[("query", "heron"), ("matched_n", "5"), ("matched_about", "4"), ("near_miss_n", "5")]);
    check(&found, &[("near_miss_about", "2"), ("unmatched_n", "5"), ("unmatched_about", "0")]);
    // Wilson of 4 in 5.
    check(&found, &[("precision", "0.8000"), ("precision_low", "0.3755"), ("precision_high", "0.9638")]);
    // 32 of 36; 2 · 32 of 2 · 32 + 8 + 4; 40 and 36 of 100.
    check(&found, &[("recall", "0.8889"), ("f1", "0.8421"), ("apparent", "0.4000"), ("corrected", "0.3600")]);
    check(&found, &[("apparent_low", "0.4000"), ("apparent_high", "0.4000"), ("seed", "1")]);
    for name in ["recall", "f1", "corrected"] {
        let [value, low, high] =
            ["", "_low", "_high"].map(|end| found[&format!("{name}{end}")].parse::<f64>().unwrap());
        assert!(0.0 < low && low < value && value < high && high <= 1.0, "{name}: {low} {value} {high}");
    }
    assert!(found["method"].contains("Wilson") && found["method"].contains("bootstrap"));
    assert!(run.stderr.contains("1 row has no code and is left out"), "{}", run.stderr);
    assert_eq!(validate(coded().as_bytes(), &[]).stdout, run.stdout, "a seed repeats the intervals");
    assert_ne!(validate(coded().as_bytes(), &["--seed", "2"]).stdout, run.stdout);
}

#[test]
fn groups_have_the_part_of_each_stratum_that_the_sample_gives_them() {
    let found = read_csv(&validate(coded().as_bytes(), &["--by", "council"]).stdout);
    let [essex, kent] = found.as_slice() else { panic!("{found:?}") };
    // Matched 24 with 16, near misses 4 with 2, unmatched 10.
    check(kent, &[("council", "kent"), ("matched_n", "3"), ("matched_about", "2"), ("precision", "0.6667")]);
    check(kent, &[("recall", "0.8889"), ("f1", "0.7619"), ("apparent", "0.6316"), ("corrected", "0.4737")]);
    // Matched 16 with 16, near misses 6 with 2, unmatched 40.
    check(essex, &[("council", "essex"), ("precision", "1.0000"), ("recall", "0.8889")]);
    check(essex, &[("apparent", "0.2581"), ("corrected", "0.2903")]);

    let found = read_csv(&validate(coded().as_bytes(), &["--by", "year"]).stdout);
    let years: Vec<&str> = found.iter().map(|row| row["year"].as_str()).collect();
    assert_eq!(years, ["", "2020", "2021"]);
    check(&found[0], &[("matched_n", "0"), ("unmatched_n", "5"), ("precision", ""), ("recall", "")]);
    check(&found[1], &[("matched_n", "3"), ("precision", "0.6667"), ("recall", "0.8889")]);
}

#[test]
fn a_sample_is_read_back_as_it_was_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sample.csv");
    let path = path.to_str().unwrap();
    for query in [QUERY, "csc06_missing_episodes"] {
        let drawn = scrutineer(home(), &["sample", query, "--size", "90", "--output", path]);
        assert_eq!(drawn.code, 0, "{}", drawn.stderr);
        let none = scrutineer(home(), &["validate", path]);
        assert_eq!(none.code, 1, "{}", none.stderr);
        assert!(none.stderr.contains("a stratum was not sampled"), "{}", none.stderr);
        let mut reader = csv::Reader::from_path(path).unwrap();
        let headers = reader.headers().unwrap().clone();
        let at = |name: &str| headers.iter().position(|header| header == name).unwrap();
        let mut coded = csv::Writer::from_writer(Vec::new());
        coded.write_record(&headers).unwrap();
        for record in reader.records() {
            let mut cells: Vec<String> = record.unwrap().iter().map(str::to_owned).collect();
            cells[at("code")] = if cells[at("stratum")] == "matched" { "1" } else { "0" }.to_owned();
            coded.write_record(&cells).unwrap();
        }
        let found = read_csv(&validate(&coded.into_inner().unwrap(), &[]).stdout).remove(0);
        check(&found, &[("precision", "1.0000"), ("recall", "1.0000"), ("f1", "1.0000")]);
        assert_eq!((&found["query"], &found["apparent"]), (&query.to_owned(), &found["corrected"]));
    }
}

#[test]
fn a_file_that_cannot_be_validated_is_an_error_in_one_line() {
    let with = |from: &str, to: &str| coded().replacen(from, to, 1);
    for (text, said) in [
        (with("stratum_size", "size"), "it has no column `stratum_size`"),
        (with("of_passages", "of"), "it has no column `of_passages`"),
        (with("07/01/2020,YES", "07/01/2020,perhaps"), "line 3: `perhaps` is no code"),
        (with("heron,matched,40", "heron,hit,40"), "line 2: there is no stratum `hit`"),
        (with("heron,matched,40", "heron,matched,many"), "line 2: `many` in `stratum_size` is no number"),
        (with("matched2", "matched1"), "line 3: passage `matched1` stands in line 2 already"),
        (with("heron,near-miss,10", "heron,near-miss,11"), "line 9: near-miss has 10 of 100 passages here"),
        (
            coded()
                .lines()
                .filter(|line| !line.contains("unmatched"))
                .map(|line| format!("{line}\n"))
                .collect(),
            "have 50 of 100 passages: the rows of a stratum are missing",
        ),
        (with("2020-01-07", "January"), "line 2: `January` in `date` names no year"),
    ] {
        let run = validate(text.as_bytes(), &["--by", "year"]);
        assert_eq!((run.code, run.stderr.trim_end().lines().count()), (2, 1), "{}", run.stderr);
        assert!(run.stderr.contains(said) && run.stdout.is_empty(), "{said}: {}", run.stderr);
    }
    let run = scrutineer(home(), &["validate", "nowhere.csv"]);
    assert!(run.code == 2 && run.stderr.contains("nowhere.csv"), "{}", run.stderr);
    // A spreadsheet's other character set, and its empty rows.
    let latin_1 = coded().replace("heron", "h?ron").replace("kent", "?").into_bytes();
    let latin_1 = latin_1.into_iter().map(|byte| if byte == b'?' { 0xe9 } else { byte });
    let run = validate(&latin_1.chain(*b",,,,,,,\n").collect::<Vec<u8>>(), &[]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    check(&read_csv(&run.stdout)[0], &[("precision", "0.8000"), ("recall", "0.8889")]);
    assert_eq!(validate(HEADER.as_bytes(), &[]).code, 1);
}

#[test]
fn what_the_sample_does_not_tell_is_empty_and_said() {
    let text: String = coded()
        .lines()
        .map(|line| match line.contains(",unmatched,") {
            true => format!("{}\n", line.trim_end_matches('0')),
            false => format!("{line}\n"),
        })
        .collect();
    let run = validate(text.as_bytes(), &[]);
    let found = read_csv(&run.stdout).remove(0);
    check(&found, &[("precision", "0.8000"), ("recall", ""), ("f1", ""), ("corrected", "")]);
    assert!(run.stderr.contains("6 rows have no code"), "{}", run.stderr);
    let said = "`heron`: recall, f1, apparent, corrected: not defined: a stratum was not sampled";
    assert!(run.stderr.contains(said), "{}", run.stderr);
}

const BOOK: &str = r#"
    [codebook]
    name = "small"
    version = "1"
    title = "Two themes"
    [[theme]]
    id = "heron"
    name = "Staff"
    definition = "Staff."
    query = ' staff* '
    [[theme]]
    id = "hall"
    name = "Hall"
    definition = "The hall."
    query = 'hall'
"#;

/// The first 16 digits of what `sha256sum` gives for `staff*`.
const DIGEST: &str = "sha256:40256ab2cb5d47b5";

const MINUTES: &str = "Moorby Parish Council\n\nMinutes of the meeting held on 4 March 2020\n\n\
    1. Staff\n\nThe staff were thanked for all that they had done in the hall.\n\n\
    2. Hall\n\nThe roof of the hall leaked again when it rained.\n";

/// A home with a meeting, the codebook above and the sample above, drawn by its query.
fn home_to_record() -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    for (name, text) in [("minutes.txt", MINUTES), ("book.toml", BOOK)] {
        fs::write(home.path().join(name), text).unwrap();
    }
    add(home.path(), "minutes.txt");
    let corpus = draw(home.path(), &[])[0]["corpus"].clone();
    fs::write(home.path().join("coded.csv"), drawn_by(DIGEST, "", &corpus)).unwrap();
    home
}

fn add(home: &Path, file: &str) {
    assert_eq!(scrutineer(home, &["add", home.join(file).to_str().unwrap()]).code, 0);
    assert_eq!(scrutineer(home, &["index"]).code, 0);
}

/// A sample of the theme of the codebook above.
fn draw(home: &Path, options: &[&str]) -> Vec<Row> {
    let book = home.join("book.toml");
    rows(home, &[&["sample", "heron", "--codebook", book.to_str().unwrap()], options].concat())
}

/// The sample above with what it was drawn by and from.
fn drawn_by(digest: &str, filters: &str, corpus: &str) -> String {
    let with = |(at, line): (usize, &str)| match at {
        0 => format!("{line},query_digest,filters,corpus\n"),
        _ => format!("{line},{digest},{filters},{corpus}\n"),
    };
    coded().lines().enumerate().map(with).collect()
}

fn record(home: &Path, coded: &str) -> Run {
    let at = |name: &str| home.join(name).to_str().unwrap().to_owned();
    scrutineer(home, &["validate", &at(coded), "--record", "--codebook", &at("book.toml")])
}

const CARRIED: [&str; 7] =
    ["validation", "precision", "precision_low", "precision_high", "recall", "recall_low", "recall_high"];

#[test]
fn what_was_recorded_of_a_theme_stands_in_every_table_until_the_theme_is_edited() {
    let home = home_to_record();
    let book = home.path().join("book.toml");
    let run = |args: &[&str]| {
        let run = scrutineer(home.path(), &[args, &["--codebook", book.to_str().unwrap()]].concat());
        assert!(run.code < 2, "{args:?}: {}", run.stderr);
        run
    };
    let table = |args: &[&str]| read_csv(&run(&[&["--format", "csv"], args].concat()).stdout);
    let carried = |row: &Row| CARRIED.map(|name| row[name].clone());
    // Nothing was validated: the columns of a file are there, and blank; a terminal has none.
    assert_eq!(carried(&table(&["themes", "heron"])[0]), [const { String::new() }; 7]);
    assert!(!run(&["themes"]).stdout.contains("validation"));

    let recorded = record(home.path(), "coded.csv");
    assert_eq!(recorded.code, 0, "{}", recorded.stderr);
    assert!(recorded.stderr.contains("validations.toml`: heron"), "{}", recorded.stderr);
    let commands: [&[&str]; 5] =
        [&["themes"], &["themes", "--per", "item"], &["recurrence"], &["trend"], &["theme", "list"]];
    for args in commands {
        let rows = table(args);
        for row in &rows {
            if row["theme"] == "hall" {
                assert_eq!(carried(row), [const { String::new() }; 7], "{args:?}");
                continue;
            }
            // As `validate` has them of this sample: Wilson of 4 in 5, and 32 of 36.
            check(row, &[("validation", "valid"), ("precision", "0.8000"), ("recall", "0.8889")]);
            check(row, &[("precision_low", "0.3755"), ("precision_high", "0.9638")]);
            assert!(row["recall_low"] < row["recall"] && row["recall"] < row["recall_high"], "{row:?}");
        }
        assert!(rows.iter().any(|row| row["theme"] == "heron"), "{args:?}");
        let for_people = run(args);
        if for_people.stdout.contains("heron") {
            assert!(for_people.stdout.contains("P 0.80 ≥0.38 R 0.89 ≥"), "{args:?}: {}", for_people.stdout);
        }
        assert!(for_people.stderr.contains("P precision, R recall"), "{}", for_people.stderr);
    }
    let compared = table(&["compare", "2020", "2021"]);
    check(compared.iter().find(|row| row["theme"] == "heron").unwrap(), &[("validation", "valid")]);
    check(&table(&["cooccur"])[0], &[("first_validation", "valid"), ("second_validation", "")]);
    assert!(!run(&["themes", "hall"]).stdout.contains("validation"));
    let part = |part: &str| {
        let shown = table(&["theme", "show", "heron"]);
        shown.iter().find(|row| row["part"] == part).unwrap()["text"].clone()
    };
    assert_eq!(part("digest"), DIGEST);
    assert!(part("validation").starts_with("valid: precision 0.8000 (0.3755 to 0.9638), recall 0.8889 ("));
    assert!(part("validation").contains("; 15 of 100 passages coded; "), "{}", part("validation"));

    // Other words about it change nothing.
    fs::write(&book, BOOK.replace("\"Staff.\"", "\"All staff.\"")).unwrap();
    check(&table(&["themes", "heron"])[0], &[("validation", "valid")]);
    // A mask does. The figures stay, marked.
    fs::write(&book, BOOK.replace("query = ' staff* '", "query = 'staff*'\nmasks = ['\"staff room\"']"))
        .unwrap();
    for args in [["themes", "heron"], ["recurrence", "heron"], ["trend", "heron"]] {
        check(&table(&args)[0], &[("validation", "stale"), ("precision", "0.8000"), ("recall", "0.8889")]);
        let said = run(&args).stderr;
        let kept = fs::read_to_string(home.path().join("validations.toml")).unwrap();
        let day = kept.split("day = \"").nth(1).unwrap().split('"').next().unwrap();
        let expected =
            format!("heron was edited after it was validated on {day} (small 1): validate it again");
        assert!(said.contains(&expected), "{said}");
    }
    assert!(run(&["themes", "heron"]).stdout.contains("stale"));
    assert!(part("validation").starts_with("stale: precision 0.8000"), "{}", part("validation"));
    let again = record(home.path(), "coded.csv");
    assert_eq!((again.code, again.stdout.as_str()), (2, ""));
    assert!(again.stderr.contains("`heron` was edited after its sample was drawn"), "{}", again.stderr);
}

#[test]
fn entries_are_added_and_none_is_lost() {
    let home = home_to_record();
    let kept = home.path().join("validations.toml");
    let other = "# By hand.\n[[validation]]\ncodebook = \"other\"\nversion = \"3\"\ntheme = \"x\"\n\
                 digest = \"sha256:0\"\nday = \"2025-02-03\"\ncoded = 9\nof_passages = 10\n\
                 precision = { value = 0.5 }\n";
    fs::write(&kept, other).unwrap();
    assert_eq!(record(home.path(), "coded.csv").code, 0);
    let once = fs::read_to_string(&kept).unwrap();
    assert!(once.starts_with(other) && once.matches("[[validation]]").count() == 2, "{once}");
    assert_eq!(record(home.path(), "coded.csv").code, 0);
    let twice = fs::read_to_string(&kept).unwrap();
    assert!(twice.starts_with(once.trim_end()) && twice.matches("[[validation]]").count() == 3, "{twice}");
    // Of several at once, each waits for the others.
    let path = home.path();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| assert_eq!(record(path, "coded.csv").code, 0));
        }
    });
    let all = fs::read_to_string(&kept).unwrap();
    assert!(all.starts_with(twice.trim_end()) && all.matches("[[validation]]").count() == 7, "{all}");
    // A file of another form is left as it is, and named.
    fs::write(&kept, "[[validation]]\ntheme = 1\n").unwrap();
    for run in [record(home.path(), "coded.csv"), scrutineer(home.path(), &["themes"])] {
        assert_eq!((run.code, run.stderr.contains("validations.toml`: line ")), (2, true), "{}", run.stderr);
    }
    assert_eq!(fs::read_to_string(&kept).unwrap(), "[[validation]]\ntheme = 1\n");
}

#[test]
fn what_cannot_be_recorded_is_an_error_in_one_line() {
    let home = home_to_record();
    fs::write(home.path().join("bare.csv"), coded()).unwrap();
    fs::write(home.path().join("other.csv"), coded().replace("heron", "gull")).unwrap();
    fs::write(home.path().join("unsaid.csv"), drawn_by(DIGEST, "", "")).unwrap();
    fs::write(home.path().join("foreign.csv"), drawn_by(DIGEST, "", "sha256:0")).unwrap();
    let holed = drawn_by(DIGEST, "", "sha256:0").replacen(DIGEST, "", 1);
    fs::write(home.path().join("holed.csv"), holed).unwrap();
    let corpus = draw(home.path(), &[])[0]["corpus"].clone();
    for (file, said) in [
        ("unsaid.csv", format!("write `{corpus}` into a column `corpus`")),
        ("foreign.csv", "`heron` was not drawn here: 16 of its 16 passages are not in this home".to_owned()),
        ("holed.csv", format!("`query_digest` is `{DIGEST}` here, and blank before: these are two samples")),
        ("bare.csv", format!("write `{DIGEST}` into a column `query_digest`")),
        ("other.csv", "no query in the file is a theme of the codebook `small`".to_owned()),
    ] {
        let run = record(home.path(), file);
        assert_eq!((run.code, run.stderr.trim_end().lines().count()), (2, 1), "{}", run.stderr);
        assert!(run.stderr.contains(&said) && run.stdout.is_empty(), "{}", run.stderr);
    }
    assert!(!home.path().join("validations.toml").exists());
}

#[test]
fn what_was_measured_of_a_part_or_before_is_not_plainly_valid() {
    let home = home_to_record();
    let book = home.path().join("book.toml");
    let themes = || {
        let args = ["--format", "csv", "themes", "heron", "--codebook", book.to_str().unwrap()];
        let run = scrutineer(home.path(), &args);
        (read_csv(&run.stdout)[0]["validation"].clone(), run.stderr)
    };
    // The filters stand in the file as one text, and go with what is recorded.
    let part = draw(home.path(), &["--year", "2020", "--kind", "narrative", "--language", "english"]);
    check(&part[0], &[("filters", "year=2020; kind=narrative"), ("query_digest", DIGEST)]);
    let corpus = part[0]["corpus"].clone();
    assert_eq!(draw(home.path(), &[])[0]["filters"], "");
    fs::write(home.path().join("part.csv"), drawn_by(DIGEST, &part[0]["filters"], &corpus)).unwrap();
    let recorded = record(home.path(), "part.csv");
    assert_eq!(recorded.code, 0, "{}", recorded.stderr);
    let of_part = "drawn with filters (year=2020; kind=narrative)";
    assert!(recorded.stderr.contains(of_part), "{}", recorded.stderr);
    let (validation, said) = themes();
    assert_eq!(validation, "filtered");
    assert!(said.contains("heron was validated with filters (year=2020; kind=narrative)"), "{said}");
    let shown = rows(home.path(), &["theme", "show", "heron", "--codebook", book.to_str().unwrap()]);
    let shown = &shown.iter().find(|row| row["part"] == "validation").unwrap()["text"];
    assert!(shown.starts_with("filtered: ") && shown.contains("pass year=2020; kind=narrative"), "{shown}");

    // Of all, it is valid, whatever is recorded of a part afterwards.
    assert_eq!(record(home.path(), "coded.csv").code, 0);
    assert_eq!(record(home.path(), "part.csv").code, 0);
    assert_eq!(themes().0, "valid");
    let drawn = draw(home.path(), &[]);

    // The corpus grows.
    let later = MINUTES.replace("4 March", "5 March").replace("roof", "door");
    fs::write(home.path().join("later.txt"), later).unwrap();
    add(home.path(), "later.txt");
    let (validation, said) = themes();
    assert_eq!(validation, "earlier");
    assert!(said.contains("the corpus has changed since the validation of heron"), "{said}");
    let for_people = scrutineer(home.path(), &["themes", "heron", "--codebook", book.to_str().unwrap()]);
    assert!(for_people.stdout.contains(" earlier"), "{}", for_people.stdout);

    // A sample that was drawn before is still of this home.
    let header: Vec<&str> = drawn[0].keys().map(String::as_str).collect();
    let mut coded = csv::Writer::from_writer(Vec::new());
    coded.write_record(&header).unwrap();
    for row in &drawn {
        let code = if row["stratum"] == "matched" { "1" } else { "0" };
        let cell = |name: &&str| if *name == "code" { code } else { row[*name].as_str() };
        coded.write_record(header.iter().map(cell)).unwrap();
    }
    fs::write(home.path().join("before.csv"), coded.into_inner().unwrap()).unwrap();
    let recorded = record(home.path(), "before.csv");
    assert_eq!(recorded.code, 0, "{}", recorded.stderr);
    assert!(recorded.stderr.contains("the corpus has changed since the sample"), "{}", recorded.stderr);
    assert_eq!(themes().0, "earlier");
}

#[test]
fn a_file_that_entries_cannot_be_added_to_stays_as_it_is() {
    let home = home_to_record();
    let kept = home.path().join("validations.toml");
    for text in ["validation = []\n", "# none yet\nvalidation = [ ]"] {
        fs::write(&kept, text).unwrap();
        let run = record(home.path(), "coded.csv");
        assert_eq!((run.code, run.stderr.trim_end().lines().last().is_some()), (2, true));
        assert!(run.stderr.contains("validations.toml`, which is left as it was"), "{}", run.stderr);
        assert_eq!(fs::read_to_string(&kept).unwrap(), text);
    }
}

#[cfg(unix)]
#[test]
fn a_file_of_validations_that_is_a_link_stays_one() {
    let home = home_to_record();
    let (kept, elsewhere) = (home.path().join("validations.toml"), home.path().join("elsewhere.toml"));
    std::os::unix::fs::symlink(&elsewhere, &kept).unwrap();
    // What it points to is not there, and may be on a disk that is not.
    assert_eq!(record(home.path(), "coded.csv").code, 2);
    fs::write(&elsewhere, "# Kept elsewhere.\n").unwrap();
    assert_eq!(record(home.path(), "coded.csv").code, 0);
    assert!(kept.is_symlink());
    let text = fs::read_to_string(&elsewhere).unwrap();
    assert!(text.starts_with("# Kept elsewhere.\n") && text.contains("theme = \"heron\""), "{text}");
}

#[test]
fn a_query_that_reads_as_the_id_of_a_theme_has_no_validation() {
    let home = home_to_record();
    assert_eq!(record(home.path(), "coded.csv").code, 0);
    let book = home.path().join("book.toml");
    let args = ["compare", "2020", "2021", "--themes", "heron", "--query", "heron", "--codebook"];
    let compared = rows(home.path(), &[&args[..], &[book.to_str().unwrap()]].concat());
    let [theme, query] = compared.as_slice() else { panic!("{compared:?}") };
    check(theme, &[("theme", "heron"), ("validation", "valid"), ("precision", "0.8000")]);
    check(query, &[("theme", "heron"), ("validation", ""), ("precision", ""), ("recall_high", "")]);
}

#[test]
fn it_is_said_where_too_few_are_coded_to_tell_recall() {
    // 5 of 50 unmatched, none about it: Wilson of 0 in 5 ends at 0.4345, of 45 that is 19.6; 32 are found.
    assert!(!validate(coded().as_bytes(), &[]).stderr.contains("cannot tell recall"));
    let large = coded().replace(",unmatched,50,100,", ",unmatched,9950,10000,").replace(",100,", ",10000,");
    let run = validate(large.as_bytes(), &[]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(
        run.stderr.contains("unmatched passages cannot tell recall: 0 of them are about it"),
        "{}",
        run.stderr
    );
}
