//! Messages, their oneofs, and blocks of extensions.

use std::borrow::Cow;

use rustc_hash::FxHashSet;

use super::{Enum, Field, Name, name, optioned_view, view};
use crate::schema::Definition;
use crate::schema::options::{ElementKind, Options, Settings};
use crate::syntax::tree::{self, Extensions, Item, NodeIndex, NumberRange, Reserved, ReservedName};
use crate::text::Span;

view! {
    /// A message, or the message that a group declares. Map entries are no messages here.
    Message of tree::Message
}

view! {
    /// A oneof as it is written; the ones that descriptors invent for proto3 `optional` do not exist here.
    Oneof of tree::Oneof
}

view! {
    /// An `extend` block.
    Extend of tree::Extend
}

impl<'s> Message<'s> {
    /// Its own name.
    pub fn name(self) -> Name<'s> {
        name(self.syntax(), self.node().name)
    }

    /// Its full name, without a leading dot.
    pub fn full_name(self) -> &'s str {
        self.schema
            .data(self.file)
            .outline
            .names
            .message(self.index)
    }

    /// The message it is nested in.
    pub fn parent(self) -> Option<Message<'s>> {
        let parent = self.node().parent?;
        Some(Message::new(self.schema, self.file, parent))
    }

    /// The field that declares it, where it is a group.
    pub fn group_field(self) -> Option<Field<'s>> {
        let field = self.node().group?;
        Some(Field::new(self.schema, self.file, field))
    }

    /// The declarations of its body, in order.
    pub fn items(self) -> &'s [Item] {
        self.syntax().tree().items(self.node().items)
    }

    /// Its fields in order, those in oneofs included, extensions not.
    pub fn fields(self) -> impl Iterator<Item = Field<'s>> + Clone {
        let tree = self.syntax().tree();
        self.items()
            .iter()
            .flat_map(move |item| match *item {
                Item::Oneof(oneof) => tree.items(tree[oneof].items),
                _ => std::slice::from_ref(item),
            })
            .filter_map(move |&item| match item {
                Item::Field(index) => Some(Field::new(self.schema, self.file, index)),
                _ => None,
            })
    }

    /// Its oneofs, in order.
    pub fn oneofs(self) -> impl Iterator<Item = Oneof<'s>> + Clone {
        self.items().iter().filter_map(move |&item| match item {
            Item::Oneof(index) => Some(Oneof::new(self.schema, self.file, index)),
            _ => None,
        })
    }

    /// The messages nested in it, in order; groups come where their field does.
    pub fn messages(self) -> impl Iterator<Item = Message<'s>> + Clone {
        let nested = self.index.raw() + 1;
        let all = u32::try_from(self.syntax().tree().messages.len()).unwrap_or(u32::MAX);
        // Those nested in a message follow it in the arena, and end before the first one that is not inside of it.
        let end = self.node().tokens.end;
        (nested..all)
            .map(NodeIndex::new)
            .map(move |index| Message::new(self.schema, self.file, index))
            .take_while(move |message| message.node().tokens.start < end)
            .filter(move |message| message.node().parent == Some(self.index))
    }

    /// The oneofs that descriptors have for proto3 `optional` fields: each field with the name of its own. That is the
    /// field's with `_` before it, and `X` before that until no field or oneof has it.
    pub fn synthetic_oneofs(self) -> Vec<(Field<'s>, String)> {
        let mut made: Vec<(Field<'s>, String)> = Vec::new();
        let optional = self.fields().filter(|field| field.is_proto3_optional());
        if optional.clone().next().is_none() {
            return made;
        }
        let fields = self.fields().map(Field::name);
        let oneofs = self.oneofs().map(|oneof| Cow::Borrowed(oneof.name().text));
        let mut taken: FxHashSet<Cow<'s, str>> = fields.chain(oneofs).collect();
        for field in optional {
            let mut name = field.name().into_owned();
            if !name.starts_with('_') {
                name.insert(0, '_');
            }
            while taken.contains(name.as_str()) {
                name.insert(0, 'X');
            }
            taken.insert(Cow::Owned(name.clone()));
            made.push((field, name));
        }
        made
    }

    /// The enums declared in it, in order.
    pub fn enums(self) -> impl Iterator<Item = Enum<'s>> + Clone {
        self.items().iter().filter_map(move |&item| match item {
            Item::Enum(index) => Some(Enum::new(self.schema, self.file, index)),
            _ => None,
        })
    }

    /// The `extend` blocks declared in it, in order.
    pub fn extends(self) -> impl Iterator<Item = Extend<'s>> + Clone {
        self.items().iter().filter_map(move |&item| match item {
            Item::Extend(index) => Some(Extend::new(self.schema, self.file, index)),
            _ => None,
        })
    }

    /// The extensions declared in it, in order.
    pub fn extensions(self) -> impl Iterator<Item = Field<'s>> + Clone {
        self.extends().flat_map(Extend::fields)
    }

    /// Its `reserved` statements.
    pub fn reserved_statements(self) -> impl Iterator<Item = &'s Reserved> + Clone {
        let tree = self.syntax().tree();
        self.items().iter().filter_map(move |&item| match item {
            Item::Reserved(index) => Some(&tree[index]),
            _ => None,
        })
    }

    /// Its `extensions` statements.
    pub fn extensions_statements(self) -> impl Iterator<Item = &'s Extensions> + Clone {
        let tree = self.syntax().tree();
        self.items().iter().filter_map(move |&item| match item {
            Item::Extensions(index) => Some(&tree[index]),
            _ => None,
        })
    }

    /// The reserved numbers as they are written; the ends of `to max` have no value.
    pub fn reserved_ranges(self) -> impl Iterator<Item = &'s NumberRange> + Clone {
        let tree = self.syntax().tree();
        self.reserved_statements()
            .flat_map(move |statement| &tree[statement.ranges])
    }

    /// The numbers open to extensions as they are written.
    pub fn extension_ranges(self) -> impl Iterator<Item = &'s NumberRange> + Clone {
        let tree = self.syntax().tree();
        self.extensions_statements()
            .flat_map(move |statement| &tree[statement.ranges])
    }

    /// The reserved names, unquoted.
    pub fn reserved_names(self) -> impl Iterator<Item = (String, Span)> + Clone {
        let file = self.syntax();
        let tree = file.tree();
        self.reserved_statements()
            .flat_map(move |statement| &tree[statement.names])
            .map(move |name| reserved_name(file, name))
    }

    /// Whether it is a message set: a message of extensions only, in an encoding of its own.
    pub fn is_message_set(self) -> bool {
        self.options().boolean(1) == Some(true)
    }

    /// The options of one of its `extensions` statements.
    pub fn extension_range_options(self, statement: &Extensions) -> Options<'s> {
        Options::new(
            self.schema,
            self.file,
            ElementKind::ExtensionRange,
            Settings::Compact(statement.options),
        )
    }
}

