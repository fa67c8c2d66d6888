//! The answers of ModernGov's web service.
#![no_main]

use libfuzzer_sys::fuzz_target;
use scrutineer::parse::{Media, decode, moderngov};
use scrutineer_fuzz::{check_document, check_reading, twice};

fuzz_target!(|bytes: &[u8]| {
    let text = decode(bytes, None);
    let length = bytes.len();
    let reading = twice("meeting", length, || moderngov::meeting_reading(&text));
    let total = moderngov::xml_reading(&text);
    check_reading(&total);
    match reading {
        Ok(reading) => assert_eq!(reading, total),
        Err(wrong) => assert_eq!(total.warnings[0].message, wrong.to_string()),
    }
    twice("committees", length, || moderngov::committees_xml(&text));
    twice("meetings", length, || moderngov::meetings_xml(&text));
    check_document(bytes, Media::Xml);
});
