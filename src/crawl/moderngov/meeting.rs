//! Reads a meeting, and what hangs on it.

use super::ask::{Known, Step, attachments, meeting_page, of_meeting, register};
use super::lessons::Given;
use super::{Listed, Reader};
use crate::crawl::platform::{Data, Documents, Found, Request};
use crate::model::{DocumentRole, Edition, IssueLink, MeetingId};
use crate::parse::moderngov::{self, DocumentLink, Wrong, address};

impl Reader<'_> {
    pub(super) fn meeting_xml(&self, known: &Known) -> Result<Found, Wrong> {
        let meeting = moderngov::meeting_xml(&self.text)?;
        let Some(id) = &self.request.meeting else { return Ok(Found::default()) };
        let has_minutes = meeting.has_minutes();
        let entry = self.meeting(&Listed {
            number: &id.number,
            body: &known.body,
            date: meeting.date.or(known.date),
            is_cancelled: meeting.is_cancelled,
            agenda_published: meeting.agenda_published,
            minutes_published: meeting.minutes_published,
            page: &known.page,
        });
        let mut found = Found { meetings: vec![entry], has_minutes: Some(has_minutes), ..Found::default() };
        let wants_all = self.scope().documents == Documents::All;
        let files: Vec<DocumentLink> =
            meeting.items.into_iter().filter(|_| wants_all).flat_map(|item| item.documents).collect();
        // Printed minutes are linked on the page only. Where the service says
        // that there are minutes and gives none, they are printed.
        let asks_page = match self.scope().documents {
            Documents::Minutes => meeting.minutes_published && !has_minutes,
            Documents::All => true,
            Documents::None => false,
        };
        if asks_page && !self.lessons().is_blocked(Given::Pages) {
            // The page links the same files; so as not to have them under two
            // addresses, the service's are asked for where it does not come.
            let step = Step::MeetingPage { known: known.clone(), files };
            let page = meeting_page(id, known.clone());
            found.requests.push(Request { begins_meeting: false, data: Data::of(&step), ..page });
        } else {
            found.requests.extend(attachments(self.ground, id, &files, |file| self.follow(&file.link)));
        }
        Ok(found)
    }

    pub(super) fn meeting_page(&self, known: &Known) -> Result<Found, Wrong> {
        let meeting = moderngov::page_of_meeting(&self.text, &self.request.url)?;
        let Some(id) = &self.request.meeting else { return Ok(Found::default()) };
        // The page may call it otherwise than the lists, which are read more
        // often: with its name, a meeting would go to and fro between two bodies.
        let body = if known.body.is_empty() { &meeting.body } else { &known.body };
        let entry = self.meeting(&Listed {
            number: &id.number,
            body,
            date: meeting.date.or(known.date),
            is_cancelled: meeting.is_cancelled,
            agenda_published: meeting.agenda_published,
            minutes_published: meeting.minutes_published,
            page: &known.page,
        });
        let has_minutes = meeting.has_minutes();
        // The web service may have given the minutes already; a page without
        // them does not say that they are not there.
        let mut found = Found {
            meetings: vec![entry],
            has_minutes: has_minutes.then_some(!meeting.is_draft),
            links: issue_links(id, &meeting),
            ..Found::default()
        };
        for item in &meeting.items {
            let Some(url) = item.cuts.first().and_then(|cut| self.follow(&cut.link)) else { continue };
            found.requests.push(of_meeting(id, url, DocumentRole::ItemPage, None, &Step::Item));
        }
        let wants_all = self.scope().documents == Documents::All;
        if !has_minutes || wants_all {
            found.requests.extend(self.other_minutes(id, known, &meeting));
        }
        if wants_all {
            found.requests.extend(self.all_documents(id, &meeting));
        }
        Ok(found)
    }

    /// Other forms of the minutes: printed, or another text of a legacy meeting.
    pub(super) fn other_minutes(
        &self,
        id: &MeetingId,
        known: &Known,
        meeting: &moderngov::MeetingPage,
    ) -> Vec<Request> {
        let mut requests = Vec::new();
        // A page may link the texts of another meeting, such as the one before.
        let is_own = |link: &str| {
            address::parameter(link, &["mid", "meetingid"]).is_none_or(|number| number == id.number)
        };
        let printed = meeting.printed_minutes.as_ref().filter(|file| is_own(&file.link));
        if let Some((file, url)) = printed.and_then(|file| Some((file, self.follow(&file.link)?))) {
            let edition = if file.is_draft { Edition::DraftMinutes } else { Edition::Minutes };
            let role = DocumentRole::PrintedMinutes;
            requests.push(of_meeting(id, url, role, Some(edition), &Step::PrintedMinutes));
        }
        let own_texts = meeting.other_texts.iter().filter(|link| is_own(link));
        for url in own_texts.filter_map(|link| self.follow(link)) {
            let step = Step::MeetingPage { known: known.clone(), files: Vec::new() };
            requests.push(of_meeting(id, url, DocumentRole::MeetingPage, None, &step));
        }
        requests
    }

    /// Everything else that a meeting's page links: files, decisions, issues.
    pub(super) fn all_documents(&self, id: &MeetingId, meeting: &moderngov::MeetingPage) -> Vec<Request> {
        let files: Vec<DocumentLink> =
            meeting.items.iter().flat_map(|item| item.documents.iter().cloned()).collect();
        let mut requests = attachments(self.ground, id, &files, |file| self.follow(&file.link));
        for file in &meeting.files {
            // A pack holds the single files once more.
            let is_again = file.edition == Edition::Pack && !requests.is_empty();
            if is_again || self.lessons().is_blocked(Given::Files) {
                continue;
            }
            let Some(url) = self.follow(&file.link) else { continue };
            let role = DocumentRole::Attachment;
            requests.push(of_meeting(id, url, role, Some(file.edition), &Step::Attachment));
        }
        for item in &meeting.items {
            if let Some(url) = item.decision_link.as_ref().and_then(|link| self.follow(link)) {
                let step = Step::Decision { item: item_name(item) };
                let role = DocumentRole::DecisionPage;
                requests.push(of_meeting(id, url, role, Some(Edition::Decisions), &step));
            }
            if let Some(issue) = &item.issue {
                let link = format!("mgIssueHistoryHome.aspx?IId={issue}");
                let Some(url) = self.follow(&link) else { continue };
                // It belongs to no single meeting.
                let step = Step::Issue { issue: issue.clone() };
                requests.push(Request { role: DocumentRole::IssuePage, ..register(url, &step) });
            }
        }
        requests
    }

    pub(super) fn decision(&self, item: &str) -> Result<Found, Wrong> {
        let decision = moderngov::decision_page(&self.text)?;
        let Some(id) = &self.request.meeting else { return Ok(Found::default()) };
        let link =
            |issue| IssueLink { issue, title: String::new(), meeting: id.clone(), item: item.to_owned() };
        let files = attachments(self.ground, id, &decision.documents, |file| self.follow(&file.link));
        let links = decision.issue.map(link).into_iter().collect();
        Ok(Found { links, requests: files, ..Found::default() })
    }

    pub(super) fn issue(&self, issue: &str) -> Result<Found, Wrong> {
        let page = moderngov::issue_page(&self.text)?;
        let links = page.meetings.into_iter().map(|found| IssueLink {
            issue: issue.to_owned(),
            title: page.title.clone(),
            meeting: MeetingId { site: self.site().id.clone(), number: found.meeting },
            item: found.item,
        });
        Ok(Found { links: links.collect(), ..Found::default() })
    }
}

/// What a meeting's page says of the issues of its items. What an issue is
/// called stands on its own page only.
fn issue_links(id: &MeetingId, meeting: &moderngov::MeetingPage) -> Vec<IssueLink> {
    let link = |item: &moderngov::Item| {
        let issue = item.issue.clone()?;
        Some(IssueLink { issue, title: String::new(), meeting: id.clone(), item: item_name(item) })
    };
    meeting.items.iter().filter_map(link).collect()
}

/// The site's number for an item, or the one that is printed.
fn item_name(item: &moderngov::Item) -> String {
    if item.id.is_empty() { item.number.clone() } else { item.id.clone() }
}
