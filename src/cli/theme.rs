//! `theme`: the codebook's themes listed, shown, checked and tested.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::ensure;

use super::search::plural;
use super::validations::Validations;
use super::{Context, Outcome, theme_diff, theme_masks, theme_suggest};
use crate::analyse::{Codebook, HeadingContext, ThemeFault};
use crate::model::{Error, Result};
use crate::report::{Cell, Format, Table};

/// The codebook that comes with the program.
const BUILT_IN: &str = include_str!("../../codebooks/children-and-scrutiny.toml");

/// What a theme is made of, for `--help`.
const HELP: &str = "\
A codebook is a TOML file of themes:

  [codebook]
  name = \"social-work\"
  version = \"1.0.0\"
  title = \"Social work in one county\"

  [[theme]]
  id = \"vacancies\"
  name = \"Vacancies of social workers\"
  group = \"Workforce\"
  definition = \"Posts of social workers that are empty. Left out: governors, adults' care.\"
  query = '\"social worker*\" NEAR/9 vacanc*'
  masks = ['vacanc* PRE/3 governor*']
  context = '\"social care\" OR \"social work*\"'
  not_context = 'adult*'
  in_context = 'vacanc* NEAR/9 post*'
  examples = [
    \"Vacancies among social workers rose.\",
    { title = \"Social care\", text = \"There was one vacancy in nine posts.\" },
  ]
  counter_examples = [
    \"The social worker applied for the vacancy of a governor.\",
    { title = \"Social care\", body = \"Adults Panel\", text = \"One vacancy in nine posts.\" },
  ]

Every word of a query counts as written (`help query` explains the language). What a mask matches
is hidden before the query is tested. Examples must match, counter-examples must not: `theme test`
and `theme check` hold them. id, name, definition and query are needed, the rest is not.

A paragraph often does not say again what its heading says. So what in_context matches counts
beside the query where context is true of the title of the agenda item or of the name of the body,
of one of the two whole, and not_context of neither. NOT stands in neither of these, as the other
heading would undo it. What counts stands in the text, never in the heading, and masks hide it as
they hide the rest. `theme show` gives the whole query that all of this makes, for `search
--exact`, and how the theme was validated (see `validate --help`).

To begin with the codebook that comes with the program, or with a part of it, write it to a file
and edit it there:

  scrutineer theme export csc01_sw_recruit_retain --output mine.toml
  scrutineer theme check --codebook mine.toml

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
    /// Check that every query and mask parses, that nothing is missing and that the examples hold; with
    /// --masks, what each mask does.
    Check(theme_masks::Args),
    /// Show what a new version of a codebook finds that the old one does not, and the reverse.
    Diff(theme_diff::Args),
    /// Suggest terms that mark the items of a theme and are not in its query, to be read.
    Suggest(theme_suggest::Args),
    /// Write a codebook file, to be edited and named with --codebook; without the comments.
    Export {
        /// Themes, by id; all when none is named.
        #[arg(value_name = "THEME")]
        themes: Vec<String>,
    },
    /// Run the examples and counter-examples.
    Test {
        /// Themes, by id; all when none is named.
        #[arg(value_name = "THEME")]
        themes: Vec<String>,
    },
}

impl Args {
    /// Whether what is written is a codebook file, which is TOML whatever its name.
    pub fn writes_codebook(&self) -> bool {
        matches!(self.action, Action::Export { .. })
    }
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
        Action::Export { themes } => export(context, &codebook()?, &themes),
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

/// The codebook of a file, or for `built-in` the one that comes with the program.
pub fn codebook_called(name: &Path) -> Result<Codebook> {
    codebook((name != Path::new("built-in")).then_some(name))
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

fn export(context: &Context, codebook: &Codebook, ids: &[String]) -> anyhow::Result<Outcome> {
    ensure!(context.format == Format::Table, "a codebook file is TOML: leave `--format` out");
    let themes = codebook.select(ids)?;
    context.write_with(|out| out.write_all(codebook.to_toml(&themes).as_bytes()))?;
    context.say(format!(
        "{} of {} {}; what you edit needs a name or version of its own, by which tables and validations tell it",
        plural(themes.len() as u64, "theme", "themes"),
        codebook.name,
        codebook.version
    ));
    Ok(Outcome::found(!themes.is_empty()))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyse::Theme;

    #[test]
    fn the_codebook_of_the_help_is_fit_for_counting() {
        let lines = HELP.lines().filter_map(|line| line.strip_prefix("  "));
        let toml: Vec<&str> = lines.take_while(|line| !line.starts_with("scrutineer")).collect();
        let codebook = Codebook::from_toml("help.toml", &toml.join("\n")).unwrap();
        let [theme] = &codebook.themes[..] else { panic!("{:?}", codebook.themes) };
        assert_eq!(theme.check(), []);
        assert_eq!(theme.n_needing_mask(0), 1);
        assert!(theme.context.as_ref().is_some_and(|context| context.not_heading.is_some()));
    }

    #[test]
    fn the_codebook_that_comes_with_the_program_is_written_as_it_is_read() {
        let codebook = codebook(None).unwrap();
        let themes: Vec<&Theme> = codebook.themes.iter().collect();
        let written = Codebook::from_toml("written.toml", &codebook.to_toml(&themes)).unwrap();
        assert_eq!((written.themes.len(), &written.themes), (47, &codebook.themes));
    }
}
