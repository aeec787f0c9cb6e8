//! From the literal in an option's `{…}` to the bytes of its message.

use super::interpret::{Interpreter, known_values, named_value};
use super::value::{Grammar, Value, Written, push_enum, push_value};
use super::wire::{WireType, push_message, push_tag, push_varint};
use crate::schema::features::EnumType;
use crate::schema::{
    Cardinality, Definition, Edition, Enum, Field, FieldKind, Lookup, Message, Scope,
};
use crate::syntax::TokenRange;
use crate::syntax::literal::{Literal, LiteralField, LiteralKind, LiteralName, LiteralValue};
use crate::syntax::tree::{NodeRange, Scalar};

/// What a message in braces is a value of.
#[derive(Debug, Clone, Copy)]
enum Container<'s> {
    Message(Message<'s>),
    /// A pair of this map.
    MapEntry(Field<'s>),
}

/// A field that a literal can set.
#[derive(Debug, Clone, Copy)]
struct Member<'s> {
    number: i32,
    kind: MemberKind<'s>,
    repeated: bool,
    packed: bool,
    /// Zero is not written, since it is the same as absence.
    implicit: bool,
    /// It is an extension in a message of message-set format.
    message_set_item: bool,
    /// The field itself; keys and values of maps have none.
    field: Option<Field<'s>>,
}

