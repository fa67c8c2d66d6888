//! How fast a host is asked: one request at a time, and a pause between two.
//!
//! The pause is what the settings or the site's robots.txt ask, and at least as
//! long as the host itself takes to answer: a host that is slow is under load,
//! or is not made for more.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

use super::{LONGEST_ADAPTED, LONGEST_BACK_OFF};

/// How much of the latest answer's time goes into the mean: about the last five
/// answers count.
const LATEST: f64 = 0.3;

/// The pace of one host.
#[derive(Debug)]
pub(super) struct Pace {
    delay: Duration,
    /// How long the host rests, in times of what it takes to answer.
    patience: f64,
    /// What it takes to answer, in the mean; `None` before the first answer.
    answer_time: Option<Duration>,
    /// When its latest answer had come, on a clock that never jumps.
    ended_at: Option<Instant>,
    /// When the host may be asked next, on the same clock.
    free_at: Instant,
    closed: Option<Duration>,
}

impl Pace {
    pub(super) fn new(delay: Duration, patience: f64) -> Self {
        Self { delay, patience, answer_time: None, ended_at: None, free_at: Instant::now(), closed: None }
    }

    /// Slows down to this delay, counted from the latest answer on: the one that
    /// asked for it. Never speeds up.
    pub(super) fn at_least(&mut self, delay: Duration) {
        self.delay = self.delay.max(delay);
        if let Some(ended) = self.ended_at {
            self.free_at = self.free_at.max(ended + self.pause());
        }
    }

    /// When the host may be asked next.
    pub(super) fn free_at(&self) -> Instant {
        self.free_at
    }

    /// Notes that a request that was made at `asked` has ended: the pause begins
    /// now.
    pub(super) fn ended(&mut self, asked: Instant) {
        let took = asked.elapsed();
        let mean = self.answer_time.map_or(took, |mean| mean.mul_f64(1.0 - LATEST) + took.mul_f64(LATEST));
        self.answer_time = Some(mean);
        let now = Instant::now();
        self.ended_at = Some(now);
        self.free_at = self.free_at.max(now + self.pause());
    }

    /// The pause between two requests, as the host answers now.
    pub(super) fn pause(&self) -> Duration {
        let own = self.answer_time.unwrap_or_default().mul_f64(self.patience).min(LONGEST_ADAPTED);
        self.delay.max(own)
    }

    /// How long one request takes with its pause, as the host answers now.
    pub(super) fn per_request(&self) -> Duration {
        self.pause() + self.answer_time.unwrap_or_default()
    }

    /// Lets the host rest for this long.
    pub(super) fn rest(&mut self, wait: Duration) {
        self.free_at = self.free_at.max(Instant::now() + wait);
    }

    /// Notes that the host asked to be left alone for longer than a crawl
    /// waits: it is not asked again by this one.
    pub(super) fn close(&mut self, asked: Duration) {
        self.closed = self.closed.max(Some(asked));
    }

    /// How long the host asked to be left alone, where that is too long.
    pub(super) fn closed(&self) -> Option<Duration> {
        self.closed
    }
}

/// The wait before try number `tried + 1`: twice as long each time up to
/// [`LONGEST_BACK_OFF`], and up to half as long again by chance, so that several
/// crawlers do not return at once.
pub(super) fn back_off(first: Duration, tried: u32) -> Duration {
    let wait = first.saturating_mul(1 << tried.saturating_sub(1).min(10)).min(LONGEST_BACK_OFF);
    // The keys of a hasher are the only chance that the standard library gives.
    let chance = RandomState::new().build_hasher().finish() % 1000;
    wait + wait.mul_f64(chance as f64 / 2000.0)
}

/// How long a `Retry-After` asks to wait: it is a number of seconds or a date.
/// A date that has passed asks for no wait, a number that is too long to be held
/// for the longest.
pub(super) fn retry_after(value: &str, now: Timestamp) -> Option<Duration> {
    let value = value.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(Duration::from_secs(value.parse().unwrap_or(u64::MAX)));
    }
    Some(Duration::try_from(http_date(value, now)?.duration_since(now)).unwrap_or_default())
}

