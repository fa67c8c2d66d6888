//! What recurs, and how two sides compare. What is expected of the built-in sample
//! stands in its written truth (`corpus/sample/truth/themes.csv`).

use std::collections::{HashMap, HashSet};
use std::path::Path;

use scrutineer::search::Tokens;

use crate::support::{copy_folder, quickstart, rows, scrutineer};
use crate::words::home;

type Row = HashMap<String, String>;

fn sample() -> &'static Path {
    quickstart().0.path()
}

fn number(row: &Row, name: &str) -> f64 {
    row[name].parse().unwrap_or_else(|_| panic!("{name} is `{}`", row[name]))
}

#[test]
fn themes_come_back_as_they_were_planted() {
    let found = rows(sample(), &["recurrence"]);
    // Every year; 2016, 2017 and again from 2021; to 2018; from 2020; never.
    for (council, theme, meetings, class) in [
        ("ambermere", "csc01_sw_recruit_retain", "24", "persistent"),
        ("brackenshire", "csc01_sw_recruit_retain", "10", "relapsed"),
        ("coldharrow", "csc06_missing_episodes", "5", "closed"),
        ("brackenshire", "csc07_return_home_interviews", "6", "closed"),
        ("brackenshire", "csc06_missing_episodes", "8", "emerging"),
        ("fenwater", "csc07_return_home_interviews", "8", "emerging"),
        ("dunmarsh", "csc01_sw_recruit_retain", "16", "persistent"),
    ] {
        let is_it = |row: &&Row| row["council"] == council && row["theme"] == theme && row["meetings"] != "0";
        let of_theme: Vec<&Row> = found.iter().filter(is_it).collect();
        let [row] = of_theme.as_slice() else { panic!("{council} {theme}: {of_theme:?}") };
        assert_eq!((row["meetings"].as_str(), row["class"].as_str()), (meetings, class), "{council} {theme}");
    }
    let never =
        found.iter().filter(|row| row["council"] == "fenwater" && row["theme"] == "csc01_sw_recruit_retain");
    for row in never {
        assert_eq!((row["meetings"].as_str(), row["first"].as_str(), row["class"].as_str()), ("0", "", ""));
    }
    // Nothing was published in 2020, and one meeting was refused: neither with nor without.
    let by_council = rows(sample(), &["recurrence", "csc06_missing_episodes", "--by", "council"]);
    let coldharrow = by_council.iter().find(|row| row["council"] == "coldharrow").unwrap();
    let held = number(coldharrow, "of_meetings") + number(coldharrow, "unreadable");
    assert_eq!((coldharrow["of_meetings"].as_str(), coldharrow["meetings"].as_str()), ("54", "5"));
    assert_eq!(format!("{:.4}", 54.0 / held), coldharrow["coverage"]);
}

/// By hand for the smallest of m: m p times the sum of 1/i from 1 to m, or that of a larger
/// one by its rank; and never more than 1.
#[test]
fn the_runs_tests_of_all_rows_are_one_family() {
    let found = rows(sample(), &["recurrence"]);
    let mut tests: Vec<(f64, f64)> = found
        .iter()
        .filter(|row| !row["runs_p"].is_empty())
        .map(|row| (number(row, "runs_p"), number(row, "runs_p_adjusted")))
        .collect();
    assert!(tests.len() > 10, "{}", tests.len());
    assert!(found.iter().all(|row| row["runs_p"].is_empty() == row["runs_p_adjusted"].is_empty()));
    tests.sort_by(|one, other| one.0.total_cmp(&other.0));
    let m = tests.len() as f64;
    let harmonic: f64 = (1..=tests.len()).map(|i| 1.0 / i as f64).sum();
    let by_rank = tests.iter().zip(1..).map(|((p, _), rank)| harmonic * m * p / f64::from(rank));
    let expected = by_rank.fold(1.0, f64::min);
    // p is printed with two digits or four places.
    assert!((tests[0].1 - expected).abs() <= 0.1 * expected, "{} is not {expected}", tests[0].1);
    let alone = rows(
        sample(),
        &["recurrence", "csc06_missing_episodes", "--council", "coldharrow", "--by", "council"],
    );
    assert_eq!(alone[0]["runs_p"], alone[0]["runs_p_adjusted"]);
}

