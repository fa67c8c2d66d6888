//! One test program; each module tests one stage or one promise.

mod archive;
mod borders;
mod cli;
mod cmis;
mod copies;
mod corpus;
mod crawl;
mod documents;
mod eval;
mod faults;
mod fifty;
mod hostile;
mod hostile_html;
mod index;
mod moderngov;
mod pages;
mod parse;
mod publisher;
mod quickstart;
mod readme;
mod register;
mod sample;
mod search;
mod seeds;
mod support;
mod traps;