/// A date as headers write it, in any of the three forms of RFC 9110, 5.6.7.
/// The day of the week is passed over: it adds nothing, and may be wrong.
pub(super) fn http_date(value: &str, now: Timestamp) -> Option<Timestamp> {
    let words: Vec<&str> = value.split([' ', ',', '-']).filter(|word| !word.is_empty()).collect();
    let (day, month, year, time) = match words[..] {
        [_, day, month, year, time, "GMT" | "UTC" | "+0000"] => (day, month, year, time),
        [_, month, day, time, year] => (day, month, year, time),
        _ => return None,
    };
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let written = match year.len() {
        4 if is_number(year) => year.parse().ok()?,
        2 if is_number(year) => full_year(year.parse().ok()?, now),
        _ => return None,
    };
    let text = format!("{day} {month} {written:04} {time}");
    let date = jiff::civil::DateTime::strptime("%d %b %Y %H:%M:%S", text).ok()?;
    Some(date.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp())
}

/// The year of two digits that is meant: of those at most fifty years ahead the
/// latest.
fn full_year(digits: i16, now: Timestamp) -> i16 {
    let latest = now.to_zoned(jiff::tz::TimeZone::UTC).year() + 50;
    latest - (latest - digits).rem_euclid(100)
}

#[cfg(test)]
mod tests {
    use tokio::time::sleep_until;

    use super::*;

    /// Waits until the host may be asked; gives the time at which it is.
    async fn turn(pace: &Pace) -> Instant {
        sleep_until(pace.free_at()).await;
        Instant::now()
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now: Timestamp = "2026-11-22T08:49:37Z".parse().unwrap();
        let check = |value: &str, seconds: Option<u64>| {
            assert_eq!(retry_after(value, now), seconds.map(Duration::from_secs), "{value}");
        };
        check("120", Some(120));
        check("Sun, 22 Nov 2026 08:50:37 GMT", Some(60));
        check("Sun, 22 Nov 2026 08:40:37 GMT", Some(0));
        check("soon", None);
        check("Sunday, 22-Nov-26 08:50:37 GMT", Some(60));
        check("Sunday, 22-Nov-98 08:50:37 GMT", Some(0));
        check("Sun Nov 22 08:50:37 2026", Some(60));
        check("Tue Dec  1 08:49:37 2026", Some(9 * 24 * 60 * 60));
        check("99999999999999999999999", Some(u64::MAX));
        for nonsense in
            ["", "-5", "Sunday, 22-Nov-2x 08:50:37 GMT", "Sun, 99 Nov 2026 08:50:37 GMT", "a b c d e"]
        {
            check(nonsense, None);
        }
    }

    #[test]
    fn each_wait_is_twice_the_last() {
        for (tried, least) in [(1, 100), (2, 200), (3, 400)] {
            let wait = back_off(Duration::from_millis(100), tried).as_millis();
            assert!((least..=least * 3 / 2).contains(&wait), "{wait}");
        }
        assert!(back_off(Duration::from_secs(1), u32::MAX) <= LONGEST_BACK_OFF.mul_f64(1.5));
    }

    #[tokio::test(start_paused = true)]
    async fn a_delay_that_a_host_asks_for_holds_from_the_answer_on_that_asks_for_it() {
        let second = Duration::from_secs(1);
        let mut pace = Pace::new(second, 1.0);
        let asked = turn(&pace).await;
        pace.ended(asked);
        tokio::time::sleep(second / 2).await;
        pace.at_least(second * 7);
        assert_eq!(turn(&pace).await - asked, second * 7);
        pace.at_least(second * 2);
        assert_eq!(pace.pause(), second * 7);
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_host_rests_as_long_as_it_takes() {
        let second = Duration::from_secs(1);
        let mut pace = Pace::new(second, 1.0);
        let answer = async |pace: &mut Pace, took: Duration| {
            let asked = turn(pace).await;
            tokio::time::sleep(took).await;
            pace.ended(asked);
        };
        answer(&mut pace, second / 10).await;
        assert_eq!(pace.pause(), second, "a fast host: the delay");
        for _ in 0..30 {
            answer(&mut pace, second * 20).await;
        }
        let pause = pace.pause().as_secs_f64();
        assert!((19.9..20.1).contains(&pause), "{pause}");
        for _ in 0..30 {
            answer(&mut pace, second / 10).await;
        }
        assert_eq!(pace.pause(), second, "it has recovered");
        answer(&mut pace, LONGEST_ADAPTED * 100).await;
        assert_eq!(pace.pause(), LONGEST_ADAPTED);
        let before = Instant::now();
        turn(&pace).await;
        assert_eq!(before.elapsed().as_secs(), LONGEST_ADAPTED.as_secs());
    }
}
