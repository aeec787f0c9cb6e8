//! What descriptors have side by side and sources one inside of the other, in the order protoc counts them.

use crate::syntax::Tree;
use crate::syntax::tree::{self, Item, NodeIndex, TypeReference};

/// A message that a descriptor has nested in a message or file.
#[derive(Clone, Copy)]
pub(super) enum Nested {
    /// A message or group.
    Message(NodeIndex<tree::Message>),
    /// The entry of a map field.
    MapEntry(NodeIndex<tree::Field>),
}

/// The fields of a body, those in its oneofs included.
pub(super) fn fields<'t>(
    tree: &'t Tree,
    items: &'t [Item],
) -> impl Iterator<Item = NodeIndex<tree::Field>> + Clone + 't {
    items
        .iter()
        .flat_map(move |item| match *item {
            Item::Oneof(oneof) => tree.items(tree[oneof].items),
            _ => std::slice::from_ref(item),
        })
        .filter_map(|&item| match item {
            Item::Field(field) => Some(field),
            _ => None,
        })
}

/// The extensions that a body declares.
pub(super) fn extensions<'t>(
    tree: &'t Tree,
    items: &'t [Item],
) -> impl Iterator<Item = NodeIndex<tree::Field>> + Clone + 't {
    items
        .iter()
        .filter_map(move |&item| match item {
            Item::Extend(extend) => Some(tree.items(tree[extend].items)),
            _ => None,
        })
        .flatten()
        .filter_map(|&item| match item {
            Item::Field(field) => Some(field),
            _ => None,
        })
}

/// The messages that a body declares, those of groups and the entries of maps included.
pub(super) fn nested<'t>(
    tree: &'t Tree,
    items: &'t [Item],
) -> impl Iterator<Item = Nested> + Clone + 't {
    items
        .iter()
        .flat_map(move |item| match *item {
            Item::Oneof(oneof) => tree.items(tree[oneof].items),
            Item::Extend(extend) => tree.items(tree[extend].items),
            _ => std::slice::from_ref(item),
        })
        .filter_map(move |&item| match item {
            Item::Message(message) => Some(Nested::Message(message)),
            Item::Field(field) => match (tree[field].group, tree[field].field_type) {
                (Some(group), _) => Some(Nested::Message(group)),
                (None, TypeReference::Map(_)) => Some(Nested::MapEntry(field)),
                _ => None,
            },
            _ => None,
        })
}
