//! One file's text as tokens and a tree.
//!
//! Parsing is total: it never fails, never panics and never drops a byte. Any input gives a [`File`] whose tokens and
//! gaps, put together, are the input; what is wrong is said in [`File::errors`]. One superset grammar serves proto2,
//! proto3 and all editions; what a syntax does not allow is judged by `schema`. This module does no I/O and knows
//! no other file.

mod byte_class;
pub mod comments;
mod lexer;
pub mod literal;
mod parser;
pub mod string;
mod token;
pub mod tree;

use std::borrow::Cow;
use std::cell::Cell;
use std::sync::Arc;

use crate::diagnostic::{Code, Diagnostic};
use crate::text::{Source, Span};

pub(crate) use parser::integer_value;
pub use token::{Token, TokenKind, TokenRange, Tokens};
pub use tree::Tree;

/// The code of everything that is not the grammar of Protocol Buffers.
pub const SYNTAX: Code = Code("SYNTAX");

/// The most errors that are told of one file's text, and of what it means: nobody reads more, and to show an error takes
/// time that grows with the length of its line.
pub const MAX_ERRORS: usize = 1000;

/// A parsed file: its source, its tokens, its tree, and what is wrong with them.
#[derive(Debug)]
pub struct File {
    source: Arc<Source>,
    tokens: Tokens,
    tree: Tree,
    errors: Vec<Diagnostic>,
}

/// What files are parsed into. Its lists have grown with earlier files; of each file an exact copy is kept, which costs
/// less than to grow lists anew and holds no room for more.
#[derive(Debug, Default)]
struct Scratch {
    tokens: Tokens,
    tree: Tree,
    open: Vec<tree::Item>,
}

thread_local! {
    static SCRATCH: Cell<Scratch> = Cell::default();
}

/// How many tokens and nodes of a kind a thread keeps room for: an extreme file should not take memory for ever.
const MOST_KEPT: usize = 1 << 16;

impl File {
    /// Parses a source. Takes time and memory linear in its length.
    pub fn parse(source: Arc<Source>) -> Self {
        let mut errors = Vec::new();
        let mut scratch = SCRATCH.take();
        lexer::lex(&source, &mut scratch.tokens, &mut errors);
        let tokens = scratch.tokens.clone();
        parser::parse(&source, &mut scratch, &mut errors);
        let tree = scratch.tree.clone();
        scratch.tokens.clear(MOST_KEPT);
        scratch.tree.clear(MOST_KEPT);
        scratch.open.clear();
        scratch.open.shrink_to(MOST_KEPT);
        SCRATCH.set(scratch);
        errors.truncate(MAX_ERRORS);
        Self {
            source,
            tokens,
            tree,
            errors,
        }
    }

    /// The source.
    pub fn source(&self) -> &Arc<Source> {
        &self.source
    }

    /// The path by which other files import this one.
    pub fn name(&self) -> &str {
        self.source.name()
    }

    /// The tokens.
    pub fn tokens(&self) -> &Tokens {
        &self.tokens
    }

    /// The tree.
    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    /// What is wrong with the text itself, in order of appearance.
    pub fn errors(&self) -> &[Diagnostic] {
        &self.errors
    }

    /// The text of one token.
    pub fn text(&self, token: Token) -> &str {
        self.source.slice(self.tokens.span(token))
    }

    /// The bytes that a range of tokens covers.
    pub fn span(&self, range: TokenRange) -> Span {
        self.tokens.range_span(range)
    }

    /// The text of several tokens without the gaps between them: a dotted name as it is meant.
    pub fn joined(&self, range: TokenRange) -> Cow<'_, str> {
        let whole = self.source.slice(self.span(range));
        // Gaps are made of blanks and comments. All bytes are looked at without a branch for each.
        let has_gap = |whole: &str| {
            let is_of_gap = |byte: u8| byte <= b' ' || byte == b'/';
            (whole.bytes()).fold(false, |any, byte| any | is_of_gap(byte))
        };
        if range.len() <= 1 || !has_gap(whole) {
            return Cow::Borrowed(whole);
        }
        Cow::Owned(range.iter().map(|token| self.text(token)).collect())
    }

    /// The value of the string literals in `range` as text; bytes that are not UTF-8 are replaced. Copied only where
    /// there is more than one literal, or an escape.
    pub fn string_text(&self, range: TokenRange) -> Cow<'_, str> {
        if range.len() == 1 {
            let text = self.text(range.start);
            let quoted = |quote: char| text.strip_prefix(quote)?.strip_suffix(quote);
            if let Some(plain) = quoted('"').or_else(|| quoted('\''))
                && self.source.is_utf8()
                && !plain.contains('\\')
            {
                return Cow::Borrowed(plain);
            }
        }
        let value = self.string_value(range);
        Cow::Owned(String::from_utf8_lossy(&value).into_owned())
    }

    /// The value of the string literals in `range`, joined, escapes undone. Bytes, since it need not be UTF-8.
    pub fn string_value(&self, range: TokenRange) -> Vec<u8> {
        let mut value = Vec::with_capacity(self.span(range).range().len());
        for token in range.iter() {
            let span = self.tokens.span(token);
            string::unescape_into(
                self.source.bytes().get(span.range()).unwrap_or_default(),
                &mut value,
            );
        }
        value
    }
}
