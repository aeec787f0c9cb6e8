//! Every decision about a crate, made before a line of it is written: names, paths, kinds, bodies, numbers.

use std::collections::BTreeSet;

use heck::{ToShoutySnakeCase, ToSnakeCase};

use super::features::{Feature, Features, Store};
use super::lowered;
use super::recipe::Recipe;
use super::refusals;
use super::rust::{self, Viewpoint};
use super::standard::{Body, Resource, Resources};
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::schema::{File, Method, Schema, Service};

/// The code of everything that keeps a crate from being made.
pub const SCAFFOLD: Code = Code("SCAFFOLD");

/// What a user asks for. It is kept in the lock file, so that an update needs no questions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answers {
    /// The name of the crate.
    pub name: CrateName,
    /// Full names of the services to serve; empty for all of the files that were given.
    pub services: Vec<String>,
    /// Its parts.
    pub features: Features,
    /// Where resources are kept.
    pub store: Store,
    /// The ready-made service that it is, if it is one.
    pub recipe: Option<Recipe>,
}

/// A name that cargo takes for a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CrateName(String);

impl CrateName {
    /// Checks a name: ASCII letters, digits, `-` and `_`, beginning with a letter; no keyword and no crate that the
    /// generated one depends on.
    pub fn new(name: &str) -> Result<Self, String> {
        const TAKEN: &[&str] = &[
            "alloc",
            "argon2",
            "axum",
            "base64",
            "bytes",
            "core",
            "http",
            "jsonwebtoken",
            "opentelemetry",
            "prost",
            "prost_types",
            "protox",
            "rand",
            "rusqlite",
            "serde",
            "std",
            "test",
            "tokio",
            "toml",
            "tonic",
            "tower",
            "tracing",
            "uuid",
        ];
        let ident = name.replace('-', "_");
        let is_word = name.starts_with(|c: char| c.is_ascii_lowercase())
            && name
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_".contains(c));
        if !is_word {
            return Err(format!(
                "`{name}` is no name for a crate: use lower-case letters, digits and `-`, beginning with a letter"
            ));
        }
        if TAKEN.contains(&ident.as_str()) || rust::is_keyword(&ident) {
            return Err(format!(
                "`{name}` is taken by Rust or by a crate that the service depends on: choose another name"
            ));
        }
        Ok(Self(name.to_owned()))
    }

    /// As it is written in `Cargo.toml`.
    pub fn package(&self) -> &str {
        &self.0
    }

    /// As it is written in Rust.
    pub fn ident(&self) -> String {
        self.0.replace('-', "_")
    }

    /// What the names of environment variables begin with.
    pub fn environment(&self) -> String {
        self.0.to_shouty_snake_case()
    }
}

/// The periods of a shutdown, all made from one number, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Periods {
    /// How long calls are still served after the signal.
    pub drain: u32,
    /// How long calls may take, also after the drain.
    pub deadline: u32,
}

impl Periods {
    /// How long a probe may take.
    pub const PROBE_TIMEOUT: u32 = 1;

    /// Probes that must fail before a server is left alone.
    pub const PROBES: u32 = 3;

    /// Time between probes: as long as can be while all of them fit into the drain.
    pub fn probe_interval(self) -> u32 {
        (self.drain.saturating_sub(Self::PROBE_TIMEOUT) / Self::PROBES).max(1)
    }

    /// How long the platform must wait before it kills the process.
    pub fn grace(self) -> u32 {
        self.drain + self.deadline + 5
    }
}

impl Default for Periods {
    fn default() -> Self {
        Self {
            drain: 10,
            deadline: 10,
        }
    }
}

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
    fn of(method: Method<'_>) -> Self {
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

/// A service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServicePlan {
    /// Its full name.
    pub full_name: String,
    /// Its own name.
    pub name: String,
    /// Its package.
    pub package: String,
    /// The module of its handler.
    pub module: String,
    /// The type of its handler.
    pub handler: String,
    /// The trait that the handler implements, seen from its module.
    pub server_trait: String,
    /// The type that serves the handler, seen from the crate's root.
    pub server: String,
    /// The type of its clients, seen from its module.
    pub client: String,
    /// Its rpcs, sorted by name, whatever their order in the contract: so an update finds its way.
    pub methods: Vec<MethodPlan>,
    /// The resources that its rpcs work on.
    pub resources: Vec<usize>,
}

impl ServicePlan {
    /// What `pb` is imported from in the handler's module.
    pub fn pb_import(&self) -> String {
        pb_import(&self.package)
    }

    /// Whether the code of an rpc waits for a stream of requests.
    pub fn awaits_streams(&self) -> bool {
        self.methods
            .iter()
            .any(|method| matches!(method.body, Body::CreateEach { .. } | Body::PutEach { .. }))
    }

    /// Whether an rpc answers with a stream.
    pub fn sends_streams(&self) -> bool {
        self.methods.iter().any(|method| method.kind.sends_stream())
    }

    /// Whether an rpc takes a stream.
    pub fn takes_streams(&self) -> bool {
        self.methods.iter().any(|method| method.kind.takes_stream())
    }

