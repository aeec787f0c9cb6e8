//! `EnumDescriptorProto`

use super::declaration::{narrow, reserved_names, visibility};
use super::number::{enumeration as number, range, value};
use super::wire;
use crate::schema::{Enum, EnumValue};
use crate::syntax::tree::NumberRange;

/// Appends an enum.
pub(super) fn enumeration(out: &mut Vec<u8>, node: Enum<'_>) {
    wire::bytes(out, number::NAME, node.name().text.as_bytes());
    for value in node.values() {
        wire::message(out, number::VALUE, |out| self::value(out, value));
    }
    wire::options(out, number::OPTIONS, node.options(), false);
    for numbers in node.reserved_ranges() {
        wire::message(out, number::RESERVED_RANGE, |out| {
            number_range(out, numbers)
        });
    }
    for statement in node.reserved_statements() {
        reserved_names(out, number::RESERVED_NAME, node.file().syntax(), statement);
    }
    visibility(
        out,
        number::VISIBILITY,
        node.node().visibility.map(|(kind, _)| kind),
    );
}

fn value(out: &mut Vec<u8>, node: EnumValue<'_>) {
    wire::bytes(out, value::NAME, node.name().text.as_bytes());
    wire::int32(out, value::NUMBER, node.number().unwrap_or_default());
    wire::options(out, value::OPTIONS, node.options(), false);
}

/// Appends an `EnumReservedRange`; unlike those of messages its end is included.
fn number_range(out: &mut Vec<u8>, numbers: &NumberRange) {
    let start = numbers.start.value.unwrap_or_default();
    let end = match numbers.end {
        None => start,
        Some(_) if numbers.is_max => i32::MAX.into(),
        Some(end) => end.value.unwrap_or_default(),
    };
    wire::int32(out, range::START, narrow(start));
    wire::int32(out, range::END, narrow(end));
}
