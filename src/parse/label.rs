//! Labels of clauses and the numbers of paragraphs: `(b)`, `iv)`, `3.`, `6.1`.

/// How a label is punctuated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// `(a)`
    Brackets,
    /// `a)`
    Bracket,
    /// `a.`
    Stop,
}

/// What a label counts with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Series {
    /// `1 2 3`
    Decimal,
    /// `a b c … z aa bb`
    Letter,
    /// `A B C`
    Capital,
    /// `i ii iii`
    Roman,
    /// `I II III`
    RomanCapital,
    /// `5iii`, `4.10iv`: points of earlier minutes, which count nothing here.
    Reference,
}

/// A label as printed, with its possible readings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// As printed, with its brackets or full stop: `(iv)`.
    pub printed: String,
    /// How it is punctuated.
    pub form: Form,
    /// What it may count: `(i)` is the ninth letter or the first Roman number.
    /// Never empty; the likelier reading without any context comes first.
    pub readings: Vec<(Series, u32)>,
}

/// The largest number a label may have; past it, digits are a year or a sum.
const MAX_DECIMAL: u32 = 999;

/// Splits the label off the front of a text: the label and what follows it,
/// which is empty when the label stands alone.
pub fn split_label(text: &str) -> Option<(Label, &str)> {
    let text = text.trim_start();
    if let Some(rest) = after_reference(text) {
        let printed = text[..text.len() - rest.len()].to_owned();
        let readings = vec![(Series::Reference, 0)];
        return Some((Label { printed, form: Form::Bracket, readings }, rest.trim_start()));
    }
    let (marker, form, rest) = punctuated(text)?;
    if !rest.is_empty() && !rest.starts_with(char::is_whitespace) {
        return None;
    }
    let readings = readings(marker);
    if readings.is_empty() {
        return None;
    }
    let printed = text[..text.len() - rest.len()].to_owned();
    Some((Label { printed, form, readings }, rest.trim_start()))
}

/// What follows the point of earlier minutes that a text takes up: numbers, and
/// a small Roman one with its bracket, as in `4.10iv) The road…`.
fn after_reference(text: &str) -> Option<&str> {
    let roman_from = text.find(|c: char| !c.is_ascii_digit() && c != '.').filter(|at| *at > 0)?;
    let (numbers, rest) = text.split_at(roman_from);
    let (roman, rest) = rest.split_once(')')?;
    let is_numbers = numbers.trim_end_matches('.').split('.').all(|part| (1..=3).contains(&part.len()));
    let is_alone = rest.is_empty() || rest.starts_with(char::is_whitespace);
    (is_numbers && is_alone && roman.len() <= 6 && roman_value(roman).is_some() && !roman.is_empty())
        .then_some(rest)
}

/// The marker, how it is punctuated, and the rest of the text.
fn punctuated(text: &str) -> Option<(&str, Form, &str)> {
    let (opened, inner) = match text.strip_prefix(['(', '[']) {
        Some(inner) => (true, inner),
        None => (false, text),
    };
    let end = inner.find(|c: char| !c.is_ascii_alphanumeric())?;
    let marker = &inner[..end];
    if marker.is_empty() || marker.len() > 6 {
        return None;
    }
    let mut rest = inner[end..].chars();
    let form = match (rest.next()?, opened) {
        (')' | ']', true) => Form::Brackets,
        (')', false) => Form::Bracket,
        ('.', false) => Form::Stop,
        _ => return None,
    };
    Some((marker, form, rest.as_str()))
}

/// Every number that a marker may be.
fn readings(marker: &str) -> Vec<(Series, u32)> {
    if marker.bytes().all(|b| b.is_ascii_digit()) {
        let value = marker.parse().ok().filter(|value| *value <= MAX_DECIMAL);
        return value.map(|value| (Series::Decimal, value)).into_iter().collect();
    }
    let is_lower = marker.bytes().all(|b| b.is_ascii_lowercase());
    let is_upper = marker.bytes().all(|b| b.is_ascii_uppercase());
    if !is_lower && !is_upper {
        return Vec::new();
    }
    let (letters, romans) =
        if is_lower { (Series::Letter, Series::Roman) } else { (Series::Capital, Series::RomanCapital) };
    let letter = letter_value(marker).map(|value| (letters, value));
    let roman = roman_value(marker).map(|value| (romans, value));
    // A single `i` is a Roman one far more often than a ninth letter; other
    // single letters that are Roman digits are letters, unless a list says so.
    let roman_first = marker.len() > 1 || marker.eq_ignore_ascii_case("i");
    match roman_first {
        true => roman.into_iter().chain(letter).collect(),
        false => letter.into_iter().chain(roman).collect(),
    }
}

/// `a` is 1, `z` is 26, `aa` is 27, `bb` is 28.
fn letter_value(marker: &str) -> Option<u32> {
    let first = marker.bytes().next()?;
    if marker.len() > 2 || marker.bytes().any(|b| b != first) {
        return None;
    }
    let ordinal = u32::from(first.to_ascii_lowercase() - b'a') + 1;
    Some(if marker.len() == 2 { 26 + ordinal } else { ordinal })
}

