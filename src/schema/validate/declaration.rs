//! Extension declarations: who may use which number of an extension range.
//!
//! <https://protobuf.dev/programming-guides/extension_declarations/>

use rustc_hash::FxHashSet;

use super::Validator;
use super::number::largest_extension;
use crate::schema::options::{OptionMessage, OptionValue, Value};
use crate::schema::{Field, FieldKind, Message};
use crate::syntax::tree::{Extensions, Scalar};

/// A declaration as it is written.
struct Declaration {
    number: i64,
    full_name: Option<String>,
    type_name: Option<String>,
    reserved: bool,
    repeated: bool,
}

impl Declaration {
    fn of(message: &OptionMessage<'_>) -> Self {
        let text = |name| {
            message
                .get(name)
                .and_then(|value| value.as_str().map(str::to_owned))
        };
        let flag = |name| message.get(name).and_then(|value| value.as_bool());
        let number = match message.get("number") {
            Some(OptionValue::Scalar(Value::Signed(number))) => number,
            _ => 0,
        };
        Self {
            number,
            full_name: text("full_name"),
            type_name: text("type"),
            reserved: flag("reserved").unwrap_or(false),
            repeated: flag("repeated").unwrap_or(false),
        }
    }
}

/// What an `extensions` statement says about its numbers.
struct Declared {
    declarations: Vec<Declaration>,
    verification: Option<&'static str>,
}

fn declared(message: Message<'_>, statement: &Extensions) -> Declared {
    let options = message.extension_range_options(statement);
    let Some(options) = options.message() else {
        return Declared {
            declarations: Vec::new(),
            verification: None,
        };
    };
    let declarations = options
        .all("declaration")
        .iter()
        .filter_map(|value| value.as_message().map(Declaration::of))
        .collect();
    let verification = options.get("verification").map(|value| {
        if value.as_enum_name() == Some("UNVERIFIED") {
            "UNVERIFIED"
        } else {
            "DECLARATION"
        }
    });
    Declared {
        declarations,
        verification,
    }
}

impl<'s> Validator<'s, '_> {
    /// The declarations of a message's extension ranges, in themselves.
    pub(super) fn message_declarations(&mut self, message: Message<'s>) {
        self.map_entry_option(message);
        let mut names: FxHashSet<String> = FxHashSet::default();
        let mut numbers: FxHashSet<i64> = FxHashSet::default();
        for statement in message.extensions_statements() {
            if statement.bracket.is_none() {
                continue;
            }
            let declared = declared(message, statement);
            let span = self.file.syntax().span(statement.tokens);
            if declared.verification == Some("UNVERIFIED") && !declared.declarations.is_empty() {
                self.report(
                    span,
                    "an unverified extension range has declarations",
                    "remove `verification = UNVERIFIED`, or the declarations",
                );
            }
            let ranges: Vec<_> = self.file.syntax().tree()[statement.ranges]
                .iter()
                .filter_map(|range| self.range(range, largest_extension(message)))
                .collect();
            for range in &ranges {
                for declaration in &declared.declarations {
                    self.declaration(declaration, *range, (&mut names, &mut numbers));
                }
            }
        }
    }

    fn declaration(
        &mut self,
        declaration: &Declaration,
        range: super::number::Range,
        (names, numbers): (&mut FxHashSet<String>, &mut FxHashSet<i64>),
    ) {
        let number = declaration.number;
        let span = range.span;
        if number < range.start || number > range.end {
            self.report(
                span,
                format!("number {number} is declared, which is not in the range {} to {}", range.start, range.end),
                "declare numbers of this range only; options of a statement belong to each of its ranges",
            );
        }
        if !numbers.insert(number) {
            self.report(
                span,
                format!("number {number} is declared twice"),
                "remove one of the declarations",
            );
        }
        match (&declaration.full_name, &declaration.type_name) {
            (Some(full_name), Some(type_name)) => {
                self.declared_name(full_name, span, number);
                if Scalar::from_keyword(type_name).is_none() {
                    self.declared_name(type_name, span, number);
                }
            }
            (None, None) if declaration.reserved => {}
            _ => {
                self.report(
                    span,
                    format!(
                        "the declaration of number {number} lacks its `full_name` or its `type`"
                    ),
                    "set both; only a reserved declaration may lack both",
                );
            }
        }
        if let Some(full_name) = &declaration.full_name
            && !names.insert(full_name.clone())
        {
            self.report(
                span,
                format!("extension `{full_name}` is declared twice"),
                "remove one of the declarations",
            );
        }
    }

    fn declared_name(&mut self, name: &str, span: crate::text::Span, number: i64) {
        let is_identifier = |part: &str| {
            !part.is_empty()
                && part
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        };
        let Some(rest) = name.strip_prefix('.') else {
            self.report(
                span,
                format!("the declaration of number {number} names `{name}` without a leading dot"),
                format!("write the full name: `.{name}`"),
            );
            return;
        };
        if !rest.split('.').all(is_identifier) {
            self.report(
                span,
                format!("the declaration of number {number} names `{name}`, which is no name"),
                "write the full name of the extension or its type",
            );
        }
    }

    /// Whether an extension is what the range it is in declares.
    pub(super) fn declared(
        &mut self,
        field: Field<'s>,
        message: Message<'s>,
        statement: &Extensions,
        number: i64,
    ) {
        if statement.bracket.is_none() {
            return;
        }
        let declared = declared(message, statement);
        let name = field.full_name();
        let span = field.written_name().span;
        let declaration = declared
            .declarations
            .iter()
            .find(|declaration| declaration.number == number);
        let Some(declaration) = declaration else {
            if !declared.declarations.is_empty() || declared.verification == Some("DECLARATION") {
                self.report(
                    span,
                    format!(
                        "extension `{name}` with number {number} is not declared by `{}`",
                        message.full_name()
                    ),
                    "add a declaration to the extension range",
                );
            }
            return;
        };
        if declaration.reserved {
            self.report(
                span,
                format!(
                    "extension `{name}` has the number {number}, which is declared as reserved"
                ),
                "take another number",
            );
            return;
        }
        if let Some(expected) = &declaration.full_name
            && expected.strip_prefix('.').unwrap_or(expected) != name
        {
            self.report(
                span,
                format!("number {number} is declared for `{expected}`, not for `.{name}`"),
                "take another number, or change the declaration",
            );
        }
        let own_type = match field.kind() {
            FieldKind::Scalar(scalar) => scalar.keyword().to_owned(),
            FieldKind::Message(inner) | FieldKind::Delimited(inner) => {
                format!(".{}", inner.full_name())
            }
            FieldKind::Enum(node) => format!(".{}", node.full_name()),
            FieldKind::Unknown => return,
        };
        if let Some(expected) = &declaration.type_name
            && *expected != own_type
        {
            self.report(
                field.type_span(),
                format!("number {number} is declared with type `{expected}`, not `{own_type}`"),
                "change the type, or the declaration",
            );
        }
        if declaration.repeated != field.is_repeated() {
            let (declared, own) = if declaration.repeated {
                ("repeated", "singular")
            } else {
                ("singular", "repeated")
            };
            self.report(
                span,
                format!("number {number} is declared as {declared}, and `{name}` is {own}"),
                "change the label, or the declaration",
            );
        }
    }
}
