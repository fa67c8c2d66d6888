//! The web service's answers, `mgWebService.asmx`.

use std::borrow::Cow;

use quick_xml::events::Event;
use quick_xml::{Reader, XmlVersion};

use super::{DocumentLink, Item, Wrong, is_cancelled, number, plain, service_date};
use crate::model::PartialDate;

/// How deep elements may lie in one another. The service's answers have six
/// levels.
const MAX_DEPTH: usize = 64;

/// A committee as `GetCommittees` lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitteeEntry {
    /// The site's number for it.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The heading under which the site lists it; may be empty.
    pub category: String,
    /// Whether the site says that it meets no more. Its meetings stay.
    pub is_expired: bool,
    /// Whether the site has taken it off its lists. Its meetings may stay.
    pub is_deleted: bool,
}

/// A meeting as `GetMeetings` or `GetAllMeetingsByDate` lists it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MeetingEntry {
    /// The site's number for it.
    pub id: String,
    /// The site's number for its committee; empty when the answer does not tell.
    pub committee: String,
    /// The name of its committee; empty when the answer does not tell.
    pub body: String,
    /// When it is or was.
    pub date: Option<PartialDate>,
    /// Whether it was called off.
    pub is_cancelled: bool,
}

/// A meeting as `GetMeeting` gives it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MeetingXml {
    /// The site's number for it.
    pub id: String,
    /// When it is or was.
    pub date: Option<PartialDate>,
    /// Whether it was called off.
    pub is_cancelled: bool,
    /// Whether the site says that its agenda is published.
    pub agenda_published: bool,
    /// Whether the site says that its minutes are published.
    pub minutes_published: bool,
    /// Its items in order, without what may not be shown.
    pub items: Vec<Item>,
    /// Who was expected or came.
    pub attendees: Vec<Attendee>,
}

impl MeetingXml {
    /// Whether any item has minutes with something to read in them.
    pub fn has_minutes(&self) -> bool {
        self.items.iter().any(Item::has_minutes)
    }
}

/// A person as `GetMeeting` lists them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attendee {
    /// The name.
    pub name: String,
    /// The role in the body, such as `Chair`; empty when the answer does not tell.
    pub role: String,
    /// What the site says of their coming: `Expected`, `Present` …
    pub attendance: String,
}

/// Reads the answer to `GetCommittees`, former committees included.
pub fn committees_xml(text: &str) -> Result<Vec<CommitteeEntry>, Wrong> {
    let root = root(text, &["committees"])?;
    let committee = |element: &Element| CommitteeEntry {
        id: element.value("committeeid"),
        name: plain(&element.value("committeetitle")),
        category: plain(&element.value("committeecategory")),
        is_expired: element.is_true("committeeexpired"),
        is_deleted: element.is_true("committeedeleted"),
    };
    Ok(root.all("committee").map(committee).filter(|committee| is_number(&committee.id)).collect())
}

/// Reads the answer to `GetMeetings` or to `GetAllMeetingsByDate`. Some
/// servers send only a count when there are none.
///
/// A list may have a hundred thousand meetings, so of each only the entry is
/// kept while the rest is read.
pub fn meetings_xml(text: &str) -> Result<Vec<MeetingEntry>, Wrong> {
    let names = ["getmeetings", "getmeetingsbydate", "getallmeetingsbydate", "root"];
    let root = root_reduced(text, &names, |element: &mut Element<MeetingEntry>| {
        // Meetings stand under their committee, or name it themselves.
        let (committee, body) = (element.value("committeeid"), plain(&element.value("committeetitle")));
        for entry in &mut element.reduced {
            fill(&mut entry.committee, &committee);
            fill(&mut entry.body, &body);
        }
        if element.name == "meeting" {
            element.reduced.push(MeetingEntry {
                id: element.value("meetingid"),
                committee,
                body,
                date: service_date(&element.value("meetingdate")),
                is_cancelled: is_cancelled(&element.value("meetingstatus")),
            });
            element.is_reduced = true;
        }
    })?;
    let mut found = root.reduced;
    found.retain(|meeting| is_number(&meeting.id));
    for meeting in &mut found {
        if !is_number(&meeting.committee) {
            meeting.committee.clear();
        }
    }
    Ok(found)
}

