//! What features may be set on, beyond what their targets say.

use rayon::prelude::*;

use super::{EnumType, FieldPresence, RepeatedFieldEncoding};
use crate::diagnostic::Diagnostic;
use crate::schema::options::Options;
use crate::schema::{Cardinality, Edition, Field, FieldKind, File, FileId, SCHEMA, Schema};
use crate::syntax::tree::Scalar;
use crate::text::Span;

/// The fields of `FeatureSet` with a zero that stands for nothing, by their numbers.
const FEATURES: [&str; 8] = [
    "field_presence",
    "enum_type",
    "repeated_field_encoding",
    "utf8_validation",
    "message_encoding",
    "json_format",
    "enforce_naming_style",
    "default_symbol_visibility",
];
const FIELD_PRESENCE: i32 = 1;
const REPEATED_FIELD_ENCODING: i32 = 3;
const UTF8_VALIDATION: i32 = 4;
const MESSAGE_ENCODING: i32 = 5;

impl Schema {
    /// Checks the features of all files.
    pub(in crate::schema) fn check_features(&mut self) {
        let ids: Vec<FileId> = self.ids().collect();
        let has_visibility = self
            .files
            .iter()
            .any(|file| file.outline.names.edition() >= Edition::Edition2024);
        let errors: Vec<Vec<Diagnostic>> = ids
            .par_iter()
            .map(|&id| {
                let mut checker = Checker::new(self, id);
                checker.settings();
                if checker.file.edition().is_edition() {
                    checker.file_features();
                    for field in checker.file.all_fields() {
                        checker.field(field);
                    }
                }
                if checker.file.edition() >= Edition::Edition2024 {
                    checker.styles();
                    checker.exports();
                }
                if has_visibility {
                    checker.visible_uses();
                }
                checker.errors
            })
            .collect();
        self.give(&ids, errors, |file, errors| file.errors.extend(errors));
    }
}

/// Checks one file.
pub(super) struct Checker<'s> {
    pub(super) schema: &'s Schema,
    pub(super) id: FileId,
    pub(super) file: File<'s>,
    pub(super) errors: Vec<Diagnostic>,
}

impl<'s> Checker<'s> {
    fn new(schema: &'s Schema, id: FileId) -> Self {
        Self {
            schema,
            id,
            file: schema.file(id),
            errors: Vec::new(),
        }
    }

    /// What holds for features on any element.
    fn settings(&mut self) {
        let data = self.schema.data(self.id);
        if !data.options.sets_features() {
            return;
        }
        let is_edition = self.file.edition().is_edition();
        for &element in &data.outline.elements {
            let options = Options::of(self.schema, self.id, element);
            let features = element.kind.features_number();
            let Some(set) = options
                .all()
                .find(|set| set.path().first() == Some(&features))
            else {
                continue;
            };
            if !is_edition {
                self.error(
                    set.span(),
                    "features can only be set under editions",
                    "remove it, or move the file to `edition = \"2023\"`",
                );
                continue;
            }
            for (number, value) in options.own_features() {
                let name = usize::try_from(number - 1)
                    .ok()
                    .and_then(|at| FEATURES.get(at));
                if let (Some(name), 0) = (name, value) {
                    self.error(
                        set.span(),
                        format!("feature `{name}` is set to a value that stands for nothing"),
                        "set it to one of the other values",
                    );
                }
            }
        }
    }

    fn file_features(&mut self) {
        let options = self.file.options();
        if self.file.features().field_presence == FieldPresence::LegacyRequired {
            let span = self.feature_span(options, FIELD_PRESENCE);
            self.error(
                span,
                "fields cannot be required by default",
                "set `features.field_presence = LEGACY_REQUIRED` on single fields",
            );
        }
    }

    /// Where the features of an element set the one of that number; the first setting of features if that is hidden
    /// in a literal.
    fn feature_span(&self, options: Options<'_>, number: i32) -> Span {
        let features = options.kind().features_number();
        options
            .at(&[features, number])
            .or_else(|| {
                options
                    .all()
                    .find(|set| set.path().first() == Some(&features))
            })
            .map_or_else(Span::default, |set| set.span())
    }

