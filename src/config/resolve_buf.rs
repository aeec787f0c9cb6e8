//! `buf.yaml` and `buf.work.yaml` to a [`Config`], with the meaning buf gives them.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use super::buf_yaml::{BreakingSection, BufWorkYaml, BufYamlV1, BufYamlV2, LintSection, ModuleV2};
use super::document::{CONFIG, Node, Spanned, Value, decode};
use super::path_patterns::{PathPatterns, is_within, join};
use super::selection::Resolver;
use super::{
    BreakingConfig, BreakingLimit, Checks, CommentStyle, Config, LintConfig, Module, Registry,
    Setting, Suppression,
};
use crate::checks::{BufVersion, Catalogue, Dialect, RuleKind, RuleOptions};
use crate::diagnostic::{Diagnostic, Severity};
use crate::text::Source;

/// The version a file says it has.
pub(super) fn version(source: &Arc<Source>, root: &Node) -> Result<BufVersion, Vec<Diagnostic>> {
    let entry = match &root.value {
        Value::Table(entries) => entries.iter().find(|entry| entry.key == "version"),
        _ => None,
    };
    let Some(entry) = entry else {
        let message = "the key `version` is missing";
        return Err(vec![
            Diagnostic::error(CONFIG, source, root.span, message).with_help("add `version: v2`"),
        ]);
    };
    let text = match &entry.node.value {
        Value::String(text) | Value::Plain(text) => text.as_str(),
        _ => "",
    };
    let known = BufVersion::ALL
        .into_iter()
        .find(|version| version.as_str() == text);
    known.ok_or_else(|| {
        let message = format!("unknown version `{text}`");
        let help = "the versions are `v1beta1`, `v1` and `v2`";
        vec![Diagnostic::error(CONFIG, source, entry.node.span, message).with_help(help)]
    })
}

/// Resolves a `buf.yaml` of v1beta1 or v1: one module in `prefix`, or one per root.
pub(super) fn v1_modules(
    source: &Arc<Source>,
    root: Node,
    version: BufVersion,
    prefix: &str,
    registry: &Registry,
) -> Result<(Vec<Module>, Vec<Diagnostic>), Vec<Diagnostic>> {
    let file: BufYamlV1 = decode(source, root)?;
    let mut resolver = BufResolver::new(source, version, registry);
    let roots = match &file.build.roots {
        Some(roots) if version == BufVersion::V1 => {
            if let Some(first) = roots.first() {
                let message = "`build.roots` is not known in `v1`".to_owned();
                resolver.inner.problem(first.span, message).help = Some(
                    "move the file into the root, or list the roots in `buf.work.yaml`".into(),
                );
            }
            vec![String::new()]
        }
        Some(roots) => roots
            .iter()
            .filter_map(|root| resolver.inner.path(root))
            .collect(),
        None => vec![String::new()],
    };
    let lint = LintSection::from(file.lint);
    let mut modules = Vec::new();
    for own_root in roots {
        let root = join(prefix, &own_root);
        let mut excludes = Vec::new();
        for exclude in &file.build.excludes {
            excludes.extend(resolver.inner.path(exclude).map(|path| join(prefix, &path)));
        }
        modules.push(Module {
            name: file.name.clone(),
            dependencies: file.deps.clone(),
            includes: Setting::default(PathPatterns::default()),
            excludes: (resolver.inner)
                .written_at(&file.build.excludes, PathPatterns::of_paths(excludes)),
            lint: Arc::new(resolver.lint(&lint, &root, None)),
            breaking: Arc::new(resolver.breaking(&file.breaking, &root, None)),
            root: Setting::default(root),
        });
    }
    resolver.finish(modules)
}

/// The module of a directory without any `buf.yaml`.
pub(super) fn default_module(source: &Arc<Source>, prefix: &str, registry: &Registry) -> Module {
    let mut resolver = BufResolver::new(source, BufVersion::V1, registry);
    let lint = LintSection::from(super::buf_yaml::LintV1::default());
    Module {
        root: Setting::default(prefix.to_owned()),
        name: None,
        dependencies: Vec::new(),
        includes: Setting::default(PathPatterns::default()),
        excludes: Setting::default(PathPatterns::default()),
        lint: Arc::new(resolver.lint(&lint, prefix, None)),
        breaking: Arc::new(resolver.breaking(&BreakingSection::default(), prefix, None)),
    }
}

