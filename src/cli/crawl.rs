//! `crawl`: fetches what is new or changed.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use url::Url;

use super::councils::fate;
use super::crawl_progress::{CrawlProgress, duration};
use super::search::plural;
use super::{Context, Outcome};
use crate::corpus::{Corpus, HeldSite, Unasked};
use crate::crawl::{
    Account, BODY_BYTES, Cancel, DEADLINE, DELAY, Documents, HOSTS_AT_ONCE, Plan, REDIRECTS,
    REQUESTS_PER_SITE, Scope, Settings, SiteSummary, Summary, TRIES, accounts, asks_for_welsh, crawl_network,
    is_same_root, site_id,
};
use crate::model::{Council, Councils, Error, PartialDate, Platform, Result, RuledSite, Site, SiteId, slug};
use crate::report::{Cell, Format, Table};

/// The shortest time between two requests to a host that is not this machine's
/// own: half of what public crawlers of these sites keep to.
const SHORTEST_DELAY: Duration = Duration::from_millis(500);

/// What the columns of the summary say, below the options.
const COLUMNS_HELP: &str = "\
The columns of the summary, a row a site:
  meetings_found  meetings that the site lists, of these dates and bodies; empty where no list of
                  it has come so far
  fetched         addresses that gave something new: lists, pages, files
  unchanged       addresses that were asked and gave the same as before
  refused         addresses that were asked for and refused; and of the meetings put off each of
                  which the last loss was a refusal, counted once
  failed          the same, of what could not be had
  bytes           of all bodies that came, as they went over the wire
  settled         meetings that were not asked for, as their final minutes are held
  put_off         meetings without final minutes, or of which something was refused or not there,
                  that were not asked for, as it is too early to ask again (--recheck does)

Minutes that did not come are missing until they do: each crawl counts them under refused or
failed and ends with exit code 3. One that puts them off names their number on stderr, and each
in --report: outcome put-off, with the cause of what last came. Of a meeting's rows that have a
cause, the one that was retrieved last counts.";

/// The arguments of `crawl`.
#[derive(clap::Args)]
#[command(after_long_help = COLUMNS_HELP)]
pub struct Args {
    /// Councils, by slug or name; `scrutineer councils` lists them. With --site: the one that it
    /// publishes for.
    #[arg(value_name = "COUNCIL")]
    councils: Vec<String>,
    /// Every council of the table whose system can be crawled.
    #[arg(long, conflicts_with_all = ["councils", "site"])]
    all: bool,
    /// A TOML file that says where the pages of sites of no known system begin, which links lead on
    /// and which hold minutes; `corpus/pages.example.toml` explains it. Crawls all sites of the file,
    /// or those of the councils named.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["all", "site", "platform"])]
    rules: Option<PathBuf>,
    /// The root address of a site, for a council that is not in the table.
    #[arg(long, value_name = "URL")]
    site: Option<String>,
    /// The system that runs the site.
    #[arg(long, default_value = "moderngov", value_parser = crawlable, value_name = "P")]
    platform: Platform,
    /// The earliest date of a meeting: 2019, 2019-04 or 2019-04-01.
    #[arg(long, value_name = "DATE")]
    from: Option<PartialDate>,
    /// The latest date of a meeting, included.
    #[arg(long, value_name = "DATE")]
    to: Option<PartialDate>,
    /// Words that all stand in the body's name, as whole words in any order and case.
    #[arg(long, default_value = "", value_name = "WORDS")]
    body: String,
    /// What to fetch of each meeting: its minutes; every form in which they are published; or nothing
    /// but its entry in the register.
    #[arg(long, value_enum, default_value_t = DocumentsArg::Minutes)]
    documents: DocumentsArg,
    /// The most meetings to ask for at each site; the rest waits for the next crawl.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    limit: Option<u64>,
    /// Seconds between two requests to one host; a site's robots.txt may ask for more.
    #[arg(long, default_value_t = DELAY.as_secs_f64(), value_name = "SECONDS")]
    delay: f64,
    /// An address at which the sites can reach you; it stands in the User-Agent.
    #[arg(long, env = "SCRUTINEER_CONTACT", default_value = "", value_name = "ADDRESS")]
    contact: String,
    /// Ask for the lists of meetings only, and say how many requests would follow and how long they
    /// would take: as many for each meeting as those fetched so far have taken (`about`), or one where
    /// there are none (`at-least`).
    #[arg(long)]
    dry_run: bool,
    /// Ask again also for meetings whose minutes are stored and final, as they may have been corrected.
    #[arg(long)]
    recheck: bool,
    /// Print a row for each address that the crawl knows of, with what has become of it, in this format,
    /// in place of the summary: stored, unchanged, settled (not asked for, as final minutes are held),
    /// put-off (not asked for this time), replaced, refused, failed or waiting. Of a meeting that was
    /// not asked for, there is a row for each address that was before.
    #[arg(long, value_enum, value_name = "FORMAT", conflicts_with = "dry_run")]
    report: Option<Format>,
    /// Take a site over for another council, or another system, than the one by which this home holds
    /// it: its meetings become that council's.
    #[arg(long)]
    reassign: bool,
    /// Ask hosts on this machine too, and those without regard for the shortest delay: for tests.
    #[arg(long)]
    allow_loopback: bool,
    #[command(flatten)]
    limits: Limits,
}

