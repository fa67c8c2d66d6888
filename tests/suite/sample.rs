//! The built-in sample as a client meets it: real requests over HTTP.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;

use jiff::civil::{Date, date};
use scraper::{Html, Selector};

use scrutineer::sample::data::{MeetingPlan, Stage, State};
use scrutineer::sample::minutes::{self, Item};
use scrutineer::sample::{BEFORE_APPROVAL, Publisher, Sample, TODAY, pdf, sites};

/// An answer, with redirects not followed.
struct Got {
    status: u16,
    location: Option<String>,
    bytes: Vec<u8>,
}

impl Got {
    fn text(&self) -> String {
        String::from_utf8(self.bytes.clone()).unwrap()
    }

    fn html(&self) -> Html {
        Html::parse_document(&self.text())
    }
}

/// Asks the publisher, with the council's host in the header.
fn get(publisher: &Publisher, slug: &str, path: &str) -> Got {
    fetch(publisher.address(), &format!("democracy.{slug}.example"), path)
}

fn fetch(address: SocketAddr, host: &str, path: &str) -> Got {
    // It fails when another test has installed the provider already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .unwrap();
        let url = format!("http://{address}{path}");
        let response = client.get(url).header("Host", host).send().await.unwrap();
        Got {
            status: response.status().as_u16(),
            location: response
                .headers()
                .get("location")
                .and_then(|location| location.to_str().ok())
                .map(Into::into),
            bytes: response.bytes().await.unwrap().to_vec(),
        }
    })
}

fn start() -> Publisher {
    Publisher::start(TODAY).unwrap()
}

/// The words of the elements that a selector finds, white space folded.
fn texts(html: &Html, selector: &str) -> Vec<String> {
    let selector = Selector::parse(selector).unwrap();
    html.select(&selector).map(|element| fold(&element.text().collect::<String>())).collect()
}

fn fold(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The texts of all elements of that name in the answer of the service.
fn leaves(xml: &str, name: &str) -> Vec<String> {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    let unescape = |text: &str| {
        text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
    };
    let pieces = xml.split(&open).skip(1);
    pieces.map(|piece| unescape(piece.split(&close).next().unwrap())).collect()
}

/// The meeting that a test means, by council, body and date.
fn find<'a>(sample: &'a Sample, slug: &str, key: &str, on: Date) -> &'a MeetingPlan {
    let mut meetings = sample.meetings.iter();
    meetings
        .find(|m| sample.council(m).slug == slug && sample.body(m).key == key && m.date == on)
        .unwrap_or_else(|| panic!("{slug} {key} {on}"))
}

fn first_in_state(sample: &Sample, state: State) -> &MeetingPlan {
    sample.meetings.iter().find(|meeting| meeting.state == state).unwrap()
}

/// The paragraphs of markup as a reader sees them: label and text.
fn seen(html: &str) -> Vec<String> {
    let selector = "p, li";
    texts(&Html::parse_fragment(html), selector).into_iter().filter(|text| !text.is_empty()).collect()
}

/// The paragraphs that an item should show, with their labels.
fn expected(item: &Item, is_listed: bool, bullet: &str) -> Vec<String> {
    let blocks = item.minutes.iter().map(|block| match block.label.as_deref() {
        Some("•") if is_listed => fold(&block.text),
        Some("•") => format!("{bullet} {}", fold(&block.text)),
        Some(label) => format!("{label} {}", fold(&block.text)),
        None => fold(&block.text),
    });
    blocks.collect()
}

#[test]
fn there_is_a_site_for_each_council_and_one_lies_below_a_path() {
    let sites = sites();
    assert_eq!(sites.len(), 6);
    assert_eq!(sites[0].root, "http://democracy.ambermere.example");
    assert_eq!(sites[1].root, "http://democracy.brackenshire.example/moderngov");
    assert_eq!(sites[4].id.as_str(), "eastfold-and-wrenley");
    assert_eq!(sites[4].council_name, "Eastfold and Wrenley Council");
}

