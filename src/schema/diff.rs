//! Two schemas side by side, paired by protobuf identity.
//!
//! Files are paired by path; messages, enums and services by full name, in whatever file; fields and enum values by
//! number; extensions by the message they extend and their number; methods by name. Nothing here judges: a rule
//! receives a [`Change`] and never has to search.

use rustc_hash::FxHashMap;

use super::{Definition, Enum, EnumValue, Field, File, Message, Method, Oneof, Schema, Service};
use crate::text::case;

/// The same thing on both sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pair<T> {
    /// As the baseline has it.
    pub before: T,
    /// As it is now.
    pub after: T,
}

impl<T> Pair<T> {
    /// Applies a function to both sides.
    pub fn map<U>(self, apply: impl Fn(T) -> U) -> Pair<U> {
        Pair {
            before: apply(self.before),
            after: apply(self.after),
        }
    }
}

impl<T: PartialEq> Pair<T> {
    /// Whether both sides are equal.
    pub fn is_same(&self) -> bool {
        self.before == self.after
    }
}

/// The values of a paired enum that share a number; a number has several names only by `allow_alias`.
#[derive(Debug, Clone)]
pub struct NumberedValues<'s> {
    /// The number.
    pub number: i32,
    /// The values, in order of declaration.
    pub values: Vec<EnumValue<'s>>,
}

