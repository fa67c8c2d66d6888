//! What was done at a meeting: who moved a decision and how the votes fell,
//! interests that were declared, and items that the public did not hear.

use std::collections::HashSet;
use std::sync::LazyLock;

use regex::Captures;

use super::kind::{Act, act_of, puts_off};
use super::people::names_in;
use super::person::{AND_SECONDER, MOVER, has_word, is_shared_title, is_title, name_at_end, name_at_front};
use super::standing::standing;
use super::tally::{Tally, tally};
use crate::model::{AgendaItem, Edition, Interest, ItemPassage, Kind, Motion};
use crate::parse::{Pattern, Probe, pattern};

/// Whether the passage at this place of an item is a decision, or a clause of
/// one: it resolves or recommends, or it only notes something and does so by a
/// verdict. Noting without one (“The Chair noted that …”) is told, not decided.
pub fn is_decision(passages: &[ItemPassage], at: usize) -> bool {
    static VERDICT: LazyLock<Pattern> =
        LazyLock::new(|| pattern(r"(?i)\b(?:resolved|agreed|decided|penderfynwyd|cytunwyd)\b"));
    let passage = &passages[at];
    match passage.kind {
        Kind::Resolution | Kind::Recommendation => true,
        Kind::Noting => {
            let leads_in = |before: &ItemPassage| {
                before.kind == Kind::Resolution
                    && before.clause.len() < passage.clause.len()
                    && passage.clause.starts_with(&before.clause)
            };
            VERDICT.is_match(&passage.text) || passages[..at].iter().rev().take(MOST_CLAUSES).any(leads_in)
        }
        _ => false,
    }
}

/// How many clauses a decision has at most, that its lead-in is looked for.
const MOST_CLAUSES: usize = 60;

/// How each decision was come to, of those of which the minutes tell it.
///
/// Motions stand on each other: an amendment is put to the vote before the
/// motion that it amends; any other motion ends those before it. One that was
/// lost decided nothing and is left out.
pub fn motions(items: &[AgendaItem]) -> Vec<Motion> {
    let mut found = Vec::new();
    for (at, item) in items.iter().enumerate() {
        let mut reader = Motions::default();
        reader.take_pair(&item.title, 0);
        for (passage, said) in item.passages.iter().enumerate() {
            if said.edition != Some(Edition::Agenda) {
                reader.take(said, passage);
            }
        }
        found.extend(reader.finish(at, &item.passages));
    }
    found
}

/// The motions of an item.
#[derive(Default)]
struct Motions {
    /// Those that nothing has yet been said to become of, the latest last.
    open: Vec<Motion>,
    done: Vec<Motion>,
    /// In a table that names movers: how many cells its rows have, and in
    /// which mover and seconder stand.
    columns: Option<(usize, usize, usize)>,
}

