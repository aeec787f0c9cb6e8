//! `FileDescriptorProto`

use super::number::{file as number, set};
use super::{body, enumeration, field, message, service, source_info, wire};
use crate::schema::{Edition, Enum, Field, File, Service};
use crate::syntax::tree::{ImportKind, Item};

/// Appends the file as a record of a `FileDescriptorSet`.
pub(super) fn record(out: &mut Vec<u8>, file: File<'_>, with_source_info: bool) {
    // Descriptors with source info are a little larger than sources; without they are a third.
    let source = file.source().len() as usize;
    let expected = if with_source_info {
        source + source / 5
    } else {
        source / 3
    };
    wire::long_message(out, set::FILE, expected, |out| {
        self::file(out, file, with_source_info);
    });
}

/// Appends the `FileDescriptorProto`.
pub(super) fn file(out: &mut Vec<u8>, file: File<'_>, with_source_info: bool) {
    let syntax = file.syntax();
    let (schema, tree) = (file.schema(), syntax.tree());
    let items = tree.file_items();
    wire::bytes(out, number::NAME, file.path().as_bytes());
    if !tree.packages.is_empty() {
        wire::bytes(out, number::PACKAGE, file.package().as_bytes());
    }
    for import in &tree.imports {
        if import.kind != ImportKind::Option {
            wire::bytes(out, number::DEPENDENCY, &syntax.string_value(import.path));
        }
    }
    for nested in body::nested(tree, items) {
        wire::message(out, number::MESSAGE, |out| {
            message::nested(out, file, nested)
        });
    }
    for &item in items {
        if let Item::Enum(index) = item {
            let node = Enum::new(schema, file.id(), index);
            wire::message(out, number::ENUM, |out| enumeration::enumeration(out, node));
        }
    }
    for &item in items {
        if let Item::Service(index) = item {
            let node = Service::new(schema, file.id(), index);
            wire::message(out, number::SERVICE, |out| service::service(out, node));
        }
    }
    for index in body::extensions(tree, items) {
        let node = Field::new(schema, file.id(), index);
        wire::message(out, number::EXTENSION, |out| field::extension(out, node));
    }
    wire::options(out, number::OPTIONS, file.options(), false);
    if with_source_info {
        let expected = file.source().len() as usize;
        wire::long_message(out, number::SOURCE_CODE_INFO, expected, |out| {
            source_info::source_info(out, file);
        });
    }
    let plain = tree
        .imports
        .iter()
        .filter(|import| import.kind != ImportKind::Option);
    for (at, import) in plain.clone().enumerate() {
        if import.kind == ImportKind::Public {
            wire::number(out, number::PUBLIC_DEPENDENCY, at as u64);
        }
    }
    for (at, import) in plain.enumerate() {
        if import.kind == ImportKind::Weak {
            wire::number(out, number::WEAK_DEPENDENCY, at as u64);
        }
    }
    match file.edition() {
        Edition::Proto2 => {}
        Edition::Proto3 => wire::bytes(out, number::SYNTAX, b"proto3"),
        edition @ (Edition::Edition2023 | Edition::Edition2024) => {
            wire::bytes(out, number::SYNTAX, b"editions");
            wire::int32(out, number::EDITION, edition.number());
        }
    }
    for import in &tree.imports {
        if import.kind == ImportKind::Option {
            wire::bytes(
                out,
                number::OPTION_DEPENDENCY,
                &syntax.string_value(import.path),
            );
        }
    }
}
