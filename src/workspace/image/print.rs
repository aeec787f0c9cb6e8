//! A file's descriptors as proto text.

use super::body::{Body, Dialect, Maker};
use super::descriptors::{
    EnumDescriptor, FieldDescriptor, FileDescriptor, MessageDescriptor, Range, ServiceDescriptor,
};
use super::options::{quote, settings};
use super::types::{Types, full, kind};
use crate::text::case::json_name;

/// One more than the largest field number: the end of a range that goes to `max`, but in message sets.
const END_OF_FIELD_NUMBERS: i32 = 1 << 29;

/// The text of a file. Types are named in full, so that no scope can mean another.
pub(super) fn file(types: &Types, file: &FileDescriptor) -> String {
    let mut printer = Printer {
        types,
        dialect: Dialect::of(file),
        out: String::new(),
        depth: 0,
    };
    printer.file(file);
    printer.out
}

struct Printer<'a> {
    types: &'a Types,
    dialect: Dialect,
    out: String,
    depth: usize,
}

impl Printer<'_> {
    fn line(&mut self, text: &str) {
        for _ in 0..self.depth {
            self.out.push_str("  ");
        }
        self.out.push_str(text);
        self.out.push('\n');
    }

    fn open(&mut self, head: &str) {
        self.line(&format!("{head} {{"));
        self.depth += 1;
    }

    fn close(&mut self) {
        self.depth = self.depth.saturating_sub(1);
        self.line("}");
    }

    fn file(&mut self, file: &FileDescriptor) {
        let is_unspecified = file
            .image_file
            .is_some_and(|file| file.is_syntax_unspecified);
        match self.dialect {
            Dialect::Edition => {
                let name = self
                    .types
                    .value_name("google.protobuf.Edition", file.edition)
                    .unwrap_or_default();
                let edition = name.strip_prefix("EDITION_").unwrap_or(name).to_owned();
                self.line(&format!("edition = \"{edition}\";"));
            }
            Dialect::Proto3 => self.line("syntax = \"proto3\";"),
            Dialect::Proto2 if is_unspecified => {}
            Dialect::Proto2 => self.line("syntax = \"proto2\";"),
        }
        if !file.package.is_empty() {
            self.line(&format!("package {};", file.package));
        }
        for (index, import) in file.imports.iter().enumerate() {
            let modifier = if file.public_imports.contains(&index) {
                "public "
            } else if file.weak_imports.contains(&index) {
                "weak "
            } else {
                ""
            };
            self.import(modifier, import);
        }
        for import in &file.option_imports {
            self.import("option ", import);
        }
        self.options("FileOptions", &file.options);
        for declared in &file.enums {
            self.enumeration(declared);
        }
        self.body(&Body::of_file(file));
        for service in &file.services {
            self.service(service);
        }
    }

    fn import(&mut self, modifier: &str, path: &str) {
        let mut text = format!("import {modifier}");
        quote(path.as_bytes(), true, &mut text);
        text.push(';');
        self.line(&text);
    }

    /// Option statements.
    fn options(&mut self, message: &str, options: &[u8]) {
        let message = format!("google.protobuf.{message}");
        for setting in settings(self.types, &message, options) {
            self.line(&format!("option {setting};"));
        }
    }

    /// Options in brackets, with a blank before them.
    fn compact(&self, message: &str, options: &[u8], mut first: Vec<String>) -> String {
        let message = format!("google.protobuf.{message}");
        first.extend(settings(self.types, &message, options));
        match first.is_empty() {
            true => String::new(),
            false => format!(" [{}]", first.join(", ")),
        }
    }

    fn message(&mut self, head: &str, full_name: &str, message: &MessageDescriptor) {
        self.open(head);
        self.options("MessageOptions", &message.options);
        for declared in &message.enums {
            self.enumeration(declared);
        }
        self.body(&Body::of_message(full_name, message));
        let end = match message.is_message_set() {
            true => i32::MAX,
            false => END_OF_FIELD_NUMBERS,
        };
        for range in &message.extension_ranges {
            let options = self.compact("ExtensionRangeOptions", &range.options, Vec::new());
            self.line(&format!("extensions {}{options};", span(range, end)));
        }
        for range in &message.reserved_ranges {
            self.line(&format!("reserved {};", span(range, end)));
        }
        self.reserved_names(&message.reserved_names);
        self.close();
    }

    /// Messages, fields and extensions, such that the messages come in their order again: one that a map field or a
    /// group makes comes with its field, and any other where it stands.
    fn body(&mut self, body: &Body<'_>) {
        let makers = body.makers(self.dialect);
        let (mut fields, mut extensions) = (0, 0);
        for (index, message) in body.messages.iter().enumerate() {
            match makers.get(&index) {
                None => {
                    let name = full(body.scope, &message.name);
                    let head =
                        format!("{}message {}", visibility(message.visibility), message.name);
                    self.message(&head, &name, message);
                }
                Some(&Maker::Field(end)) => self.fields(body, &mut fields, end + 1),
                Some(&Maker::Extension(end)) => self.extensions(body, &mut extensions, end + 1),
            }
        }
        self.fields(body, &mut fields, body.fields.len());
        self.extensions(body, &mut extensions, body.extensions.len());
    }

    /// Prints the fields from `next` to `end`, and what else is in the last one's oneof, as that is written in one piece.
    fn fields(&mut self, body: &Body<'_>, next: &mut usize, end: usize) {
        let mut open_oneof = None;
        while let Some(field) = body.fields.get(*next) {
            let oneof = field.oneof.filter(|_| !field.is_proto3_optional);
            if open_oneof.is_some() && oneof != open_oneof {
                self.close();
                open_oneof = None;
            }
            if *next >= end && open_oneof.is_none() {
                return;
            }
            if open_oneof.is_none()
                && let Some(declared) = oneof.and_then(|index| body.oneofs.get(index))
            {
                self.open(&format!("oneof {}", declared.name));
                self.options("OneofOptions", &declared.options);
                open_oneof = oneof;
            }
            self.field(field, body, oneof.is_some());
            *next += 1;
        }
        if open_oneof.is_some() {
            self.close();
        }
    }

    fn field(&mut self, field: &FieldDescriptor, body: &Body<'_>, is_in_oneof: bool) {
        let own = body.message_of(field);
        let label = match (field.label, self.dialect) {
            _ if is_in_oneof || own.is_some_and(MessageDescriptor::is_map_entry) => "",
            (3, _) => "repeated ",
            (2, Dialect::Proto2) => "required ",
            (_, Dialect::Proto2) => "optional ",
            (_, Dialect::Proto3) if field.is_proto3_optional => "optional ",
            _ => "",
        };
        let options = self.field_options(field);
        if let Some(entry) = own.filter(|message| message.is_map_entry()) {
            let part = |number| {
                let part = entry.fields.iter().find(|part| part.number == number);
                part.map_or_else(String::new, type_text)
            };
            let (key, value) = (part(1), part(2));
            return self.line(&format!(
                "map<{key}, {value}> {} = {}{options};",
                field.name, field.number
            ));
        }
        if field.kind == kind::GROUP && self.dialect != Dialect::Edition {
            if let Some(group) = own {
                let head = format!("{label}group {} = {}{options}", group.name, field.number);
                let name = full(body.scope, &group.name);
                self.message(&head, &name, group);
            }
            return;
        }
        self.line(&format!(
            "{label}{} {} = {}{options};",
            type_text(field),
            field.name,
            field.number
        ));
    }

    fn field_options(&self, field: &FieldDescriptor) -> String {
        let mut first = Vec::new();
        if let Some(value) = &field.default_value {
            first.push(format!("default = {}", default_text(field, value)));
        }
        let is_own = |name: &&String| field.extendee.is_empty() && **name != json_name(&field.name);
        if let Some(name) = field.json_name.as_ref().filter(is_own) {
            let mut text = "json_name = ".to_owned();
            quote(name.as_bytes(), true, &mut text);
            first.push(text);
        }
        self.compact("FieldOptions", &field.options, first)
    }

    /// Prints the extensions from `next` to `end`.
    fn extensions(&mut self, body: &Body<'_>, next: &mut usize, end: usize) {
        let extensions = body.extensions.get(*next..end).unwrap_or_default();
        *next = end.max(*next);
        for block in extensions.chunk_by(|a, b| a.extendee == b.extendee) {
            let Some(first) = block.first() else {
                continue;
            };
            self.open(&format!("extend {}", first.extendee));
            for field in block {
                self.field(field, body, false);
            }
            self.close();
        }
    }

    fn enumeration(&mut self, declared: &EnumDescriptor) {
        self.open(&format!(
            "{}enum {}",
            visibility(declared.visibility),
            declared.name
        ));
        self.options("EnumOptions", &declared.options);
        for value in &declared.values {
            let options = self.compact("EnumValueOptions", &value.options, Vec::new());
            self.line(&format!("{} = {}{options};", value.name, value.number));
        }
        for range in &declared.reserved_ranges {
            let end = match range.end {
                i32::MAX => "max".to_owned(),
                end => end.to_string(),
            };
            self.line(&format!("reserved {} to {end};", range.start));
        }
        self.reserved_names(&declared.reserved_names);
        self.close();
    }

    fn reserved_names(&mut self, names: &[String]) {
        for name in names {
            let mut text = "reserved ".to_owned();
            match self.dialect {
                Dialect::Edition => text.push_str(name),
                _ => quote(name.as_bytes(), true, &mut text),
            }
            text.push(';');
            self.line(&text);
        }
    }

    fn service(&mut self, service: &ServiceDescriptor) {
        self.open(&format!("service {}", service.name));
        self.options("ServiceOptions", &service.options);
        for method in &service.methods {
            let stream = |is_stream| if is_stream { "stream " } else { "" };
            let head = format!(
                "rpc {}({}{}) returns ({}{})",
                method.name,
                stream(method.is_client_streaming),
                method.input,
                stream(method.is_server_streaming),
                method.output,
            );
            match &method.options {
                None => self.line(&format!("{head};")),
                Some(options) => {
                    self.open(&head);
                    self.options("MethodOptions", options);
                    self.close();
                }
            }
        }
        self.close();
    }
}

