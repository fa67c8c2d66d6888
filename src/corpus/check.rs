//! Proves that an archive is whole, or says what is not: every record of every
//! file is read and held against its digests, the files against their numbers
//! and against what the catalogue finds in them.
//!
//! Nothing is locked and nothing is changed, so a crawl may go on meanwhile.
//! What it writes stands in the archive before the catalogue knows of it: hence
//! the catalogue is asked first, and the archive must hold what it says. At the
//! end the catalogue is asked once more how far it is by then, and a record that
//! was being written is looked at again.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::error::Error as _;
use std::fs;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use rayon::prelude::*;

use super::archive::{Archive, Fault, Place, Record, VOLUME_BYTES, VolumeFile, digest_field};
use super::catalogue::{Catalogue, KnownFile, Reference};
use super::home::Home;
use super::replay::late;
use super::warc::records;
use crate::model::{Error, Result, SiteId};

/// How long a record that is cut short may take to become whole, as a crawl may
/// be writing it.
const WRITING: Duration = Duration::from_secs(1);

/// What came of checking an archive.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Checked {
    /// Each site that has files, or of which the catalogue says so.
    pub sites: Vec<CheckedSite>,
    /// What is wrong with the archive or the catalogue as a whole.
    pub faults: Vec<String>,
}

/// What came of checking the files of a site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedSite {
    /// The site.
    pub site: SiteId,
    /// Its files.
    pub files: u64,
    /// The records in them that are as they were written.
    pub records: u64,
    /// How long its files are, in bytes.
    pub bytes: u64,
    /// Places in them to which the catalogue refers; `None` where that cannot be
    /// read.
    pub captures: Option<u64>,
    /// How much the files hold that the catalogue does not know of yet, in
    /// bytes: the next crawl enters it. `None` where that cannot be read.
    pub beyond: Option<u64>,
    /// What is missing or damaged, each with its file and what to do.
    pub faults: Vec<String>,
}

/// Checks the archive of a home. Records are read one at a time on each core.
///
/// `None` where there is neither an archive nor a catalogue that knows of one.
/// Fails when the archive's folder cannot be read; of a file that cannot, it is
/// a fault.
pub fn check(home: &Home) -> Result<Option<Checked>> {
    let archive = Archive::new(home.archive(), VOLUME_BYTES);
    let mut checked = Checked::default();
    let catalogue = Catalogue::open_read_only(&home.catalogue())
        .and_then(|catalogue| Ok((catalogue.sites_with_files()?, Mutex::new(catalogue))));
    let survey = archive.survey()?;
    let (mut sites, catalogue) = match catalogue {
        Ok((sites, catalogue)) => (sites, Some(catalogue)),
        Err(_) if !survey.has_files() && !home.catalogue().exists() => return Ok(None),
        Err(error) => {
            checked.faults.push(words(&error));
            (BTreeSet::new(), None)
        }
    };
    if !survey.has_files() && sites.is_empty() && checked.faults.is_empty() {
        return Ok(None);
    }
    checked.faults.extend(survey.strange());
    sites.extend(survey.sites.into_iter().map(|files| files.site));
    let sites: Vec<SiteId> = sites.into_iter().collect();
    let read: Result<Vec<ReadSite>> =
        sites.par_iter().map(|site| read_site(&archive, catalogue.as_ref(), site)).collect();
    let mut read = read?;
    if read.iter_mut().any(|site| site.look_again(&archive)) {
        thread::sleep(WRITING);
        read.iter_mut().for_each(|site| {
            site.look_again(&archive);
        });
    }
    let now = catalogue.as_ref().map(|catalogue| locked(catalogue).marks()).transpose();
    let now = now.unwrap_or_else(|error| {
        checked.faults.push(words(&error));
        None
    });
    checked.sites = read.into_iter().map(|site| site.judged(&archive, now.as_ref())).collect();
    Ok(Some(checked))
}

