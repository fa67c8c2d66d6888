//! Old Word files, through the converters that are installed.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;

use super::child::{Failure, Limits, Run, installed, read_written};
use super::kept::Kept;
use super::working::working_folder;

/// What to install, for whoever has no converter.
pub const INSTALL: &str = "install `antiword`, LibreOffice or `catdoc` to read it";

/// A program that makes text of old Word files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Converter {
    /// Small and quick; keeps the labels of lists. Knows no macros.
    Antiword,
    /// Knows most; takes seconds and 300 MB of disk.
    LibreOffice(&'static str),
    /// Loses the marks of lists, and shows the instructions of fields.
    Catdoc,
}

/// The order in which they are tried.
const CONVERTERS: [Converter; 4] = [
    Converter::Antiword,
    Converter::LibreOffice("soffice"),
    Converter::LibreOffice("libreoffice"),
    Converter::Catdoc,
];

/// Our name for the document, whatever its own is.
const INPUT: &str = "document.doc";

impl Converter {
    fn program(self) -> &'static str {
        match self {
            Self::Antiword => "antiword",
            Self::LibreOffice(program) => program,
            Self::Catdoc => "catdoc",
        }
    }
}

/// Whether any converter is installed.
pub fn is_there() -> bool {
    CONVERTERS.iter().any(|converter| installed(converter.program()).is_some())
}

/// The text of an old Word file by the first converter that gives any; `None`
/// when none is installed. It works under the folder of the index.
pub fn convert(guard: &Path, index: &Path, limits: Limits, doc: &[u8]) -> Option<Result<Kept, Failure>> {
    let mut last = None;
    for converter in CONVERTERS {
        let Some(program) = installed(converter.program()) else { continue };
        match run(converter, &program, guard, index, limits, doc) {
            Ok(text) if text.chars().any(char::is_alphanumeric) => {
                return Some(Ok(Kept { by: converter.program().to_owned(), language: None, text }));
            }
            Ok(_) => last = Some(Failure::Fault(format!("`{}` finds no text in it", converter.program()))),
            Err(Failure::Fault(said)) => {
                last = Some(Failure::Fault(format!("`{}` cannot read it: {said}", converter.program())));
            }
            Err(failure) => last = Some(failure),
        }
    }
    last.map(Err)
}

/// Runs a converter in a folder of its own, on a file with a name of ours.
fn run(
    converter: Converter,
    program: &Path,
    guard: &Path,
    index: &Path,
    limits: Limits,
    doc: &[u8],
) -> Result<String, Failure> {
    let machine = |error: std::io::Error| Failure::Machine(format!("no temporary file: {error}"));
    let folder = working_folder(index).map_err(machine)?;
    fs::write(folder.path().join(INPUT), doc).map_err(machine)?;
    let profile = profile(folder.path());
    let arguments: Vec<&OsStr> = match converter {
        Converter::Antiword => vec!["-m", "UTF-8.txt", "-w", "0", INPUT],
        Converter::Catdoc => vec!["-d", "utf-8", "-w", INPUT],
        Converter::LibreOffice(_) => {
            write_profile(folder.path()).map_err(machine)?;
            let to_text = "txt:Text (encoded):UTF8";
            vec![profile.as_str(), "--headless", "--norestore", "--convert-to", to_text, INPUT]
        }
    }
    .into_iter()
    .map(OsStr::new)
    .collect();
    let run = Run { guard: Some(guard), program, arguments, folder: Some(folder.path()), limits };
    let said = run.output(b"")?;
    let text = match converter {
        Converter::LibreOffice(_) => {
            let written = folder.path().join(INPUT).with_extension("txt");
            read_written(&written, converter.program())?
        }
        Converter::Antiword | Converter::Catdoc => said.out,
    };
    Ok(crate::parse::decode(&text, Some("utf-8")).into_owned())
}

/// LibreOffice's argument for a profile in that folder, which no other run shares.
fn profile(folder: &Path) -> String {
    let url = url::Url::from_directory_path(folder.join("profile")).map(String::from).unwrap_or_default();
    format!("-env:UserInstallation={url}")
}

/// Settings under which LibreOffice runs no macro and fetches nothing that a
/// document links to.
fn write_profile(folder: &Path) -> std::io::Result<()> {
    const SETTINGS: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
</oor:items>
"#;
    let user = folder.join("profile").join("user");
    fs::create_dir_all(&user)?;
    fs::write(user.join("registrymodifications.xcu"), SETTINGS)
}
