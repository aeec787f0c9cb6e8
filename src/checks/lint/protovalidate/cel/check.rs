//! Gives every part of an expression its type, and says where none fits.
//!
//! Overloads are chosen by unification, as the specification has it; what is known only at run time (`dyn`) fits
//! everywhere. A wrong part becomes [`Type::Error`], which fits everywhere too, so that one mistake is told once.

use std::sync::Arc;

use cel::common::ast::{
    CallExpr, ComprehensionExpr, EntryExpr, Expr, IdedExpr, ListExpr, LiteralValue, MapExpr,
    SelectExpr, StructExpr,
};

use super::bindings::{Bindings, instantiated, more_general};
use super::types::Type;
use super::{Environment, format, functions};

/// What has been found out of the types of one expression.
pub(super) struct Checker<'e, 's> {
    environment: &'e Environment<'s>,
    /// The variables of the comprehensions around the part at hand.
    variables: Vec<(String, Type)>,
    bindings: Bindings,
    errors: Vec<String>,
    /// What is wrong with calls of `format`; of interest only where all types are right.
    format_errors: Vec<String>,
}

impl<'e, 's> Checker<'e, 's> {
    pub(super) fn new(environment: &'e Environment<'s>) -> Self {
        Self {
            environment,
            variables: Vec::new(),
            bindings: Bindings::default(),
            errors: Vec::new(),
            format_errors: Vec::new(),
        }
    }

    /// The type of a whole expression.
    pub(super) fn check_whole(&mut self, expression: &IdedExpr) -> Type {
        let found = self.check(expression);
        self.bindings.resolved(&found)
    }

    /// What is wrong, in the order it was found.
    pub(super) fn into_errors(self) -> Vec<String> {
        if self.errors.is_empty() {
            self.format_errors
        } else {
            self.errors
        }
    }

    fn check(&mut self, expression: &IdedExpr) -> Type {
        match &expression.expr {
            Expr::Unspecified => Type::Error,
            Expr::Literal(literal) => match literal {
                LiteralValue::Boolean(_) => Type::Bool,
                LiteralValue::Bytes(_) => Type::Bytes,
                LiteralValue::Double(_) => Type::Double,
                LiteralValue::Int(_) => Type::Int,
                LiteralValue::Null => Type::Null,
                LiteralValue::String(_) => Type::String,
                LiteralValue::UInt(_) => Type::Uint,
            },
            Expr::Ident(name) => self.named(name).unwrap_or_else(|| self.undeclared(name)),
            Expr::Select(select) => self.select(expression, select),
            Expr::Call(call) => self.call(call),
            Expr::List(list) => self.list(list),
            Expr::Map(map) => self.map(map),
            Expr::Struct(message) => self.message(message),
            Expr::Comprehension(comprehension) => self.comprehension(comprehension),
        }
    }

    /// The type of a variable, an enum's value or the name of a type.
    fn named(&self, name: &str) -> Option<Type> {
        if let Some((_, found)) = self.variables.iter().rev().find(|(known, _)| known == name) {
            return Some(found.clone());
        }
        let known = &self.environment.variables;
        if let Some((_, found)) = known.iter().find(|(known, _)| *known == name) {
            return Some(found.clone());
        }
        let name = name.strip_prefix('.').unwrap_or(name);
        if let Some(named) = Type::named(name, self.environment.schema) {
            return Some(Type::Kind(Arc::new(named)));
        }
        let (scope, value) = name.rsplit_once('.')?;
        let values = self.environment.schema.enumeration(scope)?.values();
        values
            .into_iter()
            .any(|known| known.name().text == value)
            .then_some(Type::Int)
    }

    fn undeclared(&mut self, name: &str) -> Type {
        self.errors.push(format!("nothing is called `{name}`"));
        Type::Error
    }

    fn select(&mut self, expression: &IdedExpr, select: &SelectExpr) -> Type {
        if let Some(found) = qualified_name(&expression.expr).and_then(|name| self.named(&name)) {
            return found;
        }
        let operand = self.check(&select.operand);
        let operand = self.bindings.resolved(&operand);
        let found = match &operand {
            Type::Map(_, value) => Type::clone(value),
            Type::Message(name) => self.field(name, &select.field).unwrap_or_else(|| {
                let field = &select.field;
                self.errors
                    .push(format!("message `{name}` has no field `{field}`"));
                Type::Error
            }),
            Type::Parameter(_) => Type::Dyn,
            operand if operand.is_dyn_or_error() => Type::Dyn,
            operand => {
                self.errors
                    .push(format!("a value of type `{operand}` has no fields"));
                Type::Error
            }
        };
        if select.test { Type::Bool } else { found }
    }

