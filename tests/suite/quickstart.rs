//! The whole way on the built-in sample: its answers equal what was planted.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::Path;

use crate::support::{quickstart, read_csv, rows};

type Row = HashMap<String, String>;

fn truth(name: &str) -> Vec<Row> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/sample/truth").join(name);
    read_csv(&fs::read_to_string(path).unwrap())
}

/// The rows with these columns as keys.
fn keyed(rows: &[Row], keys: &[&str]) -> BTreeMap<Vec<String>, Row> {
    let key = |row: &Row| keys.iter().map(|key| row[*key].clone()).collect();
    rows.iter().map(|row| (key(row), row.clone())).collect()
}

fn pick<'a>(row: &'a Row, columns: &[&str]) -> Vec<&'a str> {
    columns.iter().map(|column| row[*column].as_str()).collect()
}

#[test]
fn every_planted_theme_is_counted_to_the_last_match() {
    const COUNTS: [&str; 4] = ["meetings", "meetings_with_theme", "passages", "matches"];
    let (_, run) = quickstart();
    let mut counted = read_csv(&run.stdout);
    for row in &mut counted {
        let id = row["theme"].split('_').next().unwrap().to_owned();
        row.insert("theme".into(), id);
    }
    let counted = keyed(&counted, &["theme", "council", "year"]);
    let truth = truth("themes.csv");
    assert!(truth.len() > 300, "the truth holds {} rows", truth.len());
    for (key, expected) in keyed(&truth, &["theme", "council", "year"]) {
        assert_eq!(pick(&counted[&key], &COUNTS), pick(&expected, &COUNTS), "{key:?}");
    }
}

/// Six more themes stand in the sample's prose beside the planted ones, read
/// off `corpus/sample/prose.toml`: potholes, foster carers, children missing
/// education, adoption, short breaks, promises to report back. No other does.
#[test]
fn themes_that_stand_nowhere_are_found_nowhere() {
    const BESIDE: [&str; 6] = ["hwy01", "csc12", "csc24", "csc14", "csc32", "csc33"];
    let planted: Vec<String> = truth("themes.csv").iter().map(|row| row["theme"].clone()).collect();
    let (_, run) = quickstart();
    for row in read_csv(&run.stdout) {
        let id = row["theme"].split('_').next().unwrap();
        if !planted.iter().any(|theme| theme == id) && !BESIDE.contains(&id) {
            assert!(["", "0"].contains(&row["passages"].as_str()), "{row:?}");
        }
    }
}

#[test]
fn where_nothing_was_published_cells_are_blank_and_never_zero() {
    let (home, run) = quickstart();
    let readable = keyed(&rows(home.path(), &["coverage"]), &["council", "year"]);
    let mut n_blank = 0;
    for row in read_csv(&run.stdout) {
        let group = vec![row["council"].clone(), row["year"].clone()];
        let is_blank = row["passages"].is_empty();
        assert_eq!(is_blank, readable[&group]["readable"] == "0", "{group:?}");
        let cells = pick(&row, &["meetings", "meetings_with_theme", "passages", "matches"]);
        assert!(cells.iter().all(|cell| cell.is_empty() == is_blank), "{row:?}");
        n_blank += usize::from(is_blank);
    }
    assert!(n_blank > 0, "the sample has a year without minutes");
}

#[test]
fn the_register_equals_what_was_published() {
    const COUNTS: [&str; 6] = ["held", "cancelled", "published", "fetched", "readable", "refused"];
    let (home, _) = quickstart();
    let counted = rows(home.path(), &["coverage", "--by", "council,year,body"]);
    let counted = keyed(&counted, &["council", "year", "body"]);
    let truth = keyed(&truth("register.csv"), &["council", "year", "body"]);
    assert_eq!(counted.keys().collect::<Vec<_>>(), truth.keys().collect::<Vec<_>>());
    for (key, expected) in truth {
        let row = &counted[&key];
        assert_eq!(pick(row, &COUNTS), pick(&expected, &COUNTS), "{key:?}");
        let n = |row: &HashMap<String, String>, name: &str| row[name].parse::<u64>().unwrap();
        // The sample's day is after all its meetings, and what it refuses is a 403.
        assert_eq!(n(row, "listed"), n(&expected, "held") + n(&expected, "cancelled"), "{key:?}");
        assert_eq!(n(row, "failed"), 0, "{key:?}");
        let why = if n(&expected, "refused") == 0 { "" } else { "forbidden 1" };
        assert_eq!(row["why"], why, "{key:?}");
        // Minutes are written into the agenda.
        assert!((n(row, "published")..=n(row, "held")).contains(&n(row, "agenda")), "{key:?}");
    }
}

