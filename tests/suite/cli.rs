//! The command line as a contract: headers, exit codes, errors of one line.

use std::fs;

use crate::support::{Run, quickstart, read_csv, rows, scrutineer};

/// A run on the sample's home.
fn on_sample(args: &[&str]) -> Run {
    scrutineer(quickstart().0.path(), args)
}

fn header(args: &[&str]) -> String {
    let mut all = vec!["--format", "csv"];
    all.extend(args);
    on_sample(&all).stdout.lines().next().unwrap_or_default().to_owned()
}

#[test]
fn the_first_line_of_csv_is_the_header_of_the_contract() {
    assert_eq!(
        quickstart().1.stdout.lines().next().unwrap(),
        "theme,council,year,meetings,meetings_with_theme,passages,matches"
    );
    assert_eq!(
        header(&["councils", "sefton"]),
        "slug,name,gss,nation,platform,address,from,until,successors,predecessors"
    );
    assert_eq!(
        header(&["coverage"]),
        "council,year,body,held,cancelled,published,fetched,readable,refused,listed,agenda,failed,why,not_asked,unreadable,unpublished,copies"
    );
    assert_eq!(
        header(&["search", "caseload*"]),
        "rank,score,council,body,date,item,title,kind,snippet,matches,url,passage_id,text"
    );
    assert_eq!(header(&["kwic", "caseload*"]), "council,date,body,item,left,match,right,url,passage_id");
    assert_eq!(
        header(&["count", "caseload*", "--by", "council,year"]),
        "council,year,passages,items,meetings,matches,of_passages,of_meetings,rate,low,high"
    );
    assert_eq!(
        header(&["themes", "csc03_caseloads"]),
        "theme,council,year,meetings,meetings_with_theme,passages,matches,rate,low,high,coverage,per,of,no_rate_because,\
         validation,precision,precision_low,precision_high,recall,recall_low,recall_high"
    );
    let recurrence = header(&["recurrence", "csc03_caseloads"]);
    assert!(
        recurrence.starts_with(
            "council,theme,first,last,meetings,share,longest_run,longest_gap,returns,class,body,"
        ),
        "{recurrence}"
    );
    assert_eq!(
        header(&["trend", "csc03_caseloads"]),
        "theme,council,years,first_year,last_year,left_out,slope,tau,s,p,p_from,p_adjusted,series,passages,of_passages,\
         rate_ratio,low,high,overdispersion,ratio_p,ratio_p_adjusted,no_ratio_because,drift,\
         validation,precision,precision_low,precision_high,recall,recall_low,recall_high"
    );
    assert_eq!(
        header(&["trend", "csc03_caseloads", "--terms"]),
        "theme,term,year,passages,of,share,share_early,share_late,rate_ratio,ratio_p,ratio_without,low_without,\
         high_without,p_without,drift,query,query_without"
    );
    let recycled = header(&["recycled"]);
    assert!(
        recycled.starts_with(
            "chain,class,council,body,times,first,last,longest_gap,least_similarity,changed,snippet,"
        ),
        "{recycled}"
    );
    assert_eq!(
        header(&["recycled", "--chain"]),
        "chain,class,council,body,date,similarity,gap,changed,text,changed_facts,kind,item,title,repeats,passage_id,url"
    );
    let compare = header(&["compare", "ambermere", "fenwater"]);
    assert!(compare.starts_with("theme,a_rate,b_rate,rate_ratio,low,high,p,p_adjusted,"), "{compare}");
    assert_eq!(
        header(&["compare", "ambermere", "fenwater", "--pairs", "1"]),
        "theme,pair,similarity,shared,\
         a_council,a_body,a_date,a_item,a_title,a_kind,a_quote,a_passage_id,a_url,\
         b_council,b_body,b_date,b_item,b_title,b_kind,b_quote,b_passage_id,b_url,a_passages,b_passages"
    );
    assert_eq!(
        header(&["cooccur"]),
        "first_theme,second_theme,together,first,second,of_units,expected,lift,expected_within,odds_ratio,low,high,p,p_adjusted,informative,unit,query,first_validation,second_validation"
    );
    let hit = "council,body,date,item,title,kind,snippet,matches,url,passage_id";
    let passages = header(&["cooccur", "--passages", "--limit", "1"]);
    assert_eq!(passages, format!("first_theme,second_theme,unit_id,theme,{hit}"));
    assert_eq!(
        header(&["theme", "check", "csc12_foster_carers", "--masks"]),
        "theme,counter_examples,hidden_passages,hidden_matches,remark,mask"
    );
    let diff = ["theme", "diff", "built-in", "built-in"];
    assert_eq!(header(&diff), "theme,change,before,after,gained,lost,old_version,new_version");
    assert_eq!(header(&[&diff[..], &["--passages"]].concat()), format!("theme,passage_is,{hit}"));
    assert_eq!(
        header(&["theme", "suggest", "csc03_caseloads"]),
        "term,theme_items,of_theme_items,theme_councils,other_items,of_other_items,lrc,log_ratio,g2,p,p_adjusted,passages,new_passages,url,passage_id"
    );
}