/// Something that is said of a motion.
enum Said<'a> {
    Mover(&'a str),
    Seconder(&'a str),
    Votes(Tally),
    Carried,
    Lost,
}

impl Motions {
    fn take(&mut self, passage: &ItemPassage, at: usize) {
        let text = passage.text.as_str();
        if text.contains(" | ") && self.take_row(text, at) {
            return;
        }
        self.take_pair(text, at);
        let mut said = said(&Probe::of(text), may_decide(passage));
        said.sort_by_key(|(at, _)| *at);
        let amends = AMENDS.is_match(text);
        let mut mover_at: Option<usize> = None;
        for (place, said) in said {
            // “Moved by A to refer the notice of motion moved by B” is A's motion.
            let is_referred_to = |from: usize| !text[from..place].contains(['.', ';']);
            let is_mover = matches!(said, Said::Mover(_));
            let is_anothers = is_mover && mover_at.is_some_and(is_referred_to);
            mover_at = is_mover.then_some(place);
            if is_anothers {
                continue;
            }
            if is_mover && !amends {
                self.done.append(&mut self.open);
            }
            self.hear(said, at);
        }
    }

    fn hear(&mut self, said: Said, at: usize) {
        match said {
            Said::Mover(name) => {
                self.open.push(Motion { passage: at, mover: Some(name.to_owned()), ..Motion::default() })
            }
            Said::Seconder(name) => {
                let name = Some(name.to_owned());
                let awaits = |motion: &&mut Motion| {
                    motion.seconder.is_none() && motion.mover.is_some() && at - motion.passage <= 3
                };
                match self.open.last_mut().filter(awaits) {
                    Some(motion) => motion.seconder = name,
                    None => self.open.push(Motion { passage: at, seconder: name, ..Motion::default() }),
                }
            }
            Said::Votes(tally) => {
                let motion = match self.open.last_mut() {
                    Some(motion) => motion,
                    None => {
                        self.open.push(Motion { passage: at, ..Motion::default() });
                        self.open.last_mut().expect("one was pushed")
                    }
                };
                let votes = motion.votes.get_or_insert_default();
                votes.in_favour = tally.in_favour.unwrap_or(votes.in_favour);
                votes.against = tally.against.unwrap_or(votes.against);
                votes.abstained = tally.abstained.unwrap_or(votes.abstained);
            }
            Said::Carried => self.done.extend(self.open.pop()),
            Said::Lost => drop(self.open.pop()),
        }
    }

    /// Takes the two names that stand before a motion in some councils'
    /// minutes: `R2024-12 J. Hill, L. Dale: That …`.
    fn take_pair(&mut self, text: &str, at: usize) {
        static PAIR: LazyLock<Pattern> = LazyLock::new(|| {
            pattern(&format!(
                r"(?:^|[.!] |(?:^| )[A-Z]{{0,3}}\d{{2,4}} ?[-/] ?\d{{1,4}}[.:]? )(?P<mover>{MOVER}){AND_SECONDER}(?P<seconder>{MOVER})(?:\s?: ?(?:That|THAT|WHEREAS|$)|$)"
            ))
        });
        for captures in PAIR.captures_iter(text) {
            self.hear(Said::Mover(&captures["mover"]), at);
            self.hear(Said::Seconder(&captures["seconder"]), at);
        }
    }

    /// Takes a row of a table whose head names the columns of mover and seconder.
    fn take_row(&mut self, text: &str, at: usize) -> bool {
        const LONGEST_NAME: usize = 50;
        let cells: Vec<&str> = text.split(" | ").map(str::trim).collect();
        let column = |words: [&str; 3]| {
            let says = |cell: &&str| {
                let cell = if cell.len() <= LONGEST_NAME { cell.to_lowercase() } else { String::new() };
                words.iter().any(|word| cell.contains(word))
            };
            cells.iter().position(says)
        };
        let mover = column(["mover", "moved by", "propose"]);
        let seconder = column(["seconder", "seconded", "2nd"]);
        if let (Some(mover), Some(seconder)) = (mover, seconder)
            && cells.iter().all(|cell| name_at_front(cell).is_none())
        {
            self.columns = Some((cells.len(), mover, seconder));
            return true;
        }
        let columns = self.columns.filter(|(n_cells, ..)| *n_cells == cells.len());
        let Some((n_cells, mover, seconder)) = columns else { return false };
        let (mover, seconder) = match mover == seconder {
            true => cells[mover].split_once(['/', '&', ',']).unwrap_or((cells[mover], "")),
            false => (cells[mover], cells[seconder]),
        };
        let name = |cell: &str| {
            let cell = cell.trim();
            let is_name = cell.starts_with(char::is_uppercase) && cell.len() <= LONGEST_NAME;
            is_name.then(|| cell.to_owned())
        };
        let fate = cells[n_cells - 1];
        let is_lost = act_of(fate) == Act::Loses || puts_off(fate);
        let mover = name(mover).filter(|_| !is_lost);
        if mover.is_some() {
            self.done.push(Motion { passage: at, mover, seconder: name(seconder), ..Motion::default() });
        }
        true
    }

    /// Gives each motion its decision: in the same passage, or the first that
    /// follows it, or the one before it.
    fn finish(self, item: usize, passages: &[ItemPassage]) -> Vec<Motion> {
        /// How many passages away a decision is at most.
        const FARTHEST: usize = 40;
        /// The same for votes on what nobody is said to have moved, and how many
        /// before them.
        const NEAR: usize = 4;
        const NEAR_BEFORE: usize = 1;
        let is_lost = |motion: &Motion| {
            motion.votes.is_some_and(|votes| votes.in_favour > 0 && votes.against > votes.in_favour)
        };
        let open = self.open.into_iter().filter(|motion| !is_lost(motion));
        let mut motions: Vec<Motion> = self.done.into_iter().chain(open).collect();
        motions.sort_by_key(|motion| motion.passage);
        let begins: Vec<usize> = motions.iter().map(|motion| motion.passage).collect();
        let is_one = |at: &usize| passages.get(*at).is_some_and(may_decide);
        for motion in &mut motions {
            let begin = motion.passage;
            let is_moved = motion.mover.is_some() || motion.seconder.is_some();
            let (farthest, back) = if is_moved { (FARTHEST, FARTHEST) } else { (NEAR, NEAR_BEFORE) };
            let next = begins.get(begins.partition_point(|other| *other <= begin));
            let next = next.copied().unwrap_or(passages.len()).min(begin + farthest);
            let before = begins[..begins.partition_point(|other| *other < begin)].last();
            let before = before.map_or(0, |before| before + 1).max(begin.saturating_sub(back));
            let decision = (begin..next).find(is_one).or_else(|| (before..begin).rev().find(is_one));
            motion.item = item;
            motion.passage = decision.unwrap_or(begin);
            // Nobody for it: the numbers are of something else.
            motion.votes = motion.votes.filter(|votes| votes.in_favour > 0);
        }
        motions
            .retain(|motion| motion.mover.is_some() || motion.seconder.is_some() || motion.votes.is_some());
        motions
    }
}

fn may_decide(passage: &ItemPassage) -> bool {
    matches!(passage.kind, Kind::Resolution | Kind::Recommendation | Kind::Noting)
}

static MOVED: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?P<verb>proposed|moved|proposer|mover|prop|cynigiwyd|proposal (?:was )?made|on (?:the|a) (?:proposal|proposition|motion))\b[.:]?(?P<by>\s*(?:[-–—:]|(?:by|of)\b:?|gan\b(?: y| yr)?\b)\s*)?",
    )
});
static SECONDED: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?P<verb>seconded|seconder|sec|2nd|eiliwyd)\b[.:]?(?P<by>\s*(?:[-–—:]|by\b:?|gan\b(?: y| yr)?\b)\s*)?",
    )
});
static CARRIED: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:motion|amendment|proposal|proposition|resolution)(?: (?:was|were|is|being|then|therefore|duly|unanimously|declared|as amended))* (?:carried|passed)\b|^(?:unanimously )?carried\b|\b(?:all (?:were )?(?:agreed|approved|in favour)|unanimous(?:ly)?(?: (?:agreed|approved|carried))?)\W*$",
    )
});
static LOST: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:motion|amendment|proposal|proposition)(?: (?:was|were|is|then|therefore|duly|declared|as amended))* (?:lost|defeated|failed|fell|refused|rejected|not carried|withdrawn|not passed)\b|^(?:lost|defeated|not carried)\b|\| lost$",
    )
});

