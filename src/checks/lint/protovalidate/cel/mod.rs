//! Expressions in CEL: read by the crate `cel`, given types here, which that crate does not do.

mod bindings;
mod check;
mod format;
mod functions;
mod types;

pub(super) use types::Type;

use cel::parser::{Expression, Parser};

use crate::schema::Schema;
use crate::schema::options::Value;
use check::Checker;

/// An expression longer than this is not checked; none that a person wrote is.
const MAX_BYTES: usize = 1 << 16;

/// The parser and the checker go down one call for each level of an expression, and `1+1+1…` has a level for every two
/// bytes. Only the pages that are touched take memory.
const STACK_BYTES: usize = 1 << 29;

/// Expressions that are no longer, and nest no deeper, are checked on the stack of the caller.
const SHORT_BYTES: usize = 512;
const SHALLOW: usize = 16;

/// What is known where an expression stands: `this`, and with predefined rules `rule` and `rules`.
#[derive(Debug, Clone)]
pub(super) struct Environment<'s> {
    pub(super) schema: &'s Schema,
    pub(super) variables: Vec<(&'static str, Type)>,
}

/// Reads an expression and gives its type, or what is wrong with it: at least one message, no two the same.
pub(super) fn compile(source: &str, environment: &Environment<'_>) -> Result<Type, Vec<String>> {
    if is_small(source) {
        return compile_here(source, environment);
    }
    if source.len() > MAX_BYTES {
        return Err(vec![format!(
            "it has {} bytes, more than the {MAX_BYTES} that are checked",
            source.len()
        )]);
    }
    std::thread::scope(|scope| {
        let run = std::thread::Builder::new()
            .stack_size(STACK_BYTES)
            .spawn_scoped(scope, || compile_here(source, environment));
        match run.map(std::thread::ScopedJoinHandle::join) {
            Ok(Ok(result)) => result,
            Ok(Err(_)) | Err(_) => Err(vec!["it is too deeply nested to be checked".to_owned()]),
        }
    })
}

/// Whether an expression cannot take much of the stack: what nests has a bracket or a sign of its own.
fn is_small(source: &str) -> bool {
    let nesting = |byte: &u8| matches!(byte, b'(' | b'[' | b'{' | b'!' | b'-' | b'?');
    source.len() <= SHORT_BYTES && source.bytes().filter(|byte| nesting(byte)).count() <= SHALLOW
}

fn compile_here(source: &str, environment: &Environment<'_>) -> Result<Type, Vec<String>> {
    let expression = parse(source)?;
    let mut checker = Checker::new(environment);
    let result = checker.check_whole(&expression);
    let mut errors = checker.into_errors();
    if errors.is_empty() {
        return Ok(result);
    }
    errors.sort_unstable();
    errors.dedup();
    Err(errors)
}

/// The tree of an expression, or what is no CEL in it.
pub(super) fn parse(source: &str) -> Result<Expression, Vec<String>> {
    Parser::default().parse(source).map_err(|errors| {
        let mut messages: Vec<String> = errors
            .errors
            .iter()
            .map(|error| error.msg.clone())
            .collect();
        if messages.is_empty() {
            messages.push(errors.to_string());
        }
        messages.sort_unstable();
        messages.dedup();
        messages
    })
}

/// Whether a value satisfies an expression that is right in `environment`. `None` where that cannot be said: the expression
/// is wrong, needs a function that only validators have, or could take long.
pub(super) fn is_satisfied(
    source: &str,
    this: &Value,
    environment: &Environment<'_>,
) -> Option<bool> {
    /// Macros that go through a list may be nested; each level multiplies the work.
    const MACROS: [&str; 5] = [".all(", ".exists(", ".exists_one(", ".map(", ".filter("];
    let macros: usize = MACROS.iter().map(|name| source.matches(name).count()).sum();
    if !is_small(source) || macros > 2 || compile_here(source, environment).is_err() {
        return None;
    }
    let this = match this {
        Value::Signed(number) => cel::Value::Int(*number),
        Value::Enum(number) => cel::Value::Int(i64::from(*number)),
        Value::Unsigned(number) => cel::Value::UInt(*number),
        Value::Float(number) => cel::Value::Float(f64::from(*number)),
        Value::Double(number) => cel::Value::Float(*number),
        Value::Boolean(truth) => cel::Value::Bool(*truth),
        Value::String(bytes) => cel::Value::from(String::from_utf8_lossy(bytes).into_owned()),
        Value::Bytes(bytes) => cel::Value::from(bytes.clone()),
    };
    let program = cel::Program::compile(source).ok()?;
    let mut context = cel::Context::default();
    context.add_variable_from_value("this", this);
    match program.execute(&context) {
        Ok(cel::Value::Bool(is_right)) => Some(is_right),
        Ok(cel::Value::String(wrong)) => Some(wrong.is_empty()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An expression comes from a file that anyone can write.
    #[test]
    fn no_expression_stops_the_checker() {
        let schema = Schema::link(Vec::new());
        let environment = Environment {
            schema: &schema,
            variables: vec![("this", Type::Int)],
        };
        let long = |part: &str, count: usize| part.repeat(count);
        let expressions = [
            String::new(),
            "\0".to_owned(),
            "'\\u{110000}' == \"\\x\"".to_owned(),
            long("(", 250),
            long("(", 60_000),
            long("!", 60_000) + "true",
            long("[", 250) + &long("]", 250),
            long("this.", 10_000) + "a",
            long("1+", 30_000) + "1",
            long("true && ", 8_000) + "true",
            long("this ? ", 8_000),
            long("{'a': ", 9_000) + &long("}", 9_000),
            long("[1].all(x, ", 40) + "true" + &long(")", 40),
            "this.map(".to_owned(),
            "x".repeat(MAX_BYTES + 1),
        ];
        for expression in expressions {
            let result = compile(&expression, &environment);
            let shown: String = expression.chars().take(20).collect();
            assert!(
                result.is_ok() || result.as_ref().is_err_and(|errors| !errors.is_empty()),
                "{shown}: {result:?}"
            );
        }
        let mistakes = compile("this == 'a' || foo(1) || this.x", &environment);
        assert_eq!(
            mistakes,
            Err(vec![
                "`==` does not take `int` and `string`".to_owned(),
                "a value of type `int` has no fields".to_owned(),
                "there is no function `foo`".to_owned(),
            ])
        );
    }
}
