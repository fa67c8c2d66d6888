//! Which themes stand together: expected values by hand, and every count counted again.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::path::Path;

use crate::support::{quickstart, rows, scrutineer};

type Row = HashMap<String, String>;

const CODEBOOK: &str = r#"
    [codebook]
    name = "lanes"
    version = "1"
    title = "Lanes"
    [[theme]]
    id = "stiles"
    name = "Stiles"
    definition = "Stiles."
    query = 'stile*'
    [[theme]]
    id = "bridges"
    name = "Bridges"
    definition = "Bridges over water."
    query = 'bridge* OR ford*'
    [[theme]]
    id = "dogs"
    name = "Dogs"
    definition = "Dogs, but for those on bridges."
    query = 'dog*'
    masks = ['dog* NEAR/3 bridge*']
    [[theme]]
    id = "zeppelins"
    name = "Zeppelins"
    definition = "Zeppelins."
    query = 'zeppelin*'
"#;

/// A meeting of four items, two of which have stiles and bridges, and one of three, one of which has;
/// a third of two items with one each.
fn home() -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    let files = home.path().join("files");
    fs::create_dir(&files).unwrap();
    let meeting = |day: u32, items: &[&str]| {
        let mut text =
            format!("Moorby Parish Council\n\nMinutes of the meeting held on {day} March 2020\n\n");
        for (at, item) in items.iter().enumerate() {
            text += &format!("{}. Matter {}\n\n{item}\n\n", at + 1, ["one", "two", "three", "four"][at]);
        }
        fs::write(files.join(format!("{day}.txt")), text).unwrap();
    };
    meeting(
        4,
        &[
            "The stile at Long Lane was broken.\n\nThe bridge beside it was sound.",
            "A new stile was asked for at the bridge over the beck.",
            "The hall roof had been mended by a builder from the town.",
            "A dog was seen upon the green by two of those present.",
        ],
    );
    meeting(
        11,
        &[
            "The stile and the ford were both under water for a week.",
            "A letter had come from the county about the bus.",
            "The accounts were read out and nobody had a question.",
        ],
    );
    meeting(18, &["The stile was mended at last, and all were glad.", "The ford was dry in that week."]);
    fs::write(home.path().join("lanes.toml"), CODEBOOK).unwrap();
    assert_eq!(scrutineer(home.path(), &["add", files.to_str().unwrap()]).code, 0);
    assert_eq!(scrutineer(home.path(), &["index"]).code, 0);
    home
}

fn cooccur(home: &Path, args: &[&str]) -> Vec<Row> {
    let codebook = home.join("lanes.toml");
    rows(home, &[&["cooccur", "--codebook", codebook.to_str().unwrap()], args].concat())
}

#[track_caller]
fn check(row: &Row, expected: &[(&str, &str)]) {
    for (name, value) in expected {
        assert_eq!(row[*name], *value, "{name}: {row:?}");
    }
}

#[test]
fn figures_are_those_worked_out_by_hand() {
    let home = home();
    let found = cooccur(home.path(), &[]);
    assert_eq!(found.len(), 6);
    // Of 9 numbered items and the 3 that hold what stands before them. Together in 3 of 12, each in 4
    // of them: 16/12 by chance. Within meetings 2 · 2/5 + 1/4 + 1/3 = 1.3833. In the first 0, 1 and 2
    // items have both in 3, 6 and 1 of 10 ways, in the second 0 and 1 in 3 and 1, in the third in 2
    // and 1. So 0 to 4 together are (3, 6, 1) · (3, 1) · (2, 1) = 18, 51, 39, 11 and 1 of 120; no
    // likelier than 3 are 11 and 1.
    check(
        &found[0],
        &[
            ("first_theme", "stiles"),
            ("second_theme", "bridges"),
            ("together", "3"),
            ("first", "4"),
            ("second", "4"),
            ("of_units", "12"),
            ("expected", "1.3333"),
            ("lift", "2.2500"),
            ("expected_within", "1.3833"),
            ("informative", "3"),
            ("p", "0.1000"),
            ("unit", "item"),
            ("query", "stile* AND (bridge* OR ford*)"),
        ],
    );
    // In the first meeting one of five has a dog, and two others stiles: none together is the likelier.
    let dogs =
        found.iter().find(|row| row["first_theme"] == "stiles" && row["second_theme"] == "dogs").unwrap();
    check(dogs, &[("together", "0"), ("odds_ratio", "0.0000"), ("low", "0.0000"), ("p", "1.0000")]);
    assert_eq!(dogs["query"], "", "a mask of one theme would hide words of the other");
    // Three tests, of the pairs without zeppelins: 0.1 · 3 · (1 + 1/2 + 1/3) = 0.55.
    let tested: Vec<&Row> = found.iter().filter(|row| !row["p"].is_empty()).collect();
    assert_eq!(tested.len(), 3);
    assert_eq!(found[0]["p_adjusted"], "0.5500");
    for row in found.iter().filter(|row| row["second_theme"] == "zeppelins") {
        check(
            row,
            &[("together", "0"), ("second", "0"), ("lift", ""), ("odds_ratio", ""), ("p_adjusted", "")],
        );
    }
    // Both stand in every meeting: nothing could have come out otherwise.
    let meetings = cooccur(home.path(), &["stiles", "bridges", "--unit", "meeting"]).remove(0);
    check(
        &meetings,
        &[("together", "3"), ("of_units", "3"), ("lift", "1.0000"), ("p", ""), ("informative", "")],
    );
    // Two of the passages have both; in the first item the two stand in one each.
    let passages = cooccur(home.path(), &["stiles", "bridges", "--unit", "passage"]).remove(0);
    check(&passages, &[("together", "2"), ("of_units", "13"), ("odds_ratio", "0.0000"), ("p", "1.0000")]);
}

