//! Which features are in force for each element: what it sets itself, else those of what it stands in, else those of
//! the edition. Files of the older syntaxes get them from their labels and from `[packed = …]`.

use rayon::prelude::*;

use super::{
    DefaultSymbolVisibility, EnumType, Features, FieldPresence, FileFeatures, JsonFormat,
    MessageEncoding, NamingStyle, RepeatedFieldEncoding, Utf8Validation,
};
use crate::schema::options::{Element, ElementKind, Options, Settings};
use crate::schema::{Edition, FileId, Schema};
use crate::syntax::tree::{Field, FieldLabel, FieldParent, NodeIndex, Parent, Tree};

/// The number of `FieldOptions.packed`.
const PACKED: i32 = 2;

impl Schema {
    /// Resolves the features of all files. The built-in options have to be interpreted.
    pub(in crate::schema) fn resolve_features(&mut self) {
        let ids: Vec<FileId> = self.ids().collect();
        let resolved: Vec<FileFeatures> = ids
            .par_iter()
            .map(|&id| {
                let data = self.data(id);
                let edition = data.outline.names.edition();
                let mut features = FileFeatures::defaults(edition);
                let file = InFile {
                    schema: self,
                    id,
                    tree: data.syntax.tree(),
                };
                if edition.is_edition() {
                    file.inherit(&mut features);
                } else {
                    features.fields = file.lower(features.file, edition);
                }
                features
            })
            .collect();
        self.give(&ids, resolved, |file, features| file.features = features);
    }
}

struct InFile<'s> {
    schema: &'s Schema,
    id: FileId,
    tree: &'s Tree,
}

impl<'s> InFile<'s> {
    fn options(&self, kind: ElementKind, settings: Settings) -> Options<'s> {
        Options::of(
            self.schema,
            self.id,
            Element {
                kind,
                index: 0,
                settings,
            },
        )
    }

    /// What labels and options of proto2 and proto3 say of fields in the language of features.
    fn lower(&self, file: Features, edition: Edition) -> Vec<Features> {
        let says_something = |field: &Field| match field.label {
            Some((FieldLabel::Required, _)) => true,
            Some((FieldLabel::Optional, _)) if edition == Edition::Proto3 => true,
            _ => field.group.is_some() || !field.options.is_empty(),
        };
        if !self.tree.fields.iter().any(says_something) {
            return Vec::new();
        }
        let mut fields = vec![file; self.tree.fields.len()];
        for (field, features) in self.tree.fields.iter().zip(&mut fields) {
            match field.label {
                Some((FieldLabel::Required, _)) => {
                    features.field_presence = FieldPresence::LegacyRequired;
                }
                Some((FieldLabel::Optional, _)) if edition == Edition::Proto3 => {
                    features.field_presence = FieldPresence::Explicit;
                }
                _ => {}
            }
            if field.group.is_some() {
                features.message_encoding = MessageEncoding::Delimited;
            }
            if !field.options.is_empty() {
                let options = self.options(ElementKind::Field, Settings::Compact(field.options));
                match options.boolean(PACKED) {
                    Some(true) => {
                        features.repeated_field_encoding = RepeatedFieldEncoding::Packed;
                    }
                    Some(false) => {
                        features.repeated_field_encoding = RepeatedFieldEncoding::Expanded;
                    }
                    None => {}
                }
            }
        }
        fields
    }

    fn inherit(&self, features: &mut FileFeatures) {
        let tree = self.tree;
        let list = |nodes: usize| vec![features.file; nodes];
        let [messages, fields, oneofs, enums, values, services, methods] = [
            tree.messages.len(),
            tree.fields.len(),
            tree.oneofs.len(),
            tree.enums.len(),
            tree.values.len(),
            tree.services.len(),
            tree.methods.len(),
        ]
        .map(list);
        *features = FileFeatures {
            file: features.file,
            messages,
            fields,
            oneofs,
            enums,
            values,
            services,
            methods,
        };
        let statements = Settings::Statements;
        let compact = Settings::Compact;
        let overridden =
            |parent: Features, kind, settings| parent.overridden(self.options(kind, settings));
        features.file = overridden(
            features.file,
            ElementKind::File,
            statements(tree.file_settings),
        );
        let file = features.file;
        // A message comes before those nested in it.
        for (at, node) in tree.messages.iter().enumerate() {
            let parent = node
                .parent
                .map_or(file, |parent| features.messages[parent.get()]);
            features.messages[at] =
                overridden(parent, ElementKind::Message, statements(node.settings));
        }
        let in_scope = |features: &FileFeatures, scope: Parent| {
            scope.map_or(file, |scope| features.messages[scope.get()])
        };
        for (at, node) in tree.oneofs.iter().enumerate() {
            let parent = features.messages[node.parent.get()];
            features.oneofs[at] = overridden(parent, ElementKind::Oneof, statements(node.settings));
        }
        for (at, node) in tree.fields.iter().enumerate() {
            let parent = match node.parent {
                FieldParent::Message(message) => features.messages[message.get()],
                FieldParent::Oneof(oneof) => features.oneofs[oneof.get()],
                FieldParent::Extend(extend) => in_scope(features, tree[extend].parent),
            };
            features.fields[at] = overridden(parent, ElementKind::Field, compact(node.options));
        }
        for (at, node) in tree.enums.iter().enumerate() {
            let parent = in_scope(features, node.parent);
            features.enums[at] = overridden(parent, ElementKind::Enum, statements(node.settings));
        }
        for (at, node) in tree.values.iter().enumerate() {
            let parent = features.enums[node.parent.get()];
            features.values[at] = overridden(parent, ElementKind::EnumValue, compact(node.options));
        }
        for (at, node) in tree.services.iter().enumerate() {
            features.services[at] =
                overridden(file, ElementKind::Service, statements(node.settings));
        }
        for (at, node) in tree.methods.iter().enumerate() {
            let parent = features.services[NodeIndex::get(node.parent)];
            features.methods[at] =
                overridden(parent, ElementKind::Method, statements(node.settings));
        }
    }
}