#[test]
fn below_the_asked_coverage_there_is_neither_share_nor_class() {
    let args = ["recurrence", "csc06_missing_episodes", "--by", "council", "--council", "coldharrow"];
    let known = rows(sample(), &args).remove(0);
    assert_eq!((known["class"].as_str(), known["no_class_because"].as_str()), ("closed", ""));
    let blank = rows(sample(), &[&args[..], &["--min-coverage", "0.99"]].concat()).remove(0);
    for name in ["share", "low", "high", "class"] {
        assert_eq!(blank[name], "", "{name}");
    }
    assert_eq!(blank["meetings"], "5");
    assert_eq!(blank["no_class_because"], "too few of the held meetings can be read");
    let args = ["compare", "coldharrow", "fenwater", "--min-coverage", "0.99"];
    for row in rows(sample(), &args) {
        assert_eq!((row["rate_ratio"].as_str(), row["p"].as_str()), ("", ""), "{row:?}");
    }
    let said = scrutineer(sample(), &args).stderr;
    assert!(said.contains("coldharrow: ") && said.contains(" % of the held meetings can be read"), "{said}");
}

#[test]
fn two_councils_compare_by_what_is_counted_of_each() {
    let found = rows(sample(), &["compare", "ambermere", "brackenshire"]);
    assert_eq!(found.len(), 47);
    let turned: HashMap<String, Row> = rows(sample(), &["compare", "brackenshire", "ambermere"])
        .into_iter()
        .map(|row| (row["theme"].clone(), row))
        .collect();
    let mut n_tested = 0;
    for row in &found {
        for (side, council) in [("a", "ambermere"), ("b", "brackenshire")] {
            let args = ["themes", row["theme"].as_str(), "--by", "council", "--council", council];
            let themes = rows(sample(), &args).remove(0);
            assert_eq!(row[&format!("{side}_passages")], themes["passages"], "{council} {}", row["theme"]);
            assert_eq!(row[&format!("{side}_meetings")], themes["meetings_with_theme"]);
            assert_eq!(row[&format!("{side}_of_meetings")], themes["meetings"]);
        }
        if row["a_passages"] == "0" && row["b_passages"] == "0" {
            assert_eq!((row["p"].as_str(), row["only_in"].as_str()), ("", ""));
            continue;
        }
        n_tested += 1;
        let n = |name: &str| number(row, name);
        let (a, b) = (n("a_passages") / n("a_of_passages"), n("b_passages") / n("b_of_passages"));
        assert_eq!(row["a_rate"], format!("{:.4}", a * 1_000.0));
        let ratio = if b > 0.0 { format!("{:.4}", a / b) } else { "inf".to_owned() };
        assert_eq!(row["rate_ratio"], ratio, "{row:?}");
        assert!(n("p_adjusted") >= n("p") && n("a_design_effect") >= 1.0, "{row:?}");
        let only = match (a > 0.0, b > 0.0) {
            (true, false) => "a",
            (false, true) => "b",
            _ => "",
        };
        assert_eq!(row["only_in"], only);
        let other = &turned[&row["theme"]];
        assert_eq!((&other["p"], &other["a_rate"]), (&row["p"], &row["b_rate"]), "{row:?}");
    }
    // By the truth, of the eight planted themes csc01, csc02, csc03, csc06, csc07, csc10, csc15 and
    // hou01 each stands at one of them.
    assert!(n_tested >= 8, "{n_tested}");
    let said = scrutineer(sample(), &["compare", "ambermere", "brackenshire"]).stderr;
    assert!(said.contains(&format!("adjusted for {n_tested} themes")), "{said}");
}

