//! Where an option may be used: on which kinds of elements, and in which editions.
//!
//! Both follow from options of the option's own field (`targets`, `feature_support`), so they are looked at once all
//! files are interpreted.

use rustc_hash::FxHashSet;

use super::element::ElementKind;
use super::view::Options;
use super::wire::{self, Payload};
use crate::diagnostic::{Diagnostic, Severity};
use crate::schema::{EnumValue, Field, FieldKind, FileId, Role, SCHEMA, Schema};
use crate::syntax::TokenRange;
use crate::syntax::tree::{self, NodeIndex};

/// A field that an option's name or value sets, or an enum value that it names.
#[derive(Debug, Clone, Copy)]
pub(super) struct Use {
    /// What the option is set on.
    pub(super) element: ElementKind,
    /// Whether it is one of the element's features.
    pub(super) is_feature: bool,
    /// Where it is named.
    pub(super) tokens: TokenRange,
    /// What is named, and the file that declares it.
    pub(super) file: FileId,
    pub(super) named: Named,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Named {
    Field(NodeIndex<tree::Field>),
    Value(NodeIndex<tree::EnumValue>),
}

/// `FieldOptions.targets`
const TARGETS: i32 = 19;
/// `FieldOptions.feature_support`
const FIELD_SUPPORT: i32 = 22;
/// `EnumValueOptions.feature_support`
const VALUE_SUPPORT: i32 = 4;

impl Schema {
    /// Checks what the options of a file use.
    pub(super) fn check_uses(&self, id: FileId, uses: &[Use]) -> Vec<Diagnostic> {
        let mut checker = Checker {
            schema: self,
            id,
            errors: Vec::new(),
        };
        // Elements that lie side by side use the same few options.
        let mut in_order = FxHashSet::default();
        for used in uses {
            let key = (used.element, used.is_feature, used.file, used.named);
            if in_order.contains(&key) {
                continue;
            }
            let errors = checker.errors.len();
            checker.check(used);
            if checker.errors.len() == errors {
                in_order.insert(key);
            }
        }
        checker.errors
    }

    /// Checks that the lifetimes a file declares make sense.
    pub(super) fn check_supports(&self, id: FileId) -> Vec<Diagnostic> {
        let mut checker = Checker {
            schema: self,
            id,
            errors: Vec::new(),
        };
        let file = self.file(id);
        let has_supports = self
            .data(id)
            .options
            .sets_any(&[FIELD_SUPPORT, VALUE_SUPPORT]);
        if file.role() != Role::Target || !has_supports {
            return checker.errors;
        }
        for field in file.all_fields() {
            checker.support_of_field(field);
        }
        for value in file.all_enums().flat_map(|node| node.values()) {
            if value.node().options.is_empty() {
                continue;
            }
            let support = Support::of(value.options(), VALUE_SUPPORT);
            if let Some((support, at)) = support.zip(at(value.options(), VALUE_SUPPORT)) {
                checker.support(&support, value.name().text, at);
            }
        }
        checker.errors
    }
}

struct Checker<'s> {
    schema: &'s Schema,
    id: FileId,
    errors: Vec<Diagnostic>,
}

impl<'s> Checker<'s> {
    fn check(&mut self, used: &Use) {
        let is_target = self.schema.data(self.id).role == Role::Target;
        let (options, number) = match used.named {
            Named::Field(index) => {
                let field = Field::new(self.schema, used.file, index);
                if is_target {
                    self.target(used, field);
                }
                if used.is_feature && field.is_extension() && used.file == self.id {
                    self.error(
                        used.tokens,
                        format!(
                            "feature `{}` is used in the file that defines it",
                            field.name()
                        ),
                        "move its definition to a file of its own and import that",
                    );
                }
                (field.options(), FIELD_SUPPORT)
            }
            Named::Value(index) => {
                let value = EnumValue::new(self.schema, used.file, index);
                (value.options(), VALUE_SUPPORT)
            }
        };
        // Features need an edition at all, which is checked with them.
        let edition = self.schema.data(self.id).outline.names.edition();
        let is_checked = if used.is_feature {
            edition.is_edition()
        } else {
            is_target
        };
        if !is_checked {
            return;
        }
        if let Some(support) = Support::of(options, number) {
            let name = match used.named {
                Named::Field(index) => Field::new(self.schema, used.file, index).full_name(),
                Named::Value(index) => EnumValue::new(self.schema, used.file, index).full_name(),
            };
            self.lifetime(used, &name, &support);
        }
    }