/// What one request, one address, one site may cost at most.
#[derive(clap::Args)]
#[command(next_help_heading = "Limits")]
struct Limits {
    /// Seconds that one request may take.
    #[arg(long, default_value_t = DEADLINE.as_secs(), value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..))]
    deadline: u64,
    /// How often an address is tried.
    #[arg(long, default_value_t = TRIES, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=20))]
    tries: u32,
    /// The largest body that is taken, in MiB, before and after it is unpacked.
    #[arg(long, default_value_t = BODY_BYTES >> 20, value_name = "MIB", value_parser = clap::value_parser!(u64).range(1..=256))]
    max_body: u64,
    /// How many redirects are followed.
    #[arg(long, default_value_t = REDIRECTS, value_name = "N")]
    max_redirects: usize,
    /// How many requests one crawl makes of one site, with tries and redirects; the rest waits for
    /// the next crawl.
    #[arg(long, default_value_t = REQUESTS_PER_SITE, value_name = "N")]
    max_requests: u64,
    /// How many hosts are asked at once, each with one request at a time.
    #[arg(long, default_value_t = HOSTS_AT_ONCE, value_name = "N")]
    hosts_at_once: usize,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum DocumentsArg {
    /// What holds the minutes: the first form of them that can be had.
    Minutes,
    /// Every form of them, and the reports, agendas, decisions and issues that hang on a meeting.
    All,
    /// None: the register only.
    None,
}

/// Runs `crawl`.
pub fn run(context: &Context, args: Args) -> anyhow::Result<Outcome> {
    let sites = sites(&context.home.councils()?, &args)?;
    let scope = Scope {
        from: args.from.map(PartialDate::first_day),
        to: args.to.map(PartialDate::last_day),
        body: args.body.clone(),
        documents: match args.documents {
            DocumentsArg::Minutes => Documents::Minutes,
            DocumentsArg::All => Documents::All,
            DocumentsArg::None => Documents::None,
        },
        today: today(),
    };
    if let (Some(from), Some(to)) = (scope.from, scope.to)
        && from > to
    {
        return Err(Error::Input(format!("no day lies between `--from {from}` and `--to {to}`")).into());
    }
    let delay = Duration::try_from_secs_f64(args.delay)
        .map_err(|_| Error::Input(format!("`--delay {}` is no number of seconds", args.delay)))?;
    if delay < SHORTEST_DELAY && !(args.allow_loopback && sites.iter().all(is_own_machine)) {
        let shortest = SHORTEST_DELAY.as_secs_f64();
        return Err(Error::Input(format!(
            "a host is asked at most every {shortest} s; `--delay` is too short"
        ))
        .into());
    }
    let limits = &args.limits;
    let mut settings = Settings {
        delay,
        contact: args.contact.clone(),
        allow_loopback: args.allow_loopback,
        meetings_per_site: args.limit,
        plan_only: args.dry_run,
        recheck: args.recheck,
        deadline: Duration::from_secs(limits.deadline),
        tries: limits.tries,
        body_bytes: limits.max_body << 20,
        redirects: limits.max_redirects,
        requests_per_site: limits.max_requests,
        hosts_at_once: limits.hosts_at_once,
        ..Settings::default()
    };
    if delay.is_zero() {
        // Only one's own machine can be asked without any pause.
        settings.patience = 0.0;
    }
    if settings.contact.is_empty() {
        context.say("no contact is set: `--contact you@example.org` lets a site reach you");
    }
    let mut corpus = Corpus::open(&context.home)?;
    super::corpus::say_caught_up(context, &corpus);
    context.warn_of_sample(&corpus)?;
    sites.iter().try_for_each(|site| is_the_one_held(&corpus, site))?;
    if !args.reassign {
        sites.iter().try_for_each(|site| is_as_held(&corpus, site))?;
    }
    let cancel = cancel_on_interrupt();
    allow_many_files();
    let summary = crawl_sites(context, &mut corpus, &sites, &scope, &settings, &cancel)?;
    match args.report {
        _ if args.dry_run => context.write(&plan_table(&summary))?,
        None => context.write(&table(&summary))?,
        Some(format) => {
            let mut report = report_table();
            for site in &sites {
                let accounts = accounts(&mut corpus, &site.id)?;
                accounts.iter().for_each(|account| report.push(report_row(site, account)));
            }
            context.write_in(format, &report)?;
        }
    }
    Ok(report(context, &summary))
}

/// That no other installation is held under the name of a site: two addresses
/// that differ only in `/` and `-` have one name.
fn is_the_one_held(corpus: &Corpus, site: &Site) -> Result<()> {
    let Some(held) = corpus.held_site(&site.id)? else { return Ok(()) };
    // The name of a site of pages is made of its host alone.
    if site.platform == Platform::Pages || is_same_root(&held.root, &site.root) {
        return Ok(());
    }
    Err(Error::Input(format!(
        "this home holds {} under the name `{}`, which {} would have too; collect it into a home of its own",
        held.root, site.id, site.root
    )))
}

/// That a site is asked for the council, and as the system, by which it is held:
/// a slip of the keyboard must not move all of its meetings.
fn is_as_held(corpus: &Corpus, site: &Site) -> Result<()> {
    let Some(HeldSite { platform, council, .. }) = corpus.held_site(&site.id)? else { return Ok(()) };
    if platform == site.platform.name() && council == site.council {
        return Ok(());
    }
    Err(Error::Input(format!(
        "this home holds {} as the {platform} site of `{council}`, not as the {} site of `{}`; `--reassign` changes \
         that",
        site.root,
        site.platform.name(),
        site.council,
    )))
}

/// Whether a site, with the other hosts of its documents, is on this machine by
/// its very address. What a name leads to is not known before it is asked.
fn is_own_machine(site: &Site) -> bool {
    let hosts = site.rules.iter().flat_map(|rules| rules.hosts.iter().map(|host| format!("http://{host}/")));
    hosts.chain([site.root.clone()]).all(|address| is_loopback(&address))
}

fn is_loopback(address: &str) -> bool {
    let Ok(url) = Url::parse(address) else { return false };
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

/// Asks the system for as many open files as it gives: each site has a
/// connection and a file of the archive.
fn allow_many_files() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    // Where that is refused, the limit that there was holds: a crawl of so many
    // sites at once then says which file it could not open.
    let _ = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit });
}

