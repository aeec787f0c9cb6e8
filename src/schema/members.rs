//! The fields of long messages by name, number and key in JSON. Short ones are searched from the start, which is as quick.

use std::sync::OnceLock;

use rustc_hash::FxHashMap;

use super::{Cardinality, Field, File, Message};
use crate::syntax::tree::{self, NodeIndex};

/// The most members of a type that are looked at one by one.
pub(super) const SHORT: usize = 64;

/// The fields of a file's long messages, of those with one name, number or key the first.
#[derive(Debug, Default)]
pub(super) struct LongMessages {
    by_name: ByName,
    by_number: FxHashMap<(NodeIndex<tree::Message>, i32), NodeIndex<tree::Field>>,
    /// Filled when it is first asked for, since `json_name` is known later than names: options name fields too.
    by_json_name: OnceLock<ByName>,
    /// The same for required ones, since features are known later than names.
    required: OnceLock<FxHashMap<NodeIndex<tree::Message>, Vec<NodeIndex<tree::Field>>>>,
}

/// The fields of messages by one of their names.
type ByName = FxHashMap<(NodeIndex<tree::Message>, Box<str>), NodeIndex<tree::Field>>;

impl LongMessages {
    /// Those of a file.
    fn of(file: File<'_>) -> Self {
        let mut long = Self::default();
        for message in long_messages(file) {
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

    /// The field of such a message with that name in JSON.
    fn with_json_name(&self, message: Message<'_>, key: &str) -> Option<&NodeIndex<tree::Field>> {
        let by_json_name = self.by_json_name.get_or_init(|| {
            let mut found = ByName::default();
            for message in long_messages(message.file()) {
                for field in message.fields() {
                    let key = field.json_name().into_boxed_str();
                    (found.entry((message.index(), key))).or_insert(field.index());
                }
            }
            found
        });
        by_json_name.get(&(message.index(), Box::from(key)))
    }

    /// The required fields of such a message.
    fn required(&self, message: Message<'_>) -> &[NodeIndex<tree::Field>] {
        let required = self.required.get_or_init(|| {
            let mut found: FxHashMap<_, Vec<_>> = FxHashMap::default();
            for message in long_messages(message.file()) {
                for field in message.fields().filter(is_required) {
                    found
                        .entry(message.index())
                        .or_default()
                        .push(field.index());
                }
            }
            found
        });
        required.get(&message.index()).map_or(&[], Vec::as_slice)
    }
}

fn is_required(field: &Field<'_>) -> bool {
    field.cardinality() == Cardinality::Required
}

fn long_messages(file: File<'_>) -> impl Iterator<Item = Message<'_>> {
    file.all_messages().filter(is_long)
}

/// Also a message that declares a lot else takes long to be searched for its few fields.
fn is_long(message: &Message<'_>) -> bool {
    message.items().len() > SHORT || message.fields().nth(SHORT).is_some()
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

    /// The field of that name in JSON.
    pub fn field_with_json_name(self, key: &str) -> Option<Field<'s>> {
        self.field_by(
            |field| field.json_name() == key,
            |long| long.with_json_name(self, key),
        )
    }

    /// The fields that are required, in order.
    pub fn required_fields(self) -> Vec<Field<'s>> {
        let Some(long) = self.long() else {
            return self.fields().filter(is_required).collect();
        };
        let (schema, file) = (self.file().schema(), self.file().id());
        let required = long.required(self).iter();
        required
            .map(|&index| Field::new(schema, file, index))
            .collect()
    }

    /// Where its fields are found, if it is a long one.
    fn long(self) -> Option<&'s LongMessages> {
        if !is_long(&self) {
            return None;
        }
        let file = self.file();
        let data = file.schema().data(file.id());
        Some((data.long_messages).get_or_init(|| LongMessages::of(file)))
    }

    fn field_by(
        self,
        is_it: impl Fn(&Field<'s>) -> bool,
        find: impl Fn(&LongMessages) -> Option<&NodeIndex<tree::Field>>,
    ) -> Option<Field<'s>> {
        let Some(long) = self.long() else {
            return self.fields().find(is_it);
        };
        let index = *find(long)?;
        Some(Field::new(self.file().schema(), self.file().id(), index))
    }
}
