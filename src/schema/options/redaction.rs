//! `import option` drops the imported file at run time, and with it the knowledge which values are to be redacted.

use rustc_hash::FxHashSet;

use crate::diagnostic::Diagnostic;
use crate::schema::{Enum, Field, FieldKind, FileId, Role, SCHEMA, Schema};
use crate::syntax::tree::ImportKind;

/// `EnumValueOptions.debug_redact`
const DEBUG_REDACT: i32 = 3;

impl Schema {
    /// Reports option imports of files whose extensions can hold values that are marked `debug_redact`.
    pub(super) fn check_redaction(&self, id: FileId) -> Vec<Diagnostic> {
        let file = self.file(id);
        let mut errors = Vec::new();
        if file.role() != Role::Target {
            return errors;
        }
        for (import, imported) in file.import_statements() {
            let Some(imported) = imported.filter(|_| import.kind == ImportKind::Option) else {
                continue;
            };
            let Some(extension) = imported.all_extensions().find(|field| is_redacted(*field))
            else {
                continue;
            };
            let error = Diagnostic::error(
                SCHEMA,
                file.source(),
                file.syntax().span(import.path),
                format!(
                    "`{}` is imported for options only, and its extension `{}` can hold values marked `debug_redact`",
                    imported.path(),
                    extension.full_name()
                ),
            )
            .with_label(
                imported.source(),
                extension.written_name().span,
                "this extension",
            )
            .with_reason("at run time the imported file is not there to say what has to be redacted")
            .with_help("write a plain `import`, or remove `debug_redact`");
            errors.push(error);
        }
        errors
    }
}

/// Whether the type of a field has, however deep, an enum value marked `debug_redact`.
fn is_redacted(field: Field<'_>) -> bool {
    let mut seen = FxHashSet::default();
    let mut open = vec![field];
    while let Some(field) = open.pop() {
        match field.kind() {
            FieldKind::Enum(node) if has_redacted_value(node) => return true,
            FieldKind::Message(message) | FieldKind::Delimited(message) => {
                if seen.insert((message.file().id(), message.index())) {
                    open.extend(message.fields());
                }
            }
            FieldKind::Enum(_) | FieldKind::Scalar(_) | FieldKind::Unknown => {}
        }
    }
    false
}

fn has_redacted_value(node: Enum<'_>) -> bool {
    node.values()
        .any(|value| value.options().boolean(DEBUG_REDACT) == Some(true))
}
