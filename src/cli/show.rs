//! `show`: one passage, item or meeting, with its context and source.

use std::io::{self, Write};

use anyhow::Context as _;

use super::filters::{HomeNames, read_query};
use super::groups::meeting_states;
use super::hits::why;
use super::search::plural;
use super::{Context, Outcome};
use crate::analyse::{Fate, MeetingState};
use crate::corpus::Corpus;
use crate::index::{CopiedMeeting, Index, item_of};
use crate::model::{
    DateSource, Document, Error, IssueLink, Meeting, MeetingId, MeetingStatus, Passage, Result,
};
use crate::report::{Cell, Format, Layout, Table, printable};
use crate::search::{Filter, Terms};

/// The arguments of `show`.
#[derive(clap::Args)]
pub struct Args {
    /// A passage (`site/meeting/item/n@digest`), an item (`site/meeting/item[@digest]`) or a meeting
    /// (`site/meeting`).
    #[arg(value_name = "ID")]
    id: String,
    /// Say of the passage which clause of this query is true with which words, and which is not.
    #[arg(long, value_name = "QUERY")]
    query: Option<String>,
    /// With --query: match words as written, not by their stem.
    #[arg(long, requires = "query")]
    exact: bool,
    /// Show of the passage's item only so many passages on each side of it.
    #[arg(long, value_name = "N", conflicts_with = "query", allow_negative_numbers = true)]
    around: Option<usize>,
}

/// Runs `show`.
pub fn run(context: &Context, args: Args) -> anyhow::Result<Outcome> {
    let index = context.index()?;
    let (mut passages, marked) = chosen(&index, &args.id)?;
    let corpus = Corpus::open_read_only(&context.home)?;
    let meeting_id = args.id.split('/').take(2).collect::<Vec<_>>().join("/");
    let meeting = corpus.meetings()?.into_iter().find(|meeting| meeting.id.to_string() == meeting_id);
    let Some(meeting) = meeting else {
        context.say(format!("no meeting here is called `{meeting_id}`"));
        return Ok(Outcome::Nothing);
    };
    if passages.is_empty() {
        let of =
            if args.id.matches('/').count() > 1 { format!("`{}`", args.id) } else { "text of it".into() };
        let states = meeting_states(context, &index, &Filter::default())?;
        let state = states.iter().find(|state| state.meeting.id == meeting.id);
        let about = state.map_or(meeting_id, about);
        context.say(format!("{about}: the index holds no {of}"));
        return Ok(Outcome::Nothing);
    }
    let at = passages.iter().position(|passage| marked.as_deref() == Some(passage.passage_id.0.as_str()));
    let place = |flag: &str| {
        at.with_context(|| {
            format!("{flag} is of a passage; `{}` is an item or a meeting: name one of its passages", args.id)
        })
    };
    if let Some(text) = &args.query {
        let terms = if args.exact { Terms::Exact } else { Terms::Stemmed };
        let query = read_query(&HomeNames::new(context, None), text, terms)?;
        let at = place("--query")?;
        let mut table = Table::new(&["passage_id", "why"]);
        table.layout = Layout::Cards;
        let why = why(&query, &passages[at..=at], 0);
        table.push(vec![passages[at].passage_id.0.as_str().into(), Cell::List(why)]);
        context.write(&table)?;
        return Ok(Outcome::Done);
    }
    if let Some(around) = args.around {
        let at = place("--around")?;
        let n_all = passages.len();
        passages.truncate(at.saturating_add(around).saturating_add(1));
        passages.drain(..at.saturating_sub(around));
        let of_item = plural(n_all as u64, "passage", "passages");
        context.say(format!("{} of {of_item} of the item shown", passages.len()));
    }
    let documents = corpus.all_versions(&meeting.id)?;
    let links = corpus.issue_links(&meeting.id)?;
    if context.format == Format::Table && context.output.is_none() {
        let readings = index.readings()?;
        let reading = readings.by_meeting.get(&meeting.id);
        let warnings = reading.map_or(&[][..], |reading| &reading.warnings);
        let mut text = text(&passages, marked.as_deref(), &documents, warnings);
        if let Some(line) = date_line(&meeting, reading.and_then(|reading| reading.date_source)) {
            text.push_str(&(line + "\n"));
        }
        for line in copy_lines(&index, &meeting.id) {
            text.push_str(&(printable(&line) + "\n"));
        }
        for line in issue_lines(context, &index, &links, &passages)? {
            text.push_str(&(printable(&line) + "\n"));
        }
        let mut stdout = io::stdout().lock();
        stdout.write_all(text.as_bytes()).map_err(Error::io("write", "stdout"))?;
    } else {
        context.write(&table(&passages, &documents, &links))?;
    }
    Ok(Outcome::Done)
}

