//! What a file means, and that a change of it is the one that was claimed: descriptors before and after, compared byte
//! by byte once the claimed change is made to the former and what may differ is left out of both.

use std::collections::BTreeSet;

use super::rename::Renames;
use crate::diagnostic::Claim;
use crate::schema::options::wire::{
    Payload, WireType, push_message, push_tag, push_varint, records,
};
use crate::schema::{Definition, Schema};
use crate::text::case;

/// What may differ between two descriptors of one file.
pub(super) struct Expected<'e> {
    /// The schema that the renames are about.
    pub(super) before: &'e Schema,
    pub(super) renames: &'e Renames,
    pub(super) claims: &'e BTreeSet<Claim>,
}

/// How the descriptor after a change differs from what was claimed; none where it does not. Both are without source
/// info.
pub(super) fn difference(before: &[u8], after: &[u8], expected: &Expected<'_>) -> Option<String> {
    let side = |renames, bytes| {
        let mut side = Side {
            renames,
            schema: expected.before,
            claims: expected.claims,
            package: text_of(bytes, file::PACKAGE),
            reserved: Vec::new(),
        };
        let mut out = Vec::with_capacity(bytes.len());
        side.file(&mut out, bytes);
        (out, side.reserved)
    };
    let (mut old, mut old_reserved) = side(Some(expected.renames), before);
    let (mut new, new_reserved) = side(None, after);
    // What is reserved once stays so.
    for held in &new_reserved {
        old_reserved.retain(|reserved| !held.holds(reserved));
    }
    if let Some(lost) = old_reserved.first() {
        return Some(format!("`{}` would reserve less", lost.scope));
    }
    if old == new {
        return None;
    }
    // The first declaration that differs, for whoever reads the report.
    let mut place = "the file".to_owned();
    for _ in 0..4 {
        let found = records(&old)
            .zip(records(&new))
            .find(|(old, new)| old.raw != new.raw)
            .and_then(|(old, new)| match (old.payload, new.payload) {
                (Payload::Bytes(old), Payload::Bytes(new)) => Some((old.to_vec(), new.to_vec())),
                _ => None,
            });
        let Some(inner) = found else { break };
        let name = text_of(&inner.0, NAME);
        if name.is_empty() || name.contains(char::is_control) {
            break;
        }
        place = format!("`{name}`");
        (old, new) = inner;
    }
    Some(format!("{place} would mean something else"))
}

/// What a message or enum reserves, as far as it is known.
struct Reserved {
    scope: String,
    names: BTreeSet<Vec<u8>>,
    ranges: Vec<(i64, i64)>,
}

impl Reserved {
    /// Whether it is of the same element and reserves all that the other one does.
    fn holds(&self, other: &Self) -> bool {
        let covers = |&(start, end): &(i64, i64)| {
            let mut next = start;
            // Sorted and disjoint, so one pass fills the range from its start.
            for &(from, to) in &self.ranges {
                if from <= next && next <= to {
                    next = to.saturating_add(1);
                }
            }
            next > end
        };
        self.scope == other.scope
            && self.names.is_superset(&other.names)
            && other.ranges.iter().all(covers)
    }
}

/// `name` has this number in every descriptor.
const NAME: i32 = 1;

/// Numbers of `FileDescriptorProto`.
mod file {
    pub(super) const PACKAGE: i32 = 2;
    /// `dependency`, `public_dependency`, `weak_dependency`, `option_dependency`.
    pub(super) const DEPENDENCIES: [i32; 4] = [3, 10, 11, 15];
    pub(super) const MESSAGE: i32 = 4;
    pub(super) const ENUM: i32 = 5;
    pub(super) const SERVICE: i32 = 6;
    pub(super) const EXTENSION: i32 = 7;
    pub(super) const OPTIONS: i32 = 8;
}

/// Numbers of `DescriptorProto`.
mod message {
    pub(super) const FIELD: i32 = 2;
    pub(super) const NESTED: i32 = 3;
    pub(super) const ENUM: i32 = 4;
    pub(super) const EXTENSION: i32 = 6;
    pub(super) const ONEOF: i32 = 8;
    pub(super) const RESERVED_RANGE: i32 = 9;
    pub(super) const RESERVED_NAME: i32 = 10;
}

/// Numbers of `FieldDescriptorProto`.
mod field {
    pub(super) const EXTENDEE: i32 = 2;
    pub(super) const TYPE: i32 = 5;
    pub(super) const TYPE_NAME: i32 = 6;
    pub(super) const DEFAULT: i32 = 7;
    pub(super) const OPTIONS: i32 = 8;
    pub(super) const JSON_NAME: i32 = 10;
    pub(super) const TYPE_ENUM: u64 = 14;
}

/// Numbers of `EnumDescriptorProto`.
mod enumeration {
    pub(super) const VALUE: i32 = 2;
    pub(super) const RESERVED_RANGE: i32 = 4;
    pub(super) const RESERVED_NAME: i32 = 5;
}

/// Numbers of `ServiceDescriptorProto` and `MethodDescriptorProto`.
mod service {
    pub(super) const METHOD: i32 = 2;
    pub(super) const INPUT: i32 = 2;
    pub(super) const OUTPUT: i32 = 3;
}

