//! Blocks to agenda items.
//!
//! Nothing is rejected for its content: a block that heads no item belongs to
//! the item before it. What stands before the first item, behind the last one,
//! or between two under neither is an item with neither number nor title.

mod numbers;
mod sequence;

mod unnumbered;

mod closing;
mod wording;

use crate::model::{AgendaItem, Kind};

use super::blocks::{Block, Style};
use super::kind::{is_heading, kind_of};
use super::label::split_number;
use super::passages::passages;
use super::standing::standing;

use crate::parse::{Pattern, pattern};
use closing::{closing, ending};
use numbers::{Form, number};
use sequence::numbered;
use unnumbered::titles;
pub use wording::clean_title;
use wording::{is_outcome, is_title};

/// Splits a document into items; also says how many blocks come before the
/// first one with a title.
pub fn items(blocks: &[Block]) -> (Vec<AgendaItem>, usize) {
    let heads = with_outside(heads(blocks), blocks);
    let first = heads.first().map_or((blocks.len(), 0), |head| (head.at, head.from));
    let n_before = first.0 + usize::from(first.1 > 0);
    let mut items = Vec::new();
    if n_before > 0 {
        items.push(AgendaItem {
            key: "0".into(),
            passages: passages(&between(blocks, (0, 0), first), None),
            ..AgendaItem::default()
        });
    }
    for (ordinal, head) in heads.iter().enumerate() {
        let end = heads.get(ordinal + 1).map_or((blocks.len(), 0), |next| (next.at, next.from));
        items.push(AgendaItem {
            key: (ordinal + 1).to_string(),
            number: head.number.clone(),
            title: head.title.clone(),
            standing: standing(&head.title).map(str::to_owned),
            exempt: None,
            url: None,
            passages: passages(&between(blocks, head.text_from, end), standing(&head.title)),
        });
    }
    (items, n_before)
}

/// A place in a document: a block, and a byte of its text.
type Place = (usize, usize);

/// What stands between two places: whole blocks as they are, parts of one as
/// paragraphs.
fn between(blocks: &[Block], from: Place, to: Place) -> Vec<Block> {
    let piece = |at: usize| {
        let block = &blocks[at];
        let start = if at == from.0 { from.1 } else { 0 };
        let end = if at == to.0 { to.1 } else { block.text.len() };
        if (start, end) == (0, block.text.len()) {
            return Some(block.clone());
        }
        let text = block.text.get(start..end)?;
        Block::new(Style::Paragraph, text).map(|piece| piece.on_page(block.page))
    };
    (from.0..(to.0 + 1).min(blocks.len())).filter_map(piece).collect()
}

/// What heads an item, or may.
#[derive(Debug, Clone)]
struct Head {
    /// The block that it begins in, and where in its text.
    at: usize,
    from: usize,
    /// Where the text of the item begins.
    text_from: Place,
    number: String,
    title: String,
    form: Form,
    /// Where the number stands in its sequence.
    value: u32,
    /// Of a reference, the part that stays the same in the sequence.
    family: String,
    /// How much it looks like a heading, in the units of [`sequence`].
    weight: i32,
}

impl Head {
    fn unnumbered(at: usize, text_from: usize, title: String, weight: i32) -> Self {
        Self {
            at,
            from: 0,
            text_from: (at, text_from),
            number: String::new(),
            title,
            form: Form::None,
            value: 0,
            family: String::new(),
            weight,
        }
    }

    /// Where text begins that no item has.
    fn outside(at: usize) -> Self {
        Self::unnumbered(at, 0, String::new(), 0)
    }
}

