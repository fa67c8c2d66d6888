//! Hostile pages (H01 to H18), each between two good ones that must still be
//! indexed and found.

use std::fs;

use crate::support::{Between, page, scrutineer};

/// What begins the hostile pages.
const HEAD: &str = "<h1>Minutes of the Cabinet held on 2 March 2021</h1><h2>1. Birds</h2>";

fn hostile(body: &str) -> Between {
    Between::of("b.html", &page("Minutes of the Cabinet held on 2 March 2021", &format!("{HEAD}{body}")))
}

#[test]
fn h01_tags_that_nest_without_end_overflow_nothing() {
    let read = hostile(&format!(
        "<p>The kestrel came.</p>{}deep{}",
        "<div>".repeat(200_000),
        "</div>".repeat(200_000)
    ));
    assert_eq!(read.n_found("kestrel"), 1);
}

#[test]
fn h02_formatting_that_nests_wrongly_is_read() {
    let read = hostile(&format!("<p>{}</p><p>The kestrel came.</p>", "<b><i>x</b></i>".repeat(100_000)));
    assert_eq!(read.n_found("kestrel"), 1);
}

#[test]
fn h03_a_paragraph_of_30_megabytes_is_read_or_refused_by_a_stated_limit() {
    let read = hostile(&format!("<p>The kestrel came. {}</p>", "word after word ".repeat(2_000_000)));
    let outcome = read.outcome();
    assert!(read.n_found("kestrel") == 1 || outcome.contains("longer than"), "{outcome}");
}

#[test]
fn h04_a_word_of_5_megabytes_is_no_word_of_the_dictionary() {
    let word: String = (0..1_000_000_u64).map(|at| format!("{:05x}", at * 7_919 % 1_048_573)).collect();
    let read = hostile(&format!("<p>The kestrel came. {word}</p>"));
    assert_eq!(read.n_found("kestrel"), 1);
    let engine = fs::read_dir(read.home.path().join("index/engine")).unwrap().map(|entry| entry.unwrap());
    let dictionaries = engine.filter(|entry| entry.path().extension().is_some_and(|ending| ending == "term"));
    let bytes: Vec<u64> = dictionaries.map(|entry| entry.metadata().unwrap().len()).collect();
    assert!(!bytes.is_empty() && bytes.iter().all(|length| *length < 100_000), "{bytes:?}");
}

#[test]
fn h05_a_tag_may_have_any_number_of_attributes() {
    let attributes: String = (0..100_000).map(|at| format!(" a{at}=\"{at}\"")).collect();
    let read = hostile(&format!("<p{attributes}>The kestrel came.</p>"));
    assert_eq!(read.n_found("kestrel"), 1);
}

#[test]
fn h06_what_stands_before_a_tag_that_is_never_closed_is_kept() {
    for unclosed in
        ["<p class=\"x", "<!-- and so on", "<script>and so on", "<style>and so on", "<title>and so on"]
    {
        let read = hostile(&format!("<p>The kestrel came.</p>{unclosed}"));
        assert_eq!(read.n_found("kestrel"), 1, "{unclosed}");
    }
}

/// Control bytes in text and title reach no terminal, and leave CSV and JSON
/// what they are.
#[test]
fn h07_control_bytes_reach_no_terminal() {
    let read = hostile(
        "<h2>2. Owls \u{1b}[31m\u{7}</h2><p>The kestrel \u{1b}]0;owned\u{7} came\u{0} and\u{8} went.</p>",
    );
    assert_eq!(read.n_found("kestrel"), 1);
    let is_clean = |text: &str| !text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r'));
    for format in ["table", "csv", "jsonl", "json"] {
        let run = scrutineer(read.home.path(), &["--format", format, "search", "kestrel"]);
        assert!(is_clean(&run.stdout) && is_clean(&run.stderr), "{format}: {:?}", run.stdout);
        if format.starts_with("json") {
            serde_json::from_str::<serde_json::Value>(run.stdout.lines().collect::<String>().as_str())
                .unwrap();
        }
    }
    let id = read.found("kestrel")[0]["passage_id"].clone();
    let shown = scrutineer(read.home.path(), &["show", &id]);
    assert!(is_clean(&shown.stdout), "{:?}", shown.stdout);
}

#[test]
fn h08_an_empty_file_is_counted_as_empty() {
    let read = Between::of("b.html", b"");
    assert!(read.outcome().contains("empty"), "{}", read.outcome());
    assert_eq!(read.add.code, 3);
}