/// Crawls with a progress line on stderr.
pub fn crawl_sites(
    context: &Context,
    corpus: &mut Corpus,
    sites: &[Site],
    scope: &Scope,
    settings: &Settings,
    cancel: &Cancel,
) -> Result<Summary> {
    let shown = CrawlProgress::new(context, sites.len());
    let summary = crawl_network(corpus, sites, scope, settings, &|progress| shown.note(progress), cancel);
    shown.finish();
    summary
}

/// What the first Ctrl-C cancels; a second one ends the program. To be called
/// once by a command, which passes it to all that it crawls. A system that
/// cannot tell of it ends the program at once, which loses nothing either: what
/// was fetched is stored.
pub fn cancel_on_interrupt() -> Cancel {
    let cancel = Cancel::default();
    let on_interrupt = cancel.clone();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let Ok(runtime) = runtime else { return };
        runtime.block_on(async {
            if asked_to_end().await {
                on_interrupt.cancel();
            }
            if asked_to_end().await {
                std::process::exit(Outcome::Interrupted.code().into());
            }
        });
    });
    cancel
}

/// Waits for Ctrl-C, or for what a system sends that shuts down; `false` where
/// the system cannot tell of either.
async fn asked_to_end() -> bool {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminated) = signal(SignalKind::terminate()) else {
        return tokio::signal::ctrl_c().await.is_ok();
    };
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted.is_ok(),
        came = terminated.recv() => came.is_some(),
    }
}

