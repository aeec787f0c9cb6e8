//! The keys of `buf.yaml`, version by version, and of `buf.work.yaml`.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::document::Spanned;

/// `version: v1beta1` and `version: v1`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BufYamlV1 {
    /// `v1beta1` or `v1`.
    #[serde(rename = "version")]
    _version: IgnoredAny,
    /// The module's name in a registry.
    #[serde(default)]
    pub name: Option<String>,
    /// Modules of a registry; files are found by import roots here.
    #[serde(default)]
    pub deps: Vec<String>,
    /// Where files lie.
    #[serde(default)]
    pub build: BuildV1,
    /// Lint.
    #[serde(default)]
    pub lint: LintV1,
    /// Breaking changes.
    #[serde(default)]
    pub breaking: BreakingSection,
}

/// Where files lie.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BuildV1 {
    /// Import roots; v1beta1 only.
    pub roots: Option<Vec<Spanned<String>>>,
    /// Directories left out.
    pub excludes: Vec<Spanned<String>>,
}

/// The lint section of v1beta1 and v1.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LintV1 {
    #[serde(rename = "use")]
    selected: Vec<Spanned<String>>,
    except: Vec<Spanned<String>>,
    ignore: Vec<Spanned<String>>,
    ignore_only: BTreeMap<Spanned<String>, Vec<Spanned<String>>>,
    enum_zero_value_suffix: Option<Spanned<String>>,
    rpc_allow_same_request_response: bool,
    rpc_allow_google_protobuf_empty_requests: bool,
    rpc_allow_google_protobuf_empty_responses: bool,
    service_suffix: Option<Spanned<String>>,
    allow_comment_ignores: bool,
    disable_builtin: bool,
}

/// The lint section of v2.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LintV2 {
    #[serde(rename = "use")]
    selected: Vec<Spanned<String>>,
    except: Vec<Spanned<String>>,
    ignore: Vec<Spanned<String>>,
    ignore_only: BTreeMap<Spanned<String>, Vec<Spanned<String>>>,
    enum_zero_value_suffix: Option<Spanned<String>>,
    rpc_allow_same_request_response: bool,
    rpc_allow_google_protobuf_empty_requests: bool,
    rpc_allow_google_protobuf_empty_responses: bool,
    service_suffix: Option<Spanned<String>>,
    disallow_comment_ignores: bool,
    disable_builtin: bool,
}

/// A lint section, in whatever version it was written.
#[derive(Debug, Clone)]
pub struct LintSection {
    /// Rules and categories that are on; none for the defaults.
    pub selected: Vec<Spanned<String>>,
    /// Rules and categories that are off.
    pub except: Vec<Spanned<String>>,
    /// Paths that are not linted.
    pub ignore: Vec<Spanned<String>>,
    /// Paths in which a rule or category does not count.
    pub ignore_only: BTreeMap<Spanned<String>, Vec<Spanned<String>>>,
    /// Option of `ENUM_ZERO_VALUE_SUFFIX`.
    pub enum_zero_value_suffix: Option<Spanned<String>>,
    /// Option of `SERVICE_SUFFIX`.
    pub service_suffix: Option<Spanned<String>>,
    /// Option of `RPC_REQUEST_RESPONSE_UNIQUE`.
    pub allow_same_request_response: bool,
    /// Option of the rules about requests.
    pub allow_empty_requests: bool,
    /// Option of the rules about responses.
    pub allow_empty_responses: bool,
    /// Whether comments may silence findings.
    pub comment_ignores: bool,
    /// Whether no rule runs.
    pub disable_builtin: bool,
}

impl From<LintV1> for LintSection {
    fn from(lint: LintV1) -> Self {
        Self {
            selected: lint.selected,
            except: lint.except,
            ignore: lint.ignore,
            ignore_only: lint.ignore_only,
            enum_zero_value_suffix: lint.enum_zero_value_suffix,
            service_suffix: lint.service_suffix,
            allow_same_request_response: lint.rpc_allow_same_request_response,
            allow_empty_requests: lint.rpc_allow_google_protobuf_empty_requests,
            allow_empty_responses: lint.rpc_allow_google_protobuf_empty_responses,
            comment_ignores: lint.allow_comment_ignores,
            disable_builtin: lint.disable_builtin,
        }
    }
}

impl From<LintV2> for LintSection {
    fn from(lint: LintV2) -> Self {
        Self {
            selected: lint.selected,
            except: lint.except,
            ignore: lint.ignore,
            ignore_only: lint.ignore_only,
            enum_zero_value_suffix: lint.enum_zero_value_suffix,
            service_suffix: lint.service_suffix,
            allow_same_request_response: lint.rpc_allow_same_request_response,
            allow_empty_requests: lint.rpc_allow_google_protobuf_empty_requests,
            allow_empty_responses: lint.rpc_allow_google_protobuf_empty_responses,
            comment_ignores: !lint.disallow_comment_ignores,
            disable_builtin: lint.disable_builtin,
        }
    }
}

/// The breaking section of all versions.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BreakingSection {
    /// Rules and categories that are on; none for the defaults.
    #[serde(rename = "use")]
    pub selected: Vec<Spanned<String>>,
    /// Rules and categories that are off.
    pub except: Vec<Spanned<String>>,
    /// Paths whose changes do not count.
    pub ignore: Vec<Spanned<String>>,
    /// Paths in which a rule or category does not count.
    pub ignore_only: BTreeMap<Spanned<String>, Vec<Spanned<String>>>,
    /// Whether packages with an alpha, beta or test version may change.
    pub ignore_unstable_packages: bool,
    /// Whether no rule runs.
    pub disable_builtin: bool,
}

/// `version: v2`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BufYamlV2 {
    #[serde(rename = "version")]
    _version: IgnoredAny,
    /// The name of the only module, where there is one.
    #[serde(default)]
    pub name: Option<String>,
    /// The modules of the workspace; none where this directory is the only one.
    #[serde(default)]
    pub modules: Vec<ModuleV2>,
    /// Modules of a registry; files are found by import roots here.
    #[serde(default)]
    pub deps: Vec<String>,
    /// Lint, for modules without a section of their own.
    #[serde(default)]
    pub lint: LintV2,
    /// Breaking changes, for modules without a section of their own.
    #[serde(default)]
    pub breaking: BreakingSection,
    /// Check plugins.
    #[serde(default)]
    pub plugins: Option<Spanned<IgnoredAny>>,
    /// Policies.
    #[serde(default)]
    pub policies: Option<Spanned<IgnoredAny>>,
}

/// A module of a v2 workspace.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[derive(Default)]
pub struct ModuleV2 {
    /// Its directory; absent for the directory of the file.
    pub path: Option<Spanned<String>>,
    /// Its name in a registry.
    pub name: Option<String>,
    /// What belongs to it.
    pub includes: Vec<Spanned<String>>,
    /// What does not.
    pub excludes: Vec<Spanned<String>>,
    /// Lint, in place of the file's.
    pub lint: Option<LintV2>,
    /// Breaking changes, in place of the file's.
    pub breaking: Option<BreakingSection>,
}

/// `buf.work.yaml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BufWorkYaml {
    #[serde(rename = "version")]
    _version: IgnoredAny,
    /// The modules, each with its own `buf.yaml` or none.
    pub directories: Vec<Spanned<String>>,
}