/// One of the two descriptors on its way to the form in which they are compared.
struct Side<'e> {
    /// None on the side that has them already.
    renames: Option<&'e Renames>,
    schema: &'e Schema,
    claims: &'e BTreeSet<Claim>,
    package: String,
    reserved: Vec<Reserved>,
}

impl Side<'_> {
    fn file(&mut self, out: &mut Vec<u8>, bytes: &[u8]) {
        let scope = self.package.clone();
        for record in records(bytes) {
            let payload = content(record.payload);
            match record.number {
                file::PACKAGE => {
                    let new = self
                        .renames
                        .and_then(|renames| renames.package(&self.package));
                    push_text(out, file::PACKAGE, new.as_deref().unwrap_or(&self.package));
                }
                number if file::DEPENDENCIES.contains(&number) => {
                    if !self.claims.contains(&Claim::Imports) {
                        out.extend_from_slice(record.raw);
                    }
                }
                number @ file::MESSAGE => push_message(out, number, false, |out| {
                    self.message(out, payload, &scope);
                }),
                number @ file::ENUM => push_message(out, number, false, |out| {
                    self.enumeration(out, payload, &scope);
                }),
                number @ file::SERVICE => push_message(out, number, false, |out| {
                    self.service(out, payload, &scope);
                }),
                number @ file::EXTENSION => push_message(out, number, false, |out| {
                    self.field(out, payload, &scope);
                }),
                number @ file::OPTIONS => {
                    self.options(out, number, payload, "google.protobuf.FileOptions");
                }
                _ => out.extend_from_slice(record.raw),
            }
        }
    }

    fn message(&mut self, out: &mut Vec<u8>, bytes: &[u8], scope: &str) {
        let own = join(scope, &text_of(bytes, NAME));
        let numbers = (message::RESERVED_RANGE, message::RESERVED_NAME);
        self.reserve(bytes, &own, numbers, 1);
        for record in records(bytes) {
            let payload = content(record.payload);
            match record.number {
                NAME => push_text(out, NAME, &self.last_part(&own)),
                number @ (message::FIELD | message::EXTENSION) => {
                    push_message(out, number, false, |out| self.field(out, payload, &own));
                }
                number @ message::NESTED => push_message(out, number, false, |out| {
                    self.message(out, payload, &own);
                }),
                number @ message::ENUM => push_message(out, number, false, |out| {
                    self.enumeration(out, payload, &own);
                }),
                number @ message::ONEOF => push_message(out, number, false, |out| {
                    self.named(out, payload, &own);
                }),
                message::RESERVED_RANGE | message::RESERVED_NAME
                    if self.claims.contains(&Claim::Reserved) => {}
                _ => out.extend_from_slice(record.raw),
            }
        }
    }

    fn field(&mut self, out: &mut Vec<u8>, bytes: &[u8], scope: &str) {
        let name = text_of(bytes, NAME);
        let full_name = join(scope, &name);
        let new = self.renames.and_then(|renames| renames.field(&full_name));
        let is_enum = records(bytes).any(|record| {
            record.number == field::TYPE && record.payload == Payload::Varint(field::TYPE_ENUM)
        });
        for record in records(bytes) {
            let payload = content(record.payload);
            let text = || String::from_utf8_lossy(payload);
            match record.number {
                NAME => push_text(out, NAME, new.unwrap_or(&name)),
                number @ (field::EXTENDEE | field::TYPE_NAME) => {
                    push_text(out, number, &self.type_name(&text()));
                }
                field::DEFAULT if is_enum => {
                    let type_name = text_of(bytes, field::TYPE_NAME);
                    let scope = type_name.trim_start_matches('.').rsplit_once('.');
                    let value = join(scope.map_or("", |(scope, _)| scope), &text());
                    push_text(out, field::DEFAULT, &self.last_part(&value));
                }
                field::JSON_NAME => match new {
                    Some(new) if text() == case::json_name(&name) => {
                        push_text(out, field::JSON_NAME, &case::json_name(new));
                    }
                    _ => out.extend_from_slice(record.raw),
                },
                number @ field::OPTIONS => {
                    self.options(out, number, payload, "google.protobuf.FieldOptions");
                }
                _ => out.extend_from_slice(record.raw),
            }
        }
    }

    fn enumeration(&mut self, out: &mut Vec<u8>, bytes: &[u8], scope: &str) {
        let own = join(scope, &text_of(bytes, NAME));
        let numbers = (enumeration::RESERVED_RANGE, enumeration::RESERVED_NAME);
        self.reserve(bytes, &own, numbers, 0);
        for record in records(bytes) {
            match record.number {
                NAME => push_text(out, NAME, &self.last_part(&own)),
                number @ enumeration::VALUE => push_message(out, number, false, |out| {
                    // Values are siblings of their enum.
                    self.named(out, content(record.payload), scope);
                }),
                enumeration::RESERVED_RANGE | enumeration::RESERVED_NAME
                    if self.claims.contains(&Claim::Reserved) => {}
                _ => out.extend_from_slice(record.raw),
            }
        }
    }

    fn service(&mut self, out: &mut Vec<u8>, bytes: &[u8], scope: &str) {
        let own = join(scope, &text_of(bytes, NAME));
        for record in records(bytes) {
            match record.number {
                NAME => push_text(out, NAME, &self.last_part(&own)),
                number @ service::METHOD => push_message(out, number, false, |out| {
                    let bytes = content(record.payload);
                    let method = join(&own, &text_of(bytes, NAME));
                    for record in records(bytes) {
                        match record.number {
                            NAME => push_text(out, NAME, &self.last_part(&method)),
                            number @ (service::INPUT | service::OUTPUT) => {
                                let name = String::from_utf8_lossy(content(record.payload));
                                push_text(out, number, &self.type_name(&name));
                            }
                            _ => out.extend_from_slice(record.raw),
                        }
                    }
                }),
                _ => out.extend_from_slice(record.raw),
            }
        }
    }

    /// Something of which nothing but the name can change.
    fn named(&self, out: &mut Vec<u8>, bytes: &[u8], scope: &str) {
        for record in records(bytes) {
            if record.number == NAME {
                let name = join(scope, &String::from_utf8_lossy(content(record.payload)));
                push_text(out, NAME, &self.last_part(&name));
            } else {
                out.extend_from_slice(record.raw);
            }
        }
    }

    /// Options without those that may change; nothing at all where none is left.
    fn options(&self, out: &mut Vec<u8>, number: i32, bytes: &[u8], of: &str) {
        let message = self.schema.built_in_message(of);
        let may_change: Vec<i32> = self
            .claims
            .iter()
            .filter_map(|claim| match claim {
                Claim::Option(name) => message?.field_named(name)?.number(),
                _ => None,
            })
            .collect();
        let mut left = Vec::with_capacity(bytes.len());
        for record in records(bytes) {
            if !may_change.contains(&record.number) {
                left.extend_from_slice(record.raw);
            }
        }
        if !left.is_empty() || bytes.is_empty() {
            push_message(out, number, false, |out| out.extend_from_slice(&left));
        }
    }

    /// Remembers what is reserved; `beyond` is what an end lies beyond the last number of a range.
    fn reserve(&mut self, bytes: &[u8], own: &str, (range, name): (i32, i32), beyond: i64) {
        if !self.claims.contains(&Claim::Reserved) {
            return;
        }
        let mut names = BTreeSet::new();
        let mut ranges = Vec::new();
        for record in records(bytes) {
            let payload = content(record.payload);
            if record.number == name {
                names.insert(payload.to_vec());
            } else if record.number == range {
                let bound = |number| {
                    let found = records(payload).find(|record| record.number == number);
                    match found.map(|record| record.payload) {
                        Some(Payload::Varint(value)) => value.cast_signed(),
                        _ => 0,
                    }
                };
                ranges.push((bound(1), bound(2) - beyond));
            }
        }
        ranges.sort_unstable();
        if !names.is_empty() || !ranges.is_empty() {
            let scope = match self.renames {
                Some(renames) => renames.applied(&self.package, own),
                None => own.to_owned(),
            };
            self.reserved.push(Reserved {
                scope,
                names,
                ranges,
            });
        }
    }

    /// The last part of what a full name of this file becomes.
    fn last_part(&self, full_name: &str) -> String {
        let new = match self.renames {
            Some(renames) => renames.applied(&self.package, full_name),
            None => full_name.to_owned(),
        };
        match new.rsplit_once('.') {
            Some((_, last)) => last.to_owned(),
            None => new,
        }
    }

    /// What a full name of any file becomes, with its leading dot.
    fn type_name(&self, name: &str) -> String {
        let (Some(renames), Some(full_name)) = (self.renames, name.strip_prefix('.')) else {
            return name.to_owned();
        };
        // The entry of a map is in no table, its message is.
        let outer = full_name.rsplit_once('.').map_or("", |(outer, _)| outer);
        let symbol = self.schema.symbol(full_name);
        let symbol = symbol.filter(|symbol| symbol.definition != Definition::Package);
        let symbol = symbol.or_else(|| self.schema.symbol(outer));
        let package = symbol.map_or("", |symbol| self.schema.file(symbol.file).package());
        format!(".{}", renames.applied(package, full_name))
    }
}

fn content(payload: Payload<'_>) -> &[u8] {
    match payload {
        Payload::Bytes(bytes) | Payload::Group(bytes) => bytes,
        _ => &[],
    }
}

/// The string of that number; empty where there is none.
fn text_of(bytes: &[u8], number: i32) -> String {
    let found = records(bytes).find(|record| record.number == number);
    let bytes = found.map_or(&[][..], |record| content(record.payload));
    String::from_utf8_lossy(bytes).into_owned()
}

fn push_text(out: &mut Vec<u8>, number: i32, text: &str) {
    push_tag(out, number, WireType::Bytes);
    push_varint(out, text.len() as u64);
    out.extend_from_slice(text.as_bytes());
}

fn join(scope: &str, name: &str) -> String {
    if scope.is_empty() {
        name.to_owned()
    } else {
        format!("{scope}.{name}")
    }
}
