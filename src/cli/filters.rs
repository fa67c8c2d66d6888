//! The filters that every question takes.

use std::cell::OnceCell;
use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};

use clap::Args;

use super::Context;
use super::abbreviations::long_forms;
use super::councils::{fate, listed};
use super::crawl::site_by_table;
use super::saved::{SavedQueries, SavedQuery, called};
use super::search::UnitArg;
use crate::corpus::{Corpus, LostLists};
use crate::index::Unit;
use crate::model::{Council, Councils, DateRange, Edition, Error, Kind, Language, PartialDate, Result};
use crate::search::{Filter, Names, Query, QueryError, Terms, parse_with};

/// Which meetings count.
#[derive(Args, Debug, Default)]
#[command(next_help_heading = "Filters")]
pub struct MeetingFilterArgs {
    /// Councils, by slug or name.
    #[arg(long, value_delimiter = ',', value_name = "S,…")]
    pub council: Vec<String>,
    /// With --council: the councils that they took over from as well, back to the first in the table.
    /// Each is counted by itself; `--by council` tells them apart.
    #[arg(long, requires = "council")]
    with_predecessors: bool,
    /// Words that all stand in the body's name.
    #[arg(long, value_name = "WORDS")]
    pub body: Option<String>,
    /// The earliest date: 2019, 2019-04 or 2019-04-01.
    #[arg(long, value_name = "DATE")]
    pub from: Option<PartialDate>,
    /// The latest date, included.
    #[arg(long, value_name = "DATE")]
    pub to: Option<PartialDate>,
    /// Years.
    #[arg(long, value_delimiter = ',', value_name = "Y,…", value_parser = year)]
    year: Vec<i16>,
}

fn year(text: &str) -> Result<i16, String> {
    text.parse().map_err(|_| "it is no year; write 2021".to_owned())
}

/// Which passages count.
#[derive(Args, Debug, Default)]
#[command(next_help_heading = "Filters")]
pub struct FilterArgs {
    #[command(flatten)]
    meetings: MeetingFilterArgs,
    /// Kinds of passage: narrative, question, answer, resolution, recommendation, request,
    /// noting, attendance, heading, boilerplate.
    #[arg(long, value_delimiter = ',', value_name = "K,…")]
    kind: Vec<String>,
    /// Editions: minutes, draft-minutes, replaced-draft (drafts that approved minutes have
    /// replaced), agenda, decisions, report, pack, or all. Default: minutes and draft-minutes.
    #[arg(long, value_delimiter = ',', value_name = "E,…")]
    edition: Vec<String>,
    /// Languages: english, welsh, or all. Default: english, so that text in Welsh is no silence.
    #[arg(long, value_delimiter = ',', value_name = "L,…")]
    language: Vec<String>,
    /// Count minutes under every meeting that has them, where several have the same.
    #[arg(long)]
    with_copies: bool,
    /// Count standing items (apologies, declarations, minutes of the last meeting) too.
    #[arg(long)]
    with_boilerplate: bool,
}

impl MeetingFilterArgs {
    /// The filter, checked: a council that has no meeting here is an error, for
    /// “none found” would be untrue of it.
    pub fn filter(&self, context: &Context) -> Result<Filter> {
        self.filter_of(context, &HashSet::new())
    }

    /// The same, but that councils whose sites did not give all their lists are
    /// here as well: there is something to say of them.
    pub fn filter_of_register(&self, context: &Context, lost: &[LostLists]) -> Result<Filter> {
        self.filter_of(context, &lost.iter().map(|lost| lost.council.as_str()).collect())
    }

    fn filter_of(&self, context: &Context, asked: &HashSet<&str>) -> Result<Filter> {
        if let (Some(from), Some(to)) = (self.from, self.to)
            && to.last_day() < from.first_day()
        {
            return Err(Error::Input(format!("no day lies between --from {from} and --to {to}")));
        }
        Ok(Filter {
            councils: self.councils(context, asked)?,
            body: self.body.as_deref().map(Filter::body_words).unwrap_or_default(),
            dates: DateRange { from: self.from, to: self.to },
            years: self.year.iter().copied().collect(),
            ..Filter::default()
        })
    }

