//! The README shows commands with their real output: they are run here.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::{copy_folder, quickstart};

/// The commands of a `console` block, each with the lines that it prints.
fn examples(readme: &str) -> Vec<(String, String)> {
    let mut examples: Vec<(String, String)> = Vec::new();
    let blocks = readme.split("```console\n").skip(1);
    for block in blocks.map(|block| block.split("```").next().unwrap()) {
        for line in block.lines() {
            match line.strip_prefix("$ ") {
                Some(command) => examples.push((command.to_owned(), String::new())),
                None => {
                    let (_, output) = examples.last_mut().expect("a block begins with a command");
                    output.push_str(line);
                    output.push('\n');
                }
            }
        }
    }
    examples
}

/// The first `toml` block: the saved queries of the home.
fn saved_queries(readme: &str) -> &str {
    let block = readme.split("```toml\n").nth(1).expect("the README has saved queries");
    block.split("```").next().unwrap()
}

#[test]
fn the_readme_shows_what_its_commands_print() {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = fs::read_to_string(readme).unwrap();
    let examples = examples(&readme);
    assert!(examples.len() >= 5, "{} commands", examples.len());
    let home = tempfile::tempdir().unwrap();
    copy_folder(quickstart().0.path(), home.path());
    fs::write(home.path().join("queries.toml"), saved_queries(&readme)).unwrap();
    for (command, expected) in examples {
        // As on a terminal: what is for people stands among the results.
        let all = format!(r#"scrutineer() {{ "$PROGRAM" "$@"; }}; {{ {command}; }} 2>&1"#);
        let output = Command::new("sh")
            .args(["-c", &all])
            .env("PROGRAM", env!("CARGO_BIN_EXE_scrutineer"))
            .env_remove("SCRUTINEER_HOME")
            .current_dir(home.path())
            .output()
            .unwrap();
        let printed = String::from_utf8(output.stdout).unwrap();
        assert_eq!(printed.trim_end(), expected.trim_end(), "`{command}` prints otherwise");
    }
}

/// What a user reads and what a developer is told must not drift apart.
#[test]
fn the_two_set_up_commands_stand_in_the_readme() {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = fs::read_to_string(readme).unwrap();
    for command in ["cargo run --release -- quickstart", "cargo test"] {
        assert!(readme.lines().any(|line| line == command), "{command}");
    }
}
