//! Bytes to text: which encoding, and never a refusal.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// Decodes bytes: by byte-order mark, else as declared by the server or by the
/// page itself, else as UTF-8 when they are, else as windows-1252.
///
/// A declaration that the bytes contradict is not believed: UTF-8 that was
/// called windows-1252, or the other way round. What is invalid becomes U+FFFD.
/// UTF-7 is never decoded: browsers stopped, as it hides markup.
pub fn decode(bytes: &[u8], declared: Option<&str>) -> String {
    if let Some((encoding, length)) = Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(&bytes[length..]).0.into_owned();
    }
    let encoding = declared.and_then(|label| label_encoding(label, false)).or_else(|| sniffed(bytes));
    let valid = std::str::from_utf8(bytes).ok();
    let is_ascii_based = encoding.is_none_or(|encoding| encoding != UTF_16LE && encoding != UTF_16BE);
    if let Some(text) = valid
        && is_ascii_based
    {
        return text.to_owned();
    }
    match encoding {
        Some(encoding) if encoding == UTF_8 => broken_utf8(bytes),
        Some(encoding) => encoding.decode_without_bom_handling(bytes).0.into_owned(),
        None => broken_utf8(bytes),
    }
}

/// Text that is not quite UTF-8: with a few faults it is that all the same;
/// with more faults than letters it is windows-1252.
fn broken_utf8(bytes: &[u8]) -> String {
    let lossy = String::from_utf8_lossy(bytes);
    let n_faults = lossy.chars().filter(|c| *c == '\u{fffd}').count();
    let n_letters = lossy.chars().filter(|c| !c.is_ascii() && *c != '\u{fffd}').count();
    if n_faults <= n_letters {
        return lossy.into_owned();
    }
    WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned()
}

/// The encoding of that label. Inside of a page, UTF-16 cannot be meant, as
/// the page could not be read that far.
fn label_encoding(label: &str, inside: bool) -> Option<&'static Encoding> {
    let encoding = Encoding::for_label_no_replacement(label.trim().as_bytes())?;
    let is_wide = encoding == UTF_16LE || encoding == UTF_16BE;
    Some(if inside && is_wide { UTF_8 } else { encoding })
}

/// The encoding that a page's first bytes declare.
fn sniffed(bytes: &[u8]) -> Option<&'static Encoding> {
    const HEAD: usize = 2_048;
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(HEAD)]).to_ascii_lowercase();
    let at = head.find("charset=").map(|at| at + 8).or_else(|| head.find("encoding=").map(|at| at + 9))?;
    let label = head[at..].trim_start_matches(['"', '\'', ' ']);
    let end = label
        .find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_' | ':'))
        .unwrap_or(label.len());
    label_encoding(&label[..end], true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pounds_and_apostrophes_survive_whatever_is_declared() {
        for (bytes, declared) in [
            ("£5 it’s".as_bytes(), None),
            ("£5 it’s".as_bytes(), Some("iso-8859-1")),
            (b"\xef\xbb\xbf\xc2\xa35 it\xe2\x80\x99s".as_slice(), Some("iso-8859-1")),
            (b"\xa35 it\x92s", None),
            (b"\xa35 it\x92s", Some("utf-8")),
            (b"\xa35 it\x92s", Some("utf-7")),
            (b"\xff\xfe\xa3\x005\x00 \x00i\x00t\x00\x19\x20s\x00", Some("utf-8")),
        ] {
            assert_eq!(decode(bytes, declared), "£5 it’s", "{declared:?}");
        }
    }

    #[test]
    fn a_page_may_declare_its_encoding_itself() {
        assert_eq!(decode(b"<meta charset=\"iso-8859-2\">\xb1", None), "<meta charset=\"iso-8859-2\">ą");
    }

    #[test]
    fn utf_7_stays_as_it_is() {
        assert_eq!(decode(b"+ADw-script+AD4-", Some("utf-7")), "+ADw-script+AD4-");
    }
}
