//! Bytes to text: which encoding, and never a refusal.

use std::borrow::Cow;
use std::sync::LazyLock;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use regex::bytes::Regex;

/// Decodes bytes: by byte-order mark, else as declared by the server, else as
/// the page itself declares, else as UTF-8 when they are, else as windows-1252.
///
/// A declaration that the bytes contradict is not believed: UTF-8 that was
/// called windows-1252, or the other way round. What is invalid becomes U+FFFD.
/// UTF-7 is never decoded: browsers stopped, as it hides markup.
pub fn decode<'a>(bytes: &'a [u8], declared: Option<&str>) -> Cow<'a, str> {
    if let Some((encoding, length)) = Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(&bytes[length..]).0;
    }
    if let Some(wide) = wide(bytes) {
        return wide.decode_without_bom_handling(bytes).0;
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Cow::Borrowed(text);
    }
    let by_server = declared.and_then(|label| encoding_of(label.as_bytes()));
    let declared = [by_server, declared_inside(bytes)];
    let is_called_utf8 = declared.iter().flatten().next().is_none_or(|first| *first == UTF_8);
    if is_utf8_with_faults(bytes, is_called_utf8) {
        return Cow::Owned(mended(bytes));
    }
    let other = declared.into_iter().flatten().find(|encoding| *encoding != UTF_8);
    other.unwrap_or(WINDOWS_1252).decode_without_bom_handling(bytes).0
}

/// The encoding of that label, unless it is one that the bytes would have
/// shown: every second byte of UTF-16 is zero in a text of our languages.
fn encoding_of(label: &[u8]) -> Option<&'static Encoding> {
    let encoding = Encoding::for_label_no_replacement(label.trim_ascii())?;
    (encoding != UTF_16LE && encoding != UTF_16BE).then_some(encoding)
}

/// The UTF-16 that bytes without a mark are, by the zeros at every second place.
fn wide(bytes: &[u8]) -> Option<&'static Encoding> {
    const HEAD: usize = 4_096;
    let head = &bytes[..bytes.len().min(HEAD)];
    let zeros_at = |first: usize| head.iter().skip(first).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (zeros_at(0), zeros_at(1));
    let most = head.len() / 2 * 7 / 10;
    if head.len() >= 4 && odd > most && even * 10 < odd {
        return Some(UTF_16LE);
    }
    (head.len() >= 4 && even > most && odd * 10 < even).then_some(UTF_16BE)
}

/// The encoding that a page's first bytes declare.
fn declared_inside(bytes: &[u8]) -> Option<&'static Encoding> {
    const HEAD: usize = 2_048;
    static DECLARATION: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r#"(?i-u)(?:charset\s*=|<\?xml[^>]*\sencoding\s*=)\s*["']?\s*([a-z0-9_:.-]+)"#)
            .expect("the pattern is sound")
    });
    let found = DECLARATION.captures(&bytes[..bytes.len().min(HEAD)])?;
    encoding_of(&found[1])
}

/// Whether bytes that are not valid UTF-8 are that all the same, with faults.
///
/// Letters of several bytes speak for it, whole or damaged, and strongly: other
/// encodings make none by chance. A byte that stands alone among ASCII is a
/// letter of an older encoding. A text that is said to be something else must
/// be UTF-8 beyond doubt.
fn is_utf8_with_faults(bytes: &[u8], is_called_utf8: bool) -> bool {
    let (mut n_long, mut n_alone) = (0, 0);
    for run in runs(bytes) {
        n_long += run.valid.chars().filter(|c| !c.is_ascii()).count();
        match run.invalid {
            [] => {}
            [first, second, ..] if *first >= 0xc0 && (0x80..0xc0).contains(second) => n_long += 1,
            _ => n_alone += 1,
        }
    }
    if is_called_utf8 { 8 * n_long >= n_alone } else { n_long >= 4 * n_alone }
}

/// UTF-8 with what is invalid as U+FFFD, but for the punctuation of
/// windows-1252 that was pasted into many a page: `£`, `’`, `–`.
fn mended(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for run in runs(bytes) {
        text.push_str(run.valid);
        match run.invalid {
            [byte @ (0x80 | 0x85 | 0x91..=0x97 | 0xa3)] => {
                text.push_str(&WINDOWS_1252.decode_without_bom_handling(&[*byte]).0);
            }
            invalid => text.push_str(&String::from_utf8_lossy(invalid)),
        }
    }
    text
}

