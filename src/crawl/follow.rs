//! Asks for an address until there is an answer: follows redirects, waits,
//! tries again, and decodes the body.

use std::cell::Cell;
use std::time::Duration;

use url::Url;

use super::fetch::{Fetch, NoAnswer, Silence};
use super::guard::check_address;
use super::hosts::{Host, Hosts};
use super::pace::{back_off, http_date, retry_after};
use super::{Page, Settings};
use crate::corpus::content::{self, Undecoded};
use crate::corpus::{Cause, Exchange, Unfit, Validators};
use crate::parse::challenge;

/// An answer, whatever its status, and how it was come by.
#[derive(Debug)]
pub(super) struct Arrival {
    /// What came before it: answers of earlier tries, and redirects.
    pub steps: Vec<Exchange>,
    /// The last exchange.
    pub exchange: Exchange,
    /// Its body with the `Content-Encoding` undone.
    pub page: Page,
}

/// Why there is no answer.
#[derive(Debug)]
pub(super) struct Miss {
    /// What came all the same: answers of earlier tries, redirects that led
    /// nowhere, bodies that cannot be decoded.
    pub steps: Vec<Exchange>,
    /// Why.
    pub unfit: Unfit,
    /// Whether the host said nothing at all.
    pub is_silent: bool,
}

/// Whether an address may be asked; says why not.
pub(super) type Permit<'a> = &'a dyn Fn(&Url) -> Result<(), Unfit>;

/// Asks, with retries. The last answer counts, whatever its status.
///
/// A site that asks for fewer requests rests the whole host, also when this
/// address is not tried again; one that asks for a longer rest than anybody
/// waits closes the host ([`Host::closed`]). Each request is counted in `n_sent`.
pub(super) async fn ask(
    hosts: &Hosts<'_, impl Fetch>,
    url: &Url,
    held: Option<&Validators>,
    permit: Permit<'_>,
    n_sent: &Cell<u64>,
) -> Result<Arrival, Miss> {
    let settings = hosts.settings;
    let mut tried = 0;
    let mut earlier = Vec::new();
    loop {
        tried += 1;
        let mut last = url.clone();
        let mut result = follow(hosts, &mut last, held, permit, n_sent).await;
        let host = hosts.of(&last);
        let wait = match &result {
            // Who takes us for a program would do so at each further try.
            Ok(arrival) => retry_wait(settings, &host, &arrival.exchange, tried)
                .filter(|_| challenge(&arrival.page.text()).is_none()),
            Err((_, Retry::Yes)) => Some(back_off(settings.back_off, tried)),
            // A host that refuses the connection says so at once, and again.
            Err((_, Retry::Once)) => (tried < 2).then(|| back_off(settings.back_off, tried)),
            Err((_, Retry::No)) => None,
        };
        if let Some(wait) = wait.filter(|_| tried < settings.tries) {
            host.rest(wait);
            earlier.extend(exchanges(result));
            continue;
        }
        let steps = match &mut result {
            Ok(arrival) => &mut arrival.steps,
            Err((miss, _)) => &mut miss.steps,
        };
        steps.splice(..0, earlier);
        host.heard(matches!(&result, Err((miss, _)) if miss.is_silent));
        return result.map_err(|(miss, _)| miss);
    }
}

/// All that came over the wire.
fn exchanges(result: Result<Arrival, (Miss, Retry)>) -> Vec<Exchange> {
    match result {
        Ok(Arrival { mut steps, exchange, .. }) => {
            steps.push(exchange);
            steps
        }
        Err((miss, _)) => miss.steps,
    }
}

