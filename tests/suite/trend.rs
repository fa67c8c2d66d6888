//! Trends of rates and the terms behind them, and what a corpus with holes does to figures.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::Path;

use scrutineer::analyse::Random;

use crate::support::{copy_folder, page, quickstart, read_csv, rows, scrutineer};

type Row = HashMap<String, String>;

fn sample() -> &'static Path {
    quickstart().0.path()
}

fn number(row: &Row, name: &str) -> f64 {
    row[name].parse().unwrap_or_else(|_| panic!("{name} is `{}` in {row:?}", row[name]))
}

/// Passages of a theme by year, and passages that can be read, as `themes` counts them.
fn years_of(council: &str, theme: &str) -> Vec<(f64, f64, f64)> {
    let args = ["themes", theme, "--council", council, "--per", "passage"];
    let year = |row: &Row| (number(row, "year"), number(row, "passages"), number(row, "of"));
    rows(sample(), &args).iter().filter(|row| !row["of"].is_empty()).map(year).collect()
}

/// The derivative of the likelihood at a ratio a year: events by time, less those expected.
fn score(councils: &[Vec<(f64, f64, f64)>], ratio: f64) -> f64 {
    let of_one = |years: &Vec<(f64, f64, f64)>| -> f64 {
        let weight = |(year, _, of): &(f64, f64, f64)| of * ratio.powf(year - 2016.0);
        let whole: f64 = years.iter().map(weight).sum();
        let events: f64 = years.iter().map(|year| year.1).sum();
        years.iter().map(|year| (year.0 - 2016.0) * (year.1 - events * weight(year) / whole)).sum()
    };
    councils.iter().map(of_one).sum()
}

#[test]
fn the_ratio_a_year_is_that_of_what_can_be_counted() {
    let theme = "csc01_sw_recruit_retain";
    let found = rows(sample(), &["trend", theme]);
    let of = |council: &str| found.iter().find(|row| row["council"] == council).unwrap();
    let mut all = Vec::new();
    // By the truth brackenshire, dunmarsh and others have it, fenwater never.
    for row in found.iter().filter(|row| !row["rate_ratio"].is_empty() && row["council"] != "all councils") {
        let years = years_of(&row["council"], theme);
        assert_eq!(number(row, "passages"), years.iter().map(|year| year.1).sum::<f64>());
        assert_eq!(number(row, "of_passages"), years.iter().map(|year| year.2).sum::<f64>());
        let (ratio, years) = (number(row, "rate_ratio"), vec![years]);
        assert!(score(&years, ratio - 1e-4) > 0.0 && score(&years, ratio + 1e-4) < 0.0, "{row:?}");
        assert!(number(row, "low") < ratio && ratio < number(row, "high"));
        assert_eq!(number(row, "ratio_p") <= 0.05, number(row, "low") > 1.0 || number(row, "high") < 1.0);
        assert!(number(row, "overdispersion") >= 1.0);
        all.extend(years);
    }
    assert_eq!(all.len() as f64, number(of("all councils"), "series"));
    let ratio = number(of("all councils"), "rate_ratio");
    assert!(score(&all, ratio - 1e-4) > 0.0 && score(&all, ratio + 1e-4) < 0.0, "{ratio}");
    let fenwater = of("fenwater");
    let cells =
        ["passages", "rate_ratio", "ratio_p", "no_ratio_because", "drift"].map(|name| &*fenwater[name]);
    assert_eq!(cells, ["0", "", "", "nothing was counted", ""]);
    let few = rows(sample(), &["trend", theme, "--year", "2016,2017,2018", "--council", "dunmarsh"]);
    assert_eq!((&*few[0]["rate_ratio"], &*few[0]["no_ratio_because"]), ("", "fewer than 4 years"));

    // Tests of ratios are a family of their own: after Benjamini and Hochberg the largest of
    // them stays as it is.
    let found = rows(sample(), &["trend", theme, "--adjust", "bh"]);
    let largest = |name: &str| found.iter().filter_map(|row| row[name].parse().ok()).fold(0.0, f64::max);
    assert_eq!(largest("ratio_p"), largest("ratio_p_adjusted"));
}

