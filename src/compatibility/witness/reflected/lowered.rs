//! Message types as the proto2 descriptors that prost-reflect takes.

use std::collections::BTreeMap;

use prost_reflect::prost_types::field_descriptor_proto::{Label, Type};
use prost_reflect::prost_types::{
    DescriptorProto, EnumDescriptorProto, EnumValueDescriptorProto, FieldDescriptorProto,
    FieldOptions, FileDescriptorProto, FileDescriptorSet, MessageOptions, OneofDescriptorProto,
};
use prost_reflect::{DescriptorPool, MessageDescriptor};

use super::Touched;
use crate::schema::{Cardinality, Enum, Field, FieldKind, Message};
use crate::syntax::tree::Scalar;

/// Types on their way to proto2 descriptors, each under a name of its own at the top of one file.
pub(super) struct Lowered<'s, 't> {
    touched: &'t Touched<'s>,
    messages: BTreeMap<&'s str, String>,
    open: Vec<Message<'s>>,
    enums: BTreeMap<&'s str, String>,
    file: FileDescriptorProto,
}

impl<'s, 't> Lowered<'s, 't> {
    /// `None` where prost-reflect refuses the descriptors.
    pub(super) fn descriptor(
        message: Message<'s>,
        touched: &'t Touched<'s>,
    ) -> Option<MessageDescriptor> {
        let mut lowered = Self {
            touched,
            messages: BTreeMap::new(),
            open: Vec::new(),
            enums: BTreeMap::new(),
            file: FileDescriptorProto {
                name: Some("witness.proto".to_owned()),
                syntax: Some("proto2".to_owned()),
                ..FileDescriptorProto::default()
            },
        };
        let name = lowered.message(message);
        while let Some(next) = lowered.open.pop() {
            let lowered_message = lowered.lower(next);
            lowered.file.message_type.push(lowered_message);
        }
        let set = FileDescriptorSet {
            file: vec![lowered.file],
        };
        let pool = DescriptorPool::from_file_descriptor_set(set).ok()?;
        pool.get_message_by_name(&name)
    }

    /// The name that a message goes by.
    fn message(&mut self, message: Message<'s>) -> String {
        let next = format!("M{}", self.messages.len());
        if let Some(known) = self.messages.get(message.full_name()) {
            return known.clone();
        }
        self.messages.insert(message.full_name(), next.clone());
        self.open.push(message);
        next
    }

    fn enumeration(&mut self, node: Enum<'s>) -> String {
        let name = format!("E{}", self.enums.len());
        if let Some(known) = self.enums.get(node.full_name()) {
            return known.clone();
        }
        // Numbers are written and read as they are, listed or not; the first value is the default.
        let values = node.values().take(1).filter_map(|value| {
            Some(EnumValueDescriptorProto {
                name: Some(format!("{name}_{}", value.name().text)),
                number: Some(value.number()?),
                options: None,
            })
        });
        self.file.enum_type.push(EnumDescriptorProto {
            name: Some(name.clone()),
            value: values.collect(),
            ..EnumDescriptorProto::default()
        });
        self.enums.insert(node.full_name(), name.clone());
        name
    }

    fn lower(&mut self, message: Message<'s>) -> DescriptorProto {
        let mut lowered = DescriptorProto {
            name: self.messages.get(message.full_name()).cloned(),
            ..DescriptorProto::default()
        };
        let mut oneofs = Vec::new();
        let touched = self.touched.get(message.full_name());
        let numbers = touched.into_iter().flatten();
        for field in numbers.filter_map(|&number| message.field_numbered(number)) {
            let oneof_index = field.oneof().map(|oneof| {
                let known = oneofs.iter().position(|known| *known == oneof);
                known.unwrap_or_else(|| {
                    oneofs.push(oneof);
                    oneofs.len() - 1
                })
            });
            let descriptor = if field.is_map() {
                let entry = self.entry(field);
                let type_name = entry.name.clone().unwrap_or_default();
                let owner = lowered.name.clone().unwrap_or_default();
                lowered.nested_type.push(entry);
                FieldDescriptorProto {
                    r#type: Some(Type::Message.into()),
                    type_name: Some(format!(".{owner}.{type_name}")),
                    ..FieldDescriptorProto::default()
                }
            } else {
                self.typed(field.kind())
            };
            let label = match field.cardinality() {
                Cardinality::Map | Cardinality::Repeated => Label::Repeated,
                Cardinality::Required => Label::Required,
                Cardinality::Explicit | Cardinality::Implicit => Label::Optional,
            };
            lowered.field.push(FieldDescriptorProto {
                name: Some(format!("f{}", field.number().unwrap_or_default())),
                number: field.number(),
                label: Some(label.into()),
                oneof_index: oneof_index.and_then(|at| i32::try_from(at).ok()),
                options: field.is_packed().then(|| FieldOptions {
                    packed: Some(true),
                    ..FieldOptions::default()
                }),
                ..descriptor
            });
        }
        lowered.oneof_decl = (0..oneofs.len())
            .map(|at| OneofDescriptorProto {
                name: Some(format!("o{at}")),
                options: None,
            })
            .collect();
        lowered
    }

    fn entry(&mut self, field: Field<'s>) -> DescriptorProto {
        let key = FieldKind::Scalar(field.map_key().unwrap_or(Scalar::String));
        let part = |name: &str, number, descriptor| FieldDescriptorProto {
            name: Some(name.to_owned()),
            number: Some(number),
            label: Some(Label::Optional.into()),
            ..descriptor
        };
        DescriptorProto {
            // prost-reflect holds an entry's name against that of its field.
            name: Some(format!("F{}Entry", field.number().unwrap_or_default())),
            field: vec![
                part("key", 1, self.typed(key)),
                part("value", 2, self.typed(field.kind())),
            ],
            options: Some(MessageOptions {
                map_entry: Some(true),
                ..MessageOptions::default()
            }),
            ..DescriptorProto::default()
        }
    }

    fn typed(&mut self, kind: FieldKind<'s>) -> FieldDescriptorProto {
        let (r#type, type_name) = match kind {
            FieldKind::Scalar(scalar) => (scalar_type(scalar), None),
            FieldKind::Enum(node) => (Type::Enum, Some(self.enumeration(node))),
            FieldKind::Message(message) => (Type::Message, Some(self.message(message))),
            FieldKind::Delimited(message) => (Type::Group, Some(self.message(message))),
            FieldKind::Unknown => (Type::Bytes, None),
        };
        FieldDescriptorProto {
            r#type: Some(r#type.into()),
            type_name: type_name.map(|name| format!(".{name}")),
            ..FieldDescriptorProto::default()
        }
    }
}

const fn scalar_type(scalar: Scalar) -> Type {
    match scalar {
        Scalar::Double => Type::Double,
        Scalar::Float => Type::Float,
        Scalar::Int64 => Type::Int64,
        Scalar::Uint64 => Type::Uint64,
        Scalar::Int32 => Type::Int32,
        Scalar::Fixed64 => Type::Fixed64,
        Scalar::Fixed32 => Type::Fixed32,
        Scalar::Bool => Type::Bool,
        Scalar::String => Type::String,
        Scalar::Bytes => Type::Bytes,
        Scalar::Uint32 => Type::Uint32,
        Scalar::Sfixed32 => Type::Sfixed32,
        Scalar::Sfixed64 => Type::Sfixed64,
        Scalar::Sint32 => Type::Sint32,
        Scalar::Sint64 => Type::Sint64,
    }
}
