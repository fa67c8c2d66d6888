//! Minutes that stand under two meetings count once, and nothing that looks
//! like them is lost.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use crate::support::{Run, rows, scrutineer};

/// Minutes of a council that does not exist: what every parish writes in the same
/// words, and what was decided this time.
fn minutes(day: &str, present: &str, matters: [&str; 3]) -> String {
    let [road, path, sum] = matters;
    format!(
        "Minutes of the meeting of Aldmere Parish Council held on {day} in the village hall\n\n\
         Present: {present}\n\n\
         1. Apologies for absence\n\nApologies were received and the reasons for absence were accepted.\n\n\
         2. Highways\n\nThe clerk reported that the county council had been asked to mend {road} before the \
         winter, and that no answer had come. Members asked the clerk to write once more.\n\n\
         3. Footpaths\n\nA resident had complained that {path} could not be passed after rain. The warden had \
         looked at it and would cut back the hedge on both sides as soon as the weather allowed.\n\n\
         4. Finance\n\nThe accounts to the end of the month were presented and agreed with the statement of the \
         bank. It was RESOLVED that payments of {sum} be approved and that the chairman sign the cheques.\n\n\
         5. Next meeting\n\nThere being no other business the chairman thanked all for coming and closed the \
         meeting. The next meeting would be held on the second Tuesday of the month in the village hall.\n"
    )
}

const MARCH: [&str; 3] = ["Mill Lane", "the path by the weir", "£412.60"];

fn of_march() -> String {
    minutes("2 March 2021", "Councillors Ash, Birch and Cole", MARCH)
}

/// Adds a file of that name and text, with flags, to a home.
#[track_caller]
fn add(home: &Path, name: &str, text: &str, flags: &[&str]) {
    let path = home.join(name);
    fs::write(&path, text).unwrap();
    let mut args = vec!["-q", "add", path.to_str().unwrap(), "--council", "Aldmere Parish Council"];
    args.extend(flags);
    let run = scrutineer(home, &args);
    assert_eq!(run.code, 0, "{}", run.stderr);
}

