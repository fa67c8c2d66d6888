//! How far a reading agrees with one made by hand, label by label.

use std::collections::BTreeMap;

use super::{JudgedItem, JudgedPassage, JudgedResolution, Judgement};
use crate::model::{AgendaItem, ItemPassage, Kind, Motion, Person, Reading, Votes};
use crate::parse::{interests, is_decision, motions};

/// What is judged of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Label {
    /// The council's name.
    Council,
    /// The body's name.
    Body,
    /// The date of the meeting.
    Date,
    /// Minutes, agenda, report …
    Edition,
    /// Number and title of each item, in order.
    Items,
    /// That an item's text begins and ends where it should.
    ItemText,
    /// The clauses of decisions, each with its item and labels.
    Resolutions,
    /// The kinds of passages, those of decisions among them.
    Kinds,
    /// The members present.
    Present,
    /// The members who sent apologies.
    Apologies,
    /// The members present in place of others.
    Substitutes,
    /// Officers and others who were there.
    Officers,
    /// Who moved and who seconded decisions, by item.
    Movers,
    /// The votes on decisions, by item.
    Votes,
    /// Who declared interests, by item.
    Interests,
    /// Which items were not open to the public, with the paragraphs named.
    Exempt,
}

impl Label {
    /// The name used in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Council => "council",
            Self::Body => "body",
            Self::Date => "date",
            Self::Edition => "edition",
            Self::Items => "items",
            Self::ItemText => "item-text",
            Self::Resolutions => "resolutions",
            Self::Kinds => "kinds",
            Self::Present => "present",
            Self::Apologies => "apologies",
            Self::Substitutes => "substitutes",
            Self::Officers => "officers",
            Self::Movers => "movers",
            Self::Votes => "votes",
            Self::Interests => "interests",
            Self::Exempt => "exempt",
        }
    }
}

/// Counts of one label.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// How many the judgement has.
    pub judged: u64,
    /// How many the reading has.
    pub found: u64,
    /// How many of these agree.
    pub matched: u64,
}

impl Counts {
    /// The share of what was found that is right, from 0 to 1; `None` when
    /// nothing was found.
    pub fn precision(self) -> Option<f64> {
        (self.found > 0).then(|| self.matched as f64 / self.found as f64)
    }

    /// The share of what there is that was found, from 0 to 1; `None` when
    /// there is nothing.
    pub fn recall(self) -> Option<f64> {
        (self.judged > 0).then(|| self.matched as f64 / self.judged as f64)
    }

    /// The harmonic mean of both, from 0 to 1; `None` when there is nothing and
    /// nothing was found.
    pub fn f1(self) -> Option<f64> {
        let all = self.judged + self.found;
        (all > 0).then(|| 2.0 * self.matched as f64 / all as f64)
    }

    /// Adds others.
    pub fn add(&mut self, other: Self) {
        self.judged += other.judged;
        self.found += other.found;
        self.matched += other.matched;
    }
}

/// What a reading does not have as the judgement does, or has alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Miss {
    /// Of which label.
    pub label: Label,
    /// What was judged; empty where the reading has something alone.
    pub judged: String,
    /// What was found; empty where nothing was.
    pub found: String,
}

/// The scores of one document; a label that was not judged is absent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scores {
    /// By label.
    pub counts: BTreeMap<Label, Counts>,
    /// Where judgement and reading differ.
    pub misses: Vec<Miss>,
}

impl Scores {
    fn judge(&mut self, label: Label, judged: Option<&str>, found: Option<&str>, agrees: bool) {
        let counts = self.counts.entry(label).or_default();
        counts.judged += u64::from(judged.is_some());
        counts.found += u64::from(found.is_some());
        counts.matched += u64::from(agrees);
        if !agrees && (judged.is_some() || found.is_some()) {
            let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
            self.misses.push(Miss { label, judged: text(judged), found: text(found) });
        }
    }
}

