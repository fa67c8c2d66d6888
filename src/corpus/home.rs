//! The home: the folder that holds `corpus/` and `index/`.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::model::{Councils, Error, Result};

/// The table of councils that the program carries.
const COUNCILS: &[u8] = include_bytes!("../../corpus/councils.csv");

/// The folder under which everything is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Home {
    root: PathBuf,
}

impl Home {
    /// The home in this folder, which need not exist yet.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The folder itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Where what councils published is kept.
    pub fn corpus(&self) -> PathBuf {
        self.root.join("corpus")
    }

    /// Where the WARC files are, a folder a site.
    pub fn archive(&self) -> PathBuf {
        self.corpus().join("archive")
    }

    /// The catalogue's file.
    pub fn catalogue(&self) -> PathBuf {
        self.corpus().join("catalogue.sqlite")
    }

    /// Where everything derived is kept; it can always be made again.
    pub fn index(&self) -> PathBuf {
        self.root.join("index")
    }

    /// The table of councils: the home's own `corpus/councils.csv`, or the one
    /// that the program carries.
    pub fn councils(&self) -> Result<Councils> {
        let path = self.corpus().join("councils.csv");
        match fs::read(&path) {
            Ok(own) => Councils::from_csv(&own),
            Err(error) if error.kind() == ErrorKind::NotFound => Councils::from_csv(COUNCILS),
            Err(error) => Err(Error::io("read", path)(error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_home_without_a_table_uses_the_one_in_the_program() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::new(folder.path());
        // 382 principal authorities that sit, 2 that will, and 48 that do so no
        // more, by the table's own count of rows.
        assert_eq!(home.councils().unwrap().all().len(), 432);
        assert_eq!(home.councils().unwrap().find("Kent").unwrap().gss, "E10000016");

        fs::create_dir_all(home.corpus()).unwrap();
        let own = "slug,name,gss_code,nation,platform,base_url\nours,Our Parish Council,,England,,\n";
        fs::write(home.corpus().join("councils.csv"), own).unwrap();
        assert_eq!(home.councils().unwrap().all().len(), 1);
    }
}
