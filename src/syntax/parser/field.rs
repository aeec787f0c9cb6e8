//! Fields and their types.

use super::{MAX_NESTING, Parsed, Parser};
use crate::syntax::token::{Token, TokenKind, TokenRange};
use crate::syntax::tree::{Field, FieldLabel, FieldParent, Item, MapType, Scalar, TypeReference};

impl Parser<'_> {
    /// `repeated Type name = 1 [packed = true];`, a map field, or a group.
    pub(super) fn field(&mut self, parent: FieldParent) -> Parsed {
        let start = self.at;
        let label = self.label();
        let read = self.unlabelled_field(parent, start, label);
        if read.is_err() {
            self.label_of_broken_field(parent, start, label);
        }
        read
    }

    /// Of a field that can be read a missing label is found later, when the syntax and the type are known.
    fn label_of_broken_field(
        &mut self,
        parent: FieldParent,
        start: Token,
        label: Option<(FieldLabel, Token)>,
    ) {
        let declared = matches!(self.open.last(), Some(&Item::Field(field)) if self.tree[field].tokens.start == start);
        let needs_label = self.is_proto2() && !matches!(parent, FieldParent::Oneof(_));
        let is_map = self.text_of(start) == "map";
        let begins_field = self.tokens.kind(start) == TokenKind::Identifier;
        if needs_label && label.is_none() && !is_map && begins_field && !declared {
            self.report(
                self.tokens.span(start),
                "this field has no label, which proto2 asks for",
                "write `optional`, `repeated` or `required` before its type",
            );
        }
    }

    /// The field behind its label.
    fn unlabelled_field(
        &mut self,
        parent: FieldParent,
        start: Token,
        label: Option<(FieldLabel, Token)>,
    ) -> Parsed {
        let field_type = self.field_type()?;
        let name = self.identifier(
            "a field name",
            "a field has a type, a name and a number: `string name = 1;`",
        )?;
        if !self.is(TokenKind::Equals) {
            let found = self.found();
            let name = self.text_of(name);
            return self.stop(
                format!("field `{name}` has no number: expected `=`, found {found}"),
                "give it a number that was never used in this message: `= 1`",
            );
        }
        self.advance();
        let number = self.integer(
            false,
            "a field number",
            "write a number from 1 to 536870911 that was never used in this message",
        )?;
        // A field whose options cannot be read is one nevertheless.
        let options_read = self.compact_options();
        let (bracket, options) = options_read.unwrap_or_default();
        let mut field = Field {
            tokens: TokenRange::default(),
            label,
            field_type,
            name: Some(name),
            number,
            bracket,
            options,
            parent,
            group: None,
        };
        if let TypeReference::Group(keyword) = field_type {
            options_read?;
            return self.group(field, start, keyword, self.tree.message_around(parent));
        }
        let ended = options_read.and_then(|_| self.semicolon("the field"));
        field.tokens = self.since(start);
        let index = self.tree.add(field);
        self.open.push(Item::Field(index));
        ended
    }

    fn label(&mut self) -> Option<(FieldLabel, Token)> {
        if !self.is(TokenKind::Identifier) {
            return None;
        }
        let label = match self.text() {
            "optional" => FieldLabel::Optional,
            "required" => FieldLabel::Required,
            "repeated" => FieldLabel::Repeated,
            _ => return None,
        };
        Some((label, self.advance()))
    }

    fn field_type(&mut self) -> Parsed<TypeReference> {
        if self.is_word("map") && self.tokens.kind(self.at.next()) == TokenKind::LeftAngle {
            return self.map_type();
        }
        if self.is_word("map") {
            // protoc has taken the word before it looks for `<`, so nothing can follow it with a dot.
            return Ok(TypeReference::Named(TokenRange::one(self.advance())));
        }
        if self.is_word("group") {
            return Ok(TypeReference::Group(self.advance()));
        }
        self.value_type()
    }

    /// `map<string, Value>`
    fn map_type(&mut self) -> Parsed<TypeReference> {
        // Each map brings a message along, its entry.
        if self.depth >= MAX_NESTING {
            self.report_here(
                format!(
                    "the entry of this map is a message nested more than {MAX_NESTING} levels deep"
                ),
                "move the message out to the file, or flatten the messages around it",
            );
        }
        let start = self.advance();
        self.advance();
        let key = self.value_type()?;
        self.expect(
            TokenKind::Comma,
            "`,` between the map's key and value types",
            "write `map<string, Value>`",
        )?;
        let value = self.value_type()?;
        self.expect(
            TokenKind::RightAngle,
            "`>` after the map's value type",
            "write `map<string, Value>`",
        )?;
        let tokens = self.since(start);
        Ok(TypeReference::Map(self.tree.add(MapType {
            tokens,
            key,
            value,
        })))
    }

    /// A built-in type, or the name of a message or enum.
    fn value_type(&mut self) -> Parsed<TypeReference> {
        if self.is(TokenKind::Identifier)
            && let Some(scalar) = Scalar::from_keyword(self.text())
        {
            return Ok(TypeReference::Scalar(scalar, self.advance()));
        }
        self.dotted_name(
            true,
            "a field's type",
            "write a built-in type such as `string`, or the name of a message or enum",
        )
        .map(TypeReference::Named)
    }

    /// The name of a message, where a built-in type is a mistake.
    pub(super) fn message_type_name(&mut self, what: &str) -> Parsed<TokenRange> {
        if self.is(TokenKind::Identifier) {
            let word = self.text();
            if Scalar::from_keyword(word).is_some() || word == "group" {
                self.report_here(
                    format!("`{word}` is no message type, and {what} has to be one"),
                    "wrap the value in a message of its own",
                );
                return Ok(TokenRange::one(self.advance()));
            }
        }
        self.dotted_name(true, what, "write the name of a message")
    }
}
