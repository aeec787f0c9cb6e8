//! Features: what editions decide element by element, and the older syntaxes once for a whole file.
//!
//! <https://protobuf.dev/editions/features/>

mod check;
mod resolve;
mod style;
mod visibility;

use super::names::Edition;

/// Whether a field knows that it was not set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FieldPresence {
    /// It does.
    Explicit,
    /// It does not: absent and zero are one.
    Implicit,
    /// It has to be set.
    LegacyRequired,
}

/// What an enum does with a number it does not list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EnumType {
    /// It keeps it as a value.
    Open,
    /// It puts it among the unknown fields.
    Closed,
}

/// How repeated numbers are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RepeatedFieldEncoding {
    /// All in one record.
    Packed,
    /// Each in a record of its own.
    Expanded,
}

/// Whether strings have to be UTF-8.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Utf8Validation {
    /// A message with another string is refused.
    Verify,
    /// Nothing is checked.
    None,
}

/// How a message field is framed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MessageEncoding {
    /// By its length.
    LengthPrefixed,
    /// Between a start and an end tag, as groups are.
    Delimited,
}

/// Whether a JSON form is guaranteed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JsonFormat {
    /// It is.
    Allow,
    /// It is made as well as can be.
    LegacyBestEffort,
}

/// Whether names have to follow the style guide (edition 2024).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NamingStyle {
    /// They have to.
    Style2024,
    /// They do not.
    Legacy,
    /// They have to, and must not collide with names that generated code makes up.
    Style2026,
}

/// Who sees a message or enum that says nothing about it (edition 2024).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DefaultSymbolVisibility {
    /// Every file that imports this one.
    ExportAll,
    /// The same for what is not nested; nested ones are local.
    ExportTopLevel,
    /// This file only.
    LocalAll,
    /// This file only, and nested ones cannot be exported.
    Strict,
}

/// The features that are in force for one element.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Features {
    /// `field_presence`
    pub field_presence: FieldPresence,
    /// `enum_type`
    pub enum_type: EnumType,
    /// `repeated_field_encoding`
    pub repeated_field_encoding: RepeatedFieldEncoding,
    /// `utf8_validation`
    pub utf8_validation: Utf8Validation,
    /// `message_encoding`
    pub message_encoding: MessageEncoding,
    /// `json_format`
    pub json_format: JsonFormat,
    /// `enforce_naming_style`
    pub naming_style: NamingStyle,
    /// `default_symbol_visibility`
    pub default_symbol_visibility: DefaultSymbolVisibility,
}

impl Features {
    /// What is in force where nothing is set.
    pub const fn defaults(edition: Edition) -> Self {
        let editions = Self {
            field_presence: FieldPresence::Explicit,
            enum_type: EnumType::Open,
            repeated_field_encoding: RepeatedFieldEncoding::Packed,
            utf8_validation: Utf8Validation::Verify,
            message_encoding: MessageEncoding::LengthPrefixed,
            json_format: JsonFormat::Allow,
            naming_style: NamingStyle::Legacy,
            default_symbol_visibility: DefaultSymbolVisibility::ExportAll,
        };
        match edition {
            Edition::Proto2 => Self {
                enum_type: EnumType::Closed,
                repeated_field_encoding: RepeatedFieldEncoding::Expanded,
                utf8_validation: Utf8Validation::None,
                json_format: JsonFormat::LegacyBestEffort,
                ..editions
            },
            Edition::Proto3 => Self {
                field_presence: FieldPresence::Implicit,
                ..editions
            },
            Edition::Edition2023 => editions,
            Edition::Edition2024 => Self {
                naming_style: NamingStyle::Style2024,
                default_symbol_visibility: DefaultSymbolVisibility::ExportTopLevel,
                ..editions
            },
        }
    }
}

/// The features of all elements of a file; each list lies beside the arena of the same name in its tree. A list whose
/// elements all have what the file has is left out, as most are.
#[derive(Debug)]
pub(super) struct FileFeatures {
    pub(super) file: Features,
    pub(super) messages: Vec<Features>,
    pub(super) fields: Vec<Features>,
    pub(super) oneofs: Vec<Features>,
    pub(super) enums: Vec<Features>,
    pub(super) values: Vec<Features>,
    pub(super) services: Vec<Features>,
    pub(super) methods: Vec<Features>,
}

impl FileFeatures {
    /// Every element has what the edition gives it.
    pub(super) const fn defaults(edition: Edition) -> Self {
        Self {
            file: Features::defaults(edition),
            messages: Vec::new(),
            fields: Vec::new(),
            oneofs: Vec::new(),
            enums: Vec::new(),
            values: Vec::new(),
            services: Vec::new(),
            methods: Vec::new(),
        }
    }

    /// The features at an index of one of the lists.
    pub(super) fn of(&self, list: &[Features], index: usize) -> Features {
        list.get(index).copied().unwrap_or(self.file)
    }
}
