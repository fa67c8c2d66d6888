//! The loop: asks, stores, lets the adaptor read, and goes on until nothing
//! waits. Hosts side by side, one request at a time for each.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashSet};
use std::rc::Rc;
use std::time::Duration;

use futures_util::StreamExt;
use jiff::civil::Date;
use tokio::sync::MutexGuard;
use url::Url;

use super::fetch::{Fetch, Network};
use super::follow::{Arrival, Asker, Came, Miss, Traffic, ask};
use super::guard::check_address;
use super::hosts::{HeldRules, Host, Hosts, host_of, is_same_host, left_alone};
use super::platform::{Data, Documents, Found, Ground, Learned, Page, Platform, Request, Scope, challenged};
use super::robots::{Rules, robots_url};
use super::{
    ASKED_AGAIN_AFTER, Cancel, Cmis, LONGEST_REST, ModernGov, Pages, SETTLED_AFTER_DAYS, SILENT_ADDRESSES,
    Settings,
};
use crate::corpus::frontier::FRONTIER_DAYS;
use crate::corpus::{
    Absence, Asked, Capture, Cause, Conclusion, Corpus, Due, Held, Outcome, PendingRequest, RequestState,
    Step, Stored, Unasked, Unfit,
};
use crate::model::{
    Document, DocumentRole, Error, Meeting, MeetingId, MeetingStatus, Platform as System, Result, Site,
    SiteId,
};
use crate::parse::challenge;

/// What came of a crawl of one site.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SiteSummary {
    /// The slug of the council.
    pub council: String,
    /// The name of the site.
    pub site: String,
    /// Meetings that the site lists in the scope; where lists that were read
    /// before are passed over, with those that they named.
    pub meetings_found: u64,
    /// Whether any list of the site has come, in this crawl or an earlier one.
    /// Where none has, that no meeting is found says nothing.
    pub has_lists: bool,
    /// Documents that were new.
    pub fetched: u64,
    /// Documents that were as before.
    pub unchanged: u64,
    /// Addresses that the site, its robots.txt or our own rules refused.
    pub refused: u64,
    /// Addresses that could not be had.
    pub failed: u64,
    /// Meetings that this crawl listed and did not ask for, in this run or in
    /// those that it went on with.
    pub unasked: Unasked,
    /// Addresses that did not serve, in whose place another one was asked.
    pub replaced: u64,
    /// Bytes of all bodies that came, as they went over the wire.
    pub bytes: u64,
    /// What was refused or failed, by name.
    pub losses: Vec<NamedFailure>,
    /// Whether it went on where an earlier run had ended: one that was stopped, or
    /// only made a plan.
    pub resumed: bool,
    /// Whether nothing waits any more.
    pub finished: bool,
    /// How many meetings wait because as many were asked for as
    /// [`Settings::meetings_per_site`] says; `None` where that was not reached.
    pub beyond_limit: Option<u64>,
    /// Why the site was left alone while requests waited, in plain words;
    /// `None` where it was not, or was only told to stop.
    pub left: Option<String>,
    /// How many documents on other hosts were not asked for, as those were left
    /// alone; by why, in plain words.
    pub hosts_left: BTreeMap<String, u64>,
    /// What the adaptor has to say of it, such as bounds that kept links from
    /// being followed.
    pub remarks: Vec<String>,
    /// Why no meeting was found, where that is not for the site to answer for:
    /// no rule means any of its links.
    pub why_none: Option<String>,
    /// What would follow; with [`Settings::plan_only`] alone.
    pub plan: Option<Plan>,
}

/// What a crawl of one site would ask for beside the lists.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Plan {
    /// Meetings that would be asked for.
    pub meetings: u64,
    /// Requests for them: as many for each as the site's meetings have needed so
    /// far, where such documents of any have been asked for.
    pub requests: u64,
    /// Whether `requests` and `time` are only the least that they can be: nothing
    /// says yet how many requests a meeting takes, and one is counted for each.
    pub is_least: bool,
    /// How long they would take, at the pace of the lists.
    pub time: Duration,
}

impl SiteSummary {
    /// Of a site of which nothing has come yet.
    fn of(site: &Site) -> Self {
        Self { council: site.council.clone(), site: site.id.to_string(), ..Self::default() }
    }

    /// Whether everything that was asked for came, also of the meetings that were
    /// put off because they were asked for not long ago: what waits beyond the
    /// limit was not asked for.
    pub fn is_whole(&self) -> bool {
        (self.finished || self.beyond_limit.is_some() || self.plan.is_some())
            && self.losses.is_empty()
            && self.hosts_left.is_empty()
            && self.unasked.refused + self.unasked.failed == 0
    }

    fn lose(&mut self, url: &str, unfit: &Unfit) {
        self.losses.push(NamedFailure {
            url: url.to_owned(),
            cause: unfit.cause,
            reason: unfit.reason.clone(),
        });
        match unfit.outcome() {
            Outcome::Refused => self.refused += 1,
            _ => self.failed += 1,
        }
    }

    fn leave_alone(&mut self, asked: Duration) {
        self.left = Some(format!("it asks to be left alone for {} s", asked.as_secs()));
    }
}

/// An address that was refused or failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedFailure {
    /// The address.
    pub url: String,
    /// What kind of reason it is.
    pub cause: Cause,
    /// Why, in plain words.
    pub reason: String,
}

/// What came of a crawl: a summary a site, in the order in which they were given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// The sites.
    pub sites: Vec<SiteSummary>,
    /// Whether it was asked to stop.
    pub cancelled: bool,
}

impl Summary {
    /// Whether everything that was asked for came.
    pub fn is_whole(&self) -> bool {
        !self.cancelled && self.sites.iter().all(SiteSummary::is_whole)
    }
}

/// How far a site has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// The name of the site.
    pub site: SiteId,
    /// Requests that have been taken up.
    pub done: u64,
    /// Requests that wait, as far as is known.
    pub waiting: u64,
    /// How long one request takes with its pause, as the host answers now.
    pub per_request: Duration,
    /// What is asked for; `None` when the site is done with.
    pub url: Option<String>,
}

