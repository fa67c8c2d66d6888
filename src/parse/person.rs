//! How minutes name a person: `Cllr Mrs T Mann`, `J.P. McGonigle`, `Mayor Tom
//! Piper`, `Mrs C Hardy (Clerk)`.

/// A part of a list of people, between two of its separators.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry<'a> {
    /// Somebody.
    Name {
        /// The name with its title, as printed.
        name: &'a str,
        /// The office that stands before the name; may be empty.
        office: &'a str,
        /// What follows the name.
        rest: &'a str,
    },
    /// The role, body or place of somebody who is named beside it.
    Role,
    /// Neither.
    Other,
}

/// Reads a part of a list. A surname alone is a name where `is_shared`.
pub fn entry(text: &str, is_shared: bool) -> Entry<'_> {
    const MOST_WORDS: usize = 20;
    let words: Vec<&str> = text.split(' ').take(MOST_WORDS).collect();
    // `NCC Chris Hill`: an abbreviation in front of a whole name is of an office.
    let is_abbreviation =
        |word: &str| word.len() <= 3 && !word.contains('.') && is_initials(word) && is_capitals(word);
    let begins_with_one = is_abbreviation(words[0])
        && words.get(2).is_some_and(|word| !is_capitals(word))
        && name_length(&words[1..], false).is_some_and(|n_words| n_words >= 2);
    let is_office = |at: usize| match at {
        0 => begins_with_one || is_office_word(words[0]),
        _ => is_office_word(words[at]),
    };
    for at in usize::from(begins_with_one)..words.len().min(8) {
        if at > 0 && !is_office(at - 1) {
            continue;
        }
        let Some(n_words) = name_length(&words[at..], is_shared && at == 0) else { continue };
        let before = span(text, &words[..at]);
        let after = &words[at..at + n_words];
        // “County Councillor” is an office, and “Councillor” a title.
        let is_elsewhere = at > 0 && is_of_another_council(&bare(words[at - 1]), &bare(after[0]));
        let start = before.len() + usize::from(at > 0);
        let end = start + span(&text[start..], after).len();
        let rest = text[end..].trim();
        // “Cynghorydd Sir” is a county councillor.
        if after[0].starts_with("Cyng")
            && after.get(1) == Some(&"Sir")
            && name_length(&after[2..], false).is_some()
        {
            let from = start + after[0].len() + " Sir ".len();
            return Entry::Name { name: &text[from..end], office: &text[start..from - 1], rest };
        }
        let (name, office) = match is_elsewhere {
            true if name_length(&after[1..], false).is_some() => {
                let from = start + after[0].len() + 1;
                (&text[from..end], &text[..from - 1])
            }
            true => {
                (&text[before.rfind(' ').map_or(0, |space| space + 1)..end], &text[..start + after[0].len()])
            }
            false => (&text[start..end], before),
        };
        return Entry::Name { name, office, rest };
    }
    // `His Worship Mayor Hill`: the office is the title.
    let is_mayor = |word: &&str| bare(word) == "mayor";
    if let Some(at) = words.iter().position(is_mayor)
        && words.get(at + 1).is_some_and(|word| is_name_word(word) && !is_role_word(word))
    {
        let start: usize = words[..at].iter().map(|word| word.len() + 1).sum();
        let end = start + words[at].len() + 1 + words[at + 1].len();
        return Entry::Name { name: &text[start..end], office: words[at], rest: text[end..].trim() };
    }
    let is_written_as_one = words.iter().all(|word| {
        !word.starts_with(|c: char| c.is_lowercase()) && !word.contains(|c: char| c.is_ascii_digit())
            || matches!(*word, "of" | "and" | "the" | "for" | "to" | "in" | "&")
    });
    let is_short = words.len() <= 12;
    if is_short && (is_written_as_one || words.iter().any(|word| is_role_word(word))) {
        Entry::Role
    } else {
        Entry::Other
    }
}

fn is_office_word(word: &str) -> bool {
    is_role_word(word) || matches!(word, "The" | "the")
}

fn is_capitals(word: &str) -> bool {
    !word.chars().any(char::is_lowercase)
}

/// A name with a title or initials, as those who moved a motion are named before
/// it; a part of a pattern in which case matters.
pub const MOVER: &str =
    r"(?:(?:Cllr|Councillor|Mr|Mrs|Miss|Ms|Dr)\.? (?:[A-Z]\. ?){0,2}|(?:[A-Z]\. ?){1,2})[A-Z][\w’'-]+";

/// What joins the names of mover and seconder there.
pub const AND_SECONDER: &str = r"(?:, | and | & | ?/ ?)";

