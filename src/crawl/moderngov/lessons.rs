//! What a ModernGov site has taught: which of its ways work, and since when
//! its meetings are known.

use jiff::civil::Date;

use crate::corpus::Cause;
use crate::crawl::platform::{Learned, Scope};
use crate::model::body_words;

/// Whether the web service answers: `on` or `off`.
const SERVICE: &str = "service";
/// Whether the web service has listed meetings of a committee: `yes`.
const LISTS_MEETINGS: &str = "lists-meetings";
/// The number that stands for all committees in `GetAllMeetingsByDate`, `0` or
/// `-1`; `no` where neither does.
const ALL_COMMITTEES: &str = "all-committees";
/// Whether the walk over all committees that is under way is `whole` so far, or
/// has a `gap`.
const WALK: &str = "walk";
/// Since when all meetings of a scope are listed; the scope follows.
const LISTED: &str = "listed";
/// Since when the pages of a committee's earlier meetings have all been turned;
/// committee and first day follow.
const TURNED: &str = "turned";
/// The name of a committee whose pages of meetings link on past the limit; its
/// number follows.
const ENDLESS: &str = "endless";

/// How many pages or files must be refused, and none given, before no more are
/// asked for. One may be refused for itself.
const REFUSALS: u32 = 3;

/// How long before the last full listing a later one begins, in days: meetings
/// are called off, moved and entered late.
pub const LOOK_BACK_DAYS: i32 = 120;

/// What the names of lessons end in that hold for the day alone on which they
/// were learned.
const TODAY: &str = " today";

/// What a site gives to programs, or to browsers only: `open`, `refused N`, or
/// `blocked`; and `challenged` today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Given {
    /// Its pages. Only looked at while the service answers, as they are all
    /// there is otherwise.
    Pages,
    /// Its files.
    Files,
}

impl Given {
    fn key(self) -> &'static str {
        match self {
            Self::Pages => "pages",
            Self::Files => "files",
        }
    }

    fn key_of_today(self) -> String {
        format!("{}{TODAY}", self.key())
    }
}

/// What is known of a site.
#[derive(Debug, Clone, Copy)]
pub struct Lessons<'a>(pub &'a Learned);

impl Lessons<'_> {
    fn get(&self, key: &str) -> &str {
        self.0.get(key).map_or("", String::as_str)
    }

    /// Whether the web service answers; `None` where that is not known.
    pub fn service(&self) -> Option<bool> {
        match self.get(SERVICE) {
            "on" => Some(true),
            "off" => Some(false),
            _ => None,
        }
    }

    /// Whether the web service has listed meetings of some committee.
    pub fn lists_meetings(&self) -> bool {
        self.get(LISTS_MEETINGS) == "yes"
    }

    /// Whether such need not be asked for: they are refused to programs.
    pub fn is_blocked(&self, given: Given) -> bool {
        self.get(given.key()) == "blocked" || self.get(&given.key_of_today()) == "challenged"
    }

    /// What stands for all committees; `None` where nothing is known to.
    pub fn all_committees(&self) -> Option<&str> {
        Some(self.get(ALL_COMMITTEES)).filter(|number| matches!(*number, "0" | "-1"))
    }

    /// Whether the meetings of all committees may be had in one list.
    pub fn may_list_all(&self) -> bool {
        self.get(ALL_COMMITTEES) != "no"
    }

    /// Whether the walk that is under way has had an answer for each committee.
    pub fn walk_is_whole(&self) -> bool {
        self.get(WALK) == "whole"
    }

    /// The day of the last full listing of this scope, or of a wider one.
    pub fn listed(&self, scope: &Scope) -> Option<Date> {
        let days = self.0.iter().filter_map(|(key, day)| {
            let listed = key.strip_prefix(LISTED)?.strip_prefix(' ')?;
            covers(listed, scope).then(|| day.parse::<Date>().ok()).flatten()
        });
        days.max()
    }

    /// The committees whose pages of meetings were not turned to their end.
    pub fn endless(&self) -> impl Iterator<Item = &str> {
        let names =
            self.0.iter().filter(|(key, _)| key.strip_prefix(ENDLESS).is_some_and(|of| of.starts_with(' ')));
        names.map(|(_, name)| name.as_str())
    }

    /// The day on which all pages of a committee's earlier meetings, back to
    /// where the scope begins, had been turned.
    pub fn turned(&self, committee: &str, scope: &Scope) -> Option<Date> {
        let days = self.0.iter().filter_map(|(key, day)| {
            let (of, from) = key.strip_prefix(TURNED)?.strip_prefix(' ')?.split_once(' ')?;
            let is_it = of == committee && begins_before(from, scope.from);
            is_it.then(|| day.parse::<Date>().ok()).flatten()
        });
        days.max()
    }
}

