//! Descriptors as values, read from their binary form.
//!
//! Field numbers are those of `google/protobuf/descriptor.proto`.

use super::wire::{self, Record, Value, records};

/// How deep messages may lie in each other; protoc's limit for sources is 32.
const MAX_DEPTH: usize = 64;

/// `FileDescriptorProto`
#[derive(Debug, Default)]
pub(super) struct FileDescriptor {
    pub(super) name: String,
    pub(super) package: String,
    pub(super) imports: Vec<String>,
    pub(super) public_imports: Vec<usize>,
    pub(super) weak_imports: Vec<usize>,
    pub(super) option_imports: Vec<String>,
    pub(super) messages: Vec<MessageDescriptor>,
    pub(super) enums: Vec<EnumDescriptor>,
    pub(super) services: Vec<ServiceDescriptor>,
    pub(super) extensions: Vec<FieldDescriptor>,
    pub(super) options: Vec<u8>,
    pub(super) syntax: String,
    /// A value of `Edition`; zero where the file has none.
    pub(super) edition: i32,
    /// What buf says of a file in an image; `None` in a set that is not of buf.
    pub(super) image_file: Option<ImageFile>,
}

/// `buf.alpha.image.v1.ImageFileExtension`
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct ImageFile {
    pub(super) is_import: bool,
    pub(super) is_syntax_unspecified: bool,
}

/// `DescriptorProto`
#[derive(Debug, Default)]
pub(super) struct MessageDescriptor {
    pub(super) name: String,
    pub(super) fields: Vec<FieldDescriptor>,
    pub(super) extensions: Vec<FieldDescriptor>,
    pub(super) messages: Vec<MessageDescriptor>,
    pub(super) enums: Vec<EnumDescriptor>,
    pub(super) extension_ranges: Vec<Range>,
    pub(super) oneofs: Vec<OneofDescriptor>,
    pub(super) options: Vec<u8>,
    pub(super) reserved_ranges: Vec<Range>,
    pub(super) reserved_names: Vec<String>,
    pub(super) visibility: i32,
}

impl MessageDescriptor {
    /// Whether the options say that it was made for a map field.
    pub(super) fn is_map_entry(&self) -> bool {
        self.is_set(7)
    }

    /// Whether the options say that it is encoded as a message set.
    pub(super) fn is_message_set(&self) -> bool {
        self.is_set(1)
    }

    fn is_set(&self, option: u32) -> bool {
        records(&self.options).any(|record| record.number == option && record.value.is_true())
    }
}

/// `FieldDescriptorProto`
#[derive(Debug, Default)]
pub(super) struct FieldDescriptor {
    pub(super) name: String,
    pub(super) extendee: String,
    pub(super) number: i32,
    /// 1 optional, 2 required, 3 repeated.
    pub(super) label: i32,
    /// A value of `FieldDescriptorProto.Type`.
    pub(super) kind: i32,
    pub(super) type_name: String,
    pub(super) default_value: Option<String>,
    pub(super) options: Vec<u8>,
    pub(super) oneof: Option<usize>,
    pub(super) json_name: Option<String>,
    pub(super) is_proto3_optional: bool,
}

/// `OneofDescriptorProto`
#[derive(Debug, Default)]
pub(super) struct OneofDescriptor {
    pub(super) name: String,
    pub(super) options: Vec<u8>,
}

/// A range of numbers; its end is the first number behind it in messages, its last number in enums.
#[derive(Debug, Default)]
pub(super) struct Range {
    pub(super) start: i32,
    pub(super) end: i32,
    pub(super) options: Vec<u8>,
}

/// `EnumDescriptorProto`
#[derive(Debug, Default)]
pub(super) struct EnumDescriptor {
    pub(super) name: String,
    pub(super) values: Vec<EnumValueDescriptor>,
    pub(super) options: Vec<u8>,
    pub(super) reserved_ranges: Vec<Range>,
    pub(super) reserved_names: Vec<String>,
    pub(super) visibility: i32,
}

/// `EnumValueDescriptorProto`
#[derive(Debug, Default)]
pub(super) struct EnumValueDescriptor {
    pub(super) name: String,
    pub(super) number: i32,
    pub(super) options: Vec<u8>,
}

/// `ServiceDescriptorProto`
#[derive(Debug, Default)]
pub(super) struct ServiceDescriptor {
    pub(super) name: String,
    pub(super) methods: Vec<MethodDescriptor>,
    pub(super) options: Vec<u8>,
}

/// `MethodDescriptorProto`
#[derive(Debug, Default)]
pub(super) struct MethodDescriptor {
    pub(super) name: String,
    pub(super) input: String,
    pub(super) output: String,
    /// `None` where the method has no body.
    pub(super) options: Option<Vec<u8>>,
    pub(super) is_client_streaming: bool,
    pub(super) is_server_streaming: bool,
}

/// The files of a `FileDescriptorSet`; `None` where the bytes are none.
pub(super) fn read_set(bytes: &[u8]) -> Option<Vec<FileDescriptor>> {
    if !wire::check(bytes) {
        return None;
    }
    let files = records(bytes).filter(|record| record.number == 1);
    files
        .map(|record| match record.value {
            Value::Bytes(bytes) => read_file(bytes),
            _ => None,
        })
        .collect()
}

