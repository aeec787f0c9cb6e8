//! From the value of a setting to bytes, inside of the messages that its name goes through.

use super::interpret::Interpreter;
use super::value::{Grammar, Written, push_enum, push_value};
use super::wire::push_message;
use crate::schema::{Definition, Enum, EnumValue, Field, FieldKind};
use crate::syntax::tree::{OptionSetting, OptionValue};

/// How many parts a name may go through.
const MAX_PARTS: usize = 100;

impl<'s> Interpreter<'s> {
    /// Encodes the value into the messages that the name goes through.
    pub(super) fn nested(
        &mut self,
        parents: &[Field<'s>],
        field: Field<'s>,
        node: &OptionSetting,
        out: &mut Vec<u8>,
    ) -> Option<()> {
        let Some((outer, inner)) = parents.split_first() else {
            return self.value(field, node, out);
        };
        // An option's name has few parts: the recursion is as deep as messages were found for them.
        if parents.len() > MAX_PARTS {
            self.error(
                node.name_tokens,
                format!("the option's name has more than {MAX_PARTS} parts"),
                "set the outer message with a value in `{ }`",
            );
            return None;
        }
        let number = outer.number()?;
        let is_group = matches!(outer.kind(), FieldKind::Delimited(_));
        let mut set = None;
        push_message(out, number, is_group, |out| {
            set = self.nested(inner, field, node, out);
        });
        set
    }

    fn value(&mut self, field: Field<'s>, node: &OptionSetting, out: &mut Vec<u8>) -> Option<()> {
        let number = field.number()?;
        let kind = field.kind();
        let tokens = node.value.tokens();
        if matches!(kind, FieldKind::Message(_) | FieldKind::Delimited(_)) || field.is_map() {
            let OptionValue::Aggregate(literal) = node.value else {
                let name = self.file.joined(node.name_tokens);
                self.error(
                    tokens,
                    format!("option `{name}` is a message, and no single value"),
                    format!("set the whole with `{name} = {{ field: value }}`, or one field with `{name}.field = value`"),
                );
                return None;
            };
            return self.literal(field, literal, out);
        }
        let file = self.file;
        match kind {
            FieldKind::Scalar(scalar) => {
                let written = Written::of_setting(file, node.value);
                match written.typed(scalar, Grammar::Setting) {
                    Ok(value) => push_value(out, Some(number), scalar, &value),
                    Err(mistake) => {
                        self.mistake(tokens, mistake);
                        return None;
                    }
                }
            }
            FieldKind::Enum(node_type) => {
                let value = self.enum_value(node_type, node)?;
                self.use_value(value, tokens);
                push_enum(out, Some(number), value.number()?);
            }
            FieldKind::Message(_) | FieldKind::Delimited(_) | FieldKind::Unknown => return None,
        }
        Some(())
    }

    fn enum_value(&mut self, node_type: Enum<'s>, node: &OptionSetting) -> Option<EnumValue<'s>> {
        let file = self.file;
        let word = match node.value {
            OptionValue::Identifier { minus: None, word } => Some(file.text(word)),
            _ => None,
        };
        let found = word.and_then(|word| named_value(node_type, word));
        if found.is_none() {
            let full_name = node_type.full_name();
            let message = match word {
                Some(word) => format!("enum `{full_name}` has no value `{word}`"),
                None => format!("the name of a value of enum `{full_name}` is needed here"),
            };
            self.error(
                node.value.tokens(),
                message,
                format!("write {}", known_values(node_type)),
            );
        }
        found
    }
}

/// The value of that name.
pub(in crate::schema) fn named_value<'s>(node: Enum<'s>, name: &str) -> Option<EnumValue<'s>> {
    /// Values that are looked at one by one before the names of all files are asked.
    const SHORT: usize = 64;
    let mut values = node.values();
    let is_it = |value: &EnumValue<'s>| value.name().text == name;
    let found = values.by_ref().take(SHORT).find(is_it);
    let Some(next) = found.is_none().then(|| values.next()).flatten() else {
        return found;
    };
    let schema = node.file().schema();
    let full_name = next.full_name();
    let scope = full_name.strip_suffix(next.name().text)?;
    let symbol = schema.symbol(&format!("{scope}{name}"));
    let value = symbol.and_then(|symbol| match symbol.definition {
        Definition::EnumValue(index) => Some(EnumValue::new(schema, symbol.file, index)),
        _ => None,
    });
    // Values lie in the scope around their enum, where something else may have the name.
    (value.filter(|value| value.parent() == node)).or_else(|| node.values().find(is_it))
}

/// The first values of an enum, to be offered.
pub(in crate::schema) fn known_values(node: Enum<'_>) -> String {
    const SHOWN: usize = 5;
    let mut names: Vec<String> = node
        .values()
        .take(SHOWN)
        .map(|value| format!("`{}`", value.name()))
        .collect();
    if node.values().nth(SHOWN).is_some() {
        names.push("another of its values".to_owned());
    }
    match names.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
        None => "one of its values".to_owned(),
    }
}