/// Scores a reading; `None` for a document that could not be read, of which
/// nothing was found.
pub fn score(judgement: &Judgement, reading: Option<&Reading>) -> Scores {
    let empty = Reading::default();
    let reading = reading.unwrap_or(&empty);
    let mut scores = Scores::default();
    let date = reading.date.map(|date| date.to_string());
    for (label, judged, found) in [
        (Label::Council, &judgement.council, reading.council.as_deref()),
        (Label::Body, &judgement.body, reading.body.as_deref()),
        (Label::Date, &judgement.date, date.as_deref()),
        (Label::Edition, &judgement.edition, reading.edition.map(|edition| edition.name())),
    ] {
        let agrees = judged.as_deref().zip(found).is_some_and(|(judged, found)| key(judged) == key(found));
        scores.judge(label, judged.as_deref(), found, agrees);
    }
    for (label, judged, found) in [
        (Label::Present, &judgement.present, &reading.attendance.present),
        (Label::Apologies, &judgement.apologies, &reading.attendance.apologies),
        (Label::Substitutes, &judgement.substitutes, &reading.attendance.substitutes),
        (Label::Officers, &judgement.officers, &reading.attendance.officers),
    ] {
        if let Some(judged) = judged {
            score_names(&mut scores, label, judged, found);
        }
    }
    if let Some(items) = &judgement.items {
        let read = Read::new(items, reading);
        score_items(&mut scores, items, judgement.resolutions.as_deref().unwrap_or_default(), &read);
        if let Some(resolutions) = &judgement.resolutions {
            score_resolutions(&mut scores, resolutions, &read);
            score_motions(&mut scores, resolutions, &read, &motions(&reading.items));
        }
        if let Some(judged) = &judgement.interests {
            let judged = judged.iter().map(|interest| (interest.item, interest.name.clone()));
            let found = interests(&reading.items);
            let found = found.into_iter().map(|interest| (read.judged_as(interest.item), interest.name));
            score_facts(&mut scores, Label::Interests, judged, found);
        }
        let judged = items
            .iter()
            .enumerate()
            .filter_map(|(at, item)| Some((at + 1, said_of_exempt(item.exempt.as_ref()?))));
        let found = reading.items.iter().enumerate();
        let found =
            found.filter_map(|(at, item)| Some((read.judged_as(at), said_of_exempt(item.exempt.as_ref()?))));
        score_facts(&mut scores, Label::Exempt, judged, found);
        score_kinds(&mut scores, judgement, &read);
    }
    scores
}

/// A text without case, spaces and marks: what two people would write alike.
fn key(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// A name without what stands in brackets behind it.
fn name_key(name: &str) -> String {
    key(name.split('(').next().unwrap_or_default())
}

fn score_names(scores: &mut Scores, label: Label, judged: &[String], found: &[Person]) {
    scores.counts.entry(label).or_default();
    let mut left: Vec<&str> = found.iter().map(|person| person.name.as_str()).collect();
    for name in judged {
        let at = left.iter().position(|other| name_key(other) == name_key(name));
        let other = at.map(|at| left.remove(at));
        scores.judge(label, Some(name), other, other.is_some());
    }
    left.iter().for_each(|name| scores.judge(label, None, Some(name), false));
}

/// A reading's items, beside those judged.
struct Read<'a> {
    /// The text before the first item.
    before: &'a [ItemPassage],
    /// The items themselves.
    items: Vec<&'a AgendaItem>,
    /// For each judged item, the position of the one read as it.
    pairs: Vec<Option<usize>>,
    /// How many items of the reading hold the text before the first item: one or none.
    n_before: usize,
}

impl<'a> Read<'a> {
    fn new(judged: &[JudgedItem], reading: &'a Reading) -> Self {
        let is_before = |item: &AgendaItem| item.number.is_empty() && item.title.is_empty();
        let (before, items) = match reading.items.split_first() {
            Some((first, rest)) if is_before(first) => (first.passages.as_slice(), rest),
            _ => (&[][..], reading.items.as_slice()),
        };
        let items: Vec<&AgendaItem> = items.iter().collect();
        let judged: Vec<String> = judged.iter().map(|item| item_key(&item.number, &item.title)).collect();
        let read: Vec<String> = items.iter().map(|item| item_key(&item.number, &item.title)).collect();
        let pairs = in_order(&judged, &read);
        let n_before = reading.items.len() - items.len();
        Self { before, items, pairs, n_before }
    }

