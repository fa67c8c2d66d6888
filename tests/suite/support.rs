//! Runs the program as a reader meets it: arguments in; stdout, stderr and
//! exit code out.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

/// What a command printed, and how it ended.
pub struct Run {
    pub stdout: String,
    pub stderr: String,
    pub code: i32,
}

/// Runs `scrutineer --home HOME ARGS…`.
pub fn scrutineer(home: &Path, args: &[&str]) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_scrutineer"));
    command.env_remove("SCRUTINEER_HOME").env_remove("SCRUTINEER_CONTACT");
    let output = command.arg("--home").arg(home).args(args).output().unwrap();
    Run {
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
        code: output.status.code().expect("the program was not killed by a signal"),
    }
}

/// Runs a command that must succeed, with CSV output, and reads the rows.
#[track_caller]
pub fn rows(home: &Path, args: &[&str]) -> Vec<HashMap<String, String>> {
    let mut all = vec!["--format", "csv", "-q"];
    all.extend(args);
    let run = scrutineer(home, &all);
    assert!(run.code == 0 || run.code == 1, "{args:?} ended with {}: {}", run.code, run.stderr);
    read_csv(&run.stdout)
}

/// The rows of a CSV text, by column.
pub fn read_csv(text: &str) -> Vec<HashMap<String, String>> {
    csv::Reader::from_reader(text.as_bytes()).deserialize().map(Result::unwrap).collect()
}

/// A home in which `quickstart` was run, and what it printed; made once.
pub fn quickstart() -> &'static (tempfile::TempDir, Run) {
    static HOME: LazyLock<(tempfile::TempDir, Run)> = LazyLock::new(|| {
        let home = tempfile::tempdir().unwrap();
        let run = scrutineer(home.path(), &["--format", "csv", "quickstart"]);
        assert_eq!(run.code, 0, "{}", run.stderr);
        (home, run)
    });
    &HOME
}

/// How the meetings of an index were read, a line each.
pub fn readings(index: &Path) -> String {
    let packed = fs::File::open(index.join("readings.jsonl.gz")).unwrap();
    io::read_to_string(flate2::read::GzDecoder::new(packed)).unwrap()
}

/// Copies a folder with all that is in it.
pub fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy_folder(&path, &target);
        } else {
            fs::copy(&path, target).unwrap();
        }
    }
}

/// Whether a program is installed; says that its test is not run when it is
/// not. A run that has installed all of them fails instead.
pub fn has_program(name: &str) -> bool {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    is_there(std::env::split_paths(&folders).any(|folder| folder.join(name).is_file()), name)
}

/// The same of a module of Python.
pub fn has_python(module: &str) -> bool {
    let found = Command::new("python3").args(["-c", &format!("import {module}")]).output();
    is_there(found.is_ok_and(|output| output.status.success()), &format!("{module} of Python"))
}

fn is_there(is_there: bool, what: &str) -> bool {
    if !is_there {
        let is_required = std::env::var_os("SCRUTINEER_TOOLS_REQUIRED").is_some();
        assert!(!is_required, "there is no {what}, which this run was to install");
        eprintln!("not run: there is no {what}");
    }
    is_there
}

/// A path below `../shared`, or a note that the test is not run.
pub fn shared(path: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared").join(path);
    if !path.exists() {
        eprintln!("not run: {} is absent", path.display());
        return None;
    }
    Some(path)
}

/// A home with a hostile file between two good ones, indexed. Both good ones
/// are found all the same.
pub struct Between {
    pub home: tempfile::TempDir,
    pub add: Run,
    name: String,
}

impl Between {
    /// Adds and indexes the three files; the hostile one has that name.
    #[track_caller]
    pub fn of(name: &str, hostile: &[u8]) -> Self {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("files");
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("a.html"), good(1, "heron")).unwrap();
        fs::write(folder.join(name), hostile).unwrap();
        fs::write(folder.join("c.html"), good(3, "otter")).unwrap();
        let args =
            ["--format", "csv", "add", folder.to_str().unwrap(), "--council", "Kent", "--body", "Cabinet"];
        let add = scrutineer(home.path(), &args);
        let index = scrutineer(home.path(), &["index"]);
        assert!(matches!(index.code, 0 | 3), "{}", index.stderr);
        let said = [&add.stderr, &index.stderr];
        assert!(!said.iter().any(|said| said.contains("panicked")), "{said:?}");
        let read = Self { home, add, name: name.to_owned() };
        for word in ["heron", "otter"] {
            assert_eq!(read.n_found(word), 1, "{word}: {}", read.add.stderr);
        }
        read
    }

    #[track_caller]
    pub fn found(&self, query: &str) -> Vec<HashMap<String, String>> {
        rows(self.home.path(), &["search", query, "--limit", "all", "--with-boilerplate"])
    }

    #[track_caller]
    pub fn n_found(&self, query: &str) -> usize {
        self.found(query).len()
    }

    /// What `add` said of the hostile file.
    pub fn outcome(&self) -> String {
        let rows = read_csv(&self.add.stdout);
        rows.into_iter().find(|row| row["path"].ends_with(&self.name)).unwrap()["outcome"].clone()
    }
}

/// A page of HTML.
pub fn page(title: &str, body: &str) -> Vec<u8> {
    format!("<!DOCTYPE html><html><head><title>{title}</title></head><body>{body}</body></html>").into_bytes()
}

fn good(day: u32, word: &str) -> Vec<u8> {
    let title = format!("Minutes of the Cabinet held on {day} March 2021");
    page(&title, &format!("<h1>{title}</h1><h2>1. Wildlife</h2><p>The {word} was seen by all.</p>"))
}
