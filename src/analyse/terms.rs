//! Terms (words, and two that stand next to each other) by the items that have them: in
//! those of a theme, and in others that they are held against.

use rustc_hash::{FxHashMap, FxHashSet};

/// Stands for the second word of a term of one.
const NONE: u32 = u32::MAX;

/// A word, or two in their order, by their numbers.
type Term = (u32, u32);

/// What an item is held to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ItemSide {
    /// Of the theme.
    Theme,
    /// One that these are held against.
    Other,
    /// Neither: its passages are counted, it is not.
    Neither,
}

/// A passage to be counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TermPassage<'a> {
    /// What tells its item from others of the meeting.
    pub item: &'a str,
    /// What the item is.
    pub side: ItemSide,
    /// Whether the theme is found in the passage itself.
    pub is_matched: bool,
}

/// Where a term stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TermCounts {
    /// Items of the theme that have it.
    pub theme_items: u64,
    /// Councils that have such an item.
    pub theme_councils: u64,
    /// Other items that have it.
    pub other_items: u64,
    /// Passages that have it, of whatever item.
    pub passages: u64,
    /// Those of them in which the theme is not found.
    pub new_passages: u64,
    /// The first passage that has it in an item of the theme, one in which the theme is not
    /// found before others; by the place among those that were pushed.
    pub example: Option<usize>,
}

/// Counts the terms of passages, meeting by meeting.
pub struct TermTally {
    /// Whether a term may begin or end with a word.
    has_meaning: fn(&str) -> bool,
    words: Vec<(String, bool)>,
    numbers: FxHashMap<String, u32>,
    counts: FxHashMap<Term, TermCounts>,
    /// Terms whose example is a passage in which the theme is not found.
    have_new_example: FxHashSet<Term>,
    /// Of the meeting that was pushed last: its items, each with its terms.
    open: FxHashMap<String, (ItemSide, FxHashSet<Term>)>,
    n_passages: usize,
    /// Items of the theme, and others.
    sizes: [u64; 2],
    /// The council of the meeting that ended last, and how many there were with it.
    council: (String, u64),
    /// Of each term, the last council that has an item of the theme with it.
    last_council: FxHashMap<Term, u64>,
    /// Councils that have an item of the theme.
    theme_councils: FxHashSet<u64>,
}

impl TermTally {
    /// Counts terms that begin and end with words that have a meaning.
    pub fn new(has_meaning: fn(&str) -> bool) -> Self {
        Self {
            has_meaning,
            words: Vec::new(),
            numbers: FxHashMap::default(),
            counts: FxHashMap::default(),
            have_new_example: FxHashSet::default(),
            open: FxHashMap::default(),
            n_passages: 0,
            sizes: [0, 0],
            council: (String::new(), 0),
            last_council: FxHashMap::default(),
            theme_councils: FxHashSet::default(),
        }
    }