/// Valid UTF-8 and the invalid bytes behind it.
struct Run<'a> {
    valid: &'a str,
    invalid: &'a [u8],
}

/// Cuts bytes into runs; invalid bytes that touch are one.
fn runs(bytes: &[u8]) -> Vec<Run<'_>> {
    let mut runs: Vec<Run> = Vec::new();
    let mut at = 0;
    for chunk in bytes.utf8_chunks() {
        let start = at + chunk.valid().len();
        let end = start + chunk.invalid().len();
        match runs.last_mut() {
            Some(last) if chunk.valid().is_empty() => {
                let from = at - last.invalid.len();
                last.invalid = &bytes[from..end];
            }
            _ => runs.push(Run { valid: chunk.valid(), invalid: &bytes[start..end] }),
        }
        at = end;
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(bytes: &[u8], declared: Option<&str>, expected: &str) {
        assert_eq!(decode(bytes, declared), expected, "{declared:?}");
    }

    #[test]
    fn pounds_and_apostrophes_survive_whatever_is_declared() {
        let utf8 = "£5 it’s".as_bytes();
        let windows = b"\xa35 it\x92s".as_slice();
        let little = b"\xa3\x005\x00 \x00i\x00t\x00\x19\x20s\x00 \x00a\x00l\x00l\x00".as_slice();
        let big = b"\x00\xa3\x005\x00 \x00i\x00t\x20\x19\x00s\x00 \x00a\x00l\x00l".as_slice();
        for declared in [None, Some("utf-8"), Some("iso-8859-1"), Some("utf-16"), Some("utf-7"), Some("?")] {
            check(utf8, declared, "£5 it’s");
            check(windows, declared, "£5 it’s");
            check(&[b"\xef\xbb\xbf", utf8].concat(), declared, "£5 it’s");
            check(&[b"\xff\xfe", little].concat(), declared, "£5 it’s all");
            check(&[b"\xfe\xff", big].concat(), declared, "£5 it’s all");
            check(little, declared, "£5 it’s all");
            check(big, declared, "£5 it’s all");
        }
    }

    #[test]
    fn a_page_may_declare_its_encoding_itself() {
        check(b"<meta charset=\"iso-8859-2\">\xb1", None, "<meta charset=\"iso-8859-2\">ą");
        check(b"<META content='text/html; CHARSET = iso-8859-2'>\xb1", None, {
            "<META content='text/html; CHARSET = iso-8859-2'>ą"
        });
        check(b"<?xml version='1.0' encoding='iso-8859-2'?>\xb1", None, {
            "<?xml version='1.0' encoding='iso-8859-2'?>ą"
        });
    }

    #[test]
    fn the_server_is_believed_before_the_page_unless_the_bytes_contradict_it() {
        let page = b"<meta charset=iso-8859-2>\xb1".as_slice();
        check(page, Some("windows-1252"), "<meta charset=iso-8859-2>±");
        check(page, Some("utf-8"), "<meta charset=iso-8859-2>ą");
    }

    #[test]
    fn what_is_invalid_in_utf_8_becomes_a_mark_and_the_rest_stays() {
        // A byte that no encoding of ours has alone.
        check(b"caf\xc3\xa9 \xff x", Some("utf-8"), "café \u{fffd} x");
        // Overlong `/`, a surrogate pair (CESU-8), a letter cut short.
        check(b"caf\xc3\xa9 \xc0\xaf x", None, "café \u{fffd}\u{fffd} x");
        check(b"\xed\xa0\xbd\xed\xb8\x80 x", None, "\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd} x");
        check(b"it\xe2\x80 x", Some("utf-8"), "it\u{fffd} x");
    }

    #[test]
    fn older_punctuation_pasted_into_utf_8_is_what_was_meant() {
        check(b"it\xe2\x80\x99s \xc3\xa9 \xa35 \x96 it\x92s", Some("utf-8"), "it’s é £5 – it’s");
    }

    #[test]
    fn utf_8_called_something_else_is_utf_8_in_spite_of_a_fault() {
        let text = "it’s £5, “quoted” – or not".as_bytes();
        check(&[text, b" \xff"].concat(), Some("windows-1252"), "it’s £5, “quoted” – or not \u{fffd}");
    }

    #[test]
    fn utf_7_stays_as_it_is() {
        check(b"+ADw-script+AD4-", Some("utf-7"), "+ADw-script+AD4-");
        check(b"<meta charset=utf-7>+ADw-b+AD4-", None, "<meta charset=utf-7>+ADw-b+AD4-");
    }
}
