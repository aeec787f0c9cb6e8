//! The message literal of an option's `{…}`: the text format, read from the tokens that are there already.
//!
//! What a field's value may be depends on the field, so this tree holds words and numbers as they are written; `schema`
//! gives them types. Every part keeps its tokens. <https://protobuf.dev/reference/protobuf/textformat-spec/>

use super::File;
use super::token::{Token, TokenKind, TokenRange};
use super::tree::NodeRange;
use crate::text::Span;

/// How deep messages of a literal may nest, so that no input can overflow the stack.
pub const MAX_DEPTH: u32 = 100;

/// A parsed literal. Nested parts lie in arenas; parents come after their children.
#[derive(Debug, Clone, Default)]
pub struct Literal {
    fields: Vec<LiteralField>,
    values: Vec<LiteralValue>,
    root: NodeRange<LiteralField>,
}

/// One field of a message: `name: value`, `name {…}`, `[pkg.extension]: value`, `name: [1, 2]`.
#[derive(Debug, Clone, Copy)]
pub struct LiteralField {
    /// From the name to the separator, if there is one.
    pub tokens: TokenRange,
    /// What it is called.
    pub name: LiteralName,
    /// The `:`; it may be left out before messages.
    pub colon: Option<Token>,
    /// From `[` to `]`, where the value is a list.
    pub list: Option<TokenRange>,
    /// The value, or those of the list.
    pub values: NodeRange<LiteralValue>,
    /// The `,` or `;` behind it.
    pub separator: Option<Token>,
}

/// The name of a field in a literal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LiteralName {
    /// `name`
    Field(Token),
    /// `[pkg.extension]`: the dotted name.
    Extension(TokenRange),
    /// `[type.googleapis.com/pkg.Type]`: the part before the last `/`, and the dotted name behind it.
    Any {
        /// What stands before the `/`.
        prefix: TokenRange,
        /// The full name of the type.
        name: TokenRange,
    },
}

impl LiteralName {
    /// The tokens of the name, without brackets.
    pub fn tokens(self) -> TokenRange {
        match self {
            Self::Field(token) => TokenRange::one(token),
            Self::Extension(name) => name,
            Self::Any { prefix, name } => TokenRange::new(prefix.start, name.end),
        }
    }
}

/// A value in a literal.
#[derive(Debug, Clone, Copy)]
pub struct LiteralValue {
    /// All its tokens.
    pub tokens: TokenRange,
    /// What is written.
    pub kind: LiteralKind,
}

/// What stands as a value in a literal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LiteralKind {
    /// `{…}` or `<…>`: its fields.
    Message(NodeRange<LiteralField>),
    /// A word; a `-` may stand before it.
    Identifier {
        /// The `-`.
        minus: Option<Token>,
        /// The word.
        word: Token,
    },
    /// A number; a `-` may stand before it.
    Number {
        /// The `-`.
        minus: Option<Token>,
        /// The number.
        number: Token,
    },
    /// One string, or several that are joined.
    String(TokenRange),
}

/// Why a literal cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiteralError {
    /// Where.
    pub span: Span,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: &'static str,
}

impl Literal {
    /// Reads the literal in `tokens`, which begin with `{` and end with the `}` that closes it.
    ///
    /// # Errors
    /// Where the first thing stands that is no text format, or messages nest deeper than [`MAX_DEPTH`].
    pub fn parse(file: &File, tokens: TokenRange) -> Result<Self, LiteralError> {
        let mut parser = Parser {
            file,
            at: tokens.start.next(),
            end: tokens.last(),
            literal: Self::default(),
            open_fields: Vec::new(),
            open_values: Vec::new(),
        };
        // A `#` begins a comment in the text format. protoc joins the tokens to one line before it reads them, so the
        // comment takes all that is left.
        if let Some(comment) = tokens
            .iter()
            .find(|&token| file.tokens().kind(token) == TokenKind::Other && file.text(token) == "#")
        {
            parser.end = comment;
        }
        parser.literal.root = parser.fields(None, 0)?;
        Ok(parser.literal)
    }