    /// What `pb` is imported from in its tests.
    pub fn client_import(&self, lib: &str) -> String {
        let import = pb_import(&self.package);
        import.replacen("crate", lib, 1)
    }

    /// Whether an rpc is not written yet.
    pub fn has_stubs(&self) -> bool {
        self.stubs().next().is_some()
    }

    /// The rpcs that are not written yet.
    pub fn stubs(&self) -> impl Iterator<Item = &MethodPlan> {
        self.methods.iter().filter(|method| method.is_stub())
    }
}

/// A crate that is about to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// What was asked for.
    pub answers: Answers,
    /// The periods of a shutdown.
    pub periods: Periods,
    /// Paths of the files that hold the services.
    pub roots: Vec<String>,
    /// Paths and texts of these files and of all that they import, without the well-known types, sorted.
    pub contract: Vec<(String, String)>,
    /// The same files without editions, if any of them has one.
    pub lowered: Vec<(String, String)>,
    /// The services, sorted by full name.
    pub services: Vec<ServicePlan>,
    /// The resources of all services.
    pub resources: Vec<Resource>,
}

impl Plan {
    /// Decides everything about the crate that serves the services of `schema`'s targets. The schema must be free of
    /// errors.
    pub fn new(schema: &Schema, answers: Answers) -> Result<Self, Vec<Diagnostic>> {
        let services = chosen(schema, &answers.services)?;
        let files = closure(schema, &services);
        let problems = refusals::check(&files, &services);
        if !problems.is_empty() {
            return Err(problems);
        }
        let own: Vec<File<'_>> = files
            .iter()
            .copied()
            .filter(|file| !file.path().starts_with("google/protobuf/"))
            .collect();
        let lowered = lowered(&own)?;
        let mut resources = Resources::default();
        if answers.store != Store::None {
            for service in &services {
                resources.collect(*service);
            }
        }
        let mut plans: Vec<ServicePlan> = Vec::new();
        for service in &services {
            // Bodies that need what another method tells come second.
            let mut methods: Vec<_> = service.methods().collect();
            methods.sort_by_key(|method| (method.is_client_streaming(), method.name().text));
            let bodies: Vec<_> = methods
                .iter()
                .map(|method| resources.recognise(*method))
                .collect();
            let mut methods: Vec<_> = methods
                .iter()
                .zip(bodies)
                .map(|(method, body)| plan_method(*method, body))
                .collect();
            methods.sort_by(|one, other| one.name.cmp(&other.name));
            plans.push(plan_service(*service, methods));
        }
        distinguish(&mut plans);
        let used: BTreeSet<usize> = plans
            .iter()
            .flat_map(|plan| plan.resources.iter().copied())
            .collect();
        let mut found = resources.found;
        if used.is_empty() {
            found.clear();
        }
        let roots: BTreeSet<&str> = services
            .iter()
            .map(|service| service.file().path())
            .collect();
        Ok(Self {
            answers,
            periods: Periods::default(),
            roots: roots.into_iter().map(str::to_owned).collect(),
            contract: own
                .iter()
                .map(|file| (file.path().to_owned(), file.source().text().to_owned()))
                .collect(),
            lowered,
            services: plans,
            resources: found,
        })
    }

    /// Whether a part is asked for.
    pub fn has(&self, feature: Feature) -> bool {
        self.answers.features.has(feature)
    }

    /// Whether there is anything to store.
    pub fn stores(&self) -> bool {
        !self.resources.is_empty()
    }

    /// Whether resources are kept in that store.
    pub fn stores_in(&self, store: Store) -> bool {
        self.stores() && self.answers.store == store
    }

    /// Whether a request has a secret.
    pub fn has_secrets(&self) -> bool {
        self.resources.iter().any(|it| {
            it.inline
                .as_ref()
                .is_some_and(|inline| inline.secret.is_some())
        })
    }

    /// All rpcs, sorted by path, with their service.
    pub fn methods(&self) -> Vec<(&ServicePlan, &MethodPlan)> {
        let mut methods: Vec<_> = self
            .services
            .iter()
            .flat_map(|service| service.methods.iter().map(move |method| (service, method)))
            .collect();
        methods.sort_by(|(_, one), (_, other)| one.path.cmp(&other.path));
        methods
    }
}

/// The module that `pb` stands for where a package is at home.
pub fn pb_module(package: &str) -> String {
    let mut path = vec!["crate".to_owned(), "pb".to_owned()];
    path.extend(rust::package_path(package));
    path.join("::")
}

/// The import that makes `pb` stand for it.
pub fn pb_import(package: &str) -> String {
    if rust::package_path(package).is_empty() {
        return "crate::pb".to_owned();
    }
    format!("{} as pb", pb_module(package))
}

