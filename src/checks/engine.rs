//! Runs lint rules over the files of a module.
//!
//! Files are walked in parallel, each once per rule that is on; then come the rules over packages and over the whole
//! module. The order of findings depends on nothing but the input: path, place, rule, message.

use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::RuleId;
use super::context::{Cx, Finding};
use super::options::RuleOptions;
use super::package::Module;
use super::registry::Registered;
use super::rpc_users::RpcUsers;
use super::rule::{Check, Visit};
use super::suppression::{Suppressed, Suppression, Suppressions, silence};
use crate::diagnostic::{Diagnostic, Severity};
use crate::schema::{DeclaredPlaces, File, FileId, Schema};

/// What is linted, and how.
pub struct Lint<'s> {
    /// The files and what they import, linked.
    pub schema: &'s Schema,
    /// The files of one module that findings are about. Rules over several files see these.
    pub files: Vec<FileId>,
    /// The rules that are on anywhere.
    pub rules: Vec<&'static Registered>,
    /// What is set of single rules.
    pub options: &'s RuleOptions,
    /// What findings of a rule weigh in a file; nothing where the rule is off there.
    pub severity: &'s (dyn Fn(RuleId, File<'_>) -> Option<Severity> + Sync),
    /// Whose comments silence findings.
    pub suppressions: Suppressions,
    /// Whether findings come with fixes, which cost time to make.
    pub with_fixes: bool,
}

/// What linting found.
#[derive(Debug, Default)]
pub struct Linted {
    /// In order of path, place, rule and message, each once.
    pub findings: Vec<Diagnostic>,
    /// What comments in the contracts silence, in the same order.
    pub suppressed: Vec<Suppressed>,
}

impl<'s> Lint<'s> {
    /// Runs the rules.
    pub fn run(self) -> Linted {
        if self.files.is_empty() {
            return Linted::default();
        }
        let module = Module::new(self.schema, self.files.clone());
        let rpc_users = Arc::new(RpcUsers::new(self.schema));
        let (over_module, in_file): (Vec<_>, Vec<_>) = self
            .rules
            .iter()
            .filter_map(|&rule| match rule.rule().check {
                Check::Lint(visit) => Some((rule.id(), visit)),
                Check::Breaking(..) => None,
            })
            .partition(|(_, visit)| matches!(visit, Visit::Package(_) | Visit::Module(_)));
        let mut elsewhere = self.check_module(&module, &over_module, &rpc_users);
        let mut files: Vec<(File<'s>, Vec<Finding>)> = module
            .files()
            .map(|file| (file, elsewhere.remove(&file.id()).unwrap_or_default()))
            .collect();
        files.sort_by_key(|(file, _)| file.source().path());
        let linted: Vec<Linted> = files
            .into_par_iter()
            .map(|(file, findings)| {
                let mut cx = Cx::new(file, self.options, &rpc_users, self.with_fixes);
                cx.add_findings(findings);
                self.check_file(file, &in_file, &mut cx);
                self.settle(file, &mut cx)
            })
            .collect();
        Linted::concat(linted)
    }

    fn check_file(&self, file: File<'s>, rules: &[(RuleId, Visit)], cx: &mut Cx<'s>) {
        for &(id, visit) in rules {
            self.check(id, cx, |cx| visit_file(visit, file, cx));
        }
    }

    /// Lets a rule speak, gives what it finds its weight, and drops what it finds in files in which it is off.
    fn check(&self, id: RuleId, cx: &mut Cx<'s>, rule: impl FnOnce(&mut Cx<'s>)) {
        let before = cx.findings().len();
        cx.speak_for(id.code());
        rule(cx);
        let findings = cx.findings();
        let mut last: Option<(FileId, Option<Severity>)> = None;
        let mut kept = before;
        for at in before..findings.len() {
            let file = findings[at].file;
            let severity = match last {
                Some((known, severity)) if known == file => severity,
                _ => (self.severity)(id, self.schema.file(file)),
            };
            last = Some((file, severity));
            if let Some(severity) = severity {
                findings[at].diagnostic.severity = severity;
                if at != kept {
                    findings.swap(at, kept);
                }
                kept += 1;
            }
        }
        findings.truncate(kept);
    }

    /// Sorts the findings of a file, and takes out what comments silence.
    fn settle(&self, file: File<'s>, cx: &mut Cx<'s>) -> Linted {
        let mut findings = in_order(std::mem::take(cx.findings()));
        let tells_unused = self
            .rules
            .iter()
            .any(|rule| matches!(rule.rule().check, Check::Lint(Visit::Suppressions(_))));
        if findings.is_empty() && !tells_unused {
            return Linted::default();
        }
        let mut suppressions = self.suppressions.of(file);
        let mut suppressed = silence(&mut findings, &mut suppressions);
        if tells_unused && !suppressions.is_empty() {
            findings = self.check_suppressions(file, &suppressions, findings, cx);
        }
        let silenced = suppressed.iter_mut().map(|one| &mut one.diagnostic);
        name_subjects(file, findings.iter_mut().chain(silenced));
        Linted {
            findings,
            suppressed,
        }
    }

