//! Features of one language: extensions of `FeatureSet`, which editions resolve as they do their own features.

use crate::schema::Field;
use crate::schema::options::wire::{self, Payload};
use crate::schema::options::{OptionSet, Options};

/// A feature of a language: the number of the extension, and its own in there.
#[derive(Debug, Clone, Copy)]
pub(super) struct LanguageFeature {
    language: i32,
    number: i32,
}

impl LanguageFeature {
    /// `(pb.cpp).string_type`
    pub(super) const CPP_STRING_TYPE: Self = Self {
        language: 1000,
        number: 2,
    };
    /// `(pb.java).utf8_validation`
    pub(super) const JAVA_UTF8_VALIDATION: Self = Self {
        language: 1001,
        number: 2,
    };

    /// The number of the value in force for a field: what it sets itself, else what it stands in does.
    pub(super) fn of(self, field: Field<'_>) -> Option<u64> {
        self.set_by(field.options())
            .or_else(|| self.set_by(field.oneof()?.options()))
            .or_else(|| {
                let scopes = std::iter::successors(field.scope(), |message| message.parent());
                scopes
                    .into_iter()
                    .find_map(|message| self.set_by(message.options()))
            })
            .or_else(|| self.set_by(field.file().options()))
    }

    /// The setting on the element itself, or the whole `features = {…}` that it is part of.
    pub(super) fn setting<'s>(self, options: Options<'s>) -> Option<OptionSet<'s>> {
        options
            .all()
            .filter(|option| option.is_feature())
            .find(|option| self.within(option.encoded()).is_some())
    }

    fn set_by(self, options: Options<'_>) -> Option<u64> {
        self.within(self.setting(options)?.encoded())
    }

    /// The value in a record that holds features.
    fn within(self, encoded: &[u8]) -> Option<u64> {
        let inside = |bytes, number| {
            wire::records(bytes).find_map(move |record| match record.payload {
                Payload::Bytes(bytes) if record.number == number => Some(bytes),
                _ => None,
            })
        };
        let features = wire::records(encoded).find_map(|record| match record.payload {
            Payload::Bytes(bytes) => Some(bytes),
            _ => None,
        })?;
        let language = inside(features, self.language)?;
        wire::records(language).find_map(|record| match record.payload {
            Payload::Varint(value) if record.number == self.number => Some(value),
            _ => None,
        })
    }
}