/// The items' heads, in order: those of the sequence of numbers that looks
/// most like headings, with what stands beside it. A document without one is
/// split at its unnumbered titles.
fn heads(blocks: &[Block]) -> Vec<Head> {
    let marked = marked_up(blocks);
    if marked.len() >= 2 {
        let level = |head: &Head| blocks[head.at].style.clone();
        let first = &marked[0];
        let is_even = marked.iter().all(|head| level(head) == level(first));
        let is_beside = |head: &Head| is_even && head.at > first.at && level(head) == level(first);
        let beside = titles(blocks).into_iter().filter(is_beside).collect();
        return merged(marked, beside);
    }
    let sequence = numbered(blocks);
    let titles = titles(blocks);
    // A meeting may have one item only: its number is 1.
    let is_only = |head: &Head| head.weight >= 8 || (head.weight >= 4 && head.number == "1");
    let is_sequence = sequence.len() >= 2 || (titles.len() < 3 && sequence.first().is_some_and(is_only));
    let n_titled = sequence.iter().filter(|head| !head.title.is_empty()).count();
    let are_motions = n_titled * 2 <= sequence.len();
    let is_referred = sequence.first().is_some_and(|head| head.form == Form::Reference);
    let are_lists = restarts(blocks) && weight(&sequence) < weight(&titles);
    let is_list = titles.len() >= 3 && !is_referred && (are_lists || are_motions);
    if !is_sequence || is_list {
        return titles;
    }
    let beside = match are_motions {
        true => unnumbered::beside_motions(blocks),
        false => {
            let (first, last) = (sequence.first(), sequence.last());
            let place = |head: Option<&Head>| head.map_or(0, |head| head.at);
            unnumbered::beside(blocks, place(first), place(last) + 1)
        }
    };
    merged(sequence, beside)
}

fn weight(heads: &[Head]) -> i32 {
    heads.iter().map(|head| head.weight).sum()
}

/// Both in the order of the document; of two at one block the first's.
fn merged(heads: Vec<Head>, others: Vec<Head>) -> Vec<Head> {
    let mut all = heads;
    all.extend(others);
    all.sort_by_key(|head| (head.at, head.from));
    // A number alone and the title below it are one head.
    all.dedup_by(|head, before| {
        head.at == before.at && head.from == before.from || before.text_from > (head.at, head.from)
    });
    all
}

/// Whether numbers begin at 1 more than once, as lists under headings do.
fn restarts(blocks: &[Block]) -> bool {
    let begins = |block: &&Block| {
        let text = block.text.as_str();
        let marked = matches!(&block.style, Style::Numbered(label) if label == "1.");
        marked
            || number(text).is_some_and(|found| found.form == Form::Stopped && found.value == numbers::WHOLE)
    };
    blocks.iter().filter(begins).count() >= 2
}

/// Headings of the markup that begin with a number, of one or more parts.
fn marked_up(blocks: &[Block]) -> Vec<Head> {
    let read = |(at, block): (usize, &Block)| {
        let Style::Heading(_) = block.style else { return None };
        let (number, title) = match split_number(&block.text) {
            Some((number, title)) => (number.to_owned(), title.to_owned()),
            None => {
                let numbered = number(&block.text)?;
                (numbered.number, numbered.rest.to_owned())
            }
        };
        let title = clean_title(&title);
        let head = Head::unnumbered(at, block.text.len(), title, 8);
        (!head.title.is_empty()).then_some(Head { number, ..head })
    };
    blocks.iter().enumerate().filter_map(read).collect()
}

/// Adds where text begins that no item has: headings of what follows them,
/// what comes after a motion was put to the vote, the closing lines.
fn with_outside(heads: Vec<Head>, blocks: &[Block]) -> Vec<Head> {
    let n_untitled = heads.iter().filter(|head| head.title.is_empty()).count();
    let are_motions = n_untitled * 2 >= heads.len();
    let mut all = Vec::with_capacity(heads.len() + 1);
    let mut heads = heads.into_iter().peekable();
    while let Some(head) = heads.next() {
        let is_before_next = heads.peek().is_some_and(|next| standing(&next.title) == Some("next-meeting"));
        let next = heads.peek().map(|next| (next.at, next.from));
        let begin = head.text_from.0 + usize::from(head.text_from.1 > 0);
        let end = next.map_or(blocks.len(), |next| next.0 + usize::from(next.1 > 0)).max(begin);
        let own = begin..end;
        let ends = [
            next.filter(|next| next.1 == 0).map(|_| before_headings(blocks, own.clone())),
            (are_motions && !head.number.is_empty()).then(|| after_vote(blocks, head.at..end)),
            is_before_next.then(|| begin + ending(&blocks[own.clone()])),
            next.is_none().then(|| begin + closing(&blocks[own], &head.title)),
        ];
        all.push(head);
        let outside = ends.into_iter().flatten().min().filter(|at| *at < end);
        all.extend(outside.map(Head::outside));
    }
    all
}

