//! The tree of one file: typed nodes in arenas, each with the tokens it is made of.
//!
//! A node holds token indices, never owned text. What is missing in broken input is `None`; what is there
//! is never dropped. Order of declaration is kept by [`Item`] lists.

use std::marker::PhantomData;
use std::ops::{Index, Range};

use super::token::{Token, TokenRange};

/// The index of a node of type `T` in its file's tree.
pub struct NodeIndex<T> {
    index: u32,
    node: PhantomData<fn() -> T>,
}

impl<T> NodeIndex<T> {
    /// The node at `index` of its arena.
    pub const fn new(index: u32) -> Self {
        Self {
            index,
            node: PhantomData,
        }
    }

    /// The position in the arena.
    pub const fn get(self) -> usize {
        self.index as usize
    }

    /// The position in the arena, as it is stored.
    pub const fn raw(self) -> u32 {
        self.index
    }
}

impl<T> Clone for NodeIndex<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for NodeIndex<T> {}
impl<T> PartialEq for NodeIndex<T> {
    fn eq(&self, other: &Self) -> bool {
        self.index == other.index
    }
}
impl<T> Eq for NodeIndex<T> {}
impl<T> PartialOrd for NodeIndex<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<T> Ord for NodeIndex<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.index.cmp(&other.index)
    }
}
impl<T> std::hash::Hash for NodeIndex<T> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.index.hash(state);
    }
}
impl<T> std::fmt::Debug for NodeIndex<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "#{}", self.index)
    }
}

/// A run of nodes that lie side by side in their arena.
pub struct NodeRange<T> {
    start: u32,
    end: u32,
    node: PhantomData<fn() -> T>,
}

impl<T> NodeRange<T> {
    /// The nodes from `start` up to, but not including, `end`.
    pub const fn new(start: u32, end: u32) -> Self {
        Self {
            start,
            end,
            node: PhantomData,
        }
    }

    /// The indices, in order.
    pub fn iter(self) -> impl DoubleEndedIterator<Item = NodeIndex<T>> + ExactSizeIterator + Clone {
        (self.start..self.end).map(NodeIndex::new)
    }

    /// Number of nodes.
    pub const fn len(self) -> usize {
        (self.end - self.start) as usize
    }

    /// Whether there is none.
    pub const fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// The positions in the arena.
    pub const fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

impl<T> Clone for NodeRange<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for NodeRange<T> {}
impl<T> Default for NodeRange<T> {
    fn default() -> Self {
        Self::new(0, 0)
    }
}
impl<T> PartialEq for NodeRange<T> {
    fn eq(&self, other: &Self) -> bool {
        (self.start, self.end) == (other.start, other.end)
    }
}
impl<T> Eq for NodeRange<T> {}
impl<T> std::fmt::Debug for NodeRange<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "#{}..{}", self.start, self.end)
    }
}

/// One declaration in a body, in order of appearance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Item {
    /// `import …;`
    Import(NodeIndex<Import>),
    /// `package …;`
    Package(NodeIndex<Package>),
    /// `option … = …;`
    Option(NodeIndex<OptionSetting>),
    /// `message … {…}`
    Message(NodeIndex<Message>),
    /// `enum … {…}`
    Enum(NodeIndex<Enum>),
    /// `service … {…}`
    Service(NodeIndex<Service>),
    /// `extend … {…}`
    Extend(NodeIndex<Extend>),
    /// A field, also a map field or a group.
    Field(NodeIndex<Field>),
    /// `oneof … {…}`
    Oneof(NodeIndex<Oneof>),
    /// `reserved …;`
    Reserved(NodeIndex<Reserved>),
    /// `extensions …;`
    Extensions(NodeIndex<Extensions>),
    /// `NAME = 1;` in an enum.
    EnumValue(NodeIndex<EnumValue>),
    /// `rpc …`
    Method(NodeIndex<Method>),
    /// A `;` that ends nothing.
    Empty(Token),
    /// Tokens that no declaration could be made of; an error was reported for them.
    Skipped(NodeIndex<TokenRange>),
}