/// What came of a crawl, a row a site.
pub fn table(summary: &Summary) -> Table {
    let mut table = Table::new(&[
        "council",
        "meetings_found",
        "fetched",
        "unchanged",
        "refused",
        "failed",
        "bytes",
        "settled",
        "put_off",
    ]);
    for site in &summary.sites {
        let unasked = &site.unasked;
        let counts = [
            site.fetched,
            site.unchanged,
            // Minutes that did not come are missing until they do, whether or not
            // they were asked for again this time.
            site.refused + unasked.refused,
            site.failed + unasked.failed,
            site.bytes,
            unasked.settled,
            unasked.put_off,
        ];
        let mut cells: Vec<Cell> = vec![site.council.as_str().into(), meetings_found(site)];
        cells.extend(counts.map(Cell::Count));
        table.push(cells);
    }
    table
}

/// How many meetings a site lists; unknown where no list of it has ever come.
fn meetings_found(site: &SiteSummary) -> Cell {
    if site.has_lists { Cell::Count(site.meetings_found) } else { Cell::Unknown }
}

/// What would follow the lists, a row a site. Empty where the lists could not
/// be had.
fn plan_table(summary: &Summary) -> Table {
    let mut table =
        Table::new(&["council", "meetings_found", "to_ask", "requests", "seconds", "time", "bound"]);
    for site in &summary.sites {
        let plan = site.plan.or_else(|| (site.finished && site.has_lists).then(Plan::default));
        let count =
            |count: fn(&Plan) -> u64| plan.as_ref().map_or(Cell::Unknown, |plan| Cell::Count(count(plan)));
        table.push(vec![
            site.council.as_str().into(),
            meetings_found(site),
            count(|plan| plan.meetings),
            count(|plan| plan.requests),
            count(|plan| plan.time.as_secs()),
            Cell::text_or_unknown(plan.map(|plan| duration(plan.time)).unwrap_or_default()),
            Cell::text_or_unknown(plan.map_or("", |plan| if plan.is_least { "at-least" } else { "about" })),
        ]);
    }
    table
}

fn report_table() -> Table {
    Table::new(&[
        "council",
        "site",
        "meeting",
        "role",
        "url",
        "outcome",
        "cause",
        "reason",
        "status",
        "bytes",
        "retrieved",
        "digest",
        "warc",
        "offset",
    ])
}

fn report_row(site: &Site, account: &Account) -> Vec<Cell> {
    let Account { asked, fate, answer } = account;
    let answer = answer.as_ref();
    let unfit = answer.and_then(|answer| answer.unfit.as_ref());
    let text = |text: Option<&str>| Cell::text_or_unknown(text.unwrap_or_default());
    let count = |count: Option<u64>| count.map_or(Cell::Unknown, Cell::Count);
    let place = answer.and_then(|answer| answer.place.as_ref());
    vec![
        site.council.as_str().into(),
        site.id.as_str().into(),
        text(asked.meeting.as_ref().map(|meeting| meeting.number.as_str())),
        asked.role.name().into(),
        asked.url.as_str().into(),
        fate.name().into(),
        text(unfit.map(|unfit| unfit.cause.name())),
        text(unfit.map(|unfit| unfit.reason.as_str())),
        count(answer.and_then(|answer| answer.status).map(u64::from)),
        count(answer.map(|answer| answer.bytes)),
        text(answer.map(|answer| answer.at.as_str())),
        text(answer.and_then(|answer| answer.digest.as_ref()).map(|digest| digest.0.as_str())),
        text(place.map(|place| place.file.as_str())),
        count(place.map(|place| place.offset)),
    ]
}

/// Names on stderr what did not come, and what was left to wait.
pub fn name_losses(context: &Context, summary: &Summary) {
    for site in &summary.sites {
        for loss in &site.losses {
            context.warn(format!("{} {}: {}", loss.cause.outcome().name(), loss.url, loss.reason));
        }
        for (reason, n_documents) in &site.hosts_left {
            let documents = plural(*n_documents, "document was", "documents were");
            context.warn(format!(
                "{}: {documents} not asked for, as {reason}; the same command goes on later",
                site.council
            ));
        }
        let Unasked { refused, failed, .. } = site.unasked;
        if refused + failed > 0 {
            let lost = plural(refused + failed, "meeting", "meetings");
            context.warn(format!(
                "{council}: of {lost} something was refused ({refused}) or failed ({failed}) when last asked for, and \
                 it is too early to ask again; `--report csv` names each, `scrutineer coverage --council {council}` \
                 counts those of which nothing can be read",
                council = site.council,
            ));
        }
        if let Some(reason) = &site.left {
            context
                .warn(format!("{}: left alone, as {reason}; the same command goes on later", site.council));
        }
    }
}

