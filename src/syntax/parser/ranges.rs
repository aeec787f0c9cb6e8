//! What is reserved, and what is left to extensions.

use super::{Parsed, Parser};
use crate::syntax::token::{TokenKind, TokenRange};
use crate::syntax::tree::{
    Extensions, Item, Message, NodeIndex, Number, NumberRange, Reserved, ReservedName,
};

impl Parser<'_> {
    /// `reserved 1, 5 to 7;`, `reserved "a";` or `reserved a;`
    pub(super) fn reserved(&mut self, in_enum: bool) -> Parsed {
        let start = self.advance();
        let ranges = self.tree.mark::<NumberRange>();
        let names = self.tree.mark::<ReservedName>();
        match self.kind() {
            TokenKind::String => self.comma_separated(|parser| {
                let tokens =
                    parser.strings("a reserved name as a string", "write `reserved \"name\";`")?;
                parser.tree.add(ReservedName {
                    tokens,
                    is_identifier: false,
                });
                Ok(())
            })?,
            TokenKind::Identifier => self.comma_separated(|parser| {
                let name = parser.identifier("a reserved name", "write `reserved name;`")?;
                parser.tree.add(ReservedName {
                    tokens: TokenRange::one(name),
                    is_identifier: true,
                });
                Ok(())
            })?,
            _ => self.comma_separated(|parser| parser.number_range(in_enum))?,
        }
        let ranges = self.tree.since(ranges);
        let names = self.tree.since(names);
        let ended = self.semicolon("the reserved statement");
        let reserved = self.tree.add(Reserved {
            tokens: self.since(start),
            ranges,
            names,
        });
        self.open.push(Item::Reserved(reserved));
        ended
    }

    /// `extensions 100 to max [...];`
    pub(super) fn extensions(&mut self, parent: NodeIndex<Message>) -> Parsed {
        let start = self.advance();
        let ranges = self.tree.mark::<NumberRange>();
        self.comma_separated(|parser| parser.number_range(false))?;
        let ranges = self.tree.since(ranges);
        let (bracket, options) = self.compact_options()?;
        let ended = self.semicolon("the extensions statement");
        let extensions = self.tree.add(Extensions {
            tokens: self.since(start),
            ranges,
            bracket,
            options,
            parent,
        });
        self.open.push(Item::Extensions(extensions));
        ended
    }

    fn comma_separated(&mut self, mut part: impl FnMut(&mut Self) -> Parsed) -> Parsed {
        part(self)?;
        while self.take(TokenKind::Comma).is_some() {
            part(self)?;
        }
        Ok(())
    }

    /// `5`, `5 to 7` or `5 to max`
    fn number_range(&mut self, signed: bool) -> Parsed {
        let first = self.at;
        let start = self.integer(
            signed,
            "a number or a range of numbers",
            "write `5`, `5 to 7` or `5 to max`",
        )?;
        let mut is_max = false;
        let mut end = None;
        if self.take_word("to").is_some() {
            let after = self.at;
            is_max = self.take_word("max").is_some();
            end = Some(if is_max {
                Number {
                    tokens: self.since(after),
                    value: None,
                }
            } else {
                self.integer(
                    signed,
                    "the last number of the range",
                    "write a number or `max` after `to`",
                )?
            });
        }
        self.tree.add(NumberRange {
            tokens: self.since(first),
            start,
            end,
            is_max,
        });
        Ok(())
    }
}