/// Resolves a `buf.yaml` of v2.
pub(super) fn v2(
    source: &Arc<Source>,
    root: Node,
    directory: PathBuf,
    registry: &Registry,
) -> Result<Config, Vec<Diagnostic>> {
    let file: BufYamlV2 = decode(source, root)?;
    let mut resolver = BufResolver::new(source, BufVersion::V2, registry);
    for (key, section) in [("plugins", &file.plugins), ("policies", &file.policies)] {
        if let Some(section) = section {
            let note = Diagnostic::error(
                CONFIG,
                source,
                section.span,
                format!("`{key}` are not run: what they check stays unchecked"),
            );
            let help = "go on running buf for them, or write the checks into `protogov.toml`";
            resolver
                .inner
                .notes
                .push(note.with_severity(Severity::Warning).with_help(help));
        }
    }
    let lint = LintSection::from(file.lint.clone());
    let mut modules = Vec::new();
    let only = [ModuleV2 {
        name: file.name.clone(),
        ..ModuleV2::default()
    }];
    let tables = if file.modules.is_empty() {
        only.as_slice()
    } else {
        file.modules.as_slice()
    };
    for table in tables {
        modules.push(Module {
            dependencies: file.deps.clone(),
            ..resolver.v2_module(table, &lint, &file.breaking)
        });
    }
    let (modules, notes) = resolver.finish(modules)?;
    Ok(config(source, directory, BufVersion::V2, modules, notes))
}

/// The directories that a `buf.work.yaml` names.
pub(super) fn work_directories(
    source: &Arc<Source>,
    root: Node,
) -> Result<Vec<Setting<String>>, Vec<Diagnostic>> {
    let span = root.span;
    let file: BufWorkYaml = decode(source, root)?;
    let mut resolver = Resolver::new(source);
    let mut directories = Vec::new();
    for directory in &file.directories {
        if let Some(value) = resolver.path(directory) {
            let origin = resolver.origin(directory.span);
            directories.push(Setting { value, origin });
        }
    }
    if directories.is_empty() && resolver.problems.is_empty() {
        let message = "`directories` is empty".to_owned();
        resolver.problem(span, message).help = Some("name at least one directory".to_owned());
    }
    if resolver.problems.is_empty() {
        Ok(directories)
    } else {
        Err(resolver.problems)
    }
}

/// A configuration of these modules.
pub(super) fn config(
    source: &Arc<Source>,
    directory: PathBuf,
    version: BufVersion,
    modules: Vec<Module>,
    notes: Vec<Diagnostic>,
) -> Config {
    Config {
        source: Some(Arc::clone(source)),
        directory,
        dialect: Dialect::Buf(version),
        modules,
        import_roots: Vec::new(),
        release_tags: Setting::default(vec!["v*".to_owned()]),
        notes,
    }
}

struct BufResolver<'s> {
    inner: Resolver<'s>,
    lint: Catalogue,
    breaking: Catalogue,
}

impl<'s> BufResolver<'s> {
    fn new(source: &'s Arc<Source>, version: BufVersion, registry: &Registry) -> Self {
        let catalogue = |kind| Catalogue::new(kind, Dialect::Buf(version), registry.of(kind));
        Self {
            inner: Resolver::new(source),
            lint: catalogue(RuleKind::Lint),
            breaking: catalogue(RuleKind::Breaking),
        }
    }

    fn finish(
        self,
        modules: Vec<Module>,
    ) -> Result<(Vec<Module>, Vec<Diagnostic>), Vec<Diagnostic>> {
        if self.inner.problems.is_empty() {
            Ok((modules, self.inner.notes))
        } else {
            Err(self.inner.problems)
        }
    }

    fn v2_module(
        &mut self,
        table: &ModuleV2,
        lint: &LintSection,
        breaking: &BreakingSection,
    ) -> Module {
        let root = match &table.path {
            // What else is wrong is told, too.
            Some(path) => self.inner.path(path).unwrap_or_default(),
            None => String::new(),
        };
        let own_lint = table.lint.clone().map(LintSection::from);
        // Paths of the file's own section that lie outside of the module are not about it; those of the module's
        // section have to lie in it.
        let lint = match &own_lint {
            Some(own) => self.lint(own, "", Some((root.as_str(), true))),
            None => self.lint(lint, "", Some((root.as_str(), false))),
        };
        let breaking = match &table.breaking {
            Some(own) => self.breaking(own, "", Some((root.as_str(), true))),
            None => self.breaking(breaking, "", Some((root.as_str(), false))),
        };
        Module {
            dependencies: Vec::new(),
            includes: plain_paths(
                &mut self.inner,
                &table.includes,
                "",
                Some((root.as_str(), true)),
            ),
            excludes: plain_paths(
                &mut self.inner,
                &table.excludes,
                "",
                Some((root.as_str(), true)),
            ),
            name: table.name.clone(),
            lint: Arc::new(lint),
            breaking: Arc::new(breaking),
            root: match &table.path {
                Some(path) => Setting {
                    value: root,
                    origin: self.inner.origin(path.span),
                },
                None => Setting::default(root),
            },
        }
    }

