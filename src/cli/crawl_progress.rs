//! How far a crawl has come, on stderr.
//!
//! On a terminal, a line for each of the hosts that have most left to do, with
//! its rate and the time left, and one for all. Elsewhere, a line a minute, so
//! that a log tells as much.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{IsTerminal, stderr};
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use super::Context;
use super::search::plural;
use crate::crawl::Progress;
use crate::model::SiteId;

/// How many hosts have a line of their own.
const LINES: usize = 8;

/// How often the lines are drawn anew.
const REDRAW: Duration = Duration::from_millis(200);

/// How often a line is printed where there is no terminal.
const LOG_EVERY: Duration = Duration::from_secs(60);

/// What is shown of a crawl that is going on.
pub struct CrawlProgress<'a> {
    context: &'a Context,
    lines: Option<Lines>,
    state: RefCell<State>,
}

struct Lines {
    all: MultiProgress,
    hosts: Vec<ProgressBar>,
    total: ProgressBar,
}

struct State {
    sites: BTreeMap<SiteId, Progress>,
    n_sites: usize,
    began: Instant,
    /// How many requests had been taken up when each site was first heard of.
    done_before: BTreeMap<SiteId, u64>,
    drawn: Option<Instant>,
}

impl<'a> CrawlProgress<'a> {
    /// Begins to show a crawl of so many sites.
    pub fn new(context: &'a Context, n_sites: usize) -> Self {
        let is_drawn = !context.quiet && stderr().is_terminal();
        let state = State {
            sites: BTreeMap::new(),
            n_sites,
            began: Instant::now(),
            done_before: BTreeMap::new(),
            drawn: None,
        };
        Self { context, lines: is_drawn.then(|| Lines::new(n_sites)), state: RefCell::new(state) }
    }

    /// Takes note of how far a site has come.
    pub fn note(&self, progress: &Progress) {
        let mut state = self.state.borrow_mut();
        state.done_before.entry(progress.site.clone()).or_insert(progress.done);
        state.sites.insert(progress.site.clone(), progress.clone());
        let every = if self.lines.is_some() { REDRAW } else { LOG_EVERY };
        if state.drawn.unwrap_or(state.began).elapsed() < every {
            return;
        }
        state.drawn = Some(Instant::now());
        match &self.lines {
            Some(lines) => lines.draw(&state),
            None => self.context.say(state.total()),
        }
    }

    /// Takes the lines away.
    pub fn finish(&self) {
        if let Some(lines) = &self.lines {
            // Lines that cannot be taken away stay: that is all.
            let _ = lines.all.clear();
        }
    }
}

impl Lines {
    fn new(n_sites: usize) -> Self {
        let all = MultiProgress::new();
        let style = ProgressStyle::with_template("{msg}").expect("the template is right");
        let line = || all.add(ProgressBar::new(0).with_style(style.clone()));
        let hosts = (0..n_sites.min(LINES)).map(|_| line()).collect();
        let total = line();
        Self { all, hosts, total }
    }

    fn draw(&self, state: &State) {
        let mut longest: Vec<&Progress> = state.active().collect();
        longest.sort_by_key(|progress| std::cmp::Reverse(time_left(progress)));
        for (at, bar) in self.hosts.iter().enumerate() {
            bar.set_message(longest.get(at).map(|progress| host_line(progress)).unwrap_or_default());
        }
        self.total.set_message(state.total());
    }
}

impl State {
    fn active(&self) -> impl Iterator<Item = &Progress> {
        self.sites.values().filter(|progress| progress.url.is_some())
    }

    /// All sites on one line.
    fn total(&self) -> String {
        let done: u64 = self.sites.values().map(|progress| progress.done).sum();
        let before: u64 = self.done_before.values().sum();
        let waiting: u64 = self.sites.values().map(|progress| progress.waiting).sum();
        let rate = (done - before) as f64 / self.began.elapsed().as_secs_f64().max(0.001);
        let left = self.active().map(time_left).max().unwrap_or_default();
        let n_over = self.sites.len() - self.active().count();
        format!(
            "{n_over} of {} done; {done} requests, {waiting} wait, {rate:.1}/s; about {} left",
            plural(self.n_sites as u64, "site", "sites"),
            duration(left),
        )
    }
}

fn host_line(progress: &Progress) -> String {
    let per_second = 1.0 / progress.per_request.as_secs_f64().max(0.001);
    let (done, waiting) = (progress.done, progress.waiting);
    format!(
        "{}: {done} of {}, {per_second:.1}/s, about {} left",
        progress.site,
        done + waiting,
        duration(time_left(progress)),
    )
}

/// How long what waits takes, as far as it is known.
fn time_left(progress: &Progress) -> Duration {
    progress.per_request.saturating_mul(progress.waiting.try_into().unwrap_or(u32::MAX))
}

/// A time in the two largest of its units: `2 h 5 min`, `40 s`.
pub fn duration(time: Duration) -> String {
    let seconds = time.as_secs_f64().round() as u64;
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, minutes) => format!("{minutes} min {} s", seconds % 60),
        (0, hours, minutes) => format!("{hours} h {minutes} min"),
        (days, hours, _) => format!("{days} d {hours} h"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_told_in_two_units() {
        let check = |seconds: f64, told: &str| assert_eq!(duration(Duration::from_secs_f64(seconds)), told);
        check(0.2, "0 s");
        check(59.6, "1 min 0 s");
        check(3_725.0, "1 h 2 min");
        check(200_000.0, "2 d 7 h");
    }

    #[test]
    fn the_slowest_host_says_how_long_is_left() {
        let progress = |site: &str, waiting, url: Option<&str>| Progress {
            site: SiteId::new(site),
            done: 5,
            waiting,
            per_request: Duration::from_secs(2),
            url: url.map(str::to_owned),
        };
        let sites = [progress("a", 60, Some("http://a.example/")), progress("b", 0, None)];
        let state = State {
            sites: sites.into_iter().map(|progress| (progress.site.clone(), progress)).collect(),
            n_sites: 3,
            began: Instant::now(),
            done_before: BTreeMap::new(),
            drawn: None,
        };
        let total = state.total();
        assert!(total.starts_with("1 of 3 sites done; 10 requests, 60 wait, "), "{total}");
        assert!(total.ends_with("about 2 min 0 s left"), "{total}");
        let line = host_line(&state.sites[&SiteId::new("a")]);
        assert_eq!(line, "a: 5 of 65, 0.5/s, about 2 min 0 s left");
    }
}
