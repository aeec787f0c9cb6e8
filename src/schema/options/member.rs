//! What the fields of a literal set: fields of its message by name, extensions, the parts of a map's pair.

use super::interpret::Interpreter;
use super::setting_value::named_value;
use super::value::{Grammar, Written};
use crate::schema::features::EnumType;
use crate::schema::{
    Cardinality, Definition, Edition, Enum, Field, FieldKind, Lookup, Message, Scope,
};
use crate::syntax::TokenRange;
use crate::syntax::literal::{Literal, LiteralField, LiteralKind, LiteralName};
use crate::syntax::tree::Scalar;

/// What a message in braces is a value of.
#[derive(Debug, Clone, Copy)]
pub(super) enum Container<'s> {
    Message(Message<'s>),
    /// A pair of this map.
    MapEntry(Field<'s>),
}

/// A field that a literal can set.
#[derive(Debug, Clone, Copy)]
pub(super) struct Member<'s> {
    pub(super) number: i32,
    pub(super) kind: MemberKind<'s>,
    pub(super) repeated: bool,
    pub(super) packed: bool,
    /// Zero is not written, since it is the same as absence.
    pub(super) implicit: bool,
    /// It is an extension in a message of message-set format.
    pub(super) message_set_item: bool,
    /// The field itself; keys and values of maps have none.
    pub(super) field: Option<Field<'s>>,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum MemberKind<'s> {
    Scalar(Scalar),
    Enum(Enum<'s>, bool),
    Message(Container<'s>, bool),
    /// Type and value of a `google.protobuf.Any`.
    Any(Message<'s>),
}

impl<'s> Member<'s> {
    /// `None` where the field has no number or no known type, which was reported where it is declared.
    pub(super) fn of(field: Field<'s>) -> Option<Self> {
        let kind = if field.is_map() {
            MemberKind::Message(Container::MapEntry(field), false)
        } else {
            Self::kind(field)?
        };
        Some(Self {
            number: field.number()?,
            kind,
            repeated: field.is_repeated(),
            packed: field.is_packed(),
            implicit: field.cardinality() == Cardinality::Implicit,
            message_set_item: field.is_extension()
                && field
                    .containing_message()
                    .is_some_and(Message::is_message_set),
            field: Some(field),
        })
    }

    fn kind(field: Field<'s>) -> Option<MemberKind<'s>> {
        Some(match field.kind() {
            FieldKind::Scalar(scalar) => MemberKind::Scalar(scalar),
            FieldKind::Enum(node) => MemberKind::Enum(node, is_closed(field, node)),
            FieldKind::Message(message) => MemberKind::Message(Container::Message(message), false),
            FieldKind::Delimited(message) => MemberKind::Message(Container::Message(message), true),
            FieldKind::Unknown => return None,
        })
    }

    /// The key or value of a map.
    pub(super) fn of_entry(map: Field<'s>, name: &str) -> Option<Self> {
        let (number, kind) = match name {
            "key" => (1, MemberKind::Scalar(map.map_key()?)),
            "value" => (2, Self::kind(map)?),
            _ => return None,
        };
        Some(Self {
            number,
            kind,
            repeated: false,
            packed: false,
            implicit: false,
            message_set_item: false,
            field: None,
        })
    }
}

/// Whether numbers that the enum does not list are refused in this field. A proto2 field treats any enum as closed.
fn is_closed(field: Field<'_>, node: Enum<'_>) -> bool {
    node.features().enum_type == EnumType::Closed || field.file().edition() == Edition::Proto2
}

/// What became of the name of a field.
pub(super) enum Found<'s> {
    Member(Member<'s>),
    /// The name is reserved: protoc passes over it.
    Skipped,
    /// Nothing; that was reported.
    Nothing,
}

impl<'s> Interpreter<'s> {
    /// What a field of a literal sets.
    pub(super) fn member(&mut self, container: Container<'s>, field: &LiteralField) -> Found<'s> {
        let member = match (container, field.name) {
            (Container::MapEntry(map), LiteralName::Field(token)) => {
                Member::of_entry(map, self.file.text(token))
            }
            (Container::MapEntry(_), _) => None,
            (Container::Message(message), LiteralName::Field(token)) => {
                let name = self.file.text(token);
                match field_in_literal(message, name) {
                    Some(field) => match Member::of(field) {
                        Some(member) => Some(member),
                        None => return Found::Nothing,
                    },
                    None if message
                        .reserved_names()
                        .any(|(reserved, _)| reserved == name) =>
                    {
                        return Found::Skipped;
                    }
                    None => None,
                }
            }
            (Container::Message(message), LiteralName::Extension(name)) => {
                return match self.extension_in_literal(message, name) {
                    Some(member) => self.shaped(member, field),
                    None => Found::Nothing,
                };
            }
            (Container::Message(message), LiteralName::Any { prefix, name }) => {
                return match self.any_type(message, prefix, name) {
                    Some(kind) => Found::Member(Member {
                        number: 1,
                        kind: MemberKind::Any(kind),
                        repeated: false,
                        packed: false,
                        implicit: false,
                        message_set_item: false,
                        field: None,
                    }),
                    None => Found::Nothing,
                };
            }
        };
        match member {
            Some(member) => {
                if let Some(set) = member.field {
                    self.use_field(set, field.name.tokens());
                }
                self.shaped(member, field)
            }
            None => {
                let name = self.file.joined(field.name.tokens());
                let owner = match container {
                    Container::Message(message) => format!("message `{}`", message.full_name()),
                    Container::MapEntry(map) => format!("a pair of map `{}`", map.name()),
                };
                self.error(
                    field.name.tokens(),
                    format!("{owner} has no field `{name}`"),
                    "check the spelling; an extension is written in brackets: `[package.extension]: value`",
                );
                Found::Nothing
            }
        }
    }

    /// Refuses a list where one value is due, and a missing `:` where the value is no message.
    fn shaped(&mut self, member: Member<'s>, field: &LiteralField) -> Found<'s> {
        let name = self.file.joined(field.name.tokens());
        if let Some(list) = field.list
            && !member.repeated
        {
            self.error(
                list,
                format!("field `{name}` is not repeated, and a list stands here"),
                "write one value",
            );
            return Found::Nothing;
        }
        if field.colon.is_none() && !matches!(member.kind, MemberKind::Message(..)) {
            self.error(
                field.name.tokens(),
                format!("`:` is missing after `{name}`"),
                format!("write `{name}: value`"),
            );
            return Found::Nothing;
        }
        Found::Member(member)
    }

    pub(super) fn is_set_already(
        &mut self,
        members: &[(Member<'s>, &LiteralField)],
        member: Member<'s>,
        field: &LiteralField,
        literal: &Literal,
    ) -> bool {
        if member.repeated {
            return false;
        }
        let name = self.file.joined(field.name.tokens());
        let oneof = member.field.and_then(Field::oneof);
        for (other, other_field) in members {
            // A zero without presence leaves no trace.
            if other.implicit && self.is_written_zero(*other, other_field, literal) {
                continue;
            }
            // An `Any` with a type in brackets sets both of its fields; its value is absent where it is empty.
            let clashes = match (other.kind, member.kind) {
                (_, MemberKind::Any(_)) => true,
                (MemberKind::Any(_), _) => {
                    member.number == 1 || !is_empty_message(literal, other_field)
                }
                _ => other.number == member.number,
            };
            if clashes {
                self.error(
                    field.name.tokens(),
                    format!("field `{name}` is set twice, and it is not repeated"),
                    "keep one of the two values",
                );
                return true;
            }
            if let Some(oneof) = oneof
                && other.field.and_then(Field::oneof) == Some(oneof)
            {
                let other = self.file.joined(other_field.name.tokens());
                self.error(
                    field.name.tokens(),
                    format!(
                        "`{name}` and `{other}` are both of oneof `{}`, and only one can be set",
                        oneof.name()
                    ),
                    "keep one of the two",
                );
                return true;
            }
        }
        false
    }

    fn is_written_zero(&self, member: Member<'s>, field: &LiteralField, literal: &Literal) -> bool {
        let Some(value) = literal.values(field.values).first() else {
            return true;
        };
        let written = Written::of_literal(self.file, value.kind);
        match member.kind {
            MemberKind::Scalar(scalar) => written
                .typed(scalar, Grammar::Literal)
                .is_ok_and(|value| value.is_zero()),
            MemberKind::Enum(node, _) => match written {
                Written::Word { text, .. } => {
                    named_value(node, text).and_then(|value| value.number()) == Some(0)
                }
                Written::Integer { magnitude, .. } => magnitude == Some(0),
                _ => false,
            },
            MemberKind::Message(..) | MemberKind::Any(_) => false,
        }
    }

    fn extension_in_literal(
        &mut self,
        message: Message<'s>,
        tokens: TokenRange,
    ) -> Option<Member<'s>> {
        let name = self.file.joined(tokens);
        let home = message.file().id();
        // Names are looked up from the scope around the message that is extended.
        let scope = Scope::Message(message.node().parent);
        let found = self
            .schema
            .lookup_from(self.id, home, scope, &name, Lookup::All, true);
        let symbol = match found {
            Ok(symbol) => symbol,
            Err(unresolved) => {
                let error = self.schema.unresolved(self.id, tokens, &name, &unresolved);
                self.errors.push(error);
                return None;
            }
        };
        let field = match symbol.definition {
            // In a message set an item can be named by its type, which then declares the extension.
            Definition::Message(index) if message.is_message_set() => {
                let item = Message::new(self.schema, symbol.file, index);
                item.extends()
                    .flat_map(|extend| extend.fields())
                    .find(|field| {
                        field.containing_message() == Some(message)
                            && field.kind() == FieldKind::Message(item)
                            && !field.is_repeated()
                    })
            }
            _ => self
                .field_of(symbol)
                .filter(|field| field.is_extension())
                .filter(|field| field.containing_message() == Some(message)),
        };
        let Some(field) = field else {
            self.error(
                tokens,
                format!("`{name}` does not extend `{}`", message.full_name()),
                format!(
                    "name an extension that is declared in `extend {}`",
                    message.full_name()
                ),
            );
            return None;
        };
        self.use_file(symbol.file);
        self.use_field(field, tokens);
        Member::of(field)
    }

    /// The type in `[type.googleapis.com/pkg.Type]`.
    fn any_type(
        &mut self,
        message: Message<'s>,
        prefix: TokenRange,
        tokens: TokenRange,
    ) -> Option<Message<'s>> {
        let name = self.file.joined(tokens);
        if message.full_name() != "google.protobuf.Any" {
            self.error(
                TokenRange::new(prefix.start, tokens.end),
                format!(
                    "a type in brackets can only stand in `google.protobuf.Any`, and this is `{}`",
                    message.full_name()
                ),
                "name a field of the message",
            );
            return None;
        }
        let host = self.file.joined(prefix);
        if !matches!(host.as_ref(), "type.googleapis.com" | "type.googleprod.com") {
            self.error(
                prefix,
                format!("types at `{host}` are not known"),
                "write `type.googleapis.com/` before the full name of the type",
            );
            return None;
        }
        let found = self.schema.lookup(
            self.id,
            Scope::Message(None),
            &format!(".{name}"),
            Lookup::All,
            false,
        );
        match found {
            Ok(symbol) => {
                if let Definition::Message(index) = symbol.definition {
                    self.use_file(symbol.file);
                    return Some(Message::new(self.schema, symbol.file, index));
                }
                self.error(
                    tokens,
                    format!(
                        "`{name}` is a {}, and a message is needed here",
                        symbol.definition.noun()
                    ),
                    "write the full name of a message",
                );
            }
            Err(unresolved) => {
                let error = self.schema.unresolved(self.id, tokens, &name, &unresolved);
                self.errors.push(error);
            }
        }
        None
    }
}

/// A field by the name it has in a literal: its own, or that of the message it looks like a group of.
fn field_in_literal<'s>(message: Message<'s>, name: &str) -> Option<Field<'s>> {
    message.field_named(name).or_else(|| {
        message.fields().find(|field| match field.kind() {
            FieldKind::Delimited(group) => group.name().text == name && field.is_group_like(),
            _ => false,
        })
    })
}

fn is_empty_message(literal: &Literal, field: &LiteralField) -> bool {
    literal
        .values(field.values)
        .iter()
        .all(|value| matches!(value.kind, LiteralKind::Message(fields) if fields.is_empty()))
}
