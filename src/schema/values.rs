//! The values of long enums by name and number. Short ones are searched from the start, which is as quick.

use rustc_hash::FxHashMap;

use super::members::SHORT;
use super::{Enum, EnumValue, File};
use crate::syntax::tree::{self, NodeIndex};

/// The values of a file's long enums, of those with one name the first.
#[derive(Debug, Default)]
pub(super) struct LongEnums {
    by_name: FxHashMap<(NodeIndex<tree::Enum>, Box<str>), NodeIndex<tree::EnumValue>>,
    by_number: FxHashMap<(NodeIndex<tree::Enum>, i32), Vec<NodeIndex<tree::EnumValue>>>,
}

impl LongEnums {
    /// Those of a file.
    fn of(file: File<'_>) -> Self {
        let mut long = Self::default();
        let enums = file.all_enums();
        for node in enums.filter(|node| node.items().len() > SHORT) {
            for value in node.values() {
                let name = Box::from(value.name().text);
                (long.by_name.entry((node.index(), name))).or_insert(value.index());
                if let Some(number) = value.number() {
                    let numbered = long.by_number.entry((node.index(), number));
                    numbered.or_default().push(value.index());
                }
            }
        }
        long
    }
}

impl<'s> Enum<'s> {
    /// The first value of that number: the one whose name is written.
    pub fn value_numbered(self, number: i32) -> Option<EnumValue<'s>> {
        self.value_by(
            |value| value.number() == Some(number),
            |long| long.by_number.get(&(self.index(), number))?.first(),
        )
    }

    /// All values of that number, in order: several are aliases.
    pub fn values_numbered(self, number: i32) -> Vec<EnumValue<'s>> {
        let Some(long) = self.long() else {
            let values = self.values();
            return values
                .filter(|value| value.number() == Some(number))
                .collect();
        };
        let numbered = long.by_number.get(&(self.index(), number));
        let (schema, file) = (self.file().schema(), self.file().id());
        (numbered.into_iter().flatten())
            .map(|&index| EnumValue::new(schema, file, index))
            .collect()
    }

    /// The value of that name.
    pub fn value_named(self, name: &str) -> Option<EnumValue<'s>> {
        self.value_by(
            |value| value.name().text == name,
            |long| long.by_name.get(&(self.index(), Box::from(name))),
        )
    }

    /// Where its values are found, if it is a long one.
    fn long(self) -> Option<&'s LongEnums> {
        if self.items().len() <= SHORT {
            return None;
        }
        let file = self.file();
        let data = file.schema().data(file.id());
        Some((data.long_enums).get_or_init(|| LongEnums::of(file)))
    }

    fn value_by(
        self,
        is_it: impl Fn(&EnumValue<'s>) -> bool,
        find: impl Fn(&LongEnums) -> Option<&NodeIndex<tree::EnumValue>>,
    ) -> Option<EnumValue<'s>> {
        let Some(long) = self.long() else {
            return self.values().find(is_it);
        };
        let index = *find(long)?;
        Some(EnumValue::new(
            self.file().schema(),
            self.file().id(),
            index,
        ))
    }
}
