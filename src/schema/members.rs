//! The fields of long messages by name and number. Short ones are searched from the start, which is as quick.

use rustc_hash::FxHashMap;

use super::{Field, File, Message};
use crate::syntax::tree::{self, NodeIndex};

/// Fields that are looked at one by one before the index is asked.
const SHORT: usize = 64;

/// The fields of a file's long messages, of those with one name or number the first.
#[derive(Debug, Default)]
pub(super) struct LongMessages {
    by_name: FxHashMap<(NodeIndex<tree::Message>, Box<str>), NodeIndex<tree::Field>>,
    by_number: FxHashMap<(NodeIndex<tree::Message>, i32), NodeIndex<tree::Field>>,
}

impl LongMessages {
    /// Those of a file.
    fn of(file: File<'_>) -> Self {
        let mut long = Self::default();
        for message in file.all_messages() {
            if message.fields().nth(SHORT).is_none() {
                continue;
            }
            for field in message.fields() {
                let name = field.name().into_owned().into_boxed_str();
                (long.by_name.entry((message.index(), name))).or_insert(field.index());
                if let Some(number) = field.number() {
                    (long.by_number.entry((message.index(), number))).or_insert(field.index());
                }
            }
        }
        long
    }
}

impl<'s> Message<'s> {
    /// The field of that number.
    pub fn field_numbered(self, number: i32) -> Option<Field<'s>> {
        self.field_by(
            |field| field.number() == Some(number),
            |long| long.by_number.get(&(self.index(), number)),
        )
    }

    /// The field of that name.
    pub fn field_named(self, name: &str) -> Option<Field<'s>> {
        self.field_by(
            |field| field.name() == name,
            |long| long.by_name.get(&(self.index(), Box::from(name))),
        )
    }

    fn field_by(
        self,
        is_it: impl Fn(&Field<'s>) -> bool,
        find: impl Fn(&LongMessages) -> Option<&NodeIndex<tree::Field>>,
    ) -> Option<Field<'s>> {
        let mut fields = self.fields();
        let found = fields.by_ref().take(SHORT).find(is_it);
        if found.is_some() || fields.next().is_none() {
            return found;
        }
        let file = self.file();
        let long =
            (file.schema().data(file.id()).long_messages).get_or_init(|| LongMessages::of(file));
        let index = *find(long)?;
        Some(Field::new(file.schema(), file.id(), index))
    }
}
