//! Sequences of words: counted as a phrase is found, and those that recur told from
//! template.

use std::collections::HashMap;
use std::path::Path;

use crate::support::{quickstart, rows, scrutineer};
use crate::words::home;

type Row = HashMap<String, String>;

/// Checks that a phrase has the passages, meetings and matches that search gives under
/// the same filters.
#[track_caller]
fn check_recounts(home: &Path, row: &Row, filters: &[&str]) {
    let phrase = format!("\"{}\"", row["phrase"]);
    let counted = &rows(home, &[&["count", &phrase, "--exact"], filters].concat())[0];
    for column in ["matches", "passages", "meetings"] {
        assert_eq!(row[column], counted[column], "{column} of {phrase} {filters:?}");
    }
    let found = rows(home, &[&["search", &phrase, "--exact", "--limit", "all"], filters].concat());
    assert_eq!(found.len().to_string(), row["passages"], "{phrase} {filters:?}");
    let n_different = |column: &str, cut: usize| {
        let values: std::collections::HashSet<&str> =
            found.iter().map(|hit| &hit[column][..cut.min(hit[column].len())]).collect();
        values.len().to_string()
    };
    assert_eq!(n_different("council", usize::MAX), row["councils"], "{phrase} {filters:?}");
    assert_eq!(n_different("date", 4), row["years"], "{phrase} {filters:?}");
    if let Some(example) = row.get("example") {
        assert!(found.iter().any(|hit| hit["passage_id"] == *example), "{phrase}: {example}");
    }
}

#[test]
fn counts_of_the_sample_are_those_of_search() {
    let home = quickstart().0.path();
    for filters in [&[][..], &["--with-boilerplate", "--edition", "all"], &["--from", "2018", "--to", "2022"]]
    {
        let found = rows(home, &[&["ngrams", "--limit", "all", "--length", "2..5"], filters].concat());
        assert!(found.len() > 50, "{}", found.len());
        for at in [0, found.len() / 2, found.len() - 1] {
            check_recounts(home, &found[at], filters);
        }
        let found = rows(home, &[&["discover", "--limit", "all", "--councils", "2"], filters].concat());
        assert!(found.len() >= 3, "{filters:?}: {}", found.len());
        for row in [&found[0], &found[1], &found[found.len() - 1]] {
            check_recounts(home, row, filters);
        }
    }
}

#[test]
fn phrases_stand_in_as_many_councils_and_years_as_are_asked_for() {
    let home = quickstart().0.path();
    let all = rows(home, &["discover", "--limit", "all", "--councils", "1", "--years", "1"]);
    let some = rows(home, &["discover", "--limit", "all", "--councils", "3", "--years", "5"]);
    let number = |row: &Row, column: &str| row[column].parse::<u64>().unwrap();
    assert!(all.iter().any(|row| number(row, "councils") < 3 || number(row, "years") < 5));
    assert!(!some.is_empty());
    for row in &some {
        assert!(number(row, "councils") >= 3 && number(row, "years") >= 5, "{row:?}");
    }
}

/// Two councils in two years, three bodies. `grey herons` and what it is part of stand
/// in other words each time, `the budget was noted` always between the same.
fn herons() -> tempfile::TempDir {
    let budget = "Members said that the budget report was noted by all who were present.";
    home(&[
        (
            "Kent",
            "Cabinet",
            "2020-03-01",
            &format!("Some grey herons nest here. Two owls saw us.\n\n{budget}"),
        ),
        (
            "Kent",
            "Council",
            "2021-03-01",
            &format!("We lost our nesting grey herons nest by nest.\n\n{budget}"),
        ),
        (
            "Devon",
            "Cabinet",
            "2020-03-01",
            &format!("All grey herons nest late. Grey. Herons swim.\n\n{budget}"),
        ),
        (
            "Devon",
            "Cabinet",
            "2021-03-01",
            &format!("When do grey herons nest? Grey voles swim.\n\n{budget}"),
        ),
    ])
}

fn phrases(rows: &[Row]) -> Vec<&str> {
    rows.iter().map(|row| row["phrase"].as_str()).collect()
}

#[test]
fn parts_are_folded_and_template_is_left_out() {
    let home = herons();
    let args = ["discover", "--councils", "2", "--years", "2", "--min-count", "3"];
    let found = rows(home.path(), &args);
    assert_eq!(phrases(&found), ["grey herons nest"]);
    let counts = ["length", "matches", "passages", "meetings", "councils", "years", "template_share"];
    assert_eq!(counts.map(|column| found[0][column].as_str()), ["3", "4", "4", "4", "2", "2", "0.0000"]);
    // Nor shorter than it: of its parts, `grey herons` stands once more over the end of a sentence.
    let pairs = rows(home.path(), &[&args[..], &["--length", "2"]].concat());
    assert_eq!(phrases(&pairs).iter().filter(|phrase| **phrase == "grey herons").count(), 1);
    let pair = pairs.iter().find(|row| row["phrase"] == "grey herons").unwrap();
    assert_eq!(pair["matches"], "5");
    check_recounts(home.path(), pair, &[]);
    // No phrase stands in three councils.
    let run = scrutineer(home.path(), &["discover", "--councils", "3", "--years", "2", "--min-count", "3"]);
    assert_eq!(run.code, 1, "{}", run.stderr);
}

