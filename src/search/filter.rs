//! Filters: which passages a question is about, whatever their words.

use std::collections::{BTreeSet, HashSet};
use std::fmt::{self, Display, Formatter};

use crate::model::{DateRange, Edition, Kind, Language, PartialDate, Passage, body_words, is_body_named};

/// What a filter looks at, of a passage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts<'a> {
    /// The slug of the council.
    pub council: &'a str,
    /// The name of the body.
    pub body: &'a str,
    /// When it met.
    pub date: Option<PartialDate>,
    /// What the passage does.
    pub kind: Kind,
    /// What the text is.
    pub edition: Edition,
    /// What it is written in.
    pub language: Language,
    /// Whether it belongs to a standing item or is furniture.
    pub boilerplate: bool,
}

impl<'a> From<&'a Passage> for Facts<'a> {
    fn from(passage: &'a Passage) -> Self {
        Self {
            council: &passage.council,
            body: &passage.body,
            date: passage.date,
            kind: passage.kind,
            edition: passage.edition,
            language: passage.language,
            boilerplate: passage.boilerplate,
        }
    }
}

/// Which passages count. What is empty asks nothing.
///
/// The default view holds minutes in English, drafts among them, each once where
/// they stand under several meetings, without standing items and without the
/// headings inside items.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Slugs of councils.
    pub councils: HashSet<String>,
    /// Words that must all stand in the body's name, in any order or case.
    pub body: Vec<String>,
    /// The dates between which the meeting was held.
    pub dates: DateRange,
    /// Years of the meeting.
    pub years: HashSet<i16>,
    /// Kinds of passage. To name `attendance`, `heading` or `boilerplate`
    /// includes standing items.
    pub kinds: HashSet<Kind>,
    /// Editions; minutes and draft minutes when nothing is named.
    pub editions: HashSet<Edition>,
    /// Languages; English when none is named.
    pub languages: HashSet<Language>,
    /// Whether standing items and furniture count.
    pub with_boilerplate: bool,
    /// Whether minutes that stand under another meeting as well count here too.
    pub with_copies: bool,
}

/// As `name=value`, the options that ask for it, with semicolons between: the same text for the same
/// sets in any order, and none for the default view, named or not.
impl Display for Filter {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let minutes: HashSet<Edition> = Edition::ALL.into_iter().filter(|of| of.is_minutes()).collect();
        let editions = Some(&self.editions).filter(|editions| **editions != minutes);
        let languages = Some(&self.languages).filter(|languages| **languages != [Language::English].into());
        let date = |date: Option<PartialDate>| date.map(|date| date.to_string()).unwrap_or_default();
        let mut options = vec![
            ("council", sorted(self.councils.iter().cloned(), ",")),
            ("body", sorted(self.body.iter().cloned(), " ")),
            ("from", date(self.dates.from)),
            ("to", date(self.dates.to)),
            ("year", sorted(self.years.iter().map(i16::to_string), ",")),
            ("kind", sorted(self.kinds.iter().map(|kind| kind.name().to_owned()), ",")),
            ("edition", sorted(editions.into_iter().flatten().map(|edition| edition.name().to_owned()), ",")),
            ("language", sorted(languages.into_iter().flatten().map(|of| of.name().to_owned()), ",")),
        ];
        options.retain(|(_, value)| !value.is_empty());
        let mut shown: Vec<String> =
            options.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
        let flags = [(self.with_copies, "with-copies"), (self.with_boilerplate, "with-boilerplate")];
        shown.extend(flags.into_iter().filter(|(is_set, _)| *is_set).map(|(_, name)| name.to_owned()));
        f.write_str(&shown.join("; "))
    }
}

impl Filter {
    /// Whether a passage counts.
    pub fn passes(&self, facts: &Facts) -> bool {
        self.passes_council(facts.council)
            && self.passes_body(facts.body)
            && self.passes_date(facts.date)
            && self.passes_kind(facts.kind)
            && self.passes_edition(facts.edition)
            && self.passes_language(facts.language)
            && (!facts.boilerplate || self.includes_boilerplate())
    }

    /// Whether it asks anything of meetings as a whole.
    pub fn is_of_meetings(&self) -> bool {
        !(self.councils.is_empty() && self.body.is_empty() && self.dates.is_open() && self.years.is_empty())
    }

    /// Whether the council counts.
    pub fn passes_council(&self, council: &str) -> bool {
        self.councils.is_empty() || self.councils.contains(council)
    }

    /// Whether the body counts.
    pub fn passes_body(&self, body: &str) -> bool {
        is_body_named(body, &self.body)
    }

