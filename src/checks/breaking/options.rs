//! Where a feature is set, which is where a change of it is shown.

use crate::schema::options::Options;
use crate::text::Span;

/// A feature as an option: the number of `features` in the options message, and its own in `FeatureSet`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Feature {
    features: i32,
    number: i32,
}

impl Feature {
    /// `json_format` of a message.
    pub(super) const MESSAGE_JSON_FORMAT: Self = Self::new(12, 6);
    /// `json_format` of an enum.
    pub(super) const ENUM_JSON_FORMAT: Self = Self::new(7, 6);
    /// `enum_type` of an enum.
    pub(super) const ENUM_TYPE: Self = Self::new(7, 2);
    /// `utf8_validation` of a field.
    pub(super) const FIELD_UTF8_VALIDATION: Self = Self::new(21, 4);

    const fn new(features: i32, number: i32) -> Self {
        Self { features, number }
    }
}

/// The setting of the feature on the element itself, the whole `features = {…}` where it is part of one, else the
/// element.
pub(super) fn feature_place(options: Options<'_>, feature: Feature, element: Span) -> Span {
    options
        .at(&[feature.features, feature.number])
        .or_else(|| options.get(feature.features))
        .map_or(element, |option| option.span())
}