/// Crawls sites over the network, and returns when nothing waits any more or
/// it is told to stop.
///
/// Fails when the corpus cannot be written, a site's root is no address that may
/// be asked, or several hosts were asked and none gave any answer; what else a
/// site does is in the summary. Starts a runtime of
/// its own, so it is not for code that runs in one: that calls [`crawl`].
pub fn crawl_network(
    corpus: &mut Corpus,
    sites: &[Site],
    scope: &Scope,
    settings: &Settings,
    on_progress: &dyn Fn(&Progress),
    cancel: &Cancel,
) -> Result<Summary> {
    let network = Network::new(settings)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Error::io("start", "the network's runtime"))?;
    let summary = runtime.block_on(crawl(corpus, sites, scope, settings, &network, on_progress, cancel));
    // A name that is still being looked up would keep a stopped crawl waiting.
    runtime.shutdown_background();
    summary
}

/// The same, over any [`Fetch`].
pub async fn crawl(
    corpus: &mut Corpus,
    sites: &[Site],
    scope: &Scope,
    settings: &Settings,
    fetch: &impl Fetch,
    on_progress: &dyn Fn(&Progress),
    cancel: &Cancel,
) -> Result<Summary> {
    // Sites on one host share its pace, so they take turns.
    let mut hosts: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, site) in sites.iter().enumerate() {
        let url = check_address(&site.root, settings.allow_loopback).map_err(Error::Input)?;
        hosts.entry(host_of(&url)).or_default().push(at);
    }
    let crawl = Crawl {
        corpus: RefCell::new(corpus),
        scope,
        settings,
        hosts: Hosts::new(fetch, settings),
        on_progress,
        cancel,
        is_answered: Cell::default(),
        held_back: RefCell::default(),
    };
    let rests = crawl.corpus.borrow_mut().catalogue().rests((settings.now)())?;
    rests.into_iter().for_each(|(host, rest)| crawl.hosts.recall(host, rest));
    let is_open = |host: &&String| crawl.hosts.named((*host).clone()).closed().is_none();
    let n_hosts = hosts.keys().filter(is_open).count();
    crawl.is_answered.set(n_hosts < 2);
    let hosts = hosts.into_values().map(|host| crawl.host(sites, host));
    let mut done: Vec<(usize, SiteSummary)> = Vec::new();
    let mut results = futures_util::stream::iter(hosts).buffer_unordered(settings.hosts_at_once.max(1));
    while let Some(host) = results.next().await {
        done.extend(host?);
    }
    drop(results);
    let held_back = crawl.held_back.take();
    if let Some((_, miss)) = held_back.first()
        && !crawl.is_answered.get()
        && !cancel.is_cancelled()
    {
        crawl.corpus.borrow_mut().close()?;
        return Err(Error::NoNetwork { n_hosts, reason: miss.unfit.reason.clone() });
    }
    // Where others answered, these are silent themselves.
    for (at, miss) in held_back.into_iter().filter(|_| crawl.is_answered.get()) {
        let root = check_address(&sites[at].root, settings.allow_loopback).map_err(Error::Input)?;
        let host = crawl.hosts.of(&root);
        done.push((
            at,
            crawl
                .site_by(&sites[at], SiteSummary::of(&sites[at]), Err(miss), host.rules.lock().await)
                .await?,
        ));
    }
    crawl.corpus.borrow_mut().close()?;
    done.sort_by_key(|(at, _)| *at);
    let sites = done.into_iter().map(|(_, summary)| summary).collect();
    Ok(Summary { sites, cancelled: cancel.is_cancelled() })
}

/// What all sites of a crawl share.
struct Crawl<'a, F> {
    /// Borrowed for moments only, never while waiting.
    corpus: RefCell<&'a mut Corpus>,
    scope: &'a Scope,
    settings: &'a Settings,
    hosts: Hosts<'a, F>,
    on_progress: &'a dyn Fn(&Progress),
    cancel: &'a Cancel,
    /// Whether any host has answered. Until one does, that they are silent may be
    /// this machine's fault and not theirs; one alone is taken at its word.
    is_answered: Cell<bool>,
    /// Sites that were silent before any host had answered, of which that is not
    /// recorded yet.
    held_back: RefCell<Vec<(usize, Miss)>>,
}

