//! What breaking rules look at, and how they tell what they found.

pub use super::aspect::Aspect;
use super::effect;
use super::proof::Proof;
use crate::checks::options::RuleOptions;
use crate::compatibility::{Structures, Verdict};
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::schema::diff::{Diff, NumberedValues, Pair};
use crate::schema::{Enum, Field, File, FileId, Message, Method, Oneof, Service};
use crate::text::Span;

/// The kind of change that a breaking rule looks at, and the function that does.
#[derive(Debug, Clone, Copy)]
pub enum Compare {
    /// Each file whose path is on both sides.
    File(for<'s> fn(Pair<File<'s>>, &mut BreakingCx<'s>)),
    /// Each file whose path is gone.
    FileRemoved(for<'s> fn(File<'s>, &mut BreakingCx<'s>)),
    /// Each message whose full name is on both sides.
    Message(for<'s> fn(Pair<Message<'s>>, &mut BreakingCx<'s>)),
    /// Each field and extension whose number is on both sides.
    Field(for<'s> fn(Pair<Field<'s>>, &mut BreakingCx<'s>)),
    /// Each map field whose entry is on both sides.
    MapEntry(for<'s> fn(Pair<Field<'s>>, &mut BreakingCx<'s>)),
    /// Each field whose number its message has lost.
    FieldRemoved(for<'s> fn(Field<'s>, Pair<Message<'s>>, &mut BreakingCx<'s>)),
    /// Each field that its message did not have.
    FieldAdded(for<'s> fn(Field<'s>, Pair<Message<'s>>, &mut BreakingCx<'s>)),
    /// Each message whose full name is gone.
    MessageRemoved(for<'s> fn(Message<'s>, &mut BreakingCx<'s>)),
    /// Each extension whose number is gone from the message it extended.
    ExtensionRemoved(for<'s> fn(Field<'s>, &mut BreakingCx<'s>)),
    /// Each oneof whose name its message has lost.
    OneofRemoved(for<'s> fn(Oneof<'s>, Pair<Message<'s>>, &mut BreakingCx<'s>)),
    /// Each enum whose full name is on both sides.
    Enum(for<'s> fn(Pair<Enum<'s>>, &mut BreakingCx<'s>)),
    /// Each number that an enum has on both sides.
    EnumNumber(for<'s> fn(&Pair<NumberedValues<'s>>, Pair<Enum<'s>>, &mut BreakingCx<'s>)),
    /// Each number that an enum has lost.
    EnumNumberRemoved(for<'s> fn(&NumberedValues<'s>, Pair<Enum<'s>>, &mut BreakingCx<'s>)),
    /// Each number that an enum did not have.
    EnumNumberAdded(for<'s> fn(&NumberedValues<'s>, Pair<Enum<'s>>, &mut BreakingCx<'s>)),
    /// Each service whose full name is gone.
    ServiceRemoved(for<'s> fn(Service<'s>, &mut BreakingCx<'s>)),
    /// Each service whose full name is on both sides.
    Service(for<'s> fn(Pair<Service<'s>>, &mut BreakingCx<'s>)),
    /// Each method whose name is on both sides of a service.
    Method(for<'s> fn(Pair<Method<'s>>, &mut BreakingCx<'s>)),
    /// Each method that its service has lost.
    MethodRemoved(for<'s> fn(Method<'s>, Pair<Service<'s>>, &mut BreakingCx<'s>)),
    /// Both sides as a whole.
    Whole(for<'s> fn(&Diff<'s>, &mut BreakingCx<'s>)),
    /// What was used before the baseline too: whoever knows the history reports it.
    History,
}

/// Where a finding is shown. It never is in the baseline.
#[derive(Debug, Clone, Copy)]
pub enum Place<'s> {
    /// A part of a file.
    Part(File<'s>, Span),
    /// The file as a whole.
    File(File<'s>),
    /// Nothing is left to point at.
    Nowhere,
}

/// What a rule found out about one change.
#[derive(Debug, Clone)]
pub struct BreakingFinding {
    /// What is printed.
    pub diagnostic: Diagnostic,
    /// The file of today it is in.
    pub file: Option<FileId>,
    /// The file of the baseline that decides on ignoring too; none where what is gone was gone before the baseline.
    pub against: Option<FileId>,
    /// The full name of what changed, with `#number` behind a field's or enum's.
    pub symbol: String,
    /// What about it changed.
    pub aspect: Aspect,
    /// What the change does; absent where the engine has to work it out from the change itself.
    pub verdict: Option<Verdict>,
    /// The messages that prove it, at most one for a surface.
    pub proofs: Vec<Proof>,
}

impl BreakingFinding {
    /// The finding as it is printed: with what the change does on each surface.
    pub fn into_diagnostic(self, severity: Severity) -> Diagnostic {
        let mut diagnostic = self
            .diagnostic
            .with_severity(severity)
            .with_symbol(self.symbol);
        if let Some(verdict) = &self.verdict {
            let effect = effect::of(verdict, &self.proofs);
            diagnostic.reason = Some(effect.to_string());
            diagnostic.effect = Some(Box::new(effect));
        }
        diagnostic
    }

    /// The number behind the name of what it is about: of a field, or of an enum's value.
    pub(super) fn number(&self) -> Option<i32> {
        self.symbol.rsplit_once('#')?.1.parse().ok()
    }
}

/// What a breaking rule is given besides the change.
#[derive(Debug)]
pub struct BreakingCx<'s> {
    diff: &'s Diff<'s>,
    options: &'s RuleOptions,
    code: Code,
    severity: Severity,
    aspect: Aspect,
    findings: Vec<BreakingFinding>,
    structures: Structures,
}

impl<'s> BreakingCx<'s> {
    pub(super) fn new(diff: &'s Diff<'s>, options: &'s RuleOptions) -> Self {
        Self {
            diff,
            options,
            code: Code(""),
            severity: Severity::Error,
            aspect: Aspect::Existence,
            findings: Vec::new(),
            structures: Structures::default(),
        }
    }

    /// Says which rule speaks from now on.
    pub(super) fn speak_for(&mut self, code: Code, severity: Severity, aspect: Aspect) {
        (self.code, self.severity, self.aspect) = (code, severity, aspect);
    }

    /// Number of findings so far.
    pub(super) fn len(&self) -> usize {
        self.findings.len()
    }

    /// The findings from `start` on.
    pub(super) fn since(&mut self, start: usize) -> &mut [BreakingFinding] {
        &mut self.findings[start..]
    }

    pub(super) fn into_findings(self) -> Vec<BreakingFinding> {
        self.findings
    }

    /// Both schemas.
    pub fn diff(&self) -> &'s Diff<'s> {
        self.diff
    }

    /// Today's schema.
    pub fn after(&self) -> &'s crate::schema::Schema {
        self.diff.after()
    }

    /// The verdicts on types that were compared already.
    pub(super) fn structures(&self) -> &Structures {
        &self.structures
    }

    /// The options of all rules.
    pub fn options(&self) -> &'s RuleOptions {
        self.options
    }

    /// Reports a change. `against` is the baseline's file of what changed.
    pub fn report(
        &mut self,
        place: Place<'s>,
        against: File<'s>,
        symbol: impl Into<String>,
        message: String,
    ) -> BreakingReport<'_> {
        let (file, diagnostic) = match place {
            Place::Part(file, span) => (
                Some(file),
                Diagnostic::error(self.code, file.source(), span, message),
            ),
            Place::File(file) => (
                Some(file),
                Diagnostic::error(self.code, file.source(), Span::at(0), message),
            ),
            Place::Nowhere => (
                None,
                Diagnostic::without_place(self.code, Severity::Error, message),
            ),
        };
        self.findings.push(BreakingFinding {
            diagnostic: diagnostic.with_severity(self.severity),
            file: file.map(File::id),
            against: Some(against.id()),
            symbol: symbol.into(),
            aspect: self.aspect,
            verdict: None,
            proofs: Vec::new(),
        });
        // Something was pushed just now.
        let last = self.findings.len() - 1;
        BreakingReport(&mut self.findings[last])
    }
}

/// A finding that was just reported, to be told more about.
pub struct BreakingReport<'c>(&'c mut BreakingFinding);

impl BreakingReport<'_> {
    /// Says what to do.
    pub fn help(self, help: impl Into<std::borrow::Cow<'static, str>>) -> Self {
        self.0.diagnostic.help = Some(help.into().into());
        self
    }