static AMENDS: LazyLock<Pattern> = LazyLock::new(|| pattern(r"(?i)\bamend(?:s|ed|ing|ments?)?\b"));

/// What a text says of motions, with the places where it does.
fn said<'t>(probe: &Probe<'t>, is_decision: bool) -> Vec<(usize, Said<'t>)> {
    let text = probe.text;
    let mut found = Vec::new();
    let is_seconded = probe.matches(&SECONDED);
    for captures in probe.captures_iter(&MOVED) {
        let is_sure = is_seconded || is_decision;
        found.extend(actor(text, &captures, is_sure).map(|(at, name)| (at, Said::Mover(name))));
    }
    for captures in probe.captures_iter(&SECONDED) {
        found.extend(actor(text, &captures, true).map(|(at, name)| (at, Said::Seconder(name))));
    }
    let tally = tally(probe);
    found.extend(tally.map(|tally| (tally.at, Said::Votes(tally))));
    found.extend(probe.find_iter(&CARRIED).map(|hit| (hit.end(), Said::Carried)));
    found.extend(probe.find_iter(&LOST).map(|hit| (hit.end(), Said::Lost)));
    let has_verdict = found.iter().any(|(_, said)| matches!(said, Said::Carried | Said::Lost));
    if let Some(tally) = tally.filter(|tally| tally.is_lost() && !has_verdict) {
        found.push((tally.end, Said::Lost));
    }
    // The verdict may stand before the numbers: “Motion passed (4 to 0)”.
    let last_votes =
        found.iter().filter(|(_, said)| matches!(said, Said::Votes(..))).map(|(at, _)| *at).max();
    for (at, said) in &mut found {
        if let (Said::Carried | Said::Lost, Some(votes)) = (&said, last_votes)
            && votes > *at
            && votes - *at <= 30
        {
            *at = votes + 1;
        }
    }
    found
}

