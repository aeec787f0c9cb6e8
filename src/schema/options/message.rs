//! From the literal in an option's `{…}` to the bytes of its message.

use super::interpret::Interpreter;
use super::member::{Container, Found, Member, MemberKind};
use super::setting_value::{known_values, named_value};
use super::value::{Grammar, Value, Written, push_enum, push_value};
use super::wire::{WireType, push_message, push_tag, push_varint};
use crate::schema::{Cardinality, Edition, Enum, Field, Message};
use crate::syntax::TokenRange;
use crate::syntax::literal::{Literal, LiteralField, LiteralKind, LiteralName, LiteralValue};
use crate::syntax::tree::{NodeRange, Scalar};

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
                    Ok(value) if member.implicit && value.is_zero() => {}
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
