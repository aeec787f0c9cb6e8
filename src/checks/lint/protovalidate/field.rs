//! `(buf.validate.field)` and the rules within it for elements, keys and values.

use super::cel::{Environment, Type};
use super::rules::Rules;
use super::{bounds, example, expression, length, time};
use crate::checks::Cx;
use crate::schema::features::FieldPresence;
use crate::schema::{Cardinality, Field, FieldKind, Message};
use crate::syntax::tree::Scalar;

/// What of a field some rules are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// The field as a whole.
    Whole,
    /// The elements of a repeated field.
    Items,
    /// The keys of a map.
    Keys,
    /// The values of a map.
    Values,
}

/// A field, or a part of it, that rules are for.
#[derive(Clone, Copy)]
pub(super) struct Ruled<'s> {
    pub(super) field: Field<'s>,
    pub(super) part: Part,
}

/// The fields of `FieldRules` that are not about a type.
const GENERAL: [&str; 4] = ["cel", "cel_expression", "required", "ignore"];

/// Checks the rules of a field.
pub(super) fn check(rules: &Rules<'_, '_>, ruled: Ruled<'_>, cx: &mut Cx<'_>) {
    let set = rules.set();
    check_presence(rules, ruled, &set, cx);
    let environment = Environment {
        schema: ruled.field.file().schema(),
        variables: vec![("this", ruled.type_in_cel()), ("now", Type::Timestamp)],
    };
    expression::check(rules, &ruled.owner(), &environment, cx);
    let Some(kind) = set.iter().find(|name| !GENERAL.contains(&name.as_str())) else {
        return;
    };
    let Some(typed) = rules.part(kind) else {
        return;
    };
    match kind.as_str() {
        "repeated" => check_repeated(&typed, ruled, cx),
        "map" => check_map(&typed, ruled, cx),
        _ if !ruled.takes(kind) => {
            cx.report(
                typed.place(),
                format!(
                    "`{}` are rules for another type than that of {}, {}",
                    typed.name,
                    ruled.owner(),
                    ruled.type_name()
                ),
            )
            .help("use the rules of the field's type; validators refuse to check the message otherwise");
        }
        _ => {
            match kind.as_str() {
                "string" => length::string(&typed, ruled, cx),
                "bytes" => length::bytes(&typed, ruled, cx),
                "enum" => bounds::constant(&typed, ruled, cx),
                "duration" => time::duration(&typed, ruled, cx),
                "timestamp" => time::timestamp(&typed, ruled, cx),
                "field_mask" => check_field_mask(&typed, ruled, cx),
                "bool" | "any" => {}
                _ => bounds::number(&typed, ruled, cx),
            }
            example::check(rules, &typed, kind, ruled, &environment, cx);
        }
    }
}

/// Rules are not applied to a field with its zero value.
const IGNORE_IF_ZERO_VALUE: i32 = 1;

/// Rules are never applied.
const IGNORE_ALWAYS: i32 = 3;

