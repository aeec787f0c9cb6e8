//! `protogov.toml` to a [`Config`].

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use super::document::{Entry, Node, Spanned, Value, decode};
use super::path_patterns::PathPatterns;
use super::protogov_toml::{BreakingTable, LintTable, ModuleTable, OverrideTable, ProtogovToml};
use super::selection::Resolver;
use super::{
    BreakingConfig, BreakingLimit, Checks, CommentStyle, Config, Level, LintConfig, Module,
    Override, Registry, Setting, Suppression,
};
use crate::checks::{Catalogue, Dialect, RuleId, RuleKind, RuleOptions};
use crate::diagnostic::{Diagnostic, Severity};
use crate::text::Source;

/// The tags that are releases where nothing else is said.
const RELEASE_TAGS: &str = "v*";

/// The configuration in force where there is no file.
pub(super) fn defaults(directory: PathBuf, registry: &Registry) -> Config {
    let empty = Arc::new(Source::empty("protogov.toml"));
    let mut resolver = NativeResolver::new(&empty, registry);
    let mut config = resolver.config(directory, &ProtogovToml::default());
    config.source = None;
    config
}

/// Resolves `root`, the tree of `source`.
pub(super) fn resolve(
    source: &Arc<Source>,
    mut root: Node,
    directory: PathBuf,
    registry: &Registry,
) -> Result<Config, Vec<Diagnostic>> {
    let rules = take(&mut root, "rules");
    let mut resolver = NativeResolver::new(source, registry);
    if let Some(rules) = rules {
        resolver.read_rules(rules);
    }
    let mut problems = Vec::new();
    let config = match decode::<ProtogovToml>(source, root) {
        Ok(file) => Some(resolver.config(directory, &file)),
        Err(errors) => {
            problems = errors;
            None
        }
    };
    problems.append(&mut resolver.inner.problems);
    match config {
        Some(mut config) if problems.is_empty() => {
            config.notes = resolver.inner.notes;
            Ok(config)
        }
        _ => Err(problems),
    }
}

/// Takes the value of `key` out of a table.
fn take(node: &mut Node, key: &str) -> Option<Node> {
    let Value::Table(entries) = &mut node.value else {
        return None;
    };
    let at = entries.iter().position(|entry| entry.key == key)?;
    Some(entries.remove(at).node)
}

struct NativeResolver<'s> {
    inner: Resolver<'s>,
    lint: Catalogue,
    breaking: Catalogue,
    /// What `[rules]` says of categories and of single rules.
    category_levels: Vec<(Vec<RuleId>, Setting<Level>)>,
    rule_levels: BTreeMap<RuleId, Setting<Level>>,
    options: RuleOptions,
}

impl<'s> NativeResolver<'s> {
    fn new(source: &'s Arc<Source>, registry: &Registry) -> Self {
        let catalogue = |kind| Catalogue::new(kind, Dialect::Protogov, registry.of(kind));
        Self {
            inner: Resolver::new(source),
            lint: catalogue(RuleKind::Lint),
            breaking: catalogue(RuleKind::Breaking),
            category_levels: Vec::new(),
            rule_levels: BTreeMap::new(),
            options: RuleOptions::default(),
        }
    }

    /// Reads `[rules]`: per id or category a level, or per id a table with `severity` and the rule's own options.
    fn read_rules(&mut self, rules: Node) {
        let Value::Table(entries) = rules.value else {
            let noun = "`rules` has to be a table of rule ids".to_owned();
            self.inner.problem(rules.span, noun);
            return;
        };
        let mut options = Vec::new();
        for mut entry in entries {
            let key = Spanned {
                value: entry.key.clone(),
                span: entry.key_span,
            };
            let Some(rules) = self.rules_named(&key) else {
                continue;
            };
            let is_rule = rules.len() == 1 && rules[0].as_str() == key.value;
            let level = match &entry.node.value {
                Value::Table(_) => take(&mut entry.node, "severity"),
                _ => Some(std::mem::replace(
                    &mut entry.node,
                    Node {
                        span: key.span,
                        value: Value::Table(Vec::new()),
                    },
                )),
            };
            if let Some(level) = level {
                self.read_level(&rules, is_rule, level);
            }
            match &entry.node.value {
                Value::Table(rest) if rest.is_empty() => {}
                _ if is_rule => options.push(entry),
                _ => {
                    let message = format!("the category `{}` has no options", key.value);
                    self.inner.problem(entry.node.span, message).help =
                        Some("set the options of each rule under the rule's id".to_owned());
                }
            }
        }
        self.read_options(rules.span, options);
    }