#[test]
fn a_council_is_told_by_the_host_and_a_stranger_gets_nothing() {
    let publisher = start();
    assert!(get(&publisher, "ambermere", "/mgListCommittees.aspx").text().contains("Ambermere"));
    assert!(get(&publisher, "fenwater", "/mgListCommittees.aspx").text().contains("Fenwater"));
    assert_eq!(fetch(publisher.address(), "democracy.elsewhere.example", "/robots.txt").status, 404);
    // Below its path only: robots.txt alone lies at the root of the host.
    assert_eq!(get(&publisher, "brackenshire", "/mgListCommittees.aspx").status, 404);
    assert_eq!(get(&publisher, "brackenshire", "/moderngov/mgListCommittees.aspx").status, 200);
    assert!(get(&publisher, "brackenshire", "/robots.txt").text().contains("Allow: /moderngov/"));
    assert_eq!(get(&publisher, "dunmarsh", "/robots.txt").status, 404);
}

#[test]
fn requests_are_kept_with_host_and_path() {
    let publisher = start();
    get(&publisher, "ambermere", "/ieListMeetings.aspx?CId=211&Year=2018");
    let requests = publisher.requests();
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0].host, "democracy.ambermere.example");
    assert_eq!(requests[0].path, "/ieListMeetings.aspx?CId=211&Year=2018");
}

#[test]
fn a_dropped_publisher_no_longer_listens() {
    let address = start().address();
    assert!(std::net::TcpStream::connect(address).is_err());
}

#[test]
fn the_service_lists_committees_that_were_wound_up_and_the_page_does_not() {
    let publisher = start();
    let xml = get(&publisher, "eastfold-and-wrenley", "/mgWebService.asmx/GetCommittees").text();
    assert_eq!(leaves(&xml, "committeescount"), [" 5"]);
    assert_eq!(leaves(&xml, "committeeexpired"), ["True", "False", "False", "False", "False"]);
    let titles = leaves(&xml, "committeetitle");
    assert_eq!(titles[0], "Children&#39;s Scrutiny Sub-Committee");
    assert_eq!(titles[1], "Children, Schools &amp; Families Scrutiny Committee");
    assert!(xml.contains("Children&amp;#39;s"), "titles are encoded twice");

    let page = get(&publisher, "eastfold-and-wrenley", "/mgListCommittees.aspx").html();
    let listed = texts(&page, "#modgov ul.mgBulletList li a");
    assert_eq!(listed.len(), 4);
    assert!(!listed.contains(&"Children's Scrutiny Sub-Committee".to_owned()));
}

#[test]
fn dates_with_the_day_first_are_heeded_and_iso_dates_passed_over() {
    let publisher = start();
    let ask = |from: &str, to: &str| {
        let path = format!("/mgwebservice.asmx/GetMeetings?LCOMMITTEEID=211&sFromDate={from}&sToDate={to}");
        leaves(&get(&publisher, "ambermere", &path).text(), "meetingid").len()
    };
    // Four a year for eight years.
    assert_eq!(ask("01/01/2018", "31/12/2018"), 4);
    assert_eq!(ask("2018-01-01", "2018-12-31"), 32);
    let missing = get(&publisher, "ambermere", "/mgWebService.asmx/GetMeetings?lCommitteeId=211");
    assert_eq!((missing.status, missing.text().trim()), (500, "Missing parameter: sFromDate."));
    let all = "/mgWebService.asmx/GetAllMeetingsByDate?lCommitteeId=0&sFromDate=01/01/2019&sToDate=31/12/2019&bIsAscendingDateOrder=true";
    let all = get(&publisher, "fenwater", all).text();
    assert_eq!(leaves(&all, "meetingid").len(), 9);
    assert_eq!(leaves(&all, "meetingscount"), [" 9"]);
    let none = get(&publisher, "fenwater", "/mgWebService.asmx/GetDecisions");
    assert!(none.text().contains("method name is not valid"));
}

#[test]
fn every_meeting_of_the_plan_is_listed_by_its_site() {
    let (publisher, sample) = (start(), Sample::load());
    let mut n_listed = 0;
    for council in &sample.councils {
        for body in &council.bodies {
            let mut numbers = BTreeSet::new();
            for year in 2016..=2023 {
                let path =
                    format!("{}/ieListMeetings.aspx?CommitteeId={}&Year={year}", council.path, body.id);
                let page = get(&publisher, &council.slug, &path).html();
                let links = Selector::parse("#modgov a.mgMeetingTableLnk").unwrap();
                numbers.extend(page.select(&links).map(|link| link.attr("href").unwrap().to_owned()));
            }
            n_listed += numbers.len();
        }
    }
    assert_eq!(n_listed, 400);
}

