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
mod deprecated_names_replacement;
mod deprecated_not_used;
mod deprecation;
mod directory_same_package;
mod enum_closed_collection;
mod enum_first_value_zero;
mod enum_no_allow_alias;
mod enum_no_shadow;
mod enum_pascal_case;
mod enum_value_prefix;
mod enum_value_upper_snake_case;
mod enum_zero_value_suffix;
mod field_abbreviation;
mod field_lower_snake_case;
mod field_no_descriptor;
mod field_no_is_prefix;
mod field_no_leading_digit;
mod field_no_message_name;
mod field_no_preposition;
mod field_not_required;
mod field_number_ascending;
mod field_number_gap;
mod field_number_one_byte;
mod file_header;
mod file_layout_order;
mod file_lower_snake_case;
mod import_no_public;
mod import_sorted;
mod import_used;
mod int64_jstype;
mod keywords;
mod list_rpc_pagination;
mod message_no_preposition;
mod message_pascal_case;
mod money_no_float;
mod name_no_collision;
mod name_no_keyword;
mod oneof_lower_snake_case;
mod package_defined;
mod package_directory_match;
mod package_lower_snake_case;
mod package_no_import_cycle;
mod package_same_directory;
pub(super) mod package_same_option;
mod package_version_directory;
mod package_version_suffix;
mod protovalidate;
mod repeated_field_plural;
mod reserved_name_and_number;
mod reserved_sorted;
mod response_repeated_unbounded;
mod rpc_idempotency_level;
mod rpc_no_client_streaming;
mod rpc_no_server_streaming;
mod rpc_pascal_case;
mod rpc_request_response_unique;
mod rpc_request_standard_name;
mod rpc_response_standard_name;
mod rpc_standard_name;
mod service_pascal_case;
mod service_suffix;
mod stable_package_no_any;
mod stable_package_no_import_unstable;
mod suppression_reason;
mod syntax_specified;
mod time_field_type;
mod timestamp_field_suffix;
mod unused_suppression;
mod update_rpc_field_mask;
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
    deprecated_names_replacement,
    deprecated_not_used,
    directory_same_package,
    enum_closed_collection,
    enum_first_value_zero,
    enum_no_allow_alias,
    enum_no_shadow,
    enum_pascal_case,
    enum_value_prefix,
    enum_value_upper_snake_case,
    enum_zero_value_suffix,
    field_abbreviation,
    field_lower_snake_case,
    field_no_descriptor,
    field_no_is_prefix,
    field_no_leading_digit,
    field_no_message_name,
    field_no_preposition,
    field_not_required,
    field_number_ascending,
    field_number_gap,
    field_number_one_byte,
    file_header,
    file_layout_order,
    file_lower_snake_case,
    import_no_public,
    import_sorted,
    import_used,
    int64_jstype,
    list_rpc_pagination,
    message_no_preposition,
    message_pascal_case,
    money_no_float,
    name_no_collision,
    name_no_keyword,
    oneof_lower_snake_case,
    package_defined,
    package_directory_match,
    package_lower_snake_case,
    package_no_import_cycle,
    package_same_directory,
    package_version_directory,
    package_version_suffix,
    protovalidate,
    repeated_field_plural,
    reserved_name_and_number,
    reserved_sorted,
    response_repeated_unbounded,
    rpc_idempotency_level,
    rpc_no_client_streaming,
    rpc_no_server_streaming,
    rpc_pascal_case,
    rpc_request_response_unique,
    rpc_request_standard_name,
    rpc_response_standard_name,
    service_pascal_case,
    service_suffix,
    stable_package_no_any,
    stable_package_no_import_unstable,
    suppression_reason,
    syntax_specified,
    time_field_type,
    timestamp_field_suffix,
    unused_suppression,
    update_rpc_field_mask,
};