/// Says how the crawl went and ended.
fn report(context: &Context, summary: &Summary) -> Outcome {
    name_losses(context, summary);
    for site in &summary.sites {
        if site.resumed {
            context.say(format!(
                "{}: went on with a crawl that its last run, or a `--dry-run`, had not finished",
                site.council
            ));
        }
        if site.replaced > 0 {
            let n_replaced = plural(site.replaced, "address", "addresses");
            context.say(format!("{}: {n_replaced} gave nothing; the same was asked elsewhere", site.council));
        }
    }
    for site in &summary.sites {
        for remark in &site.remarks {
            context.say(format!("{}: {remark}", site.council));
        }
    }
    if summary.cancelled {
        context.say("stopped; the same command goes on where it was");
        return Outcome::Interrupted;
    }
    for site in &summary.sites {
        if let Some(n_waiting) = site.beyond_limit {
            let wait = plural(n_waiting, "more meeting waits", "more meetings wait");
            context.say(format!(
                "{}: {wait} beyond `--limit`; the same command goes on with them",
                site.council
            ));
        }
    }
    for site in &summary.sites {
        if let Some(plan) = site.plan.filter(|plan| plan.is_least) {
            context.say(format!(
                "{}: at least {}, one for each meeting, as no meeting of the site has been fetched so far by which \
                 to tell how many each takes",
                site.council,
                plural(plan.requests, "request", "requests"),
            ));
        }
    }
    let is_plan = summary.sites.iter().any(|site| site.plan.is_some());
    if !is_plan && summary.sites.iter().any(|site| site.fetched > 0) {
        context.say("`scrutineer index` makes what is new searchable");
    }
    // Where a list was lost, nobody knows what it would have named.
    let found_none = |site: &SiteSummary| site.finished && site.meetings_found == 0 && site.losses.is_empty();
    for site in summary.sites.iter().filter(|site| found_none(site)) {
        let why = site.why_none.as_deref().unwrap_or("no meeting of these dates and bodies is listed");
        context.say(format!("{}: {why}", site.council));
    }
    if !summary.is_whole() {
        return Outcome::Partial;
    }
    Outcome::found(!summary.sites.iter().all(found_none))
}

fn sites(councils: &Councils, args: &Args) -> Result<Vec<Site>> {
    if let Some(file) = &args.rules {
        return ruled_sites(councils, file, &args.councils);
    }
    if args.platform == Platform::Pages {
        return Err(needs_rules("such a site"));
    }
    if let Some(address) = &args.site {
        return Ok(vec![site_at(councils, address, args)?]);
    }
    if args.all {
        return all_sites(councils);
    }
    if args.councils.is_empty() {
        let message = "name a council (see `scrutineer councils`), give an address with `--site URL`, or ask \
                       for `--all`";
        return Err(Error::Input(message.into()));
    }
    let mut sites: Vec<Site> = Vec::new();
    for name in &args.councils {
        let site = site_of(councils, name)?;
        // Councils that share an installation are crawled together.
        if sites.iter().all(|other| other.id != site.id) {
            sites.push(site);
        }
    }
    Ok(sites)
}

/// The sites of all councils that can be crawled.
fn all_sites(councils: &Councils) -> Result<Vec<Site>> {
    let mut sites: Vec<Site> = Vec::new();
    for council in councils.all() {
        if let Ok(platform) = crawlable(&council.platform)
            && platform != Platform::Pages
            && !council.address.is_empty()
        {
            let root = root(&council.address)?;
            if sites.iter().all(|site| site.id != site_id(&root)) {
                sites.push(site(&root, platform, &installed_at(councils, &root)));
            }
        }
    }
    Ok(sites)
}

