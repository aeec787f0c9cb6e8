//! Fields and their types.

use super::{MAX_NESTING, Parsed, Parser};
use crate::syntax::token::{Token, TokenKind, TokenRange};
use crate::syntax::tree::{
    Field, FieldLabel, FieldParent, Item, MapType, Parent, Scalar, TypeReference,
};

impl Parser<'_> {
    /// `repeated Type name = 1 [packed = true];`, a map field, or a group.
    pub(super) fn field(&mut self, parent: FieldParent) -> Parsed {
        let start = self.at;
        let label = self.label();
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
        let (bracket, options) = self.compact_options()?;
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
            return self.group(field, start, keyword, self.enclosing_message(parent));
        }
        let ended = self.semicolon("the field");
        field.tokens = self.since(start);
        let index = self.tree.add(field);
        self.open.push(Item::Field(index));
        ended
    }

    /// The message whose scope a field stands in.
    fn enclosing_message(&self, parent: FieldParent) -> Parent {
        match parent {
            FieldParent::Message(message) => Some(message),
            FieldParent::Oneof(oneof) => Some(self.tree[oneof].parent),
            FieldParent::Extend(extend) => self.tree[extend].parent,
        }
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
