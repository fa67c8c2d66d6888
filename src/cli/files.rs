//! Files that a person names: found, and taken a few at a time.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::Context;
use super::search::plural;
use crate::corpus::READ_LIMIT;
use crate::model::{Error, Result};

/// How many files are in memory at once, and how many bytes of them unless
/// one alone has more.
const BATCH_FILES: usize = 128;
const BATCH_BYTES: u64 = 128 * 1024 * 1024;

/// What was found at paths.
#[derive(Debug, Default)]
pub struct Found {
    /// The files themselves, or all below a folder in the order of their names.
    pub files: Vec<PathBuf>,
    /// Files in folders that are passed over by their ending: tables that
    /// describe the others (CSV).
    pub tables: Vec<PathBuf>,
    /// What cannot be looked at, each once.
    pub errors: Vec<Error>,
}

/// Finds the files of paths. Hidden files and links to folders are passed over,
/// and tables in folders.
pub fn find(paths: &[PathBuf]) -> Found {
    let mut found = Found::default();
    for path in paths {
        match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => walk(path, &mut found),
            Ok(metadata) if !metadata.is_file() => found.errors.push(not_a_file(path)),
            Ok(_) => found.files.push(path.clone()),
            Err(source) => found.errors.push(Error::io("read", path)(source)),
        }
    }
    found
}

/// Says how many files were passed over, by their ending.
pub fn say_passed_over(context: &Context, files: &[PathBuf]) {
    if files.is_empty() {
        return;
    }
    let mut by_ending: BTreeMap<String, u64> = BTreeMap::new();
    for path in files {
        let ending = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
        *by_ending.entry(ending).or_default() += 1;
    }
    let endings: Vec<String> = by_ending.iter().map(|(ending, n)| format!("{n} .{ending}")).collect();
    let files = plural(files.len() as u64, "file was", "files were");
    context.say(format!("{files} passed over by the ending: {}", endings.join(", ")));
}

/// A pipe or a device may never end.
fn not_a_file(path: &Path) -> Error {
    Error::Input(format!("cannot read `{}`: it is neither a file nor a folder", path.display()))
}

fn walk(folder: &Path, found: &mut Found) {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(source) => return found.errors.push(Error::io("read", folder)(source)),
    };
    let mut paths = Vec::new();
    for entry in entries {
        match entry {
            Ok(entry) => paths.push(entry.path()),
            Err(source) => found.errors.push(Error::io("read", folder)(source)),
        }
    }
    paths.sort();
    for path in paths {
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
        if name.starts_with('.') {
            continue;
        }
        // A link may lead back up: a folder behind one is not entered.
        match (fs::metadata(&path), path.is_symlink()) {
            (Ok(metadata), true) if metadata.is_dir() => {}
            (Ok(metadata), false) if metadata.is_dir() => walk(&path, found),
            (Ok(metadata), _) if !metadata.is_file() => found.errors.push(not_a_file(&path)),
            (Ok(_), _) if name.ends_with(".csv") => found.tables.push(path),
            (Ok(_), _) => found.files.push(path),
            (Err(source), _) => found.errors.push(Error::io("read", &path)(source)),
        }
    }
}

/// The files in their order, as many at a time as memory is given to.
pub fn batches(files: &[PathBuf]) -> Vec<&[PathBuf]> {
    let size = |path: &PathBuf| fs::metadata(path).map_or(0, |metadata| metadata.len());
    let mut batches = Vec::new();
    let (mut start, mut bytes) = (0, 0);
    for (at, file) in files.iter().enumerate() {
        let size = size(file);
        if at > start && (at - start >= BATCH_FILES || bytes + size > BATCH_BYTES) {
            batches.push(&files[start..at]);
            (start, bytes) = (at, 0);
        }
        bytes += size;
    }
    if start < files.len() {
        batches.push(&files[start..]);
    }
    batches
}

/// The bytes of a file, unless there are more than the archive gives back.
pub fn read(path: &Path) -> Result<Vec<u8>> {
    let size = fs::metadata(path).map_err(Error::io("read", path))?.len();
    if size > READ_LIMIT {
        let limit = READ_LIMIT / (1024 * 1024);
        return Err(Error::Input(format!("cannot take `{}`: it is larger than {limit} MiB", path.display())));
    }
    fs::read(path).map_err(Error::io("read", path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_bad_entry_hides_no_other_and_a_link_to_a_folder_is_not_entered() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at("sub")).unwrap();
        for name in ["b.txt", "sub/a.txt", ".hidden", "MANIFEST.csv"] {
            fs::write(at(name), "x").unwrap();
        }
        std::os::unix::fs::symlink(at("nowhere"), at("a-link")).unwrap();
        std::os::unix::fs::symlink(folder.path(), at("up")).unwrap();
        let Found { files, tables, errors } = find(&[folder.path().to_owned(), at("absent")]);
        assert_eq!(files, [at("b.txt"), at("sub/a.txt")]);
        assert_eq!(tables, [at("MANIFEST.csv")]);
        assert_eq!(errors.len(), 2);
        assert!(errors[0].to_string().contains("a-link") && errors[1].to_string().contains("absent"));
    }

    #[test]
    fn batches_hold_every_file_once_and_in_order() {
        let files: Vec<PathBuf> = (0..300).map(|n| PathBuf::from(format!("{n}"))).collect();
        let batches = batches(&files);
        assert_eq!(batches.iter().map(|batch| batch.len()).collect::<Vec<_>>(), [128, 128, 44]);
        assert_eq!(batches.concat(), files);
    }
}
