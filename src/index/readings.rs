//! What was read of each meeting, beside the engine: `index/readings.jsonl.gz`
//! and `index/format.json`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{Read, Write};
use std::path::Path;

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde::{Deserialize, Serialize};

use super::signature::Signature;
use crate::model::{DateSource, Defect, Error, MeetingId, Result};
use crate::parse::Helper;

/// The number of the index's layout on disk.
pub const FORMAT: u32 = 5;

/// The number of the parser: raised whenever reading yields something else, so
/// that everything is read again.
pub const PARSER: u32 = 10;

/// `index/format.json`: what the index is, and what it was made of.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Format {
    /// The number of the layout on disk.
    pub format: u32,
    /// The number of the parser.
    pub parser: u32,
    /// The number of the engine's commit that all beside the engine was made of.
    pub commit: u64,
    /// What the corpus was, as one digest.
    pub corpus: String,
    /// What the corpus' catalogue was, by size and time.
    pub catalogue: String,
    /// Meetings read.
    pub meetings: u64,
    /// Documents read.
    pub documents: u64,
    /// Agenda items.
    pub items: u64,
    /// Passages.
    pub passages: u64,
    /// Tokens of the passages.
    pub tokens: u64,
    /// The CRC-32 of each file beside the engine that answers rest on.
    pub sums: BTreeMap<String, u32>,
    /// The CRC-32 of this, with 0 in place of it. Another field here is another format.
    pub(super) sum: u32,
}

/// What `format.json` of every format has.
#[derive(Deserialize)]
struct Numbered {
    format: u32,
}

impl Format {
    /// Reads `format.json` of an index's folder.
    ///
    /// Fails when there is none, or one that this program cannot read.
    pub fn read(folder: &Path) -> Result<Self> {
        let path = folder.join("format.json");
        if !path.exists() {
            return Err(Error::NoIndex { folder: folder.to_owned() });
        }
        let bytes = fs::read(&path).map_err(Error::io("read", &path))?;
        let wrong = |found: String| Error::IndexFormat {
            folder: folder.to_owned(),
            found,
            expected: format!("format {FORMAT}"),
        };
        let damaged = || wrong("a damaged format.json".into());
        let Numbered { format } = serde_json::from_slice(&bytes).map_err(|_| damaged())?;
        if format != FORMAT {
            return Err(wrong(format!("format {format}")));
        }
        let format: Self = serde_json::from_slice(&bytes).map_err(|_| damaged())?;
        if format.own_sum() != format.sum {
            return Err(damaged());
        }
        Ok(format)
    }

    /// Tells the corpus that the index was made of from others: `sha256:` and the first 16 digits of its
    /// fingerprint. A prefix, lest a spreadsheet take it for a number.
    pub fn corpus_digest(&self) -> String {
        format!("sha256:{:.16}", self.corpus)
    }

    /// Takes the sums of the files beside the engine.
    pub fn with_sums(mut self, folder: &Path) -> Result<Self> {
        for name in BESIDE {
            self.sums.insert(name.to_owned(), sum_of_file(&folder.join(name))?);
        }
        Ok(self)
    }

    /// Fails where a file beside the engine is not as it was written.
    pub fn check_sums(&self, folder: &Path) -> Result<()> {
        for (name, sum) in &self.sums {
            let path = folder.join(name);
            if sum_of_file(&path)? != *sum {
                return Err(damaged(&path));
            }
        }
        Ok(())
    }

    /// Writes `format.json`, whole or not at all.
    pub fn write(&self, folder: &Path) -> Result<()> {
        write_whole(&folder.join("format.json"), &Self { sum: self.own_sum(), ..self.clone() }.json())
    }

    fn own_sum(&self) -> u32 {
        sum_of(&Self { sum: 0, ..self.clone() }.json())
    }

    fn json(&self) -> Vec<u8> {
        serde_json::to_vec_pretty(self).expect("counts and names are JSON")
    }
}

