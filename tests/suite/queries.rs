//! Queries as a person types them: names in them, saved ones, and hostile ones.

use std::fs;
use std::path::Path;

use crate::support::{rows, scrutineer};

/// A home with one meeting of the Schools Forum a year, which minuted that.
fn forum(minuted: &[(u32, &str)]) -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    for (year, text) in minuted {
        let path = home.path().join(format!("{year}.txt"));
        let head = format!("Minutes of the Schools Forum held on 4 March {year}\n\n1. Children in care\n\n");
        fs::write(&path, format!("{head}{text}\n\n2. Budget\n\nIt was discussed.\n")).unwrap();
        let path = path.display().to_string();
        scrutineer(home.path(), &["-q", "add", &path, "--council", "Kent", "--body", "Schools Forum"]);
    }
    scrutineer(home.path(), &["-q", "index"]);
    home
}

/// The years of the meetings that a query finds.
#[track_caller]
fn years(home: &Path, args: &[&str]) -> Vec<String> {
    let mut all = vec!["search"];
    all.extend(args);
    let mut years: Vec<String> = rows(home, &all).iter().map(|row| row["date"][..4].to_owned()).collect();
    years.sort();
    years
}

#[test]
fn an_abbreviation_with_a_plus_also_finds_what_the_minutes_explain_it_as() {
    let home = forum(&[
        (2018, "The PEP is late."),
        (2019, "A personal education plan is due."),
        (2020, "Each child has a Personal Education Plan (PEP)."),
        (2021, "Few had Personal Education Plans (PEPs) by May."),
        (2022, "During the pre-election period (PEP) nothing is published."),
        (2023, "The pre-election period began."),
        (2024, "A plan for personal education is due. The Youth Council (YC) met."),
    ]);
    let home = home.path();
    // What one meeting says alone beside a common explanation is not looked for.
    assert_eq!(years(home, &["PEP+"]), ["2018", "2019", "2020", "2021", "2022"]);
    assert_eq!(years(home, &["pep+ NEAR/2 due"]), ["2019"]);
    assert_eq!(years(home, &["PEP+", "--exact"]), ["2018", "2019", "2020", "2021", "2022"]);
    assert_eq!(years(home, &["YC+"]), ["2024"]);
    let said = scrutineer(home, &["search", "PEP+"]).stderr;
    let expected = "PEP+ also looks for “personal education plan” (2 meetings); not for 1 more: \
                    `scrutineer abbreviations PEP` lists all\n";
    assert!(said.starts_with(expected), "{said}");
    assert!(!said.contains("explain it as"), "{said}");
    let none = scrutineer(home, &["count", "a OR XYZ+"]);
    assert_eq!((none.code, none.stdout.as_str()), (2, ""));
    assert!(none.stderr.contains("column 6: no minutes here explain `XYZ` in brackets"), "{}", none.stderr);
}
