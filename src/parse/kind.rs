//! What a passage does, told by its words.

use std::sync::LazyLock;

use crate::model::Kind;

use super::blocks::{Block, Style, is_capitals};
use super::tally::tally;
use crate::parse::person::{AND_SECONDER, MOVER};
use crate::parse::{Pattern, Probe, pattern};

/// What a sentence does towards a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Nothing: it tells, asks or answers.
    Says,
    /// It names who moved or seconded, and no more: “Seconded by Mrs B”.
    Names,
    /// It puts a motion before the debate: “Mr A proposed and Mrs B seconded
    /// the following amendment”.
    Puts,
    /// It gives a motion with its mover and seconder, of which no vote is told:
    /// “Mr A proposed, seconded by Mrs B, that the wall be mended”.
    Moves,
    /// It is the words of a motion, no more: “That the wall be mended”.
    Motion,
    /// It decides, in the words of a clerk's formula, which the sentences after
    /// it belong to: “RESOLVED that …”.
    Rules(Kind),
    /// It tells what was decided: “It was agreed to mend the wall”.
    Decides(Kind),
    /// It tells what was noted, as a decision or in passing.
    Notes,
    /// It tells that what stands before it was carried: “All in favour.”
    Carries,
    /// … or lost: “Amendment lost.”
    Loses,
}

/// Where a clause may begin inside of a sentence.
const START: &str = r"(?:^|[,;:–—(-] ?|\b(?:and|but|so|then|therefore|accordingly|discussion) )";

/// Who decides: “the Committee”, “Cabinet”, “all members”, “TCC”.
const WHO: &str = r"(?:(?:the |this |all )?(?:\w+ ){0,3}(?:committee|sub-committee|council|cabinet|board|panel|forum|members|councillors|cllrs|executive|meeting|trustees|governors)(?: members)?|(?:the )?(?-i:[A-Z]{0,2}[BCDPT]C)|all|(?-i:We))";

/// Words that may stand between who decides and what is done.
const HOW: &str = r"(?:(?:therefore|then|also|all|both|subsequently|further|formally|hereby|\w+ously|duly|thus|again) ){0,3}";

/// The words that decide in the past tense.
const DECIDED: &str = r"(?:resolved|agreed|decided|determined|voted)";

/// The clerk's formulas: in capitals wherever they stand, others at the front.
static FORMULA: LazyLock<[Pattern; 3]> = LazyLock::new(|| {
    [
        pattern(r"\b(?:RESOLVED|AGREED|DECIDED|PENDERFYNWYD|PENDERFYNIAD|CYTUNWYD)\b|^\W*RESOLUTION\b"),
        pattern(
            r"(?i)^\W*(?:and |that |also )?(?:unanimously |duly )?(?:resolved|resolution|agreed|decided|decision|penderfynwyd|penderfyniad|cytunwyd)(?: unanimously)?(?:\s*(?:$|[:;.–-])|,? (?:that|to|unanimously|as|on|by)\b)",
        ),
        pattern(r"(?i)^\W*(?:penderfynwyd|cytunwyd|cymeradwywyd)\b"),
    ]
});
static DECISION: LazyLock<[Pattern; 14]> = LazyLock::new(|| {
    [
        pattern(&format!(
            r"(?i){START}{WHO} {HOW}(?:{DECIDED}(?:\W*$|,? (?:unanimously|to|that|on|not|the|this|a|an|it|by)\b| ?[:;'‘’“])|(?:noted and |considered and |discussed and )?(?:approved|endorsed|authori[sz]ed|ratified|adopted)|co-opted|(?:accepted|confirmed) (?:the|this|these|that|a|an)\b|gave (?:its|their) (?:permission|approval|consent)|(?:had|has|have) no objections?\b)"
        )),
        pattern(
            r"(?i)^on the proposal of\b.{0,400}\b(?:agreed|resolved|approved|adopted|decided|appointed|elected)\b",
        ),
        // “There were no objections to this plan”, said of planning applications.
        pattern(
            r"(?i)^there (?:were|are|was) no (?:objections?|comments?|observations?) (?:to|on) (?:this|the) (?:plan|application|proposal)\b",
        ),
        pattern(
            r"(?i)^there (?:was|were) (?:\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|a majority of) votes? (?:for|in favour)\b",
        ),
        // “The Council objects to this application”.
        pattern(
            r"(?i)^(?:the |this )?(?:\w+ ){0,2}council (?:strongly |therefore |formally )?(?:(?:objects? to|supports?|has no objections? to) (?:this|the) (?:planning )?(?:application|proposal|plan)\b|objects? (?:as|because|on (?:the )?grounds)\b)|^mae[’']r cyngor yn (?:gwrthwynebu|cefnogi)[’']r cais\b",
        ),
        // “This was supported by the Parish Council”.
        pattern(
            r"(?i)\b(?:was|were) (?:(?:not|fully|unanimously|strongly) )?(?:supported|rejected|refused|opposed|approved|objected to|accepted|agreed) by (?:the )?(?:(?:parish|town|community|this) council|(?-i:[PT]C))\b[^,;]{0,30}$|[–—-] (?:supported|approved|agreed|rejected|refused|objected to|no objections?) by (?:the )?(?:parish|town|community) council\W*$",
        ),
        // What a vote decided: “this was approved by 6 votes to 2”.
        pattern(
            r"(?i)\b(?:approved|agreed|carried|passed|resolved|adopted|elected|accepted) by (?:\d{1,3}|\w+) votes? to (?:\d{1,3}|\w+)\b",
        ),
        pattern(
            r"(?i)\bthe following (?:\w+ ){0,3}(?:was|were) (?:\w+ly |all )?(?:agreed|approved|resolved|adopted)\b|, which was (?:\w+ly )?(?:agreed|approved|adopted|carried)\W*$|^proposed by [^:;]{2,80} and (?:it was |was )?(?:\w+ly )?agreed\b|^(?:\w+ )?approval was given (?:for|to)\b",
        ),
        pattern(
            r"(?i)[–—,:-] (?:all |unanimously )?(?:approved|agreed|not agreed)(?: for payment| by all)?\W*$",
        ),
        pattern(
            r"(?i)^(?:a |all |the |following |above |these )*(?:cheques?|payments?|invoices?)\b[^.]{0,200}\b(?:was|were) (?:duly |then )?(?:signed|passed|made)\b",
        ),
        // Welsh, in which the verb comes first.
        pattern(
            r"(?i)(?:^|[,;:.] ?)(?:\w+ (?:a|ac) )?(?:ph|b|ch|c|g)?(?:penderfynwyd|enderfynwyd|cytunwyd|ytunwyd|cymeradwywyd|ymeradwywyd|awdurdodwyd|awdurdodir|gwrthodwyd)\b",
        ),
        pattern(r"(?i)\b(?:cynigiwyd|chynigiwyd) gan\b[^;]{0,160}\b(?:g?eiliwyd|heilio)\b"),
        pattern(
            r"(?i)\b(?:proposed|moved|prop)\b[^;]{0,400}\b(?:seconded|2nd)\b[^;]{0,200}\b(?:agreed|approved|carried|resolved|in favour)\b",
        ),
        pattern(
            r"(?i)^(?:the )?(?:following )?appointments? (?:was|were) made\b|\b(?:undernoted|following) appointments were made\b",
        ),
    ]
});