#[test]
fn what_is_unknown_is_blank_and_a_theme_named_twice_is_refused() {
    let home = home();
    let unknown = cooccur(home.path(), &["stiles", "bridges", "--year", "1999"]).remove(0);
    check(&unknown, &[("together", ""), ("first", ""), ("of_units", ""), ("expected", ""), ("p", "")]);
    let twice = ["cooccur", "csc03_caseloads", "csc03_caseloads"];
    let run = scrutineer(quickstart().0.path(), &twice);
    assert!(run.code == 2 && run.stderr.contains("`csc03_caseloads` alone"), "{}", run.stderr);
    let thrice = ["cooccur", "csc03_caseloads", "csc02_agency_staff", "csc03_caseloads"];
    let run = scrutineer(quickstart().0.path(), &thrice);
    assert!(run.code == 2 && run.stderr.contains("a theme is named twice"), "{}", run.stderr);
}

#[test]
fn a_theme_named_alone_is_held_against_each_other_one() {
    let home = home();
    let pairs = |themes: &[&str]| -> Vec<Row> { cooccur(home.path(), themes) };
    let alone = pairs(&["bridges"]);
    let mut others: Vec<&str> = alone.iter().map(|row| row["second_theme"].as_str()).collect();
    others.sort_unstable();
    assert_eq!(others, ["dogs", "stiles", "zeppelins"]);
    assert!(alone.iter().all(|row| row["first_theme"] == "bridges"));
    let with_stiles = alone.iter().find(|row| row["second_theme"] == "stiles").unwrap();
    let named = pairs(&["bridges", "stiles"]).remove(0);
    check(with_stiles, &["together", "odds_ratio", "p"].map(|name| (name, named[name].as_str())));
}

/// The unit of an identifier of a passage, `meeting/item/ordinal@digest`.
fn unit_of(passage_id: &str, unit: &str) -> String {
    let (place, digest) = passage_id.rsplit_once('@').unwrap();
    let parts: Vec<&str> = place.split('/').collect();
    match unit {
        "meeting" => parts[..2].join("/"),
        "item" => format!("{}@{digest}", parts[..3].join("/")),
        _ => passage_id.to_owned(),
    }
}

#[test]
fn every_count_counts_again() {
    let home = quickstart().0.path();
    let themes =
        ["csc03_caseloads", "csc14_adoption_permanence", "csc02_agency_staff", "csc01_sw_recruit_retain"];
    let unmasked = ["csc13_kinship_sgo", "hwy01_highways_maintenance"];
    let shown = rows(home, &[&["theme", "show"][..], &themes, &unmasked].concat());
    let whole = shown.iter().filter(|row| row["part"] == "whole query");
    let queries: BTreeMap<String, String> =
        whole.map(|row| (row["theme"].clone(), row["text"].clone())).collect();
    let ids: Vec<&str> = queries.keys().map(String::as_str).collect();
    for unit in ["item", "meeting", "passage"] {
        let units: BTreeMap<&str, BTreeSet<String>> = queries
            .iter()
            .map(|(id, query)| {
                let hits = rows(home, &["search", query, "--exact"]);
                (id.as_str(), hits.iter().map(|hit| unit_of(&hit["passage_id"], unit)).collect())
            })
            .collect();
        let args = [&["cooccur"][..], &ids, &["--unit", unit]].concat();
        let listed = rows(home, &[&args[..], &["--passages"]].concat());
        let (mut n_together, mut n_queries) = (0, 0);
        for row in rows(home, &args) {
            let pair = [row["first_theme"].as_str(), row["second_theme"].as_str()];
            let [first, second] = pair.map(|theme| &units[theme]);
            let both: BTreeSet<&String> = first.intersection(second).collect();
            let counts = [both.len(), first.len(), second.len()].map(|count| count.to_string());
            assert_eq!(
                [&row["together"], &row["first"], &row["second"]],
                counts.each_ref(),
                "{unit} {pair:?}"
            );
            let is_of_pair = |row: &&Row| row["first_theme"] == pair[0] && row["second_theme"] == pair[1];
            for theme in pair {
                let of_theme = listed.iter().filter(is_of_pair).filter(|row| row["theme"] == theme);
                let unit_ids: BTreeSet<&String> = of_theme.map(|row| &row["unit_id"]).collect();
                assert_eq!(unit_ids, both, "{unit} {pair:?} {theme}");
            }
            if !row["query"].is_empty() {
                let hits = rows(home, &["search", &row["query"], "--exact", "--unit", unit]);
                let of_query: BTreeSet<String> =
                    hits.iter().map(|hit| unit_of(&hit["passage_id"], unit)).collect();
                assert_eq!(of_query.iter().collect::<BTreeSet<&String>>(), both, "{unit} {pair:?}");
            }
            n_queries += usize::from(!row["query"].is_empty());
            n_together += both.len();
        }
        assert!(n_together > 0 && n_queries == 1, "{unit}");
    }
    let per_item = rows(home, &["themes", "csc03_caseloads", "--per", "item", "--by", "nation"]);
    let of_units: u64 = per_item.iter().map(|row| row["of"].parse::<u64>().unwrap()).sum();
    assert_eq!(rows(home, &["cooccur", ids[0], ids[1]])[0]["of_units"], of_units.to_string());
}
