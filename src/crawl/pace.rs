//! How fast a host is asked: one request at a time, and a pause between two.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::{Instant, sleep_until};

/// The pace of one host.
#[derive(Debug)]
pub(super) struct Pace {
    delay: Duration,
    /// When the host may be asked next, on a clock that never jumps.
    free_at: Instant,
    closed: Option<Duration>,
}

impl Pace {
    pub(super) fn new(delay: Duration) -> Self {
        Self { delay, free_at: Instant::now(), closed: None }
    }

    /// Slows down to this delay; never speeds up.
    pub(super) fn at_least(&mut self, delay: Duration) {
        self.delay = self.delay.max(delay);
    }

    /// Waits until the host may be asked.
    pub(super) async fn turn(&self) {
        sleep_until(self.free_at).await;
    }

    /// Notes that a request has ended: the pause begins now, so that a slow
    /// host gets the same rest as a fast one.
    pub(super) fn ended(&mut self) {
        self.free_at = self.free_at.max(Instant::now() + self.delay);
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

/// The wait before try number `tried + 1`: twice as long each time, and up to
/// half as long again by chance, so that several crawlers do not return at once.
pub(super) fn back_off(first: Duration, tried: u32) -> Duration {
    let wait = first.saturating_mul(1 << tried.saturating_sub(1).min(10));
    // The keys of a hasher are the only chance that the standard library gives.
    let chance = RandomState::new().build_hasher().finish() % 1000;
    wait + wait.mul_f64(chance as f64 / 2000.0)
}

/// How long a `Retry-After` asks to wait: it is a number of seconds or a date.
/// A date that has passed asks for no wait.
pub(super) fn retry_after(value: &str, now: Timestamp) -> Option<Duration> {
    if let Ok(seconds) = value.trim().parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let date = jiff::fmt::rfc2822::parse(&value.trim().replace("GMT", "+0000")).ok()?.timestamp();
    Some(Duration::try_from(date.duration_since(now)).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

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
    }

    #[test]
    fn each_wait_is_twice_the_last() {
        for (tried, least) in [(1, 100), (2, 200), (3, 400)] {
            let wait = back_off(Duration::from_millis(100), tried).as_millis();
            assert!((least..=least * 3 / 2).contains(&wait), "{wait}");
        }
        assert!(back_off(Duration::from_secs(1), u32::MAX) < Duration::from_secs(2000));
    }
}