/// “It was agreed”, wherever it stands, unless somebody only tells of it.
static IT_WAS: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(&format!(
        r"(?i)^(?P<before>.*?)\bit (?:was|is) (?:\w+ ){{0,3}}?(?:{DECIDED}|accepted that|approved|authorised)\b"
    ))
});
/// A subject and what was done with it: “The minutes were approved”.
static PASSIVE: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?P<subject>(?:[^.;?]|\d\.\d){2,}?) (?:was|were) (?:(?:\w+ly|then|also|all|both|thereafter|therefore|again|\w+ed,?|read|and) ){0,5}?(?:agreed|approved|accepted|adopted|authori[sz]ed|ratified|confirmed as|confirmed and|signed as|resolved|co-opted|elected|re-elected|appointed|re-appointed|deferred)\b(?P<rest>.*)$",
    )
});
/// Words of a subject that say that somebody tells of it, or of what others did.
static TOLD: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:that|who|which|if|whether|when|once|until|where|because|as was|as had|since|had|would|said|says|stated|advised|informed|told|explained|asked|queried|hoped|thought|felt|planning permission|permission|you)\b",
    )
});
static BY_OTHERS: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:by|with) (?:the )?(?:\w+ )?(?:county|district|borough|city|planning|secretary|welsh|government|national|highways|inspector)\b|\bin (?:19|20)\d\d\b|\blast (?:year|month)\b",
    )
});