fn index(home: &Path) -> Run {
    let run = scrutineer(home, &["index"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    run
}

/// Each copy and what it is a copy of, as the index has them.
#[track_caller]
fn copies(home: &Path) -> Vec<(String, String)> {
    let number = |id: &str| id.trim_start_matches("files-aldmere-parish-council/").to_owned();
    let rows = rows(home, &["coverage", "--copies"]);
    rows.iter().map(|row| (number(&row["meeting"]), number(&row["copy_of"]))).collect()
}

#[track_caller]
fn check(home: &Path, expected: &[(&str, &str)]) {
    index(home);
    let found = copies(home);
    let found: Vec<(&str, &str)> = found.iter().map(|(copy, of)| (copy.as_str(), of.as_str())).collect();
    assert_eq!(found, expected);
}

fn cells(row: &HashMap<String, String>, columns: &[&str]) -> Vec<String> {
    columns.iter().map(|column| row[*column].clone()).collect()
}

#[test]
fn minutes_under_a_wrong_date_count_once_and_every_count_says_so() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    add(home, "a.txt", &of_march(), &["--body", "Council", "--date", "2021-03-02"]);
    // The earlier one does not bear its date.
    add(home, "b.txt", &of_march(), &["--body", "Council", "--date", "2020-03-02"]);
    let (copy, original) = (
        "files-aldmere-parish-council/council-2020-03-02",
        "files-aldmere-parish-council/council-2021-03-02",
    );
    let named =
        format!("1 meeting holds a copy of minutes that count under another (`{copy}` of `{original}`)");
    let run = index(home);
    assert!(run.stderr.contains(&named), "{}", run.stderr);
    // Said by a run that finds nothing to do as well.
    assert!(index(home).stderr.contains(&named));

    assert_eq!(rows(home, &["search", "warden"]).len(), 1);
    assert_eq!(rows(home, &["search", "warden", "--with-copies"]).len(), 2);
    let count = |flags: &[&str]| {
        let args = [&["count", "warden"], flags].concat();
        cells(&rows(home, &args)[0], &["passages", "meetings", "of_meetings"])
    };
    assert_eq!(count(&[]), ["1", "1", "1"]);
    assert_eq!(count(&["--with-copies"]), ["2", "2", "2"]);
    let of_passages = |flags: &[&str]| {
        let args = [&["count", "warden"], flags].concat();
        rows(home, &args)[0]["of_passages"].parse::<u32>().unwrap()
    };
    assert_eq!(of_passages(&["--with-copies"]), 2 * of_passages(&[]));
    for command in [["search", "warden"].as_slice(), &["kwic", "warden"], &["count", "warden"], &["themes"]] {
        let run = scrutineer(home, command);
        assert!(run.stderr.contains(&named) && run.stderr.contains("`--with-copies`"), "{}", run.stderr);
        let run = scrutineer(home, &[command, &["--with-copies"]].concat());
        assert!(!run.stderr.contains("a copy of"), "{}", run.stderr);
        // Of other years nothing is left out.
        let run = scrutineer(home, &[command, &["--year", "2021"]].concat());
        assert!(!run.stderr.contains("a copy of"), "{}", run.stderr);
    }

    let columns = ["year", "held", "listed", "fetched", "readable", "copies"];
    let coverage = rows(home, &["coverage", "--by", "year"]);
    let coverage: Vec<Vec<String>> = coverage.iter().map(|row| cells(row, &columns)).collect();
    assert_eq!(coverage, [["2020", "0", "0", "0", "0", "1"], ["2021", "1", "1", "1", "1", "0"]]);
    assert!(scrutineer(home, &["coverage"]).stderr.contains(&named));

    let shown = scrutineer(home, &["show", copy]).stdout;
    assert!(shown.contains("The warden had looked at it"), "{shown}");
    assert!(
        shown.contains(&format!("left out by default: a copy of what stands under `{original}`")),
        "{shown}"
    );
    assert!(
        shown.contains(&format!("copy of {original}, under which these minutes count: 100 %")),
        "{shown}"
    );
    let shown = scrutineer(home, &["show", original]).stdout;
    assert!(shown.contains(&format!("copied in {copy}, under which these minutes do not count")), "{shown}");
}

#[test]
fn what_else_is_held_of_a_copys_meeting_counts() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    add(home, "a.txt", &of_march(), &["--body", "Council", "--date", "2021-03-02"]);
    add(home, "b.txt", &of_march(), &["--body", "Council", "--date", "2021-03-09"]);
    let agenda = "Aldmere Parish Council\n\nAgenda\n\n1. The zebra crossing\n\nTo hear the surveyor.\n";
    fs::write(home.join("agenda.txt"), agenda).unwrap();
    fs::write(home.join("m.csv"), "path,kind\nagenda.txt,agenda\n").unwrap();
    let manifest = home.join("m.csv");
    add(
        home,
        "agenda.txt",
        agenda,
        &["--body", "Council", "--date", "2021-03-09", "--manifest", manifest.to_str().unwrap()],
    );
    check(home, &[("council-2021-03-09", "council-2021-03-02")]);
    assert_eq!(rows(home, &["search", "surveyor", "--edition", "all"]).len(), 1);
    assert_eq!(rows(home, &["search", "warden", "--edition", "all"]).len(), 1);
}