    /// The passages of a judged item, by its position from 1; those before the
    /// first item for 0. `None` where it was not read.
    fn passages(&self, item: usize) -> Option<&'a [ItemPassage]> {
        match item {
            0 => Some(self.before),
            item => Some(&self.items[(*self.pairs.get(item - 1)?)?].passages),
        }
    }

    /// The judged item, by its position from 1, that an item of the reading, by
    /// its position from 0, was read as; 0 for what stands before the first.
    fn judged_as(&self, item: usize) -> Option<usize> {
        let Some(item) = item.checked_sub(self.n_before) else { return Some(0) };
        self.pairs.iter().position(|pair| *pair == Some(item)).map(|at| at + 1)
    }

    fn decisions(&self) -> impl Iterator<Item = &'a ItemPassage> {
        let lists =
            std::iter::once(self.before).chain(self.items.iter().map(|item| item.passages.as_slice()));
        lists.flat_map(|passages| {
            (0..passages.len()).filter(|at| is_decision(passages, *at)).map(|at| &passages[at])
        })
    }

    fn all(&self) -> impl Iterator<Item = &'a ItemPassage> {
        self.before.iter().chain(self.items.iter().flat_map(|item| &item.passages))
    }
}

fn item_key(number: &str, title: &str) -> String {
    format!("{} {}", key(number), key(title))
}

/// The longest common subsequence: for each of the first, the position of its
/// equal in the second.
fn in_order(one: &[String], other: &[String]) -> Vec<Option<usize>> {
    let mut longest = vec![vec![0_usize; other.len() + 1]; one.len() + 1];
    for i in (0..one.len()).rev() {
        for j in (0..other.len()).rev() {
            longest[i][j] = match one[i] == other[j] {
                true => longest[i + 1][j + 1] + 1,
                false => longest[i + 1][j].max(longest[i][j + 1]),
            };
        }
    }
    let (mut pairs, mut j) = (vec![None; one.len()], 0);
    for (i, pair) in pairs.iter_mut().enumerate() {
        while j < other.len() && longest[i][j] == longest[i][j + 1] {
            j += 1;
        }
        if j < other.len() && one[i] == other[j] {
            *pair = Some(j);
            j += 1;
        }
    }
    pairs
}

fn score_items(scores: &mut Scores, judged: &[JudgedItem], resolutions: &[JudgedResolution], read: &Read) {
    let said = |number: &str, title: &str| format!("{number} {title}").trim().to_owned();
    for label in [Label::Items, Label::ItemText] {
        scores.counts.entry(label).or_default();
    }
    let mut is_paired = vec![false; read.items.len()];
    for (at, (item, pair)) in judged.iter().zip(&read.pairs).enumerate() {
        let name = said(&item.number, &item.title);
        let Some(pair) = *pair else {
            scores.judge(Label::Items, Some(&name), None, false);
            scores.judge(Label::ItemText, Some(&name), None, false);
            continue;
        };
        is_paired[pair] = true;
        scores.judge(Label::Items, Some(&name), Some(&name), true);
        let text: String = read.items[pair].passages.iter().map(text_key).collect();
        let movers = resolutions.iter().filter(|resolution| resolution.item == at + 1).find_map(movers_key);
        let behind_movers = text.strip_prefix(&movers.unwrap_or_default()).unwrap_or(&text);
        let (first, last) = (key(&item.first), key(&item.last));
        let agrees = match first.is_empty() && last.is_empty() {
            true => text.is_empty(),
            // A number or a label may stand before it, and the names of those who
            // moved it: judges count them to the text or to its number, and they
            // are scored as movers.
            false => {
                let begins = find_near_start(&text, &first) || find_near_start(behind_movers, &first);
                let without_marks = &text[..text.len() - size_of_marks(&read.items[pair].passages)];
                begins && (text.ends_with(&last) || without_marks.ends_with(&last))
            }
        };
        let ends = format!("{name}: {} … {}", item.first, item.last);
        let passages = &read.items[pair].passages;
        let of =
            |passage: Option<&ItemPassage>| passage.map(|passage| passage.text.clone()).unwrap_or_default();
        let found = format!("{} … {}", front(&of(passages.first())), back(&of(passages.last())));
        scores.judge(Label::ItemText, Some(&ends), Some(&found), agrees);
    }
    // What has neither number nor title is text outside of any item, not an item.
    let is_item = |item: &AgendaItem| !item.number.is_empty() || !item.title.is_empty();
    let alone = read.items.iter().zip(&is_paired).filter(|(item, is_paired)| !**is_paired && is_item(item));
    for (item, _) in alone {
        let name = said(&item.number, &item.title);
        scores.judge(Label::Items, None, Some(&name), false);
        scores.judge(Label::ItemText, None, Some(&name), false);
    }
}