#[test]
fn the_same_questions_of_two_councils_stand_side_by_side() {
    let args = ["compare", "ambermere", "eastfold-and-wrenley", "--pairs", "all"];
    let figures = rows(sample(), &args[..3]);
    let pairs = rows(sample(), &args);
    // The sample has a stock of sentences, with names and numbers filled in: this one asks, of both.
    let first = pairs.iter().find(|row| row["theme"] == "hwy01_highways_maintenance").unwrap();
    for side in ["a", "b"] {
        assert_eq!(first[&format!("{side}_kind")], "question");
        let quote = &first[&format!("{side}_quote")];
        assert!(quote.ends_with(
            "potholes were filled again each spring, and asked what a lasting repair would cost."
        ));
    }
    assert_eq!((first["pair"].as_str(), first["shared"].contains("lasting")), ("1", true), "{first:?}");

    for of_theme in pairs.chunk_by(|one, other| one["theme"] == other["theme"]) {
        let theme = &of_theme[0]["theme"];
        let figures = figures.iter().find(|row| row["theme"] == *theme).unwrap();
        let kinds = ["question", "answer", "request", "recommendation"];
        let n_asking = |row: &Row| {
            ["a_kind", "b_kind"].iter().filter(|side| kinds.contains(&row[**side].as_str())).count()
        };
        assert!(of_theme.is_sorted_by_key(|row| 2 - n_asking(row)), "{theme}");
        for of_kind in of_theme.chunk_by(|one, other| n_asking(one) == n_asking(other)) {
            assert!(
                of_kind.is_sorted_by(|one, other| number(one, "similarity") >= number(other, "similarity"))
            );
        }
        assert!(of_theme.iter().all(|row| number(row, "similarity") >= 0.25), "{theme}");
        for (side, council) in [("a", "ambermere"), ("b", "eastfold-and-wrenley")] {
            let of_side = |name: &str| format!("{side}_{name}");
            let used: HashSet<&str> =
                of_theme.iter().map(|row| row[&of_side("passage_id")].as_str()).collect();
            assert_eq!(used.len(), of_theme.len(), "{theme}");
            for row in of_theme {
                assert_eq!(row[&of_side("council")], council);
                assert_eq!(row[&of_side("passages")], figures[&of_side("passages")]);
            }
        }
    }
    // Some of them, in the same order; and a line that says so.
    let run = scrutineer(
        sample(),
        &[&args[..3], &["--pairs", "1", "--themes", "csc01_sw_recruit_retain"]].concat(),
    );
    let said = |what: &str| assert!(run.stderr.contains(what), "{}", run.stderr);
    let n_all = pairs.iter().filter(|row| row["theme"] == "csc01_sw_recruit_retain").count();
    said(&format!("; 1 of {n_all} pairs shown"));
    assert!(run.stdout.starts_with("1. csc01_sw_recruit_retain · a · ambermere · "), "{}", run.stdout);
    assert!(run.stdout.contains("\nb · eastfold-and-wrenley · "), "{}", run.stdout);
}

#[test]
fn what_one_council_has_and_the_other_lacks_is_said() {
    let sides = ["compare", "ambermere", "eastfold-and-wrenley"];
    let figures = rows(sample(), &sides);
    for args in [&sides[..], &[&sides[..], &["--pairs", "1"]].concat()] {
        let said = scrutineer(sample(), args).stderr;
        for (side, council) in [("a", "ambermere"), ("b", "eastfold-and-wrenley")] {
            let themes = said.lines().find_map(|line| line.split_once(&format!("only {council} has: ")));
            let themes = themes.unwrap().1.replace(" and ", ", ");
            let only = figures.iter().filter(|row| row["only_in"] == side);
            let only: Vec<&str> = only.map(|row| row["theme"].as_str()).collect();
            assert_eq!(themes.split(", ").collect::<Vec<_>>(), only, "{said}");
        }
        let n_nowhere = figures.iter().filter(|row| row["a_passages"] == "0" && row["b_passages"] == "0");
        assert!(said.contains(&format!("{} themes are in neither", n_nowhere.count())), "{said}");
    }
}

