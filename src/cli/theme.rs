//! `theme`: the codebook's themes listed, shown, checked and tested.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::ensure;

use super::validations::Validations;
use super::{Context, Outcome, theme_diff, theme_masks, theme_suggest};
use crate::analyse::{Codebook, HeadingContext, ThemeFault};
use crate::model::{Error, Result};
use crate::report::{Cell, Table};

/// The codebook that comes with the program.
const BUILT_IN: &str = include_str!("../../codebooks/children-and-scrutiny.toml");

/// What a theme is made of, for `--help`.
const HELP: &str = "\
A codebook is a TOML file of themes. A theme has an id, a name, a definition, a query in which
every word counts as written, masks, and examples that must match or must not. It may have a
heading context, as a paragraph often does not say again what its heading says:

  context = '\"social care\" AND NOT adult*'
  in_context = 'vacanc* NEAR/9 post*'
  examples = [{ title = \"Social care\", text = \"There was one vacancy among nine posts.\" }]

What in_context matches counts beside the query where context is true of the title of the agenda
item or of the name of the body, of one of the two whole. What counts stands in the text, never in
the heading, and masks hide it as they hide the rest. `theme show` gives the whole query that all
of this makes, for `search --exact`, and how the theme was validated (see `validate --help`).

Example: scrutineer theme show csc01_sw_recruit_retain";

/// The arguments of `theme`.
#[derive(clap::Args)]
#[command(after_long_help = HELP)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
    /// A codebook of your own.
    #[arg(long, global = true, value_name = "FILE")]
    codebook: Option<PathBuf>,
}

#[derive(clap::Subcommand)]
enum Action {
    /// List the themes.
    List,
    /// Show themes whole: definition, query, masks, heading context, the whole query that these make,
    /// examples.
    Show {
        /// Themes, by id.
        #[arg(required = true, value_name = "THEME")]
        themes: Vec<String>,
    },
    /// Check that every query and mask parses and that nothing is missing; with --masks, what each
    /// mask does.
    Check(theme_masks::Args),
    /// Show what a new version of a codebook finds that the old one does not, and the reverse.
    Diff(theme_diff::Args),
    /// Suggest terms that mark the items of a theme and are not in its query, to be read.
    Suggest(theme_suggest::Args),
    /// Run the examples and counter-examples.
    Test {
        /// Themes, by id; all when none is named.
        #[arg(value_name = "THEME")]
        themes: Vec<String>,
    },
}

/// Runs `theme`.
pub fn run(context: &Context, args: Args) -> anyhow::Result<Outcome> {
    let codebook = || codebook(args.codebook.as_deref());
    match args.action {
        Action::List => list(context, &codebook()?),
        Action::Show { themes } => show(context, &codebook()?, &themes),
        Action::Check(check) if check.masks => theme_masks::run(context, &codebook()?, &check),
        Action::Check(check) => {
            let codebook = codebook()?;
            let outcome =
                faults(context, "is fit for counting", &codebook, &check.themes, |theme| theme.check())?;
            theme_masks::say_unneeded(context, &codebook.select(&check.themes)?);
            Ok(outcome)
        }
        Action::Test { themes } => {
            faults(context, "holds its examples", &codebook()?, &themes, |theme| theme.test())
        }
        Action::Suggest(suggest) => theme_suggest::run(context, &codebook()?, &suggest),
        Action::Diff(diff) => {
            ensure!(args.codebook.is_none(), "`theme diff` names both codebooks: leave `--codebook` out");
            theme_diff::run(context, &diff)
        }
    }
}

/// Which themes a command counts.
#[derive(clap::Args)]
pub struct ThemeArgs {
    /// Themes, by id; all of the codebook when none is named.
    #[arg(value_name = "THEME")]
    pub themes: Vec<String>,
    /// A codebook of your own.
    #[arg(long, value_name = "FILE")]
    pub codebook: Option<PathBuf>,
}

/// The codebook of a file, or the one that comes with the program.
pub fn codebook(file: Option<&Path>) -> Result<Codebook> {
    let Some(path) = file else {
        return Codebook::from_toml("children-and-scrutiny.toml", BUILT_IN);
    };
    let toml = fs::read_to_string(path).map_err(Error::io("read", path))?;
    Codebook::from_toml(&path.display().to_string(), &toml)
}

fn list(context: &Context, codebook: &Codebook) -> anyhow::Result<Outcome> {
    let mut table = Table::new(&["theme", "name", "group", "masks", "examples", "counter_examples"]);
    for theme in &codebook.themes {
        table.push(vec![
            theme.id.as_str().into(),
            theme.name.as_str().into(),
            Cell::text_or_unknown(&theme.group),
            theme.masks.len().into(),
            theme.examples.len().into(),
            theme.counter_examples.len().into(),
        ]);
    }
    let themes = codebook.select(&[])?;
    let validations = Validations::read(context, codebook, &themes)?;
    validations.add_to(&mut table, context.format);
    context.write(&table)?;
    validations.say(context);
    context.say(format!("{} {}: {}", codebook.name, codebook.version, codebook.title));
    Ok(Outcome::found(!codebook.themes.is_empty()))
}

fn show(context: &Context, codebook: &Codebook, ids: &[String]) -> anyhow::Result<Outcome> {
    let mut table = Table::new(&["theme", "part", "text"]);
    let themes = codebook.select(ids)?;
    let validations = Validations::read(context, codebook, &themes)?;
    for theme in themes {
        let mut part = |part: &str, text: &str| {
            table.push(vec![theme.id.as_str().into(), part.into(), text.into()]);
        };
        part("name", &theme.name);
        part("group", &theme.group);
        part("definition", &theme.definition);
        part("query", &theme.query_text);
        theme.masks.iter().for_each(|mask| part("mask", mask));
        if let Some(HeadingContext { heading, not_heading, query_text }) = &theme.context {
            part("context", heading);
            not_heading.iter().for_each(|heading| part("not context", heading));
            part("in context", query_text);
        }
        part("whole query", &theme.query.to_string());
        part("digest", &theme.query.digest());
        part("validation", &validations.in_words(&theme.id).unwrap_or_else(|| "never validated here".into()));
        theme.examples.iter().for_each(|example| part("example", &example.to_string()));
        theme.counter_examples.iter().for_each(|example| part("counter-example", &example.to_string()));
    }
    context.write(&table)?;
    Ok(Outcome::Done)
}

fn faults(
    context: &Context,
    what_holds: &str,
    codebook: &Codebook,
    ids: &[String],
    look: impl Fn(&crate::analyse::Theme) -> Vec<ThemeFault>,
) -> anyhow::Result<Outcome> {
    let themes = codebook.select(ids)?;
    let faults: Vec<ThemeFault> = themes.iter().flat_map(|theme| look(theme)).collect();
    let mut table = Table::new(&["theme", "fault"]);
    for fault in &faults {
        table.push(vec![fault.theme.as_str().into(), fault.message.as_str().into()]);
    }
    context.write(&table)?;
    let n_faulty = themes.iter().filter(|theme| faults.iter().any(|fault| fault.theme == theme.id)).count();
    context.say(format!("{} of {} themes: each {what_holds}", themes.len() - n_faulty, themes.len()));
    Ok(if faults.is_empty() { Outcome::Done } else { Outcome::Partial })
}
