//! `parse` prints what is read; `eval` measures it against what was judged.

use std::fs;
use std::path::Path;

use scrutineer::eval::Judgement;

use crate::support::{rows, scrutineer};

const MINUTES: &str = "Moorby Parish Council\n\nMinutes of the Council held on 4 March 2020\n\n\
    Present: Mr A Brown, Mrs B Lee\n\n1. Roads\n\nThe road was discussed.\n\n\
    RESOLVED that the road be mended.\n\n2. Footpaths\n\nThe stile was noted.\n";

#[test]
fn parse_prints_a_line_for_each_file_and_names_what_it_cannot_read() {
    let home = tempfile::tempdir().unwrap();
    let at = |name: &str| home.path().join(name).display().to_string();
    fs::write(at("a.txt"), MINUTES).unwrap();
    fs::write(at("b.json"), "{}").unwrap();
    let run = scrutineer(home.path(), &["parse", &at("a.txt"), &at("b.json")]);
    assert_eq!(run.code, 3, "{}", run.stderr);
    assert!(run.stderr.contains("b.json`: JSON is not read"), "{}", run.stderr);
    assert_eq!(run.stdout.lines().count(), 1);
    let line: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!((&line["date"], &line["edition"]), (&"2020-03-04".into(), &"minutes".into()));
    assert_eq!(line["present"], serde_json::json!(["Mr A Brown", "Mrs B Lee"]));
    let items = line["items"].as_array().unwrap();
    let roads = items.iter().find(|item| item["number"] == "1").unwrap();
    assert_eq!(roads["title"], "Roads");
    assert_eq!(roads["text"], "The road was discussed.\nRESOLVED that the road be mended.");
    let resolution = &line["resolutions"][0];
    assert_eq!(items[resolution["item"].as_u64().unwrap() as usize - 1]["number"], "1");
    assert_eq!(resolution["text"], "RESOLVED that the road be mended.");
    assert_eq!(scrutineer(home.path(), &["parse", &at("b.json")]).code, 1, "nothing was read");
    assert!(!home.path().join("corpus").exists(), "nothing is kept");
}

#[test]
fn eval_counts_what_agrees_and_what_was_not_run() {
    let home = tempfile::tempdir().unwrap();
    let at = |name: &str| home.path().join(name);
    fs::create_dir_all(at("judged")).unwrap();
    fs::write(at("a.txt"), MINUTES).unwrap();
    let judgement = |document: &str| {
        format!(
            "document = \"{document}\"\nformat = \"txt\"\nsource = \"moorby\"\ndate = \"2020-03-04\"\n\
             [[items]]\nnumber = \"1\"\ntitle = \"Roads\"\nfirst = \"The road was\"\nlast = \"be mended.\"\n\
             [[items]]\nnumber = \"2\"\ntitle = \"Paths\"\nfirst = \"The stile\"\nlast = \"was noted.\"\n"
        )
    };
    fs::write(at("judged/a.toml"), judgement("a.txt")).unwrap();
    fs::write(at("judged/b.toml"), judgement("gone.txt")).unwrap();
    let (judged, documents) = (at("judged").display().to_string(), home.path().display().to_string());
    let args = ["eval", "reading", &judged, "--documents", &documents, "--by", "label"];
    let counts = rows(home.path(), &args);
    let items = counts.iter().find(|row| row["label"] == "items").unwrap();
    assert_eq!(
        (items["judged"].as_str(), items["found"].as_str(), items["matched"].as_str()),
        ("2", "2", "1")
    );
    assert_eq!((items["precision"].as_str(), items["f1"].as_str()), ("0.5000", "0.5000"));
    let date = counts.iter().find(|row| row["label"] == "date").unwrap();
    assert_eq!((date["documents"].as_str(), date["f1"].as_str()), ("1", "1.0000"));
    let run = scrutineer(home.path(), &args);
    assert!(run.stderr.contains("1 judgement was not run"), "{}", run.stderr);
    fs::write(at("judged/c.toml"), "document = 3").unwrap();
    let run = scrutineer(home.path(), &args);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("c.toml` cannot be read"), "{}", run.stderr);
}

/// Each of the project's judgements is one, of a document that is judged once;
/// a third of them, by digest, is the test set.
#[test]
fn the_judgements_of_reading_are_sound() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/judgements/reading");
    let mut documents = Vec::new();
    let mut n_test = 0;
    for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.extension().is_none_or(|ending| ending != "toml") {
            continue;
        }
        let text = fs::read_to_string(&entry).unwrap();
        let judgement = Judgement::from_toml(&text, &entry.display().to_string()).unwrap();
        let n_items = judgement.items.as_ref().map_or(0, Vec::len);
        let positions = judgement.resolutions.iter().flatten().map(|resolution| resolution.item);
        let positions = positions.chain(judgement.passages.iter().flatten().map(|passage| passage.item));
        for position in positions.chain(judgement.interests.iter().flatten().map(|interest| interest.item)) {
            assert!(position <= n_items, "{}: there is no item {position}", entry.display());
        }
        // Labels and short anchors only: the documents are other people's.
        for item in judgement.items.iter().flatten() {
            for words in [&item.first, &item.last] {
                assert!(words.split_whitespace().count() <= 9, "{}: {words}", entry.display());
            }
        }
        n_test += usize::from(judgement.is_test());
        documents.push(judgement.document);
    }
    let n_judged = documents.len();
    assert!(n_judged >= 60, "{n_judged} documents");
    assert!(documents.iter().filter(|document| document.contains("kent-county-council/")).count() >= 15);
    documents.sort();
    documents.dedup();
    assert_eq!(documents.len(), n_judged, "a document is judged twice");
    assert!((n_judged / 5..=n_judged / 2).contains(&n_test), "{n_test} of {n_judged} are the test set");
}

