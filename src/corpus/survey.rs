//! What lies in the archive's folder, by names and lengths alone: the files of
//! each site, which numbers are missing among them, and what is not the
//! archive's own.
//!
//! Files that were taken away from the end of a site's row leave no gap; only
//! the catalogue knows of them.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use super::archive::{Archive, VolumeFile, entries, volume_number, volumes};
use crate::model::{Result, SiteId};

/// What is said of something in the archive's folder that is none of its files.
const STRANGER: &str = "is no file of the archive and is passed over; put it back under its name if it once was one, \
                        take it in with `scrutineer add` if it is a WARC file of another, or move it away";

/// What lies in the archive's folder.
#[derive(Debug, Default)]
pub(super) struct Survey {
    /// The sites that have a folder, in the order of their names.
    pub sites: Vec<SiteFiles>,
    /// What lies beside these folders.
    pub strangers: Vec<PathBuf>,
}

/// What lies in the folder of a site.
#[derive(Debug)]
pub(super) struct SiteFiles {
    pub site: SiteId,
    folder: PathBuf,
    /// Its files, in the order in which they were written.
    pub volumes: Vec<VolumeFile>,
    /// What else lies there.
    pub strangers: Vec<PathBuf>,
}

impl Survey {
    /// Whether there is anything but folders of sites in which nothing lies, and
    /// single files beside them.
    pub fn has_files(&self) -> bool {
        self.strangers.iter().any(|path| path.is_dir())
            || self.sites.iter().any(|files| !files.volumes.is_empty() || !files.strangers.is_empty())
    }

    /// What is missing or foreign, each in a line. `told` are the names of files
    /// whose loss has been told already.
    pub fn notes(&self, told: &BTreeSet<String>) -> Vec<String> {
        let of_sites = self.sites.iter().flat_map(|files| files.notes(told));
        self.strange().into_iter().chain(of_sites).collect()
    }

    /// What lies beside the folders of sites, each in a line.
    pub fn strange(&self) -> Vec<String> {
        strange(&self.strangers)
    }
}

impl SiteFiles {
    /// The numbers below the last that no file bears, and no file in `told`.
    pub fn gaps(&self, told: &BTreeSet<String>) -> Vec<RangeInclusive<u64>> {
        let known = told.iter().filter_map(|file| {
            let (folder, name) = file.split_once('/')?;
            volume_number(&self.site, name).filter(|_| folder == self.site.as_str())
        });
        let mut numbers: Vec<u64> = known.chain(self.volumes.iter().map(|volume| volume.number)).collect();
        numbers.sort_unstable();
        let mut gaps = Vec::new();
        let mut next = 1;
        for number in numbers {
            if number > next {
                gaps.push(next..=number - 1);
            }
            next = number + 1;
        }
        gaps
    }

    /// The same as [`Survey::notes`], of this site.
    pub fn notes(&self, told: &BTreeSet<String>) -> Vec<String> {
        let of_gap = |gap: RangeInclusive<u64>| {
            let (first, end) = (gap.start(), gap.end());
            let which =
                if first == end { format!("file {first}") } else { format!("files {first} to {end}") };
            format!(
                "`{}` lacks its {which}; put back what is missing from a copy, then run `scrutineer corpus rebuild`",
                self.folder.display()
            )
        };
        self.gaps(told).into_iter().map(of_gap).chain(strange(&self.strangers)).collect()
    }
}

fn strange(paths: &[PathBuf]) -> Vec<String> {
    paths.iter().map(|path| format!("`{}` {STRANGER}", path.display())).collect()
}

impl Archive {
    /// What lies in the archive's folder, which need not exist.
    pub(super) fn survey(&self) -> Result<Survey> {
        let mut survey = Survey::default();
        for (name, path) in entries(self.folder())? {
            let site = SiteId::new(&name);
            // A folder of another name was not made here.
            if site.as_str() == name && path.is_dir() {
                survey.sites.push(self.survey_site(&site)?);
            } else if !is_of_the_system(&name, &path) {
                survey.strangers.push(path);
            }
        }
        Ok(survey)
    }

    /// What lies in the folder of a site, which need not exist.
    pub(super) fn survey_site(&self, site: &SiteId) -> Result<SiteFiles> {
        let folder = self.folder().join(site.as_str());
        let volumes = volumes(&folder, site)?;
        let is_volume = |name: &str| volumes.iter().any(|volume| volume.name == format!("{site}/{name}"));
        // A file that a crawl has begun since the files were listed is no stranger.
        let is_new = |name: &str, path: &Path| volume_number(site, name).is_some() && path.is_file();
        let strangers = entries(&folder)?
            .into_iter()
            .filter(|(name, path)| !is_volume(name) && !is_new(name, path) && !is_of_the_system(name, path))
            .map(|(_, path)| path)
            .collect();
        Ok(SiteFiles { site: site.clone(), folder, volumes, strangers })
    }
}

/// Whether it is a hidden file, such as the `.DS_Store` that a file manager
/// leaves, or the `lost+found` of a disk.
fn is_of_the_system(name: &str, path: &Path) -> bool {
    (name.starts_with('.') && path.is_file()) || name == "lost+found"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_are_the_numbers_that_no_file_bears() {
        let site = SiteId::new("alderbrook");
        let check = |numbers: &[u64], told: &[&str], expected: &[RangeInclusive<u64>]| {
            let volume = |number: &u64| VolumeFile { number: *number, name: String::new(), length: 0 };
            let volumes = numbers.iter().map(volume).collect();
            let folder = PathBuf::from("archive/alderbrook");
            let files = SiteFiles { site: site.clone(), folder, volumes, strangers: Vec::new() };
            let told = told.iter().map(|name| (*name).to_owned()).collect();
            assert_eq!(files.gaps(&told), expected, "{numbers:?}");
        };
        check(&[], &[], &[]);
        check(&[1, 2, 3], &[], &[]);
        check(&[2, 3, 7], &[], &[1..=1, 4..=6]);
        check(&[1, 1, 3], &[], &[2..=2]);
        check(&[1, 4], &["alderbrook/alderbrook-00003-20240301000000.warc.gz"], &[2..=2]);
        check(&[1, 3], &["files-b/files-b-00002-20240301000000.warc.gz"], &[2..=2]);
    }
}
