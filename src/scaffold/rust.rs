//! The names that prost and tonic make of a contract's names.
//!
//! They follow `prost-build` 0.14 and `tonic-build` 0.14 to the letter, because the generated crate names what those
//! generate.

use heck::{ToSnakeCase, ToUpperCamelCase};

use crate::schema::{Enum, File, Message, Service};

/// Makes an identifier of a word that may be a keyword.
fn sanitized(word: String) -> String {
    match word.as_str() {
        "as" | "break" | "const" | "continue" | "else" | "enum" | "false" | "fn" | "for" | "if"
        | "impl" | "in" | "let" | "loop" | "match" | "mod" | "move" | "mut" | "pub" | "ref"
        | "return" | "static" | "struct" | "trait" | "true" | "type" | "unsafe" | "use"
        | "where" | "while" | "dyn" | "abstract" | "become" | "box" | "do" | "final" | "macro"
        | "override" | "priv" | "typeof" | "unsized" | "virtual" | "yield" | "async" | "await"
        | "try" | "gen" => format!("r#{word}"),
        "_" | "super" | "self" | "Self" | "extern" | "crate" => format!("{word}_"),
        _ if word.starts_with(char::is_numeric) => format!("_{word}"),
        _ => word,
    }
}

/// Whether a word has a meaning of its own in Rust.
pub fn is_keyword(word: &str) -> bool {
    sanitized(word.to_owned()) != word
}

/// The identifier of a field, method or module.
pub fn snake(name: &str) -> String {
    sanitized(name.to_snake_case())
}

/// The identifier of a type.
pub fn camel(name: &str) -> String {
    sanitized(name.to_upper_camel_case())
}

/// The path of a package's module below `pb`.
pub fn package_path(package: &str) -> Vec<String> {
    package
        .split('.')
        .filter(|part| !part.is_empty())
        .map(snake)
        .collect()
}

/// The module that `pb` stands for where a package is at home.
pub fn pb_module(package: &str) -> String {
    let mut path = vec!["crate".to_owned(), "pb".to_owned()];
    path.extend(package_path(package));
    path.join("::")
}

/// The import that makes `pb` stand for it.
pub fn pb_import(package: &str) -> String {
    if package_path(package).is_empty() {
        return "crate::pb".to_owned();
    }
    format!("{} as pb", pb_module(package))
}

/// The path below `pb` of the module that holds the types of a message, or of a package.
pub fn module_path(package: &str, message: Option<Message<'_>>) -> Vec<String> {
    let mut path = package_path(package);
    let at = path.len();
    let mut next = message;
    while let Some(message) = next {
        path.insert(at, snake(message.name().text));
        next = message.parent();
    }
    path
}

/// The type of a oneof in the module of its message, which a nested type of the same name pushes aside.
pub fn oneof_type(message: Message<'_>, oneof: &str) -> String {
    let name = camel(oneof);
    let nested = message.messages().map(|it| it.name().text);
    let nested = nested.chain(message.enums().map(|it| it.name().text));
    if nested.map(camel).any(|it| it == name) {
        return format!("{name}OneOf");
    }
    name
}

/// The name of a package's module as tonic derives those of clients and servers.
pub fn service_module(service_name: &str) -> String {
    let mut module = String::new();
    let mut characters = camel(service_name)
        .chars()
        .collect::<Vec<_>>()
        .into_iter()
        .peekable();
    while let Some(character) = characters.next() {
        module.push(character.to_ascii_lowercase());
        if characters.peek().is_some_and(|next| next.is_uppercase()) {
            module.push('_');
        }
    }
    module
}

/// A variant of an enum, without the prefix that repeats the enum's name.
pub fn variant(enum_name: &str, value_name: &str) -> String {
    let (prefix, name) = (camel(enum_name), camel(value_name));
    let stripped = name.strip_prefix(&prefix).unwrap_or(&name);
    if stripped.starts_with(char::is_uppercase) {
        sanitized(stripped.to_owned())
    } else {
        name
    }
}

/// Where a type is seen from: the package whose module is imported as `pb`.
#[derive(Debug, Clone, Copy)]
pub struct Viewpoint<'a>(pub &'a str);