#[test]
fn terms_and_trends_without_them_count_again() {
    let theme = "csc01_sw_recruit_retain";
    let council = ["--council", "ambermere,brackenshire"];
    let terms = rows(sample(), &[&["trend", theme, "--terms"], &council[..]].concat());
    let of_theme = rows(sample(), &[&["trend", theme], &council[..]].concat());
    let whole = of_theme.iter().find(|row| row["council"] == "all councils").unwrap();
    let mut by_query: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
    terms.iter().for_each(|row| by_query.entry(&row["query"]).or_default().push(row));
    let mut book = "[codebook]\nname = 'c'\nversion = '1'\ntitle = 't'\n".to_owned();
    let mut left_out = Vec::new();
    for (query, years) in &by_query {
        let sum = |name: &str| years.iter().map(|row| number(row, name)).sum::<f64>();
        if sum("passages") == 0.0 {
            continue;
        }
        let counted = rows(sample(), &[&["count", "--exact", query, "--by", "year"], &council[..]].concat());
        for row in years {
            let again = counted.iter().find(|again| again["year"] == row["year"]).unwrap();
            assert_eq!(row["passages"], again["passages"], "{query} {}", row["year"]);
            assert!(number(row, "passages") <= number(row, "of"));
        }
        assert_eq!(sum("of"), number(whole, "passages"), "{query}");
        assert_eq!(years[0]["rate_ratio"], whole["rate_ratio"]);
        let id = format!("t{}", left_out.len());
        book += &format!(
            "[[theme]]\nid = '{id}'\nname = 'n'\ndefinition = 'd'\nquery = '''{}'''\n",
            years[0]["query_without"]
        );
        left_out.push((id, years[0]));
    }
    assert!(left_out.len() >= 2, "{terms:?}");
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), book).unwrap();
    let again =
        rows(sample(), &[&["trend", "--codebook", file.path().to_str().unwrap()], &council[..]].concat());
    for (id, row) in left_out {
        let again = again.iter().find(|again| again["theme"] == id && again["council"] == whole["council"]);
        let ratio = again.map_or("", |again| &again["rate_ratio"]);
        assert_eq!(row["ratio_without"], ratio, "{}", row["query_without"]);
        assert_eq!(row["p_without"], again.map_or("", |again| &again["ratio_p"]));
    }
}

/// Five meetings a year from 2016 to 2023, each with two passages on children and one on
/// parks; no two passages have the same words.
fn renamed_home() -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("files");
    fs::create_dir(&folder).unwrap();
    let mut random = Random::new(45);
    let mut word = || {
        const SYLLABLES: [&str; 12] =
            ["bal", "dor", "fen", "gil", "hum", "kes", "lor", "mav", "nib", "pol", "rud", "tav"];
        let mut syllable = || SYLLABLES[random.below(12) as usize];
        format!("{}{}{}", syllable(), syllable(), syllable())
    };
    for year in 2016..2024 {
        for month in ["January", "March", "May", "July", "October"] {
            let title = format!("Minutes of the Cabinet held on 7 {month} {year}");
            let name = if year < 2020 { "looked after children" } else { "children in care" };
            let mut body = format!("<h1>{title}</h1>");
            for (item, subject) in [name, name, "the benches in the parks"].into_iter().enumerate() {
                body += &format!(
                    "<h2>{}. Report on {}</h2><p>Councillor {} of {} asked the officer for {} about {subject} who went \
                     to {} near {} in {}.</p>",
                    item + 1,
                    word(),
                    word(),
                    word(),
                    word(),
                    word(),
                    word(),
                    word()
                );
            }
            fs::write(folder.join(format!("{year}-{month}.html")), page(&title, &body)).unwrap();
        }
    }
    let add =
        scrutineer(home.path(), &["add", folder.to_str().unwrap(), "--council", "Kent", "--body", "Cabinet"]);
    assert_eq!(add.code, 0, "{}", add.stderr);
    assert_eq!(scrutineer(home.path(), &["index"]).code, 0);
    home
}

