//! `parse` prints what is read; `eval` measures it against what was judged.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use scrutineer::eval::{InformationNeed, Judgement};
use scrutineer::search::{Terms, parse};

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

/// Three passages match `road`; of the judged ones the stile is none of them.
#[test]
fn eval_search_ranks_the_queries_of_needs_and_counts_what_was_judged() {
    let home = tempfile::tempdir().unwrap();
    let at = |name: &str| home.path().join(name);
    fs::create_dir_all(at("judged")).unwrap();
    let minutes = "Minutes of the Council held on 4 March 2020\n\n1. Roads\n\n\
        The road, the main road and the other road flood.\n\n\
        The road was discussed at length by members of the public who had come.\n\n\
        A road sign fell.\n\n2. Footpaths\n\nThe stile was under water.\n";
    fs::write(at("a.txt"), minutes).unwrap();
    let path = at("a.txt").display().to_string();
    scrutineer(home.path(), &["-q", "add", &path, "--council", "Kent", "--body", "Council"]);
    scrutineer(home.path(), &["-q", "index"]);
    let need = |id: &str, document: &str, anchor: &str| {
        let judged = |anchor: &str, grade: u8| {
            format!("[[passages]]\ndocument = \"{document}\"\nanchor = \"{anchor}\"\ngrade = {grade}\n")
        };
        let head = format!("id = \"{id}\"\nneed = \"Floods.\"\npool = \"All.\"\nqueries = [\"road\"]\n");
        head + &judged(anchor, 0) + &judged("by members of the public", 2) + &judged("The STILE was", 1)
    };
    // `flooding` is of the tuning set, `wet` of the test set.
    fs::write(at("judged/a.toml"), need("flooding", "a.txt", "main road")).unwrap();
    fs::write(at("judged/b.toml"), need("wet", "gone.txt", "main road")).unwrap();
    let (judged, documents) = (at("judged").display().to_string(), home.path().display().to_string());
    let args = ["eval", "search", &judged, "--documents", &documents, "--by", "set,need"];
    let found = rows(home.path(), &args);
    assert_eq!(found.len(), 1, "{found:?}");
    let of = |column: &str| found[0][column].as_str();
    assert_eq!((of("set"), of("need"), of("queries")), ("tuning", "flooding", "1"));
    assert_eq!((of("judged"), of("relevant"), of("recall")), ("3", "2", "0.5000"));
    // The relevant one is the longest, and third: 2/log2(4) of 2 + 1/log2(3).
    assert_eq!((of("reciprocal_rank"), of("ndcg_at_10")), ("0.3333", "0.3801"));
    assert_eq!((of("precision_at_10"), of("judged_at_10")), ("0.1000", "0.6667"));
    let run = scrutineer(home.path(), &args);
    assert!(run.stderr.contains("1 need was not run"), "{}", run.stderr);

    let mut missed = args.to_vec();
    missed.push("--misses");
    let missed: Vec<_> = rows(home.path(), &missed)
        .into_iter()
        .map(|row| (row["grade"].clone(), row["rank"].clone(), row["anchor"].clone()))
        .collect();
    let expected = [("0", "1", "main road"), ("1", "", "The STILE was"), ("", "2", "")];
    assert_eq!(missed.len(), expected.len(), "{missed:?}");
    for (grade, rank, anchor) in expected {
        assert!(missed.contains(&(grade.into(), rank.into(), anchor.into())), "{missed:?}");
    }
    fs::write(at("judged/b.toml"), need("wet", "a.txt", "main road")).unwrap();
    let mut missed = args.to_vec();
    missed.push("--misses");
    assert!(rows(home.path(), &missed).iter().all(|row| row["need"] == "flooding"));

    for (anchor, fault) in [("no such words", "stands in no passage"), ("the road", "has another grade")] {
        fs::write(at("judged/b.toml"), need("wet", "a.txt", anchor)).unwrap();
        let run = scrutineer(home.path(), &args);
        assert_eq!(run.code, 2, "{anchor}");
        assert!(run.stderr.contains("the need `wet`, `a.txt`"), "{}", run.stderr);
        assert!(run.stderr.contains(fault), "{}", run.stderr);
    }
}

/// Each of the project's needs is one, with queries that can be read, passages
/// of every grade, and anchors of a few words.
#[test]
fn the_judgements_of_search_are_sound() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/judgements/search");
    let (mut n_needs, mut n_test, mut sources) = (0, 0, HashSet::new());
    for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        let name = entry.display().to_string();
        let need = InformationNeed::from_toml(&fs::read_to_string(&entry).unwrap(), &name).unwrap();
        assert_eq!(entry.file_stem().unwrap().to_str(), Some(need.id.as_str()));
        assert!(!need.pool.is_empty() && !need.queries.is_empty(), "{name}");
        for query in &need.queries {
            assert!(parse(query, Terms::Stemmed).is_ok(), "{name}: {query}");
        }
        let n_relevant = need.passages.iter().filter(|passage| passage.grade > 0).count();
        assert!(need.passages.len() >= 8 && n_relevant >= 5, "{name}: {n_relevant} are relevant");
        for passage in &need.passages {
            assert!(passage.grade <= 2, "{name}: {}", passage.anchor);
            // The documents are other people's.
            assert!(passage.anchor.split_whitespace().count() <= 8, "{name}: {}", passage.anchor);
            sources.extend(passage.document.split('/').nth(1).map(str::to_owned));
        }
        n_test += usize::from(need.is_test());
        n_needs += 1;
    }
    assert!(n_needs >= 40, "{n_needs} needs");
    assert!(sources.len() >= 11, "{sources:?}");
    assert!((n_needs / 5..=n_needs / 2).contains(&n_test), "{n_test} of {n_needs} are the test set");
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
    // Nor does a theme have been absent from them.
    let sequence = |args: &[&str]| {
        let row = count(&[&["recurrence", "hwy01_highways_maintenance"], args].concat());
        [row["of_meetings"].clone(), row["unreadable"].clone()]
    };
    assert_eq!(sequence(&[]), ["1", "1"]);
    assert_eq!(sequence(&["--language", "all"]), ["2", "0"]);
    // `cynllun` is no stem of `cynlluniau`, though an English stemmer may think so.
    let found = |word: &str| rows(home.path(), &["search", word, "--language", "welsh"]).len();
    assert_eq!((found("cynlluniau"), found("cynllunia"), found("ffyrdd")), (1, 0, 1));
    assert_eq!(rows(home.path(), &["search", "cynlluniau"]).len(), 0);
    let wrong = scrutineer(home.path(), &["count", "roads", "--language", "cornish"]);
    assert_eq!(wrong.code, 2);
    assert!(wrong.stderr.contains("there are english, welsh"), "{}", wrong.stderr);
}