impl Features {
    /// These features with what the element's own options change.
    pub(in crate::schema) fn overridden(mut self, options: Options<'_>) -> Self {
        for (number, value) in options.own_features() {
            self.set(number, value);
        }
        self
    }

    /// Sets the field of `FeatureSet` with that number to the enum value of that number. Numbers that are not known,
    /// and the zeros that stand for nothing, change nothing.
    fn set(&mut self, number: i32, value: u64) {
        match (number, value) {
            (1, 1) => self.field_presence = FieldPresence::Explicit,
            (1, 2) => self.field_presence = FieldPresence::Implicit,
            (1, 3) => self.field_presence = FieldPresence::LegacyRequired,
            (2, 1) => self.enum_type = EnumType::Open,
            (2, 2) => self.enum_type = EnumType::Closed,
            (3, 1) => self.repeated_field_encoding = RepeatedFieldEncoding::Packed,
            (3, 2) => self.repeated_field_encoding = RepeatedFieldEncoding::Expanded,
            (4, 2) => self.utf8_validation = Utf8Validation::Verify,
            (4, 3) => self.utf8_validation = Utf8Validation::None,
            (5, 1) => self.message_encoding = MessageEncoding::LengthPrefixed,
            (5, 2) => self.message_encoding = MessageEncoding::Delimited,
            (6, 1) => self.json_format = JsonFormat::Allow,
            (6, 2) => self.json_format = JsonFormat::LegacyBestEffort,
            (7, 1) => self.naming_style = NamingStyle::Style2024,
            (7, 2) => self.naming_style = NamingStyle::Legacy,
            (7, 3) => self.naming_style = NamingStyle::Style2026,
            (8, 1) => self.default_symbol_visibility = DefaultSymbolVisibility::ExportAll,
            (8, 2) => self.default_symbol_visibility = DefaultSymbolVisibility::ExportTopLevel,
            (8, 3) => self.default_symbol_visibility = DefaultSymbolVisibility::LocalAll,
            (8, 4) => self.default_symbol_visibility = DefaultSymbolVisibility::Strict,
            _ => {}
        }
    }
}
