//! The messages, enums and extensions that options are made of.

use std::sync::{Arc, OnceLock};

use rustc_hash::{FxHashMap, FxHashSet};

use super::descriptors::{
    EnumDescriptor, FieldDescriptor, FileDescriptor, MessageDescriptor, read_file,
};
use crate::descriptor;
use crate::schema::{Input, Role, Schema};
use crate::sources::well_known;
use crate::syntax::File;
use crate::text::Source;

/// The values of `FieldDescriptorProto.Type`.
pub(super) mod kind {
    pub(in super::super) const DOUBLE: i32 = 1;
    pub(in super::super) const FLOAT: i32 = 2;
    pub(in super::super) const INT64: i32 = 3;
    pub(in super::super) const UINT64: i32 = 4;
    pub(in super::super) const INT32: i32 = 5;
    pub(in super::super) const FIXED64: i32 = 6;
    pub(in super::super) const FIXED32: i32 = 7;
    pub(in super::super) const BOOL: i32 = 8;
    pub(in super::super) const STRING: i32 = 9;
    pub(in super::super) const GROUP: i32 = 10;
    pub(in super::super) const MESSAGE: i32 = 11;
    pub(in super::super) const BYTES: i32 = 12;
    pub(in super::super) const UINT32: i32 = 13;
    pub(in super::super) const ENUM: i32 = 14;
    pub(in super::super) const SFIXED32: i32 = 15;
    pub(in super::super) const SFIXED64: i32 = 16;
    pub(in super::super) const SINT32: i32 = 17;
    pub(in super::super) const SINT64: i32 = 18;
}

/// A field of a message, or an extension of it.
#[derive(Debug, Clone)]
pub(super) struct FieldType {
    /// The name; of an extension the full one, without a leading dot.
    pub(super) name: String,
    pub(super) json_name: String,
    pub(super) is_extension: bool,
    pub(super) number: u32,
    pub(super) kind: i32,
    /// The full name of the message or enum, without a leading dot.
    pub(super) type_name: String,
    pub(super) is_repeated: bool,
}

/// The types of a set, by full name without a leading dot.
#[derive(Debug, Clone, Default)]
pub(super) struct Types {
    /// Fields and extensions by message and number.
    fields: FxHashMap<String, FxHashMap<u32, FieldType>>,
    /// Value names by enum and number.
    enums: FxHashMap<String, Vec<(i32, String)>>,
    map_entries: FxHashSet<String>,
}

impl Types {
    /// The types of `descriptor.proto` itself.
    pub(super) fn of_descriptors() -> Self {
        // The types are not read while a lock is held: linking waits for other threads, which may want these types too.
        static TYPES: OnceLock<Types> = OnceLock::new();
        if let Some(types) = TYPES.get() {
            return types.clone();
        }
        let types = Self::read_bundled();
        TYPES.get_or_init(|| types).clone()
    }

    fn read_bundled() -> Self {
        let mut types = Self::default();
        let name = "google/protobuf/descriptor.proto";
        let text = well_known::text(name).unwrap_or_default();
        if let Ok(source) = Source::new(name, name, text.into()) {
            let schema = Schema::link(vec![Input::new(
                Arc::new(File::parse(Arc::new(source))),
                Role::Target,
            )]);
            let files = schema.targets().map(|file| descriptor::file(file, false));
            let files: Vec<FileDescriptor> = files.filter_map(|file| read_file(&file)).collect();
            types.add(&files);
        }
        types
    }

    /// Adds the types that files define.
    pub(super) fn add(&mut self, files: &[FileDescriptor]) {
        for file in files {
            for message in &file.messages {
                self.message(&file.package, message);
            }
            for declared in &file.enums {
                self.enumeration(&file.package, declared);
            }
            for extension in &file.extensions {
                self.extension(&file.package, extension);
            }
        }
    }

    fn message(&mut self, scope: &str, message: &MessageDescriptor) {
        let full_name = full(scope, &message.name);
        for field in &message.fields {
            self.field(&full_name, &field.name, false, field);
        }
        for nested in &message.messages {
            self.message(&full_name, nested);
        }
        for nested in &message.enums {
            self.enumeration(&full_name, nested);
        }
        for extension in &message.extensions {
            self.extension(&full_name, extension);
        }
        if message.is_map_entry() {
            self.map_entries.insert(full_name);
        }
    }

    fn extension(&mut self, scope: &str, extension: &FieldDescriptor) {
        let name = full(scope, &extension.name);
        let extendee = undotted(&extension.extendee).to_owned();
        self.field(&extendee, &name, true, extension);
    }

    fn field(&mut self, message: &str, name: &str, is_extension: bool, field: &FieldDescriptor) {
        let Ok(number) = u32::try_from(field.number) else {
            return;
        };
        let json_name = field.json_name.as_deref();
        let field_type = FieldType {
            name: name.to_owned(),
            json_name: json_name.unwrap_or(name).to_owned(),
            is_extension,
            number,
            kind: field.kind,
            type_name: undotted(&field.type_name).to_owned(),
            is_repeated: field.label == 3,
        };
        let fields = self.fields.entry(message.to_owned()).or_default();
        fields.insert(number, field_type);
    }

    fn enumeration(&mut self, scope: &str, declared: &EnumDescriptor) {
        let value =
            |value: &super::descriptors::EnumValueDescriptor| (value.number, value.name.clone());
        let values = declared.values.iter().map(value).collect();
        self.enums.insert(full(scope, &declared.name), values);
    }

    /// The field or extension of that number.
    pub(super) fn by_number(&self, message: &str, number: u32) -> Option<&FieldType> {
        self.fields.get(message)?.get(&number)
    }

    /// The field of that JSON name, or of that name; an extension is written in brackets.
    pub(super) fn by_json_name(&self, message: &str, name: &str) -> Option<&FieldType> {
        let extension = name
            .strip_prefix('[')
            .and_then(|name| name.strip_suffix(']'));
        let fields = self.fields.get(message)?;
        fields.values().find(|field| match extension {
            Some(extension) => field.is_extension && field.name == extension,
            None => !field.is_extension && (field.json_name == name || field.name == name),
        })
    }

    /// The first name of an enum's value.
    pub(super) fn value_name(&self, enumeration: &str, number: i32) -> Option<&str> {
        let values = self.enums.get(enumeration)?;
        let value = values.iter().find(|(known, _)| *known == number)?;
        Some(&value.1)
    }

    /// The number of an enum's value.
    pub(super) fn value_number(&self, enumeration: &str, name: &str) -> Option<i32> {
        let values = self.enums.get(enumeration)?;
        let value = values.iter().find(|(_, known)| known == name)?;
        Some(value.0)
    }

    /// Whether a message was made for a map field.
    pub(super) fn is_map_entry(&self, message: &str) -> bool {
        self.map_entries.contains(message)
    }
}

/// The name in a scope, which may be empty.
pub(super) fn full(scope: &str, name: &str) -> String {
    match scope {
        "" => name.to_owned(),
        scope => format!("{scope}.{name}"),
    }
}

pub(super) fn undotted(name: &str) -> &str {
    name.strip_prefix('.').unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_types_of_descriptors_are_known() {
        let types = Types::of_descriptors();
        let field = types.by_number("google.protobuf.FileOptions", 1);
        assert_eq!(field.map(|field| field.name.as_str()), Some("java_package"));
        assert_eq!(
            types.value_number("google.protobuf.Edition", "EDITION_2023"),
            Some(1000)
        );
    }
}
