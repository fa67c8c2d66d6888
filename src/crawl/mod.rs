//! Fetches what councils publish, politely, and stores it.
//!
//! One loop ([`run`]) fetches, waits, retries and stores; an adaptor for each
//! publishing system ([`Platform`]) only decides what to ask for next. The
//! network ([`Fetch`]) and the clock are arguments.

pub mod platform;

pub mod cmis;
pub mod moderngov;
pub mod pages;

pub mod fetch;
mod follow;
mod guard;
mod hosts;
mod pace;
mod robots;
mod visiting;

pub mod run;
pub mod taken;

mod account;

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use url::Url;

use crate::model::SiteId;

pub use account::{Account, Fate, accounts};
pub use cmis::Cmis;
pub use fetch::{Fetch, Network, NoAnswer, Recorded};
pub use guard::check_address;
pub use moderngov::ModernGov;
pub use pages::Pages;
pub use platform::{Data, Documents, Found, Ground, Learned, Page, Platform, Request, Scope};
pub use run::{NamedFailure, Plan, Progress, SiteSummary, Summary, crawl, crawl_network};

/// Seconds between two requests to one host: what robots.txt asks, or this.
/// The councils' own scrapers keep to one a second.
pub const DELAY: Duration = Duration::from_secs(1);
/// How long a host rests after an answer, in times of what it takes to answer in
/// the mean: with 1, it works for us half of the time at most.
pub const PATIENCE: f64 = 1.0;
/// The longest pause that a host is given only because it is slow.
pub const LONGEST_ADAPTED: Duration = Duration::from_secs(60);
/// The longest `Crawl-delay` that is kept; a host that asks for more is not
/// asked at all, as a crawl at that pace would not end.
pub const LONGEST_DELAY: Duration = Duration::from_secs(600);
/// How long one request may take, redirects and retries apart. Self-hosted
/// sites take up to 90 seconds for one call of their web service.
pub const DEADLINE: Duration = Duration::from_secs(120);
/// How often an address is tried before it counts as failed.
pub const TRIES: u32 = 4;
/// The wait before the second try; each further one waits twice as long.
pub const BACK_OFF: Duration = Duration::from_secs(2);
/// The longest of these waits, before chance lengthens it by up to half.
pub const LONGEST_BACK_OFF: Duration = Duration::from_secs(60);
/// The longest wait that a site may ask for with `Retry-After`; past it, the
/// host is left alone by this crawl, and by others until then.
pub const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(600);
/// How long it is remembered at most that a host asked to be left alone: an
/// absurd `Retry-After` must not close it for ever.
pub const LONGEST_REST: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// The longest body that is taken, in bytes, before and after decompression.
pub const BODY_BYTES: u64 = 64 * 1024 * 1024;
/// How many redirects are followed: as many as browsers follow at least.
pub const REDIRECTS: usize = 10;
/// How many hosts are asked at once; each has one request in flight. More than
/// there are councils, so that the whole takes as long as the slowest of them.
pub const HOSTS_AT_ONCE: usize = 450;
/// How many bodies of more than a mebibyte are taken in at once, so that many
/// hosts do not need much memory.
pub const LARGE_BODIES_AT_ONCE: usize = 8;
/// How long a robots.txt holds; RFC 9309 (2.4) asks for a day at most.
pub const ROBOTS_HOLD: Duration = Duration::from_secs(24 * 60 * 60);
/// After how many addresses in a row without any answer a host is left alone
/// until the next crawl.
pub const SILENT_ADDRESSES: u32 = 5;
/// How many requests one crawl makes of one site, tries and redirects among
/// them, those for robots.txt apart; an address that was begun is asked to its
/// end. A calendar that links on for
/// ever ends here; what waits then is taken up by the next crawl.
pub const REQUESTS_PER_SITE: u64 = 200_000;
/// Minutes of a meeting longer ago than this are taken to be final: once they
/// are stored, the meeting is not asked for again, unless they are called a
/// draft. In days.
pub const SETTLED_AFTER_DAYS: i32 = 90;
/// A meeting longer ago than that, of which everything was asked, and no final
/// minutes came or some of it is refused or not there, is asked for again when
/// this part of its age has passed: one of two years ago every 36 days. What did
/// not come for the moment only is asked for by the next crawl. The site is asked
/// sooner where one of its lists says something new of the meeting.
pub const ASKED_AGAIN_AFTER: f64 = 1.0 / 20.0;

/// How long it is remembered which ways of a site work, in days.
pub const LEARNED_DAYS: i32 = 30;

