//! Two names of one scope are the same once letter case and underscores are converted.
//!
//! ## Why
//! Generators turn `order_id` and `orderId` into one identifier, `HTTPServer` and `HttpServer` into one module or file. What compiles in
//! one language does not in the next.
//!
//! ## Examples
//! ```proto,bad
//! message HttpServer {}
//! message HTTPServer {}
//! ```
//! ```proto,good
//! message HttpServer {}
//! message HttpServerPool {}
//! ```

use crate::checks::Cx;
use crate::checks::rule::{Check, FixSafety, Group, Rule, Visit};
use crate::schema::{File, Name};

pub(super) static RULE: Rule = Rule {
    group: Group::Safety,
    since: "0.1.0",
    fix: FixSafety::RenameByHand,
    same_as: &[],
    check: Check::Lint(Visit::File(check)),
};

fn check(file: File<'_>, cx: &mut Cx<'_>) {
    let mut types: Vec<(Option<u32>, String, Name<'_>)> = Vec::new();
    for message in file.all_messages() {
        let parent = message.parent().map(|parent| parent.index().raw());
        types.push((parent, converted(message.name().text), message.name()));
        let mut fields: Vec<(Option<u32>, String, Name<'_>)> = message
            .fields()
            .filter(|field| field.node().group.is_none())
            .map(|field| {
                (
                    None,
                    converted(field.written_name().text),
                    field.written_name(),
                )
            })
            .collect();
        report_equal(&mut fields, "field", cx);
    }
    for node in file.all_enums() {
        let parent = node.parent().map(|parent| parent.index().raw());
        types.push((parent, converted(node.name().text), node.name()));
    }
    report_equal(&mut types, "type", cx);
}

/// Reports each name that an earlier one of its scope equals. Names that are missing or just equal are errors anyway.
fn report_equal(names: &mut [(Option<u32>, String, Name<'_>)], noun: &str, cx: &mut Cx<'_>) {
    names.sort_by(|a, b| (a.0, &a.1, a.2.span.start).cmp(&(b.0, &b.1, b.2.span.start)));
    for pair in names.windows(2) {
        let [(scope, form, first), (other_scope, other_form, second)] = pair else {
            continue;
        };
        if scope == other_scope
            && form == other_form
            && !form.is_empty()
            && first.text != second.text
        {
            cx.report(
                *second,
                format!("{noun} names `{first}` and `{second}` become one in generated code"),
            )
            .label(*first, "the other one is here")
            .help("make the two differ in more than letter case and underscores");
        }
    }
}

/// What is left of a name when no generator can change it any more.
fn converted(name: &str) -> String {
    name.chars()
        .filter(|c| *c != '_')
        .map(|c| c.to_ascii_lowercase())
        .collect()
}
