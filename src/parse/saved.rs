//! Pages of ModernGov that somebody saved as text: an agenda item's page, or
//! the history of an issue.

use std::sync::LazyLock;

use crate::model::{AgendaItem, Edition, ItemPassage, Reading, Warning};

use super::blocks::Block;
use super::date::dates;
use super::minutes::clean_title;
use super::passages::passages;
use super::standing::standing;
use crate::parse::{Pattern, pattern};

static ISSUE: LazyLock<Pattern> =
    LazyLock::new(|| pattern(r"(?i)^issue\s*[-–]\s*(?:meetings|details|history|.{0,60})$"));
static ITEM_PAGE: LazyLock<Pattern> =
    LazyLock::new(|| pattern(r"(?i)^(?:agenda item|eitem agenda|eitem ar yr agenda)$"));
static MEETING: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:meeting|cyfarfod)\s*:\s*(?P<date>\d{1,2}/\d{1,2}/\d{4})\s*[-–]\s*(?P<body>.*?)(?:\s*\((?:item|eitem)\s*(?P<item>[\w.]+)\))?$",
    )
});
static NUMBERED: LazyLock<Pattern> =
    LazyLock::new(|| pattern(r"^(?P<number>\d{1,4}[a-zA-Z]?)\.?\s+(?P<title>\S.*)$"));
static SECTION: LazyLock<Pattern> =
    LazyLock::new(|| pattern(r"(?i)^(?P<name>minutes|cofnodion|decision|penderfyniad)\s*:$"));

/// Reads such a page into `reading`; `false` when it is none.
pub fn read(blocks: &[Block], reading: &mut Reading) -> bool {
    let Some(first) = blocks.iter().take(6).position(|block| {
        ITEM_PAGE.is_match(&block.text)
            || (ISSUE.is_match(&block.text) && blocks.iter().any(|block| MEETING.is_match(&block.text)))
    }) else {
        return false;
    };
    let is_issue = ISSUE.is_match(&blocks[first].text);
    let body = &blocks[first + 1..];
    if is_issue {
        issue(body, reading)
    } else {
        item_page(body, reading)
    }
    true
}

/// The page of one agenda item: its title, then what was written of it.
fn item_page(blocks: &[Block], reading: &mut Reading) {
    let Some((title, body)) = blocks.split_first() else { return };
    reading.items.push(item("1", "", &title.text, body));
    reading.edition = Some(edition_of(blocks));
}

/// The meetings at which an issue was dealt with, each with its item.
fn issue(blocks: &[Block], reading: &mut Reading) {
    let starts: Vec<usize> = (0..blocks.len()).filter(|at| MEETING.is_match(&blocks[*at].text)).collect();
    let title = blocks.first().map(|block| clean_title(&block.text)).unwrap_or_default();
    for (ordinal, start) in starts.iter().enumerate() {
        let end = starts.get(ordinal + 1).copied().unwrap_or(blocks.len());
        let Some(meeting) = MEETING.captures(&blocks[*start].text) else { continue };
        let date = dates(&meeting["date"]).first().and_then(|found| found.date);
        if ordinal == 0 {
            reading.date = date;
            reading.date_source = date.map(|_| crate::model::DateSource::Heading);
            reading.body = Some(meeting["body"].to_owned()).filter(|body| !body.is_empty());
        }
        if date.is_none() || (ordinal > 0 && date != reading.date) {
            let message = match date {
                None => format!("it gives a date that does not exist: “{}”", &meeting["date"]),
                Some(date) => format!("this part is of another meeting, of {date}"),
            };
            reading.warnings.push(Warning { at: format!("item {}", ordinal + 1), message });
        }
        let mut body = &blocks[start + 1..end];
        let mut number = meeting.name("item").map_or("", |item| item.as_str()).to_owned();
        let mut item_title = title.clone();
        if let Some((head, rest)) = body.split_first()
            && let Some(found) = NUMBERED.captures(&head.text)
        {
            number = found["number"].to_owned();
            item_title = found["title"].to_owned();
            body = rest;
        }
        reading.items.push(item(&(ordinal + 1).to_string(), &number, &item_title, body));
    }
    reading.edition = Some(edition_of(blocks));
}

fn edition_of(blocks: &[Block]) -> Edition {
    let has = |name: &str| {
        blocks
            .iter()
            .filter_map(|block| SECTION.captures(&block.text))
            .any(|found| found["name"].to_lowercase().starts_with(name))
    };
    match () {
        () if has("minutes") || has("cofnodion") => Edition::Minutes,
        () if has("decision") || has("penderfyniad") => Edition::Decisions,
        () => Edition::Agenda,
    }
}

/// One item: agenda text first, then the sections that name themselves.
fn item(key: &str, number: &str, title: &str, blocks: &[Block]) -> AgendaItem {
    let title = clean_title(title);
    let standing = standing(&title);
    let has_sections = blocks.iter().any(|block| SECTION.is_match(&block.text));
    let whole = edition_of(blocks);
    let mut edition = if has_sections { Edition::Agenda } else { whole };
    let mut found: Vec<ItemPassage> = Vec::new();
    let mut from = 0;
    let mut put = |part: &[Block], edition: Edition| {
        let own = (edition != whole).then_some(edition);
        found.extend(
            passages(part, standing).into_iter().map(|passage| ItemPassage { edition: own, ..passage }),
        );
    };
    for (at, block) in blocks.iter().enumerate() {
        let Some(section) = SECTION.captures(&block.text) else { continue };
        put(&blocks[from..at], edition);
        let is_decision = section["name"].to_lowercase().starts_with(['d', 'p']);
        edition = if is_decision { Edition::Decisions } else { Edition::Minutes };
        from = at + 1;
    }
    put(&blocks[from..], edition);
    AgendaItem {
        key: key.to_owned(),
        number: number.to_owned(),
        standing: standing.map(str::to_owned),
        title,
        exempt: None,
        url: None,
        passages: found,
    }
}
