//! How a rule tells what it found.

use std::borrow::Cow;
use std::sync::Arc;

use super::options::RuleOptions;
use super::rpc_users::RpcUsers;
use crate::diagnostic::{Claim, Code, Diagnostic, Fix, Label, Location, Rename, Safety};
use crate::schema::{File, FileId, Message, Method, Name};
use crate::text::{Edit, Source, Span};

/// What a rule is given besides the element: its options, and the way to report.
pub struct Cx<'s> {
    file: File<'s>,
    options: &'s RuleOptions,
    rpc_users: Arc<RpcUsers<'s>>,
    wants_fixes: bool,
    code: Code,
    findings: Vec<Finding>,
}

/// A finding on its way to the user.
#[derive(Debug)]
pub(super) struct Finding {
    pub(super) file: FileId,
    pub(super) diagnostic: Diagnostic,
}

impl<'s> Cx<'s> {
    pub(super) fn new(
        file: File<'s>,
        options: &'s RuleOptions,
        rpc_users: &Arc<RpcUsers<'s>>,
        wants_fixes: bool,
    ) -> Self {
        Self {
            file,
            options,
            rpc_users: Arc::clone(rpc_users),
            wants_fixes,
            code: Code(""),
            findings: Vec::new(),
        }
    }

    /// Says which rule speaks from now on.
    pub(super) fn speak_for(&mut self, code: Code) {
        self.code = code;
    }

    /// What was reported so far.
    pub(super) fn findings(&mut self) -> &mut Vec<Finding> {
        &mut self.findings
    }

    /// Adds what was found elsewhere.
    pub(super) fn add_findings(&mut self, findings: impl IntoIterator<Item = Finding>) {
        self.findings.extend(findings);
    }

    /// The options of all rules.
    pub fn options(&self) -> &'s RuleOptions {
        self.options
    }

    /// Whether findings come with fixes; for rules that have to look far to make one.
    pub fn wants_fixes(&self) -> bool {
        self.wants_fixes
    }

    /// The rpcs of all files that take or give a message; one that does both is there twice.
    pub fn rpcs_with(&self, message: Message<'_>) -> &[Method<'s>] {
        self.rpc_users.of(message)
    }

    /// The file that reports are about.
    pub fn file(&self) -> File<'s> {
        self.file
    }

    /// From now on reports are about this file; for rules that see many.
    pub fn in_file(&mut self, file: File<'s>) -> &mut Self {
        self.file = file;
        self
    }

    /// Reports a part of the file: a name, or anything that has a span.
    pub fn report(&mut self, at: impl Into<Span>, message: String) -> Report<'_> {
        let source = self.file.source();
        self.findings.push(Finding {
            file: self.file.id(),
            diagnostic: Diagnostic::error(self.code, source, at.into(), message),
        });
        let wants_fix = self.wants_fixes;
        // Something was pushed just now.
        let last = self.findings.len() - 1;
        Report {
            source,
            wants_fix,
            diagnostic: &mut self.findings[last].diagnostic,
        }
    }

    /// Reports the file as a whole: its first place.
    pub fn report_file(&mut self, message: String) -> Report<'_> {
        self.report(Span::at(0), message)
    }

    /// Reports the part where there is one, else the file as a whole.
    pub fn report_or_file(&mut self, at: Option<Span>, message: String) -> Report<'_> {
        self.report(at.unwrap_or(Span::at(0)), message)
    }
}

/// A finding that was just reported, to be told more about.
pub struct Report<'c> {
    source: &'c Arc<Source>,
    wants_fix: bool,
    diagnostic: &'c mut Diagnostic,
}

impl Report<'_> {
    /// Points at a second place of the same file.
    pub fn label(self, at: impl Into<Span>, message: impl Into<Cow<'static, str>>) -> Self {
        let location = Location::new(self.source, at.into());
        self.add_label(location, message.into())
    }

    /// Points at a place of any file.
    pub fn label_in(
        self,
        file: File<'_>,
        at: impl Into<Span>,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
        let location = Location::new(file.source(), at.into());
        self.add_label(location, message.into())
    }

    fn add_label(self, location: Location, message: Cow<'static, str>) -> Self {
        self.diagnostic.labels.push(Label { location, message });
        self
    }

    /// Says what to do.
    pub fn help(self, help: impl Into<String>) -> Self {
        self.diagnostic.help = Some(help.into());
        self
    }

    /// Offers a change of the same file that removes the finding. It is only made when somebody asked for fixes.
    pub fn fix(
        self,
        safety: Safety,
        claim: Claim,
        change: impl FnOnce() -> (String, Vec<Edit>),
    ) -> Self {
        if self.wants_fix {
            let (title, edits) = change();
            self.diagnostic.fix = Some(Box::new(Fix {
                title,
                safety,
                claim,
                edits: edits
                    .into_iter()
                    .map(|edit| (Arc::clone(self.source), edit))
                    .collect(),
                rename: None,
            }));
        }
        self
    }

    /// Says to rename what is declared at `name`, and offers to do it. Whether that is safe depends on who knows the
    /// name, which no rule does.
    pub fn rename(self, name: impl Into<Span>, to: impl Into<String>) -> Self {
        let to = to.into();
        let title = ["rename it to `", &to, "`"].concat();
        if self.wants_fix {
            self.diagnostic.help = Some(title.clone());
            return self.offer_rename(name, to, title);
        }
        self.diagnostic.help = Some(title);
        self
    }

    /// Offers to rename what is declared at `name`, where the remedy has been told in other words.
    pub fn or_rename(self, name: impl Into<Span>, to: impl Into<String>) -> Self {
        let to = to.into();
        let title = format!("rename it to `{to}`");
        self.offer_rename(name, to, title)
    }

    fn offer_rename(self, name: impl Into<Span>, to: String, title: String) -> Self {
        if self.wants_fix {
            self.diagnostic.fix = Some(Box::new(Fix {
                title,
                safety: Safety::Unsafe,
                claim: Claim::Nothing,
                edits: Vec::new(),
                rename: Some(Rename {
                    declaration: Location::new(self.source, name.into()),
                    to,
                }),
            }));
        }
        self
    }

    /// Offers to rename what another file declares.
    pub fn or_rename_in(self, file: File<'_>, name: Name<'_>, to: impl Into<String>) -> Self {
        let to = to.into();
        let title = format!("rename `{name}` to `{to}`");
        let source = file.source();
        let report = self.offer_rename(name, to, title);
        if let Some(rename) = report
            .diagnostic
            .fix
            .as_mut()
            .and_then(|fix| fix.rename.as_mut())
        {
            rename.declaration.source = Arc::clone(source);
        }
        report
    }
}

impl From<Name<'_>> for Span {
    fn from(name: Name<'_>) -> Self {
        name.span
    }
}