fn fill(field: &mut String, value: &str) {
    if field.is_empty() {
        value.clone_into(field);
    }
}

/// Reads the answer to `GetMeeting`.
///
/// An item that is restricted or may not be displayed keeps its number and
/// title only; texts that are not published yet are left out.
pub fn meeting_xml(text: &str) -> Result<MeetingXml, Wrong> {
    let root = root(text, &["meeting"])?;
    let shown = !root.is_false("isdisplayallowed");
    let published = Published {
        agenda: !root.is_false("agendapublished"),
        decisions: !root.is_false("decisionpublished"),
        minutes: !root.is_false("minutepublished"),
    };
    let items = root.first("agendaitems").into_iter().flat_map(|items| items.all("agendaitem"));
    let people = root.first("attendees").into_iter().flat_map(|people| people.all("attendee"));
    Ok(MeetingXml {
        id: root.value("meetingid"),
        date: service_date(&root.value("meetingdate")),
        is_cancelled: is_cancelled(&root.value("meetingstatus")),
        agenda_published: root.is_true("agendapublished"),
        minutes_published: root.is_true("minutepublished"),
        items: items.map(|element| item(element, shown, published)).collect(),
        attendees: people.map(attendee).collect(),
    })
}

/// What of a meeting is published.
#[derive(Clone, Copy)]
struct Published {
    agenda: bool,
    decisions: bool,
    minutes: bool,
}

fn item(element: &Element, meeting_is_shown: bool, published: Published) -> Item {
    let printed = number(&plain(&element.value("fulldisplaynumberformat")));
    let mut item = Item {
        id: element.value("agendaitemid"),
        number: if printed.is_empty() { minute_number(element) } else { printed },
        title: plain(&element.value("agendaitemtitle")),
        ..Item::default()
    };
    item.is_withheld =
        !meeting_is_shown || element.is_true("isrestricted") || element.is_false("isdisplayallowed");
    if item.is_withheld {
        return item;
    }
    if published.agenda {
        item.agenda = element.value("agendatext");
        item.documents = documents(element);
    }
    if published.decisions && !element.is_false("isdecisionpublished") {
        item.decision = element.value("decisionnonemptyhtmlbody");
    }
    if published.minutes && !element.is_false("isminutepublished") {
        item.minutes = element.value("minutesnonemptyhtmlbody");
    }
    item
}

/// The files that hang on an item. What is restricted is never asked for; what
/// is an address somewhere else is no file of the meeting.
fn documents(element: &Element) -> Vec<DocumentLink> {
    let linked = element.first("linkeddocuments").into_iter().flat_map(|all| all.all("linkeddoc"));
    let open = linked.filter(|linked| !linked.is_true("isrestricted") && !linked.is_true("isurl"));
    let links = open.map(|linked| DocumentLink {
        link: plain(&linked.value("url")),
        title: plain(&linked.value("title")),
    });
    links.filter(|document| !document.link.is_empty()).collect()
}

/// The number in the minutes, for servers that give no printed one. 0 means
/// that the item is a heading between others.
fn minute_number(element: &Element) -> String {
    let number = number(&element.value("minutesitemnumber"));
    if number == "0" { String::new() } else { number }
}

fn attendee(element: &Element) -> Attendee {
    Attendee {
        name: plain(element.attribute("name")),
        role: plain(element.attribute("roledescription")),
        attendance: plain(element.attribute("attendance")),
    }
}

fn is_number(id: &str) -> bool {
    !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit())
}

/// The root element, when it is one of these.
fn root(text: &str, names: &[&str]) -> Result<Element, Wrong> {
    root_reduced(text, names, |_| ())
}

/// The same, where each element is reduced as soon as it is read.
fn root_reduced<R: Default>(
    text: &str,
    names: &[&str],
    reduce: impl Fn(&mut Element<R>),
) -> Result<Element<R>, Wrong> {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if !text.starts_with("<?xml") {
        return Err(Wrong::NotXml);
    }
    let root = tree(text, reduce).ok_or(Wrong::NotXml)?;
    if !names.contains(&root.name.as_str()) {
        return Err(Wrong::OtherXml(root.name));
    }
    Ok(root)
}