optioned_view!(Message, messages);

pub(super) fn reserved_name(file: &crate::syntax::File, name: &ReservedName) -> (String, Span) {
    let text = if name.is_identifier {
        file.joined(name.tokens).into_owned()
    } else {
        String::from_utf8_lossy(&file.string_value(name.tokens)).into_owned()
    };
    (text, file.span(name.tokens))
}

impl<'s> Oneof<'s> {
    /// Its name.
    pub fn name(self) -> Name<'s> {
        name(self.syntax(), self.node().name)
    }

    /// The message it is declared in.
    pub fn parent(self) -> Message<'s> {
        Message::new(self.schema, self.file, self.node().parent)
    }

    /// Its fields, in order.
    pub fn fields(self) -> impl Iterator<Item = Field<'s>> + Clone {
        let items = self.syntax().tree().items(self.node().items);
        items.iter().filter_map(move |&item| match item {
            Item::Field(index) => Some(Field::new(self.schema, self.file, index)),
            _ => None,
        })
    }
}

optioned_view!(Oneof, oneofs);

impl<'s> Extend<'s> {
    /// The extended message, where it is known.
    pub fn extendee(self) -> Option<Message<'s>> {
        let symbol = self.schema.data(self.file).links.extends[self.index.get()]?;
        match symbol.definition {
            Definition::Message(index) => Some(Message::new(self.schema, symbol.file, index)),
            _ => None,
        }
    }

    /// Where the extended message is named.
    pub fn extendee_span(self) -> Span {
        self.syntax().span(self.node().extendee)
    }

    /// The message the block stands in.
    pub fn parent(self) -> Option<Message<'s>> {
        let parent = self.node().parent?;
        Some(Message::new(self.schema, self.file, parent))
    }

    /// The extensions, in order.
    pub fn fields(self) -> impl Iterator<Item = Field<'s>> + Clone {
        let items = self.syntax().tree().items(self.node().items);
        items.iter().filter_map(move |&item| match item {
            Item::Field(index) => Some(Field::new(self.schema, self.file, index)),
            _ => None,
        })
    }
}
