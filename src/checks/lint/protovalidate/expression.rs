//! Rules in CEL: on messages, on fields and their parts, and in predefined rules.

use super::cel::{self, Environment, Type};
use super::rules::Rules;
use crate::checks::Cx;

/// Checks the `cel` and `cel_expression` of a message of rules. `owner` says whose they are: `field `x``.
pub(super) fn check(
    rules: &Rules<'_, '_>,
    owner: &str,
    environment: &Environment<'_>,
    cx: &mut Cx<'_>,
) {
    let parts = rules.parts("cel");
    let ids: Vec<String> = parts
        .iter()
        .map(|part| part.text("id").unwrap_or_default())
        .collect();
    for (part, id) in parts.iter().zip(&ids) {
        check_id(part, id, &ids, owner, cx);
        let expression = part.text("expression").unwrap_or_default();
        let Some(result) = compiled(&expression, part, None, owner, environment, cx) else {
            continue;
        };
        if result == Type::String && part.text("message").is_some_and(|text| !text.is_empty()) {
            let name = &part.name;
            cx.report(
                part.place(),
                format!("`{name}` of {owner} has a `message`, but its expression is a `string`"),
            )
            .help(
                "remove the `message`: the string that the expression gives is shown in its place",
            );
        }
    }
    for (position, value) in rules.all("cel_expression").iter().enumerate() {
        let expression = value.as_str().unwrap_or_default();
        compiled(expression, rules, Some(position), owner, environment, cx);
    }
}

fn check_id(part: &Rules<'_, '_>, id: &str, ids: &[String], owner: &str, cx: &mut Cx<'_>) {
    let name = part.named("id");
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    if !id.bytes().all(is_allowed) {
        cx.report(part.place(), format!("`{name}` of {owner} is `{id}`"))
            .help("use letters, digits, `.`, `_` and `-` only; programs compare ids");
    }
    if !id.is_empty() && ids.iter().filter(|other| *other == id).count() > 1 {
        cx.report(
            part.place(),
            format!("`{name}` of {owner} is `{id}` more than once"),
        )
        .help("give each rule an id of its own, by which a violation tells which rule it broke");
    }
}

/// The type of an expression, where it is one that protovalidate can use; else what is wrong is reported. `position` is
/// that of a `cel_expression`.
fn compiled(
    expression: &str,
    rules: &Rules<'_, '_>,
    position: Option<usize>,
    owner: &str,
    environment: &Environment<'_>,
    cx: &mut Cx<'_>,
) -> Option<Type> {
    let (name, place) = match position {
        None => (rules.named("expression"), rules.place()),
        Some(_) => (
            rules.named("cel_expression"),
            rules.place_of("cel_expression", position),
        ),
    };
    if expression.trim().is_empty() {
        cx.report(place, format!("`{name}` of {owner} is empty"))
            .help("write an expression, or remove the rule");
        return None;
    }
    match cel::compile(expression, environment) {
        Ok(result @ (Type::Bool | Type::String | Type::Dyn | Type::Any | Type::Parameter(_))) => {
            Some(result)
        }
        Ok(Type::Wrapper(wrapped)) if matches!(*wrapped, Type::Bool | Type::String) => {
            Some(Type::clone(&wrapped))
        }
        Ok(result) => {
            cx.report(
                place,
                format!("`{name}` of {owner} is of type `{result}`, neither `bool` nor `string`"),
            )
            .help(
                "let it be true where the value is right, or give a string that says what is wrong",
            );
            None
        }
        Err(errors) => {
            for error in errors {
                cx.report(place, format!("`{name}` of {owner} is not right: {error}"))
                    .help("mend the expression; every validator that meets it fails at run time");
            }
            None
        }
    }
}
