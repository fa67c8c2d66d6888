//! The register of meetings: the councils that it is of, and what it says of
//! each meeting that cannot be read.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::Path;

use scrutineer::corpus::Home;
use scrutineer::model::{Council, Councils};

use crate::support::{Run, rows, scrutineer};

fn councils() -> Councils {
    Home::new("there is no such folder").councils().unwrap()
}

/// Names, codes and days of the reorganised councils: mySociety's register of
/// UK local authorities (names and codes, start and end dates, “replaced by”);
/// for Surrey the Surrey (Structural Changes) Order 2026 (S.I. 2026/264).
#[test]
fn the_table_of_councils_is_whole_in_itself() {
    let councils = councils();
    let of = |slug: &str| councils.all().iter().find(|council| council.slug == slug);
    let (mut slugs, mut codes) = (HashSet::new(), HashSet::new());
    for council in councils.all() {
        let slug = &council.slug;
        assert!(slugs.insert(slug), "{slug} stands twice");
        assert!(council.gss.is_empty() || codes.insert(&council.gss), "{slug}: {} stands twice", council.gss);
        for date in [council.from, council.until].into_iter().flatten() {
            assert!(date.to_day().is_some(), "{slug}: {date} is no day");
        }
        assert!(council.from.is_none() || council.until.is_none() || council.from < council.until, "{slug}");
        assert_eq!(council.until.is_some(), !council.successors.is_empty(), "{slug}");
        for successor in &council.successors {
            let successor = of(successor).unwrap_or_else(|| panic!("{slug}: no {successor}"));
            // The day after, so that both never sit, and no day is nobody's.
            assert_eq!(successor.from, council.abolished(), "{slug} and {}", successor.slug);
        }
        assert!(
            councils.all_predecessors(slug).iter().all(|other| other.slug != *slug),
            "{slug} succeeds itself"
        );
    }
}

#[test]
fn the_reorganisations_since_2019_are_in_the_table() {
    let councils = councils();
    let mut abolished: BTreeMap<String, usize> = BTreeMap::new();
    for council in councils.all() {
        if let Some(day) = council.abolished() {
            *abolished.entry(day.to_string()).or_default() += 1;
        }
    }
    // 2019: nine in Dorset, four in Suffolk, two in Somerset. 2020: five in
    // Buckinghamshire. 2021: eight in Northamptonshire. 2023: seven in Cumbria,
    // eight in North Yorkshire, five in Somerset. 2027: twelve in Surrey.
    let expected = [("2019-04-01", 15), ("2020-04-01", 5), ("2021-04-01", 8), ("2023-04-01", 20)];
    let expected = expected.into_iter().chain([("2027-04-01", 12)]);
    assert_eq!(abolished, expected.map(|(day, n)| (day.to_owned(), n)).collect());

    let before = |slug: &str| -> Vec<String> {
        councils.predecessors(slug).iter().map(|council| council.slug.clone()).collect()
    };
    assert_eq!(before("cumberland"), ["cumbria", "allerdale", "carlisle", "copeland"]);
    assert_eq!(
        before("bournemouth-christchurch-and-poole"),
        ["dorset-county", "christchurch", "bournemouth", "poole"]
    );
    let council = |name: &str| councils.find(name).unwrap().clone();
    let northamptonshire = council("Northamptonshire County Council");
    assert_eq!(northamptonshire.gss, "E10000021");
    assert_eq!(northamptonshire.successors, ["north-northamptonshire", "west-northamptonshire"]);
    // Made in one reorganisation, abolished in another.
    let taunton = council("Somerset West and Taunton Council");
    let days = |council: &Council| [council.from, council.until].map(|day| day.unwrap().to_string());
    assert_eq!(days(&taunton), ["2019-04-01", "2023-03-31"]);
    assert!(councils.all_predecessors("somerset").iter().any(|council| council.slug == "taunton-deane"));
}

/// A place that an abolished council shared with its successor still means the
/// one that sits.
#[test]
fn a_shared_place_means_the_council_that_sits() {
    let councils = councils();
    for (name, slug) in [
        ("Dorset", "dorset-council"),
        ("Somerset", "somerset"),
        ("Somerset County Council", "somerset-county"),
        ("North Yorkshire", "north-yorkshire"),
        ("Buckinghamshire Council", "buckinghamshire"),
        ("Surrey", "surrey"),
    ] {
        assert_eq!(councils.find(name).map(|council| council.slug.as_str()), Some(slug), "{name}");
    }
}