/// The sites that a file of rules describes: all, or those of the councils named.
fn ruled_sites(councils: &Councils, file: &Path, named: &[String]) -> Result<Vec<Site>> {
    let toml = fs::read_to_string(file).map_err(Error::io("read", file))?;
    let name = file.display().to_string();
    let mut sites: Vec<Site> = Vec::new();
    for ruled in RuledSite::read_all(&toml, &name)? {
        let site = ruled_site(councils, ruled)?;
        if sites.iter().any(|other| other.id == site.id) {
            let council = &site.council_name;
            let message = format!(
                "`{name}` has two sites of {council} on one host: make them one, with the addresses in its `start`"
            );
            return Err(Error::Input(message));
        }
        sites.push(site);
    }
    let wanted: Vec<String> = named.iter().map(|name| councils.slug_for(name)).collect();
    let is_there = |slug: &String| sites.iter().any(|site| site.council == *slug);
    if let Some(at) = wanted.iter().position(|slug| !is_there(slug)) {
        let all: Vec<&str> = sites.iter().map(|site| site.council.as_str()).collect();
        let (missing, all) = (&named[at], all.join(", "));
        return Err(Error::Input(format!("`{name}` has no site of `{missing}`; there is {all}")));
    }
    sites.retain(|site| wanted.is_empty() || wanted.contains(&site.council));
    Ok(sites)
}

/// Its name is made of host and council, so that neither a move of the start
/// page makes another site of it nor two councils on one host are one.
fn ruled_site(councils: &Councils, ruled: RuledSite) -> Result<Site> {
    let no_address = || Error::Input(format!("the site of {} has no address", ruled.council));
    let root = ruled.root().ok_or_else(no_address)?;
    let (council, council_name) = match councils.find(&ruled.council) {
        Some(council) => (council.slug.clone(), council.name.clone()),
        None => (slug(&ruled.council), ruled.council.clone()),
    };
    Ok(Site {
        id: SiteId::new(&format!("{}-{council}", site_id(&root))),
        platform: Platform::Pages,
        root: root.as_str().trim_end_matches('/').to_owned(),
        council,
        council_name,
        shared_by: Vec::new(),
        rules: Some(ruled.rules),
    })
}

fn site_of(councils: &Councils, name: &str) -> Result<Site> {
    let Some(council) = councils.find(name) else {
        let is_near = |council: &&Council| council.slug.contains(&slug(name));
        let near: Vec<&str> =
            councils.all().iter().filter(is_near).map(|council| council.slug.as_str()).take(5).collect();
        let hint = match near.as_slice() {
            [] => "see `scrutineer councils WORDS`, or give its address with `--site URL`".to_owned(),
            near => format!("there is {}", near.join(", ")),
        };
        return Err(Error::Input(format!("the table of councils has no `{name}`; {hint}")));
    };
    match crawlable(&council.platform) {
        Ok(Platform::Pages) => Err(needs_rules(&council.name)),
        Ok(platform) if !council.address.is_empty() => {
            let root = root(&council.address)?;
            Ok(site(&root, platform, &installed_at(councils, &root)))
        }
        _ if council.abolished().is_some_and(|day| day.first_day() <= today()) => {
            let fate = fate(council, today()).unwrap_or_default();
            Err(Error::Input(format!("no address is known of {}: {fate}", council.name)))
        }
        _ => {
            let system = if council.platform.is_empty() { "a system not known" } else { &council.platform };
            let why = format!("{} publishes with {system}", council.name);
            Err(Error::Input(format!(
                "{why}, which cannot be crawled as it is; `--rules FILE` says how to read its pages, and \
                 `scrutineer add` takes its files"
            )))
        }
    }
}

/// The day, where this machine is.
fn today() -> jiff::civil::Date {
    jiff::Zoned::now().date()
}

/// What pages mean is for rules to say.
fn needs_rules(whose: &str) -> Error {
    Error::Input(format!(
        "the pages of {whose} are read by rules: `scrutineer crawl --rules FILE`, as in `corpus/pages.example.toml`"
    ))
}

/// A system that can be asked over the network, by its name.
fn crawlable(name: &str) -> Result<Platform, String> {
    match name.parse()? {
        Platform::Files => Err("files are not crawled; `scrutineer add` takes them".to_owned()),
        platform => Ok(platform),
    }
}

/// A site by its address: that of the council named with it, of those that have
/// the address in the table, or of one that is called after the host.
fn site_at(councils: &Councils, address: &str, args: &Args) -> Result<Site> {
    if args.councils.len() > 1 {
        let message = "`--site URL` takes one council at most: the one that publishes there";
        return Err(Error::Input(message.into()));
    }
    let root = root(address)?;
    let here = installed_at(councils, &root);
    let site = site(&root, args.platform, &here);
    let Some(name) = args.councils.first() else { return Ok(site) };
    let named = councils.find(name);
    if named.is_some_and(|named| here.iter().any(|council| council.slug == named.slug)) {
        return Ok(site);
    }
    let (council, council_name) = match named {
        Some(named) => (named.slug.clone(), named.name.clone()),
        None => (slug(name), name.clone()),
    };
    Ok(Site { council, council_name, shared_by: Vec::new(), ..site })
}

