//! What search answers: the columns of its results, their order, and that every
//! way to count them gives one number.
//!
//! What is expected of the built-in sample stands in its prose
//! (`corpus/sample/prose.toml`) or in its written truth.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use serde_json::Value;

use crate::support::{Run, page, quickstart, read_csv, rows, scrutineer, shared};

type Row = HashMap<String, String>;

/// The query of the quickstart: 120 matches in 100 passages, by the truth.
const RETENTION: &str = r#"("social worker*" NEAR/8 (retention OR retain* OR recruit*))"#;

fn sample() -> &'static Path {
    quickstart().0.path()
}

/// One column of some rows.
fn column<'a>(rows: &'a [Row], name: &str) -> Vec<&'a str> {
    rows.iter().map(|row| row[name].as_str()).collect()
}

fn sum(rows: &[Row], name: &str) -> u64 {
    rows.iter().map(|row| row[name].parse::<u64>().unwrap()).sum()
}

/// A count of the one row of `count`.
fn counted(home: &Path, args: &[&str], name: &str) -> u64 {
    sum(&rows(home, &[&["count"], args].concat()), name)
}

/// The item of a passage: its meeting and its number there.
fn item_of(row: &Row) -> String {
    let (item, _) = row["passage_id"].rsplit_once('/').unwrap();
    item.to_owned()
}

/// Runs the program on the sample with so many threads.
fn with_threads(threads: &str, args: &[&str]) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_scrutineer"));
    command.env_remove("SCRUTINEER_HOME").env("RAYON_NUM_THREADS", threads);
    let output = command.arg("--home").arg(sample()).args(args).output().unwrap();
    Run {
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
        code: output.status.code().unwrap(),
    }
}

/// The lines of `why` of a passage, which CSV joins by blanks.
fn why_lines(args: &[&str]) -> Vec<Vec<String>> {
    let run = scrutineer(sample(), &[&["--format", "jsonl", "-q", "search"], args].concat());
    assert_eq!(run.code, 0, "{}", run.stderr);
    let lines = run.stdout.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines.map(|line| serde_json::from_value(line["why"].clone()).unwrap()).collect()
}

/// Paragraph `r3`: "… bring a report on the retention of social workers to …", and
/// `ro1`: "… potholes since April and resurfaced … kilometres …".
#[test]
fn a_hit_is_explained_clause_by_clause() {
    let query = "\"social workers\" AND (\"bring a report\" NEAR/3 retention) AND NOT zeppelin";
    let all = why_lines(&[query, "--explain"]);
    assert_eq!(all.len() as u64, counted(sample(), &[query], "passages"));
    let (start, clause) =
        ("✓ \"social workers\" AND \"bring a report\" NEAR/3 retention AND NOT zeppelin", 1..5);
    for lines in &all {
        assert_eq!(lines[0], start);
        assert_eq!(lines.len(), 5, "{lines:?}");
        let starts = [
            "  ✓ \"social workers\": “social workers” (tokens ",
            "  ✓ \"bring a report\" NEAR/3 retention: “bring a report on the retention” (tokens ",
            "  ✓ NOT zeppelin",
            "    ✗ zeppelin: not here",
        ];
        for (line, start) in lines[clause.clone()].iter().zip(starts) {
            assert!(line.starts_with(start), "{lines:?}");
        }
    }
    let all = why_lines(&["pothole* AND resurfac*", "--explain", "--limit", "5"]);
    assert_eq!(all.len(), 5);
    for lines in all {
        assert_eq!(
            lines[1..],
            ["  ✓ pothole*: “potholes” (token 4)", "  ✓ resurfac*: “resurfaced” (token 8)"]
        );
    }
    let without = rows(sample(), &["search", "pothole* AND resurfac*"]);
    assert!(!without[0].contains_key("why"));
}

/// Paragraph `ro3` has both words, seven apart: "surface dressing cost about a
/// fifth as much as resurfacing". The truth has no match of the query.
#[test]
fn what_just_misses_says_by_how_much() {
    let query = r#""surface dressing" PRE/6 resurfacing"#;
    let lines = why_lines(&[query, "--near-misses"]);
    assert_eq!(lines.len() as u64, counted(sample(), &["\"surface dressing\" /S resurfacing"], "passages"));
    assert!(lines.len() > 50, "{}", lines.len());
    for lines in lines {
        assert_eq!(lines[0], format!("✗ {query}: the nearest in this order have 7 words between them"));
    }
    let said = scrutineer(sample(), &["search", query, "--near-misses", "--limit", "3"]).stderr;
    let n = counted(sample(), &["\"surface dressing\""], "passages");
    assert!(said.contains(&format!("{n} passages just miss; 3 shown")), "{said}");
    assert_eq!(scrutineer(sample(), &["search", "zeppelin AND airship", "--near-misses"]).code, 1);
    assert_eq!(scrutineer(sample(), &["search", "a AND b", "--near-misses", "--group", "item"]).code, 2);
}

/// Of `agency`, the masks of the truth hide 66 passages of 184 whole.
#[test]
fn what_a_mask_hides_just_misses() {
    let query = r#"MASK("multi agency") MASK("environment agency") agency"#;
    let misses = rows(sample(), &["search", query, "--exact", "--near-misses"]);
    assert_eq!(misses.len(), 184 - 118);
    for row in misses {
        assert!(
            row["why"].contains("hides “Environment Agency”") || row["why"].contains("hides “Multi-agency”")
        );
        assert!(row["why"].contains("✗ agency: hidden by a mask: “"), "{}", row["why"]);
    }
}

