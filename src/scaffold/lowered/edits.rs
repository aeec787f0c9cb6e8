//! The text of a file in an edition, edited into another syntax.

use super::target::Target;
use crate::schema::{Cardinality, Field, FieldKind, File};
use crate::syntax::tree::{OptionSetting, Scalar};

/// Changes to a text.
struct Edits<'s> {
    file: File<'s>,
    target: Target,
    changes: Vec<(usize, usize, String)>,
}

/// The text of a file in an edition, in another syntax.
pub(super) fn lowered_text(file: File<'_>, target: Target) -> String {
    let mut edits = Edits {
        file,
        target,
        changes: Vec::new(),
    };
    let syntax = match target {
        Target::Proto2 => "syntax = \"proto2\";",
        Target::Proto3 => "syntax = \"proto3\";",
    };
    if let Some(span) = file.syntax_span() {
        edits
            .changes
            .push((span.start as usize, span.end as usize, syntax.to_owned()));
    }
    edits.imports();
    edits.remove_features(file.option_settings());
    for message in file.all_messages() {
        edits.keyword(message.span().start as usize);
        edits.remove_features(message.option_settings());
        for (name, span) in message.reserved_names() {
            edits.quote(&name, span.start as usize, span.end as usize);
        }
        for oneof in message.oneofs() {
            edits.remove_features(oneof.option_settings());
        }
    }
    for of in file.all_enums() {
        edits.keyword(of.span().start as usize);
        edits.remove_features(of.option_settings());
        for (name, span) in of.reserved_names() {
            edits.quote(&name, span.start as usize, span.end as usize);
        }
        for value in of.values() {
            edits.remove_features(value.option_settings());
        }
    }
    for service in file.services() {
        edits.remove_features(service.option_settings());
        for method in service.methods() {
            edits.remove_features(method.option_settings());
        }
    }
    for field in file.all_fields() {
        edits.label(field);
        edits.compact_options(field, packing(field, target));
    }
    edits.apply()
}

