//! From the settings of a file to field numbers and encoded values.
use rustc_hash::FxHashMap;

use super::earlier::Earlier;
use super::element::{Element, ElementKind};
use super::usage::{Named, Use};
use super::value::Mistake;
use super::wire::{self, Payload};
use super::{Setting, SettingTable, State};
use crate::diagnostic::Diagnostic;
use crate::schema::{Definition, EnumValue, Field, FileId, Message, SCHEMA, Schema, Scope, Symbol};
use crate::syntax::tree::{NodeIndex, OptionSetting};
use crate::syntax::{self, TokenRange};
use crate::text::Span;

/// The options that `descriptor.proto` declares, by kind of element and by name.
pub(super) struct OptionTypes<'s> {
    kinds: [Option<OptionType<'s>>; ElementKind::ALL.len()],
}

struct OptionType<'s> {
    message: Message<'s>,
    fields: FxHashMap<&'s str, Field<'s>>,
}

impl<'s> OptionTypes<'s> {
    pub(super) fn of(schema: &'s Schema) -> Self {
        Self {
            kinds: ElementKind::ALL.map(|kind| {
                let symbol = schema.symbols.find(schema, kind.options_message())?;
                let Definition::Message(index) = symbol.definition else {
                    return None;
                };
                let message = Message::new(schema, symbol.file, index);
                let fields = message
                    .fields()
                    .map(|field| (field.written_name().text, field))
                    .collect();
                Some(OptionType { message, fields })
            }),
        }
    }

    fn get(&self, kind: ElementKind) -> Option<&OptionType<'s>> {
        self.kinds[kind as usize].as_ref()
    }
}

/// Which settings a run is about. protoc reads the built-in options of an element before its custom ones, and the
/// values of custom ones depend on built-in options of other files (`packed`, `message_set_wire_format`, features).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pass {
    BuiltIn,
    Custom,
}

/// Lists that grow for all files of a thread only once; of what a file puts there an exact copy is kept.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    pub(super) table: SettingTable,
    pub(super) uses: Vec<Use>,
}

/// Interprets the settings of one file.
pub(super) struct Interpreter<'s> {
    pub(super) schema: &'s Schema,
    pub(super) types: &'s OptionTypes<'s>,
    pub(super) id: FileId,
    pub(super) file: &'s syntax::File,
    pub(super) table: SettingTable,
    pub(super) errors: Vec<Diagnostic>,
    pub(super) used: Vec<FileId>,
    /// What has to be checked once all options are known.
    pub(super) uses: Vec<Use>,
    /// What the current setting is set on, and whether it is one of the features.
    place: (ElementKind, bool),
    earlier: Earlier,
    /// The extensions found last, each with where and by which name it was looked for.
    pub(super) found: Vec<(Scope, &'s str, Symbol)>,
    /// Some import was not found: then a name that is not found says nothing new.
    pub(super) lacks_import: bool,
}

impl<'s> Interpreter<'s> {
    /// `scratch` is filled; what was in it is forgotten.
    pub(super) fn new(
        schema: &'s Schema,
        types: &'s OptionTypes<'s>,
        id: FileId,
        scratch: Scratch,
    ) -> Self {
        let data = schema.data(id);
        let Scratch {
            mut table,
            mut uses,
        } = scratch;
        table.clone_from(&data.options);
        uses.clear();
        Self {
            schema,
            types,
            id,
            file: &data.syntax,
            table,
            errors: Vec::new(),
            used: Vec::new(),
            uses,
            place: (ElementKind::File, false),
            earlier: Earlier::default(),
            found: Vec::new(),
            lacks_import: data.imports.direct().contains(&None),
        }
    }

    /// Interprets all built-in settings; gives the elements that have settings of the second pass.
    pub(super) fn built_in_settings(&mut self) -> Vec<Element> {
        let settings = self.file.tree().options.len();
        self.table.settings.resize(settings, Setting::default());
        let elements = &self.schema.data(self.id).outline.elements;
        let others = elements.iter().copied();
        others
            .filter(|&element| self.settings(element, Pass::BuiltIn))
            .collect()
    }