/// Whether a scope, as [`scope_name`] writes it, holds all of another.
fn covers(listed: &str, scope: &Scope) -> bool {
    let mut parts = listed.splitn(3, ' ');
    let (Some(from), Some(to), Some(body)) = (parts.next(), parts.next(), parts.next()) else { return false };
    let ends_after = match (to, scope.to) {
        ("-", _) => true,
        (_, None) => false,
        (to, Some(wanted)) => to.parse::<Date>().is_ok_and(|to| to >= wanted),
    };
    // Fewer words in the name are asked for where more bodies are.
    let wanted = body_words(&scope.body);
    let holds_bodies = body_words(body).iter().all(|word| wanted.contains(word));
    begins_before(from, scope.from) && ends_after && holds_bodies
}

fn begins_before(from: &str, wanted: Option<Date>) -> bool {
    match (from, wanted) {
        ("-", _) => true,
        (_, None) => false,
        (from, Some(wanted)) => from.parse::<Date>().is_ok_and(|from| from <= wanted),
    }
}

/// The first day, the last day and the words of the body; `-` for none.
fn scope_name(scope: &Scope) -> String {
    let day = |day: Option<Date>| day.map_or("-".to_owned(), |day| day.to_string());
    format!("{} {} {}", day(scope.from), day(scope.to), body_words(&scope.body).join(" "))
}

/// Whether a lesson of this name holds for the day alone on which it was learned.
pub fn is_of_the_day(key: &str) -> bool {
    key.ends_with(TODAY)
}

fn lesson(key: impl Into<String>, value: impl Into<String>) -> Learned {
    Learned::from([(key.into(), value.into())])
}

/// The web service answers, or does not.
pub fn service_is(on: bool) -> Learned {
    lesson(SERVICE, if on { "on" } else { "off" })
}

/// The web service lists meetings of a committee.
pub fn service_lists_meetings() -> Learned {
    lesson(LISTS_MEETINGS, "yes")
}

/// Whether a cause says that the service is off or closed to us, rather than
/// out of order for the moment.
pub fn is_off(cause: Cause) -> bool {
    matches!(
        cause,
        Cause::Robots
            | Cause::Forbidden
            | Cause::Challenge
            | Cause::Login
            | Cause::OutOfBounds
            | Cause::Withdrawn
            | Cause::Missing
            | Cause::WrongContent
    )
}

/// What a page or a file teaches that did not come.
pub fn refused(lessons: Lessons, given: Given, cause: Cause) -> Learned {
    if given == Given::Pages && lessons.service() != Some(true) {
        return Learned::new();
    }
    let known = lessons.get(given.key());
    let refused = known.strip_prefix("refused ").and_then(|n| n.parse::<u32>().ok());
    let n_refused = refused.unwrap_or(0) + 1;
    match cause {
        // A test for browsers is put up for some days, and taken down again.
        Cause::Challenge => lesson(given.key_of_today(), "challenged"),
        // A site that has given one does not refuse all.
        Cause::Forbidden if known == "open" => Learned::new(),
        Cause::Forbidden if n_refused >= REFUSALS => lesson(given.key(), "blocked"),
        Cause::Forbidden => lesson(given.key(), format!("refused {n_refused}")),
        _ => Learned::new(),
    }
}

/// What a page or a file teaches that came.
pub fn given(lessons: Lessons, given: Given) -> Learned {
    if lessons.get(given.key()) == "open" { Learned::new() } else { lesson(given.key(), "open") }
}

/// What stands for all committees; `None`: nothing does.
pub fn all_committees_are(number: Option<&str>) -> Learned {
    lesson(ALL_COMMITTEES, number.unwrap_or("no"))
}