impl<F: Fetch> Crawl<'_, F> {
    /// Crawls the sites of one host, one after the other.
    async fn host(&self, sites: &[Site], host: Vec<usize>) -> Result<Vec<(usize, SiteSummary)>> {
        let mut done = Vec::new();
        for at in host {
            if let Some(summary) = self.site(&sites[at], at).await? {
                done.push((at, summary));
            }
        }
        Ok(done)
    }

    /// Crawls a site; `None` where what came of it is held back.
    async fn site(&self, site: &Site, at: usize) -> Result<Option<SiteSummary>> {
        let mut summary = SiteSummary::of(site);
        if site.platform == System::Files {
            // Files are added by hand; there is nothing to ask.
            summary.finished = true;
            return Ok(Some(summary));
        }
        let root = check_address(&site.root, self.settings.allow_loopback).map_err(Error::Input)?;
        let host = self.hosts.of(&root);
        if let Some(asked) = host.closed() {
            self.tell_known(site, &mut summary)?;
            summary.leave_alone(asked);
            return Ok(Some(summary));
        }
        // First, as nothing is asked for that cannot be kept.
        self.corpus.borrow_mut().upsert_site(site, &self.settings.stamp())?;
        let robots = robots_url(&root);
        let traffic = Traffic::default();
        let asking = async { (host.rules.lock().await, self.ask_robots(site, &robots, &traffic).await) };
        let (held, asked) = tokio::select! {
            biased;
            () = self.cancel.cancelled() => {
                self.tell_known(site, &mut summary)?;
                return Ok(Some(summary));
            }
            asked = asking => asked,
        };
        summary.bytes += traffic.bytes.get();
        match asked? {
            Err(miss) if miss.is_unasked => {
                self.tell_known(site, &mut summary)?;
                summary.left = Some(miss.unfit.reason);
                Ok(Some(summary))
            }
            Err(miss) if miss.is_silent && traffic.n_came.get() == 0 && !self.is_answered.get() => {
                self.held_back.borrow_mut().push((at, miss));
                Ok(None)
            }
            asked => {
                self.is_answered.set(true);
                self.site_by(site, summary, asked, held).await.map(Some)
            }
        }
    }

    /// Crawls a site by its robots.txt, or by what came of asking for it; `held`
    /// is where the rules of its host are kept.
    async fn site_by(
        &self,
        site: &Site,
        mut summary: SiteSummary,
        robots: Result<Arrival, Miss>,
        mut held: MutexGuard<'_, HeldRules>,
    ) -> Result<SiteSummary> {
        let platform: Box<dyn Platform> = match site.platform {
            System::ModernGov => Box::new(ModernGov),
            System::Cmis => Box::new(Cmis),
            System::Pages => match &site.rules {
                Some(rules) => Box::new(Pages::new(rules.clone())),
                None => return Err(Error::Input(format!("the site {} has no rules for its pages", site.id))),
            },
            System::Files => return Err(Error::Input(format!("the site {} cannot be asked", site.id))),
        };
        let root = check_address(&site.root, self.settings.allow_loopback).map_err(Error::Input)?;
        let rules = self.rules_in(site, &robots_url(&root), robots)?;
        let host = self.hosts.of(&root);
        let rules = host.obey(&mut held, rules);
        drop(held);
        let since = |key: &str| platform.keeps(key).map(|days| self.days_ago(days));
        let learned = self.corpus.borrow_mut().catalogue().learned(&site.id, since, self.latest_day())?;
        let ground = Ground { site, scope: self.scope, learned: &learned };
        let start = platform.start(&ground);
        if let Rules::Closed(unfit) = &*rules {
            self.turned_away(&*platform, &ground, &start, unfit, &mut summary)?;
            self.tell_known(site, &mut summary)?;
            if let Some(asked) = host.closed() {
                summary.leave_alone(asked);
            }
            return Ok(summary);
        }
        summary.resumed = self.begin(site)?;
        self.take_up(&*platform, &ground)?;
        let mut lost_before = Vec::new();
        if summary.resumed {
            lost_before = self.corpus.borrow_mut().catalogue().lost_requests(&site.id)?;
        } else {
            let start = self.pending(&*platform, start)?;
            self.corpus.borrow_mut().catalogue().push_requests(&site.id, &start)?;
            let again = self.pending(&*platform, self.asked_again(&*platform, &ground)?)?;
            self.corpus.borrow_mut().catalogue().push_requests(&site.id, &again)?;
        }
        let (done, waiting) = self.corpus.borrow_mut().catalogue().frontier_size(&site.id)?;
        let mut visit = Visit {
            crawl: self,
            site,
            root,
            host,
            platform,
            learned: RefCell::new(learned),
            done,
            waiting,
            traffic: Traffic::default(),
            rules,
        };
        visit.run(lost_before, &mut summary).await?;
        visit.report(None);
        summary.has_lists = self.corpus.borrow_mut().catalogue().has_lists(&site.id)?;
        if summary.plan.is_none() {
            summary.unasked = self.corpus.borrow_mut().catalogue().unasked(&site.id)?;
        }
        if summary.meetings_found == 0 {
            summary.why_none = visit.platform.why_none();
        }
        summary.bytes += visit.traffic.bytes.get();
        summary.remarks = visit.with_ground(|ground| visit.platform.remarks(ground));
        Ok(summary)
    }

    /// What is known of a site of which nothing more is asked.
    fn tell_known(&self, site: &Site, summary: &mut SiteSummary) -> Result<()> {
        summary.meetings_found = self.meetings_in_scope(site)?.len() as u64;
        let mut corpus = self.corpus.borrow_mut();
        summary.has_lists = corpus.catalogue().has_lists(&site.id)?;
        if !self.settings.plan_only {
            summary.unasked = corpus.catalogue().unasked(&site.id)?;
        }
        Ok(())
    }

    /// Begins a crawl of the site, or says that one of the same scope waits that
    /// began not long ago.
    fn begin(&self, site: &Site) -> Result<bool> {
        let scope = match &site.rules {
            // What waits was found by the rules of then.
            Some(rules) => format!("{} {rules:?}", self.scope.key()),
            None => self.scope.key(),
        };
        let (today, recheck) = (self.scope.today, self.settings.recheck);
        self.corpus.borrow_mut().catalogue().begin_crawl(&site.id, &scope, today, recheck)
    }

    /// Tells the adaptor of the lists that are in the frontier as it begins.
    fn take_up(&self, platform: &dyn Platform, ground: &Ground) -> Result<()> {
        let site = ground.site;
        let known = self.corpus.borrow_mut().catalogue().frontier(&site.id)?;
        let lists = known.into_iter().filter(|(_, pending)| pending.meeting.is_none());
        // What another version of the program left is found anew.
        let read = |(state, pending): (Option<RequestState>, PendingRequest)| {
            Some((state, serde_json::from_str::<Request>(&pending.request).ok()?))
        };
        let lists: Vec<(Option<RequestState>, Request)> =
            lists.filter_map(read).filter(|(_, request)| request.role == DocumentRole::Register).collect();
        platform.take_up(ground, &lists, &|request| {
            let held = self.corpus.borrow().latest_version(&asked(site, request));
            Some(page_of(&held.ok().flatten()?))
        });
        Ok(())
    }

    /// Accounts for where the crawl would have begun, had the rules let it. What
    /// waits is left to wait: the rules may be others tomorrow.
    fn turned_away(
        &self,
        platform: &dyn Platform,
        ground: &Ground,
        start: &[Request],
        unfit: &Unfit,
        summary: &mut SiteSummary,
    ) -> Result<()> {
        let site = ground.site;
        let pending = self.pending(platform, start.to_vec())?;
        let is_waiting = self.begin(site)?;
        if !is_waiting {
            self.corpus.borrow_mut().catalogue().push_requests(&site.id, &pending)?;
        }
        for (request, pending) in start.iter().zip(&pending) {
            let miss = Miss::told(unfit.clone());
            self.note(site, request, &miss)?;
            summary.lose(&request.url, unfit);
            if !is_waiting {
                let (state, nothing, at) = (lost_state(unfit), Found::default(), self.settings.stamp());
                let conclusion = self.conclusion(&pending.key, None, state, &nothing, &[], &at);
                self.corpus.borrow_mut().conclude(&site.id, &conclusion)?;
            }
        }
        Ok(())
    }

    /// What a request has come to, as the catalogue takes it.
    fn conclusion<'a>(
        &self,
        key: &'a str,
        meeting: Option<&'a MeetingId>,
        state: RequestState,
        found: &'a Found,
        requests: &'a [PendingRequest],
        at: &'a str,
    ) -> Conclusion<'a> {
        Conclusion {
            key,
            meeting,
            state,
            meetings: &found.meetings,
            requests,
            has_minutes: found.has_minutes,
            asks_all_documents: self.scope.documents == Documents::All,
            links: &found.links,
            learned: &found.learned,
            day: self.scope.today,
            at,
        }
    }

    /// The numbers of the meetings of the scope that the register has of this site.
    fn meetings_in_scope(&self, site: &Site) -> Result<HashSet<String>> {
        let known = self.corpus.borrow_mut().catalogue().meetings_of(&site.id)?;
        let is_in_scope =
            |meeting: &Meeting| self.scope.wants_date(meeting.date) && self.scope.wants_body(&meeting.body);
        let in_scope = known.into_iter().map(|(meeting, _)| meeting).filter(is_in_scope);
        Ok(in_scope.map(|meeting| meeting.id.number).collect())
    }

    /// Requests for the meetings of the register that were held, as a later list
    /// may be shorter than the one that told of them. Also for those that are not
    /// due: the crawl accounts for them as for all others.
    fn asked_again(&self, platform: &dyn Platform, ground: &Ground) -> Result<Vec<Request>> {
        if self.scope.documents == Documents::None {
            return Ok(Vec::new());
        }
        let known = self.corpus.borrow_mut().catalogue().meetings_of(&ground.site.id)?;
        let mut requests = Vec::new();
        for (meeting, _) in known {
            let is_in_scope = self.scope.wants_date(meeting.date) && self.scope.wants_body(&meeting.body);
            let was_held = meeting.status != MeetingStatus::Cancelled
                && meeting.date.is_none_or(|date| date.last_day() < self.scope.today);
            // Also one that was never asked for: the crawl that listed it may have
            // been stopped, or have asked for the register only, and a later list
            // may not go back so far.
            if is_in_scope && was_held {
                requests.extend(platform.meeting(ground, &meeting));
            }
        }
        Ok(requests)
    }

    /// Whether a meeting is to be asked for (again).
    fn is_due(&self, due: &Due) -> bool {
        if self.settings.recheck {
            return true;
        }
        let is_complete = match self.scope.documents {
            Documents::All => due.has_all_documents,
            Documents::Minutes | Documents::None => due.is_complete,
        };
        let last_asked = due.last_asked.filter(|day| *day <= self.latest_day());
        let (true, Some(last_asked)) = (is_complete, last_asked) else { return true };
        let age_of = |day: Date| f64::from((self.scope.today - day).get_days());
        match due.date.map(|date| age_of(date.last_day())) {
            Some(age) if age <= f64::from(SETTLED_AFTER_DAYS) => true,
            Some(_) if due.is_settled() => false,
            Some(age) => age_of(last_asked) >= age * ASKED_AGAIN_AFTER,
            None => age_of(last_asked) >= f64::from(SETTLED_AFTER_DAYS),
        }
    }

    /// The last day that is not to come: by the scope, or by the clock, which
    /// tells the time of the archive in UTC.
    fn latest_day(&self) -> Date {
        self.scope.today.max((self.settings.now)().to_zoned(jiff::tz::TimeZone::UTC).date())
    }

    fn days_ago(&self, days: i32) -> Date {
        self.scope.today.saturating_sub(jiff::Span::new().days(i64::from(days)))
    }

    /// The rules of the host of an address; asked for unless they were read not
    /// long ago. Of what that takes, only the bytes are counted in `traffic`.
    async fn rules_of(&self, site: &Site, url: &Url, traffic: &Traffic) -> Result<Rc<Rules>> {
        let host = self.hosts.of(url);
        let held = &mut *host.rules.lock().await;
        if let Some((rules, read)) = held
            && read.elapsed() < self.settings.robots_hold
        {
            return Ok(rules.clone());
        }
        let url = robots_url(url);
        let asking = Traffic::default();
        let result = self.ask_robots(site, &url, &asking).await?;
        traffic.bytes.set(traffic.bytes.get() + asking.bytes.get());
        Ok(host.obey(held, self.rules_in(site, &url, result)?))
    }

    /// The rules in what came of asking for a robots.txt, which is kept.
    fn rules_in(&self, site: &Site, url: &Url, result: Result<Arrival, Miss>) -> Result<Rules> {
        let request = robots_request(url);
        match result {
            Ok(arrival) => {
                let status = arrival.exchange.status;
                // What was found unfit is entered as such; the rules say below
                // what it means.
                let _entered =
                    self.store(site, &request, &arrival, |_| judge_robots(status).map(|()| false))?;
                Ok(match status {
                    200..=299 => Rules::read(&arrival.page.body),
                    status => Rules::for_status(status),
                })
            }
            Err(miss) => {
                self.note(site, &request, &miss)?;
                let reason = format!("its robots.txt cannot be had ({})", miss.unfit.reason);
                Ok(Rules::closed(miss.unfit.cause, &reason))
            }
        }
    }

    /// Asks for a robots.txt. It may lie elsewhere (RFC 9309, 2.3.1.2), where
    /// only the guard against private addresses holds for it.
    async fn ask_robots(&self, site: &Site, url: &Url, traffic: &Traffic) -> Result<Result<Arrival, Miss>> {
        let asked = asked(site, &robots_request(url));
        let keep = |came: Came| self.keep(&asked, came);
        ask(&self.hosts, url, None, &Asker { permit: &|_| Ok(()), keep: &keep, traffic }).await
    }

    /// Keeps what came on the way to an answer.
    fn keep(&self, asked: &Asked, came: Came) -> Result<()> {
        let mut corpus = self.corpus.borrow_mut();
        match came {
            Came::Step(exchange) => corpus.keep_step(&Step { asked, exchange }),
            Came::Rest(url, rest) => {
                let now = (self.settings.now)();
                corpus.catalogue().note_rest(&host_of(url), now, rest.min(LONGEST_REST))
            }
        }
    }

    /// Keeps what came; `check` says whether it is what was asked for.
    fn store(
        &self,
        site: &Site,
        request: &Request,
        arrival: &Arrival,
        check: impl FnOnce(Option<&Held>) -> Result<bool, Unfit>,
    ) -> Result<Result<Stored, Unfit>> {
        let asked = asked(site, request);
        self.corpus.borrow_mut().store_checked(&capture(&asked, arrival), check)
    }

    /// Keeps that nothing has changed, and gives what is held, if anything is.
    fn not_modified(&self, site: &Site, request: &Request, arrival: &Arrival) -> Result<Option<Page>> {
        let mut corpus = self.corpus.borrow_mut();
        let Some(document) = corpus.store_not_modified(&capture(&asked(site, request), arrival))? else {
            return Ok(None);
        };
        let body = corpus.read(&document)?;
        let (media_type, charset) = (document.media_type, document.charset);
        Ok(Some(Page { final_url: request.url.clone(), media_type, charset, body }))
    }

    /// Notes that nothing came, and why; of what was not asked there is nothing to
    /// note. A plan holds nothing against a site but what that answered: the crawl
    /// itself will ask again.
    fn note(&self, site: &Site, request: &Request, miss: &Miss) -> Result<()> {
        if self.settings.plan_only || miss.is_unasked {
            return Ok(());
        }
        self.corpus.borrow_mut().note_absence(&Absence {
            asked: &asked(site, request),
            unfit: &miss.unfit,
            at: &self.settings.stamp(),
        })
    }

    fn pending(&self, platform: &dyn Platform, requests: Vec<Request>) -> Result<Vec<PendingRequest>> {
        let pending = |request: Request| {
            let json = serde_json::to_string(&request)
                .map_err(|error| Error::Input(format!("a request cannot be kept: {error}")))?;
            Ok(PendingRequest {
                key: platform.key(&request),
                meeting: request.meeting,
                begins_meeting: request.begins_meeting,
                request: json,
            })
        };
        requests.into_iter().map(pending).collect()
    }
}

