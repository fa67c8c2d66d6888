//! Answers one request for a page of the sample. Pure: the day is given.

use jiff::civil::Date;

use super::data::{Body, MeetingPlan, Sample, State};
use super::page::{self, Slice};
use super::{pdf, xml};

/// What is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The media type, with its parameters.
    pub media_type: &'static str,
    /// Where a redirect leads, as a path on the same host.
    pub location: Option<String>,
    /// The body.
    pub body: Vec<u8>,
}

const HTML: &str = "text/html; charset=utf-8";
const XML: &str = "text/xml; charset=utf-8";
const TEXT: &str = "text/plain; charset=utf-8";

impl Answer {
    fn ok(media_type: &'static str, body: impl Into<Vec<u8>>) -> Self {
        Self { status: 200, media_type, location: None, body: body.into() }
    }

    fn with_status(status: u16, body: &str) -> Self {
        Self { status, media_type: TEXT, location: None, body: body.into() }
    }
}

/// Answers a request for `target` (a path with its query) on `host`.
///
/// Hosts that are no council's get 404; pages that there are not, a redirect
/// to `mgError.aspx`, as the real system does.
pub fn answer(sample: &Sample, today: Date, host: &str, target: &str) -> Answer {
    let name = host.split(':').next().unwrap_or(host).to_ascii_lowercase();
    let Some(council) = sample.councils.iter().position(|council| council.host() == name) else {
        return Answer::with_status(404, "no such host");
    };
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    if path == "/robots.txt" {
        let robots = &sample.councils[council].site.robots;
        return if robots.is_empty() {
            Answer::with_status(404, "not found")
        } else {
            Answer::ok(TEXT, robots.as_str())
        };
    }
    let path = path.to_ascii_lowercase();
    let request = Request {
        sample,
        council,
        today,
        parameters: url::form_urlencoded::parse(query.as_bytes())
            .map(|(key, value)| (key.to_ascii_lowercase(), value.into_owned()))
            .collect(),
    };
    let below = path.strip_prefix(&sample.councils[council].path).and_then(|path| path.strip_prefix('/'));
    let Some(below) = below else { return Answer::with_status(404, "not found") };
    request.page(below).unwrap_or_else(|| request.error())
}

struct Request<'a> {
    sample: &'a Sample,
    council: usize,
    today: Date,
    parameters: Vec<(String, String)>,
}

impl<'a> Request<'a> {
    /// The page, or `None` where there is none.
    fn page(&self, path: &str) -> Option<Answer> {
        let council = &self.sample.councils[self.council];
        if let Some(method) = path.strip_prefix("mgwebservice.asmx") {
            return Some(self.service(method.trim_start_matches('/')));
        }
        if let Some(file) = path.strip_prefix("documents/") {
            return self.file(file);
        }
        let html = match path {
            "mglistcommittees.aspx" => page::committees(council, self.today),
            "mgcommitteedetails.aspx" => page::committee(council, self.body(&["id"])?, self.today),
            "ielistmeetings.aspx" => {
                let body = self.body(&["committeeid", "cid"])?;
                page::meetings(self.sample, council, body, self.slice(), self.today)
            }
            "ielistdocuments.aspx" => {
                let meeting = self.meeting(&["mid", "meetingid"])?;
                return Some(self.unless_refused(meeting, page::meeting(self.sample, meeting, self.today)));
            }
            "mgai.aspx" => {
                let id: u32 = self.get(&["id", "aiid"])?.parse().ok()?;
                let meeting = self.sample.meeting(self.council, id / 50)?;
                let html = page::item(self.sample, meeting, id, self.today)?;
                return Some(self.unless_refused(meeting, html));
            }
            "mgmeetingattendance.aspx" => {
                let meeting = self.meeting(&["id", "mid", "meetingid"])?;
                let html = page::attendance_page(self.sample, meeting, self.today);
                return Some(self.unless_refused(meeting, html));
            }
            "mgerror.aspx" => page::error(council, self.today),
            _ => return None,
        };
        Some(Answer::ok(HTML, html))
    }

