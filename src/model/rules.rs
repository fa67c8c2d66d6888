//! Rules that lead a crawl over the pages of any site: where to begin, which
//! links lead on, which hold minutes. Read out of a small TOML file.

use std::fmt;

use regex::Regex;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use url::Url;

use super::{Error, Result};

/// How far the links of a site are followed where its rules do not say: start
/// page, years, meetings, and one more.
pub const DEPTH: u32 = 3;
/// How many pages of links one crawl reads at a site where its rules do not
/// say. A council with a page a meeting and one a month for forty years has
/// fewer; a calendar that goes on for ever ends here.
pub const MAX_PAGES: u64 = 1_000;
/// The name of a body where the rules do not give one.
const BODY: &str = "Council";
/// What a named group of a pattern may read.
const GROUPS: [&str; 3] = ["date", "body", "id"];

/// A site as a file of rules describes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuledSite {
    /// The slug or name of the council, or of any other body that publishes.
    pub council: String,
    /// What to do with its pages.
    pub rules: PageRules,
}

/// Which pages of a site are read, and what their links mean.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageRules {
    /// The addresses to begin at, one or more, all on one host.
    pub start: Vec<String>,
    /// Other hosts, with a port where it is not the usual one, on which its
    /// documents may lie. Each has its own robots.txt and pace.
    pub hosts: Vec<String>,
    /// The name of the body whose minutes these are, unless a rule says otherwise.
    pub body: String,
    /// How many links lead from a start page to the last page that is read for
    /// its links; 0: only the start pages are.
    pub depth: u32,
    /// How many pages of links one crawl reads; at least 1.
    pub max_pages: u64,
    /// Links that lead on to more pages of links.
    pub follow: Vec<LinkRule>,
    /// Links to minutes: a page or a file.
    pub minutes: Vec<LinkRule>,
    /// Links to agendas.
    pub agenda: Vec<LinkRule>,
}

impl PageRules {
    /// Whether an address lies on one of the other hosts.
    pub fn names_host_of(&self, url: &Url) -> bool {
        let host = match (url.host_str(), url.port()) {
            (Some(host), Some(port)) => format!("{host}:{port}"),
            (Some(host), None) => host.to_owned(),
            (None, _) => return false,
        };
        self.hosts.iter().any(|named| named.eq_ignore_ascii_case(&host))
    }
}

/// Which links are meant: those for which every pattern that is given matches.
/// At least one is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkRule {
    /// On the words of the link.
    pub text: Option<Pattern>,
    /// On the address that it leads to.
    pub address: Option<Pattern>,
    /// On the words of the row, list item or line in which it stands.
    pub row: Option<Pattern>,
    /// On the heading above it.
    pub heading: Option<Pattern>,
    /// On the address of the page on which it stands.
    pub page: Option<Pattern>,
    /// The name of the body whose links these are; a group `body` goes before it.
    pub body: Option<String>,
    /// Of links to minutes, which are drafts: on the words of the link and the
    /// name of the file, and on the row where no other link stands in it.
    pub draft: Option<Pattern>,
}

impl LinkRule {
    /// The patterns that a link must satisfy, with their names in the file.
    pub fn patterns(&self) -> impl Iterator<Item = (&'static str, &Pattern)> {
        let all = [
            ("text", &self.text),
            ("address", &self.address),
            ("row", &self.row),
            ("heading", &self.heading),
            ("page", &self.page),
        ];
        all.into_iter().filter_map(|(name, pattern)| Some((name, pattern.as_ref()?)))
    }
}

/// A regular expression, equal to others of the same text.
#[derive(Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Pattern(Regex);

impl Pattern {
    /// Reads one. The message of an error says what is wrong, in one line.
    pub fn new(text: &str) -> Result<Self, String> {
        let is_group = |name: &&str| GROUPS.contains(name);
        let regex = Regex::new(text).map_err(|error| one_line(&error))?;
        match regex.capture_names().flatten().find(|name| !is_group(name)) {
            Some(name) => Err(format!("`{name}` is no group; there are date, body and id")),
            None => Ok(Self(regex)),
        }
    }

    /// The expression itself.
    pub fn regex(&self) -> &Regex {
        &self.0
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0.as_str())
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_str() == other.0.as_str()
    }
}

impl Eq for Pattern {}

impl TryFrom<String> for Pattern {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::new(&text)
    }
}

impl From<Pattern> for String {
    fn from(pattern: Pattern) -> Self {
        pattern.0.as_str().to_owned()
    }
}

/// The last line of an error of the regex library says what is wrong; those
/// before it draw where.
fn one_line(error: &regex::Error) -> String {
    let said = error.to_string();
    let last = said.lines().rev().map(str::trim).find(|line| !line.is_empty()).unwrap_or("it cannot be read");
    format!("no regular expression: {}", last.trim_start_matches("error: "))
}