/// The request for a robots.txt.
fn robots_request(url: &Url) -> Request {
    Request {
        url: url.to_string(),
        role: DocumentRole::Robots,
        meeting: None,
        edition: None,
        begins_meeting: false,
        data: Data::none(),
    }
}

/// What a request asks for.
fn asked(site: &Site, request: &Request) -> Asked {
    Asked {
        site: site.id.clone(),
        url: request.url.clone(),
        meeting: request.meeting.clone(),
        role: request.role,
        edition: request.edition,
    }
}

/// What is stored of an answer.
fn capture<'a>(asked: &'a Asked, arrival: &'a Arrival) -> Capture<'a> {
    Capture {
        asked,
        exchange: &arrival.exchange,
        payload: &arrival.page.body,
        media_type: &arrival.page.media_type,
        charset: arrival.page.charset.as_deref(),
    }
}

/// Whether a page says the same as the version that is held, though its bytes
/// are others.
pub(super) fn says_the_same(
    platform: &dyn Platform,
    request: &Request,
    held: Option<&Held>,
    page: &Page,
) -> bool {
    let Some(before) = held.and_then(|held| platform.content(request, &page_of(held))) else { return false };
    platform.content(request, page) == Some(before)
}

fn page_of(held: &Held) -> Page {
    let Held { final_url, media_type, charset, body, .. } = held.clone();
    Page { final_url, media_type, charset, body }
}

