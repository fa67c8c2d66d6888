//! A large council on loopback, to measure crawlers against: `.ci/throughput`
//! runs it.
//!
//! `publisher serve --meetings N --port P [--hosts H] [--sittings N]
//! [--pages-only] [--latency MS] [--log FILE]` answers as ModernGov does on
//! 127.0.0.1 to 127.0.0.H. What it serves is the built-in sample's first
//! council with N meetings, made of the sample's own minutes. Every answer is
//! kept when it has been made once, so that a crawler is measured and not this
//! server. `/publisher/counts` says what was asked since the last time that it
//! was asked itself.
//!
//! `publisher ask FILE` asks for the addresses in a file, one after another,
//! keeps nothing, and prints how many came and how long it took: what no
//! crawler with one request in flight can beat.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::error::Error;
use std::io::Write;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header::{CONTENT_TYPE, HOST, LOCATION};
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use axum::serve::ListenerExt;
use clap::Parser;
use jiff::ToSpan;
use jiff::civil::date;
use scrutineer::sample::{Sample, TODAY, site};

const COUNCILS: &str = include_str!("../corpus/sample/councils.toml");
const PROSE: &str = include_str!("../corpus/sample/prose.toml");
const MEETINGS: &str = include_str!("../corpus/sample/meetings.csv");

/// The council that is served, and its bodies that still meet.
const COUNCIL: &str = "ambermere";
const BODIES: [u32; 4] = [211, 205, 198, 219];

#[derive(Parser)]
enum Command {
    /// Serves.
    Serve(Serve),
    /// Asks for the addresses in a file.
    Ask {
        /// One address a line.
        addresses: std::path::PathBuf,
    },
}

#[derive(clap::Args)]
struct Serve {
    /// How many meetings.
    #[arg(long, default_value_t = 5000)]
    meetings: u32,
    /// The port.
    #[arg(long)]
    port: u16,
    /// On how many addresses of this machine, from 127.0.0.1 on.
    #[arg(long, default_value_t = 1)]
    hosts: u8,
    /// How many of the sample's meetings each one here is made of: a real
    /// agenda is longer than the sample's. 0: nothing but apologies.
    #[arg(long, default_value_t = 3)]
    sittings: usize,
    /// Switch the web service off.
    #[arg(long)]
    pages_only: bool,
    /// Milliseconds before each answer.
    #[arg(long, default_value_t = 0)]
    latency: u64,
    /// Write a line for each request: milliseconds, host, status, target.
    #[arg(long)]
    log: Option<std::path::PathBuf>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    match Command::parse() {
        Command::Serve(options) => runtime.block_on(serve(options)),
        Command::Ask { addresses } => runtime.block_on(ask(&std::fs::read_to_string(addresses)?)),
    }
}

/// The sample with so many meetings, spread over bodies and days.
fn large_sample(options: &Serve) -> Result<Sample, Box<dyn Error>> {
    let mut agendas: Vec<String> = Vec::new();
    for row in csv::Reader::from_reader(MEETINGS.as_bytes()).records() {
        let row = row?;
        if row.get(4) == Some("published") {
            agendas.extend(row.get(7).map(str::to_owned));
        }
    }
    let mut plan = csv::Writer::from_writer(Vec::new());
    plan.write_record(["council", "body", "number", "date", "state", "draft_until", "first_item", "items"])?;
    // Two days between two meetings of a body, the last a month ago.
    let last = TODAY.saturating_sub(30.days());
    for at in 0..options.meetings {
        let round = i64::from((options.meetings - 1 - at) / 4);
        let day = last.saturating_sub((2 * round).days()).max(date(1990, 1, 2));
        let first = at as usize * options.sittings;
        let items = (first..first + options.sittings).map(|n| agendas[n % agendas.len()].as_str());
        let items: Vec<&str> = if options.sittings == 0 { vec!["apol=ap1"] } else { items.collect() };
        let (body, number) = (BODIES[at as usize % 4].to_string(), (20_000 + at).to_string());
        let items = items.join("|");
        plan.write_record([COUNCIL, &body, &number, &day.to_string(), "published", "", "1", &items])?;
    }
    let plan = String::from_utf8(plan.into_inner()?)?;
    let mut sample = Sample::read(COUNCILS, PROSE, &plan)?;
    for council in &mut sample.councils {
        council.site.service = !options.pages_only;
    }
    Ok(sample)
}

/// What has been asked.
#[derive(Default)]
struct Counts {
    /// By the name of the page and its status.
    answers: BTreeMap<(String, u16), u64>,
    bytes: u64,
    /// Meetings given whole by the service, or as a page.
    meetings: BTreeSet<(String, String)>,
    in_flight: HashMap<String, u32>,
    most_in_flight: u32,
}