    fn target(&mut self, used: &Use, field: Field<'s>) {
        let mut targets = field
            .options()
            .all()
            .filter(|set| set.path().first() == Some(&TARGETS))
            .flat_map(|set| wire::records(set.encoded()))
            .filter_map(|record| match record.payload {
                Payload::Varint(target) => Some(target),
                _ => None,
            })
            .peekable();
        if targets.peek().is_none() || targets.any(|target| target == used.element.target()) {
            return;
        }
        let name = field.full_name();
        let error = self
            .diagnostic(
                used.tokens,
                format!("option `{name}` cannot be set on a {}", used.element.noun()),
            )
            .with_label(
                field.file().source(),
                field.written_name().span,
                "its `targets` say where it can be set",
            )
            .with_help("set it on one of its targets, or remove it");
        self.errors.push(error);
    }

    fn lifetime(&mut self, used: &Use, name: &str, support: &Support) {
        let edition = self.schema.data(self.id).outline.names.edition().number();
        let shown = edition_name(edition);
        if let Some(introduced) = support
            .introduced
            .filter(|&introduced| edition < introduced)
        {
            let introduced = edition_name(introduced);
            self.error(
                used.tokens,
                format!("`{name}` came with {introduced}, and this file has {shown}"),
                format!("remove it, or move the file to {introduced}"),
            );
        } else if let Some(removed) = support.removed.filter(|&removed| edition >= removed) {
            let removed = edition_name(removed);
            let error = self.diagnostic(
                used.tokens,
                format!("`{name}` was removed in {removed}, and this file has {shown}"),
            );
            let error = match &support.removal_error {
                Some(reason) => error.with_help(reason.trim_end_matches('.')),
                None => error.with_help("remove it"),
            };
            self.errors.push(error);
        } else if let Some(deprecated) = support
            .deprecated
            .filter(|&deprecated| edition >= deprecated)
        {
            let deprecated = edition_name(deprecated);
            let warning = self
                .diagnostic(
                    used.tokens,
                    format!("`{name}` is deprecated since {deprecated}"),
                )
                .with_severity(Severity::Warning);
            let warning = match &support.warning {
                Some(reason) => warning.with_help(reason.trim_end_matches('.')),
                None => warning.with_help("remove it before a later edition does"),
            };
            self.errors.push(warning);
        }
    }

    fn support_of_field(&mut self, field: Field<'s>) {
        if field.node().options.is_empty() {
            return;
        }
        let Some(support) = Support::of(field.options(), FIELD_SUPPORT) else {
            return;
        };
        let Some(tokens) = at(field.options(), FIELD_SUPPORT) else {
            return;
        };
        let name = field.name();
        self.support(&support, &name, tokens);
        let FieldKind::Enum(node) = field.kind() else {
            return;
        };
        for value in node.values() {
            let of_value = Support::of(value.options(), VALUE_SUPPORT);
            if let (Some(field_introduced), Some(value_introduced)) = (
                support.introduced,
                of_value.and_then(|support| support.introduced),
            ) && value_introduced < field_introduced
            {
                self.error(
                    tokens,
                    format!(
                        "value `{}` came before `{name}`, which can be set to it",
                        value.name()
                    ),
                    "let the value come with the field or later",
                );
            }
        }
    }

