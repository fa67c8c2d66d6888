//! `crawl`: fetches what is new or changed.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use url::Url;

use super::{Context, Outcome};
use crate::corpus::Corpus;
use crate::crawl::{Cancel, DELAY, Documents, Progress, Scope, Settings, Summary, crawl_network};
use crate::model::{Council, Councils, Error, PartialDate, Platform, Result, Site, SiteId, slug};
use crate::report::{Cell, Table};

/// The shortest time between two requests to a host that is not this machine's
/// own: half of what public crawlers of these sites keep to.
const SHORTEST_DELAY: Duration = Duration::from_millis(500);

/// The arguments of `crawl`.
#[derive(clap::Args)]
pub struct Args {
    /// Councils, by slug or name; `scrutineer councils` lists them.
    #[arg(value_name = "COUNCIL")]
    councils: Vec<String>,
    /// The root address of a site, for a council that is not in the table.
    #[arg(long, value_name = "URL")]
    site: Option<String>,
    /// The system that runs the site.
    #[arg(long, default_value = "moderngov", value_name = "P")]
    platform: Platform,
    /// The earliest date of a meeting: 2019, 2019-04 or 2019-04-01.
    #[arg(long, value_name = "DATE")]
    from: Option<PartialDate>,
    /// The latest date of a meeting, included.
    #[arg(long, value_name = "DATE")]
    to: Option<PartialDate>,
    /// Words that all stand in the body's name.
    #[arg(long, default_value = "", value_name = "WORDS")]
    body: String,
    /// What to fetch of each meeting: its minutes; every form in which they are published; or nothing
    /// but its entry in the register.
    #[arg(long, value_enum, default_value_t = DocumentsArg::Minutes)]
    documents: DocumentsArg,
    /// The most meetings to ask for at each site; the rest waits for the next crawl.
    #[arg(long, value_name = "N")]
    limit: Option<u64>,
    /// Seconds between two requests to one host; a site's robots.txt may ask for more.
    #[arg(long, default_value_t = DELAY.as_secs_f64(), value_name = "SECONDS")]
    delay: f64,
    /// An address at which the sites can reach you; it stands in the User-Agent.
    #[arg(long, env = "SCRUTINEER_CONTACT", default_value = "", value_name = "ADDRESS")]
    contact: String,
    /// Say which sites would be asked, and for what; ask nothing.
    #[arg(long)]
    dry_run: bool,
    /// Ask hosts on this machine too: for tests.
    #[arg(long)]
    allow_loopback: bool,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum DocumentsArg {
    Minutes,
    All,
    None,
}

/// Runs `crawl`.
pub fn run(context: &Context, args: Args) -> anyhow::Result<Outcome> {
    let sites = sites(context, &args)?;
    let scope = Scope {
        from: args.from.map(PartialDate::first_day),
        to: args.to.map(PartialDate::last_day),
        body: args.body.clone(),
        documents: match args.documents {
            DocumentsArg::Minutes => Documents::Minutes,
            DocumentsArg::All => Documents::All,
            DocumentsArg::None => Documents::None,
        },
        today: jiff::Zoned::now().date(),
    };
    let delay = Duration::try_from_secs_f64(args.delay)
        .map_err(|_| Error::Input(format!("`--delay {}` is no number of seconds", args.delay)))?;
    if delay < SHORTEST_DELAY && !args.allow_loopback {
        let shortest = SHORTEST_DELAY.as_secs_f64();
        return Err(Error::Input(format!(
            "a host is asked at most every {shortest} s; `--delay` is too short"
        ))
        .into());
    }
    if args.dry_run {
        for site in &sites {
            context.say(format!(
                "{} at {} ({}): robots.txt first, then its lists, then each meeting; {} s between requests",
                site.council_name,
                site.root,
                site.platform.name(),
                delay.as_secs_f64(),
            ));
        }
        return Ok(Outcome::Done);
    }
    let settings = Settings {
        delay,
        contact: args.contact.clone(),
        allow_loopback: args.allow_loopback,
        meetings_per_site: args.limit,
        ..Settings::default()
    };
    if settings.contact.is_empty() {
        context.say("no contact is set: `--contact you@example.org` lets a site reach you");
    }
    let mut corpus = Corpus::open(&context.home)?;
    context.warn_of_sample(&corpus)?;
    let summary = crawl_sites(context, &mut corpus, &sites, &scope, &settings)?;
    context.write(&table(&summary))?;
    Ok(report(context, &summary))
}

/// Crawls with a progress line on stderr; Ctrl-C stops it cleanly.
pub fn crawl_sites(
    context: &Context,
    corpus: &mut Corpus,
    sites: &[Site],
    scope: &Scope,
    settings: &Settings,
) -> Result<Summary> {
    let cancel = Cancel::default();
    stop_on_interrupt(&cancel);
    let bar = context.progress(0, "crawling");
    let waiting = std::cell::RefCell::new(std::collections::HashMap::<SiteId, (u64, u64)>::new());
    let on_progress = |progress: &Progress| {
        let mut sites = waiting.borrow_mut();
        sites.insert(progress.site.clone(), (progress.done, progress.waiting));
        let done: u64 = sites.values().map(|(done, _)| done).sum();
        bar.set_length(done + sites.values().map(|(_, waiting)| waiting).sum::<u64>());
        bar.set_position(done);
    };
    let summary = crawl_network(corpus, sites, scope, settings, &on_progress, &cancel);
    bar.finish_and_clear();
    summary
}

/// The first Ctrl-C asks the crawl to stop; a second one ends the program. A
/// system that cannot tell of it ends the program at once, which loses nothing
/// either: what was fetched is stored.
fn stop_on_interrupt(cancel: &Cancel) {
    static LISTENS: AtomicBool = AtomicBool::new(false);
    if LISTENS.swap(true, Ordering::Relaxed) {
        return;
    }
    let cancel = cancel.clone();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let Ok(runtime) = runtime else { return };
        runtime.block_on(async {
            if tokio::signal::ctrl_c().await.is_ok() {
                cancel.cancel();
            }
            if tokio::signal::ctrl_c().await.is_ok() {
                std::process::exit(Outcome::Interrupted.code().into());
            }
        });
    });
}