/// Nothing was published in 1990; and of the children's committee of coldharrow, nothing in 2020.
#[test]
fn what_a_side_lacks_is_not_said_where_too_little_of_it_can_be_read() {
    let years = ["compare", "ambermere 2015..2019", "ambermere 1990"];
    let themes = ["--themes", "csc01_sw_recruit_retain,csc02_agency_staff"];
    let thin = ["compare", "coldharrow body:children's", "dunmarsh", "--year", "2018,2020"];
    for args in [[&years[..], &themes].concat(), thin.to_vec()] {
        let figures = rows(sample(), &args);
        assert!(figures.iter().all(|row| row["only_in"].is_empty()), "{figures:?}");
        for args in [args.clone(), [&args[..], &["--pairs", "1"]].concat()] {
            let said = scrutineer(sample(), &args).stderr;
            assert!(!said.contains(" has: ") && !said.contains("in neither"), "{said}");
        }
    }
    let said = |args: &[&str]| scrutineer(sample(), &[args, &["--pairs", "1"]].concat()).stderr;
    let nothing = said(&[&years[..], &themes].concat());
    assert!(nothing.contains("2 themes are found on one side alone or on neither; too little"), "{nothing}");
    assert!(nothing.contains("ambermere 1990: nothing is known"), "{nothing}");
    let thin = said(&thin);
    assert!(thin.contains("less than 50 %: what is not found may stand in the rest"), "{thin}");
    assert!(!thin.contains("--min-coverage"), "{thin}");
}

/// Of 327 passages a word that stands in three is rare. The second passage of Kent matches better
/// than the first and says the same.
#[test]
fn passages_are_paired_by_rare_words_and_by_neither_function_words_nor_numbers() {
    let others: Vec<String> = (1..=320).map(|n| format!("The heron stood by mill {n} again.")).collect();
    let home = home(&[
        (
            "Kent",
            "Cabinet",
            "2020-03-01",
            "It was asked if there were any ferries on the estuary.\n\n\
             It was asked, asked if there were any ferries on the estuary.\n\n\
             It was asked if there are any more otters.\n\n\
             Kestrels 12, lapwings 13, plovers 14, dunlins 15.",
        ),
        (
            "Devon",
            "Cabinet",
            "2020-03-01",
            "Who asked whether a ferry is on the estuary?\n\n\
             Was it asked if there are any more badgers?\n\n\
             Kestrels 12, lapwings 13, plovers 14, dunlins 15.",
        ),
        ("Essex", "Cabinet", "2020-03-01", &others.join("\n\n")),
    ]);
    let args = ["compare", "kent", "devon", "--query", "asked OR kestrels", "--pairs", "all"];
    let pairs = rows(home.path(), &args);
    let shared: Vec<&str> = pairs.iter().map(|row| row["shared"].as_str()).collect();
    assert_eq!(shared, ["ferries/ferry estuary"], "{pairs:?}");
    assert!(pairs[0]["a_passage_id"].contains("/1/1@"), "{pairs:?}");
    let said = scrutineer(home.path(), &args).stderr;
    assert!(said.contains("a has 4 passages, b 3, 2 of all too short; 1 pair shown"), "{said}");
}

#[test]
fn a_theme_that_is_named_is_shown_where_it_stands_nowhere() {
    let args = ["themes", "hou02_damp_disrepair", "--council", "fenwater"];
    for by in [&[][..], &["--by", "council"]] {
        let run = scrutineer(sample(), &[&args[..], by].concat());
        assert!(run.stdout.contains("hou02_damp_disrepair"), "{}", run.stdout);
        assert!(!run.stderr.contains("not shown"), "{}", run.stderr);
        assert_eq!(run.code, 1);
    }
    let by_year = scrutineer(sample(), &[&args[..], &["--year", "2016"]].concat()).stdout;
    assert!(by_year.contains("0/"), "{by_year}");
    let all = scrutineer(sample(), &["themes"]).stderr;
    assert!(all.contains("matched nowhere and are not shown: a file has them"), "{all}");
}

