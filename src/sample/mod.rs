//! The built-in sample: six invented councils, and a publisher that serves
//! them on loopback as ModernGov does.
//!
//! The data lie in `corpus/sample` and are compiled in, so the program needs
//! no file to try itself. [`data`] reads the plan, [`minutes`] turns it into
//! text, [`xml`], [`page`] and [`pdf`] lay the text out (all pure), [`site`]
//! answers one request (pure), and [`Publisher`] does the serving.

pub mod data;
pub mod minutes;

pub mod html;
pub mod page;
pub mod pdf;
pub mod xml;

pub mod publisher;
pub mod site;

pub use data::Sample;
pub use publisher::{LoggedRequest, Publisher};

use jiff::civil::{Date, date};

use crate::model::{Platform, Site, SiteId};

/// The day of the sample: every minute of its eight years is published and
/// every correction made.
pub const TODAY: Date = date(2024, 3, 1);

/// A day on which two meetings have only draft minutes, which were corrected
/// before [`TODAY`].
pub const BEFORE_APPROVAL: Date = date(2024, 1, 15);

/// The sites of the sample, one a council, in the order of `councils.toml`.
///
/// Their hosts end in `.example`, so they resolve nowhere: whoever fetches
/// from them has to send them to the [`Publisher`]'s address.
pub fn sites() -> Vec<Site> {
    let sample = Sample::load();
    let sites = sample.councils.iter().map(|council| Site {
        id: SiteId::new(&council.slug),
        platform: Platform::ModernGov,
        root: council.root(),
        council: council.slug.clone(),
        council_name: council.name.clone(),
        shared_by: Vec::new(),
        rules: None,
    });
    sites.collect()
}
