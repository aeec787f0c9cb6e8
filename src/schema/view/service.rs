//! Services and their methods.

use std::borrow::Cow;

use super::{Message, Name, name, optioned_view, view};
use crate::schema::{Definition, Symbol};
use crate::syntax::tree::{self, Item};
use crate::text::Span;

view! {
    /// A service.
    Service of tree::Service
}

view! {
    /// A method of a service.
    Method of tree::Method
}

impl<'s> Service<'s> {
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
            .service(self.index)
    }

    /// The declarations of its body, in order.
    pub fn items(self) -> &'s [Item] {
        self.syntax().tree().items(self.node().items)
    }

    /// Its methods, in order.
    pub fn methods(self) -> impl Iterator<Item = Method<'s>> + Clone {
        self.items().iter().filter_map(move |&item| match item {
            Item::Method(index) => Some(Method::new(self.schema, self.file, index)),
            _ => None,
        })
    }
}

optioned_view!(Service, services);

impl<'s> Method<'s> {
    /// Its own name.
    pub fn name(self) -> Name<'s> {
        name(self.syntax(), self.node().name)
    }

    /// Its full name, without a leading dot.
    pub fn full_name(self) -> String {
        format!("{}.{}", self.parent().full_name(), self.name().text)
    }

    /// The service.
    pub fn parent(self) -> Service<'s> {
        Service::new(self.schema, self.file, self.node().parent)
    }

    /// The request's message, where it is known.
    pub fn input(self) -> Option<Message<'s>> {
        self.message(self.schema.data(self.file).links.methods[self.index.get()].0)
    }

    /// The response's message, where it is known.
    pub fn output(self) -> Option<Message<'s>> {
        self.message(self.schema.data(self.file).links.methods[self.index.get()].1)
    }

    fn message(self, symbol: Option<Symbol>) -> Option<Message<'s>> {
        let symbol = symbol?;
        match symbol.definition {
            Definition::Message(index) => Some(Message::new(self.schema, symbol.file, index)),
            _ => None,
        }
    }

    /// The full name of the request's message, also where that stands for the entries of a map and is none of [`Message`].
    pub fn input_name(self) -> Option<Cow<'s, str>> {
        self.message_name(self.schema.data(self.file).links.methods[self.index.get()].0)
    }

    /// The full name of the response's message, also where that stands for the entries of a map.
    pub fn output_name(self) -> Option<Cow<'s, str>> {
        self.message_name(self.schema.data(self.file).links.methods[self.index.get()].1)
    }

    fn message_name(self, symbol: Option<Symbol>) -> Option<Cow<'s, str>> {
        let symbol = symbol?;
        if let Definition::MapEntry(field) = symbol.definition {
            return Some(self.schema.map_entry_full_name(symbol.file, field).into());
        }
        Some(self.message(Some(symbol))?.full_name().into())
    }

    /// Where the request's type is named, without `stream`.
    pub fn input_span(self) -> Span {
        self.syntax().span(self.node().input.name)
    }

    /// Where the response's type is named, without `stream`.
    pub fn output_span(self) -> Span {
        self.syntax().span(self.node().output.name)
    }

    /// Whether the client sends a stream.
    pub fn is_client_streaming(self) -> bool {
        self.node().input.stream.is_some()
    }

    /// Whether the server sends a stream.
    pub fn is_server_streaming(self) -> bool {
        self.node().output.stream.is_some()
    }
}

optioned_view!(Method, methods);