#[test]
fn meetings_of_no_known_date_are_said_to_be_in_no_trend() {
    let home = home(&[("Kent", "Cabinet", "2020-03-01", "The heron stood by the mill.")]);
    let theme = "hwy01_highways_maintenance";
    let said = || scrutineer(home.path(), &["trend", theme]).stderr;
    assert!(!said().contains("not known"), "{}", said());
    let path = home.path().join("undated.txt");
    std::fs::write(&path, "1. Potholes\n\nThe potholes were filled again.\n").unwrap();
    let add = ["add", path.to_str().unwrap(), "--council", "Kent", "--body", "Cabinet"];
    assert_eq!(scrutineer(home.path(), &add).code, 0);
    assert_eq!(scrutineer(home.path(), &["index"]).code, 0);
    for more in [&[][..], &["--terms"]] {
        let said = scrutineer(home.path(), &[&["trend", theme], more].concat()).stderr;
        assert!(said.contains("1 meeting with readable text left out, as its date is not known"), "{said}");
    }
}

#[test]
fn a_query_is_compared_as_a_theme_is() {
    let sides = ["compare", "ambermere", "eastfold-and-wrenley", "--query", "pothole*"];
    let found = rows(sample(), &sides);
    assert_eq!((found.len(), found[0]["theme"].as_str()), (1, "pothole*"));
    let counted = rows(sample(), &["count", "pothole*", "--by", "council", "--council", "ambermere"]);
    assert_eq!(found[0]["a_passages"], counted[0]["passages"]);
    let both = rows(sample(), &[&sides[..], &["--themes", "csc03_caseloads"]].concat());
    assert_eq!(both.iter().map(|row| &row["theme"]).collect::<Vec<_>>(), ["csc03_caseloads", "pothole*"]);
    let none =
        scrutineer(sample(), &["compare", "ambermere", "fenwater", "--query", "zeppelin", "--pairs", "1"]);
    assert!(none.code == 1 && none.stderr.contains("`zeppelin` stands in no passage"), "{}", none.stderr);
    for other in [&["--quotes"][..], &["--min-coverage", "0.1"], &["--adjust", "bh"]] {
        let run = scrutineer(sample(), &[&sides[..], &["--pairs", "1"], other].concat());
        assert!(run.code == 2 && run.stderr.contains("cannot be used with"), "{}", run.stderr);
    }
}

#[test]
fn a_side_is_a_council_a_group_a_body_or_a_period() {
    let theme = ["--themes", "csc01_sw_recruit_retain"];
    let compared = |a: &str, b: &str| rows(sample(), &[&["compare", a, b][..], &theme].concat()).remove(0);
    // The truth: ambermere has it in 3 of 9 meetings of 2016, brackenshire in 2 of 8.
    let years = compared("ambermere,brackenshire 2016", "fenwater 2016..2017");
    let n = |name: &str| years[name].as_str();
    assert_eq!(
        (n("a_meetings"), n("a_of_meetings"), n("b_meetings"), n("b_of_meetings")),
        ("5", "17", "0", "17")
    );
    let bodies = compared("body:children", "body:housing");
    assert!(number(&bodies, "a_meetings") > 0.0, "{bodies:?}");

    for (a, b, said) in [
        ("ambermere", "ambermere", "are the same"),
        // By the truth 9 meetings of 2016 can be read.
        ("ambermere", "ambermere 2016", "share 9 meetings"),
        ("ambermere", "2016..x", "`2016..x` is no period"),
        ("ambermere 2016 2017", "fenwater", "names two periods"),
        ("", "fenwater", "names none"),
        ("ambermere", "nowhere", "nowhere"),
    ] {
        let run = scrutineer(sample(), &["compare", a, b]);
        assert_eq!(run.code, 2, "{a} {b}");
        assert!(run.stderr.contains(said), "{}", run.stderr);
    }
    let run = scrutineer(sample(), &["compare", "ambermere", "2016", "--council", "fenwater"]);
    assert!(run.code == 2 && run.stderr.contains("both name councils"), "{}", run.stderr);
}

