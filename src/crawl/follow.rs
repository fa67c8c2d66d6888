//! Asks for an address until there is an answer: follows redirects, waits,
//! tries again, and decodes the body.

use std::cell::Cell;
use std::time::Duration;

use bytes::Bytes;
use url::Url;

use super::fetch::{Fetch, NoAnswer, Silence};
use super::guard::check_address;
use super::hosts::{Host, Hosts};
use super::pace::{back_off, http_date, retry_after};
use super::{Page, Settings};
use crate::corpus::content::{self, Undecoded};
use crate::corpus::{Cause, Exchange, Unfit, Validators};
use crate::model;
use crate::parse::challenge;

/// An answer, whatever its status, and how it was come by.
#[derive(Debug)]
pub(super) struct Arrival {
    /// The last exchange.
    pub exchange: Exchange,
    /// Its body with the `Content-Encoding` undone.
    pub page: Page,
}

/// Why there is no answer.
#[derive(Debug)]
pub(super) struct Miss {
    /// Why.
    pub unfit: Unfit,
    /// Whether the host said nothing at all.
    pub is_silent: bool,
    /// Whether it was not asked, as it is left alone: of the document that says
    /// nothing.
    pub is_unasked: bool,
}

impl Miss {
    /// Why there is none from a host that did answer, or of what may not be asked.
    pub fn told(unfit: Unfit) -> Self {
        Self { unfit, is_silent: false, is_unasked: false }
    }
}

/// Whether an address may be asked; says why not.
pub(super) type Permit<'a> = &'a dyn Fn(&Url) -> Result<(), Unfit>;

/// What is to be kept as soon as it comes, as the process may be stopped while
/// it waits.
#[derive(Debug)]
pub(super) enum Came<'a> {
    /// What is not the answer itself: a redirect, the answer of a try that is not
    /// the last, a body that cannot be decoded.
    Step(&'a Exchange),
    /// That a host asks to be left alone for this long.
    Rest(&'a Url, Duration),
}

/// What has gone over the wire.
#[derive(Debug, Default)]
pub(super) struct Traffic {
    /// Requests, tries and redirects among them.
    pub n_sent: Cell<u64>,
    /// Answers.
    pub n_came: Cell<u64>,
    /// Bytes of their bodies.
    pub bytes: Cell<u64>,
}

impl Traffic {
    fn add(&self, answer: &Result<Exchange, NoAnswer>) {
        // One that is left alone was not asked.
        if matches!(answer, Err(silence) if silence.kind == Silence::LeftAlone) {
            return;
        }
        self.n_sent.set(self.n_sent.get() + 1);
        if let Ok(exchange) = answer {
            self.n_came.set(self.n_came.get() + 1);
            self.bytes.set(self.bytes.get() + exchange.body.len() as u64);
        }
    }
}

/// Whoever asks.
pub(super) struct Asker<'a> {
    /// Where the answer may lead.
    pub permit: Permit<'a>,
    /// Keeps what comes on the way.
    pub keep: &'a dyn Fn(Came) -> model::Result<()>,
    /// Where what goes over the wire is counted.
    pub traffic: &'a Traffic,
}

/// Asks, with retries. The last answer counts, whatever its status; what comes
/// before it is kept when it comes. Fails where it cannot be kept.
///
/// A site that asks for fewer requests rests the whole host, also when this
/// address is not tried again; one that asks for a longer rest than anybody
/// waits closes the host ([`Host::closed`]).
pub(super) async fn ask(
    hosts: &Hosts<'_, impl Fetch>,
    url: &Url,
    held: Option<&Validators>,
    asker: &Asker<'_>,
) -> model::Result<Result<Arrival, Miss>> {
    let settings = hosts.settings;
    let mut tried = 0;
    loop {
        tried += 1;
        let mut last = url.clone();
        let result = follow(hosts, &mut last, held, asker).await?;
        let host = hosts.of(&last);
        let wait = match &result {
            Ok(arrival) => {
                let wait = retry_wait(settings, &host, &arrival.exchange, tried);
                if let Some(asked) = wait.asked {
                    (asker.keep)(Came::Rest(&last, asked))?;
                }
                // Who takes us for a program would do so at each further try.
                wait.before_retry.filter(|_| challenge(&arrival.page.text()).is_none())
            }
            Err((_, Retry::Yes)) => Some(back_off(settings.back_off, tried)),
            // A host that refuses the connection says so at once, and again.
            Err((_, Retry::Once)) => (tried < 2).then(|| back_off(settings.back_off, tried)),
            Err((_, Retry::No)) => None,
        };
        let Some(wait) = wait.filter(|_| tried < settings.tries) else {
            let result = result.map_err(|(mut miss, _)| {
                // What an earlier try or a redirect said was an answer.
                miss.is_unasked &= tried == 1 && last == *url;
                miss
            });
            match &result {
                Err(miss) if miss.is_unasked => {}
                result => host.heard(result.as_ref().is_err_and(|miss| miss.is_silent)),
            }
            return Ok(result);
        };
        host.rest(wait);
        if let Ok(arrival) = &result {
            (asker.keep)(Came::Step(&arrival.exchange))?;
        }
    }
}

