//! The command line as a contract: headers, exit codes, errors of one line.

use std::fs;

use crate::support::{Run, quickstart, scrutineer};

/// A run on the sample's home.
fn on_sample(args: &[&str]) -> Run {
    scrutineer(quickstart().0.path(), args)
}

fn header(args: &[&str]) -> String {
    let mut all = vec!["--format", "csv"];
    all.extend(args);
    on_sample(&all).stdout.lines().next().unwrap_or_default().to_owned()
}

#[test]
fn the_first_line_of_csv_is_the_header_of_the_contract() {
    assert_eq!(
        quickstart().1.stdout.lines().next().unwrap(),
        "theme,council,year,meetings,meetings_with_theme,passages,matches"
    );
    assert_eq!(header(&["councils", "sefton"]), "slug,name,gss,nation,platform,address");
    assert_eq!(header(&["coverage"]), "council,year,body,held,cancelled,published,fetched,readable,refused");
    assert_eq!(
        header(&["search", "caseload*"]),
        "rank,score,council,body,date,item,title,kind,snippet,matches,url,passage_id"
    );
    assert_eq!(header(&["kwic", "caseload*"]), "council,date,body,item,left,match,right,url,passage_id");
    assert_eq!(
        header(&["count", "caseload*", "--by", "council,year"]),
        "council,year,passages,items,meetings,matches,of_passages,of_meetings,rate,low,high"
    );
    assert_eq!(
        header(&["themes", "csc03_caseloads"]),
        "theme,council,year,meetings,meetings_with_theme,passages,matches,rate,low,high,coverage"
    );
}

#[test]
fn exit_codes_tell_found_from_nothing_from_failed() {
    assert_eq!(on_sample(&["search", "caseload*"]).code, 0);
    assert_eq!(on_sample(&["search", "zeppelin"]).code, 1);
    assert_eq!(on_sample(&["count", "zeppelin"]).code, 1);
    assert_eq!(on_sample(&["show", "nowhere/1"]).code, 1);
    assert_eq!(on_sample(&["search", "(caseload"]).code, 2);
    assert_eq!(on_sample(&["no-such-command"]).code, 2);
    assert_eq!(on_sample(&["search", "x", "--limit", "many"]).code, 2);
}

#[test]
fn a_query_that_is_wrong_is_pointed_at() {
    let run = on_sample(&["search", "budget NEAR/x cut"]);
    assert_eq!(run.code, 2);
    assert!(run.stdout.is_empty());
    let lines: Vec<&str> = run.stderr.lines().collect();
    assert!(lines[0].contains("column 8"), "{}", run.stderr);
    assert_eq!(lines[1], "  budget NEAR/x cut");
    assert_eq!(lines[2], "         ^");
}

#[test]
fn without_an_index_the_error_says_what_makes_one() {
    let home = tempfile::tempdir().unwrap();
    for command in [["search", "x"], ["count", "x"], ["kwic", "x"], ["show", "x"]] {
        let run = scrutineer(home.path(), &command);
        assert_eq!(run.code, 2);
        assert!(run.stderr.contains("make one with `scrutineer index`"), "{}", run.stderr);
        assert_eq!(run.stderr.lines().count(), 1, "{}", run.stderr);
    }
}

#[test]
fn a_broken_file_among_many_is_named_and_the_rest_goes_on() {
    let home = tempfile::tempdir().unwrap();
    let files = home.path().join("files");
    fs::create_dir(&files).unwrap();
    let text = "Moorby Parish Council\n\nMinutes of the meeting held on 4 March 2020\n\n\
                1. Apologies\n\nNone.\n\n2. Footpaths\n\nThe stile at Long Lane was broken.\n";
    fs::write(files.join("good.txt"), text).unwrap();
    fs::write(files.join("broken.pdf"), "%PDF-1.4 and then nothing").unwrap();
    fs::write(files.join("empty.html"), "").unwrap();
    fs::write(files.join("odd.xyz"), "\u{1}\u{2}").unwrap();
    let run = scrutineer(home.path(), &["--format", "csv", "add", files.to_str().unwrap()]);
    assert_eq!(run.code, 3, "{}", run.stderr);
    for name in ["broken.pdf", "empty.html", "odd.xyz"] {
        assert!(run.stderr.contains(name), "{name}: {}", run.stderr);
    }
    assert_eq!(run.stdout.lines().count(), 5);
    assert_eq!(scrutineer(home.path(), &["index"]).code, 3);
    let hit = scrutineer(home.path(), &["--format", "jsonl", "search", "stile"]);
    assert_eq!(hit.code, 0);
    let hit: serde_json::Value = serde_json::from_str(&hit.stdout).unwrap();
    assert_eq!(hit["council"], "moorby-parish-council");
    assert_eq!(hit["date"], "2020-03-04");
    assert_eq!((&hit["item"], &hit["title"]), (&"2".into(), &"Footpaths".into()));
}

#[test]
fn an_export_appears_whole_or_not_at_all() {
    let home = quickstart().0.path();
    let missing = home.join("no-such-folder/out.csv");
    let run =
        scrutineer(home, &["--format", "csv", "--output", missing.to_str().unwrap(), "search", "caseload*"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("no-such-folder"), "{}", run.stderr);
    let there = home.join("out.csv");
    let run =
        scrutineer(home, &["--format", "csv", "--output", there.to_str().unwrap(), "search", "caseload*"]);
    assert_eq!((run.code, run.stdout.as_str()), (0, ""));
    assert!(fs::read_to_string(there).unwrap().ends_with("\r\n"));
}

#[test]
fn the_same_order_comes_every_time() {
    let first = on_sample(&["--format", "csv", "search", "committee", "--limit", "200"]).stdout;
    let second = on_sample(&["--format", "csv", "search", "committee", "--limit", "200"]).stdout;
    assert_eq!(first, second);
}

#[test]
fn the_codebook_parses_and_holds_its_examples() {
    let home = tempfile::tempdir().unwrap();
    for action in ["check", "test"] {
        let run = scrutineer(home.path(), &["theme", action]);
        assert_eq!((run.code, run.stdout.as_str()), (0, ""), "{}", run.stderr);
        assert!(run.stderr.starts_with("47 of 47 themes"), "{}", run.stderr);
    }
    let list = scrutineer(home.path(), &["--format", "csv", "theme", "list"]);
    assert_eq!(list.stdout.lines().count(), 48);
}
