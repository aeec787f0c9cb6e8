//! What prost and tonic cannot make Rust of, told before anything is written, with the place and the remedy.

use std::collections::BTreeMap;

use heck::ToSnakeCase;

use super::plan::SCAFFOLD;
use super::rust;
use crate::diagnostic::{Diagnostic, Label, Location};
use crate::schema::{Enum, File, Message, Service};
use crate::text::Span;

/// Functions of tonic's clients; an rpc of that name would be a second one.
const CLIENT_FUNCTIONS: &[&str] = &[
    "new",
    "with_origin",
    "with_interceptor",
    "send_compressed",
    "accept_compressed",
    "max_decoding_message_size",
    "max_encoding_message_size",
];

/// Everything that is wrong with the files, as far as the crate of these services is concerned.
pub fn check<'s>(files: &[File<'s>], services: &[Service<'s>]) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    for file in files {
        if file.path().starts_with("google/protobuf/") {
            continue;
        }
        for message in file.all_messages() {
            members(message, &mut problems);
        }
        for of in file.all_enums() {
            values(of, &mut problems);
        }
        for service in file.services() {
            rpcs(service, services.contains(&service), &mut problems);
        }
    }
    types(files, &mut problems);
    modules(files, &mut problems);
    problems
}

/// Two things that get the same name in Rust.
struct Named<'s> {
    what: String,
    file: File<'s>,
    span: Span,
}

/// Reports the second of two things with the same name in Rust.
fn distinct<'s>(
    things: impl IntoIterator<Item = (String, Named<'s>)>,
    remedy: &str,
    problems: &mut Vec<Diagnostic>,
) {
    let mut seen: BTreeMap<String, Named<'s>> = BTreeMap::new();
    for (name, thing) in things {
        if let Some(first) = seen.get(&name) {
            let mut problem = refusal(
                thing.file,
                thing.span,
                format!(
                    "{} and {} are both `{name}` in Rust",
                    first.what, thing.what
                ),
                remedy,
            );
            problem.labels.push(Label {
                location: Location::new(first.file.source(), first.span),
                message: "the first one".to_owned(),
            });
            problems.push(problem);
        } else {
            seen.insert(name, thing);
        }
    }
}

fn refusal(file: File<'_>, span: Span, message: String, remedy: &str) -> Diagnostic {
    let mut problem = Diagnostic::error(SCAFFOLD, file.source(), span, message);
    problem.reason = Some("prost and tonic would make a crate that does not compile".to_owned());
    problem.help = Some(remedy.to_owned());
    problem
}

/// Fields and oneofs of a message share one namespace, nested types and oneofs another.
fn members(message: Message<'_>, problems: &mut Vec<Diagnostic>) {
    let file = message.file();
    let oneofs = || message.oneofs();
    let fields = message
        .fields()
        .filter(|field| field.oneof().is_none())
        .map(|field| {
            let what = format!("field `{}`", field.name());
            (
                rust::snake(&field.name()),
                Named {
                    what,
                    file,
                    span: field.written_name().span,
                },
            )
        });
    let fields = fields.chain(oneofs().map(|oneof| {
        let what = format!("oneof `{}`", oneof.name());
        (
            rust::snake(oneof.name().text),
            Named {
                what,
                file,
                span: oneof.name().span,
            },
        )
    }));
    distinct(fields, "rename one of them", problems);
    for oneof in oneofs() {
        let variants = oneof.fields().map(|field| {
            let what = format!("field `{}`", field.name());
            (
                rust::camel(&field.name()),
                Named {
                    what,
                    file,
                    span: field.written_name().span,
                },
            )
        });
        distinct(variants, "rename one of them", problems);
    }
}

fn values(of: Enum<'_>, problems: &mut Vec<Diagnostic>) {
    let file = of.file();
    let mut numbers = Vec::new();
    // Of values with the same number prost keeps the first.
    let values = of.values().filter(|value| {
        let is_new = !numbers.contains(&value.number());
        numbers.push(value.number());
        is_new
    });
    let values: Vec<_> = values
        .map(|value| {
            let name = rust::variant(of.name().text, value.name().text);
            let what = format!("value `{}`", value.name());
            (
                name,
                Named {
                    what,
                    file,
                    span: value.name().span,
                },
            )
        })
        .collect();
    distinct(values, "rename one of them", problems);
}