/// What an answer asks us to wait.
struct Wait {
    /// Before the same address is tried again; `None` where it is not.
    before_retry: Option<Duration>,
    /// How long the host asks to be left alone, whatever is asked of it.
    asked: Option<Duration>,
}

/// What an answer of this status asks us to wait; lets the host rest where it
/// says that it is asked too much, or when to come again.
fn retry_wait(settings: &Settings, host: &Host, exchange: &Exchange, tried: u32) -> Wait {
    // Past 519 come the faults of Cloudflare, which do not last either.
    if !matches!(exchange.status, 408 | 429 | 500 | 502 | 503 | 504 | 520..=524) {
        return Wait { before_retry: None, asked: None };
    }
    let own = back_off(settings.back_off, tried);
    let is_busy = matches!(exchange.status, 429 | 503);
    // A date is meant by the host's own clock; ours may be another.
    let own_clock = (settings.now)();
    let now = exchange.header("date").and_then(|date| http_date(date, own_clock)).unwrap_or(own_clock);
    let asked = exchange.header("retry-after").and_then(|value| retry_after(value, now));
    // What the site asks for is a least: never sooner.
    let wait = asked.map_or(own, |asked| asked.max(own));
    if let Some(asked) = asked.filter(|asked| *asked > settings.longest_retry_after) {
        if is_busy {
            host.close(asked);
        }
        return Wait { before_retry: None, asked: Some(asked).filter(|_| is_busy) };
    }
    if is_busy || asked.is_some() {
        host.rest(wait);
    }
    Wait { before_retry: Some(wait), asked }
}

/// Whether another try may help.
#[derive(Debug, Clone, Copy)]
enum Retry {
    Yes,
    Once,
    No,
}

/// Asks once, and follows where the answer leads; `url` is then the address that
/// was asked last.
async fn follow(
    hosts: &Hosts<'_, impl Fetch>,
    url: &mut Url,
    held: Option<&Validators>,
    asker: &Asker<'_>,
) -> model::Result<Result<Arrival, (Miss, Retry)>> {
    let settings = hosts.settings;
    let mut n_redirects = 0;
    loop {
        // What is held was asked for at the first address only.
        let answer = hosts.get(url, held.filter(|_| n_redirects == 0)).await;
        asker.traffic.add(&answer);
        let mut exchange = match answer {
            Ok(exchange) => exchange,
            Err(silence) => return Ok(Err(silent(silence))),
        };
        exchange.at = settings.stamp();
        let Some(target) = redirect(&exchange) else {
            let page = match read(settings, &exchange, url) {
                Ok(page) => page,
                // Of what is no document the status tells all there is to know.
                Err(_) if !(200..=299).contains(&exchange.status) => Page {
                    final_url: url.to_string(),
                    media_type: String::new(),
                    charset: None,
                    body: Bytes::new(),
                },
                Err(lost) => {
                    (asker.keep)(Came::Step(&exchange))?;
                    return Ok(Err(lost));
                }
            };
            return Ok(Ok(Arrival { exchange, page }));
        };
        (asker.keep)(Came::Step(&exchange))?;
        let next = match target_of(url, &target, settings, asker.permit) {
            Ok(next) => next,
            Err(unfit) => return Ok(Err((Miss::told(unfit), Retry::No))),
        };
        n_redirects += 1;
        if n_redirects > settings.redirects {
            let reason = format!("it redirects more than {} times", settings.redirects);
            return Ok(Err((miss(Cause::WrongContent, reason), Retry::No)));
        }
        *url = next;
    }
}

