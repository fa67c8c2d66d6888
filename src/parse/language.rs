//! Which language a passage is written in, by the small words that every
//! sentence has.

use std::collections::HashSet;
use std::sync::LazyLock;

use crate::model::{AgendaItem, Language};

/// Small words that are frequent in one of the two languages and are no words of
/// the other: neither `a`, `am`, `ar`, `at`, `by`, `i`, `is`, `o`, `plant`, `to` nor
/// `y` stands here, but `yr`, `yn` and `the` do. Of Welsh also the words of minutes.
const WELSH: &str = "yn yr ac ei eu wedi bod mae roedd oedd bydd fydd fod nad nid hefyd hwn hon hyn gyda drwy neu \
    dros cael gan er mwyn ynghylch ynglŷn sydd sy ym yng bu gael gwneud rhwng wrth ond os pan cyn ôl eich ein \
    dylid byddai gellid derbyniwyd penderfynwyd cytunwyd cofnodion cyfarfod pwyllgor cynghorydd cynghorwyr aelodau \
    adroddiad ymddiheuriadau datganiadau buddiant diddordeb eitem eitemau cadarnhawyd nodwyd gofynnodd dywedodd \
    cyflwynwyd cyfarwyddwr gwasanaethau gadeirydd cadeirydd anfonwyd gofynnwyd canlynol gwrthwynebiad";
const ENGLISH: &str = "the of and that was were be been for with it as from this which had have has not are its \
    their they he she would will should there where when what who but if into any all been being said members \
    report noted agreed resolved council committee meeting minutes apologies received asked";

static WORDS: LazyLock<[HashSet<&str>; 2]> =
    LazyLock::new(|| [ENGLISH, WELSH].map(|words| words.split_whitespace().collect()));

/// The language of a text; `None` where nothing tells: a name, a number, a word.
pub fn language(text: &str) -> Option<Language> {
    told(text).map(|(language, _)| language)
}

/// The same, with whether it is clear: one small word among few may be of a
/// name that is English in any language, such as “The Smithy”.
fn told(text: &str) -> Option<(Language, bool)> {
    const FEW_WORDS: usize = 10;
    /// What a passage is written in shows early.
    const ENOUGH_WORDS: usize = 400;
    /// A shorter word that stands alone may be a name: Dorothy Mae.
    const TELLING: usize = 5;
    let [english, welsh] = &*WORDS;
    let (mut n_english, mut n_welsh, mut longest) = (0, 0, 0);
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let mut n_words = 0;
    for word in words.take(ENOUGH_WORDS) {
        n_words += 1;
        let word = word.to_lowercase();
        n_english += usize::from(english.contains(word.as_str()));
        if welsh.contains(word.as_str()) {
            n_welsh += 1;
            longest = longest.max(word.chars().count());
        }
    }
    // Names of bodies and places stand in sentences of the other language.
    match (n_english, n_welsh) {
        (0, 0) => None,
        (0, 1) if longest < TELLING => None,
        (english, welsh) if welsh >= 2 * english.max(1) || (welsh > 0 && english == 0) => {
            Some((Language::Welsh, true))
        }
        (english, welsh) if english >= welsh => {
            Some((Language::English, english > 1 || n_words >= FEW_WORDS))
        }
        _ => None,
    }
}

/// The language of each passage of each item: its own where that is clear, or
/// else that of most of its item's passages of which it is, or else that of
/// most of the document's, or else its own; and English where nothing tells.
pub fn languages(items: &[AgendaItem]) -> Vec<Vec<Language>> {
    let own: Vec<Vec<Option<(Language, bool)>>> =
        items.iter().map(|item| item.passages.iter().map(|passage| told(&passage.text)).collect()).collect();
    let clear = |told: &Option<(Language, bool)>| told.filter(|(_, is_clear)| *is_clear);
    let of_all = most(own.iter().flatten().filter_map(clear));
    own.iter()
        .map(|passages| {
            let around = most(passages.iter().filter_map(clear)).or(of_all);
            let language = |told: &Option<(Language, bool)>| {
                let own = told.map(|(language, _)| language);
                clear(told).map(|(language, _)| language).or(around).or(own).unwrap_or_default()
            };
            passages.iter().map(language).collect()
        })
        .collect()
}

/// The language of more than half of them.
fn most(languages: impl Iterator<Item = (Language, bool)>) -> Option<Language> {
    let (mut n, mut n_welsh) = (0_usize, 0_usize);
    for (language, _) in languages {
        n += 1;
        n_welsh += usize::from(language == Language::Welsh);
    }
    (n > 0).then_some(if 2 * n_welsh > n { Language::Welsh } else { Language::English })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ItemPassage, Kind};

    #[test]
    fn a_language_is_known_by_its_small_words() {
        for (text, expected) in [
            ("The Committee noted the report.", Some(Language::English)),
            ("Derbyniwyd yr adroddiad ac fe’i nodwyd gan yr aelodau.", Some(Language::Welsh)),
            ("PENDERFYNWYD: cymeradwyo’r cynllun", Some(Language::Welsh)),
            ("The report of Cyngor Gwynedd on the Pwyllgor Craffu was noted.", Some(Language::English)),
            ("Roedd y ‘Safer Communities’ yn gynllun da, ac mae hwn wedi gwella.", Some(Language::Welsh)),
            ("Cllr A Brown", None),
            ("£1,250.00", None),
            ("Treatment Plant", None),
            ("Anfonwyd y sylwadau canlynol:", Some(Language::Welsh)),
            ("Res. No. 93-2019, Dorothy Mae Wilson.", None),
            ("0a4ac7ac9ac", None),
            ("", None),
        ] {
            assert_eq!(language(text), expected, "{text}");
        }
    }

    #[test]
    fn a_passage_that_tells_nothing_goes_with_its_item() {
        let item = |texts: &[&str]| AgendaItem {
            passages: texts
                .iter()
                .map(|text| ItemPassage {
                    edition: None,
                    kind: Kind::Narrative,
                    number: None,
                    clause: Vec::new(),
                    page: None,
                    text: (*text).to_owned(),
                })
                .collect(),
            ..AgendaItem::default()
        };
        let items = [
            item(&["Roedd yr aelodau yn bresennol.", "Cllr A Brown"]),
            item(&["The members were present.", "Cllr A Brown"]),
            item(&["Cllr A Brown"]),
            item(&["Roedd yr aelodau yn bresennol.", "The Smithy", "Mills and Farms Direct"]),
            item(&["The plan was noted.", "It was agreed."]),
        ];
        use Language::{English, Welsh};
        let expected = [
            vec![Welsh, Welsh],
            vec![English, English],
            vec![English],
            vec![Welsh; 3],
            vec![English, English],
        ];
        assert_eq!(languages(&items), expected);
        let items = [
            item(&["Roedd yr aelodau yn bresennol.", "Mae hwn yn gynllun da."]),
            item(&["Newid Defnydd", "The Yard, Uned C", "Llandre"]),
        ];
        assert_eq!(languages(&items), [vec![Welsh; 2], vec![Welsh; 3]]);
        assert_eq!(languages(&[item(&["The Yard"])]), [[English]]);
    }
}
