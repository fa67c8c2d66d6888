//! Makes the catalogue out of the archive: what it does not know of yet, or all
//! of it.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::apply::{forget_beyond, put_mark, put_unjudged};
use super::archive::{Archive, DRAFT, ENTRIES, Fault, Place, Record, VOLUME_BYTES, VolumeFile};
use super::catalogue::{Catalogue, Mark, Unjudged, Work};
use super::entry::{Captured, Entry};
use super::forgotten::forgotten;
use super::home::Home;
use super::lock;
use super::survey::{SiteFiles, Survey};
use super::warc::records_from;
use crate::model::{Error, Result, SiteId};

/// What is said of an entry that does not belong where it stands.
const FOREIGN: &str = "holds an entry about another site or a file elsewhere; it is passed over";

/// What came of reading entries out of the archive.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Replayed {
    /// Files that held something new.
    pub volumes: u64,
    /// Entries in them.
    pub entries: u64,
    /// What could not be read, each with its file: records that are cut short
    /// or damaged, entries of another version of the program; files that are
    /// missing from a site's row of numbers, or are not the archive's own.
    pub notes: Vec<String>,
}

/// What a catalogue that was made again holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rebuilt {
    /// What was read.
    pub replayed: Replayed,
    /// Sites.
    pub sites: u64,
    /// Meetings of the register.
    pub meetings: u64,
    /// Captures: what came, and what did not come.
    pub captures: u64,
    /// Answers at which nobody has looked, as the process was killed.
    pub unjudged: u64,
    /// What the catalogue that was replaced knew and the archive does not hold
    /// any more, a line a site; `None` where it could not be read.
    pub forgotten: Option<Vec<String>>,
    /// Where that catalogue is kept, as it knew more or nobody can say.
    pub kept: Option<PathBuf>,
}

/// What is said of a file that was put back when the files that follow it had
/// been entered without it: its entries, which are older, would replace theirs.
pub(super) fn late(path: &Path) -> String {
    format!(
        "`{}` holds more than was entered before the files that follow it; `scrutineer corpus rebuild` enters each in \
         its order",
        path.display()
    )
}

/// Enters what the archive holds beyond what the catalogue knows of.
pub(super) fn catch_up(archive: &Archive, catalogue: &mut Catalogue, survey: &Survey) -> Result<Replayed> {
    let marks = catalogue.marks()?;
    let mut replayed = Replayed::default();
    for SiteFiles { site, volumes, .. } in &survey.sites {
        for (at, volume) in volumes.iter().enumerate() {
            let known = marks.get(&volume.name).copied().unwrap_or(0);
            let is_late = volumes[at + 1..].iter().any(|later| marks.contains_key(&later.name));
            if volume.length > known && is_late {
                replayed.notes.push(late(&archive.path(&Place { file: volume.name.clone(), offset: 0 })));
            } else if volume.length > known {
                let work = catalogue.begin()?;
                replay(archive, &work, site, volume, known, &mut replayed)?;
                work.commit()?;
                make_durable(archive, catalogue, volume)?;
            }
        }
    }
    Ok(replayed)
}

/// Makes a file of the archive durable, and then what the catalogue says of it.
fn make_durable(archive: &Archive, catalogue: &Catalogue, volume: &VolumeFile) -> Result<()> {
    let path = archive.path(&Place { file: volume.name.clone(), offset: 0 });
    // Not every system does this for a file that is open for reading; one that
    // is lost after all is noticed when it is shorter than its mark.
    let _ = File::open(path).and_then(|file| file.sync_all());
    catalogue.checkpoint_in_passing()
}

/// Files of the archive that hold less than was entered.
#[derive(Debug, Default)]
pub(super) struct Shrunk {
    /// The sites whose files they are.
    pub sites: BTreeSet<SiteId>,
    /// The names of the files.
    pub files: BTreeSet<String>,
    /// What became of each, in words.
    pub notes: Vec<String>,
}

