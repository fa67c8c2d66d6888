//! `with-limits`: sets limits on this process, and becomes another program.

use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::process::Command;

use rustix::process::{Resource, Rlimit, setrlimit};

use super::Outcome;

/// The arguments of `with-limits`.
#[derive(clap::Args)]
pub struct Args {
    /// The address space, in bytes.
    #[arg(long)]
    memory: u64,
    /// The longest file that it may write, in bytes.
    #[arg(long)]
    file: u64,
    /// The time on a processor, in seconds.
    #[arg(long)]
    seconds: u64,
    /// The program and its arguments.
    #[arg(last = true, required = true)]
    command: Vec<OsString>,
}

/// Runs `with-limits`. Returns only when the program could not be started.
///
/// Limits outlive the change of program, and what the program starts inherits
/// them; so none of them has to be trusted to keep to them.
pub fn run(args: Args) -> anyhow::Result<Outcome> {
    let limit = |most: u64| Rlimit { current: Some(most), maximum: Some(most) };
    setrlimit(Resource::As, limit(args.memory))?;
    setrlimit(Resource::Cpu, limit(args.seconds))?;
    setrlimit(Resource::Fsize, limit(args.file))?;
    // A core file of a hostile document is of no use to anybody.
    setrlimit(Resource::Core, limit(0))?;
    end_with_parent();
    let (program, arguments) = args.command.split_first().expect("clap requires one");
    Err(Command::new(program).args(arguments).exec().into())
}

/// Lets the system end this process when the run that needs it ends.
#[cfg(target_os = "linux")]
fn end_with_parent() {
    // Where it cannot be had, the limit on time ends it.
    let _ = rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL));
}

#[cfg(not(target_os = "linux"))]
fn end_with_parent() {}