/// A passage with its printed number and its last label, as a key.
fn text_key(passage: &ItemPassage) -> String {
    let label = passage.clause.last().map(String::as_str).unwrap_or_default();
    key(&format!("{} {label} {}", passage.number.as_deref().unwrap_or_default(), passage.text))
}

/// Who moved and seconded a decision as they are judged, as a key.
fn movers_key(resolution: &JudgedResolution) -> Option<String> {
    let (mover, seconder) = (resolution.mover.as_ref()?, resolution.seconder.as_ref()?);
    Some(key(mover) + &key(seconder))
}

/// The size, as keys, of the passages at the end that are only the initials of
/// those who are to act. They come from a column beside the text; judges take
/// them for no part of it where the column is ruled off.
fn size_of_marks(passages: &[ItemPassage]) -> usize {
    let is_initials =
        |word: &str| (2..=3).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_uppercase());
    let is_mark = |passage: &&ItemPassage| {
        passage.number.is_none()
            && passage.clause.is_empty()
            && passage.text.split([' ', '/']).all(is_initials)
    };
    passages.iter().rev().take_while(is_mark).map(|passage| text_key(passage).len()).sum()
}

fn find_near_start(text: &str, first: &str) -> bool {
    /// How long a number or a label is at most, as a key, in bytes.
    const LABEL: usize = 8;
    text.find(first).is_some_and(|at| at <= LABEL)
}

fn front(text: &str) -> String {
    text.split_whitespace().take(6).collect::<Vec<_>>().join(" ")
}

fn back(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words[words.len().saturating_sub(6)..].join(" ")
}

fn score_resolutions(scores: &mut Scores, judged: &[JudgedResolution], read: &Read) {
    scores.counts.entry(Label::Resolutions).or_default();
    // What is noted without a verdict may be judged a decision, but need not be.
    let decisions: Vec<&ItemPassage> = read.decisions().collect();
    let mut left: Vec<&ItemPassage> =
        read.all().filter(|passage| passage.kind == Kind::Noting || is_among(&decisions, passage)).collect();
    for resolution in judged {
        let passages = read.passages(resolution.item).unwrap_or_default();
        let is_it = |passage: &&ItemPassage| {
            passages.iter().any(|other| std::ptr::eq(other, *passage))
                && has_labels(passage, &resolution.labels)
                && key(&passage.text).contains(&key(&resolution.anchor))
        };
        let at = left.iter().position(is_it);
        let found = at.map(|at| said_of(left.remove(at)));
        let name = format!("item {}: {} {}", resolution.item, resolution.labels.concat(), resolution.anchor);
        scores.judge(Label::Resolutions, Some(&name), found.as_deref(), found.is_some());
    }
    for passage in left.into_iter().filter(|passage| is_among(&decisions, passage)) {
        scores.judge(Label::Resolutions, None, Some(&said_of(passage)), false);
    }
}