/// Takes out of the catalogue what the archive no longer holds, as the power
/// was cut before it came to the disk, or as a file was taken away.
pub(super) fn set_back(archive: &Archive, catalogue: &mut Catalogue) -> Result<Shrunk> {
    let mut marks: Vec<(String, u64)> = catalogue.marks()?.into_iter().collect();
    marks.sort();
    let mut shrunk = Shrunk::default();
    for (file, known) in marks {
        let path = archive.path(&Place { file: file.clone(), offset: 0 });
        let length = match fs::metadata(&path) {
            Ok(metadata) => metadata.len(),
            Err(error) if error.kind() == ErrorKind::NotFound => 0,
            Err(error) => return Err(Error::io("read", path)(error)),
        };
        if length >= known {
            continue;
        }
        // The last record before the end may go beyond it.
        let last = catalogue.last_place(&file, length)?.filter(|place| !archive.is_intact(place));
        let end = last.map_or(length, |place| place.offset);
        let work = catalogue.begin()?;
        let n_lost = work.with(|transaction| forget_beyond(transaction, &file, end, length))?;
        work.commit()?;
        shrunk.sites.extend(file.split_once('/').map(|(site, _)| SiteId::new(site)));
        shrunk.notes.push(format!(
            "`{}` holds {length} of the {known} bytes that were written to it, as after a power cut; what was stored \
             there and is no more ({n_lost} in all) will be asked for again",
            path.display()
        ));
        shrunk.files.insert(file);
    }
    Ok(shrunk)
}

/// Makes the catalogue of a home again from its archive alone. The old one
/// stays until the new one is whole, and under another name where it knew more:
/// then it is the only trace of what the archive has lost. The frontier is not in the archive: a
/// crawl that had not come to its end begins anew.
///
/// Fails when there is no archive, or another process is writing.
pub fn rebuild(home: &Home) -> Result<Rebuilt> {
    let archive = Archive::new(home.archive(), VOLUME_BYTES);
    if !archive.survey()?.has_files() {
        let folder = home.archive();
        return Err(Error::Input(format!("there is no archive in `{}`", folder.display())));
    }
    let _lock = lock(&home.corpus())?;
    // Whoever held the lock may have written since.
    let survey = archive.survey()?;
    let (old, new) = (home.catalogue(), home.corpus().join("catalogue.rebuilding.sqlite"));
    remove_database(&new)?;
    let (replayed, [sites, meetings, captures, unjudged]) = {
        let mut catalogue = Catalogue::open(&new)?;
        let mut replayed = catch_up(&archive, &mut catalogue, &survey)?;
        replayed.notes.extend(survey.notes(&BTreeSet::new()));
        catalogue.checkpoint()?;
        (replayed, catalogue.counts()?)
    };
    // Of one that cannot be read nobody can say whether it knew more.
    let forgotten = if old.exists() { forgotten(&old, &new).ok() } else { Some(Vec::new()) };
    let keeps = forgotten.as_ref().is_none_or(|forgotten| !forgotten.is_empty());
    let kept = put_in_place(&new, &old, keeps)?;
    Ok(Rebuilt { replayed, sites, meetings, captures, unjudged, forgotten, kept })
}

/// Puts the new catalogue in the place of the old one. Returns the name under
/// which that one is kept, if it is to be.
fn put_in_place(new: &Path, old: &Path, keeps: bool) -> Result<Option<PathBuf>> {
    // The log of the old one would be taken for the new one's. First it is
    // emptied into its file, so that a stop in between leaves the old catalogue
    // whole; one that is damaged cannot be helped.
    if old.exists()
        && let Ok(catalogue) = Catalogue::open(old)
    {
        catalogue.checkpoint()?;
    }
    let kept = if keeps { Some(keep(old)?) } else { None };
    for log in logs(old) {
        remove(&log)?;
    }
    fs::rename(new, old).map_err(Error::io("replace", old))?;
    Ok(kept)
}