#[test]
fn exit_codes_tell_found_from_nothing_from_failed() {
    assert_eq!(on_sample(&["search", "caseload*"]).code, 0);
    assert_eq!(on_sample(&["search", "zeppelin"]).code, 1);
    assert_eq!(on_sample(&["count", "zeppelin"]).code, 1);
    assert_eq!(on_sample(&["show", "nowhere/1"]).code, 1);
    assert_eq!(on_sample(&["search", "(caseload"]).code, 2);
    assert_eq!(on_sample(&["no-such-command"]).code, 2);
    assert_eq!(on_sample(&["search", "x", "--limit", "many"]).code, 2);
}

#[test]
fn the_name_of_a_file_that_no_format_ends_in_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, format: &[&str]| {
        let path = folder.path().join(name);
        let run = on_sample(&[&["count", "caseload*", "--output", path.to_str().unwrap()], format].concat());
        (run.code, run.stderr, std::fs::read_to_string(path).unwrap_or_default())
    };
    let (code, said, written) = write("a.xlsx", &[]);
    assert!(code == 2 && written.is_empty(), "{said}");
    assert!(
        said.lines().count() == 1 && said.contains("no format ends in `.xlsx`; there are .csv, "),
        "{said}"
    );
    assert!(write("a.xlsx", &["--format", "csv"]).2.starts_with("passages,items,"));
    assert!(write("a.CSV", &[]).2.starts_with("passages,items,"));
    for name in ["a", "a.txt"] {
        let (code, _, written) = write(name, &[]);
        assert!(code == 0 && written.starts_with(" passages "), "{written}");
    }
}

#[test]
fn a_query_that_is_wrong_is_pointed_at() {
    let run = on_sample(&["search", "budget NEAR/x cut"]);
    assert_eq!(run.code, 2);
    assert!(run.stdout.is_empty());
    let lines: Vec<&str> = run.stderr.lines().collect();
    assert!(lines[0].contains("column 8"), "{}", run.stderr);
    assert_eq!(lines[1], "  budget NEAR/x cut");
    assert_eq!(lines[2], "         ^");
}

#[test]
fn without_an_index_the_error_says_what_makes_one() {
    let home = tempfile::tempdir().unwrap();
    for command in [["search", "x"], ["count", "x"], ["kwic", "x"], ["show", "x"]] {
        let run = scrutineer(home.path(), &command);
        assert_eq!(run.code, 2);
        assert!(run.stderr.contains("make one with `scrutineer index`"), "{}", run.stderr);
        assert_eq!(run.stderr.lines().count(), 1, "{}", run.stderr);
    }
}

#[test]
fn a_broken_file_among_many_is_named_and_the_rest_goes_on() {
    let home = tempfile::tempdir().unwrap();
    let files = home.path().join("files");
    fs::create_dir(&files).unwrap();
    let text = "Moorby Parish Council\n\nMinutes of the meeting held on 4 March 2020\n\n\
                1. Apologies\n\nNone.\n\n2. Footpaths\n\nThe stile at Long Lane was broken.\n";
    fs::write(files.join("good.txt"), text).unwrap();
    fs::write(files.join("broken.pdf"), "%PDF-1.4 and then nothing").unwrap();
    fs::write(files.join("empty.html"), "").unwrap();
    fs::write(files.join("odd.xyz"), "\u{1}\u{2}").unwrap();
    let run = scrutineer(home.path(), &["--format", "csv", "add", files.to_str().unwrap()]);
    assert_eq!(run.code, 3, "{}", run.stderr);
    for name in ["broken.pdf", "empty.html", "odd.xyz"] {
        assert!(run.stderr.contains(name), "{name}: {}", run.stderr);
    }
    assert_eq!(run.stdout.lines().count(), 5);
    assert_eq!(scrutineer(home.path(), &["index"]).code, 3);
    let hit = scrutineer(home.path(), &["--format", "jsonl", "search", "stile"]);
    assert_eq!(hit.code, 0);
    let hit: serde_json::Value = serde_json::from_str(&hit.stdout).unwrap();
    assert_eq!(hit["council"], "moorby-parish-council");
    assert_eq!(hit["date"], "2020-03-04");
    assert_eq!((&hit["item"], &hit["title"]), (&"2".into(), &"Footpaths".into()));
}

