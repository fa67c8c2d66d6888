//! How a theme comes back in a sequence of meetings.
//!
//! A meeting whose minutes cannot be read is neither with nor without the
//! theme: it ends no run and fills no gap, and whatever spans it says so.

use crate::model::PartialDate;

use super::p_value::{PValue, Reference};

/// One meeting in which a theme was looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sighting {
    /// The date of the meeting.
    pub date: PartialDate,
    /// Whether the theme is in its minutes; `None` where these cannot be read.
    pub has_theme: Option<bool>,
}

/// How a theme comes back.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Recurrence {
    /// Meetings that can be read.
    pub readable: u64,
    /// Meetings that cannot.
    pub unreadable: u64,
    /// Readable meetings with the theme.
    pub with_theme: u64,
    /// `with_theme` of `readable`, from 0 to 1. `None` where none can be read.
    pub share: Option<f64>,
    /// The date of the first meeting with it.
    pub first: Option<PartialDate>,
    /// The date of the last.
    pub last: Option<PartialDate>,
    /// The most readable meetings on end with it, the first such run of
    /// several; its `meetings` are those with it, both ends among them.
    pub longest_run: Option<Stretch>,
    /// The most readable meetings without it between two with it, of several
    /// such gaps the first; its `meetings` are those without it, 0 where the
    /// two follow each other. `None` unless it was seen twice.
    pub longest_gap: Option<Stretch>,
    /// From the last meeting with it to the last readable meeting; its
    /// `meetings` are those without it.
    pub since_last: Option<Stretch>,
    /// How often it came back after at least the gap asked for.
    pub returns: u64,
    /// Of these, those with an unreadable meeting in the gap, in which the
    /// theme may have been.
    pub unsure_returns: u64,
    /// What [`recurrence_rules`] make of it.
    pub class: Result<RecurrenceClass, Unclassed>,
    /// Whether meetings with it cluster. `None` where all readable meetings
    /// have it, or none has.
    pub runs: Option<RunsTest>,
}

/// Part of a sequence of meetings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// The date of the meeting at its beginning.
    pub from: PartialDate,
    /// The date of the meeting at its end.
    pub to: PartialDate,
    /// Readable meetings; which of them, the field that holds it says.
    pub meetings: u64,
    /// Unreadable meetings between its ends, which count as neither.
    pub unreadable: u64,
    /// Days from `from` to `to`. `None` unless both are known to the day.
    pub days: Option<i64>,
}

/// The kinds of recurrence; see [`recurrence_rules`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RecurrenceClass {
    /// Gone for a whole gap when the meetings end.
    Closed,
    /// Back after a whole gap.
    Relapsed,
    /// New towards the end.
    Emerging,
    /// There more often than not, since it was first seen.
    Persistent,
    /// Anything else.
    Intermittent,
}

impl RecurrenceClass {
    /// The name used as a cell of a table.
    pub fn name(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Relapsed => "relapsed",
            Self::Emerging => "emerging",
            Self::Persistent => "persistent",
            Self::Intermittent => "intermittent",
        }
    }
}

/// Why a theme has no class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unclassed {
    /// Too few meetings can be read.
    FewReadable,
    /// It was seen in too few of them for anything to recur.
    RarelySeen,
}

impl Unclassed {
    /// The reason, as a cell of a table.
    pub fn name(self) -> &'static str {
        match self {
            Self::FewReadable => "too few readable meetings",
            Self::RarelySeen => "seen in fewer than two meetings",
        }
    }
}

/// The Wald-Wolfowitz test of whether meetings with and without a theme are
/// mixed as if by chance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RunsTest {
    /// Runs of meetings that all have it or all lack it.
    pub runs: u64,
    /// How many there would be by chance. Fewer runs than that mean that
    /// meetings with it cluster; more, that it alternates.
    pub expected: f64,
    /// The two-sided p value: exact for up to 100 meetings.
    pub p: PValue,
}

