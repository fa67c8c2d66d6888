//! What a catalogue knew that the one made in its place does not: the trace of
//! what the archive has lost.

use std::collections::BTreeMap;
use std::path::Path;

use rusqlite::Connection;

use super::catalogue::Catalogue;
use crate::model::Result;

/// How many meetings of a site are named.
const NAMED: usize = 5;

/// The sites that only the old catalogue knows.
const SITES: &str = "SELECT id, id FROM main.sites EXCEPT SELECT id, id FROM new.sites";

/// The meetings that only the old one knows, but for those whose last file was
/// taken from them since.
const MEETINGS: &str = "
SELECT site, number FROM main.meetings AS old
WHERE NOT EXISTS (SELECT 1 FROM new.meetings WHERE site = old.site AND number = old.number)
  AND NOT EXISTS (
    SELECT 1 FROM main.captures AS was
    JOIN new.captures AS taken ON taken.site = was.site AND taken.url = was.url AND taken.retrieved = was.retrieved
    WHERE was.site = old.site AND was.meeting = old.number AND taken.meeting IS NULL AND taken.role = 'file')
ORDER BY site, number";

/// The captures that only the old one knows. What was found out of one later,
/// that it was replaced or belongs to no meeting any more, tells no two apart.
const CAPTURES: &str = "
SELECT site, url FROM (
    SELECT site, url, role, status, cause, digest, retrieved, warc, offset, edition FROM main.captures
    EXCEPT
    SELECT site, url, role, status, cause, digest, retrieved, warc, offset, edition FROM new.captures)
ORDER BY site, retrieved, url";

/// What else only the old one knows: more of a meeting that both know, what a
/// site has taught, which items share an issue. Lines that only differ are not
/// among them: the old one may be behind the archive.
const OTHERS: &str = "
SELECT old.site, old.number FROM main.meetings AS old
JOIN new.meetings AS now ON now.site = old.site AND now.number = old.number
WHERE old.has_minutes > now.has_minutes OR old.minutes_published > now.minutes_published
   OR old.agenda_published > now.agenda_published OR (old.date IS NOT NULL AND now.date IS NULL)
   OR (old.body <> '' AND now.body = '')
UNION ALL
SELECT site, key FROM (SELECT site, key FROM main.learned EXCEPT SELECT site, key FROM new.learned)
UNION ALL
SELECT site, issue FROM (
    SELECT site, issue, meeting, item FROM main.issue_links
    EXCEPT SELECT site, issue, meeting, item FROM new.issue_links)";

/// What is known of a site by the old catalogue alone.
#[derive(Default)]
struct Forgotten {
    is_gone: bool,
    meetings: Several,
    captures: Several,
    others: Several,
}

/// How many there are, and the first of them.
#[derive(Default)]
struct Several {
    n: u64,
    first: Vec<String>,
}

/// What the catalogue `old` knows and `new` does not, a line a site.
///
/// Fails when the old one cannot be read.
pub(super) fn forgotten(old: &Path, new: &Path) -> Result<Vec<String>> {
    let sites = Catalogue::open_read_only(old)?.with("read", |connection| {
        connection.execute("ATTACH ?1 AS new", [new.to_string_lossy()])?;
        let mut sites: BTreeMap<String, Forgotten> = BTreeMap::new();
        for_each(connection, SITES, |site, _| sites.entry(site).or_default().is_gone = true)?;
        for_each(connection, MEETINGS, |site, number| sites.entry(site).or_default().meetings.push(number))?;
        for_each(connection, CAPTURES, |site, url| sites.entry(site).or_default().captures.push(url))?;
        for_each(connection, OTHERS, |site, name| sites.entry(site).or_default().others.push(name))?;
        Ok(sites)
    })?;
    Ok(sites.into_iter().map(|(site, forgotten)| forgotten.words(&site)).collect())
}

fn for_each(
    connection: &Connection,
    sql: &str,
    mut take: impl FnMut(String, String),
) -> rusqlite::Result<()> {
    let mut query = connection.prepare(sql)?;
    let mut rows = query.query([])?;
    while let Some(row) = rows.next()? {
        take(row.get(0)?, row.get(1)?);
    }
    Ok(())
}

impl Forgotten {
    fn words(&self, site: &str) -> String {
        let mut parts = Vec::new();
        if self.is_gone {
            parts.push("the site itself".to_owned());
        }
        let [meetings, captures, others] = [&self.meetings, &self.captures, &self.others];
        parts.extend(meetings.words("meeting", "meetings", NAMED));
        parts.extend(captures.words("capture", "captures", 1));
        parts.extend(others.words("other entry", "other entries", 0));
        format!("of `{site}` the old catalogue knew what the archive no longer holds: {}", parts.join(", "))
    }
}

impl Several {
    fn push(&mut self, name: String) {
        self.n += 1;
        if self.first.len() < NAMED {
            self.first.push(name);
        }
    }

    /// Their number and the names of the first `n_named`.
    fn words(&self, one: &str, many: &str, n_named: usize) -> Option<String> {
        let named = &self.first[..self.first.len().min(n_named)];
        let more = if self.n > named.len() as u64 { ", …" } else { "" };
        let names = if named.is_empty() { String::new() } else { format!(" ({}{more})", named.join(", ")) };
        let what = if self.n == 1 { one } else { many };
        (self.n > 0).then(|| format!("{} {what}{names}", self.n))
    }
}
