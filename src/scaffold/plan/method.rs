//! Rpcs as the templates see them.

use heck::ToSnakeCase;

use crate::scaffold::rust::{self, Viewpoint};
use crate::scaffold::standard::Body;
use crate::schema::{Method, Service};

/// How many messages go either way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One request, one answer.
    Unary,
    /// One request, a stream of answers.
    ServerStreaming,
    /// A stream of requests, one answer.
    ClientStreaming,
    /// A stream either way.
    Bidirectional,
}

impl Kind {
    pub(super) fn of(method: Method<'_>) -> Self {
        match (method.is_client_streaming(), method.is_server_streaming()) {
            (false, false) => Self::Unary,
            (false, true) => Self::ServerStreaming,
            (true, false) => Self::ClientStreaming,
            (true, true) => Self::Bidirectional,
        }
    }

    /// Whether requests come in a stream.
    pub fn takes_stream(self) -> bool {
        matches!(self, Self::ClientStreaming | Self::Bidirectional)
    }

    /// Whether answers go in a stream.
    pub fn sends_stream(self) -> bool {
        matches!(self, Self::ServerStreaming | Self::Bidirectional)
    }
}

/// An rpc.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MethodPlan {
    /// Its name in the contract.
    pub name: String,
    /// The name of its function.
    pub ident: String,
    /// The path of its HTTP request.
    pub path: String,
    /// The package of its service.
    pub package: String,
    /// How many messages go either way.
    pub kind: Kind,
    /// The type of a request.
    pub input: String,
    /// How many fields a request has.
    pub input_fields: usize,
    /// The type of an answer.
    pub output: String,
    /// Whether it may be sent again.
    pub idempotent: bool,
    /// The scope that a caller needs.
    pub scope: String,
    /// Whether calling it makes rustc warn.
    pub deprecated: bool,
    /// What its code does.
    pub body: Body,
}

impl MethodPlan {
    /// Whether it is not written yet.
    pub fn is_stub(&self) -> bool {
        self.body == Body::Stub
    }

    /// What its function is handed within a request.
    pub fn request_type(&self) -> String {
        if self.kind.takes_stream() {
            format!("Streaming<{}>", self.input)
        } else {
            self.input.clone()
        }
    }
}

/// Decides about an rpc.
pub(super) fn plan_method(method: Method<'_>, body: Body) -> MethodPlan {
    let service = method.parent();
    let view = Viewpoint(service.file().package());
    let name = method.name().text;
    let level = idempotency(method);
    let reads = level == Some(Idempotency::NoSideEffects) || body.only_reads();
    let type_of = |message: Option<_>| {
        message.map_or_else(|| "()".to_owned(), |message| view.message(message))
    };
    MethodPlan {
        name: name.to_owned(),
        ident: rust::snake(name),
        path: format!("/{}/{name}", service.full_name()),
        package: service.file().package().to_owned(),
        kind: Kind::of(method),
        input: type_of(method.input()),
        input_fields: method.input().map_or(0, rust::struct_fields),
        output: type_of(method.output()),
        idempotent: reads || level == Some(Idempotency::Idempotent),
        scope: format!("{}.{}", area(service), if reads { "read" } else { "write" }),
        deprecated: option(method, "deprecated").as_deref() == Some("true"),
        body,
    }
}

/// What scopes of a service begin with: the last part of its package that is no version.
fn area(service: Service<'_>) -> String {
    let is_version = |part: &&str| {
        part.strip_prefix('v')
            .is_some_and(|rest| rest.starts_with(|digit: char| digit.is_ascii_digit()))
    };
    let package = service.file().package();
    let part = package
        .split('.')
        .rev()
        .find(|part| !part.is_empty() && !is_version(part));
    part.map_or_else(|| service.name().text.to_snake_case(), str::to_owned)
}

#[derive(PartialEq, Eq)]
enum Idempotency {
    NoSideEffects,
    Idempotent,
}

fn idempotency(method: Method<'_>) -> Option<Idempotency> {
    match option(method, "idempotency_level")?.as_str() {
        "NO_SIDE_EFFECTS" => Some(Idempotency::NoSideEffects),
        "IDEMPOTENT" => Some(Idempotency::Idempotent),
        _ => None,
    }
}

/// An option of an rpc, as it is written.
fn option(method: Method<'_>, name: &str) -> Option<String> {
    let file = method.file();
    let syntax = file.syntax();
    let setting = method
        .option_settings()
        .find(|setting| syntax.joined(setting.name_tokens) == name)?;
    Some(syntax.joined(setting.value.tokens()).to_string())
}
