//! Filters for pipelines: passages out of the index, and as they come.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::support::{quickstart, rows, scrutineer};

/// Flags that let everything through.
const ALL: [&str; 6] = ["--edition", "all", "--with-boilerplate", "--language", "all", "--with-copies"];

/// The lines of `passages export` with these flags.
#[track_caller]
fn exported(home: &Path, flags: &[&str]) -> Vec<Value> {
    let run = scrutineer(home, &[&["passages", "export"], flags].concat());
    assert!(matches!(run.code, 0 | 1), "{}", run.stderr);
    run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// A home with these files of minutes, each of a council, a body and a day.
fn home(files: &[(&str, &str, &str, &str)]) -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    for (at, (council, body, day, text)) in files.iter().enumerate() {
        let path = home.path().join(format!("{at}.txt"));
        fs::write(&path, text).unwrap();
        let path = path.to_str().unwrap();
        let args = ["add", path, "--council", council, "--body", body, "--date", day];
        let run = scrutineer(home.path(), &args);
        assert_eq!(run.code, 0, "{}", run.stderr);
    }
    let run = scrutineer(home.path(), &["index"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    home
}

#[test]
fn an_export_is_in_the_order_of_council_date_meeting_and_place() {
    let first = "1. Herons\n\nThe heron was seen.\n\n2. Otters\n\nThe otter was seen.\n";
    let second = "1. Voles\n\nThe vole was seen.\n";
    let home = home(&[
        ("Kent", "Cabinet", "2021-03-01", first),
        ("Kent", "Cabinet", "2020-03-01", second),
        ("Kent", "Audit Committee", "2021-03-01", second),
        ("Devon", "Cabinet", "2022-03-01", second),
    ]);
    let texts: Vec<String> = exported(home.path(), &[])
        .iter()
        .map(|line| format!("{} {}", line["meeting"].as_str().unwrap(), line["text"].as_str().unwrap()))
        .collect();
    let expected = [
        "files-devon/cabinet-2022-03-01 The vole was seen.",
        "files-kent/cabinet-2020-03-01 The vole was seen.",
        "files-kent/audit-committee-2021-03-01 The vole was seen.",
        "files-kent/cabinet-2021-03-01 The heron was seen.",
        "files-kent/cabinet-2021-03-01 The otter was seen.",
    ];
    assert_eq!(texts, expected);
    assert_eq!(exported(home.path(), &["--council", "devon"]).len(), 1);
    assert_eq!(scrutineer(home.path(), &["passages", "export", "--body", "planning"]).code, 1);
}

#[test]
fn a_line_has_its_keys_in_one_order_and_null_where_nothing_is_known() {
    let text = "1. Herons\n\n1.1 The heron was seen.\n";
    let home = home(&[("Kent", "Cabinet", "2021-03-01", text)]);
    let document = exported(home.path(), &[])[0]["document"].as_str().unwrap().to_owned();
    assert_eq!(document.len(), 64);
    let url = format!("file://{}/0.txt", home.path().display());
    let line = format!(
        "{{\"passage_id\":\"files-kent/cabinet-2021-03-01/1/1@{}\",\"council\":\"kent\",\"body\":\"Cabinet\",\
         \"date\":\"2021-03-01\",\"item\":\"1\",\"title\":\"Herons\",\"kind\":\"narrative\",\
         \"edition\":\"minutes\",\"boilerplate\":false,\"text\":\"The heron was seen.\",\
         \"meeting\":\"files-kent/cabinet-2021-03-01\",\"council_name\":\"Kent County Council\",\
         \"item_key\":\"1\",\"language\":\"english\",\"number\":\"1.1\",\"clause\":[],\"page\":null,\
         \"url\":\"{url}\",\"document\":\"{document}\",\"rule\":null}}\n",
        &document[..8]
    );
    assert_eq!(scrutineer(home.path(), &["passages", "export"]).stdout, line);
    let header = "passage_id,council,body,date,item,title,kind,edition,boilerplate,text,meeting,council_name,\
                  item_key,language,number,clause,page,url,document,rule\r\n";
    let csv = scrutineer(home.path(), &["passages", "export", "--format", "csv"]).stdout;
    assert!(csv.starts_with(header), "{csv}");
}

#[test]
fn an_export_holds_what_search_looks_through() {
    let home = quickstart().0.path();
    for flags in [&[][..], &ALL[..], &["--kind", "resolution", "--year", "2021"][..]] {
        let mut query = vec!["search", "NOT zebra", "--limit", "all"];
        query.extend(flags);
        let mut found: Vec<String> = rows(home, &query).iter().map(|row| row["passage_id"].clone()).collect();
        let mut ids: Vec<String> = exported(home, flags)
            .iter()
            .map(|line| line["passage_id"].as_str().unwrap().to_owned())
            .collect();
        assert!(found.len() > 10, "{flags:?}");
        found.sort();
        ids.sort();
        assert_eq!(ids, found, "{flags:?}");
    }
}

/// Minutes of five meetings that open with the same words.
fn repeating() -> tempfile::TempDir {
    let of = |word: &str| {
        format!("Members of the public may film this meeting.\n\n1. Wildlife\n\nThe {word} was seen.\n")
    };
    let texts = ["heron", "otter", "vole", "newt", "toad"].map(of);
    let days = ["2021-03-01", "2021-03-02", "2021-03-03", "2021-03-04", "2021-03-05"];
    let file = |(day, text): (&'static str, _)| ("Kent", "Cabinet", day, text);
    let texts = texts.iter().map(String::as_str);
    home(&days.into_iter().zip(texts).map(file).collect::<Vec<_>>())
}

#[test]
fn boilerplate_by_repetition_is_marked_as_search_sees_it() {
    let home = repeating();
    assert_eq!(exported(home.path(), &[]).len(), 5, "the notice is left out");
    let all = exported(home.path(), &["--with-boilerplate"]);
    let notices: Vec<&Value> =
        all.iter().filter(|line| line["text"].as_str().unwrap().contains("film")).collect();
    assert_eq!(notices.len(), 5);
    for notice in notices {
        assert_eq!(notice["boilerplate"], true);
        assert_eq!(notice["rule"], "the same wording in 5 of 5 meetings of the body");
    }
}
