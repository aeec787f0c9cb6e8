//! The full names that a file defines, and hashes of them that can be extended segment by segment.

use std::hash::Hasher;

use rustc_hash::FxHasher;

use super::diff::push_map_entry_name;
use crate::syntax::tree::{self, NodeIndex, Parent};
use crate::syntax::{self, Token};

/// The rules a file is read by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Edition {
    /// `syntax = "proto2";`, or no such statement.
    Proto2,
    /// `syntax = "proto3";`
    Proto3,
    /// `edition = "2023";`
    Edition2023,
    /// `edition = "2024";`
    Edition2024,
}

impl Edition {
    /// Whether features decide, instead of the syntax.
    pub fn is_edition(self) -> bool {
        self >= Self::Edition2023
    }

    /// The number in `google.protobuf.Edition`.
    pub const fn number(self) -> i32 {
        match self {
            Self::Proto2 => 998,
            Self::Proto3 => 999,
            Self::Edition2023 => 1000,
            Self::Edition2024 => 1001,
        }
    }

    fn of(file: &syntax::File) -> Self {
        let Some(syntax) = &file.tree().syntax else {
            return Self::Proto2;
        };
        match (syntax.is_edition, file.string_text(syntax.value).as_ref()) {
            (false, "proto3") => Self::Proto3,
            (true, "2024") => Self::Edition2024,
            (true, _) => Self::Edition2023,
            (false, _) => Self::Proto2,
        }
    }
}

/// A hash of a dotted name. The hash of `a.b` follows from that of `a` and the text `b`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct NameHash(pub(super) u64);

impl NameHash {
    /// The hash of this name, a dot, and one more segment; the empty name takes no dot.
    pub(super) fn then(self, segment: &str) -> Self {
        self.then_bytes(segment.as_bytes())
    }

    fn then_bytes(self, segment: &[u8]) -> Self {
        let mut hasher = FxHasher::default();
        hasher.write(segment);
        let mixed = (self.0.rotate_left(23) ^ hasher.finish()).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        Self(mixed ^ (mixed >> 29))
    }

    /// The hash after all segments of a dotted name.
    pub(super) fn then_all(self, name: &str) -> Self {
        // Segments are short: to look for a dot byte by byte is faster than to set up a search.
        let segments = name.as_bytes().split(|&byte| byte == b'.');
        segments.fold(self, Self::then_bytes)
    }
}

/// The names that are declared inside of a file's messages and services, as bits: where a name's bit is not set, it
/// is none of them.
#[derive(Debug)]
struct Inner {
    bits: Vec<u64>,
}

impl Inner {
    fn of(file: &syntax::File) -> Self {
        let tree = file.tree();
        let most = tree.fields.len()
            + tree.messages.len()
            + tree.oneofs.len()
            + tree.enums.len()
            + tree.values.len()
            + tree.methods.len();
        let mut inner = Self {
            bits: vec![0; (most / 8).next_power_of_two()],
        };
        let mut add = |name: Option<Token>| {
            if let Some(name) = name {
                inner.add(file.text(name));
            }
        };
        for field in &tree.fields {
            add(field.name);
        }
        for oneof in &tree.oneofs {
            add(oneof.name);
        }
        for method in &tree.methods {
            add(method.name);
        }
        for message in &tree.messages {
            if message.parent.is_some() {
                add(message.name);
            }
        }
        for node in &tree.enums {
            if node.parent.is_some() {
                add(node.name);
            }
        }
        for value in &tree.values {
            if tree[value.parent].parent.is_some() {
                add(Some(value.name));
            }
        }
        let mut entry = String::new();
        for field in &tree.fields {
            if let (tree::TypeReference::Map(_), Some(name)) = (field.field_type, field.name) {
                entry.clear();
                push_map_entry_name(&mut entry, file.text(name));
                inner.add(&entry);
            }
        }
        // A group's field has the name of its message in lower case.
        for message in tree.messages.iter().filter(|node| node.group.is_some()) {
            if let Some(name) = message.name {
                inner.add(&file.text(name).to_ascii_lowercase());
            }
        }
        inner
    }

    fn add(&mut self, name: &str) {
        let (word, bit) = self.place(name);
        self.bits[word] |= bit;
    }

    fn may_hold(&self, name: &str) -> bool {
        let (word, bit) = self.place(name);
        self.bits[word] & bit != 0
    }

    /// The word and the bit of a name. There is a power of two of words.
    fn place(&self, name: &str) -> (usize, u64) {
        let mut hasher = FxHasher::default();
        hasher.write(name.as_bytes());
        let [a, b, c, d, .., last] = hasher.finish().to_le_bytes();
        let word = u32::from_le_bytes([a, b, c, d]) as usize & (self.bits.len() - 1);
        (word, 1 << (last % 64))
    }
}

/// A name in [`Names::text`].
#[derive(Debug, Clone, Copy)]
struct Stored {
    start: u32,
    length: u32,
    hash: NameHash,
}

