//! Traps that real minutes set to whoever reads them, each in a small made-up
//! document with the reading that a person makes of it.

use scrutineer::model::{Councils, DateSource, Edition, Kind, Reading};
use scrutineer::parse::{Media, Source, document};

fn read_as(media: Media, file_name: Option<&str>, text: &str) -> Reading {
    let councils = Councils::default();
    let source =
        Source { bytes: text.as_bytes(), media, charset: Some("utf-8"), file_name, councils: &councils };
    document(&source).expect("the text can be read")
}

fn read(text: &str) -> Reading {
    read_as(Media::Text, None, text)
}

/// The heading that all of them have.
const HEAD: &str = "HILL PARISH COUNCIL\n\nMinutes of the meeting held on 3 March 2031\n\nPresent: Mr A Brown, Mrs C Dale\n\n";

/// Items with a title, as number and title.
fn items(reading: &Reading) -> Vec<(&str, &str)> {
    let titled = reading.items.iter().filter(|item| !item.title.is_empty());
    titled.map(|item| (item.number.as_str(), item.title.as_str())).collect()
}

/// The first words of the text of an item.
fn first(reading: &Reading, title: &str) -> String {
    let item = reading.items.iter().find(|item| item.title == title).expect("the item is read");
    let text: Vec<&str> = item.passages.iter().flat_map(|passage| passage.text.split(' ')).take(4).collect();
    text.join(" ")
}

/// The passages that decide.
fn decided(reading: &Reading) -> Vec<&str> {
    let passages = reading.items.iter().flat_map(|item| &item.passages);
    passages.filter(|passage| passage.kind == Kind::Resolution).map(|passage| passage.text.as_str()).collect()
}

#[test]
fn t01_a_minutes_number_and_the_agendas_number_name_one_item() {
    let reading = read(&format!(
        "{HEAD}45. Apologies for absence\n(Item 1)\n\nThere were none.\n\n46. School places\n(Item 2)\n\nMrs Dale spoke of the school.\n\n47. Any other business\n(Item 3)\n\nNone.\n"
    ));
    assert_eq!(
        items(&reading),
        [("45", "Apologies for absence"), ("46", "School places"), ("47", "Any other business")]
    );
}

#[test]
fn t02_numbers_of_older_items_that_are_cited_begin_no_item() {
    let reading = read(&format!(
        "{HEAD}1. Apologies\n\nNone.\n\n2. Footpaths\n\nThe Clerk spoke of minute\n17. of last May, and of item 4 of the year before.\n\n3. Planning\n\nNothing was received.\n"
    ));
    assert_eq!(items(&reading), [("1", "Apologies"), ("2", "Footpaths"), ("3", "Planning")]);
}

#[test]
fn t03_a_number_that_is_repeated_and_one_that_is_skipped() {
    let reading = read(&format!(
        "{HEAD}1. Apologies: None.\n\n2. Footpaths: The path is wet.\n\n2. Planning: Nothing was received.\n\n4. Finance: The bill was read.\n\n5. Correspondence: None.\n"
    ));
    let numbers: Vec<&str> = items(&reading).iter().map(|(number, _)| *number).collect();
    assert_eq!(numbers, ["1", "2", "2", "4", "5"]);
}

#[test]
fn t04_the_pages_of_a_report_are_no_part_of_a_title() {
    let reading = read(&format!(
        "{HEAD}1. Minutes of the last meeting (Pages 1 - 14)\n\nThey were signed.\n\n2. Budget monitoring (Pages 15 - 20)\n\nThe report was introduced.\n"
    ));
    assert_eq!(items(&reading), [("1", "Minutes of the last meeting"), ("2", "Budget monitoring")]);
}

#[test]
fn t05_a_title_may_run_into_its_text() {
    let reading = read(&format!(
        "{HEAD}1. Apologies: Mrs Hill had sent hers.\n\n2. Footpaths: The path by the mill is wet and the Clerk will write to the owner.\n\n3. Planning: Nothing was received.\n"
    ));
    assert_eq!(items(&reading), [("1", "Apologies"), ("2", "Footpaths"), ("3", "Planning")]);
    assert_eq!(first(&reading, "Footpaths"), "The path by the");
}

#[test]
fn t06_items_taken_out_of_order_keep_their_numbers() {
    let reading = read(&format!(
        "{HEAD}1. Apologies\n\nNone.\n\n2. Footpaths\n\nThe path is wet.\n\n5. Finance\n\nThis was taken early. The bill was read.\n\n3. Planning\n\nNothing was received.\n\n4. Highways\n\nThe sign is bent.\n\n6. Correspondence\n\nNone.\n"
    ));
    let numbers: Vec<&str> = items(&reading).iter().map(|(number, _)| *number).collect();
    assert_eq!(numbers, ["1", "2", "5", "3", "4", "6"]);
    assert_eq!(first(&reading, "Finance"), "This was taken early.");
}

