//! One request over the network, or out of memory.

use std::collections::HashMap;
use std::error::Error as _;
use std::net::SocketAddr;
use std::sync::Mutex;
use std::time::Duration;

use bytes::Bytes;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{ACCEPT_ENCODING, HeaderValue};
use tokio::time::Instant;
use url::Url;

use super::guard::{may_connect, not_public};
use super::{LARGE_BODIES_AT_ONCE, Settings};
use crate::corpus::{Exchange, Validators};
use crate::model::{Error, Result};

/// How long the connection itself may take.
const CONNECT: Duration = Duration::from_secs(15);

/// The longest deadline that makes a difference: a year.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// A body longer than this waits for its turn among the large ones, in bytes.
const LARGE_BODY: usize = 1024 * 1024;

/// Makes one request. Follows nothing, decodes nothing.
pub trait Fetch {
    /// Asks for an address, unless it is as it was `held`; `at` in the exchange
    /// is left to the caller.
    fn get(&self, url: &Url, held: Option<&Validators>) -> impl Future<Output = Result<Exchange, NoAnswer>>;
}

/// Why no answer came, or none that is whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoAnswer {
    /// Why, in plain words.
    pub reason: String,
    /// What kind of silence it is.
    pub kind: Silence,
}

/// Kinds of silence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Silence {
    /// There was no connection: worth one more try.
    NoConnection,
    /// The answer broke off: worth another try.
    Broken,
    /// It took too long: worth another try.
    TimeOut,
    /// The answer was longer than the limit: it would be again.
    TooLong,
    /// The host is one that is not asked.
    Guarded,
    /// Its certificate is not good: it would not be the next time.
    Untrusted,
    /// The host has asked to be left alone, so that it was not asked.
    LeftAlone,
}

/// The network.
#[derive(Debug)]
pub struct Network {
    client: reqwest::Client,
    user_agent: String,
    deadline: Duration,
    body_bytes: u64,
    /// Who may take in a large body.
    large: tokio::sync::Semaphore,
}

impl Network {
    /// Sets up the client.
    pub fn new(settings: &Settings) -> Result<Self> {
        let resolver = Resolver { hosts: settings.hosts.clone(), allow_loopback: settings.allow_loopback };
        Self::with_resolver(settings, resolver)
    }

    fn with_resolver(settings: &Settings, resolver: impl Resolve + 'static) -> Result<Self> {
        // A second call finds the provider installed already: as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .user_agent(settings.user_agent())
            .redirect(reqwest::redirect::Policy::none())
            .dns_resolver(resolver)
            .no_proxy()
            .connect_timeout(CONNECT.min(settings.deadline))
            .build()
            .map_err(|error| Error::Fetch { url: "anything".to_owned(), reason: told(&error) })?;
        Ok(Self {
            client,
            user_agent: settings.user_agent(),
            deadline: settings.deadline,
            body_bytes: settings.body_bytes,
            large: tokio::sync::Semaphore::new(LARGE_BODIES_AT_ONCE),
        })
    }

    /// What this gives, unless the deadline comes first.
    async fn until<T>(&self, deadline: Instant, part: impl Future<Output = T>) -> Result<T, NoAnswer> {
        tokio::time::timeout_at(deadline, part).await.map_err(|_| NoAnswer {
            reason: format!("it took longer than {} seconds", self.deadline.as_secs_f64()),
            kind: Silence::TimeOut,
        })
    }
}

