//! The adaptor for any other site: pages that lead on, and links to minutes
//! and agendas, told apart by the rules of a file ([`PageRules`]).
//!
//! Nothing says what a meeting is but the links to its documents: those of one
//! body and date are of one meeting. Pages of links are read first, and each
//! crawl reads them all again; a document is asked for once its meeting is due.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::LazyLock;

use regex::Regex;
use serde::{Deserialize, Serialize};
use url::Url;

use super::platform::{Data, Documents, Found, Ground, Page, Platform, Request, challenged};
use crate::corpus::{Cause, RequestState, Unfit};
use crate::model::{
    Digest, DocumentRole, Edition, LinkRule, Meeting, MeetingId, MeetingStatus, PageRules, PartialDate, slug,
};
use crate::parse::blocks::html;
use crate::parse::challenge_in_title;
use crate::parse::date::dates;
use crate::parse::links::{self, Link, file_name, readable};

/// Any site that rules describe.
#[derive(Debug)]
pub struct Pages {
    rules: PageRules,
    seen: RefCell<Seen>,
}

/// What this crawl has seen of the site, in all of its runs.
#[derive(Debug, Default)]
struct Seen {
    /// Pages of links that were asked for, by key.
    pages: HashSet<String>,
    /// Pages that lie deeper than links are followed, by key.
    too_deep: BTreeMap<String, String>,
    /// Pages past the budget, by key.
    too_many: BTreeMap<String, String>,
    /// Documents that are not asked for and by which no date stands, by key.
    undated: BTreeMap<String, String>,
    /// The minutes of each meeting whose day no link tells, by its number and
    /// their edition.
    of_a_month: HashMap<(String, Edition), String>,
    /// Other minutes that fall to such a meeting, by key.
    same_month: BTreeMap<String, String>,
    /// Links on the pages that came, and how many of them a rule means.
    n_links: u64,
    n_meant: u64,
}

/// What a request asks for, as it waits in the frontier.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "kebab-case")]
enum Step {
    /// A page of links, so many links away from where the crawl began.
    Links { depth: u32 },
    /// Minutes or an agenda. Where no date stands by the link, its meeting
    /// joins the register only when no other link to it has one.
    Document { undated: Option<Box<Meeting>> },
}

impl Pages {
    /// An adaptor that follows these rules.
    pub fn new(rules: PageRules) -> Self {
        Self { rules, seen: RefCell::default() }
    }

    /// Asks for a page of links, unless it lies too deep or past the budget.
    fn page(&self, url: &str, depth: u32) -> Option<Request> {
        let key = links::canonical(url);
        let mut seen = self.seen.borrow_mut();
        if seen.pages.contains(&key) {
            return None;
        }
        let n_pages = u64::try_from(seen.pages.len()).unwrap_or(u64::MAX);
        if depth > self.rules.depth || n_pages >= self.rules.max_pages {
            let beyond = if depth > self.rules.depth { &mut seen.too_deep } else { &mut seen.too_many };
            beyond.insert(key, url.to_owned());
            return None;
        }
        seen.pages.insert(key);
        Some(Request {
            url: url.to_owned(),
            role: DocumentRole::Register,
            meeting: None,
            edition: None,
            begins_meeting: false,
            data: Data::of(&Step::Links { depth }),
        })
    }
}

impl Platform for Pages {
    fn start(&self, _ground: &Ground) -> Vec<Request> {
        self.rules.start.iter().filter_map(|url| self.page(url, 0)).collect()
    }

    /// The budget of pages is that of the crawl, and what it keeps out is said by
    /// each run: so the pages that came are read again.
    fn take_up(
        &self,
        ground: &Ground,
        lists: &[(Option<RequestState>, Request)],
        page: &dyn Fn(&Request) -> Option<Page>,
    ) {
        let keys = lists.iter().map(|(_, request)| links::canonical(&request.url));
        self.seen.borrow_mut().pages.extend(keys);
        for (_, request) in lists.iter().filter(|(state, _)| *state == Some(RequestState::Done)) {
            if let Some(page) = page(request) {
                // What follows from it waits already, or is done.
                let _known = self.read(ground, request, &page);
            }
        }
    }