#[test]
fn a_list_without_a_year_shows_fifteen_meetings_and_turns_by_instants() {
    let publisher = start();
    let page = get(&publisher, "coldharrow", "/ieListMeetings.aspx?CId=144");
    let rows = texts(&page.html(), "ul.mgNonBulletTableList li");
    assert_eq!(rows.len(), 15);
    assert!(rows[0].contains("2023 5:30 pm - Agenda, Minutes"), "{}", rows[0]);
    let oldest = rows[14].clone();
    let turn = Selector::parse("a.mgTableNextLnk").unwrap();
    let html = page.html();
    let earlier = html.select(&turn).next().unwrap().attr("href").unwrap().to_owned();
    assert!(earlier.contains("Act=earlier&CId=144&D=201"), "{earlier}");
    let rows =
        texts(&get(&publisher, "coldharrow", &format!("/{earlier}")).html(), "ul.mgNonBulletTableList li");
    // Twenty-four meetings in all: nine are left, and none is shown twice.
    assert_eq!(rows.len(), 9);
    assert!(!rows.contains(&oldest));
}

#[test]
fn a_list_says_after_the_link_what_is_published() {
    let publisher = start();
    let rows = |slug: &str, path: &str| {
        texts(&get(&publisher, slug, path).html(), "ul.mgNonBulletTableList li").join("\n")
    };
    assert!(rows("ambermere", "/ieListMeetings.aspx?CId=205&Year=2020").contains("7.00 pm - CANCELLED"));
    assert!(
        rows("brackenshire", "/moderngov/ieListMeetings.aspx?cid=1312&Year=2018")
            .contains("- Agenda, Decisions, Minutes")
    );
    // Coldharrow published nothing in 2020: three meetings, no word after any.
    let nothing = rows("coldharrow", "/ieListMeetings.aspx?CId=144&Year=2020");
    assert_eq!(nothing.lines().filter(|row| row.ends_with("5:30 pm")).count(), 3, "{nothing}");
}

#[test]
fn a_meeting_page_has_the_shape_of_the_real_ones() {
    let (publisher, sample) = (start(), Sample::load());
    let meeting = sample.meetings.iter().find(|m| m.state == State::Published && m.council == 1).unwrap();
    let path = format!("/moderngov/ieListDocuments.aspx?CId=1&MID={}&Ver=4", meeting.number);
    let page = get(&publisher, "brackenshire", &path).html();
    let meta = Selector::parse("meta[name='DC.date']").unwrap();
    assert_eq!(page.select(&meta).next().unwrap().attr("content"), Some(meeting.date.to_string().as_str()));
    assert_eq!(texts(&page, "#modgov h1.mgMainTitleTxt"), ["Agenda, decisions and minutes"]);
    let n_items = meeting.items.len();
    let numbers = texts(&page, "table#mgItemTable td.mgItemNumberCell p.mgAiTitleTxt");
    assert_eq!(numbers.len(), n_items);
    assert_eq!(numbers[0], "1.");
    assert!(texts(&page, "#modgov p.mgSubItemTitleTxt").contains(&"Decision:".to_owned()));
    assert!(texts(&page, "#modgov div.mgLinks a").contains(&"Printed minutes PDF 111 KB".to_owned()));
}

#[test]
fn a_cancelled_meeting_has_no_documents_and_its_subtitle_says_so() {
    let (publisher, sample) = (start(), Sample::load());
    let meeting = first_in_state(&sample, State::Cancelled);
    let slug = &sample.council(meeting).slug;
    let page = get(&publisher, slug, &format!("/ieListDocuments.aspx?MId={}", meeting.number)).html();
    assert_eq!(texts(&page, "h1.mgMainTitleTxt"), ["Meeting"]);
    assert!(texts(&page, "h2.mgSubTitleTxt")[0].ends_with(", CANCELLED"));
    let text = texts(&page, "#modgov .mgContent").join(" ");
    assert!(text.contains("No documents are available") && text.contains("Proposed venue:"), "{text}");
    let xml = get(&publisher, slug, &format!("/mgWebService.asmx/GetMeeting?lMeetingId={}", meeting.number));
    assert_eq!(leaves(&xml.text(), "meetingstatus"), ["Cancelled"]);
}