/// Whence the date of added files is known, where their heading does not tell it.
fn date_line(meeting: &Meeting, source: Option<DateSource>) -> Option<String> {
    let date = meeting.date.filter(|_| meeting.id.site.is_of_files())?;
    match source {
        Some(DateSource::Heading) => None,
        Some(DateSource::FileName) => Some(format!("the date {date} is known only from the file's name")),
        Some(DateSource::Metadata) => Some(format!("the date {date} is known only from the file's metadata")),
        None => Some(format!("the date {date} is as told when the file was added: it does not stand in it")),
    }
}

/// A meeting of the register, in one line.
fn about(state: &MeetingState) -> String {
    let meeting = &state.meeting;
    let date = meeting.date.map_or("date unknown".to_owned(), |date| date.to_string());
    let body = if meeting.body.is_empty() { "body unknown" } else { &meeting.body };
    let is_held = meeting.status == MeetingStatus::Held;
    let minutes = if is_held { format!(", {}", minutes(state)) } else { String::new() };
    format!(
        "{} · {body} · {date} · {}{minutes} · {}",
        meeting.council_name,
        meeting.status.name(),
        meeting.url
    )
}

/// How far the minutes of a meeting that was held got, as `coverage` counts it.
fn minutes(state: &MeetingState) -> String {
    if let Some(original) = &state.copy_of {
        return format!("its minutes count under {original}");
    }
    let lost = state.lost.map_or("", |lost| lost.cause);
    match state.fate() {
        Fate::Readable => "its minutes can be read".to_owned(),
        Fate::Refused => format!("its minutes were refused ({lost})"),
        Fate::Failed => format!("its minutes could not be had ({lost})"),
        Fate::NotAsked => "its minutes were never asked for".to_owned(),
        Fate::Unreadable => {
            format!("no minutes could be read in what is held ({})", state.defect.unwrap_or_default())
        }
        Fate::Unpublished => "no minutes published".to_owned(),
    }
}

/// The passages to show, and the one that was asked for.
fn chosen(index: &Index, id: &str) -> anyhow::Result<(Vec<Passage>, Option<String>)> {
    if let Some(passage) = index.passage(id)? {
        let item = item_of(&passage);
        let mut passages = index.meeting(&passage.meeting.to_string())?;
        passages.retain(|other| item_of(other) == item);
        return Ok((passages, Some(passage.passage_id.0)));
    }
    let parts: Vec<&str> = id.split('/').collect();
    let meeting = parts.iter().take(2).copied().collect::<Vec<_>>().join("/");
    let mut passages = index.meeting(&meeting)?;
    if parts.len() > 3 {
        // A passage that is not there, such as one of a replaced edition: no
        // other text stands in for it.
        return Ok((Vec::new(), None));
    }
    if let Some(item) = parts.get(2) {
        let is_item =
            |passage: &Passage| passage.item_key == *item || passage.item == *item || item_of(passage) == id;
        passages.retain(is_item);
    }
    Ok((passages, None))
}

fn document_of<'a>(passage: &Passage, documents: &'a [Document]) -> Option<&'a Document> {
    documents.iter().find(|document| document.digest == passage.document)
}

/// Whether a link is of the item of a passage.
fn is_of(link: &IssueLink, passage: &Passage) -> bool {
    link.meeting == passage.meeting && (link.item == passage.item_key || link.item == passage.item)
}

/// Under which other meetings the same minutes stand, and where they count.
fn copy_lines(index: &Index, meeting: &MeetingId) -> Vec<String> {
    let copies = index.copies();
    let alike = |copy: &CopiedMeeting| {
        format!("{} % of the longer text stands in the other", (copy.share * 100.0).floor())
    };
    let original = copies
        .of(meeting)
        .map(|copy| format!("copy of {}, under which these minutes count: {}", copy.original, alike(&copy)));
    let left_out = copies.left_out(&Filter::default());
    let copied = left_out.values().filter(|copy| copy.original == *meeting).map(|copy| {
        format!("copied in {}, under which these minutes do not count: {}", copy.meeting, alike(copy))
    });
    original.into_iter().chain(copied).collect()
}