#[test]
fn searches_find_the_planted_passages_and_no_other() {
    let (home, _) = quickstart();
    for expected in truth("search.csv") {
        let mut args = vec!["count", expected["query"].as_str()];
        args.extend((expected["mode"] == "exact").then_some("--exact"));
        if !expected["council"].is_empty() {
            args.extend(["--council", &expected["council"]]);
        }
        let counted = rows(home.path(), &args);
        let columns = ["passages", "meetings", "matches"];
        assert_eq!(pick(&counted[0], &columns), pick(&expected, &columns), "{}", expected["query"]);
    }
}

#[test]
fn counts_highlights_lines_and_exports_agree() {
    let (home, run) = quickstart();
    let query = r#"("social worker*" NEAR/8 (retention OR retain* OR recruit*))"#;
    let count = &rows(home.path(), &["count", query])[0];
    let hits = rows(home.path(), &["search", query, "--limit", "all"]);
    let lines = rows(home.path(), &["kwic", query]);
    let exported = read_csv(&fs::read_to_string(home.path().join("hits.csv")).unwrap());
    let matches: usize = hits.iter().map(|hit| hit["matches"].parse::<usize>().unwrap()).sum();
    assert_eq!(hits.len().to_string(), count["passages"]);
    assert_eq!(matches.to_string(), count["matches"]);
    assert_eq!(lines.len().to_string(), count["matches"]);
    assert_eq!(exported, hits);
    assert!(run.stderr.contains(&format!("All {} hits are in", hits.len())), "{}", run.stderr);
    let by_year = rows(home.path(), &["count", query, "--by", "council,year"]);
    for column in ["passages", "matches", "meetings"] {
        let sum: usize = by_year.iter().filter_map(|row| row[column].parse::<usize>().ok()).sum();
        assert_eq!(sum.to_string(), count[column], "{column}");
    }
}

#[test]
fn every_hit_leads_to_its_passage_and_source() {
    let (home, _) = quickstart();
    let hits = rows(home.path(), &["search", "caseload*", "--exact", "--limit", "20"]);
    assert_eq!(hits.len(), 20);
    for hit in &hits {
        let item = rows(home.path(), &["show", &hit["passage_id"]]);
        let passage = item.iter().find(|row| row["passage_id"] == hit["passage_id"]).unwrap();
        assert!(passage["text"].to_lowercase().contains("caseload"), "{passage:?}");
        assert_eq!(passage["document"].len(), 64);
        assert!(passage["document_url"].starts_with("http://democracy."), "{passage:?}");
        assert!(hit["passage_id"].ends_with(&passage["document"][..8]));
    }
}

#[test]
fn planted_resolutions_are_read_with_their_clauses() {
    let (home, _) = quickstart();
    let truth = truth("resolutions.csv");
    assert!(truth.len() >= 40);
    for expected in truth {
        let id = format!("{}/{}", expected["council"], expected["meeting"]);
        let passages = rows(home.path(), &["show", &id]);
        let found = passages.iter().any(|passage| {
            passage["edition"].ends_with("minutes")
                && passage["kind"] == if only_notes(&expected["text"]) { "noting" } else { "resolution" }
                && passage["item"] == expected["item"]
                && passage["clause"] == expected["clause"].replace(' ', "")
                && passage["text"] == expected["text"]
                && passage["date"] == expected["date"]
        });
        assert!(found, "{expected:?}\n{:#?}", passages.iter().map(|p| &p["text"]).collect::<Vec<_>>());
    }
}

/// Whether a clause takes note and does no more.
fn only_notes(text: &str) -> bool {
    ["be noted", "be received"].iter().any(|words| text.contains(words))
}

#[test]
fn planted_requests_stand_where_they_were_made() {
    let (home, _) = quickstart();
    for expected in truth("requests.csv") {
        let id = format!("{}/{}", expected["council"], expected["meeting"]);
        let passages = rows(home.path(), &["show", &id]);
        let found = passages.iter().any(|passage| {
            passage["item"] == expected["item"] && passage["text"].contains(&expected["text"])
        });
        assert!(found, "{expected:?}");
    }
}
