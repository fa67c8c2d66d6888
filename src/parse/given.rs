//! Passages as lines of JSON, of `passages export` or of any other program.

use std::fmt::Display;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, de};

use crate::model::{Digest, Edition, Kind, Language, MeetingId, PartialDate};

/// The longest that anything but the text may be, in bytes: what the index can
/// keep as one term.
pub const LONGEST_VALUE: usize = 60_000;

/// The longest that an identifier may be, in bytes: some are made of two others.
const LONGEST_KEY: usize = 1_000;

/// A passage as a line gives it: its text, and what else is known. A key that is
/// missing is as one that is `null`; others than these are passed over.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct GivenPassage {
    /// Its identifier; empty when it has none.
    #[serde(deserialize_with = "or_empty")]
    pub passage_id: String,
    /// The slug or the name of the council; empty when it is not known.
    #[serde(deserialize_with = "or_empty")]
    pub council: String,
    /// The name of the body; empty when it is not known.
    #[serde(deserialize_with = "or_empty")]
    pub body: String,
    /// When the body met.
    #[serde(deserialize_with = "from_text")]
    pub date: Option<PartialDate>,
    /// The item's number as printed; empty when it has none.
    #[serde(deserialize_with = "or_empty")]
    pub item: String,
    /// The item's title; empty when it has none.
    #[serde(deserialize_with = "or_empty")]
    pub title: String,
    /// What the passage does.
    pub kind: Option<Kind>,
    /// What the text is.
    pub edition: Option<Edition>,
    /// Whether it belongs to a standing item or is furniture.
    pub boilerplate: Option<bool>,
    /// The text; never empty.
    #[serde(deserialize_with = "or_empty")]
    pub text: String,
    /// The meeting.
    #[serde(deserialize_with = "from_text")]
    pub meeting: Option<MeetingId>,
    /// The name of the council, where `council` is its slug.
    #[serde(deserialize_with = "or_empty")]
    pub council_name: String,
    /// The key of the item within its meeting; empty when it has none.
    #[serde(deserialize_with = "or_empty")]
    pub item_key: String,
    /// What it is written in; English when it is not said.
    #[serde(deserialize_with = "or_empty")]
    pub language: Language,
    /// The number of the paragraph as printed.
    pub number: Option<String>,
    /// The labels that lead to it, outermost first.
    #[serde(deserialize_with = "or_empty")]
    pub clause: Vec<String>,
    /// The page of the printed file, from 1.
    pub page: Option<u32>,
    /// Where it was published; empty when it is not known.
    #[serde(deserialize_with = "or_empty")]
    pub url: String,
    /// The document that it was read from.
    #[serde(deserialize_with = "from_text")]
    pub document: Option<Digest>,
    /// The rule by which it is boilerplate.
    pub rule: Option<String>,
}

/// Reads a line.
///
/// Fails with the reason, in plain words, where it is no object of JSON, has no
/// text, or says something that cannot be, such as a day that does not exist.
pub fn given(line: &[u8]) -> Result<GivenPassage, String> {
    let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line).trim_ascii();
    // A list would be taken for the values in the order of the fields.
    if !line.starts_with(b"{") {
        return Err("it is no JSON object".to_owned());
    }
    let passage: GivenPassage = serde_json::from_slice(line).map_err(|error| {
        let what = if error.is_data() { "" } else { "it is no JSON: " };
        format!("{what}{error}").replace(" at line 1 column", " at column")
    })?;
    if passage.text.is_empty() {
        return Err("it has no `text`".to_owned());
    }
    let GivenPassage { passage_id, item_key, council, council_name, body, item, title, url, .. } = &passage;
    let number = passage.meeting.as_ref().map_or("", |meeting| &meeting.number);
    let is_no_key = |key: &&str| key.len() > LONGEST_KEY || key.contains(char::is_control);
    if [passage_id, item_key, number].iter().any(is_no_key) {
        return Err(format!(
            "its `passage_id`, `meeting` or `item_key` is longer than {LONGEST_KEY} bytes or has control characters"
        ));
    }
    if [council, council_name, body, item, title, url].iter().any(|text| text.len() > LONGEST_VALUE) {
        return Err(format!("something besides its `text` is longer than {LONGEST_VALUE} bytes"));
    }
    Ok(passage)
}

/// What stands there, or nothing where that is `null`.
fn or_empty<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(value: D) -> Result<T, D::Error> {
    Ok(Option::deserialize(value)?.unwrap_or_default())
}

/// What a text says; `None` for one that is empty or `null`.
fn from_text<'de, D, T>(value: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: Display>,
{
    let text: String = or_empty(value)?;
    if text.is_empty() { Ok(None) } else { text.parse().map(Some).map_err(de::Error::custom) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_text_is_needed_and_null_is_as_missing() {
        let bare = GivenPassage { text: "The heron was seen.".into(), ..GivenPassage::default() };
        let check = |line: &str| assert_eq!(given(line.as_bytes()), Ok(bare.clone()), "{line}");
        check(r#"{"text":"The heron was seen."}"#);
        check("\u{feff} {\"text\":\"The heron was seen.\",\"mood\":{\"x\":[1]}}\r\n");
        check(
            r#"{"text":"The heron was seen.","body":null,"date":null,"kind":null,"clause":null,"page":null,
               "language":null,"meeting":"","document":null,"boilerplate":null}"#,
        );
    }

    #[track_caller]
    fn check_wrong(line: &[u8], reason: &str) {
        assert_eq!(given(line).unwrap_err(), reason);
    }

    #[test]
    fn a_line_that_cannot_be_taken_says_why() {
        check_wrong(b"The heron", "it is no JSON object");
        check_wrong(br#"["a/1/1/1@0","kent"]"#, "it is no JSON object");
        check_wrong(b"{}", "it has no `text`");
        check_wrong(br#"{"text":""}"#, "it has no `text`");
        check_wrong(br#"{"text":"#, "it is no JSON: EOF while parsing a value at column 8");
        check_wrong(br#"{"text":1}"#, "invalid type: integer `1`, expected a string at column 9");
        check_wrong(
            br#"{"text":"x","date":"2021-02-31"}"#,
            "`2021-02-31` is no date; write 2021, 2021-07 or 2021-07-06 at column 32",
        );
        check_wrong(
            br#"{"text":"x","meeting":"../1"}"#,
            "`../1` is no meeting; write `site/number`, the site in lower case at column 29",
        );
        check_wrong(
            "{\"text\":\"x\",\"document\":\"é\"}".as_bytes(),
            "`é` is no digest; it has 64 digits from 0 to f at column 28",
        );
        let no_key = "its `passage_id`, `meeting` or `item_key` is longer than 1000 bytes or has control \
                      characters";
        check_wrong(br#"{"text":"x","passage_id":"a\u0000"}"#, no_key);
        let long = format!(r#"{{"text":"x","meeting":"kent/{}"}}"#, "1".repeat(LONGEST_KEY + 1));
        check_wrong(long.as_bytes(), no_key);
        let long = format!(r#"{{"text":"x","body":"{}"}}"#, "x".repeat(LONGEST_VALUE + 1));
        check_wrong(long.as_bytes(), "something besides its `text` is longer than 60000 bytes");
        assert!(given(b"{\"text\":\"\xff\"}").unwrap_err().starts_with("it is no JSON: "));
        let deep = format!(r#"{{"text":"x","y":{}"#, "[".repeat(1_000_000));
        assert!(given(deep.as_bytes()).unwrap_err().starts_with("it is no JSON: "));
    }
}
