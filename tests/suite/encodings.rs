//! Character sets (E01 to E09): pages as a server sends them, and files between
//! two good ones that must still be indexed and found.

use std::time::{Duration, Instant};

use scrutineer::model::Councils;
use scrutineer::parse::{Media, Source, document};

use crate::support::{Between, rows, scrutineer};

/// What a page says that is sent with that `charset`: the text of its one
/// passage.
#[track_caller]
fn sent(bytes: &[u8], charset: Option<&str>) -> String {
    let councils = Councils::default();
    let source = Source { bytes, media: Media::Html, charset, file_name: None, councils: &councils };
    let reading = document(&source).unwrap();
    let [item] = &reading.items[..] else { panic!("one item") };
    let [passage] = &item.passages[..] else { panic!("one passage") };
    passage.text.clone()
}

const FEE: &str = "The £5 fee: it’s agreed";

/// A page that says so, in UTF-8.
fn page() -> String {
    format!("<html><body><p>{FEE}</p></body></html>")
}

/// The same in windows-1252.
fn older_page() -> Vec<u8> {
    b"<html><body><p>The \xa35 fee: it\x92s agreed</p></body></html>".to_vec()
}

fn wide(text: &str, unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(unit).collect()
}

/// Minutes whose one paragraph is that, in the encoding that `encode` makes of
/// them, with `declared` in their head.
fn minutes(declared: &str, paragraph: &str) -> String {
    let title = "Minutes of the Cabinet held on 2 March 2021";
    format!(
        "<!DOCTYPE html><html><head>{declared}<title>{title}</title></head><body><h1>{title}</h1>\
         <h2>1. Birds</h2><p>{paragraph}</p></body></html>"
    )
}

/// Checks that a file with these bytes is indexed with that paragraph.
#[track_caller]
fn check_indexed(bytes: &[u8], query: &str, expected: &str) {
    let found = Between::of("b.html", bytes).found(query);
    let snippets: Vec<&str> = found.iter().map(|hit| hit["snippet"].as_str()).collect();
    assert_eq!(snippets, [expected]);
}

/// The bytes of a text in windows-1252, of which only `£` and `’` are no ASCII.
fn older(text: &str) -> Vec<u8> {
    let byte = |c: char| match c {
        '’' => 0x92,
        _ => u8::try_from(u32::from(c)).unwrap(),
    };
    text.chars().map(byte).collect()
}

#[test]
fn e01_without_a_declaration_the_bytes_tell() {
    assert_eq!(sent(page().as_bytes(), None), FEE);
    assert_eq!(sent(&older_page(), None), FEE);
    check_indexed(minutes("", FEE).as_bytes(), "fee", FEE);
    check_indexed(&older(&minutes("", FEE)), "fee", FEE);
}

#[test]
fn e02_windows_1252_is_read_also_where_it_is_called_latin_1() {
    assert_eq!(sent(&older_page(), Some("windows-1252")), FEE);
    assert_eq!(sent(&older_page(), Some("ISO-8859-1")), FEE);
    assert_eq!(sent(&older_page(), Some("x-user-defined-thing")), FEE, "a name that nobody knows");
    check_indexed(&older(&minutes("<meta charset=iso-8859-1>", FEE)), "fee", FEE);
}

#[test]
fn e03_a_declaration_that_the_bytes_contradict_is_not_believed() {
    assert_eq!(sent(&older_page(), Some("utf-8")), FEE);
    assert_eq!(sent(page().as_bytes(), Some("iso-8859-1")), FEE);
    check_indexed(&older(&minutes("<meta charset=utf-8>", FEE)), "fee", FEE);
    check_indexed(minutes("<meta charset=windows-1252>", FEE).as_bytes(), "fee", FEE);
}

#[test]
fn e04_utf_16_is_known_by_its_mark() {
    let marked = |mark: &[u8], bytes: Vec<u8>| [mark, &bytes].concat();
    assert_eq!(sent(&marked(b"\xff\xfe", wide(&page(), u16::to_le_bytes)), None), FEE);
    assert_eq!(sent(&marked(b"\xfe\xff", wide(&page(), u16::to_be_bytes)), Some("utf-8")), FEE);
    check_indexed(&marked(b"\xff\xfe", wide(&minutes("", FEE), u16::to_le_bytes)), "fee", FEE);
    // Cut amid a letter, the last one is lost and nothing else.
    let cut = marked(b"\xff\xfe", wide(&minutes("", FEE), u16::to_le_bytes));
    check_indexed(&cut[..cut.len() - 1], "fee", FEE);
}

