//! `add` of passages that come as JSON Lines.
//!
//! The lines of a meeting become one document of it, as they are, whatever lies
//! between them in the file. A file may be larger than memory: it is read once to
//! find the meetings, and then meeting by meeting.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use url::Url;

use super::Context;
use super::add::{Args, Known, Row};
use super::lines::{Line, Lines};
use super::manifest::{Manifest, Said, absolute};
use crate::corpus::{AddedFile, Corpus, READ_LIMIT};
use crate::model::{Councils, Edition, Error, Meeting, MeetingId, MeetingStatus, Reading, Result, slug};
use crate::parse::{GivenPassage, Media};
use crate::report::{Cell, Table};

/// Whether a file is called as one of passages.
pub fn is_of_passages(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    Media::of_name(&name) == Some(Media::Passages)
}

/// What files of passages are added with.
pub struct Passages<'a> {
    pub context: &'a Context,
    pub corpus: &'a mut Corpus,
    pub args: &'a Args,
    pub manifest: &'a Manifest,
    pub councils: &'a Councils,
    /// When they are added, in UTC, RFC 3339 to the second.
    pub now: &'a str,
}

/// The lines of a meeting.
struct Group {
    meeting: Meeting,
    /// What the first line tells.
    known: Known,
    /// The best edition of its lines: minutes before drafts before all others.
    edition: Option<Edition>,
    /// The number of its first line.
    first_line: u64,
    /// Where each line begins, and its length, in bytes.
    places: Vec<(u64, usize)>,
}

impl Passages<'_> {
    /// Adds a file, a row for each meeting. Returns whether all of it could be
    /// taken; what could not is named.
    pub fn add(&mut self, path: &Path, table: &mut Table) -> Result<bool> {
        let mut file = File::open(path).map_err(Error::io("read", path))?;
        let said = self.manifest.by_path.get(&absolute(path)).cloned().unwrap_or_default();
        let url = super::add::address_of(path);
        let (groups, mut is_whole) = self.groups(path, &url, &said, &file)?;
        for group in groups {
            let row = self.add_group(path, &url, &mut file, group)?;
            if let Some(reason) = row.failure {
                is_whole = false;
                self.context.warn(format!("cannot take lines of `{}`: {reason}", path.display()));
            }
            table.push(row.cells);
        }
        Ok(is_whole)
    }

    /// The meetings of a file, in the order of their first lines, and whether all
    /// lines could be taken.
    fn groups(&self, path: &Path, url: &str, said: &Said, file: &File) -> Result<(Vec<Group>, bool)> {
        let mut groups: Vec<Group> = Vec::new();
        let mut by_meeting: HashMap<MeetingId, usize> = HashMap::new();
        let mut ids: HashSet<String> = HashSet::new();
        let mut is_whole = true;
        for line in Lines::new(BufReader::new(file)) {
            let line = line.map_err(Error::io("read", path))?;
            let taken = line.passage().and_then(|passage| {
                let (meeting, known) = self.meeting_of(&passage, said, url);
                let at = *by_meeting.entry(meeting.id.clone()).or_insert(groups.len());
                if let Some(group) = groups.get(at).filter(|group| !is_of_same(&group.meeting, &meeting)) {
                    return Err(format!(
                        "its meeting `{}` has another council, body or date on line {}",
                        meeting.id, group.first_line
                    ));
                }
                if !passage.passage_id.is_empty() && !ids.insert(passage.passage_id) {
                    return Err("its `passage_id` stands on an earlier line".to_owned());
                }
                if at == groups.len() {
                    groups.push(Group::new(&line, meeting, known));
                } else {
                    groups[at].take(&line, &meeting, known.edition);
                }
                Ok(())
            });
            if let Err(reason) = taken {
                is_whole = false;
                self.context.warn(format!("line {} of `{}`: {reason}", line.number, path.display()));
            }
        }
        Ok((groups, is_whole))
    }

    /// The meeting of a line, as it is told or as the line gives it, and what is
    /// known of it.
    fn meeting_of(&self, passage: &GivenPassage, said: &Said, url: &str) -> (Meeting, Known) {
        let GivenPassage { council, council_name, body, .. } = passage;
        let some = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        let reading = Reading {
            council: some(council_name).or_else(|| some(council)),
            body: some(body),
            date: passage.date,
            edition: passage.edition,
            ..Reading::default()
        };
        // What a line says of itself is surer than what is said of all of them.
        let said = Said { edition: passage.edition.or(said.edition), ..said.clone() };
        let mut known = Known::new(self.councils, self.args, &said, &reading);
        let is_told = self.args.council.is_some() || !said.council.is_empty();
        if !is_told && !council_name.is_empty() && slug(council) == *council {
            (known.slug, known.council) = (council.clone(), council_name.clone());
        }
        if reading.council.is_some() || reading.body.is_some() || reading.date.is_some() {
            // Whoever tells of which meeting it is gives its minutes, as for other files.
            known.edition = known.edition.or(Some(Edition::Minutes));
        }
        let meeting = known.meeting(url, true, true, self.now);
        (Meeting { id: passage.meeting.clone().unwrap_or(meeting.id), ..meeting }, known)
    }

    fn add_group(&mut self, path: &Path, url: &str, file: &mut File, group: Group) -> Result<Row> {
        let Group { mut meeting, known, edition, first_line, places } = group;
        let url = part_of(url, &meeting.id);
        let held = self.corpus.meeting(&meeting.id)?;
        if let Some(held) = held.as_ref().filter(|held| is_of_same(held, &meeting)) {
            // A site tells that better than its passages.
            (meeting.url, meeting.status) = (held.url.clone(), held.status);
        }
        let failure = match held {
            Some(held) if !is_of_same(&held, &meeting) && self.holds_more_than(&meeting.id, &url)? => {
                Some(format!("the corpus has `{}` as {}", meeting.id, in_words(&held)))
            }
            _ if places.iter().map(|(_, length)| *length as u64).sum::<u64>() > READ_LIMIT => {
                let limit = READ_LIMIT / (1024 * 1024);
                Some(format!("those of the meeting of line {first_line} are longer than {limit} MiB"))
            }
            _ => None,
        };
        let outcome = match &failure {
            Some(reason) => format!("not taken: {reason}"),
            None => {
                let bytes = lines_at(file, &places).map_err(Error::io("read", path))?;
                let added = AddedFile {
                    url: &url,
                    bytes: &bytes,
                    media_type: Media::Passages.media_type(),
                    charset: None,
                    edition,
                    added: self.now,
                };
                match self.corpus.add_file(&meeting, &added)?.unchanged {
                    true => "unchanged".to_owned(),
                    false => known.added(self.now, false),
                }
            }
        };
        let cells = vec![
            path.display().to_string().into(),
            Cell::text_or_unknown(meeting.council.trim_start_matches(Meeting::COUNCIL_NOT_KNOWN)),
            meeting.id.to_string().into(),
            places.len().into(),
            outcome.into(),
        ];
        Ok(Row { cells, failure })
    }

    /// Whether another document is held of a meeting than this one.
    fn holds_more_than(&self, meeting: &MeetingId, url: &str) -> Result<bool> {
        let documents = self.corpus.latest_documents(meeting)?;
        Ok(documents.iter().any(|document| document.url != url))
    }
}

