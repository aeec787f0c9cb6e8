//! Services as the templates see them.

use std::collections::BTreeSet;

use super::MethodPlan;
use crate::scaffold::rust::{self, Viewpoint};
use crate::scaffold::standard::Body;
use crate::schema::Service;

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
        rust::pb_import(&self.package)
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
        let import = rust::pb_import(&self.package);
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

/// Decides about a service.
pub(super) fn plan_service(service: Service<'_>, methods: Vec<MethodPlan>) -> ServicePlan {
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
        handler: rust::camel(&format!("{name}_handler")),
        server_trait: Viewpoint(package).server_trait(service),
        server: format!(
            "{}::{}_server::{}Server",
            rust::pb_module(package),
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

/// Modules that `services` and the tests have besides those of the services, and crates that they name.
const TAKEN: &[&str] = &[
    "add",
    "answers",
    "auth",
    "client",
    "core",
    "deadline",
    "deploy",
    "envoy",
    "futures_util",
    "harness",
    "health",
    "limits",
    "main",
    "metrics",
    "mod",
    "nats",
    "panic",
    "postgres",
    "process",
    "reflection",
    "rest",
    "std",
    "tls",
    "tonic",
    "traces",
];

/// Whether the file of a module is another's; `mod` is one that Rust knows by itself.
fn is_taken(module: &str) -> bool {
    TAKEN.contains(&module.trim_start_matches("r#"))
}

/// Gives services of the same name in several packages modules and handlers of their own.
pub(super) fn distinguish(services: &mut [ServicePlan]) {
    let modules: Vec<String> = services.iter().map(|it| it.module.clone()).collect();
    let is_shared =
        |module: &String| is_taken(module) || modules.iter().filter(|it| *it == module).count() > 1;
    let mut used: BTreeSet<String> = modules
        .iter()
        .filter(|it| !is_shared(it))
        .cloned()
        .collect();
    for service in services.iter_mut().filter(|it| is_shared(&it.module)) {
        let package = service.package.replace('.', "_");
        let qualified = match package.as_str() {
            "" => format!("{}_service", service.name),
            package => format!("{package}_{}", service.name),
        };
        let numbered = (2..).map(|number| format!("{qualified}_{number}"));
        let mut names = [qualified.clone()].into_iter().chain(numbered);
        let name = names.find(|name| {
            let module = rust::snake(name);
            !is_taken(&module) && used.insert(module)
        });
        let name = name.unwrap_or_default();
        service.module = rust::snake(&name);
        service.handler = rust::camel(&format!("{name}_handler"));
    }
}
