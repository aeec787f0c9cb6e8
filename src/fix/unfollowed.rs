//! Places where a name may be used and no reference can be followed.

use rayon::prelude::*;
use rustc_hash::FxHashSet;

use super::rename::Renamed;
use crate::schema::{Definition, File, FileId, Role, Schema};
use crate::syntax::TokenKind;
use crate::syntax::tree::OptionValue;

/// Words that stand where no reference is followed: in strings of custom options, which may be paths of fields, and in
/// files that do not compile.
#[derive(Debug, Default)]
pub(super) struct Unfollowed {
    in_options: FxHashSet<String>,
    in_broken_files: FxHashSet<String>,
}

impl Unfollowed {
    pub(super) fn of(schema: &Schema, broken: &FxHashSet<FileId>) -> Self {
        let files: Vec<File<'_>> = schema
            .files()
            .filter(|file| file.role() == Role::Target)
            .collect();
        let in_options = files.par_iter().flat_map_iter(|&file| {
            let syntax = file.syntax();
            let tree = syntax.tree();
            let custom = tree.options.iter().filter(|option| {
                let mut name = tree.option_name(option).iter();
                name.any(|part| part.is_extension)
            });
            let strings = custom.flat_map(|option| {
                match option.value {
                    OptionValue::String(tokens) | OptionValue::Aggregate(tokens) => tokens,
                    other => other.tokens(),
                }
                .iter()
            });
            strings
                .filter(|&token| syntax.tokens().kind(token) == TokenKind::String)
                .flat_map(|token| words(syntax.text(token)))
        });
        let in_broken_files = files
            .par_iter()
            .filter(|file| broken.contains(&file.id()))
            .flat_map_iter(|&file| words(file.source().text()));
        Self {
            in_options: in_options.collect(),
            in_broken_files: in_broken_files.collect(),
        }
    }

    /// Why something cannot be renamed, if so.
    pub(super) fn refusal(&self, renamed: &Renamed) -> Option<String> {
        let name = renamed.old_name();
        if self.in_broken_files.contains(name) {
            return Some(format!(
                "a file that does not compile holds the word `{name}`"
            ));
        }
        let is_member = matches!(renamed.symbol.definition, Definition::Field(_));
        (is_member && self.in_options.contains(name))
            .then(|| format!("a string in an option holds the word `{name}`"))
    }
}

fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
}