/// On one day, another name of the body and a word here and there make no second
/// meeting; nor does a name of which nothing is known.
#[test]
fn another_name_of_the_body_makes_no_second_meeting() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    add(home, "a.txt", &of_march(), &["--body", "Parish Council", "--date", "2021-03-02"]);
    let other = of_march().replace("Mill Lane", "the lane").replace("weather allowed", "weather was dry");
    add(home, "b.txt", &other, &["--body", "Full Council", "--date", "2021-03-02"]);
    check(home, &[("parish-council-2021-03-02", "full-council-2021-03-02")]);
    // Half of it is no copy.
    let half: String = other.lines().take(12).map(|line| format!("{line}\n")).collect();
    add(home, "b.txt", &half, &["--body", "Full Council", "--date", "2021-03-02"]);
    check(home, &[]);
}

#[test]
fn minutes_that_follow_one_template_are_no_copies() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    add(home, "a.txt", &of_march(), &["--body", "Council", "--date", "2021-03-02"]);
    let present = "Councillors Ash, Birch and Cole";
    let april = minutes("13 April 2021", present, ["Mill Lane", "the path by the weir", "£73.10"]);
    add(home, "b.txt", &april, &["--body", "Council", "--date", "2021-04-13"]);
    let may = minutes("11 May 2021", "Councillors Birch and Dunn", MARCH);
    add(home, "c.txt", &may, &["--body", "Council", "--date", "2021-05-11"]);
    check(home, &[]);
    // Nor are they where no date is known.
    let undated =
        minutes("a Tuesday", "Councillors Dunn and Elm", ["Mill Lane", "the path by the weir", "£5.00"]);
    add(home, "d.txt", &undated, &["--body", "Council"]);
    check(home, &[]);
}

#[test]
fn minutes_of_a_few_words_are_no_copies() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let short: String = of_march().lines().take(8).map(|line| format!("{line}\n")).collect();
    add(home, "a.txt", &short, &["--body", "Council", "--date", "2021-03-02"]);
    add(home, "b.txt", &short, &["--body", "Council", "--date", "2021-03-09"]);
    check(home, &[]);
}

#[test]
fn a_copy_counts_again_when_its_original_changes_or_goes() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let (march, wrong) =
        (["--body", "Council", "--date", "2021-03-02"], ["--body", "Council", "--date", "2021-03-09"]);
    add(home, "a.txt", &of_march(), &march);
    add(home, "b.txt", &of_march(), &wrong);
    // Other meetings stand beside them, and stay as they are.
    let other = minutes("4 May 2021", "Councillors Elm and Fern", ["High Street", "Church Walk", "£9.00"]);
    add(home, "c.txt", &other, &["--body", "Council", "--date", "2021-05-04"]);
    check(home, &[("council-2021-03-09", "council-2021-03-02")]);
    add(home, "a.txt", &other.replace("4 May", "2 March").replace("Elm", "Gorse"), &march);
    check(home, &[]);
    assert_eq!(rows(home, &["search", "weir"]).len(), 1);
    add(home, "a.txt", &of_march(), &march);
    check(home, &[("council-2021-03-09", "council-2021-03-02")]);
    // Somebody knows better: the file is one of another day, and its meeting goes.
    add(home, "a.txt", &of_march(), &["--body", "Council", "--date", "2021-03-16"]);
    check(home, &[("council-2021-03-16", "council-2021-03-09")]);
    add(home, "a.txt", &other, &["--body", "Council", "--date", "2021-05-04"]);
    check(home, &[]);
    assert_eq!(rows(home, &["search", "weir"]).len(), 1);
}

