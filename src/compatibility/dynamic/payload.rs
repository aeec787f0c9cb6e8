//! Bytes cut into records, whatever their numbers mean.

use super::read_varint;

/// The payload of one record.
pub(super) enum Payload<'b> {
    Varint(u64),
    Fixed64([u8; 8]),
    Bytes(&'b [u8]),
    Group(&'b [u8]),
    Fixed32([u8; 4]),
}

/// Splits the first record off.
pub(super) fn next(bytes: &[u8], depth: u32) -> Option<(i32, Payload<'_>, &[u8])> {
    let (tag, rest) = read_varint(bytes)?;
    let number = i32::try_from(tag >> 3).ok().filter(|&number| number > 0)?;
    let (payload, rest) = match tag & 7 {
        0 => {
            let (value, rest) = read_varint(rest)?;
            (Payload::Varint(value), rest)
        }
        1 => {
            let (value, rest) = rest.split_first_chunk::<8>()?;
            (Payload::Fixed64(*value), rest)
        }
        2 => {
            let (length, rest) = read_varint(rest)?;
            let (value, rest) = rest.split_at_checked(usize::try_from(length).ok()?)?;
            (Payload::Bytes(value), rest)
        }
        3 => {
            let start = rest;
            let mut rest = rest;
            loop {
                let (tag, after) = read_varint(rest)?;
                if tag & 7 == 4 {
                    if tag >> 3 != u64::from(number.cast_unsigned()) {
                        return None;
                    }
                    let inside = &start[..start.len() - rest.len()];
                    break (Payload::Group(inside), after);
                }
                rest = next(rest, depth.checked_sub(1)?)?.2;
            }
        }
        5 => {
            let (value, rest) = rest.split_first_chunk::<4>()?;
            (Payload::Fixed32(*value), rest)
        }
        _ => return None,
    };
    Some((number, payload, rest))
}
