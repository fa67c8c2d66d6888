//! Who was at a meeting, where the minutes list it.
//!
//! A list stands behind a label (`Present: …`), below one, below the title of
//! its item, in rows and columns, or in a sentence (“apologies were received
//! from …”). One reader takes the passages in order and keeps in mind which
//! group is being listed; the list ends at the first passage that is none.

use std::sync::LazyLock;

use super::people::{People, people, sentences, strictly};
use super::person::{has_word, is_shared_title, is_title};
use crate::model::{AgendaItem, Attendance, Edition, ItemPassage, Person};
use crate::parse::{Pattern, pattern};

/// What a list is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Group {
    Present,
    /// `In attendance`: the members where nobody else was listed before.
    Attending,
    Apologies,
    Substitutes,
    Officers,
    /// The members who stayed away without a word.
    Absent,
}

/// Reads who was present and absent from the passages of a meeting's items.
pub fn attendance(items: &[AgendaItem]) -> Attendance {
    let mut reader = Reader::default();
    for (at, item) in items.iter().enumerate() {
        reader.begin(at, &item.title);
        for passage in item.passages.iter().filter(|passage| passage.edition != Some(Edition::Agenda)) {
            reader.take(passage);
        }
    }
    reader.finish()
}

#[derive(Default)]
struct Reader {
    found: Attendance,
    /// The names of those present with the abbreviation of a body beside them.
    of_bodies: Vec<String>,
    /// The item that is read, by its position.
    item: usize,
    /// The item in which the first list of those present stands: a second
    /// meeting in the same document has its own.
    listed_in: Option<usize>,
    /// Whether the item's title says that it is of attendance.
    is_titled: bool,
    /// Whether a list without a label has begun in the item.
    has_listed: bool,
    /// Whether an item of apologies has begun: what is said of some later is
    /// of other things.
    has_item_of_apologies: bool,
    /// What is being listed.
    group: Option<Group>,
    /// What each column of a table lists.
    columns: Vec<Option<Group>>,
}

impl Reader {
    fn begin(&mut self, item: usize, title: &str) {
        self.item = item;
        self.columns.clear();
        self.group = group_of_title(title);
        self.is_titled = self.group.is_some();
        self.has_listed = false;
        self.has_item_of_apologies |= self.group == Some(Group::Apologies);
    }

    fn take(&mut self, passage: &ItemPassage) {
        let text = front(&passage.text);
        if text.contains(" | ") {
            self.take_row(text);
            return;
        }
        let parts = labelled_parts(text);
        if parts.iter().any(|(label, _)| label.is_some()) && self.may_list() {
            self.columns.clear();
            let front = parts.first().is_some_and(|(label, _)| label.is_none()).then(|| parts[0].1);
            if let Some(front) = front.filter(|front| !front.is_empty()) {
                self.take_unlabelled(front);
            }
            for (label, list) in parts {
                let Some(group) = label else { continue };
                // Heads of columns that were run together: the first column follows.
                let is_headless = group == Group::Apologies && self.group == Some(Group::Present);
                if is_headless && list.is_empty() && self.found.present.is_empty() {
                    continue;
                }
                self.group = Some(group);
                if !self.take_sentences(list) {
                    self.put(&people(list));
                }
            }
            return;
        }
        self.take_unlabelled(text);
    }

    /// Whether a label here may belong to the meeting itself.
    fn may_list(&self) -> bool {
        self.listed_in.is_none_or(|item| item == self.item) || self.is_titled
    }

    fn take_unlabelled(&mut self, text: &str) {
        if self.may_tell(text) && self.take_sentences(text) {
            return;
        }
        let Some(group) = self.columns.first().copied().unwrap_or(self.group) else { return };
        let found = people(text);
        // Below the title of its own item a list may have slips in it.
        let has_slips = self.is_titled && group == Group::Present && found.names.len() >= 3 * found.n_prose;
        let is_list = found.is_list || has_slips && !self.has_listed && !found.names.is_empty();
        if is_list {
            self.put_in(group, &found);
            self.has_listed = true;
        }
        if found.goes_on || !is_list && (!self.is_titled || self.has_listed) {
            self.group = None;
            self.columns.clear();
        }
    }