/// `required` and `ignore`.
fn check_presence(rules: &Rules<'_, '_>, ruled: Ruled<'_>, set: &[String], cx: &mut Cx<'_>) {
    let owner = ruled.owner();
    let (required, ignore) = (rules.named("required"), rules.named("ignore"));
    let is_required = rules.is_true("required");
    // The names have changed since the first release, the numbers have not.
    let (ignored, value) = rules.enum_value("ignore").unwrap_or_default();
    let is_ignored_if_zero = ignored == IGNORE_IF_ZERO_VALUE;
    let is_extension = ruled.field.is_extension();
    if ignored == IGNORE_ALWAYS && set.len() > 1 {
        let message = format!("`{ignore}` of {owner} is `{value}`, so no other rule is applied");
        rules.report(cx, "ignore", message, "remove the other rules, or `ignore`");
    }
    if is_required && is_ignored_if_zero {
        for rule in ["ignore", "required"] {
            let message = format!(
                "{owner} has both `{required}` and `{ignore} = {value}`; a required field is never empty"
            );
            rules.report(cx, rule, message, "remove one of the two");
        }
    }
    if is_ignored_if_zero && is_extension {
        let message = format!("{owner} is an extension and has `{ignore} = {value}`");
        rules.report(
            cx,
            "ignore",
            message,
            "remove it: rules of an extension that is not set are not applied",
        );
    } else if is_ignored_if_zero && ruled.has_presence() {
        let message = format!(
            "`{ignore}` of {owner} is `{value}`, but the field tracks presence and is ignored when it is not set"
        );
        rules.report(cx, "ignore", message, "remove `ignore`: it changes nothing");
    }
    if !is_required {
        return;
    }
    match ruled.part {
        Part::Whole => {}
        Part::Items | Part::Keys | Part::Values => {
            let part = match ruled.part {
                Part::Items => "elements of a repeated field",
                Part::Keys => "keys of a map",
                Part::Whole | Part::Values => "values of a map",
            };
            let message =
                format!("`{required}` of {owner} cannot be enforced: the {part} are always there");
            rules.report(
                cx,
                "required",
                message,
                "remove it, or ask for a least number of them",
            );
        }
    }
    if is_extension {
        let message = format!("{owner} is an extension and has `{required}`");
        rules.report(
            cx,
            "required",
            message,
            "remove it: nobody can ask for an extension that a message may lack",
        );
    } else if let Some(oneof) = ruled.field.oneof() {
        let oneof = oneof.name();
        let message = format!("{owner} has `{required}` and is a member of oneof `{oneof}`");
        rules.report(
            cx,
            "required",
            message,
            "set `(buf.validate.oneof).required` on the oneof, which asks for one of its members",
        );
    }
}

fn check_repeated(rules: &Rules<'_, '_>, ruled: Ruled<'_>, cx: &mut Cx<'_>) {
    if !ruled.is_list() {
        let message = format!(
            "{} is not repeated but has `{}` rules",
            ruled.owner(),
            rules.name
        );
        cx.report(rules.place(), message).help(
            "use the rules of the field's type; validators refuse to check the message otherwise",
        );
        return;
    }
    length::counts(rules, ruled, ("min_items", "max_items"), cx);
    if rules.is_true("unique") && !ruled.has_scalar_elements() {
        let message = format!(
            "`{}` of {} is for scalars and wrappers, and its elements are of type {}",
            rules.named("unique"),
            ruled.owner(),
            ruled.type_name()
        );
        rules.report(
            cx,
            "unique",
            message,
            "remove it; write an expression over the part that has to differ",
        );
    }
    if let Some(items) = rules.part("items") {
        let field = ruled.field;
        check(
            &items,
            Ruled {
                field,
                part: Part::Items,
            },
            cx,
        );
    }
}

fn check_map(rules: &Rules<'_, '_>, ruled: Ruled<'_>, cx: &mut Cx<'_>) {
    let field = ruled.field;
    if ruled.part != Part::Whole || !field.is_map() {
        let message = format!(
            "{} is not a map but has `{}` rules",
            ruled.owner(),
            rules.name
        );
        cx.report(rules.place(), message).help(
            "use the rules of the field's type; validators refuse to check the message otherwise",
        );
        return;
    }
    length::counts(rules, ruled, ("min_pairs", "max_pairs"), cx);
    if let Some(keys) = rules.part("keys") {
        check(
            &keys,
            Ruled {
                field,
                part: Part::Keys,
            },
            cx,
        );
    }
    if let Some(values) = rules.part("values") {
        check(
            &values,
            Ruled {
                field,
                part: Part::Values,
            },
            cx,
        );
    }
}

fn check_field_mask(rules: &Rules<'_, '_>, ruled: Ruled<'_>, cx: &mut Cx<'_>) {
    bounds::constant(rules, ruled, cx);
    let excluded = rules.all("not_in");
    let mut reported: Vec<String> = Vec::new();
    for path in rules.all("in") {
        let Some(path) = path.as_str() else { continue };
        let is_excluded = excluded.iter().any(|other| other.as_str() == Some(path));
        if is_excluded && !reported.iter().any(|known| known == path) {
            reported.push(path.to_owned());
            let message = format!(
                "path `{path}` is both in `{}` and in `{}` of {}",
                rules.named("in"),
                rules.named("not_in"),
                ruled.owner()
            );
            rules.report(cx, "in", message, "remove it from one of the two");
        }
    }
}

