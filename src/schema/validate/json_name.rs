//! JSON names that clash.

use std::collections::hash_map::Entry;

use rustc_hash::FxHashMap;

use super::Validator;
use crate::schema::features::JsonFormat;
use crate::schema::{Field, Message};
use crate::text::case;

/// `MessageOptions.deprecated_legacy_json_field_conflicts`
const LEGACY_CONFLICTS: i32 = 11;

impl<'s> Validator<'s, '_> {
    /// Two passes: the names that follow from the fields' names, then the names in force.
    pub(super) fn message_json_names(&mut self, message: Message<'s>) {
        if message.options().boolean(LEGACY_CONFLICTS) == Some(true) {
            return;
        }
        let is_legacy = message.features().json_format == JsonFormat::LegacyBestEffort;
        let any_custom = message
            .fields()
            .any(|field| field.json_name_setting().is_some());
        if !is_legacy && self.may_clash(message) {
            self.json_names(message, false, is_legacy);
        }
        if any_custom {
            self.json_names(message, true, is_legacy);
        }
    }

    fn may_clash(&mut self, message: Message<'s>) -> bool {
        let names = self.scratch.repeats.begin();
        for field in message.fields() {
            names.add_bytes(case::json_name_bytes(&field.name()));
        }
        names.found()
    }

    fn json_names(&mut self, message: Message<'s>, custom: bool, is_legacy: bool) {
        let mut names: FxHashMap<String, (Field<'s>, bool)> = FxHashMap::default();
        for field in message.fields() {
            let default = case::json_name(&field.name());
            let given = field
                .custom_json_name()
                .filter(|name| custom && *name != default);
            let is_custom = given.is_some();
            let name = given.unwrap_or(default);
            match names.entry(name) {
                Entry::Vacant(entry) => {
                    entry.insert((field, is_custom));
                }
                Entry::Occupied(entry) => {
                    let (first, first_is_custom) = *entry.get();
                    // The first pass has told of two default names already.
                    let is_new = is_custom || first_is_custom || !custom;
                    // The old syntaxes tolerate clashes with a name that nobody chose.
                    let is_error = !is_legacy || is_custom && first_is_custom;
                    if is_new && is_error {
                        let source = self.file.source();
                        let name = entry.key().clone();
                        let label = first.written_name().span;
                        let error = self.report(
                            field.written_name().span,
                            format!(
                                "fields `{}` and `{}` of message `{}` have the JSON name `{name}`",
                                first.name(),
                                field.name(),
                                message.full_name()
                            ),
                            "rename one of them, or give it another `json_name`",
                        );
                        *error = error.clone().with_label(source, label, "the other field");
                    }
                }
            }
        }
    }
}