#[test]
fn a_held_meeting_may_have_an_agenda_and_no_minutes() {
    let (publisher, sample) = (start(), Sample::load());
    let meeting = first_in_state(&sample, State::Agenda);
    let slug = &sample.council(meeting).slug;
    let xml = get(&publisher, slug, &format!("/mgWebService.asmx/GetMeeting?lMeetingId={}", meeting.number));
    let xml = xml.text();
    assert_eq!(leaves(&xml, "meetingstatus"), ["Confirmed"]);
    assert_eq!(leaves(&xml, "agendapublished"), ["True"]);
    assert_eq!(leaves(&xml, "minutepublished"), ["False"]);
    let page = get(&publisher, slug, &format!("/ieListDocuments.aspx?MId={}", meeting.number)).html();
    assert_eq!(texts(&page, "h1.mgMainTitleTxt"), ["Agenda"]);
}

#[test]
fn a_long_item_breaks_off_and_its_own_page_has_the_rest() {
    let (publisher, sample) = (start(), Sample::load());
    let mut n_cut = 0;
    for meeting in sample.meetings.iter().filter(|m| m.council == 2 && m.state == State::Published) {
        let page =
            get(&publisher, "coldharrow", &format!("/ieListDocuments.aspx?MId={}", meeting.number)).html();
        let link = Selector::parse("#mgItemTable a[href^='mgAi.aspx']").unwrap();
        for link in page.select(&link) {
            n_cut += 1;
            let words = fold(&link.text().collect::<String>());
            assert!(words.starts_with("view the full minutes text for item "), "{words}");
            let full = get(&publisher, "coldharrow", &format!("/{}", link.attr("href").unwrap())).html();
            let last = texts(&full, "#modgov .mgWordPara p").pop().unwrap();
            assert!(!texts(&page, "#mgItemTable p").contains(&last) || last.starts_with("AGREED"));
            let shown: usize =
                texts(&page, "#mgItemTable .mgWordPara").iter().map(|t| t.chars().count()).max().unwrap();
            assert!((3000..=3500).contains(&shown), "{shown}");
            let whole: usize =
                texts(&full, "#modgov .mgWordPara").iter().map(|t| t.chars().count()).max().unwrap();
            assert!(whole > shown);
        }
    }
    assert!(n_cut >= 5, "{n_cut}");
}

#[test]
fn the_service_can_be_off_and_then_answers_with_a_script() {
    let publisher = start();
    let off = get(&publisher, "coldharrow", "/mgWebService.asmx/GetCommittees");
    assert_eq!(off.status, 200);
    assert!(off.text().contains("<script") && !off.text().contains("<committees>"));
}

#[test]
fn a_council_may_publish_printed_minutes_only() {
    let (publisher, sample) = (start(), Sample::load());
    let meeting = sample.meetings.iter().find(|m| m.council == 3 && m.state == State::Published).unwrap();
    let xml =
        get(&publisher, "dunmarsh", &format!("/mgWebService.asmx/GetMeeting?lMeetingId={}", meeting.number));
    let xml = xml.text();
    assert_eq!(leaves(&xml, "minutepublished"), ["True"]);
    assert!(leaves(&xml, "minutesnonemptyhtmlbody").iter().all(|body| body.trim().is_empty()));
    let agenda = leaves(&xml, "agendaid").remove(0);
    assert_ne!(agenda, meeting.number.to_string());

    let page = get(&publisher, "dunmarsh", &format!("/ieListDocuments.aspx?MId={}", meeting.number)).html();
    assert!(texts(&page, "#mgItemTable .mgWordPara").is_empty());
    let link = Selector::parse("#modgov a[href*='T=1']").unwrap();
    let href = page.select(&link).next().unwrap().attr("href").unwrap().to_owned();
    assert!(href.starts_with(&format!("documents/g{agenda}/Printed minutes ")), "{href}");
    let file = get(&publisher, "dunmarsh", &format!("/{}", href.replace(' ', "%20")));
    assert!(file.bytes.starts_with(b"%PDF-1.4"));
    // Without `T` the system does not know what is asked for.
    let without = href.split('?').next().unwrap().replace(' ', "%20");
    assert_eq!(get(&publisher, "dunmarsh", &format!("/{without}")).status, 302);
}

