//! Rules that compare today's schema with a baseline.
//!
//! The two schemas are walked once, by protobuf identity; a rule is called for the kinds of change it looks at and
//! never searches. What a change does to bytes, JSON and source is not the rules' business: `judge` reads it from the
//! table in [`crate::compatibility`].

mod aspect;
mod cardinality;
mod compare;
mod effect;
mod enum_no_delete;
mod enum_number_reused;
mod enum_required_same_values;
mod enum_same_alias_order;
mod enum_same_default;
mod enum_same_json_format;
mod enum_same_openness;
mod enum_same_type;
mod enum_value_no_delete;
mod enum_value_no_delete_unless_name_reserved;
mod enum_value_no_delete_unless_number_reserved;
mod enum_value_same_name;
mod enum_value_same_number;
mod extension_field_no_delete;
mod extension_message_no_delete;
mod extension_no_delete;
mod extension_range_no_delete;
mod field_name_reused;
mod field_no_delete;
mod field_no_delete_unless_name_reserved;
mod field_no_delete_unless_number_reserved;
mod field_no_packed_text;
mod field_number_reused;
mod field_same_behavior;
mod field_same_cardinality;
mod field_same_cpp_string_type;
mod field_same_default;
mod field_same_exclusion;
mod field_same_java_utf8_validation;
mod field_same_json_name;
mod field_same_jstype;
mod field_same_message_encoding;
mod field_same_name;
mod field_same_number;
mod field_same_oneof;
mod field_same_presence;
mod field_same_string_verification;
mod field_same_type;
mod field_same_utf8_validation;
mod field_same_values;
mod field_type;
mod field_wire_compatible_cardinality;
mod field_wire_compatible_type;
mod field_wire_json_compatible_cardinality;
mod field_wire_json_compatible_type;
mod file_no_delete;
mod file_same_option;
mod file_same_package;
mod file_same_syntax;
mod json_name_same_field;
mod judge;
mod language_feature;
mod map_same_key_range;
mod merge;
mod message_no_delete;
mod message_no_remove_standard_descriptor_accessor;
mod message_same_json_format;
mod message_same_legacy_required_fields;
mod message_same_required_fields;
mod message_url_no_delete;
mod no_delete_without_deprecation;
mod oneof_no_delete;
mod option_same_value;
mod option_text;
mod options;
mod package_enum_no_delete;
mod package_extension_no_delete;
mod package_message_no_delete;
mod package_no_delete;
mod package_service_no_delete;
mod packages;
mod proof;
mod ranges;
mod removed;
mod reserved;
mod reserved_enum_no_delete;
mod reserved_message_no_delete;
mod rpc_no_delete;
mod rpc_path_no_delete;
mod rpc_same_client_streaming;
mod rpc_same_http_binding;
mod rpc_same_idempotency_level;
mod rpc_same_operation_types;
mod rpc_same_request_type;
mod rpc_same_response_type;
mod rpc_same_server_streaming;
mod service_no_delete;
mod streaming;
mod strings;

use rayon::prelude::*;

use super::options::RuleOptions;
use super::registry::{Registered, registry};
use super::rule::Check;
use crate::compatibility::Verdict;
use crate::diagnostic::Severity;
use crate::schema::diff::{Change, Diff};
use crate::schema::{File, Schema};

pub use compare::{Aspect, BreakingCx, BreakingFinding, BreakingReport, Compare, Place};

pub use merge::merged;
pub use proof::Proof;

use proof::{Holders, Prover};

pub(crate) use file_same_option::RULES as FILE_SAME_RULES;

/// All breaking rules with a file of their own, sorted by id.
pub static RULES: &[Registered] = registry! {
    enum_no_delete,
    enum_number_reused,
    enum_required_same_values,
    enum_same_alias_order,
    enum_same_default,
    enum_same_json_format,
    enum_same_openness,
    enum_same_type,
    enum_value_no_delete,
    enum_value_no_delete_unless_name_reserved,
    enum_value_no_delete_unless_number_reserved,
    enum_value_same_name,
    enum_value_same_number,
    extension_field_no_delete,
    extension_message_no_delete,
    extension_no_delete,
    extension_range_no_delete,
    field_name_reused,
    field_no_delete,
    field_no_delete_unless_name_reserved,
    field_no_delete_unless_number_reserved,
    field_no_packed_text,
    field_number_reused,
    field_same_behavior,
    field_same_cardinality,
    field_same_cpp_string_type,
    field_same_default,
    field_same_java_utf8_validation,
    field_same_exclusion,
    field_same_json_name,
    field_same_jstype,
    field_same_message_encoding,
    field_same_name,
    field_same_number,
    field_same_oneof,
    field_same_presence,
    field_same_string_verification,
    field_same_type,
    field_same_utf8_validation,
    field_same_values,
    field_wire_compatible_cardinality,
    field_wire_compatible_type,
    field_wire_json_compatible_cardinality,
    field_wire_json_compatible_type,
    file_no_delete,
    file_same_package,
    file_same_syntax,
    json_name_same_field,
    map_same_key_range,
    message_no_delete,
    message_no_remove_standard_descriptor_accessor,
    message_same_json_format,
    message_same_legacy_required_fields,
    message_same_required_fields,
    message_url_no_delete,
    no_delete_without_deprecation,
    oneof_no_delete,
    option_same_value,
    package_enum_no_delete,
    package_extension_no_delete,
    package_message_no_delete,
    package_no_delete,
    package_service_no_delete,
    reserved_enum_no_delete,
    reserved_message_no_delete,
    rpc_no_delete,
    rpc_path_no_delete,
    rpc_same_client_streaming,
    rpc_same_http_binding,
    rpc_same_idempotency_level,
    rpc_same_operation_types,
    rpc_same_request_type,
    rpc_same_response_type,
    rpc_same_server_streaming,
    service_no_delete,
};