/// What was read of a site, before it is known how far a crawl has got that may
/// be running.
struct ReadSite {
    checked: CheckedSite,
    volumes: Vec<VolumeFile>,
    /// Records that the end of their file cuts short, and what to say of them.
    cut_short: Vec<(Place, String)>,
}

impl ReadSite {
    /// Forgets of the records that were cut short those that were being written:
    /// they are whole by now, or their file has grown. Says whether any is left.
    fn look_again(&mut self, archive: &Archive) -> bool {
        let volumes = &self.volumes;
        let is_growing = |place: &Place| {
            let read = volumes.iter().find(|volume| volume.name == place.file);
            let length = fs::metadata(archive.path(place)).map_or(0, |metadata| metadata.len());
            read.is_some_and(|read| length > read.length)
        };
        self.cut_short.retain(|(place, _)| !archive.is_intact(place) && !is_growing(place));
        !self.cut_short.is_empty()
    }

    /// What there is to say of it, when it is known how much of each file is
    /// entered by now.
    fn judged(self, archive: &Archive, marks: Option<&HashMap<String, u64>>) -> CheckedSite {
        let mut checked = self.checked;
        // What lies before a mark was told of when its file was entered, and
        // nothing of the catalogue refers to it.
        let length = |name: &str| self.volumes.iter().find(|read| read.name == name).map(|read| read.length);
        let is_entered =
            |place: &Place| marks.and_then(|marks| marks.get(&place.file).copied()) >= length(&place.file);
        let cut_short = self.cut_short.into_iter().filter(|(place, _)| !is_entered(place));
        checked.faults.extend(cut_short.map(|(_, said)| said));
        let Some(marks) = marks else { return checked };
        let mut beyond = 0;
        for (at, volume) in self.volumes.iter().enumerate() {
            let n_bytes = volume.length.saturating_sub(marks.get(&volume.name).copied().unwrap_or(0));
            if n_bytes > 0 && self.volumes[at + 1..].iter().any(|later| marks.contains_key(&later.name)) {
                checked.faults.push(late(&archive.path(&Place { file: volume.name.clone(), offset: 0 })));
            } else {
                beyond += n_bytes;
            }
        }
        checked.beyond = Some(beyond);
        checked
    }
}

/// Reads all files of a site, and what the catalogue says of them before.
fn read_site(archive: &Archive, catalogue: Option<&Mutex<Catalogue>>, site: &SiteId) -> Result<ReadSite> {
    let mut faults = Vec::new();
    let known = catalogue.and_then(|catalogue| match locked(catalogue).known_files(site) {
        Ok(known) => Some(known),
        Err(error) => {
            faults.push(words(&error));
            None
        }
    });
    let captures = known.as_ref().map(|known| known.values().map(|file| file.references.len() as u64).sum());
    let known = known.unwrap_or_default();
    let files = archive.survey_site(site)?;
    let is_there = |name: &str| files.volumes.iter().any(|volume| volume.name == name);
    let gone: BTreeMap<&String, &KnownFile> = known.iter().filter(|(name, _)| !is_there(name)).collect();
    for (name, file) in &gone {
        let path = archive.path(&Place { file: (*name).clone(), offset: 0 });
        let lost: Held = file.references.iter().collect();
        faults.push(format!(
            "`{}` is gone{}; {}",
            path.display(),
            lost.words(", and with it "),
            get_again(site)
        ));
    }
    faults.extend(files.notes(&gone.into_keys().cloned().collect()));
    let none = KnownFile::default();
    let read: Vec<ReadVolume> = files
        .volumes
        .par_iter()
        .map(|volume| read_volume(archive, site, volume, known.get(&volume.name).unwrap_or(&none)))
        .collect();
    let mut checked = CheckedSite {
        site: site.clone(),
        files: files.volumes.len() as u64,
        records: read.iter().map(|volume| volume.n_records).sum(),
        bytes: files.volumes.iter().map(|volume| volume.length).sum(),
        captures,
        beyond: None,
        faults,
    };
    let mut cut_short = Vec::new();
    for volume in read {
        checked.faults.extend(volume.faults);
        cut_short.extend(volume.cut_short);
    }
    Ok(ReadSite { checked, volumes: files.volumes, cut_short })
}

