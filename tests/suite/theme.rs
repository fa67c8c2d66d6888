//! Codebooks looked at: what masks do, how versions differ, which terms may be missing.

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::path::Path;

use crate::support::{quickstart, rows, scrutineer};

type Row = HashMap<String, String>;

const OLD: &str = r#"
    [codebook]
    name = "small"
    version = "1"
    title = "Staff"
    [[theme]]
    id = "agency"
    name = "Agency staff"
    definition = "Staff hired through an agency."
    query = '(agency OR locum*) NEAR/6 staff*'
    masks = ['"multi agency"', '"letting agency"', '"space agency"']
    examples = ["Agency staff were costly."]
    counter_examples = ["Multi-agency staff met."]
    [[theme]]
    id = "hall"
    name = "The hall"
    definition = "The hall."
    query = 'hall'
    [[theme]]
    id = "bridges"
    name = "Bridges"
    definition = "Bridges."
    query = 'bridge*'
    [[theme]]
    id = "roof"
    name = "Roofs"
    definition = "Roofs."
    query = 'roof*'
"#;

const TEXT: &str = "Moorby Parish Council\n\nMinutes of the meeting held on 4 March 2020\n\n\
    1. Staff\n\n\
    The agency staff were costly, and nobody knew why that was so.\n\n\
    The multi-agency staff met in the town on the day before.\n\n\
    The locum workers were paid twice by the clerk in that week.\n\n\
    The letting agency staff came to see the old house.\n\n\
    The agency staff of the zoo were fed at the usual time.\n\n\
    2. Roof\n\nThe roof of the hall leaked when it rained.\n";

