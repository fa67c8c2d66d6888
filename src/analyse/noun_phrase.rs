//! Which sequences of words can name a subject, by the form of English noun phrases.
//!
//! Pure: rules on words, on what stands before them, and on how they are written; no phrase
//! is listed. Without a tagger: function words are listed, and what stands after them tells
//! nouns from verbs.
//!
//! Source: Justeson and Katz (1995), "Technical terminology: some linguistic properties
//! and an algorithm for identification in text", who take nouns and adjectives with no more
//! than a preposition between them.

/// Words that no phrase begins or ends with, nor single letters.
const FUNCTION_WORDS: &str = "a about above across after against all along also an and any anyone are \
    around as at be been before behind being below beside between both but by can could did do does \
    during each even every everyone for from further had has have he her him his how i if in including \
    into is it its many may more most much must near no not of on one only onto or other our out outside \
    over per regarding she should since so some such than that the their them then there these they this \
    those through throughout to towards under until up upon very via was we were what when where whether \
    which while who why will with within without would yet you your";

/// Words that may stand within a phrase, although they are function words: those that join
/// nouns.
const JOINING: &str = "and at by for from in of on or to with";

/// Those of [`JOINING`] that put one noun under another: the head stands before them.
const PREPOSITIONS: &str = "at by for from in of on to with";

/// Months, weekdays, units and numbers: when and how many, not what.
const TIMES_AND_NUMBERS: &str = "april august date dates day days december eight eleven february five four friday hour \
    hours january july june last march monday month months next nine november october one previous saturday \
    september seven six sunday ten three thursday tuesday twelve two wednesday week weeks year years";

/// How people are addressed.
const TITLES: &str = "cllr cllrs councillor councillors dr miss mr mrs ms rev sir st";

/// Heads of names of what minutes are about by themselves: bodies, those who sit in them and
/// work for them, and steps of their procedure.
const PROCEDURE: &str = "agenda agendas amendment amendments attendance authorities authority cabinet chair \
    chairman chairperson chairs clerk committee committees council councils decision decisions director \
    directors executive group groups head item items manager managers mayor meeting meetings member members \
    minutes motion motions officer officers official officials panel party proposal proposals recommendation \
    recommendations report reports representative representatives resolution resolutions secretary vote votes";

/// Words that open a noun phrase: articles and other determiners, and prepositions.
const OPEN_NOUN: &str = "a about all an any at by each every for from her his in into its my no of on our \
    regarding some that the their these this those with your";

/// Words that open a verb phrase: auxiliaries, pronouns, and `to`.
const OPEN_VERB: &str = "also am are be been being can cannot could did do does had has have having he i is it \
    may might must not she should then they to was we were who will would you";

/// A word, or a phrase, is a verb's where more than this share of what opens before it opens
/// a verb phrase.
pub const VERB_SHARE: f64 = 2.0 / 3.0;

/// A phrase is a name where more than this share of its matches has the last word with a
/// capital: subjects are written without now and then.
pub const NAME_SHARE: f64 = 0.95;

/// What a function word opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opening {
    /// A noun phrase, as `the` and `for` do.
    Noun,
    /// A verb phrase, as `will` and `to` do.
    Verb,
}

impl Opening {
    /// What the word opens; `None` for one that opens neither, or is no function word.
    pub fn of(word: &str) -> Option<Self> {
        if is_in(OPEN_NOUN, word) {
            return Some(Self::Noun);
        }
        is_in(OPEN_VERB, word).then_some(Self::Verb)
    }
}

/// How often a function word that opens something stands directly before a word or phrase.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Openings {
    /// One that opens a noun phrase.
    pub noun: u64,
    /// One that opens a verb phrase.
    pub verb: u64,
}

impl Openings {
    /// Counts one more.
    pub fn push(&mut self, opening: Option<Opening>) {
        match opening {
            Some(Opening::Noun) => self.noun += 1,
            Some(Opening::Verb) => self.verb += 1,
            None => (),
        }
    }

    /// Which share of them opens a verb phrase, from 0 to 1, one of either being given
    /// beforehand: a half where there are none.
    pub fn verb_share(self) -> f64 {
        (self.verb + 1) as f64 / (self.noun + self.verb + 2) as f64
    }
}

/// What a word can be in the name of a subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WordForm {
    /// Whether the name can begin or end with it.
    pub is_edge: bool,
    /// Whether it can stand within.
    pub is_inner: bool,
    /// Whether the head of the name stands before it.
    pub is_preposition: bool,
    /// Whether a name with this head is one of procedure.
    pub is_procedure: bool,
}