#[test]
fn the_order_of_adding_does_not_matter() {
    let files =
        [("a.txt", "2021-03-02"), ("b.txt", "2021-03-09"), ("c.txt", "2021-02-02"), ("d.txt", "2021-03-30")];
    let found_in = |order: [usize; 4], index_between: bool| {
        let home = tempfile::tempdir().unwrap();
        for (name, date) in order.map(|at| files[at]) {
            add(home.path(), name, &of_march(), &["--body", "Council", "--date", date]);
            if index_between {
                index(home.path());
            }
        }
        index(home.path());
        let found = copies(home.path());
        // Made anew, it is what the runs in between made of it.
        assert_eq!(scrutineer(home.path(), &["-q", "index", "--rebuild"]).code, 0);
        let anew = copies(home.path());
        fs::remove_file(home.path().join("index/copies.json")).unwrap();
        index(home.path());
        assert_eq!((&copies(home.path()), &anew), (&found, &found));
        found
    };
    let expected = found_in([0, 1, 2, 3], false);
    assert_eq!(expected.len(), 3);
    assert!(expected.iter().all(|(_, original)| original == "council-2021-03-02"), "{expected:?}");
    assert_eq!(found_in([3, 2, 1, 0], true), expected);
    assert_eq!(found_in([1, 3, 0, 2], true), expected);
}

#[test]
fn the_copy_whose_heading_tells_its_date_stands() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let without_heading = of_march().split_once("\n\n").unwrap().1.to_owned();
    add(home, "2021-01-05-minutes.txt", &without_heading, &["--body", "Council"]);
    add(home, "a.txt", &of_march(), &["--body", "Council"]);
    check(home, &[("council-2021-01-05", "council-2021-03-02")]);
}

/// Two committees met on one day, and their minutes follow one template.
#[test]
fn two_committees_of_one_day_both_count() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let day = "2 March 2021";
    let finance = minutes(day, "Councillors Ash, Birch and Cole", MARCH);
    let other = ["Mill Road", "the path by the church", "£73.10"];
    let planning = minutes(day, "Councillors Ash, Dunn and Cole", other);
    add(home, "a.txt", &finance, &["--body", "Finance Committee", "--date", "2021-03-02"]);
    add(home, "b.txt", &planning, &["--body", "Planning Committee", "--date", "2021-03-02"]);
    check(home, &[]);
    // Where they may be one body's, they are taken as the same.
    add(home, "b.txt", &planning, &["--body", "Finance Sub-Committee", "--date", "2021-03-02"]);
    check(home, &[("finance-sub-committee-2021-03-02", "finance-committee-2021-03-02")]);
}

#[test]
fn approved_minutes_count_before_a_draft() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    fs::write(home.join("m.csv"), "path,kind\na.txt,draft-minutes\n").unwrap();
    let manifest = home.join("m.csv");
    let draft = ["--body", "Council", "--date", "2021-03-02", "--manifest", manifest.to_str().unwrap()];
    add(home, "a.txt", &of_march(), &draft);
    add(home, "b.txt", &of_march(), &["--body", "Parish Council", "--date", "2021-03-02"]);
    check(home, &[("council-2021-03-02", "parish-council-2021-03-02")]);
    assert_eq!(rows(home, &["search", "warden", "--edition", "minutes"]).len(), 1);
    // Who asks for drafts is answered.
    assert_eq!(rows(home, &["search", "warden", "--edition", "draft-minutes"]).len(), 1);
}

/// Adds the same minutes to two councils.
fn of_two_councils(home: &Path) {
    for (name, council) in [("a.txt", "Aldmere Parish Council"), ("b.txt", "Birchford Parish Council")] {
        let path = home.join(name);
        fs::write(&path, of_march()).unwrap();
        let args = ["-q", "add", path.to_str().unwrap(), "--council", council];
        let run = scrutineer(
            home,
            &[&args, ["--body", "Joint Committee", "--date", "2021-03-02"].as_slice()].concat(),
        );
        assert_eq!(run.code, 0, "{}", run.stderr);
    }
    index(home);
}