    /// Adds what is wrong with the suppressions themselves.
    fn check_suppressions(
        &self,
        file: File<'s>,
        suppressions: &[Suppression],
        findings: Vec<Diagnostic>,
        cx: &mut Cx<'s>,
    ) -> Vec<Diagnostic> {
        let is_on = |id: &str| self.rules.iter().any(|rule| rule.id().as_str() == id);
        cx.add_findings(findings.into_iter().map(|diagnostic| Finding {
            file: file.id(),
            diagnostic,
        }));
        for rule in &self.rules {
            if let Check::Lint(Visit::Suppressions(check)) = rule.rule().check {
                self.check(rule.id(), cx, |cx| {
                    for suppression in suppressions {
                        check(suppression, &is_on, cx);
                    }
                });
            }
        }
        in_order(std::mem::take(cx.findings()))
    }

    /// What rules over several files find, by file.
    fn check_module(
        &self,
        module: &Module<'s>,
        rules: &[(RuleId, Visit)],
        rpc_users: &Arc<RpcUsers<'s>>,
    ) -> FxHashMap<FileId, Vec<Finding>> {
        let found: Vec<Finding> = rules
            .par_iter()
            .filter_map(|&(id, visit)| {
                // A module has at least one file.
                let mut cx = module
                    .files()
                    .next()
                    .map(|first| Cx::new(first, self.options, rpc_users, self.with_fixes))?;
                self.check(id, &mut cx, |cx| match visit {
                    Visit::Module(check) => check(module, cx),
                    Visit::Package(check) => {
                        for package in module.packages() {
                            check(package, cx);
                        }
                    }
                    _ => {}
                });
                Some(std::mem::take(cx.findings()))
            })
            .flatten_iter()
            .collect();
        let mut by_file: FxHashMap<FileId, Vec<Finding>> = FxHashMap::default();
        for finding in found {
            by_file.entry(finding.file).or_default().push(finding);
        }
        by_file
    }
}

impl Linted {
    fn concat(parts: Vec<Self>) -> Self {
        let mut all = Self {
            findings: Vec::with_capacity(parts.iter().map(|part| part.findings.len()).sum()),
            suppressed: Vec::new(),
        };
        for mut part in parts {
            all.findings.append(&mut part.findings);
            all.suppressed.append(&mut part.suppressed);
        }
        all
    }
}

/// Says of each finding of a file what declaration it is about.
fn name_subjects<'d>(file: File<'_>, findings: impl Iterator<Item = &'d mut Diagnostic>) {
    let mut places = None;
    for finding in findings {
        if finding.symbol.is_none()
            && let Some(location) = &finding.location
        {
            let places = places.get_or_insert_with(|| DeclaredPlaces::new(file));
            finding.symbol = Some(places.symbol(location.span.start).into());
        }
    }
}

/// The findings of one file, sorted, each once.
fn in_order(mut findings: Vec<Finding>) -> Vec<Diagnostic> {
    fn key(finding: &Finding) -> impl Ord {
        let diagnostic = &finding.diagnostic;
        let span = diagnostic.location.as_ref().map(|place| place.span);
        (
            span.map(|span| span.start),
            diagnostic.code,
            diagnostic.message.as_str(),
            span.map(|span| span.end),
        )
    }
    findings.sort_by(|a, b| key(a).cmp(&key(b)));
    findings.dedup_by(|a, b| key(a) == key(b));
    // To collect them would keep the room that the list has grown to.
    let mut ordered = Vec::with_capacity(findings.len());
    ordered.extend(findings.into_iter().map(|finding| finding.diagnostic));
    ordered
}

/// Calls a rule for all elements of a file that it looks at.
fn visit_file<'s>(visit: Visit, file: File<'s>, cx: &mut Cx<'s>) {
    match visit {
        Visit::File(check) => check(file, cx),
        Visit::Import(check) => {
            for (import, to) in file.import_statements() {
                check(import, to, cx);
            }
        }
        Visit::Message(check) => file
            .all_messages()
            .filter(|message| message.node().name.is_some())
            .for_each(|message| check(message, cx)),
        Visit::Field(check) => file
            .all_fields()
            .filter(|field| field.node().name.is_some())
            .for_each(|field| check(field, cx)),
        Visit::Oneof(check) => file
            .all_oneofs()
            .filter(|oneof| oneof.node().name.is_some())
            .for_each(|oneof| check(oneof, cx)),
        Visit::Enum(check) => file
            .all_enums()
            .filter(|node| node.node().name.is_some())
            .for_each(|node| check(node, cx)),
        Visit::EnumValue(check) => file.all_values().for_each(|value| check(value, cx)),
        Visit::Service(check) => file
            .services()
            .filter(|service| service.node().name.is_some())
            .for_each(|service| check(service, cx)),
        Visit::Method(check) => file
            .all_methods()
            .filter(|method| method.node().name.is_some())
            .for_each(|method| check(method, cx)),
        Visit::Package(_) | Visit::Module(_) | Visit::Suppressions(_) => {}
    }
}