impl Fetch for Network {
    async fn get(&self, url: &Url, held: Option<&Validators>) -> Result<Exchange, NoAnswer> {
        // Past some centuries the clock has no name for the time.
        let mut deadline = Instant::now() + self.deadline.min(LONGEST);
        let request = self.client.get(url.clone()).header(ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
        let conditions = held.map(conditions).unwrap_or_default();
        let request = conditions.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        let mut response = self.until(deadline, request.send()).await?.map_err(|error| no_answer(&error))?;
        let mut exchange = Exchange {
            url: url.to_string(),
            request: request_head(url, &self.user_agent, &conditions),
            status: response.status().as_u16(),
            ..Exchange::default()
        };
        for (name, value) in response.headers() {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            exchange.headers.push((name.to_string(), value));
        }
        let (mut body, mut turn) = (Vec::new(), None);
        while let Some(chunk) =
            self.until(deadline, response.chunk()).await?.map_err(|error| no_answer(&error))?
        {
            if body.len() as u64 + chunk.len() as u64 > self.body_bytes {
                let reason = format!("its body is longer than {} bytes", self.body_bytes);
                return Err(NoAnswer { reason, kind: Silence::TooLong });
            }
            if turn.is_none() && body.len() + chunk.len() > LARGE_BODY {
                // The host does not answer for the time that others take. The
                // semaphore is never closed.
                let waits = Instant::now();
                turn = self.large.acquire().await.ok();
                deadline += waits.elapsed();
            }
            body.extend_from_slice(&chunk);
        }
        exchange.body = body.into();
        Ok(exchange)
    }
}

/// The head of the request as it is archived.
fn request_head(url: &Url, user_agent: &str, conditions: &[(&str, &str)]) -> String {
    let target = match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    };
    let host = match (url.host_str(), url.port()) {
        (Some(host), Some(port)) => format!("{host}:{port}"),
        (host, _) => host.unwrap_or_default().to_owned(),
    };
    let conditions: String = conditions.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    format!(
        "GET {target} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: {user_agent}\r\n\
         Accept: */*\r\nAccept-Encoding: gzip\r\n{conditions}\r\n"
    )
}

/// The headers that ask whether something has changed.
fn conditions(held: &Validators) -> Vec<(&'static str, &str)> {
    let etag = held.etag.as_deref().map(|etag| ("If-None-Match", etag));
    let date = held.last_modified.as_deref().map(|date| ("If-Modified-Since", date));
    // They came over the wire as they are; one that cannot go back is left out.
    etag.into_iter().chain(date).filter(|(_, value)| HeaderValue::from_str(value).is_ok()).collect()
}

fn no_answer(error: &reqwest::Error) -> NoAnswer {
    let mut source = error.source();
    while let Some(cause) = source {
        if let Some(guarded) = cause.downcast_ref::<Guarded>() {
            return NoAnswer { reason: guarded.0.clone(), kind: Silence::Guarded };
        }
        if is_about_certificate(cause) {
            return NoAnswer { reason: told(error), kind: Silence::Untrusted };
        }
        source = cause.source();
    }
    let kind = match () {
        () if error.is_timeout() => Silence::TimeOut,
        () if error.is_connect() => Silence::NoConnection,
        () => Silence::Broken,
    };
    NoAnswer { reason: told(error), kind }
}

/// Whether an error says that a certificate is not good. Each layer wraps it in
/// an `io::Error`, which passes over what it wraps when asked for its source.
fn is_about_certificate(error: &(dyn std::error::Error + 'static)) -> bool {
    if let Some(wrapped) = error.downcast_ref::<std::io::Error>().and_then(|error| error.get_ref()) {
        return is_about_certificate(wrapped);
    }
    matches!(error.downcast_ref(), Some(rustls::Error::InvalidCertificate(_)))
}

/// What went wrong, down to its last cause: the first words of the library
/// (“error sending request”) say nothing.
fn told(error: &reqwest::Error) -> String {
    let mut last = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        last = cause.to_string();
        source = cause.source();
    }
    let what = if error.is_connect() { "no connection" } else { "the answer broke off" };
    format!("{what}: {last}")
}

/// Resolves names, and drops every address that may not be connected to. The
/// connection is made to what is returned here, so that a name cannot lead
/// elsewhere between the check and the connection.
struct Resolver {
    hosts: HashMap<String, SocketAddr>,
    allow_loopback: bool,
}

/// A name that leads only to where no council publishes.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Guarded(String);

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let known = self.hosts.get(name.as_str()).copied();
        let allow_loopback = self.allow_loopback;
        Box::pin(async move {
            if let Some(address) = known {
                return Ok(Box::new(std::iter::once(address)) as Addrs);
            }
            // The port 0 stands for the one of the address's scheme.
            let all: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            guarded(name.as_str(), all, allow_loopback)
        })
    }
}

/// Those addresses of a name that may be connected to; an error where it has
/// others alone.
fn guarded(
    name: &str,
    all: Vec<SocketAddr>,
    allow_loopback: bool,
) -> Result<Addrs, Box<dyn std::error::Error + Send + Sync>> {
    let (open, shut): (Vec<SocketAddr>, Vec<SocketAddr>) =
        all.into_iter().partition(|address| may_connect(address.ip(), allow_loopback));
    match shut.first().filter(|_| open.is_empty()) {
        Some(first) => Err(Box::new(Guarded(format!("{name}: {}", not_public(first.ip()))))),
        None => Ok(Box::new(open.into_iter())),
    }
}