    /// Its documents are known by the links to them only, and every crawl reads
    /// these anew.
    fn meeting(&self, _ground: &Ground, _meeting: &Meeting) -> Option<Request> {
        None
    }

    fn read(&self, ground: &Ground, request: &Request, page: &Page) -> Result<Found, Unfit> {
        let wrong = |reason: &str| Unfit { cause: Cause::WrongContent, reason: reason.to_owned() };
        if page.body.iter().all(u8::is_ascii_whitespace) {
            return Err(wrong("it is empty"));
        }
        if is_html(page) {
            check_page(request, page)?;
        }
        match step(request) {
            Some(Step::Links { .. }) if !is_html(page) => Err(wrong("it is a file, not a page with links")),
            Some(Step::Links { depth }) => {
                let links = links::links(&page.text(), &page.final_url).map_err(|reason| wrong(&reason))?;
                Ok(Reader { pages: self, ground, page }.read(&links, depth))
            }
            _ if is_html(page) && names_a_file(&request.url) => {
                Err(wrong("a page came in place of the file"))
            }
            Some(Step::Document { undated }) => Ok(document(request, undated, true)),
            None => Ok(Found::default()),
        }
    }

    fn without(&self, _ground: &Ground, request: &Request, _unfit: &Unfit) -> Found {
        match step(request) {
            Some(Step::Document { undated }) => document(request, undated, false),
            _ => Found::default(),
        }
    }

    fn key(&self, request: &Request) -> String {
        let address = links::canonical(&request.url);
        match &request.meeting {
            // Two meetings may have one document.
            Some(meeting) => format!("{address} {}", meeting.number),
            None => address,
        }
    }

    fn content(&self, request: &Request, page: &Page) -> Option<String> {
        if !is_html(page) {
            return None;
        }
        let said = match step(request) {
            Some(Step::Links { .. }) => {
                let links = links::links(&page.text(), &page.final_url).ok()?;
                let said = |link: &Link| format!("{} {} {:?}\n", link.address, link.words, link.rows);
                links.iter().map(said).collect::<String>()
            }
            _ => html::blocks(&page.text()).into_iter().map(|block| block.text + "\n").collect(),
        };
        Some(Digest::of(said.as_bytes()).0)
    }

    fn is_needless(&self, ground: &Ground, request: &Request) -> bool {
        // Documents come after all pages of links, so every link has been seen.
        let is_undated = matches!(step(request), Some(Step::Document { undated: Some(_) }));
        is_undated && ground.learned.contains_key(&dated(&request.url))
    }

    fn why_none(&self) -> Option<String> {
        let Seen { n_links, n_meant, .. } = *self.seen.borrow();
        match (n_links, n_meant) {
            (0, _) => Some("there is no link on the pages of its `start`".to_owned()),
            (1, 0) => Some("no rule means the one link on the pages of its `start`".to_owned()),
            (_, 0) => Some(format!("no rule means any of the {n_links} links on the pages of its `start`")),
            _ => None,
        }
    }

    fn remarks(&self, ground: &Ground) -> Vec<String> {
        let seen = self.seen.borrow();
        // What was left out by one way may have been had by another.
        let said = |left: &BTreeMap<String, String>, was_had: &dyn Fn(&str) -> bool, why: String| {
            let mut left = left.iter().filter(|(key, _)| !was_had(key));
            let (_, first) = left.next()?;
            Some(format!("{} x {why}: {first}", left.count() + 1))
        };
        let was_asked = |key: &str| seen.pages.contains(key);
        let has_date = |key: &str| ground.learned.contains_key(&dated(key));
        let deep = format!("page not followed, as `depth` is {}", self.rules.depth);
        let many = format!("page not followed, as `max_pages` is {}", self.rules.max_pages);
        let undated = "no date stands by a link, so its meeting is listed only when its document is fetched";
        let month = "minutes taken for the meeting of another link of the month, as no day stands by either";
        let all = [
            said(&seen.too_deep, &was_asked, deep),
            said(&seen.too_many, &was_asked, many),
            said(&seen.undated, &has_date, undated.to_owned()),
            said(&seen.same_month, &|_| false, month.to_owned()),
        ];
        all.into_iter().flatten().collect()
    }
}