    fn read_level(&mut self, rules: &[RuleId], is_rule: bool, level: Node) {
        match decode::<Spanned<Level>>(self.inner.source, level) {
            Ok(level) => {
                let setting = Setting {
                    value: level.value,
                    origin: self.inner.origin(level.span),
                };
                if is_rule {
                    self.rule_levels
                        .extend(rules.iter().map(|&rule| (rule, setting.clone())));
                } else {
                    self.category_levels.push((rules.to_vec(), setting));
                }
            }
            Err(problems) => self.inner.problems.extend(problems),
        }
    }

    fn read_options(&mut self, span: crate::text::Span, entries: Vec<Entry>) {
        let keys: Vec<(String, crate::text::Span)> = entries
            .iter()
            .map(|entry| (entry.key.clone(), entry.key_span))
            .collect();
        let table = Node {
            span,
            value: Value::Table(entries),
        };
        match decode::<RuleOptions>(self.inner.source, table) {
            Ok(options) => self.options = options,
            Err(problems) => {
                for mut problem in problems {
                    // The ids were checked before: a key that is unknown here is a rule without options.
                    let span = problem.location.as_ref().map(|location| location.span);
                    if let Some((id, _)) = keys.iter().find(|(_, key)| Some(*key) == span) {
                        problem.message = format!("the rule `{id}` has no options");
                        problem.help = Some("only `severity` can be set of it".to_owned());
                    }
                    self.inner.problems.push(problem);
                }
            }
        }
    }

    /// The rules that a name stands for, be they lint or breaking rules.
    fn rules_named(&mut self, name: &Spanned<String>) -> Option<Vec<RuleId>> {
        let named = self.inner.named(&[&self.lint, &self.breaking], name)?;
        Some(named.rules().to_vec())
    }

    fn config(&mut self, directory: PathBuf, file: &ProtogovToml) -> Config {
        let suppression = self.suppression(file);
        let overrides = self.overrides(&file.overrides);
        let lint = Arc::new(self.lint(&file.lint, &overrides, &suppression));
        let breaking = Arc::new(self.breaking(&file.breaking, &overrides, &suppression));
        let excludes = self.inner.globs(&file.excludes);
        let mut modules = Vec::new();
        for table in &file.modules {
            let lint = match &table.lint {
                Some(own) => Arc::new(self.lint(own, &overrides, &suppression)),
                None => Arc::clone(&lint),
            };
            let breaking = match &table.breaking {
                Some(own) => Arc::new(self.breaking(own, &overrides, &suppression)),
                None => Arc::clone(&breaking),
            };
            modules.extend(self.module(table, &excludes, lint, breaking));
        }
        if file.modules.is_empty() {
            modules.push(Module {
                dependencies: Vec::new(),
                root: Setting::default(String::new()),
                name: None,
                includes: Setting::default(PathPatterns::default()),
                excludes,
                lint,
                breaking,
            });
        }
        let import_roots = self.import_roots(file);
        let release_tags = match &file.history.release_tags {
            Some(tags) => {
                let values = tags.iter().map(|tag| tag.value.clone()).collect();
                self.inner.written_at(tags, values)
            }
            None => Setting::default(vec![RELEASE_TAGS.to_owned()]),
        };
        Config {
            source: Some(Arc::clone(self.inner.source)),
            directory,
            dialect: Dialect::Protogov,
            modules,
            import_roots,
            release_tags,
            notes: Vec::new(),
        }
    }

    fn import_roots(&mut self, file: &ProtogovToml) -> Vec<Setting<String>> {
        let mut roots = Vec::new();
        for root in &file.import_roots {
            if let Some(value) = self.inner.path(root) {
                let origin = self.inner.origin(root.span);
                roots.push(Setting { value, origin });
            }
        }
        roots
    }

    fn module(
        &mut self,
        table: &ModuleTable,
        excludes: &Setting<PathPatterns>,
        lint: Arc<LintConfig>,
        breaking: Arc<BreakingConfig>,
    ) -> Option<Module> {
        let root = self.inner.path(&table.root)?;
        let mut own = self.inner.globs(&table.excludes);
        if own.value.is_empty() {
            own = excludes.clone();
        } else {
            own.value.extend(&excludes.value);
        }
        Some(Module {
            dependencies: Vec::new(),
            includes: self.inner.globs(&table.includes),
            root: Setting {
                value: root,
                origin: self.inner.origin(table.root.span),
            },
            name: table.name.clone(),
            excludes: own,
            lint,
            breaking,
        })
    }

    fn suppression(&mut self, file: &ProtogovToml) -> Suppression {
        let table = &file.suppression;
        let comments = match &table.comments {
            Some(styles) => {
                let values = styles.iter().map(|style| style.value).collect();
                self.inner.written_at(styles, values)
            }
            None => Setting::default(vec![CommentStyle::Protogov, CommentStyle::Buf]),
        };
        Suppression {
            comments,
            require_reason: self.inner.setting(table.require_reason.as_ref(), false),
        }
    }