    /// Rows: a label may stand in the first cell, at the head of each column,
    /// or beside each name.
    fn take_row(&mut self, text: &str) {
        let cells: Vec<&str> = text.split(" | ").map(str::trim).collect();
        let labels: Vec<Option<Group>> = cells.iter().map(|cell| whole_label(cell)).collect();
        let n_labels = labels.iter().flatten().count();
        if n_labels > 0 && self.may_list() {
            if labels[0].is_none() && n_labels == 1 {
                let group = labels.iter().flatten().next().copied();
                let found = strictly(cells[0]);
                if let (Some(group), true) = (group, found.is_list) {
                    self.put_in(group, &found);
                }
                return;
            }
            let is_head = cells
                .iter()
                .zip(&labels)
                .all(|(cell, label)| label.is_some() || strictly(cell).names.is_empty());
            if is_head && cells.len() > 1 && labels[0].is_some() {
                // A head that is no label is of the staff who sit beside the members.
                self.columns = labels.iter().map(|label| label.or(Some(Group::Officers))).collect();
                self.group = labels[0];
                return;
            }
            self.columns.clear();
            for (cell, label) in cells.iter().zip(labels) {
                match label {
                    Some(group) => self.group = Some(group),
                    None => self.put(&strictly(cell)),
                }
            }
            return;
        }
        if !self.columns.is_empty() && cells.len() <= self.columns.len() {
            for (cell, group) in cells.iter().zip(self.columns.clone()) {
                let found = strictly(cell);
                if let (Some(group), true) = (group, found.is_list) {
                    self.put_in(group, &found);
                }
            }
            return;
        }
        let Some(label) =
            labelled_parts(cells[0]).into_iter().find_map(|(label, _)| label).filter(|_| self.may_list())
        else {
            let found: Vec<People> = cells.iter().map(|cell| strictly(cell)).collect();
            let n_names: usize = found.iter().map(|found| found.names.len()).sum();
            if n_names > 0
                && found.iter().all(|found| found.is_list || found.names.is_empty() && found.n_prose == 0)
            {
                found.iter().for_each(|found| self.put(found));
            } else {
                self.group = None;
            }
            return;
        };
        self.group = Some(label);
        self.put(&people(&text.replace(" | ", ", ")));
    }

    /// Takes the sentences that say who sent apologies or came for another.
    /// `false` where there is none.
    fn take_sentences(&mut self, text: &str) -> bool {
        let mut is_one = false;
        for captures in SUBSTITUTED.captures_iter(text) {
            let before = captures.name("before").map(|list| last_name(list.as_str()));
            let list = captures.name("behind").map(|list| list.as_str()).or(before);
            for person in people(list.unwrap_or_default()).names.iter().take(1) {
                add(&mut self.found.substitutes, person.person.clone());
                is_one = true;
            }
        }
        let without = SUBSTITUTED_ASIDE.replace_all(text, "");
        for sentence in sentences(&without) {
            let list = match SENT_FROM.captures(sentence) {
                Some(captures) => &sentence[captures.get(0).map_or(0, |whole| whole.end())..],
                None => match SENT_BY.captures(sentence) {
                    Some(captures) => captures.name("names").map_or("", |names| names.as_str()),
                    None => continue,
                },
            };
            let found = people(list);
            is_one |= !found.names.is_empty();
            self.put_in(Group::Apologies, &found);
        }
        is_one
    }

    /// Whether sentences on apologies and substitutes may stand here.
    fn may_tell(&self, text: &str) -> bool {
        const FIRST_ITEMS: usize = 4;
        let begins = || self.item < FIRST_ITEMS && !self.has_item_of_apologies && begins_apology(text);
        self.item == 0 || self.is_titled || begins()
    }

    fn put(&mut self, found: &People) {
        if let Some(group) = self.group {
            self.put_in(group, found);
        }
    }

