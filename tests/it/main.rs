//! All integration tests in one binary, a file per subject.
#![allow(clippy::expect_used, reason = "a failed expectation is a failed test")]

mod cases;
mod compatibility;
mod conformance;
mod report;
mod schema;
mod syntax;
