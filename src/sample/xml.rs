//! The answers of the web service, in the shapes that real ones have.
//!
//! Element names are lower case, counts begin with a space, empty elements
//! hold a line break, titles are encoded twice.

use std::fmt::Write;

use jiff::civil::Date;

use super::data::{Body, CouncilPlan, MeetingPlan, Sample, Stage, State};
use super::html;
use super::minutes::{Item, attendance, items};

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n";

/// `GetCommittees`: all bodies, those that were wound up included.
pub fn committees(council: &CouncilPlan) -> String {
    let mut xml = Xml::open("committees");
    xml.leaf("committeescount", &format!(" {}", council.bodies.len()));
    for body in &council.bodies {
        xml.start("committee");
        xml.leaf("committeeid", &body.id.to_string());
        xml.title("committeetitle", &body.name);
        xml.leaf("committeedeleted", "False");
        xml.leaf("committeeexpired", truth(body.expired));
        xml.title("committeecategory", &body.category);
        xml.end("committee");
    }
    xml.close("committees")
}

/// `GetMeetings`: the meetings of one body, given oldest first.
pub fn meetings(council: &CouncilPlan, body: &Body, meetings: &[&MeetingPlan]) -> String {
    let mut xml = Xml::open("getmeetings");
    let count = format!(" {}", meetings.len());
    xml.leaf("meetingscount", &count);
    xml.leaf("committeescount", " 1");
    xml.start("committee");
    xml.leaf("committeeid", &body.id.to_string());
    xml.title("committeetitle", &body.name);
    xml.leaf("committeemeetingcount", &count);
    xml.start("committeemeetings");
    for meeting in meetings {
        xml.meeting_row(council, meeting, None);
    }
    xml.end("committeemeetings");
    xml.end("committee");
    xml.close("getmeetings")
}

/// `GetAllMeetingsByDate`: the meetings of all bodies, as given.
pub fn meetings_by_date(council: &CouncilPlan, meetings: &[&MeetingPlan]) -> String {
    let mut xml = Xml::open("getmeetingsbydate");
    xml.leaf("meetingscount", &format!(" {}", meetings.len()));
    xml.start("meetings");
    for meeting in meetings {
        xml.meeting_row(council, meeting, Some(&council.bodies[meeting.body]));
    }
    xml.end("meetings");
    xml.close("getmeetingsbydate")
}

/// `GetMeeting`: one meeting with what is published of it on a day.
pub fn meeting(sample: &Sample, meeting: &MeetingPlan, today: Date) -> String {
    let council = sample.council(meeting);
    let published = meeting.published(&council.style, today);
    let time = service_time(&council.style.time);
    let mut xml = Xml::open("meeting");
    xml.leaf("meetingid", &meeting.number.to_string());
    xml.leaf("meetingdate", &british(meeting.date));
    xml.leaf("meetingstatus", status(meeting));
    xml.leaf("isdisplayallowed", "True");
    xml.leaf("meetingtime", &time);
    xml.leaf("meetingactualstarttime", "");
    xml.leaf("meetingplannedfinishtime", "");
    xml.leaf("meetingactualfinishtime", "");
    xml.leaf("meetinglocation", &html::escape_title(&council.venue));
    xml.leaf("iswebcast", "False");
    xml.leaf("agendaid", &meeting.agenda_id().to_string());
    xml.leaf("agendapublished", truth(published.agenda));
    xml.leaf("decisionpublished", truth(published.decisions));
    xml.leaf("minutepublished", truth(published.minutes.is_some()));
    xml.leaf("meetingroom", "");
    if published.agenda {
        xml.start("agendaitems");
        for item in items(sample, meeting, published.minutes.unwrap_or(Stage::Approved)) {
            xml.item(council, meeting, &item, published.minutes.is_some(), published.decisions);
        }
        xml.end("agendaitems");
    } else {
        xml.leaf("agendaitems", "");
    }
    xml.start("attendees");
    for (seat, (name, was_there)) in attendance(sample, meeting).into_iter().enumerate() {
        xml.attendee(council, seat, name, attended(meeting, published.minutes.is_some(), was_there));
    }
    xml.end("attendees");
    xml.close("meeting")
}

/// The word for whether a member was there; `Expected` until minutes say so.
pub fn attended(meeting: &MeetingPlan, is_minuted: bool, was_there: bool) -> &'static str {
    match (is_minuted && meeting.state != State::Cancelled, was_there) {
        (false, _) => "Expected",
        (true, true) => "Present",
        (true, false) => "Apologies",
    }
}

/// A date as the service writes and reads it: `dd/mm/yyyy`.
pub fn british(date: Date) -> String {
    format!("{:02}/{:02}/{:04}", date.day(), date.month(), date.year())
}

/// Reads a date that the service would understand; `None` for any other form.
pub fn read_british(text: &str) -> Option<Date> {
    let mut parts = text.split('/');
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || year.len() != 4 {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

fn status(meeting: &MeetingPlan) -> &'static str {
    if meeting.state == State::Cancelled { "Cancelled" } else { "Confirmed" }
}

/// The service writes `7.30 pm` also where the pages write `7:30 pm`.
fn service_time(time: &str) -> String {
    time.replace(':', ".")
}

fn truth(is: bool) -> &'static str {
    if is { "True" } else { "False" }
}