/// What follows from a document, whether it came or not.
fn document(request: &Request, undated: Option<Box<Meeting>>, came: bool) -> Found {
    let is_minutes = request.edition == Some(Edition::Minutes);
    let mut found = Found { has_minutes: (came && is_minutes).then_some(true), ..Found::default() };
    found.meetings.extend(undated.map(|meeting| *meeting));
    found
}

/// A page of links, with all that its reading needs.
struct Reader<'a> {
    pages: &'a Pages,
    ground: &'a Ground<'a>,
    page: &'a Page,
}

/// A link to a document, and the meeting that it is of.
struct Told {
    meeting: Meeting,
    edition: Edition,
    url: String,
    /// Whether nothing says when it was, or what number it has.
    is_undated: bool,
    /// Whether nothing says it to the month at least.
    is_vague: bool,
    /// Whether only body and month tell it from others.
    is_by_month: bool,
}

impl Reader<'_> {
    fn read(&self, links: &[Link], depth: u32) -> Found {
        let mut found = Found::default();
        let mut meetings: BTreeMap<String, Meeting> = BTreeMap::new();
        let own = links::canonical(&self.page.final_url);
        for link in links {
            let key = links::canonical(&link.address);
            if key == own {
                // A menu calls the very page of links “Minutes”.
                continue;
            }
            let leads_on = self.rule(&self.pages.rules.follow, link).is_some();
            let told = self.told(link);
            self.count(leads_on || told.is_some());
            if self.pages.seen.borrow().pages.contains(&key) {
                continue;
            }
            // “Minutes 2023” that may lead on is a list of them.
            if let Some(told) = told.filter(|told| !(leads_on && told.is_vague)) {
                if !told.is_undated {
                    found.learned.insert(dated(&told.url), String::new());
                }
                if self.is_in_scope(&told.meeting) {
                    self.take(told, &mut meetings, &mut found);
                }
            } else if leads_on {
                found.requests.extend(self.pages.page(&link.address, depth + 1));
            }
        }
        found.meetings = meetings.into_values().collect();
        found
    }

    /// Counts a link.
    fn count(&self, is_meant: bool) {
        let mut seen = self.pages.seen.borrow_mut();
        seen.n_links += 1;
        seen.n_meant += u64::from(is_meant);
    }

    fn is_in_scope(&self, meeting: &Meeting) -> bool {
        let scope = self.ground.scope;
        scope.wants_body(&meeting.body) && scope.wants_date(meeting.date)
    }

    /// What a link says, where it is one to minutes or an agenda.
    fn told(&self, link: &Link) -> Option<Told> {
        let rules = &self.pages.rules;
        let (rule, edition) = match self.rule(&rules.minutes, link) {
            Some(rule) if is_draft(rule, link) => (rule, Edition::DraftMinutes),
            Some(rule) => (rule, Edition::Minutes),
            None => (self.rule(&rules.agenda, link)?, Edition::Agenda),
        };
        let group = |name: &str| self.group(rule, link, name);
        let body = group("body").or_else(|| rule.body.clone()).unwrap_or_else(|| rules.body.clone());
        let date = match group("date") {
            Some(text) => links::date_in(&text, &link.heading, &self.page.final_url),
            None => link.date(&self.page.final_url),
        };
        let id = group("id").map(|id| slug(&id)).filter(|id| !id.is_empty());
        let is_undated = id.is_none() && date.is_none();
        let is_vague = id.is_none() && !date.is_some_and(is_known_to_the_month);
        let is_by_month = id.is_none() && date.is_some_and(|date| date.to_day().is_none());
        let number = id.unwrap_or_else(|| number(&body, date, &link.address));
        let meeting = self.entry(number, body, date, edition, link);
        Some(Told { meeting, edition, url: link.address.clone(), is_undated, is_vague, is_by_month })
    }

    /// Enters the meeting, and asks for the document.
    fn take(&self, told: Told, meetings: &mut BTreeMap<String, Meeting>, found: &mut Found) {
        let scope = self.ground.scope;
        let wanted = match scope.documents {
            Documents::All => true,
            Documents::Minutes => told.edition.is_minutes(),
            Documents::None => false,
        };
        if told.is_undated && !wanted {
            let mut seen = self.pages.seen.borrow_mut();
            seen.undated.insert(links::canonical(&told.url), told.url.clone());
        }
        if wanted {
            let is_minutes = told.edition.is_minutes();
            if is_minutes && told.is_by_month {
                let number = told.meeting.id.number.clone();
                let mut seen = self.pages.seen.borrow_mut();
                let first = seen.of_a_month.entry((number, told.edition)).or_insert_with(|| told.url.clone());
                if links::canonical(first) != links::canonical(&told.url) {
                    seen.same_month.insert(links::canonical(&told.url), told.url.clone());
                }
            }
            let undated = told.is_undated.then(|| Box::new(told.meeting.clone()));
            found.requests.push(Request {
                url: told.url,
                role: if is_minutes { DocumentRole::PrintedMinutes } else { DocumentRole::Attachment },
                meeting: Some(told.meeting.id.clone()),
                edition: Some(told.edition),
                begins_meeting: true,
                data: Data::of(&Step::Document { undated }),
            });
        }
        if told.is_undated {
            return;
        }
        let number = told.meeting.id.number.clone();
        match meetings.remove(&number) {
            Some(known) => meetings.insert(number, joined(known, told.meeting)),
            None => meetings.insert(number, told.meeting),
        };
    }

    /// The first of the rules that means this link.
    fn rule<'r>(&self, rules: &'r [LinkRule], link: &Link) -> Option<&'r LinkRule> {
        let is_meant = |rule: &&LinkRule| {
            rule.patterns().all(|(name, pattern)| {
                self.texts(name, link).iter().any(|text| pattern.regex().is_match(text))
            })
        };
        rules.iter().find(is_meant)
    }

    /// What a pattern of this name looks at.
    fn texts<'l>(&'l self, name: &str, link: &'l Link) -> Vec<&'l str> {
        match name {
            "text" => vec![&link.words],
            "address" => vec![&link.address],
            "row" => link.rows.iter().map(String::as_str).collect(),
            "heading" => vec![&link.heading],
            _ => vec![&self.page.final_url],
        }
    }

    /// What a named group of the rule's patterns took out of what it looked at.
    fn group(&self, rule: &LinkRule, link: &Link, group: &str) -> Option<String> {
        rule.patterns().find_map(|(name, pattern)| {
            let texts = self.texts(name, link);
            let captures = texts.iter().find_map(|text| pattern.regex().captures(text))?;
            let taken = captures.name(group)?.as_str();
            // Words in an address are joined by marks.
            let words = match name {
                "address" | "page" if group == "body" => readable(taken).replace(['-', '_', '+'], " "),
                _ => taken.to_owned(),
            };
            Some(words.trim().to_owned()).filter(|words| !words.is_empty())
        })
    }

    fn entry(
        &self,
        number: String,
        body: String,
        date: Option<PartialDate>,
        edition: Edition,
        link: &Link,
    ) -> Meeting {
        let site = self.ground.site;
        let today = self.ground.scope.today;
        let is_over = date.is_some_and(|date| date.last_day() < today);
        // A link that names a day to come beside its minutes has the day wrong.
        let is_to_come = date.is_some_and(|date| date.first_day() > today);
        let status = match edition.is_minutes() && !is_to_come {
            true => MeetingStatus::Held,
            false if is_called_off(link) => MeetingStatus::Cancelled,
            false if is_over => MeetingStatus::Held,
            false => MeetingStatus::Scheduled,
        };
        let (council, council_name) = site.council_of(&body);
        Meeting {
            id: MeetingId { site: site.id.clone(), number },
            council: council.to_owned(),
            council_name: council_name.to_owned(),
            body,
            date,
            status,
            agenda_published: edition == Edition::Agenda,
            minutes_published: edition.is_minutes(),
            url: link.address.clone(),
        }
    }
}

