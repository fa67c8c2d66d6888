//! The rests that hosts have asked for: what a crawl keeps to holds for the next
//! one as well, however the first has ended.

use std::time::Duration;

use jiff::Timestamp;
use rusqlite::params;

use super::Catalogue;
use crate::model::Result;

impl Catalogue {
    /// Remembers that a host asked at `now` to be left alone for this long; the
    /// latest word of a host counts.
    pub fn note_rest(&mut self, host: &str, now: Timestamp, rest: Duration) -> Result<()> {
        let now = now.as_millisecond();
        let rest = i64::try_from(rest.as_millis()).unwrap_or(i64::MAX);
        self.with("write", |connection| {
            connection
                .prepare_cached("INSERT OR REPLACE INTO rests (host, asked, until) VALUES (?1, ?2, ?3)")?
                .execute(params![host, now, now.saturating_add(rest)])
                .map(drop)
        })
    }

    /// The hosts that are to be left alone at `now`, and for how long from then
    /// on. One that asked at a time to come asked while the clock was ahead: when
    /// that was is not known.
    pub fn rests(&self, now: Timestamp) -> Result<Vec<(String, Duration)>> {
        let now = now.as_millisecond();
        self.with("read", |connection| {
            let sql = "SELECT host, until FROM rests WHERE asked <= ?1 AND until > ?1 ORDER BY host";
            let mut query = connection.prepare(sql)?;
            let rows = query.query_map([now], |row| {
                let until: i64 = row.get(1)?;
                Ok((row.get(0)?, Duration::from_millis(until.abs_diff(now))))
            })?;
            rows.collect()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rest_holds_until_it_is_over() {
        let folder = tempfile::tempdir().unwrap();
        let mut catalogue = Catalogue::open(&folder.path().join("catalogue.sqlite")).unwrap();
        let second = Duration::from_secs(1);
        let start: Timestamp = "2026-11-22T08:49:37Z".parse().unwrap();
        catalogue.note_rest("a.example", start, second * 300).unwrap();
        catalogue.note_rest("b.example", start, Duration::MAX).unwrap();
        let of_a = |catalogue: &Catalogue, at: Timestamp| {
            let rests = catalogue.rests(at).unwrap();
            rests.into_iter().find(|(host, _)| host == "a.example").map(|(_, rest)| rest)
        };
        assert_eq!(of_a(&catalogue, start), Some(second * 300));
        assert_eq!(of_a(&catalogue, start + second * 299), Some(second));
        assert_eq!(of_a(&catalogue, start + second * 300), None);
        assert_eq!(of_a(&catalogue, start - second), None, "the clock was ahead");
        assert_eq!(catalogue.rests(start + second * 300).unwrap()[0].0, "b.example");
        catalogue.note_rest("a.example", start + second, second * 10).unwrap();
        assert_eq!(of_a(&catalogue, start + second * 12), None, "the latest word counts");
    }
}