/// How to crawl.
#[derive(Debug, Clone)]
pub struct Settings {
    /// See [`DELAY`].
    pub delay: Duration,
    /// See [`PATIENCE`].
    pub patience: f64,
    /// See [`DEADLINE`].
    pub deadline: Duration,
    /// See [`TRIES`]; at least 1.
    pub tries: u32,
    /// See [`BACK_OFF`].
    pub back_off: Duration,
    /// See [`LONGEST_RETRY_AFTER`].
    pub longest_retry_after: Duration,
    /// See [`BODY_BYTES`].
    pub body_bytes: u64,
    /// See [`REDIRECTS`].
    pub redirects: usize,
    /// See [`ROBOTS_HOLD`].
    pub robots_hold: Duration,
    /// See [`HOSTS_AT_ONCE`]; at least 1.
    pub hosts_at_once: usize,
    /// See [`REQUESTS_PER_SITE`].
    pub requests_per_site: u64,
    /// How many meetings are asked for at each site; the rest waits for the
    /// next crawl. `None`: all.
    pub meetings_per_site: Option<u64>,
    /// Whether only the lists are asked for, to say what would follow.
    pub plan_only: bool,
    /// Whether meetings are asked for again that would not be, as their minutes
    /// are stored and settled.
    pub recheck: bool,
    /// An address or a page where whoever runs the crawl can be reached: it
    /// stands in the `User-Agent`. Empty: none.
    pub contact: String,
    /// Whether hosts on this machine may be asked: for tests only.
    pub allow_loopback: bool,
    /// Hosts that are reached at a socket of their own rather than where the
    /// name resolves to: those of the built-in sample.
    pub hosts: HashMap<String, SocketAddr>,
    /// The time, for the archive and for dates in headers. Delays use a clock
    /// that never jumps.
    pub now: fn() -> Timestamp,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            delay: DELAY,
            patience: PATIENCE,
            deadline: DEADLINE,
            tries: TRIES,
            back_off: BACK_OFF,
            longest_retry_after: LONGEST_RETRY_AFTER,
            body_bytes: BODY_BYTES,
            redirects: REDIRECTS,
            robots_hold: ROBOTS_HOLD,
            hosts_at_once: HOSTS_AT_ONCE,
            requests_per_site: REQUESTS_PER_SITE,
            meetings_per_site: None,
            plan_only: false,
            recheck: false,
            contact: String::new(),
            allow_loopback: false,
            hosts: HashMap::new(),
            now: Timestamp::now,
        }
    }
}

impl Settings {
    /// What the crawler calls itself: honest, and with a way to reach whoever
    /// runs it.
    pub fn user_agent(&self) -> String {
        let version = env!("CARGO_PKG_VERSION");
        let contact: String = self.contact.chars().filter(|c| (' '..='~').contains(c)).collect();
        if contact.trim().is_empty() {
            return format!("{ROBOTS_NAME}/{version}");
        }
        format!("{ROBOTS_NAME}/{version} (+{})", contact.trim())
    }

    /// The time now in UTC, RFC 3339 to the second.
    pub(crate) fn stamp(&self) -> String {
        (self.now)().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
    }
}

/// The name of the installation at this root address: its host, port and path
/// in lower case. The same however it is reached, as one installation must
/// never be two sites whose meetings count twice. Its pages in Welsh, which a
/// root asks for with `LLL=1`, are a site of their own.
pub fn site_id(root: &Url) -> SiteId {
    let host = root.host_str().unwrap_or_default();
    let port = root.port().map(|port| format!("-{port}")).unwrap_or_default();
    let language = if asks_for_welsh(root) { SiteId::WELSH } else { "" };
    SiteId::new(&format!("{host}{port}{}{language}", root.path().trim_end_matches('/')))
}

/// Whether two root addresses are those of one installation, in one language.
pub fn is_same_root(one: &str, other: &str) -> bool {
    let parts = |root: &str| {
        let url = Url::parse(root).ok()?;
        let path = url.path().trim_end_matches('/').to_lowercase();
        Some((url.host_str().map(str::to_owned), url.port(), path, asks_for_welsh(&url)))
    };
    parts(one) == parts(other)
}

/// Whether a root address asks for pages in Welsh.
pub fn asks_for_welsh(root: &Url) -> bool {
    root.query_pairs().any(|(name, value)| name.eq_ignore_ascii_case("lll") && value == "1")
}

/// The name by which a robots.txt may speak of the crawler.
pub const ROBOTS_NAME: &str = "Scrutineer";

/// Asks a crawl to stop. It ends at once: a request in flight is dropped and
/// asked again by the next crawl.
#[derive(Debug, Clone, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// Asks the crawl to stop.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether it was asked to.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// Waits until it is asked to.
    pub(crate) async fn cancelled(&self) {
        // A flag can be set from a signal handler or another thread without
        // knowing of any runtime; looking often enough is as good.
        while !self.is_cancelled() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}