    /// The type of a message's field.
    fn field(&self, message: &str, field: &str) -> Option<Type> {
        let message = self.environment.schema.message(message)?;
        message.field_named(field).map(Type::of_field)
    }

    fn call(&mut self, call: &CallExpr) -> Type {
        let arguments: Vec<Type> = call
            .args
            .iter()
            .map(|argument| self.check(argument))
            .collect();
        let Some(target) = &call.target else {
            return self.apply(&call.func_name, None, arguments);
        };
        let qualified =
            qualified_name(&target.expr).map(|name| format!("{name}.{}", call.func_name));
        if let Some(name) = qualified.filter(|name| functions::overloads(name).is_some()) {
            return self.apply(&name, None, arguments);
        }
        let receiver = self.check(target);
        if call.func_name == "format" {
            let found = arguments
                .first()
                .map(|argument| self.bindings.resolved(argument));
            let elements = self.elements_of(call, found);
            self.format_errors.extend(format::check(target, &elements));
        }
        self.apply(&call.func_name, Some(receiver), arguments)
    }

    /// The types of the elements of a call's first argument, where it is written as a list.
    fn elements_of(&mut self, call: &CallExpr, found: Option<Type>) -> Option<Vec<Type>> {
        let Some(Expr::List(list)) = call.args.first().map(|argument| &argument.expr) else {
            return None;
        };
        if let Some(Type::List(element)) = &found
            && **element != Type::Dyn
        {
            return Some(vec![Type::clone(element); list.elements.len()]);
        }
        // Elements of different types: each has to be looked at again; what is wrong in them was told before.
        let (errors, formats) = (self.errors.len(), self.format_errors.len());
        let elements = list
            .elements
            .iter()
            .map(|element| self.check(element))
            .collect();
        self.errors.truncate(errors);
        self.format_errors.truncate(formats);
        Some(elements)
    }

    /// The type of a call's result.
    fn apply(&mut self, name: &str, receiver: Option<Type>, arguments: Vec<Type>) -> Type {
        if matches!(name, "_&&_" | "_||_") {
            return self.logical(&arguments);
        }
        let Some(overloads) = functions::overloads(functions::declared_as(name)) else {
            self.errors
                .push(format!("there is no function `{}`", shown(name)));
            return Type::Error;
        };
        let is_member = receiver.is_some();
        let given: Vec<Type> = receiver.into_iter().chain(arguments).collect();
        let mut result: Option<Type> = None;
        for overload in overloads {
            if overload.is_member != is_member || overload.arguments.len() != given.len() {
                continue;
            }
            let first = self.bindings.declare(functions::PARAMETERS);
            let mark = self.bindings.mark();
            let fits = given
                .iter()
                .zip(&overload.arguments)
                .all(|(given, wanted)| {
                    let wanted = instantiated(wanted, first);
                    self.bindings.assignable(given, &wanted)
                });
            if !fits {
                self.bindings.take_back(mark);
                continue;
            }
            let found = self
                .bindings
                .resolved(&instantiated(&overload.result, first));
            result = Some(match result {
                None => found,
                Some(before) if before == Type::Dyn || before == found => before,
                Some(_) => Type::Dyn,
            });
        }
        result.unwrap_or_else(|| {
            let given: Vec<String> = given
                .iter()
                .map(|given| format!("`{}`", self.bindings.resolved(given)))
                .collect();
            let name = shown(name);
            self.errors.push(match given.as_slice() {
                [] => format!("`{name}` does not take no arguments"),
                [receiver] if is_member => format!("`{name}()` cannot be called on {receiver}"),
                [receiver, rest @ ..] if is_member => {
                    let rest = rest.join(", ");
                    format!("`{name}` cannot be called on {receiver} with {rest}")
                }
                all => format!("`{name}` does not take {}", all.join(" and ")),
            });
            Type::Error
        })
    }

    /// `&&` and `||` say of each operand by itself that it is no truth value.
    fn logical(&mut self, operands: &[Type]) -> Type {
        let mut result = Type::Bool;
        for operand in operands {
            if !self.bindings.assignable(operand, &Type::Bool) {
                self.expect_bool(operand);
                result = Type::Error;
            }
        }
        result
    }

    fn expect_bool(&mut self, found: &Type) {
        let found = self.bindings.resolved(found);
        self.errors
            .push(format!("a `bool` is needed where a `{found}` stands"));
    }

    fn list(&mut self, list: &ListExpr) -> Type {
        let mut element = None;
        for part in &list.elements {
            let found = self.check(part);
            element = Some(self.joined(element, found));
        }
        Type::list(element.unwrap_or_else(|| self.bindings.fresh()))
    }

