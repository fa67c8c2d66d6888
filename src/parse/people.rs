//! Lists of people, as minutes print them: who is in one, with roles and the
//! remarks in brackets.

use super::person::{
    Entry, entry, is_bodys_word, is_initial, is_initials, is_office, is_officers_role, is_role_word,
    is_shared_title, is_title, stands_for,
};
use crate::model::Person;

/// Somebody of a list.
#[derive(Debug, Clone)]
pub struct Listed {
    /// Who it is.
    pub person: Person,
    /// Whether it is said that they came in place of another.
    pub is_substitute: bool,
    /// Whether their role is an officer's, or one in another council.
    pub is_officer: bool,
    /// Whether the abbreviation of a body stands beside the name.
    pub is_of_a_body: bool,
    /// Whether it is two words without title, office or initial, which may as
    /// well be a place.
    pub is_bare: bool,
}

/// People of a list.
#[derive(Debug, Default)]
pub struct People {
    /// They, in order.
    pub names: Vec<Listed>,
    /// Whether the whole text is a list of people.
    pub is_list: bool,
    /// How many parts of it are prose.
    pub n_prose: usize,
    /// Whether sentences follow that are none.
    pub goes_on: bool,
    /// Whether surnames follow that share a title: `Councillors Hill, Dale`.
    is_shared: bool,
    /// Whether those who follow share an officer's office: `PCSOs Hill and Dale`.
    has_shared_office: bool,
    /// Whether all are surnames, as in a roll.
    is_roll: bool,
    /// Whether offices stand in front of the names rather than behind.
    is_office_first: bool,
    /// Whether the name of a body ends the last part, and may go on.
    has_body_behind: bool,
}

/// Reads a list of people in a text that should be one throughout.
pub fn strictly(text: &str) -> People {
    let parts = parts(text);
    let mut found = People { is_roll: is_roll(&parts), ..People::default() };
    for part in &parts {
        found.take(part);
    }
    found.is_list = !found.names.is_empty() && found.n_prose == 0;
    found
}

/// The names in a list of people.
pub fn names_in(list: &str) -> Vec<String> {
    people(list).names.into_iter().map(|listed| listed.person.name).collect()
}

/// Reads the list that a text begins with: its first sentence, whatever that
/// says beside the names, and those behind it that are lists throughout.
pub fn people(text: &str) -> People {
    let mut sentences = sentences(text);
    let mut found = strictly(sentences.next().unwrap_or_default());
    for more in sentences.map(strictly) {
        if !more.is_list {
            found.goes_on = true;
            break;
        }
        found.names.extend(more.names);
    }
    found
}

impl People {
    fn take(&mut self, part: &Part) {
        // `Staff Officer (Ms K Hill)`
        if let Some(bracket) = part.bracket
            && let Entry::Name { name, .. } = entry(bracket, false)
            && is_title(first_word(name))
            && !is_title(first_word(part.text))
        {
            self.add(name, &[part.text], "");
            return;
        }
        let n_before = self.names.len();
        let mut text = part.text;
        // “of the Borough Council of Hill & Dale”: the second is of the first.
        let may_be_of_body = part.is_after_and && self.has_body_behind;
        self.has_body_behind = false;
        while !text.is_empty() {
            if let Some((n_bytes, is_office)) = shared_front(text) {
                self.is_shared = true;
                self.has_shared_office = is_office;
                text = text[n_bytes..].trim_start();
            }
            let Entry::Name { name, office, rest } = entry(text, self.is_shared || self.is_roll) else {
                break;
            };
            if may_be_of_body && office.is_empty() && !name.split(' ').any(is_titled_or_initial) {
                break;
            }
            self.is_office_first |= !office.is_empty() && n_before == 0;
            let (role, next) = role_and_next(rest, self.is_office_first);
            let has_office_behind = rest.is_empty() && part.bracket.is_some_and(is_officers_role);
            let name = match two_names(name).filter(|_| has_office_behind) {
                Some((first, second)) => {
                    self.add(first, &[office], "");
                    second
                }
                None => name,
            };
            self.n_prose += usize::from(role.starts_with(char::is_lowercase) && !is_note(role));
            let bracket = part.bracket.filter(|_| next.is_empty()).unwrap_or_default();
            self.has_body_behind =
                bracket.is_empty() && role.contains(" of ") && role.split(' ').any(is_bodys_word);
            self.add(name, &[office, role], bracket);
            // “Councillors Hill, Dale and County Councillor Wood” are of one council.
            if let Some(last) = self.names.last_mut().filter(|_| self.is_shared) {
                last.is_officer = self.has_shared_office || last.is_officer && !part.is_after_and;
            }
            text = next;
        }
        if self.names.len() == n_before {
            self.take_role(text, part);
        }
        if part.is_after_and {
            self.is_shared = false;
        }
    }