/// Who did what a verb says: behind it (“moved by”), or before it. A verb in
/// the active voice is one of many things unless it is sure to be of a motion.
fn actor<'a>(text: &'a str, captures: &Captures, is_sure: bool) -> Option<(usize, &'a str)> {
    let whole = captures.get(0)?;
    let behind = text[whole.end()..].trim_start();
    if captures.name("by").is_some() {
        return name_at_front(behind).map(|name| (whole.start(), name));
    }
    // `Proposed Cllr Hill`, `Prop. RB`: a title or initials, as any other name may be what is proposed.
    let first = behind.split([' ', ',', '.']).next().unwrap_or_default();
    let behind = name_at_front(behind)
        .filter(|name| is_title(first) || !name.contains(' ') && name.chars().all(|c| !c.is_lowercase()));
    let is_active = matches!(&captures["verb"], "proposed" | "moved" | "seconded");
    let before = || name_at_end(text[..whole.start()].trim_end_matches([' ', ',']));
    let name = if is_active { before().filter(|_| is_sure).or(behind) } else { behind };
    name.map(|name| (whole.start(), name))
}

/// The interests that members declared, in order; each member's once an item.
pub fn interests(items: &[AgendaItem]) -> Vec<Interest> {
    let mut found: Vec<Interest> = Vec::new();
    for (item, AgendaItem { title, passages, .. }) in items.iter().enumerate() {
        let is_of_declarations = standing(title) == Some("declarations");
        let mut known: HashSet<String> = HashSet::new();
        for (passage, ItemPassage { text, edition, .. }) in passages.iter().enumerate() {
            if *edition == Some(Edition::Agenda) {
                continue;
            }
            for name in declared(text, is_of_declarations) {
                if known.insert(name.clone()) {
                    found.push(Interest { item, passage, name });
                }
            }
        }
    }
    found
}

/// Who declares an interest in a passage: in a sentence, or in a list.
fn declared(text: &str, is_of_declarations: bool) -> Vec<String> {
    static DECLARED: LazyLock<Pattern> = LazyLock::new(|| {
        pattern(
            r"(?i)\b(?:declar(?:ed|es|ing)|wish(?:ed|es|ing) to declare|disclos(?:ed|es|ing)|registered|d?datgan(?:odd)?|ddatgan)\b[^.]{0,90}?\b(?:interests?|d?diddordeb|buddiant)\b",
        )
    });
    static HEADED: LazyLock<Pattern> = LazyLock::new(|| {
        pattern(
            r"(?i)\b(?:(?:disclosures?|declarations?) of [^:.]{0,60}?interests?(?: (?:made|received))?|declared[^:.]{0,30} interests?|interests?[^:.]{0,30} declared(?: by)?)\s?(?:[:–-]| by )\s?",
        )
    });
    let probe = Probe::of(text);
    if let Some(head) = probe.find(&HEADED) {
        let names = listed(&text[head.end()..]);
        if !names.is_empty() {
            return names;
        }
    }
    let mut names: Vec<String> = Vec::new();
    let mut from = 0;
    for hit in probe.find_iter(&DECLARED) {
        names.extend(declarers(&text[from..hit.start()]).into_iter().map(str::to_owned));
        from = hit.end();
    }
    if names.is_empty() && is_of_declarations { listed(text) } else { names }
}

