//! Writing protobuf's binary format.
//!
//! <https://protobuf.dev/programming-guides/encoding/>

use crate::schema::options::Options;

/// Appends a number in as many bytes as it needs, seven bits in each.
pub(super) fn varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value.to_le_bytes()[0] | 0x80);
        value >>= 7;
    }
    out.push(value.to_le_bytes()[0]);
}

/// Appends a record that holds a number.
pub(super) fn number(out: &mut Vec<u8>, field: u32, value: u64) {
    varint(out, u64::from(field) << 3);
    varint(out, value);
}

/// Appends a record that holds an `int32` or an enum value.
pub(super) fn int32(out: &mut Vec<u8>, field: u32, value: i32) {
    number(out, field, i64::from(value).cast_unsigned());
}

/// Appends a record that holds bytes.
pub(super) fn bytes(out: &mut Vec<u8>, field: u32, value: &[u8]) {
    length_delimited(out, field);
    varint(out, value.len() as u64);
    out.extend_from_slice(value);
}

/// Appends a record that holds the bytes of several slices.
pub(super) fn joined(out: &mut Vec<u8>, field: u32, parts: &[&str]) {
    length_delimited(out, field);
    varint(out, parts.iter().map(|part| part.len() as u64).sum());
    for part in parts {
        out.extend_from_slice(part.as_bytes());
    }
}

/// Appends a record that holds what `content` appends.
pub(super) fn message(out: &mut Vec<u8>, field: u32, content: impl FnOnce(&mut Vec<u8>)) {
    length_delimited(out, field);
    // Most messages are shorter than 128 bytes, so the place of one byte is kept for their length.
    let start = out.len() + 1;
    out.push(0);
    content(out);
    let length = out.len() - start;
    if length < 0x80 {
        out[start - 1] = length.to_le_bytes()[0];
        return;
    }
    let extra = varint_length(length as u64) - 1;
    out.resize(start + length + extra, 0);
    out.copy_within(start..start + length, start + extra);
    let mut rest = length;
    for byte in &mut out[start - 1..start + extra] {
        *byte = rest.to_le_bytes()[0] | 0x80;
        rest >>= 7;
    }
    out[start + extra - 1] &= 0x7F;
}

/// Appends an options message where options are set; always where `is_there`.
pub(super) fn options(out: &mut Vec<u8>, field: u32, options: Options<'_>, is_there: bool) {
    if is_there || options.all().next().is_some() {
        message(out, field, |out| options.encode(out));
    }
}

fn length_delimited(out: &mut Vec<u8>, field: u32) {
    varint(out, u64::from(field) << 3 | 2);
}

fn varint_length(value: u64) -> usize {
    let bits = u64::BITS - (value | 1).leading_zeros();
    bits.div_ceil(7) as usize
}
