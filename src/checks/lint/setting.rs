//! Plain options as they are written, found by name.

use crate::schema::File;
use crate::syntax;
use crate::syntax::tree::{OptionSetting, OptionValue};

/// Whether a setting sets the option `name`, which is no custom one.
pub(super) fn is_option(file: &syntax::File, setting: &OptionSetting, name: &str) -> bool {
    match file.tree().option_name(setting) {
        [part] => !part.is_extension && file.joined(part.name) == name,
        _ => false,
    }
}

/// Whether the value is the word `true`.
pub(super) fn is_true(file: &syntax::File, setting: &OptionSetting) -> bool {
    matches!(setting.value, OptionValue::Identifier { minus: None, word } if file.text(word) == "true")
}

/// The setting of a file's option `name`.
pub(super) fn file_option<'s>(file: File<'s>, name: &str) -> Option<&'s OptionSetting> {
    file.option_settings()
        .find(|setting| is_option(file.syntax(), setting, name))
}
