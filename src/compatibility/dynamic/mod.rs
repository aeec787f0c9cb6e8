//! Messages without generated code: values by field number, written and read by a schema of ours.
//!
//! This is the decoder that knows editions. It exists to prove verdicts: what one schema writes, the other reads.
//! <https://protobuf.dev/programming-guides/encoding/>

mod json;
mod payload;
mod read;
mod write;

use std::fmt;

pub(super) use json::value_to_json;
pub use json::{JsonError, from_json, from_json_partially, to_json};
pub(super) use read::zero;
pub use read::{ReadError, read, read_partially};
pub use write::write;

/// One value of a field.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `bool`
    Bool(bool),
    /// Any integer type, as it is meant.
    Integer(i128),
    /// `float`
    Float(f32),
    /// `double`
    Double(f64),
    /// `string`; its bytes, since unverified strings need not be UTF-8.
    String(Vec<u8>),
    /// `bytes`
    Bytes(Vec<u8>),
    /// An enum's number.
    Enum(i32),
    /// A message.
    Message(Record),
    /// A pair of a map.
    Entry(Box<(Value, Value)>),
}

/// A message's values.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Record {
    /// The values of each field that is present, ascending by number.
    pub fields: Vec<(i32, Vec<Value>)>,
    /// Records that no field takes: number and the whole record, tag included.
    pub unknown: Vec<(i32, Vec<u8>)>,
}

impl Record {
    /// A message in which one field is set.
    pub fn of(number: i32, values: Vec<Value>) -> Self {
        Self {
            fields: vec![(number, values)],
            unknown: Vec::new(),
        }
    }

    /// The values of a field; none where it is absent.
    pub fn get(&self, number: i32) -> &[Value] {
        match self.fields.binary_search_by_key(&number, |field| field.0) {
            Ok(at) => &self.fields[at].1,
            Err(_) => &[],
        }
    }

    /// The values of a field, to be changed; the field is there afterwards, if only empty.
    pub fn get_mut(&mut self, number: i32) -> &mut Vec<Value> {
        let at = match self.fields.binary_search_by_key(&number, |field| field.0) {
            Ok(at) => at,
            Err(at) => {
                self.fields.insert(at, (number, Vec::new()));
                at
            }
        };
        &mut self.fields[at].1
    }

    /// Takes a field away.
    pub fn clear(&mut self, number: i32) {
        self.fields.retain(|field| field.0 != number);
    }
}

/// Bytes as hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    use fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}

/// Appends a variable-length integer.
pub(super) fn write_varint(mut value: u64, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push((value.to_le_bytes()[0] & 0x7F) | 0x80);
        value >>= 7;
    }
    out.push(value.to_le_bytes()[0]);
}

/// Reads a variable-length integer; gives it and what follows.
fn read_varint(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut value = 0_u64;
    for (at, &byte) in bytes.iter().take(10).enumerate() {
        value |= u64::from(byte & 0x7F) << (7 * at);
        if byte < 0x80 {
            return Some((value, &bytes[at + 1..]));
        }
    }
    None
}