/// Where else the issues of these items were taken, as far as the site says.
fn issue_lines(
    context: &Context,
    index: &Index,
    links: &[IssueLink],
    passages: &[Passage],
) -> Result<Vec<String>> {
    let is_shown = |link: &IssueLink| passages.iter().any(|passage| is_of(link, passage));
    let mut lines = Vec::new();
    let states =
        if links.is_empty() { Vec::new() } else { meeting_states(context, index, &Filter::default())? };
    for of_issue in links.chunk_by(|a, b| a.issue == b.issue) {
        if !of_issue.iter().any(is_shown) {
            continue;
        }
        let title = of_issue.iter().map(|link| link.title.as_str()).find(|title| !title.is_empty());
        let title = title.map(|title| format!(" ({title})")).unwrap_or_default();
        for link in of_issue.iter().filter(|link| !is_shown(link)) {
            let state = states.iter().find(|state| state.meeting.id == link.meeting);
            let told = state.map_or("a meeting that is not in the register".to_owned(), about);
            let item = if link.item.is_empty() { String::new() } else { format!("/{}", link.item) };
            lines.push(format!("issue {}{title}: also {}{item}: {told}", link.issue, link.meeting));
        }
    }
    Ok(lines)
}

fn table(passages: &[Passage], documents: &[Document], links: &[IssueLink]) -> Table {
    let mut table = Table::new(&[
        "passage_id",
        "council",
        "body",
        "date",
        "item",
        "title",
        "edition",
        "kind",
        "boilerplate",
        "number",
        "clause",
        "page",
        "text",
        "url",
        "document",
        "document_url",
        "retrieved",
        "issues",
        "language",
        "rule",
    ]);
    for passage in passages {
        let document = document_of(passage, documents);
        let mut issues: Vec<&str> =
            links.iter().filter(|link| is_of(link, passage)).map(|link| link.issue.as_str()).collect();
        issues.dedup();
        table.push(vec![
            passage.passage_id.0.as_str().into(),
            passage.council.as_str().into(),
            Cell::text_or_unknown(&passage.body),
            passage.date.map(|date| date.to_string()).into(),
            Cell::text_or_unknown(&passage.item),
            Cell::text_or_unknown(&passage.title),
            passage.edition.name().into(),
            passage.kind.name().into(),
            if passage.boilerplate { "yes" } else { "no" }.into(),
            passage.number.clone().into(),
            Cell::text_or_unknown(passage.clause.concat()),
            passage.page.map(u64::from).into(),
            passage.text.as_str().into(),
            passage.url.as_str().into(),
            passage.document.0.as_str().into(),
            document.map(|document| document.url.clone()).into(),
            document.map(|document| document.retrieved.clone()).into(),
            Cell::text_or_unknown(issues.join(" ")),
            passage.language.name().into(),
            passage.rule.clone().into(),
        ]);
    }
    table
}

/// The passages as a person reads them: by document and item, each with its
/// identifier, and with where each document was published.
fn text(passages: &[Passage], marked: Option<&str>, documents: &[Document], warnings: &[String]) -> String {
    let first = &passages[0];
    let date = first.date.map_or("date unknown".to_owned(), |date| date.to_string());
    let body = if first.body.is_empty() { "body unknown" } else { &first.body };
    let mut lines = vec![format!("{} · {body} · {date}", first.council_name)];
    for of_document in passages.chunk_by(|a, b| a.document == b.document) {
        let mut item = String::new();
        for passage in of_document {
            let heading = format!("{} {} ({})", passage.item, passage.title, passage.edition.name());
            if heading != item {
                lines.extend([String::new(), heading.trim().to_owned()]);
                item = heading;
            }
            let mark = if marked == Some(passage.passage_id.0.as_str()) { ">" } else { " " };
            let label = passage.number.clone().into_iter().chain(passage.clause.last().cloned());
            let label: String = label.map(|label| label + " ").collect();
            let indent = "  ".repeat(passage.clause.len());
            lines.push(format!("{mark} {indent}{label}{}", passage.text));
            let rule = passage.rule.as_ref().map(|rule| format!("; left out by default: {rule}"));
            let (kind, rule) = (passage.kind.name(), rule.unwrap_or_default());
            lines.push(format!("    {indent}[{kind}{rule}] {}", passage.passage_id.0));
        }
        lines.extend([String::new(), format!("published at {}", of_document[0].url)]);
        if let Some(document) = document_of(&of_document[0], documents) {
            let Document { url, retrieved, digest, .. } = document;
            lines.push(format!("read from {url} of {retrieved}, sha256 {digest}"));
        }
    }
    lines.extend(warnings.iter().map(|warning| format!("note: {warning}")));
    lines.iter().map(|line| printable(line) + "\n").collect()
}
