//! Which declaration holds a place of a file.

use super::{Enum, EnumValue, Field, File, Message, Method, Oneof, Service};
use crate::text::Span;

/// The declarations of a file by place, so that the innermost one around a place is found quickly.
#[derive(Debug)]
pub struct DeclaredPlaces<'s> {
    file: File<'s>,
    /// Sorted by start, an outer one before those in it.
    declared: Vec<Declared<'s>>,
}

#[derive(Debug)]
struct Declared<'s> {
    span: Span,
    /// The position of the declaration around it.
    outer: Option<usize>,
    what: What<'s>,
}

#[derive(Debug, Clone, Copy)]
enum What<'s> {
    Message(Message<'s>),
    Field(Field<'s>),
    Oneof(Oneof<'s>),
    Enum(Enum<'s>),
    Value(EnumValue<'s>),
    Service(Service<'s>),
    Method(Method<'s>),
}

impl<'s> DeclaredPlaces<'s> {
    /// The declarations of a file.
    pub fn new(file: File<'s>) -> Self {
        let mut declared: Vec<Declared<'s>> = Vec::new();
        let mut add = |span: Span, what: What<'s>| {
            declared.push(Declared {
                span,
                outer: None,
                what,
            });
        };
        file.all_messages()
            .for_each(|message| add(message.span(), What::Message(message)));
        file.all_fields()
            .for_each(|field| add(field.span(), What::Field(field)));
        file.all_oneofs()
            .for_each(|oneof| add(oneof.span(), What::Oneof(oneof)));
        file.all_enums()
            .for_each(|node| add(node.span(), What::Enum(node)));
        file.all_values()
            .for_each(|value| add(value.span(), What::Value(value)));
        file.services()
            .for_each(|service| add(service.span(), What::Service(service)));
        file.all_methods()
            .for_each(|method| add(method.span(), What::Method(method)));
        declared.sort_by_key(|one| (one.span.start, std::cmp::Reverse(one.span.end)));
        let mut around: Vec<usize> = Vec::new();
        for at in 0..declared.len() {
            let start = declared[at].span.start;
            while around
                .last()
                .is_some_and(|&outer| declared[outer].span.end <= start)
            {
                around.pop();
            }
            declared[at].outer = around.last().copied();
            around.push(at);
        }
        Self { file, declared }
    }

    /// The full name of the innermost declaration around `at`; the path of the file where there is none. An enum's
    /// value has the enum's name before its own, since that is where a reader looks for it.
    pub fn symbol(&self, at: u32) -> String {
        let after = self.declared.partition_point(|one| one.span.start <= at);
        let mut next = after.checked_sub(1);
        while let Some(declared) = next.and_then(|position| self.declared.get(position)) {
            if declared.span.contains(at) {
                return declared.what.full_name();
            }
            next = declared.outer;
        }
        self.file.path().to_owned()
    }
}

impl What<'_> {
    fn full_name(self) -> String {
        match self {
            Self::Message(message) => message.full_name().to_owned(),
            Self::Field(field) => field.full_name(),
            Self::Oneof(oneof) => format!("{}.{}", oneof.parent().full_name(), oneof.name()),
            Self::Enum(node) => node.full_name().to_owned(),
            Self::Value(value) => format!("{}.{}", value.parent().full_name(), value.name()),
            Self::Service(service) => service.full_name().to_owned(),
            Self::Method(method) => method.full_name(),
        }
    }
}
