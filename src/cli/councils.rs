//! `councils`: the table of councils.

use super::{Context, Outcome};
use crate::report::{Cell, Table};

/// The arguments of `councils`.
#[derive(clap::Args)]
pub struct Args {
    /// Words that all stand in the row, in any case.
    #[arg(value_name = "WORDS")]
    words: Vec<String>,
}

/// Runs `councils`.
pub fn run(context: &Context, args: Args) -> anyhow::Result<Outcome> {
    let councils = context.home.councils()?;
    let wanted: Vec<String> =
        args.words.iter().flat_map(|words| words.split_whitespace()).map(str::to_lowercase).collect();
    let mut table = Table::new(&["slug", "name", "gss", "nation", "platform", "address"]);
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
        if wanted.iter().all(|word| row.contains(word)) {
            table.push(fields.into_iter().map(Cell::text_or_unknown).collect());
        }
    }
    context.write(&table)?;
    Ok(Outcome::found(!table.rows.is_empty()))
}
