//! Texts that other programs made of documents, kept beside the index.
//!
//! They are derived: deleted, they are made again. They are kept because making
//! them is slow, and because two runs of a program need not agree.

use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::model::Digest;

/// The text that a program made of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// The program, with its version where it tells it.
    pub by: String,
    /// The language that it was told, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// The text; form feeds part its pages.
    pub text: String,
}

impl Kept {
    /// The text that was kept of the document with that digest. What cannot be
    /// read counts as not there: it is made again.
    pub fn read(folder: &Path, digest: &Digest) -> Option<Self> {
        serde_json::from_slice(&fs::read(folder.join(format!("{digest}.json"))).ok()?).ok()
    }

    /// Keeps the text, whole or not at all. A text that cannot be kept is still
    /// there for the reading that asked for it; the next one makes it again.
    pub fn write(&self, folder: &Path, digest: &Digest) {
        let json = serde_json::to_vec(self).expect("text is JSON");
        let beside = folder.join(format!("{digest}.{}.part", std::process::id()));
        let written = fs::create_dir_all(folder)
            .and_then(|()| fs::write(&beside, json))
            .and_then(|()| fs::rename(&beside, folder.join(format!("{digest}.json"))));
        if written.is_err() {
            let _ = fs::remove_file(&beside);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_kept_by_its_document_and_a_damaged_one_is_not_there() {
        let folder = tempfile::tempdir().unwrap();
        let (one, other) = (Digest::of(b"one"), Digest::of(b"other"));
        let kept = Kept { by: "antiword".into(), language: None, text: "a\u{c}b".into() };
        kept.write(folder.path(), &one);
        assert_eq!(Kept::read(folder.path(), &one), Some(kept));
        assert_eq!(Kept::read(folder.path(), &other), None);
        fs::write(folder.path().join(format!("{one}.json")), "{").unwrap();
        assert_eq!(Kept::read(folder.path(), &one), None);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing else is left lying");
    }
}
