//! `show`: one passage, item or meeting, with its context and source.

use anyhow::Context as _;

use super::{Context, Outcome};
use crate::corpus::Corpus;
use crate::index::{Index, item_of};
use crate::model::{Document, Passage};
use crate::report::{Cell, Format, Table};

/// The arguments of `show`.
#[derive(clap::Args)]
pub struct Args {
    /// A passage (`site/meeting/item/n@digest`), an item (`site/meeting/item`) or a meeting
    /// (`site/meeting`).
    #[arg(value_name = "ID")]
    id: String,
}

/// Runs `show`.
pub fn run(context: &Context, args: Args) -> anyhow::Result<Outcome> {
    let index = Index::open(&context.home)?;
    let (passages, marked) = chosen(&index, &args.id)?;
    if passages.is_empty() {
        context.say(format!("nothing in the index is called `{}`", args.id));
        return Ok(Outcome::Nothing);
    }
    let corpus = Corpus::open_read_only(&context.home)?;
    let documents = corpus.all_versions(&passages[0].meeting)?;
    if context.format == Format::Table && context.output.is_none() {
        print(&passages, marked.as_deref(), &documents);
    } else {
        context.write(&table(&passages, &documents)).context("the passages were found")?;
    }
    Ok(Outcome::Done)
}

/// The passages to show, and the one that was asked for.
fn chosen(index: &Index, id: &str) -> anyhow::Result<(Vec<Passage>, Option<String>)> {
    if let Some(passage) = index.passage(id)? {
        let item = item_of(&passage);
        let mut passages = index.meeting(&passage.meeting.to_string())?;
        passages.retain(|other| item_of(other) == item);
        return Ok((passages, Some(passage.passage_id.0)));
    }
    let parts: Vec<&str> = id.split('/').collect();
    let meeting = parts.iter().take(2).copied().collect::<Vec<_>>().join("/");
    let mut passages = index.meeting(&meeting)?;
    if let Some(item) = parts.get(2) {
        passages.retain(|passage| passage.item_key == *item || passage.item == *item);
    }
    Ok((passages, None))
}

fn document_of<'a>(passage: &Passage, documents: &'a [Document]) -> Option<&'a Document> {
    documents.iter().find(|document| document.digest == passage.document)
}

fn table(passages: &[Passage], documents: &[Document]) -> Table {
    let mut table = Table::new(&[
        "passage_id",
        "council",
        "body",
        "date",
        "item",
        "title",
        "edition",
        "kind",
        "boilerplate",
        "number",
        "clause",
        "page",
        "text",
        "url",
        "document",
        "document_url",
        "retrieved",
    ]);
    for passage in passages {
        let document = document_of(passage, documents);
        table.push(vec![
            passage.passage_id.0.as_str().into(),
            passage.council.as_str().into(),
            Cell::text_or_unknown(&passage.body),
            passage.date.map(|date| date.to_string()).into(),
            Cell::text_or_unknown(&passage.item),
            Cell::text_or_unknown(&passage.title),
            passage.edition.name().into(),
            passage.kind.name().into(),
            if passage.boilerplate { "yes" } else { "no" }.into(),
            passage.number.clone().into(),
            Cell::text_or_unknown(passage.clause.concat()),
            passage.page.map(u64::from).into(),
            passage.text.as_str().into(),
            passage.url.as_str().into(),
            passage.document.0.as_str().into(),
            document.map(|document| document.url.clone()).into(),
            document.map(|document| document.retrieved.clone()).into(),
        ]);
    }
    table
}

fn print(passages: &[Passage], marked: Option<&str>, documents: &[Document]) {
    use crate::report::printable;
    let first = &passages[0];
    let date = first.date.map_or("date unknown".to_owned(), |date| date.to_string());
    let body = if first.body.is_empty() { "body unknown" } else { &first.body };
    println!("{}", printable(&format!("{} · {body} · {date}", first.council_name)));
    let mut item = String::new();
    for passage in passages {
        let heading = format!("{} {} ({})", passage.item, passage.title, passage.edition.name());
        if heading != item {
            println!("\n{}", printable(heading.trim()));
            item = heading;
        }
        let mark = if marked == Some(passage.passage_id.0.as_str()) { ">" } else { " " };
        let label = passage.number.clone().into_iter().chain(passage.clause.last().cloned());
        let label: String = label.map(|label| label + " ").collect();
        let indent = "  ".repeat(passage.clause.len());
        println!("{mark} {indent}{}", printable(&format!("{label}{}", passage.text)));
        println!("    {indent}[{}] {}", passage.kind.name(), printable(&passage.passage_id.0));
    }
    println!("\npublished at {}", printable(&first.url));
    for document in documents.iter().filter(|d| passages.iter().any(|p| p.document == d.digest)) {
        let line =
            format!("read from {} of {}, sha256 {}", document.url, document.retrieved, document.digest);
        println!("{}", printable(&line));
    }
}
