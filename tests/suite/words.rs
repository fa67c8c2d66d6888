//! The corpus linguist's commands, on files whose words are counted by hand.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use crate::support::{quickstart, rows, scrutineer};

type Row = HashMap<String, String>;

/// A home with these files of minutes, each of a council, a body and a day.
pub fn home(files: &[(&str, &str, &str, &str)]) -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    for (at, (council, body, day, text)) in files.iter().enumerate() {
        let path = home.path().join(format!("{at}.txt"));
        fs::write(&path, format!("1. Wildlife\n\n{text}\n")).unwrap();
        let path = path.to_str().unwrap();
        let run =
            scrutineer(home.path(), &["add", path, "--council", council, "--body", body, "--date", day]);
        assert_eq!(run.code, 0, "{}", run.stderr);
    }
    let run = scrutineer(home.path(), &["index"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    home
}

/// Checks some columns of the row of a word.
#[track_caller]
fn check(rows: &[Row], word: &str, columns: &[&str], expected: &[&str]) {
    let row = rows.iter().find(|row| row["word"] == word).unwrap_or_else(|| panic!("no row of {word}"));
    let found: Vec<&str> = columns.iter().map(|column| row[*column].as_str()).collect();
    assert_eq!(found, expected, "{word}");
}

const COUNTS: [&str; 6] = ["a_count", "b_count", "a_size", "b_size", "a_meetings", "b_meetings"];

/// Kent has 13 words in two meetings, Devon 11 in two. The parts of a hyphened word
/// are words, the whole is none.
fn two_councils() -> tempfile::TempDir {
    home(&[
        ("Kent", "Cabinet", "2020-03-01", "The heron met the heron. A multi-agency heron."),
        ("Kent", "Cabinet", "2021-03-01", "The heron was seen."),
        ("Devon", "Cabinet", "2020-03-01", "The otter was seen. No heron."),
        ("Devon", "Cabinet", "2021-03-01", "The otter met an otter."),
    ])
}

/// G² of four terms by hand for `heron`, 4 of 13 and 1 of 11: the sums over the cells
/// 4, 1, 9, 10 of O ln(O/E) with E = 65/24, 55/24, 247/24, 209/24 give 1.8132; Log Ratio
/// is log2((4/13)/(1/11)) = 1.7590. Of `otter`, 0 taken for 0.5, log2((0.5/13)/(3/11)).
#[test]
fn keywords_count_words_on_each_side() {
    let home = two_councils();
    let args = ["keywords", "kent", "devon", "--measure", "words", "--min", "1", "--limit", "all"];
    let by_words = rows(home.path(), &args);
    check(&by_words, "heron", &COUNTS, &["4", "1", "13", "11", "2", "1"]);
    check(&by_words, "heron", &["g2", "log_ratio", "lrc"], &["1.8132", "1.7590", "0.0000"]);
    check(&by_words, "otter", &COUNTS, &["0", "3", "13", "11", "0", "2"]);
    check(&by_words, "otter", &["log_ratio"], &["-2.8260"]);
    check(&by_words, "multi", &COUNTS, &["1", "0", "13", "11", "1", "0"]);
    let words: Vec<&str> = by_words.iter().map(|row| row["word"].as_str()).collect();
    assert_eq!((words[0], words.len()), ("heron", 11), "{words:?}");
    assert_eq!(words.last(), Some(&"otter"));
}

#[test]
fn keywords_count_meetings_unless_told_otherwise() {
    let home = two_councils();
    let by_meetings = rows(home.path(), &["keywords", "kent", "devon", "--min", "3"]);
    check(&by_meetings, "heron", &COUNTS, &["2", "1", "2", "2", "2", "1"]);
    // `was`, `met` and `otter` stand in two meetings alone.
    assert_eq!(by_meetings.len(), 2);
    check(
        &by_meetings,
        "the",
        &["a_count", "b_count", "g2", "p", "p_adjusted"],
        &["2", "2", "0.0000", "1.0000", "1.0000"],
    );
}

#[test]
fn the_other_side_is_all_else_that_passes_the_filters() {
    let home = two_councils();
    let of = |more: &[&str]| {
        rows(home.path(), &[&["keywords"], more, &["--measure", "words", "--min", "1"]].concat())
    };
    assert_eq!(of(&["kent"]), of(&["kent", "devon"]));
    // What is on both sides counts on the first: of 2020 and Kent, Kent in 2021 is left.
    let overlapping = of(&["2020", "kent"]);
    check(&overlapping, "heron", &COUNTS, &["4", "1", "15", "4", "2", "1"]);
    let in_2020 = of(&["kent", "--from", "2020", "--to", "2020"]);
    check(&in_2020, "heron", &COUNTS, &["3", "1", "9", "6", "1", "1"]);
}

/// A file that is taken again with another text: its old words stand in the engine
/// until segments are merged.
#[test]
fn words_that_were_replaced_do_not_count() {
    let home = two_councils();
    let path = home.path().join("0.txt");
    fs::write(&path, "1. Wildlife\n\nThe vole was seen.\n").unwrap();
    let add =
        ["add", path.to_str().unwrap(), "--council", "Kent", "--body", "Cabinet", "--date", "2020-03-01"];
    assert_eq!(scrutineer(home.path(), &add).code, 0);
    assert_eq!(scrutineer(home.path(), &["index"]).code, 0);
    let all = rows(home.path(), &["keywords", "kent", "--measure", "words", "--min", "1", "--limit", "all"]);
    check(&all, "heron", &COUNTS, &["1", "1", "8", "11", "1", "1"]);
    assert!(!all.iter().any(|row| row["word"] == "multi"));
}

/// Runs a command that must fail, and gives what it said.
#[track_caller]
fn refused(home: &Path, args: &[&str]) -> String {
    let run = scrutineer(home, args);
    assert_eq!(run.code, 2, "{}", run.stderr);
    run.stderr
}

#[test]
fn a_side_that_is_all_there_is_has_nothing_to_be_held_against() {
    let home = two_councils();
    assert!(refused(home.path(), &["keywords", "kent", "kent"]).contains("are the same"));
    let run = scrutineer(home.path(), &["keywords", "kent,devon"]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert!(run.stderr.contains("all else: nothing is known"), "{}", run.stderr);
}

/// In `The grey heron ate. A heron met the grey heron.` with two words on either side
/// `grey` stands near the first heron and the third, and `the` near each.
fn herons() -> tempfile::TempDir {
    home(&[
        ("Kent", "Cabinet", "2020-03-01", "The grey heron ate. A heron met the grey heron."),
        ("Kent", "Cabinet", "2021-03-01", "The otter was grey."),
        ("Devon", "Cabinet", "2020-03-01", "No heron was seen, but two grey geese."),
    ])
}

/// Of `grey` by hand: 3 × 3 × 4 / 14 are expected, the scores are log2(2 / 2.5714),
/// log2(8 / 2.5714), (2 - 2.5714) / √2 and 14 + log2(2 × 2 / (3 + 3)).
#[test]
fn collocates_come_with_all_that_their_scores_are_made_of() {
    let home = herons();
    let args = ["collocates", "heron", "--council", "kent", "--window", "2", "--min", "1"];
    let found = rows(home.path(), &args);
    let counts = ["o", "f1", "f2", "n", "window"];
    check(&found, "grey", &counts, &["2", "3", "3", "14", "2"]);
    check(&found, "the", &counts, &["3", "3", "3", "14", "2"]);
    // Once in the text, near two herons.
    check(&found, "a", &counts, &["2", "3", "1", "14", "2"]);
    // Three words apart.
    assert!(!found.iter().any(|row| row["word"] == "heron"));
    let scores = ["expected", "mi", "mi3", "t", "log_dice"];
    check(&found, "grey", &scores, &["2.5714", "-0.3626", "1.6374", "-0.4041", "13.4150"]);
}

#[test]
fn a_window_within_the_sentence_ends_with_it() {
    let home = herons();
    let args =
        ["collocates", "heron", "--council", "kent", "--window", "2", "--min", "1", "--within", "sentence"];
    let found = rows(home.path(), &args);
    check(&found, "a", &["o"], &["1"]);
    check(&found, "ate", &["o"], &["1"]);
}

/// The counts and figures of a row of `dispersion`.
#[track_caller]
fn check_dispersion(rows: &[Row], by: &str, counts: [&str; 4], figures: [&str; 4]) {
    let row = rows.iter().find(|row| row["by"] == by).unwrap_or_else(|| panic!("no row by {by}"));
    let of = |columns: [&str; 4]| columns.map(|column| row[column].as_str());
    assert_eq!(of(["parts", "parts_with", "matches", "words"]), counts, "{by}");
    assert_eq!(of(["dp", "dp_norm", "dp_egbert", "juilland_d"]), figures, "{by}");
}

/// By hand. Councils have 20 and 10 words, with 3 herons and 1: DP is
/// (|3/4 - 2/3| + |1/4 - 1/3|)/2 = 1/12, DPnorm 1/12 by 2/3 = 1/8; rates of 3/20 and
/// 2/20 have a mean of 2.5/20 and deviate by 0.5/20, so D is 1 - 1/5. Kent's bodies have
/// 10 words each. Meetings have 10 words each, and 2, 1, 1 herons: DP is
/// (1/6 + 1/12 + 1/12)/2 = 1/6, DPnorm 1/4, and V = √2/4, so D is 1 - 1/4.
#[test]
fn dispersion_is_over_parts_by_their_words() {
    let ten = "The heron was seen by all of them on Monday.";
    let home = home(&[
        ("Kent", "Cabinet", "2020-03-01", "The heron met a heron by the mill on Monday."),
        ("Kent", "Audit Committee", "2021-03-01", ten),
        ("Devon", "Cabinet", "2021-05-01", ten),
    ]);
    let of = |more: &[&str]| rows(home.path(), &[&["dispersion", "heron"], more].concat());
    let all = of(&[]);
    check_dispersion(&all, "council", ["2", "2", "4", "30"], ["0.0833", "0.1250", "0.8750", "0.8000"]);
    // Two bodies have one name, and are two.
    let of_three = ["0.1667", "0.2500", "0.7500", "0.7500"];
    check_dispersion(&all, "body", ["3", "3", "4", "30"], of_three);
    check_dispersion(&all, "meeting", ["3", "3", "4", "30"], of_three);
    // 10 and 20 words with 2 and 2: DP is 1/6, DPnorm 1/4; rates as 2 to 1.
    check_dispersion(&all, "year", ["2", "2", "4", "30"], ["0.1667", "0.2500", "0.7500", "0.6667"]);
    let one_part = of(&["--council", "devon", "--by", "council"]);
    assert_eq!(one_part.len(), 1);
    check_dispersion(&one_part, "council", ["1", "1", "1", "10"], ["", "", "", ""]);
}

#[test]
fn what_is_nowhere_is_not_spread() {
    let home = herons();
    let run = scrutineer(home.path(), &["--format", "csv", "dispersion", "zeppelin", "--by", "council"]);
    assert_eq!((run.code, run.stdout.lines().nth(1)), (1, Some("council,2,0,0,22,,,,")), "{}", run.stderr);
}

/// School, schools and schooling have one stem: three words in two meetings of Kent, which
/// has ten words in all, and three in the one of Devon, which has six.
#[test]
fn keywords_count_the_forms_of_a_word_together_where_asked() {
    let home = home(&[
        ("Kent", "Cabinet", "2020-03-01", "The school was one of the schools."),
        ("Kent", "Cabinet", "2021-03-01", "Schooling was seen."),
        ("Devon", "Cabinet", "2020-03-01", "No school. No schools. The schooling."),
    ]);
    let args = ["keywords", "kent", "devon", "--stems", "--min", "1", "--limit", "all"];
    let by_words = rows(home.path(), &[&args[..], &["--measure", "words"]].concat());
    check(&by_words, "school", &COUNTS, &["3", "3", "10", "6", "2", "1"]);
    check(&by_words, "school", &["forms"], &["school schooling schools"]);
    let json = scrutineer(home.path(), &[&args[..], &["--format", "json", "-q"]].concat()).stdout;
    let json: Vec<serde_json::Value> = serde_json::from_str(&json).unwrap();
    let school = json.iter().find(|row| row["word"] == "school").unwrap();
    assert_eq!(school["forms"], serde_json::json!(["school", "schooling", "schools"]));
    assert!(!by_words.iter().any(|row| row["word"] == "schools"));
    let by_meetings = rows(home.path(), &args);
    check(&by_meetings, "school", &COUNTS, &["2", "1", "2", "1", "2", "1"]);
    let refused = scrutineer(home.path(), &[&args[..], &["--language", "all"]].concat());
    assert_eq!(refused.code, 2);
    assert!(refused.stderr.contains("text in English alone"), "{}", refused.stderr);
}

#[test]
fn keywords_explain_their_columns_and_warn_of_few_meetings() {
    let home = two_councils();
    let help = scrutineer(home.path(), &["keywords", "--help"]).stdout;
    let csv = scrutineer(home.path(), &["keywords", "kent", "devon", "--stems", "--format", "csv"]);
    for column in csv.stdout.lines().next().unwrap().split(',') {
        let is_explained = |line: &str| {
            let names = line.strip_prefix("  ").and_then(|line| line.split("  ").next()).unwrap_or_default();
            names.split(", ").any(|name| name == column)
        };
        assert!(help.lines().any(is_explained), "{column}: {help}");
    }
    for council in ["kent", "devon"] {
        assert!(csv.stderr.contains(&format!("{council} has fewer than 5 meetings")), "{}", csv.stderr);
    }
    let many = scrutineer(quickstart().0.path(), &["keywords", "ambermere", "fenwater"]).stderr;
    assert!(!many.contains("fewer than"), "{many}");
}

/// Of the sample, where a query counts the same: words as written, and meetings that
/// have them; and so for stems.
#[test]
fn words_are_counted_as_a_query_counts_them() {
    let sample = quickstart().0.path();
    let mut n_compared = 0;
    for filters in [&[][..], &["--with-boilerplate", "--edition", "all"], &["--kind", "resolution"]] {
        let of = |args: &[&str]| rows(sample, &[args, filters].concat());
        let by_words =
            of(&["keywords", "ambermere", "fenwater", "--measure", "words", "--min", "1", "--limit", "all"]);
        assert!(by_words.len() > 50, "{}", by_words.len());
        for word in ["committee", "the", "report", "ambermere"] {
            let Some(row) = by_words.iter().find(|row| row["word"] == word) else { continue };
            for (council, side) in [("ambermere", "a"), ("fenwater", "b")] {
                n_compared += 1;
                let counted = &of(&["count", word, "--exact", "--council", council])[0];
                let found = [&row[&format!("{side}_count")], &row[&format!("{side}_meetings")]];
                assert_eq!(
                    found,
                    [&counted["matches"], &counted["meetings"]],
                    "{word} {council} {filters:?}"
                );
            }
        }
        let args = ["keywords", "ambermere", "fenwater", "--stems", "--min", "1", "--limit", "all"];
        for word in ["committee", "the", "schools", "report"] {
            let Some(row) =
                of(&args).into_iter().find(|row| row["forms"].split(' ').any(|form| form == word))
            else {
                continue;
            };
            n_compared += 1;
            let counted = &of(&["count", word, "--council", "ambermere"])[0];
            assert_eq!(row["a_count"], counted["meetings"], "{word} {filters:?}");
        }
        // All words of a side are its size.
        for side in ["a", "b"] {
            let counts = by_words.iter().map(|row| row[&format!("{side}_count")].parse::<u64>().unwrap());
            assert_eq!(counts.sum::<u64>().to_string(), by_words[0][&format!("{side}_size")], "{filters:?}");
        }
    }
    assert!(n_compared >= 24, "{n_compared}");
}

/// Minutes in Welsh have no part in the counts unless asked for; their words stand as
/// they are written.
#[test]
fn words_in_welsh_count_where_they_are_asked_for() {
    let welsh = "Roedd yr aelodau yn trafod y ffyrdd a’r cynlluniau gyda’r swyddog.";
    let home = home(&[
        ("Gwynedd", "Cabinet", "2024-03-04", "The members were all in favour of the roads."),
        ("Gwynedd", "Cabinet", "2024-04-08", welsh),
        ("Kent", "Cabinet", "2024-03-04", "The roads were in the plan of the members."),
    ]);
    let args = ["keywords", "gwynedd", "--measure", "words", "--min", "1", "--limit", "all"];
    let in_english = rows(home.path(), &args);
    check(&in_english, "roads", &COUNTS, &["1", "1", "9", "9", "1", "1"]);
    assert!(!in_english.iter().any(|row| row["word"] == "cynlluniau"));
    let all = rows(home.path(), &[&args[..], &["--language", "all"]].concat());
    // `a’r` and `gyda’r` are two words each.
    check(&all, "cynlluniau", &COUNTS, &["1", "0", "22", "9", "1", "0"]);
    check(&all, "r", &COUNTS, &["2", "0", "22", "9", "1", "0"]);
}
