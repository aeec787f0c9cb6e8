//! Options: their names, and their values as tokens.

use super::{Parsed, Parser};
use crate::syntax::token::{TokenKind, TokenRange};
use crate::syntax::tree::{Item, NodeRange, OptionNamePart, OptionSetting, OptionValue};

impl Parser<'_> {
    /// `option name = value;`
    pub(super) fn option_statement(&mut self) -> Parsed {
        let start = self.advance();
        let mut option = self.option_setting()?;
        let ended = self.semicolon("the option");
        option.tokens = self.since(start);
        option.is_compact = false;
        let index = self.tree.add(option);
        self.open.push(Item::Option(index));
        ended
    }

    /// `[name = value, …]`, if there is one.
    pub(super) fn compact_options(
        &mut self,
    ) -> Parsed<(Option<TokenRange>, NodeRange<OptionSetting>)> {
        let Some(start) = self.take(TokenKind::LeftBracket) else {
            return Ok((None, NodeRange::default()));
        };
        let mark = self.tree.mark::<OptionSetting>();
        loop {
            let option = self.option_setting()?;
            self.tree.add(option);
            if self.take(TokenKind::Comma).is_none() {
                break;
            }
        }
        self.expect(
            TokenKind::RightBracket,
            "`,` or `]` after the option",
            "separate options with `,` and close them with `]`",
        )?;
        Ok((Some(self.since(start)), self.tree.since(mark)))
    }

    /// `name = value`
    fn option_setting(&mut self) -> Parsed<OptionSetting> {
        let start = self.at;
        let mark = self.tree.mark::<OptionNamePart>();
        self.option_name_part()?;
        while self.take(TokenKind::Dot).is_some() {
            self.option_name_part()?;
        }
        let name = self.tree.since(mark);
        let name_tokens = self.since(start);
        self.expect(
            TokenKind::Equals,
            "`=` after the option's name",
            "write `name = value`",
        )?;
        let value = self.option_value()?;
        Ok(OptionSetting {
            tokens: self.since(start),
            name,
            name_tokens,
            value,
            is_compact: true,
        })
    }

    /// `name` or `(custom.name)`
    fn option_name_part(&mut self) -> Parsed {
        let is_extension = self.take(TokenKind::LeftParen).is_some();
        let start = self.at;
        if is_extension {
            self.take(TokenKind::Identifier);
            while self.take(TokenKind::Dot).is_some() {
                self.identifier("a name after the dot", "complete the option's name")?;
            }
        } else {
            self.identifier(
                "an option's name",
                "custom options stand in parentheses: `(acme.option) = …`",
            )?;
        }
        let name = self.since(start);
        if is_extension {
            self.expect(
                TokenKind::RightParen,
                "`)` after the custom option's name",
                "close the parenthesis",
            )?;
        }
        self.tree.add(OptionNamePart { name, is_extension });
        Ok(())
    }

    fn option_value(&mut self) -> Parsed<OptionValue> {
        let minus = self.take(TokenKind::Minus);
        match self.kind() {
            TokenKind::Identifier => {
                let word = self.advance();
                if minus.is_some() && !matches!(self.text_of(word), "inf" | "nan") {
                    self.at = word;
                    return self.stop(
                        "only a number, `inf` or `nan` can follow `-`",
                        "remove the `-`",
                    );
                }
                Ok(OptionValue::Identifier { minus, word })
            }
            TokenKind::Integer | TokenKind::Float => Ok(OptionValue::Number {
                minus,
                number: self.advance(),
            }),
            TokenKind::String | TokenKind::LeftBrace if minus.is_some() => self.stop(
                "only a number, `inf` or `nan` can follow `-`",
                "remove the `-`",
            ),
            TokenKind::String => {
                let tokens = self.strings("a string", "")?;
                Ok(OptionValue::String(tokens))
            }
            TokenKind::LeftBrace => self.aggregate(),
            _ => {
                let found = self.found();
                self.stop(
                    format!("expected the option's value, found {found}"),
                    "a value is a number, a string, a name, or a message in `{ }`",
                )
            }
        }
    }

    /// `{…}`: any tokens whose braces balance; what they mean depends on the option's type.
    fn aggregate(&mut self) -> Parsed<OptionValue> {
        let start = self.at;
        let mut depth = 0_u32;
        loop {
            match self.kind() {
                TokenKind::End => {
                    self.report(
                        self.tokens.span(start),
                        "the option's value is never closed",
                        "add the missing `}`",
                    );
                    return Err(super::Stop);
                }
                TokenKind::LeftBrace => depth += 1,
                TokenKind::RightBrace => depth -= 1,
                _ => {}
            }
            self.advance();
            if depth == 0 {
                return Ok(OptionValue::Aggregate(self.since(start)));
            }
        }
    }
}