    /// The councils that are asked about: with meetings here, or among those
    /// `asked` for lists.
    fn councils(&self, context: &Context, asked: &HashSet<&str>) -> Result<HashSet<String>> {
        if self.council.is_empty() {
            return Ok(HashSet::new());
        }
        let table = context.home.councils()?;
        let corpus = Corpus::open_read_only(&context.home)?;
        let (meetings, lost) = (corpus.meetings()?, corpus.lost_lists()?);
        let asked_councils = corpus.asked_councils()?;
        let here: BTreeSet<(&str, &str)> = meetings
            .iter()
            .map(|meeting| (meeting.council.as_str(), meeting.council_name.as_str()))
            .collect();
        let is_here = |slug: &str| asked.contains(slug) || here.iter().any(|(other, _)| *other == slug);
        let find = |name: &String| {
            let slug = table.slug_for(name);
            let family = self.family(&table, slug.clone());
            let (held, missing): (Vec<String>, Vec<String>) =
                family.into_iter().partition(|slug| is_here(slug));
            if !held.is_empty() {
                if self.with_predecessors {
                    say_family(context, &held, &missing);
                }
                return Ok(held);
            }
            // Of councils that share a site, no list tells which of them met.
            let site = table.find(name).and_then(|council| site_by_table(&table, council));
            if let Some(site) = site.as_ref().filter(|site| is_here(&site.council)) {
                return Ok(vec![site.council.clone()]);
            }
            let is_near = |(slug, full): &&(&str, &str)| {
                let name = name.to_lowercase();
                slug.contains(&name) || full.to_lowercase().contains(&name)
            };
            let near: Vec<&str> = here.iter().filter(is_near).map(|(slug, _)| *slug).collect();
            let took_over_here = table.all_predecessors(&slug).iter().any(|council| is_here(&council.slug));
            let today = jiff::Zoned::now().date();
            let gone = table.find(name).filter(|council| !council.existed(today.into()));
            let fate = gone.and_then(|council| fate(council, today));
            let is_of_it =
                |council: &str| council == slug || site.as_ref().is_some_and(|site| site.council == council);
            let lost = lost.iter().find(|lost| is_of_it(&lost.council));
            if let Some(council) = table.find(name)
                && lost.is_none()
                && fate.is_none()
                && !took_over_here
                && !asked_councils.iter().any(|council| is_of_it(council))
            {
                return Err(not_collected(council, site.is_some()));
            }
            let hint = match near.as_slice() {
                _ if lost.is_some() => {
                    let gave = match lost.is_some_and(|lost| lost.is_silent) {
                        true => "gave no list of meetings",
                        false => "did not give all its lists of meetings",
                    };
                    format!("its site was asked and {gave}; `scrutineer coverage` says why")
                }
                _ if took_over_here && !self.with_predecessors => {
                    "councils that it took over from have one: add `--with-predecessors`".to_owned()
                }
                [] if fate.is_some() => fate.unwrap_or_default(),
                [] => "`scrutineer coverage --by council` lists those that have one".to_owned(),
                near => format!("there is {}", near.join(", ")),
            };
            Err(Error::Input(format!("no council called `{name}` has a meeting here; {hint}")))
        };
        let found: Vec<Vec<String>> = self.council.iter().map(find).collect::<Result<_>>()?;
        Ok(found.into_iter().flatten().collect())
    }

    /// The council, and those that it took over from if they are asked for.
    fn family(&self, table: &Councils, slug: String) -> Vec<String> {
        let mut family = vec![slug];
        if self.with_predecessors {
            let predecessors = table.all_predecessors(&family[0]);
            family.extend(predecessors.iter().map(|council| council.slug.clone()));
        }
        family
    }
}

/// That nothing of a council was ever asked for, and how to.
fn not_collected(council: &Council, can_be_crawled: bool) -> Error {
    let Council { slug, name, .. } = council;
    let how = match can_be_crawled {
        true => format!("`scrutineer crawl {slug}` collects it"),
        false => {
            "`scrutineer crawl --rules FILE` reads its pages, and `scrutineer add` takes its files".to_owned()
        }
    };
    Error::Input(format!(
        "{name} (`{slug}`) has not been collected, so nothing is known of its meetings here; {how}"
    ))
}

