//! `protogov.lock`: what a crate was made of, and what of it was written.
//!
//! The file is the tool's; a user commits it. It holds the answers, so that an update asks nothing, and for each file
//! its class and a hash of what was written last. The texts themselves, which the merge needs, are under
//! `.protogov/base`: they are never made again from older templates, which may not exist any more.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::answers::{Answers, CrateName};
use super::features::{Features, Store};
use super::file::Class;
use super::recipe::Recipe;

/// The name of the lock file.
pub const LOCK_FILE: &str = "protogov.lock";

/// The directory that holds what was written last.
pub const BASE: &str = ".protogov/base";

/// The version of the lock file's form.
const VERSION: u32 = 1;

/// What is known of a crate that was written before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lock {
    /// What was asked for.
    pub answers: Answers,
    /// The path of the contract's root, relative to the crate.
    pub contract: Contract,
    /// The files, by path.
    pub files: BTreeMap<String, LockedFile>,
}

/// Where the contract comes from.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contract {
    /// Files or directories, relative to the crate.
    pub paths: Vec<String>,
    /// Import roots, relative to the crate.
    pub roots: Vec<String>,
    /// The files that hold the services, by the names they are imported by.
    pub files: Vec<String>,
}

/// A file that was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LockedFile {
    /// What becomes of it.
    pub class: Class,
    /// The hash of its text.
    pub hash: Hash,
}

/// A hash of a text, to tell whether it was changed. It guards against mistakes, not against forgery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hash(u64);

impl Hash {
    /// FNV-1a over the bytes.
    pub fn of(text: &str) -> Self {
        Self(text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        }))
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    version: u32,
    protogov: String,
    answers: AnswersForm,
    contract: Contract,
    files: BTreeMap<String, String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct AnswersForm {
    name: String,
    services: Vec<String>,
    features: Vec<String>,
    store: String,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    workspace: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    recipe: Option<String>,
}

impl Lock {
    /// The text of the lock file.
    pub fn text(&self) -> Result<String, String> {
        let form = Form {
            version: VERSION,
            protogov: env!("CARGO_PKG_VERSION").to_owned(),
            answers: AnswersForm {
                name: self.answers.name.package().to_owned(),
                services: self.answers.services.clone(),
                features: self
                    .answers
                    .features
                    .iter()
                    .map(|feature| feature.name().to_owned())
                    .collect(),
                store: self.answers.store.name().to_owned(),
                workspace: self.answers.workspace,
                recipe: self.answers.recipe.map(|recipe| recipe.name().to_owned()),
            },
            contract: self.contract.clone(),
            files: self
                .files
                .iter()
                .map(|(path, file)| {
                    (
                        path.clone(),
                        format!("{} {:016x}", file.class.name(), file.hash.0),
                    )
                })
                .collect(),
        };
        let text = toml::to_string(&form).map_err(|error| error.to_string())?;
        Ok(format!(
            "# Written by `protogov scaffold`. Commit this file and do not edit it.\n{text}"
        ))
    }

    /// Reads a lock file.
    pub fn parse(text: &str) -> Result<Self, String> {
        let form: Form = toml::from_str(text).map_err(|error| error.to_string())?;
        if form.version != VERSION {
            return Err(format!(
                "it has the form {}, and this protogov knows {VERSION}: use the protogov that wrote it, {}",
                form.version, form.protogov
            ));
        }
        let features: Features = form
            .answers
            .features
            .join(",")
            .parse()
            .map_err(|error: super::features::UnknownFeature| error.to_string())?;
        let store: Store = form.answers.store.parse()?;
        let recipe = form
            .answers
            .recipe
            .map(|name| Recipe::named(&name).ok_or_else(|| format!("there is no recipe `{name}`")));
        let mut files = BTreeMap::new();
        for (path, value) in form.files {
            let file =
                locked_file(&value).ok_or_else(|| format!("it does not say what `{path}` is"))?;
            files.insert(path, file);
        }
        Ok(Self {
            answers: Answers {
                name: CrateName::new(&form.answers.name)?,
                services: form.answers.services,
                features,
                store,
                workspace: form.answers.workspace,
                recipe: recipe.transpose()?,
            },
            contract: form.contract,
            files,
        })
    }
}

fn locked_file(value: &str) -> Option<LockedFile> {
    let (class, hash) = value.split_once(' ')?;
    let class = [Class::Regenerated, Class::Merged, Class::Once]
        .into_iter()
        .find(|it| it.name() == class)?;
    let hash = Hash(u64::from_str_radix(hash, 16).ok()?);
    Some(LockedFile { class, hash })
}
