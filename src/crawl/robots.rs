//! What a host's robots.txt allows, by RFC 9309, and what else it asks.

use std::time::Duration;

use jiff::Timestamp;
use texting_robots::Robot;
use url::Url;

use super::visiting::Visiting;
use super::{LONGEST_DELAY, ROBOTS_NAME};
use crate::corpus::{Cause, Unfit};

/// How much of a robots.txt is read, in bytes: RFC 9309 asks for 500 KiB.
const READ_BYTES: usize = 500 * 1024;

/// What some editors write before a text in UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// What a host allows.
pub(super) enum Rules {
    /// It has no rules that could be read as such.
    Free,
    /// It has rules.
    Robot(Box<Robot>, Visiting),
    /// Nothing may be asked of it, and why.
    Closed(Unfit),
}

impl Rules {
    /// The rules in a robots.txt that came with status 200.
    pub(super) fn read(body: &[u8]) -> Self {
        let body = first_lines(body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(body));
        // A site without the file may answer with a page: no rules.
        let is_page = body.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'<');
        if is_page {
            return Self::Free;
        }
        let text = for_products(&String::from_utf8_lossy(body));
        let robot = match Robot::new(ROBOTS_NAME, text.as_bytes()) {
            Ok(robot) => robot,
            Err(_) => return Self::closed(Cause::Robots, "its robots.txt cannot be read"),
        };
        let visiting = Visiting::read(&text, ROBOTS_NAME);
        let by_rate = visiting.pause.map(|pause| pause.as_secs_f32());
        match robot.delay.into_iter().chain(by_rate).reduce(f32::max) {
            Some(seconds) if seconds > LONGEST_DELAY.as_secs_f32() => {
                let longest = LONGEST_DELAY.as_secs();
                let reason = format!(
                    "its robots.txt asks for {seconds} s between two requests, more than the {longest} s that a \
                     crawl keeps to"
                );
                Self::closed(Cause::Robots, &reason)
            }
            _ => Self::Robot(Box::new(robot), visiting),
        }
    }

    /// The rules of a host whose robots.txt came to nothing, or to a no.
    pub(super) fn closed(cause: Cause, reason: &str) -> Self {
        Self::Closed(Unfit { cause, reason: format!("{reason}, so nothing is fetched there") })
    }

    /// The rules where the file came with another status.
    pub(super) fn for_status(status: u16) -> Self {
        match status {
            // “Too many requests” says that the host is there, not that it has
            // no rules.
            400..=428 | 430..=499 => Self::Free,
            _ => Self::closed(Cause::Fault, &format!("its robots.txt cannot be had ({status})")),
        }
    }

    /// Whether an address may be asked; says why not.
    pub(super) fn allow(&self, url: &Url) -> Result<(), Unfit> {
        match self {
            Self::Free => Ok(()),
            Self::Robot(robot, _) if robot.allowed(url.as_str()) => Ok(()),
            Self::Robot(..) => {
                Err(Unfit { cause: Cause::Robots, reason: "its robots.txt disallows it".to_owned() })
            }
            Self::Closed(unfit) => Err(unfit.clone()),
        }
    }

    /// The time between two requests that it asks for, by `Crawl-delay` or by
    /// `Request-rate`; at most [`LONGEST_DELAY`], past which the host is closed.
    pub(super) fn delay(&self) -> Option<Duration> {
        let Self::Robot(robot, visiting) = self else { return None };
        let seconds = robot.delay.filter(|seconds| seconds.is_finite() && *seconds > 0.0);
        seconds.map(Duration::from_secs_f32).max(visiting.pause)
    }

    /// Whether the host may be asked at this hour; says when it may.
    pub(super) fn is_open(&self, now: Timestamp) -> Result<(), String> {
        match self {
            Self::Robot(_, visiting) => visiting.is_open(now),
            Self::Free | Self::Closed(_) => Ok(()),
        }
    }
}

/// As much of a robots.txt as is read, in whole lines: half of `Disallow: /a`
/// would close all of a site.
fn first_lines(body: &[u8]) -> &[u8] {
    if body.len() <= READ_BYTES {
        return body;
    }
    let read = &body[..READ_BYTES];
    let is_end = |byte: &u8| matches!(byte, b'\n' | b'\r');
    read.iter().rposition(is_end).map_or(read, |end| &read[..end])
}

/// The text with each `User-agent` line in one form and for the name of a product
/// alone: crawlers are named with a version as well, `Scrutineer/0.1.0`, and
/// RFC 9309 (2.2.1) compares their names without it.
fn for_products(text: &str) -> String {
    // A line may end in either character, or in both.
    let lines = text.split_inclusive(['\n', '\r']);
    lines.map(|line| agent(line).map_or(line.to_owned(), |name| format!("User-agent: {name}\n"))).collect()
}