/// What two links of one page say of a meeting; that to the minutes goes first.
fn joined(one: Meeting, other: Meeting) -> Meeting {
    let (first, second) = if one.minutes_published { (one, other) } else { (other, one) };
    let is_called_off = !first.minutes_published && second.status == MeetingStatus::Cancelled;
    Meeting {
        status: if is_called_off { MeetingStatus::Cancelled } else { first.status },
        agenda_published: first.agenda_published || second.agenda_published,
        minutes_published: first.minutes_published || second.minutes_published,
        ..first
    }
}

/// The number of a meeting: its body and date. Where the date is not known to
/// the month, only the address tells the meeting from others.
fn number(body: &str, date: Option<PartialDate>, address: &str) -> String {
    let body = slug(body);
    match date {
        Some(date) if is_known_to_the_month(date) => format!("{body}-{date}"),
        _ => {
            let year = date.map(|year| format!("-{year}")).unwrap_or_default();
            format!("{body}{year}-{}", Digest::of(links::canonical(address).as_bytes()).short())
        }
    }
}

fn is_known_to_the_month(date: PartialDate) -> bool {
    date != PartialDate::year_only(date.year())
}

/// Under which it is remembered that a link with a date leads to a document.
fn dated(url: &str) -> String {
    format!("dated {}", links::canonical(url))
}