static PUTS: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:proposed|moved)\b.{0,160}\bseconded,? (?:by (?-i:(?:[A-Z][\w.’'-]*,? ){1,5}))?(?:the|an?) (?:following )?(?:\w+ )?(?:amendment|motion)\b|^the motion was (?:proposed|moved|seconded)\b",
    )
});
static MOVES: LazyLock<[Pattern; 2]> = LazyLock::new(|| {
    [
        pattern(r"(?i)\b(?:proposed|moved|prop)\b.{0,400}\b(?:seconded|2nd)\b"),
        // Those who moved it stand before its words: “A. Brown, C. Bell: That …”.
        pattern(&format!(
            r"^\W*(?:[A-Z]{{0,3}}\d[\w/-]*:? )?{MOVER}{AND_SECONDER}{MOVER}\s?: ?(?:That|THAT|that)\b"
        )),
    ]
});
/// No more than names: nothing is said of what was moved.
static NAMES: LazyLock<[Pattern; 2]> = LazyLock::new(|| {
    [
        pattern(&format!(
            r"^(?:[A-Z]{{0,3}}\d{{1,4}}[/-]\d{{1,4}}:? {MOVER}{AND_SECONDER}{MOVER}:?|{MOVER}{AND_SECONDER}{MOVER}:)$"
        )),
        pattern(
            r"(?i)^\W*(?:(?:(?:it|this) was )?(?:proposed|moved|prop|proposer|mover|seconded|seconder|2nd)\b[ .:;-]*(?:by\b:?)?[^:;]{2,60}){1,2}(?:[.;,:]|$)[^a-z]*(?:(?:unanimously |all |and )*(?:agreed|carried|approved|in favour)\b.{0,20})?$",
        ),
    ]
});
static HAS_PURPOSE: LazyLock<Pattern> =
    LazyLock::new(|| pattern(r"(?i)\b(?:that|to|acceptance|approval|the|this|of|for|an?|increasing)\b [^,]"));
static ENDS_CARRIED: LazyLock<Pattern> =
    LazyLock::new(|| pattern(r"(?i)\b(?:agreed|carried|approved|in favour|unanimous\w*)\W*(?:[A-Z]{2,3})?$"));

static MOTION: LazyLock<[Pattern; 3]> = LazyLock::new(|| {
    [
        pattern(r"^\W*(?:(?i:and|now|therefore|further)[,:]? )*(?:That|THAT|that),? \S"),
        pattern(
            r"(?i)^\W*(?:now,? |therefore,? |and )*(?:be it (?:further |also )?resolved|motion to|now,? therefore)\b",
        ),
        pattern(r"\bBE (?:HEREBY |ALSO |NOT )?[A-Z]{3,}(?:ED|EN|ITIONAL)\b"),
    ]
});

static PUTS_OFF: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(r"^\W*(?:[A-Z0-9 &’'-]+ )?(?:LAID OVER|REFERRED (?:TO|BACK)|FOR REPORT BACK)\b[^:]*$")
});
static CARRIES: LazyLock<[Pattern; 4]> = LazyLock::new(|| {
    [
        pattern(
            r"(?i)^\W*(?:(?:the )?(?:substantive |amended |original |above )?(?:motion|amendment|resolution|proposal|recommendation|vote|this|it|all)s?,?(?: as amended,?)? ?(?:was |were |being |be )?)?(?:(?:duly|unanimously|then|put to the vote and|also) )*(?:carried|passed|adopted|approved|agreed|accepted|supported)(?: (?:unanimously|by all|as presented|nem\.? con\.?|by all present|and signed|& signed)\b.{0,40}| ?\(.{1,40}\))?\W*(?:[A-Z]{2,3})?$",
        ),
        pattern(
            r"(?i)^\W*(?:all|unanimous\w*|everyone|councillors|members|with all|votes?:?)(?: (?:were|members|councillors|present|those|voted|vote))*\W+(?:in favour|agreed|agree|approved|approval|agreement|accepted|unanimous)\b.{0,20}$",
        ),
        pattern(r"(?i)^\W*(?:no objections?|support(?:ed)?|dim gwrthwynebiad\b.{0,40})\W*$"),
        // The disposition of an item, printed beside or below it.
        pattern(
            r"^\W*(?:[A-Z0-9 &’'-]+ )?(?:(?:ADOPTED|CARRIED|PASSED)(?: BY [A-Z ]{0,40}VOTE)?|APPROVED|GRANTED|DENIED|REJECTED|CONCURRED IN|RECEIVED AS INFORMATION|AMENDED BY\b.*)(?: \(.{0,40}\))?[^:\w]*$",
        ),
    ]
});
static LOSES: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)^\W*(?:(?:the )?(?:substantive |proposed )?(?:motion|amendment|proposal|resolution|vote|this|it)s?,?(?: as amended,?)? ?(?:was |were |being |therefore |then )*)?(?:lost|defeated|failed|rejected|fell|not carried|withdrawn)\b.{0,30}$|^there (?:was|being) no seconder|^(?-i:AUTOMATIC REFERRAL)\b",
    )
});

/// The end of a text that tells how a vote fell.
static ENDS_LOST: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)(?:[.,:;–—-] ?|\b(?:motion|amendment|proposal|proposition|vote|this|it) (?:was |were )?(?:therefore |then |duly )?)(?:lost|defeated|failed|not carried)\W*$|\b(?:motion|amendment|proposal|proposition) (?:was |were )?(?:therefore |then |duly )?(?:refused|rejected)\W*$",
    )
});
static VOTED: LazyLock<Pattern> =
    LazyLock::new(|| pattern(r"(?i)\b(?:votes?|voted|show of hands|declared)\b"));

static RECOMMENDATION: LazyLock<[Pattern; 5]> = LazyLock::new(|| {
    [
        pattern(
            r"\bRECOMMEND(?:ED|S)\b|^\W*RECOMMENDATIONS?\b|^\W*Recommendations?(?:\(s\))?\s*[:–-]?\s*(?:$|That\b)",
        ),
        pattern(&format!(
            r"(?i){START}(?:it was {HOW}|{WHO},? {HOW}(?:had no objections? and )?)recommend(?:ed|s)\b"
        )),
        pattern(
            r"(?i)^\W*(?:that )?(?:we |to |it is )?(?:recommends?|recommended)\b (?:to|that|the|approv|refus|expressing|consent)",
        ),
        // What planners are told of an application.
        pattern(r"(?i)[–—,:.-] recommend(?:ed)?(?: for)? (?:approval|refusal)\W*$"),
        // What a report asks of those who decide.
        pattern(
            r"(?i)^(?:(?:that )?(?:the |this )?(?:\w+ ){0,4}(?:committee|council|cabinet|board|panel|members|forum|councillors|executive|leader|portfolio holder)|[^.]{0,120}, the committee) (?:is|are) (?:also )?(?:asked|recommended|invited|requested)(?: to)?:? ?(?:that|(?:to )?(?:note|agree|approve|consider|resolve|endorse|recommend|comment|review|determine|adopt|authorise|decide|receive|support|delegate)|$)",
        ),
    ]
});
/// A decision that recommends, which only another body can carry out.
static TO_RECOMMEND: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:resolved|agreed|decided)\W+(?:unanimously )?(?:to|that it be|that (?:the )?\w+) recommend(?:ed|s)?\b|(?:^\W*|: )that we recommend\b",
    )
});

static NOTING: LazyLock<[Pattern; 3]> = LazyLock::new(|| {
    [
        pattern(r"\b(?:NOTED|NODWYD)\b"),
        pattern(&format!(
            r"(?i){START}(?:it (?:was|is)|{WHO}) {HOW}(?:noted|acknowledged|received and noted)\b|^\W*(?:noted|nodwyd)\b|^it (?:being )?(?:further )?(?:noted|acknowledged)\b"
        )),
        pattern(
            r"(?i)^(?:that )?[^.]{0,300}\b(?:be|was|were|is|are) (?:(?:duly|formally|also|received and) )?noted\b(?:\W*$| and thanks| for (?:consideration|information)\b| by (?:the )?(?:members|councillors|council|committee|meeting)\b)|[.;|,] ?(?:noted|nodwyd)\W*$|\w (?-i:Noted|Nodwyd)\W*$",
        ),
    ]
});

