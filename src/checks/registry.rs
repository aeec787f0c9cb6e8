//! All rules there are, found by id.

use std::sync::LazyLock;

use super::breaking::Compare;
use super::docs::Docs;
use super::rule::{Check, Other, Rule};
use super::{KnownRule, RuleId, RuleKind, buf_rule};
use super::{breaking, lint};
use crate::diagnostic::Severity;

/// A rule together with its id and its documentation.
#[derive(Debug)]
pub struct Registered {
    id: RuleId,
    rule: &'static Rule,
    source: &'static str,
    /// What stands for `{name}` in the text of a file that declares several rules.
    blanks: &'static [(&'static str, &'static str)],
}

impl Registered {
    /// The only rule of a file; `source` is the file's text.
    pub(super) const fn new(id: &'static str, source: &'static str, rule: &'static Rule) -> Self {
        Self::in_family(id, source, rule, &[])
    }

    /// One of several rules of a file, which share its text: each `{name}` in it stands for what `blanks` say.
    pub(super) const fn in_family(
        id: &'static str,
        source: &'static str,
        rule: &'static Rule,
        blanks: &'static [(&'static str, &'static str)],
    ) -> Self {
        Self {
            id: RuleId::new(id),
            rule,
            source,
            blanks,
        }
    }

    /// The id: `ENUM_VALUE_PREFIX`.
    pub const fn id(&self) -> RuleId {
        self.id
    }

    /// What it checks.
    pub const fn rule(&self) -> &'static Rule {
        self.rule
    }

    /// What a finding weighs where the configuration says nothing: an error where buf has the rule too.
    pub fn severity(&self) -> Severity {
        let kind = if self.is_lint() {
            RuleKind::Lint
        } else {
            RuleKind::Breaking
        };
        match buf_rule(kind, self.id.as_str()) {
            Some(_) => Severity::Error,
            None => self.rule.group.severity(),
        }
    }

    /// Whether it looks at one state of the schema.
    pub const fn is_lint(&self) -> bool {
        matches!(self.rule.check, Check::Lint(_))
    }

    /// Whether it looks at the whole history rather than at one baseline.
    pub fn is_about_history(&self) -> bool {
        matches!(self.rule.check, Check::Breaking(_, compares)
            if compares.iter().any(|compare| matches!(compare, Compare::History)))
    }

    /// Its documentation.
    pub fn docs(&self) -> Docs {
        Docs::parse(self.source, self.blanks)
    }
}

/// All rules, sorted by id.
static RULES: LazyLock<Vec<&'static Registered>> = LazyLock::new(|| {
    let mut rules: Vec<&'static Registered> = lint::RULES
        .iter()
        .chain(lint::package_same_option::RULES)
        .chain(breaking::RULES)
        .chain(breaking::FILE_SAME_RULES)
        .collect();
    rules.sort_unstable_by_key(|rule| rule.id);
    rules
});

/// All rules, sorted by id.
pub fn rules() -> &'static [&'static Registered] {
    &RULES
}

/// The rule with that id.
pub fn rule(id: &str) -> Option<&'static Registered> {
    let at = RULES
        .binary_search_by_key(&id, |rule| rule.id.as_str())
        .ok()?;
    Some(RULES[at])
}

/// The lint rules as a configuration selects them.
pub fn known_lint_rules() -> Vec<KnownRule> {
    let lint = RULES.iter().filter(|rule| rule.is_lint());
    lint.map(|rule| KnownRule {
        id: rule.id.as_str(),
        categories: rule.rule.group.categories().to_vec(),
        severity: rule.severity(),
    })
    .collect()
}

/// The breaking rules as a configuration selects them.
pub fn known_breaking_rules() -> Vec<KnownRule> {
    let breaking = RULES.iter().filter(|rule| !rule.is_lint());
    breaking
        .map(|rule| KnownRule {
            id: rule.id.as_str(),
            categories: rule.rule.group.categories().to_vec(),
            severity: rule.severity(),
        })
        .collect()
}

/// The rules that stand for a rule of another tool, given by its id there.
pub fn rules_like(other: &str) -> impl Iterator<Item = &'static Registered> {
    let other = other.strip_prefix("core::").unwrap_or(other);
    RULES
        .iter()
        .copied()
        .filter(move |rule| rule.rule.same_as.iter().any(|same| same.id() == other))
}

/// The rules that check what an AIP asks for.
pub fn rules_of_aip(number: u16) -> impl Iterator<Item = &'static Registered> {
    let prefix = format!("{number:04}::");
    let is_of_it =
        move |same: &Other| matches!(same, Other::ApiLinter(id) if id.starts_with(&prefix));
    RULES
        .iter()
        .copied()
        .filter(move |rule| rule.rule.same_as.iter().any(&is_of_it))
}

/// A file's name in capitals: `enum_value_prefix` is `ENUM_VALUE_PREFIX`.
pub(super) const fn capitals<const LENGTH: usize>(name: &str) -> [u8; LENGTH] {
    let name = name.as_bytes();
    let mut out = [0; LENGTH];
    let mut at = 0;
    while at < LENGTH {
        out[at] = name[at].to_ascii_uppercase();
        at += 1;
    }
    out
}

/// Pairs each rule with the file it lives in: the file's name is its id, the `//!` header its documentation.
macro_rules! registry {
    ($($module:ident),+ $(,)?) => {
        &[$(
            $crate::checks::registry::Registered::new(
                {
                    const NAME: &str = stringify!($module);
                    const ID: [u8; NAME.len()] = $crate::checks::registry::capitals(NAME);
                    match std::str::from_utf8(&ID) {
                        Ok(id) => id,
                        Err(_) => NAME,
                    }
                },
                include_str!(concat!(stringify!($module), ".rs")),
                &$module::RULE,
            )
        ),+]
    };
}
pub(super) use registry;