#[test]
fn what_just_misses_is_no_hit_and_fails_in_one_clause() {
    let search = |args: &[&str]| rows(sample(), &[&["search"], args].concat());
    let ids = |rows: &[Row]| -> BTreeSet<String> {
        column(rows, "passage_id").into_iter().map(str::to_owned).collect()
    };
    for unit in ["passage", "item"] {
        let unit = ["--unit", unit];
        let hits = ids(&search(&[&["potholes AND gullies"][..], &unit].concat()));
        let either = ids(&search(&[&["potholes OR gullies"][..], &unit].concat()));
        let near = search(&[&["potholes AND gullies", "--near-misses"][..], &unit].concat());
        let misses = ids(&near);
        assert_eq!(misses.len(), near.len(), "none is there twice");
        assert!(misses.is_disjoint(&hits), "{unit:?}");
        assert_eq!(&misses | &hits, either, "{unit:?}");
        assert!(misses.len() > 20 && (unit[1] == "passage" || hits.len() > 20), "{unit:?}");
        for row in near {
            let fails = [row["why"].contains("✗ potholes:"), row["why"].contains("✗ gullies:")];
            assert!(row["why"].starts_with("✗ potholes AND gullies"), "{}", row["why"]);
            assert!(fails[0] != fails[1], "{}", row["why"]);
        }
    }
    let of_items = |args: &[&str]| search(args).iter().map(item_of).collect::<BTreeSet<String>>();
    let hits = of_items(&["potholes AND gullies", "--unit", "item"]);
    let misses = of_items(&["potholes AND gullies", "--unit", "item", "--near-misses"]);
    assert!(misses.is_disjoint(&hits), "an item is true or just misses");
    // An operand of AND that is missing, of three.
    let three = search(&["potholes AND resurfaced AND dressing", "--near-misses"]);
    let two = ["potholes AND resurfaced", "resurfaced AND dressing", "potholes AND dressing"];
    let n: u64 = two.iter().map(|query| counted(sample(), &[query], "passages")).sum();
    assert_eq!(three.len() as u64, n, "no paragraph has all three");
}

#[test]
fn groups_hold_every_passage_and_match_and_show_their_first() {
    let all = rows(sample(), &["search", RETENTION]);
    let whole = &rows(sample(), &["count", RETENTION])[0];
    let meeting_of = |row: &Row| {
        let mut parts = row["passage_id"].split('/');
        format!("{}/{}", parts.next().unwrap(), parts.next().unwrap())
    };
    let check = |group: &str, of: &dyn Fn(&Row) -> String, n: &str| {
        let groups = rows(sample(), &["search", RETENTION, "--group", group]);
        assert_eq!(groups.len().to_string(), whole[n]);
        let mut expected: Vec<(String, String, u64, u64)> = Vec::new();
        for row in &all {
            let n_matches: u64 = row["matches"].parse().unwrap();
            match expected.iter_mut().find(|group| group.0 == of(row)) {
                Some(group) => (group.2, group.3) = (group.2 + 1, group.3 + n_matches),
                None => expected.push((of(row), row["passage_id"].clone(), 1, n_matches)),
            }
        }
        let found: Vec<(String, String, u64, u64)> = groups
            .iter()
            .map(|row| {
                let [passages, matches] =
                    ["group_passages", "group_matches"].map(|name| row[name].parse().unwrap());
                (of(row), row["passage_id"].clone(), passages, matches)
            })
            .collect();
        assert_eq!(found, expected, "{group}");
        assert_eq!(sum(&groups, "group_passages"), 100);
        assert_eq!(sum(&groups, "group_matches"), 120);
    };
    check("item", &item_of, "items");
    check("meeting", &meeting_of, "meetings");
    // The truth knows 77 meetings.
    assert_eq!(whole["meetings"], "77");
}

/// The numbers of a facet: `passages by year: 2016 4, 2017 5, 3 others 9`.
fn facet(said: &str, name: &str) -> Vec<(String, u64)> {
    let start = format!("passages by {name}: ");
    let line = said.lines().find_map(|line| line.strip_prefix(&start));
    let line = line.unwrap_or_else(|| panic!("no {start}in {said}"));
    let mut all = Vec::new();
    let mut value = String::new();
    for part in line.split_inclusive(", ") {
        value.push_str(part);
        // A comma may stand within a name.
        if let Some((name, Ok(n))) =
            value.trim_end_matches(", ").rsplit_once(' ').map(|(a, n)| (a, n.parse()))
        {
            all.push((name.to_owned(), n));
            value.clear();
        }
    }
    assert!(value.is_empty(), "{line}");
    all
}

#[test]
fn facets_add_up_to_the_passages_and_equal_the_counts_by_group() {
    const ALL: [&str; 5] = ["council", "body", "year", "kind", "edition"];
    for query in [RETENTION, "libraries", "NOT the"] {
        let n = counted(sample(), &[query], "passages");
        let said =
            scrutineer(sample(), &["search", query, "--limit", "1", "--facets", &ALL.join(",")]).stderr;
        for name in ALL {
            let facet = facet(&said, name);
            assert_eq!(facet.iter().map(|(_, n)| n).sum::<u64>(), n, "{query} by {name}: {facet:?}");
            let named = facet.iter().filter(|(value, _)| !value.contains(" other"));
            match name {
                "year" => assert!(named.clone().map(|(year, _)| year).is_sorted(), "{facet:?}"),
                _ => assert!(named.clone().map(|(_, n)| n).is_sorted_by(|a, b| a >= b), "{facet:?}"),
            }
            let by_group = rows(sample(), &["count", query, "--by", name]);
            for (value, n) in named {
                let group = by_group.iter().find(|row| row[name] == *value);
                let group = group.unwrap_or_else(|| panic!("{query}: no {name} {value}"));
                assert_eq!(group["passages"], n.to_string(), "{query}: {name} {value}");
            }
        }
    }
    // The truth counts these by council.
    let said = scrutineer(sample(), &["search", RETENTION, "--facets", "council"]).stderr;
    let expected = "passages by council: ambermere 28, dunmarsh 20, brackenshire 17, eastfold-and-wrenley 17, \
                    fenwater 10, coldharrow 8\n";
    assert!(said.contains(expected), "{said}");
    assert_eq!(scrutineer(sample(), &["search", "libraries", "--facets", "colour"]).code, 2);
}

