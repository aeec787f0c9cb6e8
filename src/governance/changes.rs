//! Everything that differs between two schemas, breaking or not, in the words of a reader.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::declared::{declaration, settings, signature};
use crate::schema::diff::{Change, Diff, NumberedValues, Pair};
use crate::schema::{Definition, Enum, Field, File, Message, Method, Oneof, Role, Schema, Service};

/// What became of a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// It is new.
    Added,
    /// It is marked as deprecated.
    Deprecated,
    /// It is another.
    Changed,
    /// It is gone.
    Removed,
}

/// What a change belongs to, in the order in which groups are shown: the full name, or the path.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChangeGroup {
    /// A service.
    Service(String),
    /// A message or an enum.
    Type(String),
    /// A file.
    File(String),
}

/// One thing that differs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SchemaChange {
    /// What it belongs to.
    pub group: ChangeGroup,
    /// What became of it.
    pub kind: ChangeKind,
    /// Its full name, with `#number` in place of the name of a field or enum value.
    pub symbol: String,
    /// What is said of it.
    pub text: String,
}

/// Everything that differs, sorted by group. Only files count that `counts` takes, of either side.
pub fn changes<'s>(diff: &Diff<'s>, counts: impl Fn(File<'s>, bool) -> bool) -> Vec<SchemaChange> {
    let mut collector = Collector {
        diff,
        changes: Vec::new(),
    };
    let before = diff.before().files();
    for file in before.filter(|file| file.role() == Role::Target && counts(*file, true)) {
        diff.walk_before(file, &mut |change| collector.tell(&change));
    }
    let after = diff.after().files();
    for file in after.filter(|file| file.role() == Role::Target && counts(*file, false)) {
        diff.walk_added(file, &mut |change| collector.tell(&change));
    }
    let mut changes = collector.changes;
    changes.sort();
    changes.dedup();
    changes
}

/// The group that a symbol belongs to, on whichever side knows it: a service or type that has it or is it, else a file.
pub fn group_of(symbol: &str, sides: [&Schema; 2]) -> ChangeGroup {
    let mut name = symbol.split('#').next().unwrap_or(symbol);
    loop {
        for schema in sides {
            match schema.symbol(name).map(|symbol| symbol.definition) {
                Some(Definition::Service(_)) => return ChangeGroup::Service(name.to_owned()),
                Some(Definition::Message(_) | Definition::Enum(_)) => {
                    return ChangeGroup::Type(name.to_owned());
                }
                _ => {}
            }
        }
        match name.rsplit_once('.') {
            Some((outer, _)) => name = outer,
            None => return ChangeGroup::File(symbol.to_owned()),
        }
    }
}

struct Collector<'d, 's> {
    diff: &'d Diff<'s>,
    changes: Vec<SchemaChange>,
}