/// What is said of a file beside the engine that is not as it was written.
pub(super) fn damaged(path: &Path) -> Error {
    Error::Input(format!(
        "the index is damaged: `{}` is not as it was written; make it again with `scrutineer index --rebuild`",
        path.display()
    ))
}

/// The files beside the engine that answers rest on. How meetings were read is not
/// among them: few questions ask for it, and gzip has a sum of its own.
pub(super) const BESIDE: [&str; 4] = ["contents.json", "words.txt", "stems.txt", "copies.json"];

fn sum_of_file(path: &Path) -> Result<u32> {
    Ok(sum_of(&fs::read(path).map_err(Error::io("read", path))?))
}

fn sum_of(bytes: &[u8]) -> u32 {
    let mut sum = flate2::Crc::new();
    sum.update(bytes);
    sum.sum()
}

/// How one meeting was read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadingState {
    /// Its number in the index, by which passages name it.
    pub number: u32,
    /// What it was read from, as one digest: documents, parser, register.
    pub key: String,
    /// Documents read.
    pub documents: u64,
    /// Agenda items.
    pub items: u64,
    /// Passages, of all editions.
    pub passages: u64,
    /// Passages of minutes: 0 when there are none to be read.
    pub minutes: u64,
    /// Tokens.
    pub tokens: u64,
    /// Whether a document that ought to hold the minutes is in the archive.
    pub fetched: bool,
    /// Why what is held of the meeting gave no minutes, where some ought to be in
    /// it; `None` where minutes were read, or none were looked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub defect: Option<Defect>,
    /// Whether the minutes were read from an earlier version of a document, as
    /// the latest holds none any more.
    #[serde(default)]
    pub withdrawn: bool,
    /// Passages that stand in another document of the meeting as well, and so
    /// are counted there only.
    pub repeated: u64,
    /// Whether its minutes themselves say that they are of its date: of a file that
    /// was added, its heading.
    #[serde(default)]
    pub bears_date: bool,
    /// Where in what is held of it its date stands, the surest of these places;
    /// `None` where it stands nowhere, but was told or listed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date_source: Option<DateSource>,
    /// Whether all its minutes are drafts.
    #[serde(default)]
    pub draft: bool,
    /// By what its minutes are known again under another meeting; `None` where
    /// there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<Signature>,
    /// The abbreviations that its passages explain.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub abbreviations: Vec<Explained>,
    /// What could not be read, with where.
    pub warnings: Vec<String>,
    /// What was not there, and would have been of help with some document: when
    /// it is, the meeting is read again.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub without: BTreeSet<Helper>,
}

/// An abbreviation, where a passage explains it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explained {
    /// The short form: `PEP`.
    pub short: String,
    /// The long form as it is written there.
    pub long: String,
    /// The identifier of the passage.
    pub passage: String,
    /// Whether that is one of minutes.
    #[serde(default)]
    pub in_minutes: bool,
}

/// The file that says how meetings were read.
pub(super) const READINGS: &str = "readings.jsonl.gz";

/// The first level that gives frequent letters fewer bits: half of the file are the
/// digits of signatures, and no level does more for them. The highest takes 5 % less
/// room and half as much time again.
const PACKING: Compression = Compression::new(2);

/// How every meeting was read, by meeting.
#[derive(Debug, Clone, Default)]
pub struct Readings {
    /// By meeting.
    pub by_meeting: BTreeMap<MeetingId, ReadingState>,
}

impl Readings {
    /// Reads `readings.jsonl.gz`.
    ///
    /// Fails where there is none, or it is not as it was written.
    pub fn read(folder: &Path) -> Result<Self> {
        let path = folder.join(READINGS);
        Self::unpack(&fs::read(&path).map_err(Error::io("read", &path))?, &path)
    }