/// Who declares, by the text before that word: all who are named right before
/// it, or the last who was named in its sentence.
fn declarers(before: &str) -> Vec<&str> {
    const BETWEEN: &str =
        " also then again both each have has had having all and who previously already further formally ";
    let sentence = last_sentence(before);
    let mut rest = sentence.trim_end();
    while let Some((front, _)) = rest.rsplit_once(' ').filter(|(_, word)| has_word(BETWEEN, word)) {
        rest = front.trim_end_matches([',', ' ']);
    }
    let mut names = Vec::new();
    while let Some(name) = name_at_end(rest).filter(|name| names.is_empty() || is_title(first_word(name))) {
        names.push(name);
        rest = rest[..rest.len() - name.len()].trim_end();
        let joined = [" and", " &", ","].iter().find_map(|joint| rest.strip_suffix(joint));
        rest = joined.unwrap_or_default().trim_end();
    }
    names.reverse();
    if names.is_empty() {
        names.extend(titled(sentence).last());
    }
    names
}

/// The sentence, or part of one, that a text ends with.
fn last_sentence(text: &str) -> &str {
    const LONGEST: usize = 400;
    let ends = |(at, _): &(usize, &str)| {
        let word = text[..*at].rsplit([' ', '.']).next().unwrap_or_default();
        word.chars().count() > 3 && !is_title(word)
    };
    let from = text.ceil_char_boundary(text.len().saturating_sub(LONGEST));
    let stops = text[from..].rmatch_indices(". ").map(|(at, mark)| (at + from, mark));
    let start = stops.into_iter().find(ends).map_or(from, |(at, _)| at + 2);
    text[start..].rsplit(['(', ':', ';']).next().unwrap_or_default()
}

fn first_word(text: &str) -> &str {
    text.split(' ').next().unwrap_or_default()
}

/// The people with a title in a text, in order.
fn titled(text: &str) -> impl Iterator<Item = &str> {
    let mut from = 0;
    std::iter::from_fn(move || {
        while from < text.len() {
            let at = from;
            let word = first_word(&text[at..]);
            from += word.len() + 1;
            if is_title(word)
                && let Some(name) = name_at_front(&text[at..])
            {
                from = from.max(at + name.len());
                return Some(name);
            }
        }
        None
    })
}

/// Those whom a text lists without saying of each that they declare: `Cllr
/// Hill, item 4; Cllr Dale, item 9`, `Cllrs Hill & Dale re 21`.
fn listed(text: &str) -> Vec<String> {
    const LONGEST: usize = 300;
    static PROSE: LazyLock<Pattern> = LazyLock::new(|| {
        pattern(
            r"(?i)\b(?:reminded|asked|advised|stated|said|reported|informed|requested|none|no|not|invited|explained|nil|dim|ni|proposed|received)\b ?[^.]",
        )
    });
    if text.len() > LONGEST || PROSE.is_match(text) {
        return Vec::new();
    }
    match text.split(' ').position(is_shared_title) {
        Some(at) => {
            let skipped: usize = text.split(' ').take(at).map(|word| word.len() + 1).sum();
            names_in(&text[skipped..])
        }
        None => titled(text).map(str::to_owned).collect(),
    }
}