/// What has to be said of how a repeated field is written, where that is not what the syntax does by itself.
fn packing(field: Field<'_>, target: Target) -> Option<&'static str> {
    let is_number = match field.kind() {
        FieldKind::Scalar(scalar) => !matches!(scalar, Scalar::String | Scalar::Bytes),
        FieldKind::Enum(_) => true,
        _ => false,
    };
    if !is_number || field.cardinality() != Cardinality::Repeated {
        return None;
    }
    match (target, field.is_packed()) {
        (Target::Proto2, true) => Some("packed = true"),
        (Target::Proto3, false) => Some("packed = false"),
        _ => None,
    }
}

/// Whether a file declares nothing but features, which nobody else can use.
fn declares_features(file: File<'_>) -> bool {
    let mut extends = file.all_extends();
    extends.len() > 0
        && extends.all(|extend| {
            let extendee = extend.extendee();
            extendee.is_some_and(|it| it.full_name() == "google.protobuf.FeatureSet")
        })
}

impl Edits<'_> {
    fn slice(&self, start: usize, end: usize) -> &str {
        self.file
            .source()
            .text()
            .get(start..end)
            .unwrap_or_default()
    }

    /// Files that only declare features go; files that are only imported for options are imported like others.
    fn imports(&mut self) {
        for (import, imported) in self.file.import_statements() {
            let span = self.file.syntax().span(import.tokens);
            let (start, end) = (span.start as usize, span.end as usize);
            let text = self.slice(start, end);
            if imported.is_some_and(declares_features) {
                self.changes.push((start, end, String::new()));
            } else if let Some(path) = text
                .strip_prefix("import")
                .map(str::trim_start)
                .and_then(|rest| rest.strip_prefix("option"))
            {
                let plain = format!("import {}", path.trim_start());
                self.changes.push((start, end, plain));
            }
        }
    }

    /// Takes away `export` and `local`.
    fn keyword(&mut self, start: usize) {
        let rest = self.file.source().text().get(start..).unwrap_or_default();
        for keyword in ["export", "local"] {
            if rest
                .strip_prefix(keyword)
                .is_some_and(|rest| rest.starts_with(char::is_whitespace))
            {
                self.changes
                    .push((start, start + keyword.len() + 1, String::new()));
            }
        }
    }

    /// Reserved names are words in an edition and strings elsewhere.
    fn quote(&mut self, name: &str, start: usize, end: usize) {
        if !self.slice(start, end).starts_with(['"', '\'']) {
            self.changes.push((start, end, format!("\"{name}\"")));
        }
    }

    /// Whether the syntax does not have an option of that name. What it cannot say of a field is amended later.
    fn lacks(&self, setting: &OptionSetting) -> bool {
        let name = self.file.syntax().joined(setting.name_tokens);
        name == "features"
            || name.starts_with("features.")
            || (name == "default" && self.target == Target::Proto3)
    }

    /// Takes away `option features… = …;` and, between brackets, `features… = …`.
    fn remove_features<'a>(&mut self, settings: impl Iterator<Item = &'a OptionSetting> + Clone) {
        let compact: Vec<_> = settings
            .clone()
            .filter(|setting| setting.is_compact)
            .collect();
        if !compact.is_empty() {
            self.brackets(&compact, None);
        }
        for setting in settings.filter(|setting| !setting.is_compact) {
            if self.lacks(setting) {
                let span = self.file.syntax().span(setting.tokens);
                self.changes
                    .push((span.start as usize, span.end as usize, String::new()));
            }
        }
    }

    fn compact_options(&mut self, field: Field<'_>, more: Option<&str>) {
        let settings: Vec<_> = field.option_settings().collect();
        if !settings.is_empty() {
            self.brackets(&settings, more);
        } else if let Some(more) = more {
            let end = field.number_span().end as usize;
            self.changes.push((end, end, format!(" [{more}]")));
        }
    }

    /// Writes the options between brackets again, without those that the syntax lacks.
    fn brackets(&mut self, settings: &[&OptionSetting], more: Option<&str>) {
        let syntax = self.file.syntax();
        if more.is_none() && !settings.iter().any(|setting| self.lacks(setting)) {
            return;
        }
        let (Some(first), Some(last)) = (settings.first(), settings.last()) else {
            return;
        };
        let text = self.file.source().text();
        let start = syntax.span(first.tokens).start as usize;
        let end = syntax.span(last.tokens).end as usize;
        let Some(start) = text.get(..start).and_then(|before| before.rfind('[')) else {
            return;
        };
        let Some(end) = text
            .get(end..)
            .and_then(|after| after.find(']'))
            .map(|at| end + at + 1)
        else {
            return;
        };
        let kept = settings.iter().filter(|setting| !self.lacks(setting));
        let kept = kept.map(|setting| {
            let span = syntax.span(setting.tokens);
            self.slice(span.start as usize, span.end as usize)
                .to_owned()
        });
        let kept: Vec<String> = kept.chain(more.map(str::to_owned)).collect();
        let written = if kept.is_empty() {
            String::new()
        } else {
            format!("[{}]", kept.join(", "))
        };
        self.changes.push((start, end, written));
    }

    /// Says in front of a field what its features say.
    fn label(&mut self, field: Field<'_>) {
        if field.label().is_some() || field.is_map() || field.oneof().is_some() {
            return;
        }
        let is_message = matches!(field.kind(), FieldKind::Message(_));
        let label = match (self.target, field.cardinality()) {
            (Target::Proto2, Cardinality::Required) => "required ",
            (Target::Proto2, _) => "optional ",
            (Target::Proto3, Cardinality::Explicit) if !is_message => "optional ",
            (Target::Proto3, _) => return,
        };
        let start = field.span().start as usize;
        self.changes.push((start, start, label.to_owned()));
    }

    fn apply(mut self) -> String {
        self.changes.sort_by_key(|(start, end, _)| (*start, *end));
        let text = self.file.source().text();
        let mut lowered = String::with_capacity(text.len());
        let mut at = 0;
        for (start, end, written) in &self.changes {
            // A change within one that was made already went with it.
            if *start < at {
                continue;
            }
            lowered.push_str(text.get(at..*start).unwrap_or_default());
            lowered.push_str(written);
            at = *end;
        }
        lowered.push_str(text.get(at..).unwrap_or_default());
        lowered
    }
}