/// Where the headings begin that some blocks end in: below them stands nothing
/// but the next item, whose own head they outrank. The number of a page may
/// stand among them.
fn before_headings(blocks: &[Block], range: std::ops::Range<usize>) -> usize {
    const MOST_WORDS: usize = 6;
    let rank = |block: &Block| match block.style {
        Style::Heading(level) => 10 - i32::from(level),
        _ => i32::from(is_heading(block)),
    };
    let next = blocks.get(range.end).map_or(0, rank);
    let is_group = |block: &Block| {
        let text = block.text.as_str();
        let leads = text.ends_with(':') && next == 0 && block.style == Style::Paragraph;
        // What the markup ranks above the next item heads it and more.
        let is_marked = matches!(block.style, Style::Heading(_)) && rank(block) > next && next > 1;
        is_marked
            || (rank(block) > next || leads)
                && is_title(text)
                && !is_outcome(text)
                && !text.contains(|c: char| c.is_ascii_digit())
                && kind_of(text) == Kind::Narrative
                && text.split(' ').count() <= MOST_WORDS
    };
    let is_page = |block: &Block| block.text.len() <= 3 && block.text.bytes().all(|b| b.is_ascii_digit());
    let (mut at, mut end) = (range.end, range.end);
    while at > range.start && (is_group(&blocks[at - 1]) || is_page(&blocks[at - 1])) {
        at -= 1;
        end = if is_group(&blocks[at]) || end < range.end { at } else { end };
    }
    end
}