/// The full names of one file's package, messages, enums and services.
#[derive(Debug)]
pub struct Names {
    text: String,
    edition: Edition,
    package: u32,
    /// The hash of each prefix of the package, from the empty one to the whole.
    prefixes: Vec<(u32, NameHash)>,
    messages: Vec<Stored>,
    enums: Vec<Stored>,
    services: Vec<Stored>,
    inner: Inner,
}

impl Names {
    pub(super) fn of(file: &syntax::File) -> Self {
        let tree = file.tree();
        let mut text = String::with_capacity(tree.messages.len() * 48 + 32);
        if let Some(package) = tree.packages.first() {
            text.push_str(&file.joined(package.name));
        }
        let package = length(&text);
        let mut names = Self {
            edition: Edition::of(file),
            package,
            prefixes: prefixes(&text),
            text,
            messages: Vec::with_capacity(tree.messages.len()),
            enums: Vec::with_capacity(tree.enums.len()),
            services: Vec::with_capacity(tree.services.len()),
            inner: Inner::of(file),
        };
        // A message comes before those nested in it, so its parent's name is there already.
        for message in &tree.messages {
            let stored = names.store(file, message.parent, message.name);
            names.messages.push(stored);
        }
        for node in &tree.enums {
            let stored = names.store(file, node.parent, node.name);
            names.enums.push(stored);
        }
        for service in &tree.services {
            let stored = names.store(file, None, service.name);
            names.services.push(stored);
        }
        names
    }

    fn store(&mut self, file: &syntax::File, parent: Parent, name: Option<Token>) -> Stored {
        let name = name.map_or("", |name| file.text(name));
        let start = self.text.len();
        let (scope_start, scope_length, scope_hash) = match parent {
            Some(parent) => {
                let stored = self.messages[parent.get()];
                (stored.start as usize, stored.length as usize, stored.hash)
            }
            None => (0, self.package as usize, self.package_hash()),
        };
        self.text
            .extend_from_within(scope_start..scope_start + scope_length);
        if scope_length > 0 {
            self.text.push('.');
        }
        self.text.push_str(name);
        Stored {
            start: u32::try_from(start).unwrap_or(u32::MAX),
            length: length(&self.text) - u32::try_from(start).unwrap_or(0),
            hash: scope_hash.then(name),
        }
    }

    /// The package; empty where there is none.
    pub fn package(&self) -> &str {
        &self.text[..self.package as usize]
    }

    /// The rules the file is read by.
    pub fn edition(&self) -> Edition {
        self.edition
    }

    /// The full name of a message.
    pub fn message(&self, index: NodeIndex<tree::Message>) -> &str {
        self.get(self.messages[index.get()])
    }

    /// The full name of an enum.
    pub fn enumeration(&self, index: NodeIndex<tree::Enum>) -> &str {
        self.get(self.enums[index.get()])
    }

    /// The full name of a service.
    pub fn service(&self, index: NodeIndex<tree::Service>) -> &str {
        self.get(self.services[index.get()])
    }

    /// The full name of the message, or the package.
    pub fn scope(&self, scope: Parent) -> &str {
        match scope {
            Some(message) => self.message(message),
            None => self.package(),
        }
    }

    /// Whether a message or service of the file may declare something of that name; without false denials.
    pub(super) fn may_declare_inside(&self, name: &str) -> bool {
        self.inner.may_hold(name)
    }

    pub(super) fn scope_hash(&self, scope: Parent) -> NameHash {
        match scope {
            Some(message) => self.messages[message.get()].hash,
            None => self.package_hash(),
        }
    }

    pub(super) fn enum_hash(&self, index: NodeIndex<tree::Enum>) -> NameHash {
        self.enums[index.get()].hash
    }

    pub(super) fn service_hash(&self, index: NodeIndex<tree::Service>) -> NameHash {
        self.services[index.get()].hash
    }

    fn package_hash(&self) -> NameHash {
        self.prefixes
            .last()
            .map_or(NameHash::default(), |last| last.1)
    }

    /// The prefixes of the package with their hashes, from the empty one to the whole.
    pub(super) fn prefixes(
        &self,
    ) -> impl DoubleEndedIterator<Item = (&str, NameHash)> + ExactSizeIterator {
        self.prefixes
            .iter()
            .map(|&(end, hash)| (&self.text[..end as usize], hash))
    }

    fn get(&self, stored: Stored) -> &str {
        &self.text[stored.start as usize..(stored.start + stored.length) as usize]
    }
}

fn prefixes(package: &str) -> Vec<(u32, NameHash)> {
    let mut hash = NameHash::default();
    let mut prefixes = vec![(0, hash)];
    if package.is_empty() {
        return prefixes;
    }
    let mut end = 0;
    for segment in package.split('.') {
        hash = hash.then(segment);
        end += length(segment) + u32::from(end > 0);
        prefixes.push((end, hash));
    }
    prefixes
}

fn length(text: &str) -> u32 {
    u32::try_from(text.len()).unwrap_or(u32::MAX)
}
