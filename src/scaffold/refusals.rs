//! What prost and tonic cannot make Rust of, told before anything is written, with the place and the remedy.

use std::collections::BTreeMap;

use super::SCAFFOLD;
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

/// Types that tonic's servers name without a path; a service of that name would take their place.
const SERVER_TYPES: &[&str] = &[
    "Arc",
    "B",
    "Body",
    "Box",
    "BoxFuture",
    "Clone",
    "CompressionEncoding",
    "Context",
    "Default",
    "EnabledCompressionEncodings",
    "InterceptedService",
    "Into",
    "Option",
    "Poll",
    "StdError",
    "T",
];

/// Everything that is wrong with the files, as far as a crate with their types, servers and clients is concerned.
pub fn check(files: &[File<'_>]) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    for file in files {
        if rust::is_well_known(*file) {
            continue;
        }
        for message in file.all_messages() {
            members(message, &mut problems);
        }
        for of in file.all_enums() {
            values(of, &mut problems);
        }
        for service in file.services() {
            rpcs(service, &mut problems);
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
        // Of a name without letters and digits nothing is left.
        if name.is_empty() || name.ends_with("::") {
            let message = format!("{} has no name in Rust", thing.what);
            problems.push(refusal(thing.file, thing.span, message, "rename it"));
            continue;
        }
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
                message: "the first one".into(),
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

fn rpcs(service: Service<'_>, problems: &mut Vec<Diagnostic>) {
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
    let name = rust::camel(service.name().text);
    if SERVER_TYPES.contains(&name.as_str()) {
        let message = format!(
            "service `{}` has the name of a type that every server of tonic uses",
            service.name()
        );
        let span = service.name().span;
        problems.push(refusal(file, span, message, "rename the service"));
    }
    for method in service.methods() {
        if CLIENT_FUNCTIONS.contains(&rust::snake(method.name().text).as_str()) {
            let message = format!(
                "rpc `{}` has the name of a function that every client of tonic has",
                method.name()
            );
            problems.push(refusal(file, method.name().span, message, "rename the rpc"));
        }
        if format!("{}Svc", method.name()) == name {
            let message = format!(
                "tonic has a type `{name}` for rpc `{}`, and the service has that name too",
                method.name()
            );
            problems.push(refusal(file, method.name().span, message, "rename the rpc"));
        }
    }
}

/// The types of a module share a namespace, whichever packages and messages the module is made of.
fn types<'s>(files: &[File<'s>], problems: &mut Vec<Diagnostic>) {
    let mut things = Vec::new();
    for file in files.iter().copied().filter(|it| !rust::is_well_known(*it)) {
        let mut add = |module: Vec<String>, what: String, name: String, span| {
            let mut path = module;
            path.push(name);
            things.push((path.join("::"), Named { what, file, span }));
        };
        for message in file.all_messages() {
            let what = format!("message `{}`", message.name());
            let name = message.name();
            let module = rust::module_path(file.package(), message.parent());
            add(module, what, rust::camel(name.text), name.span);
            for oneof in message.oneofs() {
                let what = format!("oneof `{}`", oneof.name());
                let module = rust::module_path(file.package(), Some(message));
                let name = rust::oneof_type(message, oneof.name().text);
                add(module, what, name, oneof.name().span);
            }
        }
        for of in file.all_enums() {
            let what = format!("enum `{}`", of.name());
            let module = rust::module_path(file.package(), of.parent());
            add(module, what, rust::camel(of.name().text), of.name().span);
        }
    }
    distinct(things, "rename one of them", problems);
}

/// Modules: one for each part of a package, for each message with something in it, for each client and server.
fn modules<'s>(files: &[File<'s>], problems: &mut Vec<Diagnostic>) {
    let mut things: Vec<(String, Named<'s>)> = Vec::new();
    let mut packages: BTreeMap<String, File<'s>> = BTreeMap::new();
    for file in files.iter().copied().filter(|it| !rust::is_well_known(*it)) {
        let package = rust::package_path(file.package());
        for length in 1..=package.len() {
            packages.entry(package[..length].join("::")).or_insert(file);
        }
        for message in file.all_messages() {
            let has_module = message.messages().next().is_some()
                || message.enums().next().is_some()
                || message.oneofs().next().is_some();
            if !has_module {
                continue;
            }
            let what = format!("the module of message `{}`", message.full_name());
            let span = message.name().span;
            let path = rust::module_path(file.package(), Some(message));
            things.push((path.join("::"), Named { what, file, span }));
        }
        for service in file.services() {
            for side in ["client", "server"] {
                let mut path = package.clone();
                path.push(format!(
                    "{}_{side}",
                    rust::service_module(service.name().text)
                ));
                let what = format!("the {side} of service `{}`", service.name());
                let span = service.name().span;
                things.push((path.join("::"), Named { what, file, span }));
            }
        }
    }
    let packages = packages.into_iter().map(|(path, file)| {
        let what = "a part of a package".to_owned();
        let span = file.package_span().unwrap_or_default();
        (path, Named { what, file, span })
    });
    let all: Vec<_> = packages.chain(things).collect();
    distinct(all, "rename one of them", problems);
}