    fn add(&mut self, name: &str, roles: &[&str], bracket: &str) {
        let name = name.trim_end_matches([',', '.']);
        let said: Vec<&str> = roles
            .iter()
            .chain(&[bracket])
            .map(|role| role.trim_matches([' ', '-', '–', ':', '.']))
            .filter(|role| !role.is_empty() && !stands_for_name(role, name))
            .collect();
        let offices: Vec<&str> = said.iter().copied().filter(|role| is_office(role)).collect();
        self.names.push(Listed {
            person: Person { name: name.to_owned(), role: (!offices.is_empty()).then(|| offices.join(", ")) },
            is_substitute: is_substitutes(bracket),
            is_officer: said.iter().any(|role| is_officers_role(role)),
            is_of_a_body: is_initials(bracket) && !stands_for_name(bracket, name),
            is_bare: said.is_empty() && !name.split(' ').any(is_titled_or_initial),
        });
    }

    /// Takes a part without a name: the role of the one before it, or prose.
    fn take_role(&mut self, text: &str, part: &Part) {
        let is_role = entry(text, false) == Entry::Role;
        let is_count = text.starts_with(|c: char| c.is_ascii_digit());
        self.n_prose += usize::from(!is_role && !is_count);
        let Some(last) = self.names.last_mut().filter(|_| is_role && !part.is_after_and) else { return };
        last.is_officer |= is_officers_role(text);
        last.is_substitute |= part.bracket.is_some_and(is_substitutes);
        last.is_bare = false;
        if last.person.role.is_none() && !is_initials(text) && is_office(text) {
            last.person.role = Some(text.to_owned());
        }
    }
}

fn is_titled_or_initial(word: &str) -> bool {
    is_title(word) || is_initial(word)
}

/// The two persons that a title and four plain words are, as where a list has
/// lost its marks: `Cllr Ann Hill Ben Dale`.
fn two_names(name: &str) -> Option<(&str, &str)> {
    let words: Vec<&str> = name.split(' ').collect();
    let n_titles = words.iter().take_while(|word| is_title(word)).count();
    let is_plain =
        |word: &&str| !is_initial(word) && word.starts_with(char::is_uppercase) && !word.contains('-');
    if n_titles == 0 || words.len() != n_titles + 4 || !words[n_titles..].iter().all(is_plain) {
        return None;
    }
    let (at, _) = name.match_indices(' ').nth(n_titles + 1)?;
    Some((&name[..at], &name[at + 1..]))
}

fn first_word(text: &str) -> &str {
    text.split(' ').next().unwrap_or_default()
}

/// The length of the title or office that all who follow share, at the front
/// of a text or behind an office: `Chairman Cllrs Hill, Dale`; and whether it is
/// an office.
fn shared_front(text: &str) -> Option<(usize, bool)> {
    const MOST_WORDS: usize = 4;
    let mut end = 0;
    for word in text.split(' ').take(MOST_WORDS) {
        end += word.len() + usize::from(end > 0);
        let is_office = is_shared_office(word);
        if is_office || is_shared_title(word) {
            return Some((end, is_office));
        }
        if !is_role_word(word) {
            return None;
        }
    }
    None
}

/// Whether a word is the office of all who follow: `PCSOs`, `Directors`.
fn is_shared_office(word: &str) -> bool {
    let word = word.trim_end_matches(['.', ':']).replace('’', "'");
    matches!(
        word.as_str(),
        "PCSOs" | "PCSO's" | "PCs" | "PC's" | "Directors" | "Officers" | "Inspectors" | "Sergeants"
    )
}

/// Whether a remark is the initials of the name beside it.
fn stands_for_name(remark: &str, name: &str) -> bool {
    let names: Vec<&str> = name.split(' ').filter(|word| !is_title(word)).collect();
    is_initials(remark) && stands_for(remark, &names)
}

/// What stands behind a name: its role, and where another name follows without
/// a mark, that. Roles stand behind their names, unless one stood in front.
fn role_and_next(rest: &str, is_office_first: bool) -> (&str, &str) {
    let rest = rest.trim_start();
    let (first, behind) = rest.split_once(' ').unwrap_or((rest, ""));
    let (initials, rest) = if is_initials(first) { (true, behind) } else { (false, rest) };
    const LONGEST_ROLE: usize = 15;
    let mut at = 0;
    for word in rest.split(' ').take(LONGEST_ROLE) {
        if is_title(word) || is_shared_title(word) {
            return if is_office_first { ("", rest) } else { (rest[..at].trim(), &rest[at..]) };
        }
        at += word.len() + 1;
    }
    if initials
        && let Entry::Name { office, .. } = entry(rest, false)
        && office.is_empty()
    {
        return ("", rest);
    }
    (rest, "")
}

/// Whether small letters behind a name are a note on it rather than a sentence.
fn is_note(text: &str) -> bool {
    let word = text.split(' ').next().unwrap_or_default();
    const WORDS: [&str; 19] = [
        "for",
        "from",
        "of",
        "representing",
        "as",
        "via",
        "until",
        "arrived",
        "left",
        "in",
        "to",
        "on",
        "virtually",
        "remotely",
        "online",
        "by",
        "substituting",
        "together",
        "plus",
    ];
    const LONGEST: usize = 60;
    WORDS.contains(&word) && text.len() <= LONGEST
}

