//! What is gone between two schemas, and whether it was marked as deprecated.

use super::declared::settings;
use crate::schema::diff::{Change, Diff};
use crate::schema::{Definition, File, Message, Role, Schema, Service};
use crate::syntax::tree::OptionSetting;
use crate::text::Span;

/// Something that is gone.
#[derive(Debug)]
pub struct Removed<'s> {
    /// What it was: `field`.
    pub noun: &'static str,
    /// What it was called.
    pub name: String,
    /// Its full name, with `#number` in place of the name of a field or enum value.
    pub symbol: String,
    /// The file that declared it.
    pub file: File<'s>,
    /// Its declaration there.
    pub span: Span,
    /// What it was part of, where that is still there.
    pub left: Option<(File<'s>, Span)>,
    /// Whether it was marked as deprecated there.
    pub is_deprecated: bool,
    key: Key,
}

/// Where to find it in another version.
#[derive(Debug)]
enum Key {
    Message(String),
    Field(String, i32),
    Enum(String),
    Value(String, i32),
    Service(String),
    Method(String, String),
}

/// Everything that is gone; what was part of something that is gone is told with it.
pub fn removed<'s>(diff: &Diff<'s>) -> Vec<Removed<'s>> {
    let mut found = Vec::new();
    let files = diff.before().files();
    for file in files.filter(|file| file.role() == Role::Target) {
        diff.walk_before(file, &mut |change| {
            found.extend(of_change(&change, diff.after()))
        });
    }
    found
}

fn of_change<'s>(change: &Change<'s>, after: &'s Schema) -> Option<Removed<'s>> {
    let around = |outer: Option<Message<'s>>| match outer {
        Some(outer) => {
            (after.message(outer.full_name())).map(|left| Some((left.file(), left.span())))
        }
        None => Some(None),
    };
    let removed = match change {
        Change::MessageRemoved(message) => {
            let left = around(message.parent())?;
            let name = message.full_name().to_owned();
            Removed {
                noun: "message",
                symbol: name.clone(),
                file: message.file(),
                span: message.name().span,
                left,
                is_deprecated: is_deprecated(message.file(), message.option_settings()),
                key: Key::Message(name.clone()),
                name,
            }
        }
        Change::EnumRemoved(node) => {
            let left = around(node.parent())?;
            let name = node.full_name().to_owned();
            Removed {
                noun: "enum",
                symbol: name.clone(),
                file: node.file(),
                span: node.name().span,
                left,
                is_deprecated: is_deprecated(node.file(), node.option_settings()),
                key: Key::Enum(name.clone()),
                name,
            }
        }
        Change::FieldRemoved(field, messages) => {
            let (message, number) = (messages.before.full_name(), field.number()?);
            Removed {
                noun: "field",
                name: field.name().into_owned(),
                symbol: format!("{message}#{number}"),
                file: field.file(),
                span: field.span(),
                left: Some((messages.after.file(), messages.after.span())),
                is_deprecated: is_deprecated(field.file(), field.option_settings()),
                key: Key::Field(message.to_owned(), number),
            }
        }
        Change::EnumNumberRemoved(values, enums) => {
            let (name, value) = (enums.before.full_name(), values.values.first()?);
            Removed {
                noun: "value",
                name: value.name().text.to_owned(),
                symbol: format!("{name}#{}", values.number),
                file: value.file(),
                span: value.span(),
                left: Some((enums.after.file(), enums.after.span())),
                is_deprecated: is_deprecated(value.file(), value.option_settings()),
                key: Key::Value(name.to_owned(), values.number),
            }
        }
        Change::ServiceRemoved(service) => {
            let name = service.full_name().to_owned();
            Removed {
                noun: "service",
                symbol: name.clone(),
                file: service.file(),
                span: service.name().span,
                left: None,
                is_deprecated: is_deprecated(service.file(), service.option_settings()),
                key: Key::Service(name.clone()),
                name,
            }
        }
        Change::MethodRemoved(method, services) => Removed {
            noun: "rpc",
            name: method.name().text.to_owned(),
            symbol: method.full_name(),
            file: method.file(),
            span: method.name().span,
            left: Some((services.after.file(), services.after.span())),
            is_deprecated: is_deprecated(method.file(), method.option_settings()),
            key: Key::Method(
                services.before.full_name().to_owned(),
                method.name().text.to_owned(),
            ),
        },
        _ => return None,
    };
    Some(removed)
}

impl Removed<'_> {
    /// Whether another version marks it as deprecated; not so where that version does not have it.
    pub fn is_deprecated_in(&self, schema: &Schema) -> bool {
        let found = match &self.key {
            Key::Message(name) => schema
                .message(name)
                .map(|message| is_deprecated(message.file(), message.option_settings())),
            Key::Field(message, number) => schema
                .message(message)
                .and_then(|message| message.field_numbered(*number))
                .map(|field| is_deprecated(field.file(), field.option_settings())),
            Key::Enum(name) => schema
                .enumeration(name)
                .map(|node| is_deprecated(node.file(), node.option_settings())),
            Key::Value(name, number) => schema.enumeration(name).and_then(|node| {
                let value = node.value_numbered(*number)?;
                Some(is_deprecated(value.file(), value.option_settings()))
            }),
            Key::Service(name) => service(schema, name)
                .map(|service| is_deprecated(service.file(), service.option_settings())),
            Key::Method(of, name) => service(schema, of).and_then(|service| {
                let mut methods = service.methods();
                let method = methods.find(|method| method.name().text == name)?;
                Some(is_deprecated(method.file(), method.option_settings()))
            }),
        };
        found.unwrap_or(false)
    }
}

fn service<'s>(schema: &'s Schema, full_name: &str) -> Option<Service<'s>> {
    let symbol = schema.symbol(full_name)?;
    match symbol.definition {
        Definition::Service(index) => Some(Service::new(schema, symbol.file, index)),
        _ => None,
    }
}

fn is_deprecated<'s>(file: File<'s>, options: impl Iterator<Item = &'s OptionSetting>) -> bool {
    settings(file, options)
        .get("deprecated")
        .is_some_and(|value| value == "true")
}