    /// The fields of the outermost message.
    pub fn root(&self) -> NodeRange<LiteralField> {
        self.root
    }

    /// The fields of a message, in order.
    pub fn fields(&self, range: NodeRange<LiteralField>) -> &[LiteralField] {
        &self.fields[range.range()]
    }

    /// The values of a field, in order.
    pub fn values(&self, range: NodeRange<LiteralValue>) -> &[LiteralValue] {
        &self.values[range.range()]
    }
}

type Parsed<T = ()> = Result<T, LiteralError>;

struct Parser<'a> {
    file: &'a File,
    at: Token,
    /// The token after the last one of the outermost message.
    end: Token,
    literal: Literal,
    /// The fields of all messages that are still open, innermost last.
    open_fields: Vec<LiteralField>,
    /// The values of all lists that are still open, innermost last.
    open_values: Vec<LiteralValue>,
}

impl Parser<'_> {
    fn kind(&self) -> TokenKind {
        if self.at >= self.end {
            return TokenKind::End;
        }
        self.file.tokens().kind(self.at)
    }

    fn advance(&mut self) -> Token {
        let token = self.at;
        self.at = token.next();
        token
    }

    fn take(&mut self, kind: TokenKind) -> Option<Token> {
        (self.kind() == kind).then(|| self.advance())
    }

    fn since(&self, start: Token) -> TokenRange {
        TokenRange::new(start, self.at)
    }

    fn stop<T>(&self, expected: &str, help: &'static str) -> Parsed<T> {
        let span = self.file.tokens().span(self.at.min(self.end));
        let found = match self.kind() {
            TokenKind::End => "the end of the value".to_owned(),
            TokenKind::String => "a string".to_owned(),
            _ => {
                let text = self.file.text(self.at);
                let cut = text.char_indices().nth(40).map_or(text.len(), |(at, _)| at);
                format!("`{}`", &text[..cut])
            }
        };
        Err(LiteralError {
            span,
            message: format!("expected {expected} in the option's value, found {found}"),
            help,
        })
    }

    /// The fields up to and including what closes the message; the outermost one ends with its tokens.
    fn fields(&mut self, close: Option<TokenKind>, depth: u32) -> Parsed<NodeRange<LiteralField>> {
        let mark = self.open_fields.len();
        loop {
            let kind = self.kind();
            if kind == close.unwrap_or(TokenKind::End) {
                break;
            }
            let field = self.field(depth)?;
            self.open_fields.push(field);
        }
        if close.is_some() {
            self.advance();
        }
        let start = index(self.literal.fields.len());
        self.literal.fields.extend(self.open_fields.drain(mark..));
        Ok(NodeRange::new(start, index(self.literal.fields.len())))
    }

    fn field(&mut self, depth: u32) -> Parsed<LiteralField> {
        let start = self.at;
        let name = self.name()?;
        let colon = self.take(TokenKind::Colon);
        let mark = self.open_values.len();
        let mut list = None;
        if self.kind() == TokenKind::LeftBracket {
            let bracket = self.advance();
            if self.take(TokenKind::RightBracket).is_none() {
                loop {
                    let value = self.value(colon.is_some(), depth)?;
                    self.open_values.push(value);
                    if self.take(TokenKind::RightBracket).is_some() {
                        break;
                    }
                    if self.take(TokenKind::Comma).is_none() {
                        return self.stop("`,` or `]`", "separate the values of a list with `,`");
                    }
                }
            }
            list = Some(self.since(bracket));
        } else {
            let value = self.value(colon.is_some(), depth)?;
            self.open_values.push(value);
        }
        let values = index(self.literal.values.len());
        self.literal.values.extend(self.open_values.drain(mark..));
        let separator = self
            .take(TokenKind::Semicolon)
            .or_else(|| self.take(TokenKind::Comma));
        Ok(LiteralField {
            tokens: self.since(start),
            name,
            colon,
            list,
            values: NodeRange::new(values, index(self.literal.values.len())),
            separator,
        })
    }

    /// `name`, `[pkg.extension]` or `[host/pkg.Type]`
    fn name(&mut self) -> Parsed<LiteralName> {
        const HELP: &str = "write `name: value`, or `[package.extension]: value` for an extension";
        if let Some(word) = self.take(TokenKind::Identifier) {
            return Ok(LiteralName::Field(word));
        }
        if self.take(TokenKind::LeftBracket).is_none() {
            return self.stop("the name of a field", HELP);
        }
        let start = self.at;
        let mut part = self.at;
        let mut slash = None;
        loop {
            match self.kind() {
                TokenKind::Identifier | TokenKind::Dot => _ = self.advance(),
                // What stands before the slash is the host and path of a URL.
                TokenKind::Slash if self.at > part => {
                    slash = Some(self.advance());
                    part = self.at;
                }
                TokenKind::Minus | TokenKind::Integer if self.slash_follows() => {
                    _ = self.advance();
                }
                TokenKind::RightBracket if self.is_dotted(self.since(part)) => break,
                _ => return self.stop("the name of an extension, and `]`", HELP),
            }
        }
        let name = self.since(part);
        self.advance();
        Ok(match slash {
            Some(slash) => LiteralName::Any {
                prefix: TokenRange::new(start, slash),
                name,
            },
            None => LiteralName::Extension(name),
        })
    }

    fn slash_follows(&self) -> bool {
        TokenRange::new(self.at, self.end)
            .iter()
            .map(|token| self.file.tokens().kind(token))
            .find(|kind| matches!(kind, TokenKind::Slash | TokenKind::RightBracket))
            == Some(TokenKind::Slash)
    }

    /// Whether words and dots take turns, with a word at both ends.
    fn is_dotted(&self, range: TokenRange) -> bool {
        range.len() % 2 == 1
            && range.iter().enumerate().all(|(at, token)| {
                let expected = if at % 2 == 0 {
                    TokenKind::Identifier
                } else {
                    TokenKind::Dot
                };
                self.file.tokens().kind(token) == expected
            })
    }

    fn value(&mut self, has_colon: bool, depth: u32) -> Parsed<LiteralValue> {
        let start = self.at;
        let kind = match self.kind() {
            kind @ (TokenKind::LeftBrace | TokenKind::LeftAngle) => {
                if depth + 1 >= MAX_DEPTH {
                    return Err(LiteralError {
                        span: self.file.tokens().span(self.at),
                        message: format!(
                            "messages of an option's value nest more than {MAX_DEPTH} levels deep"
                        ),
                        help: "flatten the value; protobuf refuses to decode deeper messages",
                    });
                }
                self.advance();
                let close = if kind == TokenKind::LeftBrace {
                    TokenKind::RightBrace
                } else {
                    TokenKind::RightAngle
                };
                LiteralKind::Message(self.fields(Some(close), depth + 1)?)
            }
            _ if !has_colon => {
                return self.stop("`:` or a message", "write `:` between name and value");
            }
            TokenKind::Minus => {
                let minus = Some(self.advance());
                match self.kind() {
                    TokenKind::Identifier => LiteralKind::Identifier {
                        minus,
                        word: self.advance(),
                    },
                    TokenKind::Integer | TokenKind::Float => LiteralKind::Number {
                        minus,
                        number: self.advance(),
                    },
                    _ => return self.stop("a number after `-`", "remove the `-`"),
                }
            }
            TokenKind::Identifier => LiteralKind::Identifier {
                minus: None,
                word: self.advance(),
            },
            TokenKind::Integer | TokenKind::Float => LiteralKind::Number {
                minus: None,
                number: self.advance(),
            },
            TokenKind::String => {
                while self.take(TokenKind::String).is_some() {}
                LiteralKind::String(self.since(start))
            }
            _ => {
                return self.stop(
                    "a value",
                    "a value is a number, a string, a name, a message in `{ }` or a list in `[ ]`",
                );
            }
        };
        Ok(LiteralValue {
            tokens: self.since(start),
            kind,
        })
    }
}

/// A literal has fewer nodes than its file has tokens, and these are counted in 32 bits.
fn index(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