/// By which rules two schemas are compared, and how.
#[derive(Debug)]
pub struct Comparison<'a> {
    /// The rules that are on, each with what its findings weigh.
    pub rules: &'a [(&'static Registered, Severity)],
    /// The options of all rules.
    pub options: &'a RuleOptions,
    /// Whether findings come with the messages that prove them, which cost time to find.
    pub finds_witnesses: bool,
}

impl Comparison<'_> {
    /// What the rules find, one finding for each rule and change. The findings are in no order.
    pub fn run(&self, diff: &Diff<'_>) -> Vec<BreakingFinding> {
        let table = Table::new(self);
        let files: Vec<File<'_>> = diff.before().files().collect();
        let holders = Holders::new();
        let mut findings: Vec<BreakingFinding> = files
            .par_iter()
            .filter(|file| !is_untouched(**file, diff.after()))
            .flat_map_iter(|&file| table.file(diff, file, &holders))
            .collect();
        findings.extend(table.whole(diff));
        findings
    }
}

/// Whether the file of that path has the same text today: then nothing in it can have changed.
fn is_untouched(before: File<'_>, after: &Schema) -> bool {
    after.file_named(before.path()).is_some_and(|after| {
        std::ptr::eq(before.syntax(), after.syntax())
            || before.source().bytes() == after.source().bytes()
    })
}

/// The rules that are on, by what they look at.
struct Table<'a> {
    comparison: &'a Comparison<'a>,
    rules: Vec<(&'static Registered, Severity, Aspect, Compare)>,
}

impl<'a> Table<'a> {
    fn new(comparison: &'a Comparison<'a>) -> Self {
        let mut table = Self {
            comparison,
            rules: Vec::new(),
        };
        for &(rule, severity) in comparison.rules {
            if let Check::Breaking(aspect, compares) = rule.rule().check {
                for &compare in compares {
                    table.rules.push((rule, severity, aspect, compare));
                }
            }
        }
        table
    }

    fn whole(&self, diff: &Diff<'_>) -> Vec<BreakingFinding> {
        let mut cx = BreakingCx::new(diff, self.comparison.options);
        for &(rule, severity, aspect, compare) in &self.rules {
            if let Compare::Whole(check) = compare {
                cx.speak_for(rule.id().code(), severity, aspect);
                check(diff, &mut cx);
            }
        }
        cx.into_findings()
    }

    fn file<'s>(
        &self,
        diff: &Diff<'s>,
        file: File<'s>,
        holders: &Holders<'s>,
    ) -> Vec<BreakingFinding> {
        let mut cx = BreakingCx::new(diff, self.comparison.options);
        diff.walk_before(file, &mut |change| {
            let mut prover = Prover::new(diff, holders, &change);
            for &(rule, severity, aspect, compare) in &self.rules {
                cx.speak_for(rule.id().code(), severity, aspect);
                let start = cx.len();
                call(compare, &change, &mut cx);
                if cx.len() == start {
                    continue;
                }
                let judged: Verdict = judge::verdict(&change, aspect, diff, cx.structures());
                for finding in cx.since(start) {
                    let verdict = finding
                        .verdict
                        .get_or_insert_with(|| judged.clone())
                        .clone();
                    if self.comparison.finds_witnesses {
                        finding.proofs = prover.proofs(aspect, finding.number(), &verdict);
                    }
                }
            }
        });
        cx.into_findings()
    }
}

/// Calls a rule if the change is of the kind it looks at.
fn call<'s>(compare: Compare, change: &Change<'s>, cx: &mut BreakingCx<'s>) {
    match (compare, change) {
        (Compare::File(check), Change::File(pair)) => check(*pair, cx),
        (Compare::FileRemoved(check), Change::FileRemoved(file)) => check(*file, cx),
        (Compare::Message(check), Change::Message(pair)) => check(*pair, cx),
        (Compare::Field(check), Change::Field(pair) | Change::Extension(pair)) => check(*pair, cx),
        (Compare::MapEntry(check), Change::MapEntry(pair)) => check(*pair, cx),
        (Compare::FieldRemoved(check), Change::FieldRemoved(field, message)) => {
            check(*field, *message, cx);
        }
        (Compare::FieldAdded(check), Change::FieldAdded(field, message)) => {
            check(*field, *message, cx);
        }
        (Compare::MessageRemoved(check), Change::MessageRemoved(message)) => check(*message, cx),
        (Compare::ExtensionRemoved(check), Change::ExtensionRemoved(field)) => check(*field, cx),
        (Compare::OneofRemoved(check), Change::OneofRemoved(oneof, message)) => {
            check(*oneof, *message, cx);
        }
        (Compare::Enum(check), Change::Enum(pair)) => check(*pair, cx),
        (Compare::EnumNumber(check), Change::EnumNumber(pair, enums)) => check(pair, *enums, cx),
        (Compare::EnumNumberRemoved(check), Change::EnumNumberRemoved(removed, enums)) => {
            check(removed, *enums, cx);
        }
        (Compare::EnumNumberAdded(check), Change::EnumNumberAdded(added, enums)) => {
            check(added, *enums, cx);
        }
        (Compare::ServiceRemoved(check), Change::ServiceRemoved(service)) => check(*service, cx),
        (Compare::Service(check), Change::Service(pair)) => check(*pair, cx),
        (Compare::Method(check), Change::Method(pair)) => check(*pair, cx),
        (Compare::MethodRemoved(check), Change::MethodRemoved(method, service)) => {
            check(*method, *service, cx);
        }
        _ => {}
    }
}
