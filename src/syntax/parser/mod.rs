//! Tokens to a tree: recursive descent over one superset grammar, with recovery at declaration boundaries.
//!
//! A statement that cannot be read is reported once and skipped as protoc skips it: up to its `;`, or past its
//! balanced block, or to the `}` that ends the body. Only message bodies recurse, and only to
//! [`MAX_NESTING`], so that deep input cannot overflow the stack.

mod body;
mod enumeration;
mod field;
mod file;
mod option;
mod ranges;
mod service;

use std::sync::Arc;

use super::token::{Token, TokenKind, TokenRange, Tokens};
use super::tree::{Item, NodeRange, Number, Tree};
use super::{MAX_ERRORS, SYNTAX, Scratch};
use crate::diagnostic::Diagnostic;
use crate::text::{Source, Span};

/// How deep messages may nest; protoc has the same limit.
const MAX_NESTING: u32 = 31;

/// Makes the tree of a file from its tokens and says what could not be read.
pub(super) fn parse(source: &Arc<Source>, scratch: &mut Scratch, errors: &mut Vec<Diagnostic>) {
    let mut parser = Parser {
        source,
        tokens: &scratch.tokens,
        at: Token(0),
        tree: &mut scratch.tree,
        open: &mut scratch.open,
        depth: 0,
        edition: 0,
        errors,
    };
    parser.file();
}

/// The statement cannot be read further, and the reason was reported.
#[derive(Debug, Clone, Copy)]
struct Stop;

type Parsed<T = ()> = Result<T, Stop>;

struct Parser<'a> {
    source: &'a Arc<Source>,
    tokens: &'a Tokens,
    at: Token,
    tree: &'a mut Tree,
    /// The declarations of all bodies that are still open, innermost last.
    open: &'a mut Vec<Item>,
    depth: u32,
    /// The year of the file's edition; 0 in proto2 and proto3.
    edition: u32,
    errors: &'a mut Vec<Diagnostic>,
}

impl<'a> Parser<'a> {
    fn kind(&self) -> TokenKind {
        self.tokens.kind(self.at)
    }

    fn is(&self, kind: TokenKind) -> bool {
        self.kind() == kind
    }