    fn field(&mut self, field: Field<'s>) {
        let features = field.features();
        let kind = field.kind();
        if field.cardinality() == Cardinality::Implicit
            && let FieldKind::Enum(node) = kind
            && node.features().enum_type == EnumType::Closed
        {
            self.error(
                field.type_span(),
                format!(
                    "field `{}` has no presence, and `{}` is a closed enum",
                    field.name(),
                    node.full_name()
                ),
                "set `features.field_presence = EXPLICIT`, or make the enum open",
            );
        }
        if field.is_extension() && features.field_presence == FieldPresence::LegacyRequired {
            let span = self.field_span(field, FIELD_PRESENCE);
            self.error(
                span,
                "an extension cannot be required",
                "remove `LEGACY_REQUIRED`",
            );
        }
        if field.node().options.is_empty() {
            return;
        }
        for (number, value) in field.options().own_features() {
            let is_message = matches!(kind, FieldKind::Message(_) | FieldKind::Delimited(_));
            let problem = match number {
                FIELD_PRESENCE => presence_problem(field, is_message),
                REPEATED_FIELD_ENCODING => {
                    let packs = features.repeated_field_encoding == RepeatedFieldEncoding::Packed;
                    encoding_problem(field, packs)
                }
                UTF8_VALIDATION if !holds_strings(field) && kind != FieldKind::Unknown => Some((
                    "only strings are validated as UTF-8",
                    "remove the feature: this field holds no strings",
                )),
                MESSAGE_ENCODING
                    if kind != FieldKind::Unknown && (!is_message || field.is_map()) =>
                {
                    Some((
                        "only messages have a message encoding",
                        "remove the feature: this field holds no messages",
                    ))
                }
                _ => None,
            };
            if let Some((message, help)) = problem
                && value != 0
            {
                let span = self.field_span(field, number);
                self.error(span, message, help);
            }
        }
    }

    fn field_span(&self, field: Field<'s>, number: i32) -> Span {
        let span = self.feature_span(field.options(), number);
        if span.is_empty() {
            field.written_name().span
        } else {
            span
        }
    }

    pub(super) fn error(
        &mut self,
        span: Span,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        let source = self.file.source();
        self.errors
            .push(Diagnostic::error(SCHEMA, source, span, message).with_help(help));
    }
}

/// A message, and what to do.
type Problem = Option<(&'static str, &'static str)>;

fn presence_problem(field: Field<'_>, is_message: bool) -> Problem {
    const HELP: &str = "remove `features.field_presence`";
    let presence = field.features().field_presence;
    if field.oneof().is_some() {
        Some(("a field of a oneof always has presence", HELP))
    } else if field.is_repeated() {
        Some(("a repeated field has no presence", HELP))
    } else if field.is_extension() && presence != FieldPresence::LegacyRequired {
        Some(("an extension always has presence", HELP))
    } else if is_message && presence == FieldPresence::Implicit {
        Some(("a message field always has presence", HELP))
    } else {
        None
    }
}

fn encoding_problem(field: Field<'_>, packs: bool) -> Problem {
    let packable = match field.kind() {
        FieldKind::Scalar(scalar) => !matches!(scalar, Scalar::String | Scalar::Bytes),
        FieldKind::Enum(_) => true,
        FieldKind::Message(_) | FieldKind::Delimited(_) => false,
        FieldKind::Unknown => return None,
    };
    if !field.is_repeated() {
        Some((
            "only repeated fields have an encoding of repeated fields",
            "remove `features.repeated_field_encoding`",
        ))
    } else if packs && (!packable || field.is_map()) {
        Some((
            "only numbers and enums can be packed",
            "remove `features.repeated_field_encoding`",
        ))
    } else {
        None
    }
}

fn holds_strings(field: Field<'_>) -> bool {
    field.kind() == FieldKind::Scalar(Scalar::String) || field.map_key() == Some(Scalar::String)
}
