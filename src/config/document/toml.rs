//! TOML to a tree.

use ::toml::de::{DeTable, DeValue};

use super::{Entry, MAX_DEPTH, Malformed, Node, Value, span};

pub(super) fn parse(text: &str) -> Result<Node, Malformed> {
    let table = DeTable::parse(text)
        .map_err(|error| Malformed::of_parser(error.span().unwrap_or(0..0), error.message()))?;
    let range = table.span();
    let value = convert_table(table.into_inner(), 0)?;
    Ok(Node {
        span: span(range),
        value,
    })
}

fn convert_table(table: DeTable<'_>, depth: usize) -> Result<Value, Malformed> {
    let mut entries = Vec::with_capacity(table.len());
    for (key, value) in table {
        let range = value.span();
        entries.push(Entry {
            key_span: span(key.span()),
            key: key.into_inner().into_owned(),
            node: Node {
                span: span(range.clone()),
                value: convert(value.into_inner(), range, depth + 1)?,
            },
        });
    }
    entries.sort_by_key(|entry| entry.key_span);
    Ok(Value::Table(entries))
}

fn convert(
    value: DeValue<'_>,
    range: std::ops::Range<usize>,
    depth: usize,
) -> Result<Value, Malformed> {
    if depth > MAX_DEPTH {
        return Err(Malformed::too_deep(range));
    }
    Ok(match value {
        DeValue::String(text) => Value::String(text.into_owned()),
        DeValue::Boolean(value) => Value::Bool(value),
        DeValue::Datetime(value) => Value::String(value.to_string()),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
            .map(Value::Integer)
            .map_err(|_| Malformed::new(range, "the number does not fit in 64 bits"))?,
        DeValue::Float(number) => number
            .as_str()
            .parse()
            .map(Value::Float)
            .map_err(|_| Malformed::new(range, "this is not a number"))?,
        DeValue::Array(values) => {
            let mut nodes = Vec::with_capacity(values.len());
            for value in values {
                let range = value.span();
                nodes.push(Node {
                    span: span(range.clone()),
                    value: convert(value.into_inner(), range, depth + 1)?,
                });
            }
            Value::Array(nodes)
        }
        DeValue::Table(table) => convert_table(table, depth)?,
    })
}
