//! `councils`: the table of councils.

use jiff::civil::Date;

use super::{Context, Outcome};
use crate::model::{Council, PartialDate};
use crate::report::{Cell, Format, Table};

/// The arguments of `councils`.
#[derive(clap::Args)]
pub struct Args {
    /// Words that all stand in the slug, name, code, nation, platform or address, in any case.
    /// Abolished councils are found as well: `until` is their last day.
    #[arg(value_name = "WORDS")]
    words: Vec<String>,
}

/// The columns that are empty for most councils.
const LIFE: [&str; 4] = ["from", "until", "successors", "predecessors"];

/// Runs `councils`.
pub fn run(context: &Context, args: Args) -> anyhow::Result<Outcome> {
    let councils = context.home.councils()?;
    let wanted: Vec<String> =
        args.words.iter().flat_map(|words| words.split_whitespace()).map(str::to_lowercase).collect();
    let mut columns = vec!["slug", "name", "gss", "nation", "platform", "address"];
    columns.extend(LIFE);
    let mut table = Table::new(&columns);
    for council in councils.all() {
        let fields = [
            &council.slug,
            &council.name,
            &council.gss,
            &council.nation,
            &council.platform,
            &council.address,
        ];
        let row = fields.map(|field| field.to_lowercase()).join(" ");
        if !wanted.iter().all(|word| row.contains(word)) {
            continue;
        }
        let day = |date: Option<PartialDate>| date.map(|date| date.to_string()).unwrap_or_default();
        let predecessors = councils.predecessors(&council.slug);
        let predecessors: Vec<&str> = predecessors.iter().map(|council| council.slug.as_str()).collect();
        let life =
            [day(council.from), day(council.until), council.successors.join(";"), predecessors.join(";")];
        let mut cells: Vec<Cell> = fields.into_iter().map(Cell::text_or_unknown).collect();
        cells.extend(life.into_iter().map(Cell::text_or_unknown));
        table.push(cells);
    }
    if context.format == Format::Table {
        let is_empty =
            |at: usize| table.rows.iter().all(|row: &Vec<Cell>| row.get(at) == Some(&Cell::Unknown));
        let empty: Vec<String> = (0..table.columns.len())
            .filter(|&at| LIFE.contains(&table.columns[at].as_str()) && is_empty(at))
            .map(|at| table.columns[at].clone())
            .collect();
        table.keep_columns(|name| empty.iter().all(|column| column != name));
    }
    context.write(&table)?;
    if table.rows.is_empty() {
        let words = wanted.join(" ");
        context.say(format!(
            "no council of the table has `{words}` in its name, code, nation, system or address"
        ));
    }
    Ok(Outcome::found(!table.rows.is_empty()))
}

/// What became, or will become, of a council whose last day is set: “it was
/// abolished on 2023-04-01; `cumberland` succeeded it”.
pub fn fate(council: &Council, today: Date) -> Option<String> {
    let day = council.abolished()?;
    let is_past = day.first_day() <= today;
    let was = if is_past { "was" } else { "will be" };
    let mut fate = format!("it {was} abolished on {day}");
    let successors: Vec<String> = council.successors.iter().map(|slug| format!("`{slug}`")).collect();
    if !successors.is_empty() {
        let succeed = match (is_past, successors.len()) {
            (true, _) => "succeeded",
            (false, 1) => "succeeds",
            (false, _) => "succeed",
        };
        fate.push_str(&format!("; {} {succeed} it", listed(&successors)));
    }
    Some(fate)
}

/// “a”, “a and b”, “a, b and c”.
pub fn listed(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_became_of_a_council_is_said_in_one_line() {
        let council = |until: &str, successors: &[&str]| Council {
            until: until.parse().ok(),
            successors: successors.iter().map(|slug| (*slug).to_owned()).collect(),
            ..Council::default()
        };
        let today = jiff::civil::date(2026, 11, 22);
        let check = |council: Council, expected: Option<&str>| {
            assert_eq!(fate(&council, today).as_deref(), expected);
        };
        check(council("", &[]), None);
        check(
            council("2023-03-31", &["cumberland", "westmorland-and-furness"]),
            Some("it was abolished on 2023-04-01; `cumberland` and `westmorland-and-furness` succeeded it"),
        );
        check(
            council("2027-03-31", &["west-surrey"]),
            Some("it will be abolished on 2027-04-01; `west-surrey` succeeds it"),
        );
        check(council("2015-03-31", &[]), Some("it was abolished on 2015-04-01"));
    }
}
