//! Partial updates: takes over the fields that a mask names, as the descriptor describes them.

use prost::Message;
use prost_reflect::{DynamicMessage, FieldDescriptor, MapKey, MessageDescriptor, ReflectMessage};
use prost_types::FieldMask;

use crate::{
    CONTRACT,
    error::{ServiceError, Violation},
};

/// Reads a message of the type `name` so that its fields can be asked for by name.
pub fn reflect(name: &str, message: &impl Message) -> Result<DynamicMessage, ServiceError> {
    let descriptor = CONTRACT
        .get_message_by_name(name)
        .ok_or_else(|| ServiceError::internal(format!("the contract has no message `{name}`")))?;
    DynamicMessage::decode(descriptor, message.encode_to_vec().as_slice())
        .map_err(ServiceError::internal)
}

/// Returns `current` with the fields of `patch` that `mask` names. Without a mask these are the
/// fields that are set in `patch`; `*` stands for all fields. Paths of `output_only` fields are
/// passed over, as a caller may send back what it has read.
pub fn merge<M: Message + Default>(
    name: &str,
    current: &M,
    patch: &M,
    mask: Option<&FieldMask>,
    output_only: &[&str],
) -> Result<M, ServiceError> {
    let source = reflect(name, patch)?;
    let mut target = reflect(name, current)?;
    let paths = match mask {
        Some(mask) if !mask.paths.is_empty() => mask.paths.as_slice(),
        _ => {
            let set = source
                .fields()
                .map(|(field, _)| field.name().to_owned())
                .collect::<Vec<_>>();
            return merge_paths(&set, &source, target, output_only);
        }
    };
    if paths == ["*"] {
        let all: Vec<_> = source
            .descriptor()
            .fields()
            .map(|field| field.name().to_owned())
            .collect();
        return merge_paths(&all, &source, target, output_only);
    }
    let mut violations = Vec::new();
    for path in paths {
        if let Err(problem) = copy_path(path, &source, &mut target, output_only) {
            violations.push(Violation::new(
                "update_mask",
                format!("has the path `{path}`: {problem}"),
            ));
        }
    }
    if violations.is_empty() {
        target.transcode_to().map_err(ServiceError::internal)
    } else {
        Err(ServiceError::Invalid(violations))
    }
}

fn merge_paths<M: Message + Default>(
    fields: &[String],
    source: &DynamicMessage,
    mut target: DynamicMessage,
    output_only: &[&str],
) -> Result<M, ServiceError> {
    for field in fields {
        copy_path(field, source, &mut target, output_only).map_err(ServiceError::internal)?;
    }
    target.transcode_to().map_err(ServiceError::internal)
}

fn copy_path(
    path: &str,
    source: &DynamicMessage,
    target: &mut DynamicMessage,
    output_only: &[&str],
) -> Result<(), String> {
    let first = path.split('.').next().unwrap_or_default();
    let field = field(&source.descriptor(), first)?;
    if output_only.contains(&field.name()) {
        return Ok(());
    }
    copy(path, source, target)
}

/// Copies one field. Masks are short, and a message is as deep as its path, so this may recurse.
fn copy(path: &str, source: &DynamicMessage, target: &mut DynamicMessage) -> Result<(), String> {
    let (name, rest) = path
        .split_once('.')
        .map_or((path, None), |(name, rest)| (name, Some(rest)));
    let field = field(&source.descriptor(), name)?;
    let Some(rest) = rest else {
        if source.has_field(&field) {
            target.set_field(&field, source.get_field(&field).into_owned());
        } else {
            target.clear_field(&field);
        }
        return Ok(());
    };
    if field.is_map() {
        return copy_entry(&field, rest, source, target);
    }
    if field.is_list() {
        return Err(format!(
            "`{name}` is repeated, so nothing in it can be named"
        ));
    }
    let from = source.get_field(&field);
    let from = from
        .as_message()
        .ok_or_else(|| format!("`{name}` is not a message"))?;
    if !source.has_field(&field) && !target.has_field(&field) {
        // Checks the rest of the path without making an empty message.
        return copy(rest, from, &mut from.clone());
    }
    let into = target.get_field_mut(&field);
    let into = into
        .as_message_mut()
        .ok_or_else(|| format!("`{name}` is not a message"))?;
    copy(rest, from, into)
}

fn copy_entry(
    field: &FieldDescriptor,
    key: &str,
    source: &DynamicMessage,
    target: &mut DynamicMessage,
) -> Result<(), String> {
    let key = key
        .strip_prefix('`')
        .and_then(|key| key.strip_suffix('`'))
        .unwrap_or(key);
    let is_text = field
        .kind()
        .as_message()
        .is_some_and(|entry| entry.map_entry_key_field().kind() == prost_reflect::Kind::String);
    if !is_text {
        return Err(format!("the keys of `{}` are not text", field.name()));
    }
    let key = MapKey::String(key.to_owned());
    let from = source.get_field(field);
    let value = from.as_map().and_then(|map| map.get(&key)).cloned();
    if let Some(map) = target.get_field_mut(field).as_map_mut() {
        match value {
            Some(value) => map.insert(key, value),
            None => map.remove(&key),
        };
    }
    Ok(())
}

/// A field by its name in the contract or in JSON.
fn field(message: &MessageDescriptor, name: &str) -> Result<FieldDescriptor, String> {
    let found = message
        .get_field_by_name(name)
        .or_else(|| message.get_field_by_json_name(name));
    found.ok_or_else(|| format!("`{}` has no field `{name}`", message.name()))
}
