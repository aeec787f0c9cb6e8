//! An enum has the name of a message or enum outside of it.
//!
//! ## Why
//! Inside of the message the name means the enum, outside the other type. A field that is moved changes its type without a word,
//! and an import of both in one generated file needs aliases.
//!
//! ## Examples
//! ```proto,bad
//! message State {}
//! message Order {
//!   enum State {
//!     STATE_UNSPECIFIED = 0;
//!   }
//! }
//! ```
//! ```proto,good
//! message State {}
//! message Order {
//!   enum Phase {
//!     PHASE_UNSPECIFIED = 0;
//!   }
//! }
//! ```

use crate::checks::Cx;
use crate::checks::rule::{Check, FixSafety, Group, Rule, Visit};
use crate::schema::Enum;

pub(super) static RULE: Rule = Rule {
    group: Group::Strict,
    since: "0.1.0",
    fix: FixSafety::RenameByHand,
    same_as: &[],
    check: Check::Lint(Visit::Enum(check)),
};

fn check(node: Enum<'_>, cx: &mut Cx<'_>) {
    let Some(parent) = node.parent() else {
        return;
    };
    let file = node.file();
    let name = node.name();
    let mut scope = parent.full_name();
    loop {
        scope = scope.rsplit_once('.').map_or("", |(outer, _)| outer);
        let full_name = match scope {
            "" => name.text.to_owned(),
            scope => format!("{scope}.{name}"),
        };
        let hidden = file.schema().symbol(&full_name);
        if let Some(symbol) = hidden.filter(|symbol| symbol.definition.is_type())
            && symbol.file == file.id()
        {
            let (noun, parent) = (symbol.definition.noun(), parent.name());
            cx.report(
                name,
                format!("enum `{name}` in message `{parent}` hides {noun} `{full_name}`"),
            )
            .help("give one of them a name of its own");
            return;
        }
        if scope.is_empty() || scope == file.package() {
            return;
        }
    }
}
