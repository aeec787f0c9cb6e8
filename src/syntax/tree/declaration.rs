//! The statements of a file, and the declarations that are no fields.

use super::{Field, Item, NodeIndex, NodeRange, Number, OptionSetting, Parent};
use crate::syntax::token::{Token, TokenRange};

/// `syntax = "proto3";` or `edition = "2023";`
#[derive(Debug, Clone, Copy)]
pub struct Syntax {
    /// The whole statement.
    pub tokens: TokenRange,
    /// Whether the word is `edition`.
    pub is_edition: bool,
    /// The string tokens of the value.
    pub value: TokenRange,
}

/// `package a.b;`
#[derive(Debug, Clone, Copy)]
pub struct Package {
    /// The whole statement.
    pub tokens: TokenRange,
    /// The dotted name.
    pub name: TokenRange,
}

/// The word after `import`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ImportKind {
    /// None.
    Plain,
    /// `import public`: importers of this file see it too.
    Public,
    /// `import weak`: historic.
    Weak,
    /// `import option`: only for custom options (edition 2024).
    Option,
}

/// `import "a.proto";`
#[derive(Debug, Clone, Copy)]
pub struct Import {
    /// The whole statement.
    pub tokens: TokenRange,
    /// What kind of import.
    pub kind: ImportKind,
    /// The word `public`, `weak` or `option`.
    pub modifier: Option<Token>,
    /// The string tokens of the path.
    pub path: TokenRange,
}

/// `export` or `local` (edition 2024).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Visibility {
    /// Seen from other files.
    Export,
    /// Seen in this file only.
    Local,
}

/// A message, or the message that a group declares.
#[derive(Debug, Clone, Copy)]
pub struct Message {
    /// The whole declaration, for a group from its label to its closing brace.
    pub tokens: TokenRange,
    /// `export` or `local`.
    pub visibility: Option<(Visibility, Token)>,
    /// The word `message` or `group`.
    pub keyword: Token,
    /// The name.
    pub name: Option<Token>,
    /// From `{` to `}`; without the latter where the file ends first.
    pub body: TokenRange,
    /// What the body declares.
    pub items: NodeRange<Item>,
    /// The part of `items` from the first `option` statement to the last.
    pub settings: NodeRange<Item>,
    /// The message it stands in.
    pub parent: Parent,
    /// The field, where this is a group.
    pub group: Option<NodeIndex<Field>>,
}

/// `extend Type {…}`
#[derive(Debug, Clone, Copy)]
pub struct Extend {
    /// The whole declaration.
    pub tokens: TokenRange,
    /// The name of what is extended.
    pub extendee: TokenRange,
    /// From `{` to `}`.
    pub body: TokenRange,
    /// What the body declares.
    pub items: NodeRange<Item>,
    /// The message it stands in.
    pub parent: Parent,
}

/// `enum Name {…}`
#[derive(Debug, Clone, Copy)]
pub struct Enum {
    /// The whole declaration.
    pub tokens: TokenRange,
    /// `export` or `local`.
    pub visibility: Option<(Visibility, Token)>,
    /// The word `enum`.
    pub keyword: Token,
    /// The name.
    pub name: Option<Token>,
    /// From `{` to `}`.
    pub body: TokenRange,
    /// What the body declares.
    pub items: NodeRange<Item>,
    /// The part of `items` from the first `option` statement to the last.
    pub settings: NodeRange<Item>,
    /// The message it stands in.
    pub parent: Parent,
}

/// `NAME = 1;`
#[derive(Debug, Clone, Copy)]
pub struct EnumValue {
    /// The whole declaration.
    pub tokens: TokenRange,
    /// The name.
    pub name: Token,
    /// The number.
    pub number: Number,
    /// From `[` to `]`.
    pub bracket: Option<TokenRange>,
    /// The compact options.
    pub options: NodeRange<OptionSetting>,
    /// The enum.
    pub parent: NodeIndex<Enum>,
}

/// `service Name {…}`
#[derive(Debug, Clone, Copy)]
pub struct Service {
    /// The whole declaration.
    pub tokens: TokenRange,
    /// The name.
    pub name: Option<Token>,
    /// From `{` to `}`.
    pub body: TokenRange,
    /// What the body declares.
    pub items: NodeRange<Item>,
    /// The part of `items` from the first `option` statement to the last.
    pub settings: NodeRange<Item>,
}

/// The request or the response of a method.
#[derive(Debug, Clone, Copy, Default)]
pub struct MethodType {
    /// The word `stream`.
    pub stream: Option<Token>,
    /// The type's name, with the dots, without the parentheses.
    pub name: TokenRange,
}

/// `rpc Name(Request) returns (Response);`
#[derive(Debug, Clone, Copy)]
pub struct Method {
    /// The whole declaration.
    pub tokens: TokenRange,
    /// The name.
    pub name: Option<Token>,
    /// What is sent.
    pub input: MethodType,
    /// What is answered.
    pub output: MethodType,
    /// From `{` to `}`, where there is a body.
    pub body: Option<TokenRange>,
    /// What the body declares.
    pub items: NodeRange<Item>,
    /// The part of `items` from the first `option` statement to the last.
    pub settings: NodeRange<Item>,
    /// The service.
    pub parent: NodeIndex<Service>,
}

/// `reserved 1, 5 to 7;` or `reserved "a", "b";`
#[derive(Debug, Clone, Copy)]
pub struct Reserved {
    /// The whole statement.
    pub tokens: TokenRange,
    /// The numbers.
    pub ranges: NodeRange<NumberRange>,
    /// The names.
    pub names: NodeRange<ReservedName>,
}

/// `extensions 100 to 199 [...];`
#[derive(Debug, Clone, Copy)]
pub struct Extensions {
    /// The whole statement.
    pub tokens: TokenRange,
    /// The numbers.
    pub ranges: NodeRange<NumberRange>,
    /// From `[` to `]`.
    pub bracket: Option<TokenRange>,
    /// The compact options; they belong to each range.
    pub options: NodeRange<OptionSetting>,
    /// The message.
    pub parent: NodeIndex<Message>,
}

/// `5`, `5 to 7` or `5 to max`, both ends included.
#[derive(Debug, Clone, Copy)]
pub struct NumberRange {
    /// The whole range.
    pub tokens: TokenRange,
    /// The first number.
    pub start: Number,
    /// The last number, where one is written; it has no value for `max`.
    pub end: Option<Number>,
    /// Whether the last number is the word `max`.
    pub is_max: bool,
}

impl NumberRange {
    /// The first and the last number, where they are numbers; `max` is larger than all others.
    pub fn ends(&self) -> Option<(i64, i64)> {
        let start = self.start.value?;
        let end = match self.end {
            None => start,
            Some(_) if self.is_max => i64::MAX,
            Some(end) => end.value?,
        };
        Some((start, end))
    }

    /// Whether a number is in it.
    pub fn holds(&self, number: i32) -> bool {
        let ends = self.ends();
        ends.is_some_and(|(start, end)| (start..=end).contains(&i64::from(number)))
    }
}

/// A name in a `reserved` statement.
#[derive(Debug, Clone, Copy)]
pub struct ReservedName {
    /// The string tokens, or the identifier (editions).
    pub tokens: TokenRange,
    /// Whether it is written as an identifier.
    pub is_identifier: bool,
}