#[test]
fn an_export_appears_whole_or_not_at_all() {
    let home = quickstart().0.path();
    let missing = home.join("no-such-folder/out.csv");
    let run =
        scrutineer(home, &["--format", "csv", "--output", missing.to_str().unwrap(), "search", "caseload*"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("no-such-folder"), "{}", run.stderr);
    let there = home.join("out.csv");
    let run =
        scrutineer(home, &["--format", "csv", "--output", there.to_str().unwrap(), "search", "caseload*"]);
    assert_eq!((run.code, run.stdout.as_str()), (0, ""));
    assert!(fs::read_to_string(there).unwrap().ends_with("\r\n"));
}

#[test]
fn the_same_order_comes_every_time() {
    let first = on_sample(&["--format", "csv", "search", "committee", "--limit", "200"]).stdout;
    let second = on_sample(&["--format", "csv", "search", "committee", "--limit", "200"]).stdout;
    assert_eq!(first, second);
}

#[test]
fn the_codebook_parses_and_holds_its_examples() {
    let home = tempfile::tempdir().unwrap();
    for action in ["check", "test"] {
        let run = scrutineer(home.path(), &["theme", action]);
        assert_eq!((run.code, run.stdout.as_str()), (0, ""), "{}", run.stderr);
        assert!(run.stderr.starts_with("47 of 47 themes"), "{}", run.stderr);
    }
    let list = scrutineer(home.path(), &["--format", "csv", "theme", "list"]);
    assert_eq!(list.stdout.lines().count(), 48);
}

#[test]
fn a_file_that_is_added_with_better_knowledge_is_moved_not_counted_twice() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("minutes.txt");
    fs::write(&file, "Minutes\n\n1. Footpaths\n\nThe stile at Long Lane was broken.\n").unwrap();
    let add = |more: &[&str]| {
        let mut args = vec!["add", file.to_str().unwrap()];
        args.extend(more);
        assert_eq!(scrutineer(home.path(), &args).code, 0);
        assert_eq!(scrutineer(home.path(), &["index"]).code, 0);
        let hits = scrutineer(home.path(), &["--format", "jsonl", "search", "stile"]).stdout;
        hits.lines().map(|line| serde_json::from_str(line).unwrap()).collect::<Vec<serde_json::Value>>()
    };
    let first = add(&[]);
    assert_eq!((first.len(), &first[0]["council"]), (1, &"unknown".into()));
    let second = add(&["--council", "Moorby Parish Council", "--date", "2020-03-04"]);
    assert_eq!((second.len(), &second[0]["council"]), (1, &"moorby-parish-council".into()));
    let coverage = scrutineer(home.path(), &["--format", "csv", "coverage"]).stdout;
    assert_eq!(coverage.lines().count(), 2, "{coverage}");
}

#[test]
fn a_filter_that_names_nothing_is_no_finding_of_none() {
    let run = on_sample(&["search", "caseload*", "--council", "nosuch"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("no council called `nosuch`"), "{}", run.stderr);
    let run = on_sample(&["search", "caseload*", "--council", "amber"]);
    assert!(run.stderr.contains("there is ambermere"), "{}", run.stderr);
    let run = on_sample(&["search", "caseload*", "--year", "1950"]);
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("nothing is known"), "{}", run.stderr);
    let run = on_sample(&["search", "caseload*", "--from", "2020", "--to", "2019"]);
    assert_eq!(run.code, 2);
    let run = on_sample(&["--format", "csv", "count", "caseload*", "--year", "1950"]);
    assert_eq!(run.stdout.lines().nth(1), Some(",,,,,,,,"));
}