/// A crawl of one site.
struct Visit<'a, 'c, F> {
    crawl: &'a Crawl<'c, F>,
    site: &'a Site,
    root: Url,
    host: Rc<Host>,
    /// The rules of its host.
    rules: Rc<Rules>,
    platform: Box<dyn Platform>,
    /// What the site has taught so far, by this crawl too.
    learned: RefCell<Learned>,
    /// Requests of the frontier that have been taken up.
    done: u64,
    /// Requests of the frontier that wait.
    waiting: u64,
    /// What this run has sent, but for the requests for a robots.txt, and what
    /// came.
    traffic: Traffic,
}

impl<F: Fetch> Visit<'_, '_, F> {
    /// Asks until nothing waits. What an earlier run of the same crawl lost is
    /// asked once more when everything else is done, so that it neither goes
    /// unsaid nor keeps the rest from its turn.
    async fn run(&mut self, mut lost_before: Vec<String>, summary: &mut SiteSummary) -> Result<()> {
        let settings = self.crawl.settings;
        // Meetings that this run has begun, and the last of them: one may have
        // several documents, of which each may begin it.
        let (mut begun, mut latest) = (HashSet::new(), None);
        // A crawl that is taken up has read its lists before, and lists that were
        // read once are passed over for a while.
        let mut meetings = self.crawl.meetings_in_scope(self.site)?;
        summary.meetings_found = meetings.len() as u64;
        let mut again: HashSet<String> = HashSet::new();
        loop {
            if self.crawl.cancel.is_cancelled() {
                return Ok(());
            }
            // Other sites may have asked it too.
            if let Some(asked) = self.host.closed() {
                summary.leave_alone(asked);
                return Ok(());
            }
            if self.host.n_silent() >= SILENT_ADDRESSES {
                summary.left = Some(format!("{SILENT_ADDRESSES} addresses in a row gave no answer"));
                return Ok(());
            }
            let next =
                self.crawl.corpus.borrow_mut().catalogue().next_request(&self.site.id, latest.as_ref())?;
            let Some(pending) = next else {
                if lost_before.is_empty() {
                    summary.finished = true;
                    return Ok(());
                }
                self.crawl.corpus.borrow_mut().catalogue().ask_again(&self.site.id, &lost_before)?;
                self.done -= lost_before.len() as u64;
                self.waiting += lost_before.len() as u64;
                again.extend(std::mem::take(&mut lost_before));
                continue;
            };
            let Ok(request) = serde_json::from_str::<Request>(&pending.request) else {
                // Another version of the program left it; the next crawl finds it anew.
                let reason = "another version of the program left this request".to_owned();
                summary.lose(&pending.key, &Unfit { cause: Cause::WrongContent, reason });
                self.conclude(&pending.key, None, RequestState::Failed, Found::default())?;
                continue;
            };
            if self.is_needless(&request) {
                self.conclude(&pending.key, None, RequestState::Done, Found::default())?;
                continue;
            }
            let answered = self.answered(&request)?;
            let was_lost = again.contains(&pending.key);
            if answered.is_none()
                && !was_lost
                && let Some(state) = self.unasked(&request)?
            {
                self.conclude(&pending.key, None, state, Found::default())?;
                continue;
            }
            // One that is asked again has been counted by the run that lost it.
            let begins = request.meeting.clone().filter(|_| request.begins_meeting && !was_lost);
            let is_next = begins.as_ref().is_some_and(|meeting| !begun.contains(meeting));
            if is_next && settings.meetings_per_site.is_some_and(|most| begun.len() as u64 >= most) {
                summary.beyond_limit = Some(self.waiting_meetings()?.len() as u64);
                return Ok(());
            }
            if settings.plan_only && request.begins_meeting {
                summary.plan = Some(self.plan()?);
                return Ok(());
            }
            if let Some(meeting) = begins {
                begun.insert(meeting.clone());
                latest = Some(meeting);
            }
            let n_requests = self.traffic.n_sent.get();
            if n_requests >= settings.requests_per_site {
                summary.left = Some(format!("{n_requests} requests are as many as one crawl makes"));
                return Ok(());
            }
            self.rules = tokio::select! {
                biased;
                () = self.crawl.cancel.cancelled() => return Ok(()),
                rules = self.crawl.rules_of(self.site, &self.root, &self.traffic) => rules?,
            };
            let closed = match &*self.rules {
                Rules::Closed(unfit) => Err(unfit.reason.clone()),
                rules => rules.is_open((settings.now)()),
            };
            if let Err(reason) = closed {
                summary.left = Some(reason);
                return Ok(());
            }
            self.report(Some(&request));
            let outcome = match answered {
                Some(outcome) => outcome,
                None => tokio::select! {
                    biased;
                    () = self.crawl.cancel.cancelled() => return Ok(()),
                    outcome = self.ask(&request) => outcome?,
                },
            };
            if let (Some(asked), Err(unfit)) = (self.host.closed(), &outcome.found) {
                // The request goes on waiting, with the others.
                if !outcome.is_unasked {
                    summary.lose(&request.url, &unfit.0);
                }
                summary.leave_alone(asked);
                return Ok(());
            }
            let state = tally(summary, &request, &outcome);
            let found = match outcome.found {
                Ok(found) => found,
                Err((_, instead)) => {
                    // What a list names that nobody gave is not known; that of one
                    // in whose place another came is.
                    if instead.is_replaced && request.role == DocumentRole::Register {
                        let (asked, at) = (asked(self.site, &request), settings.stamp());
                        let lists =
                            instead.requests.iter().filter(|list| list.role == DocumentRole::Register);
                        let lists: Vec<&str> = lists.map(|list| list.url.as_str()).collect();
                        self.crawl.corpus.borrow_mut().note_replaced(&asked, &lists, &at)?;
                    }
                    instead
                }
            };
            self.learned.borrow_mut().extend(found.learned.clone());
            meetings.extend(found.meetings.iter().map(|meeting| meeting.id.number.clone()));
            summary.meetings_found = meetings.len() as u64;
            self.conclude(&pending.key, request.meeting.as_ref(), state, found)?;
        }
    }