/// The address that a redirect leads to, if it may be asked.
fn target_of(url: &Url, target: &str, settings: &Settings, permit: Permit<'_>) -> Result<Url, Unfit> {
    let out_of_bounds = |reason: String| Unfit { cause: Cause::OutOfBounds, reason };
    let next = url
        .join(target)
        .map_err(|_| out_of_bounds(format!("it redirects to `{target}`, which is no address")))?;
    check_address(next.as_str(), settings.allow_loopback).map_err(out_of_bounds)?;
    // What was asked for under a certificate is not asked for without one.
    if (url.scheme(), next.scheme()) == ("https", "http") {
        return Err(out_of_bounds(format!("it redirects to {next}, from https to http")));
    }
    permit(&next)
        .map_err(|unfit| Unfit { reason: format!("it redirects to {next}: {}", unfit.reason), ..unfit })?;
    Ok(next)
}

/// The target of a redirect, as it is written.
fn redirect(exchange: &Exchange) -> Option<String> {
    let is_redirect = matches!(exchange.status, 301 | 302 | 303 | 307 | 308);
    exchange.header("location").filter(|_| is_redirect).map(str::to_owned)
}

/// What an answer holds, with its `Content-Encoding` undone.
fn read(settings: &Settings, exchange: &Exchange, url: &Url) -> Result<Page, (Miss, Retry)> {
    let encoding = exchange.header("content-encoding").unwrap_or_default();
    let body = match content::decode(encoding, exchange.body.clone(), settings.body_bytes) {
        Ok(body) => body,
        Err(undecoded) => {
            // A broken body may be whole the next time; one that is too long,
            // or packed by other means, would be so again.
            let is_broken = matches!(undecoded, Undecoded::Damaged(_));
            let retry = if is_broken { Retry::Yes } else { Retry::No };
            let cause = match undecoded {
                Undecoded::TooLong(_) => Cause::TooLong,
                _ => Cause::Broken,
            };
            return Err((miss(cause, undecoded.to_string()), retry));
        }
    };
    let content_type = exchange.header("content-type").unwrap_or_default();
    Ok(Page {
        final_url: url.to_string(),
        media_type: media_type(content_type),
        charset: charset(content_type),
        body,
    })
}

fn silent(silence: NoAnswer) -> (Miss, Retry) {
    let (cause, retry) = match silence.kind {
        Silence::NoConnection => (Cause::Broken, Retry::Once),
        Silence::Broken => (Cause::Broken, Retry::Yes),
        Silence::TimeOut => (Cause::TimeOut, Retry::Yes),
        Silence::TooLong => (Cause::TooLong, Retry::No),
        Silence::Guarded => (Cause::OutOfBounds, Retry::No),
        Silence::Untrusted => (Cause::Untrusted, Retry::No),
        Silence::LeftAlone => (Cause::Fault, Retry::No),
    };
    let mut miss = miss(cause, silence.reason);
    miss.is_silent = matches!(silence.kind, Silence::NoConnection | Silence::Broken | Silence::TimeOut);
    miss.is_unasked = silence.kind == Silence::LeftAlone;
    (miss, retry)
}

fn miss(cause: Cause, reason: String) -> Miss {
    Miss::told(Unfit { cause, reason })
}

/// The media type of a `Content-Type`, in lower case, without parameters.
fn media_type(content_type: &str) -> String {
    content_type.split(';').next().unwrap_or_default().trim().to_lowercase()
}

/// The `charset` of a `Content-Type`.
fn charset(content_type: &str) -> Option<String> {
    content_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        let value = value.trim().trim_matches(['"', '\'']).to_lowercase();
        (name.trim().eq_ignore_ascii_case("charset") && !value.is_empty()).then_some(value)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_content_type_gives_type_and_charset() {
        assert_eq!(media_type("Text/HTML; charset=UTF-8"), "text/html");
        assert_eq!(charset("text/html; Charset=\"utf-8\"").as_deref(), Some("utf-8"));
        assert_eq!(charset("text/html"), None);
    }
}
