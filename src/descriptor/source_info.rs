//! `SourceCodeInfo`: where each declaration and each part of it stands, in the order protoc's parser begins them.
//!
//! Comments go to what ends with a `;` or begins a body: declarations, not their parts.

use super::location::{Commented, Locations};
use super::number::{enumeration, field, file, message, method, oneof, range, service, value};
use crate::schema::File;
use crate::schema::options::Meaning;
use crate::syntax::tree::{
    Enum, EnumValue, Extend, Extensions, Field, FieldParent, Import, ImportKind, Item, Message,
    Method, NodeIndex, NodeRange, NumberRange, Oneof, OptionSetting, Reserved, TypeReference,
};
use crate::syntax::{Token, TokenRange, Tree};
use crate::text::Position;

/// Appends the content of the `SourceCodeInfo`.
pub(super) fn source_info(out: &mut Vec<u8>, file: File<'_>) {
    let walk = Walk {
        file,
        tree: file.syntax().tree(),
        locations: Locations::new(out, file.syntax()),
    };
    walk.file();
}

struct Walk<'a> {
    file: File<'a>,
    tree: &'a Tree,
    locations: Locations<'a>,
}

/// The lists of a file's or message's descriptor: their field numbers, and how much of each was met so far.
#[derive(Default)]
struct Lists {
    message: List,
    enumeration: List,
    extension: List,
    service: List,
    value: List,
    method: List,
    field: List,
    oneof: List,
    extension_range: List,
    reserved_range: List,
    reserved_name: List,
    dependency: List,
    public_dependency: List,
    weak_dependency: List,
    option_dependency: List,
    options: i32,
}

#[derive(Default)]
struct List {
    number: i32,
    length: i32,
}

impl List {
    fn numbered(number: i32) -> Self {
        Self { number, length: 0 }
    }

    /// The path from the descriptor to the next element of the list.
    fn next(&mut self) -> [i32; 2] {
        self.length += 1;
        [self.number, self.length - 1]
    }
}

impl Lists {
    fn of_file() -> Self {
        Self {
            message: List::numbered(file::MESSAGE),
            enumeration: List::numbered(file::ENUM),
            extension: List::numbered(file::EXTENSION),
            service: List::numbered(file::SERVICE),
            dependency: List::numbered(file::DEPENDENCY),
            public_dependency: List::numbered(file::PUBLIC_DEPENDENCY),
            weak_dependency: List::numbered(file::WEAK_DEPENDENCY),
            option_dependency: List::numbered(file::OPTION_DEPENDENCY),
            options: file::OPTIONS,
            ..Self::default()
        }
    }

    fn of_message() -> Self {
        Self {
            message: List::numbered(message::NESTED),
            enumeration: List::numbered(message::ENUM),
            extension: List::numbered(message::EXTENSION),
            field: List::numbered(message::FIELD),
            oneof: List::numbered(message::ONEOF),
            extension_range: List::numbered(message::EXTENSION_RANGE),
            reserved_range: List::numbered(message::RESERVED_RANGE),
            reserved_name: List::numbered(message::RESERVED_NAME),
            options: message::OPTIONS,
            ..Self::default()
        }
    }

    fn of_enum() -> Self {
        Self {
            value: List::numbered(enumeration::VALUE),
            reserved_range: List::numbered(enumeration::RESERVED_RANGE),
            reserved_name: List::numbered(enumeration::RESERVED_NAME),
            options: enumeration::OPTIONS,
            ..Self::default()
        }
    }

    fn of_service() -> Self {
        Self {
            method: List::numbered(service::METHOD),
            options: service::OPTIONS,
            ..Self::default()
        }
    }

    fn of_method() -> Self {
        Self {
            options: method::OPTIONS,
            ..Self::default()
        }
    }
}

