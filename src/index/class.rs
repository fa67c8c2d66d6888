//! What a filter looks at, of a passage by itself, as one small number.

use crate::model::{Edition, Kind, Language, Passage};
use crate::search::Filter;

/// The edition, kind and language of a passage, and whether it is boilerplate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Class {
    /// What the text is.
    pub edition: Edition,
    /// What the passage does.
    pub kind: Kind,
    /// What it is written in.
    pub language: Language,
    /// Whether it belongs to a standing item or is furniture.
    pub boilerplate: bool,
}

impl Class {
    /// How many there are; numbers are smaller.
    pub const COUNT: usize = Edition::ALL.len() * Kind::ALL.len() * Language::ALL.len() * 2;

    /// The class of a passage.
    pub fn of(passage: &Passage) -> Self {
        let Passage { edition, kind, language, boilerplate, .. } = *passage;
        Self { edition, kind, language, boilerplate }
    }

    /// The class as a number: the index on disk holds it, so the orders of
    /// [`Edition::ALL`], [`Kind::ALL`] and [`Language::ALL`] are part of its format.
    pub fn number(self) -> usize {
        let edition = position(&Edition::ALL, self.edition);
        let kind = position(&Kind::ALL, self.kind);
        let language = position(&Language::ALL, self.language);
        ((edition * Kind::ALL.len() + kind) * Language::ALL.len() + language) * 2
            + usize::from(self.boilerplate)
    }

    /// The class of a number; `None` if there is none.
    pub fn from_number(number: usize) -> Option<Self> {
        let (rest, boilerplate) = (number / 2, number % 2 == 1);
        let (rest, language) = (rest / Language::ALL.len(), Language::ALL[rest % Language::ALL.len()]);
        let (rest, kind) = (rest / Kind::ALL.len(), Kind::ALL[rest % Kind::ALL.len()]);
        Some(Self { edition: *Edition::ALL.get(rest)?, kind, language, boilerplate })
    }

    /// Whether passages of this class count.
    pub fn passes(self, filter: &Filter) -> bool {
        filter.passes_edition(self.edition)
            && filter.passes_kind(self.kind)
            && filter.passes_language(self.language)
            && (!self.boilerplate || filter.includes_boilerplate())
    }
}

fn position<T: PartialEq>(all: &[T], one: T) -> usize {
    all.iter().position(|other| *other == one).expect("ALL holds every one")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_and_its_number_say_the_same() {
        for number in 0..Class::COUNT {
            assert_eq!(Class::from_number(number).unwrap().number(), number);
        }
        assert_eq!(Class::from_number(Class::COUNT), None);
    }
}