/// What is done with the things of a decision.
static DONE: LazyLock<Pattern> = LazyLock::new(|| pattern(r"(?i)\bbe (?:\w+ly |hereby )?(?P<verb>\w+)"));
static NOTES: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)(?:^\W*(?:that )?(?:(?:the )?(?:\w+ ){0,3}?)|\b(?:that (?:the )?(?:\w+ ){0,3}?|to ))(?:notes?|receives? (?:the|this|these) (?:\w+ ){0,4}(?:reports?|minutes|updates?|correspondence|petition))\b|\b(?:is|are|was|were|it|^)\W*(?:duly |formally |received and )?noted\b|\breceived as information\b",
    )
});
static DOES_MORE: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:and|to|council|committee|cabinet|that) (?:also )?(?:approves?|agrees?|endorses?|requests?|recommends?|delegates?|authoris\w+|supports?|adopts?|asks?|thanks?|comments?|writes?|appoints?)\b|\bnoted and (?:accepted|approved|agreed|adopted|endorsed)\b",
    )
});

static REQUEST: LazyLock<[Pattern; 5]> = LazyLock::new(|| {
    [
        pattern(
            r"(?i)\b(?:asked|requested|requests|requesting|suggested)\b[^.?]{0,160}\b(?:be|could be|should be|to be)\s+(?:\w+ )?(?:provided|submitted|circulated|supplied|sent|shared|presented|reported|given|included|brought|added|arranged|made|invited|considered|forwarded|emailed)\b",
        ),
        pattern(r"(?i)^(?:action|actions|actions? required)\b\s*[:–-]"),
        // “Clerk to write to the school.”
        pattern(
            r"(?:^|\s)(?:(?:The |the |Parish |Town |Assistant |Deputy )*(?:[Cc]lerk|Chair(?:man)?|Officers?|(?:Panel )?[Mm]embers|Councillors?|Secretariat|(?:[A-Z]\w+ ){0,2}Officials)|(?:Cllrs?|Councillors?|Mr|Mrs|Ms|Dr)\.?(?: [A-Z][\w’'.&-]*){1,4}|[A-Z]{2,3}(?:[/&][A-Z]{2,3})*|(?:[A-Z]\w+ ){1,3}Team)(?: and \w+)? to (?:also |then |now )?(?:be asked|action|add|advise|arrange|ask|attend|bring|chase|check|circulate|clarify|complete|confirm|consider|contact|continue|discuss|draft|email|enquire|ensure|establish|explore|find|follow|forward|get|inform|inspect|investigate|invite|issue|liaise|look|make|meet|monitor|notify|obtain|order|organise|pass|post|prepare|produce|progress|provide|pursue|put|raise|report|request|research|respond|return|review|send|share|speak|submit|take|type|update|upload|write)\b",
        ),
        pattern(
            r"(?i)\b(?:members|councillors?|committee|panel|cllr|chair(?:man)?|\w+) (?:also )?(?:requested|sought) (?:an? |further |the )*(?:update|information|report|clarification|feedback|briefing|response)|\b(?:asked|requested) (?:for|\w+ to|(?:the |that the )?(?:\w+ ){1,4}(?:to|for|if (?:he|she|they) would)) \w+|\bto be (?:asked|contacted|posted|chased)\b|\bare being encouraged to\b|\b(?:was|were) asked to\b",
        ),
        pattern(r"(?i)\b(?:clerc|cyng\w*\.? [\w. ]{2,20}) (?:i|i’w|i'w) \w+|\bgofynnwyd i\b"),
    ]
});
static QUESTION: LazyLock<[Pattern; 3]> = LazyLock::new(|| {
    [
        pattern(
            r"^(?:Q(?:uestion)?(?:\s?\d+)?\s?[:.–-]|(?:Supplementary )?[Qq]uestion(?:s)? (?:\d+|from|by|submitted|asked)\b|QUESTION\b)",
        ),
        pattern(
            r"(?i)\b(?:asked|queried|enquired|questioned|inquired)\s+(?:(?:the )?\w+ )?(?:if|whether|what|how|why|when|who|where|which|about)\b",
        ),
        pattern(
            r"(?i)^(?:I )?will ask\b|\bwill ask at the next\b|\ba (?:query|question) was (?:made|raised|asked)\b|^clarification was sought\b",
        ),
    ]
});
static ANSWER: LazyLock<[Pattern; 2]> = LazyLock::new(|| {
    [
        pattern(
            r"^(?:A(?:nswer)?(?:\s?\d+)?\s?(?:[:–-]|$)|ANSWER\b|Reply\b|REPLY\b|Response\s?[:–-]|RESPONSE\b)",
        ),
        pattern(
            r"(?i)^(?:in (?:response|reply|answer)(?:,| to (?:[\w’']+ ){0,6}?(?:quer(?:y|ies)|questions?|points?|concerns?|comments?|requests?|suggestions?|members?|mrs?|cllr|councillor)\b)|[^.,;:]{2,80}\b(?:replied\b|(?:responded|answered)(?:[,:]|\W*$| (?:that|with|as follows|by \w+ing)\b| (?:to )?(?:\w+ ){0,4}?(?:quer(?:y|ies)|questions?|points?|concerns?|comments?)\b)))",
        ),
    ]
});
static ATTENDANCE: LazyLock<[Pattern; 4]> = LazyLock::new(|| {
    [
        pattern(
            r"(?i)^(?:(?:members|councillors|also|those|officers|officials|staff|other|councillors?|remote)(?:,? (?:and )?(?:visitors|officers|members|staff))? (?:also )?(?:present|in attendance|attendance|attendees|attending)|those attending|present|in attendance|attendance|attendees|apolog(?:y|ies)|members present|absent|regrets|staff|guests?|presennol|ymddiheuriadau|hefyd yn bresennol)\b(?: [^.]{0,40})?(?:[:;|.–-]|$| were| from| had| for| have)|^panel(?: (?:attendees|members))?:",
        ),
        pattern(
            r"(?i)\b(?:apologies|regrets)\b[^.]{0,60}\b(?:received|given|sent|noted|accepted|recorded|reported|tendered|from)\b|\breported apologies\b|\bformal apologies\b|\bno apologies\b|\bymddiheuriadau\b[^.]{0,30}\b(?:gan|wrth|oddi)\b|\bderbyniwyd ymddiheuriadau\b",
        ),
        pattern(
            r"(?i)^.{2,120}?\b(?:left(?: (?:the|this|at|during|before|early|after)\b|\W*$)|joined|entered|re-?joined|returned to|arrived at|withdrew from|(?:was|were) not present (?:for|at|during)|(?:was|were) (?:absent|in the chair)|took the chair|left the room)\b(?: (?:the|this) (?:meeting|room|chamber)| (?:these|this) votes?)?[^.]{0,30}\.?$",
        ),
        pattern(
            r"(?i)^\W*(?:\d{1,3}|no|one|two|three|four|five|six|seven|eight|nine|ten)\W+(?:other )?members? of (?:the )?public\b|^members of (?:the )?public\b.{0,20}\d",
        ),
    ]
});
static BOILERPLATE: LazyLock<[Pattern; 4]> = LazyLock::new(|| {
    [
        pattern(
            r"(?i)^(?:page \(?\d+\)?(?: of \d+| \(?(?:20)?\d\d\)?)?$|\((?:agenda )?items? \d+[a-z]?\)$|\(?pages? \d+ ?[-–] ?\d+\)?$|the following (?:meeting )?dates\b|supporting documents:?$|minutes:$|cofnodion:$|decision:$|additional documents:?$|dogfennau ychwanegol:?$|(?:the )?(?:meeting|chairman?|mayor|chairperson)\b.{0,80}\b(?:closed|ended|concluded|finished|terminated|adjourned)\b.{0,20}\bat\b|(?:there being|as there (?:was|were)|gan nad oedd) (?:no|unrhyw|rhagor) ?(?:further|other|more|fusnes|i.w)?\b|signed?\b.{0,12}[.…_]{3}|(?:chair|chairman|chairperson|mayor|date|dated)\W{0,4}[.…_]{3}|chair(?:man|person)?\W{1,4}date\b)",
        ),
        // When the council meets next, and how a meeting is called.
        pattern(
            r"(?i)^(?:the )?(?:(?:date|time|dates|venue)(?:,? (?:and )?(?:time|date|venue|place))? of (?:the )?)?(?:next|future)\b.{0,40}\bmeetings?\b(?:.{0,120}\b(?:held|will be|would be|is|are|on|at|dates?|19\d\d|20\d\d)\b|\W*$)|^dates? of (?:the )?(?:next|future) meetings?\b|^future meeting dates?\b|^you are (?:hereby )?summoned\b|^to:? (?:all )?(?:the )?(?:members|councillors)\b.{0,80}$|^(?:an? |the )?(?:\w+ ){0,3}meeting of .{2,200}\bwill be held\b|^notice is hereby given\b",
        ),
        // Running heads and what is printed at the foot.
        pattern(
            r"(?i)^.{0,60}\bminutes\b.{0,40}\bpage \d+$|^minutes (?:prepared|to be approved|approved by)\b|^clerk to record, without\b|^confirmed as a true\b|^(?:the )?minutes (?:of|as) .{0,60}\bcorrect record\W*$|^produced by:|^(?:relevant )?portfolio holder:|^note: any\b|^you can view\b",
        ),
        // Where the council can be reached.
        pattern(
            r"(?i)^(?:e-?mail|tel(?:ephone)?|phone|fax|website|web|t|f|e|w)\s?[:.]\s?\S+[\d@.]|^\S+@\S+\.\w+\b.{0,30}$|^(?:https?://|www\.)\S+$",
        ),
    ]
});