/// Says which councils an answer is about, and of which nothing is held: that
/// nothing was found of these says nothing.
fn say_family(context: &Context, held: &[String], missing: &[String]) {
    let mut line = format!("with predecessors: {}", listed(held));
    if !missing.is_empty() {
        line.push_str(&format!("; no meeting is here of {}", listed(missing)));
    }
    context.say(line);
}

impl FilterArgs {
    /// Takes out of a saved query the filters that were typed as well.
    fn replace_in(&self, saved: &mut SavedQuery) {
        fn replace<T>(saved: &mut Vec<T>, typed: &[T]) {
            if !typed.is_empty() {
                saved.clear();
            }
        }
        replace(&mut saved.council, &self.meetings.council);
        replace(&mut saved.year, &self.meetings.year);
        replace(&mut saved.kind, &self.kind);
        replace(&mut saved.edition, &self.edition);
        replace(&mut saved.language, &self.language);
        saved.body.take_if(|_| self.meetings.body.is_some());
        saved.from.take_if(|_| self.meetings.from.is_some());
        saved.to.take_if(|_| self.meetings.to.is_some());
    }

    /// These filters and those of a saved query, none of which were typed.
    pub fn with(&self, saved: &SavedQuery) -> Self {
        let typed = &self.meetings;
        Self {
            meetings: MeetingFilterArgs {
                council: [&typed.council[..], &saved.council].concat(),
                with_predecessors: typed.with_predecessors,
                body: typed.body.clone().or_else(|| saved.body.clone()),
                from: typed.from.or(saved.from),
                to: typed.to.or(saved.to),
                year: [&typed.year[..], &saved.year].concat(),
            },
            kind: [&self.kind[..], &saved.kind].concat(),
            edition: [&self.edition[..], &saved.edition].concat(),
            language: [&self.language[..], &saved.language].concat(),
            with_copies: self.with_copies || saved.with_copies,
            with_boilerplate: self.with_boilerplate || saved.with_boilerplate,
        }
    }

    /// The filter, checked.
    pub fn filter(&self, context: &Context) -> Result<Filter> {
        let mut filter = Filter {
            with_boilerplate: self.with_boilerplate,
            with_copies: self.with_copies,
            ..self.meetings.filter(context)?
        };
        for name in &self.kind {
            let kind = Kind::ALL.into_iter().find(|kind| kind.name() == name);
            filter.kinds.insert(kind.ok_or_else(|| no_such("kind", name, &Kind::ALL.map(Kind::name)))?);
        }
        for name in &self.edition {
            if name == "all" {
                filter.editions.extend(Edition::ALL);
                continue;
            }
            let edition = Edition::ALL.into_iter().find(|edition| edition.name() == name);
            let edition =
                edition.ok_or_else(|| no_such("edition", name, &Edition::ALL.map(Edition::name)))?;
            filter.editions.insert(edition);
        }
        for name in &self.language {
            if name == "all" {
                filter.languages.extend(Language::ALL);
                continue;
            }
            let language = Language::ALL.into_iter().find(|language| language.name() == name);
            let language =
                language.ok_or_else(|| no_such("language", name, &Language::ALL.map(Language::name)))?;
            filter.languages.insert(language);
        }
        Ok(filter)
    }
}

fn no_such(what: &str, name: &str, names: &[&str]) -> Error {
    Error::Input(format!("there is no {what} `{name}`; there are {}", names.join(", ")))
}

/// A query as typed, and how it is read.
#[derive(Args, Debug)]
pub struct QueryArgs {
    /// The query, or `@name` for a saved one; `scrutineer help query` explains the language.
    #[arg(value_name = "QUERY", allow_hyphen_values = true)]
    query: String,
    /// Match words as written, not by their stem.
    #[arg(long)]
    exact: bool,
    /// What AND, OR and NOT look over; NEAR and phrases stay within a passage. Default: passage.
    #[arg(long, value_enum)]
    unit: Option<UnitArg>,
    /// The file of saved queries; default: `queries.toml` in the home.
    #[arg(long, value_name = "FILE")]
    queries: Option<PathBuf>,
}

/// What is asked: a query and all that goes with it.
pub struct Asked {
    /// The text of the query: as typed, or as saved.
    pub text: String,
    /// The query.
    pub query: Query,
    /// Which passages count.
    pub filter: Filter,
    /// What AND, OR and NOT look over.
    pub unit: Unit,
}

impl QueryArgs {
    /// The query as typed.
    pub fn text(&self) -> &str {
        &self.query
    }

