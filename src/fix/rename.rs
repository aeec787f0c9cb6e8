//! Names that change: what each is declared as, whether the new one is free, and every place that has to follow.

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::reference::{self, full_name};
use crate::diagnostic;
use crate::schema::diff::map_entry_name;
use crate::schema::{
    Definition, Enum, EnumValue, Field, File, FileId, Message, Method, Oneof, Schema, Service,
    Symbol,
};
use crate::syntax::TokenKind;
use crate::text::{Edit, Span, case};

/// Something that has a name of its own, and will have another one.
#[derive(Debug, Clone)]
pub struct Renamed {
    /// What is renamed; for a package in the file that asked for it.
    pub symbol: Symbol,
    /// Its full name today; an enum value's is that of a sibling of its enum.
    pub full_name: String,
    /// The new last part of the name; for a package all of it.
    pub to: String,
}

impl Renamed {
    /// What a fix wants to rename.
    ///
    /// # Errors
    /// Where nothing is declared there, or the new name cannot be used; the words say why.
    pub(super) fn new(
        schema: &Schema,
        file: FileId,
        rename: &diagnostic::Rename,
    ) -> Result<Self, String> {
        let place = rename.declaration.span;
        let symbol = declared_at(schema.file(file), place)
            .ok_or_else(|| "nothing that has a name is declared there".to_owned())?;
        let renamed = Self {
            symbol,
            full_name: full_name(schema, symbol),
            to: rename.to.clone(),
        };
        renamed.check(schema)?;
        Ok(renamed)
    }

    /// The full name that it will have.
    pub(super) fn new_full_name(&self) -> String {
        match (self.symbol.definition, self.full_name.rsplit_once('.')) {
            (Definition::Package, _) | (_, None) => self.to.clone(),
            (_, Some((scope, _))) => format!("{scope}.{}", self.to),
        }
    }

    /// The last part of the name that it has.
    pub(super) fn old_name(&self) -> &str {
        self.full_name
            .rsplit_once('.')
            .map_or(&self.full_name, |(_, name)| name)
    }

    fn check(&self, schema: &Schema) -> Result<(), String> {
        if self.symbol.definition == Definition::Package {
            let parts = |name: &str| name.split('.').count();
            let is_name = self.to.split('.').all(is_identifier);
            return match is_name && parts(&self.to) == parts(&self.full_name) {
                true => Ok(()),
                false => Err(format!("`{}` is no name for a package", self.to)),
            };
        }
        if !is_identifier(&self.to) {
            return Err(format!("`{}` is no identifier", self.to));
        }
        let new = self.new_full_name();
        if let Some(holder) = schema.symbol(&new) {
            return Err(format!("`{new}` is a {} already", holder.definition.noun()));
        }
        match self.symbol.definition {
            Definition::Message(index) => {
                let message = Message::new(schema, self.symbol.file, index);
                match (message.group_field(), message.parent()) {
                    (Some(_), _) => Err("it is a group, whose field has the same name".to_owned()),
                    (None, Some(parent)) => self.check_members(parent),
                    (None, None) => Ok(()),
                }
            }
            Definition::Enum(index) => match Enum::new(schema, self.symbol.file, index).parent() {
                Some(parent) => self.check_members(parent),
                None => Ok(()),
            },
            Definition::EnumValue(index) => {
                let node = EnumValue::new(schema, self.symbol.file, index).parent();
                if node.reserved_names().any(|(name, _)| name == self.to) {
                    return Err(format!("the name `{}` is reserved", self.to));
                }
                match node.parent() {
                    Some(parent) => self.check_members(parent),
                    None => Ok(()),
                }
            }
            Definition::Field(index) => {
                let field = Field::new(schema, self.symbol.file, index);
                if field.node().group.is_some() {
                    return Err("it is a group, whose message has the same name".to_owned());
                }
                let Some(message) = field.scope() else {
                    return Ok(());
                };
                let json_name = case::json_name(&self.to);
                let mut others = message.fields().filter(|other| *other != field);
                if let Some(other) = others.find(|other| other.json_name() == json_name) {
                    let other = other.name();
                    return Err(format!(
                        "in JSON field `{other}` is called `{json_name}` too"
                    ));
                }
                self.check_members(message)
            }
            Definition::Oneof(index) => {
                self.check_members(Oneof::new(schema, self.symbol.file, index).parent())
            }
            Definition::Method(index) => {
                let service = Method::new(schema, self.symbol.file, index).parent();
                match service.methods().any(|other| other.name().text == self.to) {
                    true => Err(format!("service `{}` has a `{}`", service.name(), self.to)),
                    false => Ok(()),
                }
            }
            Definition::MapEntry(_) => {
                Err("it is the entry of a map, which has its name from its field".to_owned())
            }
            Definition::Extension(_) | Definition::Service(_) | Definition::Package => Ok(()),
        }
    }