fn is_draft(rule: &LinkRule, link: &Link) -> bool {
    let Some(draft) = &rule.draft else { return false };
    let row = link.rows.first().filter(|_| link.is_alone);
    [link.words.as_str(), &file_name(&link.address)]
        .into_iter()
        .chain(row.map(String::as_str))
        .any(|text| draft.regex().is_match(text))
}

fn is_called_off(link: &Link) -> bool {
    let said = |text: &String| {
        let text = text.to_lowercase();
        ["cancelled", "canceled", "called off", "ganslo"].iter().any(|word| text.contains(word))
    };
    // A box around the row may speak of other meetings too; then it has other
    // dates, or none.
    let rows = link.rows.iter().enumerate().filter(|(at, row)| *at == 0 || dates(row).len() == 1);
    said(&link.words) || rows.map(|(_, row)| row).any(said)
}

/// Whether an answer is markup, whatever it is called.
fn is_html(page: &Page) -> bool {
    let body = page.body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&page.body);
    body.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'<')
}

/// Whether an address ends in the name of a file that is no page.
fn names_a_file(address: &str) -> bool {
    const ENDINGS: [&str; 7] = ["pdf", "docx", "doc", "odt", "rtf", "txt", "md"];
    let name = file_name(address).to_lowercase();
    name.rsplit_once('.').is_some_and(|(_, ending)| ENDINGS.contains(&ending))
}

