//! The index is derived: deleted, damaged or built anew, it gives the same
//! answers, and never fewer without a word.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::{quickstart, rows, scrutineer};

const QUERY: [&str; 4] = ["search", "missing OR caseload* OR pothole*", "--limit", "all"];

/// A copy of the sample's home, which a test may damage.
fn copy() -> tempfile::TempDir {
    let copy = tempfile::tempdir().unwrap();
    let home = quickstart().0.path();
    for folder in ["corpus", "index"] {
        let copied = Command::new("cp").arg("-r").arg(home.join(folder)).arg(copy.path()).status();
        assert!(copied.unwrap().success());
    }
    copy
}

/// Begins to make the index of a home anew, and does not wait.
fn begin_rebuild(home: &Path) -> std::process::Child {
    Command::new(env!("CARGO_BIN_EXE_scrutineer"))
        .arg("--home")
        .arg(home)
        .args(["-q", "index", "--rebuild"])
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap()
}

#[track_caller]
fn check_same_after_indexing(home: &Path) {
    let run = scrutineer(home, &["index"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let expected = rows(quickstart().0.path(), &QUERY);
    assert!(expected.len() > 100);
    assert_eq!(rows(home, &QUERY), expected);
}

#[test]
fn a_rebuilt_index_gives_the_same_answers() {
    let home = copy();
    let again = &rows(home.path(), &["index", "--rebuild"])[0];
    assert_ne!(again["passages"], "0");
    check_same_after_indexing(home.path());
    fs::remove_dir_all(home.path().join("index")).unwrap();
    check_same_after_indexing(home.path());
}

#[test]
fn a_second_index_finds_nothing_to_do() {
    let home = copy();
    let again = &rows(home.path(), &["index"])[0];
    assert_eq!(["documents", "items", "passages"].map(|column| again[column].as_str()), ["0", "0", "0"]);
}

#[test]
fn an_index_that_lost_a_part_is_made_anew() {
    for part in ["engine", "format.json", "readings.jsonl.gz"] {
        let home = copy();
        let path = home.path().join("index").join(part);
        if path.is_dir() {
            fs::remove_dir_all(path).unwrap()
        } else {
            fs::remove_file(path).unwrap()
        }
        check_same_after_indexing(home.path());
    }
}

#[test]
fn an_index_of_another_format_is_refused_by_number() {
    let home = copy();
    let path = home.path().join("index/format.json");
    let mut format: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    format["format"] = 99.into();
    fs::write(&path, format.to_string()).unwrap();
    for command in [["search", "x"].as_slice(), &["index"]] {
        let run = scrutineer(home.path(), command);
        assert_eq!(run.code, 2);
        assert!(run.stderr.contains("format 99") && run.stderr.contains("--rebuild"), "{}", run.stderr);
    }
    assert_eq!(scrutineer(home.path(), &["index", "--rebuild"]).code, 0);
    check_same_after_indexing(home.path());
}

#[test]
fn readings_that_are_damaged_are_said_to_be_and_made_anew() {
    let home = copy();
    let path = home.path().join("index/readings.jsonl.gz");
    let whole = fs::read(&path).unwrap();
    let mut changed = whole.clone();
    changed[whole.len() / 2] ^= 1;
    for damaged in [&changed[..], &whole[..whole.len() - 20], b""] {
        fs::write(&path, damaged).unwrap();
        let run = scrutineer(home.path(), &["coverage"]);
        assert_eq!(run.code, 2);
        assert!(
            run.stderr.contains("readings.jsonl.gz") && run.stderr.contains("--rebuild"),
            "{}",
            run.stderr
        );
        check_same_after_indexing(home.path());
        assert_eq!(fs::read(&path).unwrap(), whole);
    }
}

#[test]
fn what_stands_beside_the_engine_is_refused_where_it_is_damaged_and_made_anew() {
    let home = copy();
    for name in ["contents.json", "words.txt", "stems.txt", "copies.json"] {
        let path = home.path().join("index").join(name);
        let whole = fs::read(&path).unwrap();
        let mut changed = whole.clone();
        // Where there is a digit it is another: nothing else tells that it is not right.
        let at = whole.iter().rposition(u8::is_ascii_digit).unwrap_or(0);
        changed[at] ^= 1;
        fs::write(&path, changed).unwrap();
        let run = scrutineer(home.path(), &["count", "council"]);
        assert_eq!(run.code, 2, "{name}");
        assert!(run.stderr.contains(name) && run.stderr.contains("--rebuild"), "{}", run.stderr);
        check_same_after_indexing(home.path());
        assert_eq!(fs::read(&path).unwrap(), whole, "{name}");
    }
}

#[test]
fn what_an_older_format_called_otherwise_does_not_stay() {
    let home = copy();
    let index = home.path().join("index");
    let format = fs::read_to_string(index.join("format.json")).unwrap();
    fs::write(index.join("format.json"), format.replace("\"format\": 5", "\"format\": 3")).unwrap();
    fs::rename(index.join("readings.jsonl.gz"), index.join("readings.jsonl")).unwrap();
    let run = scrutineer(home.path(), &["index"]);
    assert_eq!((run.code, run.stderr.trim_end().lines().count()), (2, 1), "{}", run.stderr);
    assert!(run.stderr.contains("has format 3, this program reads format 5"), "{}", run.stderr);
    assert_eq!(scrutineer(home.path(), &["index", "--rebuild"]).code, 0);
    assert!(!index.join("readings.jsonl").exists());
    check_same_after_indexing(home.path());
}

#[test]
fn an_index_that_was_killed_is_completed_by_the_next() {
    let home = copy();
    for after_ms in [5, 20, 60, 150, 400] {
        let mut child = begin_rebuild(home.path());
        std::thread::sleep(std::time::Duration::from_millis(after_ms));
        child.kill().unwrap();
        child.wait().unwrap();
    }
    check_same_after_indexing(home.path());
}

#[test]
fn what_the_archive_could_not_give_is_tried_again() {
    let home = copy();
    let folder = home.path().join("corpus/archive/fenwater");
    let aside = home.path().join("aside");
    fs::rename(&folder, &aside).unwrap();
    let run = scrutineer(home.path(), &["index", "--rebuild"]);
    assert_eq!(run.code, 3);
    let again = scrutineer(home.path(), &["index"]);
    assert_eq!(again.code, 3, "the losses are named every time: {}", again.stderr);
    fs::rename(&aside, &folder).unwrap();
    check_same_after_indexing(home.path());
}

#[test]
fn an_index_that_is_out_of_date_says_so() {
    let home = copy();
    let file = home.path().join("a.txt");
    fs::write(&file, "Moorby Parish Council\n\nMinutes\n\nThe zebra crossing was repainted.\n").unwrap();
    assert!(scrutineer(home.path(), &["add", file.to_str().unwrap()]).stderr.contains("built-in sample"));
    let run = scrutineer(home.path(), &["search", "zebra"]);
    assert!(run.stderr.contains("run `scrutineer index`"), "{}", run.stderr);
    assert_eq!(scrutineer(home.path(), &["index"]).code, 0);
    let run = scrutineer(home.path(), &["search", "zebra"]);
    assert!(run.code == 0 && !run.stderr.contains("run `scrutineer index`"), "{}", run.stderr);
}

#[test]
fn the_old_index_answers_while_a_new_one_is_made() {
    let home = copy();
    let mut child = begin_rebuild(home.path());
    let expected = rows(quickstart().0.path(), &QUERY);
    let mut n_answers = 0;
    while child.try_wait().unwrap().is_none() {
        assert_eq!(rows(home.path(), &QUERY), expected);
        n_answers += 1;
    }
    assert!(child.wait().unwrap().success());
    assert!(n_answers > 0, "it was made before a question could be asked");
    assert_eq!(rows(home.path(), &QUERY), expected);
}

#[test]
fn a_damaged_index_is_mended_by_a_rebuild() {
    let home = copy();
    fs::write(home.path().join("index/engine/meta.json"), "garbage").unwrap();
    assert_eq!(scrutineer(home.path(), &["search", "x"]).code, 2);
    assert_eq!(scrutineer(home.path(), &["index", "--rebuild"]).code, 0);
    check_same_after_indexing(home.path());
}

#[test]
fn a_second_writer_is_turned_away() {
    let home = copy();
    let held = fs::File::options().append(true).open(home.path().join("index/writer.lock")).unwrap();
    held.lock().unwrap();
    let run = scrutineer(home.path(), &["index"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("being written by another process"), "{}", run.stderr);
    drop(held);
    check_same_after_indexing(home.path());
}

/// A notice that a body minutes at each meeting is no finding: it is left out
/// once it has come often enough, also where earlier meetings were indexed before.
#[test]
fn what_a_body_says_at_every_meeting_is_boilerplate_and_show_says_why() {
    const NOTICE: &str = "The Chair said that the meeting was being filmed for the website.";
    let home = tempfile::tempdir().unwrap();
    let add = |body: &str, month: u32, notice: &str| {
        let path = home.path().join(format!("{body}-{month}.txt"));
        let text = format!(
            "Minutes of the {body}\n\n{notice}\n\n1. Roads\n\nThe state of all the roads was a worry to members.\n\n\
             RESOLVED that the plan for all of the roads be adopted.\n\n2. Next steps\n\nThe clerk spoke of month {month}.\n"
        );
        fs::write(&path, text).unwrap();
        let (path, date) = (path.display().to_string(), format!("2021-{month:02}-04"));
        let args = ["-q", "add", &path, "--council", "Kent", "--body", body, "--date", &date];
        assert_eq!(scrutineer(home.path(), &args).code, 0);
    };
    let found = |args: &[&str]| {
        assert_eq!(scrutineer(home.path(), &["-q", "index"]).code, 0);
        rows(home.path(), args).len()
    };
    (1..=4).for_each(|month| add("Cabinet", month, NOTICE));
    assert_eq!(found(&["search", "filmed"]), 4, "four times is not often");
    add("Cabinet", 5, &NOTICE.to_uppercase());
    assert_eq!(found(&["search", "filmed"]), 0);
    assert_eq!(found(&["search", "filmed", "--with-boilerplate"]), 5);
    assert_eq!(found(&["search", "adopted OR worry"]), 10, "what is said of a matter is no boilerplate");
    // Of another body it is said for the first time; and where most meetings do
    // not have it, it says something.
    add("Planning", 6, NOTICE);
    assert_eq!(found(&["search", "filmed"]), 1);
    let said = scrutineer(home.path(), &["search", "filmed"]).stderr;
    assert!(said.contains("5 passages match in standing items and headings"), "{said}");
    let hits = rows(home.path(), &["search", "filmed", "--with-boilerplate", "--body", "Cabinet"]);
    let shown = scrutineer(home.path(), &["show", &hits[0]["passage_id"]]).stdout;
    assert!(
        shown.contains("left out by default: the same wording in 5 of 5 meetings of the body"),
        "{shown}"
    );
    (6..=12).for_each(|month| add("Cabinet", month, "Nobody filmed anything on that day."));
    (1..=4).for_each(|month| add("Cabinet", month, "Nothing was said about any of that."));
    assert_eq!(
        found(&["search", "\"being filmed\"", "--body", "Cabinet"]),
        1,
        "one of twelve meetings has it now"
    );
}