    /// Interprets the settings of these elements that the first pass has left.
    pub(super) fn custom_settings(&mut self, elements: &[Element]) {
        for &element in elements {
            self.settings(element, Pass::Custom);
        }
    }

    /// Interprets the settings of an element that belong to the pass; gives whether there are any for the second.
    fn settings(&mut self, element: Element, pass: Pass) -> bool {
        let tree = self.file.tree();
        let mut others = false;
        self.earlier.clear();
        element.settings.iter(tree).for_each(|index| {
            let is_custom = tree
                .option_name(&tree[index])
                .first()
                .is_some_and(|part| part.is_extension);
            if is_custom == (pass == Pass::Custom) {
                let uses = self.uses.len();
                if self.setting(element, index).is_none() {
                    self.uses.truncate(uses);
                }
            }
            // Whether these are right depends on features, so they are looked at in the second pass.
            let is_part_of_field = matches!(
                self.table.settings[index.get()].state,
                State::Default | State::JsonName
            );
            if is_part_of_field && pass == Pass::Custom {
                self.part_of_field(element.index, index);
            }
            others |= is_custom || is_part_of_field;
        });
        others
    }

    /// Interprets one setting. `None` where it is wrong, which was reported.
    fn setting(&mut self, element: Element, index: NodeIndex<OptionSetting>) -> Option<()> {
        let file = self.file;
        let tree = file.tree();
        let node = &tree[index];
        let parts = tree.option_name(node);
        let first = parts.first()?;
        let mut is_feature = false;
        if !first.is_extension {
            match file.joined(first.name).as_ref() {
                "default" if element.kind == ElementKind::Field => {
                    return self.pseudo(node, index, State::Default);
                }
                "json_name" if element.kind == ElementKind::Field => {
                    return self.pseudo(node, index, State::JsonName);
                }
                "uninterpreted_option" => {
                    self.error(
                        first.name,
                        "`uninterpreted_option` cannot be set",
                        "remove it: it is reserved for compilers",
                    );
                    return None;
                }
                name => is_feature = name == "features",
            }
        }
        self.place = (element.kind, is_feature);
        let types = self.types;
        let options = types.get(element.kind)?;
        let mut message = options.message;
        let mut parents: Vec<Field<'s>> = Vec::new();
        let path = self.table.paths.len();
        for (at, part) in parts.iter().enumerate() {
            let field = if part.is_extension {
                self.extension(element, part)?
            } else {
                let name = file.joined(part.name);
                let found = match at {
                    0 => options.fields.get(name.as_ref()).copied(),
                    _ => message.field_named(&name),
                };
                match found {
                    Some(field) => field,
                    None => return self.unknown(element, part, at, message),
                }
            };
            if field.containing_message() != Some(message) {
                // Where the extended type itself is unknown, that was reported.
                if let Some(extended) = field.containing_message() {
                    let name = file.joined(part.name);
                    self.error(
                        part.name,
                        format!(
                            "`({name})` extends `{}`, and an option of `{}` is needed here",
                            extended.full_name(),
                            message.full_name()
                        ),
                        format!(
                            "use an option that is declared in `extend {}`",
                            message.full_name()
                        ),
                    );
                }
                return None;
            }
            self.use_field(field, part.name);
            self.table.paths.push(field.number()?);
            if at + 1 == parts.len() {
                return self.leaf(index, &parents, field, path);
            }
            message = self.inner(part, field)?;
            parents.push(field);
        }
        None
    }

    /// `default` and `json_name` look like options, and are parts of the field itself.
    fn pseudo(
        &mut self,
        node: &OptionSetting,
        index: NodeIndex<OptionSetting>,
        state: State,
    ) -> Option<()> {
        let parts = self.file.tree().option_name(node);
        if let [first, _, ..] = parts {
            let name = self.file.joined(first.name);
            self.error(
                node.name_tokens,
                format!("`{name}` has no fields to set"),
                format!("write `{name} = value`"),
            );
            return None;
        }
        self.table.settings[index.get()].state = state;
        Some(())
    }

