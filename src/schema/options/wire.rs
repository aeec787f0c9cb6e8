//! The bytes of protobuf's binary format, as far as option values need them.
//!
//! <https://protobuf.dev/programming-guides/encoding/>

/// How a record's value is framed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WireType {
    Varint = 0,
    Fixed64 = 1,
    Bytes = 2,
    StartGroup = 3,
    EndGroup = 4,
    Fixed32 = 5,
}

pub(crate) fn push_varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value.to_le_bytes()[0] | 0x80);
        value >>= 7;
    }
    out.push(value.to_le_bytes()[0]);
}

pub(crate) fn push_tag(out: &mut Vec<u8>, number: i32, wire_type: WireType) {
    push_varint(
        out,
        u64::from(number.unsigned_abs()) << 3 | wire_type as u64,
    );
}

/// Appends a record whose value is what `payload` appends.
pub(crate) fn push_message(
    out: &mut Vec<u8>,
    number: i32,
    is_group: bool,
    payload: impl FnOnce(&mut Vec<u8>),
) {
    if is_group {
        push_tag(out, number, WireType::StartGroup);
        payload(out);
        push_tag(out, number, WireType::EndGroup);
        return;
    }
    // Most messages are shorter than 128 bytes.
    push_long_message(out, number, 0, payload);
}

/// Appends a record whose value is what `payload` appends, about `expected` bytes: where these take as many bytes to
/// count as the true number, nothing is moved.
pub(crate) fn push_long_message(
    out: &mut Vec<u8>,
    number: i32,
    expected: usize,
    payload: impl FnOnce(&mut Vec<u8>),
) {
    push_tag(out, number, WireType::Bytes);
    let kept = varint_length(expected as u64);
    let place = out.len();
    out.extend_from_slice(&[0; MAX_VARINT][..kept]);
    payload(out);
    let length = out.len() - place - kept;
    let needed = varint_length(length as u64);
    if needed != kept {
        out.resize(place + length + kept.max(needed), 0);
        out.copy_within(place + kept..place + kept + length, place + needed);
        out.truncate(place + needed + length);
    }
    let mut rest = length;
    for byte in &mut out[place..place + needed] {
        *byte = rest.to_le_bytes()[0] | 0x80;
        rest >>= 7;
    }
    out[place + needed - 1] &= 0x7F;
}

/// Bytes of the longest number.
const MAX_VARINT: usize = 10;

/// The number of bytes that a number takes.
pub(crate) fn varint_length(value: u64) -> usize {
    let bits = u64::BITS - (value | 1).leading_zeros();
    bits.div_ceil(7) as usize
}

/// The value of a record.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Payload<'b> {
    Varint(u64),
    Fixed64(u64),
    Fixed32(u32),
    /// A string, a message, or packed numbers.
    Bytes(&'b [u8]),
    /// The records between the tags of a group.
    Group(&'b [u8]),
}

/// One record: the field's number, its value, and all its bytes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Record<'b> {
    pub(crate) number: i32,
    pub(crate) payload: Payload<'b>,
    pub(crate) raw: &'b [u8],
}

/// The records of a message, in order. Ends early where the bytes are no message.
pub(crate) fn records(bytes: &[u8]) -> impl Iterator<Item = Record<'_>> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let whole = rest;
        let (number, payload, after) = record(rest)?;
        rest = after;
        Some(Record {
            number,
            payload,
            raw: &whole[..whole.len() - after.len()],
        })
    })
}

fn record(bytes: &[u8]) -> Option<(i32, Payload<'_>, &[u8])> {
    let (number, wire_type, rest) = tag(bytes)?;
    let (payload, rest) = match wire_type {
        0 => {
            let (value, rest) = varint(rest)?;
            (Payload::Varint(value), rest)
        }
        1 => {
            let (value, rest) = rest.split_first_chunk::<8>()?;
            (Payload::Fixed64(u64::from_le_bytes(*value)), rest)
        }
        2 => {
            let (length, rest) = varint(rest)?;
            let (value, rest) = rest.split_at_checked(usize::try_from(length).ok()?)?;
            (Payload::Bytes(value), rest)
        }
        3 => {
            let length = group_length(rest)?;
            let (value, after) = rest.split_at_checked(length)?;
            let (_, _, after) = tag(after)?;
            (Payload::Group(value), after)
        }
        5 => {
            let (value, rest) = rest.split_first_chunk::<4>()?;
            (Payload::Fixed32(u32::from_le_bytes(*value)), rest)
        }
        _ => return None,
    };
    Some((number, payload, rest))
}

/// The number of bytes up to the end tag that closes the group; groups inside of it are counted, not recursed into.
fn group_length(bytes: &[u8]) -> Option<usize> {
    let mut rest = bytes;
    let mut depth = 0_u32;
    loop {
        let (_, wire_type, after) = tag(rest)?;
        rest = match wire_type {
            0 => varint(after)?.1,
            1 => after.get(8..)?,
            2 => {
                let (length, after) = varint(after)?;
                after.get(usize::try_from(length).ok()?..)?
            }
            3 => {
                depth += 1;
                after
            }
            4 if depth == 0 => return Some(bytes.len() - rest.len()),
            4 => {
                depth -= 1;
                after
            }
            5 => after.get(4..)?,
            _ => return None,
        };
    }
}

fn tag(bytes: &[u8]) -> Option<(i32, u8, &[u8])> {
    let (tag, rest) = varint(bytes)?;
    let number = i32::try_from(tag >> 3).ok()?;
    Some((number, tag.to_le_bytes()[0] & 7, rest))
}

pub(crate) fn varint(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut value = 0;
    for (at, &byte) in bytes.iter().take(10).enumerate() {
        value |= u64::from(byte & 0x7F) << (7 * at);
        if byte < 0x80 {
            return Some((value, &bytes[at + 1..]));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let mut out = Vec::new();
        push_tag(&mut out, 1, WireType::Varint);
        push_varint(&mut out, 300);
        push_message(&mut out, 50_000, false, |out| {
            push_message(out, 2, true, |out| {
                push_tag(out, 3, WireType::Bytes);
                push_varint(out, 200);
                out.extend([7; 200]);
            });
        });
        let found: Vec<_> = records(&out).collect();
        assert_eq!(found[0].payload, Payload::Varint(300));
        assert_eq!(found[1].number, 50_000);
        let Payload::Bytes(message) = found[1].payload else {
            panic!("a message");
        };
        let Some(Payload::Group(group)) = records(message).next().map(|record| record.payload)
        else {
            panic!("a group");
        };
        assert_eq!(
            records(group).next().map(|record| record.payload),
            Some(Payload::Bytes(&[7; 200]))
        );
    }

    #[test]
    fn broken_bytes_end_the_records() {
        for bytes in [
            &b"\x08"[..],
            b"\x0a\x05ab",
            b"\x0b\x08\x01",
            b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
        ] {
            assert_eq!(records(bytes).count(), 0, "{bytes:?}");
        }
    }
}
