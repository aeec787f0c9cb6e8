//! Rows E4 to E9: what callers of methods meet.

use super::super::aspect::Aspect;
use super::{breaks, when};
use crate::compatibility::{Outcome, Structures, Verdict};
use crate::schema::Method;
use crate::schema::diff::Pair;

/// E4
pub(in super::super) fn path_gone() -> Verdict {
    Verdict::new(
        breaks("the gRPC path is gone: calls fail with UNIMPLEMENTED"),
        when("nobody calls it through an HTTP binding"),
        breaks("the method is gone from generated code"),
    )
}

/// E6, E7, E9
pub(super) fn changed(pair: Pair<Method<'_>>, aspect: Aspect, structures: &Structures) -> Verdict {
    let messages = match aspect {
        Aspect::Request => pair.map(Method::input),
        Aspect::Response => pair.map(Method::output),
        _ => {
            return Verdict::new(
                when("nobody retries or caches calls because of it"),
                when("nobody calls it with GET"),
                Outcome::Safe,
            );
        }
    };
    let streaming = match aspect {
        Aspect::Request => pair.map(Method::is_client_streaming),
        _ => pair.map(Method::is_server_streaming),
    };
    let source = breaks("the method has another signature in generated code");
    if !streaming.is_same() {
        return Verdict::new(
            breaks("a call of the other kind of stream fails"),
            breaks("a call of the other kind of stream fails"),
            source,
        );
    }
    match (messages.before, messages.after) {
        (Some(before), Some(after)) if before.full_name() != after.full_name() => {
            let mut verdict = structures.compare(Pair { before, after });
            verdict.source = source;
            verdict
        }
        _ => Verdict::new(Outcome::Safe, Outcome::Safe, source),
    }
}
