//! Plain text, Markdown, and text that other programs took out of documents.
#![no_main]

use libfuzzer_sys::fuzz_target;
use scrutineer::parse::{Media, decode};
use scrutineer_fuzz::{check_document, check_printed};

// One reader for each input, by its length, as they are slow.
fuzz_target!(|bytes: &[u8]| match bytes.len() % 3 {
    0 => check_document(bytes, Media::Text),
    1 => check_document(bytes, Media::Markdown),
    _ => check_printed(&decode(bytes, None)),
});
