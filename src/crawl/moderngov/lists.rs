//! Reads the lists: of committees, and of their meetings.

use super::ask::{
    Known, Step, Way, all_meetings, base, committee_list, committees, dates, meeting_list, meeting_page,
    meeting_xml, register, service, since,
};
use super::lessons::{self, Given};
use super::{Listed, Reader};
use crate::crawl::platform::Found;
use crate::model::PartialDate;
use crate::parse::moderngov::{self, MeetingEntry, Wrong};

/// How many pages of earlier or of later meetings are followed for one
/// committee. A page shows some 15, so this is more than a hundred years of
/// monthly meetings; a site that links on for ever ends here.
pub(super) const MAX_TURNS: u32 = 100;

/// Where a page of meetings stands among those of its committee.
pub(super) struct ListPlace {
    pub after_none: bool,
    pub way: Option<Way>,
    pub turn: u32,
    pub seen: Option<PartialDate>,
}

impl Reader<'_> {
    /// Walks over the committees, former ones included, and then checks with
    /// the list of all meetings, which may hold what no committee does.
    pub(super) fn committees(&self) -> Result<Found, Wrong> {
        let committees = moderngov::committees_xml(&self.text)?;
        if committees.is_empty() {
            // The service is there and knows of nothing: the pages may.
            let pages = committee_list(self.site(), true);
            return Ok(Found { requests: vec![pages], ..Found::default() });
        }
        let mut found = Found { learned: lessons::service_is(true), ..Found::default() };
        found.learned.extend(lessons::walk_is(true));
        let (from, to) = dates(self.scope());
        for committee in committees.iter().filter(|committee| self.scope().wants_body(&committee.name)) {
            let parameters =
                [("lCommitteeId", committee.id.as_str()), ("sFromDate", &from), ("sToDate", &to)];
            let step = Step::Meetings { committee: committee.id.clone(), body: committee.name.clone() };
            found.requests.push(register(service(self.site(), "GetMeetings", &parameters), &step));
        }
        let lessons = self.lessons();
        if lessons.may_list_all() {
            let all = lessons.all_committees().unwrap_or("0");
            found.requests.push(all_meetings(self.ground, all, None));
        }
        Ok(found)
    }

    pub(super) fn committee_list(&self) -> Result<Found, Wrong> {
        let committees = moderngov::committee_list_page(&self.text)?;
        let wanted = committees.iter().filter(|committee| self.scope().wants_body(&committee.name));
        let requests =
            wanted.map(|committee| meeting_list(self.site(), &committee.id, &committee.name, false));
        Ok(Found { requests: requests.collect(), ..Found::default() })
    }

    pub(super) fn meetings(&self, committee: &str, body: &str) -> Result<Found, Wrong> {
        let entries = moderngov::meetings_xml(&self.text)?;
        let mut found = Found::default();
        if !entries.is_empty() {
            found.learned.extend(lessons::service_lists_meetings());
        }
        // Some services list committees and none of their meetings. Of one that
        // lists some, few have none at all, but many have none of a few months.
        let is_answer =
            self.lessons().lists_meetings() && (self.scope().from.is_some() || self.scope().to.is_some());
        if entries.is_empty() && !is_answer && !self.lessons().is_blocked(Given::Pages) {
            found.requests.push(meeting_list(self.site(), committee, body, true));
        }
        for entry in &entries {
            self.list_entry(entry, committee, body, &mut found);
        }
        Ok(found)
    }

    /// Adds a meeting that the service lists. It is known to pass over dates
    /// that it does not understand, so these are looked at again.
    pub(super) fn list_entry(&self, entry: &MeetingEntry, committee: &str, body: &str, found: &mut Found) {
        if !self.scope().wants_date(entry.date) {
            return;
        }
        let body = if entry.body.is_empty() { body } else { &entry.body };
        let committee = if entry.committee.is_empty() { committee } else { &entry.committee };
        let of = if committee.is_empty() { String::new() } else { format!("CId={committee}&") };
        let page = format!("{}/ieListDocuments.aspx?{of}MId={}&Ver=4", base(self.site()), entry.id);
        let meeting = self.meeting(&Listed {
            number: &entry.id,
            body,
            date: entry.date,
            is_cancelled: entry.is_cancelled,
            agenda_published: false,
            minutes_published: false,
            page: &page,
        });
        if self.is_worth_asking(&meeting) {
            let known = Known { body: body.to_owned(), date: entry.date, page };
            found.requests.push(meeting_xml(self.site(), &meeting.id, known));
        }
        found.meetings.push(meeting);
    }

    /// Lists the meetings of all committees: after a walk, to check it; later,
    /// in place of one.
    pub(super) fn all_meetings(&self, committee: &str, is_check: bool) -> Result<Found, Wrong> {
        let entries = moderngov::meetings_xml(&self.text)?;
        let scope = self.scope();
        let mut found = Found::default();
        for entry in entries.iter().filter(|entry| scope.wants_body(&entry.body)) {
            self.list_entry(entry, "", "", &mut found);
        }
        if !entries.is_empty() {
            found.learned = lessons::all_committees_are(Some(committee));
            if is_check && self.lessons().walk_is_whole() {
                found.learned.extend(lessons::is_listed(scope));
            }
        } else if is_check && self.lessons().all_committees() == Some(committee) {
            // The list is known to work, and there is nothing of these dates.
            if self.lessons().walk_is_whole() {
                found.learned.extend(lessons::is_listed(scope));
            }
        } else if committee == "0" && self.lessons().all_committees().is_none() {
            // Some servers want another number for all committees.
            let other = all_meetings(self.ground, "-1", None);
            return Ok(Found { requests: vec![other], ..Found::default() });
        } else if is_check && scope.from.is_none() && scope.to.is_none() {
            // Of all times there is nothing, where committees have meetings or
            // not: the list does not work.
            found.learned = lessons::all_committees_are(None);
        }
        if !is_check && found.meetings.is_empty() {
            // That nothing new is listed may be true; only a walk can tell.
            found.requests.push(committees(self.site(), false));
        }
        Ok(found)
    }

    pub(super) fn meeting_list(
        &self,
        committee: &str,
        body: &str,
        place: &ListPlace,
    ) -> Result<Found, Wrong> {
        let list = moderngov::meeting_list_page(&self.text)?;
        let body = if body.is_empty() { &list.body } else { body };
        let mut found = Found::default();
        for link in list.meetings.iter().filter(|link| self.scope().wants_date(link.date)) {
            let Some(page) = self.follow(&link.link) else { continue };
            let meeting = self.meeting(&Listed {
                number: &link.id,
                body,
                date: link.date,
                is_cancelled: link.is_cancelled,
                agenda_published: link.agenda_published,
                minutes_published: link.minutes_published,
                page: &page,
            });
            if self.is_worth_asking(&meeting) {
                let known = Known { body: body.to_owned(), date: link.date, page };
                found.requests.push(meeting_page(&meeting.id, known));
            }
            found.meetings.push(meeting);
        }
        if place.after_none && !found.meetings.is_empty() {
            // The service passes this committee over, so its lists are not all.
            found.learned = lessons::is_not_listed(self.scope());
        }
        self.turn(committee, body, place, &list, &mut found);
        Ok(found)
    }

    /// Turns to the pages of earlier and of later meetings.
    pub(super) fn turn(
        &self,
        committee: &str,
        body: &str,
        place: &ListPlace,
        list: &moderngov::MeetingList,
        found: &mut Found,
    ) {
        let dates = || list.meetings.iter().filter_map(|link| link.date);
        let turns = [
            (Way::Earlier, list.earlier.as_deref(), dates().min()),
            (Way::Later, list.later.as_deref(), dates().max()),
        ];
        for (way, link, last) in turns {
            if place.way.is_some_and(|before| before != way) {
                continue;
            }
            let next = link.and_then(|link| self.follow(link));
            let goes_on = self.goes_on(committee, way, place, last);
            if next.is_some() && place.turn >= MAX_TURNS {
                let name = if body.is_empty() { committee } else { body };
                found.learned.extend(lessons::is_endless(committee, name));
            }
            let Some(url) = next.filter(|_| goes_on) else {
                // Pages that link on without end were not turned to their end, nor
                // were they where an earlier crawl had.
                let is_end =
                    place.turn < MAX_TURNS && self.lessons().turned(committee, self.scope()).is_none();
                if way == Way::Earlier && is_end {
                    found.learned.extend(lessons::has_turned(committee, self.scope()));
                }
                continue;
            };
            let step = Step::MeetingList {
                committee: committee.to_owned(),
                body: body.to_owned(),
                after_none: place.after_none,
                way: Some(way),
                turn: place.turn + 1,
                seen: last,
            };
            found.requests.push(register(url, &step));
        }
    }

    /// Whether the next page that way can hold meetings that are asked for and
    /// not yet known.
    pub(super) fn goes_on(
        &self,
        committee: &str,
        way: Way,
        place: &ListPlace,
        last: Option<PartialDate>,
    ) -> bool {
        let Some(last) = last else { return false };
        if place.turn >= MAX_TURNS {
            return false;
        }
        let seen = place.seen.filter(|_| place.way.is_some());
        let scope = self.scope();
        match way {
            Way::Earlier => {
                let is_progress = seen.is_none_or(|seen| last < seen);
                let known = self.lessons().turned(committee, scope).and_then(since);
                let from = scope.from.max(known);
                is_progress && from.is_none_or(|from| last.first_day() >= from)
            }
            Way::Later => {
                let is_progress = seen.is_none_or(|seen| last > seen);
                let to = scope.to.unwrap_or(scope.today).min(scope.today);
                is_progress && last.last_day() <= to
            }
        }
    }
}
