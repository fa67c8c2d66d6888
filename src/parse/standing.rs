//! Standing items: those that come at each meeting and hold no business.

use crate::parse::{Pattern, Probe, pattern};
use std::sync::LazyLock;

/// Names of rules and the words of a title that each knows, tried in order.
///
/// A title must be of these words throughout, as far as the pattern says:
/// “Apology to residents of Mill Road” is business.
const RULES: [(&str, &str); 10] = [
    (
        "apologies",
        r"^(?:(?:to )?(?:receive|record|note|accept|approve|consider|introductions?,?|welcome,?|attendance,?|present,?|substitut\w+,?)\W+(?:and |any |the )*){0,4}apolog(?:y|ies)(?: (?:for|of|from) (?:absence|lateness|members?|absen\w+|councillors?))*(?: (?:were |was |have been |had been )?(?:accepted|received|given|noted|sent|tendered|submitted)(?: (?:and accepted|by|from|on behalf of) .*)?)?(?:(?: and|,| &|/)* (?:substitut\w+|announcements?|introductions?|declarations?.*|absences?|membership|welcome|for absence|reasons?.*|approv\w+.*|notification.*|of substitut\w+))*$|^absences?$|^ymddiheuriadau.*|^(?:croeso ac )ymddiheuriadau.*|^attendance(?: and apologies)?$|^(?:members |those )?(?:present|attending)(?: and apologies)?$|^presennol$|^leithsc\w+.*",
    ),
    (
        "declarations",
        r"^(?:(?:to )?(?:receive|record|note|make|consider|members'?)\W+(?:and |any |the )*){0,3}(?:declarations?|disclosures?|declaring)(?: (?:of|or|by|any))* ?(?:(?:members'? |members’ |personal |disclosable |pecuniary |prejudicial |councillors?'? ?|other |and |or |any |non-|conflicts? of |the )*(?:interests?|predetermination|lobbying|whipping|party whip|gifts.*)).*|^(?:disclosable pecuniary |pecuniary |members'? |conflicts? of )?interests?$|^datgan\w* .*(?:buddiant|buddiannau|ddiddordeb|diddordeb).*|^dispensations?.*|^declarations?$",
    ),
    (
        "minutes",
        r"^(?:(?:to )?(?:receive|confirm\w*|approv\w*|adopt\w*|agree|sign\w*|consider\w*|accept\w*|ratif\w*|note|review)\W*(?:and |/ ?|or |the |of |a |as )*){0,5}(?:(?:correct|true|accurate) record,? )?(?:the )?(?:draft |public |open |previous |last |council |unconfirmed )*minutes?(?: \(.*\))?(?:$| (?:of|from|for|held|and|as|-|–|dated|\d)(?: .*)?)|^(?:previous|last) minutes?.*|^(?:cadarnhau |cymeradwyo )?(?:y )?cofnodion.*|^record of (?:the )?(?:last|previous) meeting.*|^miontuairisc\w*.*",
    ),
    (
        "exclusion",
        r"^(?:(?:to )?(?:consider )?(?:motion|resolution|proposal)s? (?:to|for) (?:the )?)?exclu(?:sion|de|ding)(?: of)?(?: the)?(?: press| public).*|^(?:motion|resolution) to exclude .*|^(?:exempt|confidential) (?:information|items?|business|session)(?: -.*)?$|^(?:part|section) (?:2|ii|b)\b.*(?:exempt|private|press).*|^exempt(?: and|/| or) confidential .*",
    ),
    (
        "next-meeting",
        r"^(?:(?:to )?(?:note|agree|confirm|set|arrange)\W+(?:and |the )*){0,2}(?:(?:date|time|venue|day|place)s?,?(?: and | & | / |, |/| )?)*(?:of |for )?(?:the )?(?:next|future|forthcoming|following) (?:\w+ )?meetings?.*|^dyddiad y cyfarfod nesaf.*|^cyfarfod nesaf.*|^meeting dates?$",
    ),
    (
        "urgent",
        r"^(?:(?:to )?(?:consider|receive|note)\W+(?:and |any |the )*){0,2}(?:any )?(?:items? of |other |chair'?s? |additional )*urgent (?:items?|business|matters?)(?:,? (?:which|that|as|by|the|approved|brought|for|not|of|permitted|considered|submitted|raised).*)?$|^notification of (?:any )?(?:items? of )?urgent .*|^(?:items?|business|matters?) (?:of urgency|of urgent .*|which the chair\w* .*urgent.*)$|^materion brys.*|^late items?$|^additional items?(?: .*chair.*)?$",
    ),
    (
        "webcast",
        r"^(?:notice of )?(?:webcast\w*|filming|recording)(?: (?:notice|announcement|of .*|and .*|statement))?$|^(?:fire|evacuation|emergency|housekeeping)(?: .*)?(?:procedures?|arrangements|evacuation|announcements?|notices?)$|^housekeeping$",
    ),
    (
        "substitutes",
        r"^(?:notification of |appointment of |attendance of |to note (?:any )?|declaration of )?substitut(?:es?|ions?)(?: members?)?(?: .{0,40})?$|^membership(?: changes?)?$|^changes (?:in|to) membership$",
    ),
    (
        "opening",
        r"^(?:welcome|introductions?|opening(?: of (?:the )?meeting)?|call to order|roll call|prayers?|chair\w*'?s? welcome|croeso)(?:(?: and|,| &)* (?:introductions?|apologies.*|welcome|prayers?|opening|opening remarks|remarks))*$",
    ),
    (
        "close",
        r"^(?:close|closure|adjournment|conclusion|end|termination)(?: of)?(?: the)?(?: meeting| business)?$|^(?:the )?meeting (?:closed|ended)\b.*",
    ),
];

