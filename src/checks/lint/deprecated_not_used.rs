//! An element that is not deprecated uses one that is.
//!
//! ## Why
//! Nobody can leave the deprecated type as long as the rest of the API asks for it: the deprecation cannot be followed.
//!
//! ## Examples
//! ```proto,bad
//! message Address {
//!   option deprecated = true;
//! }
//! message Order {
//!   Address address = 1;
//! }
//! ```
//! ```proto,good
//! message Address {
//!   option deprecated = true;
//! }
//! message Order {
//!   Address address = 1 [deprecated = true];
//! }
//! ```

use super::deprecation::{is_deprecated, message_is_deprecated};
use crate::checks::Cx;
use crate::checks::rule::{Check, FixSafety, Group, Rule, Visit};
use crate::schema::{FieldKind, File};

pub(super) static RULE: Rule = Rule {
    group: Group::Versioning,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[],
    check: Check::Lint(Visit::File(check)),
};

fn check(file: File<'_>, cx: &mut Cx<'_>) {
    for field in file.all_fields() {
        let used = match field.kind() {
            FieldKind::Message(message) | FieldKind::Delimited(message) => {
                message_is_deprecated(message).then(|| message.full_name())
            }
            FieldKind::Enum(node) => is_deprecated(node.options(), 3).then(|| node.full_name()),
            FieldKind::Scalar(_) | FieldKind::Unknown => None,
        };
        let Some(used) = used else { continue };
        let is_inside = field.scope().is_some_and(message_is_deprecated);
        if is_inside || is_deprecated(field.options(), 3) || field.node().group.is_some() {
            continue;
        }
        let name = field.name();
        cx.report(
            field.type_span(),
            format!("field `{name}` uses `{used}`, which is deprecated, and is not so itself"),
        )
        .help("give it another type, or deprecate it too");
    }
    for method in file.all_methods() {
        if is_deprecated(method.options(), 33) || is_deprecated(method.parent().options(), 33) {
            continue;
        }
        for (message, span) in [
            (method.input(), method.input_span()),
            (method.output(), method.output_span()),
        ] {
            let Some(message) = message.filter(|message| message_is_deprecated(*message)) else {
                continue;
            };
            let (name, used) = (method.name(), message.full_name());
            cx.report(
                span,
                format!("rpc `{name}` uses `{used}`, which is deprecated, and is not so itself"),
            )
            .help("give it another message, or deprecate it too");
        }
    }
}