#[test]
fn by_edition_counts_are_of_the_meetings_that_have_it() {
    let by_edition = rows(sample(), &["count", "report", "--edition", "all", "--by", "edition"]);
    assert!(by_edition.len() >= 3, "{by_edition:?}");
    for row in by_edition {
        let edition = row["edition"].as_str();
        let alone = rows(sample(), &["count", "report", "--edition", edition]);
        for name in ["passages", "meetings", "of_passages", "of_meetings", "rate"] {
            assert_eq!(row[name], alone[0][name], "{name} of {edition}");
        }
    }
}

#[test]
fn a_concordance_says_what_search_says_of_the_same_query() {
    for query in [RETENTION, "apologies", "unmentionable"] {
        let first_lines = |command: &str| {
            let said = scrutineer(sample(), &[command, query, "--limit", "all"]).stderr;
            said.lines().map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(first_lines("kwic"), first_lines("search"), "{query}");
    }
}

#[test]
fn pages_follow_each_other_without_a_gap_whatever_the_run() {
    let csv = |threads: &str, args: &[&str]| {
        let run = with_threads(threads, &[&["--format", "csv", "-q", "search", "libraries"], args].concat());
        assert!(run.code < 2, "{}", run.stderr);
        run.stdout
    };
    for flags in
        [&[][..], &["--sort", "date"], &["--group", "meeting"], &["--group", "item", "--sort", "date"]]
    {
        let all = csv("1", &[flags, &["--limit", "all"]].concat());
        for threads in ["1", "2"] {
            assert_eq!(csv(threads, flags), all, "{flags:?}");
            let mut lines: Vec<String> = Vec::new();
            for offset in ["0", "90", "180", "270"] {
                let text = csv(threads, &[flags, &["--limit", "90", "--offset", offset]].concat());
                let mut page = text.split_inclusive("\r\n").map(str::to_owned);
                let header = page.next().unwrap();
                lines.extend(lines.is_empty().then_some(header).into_iter().chain(page));
            }
            assert!(lines.concat() == all, "{flags:?}, {threads} threads");
        }
        let rows = read_csv(&all);
        let n_expected = if flags.contains(&"--group") { 116 } else { 273 };
        assert!(rows.len() >= n_expected, "{flags:?}: {}", rows.len());
        let ids: BTreeSet<&str> = column(&rows, "passage_id").into_iter().collect();
        assert_eq!(ids.len(), rows.len(), "{flags:?}: one is there twice");
        let ranks: Vec<String> = (1..=rows.len()).map(|rank| rank.to_string()).collect();
        assert_eq!(column(&rows, "rank"), ranks);
    }
    let beyond = with_threads("2", &["--format", "csv", "search", "libraries", "--offset", "273"]);
    assert_eq!((beyond.stdout.lines().count(), beyond.code), (1, 0), "found, though not on this page");
    assert!(beyond.stderr.contains("readable text; none shown after the first 273\n"), "{}", beyond.stderr);
    let second = with_threads("2", &["search", "libraries", "--offset", "90", "--limit", "90"]).stderr;
    assert!(second.contains("readable text; 90 shown after the first 90\n"), "{second}");
    let misses = |flags: &[&str]| {
        rows(sample(), &[&["search", "potholes AND gullies", "--near-misses"], flags].concat())
    };
    let (all, first) = (misses(&[]), misses(&["--limit", "7"]));
    assert_eq!(first[..], all[..7]);
    assert_eq!(misses(&["--limit", "7", "--offset", "7"])[..], all[7..14], "near misses have pages too");
}

#[test]
fn by_date_the_newest_comes_first_and_meetings_stay_together() {
    let by_date = rows(sample(), &["search", "libraries", "--sort", "date"]);
    assert!(column(&by_date, "date").is_sorted_by(|a, b| a >= b));
    let mut by_score = rows(sample(), &["search", "libraries"]);
    let scores: Vec<f64> = by_score.iter().map(|row| row["score"].parse().unwrap()).collect();
    assert!(scores.is_sorted_by(|a, b| a >= b));
    // On one day the councils come in the order of their names.
    let key = |row: &Row| (std::cmp::Reverse(row["date"].clone()), row["council"].clone());
    assert!(by_date.iter().map(key).is_sorted());
    by_score.sort_by_key(|row| row["passage_id"].clone());
    let mut again = by_date.clone();
    again.sort_by_key(|row| row["passage_id"].clone());
    assert_eq!(column(&again, "passage_id"), column(&by_score, "passage_id"));
    let firsts = rows(sample(), &["search", "libraries", "--sort", "date", "--limit", "4"]);
    assert_eq!(column(&firsts, "passage_id"), column(&by_date[..4], "passage_id"));
}

#[test]
fn a_word_that_stands_nowhere_is_named_with_near_ones_and_how_often_they_stand() {
    let everywhere =
        ["--exact", "--edition", "all", "--with-boilerplate", "--language", "all", "--with-copies"];
    let check = |word: &str, near: &[&str]| {
        let named: Vec<String> = near
            .iter()
            .map(|near| {
                let n = counted(sample(), &[&[*near], &everywhere[..]].concat(), "passages");
                format!("`{near}` ({n} passages)")
            })
            .collect();
        let (last, rest) = named.split_last().unwrap();
        let named = if rest.is_empty() { last.clone() } else { format!("{} and {last}", rest.join(", ")) };
        let expected = format!("`{word}` stands in no passage of the index; near it: {named}\n");
        for command in ["search", "count", "kwic"] {
            let said = scrutineer(sample(), &[command, word]).stderr;
            assert!(said.contains(&expected), "{command}: {said}, not {expected}");
        }
    };
    check("libary", &["library", "hilary"]);
    check("potoles", &["potholes"]);
    let said = |query: &str| scrutineer(sample(), &["search", query]).stderr;
    let several = said("libary AND NOT (potoles OR library)");
    assert_eq!(several.matches("stands in no passage").count(), 2, "{several}");
    assert!(said("xylophoneplayer").contains("`xylophoneplayer` stands in no passage of the index\n"));
    assert!(said("MASK(libary) library").contains("`libary` stands in no passage"));
    for known in ["library", "librar*", "libary~1", "title:libary"] {
        assert!(!said(known).contains("stands in no passage"), "{known}");
    }
}

#[test]
fn the_id_of_a_theme_is_told_from_a_word() {
    for command in ["search", "count", "kwic"] {
        let said = scrutineer(sample(), &[command, "csc03_caseloads"]).stderr;
        let line =
            "`csc03_caseloads` is a theme of the codebook: `scrutineer themes csc03_caseloads` counts it";
        assert!(said.contains(line) && said.contains("theme show csc03_caseloads"), "{command}: {said}");
    }
    let said = scrutineer(sample(), &["search", "csc"]).stderr;
    assert!(!said.contains("is a theme"), "{said}");
}

#[test]
fn what_only_other_editions_with_their_standing_items_hold_is_said() {
    let both = ["--edition", "all", "--with-boilerplate"];
    for one in [&both[..2], &both[2..]] {
        assert!(rows(sample(), &[&["search", "pecuniary"], one].concat()).is_empty(), "{one:?}");
    }
    let n = rows(sample(), &[&["search", "pecuniary"], &both[..]].concat()).len();
    assert!(n > 0);
    let said = |args: &[&str]| scrutineer(sample(), &[&["search", "pecuniary"], args].concat()).stderr;
    let elsewhere = "standing items and headings of agendas, decisions or reports";
    let line = format!("{n} passages match in {elsewhere}: `--edition all --with-boilerplate` shows them");
    assert!(said(&[]).contains(&line), "{}", said(&[]));
    let items = said(&["--unit", "item"]);
    assert!(items.contains(&format!("{elsewhere} match: `--edition all")), "{items}");
    for one in [&both[..2], &both[2..], &["--with-boilerplate", "--edition", "minutes"]] {
        assert!(!said(one).contains(elsewhere), "{one:?}");
    }
    assert!(!scrutineer(sample(), &["search", "library"]).stderr.contains(elsewhere));
}

#[test]
fn a_field_that_holds_for_nothing_is_named_with_near_values_and_how_often_they_stand() {
    let everywhere = ["--edition", "all", "--with-boilerplate", "--language", "all", "--with-copies"];
    let check = |query: &str, field: &str, near: &[&str]| {
        let count = |value: &&str| {
            let name = field.split(':').next().unwrap();
            let by = rows(sample(), &[&["count", "NOT zeppelin", "--by", name], &everywhere[..]].concat());
            let row = by.iter().find(|row| row[name] == *value).unwrap();
            format!("`{value}` ({} passages)", row["passages"])
        };
        let near: Vec<String> = near.iter().map(count).collect();
        let hint = if near.is_empty() { String::new() } else { format!("; near it: {}", near.join(" and ")) };
        let expected = format!("`{field}` holds for no passage of the index{hint}\n");
        for command in ["search", "count", "kwic"] {
            let said = scrutineer(sample(), &[command, query]).stderr;
            assert_eq!(said.matches("holds for no passage").count(), 1, "{command}: {said}");
            assert!(said.contains(&expected), "{command}: {said}, not {expected}");
        }
    };
    check("kind:resolutoin library", "kind:resolutoin", &["resolution"]);
    check("library AND NOT kind:resolutoin", "kind:resolutoin", &["resolution"]);
    check("council:fenwatre OR council:fenwatre", "council:fenwatre", &["fenwater"]);
    check("council:nowhere library", "council:nowhere", &[]);
    check("title:zeppelin library", "title:zeppelin", &[]);
    check("date:1066 library", "date:1066", &[]);
    for known in ["kind:resolution zeppelin", "kind:heading", "council:fenwater", "date:2019.. library"] {
        let said = scrutineer(sample(), &["search", known]).stderr;
        assert!(!said.contains("holds for no passage"), "{known}: {said}");
    }
}

/// The words of a cell as concordances are sorted.
fn words(cell: &str) -> Vec<String> {
    let words = cell.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect()
}

#[test]
fn concordance_lines_are_sorted_from_the_match_outwards_by_one_column_after_another() {
    let query = "librar* OR pothole* NEAR/4 spring";
    let lines = |args: &[&str]| rows(sample(), &[&["kwic", query], args].concat());
    let key = |row: &Row, column: &str| match column {
        "left" => words(&row["left"]).into_iter().rev().collect(),
        "right" | "match" => words(&row[column]),
        _ => vec![row[column].clone()],
    };
    let by_date = lines(&[]);
    assert_eq!(by_date.len() as u64, counted(sample(), &[query], "matches"));
    assert!(by_date.len() > 300, "{}", by_date.len());
    for sort in
        ["date", "left", "right", "match", "date,left", "council,date", "match,right,body", "body,left"]
    {
        let sorted = lines(&["--sort", sort]);
        let mut expected = by_date.clone();
        let keys = |row: &Row| sort.split(',').map(|column| key(row, column)).collect::<Vec<_>>();
        expected.sort_by_key(&keys);
        assert!(sorted.iter().map(keys).is_sorted(), "{sort}");
        let cells = |rows: &[Row]| {
            let mut all: Vec<String> =
                rows.iter().map(|row| row["passage_id"].clone() + &row["left"]).collect();
            all.sort();
            all
        };
        assert_eq!(cells(&sorted), cells(&expected), "{sort}: every line, once");
        assert_eq!(lines(&["--sort", sort, "--limit", "9"])[..], sorted[..9], "{sort}");
    }
    assert_eq!(scrutineer(sample(), &["kwic", query, "--sort", "colour"]).code, 2);
}

#[test]
fn a_window_is_so_many_characters_of_whole_words() {
    let lines = |window: &str| rows(sample(), &["kwic", "'resurfacing'", "--window", window]);
    let widest = lines("1000");
    let texts: BTreeSet<String> =
        widest.iter().map(|row| row["left"].clone() + &row["match"] + &row["right"]).collect();
    let expected = "Officers said that surface dressing cost about a fifth as much as resurfacing, but could not be \
                    used where the base had failed.";
    assert_eq!(texts, [expected.to_owned()].into(), "the whole paragraph");
    for (window, left, right) in [
        ("1", "", ","),
        ("3", "as ", ","),
        ("7", "as ", ", but"),
        ("8", "much as ", ", but"),
        ("20", "a fifth as much as ", ", but could not be"),
        ("21", "a fifth as much as ", ", but could not be"),
    ] {
        for row in &lines(window) {
            assert_eq!((row["left"].as_str(), row["right"].as_str()), (left, right), "{window}");
        }
        assert_eq!(lines(window).len(), widest.len());
    }
    for window in ["0", "1001", "x"] {
        assert_eq!(scrutineer(sample(), &["kwic", "'resurfacing'", "--window", window]).code, 2, "{window}");
    }
}

#[test]
fn all_hits_are_the_same_in_csv_and_json_lines() {
    for flags in [&["search", RETENTION, "--explain", "--limit", "all"][..], &["kwic", RETENTION]] {
        let csv = rows(sample(), &[&["--raw-csv"], flags].concat());
        let run = scrutineer(sample(), &[&["--format", "jsonl", "-q"], flags].concat());
        let lines: Vec<BTreeMap<String, Value>> =
            run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(csv.len(), lines.len());
        for (row, line) in csv.iter().zip(&lines) {
            assert_eq!(row.len(), line.len());
            for (name, cell) in row {
                let value = match &line[name] {
                    Value::Null => String::new(),
                    Value::String(text) => text.clone(),
                    Value::Array(texts) => {
                        texts.iter().map(|text| text.as_str().unwrap()).collect::<Vec<_>>().join(" ")
                    }
                    number if name == "score" => format!("{:.4}", number.as_f64().unwrap()),
                    other => other.to_string(),
                };
                assert_eq!(*cell, value, "{name}");
            }
        }
    }
}

/// The queries of a file: one a line, but for lines that begin with `#`.
fn queries_of(file: &'static str) -> Vec<&'static str> {
    file.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).collect()
}

/// For each query, how many matches `passages export | match` has in each passage.
fn matched(home: &Path, queries: &[&str]) -> BTreeMap<String, BTreeMap<String, u64>> {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path: PathBuf = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let passages = write("passages.jsonl", &scrutineer(home, &["passages", "export"]).stdout);
    let file = write("queries.txt", &(queries.join("\n") + "\n"));
    let run = scrutineer(home, &["match", "--queries", &file, "--input", &passages, "--format", "csv"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let mut all: BTreeMap<String, BTreeMap<String, u64>> = BTreeMap::new();
    for row in read_csv(&run.stdout) {
        let name = |cell: &str| {
            cell.strip_prefix('\'').filter(|rest| queries.contains(rest)).unwrap_or(cell).to_owned()
        };
        *all.entry(name(&row["query"])).or_default().entry(row["passage_id"].clone()).or_default() += 1;
    }
    all
}

/// Checks that counts, rows, lines and matches of a pipe agree. Returns how many
/// queries had a match.
fn check_forms(home: &Path) -> usize {
    let queries = queries_of(include_str!("../queries/forms.txt"));
    assert_eq!(queries.len(), 51);
    let matched = matched(home, &queries);
    for query in &queries {
        let count = &rows(home, &["count", query])[0];
        let hits = rows(home, &["search", query, "--limit", "all"]);
        assert_eq!(count["passages"], hits.len().to_string(), "{query}");
        assert_eq!(count["matches"], sum(&hits, "matches").to_string(), "{query}");
        let lines = rows(home, &["kwic", query]);
        assert_eq!(count["matches"], lines.len().to_string(), "{query}");
        let mut of_lines: BTreeMap<String, u64> = BTreeMap::new();
        lines.iter().for_each(|line| *of_lines.entry(line["passage_id"].clone()).or_default() += 1);
        let of_hits: BTreeMap<String, u64> = hits
            .iter()
            .map(|hit| (hit["passage_id"].clone(), hit["matches"].parse().unwrap()))
            .filter(|(_, n)| *n > 0)
            .collect();
        assert_eq!(of_lines, of_hits, "{query}");
        let of_pipe = matched.get(*query).cloned().unwrap_or_default();
        assert!(of_pipe == of_hits, "{query}: {of_pipe:?} and {of_hits:?}");
    }
    matched.len()
}

#[test]
fn every_way_to_count_gives_one_number_in_the_sample() {
    let n = check_forms(sample());
    assert!(n >= 40, "{n} queries have a match");
}

/// Two folders of the real minutes, added and indexed once.
static REAL: LazyLock<Option<tempfile::TempDir>> = LazyLock::new(|| {
    let corpus = shared("corpus")?;
    let home = tempfile::tempdir().unwrap();
    let manifest = corpus.join("MANIFEST.csv");
    for folder in ["uk-data-panels", "burton-cum-walden-n-yorks"] {
        let paths = [corpus.join(folder), manifest.clone()];
        let [folder, manifest] = paths.each_ref().map(|path| path.to_str().unwrap());
        let run = scrutineer(home.path(), &["-q", "add", folder, "--manifest", manifest]);
        assert!(matches!(run.code, 0 | 3), "{}", run.stderr);
    }
    let run = scrutineer(home.path(), &["-q", "index"]);
    assert!(matches!(run.code, 0 | 3), "{}", run.stderr);
    Some(home)
});

#[test]
fn every_way_to_count_gives_one_number_in_real_minutes() {
    let Some(home) = &*REAL else { return };
    assert!(counted(home.path(), &["NOT zeppelin"], "passages") > 500);
    let n = check_forms(home.path());
    assert!(n > 30, "{n} queries have a match");
}

#[test]
fn two_hundred_queries_match_the_same_through_a_pipe_as_through_the_index() {
    let queries = queries_of(include_str!("../queries/pairs.txt"));
    assert_eq!(queries.len(), 200);
    let matched = matched(sample(), &queries);
    assert!(matched.len() >= 100, "{} queries have a match", matched.len());
    for query in queries {
        let hits = rows(sample(), &["search", query, "--limit", "all"]);
        let of_hits: BTreeMap<String, u64> = hits
            .iter()
            .map(|hit| (hit["passage_id"].clone(), hit["matches"].parse().unwrap()))
            .filter(|(_, n)| *n > 0)
            .collect();
        assert!(matched.get(query).cloned().unwrap_or_default() == of_hits, "{query}");
    }
}

/// A home with a page of minutes of the Cabinet, whose body is this.
fn home_of(body: &str) -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    let title = "Minutes of the Cabinet held on 2 March 2021";
    let path = home.path().join("minutes.html");
    fs::write(&path, page(title, &format!("<h1>{title}</h1>{body}"))).unwrap();
    let path = path.to_str().unwrap();
    let run =
        scrutineer(home.path(), &["add", path, "--council", "Moorby Parish Council", "--body", "Cabinet"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(scrutineer(home.path(), &["index"]).code, 0);
    home
}

#[test]
fn no_operator_of_a_passage_looks_past_its_end() {
    let home = home_of(
        "<h2>1. Herons</h2><p>The heron came to the weir.</p><p>An otter swam off. The vole<br>hid in the bank.</p>\
         <ul><li>one newt</li><li>one toad</li></ul><table><tr><td>kestrel</td><td>falcon</td></tr></table>\
         <h2>2. Bridges</h2><p>The bridge was shut.</p>",
    );
    let n = |query: &str, unit: &str| {
        counted(home.path(), &[query, "--unit", unit, "--with-boilerplate"], "items")
    };
    // A paragraph, a bullet, an item; and what holds in one paragraph.
    let apart =
        [("weir", "otter"), ("newt", "toad"), ("bank", "newt"), ("toad", "bridge"), ("weir", "bridge")];
    for (a, b) in apart {
        for query in ["NEAR/1000", "PRE/1000", "/S", "/P", "AND"] {
            assert_eq!(n(&format!("{a} {query} {b}"), "passage"), 0, "{a} {query} {b}");
        }
        assert_eq!(n(&format!("\"{a} {b}\""), "meeting"), 0);
        assert_eq!(n(&format!("{a} /P {b}"), "meeting"), 0, "{a} {b}");
        assert!(n(&format!("{a} AND {b}"), "meeting") > 0, "{a} {b}");
        let is_one_item = b != "bridge";
        assert_eq!(n(&format!("{a} AND {b}"), "item"), u64::from(is_one_item), "{a} {b}");
    }
    for query in ["otter /P bank", "vole PRE/0 hid", "\"vole hid\"", "otter AND bank"] {
        assert_eq!(n(query, "passage"), 1, "{query}");
    }
    assert_eq!(n("otter /S vole", "passage"), 0, "two sentences");
}

/// What a site says around the minutes and on its links is not what was minuted.
#[test]
fn a_query_finds_neither_what_links_are_called_nor_what_is_around_the_minutes() {
    let home = home_of(
        "<nav><a href=\"a.html\">Kestrel menu</a></nav>\
         <h2>1. Herons</h2><p>The heron came to the weir \
         <a href=\"r.pdf\" title=\"Link to document Kestrel survey PDF 20 KB\">by the mill</a>.</p>\
         <footer><p>Kestrel footer</p></footer>",
    );
    let n =
        |query: &str| counted(home.path(), &[query, "--with-boilerplate", "--edition", "all"], "passages");
    assert_eq!(n("kestrel"), 0);
    assert_eq!(n("\"weir by the mill\""), 1, "the words of a link are words of the paragraph");
    assert_eq!(n("heron NEAR/1000 (menu OR footer OR survey)"), 0);
}

/// Every page of the sample's sites has a menu, lists of links and their titles.
#[test]
fn what_a_modern_gov_site_says_around_its_minutes_is_in_no_passage() {
    const EVERYTHING: [&str; 6] = ["--exact", "--edition", "all", "--with-boilerplate", "--language", "all"];
    const AROUND: [&str; 8] = [
        "\"skip to main content\"",
        "\"attendance details\"",
        "\"search documents\"",
        "\"link to\"",
        "\"view the full\"",
        "\"view directions\"",
        "\"browse meetings\"",
        "\"pdf file\"",
    ];
    let count = |query: &str| counted(sample(), &[&[query], &EVERYTHING[..]].concat(), "passages");
    assert_eq!(AROUND.map(count), [0; 8]);
    assert!(count("\"agency staff\"") > 0);
}

#[test]
fn a_draft_that_is_replaced_leaves_the_view_and_its_words_count_no_more() {
    let home = tempfile::tempdir().unwrap();
    let add = |name: &str, kind: &str, cost: &str| {
        let text = format!(
            "1. Staffing\n\nThe Chair opened the debate on staffing and thanked officers.\n\n\
             Members asked about agency staff at length and were answered in full.\n\n\
             RESOLVED: That {cost} be spent on agency staff.\n"
        );
        fs::write(home.path().join(name), text).unwrap();
        let manifest = home.path().join("m.csv");
        let row = format!("{name},Moorby Parish Council,Cabinet,2020-03-04,{kind}\n");
        fs::write(&manifest, format!("path,council,committee,date,kind\n{row}")).unwrap();
        let paths = [home.path().join(name), manifest];
        let [file, manifest] = paths.each_ref().map(|path| path.to_str().unwrap());
        let run = scrutineer(home.path(), &["add", file, "--manifest", manifest]);
        assert_eq!(run.code, 0, "{}", run.stderr);
        assert_eq!(
            column(&rows(home.path(), &["index"]), "documents"),
            [if kind == "minutes" { "2" } else { "1" }]
        );
    };
    let n = |query: &str, flags: &[&str]| counted(home.path(), &[&[query], flags].concat(), "passages");
    add("draft.txt", "draft-minutes", "five thousand pounds");
    assert_eq!((n("thousand", &[]), n("thousand", &["--edition", "draft-minutes"])), (1, 1));
    add("final.txt", "minutes", "nothing at all");
    assert_eq!((n("thousand", &[]), n("\"nothing at all\"", &[])), (0, 1));
    assert_eq!(n("\"agency staff\"", &[]), 2, "and nothing counts twice");
    // A correction is no second record; whoever asks for all finds the draft too.
    assert_eq!(n("thousand", &["--edition", "draft-minutes,minutes"]), 0);
    assert_eq!(
        (n("thousand", &["--edition", "all"]), n("thousand", &["--edition", "replaced-draft"])),
        (1, 1)
    );
    assert_eq!(n("\"agency staff\"", &["--edition", "all"]), 4);
}

#[test]
fn of_drafts_that_minutes_followed_one_that_is_lost_is_named_and_no_older_one_stands_for_it() {
    let home = tempfile::tempdir().unwrap();
    for (kind, decision) in [("draft-minutes", "three"), ("draft-minutes", "five"), ("minutes", "nothing")] {
        let text = format!("1. Staffing\n\nRESOLVED: That {decision} crowns be spent on herons.\n");
        fs::write(home.path().join("1.txt"), text).unwrap();
        let row = format!("1.txt,Moorby Parish Council,Cabinet,2020-03-01,{kind}\n");
        fs::write(home.path().join("m.csv"), format!("path,council,committee,date,kind\n{row}")).unwrap();
        let [file, manifest] = ["1.txt", "m.csv"].map(|name| home.path().join(name));
        let args = ["add", file.to_str().unwrap(), "--manifest", manifest.to_str().unwrap()];
        assert_eq!(scrutineer(home.path(), &args).code, 0);
    }
    // A file of the archive for each time that something was added.
    let mut archive: Vec<PathBuf> =
        fs::read_dir(home.path().join("corpus/archive/files-moorby-parish-council"))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.to_str().unwrap().ends_with(".warc.gz"))
            .collect();
    archive.sort();
    let [_, of_five, _] = archive.as_slice() else { panic!("{archive:?}") };
    let aside = home.path().join("aside");
    fs::rename(of_five, &aside).unwrap();
    let run = scrutineer(home.path(), &["index"]);
    assert_eq!(run.code, 3, "{}", run.stderr);
    assert!(run.stderr.contains("1.txt"), "{}", run.stderr);
    let n = |query: &str| counted(home.path(), &[query, "--edition", "all"], "passages");
    assert_eq!(["three", "five", "nothing"].map(n), [0, 0, 1]);

    fs::rename(&aside, of_five).unwrap();
    assert_eq!(scrutineer(home.path(), &["index"]).code, 0);
    assert_eq!(["three", "five", "nothing"].map(n), [0, 1, 1]);
}

#[test]
fn a_draft_that_approved_minutes_followed_at_its_address_is_found_and_counts_nowhere() {
    let home = tempfile::tempdir().unwrap();
    // Adds what now stands in the file of a day, and indexes: how many documents were read.
    let publish = |day: u32, kind: &str, decision: &str| {
        let name = format!("{day}.txt");
        let text = format!(
            "1. Staffing\n\nMembers asked about agency staff at length.\n\nRESOLVED: That {decision}.\n"
        );
        fs::write(home.path().join(&name), text).unwrap();
        let row = format!("{name},Moorby Parish Council,Cabinet,2020-03-0{day},{kind}\n");
        fs::write(home.path().join("m.csv"), format!("path,council,committee,date,kind\n{row}")).unwrap();
        let [file, manifest] = [&name, "m.csv"].map(|name| home.path().join(name));
        let args = ["add", file.to_str().unwrap(), "--manifest", manifest.to_str().unwrap()];
        let run = scrutineer(home.path(), &args);
        assert_eq!(run.code, 0, "{}", run.stderr);
        rows(home.path(), &["index"]).remove(0)["documents"].clone()
    };
    let n = |query: &str, editions: &str| counted(home.path(), &[query, "--edition", editions], "passages");
    let default = |query: &str| counted(home.path(), &[query], "passages");
    assert_eq!(publish(1, "minutes", "the herons be counted"), "1");
    assert_eq!(publish(2, "draft-minutes", "three crowns be spent"), "1");
    assert_eq!(publish(2, "draft-minutes", "five crowns be spent on a Peat Extraction Permit (PXP)"), "1");
    assert_eq!((default("three"), default("five")), (0, 1));
    assert_eq!(n("three", "all"), 0, "a draft that another followed is in no edition");

    assert_eq!(publish(2, "minutes", "nothing be spent"), "1", "the meeting that changed, and no other");
    assert_eq!((default("five"), default("nothing")), (0, 1));
    assert_eq!(
        (n("five", "all"), n("five", "replaced-draft"), n("five", "draft-minutes,minutes")),
        (1, 1, 0)
    );
    assert_eq!(n("three", "all"), 0, "of two drafts the last");
    // Two meetings of two passages; of the draft two more, for who asks for all.
    let of = |flags: &[&str]| {
        let args = [&["spent OR counted", "--with-boilerplate"], flags].concat();
        ["passages", "of_passages", "of_meetings"].map(|column| counted(home.path(), &args, column))
    };
    assert_eq!(of(&[]), [2, 4, 2]);
    assert_eq!(of(&["--edition", "all"]), [3, 6, 2]);
    assert_eq!(scrutineer(home.path(), &["abbreviations", "PXP"]).code, 1);

    // Its own digest tells it from what stands in its place.
    let id = |query: &str| {
        rows(home.path(), &["search", query, "--edition", "all"]).remove(0)["passage_id"].clone()
    };
    let (draft, approved) = (id("five"), id("nothing"));
    assert_eq!(draft.split('@').next(), Some("files-moorby-parish-council/cabinet-2020-03-02/1/2"));
    assert_eq!(draft.split('@').next(), approved.split('@').next());
    assert_ne!(draft, approved);
    let shown = rows(home.path(), &["show", &draft]);
    let texts = [
        "Members asked about agency staff at length.",
        "RESOLVED: That five crowns be spent on a Peat Extraction Permit (PXP).",
    ];
    assert_eq!(column(&shown, "text"), texts);
    assert_eq!(column(&shown, "edition"), ["replaced-draft"; 2]);
    assert!(shown[0]["document"].starts_with(draft.split('@').nth(1).unwrap()), "{shown:?}");
    let exported = |flags: &[&str]| {
        let run =
            scrutineer(home.path(), &[&["-q", "passages", "export", "--with-boilerplate"], flags].concat());
        run.stdout.lines().filter(|line| line.contains("five crowns")).count()
    };
    assert_eq!((exported(&[]), exported(&["--edition", "all"])), (0, 1));

    // Approved minutes that are corrected have one draft still; minutes that become a draft
    // again have none.
    assert_eq!(publish(2, "minutes", "no money at all be spent"), "1");
    assert_eq!((n("five", "all"), n("nothing", "all"), default("money")), (1, 0, 1));
    assert_eq!(publish(2, "draft-minutes", "the clerk be asked"), "1");
    assert_eq!((n("five", "all"), default("clerk")), (0, 1));
}

#[test]
fn an_index_reads_the_file_that_changed_and_no_other() {
    let home = tempfile::tempdir().unwrap();
    let write = |day: u32, word: &str| {
        let path = home.path().join(format!("{day}.txt"));
        let text =
            format!("Minutes of the Cabinet held on {day} March 2021\n\n1. Herons\n\nThe {word} came.\n");
        fs::write(&path, text).unwrap();
        let path = path.to_str().unwrap();
        let flags = ["--council", "Moorby Parish Council", "--body", "Cabinet"];
        assert_eq!(scrutineer(home.path(), &[&["add", path], &flags[..]].concat()).code, 0);
    };
    let index = || rows(home.path(), &["index"]).remove(0);
    let n = |word: &str| counted(home.path(), &[word], "passages");
    (1..=4).for_each(|day| write(day, "heron"));
    assert_eq!(index()["documents"], "4");
    assert_eq!(index()["documents"], "0");
    write(2, "otter");
    let row = index();
    assert_eq!((row["documents"].as_str(), row["items"].as_str(), row["passages"].as_str()), ("1", "2", "2"));
    assert_eq!((n("heron"), n("otter")), (3, 1));
    write(2, "otter");
    assert_eq!(index()["documents"], "0", "the same bytes again");
}