impl<'s> Ruled<'s> {
    /// As messages speak of it.
    pub(super) fn owner(self) -> String {
        let name = self.field.name();
        format!("field `{name}`")
    }

    /// buf gives the rules for elements the field itself, so that rules for lists are legal there.
    fn is_list(self) -> bool {
        matches!(self.part, Part::Whole | Part::Items)
            && !self.field.is_map()
            && self.field.is_repeated()
    }

    fn has_presence(self) -> bool {
        let field = self.field;
        match self.part {
            Part::Items => false,
            Part::Whole => matches!(
                field.cardinality(),
                Cardinality::Explicit | Cardinality::Required
            ),
            // Map entries are messages of the same file, their fields without a label.
            Part::Keys | Part::Values => {
                let is_message = self.part == Part::Values && self.message().is_some();
                is_message || field.file().features().field_presence != FieldPresence::Implicit
            }
        }
    }

    /// The message type of a value.
    fn message(self) -> Option<Message<'s>> {
        match self.field.kind() {
            FieldKind::Message(message) | FieldKind::Delimited(message)
                if self.part != Part::Keys =>
            {
                Some(message)
            }
            _ => None,
        }
    }

    /// The built-in type of a value; that which a wrapper holds where it is one.
    fn scalar(self) -> Option<Scalar> {
        if self.part == Part::Keys {
            return self.field.map_key();
        }
        match self.field.kind() {
            FieldKind::Scalar(scalar) => Some(scalar),
            _ => wrapped(self.message()?.full_name()),
        }
    }

    fn has_scalar_elements(self) -> bool {
        self.scalar().is_some() || matches!(self.field.kind(), FieldKind::Enum(_))
    }

    fn type_in_cel(self) -> Type {
        match self.part {
            Part::Whole => Type::of_field(self.field),
            Part::Items | Part::Values => Type::of_element(self.field),
            Part::Keys => self.field.map_key().map_or(Type::Dyn, Type::of_scalar),
        }
    }

    /// Whether rules of that kind are for its type.
    fn takes(self, kind: &str) -> bool {
        if self.part == Part::Whole && self.field.is_repeated() {
            return false;
        }
        if let Some(scalar) = self.scalar() {
            return scalar.keyword() == kind;
        }
        if let FieldKind::Enum(_) = self.field.kind() {
            return kind == "enum";
        }
        let well_known = self.message().map(Message::full_name);
        match well_known.and_then(|name| name.strip_prefix("google.protobuf.")) {
            Some("Any") => kind == "any",
            Some("Duration") => kind == "duration",
            Some("Timestamp") => kind == "timestamp",
            Some("FieldMask") => kind == "field_mask",
            _ => false,
        }
    }

    fn type_name(self) -> String {
        let element = match self.field.kind() {
            _ if self.part == Part::Keys => self.field.map_key().map_or("?", Scalar::keyword),
            FieldKind::Scalar(scalar) => scalar.keyword(),
            FieldKind::Enum(node) => node.full_name(),
            FieldKind::Message(message) | FieldKind::Delimited(message) => message.full_name(),
            FieldKind::Unknown => "?",
        };
        match (self.part, self.field.map_key()) {
            (Part::Whole, Some(key)) => format!("`map<{}, {element}>`", key.keyword()),
            (Part::Whole, None) if self.field.is_repeated() => format!("`repeated {element}`"),
            _ => format!("`{element}`"),
        }
    }
}

/// What a wrapper of `google/protobuf/wrappers.proto` holds.
fn wrapped(full_name: &str) -> Option<Scalar> {
    Some(match full_name.strip_prefix("google.protobuf.")? {
        "BoolValue" => Scalar::Bool,
        "BytesValue" => Scalar::Bytes,
        "DoubleValue" => Scalar::Double,
        "FloatValue" => Scalar::Float,
        "Int32Value" => Scalar::Int32,
        "Int64Value" => Scalar::Int64,
        "StringValue" => Scalar::String,
        "UInt32Value" => Scalar::Uint32,
        "UInt64Value" => Scalar::Uint64,
        _ => return None,
    })
}
