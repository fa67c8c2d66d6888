//! `theme check --masks`: what each mask of a theme does.

use std::collections::HashMap;

use super::filters::FilterArgs;
use super::groups::say_left_out;
use super::search::plural;
use super::{Context, Outcome};
use crate::analyse::{Codebook, Theme};
use crate::index::{Found, Index, MatchSet, PassageKey};
use crate::model::{Error, Result};
use crate::report::{Cell, Table};
use crate::search::{Filter, Query};

/// What the masks are held against, for `--help`.
const HELP: &str = "\
A theme is fit for counting that has a definition, examples and counter-examples, of which the
former match and the latter do not (`theme test`); where it has a context, an example needs it.

With --masks there is a row for each mask. counter_examples is how many of the theme's
counter-examples would match without it: a mask that none needs is as good as untested.
hidden_passages and hidden_matches are what would be found more in the indexed text without it,
the other masks left in place; of two masks that hide the same words either can go, and each
hides nothing alone. Without an index these two are blank.

Count again with `search QUERY --exact`, QUERY being the whole query of `theme show`, and the same
without one of the masks at its front.

Example: scrutineer theme check csc02_agency_staff --masks

Exit code 3: a theme is not fit for counting.";

const COLUMNS: [&str; 6] =
    ["theme", "counter_examples", "hidden_passages", "hidden_matches", "remark", "mask"];

/// The arguments of `theme check`.
#[derive(clap::Args)]
#[command(after_long_help = HELP)]
pub struct Args {
    /// Themes, by id; all when none is named.
    #[arg(value_name = "THEME")]
    pub themes: Vec<String>,
    /// List the masks: which counter-examples need each, and what it hides in the indexed text.
    #[arg(long)]
    pub masks: bool,
    #[command(flatten)]
    filters: FilterArgs,
}

/// What a mask keeps out of what is found.
struct Hidden {
    passages: u64,
    matches: u64,
}

/// Lists what each mask does.
pub fn run(context: &Context, codebook: &Codebook, args: &Args) -> anyhow::Result<Outcome> {
    let themes = codebook.select(&args.themes)?;
    let masks: Vec<(&Theme, usize)> =
        themes.iter().flat_map(|theme| (0..theme.masks.len()).map(move |at| (*theme, at))).collect();
    let filter = args.filters.filter(context)?;
    let index = match context.index() {
        Ok(index) => Some(index),
        Err(Error::NoIndex { .. }) => None,
        Err(error) => return Err(error.into()),
    };
    let n_passages =
        |index: &Index| -> u64 { index.totals(&filter, &[]).values().map(|total| total.passages).sum() };
    // In no text nothing is hidden, and nothing known.
    let looked_through = index.as_ref().filter(|index| n_passages(index) > 0);
    let hidden = looked_through.map(|index| hidden(index, &filter, &masks)).transpose()?;

    let mut table = Table::new(&COLUMNS);
    let mut n_unused = 0;
    for (place, (theme, at)) in masks.iter().enumerate() {
        let hidden = hidden.as_ref().map(|hidden| &hidden[place]);
        let n_needing = theme.n_needing_mask(*at);
        let is_unused = hidden.is_some_and(|hidden| hidden.matches == 0 && hidden.passages == 0);
        n_unused += u64::from(is_unused);
        let remarks = [(n_needing == 0, "no counter-example needs it"), (is_unused, "hides nothing here")];
        let remarks: Vec<&str> =
            remarks.iter().filter(|(is_so, _)| *is_so).map(|(_, remark)| *remark).collect();
        table.push(vec![
            theme.id.as_str().into(),
            n_needing.into(),
            hidden.map(|hidden| hidden.passages).into(),
            hidden.map(|hidden| hidden.matches).into(),
            Cell::text_or_unknown(remarks.join("; ")),
            theme.masks[*at].as_str().into(),
        ]);
    }
    context.write(&table)?;
    say_unneeded(context, &themes);
    match (&index, looked_through) {
        _ if masks.is_empty() => context.say("there are no masks"),
        (None, _) => context.say("there is no index, so nothing is known of what they hide"),
        (Some(_), None) => {
            context.say("nothing is known: no meeting with readable minutes passes the filters")
        }
        (Some(_), Some(index)) => context.say(format!(
            "{} of {} hide nothing in {} looked through that other masks do not hide",
            n_unused,
            plural(masks.len() as u64, "mask", "masks"),
            plural(n_passages(index), "passage", "passages")
        )),
    }
    if let Some(index) = &index {
        say_left_out(context, index, &filter)?;
    }
    Ok(Outcome::found(!masks.is_empty()))
}

/// Says how many masks no counter-example needs.
pub fn say_unneeded(context: &Context, themes: &[&Theme]) {
    let n_masks: usize = themes.iter().map(|theme| theme.masks.len()).sum();
    let n_unneeded =
        |theme: &&Theme| (0..theme.masks.len()).filter(|at| theme.n_needing_mask(*at) == 0).count();
    let n_unneeded: usize = themes.iter().map(n_unneeded).sum();
    if n_unneeded > 0 {
        let of = plural(n_masks as u64, "mask", "masks");
        context.say(format!(
            "{n_unneeded} of {of}: no counter-example needs it, so that none would tell if it were lost; \
             `theme check --masks` lists them"
        ));
    }
}

/// What each mask hides.
fn hidden(index: &Index, filter: &Filter, masks: &[(&Theme, usize)]) -> Result<Vec<Hidden>> {
    let without: Vec<Query> = masks.iter().map(|(theme, at)| theme.without_mask(*at)).collect();
    let set = |query| MatchSet { query, filter };
    let with = index.find_each(&masks.iter().map(|(theme, _)| set(&theme.query)).collect::<Vec<_>>())?;
    let without = index.find_each(&without.iter().map(set).collect::<Vec<_>>())?;
    Ok(with.iter().zip(&without).map(|(with, without)| difference(with, without)).collect())
}

/// What is found without a mask and not with it.
fn difference(with: &Found, without: &Found) -> Hidden {
    let known: HashMap<PassageKey, u32> = with.hits.iter().map(|hit| (hit.key(), hit.n_matches)).collect();
    let mut hidden = Hidden { passages: 0, matches: 0 };
    for hit in &without.hits {
        let n_known = known.get(&hit.key());
        hidden.passages += u64::from(n_known.is_none());
        hidden.matches += u64::from(hit.n_matches.saturating_sub(n_known.copied().unwrap_or(0)));
    }
    hidden
}
