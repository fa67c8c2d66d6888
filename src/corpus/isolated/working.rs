//! Folders in which other programs work on one document.
//!
//! Each is removed when the work is done. A run that was killed leaves its own
//! behind, so they lie together, and old ones are removed by the next work.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};
use std::{fs, io};

use tempfile::TempDir;

/// How long a folder must have been left alone to be nobody's. No document
/// takes as long, and another run may be at work.
const ABANDONED: Duration = Duration::from_secs(24 * 60 * 60);

/// A new folder, under the folder of the index.
pub fn working_folder(index: &Path) -> io::Result<TempDir> {
    // Programs run in it, and some want to be told where it is.
    let all = std::path::absolute(index.join("working"))?;
    fs::create_dir_all(&all)?;
    for folder in abandoned(&all, SystemTime::now())? {
        // Another run may do the same; what cannot be removed is tried again.
        let _ = fs::remove_dir_all(folder);
    }
    tempfile::Builder::new().prefix(PREFIX).tempdir_in(all)
}

/// How our folders are named: nothing else is removed.
const PREFIX: &str = "document-";

fn abandoned(all: &Path, now: SystemTime) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(all)?.flatten() {
        let is_ours = entry.file_name().to_string_lossy().starts_with(PREFIX);
        let Ok(facts) = entry.metadata() else { continue };
        let age = facts.modified().ok().and_then(|changed| now.duration_since(changed).ok());
        if is_ours && facts.is_dir() && age.is_some_and(|age| age > ABANDONED) {
            found.push(entry.path());
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_killed_run_left_is_removed_and_nothing_else() {
        let index = tempfile::tempdir().unwrap();
        let all = index.path().join("working");
        let old = SystemTime::now() - ABANDONED * 2;
        for name in ["document-left", "other"] {
            fs::create_dir_all(all.join(name)).unwrap();
            fs::write(all.join(name).join("document.doc"), "text").unwrap();
            fs::File::open(all.join(name)).unwrap().set_modified(old).unwrap();
        }
        let at_work = working_folder(index.path()).unwrap();
        assert!(!all.join("document-left").exists());
        assert!(all.join("other").exists() && at_work.path().exists());
        let second = working_folder(index.path()).unwrap();
        assert!(at_work.path().exists() && second.path().exists() && second.path().is_absolute());
        drop((at_work, second));
        assert_eq!(fs::read_dir(&all).unwrap().count(), 1, "what is done leaves nothing");
    }
}