/// The gap, in readable meetings, after which a theme counts as gone, unless
/// another is asked for. Six are a year of a body that meets every other
/// month, and a year and a half of one that meets each quarter. With less, a
/// report that comes to such a body once a year would relapse each year; with
/// much more, few bodies have minutes enough to see anything come back.
pub const RETURN_GAP: u64 = 6;

/// Fewest readable meetings for a class, whatever the gap: with the usual gap,
/// those in which a theme can be seen, be gone, and be seen again.
const LEAST_READABLE: usize = 8;

/// Fewest meetings with the theme for a class: nothing recurs that was there
/// once.
const LEAST_SEEN: usize = 2;

/// The last part of the meetings, one in this many, rounded up, in which what is
/// new is emerging.
const LAST_PART: usize = 2;

/// Of the meetings since it was first seen, one in this many has what
/// persists.
const PERSISTENT_ONE_IN: usize = 2;

/// The rules for the classes, as text of one line each: the first that holds
/// gives the class. `gap` is in readable meetings.
///
/// They are conventions of this program, stated so that a reader can judge
/// them, and do not come from the literature.
pub fn recurrence_rules(gap: u64) -> String {
    let gap = whole(gap);
    let least = least_readable(gap);
    format!(
        "no class: fewer than {least} readable meetings, or fewer than {LEAST_SEEN} with the theme\n\
         closed: none of the last {gap} readable meetings has it\n\
         relapsed: it came back after {gap} or more readable meetings without it\n\
         emerging: {gap} or more readable meetings came before the first with it, which is in the last 1/{LAST_PART} \
         of all\n\
         persistent: from the first with it on, at least 1/{PERSISTENT_ONE_IN} of the readable meetings have it\n\
         intermittent: any other\n\
         Meetings that cannot be read count as neither with nor without it.\n"
    )
}

/// How a theme comes back in the meetings given, which are those of one body
/// (or of bodies that share a subject) in the order in which they met: what
/// bodies that never deal with it do in between would only stretch its gaps.
///
/// A return is a meeting with the theme after at least `gap` readable meetings
/// without it, [`RETURN_GAP`] by default; 0 is taken for 1. Total: of no meetings,
/// counts are 0 and all else is absent.
///
/// ```
/// # use scrutineer::analyse::{RETURN_GAP, RecurrenceClass, Sighting, recurrence};
/// let meetings = [1, 1, 0, 0, 0, 0, 0, 0, 1].iter().zip(1..).map(|(&seen, month)| Sighting {
///     date: scrutineer::model::PartialDate::month(2024, month).unwrap(),
///     has_theme: Some(seen == 1),
/// });
/// let found = recurrence(&meetings.collect::<Vec<_>>(), RETURN_GAP);
/// assert_eq!((found.returns, found.class), (1, Ok(RecurrenceClass::Relapsed)));
/// ```
pub fn recurrence(meetings: &[Sighting], gap: u64) -> Recurrence {
    let gap = whole(gap);
    let sequence = Sequence::of(meetings);
    let seen: Vec<usize> = (0..sequence.has_theme.len()).filter(|&place| sequence.has_theme[place]).collect();
    // The last of the greatest is the first of them from behind.
    let longest_run = seen.chunk_by(|a, b| a + 1 == *b).rev().max_by_key(|run| run.len());
    let gaps: Vec<Stretch> =
        seen.windows(2).map(|two| sequence.stretch(two[0], two[1], two[1] - two[0] - 1)).collect();
    let returns = gaps.iter().filter(|absence| absence.meetings >= gap as u64);
    let last_readable = sequence.has_theme.len().saturating_sub(1);
    let (readable, with_theme) = (sequence.has_theme.len() as u64, seen.len() as u64);
    Recurrence {
        readable,
        unreadable: meetings.len() as u64 - readable,
        with_theme,
        share: (readable > 0).then(|| with_theme as f64 / readable as f64),
        first: seen.first().map(|&place| sequence.dates[place]),
        last: seen.last().map(|&place| sequence.dates[place]),
        longest_run: longest_run.map(|run| sequence.stretch(run[0], run[run.len() - 1], run.len())),
        longest_gap: gaps.iter().rev().max_by_key(|absence| absence.meetings).copied(),
        since_last: seen.last().map(|&place| sequence.stretch(place, last_readable, last_readable - place)),
        returns: returns.clone().count() as u64,
        unsure_returns: returns.filter(|absence| absence.unreadable > 0).count() as u64,
        class: class(&sequence.has_theme, gap),
        runs: runs_test(&sequence.has_theme),
    }
}