/// The whole file, its parts still unread so that an error can name them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    site: Vec<toml::Table>,
}

/// A `[[site]]` without its lists of rules.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    council: String,
    start: Vec<String>,
    #[serde(default)]
    hosts: Vec<String>,
    body: Option<String>,
    depth: Option<u32>,
    max_pages: Option<u64>,
}

impl RuledSite {
    /// Reads a file of rules; `file` names it in errors. The sites come in the
    /// order of the file.
    ///
    /// Fails for what is no TOML, a key that is not known, a pattern that is
    /// no regular expression, a rule without a pattern, and a site without
    /// addresses on one host or without minutes and agendas: the message names
    /// site, rule and key.
    pub fn read_all(toml: &str, file: &str) -> Result<Vec<Self>> {
        let wrong = |reason: String| Error::Input(format!("`{file}`: {reason}"));
        let File { site } = toml::from_str(toml).map_err(|error| wrong(error.to_string()))?;
        if site.is_empty() {
            return Err(wrong("it describes no site: it has no `[[site]]`".into()));
        }
        let read = |(at, table)| read_site(at, table).map_err(wrong);
        site.into_iter().enumerate().map(read).collect()
    }

    /// The address of the site itself: scheme, host and port of where it begins.
    pub fn root(&self) -> Option<Url> {
        let mut url = Url::parse(self.rules.start.first()?).ok()?;
        url.set_path("");
        url.set_query(None);
        url.set_fragment(None);
        Some(url)
    }
}

fn read_site(at: usize, mut table: toml::Table) -> Result<RuledSite, String> {
    let name = match table.get("council").and_then(toml::Value::as_str) {
        Some(council) => format!("the site of {council}"),
        None => format!("site {}", at + 1),
    };
    let wrong = |reason: String| format!("{name}: {reason}");
    let mut rules = |list: &'static str| match table.remove(list) {
        Some(value) => read_rules(list, value).map_err(wrong),
        None => Ok(Vec::new()),
    };
    let (follow, minutes, agenda) = (rules("follow")?, rules("minutes")?, rules("agenda")?);
    let head: Head = read(table).map_err(wrong)?;
    if head.council.trim().is_empty() {
        return Err(wrong("`council` is empty".into()));
    }
    check_start(&head.start).map_err(wrong)?;
    head.hosts.iter().try_for_each(|host| check_host(host)).map_err(wrong)?;
    if minutes.is_empty() && agenda.is_empty() {
        return Err(wrong("it has neither a `[[site.minutes]]` nor a `[[site.agenda]]` rule".into()));
    }
    if head.max_pages == Some(0) {
        return Err(wrong("`max_pages` is 0: the start page is one already".into()));
    }
    let rules = PageRules {
        start: head.start,
        hosts: head.hosts,
        body: head.body.filter(|body| !body.trim().is_empty()).unwrap_or_else(|| BODY.into()),
        depth: head.depth.unwrap_or(DEPTH),
        max_pages: head.max_pages.unwrap_or(MAX_PAGES),
        follow,
        minutes,
        agenda,
    };
    Ok(RuledSite { council: head.council.trim().to_owned(), rules })
}

fn check_start(start: &[String]) -> Result<(), String> {
    let mut hosts = Vec::new();
    for address in start {
        let url = Url::parse(address).map_err(|error| format!("`{address}` in `start` is wrong: {error}"))?;
        let host = url.host_str().filter(|_| matches!(url.scheme(), "http" | "https"));
        let host = host.ok_or_else(|| format!("`{address}` in `start` is no address of the web"))?;
        hosts.push((host.to_owned(), url.port_or_known_default()));
    }
    hosts.dedup();
    match hosts.as_slice() {
        [] => Err("`start` names no address".into()),
        [_] => Ok(()),
        _ => Err("the addresses of `start` are on several hosts: each needs a `[[site]]` of its own".into()),
    }
}

fn check_host(host: &str) -> Result<(), String> {
    let url = Url::parse(&format!("https://{host}/")).ok();
    let is_host =
        url.is_some_and(|url| url.path() == "/" && url.username().is_empty() && url.query().is_none());
    match is_host {
        true => Ok(()),
        false => Err(format!("`{host}` in `hosts` is no name of a host, such as `files.example`")),
    }
}

fn read_rules(list: &str, value: toml::Value) -> Result<Vec<LinkRule>, String> {
    let tables: Vec<toml::Table> =
        value.try_into().map_err(|_| format!("`{list}` is a list of tables: `[[site.{list}]]`"))?;
    let read =
        |(at, table)| read_rule(list, table).map_err(|reason| format!("`{list}` rule {}: {reason}", at + 1));
    tables.into_iter().enumerate().map(read).collect()
}

