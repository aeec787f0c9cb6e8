//! What a version of a file says about numbers and names: taken from its syntax tree alone, so that a revision whose
//! imports are gone counts too.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};

use crate::syntax::File;
use crate::syntax::tree::{
    Enum, FieldLabel, FieldParent, Item, Message, NodeIndex, NodeRange, NumberRange, Oneof,
    OptionValue, Parent, Reserved, ReservedName, Service, TypeReference,
};
use crate::text::Source;

/// What kind of type a history belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Kind {
    /// A message; its numbers are those of its fields.
    Message,
    /// An enum; its numbers are those of its values.
    Enum,
    /// A service; its methods have names only.
    Service,
}

impl Kind {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Message => "message",
            Self::Enum => "enum",
            Self::Service => "service",
        }
    }
}

/// What a number stood for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Holder {
    /// The name of the field, enum value or method.
    pub name: Box<str>,
    /// `optional`, `required`, `repeated`, or empty.
    pub label: Box<str>,
    /// The type as it was written, without a leading dot; for a method, `Request -> Response`; empty for an enum value.
    pub type_name: Box<str>,
    /// The oneof it stood in, or empty.
    pub oneof: Box<str>,
}

impl Holder {
    /// The declaration as a reader would write it, without the number.
    pub fn declaration(&self) -> String {
        let parts = [&*self.label, &*self.type_name, &*self.name];
        let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        parts.join(" ")
    }
}

/// A field, an enum value or a method.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Member {
    /// None for a method.
    pub(super) number: Option<i32>,
    pub(super) holder: Holder,
}

/// A message, enum or service as one version of a file declares it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct TypeFacts {
    pub(super) kind: Kind,
    /// The full name.
    pub(super) name: Box<str>,
    /// How much of the name is the package, with its dot.
    pub(super) package_length: usize,
    pub(super) members: Box<[Member]>,
    pub(super) reserved: ReservedFacts,
}

/// What a type reserves.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ReservedFacts {
    /// Ranges of numbers, both ends included; extension ranges too, since no field may use them.
    pub numbers: Box<[(i32, i32)]>,
    /// Names.
    pub names: Box<[Box<str>]>,
}

impl ReservedFacts {
    /// The ranges in order, those that overlap as one.
    pub(super) fn merged(&self) -> Vec<(i32, i32)> {
        merged(self.numbers.to_vec())
    }
}

/// Ranges in order, those that overlap as one.
pub(super) fn merged(mut ranges: Vec<(i32, i32)>) -> Vec<(i32, i32)> {
    ranges.sort_unstable();
    ranges.dedup_by(|next, range| {
        let overlaps = next.0 <= range.1;
        if overlaps {
            range.1 = range.1.max(next.1);
        }
        overlaps
    });
    ranges
}

/// The types of a version of a file; `None` where it has syntax errors, uses a number twice, or declares a name twice:
/// such a version compiles for nobody and says nothing about what was used.
pub(super) fn of_file(bytes: Vec<u8>) -> Option<Vec<TypeFacts>> {
    let source = Source::new("", "", bytes).ok()?;
    of_syntax(&File::parse(Arc::new(source)))
}

/// As [`of_file`], for a file that is parsed already. Messages come first, in the order of the tree, then enums, then
/// services.
pub(super) fn of_syntax(file: &File) -> Option<Vec<TypeFacts>> {
    if !file.errors().is_empty() {
        return None;
    }
    let package = match file.tree().packages.as_slice() {
        [] => String::new(),
        [package] => format!("{}.", file.joined(package.name)),
        _ => return None,
    };
    let mut oneofs: FxHashMap<_, Vec<_>> = FxHashMap::default();
    for oneof in &file.tree().oneofs {
        oneofs.entry(oneof.parent).or_default().push(oneof);
    }
    let reader = Reader {
        file,
        package,
        oneofs,
    };
    let types = reader.types()?;
    let mut names = FxHashSet::default();
    types
        .iter()
        .all(|facts| names.insert(&facts.name))
        .then_some(())?;
    Some(types)
}

struct Reader<'a> {
    file: &'a File,
    /// With its dot, or empty.
    package: String,
    oneofs: FxHashMap<NodeIndex<Message>, Vec<&'a Oneof>>,
}