    fn overrides(&mut self, tables: &[OverrideTable]) -> Vec<Override> {
        let mut overrides = Vec::new();
        for table in tables {
            let paths = self.inner.globs(&table.paths);
            let mut levels = BTreeMap::new();
            for (name, level) in &table.rules {
                let setting = Setting {
                    value: level.value,
                    origin: self.inner.origin(name.span),
                };
                let Some(rules) = self.rules_named(name) else {
                    continue;
                };
                for rule in rules {
                    let named_itself = rule.as_str() == name.value;
                    if named_itself || !levels.contains_key(&rule) {
                        levels.insert(rule, setting.clone());
                    }
                }
            }
            overrides.push(Override {
                paths,
                stability: table
                    .stability
                    .iter()
                    .map(|stability| stability.value)
                    .collect(),
                reason: table.reason.clone(),
                levels,
            });
        }
        overrides
    }

    fn lint(
        &mut self,
        table: &LintTable,
        overrides: &[Override],
        suppression: &Suppression,
    ) -> LintConfig {
        let selected = table.selected.as_deref();
        let rules = self.inner.select(&self.lint, selected, &table.except);
        let ignored_by_rule =
            self.inner
                .ignored_by_rule(&self.lint, &table.ignore_only, Resolver::globs);
        let mut rules = self.weighed(&self.lint, rules);
        // Who requires a reason wants to hear of a comment without one, whatever rules are on.
        let reason = self
            .lint
            .ids()
            .find(|id| id.as_str() == "SUPPRESSION_REASON");
        if let Some(id) = reason.filter(|id| !self.rule_levels.contains_key(id))
            && suppression.require_reason.value
        {
            let required = Setting {
                value: Severity::Error,
                origin: suppression.require_reason.origin.clone(),
            };
            rules.insert(id, required);
        }
        LintConfig {
            checks: Checks {
                rules,
                ignored: self.inner.globs(&table.ignore),
                ignored_by_rule,
                overrides: self.overrides_of(&self.lint, overrides),
            },
            options: self.options.clone(),
            suppression: suppression.clone(),
            fail_on: self.inner.setting(table.fail_on.as_ref(), Severity::Error),
        }
    }

    fn breaking(
        &mut self,
        table: &BreakingTable,
        overrides: &[Override],
        suppression: &Suppression,
    ) -> BreakingConfig {
        let selected = table.selected.as_deref();
        let rules = self.inner.select(&self.breaking, selected, &table.except);
        let ignored_by_rule =
            self.inner
                .ignored_by_rule(&self.breaking, &table.ignore_only, Resolver::globs);
        let unstable = table.ignore_unstable_packages.as_ref();
        BreakingConfig {
            checks: Checks {
                rules: self.weighed(&self.breaking, rules),
                ignored: self.inner.globs(&table.ignore),
                ignored_by_rule,
                overrides: self.overrides_of(&self.breaking, overrides),
            },
            ignore_unstable_packages: self.inner.setting(unstable, false),
            options: self.options.clone(),
            suppression: suppression.clone(),
            against: (table.against.iter())
                .map(|against| self.inner.setting(Some(against), String::new()))
                .collect(),
            fail_on: self
                .inner
                .setting(table.fail_on.as_ref(), BreakingLimit::Error),
        }
    }

    /// Applies `[rules]`: a category's level weighs what is on already, a rule's own level turns it on or off.
    fn weighed(
        &self,
        catalogue: &Catalogue,
        mut rules: BTreeMap<RuleId, Setting<Severity>>,
    ) -> BTreeMap<RuleId, Setting<Severity>> {
        for (of_category, level) in &self.category_levels {
            for rule in of_category {
                apply(&mut rules, *rule, level, false);
            }
        }
        for rule in catalogue.ids() {
            if let Some(level) = self.rule_levels.get(&rule) {
                apply(&mut rules, rule, level, true);
            }
        }
        rules
    }

    /// The overrides, with the rules of one kind only.
    fn overrides_of(&self, catalogue: &Catalogue, overrides: &[Override]) -> Vec<Override> {
        let mut own = overrides.to_vec();
        for exception in &mut own {
            exception
                .levels
                .retain(|rule, _| catalogue.named(rule.as_str()).is_some());
        }
        own.retain(|exception| !exception.levels.is_empty());
        own
    }
}

fn apply(
    rules: &mut BTreeMap<RuleId, Setting<Severity>>,
    rule: RuleId,
    level: &Setting<Level>,
    turns_on: bool,
) {
    match level.value.severity() {
        None => {
            rules.remove(&rule);
        }
        Some(severity) if turns_on || rules.contains_key(&rule) => {
            let origin = level.origin.clone();
            rules.insert(
                rule,
                Setting {
                    value: severity,
                    origin,
                },
            );
        }
        Some(_) => {}
    }
}
