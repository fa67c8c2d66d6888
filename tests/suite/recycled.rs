//! What is said again: restated, carried forward or template, each number counted
//! again from passages.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use crate::support::{quickstart, rows, scrutineer};
use crate::words::home;

type Row = HashMap<String, String>;

const ALL: [&str; 4] = ["--limit", "all", "--class", "restated,carried-forward,other,template"];

fn columns<'a>(row: &'a Row, names: &[&str]) -> Vec<&'a str> {
    names.iter().map(|name| row[*name].as_str()).collect()
}

/// A panel that met six times, and the cabinet once. An assurance in three of the six and
/// the cabinet, a row of a log in four in a row, a form that is filled in, a notice that
/// stands twice in one meeting.
fn moorby() -> tempfile::TempDir {
    let assurance = "The Director said that recruitment remains a priority and that an update will come.";
    let restated = "The Director said that recruitment remains a priority and that an update would come.";
    let form = |one: &str, other: &str| {
        format!("They heard that Councillor {one} proposed, and Councillor {other} seconded, the report.")
    };
    let log = "2. Matters arising\n\nThe broken stile at Long Lane had been reported; no answer so far.";
    let twice = "The notice on the door of the hall was read to all who came.";
    let panel = |day, text: String| ("Moorby", "Scrutiny Panel", day, text);
    let files = [
        panel("2019-03-04", format!("{assurance}\n\n{}\n\n{twice}\n\n{twice}", form("Lee", "Poole"))),
        panel("2019-09-02", format!("{}\n\n{log}", form("Rowe", "Poole"))),
        panel("2020-03-02", format!("{assurance}\n\n{log}")),
        panel("2020-09-07", format!("{}\n\n{log}", form("Rowe", "Finch"))),
        panel("2021-03-01", format!("The owls were seen.\n\n{log}")),
        panel("2022-03-07", restated.to_owned()),
        ("Moorby", "Cabinet", "2021-06-07", assurance.to_owned()),
    ];
    let files: Vec<(&str, &str, &str, &str)> =
        files.iter().map(|(council, body, day, text)| (*council, *body, *day, text.as_str())).collect();
    home(&files)
}

#[test]
fn what_is_restated_is_told_from_what_is_carried_forward_and_from_template() {
    let home = moorby();
    let names = [
        "class",
        "body",
        "times",
        "of_meetings",
        "first",
        "last",
        "longest_gap",
        "least_similarity",
        "changed",
    ];
    let found = rows(home.path(), &["recycled"]);
    let found: Vec<Vec<&str>> = found.iter().map(|row| columns(row, &names)).collect();
    // 13 of 14 words.
    let restated = "restated,Scrutiny Panel,3,6,2019-03-04,2022-03-07,2,0.9286,will → would";
    let carried = "carried-forward,Scrutiny Panel,4,6,2019-09-02,2021-03-01,0,1.0000,nothing";
    let [restated, carried] = [restated, carried].map(|row| row.split(',').collect::<Vec<_>>());
    assert_eq!(found, [carried, restated]);

    let template = rows(home.path(), &["recycled", "--class", "template"]);
    assert_eq!(template.len(), 1, "{template:?}");
    let names = ["class", "times", "changed", "changed_facts"];
    assert_eq!(columns(&template[0], &names), ["template", "3", "Lee → Rowe; Poole → Finch", "names"]);

    let said = scrutineer(home.path(), &["recycled"]).stderr;
    for line in [
        "3 chains: 1 restated, 1 carried-forward, 0 other, 1 template; 2 shown",
        "1 chain of template left out: `--class template` shows it",
        "13 passages looked at, in 7 readable meetings; 1 passage of fewer than 8 words not",
    ] {
        assert!(said.contains(line), "{line}: {said}");
    }
}

#[test]
fn each_passage_of_a_chain_names_what_it_repeats() {
    let home = moorby();
    let found = rows(home.path(), &["recycled", "recruitment", "--chain"]);
    let names = ["class", "date", "similarity", "gap", "changed"];
    let shown: Vec<Vec<&str>> = found.iter().map(|row| columns(row, &names)).collect();
    assert_eq!(
        shown,
        [
            ["restated", "2019-03-04", "", "", ""],
            ["restated", "2020-03-02", "1.0000", "1", "nothing"],
            ["restated", "2022-03-07", "0.9286", "2", "will → would"],
        ]
    );
    let repeats: Vec<&str> = found.iter().map(|row| row["repeats"].as_str()).collect();
    assert_eq!(repeats, ["", &found[0]["passage_id"], &found[1]["passage_id"]]);
    for row in &found {
        assert_eq!(scrutineer(home.path(), &["show", &row["passage_id"]]).code, 0);
        assert!(!row["url"].is_empty());
    }
}

#[test]
fn queries_and_themes_choose_among_the_chains() {
    let home = moorby();
    let numbered = |args: &[&str]| -> Vec<String> {
        rows(home.path(), args).iter().map(|row| row["times"].clone()).collect()
    };
    assert_eq!(numbered(&["recycled", "stile"]), ["4"]);
    assert_eq!(numbered(&["recycled", "stile", "recruitment"]), ["4", "3"]);
    // One of its passages is enough.
    assert_eq!(numbered(&["recycled", "\"would come\""]), ["3"]);
    assert_eq!(numbered(&["recycled", "csc01_sw_recruit_retain", "stile"]), ["4"]);
    let run = scrutineer(home.path(), &["recycled", "zeppelin"]);
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("`zeppelin` stands in no passage"), "{}", run.stderr);
}