impl Reader<'_> {
    fn types(&self) -> Option<Vec<TypeFacts>> {
        let tree = self.file.tree();
        let mut types = Vec::new();
        for (index, message) in tree.messages.iter().enumerate() {
            let index = NodeIndex::new(u32::try_from(index).ok()?);
            types.push(self.message(index, message)?);
        }
        for declared in &tree.enums {
            types.push(self.enumeration(declared)?);
        }
        for service in &tree.services {
            types.push(self.service(service)?);
        }
        Some(types)
    }

    fn type_facts(
        &self,
        kind: Kind,
        name: String,
        members: Vec<Member>,
        reserved: ReservedFacts,
    ) -> TypeFacts {
        TypeFacts {
            kind,
            name: name.into(),
            package_length: self.package.len(),
            members: members.into(),
            reserved,
        }
    }

    fn message(&self, index: NodeIndex<Message>, message: &Message) -> Option<TypeFacts> {
        let tree = self.file.tree();
        let mut members = Vec::new();
        let mut used = FxHashSet::default();
        let mut collect = |items: NodeRange<Item>, oneof: &str| {
            for item in tree.items(items) {
                let Item::Field(field) = item else { continue };
                let field = &tree[*field];
                // The fields of an `extend` block inside the body belong to another message.
                if matches!(field.parent, FieldParent::Extend(_)) {
                    continue;
                }
                let number = i32::try_from(field.number.value?).ok()?;
                used.insert(number).then_some(())?;
                let label = field.label.map_or("", |(label, _)| match label {
                    FieldLabel::Optional => "optional",
                    FieldLabel::Required => "required",
                    FieldLabel::Repeated => "repeated",
                });
                let name = self.file.text(field.name?);
                let name = match field.field_type {
                    TypeReference::Group(_) => name.to_ascii_lowercase(),
                    _ => name.to_owned(),
                };
                let type_name = match field.field_type {
                    TypeReference::Group(_) => format!("group {}", self.file.text(field.name?)),
                    other => self.type_name(other)?,
                };
                members.push(Member {
                    number: Some(number),
                    holder: Holder {
                        name: name.into(),
                        label: label.into(),
                        type_name: type_name.into(),
                        oneof: oneof.into(),
                    },
                });
            }
            Some(())
        };
        collect(message.items, "")?;
        for oneof in self.oneofs.get(&index).into_iter().flatten() {
            collect(oneof.items, self.file.text(oneof.name?))?;
        }
        let name = self.full_name(message.parent, self.file.text(message.name?))?;
        let reserved = self.reserved(message.items);
        Some(self.type_facts(Kind::Message, name, members, reserved))
    }

    fn enumeration(&self, declared: &Enum) -> Option<TypeFacts> {
        let tree = self.file.tree();
        let may_alias = self.allows_alias(declared);
        let mut members = Vec::new();
        let mut used = FxHashSet::default();
        for item in tree.items(declared.items) {
            let Item::EnumValue(value) = item else {
                continue;
            };
            let value = &tree[*value];
            let number = i32::try_from(value.number.value?).ok()?;
            (used.insert(number) || may_alias).then_some(())?;
            members.push(Member {
                number: Some(number),
                holder: Holder {
                    name: self.file.text(value.name).into(),
                    label: Box::default(),
                    type_name: Box::default(),
                    oneof: Box::default(),
                },
            });
        }
        let name = self.full_name(declared.parent, self.file.text(declared.name?))?;
        let reserved = self.reserved(declared.items);
        Some(self.type_facts(Kind::Enum, name, members, reserved))
    }

    fn service(&self, service: &Service) -> Option<TypeFacts> {
        let tree = self.file.tree();
        let mut members = Vec::new();
        for item in tree.items(service.items) {
            let Item::Method(method) = item else { continue };
            let method = &tree[*method];
            let side = |side: crate::syntax::tree::MethodType| {
                let stream = if side.stream.is_some() { "stream " } else { "" };
                let name = self.file.joined(side.name);
                format!("{stream}{}", name.trim_start_matches('.'))
            };
            members.push(Member {
                number: None,
                holder: Holder {
                    name: self.file.text(method.name?).into(),
                    label: Box::default(),
                    type_name: format!("{} -> {}", side(method.input), side(method.output)).into(),
                    oneof: Box::default(),
                },
            });
        }
        let name = self.full_name(None, self.file.text(service.name?))?;
        Some(self.type_facts(Kind::Service, name, members, ReservedFacts::default()))
    }

    fn allows_alias(&self, declared: &Enum) -> bool {
        let tree = self.file.tree();
        tree.items(declared.items).iter().any(|item| {
            let Item::Option(option) = item else {
                return false;
            };
            let option = &tree[*option];
            self.file.joined(option.name_tokens) == "allow_alias"
                && matches!(option.value, OptionValue::Identifier { word, .. }
                    if self.file.text(word) == "true")
        })
    }

    fn type_name(&self, reference: TypeReference) -> Option<String> {
        match reference {
            TypeReference::Scalar(scalar, _) => Some(scalar.keyword().to_owned()),
            TypeReference::Named(name) => {
                let name = self.file.joined(name);
                Some(name.trim_start_matches('.').to_owned())
            }
            TypeReference::Map(map) => {
                let map = &self.file.tree()[map];
                let key = self.type_name(map.key)?;
                Some(format!("map<{key},{}>", self.type_name(map.value)?))
            }
            TypeReference::Group(_) | TypeReference::Missing(_) => None,
        }
    }

    /// The name of what is declared in `parent`, with the package and all messages around it.
    fn full_name(&self, parent: Parent, name: &str) -> Option<String> {
        let tree = self.file.tree();
        let mut parts = vec![name];
        let mut parent = parent;
        while let Some(index) = parent {
            let message = &tree[index];
            parts.push(self.file.text(message.name?));
            parent = message.parent;
        }
        parts.push(&self.package);
        let mut full = self.package.clone();
        for (at, part) in parts.iter().rev().skip(1).enumerate() {
            if at > 0 {
                full.push('.');
            }
            full.push_str(part);
        }
        Some(full)
    }

    fn reserved(&self, items: NodeRange<Item>) -> ReservedFacts {
        let tree = self.file.tree();
        let mut numbers = Vec::new();
        let mut names = Vec::new();
        for item in tree.items(items) {
            match item {
                Item::Reserved(reserved) => {
                    let Reserved {
                        ranges, names: all, ..
                    } = tree[*reserved];
                    numbers.extend(tree[ranges].iter().filter_map(ends));
                    names.extend(tree[all].iter().map(|name| self.reserved_name(name)));
                }
                Item::Extensions(extensions) => {
                    let ranges = tree[*extensions].ranges;
                    numbers.extend(tree[ranges].iter().filter_map(ends));
                }
                _ => {}
            }
        }
        ReservedFacts {
            numbers: numbers.into(),
            names: names.into(),
        }
    }

    fn reserved_name(&self, name: &ReservedName) -> Box<str> {
        if name.is_identifier {
            return self.file.joined(name.tokens).into();
        }
        String::from_utf8_lossy(&self.file.string_value(name.tokens)).into()
    }
}

/// The first and the last number of a range.
fn ends(range: &NumberRange) -> Option<(i32, i32)> {
    let first = i32::try_from(range.start.value?).ok()?;
    let last = match range.end {
        _ if range.is_max => i32::MAX,
        Some(end) => i32::try_from(end.value?).ok()?,
        None => first,
    };
    Some((first, last))
}

/// Whether two ways to write a type mean the same type, as far as that can be told without linking: a type keeps its
/// last name when it moves or when it is written with more or less of its package.
pub(super) fn is_same_type(one: &str, other: &str) -> bool {
    fn map(text: &str) -> Option<(&str, &str)> {
        text.strip_prefix("map<")?
            .strip_suffix('>')?
            .split_once(',')
    }
    fn last(text: &str) -> &str {
        text.rsplit('.').next().unwrap_or(text)
    }
    match (map(one), map(other)) {
        (Some((key, value)), Some((other_key, other_value))) => {
            key == other_key && last(value) == last(other_value)
        }
        (None, None) => last(one) == last(other),
        _ => false,
    }
}