impl<'s> Collector<'_, 's> {
    fn tell(&mut self, change: &Change<'s>) {
        use ChangeKind::{Added, Removed};
        match change {
            Change::File(pair) => {
                let group = ChangeGroup::File(pair.after.path().to_owned());
                let settings = pair.map(|file| settings(file, file.option_settings()));
                self.options(&group, pair.after.path(), "the file", settings);
                if pair.before.package() != pair.after.package() {
                    let packages = pair.map(|file| format!("package {}", file.package()));
                    self.differs(&group, pair.after.path(), packages);
                }
            }
            Change::FileRemoved(file) => self.file(*file, Removed),
            Change::FileAdded(file) => self.file(*file, Added),
            Change::Message(pair) => {
                let name = pair.after.full_name();
                let group = ChangeGroup::Type(name.to_owned());
                let settings = pair.map(|of| settings(of.file(), of.option_settings()));
                self.options(&group, name, "the message", settings);
            }
            Change::MessageRemoved(message) => self.message(*message, Removed),
            Change::MessageAdded(message) => self.message(*message, Added),
            Change::Field(pair) | Change::Extension(pair) => self.field(*pair),
            Change::FieldRemoved(field, _) | Change::ExtensionRemoved(field) => {
                self.one_field(*field, Removed);
            }
            Change::FieldAdded(field, _) | Change::ExtensionAdded(field) => {
                self.one_field(*field, Added);
            }
            Change::OneofRemoved(oneof, pair) => self.oneof(*oneof, pair.after, Removed),
            Change::OneofAdded(oneof, pair) => self.oneof(*oneof, pair.after, Added),
            Change::Enum(pair) => {
                let name = pair.after.full_name();
                let group = ChangeGroup::Type(name.to_owned());
                let settings = pair.map(|of| settings(of.file(), of.option_settings()));
                self.options(&group, name, "the enum", settings);
            }
            Change::EnumRemoved(node) => self.enumeration(*node, Removed),
            Change::EnumAdded(node) => self.enumeration(*node, Added),
            Change::EnumNumber(pair, enums) => {
                let group = ChangeGroup::Type(enums.after.full_name().to_owned());
                let symbol = format!("{}#{}", enums.after.full_name(), pair.after.number);
                let (Some(before), Some(after)) =
                    (pair.before.values.first(), pair.after.values.first())
                else {
                    return;
                };
                let both = Pair { before, after };
                self.differs(
                    &group,
                    &symbol,
                    both.map(|value| format!("{} = {}", value.name(), pair.after.number)),
                );
                let named = format!("value `{}`", after.name());
                let settings = both.map(|value| settings(value.file(), value.option_settings()));
                self.options(&group, &symbol, &named, settings);
            }
            Change::EnumNumberRemoved(removed, enums) => {
                self.values(enums.after, removed, Removed);
            }
            Change::EnumNumberAdded(added, enums) => self.values(enums.after, added, Added),
            Change::Service(pair) => {
                let name = pair.after.full_name();
                let group = ChangeGroup::Service(name.to_owned());
                let settings = pair.map(|of| settings(of.file(), of.option_settings()));
                self.options(&group, name, "the service", settings);
            }
            Change::ServiceRemoved(service) => self.service(*service, Removed),
            Change::ServiceAdded(service) => self.service(*service, Added),
            Change::Method(pair) => {
                let group = ChangeGroup::Service(pair.after.parent().full_name().to_owned());
                let symbol = pair.after.full_name();
                self.differs(&group, &symbol, pair.map(signature));
                let named = format!("rpc `{}`", pair.after.name());
                let settings = pair.map(|of| settings(of.file(), of.option_settings()));
                self.options(&group, &symbol, &named, settings);
            }
            Change::MethodRemoved(method, pair) => self.method(*method, pair.after, Removed),
            Change::MethodAdded(method, pair) => self.method(*method, pair.after, Added),
            // A map's entry is told as its field, and a oneof by its fields.
            Change::MapEntry(_) | Change::MapEntryRemoved(..) | Change::Oneof(_) => {}
        }
    }

    fn push(&mut self, group: ChangeGroup, kind: ChangeKind, symbol: &str, text: String) {
        self.changes.push(SchemaChange {
            group,
            kind,
            symbol: symbol.to_owned(),
            text,
        });
    }

    fn file(&mut self, file: File<'s>, kind: ChangeKind) {
        let path = file.path();
        let text = format!("file `{path}`");
        self.push(ChangeGroup::File(path.to_owned()), kind, path, text);
    }

    fn message(&mut self, message: Message<'s>, kind: ChangeKind) {
        if !self.comes_with_its_parent(message.parent(), kind) {
            let name = message.full_name();
            let text = format!("message `{name}`");
            self.push(ChangeGroup::Type(name.to_owned()), kind, name, text);
        }
    }

    fn enumeration(&mut self, node: Enum<'s>, kind: ChangeKind) {
        if !self.comes_with_its_parent(node.parent(), kind) {
            let name = node.full_name();
            let text = format!("enum `{name}`");
            self.push(ChangeGroup::Type(name.to_owned()), kind, name, text);
        }
    }

    fn oneof(&mut self, oneof: Oneof<'s>, message: Message<'s>, kind: ChangeKind) {
        let (name, text) = (message.full_name(), format!("oneof `{}`", oneof.name()));
        self.push(ChangeGroup::Type(name.to_owned()), kind, name, text);
    }

    fn service(&mut self, service: Service<'s>, kind: ChangeKind) {
        let name = service.full_name();
        let text = format!("service `{name}`");
        self.push(ChangeGroup::Service(name.to_owned()), kind, name, text);
    }

    fn method(&mut self, method: Method<'s>, service: Service<'s>, kind: ChangeKind) {
        let group = ChangeGroup::Service(service.full_name().to_owned());
        let text = format!("`{}`", signature(method));
        self.push(group, kind, &method.full_name(), text);
    }

    /// Whether the message around a type came or went too, which tells it all.
    fn comes_with_its_parent(&self, parent: Option<Message<'s>>, kind: ChangeKind) -> bool {
        let other = match kind {
            ChangeKind::Added => self.diff.before(),
            _ => self.diff.after(),
        };
        parent.is_some_and(|parent| other.message(parent.full_name()).is_none())
    }

    fn one_field(&mut self, field: Field<'s>, kind: ChangeKind) {
        let group = group_of_field(field);
        let text = format!("`{}`", declaration(field));
        self.push(group, kind, &symbol_of(field), text);
    }

    fn field(&mut self, pair: Pair<Field<'s>>) {
        let group = group_of_field(pair.after);
        let symbol = symbol_of(pair.after);
        self.differs(&group, &symbol, pair.map(declaration));
        let oneofs = pair.map(|field| field.oneof().map(|oneof| oneof.name().text));
        if !oneofs.is_same() {
            let place = |oneof: Option<&str>| match oneof {
                Some(name) => format!("oneof `{name}`"),
                None => "no oneof".to_owned(),
            };
            let (before, after) = (place(oneofs.before), place(oneofs.after));
            let text = format!("`{}` moved from {before} to {after}", pair.after.name());
            self.push(group.clone(), ChangeKind::Changed, &symbol, text);
        }
        let named = format!("field `{}`", pair.after.name());
        let settings = pair.map(|field| settings(field.file(), field.option_settings()));
        self.options(&group, &symbol, &named, settings);
    }

    fn values(&mut self, node: Enum<'s>, values: &NumberedValues<'s>, kind: ChangeKind) {
        for value in &values.values {
            self.push(
                ChangeGroup::Type(node.full_name().to_owned()),
                kind,
                &format!("{}#{}", node.full_name(), values.number),
                format!("`{} = {}`", value.name(), values.number),
            );
        }
    }

    fn differs(&mut self, group: &ChangeGroup, symbol: &str, shown: Pair<String>) {
        if !shown.is_same() {
            let text = format!("`{}` is now `{}`", shown.before, shown.after);
            self.push(group.clone(), ChangeKind::Changed, symbol, text);
        }
    }

    fn options(
        &mut self,
        group: &ChangeGroup,
        symbol: &str,
        named: &str,
        settings: Pair<BTreeMap<String, String>>,
    ) {
        let names = settings.before.keys().chain(settings.after.keys());
        let names: std::collections::BTreeSet<&String> = names.collect();
        for name in names {
            let before = settings.before.get(name);
            let after = settings.after.get(name);
            let (kind, text) = match (before, after) {
                (before, after) if before == after => continue,
                (_, Some(value)) if name == "deprecated" && value == "true" => {
                    (ChangeKind::Deprecated, format!("{named} is deprecated"))
                }
                (Some(_), _) if name == "deprecated" => (
                    ChangeKind::Changed,
                    format!("{named} is no longer deprecated"),
                ),
                (None, Some(after)) => (
                    ChangeKind::Changed,
                    format!("{named} has the option `{name} = {after}`"),
                ),
                (Some(before), None) => (
                    ChangeKind::Changed,
                    format!("{named} has lost the option `{name} = {before}`"),
                ),
                (Some(before), Some(after)) => (
                    ChangeKind::Changed,
                    format!("the option `{name}` of {named} was `{before}` and is now `{after}`"),
                ),
                (None, None) => continue,
            };
            self.push(group.clone(), kind, symbol, text);
        }
    }
}

fn group_of_field(field: Field<'_>) -> ChangeGroup {
    match field.containing_message() {
        Some(message) => ChangeGroup::Type(message.full_name().to_owned()),
        None => ChangeGroup::File(field.file().path().to_owned()),
    }
}

fn symbol_of(field: Field<'_>) -> String {
    let message = field.containing_message();
    let message = message.map_or("", |message| message.full_name());
    format!("{message}#{}", field.number().unwrap_or_default())
}