fn is_among(passages: &[&ItemPassage], passage: &ItemPassage) -> bool {
    passages.iter().any(|other| std::ptr::eq(*other, passage))
}

/// Who moved and seconded, and how the votes fell.
fn score_motions(scores: &mut Scores, judged: &[JudgedResolution], read: &Read, found: &[Motion]) {
    let names = |mover: &Option<String>, seconder: &Option<String>| {
        let said = |what: &str, name: &Option<String>| name.as_ref().map(|name| format!("{what} {name}"));
        [said("moved by", mover), said("seconded by", seconder)].into_iter().flatten()
    };
    let movers = judged
        .iter()
        .flat_map(|judged| names(&judged.mover, &judged.seconder).map(|said| (judged.item, said)));
    let found_movers = found.iter().flat_map(|motion| {
        names(&motion.mover, &motion.seconder).map(|said| (read.judged_as(motion.item), said))
    });
    score_facts(scores, Label::Movers, movers, found_movers);
    let said = |votes: &[u32]| {
        let votes: Vec<String> = votes.iter().map(u32::to_string).collect();
        votes.join(" : ")
    };
    let votes = judged.iter().filter_map(|judged| Some((judged.item, said(judged.votes.as_ref()?))));
    let found_votes = found.iter().filter_map(|motion| {
        let Votes { in_favour, against, abstained } = motion.votes?;
        Some((read.judged_as(motion.item), said(&[in_favour, against, abstained])))
    });
    score_facts(scores, Label::Votes, votes, found_votes);
}

fn said_of_exempt(paragraphs: &Vec<u8>) -> String {
    format!("exempt by {paragraphs:?}")
}

/// Scores facts in words, each of an item by its judged position.
fn score_facts(
    scores: &mut Scores,
    label: Label,
    judged: impl Iterator<Item = (usize, String)>,
    found: impl Iterator<Item = (Option<usize>, String)>,
) {
    scores.counts.entry(label).or_default();
    let mut left: Vec<(Option<usize>, String)> = found.collect();
    for (item, fact) in judged {
        let is_it =
            |(other, said): &(Option<usize>, String)| *other == Some(item) && facts_agree(said, &fact);
        let at = left.iter().position(is_it);
        let found = at.map(|at| left.remove(at).1);
        scores.judge(label, Some(&format!("item {item}: {fact}")), found.as_deref(), found.is_some());
    }
    for (item, fact) in left {
        let at = item.map_or("no judged item".to_owned(), |item| format!("item {item}"));
        scores.judge(label, None, Some(&format!("{at}: {fact}")), false);
    }
}

fn facts_agree(one: &str, other: &str) -> bool {
    name_key(one) == name_key(other)
}

fn said_of(passage: &ItemPassage) -> String {
    format!("{} {}", passage.clause.concat(), front(&passage.text)).trim().to_owned()
}

/// Whether a passage stands under these labels. The number of a paragraph may
/// be judged as the outermost of them.
fn has_labels(passage: &ItemPassage, labels: &[String]) -> bool {
    let keys = |labels: &[String]| -> Vec<String> {
        labels.iter().map(|label| if label == "•" { label.clone() } else { key(label) }).collect()
    };
    let (found, judged) = (keys(&passage.clause), keys(labels));
    let is_number = |label: &String| label.chars().all(|c| c.is_ascii_digit());
    found == judged || judged.split_first().is_some_and(|(first, rest)| is_number(first) && found == rest)
}