    fn put_in(&mut self, group: Group, found: &People) {
        let group = match group {
            Group::Attending if self.found.present.is_empty() => Group::Present,
            Group::Attending => Group::Officers,
            group => group,
        };
        let n_bare = found.names.iter().filter(|listed| listed.is_bare).count();
        // Between officers with titles, two bare words are a place or a service.
        let is_titled = found
            .names
            .first()
            .is_some_and(|first| first.person.name.split(' ').next().is_some_and(is_title));
        let are_places = group == Group::Officers && is_titled && n_bare * 2 <= found.names.len();
        for listed in found.names.iter().filter(|listed| !(are_places && listed.is_bare)) {
            let person = listed.person.clone();
            let is_present = matches!(group, Group::Present | Group::Substitutes);
            if is_present && listed.is_substitute || group == Group::Substitutes {
                add(&mut self.found.substitutes, person.clone());
            }
            if is_present && listed.is_of_a_body {
                self.of_bodies.push(person.name.clone());
            }
            match group {
                Group::Present if listed.is_officer => add(&mut self.found.officers, person),
                Group::Present | Group::Substitutes => {
                    self.listed_in.get_or_insert(self.item);
                    add(&mut self.found.present, person);
                }
                Group::Apologies => add(&mut self.found.apologies, person),
                Group::Officers | Group::Attending => add(&mut self.found.officers, person),
                Group::Absent => {}
            }
        }
    }

    /// Where few have anything beside their names, those with the abbreviation
    /// of a body came from elsewhere.
    fn finish(mut self) -> Attendance {
        let n_beside = self.found.present.iter().filter(|person| person.role.is_some()).count();
        if n_beside * 3 <= self.found.present.len() {
            let is_from_elsewhere = |person: &mut Person| self.of_bodies.contains(&person.name);
            self.found.officers.extend(self.found.present.extract_if(.., is_from_elsewhere));
        }
        self.found
    }
}

/// The front of a text: no list of those who were there is longer, and a text of
/// megabytes should not take seconds.
fn front(text: &str) -> &str {
    const LONGEST: usize = 20_000;
    &text[..text.floor_char_boundary(LONGEST)]
}

fn add(people: &mut Vec<Person>, person: Person) {
    /// More than any council has: a longer list is of something else.
    const MOST_PEOPLE: usize = 1_000;
    if people.len() < MOST_PEOPLE && !people.iter().any(|other| other.name == person.name) {
        people.push(person);
    }
}

/// A sentence that says that somebody sent apologies, up to the names.
static SENT_FROM: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)(?:apolog(?:y|ies)|regrets)[^.:;]{0,90}?\b(?:from|by|on behalf of)[:,]? (?:the following (?:members?|councillors?)[:,]? )?|ymddiheuriadau[^.:;]{0,60}? (?:gan|oddi wrth)(?: y| yr)? ",
    )
});

/// The same with the names before it.
static SENT_BY: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"^(?P<names>.{4,200}?) (?:(?:had|has|have) )?(?:also )?(?:sent|given|gave|submitted|tendered|offered) (?:in )?(?:his|her|their)?(?: \w+)? ?apologies\b",
    )
});

/// Who came in place of another.
static SUBSTITUTED: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?P<before>[^.;()]{3,80}?) (?:(?:was|were|is|acted as|attended as|as|the) )*(?:substitut(?:ed|ing|e)|deputis(?:ed|ing))(?:,? (?:for|in place of|on behalf of)\b|[).,]|$)|(?i:substituted by|substitutes?:|replaced by) (?P<behind>[^.;()]{3,60})",
    )
});

/// What is said of substitutes beside a name, so that it is not read as one more.
static SUBSTITUTED_ASIDE: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r",? (?:for|with) (?:whom|whose place) [^.;]*? (?:substitut|deputis|attend)\w+|,? with [^.;,]{3,60} (?:substitut|deputis)ing(?: for (?:him|her|them))?",
    )
});

fn last_name(text: &str) -> &str {
    let from = ["whom ", "with ", ", ", "and ", "that ", ": "]
        .iter()
        .filter_map(|mark| text.rfind(mark).map(|at| at + mark.len()));
    &text[from.max().unwrap_or(0)..]
}

fn begins_apology(text: &str) -> bool {
    let front: String = text.chars().take(12).flat_map(char::to_lowercase).collect();
    front.contains("apolog") || front.contains("regrets")
}

/// What an item lists by its title.
fn group_of_title(title: &str) -> Option<Group> {
    const LONGEST: usize = 120;
    let title = title.to_lowercase();
    if title.len() > LONGEST {
        return None;
    }
    let says = |words: &[&str]| words.iter().any(|word| title.contains(word));
    if says(&["apolog", "ymddiheur", "regrets"]) || title.starts_with("absence") {
        return Some(Group::Apologies);
    }
    if title.contains("substitut") {
        return Some(Group::Substitutes);
    }
    whole_label(&title).filter(|group| *group != Group::Absent)
}