#[test]
fn an_operator_in_lower_case_is_pointed_out() {
    let run = on_sample(&["search", "caseload or pothole"]);
    assert!(run.stderr.contains("the operator is written OR"), "{}", run.stderr);
    let run = on_sample(&["search", r#""caseload or pothole""#]);
    assert!(!run.stderr.contains("operator"), "{}", run.stderr);
}

#[test]
fn an_export_holds_every_hit_unless_a_limit_is_given() {
    let all = on_sample(&["--format", "csv", "search", "caseload*"]).stdout;
    let counted = on_sample(&["--format", "csv", "count", "caseload*"]).stdout;
    let n: usize = counted.lines().nth(1).unwrap().split(',').next().unwrap().parse().unwrap();
    assert!(n > 10);
    assert_eq!(all.lines().count(), n + 1);
    assert_eq!(
        on_sample(&["--format", "csv", "search", "caseload*", "--limit", "3"]).stdout.lines().count(),
        4
    );
}

#[test]
fn the_sample_is_not_mixed_with_real_documents() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("a.txt");
    fs::write(&file, "Moorby Parish Council\n\nThe stile was broken.\n").unwrap();
    assert_eq!(scrutineer(home.path(), &["add", file.to_str().unwrap()]).code, 0);
    let run = scrutineer(home.path(), &["quickstart"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("--home DIR"), "{}", run.stderr);
}

#[test]
fn a_reader_that_goes_away_is_no_fault() {
    for format in ["table", "csv", "jsonl", "json"] {
        for args in ["show ambermere/2401", "search the --limit all", "kwic the"] {
            let command = format!(
                "\"$PROGRAM\" --home \"$HOME_FOLDER\" -q --format {format} {args} | head -1 >/dev/null"
            );
            let output = std::process::Command::new("bash")
                .args(["-o", "pipefail", "-c", &command])
                .env("PROGRAM", env!("CARGO_BIN_EXE_scrutineer"))
                .env("HOME_FOLDER", quickstart().0.path())
                .output()
                .unwrap();
            let stderr = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success() && stderr.is_empty(), "{format} {args}: {stderr}");
        }
    }
}

#[test]
fn an_identifier_that_is_gone_gets_no_other_text() {
    let hit = on_sample(&["--format", "jsonl", "search", "caseload*", "--limit", "1"]).stdout;
    let hit: serde_json::Value = serde_json::from_str(&hit).unwrap();
    let id = hit["passage_id"].as_str().unwrap();
    assert_eq!(on_sample(&["show", id]).code, 0);
    let gone = format!("{}@deadbeef", id.split('@').next().unwrap());
    let run = on_sample(&["show", &gone]);
    assert_eq!((run.code, run.stdout.as_str()), (1, ""), "{}", run.stderr);
}

#[test]
fn a_passage_is_shown_with_so_many_of_its_item_on_each_side() {
    let show = |args: &[&str]| on_sample(&[&["--format", "csv", "show"], args].concat());
    let ids = |run: &Run| -> Vec<String> {
        read_csv(&run.stdout).iter().map(|row| row["passage_id"].clone()).collect()
    };
    let all = {
        let hits = read_csv(&on_sample(&["--format", "csv", "search", "\"social workers\""]).stdout);
        let items = hits.iter().map(|hit| ids(&show(&[&hit["passage_id"]])));
        items.max_by_key(Vec::len).unwrap()
    };
    let n = all.len();
    assert!(n >= 5, "{all:?}");
    let around = |at: usize, n: &str| {
        let run = show(&[&all[at], "--around", n]);
        assert_eq!(run.code, 0, "{}", run.stderr);
        (ids(&run), run.stderr)
    };
    let (shown, said) = around(2, "1");
    assert_eq!(shown, all[1..4]);
    assert!(said.contains(&format!("3 of {n} passages of the item shown\n")), "{said}");
    assert_eq!(around(2, "0").0, all[2..3]);
    assert_eq!(around(0, "1").0, all[..2]);
    assert_eq!(around(n - 1, "1").0, all[n - 2..]);
    assert_eq!(around(1, &usize::MAX.to_string()).0, all);
    // An item has no one place to look around.
    let item = all[0].rsplit_once('/').unwrap().0;
    let run = show(&[item, "--around", "1"]);
    assert!(run.code == 2 && run.stderr.contains("--around is of a passage"), "{}", run.stderr);
}

#[test]
fn files_of_unknown_body_are_meetings_of_their_own_and_editing_one_replaces_it() {
    let home = tempfile::tempdir().unwrap();
    let path = |name: &str| home.path().join(name);
    let write = |name: &str, word: &str| {
        let text = format!(
            "Moorby Town Council\n\n4 March 2020\n\nOf {name}: the {word} was seen.\n\nRESOLVED: That it be fed.\n"
        );
        fs::write(path(name), text).unwrap();
    };
    write("planning.txt", "zebra");
    write("licensing.txt", "zebra");
    let add =
        |name: &str| assert_eq!(scrutineer(home.path(), &["add", path(name).to_str().unwrap()]).code, 0);
    let meetings = || {
        assert_eq!(scrutineer(home.path(), &["index"]).code, 0);
        scrutineer(home.path(), &["--format", "csv", "count", "zebra OR lion"]).stdout
    };
    add("planning.txt");
    add("licensing.txt");
    let counted = meetings();
    assert!(counted.lines().nth(1).unwrap().starts_with("2,2,2,2,"), "{counted}");
    write("planning.txt", "lion");
    add("planning.txt");
    let counted = meetings();
    assert!(counted.lines().nth(1).unwrap().starts_with("2,2,2,2,"), "{counted}");
}

#[test]
fn kinds_are_counted_of_all_readable_meetings() {
    let counted = on_sample(&["--format", "csv", "count", "caseload*", "--by", "kind"]).stdout;
    let rows = crate::support::read_csv(&counted);
    let of: std::collections::HashSet<&str> = rows.iter().map(|row| row["of_meetings"].as_str()).collect();
    assert_eq!(of.len(), 1, "one denominator for all kinds: {counted}");
    let kinds: Vec<&str> = rows.iter().map(|row| row["kind"].as_str()).collect();
    assert!(!kinds.contains(&"attendance") && !kinds.contains(&"heading"), "{kinds:?}");
}

#[test]
fn groups_are_by_each_dimension_once() {
    for (command, option) in [("count", "--by"), ("search", "--facets")] {
        let run = on_sample(&[command, "caseload*", option, "year,council,year,year,year,year"]);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{}", run.stderr);
        assert!(run.stderr.contains("`year` is named twice"), "{}", run.stderr);
    }
    assert_eq!(on_sample(&["count", "caseload*", "--by", "kind,edition,year,body,council"]).code, 0);
}

#[test]
fn a_title_without_end_is_cut_and_its_passages_are_found() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("a.html");
    let title = format!("Broken stiles {}", "\u{e9}".repeat(40_000));
    let page = format!(
        "<h2>1. Apologies</h2><p>None.</p><h2>2. {title}</h2><p>The stile at Long Lane was broken.</p>"
    );
    fs::write(&path, page).unwrap();
    let known = ["--council", "Moorby Parish Council", "--body", "Cabinet", "--date", "2020-03-04"];
    let args = ["add", path.to_str().unwrap()];
    assert_eq!(scrutineer(home.path(), &[args.as_slice(), &known].concat()).code, 0);
    assert_eq!(scrutineer(home.path(), &["index"]).code, 0);
    let found = crate::support::rows(home.path(), &["search", "lane"]);
    // 60,000 bytes at most: 14 before the letters, and two for each of these.
    assert_eq!(found[0]["title"], format!("Broken stiles {}", "\u{e9}".repeat(29_993)));
}