/// The value of a Roman number below 90 that is written as usual.
fn roman_value(marker: &str) -> Option<u32> {
    let marker = marker.to_ascii_lowercase();
    (1..90).find(|value| roman(*value) == marker)
}

/// A number as a series counts it: the second letter is `b`, the 28th `bb`.
/// Past what a series has, it is in digits.
pub fn counted(series: Series, value: u32) -> String {
    let letter = |first: u8| {
        let ordinal = value.saturating_sub(1);
        let letter = char::from(first + (ordinal % 26) as u8);
        letter.to_string().repeat((ordinal / 26 + 1) as usize)
    };
    match series {
        Series::Letter if (1..=260).contains(&value) => letter(b'a'),
        Series::Capital if (1..=260).contains(&value) => letter(b'A'),
        Series::Roman if (1..90).contains(&value) => roman(value),
        Series::RomanCapital if (1..90).contains(&value) => roman(value).to_uppercase(),
        _ => value.to_string(),
    }
}

/// A Roman number in small letters; empty for 0, right below 90.
fn roman(mut value: u32) -> String {
    const DIGITS: [(u32, &str); 7] =
        [(50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")];
    let mut text = String::new();
    for (digit, letters) in DIGITS {
        while value >= digit {
            text.push_str(letters);
            value -= digit;
        }
    }
    text
}

/// Splits off a paragraph's number of several parts, such as `6.1` or `4.2.3`.
///
/// `None` for amounts and times of day: what follows must begin like a
/// sentence, or be nothing.
pub fn split_number(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_start();
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, mut rest) = text.split_at(end);
    let number = number.trim_end_matches('.');
    let mut parts = number.split('.');
    let has_parts = number.contains('.') && number.len() <= 12;
    if !has_parts || !parts.all(|part| matches!(part.len(), 1..=3)) {
        return None;
    }
    rest = rest.strip_prefix(')').unwrap_or(rest);
    if rest.is_empty() {
        return Some((number, rest));
    }
    let after = rest.trim_start();
    let begins_sentence =
        after.starts_with(|c: char| !c.is_lowercase() && !matches!(c, '%' | '-' | '/' | ','));
    let is_time = ["AM ", "PM ", "AM:", "PM:"].iter().any(|word| after.starts_with(word));
    let spaced = after.len() < rest.len();
    (spaced && begins_sentence && !is_time).then_some((number, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_label(text: &str, expected: Option<(&str, &str)>) {
        let found = split_label(text);
        assert_eq!(found.as_ref().map(|(label, rest)| (label.printed.as_str(), *rest)), expected);
    }

    #[test]
    fn a_label_is_split_off_with_its_punctuation() {
        check_label("(b) requests that:-", Some(("(b)", "requests that:-")));
        check_label("iv) the report", Some(("iv)", "the report")));
        check_label("3. A memorial wreath", Some(("3.", "A memorial wreath")));
        check_label("(12)", Some(("(12)", "")));
        check_label("(s)he spoke", None);
        check_label("(the Mayor) spoke", None);
        check_label("2019. The year", None);
        check_label("6.1 The Committee", None);
        check_label("", None);
        check_label("é) x", None);
    }

    #[test]
    fn letters_and_roman_numbers_are_told_apart_where_one_alone_can_be_meant() {
        let series = |text: &str| split_label(text).unwrap().0.readings;
        assert_eq!(series("(iv) x"), [(Series::Roman, 4)]);
        assert_eq!(series("(b) x"), [(Series::Letter, 2)]);
        assert_eq!(series("(i) x"), [(Series::Roman, 1), (Series::Letter, 9)]);
        assert_eq!(series("(v) x"), [(Series::Letter, 22), (Series::Roman, 5)]);
        assert_eq!(series("(aa) x"), [(Series::Letter, 27)]);
        assert_eq!(series("(D) x"), [(Series::Capital, 4)]);
    }

    #[test]
    fn a_series_counts_as_word_processors_do() {
        let counted = |series| [1, 9, 27, 200].map(|value| counted(series, value));
        assert_eq!(counted(Series::Letter), ["a", "i", "aa", "rrrrrrrr"]);
        assert_eq!(counted(Series::RomanCapital), ["I", "IX", "XXVII", "200"]);
        assert_eq!(counted(Series::Decimal), ["1", "9", "27", "200"]);
    }

    #[test]
    fn a_paragraph_number_has_parts_and_is_no_amount() {
        assert_eq!(split_number("6.1 The Committee"), Some(("6.1", "The Committee")));
        assert_eq!(split_number("6.1"), Some(("6.1", "")));
        assert_eq!(split_number("4.2.3. Noted"), Some(("4.2.3", "Noted")));
        assert_eq!(split_number("3.5 tonnes of salt"), None);
        assert_eq!(split_number("12 residents"), None);
        assert_eq!(split_number("2.5% more"), None);
        assert_eq!(split_number(""), None);
    }
}
