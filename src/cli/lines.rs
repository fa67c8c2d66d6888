//! Lines of JSON, one after the other, however many there are.

use std::io::{self, BufRead, Read};

use crate::parse::{GivenPassage, given};

/// The longest line that is read, in bytes.
const LONGEST: u64 = 16 * 1024 * 1024;

/// A line that is not blank.
pub struct Line {
    /// Its number, from 1.
    pub number: u64,
    /// Where it begins, in bytes.
    pub start: u64,
    /// It, with its end; of one that is too long, the beginning.
    bytes: Vec<u8>,
}

impl Line {
    /// How many bytes are in memory.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// The passage that it gives, or why it gives none.
    pub fn passage(&self) -> Result<GivenPassage, String> {
        if self.bytes.len() as u64 > LONGEST {
            return Err(format!("it is longer than {} MiB", LONGEST / (1024 * 1024)));
        }
        given(&self.bytes)
    }
}

/// The lines of a stream.
pub struct Lines<R> {
    reader: R,
    n_lines: u64,
    n_bytes: u64,
    /// Why no line can be read after those that were given.
    broke_off: Option<io::Error>,
}

impl<R: BufRead> Lines<R> {
    /// From the stream's beginning.
    pub fn new(reader: R) -> Self {
        Self { reader, n_lines: 0, n_bytes: 0, broke_off: None }
    }

    /// The next lines, at most so many, and no more once they have so many bytes;
    /// none at the end.
    ///
    /// Where the input breaks off after some of them, these come first, and the error
    /// instead of the next.
    pub fn chunk(&mut self, n_lines: usize, n_bytes: usize) -> io::Result<Vec<Line>> {
        if let Some(error) = self.broke_off.take() {
            return Err(error);
        }
        let (mut chunk, mut bytes) = (Vec::new(), 0);
        while chunk.len() < n_lines && bytes < n_bytes {
            match self.next() {
                None => break,
                Some(Ok(line)) => {
                    bytes += line.len();
                    chunk.push(line);
                }
                Some(Err(error)) if chunk.is_empty() => return Err(error),
                Some(Err(error)) => {
                    self.broke_off = Some(error);
                    break;
                }
            }
        }
        Ok(chunk)
    }
}

impl<R: BufRead> Iterator for Lines<R> {
    type Item = io::Result<Line>;

    fn next(&mut self) -> Option<io::Result<Line>> {
        loop {
            let mut bytes = Vec::new();
            match self.reader.by_ref().take(LONGEST + 1).read_until(b'\n', &mut bytes) {
                Ok(0) => return None,
                Ok(n) => {
                    let start = self.n_bytes;
                    self.n_lines += 1;
                    self.n_bytes += n as u64;
                    if !bytes.ends_with(b"\n") {
                        match self.reader.skip_until(b'\n') {
                            Ok(n) => self.n_bytes += n as u64,
                            Err(error) => return Some(Err(error)),
                        }
                    }
                    if !bytes.trim_ascii().is_empty() {
                        return Some(Ok(Line { number: self.n_lines, start, bytes }));
                    }
                }
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_keep_their_numbers_and_places_past_blank_and_endless_ones() {
        let long = "x".repeat(2 * LONGEST as usize);
        let text = format!("{{\"text\":\"a\"}}\n \r\n{long}\n{{\"text\":\"b\"}}");
        let lines: Vec<Line> = Lines::new(text.as_bytes()).collect::<io::Result<_>>().unwrap();
        assert_eq!(lines.iter().map(|line| line.number).collect::<Vec<_>>(), [1, 3, 4]);
        assert_eq!(lines.iter().map(|line| line.start).collect::<Vec<_>>(), [0, 16, 33_554_449]);
        assert_eq!(lines[0].passage().unwrap().text, "a");
        assert_eq!(lines[1].passage().unwrap_err(), "it is longer than 16 MiB");
        assert_eq!(lines[2].passage().unwrap().text, "b");
    }

    #[test]
    fn a_chunk_ends_with_its_lines_or_its_bytes() {
        let mut lines = Lines::new("1\n2\n3\n4\n5\n".as_bytes());
        let mut next = |n_lines, n_bytes| lines.chunk(n_lines, n_bytes).unwrap().len();
        assert_eq!([next(2, 100), next(100, 3), next(100, 100), next(100, 100)], [2, 2, 1, 0]);
    }
}