#[test]
fn minutes_of_a_joint_committee_count_for_either_council_alone() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    of_two_councils(home);
    let columns = ["passages", "meetings", "of_meetings"];
    let count = |flags: &[&str]| cells(&rows(home, &[&["count", "warden"], flags].concat())[0], &columns);
    for council in ["aldmere-parish-council", "birchford-parish-council"] {
        assert_eq!(count(&["--council", council]), ["1", "1", "1"], "{council}");
        let covered = rows(home, &["coverage", "--council", council]);
        assert_eq!(cells(&covered[0], &["held", "readable", "copies"]), ["1", "1", "0"], "{council}");
        let run = scrutineer(home, &["count", "warden", "--council", council]);
        assert!(run.code == 0 && !run.stderr.contains("a copy of"), "{}", run.stderr);
    }
    assert_eq!(count(&[]), ["1", "1", "1"]);
    assert_eq!(copies(home).len(), 1);
}

/// Where a run was killed between the engine's commit and what stands beside it.
#[test]
fn an_index_that_was_not_completed_is_refused_and_completed_by_the_next_run() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    add(home, "a.txt", &of_march(), &["--body", "Council", "--date", "2021-03-02"]);
    index(home);
    let beside =
        ["format.json", "readings.jsonl.gz", "contents.json", "words.txt", "stems.txt", "copies.json"];
    let beside = beside.map(|name| home.join("index").join(name));
    let before = beside.clone().map(|path| fs::read(path).unwrap());
    add(home, "b.txt", &of_march(), &["--body", "Council", "--date", "2021-03-09"]);
    index(home);
    for (path, bytes) in beside.iter().zip(before) {
        fs::write(path, bytes).unwrap();
    }
    for command in [["search", "warden"].as_slice(), &["count", "warden"], &["coverage", "--copies"]] {
        let run = scrutineer(home, command);
        assert_eq!(run.code, 2, "{}", run.stdout);
        assert!(run.stderr.contains("complete it with `scrutineer index`"), "{}", run.stderr);
    }
    check(home, &[("council-2021-03-09", "council-2021-03-02")]);
    assert_eq!(rows(home, &["search", "warden"]).len(), 1);
}

#[test]
fn a_few_words_under_two_names_of_a_body_count_once_on_one_day() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let short: String = of_march().lines().take(8).map(|line| format!("{line}\n")).collect();
    add(home, "a.txt", &short, &["--body", "Council", "--date", "2021-03-02"]);
    add(home, "b.txt", &short, &["--body", "Parish Council", "--date", "2021-03-02"]);
    check(home, &[("parish-council-2021-03-02", "council-2021-03-02")]);
    add(home, "b.txt", &short.replace("Ash", "Dunn"), &["--body", "Parish Council", "--date", "2021-03-02"]);
    check(home, &[]);
}

#[test]
fn an_agenda_of_a_copys_meeting_stays_in_coverage_and_explains_abbreviations() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let of_march = of_march().replace("The warden", "The Rights of Way Officer (RWO)");
    add(home, "a.txt", &of_march, &["--body", "Council", "--date", "2021-03-02"]);
    add(home, "b.txt", &of_march, &["--body", "Council", "--date", "2021-03-09"]);
    let agenda =
        "Aldmere Parish Council\n\nAgenda\n\n1. Crossings\n\nTo hear the Highways Safety Panel (HSP).\n";
    fs::write(home.join("m.csv"), "path,kind\nagenda.txt,agenda\n").unwrap();
    let manifest = home.join("m.csv");
    let flags = ["--body", "Council", "--date", "2021-03-09", "--manifest", manifest.to_str().unwrap()];
    add(home, "agenda.txt", agenda, &flags);
    check(home, &[("council-2021-03-09", "council-2021-03-02")]);
    let explained = rows(home, &["abbreviations"]);
    let explained: Vec<Vec<String>> =
        explained.iter().map(|row| cells(row, &["short", "meetings"])).collect();
    assert_eq!(explained, [["HSP", "1"], ["RWO", "1"]]);
    let columns = ["listed", "held", "agenda", "fetched", "readable", "unreadable", "copies", "why"];
    let covered = rows(home, &["coverage"]);
    assert_eq!(cells(&covered[0], &columns), ["2", "2", "1", "2", "1", "1", "1", "unreadable: copy 1"]);
}
