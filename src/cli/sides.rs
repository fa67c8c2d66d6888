//! The sides of a comparison, as typed.

use anyhow::{bail, ensure};

use super::Context;
use super::filters::MeetingFilterArgs;
use crate::model::PartialDate;
use crate::search::Filter;

/// What a side lets through of what passes a filter that both sides have in common.
///
/// Fails where the side is not right, or names what the filter names as well.
pub fn side(context: &Context, text: &str, common: &Filter) -> anyhow::Result<Filter> {
    let asked = named(text)?.filter(context)?;
    let mut filter = common.clone();
    let is_twice = |what: &str| format!("`{text}` and a filter both name {what}: leave one out");
    if !asked.councils.is_empty() {
        ensure!(common.councils.is_empty(), is_twice("councils"));
        filter.councils = asked.councils;
    }
    if !asked.body.is_empty() {
        ensure!(common.body.is_empty(), is_twice("a body"));
        filter.body = asked.body;
    }
    if !asked.dates.is_open() {
        ensure!(common.dates.is_open() && common.years.is_empty(), is_twice("a period"));
        filter.dates = asked.dates;
    }
    Ok(filter)
}

/// What a side names, as filters.
fn named(text: &str) -> anyhow::Result<MeetingFilterArgs> {
    let mut own = MeetingFilterArgs::default();
    for part in text.split_whitespace() {
        if let Some(words) = part.strip_prefix("body:") {
            let body = own.body.take().map_or(words.to_owned(), |before| format!("{before} {words}"));
            own.body = Some(body);
        } else if part.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
            ensure!(own.from.is_none() && own.to.is_none(), "`{text}` names two periods");
            let date = |date: &str| match date {
                "" => Ok(None),
                date => date.parse::<PartialDate>().map(Some),
            };
            let (from, to) = part.split_once("..").unwrap_or((part, part));
            match (date(from), date(to)) {
                (Ok(from), Ok(to)) => (own.from, own.to) = (from, to),
                _ => bail!("`{part}` is no period; write 2015..2018, 2019-04.. or 2020"),
            }
        } else {
            own.council.extend(part.split(',').filter(|name| !name.is_empty()).map(str::to_owned));
        }
    }
    let is_something =
        !own.council.is_empty() || own.body.is_some() || own.from.is_some() || own.to.is_some();
    ensure!(is_something, "a side names a council, `body:WORDS` or a period; `{text}` names none");
    Ok(own)
}