#[test]
fn a_rename_is_told_from_a_trend() {
    let home = renamed_home();
    let book = home.path().join("book.toml");
    let theme = |id: &str, query: &str| {
        format!("[[theme]]\nid = '{id}'\nname = 'n'\ndefinition = 'd'\nquery = '''{query}'''\n")
    };
    let themes = [
        theme("both", r#""looked after child*" OR "child* in care""#),
        theme("old", r#""looked after child*""#),
        theme("parks", "bench* NEAR/3 (park* OR garden*)"),
    ];
    let text = format!("[codebook]\nname = 'c'\nversion = '1'\ntitle = 't'\n{}", themes.concat());
    fs::write(&book, text).unwrap();
    let args = ["trend", "--codebook", book.to_str().unwrap()];
    let found = rows(home.path(), &args);
    let of = |theme: &str| found.iter().find(|row| row["theme"] == theme).unwrap();
    // Ten passages a year, and no trend: only their words change.
    let both = of("both");
    assert_eq!((both["passages"].as_str(), both["rate_ratio"].as_str()), ("80", "1.0000"));
    assert_eq!(both["drift"], "`\"looked after child*\"` 1.00 → 0.00; `\"child* in care\"` 0.00 → 1.00");
    // A fall that is one of the old name, and of nothing else.
    let old = of("old");
    // All events are of the years 0 to 3 of 8, their mean 1.5: that of years weighted by 0.6302
    // to the power of each.
    assert_eq!((old["passages"].as_str(), old["rate_ratio"].as_str()), ("40", "0.6302"));
    assert!(number(old, "ratio_p") < 0.05, "{old:?}");
    assert_eq!(old["drift"], "without `\"looked after child*\"` no trend is told: nothing was counted");
    assert_eq!((of("parks")["passages"].as_str(), of("parks")["drift"].as_str()), ("40", "none"));

    let terms = rows(home.path(), &[&args[..], &["--terms"]].concat());
    let term = |year: &str| {
        let is_it = |row: &&Row| {
            row["term"] == "\"looked after child*\"" && row["year"] == year && row["theme"] == "both"
        };
        let row = terms.iter().find(is_it).unwrap();
        [&*row["passages"], &*row["of"], &*row["share_early"], &*row["share_late"]]
    };
    assert_eq!(
        (term("2019"), term("2020")),
        (["10", "10", "1.0000", "0.0000"], ["0", "10", "1.0000", "0.0000"])
    );
    let table = scrutineer(home.path(), &[&args[..], &["--terms"]].concat());
    assert!(
        table.stdout.contains("10/10") && table.stderr.contains("1 term finds nothing"),
        "{}",
        table.stderr
    );
    assert!(table.stderr.contains("years with enough to read: kent 2016–2023\n"), "{}", table.stderr);
    // Of three years there is no trend, in one line on a terminal, and no term.
    let short = scrutineer(home.path(), &[&args[..], &["both", "--to", "2018"]].concat());
    assert_eq!((short.code, short.stdout.as_str()), (1, ""));
    assert!(
        short.stderr.contains("no theme has a trend in any council: that wants 4 years"),
        "{}",
        short.stderr
    );
    let short = scrutineer(home.path(), &[&args[..], &["both", "--to", "2018", "--terms"]].concat());
    assert!(short.stderr.contains("no council has 4 years with enough to read"), "{}", short.stderr);
    assert!(short.stderr.contains("fewer than 4 of them: kent"), "{}", short.stderr);
}

/// Of the sample's meetings with minutes each tenth is lost: listed, and not held.
#[test]
fn where_a_tenth_of_the_meetings_is_lost_counts_fall_and_rates_hold() {
    let home = tempfile::tempdir().unwrap();
    copy_folder(sample(), home.path());
    let catalogue = rusqlite::Connection::open(home.path().join("corpus/catalogue.sqlite")).unwrap();
    let readable = read_csv(&scrutineer(sample(), &["--format", "csv", "passages", "export"]).stdout);
    let mut meetings: Vec<String> = readable.iter().map(|row| row["meeting"].clone()).collect();
    meetings.sort();
    meetings.dedup();
    let places = Random::new(46).sample(meetings.len(), meetings.len() / 10);
    for place in &places {
        let (site, number) = meetings[*place].split_once('/').unwrap();
        let sql = "DELETE FROM captures WHERE site = ?1 AND meeting = ?2";
        assert!(catalogue.execute(sql, [site, number]).unwrap() > 0, "{site} {number}");
    }
    drop(catalogue);
    assert_eq!(scrutineer(home.path(), &["index"]).code, 0);

    let sum = |home: &Path, column: &str| -> f64 {
        rows(home, &["coverage", "--by", "council"]).iter().map(|row| number(row, column)).sum()
    };
    let n_lost = places.len() as f64;
    assert_eq!(sum(home.path(), "held"), sum(sample(), "held"));
    assert_eq!(sum(home.path(), "readable"), sum(sample(), "readable") - n_lost);
    let by_council = |home: &Path| rows(home, &["themes", "--by", "council"]);
    let (whole, holed) = (by_council(sample()), by_council(home.path()));
    let mut n_planted = 0;
    for (whole, holed) in whole.iter().zip(&holed) {
        assert_eq!((&whole["theme"], &whole["council"]), (&holed["theme"], &holed["council"]));
        assert!(number(holed, "meetings") < number(whole, "meetings"));
        assert!(number(holed, "coverage") < number(whole, "coverage"));
        assert!(number(holed, "meetings_with_theme") <= number(whole, "meetings_with_theme"));
        // The rate of all lies in the interval of those that are left.
        let rate = number(whole, "rate");
        assert!(number(holed, "low") <= rate && rate <= number(holed, "high"), "{whole:?} {holed:?}");
        n_planted += u32::from(rate > 0.0);
    }
    assert!(n_planted >= 20, "{n_planted}");
    let total = |rows: &[Row], name: &str| rows.iter().map(|row| number(row, name)).sum::<f64>();
    let left = total(&holed, "passages") / total(&whole, "passages");
    assert!((0.8..0.97).contains(&left), "{left}");
    let coverage = |rows: &[Row]| total(rows, "coverage") / rows.len() as f64;
    let share = coverage(&holed) / coverage(&whole);
    assert!((share - 0.9).abs() < 0.02, "{share}");
}
