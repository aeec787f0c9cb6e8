//! The tree of one file: typed nodes in arenas, each with the tokens it is made of.
//!
//! A node holds token indices, never owned text. What is missing in broken input is `None`; what is there
//! is never dropped. Order of declaration is kept by [`Item`] lists.

mod declaration;
mod field;
mod index;
mod option;

use std::ops::Index;

use super::token::{Token, TokenRange};

pub use declaration::{
    Enum, EnumValue, Extend, Extensions, Import, ImportKind, Message, Method, MethodType,
    NumberRange, Package, Reserved, ReservedName, Service, Syntax, Visibility,
};
pub use field::{Field, FieldLabel, FieldParent, MapType, Number, Oneof, Scalar, TypeReference};
pub use index::{NodeIndex, NodeRange};
pub use option::{OptionNamePart, OptionSetting, OptionValue};

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
