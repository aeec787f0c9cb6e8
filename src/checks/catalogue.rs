//! Which rules there are, as far as selecting them goes.

use std::collections::BTreeMap;
use std::fmt;

use super::{BufVersion, RuleKind, buf_rule, buf_rules, category_named};
use crate::diagnostic::{Code, Severity};

/// The id of a rule that exists: `ENUM_VALUE_PREFIX`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleId(&'static str);

impl RuleId {
    /// The id of a rule that is being registered.
    pub(super) const fn new(id: &'static str) -> Self {
        Self(id)
    }

    /// The id as it is written.
    pub const fn as_str(self) -> &'static str {
        self.0
    }

    /// The code that findings of the rule carry.
    pub const fn code(self) -> Code {
        Code(self.0)
    }
}

impl fmt::Display for RuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// What a registry says of one rule.
#[derive(Debug, Clone)]
pub struct KnownRule {
    /// The id.
    pub id: &'static str,
    /// The categories that select it in `protogov.toml`, besides those of buf's newest version.
    pub categories: Vec<&'static str>,
    /// What a finding weighs where nothing else is said.
    pub severity: Severity,
}

/// Which set of ids and categories is meant: ours, or those of a version of buf.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// The rules of `protogov.toml`: all of buf's newest version and our own.
    Protogov,
    /// The rules of one version of `buf.yaml`.
    Buf(BufVersion),
}

/// What a name in `use`, `except` and the like stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Named {
    /// One rule.
    Rule(RuleId),
    /// An id that went out of use, and those that took its place; none where nothing is checked any more.
    Deprecated(Vec<RuleId>),
    /// The rules of a category.
    Category(Vec<RuleId>),
}

impl Named {
    /// The rules meant.
    pub fn rules(&self) -> &[RuleId] {
        match self {
            Self::Rule(rule) => std::slice::from_ref(rule),
            Self::Deprecated(rules) | Self::Category(rules) => rules,
        }
    }
}

/// The rules of one kind and the categories they are in, for one dialect.
#[derive(Debug, Clone)]
pub struct Catalogue {
    kind: RuleKind,
    dialect: Dialect,
    rules: BTreeMap<&'static str, Severity>,
    categories: BTreeMap<&'static str, Vec<RuleId>>,
}

impl Catalogue {
    /// Puts the rules of a registry together with what buf knows. Rules of `registry` that buf has no word for are
    /// left out under a version of buf.
    pub fn new(kind: RuleKind, dialect: Dialect, registry: &[KnownRule]) -> Self {
        let version = match dialect {
            Dialect::Protogov => BufVersion::V2,
            Dialect::Buf(version) => version,
        };
        let mut catalogue = Self {
            kind,
            dialect,
            rules: BTreeMap::new(),
            categories: BTreeMap::new(),
        };
        for rule in buf_rules(kind) {
            if rule.is_in(version) && !rule.is_deprecated {
                catalogue.add(rule.id, Severity::Error, rule.categories(version));
            }
        }
        for rule in registry {
            if dialect == Dialect::Protogov {
                catalogue.add(rule.id, rule.severity, rule.categories.iter().copied());
            }
        }
        catalogue
    }

    fn add(
        &mut self,
        id: &'static str,
        severity: Severity,
        categories: impl Iterator<Item = &'static str>,
    ) {
        self.rules.insert(id, severity);
        for category in categories {
            let rules = self.categories.entry(category).or_default();
            if let Err(at) = rules.binary_search(&RuleId(id)) {
                rules.insert(at, RuleId(id));
            }
        }
    }

    /// What the rules look at.
    pub const fn kind(&self) -> RuleKind {
        self.kind
    }

    /// What `name` stands for, if anything.
    pub fn named(&self, name: &str) -> Option<Named> {
        if let Some((&id, _)) = self.rules.get_key_value(name) {
            return Some(Named::Rule(RuleId(id)));
        }
        if let Some(rules) = self.categories.get(category_named(name)) {
            return Some(Named::Category(rules.clone()));
        }
        let old = buf_rule(self.kind, name).filter(|rule| rule.is_deprecated)?;
        let known = match self.dialect {
            Dialect::Protogov => true,
            Dialect::Buf(version) => old.is_in(version),
        };
        known.then(|| Named::Deprecated(old.replacements.iter().map(|&id| RuleId(id)).collect()))
    }

    /// The rules that are on where nothing is selected.
    pub fn defaults(&self) -> &[RuleId] {
        self.categories
            .get(self.kind.default_category())
            .map_or(&[], Vec::as_slice)
    }

    /// What a finding of `rule` weighs where nothing else is said.
    pub fn severity(&self, rule: RuleId) -> Severity {
        self.rules.get(rule.0).copied().unwrap_or(Severity::Error)
    }

    /// All ids, sorted.
    pub fn ids(&self) -> impl Iterator<Item = RuleId> {
        self.rules.keys().map(|&id| RuleId(id))
    }

    /// All categories, sorted.
    pub fn categories(&self) -> impl Iterator<Item = &'static str> {
        self.categories.keys().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_mean_what_the_dialect_says() {
        let own = KnownRule {
            id: "FIELD_PLURAL",
            categories: vec!["STRICT"],
            severity: Severity::Warning,
        };
        let registry = [own];
        let native = Catalogue::new(RuleKind::Lint, Dialect::Protogov, &registry);
        assert_eq!(native.defaults().len(), 35);
        assert_eq!(native.named("DEFAULT"), native.named("STANDARD"));
        let strict = native.named("STRICT").expect("a category");
        assert_eq!(strict.rules(), [RuleId("FIELD_PLURAL")]);
        assert_eq!(native.named("FIELD_NO_DESCRIPTOR"), None);

        let v1 = Catalogue::new(RuleKind::Breaking, Dialect::Buf(BufVersion::V1), &[]);
        assert_eq!(v1.named("STRICT"), None);
        let label = v1.named("FIELD_SAME_LABEL").expect("deprecated");
        assert_eq!(label.rules().len(), 3);
        let v2 = Catalogue::new(RuleKind::Breaking, Dialect::Buf(BufVersion::V2), &[]);
        assert_eq!(v2.named("FIELD_SAME_LABEL"), None);
    }
}