/// Words of labels.
const LABEL_WORDS: &str = " present attendance attending attended attendees in also other others members member councillors \
    councillor cllrs committee council board panel parish town community those the of for and apologies \
    apology absence received regrets substitutes substitute substitutions officers officer officials \
    staff visitors guests guest secretariat observers public service press clerk by invitation remote \
    remotely virtually online voting non-voting were was absent from invited external advisers advisors \
    presenters speakers ex officio ex-officio an with chair chairman chairperson following there at \
    meeting elected co-opted persons people all presennol ymddiheuriadau ";

/// What a label names, by its words.
fn group_of_label(label: &str) -> Option<Group> {
    let label = label.to_lowercase();
    let has = |words: &str| {
        label
            .split(|c: char| !c.is_alphanumeric() && c != '-')
            .any(|word| !word.is_empty() && has_word(words, word))
    };
    let n_words = label.split_whitespace().count();
    if has("apologies apology regrets ymddiheuriadau") {
        return Some(Group::Apologies);
    }
    if has("substitutes substitute substitutions") {
        return Some(Group::Substitutes);
    }
    if has("absent") {
        return Some(Group::Absent);
    }
    const OTHERS: &str = " officers officer officials staff visitors guests guest observers also other others public press \
        invitation invited external advisers advisors presenters speakers secretariat clerk ";
    if has(OTHERS) {
        return Some(Group::Officers);
    }
    if has("attendance") && !has("members councillors") {
        return Some(Group::Attending);
    }
    let is_chair = n_words <= 2 && has("chair chairman chairperson") && !has("in");
    let is_of_members = n_words <= 2 && has("panel officio ex-officio")
        || matches!(label.trim(), "committee members" | "in the chair");
    (is_chair || is_of_members || has("present attendees attending attendance attended presennol"))
        .then_some(Group::Present)
}

/// The group of a text that is a label and nothing else.
fn whole_label(text: &str) -> Option<Group> {
    const MOST_WORDS: usize = 8;
    let text = text.trim_end_matches([':', '-', '–', '.', ' ']);
    let words: Vec<&str> = text.split_whitespace().collect();
    let is_one =
        !words.is_empty() && words.len() <= MOST_WORDS && words.iter().all(|word| is_label_word(word));
    // “Chair” beside a name is a role.
    if !is_one || (words.len() <= 2 && words.iter().any(|word| word.to_lowercase().starts_with("chair"))) {
        return None;
    }
    group_of_label(text)
}

fn is_label_word(word: &str) -> bool {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    word.is_empty() || has_word(LABEL_WORDS, &word)
}

/// Cuts a text at its labels: each with what follows it. The first part has
/// none where the text does not begin with one.
fn labelled_parts(text: &str) -> Vec<(Option<Group>, &str)> {
    let mut parts: Vec<(Option<Group>, usize, usize)> = Vec::new();
    for (at, mark) in text.char_indices() {
        let is_dash = matches!(mark, '-' | '–' | '—') && text[at + mark.len_utf8()..].starts_with(' ');
        if mark != ':' && !is_dash {
            continue;
        }
        let from = parts.last().map_or(0, |(_, _, end)| *end);
        let Some(start) = label_before(text, from, at) else { continue };
        let Some(group) = group_of_label(&text[start..at]) else { continue };
        // A dash inside of a list is of a role, unless a sentence ends before it.
        let before = text[..start].trim_end();
        let next = text[at + mark.len_utf8()..].trim_start();
        let label = text[start..at].to_lowercase();
        let is_sure = is_title(next.split(' ').next().unwrap_or_default())
            && ["present", "attend", "apolog"].iter().any(|word| label.contains(word));
        let is_front = before.is_empty() || before.ends_with('.') || is_sure;
        if is_dash && !is_front {
            continue;
        }
        parts.push((Some(group), start, at + mark.len_utf8()));
    }
    if parts.is_empty()
        && let Some((group, end)) = bare_label(text)
    {
        parts.push((Some(group), 0, end));
    }
    let mut cut = Vec::new();
    let first = parts.first().map_or(text.len(), |(_, start, _)| *start);
    if first > 0 {
        cut.push((None, text[..first].trim()));
    }
    for (at, (group, _, end)) in parts.iter().enumerate() {
        let next = parts.get(at + 1).map_or(text.len(), |(_, start, _)| *start);
        cut.push((*group, text[*end..next].trim()));
    }
    cut
}

