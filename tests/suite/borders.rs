//! Imports go one way: `model` ← pure modules ← modules with I/O ← `cli`.

use std::fs;
use std::path::{Path, PathBuf};

/// A module, and the modules of the package that it may import.
const MAY_IMPORT: [(&str, &[&str]); 11] = [
    ("model", &[]),
    ("parse", &["model"]),
    ("search", &["model"]),
    ("analyse", &["model", "search"]),
    ("eval", &["model", "parse"]),
    ("report", &["model", "search", "analyse"]),
    ("corpus", &["model", "parse"]),
    ("crawl", &["model", "parse", "corpus"]),
    ("index", &["model", "parse", "search", "analyse", "corpus"]),
    ("sample", &["model", "parse"]),
    ("cli", &["model", "parse", "search", "analyse", "eval", "report", "corpus", "crawl", "index", "sample"]),
];

/// What a pure module may not name: files, processes, the network, clocks,
/// engines.
const WORLD: [&str; 12] = [
    "std::fs",
    "std::net",
    "std::process",
    "std::env",
    "SystemTime",
    "Timestamp::now",
    "println!",
    "eprintln!",
    "reqwest",
    "tokio",
    "rusqlite",
    "axum",
];

const PURE: [&str; 6] = ["model", "parse", "search", "analyse", "eval", "report"];

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() { files.extend(self::files(&entry)) } else { files.push(entry) }
    }
    files
}

/// Each line of code of a module, with its file; comments and tests left out.
fn code(module: &str) -> Vec<(PathBuf, String)> {
    let mut code = Vec::new();
    for file in files(&source().join(module)) {
        let text = fs::read_to_string(&file).unwrap();
        let body = text.split("#[cfg(test)]").next().unwrap();
        let lines = body.lines().filter(|line| !line.trim_start().starts_with("//"));
        code.extend(lines.map(|line| (file.clone(), line.to_owned())));
    }
    assert!(!code.is_empty(), "{module} has no code");
    code
}

#[test]
fn every_module_has_its_border() {
    let mut folders: Vec<String> = fs::read_dir(source())
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    folders.sort();
    let mut named: Vec<&str> = MAY_IMPORT.iter().map(|(module, _)| *module).collect();
    named.sort_unstable();
    assert_eq!(folders, named);
}

#[test]
fn imports_go_one_way() {
    let mut wrong = Vec::new();
    for (module, allowed) in MAY_IMPORT {
        for (file, line) in code(module) {
            for (at, _) in line.match_indices("crate::") {
                let name: String =
                    line[at + 7..].chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                let is_module = MAY_IMPORT.iter().any(|(other, _)| *other == name);
                if is_module && name != module && !allowed.contains(&name.as_str()) {
                    wrong.push(format!("{}: {}", file.display(), line.trim()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn pure_modules_do_not_touch_the_world() {
    let mut wrong = Vec::new();
    for module in PURE {
        for (file, line) in code(module) {
            if WORLD.iter().any(|name| line.contains(name)) {
                wrong.push(format!("{}: {}", file.display(), line.trim()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn only_the_index_names_the_engine() {
    for (module, _) in MAY_IMPORT.iter().filter(|(module, _)| *module != "index") {
        for (file, line) in code(module) {
            assert!(!line.contains("tantivy"), "{}: {}", file.display(), line.trim());
        }
    }
}
