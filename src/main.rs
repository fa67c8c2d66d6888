//! The program: arguments in; data on stdout, words on stderr, an exit code.

use std::io;
use std::process::ExitCode;

use clap::Parser;
use scrutineer::cli::{Cli, run};
use scrutineer::report::printable;

/// Failed: also a command line that cannot be taken.
const FAILED: u8 = 2;

fn main() -> ExitCode {
    match run(Cli::parse()) {
        Ok(outcome) => ExitCode::from(outcome.code()),
        Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            let causes: Vec<String> = error.chain().map(ToString::to_string).collect();
            // A query that is wrong is shown below the message.
            let message: Vec<String> = causes.join(": ").lines().map(printable).collect();
            eprintln!("scrutineer: {}", message.join("\n"));
            ExitCode::from(FAILED)
        }
    }
}

/// The reader of our output went away, as `head` does: no fault.
fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
    })
}
