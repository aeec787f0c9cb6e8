//! An amount of money is a floating-point number.
//!
//! ## Why
//! 0.1 + 0.2 is not 0.3 in binary. Sums drift by cents, two services round differently, and equality fails.
//!
//! ## Examples
//! ```proto,bad
//! message Order {
//!   double total_price = 1;
//! }
//! ```
//! ```proto,good
//! message Order {
//!   int64 total_price_cents = 1;
//! }
//! ```

use crate::checks::Cx;
use crate::checks::rule::{Check, FixSafety, Group, Rule, Visit};
use crate::schema::{Field, FieldKind};
use crate::syntax::tree::Scalar;

pub(super) static RULE: Rule = Rule {
    group: Group::Safety,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[],
    check: Check::Lint(Visit::Field(check)),
};

const WORDS: [&str; 12] = [
    "amount", "balance", "cost", "deposit", "discount", "fare", "fee", "money", "payment", "price",
    "refund", "salary",
];
/// Words with which it is a share, a count or an estimate, not an amount.
const RATIOS: [&str; 10] = [
    "error",
    "estimate",
    "factor",
    "fraction",
    "percent",
    "percentage",
    "rate",
    "ratio",
    "score",
    "weight",
];

fn check(field: Field<'_>, cx: &mut Cx<'_>) {
    let FieldKind::Scalar(scalar @ (Scalar::Float | Scalar::Double)) = field.kind() else {
        return;
    };
    let name = field.name();
    let has = |words: &[&str]| {
        let is_one = |part: &str| {
            words
                .iter()
                .any(|word| part.strip_suffix('s').unwrap_or(part) == *word)
        };
        name.split('_').any(is_one)
    };
    // `value_per_cost` is a ratio, `cost_per_click` an amount.
    let is_divisor = |word: &&str| name.contains(&format!("per_{word}"));
    if has(&WORDS) && !has(&RATIOS) && !WORDS.iter().any(is_divisor) {
        let scalar = scalar.keyword();
        cx.report(
            field.type_span(),
            format!("field `{name}` holds money and has the type `{scalar}`"),
        )
        .help("use an integer of the smallest unit, `google.type.Money`, or a decimal string");
    }
}
