//! How far coders agree, from tables that they filled in.

use std::collections::HashMap;
use std::fs;

use crate::support::{Run, read_csv, scrutineer};

/// Runs `agree` on files with these texts, in a folder of their own.
fn agree(files: &[&str], options: &[&str]) -> Run {
    let home = tempfile::tempdir().unwrap();
    let write = |(at, text): (usize, &&str)| {
        let path = home.path().join(format!("{at}.csv"));
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let paths: Vec<String> = files.iter().enumerate().map(write).collect();
    let mut args = vec!["--format", "csv", "agree"];
    args.extend(options);
    args.extend(paths.iter().map(String::as_str));
    scrutineer(home.path(), &args)
}

fn row(run: &Run) -> HashMap<String, String> {
    read_csv(&run.stdout).remove(0)
}

#[track_caller]
fn check(run: &Run, expected: &[(&str, &str)]) {
    let row = row(run);
    for (column, value) in expected {
        assert_eq!(row[*column], *value, "{column} of {}{}", run.stdout, run.stderr);
    }
}

/// Of ten units that both coded, both say yes of 4 and no of 3: po = .7, the
/// shares of yes are .6 and .5, so pe = .5 and kappa = .4. Of alpha, o_yn = 3 of
/// 20 values, n_yes = 11 and n_no = 9: 1 − 19 · 3 / (11 · 9) = .4242.
const TWO: &str = "unit,ann,bob\n1,yes,yes\n2,yes,yes\n3,yes,yes\n4,yes,yes\n5,no,no\n6,no,no\n7,no,no\n\
                   8,yes,no\n9,yes,no\n10,no,yes\n11,yes,\n";

#[test]
fn two_coders_have_kappa_and_alpha() {
    let run = agree(&[TWO], &[]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let header = "units,coders,compared,values,raw_agreement,kappa,kappa_low,kappa_high,prevalence,\
                  metric,alpha,low,high,seed";
    assert_eq!(run.stdout.lines().next(), Some(header));
    check(&run, &[("units", "11"), ("coders", "2"), ("compared", "10"), ("values", "20")]);
    check(&run, &[("raw_agreement", "0.7000"), ("kappa", "0.4000"), ("alpha", "0.4242")]);
    check(&run, &[("prevalence", "no: 0.4500 yes: 0.5500"), ("metric", "nominal"), ("seed", "1")]);
    assert!(run.stderr.contains("1 unit was coded by one coder only"), "{}", run.stderr);
    assert_eq!(agree(&[TWO], &[]).stdout, run.stdout, "a seed repeats the intervals");
    assert_ne!(agree(&[TWO], &["--seed", "2"]).stdout, run.stdout);
}

/// A table a coder, and a table with a column a coder, say the same.
#[test]
fn files_are_taken_together_and_may_be_long_or_wide() {
    let mut long = "Unit,Coder,Value\n".to_owned();
    for line in TWO.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        long.push_str(&format!("{},ann,{}\n", cells[0], cells[1]));
    }
    let bob: String = TWO
        .lines()
        .map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            format!("{},{}\n", cells[0], cells[2])
        })
        .collect();
    assert_eq!(agree(&[&long, &bob], &[]).stdout, agree(&[TWO], &[]).stdout);
}

/// Krippendorff's example of four coders and missing values.
#[test]
fn alpha_takes_values_as_the_metric_says() {
    let four = "unit,a,b,c,d\n1,1,1,,1\n2,2,2,3,2\n3,3,3,3,3\n4,3,3,3,3\n5,2,2,2,2\n6,1,2,3,4\n7,4,4,4,4\n\
                8,1,1,2,1\n9,2,2,2,2.0\n10,,5,5,5\n11,,,1,1\n12,,3,,\n";
    for (metric, alpha) in [("ordinal", "0.8154"), ("interval", "0.8491"), ("ratio", "0.7974")] {
        let run = agree(&[four], &["--metric", metric]);
        check(
            &run,
            &[("alpha", alpha), ("coders", "4"), ("compared", "11"), ("values", "40"), ("kappa", "")],
        );
    }
}

#[test]
fn what_is_not_defined_is_empty_and_said() {
    let same = agree(&["unit,a,b\n1,no,no\n2,no,no\n"], &[]);
    assert_eq!(same.code, 0);
    check(&same, &[("raw_agreement", "1.0000"), ("kappa", ""), ("alpha", ""), ("low", "")]);
    assert!(same.stderr.contains("alpha is not defined: all values are the same"), "{}", same.stderr);
    let lone = agree(&["unit,a,b\n1,no,\n2,,no\n"], &[]);
    assert_eq!(lone.code, 1);
    check(&lone, &[("units", "2"), ("compared", "0"), ("raw_agreement", ""), ("alpha", "")]);
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let partly = agree(&[TWO, "passage,a\n1,no\n"], &[]);
    assert_eq!(partly.code, 3);
    assert!(partly.stderr.contains("1.csv` cannot be read: it has no column `unit`"), "{}", partly.stderr);
    check(&partly, &[("kappa", "0.4000")]);
    let words = agree(&["unit,a,b\n1,low,2\n"], &["--metric", "ordinal"]);
    assert_eq!(words.code, 2);
    assert!(words.stderr.contains("row 2: `low` is no number"), "{}", words.stderr);
    let twice = agree(&["unit,coder,value\n1,ann,yes\n1,ann,no\n"], &[]);
    assert_eq!(twice.code, 2);
    assert!(twice.stderr.contains("ann gave unit 1 two values, `yes` and `no`"), "{}", twice.stderr);
}