/// Answers out of memory, and a log of what was asked: for tests. Whatever it
/// does not hold is answered with status 404.
#[derive(Debug, Default)]
pub struct Recorded {
    answers: HashMap<String, Exchange>,
    asked: Mutex<Vec<String>>,
}

impl Recorded {
    /// Adds an answer of status 200.
    pub fn with(mut self, url: &str, content_type: &str, body: impl Into<Bytes>) -> Self {
        let exchange = Exchange {
            url: url.to_owned(),
            request: "GET / HTTP/1.1\r\n\r\n".to_owned(),
            status: 200,
            headers: vec![("content-type".to_owned(), content_type.to_owned())],
            body: body.into(),
            ..Exchange::default()
        };
        self.answers.insert(url.to_owned(), exchange);
        self
    }

    /// What has been asked, in order.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).clone()
    }
}

impl Fetch for Recorded {
    async fn get(&self, url: &Url, _held: Option<&Validators>) -> Result<Exchange, NoAnswer> {
        self.asked.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).push(url.to_string());
        let not_found = Exchange { url: url.to_string(), status: 404, ..Exchange::default() };
        Ok(self.answers.get(url.as_str()).cloned().unwrap_or(not_found))
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    /// A name that leads elsewhere each time it is looked up, seen through the
    /// guard.
    struct Changing {
        lookups: Arc<AtomicUsize>,
        answers: Vec<Vec<SocketAddr>>,
    }

    impl Resolve for Changing {
        fn resolve(&self, name: Name) -> Resolving {
            let at = self.lookups.fetch_add(1, Ordering::SeqCst);
            let answer = guarded(name.as_str(), self.answers[at].clone(), true);
            Box::pin(async move { answer })
        }
    }

    /// Eight other hosts send large bodies for longer than the deadline: this one
    /// has done nothing wrong.
    #[test]
    fn a_wait_for_the_bodies_of_other_hosts_is_no_time_of_this_one() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
        let length = 2 * LARGE_BODY;
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let _ = stream.read(&mut [0; 4096]);
            let _ =
                stream.write_all(format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n").as_bytes());
            let _ = stream.write_all(&vec![b'x'; length]);
        });
        let deadline = Duration::from_millis(500);
        let settings = Settings { deadline, allow_loopback: true, ..Settings::default() };
        let network = Network::new(&settings).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let answer = runtime.block_on(async {
            let others = network.large.acquire_many(LARGE_BODIES_AT_ONCE as u32).await.unwrap();
            let (answer, ()) = tokio::join!(network.get(&url, None), async move {
                tokio::time::sleep(deadline * 2).await;
                drop(others);
            });
            answer
        });
        assert_eq!(answer.unwrap().body.len(), length);
    }

    /// A name may lead to a public address when it is checked and to one of this
    /// network when the connection is made. Here it is looked up once for each
    /// connection, which goes to what was checked.
    #[test]
    fn c31_a_name_that_changes_is_checked_for_each_connection() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let here = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let _ = stream.read(&mut [0; 4096]);
                let _ = stream
                    .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nhere");
            }
        });
        let private: SocketAddr = "169.254.169.254:80".parse().unwrap();
        let lookups = Arc::new(AtomicUsize::new(0));
        let answers = vec![vec![here], vec![private, here], vec![private]];
        let resolver = Changing { lookups: lookups.clone(), answers };
        let network = Network::with_resolver(&Settings::default(), resolver).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let url = Url::parse("http://changing.example/").unwrap();
        let get = || runtime.block_on(network.get(&url, None));
        assert_eq!(get().unwrap().body, b"here"[..]);
        assert_eq!(get().unwrap().body, b"here"[..], "of two addresses the one that may be connected to");
        let refused = get().unwrap_err();
        assert_eq!(refused.kind, Silence::Guarded);
        assert!(refused.reason.contains("169.254.169.254"), "{}", refused.reason);
        assert_eq!(lookups.load(Ordering::SeqCst), 3);
    }
}