/// The type of a field that is no map and no group.
fn type_text(field: &FieldDescriptor) -> String {
    let name = match field.kind {
        kind::DOUBLE => "double",
        kind::FLOAT => "float",
        kind::INT64 => "int64",
        kind::UINT64 => "uint64",
        kind::INT32 => "int32",
        kind::FIXED64 => "fixed64",
        kind::FIXED32 => "fixed32",
        kind::BOOL => "bool",
        kind::STRING => "string",
        kind::BYTES => "bytes",
        kind::UINT32 => "uint32",
        kind::SFIXED32 => "sfixed32",
        kind::SFIXED64 => "sfixed64",
        kind::SINT32 => "sint32",
        kind::SINT64 => "sint64",
        _ => &field.type_name,
    };
    name.to_owned()
}

/// A default as it is written: that of a string is kept as it is, that of bytes with its escapes.
fn default_text(field: &FieldDescriptor, value: &str) -> String {
    match field.kind {
        kind::STRING => {
            let mut text = String::new();
            quote(value.as_bytes(), true, &mut text);
            text
        }
        kind::BYTES => format!("\"{value}\""),
        _ => value.to_owned(),
    }
}

/// A range of field numbers; `end` is where a range to `max` ends.
fn span(range: &Range, end: i32) -> String {
    let last = range.end.saturating_sub(1);
    if range.end == end {
        format!("{} to max", range.start)
    } else if last == range.start {
        last.to_string()
    } else {
        format!("{} to {last}", range.start)
    }
}

fn visibility(visibility: i32) -> &'static str {
    match visibility {
        1 => "local ",
        2 => "export ",
        _ => "",
    }
}