fn score_kinds(scores: &mut Scores, judgement: &Judgement, read: &Read) {
    let of_decisions =
        judgement.resolutions.iter().flatten().map(|JudgedResolution { item, anchor, kind, .. }| {
            JudgedPassage { item: *item, anchor: anchor.clone(), kind: *kind }
        });
    let judged: Vec<JudgedPassage> =
        judgement.passages.iter().flatten().cloned().chain(of_decisions).collect();
    if judged.is_empty() {
        return;
    }
    for JudgedPassage { item, anchor, kind } in judged {
        let anchor_key = key(&anchor);
        let is_it = |passage: &&ItemPassage| text_key(passage).contains(&anchor_key);
        let here = read.passages(item).unwrap_or_default();
        // Items are another label: where one is missed, its text stands elsewhere.
        let found = here.iter().find(is_it).or_else(|| read.all().find(is_it)).map(|passage| passage.kind);
        let said = format!("{} {anchor}", kind.name());
        scores.judge(Label::Kinds, Some(&said), found.map(Kind::name), found == Some(kind));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Attendance, Edition, PartialDate};

    const JUDGED: &str = r#"
document = "x/a.html"
format = "html"
source = "x"
body = "Cabinet"
date = "2021-07-06"
edition = "minutes"
present = ["Mr A Brown", "Mrs Lee"]
[[items]]
number = "1"
title = "Roads"
first = "The road was"
last = "be mended."
[[items]]
number = "2"
title = "Footpaths"
first = ""
last = ""
[[resolutions]]
item = 1
labels = ["(a)", "(i)"]
anchor = "that the road"
kind = "resolution"
[[passages]]
item = 1
anchor = "The road was"
kind = "narrative"
"#;

    fn passage(kind: Kind, clause: &[&str], text: &str) -> ItemPassage {
        ItemPassage {
            edition: None,
            kind,
            number: None,
            clause: clause.iter().map(|label| (*label).to_owned()).collect(),
            page: None,
            text: text.to_owned(),
        }
    }

    fn item(number: &str, title: &str, passages: Vec<ItemPassage>) -> AgendaItem {
        AgendaItem { number: number.into(), title: title.into(), passages, ..AgendaItem::default() }
    }

    /// What the judgement says, read without a fault.
    fn right() -> Reading {
        let passages = vec![
            passage(Kind::Narrative, &[], "The road was discussed."),
            passage(Kind::Resolution, &["(a)", "(i)"], "That the  road be mended."),
        ];
        Reading {
            body: Some("CABINET".into()),
            date: PartialDate::day(2021, 7, 6),
            edition: Some(Edition::Minutes),
            items: vec![item("1", "Roads", passages), item("2", "Footpaths", Vec::new())],
            attendance: Attendance {
                present: vec![Person::named("Mrs Lee"), Person::named("Mr A. Brown (Chairman)")],
                apologies: vec![Person::named("Dr Who")],
                ..Attendance::default()
            },
            ..Reading::default()
        }
    }

    #[track_caller]
    fn check(reading: &Reading, label: Label, judged: u64, found: u64, matched: u64) {
        let judgement = Judgement::from_toml(JUDGED, "a.toml").unwrap();
        let scores = score(&judgement, Some(reading));
        assert_eq!(
            scores.counts.get(&label),
            Some(&Counts { judged, found, matched }),
            "{:?}",
            scores.misses
        );
    }

    #[test]
    fn what_is_read_as_it_was_judged_has_no_miss() {
        let judgement = Judgement::from_toml(JUDGED, "a.toml").unwrap();
        let scores = score(&judgement, Some(&right()));
        assert_eq!(scores.misses, []);
        assert!(!scores.counts.contains_key(&Label::Apologies), "they were not judged");
        let counts = |label| scores.counts[&label];
        assert_eq!(counts(Label::Items), Counts { judged: 2, found: 2, matched: 2 });
        assert_eq!(counts(Label::Kinds), Counts { judged: 2, found: 2, matched: 2 });
        assert_eq!(counts(Label::Council), Counts::default(), "it names none, and none was found");
    }

    #[test]
    fn each_difference_is_counted_on_its_own_side() {
        let with = |change: fn(&mut Reading)| {
            let mut reading = right();
            change(&mut reading);
            reading
        };
        check(&with(|reading| reading.council = Some("Kent".into())), Label::Council, 0, 1, 0);
        check(&with(|reading| reading.date = None), Label::Date, 1, 0, 0);
        check(
            &with(|reading| reading.attendance.present.push(Person::named("Mr C"))),
            Label::Present,
            2,
            3,
            2,
        );
        check(&with(|reading| reading.items[0].title = "Road".into()), Label::Items, 2, 2, 1);
        check(
            &with(|reading| reading.items[1].passages = vec![passage(Kind::Narrative, &[], "x")]),
            Label::ItemText,
            2,
            2,
            1,
        );
        let split = |reading: &mut Reading| reading.items.push(item("3", "Bridges", Vec::new()));
        check(&with(split), Label::Items, 2, 3, 2);
        let flat = |reading: &mut Reading| reading.items[0].passages[1].clause = vec!["(i)".into()];
        check(&with(flat), Label::Resolutions, 1, 1, 0);
        let narrative = |reading: &mut Reading| reading.items[0].passages[1].kind = Kind::Narrative;
        check(&with(narrative), Label::Resolutions, 1, 0, 0);
        check(&with(narrative), Label::Kinds, 2, 2, 1);
        let elsewhere = |reading: &mut Reading| {
            let moved = reading.items[0].passages.remove(1);
            reading.items[1].passages.push(moved);
        };
        check(&with(elsewhere), Label::Resolutions, 1, 1, 0);
        check(&with(elsewhere), Label::Kinds, 2, 2, 2);
    }

    #[test]
    fn the_names_of_movers_may_stand_before_the_first_words() {
        let judged = JUDGED.replace(
            "anchor = \"that the road\"",
            "anchor = \"that the road\"\nmover = \"A. Hill\"\nseconder = \"B. Dale\"",
        );
        let judgement = Judgement::from_toml(&judged, "a.toml").unwrap();
        let matched = |names: &str| {
            let mut reading = right();
            reading.items[0].passages[0].text = format!("{names} The road was discussed.");
            score(&judgement, Some(&reading)).counts[&Label::ItemText].matched
        };
        assert_eq!(matched("A. Hill, B. Dale:"), 2);
        assert_eq!(matched("A. Hill, C. Wood:"), 1, "others are no part of it");
    }

    #[test]
    fn initials_in_a_column_beside_the_text_do_not_end_it() {
        let judgement = Judgement::from_toml(JUDGED, "a.toml").unwrap();
        let matched = |texts: &[&str]| {
            let mut reading = right();
            reading.items[0].passages.extend(texts.iter().map(|text| passage(Kind::Narrative, &[], text)));
            score(&judgement, Some(&reading)).counts[&Label::ItemText].matched
        };
        assert_eq!(matched(&["AB", "CD/EF"]), 2);
        assert_eq!(matched(&["Mr Hill spoke."]), 1);
    }

    #[test]
    fn a_document_that_cannot_be_read_is_missed_whole() {
        let judgement = Judgement::from_toml(JUDGED, "a.toml").unwrap();
        let scores = score(&judgement, None);
        assert!(scores.counts.values().all(|counts| counts.found == 0 && counts.matched == 0));
        assert_eq!(scores.counts[&Label::Items].judged, 2);
    }

    #[test]
    fn items_are_paired_in_order() {
        let keys = |text: &str| text.chars().map(String::from).collect::<Vec<_>>();
        assert_eq!(in_order(&keys("abca"), &keys("xbxa")), [None, Some(1), None, Some(3)]);
        assert_eq!(in_order(&keys("aa"), &keys("a")), [Some(0), None]);
        assert_eq!(in_order(&keys(""), &keys("a")), []);
    }

    #[test]
    fn shares_are_of_what_there_is() {
        let counts = Counts { judged: 4, found: 2, matched: 1 };
        assert_eq!((counts.precision(), counts.recall()), (Some(0.5), Some(0.25)));
        assert_eq!(counts.f1(), Some(2.0 / 6.0));
        assert_eq!((Counts::default().precision(), Counts::default().f1()), (None, None));
    }
}