#[test]
fn a_trend_is_that_of_the_yearly_shares() {
    let found = rows(sample(), &["trend", "csc01_sw_recruit_retain"]);
    let of = |council: &str| found.iter().find(|row| row["council"] == council).unwrap();
    // By the truth in 2 of 8 meetings of each of the first three years, and in none of the five
    // after: 15 of the 28 pairs fall, none rises, and of the 56 orders of three and five one
    // falls as far and one rises as far.
    let eastfold = of("eastfold-and-wrenley");
    assert_eq!((eastfold["s"].as_str(), eastfold["tau"].as_str()), ("-15", "-0.5357"));
    assert_eq!((eastfold["p"].as_str(), eastfold["p_from"].as_str()), ("0.0357", "exact"));
    // Nothing was published in 2020.
    let coldharrow = of("coldharrow");
    assert_eq!((coldharrow["years"].as_str(), coldharrow["left_out"].as_str()), ("7", "1"));
    // Where the theme never stands nothing is tested.
    let fenwater = of("fenwater");
    assert_eq!((fenwater["years"].as_str(), fenwater["s"].as_str(), fenwater["p"].as_str()), ("8", "", ""));
    let is_tested = |row: &&Row| row["council"] != "all councils" && !row["s"].is_empty();
    let each = |name: &str| found.iter().filter(is_tested).map(|row| number(row, name)).sum::<f64>();
    let all = of("all councils");
    assert_eq!(
        (number(all, "s"), number(all, "years"), number(all, "series")),
        (each("s"), each("years"), 5.0)
    );
    let few = ["trend", "csc01_sw_recruit_retain", "--year", "2016,2017,2018"];
    let said = scrutineer(sample(), &few).stderr;
    assert!(said.contains("no theme has a trend in any council"), "{said}");
    let few = rows(sample(), &few);
    assert!(few.iter().all(|row| row["p"].is_empty() && row["years"] == "3"), "{few:?}");
    let nowhere = scrutineer(sample(), &["trend", "asc01_asc_waits", "--year", "2016"]).stderr;
    assert!(nowhere.contains("1 theme stands nowhere and is not shown"), "{nowhere}");
}

#[test]
fn a_rate_is_of_what_it_says_and_that_can_be_counted_again() {
    let theme = "csc01_sw_recruit_retain";
    let of = |per: &str| {
        let args = ["themes", theme, "--by", "council", "--council", "dunmarsh", "--per", per];
        let row = rows(sample(), &args).remove(0);
        (number(&row, "of"), number(&row, "rate"), row)
    };
    let run = scrutineer(sample(), &["passages", "export", "--format", "jsonl", "--council", "dunmarsh"]);
    let passages: Vec<serde_json::Value> =
        run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let items: HashSet<String> = passages
        .iter()
        .map(|passage| ["meeting", "item_key", "document"].map(|key| passage[key].to_string()).concat())
        .collect();
    let words = passages.iter().map(|passage| Tokens::read(passage["text"].as_str().unwrap()).len());
    let words: usize = words.sum();

    let (n, rate, row) = of("meeting");
    assert_eq!((n, number(&row, "meetings_with_theme")), (61.0, 16.0));
    assert!((rate - 16.0 / 61.0).abs() < 1e-4, "{rate}");
    let (n, rate, row) = of("passage");
    assert_eq!(n, passages.len() as f64);
    assert!((rate - 1e3 * number(&row, "passages") / n).abs() < 1e-3, "{rate}");
    let (n, rate, _) = of("item");
    assert_eq!(n, items.len() as f64);
    let count = rows(sample(), &["count", "--by", "council", "--council", "dunmarsh", "\"social worker*\""]);
    assert!(rate > 0.0 && rate <= number(&count[0], "items") / n, "{rate}");
    let (n, rate, row) = of("word");
    assert_eq!(n, words as f64);
    assert!((rate - 1e6 * number(&row, "matches") / n).abs() < 1e-3, "{rate}");
    // Poisson's interval of 58 events is 44.04 to 74.98.
    assert_eq!(row["matches"], "58");
    assert!((number(&row, "low") * n / 1e6 - 44.04).abs() < 0.01, "{row:?}");
    assert!((number(&row, "high") * n / 1e6 - 74.98).abs() < 0.01, "{row:?}");
}

