//! What a filter asks, and whether it is so.

use std::cmp::Ordering;

use prost_reflect::{DynamicMessage, FieldDescriptor, Value};

/// What a filter asks of a resource.
#[derive(Debug)]
pub(super) enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    Compare {
        path: Vec<FieldDescriptor>,
        operator: Operator,
        operand: Operand,
    },
    IsSet {
        path: Vec<FieldDescriptor>,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Has,
}

#[derive(Debug)]
pub(super) enum Operand {
    Bool(bool),
    Number(f64),
    Integer(i128),
    Text(String),
    Time(prost_types::Timestamp),
}

impl Condition {
    /// Whether it is so of `message`.
    pub(super) fn holds(&self, message: &DynamicMessage) -> bool {
        match self {
            Self::All(conditions) => conditions.iter().all(|it| it.holds(message)),
            Self::Any(conditions) => conditions.iter().any(|it| it.holds(message)),
            Self::Not(condition) => !condition.holds(message),
            Self::Compare {
                path,
                operator,
                operand,
            } => at(message, path, &mut |value, field| {
                compare(value, field, *operator, operand)
            }),
            Self::IsSet { path } => is_set(message, path),
        }
    }
}

/// Looks at the field that `path` leads to. A message that is not set has the default of its fields.
fn at(
    message: &DynamicMessage,
    path: &[FieldDescriptor],
    look: &mut impl FnMut(&Value, &FieldDescriptor) -> bool,
) -> bool {
    let Some((field, rest)) = path.split_first() else {
        return false;
    };
    let value = message.get_field(field);
    if rest.is_empty() {
        return look(&value, field);
    }
    value
        .as_message()
        .is_some_and(|inner| at(inner, rest, look))
}

fn is_set(message: &DynamicMessage, path: &[FieldDescriptor]) -> bool {
    let Some((field, rest)) = path.split_first() else {
        return true;
    };
    message.has_field(field)
        && (rest.is_empty()
            || message
                .get_field(field)
                .as_message()
                .is_some_and(|it| is_set(it, rest)))
}

fn compare(value: &Value, field: &FieldDescriptor, operator: Operator, operand: &Operand) -> bool {
    if let Value::List(items) = value {
        return items
            .iter()
            .any(|item| order(item, field, operand) == Some(Ordering::Equal));
    }
    let Some(order) = order(value, field, operand) else {
        return false;
    };
    match operator {
        Operator::Equal | Operator::Has => order.is_eq(),
        Operator::NotEqual => order.is_ne(),
        Operator::Less => order.is_lt(),
        Operator::LessOrEqual => order.is_le(),
        Operator::Greater => order.is_gt(),
        Operator::GreaterOrEqual => order.is_ge(),
    }
}

fn order(value: &Value, field: &FieldDescriptor, operand: &Operand) -> Option<Ordering> {
    match (value, operand) {
        (Value::Bool(value), Operand::Bool(operand)) => Some(value.cmp(operand)),
        (Value::I32(value) | Value::EnumNumber(value), Operand::Integer(operand)) => {
            Some(i128::from(*value).cmp(operand))
        }
        (Value::I64(value), Operand::Integer(operand)) => Some(i128::from(*value).cmp(operand)),
        (Value::U32(value), Operand::Integer(operand)) => Some(i128::from(*value).cmp(operand)),
        (Value::U64(value), Operand::Integer(operand)) => Some(i128::from(*value).cmp(operand)),
        (Value::F32(value), Operand::Number(operand)) => f64::from(*value).partial_cmp(operand),
        (Value::F64(value), Operand::Number(operand)) => value.partial_cmp(operand),
        (Value::String(value), Operand::Text(operand)) => Some(value.as_str().cmp(operand)),
        (Value::Message(value), Operand::Time(operand)) if is_time(field) => {
            let part = |name| {
                value
                    .get_field_by_name(name)
                    .map(std::borrow::Cow::into_owned)
            };
            let seconds = part("seconds")
                .and_then(|it| it.as_i64())
                .unwrap_or_default();
            let nanos = part("nanos").and_then(|it| it.as_i32()).unwrap_or_default();
            Some((seconds, nanos).cmp(&(operand.seconds, operand.nanos)))
        }
        _ => None,
    }
}

pub(super) fn is_time(field: &FieldDescriptor) -> bool {
    field
        .kind()
        .as_message()
        .is_some_and(|message| message.full_name() == "google.protobuf.Timestamp")
}
