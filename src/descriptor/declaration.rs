//! What messages and enums have in common: reserved names and numbers, visibility.

use super::wire;
use crate::syntax;
use crate::syntax::tree::{Reserved, Visibility};

/// Appends the names of a `reserved` statement, which need not be UTF-8.
pub(super) fn reserved_names(
    out: &mut Vec<u8>,
    field: i32,
    syntax: &syntax::File,
    statement: &Reserved,
) {
    for name in &syntax.tree()[statement.names] {
        if name.is_identifier {
            wire::bytes(out, field, syntax.joined(name.tokens).as_bytes());
        } else {
            wire::bytes(out, field, &syntax.string_value(name.tokens));
        }
    }
}

/// Appends `export` or `local` as a `SymbolVisibility`.
pub(super) fn visibility(out: &mut Vec<u8>, field: i32, visibility: Option<Visibility>) {
    match visibility {
        Some(Visibility::Local) => wire::number(out, field, 1),
        Some(Visibility::Export) => wire::number(out, field, 2),
        None => {}
    }
}

/// Numbers beyond 32 bits are errors, so nothing is lost in valid files.
pub(super) fn narrow(number: i64) -> i32 {
    i32::try_from(number).unwrap_or_default()
}
