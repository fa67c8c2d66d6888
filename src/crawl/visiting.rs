//! What a robots.txt asks beside RFC 9309: `Visit-time` and `Request-rate`.
//!
//! Both come from the extended standard that Sean Conner proposed in 1996. They
//! were never adopted, but hosts that write them mean them, and keeping them
//! costs little. `Crawl-delay` is read by the library.

use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Time;

/// What a host asks of our visits.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Visiting {
    /// When it may be asked, in UTC: the first and the last minute of each span,
    /// which may lie over midnight. Empty: always.
    hours: Vec<(Time, Time)>,
    /// The time between two requests; of several rates the slowest.
    pub pause: Option<Duration>,
}

impl Visiting {
    /// Reads a robots.txt, in which crawlers are named without a version, for the
    /// one of this name: the groups that name it, or else those for all.
    pub fn read(text: &str, name: &str) -> Self {
        let mut named = None;
        let mut general = Self::default();
        // Whether the group that is being read is for us by name, and for all.
        let (mut is_named, mut is_general, mut is_head) = (false, false, false);
        // RFC 9309 lets a line end in either, or in both.
        for line in text.split(['\n', '\r']) {
            let line = line.split('#').next().unwrap_or_default();
            let Some((field, value)) = line.split_once(':') else { continue };
            let (field, value) = (field.trim().to_ascii_lowercase(), value.trim());
            if field == "user-agent" {
                if !is_head {
                    (is_named, is_general) = (false, false);
                }
                is_head = true;
                is_general |= value == "*";
                if value.eq_ignore_ascii_case(name) {
                    is_named = true;
                    named.get_or_insert_with(Self::default);
                }
                continue;
            }
            is_head = false;
            if is_named {
                named.get_or_insert_with(Self::default).take(&field, value);
            }
            if is_general {
                general.take(&field, value);
            }
        }
        named.unwrap_or(general)
    }

    fn take(&mut self, field: &str, value: &str) {
        match field {
            "visit-time" => self.hours.extend(span(value)),
            "request-rate" => self.pause = self.pause.max(rate(value)),
            _ => {}
        }
    }

    /// Whether the host may be asked at this time; says when it may.
    pub fn is_open(&self, now: Timestamp) -> Result<(), String> {
        let now = now.to_zoned(jiff::tz::TimeZone::UTC).time();
        let holds = |(from, to): &(Time, Time)| match from <= to {
            true => (*from..=*to).contains(&now),
            false => now >= *from || now <= *to,
        };
        if self.hours.is_empty() || self.hours.iter().any(holds) {
            return Ok(());
        }
        let at = |time: &Time| time.strftime("%H:%M").to_string();
        let spans: Vec<String> =
            self.hours.iter().map(|(from, to)| format!("{} to {}", at(from), at(to))).collect();
        Err(format!("its robots.txt asks to be visited from {} UTC only", spans.join(" or ")))
    }
}

/// `0600-0845`, in UTC; the last minute belongs to it. What cannot be read asks
/// nothing.
fn span(value: &str) -> Option<(Time, Time)> {
    let (from, to) = value.split_whitespace().next()?.split_once('-')?;
    let time = |text: &str, second| {
        let digits: String = text.chars().filter(|c| *c != ':').collect();
        let is_time = digits.len() == 4 && digits.bytes().all(|byte| byte.is_ascii_digit());
        let part = |range: std::ops::Range<usize>| digits.get(range)?.parse().ok();
        if !is_time {
            return None;
        }
        Time::new(part(0..2)?, part(2..4)?, second, 0).ok()
    };
    Some((time(from, 0)?, time(to, 59)?))
}

/// `1/10s`, `30/5m`, `100/1h`: documents by time, seconds where no unit stands.
/// The hours that may follow are passed over: the rate is kept all day.
fn rate(value: &str) -> Option<Duration> {
    let (documents, time) = value.split_whitespace().next()?.split_once('/')?;
    let documents: f64 = documents.trim().parse().ok().filter(|n| *n > 0.0)?;
    let (number, unit) = match time.trim().char_indices().find(|(_, c)| c.is_ascii_alphabetic()) {
        Some((at, unit)) => (&time.trim()[..at], unit.to_ascii_lowercase()),
        None => (time.trim(), 's'),
    };
    let seconds = match unit {
        's' => 1.0,
        'm' => 60.0,
        'h' => 3600.0,
        _ => return None,
    };
    let number: f64 = if number.is_empty() { 1.0 } else { number.parse().ok()? };
    Duration::try_from_secs_f64(number * seconds / documents).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Visiting {
        Visiting::read(text, "Scrutineer")
    }

    #[test]
    fn a_rate_is_a_pause() {
        let pause = |rate: &str| read(&format!("User-agent: *\nRequest-rate: {rate}\n")).pause;
        assert_eq!(pause("1/5"), Some(Duration::from_secs(5)));
        assert_eq!(pause("1/10s"), Some(Duration::from_secs(10)));
        assert_eq!(pause("30/5m 1400-1659"), Some(Duration::from_secs(10)));
        assert_eq!(pause("100/1h"), Some(Duration::from_secs(36)));
        for nonsense in ["", "0/5", "1/x", "often", "1/-5", "-1/5"] {
            assert_eq!(pause(nonsense), None, "{nonsense}");
        }
        assert_eq!(read("User-agent: *\rRequest-rate: 1/7\r\r").pause.unwrap().as_secs(), 7);
        assert_eq!(read("User-agent: *\nRequest-rate: 1/5\nRequest-rate: 1/9\n").pause.unwrap().as_secs(), 9);
    }

    #[test]
    fn visits_have_their_hours() {
        let is_open = |spans: &str, at: &str| {
            let lines: String = spans.split(',').map(|span| format!("Visit-time: {span}\n")).collect();
            let now = format!("2026-11-22T{at}Z").parse().unwrap();
            read(&format!("User-agent: *\n{lines}")).is_open(now).is_ok()
        };
        assert!(is_open("0600-0845", "06:00:00") && is_open("0600-0845", "08:45:59"));
        assert!(!is_open("0600-0845", "05:59:59") && !is_open("0600-0845", "08:46:00"));
        assert!(is_open("22:00-05:00", "23:00:00") && is_open("2200-0500", "04:59:00"));
        assert!(!is_open("2200-0500", "12:00:00"));
        assert!(is_open("0100-0200,1200-1300", "12:30:00"));
        assert!(is_open("9999-0000", "12:30:00"), "nonsense asks nothing");
    }

    #[test]
    fn the_group_that_names_us_counts_before_the_one_for_all() {
        let text = "User-agent: *\nRequest-rate: 1/60\n\nUser-agent: other\nUser-agent: SCRUTINEER\n\
                    Disallow: /x\nRequest-rate: 1/2 # for friends\n";
        assert_eq!(read(text).pause, Some(Duration::from_secs(2)));
        assert_eq!(read("User-agent: other\nRequest-rate: 1/60\n"), Visiting::default());
        assert_eq!(read("User-agent: *\nUser-agent: a\nRequest-rate: 1/7").pause.unwrap().as_secs(), 7);
    }
}