    fn is_needless(&self, request: &Request) -> bool {
        self.with_ground(|ground| self.platform.is_needless(ground, request))
    }

    fn with_ground<T>(&self, work: impl FnOnce(&Ground) -> T) -> T {
        let learned = self.learned.borrow();
        work(&Ground { site: self.site, scope: self.crawl.scope, learned: &learned })
    }

    fn report(&self, request: Option<&Request>) {
        (self.crawl.on_progress)(&Progress {
            site: self.site.id.clone(),
            done: self.done,
            waiting: self.waiting,
            per_request: self.host.per_request(),
            url: request.map(|request| request.url.clone()),
        });
    }

    /// What would follow the lists.
    fn plan(&self) -> Result<Plan> {
        let mut waiting = self.waiting_meetings()?;
        if let Some(most) = self.crawl.settings.meetings_per_site {
            waiting.truncate(usize::try_from(most).unwrap_or(usize::MAX));
        }
        let meetings = waiting.len() as u64;
        // As many as wait are known; more may follow from their answers, but for
        // pages, where the links to documents are all that there is.
        let known: u64 = waiting.iter().map(|(_, n_requests)| n_requests).sum();
        let all_documents = self.crawl.scope.documents == Documents::All;
        let each = match self.site.platform {
            System::Pages => Some(1.0),
            _ => self
                .crawl
                .corpus
                .borrow_mut()
                .catalogue()
                .requests_per_meeting(&self.site.id, all_documents)?,
        };
        let requests = (meetings as f64 * each.unwrap_or(1.0)).max(known as f64);
        let time = self.host.per_request().mul_f64(requests);
        Ok(Plan { meetings, requests: requests.round() as u64, is_least: each.is_none(), time })
    }