/// Every phrase of two words that stands three times in two councils and years is here for
/// one reason.
fn shelters() -> tempfile::TempDir {
    home(&[
        (
            "Kent",
            "Cabinet",
            "2020-03-01",
            "A bus shelter leaks. Who mends that bus shelter?\n\nOur fair will take place. Ask at Mill Lane.",
        ),
        (
            "Kent",
            "Council",
            "2021-03-01",
            "Glass from every bus shelter fell.\n\nRaces must take place. Some saw Mill Lane flood. It was said \
             that the planning committee met.",
        ),
        (
            "Devon",
            "Cabinet",
            "2020-03-01",
            "Dry bus shelters please many. Wet bus shelters please none.\n\nTalks did take place. Cars race up Mill \
             Lane daily. Ask the planning committee.",
        ),
        (
            "Devon",
            "Council",
            "2021-03-01",
            "They paint a bus shelter green.\n\nPlays might take place. Fog hid Mill Lane. Does our planning \
             committee know?",
        ),
    ])
}

#[test]
fn what_names_no_subject_is_left_out_and_counted() {
    let home = shelters();
    let args = ["discover", "--councils", "2", "--years", "2", "--min-count", "3", "--length", "2"];
    let found = rows(home.path(), &args);
    assert_eq!(phrases(&found), ["bus shelter"]);
    // Twice in the one item of the first meeting; `bus shelters` is folded into it, and not counted.
    let counts = ["matches", "items", "items_repeating", "verb_share", "capital_share"];
    assert_eq!(counts.map(|column| found[0][column].as_str()), ["4", "3", "1", "0.1667", "0.0000"]);
    let figure = |column: &str| found[0][column].parse::<f64>().unwrap();
    let score = (1.0 - figure("dp_norm")) * figure("g2").ln_1p() * 2.0 / 13.0;
    assert!((figure("score") - score).abs() < 1e-3, "{score}");
    let said = scrutineer(home.path(), &args).stderr;
    assert!(said.contains("left out as no subject: 1 procedure, 1 verb, 1 name\n"), "{said}");
    // Of the three passages with one bus shelter repairs have two, colours one.
    let codebook = home.path().join("codebook.toml");
    let themes = r#"
        [codebook]
        name = "small"
        version = "1"
        title = "Shelters"
        [[theme]]
        id = "colours"
        name = "Colours"
        definition = "What is painted."
        query = 'green'
        [[theme]]
        id = "repairs"
        name = "Repairs"
        definition = "What does not hold."
        query = 'leaks OR fell'
    "#;
    std::fs::write(&codebook, themes).unwrap();
    let named = rows(home.path(), &[&args[..], &["--codebook", codebook.to_str().unwrap()]].concat());
    assert_eq!(["theme", "theme_passages"].map(|column| named[0][column].as_str()), ["repairs", "2"]);
    let unnamed = rows(home.path(), &[&args[..], &["--codebook", "built-in"]].concat());
    assert_eq!(["theme", "theme_passages"].map(|column| unnamed[0][column].as_str()), ["", "0"]);
    // Over one council nothing is spread, evenly or not.
    let alone = ["discover", "--councils", "1", "--years", "1", "--min-count", "2", "--council", "kent"];
    assert_eq!(rows(home.path(), &alone)[0]["dp_norm"], "");
    let help = scrutineer(home.path(), &["discover", "--help"]).stdout;
    for rule in ["procedure: ", "verb: ", "name: ", "chance: ", "template: "] {
        assert!(help.contains(rule), "{rule}");
    }
}

#[test]
fn sequences_are_listed_by_how_often_they_stand() {
    let home = herons();
    let found = rows(home.path(), &["ngrams", "--length", "3", "--min-count", "4", "--limit", "3"]);
    assert_eq!(phrases(&found), ["all who were", "budget report was", "by all who"]);
    let run = scrutineer(home.path(), &["ngrams", "--length", "1..9"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("`1..9` is no length from 2 to 5"), "{}", run.stderr);
}

#[test]
fn what_search_finds_with_hyphens_as_well_is_said() {
    let home = home(&[
        ("Kent", "Cabinet", "2020-03-01", "Sent by email now.\n\nSent by email then."),
        ("Kent", "Cabinet", "2020-04-01", "Sent by e-mail again."),
    ]);
    let run = scrutineer(home.path(), &["ngrams", "--length", "2", "--min-count", "2", "--format", "csv"]);
    assert_eq!(run.stdout.lines().nth(1), Some("sent by,2,3,3,2,1,1"));
    assert_eq!(run.stdout.lines().nth(2), Some("by email,2,2,2,1,1,1"));
    assert!(run.stderr.contains("search finds more of `by email`"), "{}", run.stderr);
}
