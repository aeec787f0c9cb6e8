//! Enums and their values.

use super::{Owner, Parsed, Parser};
use crate::syntax::token::{Token, TokenKind, TokenRange};
use crate::syntax::tree::{Enum, EnumValue, Item, NodeIndex, NodeRange, Parent, Visibility};

impl Parser<'_> {
    /// `enum Name {…}`
    pub(super) fn enumeration(&mut self, visibility: Option<(Visibility, Token)>) -> Parsed {
        self.enum_in(visibility, None)
    }

    pub(super) fn enum_in(
        &mut self,
        visibility: Option<(Visibility, Token)>,
        parent: Parent,
    ) -> Parsed {
        let keyword = self.advance();
        let name = self.identifier("an enum name", "write `enum Name {`")?;
        self.expect_body("the enum")?;
        let enumeration = self.tree.add(Enum {
            tokens: TokenRange::default(),
            visibility,
            keyword,
            name: Some(name),
            body: TokenRange::default(),
            items: NodeRange::default(),
            settings: NodeRange::default(),
            parent,
        });
        self.open.push(Item::Enum(enumeration));
        let owner = Owner {
            noun: "enum",
            name: Some(name),
        };
        let block = self.block(owner, |parser| match parser.text() {
            "option" => parser.option_statement(),
            "reserved" => parser.reserved(true),
            _ => parser.enum_value(enumeration),
        });
        let tokens = self.since(visibility.map_or(keyword, |(_, token)| token));
        let node = &mut self.tree.enums[enumeration.get()];
        node.tokens = tokens;
        node.body = block.body;
        node.items = block.items;
        node.settings = block.settings;
        Ok(())
    }

    /// `NAME = 1 [deprecated = true];`
    fn enum_value(&mut self, parent: NodeIndex<Enum>) -> Parsed {
        let name = self.identifier("the name of an enum value", "write `NAME = 0;`")?;
        self.expect(
            TokenKind::Equals,
            "`=` and a number after the value's name",
            "every enum value has a number: `NAME = 0;`",
        )?;
        let number = self.integer(
            true,
            "the number of the enum value",
            "write a whole number of 32 bits",
        )?;
        let options_read = self.compact_options();
        let (bracket, options) = options_read.unwrap_or_default();
        let ended = options_read.and_then(|_| self.semicolon("the enum value"));
        let value = self.tree.add(EnumValue {
            tokens: self.since(name),
            name,
            number,
            bracket,
            options,
            parent,
        });
        self.open.push(Item::EnumValue(value));
        ended
    }
}