/// Where the label that ends at a mark begins: at the words of labels before it.
fn label_before(text: &str, from: usize, end: usize) -> Option<usize> {
    const MOST_WORDS: usize = 8;
    let mut start = end;
    let mut n_words = 0;
    for word in text[from..end].split(' ').rev() {
        let is_one =
            is_label_word(word) && !word.contains([',', ';', ')']) && (n_words == 0 || !word.ends_with('.'));
        if !is_one || n_words == MOST_WORDS {
            break;
        }
        n_words += 1;
        start = start.saturating_sub(word.len() + usize::from(n_words > 1));
    }
    // A label begins with a capital, as a sentence does.
    let label = &text[start..end];
    let skipped = label.find(|c: char| c.is_uppercase())?;
    (n_words > 0).then_some(start + skipped)
}

/// A label at the front of a text without a mark behind it: the whole text, or
/// before the title of the first person, `PRESENT Cllr Hill`.
fn bare_label(text: &str) -> Option<(Group, usize)> {
    const LONGEST: usize = 80;
    if text.len() <= LONGEST
        && let Some(group) = whole_label(text)
    {
        return Some((group, text.len()));
    }
    let mut end = 0;
    for word in text.split(' ').take(6) {
        let is_persons = is_title(word) || is_shared_title(word);
        let follows_verb =
            || text[..end].trim_end().ends_with(" were") && word.starts_with(char::is_uppercase);
        if end > 0
            && (is_persons || follows_verb())
            && let Some(group) = group_of_label(&text[..end])
        {
            return Some((group, end));
        }
        if !is_label_word(word) {
            return None;
        }
        end += word.len() + 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::{Block, Style, passages};

    fn item(title: &str, lines: &str) -> AgendaItem {
        let blocks: Vec<Block> = lines
            .lines()
            .filter_map(|line| {
                let style = if line.contains(" | ") { Style::Row } else { Style::Paragraph };
                Block::new(style, line)
            })
            .collect();
        AgendaItem { title: title.to_owned(), passages: passages(&blocks, None), ..AgendaItem::default() }
    }

    fn names(people: &[Person]) -> String {
        people.iter().map(|person| person.name.as_str()).collect::<Vec<_>>().join("; ")
    }

    /// Present, apologies, substitutes and officers, each as `a; b`.
    #[track_caller]
    fn check(items: &[(&str, &str)], expected: [&str; 4]) {
        let items: Vec<AgendaItem> = items.iter().map(|(title, lines)| item(title, lines)).collect();
        let Attendance { present, apologies, substitutes, officers } = attendance(&items);
        assert_eq!([present, apologies, substitutes, officers].map(|people| names(&people)), expected);
    }

    #[test]
    fn a_list_is_split_at_its_marks_and_bears_roles_and_honours_apart() {
        let lines = "Present: Mr R Hill (Chairman), Mr R Dale, OBE, Mrs Wood - Vice-Chair, Dr Lee and Mrs P Ford (Clerk), 4 members of the public.";
        check(&[("", lines)], ["Mr R Hill; Mr R Dale; Mrs Wood; Dr Lee", "", "", "Mrs P Ford"]);
        let found = attendance(&[item("", lines)]);
        let roles: Vec<Option<&str>> = found.present.iter().map(|person| person.role.as_deref()).collect();
        assert_eq!(roles, [Some("Chairman"), None, Some("Vice-Chair"), None]);
    }

    #[test]
    fn a_role_is_an_office_and_nothing_else_that_stands_beside_a_name() {
        let lines = "Present: Cllr A Hill (Chair), Cllr B Dale (SBC), Cllr C Wood (8 members of the public), Cllr D Ford together with 5 members of the public.\nApologies: Cllr E Lake (health reasons), Cllr F Moor (work commitments), Cllr G Holt (illness), Cllr H Beck (Vice-Chair)";
        let Attendance { present, apologies, .. } = attendance(&[item("", lines)]);
        let roles = |people: &[Person]| -> Vec<String> {
            people.iter().map(|person| person.role.clone().unwrap_or_default()).collect()
        };
        assert_eq!(roles(&present), ["Chair", "SBC", "", ""]);
        assert_eq!(roles(&apologies), ["", "", "", "Vice-Chair"]);
    }

    #[test]
    fn a_clerk_behind_a_councillor_without_a_mark_is_another_person() {
        check(
            &[("", "Present: Cllr Cy Wood (Chair) Cllr Ann Hill Ben Dale (Clerk)")],
            ["Cllr Cy Wood; Cllr Ann Hill", "", "", "Ben Dale"],
        );
    }

    #[test]
    fn surnames_share_the_title_before_them() {
        check(
            &[(
                "",
                "Present: Chairman Cllr Mrs Hill, Cllrs Dale, Wood & Ford, County Cllr Lake & the Clerk.",
            )],
            ["Cllr Mrs Hill; Dale; Wood; Ford", "", "", "County Cllr Lake"],
        );
        check(
            &[("", "PRESENT\nCouncillors Ann Hill, Ben Dale and County Councillor Cy Wood.")],
            ["Ann Hill; Ben Dale; Cy Wood", "", "", ""],
        );
        check(
            &[("", "PRESENNOL\nCynghorwyr Ann Hill, Ben Dale a’r Cynghorydd Sir Cy Wood.")],
            ["Ann Hill; Ben Dale; Cy Wood", "", "", ""],
        );
    }

    #[test]
    fn labels_stand_above_before_and_within_their_lists() {
        check(
            &[(
                "",
                "Present:\nA. Hill, B. Dale\nAlso Present:\nC. Wood\nRemote Attendance:\nD. Ford\nThe meeting began at seven.",
            )],
            ["A. Hill; B. Dale", "", "", "C. Wood; D. Ford"],
        );
        check(
            &[(
                "",
                "Present: Mayor Ann Hill, Councillors Ben Dale and Cy Wood. Regrets: Councillor Di Ford Staff and visitors present: Ed Lake and Fay Moor.",
            )],
            ["Ann Hill; Ben Dale; Cy Wood", "Councillor Di Ford", "", "Ed Lake; Fay Moor"],
        );
        check(&[("", "In attendance: Cllr Hill and Cllr Dale")], ["Cllr Hill; Cllr Dale", "", "", ""]);
        check(
            &[("", "Also present were Mayor Ann Hill; Ben Dale, Chief of Staff")],
            ["", "", "", "Ann Hill; Ben Dale"],
        );
    }

    #[test]
    fn a_list_ends_at_the_first_passage_that_is_none() {
        check(
            &[("", "PRESENT\nAnn Hill\nBen Dale\nThe chair was taken by Ann Hill.\nCy Wood")],
            ["Ann Hill; Ben Dale", "", "", ""],
        );
        check(
            &[("", "PRESENT: Mr A Hill,\nMr B Dale and Mr C Wood\nUNRESTRICTED ITEMS")],
            ["Mr A Hill; Mr B Dale; Mr C Wood", "", "", ""],
        );
    }

    #[test]
    fn rows_hold_names_initials_labels_and_columns() {
        check(
            &[(
                "",
                "PRESENT | Ann Hill | AH | Ben Dale (NCC) | BD\nCy Wood | CW | Di Ford | DF\nEd Lake | EL",
            )],
            ["Ann Hill; Cy Wood; Di Ford; Ed Lake", "", "", "Ben Dale"],
        );
        check(
            &[(
                "",
                "MEMBERS PRESENT | CITY STAFF\nMayor Hill | Mr. B. Dale, City Clerk\nThe Speaker, Councillor Wood | Ms C. Ford, Manager\nCouncillor Lake",
            )],
            ["Mayor Hill; Councillor Wood; Councillor Lake", "", "", "Mr. B. Dale; Ms C. Ford"],
        );
        check(
            &[("", "Cllr A Hill | Present\nCllr B Dale | Apologies")],
            ["Cllr A Hill", "Cllr B Dale", "", ""],
        );
    }

    #[test]
    fn apologies_stand_in_sentences_and_below_the_title_of_their_item() {
        check(
            &[
                ("", "Present: Cllr Hill"),
                (
                    "Apologies for absence",
                    "The Clerk reported apologies from Mr Dale and Mrs Wood.\nMs Ford had given her formal apologies but was attending virtually.",
                ),
            ],
            ["Cllr Hill", "Mr Dale; Mrs Wood; Ms Ford", "", ""],
        );
        check(&[("Apologies", "Ann Hill (AH) and Ben Dale (BD)")], ["", "Ann Hill; Ben Dale", "", ""]);
        check(
            &[
                ("Apologies", "None."),
                ("Roads", "An apology was received from Mill Contractors Ltd for the delay."),
            ],
            ["", "", "", ""],
        );
        check(
            &[(
                "CROESO AC YMDDIHEURIADAU",
                "Derbyniwyd ymddiheuriadau gan y Cynghorwyr Ann Hill a Ben Dale.",
            )],
            ["", "Ann Hill; Ben Dale", "", ""],
        );
    }

    #[test]
    fn substitutes_are_told_in_brackets_and_in_sentences() {
        check(
            &[(
                "",
                "Present: Mr A Hill, Mr B Dale (Substitute for Mrs C Wood), Mr D Ford (for items 3 and 4)",
            )],
            ["Mr A Hill; Mr B Dale; Mr D Ford", "", "Mr B Dale", ""],
        );
        check(
            &[(
                "Apologies and substitutes",
                "Apologies had been received from Mr A Hill, for whom Mr B Dale substituted, and Mrs C Wood.",
            )],
            ["", "Mr A Hill; Mrs C Wood", "Mr B Dale", ""],
        );
    }

    #[test]
    fn officers_are_known_by_their_offices_before_or_behind_the_name() {
        check(
            &[(
                "",
                "Present: Cllr Hill\nOFFICIALS IN ATTENDANCE:\nDirector, Regional Services (Ms. C. Dale), Senior Engineer, West Road Office (Mr. T. Wood), Mr. E. Ford, Mill Consulting",
            )],
            ["Cllr Hill", "", "", "Ms. C. Dale; Mr. T. Wood; Mr. E. Ford"],
        );
        check(
            &[("", "Those Attending: Cllr Hill, Mrs C Dale (Clerk), PCSOs Ben Wood and Di Ford")],
            ["Cllr Hill", "", "", "Mrs C Dale; Ben Wood; Di Ford"],
        );
    }

    #[test]
    fn persons_without_marks_between_them_are_told_apart_by_titles_and_initials() {
        check(
            &[(
                "",
                "Attendance: Cllr Jo Hill JH Chair Cllr Dave Dale DD Vice Chair Cllr Gail Wood GW Nick Ford NF Parish Clerk",
            )],
            ["Cllr Jo Hill; Cllr Dave Dale; Cllr Gail Wood", "", "", "Nick Ford"],
        );
        check(
            &[(
                "",
                "Attendance: Chairman S Hill Vice Chairman Mrs J Dale Councillors Mrs D Wood Mrs J Ford Footpath Warden Mr C Lake",
            )],
            ["S Hill; Mrs J Dale; Mrs D Wood; Mrs J Ford", "", "", "Mr C Lake"],
        );
    }

    #[test]
    fn a_list_below_its_title_may_have_slips_and_ends_with_the_sentence() {
        check(
            &[(
                "Those present",
                "A. Hill - Chairman, Mrs. Dale, C. Wo- od, D. Ford together with 4 residents. Mr Lake came later.",
            )],
            ["A. Hill; Mrs. Dale; C. Wo-; D. Ford", "", "", ""],
        );
        check(
            &[("Apologies", "Mr. A Hill, Mr. B Dale\nThe bins were full.\nMatters Arising")],
            ["", "Mr. A Hill; Mr. B Dale", "", ""],
        );
    }

    #[test]
    fn a_dash_ends_a_label_only_before_a_person() {
        check(
            &[("", "MINUTES OF THE MEETING HELD IN THE HALL Present– Cllr A Hill - Chairman, Cllr B Dale.")],
            ["Cllr A Hill; Cllr B Dale", "", "", ""],
        );
        check(&[("", "The posts were filled. Vice-Chairman – Mr Dale")], ["", "", "", ""]);
    }

    #[test]
    fn the_name_of_a_body_may_go_on_behind_an_and() {
        check(
            &[(
                "",
                "Present: Chairman Cllrs Hill, Wood\nAlso present: Cllr Dale - Borough Council of Moor & Wood Norton, Mr Ford",
            )],
            ["Hill; Wood", "", "", "Cllr Dale; Mr Ford"],
        );
    }

    #[test]
    fn a_second_meeting_in_the_same_document_has_lists_of_its_own() {
        check(
            &[
                ("", "Present: Cllr Hill"),
                ("Minutes of the working group", "Present: Cllr Dale\nApologies: Cllr Wood"),
            ],
            ["Cllr Hill", "", "", ""],
        );
    }
}