    /// Takes in a passage of the meeting that is open.
    pub fn push<'a>(&mut self, of: TermPassage, words: impl Iterator<Item = &'a str>) {
        let words: Vec<u32> = words.map(|word| self.number(word)).collect();
        let has_meaning = |word: u32| self.words[word as usize].1;
        let single = words.iter().map(|&word| (word, NONE));
        let double = words.windows(2).map(|two| (two[0], two[1]));
        let is_whole =
            |&(first, second): &Term| has_meaning(first) && (second == NONE || has_meaning(second));
        let terms: FxHashSet<Term> = single.chain(double).filter(is_whole).collect();
        for term in &terms {
            let counts = self.counts.entry(*term).or_default();
            counts.passages += 1;
            counts.new_passages += u64::from(!of.is_matched);
            let is_of_theme = of.side == ItemSide::Theme;
            let is_better = is_of_theme && !of.is_matched && self.have_new_example.insert(*term);
            if is_better || (is_of_theme && counts.example.is_none()) {
                counts.example = Some(self.n_passages);
            }
        }
        let (_, known) =
            self.open.entry(of.item.to_owned()).or_insert_with(|| (of.side, FxHashSet::default()));
        known.extend(terms);
        self.n_passages += 1;
    }

    /// Ends a meeting of that council: what is pushed next is of another. The meetings of a
    /// council come one after another.
    pub fn end_meeting(&mut self, council: &str) {
        if self.council.1 == 0 || self.council.0 != council {
            self.council = (council.to_owned(), self.council.1 + 1);
        }
        let council = self.council.1;
        for (side, terms) in std::mem::take(&mut self.open).into_values() {
            match side {
                ItemSide::Theme => {
                    self.sizes[0] += 1;
                    self.theme_councils.insert(council);
                    for term in terms {
                        let counts = self.counts.entry(term).or_default();
                        counts.theme_items += 1;
                        let last = self.last_council.insert(term, council);
                        counts.theme_councils += u64::from(last != Some(council));
                    }
                }
                ItemSide::Other => {
                    self.sizes[1] += 1;
                    terms.into_iter().for_each(|term| self.counts.entry(term).or_default().other_items += 1);
                }
                ItemSide::Neither => {}
            }
        }
    }

    /// How many councils have an item of the theme.
    pub fn n_theme_councils(&self) -> u64 {
        self.theme_councils.len() as u64
    }

    /// Items of the theme that were pushed, and others, of the meetings that have ended.
    pub fn sizes(&self) -> [u64; 2] {
        self.sizes
    }

    /// All words, those that no term begins or ends with too.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.words.iter().map(|(word, _)| word.as_str())
    }

    /// The terms, each with its words and its counts; in no order that means anything.
    pub fn terms(&self) -> impl Iterator<Item = (Vec<&str>, TermCounts)> {
        let word = |number: u32| self.words[number as usize].0.as_str();
        self.counts.iter().map(move |(&(first, second), counts)| {
            let second = (second != NONE).then(|| word(second));
            ([word(first)].into_iter().chain(second).collect(), *counts)
        })
    }

    fn number(&mut self, word: &str) -> u32 {
        if let Some(&number) = self.numbers.get(word) {
            return number;
        }
        let number = self.words.len() as u32;
        self.words.push((word.to_owned(), (self.has_meaning)(word)));
        self.numbers.insert(word.to_owned(), number);
        number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_are_counted_by_item_and_by_passage() {
        let mut tally = TermTally::new(|word| word != "the");
        let push = |tally: &mut TermTally, item, side, is_matched, text: &str| {
            tally.push(TermPassage { item, side, is_matched }, text.split(' '));
        };
        push(&mut tally, "1", ItemSide::Theme, true, "agency staff left the town");
        push(&mut tally, "2", ItemSide::Neither, false, "the town met");
        // The passages of an item need not stand together.
        push(&mut tally, "1", ItemSide::Theme, false, "staff left staff left");
        tally.end_meeting("ambermere");
        // The same number in another meeting is another item.
        push(&mut tally, "1", ItemSide::Theme, false, "staff left");
        tally.end_meeting("ambermere");
        push(&mut tally, "1", ItemSide::Theme, true, "town staff");
        tally.end_meeting("brackenshire");
        push(&mut tally, "1", ItemSide::Other, false, "left");
        tally.end_meeting("brackenshire");
        assert_eq!((tally.sizes(), tally.n_theme_councils()), ([3, 1], 2));
        let found: FxHashMap<String, TermCounts> =
            tally.terms().map(|(words, counts)| (words.join(" "), counts)).collect();
        let check = |term: &str, expected: [u64; 5], example| {
            let of = found[term];
            let counts = [of.theme_items, of.theme_councils, of.other_items, of.passages, of.new_passages];
            assert_eq!((counts, of.example), (expected, example), "{term}");
        };
        check("agency staff", [1, 1, 0, 1, 0], Some(0));
        check("staff left", [2, 1, 0, 3, 2], Some(2));
        check("staff", [3, 2, 0, 4, 2], Some(2));
        check("left", [2, 1, 1, 4, 3], Some(2));
        check("town", [2, 2, 0, 3, 1], Some(0));
        check("met", [0, 0, 0, 1, 1], None);
        for none in ["the", "left the", "the town"] {
            assert!(!found.contains_key(none), "{none}");
        }
    }
}