/// Where somebody signs: nothing but the words that stand there and the line
/// to write on, or a name behind “Signed:”.
static SIGNATURE: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:(?:signed|signature|dated?|chair(?:man|woman|person)?|mayor|(?:parish |town |city )?clerk)\b[\W_]*){1,5}$|^(?:signed|signature)\s*[:;].{0,60}$|^(?:chair(?:man|woman|person)?|mayor|(?:parish |town |city |municipal )?(?:clerk|administrator)|cao[-/ ]clerk)['’]?s? ?(?:signature)?\s*[:.…_]{1,200}(?:\s*$|.{0,20}\bdated?\b)|^members of the (?:public|press)\b.{0,40}\b(?:are )?welcome\b.{0,30}$|^these are (?:only )?draft minutes\b|^draft minutes until\b",
    )
});
static COPYRIGHT: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:©|all rights reserved\b|(?:all )?copyright\b\W{0,3}(?:©|\(c\)|remains\b|belongs\b|is held\b|held\b|notice\b|reserved\b|(?:19|20)\d\d\b)|copyright\b.{0,80}\ball rights reserved\b)",
    )
});

/// The name of the document, or a few words that a list stands under.
static HEADS: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)^minutes of (?:the |an? )?[^.]{0,100}\b(?:meeting|held)\b[^.]{0,60}$|^(?-i:[A-Z])[\w’'/&-]*(?: [\w’'/&-]+){0,3}:$",
    )
});

