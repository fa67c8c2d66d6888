//! `parse`: what is read in files, as JSON Lines: to be looked at, and scored.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::path::PathBuf;

use rayon::prelude::*;
use serde::Serialize;

use super::index::document_reader;
use super::{Context, Outcome, files};
use crate::corpus::{DocumentReader, Input, media_of};
use crate::model::{
    AgendaItem, Attendance, DateSource, Edition, Interest, ItemPassage, Kind, Language, Motion, PartialDate,
    Person, Reading, Votes, Warning,
};
use crate::parse::{interests, is_decision, languages, motions};

/// What a line holds, for `--help`.
const LINE_HELP: &str = "\
A line is an object: path, council, body, date, date_source, edition, items, resolutions, present,
apologies, substitutes, officers, roles (by name), interests, warnings. An item has number, title,
standing (the rule that makes it a standing item), exempt (the paragraphs of Schedule 12A), text (its
passages, a line each) and passages (kind, language, number, label, page, text). A resolution is a
passage that decides or recommends, or only notes by a verdict: item (its position in items, from 1), number (of the item),
kind, label, text, mover, seconder and votes (for, against, abstained). An interest has item, name
and text. What is not known is null.

Nothing is kept: neither corpus nor index is read or written.";

/// The arguments of `parse`.
#[derive(clap::Args)]
#[command(after_long_help = LINE_HELP)]
pub struct Args {
    /// Files, or folders with all below them; `-` is stdin.
    #[arg(required = true, value_name = "FILE")]
    paths: Vec<PathBuf>,
}

/// A file as read: a line.
#[derive(Serialize)]
struct Line<'a> {
    path: String,
    council: Option<&'a str>,
    body: Option<&'a str>,
    date: Option<PartialDate>,
    date_source: Option<DateSource>,
    edition: Option<Edition>,
    items: Vec<Item<'a>>,
    resolutions: Vec<Resolution<'a>>,
    present: Vec<&'a str>,
    apologies: Vec<&'a str>,
    substitutes: Vec<&'a str>,
    officers: Vec<&'a str>,
    roles: BTreeMap<&'a str, &'a str>,
    interests: Vec<Declared<'a>>,
    warnings: &'a [Warning],
}

#[derive(Serialize)]
struct Item<'a> {
    number: &'a str,
    title: &'a str,
    standing: Option<&'a str>,
    exempt: Option<&'a [u8]>,
    text: String,
    passages: Vec<Passage<'a>>,
}

#[derive(Serialize)]
struct Passage<'a> {
    kind: Kind,
    language: Language,
    number: Option<&'a str>,
    label: String,
    page: Option<u32>,
    text: &'a str,
}

#[derive(Serialize)]
struct Resolution<'a> {
    item: usize,
    number: &'a str,
    kind: Kind,
    label: String,
    text: &'a str,
    mover: Option<&'a str>,
    seconder: Option<&'a str>,
    votes: Option<Votes>,
}

#[derive(Serialize)]
struct Declared<'a> {
    item: usize,
    name: String,
    text: &'a str,
}

/// Runs `parse`.
pub fn run(context: &Context, args: Args) -> anyhow::Result<Outcome> {
    let (reader, _working) = passing_reader(context)?;
    let (from_stdin, paths): (Vec<PathBuf>, Vec<PathBuf>) =
        args.paths.into_iter().partition(|path| path.as_os_str() == "-");
    let files::Found { files: found, errors, tables } = files::find(&paths);
    files::say_passed_over(context, &tables);
    let mut n_failed = errors.len();
    errors.iter().for_each(|error| context.warn(error.to_string()));
    let mut lines = Vec::new();
    let mut n_read = 0;
    context.write_with(|out| {
        let mut take = |name: String, read: Result<Reading, String>| -> io::Result<()> {
            match read {
                Ok(reading) => {
                    n_read += 1;
                    lines.clear();
                    serde_json::to_writer(&mut lines, &line(name, &reading, &motions(&reading.items)))?;
                    lines.push(b'\n');
                    out.write_all(&lines)
                }
                Err(reason) => {
                    n_failed += 1;
                    context.warn(format!("cannot read `{name}`: {reason}"));
                    Ok(())
                }
            }
        };
        if !from_stdin.is_empty() {
            let mut bytes = Vec::new();
            io::stdin().lock().read_to_end(&mut bytes)?;
            take("-".to_owned(), read(&reader, &bytes, None))?;
        }
        for batch in files::batches(&found) {
            let readings: Vec<Result<Reading, String>> =
                batch.par_iter().map(|path| read_file(&reader, path)).collect();
            for (path, reading) in batch.iter().zip(readings) {
                take(path.display().to_string(), reading)?;
            }
        }
        Ok(())
    })?;
    Ok(match (n_read, n_failed) {
        (0, _) => Outcome::Nothing,
        (_, 0) => Outcome::Done,
        _ => Outcome::Partial,
    })
}