#[test]
fn a_refused_meeting_is_forbidden_in_every_form_but_listed() {
    let (publisher, sample) = (start(), Sample::load());
    let meeting = first_in_state(&sample, State::Refused);
    let slug = &sample.council(meeting).slug;
    let paths = [
        format!("/ieListDocuments.aspx?MId={}", meeting.number),
        format!("/mgAi.aspx?ID={}", meeting.item_id(0)),
        format!("/mgMeetingAttendance.aspx?ID={}", meeting.number),
        format!("/documents/g{}/Printed.pdf?T=1", meeting.agenda_id()),
    ];
    for path in paths {
        assert_eq!(get(&publisher, slug, &path).status, 403, "{path}");
    }
    let body = sample.body(meeting).id;
    let list =
        get(&publisher, slug, &format!("/ieListMeetings.aspx?CId={body}&Year={}", meeting.date.year()));
    assert!(list.text().contains(&format!("MId={}&", meeting.number)));
}

#[test]
fn what_is_unknown_leads_to_the_error_page() {
    let publisher = start();
    for path in ["/ieListDocuments.aspx?MId=1", "/mgAi.aspx?ID=5", "/nothing.aspx", "/mgAi.aspx"] {
        let got = get(&publisher, "fenwater", path);
        assert_eq!((got.status, got.location.as_deref()), (302, Some("/mgError.aspx")), "{path}");
    }
    let below = get(&publisher, "brackenshire", "/moderngov/ieListDocuments.aspx?MId=1");
    assert_eq!(below.location.as_deref(), Some("/moderngov/mgError.aspx"));
    let error = get(&publisher, "fenwater", "/mgError.aspx");
    assert_eq!(error.status, 200);
    assert!(error.text().contains("mgErrorTxt"));
}

#[test]
fn an_exempt_item_keeps_its_title_and_has_no_text() {
    let (publisher, sample) = (start(), Sample::load());
    let is_exempt =
        |meeting: &&MeetingPlan| meeting.council == 0 && meeting.items.iter().any(|item| item.id == "land");
    let meeting = sample.meetings.iter().find(is_exempt).unwrap();
    let xml =
        get(&publisher, "ambermere", &format!("/mgWebService.asmx/GetMeeting?lMeetingId={}", meeting.number));
    let xml = xml.text();
    let at = leaves(&xml, "isrestricted").iter().position(|is| is == "True").unwrap();
    assert_eq!(leaves(&xml, "agendaitemtitle")[at], "Disposal of Land at Tanner&#8217;s Wharf");
    assert_eq!(leaves(&xml, "minutesnonemptyhtmlbody")[at].trim(), "");
}

#[test]
fn what_is_published_goes_by_the_day() {
    let (publisher, sample) = (start(), Sample::load());
    let drafts: Vec<_> = sample.meetings.iter().filter(|m| m.draft_until.is_some()).collect();
    assert_eq!(drafts.len(), 2);
    let page = |meeting: &MeetingPlan| {
        let path = format!("/ieListDocuments.aspx?MId={}", meeting.number);
        get(&publisher, &sample.council(meeting).slug, &path).html()
    };
    publisher.set_as_of(BEFORE_APPROVAL);
    for meeting in &drafts {
        assert_eq!(texts(&page(meeting), "h1.mgMainTitleTxt"), ["Agenda and draft minutes"]);
        assert!(texts(&page(meeting), ".mgLinks a").iter().any(|a| a.starts_with("Printed draft minutes")));
    }
    // Ambermere's correction: it was permanent staff, not agency staff.
    let body = |n: u32| {
        get(&publisher, "ambermere", &format!("/mgWebService.asmx/GetMeeting?lMeetingId={n}")).text()
    };
    let ambermere = drafts.iter().find(|m| m.council == 0).unwrap();
    assert!(fold(&body(ambermere.number)).contains("said that agency staff now covered two"));
    publisher.set_as_of(TODAY);
    assert!(fold(&body(ambermere.number)).contains("said that permanent staff now covered eleven"));
    assert_eq!(texts(&page(drafts[0]), "h1.mgMainTitleTxt"), ["Agenda and minutes"]);
    // Before its agenda is out, a meeting is only listed.
    publisher.set_as_of(date(2023, 11, 1));
    assert_eq!(texts(&page(ambermere), "h1.mgMainTitleTxt"), ["Meeting"]);
    assert!(body(ambermere.number).contains("attendance=\"Expected\""));
}

