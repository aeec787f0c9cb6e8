//! Descriptor sets in protobuf's JSON form, turned into the binary form.
//!
//! <https://protobuf.dev/programming-guides/json/>

use serde_json::Value;

use super::descriptors::{self, FileDescriptor};
use super::types::{FieldType, Types, kind};
use super::wire::{put_bytes, put_varint};

const SET: &str = "google.protobuf.FileDescriptorSet";
const ANY: &str = "google.protobuf.Any";
/// The number of buf's extension of a file, which has no definition in an image.
const IMAGE_FILE: u32 = 8042;

/// The files of a set in JSON; adds what they define to `types`.
pub(super) fn read_set(types: &mut Types, bytes: &[u8]) -> Result<Vec<FileDescriptor>, String> {
    let set: Value = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    // Custom options can only be read when the files that define them have been.
    let mut encoded = Vec::new();
    message(types, SET, &set, &mut encoded)?;
    types.add(&descriptors::read_set(&encoded).ok_or("it is not complete")?);
    encoded.clear();
    message(types, SET, &set, &mut encoded)?;
    descriptors::read_set(&encoded).ok_or_else(|| "it is not complete".to_owned())
}

/// Appends a message's records. Recursion ends with that of the JSON, which `serde_json` limits.
fn message(types: &Types, name: &str, value: &Value, out: &mut Vec<u8>) -> Result<(), String> {
    let Some(members) = value.as_object() else {
        return special(types, name, value, out);
    };
    if name == ANY
        && let Some(url) = members.get("@type").and_then(Value::as_str)
    {
        return any(types, url, value, out);
    }
    for (key, value) in members {
        if value.is_null() {
            continue;
        }
        if let Some(field) = types.by_json_name(name, key) {
            member(types, field, value, out)?;
        } else if name == "google.protobuf.FileDescriptorProto"
            && matches!(
                key.as_str(),
                "bufExtension" | "[buf.alpha.image.v1.buf_extension]"
            )
        {
            put_bytes(out, IMAGE_FILE, &image_file(value));
        }
    }
    Ok(())
}

/// Appends the records of a well-known type that JSON does not write as an object.
fn special(types: &Types, name: &str, value: &Value, out: &mut Vec<u8>) -> Result<(), String> {
    let wrong = || format!("an object is due where `{value}` stands");
    match name {
        "google.protobuf.Duration" => {
            let text = value.as_str().and_then(|text| text.strip_suffix('s'));
            let (seconds, fraction) = text
                .map(|text| text.split_once('.').unwrap_or((text, "")))
                .ok_or_else(wrong)?;
            let whole: i64 = seconds.parse().map_err(|_| wrong())?;
            let nanos: i64 = format!("{fraction:0<9}").parse().map_err(|_| wrong())?;
            let sign = if seconds.starts_with('-') { -1 } else { 1 };
            for (number, part) in [(1, whole), (2, sign * nanos)] {
                put_varint(out, number << 3);
                put_varint(out, part.cast_unsigned());
            }
            Ok(())
        }
        // `google.protobuf.Int32Value` and its kind are written as what they hold.
        _ if name.starts_with("google.protobuf.") && name.ends_with("Value") => {
            match types.by_number(name, 1) {
                Some(field) if field.name == "value" => single(types, field, value, out),
                _ => Ok(()),
            }
        }
        // Times, masks and structures in options tell nothing that a comparison needs.
        "google.protobuf.Timestamp" | "google.protobuf.FieldMask" | "google.protobuf.ListValue" => {
            Ok(())
        }
        _ => Err(wrong()),
    }
}

/// Appends the records of an `Any` whose content JSON writes beside its type.
fn any(types: &Types, url: &str, value: &Value, out: &mut Vec<u8>) -> Result<(), String> {
    let name = url.rsplit('/').next().unwrap_or_default();
    let mut content = Vec::new();
    message(types, name, value, &mut content)?;
    put_bytes(out, 1, url.as_bytes());
    put_bytes(out, 2, &content);
    Ok(())
}

fn image_file(value: &Value) -> Vec<u8> {
    let mut out = Vec::new();
    for (number, name, other) in [
        (1, "isImport", "is_import"),
        (3, "isSyntaxUnspecified", "is_syntax_unspecified"),
    ] {
        let is_true = value.get(name).or_else(|| value.get(other));
        put_varint(&mut out, number << 3);
        put_varint(&mut out, u64::from(is_true == Some(&Value::Bool(true))));
    }
    out
}

fn member(
    types: &Types,
    field: &FieldType,
    value: &Value,
    out: &mut Vec<u8>,
) -> Result<(), String> {
    match value {
        Value::Array(values) if field.is_repeated => values
            .iter()
            .try_for_each(|value| single(types, field, value, out)),
        Value::Object(members) if types.is_map_entry(&field.type_name) => {
            members.iter().try_for_each(|(key, value)| {
                let mut entry = Vec::new();
                let parts = [(1, Value::String(key.clone())), (2, value.clone())];
                for (number, value) in parts {
                    if let Some(part) = types.by_number(&field.type_name, number) {
                        single(types, part, &value, &mut entry)?;
                    }
                }
                put_bytes(out, field.number, &entry);
                Ok(())
            })
        }
        value => single(types, field, value, out),
    }
}