/// Whether a page is what was asked for, as far as its address and title say:
/// sites answer with other pages under a status of 200.
fn check_page(request: &Request, page: &Page) -> Result<(), Unfit> {
    static LOGIN: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"(?i)/(?:wp-)?(?:log[-_]?[io]n|sign[-_]?in)\b"));
    static ASKS_FOR_LOGIN: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"(?i)\b(?:(?:log|sign)[ -]?in|login|log on|logon)\b"));
    static PASSWORD: LazyLock<Regex> =
        LazyLock::new(|| pattern(r#"(?i)<input\b[^>]*\btype\s*=\s*["']?password"#));
    static GONE: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"(?i)^(?:(?:error\s*)?404\b|(?:page|file|document) not found|not found)"));
    let unfit = |cause: Cause, reason: &str| Err(Unfit { cause, reason: reason.to_owned() });
    if LOGIN.is_match(&page.final_url) && !LOGIN.is_match(&request.url) {
        return unfit(Cause::Login, "the site asks for a login");
    }
    let path = |address: &str| Url::parse(address).map(|url| url.path().to_owned()).unwrap_or_default();
    if request.meeting.is_some() && path(&page.final_url) == "/" && path(&request.url) != "/" {
        return unfit(Cause::Missing, "the site sends to its first page instead");
    }
    let text = page.text();
    let title = title(&text);
    if let Some(sender) = challenge_in_title(&title) {
        return Err(challenged(sender));
    }
    // A council may write of signing in; it asks no reader for a password.
    if ASKS_FOR_LOGIN.is_match(&title) && PASSWORD.is_match(&text) {
        return unfit(Cause::Login, "the site asks for a login");
    }
    if GONE.is_match(&title) {
        return unfit(Cause::Missing, "the site says that it is not there");
    }
    Ok(())
}

/// The title of a page, as it stands in its source.
fn title(html: &str) -> String {
    static TITLE: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?is)<title[^>]*>(.{0,300}?)</title"));
    let title = TITLE.captures(html).and_then(|found| found.get(1));
    crate::parse::blocks::fold(title.map_or("", |title| title.as_str()))
}

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("the patterns are constants that the tests build")
}

fn step(request: &Request) -> Option<Step> {
    request.data.step()
}

#[cfg(test)]
mod tests {
    use super::super::platform::{Learned, Scope};
    use super::*;
    use crate::model::{Platform as System, RuledSite, Site, SiteId};

    const START: &str = "https://fire.example/meetings/";

    fn site(rules: &str) -> Site {
        let toml =
            format!("[[site]]\ncouncil = \"Felpersham Fire Authority\"\nstart = [\"{START}\"]\n{rules}");
        let rules = RuledSite::read_all(&toml, "sites.toml").unwrap().remove(0).rules;
        Site {
            id: SiteId::new("fire.example"),
            platform: System::Pages,
            root: "https://fire.example".into(),
            council: "felpersham-fire-authority".into(),
            council_name: "Felpersham Fire Authority".into(),
            shared_by: Vec::new(),
            rules: Some(rules),
        }
    }

    fn page(body: &str) -> Page {
        Page {
            final_url: START.into(),
            media_type: "text/html".into(),
            charset: None,
            body: body.as_bytes().to_vec().into(),
        }
    }

    /// What the start page leads to.
    fn read(rules: &str, body: &str) -> Found {
        let (site, scope, learned) = (site(rules), Scope::all(jiff::civil::date(2024, 6, 1)), Learned::new());
        let ground = Ground { site: &site, scope: &scope, learned: &learned };
        let pages = Pages::new(site.rules.clone().unwrap());
        let start = pages.start(&ground);
        assert_eq!((start.len(), start[0].url.as_str()), (1, START));
        pages.read(&ground, &start[0], &page(body)).unwrap()
    }

    const MINUTES: &str = "[[site.minutes]]\ntext = '(?i)minutes'\ndraft = 'draft'\n";

    #[track_caller]
    fn check_meeting(rules: &str, link: &str, number: &str, body: &str, date: &str) {
        let found = read(rules, link);
        let request = &found.requests[0];
        let meeting = match step(request) {
            Some(Step::Document { undated: Some(meeting) }) => *meeting,
            _ => found.meetings[0].clone(),
        };
        let read = meeting.date.map(|date| date.to_string()).unwrap_or_default();
        assert_eq!((meeting.id.number.as_str(), meeting.body.as_str(), read.as_str()), (number, body, date));
        assert_eq!(request.meeting.as_ref(), Some(&meeting.id));
    }

