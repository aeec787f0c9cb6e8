//! A file: what it imports and declares.

use std::sync::Arc;

use super::{Enum, EnumValue, Extend, Field, Message, Method, Oneof, Service, option_settings};
use crate::schema::options::{ElementKind, Options, Settings};
use crate::schema::symbols::indices;
use crate::schema::{Edition, Features, FileId, Imports, Role, Schema};
use crate::syntax;
use crate::syntax::tree::{Import, OptionSetting};
use crate::text::{Source, Span};

/// A file of a schema.
#[derive(Clone, Copy)]
pub struct File<'s> {
    schema: &'s Schema,
    id: FileId,
}

impl<'s> File<'s> {
    pub(in crate::schema) fn new(schema: &'s Schema, id: FileId) -> Self {
        Self { schema, id }
    }

    /// The schema it belongs to.
    pub fn schema(self) -> &'s Schema {
        self.schema
    }

    /// Its index.
    pub fn id(self) -> FileId {
        self.id
    }

    /// Why it is in the schema.
    pub fn role(self) -> Role {
        self.schema.data(self.id).role
    }

    /// The path by which it is imported.
    pub fn path(self) -> &'s str {
        self.syntax().name()
    }

    /// Tokens and tree.
    pub fn syntax(self) -> &'s syntax::File {
        &self.schema.data(self.id).syntax
    }

    /// Its text.
    pub fn source(self) -> &'s Arc<Source> {
        self.syntax().source()
    }

    /// The rules it is read by.
    pub fn edition(self) -> Edition {
        self.schema.data(self.id).outline.names.edition()
    }

    /// Its package; empty where there is none.
    pub fn package(self) -> &'s str {
        self.schema.data(self.id).outline.names.package()
    }

    /// The package statement.
    pub fn package_span(self) -> Option<Span> {
        let syntax = self.syntax();
        let package = syntax.tree().packages.first()?;
        Some(syntax.span(package.tokens))
    }

    /// The `syntax` or `edition` statement.
    pub fn syntax_span(self) -> Option<Span> {
        let syntax = self.syntax();
        let statement = syntax.tree().syntax.as_ref()?;
        Some(syntax.span(statement.tokens))
    }

    /// What its imports lead to.
    pub fn imports(self) -> &'s Imports {
        &self.schema.data(self.id).imports
    }

    /// Its import statements, each with the file it leads to.
    pub fn import_statements(self) -> impl Iterator<Item = (&'s Import, Option<File<'s>>)> {
        self.syntax()
            .tree()
            .imports
            .iter()
            .zip(self.imports().direct())
            .map(move |(import, to)| (import, to.map(|to| self.schema.file(to))))
    }

    /// The files that a type reference or option of this file leads to, ascending.
    pub fn used_files(self) -> &'s [FileId] {
        &self.schema.data(self.id).links.used
    }

    /// The import statements that nothing of the file needs, in order. Public imports are for others to need.
    pub fn unused_imports(self) -> impl Iterator<Item = &'s Import> {
        let tree = self.syntax().tree();
        self.schema
            .unused_imports(self.id)
            .into_iter()
            .map(move |index| &tree[index])
    }

    /// The features in force for the file as a whole.
    pub fn features(self) -> Features {
        self.schema.data(self.id).features.file
    }

    /// The messages directly in the file, in order; groups of its extensions included.
    pub fn messages(self) -> impl Iterator<Item = Message<'s>> + Clone {
        self.all_messages()
            .filter(|message| message.parent().is_none())
    }

    /// All messages, nested ones and groups included; each before those nested in it.
    pub fn all_messages(self) -> impl ExactSizeIterator<Item = Message<'s>> + Clone {
        indices(&self.syntax().tree().messages)
            .map(move |index| Message::new(self.schema, self.id, index))
    }

    /// The enums directly in the file, in order.
    pub fn enums(self) -> impl Iterator<Item = Enum<'s>> + Clone {
        self.all_enums().filter(|node| node.parent().is_none())
    }

    /// All enums, nested ones included.
    pub fn all_enums(self) -> impl ExactSizeIterator<Item = Enum<'s>> + Clone {
        indices(&self.syntax().tree().enums)
            .map(move |index| Enum::new(self.schema, self.id, index))
    }

    /// The services, in order.
    pub fn services(self) -> impl ExactSizeIterator<Item = Service<'s>> + Clone {
        indices(&self.syntax().tree().services)
            .map(move |index| Service::new(self.schema, self.id, index))
    }

    /// All oneofs.
    pub fn all_oneofs(self) -> impl ExactSizeIterator<Item = Oneof<'s>> + Clone {
        indices(&self.syntax().tree().oneofs)
            .map(move |index| Oneof::new(self.schema, self.id, index))
    }

    /// All enum values.
    pub fn all_values(self) -> impl ExactSizeIterator<Item = EnumValue<'s>> + Clone {
        indices(&self.syntax().tree().values)
            .map(move |index| EnumValue::new(self.schema, self.id, index))
    }

    /// All methods.
    pub fn all_methods(self) -> impl ExactSizeIterator<Item = Method<'s>> + Clone {
        indices(&self.syntax().tree().methods)
            .map(move |index| Method::new(self.schema, self.id, index))
    }

    /// All `extend` blocks, nested ones included.
    pub fn all_extends(self) -> impl ExactSizeIterator<Item = Extend<'s>> + Clone {
        indices(&self.syntax().tree().extends)
            .map(move |index| Extend::new(self.schema, self.id, index))
    }

    /// All extensions, those declared in messages included.
    pub fn all_extensions(self) -> impl Iterator<Item = Field<'s>> + Clone {
        self.all_extends().flat_map(Extend::fields)
    }

    /// All fields and extensions of the file.
    pub fn all_fields(self) -> impl ExactSizeIterator<Item = Field<'s>> + Clone {
        indices(&self.syntax().tree().fields)
            .map(move |index| Field::new(self.schema, self.id, index))
    }

    /// The options of the file itself.
    pub fn options(self) -> Options<'s> {
        let settings = self.syntax().tree().file_settings;
        Options::new(
            self.schema,
            self.id,
            ElementKind::File,
            Settings::Statements(settings),
        )
    }

    /// The `option` statements directly in the file.
    pub fn option_settings(self) -> impl Iterator<Item = &'s OptionSetting> + Clone {
        option_settings(self.syntax(), self.syntax().tree().file_settings)
    }
}

impl PartialEq for File<'_> {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.schema, other.schema) && self.id == other.id
    }
}

impl Eq for File<'_> {}

impl std::fmt::Debug for File<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "File({})", self.path())
    }
}
