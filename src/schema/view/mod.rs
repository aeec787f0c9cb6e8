//! The schema as rules see it: small copyable views of its elements.
//!
//! A view's *span* is the whole declaration, from its first token to its closing `}` or `;`; the spans of its parts
//! (name, type, number) have methods of their own. What broken input lacks is an empty name or an empty span.

mod enumeration;
mod field;
mod file;
mod message;
mod service;

use crate::syntax;
use crate::syntax::tree::{Item, NodeRange, OptionSetting};
use crate::text::Span;

pub use enumeration::{Enum, EnumValue};
pub use field::{Cardinality, Field, FieldKind};
pub use file::File;
pub use message::{Extend, Message, Oneof};
pub use service::{Method, Service};

/// A name as it is written, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Name<'s> {
    /// The text.
    pub text: &'s str,
    /// Where it stands.
    pub span: Span,
}

impl std::fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.text)
    }
}

fn name(file: &syntax::File, token: Option<syntax::Token>) -> Name<'_> {
    match token {
        Some(token) => Name {
            text: file.text(token),
            span: file.tokens().span(token),
        },
        None => Name {
            text: "",
            span: Span::default(),
        },
    }
}

/// The `option` statements among the items of a body.
fn option_settings(
    file: &syntax::File,
    settings: NodeRange<Item>,
) -> impl Iterator<Item = &OptionSetting> + Clone {
    let tree = file.tree();
    tree.items(settings)
        .iter()
        .filter_map(move |&item| match item {
            Item::Option(option) => Some(&tree[option]),
            _ => None,
        })
}

/// Declares a view: the schema, the file, and the index of its node.
macro_rules! view {
    ($(#[$doc:meta])* $view:ident of $node:ty) => {
        $(#[$doc])*
        #[derive(Clone, Copy)]
        pub struct $view<'s> {
            schema: &'s $crate::schema::Schema,
            file: $crate::schema::FileId,
            index: $crate::syntax::tree::NodeIndex<$node>,
        }

        impl<'s> $view<'s> {
            /// The view of a node of that file.
            pub fn new(
                schema: &'s $crate::schema::Schema,
                file: $crate::schema::FileId,
                index: $crate::syntax::tree::NodeIndex<$node>,
            ) -> Self {
                Self { schema, file, index }
            }

            /// The file it is declared in.
            pub fn file(self) -> $crate::schema::File<'s> {
                self.schema.file(self.file)
            }

            /// The position in the arena of its file's tree.
            pub fn index(self) -> $crate::syntax::tree::NodeIndex<$node> {
                self.index
            }

            /// The node in the tree.
            pub fn node(self) -> &'s $node {
                &self.syntax().tree()[self.index]
            }

            /// The whole declaration.
            pub fn span(self) -> $crate::text::Span {
                self.syntax().span(self.node().tokens)
            }

            fn syntax(self) -> &'s $crate::syntax::File {
                &self.schema.data(self.file).syntax
            }
        }

        impl PartialEq for $view<'_> {
            fn eq(&self, other: &Self) -> bool {
                std::ptr::eq(self.schema, other.schema)
                    && (self.file, self.index) == (other.file, other.index)
            }
        }

        impl Eq for $view<'_> {}

        impl std::fmt::Debug for $view<'_> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}({:?} {})", stringify!($view), self.index, self.file().path())
            }
        }
    };
}
use view;

/// What views of elements have that take `option` statements: their options and features.
macro_rules! optioned_view {
    ($view:ident, $features:ident) => {
        impl<'s> $view<'s> {
            /// Its options.
            pub fn options(self) -> $crate::schema::options::Options<'s> {
                $crate::schema::options::Options::new(
                    self.schema,
                    self.file,
                    $crate::schema::options::ElementKind::$view,
                    $crate::schema::options::Settings::Statements(self.node().settings),
                )
            }

            /// Its `option` statements.
            pub fn option_settings(
                self,
            ) -> impl Iterator<Item = &'s $crate::syntax::tree::OptionSetting> + Clone {
                $crate::schema::view::option_settings(self.syntax(), self.node().settings)
            }

            /// The features in force for it.
            pub fn features(self) -> $crate::schema::Features {
                let features = &self.schema.data(self.file).features;
                features.of(&features.$features, self.index.get())
            }
        }
    };
}
use optioned_view;
