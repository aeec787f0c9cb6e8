//! Reading and writing protobuf's binary format, record by record.
//!
//! <https://protobuf.dev/programming-guides/encoding/>

/// A record: a field number and its value.
#[derive(Debug, Clone, Copy)]
pub(super) struct Record<'a> {
    pub(super) number: u32,
    pub(super) value: Value<'a>,
}

/// What a record holds.
#[derive(Debug, Clone, Copy)]
pub(super) enum Value<'a> {
    Varint(u64),
    Fixed64(u64),
    Fixed32(u32),
    Bytes(&'a [u8]),
    /// The records between the tags of a group.
    Group(&'a [u8]),
}

impl<'a> Value<'a> {
    pub(super) fn bytes(self) -> &'a [u8] {
        match self {
            Self::Bytes(bytes) | Self::Group(bytes) => bytes,
            _ => &[],
        }
    }

    pub(super) fn text(self) -> String {
        String::from_utf8_lossy(self.bytes()).into_owned()
    }

    pub(super) fn number(self) -> u64 {
        match self {
            Self::Varint(value) | Self::Fixed64(value) => value,
            Self::Fixed32(value) => value.into(),
            Self::Bytes(_) | Self::Group(_) => 0,
        }
    }

    pub(super) fn int32(self) -> i32 {
        let low = self.number() & u64::from(u32::MAX);
        u32::try_from(low).unwrap_or_default().cast_signed()
    }

    pub(super) fn is_true(self) -> bool {
        self.number() != 0
    }
}

/// The records of a message, as far as they are well formed: see [`check`].
pub(super) fn records(bytes: &[u8]) -> impl Iterator<Item = Record<'_>> {
    let mut rest = bytes;
    std::iter::from_fn(move || record(&mut rest))
}

/// Whether a message is made of records to its end.
pub(super) fn check(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    while record(&mut rest).is_some() {}
    rest.is_empty()
}

/// Takes the first record; `None` at the end and where there is no record.
fn record<'a>(rest: &mut &'a [u8]) -> Option<Record<'a>> {
    let mut after = *rest;
    let (number, kind) = tag(&mut after)?;
    let value = match kind {
        3 => Value::Group(group(&mut after, number)?),
        kind => simple(&mut after, kind)?,
    };
    *rest = after;
    Some(Record { number, value })
}

fn tag(rest: &mut &[u8]) -> Option<(u32, u64)> {
    let tag = varint(rest)?;
    let number = u32::try_from(tag >> 3).ok().filter(|number| *number != 0)?;
    Some((number, tag & 7))
}

fn simple<'a>(rest: &mut &'a [u8], kind: u64) -> Option<Value<'a>> {
    match kind {
        0 => varint(rest).map(Value::Varint),
        1 => {
            let (bytes, after) = rest.split_first_chunk::<8>()?;
            *rest = after;
            Some(Value::Fixed64(u64::from_le_bytes(*bytes)))
        }
        2 => {
            let length = usize::try_from(varint(rest)?).ok()?;
            let (bytes, after) = rest.split_at_checked(length)?;
            *rest = after;
            Some(Value::Bytes(bytes))
        }
        5 => {
            let (bytes, after) = rest.split_first_chunk::<4>()?;
            *rest = after;
            Some(Value::Fixed32(u32::from_le_bytes(*bytes)))
        }
        _ => None,
    }
}

/// The content of the group that was opened, up to its end, which is taken too.
fn group<'a>(rest: &mut &'a [u8], number: u32) -> Option<&'a [u8]> {
    let start = *rest;
    let mut open = vec![number];
    loop {
        let before = rest.len();
        let (number, kind) = tag(rest)?;
        match kind {
            3 => open.push(number),
            4 => {
                if open.pop() != Some(number) {
                    return None;
                }
                if open.is_empty() {
                    return start.get(..start.len() - before);
                }
            }
            kind => {
                simple(rest, kind)?;
            }
        }
    }
}

/// Takes a varint.
pub(super) fn varint(rest: &mut &[u8]) -> Option<u64> {
    let mut value = 0_u64;
    for shift in (0..64).step_by(7) {
        let (&byte, after) = rest.split_first()?;
        *rest = after;
        value |= u64::from(byte & 0x7f).checked_shl(shift)?;
        if byte < 0x80 {
            return Some(value);
        }
    }
    None
}

/// Appends a varint.
pub(super) fn put_varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value.to_le_bytes()[0] | 0x80);
        value >>= 7;
    }
    out.push(value.to_le_bytes()[0]);
}

/// Appends a record of bytes.
pub(super) fn put_bytes(out: &mut Vec<u8>, number: u32, bytes: &[u8]) {
    put_varint(out, u64::from(number) << 3 | 2);
    put_varint(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// Zigzag: the sign in the lowest bit.
pub(super) fn zigzag(value: u64) -> i64 {
    (value >> 1).cast_signed() ^ -(value & 1).cast_signed()
}