/// Where the text of a motion ends: behind the last word on how it fared.
fn after_vote(blocks: &[Block], range: std::ops::Range<usize>) -> usize {
    static FARED: std::sync::LazyLock<Pattern> = std::sync::LazyLock::new(|| {
        pattern(r"(?i)\b(?:carried|lost|defeated|withdrawn|tabled|deferred|adopted)\.?$")
    });
    let end = range.end;
    range.into_iter().find(|at| FARED.is_match(&blocks[*at].text)).map_or(end, |at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(String, String, usize)> {
        let blocks: Vec<Block> = text.lines().filter_map(|line| Block::new(Style::Paragraph, line)).collect();
        let (items, _) = items(&blocks);
        items.into_iter().map(|item| (item.number, item.title, item.passages.len())).collect()
    }

    #[track_caller]
    fn check(text: &str, expected: &[(&str, &str, usize)]) {
        let found = read(text);
        let found: Vec<(&str, &str, usize)> =
            found.iter().map(|(a, b, c)| (a.as_str(), b.as_str(), *c)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn numbered_titles_head_items_and_numbered_points_do_not() {
        check(
            "COUNTY COUNCIL\n84. Apologies\n(Item 1)\nNone.\n85. Updates\n(Item 2)\n1. Mr Gough provided an update on the road:\n(a) one\n2. Mrs Bell spoke.\n86. Closing\n(Item 3)\nDone.",
            &[("", "", 1), ("84", "Apologies", 2), ("85", "Updates", 4), ("86", "Closing", 2)],
        );
    }

    #[test]
    fn a_report_that_nobody_numbered_stands_between_numbered_items() {
        let block = |text: &str| {
            let bold = text.starts_with('*');
            Some(Block { bold, ..Block::new(Style::Paragraph, text.trim_start_matches('*'))? })
        };
        let text = "*1. Apologies\nNone.\n*2. Chairman's Report\nHe spoke.\n*Clerk's Report\nShe wrote.\n*3. Planning\nNone.\nThere being no further business the meeting closed.\n*4. Date of next meeting\nIt is on Friday.";
        let (items, _) = items(&text.lines().filter_map(block).collect::<Vec<Block>>());
        let found: Vec<(&str, usize)> =
            items.iter().map(|item| (item.title.as_str(), item.passages.len())).collect();
        assert_eq!(
            found,
            [
                ("Apologies", 1),
                ("Chairman's Report", 1),
                ("Clerk's Report", 1),
                ("Planning", 1),
                ("", 1),
                ("Date of next meeting", 1)
            ]
        );
    }

    #[test]
    fn bold_lines_below_headings_head_no_items() {
        let headings = ["Roads", "Parks", "Trees", "Walls"];
        let head = |text: &str| Block::new(Style::Heading(2), text);
        let bold = |text: &str| Some(Block { bold: true, ..Block::new(Style::Paragraph, text)? });
        let made = headings.iter().flat_map(|text| {
            [
                head(text),
                Block::new(Style::Paragraph, "It was said."),
                bold(&format!("{text} in the north")),
                Block::new(Style::Paragraph, "So."),
            ]
        });
        let (items, _) = items(&made.flatten().collect::<Vec<Block>>());
        let titles: Vec<&str> = items.iter().map(|item| item.title.as_str()).collect();
        assert_eq!(titles, headings);
    }

    #[test]
    fn questions_and_motions_without_numbers_head_items() {
        check(
            "1. Minutes\nTo adopt them.\n2. Roads\nTo hear a report.\nQuestion submitted by Cllr A. Hill\nI will ask if the bridge is safe.\nNotce fr Cllr B. Dale (to be referred\nTo the Roads Board)\nI will move that it be mended.\n9. Motion submitted by Cllr C. Fenn\nI will move that it be closed.",
            &[
                ("1", "Minutes", 1),
                ("2", "Roads", 1),
                ("", "Question submitted by Cllr A. Hill", 1),
                ("", "Notce fr Cllr B. Dale (to be referred To the Roads Board)", 1),
                ("9", "Motion submitted by Cllr C. Fenn", 1),
            ],
        );
    }

    #[test]
    fn a_decision_in_bold_is_no_title() {
        let block = |text: &str| Some(Block { bold: true, ..Block::new(Style::Paragraph, text)? });
        let text = "1. Apologies\n2. The minutes were agreed as a true record.\n3. Roads";
        let (items, _) = items(&text.lines().filter_map(block).collect::<Vec<Block>>());
        let titles: Vec<&str> = items.iter().map(|item| item.title.as_str()).collect();
        assert_eq!(titles, ["Apologies", "", "Roads"]);
    }

    #[test]
    fn a_sentence_runs_on_from_a_task() {
        check(
            "23/01 Notices The Chair read the notice.\n23/02 To Discuss Requests for Funds i. Hall Fund. Nobody came.\n23/03 Change of Date Agreed to defer it.",
            &[
                ("23/01", "Notices", 1),
                ("23/02", "To Discuss Requests for Funds", 1),
                ("23/03", "Change of Date", 1),
            ],
        );
    }

    #[test]
    fn a_colon_may_stand_close_to_what_follows_it() {
        check(
            "1. Apologies:Cllr Hill\n2. Matters Arising:None\n3. Planning\nNone.",
            &[("1", "Apologies", 1), ("2", "Matters Arising", 1), ("3", "Planning", 1)],
        );
    }

    #[test]
    fn a_list_that_begins_again_is_inside_of_its_item() {
        check(
            "1. Planning\n1. Mill Road\n2. High Street\n3. The Green\n2. Highways\nText.\n3. Finance\nText.",
            &[("1", "Planning", 3), ("2", "Highways", 1), ("3", "Finance", 1)],
        );
    }

    #[test]
    fn a_number_that_the_sequence_lacks_heads_an_item_whatever_its_words() {
        check(
            "1. Apologies: Mrs Brown\nNone else.\n2. It was reported that the bridge had been closed by the county since May.\n(a) a point\n3. Planning\nNone.",
            &[("1", "Apologies", 2), ("2", "", 2), ("3", "Planning", 1)],
        );
    }

    #[test]
    fn prose_and_paragraph_numbers_are_no_items() {
        check("12 residents spoke against.\n6.1 The Committee met.\n3 were for it.", &[("", "", 3)]);
    }

    #[test]
    fn references_and_run_in_titles_are_read() {
        check(
            "23/045 Apologies\nNone.\n23/046 Finance: paid £20.\n23/047 Planning\nNone.",
            &[("23/045", "Apologies", 1), ("23/046", "Finance", 1), ("23/047", "Planning", 1)],
        );
        check(
            "2584. Financial Report: Account 3.\n2585. Accounts for payment:\nBin 5.",
            &[("2584", "Financial Report", 1), ("2585", "Accounts for payment", 1)],
        );
    }

    #[test]
    fn a_sentence_may_run_on_from_a_standing_title() {
        check(
            "182/18 Apologies and Welcome There were apologies accepted from Mrs Brown.\n183/18 Minutes of the Meeting dated 1 August 2018 The minutes were approved.\n184/18 Planning\nNone.",
            &[
                ("182/18", "Apologies and Welcome", 1),
                ("183/18", "Minutes of the Meeting dated 1 August 2018", 1),
                ("184/18", "Planning", 1),
            ],
        );
    }

    #[test]
    fn a_reference_heads_an_item_whatever_its_words() {
        check(
            "7/18 Apologies There were none.\n8/18 Planning\nNone.\n9/18 Gardens The Clerk had written to the school.\n10/18 Urgent items None were raised.\n11/18 Bridge Mr Brown said that it was closed.\n1/17 is another year.",
            &[
                ("7/18", "Apologies", 1),
                ("8/18", "Planning", 1),
                ("9/18", "Gardens", 1),
                ("10/18", "Urgent items", 1),
                ("11/18", "Bridge", 2),
            ],
        );
    }

    #[test]
    fn capitals_head_the_items_of_unnumbered_minutes() {
        check(
            "PRESENT. Mr Brown.\nAPOLOGIES, Mrs Lewis.\nMATTERS ARISING\n1. Two quotes had come.\n2. A wreath was bought.\nPLANNING\n1. Bennett. Granted.\n2. Fielder. Granted.",
            &[("", "", 1), ("", "APOLOGIES", 1), ("", "MATTERS ARISING", 2), ("", "PLANNING", 2)],
        );
    }

    #[test]
    fn a_colon_marks_titles_where_nothing_else_does() {
        check(
            "Present: A. Brown.\nApologies: G. Gott\nMinutes: They were signed.\nPlanning:\nTwo plans were granted.",
            &[("", "", 1), ("", "Apologies", 1), ("", "Minutes", 1), ("", "Planning", 1)],
        );
        check(
            "Minutes of the March meeting of the PC.\nApologies: G. Gott\nMinutes of last meeting: signed.\nPlanning:\nNone.",
            &[("", "", 1), ("", "Apologies", 1), ("", "Minutes of last meeting", 1), ("", "Planning", 1)],
        );
        check("Tel: 020 7946 0000\nFax: none\nPost: Town Hall", &[("", "", 3)]);
    }

    #[test]
    fn prose_heads_an_item_where_the_sequence_lacks_its_number() {
        check(
            "1. Apologies\nNone.\n2. No interests declared.\n3 Planning\nNone.\n4. It was agreed that the bins be moved.\n5. Finance\nNone.",
            &[("1", "Apologies", 1), ("2", "", 1), ("3", "Planning", 1), ("4", "", 1), ("5", "Finance", 1)],
        );
    }

    #[test]
    fn an_item_may_begin_inside_of_a_paragraph() {
        check(
            "7. Police report\nNone.\n8. Approval of minutes 9. Finance\nPaid.\n10. Trees\nThe oak. 11. Correspondence\n12. Date of next meeting",
            &[
                ("7", "Police report", 1),
                ("8", "Approval of minutes", 0),
                ("9", "Finance", 1),
                ("10", "Trees", 1),
                ("11", "Correspondence", 0),
                ("12", "Date of next meeting", 0),
            ],
        );
    }

    #[test]
    fn a_list_of_short_lines_under_the_last_items_is_no_sequence() {
        check(
            "1. Apologies from:\nMrs Brown.\n2. The minutes were agreed.\n3. Planning:\nNone.\n4. Letters:\n1. Parish Link\n2. Play areas\n3. Grit bins\n4. Broadband\n5. Trees:\nNone.",
            &[
                ("1", "Apologies from", 1),
                ("2", "", 1),
                ("3", "Planning", 1),
                ("4", "Letters", 4),
                ("5", "Trees", 1),
            ],
        );
    }

    #[test]
    fn a_number_printed_twice_and_one_out_of_order_are_items() {
        check(
            "24. Finance: Paid.\n25. Vacancy: Filled.\n25. Letters: None.\n26. Trees: Cut.",
            &[("24", "Finance", 1), ("25", "Vacancy", 1), ("25", "Letters", 1), ("26", "Trees", 1)],
        );
        check(
            "1. Apologies\nNone.\n4. Mill Road\nTaken early.\n2. Minutes\nSigned.\n3. Trees\nNone.\n5. Bins\nNone.",
            &[
                ("1", "Apologies", 1),
                ("4", "Mill Road", 1),
                ("2", "Minutes", 1),
                ("3", "Trees", 1),
                ("5", "Bins", 1),
            ],
        );
    }

    #[test]
    fn letters_follow_their_number_and_paragraphs_of_it_do_not() {
        check(
            "6. Budget\nNone.\n6a. Grants\nNone.\n7. Lights\n7i) The Clerk had written.\n8. Paths\nNone.",
            &[("6", "Budget", 1), ("6a", "Grants", 1), ("7", "Lights", 1), ("8", "Paths", 1)],
        );
        check(
            "1.0 Welcome\n1.1 All were welcomed.\n2.0 Minutes\n2.1 They were signed.",
            &[("1.0", "Welcome", 1), ("2.0", "Minutes", 1)],
        );
    }

    #[test]
    fn motions_are_items_without_titles_and_end_with_the_vote() {
        check(
            "MINUTES\nDisclosure of interests: None.\nCommittee Reports:\nLibrary board.\nR2031-18 A. Brown, C. Bell:\nThat the minutes be adopted. Carried.\nMrs Bell left.\nR2031-19 C. Bell, D. Hill: That we adjourn. Carried.\nMayor:",
            &[
                ("", "", 1),
                ("", "Disclosure of interests", 1),
                ("", "Committee Reports", 1),
                ("R2031-18", "", 2),
                ("", "", 1),
                ("R2031-19", "", 1),
                ("", "", 1),
            ],
        );
    }

    #[test]
    fn a_title_may_go_on_and_a_sentence_may_run_on_from_it() {
        check(
            "1. Declarations of Interest or Other\nInterests in items\nNone.\n2. Repair of the bridge Councillors considered a letter.\n3. Notice of meetings attended\nNone.",
            &[
                ("1", "Declarations of Interest or Other Interests in items", 1),
                ("2", "Repair of the bridge", 1),
                ("3", "Notice of meetings attended", 1),
            ],
        );
        check(
            "1. To discuss: the fete\nNone.\n2. Reports:- Finance\n3. Motion of Cllr. B. Hill\nText.",
            &[("1", "To discuss: the fete", 1), ("2", "Reports", 1), ("3", "Motion of Cllr. B. Hill", 1)],
        );
    }

    #[test]
    fn the_number_may_stand_alone_above_or_below_its_title() {
        let bold = |text: &str| Block { bold: true, ..Block::new(Style::Paragraph, text).unwrap() };
        let plain = |text: &str| Block::new(Style::Paragraph, text).unwrap();
        let blocks = [
            bold("1."),
            bold("Minutes"),
            plain("Signed."),
            bold("Motion of Mr Hill"),
            bold("2."),
            plain("That the Council was asked to act."),
        ];
        let (items, _) = items(&blocks);
        let found: Vec<_> = items.iter().map(|item| (item.number.as_str(), item.title.as_str())).collect();
        assert_eq!(found, [("1", "Minutes"), ("2", "Motion of Mr Hill")]);
    }

    #[test]
    fn sections_of_a_report_are_its_items_though_paragraphs_are_numbered() {
        check(
            "Mill Road Crossing\nPurpose of Report\nTo decide where the crossing is to be built next year.\nKey Points\n1. The road is wide and the school is near to it.\n2. There were five accidents.\nThe Case Against\n3. The drivers were asked and none of them wanted it.\nLegal Implications\n4. There are none.",
            &[
                ("", "", 1),
                ("", "Purpose of Report", 1),
                ("", "Key Points", 2),
                ("", "The Case Against", 1),
                ("", "Legal Implications", 1),
            ],
        );
    }

    #[test]
    fn headings_of_groups_and_closing_lines_are_outside_of_items() {
        check(
            "1. Trees\nNone.\nNOTICES OF MOTION\n2. Motion of Mr Hill\nLost.\n3. Any Other Business\nBins.\nDate of next meeting: 4 May\nThe meeting closed at 9 pm.\nSigned: ______\nA Brown",
            &[
                ("1", "Trees", 1),
                ("", "", 1),
                ("2", "Motion of Mr Hill", 1),
                ("3", "Any Other Business", 1),
                ("", "", 4),
            ],
        );
        check(
            "1. Trees\nNone.\n2. Date of next meeting\nThe next meeting is on 4 May.\n4 April 2031\nCHAIRPERSON",
            &[("1", "Trees", 1), ("2", "Date of next meeting", 1), ("", "", 2)],
        );
    }

    #[test]
    fn many_titles_with_colons_outweigh_names_in_capitals() {
        check(
            "Apologies: None.\nMatters Arising: None.\nBus Shelter\nThe shelter was painted by the Clerk in May.\nPlanning: None.\nTrees:\nCut.\nWNDCLK - a letter.\nABCDEF - another one.",
            &[
                ("", "Apologies", 1),
                ("", "Matters Arising", 1),
                ("", "Bus Shelter", 1),
                ("", "Planning", 1),
                ("", "Trees", 3),
            ],
        );
    }

    #[test]
    fn furniture_is_cut_off_a_title() {
        assert_eq!(clean_title("Budget (Pages 1 - 14)"), "Budget");
        assert_eq!(clean_title("Journey pdf icon PDF 201 KB"), "Journey");
        assert_eq!(clean_title("Adoption of Minutes:"), "Adoption of Minutes");
    }
}