#[test]
fn who_was_there_is_the_same_on_the_page_and_in_the_service() {
    let (publisher, sample) = (start(), Sample::load());
    let meeting = find(&sample, "ambermere", "cyp", date(2016, 2, 15));
    let page =
        get(&publisher, "ambermere", &format!("/mgMeetingAttendance.aspx?id={}", meeting.number)).html();
    let cells = texts(&page, "#modgov td");
    let xml =
        get(&publisher, "ambermere", &format!("/mgWebService.asmx/GetMeeting?lMeetingId={}", meeting.number));
    let xml = xml.text();
    assert_eq!(cells.len(), 7 * 3);
    for row in cells.chunks(3) {
        let attendee =
            format!("name=\"{}\" roledescription=\"{}\" attendance=\"{}\"", row[0], row[1], row[2]);
        assert!(xml.contains(&attendee), "{attendee}");
    }
    assert!(cells.iter().any(|cell| cell == "Apologies"));
}

/// The same minutes as the service, the pages and the printed file give them.
#[test]
fn all_forms_of_a_meeting_carry_the_same_paragraphs() {
    let (publisher, sample) = (start(), Sample::load());
    let meetings = sample.meetings.iter().filter(|m| m.state == State::Published);
    // Every seventh is enough: all councils, bodies and styles occur.
    for meeting in meetings.step_by(7) {
        let council = sample.council(meeting);
        let items = minutes::items(&sample, meeting, Stage::Approved);
        let is_listed = council.slug != "fenwater";
        if council.site.service && !council.site.pdf_only {
            let path = format!("{}/mgWebService.asmx/GetMeeting?lMeetingId={}", council.path, meeting.number);
            let xml = get(&publisher, &council.slug, &path).text();
            let bodies = leaves(&xml, "minutesnonemptyhtmlbody");
            assert_eq!(bodies.len(), items.len());
            for (item, body) in items.iter().zip(bodies) {
                assert_eq!(
                    seen(&body),
                    expected(item, is_listed, "·"),
                    "{} {}",
                    council.slug,
                    meeting.number
                );
            }
        }
        if !council.site.pdf_only {
            for item in items.iter().filter(|item| !item.restricted && !item.minutes.is_empty()) {
                let path = format!("{}/mgAi.aspx?ID={}", council.path, item.id);
                let page = get(&publisher, &council.slug, &path).html();
                // The minutes are the last of the texts: agenda and decision come before.
                let words = Selector::parse("#modgov .mgWordPara").unwrap();
                let body = page.select(&words).next_back().unwrap().inner_html();
                assert_eq!(seen(&body), expected(item, is_listed, "·"), "{} {}", council.slug, item.id);
            }
        }
        let file = pdf::minutes(&sample, meeting, Stage::Approved);
        let printed = fold_printed(&pdf_extract::extract_text_from_mem(&file).unwrap());
        for block in items.iter().filter(|item| !item.restricted).flat_map(|item| &item.minutes) {
            assert!(
                printed.contains(&fold_printed(&block.text)),
                "{}: {}\n{printed}",
                meeting.number,
                block.text
            );
        }
    }
}

/// Folds a printed file, and takes out the footer that may stand in the
/// middle of a paragraph.
fn fold_printed(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.trim().starts_with("Page "));
    fold(&lines.collect::<Vec<_>>().join(" "))
}

/// The rows of a truth file as maps.
fn truth(csv: &str) -> Vec<BTreeMap<String, String>> {
    csv::Reader::from_reader(csv.as_bytes()).into_deserialize().map(Result::unwrap).collect()
}

/// What a theme comes to in a year of a council.
#[derive(Default)]
struct Count {
    meetings: BTreeSet<u32>,
    passages: usize,
    matches: usize,
}

/// Counts what the prose declares, over the plan: by theme, council and year.
/// Standing items do not count.
fn declared(sample: &Sample) -> BTreeMap<(String, String, i16), Count> {
    let mut counts: BTreeMap<(String, String, i16), Count> = BTreeMap::new();
    for meeting in sample.meetings.iter().filter(|m| m.state == State::Published) {
        let (slug, year) = (&sample.council(meeting).slug, meeting.date.year());
        let business = meeting.items.iter().filter(|i| !matches!(i.id.as_str(), "apol" | "decl" | "mins"));
        for (id, _) in business.flat_map(|item| &item.paragraphs) {
            for (theme, n_matches) in &sample.prose.paragraphs[id].themes {
                let count = counts.entry((theme.clone(), slug.clone(), year)).or_default();
                count.meetings.insert(meeting.number);
                count.passages += 1;
                count.matches += n_matches;
            }
        }
    }
    counts
}