#[test]
fn an_abolished_council_is_found_by_name_with_what_became_of_it() {
    let home = tempfile::tempdir().unwrap();
    let found = rows(home.path(), &["councils", "cumbria"]);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0]["gss"], "E10000006");
    assert_eq!(found[0]["from"], "");
    assert_eq!(found[0]["until"], "2023-03-31");
    assert_eq!(found[0]["successors"], "cumberland;westmorland-and-furness");
    let found = rows(home.path(), &["councils", "westmorland"]);
    assert_eq!(found[0]["from"], "2023-04-01");
    assert_eq!(found[0]["predecessors"], "cumbria;barrow-in-furness;eden;south-lakeland");

    let header = scrutineer(home.path(), &["--format", "csv", "councils", "cumbria"]).stdout;
    let expected = "slug,name,gss,nation,platform,address,from,until,successors,predecessors\r\n";
    assert!(header.starts_with(expected), "{header}");
    // A person who asks for one that has no such days is not shown the columns.
    assert!(!scrutineer(home.path(), &["councils", "sefton"]).stdout.contains("successors"));
}

#[test]
fn a_crawl_of_an_abolished_council_says_what_became_of_it() {
    let home = tempfile::tempdir().unwrap();
    let run = scrutineer(home.path(), &["crawl", "cumbria"]);
    assert_eq!(run.code, 2);
    let fate = "it was abolished on 2023-04-01; `cumberland` and `westmorland-and-furness` succeeded it";
    let line = run.stderr.lines().find(|line| line.contains("Cumbria County Council"));
    assert!(line.is_some_and(|line| line.contains(fate)), "{}", run.stderr);
    assert!(!home.path().join("corpus").exists(), "nothing was begun");
}

/// A home with a meeting of Allerdale before, and of Cumberland after, 2023.
fn cumberland() -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    for (council, date) in [("Allerdale Borough Council", "2020-01-02"), ("Cumberland Council", "2023-06-07")]
    {
        let file = home.path().join(format!("{date}.md"));
        fs::write(&file, "# Minutes\n\n1. Roads\n\nThe committee discussed the harbour road at length.\n")
            .unwrap();
        add(home.path(), &file, council, date);
    }
    assert_eq!(scrutineer(home.path(), &["index"]).code, 0);
    home
}

fn add(home: &Path, file: &Path, council: &str, date: &str) {
    let run = scrutineer(
        home,
        &["add", file.to_str().unwrap(), "--council", council, "--body", "Cabinet", "--date", date],
    );
    assert_eq!(run.code, 0, "{}", run.stderr);
}

#[test]
fn predecessors_are_counted_beside_their_successor() {
    let home = cumberland();
    let ask = |args: &[&str]| -> Run { scrutineer(home.path(), &[&["--format", "csv"], args].concat()) };
    let councils = |args: &[&str]| -> Vec<String> {
        rows(home.path(), args).iter().map(|row| row["council"].clone()).collect()
    };
    assert_eq!(councils(&["count", "harbour", "--by", "council", "--council", "cumberland"]), ["cumberland"]);
    let both = ["count", "harbour", "--by", "council", "--council", "cumberland", "--with-predecessors"];
    assert_eq!(councils(&both), ["allerdale", "cumberland"]);
    assert_eq!(councils(&["search", "harbour", "--council", "Cumberland", "--with-predecessors"]).len(), 2);
    assert_eq!(councils(&["coverage", "--council", "cumberland", "--with-predecessors"]).len(), 2);
    // Of those that nothing is held of, that is said.
    let said = ask(&both).stderr;
    assert!(
        said.contains("cumberland and allerdale; no meeting is here of cumbria, carlisle and copeland"),
        "{said}"
    );

    let alone = ask(&["coverage", "--with-predecessors"]);
    assert_eq!(alone.code, 2, "which councils' predecessors?");
    let unknown = ask(&["coverage", "--council", "carlisle"]);
    assert_eq!(unknown.code, 2);
    assert!(
        unknown.stderr.contains("abolished on 2023-04-01; `cumberland` succeeded it"),
        "{}",
        unknown.stderr
    );
}