/// Whether a remark in brackets says that somebody came in place of another.
fn is_substitutes(bracket: &str) -> bool {
    let said = bracket.trim().to_lowercase();
    let begins = |word: &str| said.starts_with(word);
    let is_for_somebody = said.strip_prefix("for ").is_some_and(|who| {
        bracket.trim()[4..].starts_with(char::is_uppercase)
            && !who.starts_with("item")
            && !who.starts_with("agenda")
            && !who.starts_with("part")
            && !who.starts_with("min")
    });
    begins("substitut")
        || begins("as substitute")
        || begins("named substitute")
        || said == "sub"
        || begins("sub for")
        || said == "deputy"
        || begins("deputis")
        || begins("deputy for")
        || begins("in place of")
        || is_for_somebody
}

/// Whether all parts are surnames, as in a roll.
fn is_roll(parts: &[Part]) -> bool {
    const FEWEST: usize = 4;
    let is_surname = |part: &&Part| {
        let words: Vec<&str> = part.text.split(' ').collect();
        words.len() <= 2
            && words
                .iter()
                .all(|word| word.starts_with(char::is_uppercase) && !is_title(word) && !is_initials(word))
            && matches!(entry(part.text, true), Entry::Name { .. })
    };
    parts.len() >= FEWEST && parts.iter().filter(is_surname).count() == parts.len()
}

/// A part of a list, with the remark in brackets behind it.
#[derive(Debug)]
struct Part<'a> {
    text: &'a str,
    bracket: Option<&'a str>,
    /// Whether an “and” stands before it, which ends an enumeration.
    is_after_and: bool,
}

/// Splits a list at its marks and “and”s, not inside of brackets; a bracket
/// ends a part as well.
fn parts(list: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut start = 0;
    let mut is_after_and = false;
    let mut at = 0;
    while at < list.len() {
        let rest = &list[at..];
        let mark = rest.chars().next().unwrap_or(' ');
        if matches!(mark, '(' | '[') {
            let close = rest.find([')', ']']).unwrap_or(rest.len());
            push(&mut parts, &list[start..at], Some(&rest[1..close.max(1)]), is_after_and);
            at += (close + 1).min(rest.len());
            start = at;
            is_after_and = false;
            continue;
        }
        let joint = joint_at(rest, &list[start..at]);
        let n_bytes = match mark {
            ',' | ';' | '|' => 1,
            ' ' => joint,
            _ => 0,
        };
        if n_bytes == 0 {
            at += mark.len_utf8();
            continue;
        }
        push(&mut parts, &list[start..at], None, is_after_and);
        is_after_and = mark == ' ';
        at += n_bytes;
        start = at;
    }
    push(&mut parts, &list[start..], None, is_after_and);
    parts
}

fn push<'a>(parts: &mut Vec<Part<'a>>, text: &'a str, bracket: Option<&'a str>, is_after_and: bool) {
    let text = text
        .trim()
        .trim_start_matches("and ")
        .trim_end_matches(['.', ':'])
        .trim_matches(|c: char| matches!(c, ' ' | '-' | '–' | '—' | '*' | '•'));
    if text.is_empty() {
        // A second bracket, or one on its own: of the part before.
        if let (Some(last), Some(_)) = (parts.last_mut(), bracket) {
            let last: &mut Part = last;
            last.bracket = last.bracket.or(bracket);
        }
        return;
    }
    parts.push(Part { text, bracket, is_after_and });
}

/// The length of an “and” that a text begins with, if it joins two parts:
/// `Mr & Mrs Hill` are one.
fn joint_at(rest: &str, before: &str) -> usize {
    const JOINTS: [&str; 6] = [" and ", " & ", " a’r ", " a'r ", " ac ", " a "];
    let Some(joint) = JOINTS.iter().find(|joint| rest.starts_with(**joint)) else { return 0 };
    let last = before.rsplit(' ').next().unwrap_or_default();
    let next = &rest[joint.len()..];
    let is_welsh = joint.starts_with(" a") && !joint.starts_with(" and");
    let joins = !is_title(last) && (!is_welsh || next.starts_with(char::is_uppercase));
    if joins { joint.len() } else { 0 }
}

/// Splits a text into sentences: at a full stop that ends no initial, title or
/// abbreviation.
pub fn sentences(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let ends = |(at, _): &(usize, &str)| {
            let word = text[..*at].rsplit([' ', '.', '(']).next().unwrap_or_default();
            !is_title(word)
                && !is_shared_title(word)
                && (word.chars().count() > 3 || word.ends_with(')'))
                && !matches!(word, "Cllr" | "Prof")
        };
        match text.match_indices(". ").find(ends) {
            Some((at, _)) => {
                rest = Some(&text[at + 2..]);
                Some(&text[..at])
            }
            None => {
                rest = None;
                Some(text)
            }
        }
    })
}