/// How long to wait before an answer of this status is asked for again; lets
/// the host rest where it says that it is asked too much.
fn retry_wait(settings: &Settings, host: &Host, exchange: &Exchange, tried: u32) -> Option<Duration> {
    // Past 519 come the faults of Cloudflare, which do not last either.
    if !matches!(exchange.status, 408 | 429 | 500 | 502 | 503 | 504 | 520..=524) {
        return None;
    }
    let own = back_off(settings.back_off, tried);
    let speaks_for_host = matches!(exchange.status, 429 | 503);
    // A date is meant by the host's own clock; ours may be another.
    let own_clock = (settings.now)();
    let now = exchange.header("date").and_then(|date| http_date(date, own_clock)).unwrap_or(own_clock);
    let asked = exchange.header("retry-after").and_then(|value| retry_after(value, now));
    // What the site asks for is a least: never sooner.
    let wait = asked.map_or(own, |asked| asked.max(own));
    if let Some(asked) = asked.filter(|asked| *asked > settings.longest_retry_after) {
        if speaks_for_host {
            host.close(asked);
        }
        return None;
    }
    if speaks_for_host {
        host.rest(wait);
    }
    Some(wait)
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
    permit: Permit<'_>,
    n_sent: &Cell<u64>,
) -> Result<Arrival, (Miss, Retry)> {
    let settings = hosts.settings;
    let mut steps = Vec::new();
    loop {
        // What is held was asked for at the first address only.
        let answer = hosts.get(url, held.filter(|_| steps.is_empty())).await;
        n_sent.set(n_sent.get() + 1);
        let mut exchange = match answer {
            Ok(exchange) => exchange,
            Err(silence) => return Err(silent(steps, silence)),
        };
        exchange.at = settings.stamp();
        let Some(target) = redirect(&exchange) else {
            return arrive(settings, steps, exchange, url);
        };
        let next = target_of(url, &target, settings, permit);
        steps.push(exchange);
        let next = match next {
            Ok(next) => next,
            Err(unfit) => return Err((Miss { steps, unfit, is_silent: false }, Retry::No)),
        };
        if steps.len() > settings.redirects {
            let reason = format!("it redirects more than {} times", settings.redirects);
            return Err((miss(steps, Cause::WrongContent, reason), Retry::No));
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

fn arrive(
    settings: &Settings,
    mut steps: Vec<Exchange>,
    exchange: Exchange,
    url: &Url,
) -> Result<Arrival, (Miss, Retry)> {
    let encoding = exchange.header("content-encoding").unwrap_or_default();
    let body = match content::decode(encoding, &exchange.body, settings.body_bytes) {
        Ok(body) => body,
        Err(undecoded) => {
            // A broken body may be whole the next time; one that is too long,
            // or packed by other means, would be so again.
            let is_broken = matches!(undecoded, Undecoded::Damaged(_));
            let retry = if is_broken { Retry::Yes } else { Retry::No };
            steps.push(exchange);
            let cause = match undecoded {
                Undecoded::TooLong(_) => Cause::TooLong,
                _ => Cause::Broken,
            };
            return Err((miss(steps, cause, undecoded.to_string()), retry));
        }
    };
    let content_type = exchange.header("content-type").unwrap_or_default();
    let page = Page {
        final_url: url.to_string(),
        media_type: media_type(content_type),
        charset: charset(content_type),
        body,
    };
    Ok(Arrival { steps, exchange, page })
}

fn silent(steps: Vec<Exchange>, silence: NoAnswer) -> (Miss, Retry) {
    let (cause, retry) = match silence.kind {
        Silence::NoConnection => (Cause::Broken, Retry::Once),
        Silence::Broken => (Cause::Broken, Retry::Yes),
        Silence::TimeOut => (Cause::TimeOut, Retry::Yes),
        Silence::TooLong => (Cause::TooLong, Retry::No),
        Silence::Guarded => (Cause::OutOfBounds, Retry::No),
        Silence::Untrusted => (Cause::Untrusted, Retry::No),
        Silence::LeftAlone => (Cause::Fault, Retry::No),
    };
    let mut miss = miss(steps, cause, silence.reason);
    miss.is_silent = matches!(silence.kind, Silence::NoConnection | Silence::Broken | Silence::TimeOut);
    (miss, retry)
}

fn miss(steps: Vec<Exchange>, cause: Cause, reason: String) -> Miss {
    Miss { steps, unfit: Unfit { cause, reason }, is_silent: false }
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