    /// What is asked, under these filters and those of the saved query that is
    /// called. Of two filters of one name, the one that was typed goes before.
    pub fn ask(&self, context: &Context, filters: &FilterArgs) -> Result<Asked> {
        let names = HomeNames::new(context, self.queries.as_deref());
        let terms = if self.exact { Terms::Exact } else { Terms::Stemmed };
        let Some(name) = called(&self.query) else {
            let query = read_query(&names, &self.query, terms)?;
            let unit = self.unit.unwrap_or_default().into();
            return Ok(Asked { text: self.query.clone(), query, filter: filters.filter(context)?, unit });
        };
        let mut saved = names
            .find(name)
            .map_err(|message| wrong_query(&self.query, &QueryError { column: 1, message }))?
            .clone();
        saved.exact |= self.exact;
        saved.unit = self.unit.or(saved.unit);
        filters.replace_in(&mut saved);
        let query = read_query(&names, &saved.query, saved.terms())?;
        let filter = filters.with(&saved).filter(context)?;
        let exact = if saved.exact { "; words as written" } else { "" };
        let under = match saved.filters_shown() {
            shown if shown.is_empty() => shown,
            shown => format!("; {shown}"),
        };
        context.say(format!("@{name}: {query}{exact}{under}"));
        Ok(Asked { text: saved.query, query, filter, unit: saved.unit.unwrap_or_default().into() })
    }
}

/// Reads a query. An error points at its column.
pub fn read_query(names: &HomeNames, text: &str, terms: Terms) -> Result<Query> {
    if let Some(word) = lower_case_operator(text) {
        let upper = word.to_uppercase();
        names.context.say(format!("`{word}` is looked for as a word; the operator is written {upper}"));
    }
    parse_with(text, terms, names).map_err(|error| wrong_query(text, &error))
}

fn wrong_query(text: &str, error: &QueryError) -> Error {
    let arrow = format!("{}^", " ".repeat(error.column.saturating_sub(1)));
    let shown: String = text.chars().take(200).collect();
    let pointer = if error.column <= 200 && !text.trim().is_empty() && !shown.contains('\n') {
        format!("\n  {shown}\n  {arrow}")
    } else {
        String::new()
    };
    Error::Input(format!("the query is not right: {error}{pointer}"))
}

/// What the home knows by name.
pub struct HomeNames<'a> {
    context: &'a Context,
    file: PathBuf,
    /// Read when one is first called.
    saved: OnceCell<Result<SavedQueries, String>>,
}

impl<'a> HomeNames<'a> {
    /// The names of a home, with its file of saved queries or another.
    pub fn new(context: &'a Context, queries: Option<&Path>) -> Self {
        Self { context, file: SavedQueries::file(&context.home, queries), saved: OnceCell::new() }
    }

    /// The saved query of that name.
    pub fn find(&self, name: &str) -> Result<&SavedQuery, String> {
        let saved =
            self.saved.get_or_init(|| SavedQueries::read(&self.file).map_err(|error| with_causes(&error)));
        saved.as_ref().map_err(Clone::clone)?.find(name)
    }
}

/// An error in one line.
fn with_causes(error: &dyn std::error::Error) -> String {
    let cause = error.source().map(|cause| format!(": {}", with_causes(cause)));
    format!("{error}{}", cause.unwrap_or_default())
}

impl Names for HomeNames<'_> {
    fn long_forms(&self, short: &str, terms: Terms) -> Result<Vec<String>, String> {
        long_forms(self.context, short, terms)
    }

    fn saved(&self, name: &str, terms: Terms) -> Result<(String, Terms), String> {
        let saved = self.find(name)?;
        let filters = saved.filters_shown();
        if !filters.is_empty() {
            return Err(format!(
                "`@{name}` has filters ({filters}), and stands within no other query; run it by itself"
            ));
        }
        Ok((saved.query.clone(), if saved.exact { Terms::Exact } else { terms }))
    }
}

/// A word outside quotes that would be an operator in upper case.
fn lower_case_operator(query: &str) -> Option<&str> {
    let outside_quotes = query.split('"').step_by(2);
    let mut words = outside_quotes.flat_map(str::split_whitespace);
    words.find(|word| ["and", "or", "not"].contains(word))
}