/// The services that are asked for, sorted by full name.
fn chosen<'s>(schema: &'s Schema, names: &[String]) -> Result<Vec<Service<'s>>, Vec<Diagnostic>> {
    let all = || schema.files().flat_map(File::services);
    let mut services: Vec<Service<'s>> = if names.is_empty() {
        schema.targets().flat_map(File::services).collect()
    } else {
        let mut problems = Vec::new();
        let mut found = Vec::new();
        for name in names {
            match all().find(|service| service.full_name() == name) {
                Some(service) => found.push(service),
                None => {
                    let known: Vec<_> = all()
                        .map(|service| format!("`{}`", service.full_name()))
                        .collect();
                    let mut problem = Diagnostic::without_place(
                        SCAFFOLD,
                        Severity::Error,
                        format!("there is no service `{name}` in these files"),
                    );
                    problem.help = Some(match known.as_slice() {
                        [] => "give files that declare a service".to_owned(),
                        known => format!("the services are {}", known.join(", ")),
                    });
                    problems.push(problem);
                }
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        found
    };
    services.sort_by_key(|service| service.full_name());
    services.dedup();
    if services.is_empty() {
        let mut problem = Diagnostic::without_place(
            SCAFFOLD,
            Severity::Error,
            "these files declare no service, so there is nothing to serve",
        );
        problem.help = Some("give a file with a `service`".to_owned());
        return Err(vec![problem]);
    }
    Ok(services)
}

/// The files of the services and all that they import, sorted by path.
fn closure<'s>(schema: &'s Schema, services: &[Service<'s>]) -> Vec<File<'s>> {
    let mut seen = BTreeSet::new();
    let mut open: Vec<File<'s>> = services.iter().map(|service| service.file()).collect();
    while let Some(file) = open.pop() {
        if seen.insert(file.path()) {
            open.extend(
                file.import_statements()
                    .filter_map(|(_, imported)| imported),
            );
        }
    }
    seen.into_iter()
        .filter_map(|path| schema.file_named(path))
        .collect()
}

/// The files without editions; nothing if none has one.
fn lowered(files: &[File<'_>]) -> Result<Vec<(String, String)>, Vec<Diagnostic>> {
    if !files.iter().any(|file| file.edition().is_edition()) {
        return Ok(Vec::new());
    }
    let mut texts = Vec::new();
    let mut problems = Vec::new();
    for file in files {
        match lowered::lower(*file) {
            Ok(text) => texts.push((file.path().to_owned(), text)),
            Err(more) => problems.extend(more),
        }
    }
    if problems.is_empty() {
        Ok(texts)
    } else {
        Err(problems)
    }
}

fn plan_service(service: Service<'_>, methods: Vec<MethodPlan>) -> ServicePlan {
    let name = service.name().text;
    let package = service.file().package();
    let resources: BTreeSet<usize> = methods
        .iter()
        .filter_map(|method| method.body.resource())
        .collect();
    ServicePlan {
        full_name: service.full_name().to_owned(),
        name: name.to_owned(),
        package: package.to_owned(),
        module: rust::snake(name),
        handler: format!("{}Handler", rust::camel(name)),
        server_trait: Viewpoint(package).server_trait(service),
        server: format!(
            "{}::{}_server::{}Server",
            pb_module(package),
            rust::service_module(name),
            rust::camel(name)
        ),
        client: format!(
            "pb::{}_client::{}Client",
            rust::service_module(name),
            rust::camel(name)
        ),
        methods,
        resources: resources.into_iter().collect(),
    }
}

/// Gives services of the same name in several packages modules and handlers of their own.
fn distinguish(services: &mut [ServicePlan]) {
    let modules: Vec<String> = services
        .iter()
        .map(|service| service.module.clone())
        .collect();
    for service in services {
        let is_reserved = matches!(service.module.as_str(), "add" | "answers");
        if is_reserved
            || modules
                .iter()
                .filter(|module| **module == service.module)
                .count()
                > 1
        {
            let package = service.package.replace('.', "_").to_snake_case();
            service.module = rust::snake(&format!("{package}_{}", service.name));
            service.handler = format!(
                "{}Handler",
                rust::camel(&format!("{package}_{}", service.name))
            );
        }
    }
}

fn plan_method(method: Method<'_>, body: Body) -> MethodPlan {
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
    let file = method.file();
    let syntax = file.syntax();
    let setting = method
        .option_settings()
        .find(|setting| syntax.joined(setting.name_tokens) == "idempotency_level")?;
    match &*syntax.joined(setting.value.tokens()) {
        "NO_SIDE_EFFECTS" => Some(Idempotency::NoSideEffects),
        "IDEMPOTENT" => Some(Idempotency::Idempotent),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_periods_come_from_the_drain() {
        for drain in 4..60 {
            let periods = Periods {
                drain,
                deadline: 10,
            };
            let window = periods.probe_interval() * Periods::PROBES + Periods::PROBE_TIMEOUT;
            assert!(
                window <= drain,
                "{window} s of probes do not fit into {drain} s"
            );
            assert!(periods.grace() > drain + periods.deadline);
        }
    }

    #[test]
    fn names_that_cargo_or_rust_would_refuse_are_refused() {
        for good in ["users", "user-service", "v2", "a_b"] {
            assert!(CrateName::new(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "Users",
            "2fast",
            "tonic",
            "prost-types",
            "self",
            "type",
            "a b",
            "../x",
        ] {
            assert!(CrateName::new(bad).is_err(), "{bad}");
        }
    }
}
