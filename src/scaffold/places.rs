//! Where the files of a crate lie: all in one directory, or in a cargo workspace with a crate for the contract.

use super::answers::{Answers, CrateName};
use super::file::in_crate;

/// The directories of what is scaffolded, relative to its own and each with a `/` at its end, if it is not that one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    /// That of the crate with the contract.
    contract: String,
    /// That of the crate with the server.
    service: String,
}

impl Places {
    /// Where an answer wants them.
    pub fn of(answers: &Answers) -> Self {
        if !answers.workspace {
            return Self {
                contract: String::new(),
                service: String::new(),
            };
        }
        Self {
            contract: format!("crates/{}/", contract_package(&answers.name)),
            service: format!("crates/{}/", answers.name.package()),
        }
    }

    /// That of the crate with the server.
    pub fn service(&self) -> &str {
        &self.service
    }

    /// What leads from a file two directories below the crate with the server to the outermost directory.
    pub fn up(&self) -> String {
        "../".repeat(2 + self.service.matches('/').count())
    }

    /// The directory of the contract's files.
    pub fn proto(&self) -> String {
        format!("{}proto", self.contract)
    }

    /// The path of a file that stands as `path` in a crate that is alone. A manifest is that of the server.
    pub fn path(&self, path: &str) -> String {
        const OF_CONTRACT: &[&str] = &["build.rs", "lowered/", "proto/"];
        const OF_SERVICE: &[&str] = &["Cargo.toml", "src/", "tests/"];
        let is_in = |prefixes: &[&str]| prefixes.iter().any(|prefix| path.starts_with(prefix));
        if is_in(OF_CONTRACT) {
            format!("{}{path}", self.contract)
        } else if is_in(OF_SERVICE) {
            format!("{}{path}", self.service)
        } else {
            path.to_owned()
        }
    }

    /// The path of the file that a template makes.
    pub(super) fn of_template(&self, template: &str) -> String {
        let path = in_crate(template);
        let Some(path) = path.strip_prefix("workspace/") else {
            return self.path(path);
        };
        match path.split_once('/') {
            Some(("contract", path)) => format!("{}{path}", self.contract),
            Some(("service", path)) => format!("{}{path}", self.service),
            Some((_, path)) => path.to_owned(),
            None => path.to_owned(),
        }
    }
}

/// The name of the crate with the contract of a service.
pub fn contract_package(service: &CrateName) -> String {
    format!("{}-proto", service.package())
}