#[test]
fn below_the_asked_coverage_counts_stand_without_a_rate() {
    let args = ["themes", "csc06_missing_episodes", "--council", "coldharrow"];
    let by_year = |least: &str| rows(sample(), &[&args[..], &["--min-coverage", least]].concat());
    let (known, thin) = (by_year("0.5"), by_year("0.99"));
    let of = |all: &[Row], year: &str| all.iter().find(|row| row["year"] == year).unwrap().clone();
    // One meeting of 2018 was refused; in 2020 nothing was published.
    assert_eq!(
        (of(&known, "2018")["rate"].as_str(), of(&known, "2018")["coverage"].as_str()),
        ("0.1429", "0.8750")
    );
    let row = of(&thin, "2018");
    for name in ["rate", "low", "high"] {
        assert_eq!(row[name], "", "{name}");
    }
    assert_eq!((row["meetings_with_theme"].as_str(), row["meetings"].as_str()), ("1", "7"));
    assert_eq!(row["no_rate_because"], "too few of the held meetings can be read");
    assert_eq!(of(&thin, "2017")["rate"], "0.2500");
    let row = of(&thin, "2020");
    assert_eq!(
        (row["meetings_with_theme"].as_str(), row["no_rate_because"].as_str()),
        ("", "no readable minutes")
    );
    let table = scrutineer(sample(), &[&args[..], &["--min-coverage", "0.99"]].concat());
    assert!(table.stdout.contains("1/7*"), "{}", table.stdout);
    assert!(table.stderr.contains("*: less than 99 % of the held meetings readable"), "{}", table.stderr);
}

#[test]
fn quarters_add_up_to_their_years_and_nations_to_their_councils() {
    let home = tempfile::tempdir().unwrap();
    copy_folder(sample(), home.path());
    // Of the sample's councils the table that comes with the program says nothing.
    let table = "slug,name,gss_code,nation,platform,base_url,region\n\
        ambermere,Ambermere Council,,Wales,,,Wales\n\
        brackenshire,Brackenshire Council,,England,,,East Midlands\n\
        dunmarsh,Dunmarsh Council,,England,,,South West\n";
    std::fs::write(home.path().join("corpus/councils.csv"), table).unwrap();
    let theme = "csc01_sw_recruit_retain";
    let by = |by: &str| rows(home.path(), &["themes", theme, "--by", by]);
    let sum = |all: &[Row], is_of: &dyn Fn(&Row) -> bool, name: &str| -> f64 {
        all.iter().filter(|row| is_of(row)).map(|row| number(row, name)).sum()
    };
    let (years, quarters) = (by("year"), by("quarter"));
    for year in &years {
        let of_year = |row: &Row| row["quarter"].starts_with(&format!("{}-Q", year["year"]));
        for name in ["meetings", "meetings_with_theme", "passages", "matches"] {
            assert_eq!(sum(&quarters, &of_year, name), number(year, name), "{name} of {}", year["year"]);
        }
    }
    assert_eq!(quarters.len(), 4 * years.len());
    let (councils, nations, regions) = (by("council"), by("nation"), by("region"));
    for (all, value, of) in [
        (&nations, "Wales", &["ambermere"][..]),
        (&nations, "England", &["brackenshire", "dunmarsh"]),
        (&nations, "", &["coldharrow", "eastfold-and-wrenley", "fenwater"]),
        (&regions, "South West", &["dunmarsh"]),
    ] {
        let key = if all[0].contains_key("nation") { "nation" } else { "region" };
        let row = all.iter().find(|row| row[key] == value).unwrap();
        for name in ["meetings", "meetings_with_theme", "matches"] {
            let of_councils = |row: &Row| of.contains(&row["council"].as_str());
            assert_eq!(sum(&councils, &of_councils, name), number(row, name), "{name} of {value}");
        }
    }
    assert_eq!((nations.len(), regions.len()), (3, 4));
}
