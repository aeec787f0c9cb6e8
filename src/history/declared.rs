//! A type as a file of today declares it: what is asked about it again and again where much of it was used before.

use std::cell::OnceCell;

use rustc_hash::FxHashMap;

use super::facts::{Holder, Kind, Member, TypeFacts};
use super::next_number::TakenNumbers;
use crate::syntax::tree::{FieldParent, Number};
use crate::syntax::{File, TokenRange};
use crate::text::Span;

/// A type of a file.
pub(super) struct Declared<'f> {
    pub(super) file: &'f File,
    pub(super) facts: &'f TypeFacts,
    position: usize,
    /// Those of the file, once something is to be told of one.
    places: &'f OnceCell<Places<'f>>,
    by_name: OnceCell<FxHashMap<&'f str, &'f Member>>,
    next_number: OnceCell<Option<i32>>,
}

impl<'f> Declared<'f> {
    /// `position` is that of the type in what [`of_syntax`](super::facts::of_syntax) gives.
    pub(super) fn new(
        file: &'f File,
        position: usize,
        facts: &'f TypeFacts,
        places: &'f OnceCell<Places<'f>>,
    ) -> Self {
        Self {
            file,
            facts,
            position,
            places,
            by_name: OnceCell::new(),
            next_number: OnceCell::new(),
        }
    }

    /// Where the number of a member is written.
    pub(super) fn span(&self, member: &Member) -> Span {
        let number = member.number.unwrap_or_default();
        let places = self.places.get_or_init(|| Places::of(self.file));
        let tokens = match self.facts.kind {
            Kind::Message => places.fields.get(&(self.position, number)),
            Kind::Enum => {
                let key = (self.position, number, &*member.holder.name);
                places.values.get(&key)
            }
            Kind::Service => None,
        };
        tokens.map_or(Span::at(0), |tokens| self.file.span(*tokens))
    }

    /// Who has a name under another number.
    pub(super) fn heir(&self, number: i32, name: &str) -> Option<Holder> {
        let by_name = self.by_name.get_or_init(|| {
            let members = self.facts.members.iter();
            members
                .map(|member| (&*member.holder.name, member))
                .collect()
        });
        let heir = by_name.get(name)?;
        (heir.number != Some(number)).then(|| heir.holder.clone())
    }

    /// The next number that is in none of those that are taken.
    pub(super) fn next_number(&self, taken: impl FnOnce() -> TakenNumbers) -> Option<i32> {
        *self.next_number.get_or_init(|| taken().next())
    }
}

/// Where the numbers of a file are written, by the position of their type.
pub(super) struct Places<'f> {
    fields: FxHashMap<(usize, i32), TokenRange>,
    /// By name too: aliases have one number.
    values: FxHashMap<(usize, i32, &'f str), TokenRange>,
}

impl<'f> Places<'f> {
    fn of(file: &'f File) -> Self {
        let tree = file.tree();
        let value = |number: &Number| i32::try_from(number.value?).ok();
        let fields = tree.fields.iter().filter_map(|field| {
            let message = match field.parent {
                FieldParent::Message(message) => message,
                FieldParent::Oneof(oneof) => tree[oneof].parent,
                // Those belong to another message.
                FieldParent::Extend(_) => return None,
            };
            let key = (message.get(), value(&field.number)?);
            Some((key, field.number.tokens))
        });
        let values = tree.values.iter().filter_map(|node| {
            let position = node.parent.get() + tree.messages.len();
            let key = (position, value(&node.number)?, file.text(node.name));
            Some((key, node.number.tokens))
        });
        Self {
            fields: fields.collect(),
            values: values.collect(),
        }
    }
}