#[test]
fn t07_an_item_may_begin_in_the_middle_of_a_paragraph() {
    let reading = read(&format!(
        "{HEAD}1. Apologies. None were received. 2. Footpaths. The path by the mill is wet.\n\n3. Planning. Nothing was received. 4. Finance. The bill was read.\n\n5. Correspondence. None.\n"
    ));
    let numbers: Vec<&str> = items(&reading).iter().map(|(number, _)| *number).collect();
    assert_eq!(numbers, ["1", "2", "3", "4", "5"]);
}

#[test]
fn t08_of_motion_amendment_and_resolution_in_the_same_words_the_last_decides() {
    let reading = read(&format!(
        "{HEAD}1. Notice of motion\n\nMr A Brown moved, seconded by Mrs C Dale, the following motion:\n\n(a) That the pond be cleaned.\n\n(b) That the hedge be cut.\n\nMr E Fenn moved, seconded by Mr G Hall, the following amendment:\n\n(b) That the hedge be cut in May.\n\nThe amendment was put to the vote and was lost.\n\nRESOLVED:\n\n(a) That the pond be cleaned.\n\n(b) That the hedge be cut.\n"
    ));
    assert_eq!(decided(&reading), ["RESOLVED:", "That the pond be cleaned.", "That the hedge be cut."]);
}

#[test]
fn t09_of_competing_dates_the_headings_is_the_meetings() {
    let text = "Dear Councillor, you are hereby summoned to the meeting below.\n\nDated 24 February 2031\n\nHILL PARISH COUNCIL\n\nMinutes of the meeting held on Monday 3 March 2031\n\nPresent: Mr A Brown\n\n1. Minutes of 3 February 2031\n\nThey were signed.\n\n2. Next meeting\n\n7 April 2031\n\nSigned: A Brown Date: 7 April 2031\n";
    let reading = read_as(Media::Text, Some("minutes-2031-05-09.txt"), text);
    assert_eq!(reading.date.map(|date| date.to_string()).as_deref(), Some("2031-03-03"));
    assert_eq!(reading.date_source, Some(DateSource::Heading));
    let matter = format!("---\ndate: 2031-03-04\n---\n\n{}", HEAD.replace("3 March", "4 March"));
    let reading =
        read_as(Media::Markdown, Some("2031-05-09.md"), &format!("{matter}1. Apologies\n\nNone.\n"));
    assert_eq!(reading.date.map(|date| date.to_string()).as_deref(), Some("2031-03-04"));
}

#[test]
fn t10_where_no_council_is_named_none_is_guessed() {
    let reading = read(
        "Minutes of the meeting held on 3 March 2031\n\nPresent: Mr A Brown\n\n1. Apologies\n\nNone.\n\n2. Roads\n\nA letter to Dale Borough Council was read.\n",
    );
    assert_eq!(reading.council, None);
}

#[test]
fn t11_the_column_of_who_is_to_act_is_no_part_of_a_sentence() {
    let page = "<html><body><h1>Hill Parish Council</h1><p>Minutes of the meeting held on 3 March 2031</p><p>Present: Mr A Brown</p>\
         <table><tr><th>Item</th><th>Action</th></tr>\
         <tr><td><p>1. Footpaths</p><p>The path by the mill is wet and the owner is to be told.</p></td><td>Clerk</td></tr>\
         <tr><td><p>2. Planning</p><p>Nothing was received.</p></td><td></td></tr></table></body></html>";
    let reading = read_as(Media::Html, None, page);
    assert_eq!(items(&reading), [("1", "Footpaths"), ("2", "Planning")]);
    let texts: Vec<&str> =
        reading.items.iter().flat_map(|item| &item.passages).map(|p| p.text.as_str()).collect();
    assert!(texts.contains(&"The path by the mill is wet and the owner is to be told."), "{texts:?}");
    assert!(texts.contains(&"Clerk"), "{texts:?}");
}

#[test]
fn t12_items_with_one_title_are_two_items() {
    let reading = read(&format!(
        "{HEAD}1. Planning applications\n\nMill Farm: no objection.\n\n2. Finance\n\nThe bill was read.\n\n3. Planning applications\n\nA late one, Pond Farm, was seen.\n"
    ));
    assert_eq!(
        items(&reading),
        [("1", "Planning applications"), ("2", "Finance"), ("3", "Planning applications")]
    );
}

#[test]
fn t13_a_report_that_quotes_the_resolutions_of_others_is_no_minutes() {
    let reading = read(
        "Report to: Children's Committee\n\nFrom: Director of Education\n\nDate: 3 March 2031\n\nSubject: School places\n\n1. Introduction\n\n1.1 At its meeting of 4 May 2030 the Cabinet resolved:\n\n“RESOLVED that two schools be built.”\n\n2. Recommendation\n\n2.1 Members are asked to note the report.\n",
    );
    assert_eq!(reading.edition, Some(Edition::Report));
    let agenda = read(
        "HILL PARISH COUNCIL\n\nYou are hereby summoned to attend a meeting to be held on 3 March 2031\n\nAGENDA\n\n1. Apologies\n\n2. Minutes of the last meeting\n\n3. Planning\n",
    );
    assert_eq!(agenda.edition, Some(Edition::Agenda));
}
