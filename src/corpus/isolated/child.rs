//! Programs that read documents: found, run with limits, and ended.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, WaitIdStatus, kill_process_group, waitid};

/// What a program that reads a document may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How long it may take.
    pub time: Duration,
    /// Its address space, in bytes.
    pub memory: u64,
}

/// The longest answer of a program that is read, in bytes.
const ANSWER_LIMIT: u64 = 256 * 1024 * 1024;

/// The longest file that a program may write, in bytes: more than any text or
/// picture of a page, and than a document with its text.
const FILE_LIMIT: u64 = 512 * 1024 * 1024;

/// How a program failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// It could not be run, or the system ended it: another time it may do.
    Machine(String),
    /// Its time was up.
    Time,
    /// It ended with a fault of its own, and said this on stderr, if anything.
    Fault(String),
}

/// What a program wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// On stdout.
    pub out: Vec<u8>,
    /// On stderr, its beginning.
    pub err: Vec<u8>,
}

/// A program that reads documents, run by `guard`, the program that sets the
/// limits and then becomes the other one. Without a `guard`, only time is
/// limited, which is for tests.
pub struct Run<'a> {
    /// The program whose `with-limits` sets limits.
    pub guard: Option<&'a Path>,
    /// The program.
    pub program: &'a Path,
    /// Its arguments. Never text out of a document, or a document's name.
    pub arguments: Vec<&'a OsStr>,
    /// The folder that it runs in, if not this process's own.
    pub folder: Option<&'a Path>,
    /// What it may use.
    pub limits: Limits,
}

impl Run<'_> {
    /// Runs it with `input` on its stdin.
    pub fn output(&self, input: &[u8]) -> Result<Said, Failure> {
        let mut child = self
            .command()
            .spawn()
            .map_err(|error| Failure::Machine(format!("`{}` does not start: {error}", self.name())))?;
        let mut stdin = child.stdin.take().expect("stdin is piped");
        let stdout = child.stdout.take().expect("stdout is piped");
        let stderr = child.stderr.take().expect("stderr is piped");
        let (answer, said, ended) = thread::scope(|scope| {
            // Written and read beside each other, or both would wait when a
            // pipe is full. A child that died early closes the pipe: no fault
            // of ours.
            scope.spawn(move || drop(stdin.write_all(input)));
            let reading = scope.spawn(move || read_up_to(stdout, ANSWER_LIMIT));
            let listening = scope.spawn(move || read_up_to(stderr, 64 * 1024));
            let ended = wait(&mut child, self.limits.time);
            let died = |_| Err(io::Error::other("the reader's thread died"));
            (reading.join().unwrap_or_else(died), listening.join().unwrap_or_else(died), ended)
        });
        let said = said.unwrap_or_default();
        let Some(ended) = ended else { return Err(Failure::Time) };
        match ended.terminating_signal() {
            None if ended.exit_status() == Some(0) => match answer {
                Ok(out) => Ok(Said { out, err: said }),
                Err(error) => Err(Failure::Machine(error.to_string())),
            },
            Some(signal) if signal == Signal::XCPU.as_raw() => Err(Failure::Time),
            Some(signal) if signal == Signal::KILL.as_raw() => {
                let name = self.name();
                Err(Failure::Machine(format!("`{name}` was killed; there may have been too little memory")))
            }
            _ => Err(Failure::Fault(last_line(&said))),
        }
    }

    fn command(&self) -> Command {
        let mut command = match self.guard {
            None => Command::new(self.program),
            Some(guard) => {
                let mut command = Command::new(guard);
                let memory = self.limits.memory.to_string();
                // One second more than is waited for: the wait names the fault.
                let seconds = (self.limits.time.as_secs() + 1).to_string();
                let file = FILE_LIMIT.to_string();
                command.args(["with-limits", "--memory", &memory, "--seconds", &seconds]);
                command.args(["--file", &file, "--"]);
                command.arg(self.program);
                command
            }
        };
        command.args(&self.arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        // One language, so that versions and messages read the same anywhere;
        // one thread, as documents are read on all cores already.
        command.env("LC_ALL", "C.UTF-8").env("OMP_THREAD_LIMIT", "1");
        if let Some(folder) = self.folder {
            command.current_dir(folder);
        }
        // A group of its own, so that what it starts ends with it.
        command.process_group(0);
        command
    }

    fn name(&self) -> String {
        self.program.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }
}