/// A walk over all committees begins, or has missed one.
pub fn walk_is(whole: bool) -> Learned {
    lesson(WALK, if whole { "whole" } else { "gap" })
}

/// All meetings of the scope are listed as of today.
pub fn is_listed(scope: &Scope) -> Learned {
    lesson(format!("{LISTED} {}", scope_name(scope)), scope.today.to_string())
}

/// What was taken for a full listing of the scope is none.
pub fn is_not_listed(scope: &Scope) -> Learned {
    lesson(format!("{LISTED} {}", scope_name(scope)), "")
}

/// The pages of a committee's meetings link on past the limit.
pub fn is_endless(committee: &str, name: &str) -> Learned {
    lesson(format!("{ENDLESS} {committee}"), name)
}

/// All pages of a committee's earlier meetings have been turned.
pub fn has_turned(committee: &str, scope: &Scope) -> Learned {
    let from = scope.from.map_or("-".to_owned(), |from| from.to_string());
    lesson(format!("{TURNED} {committee} {from}"), scope.today.to_string())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn scope(from: Option<Date>, to: Option<Date>, body: &str) -> Scope {
        Scope { from, to, body: body.into(), ..Scope::all(date(2026, 2, 1)) }
    }

    #[test]
    fn a_listing_tells_of_its_own_scope_and_of_narrower_ones() {
        let (from, to) = (date(2019, 1, 1), date(2021, 12, 31));
        let listed = |of: &Scope, wanted: &Scope| Lessons(&is_listed(of)).listed(wanted).is_some();
        let all = scope(None, None, "");
        let part = scope(Some(from), Some(to), "Planning");
        assert!(listed(&all, &all) && listed(&all, &part) && listed(&part, &part));
        assert!(!listed(&part, &all));
        assert!(listed(&part, &scope(Some(from), Some(to), "planning north")));
        assert!(!listed(&part, &scope(Some(from), Some(to), "north")));
        assert!(listed(&part, &scope(Some(date(2020, 1, 1)), Some(to), "planning")));
        assert!(!listed(&part, &scope(Some(date(2018, 1, 1)), Some(to), "planning")));
        assert!(!listed(&part, &scope(Some(from), None, "planning")));
        let mut learned = is_listed(&all);
        learned.extend(is_not_listed(&all));
        assert_eq!(Lessons(&learned).listed(&part), None);
    }

    #[test]
    fn pages_are_blocked_by_one_challenge_or_several_refusals() {
        let mut learned = service_is(true);
        for expected in [false, false, true] {
            learned.extend(refused(Lessons(&learned), Given::Pages, Cause::Forbidden));
            assert_eq!(Lessons(&learned).is_blocked(Given::Pages), expected);
        }
        let mut learned = service_is(true);
        learned.extend(given(Lessons(&learned), Given::Pages));
        for _ in 0..5 {
            learned.extend(refused(Lessons(&learned), Given::Pages, Cause::Forbidden));
        }
        assert!(!Lessons(&learned).is_blocked(Given::Pages), "other pages were given");
        learned.extend(refused(Lessons(&learned), Given::Pages, Cause::Challenge));
        assert!(Lessons(&learned).is_blocked(Given::Pages));
        learned.retain(|key, _| !is_of_the_day(key));
        assert!(!Lessons(&learned).is_blocked(Given::Pages), "on another day it may give them again");
        let alone = refused(Lessons(&Learned::new()), Given::Pages, Cause::Challenge);
        assert!(alone.is_empty(), "where the service is off, pages are all there is");
        let files = refused(Lessons(&Learned::new()), Given::Files, Cause::Challenge);
        assert!(Lessons(&files).is_blocked(Given::Files) && !Lessons(&files).is_blocked(Given::Pages));
    }

    #[test]
    fn turned_pages_tell_of_a_later_beginning_only() {
        let learned = has_turned("7", &scope(Some(date(2019, 1, 1)), None, ""));
        let turned = |committee: &str, from| Lessons(&learned).turned(committee, &scope(from, None, ""));
        assert_eq!(turned("7", Some(date(2020, 1, 1))), Some(date(2026, 2, 1)));
        assert_eq!(turned("7", None), None);
        assert_eq!(turned("8", Some(date(2020, 1, 1))), None);
    }
}
