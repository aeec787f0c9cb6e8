//! Option values as text.

use std::fmt::Write as _;

use super::types::{FieldType, Types, kind};
use super::wire::{self, Record, Value, records, zigzag};

/// How deep messages may lie in an option's value.
const MAX_DEPTH: usize = 64;

const UNINTERPRETED_OPTION: u32 = 999;
const FEATURE_SET: &str = "google.protobuf.FeatureSet";

/// The settings `name = value` of an options message, in the order of its records. What no definition is known of is
/// left out: it has no name.
pub(super) fn settings(types: &Types, message: &str, options: &[u8]) -> Vec<String> {
    let mut settings = Vec::new();
    collect(types, message, options, "", 0, &mut settings);
    settings
}

fn collect(
    types: &Types,
    message: &str,
    options: &[u8],
    prefix: &str,
    depth: usize,
    settings: &mut Vec<String>,
) {
    if depth > MAX_DEPTH {
        return;
    }
    for (number, value) in merged(types, message, options) {
        let value = value.lent();
        if number == UNINTERPRETED_OPTION {
            settings.extend(uninterpreted(value.bytes()));
            continue;
        }
        let Some(field) = types.by_number(message, number) else {
            continue;
        };
        let is_map_entry = message == "google.protobuf.MessageOptions" && field.name == "map_entry";
        if is_map_entry {
            continue;
        }
        let name = match field.is_extension {
            true => format!("{prefix}(.{})", field.name),
            false => format!("{prefix}{}", field.name),
        };
        // Features are set one by one, since a file may not set all of them at once in every position.
        let is_of_features =
            message == FEATURE_SET || field.type_name == FEATURE_SET && !field.is_extension;
        if is_of_features && field.kind == kind::MESSAGE && !field.is_repeated {
            let prefix = format!("{name}.");
            let before = settings.len();
            collect(
                types,
                &field.type_name,
                value.bytes(),
                &prefix,
                depth + 1,
                settings,
            );
            if settings.len() == before {
                settings.push(format!("{name} = {{}}"));
            }
            continue;
        }
        for value in unpacked(field, value) {
            let mut text = String::new();
            if value_text(types, field, value, 0, &mut text).is_some() {
                settings.push(format!("{name} = {text}"));
            }
        }
    }
}

/// A value of a record, or of several that are one.
enum Merged<'a> {
    One(Value<'a>),
    Several(Vec<u8>),
}

impl Merged<'_> {
    fn lent(&self) -> Value<'_> {
        match self {
            Self::One(value) => *value,
            Self::Several(bytes) => Value::Bytes(bytes),
        }
    }
}

/// The records of a message. Those of a singular message field are parts of one value: an option that was set field by
/// field is written so.
fn merged<'a>(types: &Types, message: &str, bytes: &'a [u8]) -> Vec<(u32, Merged<'a>)> {
    let mut all: Vec<(u32, Merged<'a>)> = Vec::new();
    for Record { number, value } in records(bytes) {
        let is_singular_message = types.by_number(message, number).is_some_and(|field| {
            !field.is_repeated && matches!(field.kind, kind::MESSAGE | kind::GROUP)
        });
        let earlier = all.iter_mut().find(|(known, _)| *known == number);
        match earlier {
            Some((_, earlier)) if is_singular_message => {
                let whole = [earlier.lent().bytes(), value.bytes()].concat();
                *earlier = Merged::Several(whole);
            }
            _ => all.push((number, Merged::One(value))),
        }
    }
    all
}

/// The single values of a record: a packed one holds several.
fn unpacked<'a>(field: &FieldType, value: Value<'a>) -> Vec<Value<'a>> {
    let Value::Bytes(mut packed) = value else {
        return vec![value];
    };
    let is_long = matches!(
        field.kind,
        kind::STRING | kind::BYTES | kind::MESSAGE | kind::GROUP
    );
    if is_long || !field.is_repeated {
        return vec![value];
    }
    let mut values = Vec::new();
    while let Some(value) = take(field, &mut packed) {
        values.push(value);
    }
    values
}

fn take<'a>(field: &FieldType, packed: &mut &'a [u8]) -> Option<Value<'a>> {
    match field.kind {
        kind::DOUBLE | kind::FIXED64 | kind::SFIXED64 => {
            let (bytes, rest) = packed.split_first_chunk::<8>()?;
            *packed = rest;
            Some(Value::Fixed64(u64::from_le_bytes(*bytes)))
        }
        kind::FLOAT | kind::FIXED32 | kind::SFIXED32 => {
            let (bytes, rest) = packed.split_first_chunk::<4>()?;
            *packed = rest;
            Some(Value::Fixed32(u32::from_le_bytes(*bytes)))
        }
        _ => wire::varint(packed).map(Value::Varint),
    }
}

