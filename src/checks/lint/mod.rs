//! The lint rules: one file each, named like the rule; a family of rules that differ in one value shares a file.
//!
//! A new rule is a file and two lines here.

use super::registry::{Registered, registry};

mod comment_enum;
mod comment_enum_value;
mod comment_field;
mod comment_message;
mod comment_oneof;
mod comment_rpc;
mod comment_service;
mod directory_same_package;
mod enum_first_value_zero;
mod enum_no_allow_alias;
mod enum_pascal_case;
mod enum_value_prefix;
mod enum_value_upper_snake_case;
mod enum_zero_value_suffix;
mod field_lower_snake_case;
mod field_no_descriptor;
mod field_not_required;
mod file_lower_snake_case;
mod import_no_public;
mod import_used;
mod message_pascal_case;
mod oneof_lower_snake_case;
mod package_defined;
mod package_directory_match;
mod package_lower_snake_case;
mod package_no_import_cycle;
mod package_same_directory;
pub(super) mod package_same_option;
mod package_version_suffix;
mod rpc_no_client_streaming;
mod rpc_no_server_streaming;
mod rpc_pascal_case;
mod rpc_request_response_unique;
mod rpc_request_standard_name;
mod rpc_response_standard_name;
mod rpc_standard_name;
mod service_pascal_case;
mod service_suffix;
mod stable_package_no_import_unstable;
mod suppression_reason;
mod syntax_specified;
mod unused_suppression;
mod wording;

/// The rules that have a file of their own.
pub(super) static RULES: &[Registered] = registry! {
    comment_enum,
    comment_enum_value,
    comment_field,
    comment_message,
    comment_oneof,
    comment_rpc,
    comment_service,
    directory_same_package,
    enum_first_value_zero,
    enum_no_allow_alias,
    enum_pascal_case,
    enum_value_prefix,
    enum_value_upper_snake_case,
    enum_zero_value_suffix,
    field_lower_snake_case,
    field_no_descriptor,
    field_not_required,
    file_lower_snake_case,
    import_no_public,
    import_used,
    message_pascal_case,
    oneof_lower_snake_case,
    package_defined,
    package_directory_match,
    package_lower_snake_case,
    package_no_import_cycle,
    package_same_directory,
    package_version_suffix,
    rpc_no_client_streaming,
    rpc_no_server_streaming,
    rpc_pascal_case,
    rpc_request_response_unique,
    rpc_request_standard_name,
    rpc_response_standard_name,
    service_pascal_case,
    service_suffix,
    stable_package_no_import_unstable,
    suppression_reason,
    syntax_specified,
    unused_suppression,
};