/// What was read of a file.
#[derive(Default)]
struct ReadVolume {
    n_records: u64,
    faults: Vec<String>,
    cut_short: Option<(Place, String)>,
}

/// Reads a file from beginning to end, side by side with the places to which
/// the catalogue refers, in their order.
fn read_volume(archive: &Archive, site: &SiteId, volume: &VolumeFile, known: &KnownFile) -> ReadVolume {
    let mut read = ReadVolume::default();
    let path = archive.path(&Place { file: volume.name.clone(), offset: 0 });
    let name = path.display();
    let records = match records(&path) {
        Ok(records) => records,
        Err(error) => {
            read.faults.push(format!("{}; {}", words(&error), get_again(site)));
            return read;
        }
    };
    let damaged = |offset: u64, fault: &Fault, held: &Held| {
        let with = held.words(", and with it ");
        format!("record {offset} of `{name}` is damaged: {fault}{with}; {}", ask_again(site, held))
    };
    let mut references = known.references.as_slice();
    // Where the catalogue finds what is not there.
    let mut astray = Held::default();
    // The last record, where it could not be read: it may have been several.
    let mut unread: Option<(u64, Fault, Held)> = None;
    for (offset, record) in records {
        let (before, rest) = references.split_at(references.partition_point(|one| one.offset < offset));
        let (here, rest) = rest.split_at(rest.partition_point(|one| one.offset == offset));
        references = rest;
        match unread.take() {
            Some((at, fault, mut held)) => {
                held.extend(before);
                read.faults.push(damaged(at, &fault, &held));
            }
            None => astray.extend(before),
        }
        match record.map(|record| (unproven(&record), record)) {
            Ok((None, record)) => {
                read.n_records += 1;
                astray.extend(here.iter().filter(|one| !is_it(one, &record)));
            }
            Ok((Some(reason), _)) => {
                let fault = Fault::Damaged(reason.to_owned());
                read.faults.push(damaged(offset, &fault, &here.iter().collect()));
            }
            Err(fault) => unread = Some((offset, fault, here.iter().collect())),
        }
    }
    if unread.is_none() && volume.length == 0 {
        unread = Some((0, Fault::CutShort, Held::default()));
    }
    if volume.length < known.length {
        let mut lost: Held = references.iter().collect();
        match unread {
            Some((_, Fault::CutShort, held)) => lost.add(held),
            Some((at, fault, held)) => read.faults.push(damaged(at, &fault, &held)),
            None => {}
        }
        read.faults.push(format!(
            "`{name}` holds {} of the {} bytes that were written to it{}; {}",
            volume.length,
            known.length,
            lost.words(", and lacks "),
            get_again(site)
        ));
    } else {
        match unread {
            // Of what the catalogue knows of, no writer was stopped in the middle.
            Some((at, fault, mut held)) if !references.is_empty() || held.n > 0 => {
                held.extend(references);
                read.faults.push(damaged(at, &fault, &held));
            }
            Some((at, Fault::CutShort, _)) => {
                let n_bytes = volume.length.saturating_sub(at);
                let said = format!(
                    "record {at} of `{name}` is cut short ({n_bytes} bytes), as its writer was stopped or the file was \
                     cut off; put back a longer copy if there is one, else nothing is to be done"
                );
                read.cut_short = Some((Place { file: volume.name.clone(), offset: at }, said));
            }
            Some((at, fault, held)) => read.faults.push(damaged(at, &fault, &held)),
            None => astray.extend(references),
        }
    }
    if astray.n > 0 {
        read.faults.push(format!(
            "`{name}` does not hold{} where the catalogue says; put back the file that it was made of, or make it again \
             with `scrutineer corpus rebuild`",
            astray.words(" ")
        ));
    }
    read
}