    #[test]
    fn a_meeting_is_numbered_by_body_and_date_or_as_the_site_does() {
        check_meeting(
            MINUTES,
            "<a href='a.pdf'>Minutes 2 May 2023</a>",
            "council-2023-05-02",
            "Council",
            "2023-05-02",
        );
        check_meeting(
            MINUTES,
            "<a href='a.pdf'>Minutes, May 2023</a>",
            "council-2023-05",
            "Council",
            "2023-05",
        );
        let by_address =
            "[[site.minutes]]\naddress = '/(?<body>[\\w-]+)/(?<id>\\d+)-(?<date>\\d{8})\\.pdf'\n";
        let link = "<a href='/audit-committee/77-20230502.pdf'>PDF</a>";
        check_meeting(by_address, link, "77", "audit committee", "2023-05-02");
        let by_heading = "[[site.minutes]]\nheading = '^(?<body>.*) (?<date>\\d+ \\w+ \\d{4})$'\n";
        let link = "<h2>Pensions Board 2 May 2023</h2><a href='x'>Download</a>";
        check_meeting(by_heading, link, "pensions-board-2023-05-02", "Pensions Board", "2023-05-02");
    }

    #[test]
    fn without_a_month_the_address_tells_meetings_apart() {
        let found = read(
            MINUTES,
            "<a href='a.pdf'>Minutes</a><a href='b.pdf'>Minutes</a><a href='a.pdf'>Minutes</a>",
        );
        let numbers: Vec<&str> =
            found.requests.iter().map(|request| request.meeting.as_ref().unwrap().number.as_str()).collect();
        assert_eq!(numbers.len(), 3);
        assert!(numbers[0] == numbers[2] && numbers[0] != numbers[1], "{numbers:?}");
        assert!(found.meetings.is_empty(), "they join the register with their documents");
    }

    #[test]
    fn minutes_of_a_day_to_come_are_no_meeting_that_was_held() {
        let found =
            read(MINUTES, "<p><a href='1.pdf'>Minutes 5 May 2099</a> <a href='2.pdf'>Minutes 5 May 2023</a>");
        let status: Vec<(i16, MeetingStatus)> =
            found.meetings.iter().map(|meeting| (meeting.date.unwrap().year(), meeting.status)).collect();
        assert!(status.contains(&(2099, MeetingStatus::Scheduled)), "{status:?}");
        assert!(status.contains(&(2023, MeetingStatus::Held)), "{status:?}");
    }

    #[test]
    fn minutes_come_before_agendas_and_these_before_pages_that_lead_on() {
        let rules = format!("{MINUTES}[[site.agenda]]\ntext = 'genda'\n[[site.follow]]\naddress = '.'\n");
        let body = "<p>2 May 2023 <a href='1'>Agenda and minutes</a><br>2 July 2024 <a href='2'>Agenda</a> \
                    <a href='3'>More</a> <a href='3#x'>More</a></p>";
        let found = read(&rules, body);
        let roles: Vec<(&str, DocumentRole)> = found
            .requests
            .iter()
            .map(|request| (request.url.rsplit('/').next().unwrap(), request.role))
            .collect();
        assert_eq!(roles, [("1", DocumentRole::PrintedMinutes), ("3", DocumentRole::Register)]);
        let status: Vec<MeetingStatus> = found.meetings.iter().map(|meeting| meeting.status).collect();
        assert_eq!(status, [MeetingStatus::Held, MeetingStatus::Scheduled], "as of 1 June 2024");
    }

    #[test]
    fn a_menu_is_no_minutes() {
        let rules = format!("{MINUTES}[[site.follow]]\naddress = '/\\d{{4}}/'\n");
        let body = "<a href='/meetings/'>Minutes</a> <a href='/meetings/2023/'>Minutes 2023</a> \
                    <a href='/meetings/2023/may'>Minutes May 2023</a>";
        let found = read(&rules, body);
        let roles: Vec<(&str, DocumentRole)> = found
            .requests
            .iter()
            .map(|request| (request.url.strip_prefix(START).unwrap(), request.role))
            .collect();
        assert_eq!(roles, [("2023/", DocumentRole::Register), ("2023/may", DocumentRole::PrintedMinutes)]);
    }