#[test]
fn bodies_of_a_council_are_one_sequence_where_asked_for() {
    let home = moorby();
    let found = rows(home.path(), &["recycled", "recruitment", "--by", "council"]);
    assert_eq!(found.len(), 1);
    let names = ["class", "body", "times", "of_meetings", "longest_gap"];
    assert_eq!(columns(&found[0], &names), ["restated", "Cabinet; Scrutiny Panel", "4", "7", "2"]);
}

/// How many passages and different meetings each chain has, by its number.
fn counted(home: &Path, args: &[&str]) -> BTreeMap<String, (usize, usize)> {
    let mut counted: BTreeMap<String, (usize, BTreeSet<String>)> = BTreeMap::new();
    for row in rows(home, &[&["recycled", "--chain"], args].concat()) {
        let (n_passages, meetings) = counted.entry(row["chain"].clone()).or_default();
        *n_passages += 1;
        let parts: Vec<&str> = row["passage_id"].split('/').take(2).collect();
        meetings.insert(parts.join("/"));
    }
    counted.into_iter().map(|(chain, (n, meetings))| (chain, (n, meetings.len()))).collect()
}

#[test]
fn chains_of_the_sample_count_again_from_their_passages() {
    let home = quickstart().0.path();
    for filters in [&[][..], &["--by", "council"], &["--with-boilerplate", "--year", "2018,2019"]] {
        let args = [&ALL[..], filters].concat();
        let counted = counted(home, &args);
        let chains = rows(home, &[&["recycled"], &args[..]].concat());
        assert!(chains.len() > 100 && chains.len() == counted.len(), "{filters:?}: {}", chains.len());
        for row in chains {
            let (n_passages, n_meetings) = counted[&row["chain"]];
            assert_eq!(
                columns(&row, &["passages", "times"]),
                [n_passages.to_string(), n_meetings.to_string()]
            );
        }
    }
}

#[test]
fn what_recurs_in_the_sample_is_found_as_search_finds_it() {
    let home = quickstart().0.path();
    let filters = ["--council", "ambermere", "--body", "cabinet"];
    let found = rows(home, &[&["recycled", "\"no library would close\""], &filters[..]].concat());
    assert_eq!(found.len(), 1, "{found:?}");
    let names = ["class", "times", "of_meetings", "first", "last", "longest_gap", "changed"];
    assert_eq!(
        columns(&found[0], &names),
        ["restated", "4", "15", "2017-04-12", "2022-11-16", "5", "nothing"]
    );
    let hits =
        rows(home, &[&["search", "\"no library would close\"", "--limit", "all"], &filters[..]].concat());
    assert_eq!(hits.len(), 4);
    // What is standing or furniture is template, and looked at only where it is asked for.
    let standing = ["recycled", "--kind", "attendance,heading,boilerplate"];
    let classes = rows(home, &[&standing[..], &ALL].concat());
    assert!(classes.len() > 20 && classes.iter().all(|row| row["class"] == "template"), "{}", classes.len());
}

/// Three councils with one notice at all their meetings, which is template for that.
#[test]
fn template_is_told_among_all_councils_whatever_is_asked_for() {
    let notice = "The Clerk said that residents would be told of the closing of Long Lane by letter.";
    let files: Vec<(&str, &str, &str, &str)> = ["Moorby", "Fenwold", "Harrowden"]
        .into_iter()
        .flat_map(|council| {
            ["2019-03-04", "2019-09-02", "2020-03-02"].map(|day| (council, "Parish Council", day, notice))
        })
        .collect();
    let home = home(&files);
    for filters in [&[][..], &["--council", "moorby"], &["--council", "moorby", "--from", "2019-09"]] {
        let found = rows(home.path(), &[&["recycled"], &ALL[..], filters].concat());
        let classes: Vec<&str> = found.iter().map(|row| row["class"].as_str()).collect();
        let n_councils = if filters.is_empty() { 3 } else { 1 };
        assert_eq!(classes, vec!["template"; n_councils], "{filters:?}");
    }
    // What is counted is of that council alone.
    let said = scrutineer(home.path(), &["recycled", "--council", "moorby"]).stderr;
    assert!(said.contains("3 passages looked at, in 3 readable meetings"), "{said}");
}

/// A panel that met twice, with 60 matters put off in the same words, as many others, and a
/// standing item.
#[test]
fn a_file_has_all_chains_and_advice_is_given_where_it_helps() {
    let matters = |of: &str| -> Vec<String> {
        let matter = |n| {
            ["plot", "lane", "field", "owner", "clerk", "hall", "gate", "beck"]
                .map(|word| format!("{of}{word}{n}"))
                .join(" ")
        };
        (0..60).map(|n| matter(n) + " was put off.").collect()
    };
    let text = |others: &str| {
        let all = [matters("the"), matters(others)].concat().join("\n\n");
        format!("{all}\n\n2. Apologies\n\nThe Chair had no apologies to give to them on this day.")
    };
    let (first, second) = (text("old"), text("new"));
    let files = [("Moorby", "Panel", "2019-03-04", &*first), ("Moorby", "Panel", "2019-09-02", &*second)];
    let home = home(&files);
    assert_eq!(rows(home.path(), &["recycled"]).len(), 60);
    let shown = scrutineer(home.path(), &["recycled"]).stderr;
    assert!(shown.contains("50 of 60, `--limit all` shows every one"), "{shown}");
    assert!(shown.contains("`--with-boilerplate` does"), "{shown}");
    // No answer is left out as a standing item.
    let shown = scrutineer(home.path(), &["recycled", "--kind", "answer"]).stderr;
    assert!(!shown.contains("--with-boilerplate"), "{shown}");
}