    fn support(&mut self, support: &Support, name: &str, tokens: TokenRange) {
        let introduced = support.introduced.unwrap_or(0);
        let mut wrong = |message: String, help: &str| self.error(tokens, message, help);
        if let Some(deprecated) = support.deprecated {
            if deprecated < introduced {
                wrong(
                    format!("`{name}` is deprecated before it is introduced"),
                    "give the editions in order",
                );
            }
            if support.warning.is_none() {
                wrong(
                    format!("`{name}` is deprecated without a word on it"),
                    "set `deprecation_warning` to what users should do",
                );
            }
        } else if support.warning.is_some() {
            wrong(
                format!("`{name}` has a deprecation warning, and no edition deprecates it"),
                "set `edition_deprecated`, or remove the warning",
            );
        }
        if let Some(removed) = support.removed {
            if removed < introduced {
                wrong(
                    format!("`{name}` is removed before it is introduced"),
                    "give the editions in order",
                );
            }
            if support
                .deprecated
                .is_some_and(|deprecated| deprecated >= removed)
            {
                wrong(
                    format!("`{name}` is deprecated after it is removed"),
                    "give the editions in order",
                );
            }
            // What is gone in the edition that brings it was never there to be missed.
            if support.removal_error.is_none() && removed != introduced {
                wrong(
                    format!("`{name}` is removed without a word on it"),
                    "set `removal_error` to what users should do",
                );
            }
        } else if support.removal_error.is_some() {
            wrong(
                format!("`{name}` has a removal error, and no edition removes it"),
                "set `edition_removed`, or remove the error",
            );
        }
    }

    fn diagnostic(&self, tokens: TokenRange, message: String) -> Diagnostic {
        let file = &self.schema.data(self.id).syntax;
        Diagnostic::error(SCHEMA, file.source(), file.span(tokens), message)
    }

    fn error(&mut self, tokens: TokenRange, message: String, help: impl Into<String>) {
        let error = self.diagnostic(tokens, message).with_help(help);
        self.errors.push(error);
    }
}

/// Where the first setting of a lifetime stands.
fn at(options: Options<'_>, number: i32) -> Option<TokenRange> {
    let set = options
        .all()
        .find(|set| set.path().first() == Some(&number))?;
    Some(set.node().tokens)
}

/// How an edition is called, by its number in `google.protobuf.Edition`.
fn edition_name(number: i32) -> String {
    match number {
        900 => "the oldest syntax".to_owned(),
        998 => "proto2".to_owned(),
        999 => "proto3".to_owned(),
        1000.. => {
            let year = 2023 + i64::from(number) - 1000;
            if year < 2100 {
                format!("edition {year}")
            } else {
                "an edition yet to come".to_owned()
            }
        }
        _ => format!("edition {number}"),
    }
}

/// `FieldOptions.FeatureSupport`
#[derive(Debug, Default)]
struct Support {
    introduced: Option<i32>,
    deprecated: Option<i32>,
    warning: Option<String>,
    removed: Option<i32>,
    removal_error: Option<String>,
}

impl Support {
    /// The lifetime in the option of that number.
    fn of(options: Options<'_>, number: i32) -> Option<Self> {
        let mut support = None;
        let records = options
            .all()
            .filter(|set| set.path().first() == Some(&number))
            .flat_map(|set| wire::records(set.encoded()));
        for record in records {
            let support = support.get_or_insert_with(Self::default);
            let Payload::Bytes(bytes) = record.payload else {
                continue;
            };
            for field in wire::records(bytes) {
                let edition = match field.payload {
                    Payload::Varint(edition) => i32::try_from(edition).ok(),
                    _ => None,
                };
                let text = match field.payload {
                    Payload::Bytes(text) => Some(String::from_utf8_lossy(text).into_owned()),
                    _ => None,
                };
                match field.number {
                    1 => support.introduced = edition,
                    2 => support.deprecated = edition,
                    3 => support.warning = text,
                    4 => support.removed = edition,
                    5 => support.removal_error = text,
                    _ => {}
                }
            }
        }
        support
    }
}