impl Walk<'_> {
    fn file(mut self) {
        let tokens = self.file.syntax().tokens();
        let all = tokens.all();
        if all.is_empty() {
            // Without a token protoc never learns where the last one ends, and says at the very start.
            let end = self.locations.end_of_file();
            self.locations.between(end, Position::default(), None);
        } else {
            self.locations.whole(all, None);
        }
        if let Some(syntax) = &self.tree.syntax {
            // An `edition` statement too: protoc's parser takes it for another form of `syntax`.
            self.at(&[file::SYNTAX], |walk| walk.statement(syntax.tokens, None));
        }
        self.body(self.tree.file_items, &mut Lists::of_file());
    }

    /// Runs `inside` on the element that `part` leads to from the current one.
    fn at(&mut self, part: &[i32], inside: impl FnOnce(&mut Self)) {
        let outer = self.locations.enter(part);
        inside(self);
        self.locations.leave(outer);
    }

    fn body(&mut self, items: NodeRange<Item>, lists: &mut Lists) {
        let mut empty = None;
        for &item in self.tree.items(items) {
            if let Item::Empty(token) = item {
                empty.get_or_insert(token);
                continue;
            }
            self.item(item, lists, empty.take());
        }
    }

    /// One declaration; `from` is the first of the `;` before it that end nothing.
    fn item(&mut self, item: Item, lists: &mut Lists, from: Option<Token>) {
        let tree = self.tree;
        match item {
            Item::Import(index) => self.import(&tree[index], lists, from),
            Item::Package(index) => {
                let tokens = tree[index].tokens;
                self.at(&[file::PACKAGE], |walk| walk.statement(tokens, from));
            }
            Item::Option(index) => self.option_statement(lists.options, index, from),
            Item::Message(index) => {
                let part = lists.message.next();
                self.at(&part, |walk| {
                    walk.message_head(&tree[index], from);
                    walk.body(tree[index].items, &mut Lists::of_message());
                });
            }
            Item::Enum(index) => self.at(&lists.enumeration.next(), |walk| {
                walk.enumeration(&tree[index], from);
            }),
            Item::Service(index) => self.at(&lists.service.next(), |walk| {
                let service = &tree[index];
                walk.block(service.tokens, service.body, from);
                walk.name(service::NAME, service.name);
                walk.body(service.items, &mut Lists::of_service());
            }),
            Item::Extend(index) => self.extend(&tree[index], lists, from),
            Item::Field(index) => self.field(&tree[index], lists, from),
            Item::Oneof(index) => self.oneof(&tree[index], lists, from),
            Item::Reserved(index) => self.reserved(&tree[index], lists, from),
            Item::Extensions(index) => self.extensions(&tree[index], lists, from),
            Item::EnumValue(index) => self.at(&lists.value.next(), |walk| {
                walk.enum_value(&tree[index], from);
            }),
            Item::Method(index) => self.at(&lists.method.next(), |walk| {
                walk.method(&tree[index], from);
            }),
            Item::Empty(_) | Item::Skipped(_) => {}
        }
    }

    /// The location of a whole declaration that a `;` ends.
    fn statement(&mut self, tokens: TokenRange, from: Option<Token>) {
        let commented = Commented::new(from, tokens.start, tokens.last());
        self.locations.whole(tokens, Some(commented));
    }

    /// The location of a whole declaration that has a body.
    fn block(&mut self, tokens: TokenRange, body: TokenRange, from: Option<Token>) {
        let commented = Commented::new(from, tokens.start, body.start);
        self.locations.whole(tokens, Some(commented));
    }

    fn part(&mut self, part: i32, tokens: TokenRange) {
        self.at(&[part], |walk| walk.locations.whole(tokens, None));
    }

    fn name(&mut self, part: i32, name: Option<Token>) {
        if let Some(name) = name {
            self.part(part, TokenRange::one(name));
        }
    }

    fn import(&mut self, import: &Import, lists: &mut Lists, from: Option<Token>) {
        let list = match import.kind {
            ImportKind::Option => &mut lists.option_dependency,
            ImportKind::Plain | ImportKind::Public | ImportKind::Weak => &mut lists.dependency,
        };
        let part = list.next();
        self.at(&part, |walk| walk.statement(import.tokens, from));
        let modifiers = match import.kind {
            ImportKind::Public => &mut lists.public_dependency,
            ImportKind::Weak => &mut lists.weak_dependency,
            ImportKind::Plain | ImportKind::Option => return,
        };
        let part = modifiers.next();
        if let Some(modifier) = import.modifier {
            self.at(&part, |walk| {
                walk.locations.whole(TokenRange::one(modifier), None)
            });
        }
    }

    /// The location of a whole message and of its name.
    fn message_head(&mut self, message: &Message, from: Option<Token>) {
        let commented = Commented::new(from, message.tokens.start, message.body.start);
        // `export` and `local` stand before what counts as the declaration.
        let start = match message.visibility {
            Some(_) => message.keyword,
            None => message.tokens.start,
        };
        let tokens = TokenRange::new(start, message.tokens.end);
        self.locations.whole(tokens, Some(commented));
        self.name(message::NAME, message.name);
    }

    fn enumeration(&mut self, node: &Enum, from: Option<Token>) {
        let commented = Commented::new(from, node.tokens.start, node.body.start);
        let tokens = TokenRange::new(node.keyword, node.tokens.end);
        self.locations.whole(tokens, Some(commented));
        self.name(enumeration::NAME, node.name);
        self.body(node.items, &mut Lists::of_enum());
    }

    fn enum_value(&mut self, node: &EnumValue, from: Option<Token>) {
        self.statement(node.tokens, from);
        self.part(value::NAME, TokenRange::one(node.name));
        self.part(value::NUMBER, node.number.tokens);
        self.compact_options(value::OPTIONS, node.bracket, node.options);
    }

    fn extend(&mut self, extend: &Extend, lists: &mut Lists, from: Option<Token>) {
        // The block has no place of its own in a descriptor: it stands for the whole list.
        self.at(&[lists.extension.number], |walk| {
            walk.block(extend.tokens, extend.body, from);
        });
        self.body(extend.items, lists);
    }

    fn oneof(&mut self, oneof: &Oneof, lists: &mut Lists, from: Option<Token>) {
        let part = lists.oneof.next();
        self.at(&part, |walk| {
            walk.block(oneof.tokens, oneof.body, from);
            walk.name(oneof::NAME, oneof.name);
        });
        let mut empty = None;
        for &item in self.tree.items(oneof.items) {
            match item {
                Item::Empty(token) => _ = empty.get_or_insert(token),
                Item::Option(index) => {
                    let from = empty.take();
                    self.at(&part, |walk| {
                        walk.option_statement(oneof::OPTIONS, index, from)
                    });
                }
                // In a descriptor its fields are those of the message.
                item => self.item(item, lists, empty.take()),
            }
        }
    }

    fn field(&mut self, field: &Field, lists: &mut Lists, from: Option<Token>) {
        let list = match field.parent {
            FieldParent::Extend(_) => &mut lists.extension,
            FieldParent::Message(_) | FieldParent::Oneof(_) => &mut lists.field,
        };
        let part = list.next();
        self.at(&part, |walk| {
            if field.group.is_some() {
                // The comments go to the group's message.
                walk.locations.whole(field.tokens, None);
            } else {
                walk.statement(field.tokens, from);
            }
            if let FieldParent::Extend(extend) = field.parent {
                walk.part(field::EXTENDEE, walk.tree[extend].extendee);
            }
            walk.name(field::LABEL, field.label.map(|(_, token)| token));
            match field.field_type {
                TypeReference::Scalar(_, token) | TypeReference::Group(token) => {
                    walk.name(field::TYPE, Some(token));
                }
                TypeReference::Named(name) => walk.part(field::TYPE_NAME, name),
                TypeReference::Map(map) => walk.part(field::TYPE_NAME, walk.tree[map].tokens),
                TypeReference::Missing(_) => {}
            }
            walk.name(field::NAME, field.name);
            walk.part(field::NUMBER, field.number.tokens);
            walk.compact_options(field::OPTIONS, field.bracket, field.options);
        });
        if matches!(field.field_type, TypeReference::Map(_)) {
            // Its entry has no place in the source, but one among the messages.
            lists.message.next();
        }
        if let Some(group) = field.group {
            let message = &self.tree[group];
            let nested = lists.message.next();
            self.at(&nested, |walk| walk.message_head(message, from));
            self.at(&part, |walk| walk.name(field::TYPE_NAME, field.name));
            self.at(&nested, |walk| {
                walk.body(message.items, &mut Lists::of_message())
            });
        }
    }

    fn reserved(&mut self, reserved: &Reserved, lists: &mut Lists, from: Option<Token>) {
        if reserved.names.is_empty() {
            let list = &mut lists.reserved_range;
            self.at(&[list.number], |walk| walk.statement(reserved.tokens, from));
            for numbers in &self.tree[reserved.ranges] {
                self.at(&list.next(), |walk| walk.number_range(numbers));
            }
        } else {
            let list = &mut lists.reserved_name;
            self.at(&[list.number], |walk| walk.statement(reserved.tokens, from));
            for name in &self.tree[reserved.names] {
                self.at(&list.next(), |walk| walk.locations.whole(name.tokens, None));
            }
        }
    }

    fn extensions(&mut self, extensions: &Extensions, lists: &mut Lists, from: Option<Token>) {
        let list = &mut lists.extension_range;
        self.at(&[list.number], |walk| {
            walk.statement(extensions.tokens, from)
        });
        let first = list.length;
        for numbers in &self.tree[extensions.ranges] {
            self.at(&list.next(), |walk| walk.number_range(numbers));
        }
        // The options belong to each of the ranges.
        for at in first..list.length {
            self.at(&[list.number, at], |walk| {
                walk.compact_options(range::OPTIONS, extensions.bracket, extensions.options);
            });
        }
    }

    fn number_range(&mut self, numbers: &NumberRange) {
        self.locations.whole(numbers.tokens, None);
        self.part(range::START, numbers.start.tokens);
        match numbers.end {
            Some(end) => self.part(range::END, end.tokens),
            // Of a negative number only the sign.
            None => self.part(range::END, TokenRange::one(numbers.tokens.start)),
        }
    }

    fn method(&mut self, method: &Method, from: Option<Token>) {
        match method.body {
            Some(body) => self.block(method.tokens, body, from),
            None => self.statement(method.tokens, from),
        }
        self.name(method::NAME, method.name);
        self.name(method::CLIENT_STREAMING, method.input.stream);
        self.part(method::INPUT, method.input.name);
        self.name(method::SERVER_STREAMING, method.output.stream);
        self.part(method::OUTPUT, method.output.name);
        self.body(method.items, &mut Lists::of_method());
    }

    fn option_statement(
        &mut self,
        options: i32,
        index: NodeIndex<OptionSetting>,
        from: Option<Token>,
    ) {
        let tokens = self.tree[index].tokens;
        let commented = Commented::new(from, tokens.start, tokens.last());
        self.at(&[options], |walk| {
            walk.locations.whole(tokens, None);
            if let Meaning::Option(path) = walk.file.meaning(index) {
                walk.at(path, |walk| walk.locations.whole(tokens, Some(commented)));
            }
        });
    }

    fn compact_options(
        &mut self,
        options: i32,
        bracket: Option<TokenRange>,
        settings: NodeRange<OptionSetting>,
    ) {
        let Some(bracket) = bracket else { return };
        self.part(options, bracket);
        for index in settings.iter() {
            let setting = &self.tree[index];
            let value = setting.value.tokens();
            match self.file.meaning(index) {
                Meaning::Option(path) => self.at(&[options], |walk| {
                    walk.at(path, |walk| walk.locations.whole(setting.tokens, None));
                }),
                Meaning::Default => self.part(field::DEFAULT_VALUE, value),
                Meaning::JsonName => {
                    self.part(field::JSON_NAME, setting.tokens);
                    self.part(field::JSON_NAME, value);
                }
                Meaning::Unknown => {}
            }
        }
    }
}
