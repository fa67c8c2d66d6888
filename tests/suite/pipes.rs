//! Filters for pipelines: passages out of the index, as they come, and back in.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::support::{Run, quickstart, read_csv, rows, scrutineer};

/// Flags that let everything through.
const ALL: [&str; 6] = ["--edition", "all", "--with-boilerplate", "--language", "all", "--with-copies"];

/// The lines of `passages export` with these flags.
#[track_caller]
fn exported(home: &Path, flags: &[&str]) -> Vec<Value> {
    let run = scrutineer(home, &[&["passages", "export"], flags].concat());
    assert!(matches!(run.code, 0 | 1), "{}", run.stderr);
    run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// A home with these files of minutes, each of a council, a body and a day.
fn home(files: &[(&str, &str, &str, &str)]) -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    for (at, (council, body, day, text)) in files.iter().enumerate() {
        let path = home.path().join(format!("{at}.txt"));
        fs::write(&path, text).unwrap();
        let path = path.to_str().unwrap();
        let args = ["add", path, "--council", council, "--body", body, "--date", day];
        let run = scrutineer(home.path(), &args);
        assert_eq!(run.code, 0, "{}", run.stderr);
    }
    let run = scrutineer(home.path(), &["index"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    home
}

#[test]
fn an_export_is_in_the_order_of_council_date_meeting_and_place() {
    let first = "1. Herons\n\nThe heron was seen.\n\n2. Otters\n\nThe otter was seen.\n";
    let second = "1. Voles\n\nThe vole was seen.\n";
    let home = home(&[
        ("Kent", "Cabinet", "2021-03-01", first),
        ("Kent", "Cabinet", "2020-03-01", second),
        ("Kent", "Audit Committee", "2021-03-01", second),
        ("Devon", "Cabinet", "2022-03-01", second),
    ]);
    let texts: Vec<String> = exported(home.path(), &[])
        .iter()
        .map(|line| format!("{} {}", line["meeting"].as_str().unwrap(), line["text"].as_str().unwrap()))
        .collect();
    let expected = [
        "files-devon/cabinet-2022-03-01 The vole was seen.",
        "files-kent/cabinet-2020-03-01 The vole was seen.",
        "files-kent/audit-committee-2021-03-01 The vole was seen.",
        "files-kent/cabinet-2021-03-01 The heron was seen.",
        "files-kent/cabinet-2021-03-01 The otter was seen.",
    ];
    assert_eq!(texts, expected);
    assert_eq!(exported(home.path(), &["--council", "devon"]).len(), 1);
    assert_eq!(scrutineer(home.path(), &["passages", "export", "--body", "planning"]).code, 1);
}

#[test]
fn a_line_has_its_keys_in_one_order_and_null_where_nothing_is_known() {
    let text = "1. Herons\n\n1.1 The heron was seen.\n";
    let home = home(&[("Kent", "Cabinet", "2021-03-01", text)]);
    let document = exported(home.path(), &[])[0]["document"].as_str().unwrap().to_owned();
    assert_eq!(document.len(), 64);
    let url = format!("file://{}/0.txt", home.path().display());
    let line = format!(
        "{{\"passage_id\":\"files-kent/cabinet-2021-03-01/1/1@{}\",\"council\":\"kent\",\"body\":\"Cabinet\",\
         \"date\":\"2021-03-01\",\"item\":\"1\",\"title\":\"Herons\",\"kind\":\"narrative\",\
         \"edition\":\"minutes\",\"boilerplate\":false,\"text\":\"The heron was seen.\",\
         \"meeting\":\"files-kent/cabinet-2021-03-01\",\"council_name\":\"Kent County Council\",\
         \"item_key\":\"1\",\"language\":\"english\",\"number\":\"1.1\",\"clause\":[],\"page\":null,\
         \"url\":\"{url}\",\"document\":\"{document}\",\"rule\":null}}\n",
        &document[..8]
    );
    assert_eq!(scrutineer(home.path(), &["passages", "export"]).stdout, line);
    let header = "passage_id,council,body,date,item,title,kind,edition,boilerplate,text,meeting,council_name,\
                  item_key,language,number,clause,page,url,document,rule\r\n";
    let csv = scrutineer(home.path(), &["passages", "export", "--format", "csv"]).stdout;
    assert!(csv.starts_with(header), "{csv}");
}

#[test]
fn an_export_holds_what_search_looks_through() {
    let home = quickstart().0.path();
    for flags in [&[][..], &ALL[..], &["--kind", "resolution", "--year", "2021"][..]] {
        let mut query = vec!["search", "NOT zebra", "--limit", "all"];
        query.extend(flags);
        let mut found: Vec<String> = rows(home, &query).iter().map(|row| row["passage_id"].clone()).collect();
        let mut ids: Vec<String> = exported(home, flags)
            .iter()
            .map(|line| line["passage_id"].as_str().unwrap().to_owned())
            .collect();
        assert!(found.len() > 10, "{flags:?}");
        found.sort();
        ids.sort();
        assert_eq!(ids, found, "{flags:?}");
    }
}

/// Minutes of five meetings that open with the same words.
fn repeating() -> tempfile::TempDir {
    let of = |word: &str| {
        format!("Members of the public may film this meeting.\n\n1. Wildlife\n\nThe {word} was seen.\n")
    };
    let texts = ["heron", "otter", "vole", "newt", "toad"].map(of);
    let days = ["2021-03-01", "2021-03-02", "2021-03-03", "2021-03-04", "2021-03-05"];
    let file = |(day, text): (&'static str, _)| ("Kent", "Cabinet", day, text);
    let texts = texts.iter().map(String::as_str);
    home(&days.into_iter().zip(texts).map(file).collect::<Vec<_>>())
}

#[test]
fn boilerplate_by_repetition_is_marked_as_search_sees_it() {
    let home = repeating();
    assert_eq!(exported(home.path(), &[]).len(), 5, "the notice is left out");
    let all = exported(home.path(), &["--with-boilerplate"]);
    let notices: Vec<&Value> =
        all.iter().filter(|line| line["text"].as_str().unwrap().contains("film")).collect();
    assert_eq!(notices.len(), 5);
    for notice in notices {
        assert_eq!(notice["boilerplate"], true);
        assert_eq!(notice["rule"], "the same wording in 5 of 5 meetings of the body");
    }
}

/// Runs the program with this on stdin.
fn piped(input: &str, args: &[&str]) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_scrutineer"));
    // No such home: none is needed.
    command.args(["--home", "/nowhere/at/all"]).args(args);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_owned();
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output().unwrap();
    // A command line that is wrong ends before anything is read.
    let _ = writer.join().unwrap();
    Run {
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
        code: output.status.code().unwrap(),
    }
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_match_has_its_tokens_and_the_bytes_that_they_stand_in() {
    let text = "Café prices: the herons’ ‘cost-of-living’ rise.";
    let line = json!({ "text": text, "passage_id": "a" }).to_string();
    let run = piped(&line, &["match", "heron NEAR/1 cost", "cafe", "otter"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let expected = [
        json!({ "query": "heron NEAR/1 cost", "passage_id": "a", "first": 3, "last": 4, "start": 18, "end": 35,
                "text": "herons’ ‘cost" }),
        json!({ "query": "cafe", "passage_id": "a", "first": 0, "last": 0, "start": 0, "end": 5,
                "text": "Café" }),
    ];
    assert_eq!(lines(&run.stdout), expected);
    let csv = piped(&line, &["match", "cafe", "--format", "csv"]).stdout;
    assert_eq!(csv, "query,passage_id,first,last,start,end,text\r\ncafe,a,0,0,0,5,Café\r\n");
}

#[test]
fn words_match_by_stem_unless_exact_or_in_welsh_and_fields_look_at_the_line() {
    let check = |line: Value, args: &[&str], n_expected: usize| {
        let run = piped(&line.to_string(), &[&["match"], args].concat());
        assert_eq!(run.stdout.lines().count(), n_expected, "{line} {args:?}: {}", run.stderr);
        assert_eq!(run.code, i32::from(n_expected == 0), "{}", run.stderr);
    };
    let bare = json!({ "text": "Three herons" });
    check(bare.clone(), &["heron"], 1);
    check(bare.clone(), &["heron", "--exact"], 0);
    check(json!({ "text": "Three herons", "language": "welsh" }), &["heron"], 0);
    let whole = json!({
        "text": "Three herons", "title": "Wildlife", "body": "Cabinet", "item": "7", "kind": "question",
        "council": "kent", "council_name": "Kent County Council", "date": "2021-03-01",
    });
    for field in ["title:wildlife", "body:cabinet", "item:7", "kind:question", "council:county", "date:2021"]
    {
        let query = format!("herons {field}");
        check(whole.clone(), &[&query], 1);
        check(bare.clone(), &[&query], 0);
    }
}

#[test]
fn matches_come_in_the_order_of_lines_then_queries_then_places() {
    let input: String =
        (0..5_000).map(|n| format!("{{\"text\":\"heron otter heron\",\"passage_id\":\"{n}\"}}\n")).collect();
    let found = lines(&piped(&input, &["match", "otter", "heron"]).stdout);
    assert_eq!(found.len(), 15_000);
    for (n, found) in found.chunks(3).enumerate() {
        let ids: Vec<&str> = found.iter().map(|line| line["passage_id"].as_str().unwrap()).collect();
        assert_eq!(ids, [n.to_string().as_str(); 3]);
        assert_eq!(found.iter().map(|line| line["first"].as_u64().unwrap()).collect::<Vec<_>>(), [1, 0, 2]);
    }
}

#[test]
fn a_line_that_cannot_be_taken_is_named_and_the_rest_is_done() {
    let input = "{\"text\":\"heron\"}\n\nheron\n{\"text\":null}\n[\"heron\"]\n{\"text\":\"heron\"";
    let input = format!("{input}\n{{\"text\":\"A heron\",\"more\":{{}}}}\r\n");
    let run = piped(&input, &["match", "heron"]);
    assert_eq!(run.code, 3);
    assert_eq!(run.stdout.lines().count(), 2);
    let said: Vec<&str> = run.stderr.lines().filter(|line| line.starts_with("scrutineer: ")).collect();
    let expected = [
        "scrutineer: line 3 of `stdin`: it is no JSON object",
        "scrutineer: line 4 of `stdin`: it has no `text`",
        "scrutineer: line 5 of `stdin`: it is no JSON object",
        "scrutineer: line 6 of `stdin`: it is no JSON: EOF while parsing an object at column 15",
    ];
    assert_eq!(said, expected);
    let run = piped("{\"text\":\"heron\"}", &["match", "NOT otter"]);
    assert_eq!((run.code, run.stdout.as_str()), (0, ""));
    assert!(run.stderr.contains("true of 1 passage without a match"), "{}", run.stderr);
    assert_eq!(piped("", &["match", "heron"]).code, 1, "there is no passage");
    assert_eq!(piped("", &["match"]).code, 2, "there is no query");
    assert_eq!(piped("", &["match", "heron NEAR/"]).code, 2);
    assert_eq!(piped("", &["match", "heron", "heron"]).code, 2, "nothing tells them apart");
}

#[test]
fn queries_and_passages_may_stand_in_files() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        fs::write(folder.path().join(name), text).unwrap();
        folder.path().join(name).to_str().unwrap().to_owned()
    };
    let toml = file(
        "q.toml",
        "[[query]]\nname = \"loose\"\nquery = \"heron\"\n\
         [[query]]\nname = \"strict\"\nquery = \"heron\"\nexact = true\n",
    );
    let text = file("q.txt", "# birds\n\nheron\n  otter OR vole \n");
    let one = file("1.jsonl", "{\"text\":\"Two herons and an otter\"}\n");
    let two = file("2.jsonl", "{\"text\":\"One heron\"}");
    let names = |args: &[&str]| {
        let run = piped("", &[&["match"], args].concat());
        let names: Vec<String> =
            lines(&run.stdout).iter().map(|line| line["query"].as_str().unwrap().to_owned()).collect();
        (run.code, names)
    };
    let inputs = ["--input", &one, "--input", &two];
    let expect = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    assert_eq!(
        names(&[&["--queries", &toml], &inputs[..]].concat()),
        (0, expect(&["loose", "loose", "strict"]))
    );
    assert_eq!(
        names(&[&["--queries", &text], &inputs[..]].concat()),
        (0, expect(&["heron", "otter OR vole", "heron"]))
    );
    let (absent, no_file) = (folder.path().join("3.jsonl"), folder.path());
    for path in [&absent, no_file] {
        let args = ["heron", "--input", path.to_str().unwrap(), "--input", &two];
        assert_eq!(names(&args), (3, expect(&["heron"])), "{}", path.display());
    }
    let wrong = file("w.toml", "[[query]]\nname = \"x\"\nquery = \"heron NEAR\"\n");
    let run = piped("", &["match", "--queries", &wrong]);
    assert!(
        run.code == 2 && run.stderr.contains("`x` of ") && run.stderr.contains("column"),
        "{}",
        run.stderr
    );
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let home = quickstart().0.path();
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("many.jsonl");
    fs::write(&input, "{\"text\":\"heron\"}\n".repeat(50_000)).unwrap();
    let commands: [&[&str]; 3] = [
        &["passages", "export"],
        &["passages", "export", "--format", "csv"],
        &["match", "heron", "--input", input.to_str().unwrap()],
    ];
    for args in commands {
        let mut command = Command::new(env!("CARGO_BIN_EXE_scrutineer"));
        command.arg("--home").arg(home).args(args).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut first = [0; 1];
        child.stdout.take().unwrap().read_exact(&mut first).unwrap();
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), said.as_str()), (Some(0), ""), "{args:?}");
    }
}

