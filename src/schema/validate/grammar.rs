//! What the syntax or edition of a file forbids although the grammar has it.

use super::Validator;
use crate::schema::{Edition, Field, Message};
use crate::syntax::TokenRange;
use crate::syntax::tree::{FieldLabel, FieldParent, ImportKind, Item, Reserved, TypeReference};
use crate::text::Span;

impl Validator<'_, '_> {
    /// The statements of the file, and those that may stand in several bodies.
    pub(super) fn statements(&mut self) {
        self.syntax_value();
        self.packages();
        self.imports();
        let file = self.file.syntax();
        let tree = file.tree();
        for field in self.file.all_fields() {
            self.label(field);
        }
        for reserved in &tree.reserved {
            self.reserved_spelling(reserved);
        }
        for oneof in &tree.oneofs {
            let items = tree.items(oneof.items);
            let name = oneof.name.map_or("", |name| file.text(name));
            self.only_fields(items, || format!("oneof `{name}`"), oneof.tokens);
        }
        for extend in &tree.extends {
            let items = tree.items(extend.items);
            self.only_fields(items, || "this `extend`".to_owned(), extend.tokens);
        }
        self.visibilities();
    }

    /// Every enum has a value.
    pub(super) fn enum_values(&mut self) {
        let file = self.file.syntax();
        let tree = file.tree();
        for node in &tree.enums {
            let has_value = tree
                .items(node.items)
                .iter()
                .any(|item| matches!(item, Item::EnumValue(_)));
            if !has_value {
                let name = node.name.map_or("", |name| file.text(name));
                let span = node
                    .name
                    .map_or(Span::default(), |name| file.tokens().span(name));
                self.report(
                    span,
                    format!("enum `{name}` has no value"),
                    "add at least one, with number 0",
                );
            }
        }
    }

    fn syntax_value(&mut self) {
        let file = self.file.syntax();
        let Some(syntax) = file.tree().syntax else {
            return;
        };
        let value = file.string_value(syntax.value);
        let known: &[&[u8]] = if syntax.is_edition {
            &[b"2023", b"2024"]
        } else {
            &[b"proto2", b"proto3"]
        };
        if known.contains(&value.as_slice()) {
            return;
        }
        let value = String::from_utf8_lossy(&value);
        let span = file.span(syntax.value);
        if syntax.is_edition {
            self.report(
                span,
                format!("edition `{value}` is not known"),
                "the editions are `\"2023\"` and `\"2024\"`",
            );
        } else {
            self.report(
                span,
                format!("syntax `{value}` is not known"),
                "the syntaxes are `\"proto2\"` and `\"proto3\"`; newer files say `edition = \"2023\";`",
            );
        }
    }

    fn packages(&mut self) {
        let file = self.file.syntax();
        let packages = &file.tree().packages;
        let Some((first, others)) = packages.split_first() else {
            return;
        };
        for other in others {
            let source = self.file.source();
            let first = file.span(first.tokens);
            let error = self.report(
                file.span(other.tokens),
                "the file has a second package",
                "keep one of the two statements",
            );
            *error = error.clone().with_label(source, first, "the first one");
        }
        let name = file.joined(packages[0].name);
        let span = file.span(packages[0].name);
        if name.len() > 511 {
            self.report(
                span,
                format!("the package's name has {} bytes, more than 511", name.len()),
                "shorten it",
            );
        }
        let dots = name.bytes().filter(|&byte| byte == b'.').count();
        if dots > 100 {
            self.report(
                span,
                format!("the package's name has {dots} dots, more than 100"),
                "shorten it",
            );
        }
    }

    fn imports(&mut self) {
        let file = self.file.syntax();
        let edition = self.file.edition();
        let mut after_option = false;
        for import in &file.tree().imports {
            let span = file.span(import.tokens);
            match import.kind {
                ImportKind::Option if edition < Edition::Edition2024 => {
                    self.report(
                        span,
                        "`import option` does not exist before edition 2024",
                        "remove the word `option`",
                    );
                }
                ImportKind::Weak if edition >= Edition::Edition2024 => {
                    self.report(
                        span,
                        "`import weak` no longer exists in edition 2024",
                        "remove the word `weak`",
                    );
                }
                _ => {}
            }
            if import.kind == ImportKind::Option {
                after_option = true;
            } else if after_option {
                self.report(
                    span,
                    "this import stands behind an `import option`",
                    "move it before the first `import option`",
                );
            }
        }
    }