/// Whether a passage is furniture wherever it stands, in bold or below a
/// resolution: a line to sign on, a line of copyright.
pub fn is_furniture(text: &str) -> bool {
    is_furniture_in(&front(text))
}

fn is_furniture_in(text: &Probe) -> bool {
    text.matches(&SIGNATURE) || text.matches(&COPYRIGHT)
}

/// What a sentence, or a line, does towards a decision.
pub fn act_of(text: &str) -> Act {
    act_in(&front(text))
}

fn act_in(text: &Probe) -> Act {
    const LONGEST_VERDICT: usize = 160;
    if text.text.ends_with('?') || text.matches(&BOILERPLATE[0]) || is_furniture_in(text) {
        return Act::Says;
    }
    if text.text.len() <= LONGEST_VERDICT {
        if text.matches(&LOSES) || is_lost(text) && !text.matches_any(&*MOVES) {
            return Act::Loses;
        }
        if (text.matches_any(&*CARRIES) || text.matches(&PUTS_OFF)) && !heads_applications(text) {
            return Act::Carries;
        }
    }
    if text.matches_any(&MOTION[1..]) {
        return Act::Motion;
    }
    if text.matches(&PUTS) {
        return Act::Puts;
    }
    if text.matches_any(&*NAMES) && !text.matches(&HAS_PURPOSE) {
        return if text.matches(&ENDS_CARRIED) && text.matches(&MOVES[0]) {
            Act::Carries
        } else {
            Act::Names
        };
    }
    if text.matches_any(&*FORMULA) {
        return Act::Rules(kind_of_decision_in(text));
    }
    if text.matches(&MOTION[0]) {
        return Act::Motion;
    }
    if text.matches_any(&*DECISION) || is_passive(text) || was_decided(text) {
        return Act::Decides(kind_of_decision_in(text));
    }
    if text.matches_any(&*MOVES) {
        return Act::Moves;
    }
    if text.matches_any(&*RECOMMENDATION) {
        return Act::Decides(Kind::Recommendation);
    }
    if text.matches_any(&*NOTING) {
        return Act::Notes;
    }
    Act::Says
}

/// Whether a text says of what it tells, or moves itself, that it was lost: by
/// its last word, or because more voted against it than for it.
pub fn loses(text: &str) -> bool {
    is_lost(&front(text))
}

fn is_lost(text: &Probe) -> bool {
    let tally = tally(text);
    let is_outvoted = || tally.is_some_and(|tally| tally.is_lost()) && !text.matches(&ENDS_CARRIED);
    let is_voted_on = || tally.is_some() || text.matches(&VOTED) || text.matches_any(&*MOVES);
    !text.matches(&FORMULA[0]) && (is_outvoted() || text.matches(&ENDS_LOST) && is_voted_on())
}

/// Whether a motion is in the form in which only what was carried is printed:
/// “That the report BE RECEIVED”.
pub fn is_formal_motion(text: &str) -> bool {
    front(text).matches(&MOTION[2])
}

/// Whether a disposition leaves what was moved for another body or another day.
pub fn puts_off(text: &str) -> bool {
    front(text).matches(&PUTS_OFF)
}

/// “APPLICATIONS APPROVED” heads a list; it decides nothing.
fn heads_applications(text: &Probe) -> bool {
    static APPLICATIONS: LazyLock<Pattern> =
        LazyLock::new(|| pattern(r"(?i)\b(?:applications|decisions|plans|permissions?|planning)\b"));
    is_capitals(text.text) && text.matches(&APPLICATIONS)
}

/// Whether it says “it was agreed”, and nobody is said to have said so.
fn was_decided(text: &Probe) -> bool {
    static BY_SOMEBODY: LazyLock<Pattern> = LazyLock::new(|| {
        pattern(
            r"(?i)\b(?:that|said|stated|reported|advised|informed|explained|confirmed|recalled|as|which|when)\W+$",
        )
    });
    text.captures(&IT_WAS).is_some_and(|found| !BY_SOMEBODY.is_match(&found["before"]))
}

/// Whether something was decided of the subject of a sentence.
fn is_passive(text: &Probe) -> bool {
    /// Bytes of a subject; a longer one tells more than what was done with it.
    const LONGEST: usize = 240;
    text.captures(&PASSIVE).is_some_and(|found| {
        let subject = &found["subject"];
        subject.len() <= LONGEST && !TOLD.is_match(subject) && !BY_OTHERS.is_match(&found["rest"])
    })
}

/// Whether a decision decides, recommends to others, or only takes note.
pub fn kind_of_decision(text: &str) -> Kind {
    kind_of_decision_in(&front(text))
}

fn kind_of_decision_in(text: &Probe) -> Kind {
    if text.matches(&TO_RECOMMEND) || (!text.matches(&FORMULA[0]) && text.matches_any(&*RECOMMENDATION)) {
        return Kind::Recommendation;
    }
    let mut verbs = text.captures_iter(&DONE).map(|found| found["verb"].to_ascii_lowercase()).peekable();
    let only_notes = match verbs.peek().is_some() {
        true => verbs.all(|verb| matches!(verb.as_str(), "noted" | "received")),
        false => text.matches(&NOTES),
    };
    if only_notes && !text.matches(&DOES_MORE) { Kind::Noting } else { Kind::Resolution }
}