/// A home with two files of the same bytes, both of Moorby's Cabinet.
fn home_of_copies() -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    for name in ["a.txt", "b.txt"] {
        fs::write(home.path().join(name), "1. Footpaths\n\nThe stile at Long Lane was broken.\n").unwrap();
        let path = home.path().join(name);
        let args = ["add", path.to_str().unwrap(), "--council", "Moorby Parish Council"];
        let known = ["--body", "Cabinet", "--date", "2020-03-04"];
        assert_eq!(scrutineer(home.path(), &[args.as_slice(), &known].concat()).code, 0);
    }
    home
}

fn bodies(home: &std::path::Path) -> Vec<String> {
    assert_eq!(scrutineer(home, &["index"]).code, 0);
    let rows = crate::support::rows(home, &["count", "stile", "--by", "body"]);
    rows.iter().map(|row| format!("{} {}", row["body"], row["matches"])).collect()
}

#[test]
fn a_file_that_is_added_with_less_knowledge_stays_where_it_is() {
    let home = home_of_copies();
    assert_eq!(scrutineer(home.path(), &["add", home.path().join("a.txt").to_str().unwrap()]).code, 0);
    assert_eq!(bodies(home.path()), ["Cabinet 1"]);
}

#[test]
fn moving_one_of_two_copies_keeps_the_other() {
    let home = home_of_copies();
    let path = home.path().join("a.txt");
    let args = ["add", path.to_str().unwrap(), "--council", "Moorby Parish Council"];
    let known = ["--body", "Planning", "--date", "2020-03-04"];
    assert_eq!(scrutineer(home.path(), &[args.as_slice(), &known].concat()).code, 0);
    assert_eq!(bodies(home.path()), ["Cabinet 1", "Planning 1"]);
}