#[test]
fn e05_a_mark_is_believed_before_any_declaration() {
    let marked = |text: String| [b"\xef\xbb\xbf", text.as_bytes()].concat();
    assert_eq!(sent(&marked(page()), Some("iso-8859-1")), FEE);
    check_indexed(&marked(minutes("<meta charset=iso-8859-1>", FEE)), "fee", FEE);
}

#[test]
fn e06_what_is_no_letter_is_marked_and_refuses_no_page() {
    for (name, inside, expected) in [
        ("overlong", b"\xc0\xaf".as_slice(), "\u{fffd}\u{fffd}"),
        ("cut short", b"\xe2\x80", "\u{fffd}"),
        ("alone", b"\xff", "\u{fffd}"),
        ("half of a pair, CESU-8", b"\xed\xa0\xbd", "\u{fffd}\u{fffd}\u{fffd}"),
    ] {
        let paragraph = [b"caf\xc3\xa9 ".as_slice(), inside, b" kestrel"].concat();
        let expected = format!("café {expected} kestrel");
        let page = [b"<p>".as_slice(), &paragraph, b"</p>"].concat();
        assert_eq!(sent(&page, Some("utf-8")), expected, "{name}");
        let whole = minutes("<meta charset=utf-8>", "|");
        let (before, behind) = whole.split_once('|').unwrap();
        check_indexed(&[before.as_bytes(), &paragraph, behind.as_bytes()].concat(), "kestrel", &expected);
    }
}

#[test]
fn e07_what_turns_a_line_round_or_has_no_width_reaches_no_terminal() {
    let read =
        Between::of("b.html", minutes("", "The kes\u{200b}trel \u{202e}enac\u{2066} came.").as_bytes());
    assert_eq!(read.n_found("\"kestrel enac came\""), 1);
    for command in ["search", "kwic"] {
        for format in ["table", "csv", "jsonl"] {
            let run = scrutineer(read.home.path(), &["--format", format, command, "kestrel"]);
            assert!(run.stdout.contains("kestrel"), "{}", run.stdout);
            assert!(!run.stdout.contains(['\u{202e}', '\u{2066}', '\u{200b}']), "{command} {format}");
        }
    }
    let id = read.found("kestrel")[0]["passage_id"].clone();
    let shown = scrutineer(read.home.path(), &["show", &id]).stdout;
    assert!(shown.contains("kestrel") && !shown.contains(['\u{202e}', '\u{2066}']), "{shown:?}");
}

#[test]
fn e07_ten_thousand_accents_are_those_of_one_letter() {
    let start = Instant::now();
    let accents = format!("The k{} kestrel.", "e\u{301}".to_owned() + &"\u{301}".repeat(10_000));
    let read = Between::of("b.html", minutes("", &accents).as_bytes());
    assert_eq!(read.n_found("\"the ke kestrel\""), 1);
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
}

#[test]
fn e08_utf_7_is_text_and_no_markup() {
    assert_eq!(sent(page().as_bytes(), Some("utf-7")), FEE);
    assert_eq!(sent(b"<p>+ADw-b+AD4- end</p>", Some("utf-7")), "+ADw-b+AD4- end");
    let script = "The +ADw-script+AD4- kestrel";
    check_indexed(minutes("<meta charset=utf-7>", script).as_bytes(), "kestrel", script);
}

#[test]
fn e09_accents_and_ligatures_are_found_by_either_form() {
    let paragraph = "Before it the café, the cafe\u{301} and the ﬁnance oﬃce were shut.";
    let read = Between::of("b.html", minutes("", paragraph).as_bytes());
    for query in ["café", "cafe\u{301}", "cafe"] {
        let lines = rows(read.home.path(), &["kwic", query]);
        let of = |name: &str| lines.iter().map(|line| line[name].as_str()).collect::<Vec<_>>();
        // Both are kept as the one letter that a reader sees.
        assert_eq!(of("match"), ["café", "café"], "{query}");
        assert_eq!(of("left"), ["Before it the ", "Before it the café, the "], "{query}");
        let right = " and the ﬁnance oﬃce were shut.";
        assert_eq!(of("right")[1], right, "{query}");
    }
    for (query, word, left, right) in [
        ("finance", "ﬁnance", "Before it the café, the café and the ", " oﬃce were shut."),
        ("ﬁnance", "ﬁnance", "Before it the café, the café and the ", " oﬃce were shut."),
        ("\"finance oﬃce\"", "ﬁnance oﬃce", "Before it the café, the café and the ", " were shut."),
    ] {
        let lines = rows(read.home.path(), &["kwic", query]);
        assert_eq!(lines.len(), 1, "{query}");
        let line = &lines[0];
        assert_eq!((&*line["left"], &*line["match"], &*line["right"]), (left, word, right), "{query}");
    }
}