    /// Points at how the baseline has it.
    pub fn before(
        self,
        file: File<'_>,
        span: Span,
        message: impl Into<std::borrow::Cow<'static, str>>,
    ) -> Self {
        let diagnostic = self
            .0
            .diagnostic
            .clone()
            .with_label(file.source(), span, message);
        self.0.diagnostic = diagnostic;
        self
    }

    /// Says what about the thing changed, where that depends on the change.
    pub fn aspect(self, aspect: Aspect) -> Self {
        self.0.aspect = aspect;
        self
    }

    /// Says what the change does, where the change itself does not tell the engine.
    pub fn verdict(self, verdict: Verdict) -> Self {
        self.0.verdict = Some(verdict);
        self
    }
}

/// The name of a thing without its package: `Outer.Inner`.
pub(super) fn nested_name<'n>(full_name: &'n str, package: &str) -> &'n str {
    full_name
        .strip_prefix(package)
        .and_then(|rest| rest.strip_prefix('.'))
        .unwrap_or(full_name)
}

/// A name inside of a package.
pub(super) fn in_package(package: &str, nested: &str) -> String {
    if package.is_empty() {
        nested.to_owned()
    } else {
        format!("{package}.{nested}")
    }
}

/// Where a thing is shown that is gone from `file`: the innermost message around it that is still there, else the file.
pub(super) fn surviving_place<'s>(file: File<'s>, nested: &str) -> Place<'s> {
    let mut outer = nested;
    while let Some((parent, _)) = outer.rsplit_once('.') {
        let name = in_package(file.package(), parent);
        if let Some(message) = file.schema().message(&name)
            && message.file() == file
        {
            return Place::Part(file, message.span());
        }
        outer = parent;
    }
    Place::File(file)
}

/// The symbol of a field: its message and its number, which outlive its name.
pub(super) fn symbol(field: Field<'_>) -> String {
    let message = field
        .containing_message()
        .map_or("", |message| message.full_name());
    format!("{message}#{}", field.number().unwrap_or_default())
}