/// Marks the items that were not open to the public.
pub(super) fn mark_exempt(items: &mut [AgendaItem]) {
    static PARAGRAPHS: LazyLock<Pattern> = LazyLock::new(|| {
        pattern(
            r"(?i)\bparagraphs? (?P<numbers>[1-7](?:(?:, | and | & )[1-7])*) of (?:part (?:1|i) of )?schedule 12a\b",
        )
    });
    static TITLED: LazyLock<Pattern> = LazyLock::new(|| {
        pattern(
            r"(?i)^(?:confidential|exempt|in camera|closed session)\b|(?:\(|[-–:] )(?:confidential|exempt|in camera|not for publication|private)\)?$",
        )
    });
    for item in items {
        let texts = item.passages.iter().map(|passage| passage.text.as_str()).chain([item.title.as_str()]);
        let mut numbers: Vec<u8> = Vec::new();
        for captures in texts.filter_map(|text| PARAGRAPHS.captures(text)) {
            numbers.extend(captures["numbers"].bytes().filter(u8::is_ascii_digit).map(|digit| digit - b'0'));
        }
        numbers.sort_unstable();
        numbers.dedup();
        item.exempt = Some(numbers).filter(|numbers| !numbers.is_empty() || TITLED.is_match(&item.title));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::{Block, Style, passages};

    fn item(title: &str, lines: &str) -> AgendaItem {
        let style = |line: &str| if line.contains(" | ") { Style::Row } else { Style::Paragraph };
        let blocks: Vec<Block> = lines.lines().filter_map(|line| Block::new(style(line), line)).collect();
        AgendaItem { title: title.to_owned(), passages: passages(&blocks, None), ..AgendaItem::default() }
    }

    /// Each motion as `mover/seconder for:against:abstained`.
    #[track_caller]
    fn check(lines: &str, expected: &[&str]) {
        let said = |motion: Motion| {
            let name = |name: Option<String>| name.unwrap_or_default();
            let votes = motion
                .votes
                .map(|votes| format!(" {}:{}:{}", votes.in_favour, votes.against, votes.abstained));
            format!("{}/{}{}", name(motion.mover), name(motion.seconder), votes.unwrap_or_default())
        };
        let found: Vec<String> = motions(&[item("", lines)]).into_iter().map(said).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn movers_stand_behind_the_verb_or_before_it() {
        check(
            "It was proposed by Cllr. P. Hill, seconded by Cllr. G. Dale and agreed, that the plan be adopted.",
            &["Cllr. P. Hill/Cllr. G. Dale"],
        );
        check("Mr Hill proposed, and Mrs Dale seconded, that the plan be adopted.", &["Mr Hill/Mrs Dale"]);
        check(
            "Cllr Hill proposed Mr Wood be appointed and Cllr Dale seconded this.",
            &["Cllr Hill/Cllr Dale"],
        );
        check("Proposed - Cllr Mrs Hill Seconded - Cllr Dale. All agreed.", &["Cllr Mrs Hill/Cllr Dale"]);
        check("The plan was accepted. Prop.RB, 2nd DD All agreed.", &["RB/DD"]);
        check(
            "On the proposal of Councillor Hill, seconded by Councillor Dale. There was no vote.",
            &["Councillor Hill/Councillor Dale"],
        );
        check(
            "Cynigiwyd gan y Cyng. A. Hill, eiliwyd gan y Cyng. B. Dale.",
            &["Cyng. A. Hill/Cyng. B. Dale"],
        );
        check("Moved by A. Hill\nSeconded by B. Dale\nThat the report be received.", &["A. Hill/B. Dale"]);
        check(
            "R2024-12 J. Hill, L. Dale: That we adopt the plan. Carried. R2024-13 L. Dale, J. Hill: That we adjourn.",
            &["J. Hill/L. Dale", "L. Dale/J. Hill"],
        );
        check(
            "Office | Appointee | Proposer | Seconder\nChair | Ann Hill | Ben Dale | Cy Wood\nClerk | Di Ford",
            &["Ben Dale/Cy Wood"],
        );
    }

    #[test]
    fn what_is_proposed_or_moved_otherwise_has_no_mover() {
        check(
            "The Chair moved this item up the agenda.\nThe proposed Mill Lane Order was discussed.\nMembers asked how he proposed to pay.\nMembers moved on and it was resolved to wait.",
            &[],
        );
    }

    #[test]
    fn votes_belong_to_the_last_motion_that_is_open_and_lost_ones_are_left_out() {
        check(
            "Mr Hill proposed, and Mr Dale seconded the motion that the plan be adopted.\nMr Wood proposed and Mr Ford seconded an amendment.\nFor (12)\nAgainst (45)\nAmendment lost.\nFor (39)\nAgainst (19)\nAbstain (1)\nMotion carried.",
            &["Mr Hill/Mr Dale 39:19:1"],
        );
        check(
            "Moved by A. Hill\nSeconded by B. Dale\nMotion Passed (4 to 0)\nMoved by B. Dale\nSeconded by A. Hill\nMotion Failed (1 to 3)",
            &["A. Hill/B. Dale 4:0:0"],
        );
        check(
            "On being put to the vote, 6 for, 2 against and 1 abstention, it was RESOLVED that the plan be adopted.",
            &["/ 6:2:1"],
        );
        check("There were six votes for the removal. Cllr Dale abstained", &["/ 6:0:1"]);
        check("All were in favour.\nThe road is open for 3 months.", &[]);
    }

    #[test]
    fn more_votes_against_than_for_lose_a_motion() {
        check("Cllr Hill proposed a new bench, seconded by Cllr Dale. 2 votes for, 3 against.", &[]);
        check("Cllr Hill proposed a new bench, seconded by Cllr Dale.\nFor: 2\nAgainst: 3", &[]);
        check(
            "Cllr Hill proposed a bench, seconded by Cllr Dale. 2 for, 3 against, 1 abstention. Refused\nCllr Wood proposed a seat, seconded by Cllr Ford. 3 for, 2 against.",
            &["Cllr Wood/Cllr Ford 3:2:0"],
        );
    }

    #[test]
    fn votes_are_of_the_motion_they_stand_with() {
        check(
            "Cllr Hill proposed a bench, seconded by Cllr Dale. All agreed.\nMembers spoke of the pond.\n4 for, 2 against.",
            &["Cllr Hill/Cllr Dale", "/ 4:2:0"],
        );
        check(
            "It was agreed to pay the bill.\nMembers spoke of the pond.\nThey spoke of the hedge.\nOne voted in favour and 4 Councillors voted against.",
            &[],
        );
    }

    #[test]
    fn a_motion_is_of_the_decision_that_follows_it_or_stands_before() {
        let found = motions(&[item(
            "",
            "Members spoke.\nProposed by Cllr Hill\nIt was resolved that the plan be adopted.",
        )]);
        assert_eq!(found[0].passage, 2);
        let found = motions(&[item("", "It was resolved that the plan be adopted.\nProposed by Cllr Hill")]);
        assert_eq!(found[0].passage, 0);
    }

    #[track_caller]
    fn check_interests(title: &str, lines: &str, expected: &[&str]) {
        let found: Vec<String> =
            interests(&[item(title, lines)]).into_iter().map(|found| found.name).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn interests_are_declared_in_sentences_and_lists() {
        check_interests(
            "Roads",
            "Mrs Hill and Mr Dale declared a pecuniary interest in item 12.",
            &["Mrs Hill", "Mr Dale"],
        );
        check_interests(
            "Roads",
            "Cllr. P. Hill advised that it was done and again declared an interest.",
            &["Cllr. P. Hill"],
        );
        check_interests(
            "Declarations of interest",
            "Cllr Hill re 2623 & Cllr Dale re 2621.",
            &["Cllr Hill", "Cllr Dale"],
        );
        check_interests("Declarations of interest", "Cllrs Hill & Dale re 2718.", &["Hill", "Dale"]);
        check_interests(
            "",
            "Disclosure of pecuniary interest: Councillor Ann Hill.",
            &["Councillor Ann Hill"],
        );
        check_interests(
            "Roads",
            "That it be noted that Councillor A. Hill discloses a pecuniary interest in clause 6.",
            &["Councillor A. Hill"],
        );
        check_interests("Roads", "(Mrs Hill, having declared an interest, left the room)", &["Mrs Hill"]);
        check_interests("Declarations of interest", "No interests were declared.", &[]);
        check_interests(
            "Declarations of interest",
            "Mr Hill reminded members to declare their interests.",
            &[],
        );
    }

    #[test]
    fn an_item_is_exempt_by_its_paragraphs_or_its_title() {
        let mut items = [
            item(
                "Land",
                "The public were excluded under paragraphs 1 and 3 of Part 1 of Schedule 12A of the Act.",
            ),
            item("Confidential (enclosed for members)", ""),
            item("Roads", "They were mended."),
        ];
        mark_exempt(&mut items);
        assert_eq!(items.map(|item| item.exempt), [Some(vec![1, 3]), Some(Vec::new()), None]);
    }
}