struct Xml {
    text: String,
    depth: usize,
}

impl Xml {
    fn open(root: &str) -> Self {
        let mut xml = Self { text: HEAD.into(), depth: 0 };
        xml.start(root);
        xml
    }

    fn close(mut self, root: &str) -> String {
        self.end(root);
        self.text
    }

    fn line(&mut self, line: &str) {
        let indent = "  ".repeat(self.depth);
        writeln!(self.text, "{indent}{line}\r").expect("writing to a string does not fail");
    }

    fn start(&mut self, name: &str) {
        self.line(&format!("<{name}>"));
        self.depth += 1;
    }

    fn end(&mut self, name: &str) {
        self.depth -= 1;
        self.line(&format!("</{name}>"));
    }

    /// An element with text, escaped; one without text holds a line break.
    fn leaf(&mut self, name: &str, text: &str) {
        if text.is_empty() {
            self.line(&format!("<{name}>"));
            self.line(&format!("</{name}>"));
            return;
        }
        let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        self.line(&format!("<{name}>{text}</{name}>"));
    }

    /// An element with a title: HTML inside XML, so encoded twice.
    fn title(&mut self, name: &str, title: &str) {
        self.leaf(name, &html::escape_title(title));
    }

    fn meeting_row(&mut self, council: &CouncilPlan, meeting: &MeetingPlan, body: Option<&Body>) {
        self.start("meeting");
        self.leaf("meetingid", &meeting.number.to_string());
        self.leaf("meetingdate", &british(meeting.date));
        self.leaf("meetingstatus", status(meeting));
        self.leaf("meetingtime", &service_time(&council.style.time));
        self.leaf("iswebcast", "False");
        if let Some(body) = body {
            self.leaf("committeeid", &body.id.to_string());
            self.title("committeetitle", &body.name);
        }
        self.end("meeting");
    }

    fn item(
        &mut self,
        council: &CouncilPlan,
        meeting: &MeetingPlan,
        item: &Item,
        is_minuted: bool,
        is_decided: bool,
    ) {
        let date = british(meeting.date);
        let has_text = !item.restricted && !council.site.pdf_only;
        let minutes =
            if has_text && is_minuted { html::body(council, &item.minutes, "") } else { String::new() };
        let decision = item.decision();
        let is_decided = is_decided && has_text && !decision.is_empty();
        self.start("agendaitem");
        self.leaf("agendaitemid", &item.id.to_string());
        self.title("agendaitemtitle", &item.title);
        self.leaf("agendatext", &if has_text { html::agenda(council, &item.agenda) } else { String::new() });
        self.leaf("actualmeetingdate", &date);
        self.leaf("agendaitemnumber", &item.number.to_string());
        self.leaf("agendaitemsubnumber", "");
        self.leaf("fulldisplaynumberformat", &format!("{}.", item.number));
        self.leaf("authorusername", "");
        if is_decided {
            self.leaf("decisionnonemptyhtmlbody", &html::body(council, &decision, ""));
        }
        self.leaf("minutesnonemptyhtmlbody", &minutes);
        self.leaf("declarationcount", "0");
        self.leaf("iscallin", "False");
        self.leaf("iscomment", "False");
        self.leaf("isdecision", truth(is_decided));
        self.leaf("isdecisionpublished", truth(is_decided));
        self.leaf("isminutepublished", truth(is_minuted && !item.restricted));
        self.leaf("ispubliccanspeak", "False");
        self.leaf("isrestricted", truth(item.restricted));
        self.leaf("isdisplayallowed", "True");
        self.leaf("meetingdate", &date);
        self.leaf("meetingtime", &service_time(&council.style.time));
        self.leaf("minutesitemnumber", &item.number.to_string());
        self.leaf("minutesitemsubnumber", "");
        self.leaf("preferreddate", &date);
        self.title("refertocommittee", &council.bodies[meeting.body].name);
        self.leaf("linkeddocuments", "");
        self.end("agendaitem");
    }

    fn attendee(&mut self, council: &CouncilPlan, seat: usize, name: &str, attended: &str) {
        let role = if seat == 0 { &council.style.chair } else { "Committee Member" };
        let member = 150 + seat;
        self.line(&format!(
            "<attendee membertype=\"U\" memberid=\"{member}\" name=\"Councillor {name}\" \
             roledescription=\"{role}\" attendance=\"{attended}\" politicalparty=\"IND\" ward=\"\">"
        ));
        self.depth += 1;
        self.leaf("url", &format!("{}/mgUserInfo.aspx?UID={member}", council.root()));
        self.end("attendee");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_dates_with_the_day_first_are_read() {
        assert_eq!(read_british("03/02/2019"), Some(jiff::civil::date(2019, 2, 3)));
        for text in ["2019-02-03", "31/02/2019", "3/2/19", "0", "", "1/2/2019/4"] {
            assert_eq!(read_british(text), None, "{text}");
        }
    }

    #[test]
    fn a_title_is_encoded_twice_and_an_empty_element_holds_a_line_break() {
        let mut xml = Xml::open("a");
        xml.title("t", "Children's & Schools");
        xml.leaf("e", "");
        let text = xml.close("a");
        assert!(text.contains("<t>Children&amp;#39;s &amp;amp; Schools</t>"), "{text}");
        assert!(text.contains("<e>\r\n  </e>"), "{text}");
    }
}
