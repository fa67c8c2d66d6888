//! Hits as rows: what `search` and `quickstart` write.

use std::io;

use super::Context;
use crate::index::{Found, Hit, Index, Unit, item_of};
use crate::model::{Passage, Result};
use crate::report::{Cell, Layout, Writer};
use crate::search::{
    Context as Fields, Filter, Finding, Query, Source, Span, Tokens, explain, shown, snippet,
};

/// The length of a snippet, in characters.
const SNIPPET_CHARS: usize = 300;

/// How many passages are in memory at once.
pub const CHUNK: usize = 1_024;

/// The columns of a hit by itself.
pub const HIT_COLUMNS: [&str; 10] =
    ["council", "body", "date", "item", "title", "kind", "snippet", "matches", "url", "passage_id"];

/// Hits to be written, in their order.
pub struct Hits<'a> {
    /// The index that found them.
    pub index: &'a Index,
    /// What they were found among.
    pub found: &'a Found,
    /// The hits.
    pub hits: &'a [Hit],
    /// How many hits stand before them.
    pub n_before: usize,
    /// What else is said of each.
    pub extra: Extra<'a>,
}

/// What is said of hits in columns of its own.
#[derive(Clone, Default)]
pub struct Extra<'a> {
    /// Why this query is true of each, or is not, under this filter, in its unit:
    /// `why`.
    pub explain: Option<(&'a Query, &'a Filter, Unit)>,
    /// How many passages and matches there are in the group that each stands for:
    /// `group_passages`, `group_matches`.
    pub behind: Option<&'a [(u64, u64)]>,
    /// Whether they are no hits, but just miss: they have no match.
    pub is_near_miss: bool,
    /// Whether each comes with its whole text: `text`.
    pub with_text: bool,
}

impl Extra<'_> {
    /// The names of the columns.
    pub fn columns(&self) -> Vec<&'static str> {
        let mut columns = vec!["rank", "score"];
        columns.extend(HIT_COLUMNS);
        if self.behind.is_some() {
            columns.extend(["group_passages", "group_matches"]);
        }
        if self.explain.is_some() {
            columns.push("why");
        }
        if self.with_text {
            columns.push("text");
        }
        columns
    }
}

impl Hits<'_> {
    /// Writes them where results go.
    pub fn write(&self, context: &Context) -> Result<()> {
        context.write_rows(context.format, &self.extra.columns(), Layout::Cards, |writer| self.rows(writer))
    }

    /// Writes a row for each.
    pub fn rows(&self, writer: &mut Writer) -> io::Result<()> {
        let mut at = 0;
        for hits in self.hits.chunks(CHUNK) {
            let loaded = self.index.load(self.found, hits).map_err(io::Error::other)?;
            for (hit, (passage, spans)) in hits.iter().zip(loaded) {
                writer.row(&self.row(at, hit, &passage, &spans).map_err(io::Error::other)?)?;
                at += 1;
            }
        }
        Ok(())
    }

    fn row(&self, at: usize, hit: &Hit, passage: &Passage, spans: &[Span]) -> Result<Vec<Cell>> {
        let mut row = vec![(self.n_before + at + 1).into(), hit.score.into()];
        row.extend(hit_cells(passage, spans, self.extra.is_near_miss));
        if let Some(behind) = self.extra.behind {
            let (passages, matches) = behind[at];
            row.extend([passages.into(), matches.into()]);
        }
        if let Some((query, filter, unit)) = self.extra.explain {
            row.push(Cell::List(self.why(query, filter, unit, passage)?));
        }
        if self.extra.with_text {
            row.push(shown(&passage.text).into());
        }
        Ok(row)
    }

    fn why(&self, query: &Query, filter: &Filter, unit: Unit, passage: &Passage) -> Result<Vec<String>> {
        let mut members = match unit {
            Unit::Passage => vec![passage.clone()],
            Unit::Item | Unit::Meeting => self.index.meeting(&passage.meeting.to_string())?,
        };
        let item = item_of(passage);
        members.retain(|other| {
            (unit != Unit::Item || item_of(other) == item)
                && (other.passage_id == passage.passage_id || filter.passes(&other.into()))
        });
        let at = members.iter().position(|other| other.passage_id == passage.passage_id);
        Ok(why(query, &members, at.unwrap_or_default()))
    }
}

/// The cells of [`HIT_COLUMNS`]. What just misses has no count of matches.
pub fn hit_cells(passage: &Passage, spans: &[Span], is_near_miss: bool) -> [Cell; HIT_COLUMNS.len()] {
    let tokens = Tokens::read(&passage.text);
    let [council, body, date, item, title, kind] = place_cells(passage);
    [
        council,
        body,
        date,
        item,
        title,
        kind,
        Cell::Quote(snippet(&passage.text, &tokens, spans, SNIPPET_CHARS)),
        if is_near_miss { Cell::Unknown } else { spans.len().into() },
        passage.url.as_str().into(),
        passage.passage_id.0.as_str().into(),
    ]
}

/// Where a passage stands: council, body, date, number and title of its item, kind.
pub fn place_cells(passage: &Passage) -> [Cell; 6] {
    [
        passage.council.as_str().into(),
        Cell::text_or_unknown(&passage.body),
        passage.date.map(|date| date.to_string()).into(),
        Cell::text_or_unknown(&passage.item),
        Cell::text_or_unknown(&passage.title),
        passage.kind.name().into(),
    ]
}

/// Why a query is true of the passage at `at` of a unit, or is not: a line a clause.
pub fn why(query: &Query, unit: &[Passage], at: usize) -> Vec<String> {
    let tokens: Vec<Tokens> =
        unit.iter().map(|passage| Tokens::read_in(&passage.text, passage.language)).collect();
    let sources: Vec<Source> = unit
        .iter()
        .zip(&tokens)
        .map(|(passage, tokens)| Source { text: &passage.text, tokens, context: Fields::from(passage) })
        .collect();
    let line = |Finding { depth, clause, holds, detail }: Finding| {
        let (indent, sign) = ("  ".repeat(depth), if holds { '✓' } else { '✗' });
        let detail = if detail.is_empty() { detail } else { format!(": {detail}") };
        format!("{indent}{sign} {clause}{detail}")
    };
    explain(query, &sources, at).into_iter().map(line).collect()
}
