//! `default` and `json_name`: they are written like options, and are parts of the field itself.

use std::fmt::Write as _;

use super::State;
use super::element::Settings;
use super::interpret::Interpreter;
use super::setting_value::{known_values, named_value};
use super::value::{Grammar, Mistake, Value, Written};
use crate::diagnostic::Diagnostic;
use crate::schema::features::FieldPresence;
use crate::schema::{Edition, EnumValue, Field, FieldKind, SCHEMA};
use crate::syntax::TokenRange;
use crate::syntax::tree::{NodeIndex, OptionSetting, OptionValue};
use crate::text::case;

/// The default of a field.
#[derive(Debug, Clone, PartialEq)]
pub enum DefaultValue<'s> {
    /// Of a built-in type.
    Scalar(Value),
    /// Of an enum.
    Enum(EnumValue<'s>),
}

impl DefaultValue<'_> {
    /// The value as protoc writes it in `FieldDescriptorProto.default_value`. Bytes, since a string's need not be
    /// UTF-8.
    pub fn to_descriptor(&self) -> Vec<u8> {
        match self {
            Self::Enum(value) => value.name().text.as_bytes().to_vec(),
            Self::Scalar(Value::String(value)) => value.clone(),
            Self::Scalar(Value::Bytes(value)) => escaped(value).into_bytes(),
            Self::Scalar(Value::Float(value)) => float(*value).into_bytes(),
            Self::Scalar(Value::Double(value)) => double(*value).into_bytes(),
            Self::Scalar(Value::Boolean(value)) => value.to_string().into_bytes(),
            Self::Scalar(Value::Unsigned(value)) => value.to_string().into_bytes(),
            Self::Scalar(Value::Signed(value)) => value.to_string().into_bytes(),
            Self::Scalar(Value::Enum(value)) => value.to_string().into_bytes(),
        }
    }
}

impl<'s> Field<'s> {
    /// The setting of its default, where one is written: its place in the tree.
    pub fn default_setting(self) -> Option<&'s OptionSetting> {
        self.written(State::Default)
    }

    /// The setting of its JSON name, where one is written: its place in the tree.
    pub fn json_name_setting(self) -> Option<&'s OptionSetting> {
        self.written(State::JsonName)
    }

    /// Its default, where a valid one is written.
    pub fn default_value(self) -> Option<DefaultValue<'s>> {
        let setting = self.default_setting()?;
        default_of(self, setting.value).ok()
    }

    /// Its JSON name: what `json_name` says, else what follows from its name.
    pub fn json_name(self) -> String {
        self.custom_json_name()
            .unwrap_or_else(|| case::json_name(&self.name()))
    }

    /// What `json_name` says, where it is a string.
    pub fn custom_json_name(self) -> Option<String> {
        let setting = self.json_name_setting()?;
        match setting.value {
            OptionValue::String(tokens) => {
                let value = self.file().syntax().string_value(tokens);
                Some(String::from_utf8_lossy(&value).into_owned())
            }
            _ => None,
        }
    }

    fn written(self, state: State) -> Option<&'s OptionSetting> {
        let options = self.node().options;
        if options.is_empty() {
            return None;
        }
        let file = self.file();
        let data = file.schema().data(file.id());
        let tree = data.syntax.tree();
        let index = Settings::Compact(options).iter(tree).find(|index| {
            data.options
                .settings
                .get(index.get())
                .is_some_and(|setting| setting.state == state)
        })?;
        Some(&tree[index])
    }
}

