//! The idempotency of a method changed.
//!
//! ## What breaks
//! Clients retry, and proxies cache, by this option: a call that is no longer idempotent may be made twice, one that
//! is no longer free of side effects may be sent with GET.
//!
//! ## Examples
//! ```proto,before
//! message Ping {
//! }
//!
//! message Pong {
//! }
//!
//! service PingService {
//!   rpc Ping(.Ping) returns (.Pong);
//! }
//! ```
//! ```proto,after,bad
//! message Ping {
//! }
//!
//! message Pong {
//! }
//!
//! service PingService {
//!   rpc Ping(.Ping) returns (.Pong) {
//!     option idempotency_level = IDEMPOTENT;
//!   }
//! }
//! ```

use super::compare::{Aspect, BreakingCx, Compare, Place};
use crate::checks::rule::{Check, FixSafety, Group, Rule};
use crate::schema::Method;
use crate::schema::diff::Pair;

pub(super) static RULE: Rule = Rule {
    group: Group::Buf,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[],
    check: Check::Breaking(Aspect::Option, &[Compare::Method(check)]),
};

fn check<'s>(methods: Pair<Method<'s>>, cx: &mut BreakingCx<'s>) {
    let levels = methods.map(|method| {
        method
            .options()
            .enum_name(IDEMPOTENCY_LEVEL)
            .unwrap_or("IDEMPOTENCY_UNKNOWN")
    });
    if levels.is_same() {
        return;
    }
    let file = methods.after.file();
    let place = methods
        .after
        .options()
        .get(IDEMPOTENCY_LEVEL)
        .map_or(Place::File(file), |option| Place::Part(file, option.span()));
    cx.report(
        place,
        methods.before.file(),
        methods.before.full_name(),
        format!(
            "the idempotency level of rpc `{}` was `{}` and is now `{}`",
            methods.after.full_name(),
            levels.before,
            levels.after
        ),
    )
    .help("keep the level as long as clients rely on it");
}

/// `MethodOptions.idempotency_level`
const IDEMPOTENCY_LEVEL: i32 = 34;