    fn label(&mut self, field: Field<'_>) {
        let node = field.node();
        let file = self.file.syntax();
        let edition = self.file.edition();
        let is_plain = matches!(node.parent, FieldParent::Message(_))
            && matches!(
                node.field_type,
                TypeReference::Scalar(..) | TypeReference::Named(_)
            );
        let is_labelled_right = match node.label {
            None => edition != Edition::Proto2,
            Some((FieldLabel::Repeated, _)) => true,
            Some((FieldLabel::Optional, _)) => !edition.is_edition(),
            Some((FieldLabel::Required, _)) => edition == Edition::Proto2,
        };
        if is_plain && is_labelled_right {
            return;
        }
        let name = field.name();
        let is_map = field.is_map();
        let in_oneof = matches!(node.parent, FieldParent::Oneof(_));
        let span = node.label.map_or(field.written_name().span, |(_, token)| {
            file.tokens().span(token)
        });
        if let Some((label, token)) = node.label {
            let word = file.text(token);
            if in_oneof {
                self.report(
                    span,
                    format!("`{name}` is in a oneof and has the label `{word}`"),
                    "remove the label: at most one of a oneof's fields is set, and that is optional",
                );
            } else if is_map {
                self.report(
                    span,
                    format!("map `{name}` has the label `{word}`"),
                    "remove the label: a map holds any number of entries",
                );
            } else if edition.is_edition() && label != FieldLabel::Repeated {
                let help = match label {
                    FieldLabel::Required => "write `[features.field_presence = LEGACY_REQUIRED]`",
                    _ => {
                        "remove it: fields know whether they are set unless `features.field_presence` says otherwise"
                    }
                };
                self.report(
                    span,
                    format!("`{name}` has the label `{word}`, which editions do not have"),
                    help,
                );
            } else if edition == Edition::Proto3 && label == FieldLabel::Required {
                let error = self.report(
                    span,
                    format!("`{name}` is required, which proto3 does not have"),
                    "remove the label, and check for the field in code",
                );
                error.reason =
                    Some("a required field can never be removed, nor ever be left out".to_owned());
            }
        } else if edition == Edition::Proto2 && !in_oneof && !is_map {
            self.report(
                span,
                format!("`{name}` has no label, which proto2 asks for"),
                "write `optional`, `repeated` or `required` before its type",
            );
        }
        if is_map && in_oneof {
            self.report(
                field.type_span(),
                format!("map `{name}` is in a oneof"),
                "wrap the map in a message of its own",
            );
        }
        if is_map && field.is_extension() {
            self.report(
                field.type_span(),
                format!("map `{name}` is an extension"),
                "wrap the map in a message of its own",
            );
        }
        if let TypeReference::Group(keyword) = node.field_type {
            self.group(field, file.tokens().span(keyword));
        }
    }

    fn group(&mut self, field: Field<'_>, keyword: Span) {
        let written = field.written_name();
        let name = written.text;
        match self.file.edition() {
            Edition::Proto2 => {}
            Edition::Proto3 => {
                self.report(
                    keyword,
                    format!("`{name}` is a group, which proto3 does not have"),
                    "declare a message, and a field of its type",
                );
            }
            Edition::Edition2023 | Edition::Edition2024 => {
                self.report(
                    keyword,
                    format!("`{name}` is a group, which editions do not have"),
                    "declare a message, and a field of its type with `[features.message_encoding = DELIMITED]`",
                );
            }
        }
        if !name.starts_with(|c: char| c.is_ascii_uppercase()) {
            self.report(
                written.span,
                format!("group `{name}` does not begin with a capital letter"),
                "a group's name is that of its message; the field is named after it in lower case",
            );
        }
    }

    fn reserved_spelling(&mut self, reserved: &Reserved) {
        let file = self.file.syntax();
        let is_edition = self.file.edition().is_edition();
        let Some(name) = file.tree()[reserved.names].first() else {
            return;
        };
        let text = file.joined(name.tokens);
        if is_edition && !name.is_identifier {
            self.report(
                file.span(name.tokens),
                format!("reserved name {text} is a string"),
                "write it without quotes, as editions have it",
            );
        } else if !is_edition && name.is_identifier {
            self.report(
                file.span(name.tokens),
                format!("reserved name `{text}` is not quoted"),
                format!("write `reserved \"{text}\";`; only editions have names without quotes"),
            );
        }
    }

    /// A oneof or extend block holds fields, at least one.
    fn only_fields(&mut self, items: &[Item], what: impl Fn() -> String, whole: TokenRange) {
        for item in items {
            if let Item::Empty(token) = *item {
                let what = what();
                let span = self.file.syntax().tokens().span(token);
                self.report(
                    span,
                    format!("a `;` stands alone in {what}"),
                    "remove it: only fields can stand here",
                );
            }
        }
        let may_hold_field = |item: &Item| matches!(item, Item::Field(_) | Item::Skipped(_));
        if !items.iter().any(may_hold_field) {
            let what = what();
            self.report(
                self.file.syntax().span(whole),
                format!("{what} has no field"),
                "add a field, or remove the block",
            );
        }
    }

    fn visibilities(&mut self) {
        if self.file.edition() >= Edition::Edition2024 {
            return;
        }
        let file = self.file.syntax();
        let tree = file.tree();
        let messages = tree
            .messages
            .iter()
            .filter_map(|message| message.visibility);
        let enums = tree.enums.iter().filter_map(|node| node.visibility);
        for (_, token) in messages.chain(enums) {
            let word = file.text(token);
            self.report(
                file.tokens().span(token),
                format!("`{word}` does not exist before edition 2024"),
                "remove it",
            );
        }
    }

    /// A message's body: what proto3 does not have.
    pub(super) fn message_grammar(&mut self, message: Message<'_>) {
        if self.file.edition() != Edition::Proto3
            || self.file.path() == "google/protobuf/descriptor.proto"
        {
            return;
        }
        let file = self.file.syntax();
        for statement in message.extensions_statements() {
            self.report(
                file.span(statement.tokens),
                format!(
                    "message `{}` has extension ranges, which proto3 does not have",
                    message.full_name()
                ),
                "use `google.protobuf.Any`, or move to an edition",
            );
        }
    }
}