/// Whether a word is a title that stands before a name.
pub fn is_title(word: &str) -> bool {
    let word = word.strip_suffix('.').unwrap_or(word);
    const TITLES: &str = " Mr Mrs Ms Miss Mx Dr Cllr Clr Councillor Councilor Councilmember Alderman Ald Cyng Cynghorydd Cmhlr \
        Comhairleoir Senator Sir Dame Lord Lady Baroness Baron Rev Revd Reverend Professor Prof ";
    let in_capitals =
        || word.len() > 2 && TITLES.split_ascii_whitespace().any(|title| title.eq_ignore_ascii_case(word));
    has_word(TITLES, word) || (is_capitals(word) && in_capitals())
}

/// Whether a word is the title of all who follow: `Councillors Hill and Dale`.
pub fn is_shared_title(word: &str) -> bool {
    let word = word.trim_end_matches(['.', ':']).to_lowercase();
    matches!(
        word.as_str(),
        "councillors"
            | "cllrs"
            | "cllr's"
            | "cllrs'"
            | "councilmembers"
            | "aldermen"
            | "messrs"
            | "cynghorwyr"
    )
}

/// Whether a word is of a role that a member has, of one that an officer has,
/// or of a body: what stands in no name.
pub fn is_role_word(word: &str) -> bool {
    let word = bare(word);
    word.split(['-', '/']).any(|part| is_members_word(part) || is_officers_word(part) || is_bodys_part(part))
}

fn bare(word: &str) -> String {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase().replace('’', "'");
    word.strip_suffix("'s").unwrap_or(&word).to_owned()
}

fn is_members_word(word: &str) -> bool {
    const WORDS: &str = " chair chairman chairwoman chairperson chairmen vice mayor mayoress speaker leader convener convenor \
        provost president cathaoirleach leas cadeirydd worship portfolio holder deputy member members spokesperson trustee ";
    has_word(WORDS, word)
}

fn is_officers_word(word: &str) -> bool {
    const WORDS: &str = " clerk clerc officer officers director directors manager managers head assistant engineer \
        administrator superintendent chief solicitor counsel accountant planner surveyor warden pcso pcsos pc pcs cpo cso sgt \
        sergeant inspector constable commander garda adviser advisor consultant coordinator ordinator rfo cao ceo cfo auditor \
        architect ranger reporter principal senior executive headteacher technician analyst ";
    has_word(WORDS, word)
}

/// Whether a word is of a body, a service or a place.
pub fn is_bodys_word(word: &str) -> bool {
    is_bodys_part(&bare(word))
}

fn is_bodys_part(word: &str) -> bool {
    const WORDS: &str = " council committee services service department ltd limited plc llp office association trust nhs \
        university company consulting consultants government governance secretary secretariat treasurer representative \
        representatives public authority commissioner borough county district parish town community police his her group \
        board unit agency planning business division directorate operations development roads finance housing tourism \
        network neighbourhood enterprise heritage highways sectoral responsible press society club school college centre partnership \
        team project programme support legal democratic corporate regional local national sub metropolitan municipal area \
        city staff items item action actions agenda minutes meeting election apologies present absent attendance regrets ";
    has_word(WORDS, word)
}

/// Whether a word is among words that spaces divide.
pub fn has_word(words: &str, word: &str) -> bool {
    words.split_ascii_whitespace().any(|other| other == word)
}

/// Whether a word with a capital begins a sentence or says what was done, and
/// so stands in no name.
fn is_opener(word: &str) -> bool {
    const WORDS: &str = " all and any as at by for from he in it its no none of on or she that the there these they this \
        those to was were when with seconded proposed moved carried agreed resolved unanimous unanimously motion vote votes yeas nays ayes noes \
        voted recorded yes nil apologies following ";
    has_word(WORDS, &bare(word))
}

/// Whether what stands beside a name is an office, or the body that somebody is
/// of. Why a member stayed away is none, nor how many others came.
pub fn is_office(role: &str) -> bool {
    const OTHER_OFFICES: &str = " editor resident librarian archivist supervisor facilitator ";
    const NONE: &str = " reason reasons illness ill unwell sick sickness holiday holidays vacation leave commitment commitments \
        hospital bereavement funeral isolating away abroad travelling indisposed attending unable due owing members vacancy \
        vacancies together on another ";
    let words: Vec<String> = role.split_whitespace().map(bare).collect();
    let is_abbreviation = |word: &str| {
        let n_letters = word.chars().count();
        (2..=6).contains(&n_letters) && word.chars().all(char::is_uppercase)
    };
    let is_one = role.split_whitespace().all(is_abbreviation)
        || role.starts_with("Cyng")
        || words.iter().any(|word| is_role_word(word) || has_word(OTHER_OFFICES, word));
    is_one
        && !role.starts_with(|c: char| c.is_ascii_digit())
        && !words.iter().any(|word| has_word(NONE, word))
}