/// The readable meetings of a sequence, by their place among each other.
struct Sequence {
    has_theme: Vec<bool>,
    dates: Vec<PartialDate>,
    /// Unreadable meetings before each.
    unreadable: Vec<usize>,
}

impl Sequence {
    fn of(meetings: &[Sighting]) -> Self {
        let mut sequence = Self { has_theme: Vec::new(), dates: Vec::new(), unreadable: Vec::new() };
        for (place, meeting) in meetings.iter().enumerate() {
            let Some(has_theme) = meeting.has_theme else { continue };
            sequence.unreadable.push(place - sequence.has_theme.len());
            sequence.has_theme.push(has_theme);
            sequence.dates.push(meeting.date);
        }
        sequence
    }

    /// From one place to another that is not before it.
    fn stretch(&self, from: usize, to: usize, meetings: usize) -> Stretch {
        let unreadable = self.unreadable[to] - self.unreadable[from];
        let (from, to) = (self.dates[from], self.dates[to]);
        let days = from.to_day().zip(to.to_day()).map(|(from, to)| i64::from((to - from).get_days()));
        Stretch { from, to, meetings: meetings as u64, unreadable: unreadable as u64, days }
    }
}

/// A gap as a number of meetings, at least 1.
fn whole(gap: u64) -> usize {
    usize::try_from(gap.max(1)).unwrap_or(usize::MAX)
}

/// With fewer readable meetings nothing can be seen, be gone for a gap, and be
/// seen again.
fn least_readable(gap: usize) -> usize {
    LEAST_READABLE.max(gap.saturating_add(2))
}

/// The class of a sequence of readable meetings.
fn class(has_theme: &[bool], gap: usize) -> Result<RecurrenceClass, Unclassed> {
    if has_theme.len() < least_readable(gap) {
        Err(Unclassed::FewReadable)
    } else if n_seen(has_theme) < LEAST_SEEN {
        Err(Unclassed::RarelySeen)
    } else if is_closed(has_theme, gap) {
        Ok(RecurrenceClass::Closed)
    } else if is_relapsed(has_theme, gap) {
        Ok(RecurrenceClass::Relapsed)
    } else if is_emerging(has_theme, gap) {
        Ok(RecurrenceClass::Emerging)
    } else if is_persistent(has_theme) {
        Ok(RecurrenceClass::Persistent)
    } else {
        Ok(RecurrenceClass::Intermittent)
    }
}

fn n_seen(has_theme: &[bool]) -> usize {
    has_theme.iter().filter(|&&seen| seen).count()
}

/// How many meetings come before the first with the theme.
fn n_before(has_theme: &[bool]) -> usize {
    has_theme.iter().take_while(|&&seen| !seen).count()
}

/// None of the last `gap` meetings has it.
fn is_closed(has_theme: &[bool], gap: usize) -> bool {
    has_theme.iter().rev().take_while(|&&seen| !seen).count() >= gap
}

/// It came back after `gap` meetings or more.
fn is_relapsed(has_theme: &[bool], gap: usize) -> bool {
    let mut between = has_theme.split(|&seen| seen).skip(1).peekable();
    while let Some(absence) = between.next() {
        // What follows the last meeting with it is no return.
        if absence.len() >= gap && between.peek().is_some() {
            return true;
        }
    }
    false
}

