//! `(buf.validate.message)`.

use super::cel::{Environment, Type};
use super::expression;
use super::rules::Rules;
use crate::checks::Cx;
use crate::schema::Message;

/// Checks the rules of a message.
pub(super) fn check(rules: &Rules<'_, '_>, message: Message<'_>, cx: &mut Cx<'_>) {
    let owner = format!("message `{}`", message.name());
    let environment = Environment {
        schema: message.file().schema(),
        variables: vec![
            ("this", Type::of_message(message.full_name())),
            ("now", Type::Timestamp),
        ],
    };
    expression::check(rules, &owner, &environment, cx);
    check_oneofs(rules, message, &owner, cx);
}

fn check_oneofs(rules: &Rules<'_, '_>, message: Message<'_>, owner: &str, cx: &mut Cx<'_>) {
    let entries = rules.parts("oneof");
    let fields: Vec<Vec<String>> = entries
        .iter()
        .map(|entry| {
            let names = entry.all("fields");
            names
                .iter()
                .map(|name| name.as_str().unwrap_or_default().to_owned())
                .collect()
        })
        .collect();
    for (position, (entry, names)) in entries.iter().zip(&fields).enumerate() {
        let name = &entry.name;
        if names.is_empty() {
            cx.report(
                entry.place(),
                format!("an entry of `{name}` of {owner} has no fields"),
            )
            .help("name the fields of which one at most may be set, or remove it");
        }
        let mut told: Vec<&str> = Vec::new();
        for field in names {
            if told.contains(&field.as_str()) {
                continue;
            }
            told.push(field);
            if names.iter().filter(|other| *other == field).count() > 1 {
                cx.report(
                    entry.place(),
                    format!("an entry of `{name}` of {owner} has field `{field}` more than once"),
                )
                .help("remove all but one");
            }
            if message.field_named(field).is_none() {
                cx.report(
                    entry.place(),
                    format!(
                        "an entry of `{name}` of {owner} has `{field}`, which is no field of it"
                    ),
                )
                .help("correct the name; validators refuse to check the message otherwise");
            }
            let others = fields.iter().enumerate();
            let is_elsewhere = others
                .filter(|(other, _)| *other != position)
                .any(|(_, names)| names.contains(field));
            if is_elsewhere {
                cx.report(
                    entry.place(),
                    format!("field `{field}` is in more than one entry of `{name}` of {owner}"),
                )
                .help("leave it in one entry");
            }
        }
    }
}