    /// The meetings that wait and will be asked for, with the number of requests
    /// that begin each.
    fn waiting_meetings(&self) -> Result<Vec<(MeetingId, u64)>> {
        let waiting = self.crawl.corpus.borrow_mut().catalogue().waiting_meetings(&self.site.id)?;
        let mut asked_for = Vec::new();
        for (meeting, n_requests) in waiting {
            if self.at_rest(&meeting)?.is_none() {
                asked_for.push((meeting, n_requests));
            }
        }
        Ok(asked_for)
    }

    /// Why the request is not to be made, where it begins a meeting that is not
    /// due; `None` where it is.
    fn unasked(&self, request: &Request) -> Result<Option<RequestState>> {
        let Some(meeting) = request.meeting.as_ref().filter(|_| request.begins_meeting) else {
            return Ok(None);
        };
        match self.at_rest(meeting)? {
            Some(state) if !self.is_new_file(meeting, request)? => Ok(Some(state)),
            _ => Ok(None),
        }
    }

    /// Whether a list names a file of a meeting that has never been asked for, or
    /// says of one that it is no draft any more: approved minutes, a correction,
    /// a part. However old the meeting, what is held of it says nothing of such a
    /// file. One that was answered with a no is asked for with its meeting.
    fn is_new_file(&self, meeting: &MeetingId, request: &Request) -> Result<bool> {
        if !matches!(request.role, DocumentRole::PrintedMinutes | DocumentRole::Attachment) {
            return Ok(false);
        }
        let held = self.crawl.corpus.borrow().latest_documents(meeting)?;
        let is_it = |document: &Document| document.url == request.url && document.edition == request.edition;
        if held.iter().any(is_it) {
            return Ok(false);
        }
        let answer = self.crawl.corpus.borrow().last_answer(&self.site.id, Some(meeting), &request.url)?;
        let cause = answer.and_then(|answer| answer.unfit).map(|unfit| unfit.cause);
        Ok(cause.is_none_or(Cause::is_passing))
    }

    /// Why a meeting is not to be asked for; `None` where it is.
    fn at_rest(&self, meeting: &MeetingId) -> Result<Option<RequestState>> {
        let due = self.crawl.corpus.borrow_mut().catalogue().due(meeting)?;
        let state = |due: Due| if due.is_settled() { RequestState::Settled } else { RequestState::PutOff };
        Ok(due.filter(|due| !self.crawl.is_due(due)).map(state))
    }

    /// Asks for one document and keeps it.
    async fn ask(&self, request: &Request) -> Result<Outcomes> {
        let url = match check_address(&request.url, self.crawl.settings.allow_loopback) {
            Ok(url) => url,
            Err(reason) => {
                return self.kept_from(request, Unfit { cause: Cause::OutOfBounds, reason });
            }
        };
        if is_same_host(&self.root, &url) {
            return self.ask_host(request, &url, &self.rules).await;
        }
        if !self.may_ask_elsewhere(request, &url) {
            return self.kept_from(request, on_another_host(&url));
        }
        self.ask_elsewhere(request, &url).await
    }

    /// Whether the site's rules let a document lie on another host. The pages
    /// of a site are on its own.
    fn may_ask_elsewhere(&self, request: &Request, url: &Url) -> bool {
        let is_named = self.site.rules.as_ref().is_some_and(|rules| rules.names_host_of(url));
        is_named && request.role != DocumentRole::Register
    }

    /// Asks another host for a document, by that host's rules and at its pace.
    async fn ask_elsewhere(&self, request: &Request, url: &Url) -> Result<Outcomes> {
        let host = self.crawl.hosts.of(url);
        if let Err(reason) = is_left_alone(&host, url) {
            return self.left_alone(request, reason);
        }
        let rules = self.crawl.rules_of(self.site, url, &self.traffic).await?;
        // Its robots.txt, or another site's request, may have said so.
        if let Err(reason) = is_left_alone(&host, url) {
            return self.left_alone(request, reason);
        }
        if let Err(reason) = rules.is_open((self.crawl.settings.now)()) {
            return self.kept_from(request, Unfit { cause: Cause::Robots, reason });
        }
        self.ask_host(request, url, &rules).await
    }

    /// That nothing is asked for on a host that is left alone.
    fn left_alone(&self, request: &Request, reason: String) -> Result<Outcomes> {
        let unfit = Unfit { cause: Cause::Fault, reason };
        self.missed(request, Miss { is_unasked: true, ..Miss::told(unfit) })
    }

    /// Asks a host for one document and keeps it.
    async fn ask_host(&self, request: &Request, url: &Url, rules: &Rules) -> Result<Outcomes> {
        let permit = |other: &Url| match is_same_host(url, other) {
            true => rules.allow(other),
            false => Err(on_another_host(other)),
        };
        if let Err(unfit) = permit(url) {
            return self.kept_from(request, unfit);
        }
        let asked = asked(self.site, request);
        let held = self.crawl.corpus.borrow().validators(&asked)?;
        let keep = |came: Came| self.crawl.keep(&asked, came);
        let asker = Asker { permit: &permit, keep: &keep, traffic: &self.traffic };
        let arrival = match ask(&self.crawl.hosts, url, held.as_ref(), &asker).await? {
            Ok(arrival) => arrival,
            Err(miss) => return self.missed(request, miss),
        };
        if arrival.exchange.status == 304
            && let Some(page) = self.crawl.not_modified(self.site, request, &arrival)?
        {
            let read = self.with_ground(|ground| self.platform.read(ground, request, &page));
            return Ok(self.outcome(request, read, true));
        }
        let (status, page) = (arrival.exchange.status, &arrival.page);
        let mut found = Found::default();
        let stored = self.crawl.store(self.site, request, &arrival, |held| {
            judge(status, page)?;
            found = self.with_ground(|ground| self.platform.read(ground, request, page))?;
            Ok(says_the_same(&*self.platform, request, held, page))
        })?;
        let unchanged = stored.as_ref().is_ok_and(|stored| stored.unchanged);
        Ok(self.outcome(request, stored.map(|_| found), unchanged))
    }