    /// Reads what the file at `path` holds, or held before it was replaced.
    pub(super) fn unpack(packed: &[u8], path: &Path) -> Result<Self> {
        let mut text = String::new();
        GzDecoder::new(packed).read_to_string(&mut text).map_err(|_| damaged(path))?;
        let by_meeting = text.lines().map(serde_json::from_str).collect::<serde_json::Result<_>>();
        Ok(Self { by_meeting: by_meeting.map_err(|_| damaged(path))? })
    }

    /// Writes `readings.jsonl.gz`, whole or not at all: a line is the meeting, and how
    /// it was read.
    pub fn write(&self, folder: &Path) -> Result<()> {
        let mut json = Vec::new();
        for reading in &self.by_meeting {
            serde_json::to_writer(&mut json, &reading).expect("a reading's state is JSON");
            json.push(b'\n');
        }
        let path = folder.join(READINGS);
        let mut packed = GzEncoder::new(Vec::new(), PACKING);
        let packed = packed.write_all(&json).and_then(|()| packed.finish());
        write_whole(&path, &packed.map_err(Error::io("write", &path))?)
    }

    /// A number that is greater than those of all meetings.
    pub fn next_number(&self) -> u32 {
        self.by_meeting.values().map(|state| state.number + 1).max().unwrap_or(0)
    }

    /// The sum of one count over all meetings.
    pub fn sum(&self, count: impl Fn(&ReadingState) -> u64) -> u64 {
        self.by_meeting.values().map(count).sum()
    }
}

/// Writes beside the file, then renames: a reader sees the old or the new.
pub(super) fn write_whole(path: &Path, bytes: &[u8]) -> Result<()> {
    let beside = path.with_extension("part");
    let mut file = fs::File::create(&beside).map_err(Error::io("write", &beside))?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(Error::io("write", &beside))?;
    fs::rename(&beside, path).map_err(Error::io("write", path))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::SiteId;

    #[test]
    fn what_the_index_is_comes_back_as_it_was_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let sums = BTreeMap::from([("words.txt".to_owned(), 7)]);
        let format = Format { format: FORMAT, passages: 12, tokens: 480, sums, ..Format::default() };
        format.write(folder.path()).unwrap();
        let path = folder.path().join("format.json");
        let whole = fs::read(&path).unwrap();
        let written = Format::read(folder.path()).unwrap();
        assert_eq!((written.passages, written.tokens), (12, 480));
        for at in 0..whole.len() {
            for bit in [0x01, 0x10] {
                let mut changed = whole.clone();
                changed[at] ^= bit;
                fs::write(&path, changed).unwrap();
                if let Ok(read) = Format::read(folder.path()) {
                    assert_eq!(read, written, "{at}");
                }
            }
        }
    }

    #[test]
    fn readings_come_back_as_they_were_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let mut readings = Readings::default();
        for (number, warning) in [(0, "page 2: “caf\u{e9}”\nand a line more"), (1, "")] {
            let meeting = MeetingId { site: SiteId::new("aldmere"), number: number.to_string() };
            let state = ReadingState { number, warnings: vec![warning.into()], ..ReadingState::default() };
            readings.by_meeting.insert(meeting, state);
        }
        readings.write(folder.path()).unwrap();
        assert_eq!(Readings::read(folder.path()).unwrap().by_meeting, readings.by_meeting);
        let path = folder.path().join("readings.jsonl.gz");
        let whole = fs::read(&path).unwrap();
        for at in 0..whole.len() {
            let mut changed = whole.clone();
            changed[at] ^= 0x10;
            for damaged in [&changed, &whole[..at]] {
                fs::write(&path, damaged).unwrap();
                // The time and the system in the head of a gzip file say nothing of what is in it.
                if let Ok(read) = Readings::read(folder.path()) {
                    assert_eq!(read.by_meeting, readings.by_meeting, "{at}");
                }
            }
        }
        fs::remove_file(&path).unwrap();
        assert!(Readings::read(folder.path()).is_err());
    }
}