/// What the passage does by its own words; [`Kind::Narrative`] when nothing tells.
///
/// Order matters: a decision that mentions a question is a decision.
pub fn kind_of(text: &str) -> Kind {
    const SHORT: usize = 400;
    let question = text.ends_with('?');
    let text = &front(text);
    if text.matches_any(&*BOILERPLATE) || is_furniture_in(text) {
        return Kind::Boilerplate;
    }
    if text.matches(&ATTENDANCE[0]) && !question {
        return Kind::Attendance;
    }
    match act_in(text) {
        Act::Rules(kind) | Act::Decides(kind) => return kind,
        Act::Notes => return Kind::Noting,
        _ if text.matches(&HEADS) && !text.text.contains(" were ") && !text.text.contains(" was ") => {
            return Kind::Heading;
        }
        _ => {}
    }
    let rules: [(Kind, &[Pattern]); 4] = [
        (Kind::Attendance, &ATTENDANCE[1..]),
        (Kind::Answer, &*ANSWER),
        (Kind::Question, &*QUESTION),
        (Kind::Request, &REQUEST[..2]),
    ];
    let own = rules.into_iter().find(|(_, patterns)| text.matches_any(patterns)).map(|(kind, _)| kind);
    // What somebody is asked to do makes a short text a request; a long one tells more than that.
    let own = own.or_else(|| {
        let short = Probe::of(&text.text[..text.text.floor_char_boundary(SHORT)]);
        short.matches_any(&REQUEST[2..]).then_some(Kind::Request)
    });
    match own {
        Some(Kind::Request) | None if question => Kind::Question,
        own => own.unwrap_or(Kind::Narrative),
    }
}

/// The front of a text: what a passage does shows early, and a text of
/// megabytes should not take seconds.
fn front(text: &str) -> Probe<'_> {
    Probe::of(&text[..text.floor_char_boundary(6_000)])
}