struct Shared {
    sample: Sample,
    latency: Duration,
    started: Instant,
    made: Mutex<HashMap<String, (site::Answer, Bytes)>>,
    counts: Mutex<Counts>,
    log: Option<Mutex<std::io::BufWriter<std::fs::File>>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn serve(options: Serve) -> Result<(), Box<dyn Error>> {
    let log = options.log.as_ref().map(std::fs::File::create).transpose()?;
    let shared = Arc::new(Shared {
        sample: large_sample(&options)?,
        latency: Duration::from_millis(options.latency),
        started: Instant::now(),
        made: Mutex::default(),
        counts: Mutex::default(),
        log: log.map(|file| Mutex::new(std::io::BufWriter::new(file))),
    });
    let mut servers = Vec::new();
    for host in 1..=options.hosts {
        let address = (Ipv4Addr::new(127, 0, 0, host), options.port);
        let listener = tokio::net::TcpListener::bind(address).await?;
        // Without this an answer in two pieces would wait for the client.
        let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
        let router = Router::new().fallback(answer).with_state(Arc::clone(&shared));
        servers.push(tokio::spawn(async move { axum::serve(listener, router).await }));
    }
    println!("serving");
    for server in servers {
        server.await??;
    }
    Ok(())
}

async fn answer(State(shared): State<Arc<Shared>>, headers: HeaderMap, uri: Uri) -> Response {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let host = host.split(':').next().unwrap_or_default().to_owned();
    let target = uri.path_and_query().map_or("/", |target| target.as_str());
    if target == "/publisher/counts" {
        return Response::new(Body::from(tell(&std::mem::take(&mut *lock(&shared.counts)))));
    }
    begin(&shared, &host);
    if !shared.latency.is_zero() {
        tokio::time::sleep(shared.latency).await;
    }
    let made = lock(&shared.made).get(target).cloned();
    let (answer, body) = made.unwrap_or_else(|| {
        let mut answer = site::answer(&shared.sample, TODAY, &format!("democracy.{COUNCIL}.example"), target);
        let made = (answer.clone(), Bytes::from(std::mem::take(&mut answer.body)));
        let made = (site::Answer { body: Vec::new(), ..made.0 }, made.1);
        lock(&shared.made).insert(target.to_owned(), made.clone());
        made
    });
    end(&shared, &host, target, answer.status, body.len());
    let mut response = Response::builder().status(answer.status).header(CONTENT_TYPE, answer.media_type);
    if let Some(location) = &answer.location {
        response = response.header(LOCATION, location);
    }
    response.body(Body::from(body)).expect("the status and the headers are this program's own")
}

fn begin(shared: &Shared, host: &str) {
    let mut counts = lock(&shared.counts);
    let in_flight = counts.in_flight.entry(host.to_owned()).or_default();
    *in_flight += 1;
    let now = *in_flight;
    counts.most_in_flight = counts.most_in_flight.max(now);
}

fn end(shared: &Shared, host: &str, target: &str, status: u16, n_bytes: usize) {
    let mut counts = lock(&shared.counts);
    if let Some(in_flight) = counts.in_flight.get_mut(host) {
        *in_flight = in_flight.saturating_sub(1);
    }
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let kind = match path.strip_prefix("/documents/") {
        Some(_) => "documents",
        None => path.rsplit('/').next().unwrap_or_default(),
    };
    if status == 200 && matches!(kind, "GetMeeting" | "ieListDocuments.aspx") {
        let number = url::form_urlencoded::parse(query.as_bytes())
            .find(|(key, _)| matches!(&**key, "lMeetingId" | "MId"))
            .map(|(_, value)| value.into_owned());
        counts.meetings.extend(number.map(|number| (host.to_owned(), number)));
    }
    *counts.answers.entry((kind.to_owned(), status)).or_default() += 1;
    counts.bytes += n_bytes as u64;
    if let Some(log) = &shared.log {
        // A log that cannot be written is seen by its reader.
        let _ = writeln!(lock(log), "{} {host} {status} {target}", shared.started.elapsed().as_millis());
    }
}

fn tell(counts: &Counts) -> String {
    let answers = counts.answers.iter().map(|((kind, status), n)| format!("{kind} {status} {n}\n"));
    format!(
        "{}bytes - {}\nmeetings - {}\nmost-in-flight - {}\n",
        answers.collect::<String>(),
        counts.bytes,
        counts.meetings.len(),
        counts.most_in_flight
    )
}

async fn ask(addresses: &str) -> Result<(), Box<dyn Error>> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().no_proxy().build()?;
    let (mut n_answers, mut n_bytes, started) = (0_u64, 0_u64, Instant::now());
    for address in addresses.lines() {
        n_bytes += client.get(address).send().await?.bytes().await?.len() as u64;
        n_answers += 1;
    }
    println!("{n_answers} answers, {n_bytes} bytes, {:.3} s", started.elapsed().as_secs_f64());
    Ok(())
}