#[test]
fn the_truth_about_themes_is_what_the_plan_and_the_prose_declare() {
    let sample = Sample::load();
    let declared = declared(&sample);
    let rows = truth(include_str!("../../corpus/sample/truth/themes.csv"));
    // Eight themes, six councils, eight years, less Coldharrow's 2020.
    assert_eq!(rows.len(), 8 * (6 * 8 - 1));
    for row in rows {
        let key = (row["theme"].clone(), row["council"].clone(), row["year"].parse().unwrap());
        let n_readable = sample.meetings.iter().filter(|meeting| {
            let council = &sample.council(meeting).slug;
            meeting.state == State::Published && *council == key.1 && meeting.date.year() == key.2
        });
        assert_eq!(row["meetings"], n_readable.count().to_string(), "{key:?}");
        let none = Count::default();
        let count = declared.get(&key).unwrap_or(&none);
        let counts = [count.meetings.len(), count.passages, count.matches].map(|count| count.to_string());
        let names = ["meetings_with_theme", "passages", "matches"];
        assert_eq!(names.map(|name| row[name].clone()), counts, "{key:?}");
    }
}

#[test]
fn the_truth_about_the_quickstart_query_is_what_the_prose_declares() {
    let declared = declared(&Sample::load());
    let rows = truth(include_str!("../../corpus/sample/truth/search.csv"));
    let quickstart = rows.iter().filter(|row| row["query"].contains("NEAR/8") && row["mode"] == "stem");
    let mut n_checked = 0;
    for row in quickstart {
        let council = row["council"].as_str();
        let counts =
            declared.iter().filter(|(key, _)| key.0 == "q1" && (council.is_empty() || key.1 == council));
        let (mut passages, mut matches) = (0, 0);
        for (_, count) in counts {
            passages += count.passages;
            matches += count.matches;
        }
        assert_eq!(
            (row["passages"].clone(), row["matches"].clone()),
            (passages.to_string(), matches.to_string())
        );
        n_checked += 1;
    }
    // All councils together, and each alone.
    assert_eq!(n_checked, 7);
}

#[test]
fn the_truth_about_the_register_adds_up_to_the_plan() {
    let sample = Sample::load();
    let rows = truth(include_str!("../../corpus/sample/truth/register.csv"));
    let sum = |name: &str| rows.iter().map(|row| row[name].parse::<usize>().unwrap()).sum::<usize>();
    let n = |state: State| sample.meetings.iter().filter(|meeting| meeting.state == state).count();
    assert_eq!(sum("cancelled"), n(State::Cancelled));
    assert_eq!(sum("held"), 400 - n(State::Cancelled));
    assert_eq!(sum("published"), n(State::Published) + n(State::Refused));
    assert_eq!((sum("fetched"), sum("readable")), (n(State::Published), n(State::Published)));
    assert_eq!(sum("refused"), 1);
}

#[test]
fn resolutions_and_requests_of_the_truth_stand_in_the_minutes() {
    let sample = Sample::load();
    let check = |row: &BTreeMap<String, String>, label: Option<&str>| {
        let council = sample.councils.iter().position(|council| council.slug == row["council"]).unwrap();
        let meeting = sample.meeting(council, row["meeting"].parse().unwrap()).unwrap();
        let items = minutes::items(&sample, meeting, Stage::Approved);
        let item = items.iter().find(|item| item.number.to_string() == row["item"]).unwrap();
        let block = item.minutes.iter().find(|block| {
            block.text == row["text"]
                && label.is_none_or(|label| block.label.as_deref().unwrap_or("") == label)
        });
        assert!(block.is_some(), "{row:?}");
    };
    let resolutions = truth(include_str!("../../corpus/sample/truth/resolutions.csv"));
    assert!(resolutions.len() >= 40);
    for row in &resolutions {
        check(row, Some(row["clause"].rsplit(' ').next().unwrap()));
    }
    let requests = truth(include_str!("../../corpus/sample/truth/requests.csv"));
    assert!(requests.len() >= 30);
    for row in &requests {
        check(row, None);
    }
    let n_back = requests.iter().filter(|row| !row["returned_on"].is_empty()).count();
    assert!(n_back >= 10 && requests.len() - n_back >= 10);
}