/// Keeps a catalogue under the next name that is free.
fn keep(old: &Path) -> Result<PathBuf> {
    let named = |n: u32| old.with_file_name(format!("catalogue.before-rebuild-{n}.sqlite"));
    let kept = (1..).map(named).find(|kept| !kept.exists()).expect("some name is free");
    // Not every file system knows two names for one file.
    fs::hard_link(old, &kept)
        .or_else(|_| fs::copy(old, &kept).map(drop))
        .map_err(Error::io("keep the old catalogue as", &kept))?;
    // A reader, or damage, may have kept its log from being emptied.
    let ([log, _], [beside, _]) = (logs(old), logs(&kept));
    if log.exists() {
        fs::copy(log, &beside).map_err(Error::io("keep the old catalogue as", &beside))?;
    }
    Ok(kept)
}

fn remove_database(path: &Path) -> Result<()> {
    remove(path)?;
    logs(path).iter().try_for_each(|log| remove(log))
}

/// The files that SQLite keeps beside a database.
fn logs(path: &Path) -> [PathBuf; 2] {
    ["-wal", "-shm"].map(|end| {
        let mut log = path.as_os_str().to_owned();
        log.push(end);
        PathBuf::from(log)
    })
}

fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(Error::io("remove", path)(error)),
        _ => Ok(()),
    }
}

/// Enters a file from an offset on. What cannot be read is noted, and the rest
/// is read.
fn replay(
    archive: &Archive,
    work: &Work,
    site: &SiteId,
    volume: &VolumeFile,
    from: u64,
    replayed: &mut Replayed,
) -> Result<()> {
    let path = archive.path(&Place { file: volume.name.clone(), offset: from });
    replayed.volumes += 1;
    for (offset, record) in records_from(&path, from)? {
        let note = |what: &str| format!("record {offset} of `{}` {what}", path.display());
        match record {
            Ok(record) => {
                let place = Place { file: volume.name.clone(), offset };
                for fault in enter(work, site, &record, place, replayed)? {
                    replayed.notes.push(note(&fault));
                }
            }
            Err(Fault::Io(error)) => return Err(Error::io("read", path)(error)),
            Err(Fault::CutShort) => {
                let n_bytes = volume.length.saturating_sub(offset);
                let what = "is cut short, as its writer was stopped; it is passed over";
                replayed.notes.push(note(&format!("{what} ({n_bytes} bytes)")));
            }
            Err(Fault::Damaged(reason)) => {
                replayed.notes.push(note(&format!("is damaged and is passed over: {reason}")));
            }
        }
    }
    let mark = Mark { file: volume.name.clone(), length: volume.length };
    work.with(|transaction| put_mark(transaction, &mark))
}

/// Enters what a record of a site's file says. Returns what is wrong with it.
fn enter(
    work: &Work,
    site: &SiteId,
    record: &Record,
    place: Place,
    replayed: &mut Replayed,
) -> Result<Vec<String>> {
    if let Some(draft) = record.header(DRAFT) {
        let Ok(draft) = serde_json::from_str::<Captured>(draft) else {
            return Ok(vec!["holds an answer of another version of the program".to_owned()]);
        };
        let draft = Captured { place: Some(place), ..draft };
        if !draft.is_of(site) {
            return Ok(vec![FOREIGN.to_owned()]);
        }
        let record = record.header("WARC-Record-ID").unwrap_or_default().to_owned();
        let unjudged = Unjudged { record, draft };
        work.with(|transaction| put_unjudged(transaction, &unjudged))?;
    }
    if record.kind() != "metadata" || record.header("Content-Type") != Some(ENTRIES) {
        return Ok(Vec::new());
    }
    let mut faults = Vec::new();
    let text = String::from_utf8_lossy(&record.block);
    for line in text.lines() {
        match serde_json::from_str::<Entry>(line) {
            Ok(entry) if !entry.is_of(site) => faults.push(FOREIGN.to_owned()),
            Ok(entry) => {
                work.enter(&[entry], None)?;
                replayed.entries += 1;
            }
            Err(error) => faults.push(format!("holds an entry that cannot be read ({error})")),
        }
    }
    Ok(faults)
}
