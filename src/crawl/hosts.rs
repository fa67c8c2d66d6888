//! The hosts of a crawl: however many sites ask one, and whatever for, it has
//! one request in flight, and one pace.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::{Instant, sleep_until};
use url::Url;

use super::Settings;
use super::fetch::{Fetch, NoAnswer, Silence};
use super::pace::Pace;
use super::robots::Rules;
use crate::corpus::{Exchange, Validators};

/// All hosts that a crawl asks. The network is reached through them alone, so
/// that nothing asks a host but in its turn.
pub(super) struct Hosts<'a, F> {
    fetch: &'a F,
    pub settings: &'a Settings,
    hosts: RefCell<HashMap<String, Rc<Host>>>,
}

/// The rules of a host, and when they were read; `None` before it is first asked.
pub(super) type HeldRules = Option<(Rc<Rules>, Instant)>;

/// A host.
pub(super) struct Host {
    /// Held for one request, with the wait before it. Nothing else is waited for
    /// meanwhile, so that no two can wait for each other.
    turn: Mutex<()>,
    /// Borrowed for moments only.
    pace: RefCell<Pace>,
    /// Locked while they are asked for, so that whoever else asks the host knows
    /// them first; then it is turns alone that are waited for.
    pub rules: Mutex<HeldRules>,
    /// Addresses in a row that gave no answer.
    n_silent: Cell<u32>,
}

impl<'a, F: Fetch> Hosts<'a, F> {
    pub fn new(fetch: &'a F, settings: &'a Settings) -> Self {
        Self { fetch, settings, hosts: RefCell::default() }
    }

    /// The host of an address.
    pub fn of(&self, url: &Url) -> Rc<Host> {
        self.named(host_of(url))
    }

    /// The host of this name, as [`host_of`] gives it.
    pub fn named(&self, name: String) -> Rc<Host> {
        let new = || {
            Rc::new(Host {
                turn: Mutex::default(),
                pace: RefCell::new(Pace::new(self.settings.delay, self.settings.patience)),
                rules: Mutex::default(),
                n_silent: Cell::new(0),
            })
        };
        Rc::clone(self.hosts.borrow_mut().entry(name).or_insert_with(new))
    }

    /// Takes up what a host asked of an earlier crawl: to be left alone for this
    /// long from now on.
    pub fn recall(&self, name: String, rest: Duration) {
        let host = self.named(name);
        match rest > self.settings.longest_retry_after {
            true => host.close(rest),
            false => host.rest(rest),
        }
    }

    /// Makes one request, when it is its turn.
    pub async fn get(&self, url: &Url, held: Option<&Validators>) -> Result<Exchange, NoAnswer> {
        let host = self.of(url);
        let _turn = host.turn.lock().await;
        host.is_free().await;
        // It may have said so to another while this one waited.
        if let Some(asked) = host.closed() {
            return Err(NoAnswer { reason: left_alone(url, asked), kind: Silence::LeftAlone });
        }
        let asked = Instant::now();
        let answer = self.fetch.get(url, held).await;
        host.pace.borrow_mut().ended(asked);
        answer
    }
}

impl Host {
    /// Waits until the host may be asked; what it has said meanwhile counts.
    async fn is_free(&self) {
        loop {
            let free_at = self.pace.borrow().free_at();
            // A timer may be a millisecond late even where there is nothing to wait for.
            if Instant::now() >= free_at {
                return;
            }
            sleep_until(free_at).await;
        }
    }

    /// Takes the rules that have been read for its own: `held` is where they
    /// are kept.
    pub fn obey(&self, held: &mut HeldRules, rules: Rules) -> Rc<Rules> {
        if let Some(delay) = rules.delay() {
            self.pace.borrow_mut().at_least(delay);
        }
        let rules = Rc::new(rules);
        *held = Some((rules.clone(), Instant::now()));
        rules
    }

    /// Lets the host rest for this long.
    pub fn rest(&self, wait: Duration) {
        self.pace.borrow_mut().rest(wait);
    }

    /// Notes that the host asked to be left alone for longer than a crawl
    /// waits: it is not asked again by this one.
    pub fn close(&self, asked: Duration) {
        self.pace.borrow_mut().close(asked);
    }

    /// How long the host asked to be left alone, where that is too long.
    pub fn closed(&self) -> Option<Duration> {
        self.pace.borrow().closed()
    }

    /// How long one request takes with its pause, as the host answers now.
    pub fn per_request(&self) -> Duration {
        self.pace.borrow().per_request()
    }

    /// Notes whether an address gave no answer, however often it was tried.
    pub fn heard(&self, is_silent: bool) {
        self.n_silent.set(if is_silent { self.n_silent.get() + 1 } else { 0 });
    }

    /// How many addresses in a row gave no answer.
    pub fn n_silent(&self) -> u32 {
        self.n_silent.get()
    }
}

/// That a host is left alone, in plain words.
pub(super) fn left_alone(url: &Url, asked: Duration) -> String {
    format!("{} asks to be left alone for {} s", host_of(url), asked.as_secs())
}

/// Host and port: what shares a pace. HTTP and HTTPS on their usual ports are
/// one host, as it is one machine that answers.
pub(super) fn host_of(url: &Url) -> String {
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{}{port}", url.host_str().unwrap_or_default())
}

/// Whether two addresses are on one host. A step from http to https on the
/// usual ports is no other host.
pub(super) fn is_same_host(one: &Url, other: &Url) -> bool {
    host_of(one) == host_of(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_is_one_host_however_it_is_reached() {
        let host = |address: &str| host_of(&Url::parse(address).unwrap());
        assert_eq!(host("http://Council.example/a"), host("https://council.example:443/b"));
        assert_ne!(host("http://council.example:8080"), host("http://council.example"));
        assert_ne!(host("http://council.example"), host("http://www.council.example"));
    }
}