/// At least `gap` meetings came before the first with it, which is in the last
/// part.
fn is_emerging(has_theme: &[bool], gap: usize) -> bool {
    let before = n_before(has_theme);
    before >= gap
        && before < has_theme.len()
        && has_theme.len() - before <= has_theme.len().div_ceil(LAST_PART)
}

/// Enough of the meetings from the first with it on have it.
fn is_persistent(has_theme: &[bool]) -> bool {
    let since = has_theme.len() - n_before(has_theme);
    since > 0 && n_seen(has_theme) * PERSISTENT_ONE_IN >= since
}

/// Most meetings for which runs are counted exactly: so many that the orders
/// of them fit a whole number with ease, and the normal approximation, which
/// is poor where few meetings have the theme, is seldom wanted.
const MOST_EXACT: u64 = 100;

/// Whether `true` and `false` are mixed as if by chance, the numbers of both
/// being as they are.
///
/// `None` unless both occur. Sources: Wald and Wolfowitz (1940); Swed and
/// Eisenhart (1943) for the exact distribution; twice the smaller tail. Beyond
/// 100 the normal approximation, corrected for continuity.
fn runs_test(sequence: &[bool]) -> Option<RunsTest> {
    let n = sequence.len() as u64;
    let with = n_seen(sequence) as u64;
    let without = n - with;
    if with == 0 || without == 0 {
        return None;
    }
    let runs = sequence.chunk_by(|a, b| a == b).count() as u64;
    let expected = 2.0 * with as f64 * without as f64 / n as f64 + 1.0;
    let p = if n <= MOST_EXACT {
        let share = |orders: u128| orders as f64 / choose(n, with) as f64;
        let lower = (2..=runs).map(|runs| orders_with(runs, with, without)).sum();
        let upper = (runs..=n).map(|runs| orders_with(runs, with, without)).sum();
        PValue::of_tails(share(lower), share(upper), Reference::Exact)
    } else {
        let variance = (expected - 1.0) * (expected - 2.0) / (n as f64 - 1.0);
        PValue::of_normal(((runs as f64 - expected).abs() - 0.5).max(0.0) / variance.sqrt())
    };
    Some(RunsTest { runs, expected, p })
}

/// In how many orders of so many of two kinds there are this many runs, at
/// least 2: half of them, or one more, of either kind.
fn orders_with(runs: u64, with: u64, without: u64) -> u128 {
    let (fewer, more) = (runs / 2 - 1, runs.div_ceil(2) - 1);
    choose(with - 1, more) * choose(without - 1, fewer) + choose(with - 1, fewer) * choose(without - 1, more)
}