/// An element, its names in lower case.
#[derive(Debug, Default)]
struct Element<R = ()> {
    name: String,
    attributes: Vec<(String, String)>,
    text: String,
    children: Vec<Element<R>>,
    /// What was made of elements in it, and of itself.
    reduced: Vec<R>,
    /// Whether that is all that is kept of it.
    is_reduced: bool,
}

impl<R> Element<R> {
    fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Element<R>> {
        self.children.iter().filter(move |child| child.name == name)
    }

    fn first(&self, name: &str) -> Option<&Element<R>> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The text of a child, trimmed: an empty element holds a line break.
    fn value(&self, name: &str) -> String {
        self.first(name).map(|child| child.text.trim().to_owned()).unwrap_or_default()
    }

    fn is_true(&self, name: &str) -> bool {
        self.value(name).eq_ignore_ascii_case("true")
    }

    fn is_false(&self, name: &str) -> bool {
        self.value(name).eq_ignore_ascii_case("false")
    }

    fn attribute(&self, name: &str) -> &str {
        self.attributes.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }
}

/// Reads XML into a tree. `None` when it is not well-formed or too deep: half
/// an answer is not taken for a whole one.
fn tree<R: Default>(text: &str, reduce: impl Fn(&mut Element<R>)) -> Option<Element<R>> {
    let mut reader = Reader::from_str(text);
    reader.config_mut().expand_empty_elements = true;
    let mut open: Vec<Element<R>> = vec![Element::default()];
    loop {
        match reader.read_event().ok()? {
            Event::Start(start) => {
                if open.len() > MAX_DEPTH {
                    return None;
                }
                let attributes = start.attributes().flatten().map(|attribute| {
                    let name = attribute.key.as_ref().to_lowercase();
                    let value = attribute.normalized_value(XmlVersion::Implicit1_0);
                    (name, value.map(Cow::into_owned).unwrap_or_default())
                });
                open.push(Element {
                    name: start.local_name().as_ref().to_lowercase(),
                    attributes: attributes.collect(),
                    ..Element::default()
                });
            }
            Event::End(_) => {
                let mut done = open.pop()?;
                reduce(&mut done);
                let is_root = open.len() == 1;
                let parent = open.last_mut()?;
                parent.reduced.append(&mut done.reduced);
                if is_root || !done.is_reduced {
                    parent.children.push(done);
                }
            }
            Event::Text(text) => open.last_mut()?.text.push_str(&text.xml10_content()),
            Event::CData(text) => open.last_mut()?.text.push_str(&text.xml10_content()),
            Event::GeneralRef(reference) => {
                let text = &mut open.last_mut()?.text;
                let name = reference.xml10_content();
                match (reference.resolve_char_ref(), name.as_ref()) {
                    (Ok(Some(c)), _) => text.push(c),
                    (_, "amp") => text.push('&'),
                    (_, "lt") => text.push('<'),
                    (_, "gt") => text.push('>'),
                    (_, "quot") => text.push('"'),
                    (_, "apos") => text.push('\''),
                    // A name of HTML: left for whoever reads the HTML.
                    (_, name) => text.push_str(&format!("&{name};")),
                }
            }
            Event::Eof => break,
            _ => {}
        }
    }
    let mut document = open.pop()?;
    if !open.is_empty() {
        return None;
    }
    let root = document.children.pop()?;
    Some(Element { reduced: document.reduced, ..root })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n";

    fn meeting(inside: &str) -> MeetingXml {
        meeting_xml(&format!("{HEAD}<meeting>{inside}</meeting>")).unwrap()
    }

    #[test]
    fn what_is_no_answer_is_told_from_an_empty_one() {
        assert_eq!(committees_xml("<!-- HttpRedirect.htm --><script>x</script>"), Err(Wrong::NotXml));
        assert_eq!(committees_xml("<html></html>"), Err(Wrong::NotXml));
        assert_eq!(committees_xml(&format!("{HEAD}<committees>")), Err(Wrong::NotXml));
        assert_eq!(
            committees_xml(&format!("{HEAD}<councillorsbyward/>")),
            Err(Wrong::OtherXml("councillorsbyward".into()))
        );
        assert_eq!(
            meetings_xml(&format!("{HEAD}<getmeetings><meetingscount> 0</meetingscount></getmeetings>")),
            Ok(vec![])
        );
        let deep = "<a>".repeat(100_000) + &"</a>".repeat(100_000);
        assert_eq!(committees_xml(&format!("{HEAD}{deep}")), Err(Wrong::NotXml));
    }

    #[test]
    fn meetings_by_date_name_their_committee_themselves() {
        let text = format!(
            "{HEAD}<getmeetingsbydate><meetings><meeting><meetingid>5</meetingid>\
             <meetingdate>01/02/2024</meetingdate><committeeid>7</committeeid><committeetitle>Audit &amp;amp; Risk</committeetitle>\
             <meetingstatus>\n</meetingstatus></meeting></meetings></getmeetingsbydate>"
        );
        let found = meetings_xml(&text).unwrap();
        assert_eq!((found[0].committee.as_str(), found[0].body.as_str()), ("7", "Audit & Risk"));
        assert_eq!(found[0].date.unwrap().to_string(), "2024-02-01");
    }

    #[test]
    fn what_may_not_be_shown_keeps_number_and_title_only() {
        let item = |flags: &str| {
            meeting(&format!(
                "<minutepublished>True</minutepublished><agendaitems><agendaitem>\
                 <agendaitemid>9</agendaitemid><fulldisplaynumberformat>7.</fulldisplaynumberformat>\
                 <agendaitemtitle>Chair&amp;#39;s report</agendaitemtitle><agendatext>a</agendatext>\
                 <minutesnonemptyhtmlbody>&lt;p&gt;m&lt;/p&gt;</minutesnonemptyhtmlbody>{flags}\
                 </agendaitem></agendaitems>"
            ))
            .items
            .remove(0)
        };
        let open = item("");
        assert_eq!((open.number.as_str(), open.title.as_str()), ("7", "Chair's report"));
        assert_eq!((open.agenda.as_str(), open.minutes.as_str()), ("a", "<p>m</p>"));
        for flags in ["<isrestricted>True</isrestricted>", "<isdisplayallowed>False</isdisplayallowed>"] {
            let kept = item(flags);
            assert!(kept.is_withheld);
            assert_eq!(
                (kept.title.as_str(), kept.agenda.as_str(), kept.minutes.as_str()),
                ("Chair's report", "", "")
            );
        }
        let unpublished = item("<isminutepublished>False</isminutepublished>");
        assert_eq!((unpublished.agenda.as_str(), unpublished.minutes.as_str()), ("a", ""));
    }

    #[test]
    fn files_of_an_item_are_those_that_anybody_may_read() {
        let document = |title: &str, flags: &str| {
            format!(
                "<linkeddoc><title>{title}</title><url>https://x.example/{title}</url>{flags}</linkeddoc>"
            )
        };
        let meeting = meeting(&format!(
            "<agendapublished>True</agendapublished><agendaitems><agendaitem><linkeddocuments>{}{}{}\
             </linkeddocuments></agendaitem></agendaitems>",
            document("open", "<isrestricted>False</isrestricted>"),
            document("exempt", "<isrestricted>True</isrestricted>"),
            document("elsewhere", "<isurl>True</isurl>"),
        ));
        assert!(meeting.agenda_published);
        let [open] = &meeting.items[0].documents[..] else { panic!("one document") };
        assert_eq!((open.title.as_str(), open.link.as_str()), ("open", "https://x.example/open"));
    }

    #[test]
    fn an_unpublished_meeting_has_no_minutes() {
        let meeting = meeting(
            "<minutepublished>False</minutepublished><agendaitems><agendaitem>\
             <minutesnonemptyhtmlbody>m</minutesnonemptyhtmlbody></agendaitem></agendaitems>",
        );
        assert!(!meeting.minutes_published && !meeting.has_minutes());
    }
}