/// The root address of a site.
fn root(address: &str) -> Result<Url> {
    let wrong = |reason: &str| Error::Input(format!("`{address}` cannot be crawled: {reason}"));
    let mut url = Url::parse(address).map_err(|error| match error {
        url::ParseError::RelativeUrlWithoutBase => wrong(&format!("write `https://{address}`")),
        error => wrong(&error.to_string()),
    })?;
    if url.host_str().is_none() {
        return Err(wrong("it names no host"));
    }
    // Of a query, only the language of a site is part of its root.
    let query = asks_for_welsh(&url).then_some("LLL=1");
    url.set_query(query);
    url.set_fragment(None);
    // The address of a page is on the site that is meant.
    if let Some((folder, page)) = url.path().rsplit_once('/')
        && page.to_ascii_lowercase().ends_with(".aspx")
    {
        let folder = format!("{folder}/");
        url.set_path(&folder);
    }
    Ok(url)
}

/// The councils that publish at this address, by the table.
pub(super) fn installed_at<'a>(councils: &'a Councils, root: &Url) -> Vec<&'a Council> {
    let mut installation = root.clone();
    installation.set_query(None);
    let id = site_id(&installation);
    let is_here = |council: &&Council| Url::parse(&council.address).is_ok_and(|url| site_id(&url) == id);
    councils.all().iter().filter(is_here).collect()
}

/// The site at which a council of the table can be crawled, with those that it
/// shares it with; `None` where there is none.
pub(super) fn site_by_table(councils: &Councils, council: &Council) -> Option<Site> {
    let platform = crawlable(&council.platform).ok().filter(|platform| *platform != Platform::Pages)?;
    let root = root(&council.address).ok()?;
    Some(site(&root, platform, &installed_at(councils, &root)))
}