/// Binomial coefficients, for n of up to [`MOST_EXACT`]; 0 where k is larger.
fn choose(n: u64, k: u64) -> u128 {
    if k > n {
        return 0;
    }
    (1..=u128::from(k)).fold(1, |ways, i| ways * (u128::from(n - k) + i) / i)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bits(text: &str) -> Vec<bool> {
        text.chars().map(|letter| letter == '+').collect()
    }

    /// Meetings, ten days apart from 1 January 2024: `+` with the theme, `-`
    /// without, `?` unreadable.
    fn found(text: &str, gap: u64) -> Recurrence {
        let mut day = jiff::civil::date(2024, 1, 1);
        let mut meetings = Vec::new();
        for letter in text.chars() {
            let has_theme = (letter != '?').then_some(letter == '+');
            meetings.push(Sighting { date: day.into(), has_theme });
            day = day.checked_add(jiff::Span::new().days(10)).unwrap();
        }
        recurrence(&meetings, gap)
    }

    fn shown(stretch: Option<Stretch>) -> String {
        let Some(Stretch { from, to, meetings, unreadable, days }) = stretch else {
            return "none".to_owned();
        };
        format!("{from} {to}: {meetings}, {unreadable} unreadable, {} days", days.unwrap())
    }

    #[test]
    fn counts_are_of_readable_meetings() {
        let found = found("-+?-+", 6);
        assert_eq!((found.readable, found.unreadable, found.with_theme, found.share), (4, 1, 2, Some(0.5)));
        assert_eq!(found.first.unwrap().to_string(), "2024-01-11");
        assert_eq!(found.last.unwrap().to_string(), "2024-02-10");
    }

    #[test]
    fn an_unreadable_meeting_ends_no_run_and_is_told() {
        assert_eq!(shown(found("+?+-+", 6).longest_run), "2024-01-01 2024-01-21: 2, 1 unreadable, 20 days");
        assert_eq!(shown(found("?+-", 6).longest_run), "2024-01-11 2024-01-11: 1, 0 unreadable, 0 days");
    }

    #[test]
    fn the_first_of_several_longest_is_told() {
        let found = found("++-++-+", 6);
        assert_eq!(shown(found.longest_run), "2024-01-01 2024-01-11: 2, 0 unreadable, 10 days");
        assert_eq!(shown(found.longest_gap), "2024-01-11 2024-01-31: 1, 0 unreadable, 20 days");
    }

    #[test]
    fn an_unreadable_meeting_is_no_absence() {
        let found = found("+-?-?+?", 2);
        assert_eq!(shown(found.longest_gap), "2024-01-01 2024-02-20: 2, 2 unreadable, 50 days");
        assert_eq!((found.returns, found.unsure_returns), (1, 1));
        assert_eq!(self::found("+-?-?+?", 3).returns, 0);
    }

    #[test]
    fn two_in_sequence_have_a_gap_of_none() {
        assert_eq!(shown(found("++", 6).longest_gap), "2024-01-01 2024-01-11: 0, 0 unreadable, 10 days");
        assert_eq!(shown(found("+--", 6).longest_gap), "none");
    }

    #[test]
    fn what_follows_the_last_is_no_gap_but_told() {
        let found = found("++-?-", 1);
        assert_eq!(shown(found.since_last), "2024-01-11 2024-02-10: 2, 1 unreadable, 30 days");
        assert_eq!(found.returns, 0);
    }

    #[test]
    fn every_gap_that_is_long_enough_ends_in_a_return() {
        assert_eq!(found("+--+-+---+", 2).returns, 2);
        assert_eq!(found("+--+-+---+", 1).returns, 3);
        assert_eq!(found("++", 0).returns, 0);
    }

    #[test]
    fn of_years_no_days_are_told() {
        let of = |year| Sighting { date: PartialDate::year_only(year), has_theme: Some(true) };
        assert_eq!(recurrence(&[of(2020), of(2021)], 6).longest_gap.unwrap().days, None);
    }

    #[test]
    fn of_nothing_all_is_absent() {
        for text in ["", "?"] {
            let found = found(text, 6);
            assert_eq!((found.readable, found.with_theme, found.share), (0, 0, None));
            assert_eq!((found.first, found.longest_run, found.since_last), (None, None, None));
            assert_eq!((found.class, found.runs), (Err(Unclassed::FewReadable), None));
        }
        assert_eq!(found("+", u64::MAX).class, Err(Unclassed::FewReadable));
    }

    #[test]
    fn closed_is_gone_for_a_gap() {
        assert!(is_closed(&bits("++---"), 3));
        assert!(!is_closed(&bits("++--"), 3));
        assert!(!is_closed(&bits("+---+"), 3));
    }

    #[test]
    fn relapsed_is_back_after_a_gap() {
        assert!(is_relapsed(&bits("+---+"), 3));
        assert!(!is_relapsed(&bits("+--+"), 3));
        assert!(!is_relapsed(&bits("---+"), 3));
        assert!(!is_relapsed(&bits("+---"), 3));
    }

    #[test]
    fn emerging_is_new_in_the_last_half() {
        assert!(is_emerging(&bits("---+++"), 3));
        assert!(is_emerging(&bits("---++++"), 3));
        assert!(!is_emerging(&bits("---+++++"), 3));
        assert!(!is_emerging(&bits("--+"), 3));
        assert!(!is_emerging(&bits("------"), 3));
    }

    #[test]
    fn persistent_is_in_half_of_the_meetings_since_the_first() {
        assert!(is_persistent(&bits("--+-+-")));
        assert!(!is_persistent(&bits("+-+--")));
        assert!(!is_persistent(&bits("---")));
    }

    #[track_caller]
    fn classed(text: &str, expected: &str) {
        let class = class(&bits(text), 6);
        assert_eq!(class.map_or_else(Unclassed::name, RecurrenceClass::name), expected);
    }

    #[test]
    fn the_first_rule_that_holds_gives_the_class() {
        classed("+++++++", "too few readable meetings");
        classed("-------+", "seen in fewer than two meetings");
        classed("++------", "closed");
        classed("+------+------", "closed");
        classed("+------+", "relapsed");
        classed("+------++++++++++++", "relapsed");
        classed("--------++++", "emerging");
        classed("------+-+-+-+-", "persistent");
        classed("+-----+-----+", "intermittent");
    }

    #[test]
    fn a_longer_gap_wants_more_meetings() {
        assert_eq!(class(&bits("+------++"), 8), Err(Unclassed::FewReadable));
        assert_eq!(class(&bits("+------+++"), 8), Ok(RecurrenceClass::Intermittent));
    }

    #[test]
    fn the_rules_are_printed_with_their_numbers() {
        let rules = recurrence_rules(RETURN_GAP);
        for rule in [
            "no class: fewer than 8 readable meetings, or fewer than 2 with",
            "closed: none of the last 6 ",
            "relapsed: it came back after 6 or more",
            "emerging: 6 or more readable meetings came before the first with it, which is in the last 1/2 of all",
            "persistent: from the first with it on, at least 1/2 ",
        ] {
            assert!(rules.contains(rule), "{rule} is not in {rules}");
        }
        assert!(recurrence_rules(9).contains("fewer than 11 readable"));
    }

    #[track_caller]
    fn runs(text: &str, n_runs: u64, p: f64) {
        let found = runs_test(&bits(text)).unwrap();
        assert_eq!((found.runs, found.p.from), (n_runs, Reference::Exact));
        assert!((found.p.value - p).abs() < 1e-12, "{} is not {p}", found.p.value);
    }

    /// By writing out all orders.
    #[test]
    fn runs_of_few_meetings_are_counted() {
        runs("+++++-----", 2, 4.0 / 252.0);
        runs("++-----+++", 3, 20.0 / 252.0);
        runs("-+-+-+-+--", 9, 10.0 / 210.0);
        runs("+++-----", 2, 4.0 / 56.0);
        runs("+----", 2, 4.0 / 5.0);
    }

    /// 60 with and 70 without in 52 runs: mean 65.615, variance 31.865.
    #[test]
    fn runs_of_many_meetings_are_approximately_normal() {
        let text = "+-".repeat(25) + &"+".repeat(35) + &"-".repeat(45);
        let found = runs_test(&bits(&text)).unwrap();
        assert_eq!((found.runs, found.p.from), (52, Reference::Normal));
        assert_eq!(format!("{:.3} {:.4}", found.expected, found.p.value), "65.615 0.0202");
        let of_one_kind = runs_test(&[true; 200]);
        assert_eq!(of_one_kind, None);
    }

    #[test]
    fn the_orders_of_all_numbers_of_runs_are_all_orders() {
        for (with, without) in [(1, 1), (1, 99), (30, 70), (50, 50)] {
            let all: u128 = (2..=with + without).map(|runs| orders_with(runs, with, without)).sum();
            assert_eq!(all, choose(with + without, with));
        }
    }
}