impl Viewpoint<'_> {
    /// The path of a message. Well-known types are those of `prost-types`.
    pub fn message(self, message: Message<'_>) -> String {
        if let Some(path) = well_known(message) {
            return path;
        }
        let package = message.file().package();
        self.path(package, message.parent(), &camel(message.name().text))
    }

    /// The path of an enum.
    pub fn enumeration(self, of: Enum<'_>) -> String {
        self.path(of.file().package(), of.parent(), &camel(of.name().text))
    }

    /// The path of the trait that a service's handler implements.
    pub fn server_trait(self, service: Service<'_>) -> String {
        let name = service.name().text;
        let path = format!("{}_server::{}", service_module(name), camel(name));
        self.path(service.file().package(), None, &path)
    }

    fn path(self, package: &str, parent: Option<Message<'_>>, name: &str) -> String {
        let (mut path, package) = if package == self.0 {
            (vec!["pb".to_owned()], "")
        } else {
            (vec!["crate".to_owned(), "pb".to_owned()], package)
        };
        path.extend(module_path(package, parent));
        path.push(name.to_owned());
        path.join("::")
    }
}

/// Whether a file comes with protox, and its types with prost.
pub fn is_well_known(file: File<'_>) -> bool {
    let Some(rest) = file.path().strip_prefix("google/protobuf/") else {
        return false;
    };
    matches!(
        rest,
        "any.proto"
            | "api.proto"
            | "compiler/plugin.proto"
            | "descriptor.proto"
            | "duration.proto"
            | "empty.proto"
            | "field_mask.proto"
            | "source_context.proto"
            | "struct.proto"
            | "timestamp.proto"
            | "type.proto"
            | "wrappers.proto"
    )
}

/// The type of a message of `google.protobuf`, which prost does not generate.
fn well_known(message: Message<'_>) -> Option<String> {
    if message.file().package() != "google.protobuf" {
        return None;
    }
    Some(match message.name().text {
        "Empty" => "()".to_owned(),
        "BoolValue" => "bool".to_owned(),
        "BytesValue" => "Vec<u8>".to_owned(),
        "DoubleValue" => "f64".to_owned(),
        "FloatValue" => "f32".to_owned(),
        "Int32Value" => "i32".to_owned(),
        "Int64Value" => "i64".to_owned(),
        "StringValue" => "String".to_owned(),
        "UInt32Value" => "u32".to_owned(),
        "UInt64Value" => "u64".to_owned(),
        name => format!("prost_types::{}", camel(name)),
    })
}

/// Whether prost represents the message by a built-in type.
pub fn is_wrapper(message: Message<'_>) -> bool {
    message.file().package() == "google.protobuf"
        && matches!(
            message.name().text,
            "BoolValue"
                | "BytesValue"
                | "DoubleValue"
                | "FloatValue"
                | "Int32Value"
                | "Int64Value"
                | "StringValue"
                | "UInt32Value"
                | "UInt64Value"
        )
}

/// How many fields the struct of a message has: a oneof is one.
pub fn struct_fields(message: Message<'_>) -> usize {
    message
        .fields()
        .filter(|field| field.oneof().is_none())
        .count()
        + message.oneofs().count()
}

/// A struct with these fields set and the others, of all that it has, as they are by default.
pub fn literal(path: &str, fields: &[(&str, String)], all: usize) -> String {
    if fields.is_empty() {
        return format!("{path}::default()");
    }
    let set: Vec<_> = fields
        .iter()
        .map(|(name, value)| {
            if name == value {
                (*name).to_owned()
            } else {
                format!("{name}: {value}")
            }
        })
        .collect();
    let rest = if fields.len() < all {
        format!(", ..{path}::default()")
    } else {
        String::new()
    };
    format!("{path} {{ {}{rest} }}", set.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_prost_and_tonic() {
        assert_eq!(snake("GetHTTPStatus"), "get_http_status");
        assert_eq!(snake("Type"), "r#type");
        assert_eq!(snake("Self"), "self_");
        assert_eq!(camel("HTTP_rule"), "HttpRule");
        assert_eq!(service_module("HTTPService"), "http_service");
        assert_eq!(service_module("V2Api"), "v2_api");
        assert_eq!(variant("UserStatus", "USER_STATUS_ACTIVE"), "Active");
        assert_eq!(variant("ShipmentStatus", "CREATED"), "Created");
        assert_eq!(variant("Foo", "FOOBAR"), "Foobar");
        assert_eq!(package_path("a.Type.v1"), ["a", "r#type", "v1"]);
    }
}
