//! `quickstart`: the whole way on the built-in sample, offline.

use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::bail;
use url::Url;

use super::crawl::{cancel_on_interrupt, crawl_sites, name_losses};
use super::hits::{Extra, Hits};
use super::index::{build_index, summary};
use super::search::plural;
use super::theme::codebook;
use super::themes::{RateOf, ThemeCounts};
use super::validations::Validations;
use super::{Context, Outcome};
use crate::analyse::{Dimension, Theme};
use crate::corpus::{self, Corpus};
use crate::crawl::{Cancel, Scope, Settings, Summary};
use crate::index::{Hit, Unit};
use crate::model::Site;
use crate::report::Format;
use crate::sample::data::State;
use crate::sample::{self, Publisher, Sample};
use crate::search::{Filter, Terms, parse};

/// The query whose hits are shown and written to `hits.csv`.
const QUERY: &str = r#"("social worker*" NEAR/8 (retention OR retain* OR recruit*))"#;

/// How many of its hits are shown.
const N_SHOWN: usize = 5;

/// The arguments of `quickstart`: there are none.
#[derive(clap::Args)]
pub struct Args {}

/// Runs `quickstart`.
pub fn run(context: &Context, _: Args) -> anyhow::Result<Outcome> {
    let start = Instant::now();
    let sites = sample::sites();
    let cancel = cancel_on_interrupt();
    let crawled = crawl_sample(context, &cancel)?;
    if cancel.is_cancelled() {
        context.say("stopped; the same command goes on where it was");
        return Ok(Outcome::Interrupted);
    }
    let built = build_index(context)?;
    context.say(format!("archived, read and indexed: {}", summary(&built)));
    if cancel.is_cancelled() {
        context.say("stopped; the same command goes on where it was");
        return Ok(Outcome::Interrupted);
    }

    let filter =
        Filter { councils: sites.iter().map(|site| site.council.clone()).collect(), ..Filter::default() };
    let codebook = codebook(None)?;
    let themes: Vec<&Theme> = codebook.themes.iter().collect();
    let counts = ThemeCounts::new(
        context,
        &themes,
        &filter,
        &[Dimension::Council, Dimension::Year],
        RateOf::default(),
    )?;
    if context.format == Format::Table {
        counts.write_years_across(context, &Validations::default())?;
    } else {
        context.write(&counts.counts_alone())?;
    }

    let index = context.index()?;
    let found = index.find(&parse(QUERY, Terms::Stemmed)?, &filter, Unit::Passage)?;
    let hits = found.best(usize::MAX);
    let extra = Extra { with_text: true, ..Extra::default() };
    let all = Hits { index: &index, found: &found, hits: &hits, n_before: 0, extra };
    let hits_file = context.home.root().join("hits.csv");
    context.write_rows_to(&hits_file, &all.extra.columns(), |writer| all.rows(writer))?;
    context.say(format!("\nBest hits of {QUERY}, each wording once:\n"));
    if context.format == Format::Table {
        // The sample's sentences recur: each is shown once.
        let mut seen = HashSet::new();
        let passages = index.load(&found, &hits)?;
        let first = hits.iter().zip(&passages).filter(|(_, (passage, _))| seen.insert(passage.text.as_str()));
        let shown: Vec<Hit> = first.take(N_SHOWN).map(|(hit, _)| *hit).collect();
        if context.output.is_none() {
            Hits { hits: &shown, extra: Extra::default(), ..all }.write(context)?;
        }
    }
    context.say(format!(
        "All {} are in {}. It took {:.1} s.",
        plural(hits.len() as u64, "hit", "hits"),
        hits_file.display(),
        start.elapsed().as_secs_f64(),
    ));
    say_what_next(context);
    // Once the crawl is over, Ctrl-C is heard between steps.
    Ok(if cancel.is_cancelled() { Outcome::Interrupted } else { crawled })
}

/// Publishes the sample on this machine and crawls it twice: as it stood when
/// some minutes were drafts, and as it stands now.
fn crawl_sample(context: &Context, cancel: &Cancel) -> anyhow::Result<Outcome> {
    let sites = sample::sites();
    let publisher = Publisher::start(sample::BEFORE_APPROVAL)?;
    let settings = Settings {
        delay: Duration::ZERO,
        contact: "the built-in sample, on this machine".into(),
        allow_loopback: true,
        hosts: hosts(&sites, publisher.address())?,
        ..Settings::default()
    };
    let mut corpus = Corpus::open(&context.home)?;
    if let Some(meeting) = corpus.meetings()?.iter().find(|m| sites.iter().all(|site| site.id != m.id.site)) {
        bail!(
            "the home `{}` holds documents of {}, and the invented councils of the sample would be counted \
             among them; give the sample a home of its own with `--home DIR`",
            context.home.root().display(),
            meeting.council_name
        );
    }
    let mut outcome = Outcome::Done;
    for as_of in [sample::BEFORE_APPROVAL, sample::TODAY] {
        publisher.set_as_of(as_of);
        let summary = crawl_sites(context, &mut corpus, &sites, &Scope::all(as_of), &settings, cancel)?;
        let sum = |count: fn(&crate::crawl::SiteSummary) -> u64| summary.sites.iter().map(count).sum::<u64>();
        context.say(format!(
            "crawled {} as of {as_of}: {} fetched, {} unchanged, {} refused, {} failed",
            plural(summary.sites.len() as u64, "council", "councils"),
            sum(|site| site.fetched),
            sum(|site| site.unchanged),
            sum(|site| site.refused),
            sum(|site| site.failed),
        ));
        if summary.cancelled {
            return Ok(Outcome::Interrupted);
        }
        if !is_as_planned(&summary) {
            name_losses(context, &summary);
            outcome = Outcome::Partial;
        }
    }
    Ok(outcome)
}

/// Whether all came but the meetings that the sample's publisher refuses.
fn is_as_planned(summary: &Summary) -> bool {
    let n_planned = Sample::load().meetings.iter().filter(|meeting| meeting.state == State::Refused).count();
    let mut losses = summary.sites.iter().flat_map(|site| &site.losses);
    let n_losses = losses.clone().count();
    summary.sites.iter().all(|site| site.finished)
        && losses.all(|loss| loss.cause.outcome() == corpus::Outcome::Refused)
        && n_losses <= n_planned
}

/// The sample's hosts resolve nowhere: all are reached at the publisher.
fn hosts(sites: &[Site], publisher: SocketAddr) -> anyhow::Result<HashMap<String, SocketAddr>> {
    let host =
        |site: &Site| Ok((Url::parse(&site.root)?.host_str().unwrap_or_default().to_owned(), publisher));
    sites.iter().map(host).collect()
}

fn say_what_next(context: &Context) {
    let home = context.home.root();
    let home =
        if home == std::path::Path::new(".") { String::new() } else { format!(" --home {}", home.display()) };
    context.say(format!(
        "\nNext:\n  \
         scrutineer{home} search 'missing NEAR/3 episode*'\n  \
         scrutineer{home} kwic '\"return home interview*\"' --sort right\n  \
         scrutineer{home} count '\"care leaver*\"' --by council,year\n  \
         scrutineer{home} coverage\n  \
         scrutineer{home} show ID        (an id from hits.csv)\n  \
         scrutineer --help"
    ));
}
