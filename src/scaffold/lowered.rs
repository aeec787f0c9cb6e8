//! Contracts in an edition, written again in a syntax that protox and prost read.
//!
//! What an edition's features say of each element is said in the words of proto3, or of proto2 where proto3 has no word
//! for it: a field that knows of its absence becomes `optional`, one that must be set `required`. The bytes on the wire
//! stay what they are. What neither syntax can say is refused. Closed enums become open ones, which prost does not
//! distinguish.

use crate::diagnostic::Diagnostic;
use crate::schema::{Cardinality, Edition, Field, FieldKind, File, Message};
use crate::syntax::tree::{OptionSetting, Scalar};

use super::SCAFFOLD;

/// A syntax without features.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Target {
    Proto2,
    Proto3,
}

/// Changes to a text.
struct Edits<'s> {
    file: File<'s>,
    changes: Vec<(usize, usize, String)>,
}

/// Paths and texts of files without editions; nothing if none has one.
pub fn all(files: &[File<'_>]) -> Result<Vec<(String, String)>, Vec<Diagnostic>> {
    if !files.iter().any(|file| file.edition().is_edition()) {
        return Ok(Vec::new());
    }
    let mut texts = Vec::new();
    let mut problems = Vec::new();
    for file in files {
        match lower(*file) {
            Ok(text) => texts.push((file.path().to_owned(), text)),
            Err(more) => problems.extend(more),
        }
    }
    if problems.is_empty() {
        Ok(texts)
    } else {
        Err(problems)
    }
}

/// The text of a file without editions; that of another file as it stands.
fn lower(file: File<'_>) -> Result<String, Vec<Diagnostic>> {
    let text = file.source().text();
    if file.edition() < Edition::Edition2023 {
        return Ok(text.to_owned());
    }
    let target = target(file)?;
    let mut edits = Edits {
        file,
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
        edits.label(field, target);
        edits.compact_options(field, packing(field, target));
    }
    Ok(edits.apply())
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

/// The syntax that can say what the file says.
fn target(file: File<'_>) -> Result<Target, Vec<Diagnostic>> {
    let mut only_proto2 = None;
    let mut only_proto3 = None;
    let mut problems = Vec::new();
    for field in file.all_fields() {
        let span = field.written_name().span;
        match field.cardinality() {
            Cardinality::Required => {
                only_proto2 = Some((span, format!("field `{}` is required", field.name())))
            }
            Cardinality::Implicit => {
                only_proto3 = Some((span, format!("field `{}` has no presence", field.name())))
            }
            _ => {}
        }
        if matches!(field.kind(), FieldKind::Delimited(_)) {
            let message = format!(
                "field `{}` is delimited, which neither proto2 nor proto3 can say of a named type",
                field.name()
            );
            problems.push(refusal(
                file,
                span,
                message,
                "use `message_encoding = LENGTH_PREFIXED` in a new field",
            ));
        }
        if field.is_extension() && !extends_options(field) {
            only_proto2 = Some((span, format!("`{}` is an extension", field.name())));
        }
        if has_default(field) {
            only_proto2 = Some((span, format!("field `{}` has a default", field.name())));
        }
    }
    for message in file.all_messages() {
        if has_extension_ranges(message) {
            only_proto2 = Some((
                message.name().span,
                format!("message `{}` can be extended", message.name()),
            ));
        }
    }
    for of in file.all_enums() {
        if of
            .values()
            .next()
            .is_some_and(|value| value.number() != Some(0))
        {
            only_proto2 = Some((
                of.name().span,
                format!("enum `{}` does not begin with zero", of.name()),
            ));
        }
    }
    match (only_proto2, only_proto3) {
        (Some((_, one)), Some((span, other))) => {
            let message = format!("{one} and {other}: neither proto2 nor proto3 can say both");
            problems.push(refusal(
                file,
                span,
                message,
                "move one of them to a file of its own",
            ));
        }
        (Some(_), None) if problems.is_empty() => return Ok(Target::Proto2),
        _ => {}
    }
    if problems.is_empty() {
        Ok(Target::Proto3)
    } else {
        Err(problems)
    }
}

fn refusal(file: File<'_>, span: crate::text::Span, message: String, remedy: &str) -> Diagnostic {
    let mut problem = Diagnostic::error(SCAFFOLD, file.source(), span, message);
    problem.reason =
        Some("prost reads no editions, so the contract is written again without one".to_owned());
    problem.help = Some(remedy.to_owned());
    problem
}

fn extends_options(field: Field<'_>) -> bool {
    let extendee = field.extend().and_then(|extend| extend.extendee());
    extendee.is_some_and(|extendee| extendee.full_name().starts_with("google.protobuf."))
}

fn has_default(field: Field<'_>) -> bool {
    let syntax = field.file().syntax();
    field
        .option_settings()
        .any(|setting| syntax.joined(setting.name_tokens) == "default")
}

fn has_extension_ranges(message: Message<'_>) -> bool {
    message.extension_ranges().next().is_some()
}

fn is_feature(file: File<'_>, setting: &OptionSetting) -> bool {
    let name = file.syntax().joined(setting.name_tokens);
    name == "features" || name.starts_with("features.")
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
        for (import, _) in self.file.import_statements() {
            let span = self.file.syntax().span(import.tokens);
            let (start, end) = (span.start as usize, span.end as usize);
            let text = self.slice(start, end);
            if text.contains("_features.proto") {
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
            if is_feature(self.file, setting) {
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

    /// Writes the options between brackets again, without features.
    fn brackets(&mut self, settings: &[&OptionSetting], more: Option<&str>) {
        let syntax = self.file.syntax();
        if more.is_none()
            && !settings
                .iter()
                .any(|setting| is_feature(self.file, setting))
        {
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
        let kept = settings
            .iter()
            .filter(|setting| !is_feature(self.file, setting));
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
    fn label(&mut self, field: Field<'_>, target: Target) {
        if field.label().is_some() || field.is_map() || field.oneof().is_some() {
            return;
        }
        let is_message = matches!(field.kind(), FieldKind::Message(_));
        let label = match (target, field.cardinality()) {
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