    /// Whether a message has no field or oneof of the new name, and does not reserve it.
    fn check_members(&self, message: Message<'_>) -> Result<(), String> {
        let (name, to) = (message.name(), &self.to);
        if message.field_named(to).is_some() {
            return Err(format!("message `{name}` has a field `{to}`"));
        }
        if message.oneofs().any(|oneof| oneof.name().text == *to) {
            return Err(format!("message `{name}` has a oneof `{to}`"));
        }
        if message
            .reserved_names()
            .any(|(reserved, _)| reserved == *to)
        {
            return Err(format!("message `{name}` reserves the name `{to}`"));
        }
        Ok(())
    }
}

fn is_identifier(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes
        .next()
        .is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_')
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// What is declared in a file with its name in that place.
fn declared_at(file: File<'_>, place: Span) -> Option<Symbol> {
    let definition = None
        .or_else(|| {
            let mut all = file.all_fields();
            let field = all.find(|field| field.written_name().span == place)?;
            Some(match field.is_extension() {
                true => Definition::Extension(field.index()),
                false => Definition::Field(field.index()),
            })
        })
        .or_else(|| {
            let mut all = file.all_values();
            let value = all.find(|value| value.name().span == place)?;
            Some(Definition::EnumValue(value.index()))
        })
        .or_else(|| {
            let mut all = file.all_messages();
            let message = all.find(|message| message.name().span == place)?;
            Some(Definition::Message(message.index()))
        })
        .or_else(|| {
            let mut all = file.all_enums();
            let node = all.find(|node| node.name().span == place)?;
            Some(Definition::Enum(node.index()))
        })
        .or_else(|| {
            let mut all = file.all_methods();
            let method = all.find(|method| method.name().span == place)?;
            Some(Definition::Method(method.index()))
        })
        .or_else(|| {
            let mut all = file.all_oneofs();
            let oneof = all.find(|oneof| oneof.name().span == place)?;
            Some(Definition::Oneof(oneof.index()))
        })
        .or_else(|| {
            let mut all = file.services();
            let service = all.find(|service| service.name().span == place)?;
            Some(Definition::Service(service.index()))
        })
        .or_else(|| {
            let package = file.syntax().tree().packages.first()?;
            (file.syntax().span(package.name) == place).then_some(Definition::Package)
        })?;
    Some(Symbol {
        file: file.id(),
        definition,
    })
}

/// Renames that happen together, found by the names that they change.
#[derive(Debug, Default)]
pub(super) struct Renames {
    /// Position in the list, and the new last part.
    by_name: FxHashMap<String, (usize, String)>,
    packages: FxHashMap<String, (usize, Vec<String>)>,
    /// The names that things will have.
    taken: FxHashSet<String>,
}

impl Renames {
    /// Adds one; gives whether neither its old nor its new name is in use by another one.
    pub(super) fn add(&mut self, at: usize, renamed: &Renamed) -> bool {
        let new = renamed.new_full_name();
        if self.by_name.contains_key(&renamed.full_name) || !self.taken.insert(new) {
            return false;
        }
        if renamed.symbol.definition == Definition::Package {
            let parts = renamed.to.split('.').map(str::to_owned).collect();
            self.packages.insert(renamed.full_name.clone(), (at, parts));
        } else {
            let change = (at, renamed.to.clone());
            self.by_name.insert(renamed.full_name.clone(), change);
        }
        true
    }

    /// The full name that something of a package has after the renames.
    pub(super) fn applied(&self, package: &str, full_name: &str) -> String {
        let package_length = match package {
            "" => 0,
            package => package.split('.').count(),
        };
        let new_package = self.packages.get(package);
        let mut end = 0;
        let mut parts: Vec<&str> = Vec::new();
        for (at, part) in full_name.split('.').enumerate() {
            end += part.len() + usize::from(at > 0);
            let changed = if at < package_length {
                new_package.and_then(|(_, parts)| parts.get(at))
            } else {
                let name = full_name.get(..end).and_then(|name| self.by_name.get(name));
                name.map(|(_, to)| to)
            };
            parts.push(changed.map_or(part, String::as_str));
        }
        parts.join(".")
    }

    /// The new name of a field, where it gets one.
    pub(super) fn field(&self, full_name: &str) -> Option<&str> {
        self.by_name.get(full_name).map(|(_, to)| to.as_str())
    }

    /// The new name of a package.
    pub(super) fn package(&self, package: &str) -> Option<String> {
        self.packages.get(package).map(|(_, parts)| parts.join("."))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.by_name.is_empty() && self.packages.is_empty()
    }

    /// Adds the names that descriptors derive from those of fields: of map entries, and of the oneofs of proto3's
    /// `optional`.
    pub(super) fn derive(&mut self, schema: &Schema, renamed: &[Renamed]) {
        for change in renamed {
            let Definition::Field(index) = change.symbol.definition else {
                continue;
            };
            let field = Field::new(schema, change.symbol.file, index);
            let Some(message) = field.scope() else {
                continue;
            };
            let derived = if field.is_map() {
                (map_entry_name(&field.name()), map_entry_name(&change.to))
            } else if field.is_proto3_optional() {
                (synthetic(&field.name()), synthetic(&change.to))
            } else {
                continue;
            };
            let full_name = format!("{}.{}", message.full_name(), derived.0);
            self.by_name.insert(full_name, (usize::MAX, derived.1));
        }
    }

    /// The edits of all files that the renames ask for, each with the position of its rename.
    pub(super) fn edits(&self, schema: &Schema) -> Vec<(usize, FileId, Edit)> {
        if self.is_empty() {
            return Vec::new();
        }
        let extensions = reference::extensions(schema);
        let files: Vec<File<'_>> = schema.files().collect();
        let mut edits: Vec<(usize, FileId, Edit)> = files
            .par_iter()
            .flat_map_iter(|&file| {
                let mut edits = Vec::new();
                self.package_statement(file, &mut edits);
                for used in reference::references(file, &extensions) {
                    self.reference(schema, file, used, &mut edits);
                }
                edits
            })
            .collect();
        edits.sort_by(|a, b| (a.0, a.1, &a.2).cmp(&(b.0, b.1, &b.2)));
        edits.dedup();
        edits
    }

    fn package_statement(&self, file: File<'_>, edits: &mut Vec<(usize, FileId, Edit)>) {
        let Some((at, parts)) = self.packages.get(file.package()) else {
            return;
        };
        let syntax = file.syntax();
        let Some(package) = syntax.tree().packages.first() else {
            return;
        };
        let words = package
            .name
            .iter()
            .filter(|&token| syntax.tokens().kind(token) == TokenKind::Identifier);
        for (token, part) in words.zip(parts) {
            if syntax.text(token) != part {
                let edit = Edit::replace(syntax.tokens().span(token), part.as_str());
                edits.push((*at, file.id(), edit));
            }
        }
    }

    fn reference(
        &self,
        schema: &Schema,
        file: File<'_>,
        used: reference::Reference,
        edits: &mut Vec<(usize, FileId, Edit)>,
    ) {
        let full_name = full_name(schema, used.target);
        let package = schema.file(used.target.file).package();
        let package_length = match package {
            "" => 0,
            package => package.split('.').count(),
        };
        let syntax = file.syntax();
        let words: Vec<_> = used
            .tokens
            .iter()
            .filter(|&token| syntax.tokens().kind(token) == TokenKind::Identifier)
            .collect();
        let parts = full_name.split('.').count();
        let Some(unwritten) = parts.checked_sub(words.len()) else {
            return;
        };
        let mut end = 0;
        for (at, part) in full_name.split('.').enumerate() {
            end += part.len() + usize::from(at > 0);
            let Some(&token) = at.checked_sub(unwritten).and_then(|at| words.get(at)) else {
                continue;
            };
            let change = if at < package_length {
                let new = self.packages.get(package);
                new.and_then(|(rename, parts)| Some((*rename, parts.get(at)?)))
            } else {
                let new = full_name.get(..end).and_then(|name| self.by_name.get(name));
                new.map(|(rename, to)| (*rename, to))
            };
            if let Some((rename, to)) = change
                && syntax.text(token) == part
                && to != part
            {
                let edit = Edit::replace(syntax.tokens().span(token), to.as_str());
                edits.push((rename, file.id(), edit));
            }
        }
    }
}

/// The name of the oneof that descriptors have for a proto3 `optional` field.
fn synthetic(field: &str) -> String {
    if field.starts_with('_') {
        field.to_owned()
    } else {
        format!("_{field}")
    }
}

/// The edit of the declaration itself; a package's is made where its statements are.
pub(super) fn declaration(schema: &Schema, renamed: &Renamed) -> Option<(FileId, Edit)> {
    let file = renamed.symbol.file;
    let span = match renamed.symbol.definition {
        Definition::Package | Definition::MapEntry(_) => return None,
        Definition::Message(index) => Message::new(schema, file, index).name().span,
        Definition::Enum(index) => Enum::new(schema, file, index).name().span,
        Definition::EnumValue(index) => EnumValue::new(schema, file, index).name().span,
        Definition::Extension(index) | Definition::Field(index) => {
            Field::new(schema, file, index).written_name().span
        }
        Definition::Service(index) => Service::new(schema, file, index).name().span,
        Definition::Oneof(index) => Oneof::new(schema, file, index).name().span,
        Definition::Method(index) => Method::new(schema, file, index).name().span,
    };
    Some((file, Edit::replace(span, renamed.to.as_str())))
}