#[test]
fn a_file_appears_when_it_is_complete() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("matches.jsonl");
    let args = ["match", "heron", "--output", path.to_str().unwrap()];
    assert_eq!(piped("{\"text\":\"A heron\"}", &args).code, 0);
    assert_eq!(lines(&fs::read_to_string(&path).unwrap())[0]["text"], "heron");
    assert_eq!(piped("", &[&args[..], &["NOT"]].concat()).code, 2);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing lies beside it");
}

/// The built-in codebook, as a file.
fn codebook() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("codebooks/children-and-scrutiny.toml")
}

#[test]
fn themes_match_the_same_through_a_pipe_as_through_the_index() {
    let home = quickstart().0.path();
    let export = scrutineer(home, &["passages", "export"]).stdout;
    let run = piped(&export, &["match", "--codebook", codebook().to_str().unwrap()]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let mut n_matches: BTreeMap<String, u64> = BTreeMap::new();
    let mut passages: BTreeMap<String, BTreeMap<String, u64>> = BTreeMap::new();
    for line in lines(&run.stdout) {
        let theme = line["query"].as_str().unwrap().to_owned();
        *n_matches.entry(theme.clone()).or_default() += 1;
        let passage = line["passage_id"].as_str().unwrap().to_owned();
        *passages.entry(theme).or_default().entry(passage).or_default() += 1;
    }
    assert!(n_matches.len() > 5, "{n_matches:?}");
    let mut expected: BTreeMap<String, u64> = BTreeMap::new();
    for row in rows(home, &["themes", "--by", "council"]) {
        *expected.entry(row["theme"].clone()).or_default() += row["matches"].parse::<u64>().unwrap();
    }
    assert_eq!(expected.len(), 47);
    expected.retain(|_, n| *n > 0);
    assert_eq!(n_matches, expected);
    for (theme, passages) in passages {
        let parts = rows(home, &["theme", "show", &theme]);
        let part = |name: &'static str| parts.iter().filter(move |row| row["part"] == name);
        let mut query: String = part("mask").map(|row| format!("MASK({}) ", row["text"])).collect();
        part("query").for_each(|row| query.push_str(&row["text"]));
        let found: BTreeMap<String, u64> = rows(home, &["search", &query, "--exact", "--limit", "all"])
            .iter()
            .map(|row| (row["passage_id"].clone(), row["matches"].parse().unwrap()))
            .collect();
        assert_eq!(found, passages, "{theme}");
    }
}

#[test]
fn a_group_of_themes_counts_each_passage_and_meeting_with_any_of_them_once() {
    let home = quickstart().0.path();
    let export = scrutineer(home, &["passages", "export"]).stdout;
    let run = piped(&export, &["match", "--codebook", codebook().to_str().unwrap()]);
    let themes = rows(home, &["theme", "list"]);
    let group_of: BTreeMap<&str, &str> =
        themes.iter().map(|row| (row["theme"].as_str(), row["group"].as_str())).collect();
    let mut expected: BTreeMap<String, [BTreeSet<String>; 2]> = BTreeMap::new();
    for line in lines(&run.stdout) {
        let passage = line["passage_id"].as_str().unwrap();
        let meeting: Vec<&str> = passage.split('/').take(2).collect();
        for group in group_of[line["query"].as_str().unwrap()].split("; ") {
            let [passages, meetings] = expected.entry(group.to_owned()).or_default();
            passages.insert(passage.to_owned());
            meetings.insert(meeting.join("/"));
        }
    }
    let mut found: BTreeMap<String, [u64; 2]> = BTreeMap::new();
    let counted = rows(home, &["themes", "--groups", "--by", "council", "--per", "passage,meeting"]);
    for row in counted.iter().filter(|row| row["passages"] != "0") {
        assert_eq!(row["matches"], "", "matches of different themes can overlap");
        let count = |name: &str| row[name].parse::<u64>().unwrap();
        let counts = [count("passages"), count("meetings_with_theme")];
        let (of, times) = if row["per"] == "meeting" { (counts[1], 1.0) } else { (counts[0], 1e3) };
        let rate = times * of as f64 / count("of") as f64;
        assert!((row["rate"].parse::<f64>().unwrap() - rate).abs() < 6e-5, "{row:?}");
        if row["per"] == "meeting" {
            let [passages, meetings] = found.entry(row["group"].clone()).or_default();
            *passages += counts[0];
            *meetings += counts[1];
        }
    }
    let expected: BTreeMap<String, [u64; 2]> =
        expected.into_iter().map(|(group, sets)| (group, sets.map(|set| set.len() as u64))).collect();
    assert!(expected.len() > 5, "{expected:?}");
    assert_eq!(found, expected);
    for (args, said) in
        [(["--per", "word"].as_slice(), "can overlap"), (&["csc03_caseloads"], "all of their")]
    {
        let run = scrutineer(home, &[&["themes", "--groups"], args].concat());
        assert_eq!(run.code, 2);
        assert!(run.stderr.contains(said), "{}", run.stderr);
    }
}

/// `passages export` of everything.
#[track_caller]
fn export_all(home: &Path) -> String {
    let run = scrutineer(home, &[&["passages", "export"], &ALL[..]].concat());
    assert_eq!(run.code, 0, "{}", run.stderr);
    run.stdout
}

/// Adds lines as a file of a home, with flags, and indexes it.
fn add_lines(home: &Path, lines: &str, flags: &[&str]) -> Run {
    let path = home.join("passages.jsonl");
    fs::write(&path, lines).unwrap();
    let args = [&["--format", "csv", "add", path.to_str().unwrap()], flags].concat();
    let run = scrutineer(home, &args);
    let index = scrutineer(home, &["index"]);
    assert_eq!(index.code, 0, "{}", index.stderr);
    run
}

#[test]
fn an_export_that_is_added_elsewhere_is_exported_and_found_unchanged() {
    let from = quickstart().0.path();
    let all = export_all(from);
    assert!(all.lines().count() > 10_000);
    let to = tempfile::tempdir().unwrap();
    let run = add_lines(to.path(), &all, &[]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(export_all(to.path()) == all, "the lines are not the same");
    let found = |home: &Path, flags: &[&str]| {
        let query = ["search", "missing OR caseload* OR apolog*", "--limit", "all"];
        let rows = rows(home, &[&query, flags].concat());
        assert!(rows.len() > 100);
        rows
    };
    for flags in [&[][..], &ALL[..]] {
        assert!(found(to.path(), flags) == found(from, flags), "{flags:?}");
    }
    let again = add_lines(to.path(), &all, &[]);
    let outcomes: BTreeSet<String> =
        read_csv(&again.stdout).iter().map(|row| row["outcome"].clone()).collect();
    assert_eq!(outcomes, ["unchanged".to_owned()].into());
}

#[test]
fn an_export_that_is_added_where_it_came_from_changes_nothing() {
    let home = repeating();
    let all = export_all(home.path());
    let run = add_lines(home.path(), &all, &[]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(export_all(home.path()), all);
}

#[test]
fn boilerplate_by_repetition_and_language_stay_as_they_are_given() {
    let home = repeating();
    let mut all = export_all(home.path());
    assert!(all.contains("the same wording in 5 of 5 meetings"));
    // One meeting alone: nothing repeats there.
    let notice = all.lines().find(|line| line.contains("film")).unwrap();
    let welsh = notice
        .replace("\"language\":\"english\"", "\"language\":\"welsh\"")
        .replace("\"item_key\":\"", "\"item_key\":\"9")
        .replace("\"passage_id\":\"", "\"passage_id\":\"w");
    all = format!("{notice}\n{welsh}\n");
    let to = tempfile::tempdir().unwrap();
    assert_eq!(add_lines(to.path(), &all, &[]).code, 0);
    assert_eq!(export_all(to.path()), all);
}

#[test]
fn lines_with_nothing_but_a_text_are_of_the_meeting_that_is_told() {
    let lines = "{\"text\":\"The heron was seen.\"}\n\n{\"text\":\"The otter was seen.\"}\n\
                 {\"text\":\"Apologies were received.\",\"title\":\"Apologies for absence\"}\n";
    let told = tempfile::tempdir().unwrap();
    let flags = ["--council", "Kent", "--body", "Cabinet", "--date", "2021-03-01"];
    let run = add_lines(told.path(), lines, &flags);
    assert_eq!((run.code, read_csv(&run.stdout)[0]["outcome"].as_str()), (0, "added"), "{}", run.stderr);
    let found = exported(told.path(), &["--with-boilerplate"]);
    let of = |key: &str| found.iter().map(|line| line[key].clone()).collect::<Vec<_>>();
    let ids: Vec<String> = of("passage_id")
        .iter()
        .map(|id| id.as_str().unwrap().split('@').next().unwrap().to_owned())
        .collect();
    let meeting = "files-kent/cabinet-2021-03-01";
    assert_eq!(ids, [format!("{meeting}/1/1"), format!("{meeting}/1/2"), format!("{meeting}/2/1")]);
    assert_eq!(of("edition"), ["minutes"; 3]);
    assert_eq!(of("kind"), ["narrative"; 3]);
    assert_eq!(of("boilerplate"), [json!(false), json!(false), json!(true)]);
    assert_eq!(of("rule")[2], "a standing item by its title (apologies)");
    let address = format!("file://{}/passages.jsonl#{meeting}", told.path().display());
    assert_eq!(of("url"), [address.as_str(); 3]);

    let untold = tempfile::tempdir().unwrap();
    let run = add_lines(untold.path(), lines, &[]);
    let outcome = &read_csv(&run.stdout)[0]["outcome"];
    assert!(outcome.contains("not known: council (--council), body (--body), date (--date)"), "{outcome}");
    assert_eq!(exported(untold.path(), &[]).len(), 0, "nothing says that it is minutes");
    assert_eq!(exported(untold.path(), &["--edition", "report"]).len(), 2);
}

#[test]
fn lines_are_grouped_by_what_they_say_of_their_meeting() {
    let line = |body: &str, text: &str| {
        json!({ "text": text, "council": "Kent", "body": body, "date": "2021-03-01" }).to_string()
    };
    let lines = [line("Cabinet", "One heron."), line("Audit", "Two herons."), line("Cabinet", "An otter.")];
    let home = tempfile::tempdir().unwrap();
    let run = add_lines(home.path(), &lines.join("\n"), &[]);
    let rows: Vec<(String, String)> =
        read_csv(&run.stdout).iter().map(|row| (row["meeting"].clone(), row["passages"].clone())).collect();
    let row = |meeting: &str, n: &str| (format!("files-kent/{meeting}-2021-03-01"), n.to_owned());
    assert_eq!(rows, [row("cabinet", "2"), row("audit", "1")]);
    let texts: Vec<Value> = exported(home.path(), &[]).iter().map(|line| line["text"].clone()).collect();
    assert_eq!(texts, ["Two herons.", "One heron.", "An otter."]);
}

#[test]
fn a_line_that_cannot_be_added_is_named_and_the_rest_is_taken() {
    let line = |value: Value| value.to_string();
    let lines = [
        line(json!({ "text": "One heron.", "passage_id": "a", "meeting": "kent/1", "body": "Cabinet" })),
        "{\"text\":".to_owned(),
        line(json!({ "text": "Two herons.", "passage_id": "a", "meeting": "kent/1", "body": "Cabinet" })),
        line(json!({ "text": "Three herons.", "meeting": "kent/1", "body": "Audit" })),
        line(json!({ "text": "Four herons.", "meeting": "../../kent/1" })),
        line(json!({ "text": "Five herons.", "date": "2021-02-31" })),
        line(json!({ "text": "Six herons.", "passage_id": "b", "meeting": "kent/1", "body": "Cabinet" })),
    ];
    let home = tempfile::tempdir().unwrap();
    let run = add_lines(home.path(), &lines.join("\n"), &[]);
    assert_eq!(run.code, 3);
    let said: Vec<&str> = run.stderr.lines().filter(|line| line.starts_with("scrutineer: line ")).collect();
    let reasons = [
        (2, "it is no JSON"),
        (3, "its `passage_id` stands on an earlier line"),
        (4, "its meeting `kent/1` has another council, body or date on line 1"),
        (5, "`../../kent/1` is no meeting"),
        (6, "`2021-02-31` is no date"),
    ];
    assert_eq!(said.len(), reasons.len(), "{}", run.stderr);
    for (said, (number, reason)) in said.iter().zip(reasons) {
        assert!(said.starts_with(&format!("scrutineer: line {number} of ")), "{said}");
        assert!(said.contains(reason), "{said}");
    }
    let texts: Vec<Value> = exported(home.path(), &[]).iter().map(|line| line["text"].clone()).collect();
    assert_eq!(texts, ["One heron.", "Six herons."]);
}

#[test]
fn lines_do_not_make_another_meeting_of_one_that_is_held() {
    let home = home(&[("Kent", "Cabinet", "2021-03-01", "1. Herons\n\nThe heron was seen.\n")]);
    let before = export_all(home.path());
    let line = json!({
        "text": "An otter.", "meeting": "files-kent/cabinet-2021-03-01", "council": "Kent", "body": "Audit",
        "date": "2021-03-01",
    });
    let run = add_lines(home.path(), &line.to_string(), &[]);
    assert_eq!(run.code, 3);
    let reason =
        "the corpus has `files-kent/cabinet-2021-03-01` as Kent County Council, Cabinet of 2021-03-01";
    assert!(run.stderr.contains(reason), "{}", run.stderr);
    assert_eq!(export_all(home.path()), before);
}