/// Why a record that could be read does not prove that it is as it was written.
/// The digest of its block was held against it as it was read, where there is
/// one.
fn unproven(record: &Record) -> Option<&'static str> {
    let sha256 = |name: &str| record.header(name).filter(|digest| digest.starts_with("sha256:"));
    if sha256("WARC-Block-Digest").is_none_or(|digest| digest.len() != "sha256:".len() + 64) {
        return Some("it bears no digest of its block");
    }
    // A revisit bears the digest of what it does not hold.
    let named = sha256("WARC-Payload-Digest").filter(|_| record.kind() != "revisit")?;
    let is_right = match record.http() {
        Some((_, body)) => digest_field(body).eq_ignore_ascii_case(named),
        None => digest_field(&record.block).eq_ignore_ascii_case(named),
    };
    (!is_right).then_some("its payload is not that of its digest")
}

/// Whether a record is what the catalogue finds at its place.
fn is_it(reference: &Reference, record: &Record) -> bool {
    let is_answer = matches!(record.kind(), "response" | "revisit" | "resource");
    let is_named = match (&reference.wire_digest, record.header("WARC-Payload-Digest")) {
        (Some(digest), Some(named)) => named.eq_ignore_ascii_case(&format!("sha256:{digest}")),
        // A site that says that nothing has changed sends nothing.
        (Some(_), None) => record.kind() == "revisit",
        (None, _) => true,
    };
    is_answer && is_named
}

/// Captures of which something is to be said.
#[derive(Default)]
struct Held<'a> {
    n: u64,
    first: Option<&'a Reference>,
}

impl<'a> Held<'a> {
    fn add(&mut self, before: Self) {
        self.n += before.n;
        self.first = before.first.or(self.first);
    }

    /// Their number and the address of the first, after `lead`; nothing where
    /// there is none.
    fn words(&self, lead: &str) -> String {
        match (self.n, self.first) {
            (1, Some(first)) => format!("{lead}1 capture, of {}", first.url),
            (n, Some(first)) => format!("{lead}{n} captures, the first of {}", first.url),
            (_, None) => String::new(),
        }
    }
}

impl<'a> Extend<&'a Reference> for Held<'a> {
    fn extend<I: IntoIterator<Item = &'a Reference>>(&mut self, references: I) {
        for reference in references {
            self.n += 1;
            self.first = self.first.or(Some(reference));
        }
    }
}

impl<'a> FromIterator<&'a Reference> for Held<'a> {
    fn from_iter<I: IntoIterator<Item = &'a Reference>>(references: I) -> Self {
        let mut held = Self::default();
        held.extend(references);
        held
    }
}

/// What to do where a file is gone or ends early.
fn get_again(site: &SiteId) -> &'static str {
    if site.is_of_files() {
        "put it back from a copy, or add again what was in it"
    } else {
        "put it back from a copy, or the next crawl asks again for what was in it"
    }
}

/// What to do where a record is damaged.
fn ask_again(site: &SiteId, held: &Held) -> &'static str {
    match held.n {
        // It may hold what the catalogue was made of.
        0 => "put the file back from a copy before the catalogue is made again",
        _ if site.is_of_files() => "put the file back from a copy, or add it again",
        _ => "put the file back from a copy, or ask for it again with `scrutineer crawl --recheck`",
    }
}

/// The catalogue for a moment. A thread that panicked with it has changed nothing.
fn locked(catalogue: &Mutex<Catalogue>) -> MutexGuard<'_, Catalogue> {
    catalogue.lock().unwrap_or_else(PoisonError::into_inner)
}

/// An error with its cause.
fn words(error: &Error) -> String {
    match error.source() {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}
