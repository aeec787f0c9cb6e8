//! Rows E1 to E3 and E12: files that moved or are gone, and their packages.

use super::{breaks, when};
use crate::compatibility::{Outcome, Verdict};
use crate::schema::{File, Schema};

/// E1 to E3
pub(super) fn package(before: File<'_>) -> Verdict {
    let source = breaks("all names of the file change in generated code");
    if before.services().len() > 0 {
        return Verdict::new(
            breaks("the gRPC paths of its services change: calls fail with UNIMPLEMENTED"),
            when(
                "its services are only called through HTTP bindings, and its messages are in no `Any`",
            ),
            source,
        );
    }
    Verdict::new(
        when("its messages are in no `Any`, whose type URLs hold the package"),
        when("its messages are in no `Any`"),
        source,
    )
}

/// E12, and E4 or worse where the declarations are gone altogether.
pub(super) fn moved_or_gone(before: File<'_>, after: &Schema) -> Verdict {
    let services_gone = before
        .services()
        .any(|service| after.symbol(service.full_name()).is_none());
    let types_gone = before
        .all_messages()
        .any(|message| after.symbol(message.full_name()).is_none());
    let wire = if services_gone {
        breaks("gRPC paths are gone: calls fail with UNIMPLEMENTED")
    } else if types_gone {
        when("no `Any` holds what is gone")
    } else {
        Outcome::Safe
    };
    let json = if services_gone || types_gone {
        when("no `Any` holds what is gone, and nobody calls it")
    } else {
        Outcome::Safe
    };
    Verdict::new(
        wire,
        json,
        breaks("code that imports the file or what was generated for it no longer compiles"),
    )
}