    fn map(&mut self, map: &MapExpr) -> Type {
        let (mut key, mut value) = (None, None);
        for entry in &map.entries {
            if let EntryExpr::MapEntry(entry) = &entry.expr {
                let found = self.check(&entry.key);
                key = Some(self.joined(key, found));
                let found = self.check(&entry.value);
                value = Some(self.joined(value, found));
            }
        }
        Type::map(
            key.unwrap_or_else(|| self.bindings.fresh()),
            value.unwrap_or_else(|| self.bindings.fresh()),
        )
    }

    fn message(&mut self, message: &StructExpr) -> Type {
        let name = message.type_name.trim_start_matches('.');
        let declared = self.environment.schema.message(name);
        if declared.is_none() {
            self.undeclared(name);
        }
        for entry in &message.entries {
            let EntryExpr::StructField(entry) = &entry.expr else {
                continue;
            };
            let found = self.check(&entry.value);
            let Some(declared) = declared else { continue };
            let field = &entry.field;
            match declared.field_named(field).map(Type::of_field) {
                None => self
                    .errors
                    .push(format!("message `{name}` has no field `{field}`")),
                Some(wanted) if !self.bindings.assignable(&wanted, &found) => {
                    let found = self.bindings.resolved(&found);
                    self.errors.push(format!(
                        "field `{field}` of message `{name}` is a `{wanted}`, not a `{found}`"
                    ));
                }
                Some(_) => {}
            }
        }
        match declared {
            Some(declared) => Type::of_message(declared.full_name()),
            None => Type::Error,
        }
    }

    fn comprehension(&mut self, comprehension: &ComprehensionExpr) -> Type {
        let range = self.check(&comprehension.iter_range);
        let accumulated = self.check(&comprehension.accu_init);
        let range = self.bindings.resolved(&range);
        let (first, second) = match &range {
            Type::List(element) => (Type::clone(element), Type::Int),
            Type::Map(key, value) => (Type::clone(key), Type::clone(value)),
            Type::Parameter(_) => (Type::Dyn, Type::Dyn),
            range if range.is_dyn_or_error() => (Type::Dyn, Type::Dyn),
            range => {
                self.errors
                    .push(format!("a `{range}` is no list or map to go through"));
                (Type::Error, Type::Error)
            }
        };
        let scope = self.variables.len();
        self.variables
            .push((comprehension.accu_var.clone(), accumulated.clone()));
        self.variables.push((comprehension.iter_var.clone(), first));
        if let Some(name) = &comprehension.iter_var2 {
            self.variables.push((name.clone(), second));
        }
        let condition = self.check(&comprehension.loop_cond);
        if !self.bindings.assignable(&condition, &Type::Bool) {
            self.expect_bool(&condition);
        }
        let step = self.check(&comprehension.loop_step);
        if !self.bindings.assignable(&step, &accumulated) {
            let (step, wanted) = (
                self.bindings.resolved(&step),
                self.bindings.resolved(&accumulated),
            );
            self.errors
                .push(format!("a `{wanted}` is needed where a `{step}` stands"));
        }
        // The result sees what was gathered, not the elements.
        self.variables.truncate(scope + 1);
        let result = self.check(&comprehension.result);
        self.variables.truncate(scope);
        self.bindings.resolved(&result)
    }

    /// The type of a list or map that holds both.
    fn joined(&mut self, before: Option<Type>, found: Type) -> Type {
        match before {
            None => found,
            Some(before) if self.bindings.assignable(&before, &found) => {
                more_general(before, found)
            }
            Some(_) => Type::Dyn,
        }
    }
}

/// The dotted name that an expression spells; `None` where it has more parts than any name that is known.
fn qualified_name(expression: &Expr) -> Option<String> {
    const MOST_PARTS: usize = 64;
    let mut parts = Vec::new();
    let mut expression = expression;
    while parts.len() < MOST_PARTS {
        match expression {
            Expr::Ident(name) => {
                parts.push(name.as_str());
                parts.reverse();
                return Some(parts.join("."));
            }
            Expr::Select(select) if !select.test => {
                parts.push(&select.field);
                expression = &select.operand.expr;
            }
            _ => return None,
        }
    }
    None
}

/// A function's name as it is written: `_==_` is `==`.
fn shown(name: &str) -> &str {
    match name {
        "_?_:_" => "? :",
        "_[_]" => "[]",
        "@in" => "in",
        "-_" => "-",
        "!_" => "!",
        name => name
            .strip_prefix('_')
            .and_then(|name| name.strip_suffix('_'))
            .unwrap_or(name),
    }
}