/// Appends a value; `None` where it does not fit its type.
fn value_text(
    types: &Types,
    field: &FieldType,
    value: Value<'_>,
    depth: usize,
    out: &mut String,
) -> Option<()> {
    let number = value.number();
    let written = match field.kind {
        kind::BOOL => write!(out, "{}", number != 0),
        kind::STRING | kind::BYTES => {
            quote(value.bytes(), field.kind == kind::STRING, out);
            Ok(())
        }
        kind::DOUBLE => {
            float(f64::from_bits(number), out);
            Ok(())
        }
        kind::FLOAT => {
            let Value::Fixed32(bits) = value else {
                return None;
            };
            single(f32::from_bits(bits), out);
            Ok(())
        }
        kind::ENUM => match types.value_name(&field.type_name, value.int32()) {
            Some(name) => write!(out, "{name}"),
            None => write!(out, "{}", value.int32()),
        },
        kind::INT32 | kind::SFIXED32 => write!(out, "{}", value.int32()),
        kind::INT64 | kind::SFIXED64 => write!(out, "{}", number.cast_signed()),
        kind::SINT32 | kind::SINT64 => write!(out, "{}", zigzag(number)),
        kind::MESSAGE | kind::GROUP => {
            if depth > MAX_DEPTH {
                return None;
            }
            out.push_str("{ ");
            for (number, value) in merged(types, &field.type_name, value.bytes()) {
                let value = value.lent();
                entry(
                    types,
                    &field.type_name,
                    Record { number, value },
                    depth,
                    out,
                );
            }
            out.push('}');
            Ok(())
        }
        _ => write!(out, "{number}"),
    };
    written.ok()
}

/// Appends the entries of a message literal that a record stands for.
fn entry(types: &Types, message: &str, record: Record<'_>, depth: usize, out: &mut String) {
    let Some(field) = types.by_number(message, record.number) else {
        if let Some(item) = message_set_item(record) {
            entry(types, message, item, depth, out);
        }
        return;
    };
    for value in unpacked(field, record.value) {
        let mut text = String::new();
        if value_text(types, field, value, depth + 1, &mut text).is_none() {
            continue;
        }
        let written = match field.kind {
            _ if field.is_extension => write!(out, "[{}]: {text} ", field.name),
            // A group is called by its type.
            kind::GROUP => {
                let name = field.type_name.rsplit('.').next().unwrap_or_default();
                write!(out, "{name}: {text} ")
            }
            _ => write!(out, "{}: {text} ", field.name),
        };
        debug_assert!(written.is_ok());
    }
}

/// The extension that an item of a message set holds: a group 1 of its number (2) and its bytes (3).
fn message_set_item(record: Record<'_>) -> Option<Record<'_>> {
    let Value::Group(item) = record.value else {
        return None;
    };
    let part = |number| records(item).find(|record| record.number == number);
    let number = part(2)?.value.number();
    Some(Record {
        number: u32::try_from(number).ok().filter(|number| *number > 1)?,
        value: part(3)?.value,
    })
}

/// Appends a string literal. What is not text is escaped.
pub(super) fn quote(bytes: &[u8], is_text: bool, out: &mut String) {
    out.push('"');
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            match character {
                '"' => out.push_str("\\\""),
                '\\' => out.push_str("\\\\"),
                '\n' => out.push_str("\\n"),
                '\r' => out.push_str("\\r"),
                '\t' => out.push_str("\\t"),
                ' '..='~' => out.push(character),
                _ if is_text && !character.is_control() => out.push(character),
                _ => {
                    let mut buffer = [0; 4];
                    octal(character.encode_utf8(&mut buffer).as_bytes(), out);
                }
            }
        }
        octal(chunk.invalid(), out);
    }
    out.push('"');
}

fn octal(bytes: &[u8], out: &mut String) {
    for byte in bytes {
        let digit = |shift: u8| char::from(b'0' + (byte >> shift & 7));
        out.extend(['\\', digit(6), digit(3), digit(0)]);
    }
}

fn float(value: f64, out: &mut String) {
    match value {
        _ if value.is_nan() => out.push_str("nan"),
        f64::INFINITY => out.push_str("inf"),
        f64::NEG_INFINITY => out.push_str("-inf"),
        _ => out.push_str(&format!("{value:?}")),
    }
}

fn single(value: f32, out: &mut String) {
    match value {
        _ if value.is_nan() => out.push_str("nan"),
        f32::INFINITY => out.push_str("inf"),
        f32::NEG_INFINITY => out.push_str("-inf"),
        _ => out.push_str(&format!("{value:?}")),
    }
}

/// An option that whoever made the set did not interpret, as it was written.
fn uninterpreted(bytes: &[u8]) -> Option<String> {
    let mut name = String::new();
    let mut text = None;
    for Record { number, value } in records(bytes) {
        match number {
            2 => {
                let mut part = String::new();
                let mut is_extension = false;
                for Record { number, value } in records(value.bytes()) {
                    match number {
                        1 => part = value.text(),
                        2 => is_extension = value.is_true(),
                        _ => {}
                    }
                }
                if !name.is_empty() {
                    name.push('.');
                }
                match is_extension {
                    true => name.push_str(&format!("({part})")),
                    false => name.push_str(&part),
                }
            }
            3 => text = Some(value.text()),
            4 => text = Some(value.number().to_string()),
            5 => text = Some(value.number().cast_signed().to_string()),
            6 => {
                let mut number = String::new();
                float(f64::from_bits(value.number()), &mut number);
                text = Some(number);
            }
            7 => {
                let mut literal = String::new();
                quote(value.bytes(), true, &mut literal);
                text = Some(literal);
            }
            8 => text = Some(format!("{{ {} }}", value.text())),
            _ => {}
        }
    }
    Some(format!("{name} = {}", text?)).filter(|_| !name.is_empty())
}
