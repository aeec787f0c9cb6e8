//! What a file or message of a descriptor set declares, and which of its messages have no declaration of their own.

use rustc_hash::FxHashMap;

use super::descriptors::{FieldDescriptor, FileDescriptor, MessageDescriptor, OneofDescriptor};
use super::types::{kind, undotted};

/// What the syntax says of labels and reserved names.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    Proto2,
    Proto3,
    Edition,
}

impl Dialect {
    /// That of a file.
    pub(super) fn of(file: &FileDescriptor) -> Self {
        match file.syntax.as_str() {
            "proto3" => Self::Proto3,
            "editions" => Self::Edition,
            _ => Self::Proto2,
        }
    }
}

/// What a file or message declares, of which the order matters.
pub(super) struct Body<'a> {
    /// The full name of the message, or the file's package.
    pub(super) scope: &'a str,
    pub(super) messages: &'a [MessageDescriptor],
    pub(super) fields: &'a [FieldDescriptor],
    pub(super) oneofs: &'a [OneofDescriptor],
    pub(super) extensions: &'a [FieldDescriptor],
    /// Where in `messages` each name is.
    positions: FxHashMap<&'a str, usize>,
}

/// What brings a message along, by its position.
#[derive(Clone, Copy)]
pub(super) enum Maker {
    Field(usize),
    Extension(usize),
}

impl<'a> Body<'a> {
    /// What stands in a file itself.
    pub(super) fn of_file(file: &'a FileDescriptor) -> Self {
        Self {
            scope: &file.package,
            messages: &file.messages,
            fields: &[],
            oneofs: &[],
            extensions: &file.extensions,
            positions: positions(&file.messages),
        }
    }

    /// What stands in a message.
    pub(super) fn of_message(full_name: &'a str, message: &'a MessageDescriptor) -> Self {
        Self {
            scope: full_name,
            messages: &message.messages,
            fields: &message.fields,
            oneofs: &message.oneofs,
            extensions: &message.extensions,
            positions: positions(&message.messages),
        }
    }

    /// The message in here that is a field's type.
    pub(super) fn message_of(&self, field: &FieldDescriptor) -> Option<&'a MessageDescriptor> {
        self.messages.get(self.position(field)?)
    }

    /// The messages that have no declaration of their own, as a map field or a group makes them.
    pub(super) fn makers(&self, dialect: Dialect) -> FxHashMap<usize, Maker> {
        let fields = self.fields.iter().enumerate();
        let extensions = self.extensions.iter().enumerate();
        let all = fields
            .map(|(at, field)| (field, Maker::Field(at)))
            .chain(extensions.map(|(at, field)| (field, Maker::Extension(at))));
        let mut makers = FxHashMap::default();
        for (field, maker) in all {
            let Some(position) = self.position(field) else {
                continue;
            };
            // In editions a group is a message field that is encoded as one.
            let is_group = field.kind == kind::GROUP && dialect != Dialect::Edition;
            let is_map = self
                .messages
                .get(position)
                .is_some_and(MessageDescriptor::is_map_entry);
            if is_group || is_map {
                makers.entry(position).or_insert(maker);
            }
        }
        makers
    }

    fn position(&self, field: &FieldDescriptor) -> Option<usize> {
        if !matches!(field.kind, kind::MESSAGE | kind::GROUP) {
            return None;
        }
        let name = undotted(&field.type_name);
        let name = match self.scope {
            "" => name,
            scope => name.strip_prefix(scope)?.strip_prefix('.')?,
        };
        self.positions.get(name).copied()
    }
}

/// Where each name is; of two messages with one name it is that of the first.
fn positions(messages: &[MessageDescriptor]) -> FxHashMap<&str, usize> {
    let places = messages.iter().enumerate().rev();
    places
        .map(|(at, message)| (message.name.as_str(), at))
        .collect()
}