#[test]
fn h09_random_bytes_are_no_page() {
    // A generator of Lehmer's, so that every run has the same bytes.
    let mut state = 42_u64;
    let bytes: Vec<u8> = std::iter::repeat_with(|| {
        state = state * 48_271 % 2_147_483_647;
        (state >> 8) as u8
    })
    .take(50_000)
    .collect();
    let read = Between::of("b.html", &bytes);
    assert!(read.outcome().contains("not a text"), "{}", read.outcome());
    assert_eq!(read.add.code, 3);
}

#[test]
fn h10_an_error_page_is_no_minutes() {
    let read = Between::of(
        "b.html",
        &page("Error", "<h1>Server Error in '/' Application.</h1><p>Runtime Error: the kestrel failed.</p>"),
    );
    assert_eq!(read.n_found("kestrel"), 0, "{}", read.outcome());
}

#[test]
fn h11_rows_without_end_keep_their_text() {
    let rows: String = (0..20_000).map(|at| format!("<tr><td>kestrel{at}</td><td>seen</td></tr>")).collect();
    let read = hostile(&format!("<table>{rows}</table>"));
    for at in [0, 9_999, 19_999] {
        assert_eq!(read.n_found(&format!("kestrel{at}")), 1);
    }
}

#[test]
fn h12_script_is_not_read_and_markup_is_text() {
    let read = hostile(
        "<script>kestrelscript()</script><p onclick=\"kestrelhandler()\">The kestrel &lt;script&gt;alert(1)&lt;/script&gt; came.</p>",
    );
    assert_eq!(read.n_found("kestrelscript") + read.n_found("kestrelhandler"), 0);
    assert!(read.found("kestrel")[0]["snippet"].contains("<script>alert(1)</script>"), "as a reader sees it");
}

#[test]
fn h13_a_million_references_are_read_and_invalid_ones_replaced() {
    let read =
        hostile(&format!("<p>The kestrel &#0; &#xD800; &#x110000; came. {}</p>", "&amp;".repeat(1_000_000)));
    let found = read.found("kestrel");
    assert_eq!(found.len(), 1);
    assert!(found[0]["snippet"].contains('\u{fffd}'), "{}", found[0]["snippet"]);
}

#[test]
fn h14_nothing_that_a_page_names_is_fetched() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let at = listener.local_addr().unwrap();
    hostile(&format!(
        "<base href=\"http://{at}/\"><meta http-equiv=refresh content=\"0;url=http://{at}/a\">\
         <iframe src=\"file:///etc/passwd\"></iframe><img src=\"http://{at}/b.png\"><p>The kestrel came.</p>"
    ));
    assert!(listener.accept().is_err(), "somebody asked for something");
}

#[test]
fn h15_a_day_that_does_not_exist_is_unknown_and_a_long_number_is_text() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("b.html");
    let body = "<h1>Minutes of the Cabinet held on 31 February 2021</h1><h2>12345678901234567890. Birds</h2><p>The kestrel came.</p>";
    fs::write(&file, page("Minutes", body)).unwrap();
    let run = scrutineer(home.path(), &["parse", file.to_str().unwrap()]);
    let line: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert!(line["date"].is_null(), "{}", line["date"]);
    assert!(line["warnings"].to_string().contains("31 February 2021"), "{}", line["warnings"]);
    assert!(run.stdout.contains("12345678901234567890"));
}

#[test]
fn h16_a_phrase_is_found_as_a_reader_reads_it() {
    let read = hostile("<p>The <b>red</b>&nbsp;kes&shy;trel\r\n flew <i>over<br>head</i> to<br>day.</p>");
    for phrase in ["\"red kestrel\"", "\"kestrel flew\"", "\"flew over head\"", "\"to day\""] {
        assert_eq!(read.n_found(phrase), 1, "{phrase}");
    }
}

#[test]
fn h17_no_phrase_crosses_the_end_of_a_paragraph_or_an_item() {
    let read = hostile("<p>We saw the red</p><p>kestrel come to the</p><h2>2. Bridges</h2><p>bridge.</p>");
    for phrase in ["\"red kestrel\"", "\"to the bridge\"", "\"the bridges\""] {
        assert_eq!(read.n_found(phrase), 0, "{phrase}");
    }
    assert_eq!(read.n_found("kestrel"), 1);
}

#[test]
fn h18_what_is_around_the_minutes_is_not_found() {
    let read = Between::of(
        "b.html",
        &page(
            "Minutes of the Cabinet held on 2 March 2021",
            &format!(
                "<nav><ul><li>Red kestrel menu</li></ul></nav><!-- red kestrel comment -->{HEAD}\
             <p title=\"red kestrel attribute\">The owl came.</p><script>var a = \"red kestrel script\";</script>"
            ),
        ),
    );
    assert_eq!(read.n_found("\"red kestrel\""), 0);
    assert_eq!(read.n_found("owl"), 1);
}
