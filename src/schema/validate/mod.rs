//! What makes a file no valid schema although all its names resolve: the rules that protoc's parser and
//! `descriptor.cc` enforce beside the grammar.
//!
//! Of a file whose text is no protobuf only single statements are judged: what its tree lacks would be reported as if it
//! were wrong. Everything here looks at one file at a time and at the declarations of what it names, so files are judged in parallel.

mod declaration;
mod enumeration;
mod extension;
mod field;
mod file;
mod grammar;
mod json_name;
mod number;
mod repeats;
mod scope;

use rayon::prelude::*;
use rustc_hash::FxHashSet;

use super::{Field, File, FileId, SCHEMA, Schema};
use crate::diagnostic::Diagnostic;
use crate::syntax;
use crate::text::Span;
use repeats::Repeats;

impl Schema {
    /// Judges all files.
    pub(super) fn validate(&mut self) {
        let ids: Vec<FileId> = self.ids().collect();
        let lite: FxHashSet<FileId> = (ids.par_iter().copied())
            .filter(|&id| extension::is_lite(self.file(id)))
            .collect();
        let errors: Vec<Vec<Diagnostic>> = ids
            .par_iter()
            .map_init(Scratch::default, |scratch, &id| {
                Validator::new(self, id, &lite, scratch).run()
            })
            .collect();
        self.give(&ids, errors, |file, errors| {
            file.errors.extend(errors);
            file.errors.truncate(syntax::MAX_ERRORS);
        });
    }
}

/// Lists that are filled and emptied for each message, and grow for all of them only once.
#[derive(Debug, Default)]
struct Scratch<'s> {
    repeats: Repeats,
    numbers: Vec<(i64, Field<'s>)>,
}

/// Judges one file.
struct Validator<'s, 'a> {
    file: File<'s>,
    /// The files of the schema for the lite runtime: mostly none.
    lite: &'a FxHashSet<FileId>,
    errors: Vec<Diagnostic>,
    scratch: &'a mut Scratch<'s>,
}

impl<'s, 'a> Validator<'s, 'a> {
    fn new(
        schema: &'s Schema,
        id: FileId,
        lite: &'a FxHashSet<FileId>,
        scratch: &'a mut Scratch<'s>,
    ) -> Self {
        Self {
            file: schema.file(id),
            lite,
            errors: Vec::new(),
            scratch,
        }
    }

    fn run(mut self) -> Vec<Diagnostic> {
        self.statements();
        if !self.file.syntax().errors().is_empty() {
            return self.errors;
        }
        self.enum_values();
        self.whole_file();
        for message in self.file.all_messages() {
            self.message_grammar(message);
            self.message_numbers(message);
            self.message_scope(message);
            self.message_json_names(message);
            self.message_declarations(message);
        }
        for field in self.file.all_fields() {
            self.field(field);
        }
        for extend in self.file.all_extends() {
            self.extend(extend);
        }
        self.extension_numbers();
        for node in self.file.all_enums() {
            self.enumeration(node);
        }
        for service in self.file.services() {
            self.service_scope(service);
        }
        self.errors
    }

    /// Reports a place of the file.
    fn report(
        &mut self,
        span: Span,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> &mut Diagnostic {
        self.errors
            .push(Diagnostic::error(SCHEMA, self.file.source(), span, message).with_help(help));
        // Something was pushed just now.
        let last = self.errors.len() - 1;
        &mut self.errors[last]
    }
}
