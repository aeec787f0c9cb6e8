//! What can be set of single rules, typed; in `protogov.toml` under `[rules.ID]`.

use schemars::JsonSchema;
use serde::Deserialize;

/// The options of all rules that have any. A field is named like its rule.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields, default)]
pub struct RuleOptions {
    /// Options of `ENUM_ZERO_VALUE_SUFFIX`.
    pub enum_zero_value_suffix: EnumZeroValueSuffix,
    /// Options of `SERVICE_SUFFIX`.
    pub service_suffix: ServiceSuffix,
    /// Options of `RPC_REQUEST_RESPONSE_UNIQUE`.
    pub rpc_request_response_unique: RpcRequestResponseUnique,
    /// Options of `RPC_REQUEST_STANDARD_NAME`.
    pub rpc_request_standard_name: RpcRequestStandardName,
    /// Options of `RPC_RESPONSE_STANDARD_NAME`.
    pub rpc_response_standard_name: RpcResponseStandardName,
    /// Options of `OPTION_SAME_VALUE`.
    pub option_same_value: OptionSameValue,
    /// Options of `NO_DELETE_WITHOUT_DEPRECATION`.
    pub no_delete_without_deprecation: NoDeleteWithoutDeprecation,
}

/// Options of `NO_DELETE_WITHOUT_DEPRECATION`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NoDeleteWithoutDeprecation {
    /// How many days something has to be deprecated before it is removed; 0 turns the rule off.
    pub days: u32,
}

/// Options of `ENUM_ZERO_VALUE_SUFFIX`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct EnumZeroValueSuffix {
    /// What the name of every value with number 0 has to end with.
    pub suffix: String,
}

impl Default for EnumZeroValueSuffix {
    fn default() -> Self {
        Self {
            suffix: "_UNSPECIFIED".to_owned(),
        }
    }
}

/// Options of `SERVICE_SUFFIX`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ServiceSuffix {
    /// What the name of every service has to end with.
    pub suffix: String,
}

impl Default for ServiceSuffix {
    fn default() -> Self {
        Self {
            suffix: "Service".to_owned(),
        }
    }
}

/// Options of `RPC_REQUEST_RESPONSE_UNIQUE`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RpcRequestResponseUnique {
    /// Whether one rpc may take and give the same message.
    pub allow_same_request_response: bool,
    /// Whether any number of rpcs may take `google.protobuf.Empty`.
    pub allow_google_protobuf_empty_requests: bool,
    /// Whether any number of rpcs may give `google.protobuf.Empty`.
    pub allow_google_protobuf_empty_responses: bool,
}

/// Options of `RPC_REQUEST_STANDARD_NAME`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RpcRequestStandardName {
    /// Whether an rpc may take `google.protobuf.Empty` instead of a message named after it.
    pub allow_google_protobuf_empty_requests: bool,
}

/// Options of `RPC_RESPONSE_STANDARD_NAME`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RpcResponseStandardName {
    /// Whether an rpc may give `google.protobuf.Empty` instead of a message named after it.
    pub allow_google_protobuf_empty_responses: bool,
}

/// Options of `OPTION_SAME_VALUE`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct OptionSameValue {
    /// The full names of the custom options that are part of the contract.
    pub options: Vec<String>,
}

impl Default for OptionSameValue {
    fn default() -> Self {
        let validation = [
            "buf.validate.field",
            "buf.validate.message",
            "buf.validate.oneof",
            "validate.rules",
            "validate.required",
            "google.api.resource",
            "google.api.resource_reference",
        ];
        Self {
            options: validation.map(str::to_owned).to_vec(),
        }
    }
}