static PATTERNS: LazyLock<Vec<(&'static str, Pattern)>> =
    LazyLock::new(|| RULES.iter().map(|(name, text)| (*name, pattern(text))).collect());

/// The name of the rule that makes an item of that title a standing item, such
/// as `apologies`; `None` for business.
///
/// Decided by the title alone. Matters arising, public questions and the
/// chair's announcements are business: they hold what was said.
pub fn standing(title: &str) -> Option<&'static str> {
    const LONGEST: usize = 160;
    let title = title.to_lowercase().replace('’', "'");
    let title =
        title.trim_matches(|c: char| !c.is_alphanumeric() && c != '(' && c != ')').trim_end_matches('.');
    if title.is_empty() || title.len() > LONGEST {
        return None;
    }
    let title = Probe::of(title);
    PATTERNS.iter().find(|(_, pattern)| title.matches(pattern)).map(|(name, _)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn standing_items_are_known_by_their_titles() {
        for (title, expected) in [
            ("Apologies", Some("apologies")),
            ("Apologies for Absence", Some("apologies")),
            ("APOLOGIES FOR ABSENCE AND SUBSTITUTES", Some("apologies")),
            ("To receive apologies for absence", Some("apologies")),
            ("Welcome and apologies", Some("apologies")),
            ("Croeso ac Ymddiheuriadau", Some("apologies")),
            ("Apologies and Welcome", Some("apologies")),
            ("Apologies for absence accepted from Mrs Brown", Some("apologies")),
            ("Apologies were received", Some("apologies")),
            ("Minutes of the last Meeting:", Some("minutes")),
            ("Apology to the residents of Mill Road", None),
            ("Declarations of Interest", Some("declarations")),
            ("Declarations of Disclosable Pecuniary Interests", Some("declarations")),
            ("Disclosures of Pecuniary Interest", Some("declarations")),
            ("Declarations of Members’ Interests in items on the agenda", Some("declarations")),
            ("Datganiadau o Ddiddordeb", Some("declarations")),
            ("Declaration of a Climate Emergency", None),
            ("Local Plan Interest Group", None),
            ("Minutes", Some("minutes")),
            ("Minutes of the Meeting held on 9th January 2025", Some("minutes")),
            ("Minutes of the Previous Meeting", Some("minutes")),
            ("Adoption of Minutes", Some("minutes")),
            ("Confirmation of Minutes", Some("minutes")),
            ("To approve and sign the minutes of the last meeting", Some("minutes")),
            ("Approval of minutes of previous meeting", Some("minutes")),
            ("Cadarnhau cofnodion y cyfarfod diwethaf", Some("minutes")),
            ("Ten-minute bus service", None),
            ("Matters Arising", None),
            ("Matters arising from the minutes", None),
            ("Exclusion of the Press and Public", Some("exclusion")),
            ("Exclusion of Public and Press", Some("exclusion")),
            ("Motion to exclude the press and public for exempt business", Some("exclusion")),
            ("School Exclusions", None),
            ("Exclusion of pupils from schools", None),
            ("Date of Next Meeting", Some("next-meeting")),
            ("Date and time of the next meeting", Some("next-meeting")),
            ("Dates of future meetings", Some("next-meeting")),
            ("Urgent Business", Some("urgent")),
            ("Any urgent items", Some("urgent")),
            ("Urgent Care Services in Southport", None),
            ("Urgent repairs to the bridge", None),
            ("Any other business", None),
            ("Chair's Announcements", None),
            ("Public Question Time", None),
            ("Substitutes", Some("substitutes")),
            ("Welcome", Some("opening")),
            ("Welcome to Kent campaign", None),
            ("Close of meeting", Some("close")),
            ("Closure of Mill Road", None),
            ("Children’s Improvement Journey", None),
            ("", None),
        ] {
            assert_eq!(standing(title), expected, "{title}");
        }
    }
}