/// A reader that leaves nothing behind: other programs work in a folder that goes
/// with it, and nothing that they made before is read.
pub(super) fn passing_reader(context: &Context) -> anyhow::Result<(DocumentReader, tempfile::TempDir)> {
    let working = tempfile::tempdir()?;
    let mut reader = document_reader(context)?;
    reader.index = working.path().to_owned();
    Ok((reader, working))
}

/// Reads a file as `add` would.
pub(super) fn read_file(reader: &DocumentReader, path: &std::path::Path) -> Result<Reading, String> {
    let bytes = files::read(path).map_err(|error| error.to_string())?;
    read(reader, &bytes, path.file_name().and_then(|name| name.to_str()))
}

fn read(reader: &DocumentReader, bytes: &[u8], name: Option<&str>) -> Result<Reading, String> {
    let media = media_of("", name.unwrap_or_default(), bytes);
    let media = media.or_else(|| name.is_none().then_some(crate::parse::Media::Text));
    let input = Input { bytes, media, charset: None, file_name: name };
    reader.read(&input).map_err(|unread| unread.to_string())
}

fn line<'a>(path: String, reading: &'a Reading, motions: &'a [Motion]) -> Line<'a> {
    let resolutions = reading.items.iter().enumerate().flat_map(|(at, item)| resolutions(at, item, motions));
    let Attendance { present, apologies, substitutes, officers } = &reading.attendance;
    let everybody = [present, apologies, substitutes, officers].into_iter().flatten();
    let roles = everybody.filter_map(|person| Some((person.name.as_str(), person.role.as_deref()?)));
    let declared = |Interest { item, passage, name }: Interest| Declared {
        item: item + 1,
        name,
        text: &reading.items[item].passages[passage].text,
    };
    Line {
        path,
        council: reading.council.as_deref(),
        body: reading.body.as_deref(),
        date: reading.date,
        date_source: reading.date_source,
        edition: reading.edition,
        items: reading.items.iter().zip(languages(&reading.items)).map(item).collect(),
        resolutions: resolutions.collect(),
        present: names(present),
        apologies: names(apologies),
        substitutes: names(substitutes),
        officers: names(officers),
        roles: roles.collect(),
        interests: interests(&reading.items).into_iter().map(declared).collect(),
        warnings: &reading.warnings,
    }
}

fn item((item, languages): (&AgendaItem, Vec<Language>)) -> Item<'_> {
    let texts: Vec<&str> = item.passages.iter().map(|passage| passage.text.as_str()).collect();
    Item {
        number: &item.number,
        title: &item.title,
        standing: item.standing.as_deref(),
        exempt: item.exempt.as_deref(),
        text: texts.join("\n"),
        passages: item.passages.iter().zip(languages).map(passage).collect(),
    }
}

fn passage((passage, language): (&ItemPassage, Language)) -> Passage<'_> {
    let ItemPassage { kind, number, clause, page, text, .. } = passage;
    Passage { kind: *kind, language, number: number.as_deref(), label: clause.concat(), page: *page, text }
}

fn names(people: &[Person]) -> Vec<&str> {
    people.iter().map(|person| person.name.as_str()).collect()
}

/// The decisions of the item at this position, from 0.
fn resolutions<'a>(
    position: usize,
    item: &'a AgendaItem,
    motions: &'a [Motion],
) -> impl Iterator<Item = Resolution<'a>> {
    let is_one = |(at, _): &(usize, &ItemPassage)| is_decision(&item.passages, *at);
    item.passages.iter().enumerate().filter(is_one).map(move |(at, passage)| {
        let motion = motions.iter().find(|motion| (motion.item, motion.passage) == (position, at));
        Resolution {
            item: position + 1,
            number: &item.number,
            kind: passage.kind,
            label: passage.clause.concat(),
            text: &passage.text,
            mover: motion.and_then(|motion| motion.mover.as_deref()),
            seconder: motion.and_then(|motion| motion.seconder.as_deref()),
            votes: motion.and_then(|motion| motion.votes),
        }
    })
}
