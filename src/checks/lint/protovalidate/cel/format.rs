//! `'%s is %d'.format([…])`, where the text and the list are both written out.
//!
//! <https://pkg.go.dev/github.com/google/cel-go/ext#Strings>

use cel::common::ast::{Expr, IdedExpr, LiteralValue};

use super::types::Type;

/// What is wrong with a call of `format` on `target`; `arguments` are the types in the list, where they are known.
pub(super) fn check(target: &IdedExpr, arguments: &Option<Vec<Type>>) -> Option<String> {
    let (Expr::Literal(LiteralValue::String(text)), Some(arguments)) = (&target.expr, arguments)
    else {
        return None;
    };
    let mut rest = text.inner();
    let mut used = 0;
    while let Some(at) = rest.find('%') {
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix('%') {
            rest = after;
            continue;
        }
        if let Some(after) = rest.strip_prefix('.') {
            rest = after.trim_start_matches(|digit: char| digit.is_ascii_digit());
        }
        let Some(clause) = rest.chars().next() else {
            return Some("the text of `format` ends in the middle of a `%`".to_owned());
        };
        rest = &rest[clause.len_utf8()..];
        let Some(argument) = arguments.get(used) else {
            return Some(format!(
                "`format` has {} values for more places in its text",
                arguments.len()
            ));
        };
        used += 1;
        match fits(clause, argument) {
            Some(true) => {}
            Some(false) => {
                return Some(format!(
                    "`%{clause}` in `format` does not take a `{argument}`"
                ));
            }
            None => return Some(format!("`format` knows no `%{clause}`")),
        }
    }
    (used < arguments.len()).then(|| {
        format!(
            "`format` has {} values for {used} places in its text",
            arguments.len()
        )
    })
}

/// Whether a clause takes a value of that type; `None` for a clause that does not exist.
fn fits(clause: char, argument: &Type) -> Option<bool> {
    if argument.is_dyn_or_error() || matches!(argument, Type::Parameter(_)) {
        return Some(true);
    }
    let is_number = matches!(argument, Type::Int | Type::Uint | Type::Double);
    Some(match clause {
        's' => !matches!(argument, Type::Message(_)),
        'd' | 'e' | 'f' => is_number,
        'b' => matches!(argument, Type::Int | Type::Uint | Type::Bool),
        'o' => matches!(argument, Type::Int | Type::Uint),
        'x' | 'X' => matches!(
            argument,
            Type::Int | Type::Uint | Type::String | Type::Bytes
        ),
        _ => return None,
    })
}