#[test]
fn a_draft_file_does_not_count_beside_the_approved_minutes() {
    let home = tempfile::tempdir().unwrap();
    let write = |name: &str, cost: &str| {
        let text = format!(
            "1. Staffing\n\nThe Chair opened the debate on staffing and thanked officers.\n\n\
             Members asked about agency staff at length and were answered in full.\n\n\
             RESOLVED: That {cost} be spent on agency staff.\n"
        );
        fs::write(home.path().join(name), text).unwrap();
    };
    write("draft.txt", "five thousand pounds");
    write("final.txt", "nothing at all");
    let manifest = home.path().join("m.csv");
    let row = |name: &str, kind: &str| format!("{name},Moorby Parish Council,Cabinet,2020-03-04,{kind}\n");
    let rows = row("draft.txt", "draft-minutes") + &row("final.txt", "minutes");
    fs::write(&manifest, format!("path,council,committee,date,kind\n{rows}")).unwrap();
    let folder = home.path().to_str().unwrap().to_owned();
    let run = scrutineer(home.path(), &["add", &folder, "--manifest", manifest.to_str().unwrap()]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(scrutineer(home.path(), &["index"]).code, 0);
    let hits = crate::support::rows(home.path(), &["search", r#""agency staff""#]);
    assert_eq!(hits.len(), 2, "{hits:?}");
    assert!(hits.iter().all(|hit| !hit["snippet"].contains("thousand")), "{hits:?}");
}

#[test]
fn a_pipe_is_not_waited_for() {
    let home = tempfile::tempdir().unwrap();
    let pipe = home.path().join("p.txt");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let run = scrutineer(home.path(), &["add", pipe.to_str().unwrap()]);
    assert_eq!(run.code, 3);
    assert!(run.stderr.contains("neither a file nor a folder"), "{}", run.stderr);
}

#[test]
fn an_output_file_is_written_also_where_nothing_is_found() {
    let file = quickstart().0.path().join("empty.txt");
    fs::write(&file, "old").unwrap();
    let run = on_sample(&["themes", "--body", "nosuch", "--output", file.to_str().unwrap()]);
    assert_eq!(run.code, 1);
    assert_ne!(fs::read_to_string(&file).unwrap(), "old");
}

#[test]
fn numbers_of_an_index_that_is_behind_its_corpus_say_so() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    let add = |name: &str, date: &str| {
        let file = folder.path().join(name);
        fs::write(&file, format!("Minutes\n\n1. Budget\n\nRESOLVED: that {name} be noted.\n")).unwrap();
        let said = ["--council", "Sefton", "--body", "Cabinet", "--date", date];
        let run = scrutineer(&home, &[&["add", file.to_str().unwrap()], said.as_slice()].concat());
        assert_eq!(run.code, 0, "{}", run.stderr);
    };
    let commands: [&[&str]; 2] = [&["coverage"], &["count", "noted"]];
    add("one.txt", "2024-01-09");
    assert_eq!(scrutineer(&home, &["index"]).code, 0);
    for command in commands {
        assert!(!scrutineer(&home, command).stderr.contains("has changed"), "{command:?}");
    }
    add("two.txt", "2024-02-13");
    for command in commands {
        let run = scrutineer(&home, command);
        assert!(run.stderr.contains("run `scrutineer index`"), "{command:?}: {}", run.stderr);
    }
}

/// A slip of the pen in a date must not part what `count` and `coverage` count.
#[test]
fn minutes_of_a_day_to_come_were_held() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("a.txt");
    fs::write(&file, "Minutes\n\n1. Roads\n\nRESOLVED that the road be mended.\n").unwrap();
    let known = ["--council", "Moorby Parish Council", "--body", "Council", "--date", "2999-01-02"];
    let run = scrutineer(home.path(), &[&["add", file.to_str().unwrap()], &known[..]].concat());
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stdout.contains("its date 2999-01-02 is yet to come"), "{}", run.stdout);
    assert_eq!(scrutineer(home.path(), &["index"]).code, 0);
    let coverage = rows(home.path(), &["coverage", "--by", "year"]);
    assert_eq!((coverage[0]["held"].as_str(), coverage[0]["readable"].as_str()), ("1", "1"));
    let count = rows(home.path(), &["count", "mended", "--by", "year"]);
    assert_eq!((count[0]["year"].as_str(), count[0]["of_meetings"].as_str()), ("2999", "1"));
}

