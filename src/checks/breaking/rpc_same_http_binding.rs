//! A method can no longer be reached by an HTTP path.
//!
//! ## What breaks
//! A gateway serves `google.api.http` bindings as REST. Callers of a path that is gone get 404; with another `body` or
//! `response_body` they send and get JSON of another shape.
//!
//! ## Examples
//! ```proto,before
//! // file: google/api/annotations.proto
//! syntax = "proto3";
//!
//! package google.api;
//!
//! import "google/protobuf/descriptor.proto";
//!
//! message HttpRule {
//!   oneof pattern {
//!     string get = 2;
//!     string post = 4;
//!   }
//!   string body = 7;
//! }
//!
//! extend google.protobuf.MethodOptions {
//!   HttpRule http = 72295728;
//! }
//!
//! // file: users.proto
//! syntax = "proto3";
//!
//! package users.v1;
//!
//! import "google/api/annotations.proto";
//!
//! message User {
//!   string name = 1;
//! }
//!
//! service Users {
//!   rpc GetUser(User) returns (User) {
//!     option (google.api.http) = {get: "/v1/{name=users/*}"};
//!   }
//! }
//! ```
//! ```proto,after,bad
//! // file: google/api/annotations.proto
//! syntax = "proto3";
//!
//! package google.api;
//!
//! import "google/protobuf/descriptor.proto";
//!
//! message HttpRule {
//!   oneof pattern {
//!     string get = 2;
//!     string post = 4;
//!   }
//!   string body = 7;
//! }
//!
//! extend google.protobuf.MethodOptions {
//!   HttpRule http = 72295728;
//! }
//!
//! // file: users.proto
//! syntax = "proto3";
//!
//! package users.v1;
//!
//! import "google/api/annotations.proto";
//!
//! message User {
//!   string name = 1;
//! }
//!
//! service Users {
//!   rpc GetUser(User) returns (User) {
//!     option (google.api.http) = {get: "/v1/{name=people/*}"};
//!   }
//! }
//! ```
//! ```proto,after,good
//! // file: google/api/annotations.proto
//! syntax = "proto3";
//!
//! package google.api;
//!
//! import "google/protobuf/descriptor.proto";
//!
//! message HttpRule {
//!   oneof pattern {
//!     string get = 2;
//!     string post = 4;
//!   }
//!   string body = 7;
//! }
//!
//! extend google.protobuf.MethodOptions {
//!   HttpRule http = 72295728;
//! }
//!
//! // file: users.proto
//! syntax = "proto3";
//!
//! package users.v1;
//!
//! import "google/api/annotations.proto";
//!
//! message User {
//!   string name = 1;
//! }
//!
//! service Users {
//!   rpc GetUser(User) returns (User) {
//!     option (google.api.http) = {get: "/v1/{user=users/*}"};
//!   }
//! }
//! ```

use std::fmt::Write as _;

use super::compare::{Aspect, BreakingCx, Compare, Place};
use super::judge::breaks;
use crate::checks::rule::{Check, FixSafety, Group, Rule};
use crate::compatibility::{Outcome, Verdict};
use crate::schema::Method;
use crate::schema::diff::Pair;
use crate::schema::options::{OptionMessage, OptionValue};

pub(super) static RULE: Rule = Rule {
    group: Group::Json,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[],
    check: Check::Breaking(Aspect::Http, &[Compare::Method(check)]),
};

fn check<'s>(methods: Pair<Method<'s>>, cx: &mut BreakingCx<'s>) {
    let bindings = methods.map(bindings);
    for binding in &bindings.before {
        if bindings.after.contains(binding) {
            continue;
        }
        let span = methods.after.options().all();
        let span = span
            .filter(|option| option.is_custom())
            .find(|option| {
                methods
                    .after
                    .file()
                    .source()
                    .slice(option.name_span())
                    .contains("http")
            })
            .map_or(methods.after.span(), |option| option.span());
        cx.report(
            Place::Part(methods.after.file(), span),
            methods.before.file(),
            methods.before.full_name(),
            format!(
                "rpc `{}` can no longer be called by `{binding}`",
                methods.after.full_name()
            ),
        )
        .verdict(Verdict::new(
            Outcome::Safe,
            breaks(format!("HTTP calls of `{binding}` fail")),
            Outcome::Safe,
        ))
        .help("keep the binding, and add the new one under `additional_bindings`");
    }
}

/// What HTTP calls reach a method, each as `GET /v1/users/*`, with what it takes and gives where that is a part only.
fn bindings(method: Method<'_>) -> Vec<String> {
    let mut found = Vec::new();
    for value in method.options().custom("google.api.http") {
        if let Some(rule) = value.as_message() {
            found.extend(binding(rule));
            let further = rule.all("additional_bindings");
            found.extend(
                further
                    .iter()
                    .filter_map(OptionValue::as_message)
                    .filter_map(binding),
            );
        }
    }
    found
}

fn binding(rule: &OptionMessage<'_>) -> Option<String> {
    let text = |name: &str| Some(rule.get(name)?.as_str()?.to_owned());
    let verbs = ["get", "put", "post", "delete", "patch"];
    let plain = verbs
        .into_iter()
        .find_map(|verb| Some((verb.to_ascii_uppercase(), text(verb)?)));
    let custom = || {
        let custom = rule.get("custom")?;
        let custom = custom.as_message()?;
        let kind = custom.get("kind")?.as_str()?.to_owned();
        Some((kind, custom.get("path")?.as_str()?.to_owned()))
    };
    let (verb, path) = plain.or_else(custom)?;
    let mut shown = format!("{verb} {}", without_names(&path));
    for part in ["body", "response_body"] {
        if let Some(field) = text(part).filter(|field| !field.is_empty()) {
            // Writing to a string cannot fail.
            let _ = write!(shown, " {part}: {field}");
        }
    }
    Some(shown)
}

/// A path without the names of its variables, which callers do not see: `{name=users/*}` is `users/*`, `{id}` is `*`.
fn without_names(path: &str) -> String {
    let mut plain = String::new();
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('{') {
        let (variable, after) = after.split_once('}').unwrap_or((after, ""));
        plain.push_str(before);
        plain.push_str(variable.split_once('=').map_or("*", |(_, pattern)| pattern));
        rest = after;
    }
    plain + rest
}

#[cfg(test)]
mod tests {
    use super::without_names;

    #[test]
    fn names_of_variables_are_no_part_of_a_path() {
        assert_eq!(
            without_names("/v1/{name=users/*}/x/{id}:go"),
            "/v1/users/*/x/*:go"
        );
        assert_eq!(without_names("/v1/{broken"), "/v1/*");
    }
}