    fn lint(
        &mut self,
        section: &LintSection,
        prefix: &str,
        module: Option<(&str, bool)>,
    ) -> LintConfig {
        let selected = (!section.selected.is_empty()).then_some(section.selected.as_slice());
        let mut rules = self.inner.select(&self.lint, selected, &section.except);
        if section.disable_builtin {
            rules = BTreeMap::new();
        }
        let ignored_by_rule =
            self.inner
                .ignored_by_rule(&self.lint, &section.ignore_only, |inner, paths| {
                    plain_paths(inner, paths, prefix, module)
                });
        let mut comments = vec![CommentStyle::Protogov];
        if section.comment_ignores {
            comments.push(CommentStyle::Buf);
        }
        LintConfig {
            checks: Checks {
                rules,
                ignored: plain_paths(&mut self.inner, &section.ignore, prefix, module),
                ignored_by_rule,
                overrides: Vec::new(),
            },
            options: options(section),
            suppression: Suppression {
                comments: Setting::default(comments),
                require_reason: Setting::default(false),
            },
            fail_on: Setting::default(Severity::Error),
        }
    }

    fn breaking(
        &mut self,
        section: &BreakingSection,
        prefix: &str,
        module: Option<(&str, bool)>,
    ) -> BreakingConfig {
        let selected = (!section.selected.is_empty()).then_some(section.selected.as_slice());
        let mut rules = self.inner.select(&self.breaking, selected, &section.except);
        if section.disable_builtin {
            rules = BTreeMap::new();
        }
        let ignored_by_rule =
            self.inner
                .ignored_by_rule(&self.breaking, &section.ignore_only, |inner, paths| {
                    plain_paths(inner, paths, prefix, module)
                });
        BreakingConfig {
            checks: Checks {
                rules,
                ignored: plain_paths(&mut self.inner, &section.ignore, prefix, module),
                ignored_by_rule,
                overrides: Vec::new(),
            },
            ignore_unstable_packages: Setting::default(section.ignore_unstable_packages),
            options: RuleOptions::default(),
            // buf has no comments for breaking changes, so who writes one of ours means it.
            suppression: Suppression {
                comments: Setting::default(vec![CommentStyle::Protogov]),
                require_reason: Setting::default(false),
            },
            against: Vec::new(),
            fail_on: Setting::default(BreakingLimit::Error),
        }
    }
}

/// Plain paths below `prefix`. With a module (and whether they must lie in it), those outside are left out.
fn plain_paths(
    resolver: &mut Resolver<'_>,
    texts: &[Spanned<String>],
    prefix: &str,
    module: Option<(&str, bool)>,
) -> Setting<PathPatterns> {
    let mut paths = Vec::new();
    for text in texts {
        let Some(path) = resolver.path(text).map(|path| join(prefix, &path)) else {
            continue;
        };
        match module {
            Some((root, must)) if !is_within(&path, root) && !is_within(root, &path) => {
                if must {
                    let message = format!("`{path}` is not in the module's directory `{root}`");
                    resolver.problem(text.span, message).help =
                        Some("paths are relative to this file, not to the module".to_owned());
                }
            }
            _ => paths.push(path),
        }
    }
    resolver.written_at(texts, PathPatterns::of_paths(paths))
}

fn options(section: &LintSection) -> RuleOptions {
    let mut options = RuleOptions::default();
    if let Some(suffix) = &section.enum_zero_value_suffix {
        options
            .enum_zero_value_suffix
            .suffix
            .clone_from(&suffix.value);
    }
    if let Some(suffix) = &section.service_suffix {
        options.service_suffix.suffix.clone_from(&suffix.value);
    }
    let unique = &mut options.rpc_request_response_unique;
    unique.allow_same_request_response = section.allow_same_request_response;
    unique.allow_google_protobuf_empty_requests = section.allow_empty_requests;
    unique.allow_google_protobuf_empty_responses = section.allow_empty_responses;
    options
        .rpc_request_standard_name
        .allow_google_protobuf_empty_requests = section.allow_empty_requests;
    options
        .rpc_response_standard_name
        .allow_google_protobuf_empty_responses = section.allow_empty_responses;
    options
}
