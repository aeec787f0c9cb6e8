//! `(buf.validate.field)` and the rules within it for elements, keys and values.

use super::cel::{Environment, Type};
use super::ruled::{Part, Ruled};
use super::rules::Rules;
use super::{bounds, example, expression, length, time};
use crate::checks::Cx;

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