/// The site at this address of these councils; of the host's own name where
/// there are none.
pub(super) fn site(root: &Url, platform: Platform, councils: &[&Council]) -> Site {
    let host = root.host_str().unwrap_or_default();
    let joined = |part: fn(&Council) -> &str, between: &str| {
        councils.iter().map(|council| part(council)).collect::<Vec<_>>().join(between)
    };
    let (council, council_name) = match councils {
        [] => (slug(host), host.to_owned()),
        _ => (joined(|council| &council.slug, "-and-"), joined(|council| &council.name, " and ")),
    };
    let is_shared = councils.len() > 1;
    Site {
        id: site_id(root),
        platform,
        root: root.as_str().trim_end_matches('/').to_owned(),
        council,
        council_name,
        shared_by: councils.iter().filter(|_| is_shared).map(|council| (*council).clone()).collect(),
        rules: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn councils() -> Councils {
        Councils::from_csv(
            b"slug,name,gss_code,nation,platform,base_url,from,until,successors\n\
              adur,Adur District Council,E1,England,moderngov,https://democracy.both.example/mg,,,\n\
              sefton,Sefton Metropolitan Borough Council,E2,England,moderngov,https://modgov.sefton.example,,,\n\
              worthing,Worthing Borough Council,E3,England,moderngov,http://Democracy.Both.Example/MG/,,,\n\
              by-hand,By Hand Council,E4,England,files,https://byhand.example,,,\n\
              gone,Gone Council,E5,England,,,,2019-03-31,adur;worthing\n\
              own,Own Pages Council,E6,England,pages,https://own.example,,,\n",
        )
        .unwrap()
    }

    fn args(line: &str) -> Result<Args, String> {
        #[derive(clap::Parser)]
        struct Line {
            #[command(flatten)]
            args: Args,
        }
        let words = std::iter::once("crawl").chain(line.split_whitespace());
        <Line as clap::Parser>::try_parse_from(words).map(|line| line.args).map_err(|error| error.to_string())
    }

    #[track_caller]
    fn check(line: &str, expected: &[(&str, &str)]) {
        let sites = sites(&councils(), &args(line).unwrap()).unwrap();
        let found: Vec<(&str, &str)> =
            sites.iter().map(|site| (site.id.as_str(), site.council.as_str())).collect();
        assert_eq!(found, expected, "{line}");
    }

    const BOTH: (&str, &str) = ("democracy.both.example-mg", "adur-and-worthing");

    #[test]
    fn an_installation_is_one_site_however_it_is_named() {
        let sefton = ("modgov.sefton.example", "sefton");
        check("sefton", &[sefton]);
        check("--site https://modgov.sefton.example/", &[sefton]);
        check("--site http://MODGOV.sefton.example:80", &[sefton]);
        check("sefton --site https://modgov.sefton.example", &[sefton]);
        check("--site http://127.0.0.1:8080/mg/", &[("127.0.0.1-8080-mg", "127-0-0-1")]);
        check("--site https://modgov.sefton.example/mgListCommittees.aspx?bcr=1", &[sefton]);
        check("--site https://democracy.both.example/mg/ieListMeetings.aspx", &[BOTH]);
        check("sefton --site https://new.sefton.example", &[("new.sefton.example", "sefton")]);
        check("Ambridge --site https://a.example", &[("a.example", "ambridge")]);
    }

    #[test]
    fn councils_that_share_an_installation_are_crawled_once() {
        check("adur", &[BOTH]);
        check("worthing adur", &[BOTH]);
        check("--site https://democracy.both.example/mg/", &[BOTH]);
        check("adur --site https://democracy.both.example/mg", &[BOTH]);
        check("adur sefton worthing", &[BOTH, ("modgov.sefton.example", "sefton")]);
        let site = sites(&councils(), &args("adur").unwrap()).unwrap().remove(0);
        assert_eq!(site.council_name, "Adur District Council and Worthing Borough Council");
        assert_eq!(site.council_of("Worthing Planning Committee").0, "worthing");
        assert_eq!(site.council_of("Joint Strategic Committee").0, "adur-and-worthing");
    }

    #[test]
    fn the_pages_in_welsh_are_a_site_of_their_own_of_the_same_council() {
        check("--site https://modgov.sefton.example/?LLL=1", &[("modgov.sefton.example-cy", "sefton")]);
        check("--site https://modgov.sefton.example/?lll=0&x=1", &[("modgov.sefton.example", "sefton")]);
        let site =
            sites(&councils(), &args("--site https://a.example/mg/?lll=1").unwrap()).unwrap().remove(0);
        assert_eq!(
            (site.id.as_str(), site.root.as_str()),
            ("a.example-mg-cy", "https://a.example/mg/?LLL=1")
        );
    }

    #[test]
    fn the_five_pairs_of_the_table_are_five_sites() {
        let home = crate::corpus::Home::new("there is no such folder");
        let councils = home.councils().unwrap();
        let pairs = [
            ("adur", "worthing"),
            ("babergh", "mid-suffolk"),
            ("broadland", "south-norfolk"),
            ("eastbourne", "lewes"),
            ("south-hams", "west-devon"),
        ];
        for (one, other) in pairs {
            let found = sites(&councils, &args(&format!("{one} {other}")).unwrap()).unwrap();
            assert_eq!(found.len(), 1, "{one} and {other}");
            assert_eq!(found[0].council, format!("{one}-and-{other}"));
        }
    }

    #[test]
    fn every_council_of_the_table_that_publishes_with_cmis_can_be_crawled() {
        let councils = crate::corpus::Home::new("there is no such folder").councils().unwrap();
        let of_cmis: Vec<&str> = councils
            .all()
            .iter()
            .filter(|council| council.platform == "cmis")
            .map(|council| council.slug.as_str())
            .collect();
        assert!(of_cmis.contains(&"birmingham") && of_cmis.contains(&"mid-ulster"));
        let sites = sites(&councils, &args(&of_cmis.join(" ")).unwrap()).unwrap();
        assert_eq!(sites.len(), of_cmis.len());
        assert!(sites.iter().all(|site| site.platform == Platform::Cmis));
    }

    #[test]
    fn what_cannot_be_crawled_is_refused() {
        let wrong = |line: &str| sites(&councils(), &args(line).unwrap()).unwrap_err().to_string();
        assert!(wrong("adur sefton --site https://a.example").contains("one council at most"));
        assert!(wrong("by-hand").contains("scrutineer add"));
        assert!(
            wrong("gone").ends_with("it was abolished on 2019-04-01; `adur` and `worthing` succeeded it")
        );
        assert!(wrong("").contains("name a council"));
        assert!(wrong("own").contains("--rules") && wrong("--platform pages").contains("--rules"));
        assert!(args("--rules f.toml --site https://a.example").is_err());
        assert!(args("--site https://a.example --platform files").is_err_and(|said| said.contains("add")));
        assert!(args("--site https://a.example --platform moderngov").is_ok());
    }
}