    fn error(&self) -> Answer {
        let council = &self.sample.councils[self.council];
        Answer {
            status: 302,
            media_type: HTML,
            location: Some(format!("{}/mgError.aspx", council.path)),
            body: b"<html><head><title>Object moved</title></head><body></body></html>".to_vec(),
        }
    }

    fn unless_refused(&self, meeting: &MeetingPlan, html: String) -> Answer {
        if meeting.state == State::Refused {
            return Answer { media_type: HTML, ..Answer::with_status(403, "<h1>403 - Forbidden</h1>") };
        }
        Answer::ok(HTML, html)
    }

    /// The first of the parameters, by any of its names in lower case.
    fn get(&self, names: &[&str]) -> Option<&str> {
        let is_one = |key: &str| names.contains(&key);
        self.parameters.iter().find(|(key, _)| is_one(key)).map(|(_, value)| value.as_str())
    }

    fn body(&self, names: &[&str]) -> Option<&'a Body> {
        let id: u32 = self.get(names)?.parse().ok()?;
        self.sample.councils[self.council].bodies.iter().find(|body| body.id == id)
    }

    fn meeting(&self, names: &[&str]) -> Option<&'a MeetingPlan> {
        self.sample.meeting(self.council, self.get(names)?.parse().ok()?)
    }

    fn slice(&self) -> Slice {
        let instant = self.get(&["d"]).and_then(|instant| instant.parse().ok());
        match (self.get(&["act"]).map(str::to_ascii_lowercase).as_deref(), instant) {
            (Some("earlier"), Some(instant)) => return Slice::Earlier(instant),
            (Some("later"), Some(instant)) => return Slice::Later(instant),
            _ => {}
        }
        // Year 0 is the blank option of the form.
        match self.get(&["year", "yearselect"]).and_then(|year| year.parse().ok()) {
            Some(0) | None => Slice::Around,
            Some(year) => Slice::Year(year),
        }
    }

    /// A printed file: `g<agenda id>/<any name>`, which kind by `T`.
    fn file(&self, path: &str) -> Option<Answer> {
        let (agenda, _name) = path.strip_prefix('g')?.split_once('/')?;
        let agenda: u32 = agenda.parse().ok()?;
        let mut meetings = self.sample.meetings.iter();
        let meeting = meetings.find(|m| m.council == self.council && m.agenda_id() == agenda)?;
        if meeting.state == State::Refused {
            return Some(self.unless_refused(meeting, String::new()));
        }
        let published = meeting.published(&self.sample.council(meeting).style, self.today);
        let pdf = match self.get(&["t"])? {
            "0" if published.agenda => pdf::agenda(self.sample, meeting),
            "1" => pdf::minutes(self.sample, meeting, published.minutes?),
            _ => return None,
        };
        Some(Answer::ok("application/pdf", pdf))
    }

    fn service(&self, method: &str) -> Answer {
        let council = &self.sample.councils[self.council];
        if !council.site.service {
            return Answer::ok(HTML, page::SERVICE_OFF);
        }
        match method {
            "getcommittees" => Answer::ok(XML, xml::committees(council)),
            "getmeetings" => self.get_meetings(),
            "getallmeetingsbydate" => self.get_meetings_by_date(),
            "getmeeting" => match self.meeting(&["lmeetingid"]) {
                Some(meeting) if meeting.state == State::Refused => {
                    self.unless_refused(meeting, String::new())
                }
                Some(meeting) => Answer::ok(XML, xml::meeting(self.sample, meeting, self.today)),
                None => missing("lMeetingId"),
            },
            _ => Answer::with_status(500, "mgWebService Web Service method name is not valid.\r\n"),
        }
    }

    fn get_meetings(&self) -> Answer {
        let council = &self.sample.councils[self.council];
        for name in ["lCommitteeId", "sFromDate", "sToDate"] {
            if self.get(&[&name.to_ascii_lowercase()]).is_none() {
                return missing(name);
            }
        }
        let Some(body) = self.body(&["lcommitteeid"]) else { return missing("lCommitteeId") };
        let meetings: Vec<&MeetingPlan> =
            self.between().into_iter().filter(|meeting| self.sample.body(meeting).id == body.id).collect();
        Answer::ok(XML, xml::meetings(council, body, &meetings))
    }

    fn get_meetings_by_date(&self) -> Answer {
        for name in ["lCommitteeId", "sFromDate", "sToDate", "bIsAscendingDateOrder"] {
            if self.get(&[&name.to_ascii_lowercase()]).is_none() {
                return missing(name);
            }
        }
        let committee = self.get(&["lcommitteeid"]).unwrap_or("0");
        let mut meetings = self.between();
        if committee != "0" {
            meetings.retain(|meeting| self.sample.body(meeting).id.to_string() == committee);
        }
        if self.get(&["bisascendingdateorder"]).is_some_and(|order| order.eq_ignore_ascii_case("false")) {
            meetings.reverse();
        }
        Answer::ok(XML, xml::meetings_by_date(&self.sample.councils[self.council], &meetings))
    }

    /// The council's meetings between the dates asked for, oldest first. A
    /// date in another form than `dd/mm/yyyy` is passed over without a word,
    /// as real servers do: then that end is open.
    fn between(&self) -> Vec<&'a MeetingPlan> {
        let date = |name: &str| self.get(&[name]).and_then(xml::read_british);
        let (from, to) = (date("sfromdate"), date("stodate"));
        let is_asked = |meeting: &&MeetingPlan| {
            meeting.council == self.council
                && from.is_none_or(|from| from <= meeting.date)
                && to.is_none_or(|to| meeting.date <= to)
        };
        self.sample.meetings.iter().filter(is_asked).collect()
    }
}