fn rpcs(service: Service<'_>, is_served: bool, problems: &mut Vec<Diagnostic>) {
    let file = service.file();
    let methods = service.methods().map(|method| {
        let what = format!("rpc `{}`", method.name());
        (
            rust::snake(method.name().text),
            Named {
                what,
                file,
                span: method.name().span,
            },
        )
    });
    distinct(methods, "rename one of them", problems);
    if matches!(service.name().text, "T" | "B") {
        let message = format!(
            "service `{}` has the name of a type parameter of tonic",
            service.name()
        );
        problems.push(refusal(
            file,
            service.name().span,
            message,
            "rename the service",
        ));
    }
    for method in service.methods() {
        if CLIENT_FUNCTIONS.contains(&rust::snake(method.name().text).as_str()) {
            let message = format!(
                "rpc `{}` has the name of a function that every client of tonic has",
                method.name()
            );
            problems.push(refusal(file, method.name().span, message, "rename the rpc"));
        }
        if !is_served {
            continue;
        }
        for (message, span) in [
            (method.input(), method.input_span()),
            (method.output(), method.output_span()),
        ] {
            if let Some(message) = message.filter(|message| rust::is_wrapper(*message)) {
                let text = format!(
                    "tonic cannot name `{}` as the type of an rpc",
                    message.full_name()
                );
                problems.push(refusal(
                    file,
                    span,
                    text,
                    "put it in a field of a message of your own",
                ));
            }
        }
    }
}

/// Types of a package, or of a message, share a namespace; so do the modules that hold nested types.
fn types<'s>(files: &[File<'s>], problems: &mut Vec<Diagnostic>) {
    let mut scopes: BTreeMap<String, Vec<(String, Named<'s>)>> = BTreeMap::new();
    for file in files
        .iter()
        .copied()
        .filter(|file| !file.path().starts_with("google/protobuf/"))
    {
        let scope_of = |parent: Option<Message<'s>>| {
            parent.map_or_else(
                || format!("package {}", file.package()),
                |parent| parent.full_name().to_owned(),
            )
        };
        for message in file.all_messages() {
            let what = format!("message `{}`", message.name());
            let named = Named {
                what,
                file,
                span: message.name().span,
            };
            scopes
                .entry(scope_of(message.parent()))
                .or_default()
                .push((rust::camel(message.name().text), named));
            for oneof in message.oneofs() {
                let what = format!("oneof `{}`", oneof.name());
                let named = Named {
                    what,
                    file,
                    span: oneof.name().span,
                };
                let scope = message.full_name().to_owned();
                scopes
                    .entry(scope)
                    .or_default()
                    .push((rust::camel(oneof.name().text), named));
            }
        }
        for of in file.all_enums() {
            let named = Named {
                what: format!("enum `{}`", of.name()),
                file,
                span: of.name().span,
            };
            scopes
                .entry(scope_of(of.parent()))
                .or_default()
                .push((rust::camel(of.name().text), named));
        }
    }
    for things in scopes.into_values() {
        distinct(things, "rename one of them", problems);
    }
}

/// Modules: one for each part of a package, for each message with something in it, for each client and server.
fn modules<'s>(files: &[File<'s>], problems: &mut Vec<Diagnostic>) {
    let mut things: Vec<(String, Named<'s>)> = Vec::new();
    let mut packages: BTreeMap<String, File<'s>> = BTreeMap::new();
    for file in files
        .iter()
        .copied()
        .filter(|file| !file.path().starts_with("google/protobuf/"))
    {
        let path = rust::package_path(file.package());
        for length in 1..=path.len() {
            packages.entry(path[..length].join("::")).or_insert(file);
        }
        let at = |parents: &[String]| {
            let mut all = path.clone();
            all.extend_from_slice(parents);
            all.join("::")
        };
        for message in file.all_messages() {
            let has_module = message.messages().next().is_some()
                || message.enums().next().is_some()
                || message.oneofs().next().is_some();
            if !has_module {
                continue;
            }
            let mut parents = vec![rust::snake(message.name().text)];
            let mut parent = message.parent();
            while let Some(outer) = parent {
                parents.insert(0, rust::snake(outer.name().text));
                parent = outer.parent();
            }
            let what = format!("the module of message `{}`", message.full_name());
            things.push((
                at(&parents),
                Named {
                    what,
                    file,
                    span: message.name().span,
                },
            ));
        }
        for service in file.services() {
            for side in ["client", "server"] {
                let module = format!("{}_{side}", rust::service_module(service.name().text));
                let what = format!(
                    "the {side} of service `{}`",
                    service.name().text.to_snake_case()
                );
                things.push((
                    at(&[module]),
                    Named {
                        what,
                        file,
                        span: service.name().span,
                    },
                ));
            }
        }
    }
    let packages = packages.into_iter().map(|(path, file)| {
        let what = "a part of a package".to_owned();
        (
            path,
            Named {
                what,
                file,
                span: file.package_span().unwrap_or_default(),
            },
        )
    });
    let all: Vec<_> = packages.chain(things).collect();
    distinct(all, "rename the message", problems);
}