#[test]
fn abbreviations_are_read_out_of_the_minutes_and_offered_to_queries() {
    let home = tempfile::tempdir().unwrap();
    let minutes = |year: u32, text: &str| {
        let path = home.path().join(format!("{year}.txt"));
        let head = format!("Minutes of the Schools Forum held on 4 March {year}\n\n1. Children in care\n\n");
        fs::write(&path, format!("{head}{text}\n\n2. Budget\n\nIt was discussed.\n")).unwrap();
        let path = path.display().to_string();
        scrutineer(home.path(), &["-q", "add", &path, "--council", "Kent", "--body", "Schools Forum"]);
    };
    minutes(2021, "Few had a personal education plan (PEP) by May.");
    minutes(2020, "Each child needs a Personal Education Plan (PEP), it was said.");
    minutes(2022, "The PEP rate fell.");
    scrutineer(home.path(), &["-q", "index"]);
    let found = rows(home.path(), &["abbreviations", "pep"]);
    assert_eq!(found.len(), 1, "{found:?}");
    let of = |column: &str| found[0][column].as_str();
    assert_eq!((of("short"), of("long"), of("council")), ("PEP", "personal education plan", "kent"));
    assert_eq!((of("meetings"), of("first"), of("last")), ("2", "2020-03-04", "2021-03-04"));
    assert!(of("passage_id").contains("2020-03-04"), "{}", of("passage_id"));
    let search = scrutineer(home.path(), &["search", "PEP AND rate"]);
    assert!(
        search.stderr.contains("PEP: 2 meetings explain it as “personal education plan”; `PEP+` finds both"),
        "{}",
        search.stderr
    );
    let none = scrutineer(home.path(), &["abbreviations", "XYZ"]);
    assert_eq!(none.code, 1);
}

/// Minutes in Welsh beside some in English: what is asked in English is neither
/// found in them nor counted as silence; their words match as they are written.
#[test]
fn welsh_is_no_english_silence() {
    let home = tempfile::tempdir().unwrap();
    let add = |date: &str, text: &str| {
        let path = home.path().join(format!("{date}.txt"));
        fs::write(&path, text).unwrap();
        let path = path.display().to_string();
        scrutineer(
            home.path(),
            &["-q", "add", &path, "--council", "Gwynedd", "--body", "Cabinet", "--date", date],
        );
    };
    add(
        "2024-03-04",
        "Minutes of the Cabinet\n\n1. Roads\n\nThe roads were discussed by the members.\n\n2. Plans\n\nThe plan was noted.",
    );
    add(
        "2024-04-08",
        "Cofnodion y Cabinet\n\n1. Ffyrdd\n\nRoedd yr aelodau yn trafod y ffyrdd a’r cynlluniau gyda’r swyddog.\n\n2. Cynllun\n\nNodwyd yr adroddiad gan yr aelodau, a bod y plan wedi ei gyhoeddi.",
    );
    scrutineer(home.path(), &["-q", "index"]);
    let count = |args: &[&str]| rows(home.path(), args).remove(0);
    let english = count(&["count", "roads"]);
    assert_eq!((english["meetings"].as_str(), english["of_meetings"].as_str()), ("1", "1"), "{english:?}");
    let said = scrutineer(home.path(), &["count", "roads"]).stderr;
    assert!(said.contains("in Welsh, of 1 meeting"), "{said}");
    let all = count(&["count", "plan", "--language", "all"]);
    assert_eq!((all["meetings"].as_str(), all["of_meetings"].as_str()), ("2", "2"), "{all:?}");
    // `cynllun` is no stem of `cynlluniau`, though an English stemmer may think so.
    let found = |word: &str| rows(home.path(), &["search", word, "--language", "welsh"]).len();
    assert_eq!((found("cynlluniau"), found("cynllunia"), found("ffyrdd")), (1, 0, 1));
    assert_eq!(rows(home.path(), &["search", "cynlluniau"]).len(), 0);
    let wrong = scrutineer(home.path(), &["count", "roads", "--language", "cornish"]);
    assert_eq!(wrong.code, 2);
    assert!(wrong.stderr.contains("there are english, welsh"), "{}", wrong.stderr);
}