/// What the value of `default` means, or why it means nothing.
fn default_of(field: Field<'_>, value: OptionValue) -> Result<DefaultValue<'_>, Mistake> {
    let file = field.file().syntax();
    match field.kind() {
        FieldKind::Scalar(scalar) => Written::of_setting(file, value)
            .typed(scalar, Grammar::Default)
            .map(DefaultValue::Scalar),
        FieldKind::Enum(node) => {
            let word = match value {
                OptionValue::Identifier { minus: None, word } => file.text(word),
                _ => "",
            };
            named_value(node, word)
                .map(DefaultValue::Enum)
                .ok_or_else(|| {
                    let full_name = node.full_name();
                    let message = if word.is_empty() {
                        format!(
                            "the default of an enum field is the name of a value of `{full_name}`"
                        )
                    } else {
                        format!("enum `{full_name}` has no value `{word}`")
                    };
                    Mistake::new(message, format!("write {}", known_values(node)))
                })
        }
        FieldKind::Message(_) | FieldKind::Delimited(_) => Err(Mistake::new(
            "a message field cannot have a default",
            "remove the default: an absent message is an empty one",
        )),
        FieldKind::Unknown => Err(Mistake::new("", "")),
    }
}

impl Interpreter<'_> {
    /// Checks a `default` or `json_name` of a field.
    pub(super) fn part_of_field(&mut self, field: u32, index: NodeIndex<OptionSetting>) {
        let file = self.file;
        let setting = &file.tree()[index];
        let state = self.table.settings[index.get()].state;
        let field = Field::new(self.schema, self.id, NodeIndex::new(field));
        let earlier = Settings::Compact(field.node().options)
            .iter(file.tree())
            .take_while(|&other| other != index)
            .find(|other| self.table.settings[other.get()].state == state);
        if let Some(earlier) = earlier {
            let name = file.joined(setting.name_tokens);
            let error = Diagnostic::error(
                SCHEMA,
                file.source(),
                file.span(setting.name_tokens),
                format!("`{name}` is set already"),
            )
            .with_label(
                file.source(),
                file.span(file.tree()[earlier].name_tokens),
                "first set here",
            )
            .with_help("keep one of the two");
            self.errors.push(error);
            return;
        }
        let mistake = match state {
            State::Default => self.wrong_default(field, setting),
            State::JsonName => self.wrong_json_name(field, setting),
            State::Unknown | State::Set => None,
        };
        if let Some((tokens, mistake)) = mistake {
            self.mistake(tokens, mistake);
        }
    }

    fn wrong_default(
        &self,
        field: Field<'_>,
        setting: &OptionSetting,
    ) -> Option<(TokenRange, Mistake)> {
        let at_name =
            |message: &str, help: &str| Some((setting.name_tokens, Mistake::new(message, help)));
        if field.is_map() || field.is_repeated() {
            return at_name(
                "a repeated field cannot have a default",
                "remove the default: an absent repeated field is empty",
            );
        }
        if field.file().edition() == Edition::Proto3 {
            return at_name(
                "proto3 has no defaults of one's own",
                "remove the default, or use an edition, which has them",
            );
        }
        if let Err(mistake) = default_of(field, setting.value) {
            // Where the type is unknown, that was reported.
            return (field.kind() != FieldKind::Unknown).then(|| (setting.value.tokens(), mistake));
        }
        if field.features().field_presence == FieldPresence::Implicit
            && field.cardinality() == crate::schema::Cardinality::Implicit
        {
            return at_name(
                "a field without presence cannot have a default",
                "remove the default, or set `features.field_presence = EXPLICIT`",
            );
        }
        None
    }

    fn wrong_json_name(
        &self,
        field: Field<'_>,
        setting: &OptionSetting,
    ) -> Option<(TokenRange, Mistake)> {
        let value = setting.value.tokens();
        if !matches!(setting.value, OptionValue::String(_)) {
            return Some((
                value,
                Mistake::new("a JSON name is a string", "write it in quotes"),
            ));
        }
        let name = field.json_name();
        if field.is_extension() && name != case::json_name(&field.name()) {
            return Some((
                setting.name_tokens,
                Mistake::new(
                    "an extension cannot have a JSON name of its own",
                    "remove `json_name`: in JSON an extension is called by its full name in brackets",
                ),
            ));
        }
        if name.contains('\0') {
            return Some((
                value,
                Mistake::new("a JSON name cannot contain a NUL character", "remove it"),
            ));
        }
        if name.len() >= 2 && name.starts_with('[') && name.ends_with(']') {
            return Some((
                value,
                Mistake::new(
                    format!("`{name}` cannot be a JSON name"),
                    "remove the brackets: names in brackets are those of extensions",
                ),
            ));
        }
        None
    }
}

