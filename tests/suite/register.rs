//! The register of meetings: the councils that it is of, and what it says of
//! each meeting that cannot be read.

use std::collections::{BTreeMap, HashSet};

use scrutineer::corpus::Home;
use scrutineer::model::{Council, Councils};

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
