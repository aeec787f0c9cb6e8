//! Well-known types in values of custom options, which JSON writes in forms of their own:
//! <https://protobuf.dev/programming-guides/json/>

use std::fmt::Write as _;

use super::json::{Types, string};
use crate::schema::options::wire::{Payload, Record};
use crate::schema::{FieldKind, Message};
use crate::syntax::tree::Scalar;
use crate::text::{Day, case};

impl<'s> Types<'s> {
    /// Appends a message of a well-known type; nothing where it is none of those.
    pub(super) fn well_known(
        &self,
        out: &mut String,
        message: Message<'s>,
        records: &[Record<'_>],
    ) -> Option<()> {
        let name = message.full_name().strip_prefix("google.protobuf.")?;
        let value = || records.iter().rfind(|record| record.number == 1);
        match name {
            "Duration" => {
                let (seconds, nanos) = (integer(records, 1), integer(records, 2));
                let sign = if seconds < 0 || nanos < 0 { "-" } else { "" };
                let (seconds, nanos) = (seconds.unsigned_abs(), nanos.unsigned_abs());
                let _ = write!(out, "\"{sign}{seconds}{}s\"", Fraction(nanos).shown());
            }
            "Timestamp" => {
                let (seconds, nanos) = (integer(records, 1), integer(records, 2));
                let (year, month, day) = Day::of_seconds(seconds).year_month_day();
                let second = seconds.rem_euclid(86_400);
                let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
                let fraction = Fraction(nanos.unsigned_abs()).shown();
                let _ = write!(
                    out,
                    "\"{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}Z\""
                );
            }
            "FieldMask" => {
                let paths = self.texts(message, records);
                let paths: Vec<String> = paths
                    .iter()
                    .map(|path| {
                        path.split('.')
                            .map(case::json_name)
                            .collect::<Vec<_>>()
                            .join(".")
                    })
                    .collect();
                string(out, &paths.join(","));
            }
            "Struct" | "ListValue" => match value() {
                Some(_) => self.field(out, message.field_numbered(1)?, records),
                None => out.push_str(if name == "Struct" { "{}" } else { "[]" }),
            },
            "Value" => {
                let last = records.last()?;
                match message.field_numbered(last.number)? {
                    field if field.name() == "null_value" => out.push_str("null"),
                    field => self.field(out, field, std::slice::from_ref(last)),
                }
            }
            "BoolValue" | "BytesValue" | "DoubleValue" | "FloatValue" | "Int32Value"
            | "Int64Value" | "StringValue" | "UInt32Value" | "UInt64Value" => {
                let field = message.field_numbered(1)?;
                match value() {
                    Some(record) => self.field(out, field, std::slice::from_ref(record)),
                    None => match field.kind() {
                        FieldKind::Scalar(kind) => out.push_str(zero(kind)),
                        _ => return None,
                    },
                }
            }
            _ => return None,
        }
        Some(())
    }

    /// The strings of the only field.
    fn texts(&self, message: Message<'s>, records: &[Record<'_>]) -> Vec<String> {
        let of_it = |record: &&Record<'_>| message.field_numbered(record.number).is_some();
        let texts = records.iter().filter(of_it);
        texts
            .filter_map(|record| match record.payload {
                Payload::Bytes(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
                _ => None,
            })
            .collect()
    }
}

/// What a wrapper holds that was never set.
const fn zero(kind: Scalar) -> &'static str {
    match kind {
        Scalar::Bool => "false",
        Scalar::String | Scalar::Bytes => "\"\"",
        Scalar::Int64 | Scalar::Uint64 => "\"0\"",
        Scalar::Double | Scalar::Float => "0.0",
        _ => "0",
    }
}

/// The integer in a field; 0 where it is not set.
fn integer(records: &[Record<'_>], number: i32) -> i64 {
    let last = records.iter().rfind(|record| record.number == number);
    match last.map(|record| record.payload) {
        Some(Payload::Varint(value)) => value.cast_signed(),
        _ => 0,
    }
}

/// A part of a second, in nanoseconds.
struct Fraction(u64);

impl Fraction {
    /// With a point before it and as many thirds of its digits as it takes; nothing where it is 0.
    fn shown(&self) -> String {
        let digits = format!("{:09}", self.0);
        match self.0 {
            0 => String::new(),
            nanos if nanos % 1_000_000 == 0 => format!(".{}", &digits[..3]),
            nanos if nanos % 1_000 == 0 => format!(".{}", &digits[..6]),
            _ => format!(".{digits}"),
        }
    }
}