/// One thing that is on both sides, or on one only.
#[derive(Debug, Clone)]
pub enum Change<'s> {
    /// A file of that path is on both sides.
    File(Pair<File<'s>>),
    /// No file of that path is left.
    FileRemoved(File<'s>),
    /// There was no file of that path.
    FileAdded(File<'s>),
    /// A message of that full name is on both sides.
    Message(Pair<Message<'s>>),
    /// No message of that full name is left.
    MessageRemoved(Message<'s>),
    /// There was no message of that full name.
    MessageAdded(Message<'s>),
    /// A field of that number is on both sides of a paired message.
    Field(Pair<Field<'s>>),
    /// A paired message has lost a field.
    FieldRemoved(Field<'s>, Pair<Message<'s>>),
    /// A paired message has a new field.
    FieldAdded(Field<'s>, Pair<Message<'s>>),
    /// A map field that has the same name on both sides, so that its entry message has too.
    MapEntry(Pair<Field<'s>>),
    /// A paired message has lost a map field of that name.
    MapEntryRemoved(Field<'s>, Pair<Message<'s>>),
    /// A oneof of that name is on both sides of a paired message.
    Oneof(Pair<Oneof<'s>>),
    /// A paired message has lost a oneof.
    OneofRemoved(Oneof<'s>, Pair<Message<'s>>),
    /// A paired message has a new oneof.
    OneofAdded(Oneof<'s>, Pair<Message<'s>>),
    /// An extension of that message and number is on both sides.
    Extension(Pair<Field<'s>>),
    /// No extension of that message and number is left.
    ExtensionRemoved(Field<'s>),
    /// There was no extension of that message and number.
    ExtensionAdded(Field<'s>),
    /// An enum of that full name is on both sides.
    Enum(Pair<Enum<'s>>),
    /// No enum of that full name is left.
    EnumRemoved(Enum<'s>),
    /// There was no enum of that full name.
    EnumAdded(Enum<'s>),
    /// A number is in use on both sides of a paired enum.
    EnumNumber(Pair<NumberedValues<'s>>, Pair<Enum<'s>>),
    /// A paired enum has lost a number.
    EnumNumberRemoved(NumberedValues<'s>, Pair<Enum<'s>>),
    /// A paired enum has a new number.
    EnumNumberAdded(NumberedValues<'s>, Pair<Enum<'s>>),
    /// A service of that full name is on both sides.
    Service(Pair<Service<'s>>),
    /// No service of that full name is left.
    ServiceRemoved(Service<'s>),
    /// There was no service of that full name.
    ServiceAdded(Service<'s>),
    /// A method of that name is on both sides of a paired service.
    Method(Pair<Method<'s>>),
    /// A paired service has lost a method.
    MethodRemoved(Method<'s>, Pair<Service<'s>>),
    /// A paired service has a new method.
    MethodAdded(Method<'s>, Pair<Service<'s>>),
}

/// Two schemas, ready to be walked file by file.
#[derive(Debug)]
pub struct Diff<'s> {
    before: &'s Schema,
    after: &'s Schema,
    before_extensions: Extensions<'s>,
    after_extensions: Extensions<'s>,
}

/// Extensions by what they extend and their number.
type Extensions<'s> = FxHashMap<(&'s str, i32), Field<'s>>;

impl<'s> Diff<'s> {
    /// Puts two schemas side by side.
    pub fn new(before: &'s Schema, after: &'s Schema) -> Self {
        Self {
            before,
            after,
            before_extensions: extensions(before),
            after_extensions: extensions(after),
        }
    }

    /// The baseline.
    pub fn before(&self) -> &'s Schema {
        self.before
    }

    /// What is checked.
    pub fn after(&self) -> &'s Schema {
        self.after
    }

    /// Today's extension of a message with that number.
    pub fn extension_of(&self, message: Message<'_>, number: i32) -> Option<Field<'s>> {
        let key = (message.full_name(), number);
        self.after_extensions.get(&key).copied()
    }

    /// Tells of everything that a file of the baseline holds, paired or removed, and of what was added to paired things.
    pub fn walk_before(&self, file: File<'s>, tell: &mut impl FnMut(Change<'s>)) {
        match self.after.file_named(file.path()) {
            Some(after) => tell(Change::File(Pair {
                before: file,
                after,
            })),
            None => tell(Change::FileRemoved(file)),
        }
        for before in file.all_messages() {
            match self.after.message(before.full_name()) {
                Some(after) => message(Pair { before, after }, tell),
                None => tell(Change::MessageRemoved(before)),
            }
        }
        for before in file.all_enums() {
            match self.after.enumeration(before.full_name()) {
                Some(after) => enumeration(Pair { before, after }, tell),
                None => tell(Change::EnumRemoved(before)),
            }
        }
        for before in file.services() {
            match service_named(self.after, before.full_name()) {
                Some(after) => service(Pair { before, after }, tell),
                None => tell(Change::ServiceRemoved(before)),
            }
        }
        for before in file.all_extensions() {
            let after = extension_key(before).and_then(|key| self.after_extensions.get(&key));
            match after {
                Some(&after) => tell(Change::Extension(Pair { before, after })),
                None => tell(Change::ExtensionRemoved(before)),
            }
        }
    }

    /// Tells of what a file of today holds and the baseline does not have at all.
    pub fn walk_added(&self, file: File<'s>, tell: &mut impl FnMut(Change<'s>)) {
        if self.before.file_named(file.path()).is_none() {
            tell(Change::FileAdded(file));
        }
        for after in file.all_messages() {
            if self.before.message(after.full_name()).is_none() {
                tell(Change::MessageAdded(after));
            }
        }
        for after in file.all_enums() {
            if self.before.enumeration(after.full_name()).is_none() {
                tell(Change::EnumAdded(after));
            }
        }
        for after in file.services() {
            if service_named(self.before, after.full_name()).is_none() {
                tell(Change::ServiceAdded(after));
            }
        }
        for after in file.all_extensions() {
            let before = extension_key(after).and_then(|key| self.before_extensions.get(&key));
            if before.is_none() {
                tell(Change::ExtensionAdded(after));
            }
        }
    }
}

/// The name of the entry message that descriptors have for a map field.
pub fn map_entry_name(field_name: &str) -> String {
    let mut name = String::with_capacity(field_name.len() + ENTRY.len());
    push_map_entry_name(&mut name, field_name);
    name
}

const ENTRY: &str = "Entry";

/// Appends what [`map_entry_name`] gives.
pub(super) fn push_map_entry_name(out: &mut String, field_name: &str) {
    let start = out.len();
    case::push_json_name(out, field_name);
    if let Some(first) = out.get_mut(start..=start) {
        first.make_ascii_uppercase();
    }
    out.push_str(ENTRY);
}

fn extensions(schema: &Schema) -> Extensions<'_> {
    schema
        .files()
        .flat_map(File::all_extensions)
        .filter_map(|field| Some((extension_key(field)?, field)))
        .collect()
}

fn extension_key(field: Field<'_>) -> Option<(&str, i32)> {
    Some((field.containing_message()?.full_name(), field.number()?))
}

fn service_named<'s>(schema: &'s Schema, full_name: &str) -> Option<Service<'s>> {
    let symbol = schema.symbol(full_name)?;
    match symbol.definition {
        Definition::Service(index) => Some(Service::new(schema, symbol.file, index)),
        _ => None,
    }
}

fn message<'s>(pair: Pair<Message<'s>>, tell: &mut impl FnMut(Change<'s>)) {
    tell(Change::Message(pair));
    let numbered = |message: Message<'s>| {
        let mut fields: Vec<(i32, Field<'s>)> = message
            .fields()
            .filter_map(|field| Some((field.number()?, field)))
            .collect();
        fields.sort_by_key(|&(number, _)| number);
        fields.dedup_by_key(|&mut (number, _)| number);
        fields
    };
    merge(
        numbered(pair.before),
        numbered(pair.after),
        |found| match found {
            Found::Both(before, after) => tell(Change::Field(Pair { before, after })),
            Found::Before(before) => tell(Change::FieldRemoved(before, pair)),
            Found::After(after) => tell(Change::FieldAdded(after, pair)),
        },
    );
    // Of two with one name the first counts.
    let maps = pair.after.fields().filter(|field| field.is_map());
    let mut entries = FxHashMap::default();
    for field in maps {
        entries
            .entry(map_entry_name(&field.name()))
            .or_insert(field);
    }
    for before in pair.before.fields().filter(|field| field.is_map()) {
        match entries.get(&map_entry_name(&before.name())).copied() {
            Some(after) => tell(Change::MapEntry(Pair { before, after })),
            None => tell(Change::MapEntryRemoved(before, pair)),
        }
    }
    let oneofs = pair.map(|message| -> FxHashMap<&str, Oneof<'s>> {
        let oneofs = message.oneofs();
        oneofs.map(|oneof| (oneof.name().text, oneof)).collect()
    });
    for before in pair.before.oneofs() {
        match oneofs.after.get(before.name().text).copied() {
            Some(after) => tell(Change::Oneof(Pair { before, after })),
            None => tell(Change::OneofRemoved(before, pair)),
        }
    }
    for after in pair.after.oneofs() {
        if !oneofs.before.contains_key(after.name().text) {
            tell(Change::OneofAdded(after, pair));
        }
    }
}

fn enumeration<'s>(pair: Pair<Enum<'s>>, tell: &mut impl FnMut(Change<'s>)) {
    tell(Change::Enum(pair));
    let numbered = |node: Enum<'s>| {
        let mut values: Vec<(i32, EnumValue<'s>)> = node
            .values()
            .filter_map(|value| Some((value.number()?, value)))
            .collect();
        values.sort_by_key(|&(number, _)| number);
        values
            .chunk_by(|a, b| a.0 == b.0)
            .map(|chunk| {
                let number = chunk[0].0;
                let values = chunk.iter().map(|&(_, value)| value).collect();
                (number, NumberedValues { number, values })
            })
            .collect::<Vec<_>>()
    };
    merge(
        numbered(pair.before),
        numbered(pair.after),
        |found| match found {
            Found::Both(before, after) => tell(Change::EnumNumber(Pair { before, after }, pair)),
            Found::Before(before) => tell(Change::EnumNumberRemoved(before, pair)),
            Found::After(after) => tell(Change::EnumNumberAdded(after, pair)),
        },
    );
}

fn service<'s>(pair: Pair<Service<'s>>, tell: &mut impl FnMut(Change<'s>)) {
    tell(Change::Service(pair));
    let named = |service: Service<'s>| {
        let mut methods: Vec<(&str, Method<'s>)> = service
            .methods()
            .map(|method| (method.name().text, method))
            .collect();
        methods.sort_by_key(|&(name, _)| name);
        methods.dedup_by_key(|&mut (name, _)| name);
        methods
    };
    merge(named(pair.before), named(pair.after), |found| match found {
        Found::Both(before, after) => tell(Change::Method(Pair { before, after })),
        Found::Before(before) => tell(Change::MethodRemoved(before, pair)),
        Found::After(after) => tell(Change::MethodAdded(after, pair)),
    });
}

enum Found<T> {
    Both(T, T),
    Before(T),
    After(T),
}

/// Walks two lists that are sorted by key, each key once.
fn merge<K: Ord, T>(before: Vec<(K, T)>, after: Vec<(K, T)>, mut tell: impl FnMut(Found<T>)) {
    let mut before = before.into_iter().peekable();
    let mut after = after.into_iter().peekable();
    loop {
        let order = match (before.peek(), after.peek()) {
            (Some((a, _)), Some((b, _))) => a.cmp(b),
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, Some(_)) => std::cmp::Ordering::Greater,
            (None, None) => return,
        };
        let (from_before, from_after) = match order {
            std::cmp::Ordering::Less => (before.next(), None),
            std::cmp::Ordering::Greater => (None, after.next()),
            std::cmp::Ordering::Equal => (before.next(), after.next()),
        };
        match (from_before, from_after) {
            (Some((_, a)), Some((_, b))) => tell(Found::Both(a, b)),
            (Some((_, a)), None) => tell(Found::Before(a)),
            (None, Some((_, b))) => tell(Found::After(b)),
            (None, None) => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn map_entries_are_named_as_in_descriptors() {
        assert_eq!(map_entry_name("by_name"), "ByNameEntry");
        assert_eq!(map_entry_name("x"), "XEntry");
        assert_eq!(map_entry_name("_a1_b"), "A1BEntry");
    }
}
