//! Rules over the schema: what each is called, what it looks at, and when it runs.

mod buf_versions;

pub use buf_versions::{BufRule, BufVersion, RuleKind, buf_rule, buf_rules, category_named};
