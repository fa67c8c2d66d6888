//! The README shows commands with their real output: they are run here.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::quickstart;

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

#[test]
fn the_readme_shows_what_its_commands_print() {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = fs::read_to_string(readme).unwrap();
    let examples = examples(&readme);
    assert!(examples.len() >= 5, "{} commands", examples.len());
    let (home, _) = quickstart();
    for (command, expected) in examples {
        let define = r#"scrutineer() { "$PROGRAM" --home "$HOME_FOLDER" -q "$@"; }; "#;
        let output = Command::new("sh")
            .args(["-c", &format!("{define}{command}")])
            .env("PROGRAM", env!("CARGO_BIN_EXE_scrutineer"))
            .env("HOME_FOLDER", home.path())
            .output()
            .unwrap();
        let printed = String::from_utf8(output.stdout).unwrap();
        assert_eq!(printed.trim_end(), expected.trim_end(), "`{command}` prints otherwise");
        assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
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