    #[test]
    fn a_draft_is_known_by_words_file_or_row() {
        let edition = |link: &str| read(MINUTES, link).requests[0].edition.unwrap();
        assert_eq!(edition("<a href='a.pdf'>draft minutes</a>"), Edition::DraftMinutes);
        assert_eq!(edition("<a href='a-draft.pdf'>Minutes</a>"), Edition::DraftMinutes);
        assert_eq!(edition("<p><a href='a.pdf'>Minutes</a> (draft)</p>"), Edition::DraftMinutes);
        assert_eq!(
            edition("<p><a href='a.pdf'>Minutes</a>, <a href='b.pdf'>draft</a></p>"),
            Edition::Minutes
        );
    }

    #[track_caller]
    fn check_cause(asked: &str, final_url: &str, body: &str, expected: Option<Cause>) {
        let site = site(MINUTES);
        let pages = Pages::new(site.rules.clone().unwrap());
        let request = Request {
            url: asked.into(),
            role: DocumentRole::PrintedMinutes,
            meeting: Some(MeetingId { site: site.id.clone(), number: "1".into() }),
            edition: Some(Edition::Minutes),
            begins_meeting: true,
            data: Data::of(&Step::Document { undated: None }),
        };
        let page = Page { final_url: final_url.into(), ..page(body) };
        let (scope, learned) = (Scope::all(jiff::civil::date(2024, 6, 1)), Learned::new());
        let ground = Ground { site: &site, scope: &scope, learned: &learned };
        assert_eq!(pages.read(&ground, &request, &page).err().map(|unfit| unfit.cause), expected, "{body}");
    }

    #[test]
    fn a_page_under_a_status_of_200_is_taken_for_what_it_is() {
        let at = "https://fire.example/m/minutes-of-may";
        let good = "<title>Minutes of May</title><p>The Authority met.</p>";
        check_cause(at, at, good, None);
        check_cause(at, "https://fire.example/wp-login.php?to=m", good, Some(Cause::Login));
        check_cause(at, "https://fire.example/users/sign_in", good, Some(Cause::Login));
        let form = "<title>Log in | Fire</title><form><input name=p type=\"password\"></form>";
        check_cause(at, at, form, Some(Cause::Login));
        let menu = "<title>Minutes of May</title><form><input type=password></form><p>The Authority met.</p>";
        check_cause(at, at, menu, None);
        check_cause(at, "https://fire.example/", good, Some(Cause::Missing));
        check_cause(at, at, "<title>Just a moment...</title>", Some(Cause::Challenge));
        check_cause(at, at, "<title>404 - Page not found</title>", Some(Cause::Missing));
        check_cause(at, at, " \n", Some(Cause::WrongContent));
        let file = "https://fire.example/m/minutes.pdf";
        check_cause(file, file, good, Some(Cause::WrongContent));
        check_cause(file, file, "%PDF-1.4", None);
    }

    #[test]
    fn what_changes_at_every_visit_makes_no_version() {
        let pages = Pages::new(site(MINUTES).rules.unwrap());
        let request = pages.page(START, 0).unwrap();
        let content = |body: &str| pages.content(&request, &page(body));
        let one =
            content("<!-- 7 ms --><p>Visitors: 12</p><p>2 May <a href='a.pdf?utm_source=x'>Minutes</a></p>");
        let same = content("<!-- 9 ms --><p>Visitors: 13</p><p>2 May <a href='a.pdf'>Minutes</a></p>");
        let other = content("<p>3 May <a href='a.pdf'>Minutes</a></p>");
        assert!(one.is_some() && one == same && one != other);
    }
}
