//! Boilerplate that no title tells: the same wording in meeting after meeting
//! of a body, such as a notice about filming.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::class::Class;
use crate::model::{Digest, Kind, Passage};
use crate::search::Tokens;

/// How many words a wording has at least: what is shorter comes again by chance.
const FEWEST_WORDS: usize = 6;

/// In how many meetings of a body a wording stands at least, to be boilerplate.
const FEWEST_MEETINGS: u32 = 5;

/// In which share of the body's meetings it stands at least: one in three.
const ONE_IN: u32 = 3;

/// Wordings of one body as numbers, sorted; in how many meetings each stands, and
/// how many of the body's meetings have minutes that can be read.
pub type Wordings = Vec<(u64, u32, u32)>;

/// What bodies said, meeting by meeting; a body is a number.
#[derive(Default)]
pub struct Repeated {
    bodies: BTreeMap<usize, Said>,
}

/// The meetings of a body that have minutes, and those that have each wording.
#[derive(Default)]
struct Said {
    meetings: HashSet<u32>,
    wordings: HashMap<u64, HashSet<u32>>,
}

/// The wording of a passage as one number, for those that may be boilerplate:
/// narrative of [`FEWEST_WORDS`] or more in minutes, outside of their items. What
/// is said of a matter is never boilerplate, however often it comes again: that a
/// finding recurs is what users ask for.
pub fn wording(passage: &Passage, tokens: &Tokens) -> Option<u64> {
    let is_outside = passage.title.is_empty() && passage.item.is_empty();
    let may_be = is_outside && passage.kind == Kind::Narrative && passage.edition.is_minutes();
    if !may_be || tokens.len() < FEWEST_WORDS {
        return None;
    }
    let words: Vec<&str> = tokens.words().collect();
    let digest = Digest::of(words.join(" ").as_bytes());
    // 0 stands for none.
    u64::from_str_radix(digest.0.get(..16)?, 16).ok().map(|number| number.max(1))
}

impl Repeated {
    /// Takes note of a passage of a meeting of a body; `wording` is 0 where it
    /// cannot be boilerplate.
    pub fn add(&mut self, body: usize, meeting: u32, class: Class, wording: u64) {
        if !class.edition.is_minutes() {
            return;
        }
        let said = self.bodies.entry(body).or_default();
        said.meetings.insert(meeting);
        if wording != 0 {
            said.wordings.entry(wording).or_default().insert(meeting);
        }
    }

    /// The wordings of each body that are boilerplate.
    pub fn finish(self) -> impl Iterator<Item = (usize, Wordings)> {
        self.bodies.into_iter().map(|(body, said)| {
            let of_meetings = said.meetings.len() as u32;
            let is_often = |n: u32| n >= FEWEST_MEETINGS && n * ONE_IN >= of_meetings;
            let counted =
                said.wordings.into_iter().map(|(wording, meetings)| (wording, meetings.len() as u32));
            let mut wordings: Wordings =
                counted.filter(|(_, n)| is_often(*n)).map(|(wording, n)| (wording, n, of_meetings)).collect();
            wordings.sort_unstable();
            (body, wordings)
        })
    }
}