/// Whether a role is an officer's, or one of the police or of another council:
/// not of the members of the body that met.
pub fn is_officers_role(role: &str) -> bool {
    let words: Vec<String> = role.split_whitespace().map(bare).collect();
    let parts = || words.iter().flat_map(|word| word.split(['-', '/']));
    let is_of_elsewhere = words.windows(2).any(|pair| is_of_another_council(&pair[0], &pair[1]));
    is_of_elsewhere
        || (parts().any(is_officers_word)
            && !parts().any(|part| part.starts_with("chair") || part == "mayor"))
}

/// Whether two words, as [`bare`] gives them, are the title of a member of
/// another council than a parish's: `County Councillor`.
fn is_of_another_council(which: &str, title: &str) -> bool {
    matches!(which, "county" | "borough" | "district" | "city")
        && matches!(title, "councillor" | "cllr" | "councillors" | "cllrs")
}

/// Whether a text is initials that stand for a name: `RB`, `MCa`, `J.P.`.
pub fn is_initials(word: &str) -> bool {
    let letters: Vec<char> = word.chars().filter(|c| *c != '.').collect();
    let n_small = letters.iter().filter(|c| c.is_lowercase()).count();
    (2..=4).contains(&letters.len())
        && letters.iter().all(|c| c.is_alphabetic())
        && letters[..2].iter().all(|c| c.is_uppercase())
        && n_small <= 1
}

fn is_honour(word: &str) -> bool {
    matches!(
        word.trim_end_matches(['.', ',']),
        "OBE"
            | "MBE"
            | "CBE"
            | "KBE"
            | "DBE"
            | "BEM"
            | "JP"
            | "MP"
            | "MSP"
            | "AM"
            | "MS"
            | "TD"
            | "QC"
            | "KC"
            | "DL"
            | "MEP"
            | "Esq"
            | "CB"
            | "FRSA"
            | "Jnr"
            | "Snr"
    )
}

/// Whether a word may stand in a name behind its first word.
fn is_particle(word: &str) -> bool {
    matches!(
        word,
        "de" | "van"
            | "der"
            | "den"
            | "la"
            | "le"
            | "du"
            | "von"
            | "di"
            | "da"
            | "ap"
            | "ab"
            | "ferch"
            | "ter"
            | "al"
    )
}

/// Whether a word is written as the words of names are.
fn is_name_word(word: &str) -> bool {
    let mut letters = word.chars();
    letters.next().is_some_and(char::is_uppercase)
        && letters.all(|c| c.is_alphabetic() || matches!(c, '\'' | '’' | '‘' | '-' | '.' | '`'))
}

/// Whether a word is one initial or several: `J`, `J.P.`, `RW`.
pub fn is_initial(word: &str) -> bool {
    let word = word.trim_end_matches('.');
    word.split('.').all(|part| part.chars().count() == 1) || (word.chars().count() == 2 && is_initials(word))
}

/// The length in words of the name that begins a list of words, with its
/// titles; `None` where none does. A surname alone is one where `is_shared`.
fn name_length(words: &[&str], is_shared: bool) -> Option<usize> {
    const LONGEST: usize = 5;
    let is_and = |word: &str| matches!(word, "&" | "and");
    let mut at = 0;
    while at < words.len()
        && (is_title(words[at])
            || (at > 0 && is_and(words[at]) && words.get(at + 1).is_some_and(|next| is_title(next))))
    {
        at += 1;
    }
    let n_titles = at;
    while at < words.len() && at - n_titles < LONGEST {
        let word = words[at];
        let is_first = at == n_titles;
        // A surname may be a word of office: `Mr J Head`.
        let is_sure =
            is_first && n_titles > 0 || at > n_titles && is_initial(words[at - 1]) && at - n_titles <= 2;
        let is_one = is_name_word(word) && !is_honour(word) && !is_title(word) && !is_shared_title(word);
        let goes_on = is_one && (is_sure || !is_role_word(word)) && !is_opener(word)
            || is_particle(word) && words.get(at + 1).is_some_and(|next| is_name_word(next));
        if !goes_on {
            break;
        }
        at += 1;
        // A full stop ends the sentence, unless it is of an initial.
        if word.ends_with('.') && !is_initial(word) {
            break;
        }
        // Initials of the name behind it end it.
        if at < words.len()
            && at - n_titles >= 2
            && is_initials(words[at])
            && stands_for(words[at], &words[n_titles..at])
        {
            break;
        }
    }
    // `Will Barton Fire Chief`: what stands before a word of office is of it.
    if at < words.len() && is_role_word(words[at]) {
        let n_initials = words[n_titles..at].iter().take_while(|word| is_initial(word)).count();
        at = at.min(n_titles + if n_initials > 0 { n_initials + 1 } else { 2 });
    }
    let n_names = at - n_titles;
    // `Footpath Warden`: one word before an office is of it.
    if n_names == 1 && n_titles == 0 && words.get(at).is_some_and(|word| is_role_word(word)) {
        return None;
    }
    let has_surname = words[n_titles..at].iter().any(|word| word.trim_end_matches('.').chars().count() > 1);
    (has_surname && (n_names >= 2 || (n_names == 1 && (n_titles > 0 || is_shared)))).then_some(at)
}