#[test]
fn what_is_not_there_is_said_to_be_not_there() {
    let home = tempfile::tempdir().unwrap();
    let check = |args: &[&str], code: i32, said: &str| {
        let run = scrutineer(home.path(), args);
        assert_eq!((run.code, run.stderr.contains(said)), (code, true), "{args:?}: {}", run.stderr);
    };
    check(&["councils", "zzz"], 1, "no council of the table has `zzz`");
    check(&["count", "roads", "--year", "20x4"], 2, "it is no year; write 2021");
    let run = scrutineer(home.path(), &["add", "no-such-file.txt"]);
    assert!(!run.stderr.contains("searchable"), "{}", run.stderr);
}

/// What `add` says of its files: the meeting and the outcome of each.
fn added(home: &std::path::Path, args: &[&str]) -> Vec<(String, String)> {
    let rows = crate::support::rows(home, &[&["add"], args].concat());
    rows.into_iter().map(|row| (row["meeting"].clone(), row["outcome"].clone())).collect()
}

#[test]
fn what_was_told_of_a_file_stays_until_something_else_is_told() {
    let home = tempfile::tempdir().unwrap();
    let files = home.path().join("files");
    fs::create_dir(&files).unwrap();
    let write = |day: &str, matter: &str| {
        let text = format!(
            "Moorby Parish Council\n\nMinutes of the Planning Committee held on {day}\n\n1. Footpaths\n\n\
             The {matter} at Long Lane was broken.\n"
        );
        fs::write(files.join("a.txt"), text).unwrap();
    };
    let (folder, file) = (files.to_str().unwrap(), files.join("a.txt"));
    let add = |more: &[&str]| added(home.path(), &[&[folder], more].concat()).remove(0);
    let as_is = |meeting: &str, outcome: &str| (meeting.to_owned(), outcome.to_owned());

    // Of what was only read, what is read now counts.
    write("4 March 2020", "stile");
    let (first, second) = ("planning-committee-2020-03-04", "planning-committee-2020-03-05");
    let moorby = |number: &str| format!("files-moorby-parish-council/{number}");
    assert_eq!(add(&[]), as_is(&moorby(first), "added"));
    assert_eq!(add(&[]), as_is(&moorby(first), "unchanged"));
    write("5 March 2020", "stile");
    assert_eq!(add(&[]), as_is(&moorby(second), "added"));

    let told = ["--council", "Kent", "--body", "Cabinet", "--date", "2021-05-06"];
    let kent = "files-kent/cabinet-2021-05-06";
    assert_eq!(add(&told), as_is(kent, "added"));
    assert_eq!(add(&[]), as_is(kent, "unchanged"));
    write("12 March 2020", "gate");
    assert_eq!(add(&[]), as_is(kent, "added"));
    assert_eq!(add(&["--date", "2021-05-07"]), as_is("files-kent/cabinet-2021-05-07", "added"));

    let manifest = files.join("m.csv");
    fs::write(&manifest, "path,kind\na.txt,draft-minutes\n").unwrap();
    let draft = added(home.path(), &[file.to_str().unwrap(), "--manifest", manifest.to_str().unwrap()]);
    assert_eq!(draft, [as_is("files-kent/cabinet-2021-05-07", "added")]);
    assert_eq!(add(&[]), as_is("files-kent/cabinet-2021-05-07", "unchanged"));
}

#[test]
fn meetings_of_unknown_councils_are_told_apart_by_their_files() {
    let home = tempfile::tempdir().unwrap();
    let files = home.path().join("files");
    fs::create_dir(&files).unwrap();
    for (name, matter) in [("a.txt", "stile"), ("b.txt", "pump")] {
        let text = format!(
            "Minutes of the Annual Parish Meeting held on 12 May 2014\n\n1. Repairs\n\nThe {matter} was broken.\n"
        );
        fs::write(files.join(name), text).unwrap();
    }
    let found = added(home.path(), &[files.to_str().unwrap()]);
    assert_ne!(found[0].0, found[1].0);
    let beginning = "files-unknown/annual-parish-meeting-2014-05-12-";
    assert!(found.iter().all(|(meeting, _)| meeting.starts_with(beginning)), "{found:?}");
    // A date that is told moves one, also where it holds the bytes itself.
    let a = files.join("a.txt");
    let moved = added(home.path(), &[a.to_str().unwrap(), "--date", "2014-05-13"]);
    assert!(moved[0].0.starts_with("files-unknown/annual-parish-meeting-2014-05-13-"), "{moved:?}");
}