fn single(
    types: &Types,
    field: &FieldType,
    value: &Value,
    out: &mut Vec<u8>,
) -> Result<(), String> {
    let wrong = || format!("`{value}` is no value for `{}`", field.name);
    let tag = |wire_type: u64, out: &mut Vec<u8>| {
        put_varint(out, u64::from(field.number) << 3 | wire_type);
    };
    match field.kind {
        kind::STRING => put_bytes(
            out,
            field.number,
            value.as_str().ok_or_else(wrong)?.as_bytes(),
        ),
        kind::BYTES => {
            let text = value.as_str().ok_or_else(wrong)?;
            put_bytes(out, field.number, &base64(text).ok_or_else(wrong)?);
        }
        kind::MESSAGE => {
            let mut content = Vec::new();
            message(types, &field.type_name, value, &mut content)?;
            put_bytes(out, field.number, &content);
        }
        kind::GROUP => {
            tag(3, out);
            message(types, &field.type_name, value, out)?;
            tag(4, out);
        }
        kind::BOOL => {
            let is_true = match value {
                Value::Bool(is_true) => *is_true,
                // A map's key.
                Value::String(text) => text == "true",
                _ => return Err(wrong()),
            };
            tag(0, out);
            put_varint(out, is_true.into());
        }
        kind::ENUM => {
            let number = match value {
                Value::String(name) => types.value_number(&field.type_name, name).map(i64::from),
                value => value.as_i64(),
            };
            tag(0, out);
            put_varint(out, number.ok_or_else(wrong)?.cast_unsigned());
        }
        kind::DOUBLE => {
            tag(1, out);
            out.extend(float(value).ok_or_else(wrong)?.to_le_bytes());
        }
        kind::FLOAT => {
            tag(5, out);
            #[expect(clippy::cast_possible_truncation, reason = "the field is a `float`")]
            let single = float(value).ok_or_else(wrong)? as f32;
            out.extend(single.to_le_bytes());
        }
        _ => {
            let number = integer(value).ok_or_else(wrong)?;
            let low = || number.to_le_bytes();
            match field.kind {
                kind::FIXED64 | kind::SFIXED64 => {
                    tag(1, out);
                    out.extend(low());
                }
                kind::FIXED32 | kind::SFIXED32 => {
                    tag(5, out);
                    out.extend(low().into_iter().take(4));
                }
                kind::SINT32 | kind::SINT64 => {
                    let signed = number.cast_signed();
                    tag(0, out);
                    put_varint(out, ((signed << 1) ^ (signed >> 63)).cast_unsigned());
                }
                _ => {
                    tag(0, out);
                    put_varint(out, number);
                }
            }
        }
    }
    Ok(())
}

/// An integer in two's complement; those of 64 bits are written as strings.
fn integer(value: &Value) -> Option<u64> {
    match value {
        Value::String(text) => text
            .parse::<i64>()
            .map(i64::cast_unsigned)
            .or_else(|_| text.parse::<u64>())
            .ok(),
        value => value
            .as_i64()
            .map(i64::cast_unsigned)
            .or_else(|| value.as_u64()),
    }
}

fn float(value: &Value) -> Option<f64> {
    match value {
        Value::String(text) => match text.as_str() {
            "NaN" => Some(f64::NAN),
            "Infinity" => Some(f64::INFINITY),
            "-Infinity" => Some(f64::NEG_INFINITY),
            text => text.parse().ok(),
        },
        value => value.as_f64(),
    }
}

/// Undoes base64 in its standard and its URL-safe alphabet, padded or not.
fn base64(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let mut bits = 0_u32;
    let mut count = 0;
    for character in text.trim_end_matches('=').bytes() {
        let value = match character {
            b'A'..=b'Z' => character - b'A',
            b'a'..=b'z' => character - b'a' + 26,
            b'0'..=b'9' => character - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count & 0xff).to_le_bytes()[0]);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::base64;

    #[test]
    fn base64_is_undone() {
        for (text, expected) in [
            ("", Some(&b""[..])),
            ("Zg==", Some(b"f")),
            ("Zm8", Some(b"fo")),
            ("Zm9v", Some(b"foo")),
            ("Zm9vYmFy", Some(b"foobar")),
            ("-_-_", Some(&[0xfb, 0xff, 0xbf])),
            ("+/+/", Some(&[0xfb, 0xff, 0xbf])),
            ("Zm9v!", None),
        ] {
            assert_eq!(base64(text).as_deref(), expected, "{text}");
        }
    }
}
