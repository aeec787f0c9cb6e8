//! Option settings: `option` statements and what stands between brackets.

use super::NodeRange;
use crate::syntax::token::{Token, TokenRange};

/// `option name = value;` or `name = value` between brackets.
#[derive(Debug, Clone, Copy)]
pub struct OptionSetting {
    /// The whole statement, or just name and value.
    pub tokens: TokenRange,
    /// The parts of the name.
    pub name: NodeRange<OptionNamePart>,
    /// All tokens of the name.
    pub name_tokens: TokenRange,
    /// The value.
    pub value: OptionValue,
    /// Whether it stands between brackets.
    pub is_compact: bool,
}

/// `name` or `(custom.name)`.
#[derive(Debug, Clone, Copy)]
pub struct OptionNamePart {
    /// The name, without the parentheses, with the dots.
    pub name: TokenRange,
    /// Whether it stands in parentheses: the name of an extension.
    pub is_extension: bool,
}

/// The value of an option.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OptionValue {
    /// An identifier, `true` and `inf` included; a `-` may stand before it.
    Identifier {
        /// The `-`.
        minus: Option<Token>,
        /// The word.
        word: Token,
    },
    /// An integer or float; a `-` may stand before it.
    Number {
        /// The `-`.
        minus: Option<Token>,
        /// The number.
        number: Token,
    },
    /// One string, or several that are joined.
    String(TokenRange),
    /// From `{` to `}`: text format, read by [`literal`](crate::syntax::literal).
    Aggregate(TokenRange),
    /// Nothing that could be a value.
    Missing(Token),
}

impl OptionValue {
    /// All tokens of the value.
    pub fn tokens(self) -> TokenRange {
        match self {
            Self::Identifier { minus, word } => TokenRange::new(minus.unwrap_or(word), word.next()),
            Self::Number { minus, number } => {
                TokenRange::new(minus.unwrap_or(number), number.next())
            }
            Self::String(tokens) | Self::Aggregate(tokens) => tokens,
            Self::Missing(token) => TokenRange::new(token, token),
        }
    }
}
