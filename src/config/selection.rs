//! From `use`, `except` and their kin to the rules that are on, with every mistake collected.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::document::{CONFIG, Spanned};
use super::path_patterns::{self, BadPath, PathPatterns};
use super::{Origin, Setting};
use crate::checks::{Catalogue, Named, RuleId, RuleKind};
use crate::diagnostic::{Diagnostic, Location, Severity};
use crate::text::{Source, Span, similar};

/// Turns what one file says into resolved values; what cannot be is kept in `problems`.
pub(super) struct Resolver<'s> {
    pub(super) source: &'s Arc<Source>,
    pub(super) problems: Vec<Diagnostic>,
    pub(super) notes: Vec<Diagnostic>,
}

impl<'s> Resolver<'s> {
    pub(super) const fn new(source: &'s Arc<Source>) -> Self {
        Self {
            source,
            problems: Vec::new(),
            notes: Vec::new(),
        }
    }

    pub(super) fn origin(&self, span: Span) -> Origin {
        Origin::File(Location::new(self.source, span))
    }

    /// The value set, or the default.
    pub(super) fn setting<T: Clone>(&self, set: Option<&Spanned<T>>, default: T) -> Setting<T> {
        match set {
            Some(set) => Setting {
                value: set.value.clone(),
                origin: self.origin(set.span),
            },
            None => Setting::default(default),
        }
    }

    pub(super) fn problem(&mut self, span: Span, message: String) -> &mut Diagnostic {
        self.problems
            .push(Diagnostic::error(CONFIG, self.source, span, message));
        let last = self.problems.len() - 1;
        &mut self.problems[last]
    }

    /// What a name of a rule or category stands for in one of `catalogues`. Unknown names are a problem, deprecated
    /// ones a note.
    pub(super) fn named(
        &mut self,
        catalogues: &[&Catalogue],
        name: &Spanned<String>,
    ) -> Option<Named> {
        let named = catalogues
            .iter()
            .find_map(|catalogue| catalogue.named(name));
        let Some(named) = named else {
            let kind = match catalogues {
                [only] if only.kind() == RuleKind::Lint => "lint rule",
                [only] if only.kind() == RuleKind::Breaking => "breaking rule",
                _ => "rule",
            };
            let categories: Vec<&str> = catalogues
                .iter()
                .flat_map(|catalogue| catalogue.categories())
                .collect();
            let ids = catalogues.iter().flat_map(|catalogue| catalogue.ids());
            let known = categories.iter().copied().chain(ids.map(RuleId::as_str));
            let help = match similar::closest(name, known) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("the categories are `{}`", categories.join("`, `")),
            };
            let message = format!("no {kind} or category is called `{}`", name.value);
            self.problem(name.span, message).help = Some(help);
            return None;
        };
        if let Named::Deprecated(replacements) = &named {
            let message = format!("the rule `{}` is deprecated", name.value);
            let mut note = Diagnostic::error(CONFIG, self.source, name.span, message)
                .with_severity(Severity::Warning);
            let ids: Vec<&str> = replacements.iter().map(|rule| rule.as_str()).collect();
            note = if ids.is_empty() {
                note.with_help("take it out; it checks nothing")
            } else {
                note.with_help(format!("write `{}` in its place", ids.join("`, `")))
            };
            self.notes.push(note);
        }
        Some(named)
    }

    /// The rules that `selected` (the defaults where nothing is) and `except` leave, each with its default severity.
    pub(super) fn select(
        &mut self,
        catalogue: &Catalogue,
        selected: Option<&[Spanned<String>]>,
        except: &[Spanned<String>],
    ) -> BTreeMap<RuleId, Setting<Severity>> {
        let mut rules = BTreeMap::new();
        match selected {
            None => {
                for &rule in catalogue.defaults() {
                    rules.insert(rule, Setting::default(catalogue.severity(rule)));
                }
            }
            Some(names) => {
                for name in names {
                    let Some(named) = self.named(&[catalogue], name) else {
                        continue;
                    };
                    for &rule in named.rules() {
                        rules.entry(rule).or_insert_with(|| Setting {
                            value: catalogue.severity(rule),
                            origin: self.origin(name.span),
                        });
                    }
                }
            }
        }
        for name in except {
            if let Some(named) = self.named(&[catalogue], name) {
                for rule in named.rules() {
                    rules.remove(rule);
                }
            }
        }
        rules
    }

    /// Paths and globs in the configuration's own directory.
    pub(super) fn globs(&mut self, texts: &[Spanned<String>]) -> Setting<PathPatterns> {
        let patterns = match PathPatterns::of_globs(texts.iter().map(|text| text.as_str())) {
            Ok(patterns) => patterns,
            Err((at, error)) => {
                let span = texts.get(at).map(|text| text.span).unwrap_or_default();
                self.bad_path(span, &error);
                PathPatterns::default()
            }
        };
        self.written_at(texts, patterns)
    }

    /// A value made of a list: it stands where the list's first element does.
    pub(super) fn written_at<T, U>(&self, texts: &[Spanned<T>], value: U) -> Setting<U> {
        let origin = texts
            .first()
            .map_or(Origin::Default, |first| self.origin(first.span));
        Setting { value, origin }
    }

    /// A path in the configuration's own directory.
    pub(super) fn path(&mut self, text: &Spanned<String>) -> Option<String> {
        match path_patterns::inside(text) {
            Ok(path) => Some(path),
            Err(error) => {
                self.bad_path(text.span, &error);
                None
            }
        }
    }

    fn bad_path(&mut self, span: Span, error: &BadPath) {
        let help = match error {
            BadPath::Absolute | BadPath::Outside => {
                "write a path relative to the directory of this file, with `/`, that stays in it"
            }
            BadPath::Character(_) => "separate directories with `/`",
            BadPath::Glob(_) => "`*`, `?`, `**`, `[ab]` and `{a,b}` are known",
        };
        self.problem(span, error.to_string()).help = Some(help.to_owned());
    }

    /// The files in which each rule does not count.
    pub(super) fn ignored_by_rule(
        &mut self,
        catalogue: &Catalogue,
        table: &BTreeMap<Spanned<String>, Vec<Spanned<String>>>,
        mut read: impl FnMut(&mut Self, &[Spanned<String>]) -> Setting<PathPatterns>,
    ) -> BTreeMap<RuleId, Setting<PathPatterns>> {
        let mut ignored: BTreeMap<RuleId, Setting<PathPatterns>> = BTreeMap::new();
        for (name, paths) in table {
            let Some(named) = self.named(&[catalogue], name) else {
                continue;
            };
            let paths = read(self, paths);
            for &rule in named.rules() {
                match ignored.get_mut(&rule) {
                    Some(known) => known.value.extend(&paths.value),
                    None => drop(ignored.insert(rule, paths.clone())),
                }
            }
        }
        ignored
    }
}
