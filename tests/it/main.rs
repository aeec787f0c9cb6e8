//! All integration tests in one binary, a file per subject.
#![allow(clippy::expect_used, reason = "a failed expectation is a failed test")]
#![allow(clippy::print_stderr, reason = "what is skipped is said")]

mod action;
mod against;
mod architecture;
mod archive;
mod baseline;
mod breaking;
mod buf;
mod cases;
mod changelog;
mod cli;
mod compatibility;
mod config;
mod conformance;
mod descriptor;
mod disk;
mod files;
mod fixes;
mod formats;
mod git;
mod governance;
mod history;
mod image;
mod laws;
mod lint;
mod options;
mod pairs;
mod protox;
mod report;
mod repository;
mod result_cache;
mod reuse;
mod rules;
mod scaffold;
mod scaffold_changes;
mod scaffold_generate;
mod schema;
mod soundness;
mod survival;
mod syntax;
mod witness;
mod workspace;
