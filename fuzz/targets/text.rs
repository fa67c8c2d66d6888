//! Plain text, Markdown, and text that other programs took out of documents.
#![no_main]

use libfuzzer_sys::fuzz_target;
use scrutineer::parse::{Media, decode};
use scrutineer_fuzz::{check_document, check_printed};

fuzz_target!(|bytes: &[u8]| {
    check_document(bytes, Media::Text);
    check_document(bytes, Media::Markdown);
    check_printed(&decode(bytes, None));
});