fn missing(name: &str) -> Answer {
    Answer::with_status(500, &format!("Missing parameter: {name}.\r\n"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sample::TODAY;

    #[test]
    fn names_of_pages_and_parameters_are_read_in_any_case() {
        let sample = Sample::load();
        let ask = |target: &str| answer(&sample, TODAY, "DEMOCRACY.AMBERMERE.EXAMPLE:8080", target);
        let one = ask("/ieListDocuments.aspx?MId=2401");
        assert_eq!(one.status, 200);
        for target in ["/ielistdocuments.ASPX?mid=2401&Ver=4", "/IELISTDOCUMENTS.aspx?CId=211&MeetingId=2401"]
        {
            assert_eq!(ask(target), one, "{target}");
        }
    }

    fn target() -> impl Strategy<Value = String> {
        let page = prop::sample::select(vec![
            "ieListMeetings.aspx",
            "ieListDocuments.aspx",
            "mgAi.aspx",
            "mgMeetingAttendance.aspx",
            "mgCommitteeDetails.aspx",
            "mgWebService.asmx/GetMeetings",
            "mgWebService.asmx/GetMeeting",
            "mgWebService.asmx",
            "documents/g13401/x.pdf",
            "documents/g",
        ]);
        let key = prop::sample::select(vec![
            "CId",
            "MId",
            "ID",
            "Year",
            "D",
            "Act",
            "T",
            "lCommitteeId",
            "lMeetingId",
            "sFromDate",
            "sToDate",
        ]);
        let value = prop_oneof![
            Just("211".to_owned()),
            Just("2401".to_owned()),
            Just("earlier".to_owned()),
            any::<u64>().prop_map(|n| n.to_string()),
            "\\PC{0,12}",
        ];
        (page, prop::collection::vec((key, value), 0..4)).prop_map(|(page, parameters)| {
            let parameters: Vec<String> =
                parameters.into_iter().map(|(key, value)| format!("{key}={value}")).collect();
            format!("/{page}?{}", parameters.join("&"))
        })
    }

    proptest! {
        #[test]
        fn whatever_is_asked_there_is_an_answer(target in target()) {
            let sample = Sample::load();
            let answer = answer(&sample, TODAY, "democracy.ambermere.example", &target);
            prop_assert!(matches!(answer.status, 200 | 302 | 500), "{}", answer.status);
        }
    }
}