/// The nodes of one file.
#[derive(Debug, Clone, Default)]
pub struct Tree {
    /// The `syntax` or `edition` statement.
    pub syntax: Option<Syntax>,
    /// All `package` statements; a valid file has at most one.
    pub packages: Vec<Package>,
    /// All imports, in order.
    pub imports: Vec<Import>,
    /// All messages, groups included. A message comes before those nested in it.
    pub messages: Vec<Message>,
    /// All fields, extensions included.
    pub fields: Vec<Field>,
    /// The types of map fields.
    pub maps: Vec<MapType>,
    /// All oneofs.
    pub oneofs: Vec<Oneof>,
    /// All enums.
    pub enums: Vec<Enum>,
    /// All enum values.
    pub values: Vec<EnumValue>,
    /// All services.
    pub services: Vec<Service>,
    /// All methods.
    pub methods: Vec<Method>,
    /// All `extend` blocks.
    pub extends: Vec<Extend>,
    /// All `reserved` statements.
    pub reserved: Vec<Reserved>,
    /// All `extensions` statements.
    pub extensions: Vec<Extensions>,
    /// The number ranges of `reserved` and `extensions` statements.
    pub ranges: Vec<NumberRange>,
    /// The names of `reserved` statements.
    pub reserved_names: Vec<ReservedName>,
    /// All option settings, statements and compact ones.
    pub options: Vec<OptionSetting>,
    /// The parts of option names.
    pub name_parts: Vec<OptionNamePart>,
    /// What was skipped because no declaration could be made of it.
    pub skipped: Vec<TokenRange>,
    /// Declarations, grouped by the body they stand in; see [`Tree::items`].
    pub items: Vec<Item>,
    /// The declarations of the file itself.
    pub file_items: NodeRange<Item>,
    /// The part of [`Tree::file_items`] from the first `option` statement to the last.
    pub file_settings: NodeRange<Item>,
}

/// Where a declaration stands: directly in the file, or in a message's body.
pub type Parent = Option<NodeIndex<Message>>;

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

/// The word before a field's type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FieldLabel {
    /// `optional`
    Optional,
    /// `required`
    Required,
    /// `repeated`
    Repeated,
}

impl FieldLabel {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Optional => "optional",
            Self::Required => "required",
            Self::Repeated => "repeated",
        }
    }
}

/// The built-in field types, numbered as in `FieldDescriptorProto.Type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Scalar {
    /// `double`
    Double = 1,
    /// `float`
    Float = 2,
    /// `int64`
    Int64 = 3,
    /// `uint64`
    Uint64 = 4,
    /// `int32`
    Int32 = 5,
    /// `fixed64`
    Fixed64 = 6,
    /// `fixed32`
    Fixed32 = 7,
    /// `bool`
    Bool = 8,
    /// `string`
    String = 9,
    /// `bytes`
    Bytes = 12,
    /// `uint32`
    Uint32 = 13,
    /// `sfixed32`
    Sfixed32 = 15,
    /// `sfixed64`
    Sfixed64 = 16,
    /// `sint32`
    Sint32 = 17,
    /// `sint64`
    Sint64 = 18,
}

impl Scalar {
    /// The type of that keyword.
    pub fn from_keyword(word: &str) -> Option<Self> {
        Some(match word {
            "double" => Self::Double,
            "float" => Self::Float,
            "int64" => Self::Int64,
            "uint64" => Self::Uint64,
            "int32" => Self::Int32,
            "fixed64" => Self::Fixed64,
            "fixed32" => Self::Fixed32,
            "bool" => Self::Bool,
            "string" => Self::String,
            "bytes" => Self::Bytes,
            "uint32" => Self::Uint32,
            "sfixed32" => Self::Sfixed32,
            "sfixed64" => Self::Sfixed64,
            "sint32" => Self::Sint32,
            "sint64" => Self::Sint64,
            _ => return None,
        })
    }

    /// The keyword.
    pub const fn keyword(self) -> &'static str {
        match self {
            Self::Double => "double",
            Self::Float => "float",
            Self::Int64 => "int64",
            Self::Uint64 => "uint64",
            Self::Int32 => "int32",
            Self::Fixed64 => "fixed64",
            Self::Fixed32 => "fixed32",
            Self::Bool => "bool",
            Self::String => "string",
            Self::Bytes => "bytes",
            Self::Uint32 => "uint32",
            Self::Sfixed32 => "sfixed32",
            Self::Sfixed64 => "sfixed64",
            Self::Sint32 => "sint32",
            Self::Sint64 => "sint64",
        }
    }
}

/// The type of a field as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TypeReference {
    /// A built-in type.
    Scalar(Scalar, Token),
    /// The name of a message or enum, with the dots.
    Named(TokenRange),
    /// `map<…>`
    Map(NodeIndex<MapType>),
    /// A group; the word `group`.
    Group(Token),
    /// Nothing that could be a type.
    Missing(Token),
}

/// `map<string, Value>`
#[derive(Debug, Clone, Copy)]
pub struct MapType {
    /// From `map` to `>`.
    pub tokens: TokenRange,
    /// The key's type.
    pub key: TypeReference,
    /// The value's type.
    pub value: TypeReference,
}

/// A number as it is written, with its sign.
#[derive(Debug, Clone, Copy, Default)]
pub struct Number {
    /// The tokens; empty where there is no number.
    pub tokens: TokenRange,
    /// Its value; `None` where it is missing or beyond 64 bits.
    pub value: Option<i64>,
}