/// Bytes as C would escape them in a string.
fn escaped(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    for &byte in bytes {
        match byte {
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            b'"' => out.push_str("\\\""),
            b'\'' => out.push_str("\\'"),
            b'\\' => out.push_str("\\\\"),
            0x20..=0x7E => out.push(char::from(byte)),
            _ => {
                _ = write!(out, "\\{byte:03o}");
            }
        }
    }
    out
}

/// A float as protoc writes it: in six digits where they are enough to read it back, else in nine. Subnormal numbers
/// have nine: C's `strtof` calls them out of range, so protoc does not take their short form.
fn float(value: f32) -> String {
    let short = general(value.into(), 6);
    if value.is_nan() || (!value.is_subnormal() && short.parse() == Ok(value)) {
        return short;
    }
    general(value.into(), 9)
}

/// A double as protoc writes it: in fifteen digits where they are enough to read it back, else in seventeen.
fn double(value: f64) -> String {
    let short = general(value, 15);
    if value.is_nan() || short.parse() == Ok(value) {
        return short;
    }
    general(value, 17)
}

/// A number as `printf("%.*g")` writes it.
fn general(value: f64, digits: usize) -> String {
    if value.is_nan() {
        return "nan".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "inf" } else { "-inf" }.to_owned();
    }
    let scientific = format!("{value:.*e}", digits - 1);
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let in_range = exponent >= -4 && usize::try_from(exponent).unwrap_or(0) < digits;
    if !in_range {
        let mantissa = without_zeros(mantissa);
        let sign = if exponent < 0 { '-' } else { '+' };
        return format!("{mantissa}e{sign}{:02}", exponent.abs());
    }
    let places = i32::try_from(digits).unwrap_or(0) - 1 - exponent;
    let fixed = format!("{value:.*}", usize::try_from(places).unwrap_or(0));
    without_zeros(&fixed).to_owned()
}

/// The number without zeros at the end of its fraction.
fn without_zeros(number: &str) -> &str {
    if number.contains('.') {
        number.trim_end_matches('0').trim_end_matches('.')
    } else {
        number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What protoc 35.1 writes for these defaults.
    #[test]
    fn floats_are_printed_as_protoc_prints_them() {
        for (value, expected) in [
            (0.1, "0.1"),
            (1e10, "1e+10"),
            (123_456_789.0, "123456792"),
            (3.402_823_5e38, "3.40282347e+38"),
            (1e6, "1e+06"),
            (0.000_012_345_679, "1.23456794e-05"),
            (1.4e-45, "1.40129846e-45"),
            (0.0001, "0.0001"),
            (1_234_567.8, "1234567.75"),
            (-0.0, "-0"),
            (f32::INFINITY, "inf"),
        ] {
            assert_eq!(float(value), expected);
        }
        for (value, expected) in [
            (1e10, "10000000000"),
            (1e15, "1e+15"),
            (123_456_789_012_345_680.0, "1.2345678901234568e+17"),
            (5e-324, "4.94065645841247e-324"),
            (0.123_456_789_012_345_6, "0.12345678901234559"),
            (9_007_199_254_740_992.0, "9007199254740992"),
            (1e-5, "1e-05"),
            (-f64::NAN, "nan"),
        ] {
            assert_eq!(double(value), expected);
        }
    }

    #[test]
    fn bytes_are_escaped_as_in_c() {
        assert_eq!(
            escaped(b"\0\x01\x7f\x80\xff\t\n\r\"'\\?a"),
            r#"\000\001\177\200\377\t\n\r\"\'\\?a"#
        );
    }
}
