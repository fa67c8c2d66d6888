//! Who was at a meeting, where the minutes list it.
//!
//! A list stands behind a label (`Present: …`), below one, below the title of
//! its item, in rows and columns, or in a sentence (“apologies were received
//! from …”). One reader takes the passages in order and keeps in mind which
//! group is being listed; the list ends at the first passage that is none.

use std::sync::LazyLock;

use regex::Regex;

use super::person::{
    Entry, entry, is_initial, is_initials, is_officers_role, is_shared_title, is_title, stands_for,
};
use crate::model::{AgendaItem, Attendance, Edition, ItemPassage, Person};

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("the patterns are constants that the tests build")
}

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
    }

    fn take(&mut self, passage: &ItemPassage) {
        let text = passage.text.as_str();
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
        if (self.item == 0 || self.is_titled || self.group == Some(Group::Apologies) || begins_apology(text))
            && self.take_sentences(text)
        {
            return;
        }
        let Some(group) = self.columns.first().copied().unwrap_or(self.group) else { return };
        let found = strictly(text);
        if found.is_list {
            self.put_in(group, &found);
        } else if !self.is_titled {
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
                && found.iter().all(|found| found.is_list || found.names.is_empty() && !found.is_prose)
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
        let is_known = !self.found.apologies.is_empty() && !self.may_list_apologies();
        if is_known {
            return is_one;
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

    fn may_list_apologies(&self) -> bool {
        self.is_titled || self.group == Some(Group::Apologies) || self.item == 0
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
        let are_places = group == Group::Officers && n_bare * 2 < found.names.len() && found.names.len() >= 3;
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

fn add(people: &mut Vec<Person>, person: Person) {
    if !people.iter().any(|other| other.name == person.name) {
        people.push(person);
    }
}

/// A sentence that says that somebody sent apologies, up to the names.
static SENT_FROM: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(?:apolog(?:y|ies)|regrets)[^.:;]{0,90}?(?-u:\b)(?:from|by|on behalf of)[:,]? (?:the following (?:members?|councillors?)[:,]? )?|ymddiheuriadau[^.:;]{0,60}? (?:gan|oddi wrth)(?: y| yr)? ",
    )
});

/// The same with the names before it.
static SENT_BY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?P<names>.{4,200}?) (?:(?:had|has|have) )?(?:also )?(?:sent|given|gave|submitted|tendered|offered) (?:in )?(?:his|her|their)?(?: \w+)? ?apologies(?-u:\b)",
    )
});

/// Who came in place of another.
static SUBSTITUTED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?P<before>[^.;()]{3,80}?) (?:(?:was|were|is|acted as|attended as|as|the) )*(?:substitut(?:ed|ing|e)|deputis(?:ed|ing))(?:,? (?:for|in place of|on behalf of)(?-u:\b)|\)|\.|$)|(?i:substituted by|substitutes?:|replaced by) (?P<behind>[^.;()]{3,60})",
    )
});

