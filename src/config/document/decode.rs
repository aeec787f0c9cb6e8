//! A tree to a typed value, with every mistake told, not the first only.

use std::sync::Arc;

use serde::de::value::StrDeserializer;
use serde::de::{
    self, DeserializeOwned, DeserializeSeed, EnumAccess, IntoDeserializer, MapAccess, SeqAccess,
    VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;
use serde_spanned::de::{SpannedDeserializer, is_spanned};

use super::problem::Problem;
use super::{Entry, Node, Value};
use crate::diagnostic::Diagnostic;
use crate::text::Source;

/// Mistakes told of one file; someone with more of them has taken the wrong file.
const MAX_PROBLEMS: usize = 50;

/// Reads `root`, a tree of `source`, as a `T`.
///
/// # Errors
/// Everything that does not fit `T`, in the order of the file.
pub fn decode<T: DeserializeOwned>(
    source: &Arc<Source>,
    mut root: Node,
) -> Result<T, Vec<Diagnostic>> {
    let mut problems = Vec::new();
    // A mistake ends serde's walk. So what is mistaken is taken out, and the rest is tried again.
    loop {
        match T::deserialize(Decoder { node: &root }) {
            Ok(value) if problems.is_empty() => return Ok(value),
            Ok(_) => break,
            Err(problem) => {
                let removed = remove(&mut root, &problem.path);
                problems.push(problem);
                if !removed || problems.len() >= MAX_PROBLEMS {
                    break;
                }
            }
        }
    }
    problems.sort_by_key(|problem| problem.span);
    Err(problems
        .into_iter()
        .map(|problem| problem.into_diagnostic(source))
        .collect())
}

/// Takes the value at `path` (innermost step first) out of the tree; the root stays.
fn remove(root: &mut Node, path: &[usize]) -> bool {
    let Some((&last, outer)) = path.split_first() else {
        return false;
    };
    let mut node = root;
    for &step in outer.iter().rev() {
        let inner = match &mut node.value {
            Value::Array(nodes) => nodes.get_mut(step),
            Value::Table(entries) => entries.get_mut(step).map(|entry| &mut entry.node),
            _ => None,
        };
        match inner {
            Some(inner) => node = inner,
            None => return false,
        }
    }
    match &mut node.value {
        Value::Array(nodes) if last < nodes.len() => drop(nodes.remove(last)),
        Value::Table(entries) if last < entries.len() => drop(entries.remove(last)),
        _ => return false,
    }
    true
}

/// Reads one value of the tree.
#[derive(Clone, Copy)]
struct Decoder<'n> {
    node: &'n Node,
}

impl<'n> IntoDeserializer<'n, Problem> for Decoder<'n> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl Decoder<'_> {
    fn expected(self, what: &str) -> Problem {
        Problem::expected(what, self.node)
    }

    fn integer(self) -> Result<i64, Problem> {
        match &self.node.value {
            Value::Integer(number) => Ok(*number),
            Value::Plain(text) => text.parse().map_err(|_| self.expected("a number")),
            _ => Err(self.expected("a number")),
        }
    }
}