fn read_rule(list: &str, table: toml::Table) -> Result<LinkRule, String> {
    // Read one by one before the whole, so that an error names the key.
    for key in ["text", "address", "row", "heading", "page", "draft"] {
        let text = table.get(key).and_then(toml::Value::as_str);
        text.map_or(Ok(()), |text| {
            Pattern::new(text).map(drop).map_err(|reason| format!("`{key}`: {reason}"))
        })?;
    }
    let rule: LinkRule = read(table)?;
    if rule.patterns().next().is_none() {
        return Err("it has no pattern (text, address, row, heading or page), so it means every link".into());
    }
    if rule.draft.is_some() && list != "minutes" {
        return Err("`draft` is for minutes only".into());
    }
    let has_group = |(_, pattern): (&str, &Pattern)| pattern.0.capture_names().flatten().next().is_some();
    if list == "follow" && (rule.body.is_some() || rule.patterns().any(has_group)) {
        return Err("date, body and id are read of minutes and agendas only".into());
    }
    Ok(rule)
}

/// The message of the TOML library without its drawing of where: the part is
/// named already.
fn read<T: DeserializeOwned>(table: toml::Table) -> Result<T, String> {
    toml::Value::Table(table).try_into().map_err(|error: toml::de::Error| error.message().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str = r#"
        [[site]]
        council = "Ambridge Parish Council"
        start = ["https://ambridge.example/meetings/"]
        body = "Parish Council"
        depth = 2
        [[site.follow]]
        address = '/meetings/\d{4}/'
        [[site.minutes]]
        text = '(?i)^minutes\b.*?(?<date>\d{1,2} \w+ \d{4})'
        draft = '(?i)draft'
    "#;

    #[test]
    fn a_file_is_read_with_its_defaults() {
        let sites = RuledSite::read_all(WHOLE, "sites.toml").unwrap();
        let rules = &sites[0].rules;
        assert_eq!((rules.body.as_str(), rules.depth, rules.max_pages), ("Parish Council", 2, MAX_PAGES));
        assert_eq!((rules.follow.len(), rules.minutes.len(), rules.agenda.len()), (1, 1, 0));
        assert_eq!(sites[0].root().unwrap().as_str(), "https://ambridge.example/");
        let plain =
            "[[site]]\ncouncil = \"A\"\nstart = [\"http://a.example/x\"]\n[[site.agenda]]\ntext = \"a\"\n";
        let sites = RuledSite::read_all(plain, "sites.toml").unwrap();
        assert_eq!((sites[0].rules.depth, sites[0].rules.body.as_str()), (DEPTH, BODY));
    }

    #[track_caller]
    fn check_wrong(from: &str, to: &str, said: &[&str]) {
        assert!(WHOLE.contains(from), "{from}");
        let error = RuledSite::read_all(&WHOLE.replacen(from, to, 1), "sites.toml").unwrap_err().to_string();
        for part in said.iter().chain(&["sites.toml"]) {
            assert!(error.contains(part), "`{part}` in: {error}");
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        let site = "the site of Ambridge Parish Council";
        check_wrong("depth = 2", "deepth = 2", &[site, "deepth"]);
        check_wrong("draft = ", "darft = ", &[site, "`minutes` rule 1", "darft"]);
        check_wrong(
            r"'/meetings/\d{4}/'",
            "'/meetings/('",
            &[site, "`follow` rule 1", "`address`", "unclosed group"],
        );
        check_wrong("(?<date>", "(?<day>", &[site, "`minutes` rule 1", "`text`", "`day`"]);
        check_wrong(r"'/meetings/\d{4}/'", "'(?<body>x)'", &[site, "`follow` rule 1"]);
        check_wrong("address =", "body =", &[site, "`follow` rule 1", "no pattern"]);
        check_wrong("[[site.follow]]", "[[site.folow]]", &[site, "folow"]);
        check_wrong("[[site.minutes]]", "[[site.follow]]", &[site, "`draft`"]);
        check_wrong("depth = 2", "max_pages = 0", &[site, "max_pages"]);
        check_wrong("https://ambridge.example/meetings/", "ambridge", &[site, "`ambridge`"]);
        check_wrong("https://ambridge.example/meetings/", "file:///etc", &[site, "file:///etc"]);
        check_wrong("[\"https:", "[\"https://b.example\", \"https:", &[site, "several hosts"]);
        check_wrong(
            "depth = 2",
            "hosts = [\"https://b.example/\"]",
            &[site, "`hosts`", "https://b.example/"],
        );
        check_wrong("council = \"Ambridge Parish Council\"", "", &["site 1", "council"]);
        check_wrong("council = ", "council ", &["line 3"]);
        assert!(RuledSite::read_all("", "f").unwrap_err().to_string().contains("[[site]]"));
    }

    #[test]
    fn rules_survive_being_written_and_read() {
        let sites = RuledSite::read_all(WHOLE, "sites.toml").unwrap();
        let json = serde_json::to_string(&sites[0]).unwrap();
        assert_eq!(serde_json::from_str::<RuledSite>(&json).unwrap(), sites[0]);
    }
}