    /// What came of a request that was answered.
    fn outcome(&self, request: &Request, read: Result<Found, Unfit>, unchanged: bool) -> Outcomes {
        let found = read.map_err(|unfit| self.without(request, unfit));
        Outcomes { found, unchanged, is_unasked: false }
    }

    /// Why something did not come, and what follows from that.
    fn without(&self, request: &Request, unfit: Unfit) -> (Unfit, Found) {
        let found = self.with_ground(|ground| self.platform.without(ground, request, &unfit));
        (unfit, found)
    }

    /// Notes what was not asked for.
    fn kept_from(&self, request: &Request, unfit: Unfit) -> Result<Outcomes> {
        self.missed(request, Miss::told(unfit))
    }

    /// What came for a request before a crawl was stopped, and was not read: it
    /// need not be asked for again, if it is as new as a crawl that is gone on
    /// with.
    fn answered(&self, request: &Request) -> Result<Option<Outcomes>> {
        let since = self.crawl.days_ago(FRONTIER_DAYS);
        let read = |held: &Held| {
            let page = page_of(held);
            judge(held.status, &page)?;
            self.with_ground(|ground| self.platform.read(ground, request, &page))
        };
        let asked = asked(self.site, request);
        // Once only, as an adaptor may take note of what it reads.
        let mut found = None;
        let answered = self.crawl.corpus.borrow_mut().answered(&asked, since, |held, before| {
            found = Some(read(held)?);
            Ok(says_the_same(&*self.platform, request, before, &page_of(held)))
        })?;
        Ok(answered.map(|answer| match answer {
            Ok(held) => self.outcome(request, found.map_or_else(|| read(&held), Ok), held.unchanged),
            Err(unfit) => self.outcome(request, Err(unfit), false),
        }))
    }

    fn missed(&self, request: &Request, miss: Miss) -> Result<Outcomes> {
        self.crawl.note(self.site, request, &miss)?;
        let found = Err(self.without(request, miss.unfit));
        Ok(Outcomes { found, unchanged: false, is_unasked: miss.is_unasked })
    }

    fn conclude(
        &mut self,
        key: &str,
        meeting: Option<&MeetingId>,
        state: RequestState,
        mut found: Found,
    ) -> Result<()> {
        let requests = self.crawl.pending(&*self.platform, std::mem::take(&mut found.requests))?;
        let at = self.crawl.settings.stamp();
        let conclusion = self.crawl.conclusion(key, meeting, state, &found, &requests, &at);
        let n_new = self.crawl.corpus.borrow_mut().conclude(&self.site.id, &conclusion)?;
        self.done += 1;
        self.waiting = (self.waiting + n_new).saturating_sub(1);
        Ok(())
    }
}

fn on_another_host(url: &Url) -> Unfit {
    let host = url.host_str().unwrap_or_default();
    Unfit { cause: Cause::OutOfBounds, reason: format!("it is on another host, {host}, than the site") }
}

/// Whether a host that is not a site's own is asked for nothing more; says why.
fn is_left_alone(host: &Host, url: &Url) -> Result<(), String> {
    match host.closed() {
        Some(asked) => Err(left_alone(url, asked)),
        None if host.n_silent() >= SILENT_ADDRESSES => {
            Err(format!("{SILENT_ADDRESSES} addresses in a row of {} gave no answer", host_of(url)))
        }
        None => Ok(()),
    }
}

/// What came of one request.
struct Outcomes {
    /// What follows from the document that came; or why none did, and what
    /// follows from that.
    found: Result<Found, (Unfit, Found)>,
    unchanged: bool,
    /// Whether it was not asked for, as its host is left alone.
    is_unasked: bool,
}

/// Counts a request, and says what has become of it.
fn tally(summary: &mut SiteSummary, request: &Request, outcome: &Outcomes) -> RequestState {
    let (unfit, instead) = match &outcome.found {
        Ok(_) if outcome.unchanged => {
            summary.unchanged += 1;
            return RequestState::Done;
        }
        Ok(_) => {
            summary.fetched += 1;
            return RequestState::Done;
        }
        Err((unfit, instead)) => (unfit, instead),
    };
    if instead.is_replaced {
        summary.replaced += 1;
        return RequestState::Done;
    }
    if outcome.is_unasked {
        *summary.hosts_left.entry(unfit.reason.clone()).or_default() += 1;
        return RequestState::Unanswered;
    }
    summary.lose(&request.url, unfit);
    lost_state(unfit)
}

/// What has become of a request that came to nothing.
fn lost_state(unfit: &Unfit) -> RequestState {
    match unfit.outcome() {
        _ if unfit.cause.is_passing() => RequestState::Unanswered,
        Outcome::Refused => RequestState::Refused,
        _ => RequestState::Failed,
    }
}

/// What a status says of a robots.txt: that there is none is an answer.
fn judge_robots(status: u16) -> Result<(), Unfit> {
    match Rules::for_status(status) {
        Rules::Free => Ok(()),
        _ => judge_status(status),
    }
}

/// What the status says of a page that came, or the page itself where it is a
/// test for browsers.
fn judge(status: u16, page: &Page) -> Result<(), Unfit> {
    judge_status(status).map_err(|unfit| match challenge(&page.text()) {
        Some(sender) if matches!(status, 403 | 429 | 503) => challenged(sender),
        _ => unfit,
    })
}

/// What a status says of an answer.
fn judge_status(status: u16) -> Result<(), Unfit> {
    let (cause, reason) = match status {
        200 => return Ok(()),
        401 | 403 | 451 => (Cause::Forbidden, format!("the site refuses it ({status})")),
        404 | 410 => (Cause::Missing, format!("it is not there ({status})")),
        429 => (Cause::Fault, "the site asks for fewer requests (429)".to_owned()),
        500..=599 => (Cause::Fault, format!("the site has a fault ({status})")),
        _ => (Cause::WrongContent, format!("the site answers with status {status}")),
    };
    Err(Unfit { cause, reason })
}