/// Whether initials may be those of a name.
pub fn stands_for(initials: &str, name: &[&str]) -> bool {
    initials.chars().next() == name.first().and_then(|word| word.chars().next())
}

/// Splits the name that a text begins with off it, with its titles.
pub fn name_at_front(text: &str) -> Option<&str> {
    let text = text.trim_start();
    let words: Vec<&str> = text.split(' ').take(12).collect();
    let marks = |c: char| matches!(c, ',' | ';' | ':' | ')' | '(' | '|');
    // Nothing beyond a mark is of the name.
    let n_words = words.iter().position(|word| word.ends_with(marks)).map_or(words.len(), |at| at + 1);
    let cleaned: Vec<&str> = words[..n_words].iter().map(|word| word.trim_end_matches(marks)).collect();
    let office = ["The", "the"].contains(&cleaned[0]);
    if (office || is_members_word(&bare(cleaned[0])))
        && cleaned.get(usize::from(office)).is_some_and(|word| is_role_word(word) && !is_bodys_word(word))
    {
        // `the Chair`, `The Deputy Mayor`: an office in place of a name.
        let n_office = cleaned[usize::from(office)..]
            .iter()
            .take_while(|word| is_members_word(&bare(word)) || bare(word) == "clerk")
            .count();
        let end = usize::from(office) + n_office;
        let names = cleaned.get(end..)?;
        if let Some(n_names) = name_length(names, false) {
            let skipped: usize = cleaned[..end].iter().map(|word| word.len() + 1).sum();
            return Some(span(&text[skipped..], &names[..n_names]));
        }
        // `Mayor Hill`: the office is the title.
        let has_surname = !office && n_office == 1 && name_length(names, true).is_some();
        let is_person =
            |word: &str| !matches!(bare(word).as_str(), "member" | "members" | "holder" | "deputy" | "vice");
        if has_surname || n_office > 0 && is_person(cleaned[end - 1]) {
            let name = span(text, &cleaned[..end + usize::from(has_surname)]);
            return Some(name.trim_end_matches('.'));
        }
        return None;
    }
    let is_alone = |next: &&str| !is_name_word(next) || is_initials(next) || is_opener(next);
    if is_initials(cleaned[0])
        && !is_opener(cleaned[0])
        && (cleaned[0].ends_with('.') || cleaned.get(1).is_none_or(is_alone))
    {
        return Some(cleaned[0].trim_end_matches('.'));
    }
    let n_names = name_length(&cleaned, false)?;
    let name = span(text, &cleaned[..n_names]);
    // The stop behind a name ends its sentence; that of an initial does not.
    Some(if cleaned[n_names - 1].trim_end_matches('.').chars().count() > 1 {
        name.trim_end_matches('.')
    } else {
        name
    })
}

/// The name that a text ends with, with its titles.
pub fn name_at_end(text: &str) -> Option<&str> {
    const MOST_WORDS: usize = 7;
    let mut starts: Vec<usize> =
        text.rmatch_indices(' ').take(MOST_WORDS - 1).map(|(at, _)| at + 1).collect();
    if starts.len() < MOST_WORDS - 1 {
        starts.push(0);
    }
    // The longest that is one name throughout.
    let whole =
        |start: &usize| name_at_front(&text[*start..]).is_some_and(|name| name.len() == text.len() - start);
    starts.into_iter().rev().find(whole).map(|start| &text[start..])
}

/// The part of a text that its first words take.
fn span<'a>(text: &'a str, words: &[&str]) -> &'a str {
    let length: usize = words.iter().map(|word| word.len()).sum::<usize>() + words.len().saturating_sub(1);
    &text[..length]
}