    /// Whether the date counts. An unknown date passes only where nothing is
    /// asked of it.
    pub fn passes_date(&self, date: Option<PartialDate>) -> bool {
        let in_range = self.dates.is_open() || date.is_some_and(|date| self.dates.contains(date));
        let in_year = self.years.is_empty() || date.is_some_and(|date| self.years.contains(&date.year()));
        in_range && in_year
    }

    /// Whether the kind counts.
    pub fn passes_kind(&self, kind: Kind) -> bool {
        if self.kinds.is_empty() {
            return kind != Kind::Heading || self.with_boilerplate;
        }
        self.kinds.contains(&kind)
    }

    /// Whether the edition counts.
    pub fn passes_edition(&self, edition: Edition) -> bool {
        if self.editions.is_empty() { edition.is_minutes() } else { self.editions.contains(&edition) }
    }

    /// Whether the language counts.
    pub fn passes_language(&self, language: Language) -> bool {
        match self.languages.is_empty() {
            true => language == Language::English,
            false => self.languages.contains(&language),
        }
    }

    /// Whether standing items count.
    pub fn includes_boilerplate(&self) -> bool {
        let furniture = [Kind::Attendance, Kind::Heading, Kind::Boilerplate];
        self.with_boilerplate || furniture.iter().any(|kind| self.kinds.contains(kind))
    }

    /// The filter that decides which meetings are counted in a denominator:
    /// a meeting whose minutes hold nothing but standing items was still held
    /// and is still readable.
    pub fn for_meetings(&self) -> Self {
        Self { kinds: HashSet::new(), with_boilerplate: true, ..self.clone() }
    }

    /// Words for [`Filter::body`], out of what somebody typed.
    pub fn body_words(text: &str) -> Vec<String> {
        body_words(text)
    }
}

fn sorted(names: impl Iterator<Item = String>, between: &str) -> String {
    names.collect::<BTreeSet<String>>().into_iter().collect::<Vec<_>>().join(between)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts() -> Facts<'static> {
        Facts {
            council: "sefton",
            body: "Overview and Scrutiny Committee (Children's Services)",
            date: "2021-07-06".parse().ok(),
            kind: Kind::Narrative,
            edition: Edition::Minutes,
            language: Language::English,
            boilerplate: false,
        }
    }

    #[test]
    fn the_default_view_is_minutes_without_standing_items_and_headings() {
        let filter = Filter::default();
        assert!(filter.passes(&facts()));
        assert!(filter.passes(&Facts { edition: Edition::DraftMinutes, ..facts() }));
        assert!(!filter.passes(&Facts { edition: Edition::Agenda, ..facts() }));
        assert!(!filter.passes(&Facts { boilerplate: true, ..facts() }));
        let welsh = Facts { language: Language::Welsh, ..facts() };
        assert!(!filter.passes(&welsh));
        assert!(Filter { languages: [Language::Welsh].into(), ..Filter::default() }.passes(&welsh));
        assert!(!filter.passes(&Facts { kind: Kind::Heading, ..facts() }));
    }

    #[test]
    fn a_filter_prints_alike_in_any_order_and_the_default_view_not_at_all() {
        assert_eq!(Filter::default().to_string(), "");
        let named = Filter {
            editions: [Edition::DraftMinutes, Edition::Minutes].into(),
            languages: [Language::English].into(),
            ..Filter::default()
        };
        assert_eq!(named.to_string(), "");
        let filter = Filter {
            councils: ["wexcombe", "moorby"].map(str::to_owned).into(),
            body: Filter::body_words("Works Committee"),
            dates: DateRange { from: "2019-04".parse().ok(), to: None },
            years: [2021, 2020].into(),
            kinds: [Kind::Question, Kind::Answer].into(),
            editions: [Edition::Minutes].into(),
            languages: Language::ALL.into(),
            with_boilerplate: true,
            with_copies: true,
        };
        let expected = "council=moorby,wexcombe; body=committee works; from=2019-04; year=2020,2021; \
                        kind=answer,question; edition=minutes; language=english,welsh; with-copies; with-boilerplate";
        assert_eq!(filter.to_string(), expected);
    }

    #[test]
    fn words_of_a_body_may_come_in_any_order_and_case() {
        let filter = |words: &str| Filter { body: Filter::body_words(words), ..Filter::default() };
        assert!(filter("children SCRUTINY").passes(&facts()));
        assert!(!filter("scrutiny cabinet").passes(&facts()));
        assert!(!filter("child").passes(&facts()));
    }

    #[test]
    fn an_unknown_date_passes_only_where_nothing_is_asked_of_it() {
        let undated = Facts { date: None, ..facts() };
        assert!(Filter::default().passes(&undated));
        assert!(!Filter { years: [2021].into(), ..Filter::default() }.passes(&undated));
        assert!(Filter { years: [2021].into(), ..Filter::default() }.passes(&facts()));
    }
}