    /// Encodes the value and stores the setting.
    fn leaf(
        &mut self,
        index: NodeIndex<OptionSetting>,
        parents: &[Field<'s>],
        field: Field<'s>,
        path: usize,
    ) -> Option<()> {
        let node = &self.file.tree()[index];
        let length = self.table.paths.len() - path;
        let repetition = self.previous(index, field, path)?;
        let mut out = std::mem::take(&mut self.table.bytes);
        let start = out.len();
        let set = self.nested(parents, field, node, &mut out);
        if set.is_none() {
            out.truncate(start);
        }
        let end = out.len();
        self.table.bytes = out;
        set?;
        self.table.sets_features |= self.place.1;
        self.earlier.add(&self.table, index, path, length);
        if let Some(repetition) = repetition {
            self.table.paths.push(repetition);
        }
        self.table.settings[index.get()] = Setting {
            state: State::Set,
            path: (position(path), position(self.table.paths.len())),
            bytes: (position(start), position(end)),
        };
        Some(())
    }

    /// Looks at the earlier settings of the element: gives the index of the new one where the field is repeated, and
    /// refuses what is set already.
    fn previous(
        &mut self,
        index: NodeIndex<OptionSetting>,
        field: Field<'s>,
        path: usize,
    ) -> Option<Option<i32>> {
        let numbers = &self.table.paths[path..];
        let same = self.earlier.find(&self.table, numbers);
        if field.is_repeated() {
            return Some(Some(same.map_or(0, |entry| entry.count)));
        }
        // A message that was set as a whole may hold the field.
        let clash = same.or_else(|| {
            (1..numbers.len()).find_map(|length| {
                let outer = self.earlier.find(&self.table, &numbers[..length])?;
                let setting = self.table.settings[outer.first.get()];
                (outer.is_whole && is_set(self.table.bytes(setting), numbers)).then_some(outer)
            })
        });
        let Some(clash) = clash else {
            return Some(None);
        };
        let tree = self.file.tree();
        let name = self.file.joined(tree[index].name_tokens);
        let message = format!("option `{name}` is set already");
        let error = Diagnostic::error(
            SCHEMA,
            self.file.source(),
            self.file.span(tree[index].name_tokens),
            message,
        )
        .with_label(
            self.file.source(),
            self.file.span(tree[clash.first].name_tokens),
            "first set here",
        )
        .with_help("keep one of the two");
        self.errors.push(error);
        None
    }

    /// Notes that a field is set, where its own options may have a say in that.
    pub(super) fn use_field(&mut self, field: Field<'s>, tokens: TokenRange) {
        let (element, is_feature) = self.place;
        if !field.node().options.is_empty() || (is_feature && field.is_extension()) {
            self.uses.push(Use {
                element,
                is_feature,
                tokens,
                file: field.file().id(),
                named: Named::Field(field.index()),
            });
        }
    }

    /// Notes that an enum value is used, where its own options may have a say in that.
    pub(super) fn use_value(&mut self, value: EnumValue<'s>, tokens: TokenRange) {
        let (element, is_feature) = self.place;
        if !value.node().options.is_empty() {
            self.uses.push(Use {
                element,
                is_feature,
                tokens,
                file: value.file().id(),
                named: Named::Value(value.index()),
            });
        }
    }

    pub(super) fn use_file(&mut self, file: FileId) {
        if file != self.id && self.used.last() != Some(&file) {
            self.used.push(file);
        }
    }

    pub(super) fn error(
        &mut self,
        tokens: TokenRange,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.error_at(self.file.span(tokens), message, help);
    }

    pub(super) fn error_at(
        &mut self,
        span: Span,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        let source = self.file.source();
        self.errors
            .push(Diagnostic::error(SCHEMA, source, span, message).with_help(help));
    }

    pub(super) fn mistake(&mut self, tokens: TokenRange, mistake: Mistake) {
        self.error(tokens, mistake.message, mistake.help);
    }
}

/// Whether the field at the end of `path` is set in the records.
fn is_set(bytes: &[u8], path: &[i32]) -> bool {
    let Some((&number, inner)) = path.split_first() else {
        return true;
    };
    wire::records(bytes)
        .filter(|record| record.number == number)
        .any(|record| match record.payload {
            Payload::Bytes(bytes) | Payload::Group(bytes) => is_set(bytes, inner),
            _ => inner.is_empty(),
        })
}

/// Positions in a file's options fit 32 bits: a value is not longer than what is written.
fn position(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