    fn text(&self) -> &'a str {
        self.text_of(self.at)
    }

    fn text_of(&self, token: Token) -> &'a str {
        self.source.slice(self.tokens.span(token))
    }

    fn is_word(&self, word: &str) -> bool {
        self.is(TokenKind::Identifier) && self.text() == word
    }

    /// Takes the current token. The end of the file is never passed.
    fn advance(&mut self) -> Token {
        let token = self.at;
        if self.kind() != TokenKind::End {
            self.at = token.next();
        }
        token
    }

    fn take(&mut self, kind: TokenKind) -> Option<Token> {
        self.is(kind).then(|| self.advance())
    }

    fn take_word(&mut self, word: &str) -> Option<Token> {
        self.is_word(word).then(|| self.advance())
    }

    /// The tokens from `start` to the last one taken.
    fn since(&self, start: Token) -> TokenRange {
        TokenRange::new(start, self.at.max(start))
    }

    /// How the current token is named in a message.
    fn found(&self) -> String {
        match self.kind() {
            TokenKind::End => "the end of the file".to_owned(),
            TokenKind::String => "a string".to_owned(),
            _ => {
                let text = self.text();
                let cut = text.char_indices().nth(40).map_or(text.len(), |(at, _)| at);
                format!("`{}`", &text[..cut])
            }
        }
    }

    fn report(&mut self, span: Span, message: impl Into<String>, help: impl Into<String>) {
        // What is beyond the limit is not even kept: a large file of nonsense would fill the memory.
        if self.errors.len() < MAX_ERRORS {
            self.errors
                .push(Diagnostic::error(SYNTAX, self.source, span, message).with_help(help));
        }
    }

    /// Reports at the current token.
    fn report_here(&mut self, message: impl Into<String>, help: impl Into<String>) {
        self.report(self.tokens.span(self.at), message, help);
    }

    /// Reports at the current token and gives the statement up.
    fn stop<T>(&mut self, message: impl Into<String>, help: impl Into<String>) -> Parsed<T> {
        self.report_here(message, help);
        Err(Stop)
    }

    #[inline]
    fn expect(&mut self, kind: TokenKind, what: &str, help: &str) -> Parsed<Token> {
        match self.take(kind) {
            Some(token) => Ok(token),
            None => self.unexpected(what, help),
        }
    }

    #[cold]
    fn unexpected<T>(&mut self, what: &str, help: &str) -> Parsed<T> {
        let found = self.found();
        self.stop(format!("expected {what}, found {found}"), help)
    }

    fn identifier(&mut self, what: &str, help: &str) -> Parsed<Token> {
        self.expect(TokenKind::Identifier, what, help)
    }

    /// The `;` that ends a statement. A missing one is shown where it belongs: behind what stands before.
    fn semicolon(&mut self, what: &str) -> Parsed {
        if self.take(TokenKind::Semicolon).is_some() {
            return Ok(());
        }
        let found = self.found();
        let place = Span::at(self.tokens.span(self.at.previous()).end);
        self.report(
            place,
            format!("expected `;` after {what}, found {found}"),
            "end the statement with `;`",
        );
        Err(Stop)
    }

    /// One string, or several side by side that are joined.
    fn strings(&mut self, what: &str, help: &str) -> Parsed<TokenRange> {
        let start = self.expect(TokenKind::String, what, help)?;
        while self.take(TokenKind::String).is_some() {}
        Ok(self.since(start))
    }

    /// `a.b.c`; `.a.b` too where `leading_dot`.
    fn dotted_name(&mut self, leading_dot: bool, what: &str, help: &str) -> Parsed<TokenRange> {
        let start = self.at;
        if leading_dot {
            self.take(TokenKind::Dot);
        }
        self.identifier(what, help)?;
        while self.take(TokenKind::Dot).is_some() {
            self.identifier("a name after the dot", "complete the dotted name")?;
        }
        Ok(self.since(start))
    }

    /// A whole number of at most `most`, with a sign where `signed`.
    fn integer(&mut self, signed: bool, what: &str, help: &str) -> Parsed<Number> {
        let start = self.at;
        let minus = signed.then(|| self.take(TokenKind::Minus)).flatten();
        let token = self.expect(TokenKind::Integer, what, help)?;
        let most = u64::from(i32::MAX.unsigned_abs()) + u64::from(minus.is_some());
        let value = integer_value(self.text_of(token)).and_then(|value| {
            let value = i64::try_from(value).ok()?;
            Some(if minus.is_some() { -value } else { value })
        });
        if value.is_none_or(|value| value.unsigned_abs() > most) {
            let text = self.text_of(token);
            self.report(
                self.tokens.span(token),
                format!("`{text}` is too large: numbers here have 32 bits"),
                "use a smaller number",
            );
        }
        Ok(Number {
            tokens: self.since(start),
            value,
        })
    }

    /// Skips what is left of a statement, as protoc does, and keeps the tokens in the tree.
    fn skip_statement(&mut self, start: Token) {
        let mut depth = 0_u32;
        loop {
            match self.kind() {
                TokenKind::End => break,
                TokenKind::Semicolon if depth == 0 => {
                    self.advance();
                    break;
                }
                TokenKind::RightBrace if depth == 0 => break,
                TokenKind::RightBrace => {
                    depth -= 1;
                    self.advance();
                    if depth == 0 {
                        break;
                    }
                }
                TokenKind::LeftBrace => {
                    depth += 1;
                    self.advance();
                }
                _ => {
                    self.advance();
                }
            }
        }
        let skipped = self.since(start);
        if !skipped.is_empty() {
            let index = self.tree.add(skipped);
            self.open.push(Item::Skipped(index));
        }
    }

    /// Runs `statement` on each statement of a block up to and including its `}`; gives the declarations.
    /// Where the file ends first, that is reported at the `{`.
    fn block(&mut self, owner: Owner, mut statement: impl FnMut(&mut Self) -> Parsed) -> Block {
        let brace = self.advance();
        let mark = self.open.len();
        loop {
            match self.kind() {
                TokenKind::RightBrace => {
                    self.advance();
                    break;
                }
                TokenKind::End => {
                    let owner = self.shown(owner);
                    self.report(
                        self.tokens.span(brace),
                        format!("the body of {owner} is never closed"),
                        "add the missing `}`",
                    );
                    break;
                }
                TokenKind::Semicolon => {
                    let token = self.advance();
                    self.open.push(Item::Empty(token));
                }
                _ => {
                    let start = self.at;
                    let declared = self.open.len();
                    if statement(self).is_err() {
                        // What a failed statement declared is kept; only tokens that no node holds are skipped.
                        let resume = self.at;
                        self.skip_statement(if self.open.len() > declared {
                            resume
                        } else {
                            start
                        });
                    }
                    if self.at == start {
                        // Nothing was taken: a stray `)` or the like must not stop the parser.
                        self.advance();
                    }
                }
            }
        }
        let (items, settings) = self.close(mark);
        Block {
            body: self.since(brace),
            items,
            settings,
        }
    }

    /// Moves the declarations since `mark` into the tree; gives where they are, and the part of them that holds all
    /// `option` statements.
    fn close(&mut self, mark: usize) -> (NodeRange<Item>, NodeRange<Item>) {
        let start = self.tree.mark::<Item>();
        let is_setting = |item: &Item| matches!(item, Item::Option(_));
        let closed = &self.open[mark..];
        let settings = match closed.iter().position(is_setting) {
            Some(first) => {
                let last = closed.iter().rposition(is_setting).unwrap_or(first);
                // An index fits 32 bits as all nodes do.
                let at = |position: usize| start + u32::try_from(position).unwrap_or(u32::MAX);
                NodeRange::new(at(first), at(last + 1))
            }
            None => NodeRange::default(),
        };
        self.tree.items.extend(self.open.drain(mark..));
        (self.tree.since(start), settings)
    }

    /// How the owner of a body is named in a message.
    fn shown(&self, owner: Owner) -> String {
        match owner.name {
            Some(name) => format!("{} `{}`", owner.noun, self.text_of(name)),
            None => owner.noun.to_owned(),
        }
    }
}

/// What a body belongs to.
#[derive(Debug, Clone, Copy)]
struct Owner {
    noun: &'static str,
    name: Option<Token>,
}

/// A body that was read.
#[derive(Debug, Clone, Copy)]
struct Block {
    /// From `{` to `}`.
    body: TokenRange,
    items: NodeRange<Item>,
    /// The part of `items` from the first `option` statement to the last.
    settings: NodeRange<Item>,
}

/// The value of a decimal, octal or hexadecimal number; `None` beyond 64 bits or where digits are missing.
pub(crate) fn integer_value(text: &str) -> Option<u64> {
    if let Some(digits) = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        return u64::from_str_radix(digits, 16).ok();
    }
    if text.len() > 1 && text.starts_with('0') {
        return u64::from_str_radix(text, 8).ok();
    }
    text.parse().ok()
}