impl<'de> de::Deserializer<'de> for Decoder<'de> {
    type Error = Problem;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        match &self.node.value {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(*value),
            Value::Integer(value) => visitor.visit_i64(*value),
            Value::Float(value) => visitor.visit_f64(*value),
            Value::String(text) => visitor.visit_str(text),
            Value::Plain(text) => match boolean(text) {
                Some(value) => visitor.visit_bool(value),
                None => match text.parse::<i64>() {
                    Ok(number) => visitor.visit_i64(number),
                    Err(_) => visitor.visit_str(text),
                },
            },
            Value::Array(_) => return self.deserialize_seq(visitor),
            Value::Table(_) => return self.deserialize_map(visitor),
        }
        .map_err(|problem: Problem| problem.at(self.node.span))
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        let value = match &self.node.value {
            Value::Null => Some(false),
            Value::Bool(value) => Some(*value),
            Value::Plain(text) => boolean(text),
            _ => None,
        };
        visitor.visit_bool(value.ok_or_else(|| self.expected("`true` or `false`"))?)
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        visitor.visit_i64(self.integer()?)
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        let number = u64::try_from(self.integer()?);
        visitor.visit_u64(number.map_err(|_| self.expected("a number that is not negative"))?)
    }

    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        let number = u32::try_from(self.integer()?);
        visitor.visit_u32(number.map_err(|_| self.expected("a number from 0 to 4294967295"))?)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        let text = match &self.node.value {
            Value::Null => "",
            Value::String(text) | Value::Plain(text) => text,
            _ => return Err(self.expected("a string")),
        };
        visitor
            .visit_str(text)
            .map_err(|problem: Problem| problem.at(self.node.span))
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        self.deserialize_str(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        match self.node.value {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Problem> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        let nodes = match &self.node.value {
            Value::Null => &[],
            Value::Array(nodes) => nodes.as_slice(),
            _ => return Err(self.expected("a list")),
        };
        visitor
            .visit_seq(ArrayAccess { nodes, next: 0 })
            .map_err(|problem| problem.at(self.node.span))
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        let entries = match &self.node.value {
            Value::Null => &[],
            Value::Table(entries) => entries.as_slice(),
            _ => return Err(self.expected("a table")),
        };
        visitor
            .visit_map(TableAccess { entries, next: 0 })
            .map_err(|problem| problem.at(self.node.span))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Problem> {
        if is_spanned(name) {
            return visitor.visit_map(SpannedDeserializer::new(self, self.node.span.range()));
        }
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Problem> {
        match &self.node.value {
            Value::String(text) | Value::Plain(text) => visitor
                .visit_enum(UnitVariant(text))
                .map_err(|problem| problem.at(self.node.span)),
            _ => Err(self.expected("a string")),
        }
    }

    forward_to_deserialize_any! {
        i8 i16 i32 i128 u8 u16 u128 f32 f64 char bytes byte_buf unit unit_struct tuple
        tuple_struct ignored_any
    }
}

/// The spellings that YAML 1.1 and buf take for booleans.
fn boolean(text: &str) -> Option<bool> {
    match text {
        "true" | "True" | "TRUE" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" | "y" | "Y" => {
            Some(true)
        }
        "false" | "False" | "FALSE" | "no" | "No" | "NO" | "off" | "Off" | "OFF" | "n" | "N" => {
            Some(false)
        }
        _ => None,
    }
}

struct ArrayAccess<'n> {
    nodes: &'n [Node],
    next: usize,
}

impl<'de> SeqAccess<'de> for ArrayAccess<'de> {
    type Error = Problem;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Problem> {
        let Some(node) = self.nodes.get(self.next) else {
            return Ok(None);
        };
        self.next += 1;
        seed.deserialize(Decoder { node })
            .map(Some)
            .map_err(|problem| problem.at(node.span).below(self.next - 1))
    }
}

struct TableAccess<'n> {
    entries: &'n [Entry],
    /// The entry whose key comes next; its value belongs to the one before.
    next: usize,
}

impl<'de> MapAccess<'de> for TableAccess<'de> {
    type Error = Problem;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Problem> {
        let Some(entry) = self.entries.get(self.next) else {
            return Ok(None);
        };
        self.next += 1;
        let key = KeyDecoder { entry };
        seed.deserialize(key)
            .map(Some)
            .map_err(|problem| problem.at(entry.key_span).below(self.next - 1))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Problem> {
        let at = self.next.saturating_sub(1);
        let Some(entry) = self.entries.get(at) else {
            return Err(de::Error::custom("a value without a key"));
        };
        seed.deserialize(Decoder { node: &entry.node })
            .map_err(|problem| problem.at(entry.node.span).below(at))
    }
}

/// Reads a key; it can remember its place like a value.
#[derive(Clone, Copy)]
struct KeyDecoder<'n> {
    entry: &'n Entry,
}

impl<'de> de::Deserializer<'de> for KeyDecoder<'de> {
    type Error = Problem;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        visitor.visit_borrowed_str(&self.entry.key)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Problem> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Problem> {
        if is_spanned(name) {
            let key: StrDeserializer<'_, Problem> = self.entry.key.as_str().into_deserializer();
            return visitor.visit_map(SpannedDeserializer::new(key, self.entry.key_span.range()));
        }
        self.deserialize_any(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Problem> {
        visitor.visit_enum(UnitVariant(&self.entry.key))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit unit_struct seq tuple tuple_struct map identifier ignored_any
    }
}

/// An enum in a file is a word.
struct UnitVariant<'n>(&'n str);

impl<'de> EnumAccess<'de> for UnitVariant<'de> {
    type Error = Problem;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Problem> {
        let word: StrDeserializer<'_, Problem> = self.0.into_deserializer();
        Ok((seed.deserialize(word)?, self))
    }
}

impl<'de> VariantAccess<'de> for UnitVariant<'de> {
    type Error = Problem;

    fn unit_variant(self) -> Result<(), Problem> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, _: T) -> Result<T::Value, Problem> {
        Err(de::Error::custom("a table is expected here, not a string"))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, Problem> {
        Err(de::Error::custom("a list is expected here, not a string"))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Problem> {
        Err(de::Error::custom("a table is expected here, not a string"))
    }
}