#[derive(Debug, Clone, Copy)]
enum MemberKind<'s> {
    Scalar(Scalar),
    Enum(Enum<'s>, bool),
    Message(Container<'s>, bool),
    /// Type and value of a `google.protobuf.Any`.
    Any(Message<'s>),
}

impl<'s> Member<'s> {
    /// `None` where the field has no number or no known type, which was reported where it is declared.
    fn of(field: Field<'s>) -> Option<Self> {
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
    fn of_entry(map: Field<'s>, name: &str) -> Option<Self> {
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

impl<'s> Interpreter<'s> {
    /// Appends the record of a message field whose value is a literal.
    pub(super) fn literal(
        &mut self,
        field: Field<'s>,
        tokens: TokenRange,
        out: &mut Vec<u8>,
    ) -> Option<()> {
        let literal = match Literal::parse(self.file, tokens) {
            Ok(literal) => literal,
            Err(error) => {
                self.error_at(error.span, error.message, error.help);
                return None;
            }
        };
        let member = Member::of(field)?;
        let MemberKind::Message(container, is_group) = member.kind else {
            return None;
        };
        let mut set = None;
        push_message(out, member.number, is_group, |out| {
            set = self.fields(&literal, literal.root(), container, tokens, out);
        });
        set
    }

    /// Appends the records of a message, by number as protoc serialises them. The recursion is as deep as the
    /// literal's parser allows.
    fn fields(
        &mut self,
        literal: &Literal,
        fields: NodeRange<LiteralField>,
        container: Container<'s>,
        tokens: TokenRange,
        out: &mut Vec<u8>,
    ) -> Option<()> {
        let mut members: Vec<(Member<'s>, &LiteralField)> = Vec::with_capacity(fields.len());
        let mut failed = false;
        for field in literal.fields(fields) {
            match self.member(container, field) {
                Found::Member(member) => {
                    if self.is_set_already(&members, member, field, literal) {
                        failed = true;
                    }
                    members.push((member, field));
                }
                Found::Skipped => {}
                Found::Nothing => failed = true,
            }
        }
        if failed {
            return None;
        }
        if let Container::MapEntry(map) = container {
            // Both parts of a pair are always written.
            return self.entry(literal, map, &members, out);
        }
        members.sort_by_key(|(member, _)| member.number);
        let mut rest = &members[..];
        while let Some(&(member, first)) = rest.first() {
            let same = rest
                .iter()
                .take_while(|(other, _)| other.number == member.number)
                .count();
            let (group, after) = rest.split_at(same);
            rest = after;
            if member.packed {
                let values = group
                    .iter()
                    .flat_map(|(_, field)| literal.values(field.values));
                self.packed(member, values, out)?;
                continue;
            }
            if let MemberKind::Any(message) = member.kind {
                self.any(literal, first, message, out)?;
                continue;
            }
            for (_, field) in group {
                for value in literal.values(field.values) {
                    self.literal_value(literal, member, value, Some(member.number), out)?;
                }
            }
        }
        if let Container::Message(message) = container {
            self.check_required(message, &members, tokens)?;
        }
        Some(())
    }

    fn packed<'l>(
        &mut self,
        member: Member<'s>,
        values: impl Iterator<Item = &'l LiteralValue>,
        out: &mut Vec<u8>,
    ) -> Option<()> {
        let start = out.len();
        let mut set = Some(());
        let mut count = 0;
        push_message(out, member.number, false, |out| {
            for value in values {
                count += 1;
                set = set.and(self.scalar(member, value, None, out));
            }
        });
        if count == 0 {
            out.truncate(start);
        }
        set
    }

    /// The key and the value of a map's pair; what is missing has its default.
    fn entry(
        &mut self,
        literal: &Literal,
        map: Field<'s>,
        members: &[(Member<'s>, &LiteralField)],
        out: &mut Vec<u8>,
    ) -> Option<()> {
        for name in ["key", "value"] {
            let member = Member::of_entry(map, name)?;
            let written = members
                .iter()
                .find(|(other, _)| other.number == member.number)
                .and_then(|(_, field)| literal.values(field.values).first());
            match (written, member.kind) {
                (Some(value), _) => {
                    self.literal_value(literal, member, value, Some(member.number), out)?;
                }
                (None, MemberKind::Scalar(scalar)) => {
                    push_value(out, Some(member.number), scalar, &zero(scalar));
                }
                (None, MemberKind::Enum(node, _)) => {
                    let first = node.values().next().and_then(|value| value.number());
                    push_enum(out, Some(member.number), first.unwrap_or(0));
                }
                (None, _) => push_message(out, member.number, false, |_| {}),
            }
        }
        Some(())
    }

    fn literal_value(
        &mut self,
        literal: &Literal,
        member: Member<'s>,
        value: &LiteralValue,
        number: Option<i32>,
        out: &mut Vec<u8>,
    ) -> Option<()> {
        let MemberKind::Message(container, is_group) = member.kind else {
            return self.scalar(member, value, number, out);
        };
        let LiteralKind::Message(fields) = value.kind else {
            self.error(
                value.tokens,
                "a message is needed here",
                "write its fields in `{ }`",
            );
            return None;
        };
        let mut set = None;
        let mut payload = |out: &mut Vec<u8>| {
            set = self.fields(literal, fields, container, value.tokens, out);
        };
        if member.message_set_item {
            push_message(out, 1, true, |out| {
                push_tag(out, 2, WireType::Varint);
                push_varint(out, u64::from(member.number.unsigned_abs()));
                push_message(out, 3, false, payload);
            });
        } else {
            push_message(out, member.number, is_group, &mut payload);
        }
        set
    }

    fn scalar(
        &mut self,
        member: Member<'s>,
        value: &LiteralValue,
        number: Option<i32>,
        out: &mut Vec<u8>,
    ) -> Option<()> {
        let file = self.file;
        match member.kind {
            MemberKind::Scalar(scalar) => {
                let written = Written::of_literal(file, value.kind);
                match written.typed(scalar, Grammar::Literal) {
                    Ok(value) if member.implicit && is_zero(&value) => {}
                    Ok(value) => push_value(out, number, scalar, &value),
                    Err(mistake) => {
                        self.mistake(value.tokens, mistake);
                        return None;
                    }
                }
            }
            MemberKind::Enum(node, is_closed) => {
                let value = self.enum_number(node, is_closed, value)?;
                if !(member.implicit && value == 0) {
                    push_enum(out, number, value);
                }
            }
            MemberKind::Message(..) | MemberKind::Any(_) => return None,
        }
        Some(())
    }

    fn enum_number(
        &mut self,
        node: Enum<'s>,
        is_closed: bool,
        value: &LiteralValue,
    ) -> Option<i32> {
        let full_name = node.full_name();
        let message = match Written::of_literal(self.file, value.kind) {
            Written::Word {
                negative: false,
                text,
            } => match named_value(node, text) {
                Some(found) => {
                    self.use_value(found, value.tokens);
                    return found.number();
                }
                None => format!("enum `{full_name}` has no value `{text}`"),
            },
            written @ Written::Integer { .. } => {
                match written.typed(Scalar::Int32, Grammar::Literal) {
                    Ok(Value::Signed(number)) => {
                        let number = i32::try_from(number).ok()?;
                        let is_listed = node.values().any(|value| value.number() == Some(number));
                        if is_listed || !is_closed {
                            return Some(number);
                        }
                        format!("enum `{full_name}` has no value with the number {number}")
                    }
                    Ok(_) => return None,
                    Err(mistake) => {
                        self.mistake(value.tokens, mistake);
                        return None;
                    }
                }
            }
            _ => format!("the name of a value of enum `{full_name}` is needed here"),
        };
        self.error(
            value.tokens,
            message,
            format!("write {}", known_values(node)),
        );
        None
    }

    /// What a field of a literal sets.
    fn member(&mut self, container: Container<'s>, field: &LiteralField) -> Found<'s> {
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

    fn is_set_already(
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
                .is_ok_and(|value| is_zero(&value)),
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

    fn any(
        &mut self,
        literal: &Literal,
        field: &LiteralField,
        message: Message<'s>,
        out: &mut Vec<u8>,
    ) -> Option<()> {
        let LiteralName::Any { prefix, .. } = field.name else {
            return None;
        };
        let value = literal.values(field.values).first();
        let Some(&LiteralValue {
            kind: LiteralKind::Message(fields),
            tokens,
        }) = value.filter(|_| field.list.is_none())
        else {
            self.error(
                field.tokens,
                "the value of an `Any` is a message, and something else stands here",
                "write its fields in `{ }`",
            );
            return None;
        };
        let url = format!("{}/{}", self.file.joined(prefix), message.full_name());
        push_value(
            out,
            Some(1),
            Scalar::String,
            &Value::String(url.into_bytes()),
        );
        let start = out.len();
        let mut set = None;
        let mut length = 0;
        // protoc does not look into the packed message for targets and lifetimes.
        let uses = self.uses.len();
        push_message(out, 2, false, |out| {
            let before = out.len();
            set = self.fields(literal, fields, Container::Message(message), tokens, out);
            length = out.len() - before;
        });
        self.uses.truncate(uses);
        if length == 0 {
            out.truncate(start);
        }
        set
    }

    fn check_required(
        &mut self,
        message: Message<'s>,
        members: &[(Member<'s>, &LiteralField)],
        tokens: TokenRange,
    ) -> Option<()> {
        if message.file().edition() == Edition::Proto3 {
            return Some(());
        }
        let missing: Vec<String> = message
            .fields()
            .filter(|field| field.cardinality() == Cardinality::Required)
            .filter(|field| {
                members
                    .iter()
                    .all(|(member, _)| member.field != Some(*field))
            })
            .map(|field| format!("`{}`", field.name()))
            .collect();
        if missing.is_empty() {
            return Some(());
        }
        let span = self.file.span(TokenRange::one(tokens.start));
        self.error_at(
            span,
            format!(
                "this value of `{}` lacks what is required: {}",
                message.full_name(),
                missing.join(", ")
            ),
            "set every required field",
        );
        None
    }
}

/// What became of the name of a field.
enum Found<'s> {
    Member(Member<'s>),
    /// The name is reserved: protoc passes over it.
    Skipped,
    /// Nothing; that was reported.
    Nothing,
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

fn zero(scalar: Scalar) -> Value {
    match scalar {
        Scalar::Double => Value::Double(0.0),
        Scalar::Float => Value::Float(0.0),
        Scalar::Bool => Value::Boolean(false),
        Scalar::String => Value::String(Vec::new()),
        Scalar::Bytes => Value::Bytes(Vec::new()),
        Scalar::Uint32 | Scalar::Uint64 | Scalar::Fixed32 | Scalar::Fixed64 => Value::Unsigned(0),
        Scalar::Int32
        | Scalar::Int64
        | Scalar::Sint32
        | Scalar::Sint64
        | Scalar::Sfixed32
        | Scalar::Sfixed64 => Value::Signed(0),
    }
}

/// Whether the value is the same as absence; a negative zero is not.
fn is_zero(value: &Value) -> bool {
    match value {
        Value::Signed(value) => *value == 0,
        Value::Unsigned(value) => *value == 0,
        Value::Float(value) => value.to_bits() == 0,
        Value::Double(value) => value.to_bits() == 0,
        Value::Boolean(value) => !value,
        Value::String(value) | Value::Bytes(value) => value.is_empty(),
        Value::Enum(value) => *value == 0,
    }
}