/// What a field is declared in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldParent {
    /// A message's body.
    Message(NodeIndex<Message>),
    /// A oneof's body.
    Oneof(NodeIndex<Oneof>),
    /// An `extend` block: the field is an extension.
    Extend(NodeIndex<Extend>),
}

/// A field, an extension, a map field, or a group.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// The whole declaration.
    pub tokens: TokenRange,
    /// The label.
    pub label: Option<(FieldLabel, Token)>,
    /// The type.
    pub field_type: TypeReference,
    /// The name; for a group the name of its message.
    pub name: Option<Token>,
    /// The number.
    pub number: Number,
    /// From `[` to `]`.
    pub bracket: Option<TokenRange>,
    /// The compact options.
    pub options: NodeRange<OptionSetting>,
    /// What it is declared in.
    pub parent: FieldParent,
    /// The message that a group declares.
    pub group: Option<NodeIndex<Message>>,
}

/// `oneof name {…}`
#[derive(Debug, Clone, Copy)]
pub struct Oneof {
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
    /// The message it stands in.
    pub parent: NodeIndex<Message>,
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

/// A name in a `reserved` statement.
#[derive(Debug, Clone, Copy)]
pub struct ReservedName {
    /// The string tokens, or the identifier (editions).
    pub tokens: TokenRange,
    /// Whether it is written as an identifier.
    pub is_identifier: bool,
}

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
    /// From `{` to `}`: text format, read by [`literal`](super::literal).
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

/// Gives each arena its index type.
macro_rules! arenas {
    ($($arena:ident: $node:ty),+ $(,)?) => {
        impl Tree {
            /// Takes all nodes out, and keeps room for at most so many of a kind.
            pub(super) fn clear(&mut self, most_kept: usize) {
                $(self.$arena.clear();
                self.$arena.shrink_to(most_kept);)+
                self.syntax = None;
                self.file_items = NodeRange::default();
                self.file_settings = NodeRange::default();
            }
        }
        $(impl Index<NodeIndex<$node>> for Tree {
            type Output = $node;
            fn index(&self, index: NodeIndex<$node>) -> &$node {
                &self.$arena[index.get()]
            }
        }
        impl Index<NodeRange<$node>> for Tree {
            type Output = [$node];
            fn index(&self, range: NodeRange<$node>) -> &[$node] {
                &self.$arena[range.range()]
            }
        }
        impl Arena<$node> for Tree {
            fn arena(&mut self) -> &mut Vec<$node> {
                &mut self.$arena
            }
        })+
    };
}

/// The arena that holds nodes of one type.
pub(super) trait Arena<T> {
    fn arena(&mut self) -> &mut Vec<T>;
}

arenas! {
    packages: Package,
    imports: Import,
    messages: Message,
    fields: Field,
    maps: MapType,
    oneofs: Oneof,
    enums: Enum,
    values: EnumValue,
    services: Service,
    methods: Method,
    extends: Extend,
    reserved: Reserved,
    extensions: Extensions,
    ranges: NumberRange,
    reserved_names: ReservedName,
    options: OptionSetting,
    name_parts: OptionNamePart,
    skipped: TokenRange,
    items: Item,
}

impl Tree {
    /// The message whose scope a field stands in.
    pub fn message_around(&self, parent: FieldParent) -> Parent {
        match parent {
            FieldParent::Message(message) => Some(message),
            FieldParent::Oneof(oneof) => Some(self[oneof].parent),
            FieldParent::Extend(extend) => self[extend].parent,
        }
    }

    /// The declarations of a body, in order.
    pub fn items(&self, range: NodeRange<Item>) -> &[Item] {
        &self.items[range.range()]
    }

    /// The declarations of the file itself, in order.
    pub fn file_items(&self) -> &[Item] {
        self.items(self.file_items)
    }

    /// The parts of an option's name.
    pub fn option_name(&self, option: &OptionSetting) -> &[OptionNamePart] {
        &self[option.name]
    }

    pub(super) fn add<T>(&mut self, node: T) -> NodeIndex<T>
    where
        Self: Arena<T>,
    {
        let arena = self.arena();
        // A node takes at least one token and a source has less than 2^27 bytes.
        let index = u32::try_from(arena.len()).unwrap_or(u32::MAX);
        arena.push(node);
        NodeIndex::new(index)
    }

    pub(super) fn mark<T>(&mut self) -> u32
    where
        Self: Arena<T>,
    {
        u32::try_from(self.arena().len()).unwrap_or(u32::MAX)
    }

    pub(super) fn since<T>(&mut self, mark: u32) -> NodeRange<T>
    where
        Self: Arena<T>,
    {
        NodeRange::new(mark, u32::try_from(self.arena().len()).unwrap_or(u32::MAX))
    }
}
