//! The files that every protobuf compiler brings along.
//!
//! They are Google's, under the licence at their heads (BSD-3-Clause), as published with protobuf 35.1.

/// Pairs an import path with the file of that path beside this module.
macro_rules! bundled {
    ($($name:literal),+ $(,)?) => {
        &[$(($name, include_str!(concat!("well_known/", $name)))),+]
    };
}

/// Import path and text of each bundled file, sorted by path.
pub static FILES: &[(&str, &str)] = bundled![
    "google/protobuf/any.proto",
    "google/protobuf/api.proto",
    "google/protobuf/compiler/plugin.proto",
    "google/protobuf/cpp_features.proto",
    "google/protobuf/descriptor.proto",
    "google/protobuf/duration.proto",
    "google/protobuf/empty.proto",
    "google/protobuf/field_mask.proto",
    "google/protobuf/go_features.proto",
    "google/protobuf/java_features.proto",
    "google/protobuf/source_context.proto",
    "google/protobuf/struct.proto",
    "google/protobuf/timestamp.proto",
    "google/protobuf/type.proto",
    "google/protobuf/wrappers.proto",
];

/// The text of a bundled file.
pub fn text(name: &str) -> Option<&'static str> {
    let at = FILES.binary_search_by_key(&name, |(name, _)| name).ok()?;
    FILES.get(at).map(|(_, text)| *text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_sorted_so_that_each_is_found() {
        for (name, content) in FILES {
            assert_eq!(text(name), Some(*content));
        }
        assert_eq!(text("google/protobuf/nothing.proto"), None);
    }
}