/// The product that a `User-agent` line is for, or `*`; `None` of any other line,
/// and of a name that no crawler can have.
fn agent(line: &str) -> Option<&str> {
    let line = line.split('#').next().unwrap_or_default().trim();
    let names_field = |spelling: &&str| {
        line.get(..spelling.len()).is_some_and(|field| field.eq_ignore_ascii_case(spelling))
    };
    // With these spellings, and without a colon, the library takes it for one.
    let spelling = ["user-agent", "user agent", "useragent"].into_iter().find(names_field)?;
    let rest = &line[spelling.len()..];
    let value = rest.trim_start().strip_prefix(':').or_else(|| rest.strip_prefix([' ', '\t']))?.trim();
    let is_of_name = |c: char| c.is_ascii_alphabetic() || matches!(c, '-' | '_');
    let name = value.split(|c| !is_of_name(c)).next().unwrap_or_default();
    match value {
        "*" => Some(value),
        _ => Some(name).filter(|name| !name.is_empty()),
    }
}

/// Where the robots.txt of an address's host is.
pub(super) fn robots_url(url: &Url) -> Url {
    let mut robots = url.clone();
    robots.set_path("/robots.txt");
    robots.set_query(None);
    robots.set_fragment(None);
    robots
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(robots: &[u8], path: &str) -> bool {
        let url = Url::parse("https://democracy.example.gov.uk").unwrap().join(path).unwrap();
        Rules::read(robots).allow(&url).is_ok()
    }

    #[test]
    fn rules_for_all_and_rules_for_us() {
        let robots = b"User-agent: *\nDisallow: /documents/\nUser-agent: Other\nDisallow: /\n";
        assert!(allows(robots, "/mgAi.aspx?ID=1"));
        assert!(!allows(robots, "/documents/g1/a.pdf?T=1"));
        assert!(!allows(b"User-agent: scrutineer\nDisallow: /\n", "/"));
        assert!(allows(b"<!DOCTYPE html><p>Disallow: /</p>", "/"));
        assert!(allows(b"", "/"));
    }

    #[test]
    fn rules_for_us_name_us_with_a_version_or_without() {
        for agent in [
            "User-agent: Scrutineer/0.1.0",
            "user-agent :\tSCRUTINEER/2 (+clerk@example.org) # us",
            "User Agent Scrutineer 0.1",
            "User-agent: Other/1\r\nUser-agent: Scrutineer/0.1.0",
            "\u{feff}User-agent: scrutineer",
            "User-agent: *\rAllow: /\rUser-agent: Scrutineer/0.1.0",
        ] {
            let text = format!("{agent}\r\nDisallow: /\r\nRequest-rate: 1/7\r\n");
            assert!(!allows(text.as_bytes(), "/"), "{agent}");
            assert_eq!(Rules::read(text.as_bytes()).delay(), Some(Duration::from_secs(7)), "{agent}");
        }
        for agent in ["Scrutineers/1", "The-Scrutineer", "360Spider", "", "Mozilla/5.0 (Scrutineer)"] {
            assert!(allows(format!("User-agent: {agent}\nDisallow: /\n").as_bytes(), "/"), "{agent}");
        }
        // Ours stands before the one for all, also where that is the stricter.
        let free = b"User-agent: *\nDisallow: /\nUser-agent: Scrutineer/1\nDisallow: /private/\n";
        assert!(allows(free, "/") && !allows(free, "/private/"));
        assert!(allows("\u{feff}<p>Disallow: /</p>".as_bytes(), "/"), "a page, no rules");
    }

    #[test]
    fn only_the_first_500_kib_count() {
        let mut robots = b"User-agent: *\nDisallow: /a\n".to_vec();
        robots.resize(600 * 1024, b'\n');
        robots.extend_from_slice(b"Disallow: /b\n");
        assert!(!allows(&robots, "/a") && allows(&robots, "/b"));
        // A rule that the limit cuts in two is not read at all.
        let mut robots = b"User-agent: *\n".to_vec();
        robots.resize(READ_BYTES - b"Disallow: /".len(), b'\n');
        robots.extend_from_slice(b"Disallow: /b\n");
        assert!(allows(&robots, "/a"));
    }

    #[test]
    fn no_file_is_freedom_and_a_fault_is_none() {
        let url = Url::parse("https://democracy.example.gov.uk/").unwrap();
        assert!(Rules::for_status(404).allow(&url).is_ok());
        assert!(Rules::for_status(503).allow(&url).is_err());
        assert!(Rules::for_status(429).allow(&url).is_err());
    }

    #[test]
    fn a_crawl_delay_is_kept_or_the_host_is_left_alone() {
        let delay = |text: &str| Rules::read(text.as_bytes()).delay();
        assert_eq!(delay("User-agent: *\nCrawl-delay: 5\n"), Some(Duration::from_secs(5)));
        assert_eq!(delay("User-agent: *\nCrawl-delay: 120\n"), Some(Duration::from_secs(120)));
        assert_eq!(delay("User-agent: *\nCrawl-delay: 600\n"), Some(LONGEST_DELAY));
        for seconds in ["601", "86400", "1e40"] {
            let rules = Rules::read(format!("User-agent: *\nCrawl-delay: {seconds}\n").as_bytes());
            let Rules::Closed(unfit) = rules else { panic!("{seconds} s are kept") };
            assert_eq!(unfit.cause, Cause::Robots);
        }
        assert_eq!(delay("User-agent: *\nCrawl-delay: 5\nRequest-rate: 1/9\n"), Some(Duration::from_secs(9)));
        assert!(matches!(Rules::read(b"User-agent: *\nRequest-rate: 1/1h"), Rules::Closed(_)));
        assert_eq!(delay("User-agent: *\n"), None);
    }
}
