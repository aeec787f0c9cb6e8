//! The records that descriptors are made of.

use crate::schema::options::Options;
use crate::schema::options::wire::{WireType, push_long_message, push_tag, push_varint};

pub(super) use crate::schema::options::wire::{
    push_long_message as long_message, push_varint as varint,
};

/// Appends a record that holds a number.
pub(super) fn number(out: &mut Vec<u8>, field: i32, value: u64) {
    push_tag(out, field, WireType::Varint);
    push_varint(out, value);
}

/// Appends a record that holds an `int32` or an enum value.
pub(super) fn int32(out: &mut Vec<u8>, field: i32, value: i32) {
    number(out, field, i64::from(value).cast_unsigned());
}

/// Appends a record that holds bytes.
pub(super) fn bytes(out: &mut Vec<u8>, field: i32, value: &[u8]) {
    push_tag(out, field, WireType::Bytes);
    push_varint(out, value.len() as u64);
    out.extend_from_slice(value);
}

/// Appends a record that holds the bytes of several slices.
pub(super) fn joined(out: &mut Vec<u8>, field: i32, parts: &[&str]) {
    push_tag(out, field, WireType::Bytes);
    push_varint(out, parts.iter().map(|part| part.len() as u64).sum());
    for part in parts {
        out.extend_from_slice(part.as_bytes());
    }
}

/// Appends a record that holds what `content` appends.
pub(super) fn message(out: &mut Vec<u8>, field: i32, content: impl FnOnce(&mut Vec<u8>)) {
    // Most messages are shorter than 128 bytes.
    push_long_message(out, field, 0, content);
}

/// Appends an options message where options are set; always where `is_there`.
pub(super) fn options(out: &mut Vec<u8>, field: i32, options: Options<'_>, is_there: bool) {
    if is_there || options.all().next().is_some() {
        message(out, field, |out| options.encode(out));
    }
}