#[test]
fn what_add_passes_over_or_does_not_know_is_named() {
    let home = tempfile::tempdir().unwrap();
    let path = |name: &str| home.path().join("files").join(name).to_str().unwrap().to_owned();
    fs::create_dir(home.path().join("files")).unwrap();
    fs::write(path("a.txt"), "Minutes\n\n1. Footpaths\n\nThe stile was broken.\n").unwrap();
    fs::write(path("people.csv"), "name\n").unwrap();
    fs::write(path("SUMS.CSV"), "sum\n").unwrap();
    fs::write(path("m.csv"), "path,note,date\na.txt,x,2020-03-04\n").unwrap();
    let run = scrutineer(home.path(), &["add", &path(""), "--manifest", &path("m.csv")]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stderr.contains("2 files were passed over by the ending: 2 .csv"), "{}", run.stderr);
    assert!(run.stderr.contains("these columns are not read: note; path, council,"), "{}", run.stderr);
    fs::write(path("m.csv"), "path,comittee\na.txt,Cabinet\n").unwrap();
    let run = scrutineer(home.path(), &["add", &path(""), "--manifest", &path("m.csv")]);
    assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{}", run.stderr);
    assert!(
        run.stderr.contains("its column `comittee` is not known (`committee` is meant?)"),
        "{}",
        run.stderr
    );
}

#[test]
fn a_date_that_no_heading_tells_is_said_to_be_known_otherwise() {
    let home = tempfile::tempdir().unwrap();
    let check = |name: &str, heading: &str, flags: &[&str], outcome: &str, shown: Option<&str>| {
        let path = home.path().join(name);
        fs::write(&path, format!("{heading}\n\n1. Footpaths\n\nThe stile was broken.\n")).unwrap();
        let facts = ["--council", "Moorby Parish Council", "--body", "Council"];
        let args = [&[path.to_str().unwrap()], &facts[..], flags].concat();
        let (meeting, said) = added(home.path(), &args).remove(0);
        assert_eq!(said, outcome);
        assert_eq!(scrutineer(home.path(), &["-q", "index"]).code, 0);
        let text = scrutineer(home.path(), &["show", &meeting]).stdout;
        let line = text.lines().find(|line| line.starts_with("the date "));
        assert_eq!(line, shown, "{text}");
    };
    let by_name = "the date 2020-03-04 is known only from the file's name";
    check("2020-03-04.txt", "Minutes", &[], "added; date only from its file name", Some(by_name));
    check(
        "minutes 2020-03-05.txt",
        "Minutes",
        &[],
        "added; date only from its file name",
        Some(&by_name.replace("04", "05")),
    );
    check("a.txt", "Minutes of the meeting held on 6 March 2020", &[], "added", None);
    let told = "the date 2020-03-07 is as told when the file was added: it does not stand in it";
    check("b.txt", "Minutes", &["--date", "2020-03-07"], "added", Some(told));
    let by_page = "the date 2020-03-08 is known only from the file's metadata";
    let page = "---\ndate: 2020-03-08\n---\n\nMinutes";
    check("c.md", page, &[], "added; date only from its metadata", Some(by_page));
}

#[test]
fn a_blank_group_is_said_to_be_unknown_and_why() {
    let home = crate::words::home(&[("Moorby", "Panel", "2020", "The stile at Long Lane was broken.")]);
    let check = |args: &[&str], said: &str| {
        let run = scrutineer(home.path(), args);
        assert!(run.stderr.contains(said), "{args:?}: {}", run.stderr);
    };
    let no_nation = "1 row has a blank nation: the table of councils has none for their council";
    check(&["count", "stile", "--by", "nation"], no_nation);
    check(&["--format", "csv", "count", "stile", "--by", "nation"], no_nation);
    check(
        &["count", "stile", "--by", "quarter"],
        "1 row has a blank quarter: no month of their meetings is known",
    );
    check(&["themes", "hwy01_highways_maintenance", "--by", "nation,year", "--format", "csv"], no_nation);
    check(
        &["coverage", "--by", "nation"],
        "coverage is not counted by nation; count by council, year or body",
    );
    let known = scrutineer(home.path(), &["count", "stile", "--by", "council,year,body"]);
    assert!(!known.stderr.contains("blank"), "{}", known.stderr);
}
