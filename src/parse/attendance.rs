//! Who was at a meeting, where the minutes print it as a list.

use std::sync::LazyLock;

use regex::Regex;

use crate::model::{AgendaItem, Attendance, Kind, Person};

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("the patterns are constants that the tests build")
}

static PRESENT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:members |councillors )?(?:present|attendees|those present|those attending)\b(?: in the chair)?\s*[:.–-]\s*(?P<names>\S.*)$",
    )
});
static APOLOGIES: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:an )?apolog(?:y|ies)(?: for (?:absence|lateness))?(?:\s*(?:was|were|had been|have been)?(?: \w+)? (?:received|submitted|given|noted)(?: and accepted)?(?: from| by| on behalf of)|\s*[:.–,-]| from)\s*(?P<names>\S.*)$",
    )
});

/// Reads the lists of those present and absent from the passages.
pub fn attendance(items: &[AgendaItem]) -> Attendance {
    let mut found = Attendance::default();
    let passages =
        items.iter().flat_map(|item| &item.passages).filter(|passage| passage.kind == Kind::Attendance);
    for passage in passages {
        let names_of =
            |regex: &Regex| regex.captures(&passage.text).map(|captures| names(&captures["names"]));
        if found.present.is_empty()
            && let Some(names) = names_of(&PRESENT)
        {
            found.present = names;
        } else if found.apologies.is_empty()
            && let Some(names) = names_of(&APOLOGIES)
        {
            found.apologies = names;
        }
    }
    found
}

/// Splits a list of names; what is too long for a name is no list of names.
fn names(list: &str) -> Vec<Person> {
    const LONGEST: usize = 70;
    let none = ["none", "nil", "no apologies", "there were none", "no one"];
    // What follows the sentence is no longer the list; initials have one letter.
    let ends = |(at, _): &(usize, &str)| {
        list[..*at].rsplit([' ', '.']).next().is_some_and(|word| word.chars().count() > 3)
    };
    let end = list.match_indices(". ").find(ends).map_or(list.len(), |(at, _)| at);
    let list = list[..end].trim_end_matches('.');
    if none.iter().any(|word| list.to_lowercase().starts_with(word)) {
        return Vec::new();
    }
    let list = list.replace(" and ", ", ").replace(" & ", ", ").replace(';', ",");
    let mut names: Vec<String> = Vec::new();
    let mut depth = 0i32;
    let mut name = String::new();
    for c in list.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth = (depth - 1).max(0),
            _ => {}
        }
        if c == ',' && depth == 0 {
            names.push(std::mem::take(&mut name));
        } else {
            name.push(c);
        }
    }
    names.push(name);
    let is_honour = |name: &str| matches!(name, "OBE" | "MBE" | "CBE" | "JP" | "MP" | "QC" | "KC");
    names
        .iter()
        .map(|name| name.trim().trim_start_matches("Councillors ").trim_start_matches("Cllrs ").to_owned())
        .filter(|name| !name.is_empty() && name.len() <= LONGEST && !is_honour(name))
        .filter(|name| name.starts_with(|c: char| c.is_uppercase()))
        .map(Person::named)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_split_at_its_commas_and_not_inside_of_brackets() {
        let found = names("Mr R Gough (Chairman, Leader), Mr R Love, OBE, Mrs Bell and Dr Lee.");
        let found: Vec<&str> = found.iter().map(|person| person.name.as_str()).collect();
        assert_eq!(found, ["Mr R Gough (Chairman, Leader)", "Mr R Love", "Mrs Bell", "Dr Lee"]);
        assert!(names("None").is_empty());
    }
}