/// The text that a program wrote to a file; it must be no longer than what is
/// read of its stdout.
pub fn read_written(file: &Path, program: &str) -> Result<Vec<u8>, Failure> {
    read_whole(file, program, ANSWER_LIMIT)
}

fn read_whole(file: &Path, program: &str, limit: u64) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let read = File::open(file).and_then(|file| file.take(limit + 1).read_to_end(&mut bytes));
    match read {
        Err(_) => Err(Failure::Fault(format!("`{program}` wrote no text"))),
        Ok(_) if bytes.len() as u64 > limit => {
            Err(Failure::Fault(format!("`{program}` wrote more than {limit} bytes of text")))
        }
        Ok(_) => Ok(bytes),
    }
}

fn read_up_to(mut from: impl Read, limit: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.by_ref().take(limit).read_to_end(&mut bytes)?;
    // The rest is read and let go: a full pipe would make the child wait.
    io::copy(&mut from, &mut io::sink())?;
    Ok(bytes)
}

/// The last line of what a program said that says something.
fn last_line(said: &[u8]) -> String {
    const LONGEST: usize = 200;
    let said = String::from_utf8_lossy(said);
    let line = said.lines().rev().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    line.chars().filter(|c| !c.is_control()).take(LONGEST).collect()
}

/// Waits for the child to end; `None` when its time was up first. Either way
/// it and all that it started are ended.
fn wait(child: &mut Child, time: Duration) -> Option<WaitIdStatus> {
    let group = i32::try_from(child.id()).ok().and_then(Pid::from_raw)?;
    let deadline = Instant::now() + time;
    let mut pause = Duration::from_millis(1);
    // Asked without taking it off the system's list, so that the number of its
    // group stays its own until the group has been ended.
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    let ended = loop {
        match waitid(WaitId::Pid(group), options) {
            Ok(Some(status)) => break Some(status),
            Ok(None) if Instant::now() < deadline => thread::sleep(pause),
            _ => break None,
        }
        pause = (pause * 2).min(Duration::from_millis(20));
    };
    // What it left behind would hold its pipes open. A group without members
    // is no fault, nor is a child that has ended already.
    let _ = kill_process_group(group, Signal::KILL);
    let _ = child.wait();
    ended
}

/// Where a program is installed: the first folder of `PATH` that has it.
pub fn installed(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    // A relative folder would be another one for each place we are run from.
    let mut folders = std::env::split_paths(&path).filter(|folder| folder.is_absolute());
    folders.find_map(|folder| Some(folder.join(name)).filter(|file| is_executable(file)))
}

fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().is_ok_and(|facts| facts.is_file() && facts.permissions().mode() & 0o111 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str, input: &[u8], time: Duration) -> Result<Said, Failure> {
        let program = installed("sh").unwrap();
        let arguments = vec![OsStr::new("-c"), OsStr::new(script)];
        let limits = Limits { time, memory: 1 << 30 };
        Run { guard: None, program: &program, arguments, folder: None, limits }.output(input)
    }

    #[test]
    fn what_is_longer_than_a_pipe_holds_goes_through() {
        let input = vec![b'x'; 1 << 20];
        assert_eq!(shell("cat", &input, Duration::from_secs(20)).unwrap().out, input);
    }

    #[test]
    fn a_file_that_is_too_long_is_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("text.txt");
        let read = || read_whole(&file, "soffice", 4);
        assert_eq!(read(), Err(Failure::Fault("`soffice` wrote no text".into())));
        std::fs::write(&file, "text").unwrap();
        assert_eq!(read(), Ok(b"text".to_vec()));
        std::fs::write(&file, "texts").unwrap();
        assert_eq!(read(), Err(Failure::Fault("`soffice` wrote more than 4 bytes of text".into())));
    }

    #[test]
    fn a_fault_is_told_in_the_last_line_that_the_program_said() {
        let failure = shell("echo one >&2; echo two >&2; exit 3", b"", Duration::from_secs(20));
        assert_eq!(failure, Err(Failure::Fault("two".into())));
    }

    #[test]
    fn a_program_whose_time_is_up_ends_with_all_that_it_started() {
        let start = Instant::now();
        let failure = shell("sleep 30 & sleep 30", b"", Duration::from_millis(200));
        assert_eq!(failure, Err(Failure::Time));
        // The pipes close only when both sleepers are gone.
        assert!(start.elapsed() < Duration::from_secs(15));
    }
}