impl WordForm {
    /// The form of a word, in lower case.
    pub fn of(word: &str) -> Self {
        let is_ordinal = word.trim_start_matches(char::is_numeric).len() == 2
            && word.starts_with(char::is_numeric)
            && { ["st", "nd", "rd", "th"].iter().any(|ending| word.ends_with(ending)) };
        Self {
            is_edge: has_meaning(word)
                && !is_ordinal
                && !is_in(TIMES_AND_NUMBERS, word)
                && !is_in(TITLES, word),
            is_inner: !is_in(FUNCTION_WORDS, word) || is_in(JOINING, word),
            is_preposition: is_in(PREPOSITIONS, word),
            is_procedure: is_in(PROCEDURE, word),
        }
    }
}

/// Whether words of these forms are of procedure: by the last one, or by the head, which
/// stands before the first preposition.
pub fn is_procedure(forms: &[WordForm]) -> bool {
    let of_head = forms.iter().position(|form| form.is_preposition).unwrap_or(forms.len());
    [of_head, forms.len()].iter().any(|&end| end > 0 && forms[end - 1].is_procedure)
}

/// Whether a word is neither a function word, nor a number, nor a single letter.
pub fn has_meaning(word: &str) -> bool {
    let is_number = word.chars().all(char::is_numeric);
    let is_letter = word.chars().count() == 1;
    !is_number && !is_letter && !is_in(FUNCTION_WORDS, word)
}

fn is_in(words: &str, word: &str) -> bool {
    words.split(' ').any(|other| other == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_mean_something_are_told() {
        for (word, expected) in [
            ("housing", true),
            ("20mph", true),
            ("the", false),
            ("per", false),
            ("s", false),
            ("2019", false),
            ("your", false),
        ] {
            assert_eq!(has_meaning(word), expected, "{word}");
        }
    }

    #[test]
    fn lists_are_in_order_and_agree() {
        let lists = [
            FUNCTION_WORDS,
            JOINING,
            PREPOSITIONS,
            TIMES_AND_NUMBERS,
            TITLES,
            PROCEDURE,
            OPEN_NOUN,
            OPEN_VERB,
        ];
        for list in lists {
            assert!(list.split(' ').is_sorted(), "{list}");
        }
        assert!(PREPOSITIONS.split(' ').all(|word| is_in(JOINING, word)));
        assert!(JOINING.split(' ').all(|word| is_in(FUNCTION_WORDS, word)));
        assert!(OPEN_NOUN.split(' ').all(|word| !is_in(OPEN_VERB, word)));
    }

    #[test]
    fn names_begin_and_end_with_neither_times_nor_titles_nor_ordinals() {
        for (word, expected) in [
            ("housing", true),
            ("20mph", true),
            ("31st", false),
            ("2nd", false),
            ("last", false),
            ("november", false),
            ("cllr", false),
            ("of", false),
        ] {
            assert_eq!(WordForm::of(word).is_edge, expected, "{word}");
        }
    }

    #[test]
    fn nouns_are_joined_by_and_and_prepositions() {
        for (word, expected) in [("way", true), ("of", true), ("and", true), ("was", false), ("the", false)] {
            assert_eq!(WordForm::of(word).is_inner, expected, "{word}");
        }
    }

    #[test]
    fn procedure_is_told_by_its_head() {
        for (phrase, expected) in [
            ("planning committee", true),
            ("committee papers", false),
            ("head of finance", true),
            ("resignation of councillor", false),
            ("minutes of the meeting", true),
            ("children in care council", true),
            ("meeting rooms for hire", false),
        ] {
            let forms: Vec<WordForm> = phrase.split(' ').map(WordForm::of).collect();
            assert_eq!(is_procedure(&forms), expected, "{phrase}");
        }
    }

    #[test]
    fn what_opens_before_tells_nouns_from_verbs() {
        assert_eq!(Opening::of("the"), Some(Opening::Noun));
        assert_eq!(Opening::of("will"), Some(Opening::Verb));
        assert_eq!(Opening::of("housing"), None);
        let share = |noun, verb| Openings { noun, verb }.verb_share();
        assert_eq!([share(0, 0), share(1, 4), share(0, 1)], [0.5, 5.0 / 7.0, 2.0 / 3.0]);
    }
}