/// What is said of substitutes beside a name, so that it is not read as one more.
static SUBSTITUTED_ASIDE: LazyLock<Regex> = LazyLock::new(|| {
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
const LABEL_WORDS: [&str; 84] = [
    "present",
    "attendance",
    "attending",
    "attended",
    "attendees",
    "in",
    "also",
    "other",
    "others",
    "members",
    "member",
    "councillors",
    "councillor",
    "cllrs",
    "committee",
    "council",
    "board",
    "panel",
    "parish",
    "town",
    "community",
    "those",
    "the",
    "of",
    "for",
    "and",
    "apologies",
    "apology",
    "absence",
    "received",
    "regrets",
    "substitutes",
    "substitute",
    "substitutions",
    "officers",
    "officer",
    "officials",
    "staff",
    "visitors",
    "guests",
    "guest",
    "secretariat",
    "observers",
    "public",
    "service",
    "press",
    "clerk",
    "by",
    "invitation",
    "remote",
    "remotely",
    "virtually",
    "online",
    "voting",
    "non-voting",
    "were",
    "was",
    "absent",
    "from",
    "invited",
    "external",
    "advisers",
    "advisors",
    "presenters",
    "speakers",
    "ex",
    "officio",
    "ex-officio",
    "an",
    "with",
    "chair",
    "chairman",
    "chairperson",
    "following",
    "there",
    "at",
    "meeting",
    "elected",
    "co-opted",
    "persons",
    "people",
    "all",
    "presennol",
    "ymddiheuriadau",
];

/// What a label names, by its words.
fn group_of_label(label: &str) -> Option<Group> {
    let label = label.to_lowercase();
    let has = |words: &[&str]| {
        label.split(|c: char| !c.is_alphanumeric() && c != '-').any(|word| words.contains(&word))
    };
    let n_words = label.split_whitespace().count();
    if has(&["apologies", "apology", "regrets", "ymddiheuriadau"]) {
        return Some(Group::Apologies);
    }
    if has(&["substitutes", "substitute", "substitutions"]) {
        return Some(Group::Substitutes);
    }
    if has(&["absent"]) {
        return Some(Group::Absent);
    }
    let of_others = [
        "officers",
        "officer",
        "officials",
        "staff",
        "visitors",
        "guests",
        "guest",
        "observers",
        "also",
        "other",
        "others",
        "public",
        "press",
        "invitation",
        "invited",
        "external",
        "advisers",
        "advisors",
        "presenters",
        "speakers",
        "secretariat",
        "clerk",
    ];
    if has(&of_others) {
        return Some(Group::Officers);
    }
    if has(&["attendance"]) && !has(&["members", "councillors"]) {
        return Some(Group::Attending);
    }
    let is_chair = n_words <= 2 && has(&["chair", "chairman", "chairperson"]) && !has(&["in"]);
    let is_of_members =
        n_words <= 2 && (has(&["panel", "officio", "ex-officio"]) || label.trim() == "committee members");
    (is_chair
        || is_of_members
        || has(&["present", "attendees", "attending", "attendance", "attended", "presennol"]))
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
    word.is_empty() || LABEL_WORDS.contains(&word.as_str())
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
        let is_front = text[..start].trim_end().is_empty() || text[..start].trim_end().ends_with('.');
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

/// Somebody of a list.
#[derive(Debug, Clone)]
struct Listed {
    person: Person,
    is_substitute: bool,
    is_officer: bool,
    /// Whether the abbreviation of a body stands beside the name.
    is_of_a_body: bool,
    /// Whether it is two words without title, office or initial, which may as
    /// well be a place.
    is_bare: bool,
}

/// People of a list.
#[derive(Debug, Default)]
struct People {
    names: Vec<Listed>,
    /// Whether the whole text is a list of people.
    is_list: bool,
    /// Whether some of it is prose.
    is_prose: bool,
    /// Whether surnames follow that share a title: `Councillors Hill, Dale`.
    is_shared: bool,
    /// Whether those who follow share an officer's office: `PCSOs Hill and Dale`.
    has_shared_office: bool,
    /// Whether all are surnames, as in a roll.
    is_roll: bool,
    /// Whether offices stand in front of the names rather than behind.
    is_office_first: bool,
}

/// Reads a list of people in a text that should be one throughout.
fn strictly(text: &str) -> People {
    let parts = parts(text);
    let mut found = People { is_roll: is_roll(&parts), ..People::default() };
    for part in &parts {
        found.take(part);
    }
    found.is_list = !found.names.is_empty() && !found.is_prose;
    found
}

/// The names in a list of people.
pub(super) fn names_in(list: &str) -> Vec<String> {
    people(list).names.into_iter().map(|listed| listed.person.name).collect()
}

/// Reads the list that a text begins with: its first sentence, whatever that
/// says beside the names, and those behind it that are lists throughout.
fn people(text: &str) -> People {
    let mut sentences = sentences(text);
    let mut found = strictly(sentences.next().unwrap_or_default());
    for more in sentences.map(strictly).take_while(|more| more.is_list) {
        found.names.extend(more.names);
    }
    found
}

impl People {
    fn take(&mut self, part: &Part) {
        // `Staff Officer (Ms K Hill)`
        if let Some(bracket) = part.bracket
            && let Entry::Name { name, .. } = entry(bracket, false)
            && is_title(first_word(name))
            && !is_title(first_word(part.text))
        {
            self.add(name, &[part.text], "");
            return;
        }
        let n_before = self.names.len();
        let mut text = part.text;
        while !text.is_empty() {
            let word = first_word(text);
            let is_office = is_shared_office(word);
            if is_shared_title(word) || is_office {
                self.is_shared = true;
                self.has_shared_office = is_office;
                text = text[word.len()..].trim_start();
            }
            let Entry::Name { name, office, rest } = entry(text, self.is_shared || self.is_roll) else {
                break;
            };
            self.is_office_first |= !office.is_empty() && n_before == 0;
            let (role, next) = role_and_next(rest, self.is_office_first);
            self.is_prose |= role.starts_with(char::is_lowercase) && !is_note(role);
            let bracket = part.bracket.filter(|_| next.is_empty()).unwrap_or_default();
            self.add(name, &[office, role], bracket);
            // “Councillors Hill, Dale and County Councillor Wood” are of one council.
            if let Some(last) = self.names.last_mut().filter(|_| self.is_shared) {
                last.is_officer = self.has_shared_office || last.is_officer && !part.is_after_and;
            }
            text = next;
        }
        if self.names.len() == n_before {
            self.take_role(text, part);
        }
        if part.is_after_and {
            self.is_shared = false;
        }
    }

    fn add(&mut self, name: &str, roles: &[&str], bracket: &str) {
        let name = name.trim_end_matches([',', '.']);
        let said: Vec<&str> = roles
            .iter()
            .chain(&[bracket])
            .map(|role| role.trim_matches([' ', '-', '–', ':', '.']))
            .filter(|role| !role.is_empty() && !stands_for_name(role, name))
            .collect();
        let is_named = |word: &str| is_title(word) || is_initial(word);
        self.names.push(Listed {
            person: Person { name: name.to_owned(), role: (!said.is_empty()).then(|| said.join(", ")) },
            is_substitute: is_substitutes(bracket),
            is_officer: said.iter().any(|role| is_officers_role(role)),
            is_of_a_body: is_initials(bracket) && !stands_for_name(bracket, name),
            is_bare: said.is_empty() && !name.split(' ').any(is_named),
        });
    }

    /// Takes a part without a name: the role of the one before it, or prose.
    fn take_role(&mut self, text: &str, part: &Part) {
        let is_role = entry(text, false) == Entry::Role;
        let is_count = text.starts_with(|c: char| c.is_ascii_digit());
        self.is_prose |= !is_role && !is_count;
        let Some(last) = self.names.last_mut().filter(|_| is_role && !part.is_after_and) else { return };
        last.is_officer |= is_officers_role(text);
        last.is_substitute |= part.bracket.is_some_and(is_substitutes);
        if last.person.role.is_none() && !is_initials(text) {
            last.person.role = Some(text.to_owned());
        }
    }
}

fn first_word(text: &str) -> &str {
    text.split(' ').next().unwrap_or_default()
}

/// Whether a word is the office of all who follow: `PCSOs`, `Directors`.
fn is_shared_office(word: &str) -> bool {
    let word = word.trim_end_matches(['.', ':']).replace('’', "'");
    matches!(
        word.as_str(),
        "PCSOs" | "PCSO's" | "PCs" | "PC's" | "Directors" | "Officers" | "Inspectors" | "Sergeants"
    )
}

/// Whether a remark is the initials of the name beside it.
fn stands_for_name(remark: &str, name: &str) -> bool {
    let names: Vec<&str> = name.split(' ').filter(|word| !is_title(word)).collect();
    is_initials(remark) && stands_for(remark, &names)
}

/// What stands behind a name: its role, and where another name follows without
/// a mark, that. Roles stand behind their names, unless one stood in front.
fn role_and_next(rest: &str, is_office_first: bool) -> (&str, &str) {
    let rest = rest.trim_start();
    let (first, behind) = rest.split_once(' ').unwrap_or((rest, ""));
    let (initials, rest) = if is_initials(first) { (true, behind) } else { (false, rest) };
    let mut at = 0;
    for word in rest.split(' ') {
        if is_title(word) || is_shared_title(word) {
            return if is_office_first { ("", rest) } else { (rest[..at].trim(), &rest[at..]) };
        }
        at += word.len() + 1;
    }
    if initials
        && let Entry::Name { office, .. } = entry(rest, false)
        && office.is_empty()
    {
        return ("", rest);
    }
    (rest, "")
}

/// Whether small letters behind a name are a note on it rather than a sentence.
fn is_note(text: &str) -> bool {
    let word = text.split(' ').next().unwrap_or_default();
    const WORDS: [&str; 17] = [
        "for",
        "from",
        "of",
        "representing",
        "as",
        "via",
        "until",
        "arrived",
        "left",
        "in",
        "to",
        "on",
        "virtually",
        "remotely",
        "online",
        "by",
        "substituting",
    ];
    const LONGEST: usize = 60;
    WORDS.contains(&word) && text.len() <= LONGEST
}

/// Whether a remark in brackets says that somebody came in place of another.
fn is_substitutes(bracket: &str) -> bool {
    let said = bracket.trim().to_lowercase();
    let begins = |word: &str| said.starts_with(word);
    let is_for_somebody = said.strip_prefix("for ").is_some_and(|who| {
        bracket.trim()[4..].starts_with(char::is_uppercase)
            && !who.starts_with("item")
            && !who.starts_with("agenda")
            && !who.starts_with("part")
            && !who.starts_with("min")
    });
    begins("substitut")
        || begins("as substitute")
        || begins("named substitute")
        || said == "sub"
        || begins("sub for")
        || said == "deputy"
        || begins("deputis")
        || begins("deputy for")
        || begins("in place of")
        || is_for_somebody
}

/// Whether all parts are surnames, as in a roll.
fn is_roll(parts: &[Part]) -> bool {
    const FEWEST: usize = 4;
    let is_surname = |part: &&Part| {
        let words: Vec<&str> = part.text.split(' ').collect();
        words.len() <= 2
            && words
                .iter()
                .all(|word| word.starts_with(char::is_uppercase) && !is_title(word) && !is_initials(word))
            && matches!(entry(part.text, true), Entry::Name { .. })
    };
    parts.len() >= FEWEST && parts.iter().filter(is_surname).count() == parts.len()
}

/// A part of a list, with the remark in brackets behind it.
#[derive(Debug)]
struct Part<'a> {
    text: &'a str,
    bracket: Option<&'a str>,
    /// Whether an “and” stands before it, which ends an enumeration.
    is_after_and: bool,
}

/// Splits a list at its marks and “and”s, not inside of brackets; a bracket
/// ends a part as well.
fn parts(list: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut start = 0;
    let mut is_after_and = false;
    let mut at = 0;
    while at < list.len() {
        let rest = &list[at..];
        let mark = rest.chars().next().unwrap_or(' ');
        if matches!(mark, '(' | '[') {
            let close = rest.find([')', ']']).unwrap_or(rest.len());
            push(&mut parts, &list[start..at], Some(&rest[1..close.max(1)]), is_after_and);
            at += (close + 1).min(rest.len());
            start = at;
            is_after_and = false;
            continue;
        }
        let joint = joint_at(rest, &list[start..at]);
        let n_bytes = match mark {
            ',' | ';' | '|' => 1,
            ' ' => joint,
            _ => 0,
        };
        if n_bytes == 0 {
            at += mark.len_utf8();
            continue;
        }
        push(&mut parts, &list[start..at], None, is_after_and);
        is_after_and = mark == ' ';
        at += n_bytes;
        start = at;
    }
    push(&mut parts, &list[start..], None, is_after_and);
    parts
}

fn push<'a>(parts: &mut Vec<Part<'a>>, text: &'a str, bracket: Option<&'a str>, is_after_and: bool) {
    let text = text
        .trim()
        .trim_start_matches("and ")
        .trim_end_matches(['.', ':'])
        .trim_matches(|c: char| matches!(c, ' ' | '-' | '–' | '—' | '*' | '•'));
    if text.is_empty() {
        // A second bracket, or one on its own: of the part before.
        if let (Some(last), Some(_)) = (parts.last_mut(), bracket) {
            let last: &mut Part = last;
            last.bracket = last.bracket.or(bracket);
        }
        return;
    }
    parts.push(Part { text, bracket, is_after_and });
}

/// The length of an “and” that a text begins with, if it joins two parts:
/// `Mr & Mrs Hill` are one.
fn joint_at(rest: &str, before: &str) -> usize {
    const JOINTS: [&str; 6] = [" and ", " & ", " a’r ", " a'r ", " ac ", " a "];
    let Some(joint) = JOINTS.iter().find(|joint| rest.starts_with(**joint)) else { return 0 };
    let last = before.rsplit(' ').next().unwrap_or_default();
    let next = &rest[joint.len()..];
    let is_welsh = joint.starts_with(" a") && !joint.starts_with(" and");
    let joins = !is_title(last) && (!is_welsh || next.starts_with(char::is_uppercase));
    if joins { joint.len() } else { 0 }
}

/// Splits a text into sentences: at a full stop that ends no initial, title or
/// abbreviation.
fn sentences(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let ends = |(at, _): &(usize, &str)| {
            let word = text[..*at].rsplit([' ', '.', '(']).next().unwrap_or_default();
            !is_title(word)
                && !is_shared_title(word)
                && (word.chars().count() > 3 || word.ends_with(')'))
                && !matches!(word, "Cllr" | "Prof")
        };
        match text.match_indices(". ").find(ends) {
            Some((at, _)) => {
                rest = Some(&text[at + 2..]);
                Some(&text[..at])
            }
            None => {
                rest = None;
                Some(text)
            }
        }
    })
}