/// Whether a block heads what follows it rather than saying something.
pub fn is_heading(block: &Block) -> bool {
    const MAX_HEADING: usize = 120;
    let text = block.text.as_str();
    match block.style {
        Style::Heading(_) => text.len() <= 2 * MAX_HEADING,
        Style::Paragraph => {
            // What goes on with a sentence, or moves something, is bold text.
            let moves = text.trim_start_matches(['“', '"', '‘', '\'']).starts_with("That ");
            block.bold
                && text.len() <= MAX_HEADING
                && !text.ends_with(['.', ';', ',', '?', '!'])
                && !text.starts_with(char::is_lowercase)
                && !moves
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_passage_is_known_by_its_words() {
        for (text, expected) in [
            ("RESOLVED: That", Kind::Resolution),
            ("RESOLVED that the minutes were a correct record", Kind::Resolution),
            ("It was unanimously agreed to accept the quotation.", Kind::Resolution),
            ("Resolved – that the report be accepted", Kind::Resolution),
            ("The Committee agreed to write to the Minister.", Kind::Resolution),
            ("Mr Smith agreed with the point made.", Kind::Narrative),
            ("RECOMMENDED to Council that the plan be adopted", Kind::Recommendation),
            ("Members asked that figures on staff turnover be provided.", Kind::Request),
            ("The report was noted.", Kind::Noting),
            (
                "The minutes of the meeting held on 02.03.2031 were accepted as a true record.",
                Kind::Resolution,
            ),
            ("Secretariat to clarify the figures.", Kind::Request),
            ("In response to a question from Mr Hill she said it would open.", Kind::Answer),
            ("In response to the flood the meeting was held in the school.", Kind::Narrative),
            ("Many villages had gladly responded to the release of the map.", Kind::Narrative),
            ("Porch, 4 Mill Lane – this was supported by the Parish Council", Kind::Resolution),
            ("The quotation was then put to members - this was approved by 6 votes to 2.", Kind::Resolution),
            ("Of the grants that were asked for the following were unanimously agreed:", Kind::Resolution),
            ("Approval was given for the purchase of two benches.", Kind::Resolution),
            ("The Council objects as the site is outside the village.", Kind::Resolution),
            ("The following dates were agreed for meetings in 2031", Kind::Boilerplate),
            ("Conservatory at 4 Mill Lane - recommend approval.", Kind::Recommendation),
            ("Panel attendees: Ann Hill (Chair), Bob Dale", Kind::Attendance),
            ("Panel members discussed the map. Some felt it was old.", Kind::Narrative),
            ("Chairman’s Signature………… Date…………", Kind::Boilerplate),
            ("MEMBERS OF THE PUBLIC ARE WELCOME TO ATTEND", Kind::Boilerplate),
            ("The Committee noted the position.", Kind::Noting),
            ("Councillor Jones asked whether the road would be closed.", Kind::Question),
            ("When will the bridge be open?", Kind::Question),
            ("In response, the officer explained the delay.", Kind::Answer),
            ("PRESENT: Mr A Brown (Chairman)", Kind::Attendance),
            ("Apologies were received from Mrs Bell.", Kind::Attendance),
            ("The meeting closed at 8.40 pm", Kind::Boilerplate),
            ("Page 028 (2017)", Kind::Boilerplate),
            ("Supporting documents:", Kind::Boilerplate),
            ("Signed:", Kind::Boilerplate),
            ("Signed ……", Kind::Boilerplate),
            ("Signed: _______ Date: _______", Kind::Boilerplate),
            ("Signed: A. Murphy", Kind::Boilerplate),
            ("Chairman", Kind::Boilerplate),
            ("Date ……", Kind::Boilerplate),
            ("Signed copies of the plan were handed in.", Kind::Narrative),
            ("Chairman's Report", Kind::Narrative),
            ("Date of the fete", Kind::Narrative),
            ("Copyright remains with independent content providers", Kind::Boilerplate),
            ("© 2024 Mill Parish Council", Kind::Boilerplate),
            ("Copyright © Mill District Council. All Rights Reserved.", Kind::Boilerplate),
            ("Copyright of the photographs was discussed.", Kind::Narrative),
            ("The road was resurfaced in March.", Kind::Narrative),
            // Decisions, as clerks tell them.
            ("The minutes of the last meeting were agreed.", Kind::Resolution),
            ("Minutes of the 9th May meeting were approved as a true record.", Kind::Resolution),
            ("Minutes of the previous meeting were read and adopted", Kind::Resolution),
            ("Mr Brown and Mrs Lee were co-opted.", Kind::Resolution),
            ("Discussion followed and it was decided to wait.", Kind::Resolution),
            ("After hearing both sides, the Committee endorsed the plan.", Kind::Resolution),
            (
                "On the proposal of Mr Ash, seconded by Mrs Lee, the plan, as circulated, was agreed.",
                Kind::Resolution,
            ),
            ("Request for a bench - approved", Kind::Resolution),
            ("Cytunwyd yn unfrydol i brynu mainc.", Kind::Resolution),
            (
                "Cynigiwyd gan y Cyng. A. Rees, eiliwyd gan y Cyng. B. Huws bod y cofnodion yn gywir.",
                Kind::Resolution,
            ),
            (
                "It was proposed by Cllr. A. Brown, seconded by Cllr. Lee and agreed, that it be so.",
                Kind::Resolution,
            ),
            ("Mr Brown reported that the plan was approved.", Kind::Narrative),
            ("The shed was approved by the County Council.", Kind::Narrative),
            ("Mrs Lee said that it was agreed long ago.", Kind::Narrative),
            ("There were six votes for the removal.", Kind::Resolution),
            ("The Parish Council objects to this application.", Kind::Resolution),
            // Those that decide nothing, or leave it to others.
            ("RESOLVED that the report be noted.", Kind::Noting),
            ("RESOLVED that the report be noted and the officers be thanked.", Kind::Resolution),
            ("It was noted that the invoice had come.", Kind::Noting),
            ("Circulated, a report on the bridge which was noted by Members.", Kind::Noting),
            ("RESOLVED to recommend to Council that the plan be adopted", Kind::Recommendation),
            ("The Panel recommended that views be sought.", Kind::Recommendation),
            ("Cabinet is asked to agree the plan.", Kind::Recommendation),
            ("Members are asked to declare any interests.", Kind::Narrative),
            ("RESOLVED that the recommendations be approved.", Kind::Resolution),
            ("Clerk to write to the school.", Kind::Request),
            ("The gate is broken. AB to contact the owner.", Kind::Request),
            ("Members requested an update on the bridge.", Kind::Request),
            ("A query was made as to the cost.", Kind::Question),
            ("Mr Brown left the meeting at this point.", Kind::Attendance),
            ("4 members of the public", Kind::Attendance),
            ("There were no apologies, all being present.", Kind::Attendance),
            ("The next meeting will be on Tuesday 6 May at 7 pm.", Kind::Boilerplate),
            ("Email: clerk@example.org", Kind::Boilerplate),
            ("Minutes - May 8, 2018 - Page 2", Kind::Boilerplate),
            ("Minutes of the meeting held on 9th May 2018", Kind::Heading),
        ] {
            assert_eq!(kind_of(text), expected, "{text}");
        }
    }

    #[test]
    fn a_vote_is_told_from_what_is_voted_on() {
        for (text, expected) in [
            ("Carried.", Act::Carries),
            ("All in favour.", Act::Carries),
            ("Motion Passed (4 to 0)", Act::Carries),
            ("Unanimously approved", Act::Carries),
            ("Prop AB, 2nd CD, all agreed.", Act::Carries),
            ("AMENDED AND ADOPTED (See Motion 1)", Act::Carries),
            ("REFERRED TO THE COMMITTEE ON ROADS", Act::Carries),
            ("PLANNING APPLICATIONS APPROVED", Act::Says),
            ("Amendment lost.", Act::Loses),
            ("LOST", Act::Loses),
            ("2 votes for, 3 against, 1 abstention - Proposal lost.", Act::Loses),
            ("Four against, three for; rejected.", Act::Loses),
            ("Two for and four against.", Act::Loses),
            ("A vote was taken, and the Mayor declared the motion rejected.", Act::Loses),
            ("The residents voted: four against, three for.", Act::Says),
            ("Mr Ash proposed a seat, seconded by Mrs Lee. 2 for, 3 against.", Act::Moves),
            ("Seconded by Mrs Lee", Act::Names),
            ("R2019-30 J. Ash, L. Brown", Act::Names),
            ("That the wall be mended.", Act::Motion),
            ("R2019-30 J. Ash, L. Brown: That the wall be mended.", Act::Moves),
            ("J. Ash, L. Brown: That the wall be mended.", Act::Moves),
            ("J. Ash, L. Brown:", Act::Names),
            ("AUTOMATIC REFERRAL TO THE PARKS COMMITTEE", Act::Loses),
            ("ADOPTED BY SILENT STANDING VOTE", Act::Carries),
            ("BE IT RESOLVED THAT the wall be mended", Act::Motion),
            ("The plan BE APPROVED as set out", Act::Motion),
            ("Mr Ash proposed, seconded by Mrs Lee, a fee of £5.", Act::Moves),
            ("Mr Ash proposed and Mrs Lee seconded the following amendment:", Act::Puts),
            ("RESOLVED: That it be so", Act::Rules(Kind::Resolution)),
            ("It was agreed to wait.", Act::Decides(Kind::Resolution)),
            ("Was it agreed?", Act::Says),
        ] {
            assert_eq!(act_of(text), expected, "{text}");
        }
    }
}