impl Group {
    fn new(line: &Line, meeting: Meeting, known: Known) -> Self {
        let edition = known.edition;
        Self { meeting, known, edition, first_line: line.number, places: vec![(line.start, line.len())] }
    }

    /// Takes a further line, of which this is known.
    fn take(&mut self, line: &Line, meeting: &Meeting, edition: Option<Edition>) {
        let rank = |edition: Option<Edition>| match edition {
            Some(Edition::Minutes) => 0,
            Some(Edition::DraftMinutes) => 1,
            _ => 2,
        };
        if rank(edition) < rank(self.edition) {
            self.edition = edition;
        }
        if meeting.status == MeetingStatus::Held {
            self.meeting.status = meeting.status;
        }
        self.meeting.agenda_published |= meeting.agenda_published;
        self.meeting.minutes_published |= meeting.minutes_published;
        self.places.push((line.start, line.len()));
    }
}

/// The address of the lines of a meeting: a file belongs to one, and this is a part
/// of a file.
fn part_of(url: &str, meeting: &MeetingId) -> String {
    let Ok(mut part) = Url::parse(url) else { return format!("{url}#{meeting}") };
    part.set_fragment(Some(&meeting.to_string()));
    part.into()
}

/// Whether two meetings of one identifier are of one council, body and date.
fn is_of_same(a: &Meeting, b: &Meeting) -> bool {
    (&a.council, &a.council_name, &a.body, a.date) == (&b.council, &b.council_name, &b.body, b.date)
}

/// A meeting as people tell it from others.
fn in_words(meeting: &Meeting) -> String {
    let date = meeting.date.map(|date| format!(" of {date}")).unwrap_or_default();
    format!("{}, {}{date}", meeting.council_name, meeting.body)
}

/// The lines at these places, each with its end.
fn lines_at(file: &mut File, places: &[(u64, usize)]) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    for &(start, length) in places {
        file.seek(SeekFrom::Start(start))?;
        file.take(length as u64).read_to_end(&mut bytes)?;
        if !bytes.ends_with(b"\n") {
            bytes.push(b'\n');
        }
    }
    Ok(bytes)
}