/// What came of a crawl, a row a site.
pub fn table(summary: &Summary) -> Table {
    let mut table =
        Table::new(&["council", "meetings_found", "fetched", "unchanged", "refused", "failed", "bytes"]);
    for site in &summary.sites {
        let counts =
            [site.meetings_found, site.fetched, site.unchanged, site.refused, site.failed, site.bytes];
        let mut cells: Vec<Cell> = vec![site.council.as_str().into()];
        cells.extend(counts.map(Cell::Count));
        table.push(cells);
    }
    table
}

/// Names on stderr what did not come, and says how the crawl ended.
fn report(context: &Context, summary: &Summary) -> Outcome {
    for site in &summary.sites {
        for loss in &site.losses {
            context.warn(format!("{} {}: {}", loss.outcome.name(), loss.url, loss.reason));
        }
    }
    if summary.cancelled {
        context.say("stopped; the same command goes on where it was");
        return Outcome::Interrupted;
    }
    if summary.sites.iter().any(|site| site.fetched > 0) {
        context.say("`scrutineer index` makes what is new searchable");
    }
    for site in summary.sites.iter().filter(|site| site.finished && site.meetings_found == 0) {
        context.say(format!("{}: no meeting of these dates and bodies is listed", site.council));
    }
    if summary.is_whole() { Outcome::Done } else { Outcome::Partial }
}

fn sites(context: &Context, args: &Args) -> Result<Vec<Site>> {
    let councils = context.home.councils()?;
    if let Some(address) = &args.site {
        return Ok(vec![site_at(&councils, address, args)?]);
    }
    if args.councils.is_empty() {
        let message = "name a council (see `scrutineer councils`), or give an address with `--site URL`";
        return Err(Error::Input(message.into()));
    }
    args.councils.iter().map(|name| site_of(&councils, name)).collect()
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
    let platform: Result<Platform, String> = council.platform.parse();
    match platform {
        Ok(platform) if !council.address.is_empty() => Ok(site(council, platform)),
        _ => {
            let system = if council.platform.is_empty() { "a system not known" } else { &council.platform };
            let why = format!("{} publishes with {system}", council.name);
            Err(Error::Input(format!("{why}, which cannot be crawled yet; `scrutineer add` takes its files")))
        }
    }
}

fn site(council: &Council, platform: Platform) -> Site {
    Site {
        id: SiteId::new(&council.slug),
        platform,
        root: council.address.trim_end_matches('/').to_owned(),
        council: council.slug.clone(),
        council_name: council.name.clone(),
    }
}

/// A site by its address, for the council that was named with it, that has the
/// address in the table, or that is called after the host.
fn site_at(councils: &Councils, address: &str, args: &Args) -> Result<Site> {
    let wrong = |reason: &str| Error::Input(format!("`--site {address}` cannot be crawled: {reason}"));
    let url = Url::parse(address).map_err(|error| wrong(&error.to_string()))?;
    let host = url.host_str().ok_or_else(|| wrong("it names no host"))?;
    let root = address.trim_end_matches('/').to_owned();
    let in_table = councils.all().iter().find(|council| council.address.trim_end_matches('/') == root);
    let named = args.councils.first().map(|name| councils.find(name).ok_or(name));
    let (slug, name) = match (named, in_table) {
        (Some(Ok(council)), _) | (None, Some(council)) => (council.slug.clone(), council.name.clone()),
        (Some(Err(name)), _) => (slug(name), name.clone()),
        (None, None) => (slug(host), host.to_owned()),
    };
    let port = url.port().map(|port| format!("-{port}")).unwrap_or_default();
    let id = SiteId::new(&format!("{host}{port}{}", url.path().trim_end_matches('/')));
    Ok(Site { id, platform: args.platform, root, council: slug, council_name: name })
}