/// A `FileDescriptorProto`; `None` where the bytes are none.
pub(super) fn read_file(bytes: &[u8]) -> Option<FileDescriptor> {
    let mut file = FileDescriptor::default();
    for Record { number, value } in checked(bytes)? {
        match number {
            1 => file.name = value.text(),
            2 => file.package = value.text(),
            3 => file.imports.push(value.text()),
            4 => file.messages.push(read_message(value.bytes(), 0)?),
            5 => file.enums.push(read_enum(value.bytes())?),
            6 => file.services.push(read_service(value.bytes())?),
            7 => file.extensions.push(read_field(value.bytes())?),
            8 => file.options.extend(value.bytes()),
            10 => indices(value, &mut file.public_imports),
            11 => indices(value, &mut file.weak_imports),
            12 => file.syntax = value.text(),
            14 => file.edition = value.int32(),
            15 => file.option_imports.push(value.text()),
            8042 => {
                let image_file = file.image_file.get_or_insert_default();
                for Record { number, value } in records(value.bytes()) {
                    match number {
                        1 => image_file.is_import = value.is_true(),
                        3 => image_file.is_syntax_unspecified = value.is_true(),
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    Some(file)
}

/// The records of a message that is well formed to its end.
fn checked(bytes: &[u8]) -> Option<impl Iterator<Item = Record<'_>>> {
    wire::check(bytes).then(|| records(bytes))
}

fn indices(value: Value<'_>, out: &mut Vec<usize>) {
    match value {
        Value::Bytes(mut packed) => {
            while let Some(index) = wire::varint(&mut packed) {
                out.extend(usize::try_from(index));
            }
        }
        value => out.extend(usize::try_from(value.number())),
    }
}

fn read_message(bytes: &[u8], depth: usize) -> Option<MessageDescriptor> {
    if depth > MAX_DEPTH {
        return None;
    }
    let mut message = MessageDescriptor::default();
    for Record { number, value } in checked(bytes)? {
        match number {
            1 => message.name = value.text(),
            2 => message.fields.push(read_field(value.bytes())?),
            3 => message
                .messages
                .push(read_message(value.bytes(), depth + 1)?),
            4 => message.enums.push(read_enum(value.bytes())?),
            5 => message.extension_ranges.push(read_range(value.bytes())),
            6 => message.extensions.push(read_field(value.bytes())?),
            7 => message.options.extend(value.bytes()),
            8 => message.oneofs.push(read_oneof(value.bytes())),
            9 => message.reserved_ranges.push(read_range(value.bytes())),
            10 => message.reserved_names.push(value.text()),
            11 => message.visibility = value.int32(),
            _ => {}
        }
    }
    Some(message)
}

fn read_field(bytes: &[u8]) -> Option<FieldDescriptor> {
    let mut field = FieldDescriptor::default();
    for Record { number, value } in checked(bytes)? {
        match number {
            1 => field.name = value.text(),
            2 => field.extendee = value.text(),
            3 => field.number = value.int32(),
            4 => field.label = value.int32(),
            5 => field.kind = value.int32(),
            6 => field.type_name = value.text(),
            7 => field.default_value = Some(value.text()),
            8 => field.options.extend(value.bytes()),
            9 => field.oneof = usize::try_from(value.number()).ok(),
            10 => field.json_name = Some(value.text()),
            17 => field.is_proto3_optional = value.is_true(),
            _ => {}
        }
    }
    Some(field)
}

fn read_oneof(bytes: &[u8]) -> OneofDescriptor {
    let mut oneof = OneofDescriptor::default();
    for Record { number, value } in records(bytes) {
        match number {
            1 => oneof.name = value.text(),
            2 => oneof.options.extend(value.bytes()),
            _ => {}
        }
    }
    oneof
}

fn read_range(bytes: &[u8]) -> Range {
    let mut range = Range::default();
    for Record { number, value } in records(bytes) {
        match number {
            1 => range.start = value.int32(),
            2 => range.end = value.int32(),
            3 => range.options.extend(value.bytes()),
            _ => {}
        }
    }
    range
}

fn read_enum(bytes: &[u8]) -> Option<EnumDescriptor> {
    let mut read = EnumDescriptor::default();
    for Record { number, value } in checked(bytes)? {
        match number {
            1 => read.name = value.text(),
            2 => {
                let mut enum_value = EnumValueDescriptor::default();
                for Record { number, value } in checked(value.bytes())? {
                    match number {
                        1 => enum_value.name = value.text(),
                        2 => enum_value.number = value.int32(),
                        3 => enum_value.options.extend(value.bytes()),
                        _ => {}
                    }
                }
                read.values.push(enum_value);
            }
            3 => read.options.extend(value.bytes()),
            4 => read.reserved_ranges.push(read_range(value.bytes())),
            5 => read.reserved_names.push(value.text()),
            6 => read.visibility = value.int32(),
            _ => {}
        }
    }
    Some(read)
}

fn read_service(bytes: &[u8]) -> Option<ServiceDescriptor> {
    let mut service = ServiceDescriptor::default();
    for Record { number, value } in checked(bytes)? {
        match number {
            1 => service.name = value.text(),
            2 => service.methods.push(read_method(value.bytes())?),
            3 => service.options.extend(value.bytes()),
            _ => {}
        }
    }
    Some(service)
}

fn read_method(bytes: &[u8]) -> Option<MethodDescriptor> {
    let mut method = MethodDescriptor::default();
    for Record { number, value } in checked(bytes)? {
        match number {
            1 => method.name = value.text(),
            2 => method.input = value.text(),
            3 => method.output = value.text(),
            4 => method.options.get_or_insert_default().extend(value.bytes()),
            5 => method.is_client_streaming = value.is_true(),
            6 => method.is_server_streaming = value.is_true(),
            _ => {}
        }
    }
    Some(method)
}