/// A home with one meeting, the codebook above, and a new version of it.
fn home() -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("minutes.txt"), TEXT).unwrap();
    let new = OLD
        .replace(r#"version = "1""#, r#"version = "2""#)
        .replace("NEAR/6 staff*", "NEAR/6 (staff* OR worker*)")
        .replace(r#"'"letting agency"', '"space agency"'"#, r#"'"agency staff of the zoo"'"#)
        .replace(r#""The hall.""#, r#""The village hall.""#)
        .replace("bridges", "fords");
    fs::write(home.path().join("old.toml"), OLD).unwrap();
    fs::write(home.path().join("new.toml"), new).unwrap();
    home
}

fn index(home: &Path) {
    assert_eq!(scrutineer(home, &["add", home.join("minutes.txt").to_str().unwrap()]).code, 0);
    assert_eq!(scrutineer(home, &["index"]).code, 0);
}

#[track_caller]
fn check(rows: &[Row], columns: &[&str], expected: &[&[&str]]) {
    let found: Vec<Vec<&str>> =
        rows.iter().map(|row| columns.iter().map(|name| row[*name].as_str()).collect()).collect();
    assert_eq!(found, expected);
}

#[test]
fn of_each_mask_it_is_told_what_needs_it_and_what_it_hides() {
    let home = home();
    let old = home.path().join("old.toml");
    let args = ["theme", "check", "agency", "--masks", "--codebook", old.to_str().unwrap()];
    let columns = ["mask", "counter_examples", "hidden_passages", "hidden_matches", "remark"];
    let [multi, letting, space] = [r#""multi agency""#, r#""letting agency""#, r#""space agency""#];
    let none = "no counter-example needs it";
    // Without an index nothing is known of what they hide.
    let unknown: [&[&str]; 3] =
        [&[multi, "1", "", "", ""], &[letting, "0", "", "", none], &[space, "0", "", "", none]];
    check(&rows(home.path(), &args), &columns, &unknown);
    let run = scrutineer(home.path(), &args);
    assert!(run.stderr.contains("2 of 3 masks") && run.stderr.contains("no index"), "{}", run.stderr);

    index(home.path());
    let both = "no counter-example needs it; hides nothing here";
    let known: [&[&str]; 3] =
        [&[multi, "1", "1", "1", ""], &[letting, "0", "1", "1", none], &[space, "0", "0", "0", both]];
    check(&rows(home.path(), &args), &columns, &known);
    // In no text nothing is hidden, and nothing known.
    check(&rows(home.path(), &[&args[..], &["--year", "1999"]].concat()), &columns, &unknown);
    // The rest of the check is as it was, with what no counter-example needs named.
    let run = scrutineer(home.path(), &["theme", "check", "--codebook", old.to_str().unwrap()]);
    assert_eq!(run.code, 3);
    assert!(run.stderr.contains("1 of 4 themes") && run.stderr.contains("2 of 3 masks"), "{}", run.stderr);
}

#[test]
fn what_masks_hide_is_what_search_finds_without_them() {
    let home = quickstart().0.path();
    for theme in ["csc06_missing_episodes", "csc12_foster_carers"] {
        let shown = rows(home, &["theme", "show", theme]);
        let part = |part: &str| -> Vec<String> {
            shown.iter().filter(|row| row["part"] == part).map(|row| row["text"].clone()).collect()
        };
        let (masks, query) = (part("mask"), &part("query")[0]);
        let passages = |without: Option<&str>| -> BTreeSet<String> {
            let masks = masks.iter().filter(|mask| Some(mask.as_str()) != without);
            let masks: String = masks.map(|mask| format!("MASK({mask}) ")).collect();
            let hits = rows(home, &["search", &format!("{masks}{query}"), "--exact"]);
            hits.into_iter().map(|mut hit| hit.remove("passage_id").unwrap()).collect()
        };
        let whole = passages(None);
        for row in rows(home, &["theme", "check", theme, "--masks"]) {
            let hidden = passages(Some(&row["mask"])).difference(&whole).count();
            assert_eq!(row["hidden_passages"], hidden.to_string(), "{theme} {}", row["mask"]);
        }
    }
}

#[test]
fn versions_differ_by_the_passages_that_each_finds() {
    let home = home();
    index(home.path());
    let [old, new] = ["old.toml", "new.toml"].map(|name| home.path().join(name));
    let args = ["theme", "diff", old.to_str().unwrap(), new.to_str().unwrap()];
    let columns = ["theme", "change", "before", "after", "gained", "lost", "old_version", "new_version"];
    // By the text above: costly and zoo before; costly, locum and letting after.
    check(
        &rows(home.path(), &args),
        &columns,
        &[
            &["agency", "query", "2", "3", "2", "1", "1", "2"],
            &["hall", "text", "1", "1", "0", "0", "1", "2"],
            &["fords", "added", "", "0", "", "", "1", "2"],
            &["bridges", "removed", "0", "", "", "", "1", "2"],
        ],
    );
    let passages = rows(home.path(), &[&args[..], &["--passages"]].concat());
    let told: Vec<(&str, &str)> =
        passages.iter().map(|row| (row["passage_is"].as_str(), row["snippet"].as_str())).collect();
    let [(gained, locum), (_, letting), (lost, zoo)] = told[..] else { panic!("{told:?}") };
    assert_eq!((gained, lost), ("gained", "lost"));
    assert!(locum.contains("locum workers") && letting.contains("letting agency") && zoo.contains("zoo"));
    for row in &passages {
        assert!(row["theme"] == "agency" && row["url"].ends_with("minutes.txt"), "{row:?}");
        let shown = scrutineer(home.path(), &["show", &row["passage_id"]]);
        assert_eq!(shown.code, 0, "{}", shown.stderr);
    }
    let said = scrutineer(home.path(), &args).stderr;
    let expected =
        "small 1 to small 2: 1 added, 1 removed, 1 with another query, 1 with other words alone, 1 the same";
    assert!(said.contains(expected), "{said}");
    check(
        &rows(home.path(), &[&args[..], &["--year", "1999"]].concat())[..1],
        &columns[2..6],
        &[&["", "", "", ""]],
    );
    // The other way round what was gained is lost.
    let turned = rows(home.path(), &["theme", "diff", args[3], args[2], "--themes", "agency"]);
    check(&turned, &columns[..6], &[&["agency", "query", "3", "2", "1", "2"]]);
    let same = scrutineer(home.path(), &["theme", "diff", "built-in", "built-in"]);
    assert_eq!(same.code, 1, "{}", same.stderr);
}

const IN_CONTEXT: &str = r#"
    [codebook]
    name = "small"
    version = "1"
    title = "Vacancies"
    [[theme]]
    id = "posts"
    name = "Vacancies of social workers"
    definition = "Posts of social workers that are empty."
    query = '"social worker*" NEAR/9 vacanc*'
    masks = ['vacanc* PRE/3 governor*']
    context = '"social care" OR famil*'
    in_context = 'vacanc* OR "empty posts"'
    examples = [{ title = "Social care", text = "There were two empty posts." }]
    counter_examples = [{ title = "Parks", text = "There were two empty posts." }]
"#;

#[test]
fn a_heading_context_counts_the_same_by_every_way() {
    let home = tempfile::tempdir().unwrap();
    let text = |council: &str, body: &str| {
        format!(
            "{council} Council\n\n{body}\n\nMinutes of the meeting held on 4 March 2020\n\n\
             1. Children's social care\n\n\
             There was only one vacancy, and there were two empty posts in {council}.\n\n\
             A vacancy for a governor of the school at {council} was filled.\n\n\
             2. Parks\n\n\
             There was one vacancy for a gardener in the park of {council}.\n\n\
             Vacancies among social workers of {council} were noted as well.\n"
        )
    };
    let (works, families) = (home.path().join("works.txt"), home.path().join("families.txt"));
    fs::write(&works, text("Moorby", "Works Committee")).unwrap();
    fs::write(&families, text("Wexcombe", "Families Panel")).unwrap();
    let codebook = home.path().join("codebook.toml");
    fs::write(&codebook, IN_CONTEXT).unwrap();
    let codebook = codebook.to_str().unwrap();
    for (file, body) in [(&works, "Works Committee"), (&families, "Families Panel")] {
        assert_eq!(scrutineer(home.path(), &["add", file.to_str().unwrap(), "--body", body]).code, 0);
    }
    assert_eq!(scrutineer(home.path(), &["index"]).code, 0);

    // By the text above: at the works committee the vacancy, the empty posts and what names social
    // workers itself; at the panel, whose name is of families, the gardener's as well.
    let counted = rows(home.path(), &["themes", "posts", "--by", "body", "--codebook", codebook]);
    let columns = ["body", "passages", "matches"];
    check(&counted, &columns, &[&["Families Panel", "3", "4"], &["Works Committee", "2", "3"]]);

    let shown = rows(home.path(), &["theme", "show", "posts", "--codebook", codebook]);
    let whole = shown.iter().find(|row| row["part"] == "whole query").unwrap();
    let hits = rows(home.path(), &["search", &whole["text"], "--exact", "--limit", "all"]);
    let found: BTreeSet<&str> = hits.iter().map(|row| row["passage_id"].as_str()).collect();
    assert_eq!(found.len(), 5);

    let lines = home.path().join("passages.jsonl");
    let exported = ["passages", "export", "--output", lines.to_str().unwrap()];
    assert_eq!(scrutineer(home.path(), &exported).code, 0);
    let args = ["match", "--codebook", codebook, "--input", lines.to_str().unwrap()];
    let matches = rows(home.path(), &args);
    assert_eq!(matches.len(), 7);
    assert_eq!(matches.iter().map(|row| row["passage_id"].as_str()).collect::<BTreeSet<_>>(), found);
    let words: BTreeSet<&str> = matches.iter().map(|row| row["text"].as_str()).collect();
    assert_eq!(
        words,
        BTreeSet::from(["vacancy", "empty posts", "Vacancies among social workers", "Vacancies"])
    );
}

/// Two councils with three meetings each: in each an item on agency staff with a word that the query
/// lacks (bank nurses), and two items on other matters.
fn suggest_home() -> tempfile::TempDir {
    let home = home();
    let files = home.path().join("files");
    fs::create_dir(&files).unwrap();
    for council in ["Moorby", "Wexcombe"] {
        for day in 1..=3 {
            let text = format!(
                "{council} Parish Council\n\nMinutes of the meeting held on {day} March 2020\n\n\
                 1. Staff\n\nThe agency staff cost {day} pounds more in {council}.\n\n\
                 Bank nurses came as well when {day} were ill.\n\n\
                 2. Paths\n\nThe path at number {day} was mown.\n\n\
                 3. Trees\n\nThe path below tree {day} was dark, and nurses walked elsewhere.\n"
            );
            fs::write(files.join(format!("{council}-{day}.txt")), text).unwrap();
        }
    }
    assert_eq!(scrutineer(home.path(), &["add", files.to_str().unwrap()]).code, 0);
    assert_eq!(scrutineer(home.path(), &["index"]).code, 0);
    home
}

#[test]
fn terms_that_mark_the_items_of_a_theme_are_suggested() {
    let home = suggest_home();
    let old = home.path().join("old.toml");
    let args = ["theme", "suggest", "agency", "--codebook", old.to_str().unwrap()];
    let found = rows(home.path(), &args);
    let of = |term: &str| found.iter().find(|row| row["term"] == term);
    // Six items have the theme; twelve are on paths and trees, and six hold what stands before the first.
    // Bank nurses stand in the six alone: log2((6/6) / (0.5/18)) = log2 36 = 5.1699. Nurses by
    // themselves are also in the six on trees: log2(1 / (6/18)) = 1.5850.
    let columns = ["theme_items", "of_theme_items", "theme_councils", "other_items", "of_other_items"];
    let bank = of("bank nurses").unwrap();
    check(std::slice::from_ref(bank), &columns, &[&["6", "6", "2", "0", "18"]]);
    check(std::slice::from_ref(bank), &["log_ratio", "passages", "new_passages"], &[&["5.1699", "6", "6"]]);
    let nurses = of("nurses").unwrap();
    check(
        std::slice::from_ref(nurses),
        &["theme_items", "other_items", "log_ratio"],
        &[&["6", "6", "1.5850"]],
    );
    check(std::slice::from_ref(nurses), &["passages", "new_passages"], &[&["12", "12"]]);
    // What is in the query, what marks other items, function words and what one council alone says.
    for term in ["agency", "staff", "agency staff", "path", "the", "moorby"] {
        assert!(of(term).is_none(), "{term}");
    }
    let of_one = rows(home.path(), &[&args[..], &["--councils", "1"]].concat());
    assert!(of_one.iter().any(|row| row["term"] == "moorby"), "{of_one:?}");
    // Each count is of passages that can be found again.
    for row in &found {
        let hits = rows(home.path(), &["search", &format!("\"{}\"", row["term"]), "--exact"]);
        assert_eq!(row["passages"], hits.len().to_string(), "{}", row["term"]);
        assert!(hits.iter().any(|hit| hit["passage_id"] == row["passage_id"] && hit["url"] == row["url"]));
    }
    let listed = rows(home.path(), &[&args[..], &["--passages"]].concat());
    let of_bank: Vec<&Row> = listed.iter().filter(|row| row["term"] == "bank nurses").collect();
    assert_eq!(of_bank.len(), 6);
    assert!(of_bank.iter().all(|row| row["has_theme"] == "false" && row["snippet"].contains("Bank nurses")));
    let run = scrutineer(home.path(), &args);
    assert!(run.stderr.contains("nothing is added"), "{}", run.stderr);
    // Nothing is known where the theme stands nowhere.
    let none = scrutineer(home.path(), &["theme", "suggest", "hall", "--codebook", old.to_str().unwrap()]);
    assert_eq!(none.code, 1, "{}", none.stdout);
}

#[test]
fn near_misses_are_a_side_of_their_own() {
    let home = quickstart().0.path();
    let args = ["theme", "suggest", "csc01_sw_recruit_retain", "--limit", "5"];
    let rest = rows(home, &args);
    let near = rows(home, &[&args[..], &["--against", "near-misses"]].concat());
    let n = |row: &Row, name: &str| row[name].parse::<u64>().unwrap();
    assert_eq!(rest.len(), 5);
    assert_eq!(n(&rest[0], "of_theme_items"), n(&near[0], "of_theme_items"));
    assert!(n(&near[0], "of_other_items") < n(&rest[0], "of_other_items"));
    let items = rows(home, &["themes", "csc01_sw_recruit_retain", "--per", "item", "--by", "nation"]);
    let of: u64 = items.iter().map(|row| n(row, "of")).sum();
    assert_eq!(n(&rest[0], "of_theme_items") + n(&rest[0], "of_other_items"), of);
    assert!(rest.is_sorted_by(|one, other| {
        let lrc = |row: &Row| row["lrc"].parse::<f64>().unwrap();
        lrc(one) >= lrc(other)
    }));
}

#[test]
fn examples_that_do_not_hold_fail_the_check_as_they_fail_the_test() {
    let home = tempfile::tempdir().unwrap();
    let book = home.path().join("book.toml");
    let wrong = IN_CONTEXT.replace("title = \"Parks\"", "title = \"Families\"");
    fs::write(&book, wrong).unwrap();
    for action in ["check", "test"] {
        let run = scrutineer(home.path(), &["theme", action, "--codebook", book.to_str().unwrap()]);
        assert_eq!(run.code, 3, "{action}: {}", run.stderr);
        assert!(run.stdout.contains("a counter-example matches"), "{action}: {}", run.stdout);
    }
    let unmasked = IN_CONTEXT.replace("masks = ['vacanc* PRE/3 governor*']", "");
    fs::write(&book, unmasked).unwrap();
    let run = scrutineer(home.path(), &["theme", "check", "--masks", "--codebook", book.to_str().unwrap()]);
    assert!(run.stderr.contains("there are no masks") && !run.stderr.contains("0 of 0"), "{}", run.stderr);
}

#[test]
fn a_codebook_is_exported_and_taken_again() {
    let home = tempfile::tempdir().unwrap();
    let mine = home.path().join("mine.toml");
    let mine = mine.to_str().unwrap();
    let ids = ["csc01_sw_recruit_retain", "csc06_missing_episodes"];
    let args = ["theme", "export", ids[0], ids[1], "--output", mine];
    assert_eq!(scrutineer(home.path(), &args).code, 0);
    for id in ids {
        let shown = |options: &[&str]| rows(home.path(), &[&["theme", "show", id], options].concat());
        assert_eq!(shown(&["--codebook", mine]), shown(&[]));
    }
    assert_eq!(rows(home.path(), &["theme", "list", "--codebook", mine]).len(), 2);
    let all = scrutineer(home.path(), &["theme", "export"]);
    fs::write(mine, &all.stdout).unwrap();
    assert_eq!(scrutineer(home.path(), &["theme", "check", "--codebook", mine]).code, 0);
    let run = scrutineer(home.path(), &["theme", "export", "--format", "csv"]);
    assert!(run.code == 2 && run.stderr.contains("leave `--format` out"), "{}", run.stderr);
}
